/*
 * bench_report.c - see bench_report.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench_report.h"

#include "base/mem.h"
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    double share;
} percentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}};

static double per_second(size_t count, int64_t us)
{
    return us > 0 ? (double)count * 1e6 / (double)us : 0;
}

/* Answered 202; what was known already, or refused, was not taken in. */
static size_t accepted(const struct load_result *load)
{
    return load->by_status[202];
}

static void add_statuses(const struct load_result *load, struct buf *text)
{
    for (size_t status = 200; status < LOAD_STATUSES; status++)
        if (load->by_status[status] > 0)
            buf_addf(text, "%-9s %zu answered %zu\n", status == 202 ? "accepted" : "", load->by_status[status], status);
    if (load->failed > 0)
        buf_addf(text, "%-9s %zu without an answer: %s\n", "lost", load->failed, load->problem);
    if (*load->refusal)
        buf_addf(text, "%-9s %s\n", "refused", load->refusal);
}

static int print_text(const struct bench_outcome *outcome)
{
    const struct load_result *load = outcome->load;
    struct buf text;

    buf_init(&text, REPORT_MAX);
    buf_addf(&text, "%zu events of %zu bytes over %zu connections to %s in %.2f s\n\n", load->sent, outcome->body_size,
             outcome->connections, outcome->url, (double)load->elapsed_us / 1e6);
    add_statuses(load, &text);
    buf_addf(&text, "%-9s %.0f/s\n", "rate", per_second(accepted(load), load->elapsed_us));
    buf_addf(&text, "%-9s", "answer");
    for (size_t i = 0; i < COUNT_OF(percentiles); i++)
        buf_addf(&text, " %s %.2f ms ", percentiles[i].name,
                 (double)histogram_at(&load->answer_us, percentiles[i].share) / 1000);
    if (outcome->settled_us > 0)
        buf_addf(&text, "\n%-9s %.0f/s, all after %.2f s", "settled", per_second(accepted(load), outcome->settled_us),
                 (double)outcome->settled_us / 1e6);
    if (outcome->dead > 0)
        buf_addf(&text, "\n%-9s %zu of them: hookline dead tells why", "dead", outcome->dead);
    buf_add_char(&text, '\n');
    return report_text(&text);
}

static cJSON *statuses_json(const struct load_result *load)
{
    cJSON *statuses = cJSON_CreateObject();
    char name[24];

    for (size_t status = 200; status < LOAD_STATUSES; status++) {
        if (load->by_status[status] == 0)
            continue;
        snprintf(name, sizeof(name), "%zu", status);
        cJSON_AddNumberToObject(statuses, name, (double)load->by_status[status]);
    }
    return statuses;
}

static int print_json(const struct bench_outcome *outcome)
{
    const struct load_result *load = outcome->load;
    cJSON *report = cJSON_CreateObject();
    char name[24];

    cJSON_AddNumberToObject(report, "sent", (double)load->sent);
    cJSON_AddNumberToObject(report, "accepted", (double)accepted(load));
    cJSON_AddNumberToObject(report, "failed", (double)load->failed);
    cJSON_AddItemToObject(report, "statuses", statuses_json(load));
    cJSON_AddNumberToObject(report, "elapsed_us", (double)load->elapsed_us);
    cJSON_AddNumberToObject(report, "per_second", (double)(int64_t)per_second(accepted(load), load->elapsed_us));
    for (size_t i = 0; i < COUNT_OF(percentiles); i++) {
        snprintf(name, sizeof(name), "answer_%s_us", percentiles[i].name);
        cJSON_AddNumberToObject(report, name, (double)histogram_at(&load->answer_us, percentiles[i].share));
    }
    if (outcome->settled_us > 0) {
        cJSON_AddNumberToObject(report, "settled_us", (double)outcome->settled_us);
        cJSON_AddNumberToObject(report, "dead", (double)outcome->dead);
        cJSON_AddNumberToObject(report, "settled_per_second",
                                (double)(int64_t)per_second(accepted(load), outcome->settled_us));
    }
    int code = report_json(report);
    cJSON_Delete(report);
    return code;
}

int bench_report(const struct bench_outcome *outcome, bool as_json)
{
    int code = as_json ? print_json(outcome) : print_text(outcome);

    bool is_well = outcome->load->sent > 0 && accepted(outcome->load) == outcome->load->sent && outcome->dead == 0;
    return is_well ? code : EXIT_FAILURE;
}
