/*
 * environment.h - ${NAME} in the strings of the configuration.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <cjson/cJSON.h>

/* Puts the environment's values into every string below root; "$${" stands for "${". Expressions are left alone: what
 * is inside {{…}} in a source's rules, and their "if". err->where is the string's path, err->text never a value. */
MUST_CHECK bool environment_expand(cJSON *root, struct error *err);
