/*
 * error.h - one error: what kind it is, where it happened, what a person should read.
 *
 * A function that can fail takes a struct error last, returns false or NULL, and is marked MUST_CHECK.
 * The error is filled once, where the failure is found, and logged once, where it is decided.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

/* The question the reader of an error asks: is it worth trying again, and whose fault is it? */
enum error_kind {
    ERROR_NONE,
    ERROR_INVALID,     /* the input is wrong: trying again changes nothing */
    ERROR_UNAVAILABLE, /* a peer is gone or busy: the same call may succeed later */
    ERROR_LIMIT,       /* a bound was reached */
    ERROR_REFUSED,     /* a peer, or the queue, said no */
    ERROR_SYSTEM,      /* the operating system said no */
};

struct error {
    enum error_kind kind;
    char where[200]; /* a path inside the input, such as "sources.video.rules[0].on"; "" when none applies */
    char text[400];  /* "what: why", without a final full stop or newline */
};

/* Fills err (which may be NULL) and returns false, so that failing is one line. Clears err->where. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same, with the place in the input that the error is about. */
bool error_set_at(struct error *err, enum error_kind kind, const char *where, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Puts "prefix" before err->where, joined as a path: "rules[0]" + "on" is "rules[0].on"; "x" + "[0]" is "x[0]". */
bool error_prefix(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
