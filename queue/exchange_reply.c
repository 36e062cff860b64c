/*
 * exchange_reply.c - from the exchange script's answer to claims. Called by exchange.c; sends nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/exchange_reply.h"

#include "base/log.h"
#include "base/mem.h"
#include "queue/reply.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_PER_CLAIM = 5, NEWER_PROGRAM_WAIT_MS = 60000 };

/* What the script answers for one claim, in its order. */
enum claim_value { CLAIM_LANE, CLAIM_ID, CLAIM_OWNER, CLAIM_RECORD, CLAIM_PROGRESS };

static const redisReply *value_of(const redisReply *claims, size_t index, enum claim_value value)
{
    return reply_at(claims, index * VALUES_PER_CLAIM + value);
}

/* What a claim's owner starts with, in its order; see OWNER in queue/scripts/keys.lua. */
struct owner {
    uint64_t token, bytes, attempts, crashes, cut;
};

static struct owner owner_of(const redisReply *claims, size_t index)
{
    struct owner owner = {0};
    uint64_t *const values[] = {&owner.token, &owner.bytes, &owner.attempts, &owner.crashes, &owner.cut};
    const char *at = reply_text(value_of(claims, index, CLAIM_OWNER));
    char *end;

    for (size_t i = 0; i < COUNT_OF(values); i++, at = end)
        *values[i] = strtoull(at, &end, 10);
    return owner;
}

/* A version from the future waits for the program that knows it; a damaged record is dead. */
static void set_aside(struct exchange_reply *answer, const redisReply *claims, size_t index, const struct error *why)
{
    struct settlement *settlement = &answer->unreadable[answer->unreadable_count];
    struct error *reason = &answer->reasons[answer->unreadable_count];

    *reason = *why;
    settlement->lane = reply_text(value_of(claims, index, CLAIM_LANE));
    settlement->token = owner_of(claims, index).token;
    settlement->id = reply_text(value_of(claims, index, CLAIM_ID));
    settlement->outcome = why->kind == ERROR_UNAVAILABLE ? OUTCOME_POSTPONE : OUTCOME_DEAD;
    settlement->delay_ms = NEWER_PROGRAM_WAIT_MS;
    settlement->reason = reason->text;
    settlement->progress = reply_text(value_of(claims, index, CLAIM_PROGRESS));
    settlement->trace = "";
    log_error("event %s cannot be run here: %s", settlement->id, reason->text);
    answer->unreadable_count++;
}

static bool read_claim(const redisReply *claims, size_t index, struct claim *claim, struct error *err)
{
    const redisReply *record = value_of(claims, index, CLAIM_RECORD);
    const char *bytes = reply_text(record);
    const struct owner owner = owner_of(claims, index);

    claim->lane = reply_text(value_of(claims, index, CLAIM_LANE));
    claim->token = owner.token;
    claim->attempts = (unsigned)owner.attempts;
    claim->crashes = (unsigned)owner.crashes;
    claim->was_interrupted = owner.cut == 1;
    claim->progress = reply_text(value_of(claims, index, CLAIM_PROGRESS));
    if (!event_decode(bytes, bytes[0] ? record->len : 0, &claim->event, err))
        return false;
    if (strcmp(claim->event.id, reply_text(value_of(claims, index, CLAIM_ID))) != 0)
        return error_set(err, ERROR_INVALID, "event record is damaged: it is of event %s", claim->event.id);
    return true;
}

static void read_claims(const redisReply *reply, struct exchange_reply *answer)
{
    size_t count = reply_count(reply) / VALUES_PER_CLAIM;
    struct claim *claims = mem_new((count + 1) * sizeof(*claims));
    struct error err;

    answer->unreadable = mem_new((count + 1) * sizeof(*answer->unreadable));
    answer->reasons = mem_new((count + 1) * sizeof(*answer->reasons));
    for (size_t i = 0; i < count; i++) {
        struct claim *claim = &claims[answer->result.claim_count];
        bool is_read = read_claim(reply, i, claim, &err);

        answer->newest_token = claim->token > answer->newest_token ? claim->token : answer->newest_token;
        if (is_read)
            answer->result.claim_count++;
        else
            set_aside(answer, reply, i, &err);
    }
    answer->result.claims = claims;
}

static void read_refused(const redisReply *reply, struct exchange_result *result)
{
    size_t *refused = mem_new((reply_count(reply) + 1) * sizeof(*refused));

    result->refused_count = reply_count(reply);
    for (size_t i = 0; i < result->refused_count; i++)
        refused[i] = (size_t)reply_number(reply_at(reply, i));
    result->refused = refused;
}

bool exchange_reply_read(const redisReply *reply, struct exchange_reply *answer, struct error *err)
{
    memset(answer, 0, sizeof(*answer));
    if (!reply_has(reply, 4, err))
        return false;
    answer->result.next_due_ms = reply_number(reply_at(reply, 0));
    answer->result.has_more = reply_number(reply_at(reply, 1)) == 1;
    read_refused(reply_at(reply, 2), &answer->result);
    read_claims(reply_at(reply, 3), answer);
    return true;
}

void exchange_reply_doubt(struct exchange_reply *answer)
{
    struct claim *claims = (struct claim *)answer->result.claims;

    for (size_t i = 0; i < answer->result.claim_count; i++)
        claims[i].was_interrupted = true;
}

void exchange_reply_clear(struct exchange_reply *answer)
{
    mem_free((void *)answer->result.claims);
    mem_free((void *)answer->result.refused);
    mem_free(answer->unreadable);
    mem_free(answer->reasons);
}
