/*
 * place.c - a hookline.json of the test's own, in a directory that goes away with it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/config/place.h"

#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char root[4096];
static char directory[] = "/tmp/hookline-config-XXXXXX";

int place_open(void **state)
{
    (void)state;
    return getcwd(root, sizeof(root)) != NULL && mkdtemp(directory) != NULL && chdir(directory) == 0 ? 0 : -1;
}

int place_close(void **state)
{
    (void)state;
    remove("hookline.json");
    return chdir(root) == 0 && rmdir(directory) == 0 ? 0 : -1;
}

char *place_root(const char *path)
{
    return mem_printf("%s/%s", root, path);
}

char *place_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buf text;
    int c;

    if (file == NULL)
        fail_msg("%s cannot be read", path);
    buf_init(&text, 1 << 20);
    while ((c = fgetc(file)) != EOF)
        buf_add_char(&text, (char)c);
    fclose(file);
    return buf_take(&text);
}

void place_write(const char *text)
{
    FILE *file = fopen("hookline.json", "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

char *place_mistake(const char *text, bool compile_rules)
{
    struct error err = {0};
    struct config *config;

    place_write(text);
    config = config_load("hookline.json", compile_rules, &err);
    if (config != NULL)
        err.text[0] = '\0';
    config_free(config);
    return mem_string(err.text);
}
