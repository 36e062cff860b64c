/*
 * jsonc.c - what hookline.json may have beyond JSON is blanked out, byte for byte, so that places stay where they are.
 *
 * The rest is base/json. Called by config.c and preset.c, and by nothing that reads a peer's bytes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/jsonc.h"

#include "base/json.h"
#include "base/json_check.h"
#include "base/mem.h"
#include "config/json_walk.h"

#include <stdlib.h>
#include <string.h>

static void count_position(const char *text, size_t at, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) { /* characters, not bytes, as editors count */
            ++*column;
        }
    }
}

static bool fail_at(const char *text, size_t at, struct error *err, const char *problem)
{
    unsigned line, column;

    count_position(text, at, &line, &column);
    return error_set(err, ERROR_INVALID, "%u:%u: %s", line, column, problem);
}

/* A copy of a text that is being made plain. */
struct blanking {
    const char *text;
    char *plain;
    size_t size, at;
    size_t comma; /* where the last comma was, when nothing but space has followed it; size otherwise */
    char last;    /* the last character that was neither space nor comment */
};

static void skip_string(struct blanking *blanking)
{
    blanking->at++;
    while (blanking->at < blanking->size && blanking->text[blanking->at] != '"')
        blanking->at += blanking->text[blanking->at] == '\\' ? 2 : 1;
    blanking->at++;
}

static void blank_to(struct blanking *blanking, size_t end)
{
    for (; blanking->at < end; blanking->at++) {
        if (blanking->text[blanking->at] != '\n')
            blanking->plain[blanking->at] = ' ';
    }
}

static const char *find(const char *text, size_t size, const char *mark)
{
    size_t length = strlen(mark);

    for (size_t i = 0; i + length <= size; i++) {
        if (memcmp(text + i, mark, length) == 0)
            return text + i;
    }
    return NULL;
}

/* Blanks the comment at blanking->at; false when there is none. *is_open tells a comment that does not end. */
static bool blank_comment(struct blanking *blanking, bool *is_open)
{
    const char *text = blanking->text + blanking->at, *end;
    size_t left = blanking->size - blanking->at;
    bool is_line = left >= 2 && memcmp(text, "//", 2) == 0;

    if (!is_line && (left < 2 || memcmp(text, "/*", 2) != 0))
        return false;
    end = find(text + 2, left - 2, is_line ? "\n" : "*/");
    *is_open = end == NULL && !is_line;
    blank_to(blanking, end == NULL ? blanking->size : (size_t)(end - blanking->text) + (is_line ? 0 : 2));
    return true;
}

/* Remembers a comma that could be a trailing one, and blanks it when it was. */
static void note_character(struct blanking *blanking, char c)
{
    if (strchr(" \t\r\n", c) != NULL)
        return;
    if ((c == '}' || c == ']') && blanking->comma < blanking->size)
        blanking->plain[blanking->comma] = ' ';
    blanking->comma = c == ',' && strchr("{[,:", blanking->last) == NULL ? blanking->at : blanking->size;
    blanking->last = c;
}

static bool make_plain(struct blanking *blanking, struct error *err)
{
    bool is_open = false;

    if (blanking->size >= 3 && memcmp(blanking->text, "\xEF\xBB\xBF", 3) == 0)
        blank_to(blanking, 3);
    while (blanking->at < blanking->size) {
        size_t from = blanking->at;
        if (blank_comment(blanking, &is_open)) {
            if (is_open)
                return fail_at(blanking->text, from, err, "a comment without its end");
            continue;
        }
        note_character(blanking, blanking->text[from]);
        if (blanking->text[from] == '"')
            skip_string(blanking);
        else
            blanking->at++;
    }
    return true;
}

