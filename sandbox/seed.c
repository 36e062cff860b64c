/*
 * seed.c - tables of who and what Acme is, and the loops that store them.
 *
 * Some rows are there to catch a careless client: one person with two applications, an interview that a person has
 * already summed up, a confidential job.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seed.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/seed_fields.h"
#include "sandbox/write_application.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define HOUR_MS (3600LL * 1000)
#define DAY_MS  (24 * HOUR_MS)

static const struct person {
    const char *first_name;
    const char *last_name;
    const char *email;
    bool is_employee;
} users[] = {
    {"Acme", "Recruiting", "system@acme.example", false},
    {"Maya", "Chen", "maya.chen@acme.example", true},
    {"Tom", "Iversen", "tom.iversen@acme.example", true},
};

static const struct stage {
    const char *name;
    const char *basic_type;
} stages[] = {
    {"Applied", "applied"}, {"Screening", "review"}, {"Interview", "interview"}, {"Offer", "offer"}, {"Hired", "hired"},
};

static const struct job {
    const char *title;
    const char *visibility;
    const char *workplace_type;
    const char *workplace_type_text;
    long long manager;
} jobs[] = {
    {"Backend Engineer", "external", "remote", "Remote", 2},
    {"Support Specialist", "external", "hybrid", "Hybrid", 3},
    {"Chief Financial Officer", "confidential", "onsite", "Onsite", 2},
};

struct applicant {
    const char *first_name;
    const char *last_name;
    const char *email;
    const char *phone;
    const char *town;
    const char *country;
    long long job;
    unsigned stage; /* its position among stages */
    unsigned days_ago;
};

static const struct applicant applicants[] = {
    {"Ada", "Okafor", "ada.okafor@mail.example", "+44 20 7946 0101", "Leeds", "United Kingdom", 1, 1, 12},
    {"Ben", "Lindqvist", "ben.lindqvist@mail.example", "+46 8 123 456", "Malmö", "Sweden", 1, 2, 11},
    {"Carmen", "Reyes", "carmen.reyes@mail.example", "+34 91 123 4567", "Sevilla", "Spain", 2, 2, 9},
    {"Daniel", "Mwangi", "daniel.mwangi@mail.example", "+254 20 123 4567", "Nairobi", "Kenya", 1, 0, 6},
    {"Elif", "Yıldız", "elif.yildiz@mail.example", "+90 212 123 45 67", "İzmir", "Türkiye", 2, 0, 3},
    {"Ben", "Lindqvist", "ben.lindqvist@mail.example", "+46 8 123 456", "Malmö", "Sweden", 2, 0, 2},
};

static const struct applicant confidential_applicant = {
    "Grace", "O'Connell", "grace.oconnell@mail.example", "+353 1 123 4567", "Cork", "Ireland", 3, 2, 4};

static const struct interview {
    long long application;
    int in_days;
    int hour; /* of the day, UTC */
    const char *status;
    const char *summary;
} interviews[] = {
    {1, -1, 14, "completed", NULL},
    {2, -3, 10, "completed", "<div>Phone screen: calm, precise, asked good questions about on-call.</div>"},
    {2, 2, 15, "scheduled", NULL},
    {3, -1, 11, "completed", NULL},
};

static const char *const first_names[] = {"Amir", "Bea", "Chidi", "Dora", "Emil", "Fen", "Gita", "Hugo", "Ines", "Jun"};
static const char *const last_names[] = {"Adler", "Brandt", "Castro", "Duarte", "Eze", "Fischer", "Gomez", "Haas"};

static struct record *add(struct store *store, const char *type, cJSON *attributes, int64_t created_ms)
{
    struct record *record = store_add(store, schema_of(type), attributes);

    assert(record);
    record->created_ms = record->updated_ms = created_ms;
    return record;
}

static void text(cJSON *attributes, const char *name, const char *value)
{
    cJSON_AddStringToObject(attributes, name, value);
}

static void link_to(struct store *store, struct record *record, const char *relation, const char *type, long long id)
{
    struct record *target = store_find(store, type, id);

    assert(target);
    store_link(store, record, relation, target);
}

static void seed_users(struct store *store, int64_t now_ms)
{
    for (size_t i = 0; i < COUNT_OF(users); i++) {
        cJSON *attributes = cJSON_CreateObject();

        text(attributes, "first_name", users[i].first_name);
        text(attributes, "last_name", users[i].last_name);
        text(attributes, "email", users[i].email);
        text(attributes, "time_zone", "Europe/London");
        cJSON_AddBoolToObject(attributes, "employee", users[i].is_employee);
        add(store, "users", attributes, now_ms - 400 * DAY_MS);
    }
}

static void seed_stages(struct store *store, struct record *job)
{
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        cJSON *attributes = cJSON_CreateObject();

        text(attributes, "name", stages[i].name);
        text(attributes, "basic_type", stages[i].basic_type);
        cJSON_AddTrueToObject(attributes, "visible");
        cJSON_AddNumberToObject(attributes, "position", (double)i + 1);
        store_link(store, add(store, "stages", attributes, job->created_ms), "stageable", job);
    }
}

