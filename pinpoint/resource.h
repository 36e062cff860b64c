/*
 * resource.h - the resources of Pinpoint's API that Hookline touches, and their several names.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct resource {
    const char *argument;   /* in our rules: "application" */
    const char *type;       /* in JSON:API documents and paths: "applications" */
    const char *class_name; /* in filters and polymorphic types: "Application" */
    bool has_attributes;    /* custom attributes can be written on it */
    bool has_comments;      /* comments can be written on it */
};

/* The rows, ended by one whose argument is NULL. */
extern const struct resource resources[];

/* The row with that argument, or NULL. */
const struct resource *resource_named(const char *argument);
