/*
 * scripts.h - the Lua scripts by name, and their text with its includes in place.
 *
 * To add one: write queue/scripts/<name>.lua, add its row here and in scripts.c, and its section in docs/queue.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

enum script {
    SCRIPT_ENQUEUE,
    SCRIPT_EXCHANGE,
    SCRIPT_EXTEND,
    SCRIPT_RELEASE,
    SCRIPT_UPKEEP,
    SCRIPT_RESERVE,
    SCRIPT_LIMITS,
    SCRIPT_HOLD,
    SCRIPT_REPLAY,
    SCRIPT_LIST,
    SCRIPT_SHOW,
    SCRIPT_STATUS,
    SCRIPT_AUDIT,
    SCRIPT_AUDIT_EVENTS,
    SCRIPT_SHARDS,
    SCRIPT_RESHARD,
    SCRIPT_REPAIR,
    SCRIPT_COUNT,
};

const char *script_name(enum script script);

/* The whole text, owned (mem_free). A line "--@include x.lua" is replaced by that file. */
char *script_text(enum script script);