/* text without comments and trailing commas, owned; NULL when a comment does not end. */
static char *plain_copy(const char *text, size_t size, struct error *err)
{
    struct blanking blanking = {.text = text, .plain = mem_copy(text, size), .size = size, .comma = size, .last = '{'};

    if (make_plain(&blanking, err))
        return blanking.plain;
    mem_free(blanking.plain);
    return NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that object has twice, borrowed, or NULL. */
static const char *repeated_name(const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
    const char **names = mem_new((count + 1) * sizeof(*names));
    const char *found = NULL;
    const cJSON *member;

    cJSON_ArrayForEach(member, object) names[i++] = member->string;
    qsort(names, count, sizeof(*names), compare_names);
    for (i = 1; i < count && found == NULL; i++) {
        if (strcmp(names[i - 1], names[i]) == 0)
            found = names[i];
    }
    mem_free(names);
    return found;
}

/* False, with err->where, when some object below value has a member twice. */
static bool check_repeated(const cJSON *value, struct error *err)
{
    const char *name = cJSON_IsObject(value) ? repeated_name(value) : NULL;
    const cJSON *child;
    size_t index = 0;

    if (name != NULL)
        return error_set_at(err, ERROR_INVALID, name, "the same key twice");
    cJSON_ArrayForEach(child, value)
    {
        if (!check_repeated(child, err))
            return child->string != NULL ? error_prefix(err, "%s", child->string) : error_prefix(err, "[%zu]", index);
        index++;
    }
    return true;
}

/* A place that is looked for: the last one of that very path. */
struct last_seen {
    const char *path;
    size_t at;
};

static void note_last(void *arg, const char *path, size_t at)
{
    struct last_seen *seen = arg;

    if (strcmp(seen->path, path) == 0)
        seen->at = at;
}

static bool fail_repeated(const char *plain, size_t size, struct error *err)
{
    struct last_seen seen = {.path = err->where};
    char *problem = mem_printf("%s: %s", err->where, err->text);

    json_walk(plain, size, note_last, &seen);
    fail_at(plain, seen.at, err, problem);
    mem_free(problem);
    return false;
}

static cJSON *parse_plain(const char *plain, size_t size, struct error *err)
{
    struct json_facts facts = {0};
    cJSON *value;

    if (!json_check(plain, size, &facts, err)) {
        char *why = mem_string(err->text);
        char *byte = strstr(why, " at byte "); /* said better by line and column */
        if (byte != NULL)
            *byte = '\0';
        fail_at(plain, facts.mistake_at, err, why);
        mem_free(why);
        return NULL;
    }
    value = json_parse(plain, size, err);
    if (value != NULL && !check_repeated(value, err)) {
        fail_repeated(plain, size, err);
        cJSON_Delete(value);
        value = NULL;
    }
    return value;
}

cJSON *jsonc_parse(const char *text, size_t size, struct error *err)
{
    struct error unread;
    cJSON *value = NULL;
    char *plain;

    if (err == NULL)
        err = &unread; /* messages are made of messages here */
    plain = plain_copy(text, size, err);
    if (plain != NULL)
        value = parse_plain(plain, size, err);
    mem_free(plain);
    return value;
}

/* A place that is looked for: that of the longest path which wanted begins with. */
struct nearest {
    const char *wanted;
    size_t length, at;
};

static void note_nearest(void *arg, const char *path, size_t at)
{
    struct nearest *nearest = arg;
    size_t length = strlen(path);
    char next = strncmp(nearest->wanted, path, length) == 0 ? nearest->wanted[length] : 'x';

    if (length >= nearest->length && (length == 0 || strchr(".[", next) != NULL)) {
        nearest->length = length;
        nearest->at = at;
    }
}

void jsonc_locate(const char *text, size_t size, const char *path, unsigned *line, unsigned *column)
{
    struct nearest nearest = {.wanted = path};
    struct json_facts facts;
    char *plain = plain_copy(text, size, NULL);

    if (plain != NULL && json_check(plain, size, &facts, NULL))
        json_walk(plain, size, note_nearest, &nearest);
    count_position(text, nearest.at, line, column);
    mem_free(plain);
}
