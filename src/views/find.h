/* The search over what was said. The index follows the messages by slices (find_catch_up): what came last is looked at directly. */
#ifndef GUIJU_VIEWS_FIND_H
#define GUIJU_VIEWS_FIND_H

#include "views/view.h"

/* A message's text became another, or went: its words leave the index, the new ones (none for "") go in. Does nothing for a
 * message that is not indexed yet. `at_ms`, `by` and `customer` as they were and stay. */
struct find_change {
  i64 seq, at_ms;
  struct str by, customer, old_text, new_text;
};
MUST_CHECK enum status find_change_text(struct store *s, struct arena *a, const struct find_change *c, struct problem *p);

/* How long the index is asked as a whole (0: by blocks at once), and how long a page of blocks may take (0: one block a page). Tests set
 * them; the program does not. */
struct find_limits {
  i64 whole_ms, page_ms;
};
extern struct find_limits find_limits;

#endif
