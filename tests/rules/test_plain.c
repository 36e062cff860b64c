/*
 * test_plain.c - plain paths give what jq gives: a table of what is plain, and random paths in random payloads, both
 * ways.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/plain.h"

#include "base/json.h"
#include "base/mem.h"
#include "rules/program.h"
#include "rules/rule.h"
#include "rules/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EXPRESSIONS 300
#define PAYLOADS    400

static const char *const plain[] = {
    ".",
    ".a",
    " .a_1.B2 ",
    ".[\"a b\"]",
    ".a[\"x-y\"].b",
    ".a[0]",
    ".[12][-1].b",
    ".[\"\xc3\xa4\xe2\x82\xac\"]",
    ".[\"\"]",
    ".and.if",
    "$params",
    "$params.field",
    "$params[\"a b\"][0]",
    "\n.a\t",
};

/* jq, of one version at least, reads these in its own way, or not at all. */
static const char *const not_plain[] = {
    "",
    "a",
    "..",
    ".a.",
    ".a..b",
    ".1",
    ".a.[0]",
    ".a.\"b\"",
    ".\"a\"",
    ".a?",
    ".a[]",
    ".[0:1]",
    ".[1.5]",
    ".[01]",
    ".[-0]",
    ".[- 1]",
    ".[+1]",
    ".[1e1]",
    ".[-]",
    ".[1234567890]",
    ".[\"a\\u0041\"]",
    ".[\"\\(1)\"]",
    ".[\"a]",
    ".[\"a\"",
    ".[a]",
    ".a | .b",
    ".a.b // 1",
    ".a .b",
    ". a",
    "$event",
    "$headers",
    "$paramsx",
    "$params a",
    "$params.1",
    "$ params",
    "(.a)",
    "-.a",
    ".a + .b",
    "[.a]",
    "\"a\"",
    "null",
    "1",
    ".a;",
    ".a,.b",
    "$params$params",
};

static void only_plain_paths_are_taken_for_plain(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (!plain_is(plain[i]))
            fail_msg("%s is plain", plain[i]);
    for (size_t i = 0; i < COUNT_OF(not_plain); i++)
        if (plain_is(not_plain[i]))
            fail_msg("%s is not plain", not_plain[i]);
}

/* ---- both ways ---- */

