/*
 * crew.c - a list of members, each a child and what is particular to its role.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/crew.h"

#include "base/crypto.h"
#include "base/mem.h"

#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOST_MAX 48 /* bytes of the host's name in an id */

struct member {
    struct member *next;
    struct crew *crew;
    struct child *child;
    enum crew_role role;
    unsigned slot; /* of a worker, counted from 1 */
    char id[WORKER_ID_MAX];
};

struct crew {
    struct loop *loop;
    struct crew_options options;
    struct member *members;
    char host[HOST_MAX];
    uint16_t lot; /* drawn: process ids repeat, in containers at every start */
};

static const char *const subcommands[] = {
    [CREW_RECEIVER] = "receiver",
    [CREW_JANITOR] = "janitor",
    [CREW_WORKER] = "worker",
};

/* The host's name with nothing in it but what an id may hold. */
static void read_host(char host[HOST_MAX])
{
    if (gethostname(host, HOST_MAX) != 0)
        snprintf(host, HOST_MAX, "host");
    host[HOST_MAX - 1] = '\0';
    for (char *c = host; *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-')
            *c = '-';
    }
}

/* "web1-4711-9f3c-2.5": host, supervisor, lot, slot and start. */
static void make_id(struct member *member, unsigned start)
{
    const struct crew *crew = member->crew;

    snprintf(member->id, sizeof(member->id), "%s-%ld-%04" PRIx16 "-%u.%u", crew->host, (long)getpid(), crew->lot,
             member->slot, start);
}

static const char **add(const char **argv, const char *name, const char *value)
{
    if (!value)
        return argv;
    *argv++ = name;
    *argv++ = value;
    return argv;
}

static void fill_arguments(void *arg, unsigned start, const char *argv[CHILD_ARGUMENTS_MAX])
{
    struct member *member = arg;
    const struct crew_options *options = &member->crew->options;

    argv = add(argv, options->program, subcommands[member->role]);
    argv = add(argv, "--config", options->config_path);
    argv = add(argv, "--redis", options->redis_url);
    if (member->role == CREW_RECEIVER)
        argv = add(argv, "--listen", options->listen);
    if (member->role == CREW_WORKER) {
        make_id(member, start);
        argv = add(argv, "--id", member->id);
        *argv = "--no-janitor";
    }
}

static void on_ended(void *arg, const struct child_end *end)
{
    struct member *member = arg;
    const struct crew_options *options = &member->crew->options;

    options->ended(options->arg, member->role, member->role == CREW_WORKER ? member->id : NULL, end);
}

static struct member *find(const struct crew *crew, enum crew_role role, unsigned slot)
{
    struct member *member = crew->members;

    while (member && (member->role != role || member->slot != slot))
        member = member->next;
    return member;
}

static struct member *add_member(struct crew *crew, enum crew_role role, unsigned slot)
{
    struct member *member = mem_new(sizeof(*member));
    char name[32];
    const struct child_options options = {
        .name = name,
        .arguments = fill_arguments,
        .ended = on_ended,
        .arg = member,
    };

    if (slot > 0)
        snprintf(name, sizeof(name), "%s-%u", subcommands[role], slot);
    else
        snprintf(name, sizeof(name), "%s", subcommands[role]);
    member->crew = crew;
    member->role = role;
    member->slot = slot;
    member->child = child_new(crew->loop, &options);
    member->next = crew->members;
    crew->members = member;
    return member;
}

static void want(struct crew *crew, enum crew_role role, unsigned slot)
{
    struct member *member = find(crew, role, slot);

    child_start((member ? member : add_member(crew, role, slot))->child);
}

struct crew *crew_new(struct loop *loop, const struct crew_options *options)
{
    struct crew *crew = mem_new(sizeof(*crew));

    crew->loop = loop;
    crew->options = *options;
    read_host(crew->host);
    crypto_random(&crew->lot, sizeof(crew->lot));
    return crew;
}

void crew_free(struct crew *crew)
{
    if (!crew)
        return;
    for (struct member *member = crew->members, *next; member; member = next) {
        next = member->next;
        child_free(member->child);
        mem_free(member);
    }
    mem_free(crew);
}

void crew_start(struct crew *crew, unsigned workers)
{
    want(crew, CREW_RECEIVER, 0);
    want(crew, CREW_JANITOR, 0);
    for (unsigned slot = 1; slot <= workers; slot++)
        want(crew, CREW_WORKER, slot);
    for (struct member *member = crew->members; member; member = member->next) {
        if (member->slot > workers)
            child_stop(member->child);
    }
}

void crew_stop_receiver(struct crew *crew)
{
    struct member *receiver = find(crew, CREW_RECEIVER, 0);

    if (receiver)
        child_stop(receiver->child);
}

void crew_stop_others(struct crew *crew)
{
    for (struct member *member = crew->members; member; member = member->next) {
        if (member->role != CREW_RECEIVER)
            child_stop(member->child);
    }
}

void crew_signal(struct crew *crew, int number)
{
    for (struct member *member = crew->members; member; member = member->next)
        child_signal(member->child, number);
}

bool crew_has_receiver(const struct crew *crew)
{
    const struct member *receiver = find(crew, CREW_RECEIVER, 0);

    return receiver && child_is_running(receiver->child);
}

bool crew_is_gone(const struct crew *crew)
{
    for (const struct member *member = crew->members; member; member = member->next) {
        if (child_is_running(member->child))
            return false;
    }
    return true;
}
