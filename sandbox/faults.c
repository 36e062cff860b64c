/*
 * faults.c - reading, printing and drawing faults.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/faults.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLOW_MAX_MS       (10LL * 60 * 1000)
#define SLOW_DEFAULT_MS   5000
#define RETRY_AFTER_MAX_S 1000000000LL

/* To add a fault: its place in enum fault, its row here, and what it does in api.c. */
static const struct row {
    const char *name;
    bool is_after_write;
} rows[FAULT_NONE] = {
    [FAULT_401] = {"401", false},         [FAULT_403] = {"403", false},      [FAULT_429] = {"429", false},
    [FAULT_500] = {"500", false},         [FAULT_502] = {"502", false},      [FAULT_503] = {"503", false},
    [FAULT_504] = {"504", false},         [FAULT_RESET] = {"reset", false},  [FAULT_LOST] = {"lost", true},
    [FAULT_LATE_500] = {"late500", true}, [FAULT_BROKEN] = {"broken", true}, [FAULT_SLOW] = {"slow", true},
};

typedef bool setting_fn(struct sandbox_faults *faults, const char *value, struct error *err);

static bool parse_integer(const char *text, int64_t min, int64_t max, int64_t *number)
{
    char *end = NULL;
    long long parsed = strtoll(text, &end, 10);

    if (end == text || *end || parsed < min || parsed > max)
        return false;
    *number = parsed;
    return true;
}

static bool set_retry_after(struct sandbox_faults *faults, const char *value, struct error *err)
{
    bool is_date = strncmp(value, "date:", 5) == 0;

    if (strcmp(value, "none") == 0 || strcmp(value, "nonsense") == 0) {
        faults->retry_after_form = value[3] == 'e' ? RETRY_AFTER_LEFT_OUT : RETRY_AFTER_NONSENSE;
        return true;
    }
    faults->retry_after_form = is_date ? RETRY_AFTER_DATE : RETRY_AFTER_SECONDS;
    return parse_integer(is_date ? value + 5 : value, -RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S, &faults->retry_after_s) ||
           error_set(err, ERROR_INVALID, "retry_after=%.40s: expected seconds, date:SECONDS, none or nonsense", value);
}

static bool set_slow_ms(struct sandbox_faults *faults, const char *value, struct error *err)
{
    return parse_integer(value, 1, SLOW_MAX_MS, &faults->slow_ms) ||
           error_set(err, ERROR_INVALID, "slow_ms=%.40s: expected milliseconds, at most %lld", value, SLOW_MAX_MS);
}

static bool set_only(struct sandbox_faults *faults, const char *value, struct error *err)
{
    static const char *const known[] = {"GET", "POST", "PUT", "writes"};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(known[i], value) == 0) {
            (void)snprintf(faults->only, sizeof(faults->only), "%s", value);
            return true;
        }
    }
    return error_set(err, ERROR_INVALID, "only=%.40s: expected GET, POST, PUT or writes", value);
}

static bool set_times(struct sandbox_faults *faults, const char *value, struct error *err)
{
    return parse_integer(value, 1, INT32_MAX, &faults->times) ||
           error_set(err, ERROR_INVALID, "times=%.40s: expected a number from 1 on", value);
}

static const struct setting {
    const char *name;
    setting_fn *set;
} settings[] = {
    {"retry_after", set_retry_after},
    {"slow_ms", set_slow_ms},
    {"only", set_only},
    {"times", set_times},
};

static bool set_share(struct sandbox_faults *faults, const char *name, const char *value, struct error *err)
{
    for (int fault = 0; fault < FAULT_NONE; fault++) {
        char *end = NULL;

        if (strcmp(rows[fault].name, name) != 0)
            continue;
        faults->share[fault] = strtod(value, &end);
        if (end == value || *end || !(faults->share[fault] >= 0 && faults->share[fault] <= 1))
            return error_set(err, ERROR_INVALID, "%s=%.40s: expected a share between 0 and 1", name, value);
        return true;
    }
    return error_set(err, ERROR_INVALID,
                     "unknown fault \"%.40s\": expected 401, 403, 429, 500, 502, 503, 504, reset, lost, late500, "
                     "broken or slow, or one of retry_after, slow_ms, only, times",
                     name);
}

static bool parse_part(struct sandbox_faults *faults, char *part, struct error *err)
{
    char *value = strchr(part, '=');

    if (!value)
        return error_set(err, ERROR_INVALID, "\"%.40s\": expected name=value", part);
    *value++ = '\0';
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (strcmp(settings[i].name, part) == 0)
            return settings[i].set(faults, value, err);
    return set_share(faults, part, value, err);
}

