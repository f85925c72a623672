/* The order of a book's settlements within one instant. */
#ifndef GUIJU_LANG_SETTLE_ORDER_H
#define GUIJU_LANG_SETTLE_ORDER_H

#include "lang/ast.h"

/* layer[i] for item i of the program (room for item_count): settlements of a lower layer run first; 0 for all others.
 * Returns one settlement of a circle (they read each other's results), NULL when there is an order. */
const struct lang_item *lang_settle_order(struct arena *a, const struct lang_program *p, u32 *layer);

#endif
