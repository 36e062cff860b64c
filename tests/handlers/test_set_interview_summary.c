/*
 * test_set_interview_summary.c - which interview, what becomes of people's text, and what is sent.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/handlers/conversation.h"

#define INTERVIEW "GET /api/v1/interviews/24"
#define WRITE     "PUT /api/v1/interviews/24"
#define INTERVIEWS                                                                                                     \
    "GET /api/v1/interviews?filter[interviewable_id]=1&filter[interviewable_type]=Application&filter[job_visibility]=" \
    "external,internal,confidential&sort=-start_at&page[number]=1&page[size]=100"
#define SUMMARY(html) "{'data':{'type':'interviews','id':'24','attributes':{'summary':'" html "'}}}"
#define EMPTY         "{'data':{'type':'interviews','id':'24','attributes':{'summary':null}}}"
#define OURS          "<div>Strong on <strong>SQL</strong></div>"

static const char by_id[] = "{'interview':24,'html':'<p>Strong on <b>SQL</b></p>'}";
static const char by_application[] = "{'application':'1','text':'Strong\\non SQL & C'}";

static void an_empty_summary_is_filled(void **state)
{
    (void)state;
    TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL}, {200, EMPTY, WRITE, SUMMARY(OURS)},
         {200, EMPTY, "DONE updated", NULL});
    TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL},
         {200, "{'data':{'id':'24'}}", WRITE, SUMMARY(OURS)}, {200, EMPTY, "DONE updated", NULL});
}

static void what_a_person_wrote_stays_above_ours(void **state)
{
    (void)state;
    TALK(
        "set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL},
        {200, SUMMARY("<div>Calm.</div><figure>x</figure>"), WRITE, SUMMARY("<div>Calm.</div><figure>x</figure>" OURS)},
        {200, EMPTY, "DONE updated", NULL});
}

static void what_is_there_already_is_not_written_again(void **state)
{
    static const char *const summaries[] = {
        SUMMARY(OURS),
        SUMMARY("<div>Calm.</div>" OURS "<div>More</div>"),
        SUMMARY("<div>Calm.<br>Strong on&nbsp; <b>SQL</b></div><!--note-->"), /* as an editor may have kept it */
        SUMMARY("<p>Strong on SQL</p>"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(summaries); i++)
        TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL}, {200, summaries[i], "DONE unchanged", NULL});
}

static void part_of_a_line_is_not_the_line(void **state)
{
    (void)state;
    TALK("set_interview_summary", "{'interview':'24','text':'Score 8'}", {0, NULL, INTERVIEW, NULL},
         {200, SUMMARY("<div>Score 85</div>"), WRITE, SUMMARY("<div>Score 85</div><div>Score 8</div>")},
         {200, EMPTY, "DONE updated", NULL});
}

static void overwriting_needs_no_look(void **state)
{
    (void)state;
    TALK("set_interview_summary", "{'interview':'24','text':'New','overwrite':true}",
         {0, NULL, WRITE, SUMMARY("<div>New</div>")}, {200, EMPTY, "DONE updated", NULL});
    TALK("set_interview_summary", "{'application':'1','text':'New','overwrite':true}", {0, NULL, INTERVIEWS, NULL},
         {200, "{'data':[{'id':'24','attributes':{'interviewable_id':'1','summary':'<div>Old</div>'}}]}", WRITE,
          SUMMARY("<div>New</div>")},
         {200, EMPTY, "DONE updated", NULL});
    TALK("set_interview_summary", "{'application':'1','text':'New','overwrite':true}", {0, NULL, INTERVIEWS, NULL},
         {200, "{'data':[{'id':'24','attributes':{'interviewable_id':'1','summary':'<div>New</div>'}}]}",
          "DONE unchanged", NULL});
}

static void plain_text_is_escaped_and_keeps_its_lines(void **state)
{
    (void)state;
    TALK("set_interview_summary", by_application, {0, NULL, INTERVIEWS, NULL},
         {200, "{'data':[{'id':'24','attributes':{'interviewable_id':1}}]}", WRITE,
          SUMMARY("<div>Strong<br>on SQL &amp; C</div>")},
         {200, EMPTY, "DONE updated", NULL});
}

/* The event was accepted on 2023-11-14 at 22:13:20. */
#define AT(id, start) "{'id':'" id "','attributes':{'interviewable_id':'1','start_at':" start "}}"

static const struct {
    const char *interviews;
    const char *chosen;
} choices[] = {
    {"{'data':[" AT("1", "'2023-11-20T09:00:00Z'") "," AT("2", "'2023-11-14T21:00:00Z'") "," AT(
         "3", "'2023-11-14T22:14:00+01:00'") "," AT("4", "'2023-11-01T09:00:00Z'") "]}",
     "3"},
    {"{'data':[" AT("1", "'2023-12-24T09:00:00Z'") "," AT("2", "'2023-11-16T09:00:00Z'") "]}", "2"},
    {"{'data':[" AT("1", "null") "," AT("2", "'2023-11-01T09:00:00Z'") "]}", "2"},
    {"{'data':[" AT("1", "null") "," AT("2", "'2023-12-01T09:00:00Z'") "]}", "2"},
    {"{'data':[" AT("1", "null") "]}", "1"},
    {"{'data':[{'id':'1','attributes':{'interviewable_id':'10','start_at':'2023-11-14T22:00:00Z'}}," AT(
         "2", "'2023-11-01T09:00:00Z'") "]}",
     "2"},
};

