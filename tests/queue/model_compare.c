/*
 * model_compare.c - holds all keys of the queue to the model: see model_compare in model.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "tests/queue/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All keys of a shard, by what stands behind its tag: lists and sets as arrays, hashes and sorted sets as objects of
 * texts, finishes as texts and of other strings their length. */
static const char dump_script[] = //
    "local kinds, out = {}, {} "
    "kinds['e:'], kinds['f:'] = 'STRLEN', 'GET' "
    "for _, each in ipairs({'l:', 'r:', 't:', 'ring', 'wake'}) do kinds[each] = 'LRANGE' end "
    "for _, each in ipairs({'s:', 'a:', 'own', 'n', 'suspect'}) do kinds[each] = 'HGETALL' end "
    "for _, each in ipairs({'lease', 'park', 'apark', 'dead', 'done'}) do kinds[each] = 'ZRANGE' end "
    "for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do "
    "  local name = string.sub(key, #ARGV[1] + 1) "
    "  local kind, value = kinds[string.match(name, '^%a:') or name], nil "
    "  if kind == 'STRLEN' then value = string.format('%d', redis.call('STRLEN', key)) "
    "  elseif kind == 'GET' then value = string.gsub(redis.call('GET', key), '%z', '|') " /* JSON has no NUL */
    "  elseif kind == 'LRANGE' then value = redis.call('LRANGE', key, 0, -1) "
    "  elseif kind then "
    "    local all = kind == 'HGETALL' and redis.call(kind, key) or redis.call(kind, key, 0, -1, 'WITHSCORES') "
    "    value = {} "
    "    for i = 1, #all, 2 do value[all[i]] = all[i + 1] end "
    "  end out[name] = value "
    "end return cjson.encode(out)";

/* One shard beside its keys. */
struct view {
    struct model *model;
    unsigned shard;
    const cJSON *keys;
};

static const cJSON *value_of(const struct view *view, const char *kind, const char *name)
{
    char *key = mem_printf("%s%s", kind, name);
    const cJSON *value = json_get(view->keys, key);

    mem_free(key);
    return value;
}

/* A field of a hash, or a member's score, as a number; otherwise when there is none. */
static double number_in(const cJSON *object, const char *name, double otherwise)
{
    const char *text = json_get_string(object, name, NULL);

    return text ? strtod(text, NULL) : otherwise;
}

static void expect_number(const cJSON *object, const char *name, double expected, const char *whose)
{
    double number = number_in(object, name, 0);

    if (number != expected)
        fail_msg("%s of %s must be %g, and is %g", name, whose, expected, number);
}

static bool has_member(const struct view *view, const char *key, const char *member)
{
    return json_get(json_get(view->keys, key), member) != NULL;
}

/* ---- events ---- */

/* That a head is where it must be; that it is in no other place is the audit's to say. */
static void check_head(const struct view *view, const struct model_event *event)
{
    static const char *const places[] = {[READY] = "", [LEASED] = "lease", [PARKED] = "park"};
    char *lane = event_lane(event), *owner;
    bool is_past;

    if (event->place != READY && !has_member(view, places[event->place], lane))
        fail_msg("event %s must be in %s", event->id, places[event->place]);
    is_past = number_in(json_get(view->keys, places[event->place]), lane, HUGE_VAL) < MODEL_SOON_MAX;
    if (is_past != event->is_due)
        fail_msg("event %s must be due in %s: %d", event->id, places[event->place], event->is_due);
    if (event->place == LEASED) {
        owner = mem_printf("%llu %zu %u %u %d %s %s", (unsigned long long)event->held.token, event->bytes,
                           event->attempts, event->crashes, event->is_cut, event->id, model_workers[event->worker]);
        assert_string_equal(json_get_string(json_get(view->keys, "own"), lane, ""), owner);
        mem_free(owner);
    }
    mem_free(lane);
}

static void check_place(const struct view *view, struct model_event *event)
{
    const char *place = event->place == DONE ? "done" : "dead";

    if (!has_member(view, place, event->id))
        fail_msg("event %s must be in %s", event->id, place);
    event->settled = number_in(json_get(view->keys, place), event->id, 0);
}

static void check_settled(const struct view *view, struct model_event *event, const cJSON *state)
{
    check_place(view, event);
    assert_string_equal(json_get_string(state, "state", ""), event->place == DONE ? "done" : "dead");
    assert_true(number_in(state, "settled", 0) == event->settled);
}

