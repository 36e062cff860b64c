/*
 * address.h - what can be told from the address a receiver listens at, without asking the receiver.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#define ADDRESS_MAX 256 /* bytes, its NUL included */

/* listen as it is, or, when its port is 0, with a port that is free now: a receiver that is started again must come
 * back where it was. False when listen is no "host:port" or there is no such host here. */
bool address_settle(const char *listen, char address[ADDRESS_MAX]);

/* The URL to reach it at from this machine: "http://127.0.0.1:8080" for "0.0.0.0:8080". Returns url. */
char *address_url(const char *listen, char url[ADDRESS_MAX]);
