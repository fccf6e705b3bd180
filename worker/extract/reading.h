/* SPDX-License-Identifier: Apache-2.0
 * A document while its rows are found: lines, the rows read from them, and what was doubtful.
 */
#ifndef BTX_READING_H
#define BTX_READING_H

#include "table.h"

enum { BTX_MAX_STACKS = 8, BTX_MAX_SENTENCE = 60 };

typedef struct btx_reading_t {
    btx_scan_t scan;
    const btx_words_t *words;
    btx_lines_t *lines;
    btx_row_t *row; /* in reading order, at most BT_MAX_OBSERVATIONS */
    int n_rows;
    const char **section; /* per row: the heading above it, or NULL */
    int *block; /* per line: the line of the row whose interval it is a part of; -1: none */
    bt_report_t *report;
    apr_pool_t *pool; /* of the result */
} btx_reading_t;

/** What follows the words of a PDF, which get their keys and lose their slope (read.c). */
bt_err_t *btx_read_words(bt_report_t **report, btx_words_t *words, const btx_reader_t *reader,
                         apr_pool_t *pool);
/** Rows of all lines (find.c). */
void btx_find_rows(btx_reading_t *reading);
/** Wrapped labels, units and intervals of the row at lines[row->line] (wraps.c). */
void btx_join_wraps(btx_reading_t *reading, btx_row_t *row);
/** Reads only the interval of the patient's sex where the heading, n lines at `index`, has a column
 * for each: how many lines below it belong to it (sexes.c). */
int btx_sexes_settle(btx_table_t *table, const btx_reading_t *reading, int index, int n);
/** Which lines below the heading of the table are parts of the interval of a row that stands at
 * their middle or end (blocks.c). */
void btx_blocks_mark(btx_reading_t *reading, const btx_table_t *table, int first);
/** The interval of such a row in full, and its label; 0 where it has no such lines. */
int btx_block_join(btx_reading_t *reading, btx_row_t *row);
/** A known name that stands beside the lines of the interval of the row; else 0. */
int btx_block_label(btx_reading_t *reading, btx_row_t *row);
/** The interval that stands on lines of its own below the row, behind words that say so: how many
 * lines, which are used then (below.c). */
int btx_reference_below(btx_reading_t *reading, btx_row_t *row);
/** Numbers out of the text of an interval that was put together. */
void btx_understand_reference(btx_reading_t *reading, btx_row_t *row);
/** Whether line `index` holds nothing but more of the interval of the line right above it, `last`:
 * "F: 37 - 47" below "M: 40 - 54". */
int btx_is_step(const btx_reading_t *reading, const btx_table_t *table, int last, int index);
/** A label for a value that stands alone on its line; 0 where there is none beyond doubt. */
int btx_label_around(btx_reading_t *reading, btx_row_t *row);
/** The title in this line as the label of the one result of a table without names; 0 where it can
 * be none. */
int btx_label_title(btx_reading_t *reading, btx_row_t *row, int index);
/** "Result: 94 mg/dL" in line `index`, whose name is the known title in line `title` (or -1) above
 * it; 1, or 0 where it is none (titles.c). */
int btx_titled_read(btx_row_t *row, btx_reading_t *reading, int index, int title);

/** Copies what the row was found as (in scratch) to where rows are kept. */
void btx_row_keep(btx_row_t *row, apr_pool_t *pool);

/** Gives a row that was found without a unit or flag those that stand below its value in a tier of
 * their own (tiers.c). */
void btx_complete(const btx_reading_t *reading, btx_row_t *row, btx_found_t found);
/** Takes numbers with a day below them off the end of line `index`, where one number before them
 * has none: they are earlier results. */
void btx_strip_dated(btx_reading_t *reading, int index);

/** Results in stacks below the names of line `index` (stacks.c): how many, at most
 * BTX_MAX_STACKS; their lines are used then. */
int btx_stacks_read(btx_row_t *rows, btx_reading_t *reading, int index);

/** Two numbers of one name in line `index`, below the heading of `table` (or NULL): 2 rows for per
 * cent and count, 1 for the same in two units, or 0 (twins.c). */
int btx_twins_read(btx_row_t rows[2], const btx_reading_t *reading, const btx_table_t *table,
                   int index);

/** A result in words of an examination that has such, below the heading of `table` or NULL: 1, or 0
 * (texts.c). */
int btx_text_read(btx_row_t *row, const btx_reading_t *reading, const btx_table_t *table,
                  int index);
/** Whether line `index` has words behind the name of such an examination, read or not. */
int btx_text_is_there(const btx_reading_t *reading, const btx_table_t *table, int index);
/** Whether results of this name are told in words. */
int btx_is_finding(const btx_reading_t *reading, const char *label);

/** Results in one sentence, "Hb - 12.8 g/dl, TLC - 3,200 /cumm", that begins in line `index`
 * (sentences.c): how many, at most BTX_MAX_SENTENCE; its lines are used then.  -1: none, for they
 * may be of another day or specimen, or goals, which is noted. */
int btx_sentence_read(btx_row_t *rows, btx_reading_t *reading, int index);
/** Whether line `index` holds two or more such, read or not; the row is one of them. */
int btx_sentence_is_there(btx_row_t *row, const btx_reading_t *reading, int index);

/** Results of the newest day in a chart whose heading is line `index` (flow.c): how many, at most
 * BTX_MAX_COLUMNS; the lines of all days are used then. */
int btx_flow_read(btx_row_t *rows, btx_reading_t *reading, int index);

/** "Normal" beside a name, which judges a value that stands elsewhere. */
int btx_is_judgement(const btx_row_t *row);
/** How much speaks for the row being a result (accept.c): accept, doubt, or drop it. */
btx_found_t btx_judge_row(const btx_reading_t *reading, const btx_row_t *row);
/** Whether the unit can be one of the analyte's: a concentration, or one that the catalogue has for
 * it; "mg" alone is a dose. */
int btx_unit_fits(const btx_reading_t *reading, const btx_row_t *row);
/** Whether the sign beside the number may be its own: a minus where it can be below zero, or a "<"
 * or
 * ">" that does not say how it lies to its interval. */
int btx_is_sign_lost(const btx_reading_t *reading, const btx_row_t *row);
/** Note the line where it holds a known name and a number in another cell, or a finding, of which
 * no reader made a result; `table` may be NULL. */
void btx_note_unread(btx_reading_t *reading, const btx_table_t *table, int index);
/** Note a line that looks like a result. */
void btx_not_understood(btx_reading_t *reading, const btx_row_t *row, const char *reason);

/** Rows as observations with analyte, unit and code (assemble.c). */
void btx_assemble(btx_reading_t *reading);
/** Sex, age, dates and laboratory (patient.c). */
void btx_read_patient(btx_reading_t *reading);
/** Whether a page speaks of another patient than a page before it (persons.c). */
int btx_has_several_patients(const btx_reading_t *reading);

#endif
