/*
 * test_post_comment.c - a comment is posted once, whatever became of earlier attempts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/handlers/conversation.h"

#define LIST_SINCE(type, since)                                                                                        \
    "GET /api/v1/comments?filter[commentable_id]=1&filter[commentable_type]=" type "&filter[created_at][gt]=" since    \
    "&sort=id&page[number]="
#define LIST(type)         LIST_SINCE(type, "2023-11-13T22:13:20.000Z") /* a day before the event */
#define LIST_BY_TEXT(type) LIST_SINCE(type, "2023-11-14T22:03:20.000Z") /* ten minutes */
#define COMMENT(type, text)                                                                                            \
    "{'data':{'type':'comments','attributes':{'body_text':'" text                                                      \
    "'},'relationships':{'commentable':{'data':{'type':'" type "','id':'1'}}}}}"
#define CREATED "{'data':{'type':'comments','id':'5'}}"

static void the_first_attempt_posts_at_once(void **state)
{
    (void)state;
    TALK("post_comment", "{'application':'1','text':' Score 87\\n'}",
         {0, NULL, "POST /api/v1/comments", COMMENT("applications", "Score 87\\n[ref " REF "]")},
         {201, CREATED, "DONE created", NULL});
}

static void candidates_and_job_seekers_are_commented_on_too(void **state)
{
    (void)state;
    TALK("post_comment", "{'candidate':1,'text':'a','marker':false}",
         {0, NULL, "POST /api/v1/comments", COMMENT("candidates", "a")}, {201, CREATED, "DONE created", NULL});
    TALK("post_comment", "{'job_seeker':'1','text':true,'marker':false}",
         {0, NULL, "POST /api/v1/comments", COMMENT("job_seekers", "true")}, {201, CREATED, "DONE created", NULL});
}

static void a_comment_that_already_arrived_is_not_posted_again(void **state)
{
    struct conversation conversation;

    (void)state;
    conversation_open(&conversation, "post_comment", "{'application':'1','text':'Score 87'}");
    conversation.action.outcome_unknown = true; /* the last attempt timed out */
    CONVERSE(&conversation, {0, NULL, LIST("Application") "1&page[size]=100", NULL},
             {200,
              "{'data':[7,{'id':'1'},{'id':'2','attributes':{'body_text':'Score 87'}},"
              "{'id':'3','attributes':{'body_text':'Score 87\\r\\n[ref " REF "]'}}]}",
              "DONE found", NULL});
    conversation_close(&conversation);
}

static void a_comment_that_did_not_arrive_is_posted_after_a_look(void **state)
{
    struct conversation conversation;

    (void)state;
    conversation_open(&conversation, "post_comment", "{'job_seeker':'1','text':'Score 87'}");
    conversation.action.outcome_unknown = true;
    CONVERSE(&conversation, {0, NULL, LIST("JobSeeker") "1&page[size]=100", NULL},
             {200, "{'data':[{'id':'3','attributes':{'body_text':'Score 87\\n[ref 000000000000]'}}]}",
              "POST /api/v1/comments", COMMENT("job_seekers", "Score 87\\n[ref " REF "]")},
             {201, CREATED, "DONE created", NULL});
    conversation_close(&conversation);
}

static void all_pages_are_looked_at(void **state)
{
    struct conversation conversation;
    char *full = list_of(100, "{'id':'1','attributes':{'body_text':'hello'}}");

    (void)state;
    conversation_open(&conversation, "post_comment", "{'application':'1','text':'Score 87'}");
    conversation.action.outcome_unknown = true;
    CONVERSE(&conversation, {0, NULL, LIST("Application") "1&page[size]=100", NULL},
             {200, full, LIST("Application") "2&page[size]=100", NULL},
             {200, full, LIST("Application") "3&page[size]=100", NULL},
             {200, "{'data':[{'id':'3','attributes':{'body_text':'x [ref " REF "]'}}]}", "DONE found", NULL});
    conversation_close(&conversation);
    mem_free(full);
}

static void without_a_marker_the_same_text_counts_as_found(void **state)
{
    struct conversation conversation;

    (void)state;
    conversation_open(&conversation, "post_comment", "{'application':'1','text':'two\\nlines','marker':false}");
    conversation.action.outcome_unknown = true;
    CONVERSE(&conversation, {0, NULL, LIST_BY_TEXT("Application") "1&page[size]=100", NULL},
             {200, "{'data':[{'id':'3','attributes':{'body_text':' two\\r\\nlines\\n'}}]}", "DONE found", NULL});
    CONVERSE(&conversation, {0, NULL, LIST_BY_TEXT("Application") "1&page[size]=100", NULL},
             {200, "{'data':[{'id':'3','attributes':{'body_text':'two\\nlines more'}}]}", "POST /api/v1/comments",
              COMMENT("applications", "two\\nlines")});
    conversation_close(&conversation);
}

