/* See backdate.h. What counts for a person is kept in classes that are not traded against each other: money of a month does not
 * make good for a disciplinary mark. */
#include "rules/backdate.h"

#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

enum measure { M_MONEY, M_POINTS, M_MARKS, M_OPEN, M_COUNT }; /* fen, 1/100, discipline and dismissal, left to a person */

struct line {
  sym person;
  i64 month;              /* first day */
  i64 sum[2][M_COUNT];
};
struct sums {
  struct engine *e;
  struct table at;        /* person, month -> line + 1 */
  VEC(struct line) lines;
};

static struct line *line_of(struct sums *s, sym person, i64 month) {
  u64 *at = table_at(&s->at, mix(mix(1, person), (u64)month), NULL);
  if (*at == 0) {
    *VEC_PUSH(s->lines) = (struct line){.person = person, .month = month};
    *at = s->lines.n;
  }
  return &s->lines.p[*at - 1];
}

/* The worst it may come to: a range that is not set yet counts with its upper end. */
static void add(struct sums *s, struct engine *from, const struct cons *c, int side) {
  if (!c->live || c->seal == SEAL_WAIVED || c->type == C_CHARGE) return;
  struct str person = intern_str(&from->names, c->subject);
  i64 at = from->rules.p[c->rule].type == R_SETTLE ? c->at - 1 : c->at;
  struct line *l = line_of(s, intern_sym(&s->e->names, person), month_start(instant_date(at, from->zone)));
  i64 *sum = l->sum[side];
  switch (c->type) {
    case C_FINE: case C_COMPENSATE: sum[M_MONEY] -= c->fen_max > c->fen ? c->fen_max : c->fen; break;
    case C_REWARD: case C_PAY: sum[M_MONEY] += c->fen; break;
    case C_SCORE: sum[M_POINTS] += c->points; break;
    case C_DISCIPLINE: case C_PROPOSE: sum[M_MARKS] -= 1; break;
    case C_MANUAL: sum[M_OPEN] -= 1; break;
    default: break;
  }
}

static void add_all(struct sums *s, struct engine *from, int side) {
  for (u32 i = 0; i < from->s.cons.n; i++) add(s, from, &from->s.cons.p[i], side);
}

static struct engine *feed(struct engine *e, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct problem *p) {
  struct engine *out = engine_new(e->zone, e->calendar);
  struct arena *a = arena_new((size_t)64 << 20);
  enum status status = OK;
  for (u32 i = 0; i < e->versions.n && status == OK; i++) {
    const struct version *v = e->versions.p[i];
    status = engine_publish(out, v->program, v->published_ms, v->in_force_ms, p);
  }
  if (status == OK) status = engine_publish(out, program, published_ms, in_force_ms, p);
  for (u32 i = 0; i < e->order.n && status == OK; i++) {
    if (e->order.p[i] == NONE) continue;
    arena_reset(a);
    status = engine_enter(out, fact_event(e, a, e->order.p[i]), NULL, p);
  }
  if (status == OK && e->s.started) engine_advance(out, e->s.now, NULL);
  arena_free(a);
  if (status == OK) return out;
  engine_free(out);
  return NULL;
}

static enum status say_who(struct engine *e, const struct line *l, struct problem *p) {
  struct arena *a = e->scratch;
  const char *who = arena_cstr(a, intern_str(&e->names, person_shown(e, l->person)));
  struct civil c = civil_from_date(l->month);
  for (int m = 0; m < M_COUNT; m++) {
    i64 by = l->sum[0][m] - l->sum[1][m];
    if (by <= 0) continue;
    struct value v = m == M_MONEY ? value_int(V_MONEY, by) : m == M_POINTS ? value_int(V_POINTS, by) : value_int(V_COUNT, by);
    static const char *const zh[M_COUNT] = {"会少 ", "会少 ", "会多受处分（次数）", "会多出要人判断的事（件数）"};
    static const char *const en[M_COUNT] = {"less money: ", "fewer points: ", "more disciplinary measures: ", "more left to a person to decide: "};
    return problem_set(p, E_REFUSED, "rulebook.backdated", "新版不能往前施行：%s 在 %d 年 %d 月%s%s%.0s%.0s。对每个人都不更差的改动，才可以往前施行",
                       "The version cannot reach back: %s would have in %d-%02d%.0s%.0s %s%s. Only a change by which nobody loses may reach back", who, (int)c.year, (int)c.month, zh[m],
                       arena_cstr(a, value_show(a, &v, false, e->zone)), en[m], arena_cstr(a, value_show(a, &v, true, e->zone)));
  }
  return OK;
}

enum status backdate_try(struct engine *e, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct backdate *out, struct problem *p) {
  *out = (struct backdate){0};
  if (e->lean) return problem_set(p, E_INVALID, "rulebook.no_facts", "没有留下事实，算不出往前施行会怎样", "the facts are not kept, so reaching back cannot be tried");
  if (e->forgotten) forget_missed(e);
  if (e->forgotten) return problem_set(p, E_CONFLICT, "rules.past", "要先把以前的事重新读出来", "what is past has to be read again first");
  struct engine *next = feed(e, program, published_ms, in_force_ms, p);
  if (next == NULL) return p && p->status != OK ? p->status : E_INVALID;
  struct sums s = {.e = e};
  add_all(&s, e, 0);
  add_all(&s, next, 1);
  engine_free(next);
  enum status status = OK;
  arena_reset(e->scratch);
  for (u32 i = 0; i < s.lines.n; i++) {
    const struct line *l = &s.lines.p[i];
    bool worse = false, better = false;
    for (int m = 0; m < M_COUNT; m++) {
      worse |= l->sum[1][m] < l->sum[0][m];
      better |= l->sum[1][m] > l->sum[0][m];
    }
    out->better += better && !worse;
    out->worse += worse;
    if (worse && status == OK) status = say_who(e, l, p);
  }
  table_clear(&s.at);
  VEC_FREE(s.lines);
  return status;
}
