/*
 * metrics.c - counters by source and verdict, and a histogram of how long answers took.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/metrics.h"

#include "base/mem.h"
#include "base/process.h"

#include <inttypes.h>
#include <string.h>

/* Upper bounds in milliseconds; what is slower is in the last bucket, "+Inf". To add one: put it in its place. */
static const int64_t bounds_ms[] = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000};

struct counts {
    struct counts *next;
    char *source;
    uint64_t by_verdict[VERDICT_COUNT];
};

struct metrics {
    struct counts *all;     /* every source there ever was: an answer still under way may hold its counters */
    struct counts **in_use; /* by the source's index in the configuration */
    size_t in_use_count;
    struct counts unknown;
    uint64_t buckets[COUNT_OF(bounds_ms) + 1];
    uint64_t requests;
    uint64_t total_ms;
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = mem_new(sizeof(*metrics));

    metrics->unknown.source = mem_string("");
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    for (struct counts *counts = metrics->all, *next; counts; counts = next) {
        next = counts->next;
        mem_free(counts->source);
        mem_free(counts);
    }
    mem_free(metrics->unknown.source);
    mem_free(metrics->in_use);
    mem_free(metrics);
}

static struct counts *find_or_add(struct metrics *metrics, const char *source)
{
    struct counts *counts = metrics->all;

    while (counts && strcmp(counts->source, source) != 0)
        counts = counts->next;
    if (!counts) {
        counts = mem_new(sizeof(*counts));
        counts->source = mem_string(source);
        counts->next = metrics->all;
        metrics->all = counts;
    }
    return counts;
}

void metrics_set_sources(struct metrics *metrics, const struct config *config)
{
    metrics->in_use = mem_resize(metrics->in_use, (config->source_count + 1) * sizeof(struct counts *));
    for (size_t i = 0; i < config->source_count; i++)
        metrics->in_use[i] = find_or_add(metrics, config->sources[i].name);
    metrics->in_use_count = config->source_count;
}

struct counts *metrics_of(struct metrics *metrics, size_t index)
{
    return metrics->in_use[index];
}

struct counts *metrics_of_unknown(struct metrics *metrics)
{
    return &metrics->unknown;
}

const char *counts_source(const struct counts *counts)
{
    return counts->source;
}

void metrics_count(struct metrics *metrics, struct counts *counts, enum verdict verdict, int64_t duration_ms)
{
    size_t bucket = 0;

    while (bucket < COUNT_OF(bounds_ms) && duration_ms > bounds_ms[bucket])
        bucket++;
    counts->by_verdict[verdict]++;
    metrics->buckets[bucket]++;
    metrics->requests++;
    metrics->total_ms += (uint64_t)duration_ms;
}

static void print_heading(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_counts(const struct counts *counts, struct buf *out)
{
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        buf_addf(out, "hookline_received_total{source=\"%s\",result=\"%s\"} %" PRIu64 "\n", counts->source,
                 verdict_name(verdict), counts->by_verdict[verdict]);
}

static void print_received(const struct metrics *metrics, struct buf *out)
{
    print_heading(out, "hookline_received_total", "counter", "Deliveries by source and what became of them.");
    for (size_t i = 0; i < metrics->in_use_count; i++)
        print_counts(metrics->in_use[i], out);
    buf_addf(out, "hookline_received_total{source=\"\",result=\"%s\"} %" PRIu64 "\n",
             verdict_name(VERDICT_UNKNOWN_SOURCE), metrics->unknown.by_verdict[VERDICT_UNKNOWN_SOURCE]);
}

static void print_durations(const struct metrics *metrics, struct buf *out)
{
    uint64_t below = 0;

    print_heading(out, "hookline_receive_seconds", "histogram", "Time from a complete request to its answer.");
    for (size_t i = 0; i < COUNT_OF(bounds_ms); i++) {
        below += metrics->buckets[i];
        buf_addf(out, "hookline_receive_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", (double)bounds_ms[i] / 1000, below);
    }
    buf_addf(out, "hookline_receive_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", metrics->requests);
    buf_addf(out, "hookline_receive_seconds_sum %.3f\n", (double)metrics->total_ms / 1000);
    buf_addf(out, "hookline_receive_seconds_count %" PRIu64 "\n", metrics->requests);
}

void metrics_print(const struct metrics *metrics, struct buf *out)
{
    print_received(metrics, out);
    print_durations(metrics, out);
    print_heading(out, "process_resident_memory_bytes", "gauge", "Memory of the receiver that is in RAM.");
    buf_addf(out, "process_resident_memory_bytes %lld\n", process_resident_bytes());
    print_heading(out, "hookline_build_info", "gauge", "Always 1; the label is the version.");
    buf_addf(out, "hookline_build_info{version=\"%s\"} 1\n", HOOKLINE_VERSION);
}
