/* 撤销: a later fact takes an earlier one back. `凡 投诉.撤诉,则 撤销 投诉.成立` — from then on the complaint counts as never
 * upheld: what followed from it is withdrawn and later ranks move up, as after an upheld appeal. Of several facts that fit,
 * the latest about the same matter (conversation, order, case; without one, the same person) is taken back. 撤销 账.罚款 and
 * its like withdraw the consequence and leave the fact it came from.
 *
 * A fact that is taken back must not act from its own instant on, so everything is derived once more; which facts are
 * concerned is remembered with the fact that took them back, and forgotten when that one goes. */
#include "rules/parts.h"

static bool same_matter(struct engine *e, u32 trigger, u32 candidate, sym person) {
  const struct fact a = *fact_of(e, trigger), b = *fact_of(e, candidate);
  bool shared = false;
  for (int noun = N_CASE; noun >= N_CONVERSATION; noun--) {
    if (noun == N_PRODUCT || noun == N_CUSTOMER || e->f_object[a.kind][noun] < 0 || e->f_object[b.kind][noun] < 0) continue;
    sym x = fact_sym(e, trigger, e->f_object[a.kind][noun]), y = fact_sym(e, candidate, e->f_object[b.kind][noun]);
    if (x == 0 || y == 0) continue;
    if (x != y) return false;
    shared = true;
  }
  return shared || (person && fact_person(e, candidate) == person);
}

static u32 find(struct env *env, const struct lang_act *act, u32 trigger) {
  struct engine *e = env->e;
  struct alts alts = {0};
  alt_of_name(e, env->v, &act->event.path, act->event.path.count, &alts);
  sym person = env->bearer ? env->bearer : fact_person(e, trigger);
  u32 best = NONE;
  for (u32 i = 0; i < alts.n; i++) {
    if (alts.p[i].kind < 0) continue;
    forget_looked(e, alts.p[i].kind, INT64_MIN);
    for (u32 k = e->s.by_kind[alts.p[i].kind].n; k > 0; k--) {
      u32 ref = e->s.by_kind[alts.p[i].kind].p[k - 1];
      if (ref == trigger || revoke_has(e, fact_identity(e, ref)) || !alt_fits(&alts.p[i], fact_of(e, ref)) || !same_matter(e, trigger, ref, person)) continue;
      struct env other = env_new(e, env->v, env->rule, env->now, ref);
      if (!event_fits(&other, &alts.p[i], ref)) continue;
      if (best == NONE || fact_compare(e, ref, best) > 0) best = ref;
      break;
    }
  }
  return best;
}

bool revoke_has(const struct engine *e, u64 identity) { return e->revoked.n && table_get(&e->revoked, identity); }

void revoke_act(struct act_site *site, const struct lang_act *act) {
  struct env *env = site->env;
  struct engine *e = env->e;
  if (env->anchor == NONE || site->collect) return;
  u64 by = mix(mix(site->env->rule->ident, site->key), (u64)act->at.from);
  bool known = false;
  for (u32 i = 0; i < e->revocations.n; i++) {
    if (e->revocations.p[i].by != by) continue;
    e->revocations.p[i].seen = true;
    known = true;
  }
  if (known) return;
  u32 ref = find(env, act, env->anchor);
  if (ref == NONE) return;
  u64 cause = strata_cause(e, ref);
  if (cause) {
    u64 *at = table_get(&e->s.cons_of, cause);
    if (at == NULL || !e->s.cons.p[*at - 1].live) return;
    cons_withdraw(e, &e->s.cons.p[*at - 1]);
    strata_lift(e, (u32)(*at - 1));
    return;
  }
  u64 id = fact_identity(e, ref);
  *table_at(&e->revoked, id, NULL) = 1;
  *VEC_PUSH(e->revocations) = (struct revocation){.fact = id, .by = by, .seen = true};
  e->dirty = true;
  dirty_since(e, INT64_MIN);
}

void revoke_begin(struct engine *e) {
  for (u32 i = 0; i < e->revocations.n; i++) e->revocations.p[i].seen = false;
}

/* After a derivation: what nobody takes back any more is live again, and that has to be derived too. */
bool revoke_settle(struct engine *e) {
  u32 kept = 0;
  for (u32 i = 0; i < e->revocations.n; i++) {
    if (e->revocations.p[i].seen) e->revocations.p[kept++] = e->revocations.p[i];
  }
  if (kept == e->revocations.n) return false;
  e->revocations.n = kept;
  table_clear(&e->revoked);
  for (u32 i = 0; i < kept; i++) *table_at(&e->revoked, e->revocations.p[i].fact, NULL) = 1;
  return true;
}
