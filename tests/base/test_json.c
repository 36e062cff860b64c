/*
 * test_json.c - what is refused, what keeps all its digits, and what is written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/json_check.h"
#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static cJSON *parse(const char *text)
{
    struct error err = {0};
    cJSON *value = json_parse(text, strlen(text), &err);

    if (!value)
        fail_msg("%s: %s", text, err.text);
    return value;
}

static void assert_printed(const char *text, const char *expected)
{
    cJSON *value = parse(text);
    char *printed = json_print(value);

    assert_string_equal(printed, expected);
    mem_free(printed);
    cJSON_Delete(value);
}

static void assert_refused(const char *text, size_t size, const char *why)
{
    struct error err = {0};

    if (json_parse(text, size, &err))
        fail_msg("taken for JSON: %s", text);
    assert_int_equal(err.kind, ERROR_INVALID);
    if (!strstr(err.text, why))
        fail_msg("\"%s\" was expected in: %s", why, err.text);
    assert_null(json_parse(text, size, NULL));
}

static void values_survive_reading_and_printing(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "12.5",
        "\"\"",
        "[]",
        "{}",
        "[[],{},[{}]]",
        "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
        "{\"\":1,\"a b\":2}",
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
        "\"\\\"\\\\\\b\\f\\n\\r\\t/\\u0001\"",
        "{\"a\":1,\"a\":2}", /* which of the two counts is up to the reader */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_printed(texts[i], texts[i]);
}

static void other_spellings_mean_the_same(void **state)
{
    (void)state;
    assert_printed(" \t\r\n[ 1 , 2 ] \n", "[1,2]");
    assert_printed("{ \"a\" : 1 }", "{\"a\":1}");
    assert_printed("\"\\u00e9\\u20AC\\ud83d\\ude00\\/\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/\"");
    assert_printed("[1.50, -0, 0.0, 1E2, 1e+2, 100e-2, 0.00001, 1.5e-05]", "[1.5,0,0,100,100,1,0.00001,0.000015]");
}

static const struct {
    const char *text;
    const char *why;
} refused[] = {
    {"", "empty text at byte 0"},
    {" \n", "empty text at byte 2"},
    {"\xef\xbb\xbf{}", "a byte order mark"},
    {"{} x", "something behind the value at byte 3"},
    {"1 2", "something behind the value at byte 2"},
    {"[1]]", "something behind the value at byte 3"},
    {"[", "the text ends too early at byte 1"},
    {"{\"a\":", "the text ends too early at byte 5"},
    {"[1,", "the text ends too early"},
    {"[1,]", "no value at byte 3"},
    {"[,1]", "no value at byte 1"},
    {"[1 2]", "no comma or ] behind an item at byte 3"},
    {"[1}", "no comma or ] behind an item"},
    {"{\"a\":1,}", "without a name in quotes at byte 7"},
    {"{\"a\":1]", "no comma or } behind a member"},
    {"{\"a\"}", "a name without a colon at byte 4"},
    {"{\"a\"", "a name without a colon at byte 4"},
    {"{\"a\" 1}", "a name without a colon"},
    {"{a:1}", "without a name in quotes at byte 1"},
    {"{1:1}", "without a name in quotes"},
    {"{'a':1}", "without a name in quotes"},
    {"nul", "no value at byte 0"},
    {"True", "no value"},
    {"NaN", "no value"},
    {"[Infinity]", "no value"},
    {"undefined", "no value"},
    {"nullx", "something behind the value at byte 4"},
    {"// x\n1", "no value"},
    {"\"a", "a string without an end at byte 2"},
    {"\"a\\\"", "a string without an end"},
    {"\"a\nb\"", "a control character in a string at byte 2"},
    {"\"a\tb\"", "a control character in a string"},
    {"\"\\x41\"", "an unknown escape at byte 1"},
    {"\"\\", "an unknown escape"},
    {"\v1", "no value"},
};

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_refused(refused[i].text, strlen(refused[i].text), refused[i].why);
}

