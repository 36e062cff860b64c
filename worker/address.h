/*
 * address.h - where the receiver is going to listen, found out before it is started.
 *
 * The supervisor must know it to ask whether the receiver is ready, and a receiver that is started again must come back
 * where it was, also when the port was left to the system.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

#define ADDRESS_MAX 400 /* bytes, its NUL included */

struct address {
    char listen[ADDRESS_MAX]; /* as it was given, a port of 0 replaced by one that is free */
    char url[ADDRESS_MAX];    /* where it can be reached on this machine: "http://127.0.0.1:8080" for "0.0.0.0:8080" */
};

/* Listens for a moment. False and the reason when that fails ("cannot listen on …: address already in use"). */
MUST_CHECK bool address_settle(struct address *address, const char *listen, struct error *err);
