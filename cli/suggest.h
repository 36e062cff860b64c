/*
 * suggest.h - "did you mean": the candidate that is closest to a mistyped word. For commands and options.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct suggestion {
    const char *given;
    const char *best; /* NULL as long as no candidate was close enough */
    unsigned distance;
};

void suggestion_init(struct suggestion *suggestion, const char *given);
void suggestion_offer(struct suggestion *suggestion, const char *candidate);
