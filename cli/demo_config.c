/*
 * demo_config.c - see demo_config.h. The configuration is written out as a user would write one, with presets.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_config.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"

#include <cjson/cJSON.h>
#include <stdint.h>

#define DEMO_ACCOUNT "acme"
#define SECRET_BYTES 24

/* Each sample is a vendor's event; its file is named after the preset that reads it. */
const struct demo_sample demo_samples[DEMO_SAMPLES] = {
    {"skillcheck", "assessment", "assessment.json"},
    {"video", "video-interview", "video-interview.json"},
    {"screening", "background-check", "background-check.json"},
};

char *demo_config_key(void)
{
    uint8_t bytes[SECRET_BYTES];
    struct buf text;

    crypto_random(bytes, sizeof(bytes));
    buf_init(&text, 4 * SECRET_BYTES);
    crypto_hex_encode(bytes, sizeof(bytes), &text);
    return buf_take(&text);
}

static char *random_secret(void)
{
    uint8_t bytes[SECRET_BYTES];
    struct buf text;

    crypto_random(bytes, sizeof(bytes));
    buf_init(&text, 4 * SECRET_BYTES);
    buf_add_string(&text, "whsec_");
    crypto_base64_encode(bytes, sizeof(bytes), &text);
    return buf_take(&text);
}

static void add_source(cJSON *sources, const struct demo_sample *sample)
{
    cJSON *source = cJSON_AddObjectToObject(sources, sample->source);
    char *secret = random_secret();

    cJSON_AddStringToObject(source, "preset", sample->preset);
    cJSON_AddStringToObject(source, "account", DEMO_ACCOUNT);
    cJSON *secrets = cJSON_AddArrayToObject(cJSON_AddObjectToObject(source, "verify"), "secrets");
    cJSON_AddItemToArray(secrets, cJSON_CreateString(secret));
    mem_free(secret);
}

static void add_account(cJSON *accounts, const struct demo_place *place)
{
    cJSON *account = cJSON_AddObjectToObject(accounts, DEMO_ACCOUNT);
    char *base_url = mem_printf("http://127.0.0.1:%u", place->sandbox_port);

    cJSON_AddStringToObject(account, "base_url", base_url);
    cJSON_AddStringToObject(account, "api_key", place->api_key);
    cJSON *limits = cJSON_AddObjectToObject(account, "limits");
    cJSON_AddNumberToObject(limits, "requests_per_second", 50);
    cJSON_AddNumberToObject(limits, "burst", 50);
    mem_free(base_url);
}

char *demo_config_text(const struct demo_place *place)
{
    cJSON *root = cJSON_CreateObject();
    char *listen = mem_printf("127.0.0.1:%u", place->receiver_port);

    cJSON_AddStringToObject(cJSON_AddObjectToObject(root, "redis"), "data_dir", DEMO_QUEUE);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(root, "receiver"), "listen", listen);
    add_account(cJSON_AddObjectToObject(root, "accounts"), place);
    cJSON *sources = cJSON_AddObjectToObject(root, "sources");
    for (size_t i = 0; i < DEMO_SAMPLES; i++)
        add_source(sources, &demo_samples[i]);
    char *text = cJSON_Print(root);
    char *owned = mem_printf("%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
    mem_free(listen);
    return owned;
}
