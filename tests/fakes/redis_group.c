/*
 * redis_group.c - see redis_group.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/redis_group.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/free_port.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WAIT_MS = 10000, LOOK_MS = 20, MASTERS = 3, SLOTS = 16384, WORDS_MAX = 20, ID_SIZE = 41 };

static void give_up(const char *what)
{
    fprintf(stderr, "redis_group: waited %d s in vain: %s\n", WAIT_MS / 1000, what);
    abort();
}

/* ---- asking until it is so ---- */

typedef bool group_fn(struct redis_group *group, size_t member);

static void look_later(void)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};

    nanosleep(&moment, NULL);
}

static void wait_for_all(struct redis_group *group, const char *what, group_fn *is_so)
{
    int64_t until_ms = clock_monotonic_ms() + WAIT_MS;

    for (size_t i = 0; i < group->count; i++)
        while (!is_so(group, i)) {
            if (clock_monotonic_ms() > until_ms)
                give_up(what);
            look_later();
        }
}

static bool text_has(struct redis_fixture *fixture, const char *command, const char *text)
{
    redisReply *reply = redis_fixture_command(fixture, command);
    bool result = reply->str && strstr(reply->str, text);

    freeReplyObject(reply);
    return result;
}

/* ---- starting ---- */

static void start(struct redis_group *group, const char *const *more)
{
    char port[8];
    const char *words[WORDS_MAX] = {"--port", port};
    size_t count = 2;

    group->ports[group->count] = free_port();
    snprintf(port, sizeof(port), "%u", group->ports[group->count]);
    while (more && *more && count < WORDS_MAX - 1)
        words[count++] = *more++;
    group->members[group->count++] = redis_fixture_open(words);
}

static bool has_replica(struct redis_group *group, size_t member)
{
    bool is_replica = member >= group->count / 2;

    return is_replica || text_has(group->members[member], "INFO replication", "state=online");
}

static bool is_known_to_sentinel(struct redis_group *group, size_t member)
{
    redisReply *reply = redis_fixture_command(group->sentinel, "SENTINEL REPLICAS mymaster");
    bool result = member != 0 || reply->elements == 1;

    freeReplyObject(reply);
    return result;
}

void redis_group_open_sentinel(struct redis_group *group)
{
    char port[8];
    const char *replica[] = {"--replicaof", "127.0.0.1", port, NULL};

    *group = (struct redis_group){0};
    start(group, NULL);
    snprintf(port, sizeof(port), "%u", group->ports[0]);
    start(group, replica);
    wait_for_all(group, "the replica to follow", has_replica);
    group->sentinel_port = free_port();
    group->sentinel = redis_fixture_open_sentinel(group->sentinel_port, group->ports[0]);
    wait_for_all(group, "the sentinel to know the replica", is_known_to_sentinel);
    snprintf(group->url, sizeof(group->url), "redis+sentinel://127.0.0.1:%u,127.0.0.1:%u/mymaster", free_port(),
             group->sentinel_port);
}

static bool is_cluster_up(struct redis_group *group, size_t member)
{
    return text_has(group->members[member], "CLUSTER INFO", "cluster_state:ok") &&
           text_has(group->members[member], "CLUSTER INFO", "cluster_known_nodes:6");
}

static void read_id(struct redis_group *group, size_t member, char id[ID_SIZE])
{
    redisReply *reply = redis_fixture_command(group->members[member], "CLUSTER MYID");

    snprintf(id, ID_SIZE, "%s", reply->str);
    freeReplyObject(reply);
}

static void start_node(struct redis_group *group)
{
    char bus[8];
    const char *words[] = {"--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", bus, NULL};

    snprintf(bus, sizeof(bus), "%u", free_port());
    start(group, words);
    if (group->count > 1)
        redis_fixture_do(group->members[0], "CLUSTER MEET 127.0.0.1 %u %s", group->ports[group->count - 1], bus);
}

static bool is_met(struct redis_group *group, size_t member)
{
    return text_has(group->members[member], "CLUSTER INFO", "cluster_known_nodes:6");
}

void redis_group_open_cluster(struct redis_group *group)
{
    char id[ID_SIZE];

    *group = (struct redis_group){0};
    for (unsigned i = 0; i < REDIS_GROUP_MAX; i++)
        start_node(group);
    for (unsigned i = 0; i < MASTERS; i++)
        redis_fixture_do(group->members[i], "CLUSTER ADDSLOTSRANGE %u %u", SLOTS * i / MASTERS,
                         SLOTS * (i + 1) / MASTERS - 1);
    wait_for_all(group, "the nodes to meet", is_met);
    for (unsigned i = 0; i < MASTERS; i++) {
        read_id(group, i, id);
        redis_fixture_do(group->members[MASTERS + i], "CLUSTER REPLICATE %s", id);
    }
    wait_for_all(group, "the cluster to be up", is_cluster_up);
    wait_for_all(group, "the replica to follow", has_replica);
    snprintf(group->url, sizeof(group->url), "redis+cluster://127.0.0.1:%u,127.0.0.1:%u", group->ports[1],
             group->ports[2]);
}

