/*
 * test_run.c - one attempt at one event, against a scripted Pinpoint: what each answer settles, and what is remembered.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/run.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/worker/pinpoint.h"
#include "worker/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define ID      "01JDABCDEFGHJKMNPQRSTVWXYZ"
#define CREATED "{\"data\":{\"type\":\"comments\",\"id\":\"5\"}}"
#define EMPTY   "{\"data\":[]}"

/* One attempt: an event that posts two comments on application 1. */
struct scene {
    struct loop *loop;
    struct queue *queue;
    struct http_client *client;
    struct pinpoint pinpoint;
    struct setup *setup;
    struct run *run;
    struct claim claim;
    const char *payload;
    const char *source;
    const char *type;
    int64_t age_ms; /* of the event */
    int64_t lease_ms;
    bool has_ended;
};

static struct config *load_config(unsigned port)
{
    char path[] = "/tmp/hookline-test-run-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    struct error err = {0};

    fprintf(file,
            "{\"accounts\": {\"acme\": {\"base_url\": \"http://127.0.0.1:%u\", \"api_key\": \"key\", \"limits\": "
            "{\"requests_per_second\": 0}}}, \"sources\": {\"s\": {\"account\": \"acme\", \"verify\": {\"scheme\": "
            "\"pinpoint\", \"secrets\": [\"a secret of the test\"]}, \"event\": {\"type\": \".type\"}, \"rules\": "
            "[{\"on\": \"note\", \"do\": [{\"post_comment\": {\"application\": \"1\", \"text\": \"{{.first}}\"}}, "
            "{\"post_comment\": {\"application\": \"1\", \"text\": \"second\"}}]}]}}}",
            port);
    fclose(file);
    struct config *config = config_load(path, false, &err);
    if (!config)
        fail_msg("%s", err.text);
    unlink(path);
    return config;
}

static void scene_open(struct scene *scene, const struct exchange_row *rows, size_t count)
{
    struct error err = {0};

    *scene = (struct scene){
        .payload = "{\"type\":\"note\",\"first\":\"first\"}", .source = "s", .type = "note", .lease_ms = 60000};
    scene->loop = loop_new();
    scene->queue = queue_open(scene->loop, &(struct queue_options){.url = "unix:///nonexistent/redis.sock"}, &err);
    assert_non_null(scene->queue);
    scene->client = http_client_new(scene->loop, &(struct http_client_options){0});
    pinpoint_open(&scene->pinpoint, scene->loop, rows, count);
    scene->setup =
        setup_new(scene->loop, scene->queue, scene->client, load_config(http_server_port(scene->pinpoint.server)));
    scene->claim = (struct claim){.lane = "lane", .token = 7, .progress = ""};
}

static void on_ended(void *arg, struct run *run)
{
    struct scene *scene = arg;

    (void)run;
    scene->has_ended = true;
    loop_stop(scene->loop);
}

static const struct settlement *scene_start(struct scene *scene)
{
    struct event event = {.id = ID,
                          .received_ms = clock_now_ms() - scene->age_ms,
                          .account = "acme",
                          .source = scene->source,
                          .type = scene->type,
                          .order_key = "",
                          .delivery_id = "d",
                          .headers = "{}",
                          .payload = scene->payload,
                          .payload_size = strlen(scene->payload)};

    scene->claim.event = event;
    scene->run = run_new(scene->setup, &scene->claim, "w");
    run_start(scene->run, &event, clock_monotonic_ms() + scene->lease_ms, on_ended, scene);
    return run_settlement(scene->run);
}

static const struct settlement *scene_play(struct scene *scene)
{
    const struct settlement *settlement = scene_start(scene);

    while (!scene->has_ended)
        loop_run(scene->loop);
    return settlement;
}

static void scene_close(struct scene *scene)
{
    assert_int_equal(scene->pinpoint.at, scene->pinpoint.count);
    run_free(scene->run);
    queue_close(scene->queue);
    setup_release(scene->setup);
    http_client_free(scene->client);
    pinpoint_close(&scene->pinpoint);
    loop_free(scene->loop);
}

#define SCENE(scene, ...)                                                                                              \
    static const struct exchange_row rows[] = {__VA_ARGS__};                                                           \
    struct scene scene;                                                                                                \
    (void)state;                                                                                                       \
    scene_open(&scene, rows, sizeof(rows) / sizeof(rows[0]))

#define POST "POST", "/api/v1/comments"
#define LIST "GET", "/api/v1/comments"

static void both_actions_are_performed_in_order_and_the_event_is_done(void **state)
{
    SCENE(scene, {POST, 201, CREATED, NULL}, {POST, 201, CREATED, NULL});
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_DONE);
    assert_int_equal(settlement->token, 7);
    assert_string_equal(settlement->lane, "lane");
    assert_string_equal(settlement->id, ID);
    assert_non_null(strstr(scene.pinpoint.last_body, "second"));
    assert_non_null(strstr(settlement->trace, "\"status\":201"));
    scene_close(&scene);
}