/* An event that was done by its first run has its progress and its trace there, and neither state nor timeline. */
static void check_finish(const struct view *view, struct model_event *event, const cJSON *finish)
{
    check_place(view, event);
    assert_true(event->place == DONE && event->attempts == 1 && event->crashes == 0 && !event->is_cut);
    char *trace;
    assert_int_equal(strtoul(finish->valuestring, &trace, 10), event->progress);
    assert_int_equal(*trace, '|');
    assert_int_equal(trace[1] != '\0', event->traces);
    assert_null(value_of(view, "s:", event->id));
    assert_null(value_of(view, "t:", event->id));
}

static void check_record(const struct view *view, const struct model_event *event)
{
    const cJSON *record = value_of(view, "e:", event->id);

    if (!cJSON_IsString(record) || strtoull(record->valuestring, NULL, 10) != event->bytes)
        fail_msg("event %s must have its record", event->id);
}

static void check_event(const struct view *view, struct model_event *event)
{
    const cJSON *state = value_of(view, "s:", event->id), *finish = value_of(view, "f:", event->id);

    check_record(view, event);
    if (finish) {
        check_finish(view, event, finish);
        return;
    }
    expect_number(state, "attempts", event->attempts, event->id);
    expect_number(state, "crashes", event->crashes, event->id);
    expect_number(state, "cut", event->is_cut, event->id);
    expect_number(state, "progress", event->progress, event->id);
    assert_int_equal(cJSON_GetArraySize(value_of(view, "t:", event->id)), event->traces);
    if (event_is_head(event))
        check_head(view, event);
    else if (event->place == DEAD || event->place == DONE)
        check_settled(view, event, state);
}

/* ---- what only Redis can decide ---- */

/* A suspect that its worker could not run is put aside for a moment. From now on it waits until it is made due, so that
 * what happens next hangs on no clock. */
static void take_over_suspect(const struct view *view, struct model_event *event)
{
    char *lane = event_lane(event);
    bool is_aside = event->place == READY && event->crashes > 0 && has_member(view, "park", lane);

    if (is_aside) {
        event->place = PARKED;
        redis_fixture_do(view->model->bench->redis, "ZADD {q%u}:park XX 99999999999999 %s", view->shard, lane);
    }
    mem_free(lane);
}

/* Those of the done events that are trimmed were settled before all that are not. */
static void take_over_trimmed(const struct view *view)
{
    struct model *model = view->model;
    double newest = 0, oldest = HUGE_VAL;
    size_t trimmed = 0;

    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        struct model_event *event = &model->events[i];

        if (event->place != DONE || model_shard_of(model, event) != view->shard)
            continue;
        if (has_member(view, "done", event->id)) {
            oldest = fmin(oldest, event->settled);
            continue;
        }
        if (event->settled != HUGE_VAL)
            newest = fmax(newest, event->settled);
        event->place = GONE;
        trimmed++;
    }
    assert_int_equal(trimmed, model->trimmed[view->shard]);
    assert_true(newest <= oldest);
}

static struct model_event *head_of_lane(struct model *model, const char *lane)
{
    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        char *name = event_is_head(&model->events[i]) ? event_lane(&model->events[i]) : NULL;
        bool is_it = name && strcmp(name, lane) == 0;

        mem_free(name);
        if (is_it)
            return &model->events[i];
    }
    fail_msg("the model has no lane %s", lane);
    return NULL;
}

/* Lanes that became ready at once may be in any order, which then is theirs. */
static void check_ready_lanes(const struct view *view, unsigned account)
{
    struct model *model = view->model;
    int64_t before = model->accounts[account].claimed_upto;
    size_t count = 0;
    const cJSON *lane;

    cJSON_ArrayForEach(lane, value_of(view, "r:", model_accounts[account]))
    {
        struct model_event *head = head_of_lane(model, lane->valuestring);

        assert_int_equal(head->place, READY);
        assert_int_equal(head->account, account);
        if (head->since < before)
            fail_msg("lane %s is ready out of turn", lane->valuestring);
        before = head->since;
        count++;
    }
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        count -= model->events[i].place == READY && model->events[i].account == account;
    assert_int_equal(count, 0);
}

/* ---- lanes and accounts ---- */

