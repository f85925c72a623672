/* Points accounts (积分): what a person has left in a period. An account is not stored: it is the start of its period moved by
 * every 扣 and 加 of that person that stands, in order, held inside its floor and ceiling after each step. So a late fact,
 * a fact taken back or a deduction waived moves the balance by itself.
 *
 * What a settlement deducts belongs to the period it settles, not to the instant it runs at. A range that a role sets moves
 * nothing before it is set, then counts where it was booked; set after that month was sealed, it counts when it is set. A word (waiver, amount) about a movement that was already read is
 * remembered beyond the derivation, and everything is derived again with it. */
#include "rules/parts.h"

enum { START, FLOOR, CEILING, LIMITS };

const struct lang_score *score_of_name(const struct version *v, struct str name) {
  for (u32 i = 0; i < v->score_count; i++) {
    if (str_eq(v->scores[i]->name.text, name)) return v->scores[i];
  }
  return NULL;
}

sym score_account(struct engine *e, const struct version *v, const struct lang_act *act) {
  if (act->score.text.n) return intern_sym(&e->names, act->score.text);
  return v->score_count == 1 ? intern_sym(&e->names, v->scores[0]->name.text) : 0;
}

static u64 month_number(i64 date) {
  struct civil c = civil_from_date(date);
  return (u64)(c.year * 12 + c.month);
}

/* The instant at which it moves its account. */
static i64 booked_in(struct engine *e, const struct cons *c) {
  i64 at = e->rules.p[c->rule].type == R_SETTLE ? c->at - 1 : c->at;
  if (c->act == NULL || c->act->amount.to == NULL) return at;
  const u64 *said = table_get(&e->score_words, c->id), *sealed = said ? table_get(&e->seals, month_number(instant_date(at, e->zone))) : NULL;
  if (sealed == NULL) return at;
  i64 set = fact_of(e, (u32)(*said - 1))->at;
  return set > (i64)*sealed ? set : at;
}

static u64 account_key(sym item, sym person) { return (u64)item << 32 | person; }

/* The period of the account that holds an instant; all of time when it is never reset. */
static void period(struct engine *e, const struct version *v, const struct lang_score *s, i64 at, i64 *from, i64 *to) {
  *from = INT64_MIN;
  *to = INT64_MAX;
  const struct lang_recur *r = s->recurs.count ? &s->recurs.p[0] : NULL;
  if (r == NULL || r->kind != LANG_EVERY_PERIOD) return;
  i64 first, end;
  period_bounds(e, v, r->period, instant_date(at, e->zone), &first, &end);
  *from = instant_at(first, 0, e->zone);
  *to = instant_at(end, 0, e->zone);
}

/* Start, floor and ceiling as the figures stand on the first day of the period. */
static bool limits(struct env *env, const struct lang_score *s, i64 from, i64 out[LIMITS], bool has[LIMITS]) {
  const struct lang_expr *x[LIMITS] = {s->start, s->floor, s->ceiling};
  struct env at = env_new(env->e, env->v, NULL, from == INT64_MIN ? env->now : from, NONE);
  for (int i = 0; i < LIMITS; i++) {
    struct value v;
    has[i] = x[i] != NULL;
    out[i] = 0;
    if (!has[i]) continue;
    if (!eval(&at, x[i], &v) || v.type != V_POINTS) return env_fail(env, "积分的起数或上下限不是分数：", "start, floor or ceiling is not points:", s->name.text);
    i64 den = v.den > 0 ? v.den : 1;
    if (ratio_round(v.i, den, 1, ROUND_HALF_UP, &out[i]) != OK) return env_fail(env, "积分溢出：", "points overflow:", s->name.text);
  }
  return true;
}

/* The points by which a consequence moves its account now: 0 when it was waived or nobody has set the amount yet. */
static i64 moves_by(struct engine *e, const struct cons *c) {
  if (!c->live) return 0;
  u64 *said = table_get(&e->score_words, c->id);
  if (said == NULL) return c->seal == SEAL_WAIVED || c->seal == SEAL_OPEN ? 0 : c->points;
  struct cons then = *c;
  cons_verdict(e, &then, (u32)(*said - 1));
  return then.seal == SEAL_WAIVED || then.seal == SEAL_OPEN ? 0 : then.points;
}

