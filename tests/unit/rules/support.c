/* See support.h. */
#include "support.h"

struct str file_text(struct arena *a, const char *path) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  struct buf b;
  buf_init(&b, 16 << 20);
  char chunk[4096];
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(&b, (struct str){chunk, n});
  fclose(f);
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}

const struct lang_program *book_of(struct arena *a, struct str source) {
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *p;
  enum status parsed = lang_parse(a, source, &p, &d);
  enum status checked = lang_check(a, p, rules_vocabulary(a), &d);
  if (parsed != OK || checked != OK) {
    struct buf out;
    buf_init(&out, 1 << 20);
    lang_diagnostics_sort(&d);
    lang_diagnostics_text(&d, source, STR("book"), false, &out);
    print_error("%.*s\n", STR_ARG(buf_str(&out)));
    buf_release(&out);
    fail();
  }
  return p;
}

const struct lang_program *book_c14(struct arena *a) { return book_of(a, file_text(a, RULEBOOKS "/c14.md")); }

struct desk desk_new(struct arena *a, const struct lang_program *program) {
  struct desk d = {.a = a, .program = program, .engine = engine_new(ZONE, NULL)};
  struct problem p = {0};
  assert_int_equal(engine_publish(d.engine, program, when("2026-02-20 00:00:00"), when("2026-03-01 00:00:00"), &p), OK);
  return d;
}

void desk_free(struct desk *d) { engine_free(d->engine); }

i64 when(const char *text) {
  i64 at;
  assert_true(instant_parse(str_c(text), ZONE, &at));
  return at;
}

struct event *desk_event(struct desk *d, const char *at, const char *kind, const char *actor, const char *data) {
  struct problem p = {0};
  json_t *j = json_pack("{s:s, s:I, s:s, s:o}", "kind", kind, "at", (json_int_t)when(at), "by", actor, "data", json_loads(data, 0, NULL));
  assert_non_null(j);
  json_object_set_new(j, "id", json_sprintf("e%lld", (long long)++d->seq));
  struct event *e;
  if (event_from_json(d->a, j, ZONE, &e, &p) != OK) {
    print_error("%s\n%s\n", data, p.zh);
    fail();
  }
  e->seq = d->seq;
  json_decref(j);
  return e;
}

struct str desk_fact(struct desk *d, const char *at, const char *kind, const char *actor, const char *data) {
  struct event *e = desk_event(d, at, kind, actor, data);
  struct problem p = {0};
  if (engine_step(d->engine, e, NULL, &p) != OK) {
    print_error("%s\n", p.zh);
    fail();
  }
  return e->id;
}

void desk_until(struct desk *d, const char *at) { engine_advance(d->engine, when(at), NULL); }

struct told {
  struct arena *a;
  const char *types, *clause;
  struct str lines[512];
  size_t n;
};

static void tell(void *ctx, const struct consequence *c) {
  struct told *t = ctx;
  const char *type = consequence_type_name(c->type);
  if (t->types && strstr(t->types, type) == NULL) return;
  if (t->clause && !str_is(c->clause, t->clause)) return;
  assert_true(t->n < 512);
  struct str fen = money_text(t->a, c->fen);
  bool money = c->type <= C_CHARGE || c->type == C_PAY;
  struct str line = arena_printf(t->a, "%s %.*s", type, STR_ARG(c->subject));
  if (money) line = arena_printf(t->a, "%.*s %.*s", STR_ARG(line), STR_ARG(fen));
  if (c->fen_max > c->fen) line = arena_printf(t->a, "%.*s-%.*s", STR_ARG(line), STR_ARG(money_text(t->a, c->fen_max)));
  if (c->seal == SEAL_WAIVED) line = arena_printf(t->a, "%.*s waived", STR_ARG(line));
  t->lines[t->n++] = arena_printf(t->a, "%.*s %.*s", STR_ARG(line), STR_ARG(c->clause));
}

static int by_text(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

struct str desk_told(struct desk *d, const char *types) { return desk_told_of(d, types, NULL); }

struct str desk_told_of(struct desk *d, const char *types, const char *clause) {
  struct told *t = ARENA_NEW(d->a, struct told);
  t->a = d->a;
  t->types = types;
  t->clause = clause;
  engine_each_consequence(d->engine, tell, t);
  qsort(t->lines, t->n, sizeof *t->lines, by_text);
  struct str all = {"", 0};
  for (size_t i = 0; i < t->n; i++) all = arena_printf(d->a, "%.*s%s%.*s", STR_ARG(all), i ? "; " : "", STR_ARG(t->lines[i]));
  return all;
}

struct found {
  struct arena *a;
  const char *type, *subject;
  struct str id;
};

static void look(void *ctx, const struct consequence *c) {
  struct found *f = ctx;
  if (f->id.n == 0 && strcmp(consequence_type_name(c->type), f->type) == 0 && str_is(c->subject, f->subject)) f->id = arena_dup(f->a, c->id);
}

struct str desk_find(struct desk *d, const char *type, const char *subject) {
  struct found f = {d->a, type, subject, {"", 0}};
  engine_each_consequence(d->engine, look, &f);
  return f.id;
}

enum status keep_bytes(void *ctx, const void *bytes, size_t n) {
  struct bytes *b = ctx;
  if (b->n + n > b->room) {
    b->room = (b->n + n) * 2;
    b->p = realloc(b->p, b->room);
    assert_non_null(b->p);
  }
  memcpy(b->p + b->n, bytes, n);
  b->n += n;
  return OK;
}
