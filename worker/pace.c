/*
 * pace.c - three lists: those who go next, those who know when, those who have asked. One timer, one reservation
 * at a time.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/pace.h"

#include "base/clock.h"
#include "base/mem.h"

#define ASK_AGAIN_MS 250 /* while Redis cannot say */

TAILQ_HEAD(turns, turn);

struct pace {
    struct queue *queue;
    const char *account;
    struct timer *timer;
    struct turns free;    /* go at the next turn of the loop */
    struct turns granted; /* in order of due_ms */
    struct turns asking;
    bool is_limited;
    bool is_reserving;
    bool is_closed; /* freed while a reservation was under way: its answer frees the rest */
};

static void arm(struct pace *pace)
{
    const struct turn *next = TAILQ_FIRST(&pace->granted);

    if (!TAILQ_EMPTY(&pace->free) || (!TAILQ_EMPTY(&pace->asking) && !pace->is_reserving))
        timer_start(pace->timer, 0);
    else if (next)
        timer_start(pace->timer, next->due_ms - clock_monotonic_ms());
    else
        timer_stop(pace->timer);
}

static void grant(struct pace *pace, double wait_ms, double interval_ms, unsigned count)
{
    int64_t now_ms = clock_monotonic_ms();
    struct turn *turn;

    for (unsigned i = 0; i < count && (turn = TAILQ_FIRST(&pace->asking)); i++) {
        TAILQ_REMOVE(&pace->asking, turn, entry);
        turn->state = TURN_GRANTED;
        turn->due_ms = now_ms + (int64_t)(wait_ms + i * interval_ms);
        TAILQ_INSERT_TAIL(&pace->granted, turn, entry);
    }
}

/* One reservation, and who it was for. */
struct reservation {
    struct pace *pace;
    unsigned count;
};

static void on_reserved(void *arg, int64_t wait_ms, double interval_ms, const struct error *err)
{
    struct reservation *reservation = arg;
    struct pace *pace = reservation->pace;

    pace->is_reserving = false;
    if (pace->is_closed) {
        mem_free(pace);
    } else if (err) {
        timer_start(pace->timer, ASK_AGAIN_MS);
    } else {
        grant(pace, (double)wait_ms, interval_ms, reservation->count);
        arm(pace);
    }
    mem_free(reservation);
}

static void reserve(struct pace *pace)
{
    struct reservation *reservation = mem_new(sizeof(*reservation));
    struct turn *turn;

    reservation->pace = pace;
    TAILQ_FOREACH(turn, &pace->asking, entry)
    reservation->count++;
    pace->is_reserving = true;
    queue_reserve(pace->queue, pace->account, reservation->count, on_reserved, reservation);
}

/* Takes turn out of list and lets it go. */
static void go(struct turns *list, struct turn *turn)
{
    TAILQ_REMOVE(list, turn, entry);
    turn->state = TURN_IDLE;
    turn->fn(turn->arg);
}

static void on_timer(void *arg)
{
    struct pace *pace = arg;
    const struct turn *last_free = TAILQ_LAST(&pace->free, turns);
    int64_t now_ms = clock_monotonic_ms();
    struct turn *turn;
    bool is_last = !last_free;

    while (!is_last && (turn = TAILQ_FIRST(&pace->free))) {
        is_last = turn == last_free;
        go(&pace->free, turn);
    }
    while ((turn = TAILQ_FIRST(&pace->granted)) && turn->due_ms <= now_ms)
        go(&pace->granted, turn);
    if (!TAILQ_EMPTY(&pace->asking) && !pace->is_reserving)
        reserve(pace);
    arm(pace);
}

struct pace *pace_new(struct loop *loop, struct queue *queue, const char *account, bool is_limited)
{
    struct pace *pace = mem_new(sizeof(*pace));

    pace->queue = queue;
    pace->account = account;
    pace->timer = timer_new(loop, on_timer, pace);
    pace->is_limited = is_limited;
    TAILQ_INIT(&pace->free);
    TAILQ_INIT(&pace->granted);
    TAILQ_INIT(&pace->asking);
    return pace;
}

void pace_free(struct pace *pace)
{
    if (!pace)
        return;
    timer_free(pace->timer);
    pace->timer = NULL;
    pace->is_closed = true;
    if (!pace->is_reserving)
        mem_free(pace);
}

void pace_ask(struct pace *pace, struct turn *turn, bool is_free)
{
    bool goes_next = is_free || !pace->is_limited;

    turn->state = goes_next ? TURN_FREE : TURN_ASKING;
    if (goes_next)
        TAILQ_INSERT_TAIL(&pace->free, turn, entry);
    else
        TAILQ_INSERT_TAIL(&pace->asking, turn, entry);
    arm(pace);
}

void pace_cancel(struct pace *pace, struct turn *turn)
{
    struct turns *const lists[] = {
        [TURN_FREE] = &pace->free, [TURN_GRANTED] = &pace->granted, [TURN_ASKING] = &pace->asking};

    if (turn->state != TURN_IDLE)
        TAILQ_REMOVE(lists[turn->state], turn, entry);
    turn->state = TURN_IDLE;
}
