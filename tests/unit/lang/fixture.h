/* What the language's tests share: files, the test vocabulary, parsing in one line. */
#ifndef GUIJU_TEST_LANG_FIXTURE_H
#define GUIJU_TEST_LANG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lang/diagnostic.h"
#include "lang/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where tests/data is; given by the build. */
#ifndef TEST_DATA
#define TEST_DATA "tests/data"
#endif

static inline struct str fixture_read(struct arena *a, const char *name) {
  struct str path = arena_printf(a, "%s/%s", TEST_DATA, name);
  FILE *f = fopen(path.p, "rb");
  if (!f) return (struct str){NULL, 0};
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  char *p = arena_alloc(a, (size_t)size + 1);
  size_t n = fread(p, 1, (size_t)size, f);
  fclose(f);
  return (struct str){p, n};
}

static inline enum lang_type_kind fixture_type(struct str name) {
  for (int k = LT_TEXT; k <= LT_CASE; k++)
    if (str_eq(lang_type_en((enum lang_type_kind)k), name)) return (enum lang_type_kind)k;
  fail_msg("unknown type %.*s in the test vocabulary", STR_ARG(name));
  return LT_TEXT;
}

static inline size_t fixture_fields(struct arena *a, struct str text, struct lang_vocabulary_field **out) {
  struct lang_vocabulary_field *fields = ARENA_ARRAY(a, struct lang_vocabulary_field, 64);
  size_t n = 0;
  for (struct str rest = str_trim(text); rest.n && n < 64;) {
    struct str one = str_cut(rest, ' ', &rest), values, type, names = str_cut(one, ':', &type);
    type = str_cut(type, '=', &values);
    struct lang_vocabulary_field *f = &fields[n++];
    f->zh = str_cut(names, '/', &f->en);
    f->optional = str_ends(type, STR("?"));
    f->type = fixture_type(str_slice(type, 0, type.n - (f->optional ? 1 : 0)));
    if (!values.n) continue;
    struct str *words = ARENA_ARRAY(a, struct str, 64), *english = ARENA_ARRAY(a, struct str, 64);
    for (; values.n && f->value_count < 64; f->value_count++) {
      struct str both = str_cut(values, '|', &values);
      words[f->value_count] = str_cut(both, '/', &english[f->value_count]);
    }
    f->values = words;
    f->values_en = english;
  }
  *out = fields;
  return n;
}

static inline const struct lang_vocabulary *fixture_vocabulary(struct arena *a) {
  struct lang_vocabulary *v = ARENA_NEW(a, struct lang_vocabulary);
  struct lang_vocabulary_kind *kinds = ARENA_ARRAY(a, struct lang_vocabulary_kind, 256);
  struct lang_vocabulary_noun *nouns = ARENA_ARRAY(a, struct lang_vocabulary_noun, 64);
  struct str rest = fixture_read(a, "lang/vocabulary.tsv");
  assert_true(rest.n > 0);
  while (rest.n) {
    struct str line = str_cut(rest, '\n', &rest), zh, en, flags, fields;
    if (!line.n || line.p[0] == '#') continue;
    struct str what = str_cut(line, '\t', &zh);
    zh = str_cut(zh, '\t', &en);
    en = str_cut(en, '\t', &flags);
    flags = str_cut(flags, '\t', &fields);
    struct lang_vocabulary_field *list;
    size_t n = fixture_fields(a, fields, &list);
    if (str_is(what, "kind")) {
      kinds[v->kind_count++] = (struct lang_vocabulary_kind){zh, en, list, n, str_find(flags, STR("a"), 0) != SIZE_MAX, str_find(flags, STR("d"), 0) != SIZE_MAX};
    } else {
      nouns[v->noun_count++] = (struct lang_vocabulary_noun){zh, en, fixture_type(flags), list, n};
    }
  }
  v->kinds = kinds;
  v->nouns = nouns;
  return v;
}

struct fixture {
  struct arena *arena;
  struct lang_diagnostics d;
  struct lang_program *p;
  enum status status;
};
static inline void fixture_parse(struct fixture *f, struct str source) {
  f->arena = arena_new((size_t)512 * 1024 * 1024);
  lang_diagnostics_init(&f->d, f->arena);
  f->status = lang_parse(f->arena, source, &f->p, &f->d);
}
/* One block of rules without a heading. */
static inline void fixture_block(struct fixture *f, const char *rules) {
  char *text = malloc(strlen(rules) + 64);
  sprintf(text, "## 一 试 {#t}\n```guiju\n%s\n```\n", rules);
  fixture_parse(f, str_c(text));
  free(text);
}
static inline void fixture_check(struct fixture *f) {
  if (f->status == OK || f->status == E_INVALID) f->status = lang_check(f->arena, f->p, fixture_vocabulary(f->arena), &f->d);
}
static inline void fixture_free(struct fixture *f) { arena_free(f->arena); }
static inline bool fixture_has(const struct fixture *f, const char *key) {
  for (size_t i = 0; i < f->d.count; i++)
    if (str_is(f->d.items[i].key, key)) return true;
  return false;
}
static inline void fixture_print(const struct fixture *f) {
  struct buf b;
  buf_init(&b, 1 << 22);
  lang_diagnostics_text(&f->d, f->p->source, STR("book"), false, &b);
  fprintf(stderr, "%.*s", STR_ARG(buf_str(&b)));
  buf_release(&b);
}

#endif