static void text_that_is_no_unicode_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"\"\xff\"", "invalid UTF-8 at byte 1"},
        {"\"a\xc3\"", "invalid UTF-8 at byte 2"},
        {"\"\xc0\x80\"", "invalid UTF-8"},
        {"\"\xed\xa0\xbd\xed\xb8\x80\"", "invalid UTF-8"},
        {"{\"\x80\":1}", "invalid UTF-8 at byte 2"},
        {"\xa0", "no value"},
        {"\"\\u0000\"", "\\u0000"},
        {"{\"a\\u0000b\":1}", "\\u0000, which no text may hold, at byte 3"},
        {"\"\\u12g4\"", "a malformed \\u escape at byte 1"},
        {"\"\\u12\"", "a malformed \\u escape"},
        {"\"\\u", "a malformed \\u escape"},
        {"\"\\ud83d\"", "half of a surrogate pair at byte 1"},
        {"\"\\ud83dxude00\"", "half of a surrogate pair"},
        {"\"\\ud83d\\n\"", "half of a surrogate pair"},
        {"\"\\ud83d\\u0041\"", "half of a surrogate pair"},
        {"\"\\ud83d\\ud83d\"", "half of a surrogate pair"},
        {"\"\\ude00\"", "half of a surrogate pair at byte 1"},
        {"\"\\ude00\\ud83d\"", "half of a surrogate pair"},
        {"\"\\ud83d\\ude0", "half of a surrogate pair"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_refused(rows[i].text, strlen(rows[i].text), rows[i].why);
    assert_refused("\"a\0b\"", 5, "a control character in a string at byte 2");
    assert_refused("1\0", 2, "something behind the value at byte 1");
}

static void malformed_and_boundless_numbers_are_refused(void **state)
{
    static const char *const malformed[] = {
        "01", "-01", "-", "+1", ".5", "1.", "1.e2", "1e", "1e+", "1E-", "--1", "-a", "0x10", "1_000",
    };
    char digits[2000];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(malformed); i++)
        assert_refused(malformed[i], strlen(malformed[i]), "not JSON");
    assert_refused("1e999", 5, "a number too large at byte 0");
    assert_refused("[-1e999]", 8, "a number too large at byte 1");
    memset(digits, '1', sizeof(digits));
    digits[1] = '.';
    assert_refused(digits, 64, "a number of more than 63 characters");
    assert_printed("[1e300,5e-324,1e-400]", "[1e+300,4.94065645841247e-324,0]");
}

