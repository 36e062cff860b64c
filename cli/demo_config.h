/*
 * demo_config.h - what the demo is about: one account, three vendors' sources, an event of each. Pure, but for the
 * random secrets.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/demo_place.h"

#define DEMO_SAMPLES 3

struct demo_sample {
    const char *source; /* its name in the demo's configuration */
    const char *preset;
    const char *event; /* a row of embedded_events */
};

extern const struct demo_sample demo_samples[DEMO_SAMPLES];

/* A key nobody can guess, in hexadecimal; owned (mem_free). */
char *demo_config_key(void);

/* hookline.json for place's ports, key and directory, with fresh secrets; owned (mem_free). */
char *demo_config_text(const struct demo_place *place);
