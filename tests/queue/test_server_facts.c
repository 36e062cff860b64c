/*
 * test_server_facts.c - which servers are fit for which durability, by what they say of themselves.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/server_facts.h"

#include "base/mem.h"
#include "queue/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define INFO_OF(version) "# Server\r\nredis_version:" version "\r\nrun_id:abc\r\n"

/* A configuration as CONFIG GET answers it; NULL: it is not permitted. */
struct server {
    const char *info;
    const char *appendonly, *appendfsync, *save;
    bool can_confirm;
};

static redisReply *text_reply(const char *text)
{
    redisReply *reply = mem_new(sizeof(*reply));

    reply->type = REDIS_REPLY_STRING;
    reply->str = mem_string(text);
    reply->len = strlen(text);
    return reply;
}

static void read_pair(struct server_facts *facts, const char *name, const char *value)
{
    redisReply *pair[] = {text_reply(name), text_reply(value)};
    redisReply reply = {.type = REDIS_REPLY_ARRAY, .elements = 2, .element = pair};

    server_facts_read_config(facts, &reply);
    for (size_t i = 0; i < COUNT_OF(pair); i++) {
        mem_free(pair[i]->str);
        mem_free(pair[i]);
    }
}

static struct server_facts facts_of(const struct server *server)
{
    struct server_facts facts = {.can_confirm = server->can_confirm};

    if (server->info)
        server_facts_read_info(&facts, server->info);
    if (server->appendonly)
        read_pair(&facts, "appendonly", server->appendonly);
    if (server->appendfsync)
        read_pair(&facts, "appendfsync", server->appendfsync);
    if (server->save)
        read_pair(&facts, "save", server->save);
    return facts;
}

/* A server that permits CONFIG and lacks WAITAOF; one that has it; one that tells no more than INFO. */
#define PLAIN(info, only, fsync, points)                                                                               \
    {                                                                                                                  \
        info, only, fsync, points, false                                                                               \
    }
#define MODERN(info, only, fsync, points)                                                                              \
    {                                                                                                                  \
        info, only, fsync, points, true                                                                                \
    }
#define SILENT(info)                                                                                                   \
    {                                                                                                                  \
        info, NULL, NULL, NULL, false                                                                                  \
    }
#define SILENT_MODERN(info)                                                                                            \
    {                                                                                                                  \
        info, NULL, NULL, NULL, true                                                                                   \
    }

struct verdict {
    struct server server;
    enum queue_durability durability;
    const char *complaint; /* NULL: it is fit */
    enum confirmation confirmation;
};

static const struct verdict verdicts[] = {
    {PLAIN(INFO_OF("7.0.15"), "no", "everysec", ""), QUEUE_ACK, NULL, CONFIRM_NONE},
    {SILENT(NULL), QUEUE_ACK, NULL, CONFIRM_NONE},
    {PLAIN(INFO_OF("6.2.14"), "yes", "always", ""), QUEUE_ACK, "redis is 6.2.14, and must be 7.0 or newer", 0},
    {PLAIN(INFO_OF("10.0.0"), "yes", "always", ""), QUEUE_FSYNC, NULL, CONFIRM_NONE},
    {PLAIN(INFO_OF("7.0.15"), "yes", "always", ""), QUEUE_FSYNC, NULL, CONFIRM_NONE},
    {PLAIN(INFO_OF("7.0.15"), "no", "always", ""), QUEUE_FSYNC, "redis has appendonly no", 0},
    {MODERN(INFO_OF("7.4.0"), "no", "always", ""), QUEUE_FSYNC, "redis has appendonly no", 0},
    {PLAIN(INFO_OF("7.0.15"), "yes", "everysec", ""), QUEUE_FSYNC, "has appendfsync everysec and no WAITAOF", 0},
    {MODERN(INFO_OF("7.2.0"), "yes", "everysec", ""), QUEUE_FSYNC, NULL, CONFIRM_DISK},
    {SILENT_MODERN(INFO_OF("7.2.0") "aof_enabled:1\r\n"), QUEUE_FSYNC, NULL, CONFIRM_DISK},
    {SILENT_MODERN(INFO_OF("7.2.0") "aof_enabled:0\r\n"), QUEUE_FSYNC, "redis has appendonly no", 0},
    {SILENT(INFO_OF("7.0.15") "aof_enabled:1\r\n"), QUEUE_FSYNC, "does not permit CONFIG", 0},
    {MODERN(INFO_OF("7.0.15"), "no", "no", ""), QUEUE_REPLICAS, NULL, CONFIRM_REPLICAS},
    {PLAIN(INFO_OF("7.0.15"), "no", "no", ""), QUEUE_REPLICAS, "does not permit WAIT", 0},
};

