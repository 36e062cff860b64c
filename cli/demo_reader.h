/*
 * demo_reader.h - what came of one action, read back through Pinpoint's API.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "cli/demo.h"
#include "rules/rules.h"

#include <stdbool.h>

/* Adds what Pinpoint now holds in place of action, for people; false when what action asked for is not there, found
 * then says what is missing. */
bool demo_reader_find(struct demo *demo, const struct planned *action, struct buf *found);
