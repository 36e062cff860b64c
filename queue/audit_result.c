/*
 * audit_result.c - see audit_result.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/audit_result.h"

#include "base/mem.h"
#include "queue/inspect_state.h"

void audit_result_add(struct audit_result *result, const char *key, const char *text, const char *subject)
{
    if (result->problem_count >= AUDIT_PROBLEMS_MAX)
        return;
    if (result->problem_count == result->problem_capacity) {
        result->problem_capacity = result->problem_capacity ? result->problem_capacity * 2 : 16;
        result->problems = mem_resize(result->problems, result->problem_capacity * sizeof(*result->problems));
    }
    result->problems[result->problem_count++] =
        (struct problem){.key = mem_string(key), .text = mem_string(text), .subject = mem_string(subject)};
}

void audit_result_copy(struct audit_result *result, const struct audit_result *other)
{
    *result = (struct audit_result){
        .keys = other->keys, .lanes = other->lanes, .events = other->events, .before = other->before};
    for (size_t i = 0; i < other->problem_count; i++)
        audit_result_add(result, other->problems[i].key, other->problems[i].text, other->problems[i].subject);
}

void audit_result_clear(struct audit_result *result)
{
    for (size_t i = 0; i < result->problem_count; i++) {
        mem_free(result->problems[i].key);
        mem_free(result->problems[i].text);
        mem_free(result->problems[i].subject);
    }
    mem_free(result->problems);
    *result = (struct audit_result){0};
}

cJSON *audit_result_report(const struct audit_result *result)
{
    cJSON *report = cJSON_CreateObject(), *problems = cJSON_CreateArray();

    cJSON_AddNumberToObject(report, "keys", (double)result->keys);
    cJSON_AddNumberToObject(report, "lanes", (double)result->lanes);
    cJSON_AddNumberToObject(report, "events", (double)result->events);
    for (size_t i = 0; i < result->problem_count; i++) {
        cJSON *problem = cJSON_CreateObject();

        cJSON_AddItemToObject(problem, "key", inspect_string(result->problems[i].key));
        cJSON_AddItemToObject(problem, "problem", inspect_string(result->problems[i].text));
        cJSON_AddItemToArray(problems, problem);
    }
    cJSON_AddItemToObject(report, "problems", problems);
    return report;
}
