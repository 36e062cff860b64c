/*
 * test_crc32c.c - the checksum against the vectors of RFC 3720, B.4.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32c.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void it_agrees_with_the_published_vectors(void **state)
{
    unsigned char ones[32], rising[32];

    (void)state;
    memset(ones, 0xff, sizeof(ones));
    for (unsigned i = 0; i < sizeof(rising); i++)
        rising[i] = (unsigned char)i;
    assert_int_equal(crc32c((char[32]){0}, 32), 0x8a9136aa);
    assert_int_equal(crc32c(ones, sizeof(ones)), 0x62a8ab43);
    assert_int_equal(crc32c(rising, sizeof(rising)), 0x46dd794e);
    assert_int_equal(crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(crc32c("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_agrees_with_the_published_vectors)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
