/*
 * routes.c - the table of routes, and the match of a path against it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/routes.h"

#include "base/buf.h"
#include "base/mem.h"
#include "receiver/ingest.h"
#include "receiver/pages.h"
#include "receiver/parts.h"

#include <string.h>

typedef void route_fn(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names);

struct route {
    const char *path; /* a segment in braces is a name: the first the source's, the second the account's */
    const char *methods;
    route_fn *fn;
    const char *help;
};

static void page_index(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names);

/* To add one: its row here, its function in pages.c or in a file of its own. */
static const struct route routes[] = {
    {"/in/{source}", "POST", ingest_delivery, "deliver an event"},
    {"/in/{source}/{account}", "POST", ingest_delivery, "deliver an event for one account"},
    {"/healthz", "GET, HEAD", page_healthz, "is the process up?"},
    {"/readyz", "GET, HEAD", page_readyz, "can deliveries be stored now?"},
    {"/metrics", "GET, HEAD", page_metrics, "numbers for Prometheus"},
    {"/", "GET, HEAD", page_index, "this list"},
};

#define INDEX_MAX 4096

static void page_index(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    struct buf text;

    (void)receiver, (void)names;
    buf_init(&text, INDEX_MAX);
    buf_add_string(&text, "Hookline receives webhooks and writes what they say into Pinpoint.\n\n");
    for (const struct route *route = routes; route < routes + COUNT_OF(routes); route++)
        buf_addf(&text, "%-10s %-23s %s\n", route->methods, route->path, route->help);
    http_exchange_answer(exchange, 200, "text/plain; charset=utf-8", text.data, text.size);
    buf_clear(&text);
}

/* Copies the segment path begins with into name, and returns what is behind it; NULL when it is empty or too long. */
static const char *take_name(const char *path, char name[EVENT_NAME_MAX + 1])
{
    size_t size = strcspn(path, "/");

    if (size == 0 || size > EVENT_NAME_MAX)
        return NULL;
    memcpy(name, path, size);
    name[size] = '\0';
    return path + size;
}

static bool matches(const char *pattern, const char *path, struct path_names *names)
{
    char *next_name = names->source;

    names->source[0] = names->account[0] = '\0';
    for (; *pattern; pattern++) {
        if (*pattern == '{') {
            pattern = strchr(pattern, '}');
            path = take_name(path, next_name);
            if (!path)
                return false;
            next_name = names->account;
        } else if (*pattern != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

static bool allows(const struct route *route, const char *method)
{
    size_t size = strlen(method);
    const char *found = size > 0 ? strstr(route->methods, method) : NULL;

    return found && (found == route->methods || found[-1] == ' ') && (found[size] == ',' || found[size] == '\0');
}

static void refuse_method(struct http_exchange *exchange, const struct route *route)
{
    http_exchange_set_header(exchange, "Allow", route->methods);
    http_exchange_answer_problem(exchange, 405, "Method Not Allowed", "the Allow header says what is");
}

void routes_dispatch(void *arg, struct http_exchange *exchange)
{
    struct receiver *receiver = arg;
    struct path_names names;

    if (receiver->is_draining)
        http_exchange_set_header(exchange, "Connection", "close");
    for (const struct route *route = routes; route < routes + COUNT_OF(routes); route++) {
        if (!matches(route->path, http_exchange_path(exchange), &names))
            continue;
        if (allows(route, http_exchange_method(exchange)))
            route->fn(receiver, exchange, &names);
        else
            refuse_method(exchange, route);
        return;
    }
    http_exchange_answer_problem(exchange, 404, "Not Found", "GET / lists the paths there are");
}
