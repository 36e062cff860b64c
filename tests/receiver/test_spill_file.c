/*
 * test_spill_file.c - the spill's file: order, bounds, what a crash tears, what a disk damages.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill_file.h"

#include "base/crc32c.h"
#include "base/log.h"
#include "base/mem.h"
#include "receiver/spill_frame.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLENTY ((size_t)1 << 20)

/* ---- the disk, in place of libc's ---- */

static bool disk_fails;
static size_t disk_waits;

int fdatasync(int fd)
{
    disk_waits++;
    if (!disk_fails)
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

/* ---- a directory, and its files as bytes ---- */

struct scene {
    char directory[64];
    struct spill_file *file;
    FILE *log;
    int stderr_fd; /* the real one, while the log is written */
    size_t log_lines;
};

static char *path_of(const struct scene *scene, const char *name)
{
    return mem_printf("%s/spill/%s", scene->directory, name);
}

/* What is logged is counted, and not seen. */
static void log_begin(struct scene *scene)
{
    scene->log = tmpfile();
    scene->stderr_fd = dup(STDERR_FILENO);
    dup2(fileno(scene->log), STDERR_FILENO);
}

static void log_end(struct scene *scene)
{
    dup2(scene->stderr_fd, STDERR_FILENO);
    close(scene->stderr_fd);
    rewind(scene->log);
    for (int c; (c = fgetc(scene->log)) != EOF;)
        scene->log_lines += c == '\n';
    fclose(scene->log);
}

static bool try_open(struct scene *scene, size_t max_bytes, struct error *err)
{
    char *path = mem_printf("%s/spill", scene->directory);

    scene->log_lines = 0;
    log_begin(scene);
    scene->file = spill_file_open(path, max_bytes, err);
    log_end(scene);
    mem_free(path);
    return scene->file != NULL;
}

static void reopen_with(struct scene *scene, size_t max_bytes)
{
    struct error err;

    spill_file_close(scene->file);
    if (!try_open(scene, max_bytes, &err))
        fail_msg("%s", err.text);
}

static void reopen(struct scene *scene)
{
    reopen_with(scene, PLENTY);
}

static void read_whole(const struct scene *scene, const char *name, struct buf *out)
{
    char *path = path_of(scene, name), part[4096];
    FILE *file = fopen(path, "r");
    size_t size;

    buf_init(out, 16 * PLENTY);
    while (file && (size = fread(part, 1, sizeof(part), file)) > 0)
        buf_add(out, part, size);
    if (file)
        fclose(file);
    mem_free(path);
}

/* The file of events holds these bytes when it is opened next, and nothing was ever set aside. */
static void write_events(struct scene *scene, const char *bytes, size_t size)
{
    char *path = path_of(scene, "events"), *damaged = path_of(scene, "events.damaged");

    spill_file_close(scene->file);
    scene->file = NULL;
    unlink(damaged);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    mem_free(path);
    mem_free(damaged);
}

static void add(struct scene *scene, const char *text)
{
    struct error err;

    assert_true(spill_file_add(scene->file, text, strlen(text), &err));
}

static void flush(struct scene *scene)
{
    struct error err;

    if (!spill_file_flush(scene->file, &err))
        fail_msg("%s", err.text);
}

static void keep(struct scene *scene, const char *text)
{
    add(scene, text);
    flush(scene);
}

/* The first record, which is passed; "" when there is none. Owned. */
static char *take(struct scene *scene)
{
    uint64_t at = spill_file_position(scene->file);
    struct error err;
    struct buf record;

    buf_init(&record, SPILL_RECORD_MAX);
    log_begin(scene);
    enum spill_read read = spill_file_read(scene->file, &at, &record, &err);
    log_end(scene);
    assert_int_not_equal(read, SPILL_FAILED);
    if (read == SPILL_RECORD)
        spill_file_pass(scene->file, at);
    else
        buf_reset(&record);
    return buf_take(&record);
}

static void expect(struct scene *scene, const char *text)
{
    char *taken = take(scene);

    assert_string_equal(taken, text);
    mem_free(taken);
}

static int scene_open(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));

    snprintf(scene->directory, sizeof(scene->directory), "/tmp/hookline-spill-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    reopen(scene);
    *state = scene;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    spill_file_close(scene->file);
    redis_fixture_remove_files(scene->directory);
    mem_free(scene);
    return 0;
}

