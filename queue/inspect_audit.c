/*
 * inspect_audit.c - proves the invariants of docs/queue.md, a page of keys at a time.
 *
 * What is true of one key is proved by the audit script in one step, so a live queue gives no false alarm. Whether an
 * event is in its lane needs its record read, so that is asked after each page, and looked at again in one step. What
 * would need a long list to be searched is left to audit_open.c. Totals are compared only when nothing has moved during
 * the walk.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/inspect_audit.h"
#include "base/mem.h"
#include "queue/audit_open.h"
#include "queue/audit_strays.h"
#include "queue/audit_totals.h"
#include "queue/inspect_state.h"
#include "queue/keys.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

enum { PROBLEM_VALUES = 3, UNSETTLED_VALUES = 3 };

/* What the audit script answers, in its order. */
enum audit_value {
    AUDIT_CURSOR,
    AUDIT_KEYS,
    AUDIT_LANES,
    AUDIT_PROBLEMS,
    AUDIT_UNSETTLED,
    AUDIT_ACCOUNTS,
    AUDIT_OPEN,
    AUDIT_IN_LANES,
    AUDIT_COUNT
};

struct audit {
    struct shard *shard;
    struct audit_result result;
    struct audit_totals totals;
    struct audit_open *open;
    struct audit_strays strays;
    bool has_unread; /* records of a later version: whose they are is not known */
    char *cursor;    /* of the next page */
    char *counts_key;
    audit_done_fn *fn;
    void *arg;
};

static void on_problem(void *arg, const redisReply *values, size_t at)
{
    struct audit *audit = arg;

    audit_result_add(&audit->result, reply_text(reply_at(values, at)), reply_text(reply_at(values, at + 1)),
                     reply_text(reply_at(values, at + 2)));
}

static void add_problems(struct audit *audit, const redisReply *values)
{
    for (size_t i = 0; i + PROBLEM_VALUES <= reply_count(values); i += PROBLEM_VALUES)
        on_problem(audit, values, i);
}

static void finish(struct audit *audit, const struct error *err)
{
    audit->result.events = (int64_t)audit->totals.event_count;
    audit->fn(audit->arg, err ? NULL : &audit->result, err);
    audit_result_clear(&audit->result);
    audit_totals_clear(&audit->totals);
    audit_open_free(audit->open);
    audit_strays_clear(&audit->strays);
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

    char *subject = mem_printf("%lld", (long long)counted);

    if (!audit->has_unread)
        audit_result_add(&audit->result, key, text, subject);
    mem_free(key);
    mem_free(text);
    mem_free(subject);
}

/* field is what the count is called in its key. */
static void compare_count(struct audit *audit, const char *field, int64_t says, int64_t counted)
{
    bool is_bytes = strcmp(field, "bytes") == 0;
    char *text, *subject;

    if (says == counted)
        return;
    text = mem_printf("the queue counts %lld %sunsettled events, there are %lld", (long long)says,
                      is_bytes ? "bytes of " : "", (long long)counted);
    subject = mem_printf("%s %lld", field, (long long)counted);
    audit_result_add(&audit->result, audit->counts_key, text, subject);
    mem_free(text);
    mem_free(subject);
}

static void on_stray(void *arg, const char *lane, const char *id)
{
    struct audit *audit = arg;
    char *key = mem_printf("%sl:%s", audit->shard->tag, lane);
    char *text = mem_printf("event in the lane is of another: %s", id);

    if (!audit->has_unread)
        audit_result_add(&audit->result, key, text, id);
    mem_free(key);
    mem_free(text);
}

static void compare_totals(struct audit *audit)
{
    audit_strays_compare(&audit->strays, on_stray, audit);
    audit_totals_compare(&audit->totals, on_wrong_account, audit);
    compare_count(audit, "events", audit->result.before.events, (int64_t)audit->totals.event_count);
    compare_count(audit, "bytes", audit->result.before.bytes, audit_totals_bytes(&audit->totals));
}

