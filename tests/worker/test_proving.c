/*
 * test_proving.c - a configuration tried by a child process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/proving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

static struct config *try(const char *text, struct error *err)
{
    char path[] = "/tmp/hookline-proving-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    assert_non_null(file);
    fprintf(
        file,
        "{\"accounts\": {\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"k\"}}, \"sources\": {\"s\": {\"account\": "
        "\"acme\", \"verify\": {\"scheme\": \"pinpoint\", \"secrets\": [\"long enough\"]}, \"event\": {\"type\": "
        "\".type\"}, \"rules\": [{\"on\": \"*\", \"do\": [{\"post_comment\": {\"application\": \"1\", \"text\": "
        "\"%s\"}}]}]}}}",
        text);
    fclose(file);
    struct config *config = proving_load(path, err);
    unlink(path);
    return config;
}

static void a_configuration_that_is_right_is_read(void **state)
{
    struct error err = {0};

    (void)state;
    struct config *config = try("{{.data.text}}", &err);
    assert_non_null(config);
    assert_int_equal(config->source_count, 1);
    config_free(config);
}

static void what_jq_does_not_understand_is_said_as_the_child_found_it(void **state)
{
    struct error err = {0};

    (void)state;
    assert_null(try("{{.data | nonsense}}", &err));
    assert_int_equal(err.kind, ERROR_INVALID);
    assert_non_null(strstr(err.text, "sources.s.rules[0].do[0].post_comment.text"));
    assert_non_null(strstr(err.text, "nonsense"));
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
    struct error err = {0};

    (void)state;
    assert_null(proving_load("/nonexistent/hookline.json", &err));
    assert_non_null(strstr(err.text, "/nonexistent/hookline.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_configuration_that_is_right_is_read),
        cmocka_unit_test(what_jq_does_not_understand_is_said_as_the_child_found_it),
        cmocka_unit_test(a_file_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
