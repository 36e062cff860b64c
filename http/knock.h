/*
 * knock.h - asks a server of ours with GET and hears no more than the status of its answer.
 *
 * For the supervisor, which only has to know when the receiver is ready: http/client would bring libcurl and its TLS
 * with it, 3 MiB that are never used again.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"

struct knock;

/* status is 0, and err says why, when there was no answer. Both are borrowed. */
typedef void knock_fn(void *arg, int status, const struct error *err);

/* url is "http://host:port/path". It is taken apart, and the host looked up, each time it is asked. */
struct knock *knock_new(struct loop *loop, const char *url, knock_fn *fn, void *arg);
void knock_free(struct knock *knock); /* asks no more; not from within fn; takes NULL */

/* Ends with a call of fn, never before this returns. Not while one is under way. */
void knock_ask(struct knock *knock, int64_t timeout_ms);
