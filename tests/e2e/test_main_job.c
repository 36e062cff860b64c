/*
 * test_main_job.c - a webhook comes in, Pinpoint is written: the three presets, duplicates, refusals, dead letters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VERIFY "\"verify\": {\"secrets\": [\"" STAGE_SECRET "\"]}"

static const char preset_sources[] =
    "\"skillcheck\": {\"preset\": \"assessment\", \"account\": \"acme\", " VERIFY "},"
    "\"video\": {\"preset\": \"video-interview\", \"account\": \"acme\", " VERIFY "},"
    "\"screening\": {\"preset\": \"background-check\", \"account\": \"acme\", " VERIFY "}";

static const struct stage_options presets = {.sources = preset_sources};

static char *read_example(const char *name)
{
    char *path = mem_printf("examples/events/%s.json", name);
    FILE *file = fopen(path, "r");
    char text[8192];

    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    mem_free(path);
    return mem_string(text);
}

/* The value of a custom attribute of an application as Pinpoint shows it; owned, "" when there is none. */
static char *attribute_of(struct stage *stage, const char *application, const char *field)
{
    char *path = mem_printf("/api/v1/applications/%s?include=custom_attributes", application);
    cJSON *document = stage_sandbox(stage, path);
    const cJSON *item;
    char *value = mem_string("");

    cJSON_ArrayForEach(item, json_get(document, "included"))
    {
        const cJSON *attributes = json_get(item, "attributes");
        if (strcmp(json_get_string(attributes, "field_name", ""), field) != 0)
            continue;
        mem_free(value);
        value = mem_string(json_get_string(attributes, "value", ""));
    }
    cJSON_Delete(document);
    mem_free(path);
    return value;
}

static size_t comments_on(struct stage *stage, const char *application)
{
    char *path = mem_printf(
        "/api/v1/comments?filter%%5Bcommentable_id%%5D=%s&filter%%5Bcommentable_type%%5D=Application", application);
    cJSON *document = stage_sandbox(stage, path);
    size_t count = (size_t)cJSON_GetArraySize(json_get(document, "data"));

    cJSON_Delete(document);
    mem_free(path);
    return count;
}

static void an_assessment_becomes_an_attribute_and_one_comment(void **state)
{
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &presets);
    size_t before = comments_on(&stage, "1");
    char *body = read_example("assessment");
    assert_int_equal(stage_post(&stage, "skillcheck", "msg_1", body, id), 202);
    stage_wait_state(&stage, id, "done");

    char *score = attribute_of(&stage, "1", "Assessment score");
    assert_string_not_equal(score, "");
    assert_int_equal(comments_on(&stage, "1"), before + 1);
    mem_free(score);
    mem_free(body);
    stage_close(&stage);
}

static void a_video_interview_becomes_a_summary(void **state)
{
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &presets);
    char *body = read_example("video-interview");
    assert_int_equal(stage_post(&stage, "video", "msg_1", body, id), 202);
    stage_wait_state(&stage, id, "done");

    cJSON *ledger = stage_sandbox(&stage, "/sandbox/writes");
    const cJSON *write = cJSON_GetArrayItem(json_get(ledger, "writes"), 0);
    assert_string_equal(json_get_string(write, "method", ""), "PUT");
    assert_string_equal(json_get_string(write, "type", ""), "interviews");
    cJSON_Delete(ledger);
    mem_free(body);
    stage_close(&stage);
}

static void a_background_check_becomes_a_selected_option(void **state)
{
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &presets);
    char *body = read_example("background-check");
    assert_int_equal(stage_post(&stage, "screening", "msg_1", body, id), 202);
    stage_wait_state(&stage, id, "done");

    char *result = attribute_of(&stage, "3", "Background check");
    assert_string_equal(result, "Clear");
    mem_free(result);
    mem_free(body);
    stage_close(&stage);
}

static void a_second_delivery_is_answered_with_the_first_id_and_writes_nothing(void **state)
{
    static const char body[] = "{\"type\":\"note\",\"data\":{\"application_id\":1,\"text\":\"Once\"}}";
    struct stage stage;
    char first[27], second[27];

    (void)state;
    stage_open(&stage, &(struct stage_options){0});
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, first), 202);
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, second), 200);
    assert_string_equal(first, second);
    stage_wait_state(&stage, first, "done");
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, second), 200);
    assert_int_equal(stage_writes(&stage), 1);
    stage_close(&stage);
}

