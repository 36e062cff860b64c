/*
 * supervisor.h - `hookline serve`: starts the other processes, watches over them, and stops them in order.
 *
 * 1. With no Redis configured it starts a private one.
 * 2. It starts the receiver, the janitor and the workers (worker/crew.h), and starts again what ends by itself.
 * 3. When a worker has ended it gives its lanes back at once, so nothing waits for a lease to run out.
 * 4. SIGHUP reads the configuration again: a broken one changes nothing; a good one is passed on with SIGHUP.
 * 5. SIGTERM and SIGINT stop the receiver, then the workers and the janitor, then the private Redis. A second one, or
 *    5 s beyond the configuration's drain time, ends with SIGKILL what is still there.
 *
 * Its children find HOOKLINE_SUPERVISED=1 in their environment. They must then ignore SIGINT (a terminal sends it to
 * all of them at once, and only the supervisor knows the order), and are to call process_follow_parent.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#define SUPERVISED_VARIABLE "HOOKLINE_SUPERVISED"

/* url is where the receiver can be reached, "http://127.0.0.1:8080"; borrowed. Called once. */
typedef void supervisor_ready_fn(void *arg, const char *url);

/* What is NULL or 0 has its default. All borrowed until supervisor_run returns. */
struct supervisor_options {
    const char *config_path; /* needed */
    const char *program;     /* what is started; default: this program */
    const char *redis_url;   /* in place of the configuration's */
    const char *listen;      /* in place of the configuration's; port 0 takes a free one */
    int64_t grace_ms;        /* between the end of the drain time and SIGKILL; default: 5 s */
    supervisor_ready_fn *ready;
    void *arg;
};

/* Runs until it is stopped, and returns the exit status: 0 after a clean stop; 2 when the configuration is wrong; 1
 * when something else keeps it from starting (the port is taken, no redis-server). A line on standard error has said
 * why. */
int supervisor_run(const struct supervisor_options *options);
