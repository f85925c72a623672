/* The order list as marketplaces export it: columns by their Chinese names, one order per row (or several rows of one order).
 *
 * Known columns and their synonyms stand in order_list.c; others are ignored and named in the report. */
#ifndef GUIJU_CHANNELS_ORDER_LIST_H
#define GUIJU_CHANNELS_ORDER_LIST_H

#include "channels/text.h"

#include <jansson.h>

enum order_column {
  COLUMN_NO, COLUMN_BUYER, COLUMN_STATE, COLUMN_PAID_AMOUNT, COLUMN_DUE_AMOUNT, COLUMN_CREATED, COLUMN_PAID, COLUMN_CLOSED, COLUMN_GOODS, COLUMN_QUANTITY,
  COLUMN_PRICE, COLUMN_NOTE, COLUMN_FLAG, COLUMN_SPECIAL, COLUMN_PHONE, COLUMN_RECEIVER, COLUMN_ADDRESS, COLUMN_REFUND, COLUMN_COUNT
};

struct order_list {
  char separator;
  int at[COLUMN_COUNT];   /* field index, or -1 */
  size_t columns;
  json_t *ignored;        /* names of columns nobody reads; owned */
};

/* Is this record the heading? Then *list is filled. A heading that lacks needed columns is E_INVALID (import.columns) with
 * what is missing and what was found. */
bool order_list_is_heading(const struct text_record *record);
MUST_CHECK enum status order_list_heading(struct arena *a, const struct text_record *record, char separator, struct order_list *list, struct problem *p);
/* One row as commands/import.h wants it (new reference); NULL and *why when it cannot be understood. */
json_t *order_list_row(struct arena *a, const struct order_list *list, const struct text_record *record, i64 zone_offset_ms, struct problem *why);

#endif
