/*
 * complaints.c - one line a second for each verdict.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/complaints.h"

#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>

void complaints_log(struct complaints *complaints, enum verdict verdict, const char *source, const char *reason)
{
    int64_t now_ms = clock_monotonic_ms();
    uint64_t hidden = complaints->of[verdict].hidden;

    if (complaints->of[verdict].was_logged && now_ms - complaints->of[verdict].logged_ms < COMPLAINT_EVERY_MS) {
        complaints->of[verdict].hidden++;
        return;
    }
    complaints->of[verdict].was_logged = true;
    complaints->of[verdict].logged_ms = now_ms;
    complaints->of[verdict].hidden = 0;
    log_warn("delivery not taken result=%s source=%s more_like_it=%" PRIu64 " reason=\"%s\"", verdict_name(verdict),
             source, hidden, reason);
}
