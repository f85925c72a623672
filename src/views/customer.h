/* Customers: masking of their data, and how they are shown beside a conversation. */
#ifndef GUIJU_VIEWS_CUSTOMER_H
#define GUIJU_VIEWS_CUSTOMER_H

#include "views/view.h"

struct customer_get_row;

/* 138****2046; short numbers keep their last two digits. Empty stays empty. */
struct str customer_mask_phone(struct arena *a, struct str phone);
struct str customer_mask_address(struct arena *a, struct str address); /* 浙江省杭州市*** */
struct str customer_mask_id(struct arena *a, struct str id_number);    /* 3301**********1234 */
struct str customer_mask_email(struct arena *a, struct str email);     /* l***@example.com */
/* A name that is itself a phone number is masked too. */
struct str customer_show_name(struct arena *a, struct str name);
/* {id, name, initial, phone_masked, …}; new reference. */
json_t *customer_json(struct arena *a, const struct customer_get_row *row);
/* The same with visits, orders and what was spent, read from the store. */
MUST_CHECK enum status customer_full_json(struct read_ctx *r, const struct customer_get_row *row, json_t **out);
/* First character of the name, for the round picture. */
struct str customer_initial(struct str name);

#endif
