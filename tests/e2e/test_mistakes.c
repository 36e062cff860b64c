/*
 * test_mistakes.c - what the program says when it is set up wrongly: one clear line, the right exit status, nothing
 * started. And the demo, which is set up rightly.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"
#include "base/mem.h"
#include "base/process.h"
#include "tests/e2e/stage.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCOUNTS "\"accounts\": {\"acme\": {\"base_url\": \"http://127.0.0.1:9\", \"api_key\": \"k\"}}"
#define SOURCES                                                                                                        \
    "\"sources\": {\"s\": {\"account\": \"acme\", \"preset\": \"assessment\", \"verify\": {\"secrets\": "              \
    "[\"" STAGE_SECRET "\"]}}}"

/* One run of the program in a directory of its own. */
struct attempt {
    struct loop *loop;
    char directory[40];
    char *output; /* both streams */
    int code;
};

static void on_exit_of(void *arg, int code, int number)
{
    struct attempt *attempt = arg;

    attempt->code = code < 0 ? 1000 + number : code;
    loop_stop(attempt->loop);
}

static char *path_in(const struct attempt *attempt, const char *name)
{
    return mem_printf("%s/%s", attempt->directory, name);
}

static void read_output(struct attempt *attempt, const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    attempt->output = mem_string(text);
}

/* Runs the program with config as hookline.json; command and its argument, which may be NULL, in front. */
static struct attempt run(const char *config, const char *command, const char *argument)
{
    struct attempt attempt = {.loop = loop_new(), .directory = "/tmp/hookline-mistake-XXXXXX"};
    struct error err = {0};

    assert_non_null(mkdtemp(attempt.directory));
    char *file = path_in(&attempt, "hookline.json"), *output = path_in(&attempt, "output");
    FILE *stream = fopen(file, "w");
    fputs(config, stream);
    fclose(stream);
    const char *argv[] = {stage_program(), command, "--config", file, argument, NULL};
    struct process *process = process_open(attempt.loop, argv, output, on_exit_of, &attempt, &err);
    if (!process)
        fail_msg("%s", err.text);
    loop_run(attempt.loop);
    process_close(process);
    read_output(&attempt, output);
    mem_free(file);
    mem_free(output);
    return attempt;
}

static void end(struct attempt *attempt)
{
    stage_remove_directory(attempt->directory);
    loop_free(attempt->loop);
    mem_free(attempt->output);
}

/* One line, which holds words, and this exit status. */
static void expect_line(const char *config, const char *command, int code, const char *words)
{
    struct attempt attempt = run(config, command, NULL);

    if (!strstr(attempt.output, words))
        fail_msg("'%s' is not in: %s", words, attempt.output);
    assert_int_equal(attempt.code, code);
    assert_ptr_equal(strchr(attempt.output, '\n'), attempt.output + strlen(attempt.output) - 1);
    end(&attempt);
}

static void a_mistake_in_the_file_is_one_line_with_its_place(void **state)
{
    static const char *const commands[] = {"serve", "receiver", "worker", "check"};

    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        expect_line("{\n  \"receiver\": {\"listen\": 8080},\n  " ACCOUNTS ",\n  " SOURCES "\n}\n", commands[i], 2,
                    "hookline.json:2:26: receiver.listen: expected");
        expect_line("{\n  \"acounts\": {}\n}\n", commands[i], 2, "did you mean \"accounts\"?");
    }
}

static void a_rule_that_jq_does_not_understand_is_one_line_with_its_place(void **state)
{
    (void)state;
    expect_line(
        "{" ACCOUNTS ",\n\"sources\": {\"s\": {\"account\": \"acme\", \"verify\": {\"scheme\": \"pinpoint\", "
        "\"secrets\": [\"long enough\"]}, \"event\": {\"type\": \".type\"},\n\"rules\": [{\"on\": \"*\", \"do\": "
        "[{\"post_comment\": {\"application\": \"1\", \"text\": \"{{.data | nonsense}}\"}}]}]}}}\n",
        "serve", 2, "sources.s.rules[0].do[0].post_comment.text");
}

static void a_variable_that_is_not_set_is_one_line_that_names_it(void **state)
{
    (void)state;
    expect_line("{\"accounts\": {\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"${NO_SUCH_KEY}\"}}, " SOURCES "}",
                "serve", 2, "environment variable NO_SUCH_KEY is not set");
}

static void a_missing_redis_server_is_one_line_that_says_what_to_do(void **state)
{
    char *path = mem_string(getenv("PATH"));

    (void)state;
    setenv("PATH", "/nonexistent", 1);
    expect_line("{\"receiver\": {\"listen\": \"127.0.0.1:0\"}, " ACCOUNTS ", " SOURCES "}", "serve", 1,
                "redis-server is not installed");
    setenv("PATH", path, 1);
    mem_free(path);
}

static void a_port_in_use_is_one_line_that_names_it(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    char *config = mem_printf("{\"receiver\": {\"listen\": \"127.0.0.1:%u\"}, " ACCOUNTS ", " SOURCES "}",
                              ntohs(address.sin_port));
    expect_line(config, "serve", 1, "address already in use");
    mem_free(config);
    close(fd);
}

