/*
 * inspect_audit.c - proves the invariants of docs/queue.md, a page of keys at a time.
 *
 * What is true of one key is proved by the audit script in one step, so a live queue gives no false alarm. Whether an
 * event is in its lane needs its record read, so that is asked after each page, and looked at again in one step. Totals
 * are compared only when nothing has moved during the walk.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/audit_totals.h"
#include "queue/inspect_state.h"
#include "queue/keys.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

enum { PROBLEMS_MAX = 1000, UNSETTLED_VALUES = 3 };

/* What the audit script answers, in its order. */
enum audit_value {
    AUDIT_CURSOR,
    AUDIT_KEYS,
    AUDIT_LANES,
    AUDIT_PROBLEMS,
    AUDIT_UNSETTLED,
    AUDIT_ACCOUNTS,
    AUDIT_COUNT
};

/* What moves whenever anything does. */
struct counts {
    int64_t events, bytes, token;
};

struct audit {
    struct shard *shard;
    cJSON *problems;
    int64_t keys, lanes;
    struct counts before;
    struct audit_totals totals;
    bool has_unread; /* records of a later version: whose they are is not known */
    char *cursor;    /* of the next page */
    char *counts_key;
    queue_report_fn *fn;
    void *arg;
};

static void add_problem(struct audit *audit, const char *key, const char *text)
{
    cJSON *problem;

    if (cJSON_GetArraySize(audit->problems) >= PROBLEMS_MAX)
        return;
    problem = cJSON_CreateObject();
    cJSON_AddItemToObject(problem, "key", inspect_string(key));
    cJSON_AddItemToObject(problem, "problem", inspect_string(text));
    cJSON_AddItemToArray(audit->problems, problem);
}

static void add_problems(struct audit *audit, const redisReply *pairs)
{
    for (size_t i = 0; i + 1 < reply_count(pairs); i += 2)
        add_problem(audit, reply_text(reply_at(pairs, i)), reply_text(reply_at(pairs, i + 1)));
}

static void finish(struct audit *audit, const struct error *err)
{
    cJSON *report = cJSON_CreateObject();

    cJSON_AddNumberToObject(report, "keys", (double)audit->keys);
    cJSON_AddNumberToObject(report, "lanes", (double)audit->lanes);
    cJSON_AddNumberToObject(report, "events", (double)audit->totals.event_count);
    cJSON_AddItemToObject(report, "problems", audit->problems);
    audit->fn(audit->arg, err ? NULL : report, err);
    cJSON_Delete(report);
    audit_totals_clear(&audit->totals);
    mem_free(audit->cursor);
    mem_free(audit->counts_key);
    mem_free(audit);
}

/* ---- totals ---- */

static void on_wrong_account(void *arg, const char *account, int64_t says, int64_t counted)
{
    struct audit *audit = arg;
    char *key = mem_printf("%sa:%s", audit->shard->tag, account);
    char *text =
        mem_printf("account counts %lld unsettled events, there are %lld", (long long)says, (long long)counted);

    if (!audit->has_unread)
        add_problem(audit, key, text);
    mem_free(key);
    mem_free(text);
}

static void compare_count(struct audit *audit, const char *what, int64_t says, int64_t counted)
{
    char *text;

    if (says == counted)
        return;
    text = mem_printf("the queue counts %lld %s, there are %lld", (long long)says, what, (long long)counted);
    add_problem(audit, audit->counts_key, text);
    mem_free(text);
}

static void compare_totals(struct audit *audit)
{
    audit_totals_compare(&audit->totals, on_wrong_account, audit);
    compare_count(audit, "unsettled events", audit->before.events, (int64_t)audit->totals.event_count);
    compare_count(audit, "bytes of unsettled events", audit->before.bytes, audit_totals_bytes(&audit->totals));
}

static struct counts counts_of(const redisReply *reply)
{
    return (struct counts){.events = reply_number(reply_at(reply, 0)),
                           .bytes = reply_number(reply_at(reply, 1)),
                           .token = reply_number(reply_at(reply, 2))};
}

static void ask_counts(struct audit *audit, redis_answer_fn *fn)
{
    struct args args;

    args_init(&args);
    args_text(&args, "HMGET");
    args_text(&args, audit->counts_key);
    args_text(&args, "events");
    args_text(&args, "bytes");
    args_text(&args, "token");
    shard_command(audit->shard, &args, fn, audit);
    args_clear(&args);
}

static void on_counts_after(void *arg, const redisReply *reply, const struct error *err)
{
    struct audit *audit = arg;
    struct counts after = counts_of(reply);

    if (!err && after.events == audit->before.events && after.bytes == audit->before.bytes &&
        after.token == audit->before.token)
        compare_totals(audit);
    finish(audit, err);
}

