/*
 * test_config.c - hookline.json as a whole: what is read from it, and the line that each mistake gets.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "base/mem.h"
#include "tests/config/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define SECRET   "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ACCOUNTS "\"accounts\": {\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"key\"}}"
#define VERIFY   "\"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" SECRET "\"]}"
#define EVENT    "\"event\": {\"type\": \".type\"}"
#define DO       "\"do\": [{\"post_comment\": {\"application\": \"1\", \"text\": \"x\"}}]"
#define RULES    "\"rules\": [{\"on\": \"*\", " DO "}]"
#define SOURCES  "\"sources\": {\"s\": {" VERIFY ", " EVENT ", " RULES "}}"

/* ---- mistakes ---- */

struct mistake {
    const char *text; /* see each table */
    const char *line; /* behind "hookline.json:" */
};

static void check_mistakes(const struct mistake *mistakes, size_t count, const char *format)
{
    for (size_t i = 0; i < count; i++) {
        char *text = mem_printf(format, mistakes[i].text);
        char *expected = mem_printf("hookline.json:%s", mistakes[i].line);
        char *line = place_mistake(text, false);

        if (strcmp(line, expected) != 0)
            fail_msg("\n%s\n gives    %s\n expected %s", text, line, expected);
        mem_free(text);
        mem_free(expected);
        mem_free(line);
    }
}

/* Whole files. */
static const struct mistake documents[] = {
    {"", "1:1: not JSON: empty text"},
    {"[]", "1:1: expected an object: {…}"},
    {"{}", "1:1: \"accounts\" is missing"},
    {"{" ACCOUNTS "}", "1:1: \"sources\" is missing"},
    {"{\n  \"acounts\": {}}", "2:14: acounts: unknown key; did you mean \"accounts\"?"},
    {"{\"redis\": {}, \"zebra\": 1}",
     "1:24: zebra: unknown key; there are redis, receiver, workers, queue, log, retry, accounts, sources"},
    {"{\"a\": 1,\n\"a\": 2}", "2:6: a: the same key twice"},
    {"{\"accounts\": {}, " SOURCES "}", "1:14: accounts: expected an object with at least one account"},
    {"{\"accounts\": [], " SOURCES "}", "1:14: accounts: expected an object with at least one account"},
    {"{" ACCOUNTS ", \"sources\": {}}", "1:76: sources: expected an object with at least one source"},
    {"{\"redis\": 7}", "1:11: redis: expected an object: {…}"},
};

/* Sections beside accounts and sources; the text begins on line 2. */
static const struct mistake sections[] = {
    {"\"redis\": {\"url\": 1}", "2:18: redis.url: expected a string"},
    {"\"redis\": {\"url\": \"localhost\"}",
     "2:18: redis.url: expected redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://"},
    {"\"redis\": {\"appendfsync\": \"no\"}", "2:26: redis.appendfsync: expected one of always, everysec"},
    {"\"redis\": {\"durability\": \"disk\"}", "2:25: redis.durability: expected one of ack, fsync, replicas"},
    {"\"redis\": {\"replicas\": 0}", "2:23: redis.replicas: expected a whole number from 1 to 10"},
    {"\"redis\": {\"appendfsyn\": \"no\"}", "2:25: redis.appendfsyn: unknown key; did you mean \"appendfsync\"?"},
    {"\"receiver\": {\"listen\": \"8080\"}",
     "2:24: receiver.listen: expected host:port, such as 127.0.0.1:8080 or [::1]:8080"},
    {"\"receiver\": {\"listen\": \"${NOT_SET}\"}", "2:24: receiver.listen: environment variable NOT_SET is not set"},
    {"\"receiver\": {\"max_body_bytes\": 1}",
     "2:32: receiver.max_body_bytes: expected a whole number from 1024 to 16777216"},
    {"\"receiver\": {\"max_body_bytes\": \"1M\"}",
     "2:32: receiver.max_body_bytes: expected a whole number from 1024 to 16777216"},
    {"\"workers\": {\"processes\": 1.5}", "2:26: workers.processes: expected a whole number from 1 to 64"},
    {"\"workers\": {\"drain\": 20}", "2:22: workers.drain: expected a duration such as \"30s\", \"15m\" or \"72h\""},
    {"\"workers\": {\"drain\": \"1h\"}", "2:22: workers.drain: expected a duration from 0s to 10m"},
    {"\"queue\": {\"lease\": \"1s\"}", "2:20: queue.lease: expected a duration from 2s to 1h"},
    {"\"log\": {\"level\": \"loud\"}", "2:18: log.level: expected one of error, warn, info, debug"},
    {"\"retry\": {\"attempts\": 0}", "2:23: retry.attempts: expected a whole number from 1 to 1000"},
    {"\"redis\": {\"data_dir\": \"a\\nb\"}", "2:23: redis.data_dir: expected a string without control characters"},
};

