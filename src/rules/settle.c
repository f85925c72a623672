/* 每 自然月 结 按 员工: at the end of the period, once for everybody who was employed in it, in the order of joining. */
#include "rules/parts.h"

#include <stdlib.h>

static void run_key(struct engine *e, const struct rule *r, sym person, sym word, u8 noun, i64 from, i64 to, i64 at, struct cons_list *collect) {
  struct env env = env_new(e, r->version, r, at, NONE);
  env.key = person;
  env.key_word = word;
  env.key_noun = noun;
  env.from = from;
  env.to = to;
  env.peek = collect != NULL;
  env.pending = collect;
  const struct lang_settle *s = r->item->settle;
  if (s->where && !eval_true(&env, s->where)) return;
  env.failed = false;
  for (size_t i = 0; i < s->statement_count; i++) {
    const struct lang_statement *st = &s->statements[i];
    u64 key = mix_str(mix(0, (u64)from), intern_str(&e->names, person));
    struct act_site site = site_new(&env, to, key);
    site.collect = collect;
    site.window[0] = from;
    site.window[1] = to;
    site.act_base = (u32)i * 100000;
    if (st->kind == LANG_STATEMENT_ACT) {
      struct lang_acts acts = {st->act, 1};
      act_run(&site, &acts);
    } else if (st->kind == LANG_STATEMENT_TIER) {
      struct lang_body body = {.tier = st->tier};
      act_run_body(&site, &body);
    }
    env.failed = false;
  }
}

static bool period_of(struct engine *e, const struct rule *r, i64 date, i64 *from, i64 *to) {
  const struct lang_recurs *recurs = &r->item->settle->recurs;
  if (recurs->count == 0 || recurs->p[0].kind != LANG_EVERY_PERIOD) return false;
  i64 first, end;
  period_bounds(e, r->version, recurs->p[0].period, date, &first, &end);
  *from = instant_at(first, 0, e->zone);
  *to = instant_at(end, 0, e->zone);
  return true;
}

static void run_person(struct engine *e, const struct rule *r, sym person, i64 from, i64 to, i64 at, struct cons_list *collect) {
  run_key(e, r, person, 0, N_PERSON, from, to, at, collect);
}

static void run_rule(struct engine *e, const struct rule *r, i64 from, i64 to, i64 at, struct cons_list *collect) {
  sym word;
  if (!settle_by_people(e, r, &word)) {
    struct keys keys = {0};
    settle_holders(e, word, from, to, &keys);
    for (u32 i = 0; i < keys.n; i++) run_key(e, r, intern_sym(&e->names, keys.p[i].s), word, keys.p[i].den ? (u8)keys.p[i].den : N_CUSTOMER, from, to, at, collect);
    VEC_FREE(keys);
    return;
  }
  for (u32 i = 0; i < e->s.people.n; i++) {
    const struct object p = e->s.objects.p[e->s.people.p[i]];
    if (!p.known || p.since >= to || (p.left && p.until <= from)) continue;
    run_person(e, r, p.id, from, to, at, collect);
  }
}

/* Settlements of a version begin with the period that holds `from`. */
void settle_begin(struct engine *e, const struct version *v, i64 from) {
  for (u32 i = 0; i < v->rule_count; i++) {
    const struct rule *r = &e->rules.p[v->first_rule + i];
    i64 start, end;
    if (r->type == R_SETTLE && period_of(e, r, instant_date(from, e->zone), &start, &end)) timer_add(e, end, T_SETTLE, r->index, r->stratum, 0);
  }
}

bool settle_ended(struct engine *e, const struct rule *r, i64 from, i64 now) {
  i64 start, end;
  return !period_of(e, r, instant_date(from, e->zone), &start, &end) || end <= now;
}

void settle_timer(struct engine *e, const struct timer *t) {
  const struct rule *r = &e->rules.p[t->a];
  i64 from, to, next_from, next_to;
  if (!period_of(e, r, instant_date(t->at - 1, e->zone), &from, &to)) return;
  const struct version *last = version_at(e, to - 1);
  if (last == r->version) run_rule(e, r, from, to, t->at, NULL);
  if (last != r->version && r->version->number < last->number) return; /* a newer version settles from now on */
  if (period_of(e, r, instant_date(t->at, e->zone), &next_from, &next_to)) timer_add(e, next_to, T_SETTLE, r->index, r->stratum, 0);
}

