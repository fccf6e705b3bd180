/* SPDX-License-Identifier: Apache-2.0
 * A report as it comes in: a form with a file, or the bare PDF with its fields in a header or in
 * the query string. The order of checks is that of the contract: length named by the client, type
 * of the body, then the body itself.
 */
#include "csrf.h"
#include "identity.h"
#include "libbloodtest/json.h"
#include "multipart.h"
#include "query.h"
#include "libbloodtest/text.h"
#include "upload.h"

#define USUAL_QUERY "Summarise my Blood Test Report"
#define USUAL_NAME  "report.pdf"
#define PDF_HEAD    "%PDF-"

#define FIELDS_HEADER "Bloodtest-Fields"

enum {
    MAX_FORM_EXTRA = 64 * 1024, /* what a form may hold beside its file */
    MAX_WORD_BYTES = 32,
    MAX_KEY_BYTES = 255,
    MAX_AGE = 130
};

/* Those up to TOKEN may come with a raw body as well. */
enum { QUERY, USER_ID, PATIENT_REF, PRIORITY, SEX, AGE, PREGNANT, TOKEN, N_FIELDS };

static const btm_field_t known_fields[N_FIELDS] = {
    [QUERY] = {"query", BT_MAX_QUERY_CHARS * 5, BT_E_QUERY_TOO_LONG, NULL},
    [USER_ID] = {"user_id", BTM_MAX_LOGIN_BYTES, BT_E_FIELD_INVALID, NULL},
    [PATIENT_REF] = {"patient_ref", BT_MAX_PATIENT_REF_BYTES, BT_E_FIELD_INVALID, NULL},
    [PRIORITY] = {"priority", MAX_WORD_BYTES, BT_E_FIELD_INVALID, NULL},
    [SEX] = {"sex", MAX_WORD_BYTES, BT_E_FIELD_INVALID, NULL},
    [AGE] = {"age", MAX_WORD_BYTES, BT_E_FIELD_INVALID, NULL},
    [PREGNANT] = {"pregnant", MAX_WORD_BYTES, BT_E_FIELD_INVALID, NULL},
    [TOKEN] = {BTM_CSRF_FIELD, BTM_MAX_TOKEN_BYTES, BT_E_FIELD_INVALID, NULL},
};

/* A word a field takes, and what it stands for. */
typedef struct word_t {
    const char *word, *meaning;
} word_t;

static const word_t sexes[] = {
    {"m", "M"}, {"male", "M"}, {"f", "F"}, {"female", "F"}, {NULL, NULL}};
static const word_t yes_no[] = {{"true", "1"}, {"yes", "1"}, {"1", "1"}, {"on", "1"},
                                {"false", ""}, {"no", ""},   {"0", ""},  {NULL, NULL}};
static const word_t priorities[] = {{"routine", "1"}, {"stat", "0"}, {NULL, NULL}};

static const char *meaning_of(const word_t *words, const char *text)
{
    for (; words->word; words++) {
        if (strcasecmp(words->word, text) == 0)
            return words->meaning;
    }
    return NULL;
}

static const char *filled(const btm_field_t *field)
{
    return field->value && *field->value ? field->value : NULL;
}

static bt_err_t *read_options(btm_upload_t *upload, const btm_field_t *fields, apr_pool_t *pool)
{
    bt_json_t *options = bt_json_object(pool);
    const char *sex = filled(&fields[SEX]), *age = filled(&fields[AGE]);
    const char *pregnant = filled(&fields[PREGNANT]), *priority = filled(&fields[PRIORITY]);
    double years = 0;
    if (sex && !meaning_of(sexes, sex))
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "The field 'sex' takes 'M' or 'F'.");
    if (sex)
        bt_json_set_string(options, "sex", meaning_of(sexes, sex));
    if (age && (bt_text_to_double(&years, age) < 0 || !(years >= 0 && years <= MAX_AGE)))
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "The field 'age' takes years, 0 to 130.");
    if (age)
        bt_json_set_number(options, "age_years", years);
    if (pregnant && !meaning_of(yes_no, pregnant))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The field 'pregnant' takes 'true' or 'false'.");
    if (pregnant)
        bt_json_set_bool(options, "pregnant", *meaning_of(yes_no, pregnant) != '\0');
    if (priority && !meaning_of(priorities, priority))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The field 'priority' takes 'routine' or 'stat'.");
    upload->priority = priority && *meaning_of(priorities, priority) == '0' ? 0 : 1;
    upload->options_json = bt_json_dump(options, 0, pool);
    return NULL;
}

static bt_err_t *read_fields(btm_upload_t *upload, const btm_field_t *fields, apr_pool_t *pool)
{
    const char *query = filled(&fields[QUERY]);
    if (query && bt_text_length(query) > BT_MAX_QUERY_CHARS)
        return bt_error(pool, BT_E_QUERY_TOO_LONG, "query too long");
    upload->query = query && query[strspn(query, " \t\n")] ? query : USUAL_QUERY;
    upload->user_id = filled(&fields[USER_ID]);
    upload->patient_ref = filled(&fields[PATIENT_REF]);
    return read_options(upload, fields, pool);
}

