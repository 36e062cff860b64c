/*
 * filter.h - what a row of a filter table can do: each function says whether a record passes.
 *
 * The value has been checked against the row's values, and for filter_link_id and filter_time to be a number and
 * a time; a filter that takes several values is asked once for each.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/schema.h"

filter_fn filter_text;       /* the attribute is value, letter case aside */
filter_fn filter_boolean;    /* "true" or "false" */
filter_fn filter_title;      /* the attribute contains value */
filter_fn filter_name;       /* the full name or the e-mail address contains value */
filter_fn filter_link_id;    /* the id of the record at the relation */
filter_fn filter_link_class; /* its class */
filter_fn filter_stage_type; /* the basic type of the stage at the relation */
filter_fn filter_visibility; /* that of the job, or of the job that the record hangs on */
filter_fn filter_time;       /* never called: times are compared by list.c, which knows [gt] and [lt] */
filter_fn filter_none;       /* nothing passes: the sandbox's jobs have no such thing */

/* "external", "internal" or "confidential": of a job, or of the job that record hangs on; "external" without one. */
const char *record_visibility(const struct record *record);
