/*
 * traffic.c - the bucket and the counters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/traffic.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/retry_after.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void traffic_limit(struct traffic *traffic, double rate, unsigned burst)
{
    traffic->rate = rate;
    traffic->burst = burst > 0 ? burst : (unsigned)fmax(1, ceil(rate));
    traffic->tokens = traffic->burst;
    traffic->filled_ms = clock_monotonic_ms();
}

void traffic_reset(struct traffic *traffic)
{
    *traffic = (struct traffic){
        .rate = traffic->rate,
        .burst = traffic->burst,
        .tokens = traffic->burst,
        .filled_ms = clock_monotonic_ms(),
        .in_flight = traffic->in_flight,
        .in_flight_max = traffic->in_flight,
    };
}

static void count_recent(struct traffic *traffic)
{
    int64_t second = clock_monotonic_ms() / 1000;
    size_t i = (size_t)(second % TRAFFIC_SECONDS);

    if (traffic->recent_s[i] != second) {
        traffic->recent_s[i] = second;
        traffic->recent[i] = 0;
    }
    traffic->recent[i]++;
}

void traffic_arrived(struct traffic *traffic)
{
    int64_t now_ms = clock_monotonic_ms();

    traffic->requests++;
    traffic->in_flight++;
    if (traffic->in_flight > traffic->in_flight_max)
        traffic->in_flight_max = traffic->in_flight;
    if (now_ms > traffic->window_start_ms + TRAFFIC_GRACE_MS && now_ms < traffic->window_end_ms)
        traffic->inside_retry_after++;
    count_recent(traffic);
}

void traffic_left(struct traffic *traffic, int status)
{
    traffic->in_flight--;
    if (status > 0 && status < TRAFFIC_STATUS_MAX)
        traffic->answers[status]++;
}

bool traffic_take(struct traffic *traffic, int64_t *wait_s)
{
    int64_t now_ms = clock_monotonic_ms();

    if (traffic->rate <= 0)
        return true;
    traffic->tokens += (double)(now_ms - traffic->filled_ms) * traffic->rate / 1000.0;
    traffic->tokens = fmin(traffic->tokens, traffic->burst);
    traffic->filled_ms = now_ms;
    if (traffic->tokens < 1) {
        *wait_s = (int64_t)fmax(1, ceil((1 - traffic->tokens) / traffic->rate));
        return false;
    }
    traffic->tokens -= 1;
    return true;
}

void traffic_told_to_wait(struct traffic *traffic, const char *retry_after)
{
    int64_t wait_ms = retry_after_parse(retry_after, clock_now_ms());
    int64_t now_ms = clock_monotonic_ms();

    if (wait_ms <= 0)
        return;
    if (now_ms >= traffic->window_end_ms)
        traffic->window_start_ms = now_ms;
    if (now_ms + wait_ms > traffic->window_end_ms)
        traffic->window_end_ms = now_ms + wait_ms;
}

double traffic_rate(const struct traffic *traffic)
{
    int64_t second = clock_monotonic_ms() / 1000;
    uint64_t sum = 0;

    /* The current second is not over, so it would make the rate look too small. */
    for (size_t i = 0; i < TRAFFIC_SECONDS; i++) {
        int64_t age = second - traffic->recent_s[i];

        sum += age >= 1 && age <= TRAFFIC_RATE_SECONDS ? traffic->recent[i] : 0;
    }
    return (double)sum / TRAFFIC_RATE_SECONDS;
}

void traffic_print(const struct traffic *traffic, cJSON *object)
{
    cJSON *answers;
    cJSON *faults;

    cJSON_AddNumberToObject(object, "requests", (double)traffic->requests);
    cJSON_AddNumberToObject(object, "requests_per_second", traffic_rate(traffic));
    cJSON_AddNumberToObject(object, "in_flight", (double)traffic->in_flight);
    cJSON_AddNumberToObject(object, "in_flight_max", (double)traffic->in_flight_max);
    cJSON_AddNumberToObject(object, "inside_retry_after", (double)traffic->inside_retry_after);
    answers = cJSON_AddObjectToObject(object, "answers");
    for (size_t status = 0; status < COUNT_OF(traffic->answers); status++) {
        char name[8];

        if (traffic->answers[status] > 0) {
            (void)snprintf(name, sizeof(name), "%zu", status % 1000);
            cJSON_AddNumberToObject(answers, name, (double)traffic->answers[status]);
        }
    }
    faults = cJSON_AddObjectToObject(object, "faults");
    for (int fault = 0; fault < FAULT_NONE; fault++)
        if (traffic->faults[fault] > 0)
            cJSON_AddNumberToObject(faults, fault_name((enum fault)fault), (double)traffic->faults[fault]);
}
