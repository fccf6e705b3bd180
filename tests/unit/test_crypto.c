/* SPDX-License-Identifier: Apache-2.0
 * Sealed cells: what opens, what must not, and key files that are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "libbloodtest/crypto.h"

#define KEY_1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_2 "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

static apr_pool_t *pool;
static const bt_place_t here = {"analysis_results", "query", "one", 0};

static bt_keys_t *keys_of(const char *text)
{
    bt_keys_t *keys = NULL;
    assert_null(bt_keys_parse(&keys, text, "file", pool));
    return keys;
}

static void expect(const bt_err_t *err, bt_code_t code)
{
    assert_non_null(err);
    assert_string_equal(bt_code_slug(err->code), bt_code_slug(code));
}

static void test_texts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a", "Is the kidney all right?", "bt1:k1:AAAA", "bt0:x", "bt9:later", "bt1:",
        "b", "gr\xc3\xb6\xc3\x9f"};
    const bt_keys_t *keys = keys_of("k1 " KEY_1 "\n");
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        const char *text = NULL;
        const char *sealed = bt_seal_text(texts[i], &here, keys, pool);
        assert_true(strncmp(sealed, "bt1:k1:", 7) == 0);
        assert_null(strlen(texts[i]) > 3 ? strstr(sealed + 7, texts[i]) : NULL);
        assert_string_not_equal(sealed, bt_seal_text(texts[i], &here, keys, pool));
        assert_null(bt_open_text(&text, sealed, &here, keys, pool));
        assert_string_equal(text, texts[i]);
        /* Plain, and later read by a server that has keys. */
        const char *plain = bt_seal_text(texts[i], &here, NULL, pool);
        assert_null(bt_open_text(&text, plain, &here, keys, pool));
        assert_string_equal(text, texts[i]);
        assert_null(bt_open_text(&text, plain, &here, NULL, pool));
        assert_string_equal(text, texts[i]);
    }
    const char *text = "";
    assert_null(bt_seal_text(NULL, &here, keys, pool));
    assert_string_equal(bt_seal_text("", &here, keys, pool), "");
    assert_null(bt_open_text(&text, NULL, &here, keys, pool));
    assert_null(text);
}

static void test_bytes(void **state)
{
    (void)state;
    const bt_keys_t *keys = keys_of("k1 " KEY_1 "\n");
    static const unsigned char all[] = {'b', 't', '1', ':', 0, 1, 2, 0, 255, 'k', ':'};
    for (size_t length = 0; length <= sizeof(all); length++) {
        bt_bytes_t plain;
        const bt_bytes_t in = {all, length};
        const bt_bytes_t sealed = bt_seal_bytes(in, &here, keys, pool);
        assert_true(sealed.length <= length + BT_SEAL_OVERHEAD);
        assert_string_equal(bt_seal_key_id(sealed, pool), "k1");
        assert_null(bt_open_bytes(&plain, sealed, &here, keys, pool));
        assert_int_equal(plain.length, length);
        assert_memory_equal(plain.bytes, all, length);
        const bt_bytes_t clear = bt_seal_bytes(in, &here, NULL, pool);
        assert_null(bt_seal_key_id(clear, pool));
        assert_null(bt_open_bytes(&plain, clear, &here, keys, pool));
        assert_int_equal(plain.length, length);
        assert_memory_equal(plain.bytes, all, length);
    }
}

/* Each place differs from `here` in one thing. */
static void test_moved(void **state)
{
    (void)state;
    static const bt_place_t elsewhere[] = {{"report_documents", "query", "one", 0},
                                           {"analysis_results", "summary", "one", 0},
                                           {"analysis_results", "query", "two", 0},
                                           {"analysis_results", "query", "one", 1}};
    const bt_keys_t *keys = keys_of("k1 " KEY_1 "\n");
    const char *text = NULL, *sealed = bt_seal_text("a question", &here, keys, pool);
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
        expect(bt_open_text(&text, sealed, &elsewhere[i], keys, pool), BT_E_SEAL_BROKEN);
}

static void test_changed(void **state)
{
    (void)state;
    const bt_keys_t *keys = keys_of("k1 " KEY_1 "\n");
    const char *text = NULL;
    const char *sealed = bt_seal_text("a question", &here, keys, pool);
    for (size_t at = 7; at < strlen(sealed); at++) {
        char *changed = apr_pstrdup(pool, sealed);
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        expect(bt_open_text(&text, changed, &here, keys, pool), BT_E_SEAL_BROKEN);
        changed[at] = '\0';
        expect(bt_open_text(&text, changed, &here, keys, pool), BT_E_SEAL_BROKEN);
    }
    expect(bt_open_text(&text, "bt1:", &here, keys, pool), BT_E_SEAL_BROKEN);
    expect(bt_open_text(&text, "bt1:k1", &here, keys, pool), BT_E_SEAL_BROKEN);
    expect(bt_open_text(&text, "bt1::AAAA", &here, keys, pool), BT_E_SEAL_BROKEN);
    expect(bt_open_text(&text, apr_pstrcat(pool, sealed, "!", NULL), &here, keys, pool),
           BT_E_SEAL_BROKEN);
}