static void a_server_error_is_retried_and_leaves_the_write_in_doubt(void **state)
{
    char ref[REF_SIZE];
    struct progress progress;

    SCENE(scene, {POST, 201, CREATED, NULL}, {POST, 503, "", NULL});
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_RETRY);
    assert_in_range(settlement->delay_ms, 0, 1000);
    progress_init(&progress, settlement->progress);
    progress_ref(ID, "post_comment", 0, ref);
    assert_true(progress_is_done(&progress, ref));
    progress_ref(ID, "post_comment", 1, ref);
    assert_true(progress_is_in_doubt(&progress, ref));
    progress_clear(&progress);
    scene_close(&scene);
}

static void a_lost_answer_is_retried_and_leaves_the_write_in_doubt(void **state)
{
    SCENE(scene, {POST, 0, "", NULL});
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_RETRY);
    assert_non_null(strstr(settlement->progress, "in_doubt\":[\""));
    scene_close(&scene);
}

static void expect_doubt(const char *body)
{
    const struct exchange_row row = {POST, 201, body, NULL};
    struct scene scene;

    scene_open(&scene, &row, 1);
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_RETRY);
    assert_non_null(strstr(settlement->progress, "in_doubt\":[\""));
    scene_close(&scene);
}

static void a_success_without_a_readable_body_is_in_doubt(void **state)
{
    (void)state;
    expect_doubt("<html>");
    expect_doubt("[]");
    expect_doubt("{\"data\":{\"id\":\"1\"}");
    expect_doubt("");
}

static void what_is_done_is_not_done_again_and_what_is_in_doubt_is_looked_for(void **state)
{
    char first[REF_SIZE], second[REF_SIZE], progress[200], found[200];

    progress_ref(ID, "post_comment", 0, first);
    progress_ref(ID, "post_comment", 1, second);
    snprintf(progress, sizeof(progress), "{\"done\":[\"%s\"],\"in_doubt\":[\"%s\"]}", first, second);
    snprintf(found, sizeof(found),
             "{\"data\":[{\"type\":\"comments\",\"id\":\"4\",\"attributes\":{\"body_text\":"
             "\"second\\n[ref %s]\"}}]}",
             second);
    const struct exchange_row rows[] = {{LIST, 200, found, NULL}};
    struct scene scene;
    (void)state;
    scene_open(&scene, rows, 1);
    scene.claim.progress = progress;
    assert_int_equal(scene_play(&scene)->outcome, OUTCOME_DONE);
    scene_close(&scene);
}

static void an_interrupted_event_looks_before_every_write(void **state)
{
    SCENE(scene, {LIST, 200, EMPTY, NULL}, {POST, 201, CREATED, NULL}, {LIST, 200, EMPTY, NULL},
          {POST, 201, CREATED, NULL});
    scene.claim.was_interrupted = true;
    assert_int_equal(scene_play(&scene)->outcome, OUTCOME_DONE);
    scene_close(&scene);
}

static void an_event_that_no_rule_matches_is_done_and_says_so(void **state)
{
    static const struct exchange_row none[1];
    struct scene scene;

    (void)state;
    scene_open(&scene, none, 0);
    scene.type = "other";
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_DONE);
    assert_non_null(strstr(settlement->trace, "no rule of source s matches other"));
    scene_close(&scene);
}

static void a_429_limits_the_account_for_as_long_as_it_asks(void **state)
{
    SCENE(scene, {POST, 429, "{}", "7"});
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_LIMITED);
    assert_in_range(settlement->delay_ms, 6900, 7000);
    assert_string_equal(settlement->progress, "");
    scene_close(&scene);
}

static void a_refused_key_suspends_the_account(void **state)
{
    SCENE(scene, {POST, 401, "{\"errors\":[{\"title\":\"Unauthorized\",\"detail\":\"Invalid API key\"}]}", NULL});
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_SUSPENDED);
    assert_non_null(strstr(settlement->reason, "Invalid API key"));
    scene_close(&scene);
}

static void a_refusal_is_dead_with_pinpoints_words_and_the_action(void **state)
{
    SCENE(scene,
          {POST, 422, "{\"errors\":[{\"title\":\"Validation Error\",\"detail\":\"Body text is too long\"}]}", NULL});
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_DEAD);
    assert_non_null(strstr(settlement->reason, "rule 1"));
    assert_non_null(strstr(settlement->reason, "action 1"));
    assert_non_null(strstr(settlement->reason, "Body text is too long"));
    scene_close(&scene);
}

static void the_last_attempt_gives_up(void **state)
{
    SCENE(scene, {POST, 500, "", NULL});
    scene.claim.attempts = 14;
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_DEAD);
    assert_non_null(strstr(settlement->reason, "gave up after 15 attempts"));
    scene_close(&scene);
}

