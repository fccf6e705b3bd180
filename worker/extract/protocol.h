/* SPDX-License-Identifier: Apache-2.0
 * What extract_client.c and bloodtest-extract say to each other over a SOCK_SEQPACKET pair
 * (descriptor 3 of the extractor): one request a document, with three descriptors; one status when
 * its child has ended.
 *
 * The child writes one JSON object to `output`: {"report":{…}} or
 * {"error":{"class":"encrypted","detail":"…"}}. The client closing its end of `status` cancels: the
 * child is killed.  Once warm, the extractor says so with one status in which only `magic` is set.
 */
#ifndef BTX_PROTOCOL_H
#define BTX_PROTOCOL_H

#include <stdint.h>

enum { BTX_CONTROL_FD = 3, BTX_MAGIC = 0x62747831 };

/* Before the folder of the site's knowledge, on the command line of bloodtest-extract. */
#define BTX_SITE_OPTION "--site"

/* SCM_RIGHTS in this order. */
enum { BTX_FD_DOCUMENT, BTX_FD_OUTPUT, BTX_FD_STATUS, BTX_FD_COUNT };

typedef struct btx_request_t {
    uint32_t magic;
    uint32_t seconds;   /* wall clock */
    uint32_t memory_mb; /* address space */
    uint32_t reserved;
} btx_request_t;

typedef enum { BTX_END_ITSELF, BTX_END_TIME, BTX_END_CANCELLED, BTX_END_NO_FORK } btx_end_t;

typedef struct btx_status_t {
    uint32_t magic;
    int32_t wait_status; /* as waitpid gives it */
    uint32_t end;        /* btx_end_t */
    uint32_t cpu_ms;
} btx_status_t;

#endif
