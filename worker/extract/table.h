/* SPDX-License-Identifier: Apache-2.0
 * Tables: which columns the heading of a table names and where they stand, and rows read with them
 * or by shape alone.
 */
#ifndef BTX_TABLE_H
#define BTX_TABLE_H

#include "tokens.h"

enum { BTX_MAX_COLUMNS = 24, BTX_MAX_GROUPS = 6 };

typedef enum {
    BTX_COL_NONE,
    BTX_COL_LABEL,
    BTX_COL_VALUE,
    BTX_COL_UNIT,
    BTX_COL_REFERENCE,
    BTX_COL_FLAG,
    BTX_COL_LOW,
    BTX_COL_HIGH,
    BTX_COL_PREVIOUS,
    BTX_COL_IGNORE,
    BTX_COL_NORMAL,
    BTX_COL_ABNORMAL,
    BTX_COL_ANTIBIOTIC,
    BTX_COL_FOREIGN /* prices and times: of no table of results */
} btx_column_kind_t;

typedef struct btx_column_t {
    btx_column_kind_t kind;
    double x0, x1;           /* of its heading */
    int group;               /* tables side by side: 0, 1, … */
    int is_headed;           /* something stands over it, known or not */
    double head_x0, head_x1; /* where that stands; the column below may be wider */
    int date[2];             /* of its heading, day first and month first, in an order; 0: none */
    const char *unit;        /* in its heading, perhaps in brackets; or NULL */
    int is_day;              /* headed by a day alone */
    int is_abnormal;         /* its heading says so: results that are, not marks of them */
    btx_column_kind_t again; /* of what is ignored: what it repeats in other units */
} btx_column_t;

typedef struct btx_table_t {
    btx_column_t column[BTX_MAX_COLUMNS];
    int n;
    int n_groups;
    double split[BTX_MAX_GROUPS]; /* left edge of each group */
    int page;                     /* of the heading */
    int is_mirrored;              /* written from right to left: the names stand at its right */
    int n_rows;                   /* read with it so far */
    double value_x0, value_x1,
        value_right; /* of the last value read: left edge, middle, right edge */
} btx_table_t;

/** The heading of a table at lines[index]: how many lines it takes, 0 where it is none. */
int btx_table_read(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines, int index,
                   apr_pool_t *pool);
/** Whether the line is little else than column words of at least two kinds. */
int btx_is_heading(const btx_scan_t *scan, const btx_line_t *line);
/** Whether the line is the heading of a table of other things: antibiotics, prices, tubes. */
int btx_is_foreign_heading(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line);
/** The column words of one cell of a heading, as columns of the table; returns how many of its
 * words are none. */
int btx_heading_cell(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line,
                     const btx_cell_t *cell);
/** Whether the cell begins with a number. */
int btx_begins_with_number(const btx_scan_t *scan, const btx_line_t *line, const btx_cell_t *cell);
/** "Out of" over "range": the cells of lines[index], each with the words that stand right under it;
 * 0 where they make no heading of two lines (joins.c). */
int btx_join_below(btx_line_t *joined, const btx_scan_t *scan, const btx_lines_t *lines, int index,
                   apr_pool_t *pool);
/** The same with cells that stand half a line above and below it. */
int btx_join_around(btx_line_t *joined, const btx_scan_t *scan, const btx_lines_t *lines, int index,
                    apr_pool_t *pool);
/** A column in its place from left to right; one too many is dropped. */
void btx_table_insert(btx_table_t *table, const btx_column_t *column);
/** The days over the columns of the heading at lines[index], or in lines around it (days.c): how
 * many lines below it belong to it. */
int btx_days_settle(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines,
                    int index);
/** "Lab 88121": the number of a request, over the results of its day. */
int btx_is_request(const btx_scan_t *scan, const btx_line_t *line, const btx_cell_t *cell);
/** What the columns are beside each other (settle.c): where the values are, before it is known
 * whether they make a table, and which of them are groups, once they do. */
void btx_settle_kinds(btx_table_t *table, const btx_scan_t *scan);
void btx_settle_groups(btx_table_t *table);
/** Settle by the lines from `first` what the heading left open: where columns stand, and what those
 * without a known heading hold (profile.c). */
void btx_table_profile(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines,
                       int first);
/** The column of this group at [x0, x1]: that which overlaps most, else the nearest; -1 where there
 * is none. */
