/*
 * test_response.c - what each status means, and refusals in Pinpoint's own words.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"

static const struct {
    int status;
    enum meaning meaning;
} meanings[] = {
    {200, MEANING_OK},      {201, MEANING_OK},        {204, MEANING_OK},      {299, MEANING_OK},
    {301, MEANING_RETRY},   {302, MEANING_RETRY},     {400, MEANING_REFUSED}, {401, MEANING_SUSPENDED},
    {402, MEANING_REFUSED}, {403, MEANING_SUSPENDED}, {404, MEANING_REFUSED}, {405, MEANING_REFUSED},
    {408, MEANING_RETRY},   {409, MEANING_REFUSED},   {410, MEANING_REFUSED}, {413, MEANING_REFUSED},
    {422, MEANING_REFUSED}, {425, MEANING_RETRY},     {429, MEANING_LIMITED}, {451, MEANING_REFUSED},
    {500, MEANING_RETRY},   {501, MEANING_RETRY},     {502, MEANING_RETRY},   {503, MEANING_RETRY},
    {504, MEANING_RETRY},   {521, MEANING_RETRY},     {0, MEANING_RETRY},
};

static void each_status_has_its_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (response_meaning(meanings[i].status) != meanings[i].meaning)
            fail_msg("%d means %s", meanings[i].status, meaning_name(response_meaning(meanings[i].status)));
    }
}

static const struct {
    int status;
    const char *document; /* NULL for none */
    const char *words;
} refusals[] = {
    {404, NULL, "404"},
    {404, "{}", "404"},
    {404, "{\"errors\":[]}", "404"},
    {404, "{\"errors\":\"oops\"}", "404"},
    {404, "{\"errors\":[{\"title\":\"Not Found\",\"detail\":\"Record not found\"}]}",
     "404 Not Found: Record not found"},
    {422,
     "{\"errors\":[{\"code\":\"unprocessable_entity\",\"status\":\"422\",\"title\":\"Validation Error\","
     "\"detail\":\"Name can't be blank\",\"source\":{\"pointer\":\"/data/attributes/name\"}}]}",
     "422 Validation Error: Name can't be blank (/data/attributes/name)"},
    {422,
     "{\"errors\":[{\"title\":\"Validation Error\",\"detail\":\"Name can't be blank\"},"
     "{\"title\":\"Validation Error\",\"detail\":\"Email is "
     "odd\",\"source\":{\"pointer\":\"/data/attributes/email\"}}]}",
     "422 Validation Error: Name can't be blank; Email is odd (/data/attributes/email)"},
    {400, "{\"errors\":[{\"title\":\"Bad Request\",\"source\":{\"parameter\":\"filter[x]\"}}]}",
     "400 Bad Request (filter[x])"},
    {400, "{\"errors\":[{\"detail\":\"Only this\"}]}", "400 Only this"},
    {400, "{\"errors\":[7,null,{\"title\":9,\"detail\":\"Odd\",\"source\":\"?\"}]}", "400;; Odd"},
    {400, "{\"errors\":[{\"detail\":\"two\\nlines\\u001b[31m\"}]}", "400 two lines [31m"},
};

static void a_refusal_is_told_in_pinpoints_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const char *text = refusals[i].document;
        cJSON *document = text ? json_parse(text, strlen(text), &(struct error){0}) : NULL;
        struct response response = {refusals[i].status, document};
        struct buf words;

        buf_init(&words, 1000);
        response_describe(&response, &words);
        assert_string_equal(words.data, refusals[i].words);
        buf_clear(&words);
        cJSON_Delete(document);
    }
}

static void many_words_are_cut_between_characters(void **state)
{
    char *long_detail = mem_new(3000);
    struct buf words;

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        memcpy(long_detail + 2 * i, "\xc3\xa9", 3); /* é */

    cJSON *document = cJSON_CreateObject();
    cJSON *error = cJSON_CreateObject();
    cJSON_AddStringToObject(error, "detail", long_detail);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(document, "errors"), error);
    buf_init(&words, 1000);
    response_describe(&(struct response){422, document}, &words);
    assert_in_range(words.size, 290, RESPONSE_WORDS_MAX);
    assert_string_equal(words.data + words.size - 5, "\xc3\xa9\xe2\x80\xa6");
    buf_clear(&words);
    cJSON_Delete(document);
    mem_free(long_detail);
}

static void a_list_ends_at_a_page_that_is_not_full(void **state)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *data = cJSON_AddArrayToObject(document, "data");
    struct response response = {200, document};

    (void)state;
    for (int i = 0; i < 99; i++)
        cJSON_AddItemToArray(data, cJSON_CreateObject());
    assert_true(response_is_last_page(response_list(&response)));
    cJSON_AddItemToArray(data, cJSON_CreateObject());
    assert_false(response_is_last_page(response_list(&response)));
    cJSON_Delete(document);
}

static void a_document_without_a_list_has_none(void **state)
{
    static const char *const texts[] = {"{}", "{\"data\":null}", "{\"data\":{\"id\":\"7\"}}"};

    (void)state;
    assert_null(response_list(&(struct response){200, NULL}));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        cJSON *document = json_parse(texts[i], strlen(texts[i]), &(struct error){0});

        assert_null(response_list(&(struct response){200, document}));
        cJSON_Delete(document);
    }
}

static void the_id_of_one_record_is_found(void **state)
{
    static const char text[] = "{\"data\":{\"type\":\"comments\",\"id\":\"7\"}}";
    cJSON *document = json_parse(text, strlen(text), &(struct error){0});

    (void)state;
    assert_string_equal(response_id(&(struct response){201, document}), "7");
    assert_null(response_id(&(struct response){201, NULL}));
    cJSON_Delete(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_its_meaning),
        cmocka_unit_test(a_refusal_is_told_in_pinpoints_words),
        cmocka_unit_test(many_words_are_cut_between_characters),
        cmocka_unit_test(a_list_ends_at_a_page_that_is_not_full),
        cmocka_unit_test(a_document_without_a_list_has_none),
        cmocka_unit_test(the_id_of_one_record_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
