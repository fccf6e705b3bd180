/* SPDX-License-Identifier: Apache-2.0
 * What BloodtestRateLimit says, and which addresses are one caller.  Without httpd's state, so that
 * it is tested alone.
 */
#include <arpa/inet.h>

#include "libbloodtest/text.h"
#include "rate.h"

enum { MAX_RATE = 6000000, LEAST_PREFIX = 16, USUAL_PREFIX = 64, WHOLE_PREFIX = 128 };

static int read_number(int *number, const char *text, int least, int most)
{
    long long value = 0;
    if (bt_text_to_int64(&value, text) < 0 || value < least || value > most)
        return -1;
    *number = (int)value;
    return 0;
}

int btm_rate_read(btm_rates_t *rates, const char *text, apr_pool_t *pool)
{
    struct {
        const char *name;
        int *number, least, most, is_given;
    } words[] = {{"user=", &rates->user, 0, MAX_RATE, 0},
                 {"address=", &rates->address, 0, MAX_RATE, 0},
                 {"prefix=", &rates->prefix, LEAST_PREFIX, WHOLE_PREFIX, 0}};
    enum { N_WORDS = sizeof(words) / sizeof(words[0]) };
    *rates = (btm_rates_t){.prefix = USUAL_PREFIX};
    if (strcasecmp(text, "none") == 0)
        return 0;
    if (!strchr(text, '=')) {
        int failed = read_number(&rates->user, text, 0, MAX_RATE);
        rates->address = rates->user;
        return failed;
    }
    char *rest = apr_pstrdup(pool, text), *last = NULL;
    for (char *word = apr_strtok(rest, ", ", &last); word; word = apr_strtok(NULL, ", ", &last)) {
        int i = 0;
        while (i < N_WORDS && strncasecmp(word, words[i].name, strlen(words[i].name)) != 0)
            i++;
        if (i == N_WORDS || words[i].is_given++ ||
            read_number(words[i].number, word + strlen(words[i].name), words[i].least,
                        words[i].most) < 0)
            return -1;
    }
    return words[0].is_given || words[1].is_given ? 0 : -1;
}

const char *btm_rate_network(const char *address, int prefix, apr_pool_t *pool)
{
    struct in6_addr six;
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, address, &six) != 1 || IN6_IS_ADDR_LINKLOCAL(&six))
        return address;
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return apr_pstrdup(pool, inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof(text)));
    for (int bit = prefix; bit < WHOLE_PREFIX; bit++)
        six.s6_addr[bit / 8] &= (unsigned char)~(0x80 >> bit % 8);
    inet_ntop(AF_INET6, &six, text, sizeof(text));
    return prefix < WHOLE_PREFIX ? apr_psprintf(pool, "%s/%d", text, prefix)
                                 : apr_pstrdup(pool, text);
}
