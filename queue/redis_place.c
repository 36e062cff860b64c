/*
 * redis_place.c - a ring of addresses. Called by redis.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_place.h"

#include "base/mem.h"

#include <string.h>

void redis_place_init(struct redis_place *place, const struct redis_url *url)
{
    memset(place, 0, sizeof(*place));
    for (; place->count < url->host_count; place->count++) {
        const struct redis_address *host = &url->hosts[place->count];

        place->known[place->count] = (struct redis_address){mem_string(host->host), host->port};
    }
}

void redis_place_clear(struct redis_place *place)
{
    for (size_t i = 0; i < place->count; i++)
        mem_free(place->known[i].host);
    memset(place, 0, sizeof(*place));
}

const struct redis_address *redis_place_now(const struct redis_place *place)
{
    return &place->known[place->at];
}

void redis_place_failed(struct redis_place *place)
{
    if (place->count > 0)
        place->at = (place->at + 1) % place->count;
}

/* Of what was learned, the last is given up for what is new; what the url names stays. */
static void remember(struct redis_place *place, struct redis_address address)
{
    for (size_t i = 0; i < place->count; i++)
        if (place->known[i].port == address.port && strcmp(place->known[i].host, address.host) == 0) {
            mem_free(address.host);
            place->at = i;
            return;
        }
    if (place->count == REDIS_PLACES_MAX)
        mem_free(place->known[--place->count].host);
    place->at = place->count;
    place->known[place->count++] = address;
}

bool redis_place_moved(struct redis_place *place, const char *text)
{
    const char *where = strrchr(text, ' ');
    struct redis_address address;

    if (strncmp(text, "MOVED ", 6) != 0 || !redis_address_read(where + 1, strlen(where + 1), &address))
        return false;
    if (!address.host)
        address.host = mem_string(redis_place_now(place)->host);
    remember(place, address);
    return true;
}