void engine_preview(struct engine *e, i64 date, i64 now_ms, void (*f)(void *ctx, const struct consequence *c), void *ctx) {
  arena_reset(e->scratch);
  const struct version *v = version_at(e, now_ms);
  if (v == NULL) return;
  struct cons_list list = {0};
  u32 layers = 1;
  for (u32 i = 0; i < layers * v->rule_count; i++) { /* layer by layer, as the month's end will */
    const struct rule *r = &e->rules.p[v->first_rule + i % v->rule_count];
    i64 from, to;
    if (r->stratum >= layers) layers = r->stratum + 1;
    if (r->stratum == i / v->rule_count && r->type == R_SETTLE && period_of(e, r, date, &from, &to)) run_rule(e, r, from, to, now_ms < to ? now_ms : to, &list);
  }
  for (u32 i = 0; i < list.n; i++) {
    arena_reset(e->words);
    struct consequence c;
    explain_consequence(e, e->words, &list.p[i], &c);
    f(ctx, &c);
  }
  free(list.p);
}

bool engine_wage_limit(struct engine *e, i64 date, i64 minimum_wage_fen, struct wage_limit *out) {
  const struct version *v = version_at(e, instant_at(date + 1, 0, e->zone) - 1);
  for (size_t i = 0; v && i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    const struct lang_limit *limit = item->kind == LI_LIMIT ? item->limit : NULL;
    for (size_t k = 0; item->kind == LI_SETTLE && k < item->settle->statement_count; k++) {
      if (item->settle->statements[k].kind == LANG_STATEMENT_LIMIT) limit = item->settle->statements[k].limit;
    }
    if (limit == NULL) continue;
    *out = (struct wage_limit){.share_num = 1, .share_den = 5, .minimum_fen = minimum_wage_fen, .carry_over = limit->carry};
    out->clause = item->clause ? item->clause->id : (struct str){"", 0};
    const struct lang_expr *x = limit->at_most; /* 应发 × 20% */
    const struct lang_expr *share = x && x->kind == LX_ARITH && x->op == '*' ? (x->b->kind == LX_LITERAL ? x->b : x->a) : NULL;
    if (share && share->kind == LX_PATH) { /* a figure */
      const struct lang_figure *f = lang_find_figure(v->program, share->path.text);
      share = f ? lang_figure_on(f, date) : NULL;
    }
    if (share && share->kind == LX_LITERAL && (share->value.type == V_RATIO || share->value.type == V_COUNT)) {
      out->share_num = share->value.i;
      out->share_den = share->value.type == V_RATIO ? share->value.den : 1;
    }
    const struct lang_expr *least = limit->keep_at_least;
    if (least && least->kind == LX_PATH) {
      const struct lang_figure *f = lang_find_figure(v->program, least->path.text);
      if (f) least = lang_figure_on(f, date);
    }
    if (least && least->kind == LX_LITERAL && least->value.type == V_MONEY) out->minimum_fen = least->value.i;
    return true;
  }
  return false;
}

static enum status measure_of(struct engine *e, struct arena *a, struct str name, struct str subject, i64 from_ms, i64 to_ms, struct value *out,
                              struct problem *p) {
  arena_reset(e->scratch);
  const struct version *v = version_at(e, to_ms > 0 ? to_ms - 1 : to_ms);
  const struct lang_let *let = v ? lang_find_let(v->program, name) : NULL;
  const struct lang_expr *column = NULL;
  for (size_t i = 0; v && let == NULL && i < v->program->item_count; i++) { /* a column of a report is a measure too */
    const struct lang_item *item = v->program->items[i];
    for (size_t k = 0; item->kind == LI_REPORT && k < item->report->column_count; k++) {
      if (str_eq(item->report->columns[k].name.text, name) && item->report->columns[k].expr) column = item->report->columns[k].expr;
    }
  }
  const struct lang_score *score = v && let == NULL && column == NULL ? score_of_name(v, name) : NULL; /* 积分: what is left */
  if (let == NULL && column == NULL && score == NULL) {
    return problem_set(p, E_NOT_FOUND, "rules.no_measure", "制度里没有量“%.*s”", "the rulebook has no measure \"%.*s\"", STR_ARG(name));
  }
  struct env env = env_new(e, v, NULL, to_ms, NONE);
  env.key = intern_sym(&e->names, subject);
  env.from = from_ms;
  env.to = to_ms;
  sym who = env.key;
  bool ok = let ? eval_let(&env, let, &who, who ? 1 : 0, out) : column ? eval(&env, column, out) : score_balance(&env, score, who, out);
  if (!ok) {
    return problem_set(p, E_INVALID, "rules.measure_failed", "算不出“%.*s”：%.*s", "cannot compute \"%.*s\": %.*s", STR_ARG(name), STR_ARG(env.why_zh));
  }
  if (out->s.n) out->s = arena_dup(a, out->s);
  return OK;
}

enum status engine_measure(struct engine *e, struct arena *a, struct str name, struct str subject, i64 from_ms, i64 to_ms, struct value *out,
                           struct problem *p) {
  e->asked = true;
  enum status status = measure_of(e, a, name, subject, from_ms, to_ms, out, p);
  e->asked = false;
  return status;
}
