/* SPDX-License-Identifier: Apache-2.0
 * Errors that httpd itself answers below an enabled Location, in the form of all other errors.
 */
#ifndef BTM_PROBLEM_H
#define BTM_PROBLEM_H

/** Register filter and hook, with the other hooks of the module. */
void btm_problem_register(void);

#endif
