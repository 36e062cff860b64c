/*
 * field_value.c - one conversion for each type of field, and the comparison with what Pinpoint shows.
 *
 * A value that does not fit is an error that says what was expected: a wrong score is worse than a missing one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/field_value.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "pinpoint/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_SHOWN_MAX 200  /* bytes of the options listed in a message */
#define CHOICES_MAX       1000 /* in one value of a multi select */
#define DATE_SIZE         10   /* "2026-01-31" */

typedef cJSON *convert_fn(const struct field *field, const cJSON *value, struct error *err);

static cJSON *expected(const char *what, const cJSON *value, struct error *err)
{
    char got[WORDS_VALUE_SIZE];

    error_set(err, ERROR_INVALID, "expected %s, got %s", what, words_value(value, got));
    return NULL;
}

/* A JSON number, or a string that is one and nothing else. */
static bool read_number(const cJSON *value, double *number)
{
    cJSON *parsed = NULL;
    bool is_number;

    if (cJSON_IsString(value))
        value = parsed = json_parse(value->valuestring, strlen(value->valuestring), &(struct error){0});
    is_number = cJSON_IsNumber(value) && isfinite(value->valuedouble);
    if (is_number)
        *number = value->valuedouble;
    cJSON_Delete(parsed);
    return is_number;
}

static cJSON *to_boolean(const struct field *field, const cJSON *value, struct error *err)
{
    (void)field;
    if (cJSON_IsBool(value))
        return cJSON_CreateBool(cJSON_IsTrue(value));
    if (cJSON_IsString(value) && strcmp(value->valuestring, "true") == 0)
        return cJSON_CreateTrue();
    if (cJSON_IsString(value) && strcmp(value->valuestring, "false") == 0)
        return cJSON_CreateFalse();
    return expected("true or false", value, err);
}

static cJSON *to_integer(const struct field *field, const cJSON *value, struct error *err)
{
    double number;

    (void)field;
    if (!read_number(value, &number) || number != trunc(number))
        return expected("an integer", value, err);
    if (number < INT32_MIN || number > INT32_MAX)
        return expected("an integer from -2147483648 to 2147483647", value, err);
    return cJSON_CreateNumber(number == 0 ? 0 : number); /* no -0 */
}

static cJSON *to_decimal(const struct field *field, const cJSON *value, struct error *err)
{
    double number;

    (void)field;
    if (!read_number(value, &number))
        return expected("a number", value, err);
    return cJSON_CreateNumber(number == 0 ? 0 : number);
}

/* The day as it is written: moving a time into another zone could make it the day before. */
static cJSON *to_date(const struct field *field, const cJSON *value, struct error *err)
{
    const char *text = cJSON_IsString(value) ? value->valuestring : "";
    char day[DATE_SIZE + 1], midnight[32];
    int64_t at_ms;

    (void)field;
    (void)snprintf(day, sizeof(day), "%s", text);
    (void)snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", day);
    if (!clock_parse(midnight, &at_ms) || (strlen(text) != DATE_SIZE && !clock_parse(text, &at_ms)))
        return expected("a date such as \"2026-01-31\" or \"2026-01-31T09:30:00Z\"", value, err);
    return cJSON_CreateString(day);
}

static cJSON *to_text_within(const cJSON *value, size_t max_characters, struct error *err)
{
    struct buf text;
    size_t characters;
    cJSON *string = NULL;

    buf_init(&text, SIZE_MAX - 1);
    if (!json_add_scalar(value, &text)) {
        expected("a text, a number, true or false", value, err);
    } else if ((characters = words_length(text.data)) > max_characters) {
        error_set(err, ERROR_INVALID, "too long: %zu characters, this field takes %zu at most", characters,
                  max_characters);
    } else {
        string = cJSON_CreateString(text.data);
    }
    buf_clear(&text);
    return string;
}

static cJSON *to_text(const struct field *field, const cJSON *value, struct error *err)
{
    (void)field;
    return to_text_within(value, FIELD_TEXT_MAX, err);
}

static cJSON *to_varchar(const struct field *field, const cJSON *value, struct error *err)
{
    (void)field;
    return to_text_within(value, FIELD_VARCHAR_MAX, err);
}

