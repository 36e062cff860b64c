/*
 * shard_proof.c - asks a server what it is, and whether it has the same number of shards.
 *
 * Questions about the server leave in one write; the last answer brings the judgement. Then the script is run.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/shard_proof.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

enum { ASK_AGAIN_MS = 3000 };

/* After a failover, settlements of the last moments may never have reached the new server. What they settled was
 * claimed again at once, or is when its lease is over: 30 s unless configured otherwise, so a minute covers both. */
enum { DOUBT_MS = 60000, REST_MS = 1000 };

struct proof {
    struct shard *shard;
    loop_fn *on_good, *on_refused;
    struct timer *timer; /* until the server is asked again */
    struct server_facts facts;
    unsigned pending;    /* answers about the server that have not come */
    bool is_asking;      /* answers are still to come */
    bool must_ask_again; /* as soon as they have: they may be of the last connection */
    bool is_second_look; /* on this connection */
    bool is_following;   /* shard 0 must agree first */
    enum confirmation confirmation;
    struct error trouble;
    bool is_good;
    bool has_agreed;      /* on the number of shards, at least once */
    struct error silence; /* why a question has no answer; ERROR_NONE when all have one */
    char run_id[RUN_ID_SIZE];
    int64_t doubt_until_ms; /* monotonic */
    int64_t rest_until_ms;  /* likewise */
};

/* ---- judging ---- */

/* Connecting again may find another server. It is tried after the second look: the script brings the connection down.
 */
static bool judge_role(const struct proof *proof, struct error *err)
{
    if (!proof->facts.is_replica || proof->is_second_look)
        return true;
    return error_set(err, ERROR_UNAVAILABLE, "redis is a replica and takes no writes");
}

/* Of the shards on one server, the first one speaks. */
static bool speaks(const struct proof *proof)
{
    const struct proof *first = proof->shard->first->proof;

    return first == proof || strcmp(first->run_id, proof->run_id) != 0;
}

static void note_server(struct proof *proof)
{
    const char *run_id = proof->facts.run_id;
    bool is_first;

    if (run_id[0] == '\0' || strcmp(run_id, proof->run_id) == 0)
        return;
    is_first = proof->run_id[0] == '\0';
    memcpy(proof->run_id, run_id, RUN_ID_SIZE);
    if (!is_first)
        proof->doubt_until_ms = clock_monotonic_ms() + DOUBT_MS;
    if (!is_first && redis_may_move(proof->shard->redis))
        proof->rest_until_ms = clock_monotonic_ms() + REST_MS;
    if (!is_first && speaks(proof))
        log_warn("redis is another server than before, or was started again: for %d s actions look before they write",
                 DOUBT_MS / 1000);
    if (speaks(proof))
        server_facts_warn(&proof->facts, proof->shard->options);
}

/* That a shard waits for another is no trouble to speak of. */
static void refuse(struct proof *proof, const struct error *err)
{
    bool is_news = strcmp(err->text, proof->trouble.text) != 0;
    bool is_said = !speaks(proof) && strcmp(err->text, proof->shard->first->proof->trouble.text) == 0;

    proof->trouble = *err;
    timer_start(proof->timer, ASK_AGAIN_MS);
    if (is_news && !is_said && !proof->is_following)
        log_warn("%s; asking again until it is right", err->text);
    if (err->kind == ERROR_REFUSED)
        proof->on_refused(proof->shard);
}

static void accept(struct proof *proof)
{
    if (proof->trouble.text[0] && !proof->is_following)
        log_info("redis is as it must be now");
    proof->trouble = (struct error){0};
    proof->is_good = true;
    proof->has_agreed = true;
    proof->on_good(proof->shard);
}

/* ---- asking ---- */

static void ask(struct proof *proof);
static void ask_count(struct proof *proof);

/* Whether there is something to judge now that all is answered. Without a connection there is not: the server is proven
 * when it is back; and not when it is to be asked once more. */
static bool has_ended(struct proof *proof)
{
    bool is_ready = redis_is_ready(proof->shard->redis), is_stale = proof->must_ask_again;

    proof->is_asking = proof->must_ask_again = false;
    if (is_ready && is_stale)
        ask(proof);
    return is_ready && !is_stale;
}

/* The last question: whether everybody has the same number of shards. */
static void on_count(void *arg, const redisReply *reply, const struct error *err)
{
    struct proof *proof = arg;
    int64_t count = reply_number(reply);
    bool is_unsaid = !err && count == 0, only_looks = proof->shard->options->stores_nothing;
    struct error why;

    if (!has_ended(proof))
        return;
    proof->is_following = is_unsaid && !only_looks;
    if (proof->is_following && proof->shard->first->proof->has_agreed) /* since it was asked */
        ask_count(proof);
    else if (err)
        refuse(proof, err);
    else if ((is_unsaid && only_looks) || server_facts_judge_shards(count, proof->shard->options->shards, &why))
        accept(proof);
    else
        refuse(proof, &why);
}