/* ---- order and position ---- */

static void records_come_back_in_order(void **state)
{
    struct scene *scene = *state;

    add(scene, "one");
    add(scene, "two");
    assert_int_equal(spill_file_events(scene->file), 0);
    flush(scene);
    keep(scene, "three");
    assert_int_equal(spill_file_events(scene->file), 3);
    reopen(scene);
    assert_int_equal(spill_file_events(scene->file), 3);
    expect(scene, "one");
    expect(scene, "two");
    expect(scene, "three");
    expect(scene, "");
}

static void what_was_passed_does_not_come_again(void **state)
{
    struct scene *scene = *state;

    keep(scene, "one");
    keep(scene, "two");
    expect(scene, "one");
    reopen(scene);
    assert_int_equal(spill_file_events(scene->file), 1);
    expect(scene, "two");
    reopen(scene);
    assert_true(spill_file_is_empty(scene->file));
}

static void with_its_last_record_the_file_is_emptied(void **state)
{
    struct scene *scene = *state;

    keep(scene, "one");
    expect(scene, "one");
    assert_int_equal(spill_file_bytes(scene->file), SPILL_HEAD_SIZE);
    keep(scene, "two");
    reopen(scene);
    expect(scene, "two");
}

static void what_is_gathered_while_the_last_record_is_passed_is_kept(void **state)
{
    struct scene *scene = *state;

    keep(scene, "one");
    add(scene, "two");
    expect(scene, "one");
    assert_false(spill_file_is_empty(scene->file));
    flush(scene);
    assert_int_equal(spill_file_events(scene->file), 1);
    reopen(scene);
    expect(scene, "two");
    assert_true(spill_file_is_empty(scene->file));
    assert_int_equal(spill_file_bytes(scene->file), SPILL_HEAD_SIZE);
}

/* A crash between the cut and the new head leaves an old position; it must not hide what comes later. */
static void a_position_beyond_the_end_means_the_beginning(void **state)
{
    struct scene *scene = *state;
    char head[SPILL_HEAD_SIZE];

    spill_head_encode(5000, head);
    write_events(scene, head, sizeof(head));
    reopen(scene);
    keep(scene, "one");
    reopen(scene);
    expect(scene, "one");
}

static void what_was_not_flushed_is_not_there(void **state)
{
    struct scene *scene = *state;

    keep(scene, "one");
    add(scene, "two");
    reopen(scene);
    expect(scene, "one");
    expect(scene, "");
}

/* ---- crashes ---- */

static void a_torn_tail_is_cut_off_wherever_it_was_torn(void **state)
{
    struct scene *scene = *state;
    struct buf whole;

    keep(scene, "one");
    keep(scene, "two");
    size_t start = spill_file_bytes(scene->file);
    keep(scene, "the third, which is torn");
    read_whole(scene, "events", &whole);
    for (size_t size = start + 1; size < whole.size; size++) {
        write_events(scene, whole.data, size);
        reopen(scene);
        assert_int_equal(scene->log_lines, 1);
        assert_int_equal(spill_file_bytes(scene->file), start);
        assert_int_equal(spill_file_events(scene->file), 2);
        keep(scene, "another");
        reopen(scene);
        assert_int_equal(scene->log_lines, 0);
        expect(scene, "one");
        expect(scene, "two");
        expect(scene, "another");
        assert_int_equal(spill_file_set_aside(scene->file), 0);
    }
    buf_clear(&whole);
}

static void a_crash_while_the_file_is_made_does_no_harm(void **state)
{
    struct scene *scene = *state;
    struct buf whole;

    read_whole(scene, "events", &whole);
    assert_int_equal(whole.size, SPILL_HEAD_SIZE);
    for (size_t size = 0; size < whole.size; size++) {
        write_events(scene, whole.data, size);
        reopen(scene);
        keep(scene, "one");
        reopen(scene);
        expect(scene, "one");
    }
    buf_clear(&whole);
}

