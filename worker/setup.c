/*
 * setup.c - a configuration that is counted, with one gateway for each of its accounts in the same order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/setup.h"

#include "base/mem.h"

#include <string.h>

struct setup {
    struct config *config;
    struct gateway **gateways; /* one for each account of config */
    size_t holders;
};

struct setup *setup_new(struct loop *loop, struct queue *queue, struct http_client *client, struct config *config)
{
    struct setup *setup = mem_new(sizeof(*setup));

    setup->config = config;
    setup->holders = 1;
    setup->gateways = mem_new((config->account_count + 1) * sizeof(struct gateway *));
    for (size_t i = 0; i < config->account_count; i++)
        setup->gateways[i] = gateway_new(loop, queue, client, &config->accounts[i]);
    return setup;
}

struct setup *setup_hold(struct setup *setup)
{
    setup->holders++;
    return setup;
}

void setup_release(struct setup *setup)
{
    if (!setup || --setup->holders > 0)
        return;
    for (size_t i = 0; i < setup->config->account_count; i++)
        gateway_free(setup->gateways[i]);
    mem_free(setup->gateways);
    config_free(setup->config);
    mem_free(setup);
}

const struct config *setup_config(const struct setup *setup)
{
    return setup->config;
}

size_t setup_slots_to_share(const struct setup *setup)
{
    return setup->config->account_count > 1 ? setup->config->in_flight : 0;
}

struct gateway *setup_gateway(const struct setup *setup, const char *account)
{
    for (size_t i = 0; i < setup->config->account_count; i++) {
        if (strcmp(setup->config->accounts[i].name, account) == 0)
            return setup->gateways[i];
    }
    return NULL;
}
