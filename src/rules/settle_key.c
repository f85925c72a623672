/* 每 自然月 结 按 经销商: a settlement by something that is not a person. Its holders are the different values that the cases of the
 * period carry in the field of that name; what counts for one of them is every fact that names it. */
#include "rules/parts.h"

struct str settle_word_of(const struct version *v, const struct lang_settle *s) {
  static const char *const people[] = {"员工", "人员", "全员", "当事人", "staff", "person", "everyone"};
  struct str name = s->keys.count ? s->keys.p[0].text : (struct str){"", 0};
  for (size_t i = 0; i < COUNT_OF(people); i++) {
    if (str_is(name, people[i])) return (struct str){"", 0};
  }
  return lang_find_role(v->program, name) ? (struct str){"", 0} : name;
}

bool settle_by_people(const struct engine *e, const struct rule *r, sym *word) {
  struct str name = settle_word_of(r->version, r->item->settle);
  *word = intern_find(&e->names, name);
  return name.n == 0;
}

static bool known(const struct keys *keys, struct str s) {
  for (u32 i = 0; i < keys->n; i++) {
    if (str_eq(keys->p[i].s, s)) return true;
  }
  return false;
}

void settle_holders(struct engine *e, sym word, i64 from, i64 to, struct keys *out) {
  u32 lo = 0, hi = e->s.next_fact;
  while (lo < hi) { /* facts are in order of time */
    u32 mid = lo + (hi - lo) / 2;
    if (fact_of(e, e->order.p[mid])->at < from) lo = mid + 1;
    else hi = mid;
  }
  for (u32 i = lo; word && i < e->s.next_fact; i++) {
    u32 ref = e->order.p[i];
    const struct fact *f = fact_of(e, ref);
    if (f->at >= to) break;
    if (f->case_type == 0) continue;
    struct value v = fact_extra(e, ref, word);
    if ((v.type != V_REF && v.type != V_TEXT) || v.s.n == 0 || known(out, v.s)) continue;
    *VEC_PUSH(*out) = v;
  }
}

bool fact_mentions(struct engine *e, u32 ref, sym id) {
  const struct fact f = *fact_of(e, ref);
  const struct event_kind *kind = &event_kind_all(NULL)[f.kind];
  for (size_t i = 0; i < kind->field_count; i++) {
    if (fact_sym(e, ref, (int)i) == id) return true;
  }
  const struct cell *cells = f.derived ? &e->s.derived_cells.p[f.cells] : &e->cells.p[f.cells];
  for (u32 i = 0; i < f.extra; i++) {
    const struct cell *value = &cells[kind->field_count + 2 * i + 1];
    u32 type = value->type & 0xff;
    if ((type == V_REF || type == V_TEXT) && value->s == id) return true;
  }
  return false;
}
