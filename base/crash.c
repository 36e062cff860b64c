/*
 * crash.c - see crash.h: empty but in a build with crash points.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crash.h"

#ifdef CRASH_POINTS

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SIGKILL, as nothing may run any more: no handler, no flushing, no farewell to a peer. */
void crash_point(const char *name)
{
    const char *armed = getenv("HOOKLINE_CRASH");
    const char *file = getenv("HOOKLINE_CRASH_FILE");

    if (armed && file && strcmp(armed, name) == 0 && unlink(file) == 0)
        kill(getpid(), SIGKILL);
}

#endif