/* An account; the text begins on line 2. */
static const struct mistake accounts[] = {
    {"\"acme\": 1", "2:9: accounts.acme: expected an object: {…}"},
    {"\"a b\": {}", "2:8: accounts.a b: expected a name of 1 to 64 letters, digits, and _ . -"},
    {"\"acme\": {\"subdomain\": \"acme\"}", "2:9: accounts.acme: \"api_key\" is missing"},
    {"\"acme\": {\"api_key\": \"k\"}", "2:9: accounts.acme: \"subdomain\" is missing"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"\"}",
     "2:42: accounts.acme.api_key: expected a string that is not empty"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"${ACME_API_KEY}\"}",
     "2:42: accounts.acme.api_key: environment variable ACME_API_KEY is not set"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"${acme-key}\"}",
     "2:42: accounts.acme.api_key: expected ${NAME}; $${ stands for ${ itself"},
    {"\"acme\": {\"subdomain\": \"Acme.pinpointhq.com\", \"api_key\": \"k\"}",
     "2:23: accounts.acme.subdomain: expected the first part of your Pinpoint address, such as acme, in lower case"},
    {"\"acme\": {\"base_url\": \"http://sandbox:9090\", \"api_key\": \"k\"}",
     "2:22: accounts.acme.base_url: http:// would send the API key in clear text; \"allow_http\": true permits it"},
    {"\"acme\": {\"base_url\": \"https://a.example/\", \"api_key\": \"k\"}",
     "2:22: accounts.acme.base_url: expected scheme, host and port only: no path, no slash at the end"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"k\", \"limits\": {\"request_per_second\": 5}}",
     "2:80: accounts.acme.limits.request_per_second: unknown key; did you mean \"requests_per_second\"?"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"k\", \"limits\": {\"weight\": 0}}",
     "2:68: accounts.acme.limits.weight: expected a whole number from 1 to 100"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"k\", \"limits\": {\"burst\": 0}}",
     "2:67: accounts.acme.limits.burst: expected a number from 1 to 10000"},
    {"\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"k\", \"allow_http\": \"yes\"}",
     "2:61: accounts.acme.allow_http: expected true or false"},
};

