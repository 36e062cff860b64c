/*
 * answer_stats.c - counts, lists of latencies, and a set of the writes that have come.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/answer_stats.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEGMENTS_MAX = 64,
    NAME_SIZE = 64,
    LATENCIES_MAX = 2000000, /* of one segment; those beyond are counted, but not timed */
    SEEN_SLOTS = 1 << 22,    /* a power of two; at most half of them are used */
};

struct answer_segment {
    char name[NAME_SIZE];
    size_t name_size;
    uint32_t *latencies_us; /* room for LATENCIES_MAX */
    size_t latency_count;
    uint64_t count;
    uint64_t again_count;
    uint64_t in_flight, max_in_flight;
    int64_t first_us, last_us, last_again_us;
};

struct answer_stats {
    struct answer_segment segments[SEGMENTS_MAX];
    size_t segment_count;
    unsigned long long connections, requests;
    uint64_t *seen; /* digests of bodies, each in the first free slot from its own on; 0 is free */
    size_t seen_count;
};

struct answer_stats *answer_stats_new(void)
{
    struct answer_stats *stats = mem_new(sizeof(*stats));

    stats->seen = mem_new(SEEN_SLOTS * sizeof(*stats->seen));
    return stats;
}

void answer_stats_free(struct answer_stats *stats)
{
    if (!stats)
        return;
    for (size_t i = 0; i < stats->segment_count; i++)
        mem_free(stats->segments[i].latencies_us);
    mem_free(stats->seen);
    mem_free(stats);
}

void answer_stats_count_connection(struct answer_stats *stats)
{
    stats->connections++;
}

void answer_stats_count_request(struct answer_stats *stats)
{
    stats->requests++;
}

/* A name that needs no escapes in JSON. */
static void set_name(struct answer_segment *segment, const char *name, size_t size)
{
    segment->name_size = size;
    for (size_t i = 0; i < size; i++)
        segment->name[i] = name[i] > ' ' && name[i] < 0x7f && name[i] != '"' && name[i] != '\\' ? name[i] : '_';
}

struct answer_segment *answer_stats_segment(struct answer_stats *stats, const char *name, size_t size)
{
    struct answer_segment *segment = stats->segments;

    if (size >= NAME_SIZE)
        size = NAME_SIZE - 1;
    for (size_t i = 0; i < stats->segment_count; i++, segment++)
        if (segment->name_size == size && memcmp(segment->name, name, size) == 0)
            return segment;
    if (stats->segment_count == SEGMENTS_MAX)
        return &stats->segments[SEGMENTS_MAX - 1];
    stats->segment_count++;
    set_name(segment, name, size);
    segment->latencies_us = mem_new(LATENCIES_MAX * sizeof(*segment->latencies_us));
    return segment;
}

/* FNV-1a; never 0. */
static uint64_t digest(const char *bytes, size_t size)
{
    uint64_t result = 0xcbf29ce484222325;

    for (size_t i = 0; i < size; i++)
        result = (result ^ (unsigned char)bytes[i]) * 0x100000001b3;
    return result ? result : 1;
}

/* Whether the body had come before; from now on it has. */
static bool was_seen(struct answer_stats *stats, const struct answer_arrival *arrival)
{
    uint64_t wanted = digest(arrival->body, arrival->body_size);
    size_t slot = (size_t)(wanted % SEEN_SLOTS);

    while (stats->seen[slot] != 0) {
        if (stats->seen[slot] == wanted)
            return true;
        slot = (slot + 1) % SEEN_SLOTS;
    }
    if (stats->seen_count < SEEN_SLOTS / 2) {
        stats->seen[slot] = wanted;
        stats->seen_count++;
    }
    return false;
}

static void add_latency(struct answer_segment *segment, int64_t latency_us)
{
    if (segment->latency_count == LATENCIES_MAX)
        return;
    if (latency_us < 0)
        latency_us = 0;
    segment->latencies_us[segment->latency_count++] = latency_us > UINT32_MAX ? UINT32_MAX : (uint32_t)latency_us;
}

void answer_stats_arrived(struct answer_stats *stats, struct answer_segment *segment,
                          const struct answer_arrival *arrival)
{
    if (segment->count++ == 0)
        segment->first_us = arrival->at_us;
    segment->last_us = arrival->at_us;
    if (++segment->in_flight > segment->max_in_flight)
        segment->max_in_flight = segment->in_flight;
    if (arrival->marker_us == 0)
        return;
    add_latency(segment, arrival->at_us - arrival->marker_us);
    if (was_seen(stats, arrival)) {
        segment->again_count++;
        segment->last_again_us = arrival->at_us;
    }
}

void answer_stats_left(struct answer_segment *segment)
{
    segment->in_flight--;
}

static void segment_reset(struct answer_segment *segment)
{
    segment->latency_count = 0;
    segment->count = segment->again_count = 0;
    segment->max_in_flight = segment->in_flight;
    segment->first_us = segment->last_us = segment->last_again_us = 0;
}

void answer_stats_reset(struct answer_stats *stats)
{
    for (size_t i = 0; i < stats->segment_count; i++)
        segment_reset(&stats->segments[i]);
    if (stats->seen_count > 0)
        memset(stats->seen, 0, SEEN_SLOTS * sizeof(*stats->seen));
    stats->seen_count = 0;
}

static int compare(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

    return one < other ? -1 : one > other;
}

/* The smallest latency that percent of all do not exceed; of a sorted list. */
static uint32_t percentile(const struct answer_segment *segment, size_t percent)
{
    size_t rank = (segment->latency_count * percent + 99) / 100;

    return rank > 0 ? segment->latencies_us[rank - 1] : 0;
}

static void segment_render(struct answer_segment *segment, struct buf *out)
{
    qsort(segment->latencies_us, segment->latency_count, sizeof(*segment->latencies_us), compare);
    buf_addf(out, "\"%s\":{\"count\":%llu,\"timed\":%zu,\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,", segment->name,
             (unsigned long long)segment->count, segment->latency_count, percentile(segment, 50),
             percentile(segment, 99), percentile(segment, 100));
    buf_addf(out, "\"first_ms\":%lld,\"last_ms\":%lld,\"in_flight\":%llu,\"max_in_flight\":%llu,",
             (long long)segment->first_us / 1000, (long long)segment->last_us / 1000,
             (unsigned long long)segment->in_flight, (unsigned long long)segment->max_in_flight);
    buf_addf(out, "\"again\":%llu,\"last_again_ms\":%lld}", (unsigned long long)segment->again_count,
             (long long)segment->last_again_us / 1000);
}

void answer_stats_render(struct answer_stats *stats, struct buf *out)
{
    const char *gap = "";

    buf_add_char(out, '{');
    for (size_t i = 0; i < stats->segment_count; i++) {
        buf_add_string(out, gap);
        segment_render(&stats->segments[i], out);
        gap = ",";
    }
    buf_add_char(out, '}');
}

void answer_stats_render_again(struct answer_stats *stats, struct buf *out)
{
    uint64_t count = 0;
    int64_t last_us = 0;

    for (size_t i = 0; i < stats->segment_count; i++) {
        count += stats->segments[i].again_count;
        if (stats->segments[i].last_again_us > last_us)
            last_us = stats->segments[i].last_again_us;
    }
    buf_addf(out, "{\"count\":%llu,\"last_again_ms\":%lld}", (unsigned long long)count, (long long)last_us / 1000);
}

void answer_stats_render_count(struct answer_stats *stats, struct buf *out)
{
    buf_addf(out, "server accepts handled requests\n %llu %llu %llu \n", stats->connections, stats->connections,
             stats->requests);
}
