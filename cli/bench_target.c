/*
 * bench_target.c - asks the base URL for what only the sandbox has.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench_target.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/fetch.h"

#include <string.h>

enum { ASK_MS = 3000 };

static bool is_sandbox(const struct account *account)
{
    struct loop *loop = loop_new();
    struct http_client *client = http_client_new(loop, &(struct http_client_options){0});
    char *url = mem_printf("%s/sandbox/stats", account->base_url);
    const char *const headers[] = {NULL};
    const struct http_request request = {.method = "GET", .url = url, .headers = headers, .timeout_ms = ASK_MS};
    struct fetched answer;

    fetch(loop, client, &request, &answer);
    cJSON *stats = fetched_json(&answer);
    bool is_one = answer.status == 200 && json_get(stats, "seed") && json_get(stats, "writes");
    cJSON_Delete(stats);
    fetched_clear(&answer);
    mem_free(url);
    http_client_free(client);
    loop_free(loop);
    return is_one;
}

bool bench_target_check(const struct account *account, const char *allowed, struct error *err)
{
    if ((allowed && strcmp(allowed, account->base_url) == 0) || is_sandbox(account))
        return true;
    return error_set(err, ERROR_REFUSED,
                     "account %s writes to %s, which is not the sandbox: made-up events would end up there; "
                     "--allow-base-url %s permits it",
                     account->name, account->base_url, account->base_url);
}
