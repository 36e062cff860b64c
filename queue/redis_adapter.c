/*
 * redis_adapter.c - tells hiredis when its socket is readable or writable. Called by redis.c alone.
 *
 * Commands only fill hiredis's buffer; it is written when the loop next finds the socket writable, or by redis_push. So
 * the commands of one turn of the loop leave in few writes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_adapter.h"

#include "base/mem.h"

/* context and watch are gone after hiredis has cleaned up, which may happen inside our own callback. */
struct adapter {
    redisAsyncContext *context;
    struct watch *watch;
    unsigned events;
    bool is_busy;
};

static void set_events(struct adapter *adapter, unsigned events)
{
    if (!adapter->watch || adapter->events == events)
        return;
    adapter->events = events;
    watch_set(adapter->watch, events);
}

static void add_read(void *data)
{
    struct adapter *adapter = data;

    set_events(adapter, adapter->events | WATCH_READ);
}

static void del_read(void *data)
{
    struct adapter *adapter = data;

    set_events(adapter, adapter->events & ~(unsigned)WATCH_READ);
}

static void add_write(void *data)
{
    struct adapter *adapter = data;

    set_events(adapter, adapter->events | WATCH_WRITE);
}

static void del_write(void *data)
{
    struct adapter *adapter = data;

    set_events(adapter, adapter->events & ~(unsigned)WATCH_WRITE);
}

static void clean_up(void *data)
{
    struct adapter *adapter = data;

    watch_free(adapter->watch);
    adapter->watch = NULL;
    adapter->context = NULL;
    if (!adapter->is_busy)
        mem_free(adapter);
}

static void on_events(void *arg, unsigned events)
{
    struct adapter *adapter = arg;

    adapter->is_busy = true;
    if (events & WATCH_READ)
        redisAsyncHandleRead(adapter->context);
    if (adapter->context && (events & WATCH_WRITE))
        redisAsyncHandleWrite(adapter->context);
    adapter->is_busy = false;
    if (!adapter->context)
        mem_free(adapter);
}

void redis_adapter_attach(struct loop *loop, redisAsyncContext *context)
{
    struct adapter *adapter = mem_new(sizeof(*adapter));

    adapter->context = context;
    adapter->watch = watch_new(loop, context->c.fd, on_events, adapter);
    context->ev.data = adapter;
    context->ev.addRead = add_read;
    context->ev.delRead = del_read;
    context->ev.addWrite = add_write;
    context->ev.delWrite = del_write;
    context->ev.cleanup = clean_up;
}
