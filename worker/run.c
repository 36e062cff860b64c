/*
 * run.c - plan, then for each action: step, send, step, … and at the end one settlement.
 *
 * Called by worker.c. It knows no Redis and no HTTP: requests go through the gateway, the end goes to the worker.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/run.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "handlers/handler.h"
#include "rules/rules.h"
#include "worker/progress.h"
#include "worker/retry.h"
#include "worker/trace.h"

#include <string.h>

#define RUN_POSTPONE_MS     (60LL * 1000)        /* how long an event waits for a newer configuration */
#define RUN_POSTPONE_MAX_MS (24 * 3600LL * 1000) /* and when it has waited long enough for a configuration */
#define RUN_STEPS_MAX       500 /* requests of one action: a handler that wants more goes round in circles */

struct run {
    struct run_link link;
    struct setup *setup;
    char event_id[ULID_SIZE];
    char *account, *event_source; /* the event's, as it names them */
    int64_t received_ms;
    char *lane;
    uint64_t token;
    unsigned attempts;
    int64_t lease_until_ms;

    const struct source *source;
    struct gateway *gateway;
    struct plan plan;
    size_t at; /* the action in plan that is running */
    struct action action;
    char ref[REF_SIZE];
    unsigned steps; /* of this action */
    bool has_sent;  /* the claim's prepaid request is used up */
    bool was_interrupted;
    struct request request;
    struct gateway_call *call;

    struct progress progress;
    struct trace trace;
    struct settlement settlement;
    char *reason, *progress_text, *trace_text;
    bool has_ended;
    run_ended_fn *fn;
    void *arg;
};

static void next_action(struct run *run);
static void step(struct run *run, const struct response *last);

/* ---- ending ---- */

static void end(struct run *run, enum outcome outcome, int64_t delay_ms, const char *reason)
{
    run->has_ended = true;
    run->reason = mem_string(reason);
    if (outcome == OUTCOME_DONE)
        progress_close(&run->progress);
    else if (outcome == OUTCOME_DEAD)
        run->progress.spent_ms = 0; /* a replay has all its time again */
    run->progress_text = progress_print(&run->progress);
    run->trace_text = trace_print(&run->trace, outcome, reason);
    run->settlement = (struct settlement){.id = run->event_id,
                                          .lane = run->lane,
                                          .token = run->token,
                                          .outcome = outcome,
                                          .delay_ms = delay_ms,
                                          .reason = run->reason,
                                          .progress = run->progress_text,
                                          .trace = run->trace_text};
    log_write(outcome == OUTCOME_DONE ? LOG_DEBUG : LOG_WARN, "event %s id=%s account=%s source=%s attempt=%u%s%s",
              outcome_name(outcome), run->event_id, run->account, run->event_source, run->attempts + 1,
              *reason ? " reason=" : "", reason);
    run->fn(run->arg, run);
}

/* Ends as outcome, to be run again after delay_ms, which is counted as spent. */
static void end_waiting(struct run *run, enum outcome outcome, int64_t delay_ms, const char *reason)
{
    run->progress.spent_ms += trace_duration_ms(&run->trace) + delay_ms;
    end(run, outcome, delay_ms, reason);
}

/* Another attempt, unless the event has had its share of them or of time. What it waited for others, a suspended
 * account say, is not taken from its time. */
static void end_retry(struct run *run, int64_t at_least_ms, const char *problem)
{
    unsigned attempts = run->attempts + 1;
    int64_t spent_ms = run->progress.spent_ms + trace_duration_ms(&run->trace);

    if (attempts >= run->source->retry_attempts || spent_ms > run->source->retry_max_ms) {
        char spent[32];
        char *reason = mem_printf("gave up after %u attempts in %s: %s", attempts,
                                  clock_format_duration(spent_ms, spent, sizeof(spent)), problem);
        end(run, OUTCOME_DEAD, 0, reason);
        mem_free(reason);
    } else {
        end_waiting(run, OUTCOME_RETRY, retry_draw_ms(attempts, at_least_ms), problem);
    }
}

