/*
 * handlers.h - the parts of which the rows of the table of handlers are made.
 *
 * For handlers.c and the tests; everyone else goes through handler.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "handlers/handler.h"

extern const struct argument set_attribute_arguments[];
step_fn set_attribute_step;

extern const struct argument post_comment_arguments[];
step_fn post_comment_step;

extern const struct argument set_interview_summary_arguments[];
check_fn set_interview_summary_check;
step_fn set_interview_summary_step;
