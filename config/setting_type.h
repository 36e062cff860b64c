/*
 * setting_type.h - what a setting of each type takes, and how it is stored. For settings.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "config/settings.h"

#include <stdbool.h>

/* Checks value for its row and stores it at place, or nowhere when that is NULL. */
MUST_CHECK bool setting_store(const struct setting *setting, const cJSON *value, void *place, struct error *err);

/* Whether settings of that type are stored as an owned string. */
bool setting_is_text(enum setting_type type);
