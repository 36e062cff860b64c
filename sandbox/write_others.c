/*
 * write_others.c - comments, which are always the system user's, and the summaries of interviews.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/write_others.h"

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/seed.h"
#include "sandbox/summary_html.h"
#include "sandbox/write.h"

bool prepare_comment(struct write *write)
{
    const char *text = json_get_string(write->attributes, "body_text", "");

    cJSON_AddFalseToObject(write->attributes, "private_comment");
    write->summary = mem_printf("%.200s", text);
    return true;
}

void comment_stored(struct write *write)
{
    struct record *user = store_find(write->store, "users", SEED_SYSTEM_USER);

    if (user)
        store_link(write->store, write->record, "user", user);
}

bool prepare_interview(struct write *write)
{
    const char *html = json_get_string(write->attributes, "summary", NULL);
    char problem[SUMMARY_PROBLEM_SIZE];

    if (html && !summary_html_check(html, problem))
        return reply_invalid(write->reply, "attributes", "summary", "%s", problem);
    write->summary = mem_string("summary");
    return true;
}
