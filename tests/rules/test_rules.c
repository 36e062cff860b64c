/*
 * test_rules.c - from rules and an event to a plan, and every way in which that can be refused.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rules.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define EVENT_ID "01JD0000000000000000000000"

static struct rules *rules_from(const char *text, const char *params)
{
    struct error err = {0};
    cJSON *json = json_parse(text, strlen(text), &err);
    cJSON *values = params != NULL ? json_parse(params, strlen(params), &err) : NULL;
    struct rules *rules;

    if (json == NULL)
        fail_msg("%s: %s", text, err.text);
    rules = rules_new(json, values, &err);
    if (rules == NULL)
        fail_msg("%s: %s: %s", text, err.where, err.text);
    cJSON_Delete(json);
    cJSON_Delete(values);
    return rules;
}

static struct event event_of(const char *type, const char *payload)
{
    return (struct event){
        .id = EVENT_ID,
        .received_ms = 1767323045678,
        .account = "acme",
        .source = "tests",
        .type = type,
        .order_key = "7",
        .delivery_id = "",
        .headers = "{\"x-level\":\"3\"}",
        .payload = payload,
        .payload_size = strlen(payload),
    };
}

/* The plan as text: each action's name and arguments on a line; "error: …" when there is none. */
static char *plan_text(struct rules *rules, const char *type, const char *payload)
{
    struct event event = event_of(type, payload);
    struct error err = {0};
    struct plan plan;
    struct buf text;

    buf_init(&text, 100000);
    if (!rules_plan(rules, &event, &plan, &err)) {
        assert_int_equal(err.kind, ERROR_INVALID);
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

static void expect_plan(struct rules *rules, const char *type, const char *payload, const char *expected)
{
    char *text = plan_text(rules, type, payload);

    assert_string_equal(text, expected);
    mem_free(text);
}

static void strings_are_filled_in_and_a_lone_template_keeps_its_type(void **state)
{
    static const char payload[] = "{\"n\":87,\"f\":0.1,\"t\":\"x\",\"b\":true,\"z\":null,\"l\":[1,{\"a\":2}],"
                                  "\"id\":12345678901234567890,\"e\":\"\"}";
    struct rules *rules = rules_from(
        "[{\"on\":\"t\",\"do\":[{\"a\":{"
        "\"n\":\"{{.n}}\",\"text\":\"{{.n}} of {{.f}}, {{.t}}{{.b}}\",\"z\":\"{{.z}}\",\"none\":\"{{.nope}}\","
        "\"l\":[\"{{.l}}\",\"{{.l[1].a}}\",5,\"plain\",{\"deep\":\"{{.t}}\"},[],{}],\"id\":\"{{.id}}\",\"e\":\"{{.e}}"
        "\","
        "\"literal\":\"{{\\\"{{\\\"}}\",\"spaced\":\" {{.n}}\",\"flag\":true,\"null\":null,"
        "\"big\":\"{{.n * 1000000000}}\",\"text big\":\"#{{.n * 1000000000}}\"}}]}]",
        NULL);

    (void)state;
    expect_plan(rules, "t", payload,
                "a {\"n\":87,\"text\":\"87 of 0.1, xtrue\",\"z\":null,\"none\":null,"
                "\"l\":[[1,{\"a\":2}],2,5,\"plain\",{\"deep\":\"x\"},[],{}],\"id\":\"12345678901234567890\",\"e\":\"\","
                "\"literal\":\"{{\",\"spaced\":\" 87\",\"flag\":true,\"null\":null,"
                "\"big\":87000000000,\"text big\":\"#87000000000\"}");
    rules_free(rules);
}

static void headers_event_and_params_are_there(void **state)
{
    struct rules *rules =
        rules_from("[{\"on\":\"t\",\"if\":\"$params.on and $event.type == "
                   "\\\"t\\\"\",\"do\":[{\"a\":{\"h\":\"{{$headers[\\\"x-level\\\"]}}\","
                   "\"e\":\"{{$event}}\",\"p\":\"{{$params.field}}\",\"inside\":\"{{[.[] | $event.id]}}\"}}]}]",
                   "{\"on\":true,\"field\":\"Score\"}");

    (void)state;
    expect_plan(rules, "t", "[0]",
                "a {\"h\":\"3\",\"e\":{\"id\":\"" EVENT_ID
                "\",\"type\":\"t\",\"account\":\"acme\",\"source\":\"tests\","
                "\"received_at\":\"2026-01-02T03:04:05.678Z\",\"occurred_at\":null,\"delivery_id\":null,"
                "\"order_key\":\"7\"},\"p\":\"Score\",\"inside\":[\"" EVENT_ID "\"]}");
    rules_free(rules);
}

static void rules_that_match_are_planned_in_the_order_of_the_file(void **state)
{
    struct rules *rules = rules_from("[{\"on\":\"a.*\",\"do\":[{\"one\":{}},{\"two\":{\"x\":\"{{.x}}\"}}]},"
                                     "{\"on\":[\"b\",\"a.b\"],\"if\":\".x > 1\",\"do\":[{\"three\":{}}]},"
                                     "{\"on\":\"a.b\",\"if\":\".x\",\"do\":[{\"four\":{\"x\":\"{{.x}}\"}}]}]",
                                     NULL);

    (void)state;
    expect_plan(rules, "a.b", "{\"x\":5}", "one {}\ntwo {\"x\":5}\nthree {}\nfour {\"x\":5}");
    expect_plan(rules, "a.b", "{\"x\":1}", "one {}\ntwo {\"x\":1}\nfour {\"x\":1}");
    expect_plan(rules, "a.b", "{\"x\":false}", "one {}\ntwo {\"x\":false}");
    expect_plan(rules, "a.b", "{}", "one {}\ntwo {\"x\":null}");
    expect_plan(rules, "b", "{\"x\":2}", "three {}");
    expect_plan(rules, "c", "{\"x\":2}", "");
    assert_int_equal(rules_count(rules), 3);
    rules_free(rules);
}

static void an_action_knows_its_place_for_people(void **state)
{
    struct rules *rules = rules_from("[{\"on\":\"*\",\"do\":[{\"tag\":{}}]},"
                                     "{\"name\":\"Write the score\",\"on\":\"*\",\"do\":[{\"tag\":{}},{\"note\":{}}]}]",
                                     NULL);
    struct event event = event_of("x.y", "{}");
    struct error err = {0};
    struct plan plan;

    (void)state;
    assert_true(rules_plan(rules, &event, &plan, &err));
    assert_int_equal(plan.count, 3);
    assert_string_equal(plan.actions[0].where, "rule 1 (x.y), action 1 (tag)");
    assert_string_equal(plan.actions[2].where, "rule 2 (Write the score), action 2 (note)");
    assert_int_equal(plan.actions[2].rule, 1);
    assert_int_equal(plan.actions[2].action, 1);
    plan_clear(&plan);
    rules_free(rules);
}

/* What goes wrong on one event, and how the problem begins: versions of jq end it differently. */
static const struct {
    const char *template, *problem;
} failures[] = {
    {"{{.t.u}}", "{{.t.u}}: Cannot index string with "},
    {"{{.t | tonumber}}", "{{.t | tonumber}}: "},
    {"Score: {{.nope}}", "{{.nope}} is null; end it with // \"n/a\" if it may be"},
    {"{{empty}}", "{{empty}} gives no value"},
    {"{{.l[]}}", "{{.l[]}} gives more than one value"},
    {"{{repeat(1)}}", "{{repeat(1)}} gives more than one value"},
    {"Tags: {{.l}}", "{{.l}} is a list or an object; make text of it, as with join(\", \")"},
    {"{{error({a: 1})}}", "{{error({a: 1})}}: {\"a\":1}"},
    {"{{error(.t)}}", "{{error(.t)}}: x"},
};

static void a_template_that_fails_names_rule_action_and_argument(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        char *text = mem_printf("[{\"on\":\"t\",\"do\":[{\"ok\":{}},{\"a\":{\"x\":[1,{\"y\":\"%s\"}]}}]}]",
                                failures[i].template);
        struct rules *rules = rules_from(text, NULL);
        char *problem = plan_text(rules, "t", "{\"t\":\"x\",\"l\":[1,2]}");
        char *expected = mem_printf("error: rule 1 (t), action 2 (a), x[1].y: %s", failures[i].problem);

        if (strncmp(problem, expected, strlen(expected)) != 0)
            fail_msg("%s, not %s", problem, expected);
        mem_free(expected);
        mem_free(problem);
        rules_free(rules);
        mem_free(text);
    }
}

static void a_condition_that_fails_names_the_rule(void **state)
{
    struct rules *rules =
        rules_from("[{\"on\":\"t\",\"do\":[{\"ok\":{}}]},"
                   "{\"name\":\"second\",\"on\":\"t\",\"if\":\"error(.t)\",\"do\":[{\"a\":{\"x\":\"{{.y}}\"}}]}]",
                   NULL);
    struct rules *many = rules_from("[{\"on\":\"t\",\"if\":\".l[]\",\"do\":[{\"a\":{}}]}]", NULL);

    (void)state;
    expect_plan(rules, "t", "{\"t\":\"x\"}", "error: rule 2 (second), if: x");
    expect_plan(many, "t", "{\"l\":[true,false]}",
                "error: rule 1 (t), if: gives more than one value; use any(…) or first(…)");
    expect_plan(many, "t", "{\"l\":[]}", ""); /* no value is no */
    expect_plan(many, "t", "{\"l\":[0]}", "a {}");
    rules_free(rules);
    rules_free(many);
}

/* Structure, told without jq. */
static const struct {
    const char *rules, *where, *problem;
} mistakes[] = {
    {"{}", "", "expected a list of rules"},
    {"[]", "", "expected a list of rules"},
    {"[1]", "[0]", "expected a rule: {\"on\": …, \"do\": […]}"},
    {"[{\"do\":[{\"a\":{}}]}]", "[0]", "\"on\" is missing"},
    {"[{\"on\":\"t\"}]", "[0]", "\"do\" is missing"},
    {"[{\"on\":1,\"do\":[{\"a\":{}}]}]", "[0].on", "expected a string or a list of strings"},
    {"[{\"on\":[\"t\",null],\"do\":[{\"a\":{}}]}]", "[0].on[1]", "expected a string or a list of strings"},
    {"[{\"on\":[],\"do\":[{\"a\":{}}]}]", "[0].on", "expected at least one event type"},
    {"[{\"on\":\"\",\"do\":[{\"a\":{}}]}]", "[0].on",
     "expected an event type of 1 to 200 bytes; * stands for any text"},
    {"[{\"on\":\"t\",\"if\":true,\"do\":[{\"a\":{}}]}]", "[0].if", "expected a string that holds a jq expression"},
    {"[{\"on\":\"t\",\"if\":\"{{.a}}\",\"do\":[{\"a\":{}}]}]", "[0].if", "expected jq as it is, without {{ }}"},
    {"[{\"on\":\"t\",\"if\":\"(.a\",\"do\":[{\"a\":{}}]}]", "[0].if", "'(' is not closed"},
    {"[{\"on\":\"t\",\"name\":\"\",\"do\":[{\"a\":{}}]}]", "[0].name", "expected a string of 1 to 64 bytes"},
    {"[{\"on\":\"t\",\"do\":{\"a\":{}}}]", "[0].do", "expected a list of actions"},
    {"[{\"on\":\"t\",\"do\":[]}]", "[0].do", "expected a list of actions"},
    {"[{\"on\":\"t\",\"do\":[{\"a\":{}},\"b\"]}]", "[0].do[1]",
     "expected one action: {\"name of the action\": {its arguments}}"},
    {"[{\"on\":\"t\",\"do\":[{\"a\":{},\"b\":{}}]}]", "[0].do[0]",
     "expected one action: {\"name of the action\": {its arguments}}"},
    {"[{\"on\":\"t\",\"do\":[{}]}]", "[0].do[0]", "expected one action: {\"name of the action\": {its arguments}}"},
    {"[{\"on\":\"t\",\"do\":[{\"a\":\"x\"}]}]", "[0].do[0].a", "expected the action's arguments: {…}"},
    {"[{\"on\":\"t\",\"do\":[{\"a\":{\"x\":{\"y\":[\"ok\",\"{{.a\"]}}}]}]", "[0].do[0].a.x.y[1]",
     "'{{' without its '}}'"},
    {"[{\"on\":\"t\",\"doo\":[]}]", "[0].doo", "unknown key; a rule has name, on, if, do"},
    {"[{\"on\":\"t\",\"do\":[{\"a\":{}}]},{\"on\":\"t\",\"when\":\".a\",\"do\":[{\"a\":{}}]}]", "[1].when",
     "unknown key; a rule has name, on, if, do"},
};

static void a_mistake_in_the_structure_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct error err = {0};
        cJSON *json = json_parse(mistakes[i].rules, strlen(mistakes[i].rules), &err);
        struct rules *rules = rules_new(json, NULL, &err);

        if (rules != NULL)
            fail_msg("%s was taken", mistakes[i].rules);
        assert_string_equal(err.where, mistakes[i].where);
        assert_string_equal(err.text, mistakes[i].problem);
        cJSON_Delete(json);
    }
}

