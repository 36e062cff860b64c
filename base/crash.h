/*
 * crash.h - places at which a test kills the process, to prove that nothing is lost or done twice there.
 *
 * Only `make CRASH_POINTS=1` builds them in; in every other build a crash point is nothing. HOOKLINE_CRASH names the
 * point, HOOKLINE_CRASH_FILE a file that arms it: who reaches the point and removes the file dies, so that each
 * making of the file kills one process once. tests/chaos/test_crash_points.c lists the points.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#ifdef CRASH_POINTS
void crash_point(const char *name);
#define CRASH_POINT(name) crash_point(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif
