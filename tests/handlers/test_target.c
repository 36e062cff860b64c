/*
 * test_target.c - finding the record that an action is about. Seen through post_comment, which posts when it is known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/handlers/conversation.h"

#define PAGE                 "&sort=-created_at&page[number]=1&page[size]=100"
#define VISIBILITY           "&filter[job_visibility]=external,internal,confidential"
#define BY_EMAIL             "GET /api/v1/applications?filter[candidate_email]=ada@x.example"
#define BY_REF               "?filter[external_system_reference]=E-7"
#define POST                 "POST /api/v1/comments"

#define ITEM(id, attributes) "{'id':'" id "','attributes':{" attributes "}}"
#define ADA(id, more)        ITEM(id, "'email':'Ada@X.example','rejected_at':null" more)

static const char by_email[] = "{'application':{'email':' ada@x.example '},'text':'a','marker':false}";
static const char by_job[] = "{'application':{'email':'ada@x.example','job':7},'text':'a','marker':false}";
static const char by_reference[] = "{'application':{'external_reference':'E-7'},'text':'a','marker':false}";

/* The comment that is posted on id. */
static char *comment_on(const char *type, const char *id)
{
    return mem_printf("{'data':{'type':'comments','attributes':{'body_text':'a'},"
                      "'relationships':{'commentable':{'data':{'type':'%s','id':'%s'}}}}}",
                      type, id);
}

static const struct {
    const char *args, *request, *answer;
    const char *id; /* of the application found, or NULL */
    const char *wants;
} cases[] = {
    /* one */
    {by_email, BY_EMAIL VISIBILITY PAGE, "{'data':[" ADA("12", "") "]}", "12", POST},
    /* none */
    {by_email, BY_EMAIL VISIBILITY PAGE, "{'data':[]}", NULL,
     "FAIL application: Pinpoint has no application with that e-mail address"},
    /* the filter was ignored */
    {by_email, BY_EMAIL VISIBILITY PAGE, "{'data':[" ITEM("3", "'email':'bob@x.example'") "," ITEM("4", "") ",{},7]}",
     NULL, "FAIL application: Pinpoint has no application"},
    /* two that are alive */
    {by_email, BY_EMAIL VISIBILITY PAGE, "{'data':[" ADA("12", "") "," ADA("9", "") "]}", NULL,
     "FAIL application: 2 records have that e-mail address: 12, 9; name the \"job\" too"},
    /* a rejected one beside one alive */
    {by_email, BY_EMAIL VISIBILITY PAGE,
     "{'data':[" ITEM("12", "'email':'ada@x.example','rejected_at':'2024-01-01T00:00:00Z'") "," ADA("9", "") "]}", "9",
     POST},
    /* rejected ones only */
    {by_email, BY_EMAIL VISIBILITY PAGE,
     "{'data':[" ITEM("12", "'email':'ada@x.example','rejected_at':'2024-01-01T00:00:00Z'") "," ITEM(
         "9", "'email':'ada@x.example','rejected_at':'2023-01-01T00:00:00Z'") "]}",
     "12", POST},
    /* blind screening */
    {by_email, BY_EMAIL VISIBILITY PAGE,
     "{'data':[" ITEM("12", "'email':'Hidden due to blind screening','concealed':true") "]}", NULL,
     "FAIL application: cannot be found by e-mail address: 1 of those found are under blind screening"},
    /* with a job */
    {by_job, BY_EMAIL "&filter[job_id]=7" VISIBILITY PAGE,
     "{'data':[" ADA("12", ",'job_id':'8'") "," ADA("9", ",'job_id':'7'") "," ADA("5", ",'job_id':7") "]}", "9", POST},
    /* not for that job */
    {by_job, BY_EMAIL "&filter[job_id]=7" VISIBILITY PAGE, "{'data':[" ADA("12", ",'job_id':'70'") "]}", NULL,
     "FAIL with that e-mail address on job 7"},
    /* a reference */
    {by_reference, "GET /api/v1/applications" BY_REF VISIBILITY PAGE,
     "{'data':[" ITEM("2", "'external_system_reference':'E-70'") "," ITEM("3",
                                                                          "'external_system_reference':'E-7'") "]}",
     "3", POST},
    /* no such reference */
    {by_reference, "GET /api/v1/applications" BY_REF VISIBILITY PAGE, "{'data':[]}", NULL,
     "FAIL application: Pinpoint has no application with that external reference"},
    /* no list */
    {by_email, BY_EMAIL VISIBILITY PAGE, "{'meta':{}}", NULL, "FAIL no list of applications"},
};