/* count times what, as a text of its own. */
static char *repeated(const char *what, size_t count)
{
    struct buf buf;

    buf_init(&buf, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        buf_add_string(&buf, what);
    return buf_take(&buf);
}

static void depth_is_bounded(void **state)
{
    static const struct {
        const char *open;
        const char *close;
    } kinds[] = {{"[", "]"}, {"{\"a\":", "}"}, {"[{\"a\":", "}]"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        size_t levels = i == 2 ? JSON_DEPTH_MAX / 2 : JSON_DEPTH_MAX;
        char *open = repeated(kinds[i].open, levels), *close = repeated(kinds[i].close, levels);
        char *fine = mem_printf("%s1%s", open, close), *deep = mem_printf("[%s1%s]", open, close);

        assert_printed(fine, fine);
        assert_refused(deep, strlen(deep), "too many arrays and objects inside each other");
        mem_free(open);
        mem_free(close);
        mem_free(fine);
        mem_free(deep);
    }
}

static void a_hundred_thousand_brackets_are_refused_without_harm(void **state)
{
    char *text = repeated("[", 100000);

    (void)state;
    assert_refused(text, 100000, "too many arrays and objects inside each other at byte 64");
    mem_free(text);
}

static void a_check_tells_the_place_of_the_mistake(void **state)
{
    static const char text[] = "[12345678901234567890, 1, \"12345678901234567890\", -9007199254740992]";
    struct json_facts facts;
    struct error err = {0};

    (void)state;
    assert_false(json_check("{\"a\": x}", 8, &facts, &err));
    assert_int_equal(facts.mistake_at, 6);
    assert_true(json_check(text, strlen(text), &facts, &err));
    assert_int_equal(facts.big_integers, 2);
}

static void integers_a_double_cannot_hold_become_strings(void **state)
{
    (void)state;
    assert_printed("[9007199254740991,-9007199254740991]", "[9007199254740991,-9007199254740991]");
    assert_printed("[9007199254740992,-9007199254740992]", "[\"9007199254740992\",\"-9007199254740992\"]");
    assert_printed("{\"id\":18446744073709551615}", "{\"id\":\"18446744073709551615\"}");
    assert_printed("12345678901234567890123", "\"12345678901234567890123\"");
    assert_printed("{\"12345678901234567890\":\"\\\\\\\"12345678901234567890\"}",
                   "{\"12345678901234567890\":\"\\\\\\\"12345678901234567890\"}");
    assert_printed("[1234567890123456.5, 12345678901234567890.0, 1e20]",
                   "[1234567890123456.5,1.2345678901234567e+19,1e+20]");
}

static void an_integer_of_any_length_keeps_its_digits(void **state)
{
    char *digits = repeated("1234567890", 50);
    char *quoted = mem_printf("\"%s\"", digits);

    (void)state;
    assert_printed(digits, quoted);
    mem_free(digits);
    mem_free(quoted);
}

static void quoting_changes_nothing_but_big_integers(void **state)
{
    static const struct {
        const char *text;
        const char *quoted;
    } rows[] = {
        {"{ \"a\" : [ 1, 9007199254740992 ] }", "{ \"a\" : [ 1, \"9007199254740992\" ] }"},
        {"-9007199254740992", "\"-9007199254740992\""},
        {"9007199254740992.5", "9007199254740992.5"},
        {"9007199254740992e1", "9007199254740992e1"},
        {"\"9007199254740992\"", "\"9007199254740992\""},
        {"\"\\\" 9007199254740992\"", "\"\\\" 9007199254740992\""},
        {"[9007199254740992,9007199254740993]", "[\"9007199254740992\",\"9007199254740993\"]"},
        {"true", "true"},
    };
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&out);
        json_quote_big_integers(rows[i].text, strlen(rows[i].text), &out);
        assert_string_equal(out.data, rows[i].quoted);
    }
    buf_clear(&out);
}

static void members_are_found_by_their_exact_name(void **state)
{
    cJSON *value = parse("{\"Name\":\"upper\",\"name\":\"lower\",\"n\":7,\"list\":[1],\"deep\":{\"er\":{\"x\":true}}}");

    (void)state;
    assert_string_equal(json_get(value, "name")->valuestring, "lower");
    assert_null(json_get(value, "NAME"));
    assert_null(json_get(NULL, "name"));
    assert_null(json_get(json_get(value, "list"), "name"));
    assert_null(json_get(json_get(value, "n"), "name"));

    assert_string_equal(json_get_string(value, "name", "none"), "lower");
    assert_string_equal(json_get_string(value, "n", "none"), "none");
    assert_string_equal(json_get_string(value, "missing", "none"), "none");
    assert_null(json_get_string(NULL, "name", NULL));

    assert_true(cJSON_IsTrue(json_find(value, "deep", "er", "x", NULL)));
    assert_null(json_find(value, "deep", "missing", "x", NULL));
    assert_null(json_find(value, "name", "x", NULL));
    assert_null(json_find(NULL, "deep", NULL));
    assert_ptr_equal(json_find(value, NULL), value);
    cJSON_Delete(value);
}