/* Keeps 0, 1, 2, … and takes from the front, a byte down the pipe for each it has kept ('k') or is about to take ('t');
 * until it is killed. */
static void keep_and_take_forever(struct scene *scene, int acknowledgements)
{
    char text[12];

    reopen(scene);
    for (unsigned n = 0;; n++) {
        snprintf(text, sizeof(text), "%u", n);
        keep(scene, text);
        if (write(acknowledgements, "k", 1) != 1)
            _exit(1);
        if (n % 3 == 0)
            continue;
        if (write(acknowledgements, "t", 1) != 1)
            _exit(1);
        mem_free(take(scene));
    }
}

struct acknowledged {
    unsigned kept, taken;
};

static struct acknowledged kill_after(struct scene *scene, unsigned acknowledgements)
{
    struct acknowledged acknowledged = {0};
    int ends[2];
    char byte;

    spill_file_close(scene->file);
    scene->file = NULL;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        keep_and_take_forever(scene, ends[1]);
    close(ends[1]);
    while (read(ends[0], &byte, 1) == 1) {
        acknowledged.kept += byte == 'k';
        acknowledged.taken += byte == 't';
        if (acknowledged.kept + acknowledged.taken == acknowledgements)
            kill(child, SIGKILL);
    }
    waitpid(child, NULL, 0);
    close(ends[0]);
    return acknowledged;
}

static void killed_at_any_moment_it_has_what_was_acknowledged_in_order(void **state)
{
    struct scene *scene = *state;

    for (unsigned round = 1; round <= 60; round++) {
        write_events(scene, "", 0);
        struct acknowledged acknowledged = kill_after(scene, round);

        reopen(scene);
        char *text = take(scene);
        unsigned first = (unsigned)strtoul(text, NULL, 10), next = first;
        assert_true(first <= acknowledged.taken);
        for (; *text; next++) {
            assert_int_equal(strtoul(text, NULL, 10), next);
            mem_free(text);
            text = take(scene);
        }
        assert_true(next >= acknowledged.kept);
        mem_free(text);
    }
}

/* ---- damage ---- */

static const char *const texts[] = {"the first", "the second", "the third"};

/* Where record n begins in the file that has all three. */
static size_t start_of(size_t n)
{
    size_t start = SPILL_HEAD_SIZE;

    for (size_t i = 0; i < n; i++)
        start += SPILL_FRAME_SIZE + strlen(texts[i]);
    return start;
}

static void expect_all_but(struct scene *scene, size_t lost)
{
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (i != lost)
            expect(scene, texts[i]);
    expect(scene, "");
    assert_true(spill_file_is_empty(scene->file));
}

static void expect_damaged(struct scene *scene, const char *bytes, size_t size)
{
    struct buf kept;

    read_whole(scene, "events.damaged", &kept);
    assert_int_equal(kept.size, size);
    assert_memory_equal(kept.data, bytes, size);
    assert_int_equal(spill_file_set_aside(scene->file), 1);
    buf_clear(&kept);
}

static void a_flipped_bit_costs_its_own_record_alone_and_that_is_kept_aside(void **state)
{
    struct scene *scene = *state;
    struct buf whole;

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        keep(scene, texts[i]);
    read_whole(scene, "events", &whole);
    for (size_t n = 0; n < COUNT_OF(texts); n++) {
        for (size_t at = start_of(n); at < start_of(n + 1); at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                whole.data[at] ^= (char)(1U << bit);
                write_events(scene, whole.data, whole.size);
                reopen(scene);
                assert_int_equal(spill_file_events(scene->file), COUNT_OF(texts) - 1);
                expect_all_but(scene, n);
                expect_damaged(scene, whole.data + start_of(n), start_of(n + 1) - start_of(n));
                whole.data[at] ^= (char)(1U << bit);
            }
        }
    }
    buf_clear(&whole);
}

static void a_damaged_head_costs_nothing(void **state)
{
    struct scene *scene = *state;
    struct buf whole;

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        keep(scene, texts[i]);
    read_whole(scene, "events", &whole);
    for (size_t at = 0; at < SPILL_HEAD_SIZE; at++) {
        whole.data[at] ^= 1;
        write_events(scene, whole.data, whole.size);
        reopen(scene);
        expect_all_but(scene, COUNT_OF(texts));
        whole.data[at] ^= 1;
    }
    buf_clear(&whole);
}

