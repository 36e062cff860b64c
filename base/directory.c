/*
 * directory.c - see directory.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/directory.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_one(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool directory_make(const char *path)
{
    char *part = mem_string(path);
    bool is_made = true;

    for (char *slash = strchr(part + (*part != '\0'), '/'); slash && is_made; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        is_made = make_one(part);
        *slash = '/';
    }
    is_made = is_made && make_one(part);
    mem_free(part);
    return is_made && access(path, W_OK | X_OK) == 0;
}
