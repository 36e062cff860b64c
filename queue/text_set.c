/*
 * text_set.c - see text_set.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/text_set.h"

#include "base/mem.h"

#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME  UINT64_C(1099511628211)

/* FNV-1a, with the NULs, so that what is cut elsewhere is another pair. */
static uint64_t number_of(const char *one, const char *other)
{
    const char *const parts[] = {one, other};
    uint64_t number = FNV_OFFSET;

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const char *at = parts[i];

        do
            number = (number ^ (unsigned char)*at) * FNV_PRIME;
        while (*at++ != '\0');
    }
    return number ? number : 1;
}

static void put(struct text_set *set, uint64_t number)
{
    size_t at = number & (set->size - 1);

    while (set->slots[at] != 0)
        at = (at + 1) & (set->size - 1);
    set->slots[at] = number;
    set->count++;
}

static void grow(struct text_set *set)
{
    struct text_set larger = {.size = set->size ? set->size * 2 : 1024};

    larger.slots = mem_new(larger.size * sizeof(*larger.slots));
    for (size_t i = 0; i < set->size; i++)
        if (set->slots[i] != 0)
            put(&larger, set->slots[i]);
    mem_free(set->slots);
    *set = larger;
}

void text_set_add(struct text_set *set, const char *one, const char *other)
{
    if (set->count * 2 >= set->size)
        grow(set);
    put(set, number_of(one, other));
}

size_t text_set_count(const struct text_set *set, const char *one, const char *other)
{
    uint64_t number = number_of(one, other);
    size_t count = 0;

    if (set->size == 0)
        return 0;
    for (size_t at = number & (set->size - 1); set->slots[at] != 0; at = (at + 1) & (set->size - 1))
        count += set->slots[at] == number;
    return count;
}

void text_set_clear(struct text_set *set)
{
    mem_free(set->slots);
    *set = (struct text_set){0};
}