void redis_group_close(struct redis_group *group)
{
    redis_fixture_close(group->sentinel);
    for (size_t i = 0; i < group->count; i++)
        redis_fixture_close(group->members[i]);
}

/* ---- who has what ---- */

static bool is_master(struct redis_fixture *fixture)
{
    redisReply *reply = redis_fixture_command(fixture, "ROLE");
    bool result = reply->elements > 0 && strcmp(reply->element[0]->str, "master") == 0;

    freeReplyObject(reply);
    return result;
}

/* Whether slot is in one of the ranges behind a node's line of CLUSTER NODES: "… connected 0-5460 7000 [5461->-…]". */
static bool is_in_ranges(const char *line, unsigned slot)
{
    const char *at = strstr(line, " connected");
    bool result = false;

    while (at && (at = strchr(at + 1, ' ')) != NULL) {
        unsigned first = 0, last = 0;
        int read = sscanf(at, " %u-%u", &first, &last);

        result = result || (read == 2 && slot >= first && slot <= last) || (read == 1 && slot == first);
    }
    return result;
}

/* A promoted replica is the master when the sentinel is done, and tells everybody so. */
static bool is_named(const struct redis_group *group, size_t member)
{
    redisReply *reply = redis_fixture_command(group->sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster");
    bool result = reply->elements == 2 && (unsigned)strtoul(reply->element[1]->str, NULL, 10) == group->ports[member];

    freeReplyObject(reply);
    return result;
}

static bool has_slot(struct redis_group *group, size_t member, unsigned slot)
{
    redisReply *reply;
    const char *own;
    char *line;
    bool result;

    if (!redis_fixture_is_running(group->members[member]) || !is_master(group->members[member]))
        return false;
    if (group->sentinel)
        return is_named(group, member);
    reply = redis_fixture_command(group->members[member], "CLUSTER NODES");
    own = strstr(reply->str, "myself,master");
    line = mem_copy(own ? own : "", own ? strcspn(own, "\n") : 0);
    result = is_in_ranges(line, slot);
    mem_free(line);
    freeReplyObject(reply);
    return result;
}

size_t redis_group_master_of(struct redis_group *group, unsigned slot)
{
    int64_t until_ms = clock_monotonic_ms() + WAIT_MS;

    while (clock_monotonic_ms() < until_ms) {
        for (size_t i = 0; i < group->count; i++)
            if (has_slot(group, i, slot))
                return i;
        look_later();
    }
    give_up("a master that has the slot");
    return 0;
}

/* A node of a cluster knows from its file whom to ask; a sentinel would take ten seconds. */
void redis_group_revive(struct redis_group *group, size_t member)
{
    size_t master = redis_group_master_of(group, 0);

    if (group->sentinel)
        redis_fixture_start_as_replica(group->members[member], group->ports[master]);
    else
        redis_fixture_start(group->members[member]);
}

/* ---- moving a slot ---- */

void redis_group_begin_move(struct redis_group *group, unsigned slot, size_t to)
{
    char from_id[ID_SIZE], to_id[ID_SIZE];

    group->slot = slot;
    group->from = (unsigned)redis_group_master_of(group, slot);
    group->to = (unsigned)to;
    read_id(group, group->from, from_id);
    read_id(group, group->to, to_id);
    redis_fixture_do(group->members[group->to], "CLUSTER SETSLOT %u IMPORTING %s", slot, from_id);
    redis_fixture_do(group->members[group->from], "CLUSTER SETSLOT %u MIGRATING %s", slot, to_id);
}

bool redis_group_move_some(struct redis_group *group, unsigned most)
{
    struct redis_fixture *from = group->members[group->from];
    redisReply *keys = redis_fixture_command(from, "CLUSTER GETKEYSINSLOT %u %u", group->slot, most);
    bool has_some = keys->elements > 0;

    for (size_t i = 0; i < keys->elements; i++)
        redis_fixture_do(from, "MIGRATE 127.0.0.1 %u %b 0 5000", group->ports[group->to], keys->element[i]->str,
                         keys->element[i]->len);
    freeReplyObject(keys);
    return has_some;
}

void redis_group_end_move(struct redis_group *group)
{
    char to_id[ID_SIZE];

    read_id(group, group->to, to_id);
    redis_fixture_do(group->members[group->to], "CLUSTER SETSLOT %u NODE %s", group->slot, to_id);
    redis_fixture_do(group->members[group->from], "CLUSTER SETSLOT %u NODE %s", group->slot, to_id);
}
