/* Orders for the floors above and for the customer's page. */
#ifndef GUIJU_VIEWS_ORDER_H
#define GUIJU_VIEWS_ORDER_H

#include "views/view.h"

struct order_get_row;

/* The orders of a customer and of the buyer they are linked to, newest first; new reference. */
MUST_CHECK enum status order_list_json(struct read_ctx *r, struct str customer, struct str linked, i64 most, json_t **out);
/* "placed", "paid", … as people read it: 待付款, 已付款, …; the same text when it is none of them. */
const char *order_state_zh(struct str state);
/* All notes of an order in one text, oldest first, each on a line of its own: what 订单.成交 carries as 备注. */
MUST_CHECK enum status order_note_text(struct store *s, struct arena *a, struct str order, struct str *out, struct problem *p);

#endif
