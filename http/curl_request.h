/*
 * curl_request.h - a request in libcurl's words.
 *
 * Part of http/client and used by it alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/client.h"

#include <curl/curl.h>

/* Whether a request of that method may be sent a second time when it is not known what became of the first. */
bool curl_request_is_repeatable(const char *method);

/* Tells easy, whatever it was told of an earlier request, of method, address, headers and body; all of it is copied.
 * headers becomes the list of headers, which easy uses until curl_request_forget. Returns what is wrong with request,
 * or NULL. */
const char *curl_request_set(CURL *easy, const struct http_request *request, struct curl_slist **headers);

/* Frees the headers and the copy of the body. */
void curl_request_forget(CURL *easy, struct curl_slist **headers);
