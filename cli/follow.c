/*
 * follow.c - looks at one event again and again. An event that is settled quickly is followed without a word.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/follow.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/report.h"
#include "cli/view.h"
#include "queue/inspect.h"

#include <string.h>

#define WORDS_MAX    1000 /* bytes */
#define QUIET_MS     400  /* nothing is said before */
#define LOOK_MS      50   /* between two looks, while it is quiet */
#define LOOK_LATE_MS 250  /* and after that */

struct follow {
    struct session *session;
    const char *id;
    int64_t since_ms;
    char *said; /* the last line, owned; NULL for none */
};

/* A waiting event waits for its account, or for somebody to run it; otherwise for the events before it. */
static void add_cause(const cJSON *event, const cJSON *status, struct buf *out)
{
    const char *name = json_get_string(event, "account", "");
    const cJSON *account = view_account(status, name);
    const char *state = json_get_string(account, "state", "active");
    const char *reason = json_get_string(account, "reason", "");

    if (strcmp(state, "active") != 0)
        buf_addf(out, ": account %s is %s%s%s", name, view_state(state), *reason ? ": " : "", reason);
    else if (status && cJSON_GetArraySize(json_get(status, "workers")) == 0)
        buf_add_string(out, ": no worker is running");
}

void follow_words(const cJSON *event, const cJSON *status, struct buf *out)
{
    const char *state = json_get_string(event, "state", "");
    const char *reason = json_get_string(event, "reason", "");

    buf_add_string(out, view_state(state));
    if (strcmp(state, "waiting") == 0)
        add_cause(event, status, out);
    else if (strcmp(state, "retrying") == 0 && *reason)
        buf_addf(out, ": %s", reason);
}

/* The event's report or, without an id, the queue's, owned; NULL after having said what went wrong. */
static cJSON *ask(struct session *session, const char *id)
{
    struct inquiry inquiry;

    inquiry_init(&inquiry, session->loop);
    if (id)
        queue_show(session->queue, id, inquiry_report, &inquiry);
    else
        queue_status(session->queue, inquiry_report, &inquiry);
    if (!inquiry_wait(&inquiry))
        (void)report_failure("%s", inquiry.err.text);
    else if (!inquiry.report)
        (void)report_failure("no event %s", id);
    return inquiry.report;
}

/* Between two attempts an event waits for a moment too: "waiting" alone is news only as the first word. */
static bool is_news(const struct follow *follow, const char *words)
{
    return !follow->said || (strcmp(words, "waiting") != 0 && strcmp(follow->said, words) != 0);
}

/* Says what it waits for, if that is news; false when the queue does not answer. */
static bool tell(struct follow *follow, const cJSON *event)
{
    bool is_waiting = strcmp(json_get_string(event, "state", ""), "waiting") == 0;
    cJSON *status = is_waiting ? ask(follow->session, NULL) : NULL;
    struct buf words;

    if (is_waiting && !status)
        return false;
    buf_init(&words, WORDS_MAX);
    follow_words(event, status, &words);
    cJSON_Delete(status);
    if (is_news(follow, words.data)) {
        report_note("%s", words.data);
        mem_free(follow->said);
        follow->said = buf_take(&words);
    }
    buf_clear(&words);
    return true;
}

static bool is_settled(const cJSON *event)
{
    const char *state = json_get_string(event, "state", "");

    return strcmp(state, "done") == 0 || strcmp(state, "dead") == 0;
}

static cJSON *look_until_settled(struct follow *follow)
{
    cJSON *event;

    while ((event = ask(follow->session, follow->id)) && !is_settled(event)) {
        bool is_quiet = clock_monotonic_ms() - follow->since_ms < QUIET_MS;
        bool is_well = is_quiet || tell(follow, event);

        cJSON_Delete(event);
        if (!is_well)
            return NULL;
        session_pause(follow->session->loop, is_quiet ? LOOK_MS : LOOK_LATE_MS);
    }
    return event;
}

cJSON *follow_event(struct session *session, const char *id)
{
    struct follow follow = {.session = session, .id = id, .since_ms = clock_monotonic_ms()};
    cJSON *event = look_until_settled(&follow);

    mem_free(follow.said);
    return event;
}
