/*
 * retry_after.c - reads both forms of Retry-After, and the two older forms of date that RFC 9110 still wants read.
 *
 * Dates are matched against patterns by hand: strptime asks the locale for the names of the months.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/retry_after.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

enum { LENGTH_MAX = 64 }; /* no date and no sensible number is longer */

/* What a pattern has read. */
struct date {
    int year, month, day, hour, minute, second; /* month: 0 to 11 */
};

/* y m d h i s: a digit of that part; _ is a digit of the day, or the space that stands for a leading 0; N is the name
 * of a month; * is the name of a weekday, which is read over; everything else stands for itself. */
static const char *const patterns[] = {
    "*, dd N yyyy hh:ii:ss GMT", /* Sun, 06 Nov 1994 08:49:37 GMT */
    "*, dd-N-yy hh:ii:ss GMT",   /* Sunday, 06-Nov-94 08:49:37 GMT */
    "* N _d hh:ii:ss yyyy",      /* Sun Nov  6 08:49:37 1994 */
};

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The part of date that a letter of a pattern stands for, or NULL. */
static int *part_of(struct date *date, char letter)
{
    switch (letter) {
    case 'y':
        return &date->year;
    case 'd':
        return &date->day;
    case 'h':
        return &date->hour;
    case 'i':
        return &date->minute;
    case 's':
        return &date->second;
    default:
        return NULL;
    }
}

static bool read_month(const char **text, struct date *date)
{
    for (size_t i = 0; i < COUNT_OF(months); i++) {
        if (strncmp(*text, months[i], 3) == 0) {
            date->month = (int)i;
            *text += 3;
            return true;
        }
    }
    return false;
}

static bool read_weekday(const char **text)
{
    const char *start = *text;

    while (is_letter(**text))
        ++*text;
    return *text - start >= 3;
}

static bool read_digit(const char **text, int *part)
{
    if (!is_digit(**text))
        return false;
    *part = *part * 10 + (*(*text)++ - '0');
    return true;
}

static bool read_one(char letter, const char **text, struct date *date)
{
    int *part = part_of(date, letter);

    if (part)
        return read_digit(text, part);
    if (letter == 'N')
        return read_month(text, date);
    if (letter == '*')
        return read_weekday(text);
    if (letter == '_' && **text != ' ')
        return read_digit(text, &date->day);
    if (**text != (letter == '_' ? ' ' : letter))
        return false;
    ++*text;
    return true;
}

static bool matches(const char *pattern, const char *text, struct date *date)
{
    *date = (struct date){0};
    for (; *pattern; pattern++)
        if (!read_one(*pattern, &text, date))
            return false;
    return *text == '\0';
}

/* A year of two digits is the one nearest to the turn of the century that the senders of such dates knew. */
static int whole_year(int year)
{
    if (year >= 100)
        return year;
    return year < 70 ? year + 2000 : year + 1900;
}

static int64_t time_of(const struct date *date)
{
    struct tm tm = {
        .tm_year = whole_year(date->year) - 1900,
        .tm_mon = date->month,
        .tm_mday = date->day,
        .tm_hour = date->hour,
        .tm_min = date->minute,
        .tm_sec = date->second,
    };

    if (date->day < 1 || date->day > 31 || date->hour > 23 || date->minute > 59 || date->second > 60)
        return RETRY_AFTER_NONE;
    return (int64_t)timegm(&tm) * 1000;
}

static int64_t wait_until(int64_t until_ms, int64_t now_ms)
{
    int64_t wait_ms = until_ms - now_ms;

    if (until_ms == RETRY_AFTER_NONE)
        return RETRY_AFTER_NONE;
    if (wait_ms < 0)
        return 0;
    return wait_ms < RETRY_AFTER_MAX_MS ? wait_ms : RETRY_AFTER_MAX_MS;
}

/* All of text is digits. Any number that is too large for the type is too large for us as well. */
static int64_t wait_seconds(const char *text)
{
    int64_t wait_ms = 0;

    for (; is_digit(*text); text++)
        if (wait_ms < RETRY_AFTER_MAX_MS)
            wait_ms = wait_ms * 10 + (*text - '0') * 1000;
    if (*text)
        return RETRY_AFTER_NONE;
    return wait_ms < RETRY_AFTER_MAX_MS ? wait_ms : RETRY_AFTER_MAX_MS;
}

/* value without the white space around it; false when it is too long to be anything. */
static bool trim(const char *value, char text[LENGTH_MAX + 1])
{
    size_t size;

    value += strspn(value, " \t");
    size = strnlen(value, LENGTH_MAX + 1);
    if (size > LENGTH_MAX)
        return false;
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'))
        size--;
    memcpy(text, value, size);
    text[size] = '\0';
    return true;
}

static int64_t read_date(const char *text)
{
    struct date date;

    for (size_t i = 0; i < COUNT_OF(patterns); i++)
        if (matches(patterns[i], text, &date))
            return time_of(&date);
    return RETRY_AFTER_NONE;
}

int64_t retry_after_date(const char *value)
{
    char text[LENGTH_MAX + 1] = "";

    return trim(value, text) ? read_date(text) : RETRY_AFTER_NONE;
}

int64_t retry_after_parse(const char *value, int64_t now_ms)
{
    char text[LENGTH_MAX + 1] = "";

    if (!trim(value, text))
        return RETRY_AFTER_NONE;
    return is_digit(text[0]) ? wait_seconds(text) : wait_until(read_date(text), now_ms);
}
