/*
 * inspect_repair.c - mends what the audit finds, one problem at a time, and audits again until nothing changes any
 * more.
 *
 * What is done to each problem is the repair script's business, which proves it again in one step with its mending; so
 * this may run on a live system. Mending one thing shows or ends others, which is why there are passes: events first,
 * then lanes and accounts, and counts only in a pass that had nothing else to mend.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/inspect_audit.h"
#include "queue/inspect_state.h"
#include "queue/keys.h"
#include "queue/reply.h"

#include <string.h>

enum { PASSES_MAX = 8 };

enum rank { RANK_EVENTS, RANK_PLACES, RANK_COUNTS, RANK_COUNT };

struct repair {
    struct shard *shard;
    unsigned pass;
    bool has_mended;           /* in this pass */
    struct audit_result found; /* its problems are owned */
    enum rank rank;
    size_t at;
    cJSON *mended, *left; /* left: of this pass */
    queue_report_fn *fn;
    void *arg;
};

static void finish(struct repair *repair, const struct audit_result *last, const struct error *err)
{
    cJSON *report = last ? audit_result_report(last) : NULL;

    if (report) {
        cJSON_AddNumberToObject(report, "left", (double)last->problem_count);
        cJSON_ReplaceItemInObjectCaseSensitive(report, "problems", repair->mended);
        while (repair->left->child)
            cJSON_AddItemToArray(repair->mended, cJSON_DetachItemViaPointer(repair->left, repair->left->child));
        repair->mended = NULL;
    }
    repair->fn(repair->arg, report, err);
    cJSON_Delete(report);
    cJSON_Delete(repair->mended);
    cJSON_Delete(repair->left);
    audit_result_clear(&repair->found);
    mem_free(repair);
}

/* ---- one problem ---- */

static void mend_next(struct repair *repair);

static struct problem *problem_at(const struct repair *repair)
{
    return &repair->found.problems[repair->at];
}

/* With an answer of "" the problem has gone: it was one with another, or the queue has moved on. */
static void note(struct repair *repair, const char *answer)
{
    const char *repaired = answer[0] ? answer : "mended: together with another, or by itself";
    bool is_mended = strncmp(repaired, "mended", strlen("mended")) == 0;
    cJSON *problem = cJSON_CreateObject();

    repair->has_mended = repair->has_mended || (is_mended && answer[0]);
    cJSON_AddItemToObject(problem, "key", inspect_string(problem_at(repair)->key));
    cJSON_AddItemToObject(problem, "problem", inspect_string(problem_at(repair)->text));
    cJSON_AddItemToObject(problem, "repair", inspect_string(repaired));
    cJSON_AddItemToArray(is_mended ? repair->mended : repair->left, problem);
}

static void on_repaired(void *arg, const redisReply *reply, const struct error *err)
{
    struct repair *repair = arg;

    if (err) {
        finish(repair, NULL, err);
        return;
    }
    note(repair, reply_text(reply));
    repair->at++;
    mend_next(repair);
}

/* lane is "" for none. */
static void send_repair(struct repair *repair, const char *lane)
{
    const struct problem *problem = problem_at(repair);
    const struct audit_counts *before = &repair->found.before;
    struct args args;

    args_init(&args);
    args_text(&args, problem->key);
    args_text(&args, problem->subject);
    args_text(&args, lane);
    args_number(&args, before->events);
    args_number(&args, before->bytes);
    args_number(&args, before->token);
    args_number(&args, repair->shard->options->shards);
    shard_script(repair->shard, SCRIPT_REPAIR, &args, on_repaired, repair);
    args_clear(&args);
}

static void on_record(void *arg, const redisReply *reply, const struct error *err)
{
    struct repair *repair = arg;
    struct event event;
    struct error unreadable;
    char *lane;

    if (err) {
        finish(repair, NULL, err);
        return;
    }
    lane = reply && reply->type == REDIS_REPLY_STRING && event_decode_head(reply->str, reply->len, &event, &unreadable)
               ? lane_name_of(&event)
               : mem_string("");
    send_repair(repair, lane);
    mem_free(lane);
}

/* The id of the event that a problem is about, which says in its record what its lane is; "" when it is about none. */
static const char *event_of(const struct repair *repair)
{
    const struct problem *problem = problem_at(repair);
    const char *name = problem->key + strlen(repair->shard->tag);
    bool may_name_one = strncmp(name, "l:", 2) == 0 || strcmp(name, "dead") == 0 || strcmp(name, "done") == 0;

    if (strncmp(name, "e:", 2) == 0)
        return name + 2;
    return may_name_one && ulid_is(problem->subject) ? problem->subject : "";
}

static void mend(struct repair *repair)
{
    const char *id = event_of(repair);
    struct args args;

    if (id[0] == '\0') {
        send_repair(repair, "");
        return;
    }
    args_init(&args);
    args_text(&args, "GETRANGE");
    args_take(&args, mem_printf("%se:%s", repair->shard->tag, id));
    args_number(&args, 0);
    args_number(&args, EVENT_HEAD_MAX);
    shard_command(repair->shard, &args, on_record, repair);
    args_clear(&args);
}

/* ---- a pass ---- */

static void start_pass(struct repair *repair);

static enum rank rank_of(const struct repair *repair, const struct problem *problem)
{
    const char *name = problem->key + strlen(repair->shard->tag);
    bool is_count = strcmp(name, "n") == 0 || (strncmp(name, "a:", 2) == 0 && problem->subject[0]);

    if (is_count)
        return RANK_COUNTS;
    return strncmp(name, "e:", 2) == 0 ? RANK_EVENTS : RANK_PLACES;
}

/* What was counted before something was mended is not what is there now. */
static bool is_over(const struct repair *repair)
{
    return repair->rank == RANK_COUNT || (repair->rank == RANK_COUNTS && repair->has_mended);
}

static void mend_next(struct repair *repair)
{
    while (!is_over(repair)) {
        for (; repair->at < repair->found.problem_count; repair->at++)
            if (rank_of(repair, problem_at(repair)) == repair->rank) {
                mend(repair);
                return;
            }
        repair->at = 0;
        repair->rank++;
    }
    start_pass(repair);
}

static void on_audited(void *arg, const struct audit_result *result, const struct error *err)
{
    struct repair *repair = arg;
    bool goes_on =
        !err && result->problem_count > 0 && repair->pass < PASSES_MAX && (repair->pass == 0 || repair->has_mended);

    if (!goes_on) {
        finish(repair, result, err);
        return;
    }
    audit_result_clear(&repair->found);
    audit_result_copy(&repair->found, result);
    cJSON_Delete(repair->left);
    repair->left = cJSON_CreateArray();
    repair->has_mended = false;
    repair->pass++;
    repair->rank = RANK_EVENTS;
    repair->at = 0;
    mend_next(repair);
}

static void start_pass(struct repair *repair)
{
    audit_start(repair->shard, on_audited, repair);
}

void shard_repair(struct shard *shard, queue_report_fn *fn, void *arg)
{
    struct repair *repair = mem_new(sizeof(*repair));

    *repair = (struct repair){
        .shard = shard, .mended = cJSON_CreateArray(), .left = cJSON_CreateArray(), .fn = fn, .arg = arg};
    start_pass(repair);
}