static i64 held(i64 balance, const i64 limit[LIMITS], const bool has[LIMITS]) {
  if (has[FLOOR] && balance < limit[FLOOR]) balance = limit[FLOOR];
  if (has[CEILING] && balance > limit[CEILING]) balance = limit[CEILING];
  return balance;
}

struct account {
  const struct lang_score *score;
  sym item, person;
  i64 at;              /* the instant whose period is meant */
  u32 until;           /* cons: stop before this movement; NONE: none */
  bool peek;           /* only to show: nothing is judged by it */
};

/* Movements of the account in the period of `at`, oldest first; up to and including `at`. */
static u32 *movements(struct env *env, const struct account *a, i64 from, i64 to, u32 *count) {
  struct engine *e = env->e;
  u64 *last = table_get(&e->s.score_last, account_key(a->item, a->person));
  u32 n = 0;
  for (u32 i = last ? (u32)*last : 0; i; i = e->s.cons.p[i - 1].score_prev) n++;
  u32 *list = ARENA_ARRAY(e->scratch, u32, n + 1), kept = n;
  for (u32 i = last ? (u32)*last : 0; i; i = e->s.cons.p[i - 1].score_prev) {
    const struct cons *c = &e->s.cons.p[i - 1];
    i64 at = booked_in(e, c);
    if (at < from || at >= to || at > a->at) continue;
    u32 place = --kept; /* one set late stands where it counts */
    for (; place + 1 < n && booked_in(e, &e->s.cons.p[list[place + 1]]) < at; place++) list[place] = list[place + 1];
    list[place] = i - 1;
  }
  *count = n - kept;
  return list + kept;
}

static bool fold(struct env *env, const struct account *a, i64 *balance) {
  struct engine *e = env->e;
  i64 from, to, limit[LIMITS];
  bool has[LIMITS];
  period(e, env->v, a->score, a->at, &from, &to);
  if (!limits(env, a->score, from, limit, has)) return false;
  *balance = held(limit[START], limit, has);
  u32 n;
  u32 *list = movements(env, a, from, to, &n);
  for (u32 i = 0; i < n; i++) {
    if (list[i] == a->until) return true;
    i64 by = moves_by(e, &e->s.cons.p[list[i]]);
    if (__builtin_add_overflow(*balance, by, balance)) return env_fail(env, "积分溢出：", "points overflow:", a->score->name.text);
    *balance = held(*balance, limit, has);
  }
  for (u32 i = 0; env->pending && i < env->pending->n; i++) { /* a preview: what this settlement would move */
    const struct cons *c = &env->pending->p[i];
    i64 at = booked_in(e, c);
    if (c->type != C_SCORE || c->item != a->item || c->subject != a->person || c->seal == SEAL_OPEN || at < from || at >= to) continue;
    if (__builtin_add_overflow(*balance, c->points, balance)) return env_fail(env, "积分溢出：", "points overflow:", a->score->name.text);
    *balance = held(*balance, limit, has);
  }
  if (a->peek) return true;
  u64 *read = table_at(&e->s.score_read, account_key(a->item, a->person), NULL);
  if (*read == 0 || (i64)*read < a->at) *read = (u64)a->at;
  return true;
}

bool score_balance(struct env *env, const struct lang_score *s, sym person, struct value *out) {
  if (person == 0) return env_fail(env, "不知道是谁的积分：", "whose points are meant is not known:", s->name.text);
  struct account a = {.score = s, .item = intern_sym(&env->e->names, s->name.text), .person = person, .until = NONE};
  a.at = env->to && env->to != INT64_MAX && env->to <= env->now ? env->to - 1 : env->now;
  i64 balance;
  if (!fold(env, &a, &balance)) return false;
  *out = value_int(V_POINTS, balance);
  return true;
}

void score_link(struct engine *e, u32 cons) {
  struct cons *c = &e->s.cons.p[cons];
  if (c->type != C_SCORE || c->item == 0 || c->subject == 0 || c->score_linked) return;
  u64 *last = table_at(&e->s.score_last, account_key(c->item, c->subject), NULL);
  c->score_prev = (u32)*last;
  c->score_linked = true;
  *last = (u64)cons + 1;
}

