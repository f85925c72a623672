/* What a roster brings about by the clock alone: a shift began, it ended, a place on it stayed empty, a clock ran out. These facts
 * are made only where some clause of the book looks at their kind. */
#include "rules/slice.h"

bool kind_wanted(const struct engine *e, enum event_kind_id kind) {
  for (int l = 0; l < L_KINDS; l++) {
    if (e->listen[kind][l].n) return true;
  }
  return e->indexed[kind];
}

static u32 of_shift(struct engine *e, const struct shift *s, enum event_kind_id kind, i64 at) {
  const struct shift copy = *s;
  u32 ref = fact_derive(e, kind, at);
  fact_set(e, ref, "当事人", ref_value(e, N_PERSON, copy.person));
  fact_set(e, ref, "班次", text_value(e, copy.name));
  fact_set(e, ref, "日期", value_int(V_DATE, copy.date));
  u64 h = mix_str(mix(0, (u64)kind), intern_str(&e->names, copy.person));
  fact_of(e, ref)->id = hex_sym(&e->names, 'd', mix_str(mix(h, (u64)copy.date), intern_str(&e->names, copy.name)));
  return ref;
}

void shift_begins(struct engine *e, u32 s, i64 at) {
  const struct shift *shift = &e->s.shifts.p[s];
  if (shift->gone || !kind_wanted(e, EVENT_shift_began)) return;
  queue_derived(e, of_shift(e, shift, EVENT_shift_began, at));
}

void shift_ended(struct engine *e, u32 s, i64 at) {
  const struct shift shift = e->s.shifts.p[s];
  if (shift.gone || !kind_wanted(e, EVENT_shift_ended)) return;
  u32 ref = of_shift(e, &shift, EVENT_shift_ended, at);
  if (at > shift.to) fact_set(e, ref, "延长", value_int(V_DURATION, at - shift.to));
  queue_derived(e, ref);
}

/* Others who were there for the same shift of that day. */
static i64 present(const struct engine *e, const struct shift *s) {
  i64 n = 0;
  for (u32 i = 0; i < e->s.shifts.n; i++) {
    const struct shift *o = &e->s.shifts.p[i];
    n += o != s && !o->gone && o->date == s->date && o->name == s->name && o->person != s->person && (o->in_at || o->out_at);
  }
  return n;
}

/* 空岗: at the end of a shift its person has not come at all, and nobody was put in their place (the roster's last word counts). */
void shift_uncovered(struct engine *e, u32 s, i64 at) {
  const struct shift shift = e->s.shifts.p[s];
  if (shift.gone || shift.in_at || shift.out_at || !kind_wanted(e, EVENT_shift_uncovered)) return;
  if (e->slice) slice_escape(e, "a shift counts who is there");
  u32 ref = of_shift(e, &shift, EVENT_shift_uncovered, at);
  fact_set(e, ref, "应到人", ref_value(e, N_PERSON, shift.person));
  fact_set(e, ref, "时长", value_int(V_DURATION, shift.to - shift.from));
  fact_set(e, ref, "因请假", value_bool(person_on_leave(e, shift.person, shift.from)));
  fact_set(e, ref, "在岗数", value_int(V_COUNT, present(e, &e->s.shifts.p[s])));
  queue_derived(e, ref);
}

/* 时钟.到点: the time of a duty is over and it is not done. */
void clock_ran_out(struct engine *e, u32 d, i64 at) {
  if (!kind_wanted(e, EVENT_clock_due)) return;
  const struct duty duty = e->s.duties.p[d];
  const struct rule *r = &e->rules.p[duty.rule];
  sym object = duty.object_key ? duty.object_key : duty.object;
  u32 ref = fact_derive(e, EVENT_clock_due, at);
  fact_set(e, ref, "闹钟", value_ref(intern_str(&e->names, hex_sym(&e->names, 0, duty.id))));
  fact_set(e, ref, "条款", text_value(e, r->clause));
  if (object) fact_set(e, ref, "对象", ref_value(e, duty.object_key ? N_PERSON : (enum noun)duty.noun, object));
  fact_of(e, ref)->id = hex_sym(&e->names, 'd', mix(duty.id, EVENT_clock_due));
  fact_of(e, ref)->case_state = r->tag; /* 条款=#tag looks here, as with a violation */
  queue_derived(e, ref);
}
