/*
 * deadline.c - the timer behind deadline.h.
 *
 * The signal handler only sets fields of the jq state, as jq_halt does, and only on the thread that runs jq.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/deadline.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

/* What the signal handler needs to know; there is nowhere else to keep it. */
static jq_state *volatile running;
static pthread_t running_thread;
static volatile sig_atomic_t has_passed;

static void on_signal(int number)
{
    if (!pthread_equal(pthread_self(), running_thread)) {
        pthread_kill(running_thread, number);
        return;
    }
    if (running != NULL && !has_passed) {
        has_passed = 1;
        jq_halt(running, jv_invalid(), jv_invalid());
    }
}

static void set_timer(long ms)
{
    struct itimerval timer = {.it_value = {.tv_usec = ms * 1000}};

    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

void deadline_start(jq_state *jq)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    running_thread = pthread_self();
    has_passed = 0;
    running = jq;
    sigemptyset(&action.sa_mask);
    sigaction(SIGVTALRM, &action, NULL);
    set_timer(DEADLINE_CPU_MS);
}

bool deadline_stop(void)
{
    set_timer(0);
    running = NULL;
    return has_passed;
}
