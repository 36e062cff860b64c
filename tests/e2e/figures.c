/*
 * figures.c - reads /proc.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/figures.h"

#include "base/process.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#define PIDS_MAX   8
#define CLOSED_MAX 1024
#define CLOSE_WAIT 8 /* the kernel's number */

/* Part of a child's command line, and what it is called. */
static const struct {
    const char *command, *name;
} children[] = {
    {" receiver ", "receiver"},
    {" janitor ", "janitor"},
    {" worker ", "worker"},
    {"redis-server", "redis"},
};

static double resident_mb(pid_t pid)
{
    char path[64];
    long pages = 0;

    snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

/* Inodes of all TCP connections that only the peer has closed. */
struct closed {
    unsigned long inodes[CLOSED_MAX];
    size_t count;
};

static void read_closed(struct closed *closed)
{
    FILE *file = fopen("/proc/net/tcp", "r");
    char line[256];
    unsigned state;
    unsigned long inode;

    closed->count = 0;
    while (file && closed->count < CLOSED_MAX && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%*d: %*s %*s %x %*s %*s %*s %*d %*d %lu", &state, &inode) == 2 && state == CLOSE_WAIT)
            closed->inodes[closed->count++] = inode;
    }
    if (file)
        fclose(file);
}

static bool is_closed(const struct closed *closed, const char *path)
{
    char target[64];
    unsigned long inode;
    ssize_t size = readlink(path, target, sizeof(target) - 1);

    target[size > 0 ? size : 0] = '\0';
    if (sscanf(target, "socket:[%lu]", &inode) != 1)
        return false;
    for (size_t i = 0; i < closed->count; i++) {
        if (closed->inodes[i] == inode)
            return true;
    }
    return false;
}

static void count_descriptors(struct figure *figure, const struct closed *closed)
{
    char path[340];
    const struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%ld/fd", (long)figure->pid);
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir))) {
        snprintf(path, sizeof(path), "/proc/%ld/fd/%s", (long)figure->pid, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (is_closed(closed, path))
            figure->closed++;
        else
            figure->descriptors++;
    }
    if (dir)
        closedir(dir);
}

static struct figure figure_of(const char *name, pid_t pid, const struct closed *closed)
{
    struct figure figure = {.name = name, .pid = pid, .resident_mb = resident_mb(pid)};

    count_descriptors(&figure, closed);
    return figure;
}

size_t figures_take(struct stage *stage, struct figure figures[FIGURES_MAX])
{
    size_t count = 0;
    struct closed closed;

    read_closed(&closed);
    figures[count++] = figure_of("supervisor", process_pid(stage->serve), &closed);
    for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
        pid_t pids[PIDS_MAX];
        size_t found = stage_pids(stage, children[i].command, pids, PIDS_MAX);
        for (size_t j = 0; j < found && count < FIGURES_MAX; j++)
            figures[count++] = figure_of(children[i].name, pids[j], &closed);
    }
    return count;
}
