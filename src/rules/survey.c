/* Surveys (问卷): sent by the clause when its event comes, answered as a fact whose questions are its fields. An answer counts
 * for `满意度.总体` when it belongs to the survey and came in time (有效) after the last sending to the same customer; without
 * a sending it counts as it stands. What was not answered is absent: a mean of nothing is no number (S21). */
#include "rules/slice.h"
#include "rules/state.h"

const struct lang_survey *survey_named(const struct version *v, struct str name) {
  for (size_t i = 0; i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    if (item->kind == LI_SURVEY && str_eq(item->survey->name.text, name)) return item->survey;
  }
  return NULL;
}

static sym customer_of(struct engine *e, u32 ref) {
  sym who = fact_sym(e, ref, e->f_object[fact_of(e, ref)->kind][N_CUSTOMER]);
  struct value v;
  if (who) return who;
  struct env env = env_new(e, NULL, NULL, fact_of(e, ref)->at, ref);
  for (int noun = N_CONVERSATION; noun <= N_ORDER; noun++) {
    sym id = fact_sym(e, ref, e->f_object[fact_of(e, ref)->kind][noun]);
    if (id && object_attribute(e, (enum noun)noun, id, env.e->w[W_CUSTOMER], &v) && v.type == V_REF) return intern_sym(&e->names, v.s);
  }
  return 0;
}

void survey_send(struct engine *e, const struct rule *r, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  const struct lang_survey *s = r->item->survey;
  if (e->slice) slice_escape(e, "a survey that is sent");
  sym customer = customer_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  sym who[1] = {customer};
  if (s->has_to && !str_is(s->to.path.text, "客户") && !str_is(s->to.path.text, "customer") && party_symbols(&env, &s->to, who, 1, NULL) == 0) return;
  if (who[0] == 0) return; /* nobody to ask */
  u64 id = mix(r->ident, fact_identity(e, ref));
  struct cons c = {.rule = r->index, .type = C_SEND_FORM, .subject = who[0], .item = intern_sym(&e->names, s->name.text), .at = f.at, .trigger = ref,
                   .stop = NONE, .duty = NONE, .fact_identity = fact_identity(e, ref), .cap_fen = -1};
  c.id = mix_str(mix(id, C_SEND_FORM), intern_str(&e->names, who[0]));
  cons_keep(e, &c);
  u32 sent = fact_derive(e, EVENT_survey_sent, f.at);
  fact_set(e, sent, "问卷", text_value(e, c.item));
  if (customer) fact_set(e, sent, "客户", ref_value(e, N_CUSTOMER, customer));
  sym rated = fact_person(e, ref);
  if (rated) fact_set(e, sent, "被评人", ref_value(e, N_PERSON, rated));
  fact_of(e, sent)->id = hex_sym(&e->names, 'd', mix(id, EVENT_survey_sent));
  queue_derived(e, sent);
}

static bool in_time(struct env *env, const struct lang_survey *s, u32 ref, sym name) {
  struct engine *e = env->e;
  const struct fact f = *fact_of(e, ref);
  struct value span;
  if (s->valid == NULL || !eval(env, s->valid, &span)) return true;
  i64 ms = span.type == V_DURATION ? span.i : span.i * MS_DAY;
  sym customer = fact_sym(e, ref, e->f_object[f.kind][N_CUSTOMER]);
  for (u32 i = e->s.by_kind[EVENT_survey_sent].n; i > 0; i--) {
    u32 sent = e->s.by_kind[EVENT_survey_sent].p[i - 1];
    const struct fact *at = fact_of(e, sent);
    if (at->at > f.at || fact_sym(e, sent, field_of_word(e, at->kind, intern_sym(&e->names, STR("问卷")))) != name) continue;
    if (customer && fact_sym(e, sent, e->f_object[at->kind][N_CUSTOMER]) != customer) continue;
    return f.at - at->at <= ms;
  }
  return true;
}

bool survey_counts(struct env *env, const struct lang_survey *s, u32 ref) {
  struct engine *e = env->e;
  sym name = intern_sym(&e->names, s->name.text);
  return fact_sym(e, ref, field_of_word(e, fact_of(e, ref)->kind, intern_sym(&e->names, STR("问卷")))) == name && in_time(env, s, ref, name);
}
