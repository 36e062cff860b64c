/*
 * template.c - finding {{ jq }} in text, by jq's rules for strings and brackets.
 *
 * Text that looks right here may still be no jq: the compiler says so later. What matters is that it is closed in
 * itself.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/template.h"

#include <string.h>

#define NESTING_MAX 64 /* brackets and quotes inside each other */

/* Where the reading of one expression stands. open holds what was opened and not closed yet: ( [ { or a quote. */
struct scan {
    const char *at;
    char open[NESTING_MAX];
    size_t depth;
};

static bool scan_open(struct scan *scan, char bracket, struct error *err)
{
    if (scan->depth == NESTING_MAX)
        return error_set(err, ERROR_INVALID, "brackets are nested deeper than %d", NESTING_MAX);
    scan->open[scan->depth++] = bracket;
    scan->at++;
    return true;
}

static bool scan_close(struct scan *scan, char bracket, struct error *err)
{
    if (scan->depth == 0 || scan->open[scan->depth - 1] != bracket)
        return error_set(err, ERROR_INVALID, "'%c' closes nothing", *scan->at);
    scan->depth--;
    scan->at++;
    return true;
}

static bool is_in_string(const struct scan *scan)
{
    return scan->depth > 0 && scan->open[scan->depth - 1] == '"';
}

/* One character of a jq string; "\(" goes back to jq until its ")". */
static bool scan_in_string(struct scan *scan, struct error *err)
{
    if (*scan->at == '"')
        return scan_close(scan, '"', err);
    if (*scan->at == '\\') {
        scan->at++;
        if (*scan->at == '(')
            return scan_open(scan, '(', err);
    }
    if (*scan->at != '\0')
        scan->at++;
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The environment holds API keys: a rule must not be able to write them anywhere. jq 1.6 allows space behind the "$".
 */
static bool scan_variable(struct scan *scan, struct error *err)
{
    const char *name = scan->at + 1;

    name += strspn(name, " \t\r\n");
    if (strncmp(name, "ENV", 3) == 0 && !is_word(name[3]))
        return error_set(err, ERROR_INVALID, "$ENV is not available here");
    scan->at++;
    return true;
}

static bool scan_in_jq(struct scan *scan, struct error *err)
{
    switch (*scan->at) {
    case '(':
    case '[':
    case '{':
    case '"':
        return scan_open(scan, *scan->at, err);
    case ')':
        return scan_close(scan, '(', err);
    case ']':
        return scan_close(scan, '[', err);
    case '}':
        return scan_close(scan, '{', err);
    case '$':
        return scan_variable(scan, err);
    case '#': /* versions of jq disagree on where a comment ends */
        return error_set(err, ERROR_INVALID, "a jq comment is not possible here");
    default:
        scan->at++;
        return true;
    }
}

static bool is_blank(const char *from, const char *to)
{
    return from + strspn(from, " \t\r\n") >= to;
}

/* Reads from text to the closing "}}" (to the end when !is_braced) and puts there *end. */
static bool scan_expression(const char *text, bool is_braced, const char **end, struct error *err)
{
    struct scan scan = {.at = text};

    while (*scan.at != '\0' && !(is_braced && scan.depth == 0 && strncmp(scan.at, "}}", 2) == 0)) {
        bool is_fine = is_in_string(&scan) ? scan_in_string(&scan, err) : scan_in_jq(&scan, err);
        if (!is_fine)
            return false;
    }
    if (scan.depth > 0)
        return error_set(err, ERROR_INVALID, "'%c' is not closed", scan.open[scan.depth - 1]);
    if (is_braced && *scan.at == '\0')
        return error_set(err, ERROR_INVALID, "'{{' without its '}}'");
    if (is_blank(text, scan.at))
        return error_set(err, ERROR_INVALID, is_braced ? "'{{}}' is empty" : "expected a jq expression");
    *end = scan.at;
    return true;
}

bool template_check(const char *text, struct error *err)
{
    const char *at = text;

    while ((at = strstr(at, "{{")) != NULL) {
        if (!scan_expression(at + 2, true, &at, err))
            return false;
        at += 2;
    }
    return true;
}

bool template_check_expression(const char *text, struct error *err)
{
    const char *end;

    return scan_expression(text, false, &end, err);
}

bool template_next(const char **cursor, struct template_part *part)
{
    const char *from = *cursor, *end = from;

    if (*from == '\0')
        return false;
    part->is_expression = strncmp(from, "{{", 2) == 0 && scan_expression(from + 2, true, &end, NULL);
    if (part->is_expression) {
        *part = (struct template_part){true, from + 2, (size_t)(end - from) - 2};
        *cursor = end + 2;
        return true;
    }
    end = strstr(from + 1, "{{");
    if (end == NULL)
        end = from + strlen(from);
    *part = (struct template_part){false, from, (size_t)(end - from)};
    *cursor = end;
    return true;
}
