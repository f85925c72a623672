/* Looking over periods and people: 连续 (how many periods in a row, ending now) and 名次 (which place among the people of the
 * settlement). A streak breaks at a period in which the person was not employed for a single day; periods before the first
 * known fact are not counted. Whoever has no value (a mean of nothing) has no place. Places are worked out once for
 * everybody and kept until another fact is judged. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

enum { STREAK_MAX = 2000 };

/* ---- employment ---- */

void spell_begin(struct engine *e, u32 person, i64 at) {
  u32 last = e->s.objects.p[person].spells;
  if (last && e->s.spells.p[last - 1].to == INT64_MAX) return; /* said twice */
  *VEC_PUSH(e->s.spells) = (struct spell){.from = at, .to = INT64_MAX, .next = last};
  e->s.objects.p[person].spells = e->s.spells.n;
}

void spell_end(struct engine *e, u32 person, i64 at) {
  u32 last = e->s.objects.p[person].spells;
  if (last && e->s.spells.p[last - 1].to == INT64_MAX) e->s.spells.p[last - 1].to = at;
}

/* Employed at some instant of [from, to). Somebody whose joining nobody recorded counts from the first fact on. */
bool person_employed_in(struct engine *e, sym id, i64 from, i64 to) {
  u32 p = object_find(e, N_PERSON, id);
  u32 spell = p == NONE ? 0 : e->s.objects.p[p].spells;
  if (spell == 0) return to > e->s.first_at;
  for (; spell; spell = e->s.spells.p[spell - 1].next) {
    if (e->s.spells.p[spell - 1].from < to && e->s.spells.p[spell - 1].to > from) return true;
  }
  return false;
}

/* ---- whose ---- */

static sym whose(struct env *env) {
  if (env->key) return env->key;
  if (env->bearer) return env->bearer;
  return env->fact != NONE ? fact_person(env->e, env->fact) : 0;
}

static bool named_person(struct env *env, const struct lang_expr *x, sym *who) {
  struct value v;
  if (!eval(env, x, &v)) return false;
  if (v.type != V_REF && v.type != V_TEXT) return env_fail(env, "不知道是谁：", "it is not known who this is:", x->path.text);
  *who = intern_sym(&env->e->names, v.s);
  return true;
}

/* ---- 连续 ---- */

static bool holds_in(struct env *env, const struct lang_expr *cond, sym person, i64 from, i64 to, bool *holds) {
  struct env inner = *env;
  inner.key = inner.params[0] = person;
  inner.from = from;
  inner.to = to;
  inner.now = to < env->now ? to : env->now;
  *holds = eval_true(&inner, cond);
  if (inner.failed && !env->failed) {
    env->failed = true;
    env->why_zh = inner.why_zh;
    env->why_en = inner.why_en;
  }
  return !env->failed;
}

/* 过渡 重新计次: what was before does not count. */
static i64 counted_from(const struct env *env) { return env->rule ? env->rule->count_from : INT64_MIN; }

