/* Two derivations side by side: the words in which the reference and the engine are compared. */
#include "rules/reference_parts.h"

#include <stdlib.h>
#include <string.h>

static void word(struct buf *b, const char *name, struct str s) {
  if (s.n) buf_printf(b, " %s=%.*s", name, STR_ARG(s));
}

static void number(struct buf *b, const char *name, i64 n) {
  if (n) buf_printf(b, " %s=%lld", name, (long long)n);
}

static void instant(struct buf *b, const char *name, i64 at, i64 zone) {
  if (at <= INT64_MIN / 2 || at >= INT64_MAX / 2) {
    buf_printf(b, " %s=ever", name);
    return;
  }
  struct civil c = civil_from_date(instant_date(at, zone));
  i64 t = instant_time_of_day(at, zone);
  buf_printf(b, " %s=%04d-%02d-%02d %02d:%02d:%02d.%03d", name, c.year, c.month, c.day, (int)(t / MS_HOUR), (int)(t / MS_MINUTE % 60), (int)(t / MS_SECOND % 60),
             (int)(t % 1000));
}

static int by_time(const void *x, const void *y) {
  const struct evidence *a = *(const struct evidence *const *)x, *b = *(const struct evidence *const *)y;
  if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
  int role = strcmp(a->role, b->role);
  return role ? role : str_compare(a->event_id, b->event_id);
}

/* [start e3] [deadline 2028-03-01 10:00:30.000] [stop e4] */
static void evidence(struct buf *b, const struct consequence *c, i64 zone) {
  const struct evidence **sorted = malloc((c->evidence_count + 1) * sizeof *sorted);
  BUG_IF(sorted == NULL);
  for (size_t i = 0; i < c->evidence_count; i++) sorted[i] = &c->evidence[i];
  if (c->evidence_count) qsort(sorted, c->evidence_count, sizeof *sorted, by_time);
  for (size_t i = 0; i < c->evidence_count; i++) {
    buf_printf(b, " [%s", sorted[i]->role);
    if (sorted[i]->event_id.n) buf_printf(b, " %.*s", STR_ARG(sorted[i]->event_id));
    else instant(b, "at", sorted[i]->at_ms, zone);
    buf_byte(b, ']');
  }
  free(sorted);
}

void reference_write_consequence(struct buf *b, const struct consequence *c, i64 zone) {
  buf_printf(b, "%.*s %s", STR_ARG(c->id), consequence_type_name(c->type));
  word(b, "clause", c->clause);
  word(b, "tag", c->tag);
  word(b, "version", c->version);
  word(b, "subject", c->subject);
  word(b, "object", c->object);
  word(b, "item", c->item);
  word(b, "account", c->account);
  number(b, "fen", c->fen);
  if (c->fen_max != c->fen) number(b, "to", c->fen_max);
  number(b, "points", c->points);
  word(b, "decided_by", c->decided_by);
  word(b, "args", c->args);
  if (c->noted) buf_addc(b, " noted");
  if (c->ordinal) {
    number(b, "nth", c->ordinal);
    instant(b, "from", c->window_from_ms, zone);
    instant(b, "until", c->window_to_ms, zone);
  }
  buf_printf(b, " %s", consequence_seal_name(c->seal));
  word(b, "judged_by", c->judged_by);
  instant(b, "at", c->occurred_ms, zone);
  word(b, "trigger", c->trigger);
  word(b, "cause", c->cause);
  evidence(b, c, zone);
  buf_byte(b, '\n');
}

void reference_write_clock(struct buf *b, const struct rule_clock *c, i64 zone) {
  buf_printf(b, "%.*s clock %s", STR_ARG(c->id), clock_state_name(c->state));
  word(b, "clause", c->clause);
  word(b, "tag", c->tag);
  word(b, "version", c->version);
  word(b, "bearer", c->bearer);
  word(b, "object", c->object);
  number(b, "paused", c->paused_ms);
  if (c->need != 1) number(b, "need", c->need);
  number(b, "done", c->done);
  instant(b, "started", c->started_ms, zone);
  instant(b, "due", c->due_ms, zone);
  buf_byte(b, '\n');
}

struct str reference_text(struct arena *a, const struct reference_result *r, i64 zone) {
  struct buf b;
  buf_init(&b, 64 << 20);
  for (size_t i = 0; i < r->consequence_count; i++) reference_write_consequence(&b, &r->consequences[i], zone);
  for (size_t i = 0; i < r->clock_count; i++) reference_write_clock(&b, &r->clocks[i], zone);
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}

struct lines {
  struct arena *a;
  i64 zone;
  LIST_OF(struct str) all;
};

static void add_line(struct lines *l, struct buf *b) {
  ADD(l->a, l->all) = arena_buf(l->a, b);
  buf_release(b);
}

static void consequence_line(void *ctx, const struct consequence *c) {
  struct lines *l = ctx;
  struct buf b;
  buf_init(&b, 1 << 16);
  reference_write_consequence(&b, c, l->zone);
  add_line(l, &b);
}

static void clock_line(void *ctx, const struct rule_clock *c) {
  struct lines *l = ctx;
  struct buf b;
  buf_init(&b, 1 << 16);
  reference_write_clock(&b, c, l->zone);
  add_line(l, &b);
}

static int by_text(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

struct str reference_text_of_engine(struct arena *a, struct engine *e, i64 zone) {
  struct lines l = {.a = a, .zone = zone};
  struct buf b;
  engine_each_consequence(e, consequence_line, &l);
  if (l.all.n) qsort(l.all.p, l.all.n, sizeof *l.all.p, by_text);
  size_t consequences = l.all.n;
  engine_each_clock(e, clock_line, &l);
  if (l.all.n > consequences) qsort(l.all.p + consequences, l.all.n - consequences, sizeof *l.all.p, by_text);
  buf_init(&b, 64 << 20);
  for (size_t i = 0; i < l.all.n; i++) buf_add(&b, l.all.p[i]);
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}
