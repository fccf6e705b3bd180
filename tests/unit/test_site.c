/* SPDX-License-Identifier: Apache-2.0
 * A site's own tables: what they change, that what they change is said to be theirs, and that each
 * mistake is refused with the line and what to write instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interpret_help.h"

enum { LEAST_MISTAKES = 20 };

static char folder[] = "/tmp/bt-site-XXXXXX";

/* A file of the site's folder; NULL takes it away. */
static void give(const char *name, const char *content)
{
    const char *path = apr_pstrcat(pool, folder, "/", name, NULL);
    remove(path);
    if (!content)
        return;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    return set_up(state) || !mkdtemp(folder) ? -1 : 0;
}

static int remove_folder(void **state)
{
    int failed = rmdir(folder);
    return tear_down(state) || failed;
}

static bt_err_t *load(bt_catalogue_t **made)
{
    bt_err_t *err = bt_catalogue_load_site(made, folder, pool);
    return err ? err : bt_knowledge_check(*made, pool);
}

/* The site's folder with one file in it, and this catalogue for what is interpreted then. */
static void with(const char *name, const char *content)
{
    give(name, content);
    bt_err_t *err = load(&catalogue);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
}

static void without(const char *name)
{
    give(name, NULL);
    assert_null(bt_catalogue_load(&catalogue, pool));
}

static const bt_json_t *first_row(const bt_json_t *result)
{
    return bt_json_at(bt_json_get(result, "observations"), 0);
}

static void an_interval_is_the_sites_and_says_so(void **state)
{
    (void)state;
    with("analytes.tsv", "# ours\nid\tri_m_low\tri_m_high\tri_f_low\tri_f_high\r\n"
                         "potassium\t3.0\t4.0\t3.0\t4.0\r\n");
    bt_json_t *result =
        interpreted("\"sex\":\"F\",\"age_years\":50", rows_of("potassium=4.2 mmol/L"), NULL);
    const bt_json_t *reference = bt_json_get(first_row(result), "reference");
    assert_string_equal(bt_json_get_string(reference, "source"), "site");
    assert_true(fabs(bt_json_get_number(reference, "high", 0) - 4.0) < 1e-9);
    assert_string_equal(bt_json_get_string(first_row(result), "interpretation"), "H");
    assert_string_equal(urgency_of(result, "G01"), "U1");
    /* what is printed comes before the site's */
    result =
        interpreted("\"sex\":\"F\",\"age_years\":50", rows_of("potassium=4.2 mmol/L ..5"), NULL);
    assert_string_equal(bt_json_get_string(first_row(result), "interpretation"), "N");
    assert_string_equal(bt_json_get_string(bt_json_get(first_row(result), "reference"), "source"),
                        "printed");
    /* other analytes keep the generic one */
    result = interpreted("\"sex\":\"F\",\"age_years\":50", rows_of("sodium=140 mmol/L"), NULL);
    assert_string_equal(bt_json_get_string(bt_json_get(first_row(result), "reference"), "source"),
                        "generic");
    without("analytes.tsv");
}

static void an_interval_may_depend_on_age_and_sex(void **state)
{
    (void)state;
    with("settings.tsv", "key\tvalue\ninterval_low_hb\tif(age >= 70, 11, 12.5)\n"
                         "interval_high_hb\tif(male, 17, 15.5)\n");
    const bt_json_t *row =
        first_row(interpreted("\"sex\":\"F\",\"age_years\":80", rows_of("hb=11.4 g/dL"), NULL));
    const bt_json_t *reference = bt_json_get(row, "reference");
    assert_string_equal(bt_json_get_string(row, "interpretation"), "N");
    assert_string_equal(bt_json_get_string(reference, "source"), "site");
    assert_string_equal(bt_json_get_string(reference, "text"), "11 - 15.5");
    row = first_row(interpreted("\"sex\":\"F\",\"age_years\":40", rows_of("hb=114 g/L"), NULL));
    assert_string_equal(bt_json_get_string(row, "interpretation"), "L");
    assert_string_equal(bt_json_get_string(bt_json_get(row, "reference"), "text"), "125 - 155");
    give("settings.tsv", NULL);
    /* the site's plain interval comes before one by age that is compiled in */
    with("analytes.tsv", "id\tri_f_high\tri_m_high\nesr\t12\t12\n");
    row = first_row(interpreted("\"sex\":\"F\",\"age_years\":80", rows_of("esr=20 mm/h"), NULL));
    assert_string_equal(bt_json_get_string(row, "interpretation"), "H");
    without("analytes.tsv");
}

