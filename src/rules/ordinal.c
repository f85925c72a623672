/* 次序: the how-many-eth a trigger is, among this rule's live triggers of the same keys in the window (S9).
 *
 * In a window of the calendar a counter for rule, keys and window start gives the answer at once. A rolling window (近 12个月) and a
 * rule that changed from one version to the next (过渡) have no such counter: there the triggers of rule and keys are walked
 * back as far as the window, or the restart, reaches. Both hang on the same list, so a version may change the window. */
#include "rules/slice.h"

struct counting {
  i64 from, to;
  u64 keys;
  bool rolls;
};

static bool rolls(struct env *env, const struct lang_expr *x) {
  if (x->kind == LX_WINDOW) return x->window == LANG_WINDOW_RECENT;
  if (x->kind != LX_PATH || x->path.count != 1) return false;
  const struct path_info *info = path_of(env->v, env->e, x);
  const struct lang_expr *held = info->figure ? lang_figure_on(info->figure, instant_date(env->now, env->e->zone)) : NULL;
  return held && held->kind == LX_WINDOW && held->window == LANG_WINDOW_RECENT;
}

static bool read_arguments(struct env *env, const struct lang_expr *x, struct counting *c) {
  for (size_t i = 0; i < x->arg_count; i++) {
    i64 a, b;
    struct value v;
    if (eval_window(env, x->args[i], &a, &b)) {
      c->from = a;
      c->to = b;
      c->rolls = rolls(env, x->args[i]);
      continue;
    }
    if (!eval(env, x->args[i], &v)) return false;
    if (v.type == V_ABSENT) return env_fail(env, "不知道是谁的第几次：缺少", "whose turn it is is not known: missing", x->args[i]->path.text);
    c->keys = v.type == V_TEXT || v.type == V_REF ? mix_str(c->keys, v.s) : mix(c->keys, (u64)v.i);
  }
  return true;
}

/* Triggers of the list inside the window; *own: the one that asks, when it is among them already (its place then comes back). */
static u32 walk(struct engine *e, u32 last, i64 from, u32 anchor, u32 *own) {
  u32 before = 0, place = 0;
  *own = 0;
  for (u32 rank = last; rank; rank = e->s.ranks.p[rank - 1].former) {
    const struct rank *r = &e->s.ranks.p[rank - 1];
    if (r->at < from) break;
    before++;
    if (r->fact == anchor && *own == 0) {
      *own = rank;
      place = before;
    }
  }
  return *own ? before - place + 1 : before;
}

static u32 counted(struct engine *e, u32 last, u32 count, u32 anchor, u32 *own) {
  *own = 0;
  for (u32 rank = last, nth = count; rank; rank = e->s.ranks.p[rank - 1].prev, nth--) {
    if (e->s.ranks.p[rank - 1].fact != anchor) continue;
    *own = rank;
    return nth;
  }
  return count;
}

bool eval_ordinal(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  const struct rule *r = env->rule;
  struct counting c = {.from = INT64_MIN, .to = INT64_MAX};
  if (!read_arguments(env, x, &c)) return false;
  if (r && r->count_from > c.from) c.from = r->count_from;
  u64 all = mix(r ? r->ident : 0, c.keys);
  bool walks = c.rolls || (r && r->recount);
  if (e->slice && walks) slice_escape(e, "a rank that is walked");
  else if (e->slice) slice_rank(e, env, c.from);
  u64 chain = *table_at(&e->s.counters, mix(all, 0x6c6c61), NULL);
  u64 counter = *table_at(&e->s.counters, mix(all, (u64)c.from), NULL);
  bool first = env->ordinal && *env->ordinal == 0, give = first && !env->peek;
  u32 own = 0, count = walks ? walk(e, (u32)chain, c.from, env->anchor, &own) : (u32)(counter >> 32);
  if (first && e->again && !walks) count = counted(e, (u32)counter, count, env->anchor, &own); /* the fact had its rank the first time */
  if (own && e->again) {
    if (env->rank) *env->rank = own;
  } else {
    count++;
  }
  if (give && !(own && e->again)) {
    u32 prev = walks ? (u32)chain : (u32)counter;
    u64 before = prev ? e->s.ranks.p[prev - 1].chain : 0;
    *VEC_PUSH(e->s.ranks) = (struct rank){.fact = env->anchor, .prev = prev, .former = (u32)chain, .at = env->now,
                                          .chain = mix(before, env->anchor == NONE ? 0 : fact_identity(e, env->anchor))};
    u32 rank = e->s.ranks.n;
    *table_at(&e->s.counters, mix(all, 0x6c6c61), NULL) = rank;
    *table_at(&e->s.counters, mix(all, (u64)c.from), NULL) = (u64)((u32)(counter >> 32) + 1) << 32 | rank;
    if (env->rank) *env->rank = rank;
    e->used = true;
  } else if (env->ordinal && *env->ordinal) {
    count = (u32)*env->ordinal; /* the same trigger asks again */
  }
  if (env->ordinal) *env->ordinal = count;
  if (env->window) {
    env->window[0] = c.from;
    env->window[1] = c.to;
  }
  *out = value_int(V_COUNT, count);
  return true;
}
