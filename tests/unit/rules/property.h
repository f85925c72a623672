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

enum { CLAUSES_MAX = 200, FACTS_MAX = 120, REQUESTS_MAX = 3 };

struct made_clause {
  struct str text; /* heading and block */
  bool on;
};
struct made_book {
  bool shipped;    /* a book as it stands: head is everything before its first heading with an id */
  bool hours;      /* the header names service hours */
  u64 changes;     /* shipped: which figures are others in the second version */
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

struct str fact_text(struct arena *a, const struct event *e);

/* ---- a book that is there, and logs of its own kinds of fact (property_shipped.c) ---- */
struct pool; /* every fact of every 例 of the book, with the people and words they name */
struct pool *pool_of(struct arena *a, const char *path);
void make_shipped(struct arena *a, struct random *r, const struct pool *pool, struct made_book *book, struct made_log *log);

/* ---- trials (property_run.c) ---- */
struct trial {
  u64 seed;
  struct made_book book;
  struct made_log log;
  i64 first_at;           /* the first version is in force from then on */
  bool second;            /* a second version comes into force on the way */
  i64 second_at;
  struct work_calendar calendar;
  i64 holidays[4], make_up[2];
  struct event *requests[REQUESTS_MAX]; /* asked of the gates when all is told, the first also on the way */
  size_t request_count;
  const char *planted;    /* a difference made on purpose: the reference keeps silent about lines that hold these words; NULL: none */
};
struct programs {
  const struct lang_program *plain[2], *formatted[2];
};
extern struct told_so_far { size_t books, refused, facts, lines, modes, forgot, read_again, restored, asked, answered[4]; } told_so_far;

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool programs_of(struct arena *a, const struct trial *t, struct programs *out, struct str *why);
struct str by_reference(struct arena *a, const struct trial *t, const struct programs *p, struct reference_result *result);
/* ---- requests (property_gate.c) ---- */
void make_requests(struct arena *a, struct random *r, struct trial *t);
/* The decision in words; text of the book where the reference has it. */
struct str decision_text(struct arena *a, const struct lang_program *program, const struct gate_decision *d);

/* NULL: all deliveries agree. Otherwise which does not, and what the two say. */
const char *disagreement(struct arena *a, const struct trial *t, bool count, struct str *mine, struct str *theirs);
/* Drop facts and clauses while they still disagree. */
void shrink(struct trial *t);
void show_failure(struct arena *a, const struct trial *t, const char *mode, struct str mine, struct str theirs);
/* Judge it all; a failure is made small and shown. False: they disagree. */
bool run_trial(struct arena *a, struct trial *t, bool loud);

#endif