static void damage_is_set_aside_once_and_when_its_turn_comes(void **state)
{
    struct scene *scene = *state;
    uint64_t at = SPILL_HEAD_SIZE;
    struct buf whole, record;
    struct error err;

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        keep(scene, texts[i]);
    read_whole(scene, "events", &whole);
    whole.data[start_of(1)] ^= 1;
    write_events(scene, whole.data, whole.size);
    reopen(scene);
    buf_init(&record, SPILL_RECORD_MAX);
    assert_int_equal(spill_file_read(scene->file, &at, &record, &err), SPILL_RECORD);
    assert_int_equal(spill_file_read(scene->file, &at, &record, &err), SPILL_END);
    assert_int_equal(spill_file_set_aside(scene->file), 0);
    expect_all_but(scene, 1);
    expect_damaged(scene, whole.data + start_of(1), start_of(2) - start_of(1));
    buf_clear(&record);
    buf_clear(&whole);
}

/* The search goes through the file by windows; a record must be found wherever it lies across two. */
static void the_next_record_is_found_behind_any_length_of_rubbish(void **state)
{
    struct scene *scene = *state;
    char head[SPILL_HEAD_SIZE], frame[SPILL_FRAME_SIZE];
    static char rubbish[16384 + 40];
    struct buf bytes;

    spill_head_encode(SPILL_HEAD_SIZE, head);
    spill_frame_encode("found", 5, frame);
    for (size_t size = 16384 - 40; size < sizeof(rubbish); size++) {
        buf_init(&bytes, PLENTY);
        buf_add(&bytes, head, sizeof(head));
        buf_add(&bytes, rubbish, size);
        buf_add(&bytes, frame, sizeof(frame));
        buf_add(&bytes, "found", 5);
        write_events(scene, bytes.data, bytes.size);
        reopen(scene);
        expect(scene, "found");
        expect_damaged(scene, rubbish, size);
        buf_clear(&bytes);
    }
}

static void what_another_version_wrote_is_left_alone(void **state)
{
    struct scene *scene = *state;
    char other[SPILL_HEAD_SIZE] = "HLSPILL2";
    struct error err;

    uint32_t checksum = crc32c(other, 16);
    for (unsigned i = 0; i < 4; i++)
        other[16 + i] = (char)(checksum >> (8 * (3 - i)));
    write_events(scene, other, sizeof(other));
    assert_false(try_open(scene, PLENTY, &err));
    assert_non_null(strstr(err.text, "another version"));
}

/* ---- bounds ---- */

