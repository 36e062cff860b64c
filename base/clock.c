/*
 * clock.c - the clocks, and dates by arithmetic.
 *
 * No localtime, no strptime: they ask the environment for a zone, and a date in a webhook must not depend on it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include "base/mem.h"

#include <stdio.h>
#include <time.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };

#define YEAR_0_MS         INT64_C(-62167219200000) /* 0000-01-01T00:00:00.000Z */
#define YEAR_9999_LAST_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

struct date {
    int64_t year;
    int64_t month; /* 1 to 12 */
    int64_t day;   /* 1 to 31 */
};

static struct {
    bool is_frozen;
    int64_t at_ms;
} frozen;

static int64_t read_us(clockid_t which)
{
    struct timespec now;

    if (frozen.is_frozen)
        return frozen.at_ms * 1000;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_now_us(void)
{
    return read_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_earlier_ms(int64_t one_ms, int64_t other_ms)
{
    if (one_ms < 0 || other_ms < 0)
        return one_ms < 0 ? other_ms : one_ms;
    return one_ms < other_ms ? one_ms : other_ms;
}

void clock_freeze(int64_t now_ms)
{
    frozen.is_frozen = true;
    frozen.at_ms = now_ms;
}

void clock_release(void)
{
    frozen.is_frozen = false;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01 of the Gregorian calendar. Years begin in March here, so that the leap day is the last one;
 * 400 years (an era) have 146097 days. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static int64_t days_of(struct date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static struct date date_of(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct date date = {
        .year = year_of_era + era * 400 + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };

    return date;
}

/* A moment that has no four-digit year is shown as the nearest one that has. */
char *clock_format(int64_t at_ms, char text[CLOCK_TEXT_SIZE])
{
    int64_t days, rest;
    struct date date;

    if (at_ms < YEAR_0_MS)
        at_ms = YEAR_0_MS;
    if (at_ms > YEAR_9999_LAST_MS)
        at_ms = YEAR_9999_LAST_MS;
    days = floor_div(at_ms, DAY_MS);
    rest = at_ms - days * DAY_MS;
    date = date_of(days);
    snprintf(text, CLOCK_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)date.year % 10000,
             (unsigned)date.month % 100, (unsigned)date.day % 100, (unsigned)(rest / HOUR_MS) % 100,
             (unsigned)(rest / MINUTE_MS) % 60, (unsigned)(rest / SECOND_MS) % 60, (unsigned)rest % 1000);
    return text;
}

/* Moves *text past exactly count digits that make a number from low to high. */
static bool take_number(const char **text, int count, int64_t low, int64_t high, int64_t *number)
{
    *number = 0;
    for (; count > 0; count--, ++*text) {
        if (**text < '0' || **text > '9')
            return false;
        *number = *number * 10 + (**text - '0');
    }
    return *number >= low && *number <= high;
}

static bool take_char(const char **text, const char *any_of)
{
    for (; *any_of; any_of++)
        if (**text == *any_of) {
            ++*text;
            return true;
        }
    return false;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && is_leap);
}

static bool take_date(const char **text, int64_t *ms)
{
    struct date date;

    if (!take_number(text, 4, 0, 9999, &date.year) || !take_char(text, "-") ||
        !take_number(text, 2, 1, 12, &date.month) || !take_char(text, "-") ||
        !take_number(text, 2, 1, days_in_month(date.year, date.month), &date.day))
        return false;
    *ms = days_of(date) * DAY_MS;
    return true;
}

/* Digits beyond the third are dropped. */
static bool take_fraction(const char **text, int64_t *ms)
{
    int64_t worth = 100;

    *ms = 0;
    if (!take_char(text, "."))
        return true;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9'; ++*text, worth /= 10)
        *ms += (**text - '0') * worth;
    return true;
}

/* Second 60 is a leap second; it counts as the first of the next minute, as POSIX time has no room for it. */
static bool take_time(const char **text, int64_t *ms)
{
    int64_t hour, minute, second, fraction;

    if (!take_number(text, 2, 0, 23, &hour) || !take_char(text, ":") || !take_number(text, 2, 0, 59, &minute) ||
        !take_char(text, ":") || !take_number(text, 2, 0, 60, &second) || !take_fraction(text, &fraction))
        return false;
    *ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + fraction;
    return true;
}

static bool take_offset(const char **text, int64_t *ms)
{
    int64_t hour, minute, sign = **text == '-' ? -1 : 1;

    *ms = 0;
    if (take_char(text, "Zz"))
        return true;
    if (!take_char(text, "+-") || !take_number(text, 2, 0, 23, &hour) || !take_char(text, ":") ||
        !take_number(text, 2, 0, 59, &minute))
        return false;
    *ms = sign * (hour * HOUR_MS + minute * MINUTE_MS);
    return true;
}

bool clock_parse(const char *text, int64_t *at_ms)
{
    int64_t date, time_of_day, offset;

    if (!take_date(&text, &date) || !take_char(&text, "Tt") || !take_time(&text, &time_of_day) ||
        !take_offset(&text, &offset) || *text != '\0')
        return false;
    *at_ms = date + time_of_day - offset;
    return true;
}

/* A unit is used up to twice the next one, so "90 s" does not become "1 min". */
char *clock_format_duration(int64_t ms, char *text, size_t size)
{
    static const struct {
        const char *name;
        int64_t unit_ms;
        int64_t below_ms;
    } units[] = {
        {"ms", 1, SECOND_MS},       {"s", SECOND_MS, 2 * MINUTE_MS}, {"min", MINUTE_MS, 2 * HOUR_MS},
        {"h", HOUR_MS, 2 * DAY_MS}, {"d", DAY_MS, INT64_MAX},
    };
    size_t i = 0;

    if (ms < 0)
        ms = 0;
    while (i + 1 < COUNT_OF(units) && ms >= units[i].below_ms)
        i++;
    snprintf(text, size, "%lld %s", (long long)(ms / units[i].unit_ms), units[i].name);
    return text;
}
