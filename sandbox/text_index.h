/*
 * text_index.h - records by a text: a hash table whose every entry is a list.
 *
 * The store keeps one for its INDEXED attributes. It knows nothing of schemas: the key says it all.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/store.h"

struct text_index;

struct text_index *text_index_new(void);
void text_index_free(struct text_index *index); /* takes NULL */

/* Adds record below key, unless it is there already. */
void text_index_add(struct text_index *index, const char *key, struct record *record);

/* The records below key, or NULL. */
const struct record_list *text_index_find(const struct text_index *index, const char *key);

/* The list's one way to grow; also used by the store. */
void record_list_add(struct record_list *list, struct record *record);
