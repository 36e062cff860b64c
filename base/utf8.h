/*
 * utf8.h - what is a character of UTF-8 and what is not, for whoever passes on text from outside.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* The bytes (1 to 4) of the character that text begins with, or 0 when it begins with none: a stray or missing
 * continuation byte, an overlong form, a surrogate, anything beyond U+10FFFF, or size 0. */
size_t utf8_length(const char *text, size_t size);
