/*
 * roster.c - two lists. Called by worker.c and heartbeat.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/roster.h"

#include "base/mem.h"

void roster_init(struct roster *roster)
{
    *roster = (struct roster){0};
    TAILQ_INIT(&roster->running);
    TAILQ_INIT(&roster->ended);
}

static void free_all(struct runs *list)
{
    struct run_link *link;

    while ((link = TAILQ_FIRST(list))) {
        TAILQ_REMOVE(list, link, entry);
        run_free(link->run);
    }
}

void roster_clear(struct roster *roster)
{
    free_all(&roster->running);
    free_all(&roster->ended);
    roster->running_count = 0;
}

void roster_add(struct roster *roster, struct run *run)
{
    run_link(run)->serial = ++roster->last_serial;
    run_link(run)->is_running = true;
    TAILQ_INSERT_TAIL(&roster->running, run_link(run), entry);
    roster->running_count++;
}

static void leave_running(struct roster *roster, struct run *run)
{
    TAILQ_REMOVE(&roster->running, run_link(run), entry);
    run_link(run)->is_running = false;
    roster->running_count--;
}

void roster_end(struct roster *roster, struct run *run)
{
    leave_running(roster, run);
    TAILQ_INSERT_TAIL(&roster->ended, run_link(run), entry);
}

void roster_drop(struct roster *roster, struct run *run)
{
    if (run_link(run)->is_running)
        leave_running(roster, run);
    else
        TAILQ_REMOVE(&roster->ended, run_link(run), entry);
    run_free(run);
}

void roster_take(struct roster *roster, struct run *run)
{
    TAILQ_REMOVE(&roster->ended, run_link(run), entry);
}

void roster_put_back(struct roster *roster, struct run *run)
{
    TAILQ_INSERT_TAIL(&roster->ended, run_link(run), entry);
}

static struct run *find_in(const struct runs *list, uint64_t serial)
{
    struct run_link *link;

    TAILQ_FOREACH(link, list, entry)
    {
        if (link->serial == serial)
            return link->run;
    }
    return NULL;
}

struct run *roster_find(const struct roster *roster, uint64_t serial)
{
    struct run *run = find_in(&roster->running, serial);

    return run ? run : find_in(&roster->ended, serial);
}

static size_t add_runs(const struct runs *list, struct run **runs)
{
    const struct run_link *link;
    size_t count = 0;

    TAILQ_FOREACH(link, list, entry)
    runs[count++] = link->run;
    return count;
}

static size_t count_of(const struct runs *list)
{
    const struct run_link *link;
    size_t count = 0;

    TAILQ_FOREACH(link, list, entry)
    count++;
    return count;
}

struct run **roster_runs(const struct roster *roster, size_t *count)
{
    struct run **runs = mem_new((roster->running_count + count_of(&roster->ended) + 1) * sizeof(struct run *));

    *count = add_runs(&roster->running, runs);
    *count += add_runs(&roster->ended, runs + *count);
    return runs;
}