static struct audit_counts counts_of(const redisReply *reply)
{
    return (struct audit_counts){.events = reply_number(reply_at(reply, 0)),
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
    const struct audit_counts *before = &audit->result.before;
    struct audit_counts after = counts_of(reply);

    if (!err && after.events == before->events && after.bytes == before->bytes && after.token == before->token)
        compare_totals(audit);
    finish(audit, err);
}

/* ---- pages ---- */

static void ask_page(struct audit *audit);

static void on_proved(void *arg, const struct error *err)
{
    struct audit *audit = arg;

    if (err)
        finish(audit, err);
    else
        ask_counts(audit, on_counts_after);
}

static void on_compared(void *arg, const struct error *err)
{
    struct audit *audit = arg;

    if (err)
        finish(audit, err);
    else if (strcmp(audit->cursor, "0") == 0)
        audit_open_prove(audit->open, on_proved, audit);
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
    add_problems(audit, reply_at(reply, 0));
    audit_open_add(audit->open, reply_at(reply, 1));
    audit_open_compare(audit->open, on_compared, audit);
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
    audit_result_add(&audit->result, key, text, "shard");
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
        audit_strays_add_record(&audit->strays, args->values[args->count - 1], id);
        return;
    }
    audit_totals_add_event(&audit->totals, id, "", bytes);
    audit->has_unread = true;
    key = mem_printf("%se:%s", audit->shard->tag, id);
    if (err.kind == ERROR_INVALID)
        audit_result_add(&audit->result, key, err.text, "");
    mem_free(key);
}

static void ask_events(struct audit *audit, const redisReply *unsettled)
{
    struct args args;

    args_init(&args);
    args_text(&args, "0");
    for (size_t at = 0; at + UNSETTLED_VALUES <= reply_count(unsettled); at += UNSETTLED_VALUES)
        add_event(audit, &args, unsettled, at);
    if (args.count > 1)
        shard_script(audit->shard, SCRIPT_AUDIT_EVENTS, &args, on_events, audit);
    else
        audit_open_compare(audit->open, on_compared, audit);
    args_clear(&args);
}

static void add_seen(struct audit *audit, const redisReply *in_lanes)
{
    for (size_t i = 0; i + 1 < reply_count(in_lanes); i += 2)
        audit_strays_add_seen(&audit->strays, reply_text(reply_at(in_lanes, i)), reply_text(reply_at(in_lanes, i + 1)));
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
    audit->result.keys += reply_number(reply_at(reply, AUDIT_KEYS));
    audit->result.lanes += reply_number(reply_at(reply, AUDIT_LANES));
    add_problems(audit, reply_at(reply, AUDIT_PROBLEMS));
    audit_open_add(audit->open, reply_at(reply, AUDIT_OPEN));
    add_seen(audit, reply_at(reply, AUDIT_IN_LANES));
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
    audit->result.before = counts_of(reply);
    ask_page(audit);
}

void audit_start(struct shard *shard, audit_done_fn *fn, void *arg)
{
    struct audit *audit = mem_new(sizeof(*audit));

    audit->shard = shard;
    audit->open = audit_open_new(shard, on_problem, audit);
    audit->cursor = mem_string("0");
    audit->counts_key = mem_printf("%sn", shard->tag);
    audit->fn = fn;
    audit->arg = arg;
    ask_counts(audit, on_counts_before);
}

/* ---- as a report ---- */

struct asking {
    queue_report_fn *fn;
    void *arg;
};

static void on_audited(void *arg, const struct audit_result *result, const struct error *err)
{
    struct asking asking = *(struct asking *)arg;
    cJSON *report = result ? audit_result_report(result) : NULL;

    mem_free(arg);
    asking.fn(asking.arg, report, err);
    cJSON_Delete(report);
}

void shard_audit(struct shard *shard, queue_report_fn *fn, void *arg)
{
    struct asking *asking = mem_new(sizeof(*asking));

    *asking = (struct asking){fn, arg};
    audit_start(shard, on_audited, asking);
}
