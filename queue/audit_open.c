/*
 * audit_open.c - see audit_open.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/audit_open.h"

#include "base/mem.h"
#include "queue/reply.h"
#include "queue/text_set.h"

#include <string.h>

/* A chunk takes Redis well under a millisecond; a proof about 5 ms in a list of 100,000. When so many are doubtful, the
 * lists have moved too far: they are read anew. */
enum { CHUNK = 1000, DOUBTFUL_MAX = 200, QUESTION_VALUES = 4 };

/* What is asked: whether an event is in its lane once; or, with an id of "", whether a lane is ready, as often as it is
 * not elsewhere. */
struct question {
    char *lane, *id;
    size_t elsewhere;
};

struct questions {
    struct question *items;
    size_t count, capacity;
};

struct audit_open {
    struct shard *shard;
    struct questions asked, doubtful;
    size_t at;                      /* the question that is being answered */
    struct text_set lists, members; /* lists that were read; a list and what is in it */
    char *list;                     /* that is being read */
    int64_t read;
    audit_problem_fn *problem;
    void *problem_arg;
    queue_done_fn *fn;
    void *arg;
};

/* ---- questions ---- */

static void questions_add(struct questions *questions, struct question question)
{
    if (questions->count == questions->capacity) {
        questions->capacity = questions->capacity ? questions->capacity * 2 : 64;
        questions->items = mem_resize(questions->items, questions->capacity * sizeof(*questions->items));
    }
    questions->items[questions->count++] = question;
}

static void question_clear(struct question *question)
{
    mem_free(question->lane);
    mem_free(question->id);
}

static void questions_clear(struct questions *questions)
{
    for (size_t i = 0; i < questions->count; i++)
        question_clear(&questions->items[i]);
    questions->count = 0;
}

struct audit_open *audit_open_new(struct shard *shard, audit_problem_fn *fn, void *arg)
{
    struct audit_open *open = mem_new(sizeof(*open));

    open->shard = shard;
    open->problem = fn;
    open->problem_arg = arg;
    return open;
}

void audit_open_free(struct audit_open *open)
{
    if (!open)
        return;
    questions_clear(&open->asked);
    questions_clear(&open->doubtful);
    mem_free(open->asked.items);
    mem_free(open->doubtful.items);
    text_set_clear(&open->lists);
    text_set_clear(&open->members);
    mem_free(open->list);
    mem_free(open);
}

void audit_open_add(struct audit_open *open, const redisReply *left)
{
    for (size_t i = 0; i + QUESTION_VALUES <= reply_count(left); i += QUESTION_VALUES)
        questions_add(&open->asked, (struct question){.lane = mem_string(reply_text(reply_at(left, i + 1))),
                                                      .id = mem_string(reply_text(reply_at(left, i + 2))),
                                                      .elsewhere = (size_t)reply_number(reply_at(left, i + 3))});
}

static void finish(struct audit_open *open, const struct error *err)
{
    questions_clear(&open->asked);
    open->fn(open->arg, err);
}

/* ---- comparing ---- */

/* The list that answers a question, owned. */
static char *list_of(const struct audit_open *open, const struct question *question)
{
    if (question->id[0])
        return mem_printf("%sl:%s", open->shard->tag, question->lane);
    return mem_printf("%sr:%.*s", open->shard->tag, (int)strcspn(question->lane, "/:"), question->lane);
}

static void answer(struct audit_open *open, struct question *question, const char *list)
{
    const char *member = question->id[0] ? question->id : question->lane;

    if (text_set_count(&open->members, list, member) + question->elsewhere == 1)
        return;
    questions_add(&open->doubtful, *question);
    *question = (struct question){0};
}

static void read_list(struct audit_open *open);
static void prove_all(struct audit_open *open);

static void compare_on(struct audit_open *open)
{
    for (; open->at < open->asked.count; open->at++) {
        struct question *question = &open->asked.items[open->at];
        char *list = list_of(open, question);

        if (text_set_count(&open->lists, list, "") == 0) {
            open->list = list;
            open->read = 0;
            read_list(open);
            return;
        }
        answer(open, question, list);
        mem_free(list);
    }
    if (open->doubtful.count >= DOUBTFUL_MAX)
        prove_all(open);
    else
        finish(open, NULL);
}

static void on_chunk(void *arg, const redisReply *reply, const struct error *err)
{
    struct audit_open *open = arg;

    for (size_t i = 0; i < reply_count(reply); i++)
        text_set_add(&open->members, open->list, reply_text(reply_at(reply, i)));
    open->read += CHUNK;
    if (!err && reply_count(reply) == CHUNK) {
        read_list(open);
        return;
    }
    text_set_add(&open->lists, open->list, "");
    mem_free(open->list);
    open->list = NULL;
    if (err)
        finish(open, err);
    else
        compare_on(open);
}

static void read_list(struct audit_open *open)
{
    struct args args;

    args_init(&args);
    args_text(&args, "LRANGE");
    args_text(&args, open->list);
    args_number(&args, open->read);
    args_number(&args, open->read + CHUNK - 1);
    shard_command(open->shard, &args, on_chunk, open);
    args_clear(&args);
}

void audit_open_compare(struct audit_open *open, queue_done_fn *fn, void *arg)
{
    open->fn = fn;
    open->arg = arg;
    open->at = 0;
    compare_on(open);
}

/* ---- proving ---- */

static void prove_next(struct audit_open *open);

static void on_proof(void *arg, const redisReply *reply, const struct error *err)
{
    struct audit_open *open = arg;
    const redisReply *problems = reply_at(reply, 0);

    for (size_t i = 0; i + 3 <= reply_count(problems); i += 3)
        open->problem(open->problem_arg, problems, i);
    open->at++;
    if (err)
        finish(open, err);
    else
        prove_next(open);
}

static void prove_next(struct audit_open *open)
{
    const struct question *question;
    struct args args;

    if (open->at >= open->doubtful.count) {
        questions_clear(&open->doubtful);
        finish(open, NULL);
        return;
    }
    question = &open->doubtful.items[open->at];
    args_init(&args);
    args_text(&args, "1");
    args_text(&args, question->id);
    args_text(&args, question->lane);
    shard_script(open->shard, SCRIPT_AUDIT_EVENTS, &args, on_proof, open);
    args_clear(&args);
}

static void prove_all(struct audit_open *open)
{
    text_set_clear(&open->lists);
    text_set_clear(&open->members);
    open->at = 0;
    prove_next(open);
}

void audit_open_prove(struct audit_open *open, queue_done_fn *fn, void *arg)
{
    open->fn = fn;
    open->arg = arg;
    prove_all(open);
}
