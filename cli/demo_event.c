/*
 * demo_event.c - see demo_event.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_event.h"

#include "base/embedded.h"
#include "base/json.h"
#include "cli/delivery.h"
#include "cli/session.h"
#include "queue/inspect.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Keeps the event's id from the answer, if it is the right one. */
static bool take_answer(struct demo_event *event, const struct fetched *answer, struct error *err)
{
    cJSON *body = fetched_json(answer);
    const char *id = json_get_string(body, "id", "");
    bool is_queued = answer->status == 202 && ulid_is(id);

    if (is_queued)
        snprintf(event->id, sizeof(event->id), "%s", id);
    else if (answer->status == 0)
        error_set(err, ERROR_UNAVAILABLE, "the receiver does not answer: %s", answer->problem);
    else
        error_set(err, ERROR_REFUSED, "the receiver answered %d to %s: %s", answer->status, event->sample->event,
                  json_get_string(body, "detail", ""));
    cJSON_Delete(body);
    return is_queued;
}

bool demo_event_send(struct demo_event *event, const struct config *config, const char *url, struct loop *loop,
                     struct http_client *client, struct error *err)
{
    const struct embedded *file = embedded_find(embedded_events, event->sample->event);
    char delivery_id[ULID_SIZE];
    struct fetched answer;

    assert(file);
    ulid_new(delivery_id);
    struct delivery delivery = {.base_url = url,
                                .source = config_source(config, event->sample->source),
                                .id = delivery_id,
                                .body = file->data,
                                .body_size = file->size};
    delivery_send(&delivery, loop, client, &answer);
    bool is_queued = take_answer(event, &answer, err);
    fetched_clear(&answer);
    return is_queued;
}

void demo_event_clear(struct demo_event *event)
{
    cJSON_Delete(event->report);
    event->report = NULL;
}

void demo_event_look(struct demo_event *event, struct loop *loop, struct queue *queue)
{
    struct inquiry inquiry;

    inquiry_init(&inquiry, loop);
    queue_show(queue, event->id, inquiry_report, &inquiry);
    if (inquiry_wait(&inquiry) && inquiry.report) {
        cJSON_Delete(event->report);
        event->report = inquiry.report;
        inquiry.report = NULL;
    }
    inquiry_clear(&inquiry);
}

const char *demo_event_state(const struct demo_event *event)
{
    return json_get_string(event->report, "state", "");
}

bool demo_event_is_settled(const struct demo_event *event)
{
    const char *state = demo_event_state(event);

    return strcmp(state, "done") == 0 || strcmp(state, "dead") == 0;
}