/* What is inside of a source; the text begins on line 2, column 1. */
static const struct mistake sources[] = {
    {VERIFY ", " EVENT, "1:82: sources.s: \"rules\" is missing"},
    {VERIFY ", " RULES, "1:82: sources.s: \"event.type\" is missing"},
    {EVENT ", " RULES, "1:82: sources.s: \"verify.scheme\" is missing"},
    {EVENT ", " RULES ", \"verify\": []", "2:124: sources.s.verify: expected an object: {…}"},
    {EVENT ", " RULES ", \"verify\": {\"scheme\": \"hmac\", \"secrets\": [\"x\"]}",
     "2:135: sources.s.verify.scheme: expected one of standard-webhooks, pinpoint"},
    {EVENT ", " RULES ", \"verify\": {\"scheme\": \"pinpoint\", \"secrets\": []}",
     "2:158: sources.s.verify.secrets: expected a list of strings"},
    {EVENT ", " RULES ", \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" SECRET "\", 1]}",
     "2:210: sources.s.verify.secrets[1]: expected a string"},
    {EVENT ", " RULES ", \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"hunter2hunter2\"]}",
     "2:168: sources.s.verify.secrets[0]: a secret of scheme standard-webhooks is \"whsec_\" and the base64 of 24 to "
     "64 "
     "bytes"},
    {"\"account\": \"acmee\", " VERIFY ", " EVENT ", " RULES,
     "2:12: sources.s.account: no such account; did you mean \"acme\"?"},
    {"\"account\": \"other\", " VERIFY ", " EVENT ", " RULES, "2:12: sources.s.account: no such account"},
    {"\"event\": {\"type\": \"type\"}, " VERIFY ", " RULES,
     "2:19: sources.s.event.type: type is not a plain path: a path begins with a dot"},
    {"\"event\": {\"type\": \".type\", \"order\": \".x\"}, " VERIFY ", " RULES,
     "2:37: sources.s.event.order: unknown key; there are type, order_by, occurred_at, delivery_id"},
    {"\"preset\": \"assesment\"", "2:11: sources.s.preset: unknown preset; did you mean \"assessment\"?"},
    {"\"preset\": \"zebra\"", "2:11: sources.s.preset: unknown preset"},
    {"\"preset\": 7", "2:11: sources.s.preset: expected a string"},
    {"\"preset\": \"assessment\"", "1:82: sources.s: \"verify.secrets\" is missing"},
    {"\"preset\": \"assessment\", " VERIFY ", \"params\": {\"score_feild\": \"x\"}",
     "2:149: sources.s.params.score_feild: the preset has no such parameter; did you mean \"score_field\"?"},
    {"\"preset\": \"assessment\", " VERIFY ", \"params\": {\"score_field\": 7}",
     "2:149: sources.s.params.score_field: expected a string"},
    {"\"params\": [], " VERIFY ", " EVENT ", " RULES, "2:11: sources.s.params: expected an object: {…}"},
    {"\"retry\": {\"max_age\": \"1y\"}, " VERIFY ", " EVENT ", " RULES,
     "2:22: sources.s.retry.max_age: expected a duration such as \"30s\", \"15m\" or \"72h\""},
};

/* The rules of a source; the text begins on line 2, column 1. */
static const struct mistake rules[] = {
    {"{}", "2:1: sources.s.rules: expected a list of rules"},
    {"[{\"on\": 1, " DO "}]", "2:9: sources.s.rules[0].on: expected a string or a list of strings"},
    {"[{\"onn\": \"*\", " DO "}]", "2:10: sources.s.rules[0].onn: unknown key; a rule has name, on, if, do"},
    {"[{\"on\": \"*\"}]", "2:2: sources.s.rules[0]: \"do\" is missing"},
    {"[{\"on\": \"*\", \"do\": [{\"post_coment\": {}}]}]",
     "2:37: sources.s.rules[0].do[0].post_coment: unknown action; did you mean \"post_comment\"?"},
    {"[{\"on\": \"*\", \"do\": [{\"post_comment\": {\"application\": \"1\",\n  \"text\": \"{{.a\"}}]}]",
     "3:11: sources.s.rules[0].do[0].post_comment.text: '{{' without its '}}'"},
    {"[{\"on\": \"*\", \"do\": [{\"post_comment\": {\"application\": \"1\", \"text\": \"${NOT_SET}\"}}]}]",
     "2:67: sources.s.rules[0].do[0].post_comment.text: environment variable NOT_SET is not set"},
};

static void a_mistake_is_one_line_with_its_place(void **state)
{
    (void)state;
    check_mistakes(documents, COUNT_OF(documents), "%s");
    check_mistakes(sections, COUNT_OF(sections), "{" ACCOUNTS ", " SOURCES ",\n%s}");
    check_mistakes(accounts, COUNT_OF(accounts), "{\"accounts\": {\n%s}, " SOURCES "}");
    check_mistakes(sources, COUNT_OF(sources), "{" ACCOUNTS ", \"sources\": {\"s\": {\n%s}}}");
    check_mistakes(rules, COUNT_OF(rules),
                   "{" ACCOUNTS ", \"sources\": {\"s\": {" VERIFY ", " EVENT ", \"rules\":\n%s}}}");
}

static void a_file_that_is_not_there_is_told(void **state)
{
    struct error err = {0};

    (void)state;
    assert_null(config_load("nope.json", false, &err));
    assert_string_equal(err.text, "nope.json: no such file; --config names another, examples/ has some to start from");
    assert_null(config_load("/", false, &err));
    assert_int_equal(err.kind, ERROR_SYSTEM);
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    size_t size = (1 << 20) + 1;
    char *text = mem_new(size + 1), *line;

    (void)state;
    memset(text, ' ', size);
    line = place_mistake(text, false);
    assert_string_equal(line, "hookline.json: larger than 1048576 bytes");
    mem_free(line);
    mem_free(text);
}

