/* Who a customer is on each channel. */
#ifndef GUIJU_VIEWS_IDENTITY_H
#define GUIJU_VIEWS_IDENTITY_H

#include "views/view.h"

/* The form in which two spellings of one phone number or e-mail address are the same; kinds: email, phone, buyer. */
struct str identity_value(struct arena *a, struct str kind, struct str value);

#endif
