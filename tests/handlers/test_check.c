/*
 * test_check.c - the arguments of actions as a configuration may have them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/handlers/conversation.h"

static const struct {
    const char *handler, *args;
    const char *where; /* NULL: nothing is wrong */
    const char *words;
} cases[] = {
    {"post_comment", "{'application':'{{.id}}','text':'Score {{.s}}'}", NULL, NULL},
    {"post_comment", "{'application':1,'text':7,'marker':false}", NULL, NULL},
    {"post_comment", "{'application':{'email':'{{.e}}','job':'{{.j}}'},'text':'a'}", NULL, NULL},
    {"post_comment", "{'application':{'external_reference':'{{.r}}'},'text':'a'}", NULL, NULL},
    {"post_comment", "[]", "", "expected the arguments of post_comment as an object"},
    {"post_comment", "{'application':'1'}", "text", "is missing: the comment"},
    {"post_comment", "{'text':'a'}", "", "expected exactly one of application, candidate, job_seeker"},
    {"post_comment", "{'application':'1','candidate':'2','text':'a'}", "", "expected exactly one of application"},
    {"post_comment", "{'aplication':'1','text':'a'}", "aplication",
     "is no argument of post_comment, which takes application, candidate, job_seeker, text, marker"},
    {"post_comment", "{'job':'1','text':'a'}", "job", "is no argument"},
    {"post_comment", "{'application':'1','text':''}", "text", "expected a text"},
    {"post_comment", "{'application':'1','text':' '}", "text", "expected a text"},
    {"post_comment", "{'application':'1','text':['a']}", "text", "expected a text"},
    {"post_comment", "{'application':'1','text':'a','marker':'{{.m}}'}", "marker", "expected true or false"},
    {"post_comment", "{'application':'Ada','text':'a'}", "application", "expected an id such as \"42\""},
    {"post_comment", "{'application':true,'text':'a'}", "application", "expected an id such as \"42\""},
    {"post_comment", "{'application':{},'text':'a'}", "application", "expected an id such as \"42\""},
    {"post_comment", "{'application':{'email':''},'text':'a'}", "application.email", "expected a text"},
    {"post_comment", "{'application':{'email':'a@b','job':'x'},'text':'a'}", "application.job", "the id of a job"},
    {"post_comment", "{'application':{'mail':'a@b'},'text':'a'}", "application.mail", "is no way to find"},
    {"post_comment", "{'candidate':{'email':'a@b'},'text':'a'}", "candidate.email", "is no way to find"},

    {"set_attribute", "{'offer':'{{.id}}','field':'F','value':['a','b']}", NULL, NULL},
    {"set_attribute", "{'application':'1','field':'F','value':false}", NULL, NULL},
    {"set_attribute", "{'application':'1','field':'F','value':null}", "value", "got null"},
    {"set_attribute", "{'application':'1','field':'F'}", "value", "is missing"},
    {"set_attribute", "{'application':'1','value':'F'}", "field", "is missing"},
    {"set_attribute", "{'field':'F','value':1}", "",
     "expected exactly one of application, candidate, job, job_seeker, offer, position"},
    {"set_attribute", "{'job':{'email':'a@b'},'field':'F','value':1}", "job.email", "is no way to find"},

    {"set_interview_summary", "{'interview':'{{.id}}','html':'<b>x</b>'}", NULL, NULL},
    {"set_interview_summary", "{'application':'1','text':'x','overwrite':true}", NULL, NULL},
    {"set_interview_summary", "{'interview':'1'}", "", "expected exactly one of html, text"},
    {"set_interview_summary", "{'interview':'1','html':'x','text':'y'}", "", "expected exactly one of html, text"},
    {"set_interview_summary", "{'text':'y'}", "", "expected exactly one of interview, application"},
    {"set_interview_summary", "{'interview':'1','html':'x','overwrite':1}", "overwrite", "expected true or false"},
};

static void mistakes_are_found_where_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        cJSON *args = quoted_json(cases[i].args);
        struct error err = {0};
        bool is_fine = handler_check(handler_named(cases[i].handler), args, &err);

        if (is_fine != !cases[i].where)
            fail_msg("%s: %s: %s", cases[i].args, err.where, err.text);
        if (!is_fine && (strcmp(err.where, cases[i].where) != 0 || !strstr(err.text, cases[i].words)))
            fail_msg("%s: %s: %s", cases[i].args, err.where, err.text);
        cJSON_Delete(args);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_found_where_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