/* The C rule, the band below it and the general rule move together. */
static void a_critical_limit_moves_without_a_gap(void **state)
{
    (void)state;
    with("analytes.tsv", "id\tcrit_high\npotassium\t6.5\n");
    static const char *const values[] = {"potassium=5.9 mmol/L", "potassium=6.2 mmol/L",
                                         "potassium=6.49 mmol/L", "potassium=6.5 mmol/L"};
    static const char *const urgencies[] = {"U3", "U3", "U3", "U4"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        bt_json_t *result = interpreted("\"sex\":\"F\",\"age_years\":50", rows_of(values[i]), NULL);
        assert_string_equal(bt_json_get_string(result, "urgency"), urgencies[i]);
        assert_int_equal(urgency_of(result, "C01") != NULL, i == 3);
    }
    without("analytes.tsv");
}

static void a_rule_is_off(void **state)
{
    (void)state;
    const char *rows = rows_of("hdl=30 mg/dL");
    assert_non_null(urgency_of(interpreted("\"sex\":\"F\",\"age_years\":50", rows, NULL), "R14"));
    with("rules.tsv", "id\tswitch\nR14\toff\n");
    assert_null(urgency_of(interpreted("\"sex\":\"F\",\"age_years\":50", rows, NULL), "R14"));
    assert_non_null(urgency_of(interpreted("\"sex\":\"F\",\"age_years\":50", rows, NULL), "G01"));
    assert_non_null(
        strstr(bt_json_get_string(interpreted("\"sex\":\"F\",\"age_years\":50", rows, NULL),
                                  "verification_analysis"),
               "switched off: R14."));
    /* without its rule a critical limit is one of the catalogue */
    with("rules.tsv", "id\tswitch\nC01\toff\n");
    bt_json_t *result =
        interpreted("\"sex\":\"F\",\"age_years\":50", rows_of("potassium=6.8 mmol/L"), NULL);
    assert_null(urgency_of(result, "C01"));
    assert_string_equal(urgency_of(result, "G02"), "U4");
    without("rules.tsv");
}

static void a_sentence_a_name_and_a_unit_are_the_sites(void **state)
{
    (void)state;
    with("wording.tsv", "key\tvalue\ndisclaimer\tOur own disclaimer.\n");
    bt_json_t *result = interpreted("\"sex\":\"F\"", rows_of("potassium=4.2 mmol/L"), NULL);
    assert_string_equal(bt_json_get_string(result, "disclaimer"), "Our own disclaimer.");
    give("wording.tsv", NULL);
    with("analytes.tsv", "id\taliases_en\nhb\tBlood red stuff|Rood\n");
    bt_label_t label = {"Blood red stuff", "g/dL", NULL, NAN};
    assert_string_equal(bt_catalogue_match(catalogue, &label, pool).analyte->id, "hb");
    label.label = "Haemoglobin";
    assert_string_equal(bt_catalogue_match(catalogue, &label, pool).analyte->id, "hb");
    give("analytes.tsv", NULL);
    with("units.tsv", "printed\tucum\ngrammes/dl\tg/dL\n");
    assert_string_equal(bt_catalogue_unit(catalogue, "grammes/dl"), "g/dL");
    without("units.tsv");
}

static void a_row_of_several_is_named(void **state)
{
    (void)state;
    with("rules.tsv", "id\trow\ttext\nC01\t2\t{potassium}: call the ward.\n");
    bt_json_t *result =
        interpreted("\"sex\":\"F\",\"age_years\":50", rows_of("potassium=6.8 mmol/L"), NULL);
    const bt_json_t *flag = bt_json_at(bt_json_get(result, "red_flags"), 0);
    assert_string_equal(bt_json_get_string(flag, "text"), "Potassium 6.8 mmol/L: call the ward.");
    result = interpreted("\"sex\":\"F\",\"age_years\":50", rows_of("potassium=2.5 mmol/L"), NULL);
    flag = bt_json_at(bt_json_get(result, "red_flags"), 0);
    assert_null(strstr(bt_json_get_string(flag, "text"), "ward"));
    without("rules.tsv");
}

static const char *version_with(const char *content)
{
    bt_catalogue_t *made = NULL;
    give("settings.tsv", content);
    assert_null(load(&made));
    give("settings.tsv", NULL);
    return bt_catalogue_version(made);
}

static void the_version_says_what_was_used(void **state)
{
    (void)state;
    const char *plain = bt_catalogue_version(catalogue);
    const char *floor5 = version_with("key\tvalue\nconfidence_floor\t0.6\n");
    assert_true(!strncmp(floor5, plain, strlen(plain)) && floor5[strlen(plain)] == '+');
    assert_string_equal(floor5, version_with("key\tvalue\r\nconfidence_floor\t 0.6 \r\n"));
    assert_string_not_equal(floor5, version_with("key\tvalue\nconfidence_floor\t0.7\n"));
    assert_null(bt_catalogue_load_site(&catalogue, "", pool));
    assert_string_equal(bt_catalogue_version(catalogue), plain);
}

typedef struct mistake_t {
    const char *file, *content, *place, *says;
} mistake_t;

