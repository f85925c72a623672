/* Surveys (问卷): sent by the clause when its event comes, or to a group of people on its day (每 季度), answered as a fact whose questions are its fields. An answer counts
 * for `满意度.总体` when it belongs to the survey and came in time (有效) after the last sending to the same customer; without
 * a sending it counts as it stands. What was not answered is absent: a mean of nothing is no number (S21). */
#include "rules/slice.h"
#include "rules/parts.h"

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

/* One sending: the fact that it was sent, and the order to send it, which stands on `trigger` (NONE: on that fact). */
static void send(struct engine *e, const struct rule *r, i64 at, u64 id, sym who, sym customer, sym rated, u32 trigger) {
  sym name = intern_sym(&e->names, r->item->survey->name.text);
  u32 sent = fact_derive(e, EVENT_survey_sent, at);
  fact_set(e, sent, "问卷", text_value(e, name));
  if (customer) fact_set(e, sent, "客户", ref_value(e, N_CUSTOMER, customer));
  if (rated) fact_set(e, sent, "被评人", ref_value(e, N_PERSON, rated));
  if (trigger == NONE) fact_set(e, sent, "对象", ref_value(e, N_PERSON, who));
  fact_of(e, sent)->id = hex_sym(&e->names, 'd', mix(id, EVENT_survey_sent));
  if (trigger == NONE) trigger = sent;
  struct cons c = {.rule = r->index, .type = C_SEND_FORM, .subject = who, .item = name, .at = at, .trigger = trigger,
                   .stop = NONE, .duty = NONE, .fact_identity = fact_identity(e, trigger), .cap_fen = -1};
  c.id = mix_str(mix(id, C_SEND_FORM), intern_str(&e->names, who));
  cons_keep(e, &c);
  queue_derived(e, sent);
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
  send(e, r, f.at, mix(r->ident, fact_identity(e, ref)), who[0], customer, fact_person(e, ref), ref);
}

void survey_send_round(struct engine *e, const struct rule *r, i64 at) {
  const struct lang_survey *s = r->item->survey;
  struct env env = env_new(e, r->version, r, at, NONE);
  sym who[PARTY_ROOM];
  u32 n = s->has_to ? party_symbols(&env, &s->to, who, PARTY_ROOM, NULL) : 0;
  for (u32 i = 0; i < n; i++) {
    struct str name = intern_str(&e->names, who[i]);
    if (!str_starts(name, STR("role:"))) send(e, r, at, mix_str(mix(r->ident, (u64)at), name), who[i], 0, 0, NONE); /* a role nobody holds is asked nothing */
  }
}

static bool in_time(struct env *env, const struct lang_survey *s, u32 ref, sym name) {
  struct engine *e = env->e;
  const struct fact f = *fact_of(e, ref);
  struct value span;
  if (s->valid == NULL || !eval(env, s->valid, &span)) return true;
  if (e->slice && s->has_recur) slice_escape(e, "a survey on a calendar");
  i64 ms = span.type == V_DURATION ? span.i : span.i * MS_DAY;
  sym customer = fact_sym(e, ref, e->f_object[f.kind][N_CUSTOMER]), person = fact_person(e, ref);
  for (u32 i = e->s.by_kind[EVENT_survey_sent].n; i > 0; i--) {
    u32 sent = e->s.by_kind[EVENT_survey_sent].p[i - 1];
    const struct fact *at = fact_of(e, sent);
    if (at->at > f.at || fact_sym(e, sent, field_of_word(e, at->kind, intern_sym(&e->names, STR("问卷")))) != name) continue;
    if (customer && fact_sym(e, sent, e->f_object[at->kind][N_CUSTOMER]) != customer) continue;
    sym asked = fact_sym(e, sent, field_of_word(e, at->kind, intern_sym(&e->names, STR("对象"))));
    if (s->has_recur && !customer && person && asked && asked != person) continue; /* somebody else's round */
    return f.at - at->at <= ms;
  }
  return true;
}

bool survey_counts(struct env *env, const struct lang_survey *s, u32 ref) {
  struct engine *e = env->e;
  sym name = intern_sym(&e->names, s->name.text);
  return fact_sym(e, ref, field_of_word(e, fact_of(e, ref)->kind, intern_sym(&e->names, STR("问卷")))) == name && in_time(env, s, ref, name);
}
