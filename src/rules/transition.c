/* What a count in a new version remembers (过渡). A rule keeps its identity from version to version; when it changed and says
 * 重新计次, nothing before the version's first instant counts for it, in this version and those after. Unchanged rules, and
 * those that say 沿用次数, go on counting, also when the window itself became another. */
#include "lang/versions.h"
#include "rules/parts.h"

static const struct version *before(const struct engine *e, const struct version *v) {
  const struct version *found = NULL;
  for (u32 i = 0; i < e->versions.n; i++) {
    const struct version *o = e->versions.p[i];
    if (o == v || o->in_force_ms > v->in_force_ms || (o->in_force_ms == v->in_force_ms && o->number > v->number)) continue;
    if (found == NULL || o->in_force_ms > found->in_force_ms || (o->in_force_ms == found->in_force_ms && o->number > found->number)) found = o;
  }
  return found;
}

static bool starts_afresh(const struct rule *r) {
  for (size_t i = 0; i < r->item->tail_count; i++) {
    if (r->item->tails[i].kind == LANG_TAIL_TRANSITION) return !r->item->tails[i].keep_counts;
  }
  return false;
}

static void link(struct engine *e, struct version *v) {
  const struct version *o = before(e, v);
  if (o == v) return;
  for (u32 i = 0; i < v->rule_count; i++) {
    struct rule *r = &e->rules.p[v->first_rule + i];
    r->count_from = INT64_MIN;
    r->recount = false;
    for (u32 k = 0; o && k < o->rule_count; k++) {
      const struct rule *old = &e->rules.p[o->first_rule + k];
      if (old->ident != r->ident) continue;
      bool changed = lang_rule_changed(o->program, old->item, v->program, r->item);
      r->count_from = changed && starts_afresh(r) ? v->in_force_ms : old->count_from;
      r->recount = changed || old->recount;
      break;
    }
  }
}

/* In the order in which they come into force: each looks at the one before it. */
void transition_link(struct engine *e) {
  bool *done = ARENA_ARRAY(e->scratch, bool, e->versions.n + 1);
  for (u32 n = 0; n < e->versions.n; n++) {
    u32 next = NONE;
    for (u32 i = 0; i < e->versions.n; i++) {
      if (done[i]) continue;
      if (next == NONE || e->versions.p[i]->in_force_ms < e->versions.p[next]->in_force_ms) next = i;
    }
    done[next] = true;
    link(e, e->versions.p[next]);
  }
}