static void jq_is_compiled_only_when_asked_for(void **state)
{
    static const char text[] =
        "{" ACCOUNTS ", \"sources\": {\"s\": {" VERIFY ", " EVENT ",\n\"rules\": [{\"on\": \"*\", "
        "\"if\": \".a ==\", " DO "}]}}}";
    char *line = place_mistake(text, false);

    (void)state;
    assert_string_equal(line, "");
    mem_free(line);
    line = place_mistake(text, true);
    assert_int_equal(strncmp(line, "hookline.json:2:29: sources.s.rules[0].if: syntax error, unexpected", 66), 0);
    mem_free(line);
}

/* ---- what is read ---- */

static struct config *load(const char *text)
{
    struct error err = {0};
    struct config *config;

    place_write(text);
    config = config_load("hookline.json", false, &err);
    if (config == NULL)
        fail_msg("%s", err.text);
    return config;
}

static void what_is_left_out_has_its_default(void **state)
{
    struct config *config = load("{" ACCOUNTS ", " SOURCES "}");
    const struct account *account = config_account(config, "acme");
    const struct source *source = config_source(config, "s");

    (void)state;
    assert_string_equal(config->redis_url, "");
    assert_string_equal(config->redis_appendfsync, "always");
    assert_int_equal(config->queue.durability, QUEUE_ACK);
    assert_int_equal(config->queue.replicas, 1);
    assert_int_equal(config->queue.shards, 1);
    assert_string_equal(config->listen, "127.0.0.1:8080");
    assert_int_equal(config->max_body_bytes, 1048576);
    assert_int_equal(config->max_connections, 1024);
    assert_int_equal(config->worker_processes, 2);
    assert_int_equal(config->in_flight, 64);
    assert_int_equal(config->drain_ms, 20000);
    assert_int_equal(config->log_level, LOG_INFO);
    assert_null(config->queue.url);
    assert_int_equal(config->queue.lease_ms, 30000);
    assert_int_equal(config->queue.duplicate_window_ms, 259200000);
    assert_int_equal(config->queue.done_keep_ms, 86400000);
    assert_int_equal(config->queue.done_keep_count, 100000);
    assert_int_equal(config->queue.max_events, 1000000);
    assert_int_equal(config->queue.max_bytes, 1073741824);
    assert_int_equal(config->queue.max_crashes, 3);
    assert_string_equal(account->base_url, "https://acme.pinpointhq.com");
    assert_string_equal(account->vendor_name, "");
    assert_true(account->requests_per_second == 5 && account->burst == 10);
    assert_int_equal(account->max_in_flight, 0);
    assert_true(account->weight == 1 && account->max_waiting == 0);
    assert_int_equal(account->timeout_ms, 30000);
    assert_string_equal(source->preset, "");
    assert_string_equal(source->account, "");
    assert_string_equal(source->order_by_path, "");
    assert_string_equal(source->occurred_at_path, "");
    assert_string_equal(source->delivery_id_path, "");
    assert_int_equal(source->tolerance_ms, 300000);
    assert_int_equal(source->retry_max_ms, 86400000);
    assert_int_equal(source->retry_attempts, 15);
    config_free(config);
}