static void the_last_interview_that_has_begun_is_meant_else_the_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        char *wants = mem_printf("PUT /api/v1/interviews/%s", choices[i].chosen);
        char *body = mem_printf("{'data':{'type':'interviews','id':'%s','attributes':{'summary':"
                                "'<div>Strong<br>on SQL &amp; C</div>'}}}",
                                choices[i].chosen);

        TALK("set_interview_summary", by_application, {0, NULL, INTERVIEWS, NULL},
             {200, choices[i].interviews, wants, body});
        mem_free(wants);
        mem_free(body);
    }
}

static void an_application_without_interview_is_told(void **state)
{
    (void)state;
    TALK("set_interview_summary", by_application, {0, NULL, INTERVIEWS, NULL},
         {200, "{'data':[]}", "FAIL application: application 1 has no interview", NULL});
}

static void html_that_is_refused_is_sent_once_more_as_plain_text(void **state)
{
    (void)state;
    TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL},
         {200, SUMMARY("<div>Calm.</div>"), WRITE, SUMMARY("<div>Calm.</div>" OURS)},
         {422, INVALID, WRITE, SUMMARY("<div>Calm.</div><div>Strong on SQL</div>")},
         {200, EMPTY, "DONE updated", NULL});
    TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL}, {200, EMPTY, WRITE, SUMMARY(OURS)},
         {422, INVALID, WRITE, SUMMARY("<div>Strong on SQL</div>")},
         {422, INVALID, "FAIL 422 Validation Error: Not so (interview 24)", NULL});
}

static void plain_text_that_is_refused_is_not_sent_again(void **state)
{
    (void)state;
    TALK("set_interview_summary", "{'interview':'24','text':'a'}", {0, NULL, INTERVIEW, NULL},
         {200, EMPTY, WRITE, SUMMARY("<div>a</div>")}, {422, INVALID, "FAIL 422", NULL});
}

static void a_missing_interview_is_told_with_a_hint(void **state)
{
    (void)state;
    TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL},
         {404, NOT_FOUND,
          "FAIL 404 Not Found: Record not found (interview 24: it does not exist, or its job is confidential and "
          "Pinpoint hides it)",
          NULL});
    TALK("set_interview_summary", by_id, {0, NULL, INTERVIEW, NULL}, {200, "{'data':[]}", "FAIL no interview", NULL});
    TALK("set_interview_summary", by_application, {0, NULL, INTERVIEWS, NULL},
         {200, "{'data':{}}", "FAIL no list of interviews", NULL});
    TALK("set_interview_summary", by_application, {0, NULL, INTERVIEWS, NULL}, {400, INVALID, "FAIL 400", NULL});
}

static const struct {
    const char *args, *wants;
} misfits[] = {
    {"{'interview':'24','html':'{{.x}}'}", NULL},
    {"{'interview':'24','html':'<script>alert(1)</script>'}", "FAIL html: holds no text"},
    {"{'interview':'24','html':'  '}", "FAIL html: is empty"},
    {"{'interview':'24','text':null}", "FAIL text: expected a text, got null"},
    {"{'interview':{'email':'a@b'},'text':'a'}", "FAIL interview.email: is no way to find"},
    {"{'interview':'x','text':'a'}", "FAIL interview: expected an id such as \"42\", got \"x\""},
};

static void what_templates_give_is_checked_before_anything_is_sent(void **state)
{
    (void)state;
    for (size_t i = 1; i < COUNT_OF(misfits); i++) {
        struct conversation conversation;

        conversation_open(&conversation, "set_interview_summary", misfits[0].args);
        cJSON_Delete(conversation.args);
        conversation.action.args = conversation.args = quoted_json(misfits[i].args);
        CONVERSE(&conversation, {0, NULL, misfits[i].wants, NULL});
        conversation_close(&conversation);
    }
}

static void a_full_summary_is_left_alone(void **state)
{
    struct conversation conversation;
    char *full = mem_new((1U << 20) + 1);
    char *answer;

    (void)state;
    memset(full, 'x', 1U << 20);
    answer = mem_printf(SUMMARY("%s"), full);
    conversation_open(&conversation, "set_interview_summary", by_id);
    CONVERSE(&conversation, {0, NULL, INTERVIEW, NULL}, {200, answer, "FAIL the interview's summary is full", NULL});
    conversation_close(&conversation);
    mem_free(answer);
    mem_free(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_summary_is_filled),
        cmocka_unit_test(what_a_person_wrote_stays_above_ours),
        cmocka_unit_test(what_is_there_already_is_not_written_again),
        cmocka_unit_test(part_of_a_line_is_not_the_line),
        cmocka_unit_test(overwriting_needs_no_look),
        cmocka_unit_test(plain_text_is_escaped_and_keeps_its_lines),
        cmocka_unit_test(the_last_interview_that_has_begun_is_meant_else_the_next),
        cmocka_unit_test(an_application_without_interview_is_told),
        cmocka_unit_test(html_that_is_refused_is_sent_once_more_as_plain_text),
        cmocka_unit_test(plain_text_that_is_refused_is_not_sent_again),
        cmocka_unit_test(a_missing_interview_is_told_with_a_hint),
        cmocka_unit_test(what_templates_give_is_checked_before_anything_is_sent),
        cmocka_unit_test(a_full_summary_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
