/* Exceptions as a tree (例外于 #id). A clause that names another one speaks in its place wherever its own trigger and guards
 * fit; an exception to an exception comes before both. No numbers say who goes first: two exceptions to the same clause that
 * fit one fact, neither of them an exception to the other, leave the matter to a person (待人工), and neither acts. */
#include "rules/parts.h"

#include <string.h>

enum { TREE_DEPTH_MAX = 32 };

static bool names_rule(const struct lang_tail *t, const struct rule *base) {
  if (t->kind != LANG_TAIL_EXCEPTION || t->id.n == 0) return false;
  const struct lang_item *item = base->item;
  return str_eq(t->id, item->tag) || (item->clause && str_eq(t->id, item->clause->id));
}

static bool may_stand(const struct rule *r) { return r->type == R_WHEN || r->type == R_MUST || r->type == R_FORBID || r->type == R_CHECK; }

static void relate(struct engine *e, struct rule *base, struct rule *over) {
  u32 **lists[2] = {&base->exceptions, &over->excepts};
  u32 *counts[2] = {&base->exception_count, &over->except_count};
  u32 values[2] = {over->index, base->index};
  for (int i = 0; i < 2; i++) {
    u32 *grown = ARENA_ARRAY(e->program, u32, *counts[i] + 1);
    if (*counts[i]) memcpy(grown, *lists[i], *counts[i] * sizeof *grown);
    grown[(*counts[i])++] = values[i];
    *lists[i] = grown;
  }
}

void except_compile(struct engine *e, const struct version *v) {
  for (u32 i = 0; i < v->rule_count; i++) {
    struct rule *over = &e->rules.p[v->first_rule + i];
    if (!may_stand(over) || over->type == R_CHECK) continue;
    for (size_t k = 0; k < over->item->tail_count; k++) {
      if (over->item->tails[k].kind != LANG_TAIL_EXCEPTION) continue;
      for (u32 b = 0; b < v->rule_count; b++) {
        struct rule *base = &e->rules.p[v->first_rule + b];
        if (base != over && may_stand(base) && names_rule(&over->item->tails[k], base)) relate(e, base, over);
      }
    }
  }
}

/* Would the rule speak of this fact, were there no other? */
static bool applies(struct engine *e, const struct rule *r, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  for (u32 i = 0; i < r->starts.n; i++) {
    struct env env = env_new(e, r->version, r, f->at, ref);
    if (!rule_starts(e, &r->starts.p[i], &env, ref)) continue;
    if (!rule_party_has(e, r, fact_person(e, ref))) continue;
    env.failed = false;
    return r->unless == NULL || !eval_true(&env, r->unless);
  }
  return false;
}

static bool taken_over(struct engine *e, const struct rule *r, u32 ref, int depth) {
  for (u32 i = 0; i < r->exception_count && depth < TREE_DEPTH_MAX; i++) {
    const struct rule *over = &e->rules.p[r->exceptions[i]];
    if (applies(e, over, ref) || taken_over(e, over, ref, depth + 1)) return true;
  }
  return false;
}

static bool above(struct engine *e, const struct rule *r, u32 other, int depth) {
  for (u32 i = 0; i < r->except_count && depth < TREE_DEPTH_MAX; i++) {
    if (r->excepts[i] == other || above(e, &e->rules.p[r->excepts[i]], other, depth + 1)) return true;
  }
  return false;
}

/* Another exception to the same clause that fits too; NONE: there is none. */
static u32 rival(struct engine *e, const struct rule *r, u32 ref, const struct rule **parent) {
  for (u32 i = 0; i < r->except_count; i++) {
    const struct rule *base = &e->rules.p[r->excepts[i]];
    for (u32 k = 0; k < base->exception_count; k++) {
      const struct rule *o = &e->rules.p[base->exceptions[k]];
      if (o == r || o->item == r->item || above(e, r, o->index, 0) || above(e, o, r->index, 0)) continue;
      if (!applies(e, o, ref) && !taken_over(e, o, ref, 0)) continue;
      *parent = base;
      return o->index;
    }
  }
  return NONE;
}

static struct str shown(struct engine *e, const struct rule *r) { return intern_str(&e->names, r->tag ? r->tag : r->clause); }

static void to_a_person(struct engine *e, const struct rule *r, const struct rule *other, const struct rule *base, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  const struct rule *first = r->index < other->index ? r : other, *second = first == r ? other : r;
  struct str a = shown(e, first), b = shown(e, second), c = shown(e, base);
  struct str why = arena_printf(e->scratch, "#%.*s 与 #%.*s 都是 #%.*s 的例外，两条都合，没有写谁先\t#%.*s and #%.*s are both exceptions to #%.*s and both fit; the book does not say which goes first",
                                STR_ARG(a), STR_ARG(b), STR_ARG(c), STR_ARG(a), STR_ARG(b), STR_ARG(c));
  struct cons con = {.rule = base->index, .type = C_MANUAL, .subject = fact_person(e, ref), .at = f.at, .trigger = ref, .stop = NONE, .duty = NONE,
                     .fact_identity = fact_identity(e, ref), .cap_fen = -1};
  con.manual = intern_sym(&e->names, why);
  con.id = mix(mix(base->ident, fact_identity(e, ref)), C_MANUAL);
  cons_keep(e, &con);
}

bool except_speaks(struct engine *e, const struct rule *r, u32 ref) {
  if (r->exception_count && taken_over(e, r, ref, 0)) return false;
  if (r->except_count == 0) return true;
  const struct rule *base = NULL;
  u32 other = rival(e, r, ref, &base);
  if (other == NONE) return true;
  to_a_person(e, r, &e->rules.p[other], base, ref);
  return false;
}

/* A request is judged by the gate that makes an exception of it, and not by the one it excepts. */
bool except_gate(const struct version *v, const struct lang_item *base, bool (*fits)(void *ctx, const struct lang_item *gate), void *ctx) {
  for (size_t i = 0; i < v->program->item_count; i++) {
    const struct lang_item *over = v->program->items[i];
    if (over->kind != LI_GATE || over == base) continue;
    for (size_t k = 0; k < over->tail_count; k++) {
      const struct lang_tail *t = &over->tails[k];
      if (t->kind != LANG_TAIL_EXCEPTION) continue;
      if ((str_eq(t->id, base->tag) || (base->clause && over->clause != base->clause && str_eq(t->id, base->clause->id))) && fits(ctx, over)) return true;
    }
  }
  return false;
}
