/* Fields of a case as its facts carry them, and those nobody enters: a field with `=` is worked out from the case itself, at the
 * first step at which everything it needs is there, and stays so. A state that was reached is a moment too: 出师.日期. */
#include "rules/parts.h"

#include <string.h>

enum { COMPUTE_DEPTH_MAX = 8, STEPS_MAX = 256 };

static const struct lang_case *type_of(struct engine *e, const struct fact *f, const struct version **v) {
  *v = version_at(e, f->at);
  if (*v == NULL && e->versions.n) *v = e->versions.p[0]; /* before the first day in force nothing is judged, but cases have their fields */
  return *v && f->case_type ? lang_find_case((*v)->program, intern_str(&e->names, f->case_type)) : NULL;
}

static const struct lang_field *computed_field(const struct lang_case *c, struct str name) {
  for (size_t i = 0; c && i < c->field_count; i++) {
    if (str_eq(c->fields[i].name.text, name)) return c->fields[i].computed ? &c->fields[i] : NULL;
  }
  return NULL;
}

/* The steps of the case up to the fact, oldest first. */
static u32 steps_until(struct engine *e, u32 ref, u32 *steps) {
  const struct fact *f = fact_of(e, ref);
  sym id = fact_sym(e, ref, e->f_object[f->kind][N_CASE]);
  u32 c = id ? object_find(e, N_CASE, id) : NONE;
  u32 n = 0, all = 0;
  for (u32 k = c == NONE ? 0 : e->s.objects.p[c].notes; k; k = e->s.notes.p[k - 1].next) all++;
  for (u32 k = all ? e->s.objects.p[c].notes : 0; k; k = e->s.notes.p[k - 1].next, all--) {
    u32 step = e->s.notes.p[k - 1].fact;
    if (all <= STEPS_MAX && step != ref && fact_of(e, step)->at <= f->at) steps[STEPS_MAX - ++n] = step;
  }
  memmove(steps, steps + STEPS_MAX - n, n * sizeof *steps);
  return n;
}

bool case_computed(struct engine *e, u32 ref, sym name, struct value *out) {
  const struct version *v;
  const struct fact f = *fact_of(e, ref);
  const struct lang_field *field = computed_field(type_of(e, &f, &v), intern_str(&e->names, name));
  *out = value_absent();
  if (field == NULL) return false;
  if (e->computing >= COMPUTE_DEPTH_MAX) return true; /* a field made of itself is never filled */
  u32 *steps = ARENA_ARRAY(e->scratch, u32, STEPS_MAX + 1);
  u32 n = steps_until(e, ref, steps);
  steps[n++] = ref;
  e->computing++;
  for (u32 i = 0; i < n && out->type == V_ABSENT; i++) {
    struct env env = env_new(e, v, NULL, fact_of(e, steps[i])->at, steps[i]);
    env.peek = true;
    env.until = fact_of(e, steps[i])->at + 1;
    if (!eval(&env, field->computed, out)) *out = value_absent();
  }
  e->computing--;
  return true;
}

bool case_state_moment(struct engine *e, u32 ref, sym state, struct value *out) {
  const struct fact f = *fact_of(e, ref);
  sym id = fact_sym(e, ref, e->f_object[f.kind][N_CASE]);
  u32 c = id ? object_find(e, N_CASE, id) : NONE;
  const struct version *v;
  const struct lang_case *type = type_of(e, &f, &v);
  if (c == NONE || type == NULL || lang_case_state(type, intern_str(&e->names, state)) == SIZE_MAX) return false;
  *out = value_absent();
  for (u32 k = e->s.objects.p[c].notes; k; k = e->s.notes.p[k - 1].next) {
    i64 at = fact_of(e, e->s.notes.p[k - 1].fact)->at;
    if (e->s.notes.p[k - 1].text != state || at > f.at) continue;
    *out = value_int(V_INSTANT, at);
    return true;
  }
  return true;
}