static void test_keys_that_come_and_go(void **state)
{
    (void)state;
    const bt_keys_t *old = keys_of("k1 " KEY_1 "\n"), *other = keys_of("k1 " KEY_2);
    const bt_keys_t *both = keys_of("# new\n k2 " KEY_2 " \r\n\nk1\t" KEY_1),
                    *new = keys_of("k2 " KEY_2);
    const char *text = NULL, *sealed = bt_seal_text("a question", &here, old, pool);
    assert_string_equal(bt_keys_active(both), "k2");
    assert_true(bt_keys_has(both, "k1") && !bt_keys_has(new, "k1"));
    assert_null(bt_open_text(&text, sealed, &here, both, pool));
    expect(bt_open_text(&text, sealed, &here, new, pool), BT_E_KEY_MISSING);
    expect(bt_open_text(&text, sealed, &here, NULL, pool), BT_E_KEY_MISSING);
    expect(bt_open_text(&text, sealed, &here, other, pool), BT_E_SEAL_BROKEN);
    const char *renewed = bt_seal_text("a question", &here, both, pool);
    assert_null(bt_open_text(&text, renewed, &here, new, pool));
}

static void test_sealed_only_files(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int is_sealed_only;
    } files[] = {
        {"sealed-only\nk1 " KEY_1 "\n", 1},       {"k1 " KEY_1 "\n \tsealed-only \t\r\n", 1},
        {"k1 " KEY_1 "\nsealed-only", 1},         {"sealed-only\nk1 " KEY_1 "\nsealed-only\n", 1},
        {"k1 " KEY_1 "\n#sealed-only\n", 0},      {"k1 " KEY_1 "\n", 0},
        {"sealed-only2 " KEY_1 "\nk1 " KEY_2, 0}, {"sealed-onl " KEY_1 "\nk1 " KEY_2, 0},
    };
    assert_false(bt_keys_are_sealed_only(NULL));
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        const bt_keys_t *keys = keys_of(files[i].text);
        assert_int_equal(bt_keys_are_sealed_only(keys), files[i].is_sealed_only);
        assert_true(bt_keys_has(keys, "k1"));
        assert_false(bt_keys_has(keys, "sealed-only"));
    }
    assert_string_equal(bt_keys_active(keys_of(files[0].text)), "k1");
}

/* What has no seal does not open, and the log is not told what it says. */
static void test_sealed_only_cells(void **state)
{
    (void)state;
    static const char *const plain[] = {"a",          "forged",     "{\"forged\":1}",
                                        "bt0:forged", "bt9:forged", "bt0:bt1:k1:AAAA"};
    const bt_keys_t *old = keys_of("k1 " KEY_1),
                    *keys = keys_of("k2 " KEY_2 "\nk1 " KEY_1 "\nsealed-only\n");
    const char *text = NULL;
    bt_bytes_t bytes;
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
        const bt_bytes_t cell = {(const unsigned char *)plain[i], strlen(plain[i])};
        assert_true(bt_seal_is_plain(cell));
        bt_err_t *err = bt_open_text(&text, plain[i], &here, keys, pool);
        expect(err, BT_E_SEAL_BROKEN);
        assert_null(text);
        assert_non_null(strstr(bt_error_text(err, pool), "in clear, and file says sealed-only"));
        assert_null(strstr(bt_error_text(err, pool), "forged"));
        expect(bt_open_bytes(&bytes, cell, &here, keys, pool), BT_E_SEAL_BROKEN);
        assert_int_equal(bytes.length, 0);
        assert_null(bt_open_text(&text, plain[i], &here, old, pool));
        assert_null(bt_open_bytes(&bytes, cell, &here, old, pool));
        const char *sealed = bt_seal_text(plain[i], &here, i % 2 ? old : keys, pool);
        assert_null(bt_open_text(&text, sealed, &here, keys, pool));
        assert_string_equal(text, plain[i]);
    }
    const bt_bytes_t none = {(const unsigned char *)"", 0};
    expect(bt_open_bytes(&bytes, none, &here, keys, pool), BT_E_SEAL_BROKEN);
    assert_null(bt_open_bytes(&bytes, bt_seal_bytes(none, &here, keys, pool), &here, keys, pool));
    assert_null(bt_open_text(&text, NULL, &here, keys, pool));
    assert_null(text);
    assert_null(bt_open_text(&text, bt_seal_text("", &here, keys, pool), &here, keys, pool));
    assert_string_equal(text, "");
}