static const char everything[] =
    "{ // with comments\n"
    "  \"redis\": {\"url\": \"redis://r:1\", \"data_dir\": \"/var/lib/q\", \"appendfsync\": \"everysec\",\n"
    "    \"durability\": \"replicas\", \"replicas\": 2},\n"
    "  \"receiver\": {\"listen\": \"[::]:80\", \"max_body_bytes\": 2048, \"max_connections\": 9,\n"
    "               \"spill\": \"/var/lib/s\", \"spill_max_bytes\": 2000000},\n"
    "  \"workers\": {\"processes\": 3, \"in_flight\": 5, \"drain\": \"1m\"},\n"
    "  \"queue\": {\"lease\": \"10s\", \"duplicate_window\": \"4d\", \"done_keep\": \"1h\", \"done_keep_count\": 7,\n"
    "            \"max_events\": 8, \"max_bytes\": 9000000, \"max_crashes\": 2, \"shards\": 4},\n"
    "  \"log\": {\"level\": \"debug\"},\n"
    "  \"retry\": {\"max_age\": \"2h\", \"attempts\": 4},\n"
    "  \"accounts\": {\n"
    "    \"acme\": {\"subdomain\": \"acme\", \"api_key\": \"a-${TEST_KEY}-$${x}\", \"vendor_name\": \"Skills Ltd\",\n"
    "             \"limits\": {\"requests_per_second\": 0, \"burst\": 2.5, \"in_flight\": 6,\n"
    "                        \"weight\": 3, \"max_waiting\": 50000}, \"timeout\": \"5s\"},\n"
    "    \"b.2\": {\"base_url\": \"http://sandbox:9090\", \"allow_http\": true, \"api_key\": \"k\"},\n"
    "  },\n"
    "  \"sources\": {\n"
    "    \"one\": {\"account\": \"b.2\",\n"
    "      \"verify\": {\"scheme\": \"pinpoint\", \"secrets\": [\"secret-1\", \"${TEST_KEY}-2\"], \"tolerance\": "
    "\"1m\"},\n"
    "      \"event\": {\"type\": \".event\", \"order_by\": \".data.id\", \"occurred_at\": \".at\", \"delivery_id\": "
    "\".id\"},\n"
    "      \"retry\": {\"attempts\": 2},\n"
    "      " RULES "},\n"
    "    \"two\": {\"preset\": \"assessment\", \"account\": \"acme\", \"verify\": {\"secrets\": [\"" SECRET "\"]},\n"
    "      \"event\": {\"order_by\": \".data.email\"}}\n"
    "  }\n"
    "}\n";

static void what_the_sections_say_is_read(void **state)
{
    struct config *config;

    (void)state;
    setenv("TEST_KEY", "from the environment", 1);
    config = load(everything);
    assert_string_equal(config->redis_url, "redis://r:1");
    assert_string_equal(config->data_dir, "/var/lib/q");
    assert_string_equal(config->redis_appendfsync, "everysec");
    assert_int_equal(config->queue.durability, QUEUE_REPLICAS);
    assert_int_equal(config->queue.replicas, 2);
    assert_int_equal(config->queue.shards, 4);
    assert_string_equal(config->listen, "[::]:80");
    assert_int_equal(config->max_body_bytes, 2048);
    assert_int_equal(config->max_connections, 9);
    assert_string_equal(config->spill, "/var/lib/s");
    assert_int_equal(config->spill_max_bytes, 2000000);
    assert_int_equal(config->worker_processes, 3);
    assert_int_equal(config->in_flight, 5);
    assert_int_equal(config->drain_ms, 60000);
    assert_int_equal(config->log_level, LOG_DEBUG);
    assert_int_equal(config->queue.lease_ms, 10000);
    assert_int_equal(config->queue.duplicate_window_ms, 345600000);
    assert_int_equal(config->queue.done_keep_ms, 3600000);
    assert_int_equal(config->queue.done_keep_count, 7);
    assert_int_equal(config->queue.max_events, 8);
    assert_int_equal(config->queue.max_bytes, 9000000);
    assert_int_equal(config->queue.max_crashes, 2);
    config_free(config);
}

/* Fails the test unless the source's key at index was made of secret. */
static void expect_secret(const struct source *source, size_t index, const char *secret)
{
    struct error err = {0};
    struct signature_key *key = signature_key_new(source->scheme, secret, &err);
    struct buf ours, theirs;

    assert_non_null(key);
    buf_init(&ours, 1000);
    buf_init(&theirs, 1000);
    signature_sign(key, "id", 0, "body", 4, &ours);
    signature_sign(source->keys[index], "id", 0, "body", 4, &theirs);
    assert_string_equal(theirs.data, ours.data);
    buf_clear(&ours);
    buf_clear(&theirs);
    signature_key_free(key);
}

