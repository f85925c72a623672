/* The reference's points accounts (积分). What a person has left is the start of the period, moved by every 扣 and 加 that stands,
 * in the order in which they are booked, held inside floor and ceiling after each. What people said about a movement counts from its
 * booking on, whenever they said it; a range moves nothing until it is set, and, set after its month was sealed, counts from then on. */
#include "rules/reference_parts.h"

#include <stdlib.h>

const struct lang_score *ref_score_named(const struct lang_program *program, struct str name) {
  for (size_t i = 0; program && i < program->item_count; i++) {
    if (program->items[i]->kind == LI_SCORE && str_eq(program->items[i]->score->name.text, name)) return program->items[i]->score;
  }
  return NULL;
}

/* The account an act names; the only one of the book; else none. */
struct str ref_score_account(const struct lang_program *program, const struct lang_act *act) {
  struct str only = {"", 0};
  size_t n = 0;
  if (act->score.text.n) return act->score.text;
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind != LI_SCORE) continue;
    only = program->items[i]->score->name.text;
    n++;
  }
  return n == 1 ? only : (struct str){"", 0};
}

static i64 sealed_at(struct ref *r, i64 date, bool *sealed) {
  struct civil c = civil_from_date(date);
  struct str month = arena_printf(r->a, "%04d-%02d", c.year, c.month);
  i64 at = INT64_MAX;
  *sealed = false;
  for (size_t i = 0; i < r->given_count; i++) { /* also one that lies ahead */
    const struct ref_fact *f = r->given[i];
    struct value v = f->kind == EVENT_ledger_month_sealed ? ref_field(f, "期间") : value_absent();
    if (v.type != V_TEXT || !str_eq(v.s, month) || f->at >= at) continue;
    at = f->at;
    *sealed = true;
  }
  return at;
}

/* The instant at which it moves its account: what a settlement takes belongs to the period it settles. */
static i64 moves_at(struct ref *r, const struct ref_cons *c) {
  i64 at = c->rule->type == RR_SETTLE ? c->out.occurred_ms - 1 : c->out.occurred_ms, seal;
  const struct ref_fact *word = ref_word_in_the_end(r, c->id);
  bool sealed;
  if (word == NULL || c->act == NULL || c->act->amount.to == NULL) return at;
  seal = sealed_at(r, instant_date(at, r->zone), &sealed);
  return sealed && word->at > seal ? word->at : at;
}

static i64 moves_by(struct ref *r, const struct ref_cons *c) {
  const struct ref_fact *word = ref_word_in_the_end(r, c->id);
  struct ref_cons then = *c;
  if (!c->live) return 0;
  if (word) ref_apply_word(&then, word);
  return then.out.seal == SEAL_WAIVED || then.out.seal == SEAL_OPEN ? 0 : then.out.points;
}

struct limits {
  i64 start, floor, ceiling;
  bool has_floor, has_ceiling;
};

static bool points(struct ref_env *env, const struct lang_expr *x, i64 *out) {
  struct value v;
  if (!ref_eval(env, x, &v) || v.type != V_POINTS) return false;
  return ratio_round(v.i, v.den > 0 ? v.den : 1, 1, ROUND_HALF_UP, out) == OK;
}

/* As the figures stand on the first day of the period. */
static bool limits_of(struct ref_env *env, const struct lang_score *s, i64 from, struct limits *l) {
  struct ref_env then = {.r = env->r, .version = env->version, .program = env->program, .now = from == INT64_MIN ? env->now : from};
  *l = (struct limits){.has_floor = s->floor != NULL, .has_ceiling = s->ceiling != NULL};
  bool ok = (s->start == NULL || points(&then, s->start, &l->start)) && (s->floor == NULL || points(&then, s->floor, &l->floor)) &&
            (s->ceiling == NULL || points(&then, s->ceiling, &l->ceiling));
  if (!ok) env->failed = true;
  return ok;
}

