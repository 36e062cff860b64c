/*
 * handler.h - what every kind of action has in common.
 *
 * A handler performs one action (one write to Pinpoint) in steps and without I/O: it is given the last response and
 * says the next request, so it is tested with canned answers. Who performs requests, retries, pays for them and
 * remembers what was done is worker/run.c; responses that mean "later" or "suspended" never reach a handler.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "pinpoint/catalogue.h"
#include "pinpoint/request.h"
#include "pinpoint/response.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum step {
    STEP_SEND, /* perform *request, then step again with its response */
    STEP_DONE, /* the action has taken effect */
    STEP_FAIL, /* it never will: err->text says why, err->where names the argument if it is one's fault */
};

struct handler;

/* One action of one event, while it runs. */
struct action {
    const struct handler *handler;
    const cJSON *args;           /* borrowed: an object, templates already filled in */
    const char *ref;             /* borrowed: 12 hex digits, the same at every attempt of this action of this event */
    struct catalogue *catalogue; /* borrowed: the account's */
    int64_t now_ms;
    int64_t received_ms;  /* when the event was accepted: nothing of it can be older in Pinpoint */
    bool outcome_unknown; /* an earlier attempt may have written: look before writing */
    /* the handler's own, between steps */
    unsigned stage; /* 0 at the start of each attempt */
    unsigned page;
    char *target_id;    /* owned: the record acted upon, once known */
    cJSON *memo;        /* owned: whatever else must be kept, or NULL */
    const char *effect; /* a literal for the timeline, set with STEP_DONE: "created", "updated", "unchanged", "found" */
};

/* How the arguments of an action are described, checked and documented. */
enum argument_kind {
    ARGUMENT_TEXT,   /* text that may not be empty once filled in (a number or boolean is written out) */
    ARGUMENT_VALUE,  /* any JSON but null */
    ARGUMENT_TARGET, /* a record: an id, {"email":…,"job":…} or {"external_reference":…} */
    ARGUMENT_FLAG,   /* true or false, never a template */
};

struct argument {
    const char *name; /* NULL ends the list */
    enum argument_kind kind;
    bool is_required;
    const char *help;
};

typedef enum step step_fn(struct action *action, const struct response *last, struct request *request,
                          struct error *err);
/* What the list of arguments cannot say ("exactly one of application, candidate"): args are as in the file, templates
 * and all. */
typedef bool check_fn(const cJSON *args, struct error *err);

struct handler {
    const char *name;
    const struct argument *arguments;
    check_fn *check; /* may be NULL */
    step_fn *step;
    const char *help;
};

/* The table of handlers, ended by a row without a name. To add one: handlers/<action>.c, a row in handlers.c, its
 * test, its section in docs/actions.md. */
extern const struct handler handlers[];

const struct handler *handler_named(const char *name); /* NULL when there is none */
const char *handler_names(void);                       /* "set_attribute, post_comment, …" */

/* Checks the arguments of an action as written in the configuration: names, kinds, exactly one record to act upon. A
 * text with {{ in it is known only when an event is there. err->where is the argument, "application.email". */
MUST_CHECK bool handler_check(const struct handler *handler, const cJSON *args, struct error *err);

/* A fresh action for one attempt; args, ref and catalogue are borrowed and set by the caller afterwards. */
void action_init(struct action *action, const struct handler *handler);
void action_clear(struct action *action);
