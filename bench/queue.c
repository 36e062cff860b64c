/*
 * queue.c - what the queue costs Redis: time per event and bytes per event.
 *
 *   build/gcc/bench/queue [events [accounts [lanes of each [events that wait before [redis-server argument ...]]]]]
 *
 * Events of 512 bytes are stored 32 a turn, then claimed and settled 32 an exchange. The times are Redis's own, of all
 * scripts (INFO commandstats) and of its main thread in all. Per event: us in scripts, us in all, events/s of this one
 * client, which waits for each answer, and bytes of used_memory.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/queue.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/redis_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32, SLOTS = 1000, PAYLOAD = 512 };

struct bench {
    struct loop *loop;
    struct redis_fixture *redis;
    struct queue *queue;
    unsigned events, accounts, lanes;
    unsigned waiting; /* stored before anything is measured */
    unsigned stored, to_store, in_turn, settled;
    struct settlement settlements[BATCH];
    size_t settlement_count;
};

/* Where the figures of a phase start. */
struct reading {
    double command_us, cpu_s;
    long long memory;
    int64_t wall_ms;
};

static double number_behind(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtod(at + strlen(name), NULL) : 0;
}

static double cpu_seconds(struct bench *bench)
{
    redisReply *info = redis_fixture_command(bench->redis, "INFO cpu");
    double seconds =
        number_behind(info->str, "used_cpu_user_main_thread:") + number_behind(info->str, "used_cpu_sys_main_thread:");

    freeReplyObject(info);
    return seconds;
}

/* Scripts' time holds that of the commands inside them. */
static double script_us(struct bench *bench)
{
    redisReply *info = redis_fixture_command(bench->redis, "INFO commandstats");
    const char *line = strstr(info->str, "cmdstat_evalsha:");
    double us = line ? number_behind(line, "usec=") : 0;

    freeReplyObject(info);
    return us;
}

static long long used_memory(struct bench *bench)
{
    redisReply *info = redis_fixture_command(bench->redis, "INFO memory");
    long long bytes = (long long)number_behind(info->str, "used_memory:");

    freeReplyObject(info);
    return bytes;
}

static struct reading read_now(struct bench *bench)
{
    return (struct reading){script_us(bench), cpu_seconds(bench), used_memory(bench), clock_monotonic_ms()};
}

static void report(struct bench *bench, const char *phase, struct reading from)
{
    struct reading now = read_now(bench);
    double events = bench->events;

    printf("%-6s script_us %.2f cpu_us %.2f per_second %.0f bytes %.1f\n", phase,
           (now.command_us - from.command_us) / events, (now.cpu_s - from.cpu_s) * 1e6 / events,
           events * 1000 / (double)(now.wall_ms - from.wall_ms + 1), (double)(now.memory - from.memory) / events);
}

static void must(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* ---- storing ---- */

static void store_turn(struct bench *bench);

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct bench *bench = arg;

    (void)id;
    must(result == QUEUE_STORED, err ? err->text : "not stored");
    if (--bench->in_turn > 0)
        return;
    if (bench->stored < bench->to_store)
        store_turn(bench);
    else
        loop_stop(bench->loop);
}

static void store_one(struct bench *bench)
{
    char account[32], key[32], payload[PAYLOAD + 1];
    unsigned lane = bench->lanes ? (bench->stored / bench->accounts) % bench->lanes : 0;
    struct event event = {.source = "bench", .type = "a.b", .headers = "{}", .account = account, .order_key = key};

    snprintf(account, sizeof(account), "account-%u", bench->stored % bench->accounts);
    snprintf(key, sizeof(key), bench->lanes ? "application-%u" : "", lane);
    memset(payload, 'x', PAYLOAD);
    payload[PAYLOAD] = '\0';
    ulid_new(event.id);
    event.received_ms = clock_now_ms();
    event.delivery_id = event.id;
    event.payload = payload;
    event.payload_size = PAYLOAD;
    queue_enqueue(bench->queue, &event, on_stored, bench);
    bench->stored++;
}

static void store_turn(struct bench *bench)
{
    while (bench->in_turn < BATCH && bench->stored < bench->to_store) {
        bench->in_turn++;
        store_one(bench);
    }
}

static void store(struct bench *bench, unsigned count)
{
    bench->to_store = bench->stored + count;
    if (count == 0)
        return;
    store_turn(bench);
    loop_run(bench->loop);
}

/* ---- claiming and settling ---- */

static void exchange(struct bench *bench);

static void forget_settlements(struct bench *bench)
{
    for (size_t i = 0; i < bench->settlement_count; i++) {
        mem_free((char *)bench->settlements[i].id);
        mem_free((char *)bench->settlements[i].lane);
    }
    bench->settled += (unsigned)bench->settlement_count;
    bench->settlement_count = 0;
}

static void on_exchange(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct bench *bench = arg;

    must(result != NULL, err ? err->text : "no result");
    must(result->refused_count == 0, "refused");
    forget_settlements(bench);
    for (size_t i = 0; i < result->claim_count; i++)
        bench->settlements[bench->settlement_count++] = (struct settlement){
            .id = mem_string(result->claims[i].event.id),
            .lane = mem_string(result->claims[i].lane),
            .token = result->claims[i].token,
            .outcome = OUTCOME_DONE,
            .reason = "",
            .progress = "",
            .trace = "{\"at\":1767323045678,\"actions\":[{\"status\":200}]}",
        };
    if (bench->settled < bench->events)
        exchange(bench);
    else
        loop_stop(bench->loop);
}

static void exchange(struct bench *bench)
{
    struct exchange batch = {.worker = "bench-1",
                             .settlements = bench->settlements,
                             .settlement_count = bench->settlement_count,
                             .want = BATCH,
                             .slots = SLOTS};

    queue_exchange(bench->queue, &batch, on_exchange, bench);
}

static unsigned number_of(int argc, char **argv, int at, unsigned otherwise)
{
    return argc > at ? (unsigned)strtoul(argv[at], NULL, 10) : otherwise;
}

static void on_ready(void *arg, const struct error *err)
{
    struct bench *bench = arg;

    must(err == NULL, err ? err->text : "");
    loop_stop(bench->loop);
}

int main(int argc, char **argv)
{
    struct bench bench = {.events = number_of(argc, argv, 1, 100000),
                          .accounts = number_of(argc, argv, 2, 100),
                          .lanes = number_of(argc, argv, 3, 50),
                          .waiting = number_of(argc, argv, 4, 0)};
    struct queue_options options = {.max_events = 100000000, .max_bytes = (size_t)64 << 30};
    struct reading start;

    bench.loop = loop_new();
    bench.redis = redis_fixture_open(argc > 5 ? (const char *const *)argv + 5 : NULL);
    options.url = redis_fixture_url(bench.redis);
    bench.queue = queue_open(bench.loop, &options, NULL);
    queue_when_ready(bench.queue, 5000, on_ready, &bench);
    loop_run(bench.loop);

    store(&bench, bench.waiting);
    start = read_now(&bench);
    store(&bench, bench.events);
    report(&bench, "store", start);
    start = read_now(&bench);
    exchange(&bench);
    loop_run(bench.loop);
    report(&bench, "run", start);

    queue_close(bench.queue);
    loop_free(bench.loop);
    redis_fixture_close(bench.redis);
    return 0;
}
