/*
 * match.h - choosing, among the records that a search has found, the one that was meant.
 *
 * For target.c only.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "handlers/argument.h"
#include "pinpoint/resource.h"

/* How a record can be named other than by its id. */
struct way {
    const char *resource;
    const char *key;       /* in the argument */
    const char *filter;    /* of the list */
    const char *attribute; /* what a record must show to be the one */
    const char *words;
};

/* What is looked for. */
struct wanted {
    const struct resource *resource;
    const struct way *way;
    char *value;                /* owned by target.c */
    char job[ARGUMENT_ID_SIZE]; /* "" for any */
};

/* The item of list, newest first, that is wanted; NULL with err when there is none, or no telling which. */
MUST_CHECK const cJSON *match_choose(const struct wanted *wanted, const cJSON *list, struct error *err);
