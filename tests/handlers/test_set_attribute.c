/*
 * test_set_attribute.c - one value of a field on a record: created, updated or left alone, never doubled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/handlers/conversation.h"

#define FIELDS(page) "GET /api/v1/custom_fields?page[number]=" page "&page[size]=100"
#define VALUES(class, page)                                                                                            \
    "GET /api/v1/custom_attributes?filter[custom_attributable_id]=1&filter[custom_attributable_type]=" class           \
        "&include=custom_field&sort=id&page[number]=" page "&page[size]=100"
#define CREATE "POST /api/v1/custom_attributes"
#define UPDATE "PUT /api/v1/custom_attributes/454"

#define FIELD(id, name, resource, type)                                                                                \
    "{'id':'" id "','attributes':{'name':'" name "','resource_type':'" resource "','field_type':'" type "'"
#define ALL_FIELDS                                                                                                     \
    "{'data':[" FIELD("11", "Coding score", "candidate", "integer") "}}," FIELD(                                       \
        "12", "Coding score", "application",                                                                           \
        "integer") "}}," FIELD("13", "Report", "application",                                                          \
                               "varchar") "}}," FIELD("14", "Check", "application",                                    \
                                                      "single_select") ",'options':['Clear','Failed']}}"               \
                                                                       "," FIELD(                                      \
                                                                           "15", "Skills", "application",              \
                                                                           "multi_select") ",'options':["              \
                                                                                           "'C','SQL']}}"              \
                                                                                           "," FIELD(                  \
                                                                                               "1"                     \
                                                                                               "6",                    \
                                                                                               "Ow"                    \
                                                                                               "ne"                    \
                                                                                               "r",                    \
                                                                                               "ap"                    \
                                                                                               "pl"                    \
                                                                                               "ic"                    \
                                                                                               "at"                    \
                                                                                               "io"                    \
                                                                                               "n",                    \
                                                                                               "us"                    \
                                                                                               "er"                    \
                                                                                               "s") "}}," FIELD("17",  \
                                                                                                                "Leve" \
                                                                                                                "l",   \
                                                                                                                "posi" \
                                                                                                                "tio"  \
                                                                                                                "n",   \
                                                                                                                "varc" \
                                                                                                                "har") "}}]}"

#define VALUE(id, field, value)                                                                                        \
    "{'id':'" id "','attributes':{'value':'" value "'},'relationships':{'custom_field':{'data':{'type':"               \
    "'custom_fields','id':'" field "'}}}}"
#define NEW(key, value, field, type)                                                                                   \
    "{'data':{'type':'custom_attributes','attributes':{'" key "':" value "},'relationships':{'custom_field':"          \
    "{'data':{'type':'custom_fields','id':'" field "'}},'custom_attributable':{'data':{'type':'" type                  \
    "','id':'1'}}}}}"
#define CHANGED(key, value) "{'data':{'type':'custom_attributes','id':'454','attributes':{'" key "':" value "}}}"
#define DONE_BODY           "{'data':{'type':'custom_attributes','id':'454'}}"

static const char score[] = "{'application':'1','field':'Coding score','value':'87'}";

static void a_value_that_is_not_there_is_created(void **state)
{
    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[" VALUE("400", "13", "87") "]}", CREATE, NEW("integer_value", "87", "12", "applications")},
         {201, DONE_BODY, "DONE created", NULL});
}

static void a_value_that_is_there_is_updated(void **state)
{
    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[" VALUE("453", "13", "x") "," VALUE("454", "12", "80") "," VALUE("455", "12", "81") "]}",
          UPDATE, CHANGED("integer_value", "87")},
         {200, DONE_BODY, "DONE updated", NULL});
}

static void a_value_that_is_there_already_is_left_alone(void **state)
{
    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[" VALUE("454", "12", "87") "]}", "DONE unchanged", NULL});
}

static void options_run_together_are_written_again(void **state)
{
    (void)state;
    TALK("set_attribute", "{'application':'1','field':'Skills','value':['C','SQL']}", {0, NULL, FIELDS("1"), NULL},
         {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[" VALUE("454", "15", "C and SQL") "]}", UPDATE, CHANGED("multi_select_value", "['C','SQL']")},
         {200, DONE_BODY, "DONE updated", NULL});
}

static void a_value_somebody_else_created_meanwhile_is_updated(void **state)
{
    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("integer_value", "87", "12", "applications")},
         {422, INVALID, VALUES("Application", "1"), NULL},
         {200, "{'data':[" VALUE("454", "12", "80") "]}", UPDATE, CHANGED("integer_value", "87")},
         {200, DONE_BODY, "DONE updated", NULL});
}

static void a_creation_that_is_refused_is_not_tried_twice(void **state)
{
    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("integer_value", "87", "12", "applications")},
         {422, INVALID, VALUES("Application", "1"), NULL},
         {200, "{'data':[]}", "FAIL 422 Validation Error: Not so (application 1)", NULL});
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("integer_value", "87", "12", "applications")},
         {404, NOT_FOUND, "FAIL 404 Not Found: Record not found (application 1: it does not exist, or its job", NULL});
}

static void every_page_of_values_is_read_before_one_is_created(void **state)
{
    char *full = list_of(100, VALUE("1", "999", "x"));

    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, full, VALUES("Application", "2"), NULL}, {200, full, VALUES("Application", "3"), NULL},
         {200, "{'data':[" VALUE("454", "12", "80") "]}", UPDATE, CHANGED("integer_value", "87")},
         {200, DONE_BODY, "DONE updated", NULL});
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("integer_value", "87", "12", "applications")},
         {422, INVALID, VALUES("Application", "1"), NULL}, {200, full, VALUES("Application", "2"), NULL},
         {200, "{'data':[]}", "FAIL 422 Validation Error", NULL});
    mem_free(full);
}

static void every_page_of_fields_is_read_and_then_remembered(void **state)
{
    struct conversation conversation;
    char *full = list_of(100, FIELD("1", "Other", "application", "text") "}}");

    (void)state;
    conversation_open(&conversation, "set_attribute", score);
    CONVERSE(&conversation, {0, NULL, FIELDS("1"), NULL}, {200, full, FIELDS("2"), NULL},
             {200, full, FIELDS("3"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL});
    assert_false(conversation.request.is_shared);
    CONVERSE(&conversation, {0, NULL, VALUES("Application", "1"), NULL}); /* another action, the same catalogue */
    conversation.action.now_ms += CATALOGUE_MAX_AGE_MS + 1;
    CONVERSE(&conversation, {0, NULL, FIELDS("1"), NULL});
    assert_true(conversation.request.is_shared);
    conversation_close(&conversation);
    mem_free(full);
}

