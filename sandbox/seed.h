/*
 * seed.h - the account that every sandbox starts with: Acme, its jobs, people, interviews and custom fields.
 *
 * Ids are fixed, so that examples and tests can name them: docs/sandbox.md lists them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/store.h"

#define SEED_ACCOUNT "Acme"

enum { SEED_SYSTEM_USER = 1 }; /* writes the comments that come through the API */

/* Fills an empty store; extra applications follow the usual ones. */
void seed_store(struct store *store, unsigned extra);
