/*
 * request.h - one request to Pinpoint's API, in its words: method, path below the account's address, document.
 *
 * Handlers make requests; worker/gateway.c sends them. Nothing here knows how.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Records on one page of a list. It is the API's default, and asked for all the same: a list has ended when a page is
 * shorter, so the size must be one that a server surely keeps to. */
#define REQUEST_PAGE_SIZE 100

struct request {
    const char *method; /* a literal: "GET", "POST" or "PUT" */
    char *path;         /* owned: "/api/v1/comments?filter%5B…" */
    char *body;         /* owned JSON:API document, or NULL */
    bool is_shared;     /* a read whose answer serves everyone who asks the same right now (request collapsing) */
};

/* Each clears request first. Whatever of path comes from outside has been through request_path, and goes into its
 * query through request_query only. */
void request_get(struct request *request, const char *path);
void request_write(struct request *request, const char *method, const char *path, cJSON *document); /* takes document */
void request_clear(struct request *request);

/* A query being built: request_query(&request, "filter[commentable_id]", id) appends "?name=value" or "&name=value",
 * both encoded. */
void request_query(struct request *request, const char *name, const char *value);

/* Asks for page number page (from 1) of a list. */
void request_page(struct request *request, unsigned page);

/* "/api/v1/<type>" and "/api/v1/<type>/<id>", owned (mem_free); id is encoded. */
char *request_path(const char *type, const char *id);

/* {"data":{"type":type,"id":id}}: the value of a relationship. */
cJSON *request_relation(const char *type, const char *id);

/* {"data":{"type":type,"id":id,"attributes":attributes}}; id may be NULL; takes attributes. */
cJSON *request_document(const char *type, const char *id, cJSON *attributes);

/* Adds the relationship name, which leads to type and id, to a document. */
void request_relate(cJSON *document, const char *name, const char *type, const char *id);