/* jq's own refusals. problem is how jq 1.6 and 1.7 both begin. */
static const struct {
    const char *condition, *template, *where, *problem;
} refusals[] = {
    {"true", ".a +", "[1].do[1].b.x[0]", "syntax error, unexpected"},
    {".a ==", ".a", "[1].if", "syntax error, unexpected"},
    {"true", "nope(.a)", "[1].do[1].b.x[0]", "nope/1 is not defined"},
    {"$nope", ".a", "[1].if", "$nope is not defined"},
    {"true", "import \\\"a\\\" as a; 1", "[1].do[1].b.x[0]", "syntax error, unexpected import"},
    {"true", "def f: 1;", "[1].do[1].b.x[0]", "syntax error, unexpected"},
    {"true", ".a; .b", "[1].do[1].b.x[0]", "syntax error, unexpected"},
};

static void jq_that_does_not_compile_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        char *text = mem_printf(
            "[{\"on\":\"t\",\"do\":[{\"ok\":{}}]},"
            "{\"on\":\"t\",\"if\":\"%s\",\"do\":[{\"ok\":{\"x\":\"{{.a}}\"}},{\"b\":{\"x\":[\"{{%s}}\"]}}]}]",
            refusals[i].condition, refusals[i].template);
        struct rules *rules = rules_from(text, NULL);
        struct error err = {0};

        assert_false(rules_compile(rules, &err));
        assert_string_equal(err.where, refusals[i].where);
        if (strncmp(err.text, refusals[i].problem, strlen(refusals[i].problem)) != 0 || strstr(err.text, "jq:") ||
            strstr(err.text, "top-level") || strchr(err.text, '\n') || strstr(err.text, "shell"))
            fail_msg("%s: %s", text, err.text);
        rules_free(rules);
        mem_free(text);
    }
}