/* The action that failed, in front of why: "rule 1 (assessment.completed), action 2 (post_comment), text: …". */
static void end_dead(struct run *run, const struct error *err)
{
    char *reason =
        mem_printf("%s%s%s: %s", run->plan.actions[run->at].where, *err->where ? ", " : "", err->where, err->text);

    end(run, OUTCOME_DEAD, 0, reason);
    mem_free(reason);
}

/* While a new configuration is being rolled out, events of a new source may reach a worker that has the old one. */
static void end_unconfigured(struct run *run, const char *what, const char *name)
{
    char *reason = mem_printf("%s %s is not in this worker's configuration", what, name);

    if (run->progress.spent_ms > RUN_POSTPONE_MAX_MS)
        end(run, OUTCOME_DEAD, 0, reason);
    else
        end_waiting(run, OUTCOME_POSTPONE, RUN_POSTPONE_MS, reason);
    mem_free(reason);
}

static void end_late(struct run *run)
{
    end(run, OUTCOME_GIVE_BACK, 0, "the lease ran out before it could be renewed");
}

/* ---- one action ---- */

static void on_answer(void *arg, const struct answer *answer)
{
    struct run *run = arg;

    run->call = NULL;
    trace_request(&run->trace, run->request.method, run->request.path, answer->response.status, answer->duration_ms,
                  answer->problem);
    if (answer->maybe_written)
        progress_set_in_doubt(&run->progress, run->ref);
    if (answer->is_late) {
        end_late(run);
        return;
    }
    switch (answer->meaning) {
    case MEANING_OK:
    case MEANING_REFUSED:
        step(run, &answer->response);
        break;
    case MEANING_RETRY:
        end_retry(run, answer->delay_ms, answer->problem);
        break;
    case MEANING_LIMITED:
        end(run, OUTCOME_LIMITED, answer->delay_ms, answer->problem);
        break;
    case MEANING_SUSPENDED:
        end(run, OUTCOME_SUSPENDED, 0, answer->problem);
        break;
    }
}

static void send_request(struct run *run)
{
    const struct gateway_ticket ticket = {.is_paid = !run->has_sent, .lease_until_ms = &run->lease_until_ms};

    if (clock_monotonic_ms() >= run->lease_until_ms) {
        end_late(run);
        return;
    }
    if (++run->steps > RUN_STEPS_MAX) {
        end_dead(run, &(struct error){.text = "the action asked for too many requests"});
        return;
    }
    run->has_sent = true;
    run->call = gateway_send(run->gateway, &run->request, ticket, on_answer, run);
    mem_free(run->request.body); /* many runs wait at a time, and the gateway has its copy */
    run->request.body = NULL;
}

static void step(struct run *run, const struct response *last)
{
    struct error err = {0};

    request_clear(&run->request);
    run->action.now_ms = clock_now_ms();
    switch (run->action.handler->step(&run->action, last, &run->request, &err)) {
    case STEP_SEND:
        send_request(run);
        break;
    case STEP_DONE:
        trace_effect(&run->trace, run->action.effect ? run->action.effect : "");
        progress_set_done(&run->progress, run->ref);
        run->at++;
        next_action(run);
        break;
    case STEP_FAIL:
        end_dead(run, &err);
        break;
    }
}

/* How many earlier actions of the plan have the same name: the ref must not depend on their order with others. */
static size_t ordinal(const struct plan *plan, size_t at)
{
    size_t count = 0;

    for (size_t i = 0; i < at; i++)
        count += strcmp(plan->actions[i].name, plan->actions[at].name) == 0;
    return count;
}

static void start_action(struct run *run)
{
    const struct planned *planned = &run->plan.actions[run->at];

    action_clear(&run->action);
    action_init(&run->action, handler_named(planned->name));
    run->action.args = planned->args;
    run->action.ref = run->ref;
    run->action.catalogue = gateway_catalogue(run->gateway);
    run->action.received_ms = run->received_ms;
    run->action.outcome_unknown = progress_is_in_doubt(&run->progress, run->ref);
    run->steps = 0;
    trace_action(&run->trace, planned->name, planned->where);
    step(run, NULL);
}

