/*
 * free_port.h - a TCP port on loopback that nobody listens on.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Asks the system for one and lets it go: somebody else may take it, but the system hands the next one to others first.
 * Ends the test program when there is none. */
unsigned free_port(void);