static void seed_jobs(struct store *store, int64_t now_ms)
{
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        cJSON *attributes = cJSON_CreateObject();
        struct record *job;

        text(attributes, "title", jobs[i].title);
        text(attributes, "status", "open");
        text(attributes, "visibility", jobs[i].visibility);
        text(attributes, "employment_type", "full_time");
        text(attributes, "employment_type_text", "Full Time");
        text(attributes, "workplace_type", jobs[i].workplace_type);
        text(attributes, "workplace_type_text", jobs[i].workplace_type_text);
        cJSON_AddBoolToObject(attributes, "remote", strcmp(jobs[i].workplace_type, "remote") == 0);
        cJSON_AddNumberToObject(attributes, "opened_at", (double)(now_ms - 30 * DAY_MS));
        job = add(store, "jobs", attributes, now_ms - 31 * DAY_MS);
        link_to(store, job, "hiring_manager_user", "users", jobs[i].manager);
        link_to(store, job, "recruitment_manager_user", "users", jobs[i].manager);
        seed_stages(store, job);
    }
}

static void seed_application(struct store *store, const struct applicant *applicant, int64_t now_ms)
{
    cJSON *attributes = cJSON_CreateObject();
    struct record *application;
    struct record *job = store_find(store, "jobs", applicant->job);

    text(attributes, "first_name", applicant->first_name);
    text(attributes, "last_name", applicant->last_name);
    text(attributes, "email", applicant->email);
    text(attributes, "phone", applicant->phone);
    text(attributes, "town", applicant->town);
    text(attributes, "country", applicant->country);
    text(attributes, "channel", "direct");
    text(attributes, "channel_source", "Careers site");
    add_application_defaults(attributes);
    application = add(store, "applications", attributes, now_ms - applicant->days_ago * DAY_MS);
    store_link(store, application, "job", job);
    store_link(store, application, "stage", record_many(job, "stages")->items[applicant->stage]);
    store_link(store, application, "candidate", candidate_of(store, application));
}

static void seed_extra_application(struct store *store, unsigned number, int64_t now_ms)
{
    char email[64];
    char phone[32];
    struct applicant applicant = {
        .first_name = first_names[number % COUNT_OF(first_names)],
        .last_name = last_names[number / COUNT_OF(first_names) % COUNT_OF(last_names)],
        .email = email,
        .phone = phone,
        .town = "Riverton",
        .country = "United Kingdom",
        .job = 1 + number % 2,
        .days_ago = 1,
    };

    (void)snprintf(email, sizeof(email), "applicant.%u@mail.example", number + 1);
    (void)snprintf(phone, sizeof(phone), "+44 20 7946 %04u", number + 1);
    seed_application(store, &applicant, now_ms);
}

static void seed_interviews(struct store *store, int64_t now_ms)
{
    for (size_t i = 0; i < COUNT_OF(interviews); i++) {
        int64_t start_ms = now_ms - now_ms % DAY_MS + interviews[i].in_days * DAY_MS + interviews[i].hour * HOUR_MS;
        struct record *application = store_find(store, "applications", interviews[i].application);
        cJSON *attributes = cJSON_CreateObject();
        struct record *interview;

        cJSON_AddNumberToObject(attributes, "start_at", (double)start_ms);
        cJSON_AddNumberToObject(attributes, "end_at", (double)(start_ms + HOUR_MS));
        text(attributes, "status", interviews[i].status);
        if (interviews[i].summary)
            text(attributes, "summary", interviews[i].summary);
        interview = add(store, "interviews", attributes, now_ms - 5 * DAY_MS);
        store_link(store, interview, "interviewable", application);
        store_link(store, interview, "stage", record_many(record_link(application, "job"), "stages")->items[2]);
    }
}

static void seed_job_seeker(struct store *store, int64_t now_ms)
{
    cJSON *attributes = cJSON_CreateObject();
    struct record *seeker;

    text(attributes, "first_name", "Hana");
    text(attributes, "last_name", "Novak");
    text(attributes, "email", "hana.novak@mail.example");
    text(attributes, "locale", "en");
    text(attributes, "channel", "event");
    text(attributes, "channel_source", "Spring fair");
    text(attributes, "pipeline_source", "self_registered");
    seeker = add(store, "job_seekers", attributes, now_ms - 40 * DAY_MS);
    store_link(store, seeker, "candidate", candidate_of(store, seeker));
}

void seed_store(struct store *store, unsigned extra)
{
    int64_t now_ms = clock_now_ms();

    seed_users(store, now_ms);
    seed_jobs(store, now_ms);
    seed_fields(store, now_ms - 300 * DAY_MS);
    for (size_t i = 0; i < COUNT_OF(applicants); i++)
        seed_application(store, &applicants[i], now_ms);
    for (unsigned i = 0; i < extra; i++)
        seed_extra_application(store, i, now_ms);
    seed_application(store, &confidential_applicant, now_ms);
    seed_interviews(store, now_ms);
    seed_job_seeker(store, now_ms);
}
