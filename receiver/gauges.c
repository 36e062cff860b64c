/*
 * gauges.c - which member of the report is which gauge.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/gauges.h"

#include "base/json.h"
#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

struct gauge {
    const char *member; /* of the report */
    const char *name;
    const char *help;
    double scale; /* what the member is multiplied by: milliseconds become seconds */
};

/* One number each. A member that is null counts as 0. To add one: its row, and its line in docs/operations.md. */
static const struct gauge gauges[] = {
    {"waiting", "hookline_queue_waiting", "Events that wait for a worker.", 1},
    {"bytes", "hookline_queue_bytes", "Bytes of the events that are not settled.", 1},
    {"in_flight", "hookline_queue_in_flight", "Events that a worker is running.", 1},
    {"retrying", "hookline_queue_retrying", "Events that wait for their next attempt.", 1},
    {"dead", "hookline_queue_dead", "Dead letters: events that failed for good.", 1},
    {"done", "hookline_queue_done", "Settled events that are still kept.", 1},
    {"oldest_waiting_ms", "hookline_queue_oldest_waiting_seconds", "How long the oldest event has waited.", 0.001},
};

/* The same for each account, with its name as a label. */
static const struct gauge account_gauges[] = {
    {"waiting", "hookline_account_waiting", "Events of the account that wait.", 1},
    {"in_flight", "hookline_account_in_flight", "Events of the account that a worker is running.", 1},
    {"dead", "hookline_account_dead", "Dead letters of the account.", 1},
};

static const char *const states[] = {"active", "limited", "paused", "suspended"};

static void print_heading(struct buf *out, const char *name, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static double value_of(const cJSON *object, const struct gauge *gauge)
{
    return (double)json_get_integer(object, gauge->member, 0) * gauge->scale;
}

static void print_queue(const cJSON *report, struct buf *out)
{
    for (const struct gauge *gauge = gauges; gauge < gauges + COUNT_OF(gauges); gauge++) {
        print_heading(out, gauge->name, gauge->help);
        buf_addf(out, "%s %.15g\n", gauge->name, value_of(report, gauge));
    }
    print_heading(out, "hookline_workers", "Worker processes that have shown a sign of life.");
    buf_addf(out, "hookline_workers %d\n", cJSON_GetArraySize(json_get(report, "workers")));
}

static bool is_configured(const cJSON *account, const struct config *config)
{
    return config_account(config, json_get_string(account, "name", "")) != NULL;
}

static void print_account_gauge(const cJSON *accounts, const struct gauge *gauge, const struct config *config,
                                struct buf *out)
{
    const cJSON *account;

    print_heading(out, gauge->name, gauge->help);
    cJSON_ArrayForEach(account, accounts)
    {
        if (is_configured(account, config))
            buf_addf(out, "%s{account=\"%s\"} %.15g\n", gauge->name, json_get_string(account, "name", ""),
                     value_of(account, gauge));
    }
}

static void print_states(const cJSON *account, struct buf *out)
{
    const char *now = json_get_string(account, "state", "");

    for (size_t i = 0; i < COUNT_OF(states); i++)
        buf_addf(out, "hookline_account_state{account=\"%s\",state=\"%s\"} %d\n", json_get_string(account, "name", ""),
                 states[i], strcmp(states[i], now) == 0);
}

static void print_accounts(const cJSON *accounts, const struct config *config, struct buf *out)
{
    const cJSON *account;

    for (size_t i = 0; i < COUNT_OF(account_gauges); i++)
        print_account_gauge(accounts, &account_gauges[i], config, out);
    print_heading(out, "hookline_account_state", "1 for the state that the account is in.");
    cJSON_ArrayForEach(account, accounts)
    {
        if (is_configured(account, config))
            print_states(account, out);
    }
}

void gauges_print(const cJSON *report, const struct config *config, struct buf *out)
{
    print_heading(out, "hookline_redis_up", "1 when Redis answered.");
    buf_addf(out, "hookline_redis_up %d\n", report != NULL);
    if (!report)
        return;
    print_queue(report, out);
    print_accounts(json_get(report, "accounts"), config, out);
}
