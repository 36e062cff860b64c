/*
 * inspect_operate.c - an operator's hand: replay and drop events, pause and resume accounts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/inspect.h"
#include "queue/keys.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

/* ---- events ---- */

/* First the record is read, as its lane is in it; then the script does it, if the event is still settled. */
struct operation {
    struct shard *shard;
    char id[ULID_SIZE];
    const char *what; /* as the script calls it */
    queue_done_fn *fn;
    void *arg;
};

static void finish(struct operation *operation, const struct error *err)
{
    queue_done_fn *fn = operation->fn;
    void *arg = operation->arg;

    mem_free(operation);
    fn(arg, err);
}

static void on_operated(void *arg, const redisReply *reply, const struct error *err)
{
    struct operation *operation = arg;
    const char *result = reply_text(reply);
    struct error refusal;

    if (!err && strcmp(result, "missing") == 0) {
        error_set(&refusal, ERROR_INVALID, "there is no event %s", operation->id);
        err = &refusal;
    } else if (!err && strcmp(result, "ok") != 0) {
        error_set(&refusal, ERROR_REFUSED, "event %s is not dead: it is %s", operation->id, result);
        err = &refusal;
    }
    finish(operation, err);
}

/* What was settled before the number of shards changed may be in a shard that its account has left. */
static bool may_operate(const struct operation *operation, const struct event *event, struct error *err)
{
    const struct shard *shard = operation->shard;

    return strcmp(operation->what, "drop") == 0 ||
           key_shard_of(event->account, shard->options->shards) == shard->number ||
           error_set(err, ERROR_REFUSED,
                     "event %s was settled when the queue had another number of shards: have it sent again",
                     operation->id);
}

static void operate_on(struct operation *operation, const struct event *event)
{
    char *lane = lane_name_of(event);
    struct args args;

    args_init(&args);
    args_text(&args, operation->id);
    args_text(&args, lane);
    args_text(&args, operation->what);
    shard_script(operation->shard, SCRIPT_REPLAY, &args, on_operated, operation);
    args_clear(&args);
    mem_free(lane);
}

static void on_record(void *arg, const redisReply *reply, const struct error *err)
{
    struct operation *operation = arg;
    struct event event;
    struct error wrong;

    if (err) {
        finish(operation, err);
    } else if (reply_text(reply)[0] == '\0') {
        error_set(&wrong, ERROR_INVALID, "there is no event %s", operation->id);
        finish(operation, &wrong);
    } else if (!event_decode_head(reply_text(reply), reply->len, &event, &wrong) ||
               !may_operate(operation, &event, &wrong)) {
        finish(operation, &wrong);
    } else {
        operate_on(operation, &event);
    }
}

static void start(struct shard *shard, const char *id, struct operation operation)
{
    struct operation *copy = mem_new(sizeof(*copy));
    struct args args;

    *copy = operation;
    copy->shard = shard;
    if (ulid_is(id))
        memcpy(copy->id, id, ULID_SIZE);
    args_init(&args);
    args_text(&args, "GETRANGE");
    args_take(&args, mem_printf("%se:%s", shard->tag, copy->id));
    args_number(&args, 0);
    args_number(&args, EVENT_HEAD_MAX);
    shard_command(shard, &args, on_record, copy);
    args_clear(&args);
}

void shard_replay(struct shard *shard, const char *id, bool also_done, queue_done_fn *fn, void *arg)
{
    const char *what = also_done ? "replay_done" : "replay";

    start(shard, id, (struct operation){.what = what, .fn = fn, .arg = arg});
}

void shard_drop(struct shard *shard, const char *id, queue_done_fn *fn, void *arg)
{
    start(shard, id, (struct operation){.what = "drop", .fn = fn, .arg = arg});
}

/* ---- accounts ---- */

static void hold(struct shard *shard, const char *const *words, queue_done_fn *fn, void *arg)
{
    struct args args;

    args_init(&args);
    for (size_t i = 0; i < 3; i++)
        args_text(&args, words[i]);
    shard_run(shard, SCRIPT_HOLD, &args, fn, arg);
    args_clear(&args);
}

void shard_pause(struct shard *shard, const char *account, const char *reason, queue_done_fn *fn, void *arg)
{
    const char *const words[] = {account, "pause", reason};

    hold(shard, words, fn, arg);
}

void shard_resume(struct shard *shard, const char *account, queue_done_fn *fn, void *arg)
{
    const char *const words[] = {account, "resume", ""};

    hold(shard, words, fn, arg);
}

void shard_resume_suspended(struct shard *shard, const char *account, queue_done_fn *fn, void *arg)
{
    const char *const words[] = {account, "resume_suspended", ""};

    hold(shard, words, fn, arg);
}
