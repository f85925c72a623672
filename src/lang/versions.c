/* See versions.h. A rule is compared as people read it: its words without blanks, and the figures it names. */
#include "lang/versions.h"

#include "base/calendar.h"

#include <string.h>

static bool is_counted_kind(const struct lang_item *i) {
  return i->kind == LI_WHEN || i->kind == LI_MUST || i->kind == LI_EACH || i->kind == LI_FORBID || i->kind == LI_CHECKLIST || i->kind == LI_GATE;
}

const struct lang_item *lang_same_rule(const struct lang_program *program, const struct lang_item *item, const struct lang_program *other) {
  size_t place = 0, at = 0;
  struct str id = item->clause ? item->clause->id : STR("");
  for (size_t i = 0; i < program->item_count && program->items[i] != item; i++) {
    if (program->items[i]->clause == item->clause && program->items[i]->kind == item->kind) place++;
  }
  for (size_t i = 0; i < other->item_count; i++) {
    const struct lang_item *o = other->items[i];
    if (o->kind != item->kind || !str_eq(o->clause ? o->clause->id : STR(""), id)) continue;
    if (item->tag.n || o->tag.n ? str_eq(item->tag, o->tag) : at == place) return o;
    at++;
  }
  return NULL;
}

/* ---- reading a rule ---- */

struct reading {
  const struct lang_program *p;
  const struct lang_item *item;
  u32 at;
};

static bool in_transition(const struct reading *r, u32 at, u32 *end) {
  for (size_t i = 0; i < r->item->tail_count; i++) {
    const struct lang_tail *t = &r->item->tails[i];
    if (t->kind != LANG_TAIL_TRANSITION || at < t->at.from || at >= t->at.to) continue;
    *end = t->at.to;
    return true;
  }
  return false;
}

/* The next byte that counts; -1 at the end. */
static int next_byte(struct reading *r) {
  while (r->at < r->item->at.to) {
    u32 end;
    if (in_transition(r, r->at, &end)) {
      r->at = end;
      continue;
    }
    unsigned char c = (unsigned char)r->p->source.p[r->at];
    bool wide_space = r->item->at.to - r->at >= 3 && memcmp(r->p->source.p + r->at, "\xe3\x80\x80", 3) == 0;
    bool wide_stop = r->item->at.to - r->at >= 3 && memcmp(r->p->source.p + r->at, "\xef\xbc\x9b", 3) == 0; /* ； */
    if (wide_space || wide_stop) {
      r->at += 3;
      continue;
    }
    r->at++;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';') continue;
    return c;
  }
  return -1;
}

static bool figure_differs(const struct lang_program *a, const struct lang_figure *f, const struct lang_program *b) {
  const struct lang_figure *g = lang_find_figure(b, f->name.text);
  if (g == NULL || g->value_count != f->value_count) return true;
  for (size_t i = 0; i < f->value_count; i++) {
    if (f->values[i].from != g->values[i].from || !str_eq(lang_text(a, f->values[i].expr->at), lang_text(b, g->values[i].expr->at))) return true;
  }
  return false;
}

bool lang_rule_changed(const struct lang_program *a, const struct lang_item *x, const struct lang_program *b, const struct lang_item *y) {
  struct reading m = {a, x, x->at.from}, n = {b, y, y->at.from};
  for (;;) {
    int c = next_byte(&m), d = next_byte(&n);
    if (c != d) return true;
    if (c < 0) break;
  }
  struct str words = lang_text(a, x->at);
  for (size_t i = 0; i < a->item_count; i++) {
    if (a->items[i]->kind != LI_FIGURE || str_find(words, a->items[i]->figure->name.text, 0) == SIZE_MAX) continue;
    if (figure_differs(a, a->items[i]->figure, b)) return true;
  }
  return false;
}

/* ---- what it counts, and since when ---- */

struct windows {
  const struct lang_program *p;
  i64 date;
  bool counts, open;      /* open: some window holds days before and after the date */
  i64 first;              /* where the earliest open window begins; INT64_MIN: long ago */
};

static bool opens_today(enum lang_period period, const struct lang_program *p, i64 date) {
  struct civil c = civil_from_date(date);
  switch (period) {
    case LANG_DAY: case LANG_WORKING_DAY: return true;
    case LANG_WEEK: return weekday(date) == 1;
    case LANG_HALF_MONTH: return c.day == 1 || c.day == 16;
    case LANG_MONTH: case LANG_MONTH_END: return c.day == 1;
    case LANG_ATTENDANCE_MONTH: return c.day == (p->header && p->header->attendance_from > 1 ? p->header->attendance_from : 1);
    case LANG_QUARTER: case LANG_QUARTER_END: return c.day == 1 && (c.month - 1) % 3 == 0;
    case LANG_HALF_YEAR: return c.day == 1 && (c.month == 1 || c.month == 7);
    case LANG_YEAR: case LANG_YEAR_END: return c.day == 1 && c.month == 1;
    default: return false;
  }
}

static void look(struct windows *w, const struct lang_expr *x);

