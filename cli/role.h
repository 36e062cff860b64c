/*
 * role.h - the life that the long-running processes have in common: receiver, worker, janitor, sandbox.
 *
 * 1. It opens, says so in the log and runs on a loop.
 * 2. SIGTERM or SIGINT: it drains and ends with 0. A second one ends it at once, with 1.
 * 3. SIGHUP: it reads the configuration again; a broken one is logged and the old one stays.
 * 4. Started by a supervisor (HOOKLINE_SUPERVISED=1) it ends with its parent and leaves SIGINT to it: a terminal sends
 *    that to every process of the group.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "cli/options.h"
#include "config/config.h"

struct role {
    const char *name; /* in the log */
    /* NULL and err when it fails. Takes over config, also then; config is NULL when there is no reload. */
    void *(*open)(struct loop *loop, struct config *config, const struct arguments *arguments, struct error *err);
    void (*reload)(void *self, struct config *config); /* takes over config; NULL for a role without configuration */
    void (*drain)(void *self, loop_fn *fn, void *arg); /* calls fn when nothing is in flight, also at once */
    void (*close)(void *self);
};

/* Returns the exit code. */
int role_run(const struct role *role, const struct arguments *arguments);

/* Whether a supervisor started this process. */
bool role_is_supervised(void);
