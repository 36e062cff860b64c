/*
 * bench_event.h - the events of a measurement: one file many times over, each a delivery of its own, signed.
 *
 * In the file {{n}} is the event's number, {{n%100}} that number modulo 100, and {{us}} the time in microseconds since
 * 1970; so bodies can differ, and events go to many lanes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/ulid.h"
#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

struct bench_event {
    const struct source *source; /* borrowed */
    char *path;                  /* of the request, and its Host; owned */
    char *host;
    const char *text; /* the file's; borrowed */
    char run[ULID_SIZE];
    struct buf body, lines; /* of the request being written */
};

/* url is the receiver's, account NULL when the source has one of its own. */
void bench_event_init(struct bench_event *event, const struct source *source, const char *account, const char *url,
                      const char *text);
void bench_event_clear(struct bench_event *event);

/* Adds number's body to out. */
void bench_event_body(const struct bench_event *event, size_t number, struct buf *out);

/* Adds the whole request to out: a load_request_fn with the event as its argument. */
void bench_event_request(void *arg, size_t number, struct buf *out);

/* Whether all of them would go into one lane, one after another: the source orders, and the file has no number. */
bool bench_event_is_one_lane(const struct bench_event *event);