static void what_does_not_compile_kills_the_event_with_a_reason(void **state)
{
    struct rules *rules = rules_from("[{\"on\":\"t\",\"do\":[{\"a\":{\"x\":\"{{nope}}\"}}]}]", NULL);

    (void)state;
    expect_plan(rules, "t", "{}", "error: rule 1 (t), do[0].a.x: nope/0 is not defined");
    rules_free(rules);
}

static void a_compiled_rule_runs_any_number_of_times(void **state)
{
    struct rules *rules =
        rules_from("[{\"on\":\"t\",\"if\":\".n != 2\",\"do\":[{\"a\":{\"n\":\"{{.n + 1}}\"}}]}]", NULL);
    struct error err = {0};

    (void)state;
    assert_true(rules_compile(rules, &err));
    assert_true(rules_compile(rules, &err));
    for (int n = 0; n < 5; n++) {
        char *payload = mem_printf("{\"n\":%d}", n);
        char *expected = n == 2 ? mem_string("") : mem_printf("a {\"n\":%d}", n + 1);

        expect_plan(rules, "t", payload, expected);
        expect_plan(rules, "t", "{\"n\":\"x\"}",
                    "error: rule 1 (t), action 1 (a), n: {{.n + 1}}: string (\"x\") and number (1) cannot be added");
        mem_free(expected);
        mem_free(payload);
    }
    rules_free(rules);
}

