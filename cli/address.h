/*
 * address.h - addresses on this machine: how to reach what listens here, and which ports are free.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* "0.0.0.0:8080" as "http://127.0.0.1:8080": an address to send to, for one to listen on. Owned (mem_free). */
char *address_to_reach(const char *listen);

/* Whether 127.0.0.1:port can be listened on right now. Port 0 takes any free one; *port becomes the one found. */
bool address_is_free(unsigned *port);
