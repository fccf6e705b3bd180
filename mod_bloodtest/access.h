/* SPDX-License-Identifier: Apache-2.0
 * An analysis as its owner or an operator may see it; to everybody else it does not exist.
 */
#ifndef BTM_ACCESS_H
#define BTM_ACCESS_H

#include "dbpool.h"
#include "libbloodtest/store.h"

/** The analysis of call->id.  Unknown, or somebody else's: BT_E_NOT_FOUND, one like the other. */
bt_err_t *btm_access_status(bt_analysis_t **analysis, btm_call_t *call);

/** The same without its texts, for those who change it. */
bt_err_t *btm_access_state(bt_analysis_t **analysis, btm_call_t *call);

/** The same with its result. */
bt_err_t *btm_access_result(bt_analysis_t **analysis, btm_call_t *call);

/** A page of analyses.  Rows that do not open are told to the log, once for a page. */
bt_err_t *btm_access_list(bt_list_t *list, const btm_call_t *call, const bt_list_filter_t *filter);

/** What is stored as the result of an analysis that has one.  Not readable: BT_E_INTERNAL, for a
 * client can do nothing about it. */
bt_err_t *btm_access_stored(bt_json_t **result, const btm_call_t *call,
                            const bt_analysis_t *analysis);

/** Refuse a caller whose account is switched off (BT_E_FORBIDDEN), where no analysis of his own
 * says so. */
bt_err_t *btm_access_caller(const btm_call_t *call, bt_db_t *db);

/** The same for what needs no database otherwise. */
bt_err_t *btm_access_enter(const btm_call_t *call);

/** Whether this is a final state. */
int btm_is_final(const char *status);

/** The error that GET /results answers for what has no result: unfinished, failed (with its class)
 * or cancelled. */
bt_err_t *btm_access_unfinished(btm_call_t *call, const bt_analysis_t *analysis);

#endif