static void integers_are_read_exactly_or_not_at_all(void **state)
{
    cJSON *value =
        parse("{\"a\":9007199254740991,\"b\":-3000000000,\"c\":1.9,\"d\":\"5\",\"e\":1e300,\"f\":9007199254740992}");

    (void)state;
    assert_int_equal(json_get_integer(value, "a", -1), INT64_C(9007199254740991));
    assert_int_equal(json_get_integer(value, "b", -1), INT64_C(-3000000000));
    assert_int_equal(json_get_integer(value, "c", -1), 1);
    assert_int_equal(json_get_integer(value, "d", -1), -1);
    assert_int_equal(json_get_integer(value, "e", -1), -1);
    assert_int_equal(json_get_integer(value, "f", -1), -1); /* a string by now */
    assert_int_equal(json_get_integer(value, "missing", -1), -1);
    cJSON_AddNumberToObject(value, "nan", NAN);
    assert_int_equal(json_get_integer(value, "nan", -1), -1);
    cJSON_Delete(value);
}

static void scalars_are_written_for_people(void **state)
{
    static const struct {
        const char *text;
        const char *written; /* NULL: none */
    } rows[] = {
        {"\"a \\\"b\\\"\"", "a \"b\""},
        {"\"\"", ""},
        {"true", "true"},
        {"false", "false"},
        {"87", "87"},
        {"87.0", "87"},
        {"-0.0", "0"},
        {"8.70", "8.7"},
        {"0.1", "0.1"},
        {"1e3", "1000"},
        {"1234567890123", "1234567890123"},
        {"9007199254740991", "9007199254740991"},
        {"-0.25", "-0.25"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"0.0000001", "0.0000001"},
        {"0.00000001", "1e-08"},
        {"1e21", "1e+21"},
        {"123456789.125", "123456789.125"},
        {"null", NULL},
        {"[]", NULL},
        {"{}", NULL},
    };
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cJSON *value = parse(rows[i].text);

        buf_reset(&out);
        assert_int_equal(json_add_scalar(value, &out), rows[i].written != NULL);
        assert_string_equal(out.data, rows[i].written ? rows[i].written : "");
        cJSON_Delete(value);
    }
    assert_false(json_add_scalar(NULL, &out));
    buf_clear(&out);
}

static void a_number_reads_back_as_the_same_double(void **state)
{
    static const double numbers[] = {0.1,
                                     1.0 / 3,
                                     2.0 / 3e-7,
                                     1e-7,
                                     1.2345678901234567e-5,
                                     DBL_MAX,
                                     DBL_MIN,
                                     -1e-300,
                                     4503599627370497.5,
                                     999999999999999934464.0,
                                     5e-324};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        cJSON *number = cJSON_CreateNumber(numbers[i]);
        char *text = json_print(number);
        cJSON *back = parse(text);

        assert_true(cJSON_IsNumber(back));
        assert_true(back->valuedouble == numbers[i]);
        cJSON_Delete(back);
        mem_free(text);
        cJSON_Delete(number);
    }
}

static void what_json_has_no_word_for_is_printed_as_null(void **state)
{
    cJSON *list = cJSON_CreateArray();
    char *text;

    (void)state;
    cJSON_AddItemToArray(list, cJSON_CreateNumber(INFINITY));
    cJSON_AddItemToArray(list, cJSON_CreateNumber(NAN));
    cJSON_AddItemToArray(list, cJSON_CreateRaw("{\"raw\": 1}"));
    text = json_print(list);
    assert_string_equal(text, "[null,null,{\"raw\": 1}]");
    mem_free(text);
    text = json_print(NULL);
    assert_string_equal(text, "null");
    mem_free(text);
    cJSON_Delete(list);
}

static void quoted_text_can_always_be_read_back(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *quoted;
    } rows[] = {
        {"", 0, "\"\""},
        {"a\"b\\c/", 6, "\"a\\\"b\\\\c/\""},
        {"\b\f\n\r\t\x01\x1f\x7f", 8, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\""},
        {"\xc3\xa9", 2, "\"\xc3\xa9\""},
        {"\xff-\xc3", 3, "\"\xef\xbf\xbd-\xef\xbf\xbd\""},
        {"\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"a\0b", 3,
         "\"a\xef\xbf\xbd"
         "b\""}, /* json_parse would refuse a NUL */
    };
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&out);
        json_add_quoted(rows[i].text, rows[i].size, &out);
        assert_string_equal(out.data, rows[i].quoted);
        cJSON_Delete(parse(out.data));
    }
    buf_clear(&out);
}

