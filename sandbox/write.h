/*
 * write.h - creating and updating records from JSON:API documents.
 *
 * The tables say which attributes and relations may be written and of what type; a schema's prepare and stored
 * functions do what is special to it. Nothing is changed unless everything is right.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/reply.h"
#include "sandbox/store.h"

#include <cjson/cJSON.h>

enum { WRITE_LINKS_MAX = 16 };

/* One write under way. */
struct write {
    struct store *store;
    struct reply *reply;
    const struct schema *schema;
    struct record *record;                 /* NULL until a creation is stored */
    unsigned verb;                         /* ON_CREATE or ON_UPDATE */
    cJSON *attributes;                     /* to be stored; prepare may add, change and take away */
    struct record *links[WRITE_LINKS_MAX]; /* in the order of schema->relations; NULL: left as it is */
    struct record *stage_before;           /* of an application that was moved */
    char *summary;                         /* what was written, in one line for the ledger; owned */
};

/* The record to be linked by that relation, or the one that is. */
struct record *write_link(const struct write *write, const char *relation);
void write_set_link(struct write *write, const char *relation, struct record *target);

/* Checks document and does what it asks. write->store, reply, schema and, for an update, record are set by the
 * caller. False when reply has been given the reasons. write_clear in either case. */
bool write_perform(struct write *write, const cJSON *document);
void write_clear(struct write *write);