/* A small generator, the same numbers in every run. */
static unsigned next(uint32_t *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static const char *const names[] = {"a", "b", "c", "A", "a b", "\xc3\xa4", "", "and", "a_1"};

static const char *const scalars[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "87",
    "-1.5",
    "0.1",
    "1e3",
    "1E-7",
    "123456789.125",
    "9007199254740991",
    "9007199254740992",
    "-12345678901234567890",
    "1e300",
    "5e-324",
    "0.30000000000000004",
    "\"\"",
    "\"x\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u00e4\\ud83d\\ude00 \xe2\x82\xac\"",
    "\"{{.a}}\"",
    "[]",
    "{}",
};

/* Names come twice in an object now and then. */
static void add_value(uint32_t *seed, unsigned depth, struct buf *out)
{
    unsigned kind = depth == 0 ? 0 : next(seed, 4), count = next(seed, 6);

    if (kind < 2) {
        buf_add_string(out, scalars[next(seed, COUNT_OF(scalars))]);
        return;
    }
    buf_add_char(out, kind == 2 ? '{' : '[');
    for (unsigned i = 0; i < count; i++) {
        buf_add_string(out, i > 0 ? " ,\n" : "");
        if (kind == 2)
            buf_addf(out, "\"%s\" : ", names[next(seed, COUNT_OF(names))]);
        add_value(seed, depth - 1, out);
    }
    buf_add_char(out, kind == 2 ? '}' : ']');
}

static char *random_object(uint32_t *seed)
{
    struct buf text;

    buf_init(&text, 1u << 20);
    buf_add_string(&text, "{\"a\":");
    add_value(seed, 4, &text);
    buf_add_string(&text, ",\"b\":");
    add_value(seed, 3, &text);
    buf_add_string(&text, ",\"a\":");
    add_value(seed, 4, &text);
    buf_add_char(&text, '}');
    return buf_take(&text);
}

static char *random_path(uint32_t *seed)
{
    unsigned steps = 1 + next(seed, 4);
    struct buf text;

    buf_init(&text, 1000);
    buf_add_string(&text, next(seed, 5) == 0 ? "$params" : ".");
    for (unsigned i = 0; i < steps; i++) {
        unsigned kind = next(seed, 3);

        if (kind == 0 && !(i == 0 && text.size == 1))
            buf_addf(&text, ".%s", next(seed, 2) ? "a" : "b");
        else if (kind == 2)
            buf_addf(&text, "[%d]", (int)next(seed, 5) - 2);
        else
            buf_addf(&text, "[\"%s\"]", names[next(seed, COUNT_OF(names))]);
    }
    return buf_take(&text);
}

static struct event event_of(const char *payload)
{
    return (struct event){
        .id = "01JD0000000000000000000000",
        .account = "acme",
        .source = "tests",
        .type = "t",
        .order_key = "",
        .delivery_id = "",
        .headers = "",
        .payload = payload,
        .payload_size = strlen(payload),
    };
}

/* What one way gives, as text: the value alone, the value inside of a text, or the words of the failure. */
static char *text_of(cJSON *value, const char *problem)
{
    struct buf text;
    char *printed = value ? json_print(value) : mem_string("");

    buf_init(&text, 1u << 21);
    buf_add_string(&text, value ? printed : problem);
    if (!value || !json_add_scalar(value, &text))
        buf_add_string(&text, " (no text)");
    mem_free(printed);
    cJSON_Delete(value);
    return buf_take(&text);
}

static char *plain_text(const char *expression, const struct plain_roots *roots)
{
    struct error err = {0};
    const cJSON *value = plain_find(expression, roots, &err);

    return text_of(value ? value_copy(value, &err) : NULL, err.text);
}

static char *jq_text(const cJSON *result)
{
    return text_of(cJSON_IsArray(result) ? cJSON_Duplicate(result->child, true) : NULL,
                   json_get_string(result, "error", ""));
}

static cJSON *parse(const char *text)
{
    struct error err = {0};
    cJSON *value = json_parse(text, strlen(text), &err);

    if (!value)
        fail_msg("%s: %s", err.text, text);
    return value;
}

/* Runs expressions over payload both ways. How many failed: a test of nothing but failures would prove little. */
static size_t compare(struct program *program, char *const *expressions, const char *payload, const cJSON *params)
{
    struct event event = event_of(payload);
    struct error err = {0};
    struct program_input *input = program_input_new(&event, &err);
    cJSON *output = program_run(program, input, &err), *document = parse(payload);
    const struct plain_roots roots = {document, params};
    size_t at = 0, failures = 0;
    const cJSON *result;

    cJSON_ArrayForEach(result, json_get(output, "args"))
    {
        char *ours = plain_text(expressions[at], &roots), *theirs = jq_text(result);

        if (strcmp(ours, theirs) != 0)
            fail_msg("%s of %s\n with $params %s\n is %s, in jq %s", expressions[at], payload, json_print(params), ours,
                     theirs);
        failures += cJSON_IsObject(result);
        mem_free(ours);
        mem_free(theirs);
        at++;
    }
    assert_int_equal(at, EXPRESSIONS);
    cJSON_Delete(document);
    cJSON_Delete(output);
    program_input_free(input);
    return failures;
}

static void a_plain_path_gives_what_jq_gives(void **state)
{
    char *expressions[EXPRESSIONS];
    uint32_t seed = 7;
    char *params_text = random_object(&seed);
    cJSON *params = parse(params_text);
    struct error err = {0};
    size_t culprit, failures = 0;

    (void)state;
    for (size_t i = 0; i < EXPRESSIONS; i++) {
        expressions[i] = i < COUNT_OF(plain) ? mem_string(plain[i]) : random_path(&seed);
        assert_true(plain_is(expressions[i]));
    }
    struct program *program = program_new(
        &(struct program_source){NULL, (const char *const *)expressions, EXPRESSIONS, params}, &culprit, &err);
    assert_non_null(program);
    for (unsigned i = 0; i < PAYLOADS; i++) {
        char *payload = random_object(&seed);
        failures += compare(program, expressions, payload, params);
        mem_free(payload);
    }
    for (size_t i = 0; i < COUNT_OF(scalars); i++)
        failures += compare(program, expressions, scalars[i], params);
    assert_in_range(failures, EXPRESSIONS, EXPRESSIONS * PAYLOADS * 9 / 10);

    program_free(program);
    for (size_t i = 0; i < EXPRESSIONS; i++)
        mem_free(expressions[i]);
    cJSON_Delete(params);
    mem_free(params_text);
}

/* The text of a rule's one action for payload, or of what went wrong. */
static char *filled(struct rule *rule, const char *payload)
{
    struct event event = event_of(payload);
    struct rule_input input = {.event = &event};
    struct error err = {0};
    cJSON *results, *args = NULL;
    bool holds;

    assert_true(rule_compile(rule, NULL, &err));
    if (rule_run(rule, &input, &holds, &results, &err) && holds)
        args = rule_fill(rule, 0, &input, results, &err);
    char *text = args ? json_print(args) : mem_printf("%s: %s", err.where, err.text);
    cJSON_Delete(args);
    cJSON_Delete(results);
    rule_input_clear(&input);
    return text;
}

static struct rule rule_from(const char *text)
{
    struct error err = {0};
    struct rule rule;
    cJSON *json = parse(text);

    assert_true(rule_init(&rule, json, &err));
    cJSON_Delete(json);
    return rule;
}

static void expect_filled(struct rule *rule, const char *payload, const char *expected)
{
    char *text = filled(rule, payload);

    assert_string_equal(text, expected);
    mem_free(text);
}

static void a_rule_of_plain_paths_needs_no_program(void **state)
{
    struct rule rule = rule_from("{\"on\":\"t\",\"if\":\".ok\",\"do\":[{\"a\":{\"x\":[\"{{.a.b}}\","
                                 "\"#{{.n}} of {{ .max }}\"],\"list\":\"{{.l}}\"}}]}");

    (void)state;
    expect_filled(&rule,
                  "{\"ok\":1,\"a\":{\"b\":true},\"n\":8.50,\"max\":12345678901234567890,\"l\":[{\"k\":1,\"k\":2}]}",
                  "{\"x\":[true,\"#8.5 of 12345678901234567890\"],\"list\":[{\"k\":2}]}");
    expect_filled(&rule, "{\"ok\":false}", ": ");
    expect_filled(&rule, "{\"ok\":{}}", "x[1]: {{.n}} is null; end it with // \"n/a\" if it may be");
    expect_filled(&rule, "{\"ok\":0,\"n\":[]}",
                  "x[1]: {{.n}} is a list or an object; make text of it, as with join(\", \")");
    assert_null(rule.program);
    rule_clear(&rule);
}

static void a_mixed_rule_compiles_only_what_needs_jq(void **state)
{
    struct rule rule = rule_from("{\"on\":\"t\",\"do\":[{\"a\":{\"x\":\"{{.a}}-{{.b + 1}}-{{.c}}-{{.d * 2}}\"}}]}");

    (void)state;
    assert_int_equal(rule.slot_count, 4);
    assert_int_equal(rule.jq_count, 2);
    expect_filled(&rule, "{\"a\":\"w\",\"b\":1,\"c\":\"y\",\"d\":4}", "{\"x\":\"w-2-y-8\"}");
    expect_filled(&rule, "{\"a\":null}", "x: {{.a}} is null; end it with // \"n/a\" if it may be");
    assert_non_null(rule.program);
    rule_clear(&rule);
}

static void a_plain_condition_that_fails_is_told_as_jq_tells_it(void **state)
{
    struct rule ours = rule_from("{\"on\":\"t\",\"if\":\".a.b\",\"do\":[{\"a\":{}}]}");
    struct rule theirs = rule_from("{\"on\":\"t\",\"if\":\"(.a.b)\",\"do\":[{\"a\":{}}]}");
    static const char *const payloads[] = {"{\"a\":1}", "[]", "{}", "{\"a\":{\"b\":0}}", "{\"a\":{\"b\":false}}"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        char *expected = filled(&theirs, payloads[i]);
        expect_filled(&ours, payloads[i], expected);
        mem_free(expected);
    }
    assert_null(ours.program);
    assert_non_null(theirs.program);
    rule_clear(&ours);
    rule_clear(&theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_plain_paths_are_taken_for_plain),
        cmocka_unit_test(a_plain_path_gives_what_jq_gives),
        cmocka_unit_test(a_rule_of_plain_paths_needs_no_program),
        cmocka_unit_test(a_mixed_rule_compiles_only_what_needs_jq),
        cmocka_unit_test(a_plain_condition_that_fails_is_told_as_jq_tells_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
