/*
 * spill_drain.c - one batch at a time: read, enqueue, wait for every answer, pass over what the queue has.
 *
 * A batch ends before the second event of a lane, so an event is sent only when the one before it in its lane is
 * known to be stored, whatever the queue says to the others of the batch.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill_drain.h"

#include "base/log.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "receiver/spill_frame.h"

#include <string.h>

enum { BATCH_EVENTS = 128, BATCH_BYTES = 1 << 20, READY_WAIT_MS = 60000, RETRY_MS = 1000 };

enum phase {
    PHASE_IDLE,
    PHASE_WAITING, /* for Redis */
    PHASE_PAUSED,  /* the timer runs */
    PHASE_BUSY,    /* a batch is under way */
};

enum slot_state {
    SLOT_LATER, /* not stored, or no answer yet */
    SLOT_STORED,
    SLOT_REFUSED, /* never will be */
};

/* One event of the batch. */
struct slot {
    struct spill_drain *drain;
    uint64_t end; /* of its record */
    char *lane;   /* NULL when the record cannot be read */
    enum slot_state state;
};

struct spill_drain {
    struct spill_file *file;
    struct queue *queue;
    struct timer *timer;
    enum phase phase;
    bool is_quiet;
    bool is_stuck; /* said so in the log */
    size_t queued; /* since the file was empty */
    struct buf record;
    struct slot slots[BATCH_EVENTS];
    size_t count;
    size_t bytes;
    size_t unanswered;
    struct error trouble; /* why the first one that was not stored was not; ERROR_NONE when all were */
};

/* ---- waiting ---- */

static void begin(struct spill_drain *drain);

static void on_queue_ready(void *arg, const struct error *err)
{
    struct spill_drain *drain = arg;

    (void)err; /* not ready in time: begin waits again */
    drain->phase = PHASE_IDLE;
    begin(drain);
}

static void on_timer(void *arg)
{
    struct spill_drain *drain = arg;

    drain->phase = PHASE_IDLE;
    begin(drain);
}

static void pause_for(struct spill_drain *drain, int64_t ms)
{
    drain->phase = PHASE_PAUSED;
    timer_start(drain->timer, ms);
}

static void get_stuck(struct spill_drain *drain, const struct error *why)
{
    if (!drain->is_stuck)
        log_warn("the spill waits: %s events=%zu", why->text, spill_file_events(drain->file));
    drain->is_stuck = true;
    pause_for(drain, RETRY_MS);
}

/* ---- a batch is answered ---- */

/* The record at the position goes into the file of refused ones. */
static bool set_aside(struct spill_drain *drain, struct error *err)
{
    uint64_t at = spill_file_position(drain->file);

    return spill_file_read(drain->file, &at, &drain->record, err) == SPILL_RECORD &&
           spill_file_refuse(drain->file, drain->record.data, drain->record.size, err);
}

/* Passes over the events at the front that are stored or set aside; those behind the first other one come again, and
 * the queue knows the ones it has. */
static bool pass_settled(struct spill_drain *drain, struct error *err)
{
    for (size_t i = 0; i < drain->count; i++) {
        const struct slot *slot = &drain->slots[i];

        if (slot->state == SLOT_LATER) {
            *err = drain->trouble;
            return false;
        }
        if (slot->state == SLOT_REFUSED && !set_aside(drain, err))
            return false;
        spill_file_pass(drain->file, slot->end);
        drain->queued += slot->state == SLOT_STORED;
    }
    return true;
}

static void forget_batch(struct spill_drain *drain)
{
    for (size_t i = 0; i < drain->count; i++)
        mem_free(drain->slots[i].lane);
    drain->count = drain->bytes = 0;
}

static void say_when_empty(struct spill_drain *drain)
{
    if (!spill_file_is_empty(drain->file) || drain->queued == 0)
        return;
    log_info("the spill is empty again: its events are queued events=%zu", drain->queued);
    drain->queued = 0;
}

static void finish_batch(struct spill_drain *drain)
{
    struct error err;
    bool is_whole = pass_settled(drain, &err);

    forget_batch(drain);
    say_when_empty(drain);
    if (is_whole)
        drain->is_stuck = false;
    if (drain->is_quiet)
        drain->phase = PHASE_IDLE;
    else if (is_whole)
        pause_for(drain, 0); /* deliveries have their turn in between */
    else
        get_stuck(drain, &err);
}

static void note_trouble(struct spill_drain *drain, const struct error *err)
{
    if (drain->trouble.kind == ERROR_NONE && err)
        drain->trouble = *err;
    else if (drain->trouble.kind == ERROR_NONE)
        error_set(&drain->trouble, ERROR_LIMIT, "the queue is full");
}

