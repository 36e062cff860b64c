/*
 * catalogue.c - custom fields, kept by the page they came on.
 *
 * A page that arrives takes the place of the one before, so readers that overlap do no harm: when any of them reaches
 * the end, every page is as new as its own start, and a field that was removed has gone with its page.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/catalogue.h"

#include "base/mem.h"
#include "pinpoint/words.h"

#include <string.h>

#define PAGES_MAX  (CATALOGUE_FIELDS_MAX / REQUEST_PAGE_SIZE)
#define NAMES_MAX  200 /* bytes */
#define NEVER_READ INT64_MIN

struct page {
    struct field *fields;
    size_t count;
};

struct catalogue {
    struct page pages[PAGES_MAX];
    unsigned page_count;
    int64_t complete_ms; /* when a reader last reached the end */
};

struct catalogue *catalogue_new(void)
{
    struct catalogue *catalogue = mem_new(sizeof(*catalogue));

    catalogue->complete_ms = NEVER_READ;
    return catalogue;
}

static void page_clear(struct page *page)
{
    for (size_t i = 0; i < page->count; i++)
        field_clear(&page->fields[i]);
    mem_free(page->fields);
    *page = (struct page){0};
}

static void truncate_pages(struct catalogue *catalogue, unsigned count)
{
    while (catalogue->page_count > count)
        page_clear(&catalogue->pages[--catalogue->page_count]);
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    truncate_pages(catalogue, 0);
    mem_free(catalogue);
}

/* A clock that was set back makes an age negative: that is no reason to trust what is old. */
static bool is_younger(const struct catalogue *catalogue, int64_t now_ms, int64_t max_ms)
{
    return catalogue->complete_ms != NEVER_READ && now_ms >= catalogue->complete_ms &&
           now_ms - catalogue->complete_ms <= max_ms;
}

static const char *trim(const char *text, size_t *size)
{
    static const char space[] = " \t\r\n";

    text += strspn(text, space);
    *size = strlen(text);
    while (*size > 0 && strchr(space, text[*size - 1]))
        --*size;
    return text;
}

static bool is_same_name(const char *a, const char *b)
{
    size_t a_size, b_size;

    a = trim(a, &a_size);
    b = trim(b, &b_size);
    return a_size == b_size && memcmp(a, b, a_size) == 0;
}

static const struct field *find(const struct catalogue *catalogue, const char *name, const char *resource_type)
{
    for (unsigned i = 0; i < catalogue->page_count; i++) {
        const struct page *page = &catalogue->pages[i];

        for (const struct field *field = page->fields; field < page->fields + page->count; field++)
            if (strcmp(field->resource_type, resource_type) == 0 && is_same_name(field->name, name))
                return field;
    }
    return NULL;
}

enum catalogue_answer catalogue_find(const struct catalogue *catalogue, const char *name, const char *resource_type,
                                     int64_t now_ms, const struct field **field)
{
    *field = NULL;
    if (!is_younger(catalogue, now_ms, CATALOGUE_MAX_AGE_MS))
        return CATALOGUE_READ;
    *field = find(catalogue, name, resource_type);
    if (*field)
        return CATALOGUE_FOUND;
    return is_younger(catalogue, now_ms, CATALOGUE_MISS_AGE_MS) ? CATALOGUE_MISSING : CATALOGUE_READ;
}

void catalogue_request(unsigned page, struct request *request)
{
    request_get(request, "/api/v1/custom_fields");
    request_page(request, page);
    request->is_shared = true;
}

static void page_fill(struct page *page, const cJSON *list)
{
    const cJSON *record;

    page_clear(page);
    page->fields = mem_new((size_t)cJSON_GetArraySize(list) * sizeof(*page->fields));
    cJSON_ArrayForEach(record, list)
    {
        if (field_init(&page->fields[page->count], record))
            page->count++;
    }
}

/* Another reader may have come to the end before this page, when fields were removed: then there is no place for it,
 * and no need. */
static void store(struct catalogue *catalogue, unsigned page, const cJSON *list)
{
    if (page > catalogue->page_count + 1)
        return;
    page_fill(&catalogue->pages[page - 1], list);
    if (page > catalogue->page_count)
        catalogue->page_count = page;
}

bool catalogue_add(struct catalogue *catalogue, unsigned page, const struct response *response, int64_t now_ms,
                   bool *is_last, struct error *err)
{
    const cJSON *list = response_list(response);

    if (!list)
        return error_set(err, ERROR_INVALID, "Pinpoint's answer holds no list of custom fields");
    *is_last = response_is_last_page(list);
    if (page == 0 || page > PAGES_MAX || (page == PAGES_MAX && !*is_last))
        return error_set(err, ERROR_LIMIT, "Pinpoint lists more than %d custom fields", CATALOGUE_FIELDS_MAX);
    store(catalogue, page, list);
    if (*is_last) {
        truncate_pages(catalogue, page);
        catalogue->complete_ms = now_ms;
    }
    return true;
}

void catalogue_names(const struct catalogue *catalogue, const char *resource_type, struct buf *out)
{
    struct word_list list;

    word_list_init(&list, out, NAMES_MAX);
    for (unsigned i = 0; i < catalogue->page_count; i++) {
        const struct page *page = &catalogue->pages[i];

        for (const struct field *field = page->fields; field < page->fields + page->count; field++)
            if (strcmp(field->resource_type, resource_type) == 0)
                word_list_add(&list, field->name);
    }
}
