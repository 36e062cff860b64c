/*
 * framing.c - one pass over the headers of a request.
 *
 * A head that two readers could understand differently is refused, whatever libmicrohttpd makes of it: what follows it
 * may be smuggled past one of them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/framing.h"

#include <stdlib.h>
#include <strings.h>

const struct refusal refusal_too_large = {413, "Content Too Large", "the body is larger than this server takes", false};

static const struct refusal refusal_ambiguous = {
    400, "Bad Request", "more than one Content-Length or Transfer-Encoding, or one of each", true};
static const struct refusal refusal_transfer = {501, "Not Implemented", "a Transfer-Encoding other than chunked", true};
static const struct refusal refusal_encoded = {415, "Unsupported Media Type",
                                               "a Content-Encoding: send the body as it is", false};

struct heads {
    struct framing framing;
    unsigned lengths;
    unsigned transfers;
    bool is_transfer_unknown;
    bool is_encoded;
};

static void note(struct heads *heads, const char *name, const char *value)
{
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        heads->lengths++;
        heads->framing.length = strtoull(value, NULL, 10); /* libmicrohttpd has checked that it is digits */
    } else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        heads->transfers++;
        heads->is_transfer_unknown |= strcasecmp(value, "chunked") != 0;
    } else if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_ENCODING) == 0) {
        heads->is_encoded |= strcasecmp(value, "identity") != 0;
    } else if (strcasecmp(name, MHD_HTTP_HEADER_EXPECT) == 0) {
        heads->framing.is_continue_awaited = true;
    }
}

/* An MHD_KeyValueIterator. Of the names above all begin with one of these letters, and most others do not. */
static enum MHD_Result on_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    char letter = (char)(name[0] | 0x20);

    (void)kind;
    if (letter == 'c' || letter == 't' || letter == 'e')
        note(arg, name, value ? value : "");
    return MHD_YES;
}

static const struct refusal *reason_of(const struct heads *heads, size_t max_body_bytes)
{
    if (heads->lengths + heads->transfers > 1)
        return &refusal_ambiguous;
    if (heads->is_transfer_unknown)
        return &refusal_transfer;
    if (heads->framing.length > max_body_bytes)
        return &refusal_too_large;
    return heads->is_encoded ? &refusal_encoded : NULL;
}

struct framing framing_read(struct MHD_Connection *connection, size_t max_body_bytes)
{
    struct heads heads = {0};

    MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, &heads);
    heads.framing.reason = reason_of(&heads, max_body_bytes);
    return heads.framing;
}