bool score_around(struct engine *e, const struct cons *c, bool peek, i64 *before, i64 *after) {
  const struct version *v = e->rules.p[c->rule].version;
  const struct lang_score *s = c->item ? score_of_name(v, intern_str(&e->names, c->item)) : NULL;
  if (s == NULL || c->subject == 0) return false;
  struct env env = env_new(e, v, NULL, c->at, NONE);
  u64 *index = table_get(&e->s.cons_of, c->id);
  struct account a = {.score = s, .item = c->item, .person = c->subject, .at = booked_in(e, c), .until = index ? (u32)*index - 1 : NONE, .peek = peek};
  if (!fold(&env, &a, before)) return false;
  i64 from, to, limit[LIMITS];
  bool has[LIMITS];
  period(e, v, s, a.at, &from, &to);
  if (!limits(&env, s, from, limit, has)) return false;
  if (__builtin_add_overflow(*before, index ? moves_by(e, c) : c->points, after)) return false;
  *after = held(*after, limit, has);
  return true;
}

void score_judged(struct engine *e, const struct cons *before, u32 ref) {
  if (before->type != C_SCORE || !before->live || fact_of(e, ref)->kind == EVENT_ledger_appealed) return;
  i64 was = moves_by(e, before);
  u64 *said = table_at(&e->score_words, before->id, NULL);
  if (*said && fact_compare(e, (u32)(*said - 1), ref) >= 0) return; /* a later word is already known */
  *said = (u64)ref + 1;
  if (moves_by(e, before) == was) return;
  u64 *read = table_get(&e->s.score_read, account_key(before->item, before->subject));
  i64 at = booked_in(e, before);
  if (read == NULL || (i64)*read < at) return;
  e->dirty = true;
  dirty_since(e, at < before->at - 1 ? at : before->at - 1);
}

void score_sealed(struct engine *e, u32 ref) {
  struct value month = fact_named(e, ref, intern_sym(&e->names, STR("期间")));
  i64 first;
  if (month.type != V_TEXT || !date_parse(arena_printf(e->scratch, "%.*s-01", STR_ARG(month.s)), &first)) return;
  bool fresh;
  u64 *at = table_at(&e->seals, month_number(first), &fresh);
  i64 now = fact_of(e, ref)->at;
  if (!fresh && (i64)*at <= now) return;
  *at = (u64)now;
  if (e->score_words.n == 0) return;
  e->dirty = true; /* a word that came after it was taken for one that came before */
  dirty_since(e, INT64_MIN);
}

void score_movements(struct engine *e, const struct version *v, const struct lang_score *s, sym person, i64 at, void (*f)(void *ctx, const struct cons *c), void *ctx) {
  struct env env = env_new(e, v, NULL, at, NONE);
  struct account a = {.score = s, .item = intern_sym(&e->names, s->name.text), .person = person, .at = at, .until = NONE};
  i64 from, to;
  period(e, v, s, at, &from, &to);
  u32 n;
  u32 *list = movements(&env, &a, from, to, &n);
  for (u32 i = 0; i < n; i++) {
    if (moves_by(e, &e->s.cons.p[list[i]])) f(ctx, &e->s.cons.p[list[i]]);
  }
}

void engine_each_account(struct engine *e, struct str person, i64 at_ms, void (*f)(void *ctx, const struct points_account *a), void *ctx) {
  arena_reset(e->scratch);
  const struct version *v = version_at(e, at_ms);
  for (u32 i = 0; v && i < v->score_count; i++) {
    const struct lang_score *s = v->scores[i];
    struct env env = env_new(e, v, NULL, at_ms, NONE);
    struct account a = {.score = s, .item = intern_sym(&e->names, s->name.text), .person = intern_sym(&e->names, person), .at = at_ms, .until = NONE, .peek = true};
    struct points_account out = {.name = s->name.text};
    i64 from, to, limit[LIMITS];
    bool has[LIMITS];
    period(e, v, s, at_ms, &from, &to);
    if (a.person == 0 || !limits(&env, s, from, limit, has) || !fold(&env, &a, &out.left)) continue;
    out.start = held(limit[START], limit, has);
    f(ctx, &out);
  }
}
