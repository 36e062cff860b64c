/*
 * json_number.h - numbers as JSON writes them, both ways.
 *
 * For the other json files only.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the number (as JSON writes it) that text begins with, 0 when it is none. *is_big says whether it is
 * an integer beyond +-(2^53-1). */
size_t json_number_length(const char *text, size_t size, bool *is_big);

#define JSON_NUMBER_SIZE 40

/* number in digits; how many bytes it has. */
size_t json_write_integer(int64_t number, char text[JSON_NUMBER_SIZE]);

/* number, which is finite, so that json_parse reads the same one: an integer it would take for an id gets an exponent.
 */
void json_format_number(double number, char text[JSON_NUMBER_SIZE]);

/* number, which is finite, as people write it: no exponent from 1e-7 to 1e21, no trailing zeros, no "-0". */
void json_format_plain(double number, char text[JSON_NUMBER_SIZE]);
