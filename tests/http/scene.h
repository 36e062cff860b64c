/*
 * scene.h - a server, a client and a handler on one loop: what the tests of http/server have in common.
 *
 * Functions stand in this header because the tests of one folder share no object.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GET       "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
#define POST_HEAD "POST /a HTTP/1.1\r\nHost: x\r\n"

enum { MAX_BODY = 1000, HELD_MAX = 300, NOW_MS = 1000000, TICK_MS = 300, HOUR_MS = 3600000 };

/* A server, a client, and a handler that does what the test has chosen. */
struct scene {
    struct loop *loop;
    struct http_server *server;
    struct raw_client client;
    unsigned handled;
    bool is_holding; /* exchanges are kept for the test to answer */
    bool is_dropping;
    struct http_exchange *held[HELD_MAX];
    size_t held_count;
    struct buf seen; /* what the handler has found in the last request */
};

static inline void answer(struct http_exchange *exchange, const char *body)
{
    http_exchange_answer(exchange, 200, "text/plain", body, strlen(body));
}

static inline void handle(void *arg, struct http_exchange *exchange)
{
    struct scene *scene = arg;
    size_t size;
    const char *body = http_exchange_body(exchange, &size);

    scene->handled++;
    buf_reset(&scene->seen);
    buf_addf(&scene->seen, "%s %s ", http_exchange_method(exchange), http_exchange_path(exchange));
    buf_add(&scene->seen, body, size);
    if (scene->is_holding)
        scene->held[scene->held_count++] = exchange;
    else if (scene->is_dropping)
        http_exchange_drop(exchange);
    else
        answer(exchange, "fine");
    loop_stop(scene->loop);
}

static inline void scene_open_with(struct scene *scene, http_handler_fn *handler)
{
    struct http_server_options options = {
        .listen = "127.0.0.1:0", .max_body_bytes = MAX_BODY, .handler = handler, .arg = scene};
    struct error err = {0};

    *scene = (struct scene){.loop = loop_new()};
    buf_init(&scene->seen, 1 << 20);
    scene->server = http_server_open(scene->loop, &options, &err);
    assert_non_null(scene->server);
    raw_client_open(&scene->client, scene->loop, http_server_port(scene->server));
}

static inline void scene_open(struct scene *scene)
{
    scene_open_with(scene, handle);
}

static inline void scene_close(struct scene *scene)
{
    raw_client_close(&scene->client);
    http_server_close(scene->server);
    buf_clear(&scene->seen);
    loop_free(scene->loop);
    clock_release();
}

static inline bool is_held(void *arg)
{
    const struct scene *scene = arg;

    return scene->held_count > 0;
}

/* Sends a request whose exchange the handler keeps. */
static inline struct http_exchange *hold_one(struct scene *scene, const char *request)
{
    scene->is_holding = true;
    scene->held_count = 0;
    raw_client_send(&scene->client, request);
    assert_true(wait_until(scene->loop, is_held, scene));
    return scene->held[0];
}

struct pause {
    struct loop *loop;
    bool is_over;
};

static inline void on_pause_over(void *arg)
{
    struct pause *pause = arg;

    pause->is_over = true;
    loop_stop(pause->loop);
}

/* Runs the loop for that long. */
static inline void let_pass(struct loop *loop, int64_t ms)
{
    struct pause pause = {.loop = loop};
    struct timer *timer = timer_new(loop, on_pause_over, &pause);

    timer_start(timer, ms);
    assert_true(wait_for(loop, &pause.is_over));
    timer_free(timer);
}
