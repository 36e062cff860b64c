/*
 * test_presets.c - every preset and every example: they load, and what an event of theirs writes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/preset.h"

#include "base/embedded.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/config/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

/* A configuration with one source of that preset; params is "" or ", \"params\": {…}". */
static struct config *load_preset(const char *preset, const char *params)
{
    char *text =
        mem_printf("{\"accounts\": {\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"k\"}}, \"sources\": {\"s\": "
                   "{\"account\": \"acme\", \"preset\": \"%s\", \"verify\": {\"secrets\": [\"" SECRET "\"]}%s}}}",
                   preset, params);
    struct error err = {0};
    struct config *config;

    place_write(text);
    config = config_load("hookline.json", true, &err);
    if (config == NULL)
        fail_msg("%s: %s", preset, err.text);
    mem_free(text);
    return config;
}

static void every_preset_loads_and_compiles(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct embedded *row = embedded_presets; row->name != NULL; row++) {
        char *name = mem_copy(row->name, strlen(row->name) - strlen(".json"));
        struct config *config = load_preset(name, "");

        assert_string_not_equal(config->sources[0].type_path, "");
        assert_string_not_equal(config->sources[0].order_by_path, "");
        config_free(config);
        mem_free(name);
        count++;
    }
    assert_int_equal(count, 3);
}

static void check_documented(const char *reference, const cJSON *preset)
{
    char *title = mem_printf("\n## %s\n", json_get_string(preset, "name", ""));
    const cJSON *param;

    if (strstr(reference, title) == NULL)
        fail_msg("docs/events.md lacks%s", title);
    cJSON_ArrayForEach(param, json_get(preset, "params"))
    {
        char *fallback = json_print(json_get(param, "default"));
        char *row = mem_printf("\n| `%s` | `%s` | %s |\n", param->string, fallback, json_get_string(param, "help", ""));

        if (strstr(strstr(reference, title), row) == NULL)
            fail_msg("docs/events.md lacks this row:%s", row);
        mem_free(row);
        mem_free(fallback);
    }
    mem_free(title);
}

static void every_preset_says_what_it_is(void **state)
{
    char *path = place_root("docs/events.md"), *reference = place_read(path);

    (void)state;
    for (const struct embedded *row = embedded_presets; row->name != NULL; row++) {
        char *name = mem_copy(row->name, strlen(row->name) - strlen(".json"));
        cJSON *preset = preset_load(name, NULL);

        assert_string_equal(json_get_string(preset, "name", ""), name);
        assert_string_not_equal(json_get_string(preset, "description", ""), "");
        check_documented(reference, preset);
        cJSON_Delete(preset);
        mem_free(name);
    }
    mem_free(reference);
    mem_free(path);
}

/* ---- what is written ---- */

/* The plan for a payload as text, an action a line, or the reason why there is none; owned. */
static char *plan_text(const struct config *config, const char *type, const char *payload)
{
    struct event event = {.account = "acme",
                          .source = "s",
                          .type = type,
                          .order_key = "",
                          .delivery_id = "",
                          .headers = "{}",
                          .payload = payload,
                          .payload_size = strlen(payload)};
    struct error err = {0};
    struct plan plan;
    struct buf text;

    buf_init(&text, 100000);
    if (!rules_plan(config->sources[0].rules, &event, &plan, &err)) {
        buf_addf(&text, "error: %s", err.text);
        return buf_take(&text);
    }
    for (size_t i = 0; i < plan.count; i++) {
        char *args = json_print(plan.actions[i].args);
        buf_addf(&text, "%s%s %s", i > 0 ? "\n" : "", plan.actions[i].name, args);
        mem_free(args);
    }
    plan_clear(&plan);
    return buf_take(&text);
}

static const struct {
    const char *preset, *expected;
} examples[] = {
    {"assessment",
     "set_attribute {\"application\":\"1\",\"field\":\"Assessment score\",\"value\":87}\n"
     "post_comment {\"application\":\"1\",\"text\":\"SQL for analysts: 87 of 100, percentile 92, passed\\n"
     "Report: https://skillcheck.example/reports/asm_4711\"}"},
    {"video-interview", NULL},
    {"background-check", "set_attribute {\"application\":\"3\",\"field\":\"Background check\",\"value\":\"Clear\"}\n"
                         "post_comment {\"application\":\"3\",\"text\":\"Identity and right to work: clear\\n"
                         "Report: https://screening.example/checks/chk_2718\"}"},
};

static void the_example_of_each_preset_writes_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        char *file = mem_printf("examples/events/%s.json", examples[i].preset), *path = place_root(file);
        char *payload = place_read(path);
        cJSON *json = cJSON_Parse(payload);
        struct config *config = load_preset(examples[i].preset, "");
        char *text = plan_text(config, json_get_string(json, "type", ""), payload);

        if (examples[i].expected != NULL)
            assert_string_equal(text, examples[i].expected);
        else
            assert_int_equal(strncmp(text, "set_interview_summary {\"application\":\"2\",\"html\":\"<h2 ", 51), 0);
        mem_free(text);
        config_free(config);
        cJSON_Delete(json);
        mem_free(payload);
        mem_free(path);
        mem_free(file);
    }
}

