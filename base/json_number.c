/*
 * json_number.c - where a number ends, whether a double can hold it, and how people want to read it.
 *
 * Called by json_check.c and json.c when reading, by json_print.c when writing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, size_t size)
{
    size_t count = 0;

    while (count < size && is_digit(text[count]))
        count++;
    return count;
}

/* Whether digits, which do not begin with 0, are more than 2^53-1. */
static bool is_beyond_double(const char *digits, size_t count)
{
    static const char most[] = "9007199254740991";

    if (count != sizeof(most) - 1)
        return count > sizeof(most) - 1;
    return memcmp(digits, most, count) > 0;
}

/* The length of "." and digits; 0 when there is no "."; -1 when digits are missing. */
static long fraction_length(const char *text, size_t size)
{
    size_t digits;

    if (size == 0 || text[0] != '.')
        return 0;
    digits = count_digits(text + 1, size - 1);
    return digits > 0 ? (long)digits + 1 : -1;
}

/* The same for "e", a sign perhaps, and digits. */
static long exponent_length(const char *text, size_t size)
{
    size_t sign, digits;

    if (size == 0 || (text[0] != 'e' && text[0] != 'E'))
        return 0;
    sign = size > 1 && (text[1] == '+' || text[1] == '-') ? 1 : 0;
    digits = count_digits(text + 1 + sign, size - 1 - sign);
    return digits > 0 ? (long)(1 + sign + digits) : -1;
}

size_t json_number_length(const char *text, size_t size, bool *is_big)
{
    size_t minus = size > 0 && text[0] == '-' ? 1 : 0;
    size_t digits = count_digits(text + minus, size - minus);
    size_t length = minus + digits;
    long fraction, exponent;

    *is_big = false;
    if (digits == 0 || (digits > 1 && text[minus] == '0'))
        return 0;
    fraction = fraction_length(text + length, size - length);
    if (fraction < 0)
        return 0;
    exponent = exponent_length(text + length + fraction, size - length - (size_t)fraction);
    if (exponent < 0)
        return 0;
    *is_big = fraction == 0 && exponent == 0 && is_beyond_double(text + minus, digits);
    return length + (size_t)fraction + (size_t)exponent;
}

#define INTEGER_MAX 9007199254740991.0 /* 2^53-1 */
#define PLAIN_BELOW 1e21               /* where JavaScript, too, turns to exponents */
#define PLAIN_FROM  1e-7

size_t json_write_integer(int64_t number, char text[JSON_NUMBER_SIZE])
{
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char digits[JSON_NUMBER_SIZE];
    size_t count = 0, size = 0;

    do {
        digits[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        text[size++] = '-';
    while (count > 0)
        text[size++] = digits[--count];
    text[size] = '\0';
    return size;
}

/* Reads back as the same double. Most numbers need 15 digits only, and %g leaves trailing zeros out. */
static void format_shortest(double number, char text[JSON_NUMBER_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, JSON_NUMBER_SIZE, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            return;
    }
}

/* "1.5e-05" as "0.000015": as many decimals as the mantissa has, and the exponent's. */
static void expand_small(double number, char text[JSON_NUMBER_SIZE])
{
    const char *e = strchr(text, 'e');
    const char *point = strchr(text, '.');
    long decimals;

    if (!e || fabs(number) >= 1 || fabs(number) < PLAIN_FROM)
        return;
    decimals = -strtol(e + 1, NULL, 10) + (point ? e - point - 1 : 0);
    snprintf(text, JSON_NUMBER_SIZE, "%.*f", (int)decimals, number);
}

void json_format_plain(double number, char text[JSON_NUMBER_SIZE])
{
    if (number == 0)
        number = 0; /* no "-0" */
    if (fabs(number) <= INTEGER_MAX && number == trunc(number)) {
        json_write_integer((int64_t)number, text);
        return;
    }
    if (number == trunc(number) && fabs(number) < PLAIN_BELOW) {
        snprintf(text, JSON_NUMBER_SIZE, "%.0f", number);
        return;
    }
    format_shortest(number, text);
    expand_small(number, text);
}

void json_format_number(double number, char text[JSON_NUMBER_SIZE])
{
    if (number != trunc(number) || fabs(number) <= INTEGER_MAX) {
        json_format_plain(number, text);
        return;
    }
    format_shortest(number, text);
    if (!strchr(text, 'e'))
        snprintf(text, JSON_NUMBER_SIZE, "%.16e", number);
}