static void a_field_that_is_not_there_is_read_for_again_before_it_is_missed(void **state)
{
    struct conversation conversation;

    (void)state;
    conversation_open(&conversation, "set_attribute", "{'application':'1','field':' Codng score','value':1}");
    CONVERSE(&conversation, {0, NULL, FIELDS("1"), NULL},
             {200, ALL_FIELDS,
              "FAIL field: no custom field \"Codng score\" for applications; there are: Coding score, Report, Check, "
              "Skills, Owner",
              NULL});
    CONVERSE(&conversation, {0, NULL, "FAIL field: no custom field", NULL});
    conversation.action.now_ms += CATALOGUE_MISS_AGE_MS + 1;
    CONVERSE(&conversation, {0, NULL, FIELDS("1"), NULL},
             {200, "{'data':[" FIELD("18", "Codng score", "application", "integer") "}}]}", VALUES("Application", "1"),
              NULL});
    conversation_close(&conversation);
    TALK("set_attribute", "{'job':'1','field':'X','value':1}", {0, NULL, FIELDS("1"), NULL},
         {200, ALL_FIELDS, "FAIL field: no custom field \"X\" for jobs; there are none", NULL});
}

static void other_records_take_values_too(void **state)
{
    (void)state;
    TALK("set_attribute", "{'candidate':'1','field':'Coding score','value':87}", {0, NULL, FIELDS("1"), NULL},
         {200, ALL_FIELDS, VALUES("Candidate", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("integer_value", "87", "11", "candidates")},
         {201, DONE_BODY, "DONE created", NULL});
    TALK("set_attribute", "{'position':1,'field':'Level','value':3}", {0, NULL, FIELDS("1"), NULL},
         {200, ALL_FIELDS, VALUES("Position", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("varchar_value", "'3'", "17", "positions")},
         {201, DONE_BODY, "DONE created", NULL});
}

static const struct {
    const char *field, *value, *wants;
} misfits[] = {
    {"Coding score", "'high'", "FAIL value: expected an integer, got \"high\""},
    {"Coding score", "null", "FAIL value: has no value (null)"},
    {"Check", "'Purple'", "FAIL value: expected one of Clear, Failed, got \"Purple\""},
    {"Skills", "['C','Go']", "FAIL value: expected one of C, SQL, got \"Go\""},
    {"Owner", "'Ada'", "FAIL value: the field \"Owner\" is of a type that cannot be written"},
};

static void a_value_that_does_not_fit_is_not_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(misfits); i++) {
        struct conversation conversation;

        conversation_open(&conversation, "set_attribute", "{'application':'1','field':'{{.f}}','value':'{{.v}}'}");
        cJSON_ReplaceItemInObjectCaseSensitive(conversation.args, "field", cJSON_CreateString(misfits[i].field));
        cJSON_ReplaceItemInObjectCaseSensitive(conversation.args, "value", quoted_json(misfits[i].value));
        CONVERSE(&conversation, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, misfits[i].wants, NULL});
        conversation_close(&conversation);
    }
}

