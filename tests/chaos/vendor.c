/*
 * vendor.c - one timer that sends; the lanes' posts; the reading of the ledger against what was acknowledged.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/chaos/vendor.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/chaos/chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TICK_MS     20
#define POSTS_MAX   64  /* under way, those to be repeated included: after a stall it does not come with all at once */
#define AGAIN_MS    100 /* until a post that was not acknowledged is sent once more */
#define FINISH_MS   240000
#define PAGE        1000
#define NOBODY      99999999 /* an application that is not there */
#define NOTE_FORMAT "note <%zu>"

const char vendor_sources[] =
    "\"s\": {\"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" STAGE_SECRET
    "\"]}, \"event\": {\"type\": \".type\", \"order_by\": \".data.lane\"},"
    " \"rules\": [{\"on\": \"note\", \"do\": [{\"post_comment\": {\"application\": \"{{.data.application_id}}\","
    " \"text\": \"{{.data.text}}\"}}]}]}";

struct lane {
    struct vendor *vendor;
    size_t number;
    size_t acknowledged; /* of its notes; the next one's place in the lane */
    size_t written;      /* as far as the ledger was read */
    bool is_posting;
    bool is_to_repeat;
    int64_t repeat_ms;
};

struct vendor {
    struct stage *stage;
    struct vendor_options options;
    struct lane *lanes;
    struct timer *tick;
    struct chance chance;
    int64_t begun_ms;
    size_t sent; /* new notes since it began */
    size_t under_way;
    bool is_finishing;
};

struct vendor *vendor_new(struct stage *stage, const struct vendor_options *options)
{
    struct vendor *vendor = mem_new(sizeof(*vendor));

    vendor->stage = stage;
    vendor->options = *options;
    vendor->lanes = mem_new(options->lanes * sizeof(struct lane));
    for (size_t i = 0; i < options->lanes; i++)
        vendor->lanes[i] = (struct lane){.vendor = vendor, .number = i};
    chance_init(&vendor->chance, options->seed);
    return vendor;
}

void vendor_free(struct vendor *vendor)
{
    timer_free(vendor->tick);
    mem_free(vendor->lanes);
    mem_free(vendor);
}

/* ---- sending ---- */

static bool is_doomed(const struct vendor *vendor, size_t place)
{
    return vendor->options.doomed > 0 && place % vendor->options.doomed == vendor->options.doomed - 1;
}

static void on_posted(void *arg, const struct http_response *response)
{
    struct lane *lane = arg;
    bool is_heard = response->outcome == HTTP_ANSWERED && response->status != 503;

    lane->is_posting = false;
    if (!is_heard) {
        lane->is_to_repeat = true;
        lane->repeat_ms = clock_monotonic_ms() + AGAIN_MS;
        return;
    }
    if (response->status != 202 && response->status != 200)
        fail_msg("a post was answered %d: %s", response->status, response->body);
    lane->acknowledged++;
    lane->vendor->under_way--;
}

/* Sends the note that stands next in the lane: for the first time, or once more with the same delivery id. */
static void post(struct lane *lane)
{
    const struct vendor *vendor = lane->vendor;
    size_t note = lane->acknowledged * vendor->options.lanes + lane->number;
    size_t account = lane->number % vendor->options.accounts + 1;
    char delivery_id[32], path[32];
    struct buf body;

    snprintf(delivery_id, sizeof(delivery_id), "note-%zu", note);
    snprintf(path, sizeof(path), account > 1 ? "/in/s/acme%zu" : "/in/s/acme", account);
    buf_init(&body, 1024);
    buf_addf(&body, "{\"type\":\"note\",\"data\":{\"lane\":%zu,\"application_id\":%zu,\"text\":\"" NOTE_FORMAT "\"}}",
             lane->number, is_doomed(vendor, lane->acknowledged) ? NOBODY : lane->number + 1, note);
    lane->is_posting = true;
    lane->is_to_repeat = false;
    stage_send(vendor->stage, path, delivery_id, &body, on_posted, lane);
    buf_clear(&body);
}

static void repeat(struct vendor *vendor)
{
    int64_t now_ms = clock_monotonic_ms();

    for (size_t i = 0; i < vendor->options.lanes; i++) {
        if (vendor->lanes[i].is_to_repeat && now_ms >= vendor->lanes[i].repeat_ms)
            post(&vendor->lanes[i]);
    }
}

/* When every lane drawn is still posting, the rest of this tick's share is left to the next. */
static void send_new(struct vendor *vendor)
{
    double due = (double)(clock_monotonic_ms() - vendor->begun_ms) * vendor->options.a_second / 1000;

    for (size_t tries = 0; (double)vendor->sent < due && tries < vendor->options.lanes; tries++) {
        if (vendor->under_way >= POSTS_MAX)
            return;
        struct lane *lane = &vendor->lanes[chance_below(&vendor->chance, (unsigned)vendor->options.lanes)];
        if (lane->is_posting || lane->is_to_repeat)
            continue;
        vendor->sent++;
        vendor->under_way++;
        post(lane);
    }
}

