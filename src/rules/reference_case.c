/* The reference's cases: where one stands and what it says, found by reading its facts from the beginning; fields that a case works
 * out by itself; the moment a state was reached; leave. */
#include "rules/reference_parts.h"

#include <string.h>

enum { COMPUTED_DEEP = 8 }; /* fields made of fields */

static struct str text_in(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : (struct str){"", 0}; }

bool ref_is_of_case(const struct ref_fact *f, struct str id) {
  bool tells = f->case_type.n || f->kind == EVENT_case_assigned || f->kind == EVENT_case_voided || f->kind == EVENT_case_extended;
  return tells && str_eq(ref_object_of(f, RN_CASE), id);
}

static bool is_step(const struct ref_fact *f) { return (f->kind == EVENT_case_opened || f->kind == EVENT_case_moved) && f->case_state.n; }

struct ref_paper ref_paper_of(struct ref *r, struct str id) {
  struct ref_paper c = {0};
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    if (!ref_is_of_case(f, id)) continue;
    c.known = true;
    if (f->case_type.n) c.type = f->case_type;
    if (f->extra_count || c.last == NULL) c.last = f;
    if (f->kind == EVENT_case_voided) c.voided = true;
    if (is_step(f)) {
      c.state = f->case_state;
      c.entered = f;
      c.entries++;
    }
    if (f->kind == EVENT_case_assigned && text_in(ref_field(f, "经办人")).n) c.holder = text_in(ref_field(f, "经办人"));
  }
  return c;
}

static bool was_in_state(struct ref *r, struct str id, struct str state) {
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    if (ref_is_of_case(f, id) && is_step(f) && str_eq(f->case_state, state)) return true;
  }
  return false;
}

bool ref_case_word(struct ref *r, struct str id, struct str name, struct value *out) {
  struct ref_paper c = ref_paper_of(r, id);
  if (!c.known) return false;
  if (str_is(name, "状态")) {
    *out = ref_words(c.state);
    return true;
  }
  if (str_is(name, "经办人") && c.holder.n) {
    *out = ref_to(RN_PERSON, c.holder);
    return true;
  }
  *out = ref_extra(c.last, name);
  if (out->type != V_ABSENT || ref_computed(r, c.last, name, out)) return true;
  if (!str_starts(name, STR("已"))) return false;
  *out = value_bool(was_in_state(r, id, str_slice(name, strlen("已"), name.n)));
  return true;
}

/* Every case ever, in the order they became known. */
ref_people ref_all_cases(struct ref *r) {
  ref_people out = {0};
  for (size_t i = 0; i < r->history.n; i++) {
    struct str id = ref_object_of(r->history.p[i], RN_CASE);
    bool twice = id.n == 0 || !ref_is_of_case(r->history.p[i], id);
    for (size_t k = 0; k < out.n; k++) twice |= str_eq(out.p[k], id);
    if (!twice) ADD(r->a, out) = id;
  }
  return out;
}

ref_people ref_cases(struct ref *r, struct str type) {
  ref_people all = ref_all_cases(r), out = {0};
  for (size_t i = 0; i < all.n; i++) {
    struct ref_paper c = ref_paper_of(r, all.p[i]);
    if (!c.voided && str_eq(c.type, type)) ADD(r->a, out) = all.p[i];
  }
  return out;
}

bool ref_on_leave(struct ref *r, struct str person, i64 at) {
  static const char *const types[] = {"请假", "请休", "调休"}, *const granted[] = {"批准", "同意", "已休"};
  for (size_t t = 0; t < COUNT_OF(types); t++) {
    ref_people cases = ref_cases(r, str_c(types[t]));
    for (size_t i = 0; i < cases.n; i++) {
      bool yes = false;
      for (size_t g = 0; g < COUNT_OF(granted); g++) yes |= was_in_state(r, cases.p[i], str_c(granted[g]));
      const struct ref_fact *last = ref_paper_of(r, cases.p[i]).last;
      if (!yes || !str_eq(ref_person_of(r, last), person)) continue;
      struct value from = ref_extra(last, STR("起时")), to = ref_extra(last, STR("止时"));
      if (from.type == V_INSTANT && to.type == V_INSTANT && from.i <= at && at < to.i) return true;
    }
  }
  return false;
}

/* ---- what a case works out by itself ---- */

/* The type as the version in force says; before the first day in force nothing is judged, but cases have their fields. */
static const struct lang_case *type_of(struct ref *r, const struct ref_fact *f, const struct reference_version **v) {
  *v = ref_version_at(r, f->at);
  if (*v == NULL && r->in->version_count) *v = &r->in->versions[0];
  return *v && f->case_type.n ? lang_find_case((*v)->program, f->case_type) : NULL;
}

static bool worked_out_at(struct ref *r, const struct reference_version *v, const struct lang_field *field, const struct ref_fact *step, struct value *out) {
  struct ref_env env = {.r = r, .version = v, .program = v->program, .now = step->at, .fact = step, .anchor = step, .until = step->at + 1};
  if (!ref_eval(&env, field->computed, out)) *out = value_absent();
  return out->type != V_ABSENT;
}

/* At the first step of the case, up to this fact, at which everything the field needs is there. */
bool ref_computed(struct ref *r, const struct ref_fact *f, struct str name, struct value *out) {
  const struct reference_version *v;
  const struct lang_case *type = type_of(r, f, &v);
  const struct lang_field *field = NULL;
  struct str id = ref_object_of(f, RN_CASE);
  *out = value_absent();
  for (size_t i = 0; type && i < type->field_count && field == NULL; i++) {
    if (str_eq(type->fields[i].name.text, name)) field = &type->fields[i];
  }
  if (field == NULL || field->computed == NULL) return false;
  if (r->computing == COMPUTED_DEEP) return true; /* a field made of itself is never filled */
  r->computing++;
  bool done = false;
  for (size_t i = 0; i < r->history.n && !done; i++) {
    const struct ref_fact *step = r->history.p[i];
    if (step == f || step->at > f->at || !is_step(step) || !ref_is_of_case(step, id)) continue;
    done = worked_out_at(r, v, field, step, out);
  }
  if (!done) (void)worked_out_at(r, v, field, f, out);
  r->computing--;
  return true;
}

/* 出师.日期: when the case last came to that state, up to the fact. */
bool ref_state_moment(struct ref *r, const struct ref_fact *f, struct str state, struct value *out) {
  const struct reference_version *v;
  const struct lang_case *type = type_of(r, f, &v);
  struct str id = ref_object_of(f, RN_CASE);
  if (type == NULL || id.n == 0 || !ref_paper_of(r, id).known || lang_case_state(type, state) == SIZE_MAX) return false;
  *out = value_absent();
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *step = r->history.p[i];
    if (is_step(step) && ref_is_of_case(step, id) && step->at <= f->at && str_eq(step->case_state, state)) *out = value_int(V_INSTANT, step->at);
  }
  return true;
}
