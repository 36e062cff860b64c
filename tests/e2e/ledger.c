/*
 * ledger.c - reads the sandbox's list of writes page by page and counts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/ledger.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PAGE 1000

void load_body(void *arg, size_t n, struct buf *body)
{
    const struct load *load = arg;

    buf_addf(body, "{\"type\":\"note\",\"data\":{\"application_id\":%zu,\"text\":\"note <%zu>\"}}",
             n % load->applications + 1, n);
}

struct tally {
    const struct load *load;
    size_t count;
    bool is_ordered;
    unsigned *times;   /* each note's */
    size_t *last_seen; /* each application's highest note, plus one */
};

static void tally_add(struct tally *tally, const char *body)
{
    const char *text = strstr(body, "note <");
    size_t n = 0;

    if (!text || sscanf(text, "note <%zu>", &n) != 1 || n >= tally->count)
        fail_msg("a write nobody asked for: %s", body);
    size_t application = n % tally->load->applications;
    if (tally->is_ordered && n + 1 <= tally->last_seen[application] && tally->times[n] == 0)
        fail_msg("application %zu: note %zu came after note %zu", application + 1, n,
                 tally->last_seen[application] - 1);
    if (n + 1 > tally->last_seen[application])
        tally->last_seen[application] = n + 1;
    tally->times[n]++;
}

/* Adds the writes behind number since; gives the number of the last one, or since when there are no more. */
static size_t tally_page(struct stage *stage, struct tally *tally, size_t since)
{
    char *path = mem_printf("/sandbox/writes?since=%zu&limit=%d", since, PAGE);
    cJSON *page = stage_sandbox(stage, path);
    const cJSON *write;

    cJSON_ArrayForEach(write, json_get(page, "writes"))
    {
        char *body = json_print(json_get(write, "body"));
        tally_add(tally, body);
        mem_free(body);
        since = (size_t)json_get_integer(write, "n", 0);
    }
    cJSON_Delete(page);
    mem_free(path);
    return since;
}

void ledger_check(struct stage *stage, const struct load *load, size_t count, bool is_ordered)
{
    struct tally tally = {.load = load, .count = count, .is_ordered = is_ordered};
    size_t before = 0, last = 0;

    tally.times = mem_new((count + 1) * sizeof(unsigned));
    tally.last_seen = mem_new((load->applications + 1) * sizeof(size_t));
    while ((last = tally_page(stage, &tally, before)) > before)
        before = last;
    for (size_t n = 0; n < count; n++) {
        if (tally.times[n] != 1)
            fail_msg("note %zu was written %u times", n, tally.times[n]);
    }
    mem_free(tally.times);
    mem_free(tally.last_seen);
}
