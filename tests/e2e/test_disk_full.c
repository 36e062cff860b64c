/*
 * test_disk_full.c - the disk below the private Redis runs full: deliveries are refused, nothing that was taken is
 * lost, and with room again all goes on by itself.
 *
 * The disk is a small tmpfs in a mount namespace of the test's own, which takes root; without it the test is skipped.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* unshare */

#include "base/clock.h"
#include "base/mem.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#define DISK_SIZE    "size=8m"
#define PAYLOAD_SIZE 20000
#define FULL_MS      4000
#define NOTES_MAX    1000

struct scene {
    struct stage stage;
    char disk[64];
    bool is_accepted[NOTES_MAX];
    size_t posted, accepted, refused;
};

static bool mount_disk(struct scene *scene)
{
    snprintf(scene->disk, sizeof(scene->disk), "/tmp/hookline-disk-XXXXXX");
    assert_non_null(mkdtemp(scene->disk));
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", scene->disk, "tmpfs", 0, DISK_SIZE) == 0;
}

/* To the last byte. */
static void fill_disk(const struct scene *scene)
{
    static const char zeros[4096];
    char *path = mem_printf("%s/filler", scene->disk);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    for (size_t size = sizeof(zeros); size > 0; size /= 2) {
        while (write(fd, zeros, size) == (ssize_t)size) {
        }
    }
    close(fd);
    mem_free(path);
}

static void make_room(const struct scene *scene)
{
    char *path = mem_printf("%s/filler", scene->disk);

    assert_int_equal(unlink(path), 0);
    mem_free(path);
}

/* A note whose text is its number, in a delivery that takes room. */
static void post_one(struct scene *scene)
{
    static char filler[PAYLOAD_SIZE + 1];
    size_t n = scene->posted++;

    assert_true(n < NOTES_MAX);
    memset(filler, 'x', PAYLOAD_SIZE);
    char *body =
        mem_printf("{\"type\":\"note\",\"data\":{\"application_id\":%zu,\"text\":\"note <%zu>\"},\"filler\":\"%s\"}",
                   n % 6 + 1, n, filler);
    char *delivery_id = mem_printf("disk-%zu", n);
    int status = stage_post(&scene->stage, "s", delivery_id, body, NULL);
    assert_true(status == 202 || status == 503);
    scene->is_accepted[n] = status == 202;
    scene->accepted += status == 202;
    scene->refused += status == 503;
    mem_free(delivery_id);
    mem_free(body);
}

static void expect_page(struct stage *stage, const char *path)
{
    char *url = mem_printf("http://127.0.0.1:%u%s", stage->receiver_port, path);
    struct stage_reply reply = stage_request(stage, "GET", url, NULL, NULL);

    assert_int_equal(reply.status, 200);
    mem_free(reply.body);
    mem_free(url);
}

static bool status_is_told(struct stage *stage, void *arg)
{
    char *output;
    int code = stage_command(stage, &output, "status", NULL);

    (void)arg;
    mem_free(output);
    return code == 0;
}

static void stay_full(struct scene *scene)
{
    int64_t until_ms = clock_monotonic_ms() + FULL_MS;

    while (scene->refused == 0 || clock_monotonic_ms() < until_ms) {
        post_one(scene);
        expect_page(&scene->stage, "/healthz");
        expect_page(&scene->stage, "/metrics");
        stage_pass(&scene->stage, 50);
    }
    stage_wait(&scene->stage, "status, on a full disk", status_is_told, NULL);
}

static bool takes_one(struct stage *stage, void *arg)
{
    struct scene *scene = arg;
    size_t accepted = scene->accepted;

    (void)stage;
    post_one(scene);
    return scene->accepted > accepted;
}

/* Whether all that was accepted is written. Fails the test when anything is written twice. */
static bool is_all_written(struct stage *stage, void *arg)
{
    const struct scene *scene = arg;
    unsigned times[NOTES_MAX] = {0};
    char *written = scene_written(stage);
    size_t missing = 0, n;

    for (const char *at = written; (at = strstr(at, "note <")); at++) {
        assert_int_equal(sscanf(at, "note <%zu>", &n), 1);
        if (n >= scene->posted || ++times[n] > 1)
            fail_msg("note %zu was written twice", n);
    }
    for (n = 0; n < scene->posted; n++)
        missing += scene->is_accepted[n] && times[n] == 0;
    mem_free(written);
    return missing == 0;
}

static void run_full_and_recover(struct scene *scene)
{
    struct stage *stage = &scene->stage;
    pid_t before[8], after[8];

    for (int i = 0; i < 20; i++)
        post_one(scene);
    assert_int_equal(scene->accepted, 20);
    size_t count = stage_pids(stage, " --config ", before, 8);
    fill_disk(scene);
    stay_full(scene);
    make_room(scene);
    int64_t well_ms = clock_monotonic_ms();
    stage_wait(stage, "a delivery to be taken", takes_one, scene);
    printf("%zu of %zu were refused; with room again the next was taken after %lld ms\n", scene->refused, scene->posted,
           (long long)(clock_monotonic_ms() - well_ms));
    scene_wait_log(stage, "the private redis-server ended with status 1");
    stage_wait(stage, "all that was taken to be written", is_all_written, scene);
    assert_int_equal(stage_pids(stage, " --config ", after, 8), count);
    assert_memory_equal(before, after, count * sizeof(before[0]));
}

static void a_full_disk_refuses_deliveries_and_loses_none(void **state)
{
    static struct scene scene;

    (void)state;
    if (!mount_disk(&scene)) {
        print_message("skipped: mounting a small disk takes root and the right to mount\n");
        rmdir(scene.disk);
        skip();
    }
    char *more = mem_printf("\"redis\": {\"data_dir\": \"%s/redis\"},", scene.disk);
    stage_open(&scene.stage, &(struct stage_options){.more = more});
    run_full_and_recover(&scene);
    stage_close(&scene.stage);
    mem_free(more);
    umount(scene.disk);
    rmdir(scene.disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_refuses_deliveries_and_loses_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