static void an_application_is_found_or_it_is_said_why_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *body = cases[i].id ? comment_on("applications", cases[i].id) : NULL;

        TALK("post_comment", cases[i].args, {0, NULL, cases[i].request, NULL},
             {200, cases[i].answer, cases[i].wants, body});
        mem_free(body);
    }
}

static void other_records_are_found_by_reference(void **state)
{
    char *candidate = comment_on("candidates", "3"), *job_seeker = comment_on("job_seekers", "3");

    (void)state;
    TALK("post_comment", "{'candidate':{'external_reference':'E-7'},'text':'a','marker':false}",
         {0, NULL, "GET /api/v1/candidates" BY_REF PAGE, NULL},
         {200, "{'data':[" ITEM("3", "'external_system_reference':'E-7'") "]}", POST, candidate});
    TALK("post_comment", "{'job_seeker':{'external_reference':'E-7'},'text':'a','marker':false}",
         {0, NULL, "GET /api/v1/job_seekers" BY_REF PAGE, NULL},
         {200, "{'data':[" ITEM("3", "'external_system_reference':'E-7'") "]}", POST, job_seeker});
    TALK("post_comment", "{'candidate':{'external_reference':'E-7'},'text':'a'}",
         {0, NULL, "GET /api/v1/candidates" BY_REF PAGE, NULL},
         {200,
          "{'data':[" ITEM("3", "'external_system_reference':'E-7'") "," ITEM("4",
                                                                              "'external_system_reference':'E-7'") "]}",
          "FAIL candidate: 2 records have that external reference: 3, 4; give the id", NULL});
    mem_free(candidate);
    mem_free(job_seeker);
}

static void a_lookup_that_is_refused_fails_with_pinpoints_words(void **state)
{
    (void)state;
    TALK("post_comment", by_email, {0, NULL, BY_EMAIL VISIBILITY PAGE, NULL},
         {400, "{'errors':[{'title':'Bad Request','source':{'parameter':'filter[candidate_email]'}}]}",
          "FAIL 400 Bad Request (filter[candidate_email])", NULL});
}

/* What templates inside the object may give. */
static const struct {
    const char *target, *wants;
} filled[] = {
    {"{'email':'','job':'7'}", "FAIL application.email: expected a text"},
    {"{'email':'ada','job':'7'}", "FAIL application.email: is no e-mail address"},
    {"{'email':'a@b,c@d','job':'7'}", "FAIL application.email: is no e-mail address"},
    {"{'email':'a@b c','job':'7'}", "FAIL application.email: is no e-mail address"},
    {"{'email':null,'job':'7'}", "FAIL application.email: expected a text"},
    {"{'email':'a@b','job':null}", "FAIL application.job: expected the id of a job"},
    {"{'email':'a@b','job':'7&x=1'}", "FAIL application.job: expected the id of a job"},
    {"{'email':'a@b','job':'{{.x}}'}", "FAIL application.job: expected the id of a job"},
    {"{'email':'a@b','external_reference':'E'}", "FAIL application: expected an id"},
    {"{'job':'7'}", "FAIL application: expected an id"},
    {"{'id':'7'}", "FAIL application.id: is no way to find a record of kind application"},
    {"['7']", "FAIL application: expected an id"},
    {"true", "FAIL application: expected an id"},
};

static void what_templates_give_is_checked_before_anything_is_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(filled); i++) {
        struct conversation conversation;

        conversation_open(&conversation, "post_comment", "{'application':'{{.application}}','text':'a'}");
        cJSON_ReplaceItemInObjectCaseSensitive(conversation.args, "application", quoted_json(filled[i].target));
        CONVERSE(&conversation, {0, NULL, filled[i].wants, NULL});
        conversation_close(&conversation);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_application_is_found_or_it_is_said_why_not),
        cmocka_unit_test(other_records_are_found_by_reference),
        cmocka_unit_test(a_lookup_that_is_refused_fails_with_pinpoints_words),
        cmocka_unit_test(what_templates_give_is_checked_before_anything_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