static void ask_count(struct proof *proof)
{
    bool is_next = proof->shard->first == proof->shard || proof->shard->first->proof->has_agreed;
    bool may_write = is_next && !proof->shard->options->stores_nothing; /* the number is theirs who fill the queue */
    struct args args;

    args_init(&args);
    args_number(&args, proof->shard->options->shards);
    args_text(&args, may_write ? "1" : "0");
    proof->is_asking = true;
    redis_script(proof->shard->redis, SCRIPT_SHARDS, &args, on_count, proof);
    args_clear(&args);
}

static void judge_server(struct proof *proof)
{
    struct error err;

    if (!has_ended(proof))
        return;
    if (proof->silence.kind != ERROR_NONE) {
        refuse(proof, &proof->silence);
        return;
    }
    note_server(proof);
    if (server_facts_judge(&proof->facts, proof->shard->options, &proof->confirmation, &err) && judge_role(proof, &err))
        ask_count(proof);
    else
        refuse(proof, &err);
}

static void count_down(struct proof *proof)
{
    if (--proof->pending == 0)
        judge_server(proof);
}

static bool is_not_permitted(const struct error *err)
{
    return err->kind != ERROR_UNAVAILABLE || strstr(err->text, "NOPERM");
}

/* Who is busy, or gone, has not said what it is. That it does not permit the question is an answer. */
static void note_silence(struct proof *proof, const struct error *err)
{
    if (err && !is_not_permitted(err) && proof->silence.kind == ERROR_NONE)
        proof->silence = *err;
}

static void on_info(void *arg, const redisReply *reply, const struct error *err)
{
    struct proof *proof = arg;

    if (!err)
        server_facts_read_info(&proof->facts, reply_text(reply));
    note_silence(proof, err);
    count_down(proof);
}

static void on_config(void *arg, const redisReply *reply, const struct error *err)
{
    struct proof *proof = arg;

    if (!err)
        server_facts_read_config(&proof->facts, reply);
    note_silence(proof, err);
    count_down(proof);
}

static void on_trial(void *arg, const redisReply *reply, const struct error *err)
{
    struct proof *proof = arg;

    (void)reply;
    proof->facts.can_confirm = !err;
    count_down(proof);
}

static void send(struct proof *proof, const char *const *words, redis_answer_fn *fn)
{
    struct args args;

    args_init(&args);
    for (size_t i = 0; words[i]; i++)
        args_text(&args, words[i]);
    proof->pending++;
    redis_command(proof->shard->redis, &args, 0, fn, proof);
    args_clear(&args);
}

/* A trial asks for nothing to be waited for, and shows whether the command is known and permitted. */
static void ask(struct proof *proof)
{
    static const char *const info[] = {"INFO", NULL};
    static const char *const config[] = {"CONFIG", "GET", "append*", NULL};
    static const char *const save[] = {"CONFIG", "GET", "save", NULL};
    static const char *const disk[] = {"WAITAOF", "0", "0", "1", NULL};
    static const char *const replicas[] = {"WAIT", "0", "1", NULL};
    enum queue_durability durability = proof->shard->options->durability;

    proof->facts = (struct server_facts){0};
    proof->silence = (struct error){0};
    proof->is_asking = true;
    send(proof, info, on_info);
    send(proof, config, on_config);
    send(proof, save, on_config);
    if (durability == QUEUE_FSYNC)
        send(proof, disk, on_trial);
    if (durability == QUEUE_REPLICAS)
        send(proof, replicas, on_trial);
}

void proof_renew(struct proof *proof)
{
    proof->is_good = false;
    timer_stop(proof->timer);
    if (proof->is_asking)
        proof->must_ask_again = true;
    else if (redis_is_ready(proof->shard->redis))
        ask(proof);
}

void proof_begin(struct proof *proof)
{
    proof->is_second_look = false;
    proof_renew(proof);
}

void proof_follow(struct proof *proof)
{
    if (!proof->is_good && proof->is_following)
        proof_renew(proof);
}

static void on_timer(void *arg)
{
    struct proof *proof = arg;

    proof->is_second_look = true;
    proof_renew(proof);
}

/* ---- life ---- */

struct proof *proof_new(struct shard *shard, loop_fn *on_good, loop_fn *on_refused)
{
    struct proof *proof = mem_new(sizeof(*proof));

    proof->shard = shard;
    proof->on_good = on_good;
    proof->on_refused = on_refused;
    proof->timer = timer_new(shard->loop, on_timer, proof);
    return proof;
}

void proof_free(struct proof *proof)
{
    if (!proof)
        return;
    timer_free(proof->timer);
    mem_free(proof);
}

bool proof_is_good(const struct proof *proof)
{
    return proof->is_good;
}

const struct error *proof_trouble(const struct proof *proof)
{
    return &proof->trouble;
}

enum confirmation proof_confirmation(const struct proof *proof)
{
    return proof->confirmation;
}

bool proof_is_in_doubt(const struct proof *proof)
{
    return clock_monotonic_ms() < proof->doubt_until_ms;
}

void proof_prolong_doubt(struct proof *proof)
{
    if (proof_is_in_doubt(proof))
        proof->doubt_until_ms = clock_monotonic_ms() + DOUBT_MS;
}

int64_t proof_rest_ms(const struct proof *proof)
{
    int64_t rest_ms = proof->rest_until_ms - clock_monotonic_ms();

    return rest_ms > 0 ? rest_ms : 0;
}
