/*
 * client_scene.h - a client, a server that does what the test says, and the last answer: what the tests of http/client
 * have in common.
 *
 * Functions stand in this header as in scene.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/client.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/raw_server.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define OK         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
#define NO_CONTENT "HTTP/1.1 204 No Content\r\n\r\n"

enum { TIMEOUT_MS = 2000 };

/* A client, a server that acts by one of the functions below, and the last answer. */
struct scene {
    struct loop *loop;
    struct http_client *client;
    struct raw_server *server;
    const char *answer;
    char *request; /* the last one that the server has read */

    bool is_answered;
    unsigned answers;
    enum http_outcome outcome;
    int status;
    char *body, *content_type, *retry_after, *problem;
    bool is_sending; /* http_client_send has not returned */
};

static inline void keep_request(struct scene *scene, const char *request)
{
    mem_free(scene->request);
    scene->request = mem_string(request);
}

static inline void answer_always(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    struct scene *scene = arg;

    (void)number;
    keep_request(scene, request);
    raw_peer_send(peer, scene->answer);
}

static inline void answer_and_close(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    answer_always(arg, peer, number, request);
    raw_peer_close(peer);
}

static inline void forget_answer(struct scene *scene)
{
    mem_free(scene->body);
    mem_free(scene->content_type);
    mem_free(scene->retry_after);
    mem_free(scene->problem);
    scene->body = scene->content_type = scene->retry_after = scene->problem = NULL;
    scene->is_answered = false;
}

static inline void on_response(void *arg, const struct http_response *response)
{
    struct scene *scene = arg;

    assert_false(scene->is_sending);
    assert_int_equal(strlen(response->body), response->body_size);
    forget_answer(scene);
    scene->is_answered = true;
    scene->answers++;
    scene->outcome = response->outcome;
    scene->status = response->status;
    scene->body = mem_string(response->body);
    scene->content_type = mem_string(response->content_type);
    scene->retry_after = mem_string(response->retry_after);
    scene->problem = mem_string(response->problem);
    loop_stop(scene->loop);
}

static inline struct http_call *send_request(struct scene *scene, const struct http_request *request)
{
    struct http_call *call;

    scene->is_sending = true;
    call = http_client_send(scene->client, request, on_response, scene);
    scene->is_sending = false;
    return call;
}

/* Sends and waits for the callback. */
static inline void perform(struct scene *scene, const struct http_request *request)
{
    forget_answer(scene);
    send_request(scene, request);
    assert_true(wait_for(scene->loop, &scene->is_answered));
}

static inline void get(struct scene *scene)
{
    perform(scene,
            &(struct http_request){.method = "GET", .url = raw_server_url(scene->server), .timeout_ms = TIMEOUT_MS});
}

static inline void scene_open(struct scene *scene, raw_request_fn *fn)
{
    *scene = (struct scene){.loop = loop_new(), .answer = OK};
    scene->client = http_client_new(scene->loop, &(struct http_client_options){0});
    scene->server = raw_server_open(scene->loop, fn, scene);
}

static inline void scene_close(struct scene *scene)
{
    http_client_free(scene->client);
    raw_server_close(scene->server);
    forget_answer(scene);
    mem_free(scene->request);
    loop_free(scene->loop);
}
