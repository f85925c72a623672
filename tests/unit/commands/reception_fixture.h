/* A desk with the nouns of reception, a small rulebook, four people and a clock that tests turn. */
#ifndef GUIJU_TEST_RECEPTION_FIXTURE_H
#define GUIJU_TEST_RECEPTION_FIXTURE_H

#include "commands/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON 1772676000000 /* 2026-03-05 10:00 in Shanghai */

struct shop {
  char directory[64], file[96];
  struct writer *writer;
  struct problem problem;
  struct arena *arena;
  i64 now_ms;
  i64 events[EVENT_KIND_COUNT]; /* how many of each kind were committed */
  struct actor owner, wang, li, clerk, leader; /* 部门经理, 客服 001 and 002, 制单员, 组长 */
};

/* Set up, book published, people joined; nobody is present yet. */
int shop_setup(void **state);
/* Before the first-run page. */
int shop_setup_empty(void **state);
int shop_teardown(void **state);
void shop_reopen(struct shop *f); /* a restart */
/* Runs a command or read and waits; `json` are the arguments. */
enum status shop_try(struct shop *f, const struct actor *who, const char *name, json_t *owned_args, json_t **result);
/* The same, must succeed; the result is a new reference. */
json_t *shop_do(struct shop *f, const struct actor *who, const char *name, json_t *owned_args);
/* Must fail with this status and problem key. */
void shop_refused(struct shop *f, const struct actor *who, const char *name, json_t *owned_args, enum status status, const char *key);
void shop_present(struct shop *f, const struct actor *who, const char *state);
/* A visitor with this token says something; returns the result. */
json_t *shop_says(struct shop *f, const char *token, const char *text);
/* Text of a member, "" when absent: "customer.name" walks. */
const char *text_of(const json_t *o, const char *path);
i64 int_of(const json_t *o, const char *path);
/* Folds the whole log anew and compares every view table. */
void shop_rebuilds_equal(struct shop *f);

#endif
