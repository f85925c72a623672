/* The draft of the next version of the rulebook (草稿), as pages and commands see it. */
#ifndef GUIJU_VIEWS_DRAFT_H
#define GUIJU_VIEWS_DRAFT_H

#include "views/view.h"

enum {
  DRAFT_EDITOR_SEEN_MS = 20000,  /* whoever was heard of in this time is at it */
  DRAFT_PAST_MOST = 20,
};

/* Who is at the draft: [{person, name, clause, at}]. New reference in *out. */
MUST_CHECK enum status draft_editors(struct store *s, struct arena *a, i64 now_ms, json_t **out, struct problem *p);
/* [{clause, revision, by_name, at}] */
MUST_CHECK enum status draft_clauses(struct store *s, struct arena *a, json_t **out, struct problem *p);

#endif