static void on_tick(void *arg)
{
    struct vendor *vendor = arg;

    repeat(vendor);
    if (!vendor->is_finishing)
        send_new(vendor);
}

void vendor_begin(struct vendor *vendor)
{
    vendor->begun_ms = clock_monotonic_ms();
    vendor->sent = 0;
    vendor->is_finishing = false;
    if (!vendor->tick)
        vendor->tick = timer_new(vendor->stage->loop, on_tick, vendor);
    timer_repeat(vendor->tick, TICK_MS);
}

static bool is_acknowledged(struct stage *stage, void *arg)
{
    const struct vendor *vendor = arg;

    (void)stage;
    return vendor->under_way == 0;
}

static bool is_settled(struct stage *stage, void *arg)
{
    cJSON *status = stage_command_json(stage, "status", NULL);
    bool result = status && json_get_integer(status, "waiting", -1) == 0 &&
                  json_get_integer(status, "in_flight", -1) == 0 && json_get_integer(status, "retrying", -1) == 0;

    (void)arg;
    cJSON_Delete(status);
    return result;
}

struct goal {
    const struct vendor *vendor;
    size_t count;
};

static bool is_reached(struct stage *stage, void *arg)
{
    const struct goal *goal = arg;

    (void)stage;
    return vendor_acknowledged(goal->vendor) >= goal->count;
}

void vendor_wait_more(struct vendor *vendor, size_t count)
{
    struct goal goal = {vendor, vendor_acknowledged(vendor) + count};

    stage_wait(vendor->stage, "more posts to be acknowledged", is_reached, &goal);
}

void vendor_finish(struct vendor *vendor)
{
    vendor->is_finishing = true;
    stage_wait_for(vendor->stage, FINISH_MS, "every post to be acknowledged", is_acknowledged, vendor);
    stage_wait_for(vendor->stage, FINISH_MS, "every event to be settled", is_settled, NULL);
    timer_stop(vendor->tick);
}

size_t vendor_acknowledged(const struct vendor *vendor)
{
    size_t count = 0;

    for (size_t i = 0; i < vendor->options.lanes; i++)
        count += vendor->lanes[i].acknowledged;
    return count;
}

/* ---- checking ---- */

static void skip_doomed(struct lane *lane)
{
    while (lane->written < lane->acknowledged && is_doomed(lane->vendor, lane->written))
        lane->written++;
}

/* A lane's writes must come in its order without a gap: so none is missing, and none is there twice. */
static void check_write(struct vendor *vendor, const char *body)
{
    const char *text = strstr(body, "note <");
    size_t note = 0;

    if (!text || sscanf(text, NOTE_FORMAT, &note) != 1)
        fail_msg("a write nobody asked for: %s", body);
    struct lane *lane = &vendor->lanes[note % vendor->options.lanes];
    skip_doomed(lane);
    if (note / vendor->options.lanes != lane->written)
        fail_msg("lane %zu: note %zu came when note %zu was due", lane->number, note,
                 lane->written * vendor->options.lanes + lane->number);
    lane->written++;
}

static size_t check_page(struct vendor *vendor, size_t since)
{
    char *path = mem_printf("/sandbox/writes?since=%zu&limit=%d", since, PAGE);
    cJSON *page = stage_sandbox(vendor->stage, path);
    const cJSON *write;

    cJSON_ArrayForEach(write, json_get(page, "writes"))
    {
        char *body = json_print(json_get(write, "body"));
        check_write(vendor, body);
        mem_free(body);
        since = (size_t)json_get_integer(write, "n", 0);
    }
    cJSON_Delete(page);
    mem_free(path);
    return since;
}

static void check_dead(struct vendor *vendor)
{
    cJSON *status = stage_command_json(vendor->stage, "status", NULL);
    size_t doomed = 0;

    for (size_t i = 0; i < vendor->options.lanes; i++) {
        for (size_t place = 0; place < vendor->lanes[i].acknowledged; place++)
            doomed += is_doomed(vendor, place);
    }
    assert_int_equal(json_get_integer(status, "dead", -1), doomed);
    cJSON_Delete(status);
}

void vendor_check(struct vendor *vendor)
{
    size_t before = 0, last;

    for (size_t i = 0; i < vendor->options.lanes; i++)
        vendor->lanes[i].written = 0;
    while ((last = check_page(vendor, before)) > before)
        before = last;
    for (size_t i = 0; i < vendor->options.lanes; i++) {
        struct lane *lane = &vendor->lanes[i];
        skip_doomed(lane);
        if (lane->written != lane->acknowledged)
            fail_msg("lane %zu: %zu notes acknowledged, %zu written", lane->number, lane->acknowledged, lane->written);
    }
    check_dead(vendor);
}
