/*
 * set_interview_summary.c - text in the summary of an interview, below what people have written there.
 *
 * The API replaces the whole summary, so it is read first. Text that is there already is not written again, which
 * makes every attempt safe to repeat.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "handlers/argument.h"
#include "handlers/handlers.h"
#include "handlers/html.h"
#include "handlers/step.h"
#include "handlers/target.h"
#include "pinpoint/item.h"

#include <string.h>

#define OURS_MAX_BYTES    (8UL * HTML_MAX_BYTES)
#define SUMMARY_MAX_BYTES (1UL << 20) /* of all that is written back: people's text too */

enum stage { START, FINDING_TARGET, FINDING_INTERVIEW, READING, WRITING };

/* What action->memo holds: "ours", the HTML to add; "interview", the id, once known; "before", the HTML above ours. */

const struct argument set_interview_summary_arguments[] = {
    {"interview", ARGUMENT_TARGET, false, "the interview"},
    {"application", ARGUMENT_TARGET, false, "or the application whose latest interview it is"},
    {"html", ARGUMENT_TEXT, false, "the summary as HTML; what is not allowed there is taken out"},
    {"text", ARGUMENT_TEXT, false, "or as plain text"},
    {"overwrite", ARGUMENT_FLAG, false, "replace what is there instead of adding below it (default false)"},
    {NULL, ARGUMENT_TEXT, false, NULL},
};

bool set_interview_summary_check(const cJSON *args, struct error *err)
{
    if (!json_get(args, "html") == !json_get(args, "text"))
        return error_set(err, ERROR_INVALID, "expected exactly one of html, text");
    return true;
}

static void remember(struct action *action, const char *name, const char *text)
{
    cJSON_DeleteItemFromObjectCaseSensitive(action->memo, name);
    cJSON_AddStringToObject(action->memo, name, text);
}

static const char *recall(const struct action *action, const char *name)
{
    return json_get_string(action->memo, name, "");
}

/* Our HTML into action->memo. */
static bool make_ours(struct action *action, struct error *err)
{
    const char *name = json_get(action->args, "html") ? "html" : "text";
    char *given = argument_text(json_get(action->args, name), name, HTML_MAX_BYTES, err);
    struct buf ours;
    bool is_fine;

    if (!given)
        return false;
    buf_init(&ours, OURS_MAX_BYTES);
    is_fine = strcmp(name, "html") == 0 ? html_reduce(given, &ours, err) : html_from_text(given, &ours, err);
    mem_free(given);
    cJSON_Delete(action->memo);
    action->memo = cJSON_CreateObject();
    remember(action, "ours", ours.data);
    buf_clear(&ours);
    return is_fine || error_prefix(err, "%s", name);
}

static enum step put_summary(struct action *action, struct request *request)
{
    const char *id = recall(action, "interview");
    char *summary = mem_printf("%s%s", recall(action, "before"), recall(action, "ours"));
    char *path = request_path("interviews", id);
    cJSON *attributes = cJSON_CreateObject();

    cJSON_AddStringToObject(attributes, "summary", summary);
    request_write(request, "PUT", path, request_document("interviews", id, attributes));
    mem_free(path);
    mem_free(summary);
    return step_send(action, WRITING);
}

/* summary is what the interview holds now. */
static enum step add_to(struct action *action, const char *summary, struct request *request, struct error *err)
{
    const char *ours = recall(action, "ours");

    if (argument_flag(action, "overwrite", false))
        return strcmp(summary, ours) == 0 ? step_done(action, "unchanged") : put_summary(action, request);
    if (html_shows(summary, ours))
        return step_done(action, "unchanged");
    if (strlen(summary) + strlen(ours) > SUMMARY_MAX_BYTES)
        return step_fail(err, "", "the interview's summary is full: %zu bytes are there", strlen(summary));
    remember(action, "before", summary);
    return put_summary(action, request);
}

static enum step list_interviews(struct action *action, struct request *request)
{
    request_get(request, "/api/v1/interviews");
    request_query(request, "filter[interviewable_id]", action->target_id);
    request_query(request, "filter[interviewable_type]", "Application");
    request_query(request, "filter[job_visibility]", "external,internal,confidential");
    request_query(request, "sort", "-start_at");
    request_page(request, 1);
    return step_send(action, FINDING_INTERVIEW);
}

/* An interview that is replaced as a whole need not be read. */
static enum step read_interview(struct action *action, struct request *request)
{
    char *path;

