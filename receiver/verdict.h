/*
 * verdict.h - what became of a delivery: one row each for its status, its words and its name in the metrics.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"

enum verdict {
    VERDICT_ACCEPTED,        /* on Redis */
    VERDICT_DUPLICATE,       /* was there already */
    VERDICT_SPILLED,         /* on the local disk, as Redis cannot store now */
    VERDICT_UNKNOWN_SOURCE,  /* no such source */
    VERDICT_REFUSED,         /* the signature is missing, wrong or too old */
    VERDICT_UNSUPPORTED,     /* signed, but of another media type than JSON */
    VERDICT_INVALID,         /* signed, but not JSON or a needed field is missing */
    VERDICT_UNKNOWN_ACCOUNT, /* signed and readable, for an account that is not there */
    VERDICT_FULL,            /* the queue holds as much as it may */
    VERDICT_ACCOUNT_FULL,    /* the account's part of it does */
    VERDICT_UNAVAILABLE,     /* Redis cannot store now */
    VERDICT_COUNT
};

/* The value of the label "result" in the metrics. */
const char *verdict_name(enum verdict verdict);

/* Answers the exchange: {"id":"…"} for what is stored, a problem for the rest. detail is for verdicts that have no
 * words of their own; what must not be told to a sender (why a signature is wrong) is left out here. */
void verdict_answer(enum verdict verdict, struct http_exchange *exchange, const char *id, const char *detail);
