/*
 * curl_request.c - method, address, headers and body as options of a libcurl handle.
 *
 * What every call has in common is set in client.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/curl_request.h"

#include <string.h>
#include <strings.h>

static bool is_one_of(const char *method, const char *one, const char *other)
{
    return strcmp(method, one) == 0 || strcmp(method, other) == 0;
}

bool curl_request_is_repeatable(const char *method)
{
    return is_one_of(method, "GET", "HEAD");
}

static void set_method_and_body(CURL *easy, const struct http_request *request)
{
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* neither body nor HEAD, as the last request may have had it */
    if (strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request->body || is_one_of(request->method, "POST", "PUT")) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body ? request->body : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static bool is_header(const char *line, const char *name)
{
    size_t size = strlen(name);

    return strncasecmp(line, name, size) == 0 && line[size] == ':';
}

const char *curl_request_set(CURL *easy, const struct http_request *request, struct curl_slist **headers)
{
    bool has_type = false;

    for (const char *const *line = request->headers; line && *line; line++) {
        if (strpbrk(*line, "\r\n"))
            return "a header has a line break";
        has_type |= is_header(*line, "Content-Type");
        *headers = curl_slist_append(*headers, *line);
    }
    /* What libcurl would add by itself: a second of waiting for the "100 Continue" that few servers send, and the
     * type of a form. */
    *headers = curl_slist_append(*headers, "Expect:");
    if (!has_type)
        *headers = curl_slist_append(*headers, "Content-Type:");
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    set_method_and_body(easy, request);
    return NULL;
}

void curl_request_forget(CURL *easy, struct curl_slist **headers)
{
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(*headers);
    *headers = NULL;
}
