/*
 * schemas.c - the tables themselves, one group for each type of resource, after Pinpoint's API reference.
 *
 * To add an attribute, a relation, a filter or a sort key: add its row. To add a type: its tables, its row in
 * schemas[], SCHEMA_COUNT, and, when a write needs more checks than the tables say, its two functions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/filter.h"
#include "sandbox/schema.h"
#include "sandbox/write_application.h"
#include "sandbox/write_attribute.h"
#include "sandbox/write_others.h"

#define BOTH           (ON_CREATE | ON_UPDATE)

#define VISIBILITIES   "external internal confidential"
#define BASIC_TYPES    "applied review interview offer hired rejected"
#define COMMENTABLES   "applications job_seekers candidates"
#define ATTRIBUTABLES  "applications candidates jobs job_seekers"
#define INTERVIEWABLES "Application JobSeeker"

static const struct attribute application_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"hired_at", KIND_TIME, 0, NULL},
    {"rejected_at", KIND_TIME, 0, NULL},
    {"job_id", KIND_LINK_ID, 0, "job"},
    {"stage_id", KIND_LINK_ID, 0, "stage"},
    {"candidate_id", KIND_LINK_ID, 0, "candidate"},
    {"uuid", KIND_TEXT, 0, NULL},
    {"external_system_reference", KIND_TEXT, ON_CREATE | INDEXED, NULL},
    {"internal_candidate", KIND_BOOLEAN, 0, NULL},
    {"locale", KIND_TEXT, BOTH, NULL},
    {"first_name", KIND_TEXT, BOTH | NEEDED, NULL},
    {"last_name", KIND_TEXT, BOTH | NEEDED, NULL},
    {"full_name", KIND_FULL_NAME, 0, NULL},
    {"email", KIND_TEXT, BOTH | NEEDED | INDEXED, NULL},
    {"phone", KIND_TEXT, BOTH, NULL},
    {"phone_iso2", KIND_TEXT, BOTH, NULL},
    {"date_of_birth", KIND_DATE, BOTH, NULL},
    {"linkedin_url", KIND_TEXT, BOTH, NULL},
    {"summary", KIND_TEXT, ON_CREATE, NULL},
    {"address1", KIND_TEXT, BOTH, NULL},
    {"address2", KIND_TEXT, BOTH, NULL},
    {"town", KIND_TEXT, BOTH, NULL},
    {"state_province", KIND_TEXT, BOTH, NULL},
    {"country", KIND_TEXT, BOTH, NULL},
    {"postcode", KIND_TEXT, BOTH, NULL},
    {"preferred_pronouns", KIND_TEXT, BOTH, NULL},
    {"national_identifier", KIND_TEXT, 0, NULL},
    {"channel", KIND_TEXT, 0, NULL},
    {"channel_source", KIND_TEXT, 0, NULL},
    {"concealed", KIND_BOOLEAN, 0, NULL},
    {"start_on", KIND_DATE, BOTH, NULL},
    {"is_demo", KIND_BOOLEAN, 0, NULL},
    {"ai_score", KIND_NUMBER, 0, NULL},
    {"attachments", KIND_OBJECTS, EXTRA, NULL},
    {"average_rating", KIND_NUMBER, EXTRA, NULL},
    {"tags", KIND_OBJECTS, EXTRA, NULL},
    {"cv_base64_data", KIND_TEXT, ON_CREATE | HIDDEN, NULL},
    {"cv_base64_filename", KIND_TEXT, ON_CREATE | HIDDEN, NULL},
    {"skip_notifications_on_create", KIND_BOOLEAN, ON_CREATE | HIDDEN, NULL},
    {"add_tags_with_context", KIND_OBJECTS, ON_UPDATE | HIDDEN, NULL},
    {"add_tag_with_context", KIND_OBJECT, ON_UPDATE | HIDDEN, NULL},
    {"remove_tag_with_context", KIND_OBJECT, ON_UPDATE | HIDDEN, NULL},
    {0},
};

static const struct relation application_relations[] = {
    {"job", "jobs", ON_CREATE | NEEDED, "applications"},
    {"stage", "stages", BOTH, NULL},
    {"candidate", "candidates", 0, "applications"},
    {"comments", "comments", MANY, NULL},
    {"custom_attributes", "custom_attributes", MANY, NULL},
    {"answers", "", MANY, NULL},
    {"offers", "", MANY, NULL},
    {"onboarding_application", "", 0, NULL},
    {"scorecard_ratings", "", MANY, NULL},
    {"scorecard_notes", "", MANY, NULL},
    {"scorecard_answers", "", MANY, NULL},
    {"structured_section_responses", "", MANY, NULL},
    {"interviews", "interviews", MANY | HIDDEN, NULL},
    {0},
};

static const struct filter application_filters[] = {
    {"created_at", filter_time, "created_at", NULL},
    {"updated_at", filter_time, "updated_at", NULL},
    {"uuid", filter_text, "uuid", NULL},
    {"job_id", filter_link_id, "job", NULL},
    {"stage_id", filter_link_id, "stage", NULL},
    {"candidate_id", filter_link_id, "candidate", NULL},
    {"stage_basic_type", filter_stage_type, "stage", BASIC_TYPES},
    {"job_visibility", filter_visibility, NULL, VISIBILITIES},
    {"candidate_email", filter_text, "email", NULL},
    {"candidate_phone", filter_text, "phone", NULL},
    {"external_system_reference", filter_text, "external_system_reference", NULL},
    {"internal_candidate", filter_boolean, "internal_candidate", "true false"},
    {"concealed", filter_boolean, "concealed", "true false"},
    {0},
};

static const struct attribute candidate_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"first_name", KIND_TEXT, ON_UPDATE, NULL},
    {"last_name", KIND_TEXT, ON_UPDATE, NULL},
    {"full_name", KIND_FULL_NAME, 0, NULL},
    {"email", KIND_TEXT, INDEXED, NULL},
    {"phone", KIND_TEXT, ON_UPDATE, NULL},
    {"blocked", KIND_BOOLEAN, 0, NULL},
    {"external_system_reference", KIND_TEXT, INDEXED, NULL},
    {"attachments", KIND_OBJECTS, EXTRA, NULL},
    {"tags", KIND_OBJECTS, EXTRA, NULL},
    {"add_tags_with_context", KIND_OBJECTS, ON_UPDATE | HIDDEN, NULL},
    {"add_tag_with_context", KIND_OBJECT, ON_UPDATE | HIDDEN, NULL},
    {"remove_tag_with_context", KIND_OBJECT, ON_UPDATE | HIDDEN, NULL},
    {0},
};

static const struct relation candidate_relations[] = {
    {"applications", "applications", MANY, NULL},
    {"comments", "comments", MANY, NULL},
    {"custom_attributes", "custom_attributes", MANY, NULL},
    {0},
};

static const struct filter candidate_filters[] = {
    {"created_at", filter_time, "created_at", NULL},
    {"updated_at", filter_time, "updated_at", NULL},
    {"phone", filter_text, "phone", NULL},
    {"blocked", filter_boolean, "blocked", "true false"},
    {"external_system_reference", filter_text, "external_system_reference", NULL},
    {0},
};

static const struct attribute job_seeker_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"candidate_id", KIND_LINK_ID, 0, "candidate"},
    {"external_system_reference", KIND_TEXT, INDEXED, NULL},
    {"first_name", KIND_TEXT, 0, NULL},
    {"last_name", KIND_TEXT, 0, NULL},
    {"full_name", KIND_FULL_NAME, 0, NULL},
    {"email", KIND_TEXT, 0, NULL},
    {"phone", KIND_TEXT, 0, NULL},
    {"phone_iso2", KIND_TEXT, 0, NULL},
    {"date_of_birth", KIND_DATE, 0, NULL},
    {"summary", KIND_TEXT, 0, NULL},
    {"locale", KIND_TEXT, 0, NULL},
    {"channel", KIND_TEXT, 0, NULL},
    {"channel_source", KIND_TEXT, 0, NULL},
    {"pipeline_source", KIND_TEXT, 0, NULL},
    {"address1", KIND_TEXT, 0, NULL},
    {"address2", KIND_TEXT, 0, NULL},
    {"town", KIND_TEXT, 0, NULL},
    {"country", KIND_TEXT, 0, NULL},
    {"postcode", KIND_TEXT, 0, NULL},
    {"attachments", KIND_OBJECTS, EXTRA, NULL},
    {"average_rating", KIND_NUMBER, EXTRA, NULL},
    {"tags", KIND_OBJECTS, EXTRA, NULL},
    {0},
};

static const struct relation job_seeker_relations[] = {
    {"candidate", "candidates", HIDDEN, NULL},
    {"comments", "comments", MANY, NULL},
    {"custom_attributes", "custom_attributes", MANY, NULL},
    {"answers", "", MANY, NULL},
    {"interviews", "interviews", MANY | HIDDEN, NULL},
    {0},
};

static const struct filter job_seeker_filters[] = {
    {"candidate_id", filter_link_id, "candidate", NULL},
    {"search", filter_name, NULL, NULL},
    {"external_system_reference", filter_text, "external_system_reference", NULL},
    {0},
};

static const struct attribute job_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"title", KIND_TEXT, 0, NULL},
    {"status", KIND_TEXT, 0, NULL},
    {"visibility", KIND_TEXT, 0, NULL},
    {"employment_type", KIND_TEXT, 0, NULL},
    {"employment_type_text", KIND_TEXT, 0, NULL},
    {"workplace_type", KIND_TEXT, 0, NULL},
    {"workplace_type_text", KIND_TEXT, 0, NULL},
    {"remote", KIND_BOOLEAN, 0, NULL},
    {"description", KIND_TEXT, 0, NULL},
    {"reporting_to", KIND_TEXT, 0, NULL},
    {"requisition_id", KIND_TEXT, 0, NULL},
    {"opened_at", KIND_TIME, 0, NULL},
    {"deadline_at", KIND_TIME, 0, NULL},
    {"url", KIND_TEXT, 0, NULL},
    {0},
};

static const struct relation job_relations[] = {
    {"stages", "stages", MANY, NULL},
    {"custom_attributes", "custom_attributes", MANY, NULL},
    {"hiring_manager_user", "users", 0, NULL},
    {"recruitment_manager_user", "users", 0, NULL},
    {"department", "", 0, NULL},
    {"division", "", 0, NULL},
    {"location", "", 0, NULL},
    {"structure_custom_group_one", "", 0, NULL},
    {"questions", "", MANY, NULL},
    {"applications", "applications", MANY | HIDDEN, NULL},
    {0},
};

static const struct filter job_filters[] = {
    {"created_at", filter_time, "created_at", NULL},
    {"department_id", filter_none, NULL, NULL},
    {"department_name", filter_none, NULL, NULL},
    {"division_id", filter_none, NULL, NULL},
    {"division_name", filter_none, NULL, NULL},
    {"location_id", filter_none, NULL, NULL},
    {"location_name", filter_none, NULL, NULL},
    {"structure_custom_group_one_id", filter_none, NULL, NULL},
    {"structure_custom_group_one_name", filter_none, NULL, NULL},
    {"employment_type", filter_text, "employment_type",
     "contract_temp fixed_term_contract fixed_term_full_time fixed_term_part_time flexible freelance full_time "
     "internship part_time permanent permanent_full_time permanent_part_time zero_hours"},
    {"hiring_manager_user_id", filter_link_id, "hiring_manager_user", NULL},
    {"recruitment_manager_user_id", filter_link_id, "recruitment_manager_user", NULL},
    {"remote", filter_boolean, "remote", "true false"},
    {"search", filter_title, "title", NULL},
    {"status", filter_text, "status", "draft open closed archived"},
    {"visibility", filter_visibility, NULL, VISIBILITIES},
    {"workplace_type", filter_text, "workplace_type", "onsite hybrid remote"},
    {0},
};

static const struct attribute stage_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"name", KIND_TEXT, 0, NULL},
    {"external_name", KIND_TEXT, 0, NULL},
    {"description", KIND_TEXT, 0, NULL},
    {"visible", KIND_BOOLEAN, 0, NULL},
    {"position", KIND_INTEGER, 0, NULL},
    {"basic_type", KIND_TEXT, 0, NULL},
    {0},
};

static const struct relation stage_relations[] = {
    {"stageable", "jobs", 0, "stages"},
    {"applications", "", MANY, NULL},
    {0},
};

static const struct attribute interview_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"start_at", KIND_TIME, 0, NULL},
    {"end_at", KIND_TIME, 0, NULL},
    {"interviewable_id", KIND_LINK_ID, 0, "interviewable"},
    {"interviewable_type", KIND_LINK_CLASS, 0, "interviewable"},
    {"status", KIND_TEXT, 0, NULL},
    {"presence", KIND_TEXT, 0, NULL},
    {"summary", KIND_TEXT, ON_UPDATE, NULL},
    {0},
};

static const struct relation interview_relations[] = {
    {"interviewable", "applications job_seekers", 0, "interviews"},
    {"stage", "stages", 0, NULL},
    {"interview_parts", "", MANY, NULL},
    {0},
};

static const struct filter interview_filters[] = {
    {"created_at", filter_time, "created_at", NULL},
    {"start_at", filter_time, "start_at", NULL},
    {"interviewable_id", filter_link_id, "interviewable", NULL},
    {"interviewable_type", filter_link_class, "interviewable", INTERVIEWABLES},
    {"job_visibility", filter_visibility, NULL, VISIBILITIES},
    {"presence", filter_text, "presence", NULL},
    {0},
};

static const struct attribute comment_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"body_text", KIND_TEXT, ON_CREATE | NEEDED, NULL},
    {"commentable_id", KIND_LINK_ID, 0, "commentable"},
    {"commentable_type", KIND_LINK_CLASS, 0, "commentable"},
    {"private_comment", KIND_BOOLEAN, 0, NULL},
    {"user_id", KIND_LINK_ID, 0, "user"},
    {0},
};

static const struct relation comment_relations[] = {
    {"commentable", COMMENTABLES, ON_CREATE | NEEDED, "comments"},
    {"user", "users", 0, NULL},
    {0},
};

static const struct filter comment_filters[] = {
    {"created_at", filter_time, "created_at", NULL},
    {"updated_at", filter_time, "updated_at", NULL},
    {"commentable_id", filter_link_id, "commentable", NULL},
    {"commentable_type", filter_link_class, "commentable", "Application JobSeeker Candidate"},
    {0},
};

static const struct attribute custom_attribute_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"field_name", KIND_LINK_NAME, 0, "custom_field"},
    {"value", KIND_TEXT, 0, NULL},
    {"boolean_value", KIND_BOOLEAN, BOTH | HIDDEN, NULL},
    {"date_value", KIND_TEXT, BOTH | HIDDEN, NULL},
    {"decimal_value", KIND_NUMBER, BOTH | HIDDEN, NULL},
    {"integer_value", KIND_INTEGER, BOTH | HIDDEN, NULL},
    {"multi_select_value", KIND_TEXTS, BOTH | HIDDEN, NULL},
    {"single_select_value", KIND_TEXT, BOTH | HIDDEN, NULL},
    {"text_value", KIND_TEXT, BOTH | HIDDEN, NULL},
    {"varchar_value", KIND_TEXT, BOTH | HIDDEN, NULL},
    {0},
};

static const struct relation custom_attribute_relations[] = {
    {"custom_field", "custom_fields", ON_CREATE | NEEDED, NULL},
    {"custom_attributable", ATTRIBUTABLES, ON_CREATE | NEEDED, "custom_attributes"},
    {0},
};

static const struct filter custom_attribute_filters[] = {
    {"created_at", filter_time, "created_at", NULL},
    {"updated_at", filter_time, "updated_at", NULL},
    {"custom_attributable_id", filter_link_id, "custom_attributable", NULL},
    {"custom_attributable_type", filter_link_class, "custom_attributable",
     "Application Job JobTemplate JobSeeker Offer Candidate Position"},
    {0},
};

static const struct attribute custom_field_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL},
    {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"name", KIND_TEXT, ON_CREATE | NEEDED, NULL},
    {"field_type", KIND_TEXT, ON_CREATE | NEEDED, NULL},
    {"resource_type", KIND_TEXT, ON_CREATE | NEEDED, NULL},
    {"sample_value", KIND_TEXT, ON_CREATE | NEEDED, NULL},
    {"description", KIND_TEXT, ON_CREATE, NULL},
    {"position", KIND_INTEGER, ON_CREATE, NULL},
    {"required", KIND_BOOLEAN, ON_CREATE, NULL},
    {"options", KIND_TEXTS, ON_CREATE, NULL},
    {"unique_reference", KIND_UNIQUE_REFERENCE, 0, NULL},
    {0},
};

static const struct attribute user_attributes[] = {
    {"created_at", KIND_CREATED_AT, 0, NULL}, {"updated_at", KIND_UPDATED_AT, 0, NULL},
    {"email", KIND_TEXT, INDEXED, NULL},      {"first_name", KIND_TEXT, 0, NULL},
    {"last_name", KIND_TEXT, 0, NULL},        {"time_zone", KIND_TEXT, 0, NULL},
    {"employee", KIND_BOOLEAN, HIDDEN, NULL}, {0},
};

static const struct filter user_filters[] = {
    {"employee", filter_boolean, "employee", "true false"},
    {"email", filter_text, "email", NULL},
    {0},
};

static const struct relation no_relations[] = {{0}};
static const struct filter no_filters[] = {{0}};

#define SORTS "id created_at updated_at"

const struct schema schemas[] = {
    {"applications", "Application", "GET POST PUT", application_attributes, application_relations, application_filters,
     SORTS, prepare_application, application_stored},
    {"candidates", "Candidate", "GET PUT", candidate_attributes, candidate_relations, candidate_filters, SORTS,
     prepare_candidate, NULL},
    {"job_seekers", "JobSeeker", "GET", job_seeker_attributes, job_seeker_relations, job_seeker_filters, SORTS, NULL,
     NULL},
    {"jobs", "Job", "GET", job_attributes, job_relations, job_filters, SORTS " opened_at", NULL, NULL},
    {"stages", "Stage", "", stage_attributes, stage_relations, no_filters, "", NULL, NULL},
    {"interviews", "Interview", "GET PUT", interview_attributes, interview_relations, interview_filters,
     SORTS " start_at", prepare_interview, NULL},
    {"comments", "Comment", "GET POST", comment_attributes, comment_relations, comment_filters, SORTS, prepare_comment,
     comment_stored},
    {"custom_attributes", "CustomAttribute", "GET POST PUT", custom_attribute_attributes, custom_attribute_relations,
     custom_attribute_filters, SORTS, prepare_custom_attribute, NULL},
    {"custom_fields", "CustomField", "GET POST", custom_field_attributes, no_relations, no_filters, "",
     prepare_custom_field, NULL},
    {"users", "User", "GET", user_attributes, no_relations, user_filters, "", NULL, NULL},
    {0},
};
