/*
 * test_item.c - records of JSON:API documents, well made and not.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void a_record_is_looked_into(void **state)
{
    static const char text[] =
        "{\"id\":\"17\",\"type\":\"custom_attributes\",\"attributes\":{\"value\":\"Tomato\",\"count\":3,\"none\":null},"
        "\"relationships\":{\"custom_field\":{\"data\":{\"type\":\"custom_fields\",\"id\":\"12\"}},"
        "\"other\":{\"meta\":{\"included\":false}}}}";
    cJSON *item = json_parse(text, strlen(text), &(struct error){0});

    (void)state;
    assert_string_equal(item_id(item), "17");
    assert_string_equal(item_text(item, "value"), "Tomato");
    assert_string_equal(item_text(item, "count"), "");
    assert_string_equal(item_text(item, "absent"), "");
    assert_true(item_is(item, "value", "Tomato"));
    assert_true(item_is(item, "count", "3"));
    assert_false(item_is(item, "count", "30"));
    assert_false(item_is(item, "absent", ""));
    assert_null(item_attribute(item, "none"));
    assert_string_equal(item_related_id(item, "custom_field"), "12");
    assert_null(item_related_id(item, "other"));
    cJSON_Delete(item);
}

static void what_is_no_record_has_nothing(void **state)
{
    static const char *const texts[] = {"7", "null", "[]", "{\"id\":7}", "{\"attributes\":[],\"relationships\":7}"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cJSON *item = json_parse(texts[i], strlen(texts[i]), &(struct error){0});

        assert_null(item_id(item));
        assert_null(item_attribute(item, "value"));
        assert_string_equal(item_text(item, "value"), "");
        assert_null(item_related_id(item, "custom_field"));
        cJSON_Delete(item);
    }
    assert_null(item_id(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_looked_into),
        cmocka_unit_test(what_is_no_record_has_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
