/*
 * inspect_status.c - how the queue is doing: counts, workers, accounts page by page.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "queue/inspect_state.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <stdlib.h>
#include <string.h>

enum { WORKER_VALUES = 3, ACCOUNT_VALUES = 10 };

/* What the script answers, in its order. */
enum status_value {
    STATUS_CURSOR,
    STATUS_EVENTS,
    STATUS_BYTES,
    STATUS_LEASED,
    STATUS_PARKED,
    STATUS_DEAD,
    STATUS_DONE,
    STATUS_OLDEST,
    STATUS_WORKERS,
    STATUS_ACCOUNTS,
    STATUS_COUNT,
};
enum account_value {
    ACCOUNT_NAME,
    ACCOUNT_WHY,
    ACCOUNT_REASON,
    ACCOUNT_UNTIL,
    ACCOUNT_READY,
    ACCOUNT_IN_FLIGHT,
    ACCOUNT_RATE,
    ACCOUNT_WAITING,
    ACCOUNT_DONE,
    ACCOUNT_DEAD,
};

struct status {
    struct shard *shard;
    cJSON *report;
    cJSON *accounts;
    char oldest[ULID_SIZE]; /* "" for none yet */
    queue_report_fn *fn;
    void *arg;
};

/* What an account's parking is called for people. Its own rate and its own limit in flight are no event worth a word.
 */
static const struct parking {
    const char *why, *state, *reason;
} parkings[] = {
    {"paused", "paused", NULL},
    {"suspended", "suspended", NULL},
    {"limited", "limited", "Pinpoint asked to slow down"},
    {"rate", "active", "at its rate"},
    {"capped", "active", "at its limit in flight"},
    {"", "active", ""},
};

static void send_page(struct status *status, const char *cursor);

static void finish(struct status *status, const struct error *err)
{
    cJSON *report = err ? NULL : status->report;
    queue_report_fn *fn = status->fn;
    void *arg = status->arg;
    cJSON *owned = status->report;

    mem_free(status);
    fn(arg, report, err);
    cJSON_Delete(owned);
}

static const struct parking *parking_of(const char *why)
{
    const struct parking *parking = parkings;

    while (parking->why[0] && strcmp(parking->why, why) != 0)
        parking++;
    return parking;
}

/* A number, or null for what is not there or never ends. */
static cJSON *number_or_null(const redisReply *reply)
{
    double number = strtod(reply_text(reply), NULL);

    if (!reply_text(reply)[0] || number > 1e15)
        return cJSON_CreateNull();
    return cJSON_CreateNumber(number);
}

static cJSON *account_of(const redisReply *rows, size_t at)
{
    const redisReply *const *value = (const redisReply *const *)rows->element + at;
    const struct parking *parking = parking_of(reply_text(value[ACCOUNT_WHY]));
    cJSON *account = cJSON_CreateObject();

    cJSON_AddItemToObject(account, "name", inspect_string(reply_text(value[ACCOUNT_NAME])));
    cJSON_AddStringToObject(account, "state", parking->state);
    cJSON_AddItemToObject(account, "reason",
                          inspect_string(parking->reason ? parking->reason : reply_text(value[ACCOUNT_REASON])));
    cJSON_AddItemToObject(account, "until_ms", number_or_null(value[ACCOUNT_UNTIL]));
    cJSON_AddNumberToObject(account, "ready_lanes", (double)reply_number(value[ACCOUNT_READY]));
    cJSON_AddNumberToObject(account, "in_flight", (double)reply_number(value[ACCOUNT_IN_FLIGHT]));
    cJSON_AddItemToObject(account, "rate", number_or_null(value[ACCOUNT_RATE]));
    cJSON_AddNumberToObject(account, "waiting", (double)reply_number(value[ACCOUNT_WAITING]));
    cJSON_AddNumberToObject(account, "done", (double)reply_number(value[ACCOUNT_DONE]));
    cJSON_AddNumberToObject(account, "dead", (double)reply_number(value[ACCOUNT_DEAD]));
    return account;
}

