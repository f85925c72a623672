/* Random rulebooks and random logs for the property tests: a book is text made from the grammar, clause by clause, so that the
 * parser, the checker and the formatter are exercised too; a log is facts at times that love boundaries. Both are lists from
 * which parts can be dropped, to make a failure small. Everything follows from one seed. */
#ifndef GUIJU_TEST_PROPERTY_H
#define GUIJU_TEST_PROPERTY_H

#include "support.h"

#include "rules/reference.h"

struct random {
  u64 state;
};
u64 random_next(struct random *r);
int random_below(struct random *r, int n);                 /* 0 … n - 1 */
static inline bool random_one_in(struct random *r, int n) { return random_below(r, n) == 0; }

enum { CLAUSES_MAX = 24, FACTS_MAX = 90 };

struct made_clause {
  struct str text; /* heading and block */
  bool on;
};
struct made_book {
  struct str head; /* header, roles, shifts, cases, figures */
  struct made_clause clauses[CLAUSES_MAX];
  size_t count;
};
/* A well-typed book; nearly all of them pass the checker. */
void make_book(struct arena *a, struct random *r, struct made_book *book);
struct str book_text(struct arena *a, const struct made_book *book, const char *version, bool changed_figures);

struct made_fact {
  struct event *event;
  struct str text; /* as a 例 writes it */
  bool on;
};
struct made_log {
  struct made_fact facts[FACTS_MAX];
  size_t count;
  i64 from, until;
};
/* Facts around the turn of a month, 29 February among them. `program` says which cases there are. */
void make_log(struct arena *a, struct random *r, struct made_log *log);
/* Opinions and appeals about consequences that the facts have: `known` are the reference's. */
void add_judgements(struct arena *a, struct random *r, struct made_log *log, const struct reference_result *known);

#endif
