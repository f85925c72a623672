/* Two derivations side by side: the words in which the reference and the engine are compared, and what the reference refuses. */
#include "rules/reference_parts.h"

#include <stdlib.h>

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
  if (c->ordinal) {
    number(b, "nth", c->ordinal);
    instant(b, "from", c->window_from_ms, zone);
    instant(b, "until", c->window_to_ms, zone);
  }
  buf_printf(b, " %s", consequence_seal_name(c->seal));
  word(b, "judged_by", c->judged_by);
  instant(b, "at", c->occurred_ms, zone);
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

/* ---- what is not covered ---- */

static struct str gap_expr(const struct lang_expr *x) {
  static const struct str none = {"", 0};
  struct str gap = none;
  if (x == NULL) return none;
  if (x->kind == LX_CALL) {
    switch (x->function) {
      case LF_STREAK: case LF_RANK: case LF_VIOLATED: case LF_TENURE: case LF_NEXT_SHIFT: case LF_DAY_WAGE: return x->path.text;
      default: break;
    }
  }
  const struct lang_expr *inner[] = {x->a, x->b, x->c};
  for (size_t i = 0; i < COUNT_OF(inner) && gap.n == 0; i++) gap = gap_expr(inner[i]);
  for (size_t i = 0; i < x->arg_count && gap.n == 0; i++) gap = gap_expr(x->args[i]);
  for (size_t i = 0; i < x->ranges.count && gap.n == 0; i++) {
    gap = gap_expr(x->ranges.p[i].lower);
    if (gap.n == 0) gap = gap_expr(x->ranges.p[i].upper);
  }
  return gap;
}

static struct str gap_tier(const struct lang_tier *t);

static struct str gap_acts(const struct lang_acts *acts) {
  struct str gap = {"", 0};
  for (size_t i = 0; i < acts->count && gap.n == 0; i++) {
    const struct lang_act *act = &acts->p[i];
    const struct lang_expr *parts[] = {act->amount.from, act->amount.to, act->step, act->cap, act->expr, act->condition};
    for (size_t k = 0; k < COUNT_OF(parts) && gap.n == 0; k++) gap = gap_expr(parts[k]);
    if (act->kind == LANG_WITHDRAW || act->kind == LANG_OPEN || act->kind == LANG_MOVE || act->kind == LANG_ASSIGN) gap = lang_act_zh(act->kind);
    if (gap.n == 0) gap = gap_acts(&act->then);
    if (gap.n == 0) gap = gap_acts(&act->otherwise);
  }
  return gap;
}

static struct str gap_tier(const struct lang_tier *t) {
  struct str gap = {"", 0};
  if (t == NULL) return gap;
  for (size_t i = 0; i < t->column_count && gap.n == 0; i++) gap = gap_expr(t->columns[i]);
  for (size_t i = 0; i < t->row_count && gap.n == 0; i++) {
    gap = gap_acts(&t->rows[i].acts);
    if (gap.n == 0) gap = gap_expr(t->rows[i].expr);
  }
  return gap;
}

static struct str gap_events(const struct lang_event *events, size_t count) {
  struct str gap = {"", 0};
  for (size_t i = 0; i < count && gap.n == 0; i++) gap = gap_expr(events[i].where);
  return gap;
}

static struct str gap_tails(const struct lang_item *item) {
  struct str gap = {"", 0};
  for (size_t i = 0; i < item->tail_count && gap.n == 0; i++) {
    const struct lang_tail *t = &item->tails[i];
    if (t->kind == LANG_TAIL_EXCEPTION && item->kind != LI_WHEN && item->kind != LI_MUST && item->kind != LI_FORBID) return STR("例外于");
    if (t->kind == LANG_TAIL_TRANSITION) return STR("过渡");
    gap = gap_acts(&t->body.acts);
    if (gap.n == 0) gap = gap_tier(t->body.tier);
    if (gap.n == 0) gap = gap_expr(t->condition);
    if (gap.n == 0) gap = gap_events(t->events, t->event_count);
  }
  return gap;
}

static struct str gap_due(const struct lang_due_options *o) {
  if (o->only.text.n) return STR("只计");
  if (o->extendable) return STR("可延期");
  return gap_expr(o->pause);
}

static struct str gap_item(const struct lang_item *item) {
  struct str gap = gap_tails(item);
  if (gap.n) return gap;
  switch (item->kind) {
    case LI_WORDS: return item->words->kind == LANG_PHRASES ? gap : lang_item_zh(item->kind);
    case LI_SCORE: case LI_SURVEY: return lang_item_zh(item->kind);
    case LI_WHEN:
      gap = gap_expr(item->when->trigger.where);
      if (gap.n == 0) gap = gap_events(item->when->trigger.events, item->when->trigger.event_count);
      if (gap.n == 0) gap = gap_acts(&item->when->body.acts);
      return gap.n ? gap : gap_tier(item->when->body.tier);
    case LI_MUST:
      gap = gap_due(&item->must->due.options);
      if (gap.n == 0) gap = gap_expr(item->must->due.span);
      return gap.n ? gap : gap_expr(item->must->due.moment);
    case LI_EACH: return item->each->due.options.past_holidays ? STR("遇休顺延") : gap_due(&item->each->due.options);
    case LI_LET: return item->let->tier ? gap_tier(item->let->tier) : gap_expr(item->let->expr);
    case LI_CASE:
      for (size_t i = 0; i < item->case_type->arrow_count; i++) {
        if (item->case_type->arrows[i].after) return STR("→ 时长 后");
      }
      for (size_t i = 0; i < item->case_type->field_count; i++) {
        if (item->case_type->fields[i].computed) return STR("字段 =");
      }
      return gap;
    case LI_CHECKLIST:
      for (size_t i = 0; i < item->checklist->row_count && gap.n == 0; i++) gap = gap_acts(&item->checklist->rows[i].acts);
      return gap;
    case LI_SETTLE:
      for (size_t i = 0; i < item->settle->statement_count && gap.n == 0; i++) {
        const struct lang_statement *s = &item->settle->statements[i];
        if (s->kind == LANG_STATEMENT_LET) gap = lang_item_zh(LI_LET);
        if (s->kind == LANG_STATEMENT_ACT) gap = gap_acts(&(struct lang_acts){s->act, 1});
        if (s->kind == LANG_STATEMENT_TIER) gap = gap_tier(s->tier);
      }
      return gap;
    default: return gap;
  }
}

struct str reference_gap(struct arena *a, const struct lang_program *program) {
  (void)a;
  for (size_t i = 0; i < program->item_count; i++) {
    struct str gap = gap_item(program->items[i]);
    if (gap.n) return gap;
  }
  return (struct str){"", 0};
}
