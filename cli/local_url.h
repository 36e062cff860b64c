/*
 * local_url.h - how to reach on this machine what listens at an address.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* "http://127.0.0.1:8080" for "0.0.0.0:8080". Owned (mem_free). */
char *local_url(const char *listen);
