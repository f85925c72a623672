/* Shared by the rule tests: a book from text or file, facts by short lines, consequences as words. */
#ifndef GUIJU_TEST_RULES_SUPPORT_H
#define GUIJU_TEST_RULES_SUPPORT_H

#include "lang/diagnostic.h"
#include "rules/engine.h"
#include "rules/example.h"
#include "rules/vocabulary.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE = 8 * 3600 * 1000 };

struct str file_text(struct arena *a, const char *path);
/* Parsed and checked; fails the test on an error. */
const struct lang_program *book_of(struct arena *a, struct str source);
const struct lang_program *book_c14(struct arena *a);
/* A desk on one book, in force from 2026-03-01. */
struct desk {
  struct arena *a;
  const struct lang_program *program;
  struct engine *engine;
  i64 seq;
};
struct desk desk_new(struct arena *a, const struct lang_program *program);
void desk_free(struct desk *d);
i64 when(const char *text); /* "2026-03-05 10:00:00.001" in the desk's zone */
/* A fact from one JSON line body: desk_fact(&d, "2026-03-05 10:00:00", "会话.客户消息", "小王", "{\"会话\":\"一\"}"). Returns its id. */
struct str desk_fact(struct desk *d, const char *at, const char *kind, const char *actor, const char *data);
struct event *desk_event(struct desk *d, const char *at, const char *kind, const char *actor, const char *data);
void desk_until(struct desk *d, const char *at);
/* All live consequences, sorted, as "fine 小王 15.00 greeting; …"; "" when none. `types`: NULL all, else a word list. */
struct str desk_told(struct desk *d, const char *types);
struct str desk_told_of(struct desk *d, const char *types, const char *clause); /* of one heading only */
struct str desk_find(struct desk *d, const char *type, const char *subject); /* id of the first such consequence, "" */

/* Where engine_save writes an image; the caller frees p. */
struct bytes {
  char *p;
  size_t n, room;
};
enum status keep_bytes(void *ctx, const void *bytes, size_t n);

#endif