static void a_wrong_signature_is_refused_and_nothing_is_stored(void **state)
{
    const char *headers[] = {"Content-Type: application/json", "webhook-id: msg_1", "webhook-timestamp: 1700000000",
                             "webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=", NULL};
    struct stage stage;

    (void)state;
    stage_open(&stage, &(struct stage_options){0});
    char *url = mem_printf("http://127.0.0.1:%u/in/s", stage.receiver_port);
    struct stage_reply reply = stage_request(&stage, "POST", url, headers, "{\"type\":\"note\"}");
    assert_int_equal(reply.status, 401);
    mem_free(reply.body);
    mem_free(url);

    cJSON *events = stage_command_json(&stage, "events", NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(events, "events")), 0);
    cJSON_Delete(events);
    stage_close(&stage);
}

/* Sources whose rule writes one attribute, with a value from the event. */
#define ATTRIBUTE_SOURCE(field, value)                                                                                 \
    "\"s\": {\"account\": \"acme\", \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" STAGE_SECRET     \
    "\"]}, \"event\": {\"type\": \".type\"}, \"rules\": [{\"on\": \"note\", \"do\": [{\"set_attribute\": "             \
    "{\"application\": \"1\", \"field\": \"" field "\", \"value\": \"" value "\"}}]}]}"

static void expect_dead(const char *sources, const char *body, const char *const *words)
{
    struct stage stage;
    char id[27];

    stage_open(&stage, &(struct stage_options){.sources = sources});
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, id), 202);
    stage_wait_state(&stage, id, "dead");

    cJSON *event = stage_command_json(&stage, "show", id);
    const char *reason = json_get_string(event, "reason", "");
    for (; *words; words++) {
        if (!strstr(reason, *words))
            fail_msg("'%s' is not in the reason: %s", *words, reason);
    }
    cJSON_Delete(event);
    assert_int_equal(stage_writes(&stage), 0);
    stage_close(&stage);
}

static void a_missing_value_is_dead_with_a_reason_that_names_rule_action_and_argument(void **state)
{
    static const char *const words[] = {"rule 1", "set_attribute", "value", NULL};

    (void)state;
    expect_dead(ATTRIBUTE_SOURCE("Assessment score", "{{.data.score}}"), "{\"type\":\"note\",\"data\":{}}", words);
}

static void an_option_that_does_not_exist_is_dead_with_a_reason_that_names_it(void **state)
{
    static const char *const words[] = {"rule 1", "set_attribute", "Purple", "Clear", NULL};

    (void)state;
    expect_dead(ATTRIBUTE_SOURCE("Background check", "{{.data.result}}"),
                "{\"type\":\"note\",\"data\":{\"result\":\"Purple\"}}", words);
}

static void a_dead_event_replayed_after_its_cause_is_gone_is_written_once(void **state)
{
    static const char body[] = "{\"type\":\"note\",\"data\":{\"application_id\":999,\"text\":\"Later\"}}";
    struct stage stage;
    char id[27];
    char *output;

    (void)state;
    stage_open(&stage, &(struct stage_options){0});
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, id), 202);
    stage_wait_state(&stage, id, "dead");
    assert_int_equal(stage_command(&stage, &output, "replay", id, NULL), 0);
    mem_free(output);
    stage_wait_state(&stage, id, "dead"); /* the application is still not there: it fails the same way again */
    assert_int_equal(stage_writes(&stage), 0);
    stage_close(&stage);
}

static void a_done_event_replayed_writes_nothing_a_second_time(void **state)
{
    struct stage stage;
    char id[27];
    char *output;

    (void)state;
    stage_open(&stage, &presets);
    char *body = read_example("assessment");
    assert_int_equal(stage_post(&stage, "skillcheck", "msg_1", body, id), 202);
    stage_wait_state(&stage, id, "done");
    size_t before = stage_writes(&stage);
    assert_int_equal(stage_command(&stage, &output, "replay", "--done", id, NULL), 0);
    mem_free(output);
    stage_wait_state(&stage, id, "done");
    assert_int_equal(stage_writes(&stage), before);
    mem_free(body);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_assessment_becomes_an_attribute_and_one_comment),
        cmocka_unit_test(a_video_interview_becomes_a_summary),
        cmocka_unit_test(a_background_check_becomes_a_selected_option),
        cmocka_unit_test(a_second_delivery_is_answered_with_the_first_id_and_writes_nothing),
        cmocka_unit_test(a_wrong_signature_is_refused_and_nothing_is_stored),
        cmocka_unit_test(a_missing_value_is_dead_with_a_reason_that_names_rule_action_and_argument),
        cmocka_unit_test(an_option_that_does_not_exist_is_dead_with_a_reason_that_names_it),
        cmocka_unit_test(a_dead_event_replayed_after_its_cause_is_gone_is_written_once),
        cmocka_unit_test(a_done_event_replayed_writes_nothing_a_second_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
