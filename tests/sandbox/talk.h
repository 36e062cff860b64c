/*
 * talk.h - a sandbox inside the test process, and requests to it: sent, then the loop runs until they are answered.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "http/client.h"
#include "sandbox/sandbox.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct talk {
    struct loop *loop;
    struct sandbox *sandbox;
    struct http_client *client;
};

/* One answer; heard_clear frees it. */
struct heard {
    bool is_there;
    enum http_outcome outcome;
    int status;
    char *body;
    cJSON *document; /* NULL when the body is no JSON */
    char *content_type;
    char *retry_after;
};

/* Opens a sandbox with these options (NULL: none) on a free port. Fails the test when it cannot. */
void talk_open(struct talk *talk, const struct sandbox_options *options);
void talk_close(struct talk *talk);

/* A request with the right key and media types. path comes after the address; body may be NULL. */
struct heard talk_send(struct talk *talk, const char *method, const char *path, const char *body);

/* For cmocka_unit_test_setup_teardown: *state is a talk with a sandbox as it is by default. */
int talk_setup(void **state);
int talk_teardown(void **state);

/* A request with these headers alone. */
struct heard talk_send_with(struct talk *talk, const char *method, const char *path, const char *const *headers,
                            const char *body);
void heard_clear(struct heard *heard);

/* The whole answer to a GET, headers and all, owned. header is one more line ("If-None-Match: x"), or "". */
char *talk_raw(struct talk *talk, const char *path, const char *header);

/* Sends, and fails the test unless the status is that one. Owned document. */
cJSON *talk_expect(struct talk *talk, int status, const char *method, const char *path, const char *body);

/* The same for a request whose first error must be that: its pointer or parameter, and a part of its detail. */
void talk_expect_error(struct talk *talk, int status, const char *method, const char *path, const char *body,
                       const char *place, const char *detail);

/* The text, or the number of members, at a path of names and indexes ("data.0.attributes.name"). */
const char *text_at(const cJSON *document, const char *path);
int count_at(const cJSON *document, const char *path);

/* Documents to post. */
char *comment_on(const char *type, const char *id, const char *text);
char *value_of(const char *field_id, const char *type, const char *id, const char *attributes);

/* The id of the custom field of that name and resource type, found by reading every page. Owned. */
char *field_id(struct talk *talk, const char *name, const char *resource_type);
