/*
 * place.h - for the tests of config/: a directory of their own to write a hookline.json into.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "config/config.h"

/* A group's set-up and tear-down: the test runs inside a new directory, which is removed again. */
int place_open(void **state);
int place_close(void **state);

/* The path of the file of that name where the test was started, the root of the tree; owned. */
char *place_root(const char *path);

/* The bytes of the file at path, owned; fails the test when there is none. */
char *place_read(const char *path);

/* Writes text into hookline.json here. */
void place_write(const char *text);

/* What config_load says of text: "" when nothing. Owned. */
char *place_mistake(const char *text, bool compile_rules);