static void refuse(struct slot *slot, const char *id, const struct error *err)
{
    log_error("an event of the spill is refused for good: %s id=%s kept=%s/events.refused", err->text, id,
              spill_file_directory(slot->drain->file));
    slot->state = SLOT_REFUSED;
}

/* What each answer means; all others mean "later". */
static const enum slot_state meanings[] = {
    [QUEUE_STORED] = SLOT_STORED,
    [QUEUE_DUPLICATE] = SLOT_STORED,
    [QUEUE_FULL] = SLOT_LATER,
    [QUEUE_UNAVAILABLE] = SLOT_LATER,
};

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct slot *slot = arg;
    struct spill_drain *drain = slot->drain;

    slot->state = result < COUNT_OF(meanings) ? meanings[result] : SLOT_LATER;
    if (err && err->kind == ERROR_INVALID)
        refuse(slot, id, err);
    else if (slot->state == SLOT_LATER)
        note_trouble(drain, err);
    if (--drain->unanswered == 0)
        finish_batch(drain);
}

/* ---- a batch is sent ---- */

static bool has_lane(const struct spill_drain *drain, const char *lane)
{
    for (size_t i = 0; i < drain->count; i++)
        if (drain->slots[i].lane && strcmp(drain->slots[i].lane, lane) == 0)
            return true;
    return false;
}

static void add_slot(struct spill_drain *drain, uint64_t end, char *lane)
{
    drain->bytes += drain->record.size;
    drain->slots[drain->count++] = (struct slot){.drain = drain, .end = end, .lane = lane};
}

/* Sends the event in drain->record; false when the batch ends before it. */
static bool send_record(struct spill_drain *drain, uint64_t end)
{
    struct event event;
    struct error err;

    if (!event_decode(drain->record.data, drain->record.size, &event, &err)) {
        add_slot(drain, end, NULL);
        refuse(&drain->slots[drain->count - 1], "unknown", &err);
        return true;
    }
    char *lane = lane_name_of(&event);
    if (has_lane(drain, lane)) {
        mem_free(lane);
        return false;
    }
    add_slot(drain, end, lane);
    drain->unanswered++;
    queue_enqueue(drain->queue, &event, on_stored, &drain->slots[drain->count - 1]);
    return true;
}

static enum spill_read send_batch(struct spill_drain *drain, struct error *err)
{
    uint64_t at = spill_file_position(drain->file);
    enum spill_read read = SPILL_RECORD;

    drain->trouble.kind = ERROR_NONE;
    while (read == SPILL_RECORD && drain->count < BATCH_EVENTS && drain->bytes < BATCH_BYTES) {
        read = spill_file_read(drain->file, &at, &drain->record, err);
        if (read == SPILL_RECORD && !send_record(drain, at))
            break;
    }
    return read;
}

/* There was only damage, now set aside; or there are only events gathered in memory, whose flush kicks. */
static void come_to_rest(struct spill_drain *drain)
{
    drain->phase = PHASE_IDLE;
    say_when_empty(drain);
}

/* Any phase but idle goes on by itself. */
static void begin(struct spill_drain *drain)
{
    struct error err;

    if (drain->is_quiet || spill_file_is_empty(drain->file))
        return;
    if (!queue_is_ready(drain->queue)) {
        drain->phase = PHASE_WAITING;
        queue_when_ready(drain->queue, READY_WAIT_MS, on_queue_ready, drain);
        return;
    }
    drain->phase = PHASE_BUSY;
    enum spill_read read = send_batch(drain, &err);
    if (drain->unanswered > 0)
        return;
    if (drain->count > 0)
        finish_batch(drain);
    else if (read == SPILL_FAILED)
        get_stuck(drain, &err);
    else
        come_to_rest(drain);
}

/* ---- life ---- */

struct spill_drain *spill_drain_new(struct loop *loop, struct spill_file *file, struct queue *queue)
{
    struct spill_drain *drain = mem_new(sizeof(*drain));

    drain->file = file;
    drain->queue = queue;
    drain->timer = timer_new(loop, on_timer, drain);
    buf_init(&drain->record, SPILL_RECORD_MAX);
    return drain;
}

void spill_drain_free(struct spill_drain *drain)
{
    if (!drain)
        return;
    timer_free(drain->timer);
    buf_clear(&drain->record);
    mem_free(drain);
}

void spill_drain_kick(struct spill_drain *drain)
{
    if (drain->phase == PHASE_IDLE)
        begin(drain);
}

void spill_drain_quiet(struct spill_drain *drain)
{
    drain->is_quiet = true;
    timer_stop(drain->timer);
}
