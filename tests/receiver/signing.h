/*
 * signing.h - keys for the sources of the receiver's tests, and signed requests to them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "config/config.h"

#include <stddef.h>
#include <stdint.h>

/* Gives source its scheme and one more key; fails the test when secret has not the scheme's form. */
void signing_add_key(struct source *source, const char *scheme, const char *secret);
void signing_free_keys(struct source *source);

/* Adds the lines that sign body with secret, whoever has that key; lines as signature_sign has them. */
void signing_sign(const char *scheme, const char *secret, const char *id, int64_t at_ms, const char *body,
                  struct buf *lines);

/* Takes "Name: value\n" lines apart in place; returns how many there are. */
size_t signing_split(char *text, const char **lines);
