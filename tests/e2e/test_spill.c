/*
 * test_spill.c - the real program without its Redis, with a receiver that is killed on top: whatever was answered 202
 * is written once, and in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/e2e/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

#define SPILL ", \"spill\": \"spill\""

static pid_t pid_of(struct stage *stage, const char *which)
{
    pid_t pids[4];

    return stage_pids(stage, which, pids, 4) > 0 ? pids[0] : 0;
}

static void signal_one(struct stage *stage, const char *which, int number)
{
    pid_t pid = pid_of(stage, which);

    if (pid == 0)
        fail_msg("no process to signal: %s", which);
    assert_int_equal(kill(pid, number), 0);
}

/* ---- one sender, who waits for each answer: in order ---- */

struct next_post {
    const struct load *load;
    size_t n;
};

/* Posts once; as a sender would, it is asked again until there is an answer that takes the event. */
static bool is_taken(struct stage *stage, void *arg)
{
    const struct next_post *next = arg;
    char delivery_id[32];
    struct buf body;

    snprintf(delivery_id, sizeof(delivery_id), "load-%zu", next->n);
    buf_init(&body, 4096);
    load_body((void *)next->load, next->n, &body);
    int status = stage_post(stage, "s", delivery_id, body.data, NULL);
    buf_clear(&body);
    return status == 202 || status == 200;
}

static void post_from_to(struct stage *stage, const struct load *load, size_t from, size_t to)
{
    for (struct next_post next = {load, from}; next.n < to; next.n++)
        stage_wait(stage, "an event to be taken", is_taken, &next);
}

static bool readyz_says(struct stage *stage, void *arg)
{
    char *url = mem_printf("http://127.0.0.1:%u/readyz", stage->receiver_port);
    struct stage_reply reply = stage_request(stage, "GET", url, NULL, NULL);
    bool result = reply.status == 200 && strstr(reply.body, arg) != NULL;

    mem_free(reply.body);
    mem_free(url);
    return result;
}

/* The frozen Redis still has in its sockets what it was told, and runs that when it goes on. */
static void with_a_frozen_redis_and_a_killed_receiver_events_are_written_in_order(void **state)
{
    const struct stage_options options = {.receiver = SPILL};
    struct load load = {.applications = 4};
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    stage_wait(&stage, "Redis", readyz_says, (char[]){"ready\n"});
    post_from_to(&stage, &load, 0, 10);
    signal_one(&stage, "redis-server", SIGSTOP);
    post_from_to(&stage, &load, 10, 30);
    signal_one(&stage, " receiver ", SIGKILL);
    post_from_to(&stage, &load, 30, 50);
    stage_wait(&stage, "the spill to be told of", readyz_says, (char[]){"40 are in it"});
    signal_one(&stage, " receiver ", SIGKILL);
    post_from_to(&stage, &load, 50, 60);
    signal_one(&stage, "redis-server", SIGCONT);
    stage_wait(&stage, "the spill to be drained", readyz_says, (char[]){"ready\n"});
    post_from_to(&stage, &load, 60, 70);
    stage_wait_writes(&stage, 70);
    ledger_check(&stage, &load, 70, true);
    stage_close(&stage);
}

/* ---- many senders, and kills at any moment ---- */

struct killer {
    struct stage *stage;
    struct timer *timer;
    unsigned kills;
};

/* Two of three hit Redis. Whoever is not there at the moment is not killed. */
static void kill_something(void *arg)
{
    struct killer *killer = arg;
    pid_t pid = pid_of(killer->stage, killer->kills % 3 == 2 ? " receiver " : "redis-server");

    if (pid > 0)
        kill(pid, SIGKILL);
    killer->kills++;
    if (killer->kills < 12)
        timer_start(killer->timer, 150);
}

static bool log_says(const struct stage *stage, const char *text)
{
    char *path = mem_printf("%s/serve.log", stage->directory), line[1000];
    FILE *file = fopen(path, "r");
    bool is_said = false;

    assert_non_null(file);
    while (!is_said && fgets(line, sizeof(line), file))
        is_said = strstr(line, text) != NULL;
    fclose(file);
    mem_free(path);
    return is_said;
}

static void under_load_kills_lose_and_double_nothing(void **state)
{
    const struct stage_options options = {.receiver = SPILL};
    struct load load = {.applications = 6};
    struct stage stage;
    struct killer killer = {.stage = &stage};

    (void)state;
    stage_open(&stage, &options);
    killer.timer = timer_new(stage.loop, kill_something, &killer);
    timer_start(killer.timer, 50);
    assert_int_equal(stage_post_many(&stage, 1500, 8, load_body, &load), 1500);
    assert_true(log_says(&stage, "deliveries go to the spill"));
    timer_free(killer.timer);
    stage_wait_writes(&stage, 1500);
    ledger_check(&stage, &load, 1500, false);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_a_frozen_redis_and_a_killed_receiver_events_are_written_in_order),
        cmocka_unit_test(under_load_kills_lose_and_double_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
