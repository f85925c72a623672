/* Narrowing a report to a person, a role, a shift or a channel: which facts are still counted, and whether what is counted can be
 * narrowed so at all. A count over a kind of fact without the field would mix the narrowed with the whole: its cell stays empty and
 * says why. Where the rows are people, person and role choose rows and no facts. */
#include "rules/parts.h"

#include <string.h>

struct str report_filter_zh(enum report_filter f) {
  static const char *const words[] = {"人员", "岗位", "班次", "渠道"};
  return str_c(words[f]);
}

struct str report_filter_en(enum report_filter f) {
  static const char *const words[] = {"person", "role", "shift", "channel"};
  return str_c(words[f]);
}

/* Reaches facts, not rows. */
static bool asked_of_facts(const struct narrow *n, int f) { return n->ask->of[f].n && !(n->rows_are_people && f <= REPORT_ROLE); }

static bool has_person(const struct engine *e, const struct alt *a) {
  return e->f_person[a->kind] >= 0 || e->f_agent[a->kind] >= 0 || a->case_type || e->f_object[a->kind][N_CONVERSATION] >= 0 || e->f_object[a->kind][N_ORDER] >= 0;
}

static int channel_of(int kind) {
  size_t field = event_kind_field(&event_kind_all(NULL)[kind], STR("channel"));
  return field == SIZE_MAX ? -1 : (int)field;
}

/* What belongs to a conversation came by its channel; anything else has one only where the kind says so. */
static bool of_conversation(const struct engine *e, int kind) { return strcmp(event_kind_all(NULL)[kind].noun, "conversation") == 0 && e->f_object[kind][N_CONVERSATION] >= 0; }

static bool reaches(const struct engine *e, const struct alt *a, int f) {
  return f == REPORT_CHANNEL ? channel_of(a->kind) >= 0 || of_conversation(e, a->kind) : has_person(e, a);
}

void narrow_begin(struct narrow *n, struct engine *e, i64 from) {
  if (!n->ask->of[REPORT_CHANNEL].n) return;
  forget_looked(e, EVENT_conversation_started, from);
  const struct refs *all = facts_of_kind(e, EVENT_conversation_started, 0);
  for (u32 i = 0; i < all->n; i++) {
    struct value v = fact_field(e, all->p[i], channel_of(EVENT_conversation_started));
    bool fresh;
    if ((v.type == V_TEXT || v.type == V_REF) && str_eq(v.s, n->ask->of[REPORT_CHANNEL])) table_at(&n->talks, fact_sym(e, all->p[i], e->f_object[EVENT_conversation_started][N_CONVERSATION]), &fresh);
  }
}

void narrow_end(struct narrow *n) { table_clear(&n->talks); }

void narrow_reach(struct env *env, const struct alts *alts) {
  struct narrow *n = env->narrow;
  if (!n) return;
  n->counted = true;
  for (u32 i = 0; i < alts->n; i++)
    for (int f = 0; f < REPORT_FILTERS; f++)
      if (alts->p[i].kind >= 0 && asked_of_facts(n, f) && !reaches(env->e, &alts->p[i], f)) n->missed |= 1u << f, n->kind[f] = alts->p[i].kind;
}

void narrow_past(struct env *env) {
  struct narrow *n = env->narrow;
  for (int f = 0; n && f < REPORT_FILTERS; f++)
    if (asked_of_facts(n, f)) n->missed |= 1u << f, n->kind[f] = -1;
}

bool narrow_has_role(struct engine *e, sym person, struct str role) {
  u32 o = person ? object_find(e, N_PERSON, person) : NONE;
  return o != NONE && str_eq(intern_str(&e->names, e->s.objects.p[o].role), role);
}

static bool on_shift(struct engine *e, sym person, i64 at, struct str name) {
  u32 s = person ? shift_at(e, person, at) : NONE;
  return s == NONE ? str_is(name, "-") : str_eq(intern_str(&e->names, e->s.shifts.p[s].name), name);
}

bool narrow_fits(const struct env *env, u32 ref) {
  struct engine *e = env->e;
  const struct narrow *n = env->narrow;
  if (!n) return true;
  const struct fact f = *fact_of(e, ref);
  sym who = fact_person(e, ref);
  if (!who) who = env->key;
  if (asked_of_facts(n, REPORT_PERSON) && !(who && str_eq(intern_str(&e->names, who), n->ask->of[REPORT_PERSON]))) return false;
  if (asked_of_facts(n, REPORT_ROLE) && !narrow_has_role(e, who, n->ask->of[REPORT_ROLE])) return false;
  if (asked_of_facts(n, REPORT_SHIFT) && !on_shift(e, who, f.at, n->ask->of[REPORT_SHIFT])) return false;
  if (!asked_of_facts(n, REPORT_CHANNEL)) return true;
  int field = channel_of(f.kind);
  struct value v = field < 0 ? value_absent() : fact_field(e, ref, field);
  if (v.type == V_ABSENT && of_conversation(e, f.kind)) return table_get(&n->talks, fact_sym(e, ref, e->f_object[f.kind][N_CONVERSATION])) != NULL;
  return (v.type == V_TEXT || v.type == V_REF) && str_eq(v.s, n->ask->of[REPORT_CHANNEL]);
}

/* Of the column just worked out: no figure where a filter did not reach it. */
void narrow_judge(struct narrow *n, struct arena *a, struct report_cell *cell, u32 *unfit) {
  for (int f = 0; f < REPORT_FILTERS; f++) {
    if (!asked_of_facts(n, f) || (n->counted && !(n->missed & 1u << f))) continue;
    const struct event_kind *k = n->counted && n->kind[f] >= 0 ? &event_kind_all(NULL)[n->kind[f]] : NULL;
    struct str zh = report_filter_zh((enum report_filter)f), en = report_filter_en((enum report_filter)f);
    *unfit |= 1u << f;
    *cell = (struct report_cell){.value = value_absent()};
    cell->why_zh = k ? arena_printf(a, "按%.*s筛不到这一列：%s没有%.*s", STR_ARG(zh), k->zh, STR_ARG(zh)) : arena_printf(a, "按%.*s筛不到这一列：它不是数出来的", STR_ARG(zh));
    cell->why_en = k ? arena_printf(a, "this column cannot be narrowed by %.*s: %s has none", STR_ARG(en), k->en) : arena_printf(a, "this column cannot be narrowed by %.*s: it does not count facts", STR_ARG(en));
  }
}