/* Less, more, and other parameters. */
static const struct {
    const char *preset, *params, *type, *data, *expected;
} variations[] = {
    {"assessment", "", "assessment.completed", "{\"application_id\": 7}",
     "post_comment {\"application\":7,\"text\":\"Assessment: completed\"}"},
    {"assessment", ", \"params\": {\"comment\": false, \"report_field\": \"Report\", \"score_field\": \"S\"}",
     "assessment.completed", "{\"application_id\": \"7\", \"score\": 12.5, \"report_url\": \"https://r\"}",
     "set_attribute {\"application\":\"7\",\"field\":\"S\",\"value\":12.5}\n"
     "set_attribute {\"application\":\"7\",\"field\":\"Report\",\"value\":\"https://r\"}"},
    {"assessment", "", "assessment.completed", "{\"application_id\": \"7\", \"score\": 0, \"result\": \"failed\"}",
     "set_attribute {\"application\":\"7\",\"field\":\"Assessment score\",\"value\":0}\n"
     "post_comment {\"application\":\"7\",\"text\":\"Assessment: 0, failed\"}"},
    {"assessment", "", "assessment.started", "{\"application_id\": \"7\"}", ""},
    {"video-interview", ", \"params\": {\"comment\": true}", "interview.completed",
     "{\"application_id\": \"7\", \"interview_id\": \"9\", \"summary_html\": \"<p>Good</p>\", \"recording_url\": "
     "\"https://v/?a=1&b=\\\"\", \"duration_seconds\": 61, \"reviewer\": \"Sam\"}",
     "set_interview_summary {\"interview\":\"9\",\"html\":\"<p>Good</p><div><a "
     "href=\\\"https://v/?a=1&amp;b=&quot;\\\">"
     "Recording</a> (2 min)</div>\"}\n"
     "post_comment {\"application\":\"7\",\"text\":\"Video interview completed, reviewed by Sam\\n"
     "Recording: https://v/?a=1&b=\\\"\"}"},
    {"video-interview", "", "interview.completed", "{\"application_id\": \"7\", \"summary_html\": \"x\"}",
     "set_interview_summary {\"application\":\"7\",\"html\":\"x\"}"},
    {"background-check", "", "check.updated",
     "{\"application_id\": \"7\", \"status\": \"in_progress\", \"result\": null}",
     "set_attribute {\"application\":\"7\",\"field\":\"Background check\",\"value\":\"Pending\"}"},
    {"background-check", "", "check.updated", "{\"application_id\": \"7\", \"status\": \"new\"}",
     "error: rule 1 (status), action 1 (set_attribute), value: "},
    {"background-check", ", \"params\": {\"options\": {\"new\": null, \"ok\": \"Clear\"}}", "check.updated",
     "{\"application_id\": \"7\", \"status\": \"new\"}", ""},
    {"background-check", ", \"params\": {\"options\": {\"ok\": \"Fine\"}, \"comment\": false, \"status_field\": \"B\"}",
     "check.completed", "{\"application_id\": \"7\", \"status\": \"done\", \"result\": \"ok\"}",
     "set_attribute {\"application\":\"7\",\"field\":\"B\",\"value\":\"Fine\"}"},
};

static void fields_that_may_be_missing_and_params_do_what_the_reference_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(variations); i++) {
        char *payload = mem_printf("{\"type\": \"%s\", \"data\": %s}", variations[i].type, variations[i].data);
        struct config *config = load_preset(variations[i].preset, variations[i].params);
        char *text = plan_text(config, variations[i].type, payload);

        if (strncmp(variations[i].expected, "error: ", 7) == 0)
            text[strlen(variations[i].expected)] = '\0'; /* behind it are jq's words */
        assert_string_equal(text, variations[i].expected);
        mem_free(text);
        config_free(config);
        mem_free(payload);
    }
}

/* ---- the examples ---- */

static const char *const configurations[] = {"hookline", "assessment", "video-interview", "background-check",
                                             "compose"};

static const char *const environment[][2] = {
    {"ACME_API_KEY", "k"},          {"GLOBEX_API_KEY", "k"},           {"SKILLCHECK_SECRET", SECRET},
    {"VIDEO_SECRET", SECRET},       {"SKILLCHECK_SECRET_NEW", SECRET}, {"SCREENING_SECRET", SECRET},
    {"REFERENCES_SECRET", SECRET},  {"WEBHOOK_SECRET", SECRET},        {"PINPOINT_WEBHOOK_SECRET", "eight or more"},
    {"REDIS_URL", "redis://redis"}, {"PINPOINT_API_KEY", "k"},         {"PINPOINT_URL", "http://sandbox:9090"},
};

static void every_example_is_a_configuration_without_a_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(environment); i++)
        setenv(environment[i][0], environment[i][1], 1);
    for (size_t i = 0; i < COUNT_OF(configurations); i++) {
        char *file = mem_printf("examples/%s.json", configurations[i]), *path = place_root(file);
        struct error err = {0};
        struct config *config = config_load(path, true, &err);

        if (config == NULL)
            fail_msg("%s", err.text);
        config_free(config);
        mem_free(path);
        mem_free(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_preset_loads_and_compiles),
        cmocka_unit_test(every_preset_says_what_it_is),
        cmocka_unit_test(the_example_of_each_preset_writes_what_it_should),
        cmocka_unit_test(fields_that_may_be_missing_and_params_do_what_the_reference_says),
        cmocka_unit_test(every_example_is_a_configuration_without_a_mistake),
    };

    return cmocka_run_group_tests(tests, place_open, place_close);
}
