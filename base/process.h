/*
 * process.h - child processes on the loop.
 *
 * A child gets its own arguments and, beside the inherited environment, HOOKLINE_PARENT_PID. It is asked to end when
 * its parent dies (Linux: PR_SET_PDEATHSIG set by the child itself through process_follow_parent).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"

#include <sys/types.h>

struct process;

/* code is the exit status, or -1 when the child was ended by signal number signal. Called once. */
typedef void process_exit_fn(void *arg, int code, int signal);

/* Starts argv (argv[0] is a path or searched in PATH), ending in NULL. Standard output and error are inherited,
 * standard input is /dev/null. When log_path is not NULL, output and error go there (appended) instead. */
MUST_CHECK struct process *process_open(struct loop *loop, const char *const *argv, const char *log_path,
                                        process_exit_fn *fn, void *arg, struct error *err);

pid_t process_pid(const struct process *process);
void process_signal(struct process *process, int number); /* nothing when it has ended */

/* Forgets the child (which goes on if it still runs); fn is not called any more. Takes NULL. */
void process_close(struct process *process);

/* Called by a child at its start: SIGTERM to itself when the process that opened it is gone, now or later. Does
 * nothing when it was not started by process_open, or where this is not supported. */
void process_follow_parent(void);

/* The path of the running program, owned. */
char *process_own_path(void);

/* Lets this process open as many descriptors as the system allows it: each connection is one. */
void process_raise_descriptor_limit(void);

/* Resident bytes of this process; 0 where it cannot be told. */
long long process_resident_bytes(void);