static bool calendar_streak(struct env *env, const struct lang_expr *x, sym person, i64 *count) {
  struct engine *e = env->e;
  enum lang_period period = x->args[1]->period;
  i64 date = instant_date(env->to && env->to <= env->now ? env->to - 1 : env->now, e->zone);
  for (*count = 0; *count < STREAK_MAX;) {
    i64 first, end;
    if (period == LANG_WORKING_DAY) { /* days off neither count nor break */
      struct problem p = {0};
      bool work = true;
      struct work_calendar calendar = working_days(e);
      if (work_calendar_is_workday(&calendar, date, &work, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
      if (!work) {
        if (instant_at(date, 0, e->zone) < e->s.first_at) return true;
        date--;
        continue;
      }
    }
    period_bounds(e, env->v, period, date, &first, &end);
    i64 from = instant_at(first, 0, e->zone), to = instant_at(end, 0, e->zone);
    bool holds;
    i64 since = counted_from(env);
    if (to <= e->s.first_at || to <= since || !person_employed_in(e, person, from, to)) return true;
    if (!holds_in(env, x->args[0], person, from < since ? since : from, to, &holds)) return false;
    if (!holds) return true;
    ++*count;
    date = first - 1;
  }
  return true;
}

/* Shifts the person worked or should have worked, from the last one that has begun; one on granted leave is no shift of theirs. */
static bool shift_streak(struct env *env, const struct lang_expr *x, sym person, i64 *count) {
  struct engine *e = env->e;
  i64 before = INT64_MAX, at = env->to && env->to <= env->now ? env->to - 1 : env->now;
  for (*count = 0; *count < STREAK_MAX;) {
    u32 best = NONE, p = object_find(e, N_PERSON, person);
    for (u32 s = p == NONE ? 0 : e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
      const struct shift *shift = &e->s.shifts.p[s - 1];
      if (shift->gone || shift->from > at || shift->from >= before) continue;
      if (best == NONE || shift->from > e->s.shifts.p[best].from) best = s - 1;
    }
    if (best == NONE) return true;
    const struct shift shift = e->s.shifts.p[best];
    before = shift.from;
    if (person_on_leave(e, person, shift.from)) continue;
    bool holds;
    i64 from = instant_at(shift.date, 0, e->zone); /* what belongs to a shift belongs to the day it starts on */
    i64 to = shift.to > from + MS_DAY ? shift.to + 1 : from + MS_DAY;
    i64 since = counted_from(env);
    if (!person_employed_in(e, person, shift.from, shift.to) || to <= since) return true;
    if (!holds_in(env, x->args[0], person, from < since ? since : from, to, &holds)) return false;
    if (!holds) return true;
    ++*count;
  }
  return true;
}

bool eval_streak(struct env *env, const struct lang_expr *x, struct value *out) {
  if (x->arg_count < 2) return env_fail(env, "连续什么、按什么期间，要写明", "what, and over which periods, must be written", (struct str){"", 0});
  sym person = whose(env);
  if (x->arg_count > 2 && !named_person(env, x->args[2], &person)) return false;
  if (person == 0) return env_fail(env, "不知道是谁连续", "whose streak it is is not known", (struct str){"", 0});
  const struct lang_expr *period = x->args[1];
  i64 count = 0;
  bool shifts = period->kind == LX_PATH && (str_is(period->path.text, "班次") || str_is(period->path.text, "shift"));
  if (!shifts && (period->kind != LX_WINDOW || period->window != LANG_WINDOW_EACH)) {
    return env_fail(env, "不是期间：", "not a period:", period->path.text);
  }
  if (!(shifts ? shift_streak(env, x, person, &count) : calendar_streak(env, x, person, &count))) return false;
  *out = value_int(V_COUNT, count);
  return true;
}

/* ---- 名次 ---- */

struct placed {
  sym person;
  u64 group;
  struct value value;
  i64 place;
  u32 order; /* of joining */
};
struct ranking {
  struct placed *p;
  u32 n;
};

void rankings_forget(struct engine *e) {
  for (u32 i = 0; i < e->rankings.n; i++) free(e->rankings.p[i].p);
  e->rankings.n = 0;
  table_clear(&e->ranking_of);
}

static bool is_word(const struct lang_expr *x, const char *zh, const char *en) {
  return x->kind == LX_PATH && x->path.count == 1 && (str_is(x->path.text, zh) || str_is(x->path.text, en));
}

static int by_group_and_value(const void *x, const void *y) {
  const struct placed *a = x, *b = y;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  int order = 0;
  if (value_compare(&a->value, &b->value, &order) == OK && order) return order;
  return a->order < b->order ? -1 : a->order > b->order;
}

static bool place_value(struct env *env, const struct lang_expr *x, struct placed *one, bool *counts) {
  const struct lang_item *item = env->rule && env->rule->type == R_SETTLE ? env->rule->item : NULL;
  struct env inner = *env;
  inner.key = inner.params[0] = one->person;
  *counts = true;
  if (item && item->settle->where) *counts = eval_true(&inner, item->settle->where);
  if (*counts && eval(&inner, x->args[0], &one->value)) *counts = one->value.type != V_ABSENT;
  for (size_t i = 3; *counts && i < x->arg_count; i++) {
    struct value v;
    if (!eval(&inner, x->args[i], &v)) break;
    one->group = v.type == V_TEXT || v.type == V_REF ? mix_str(one->group, v.s) : mix(mix(one->group, v.type), (u64)v.i);
  }
  if (!inner.failed) return true;
  env->failed = true;
  env->why_zh = inner.why_zh;
  env->why_en = inner.why_en;
  return false;
}

static bool work_out(struct env *env, const struct lang_expr *x, i64 from, i64 to, struct ranking *r) {
  struct engine *e = env->e;
  bool down = is_word(x->args[1], "从高到低", "highest_first"), close_up = is_word(x->args[2], "并列顺延", "ties_in_turn");
  u32 people = e->s.people.n;
  r->p = calloc(people + 1, sizeof *r->p);
  BUG_IF(r->p == NULL);
  for (u32 i = 0; i < people; i++) {
    const struct object *o = &e->s.objects.p[e->s.people.p[i]];
    if (!o->known || !person_employed_in(e, o->id, from, to)) continue;
    struct placed one = {.person = o->id, .group = 1, .order = i};
    bool counts;
    if (!place_value(env, x, &one, &counts)) return false;
    if (counts) r->p[r->n++] = one;
  }
  for (u32 i = 1; i < r->n; i++) { /* one kind of quantity, or there is no order */
    int order;
    if (value_compare(&r->p[0].value, &r->p[i].value, &order) != OK) return env_fail(env, "排名次的不是同一种量", "what is ranked is of different kinds", (struct str){"", 0});
  }
  qsort(r->p, r->n, sizeof *r->p, by_group_and_value);
  for (u32 start = 0; start < r->n;) {
    u32 end = start;
    while (end < r->n && r->p[end].group == r->p[start].group) end++;
    i64 place = 0;
    for (u32 k = 0; k < end - start; k++) {
      u32 at = down ? end - 1 - k : start + k, former = down ? at + 1 : at - 1;
      int order = 1;
      if (k && value_compare(&r->p[at].value, &r->p[former].value, &order) != OK) order = 1;
      if (k == 0 || order) place = close_up ? place + 1 : (i64)k + 1;
      r->p[at].place = place;
    }
    start = end;
  }
  return true;
}

bool eval_rank(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  if (x->arg_count < 3) return env_fail(env, "名次要写明从高到低还是从低到高、并列怎么算", "a rank must say which end is first and what ties do", (struct str){"", 0});
  i64 from = env->to ? env->from : env->now, to = env->to ? env->to : env->now + 1;
  if (e->ranking_stamp != e->s.stamp) rankings_forget(e);
  e->ranking_stamp = e->s.stamp;
  bool fresh;
  u64 key = mix(mix(mix((u64)(uintptr_t)x, (u64)from), (u64)to), (u64)(uintptr_t)env->rule) | 1;
  u64 *at = table_at(&e->ranking_of, key, &fresh);
  if (fresh) {
    struct ranking r = {0};
    if (!work_out(env, x, from, to, &r)) {
      free(r.p);
      rankings_forget(e);
      return false;
    }
    *VEC_PUSH(e->rankings) = (struct rankings_of){.p = r.p, .n = r.n};
    at = table_at(&e->ranking_of, key, NULL); /* a measure inside may have made one of its own */
    *at = e->rankings.n;
  }
  const struct rankings_of *all = &e->rankings.p[*at - 1];
  sym person = whose(env);
  *out = value_absent();
  for (u32 i = 0; i < all->n; i++) {
    const struct placed *one = (const struct placed *)all->p + i;
    if (one->person == person) *out = value_int(V_COUNT, one->place);
  }
  return true;
}