static void what_accounts_and_sources_say_is_read(void **state)
{
    struct config *config;
    const struct account *acme, *other;
    const struct source *one;

    (void)state;
    setenv("TEST_KEY", "from the environment", 1);
    config = load(everything);
    assert_int_equal(config->account_count, 2);
    acme = config_account(config, "acme");
    assert_string_equal(acme->api_key, "a-from the environment-${x}");
    assert_string_equal(acme->vendor_name, "Skills Ltd");
    assert_true(acme->requests_per_second == 0 && acme->burst == 2.5);
    assert_int_equal(acme->max_in_flight, 6);
    assert_int_equal(acme->weight, 3);
    assert_int_equal(acme->max_waiting, 50000);
    assert_int_equal(acme->timeout_ms, 5000);
    other = config_account(config, "b.2");
    assert_string_equal(other->base_url, "http://sandbox:9090");
    assert_int_equal(config->source_count, 2);
    one = config_source(config, "one");
    assert_string_equal(one->account, "b.2");
    assert_string_equal(signature_scheme_name(one->scheme), "pinpoint");
    assert_int_equal(one->key_count, 2);
    expect_secret(one, 1, "from the environment-2");
    assert_int_equal(one->tolerance_ms, 60000);
    assert_string_equal(one->type_path, ".event");
    assert_string_equal(one->order_by_path, ".data.id");
    assert_string_equal(one->occurred_at_path, ".at");
    assert_string_equal(one->delivery_id_path, ".id");
    assert_int_equal(rules_count(one->rules), 1);
    assert_null(config_account(config, "nobody"));
    assert_null(config_source(config, "nobody"));
    config_free(config);
}

static void a_preset_fills_in_what_the_source_leaves_out(void **state)
{
    struct config *config = load(everything);
    const struct source *two = config_source(config, "two");

    (void)state;
    assert_string_equal(two->preset, "assessment");
    assert_string_equal(signature_scheme_name(two->scheme), "standard-webhooks");
    assert_string_equal(two->type_path, ".type");
    assert_string_equal(two->order_by_path, ".data.email"); /* its own wins */
    assert_string_equal(two->occurred_at_path, ".timestamp");
    assert_int_equal(rules_count(two->rules), 3);
    config_free(config);
}

static void retries_are_those_of_the_source_then_of_the_file(void **state)
{
    struct config *config = load(everything);
    const struct source *one = config_source(config, "one"), *two = config_source(config, "two");

    (void)state;
    assert_int_equal(one->retry_attempts, 2);
    assert_int_equal(one->retry_max_ms, 7200000);
    assert_int_equal(two->retry_attempts, 4);
    assert_int_equal(two->retry_max_ms, 7200000);
    config_free(config);
}

static void the_spill_is_off_unless_asked_for_and_beside_the_file_then(void **state)
{
    char here[4096], *expected;
    struct config *config = load("{" ACCOUNTS ", " SOURCES "}");

    (void)state;
    assert_string_equal(config->spill, "");
    assert_int_equal(config->spill_max_bytes, 256 << 20);
    config_free(config);
    config = load("{\"receiver\": {\"spill\": \"kept\"}, " ACCOUNTS ", " SOURCES "}");
    assert_non_null(realpath(".", here));
    expected = mem_printf("%s/kept", here);
    assert_string_equal(config->spill, expected);
    mem_free(expected);
    config_free(config);
}

static void the_data_directory_is_beside_the_file(void **state)
{
    char here[4096], *expected;
    struct config *config = load("{" ACCOUNTS ", " SOURCES "}");

    (void)state;
    assert_non_null(realpath(".", here));
    expected = mem_printf("%s/.hookline", here);
    assert_string_equal(config->path, "hookline.json");
    assert_string_equal(config->data_dir, expected);
    mem_free(expected);
    config_free(config);
}

static void reading_again_starts_from_nothing(void **state)
{
    struct config *first, *second;

    (void)state;
    setenv("TEST_KEY", "old secret", 1);
    first = load(everything);
    setenv("TEST_KEY", "new", 1);
    second = load("{" ACCOUNTS ", \"sources\": {\"s\": {" EVENT ", " RULES
                  ", \"verify\": {\"scheme\": \"pinpoint\", \"secrets\": [\"${TEST_KEY}-secret\"]}}}}");
    assert_string_equal(second->redis_url, "");
    assert_int_equal(second->source_count, 1);
    expect_secret(&second->sources[0], 0, "new-secret");
    expect_secret(config_source(first, "one"), 1, "old secret-2");
    config_free(first);
    config_free(second);
}

