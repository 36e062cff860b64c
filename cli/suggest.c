/*
 * suggest.c - edit distance, neighbours that changed places counted once (optimal string alignment).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/suggest.h"

#include <string.h>

#define WORD_MAX     32 /* longer words are no typing mistake */
#define DISTANCE_MAX 2  /* further away is another word */

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* Edits that turn a into b; both are at most WORD_MAX long. */
static unsigned distance_of(const char *a, const char *b)
{
    size_t a_size = strlen(a), b_size = strlen(b);
    unsigned edits[WORD_MAX + 1][WORD_MAX + 1];

    for (size_t i = 0; i <= a_size; i++)
        edits[i][0] = (unsigned)i;
    for (size_t j = 0; j <= b_size; j++)
        edits[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        for (size_t j = 1; j <= b_size; j++) {
            unsigned replaced = edits[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

            edits[i][j] = smallest(edits[i - 1][j] + 1, edits[i][j - 1] + 1, replaced);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                edits[i][j] = smallest(edits[i][j], edits[i - 2][j - 2] + 1, edits[i][j]);
        }
    }
    return edits[a_size][b_size];
}

void suggestion_init(struct suggestion *suggestion, const char *given)
{
    *suggestion = (struct suggestion){.given = given, .distance = DISTANCE_MAX + 1};
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    size_t given_size = strlen(suggestion->given);

    if (given_size > WORD_MAX || strlen(candidate) > WORD_MAX)
        return;
    unsigned distance = distance_of(suggestion->given, candidate);
    if (distance >= suggestion->distance || distance >= given_size) /* every word is close to a very short one */
        return;
    suggestion->best = candidate;
    suggestion->distance = distance;
}