/* ---- pages ---- */

static void ask_page(struct audit *audit);

static void go_on(struct audit *audit)
{
    if (strcmp(audit->cursor, "0") == 0)
        ask_counts(audit, on_counts_after);
    else
        ask_page(audit);
}

static void on_events(void *arg, const redisReply *reply, const struct error *err)
{
    struct audit *audit = arg;

    if (err) {
        finish(audit, err);
        return;
    }
    add_problems(audit, reply);
    go_on(audit);
}

/* An event of another shard's account would be settled where it is not. */
static void check_shard(struct audit *audit, const char *id, const char *account)
{
    unsigned number = key_shard_of(account, audit->shard->options->shards);
    char *key, *text;

    if (number == audit->shard->number)
        return;
    key = mem_printf("%se:%s", audit->shard->tag, id);
    text = mem_printf("event of an account of shard %u", number);
    add_problem(audit, key, text);
    mem_free(key);
    mem_free(text);
}

/* A record of a later version says nothing of its lane here, so it is left out; a damaged one is a problem. at is where
 * the event starts among the unsettled ones: its id, the start of its record, its bytes. */
static void add_event(struct audit *audit, struct args *args, const redisReply *unsettled, size_t at)
{
    const char *id = reply_text(reply_at(unsettled, at));
    const redisReply *record = reply_at(unsettled, at + 1);
    int64_t bytes = reply_number(reply_at(unsettled, at + 2));
    struct event event;
    struct error err;
    char *key;

    if (event_decode_head(reply_text(record), record->len, &event, &err)) {
        audit_totals_add_event(&audit->totals, id, event.account, bytes);
        check_shard(audit, id, event.account);
        args_text(args, id);
        args_take(args, lane_name_of(&event));
        return;
    }
    audit_totals_add_event(&audit->totals, id, "", bytes);
    audit->has_unread = true;
    key = mem_printf("%se:%s", audit->shard->tag, id);
    if (err.kind == ERROR_INVALID)
        add_problem(audit, key, err.text);
    mem_free(key);
}

static void ask_events(struct audit *audit, const redisReply *unsettled)
{
    struct args args;

    args_init(&args);
    for (size_t at = 0; at + UNSETTLED_VALUES <= reply_count(unsettled); at += UNSETTLED_VALUES)
        add_event(audit, &args, unsettled, at);
    if (args.count > 0)
        shard_script(audit->shard, SCRIPT_AUDIT_EVENTS, &args, on_events, audit);
    else
        go_on(audit);
    args_clear(&args);
}

static void on_page(void *arg, const redisReply *reply, const struct error *err)
{
    struct audit *audit = arg;
    const redisReply *accounts = reply_at(reply, AUDIT_ACCOUNTS);
    struct error strange;

    if (!err && !reply_has(reply, AUDIT_COUNT, &strange))
        err = &strange;
    if (err) {
        finish(audit, err);
        return;
    }
    mem_free(audit->cursor);
    audit->cursor = mem_string(reply_text(reply_at(reply, AUDIT_CURSOR)));
    audit->keys += reply_number(reply_at(reply, AUDIT_KEYS));
    audit->lanes += reply_number(reply_at(reply, AUDIT_LANES));
    add_problems(audit, reply_at(reply, AUDIT_PROBLEMS));
    for (size_t i = 0; i + 1 < reply_count(accounts); i += 2)
        audit_totals_add_account(&audit->totals, reply_text(reply_at(accounts, i)),
                                 reply_number(reply_at(accounts, i + 1)));
    ask_events(audit, reply_at(reply, AUDIT_UNSETTLED));
}

static void ask_page(struct audit *audit)
{
    struct args args;

    args_init(&args);
    args_text(&args, audit->cursor);
    args_number(&args, EVENT_HEAD_MAX);
    args_number(&args, audit->shard->options->shards);
    shard_script(audit->shard, SCRIPT_AUDIT, &args, on_page, audit);
    args_clear(&args);
}

static void on_counts_before(void *arg, const redisReply *reply, const struct error *err)
{
    struct audit *audit = arg;

    if (err) {
        finish(audit, err);
        return;
    }
    audit->before = counts_of(reply);
    ask_page(audit);
}

void shard_audit(struct shard *shard, queue_report_fn *fn, void *arg)
{
    struct audit *audit = mem_new(sizeof(*audit));

    audit->shard = shard;
    audit->problems = cJSON_CreateArray();
    audit->cursor = mem_string("0");
    audit->counts_key = mem_printf("%sn", shard->tag);
    audit->fn = fn;
    audit->arg = arg;
    ask_counts(audit, on_counts_before);
}
