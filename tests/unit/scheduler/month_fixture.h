/* The shop of book c14 on a real desk: owner, leader, supervisor, two agents, purchasing, administration; time moves when a test says so. */
#ifndef GUIJU_TEST_MONTH_FIXTURE_H
#define GUIJU_TEST_MONTH_FIXTURE_H

#include "commands/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct month {
  char directory[64], file[96];
  char snapshot[120]; /* "": the desk keeps none */
  struct writer *writer;
  struct problem problem;
  struct arena *arena, *parts;
  i64 now_ms;
  struct actor owner, leader, supervisor, wang, li, purchasing, office;
};

int month_setup(void **state);
int month_setup_carried(void **state); /* what is over the limit of deductions goes on to the next month */
int month_teardown(void **state);
void month_reopen(struct month *m);
struct writer_options month_options(struct month *m);
void month_open(struct month *m); /* after its writer was closed */
/* "2026-03-05 10:00:00" in Shanghai; deadlines in between pass. */
void month_at(struct month *m, const char *when);
i64 month_ms(const char *when);

enum status month_try(struct month *m, const struct actor *who, const char *name, json_t *owned_args, json_t **result);
json_t *month_do(struct month *m, const struct actor *who, const char *name, json_t *owned_args);
void month_run(struct month *m, const struct actor *who, const char *name, json_t *owned_args); /* do, result dropped */
void month_refused(struct month *m, const struct actor *who, const char *name, json_t *owned_args, enum status status, const char *key);
/* Walks "rows.0.net_fen"; NULL when absent. */
const json_t *at_path(const json_t *o, const char *path);
i64 int_at(const json_t *o, const char *path);
const char *text_at(const json_t *o, const char *path);
/* Publishes one person's shifts: words like "白班,夜班,休" from a date on. */
void month_roster(struct month *m, const char *from, const struct actor *who, const char *shifts);
/* A conversation that starts now with the customer's words and is given to the agent; its id lives in m->arena. */
struct str month_asks(struct month *m, const struct actor *agent, const char *visitor);
void month_answers(struct month *m, const struct actor *agent, struct str conversation);
/* The only slip of a person in a month with this clause that was not withdrawn; fails when there is not exactly one. New reference. */
json_t *month_slip(struct month *m, const struct actor *who, const char *month, const char *clause);

#endif