static const mistake_t mistakes[] = {
    {"analytes.tsv", "id\tcrit_hgh\nhb\t3\n", ":1:", "write one of"},
    {"analytes.tsv", "id\tcrit_high\nhb\tlots\n", ":2:", "not a number"},
    {"analytes.tsv", "id\tcrit_low\tcrit_high\nhb\t30\t20\n", ":2:", "write the lower limit"},
    {"analytes.tsv", "id\tri_f_high\n\n#\nhb\t3\n", ":4:", "write the lower limit"},
    {"analytes.tsv", "crit_high\n20\n", ":1:", "'id' is missing"},
    {"analytes.tsv", "id\tcrit_high\nhb\t20\nhb\t21\n", ":3:", "twice"},
    {"analytes.tsv", "id\tid\nhb\thb\n", ":1:", "twice"},
    {"analytes.tsv", "id\tcrit_high\nhaemogl\t20\n", ":2:", "the nearest are"},
    {"analytes.tsv", "id\talt_units\nhb\tg/L\n", ":2:", "unit=factor"},
    {"analytes.tsv", "id\tcrit_high\ncalcium\t14\n", ":2:", "rules.tsv instead: id C04"},
    {"analytes.tsv", "id\tcrit_high\nhb\t20\t3\t4\n", ":2:", "too many columns"},
    {"analytes.tsv", "id\tname_en\nhb\tH\x01\n", ":2:", "control character"},
    {"rules.tsv", "id\tswitch\nR14\tmaybe\n", ":2:", "on or off"},
    {"rules.tsv", "id\tswitch\nR140\toff\n", ":2:", "the nearest are"},
    {"rules.tsv", "id\twhen\nR14\thdl < 4 and\n", ":2:", "column 'when'"},
    {"rules.tsv", "id\twhen\nR14\thdll < 4\n", ":2:", "hdll"},
    {"rules.tsv", "id\ttext\nC01\tCall.\n", ":2:", "column 'row'"},
    {"rules.tsv", "id\trow\ttext\nC01\t9\tCall.\n", ":2:", "1 to 2"},
    {"rules.tsv", "id\turgency\nR14\tU7\n", ":2:", "write one of U0"},
    {"rules.tsv", "id\trow\ttext\nC01\t1\t{potasium} low\n", ":2:", "{potasium}"},
    {"rules.tsv", "id\tsilent_if\nR14\tC99\n", ":2:", "the nearest are"},
    {"wording.tsv", "key\tvalue\ndisclaimr\tx\n", ":2:", "disclaimer"},
    {"wording.tsv", "key\tvalue\nG01.high\t{nam} is high\n", ":2:", "name value which"},
    {"settings.tsv", "key\tvalue\nconfidence_flor\t1\n", ":2:", "confidence_floor"},
    {"settings.tsv", "key\tvalue\ninterval_high_hb\tage +\n", ":2:", "column 'value'"},
    {"topics.tsv", "topic\twords\tanalytes\nspleen\tspleen\tsplen\n", ":2:", "no analyte"},
    {"limits.tsv", "id\n", "limits.tsv:", "name it one of"},
};

static void each_mistake_is_refused_with_its_place(void **state)
{
    (void)state;
    int n = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++, n++) {
        bt_catalogue_t *made = NULL;
        give(mistakes[i].file, mistakes[i].content);
        bt_err_t *err = load(&made);
        give(mistakes[i].file, NULL);
        if (!err)
            fail_msg("%s is taken: %s", mistakes[i].file, mistakes[i].content);
        const char *text = bt_error_text(err, pool);
        if (!strstr(text, folder) || !strstr(text, mistakes[i].place) ||
            !strstr(text, mistakes[i].says))
            fail_msg("'%s' does not say '%s' and '%s'", text, mistakes[i].place, mistakes[i].says);
    }
    printf("mistakes tried: %d\n", n);
    assert_true(n >= LEAST_MISTAKES);
    bt_catalogue_t *made = NULL;
    assert_non_null(bt_catalogue_load_site(&made, "/nonexistent/folder", pool));
}

static void other_files_are_left_alone(void **state)
{
    (void)state;
    give("README", "what we changed");
    give(".analytes.tsv.swp", "\x01\x02");
    give("analytes.tsv~", "id\tnothing\n");
    with("settings.tsv", "key\tvalue\n");
    give("README", NULL);
    give(".analytes.tsv.swp", NULL);
    give("analytes.tsv~", NULL);
    without("settings.tsv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interval_is_the_sites_and_says_so),
        cmocka_unit_test(an_interval_may_depend_on_age_and_sex),
        cmocka_unit_test(a_critical_limit_moves_without_a_gap),
        cmocka_unit_test(a_rule_is_off),
        cmocka_unit_test(a_sentence_a_name_and_a_unit_are_the_sites),
        cmocka_unit_test(a_row_of_several_is_named),
        cmocka_unit_test(the_version_says_what_was_used),
        cmocka_unit_test(each_mistake_is_refused_with_its_place),
        cmocka_unit_test(other_files_are_left_alone),
    };
    return cmocka_run_group_tests_name("site", tests, make_folder, remove_folder);
}