int btx_table_at(const btx_table_t *table, int group, double x0, double x1);
/** The unit in the heading of the column without its brackets, or NULL. */
const char *btx_column_unit(const btx_column_t *column, apr_pool_t *pool);
/** The same where it overlaps, else NULL. */
const btx_column_t *btx_table_over(const btx_table_t *table, int group, double x0, double x1);
/** Whether the heading that was read of the line is one of names and normal values alone. */
int btx_table_is_normal(const btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line);
/** Whether the group has a column of this kind. */
int btx_table_has(const btx_table_t *table, int group, btx_column_kind_t kind);

/* A row that was read. */
typedef struct btx_row_t {
    const char *label, *value, *unit, *reference, *flag;
    btx_number_t number;
    const char *word; /* qualitative meaning, or NULL */
    const char *sign; /* beside the number, perhaps its own; or NULL */
    bt_interval_t interval;
    int has_interval;   /* numbers understood */
    int has_label_mark; /* ':' or '=' behind the label */
    int has_gap;        /* the value stands apart from the label */
    int is_bold;
    int n_above;  /* rows without columns right above whose values stand where this one does */
    int is_whole; /* no line around it can belong to it */
    int line;     /* index */
    int label_first, label_end;
    bt_box_t box, label_box;
    double value_x0, value_x1;
    const btx_table_t *table; /* NULL: read by shape */
    int group;
    double confidence;
    const char *reason; /* "" or why not certain */
} btx_row_t;

typedef enum { BTX_NO_ROW, BTX_ROW, BTX_DOUBTFUL, BTX_VALUE_ONLY } btx_found_t;

/** Words [range[0], range[1]) of the line as a row of row->table and row->group, which the caller
 * sets. */
btx_found_t btx_row_by_table(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                             const int range[2], apr_pool_t *pool);
/** Words [first, end) as label, value, unit, interval in any order that shapes alone make certain.
 */
btx_found_t btx_row_by_shape(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                             const int range[2], apr_pool_t *pool);

/** Choose among tokens that have columns (picks.c). */
btx_found_t btx_pick_by_columns(btx_row_t *row, const btx_scan_t *scan, const btx_table_t *table,
                                const btx_line_t *line, btx_tokens_t *tokens, apr_pool_t *pool);
/** An empty row. */
void btx_row_start(btx_row_t *row);
/** The interval of a sentence without the brackets and the word before it: "(Normal: 4 - 10)" is "4
 * - 10". */
const char *btx_bare_interval(const char *text, apr_pool_t *pool);
/** "+", "--": above, below, or only that nothing is printed. */
int btx_is_sign(const btx_token_t *token);
/** A sign is the flag of the row where number and interval agree with it. */
void btx_fill_sign(btx_row_t *row, const btx_token_t *sign);
/** Put the token into the row as its value. */
void btx_fill_value(btx_row_t *row, const btx_token_t *value, const btx_line_t *line);
/** The unit glued or joined to an interval ("40-65%", "13 - 17 g/dL"), NULL where there is none. */
const char *btx_tail_unit(const btx_scan_t *scan, const char *text, apr_pool_t *pool);
/** "8 - 10 /hpf" as a value of a row without a unit: the span and its unit. */
void btx_split_span(btx_row_t *row, const btx_scan_t *scan, apr_pool_t *pool);
/** Choose among tokens by shape: each kind at most once, nothing left over (shapes.c). */
btx_found_t btx_pick_by_shape(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                              btx_tokens_t *tokens, apr_pool_t *pool);

/** Keep the places of the words for men and women, where lines[index] is a heading with one of
 * each; of a heading of a table (so many lines, else 0) also those of the line above (pairs.c). */
void btx_sexes_note(btx_scan_t *scan, const btx_lines_t *lines, int index, int heading);
/** Take the interval of the other sex out of the tokens of a row below such a heading. */
void btx_sexes_choose(btx_tokens_t *tokens, const btx_scan_t *scan, const btx_line_t *line);
/** Two intervals in a row that say different things, with nothing between them to tell which holds:
 * text of the reference column, and no interval. */
void btx_spoil_pairs(btx_tokens_t *tokens, const btx_scan_t *scan, const btx_table_t *table,
                     int group);

/** The label without marks at its ends; NULL where words [first, end) cannot be a label. */
const char *btx_label_clean(const btx_scan_t *scan, const btx_line_t *line, int first, int end,
                            apr_pool_t *pool);
/** Whether words [first, end) hold a number that could be a result: then what stands behind them
 * need not be theirs. */
int btx_label_holds_value(const btx_scan_t *scan, const btx_line_t *line, int first, int end);
/** Whether the cell is a known name with a number in it or behind it: the begin of the next result,
 * though some names ("INR", "Cl") can be units. */
int btx_is_next_name(const btx_scan_t *scan, const btx_line_t *line, int cell);

#endif
