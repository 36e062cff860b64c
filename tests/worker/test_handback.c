/*
 * test_handback.c - lanes of a dead worker come back, also when the queue is not there yet.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/handback.h"

#include "base/clock.h"
#include "base/ulid.h"
#include "tests/fakes/redis_fixture.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct scene {
    struct loop *loop;
    struct redis_fixture *redis;
    size_t claims;
    bool is_done;
};

static struct queue *open_queue(struct scene *scene)
{
    struct error err;
    struct queue *queue =
        queue_open(scene->loop, &(struct queue_options){.url = redis_fixture_url(scene->redis)}, &err);

    assert_non_null(queue);
    return queue;
}

static void go_on(struct scene *scene)
{
    scene->is_done = true;
    loop_stop(scene->loop);
}

static void wait_done(struct scene *scene)
{
    assert_true(wait_for(scene->loop, &scene->is_done));
    scene->is_done = false;
}

static void on_ready(void *arg, const struct error *err)
{
    assert_null(err);
    go_on(arg);
}

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    (void)id;
    (void)err;
    assert_int_equal(result, QUEUE_STORED);
    go_on(arg);
}

static void on_exchanged(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct scene *scene = arg;

    assert_null(err);
    scene->claims = result->claim_count;
    go_on(scene);
}

static size_t claim_as(struct scene *scene, struct queue *queue, const char *worker)
{
    queue_exchange(queue, &(struct exchange){.worker = worker, .want = 5}, on_exchanged, scene);
    wait_done(scene);
    return scene->claims;
}

static void store_one(struct scene *scene, struct queue *queue)
{
    struct event event = {.account = "acme",
                          .source = "s",
                          .type = "t",
                          .order_key = "1",
                          .delivery_id = "d",
                          .headers = "{}",
                          .payload = "{}",
                          .payload_size = 2,
                          .received_ms = clock_now_ms()};

    ulid_new(event.id);
    queue_enqueue(queue, &event, on_stored, scene);
    wait_done(scene);
}

static void on_nothing_under_way(void *arg)
{
    go_on(arg);
}

static void lanes_come_back_also_when_the_queue_is_not_there_yet(void **state)
{
    struct scene scene = {.loop = loop_new(), .redis = redis_fixture_open(NULL)};
    struct queue *workers = open_queue(&scene);

    (void)state;
    queue_when_ready(workers, 5000, on_ready, &scene);
    wait_done(&scene);
    store_one(&scene, workers);
    assert_int_equal(claim_as(&scene, workers, "dead"), 1);
    assert_int_equal(claim_as(&scene, workers, "other"), 0);

    struct queue *late = open_queue(&scene);
    struct handback *handback = handback_new(late, on_nothing_under_way, &scene);
    assert_false(queue_is_usable(late));
    handback_begin(handback, "dead");
    assert_true(handback_is_busy(handback));
    wait_done(&scene);
    assert_false(handback_is_busy(handback));
    assert_int_equal(claim_as(&scene, workers, "other"), 1);

    queue_close(late);
    handback_free(handback);
    queue_close(workers);
    redis_fixture_close(scene.redis);
    loop_free(scene.loop);
}

/* What was under way is answered while the first shard is gone already: nothing may look into it. */
static void closing_the_queue_ends_what_is_under_way(void **state)
{
    struct scene scene = {.loop = loop_new(), .redis = redis_fixture_open(NULL)};
    struct error err;
    struct queue *queue =
        queue_open(scene.loop, &(struct queue_options){.url = redis_fixture_url(scene.redis), .shards = 2}, &err);
    struct handback *handback = handback_new(queue, on_nothing_under_way, &scene);

    (void)state;
    queue_when_ready(queue, 5000, on_ready, &scene);
    wait_done(&scene);
    redis_fixture_freeze(scene.redis);
    handback_begin(handback, "dead");
    queue_close(queue);
    assert_false(handback_is_busy(handback));
    handback_free(handback);
    redis_fixture_thaw(scene.redis);
    redis_fixture_close(scene.redis);
    loop_free(scene.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_come_back_also_when_the_queue_is_not_there_yet),
        cmocka_unit_test(closing_the_queue_ends_what_is_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