static void every_byte_can_be_quoted(void **state)
{
    char bytes[256];
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    buf_init(&out, 5000);
    json_add_quoted(bytes, sizeof(bytes), &out);
    cJSON_Delete(parse(out.data));
    buf_clear(&out);
}

static void an_object_is_known_without_being_read(void **state)
{
    static const char *const objects[] = {"{}", " \t\r\n{\"a\":[1]} ", "{\"id\":12345678901234567890}"};
    static const char *const others[] = {"",  " ",   "[]",       "\"{}\"",         "1",     "null",
                                         "{", "{}x", "{\"a\":}", "\xef\xbb\xbf{}", "<html>"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        assert_true(json_is_object(objects[i], strlen(objects[i])));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(json_is_object(others[i], strlen(others[i])));
    assert_false(json_is_object("\0{}", 3));
    assert_false(json_is_object("{}", 1));
}

static void integers_are_written_in_digits(void **state)
{
    static const struct {
        int64_t number;
        const char *text;
    } rows[] = {
        {0, "0"}, {-1, "-1"}, {10, "10"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"}};
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&out);
        json_add_integer(rows[i].number, &out);
        assert_string_equal(out.data, rows[i].text);
    }
    buf_clear(&out);
}

/* Strings are looked through eight bytes at a time: what matters is found at each place of the eight, and before. */
static void what_matters_in_a_string_is_found_wherever_it_stands(void **state)
{
    static const struct {
        const char *text;
        const char *why; /* NULL: it may stand there */
    } rows[] = {{"\\n", NULL},
                {"\\\"", NULL},
                {"\xc3\xa9", NULL},
                {"\x7f", NULL},
                {" ", NULL},
                {"\x1f", "a control character"},
                {"\x01", "a control character"},
                {"\xff", "invalid UTF-8"},
                {"\xc3", "invalid UTF-8"},
                {"\\x", "an unknown escape"}};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int before = 0; before <= 20; before++) {
            char *text = mem_printf("[\"%.*s%s%.*s\"]", before, letters, rows[i].text, 20 - before, letters);
            cJSON *value = json_parse(text, strlen(text), &err);

            if (!value != (rows[i].why != NULL))
                fail_msg("%s: %s", text, value ? "taken" : err.text);
            if (!value) {
                char *place = mem_printf("at byte %d", before + 2);
                if (!strstr(err.text, rows[i].why) || !strstr(err.text, place))
                    fail_msg("\"%s\" %s was expected in: %s", rows[i].why, place, err.text);
                mem_free(place);
            }
            cJSON_Delete(value);
            mem_free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matters_in_a_string_is_found_wherever_it_stands),
        cmocka_unit_test(values_survive_reading_and_printing),
        cmocka_unit_test(other_spellings_mean_the_same),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(text_that_is_no_unicode_is_refused),
        cmocka_unit_test(malformed_and_boundless_numbers_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(a_hundred_thousand_brackets_are_refused_without_harm),
        cmocka_unit_test(a_check_tells_the_place_of_the_mistake),
        cmocka_unit_test(integers_a_double_cannot_hold_become_strings),
        cmocka_unit_test(an_integer_of_any_length_keeps_its_digits),
        cmocka_unit_test(quoting_changes_nothing_but_big_integers),
        cmocka_unit_test(members_are_found_by_their_exact_name),
        cmocka_unit_test(integers_are_read_exactly_or_not_at_all),
        cmocka_unit_test(scalars_are_written_for_people),
        cmocka_unit_test(a_number_reads_back_as_the_same_double),
        cmocka_unit_test(what_json_has_no_word_for_is_printed_as_null),
        cmocka_unit_test(quoted_text_can_always_be_read_back),
        cmocka_unit_test(every_byte_can_be_quoted),
        cmocka_unit_test(an_object_is_known_without_being_read),
        cmocka_unit_test(integers_are_written_in_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
