/*
 * tables.c - every key of hookline.json, in the order of the reference. See settings.h on how to add one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"
#include "config/settings.h"

#define SECOND 1000.0
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define MIB    (1024.0 * 1024)
#define TIB    (1024 * 1024 * MIB)

/* clang-format off */

#define AT(member) offsetof(struct config, member)

const struct setting file_settings[] = {
    {"redis.url", SETTING_TEXT, AT(redis_url), .max = 1000,
     .help = "`redis://`, `rediss://`, `unix://`, `redis+sentinel://` or `redis+cluster://`; without it a private redis-server is started"},
    {"redis.data_dir", SETTING_TEXT, AT(data_dir), "\".hookline\"", .max = 1000,
     .help = "where the private redis-server keeps its files; relative to the configuration file"},
    {"redis.appendfsync", SETTING_CHOICE, AT(redis_appendfsync), "\"always\"", .choices = "always, everysec",
     .help = "how soon the private redis-server has an event on disk: before it is acknowledged, or within a second"},
    {"redis.durability", SETTING_CHOICE, AT(redis_durability), "\"ack\"", .choices = "ack, fsync, replicas",
     .help = "what an event must have reached before its sender hears 202: Redis, its disk, or its replicas too"},
    {"redis.replicas", SETTING_COUNT, AT(queue.replicas), "1", .min = 1, .max = 10,
     .help = "how many replicas that are; only with `replicas`"},

    {"receiver.listen", SETTING_TEXT, AT(listen), "\"127.0.0.1:8080\"", .max = 300,
     .help = "host and port; `0.0.0.0:8080` or `[::]:8080` to listen on all addresses"},
    {"receiver.max_body_bytes", SETTING_BYTES, AT(max_body_bytes), "1048576", .min = 1024, .max = 16 * MIB,
     .help = "a larger webhook is answered with 413"},
    {"receiver.max_connections", SETTING_COUNT, AT(max_connections), "1024", .min = 1, .max = 65535,
     .help = "connections open at a time"},
    {"receiver.spill", SETTING_TEXT, AT(spill), .max = 1000,
     .help = "a directory for events that Redis cannot store now, relative to the configuration file; without it they are answered with 503"},
    {"receiver.spill_max_bytes", SETTING_BYTES, AT(spill_max_bytes), "268435456", .min = MIB, .max = TIB / 16,
     .help = "how large the file there may grow; beyond it webhooks are answered with 503"},

    {"workers.processes", SETTING_COUNT, AT(worker_processes), "2", .min = 1, .max = 64,
     .help = "worker processes that `hookline serve` keeps running"},
    {"workers.in_flight", SETTING_COUNT, AT(in_flight), "64", .min = 1, .max = 1000,
     .help = "events that one worker process has in hand at a time"},
    {"workers.drain", SETTING_DURATION, AT(drain_ms), "\"20s\"", .min = 0, .max = 10 * MINUTE,
     .help = "how long stopping may wait for what is in hand; the rest is given back, unharmed"},

    {"queue.lease", SETTING_DURATION, AT(queue.lease_ms), "\"30s\"", .min = 2 * SECOND, .max = HOUR,
     .help = "how long a worker may be silent before its events are given to another"},
    {"queue.duplicate_window", SETTING_DURATION, AT(queue.duplicate_window_ms), "\"72h\"", .min = MINUTE, .max = 30 * DAY,
     .help = "how long a delivery id is remembered"},
    {"queue.done_keep", SETTING_DURATION, AT(queue.done_keep_ms), "\"24h\"", .min = MINUTE, .max = 30 * DAY,
     .help = "how long events that are done stay visible"},
    {"queue.done_keep_count", SETTING_AMOUNT, AT(queue.done_keep_count), "100000", .min = 1, .max = 10000000,
     .help = "and how many of them at most"},
    {"queue.max_events", SETTING_AMOUNT, AT(queue.max_events), "1000000", .min = 1, .max = 100000000,
     .help = "events that may wait; beyond it webhooks are answered with 503"},
    {"queue.max_bytes", SETTING_BYTES, AT(queue.max_bytes), "1073741824", .min = MIB, .max = TIB,
     .help = "bytes of events that may wait"},
    {"queue.max_crashes", SETTING_COUNT, AT(queue.max_crashes), "3", .min = 1, .max = 100,
     .help = "workers that may be lost over one event before it is set aside as dead"},
    {"queue.shards", SETTING_COUNT, AT(queue.shards), "1", .min = 1, .max = 1024,
     .help = "parts of the queue, each in a slot of its own of Redis Cluster; the same for everybody"},

    {"log.level", SETTING_LEVEL, AT(log_level), "\"info\"", .choices = "error, warn, info, debug",
     .help = "what is written to standard error"},

    {"retry.max_age", SETTING_DURATION, SETTING_CHECKED, "\"24h\"", .min = SECOND, .max = 30 * DAY,
     .help = "for all sources: an event is not tried again when its attempts and the waits between them took longer"},
    {"retry.attempts", SETTING_COUNT, SETTING_CHECKED, "15", .min = 1, .max = 1000,
     .help = "for all sources: nor after so many attempts"},

    {"accounts", SETTING_OTHER, SETTING_CHECKED, .is_required = true, .choices = "object",
     .help = "the Pinpoint accounts by name, see below"},
    {"sources", SETTING_OTHER, SETTING_CHECKED, .is_required = true, .choices = "object",
     .help = "who sends webhooks, by name, see below"},
    {0},
};

