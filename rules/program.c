/*
 * program.c - building, compiling and running the jq program of a rule. Works with libjq 1.6 and 1.7.
 *
 * The program sees nothing but the event: whatever reads the environment, files, further input or the terminal, or ends
 * the program, is replaced by an error.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/program.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "rules/deadline.h"
#include "rules/value.h"

#include <jq.h>
#include <limits.h>
#include <string.h>

#define PROGRAM_MAX (8UL << 20) /* bytes of jq; a configuration of 1 MiB cannot make more */

struct program {
    jq_state *jq;
};

struct program_input {
    jv value;
};

/* jq's functions that are not for rules, as they are declared. A name that a version of jq lacks does no harm. */
static const char *const withheld[] = {
    "env",
    "input",
    "inputs",
    "input_filename",
    "input_line_number",
    "debug",
    "debug(f)",
    "halt",
    "halt_error",
    "halt_error(f)",
    "stderr",
    "modulemeta",
    "get_search_list",
    "get_prog_origin",
    "get_jq_origin",
};

static void add_prelude(struct buf *text)
{
    for (size_t i = 0; i < COUNT_OF(withheld); i++)
        buf_addf(text, "def %s: error(\"%.*s is not available here\");\n", withheld[i], (int)strcspn(withheld[i], "("),
                 withheld[i]);
    buf_add_string(text, "def __guard(f): try [limit(2; f)]"
                         " catch {error: (if type == \"string\" then . else tojson end)};\n"
                         "null as $ENV | .headers as $headers | .event as $event | .payload |\n");
}

/* In parentheses of their own, on lines of their own, so that line numbers in jq's words mean nothing to anyone. */
static void add_guarded(struct buf *text, const char *expression)
{
    buf_add_string(text, "__guard((");
    buf_add_string(text, expression);
    buf_add_string(text, "\n))");
}

static void add_program(struct buf *text, const struct program_source *source)
{
    add_prelude(text);
    add_guarded(text, source->condition != NULL ? source->condition : "true");
    buf_add_string(text, " as $__if | {if: $__if, args: (if ($__if | type == \"array\" and length == 1 and .[0])"
                         " then [");
    for (size_t i = 0; i < source->count; i++) {
        if (i > 0)
            buf_add_char(text, ',');
        add_guarded(text, source->expressions[i]);
    }
    buf_add_string(text, "] else [] end)}");
}

/* Ends text where mark begins in it. */
static void cut_at(char *text, const char *mark)
{
    char *at = strstr(text, mark);

    if (at != NULL)
        *at = '\0';
}

/* Keeps the first message of a compilation, without jq's frame: "jq: error: … at <top-level>, line 1:". */
static void on_message(void *arg, jv message)
{
    static const char frame[] = "jq: error: ";
    struct error *err = arg;
    jv text = jq_format_error(message);
    char *words = mem_string(jv_string_value(text));

    if (err->kind == ERROR_NONE) {
        cut_at(words, "\n");
        cut_at(words, " at <top-level>");
        cut_at(words, " (Unix shell quoting issues?)");
        error_set(err, ERROR_INVALID, "%s", words + (strncmp(words, frame, strlen(frame)) == 0 ? strlen(frame) : 0));
    }
    mem_free(words);
    jv_free(text);
}

static jv params_value(const cJSON *params)
{
    return params != NULL ? value_to_jv(params) : jv_object();
}

/* NULL and jq's first words when text does not compile. Without a library path jq 1.6 aborts on "import". */
static jq_state *compile(const char *text, const cJSON *params, struct error *err)
{
    struct error first = {0};
    jq_state *jq = jq_init();

    jq_set_error_cb(jq, on_message, &first);
    jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
    if (!jq_compile_args(jq, text, jv_object_set(jv_object(), jv_string("params"), params_value(params)))) {
        error_set(err, ERROR_INVALID, "%s", first.kind != ERROR_NONE ? first.text : "jq does not compile it");
        jq_teardown(&jq);
    } else {
        jq_set_error_cb(jq, NULL, NULL);
    }
    return jq;
}

