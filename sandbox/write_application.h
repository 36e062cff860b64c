/*
 * write_application.h - what is special to writing applications and candidates: stages, CVs, tags.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/schema.h"
#include "sandbox/store.h"

prepare_fn prepare_application;
prepare_fn prepare_candidate;
stored_fn application_stored;

/* The candidate with that e-mail address; made from the application's name and address when there is none yet. */
struct record *candidate_of(struct store *store, const struct record *application);

/* What every new application has besides what was given: uuid, locale, channel … Added to attributes. */
void add_application_defaults(cJSON *attributes);
