/*
 * fields.h - what the queue must know of a delivery: its type, order, id and time, read by the source's paths.
 *
 * Pure: a body in, the fields out. No tree is made of it: few of its values are wanted. The receiver keeps one struct
 * fields and fills it again for each request.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"

struct fields {
    struct buf type;
    struct buf order_key; /* empty when the source has no order, or this delivery no key */
    struct buf delivery_id;
    int64_t occurred_ms; /* 0 when the payload does not say it readably */
};

/* What the delivery id is taken from: the first of header, path and body that is there. */
struct delivery {
    const char *id_header; /* the value of the scheme's id header; NULL when there is none */
    const char *body;      /* json_check has taken it, and a NUL is behind it */
    size_t body_size;
};

void fields_init(struct fields *fields);
void fields_clear(struct fields *fields);

/* False when the type is missing, or something is too long or not a plain value: err->where is the path (".type"),
 * err->text a sentence for the sender that names it. */
MUST_CHECK bool fields_read(struct fields *fields, const struct source *source, const struct delivery *delivery,
                            struct error *err);