    remember(action, "interview", action->target_id);
    if (argument_flag(action, "overwrite", false))
        return put_summary(action, request);
    path = request_path("interviews", action->target_id);
    request_get(request, path);
    mem_free(path);
    return step_send(action, READING);
}

static enum step target_known(struct action *action, struct request *request)
{
    bool is_interview = strcmp(target_resource(action)->argument, "interview") == 0;

    return is_interview ? read_interview(action, request) : list_interviews(action, request);
}

static enum step start(struct action *action, struct request *request, struct error *err)
{
    enum step step;

    if (!make_ours(action, err))
        return STEP_FAIL;
    step = target_find(action, request, err);
    if (step == STEP_SEND)
        return step_send(action, FINDING_TARGET);
    return step == STEP_DONE ? target_known(action, request) : step;
}

static enum step target_answered(struct action *action, const struct response *last, struct request *request,
                                 struct error *err)
{
    enum step step = target_found(action, last, err);

    return step == STEP_DONE ? target_known(action, request) : step;
}

/* Whether a, which starts at a_ms, is more likely than b to be the one that was summed up: the last to have begun,
 * else the next to begin. */
static bool is_likelier(int64_t a_ms, int64_t b_ms, int64_t event_ms)
{
    bool a_has_begun = a_ms <= event_ms, b_has_begun = b_ms <= event_ms;

    if (a_has_begun != b_has_begun)
        return a_has_begun;
    return a_has_begun ? a_ms > b_ms : a_ms < b_ms;
}

/* The application's interview that the event is about; one without a time only when there is no other. */
static const cJSON *choose(const struct action *action, const cJSON *list)
{
    const cJSON *item, *chosen = NULL;
    int64_t start_ms, chosen_ms = INT64_MAX;

    cJSON_ArrayForEach(item, list)
    {
        if (!item_id(item) || !item_is(item, "interviewable_id", action->target_id))
            continue;
        if (!clock_parse(item_text(item, "start_at"), &start_ms))
            start_ms = INT64_MAX;
        if (!chosen || is_likelier(start_ms, chosen_ms, action->received_ms)) {
            chosen = item;
            chosen_ms = start_ms;
        }
    }
    return chosen;
}

static enum step interviews_listed(struct action *action, const struct response *last, struct request *request,
                                   struct error *err)
{
    const cJSON *list = response_list(last);
    const cJSON *interview;

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!list)
        return step_fail(err, "", "Pinpoint's answer holds no list of interviews");
    interview = choose(action, list);
    if (!interview)
        return step_fail(err, "application", "application %s has no interview", action->target_id);
    remember(action, "interview", item_id(interview));
    return add_to(action, item_text(interview, "summary"), request, err);
}

static enum step interview_read(struct action *action, const struct response *last, struct request *request,
                                struct error *err)
{
    const cJSON *interview = json_get(last->document, "data");

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!item_id(interview))
        return step_fail(err, "", "Pinpoint's answer holds no interview");
    return add_to(action, item_text(interview, "summary"), request, err);
}

/* The elements that are allowed are not documented: when ours are refused, the same text goes without them. What is
 * plain already is not sent again. */
static enum step write_plain(struct action *action, struct request *request)
{
    const char *ours = recall(action, "ours");
    struct buf lines, plain;
    bool is_plainer;

    buf_init(&lines, OURS_MAX_BYTES);
    buf_init(&plain, OURS_MAX_BYTES);
    html_to_lines(ours, &lines);
    is_plainer = html_from_text(lines.data, &plain, &(struct error){0}) && strcmp(plain.data, ours) != 0;
    if (is_plainer)
        remember(action, "ours", plain.data);
    buf_clear(&lines);
    buf_clear(&plain);
    return is_plainer ? put_summary(action, request) : STEP_FAIL;
}

static enum step written(struct action *action, const struct response *last, struct request *request, struct error *err)
{
    if (!step_was_refused(last))
        return step_done(action, "updated");
    step_refused(action, last, err);
    return last->status == 422 ? write_plain(action, request) : STEP_FAIL;
}

enum step set_interview_summary_step(struct action *action, const struct response *last, struct request *request,
                                     struct error *err)
{
    switch ((enum stage)action->stage) {
    case START:
        return start(action, request, err);
    case FINDING_TARGET:
        return target_answered(action, last, request, err);
    case FINDING_INTERVIEW:
        return interviews_listed(action, last, request, err);
    case READING:
        return interview_read(action, last, request, err);
    case WRITING:
        break;
    }
    return written(action, last, request, err);
}
