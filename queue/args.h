/*
 * args.h - the arguments of one Redis command, counted and with lengths, so that any byte may be in them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Texts and bytes are borrowed until the command is given to redis_command or redis_script; numbers are owned. */
struct args {
    const char **values;
    size_t *sizes;
    size_t count;
    size_t capacity;
    char **owned;
    size_t owned_count;
    size_t owned_capacity;
};

void args_init(struct args *args);
void args_clear(struct args *args);

void args_bytes(struct args *args, const void *bytes, size_t size);
void args_text(struct args *args, const char *text);
void args_number(struct args *args, int64_t number);
void args_real(struct args *args, double number);
void args_take(struct args *args, char *text); /* takes ownership of text */
