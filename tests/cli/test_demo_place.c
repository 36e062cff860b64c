/*
 * test_demo_place.c - the demo's directory: who may use it, what is removed from it, what is written into it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_place.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/demo_config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    char *root;      /* a directory of this test's own */
    char *directory; /* the demo's, inside it */
    struct demo_place_options options;
};

static int open_bench(void **state)
{
    struct bench *bench = mem_new(sizeof(*bench));
    char root[] = "/tmp/hookline-demo-XXXXXX";

    assert_non_null(mkdtemp(root));
    bench->root = mem_string(root);
    bench->directory = mem_printf("%s/deep/demo", root);
    bench->options.directory = bench->directory;
    *state = bench;
    return 0;
}

static void remove_file(const struct bench *bench, const char *name)
{
    char *path = mem_printf("%s/%s", bench->directory, name);

    if (unlink(path) != 0)
        rmdir(path);
    mem_free(path);
}

static int close_bench(void **state)
{
    struct bench *bench = *state;
    static const char *const left[] = {"hookline.json", "lock", "queue/notes.txt", "queue", "kept"};

    for (size_t i = 0; i < COUNT_OF(left); i++)
        remove_file(bench, left[i]);
    if (unlink(bench->directory) != 0)
        rmdir(bench->directory);
    char *deep = mem_printf("%s/deep", bench->root);
    rmdir(deep);
    mem_free(deep);
    assert_int_equal(rmdir(bench->root), 0);
    mem_free(bench->root);
    mem_free(bench->directory);
    mem_free(bench);
    return 0;
}

static void write_file(const struct bench *bench, const char *name)
{
    char *path = mem_printf("%s/%s", bench->directory, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fclose(file);
    mem_free(path);
}

static bool is_there(const struct bench *bench, const char *name)
{
    char *path = mem_printf("%s/%s", bench->directory, name);
    bool result = access(path, F_OK) == 0;

    mem_free(path);
    return result;
}

static void make_directory(const struct bench *bench, const char *name)
{
    char *path = mem_printf("%s/%s", bench->directory, name);

    assert_int_equal(mkdir(path, 0700), 0);
    mem_free(path);
}

static unsigned mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void directory_and_configuration_are_for_their_owner_alone(void **state)
{
    struct bench *bench = *state;
    struct demo_place place;
    struct error err = {0};

    assert_true(demo_place_open(&place, &bench->options, &err));
    assert_int_equal(mode_of(place.directory), 0700);
    assert_int_equal(mode_of(place.config_path), 0600);
    demo_place_close(&place);
}

static void a_second_demo_is_told_of_the_first(void **state)
{
    struct bench *bench = *state;
    struct demo_place first, second;
    struct error err = {0};
    char pid[32];

    assert_true(demo_place_open(&first, &bench->options, &err));
    assert_false(demo_place_open(&second, &bench->options, &err));
    assert_int_equal(err.kind, ERROR_REFUSED);
    snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
    assert_non_null(strstr(err.text, pid));
    assert_true(is_there(bench, "hookline.json"));
    demo_place_close(&first);
    assert_true(demo_place_open(&second, &bench->options, &err));
    demo_place_close(&second);
}

static void what_an_earlier_demo_left_is_removed_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    struct demo_place place;
    struct error err = {0};

    assert_true(demo_place_open(&place, &bench->options, &err));
    demo_place_close(&place);
    make_directory(bench, "queue");
    make_directory(bench, "queue/appendonlydir");
    write_file(bench, "queue/appendonlydir/appendonly.aof.1.incr.aof");
    write_file(bench, "queue/appendonlydir/appendonly.aof.manifest");
    write_file(bench, "queue/dump.rdb");
    write_file(bench, "queue/notes.txt");
    write_file(bench, "kept");
    assert_true(demo_place_open(&place, &bench->options, &err));
    demo_place_close(&place);
    assert_false(is_there(bench, "queue/appendonlydir"));
    assert_false(is_there(bench, "queue/dump.rdb"));
    assert_true(is_there(bench, "queue/notes.txt"));
    assert_true(is_there(bench, "kept"));
}

static void a_link_to_another_directory_is_refused(void **state)
{
    struct bench *bench = *state;
    struct demo_place place;
    struct error err = {0};
    char *deep = mem_printf("%s/deep", bench->root);

    assert_int_equal(mkdir(deep, 0700), 0);
    assert_int_equal(symlink("/tmp", bench->directory), 0);
    assert_false(demo_place_open(&place, &bench->options, &err));
    assert_non_null(strstr(err.text, "is no directory of yours"));
    mem_free(deep);
}

/* Listens on a free port of 127.0.0.1; the descriptor. */
static int take_port(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_port_in_use_is_an_error_only_when_it_was_asked_for(void **state)
{
    struct bench *bench = *state;
    struct demo_place place;
    struct error err = {0};
    int fd = take_port(&bench->options.receiver_port);

    bench->options.is_port_chosen = true;
    assert_false(demo_place_open(&place, &bench->options, &err));
    assert_non_null(strstr(err.text, "is in use"));
    bench->options.is_port_chosen = false;
    assert_true(demo_place_open(&place, &bench->options, &err));
    assert_true(place.receiver_port > 0 && place.receiver_port != bench->options.receiver_port);
    demo_place_close(&place);
    close(fd);
}

static void the_configuration_has_a_secret_for_each_source(void **state)
{
    struct demo_place place = {
        .queue_directory = (char *)"/q", .api_key = (char *)"key", .receiver_port = 1, .sandbox_port = 2};
    char *text = demo_config_text(&place);
    struct error err = {0};
    cJSON *root = json_parse(text, strlen(text), &err);
    const char *secrets[DEMO_SAMPLES];

    (void)state;
    assert_non_null(root);
    for (size_t i = 0; i < DEMO_SAMPLES; i++) {
        const cJSON *source = json_find(root, "sources", demo_samples[i].source, NULL);

        assert_string_equal(json_get_string(source, "preset", ""), demo_samples[i].preset);
        secrets[i] = cJSON_GetArrayItem(json_find(source, "verify", "secrets", NULL), 0)->valuestring;
        assert_memory_equal(secrets[i], "whsec_", 6);
        assert_int_equal(strlen(secrets[i]), 6 + 32);
    }
    assert_string_not_equal(secrets[0], secrets[1]);
    assert_string_equal(json_get_string(json_find(root, "receiver", NULL), "listen", ""), "127.0.0.1:1");
    cJSON_Delete(root);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(directory_and_configuration_are_for_their_owner_alone, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_second_demo_is_told_of_the_first, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(what_an_earlier_demo_left_is_removed_and_nothing_else, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_link_to_another_directory_is_refused, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_port_in_use_is_an_error_only_when_it_was_asked_for, open_bench, close_bench),
        cmocka_unit_test(the_configuration_has_a_secret_for_each_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