static bool compiles_alone(const char *expression, const cJSON *params, struct error *err)
{
    struct buf text;
    jq_state *jq;

    buf_init(&text, PROGRAM_MAX);
    add_prelude(&text);
    buf_add_string(&text, expression);
    jq = compile(text.data, params, err);
    buf_clear(&text);
    if (jq == NULL)
        return false;
    jq_teardown(&jq);
    return true;
}

/* jq does not say which expression it stumbled over; only when one does, each is tried. */
static size_t find_culprit(const struct program_source *source, struct error *err)
{
    if (source->condition != NULL && !compiles_alone(source->condition, source->params, err))
        return source->count;
    for (size_t i = 0; i < source->count; i++) {
        if (!compiles_alone(source->expressions[i], source->params, err))
            return i;
    }
    return source->count + 1;
}

struct program *program_new(const struct program_source *source, size_t *culprit, struct error *err)
{
    struct program *program = NULL;
    struct buf text;
    jq_state *jq;

    buf_init(&text, PROGRAM_MAX);
    add_program(&text, source);
    jq = compile(text.data, source->params, err);
    buf_clear(&text);
    if (jq != NULL) {
        program = mem_new(sizeof(*program));
        program->jq = jq;
    } else {
        *culprit = find_culprit(source, err);
    }
    return program;
}

void program_free(struct program *program)
{
    if (program != NULL)
        jq_teardown(&program->jq);
    mem_free(program);
}

static jv time_value(int64_t at_ms)
{
    char text[CLOCK_TEXT_SIZE];

    return at_ms == 0 ? jv_null() : jv_string(clock_format(at_ms, text));
}

static jv text_value(const char *text)
{
    return text[0] == '\0' ? jv_null() : jv_string(text);
}

static jv event_value(const struct event *event)
{
    jv value = JV_OBJECT(jv_string("id"), jv_string(event->id), jv_string("type"), jv_string(event->type),
                         jv_string("account"), jv_string(event->account), jv_string("source"), jv_string(event->source),
                         jv_string("received_at"), time_value(event->received_ms));

    value = jv_object_set(value, jv_string("occurred_at"), time_value(event->occurred_ms));
    value = jv_object_set(value, jv_string("delivery_id"), text_value(event->delivery_id));
    return jv_object_set(value, jv_string("order_key"), text_value(event->order_key));
}

/* jq 1.6 keeps numbers as doubles: 64-bit ids become strings first. */
static jv payload_value(const struct event *event)
{
    struct buf text;
    jv value;

    buf_init(&text, (size_t)INT_MAX);
    json_quote_big_integers(event->payload, event->payload_size, &text);
    value = text.overflow ? jv_invalid() : jv_parse_sized(text.data, (int)text.size);
    buf_clear(&text);
    return value;
}

struct program_input *program_input_new(const struct event *event, struct error *err)
{
    struct program_input *input;
    jv payload = payload_value(event);
    jv headers = event->headers[0] != '\0' ? jv_parse(event->headers) : jv_object();

    if (!jv_is_valid(payload) || !jv_is_valid(headers)) {
        jv_free(payload);
        jv_free(headers);
        error_set(err, ERROR_INVALID, "the event's payload or headers are not JSON");
        return NULL;
    }
    input = mem_new(sizeof(*input));
    input->value =
        JV_OBJECT(jv_string("payload"), payload, jv_string("headers"), headers, jv_string("event"), event_value(event));
    return input;
}

void program_input_free(struct program_input *input)
{
    if (input != NULL)
        jv_free(input->value);
    mem_free(input);
}

/* A jq state keeps the stack of its last run, and what is on it, until the next. */
static void forget_run(struct program *program)
{
    jq_start(program->jq, jv_null(), 0);
}

cJSON *program_run(struct program *program, const struct program_input *input, struct error *err)
{
    bool is_late;
    jv result;

    jq_start(program->jq, jv_copy(input->value), 0);
    deadline_start(program->jq);
    result = jq_next(program->jq);
    is_late = deadline_stop();
    forget_run(program);
    if (is_late) {
        jv_free(result);
        error_set(err, ERROR_INVALID, "jq ran longer than %d ms", DEADLINE_CPU_MS);
        return NULL;
    }
    if (!jv_is_valid(result)) {
        jv_free(result);
        error_set(err, ERROR_INVALID, "jq gave no result");
        return NULL;
    }
    return value_from_jv(result, err);
}
