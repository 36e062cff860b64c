/*
 * write_others.h - what is special to writing comments and interviews.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/schema.h"

prepare_fn prepare_comment;
stored_fn comment_stored;
prepare_fn prepare_interview;