static void a_refusal_is_told_in_pinpoints_words_with_a_hint(void **state)
{
    (void)state;
    TALK("post_comment", "{'application':'1','text':'a','marker':false}",
         {0, NULL, "POST /api/v1/comments", COMMENT("applications", "a")},
         {422, INVALID, "FAIL 422 Validation Error: Not so (application 1)", NULL});
    TALK("post_comment", "{'application':'1','text':'a','marker':false}",
         {0, NULL, "POST /api/v1/comments", COMMENT("applications", "a")},
         {404, NOT_FOUND, "FAIL 404 Not Found: Record not found (application 1: it does not exist, or its job is conf",
          NULL});
    TALK("post_comment", "{'candidate':'1','text':'a','marker':false}",
         {0, NULL, "POST /api/v1/comments", COMMENT("candidates", "a")},
         {404, NULL, "FAIL 404 (candidate 1: it does not exist, or this key may not see it)", NULL});
}

static void a_list_that_is_none_fails(void **state)
{
    struct conversation conversation;

    (void)state;
    conversation_open(&conversation, "post_comment", "{'application':'1','text':'a'}");
    conversation.action.outcome_unknown = true;
    CONVERSE(&conversation, {0, NULL, LIST("Application") "1&page[size]=100", NULL},
             {200, "{'data':{}}", "FAIL no list of comments", NULL});
    CONVERSE(&conversation, {0, NULL, LIST("Application") "1&page[size]=100", NULL},
             {400, INVALID, "FAIL 400 Validation Error", NULL});
    conversation_close(&conversation);
}

/* Arguments as templates may fill them in: the configuration had nothing to object to. */
static const struct {
    const char *args;
    const char *wants;
} filled[] = {
    {"{'application':'1','text':''}", "FAIL text: is empty"},
    {"{'application':'1','text':' \\n '}", "FAIL text: is empty"},
    {"{'application':'1','text':null}", "FAIL text: expected a text, got null"},
    {"{'application':'1','text':['a']}", "FAIL text: expected a text, got [\"a\"]"},
    {"{'application':null,'text':'a'}", "FAIL application: expected an id such as \"42\" or {\"email\""},
    {"{'application':'','text':'a'}", "FAIL application: expected an id"},
    {"{'application':'12a','text':'a'}", "FAIL application: expected an id"},
    {"{'application':'1/../2','text':'a'}", "FAIL application: expected an id"},
    {"{'application':'0','text':'a'}", "FAIL application: expected an id"},
    {"{'application':1.5,'text':'a'}", "FAIL application: expected an id"},
    {"{'application':-1,'text':'a'}", "FAIL application: expected an id"},
    {"{'application':'1234567890123456789','text':'a'}", "FAIL application: expected an id"},
    {"{'application':'{{x}}','text':'a'}", "FAIL application: expected an id"},
    {"{'candidate':'x','text':'a'}", "FAIL candidate: expected an id such as \"42\" or {\"external_reference\""},
};

static void what_templates_give_is_checked_before_anything_is_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(filled); i++) {
        struct conversation conversation;

        conversation_open(&conversation, "post_comment", "{'application':'{{.id}}','text':'{{.text}}'}");
        cJSON_Delete(conversation.args);
        conversation.action.args = conversation.args = quoted_json(filled[i].args);
        CONVERSE(&conversation, {0, NULL, filled[i].wants, NULL});
        conversation_close(&conversation);
    }
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    struct conversation conversation;
    char *text = mem_new(10002);

    (void)state;
    memset(text, 'x', 10001);
    conversation_open(&conversation, "post_comment", "{'application':'1','text':'{{.text}}'}");
    cJSON_ReplaceItemInObjectCaseSensitive(conversation.args, "text", cJSON_CreateString(text));
    CONVERSE(&conversation, {0, NULL, "FAIL text: has 10001 characters: 10000 is the most", NULL});
    conversation_close(&conversation);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_attempt_posts_at_once),
        cmocka_unit_test(candidates_and_job_seekers_are_commented_on_too),
        cmocka_unit_test(a_comment_that_already_arrived_is_not_posted_again),
        cmocka_unit_test(a_comment_that_did_not_arrive_is_posted_after_a_look),
        cmocka_unit_test(all_pages_are_looked_at),
        cmocka_unit_test(without_a_marker_the_same_text_counts_as_found),
        cmocka_unit_test(a_refusal_is_told_in_pinpoints_words_with_a_hint),
        cmocka_unit_test(a_list_that_is_none_fails),
        cmocka_unit_test(what_templates_give_is_checked_before_anything_is_sent),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
