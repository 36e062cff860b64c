/*
 * settings.h - settings as tables: one row says how a key is read, checked, defaulted, printed and documented.
 *
 * The tables are in tables.c. A row's key is a path below the object that its table describes; a row of SETTING_OTHER
 * is known and documented here, and read by code of its own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>

enum setting_type {
    SETTING_TEXT,     /* char *, owned, never NULL */
    SETTING_CHOICE,   /* the same, one of choices */
    SETTING_PATH,     /* the same, a plain jq path */
    SETTING_LEVEL,    /* enum log_level */
    SETTING_COUNT,    /* unsigned */
    SETTING_BYTES,    /* size_t */
    SETTING_AMOUNT,   /* size_t, of things */
    SETTING_RATE,     /* double */
    SETTING_DURATION, /* int64_t, milliseconds */
    SETTING_FLAG,     /* bool */
    SETTING_OTHER,
};

struct setting {
    const char *key; /* NULL ends the table */
    enum setting_type type;
    size_t offset;        /* into the struct that the table fills; SETTING_CHECKED to store nothing */
    const char *fallback; /* the default, as it would be written in the file; NULL: none, "" or 0 */
    bool is_required;
    double min, max; /* of numbers; of durations in milliseconds; of texts the most bytes (0: any) */
    const char
        *choices; /* of SETTING_CHOICE and SETTING_LEVEL: "always, everysec"; of SETTING_OTHER: its type in words */
    const char *help;
};

#define SETTING_CHECKED ((size_t)-1)

/* hookline.json itself, into struct config; one account; one source. To add a setting: its row here, its line in
 * docs/configuration.md (a test compares them), and whoever uses it. */
extern const struct setting file_settings[];    /* keys below the document */
extern const struct setting account_settings[]; /* keys below accounts.NAME */
extern const struct setting source_settings[];  /* keys below sources.NAME */

/* Reads object by table into target: unknown keys, missing ones, wrong types and ranges are mistakes. target must be
 * zeroed; what was filled in before a mistake is target's owner's to free. err->where is the key. */
MUST_CHECK bool settings_read(const struct setting *table, const cJSON *object, void *target, struct error *err);

/* Frees the texts that settings_read has put into target. */
void settings_clear(const struct setting *table, void *target);

/* For the reference: "whole number, 1 to 64"; and the default as it is written, "required", or "none". */
void setting_add_type(const struct setting *setting, struct buf *out);
const char *setting_default(const struct setting *setting);
