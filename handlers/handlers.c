/*
 * handlers.c - every kind of action.
 *
 * To add one: write handlers/<action>.c, declare its parts in handlers.h, add its row and its name here, its
 * tests/handlers/test_<action>.c and its section in docs/actions.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/handlers.h"

#include <stddef.h>
#include <string.h>

const struct handler handlers[] = {
    {"set_attribute", set_attribute_arguments, NULL, set_attribute_step,
     "write a custom attribute: update the value that is there, else create it"},
    {"post_comment", post_comment_arguments, NULL, post_comment_step, "post a comment, exactly once"},
    {"set_interview_summary", set_interview_summary_arguments, set_interview_summary_check, set_interview_summary_step,
     "write into the summary of an interview, below what is there"},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct handler *handler_named(const char *name)
{
    for (const struct handler *handler = handlers; handler->name; handler++)
        if (strcmp(handler->name, name) == 0)
            return handler;
    return NULL;
}

const char *handler_names(void)
{
    return "set_attribute, post_comment, set_interview_summary";
}
