/* SPDX-License-Identifier: Apache-2.0
 * A spooled multipart/form-data body as a form.  GMime reads the headers of each part and decodes
 * its content; where the parts are is found by parts.c, because GMime would hold any number of
 * parts in memory at once.
 */
#include <unistd.h>
#include <gmime/gmime.h>

#include "multipart.h"
#include "parts.h"
#include "libbloodtest/text.h"

enum { COPY_BYTES = 64 * 1024 };

/* What the headers of one part say. */
typedef struct head_t {
    const char *name, *file_name; /* in the pool, or NULL */
    GMimeContentEncoding encoding;
} head_t;

void btm_multipart_init(void)
{
    g_mime_init();
}

static apr_status_t unref(void *object)
{
    g_object_unref(object);
    return APR_SUCCESS;
}

/* Give an object of GMime to the pool. */
static void *owned(void *object, apr_pool_t *pool)
{
    apr_pool_cleanup_register(pool, object, unref, apr_pool_cleanup_null);
    return object;
}

static const char *clean(const char *text, apr_pool_t *pool)
{
    return text ? bt_text_clean(text, strlen(text), pool) : NULL;
}

static bt_err_t *read_head(head_t *head, const btm_spool_t *body, const btm_part_t *part,
                           apr_pool_t *pool, apr_pool_t *scratch)
{
    size_t length = 0, room = (size_t)(part->body - part->head);
    char *text = apr_palloc(scratch, room + 1);
    BT_TRY(btm_spool_read(&length, body, text, room, part->head));
    *head = (head_t){.encoding = GMIME_CONTENT_ENCODING_DEFAULT};
    GMimeStream *stream = owned(g_mime_stream_mem_new_with_buffer(text, length), scratch);
    GMimeParser *parser = owned(g_mime_parser_new_with_stream(stream), scratch);
    GMimeObject *object = g_mime_parser_construct_part(parser, NULL);
    if (!object)
        return bt_error(pool, BT_E_MALFORMED_BODY, "multipart: headers of a part not readable");
    owned(object, scratch);
    GMimeContentDisposition *disposition = g_mime_object_get_content_disposition(object);
    if (disposition) {
        head->name = clean(g_mime_content_disposition_get_parameter(disposition, "name"), pool);
        head->file_name =
            clean(g_mime_content_disposition_get_parameter(disposition, "filename"), pool);
    }
    if (GMIME_IS_PART(object))
        head->encoding = g_mime_part_get_content_encoding(GMIME_PART(object));
    return NULL;
}

/* A stream over the decoded content of a part. */
static GMimeStream *content_stream(const btm_spool_t *body, const btm_part_t *part,
                                   GMimeContentEncoding encoding, apr_pool_t *scratch)
{
    GMimeStream *file = g_mime_stream_fs_new_with_bounds(btm_spool_fd(body), part->body, part->end);
    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(file), FALSE);
    owned(file, scratch);
    if (encoding != GMIME_CONTENT_ENCODING_BASE64 &&
        encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        return file;
    GMimeStream *decoded = owned(g_mime_stream_filter_new(file), scratch);
    GMimeFilter *filter = owned(g_mime_filter_basic_new(encoding, FALSE), scratch);
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(decoded), filter);
    return decoded;
}

static bt_err_t *copy_file(btm_spool_t *file, GMimeStream *content, const btm_call_t *call,
                           apr_pool_t *scratch)
{
    char *bytes = apr_palloc(scratch, COPY_BYTES);
    ssize_t n;
    while ((n = g_mime_stream_read(content, bytes, COPY_BYTES)) > 0)
        BT_TRY(btm_spool_write(file, bytes, (size_t)n, call->dir->max_upload));
    if (n < 0 && !g_mime_stream_eos(content)) /* GMime's end of a bounded file is a -1 */
        return bt_error(call->r->pool, BT_E_INTERNAL, "cannot read the spool file");
    return NULL;
}

static bt_err_t *take_file(btm_form_t *form, const head_t *head, GMimeStream *content,
                           const btm_call_t *call, apr_pool_t *scratch)
{
    if (form->file)
        return bt_error(call->r->pool, BT_E_FILE_REPEATED, "two parts named 'file'");
    BT_TRY(btm_spool_create(&form->file, call, 1));
    BT_TRY(copy_file(form->file, content, call, scratch));
    form->file_name = head->file_name;
    return NULL;
}

/* Line ends as the rest of the world writes them; the new length. */
static size_t without_returns(char *text, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
            text[kept++] = text[i];
    }
    return kept;
}

static bt_err_t *take_field(btm_field_t *field, GMimeStream *content, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    if (field->value)
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "The field '%s' was sent twice.",
                             field->name);
    char *text = apr_palloc(pool, field->limit + 1);
    size_t length = 0;
    ssize_t n = 0;
    while (length <= field->limit &&
           (n = g_mime_stream_read(content, text + length, field->limit + 1 - length)) > 0)
        length += (size_t)n;
    if (n < 0 && !g_mime_stream_eos(content))
        return bt_error(pool, BT_E_INTERNAL, "cannot read the spool file");
    if (length > field->limit && field->too_long == BT_E_FIELD_INVALID)
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "The field '%s' is longer than %d bytes.",
                             field->name, (int)field->limit);
    if (length > field->limit)
        return bt_error(pool, field->too_long, "a field is too long");
    field->value = bt_text_clean(text, without_returns(text, length), pool);
    return NULL;
}

static bt_err_t *take_part(btm_form_t *form, const btm_spool_t *body, const btm_part_t *part,
                           const btm_call_t *call, apr_pool_t *scratch)
{
    head_t head;
    BT_TRY(read_head(&head, body, part, call->r->pool, scratch));
    if (!head.name)
        return NULL;
    GMimeStream *content = content_stream(body, part, head.encoding, scratch);
    if (strcmp(head.name, "file") == 0) {
        int is_unchosen = part->body == part->end && (!head.file_name || !*head.file_name);
        return is_unchosen ? NULL : take_file(form, &head, content, call, scratch);
    }
    for (int i = 0; i < form->n_fields; i++) {
        if (strcmp(form->fields[i].name, head.name) == 0)
            return take_field(&form->fields[i], content, call);
    }
    return NULL;
}

static const char *boundary_of(const char *content_type, apr_pool_t *pool)
{
    GMimeContentType *type = g_mime_content_type_parse(NULL, content_type);
    const char *boundary = type ? g_mime_content_type_get_parameter(type, "boundary") : NULL;
    boundary = boundary ? apr_pstrdup(pool, boundary) : NULL;
    if (type)
        g_object_unref(type);
    return boundary && *boundary && strlen(boundary) <= BTM_MAX_BOUNDARY ? boundary : NULL;
}

bt_err_t *btm_multipart_read(btm_form_t *form, const btm_spool_t *body, const char *content_type,
                             const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const char *boundary = boundary_of(content_type, pool);
    if (!boundary)
        return bt_error(pool, BT_E_MALFORMED_BODY, "multipart: no usable boundary");
    btm_part_t parts[BTM_MAX_PARTS];
    int n = 0;
    BT_TRY(btm_parts_find(parts, &n, body, boundary, pool));
    apr_pool_t *scratch;
    apr_pool_create(&scratch, pool);
    bt_err_t *err = NULL;
    for (int i = 0; i < n && !err; i++) {
        apr_pool_clear(scratch);
        err = take_part(form, body, &parts[i], call, scratch);
    }
    apr_pool_destroy(scratch);
    return err;
}
