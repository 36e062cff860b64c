/*
 * curl_loop.h - libcurl's many transfers on our loop: its sockets as watches, its timeout as a timer.
 *
 * Part of http/client and used by it alone. It knows transfers, not requests.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

#include <curl/curl.h>

struct curl_loop;

/* easy has ended. Called outside of libcurl, so it may start and end any transfer. */
typedef void curl_loop_done_fn(void *arg, CURL *easy, CURLcode code);

/* At most max_connections are open at a time; transfers beyond wait for one. */
struct curl_loop *curl_loop_new(struct loop *loop, long max_connections, curl_loop_done_fn *fn, void *arg);
void curl_loop_free(struct curl_loop *curl_loop); /* every transfer must have been ended; takes NULL */

/* To be called once for each handle, before it is started. */
void curl_loop_prepare(struct curl_loop *curl_loop, CURL *easy);

/* Starts easy, which stays the caller's; never calls fn from inside. False when libcurl is out of memory. */
bool curl_loop_start(struct curl_loop *curl_loop, CURL *easy);

/* Takes easy out, whether it has ended or not. Its connection is closed when it has not. */
void curl_loop_end(struct curl_loop *curl_loop, CURL *easy);
