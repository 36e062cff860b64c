/*
 * closest.c - Levenshtein's distance, kept to one row.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/closest.h"

#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters to add, drop or change to make a of b, which has size bytes, CLOSEST_NAME_MAX at most. */
static unsigned distance(const char *a, const char *b, size_t size)
{
    unsigned row[CLOSEST_NAME_MAX + 1];

    for (unsigned j = 0; j <= size; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= size; j++) {
            unsigned changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[size];
}

/* A third of the letters may be wrong: "aplication" is close to "application", "on" is not close to "if". */
void closest_init(struct closest *closest, const char *given)
{
    *closest = (struct closest){.given = given, .distance = (unsigned)(strlen(given) + 2) / 3 + 1};
}

void closest_try(struct closest *closest, const char *name, size_t size)
{
    unsigned found;

    if (strlen(closest->given) > CLOSEST_NAME_MAX || size > CLOSEST_NAME_MAX)
        return;
    found = distance(closest->given, name, size);
    if (found < closest->distance) {
        closest->distance = found;
        memcpy(closest->name, name, size);
        closest->name[size] = '\0';
    }
}

bool closest_fail(const struct closest *closest, const char *problem, struct error *err)
{
    if (closest->name[0] == '\0')
        return error_set(err, ERROR_INVALID, "%s", problem);
    return error_set(err, ERROR_INVALID, "%s; did you mean \"%s\"?", problem, closest->name);
}
