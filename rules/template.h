/*
 * template.h - text with {{ jq }} in it: where the expressions begin and end. It knows how jq brackets and quotes, no
 * more.
 *
 * An expression that passes here cannot reach beyond its place: put in parentheses it is one term of a jq program,
 * because its brackets and quotes are balanced and it holds no comment. Used by rules/ and by config/, which expands
 * ${NAME} outside of expressions only.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A run of literal text, or the inside of one {{…}}. Not ended by a NUL. */
struct template_part {
    bool is_expression;
    const char *text;
    size_t size;
};

/* Whether every "{{" in text has its "}}" and holds a balanced expression. */
MUST_CHECK bool template_check(const char *text, struct error *err);

/* Whether a whole text is a balanced expression: the condition of a rule. */
MUST_CHECK bool template_check_expression(const char *text, struct error *err);

/* Gives the parts of text, which has passed template_check, one after another; *cursor starts at text. False at the
 * end. */
bool template_next(const char **cursor, struct template_part *part);