static void the_application_may_have_to_be_found_first(void **state)
{
    (void)state;
    TALK("set_attribute", "{'application':{'external_reference':'E-7'},'field':'Coding score','value':87}",
         {0, NULL,
          "GET /api/v1/applications?filter[external_system_reference]=E-7&filter[job_visibility]="
          "external,internal,confidential&sort=-created_at&page[number]=1&page[size]=100",
          NULL},
         {200, "{'data':[{'id':'1','attributes':{'external_system_reference':'E-7'}}]}", FIELDS("1"), NULL},
         {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[]}", CREATE, NEW("integer_value", "87", "12", "applications")},
         {201, DONE_BODY, "DONE created", NULL});
}

static void what_is_no_list_or_refused_fails(void **state)
{
    (void)state;
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL},
         {404, NOT_FOUND, "FAIL 404 Not Found: Record not found", NULL});
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, "{}", "FAIL no list of custom fields", NULL});
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':null}", "FAIL no list of custom attributes", NULL});
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {400, INVALID, "FAIL 400", NULL});
    TALK("set_attribute", score, {0, NULL, FIELDS("1"), NULL}, {200, ALL_FIELDS, VALUES("Application", "1"), NULL},
         {200, "{'data':[" VALUE("454", "12", "80") "]}", UPDATE, CHANGED("integer_value", "87")},
         {422, INVALID, "FAIL 422 Validation Error: Not so (application 1)", NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_that_is_not_there_is_created),
        cmocka_unit_test(a_value_that_is_there_is_updated),
        cmocka_unit_test(a_value_that_is_there_already_is_left_alone),
        cmocka_unit_test(options_run_together_are_written_again),
        cmocka_unit_test(a_value_somebody_else_created_meanwhile_is_updated),
        cmocka_unit_test(a_creation_that_is_refused_is_not_tried_twice),
        cmocka_unit_test(every_page_of_values_is_read_before_one_is_created),
        cmocka_unit_test(every_page_of_fields_is_read_and_then_remembered),
        cmocka_unit_test(a_field_that_is_not_there_is_read_for_again_before_it_is_missed),
        cmocka_unit_test(other_records_take_values_too),
        cmocka_unit_test(a_value_that_does_not_fit_is_not_sent),
        cmocka_unit_test(the_application_may_have_to_be_found_first),
        cmocka_unit_test(what_is_no_list_or_refused_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