static void a_run_whose_lease_is_over_sends_nothing(void **state)
{
    static const struct exchange_row none[1];
    struct scene scene;

    (void)state;
    scene_open(&scene, none, 0);
    scene.lease_ms = 0;
    assert_int_equal(scene_play(&scene)->outcome, OUTCOME_GIVE_BACK);
    scene_close(&scene);
}

static void a_write_given_back_while_it_was_under_way_is_in_doubt(void **state)
{
    static const struct exchange_row rows[] = {{POST, -1, "", NULL}};
    struct scene scene;

    (void)state;
    scene_open(&scene, rows, 1);
    const struct settlement *settlement = scene_start(&scene);
    struct timer *timer = timer_new(scene.loop, (loop_fn *)loop_stop, scene.loop);
    while (scene.pinpoint.at == 0) {
        timer_start(timer, 5);
        loop_run(scene.loop);
    }
    timer_free(timer);
    run_give_back(scene.run);
    assert_int_equal(settlement->outcome, OUTCOME_GIVE_BACK);
    assert_non_null(strstr(settlement->progress, "in_doubt\":[\""));
    scene_close(&scene);
}

static void an_event_of_a_source_that_is_not_configured_waits_and_dies_after_a_day(void **state)
{
    static const struct exchange_row none[1];
    struct scene scene;

    (void)state;
    scene_open(&scene, none, 0);
    scene.source = "unknown";
    assert_int_equal(scene_play(&scene)->outcome, OUTCOME_POSTPONE);
    run_free(scene.run);
    scene.claim.progress = "{\"spent_ms\":90000000}"; /* 25 h */
    assert_int_equal(scene_play(&scene)->outcome, OUTCOME_DEAD);
    assert_non_null(strstr(run_settlement(scene.run)->reason, "source unknown"));
    scene_close(&scene);
}

/* One attempt that fails, by a worker whose clock is that much ahead of the receiver's. */
static void expect_a_retry_with_the_clock_ahead(int64_t ahead_ms)
{
    static const struct exchange_row rows[] = {{POST, 503, "", NULL}};
    struct scene scene;

    scene_open(&scene, rows, 1);
    scene.age_ms = ahead_ms;
    assert_int_equal(scene_play(&scene)->outcome, OUTCOME_RETRY);
    scene_close(&scene);
}

static void a_clock_that_is_days_wrong_buries_no_event(void **state)
{
    (void)state;
    expect_a_retry_with_the_clock_ahead(INT64_C(3) * 24 * 3600 * 1000);
    expect_a_retry_with_the_clock_ahead(INT64_C(-3) * 24 * 3600 * 1000);
}

static void what_attempts_and_waits_took_is_carried_on_until_it_is_too_much(void **state)
{
    struct progress progress;

    SCENE(scene, {POST, 503, "", "20"}, {POST, 503, "", NULL});
    scene.claim.progress = "{\"spent_ms\":86300000}"; /* 100 s less than a day */
    const struct settlement *settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_RETRY);
    progress_init(&progress, settlement->progress);
    assert_in_range(progress.spent_ms, 86320000, 86330000);
    progress_clear(&progress);
    run_free(scene.run);

    scene.has_ended = false;
    scene.claim.progress = "{\"spent_ms\":86400001}";
    settlement = scene_play(&scene);
    assert_int_equal(settlement->outcome, OUTCOME_DEAD);
    assert_non_null(strstr(settlement->reason, "gave up after 1 attempts in 24 h"));
    assert_null(strstr(settlement->progress, "spent_ms")); /* a replay has all its time again */
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_actions_are_performed_in_order_and_the_event_is_done),
        cmocka_unit_test(a_server_error_is_retried_and_leaves_the_write_in_doubt),
        cmocka_unit_test(a_lost_answer_is_retried_and_leaves_the_write_in_doubt),
        cmocka_unit_test(a_success_without_a_readable_body_is_in_doubt),
        cmocka_unit_test(what_is_done_is_not_done_again_and_what_is_in_doubt_is_looked_for),
        cmocka_unit_test(an_interrupted_event_looks_before_every_write),
        cmocka_unit_test(a_clock_that_is_days_wrong_buries_no_event),
        cmocka_unit_test(what_attempts_and_waits_took_is_carried_on_until_it_is_too_much),
        cmocka_unit_test(an_event_that_no_rule_matches_is_done_and_says_so),
        cmocka_unit_test(a_429_limits_the_account_for_as_long_as_it_asks),
        cmocka_unit_test(a_refused_key_suspends_the_account),
        cmocka_unit_test(a_refusal_is_dead_with_pinpoints_words_and_the_action),
        cmocka_unit_test(the_last_attempt_gives_up),
        cmocka_unit_test(a_run_whose_lease_is_over_sends_nothing),
        cmocka_unit_test(a_write_given_back_while_it_was_under_way_is_in_doubt),
        cmocka_unit_test(an_event_of_a_source_that_is_not_configured_waits_and_dies_after_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