#undef AT
#define AT(member) offsetof(struct account, member)

const struct setting account_settings[] = {
    {"subdomain", SETTING_TEXT, SETTING_CHECKED, .max = 63,
     .help = "`acme` for `https://acme.pinpointhq.com`; needed unless there is a `base_url`"},
    {"api_key", SETTING_TEXT, AT(api_key), .is_required = true, .max = 1000,
     .help = "the account's API key; best read from the environment: `\"${ACME_API_KEY}\"`"},
    {"base_url", SETTING_TEXT, AT(base_url), .max = 300,
     .help = "stands in for the address made of the subdomain: scheme, host and port, no path"},
    {"allow_http", SETTING_FLAG, SETTING_CHECKED, "false",
     .help = "whether `base_url` may be `http://` to another machine, though the API key then travels in clear text"},
    {"vendor_name", SETTING_TEXT, AT(vendor_name), .max = 200,
     .help = "sent as `x-vendor-name`, which Pinpoint asks of third parties"},
    {"limits.requests_per_second", SETTING_RATE, AT(requests_per_second), "5", .min = 0, .max = 1000,
     .help = "over all workers on all machines; 0 for no limit"},
    {"limits.burst", SETTING_RATE, AT(burst), "10", .min = 1, .max = 10000,
     .help = "requests that may be sent at once after a quiet time"},
    {"limits.in_flight", SETTING_COUNT, AT(max_in_flight), "0", .min = 0, .max = 1000000,
     .help = "events of this account that run at a time, over all workers; 0 for no limit"},
    {"limits.weight", SETTING_COUNT, AT(weight), "1", .min = 1, .max = 100,
     .help = "how many turns it gets while others wait too: an account of weight 3 has three events run for one of weight 1"},
    {"limits.max_waiting", SETTING_AMOUNT, AT(max_waiting), "0", .min = 0, .max = 100000000,
     .help = "events of this account that may be unsettled; beyond it webhooks for it are answered with 429; 0 for no limit"},
    {"timeout", SETTING_DURATION, AT(timeout_ms), "\"30s\"", .min = SECOND, .max = 5 * MINUTE,
     .help = "for one request to Pinpoint"},
    {0},
};

#undef AT
#define AT(member) offsetof(struct source, member)

const struct setting source_settings[] = {
    {"preset", SETTING_TEXT, AT(preset), .max = 64,
     .help = "fills in `verify`, `event` and `rules`; what the source says itself wins"},
    {"account", SETTING_TEXT, AT(account), .max = 64,
     .help = "the account to write to; without it the webhook's path names it: `/in/{source}/{account}`"},
    {"verify.scheme", SETTING_OTHER, SETTING_CHECKED, .is_required = true, .choices = "one of standard-webhooks, pinpoint",
     .help = "how the sender signs"},
    {"verify.secrets", SETTING_OTHER, SETTING_CHECKED, .is_required = true, .choices = "list of 1 to 8 texts",
     .help = "a signature made with any of them is good: add the new one before the old one goes"},
    {"verify.tolerance", SETTING_DURATION, AT(tolerance_ms), "\"5m\"", .min = SECOND, .max = DAY,
     .help = "how far a signed timestamp may be off, either way"},
    {"event.type", SETTING_PATH, AT(type_path), .is_required = true, .help = "where the event's type is"},
    {"event.order_by", SETTING_PATH, AT(order_by_path),
     .help = "events with the same value here run one after another, in the order in which they came"},
    {"event.occurred_at", SETTING_PATH, AT(occurred_at_path), .help = "where the time of the event is: RFC 3339, or seconds or milliseconds since 1970"},
    {"event.delivery_id", SETTING_PATH, AT(delivery_id_path),
     .help = "where the sender's id of the delivery is, when no signed header has it; else a digest of the body serves"},
    {"retry.max_age", SETTING_DURATION, AT(retry_max_ms), "\"24h\"", .min = SECOND, .max = 30 * DAY,
     .help = "an event is not tried again when its attempts and the waits between them took longer"},
    {"retry.attempts", SETTING_COUNT, AT(retry_attempts), "15", .min = 1, .max = 1000, .help = "nor after so many attempts"},
    {"params", SETTING_OTHER, SETTING_CHECKED, .choices = "object", .help = "`$params` of the rules; a preset says which it knows"},
    {"rules", SETTING_OTHER, SETTING_CHECKED, .is_required = true, .choices = "list of rules", .help = "what to do, see below"},
    {0},
};
