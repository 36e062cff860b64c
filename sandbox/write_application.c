/*
 * write_application.c - applications and candidates.
 *
 * A stage must be one of the application's own job; a CV comes as a data URL; a candidate comes into being with the
 * first application under an e-mail address.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/write_application.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/tags.h"
#include "sandbox/write.h"

#include <string.h>

#define CV_MAX_BYTES (10u << 20)

static char *new_uuid(void)
{
    unsigned char b[16];
    struct buf text;

    crypto_random(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    buf_init(&text, 40);
    for (size_t i = 0; i < sizeof(b); i++)
        buf_addf(&text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
    return buf_take(&text);
}

static void add_default(cJSON *attributes, const char *name, cJSON *value)
{
    if (json_get(attributes, name))
        cJSON_Delete(value);
    else
        cJSON_AddItemToObject(attributes, name, value);
}

void add_application_defaults(cJSON *attributes)
{
    char *uuid = new_uuid();

    add_default(attributes, "uuid", cJSON_CreateString(uuid));
    add_default(attributes, "locale", cJSON_CreateString("en"));
    add_default(attributes, "channel", cJSON_CreateString("other"));
    add_default(attributes, "channel_source", cJSON_CreateString("API"));
    add_default(attributes, "internal_candidate", cJSON_CreateFalse());
    add_default(attributes, "concealed", cJSON_CreateFalse());
    add_default(attributes, "is_demo", cJSON_CreateFalse());
    mem_free(uuid);
}

static bool check_email(struct write *write)
{
    const char *email = json_get_string(write->attributes, "email", NULL);
    const char *at = email ? strchr(email, '@') : NULL;

    if (!email || (at && at != email && at[1] && !strchr(at + 1, '@') && !strpbrk(email, " \t\r\n<>")))
        return true;
    return reply_invalid(write->reply, "attributes", "email", "is invalid");
}

/* The bytes of "data:application/pdf;base64,…", or false. */
static bool is_data_url(const char *url)
{
    const char *comma = strchr(url, ',');
    struct buf bytes;
    bool ok;

    if (strncmp(url, "data:", 5) != 0 || !comma || comma - url < 12 || memcmp(comma - 7, ";base64", 7) != 0)
        return false;
    buf_init(&bytes, CV_MAX_BYTES);
    ok = comma[1] && crypto_base64_decode(comma + 1, strlen(comma + 1), &bytes) && !bytes.overflow;
    buf_clear(&bytes);
    return ok;
}

static void attach_cv(struct write *write, const char *filename)
{
    cJSON *attachments = cJSON_CreateArray();
    cJSON *cv = cJSON_CreateObject();
    struct buf url;

    buf_init(&url, 2000);
    buf_add_string(&url, "https://storage.example/");
    buf_add_url_encoded(&url, filename);
    cJSON_AddStringToObject(cv, "context", "cv");
    cJSON_AddStringToObject(cv, "filename", filename);
    cJSON_AddStringToObject(cv, "url", url.data);
    cJSON_AddItemToArray(attachments, cv);
    cJSON_AddItemToObject(write->attributes, "attachments", attachments);
    buf_clear(&url);
}

/* The CV is checked and then forgotten: only its name is kept. */
static bool take_cv(struct write *write)
{
    const char *data = json_get_string(write->attributes, "cv_base64_data", NULL);
    const char *filename = json_get_string(write->attributes, "cv_base64_filename", NULL);

    if (!data && !filename)
        return true;
    if (!data || !is_data_url(data))
        return reply_invalid(write->reply, "attributes", "cv_base64_data", "must be a data URL in base64");
    if (!filename || !*filename || strlen(filename) > 255)
        return reply_invalid(write->reply, "attributes", "cv_base64_filename", "can't be blank");
    attach_cv(write, filename);
    cJSON_DeleteItemFromObjectCaseSensitive(write->attributes, "cv_base64_data");
    cJSON_DeleteItemFromObjectCaseSensitive(write->attributes, "cv_base64_filename");
    return true;
}

static struct record *applied_stage(const struct record *job)
{
    const struct record_list *stages = record_many(job, "stages");

    for (size_t i = 0; i < stages->count; i++)
        if (strcmp(record_text(stages->items[i], "basic_type"), "applied") == 0)
            return stages->items[i];
    return NULL;
}

static bool check_stage(struct write *write)
{
    const struct record *job = write_link(write, "job");
    struct record *stage = write_link(write, "stage");

    if (!stage) {
        stage = applied_stage(job);
        write_set_link(write, "stage", stage);
    }
    if (!stage || record_link(stage, "stageable") != job)
        return reply_invalid(write->reply, "relationships", "stage", "must be a stage of the application's job");
    return true;
}

static void set_time_now(struct write *write, const char *name)
{
    cJSON_AddNumberToObject(write->attributes, name, (double)clock_now_ms());
}

/* What moving to a stage brings with it. */
static void note_move(struct write *write)
{
    struct record *before = write->record ? record_link(write->record, "stage") : NULL;
    const struct record *stage = write_link(write, "stage");

    if (!before || before == stage)
        return;
    write->stage_before = before;
    if (strcmp(record_text(stage, "basic_type"), "hired") == 0)
        set_time_now(write, "hired_at");
    else if (strcmp(record_text(stage, "basic_type"), "rejected") == 0)
        set_time_now(write, "rejected_at");
}

static char *summarize(const struct write *write)
{
    const struct record *stage = write_link(write, "stage");

    if (!write->record) {
        return mem_printf("application of %.60s %.60s for %.60s", json_get_string(write->attributes, "first_name", ""),
                          json_get_string(write->attributes, "last_name", ""),
                          record_text(write_link(write, "job"), "title"));
    }
    if (write->stage_before)
        return mem_printf("stage %s -> %s", record_text(write->stage_before, "name"), record_text(stage, "name"));
    return mem_string(json_get(write->attributes, "tags") ? "tags" : "attributes");
}

bool prepare_application(struct write *write)
{
    if (!check_email(write) || !check_stage(write) || !take_cv(write) || !take_tags(write))
        return false;
    if (!write->record) {
        cJSON_DeleteItemFromObjectCaseSensitive(write->attributes, "skip_notifications_on_create");
        add_application_defaults(write->attributes);
    }
    note_move(write);
    write->summary = summarize(write);
    return true;
}

bool prepare_candidate(struct write *write)
{
    if (!take_tags(write))
        return false;
    write->summary = mem_string(json_get(write->attributes, "tags") ? "tags" : "attributes");
    return true;
}

struct record *candidate_of(struct store *store, const struct record *application)
{
    static const char *const copied[] = {"first_name", "last_name", "email", "phone"};
    const struct schema *schema = schema_of("candidates");
    const struct record_list *known = store_indexed(store, schema, "email", record_text(application, "email"));
    cJSON *attributes;

    if (known)
        return known->items[0];
    attributes = cJSON_CreateObject();
    for (size_t i = 0; i < COUNT_OF(copied); i++) {
        const char *value = json_get_string(application->attributes, copied[i], NULL);

        if (value)
            cJSON_AddStringToObject(attributes, copied[i], value);
    }
    cJSON_AddFalseToObject(attributes, "blocked");
    return store_add(store, schema, attributes);
}

void application_stored(struct write *write)
{
    struct record *candidate = write->verb == ON_CREATE ? candidate_of(write->store, write->record) : NULL;

    if (candidate)
        store_link(write->store, write->record, "candidate", candidate);
}
