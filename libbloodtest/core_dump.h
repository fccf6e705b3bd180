/* SPDX-License-Identifier: Apache-2.0
 * What a process that holds reports leaves behind when it crashes: nothing.
 */
#ifndef BT_CORE_DUMP_H
#define BT_CORE_DUMP_H

/** No core file from here on, for what this process starts too; a program that the system hands
 * cores to gets none of the memory.  Called first in main(). */
void bt_core_dump_prevent(void);

#endif
