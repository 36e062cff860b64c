/*
 * match.c - which of several records it is, or why that cannot be said.
 *
 * A rejected application is never preferred, and between two that are alive there is no guessing: a result on the wrong
 * application is worse than a dead letter.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/match.h"

#include "base/buf.h"
#include "pinpoint/item.h"
#include "pinpoint/words.h"

#include <string.h>
#include <strings.h>

#define IDS_SHOWN_MAX 60 /* bytes */

/* What was found. */
struct matches {
    const cJSON *live, *rejected; /* the first of each */
    unsigned live_count, concealed_count;
    struct buf ids; /* of the live ones */
    struct word_list id_list;
};

static bool is_wanted(const struct wanted *wanted, const cJSON *item)
{
    bool is_named = strcmp(wanted->way->key, "email") == 0
                        ? strcasecmp(item_text(item, wanted->way->attribute), wanted->value) == 0
                        : item_is(item, wanted->way->attribute, wanted->value);

    return is_named && item_id(item) && (!*wanted->job || item_is(item, "job_id", wanted->job));
}

static void add_match(struct matches *matches, const cJSON *item)
{
    if (item_attribute(item, "rejected_at")) {
        matches->rejected = matches->rejected ? matches->rejected : item;
        return;
    }
    matches->live = matches->live ? matches->live : item;
    matches->live_count++;
    word_list_add(&matches->id_list, item_id(item));
}

static void gather(const struct wanted *wanted, const cJSON *list, struct matches *matches)
{
    const cJSON *item;

    *matches = (struct matches){0};
    buf_init(&matches->ids, IDS_SHOWN_MAX);
    word_list_init(&matches->id_list, &matches->ids, IDS_SHOWN_MAX);
    cJSON_ArrayForEach(item, list)
    {
        if (is_wanted(wanted, item))
            add_match(matches, item);
        else if (cJSON_IsTrue(item_attribute(item, "concealed")))
            matches->concealed_count++;
    }
}

static void fail_none(const struct wanted *wanted, const struct matches *matches, struct error *err)
{
    const struct resource *resource = wanted->resource;

    if (matches->concealed_count > 0 && strcmp(wanted->way->key, "email") == 0)
        error_set_at(err, ERROR_INVALID, resource->argument,
                     "cannot be found by e-mail address: %u of those found are under blind screening, which hides it; "
                     "give the id or the external reference",
                     matches->concealed_count);
    else
        error_set_at(err, ERROR_INVALID, resource->argument, "Pinpoint has no %s with that %s%s%s", resource->argument,
                     wanted->way->words, *wanted->job ? " on job " : "", wanted->job);
}

static void fail_many(const struct wanted *wanted, const struct matches *matches, struct error *err)
{
    bool may_have_job = strcmp(wanted->resource->argument, "application") == 0;

    error_set_at(err, ERROR_INVALID, wanted->resource->argument, "%u records have that %s: %s; %s", matches->live_count,
                 wanted->way->words, matches->ids.data, may_have_job ? "name the \"job\" too" : "give the id");
}

/* With a job, the newest: it is the same person, who applied again. */
const cJSON *match_choose(const struct wanted *wanted, const cJSON *list, struct error *err)
{
    struct matches matches;
    const cJSON *item;

    gather(wanted, list, &matches);
    item = matches.live ? matches.live : matches.rejected;
    if (!item) {
        fail_none(wanted, &matches, err);
    } else if (matches.live_count > 1 && !*wanted->job) {
        fail_many(wanted, &matches, err);
        item = NULL;
    }
    buf_clear(&matches.ids);
    return item;
}
