/*
 * test_program.c - what a jq program may not do: read the environment, ask for input, end the process, run for ever.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/program.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct event event = {
    .id = "01JD0000000000000000000000",
    .account = "acme",
    .source = "tests",
    .type = "t",
    .order_key = "",
    .delivery_id = "",
    .headers = "",
    .payload = "{\"a\":1}",
    .payload_size = 7,
};

static struct program *program_from(const char *const *expressions, size_t count)
{
    struct program_source source = {NULL, expressions, count, NULL};
    struct error err = {0};
    size_t culprit;
    struct program *program = program_new(&source, &culprit, &err);

    if (program == NULL)
        fail_msg("expression %zu: %s", culprit, err.text);
    return program;
}

/* The run's output as text, or "error: …". */
static char *run(struct program *program)
{
    struct error err = {0};
    struct program_input *input = program_input_new(&event, &err);
    cJSON *output = program_run(program, input, &err);
    char *text = output != NULL ? json_print(output) : mem_printf("error: %s", err.text);

    cJSON_Delete(output);
    program_input_free(input);
    return text;
}

static void expect_run(const char *expression, const char *expected)
{
    struct program *program = program_from(&expression, 1);
    char *text = run(program);

    assert_string_equal(text, expected);
    mem_free(text);
    program_free(program);
}

static const char *const withheld[] = {
    "env",
    "input",
    "inputs",
    "input_filename",
    "input_line_number",
    "debug",
    "debug(1)",
    "halt",
    "halt_error",
    "halt_error(1)",
    "stderr",
    "modulemeta",
    "get_search_list",
    "get_prog_origin",
    "get_jq_origin",
};

static void functions_that_reach_outside_the_event_are_errors(void **state)
{
    struct program *program = program_from(withheld, COUNT_OF(withheld));
    struct error err = {0};
    struct program_input *input = program_input_new(&event, &err);
    cJSON *output = program_run(program, input, &err);
    const cJSON *results = json_get(output, "args");

    (void)state;
    assert_int_equal(cJSON_GetArraySize(results), COUNT_OF(withheld));
    for (size_t i = 0; i < COUNT_OF(withheld); i++) {
        char *expected = mem_printf("%.*s is not available here", (int)strcspn(withheld[i], "("), withheld[i]);

        assert_string_equal(json_get_string(cJSON_GetArrayItem(results, (int)i), "error", ""), expected);
        mem_free(expected);
    }
    cJSON_Delete(output);
    program_input_free(input);
    program_free(program);
}

static void the_environment_is_empty_even_where_it_is_not_refused(void **state)
{
    (void)state;
    /* never the environment itself: a failing test would print it */
    setenv("HOOKLINE_TEST_CANARY", "canary", 1);
    expect_run("$ENV == null", "{\"if\":[true],\"args\":[[true]]}");
    expect_run("[$ENV.HOOKLINE_TEST_CANARY, (try (env | \"leaked\") catch .)]",
               "{\"if\":[true],\"args\":[[[null,\"env is not available here\"]]]}");
    expect_run("{env: 1, input: .a} | .env + .input", "{\"if\":[true],\"args\":[[2]]}"); /* as keys they are fine */
}

static const char *const endless[] = {
    "until(false; .)",
    "def f: f; f",
    "last(range(1e18))",
    "[limit(1e18; repeat(1))]",
};

static void a_program_without_end_is_ended(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(endless); i++)
        expect_run(endless[i], "error: jq ran longer than 250 ms");
}

static void a_program_that_was_ended_runs_again(void **state)
{
    static const char *const expression = "if $headers.again then .a else until(false; .) end";
    struct program *program = program_from(&expression, 1);
    struct event again = event;
    struct error err = {0};
    struct program_input *input;
    char *text = run(program);
    cJSON *output;

    (void)state;
    assert_string_equal(text, "error: jq ran longer than 250 ms");
    mem_free(text);
    again.headers = "{\"again\":true}";
    input = program_input_new(&again, &err);
    output = program_run(program, input, &err);
    text = json_print(output);
    assert_string_equal(text, "{\"if\":[true],\"args\":[[1]]}");
    mem_free(text);
    cJSON_Delete(output);
    program_input_free(input);
    program_free(program);
}

static void values_that_json_cannot_hold_are_replaced(void **state)
{
    (void)state;
    expect_run("[nan, \"a\\u0000b\", {\"k\": [true, false, null, 1.5]}]",
               "{\"if\":[true],\"args\":[[[null,\"a\xEF\xBF\xBD"
               "b\",{\"k\":[true,false,null,1.5]}]]]}");
    expect_run("reduce range(100) as $i (0; [.])", "error: a value is nested deeper than 80");
}

static void a_payload_that_is_no_json_is_told(void **state)
{
    struct event broken = event;
    struct error err = {0};

    (void)state;
    broken.payload = "{\"a\":";
    broken.payload_size = 5;
    assert_null(program_input_new(&broken, &err));
    assert_string_equal(err.text, "the event's payload or headers are not JSON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_that_reach_outside_the_event_are_errors),
        cmocka_unit_test(the_environment_is_empty_even_where_it_is_not_refused),
        cmocka_unit_test(a_program_without_end_is_ended),
        cmocka_unit_test(a_program_that_was_ended_runs_again),
        cmocka_unit_test(values_that_json_cannot_hold_are_replaced),
        cmocka_unit_test(a_payload_that_is_no_json_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