static void a_server_is_fit_or_it_is_said_why_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        struct server_facts facts = facts_of(&verdicts[i].server);
        struct queue_options options = {.durability = verdicts[i].durability, .replicas = 1};
        enum confirmation confirmation;
        struct error err = {0};
        bool is_fit = server_facts_judge(&facts, &options, &confirmation, &err);

        if (is_fit != !verdicts[i].complaint || (!is_fit && !strstr(err.text, verdicts[i].complaint)))
            fail_msg("row %zu: %s", i, is_fit ? "is fit" : err.text);
        if (is_fit)
            assert_int_equal(confirmation, verdicts[i].confirmation);
        else
            assert_int_equal(err.kind, ERROR_REFUSED);
    }
}

static void who_stores_nothing_demands_nothing_of_disks(void **state)
{
    struct server_facts facts = facts_of(&(struct server)PLAIN(INFO_OF("7.0.15"), "no", "no", ""));
    struct queue_options options = {.durability = QUEUE_FSYNC, .stores_nothing = true};
    enum confirmation confirmation;
    struct error err;

    (void)state;
    assert_true(server_facts_judge(&facts, &options, &confirmation, &err));
    assert_int_equal(confirmation, CONFIRM_NONE);
}

/* ---- what is said in the log ---- */

/* What server_facts_warn writes to standard error. */
static void warn(const struct server *server, const struct queue_options *options, char *text, size_t size)
{
    struct server_facts facts = facts_of(server);
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);

    assert_non_null(file);
    assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    server_facts_warn(&facts, options);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

struct warning {
    struct server server;
    struct queue_options options;
    const char *words; /* NULL: nothing is said */
};

#define LIMITED(policy) INFO_OF("7.0.15") "maxmemory:1000\r\nmaxmemory_policy:" policy "\r\n"

static const struct warning warnings[] = {
    {PLAIN(LIMITED("noeviction"), "yes", "always", ""), {0}, NULL},
    {PLAIN(INFO_OF("7.0.15") "maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", "yes", "always", ""), {0}, NULL},
    {PLAIN(LIMITED("allkeys-lru"), "yes", "always", ""),
     {0},
     "maxmemory-policy allkeys-lru: when its memory is full it throws"
     " events away; set noeviction there"},
    {PLAIN(LIMITED("volatile-ttl"), "yes", "always", ""), {0}, "throws what it knows of deliveries away"},
    {PLAIN(LIMITED("allkeys-lru"), "yes", "always", ""), {.stores_nothing = true}, NULL},
    {PLAIN(INFO_OF("7.0.15"), "no", "no", ""), {0}, "a restart of this redis loses the queue"},
    {PLAIN(INFO_OF("7.0.15"), "no", "no", "3600 1"), {0}, NULL},
    {SILENT(INFO_OF("7.0.15")), {0}, "cannot be seen: it does not permit CONFIG"},
    {PLAIN(INFO_OF("7.0.15") "connected_slaves:1\r\n", "yes", "no", ""),
     {.durability = QUEUE_REPLICAS, .replicas = 2},
     "wants 2 replicas, and redis has 1"},
    {PLAIN(INFO_OF("7.0.15") "connected_slaves:2\r\n", "yes", "no", ""),
     {.durability = QUEUE_REPLICAS, .replicas = 2},
     NULL},
};

static void what_may_lose_events_is_said(void **state)
{
    char text[2000];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(warnings); i++) {
        warn(&warnings[i].server, &warnings[i].options, text, sizeof(text));
        if (warnings[i].words ? !strstr(text, warnings[i].words) : text[0] != '\0')
            fail_msg("row %zu: %s", i, text);
    }
}

/* An older Redis stumbles over the first line of our scripts. */
static void a_redis_too_old_for_the_scripts_is_said_to_be(void **state)
{
    char text[] = "ERR Error compiling script (new function): user_script:1: unexpected symbol near '#'";
    const redisReply reply = {.type = REDIS_REPLY_ERROR, .str = text, .len = sizeof(text) - 1};
    struct error err;

    (void)state;
    assert_false(reply_check(&reply, &err));
    assert_int_equal(err.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "must be 7.0 or newer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_is_fit_or_it_is_said_why_not),
        cmocka_unit_test(who_stores_nothing_demands_nothing_of_disks),
        cmocka_unit_test(what_may_lose_events_is_said),
        cmocka_unit_test(a_redis_too_old_for_the_scripts_is_said_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
