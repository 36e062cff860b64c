/*
 * args.c - gathers the arguments of a Redis command. Knows no command and no key.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/args.h"

#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

void args_init(struct args *args)
{
    memset(args, 0, sizeof(*args));
}

void args_clear(struct args *args)
{
    for (size_t i = 0; i < args->owned_count; i++)
        mem_free(args->owned[i]);
    mem_free(args->owned);
    mem_free(args->values);
    mem_free(args->sizes);
    args_init(args);
}

void args_bytes(struct args *args, const void *bytes, size_t size)
{
    if (args->count == args->capacity) {
        args->capacity = args->capacity ? args->capacity * 2 : 16;
        args->values = mem_resize(args->values, args->capacity * sizeof(*args->values));
        args->sizes = mem_resize(args->sizes, args->capacity * sizeof(*args->sizes));
    }
    args->values[args->count] = bytes;
    args->sizes[args->count] = size;
    args->count++;
}

void args_text(struct args *args, const char *text)
{
    args_bytes(args, text, strlen(text));
}

void args_take(struct args *args, char *text)
{
    if (args->owned_count == args->owned_capacity) {
        args->owned_capacity = args->owned_capacity ? args->owned_capacity * 2 : 8;
        args->owned = mem_resize(args->owned, args->owned_capacity * sizeof(*args->owned));
    }
    args->owned[args->owned_count++] = text;
    args_text(args, text);
}

/* Most numbers are flags and zeros, and need no memory. */
void args_number(struct args *args, int64_t number)
{
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

    if (number >= 0 && number < (int64_t)COUNT_OF(digits))
        args_text(args, digits[number]);
    else
        args_take(args, mem_printf("%" PRId64, number));
}

void args_real(struct args *args, double number)
{
    args_take(args, mem_printf("%.9g", number));
}
