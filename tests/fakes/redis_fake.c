/*
 * redis_fake.c - see redis_fake.h. Commands are read by hiredis's own reader: they are arrays of strings.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/redis_fake.h"

#include "base/mem.h"

#include <assert.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORDS_MAX = 4096, REPLIES_MAX = 1 << 20 };

struct fake_peer {
    LIST_ENTRY(fake_peer) entry;
    struct redis_fake *fake;
    struct watch *watch;
    int fd;
    redisReader *reader;
};

LIST_HEAD(fake_peers, fake_peer);

struct redis_fake {
    struct loop *loop;
    struct watch *watch;
    int fd;
    char *url;
    redis_fake_fn *fn;
    void *arg;
    struct fake_peers peers;
};

void redis_fake_add_text(struct buf *out, const char *text)
{
    buf_addf(out, "$%zu\r\n", strlen(text));
    buf_add_string(out, text);
    buf_add_string(out, "\r\n");
}

static void answer(struct redis_fake *fake, const char *const *words, size_t count, struct buf *out)
{
    if (strcmp(words[0], "PING") == 0)
        buf_add_string(out, "+PONG\r\n");
    else if (strcmp(words[0], "SCRIPT") == 0)
        redis_fake_add_text(out, "0123456789012345678901234567890123456789");
    else
        fake->fn(fake->arg, words, count, out);
}

static void take_command(struct fake_peer *peer, const redisReply *command, struct buf *out)
{
    const char *words[WORDS_MAX];

    assert(command->elements > 0 && command->elements <= WORDS_MAX);
    for (size_t i = 0; i < command->elements; i++)
        words[i] = command->element[i]->str;
    answer(peer->fake, words, command->elements, out);
}

static void peer_free(struct fake_peer *peer)
{
    LIST_REMOVE(peer, entry);
    watch_free(peer->watch);
    close(peer->fd);
    redisReaderFree(peer->reader);
    mem_free(peer);
}

static void on_peer(void *arg, unsigned events)
{
    struct fake_peer *peer = arg;
    char bytes[65536];
    ssize_t size = recv(peer->fd, bytes, sizeof(bytes), MSG_DONTWAIT), sent;
    void *command = NULL;
    struct buf out;

    (void)events;
    if (size <= 0) {
        peer_free(peer);
        return;
    }
    buf_init(&out, REPLIES_MAX);
    redisReaderFeed(peer->reader, bytes, (size_t)size);
    while (redisReaderGetReply(peer->reader, &command) == REDIS_OK && command) {
        take_command(peer, command, &out);
        freeReplyObject(command);
    }
    sent = out.size > 0 ? send(peer->fd, out.data, out.size, MSG_NOSIGNAL) : 0;
    assert(sent == (ssize_t)out.size);
    (void)sent;
    buf_clear(&out);
}

static void on_connection(void *arg, unsigned events)
{
    struct redis_fake *fake = arg;
    struct fake_peer *peer = mem_new(sizeof(*peer));

    (void)events;
    peer->fake = fake;
    peer->fd = accept(fake->fd, NULL, NULL);
    peer->reader = redisReaderCreate();
    LIST_INSERT_HEAD(&fake->peers, peer, entry);
    peer->watch = watch_new(fake->loop, peer->fd, on_peer, peer);
    watch_set(peer->watch, WATCH_READ);
}

struct redis_fake *redis_fake_open(struct loop *loop, redis_fake_fn *fn, void *arg)
{
    struct redis_fake *fake = mem_new(sizeof(*fake));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    bool is_listening;

    fake->loop = loop;
    fake->fn = fn;
    fake->arg = arg;
    fake->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    is_listening = bind(fake->fd, (const struct sockaddr *)&address, size) == 0 && listen(fake->fd, 16) == 0 &&
                   getsockname(fake->fd, (struct sockaddr *)&address, &size) == 0;
    assert(is_listening);
    (void)is_listening;
    fake->url = mem_printf("redis://127.0.0.1:%u", ntohs(address.sin_port));
    fake->watch = watch_new(loop, fake->fd, on_connection, fake);
    watch_set(fake->watch, WATCH_READ);
    return fake;
}

void redis_fake_close(struct redis_fake *fake)
{
    struct fake_peer *peer;

    if (!fake)
        return;
    while ((peer = LIST_FIRST(&fake->peers)))
        peer_free(peer);
    watch_free(fake->watch);
    close(fake->fd);
    mem_free(fake->url);
    mem_free(fake);
}

const char *redis_fake_url(const struct redis_fake *fake)
{
    return fake->url;
}
