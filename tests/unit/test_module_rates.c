/* SPDX-License-Identifier: Apache-2.0
 * What BloodtestRateLimit takes, and which addresses count as one.  The file under test is
 * included: it belongs to the module, not to a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "mod_bloodtest/rate_read.c"

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

static apr_pool_t *pool;

static void takes(const char *text, int user, int address, int prefix)
{
    btm_rates_t rates = {-1, -1, -1};
    if (btm_rate_read(&rates, text, pool) < 0)
        fail_msg("'%s' is refused", text);
    assert_int_equal(rates.user, user);
    assert_int_equal(rates.address, address);
    assert_int_equal(rates.prefix, prefix);
}

static void test_words(void **state)
{
    (void)state;
    takes("none", 0, 0, 64);
    takes("600", 600, 600, 64);
    takes("user=600", 600, 0, 64);
    takes("address=1200,user=600", 600, 1200, 64);
    takes("user=0, address=6000000,prefix=56", 0, 6000000, 56);
    takes("prefix=128 address=5", 0, 5, 128);
    static const char *const refused[] = {"",
                                          "often",
                                          "-1",
                                          "6000001",
                                          "1.5",
                                          "user=",
                                          "user=x",
                                          "user=1,user=2",
                                          "prefix=64",
                                          "address=1,prefix=15",
                                          "address=1,prefix=129",
                                          "address=1,prefix=",
                                          "address=1,prefixes=64",
                                          "=1"};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        btm_rates_t rates;
        if (btm_rate_read(&rates, refused[i], pool) == 0)
            fail_msg("'%s' is taken", refused[i]);
    }
}

static void counts_as(const char *address, int prefix, const char *network)
{
    assert_string_equal(btm_rate_network(address, prefix, pool), network);
}

static void test_networks(void **state)
{
    (void)state;
    counts_as("192.0.2.1", 64, "192.0.2.1");
    counts_as("::ffff:192.0.2.1", 64, "192.0.2.1");
    counts_as("2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::/64");
    counts_as("2001:db8:1:2:ffff::1", 64, "2001:db8:1:2::/64");
    counts_as("2001:db8:1:3::1", 64, "2001:db8:1:3::/64");
    counts_as("2001:db8:1:2ff::1", 56, "2001:db8:1:200::/56");
    counts_as("2001:db8:1:2ff::1", 61, "2001:db8:1:2f8::/61");
    counts_as("2001:db8::1", 128, "2001:db8::1");
    counts_as("2001:0DB8::0001", 128, "2001:db8::1");
    counts_as("::1", 64, "::/64");
    counts_as("fe80::1", 64, "fe80::1");
    counts_as("fe80::1%eth0", 64, "fe80::1%eth0");
    counts_as("no address", 64, "no address");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words),
                                       cmocka_unit_test(test_networks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
