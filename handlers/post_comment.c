/*
 * post_comment.c - a comment on an application, a candidate or a job seeker.
 *
 * A comment notifies people and can be neither edited nor removed, so a second one is worse than anything. Pinpoint
 * takes no idempotency key: when an earlier attempt may have posted, the record's comments are read first, and a last
 * line such as "[ref 7f3a9c2b1d4e]" tells ours from everybody else's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "handlers/argument.h"
#include "handlers/handlers.h"
#include "handlers/step.h"
#include "handlers/target.h"
#include "pinpoint/item.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX_CHARACTERS 10000 /* ours: Pinpoint's limit is not documented */
/* How far the receiver's clock may be ahead of Pinpoint's and our comment still be found. The marker makes a long
 * look back safe; without it, an older comment with the same text would be taken for ours. */
#define SKEW_MS         (24LL * 3600 * 1000)
#define SKEW_BY_TEXT_MS (10LL * 60 * 1000)

enum stage { START, FINDING_TARGET, LOOKING, POSTING };

const struct argument post_comment_arguments[] = {
    {"application", ARGUMENT_TARGET, false, "the application to comment on"},
    {"candidate", ARGUMENT_TARGET, false, "or the candidate"},
    {"job_seeker", ARGUMENT_TARGET, false, "or the person in the talent pipeline"},
    {"text", ARGUMENT_TEXT, true, "the comment: plain text, at most 10000 characters"},
    {"marker", ARGUMENT_FLAG, false, "end with a line by which a repeated attempt knows the comment (default true)"},
    {NULL, ARGUMENT_TEXT, false, NULL},
};

static bool has_marker(const struct action *action)
{
    return argument_flag(action, "marker", true);
}

static void add_marker(const struct action *action, char marker[32])
{
    (void)snprintf(marker, 32, "[ref %.12s]", action->ref);
}

static void add_last_line(const struct action *action, struct buf *text)
{
    char marker[32];

    add_marker(action, marker);
    buf_add_char(text, '\n');
    buf_add_string(text, marker);
}

/* Puts the whole comment into action->memo. */
static bool make_text(struct action *action, struct error *err)
{
    char *text = argument_text(json_get(action->args, "text"), "text", TEXT_MAX_CHARACTERS, err);
    struct buf whole;

    if (!text)
        return false;
    buf_init(&whole, SIZE_MAX - 1);
    buf_add_string(&whole, text);
    if (has_marker(action))
        add_last_line(action, &whole);
    cJSON_Delete(action->memo);
    action->memo = cJSON_CreateString(whole.data);
    buf_clear(&whole);
    mem_free(text);
    return true;
}

static enum step post(struct action *action, struct request *request)
{
    cJSON *attributes = cJSON_CreateObject();
    cJSON *document;

    cJSON_AddStringToObject(attributes, "body_text", action->memo->valuestring);
    document = request_document("comments", NULL, attributes);
    request_relate(document, "commentable", target_resource(action)->type, action->target_id);
    request_write(request, "POST", "/api/v1/comments", document);
    return step_send(action, POSTING);
}

/* Comments of this event cannot be older than its acceptance. They are read oldest first: none is ever removed, so no
 * page shifts while it is read. */
static enum step look(struct action *action, unsigned page, struct request *request)
{
    int64_t since_ms = action->received_ms - (has_marker(action) ? SKEW_MS : SKEW_BY_TEXT_MS);
    char since[CLOCK_TEXT_SIZE];

    action->page = page;
    request_get(request, "/api/v1/comments");
    request_query(request, "filter[commentable_id]", action->target_id);
    request_query(request, "filter[commentable_type]", target_resource(action)->class_name);
    request_query(request, "filter[created_at][gt]", clock_format(since_ms, since));
    request_query(request, "sort", "id");
    request_page(request, page);
    return step_send(action, LOOKING);
}

static enum step look_or_post(struct action *action, struct request *request)
{
    return action->outcome_unknown ? look(action, 1, request) : post(action, request);
}

static enum step start(struct action *action, struct request *request, struct error *err)
{
    enum step step;

    if (!make_text(action, err))
        return STEP_FAIL;
    step = target_find(action, request, err);
    if (step == STEP_SEND)
        return step_send(action, FINDING_TARGET);
    return step == STEP_DONE ? look_or_post(action, request) : step;
}

static enum step target_known(struct action *action, const struct response *last, struct request *request,
                              struct error *err)
{
    enum step step = target_found(action, last, err);

    return step == STEP_DONE ? look_or_post(action, request) : step;
}

/* Whether both are the same but for carriage returns and the space around them. */
static bool is_same_text(const char *a, const char *b)
{
    static const char space[] = " \t\r\n";

    for (a += strspn(a, space), b += strspn(b, space);; a++, b++) {
        a += *a == '\r';
        b += *b == '\r';
        if (*a == '\0' || *b == '\0' || *a != *b)
            return a[strspn(a, space)] == '\0' && b[strspn(b, space)] == '\0';
    }
}

static bool is_ours(const struct action *action, const cJSON *comment)
{
    const char *text = item_text(comment, "body_text");
    char marker[32];

    add_marker(action, marker);
    if (has_marker(action))
        return strstr(text, marker) != NULL;
    return is_same_text(text, action->memo->valuestring);
}

static enum step looked(struct action *action, const struct response *last, struct request *request, struct error *err)
{
    const cJSON *list = response_list(last);
    const cJSON *comment;

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!list)
        return step_fail(err, "", "Pinpoint's answer holds no list of comments");
    cJSON_ArrayForEach(comment, list)
    {
        if (is_ours(action, comment))
            return step_done(action, "found");
    }
    return response_is_last_page(list) ? post(action, request) : look(action, action->page + 1, request);
}

static enum step posted(struct action *action, const struct response *last, struct error *err)
{
    return step_was_refused(last) ? step_refused(action, last, err) : step_done(action, "created");
}

enum step post_comment_step(struct action *action, const struct response *last, struct request *request,
                            struct error *err)
{
    switch ((enum stage)action->stage) {
    case START:
        return start(action, request, err);
    case FINDING_TARGET:
        return target_known(action, last, request, err);
    case LOOKING:
        return looked(action, last, request, err);
    case POSTING:
        break;
    }
    return posted(action, last, err);
}
