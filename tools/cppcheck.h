/*
 * cppcheck.h - what cppcheck, which does not read system headers, must know of <sys/queue.h> and cJSON.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#define TAILQ_ENTRY(type)                                                                                              \
    struct {                                                                                                           \
        struct type *next;                                                                                             \
    }
#define TAILQ_HEAD(name, type)                                                                                         \
    struct name {                                                                                                      \
        struct type *first;                                                                                            \
    }
#define TAILQ_FOREACH(item, list, link) for (item = (list)->first; item; item = item->link.next)
#define cJSON_ArrayForEach(item, list)  for (item = (list)->child; item; item = item->next)
