/*
 * spill.c - gathers what a turn of the loop spills, writes it, and answers; spill_drain.c is the way back.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "receiver/spill_drain.h"
#include "receiver/spill_file.h"

#include <inttypes.h>

#define FLUSH_BYTES   ((size_t)4 << 20) /* more than this is not gathered: memory, and the time of one write */
#define ROOM_BYTES    65536             /* less room than this is called full */
#define DISTRUST_MS   10000             /* after a failed write: for so long traffic had better go elsewhere */
#define FIRST_WAITERS 16

struct waiter {
    spilled_fn *fn;
    void *arg;
};

struct spill {
    struct spill_file *file;
    struct spill_drain *drain;
    struct timer *timer; /* runs while events are gathered */
    struct waiter *waiters;
    size_t waiter_count, waiter_max;
    struct error why; /* the file was empty when the gathered ones came; ERROR_NONE when it was not */
    bool has_failed;  /* a write, at failed_ms */
    int64_t failed_ms;
};

/* ---- writing ---- */

static void answer_all(struct spill *spill, const struct error *err)
{
    struct waiter *waiters = spill->waiters;
    size_t count = spill->waiter_count;

    spill->waiters = NULL;
    spill->waiter_count = spill->waiter_max = 0;
    for (size_t i = 0; i < count; i++)
        waiters[i].fn(waiters[i].arg, err);
    mem_free(waiters);
}

static void note_failure(struct spill *spill, const struct error *err)
{
    if (!spill->has_failed)
        log_error("the spill cannot be written, deliveries are refused: %s directory=%s", err->text,
                  spill_file_directory(spill->file));
    spill->has_failed = true;
    spill->failed_ms = clock_monotonic_ms();
}

static void say_when_it_begins(struct spill *spill)
{
    if (spill->why.kind != ERROR_NONE)
        log_warn("deliveries go to the spill until they can be queued: %s directory=%s", spill->why.text,
                 spill_file_directory(spill->file));
    spill->why.kind = ERROR_NONE;
}

static void flush(void *arg)
{
    struct spill *spill = arg;
    struct error err;

    timer_stop(spill->timer);
    if (spill_file_flush(spill->file, &err)) {
        spill->has_failed = false;
        say_when_it_begins(spill);
        spill_drain_kick(spill->drain);
        answer_all(spill, NULL);
    } else {
        note_failure(spill, &err);
        answer_all(spill, &err);
    }
}

static void add_waiter(struct spill *spill, spilled_fn *fn, void *arg)
{
    if (spill->waiter_count == spill->waiter_max) {
        spill->waiter_max = spill->waiter_max ? 2 * spill->waiter_max : FIRST_WAITERS;
        spill->waiters = mem_resize(spill->waiters, spill->waiter_max * sizeof(struct waiter));
    }
    spill->waiters[spill->waiter_count++] = (struct waiter){fn, arg};
}

void spill_add(struct spill *spill, const struct buf *record, const char *why, spilled_fn *fn, void *arg)
{
    bool was_empty = spill_file_is_empty(spill->file);
    struct error err;

    if (!spill_file_add(spill->file, record->data, record->size, &err)) {
        fn(arg, &err);
        return;
    }
    if (was_empty)
        error_set(&spill->why, ERROR_UNAVAILABLE, "%s", why);
    add_waiter(spill, fn, arg);
    if (spill_file_gathered(spill->file) >= FLUSH_BYTES)
        flush(spill);
    else if (!timer_is_active(spill->timer))
        timer_start(spill->timer, 0);
}

/* ---- life ---- */

struct spill *spill_open(struct loop *loop, struct queue *queue, const char *directory, size_t max_bytes,
                         struct error *err)
{
    struct spill_file *file = spill_file_open(directory, max_bytes, err);

    if (!file)
        return NULL;
    struct spill *spill = mem_new(sizeof(*spill));
    spill->file = file;
    spill->drain = spill_drain_new(loop, file, queue);
    spill->timer = timer_new(loop, flush, spill);
    if (!spill_file_is_empty(file))
        log_info("the spill holds events of an earlier run, they are queued first directory=%s events=%zu", directory,
                 spill_file_events(file));
    spill_drain_kick(spill->drain);
    return spill;
}

void spill_quiet(struct spill *spill)
{
    if (spill)
        spill_drain_quiet(spill->drain);
}

void spill_close(struct spill *spill)
{
    if (!spill)
        return;
    flush(spill);
    if (!spill_file_is_empty(spill->file))
        log_info("events stay in the spill until the next start directory=%s events=%zu",
                 spill_file_directory(spill->file), spill_file_events(spill->file));
    spill_drain_free(spill->drain);
    timer_free(spill->timer);
    spill_file_close(spill->file);
    mem_free(spill->waiters);
    mem_free(spill);
}

/* ---- how it is ---- */

bool spill_is_in_use(const struct spill *spill)
{
    return spill && !spill_file_is_empty(spill->file);
}

bool spill_can_take(const struct spill *spill)
{
    return spill && spill_file_has_room(spill->file, ROOM_BYTES) &&
           (!spill->has_failed || clock_monotonic_ms() - spill->failed_ms >= DISTRUST_MS);
}

size_t spill_events(const struct spill *spill)
{
    return spill ? spill_file_events(spill->file) : 0;
}

static void print_gauge(struct buf *out, const char *name, const char *help, uint64_t value)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", name, help, name, name, value);
}

void spill_print(const struct spill *spill, struct buf *out)
{
    if (!spill)
        return;
    print_gauge(out, "hookline_spill_events", "Events on the local disk that wait for Redis.",
                spill_file_events(spill->file));
    print_gauge(out, "hookline_spill_bytes", "Bytes of the file that they are in.", spill_file_bytes(spill->file));
    print_gauge(out, "hookline_spill_set_aside", "Damaged places and refused events kept aside since the start.",
                spill_file_set_aside(spill->file));
}
