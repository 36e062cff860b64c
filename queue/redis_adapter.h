/*
 * redis_adapter.h - hiredis on base/loop.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

#include <hiredis/async.h>

/* From now on loop drives context, until hiredis frees it. */
void redis_adapter_attach(struct loop *loop, redisAsyncContext *context);