static bool check_sum(const struct sandbox_faults *faults, struct error *err)
{
    double sum = 0;

    for (int fault = 0; fault < FAULT_NONE; fault++)
        sum += faults->share[fault];
    return sum <= 1.000001 || error_set(err, ERROR_INVALID, "the shares add up to %g: expected at most 1", sum);
}

bool sandbox_faults_parse(const char *text, struct sandbox_faults *faults, struct error *err)
{
    struct sandbox_faults parsed = {0};
    char *parts = mem_string(text);
    char *at = parts[strspn(parts, " ")] ? parts : NULL;
    bool ok = true;

    while (ok && at) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma = '\0';
        at += strspn(at, " ");
        at[strcspn(at, " ")] = '\0';
        ok = parse_part(&parsed, at, err);
        at = comma ? comma + 1 : NULL;
    }
    mem_free(parts);
    if (!ok || !check_sum(&parsed, err))
        return false;
    *faults = parsed;
    return true;
}

static void add_separator(struct buf *out)
{
    if (out->size > 0)
        buf_add_char(out, ',');
}

static void print_retry_after(const struct sandbox_faults *faults, struct buf *out)
{
    static const char *const forms[] = {[RETRY_AFTER_SECONDS] = "",
                                        [RETRY_AFTER_DATE] = "date:",
                                        [RETRY_AFTER_LEFT_OUT] = "none",
                                        [RETRY_AFTER_NONSENSE] = "nonsense"};
    bool has_number = faults->retry_after_form <= RETRY_AFTER_DATE;

    if (has_number && faults->retry_after_s == 0)
        return;
    add_separator(out);
    buf_addf(out, "retry_after=%s", forms[faults->retry_after_form]);
    if (has_number)
        buf_addf(out, "%lld", (long long)faults->retry_after_s);
}

void faults_print(const struct sandbox_faults *faults, struct buf *out)
{
    for (int fault = 0; fault < FAULT_NONE; fault++) {
        if (faults->share[fault] > 0) {
            add_separator(out);
            buf_addf(out, "%s=%g", rows[fault].name, faults->share[fault]);
        }
    }
    print_retry_after(faults, out);
    if (faults->slow_ms > 0) {
        add_separator(out);
        buf_addf(out, "slow_ms=%lld", (long long)faults->slow_ms);
    }
    if (faults->only[0]) {
        add_separator(out);
        buf_addf(out, "only=%s", faults->only);
    }
    if (faults->times > 0) {
        add_separator(out);
        buf_addf(out, "times=%lld", (long long)faults->times);
    }
}

const char *fault_name(enum fault fault)
{
    return fault < FAULT_NONE ? rows[fault].name : "none";
}

bool fault_is_after_write(enum fault fault)
{
    return fault < FAULT_NONE && rows[fault].is_after_write;
}

int64_t faults_slow_ms(const struct sandbox_faults *faults)
{
    return faults->slow_ms > 0 ? faults->slow_ms : SLOW_DEFAULT_MS;
}

static char *print_date(int64_t at_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)((at_ms + 999) / 1000);
    struct tm tm = {0};

    gmtime_r(&seconds, &tm);
    return mem_printf("%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
                      tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *faults_retry_after(const struct sandbox_faults *faults, int64_t fallback_s, int64_t now_ms)
{
    int64_t seconds = faults->retry_after_s != 0 ? faults->retry_after_s : fallback_s;

    switch (faults->retry_after_form) {
    case RETRY_AFTER_LEFT_OUT:
        return NULL;
    case RETRY_AFTER_NONSENSE:
        return mem_string("soon");
    case RETRY_AFTER_DATE:
        return print_date(now_ms + seconds * 1000);
    case RETRY_AFTER_SECONDS:
        break;
    }
    return mem_printf("%lld", (long long)seconds);
}

static bool hits(const struct sandbox_faults *faults, const char *method)
{
    if (!faults->only[0])
        return true;
    return strcmp(faults->only, "writes") == 0 ? strcmp(method, "GET") != 0 : strcmp(faults->only, method) == 0;
}

enum fault faults_draw(struct sandbox_faults *faults, struct dice *dice, const char *method)
{
    double roll;

    if (!hits(faults, method))
        return FAULT_NONE;
    roll = dice_roll(dice);
    for (int fault = 0; fault < FAULT_NONE; fault++) {
        roll -= faults->share[fault];
        if (roll >= 0 || faults->share[fault] <= 0)
            continue;
        if (faults->times > 0 && --faults->times == 0)
            memset(faults->share, 0, sizeof(faults->share));
        return (enum fault)fault;
    }
    return FAULT_NONE;
}