/* The name without folders of any system, cut at a character where it is too long. */
static const char *base_name(const char *name, apr_pool_t *pool)
{
    const char *base = name ? name : "";
    for (const char *c = base; *c; c++) {
        if (*c == '/' || *c == '\\')
            base = c + 1;
    }
    size_t length = strlen(base);
    if (length > BT_MAX_FILENAME_BYTES) {
        length = BT_MAX_FILENAME_BYTES;
        while (length > 0 && ((unsigned char)base[length] & 0xC0) == 0x80)
            length--;
    }
    char *copy = apr_pstrmemdup(pool, base, length);
    for (char *c = copy; *c; c++) {
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    }
    return copy[strspn(copy, " .")] ? copy : USUAL_NAME;
}

static bt_err_t *read_key(btm_upload_t *upload, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const char *key = apr_table_get(call->r->headers_in, "Idempotency-Key");
    if (!key)
        return NULL;
    if (!*key || strlen(key) > MAX_KEY_BYTES)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The Idempotency-Key header takes 1 to 255 characters.");
    upload->idempotency_key = key;
    return NULL;
}

static bt_err_t *take_document(btm_upload_t *upload, btm_spool_t *file, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    char head[sizeof(PDF_HEAD) - 1];
    size_t length = 0;
    if (btm_spool_size(file) == 0)
        return bt_error(pool, BT_E_FILE_EMPTY, "0 bytes");
    BT_TRY(btm_spool_read(&length, file, head, sizeof(head), 0));
    if (length < sizeof(head) || memcmp(head, PDF_HEAD, sizeof(head)) != 0)
        return bt_error(pool, BT_E_NOT_PDF, "no %%PDF- at the beginning");
    upload->fd = btm_spool_fd(file);
    upload->size = btm_spool_size(file);
    upload->hash = btm_spool_hash(file);
    return NULL;
}

static bt_err_t *receive_form(btm_upload_t *upload, btm_call_t *call, const char *content_type)
{
    apr_pool_t *pool = call->r->pool;
    btm_spool_t *body = NULL;
    btm_field_t fields[N_FIELDS];
    memcpy(fields, known_fields, sizeof(fields));
    btm_form_t form = {.fields = fields, .n_fields = N_FIELDS};
    BT_TRY(btm_spool_create(&body, call, 0));
    BT_TRY(btm_spool_body(body, call, call->dir->max_upload + MAX_FORM_EXTRA));
    BT_TRY(btm_multipart_read(&form, body, content_type, call));
    BT_TRY(btm_csrf_check_field(call, fields[TOKEN].value));
    if (!form.file)
        return bt_error(pool, BT_E_FILE_MISSING, "no part named 'file'");
    BT_TRY(take_document(upload, form.file, call));
    upload->file_name = base_name(form.file_name, pool);
    return read_fields(upload, fields, pool);
}

/* Addresses are written to access logs, which a header is not; what stands in it goes before. */
static bt_err_t *read_raw_fields(btm_field_t *fields, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const char *header = apr_table_get(call->r->headers_in, FIELDS_HEADER);
    if (header && !btm_query_text_is_sound(header))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The " FIELDS_HEADER " header holds an escape that is no character.");
    for (int i = 0; i < TOKEN; i++) {
        fields[i].value = header ? btm_query_find(header, fields[i].name, pool) : NULL;
        if (!fields[i].value)
            fields[i].value = btm_query_get(call->r, fields[i].name);
        if (fields[i].value && strlen(fields[i].value) > fields[i].limit)
            return bt_error(pool, fields[i].too_long, "a field is too long");
    }
    return NULL;
}

static bt_err_t *receive_raw(btm_upload_t *upload, btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    btm_spool_t *body = NULL;
    btm_field_t fields[N_FIELDS];
    memcpy(fields, known_fields, sizeof(fields));
    BT_TRY(read_raw_fields(fields, call));
    BT_TRY(btm_spool_create(&body, call, 1));
    BT_TRY(btm_spool_body(body, call, call->dir->max_upload));
    BT_TRY(take_document(upload, body, call));
    upload->file_name = USUAL_NAME;
    return read_fields(upload, fields, pool);
}

bt_err_t *btm_upload_check_length(const btm_call_t *call, apr_off_t limit)
{
    const char *text = apr_table_get(call->r->headers_in, "Content-Length");
    long long length = 0;
    if (text && (bt_text_to_int64(&length, text) < 0 || length > limit))
        return bt_error(call->r->pool, BT_E_UPLOAD_TOO_LARGE, "Content-Length above the limit");
    return NULL;
}

bt_err_t *btm_upload_receive(btm_upload_t **upload, btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const char *type = apr_table_get(call->r->headers_in, "Content-Type");
    size_t length = type ? strcspn(type, "; \t") : 0;
    int is_form = length == 19 && strncasecmp(type, "multipart/form-data", length) == 0;
    int is_pdf = length == 15 && strncasecmp(type, "application/pdf", length) == 0;
    *upload = apr_pcalloc(pool, sizeof(**upload));
    BT_TRY(btm_upload_check_length(call, call->dir->max_upload + (is_form ? MAX_FORM_EXTRA : 0)));
    if (!is_form && !is_pdf)
        return bt_error(pool, BT_E_FILE_MISSING, "neither a form nor a PDF");
    BT_TRY(read_key(*upload, call));
    return is_form ? receive_form(*upload, call, type) : receive_raw(*upload, call);
}
