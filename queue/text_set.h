/*
 * text_set.h - a set of pairs of texts, held as numbers: for the audit, which looks at very many and asks of few.
 *
 * Two pairs that meet in 64 bits are taken for one; among a million that happens once in tens of millions of audits.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Starts zeroed. */
struct text_set {
    uint64_t *slots; /* open addressing; 0 is none */
    size_t count, size;
};

/* A pair is held as often as it was added. */
void text_set_add(struct text_set *set, const char *one, const char *other);
size_t text_set_count(const struct text_set *set, const char *one, const char *other);
void text_set_clear(struct text_set *set);
