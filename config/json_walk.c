/*
 * json_walk.c - a walk over text that is known to be JSON, so there is nothing to check but where it ends.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/json_walk.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct walk {
    const char *text;
    size_t size, at;
    char path[1024]; /* cut when longer: then the parent is found instead */
    json_visit_fn *fn;
    void *arg;
};

static void skip_space(struct walk *walk)
{
    while (walk->at < walk->size && strchr(" \t\r\n,:", walk->text[walk->at]) != NULL)
        walk->at++;
}

static void skip_quoted(struct walk *walk)
{
    for (walk->at++; walk->text[walk->at] != '"'; walk->at++)
        walk->at += walk->text[walk->at] == '\\';
    walk->at++;
}

static void skip_scalar(struct walk *walk)
{
    if (walk->text[walk->at] == '"')
        skip_quoted(walk);
    else
        walk->at += strcspn(walk->text + walk->at, " \t\r\n,:]}");
}

static void walk_value(struct walk *walk);

/* Reads the member's name that begins here and puts it behind the path. */
static void enter_member(struct walk *walk, size_t used)
{
    size_t from = walk->at + 1;

    skip_quoted(walk);
    snprintf(walk->path + used, sizeof(walk->path) - used, "%s%.*s", used > 0 ? "." : "", (int)(walk->at - 1 - from),
             walk->text + from);
    skip_space(walk);
}

static void walk_children(struct walk *walk, bool is_object)
{
    size_t used = strlen(walk->path), index = 0;

    walk->at++;
    for (skip_space(walk); walk->text[walk->at] != (is_object ? '}' : ']'); skip_space(walk)) {
        if (is_object)
            enter_member(walk, used);
        else
            snprintf(walk->path + used, sizeof(walk->path) - used, "[%zu]", index++);
        walk_value(walk);
        walk->path[used] = '\0';
    }
    walk->at++;
}

static void walk_value(struct walk *walk)
{
    char first;

    skip_space(walk);
    first = walk->text[walk->at];
    walk->fn(walk->arg, walk->path, walk->at);
    if (first == '{' || first == '[')
        walk_children(walk, first == '{');
    else
        skip_scalar(walk);
}

void json_walk(const char *text, size_t size, json_visit_fn *fn, void *arg)
{
    struct walk walk = {.text = text, .size = size, .fn = fn, .arg = arg};

    walk_value(&walk);
}
