/*
 * resource.c - the table of resources; whoever turns an argument of a rule into a path or a filter looks here.
 *
 * To add one: its row. The class names of candidates and positions, and that comments and values can be written on
 * them, are reported by third parties only (docs/pinpoint.md).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/resource.h"

#include <stddef.h>
#include <string.h>

const struct resource resources[] = {
    {"application", "applications", "Application", true, true},
    {"candidate", "candidates", "Candidate", true, true},
    {"job", "jobs", "Job", true, false},
    {"job_seeker", "job_seekers", "JobSeeker", true, true},
    {"offer", "offers", "Offer", true, false},
    {"position", "positions", "Position", true, false},
    {"interview", "interviews", "Interview", false, false},
    {NULL, NULL, NULL, false, false},
};

const struct resource *resource_named(const char *argument)
{
    for (const struct resource *resource = resources; resource->argument; resource++)
        if (strcmp(resource->argument, argument) == 0)
            return resource;
    return NULL;
}