static cJSON *not_an_option(const struct field *field, const cJSON *value, struct error *err)
{
    struct word_list list;
    struct buf what;

    buf_init(&what, OPTIONS_SHOWN_MAX + 20);
    buf_add_string(&what, "one of ");
    word_list_init(&list, &what, OPTIONS_SHOWN_MAX);
    for (size_t i = 0; i < field->option_count; i++)
        word_list_add(&list, field->options[i]);
    expected(what.data, value, err);
    buf_clear(&what);
    return NULL;
}

/* A field that lists no options is left to Pinpoint to check. */
static cJSON *to_option(const struct field *field, const cJSON *value, struct error *err)
{
    cJSON *text = to_text_within(value, FIELD_TEXT_MAX, err);

    if (!text || field->option_count == 0)
        return text;
    for (size_t i = 0; i < field->option_count; i++)
        if (strcmp(field->options[i], text->valuestring) == 0)
            return text;
    cJSON_Delete(text);
    return not_an_option(field, value, err);
}

static bool has_string(const cJSON *array, const char *text)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, array)
    {
        if (strcmp(item->valuestring, text) == 0)
            return true;
    }
    return false;
}

/* Adds option to choices, once; takes it. */
static void add_choice(cJSON *choices, cJSON *option)
{
    if (has_string(choices, option->valuestring))
        cJSON_Delete(option);
    else
        cJSON_AddItemToArray(choices, option);
}

static cJSON *to_options(const struct field *field, const cJSON *value, struct error *err)
{
    cJSON *choices = cJSON_CreateArray();
    bool is_list = cJSON_IsArray(value);
    const cJSON *item = is_list ? value->child : value;
    cJSON *option;

    if (is_list && cJSON_GetArraySize(value) > CHOICES_MAX) {
        error_set(err, ERROR_INVALID, "too many options: %d at most", CHOICES_MAX);
        cJSON_Delete(choices);
        return NULL;
    }
    for (; item; item = is_list ? item->next : NULL) {
        option = to_option(field, item, err);
        if (!option) {
            cJSON_Delete(choices);
            return NULL;
        }
        add_choice(choices, option);
    }
    return choices;
}

static cJSON *to_nothing(const struct field *field, const cJSON *value, struct error *err)
{
    (void)value;
    error_set(err, ERROR_INVALID, "the field \"%.100s\" is of a type that cannot be written", field->name);
    return NULL;
}

static convert_fn *const conversions[] = {
    [FIELD_BOOLEAN] = to_boolean,
    [FIELD_DATE] = to_date,
    [FIELD_DECIMAL] = to_decimal,
    [FIELD_INTEGER] = to_integer,
    [FIELD_MULTI_SELECT] = to_options,
    [FIELD_SINGLE_SELECT] = to_option,
    [FIELD_TEXT] = to_text,
    [FIELD_VARCHAR] = to_varchar,
    [FIELD_OTHER] = to_nothing,
};

cJSON *field_value(const struct field *field, const cJSON *value, struct error *err)
{
    if (!value || cJSON_IsNull(value)) {
        error_set(err, ERROR_INVALID, "has no value (null)");
        return NULL;
    }
    return conversions[field->type](field, value, err);
}

static bool is_same_text(const cJSON *a, const cJSON *b)
{
    struct buf a_text, b_text;
    bool is_same;

    buf_init(&a_text, SIZE_MAX - 1);
    buf_init(&b_text, SIZE_MAX - 1);
    is_same = json_add_scalar(a, &a_text) && json_add_scalar(b, &b_text) && strcmp(a_text.data, b_text.data) == 0;
    buf_clear(&a_text);
    buf_clear(&b_text);
    return is_same;
}

/* The value of a multi select is a list, and the same as no text. */
bool field_is_shown_as(enum field_type type, const cJSON *value, const cJSON *shown)
{
    double a, b;

    if (type == FIELD_INTEGER || type == FIELD_DECIMAL)
        return read_number(value, &a) && read_number(shown, &b) && a == b;
    return is_same_text(value, shown);
}
