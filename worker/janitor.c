/*
 * janitor.c - two timers, each waiting for the answer of its last round before the next begins.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/janitor.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/inspect.h"

#include <string.h>

#define UPKEEP_EVERY_MS 1000
#define UPKEEP_LEAST_MS 100 /* between two steps that found nothing, whatever is due: leases, mostly, are renewed */
#define UPKEEP_SOON_MS  20  /* when the last step found work: there may be more */
#define PROBE_EVERY_MS  60000

struct janitor {
    struct queue *queue;
    struct setup *setup;
    struct timer *upkeep;
    struct timer *probe;
    struct probe_call *calls; /* probes of this round, linked; they go with the next */
};

/* One account's key being tried. */
struct probe_call {
    struct probe_call *next;
    struct janitor *janitor;
    struct setup *setup; /* held */
    struct gateway_call *call;
    char *account;
};

/* ---- upkeep ---- */

/* Just when the next lease runs out or the next lane is due, so that what a lost worker held does not wait for longer
 * than it must. */
static int64_t next_step_ms(const struct upkeep *upkeep)
{
    if (upkeep->has_more || upkeep->reclaimed + upkeep->buried + upkeep->trimmed + upkeep->woken > 0)
        return UPKEEP_SOON_MS;
    if (upkeep->next_due_ms < 0 || upkeep->next_due_ms > UPKEEP_EVERY_MS)
        return UPKEEP_EVERY_MS;
    return upkeep->next_due_ms > UPKEEP_LEAST_MS ? upkeep->next_due_ms : UPKEEP_LEAST_MS;
}

static void on_kept(void *arg, const struct upkeep *upkeep, const struct error *err)
{
    struct janitor *janitor = arg;

    if (!err && (upkeep->reclaimed > 0 || upkeep->buried > 0))
        log_warn("took back events of lost workers reclaimed=%u poison=%u", upkeep->reclaimed, upkeep->buried);
    timer_start(janitor->upkeep, err ? UPKEEP_EVERY_MS : next_step_ms(upkeep));
}

static void on_upkeep(void *arg)
{
    struct janitor *janitor = arg;

    queue_upkeep(janitor->queue, on_kept, janitor);
}

/* ---- probing suspended accounts ---- */

static void probe_free(struct probe_call *probe)
{
    struct probe_call **place = &probe->janitor->calls;

    while (*place != probe)
        place = &(*place)->next;
    *place = probe->next;
    gateway_cancel(probe->call);
    setup_release(probe->setup);
    mem_free(probe->account);
    mem_free(probe);
}

static void on_resumed(void *arg, const struct error *err)
{
    (void)arg;
    if (err)
        log_warn("cannot resume an account now, trying again: %s", err->text);
}

/* The probe stays until the next round: it may hold the last of a setup that the caller is still at work in. */
static void on_probed(void *arg, const struct answer *answer)
{
    struct probe_call *probe = arg;

    probe->call = NULL;
    if (answer->meaning == MEANING_OK) {
        log_info("account %s: its key works again, resuming", probe->account);
        queue_resume_suspended(probe->janitor->queue, probe->account, on_resumed, NULL);
    }
}

static void probe(struct janitor *janitor, const char *account)
{
    struct gateway *gateway = setup_gateway(janitor->setup, account);
    struct request request = {0};

    if (!gateway)
        return;
    struct probe_call *call = mem_new(sizeof(*call));
    call->janitor = janitor;
    call->next = janitor->calls;
    janitor->calls = call;
    call->setup = setup_hold(janitor->setup);
    call->account = mem_string(account);
    request_get(&request, "/api/v1/users");
    request_query(&request, "page[size]", "1");
    call->call = gateway_send(gateway, &request, (struct gateway_ticket){.is_paid = true}, on_probed, call);
    request_clear(&request);
}

static void on_status(void *arg, const cJSON *report, const struct error *err)
{
    struct janitor *janitor = arg;
    const cJSON *account;

    timer_start(janitor->probe, PROBE_EVERY_MS);
    if (err)
        return;
    cJSON_ArrayForEach(account, json_get(report, "accounts"))
    {
        if (strcmp(json_get_string(account, "state", ""), "suspended") == 0)
            probe(janitor, json_get_string(account, "name", ""));
    }
}

static void on_probe(void *arg)
{
    struct janitor *janitor = arg;

    while (janitor->calls)
        probe_free(janitor->calls);
    queue_status(janitor->queue, on_status, janitor);
}

/* ---- life ---- */

struct janitor *janitor_open(struct loop *loop, struct queue *queue, struct setup *setup)
{
    struct janitor *janitor = mem_new(sizeof(*janitor));

    janitor->queue = queue;
    janitor->setup = setup_hold(setup);
    janitor->upkeep = timer_new(loop, on_upkeep, janitor);
    janitor->probe = timer_new(loop, on_probe, janitor);
    timer_start(janitor->upkeep, UPKEEP_EVERY_MS);
    timer_start(janitor->probe, PROBE_EVERY_MS);
    return janitor;
}

void janitor_reload(struct janitor *janitor, struct setup *setup)
{
    if (!janitor)
        return;
    setup_release(janitor->setup);
    janitor->setup = setup_hold(setup);
}

void janitor_close(struct janitor *janitor)
{
    if (!janitor)
        return;
    while (janitor->calls)
        probe_free(janitor->calls);
    timer_free(janitor->upkeep);
    timer_free(janitor->probe);
    setup_release(janitor->setup);
    mem_free(janitor);
}