static i64 held(const struct limits *l, i64 balance) {
  if (l->has_floor && balance < l->floor) balance = l->floor;
  if (l->has_ceiling && balance > l->ceiling) balance = l->ceiling;
  return balance;
}

static void period_of(struct ref_env *env, const struct lang_score *s, i64 at, i64 *from, i64 *to) {
  i64 first, end;
  *from = INT64_MIN;
  *to = INT64_MAX;
  if (s->recurs.count == 0 || s->recurs.p[0].kind != LANG_EVERY_PERIOD) return;
  ref_period(env->program, s->recurs.p[0].period, instant_date(at, env->r->zone), &first, &end);
  *from = instant_at(first, 0, env->r->zone);
  *to = instant_at(end, 0, env->r->zone);
}

struct movement {
  const struct ref_cons *c;
  i64 at;
  size_t made;
};

static int by_booking(const void *a, const void *b) {
  const struct movement *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return x->made < y->made ? -1 : 1;
}

typedef LIST_OF(struct movement) movements;

static movements moved(struct ref *r, const struct lang_score *s, struct str person, i64 from, i64 to, i64 at) {
  movements moves = {0};
  for (size_t i = 0; i < r->cons.n; i++) {
    const struct ref_cons *c = r->cons.p[i];
    if (c->out.type != C_SCORE || !str_eq(c->out.item, s->name.text) || !str_eq(c->out.subject, person)) continue;
    i64 booked = moves_at(r, c);
    if (booked >= from && booked < to && booked <= at) ADD(r->a, moves) = (struct movement){c, booked, i};
  }
  if (moves.n) qsort(moves.p, moves.n, sizeof *moves.p, by_booking);
  return moves;
}

void ref_score_moved_by(struct ref_env *env, const struct lang_score *s, struct str person, i64 at, ref_facts *out) {
  i64 from, to;
  period_of(env, s, at, &from, &to);
  movements moves = moved(env->r, s, person, from, to, at);
  for (size_t i = 0; i < moves.n; i++) {
    if (moves_by(env->r, moves.p[i].c) && moves.p[i].c->trigger) ADD(env->r->a, *out) = moves.p[i].c->trigger;
  }
}

/* What was left at the instant; before the movement `until`, when it is given. */
static bool balance(struct ref_env *env, const struct lang_score *s, struct str person, i64 at, const struct ref_cons *until, i64 *out) {
  struct ref *r = env->r;
  struct limits l;
  i64 from, to;
  period_of(env, s, at, &from, &to);
  if (!limits_of(env, s, from, &l)) return false;
  movements moves = moved(r, s, person, from, to, at);
  *out = held(&l, l.start);
  for (size_t i = 0; i < moves.n && moves.p[i].c != until; i++) *out = held(&l, *out + moves_by(r, moves.p[i].c));
  return true;
}

bool ref_score(struct ref_env *env, const struct lang_score *s, struct str person, struct value *out) {
  i64 at = env->to && env->to != INT64_MAX && env->to <= env->now ? env->to - 1 : env->now, left;
  if (person.n == 0) return env->failed = true, false;
  if (!balance(env, s, person, at, NULL, &left)) return false;
  *out = value_int(V_POINTS, left);
  return true;
}

/* What the account held before the movement and after it. */
bool ref_score_around(struct ref *r, const struct ref_cons *c, i64 *before, i64 *after) {
  const struct lang_program *program = c->rule->version->program;
  const struct lang_score *s = c->out.item.n ? ref_score_named(program, c->out.item) : NULL;
  if (s == NULL || c->out.subject.n == 0) return false;
  struct ref_env env = ref_env_of(r, c->rule, c->out.occurred_ms, NULL);
  struct limits l;
  i64 at = moves_at(r, c), from, to;
  if (!balance(&env, s, c->out.subject, at, c, before)) return false;
  period_of(&env, s, at, &from, &to);
  if (!limits_of(&env, s, from, &l)) return false;
  *after = held(&l, *before + moves_by(r, c));
  return true;
}