static void add_accounts(struct status *status, const redisReply *rows)
{
    for (size_t at = 0; at + ACCOUNT_VALUES <= reply_count(rows); at += ACCOUNT_VALUES)
        cJSON_AddItemToArray(status->accounts, account_of(rows, at));
}

static void add_counts(cJSON *report, const redisReply *reply)
{
    int64_t events = reply_number(reply_at(reply, STATUS_EVENTS));
    int64_t leased = reply_number(reply_at(reply, STATUS_LEASED));
    int64_t parked = reply_number(reply_at(reply, STATUS_PARKED));

    cJSON_AddNumberToObject(report, "waiting", (double)(events - leased - parked));
    cJSON_AddNumberToObject(report, "bytes", (double)reply_number(reply_at(reply, STATUS_BYTES)));
    cJSON_AddNumberToObject(report, "in_flight", (double)leased);
    cJSON_AddNumberToObject(report, "retrying", (double)parked);
    cJSON_AddNumberToObject(report, "dead", (double)reply_number(reply_at(reply, STATUS_DEAD)));
    cJSON_AddNumberToObject(report, "done", (double)reply_number(reply_at(reply, STATUS_DONE)));
}

static void add_workers(cJSON *report, const redisReply *rows)
{
    cJSON *workers = cJSON_AddArrayToObject(report, "workers");

    for (size_t at = 0; at + WORKER_VALUES <= reply_count(rows); at += WORKER_VALUES) {
        cJSON *worker = cJSON_CreateObject();

        cJSON_AddItemToObject(worker, "id", inspect_string(reply_text(reply_at(rows, at))));
        cJSON_AddNumberToObject(worker, "heartbeat_ms_ago", (double)reply_number(reply_at(rows, at + 1)));
        cJSON_AddNumberToObject(worker, "in_flight", (double)reply_number(reply_at(rows, at + 2)));
        cJSON_AddItemToArray(workers, worker);
    }
}

static void note_oldest(struct status *status, const char *id)
{
    if (ulid_is(id) && (!status->oldest[0] || strcmp(id, status->oldest) < 0))
        memcpy(status->oldest, id, ULID_SIZE);
}

static void add_oldest(const struct status *status)
{
    int64_t age_ms = status->oldest[0] ? clock_now_ms() - ulid_time_ms(status->oldest) : -1;

    cJSON_AddItemToObject(status->report, "oldest_waiting_ms",
                          status->oldest[0] ? cJSON_CreateNumber((double)(age_ms > 0 ? age_ms : 0))
                                            : cJSON_CreateNull());
    cJSON_AddItemToObject(status->report, "accounts", status->accounts);
}

static void on_page(void *arg, const redisReply *reply, const struct error *err)
{
    struct status *status = arg;
    struct error strange;

    if (!err && !reply_has(reply, STATUS_COUNT, &strange))
        err = &strange;
    if (err) {
        cJSON_Delete(status->accounts);
        finish(status, err);
        return;
    }
    if (cJSON_GetArraySize(status->report) == 0) {
        add_counts(status->report, reply);
        add_workers(status->report, reply_at(reply, STATUS_WORKERS));
    }
    add_accounts(status, reply_at(reply, STATUS_ACCOUNTS));
    note_oldest(status, reply_text(reply_at(reply, STATUS_OLDEST)));
    if (strcmp(reply_text(reply_at(reply, STATUS_CURSOR)), "0") != 0) {
        send_page(status, reply_text(reply_at(reply, STATUS_CURSOR)));
        return;
    }
    add_oldest(status);
    finish(status, NULL);
}

static void send_page(struct status *status, const char *cursor)
{
    struct args args;

    args_init(&args);
    args_text(&args, cursor);
    shard_script(status->shard, SCRIPT_STATUS, &args, on_page, status);
    args_clear(&args);
}

void shard_status(struct shard *shard, queue_report_fn *fn, void *arg)
{
    struct status *status = mem_new(sizeof(*status));

    status->shard = shard;
    status->report = cJSON_CreateObject();
    status->accounts = cJSON_CreateArray();
    status->fn = fn;
    status->arg = arg;
    send_page(status, "0");
}
