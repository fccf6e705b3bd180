/* SPDX-License-Identifier: Apache-2.0
 * The worker's side of bloodtest-extract: start it once, ask it to read a document, get back what
 * it read or a clear class of failure.  Threads may ask at the same time; one child is forked for
 * each document.
 */
#ifndef BTW_EXTRACT_CLIENT_H
#define BTW_EXTRACT_CLIENT_H

#include "../libbloodtest/report.h"

typedef struct btw_extractor_t btw_extractor_t;

typedef struct btw_extract_limits_t {
    int seconds;          /* wall clock for one document; default 30 */
    int memory_mb;        /* address space of the child; default 1024 */
    long long max_output; /* bytes of JSON; default 16 MiB */
    const char *site;     /* folder of the site's knowledge; NULL or "": none */
} btw_extract_limits_t;

/* How one reading went, besides the error: for job_attempts. */
typedef struct btw_extract_outcome_t {
    int signal;   /* that ended the child, or 0 */
    int is_crash; /* the child died of the document: counts towards poison */
    double cpu_seconds;
} btw_extract_outcome_t;

/** Start the program (NULL: beside this one, else the libexec directory); call before any thread.
 * Where it dies later, it is started again by the next request.  Stopped with `pool`. */
bt_err_t *btw_extractor_start(btw_extractor_t **extractor, const char *program,
                              const btw_extract_limits_t *limits, apr_pool_t *pool);

/** Pid of the process that forks the children. */
int btw_extractor_pid(btw_extractor_t *extractor);

/* A PDF to read. */
typedef struct btw_document_t {
    int fd;                     /* a memfd or file; read from its start */
    int (*should_stop)(void *); /* asked several times a second; NULL: never stop */
    void *baton;                /* of should_stop */
} btw_document_t;

/** Read a document.  Where should_stop says yes the child is killed (BT_E_CANCELLED).  Where the
 * process that forks died meanwhile, it is tried once more.  `outcome` may be NULL.  Errors have
 * the code of the class: DAMAGED, ENCRYPTED, NO_TEXT, NOT_A_REPORT, TOO_LARGE, TIMEOUT, POISON (the
 * child crashed), INTERNAL. */
bt_err_t *btw_extract(bt_report_t **report, btw_extract_outcome_t *outcome,
                      btw_extractor_t *extractor, const btw_document_t *document,
                      const bt_catalogue_t *catalogue, apr_pool_t *pool);

#endif