static void past_its_bound_nothing_is_added(void **state)
{
    struct scene *scene = *state;
    const size_t bound = SPILL_HEAD_SIZE + 2 * (SPILL_FRAME_SIZE + 3);
    struct error err;

    reopen_with(scene, bound);
    keep(scene, "one");
    add(scene, "two");
    assert_false(spill_file_add(scene->file, "3", 1, &err));
    assert_non_null(strstr(err.text, "full"));
    flush(scene);
    assert_int_equal(spill_file_bytes(scene->file), bound);
    expect(scene, "one");
    expect(scene, "two");
    keep(scene, "3");
    expect(scene, "3");
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The system takes a part of a write that passes the limit, as a full disk does. */
static void a_failed_write_leaves_nothing_behind(void **state)
{
    struct scene *scene = *state;
    struct error err;
    struct buf whole;
    bool is_written;

    signal(SIGXFSZ, SIG_IGN);
    keep(scene, "one");
    uint64_t before = spill_file_bytes(scene->file);
    for (uint64_t room = 0; room < SPILL_FRAME_SIZE + 3; room++) {
        add(scene, "two");
        limit_file_size(before + room);
        is_written = spill_file_flush(scene->file, &err);
        limit_file_size(RLIM_INFINITY);
        assert_false(is_written);
        assert_int_equal(err.kind, ERROR_SYSTEM);
        read_whole(scene, "events", &whole);
        assert_int_equal(whole.size, before);
        buf_clear(&whole);
    }
    keep(scene, "three");
    reopen(scene);
    expect(scene, "one");
    expect(scene, "three");
    expect(scene, "");
}

static void a_flush_waits_for_the_disk_once_whatever_was_added(void **state)
{
    struct scene *scene = *state;

    disk_waits = 0;
    add(scene, "one");
    add(scene, "two");
    assert_int_equal(disk_waits, 0);
    flush(scene);
    assert_int_equal(disk_waits, 1);
}

static void what_the_disk_did_not_confirm_is_not_there(void **state)
{
    struct scene *scene = *state;
    struct error err;

    keep(scene, "one");
    add(scene, "two");
    disk_fails = true;
    assert_false(spill_file_flush(scene->file, &err));
    disk_fails = false;
    assert_non_null(strstr(err.text, strerror(EIO)));
    assert_int_equal(spill_file_events(scene->file), 1);
    keep(scene, "three");
    reopen(scene);
    expect(scene, "one");
    expect(scene, "three");
    expect(scene, "");
}

/* ---- the directory ---- */

static void a_second_one_over_the_same_directory_is_refused(void **state)
{
    struct scene *scene = *state;
    struct scene second = *scene;
    struct error err;

    assert_false(try_open(&second, PLENTY, &err));
    assert_non_null(strstr(err.text, "in use by another receiver"));
    spill_file_close(scene->file);
    scene->file = NULL;
    assert_true(try_open(&second, PLENTY, &err));
    spill_file_close(second.file);
}

static void nobody_else_can_read_it(void **state)
{
    struct scene *scene = *state;
    char *directory = path_of(scene, ""), *events = path_of(scene, "events");
    struct stat status;

    assert_int_equal(stat(directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(events, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    mem_free(directory);
    mem_free(events);
}

static void a_directory_that_cannot_be_made_is_said(void **state)
{
    struct error err;

    (void)state;
    assert_null(spill_file_open("/proc/no/such/place", PLENTY, &err));
    assert_non_null(strstr(err.text, "/proc/no/such/place"));
}

static void refused_records_may_be_moved_back(void **state)
{
    struct scene *scene = *state;
    char *refused = path_of(scene, "events.refused"), *events = path_of(scene, "events");
    struct error err;

    assert_true(spill_file_refuse(scene->file, "one", 3, &err));
    assert_true(spill_file_refuse(scene->file, "two", 3, &err));
    assert_int_equal(spill_file_set_aside(scene->file), 2);
    assert_int_equal(rename(refused, events), 0);
    reopen(scene);
    expect(scene, "one");
    expect(scene, "two");
    mem_free(refused);
    mem_free(events);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_come_back_in_order),
        TEST(what_was_passed_does_not_come_again),
        TEST(with_its_last_record_the_file_is_emptied),
        TEST(what_is_gathered_while_the_last_record_is_passed_is_kept),
        TEST(a_position_beyond_the_end_means_the_beginning),
        TEST(what_was_not_flushed_is_not_there),
        TEST(a_torn_tail_is_cut_off_wherever_it_was_torn),
        TEST(a_crash_while_the_file_is_made_does_no_harm),
        TEST(killed_at_any_moment_it_has_what_was_acknowledged_in_order),
        TEST(a_flipped_bit_costs_its_own_record_alone_and_that_is_kept_aside),
        TEST(a_damaged_head_costs_nothing),
        TEST(damage_is_set_aside_once_and_when_its_turn_comes),
        TEST(the_next_record_is_found_behind_any_length_of_rubbish),
        TEST(what_another_version_wrote_is_left_alone),
        TEST(past_its_bound_nothing_is_added),
        TEST(a_failed_write_leaves_nothing_behind),
        TEST(a_flush_waits_for_the_disk_once_whatever_was_added),
        TEST(what_the_disk_did_not_confirm_is_not_there),
        TEST(a_second_one_over_the_same_directory_is_refused),
        TEST(nobody_else_can_read_it),
        TEST(a_directory_that_cannot_be_made_is_said),
        TEST(refused_records_may_be_moved_back),
    };

    log_init("test", LOG_INFO);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