static void next_action(struct run *run)
{
    for (; run->at < run->plan.count; run->at++) {
        const struct planned *planned = &run->plan.actions[run->at];
        progress_ref(run->event_id, planned->name, ordinal(&run->plan, run->at), run->ref);
        if (!progress_is_done(&run->progress, run->ref)) {
            start_action(run);
            return;
        }
    }
    end(run, OUTCOME_DONE, 0, "");
}

/* Nothing to do is no failure, but it may be a mistyped type: it is said where the event is looked at. */
static void end_unmatched(struct run *run, const char *type)
{
    char *reason = mem_printf("no rule of source %s matches %s", run->source->name, type);

    end(run, OUTCOME_DONE, 0, reason);
    mem_free(reason);
}

/* ---- the whole ---- */

/* An interrupted run may have begun any action that was not done: all of them are in doubt from now on. */
static void doubt_all(struct run *run)
{
    char ref[REF_SIZE];

    for (size_t i = 0; i < run->plan.count; i++) {
        progress_ref(run->event_id, run->plan.actions[i].name, ordinal(&run->plan, i), ref);
        if (!progress_is_done(&run->progress, ref))
            progress_set_in_doubt(&run->progress, ref);
    }
}

static void plan_and_go(struct run *run, const struct event *event)
{
    struct error err = {0};

    if (!rules_plan(run->source->rules, event, &run->plan, &err)) {
        end(run, OUTCOME_DEAD, 0, err.text);
        return;
    }
    if (run->was_interrupted)
        doubt_all(run);
    if (run->plan.count == 0)
        end_unmatched(run, event->type);
    else
        next_action(run);
}

struct run *run_new(struct setup *setup, const struct claim *claim, const char *worker)
{
    struct run *run = mem_new(sizeof(*run));

    run->link.run = run;
    run->setup = setup_hold(setup);
    memcpy(run->event_id, claim->event.id, ULID_SIZE);
    run->account = mem_string(claim->event.account);
    run->event_source = mem_string(claim->event.source);
    run->received_ms = claim->event.received_ms;
    run->lane = mem_string(claim->lane);
    run->token = claim->token;
    run->attempts = claim->attempts;
    run->was_interrupted = claim->was_interrupted;
    run->source = config_source(setup_config(setup), run->event_source);
    run->gateway = setup_gateway(setup, run->account);
    progress_init(&run->progress, claim->progress);
    trace_init(&run->trace, claim->attempts + 1, worker);
    return run;
}

void run_free(struct run *run)
{
    if (!run)
        return;
    gateway_cancel(run->call);
    request_clear(&run->request);
    action_clear(&run->action);
    plan_clear(&run->plan);
    progress_clear(&run->progress);
    trace_clear(&run->trace);
    mem_free(run->reason);
    mem_free(run->progress_text);
    mem_free(run->trace_text);
    mem_free(run->lane);
    mem_free(run->account);
    mem_free(run->event_source);
    setup_release(run->setup);
    mem_free(run);
}

void run_start(struct run *run, const struct event *event, int64_t lease_until_ms, run_ended_fn *fn, void *arg)
{
    run->lease_until_ms = lease_until_ms;
    run->fn = fn;
    run->arg = arg;
    if (!run->source)
        end_unconfigured(run, "source", run->event_source);
    else if (!run->gateway)
        end_unconfigured(run, "account", run->account);
    else
        plan_and_go(run, event);
}

void run_renew(struct run *run, int64_t lease_until_ms)
{
    run->lease_until_ms = lease_until_ms;
}

void run_give_back(struct run *run)
{
    if (run->has_ended)
        return;
    if (gateway_cancel(run->call) && strcmp(run->request.method, "GET") != 0)
        progress_set_in_doubt(&run->progress, run->ref);
    run->call = NULL;
    end(run, OUTCOME_GIVE_BACK, 0, "the worker is stopping");
}

const struct settlement *run_settlement(const struct run *run)
{
    return &run->settlement;
}

struct lease run_lease(const struct run *run)
{
    return (struct lease){run->lane, run->token};
}

struct run_link *run_link(struct run *run)
{
    return &run->link;
}
