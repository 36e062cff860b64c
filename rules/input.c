/*
 * input.c - parsing the payload, for plain paths or for jq, when it is first needed. Called by rule.c and fill.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/input.h"

#include "base/json.h"
#include "rules/plain.h"

void rule_input_clear(struct rule_input *input)
{
    cJSON_Delete(input->payload);
    program_input_free(input->program_input);
    *input = (struct rule_input){0};
}

const cJSON *rule_input_find(struct rule_input *input, const char *expression, struct error *err)
{
    if (!input->payload && plain_wants_payload(expression)) {
        input->payload = json_parse(input->event->payload, input->event->payload_size, err);
        if (!input->payload)
            return NULL;
    }
    return plain_find(expression, &(struct plain_roots){input->payload, input->params}, err);
}

const struct program_input *rule_input_for_program(struct rule_input *input, struct error *err)
{
    if (!input->program_input)
        input->program_input = program_input_new(input->event, err);
    return input->program_input;
}
