/*
 * keys.h - what a Redis holds, counted by kind: to see that a queue that is idle leaves nothing behind.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The kinds of key an idle queue may have; KEYS_OTHER is all that it may not: lanes, ready lists, ring, leases, … */
enum keys_kind {
    KEYS_EVENTS,     /* e: s: t: dead done: settled events that are kept */
    KEYS_DELIVERIES, /* d: remembered delivery ids, in buckets */
    KEYS_ACCOUNTS,   /* a: accounts */
    KEYS_COUNTS,     /* n w: as many as there are shards */
    KEYS_OTHER,
    KEYS_KINDS,
};

struct keys {
    size_t count[KEYS_KINDS];
    long long used_memory;
    char other[128]; /* one of them */
};

/* Walks all keys of the Redis at a Unix socket. False when it does not answer. */
bool keys_count(const char *socket_path, struct keys *keys);

/* The kind's column in a table. */
const char *keys_name(enum keys_kind kind);
