/*
 * fetch.c - see fetch.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fetch.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>

struct waiting {
    struct loop *loop;
    struct fetched *fetched;
    bool is_answered;
};

static void on_response(void *arg, const struct http_response *response)
{
    struct waiting *waiting = arg;
    struct fetched *fetched = waiting->fetched;

    fetched->status = response->outcome == HTTP_ANSWERED ? response->status : 0;
    fetched->body = mem_copy(response->body, response->body_size);
    fetched->body_size = response->body_size;
    snprintf(fetched->problem, sizeof(fetched->problem), "%s", response->problem);
    fetched->duration_ms = response->duration_ms;
    waiting->is_answered = true;
    loop_stop(waiting->loop);
}

void fetch(struct loop *loop, struct http_client *client, const struct http_request *request, struct fetched *fetched)
{
    struct waiting waiting = {.loop = loop, .fetched = fetched};

    *fetched = (struct fetched){0};
    http_client_send(client, request, on_response, &waiting);
    while (!waiting.is_answered)
        loop_run(loop);
}

void fetched_clear(struct fetched *fetched)
{
    mem_free(fetched->body);
    *fetched = (struct fetched){0};
}

cJSON *fetched_json(const struct fetched *fetched)
{
    struct error err = {0};

    return fetched->body_size > 0 ? json_parse(fetched->body, fetched->body_size, &err) : NULL;
}
