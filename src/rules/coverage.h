/* Which clauses of the inventory run, by evidence. docs/coverage.md says what counts for each `how`. */
#ifndef GUIJU_RULES_COVERAGE_H
#define GUIJU_RULES_COVERAGE_H

#include "lang/ast.h"

#include <jansson.h>

enum coverage_how { HOW_AUTO, HOW_GATE, HOW_TIMER, HOW_FORM, HOW_CHECK, HOW_TELL, HOW_COUNT };
const char *coverage_how_name(enum coverage_how how);

struct coverage_clause {
  struct str id;             /* "c14.22" */
  enum coverage_how how;
  struct str heading;        /* id of the heading that covers it, or "" */
  bool running;
  struct str why_zh, why_en; /* what is missing; empty when running */
};
struct coverage_book {
  struct str book;
  struct coverage_clause *clauses;
  size_t count, running;
  size_t by_how[HOW_COUNT], running_by_how[HOW_COUNT];
};

/* Judge one book of the inventory (text of clauses.tsv). `program` NULL: the book is not written yet, nothing runs. */
void coverage_judge(struct arena *a, struct str inventory, struct str book, const struct lang_program *program, struct coverage_book *out);
/* {"book","clauses","running","by_how":{"auto":{"clauses","running"},…},"missing":[ids]} */
json_t *coverage_json(const struct coverage_book *book);
/* Ids of the books of the inventory, in order. */
struct str *coverage_books(struct arena *a, struct str inventory, size_t *count);

#endif
