/*
 * vendor.h - a steady sender with a good memory: it posts, posts again what was not acknowledged, and knows in the end
 * what Pinpoint must have been told, and in which order.
 *
 * Its notes are numbered; note n is of lane n % lanes, and a lane has at most one post under way: the next is sent when
 * the one before was acknowledged. So the order of acceptance of a lane is the order of its numbers, whatever is
 * killed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/e2e/stage.h"

/* Members of the stage's "sources": without an account of its own, as the vendor names one in each path. */
extern const char vendor_sources[];

struct vendor;

struct vendor_options {
    size_t lanes;    /* each an application of its own: the sandbox needs as many (--applications) */
    size_t accounts; /* lanes go round them; as many as the stage's */
    double a_second; /* new notes */
    unsigned doomed; /* each so many of a lane's notes is for an application that is not there; 0: none */
    unsigned seed;   /* of the choice of lanes */
};

struct vendor *vendor_new(struct stage *stage, const struct vendor_options *options);
void vendor_free(struct vendor *vendor);

/* Begins to send, on the stage's loop; may begin again when it has finished. */
void vendor_begin(struct vendor *vendor);

/* Sends nothing new from now on, and waits until all that was sent is acknowledged and settled. */
void vendor_finish(struct vendor *vendor);

/* Waits until so many more are acknowledged. */
void vendor_wait_more(struct vendor *vendor, size_t count);

size_t vendor_acknowledged(const struct vendor *vendor);

/* Fails the test unless each note acknowledged is in the sandbox's ledger once and nothing else is, each lane's in
 * order, and the doomed ones are dead letters. */
void vendor_check(struct vendor *vendor);
