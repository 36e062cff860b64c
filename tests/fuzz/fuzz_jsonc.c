/*
 * fuzz_jsonc.c - whatever the configuration's reader takes prints as JSON, and every place lies inside of the text.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_jsonc tests/fuzz/fuzz_jsonc.c config/jsonc.c config/json_walk.c base/json*.c \
 *       base/{buf,clock,error,log,mem,utf8}.c -lcjson -lm
 *   build/fuzz_jsonc -max_len=4096 -max_total_time=600 build/corpus_jsonc examples
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "config/jsonc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

static unsigned count_lines(const char *text, size_t size)
{
    unsigned lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

static void check_place(const char *text, size_t size, const char *path)
{
    unsigned line = 0, column = 0;

    jsonc_locate(text, size, path, &line, &column);
    must(line >= 1 && line <= count_lines(text, size));
    must(column >= 1 && column <= size + 1);
}

/* The path down the last children, as an error would have it. */
static void check_last_path(const char *text, size_t size, const cJSON *value)
{
    char path[2000] = "";

    for (const cJSON *child = value->child; child != NULL; child = child->child) {
        size_t used = strlen(path), index = 0;
        for (; child->next != NULL; child = child->next)
            index++;
        if (child->string != NULL)
            snprintf(path + used, sizeof(path) - used, "%s%s", used > 0 ? "." : "", child->string);
        else
            snprintf(path + used, sizeof(path) - used, "[%zu]", index);
        check_place(text, size, path);
    }
}

static void check_value(const char *text, size_t size, const cJSON *value)
{
    char *printed = json_print(value);
    cJSON *again = jsonc_parse(printed, strlen(printed), NULL);

    must(again != NULL);
    check_last_path(text, size, value);
    cJSON_Delete(again);
    mem_free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_copy(data, size); /* sanitizers see a read beyond it */
    struct error err = {0};
    cJSON *value = jsonc_parse(text, size, &err);
    unsigned line, column;

    check_place(text, size, "sources.video.rules[0].on");
    if (value != NULL)
        check_value(text, size, value);
    else
        must(sscanf(err.text, "%u:%u: ", &line, &column) == 2);
    cJSON_Delete(value);
    mem_free(text);
    return 0;
}