/* From its head on, a lane's list is its events in order. */
static void check_lane(const struct view *view, const struct model_event *head)
{
    const char *key = model_keys[head->key];
    char *lane = event_lane(head);
    const cJSON *id;
    uint64_t turn = 0;
    size_t count = 0;

    cJSON_ArrayForEach(id, value_of(view, "l:", lane))
    {
        const struct model_event *event = model_named(view->model, id->valuestring);

        assert_true(event->account == head->account && event->key == head->key && event_is_unsettled(event));
        assert_true((count == 0) == (event == head));
        assert_true(event->turn > turn);
        turn = event->turn;
        count++;
    }
    for (unsigned i = 0; key[0] && i < MODEL_EVENTS; i++)
        count -= view->model->events[i].account == head->account && view->model->events[i].key == head->key &&
                 event_is_unsettled(&view->model->events[i]);
    assert_int_equal(count, 0);
    mem_free(lane);
}

static void check_why(const struct view *view, unsigned number, const char *why)
{
    static const char *const holds[] = {
        [HOLD_LIMITED] = "limited", [HOLD_SUSPENDED] = "suspended", [HOLD_PAUSED] = "paused"};
    const struct model_account *account = &view->model->accounts[number];
    unsigned in_flight = model_in_flight(view->model, number);

    if (account->hold != HOLD_NONE)
        assert_string_equal(why, holds[account->hold]);
    else if (strcmp(why, "rate") == 0)
        assert_true(account_tokens(account) < 1 || account->is_due);
    else if (strcmp(why, "capped") == 0)
        assert_true(account->max_in_flight > 0 && in_flight >= account->max_in_flight);
    else
        assert_string_equal(why, "");
}

static void check_account(const struct view *view, unsigned number)
{
    const struct model *model = view->model;
    const char *name = model_accounts[number];
    const cJSON *fields = value_of(view, "a:", name);
    unsigned waiting = 0, dead = 0;

    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        if (model->events[i].account != number)
            continue;
        waiting += event_is_unsettled(&model->events[i]);
        dead += model->events[i].place == DEAD;
    }
    expect_number(fields, "waiting", waiting, name);
    expect_number(fields, "dead", dead, name);
    expect_number(fields, "in_flight", model_in_flight(model, number), name);
    expect_number(fields, "done", model->accounts[number].done_ever, name);
    check_why(view, number, json_get_string(fields, "why", ""));
    check_ready_lanes(view, number);
}

/* ---- a shard ---- */

static size_t count_keys(const struct view *view, const char *kind)
{
    const cJSON *key;
    size_t count = 0;

    cJSON_ArrayForEach(key, view->keys)
    {
        count += strncmp(key->string, kind, strlen(kind)) == 0;
    }
    return count;
}

static size_t count_members(const struct view *view, const char *key)
{
    return (size_t)cJSON_GetArraySize(json_get(view->keys, key));
}

static void check_counts(const struct view *view)
{
    const struct model *model = view->model;
    size_t dead = model_count(model, view->shard, DEAD), done = model_count(model, view->shard, DONE);

    assert_int_equal(count_members(view, "dead"), dead);
    assert_int_equal(count_members(view, "done"), done);
    assert_int_equal(count_members(view, "lease"), model_count(model, view->shard, LEASED));
    assert_int_equal(count_members(view, "park"), model_count(model, view->shard, PARKED));
    assert_int_equal(count_keys(view, "e:"), dead + done + model_unsettled(model, view->shard));
    if (model->said_more != SAID_NOTHING)
        assert_int_equal(count_members(view, "ring") > 0, model->said_more == SAID_MORE);
    /* Whoever waits for work is told that there is some. */
    assert_true(count_members(view, "ring") == 0 || count_members(view, "wake") > 0);
}

static void check_shard(const struct view *view)
{
    struct model *model = view->model;

    take_over_trimmed(view);
    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        struct model_event *event = &model->events[i];

        if (event->place == EMPTY || event->place == GONE || model_shard_of(model, event) != view->shard)
            continue;
        take_over_suspect(view, event);
        check_event(view, event);
        if (event_is_head(event))
            check_lane(view, event);
    }
    for (unsigned i = 0; i < MODEL_ACCOUNTS; i++)
        if (model_shard_of_account(model, i) == view->shard)
            check_account(view, i);
    check_counts(view);
}

void model_compare(struct model *model)
{
    for (unsigned shard = 0; shard < model->shards; shard++) {
        redisReply *dump = redis_fixture_command(model->bench->redis, "EVAL %s 0 {q%u}:", dump_script, shard);
        struct view view = {model, shard, NULL};
        cJSON *keys;

        assert_int_equal(dump->type, REDIS_REPLY_STRING);
        keys = cJSON_Parse(dump->str);
        assert_non_null(keys);
        view.keys = keys;
        check_shard(&view);
        cJSON_Delete(keys);
        freeReplyObject(dump);
    }
    bench_expect_order(model->bench);
}