static void look_window(struct windows *w, const struct lang_expr *x) {
  if (x->kind == LX_PATH && x->path.count == 1) {
    const struct lang_figure *f = lang_find_figure(w->p, x->path.text);
    const struct lang_expr *held = f ? lang_figure_on(f, w->date) : NULL;
    if (held && held->kind == LX_WINDOW) look_window(w, held);
    return;
  }
  if (x->kind != LX_WINDOW || x->window == LANG_WINDOW_LAST) return;
  if (x->window == LANG_WINDOW_RECENT || x->window == LANG_WINDOW_CASE || !opens_today(x->period, w->p, w->date)) w->open = true;
}

static void look(struct windows *w, const struct lang_expr *x) {
  if (x == NULL) return;
  bool counting = x->kind == LX_CALL && (x->function == LF_ORDINAL || x->function == LF_COUNT || x->function == LF_STREAK || x->function == LF_DISTINCT);
  if (counting) {
    w->counts = true;
    for (size_t i = 0; i < x->arg_count; i++) look_window(w, x->args[i]);
  }
  look(w, x->a);
  look(w, x->b);
  look(w, x->c);
  for (size_t i = 0; i < x->arg_count; i++) look(w, x->args[i]);
}

static void look_acts(struct windows *w, const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) {
    look(w, acts->p[i].condition);
    look(w, acts->p[i].amount.from);
    look_acts(w, &acts->p[i].then);
    look_acts(w, &acts->p[i].otherwise);
  }
}

static void look_body(struct windows *w, const struct lang_body *b) {
  look_acts(w, &b->acts);
  for (size_t k = 0; b->tier && k < b->tier->column_count; k++) look(w, b->tier->columns[k]);
  for (size_t r = 0; b->tier && r < b->tier->row_count; r++) look_acts(w, &b->tier->rows[r].acts);
}

static void look_trigger(struct windows *w, const struct lang_trigger *t) {
  look(w, t->where);
  for (size_t i = 0; i < t->event_count; i++) look(w, t->events[i].where);
}

static struct windows windows_of(const struct lang_program *p, const struct lang_item *item, i64 date) {
  struct windows w = {.p = p, .date = date};
  if (item->kind == LI_WHEN) {
    look_trigger(&w, &item->when->trigger);
    look_body(&w, &item->when->body);
  }
  if (item->kind == LI_FORBID) look_trigger(&w, &item->forbid->trigger);
  if (item->kind == LI_MUST) look_trigger(&w, &item->must->trigger);
  for (size_t i = 0; i < item->tail_count; i++) {
    look_body(&w, &item->tails[i].body);
    look(&w, item->tails[i].condition);
  }
  return w;
}

static bool says_transition(const struct lang_item *item) {
  for (size_t i = 0; i < item->tail_count; i++) {
    if (item->tails[i].kind == LANG_TAIL_TRANSITION) return true;
  }
  return false;
}

/* Behind the last word of a rule, where its answer is written. */
static struct lang_span end_of(const struct lang_program *p, const struct lang_item *item) {
  struct lang_span s = item->at;
  while (s.to > s.from && strchr(" \t\r\n", p->source.p[s.to - 1])) s.to--;
  s.from = s.to;
  return s;
}

void lang_check_versions(const struct lang_program *before, const struct lang_program *next, i64 in_force, struct lang_diagnostics *d) {
  struct civil day = civil_from_date(in_force), eve = civil_from_date(in_force - 1);
  for (size_t i = 0; i < next->item_count; i++) {
    const struct lang_item *item = next->items[i];
    if (!is_counted_kind(item) || item->kind == LI_GATE || says_transition(item)) continue;
    const struct lang_item *old = lang_same_rule(next, item, before);
    if (old == NULL || !lang_rule_changed(before, old, next, item)) continue;
    struct windows was = windows_of(before, old, in_force), is = windows_of(next, item, in_force);
    if (!(was.counts && is.counts) || !(was.open || is.open)) continue;
    struct str id = item->tag.n ? item->tag : item->clause ? item->clause->id : STR("");
    struct lang_diagnostic *m = lang_diagnose(d, LANG_ERROR, item->at, "lang.transition_missing", "#%.*s 在计次期中间改了，没有写以前的次数算不算", "#%.*s changes in the middle of its counting window, and does not say whether the earlier times count",
                                              STR_ARG(id));
    lang_diagnostic_example(d, m, "%d 月 %d 日已有两次，%d 月 %d 日又一次：沿用是第三次，重新计是第一次", "two times by %d/%d and one more on %d/%d: the third when counts are kept, the first when they start afresh",
                            eve.month, eve.day, day.month, day.day);
    if (item->clause) m->clause = item->clause->id;
    struct lang_span end = end_of(next, item);
    bool row = end.from > item->at.from && next->source.p[end.from - 1] == '|';
    lang_diagnostic_fix(d, m, end, row ? STR("\n过渡 沿用次数") : STR("; 过渡 沿用次数"), "末尾写“过渡 沿用次数”：以前的接着数", "write “transition keep_counts”: earlier ones go on counting");
    lang_diagnostic_fix(d, m, end, row ? STR("\n过渡 重新计次") : STR("; 过渡 重新计次"), "末尾写“过渡 重新计次”：从施行那天从头数", "write “transition fresh_counts”: counting begins on the day in force");
  }
}