static void bounds_on_rules_and_actions_are_kept(void **state)
{
    struct buf text;
    struct error err = {0};
    cJSON *json;

    (void)state;
    buf_init(&text, 100000);
    buf_add_string(&text, "[{\"on\":\"t\",\"do\":[");
    for (int i = 0; i < 51; i++)
        buf_addf(&text, "%s{\"a\":{}}", i > 0 ? "," : "");
    buf_add_string(&text, "]}]");
    json = json_parse(text.data, text.size, &err);
    assert_null(rules_new(json, NULL, &err));
    assert_string_equal(err.text, "a rule may have 50 actions at most");
    assert_string_equal(err.where, "[0].do");
    cJSON_Delete(json);
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_filled_in_and_a_lone_template_keeps_its_type),
        cmocka_unit_test(headers_event_and_params_are_there),
        cmocka_unit_test(rules_that_match_are_planned_in_the_order_of_the_file),
        cmocka_unit_test(an_action_knows_its_place_for_people),
        cmocka_unit_test(a_template_that_fails_names_rule_action_and_argument),
        cmocka_unit_test(a_condition_that_fails_names_the_rule),
        cmocka_unit_test(a_mistake_in_the_structure_is_told_with_its_place),
        cmocka_unit_test(jq_that_does_not_compile_is_told_with_its_place),
        cmocka_unit_test(what_does_not_compile_kills_the_event_with_a_reason),
        cmocka_unit_test(a_compiled_rule_runs_any_number_of_times),
        cmocka_unit_test(bounds_on_rules_and_actions_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