static void a_redis_that_cannot_be_reached_is_one_line(void **state)
{
    (void)state;
    expect_line("{\"redis\": {\"url\": \"redis://127.0.0.1:1/0\"}, " ACCOUNTS ", " SOURCES "}", "status", 1,
                "127.0.0.1:1");
}

/* What is said, among other lines, and this exit status. */
static void expect_words(const char *config, const char *command, const char *argument, int code, const char *words)
{
    struct attempt attempt = run(config, command, argument);

    if (!strstr(attempt.output, words))
        fail_msg("'%s' is not in: %s", words, attempt.output);
    assert_int_equal(attempt.code, code);
    end(&attempt);
}

static void a_redis_that_is_less_safe_than_asked_for_is_refused_at_the_start(void **state)
{
    static const char *const plain[] = {"--appendonly", "no", NULL};
    static const char words[] = "redis.durability is fsync, but redis has appendonly no";
    struct redis_fixture *redis = redis_fixture_open(plain);
    char *config = mem_printf("{\"receiver\": {\"listen\": \"127.0.0.1:0\"}, \"redis\": {\"durability\": \"fsync\", "
                              "\"url\": \"%s\"}, " ACCOUNTS ", " SOURCES "}",
                              redis_fixture_url(redis));

    (void)state;
    expect_words(config, "receiver", NULL, 1, words);
    expect_words(config, "serve", NULL, 1, words);
    expect_words(config, "check", NULL, 1, words);
    expect_words(config, "status", NULL, 0, "waiting");
    mem_free(config);
    redis_fixture_close(redis);
}

static void a_private_redis_that_is_a_second_behind_is_refused_where_it_cannot_be_waited_for(void **state)
{
    struct redis_fixture *redis = redis_fixture_open(NULL);
    bool can_wait = redis_fixture_has(redis, "waitaof");

    (void)state;
    redis_fixture_close(redis);
    if (can_wait)
        skip();
    expect_words("{\"receiver\": {\"listen\": \"127.0.0.1:0\"}, \"redis\": {\"durability\": \"fsync\", "
                 "\"appendfsync\": \"everysec\", \"data_dir\": \"redis\"}, " ACCOUNTS ", " SOURCES "}",
                 "serve", NULL, 1, "redis.durability is fsync, but redis has appendfsync everysec");
}

static void another_number_of_shards_is_refused_and_reshard_changes_it(void **state)
{
    struct redis_fixture *redis = redis_fixture_open(NULL);
    char *config = mem_printf("{\"receiver\": {\"listen\": \"127.0.0.1:0\"}, \"redis\": {\"url\": \"%s\"}, "
                              "\"queue\": {\"shards\": 2}, " ACCOUNTS ", " SOURCES "}",
                              redis_fixture_url(redis));

    (void)state;
    redis_fixture_do(redis, "HSET {q0}:n shards 4");
    expect_line(config, "status", 1, "this queue was made with 4 shards, queue.shards says 2");
    expect_words(config, "receiver", NULL, 1, "this queue was made with 4 shards");
    expect_words(config, "reshard", "x", 2, "x is no number of shards: 1 to 1024");
    expect_words(config, "reshard", "3", 0, "made of 3 shards now: put the same into queue.shards, everywhere");
    expect_words(config, "reshard", "2", 0, "made of 2 shards now");
    expect_words(config, "status", NULL, 0, "waiting");
    mem_free(config);
    redis_fixture_close(redis);
}

static void the_demo_writes_everything_and_ends_well(void **state)
{
    char directory[] = "/tmp/hookline-demo-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(directory));
    char *demo = mem_printf("--dir=%s/demo", directory);
    const char *argv[] = {stage_program(), "demo", "--once", demo, NULL};
    struct attempt attempt = {.loop = loop_new()};
    struct error err = {0};
    char *output = mem_printf("%s/output", directory);
    struct process *process = process_open(attempt.loop, argv, output, on_exit_of, &attempt, &err);
    assert_non_null(process);
    loop_run(attempt.loop);
    process_close(process);
    read_output(&attempt, output);
    if (attempt.code != 0)
        fail_msg("exit %d: %s", attempt.code, attempt.output);
    assert_non_null(strstr(attempt.output, "Assessment score = 87"));
    assert_non_null(strstr(attempt.output, "Background check = Clear"));
    stage_remove_directory(directory);
    loop_free(attempt.loop);
    mem_free(attempt.output);
    mem_free(output);
    mem_free(demo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_in_the_file_is_one_line_with_its_place),
        cmocka_unit_test(a_rule_that_jq_does_not_understand_is_one_line_with_its_place),
        cmocka_unit_test(a_variable_that_is_not_set_is_one_line_that_names_it),
        cmocka_unit_test(a_missing_redis_server_is_one_line_that_says_what_to_do),
        cmocka_unit_test(a_port_in_use_is_one_line_that_names_it),
        cmocka_unit_test(a_redis_that_cannot_be_reached_is_one_line),
        cmocka_unit_test(a_redis_that_is_less_safe_than_asked_for_is_refused_at_the_start),
        cmocka_unit_test(a_private_redis_that_is_a_second_behind_is_refused_where_it_cannot_be_waited_for),
        cmocka_unit_test(another_number_of_shards_is_refused_and_reshard_changes_it),
        cmocka_unit_test(the_demo_writes_everything_and_ends_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