static void test_digests(void **state)
{
    (void)state;
    bt_keys_t *one = keys_of("k1 " KEY_1), *two = keys_of("k2 " KEY_2);
    unsigned char secret[BT_KEY_BYTES] = {1}, other[BT_KEY_BYTES] = {2};
    bt_keys_set_digest(one, secret);
    bt_keys_set_digest(one, other);
    bt_keys_set_digest(two, secret);
    const char *made = bt_digest_keyed("abc", BT_DIGEST_DOCUMENT, one, pool);
    assert_true(strncmp(made, "k:", 2) == 0 && strlen(made) == 66);
    assert_string_equal(made, bt_digest_keyed("abc", BT_DIGEST_DOCUMENT, two, pool));
    assert_string_equal(made, bt_digest_keyed(made, BT_DIGEST_DOCUMENT, two, pool));
    assert_string_not_equal(made, bt_digest_keyed("abc", BT_DIGEST_PATIENT, one, pool));
    assert_string_not_equal(made, bt_digest_keyed("abd", BT_DIGEST_DOCUMENT, one, pool));
    assert_string_equal("abc", bt_digest_keyed("abc", BT_DIGEST_DOCUMENT, NULL, pool));
}

static void test_tokens(void **state)
{
    (void)state;
    const bt_keys_t *one = keys_of("k1 " KEY_1), *two = keys_of("k2 " KEY_2);
    const bt_keys_t *both = keys_of("k2 " KEY_2 "\nk1 " KEY_1);
    const char *token = bt_token_make("anna", one, pool);
    assert_int_equal(strlen(token), 64);
    assert_string_equal(token, bt_token_make("anna", one, pool));
    assert_string_not_equal(token, bt_token_make("anna", two, pool));
    assert_string_equal(bt_token_make("anna", two, pool), bt_token_make("anna", both, pool));
    assert_true(bt_token_fits(token, "anna", one));
    assert_true(bt_token_fits(token, "anna", both));
    assert_false(bt_token_fits(token, "anna", two));
    assert_false(bt_token_fits(token, "Anna", one));
    assert_false(bt_token_fits(token, "", one));
    assert_false(bt_token_fits("", "anna", one));
    assert_false(bt_token_fits(apr_pstrcat(pool, token, "0", NULL), "anna", one));
    for (size_t i = 0; i < strlen(token); i++) {
        char *other = apr_pstrdup(pool, token);
        other[i] = other[i] == '0' ? '1' : '0';
        assert_false(bt_token_fits(other, "anna", one));
        other[i] = '\0';
        assert_false(bt_token_fits(other, "anna", one));
    }
}

static void test_bad_files(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"", "no key in it"},
        {"# only a comment\n", "no key in it"},
        {"k1\n", "line 1: behind the id"},
        {"\nk1 0001\n", "line 2: behind the id"},
        {"k1 " KEY_1 "00\n", "line 1: behind the id"},
        {"k1 " KEY_1 " x\n", "line 1: behind the id"},
        {"k:1 " KEY_1 "\n", "line 1: write 'ID KEY'"},
        {"k1 " KEY_1 "\nk1 " KEY_2 "\n", "line 2: this id is there already"},
        {"sealed-only\n", "no key in it"},
        {"sealed-only " KEY_1 "\nk1 " KEY_2, "line 1: 'sealed-only' stands alone"},
        {"k1 " KEY_1 "\nsealed-only # now\n", "line 2: 'sealed-only' stands alone"},
        {"k1 " KEY_1 "\nsealed only\n", "line 2: behind the id"},
        {"k1 " KEY_1 "\nSealed-Only\n", "line 2: behind the id"},
        {"k1 " KEY_1 "\nsealed_only\n", "line 2: behind the id"},
        {"k1 0000000000000000000000000000000000000000000000000000000000000000", "zeros"},
        {"a23456789012345678901234567890123 " KEY_1, "line 1: write 'ID KEY'"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        bt_keys_t *keys = NULL;
        bt_err_t *err = bt_keys_parse(&keys, bad[i][0], "file", pool);
        expect(err, BT_E_CONFIG);
        assert_non_null(strstr(bt_error_text(err, pool), bad[i][1]));
        assert_null(strstr(bt_error_text(err, pool), "0001020304"));
    }
}

static void test_permissions(void **state)
{
    (void)state;
    char path[] = "/tmp/bt-keys-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "k1 " KEY_1 "\n", strlen(KEY_1) + 4), strlen(KEY_1) + 4);
    static const struct {
        mode_t mode;
        int is_good;
    } modes[] = {{0600, 1}, {0400, 1}, {0640, 1}, {0644, 0}, {0660, 0}, {0602, 0}, {0601, 0}};
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        bt_keys_t *keys = NULL;
        fchmod(fd, modes[i].mode);
        bt_err_t *err = bt_keys_load(&keys, path, pool);
        if (modes[i].is_good)
            assert_null(err);
        else
            expect(err, BT_E_CONFIG);
    }
    bt_keys_t *keys = NULL;
    fchmod(fd, 0600);
    assert_int_equal(ftruncate(fd, 20000), 0);
    expect(bt_keys_load(&keys, path, pool), BT_E_CONFIG);
    expect(bt_keys_load(&keys, "/tmp", pool), BT_E_CONFIG);
    expect(bt_keys_load(&keys, "/tmp/bt-keys-none", pool), BT_E_CONFIG);
    close(fd);
    unlink(path);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_keys_that_come_and_go),
        cmocka_unit_test(test_sealed_only_files),
        cmocka_unit_test(test_sealed_only_cells),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_permissions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
