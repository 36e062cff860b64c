/*
 * spoil.c - refusals, proxies' pages, dropped connections, half answers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/spoil.h"

#include "base/clock.h"
#include "base/mem.h"

#include <string.h>

/* The faults that speak: with what status, and for a proxy's page its title. The others have no row. */
static const struct words {
    int status;
    const char *proxy_title;
} words[FAULT_NONE + 1] = {
    [FAULT_401] = {401, NULL},
    [FAULT_403] = {403, NULL},
    [FAULT_429] = {429, NULL},
    [FAULT_500] = {500, NULL},
    [FAULT_LATE_500] = {500, NULL},
    [FAULT_502] = {502, "502 Bad Gateway"},
    [FAULT_503] = {503, "503 Service Unavailable"},
    [FAULT_504] = {504, "504 Gateway Time-out"},
};

static char *proxy_page(const char *title)
{
    return mem_printf("<html><head><title>%s</title></head><body><h1>%s</h1></body></html>\n", title, title);
}

void spoil_reply(struct reply *reply, struct answer *answer, enum fault fault)
{
    const struct words *said = &words[fault];

    if (said->status == 0)
        return;
    reply_clear(reply);
    if (!said->proxy_title) {
        (void)reply_refuse(reply, said->status, NULL);
        return;
    }
    answer->status = said->status;
    answer->content_type = "text/html";
    answer->body = proxy_page(said->proxy_title);
}

void spoil_answer(struct answer *answer, enum fault fault)
{
    const struct sandbox_faults *faults = &answer->sandbox->faults;

    if (fault == FAULT_NONE)
        return;
    answer->sandbox->traffic.faults[fault]++;
    if (fault == FAULT_SLOW) {
        answer->delay_ms += faults_slow_ms(faults);
        return;
    }
    answer->write = 0; /* whatever was written, the client is not told */
    if (fault == FAULT_429 || fault == FAULT_503)
        answer->retry_after = faults_retry_after(faults, 1, clock_now_ms());
    answer->is_dropped = fault == FAULT_RESET || fault == FAULT_LOST;
    if (fault == FAULT_BROKEN)
        answer->body[strlen(answer->body) / 2] = '\0';
}
