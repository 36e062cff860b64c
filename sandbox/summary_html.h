/*
 * summary_html.h - the HTML that an interview's summary may be.
 *
 * Pinpoint limits it to certain elements without publishing the list. This is the narrow reading: div, br, strong,
 * em, ul, ol, li without attributes, and a with an https href alone, all of them closed in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#define SUMMARY_PROBLEM_SIZE 120

/* Whether html is nothing else; problem is filled when it is not ("contains the element script"). */
bool summary_html_check(const char *html, char problem[SUMMARY_PROBLEM_SIZE]);
