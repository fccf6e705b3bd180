/* SPDX-License-Identifier: Apache-2.0
 * Turns the [llm] group of worker.conf into what requests are made of, and says in a sentence what
 * is wrong with it.  The key is read from its file here and is in no message.
 */
#include "private.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_strings.h>
#include "../../libbloodtest/text.h"
#include "../../libbloodtest/tsv.h"

enum { MAX_KEY = 4096, MAX_HEADER = 2048 };
static const char path_added[] = "/chat/completions";
#define MAX_TEMPERATURE 2.0

static bt_err_t *refuse(apr_pool_t *pool, const char *key, const char *what)
{
    return bt_error_hint(pool, BT_E_CONFIG, "[llm] %s: %s", key, what);
}

static int ends_with(const char *text, size_t length, const char *end)
{
    size_t n = strlen(end);
    return length >= n && strncmp(text + length - n, end, n) == 0;
}

static bt_err_t *read_url(const char **url, const char *base, apr_pool_t *pool)
{
    int is_https = strncasecmp(base, "https://", 8) == 0;
    if (!is_https && strncasecmp(base, "http://", 7) != 0)
        return refuse(pool, "base_url", "write an address that begins with http:// or https://");
    const char *host = base + (is_https ? 8 : 7);
    size_t name = strcspn(host, "/?#");
    if (name == 0 || strcspn(base, " \t\r\n\"'#") != strlen(base))
        return refuse(pool, "base_url", "it has no host, or holds blanks, quotes or a #");
    if (memchr(host, '@', name))
        return refuse(pool, "base_url", "it holds a password; use api_key_file");
    size_t end = strcspn(base, "?");
    const char *rest = base + end; /* "?api-version=…" */
    while (end > 0 && base[end - 1] == '/')
        end--;
    int has_path = (size_t)(host - base) + name < end;
    const char *middle = ends_with(base, end, path_added) ? ""
                         : has_path                       ? path_added
                                                          : "/v1/chat/completions";
    *url = apr_psprintf(pool, "%.*s%s%s", (int)end, base, middle, rest);
    return NULL;
}

/* The first line; the file must not be open to everybody. */
static bt_err_t *read_key(const char **key, const char *path, apr_pool_t *pool)
{
    struct stat about;
    char *text = apr_pcalloc(pool, MAX_KEY + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return bt_error_hint(pool, BT_E_CONFIG, "[llm] api_key_file: %s cannot be opened", path);
    int is_bad = fstat(fd, &about) != 0 || !S_ISREG(about.st_mode);
    int is_open = !is_bad && (about.st_mode & S_IRWXO) != 0;
    ssize_t n = is_bad || is_open ? 0 : read(fd, text, MAX_KEY);
    close(fd);
    if (is_open)
        return bt_error_hint(pool, BT_E_CONFIG,
                             "[llm] api_key_file: others may read %s; chmod o= it", path);
    text[n > 0 ? strcspn(text, "\r\n") : 0] = '\0';
    for (const char *c = text; *c; c++)
        is_bad |= *c <= ' ' || *c >= 0x7f;
    if (is_bad || !*text)
        return bt_error_hint(pool, BT_E_CONFIG,
                             "[llm] api_key_file: the first line of %s is no key", path);
    *key = text;
    return NULL;
}

static bt_err_t *add_header(btw_settings_t *settings, int *n, const char *header, apr_pool_t *pool)
{
    size_t name = strcspn(header, ":");
    int is_bad = name == 0 || !header[name] || strlen(header) > MAX_HEADER ||
                 strcspn(header, " \t") < name || *n >= BTW_LLM_MAX_HEADERS;
    for (const char *c = header; *c; c++)
        is_bad |= (unsigned char)*c < ' ' || *c == 0x7f;
    if (is_bad)
        return refuse(pool, "headers", "write `Name: value`, more of them separated by |");
    settings->headers[(*n)++] = header;
    return NULL;
}

static bt_err_t *read_headers(btw_settings_t *settings, const btw_config_t *config,
                              apr_pool_t *pool)
{
    int n = 0;
    BT_TRY(add_header(settings, &n, "Content-Type: application/json", pool));
    BT_TRY(add_header(settings, &n, "Accept: application/json", pool));
    BT_TRY(add_header(settings, &n, "Expect:", pool)); /* no round trip before a small body */
    const char **more = bt_tsv_split(NULL, config->llm_headers, '|', pool);
    for (; *more; more++)
        BT_TRY(add_header(settings, &n, *more, pool));
    if (!*config->llm_api_key_file)
        return NULL;
    const char *key = NULL, *name = config->llm_api_key_header;
    BT_TRY(read_key(&key, config->llm_api_key_file, pool));
    int is_bearer = strcasecmp(name, "Authorization") == 0;
    return add_header(settings, &n,
                      apr_pstrcat(pool, name, is_bearer ? ": Bearer " : ": ", key, NULL), pool);
}

static bt_err_t *read_number(double *number, const char *key, const char *text, double most,
                             apr_pool_t *pool)
{
    *number = NAN;
    if (*text && (bt_text_to_double(number, text) || !(*number >= 0 && *number <= most)))
        return bt_error_hint(pool, BT_E_CONFIG, "[llm] %s: write a number from 0 to %.10g", key,
                             most);
    return NULL;
}

static bt_err_t *check_file(const char *key, const char *path, apr_pool_t *pool)
{
    if (*path && access(path, R_OK) != 0)
        return bt_error_hint(pool, BT_E_CONFIG, "[llm] %s: %s cannot be read", key, path);
    return NULL;
}

bt_err_t *btw_settings_read(btw_settings_t *settings, const btw_config_t *config, apr_pool_t *pool)
{
    static const double most_price = 1e6;
    *settings = (btw_settings_t){.model = config->llm_model, .config = config};
    BT_TRY(read_url(&settings->url, config->llm_base_url, pool));
    if (!*config->llm_model)
        return refuse(pool, "model", "write the name of a model");
    BT_TRY(read_headers(settings, config, pool));
    BT_TRY(read_number(&settings->temperature, "temperature", config->llm_temperature,
                       MAX_TEMPERATURE, pool));
    BT_TRY(read_number(&settings->prompt_price, "prompt_price", config->llm_prompt_price,
                       most_price, pool));
    BT_TRY(read_number(&settings->completion_price, "completion_price",
                       config->llm_completion_price, most_price, pool));
    BT_TRY(check_file("ca_file", config->llm_ca_file, pool));
    BT_TRY(check_file("client_cert_file", config->llm_client_cert_file, pool));
    return check_file("client_key_file", config->llm_client_key_file, pool);
}