/* ---- the environment inside of rules ---- */

/* The text argument of the one comment that a rule with that text makes of an event; owned. */
static char *comment_of(const char *text)
{
    char *file = mem_printf("{" ACCOUNTS ", \"sources\": {\"s\": {" VERIFY ", " EVENT
                            ", \"rules\": [{\"on\": \"*\", \"if\": \"\\\"${TEST_KEY}\\\" | length == 11\","
                            " \"do\": [{\"post_comment\": {\"application\": \"1\", \"text\": \"%s\"}}]}]}}}",
                            text);
    struct config *config = load(file);
    struct event event = {.account = "acme",
                          .source = "s",
                          .type = "t",
                          .order_key = "",
                          .delivery_id = "",
                          .headers = "",
                          .payload = "{\"a\":5}",
                          .payload_size = 7};
    struct error err = {0};
    struct plan plan;
    char *filled;

    if (!rules_plan(config->sources[0].rules, &event, &plan, &err))
        fail_msg("%s", err.text);
    assert_int_equal(plan.count, 1);
    filled = mem_string(cJSON_GetObjectItemCaseSensitive(plan.actions[0].args, "text")->valuestring);
    plan_clear(&plan);
    config_free(config);
    mem_free(file);
    return filled;
}

static void the_environment_is_not_read_inside_of_jq(void **state)
{
    char *text, *line;

    (void)state;
    setenv("TEST_KEY", "value", 1);
    text = comment_of("${TEST_KEY} {{.a}} $${TEST_KEY} {{\\\"${TEST_KEY}\\\"}}");
    assert_string_equal(text, "value 5 ${TEST_KEY} ${TEST_KEY}");
    mem_free(text);

    setenv("TEST_KEY", "{{.secret}}", 1);
    line = place_mistake("{" ACCOUNTS ", \"sources\": {\"s\": {" VERIFY ", " EVENT
                         ",\n\"rules\": [{\"on\": \"*\", \"do\": [{\"post_comment\": {\"application\": \"1\", "
                         "\"text\": \"${TEST_KEY}\"}}]}]}}}",
                         false);
    assert_string_equal(line,
                        "hookline.json:2:76: sources.s.rules[0].do[0].post_comment.text: an environment variable in "
                        "a rule may not bring a {{template}} with it");
    mem_free(line);
}

static void an_outline_needs_no_keys_and_has_the_names(void **state)
{
    char path[] = "/tmp/hookline-outline-XXXXXX";
    struct error err = {0};

    (void)state;
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs("{\"workers\": {\"processes\": 3}, \"accounts\": {\"acme\": {\"subdomain\": \"acme\", \"api_key\": "
          "\"${NO_SUCH_VARIABLE}\"}}, \"sources\": {\"s\": {\"preset\": \"assessment\"}}}",
          file);
    fclose(file);
    assert_null(config_load(path, false, &err));
    struct config *config = config_load_outline(path, &err);
    assert_non_null(config);
    assert_int_equal(config->worker_processes, 3);
    assert_non_null(config_account(config, "acme"));
    assert_non_null(config_source(config, "s"));
    config_free(config);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_is_one_line_with_its_place),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
        cmocka_unit_test(a_file_that_is_too_large_is_refused),
        cmocka_unit_test(jq_is_compiled_only_when_asked_for),
        cmocka_unit_test(what_is_left_out_has_its_default),
        cmocka_unit_test(what_the_sections_say_is_read),
        cmocka_unit_test(what_accounts_and_sources_say_is_read),
        cmocka_unit_test(a_preset_fills_in_what_the_source_leaves_out),
        cmocka_unit_test(retries_are_those_of_the_source_then_of_the_file),
        cmocka_unit_test(the_data_directory_is_beside_the_file),
        cmocka_unit_test(the_spill_is_off_unless_asked_for_and_beside_the_file_then),
        cmocka_unit_test(reading_again_starts_from_nothing),
        cmocka_unit_test(the_environment_is_not_read_inside_of_jq),
        cmocka_unit_test(an_outline_needs_no_keys_and_has_the_names),
    };

    return cmocka_run_group_tests(tests, place_open, place_close);
}
