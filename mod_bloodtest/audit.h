/* SPDX-License-Identifier: Apache-2.0
 * Who read what: rows of audit_log for what a request looks at.  Changes are written by the stores,
 * in the transaction of the change.
 */
#ifndef BTM_AUDIT_H
#define BTM_AUDIT_H

#include "dbpool.h"
#include "libbloodtest/store.h"

/** What a child remembers of who polls. */
void btm_audit_child_init(btm_server_t *server, apr_pool_t *pool);

/** Write that the caller asked for the analysis of call->id, and whether he got it (`refused` is
 * NULL).  Once in a request.  Where he polls the status, a row of this child stands for ten
 * minutes.  The error: it could not be written, so it must not be answered either. */
bt_err_t *btm_audit_access(btm_call_t *call, bt_db_t *db, const bt_analysis_t *analysis,
                           const bt_err_t *refused);

/** Write that the caller read a list; `err` is passed on where there is one. */
bt_err_t *btm_audit_list(const btm_call_t *call, bt_db_t *db, bt_err_t *err);

#endif
