/*
 * account.c - one account: most of it is its table, the rest is its address.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/account.h"

#include "base/json.h"
#include "base/mem.h"
#include "config/address.h"
#include "config/settings.h"

#include <string.h>

bool name_check(const char *name, struct error *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t size = strlen(name);

    if (size > 0 && size <= EVENT_NAME_MAX && strspn(name, allowed) == size)
        return true;
    return error_set(err, ERROR_INVALID, "expected a name of 1 to %d letters, digits, and _ . -", EVENT_NAME_MAX);
}

/* The address as it is given, or made of the subdomain; at least one of them must be there. */
static bool read_address(struct account *account, const cJSON *json, struct error *err)
{
    const char *subdomain = json_get_string(json, "subdomain", NULL);
    bool allow_http = cJSON_IsTrue(json_get(json, "allow_http"));

    if (subdomain != NULL && !address_check_subdomain(subdomain, err))
        return error_prefix(err, "subdomain");
    if (account->base_url[0] != '\0')
        return address_check_base_url(account->base_url, allow_http, err) || error_prefix(err, "base_url");
    if (subdomain == NULL)
        return error_set(err, ERROR_INVALID, "\"subdomain\" is missing");
    mem_free(account->base_url);
    account->base_url = mem_printf("https://%s.pinpointhq.com", subdomain);
    return true;
}

bool account_read(struct account *account, const cJSON *json, struct error *err)
{
    account->name = mem_string(json->string);
    return name_check(account->name, err) && settings_read(account_settings, json, account, err) &&
           read_address(account, json, err);
}

void account_clear(struct account *account)
{
    settings_clear(account_settings, account);
    mem_free(account->name);
}
