/* Attendance from the roster and the clock: late, left early, absent, punch missing, away from the post.
 *
 * A shift that runs past midnight belongs to the day it starts on. 延至 接待结束: when at its nominal end a customer of that
 * person still waits for an answer, the shift runs on; it ends with the first clock-out after nobody waits any more, or, when
 * nobody clocks out, six hours after the nominal end. Clocking out while a customer waits is leaving early. */
#include "rules/slice.h"

#include <string.h>

enum { EARLY_PUNCH_MS = 6 * MS_HOUR, LATE_PUNCH_MS = 6 * MS_HOUR };

static struct shift *shift_of(struct engine *e, u32 s) { return &e->s.shifts.p[s]; }

static u64 shift_identity(struct engine *e, const struct shift *s, enum event_kind_id kind) {
  u64 h = mix_str(mix(0, (u64)kind), intern_str(&e->names, s->person));
  return mix_str(mix(h, (u64)s->date), intern_str(&e->names, s->name));
}

static u32 derive(struct engine *e, const struct shift *s, enum event_kind_id kind, i64 at) {
  const struct shift copy = *s;
  u32 ref = fact_derive(e, kind, at);
  fact_set(e, ref, "当事人", ref_value(e, N_PERSON, copy.person));
  fact_set(e, ref, "班次", text_value(e, copy.name));
  fact_set(e, ref, "日期", value_int(V_DATE, copy.date));
  fact_of(e, ref)->id = hex_sym(&e->names, 'd', shift_identity(e, &copy, kind));
  return ref;
}

u32 shift_at(struct engine *e, sym person, i64 at) {
  bool known = true;
  u32 found = e->slice ? slice_shift_at(e, person, at, &known) : NONE;
  if (e->slice && known) return found;
  u32 p = object_find(e, N_PERSON, person);
  if (p == NONE) return NONE;
  for (u32 s = e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
    const struct shift *shift = &e->s.shifts.p[s - 1];
    if (!shift->gone && shift->from <= at && (at <= shift->to || (shift->ran_on && !shift->ended))) return s - 1;
  }
  return NONE;
}

static bool customer_waits(struct engine *e, sym person) {
  if (e->slice) slice_escape(e, "customers waiting");
  u32 p = object_find(e, N_PERSON, person);
  return p != NONE && e->s.objects.p[p].count > 0;
}

bool shift_running_on(struct engine *e, u32 s) {
  struct shift *shift = shift_of(e, s);
  if (!shift->extends || shift->ended || shift->gone || e->s.now < shift->to) return false;
  if (!shift->ran_on && customer_waits(e, shift->person)) shift->ran_on = true;
  return shift->ran_on;
}

static void end_shift(struct engine *e, u32 s, i64 at) {
  struct shift *shift = shift_of(e, s);
  if (shift->ended) return;
  shift->ended = true;
  shift->end_at = at;
  bool ran_on = shift->ran_on;
  shift_ended(e, s, at);
  if (ran_on) recur_shift_ended(e, s, at);
}

/* ---- the roster ---- */

static void hours_of(struct engine *e, const struct version *v, struct shift *s) {
  const struct lang_shift *ls = v ? lang_find_shift(v->program, intern_str(&e->names, s->name)) : NULL;
  if (ls == NULL) return;
  s->extends = ls->extends_to.text.n > 0;
  if (ls->hours_count == 0) return;
  const struct lang_hours *first = &ls->hours[0], *last = &ls->hours[ls->hours_count - 1];
  if (s->from == 0) s->from = instant_at(s->date, hours_clock(v, &first->from, s->date), e->zone);
  if (s->to == 0) {
    s->to = instant_at(s->date, hours_clock(v, &last->to, s->date), e->zone);
    if (last->next_day || s->to <= s->from) s->to += MS_DAY;
  }
}

static void drop_shift(struct engine *e, u32 s, i64 at) {
  shift_of(e, s)->gone = true;
  shift_of(e, s)->gone_at = at;
  shift_of(e, s)->gen++;
  timers_cancel(e, TIMERS_OF_SHIFT, s);
  for (u32 d = 0; d < e->s.duties.n; d++) {
    if (e->s.duties.p[d].shift == s + 1 && e->s.duties.p[d].state == D_PENDING && e->s.duties.p[d].recurring) duty_discharge(e, d, at, NONE);
  }
}

static void assigned(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct shift s = {.person = fact_sym(e, ref, e->f_person[f.kind]), .fact = ref};
  struct value date = fact_named(e, ref, e->w[W_DATE]), cls = fact_named(e, ref, intern_sym(&e->names, STR("类")));
  struct value from = fact_named(e, ref, intern_sym(&e->names, STR("起"))), to = fact_named(e, ref, intern_sym(&e->names, STR("止")));
  struct value name = fact_named(e, ref, e->w[W_SHIFT]);
  if (s.person == 0 || date.type != V_DATE) return;
  e->used = true;
  s.date = date.i;
  if (name.type == V_TEXT || name.type == V_REF) s.name = intern_sym(&e->names, name.s);
  if (from.type == V_INSTANT) s.from = from.i;
  if (to.type == V_INSTANT) s.to = to.i;
  struct value cause = fact_named(e, ref, intern_sym(&e->names, STR("缘由")));
  if (cause.type == V_TEXT) s.cause = intern_sym(&e->names, cause.s);
  if (cls.type == V_TEXT) s.cls = intern_sym(&e->names, cls.s);
  bool extra = cls.type == V_TEXT && (str_is(cls.s, "值日") || str_is(cls.s, "加班"));
  bool rest = cls.type == V_TEXT && (str_is(cls.s, "休") || str_is(cls.s, "调休"));
  u32 p = object_make(e, N_PERSON, s.person);
  for (u32 i = e->s.objects.p[p].shifts; i; i = e->s.shifts.p[i - 1].next) {
    const struct shift *o = shift_of(e, i - 1);
    if (!o->gone && o->date == s.date && (!extra || o->name == s.name)) drop_shift(e, i - 1, f.at);
  }
  hours_of(e, version_at(e, f.at), &s);
  s.gone = rest;
  if (rest) s.from = s.to = instant_at(s.date, 0, e->zone);
  if (s.to <= s.from && !rest) return;
  s.next = e->s.objects.p[p].shifts;
  *VEC_PUSH(e->s.shifts) = s;
  u32 at = e->s.shifts.n - 1;
  e->s.objects.p[p].shifts = at + 1;
  if (rest) return;
  if (s.from >= f.at) timer_add(e, s.from, T_SHIFT_START, at, 0, 0);
  if (s.to >= f.at) timer_add(e, s.to, T_SHIFT_END, at, 0, 0);
  timer_add(e, s.to + LATE_PUNCH_MS > f.at ? s.to + LATE_PUNCH_MS : f.at, T_PUNCH, at, 0, 0);
  recur_shift(e, at, f.at);
}

/* ---- the clock ---- */

static i64 early_by(struct engine *e, const struct shift *s, i64 at) {
  const struct version *v = version_at(e, at);
  const struct lang_shift *ls = v ? lang_find_shift(v->program, intern_str(&e->names, s->name)) : NULL;
  struct value span;
  struct env env = env_new(e, v, NULL, at, NONE);
  return ls && ls->early && eval(&env, ls->early, &span) && span.type == V_DURATION ? span.i : 0;
}

static sym named_shift(struct engine *e, u32 ref) {
  struct value v = fact_named(e, ref, e->w[W_SHIFT]);
  return v.type == V_TEXT || v.type == V_REF ? intern_sym(&e->names, v.s) : 0;
}

static void clocked_in(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  sym person = fact_sym(e, ref, e->f_person[f.kind]);
  u32 p = object_find(e, N_PERSON, person);
  sym name = named_shift(e, ref);
  u32 best = NONE;
  i64 distance = INT64_MAX;
  for (u32 i = p == NONE ? 0 : e->s.objects.p[p].shifts; i; i = e->s.shifts.p[i - 1].next) {
    const struct shift *s = shift_of(e, i - 1);
    if (s->gone || s->in_at || (name && s->name != name) || f.at < s->from - EARLY_PUNCH_MS || f.at > s->to) continue;
    i64 d = f.at > s->from ? f.at - s->from : s->from - f.at;
    if (d < distance) {
      distance = d;
      best = i - 1;
    }
  }
  if (best == NONE) return;
  e->used = true;
  struct shift *s = shift_of(e, best);
  s->in_at = f.at;
  s->in_fact = ref;
  i64 wanted = s->from - early_by(e, s, f.at);
  if (f.at <= wanted || person_on_leave(e, person, s->from)) return;
  u32 late = derive(e, shift_of(e, best), EVENT_attendance_late, f.at);
  fact_set(e, late, "时长", value_int(V_DURATION, f.at - wanted));
  queue_derived(e, late);
}

static void clocked_out(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  sym person = fact_sym(e, ref, e->f_person[f.kind]);
  u32 p = object_find(e, N_PERSON, person);
  sym name = named_shift(e, ref);
  u32 best = NONE;
  for (u32 i = p == NONE ? 0 : e->s.objects.p[p].shifts; i; i = e->s.shifts.p[i - 1].next) {
    const struct shift *s = shift_of(e, i - 1);
    if (s->gone || s->out_at || (name && s->name != name) || f.at < s->from || f.at > s->to + LATE_PUNCH_MS) continue;
    if (best == NONE || s->from > shift_of(e, best)->from) best = i - 1;
  }
  if (best == NONE) return;
  e->used = true;
  struct shift *s = shift_of(e, best);
  bool waits = s->extends && customer_waits(e, person);
  bool early = f.at < s->to || waits;
  s->out_at = f.at;
  s->out_fact = ref;
  if (early && !person_on_leave(e, person, f.at)) {
    i64 missing = f.at < s->to ? s->to - f.at : 0;
    u32 left = derive(e, s, EVENT_attendance_left_early, f.at);
    fact_set(e, left, "时长", value_int(V_DURATION, missing));
    queue_derived(e, left);
  }
  if (f.at >= shift_of(e, best)->to) end_shift(e, best, f.at);
}

static void left_post(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  sym person = fact_sym(e, ref, e->f_person[f.kind]);
  if (person == 0) return;
  const struct version *v = version_at(e, f.at);
  bool asks = false;
  for (size_t i = 0; v && i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    if (item->kind != LI_GATE) continue;
    const struct event_kind *kind = event_kind_find(item->gate->request.path.text);
    asks |= kind && event_kind_index(kind) == EVENT_attendance_left_post;
  }
  u32 at = object_make(e, N_PERSON, person); /* first: making one may move them all */
  struct object *p = &e->s.objects.p[at];
  p->off_at = f.at;
  p->off_permitted = !asks || p->permit_pending;
  p->permit_pending = false;
}

static void returned(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  sym person = fact_sym(e, ref, e->f_person[f.kind]);
  u32 i = object_find(e, N_PERSON, person);
  if (i == NONE || e->s.objects.p[i].off_at == 0) return;
  struct object *p = &e->s.objects.p[i];
  i64 away = f.at - p->off_at;
  bool permitted = p->off_permitted;
  p->off_at = 0;
  if (permitted) return;
  u32 off = fact_derive(e, EVENT_attendance_off_post, f.at);
  fact_set(e, off, "当事人", ref_value(e, N_PERSON, person));
  fact_set(e, off, "时长", value_int(V_DURATION, away));
  fact_of(e, off)->id = hex_sym(&e->names, 'd', mix(fact_identity(e, ref), EVENT_attendance_off_post));
  queue_derived(e, off);
}

static void decided(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct value kind = fact_named(e, ref, intern_sym(&e->names, STR("种类")));
  struct value result = fact_named(e, ref, intern_sym(&e->names, STR("结果")));
  sym person = fact_sym(e, ref, e->f_person[f.kind]);
  if (person == 0 || kind.type != V_TEXT || result.type != V_TEXT || !str_is(result.s, "准")) return;
  if (!str_is(kind.s, "考勤.离岗") && !str_is(kind.s, "attendance.left_post")) return;
  u32 at = object_make(e, N_PERSON, person); /* first: making one may move them all */
  e->s.objects.p[at].permit_pending = true;
}

void attendance_fold(struct engine *e, u32 ref) {
  switch (fact_of(e, ref)->kind) {
    case EVENT_shift_assigned: assigned(e, ref); break;
    case EVENT_attendance_clocked_in: clocked_in(e, ref); break;
    case EVENT_attendance_clocked_out: clocked_out(e, ref); break;
    case EVENT_attendance_left_post: left_post(e, ref); break;
    case EVENT_attendance_returned: returned(e, ref); break;
    case EVENT_request_decided: decided(e, ref); break;
    default: break;
  }
}

static void missing(struct engine *e, u32 s, const char *which, i64 at) {
  u32 ref = derive(e, shift_of(e, s), EVENT_attendance_punch_missing, at);
  fact_set(e, ref, "向", value_text(str_c(which)));
  queue_derived(e, ref);
}

void attendance_timer(struct engine *e, const struct timer *t) {
  struct shift *s = shift_of(e, t->a);
  if (s->gone) return;
  if (t->kind == T_SHIFT_END) {
    if (s->in_at == 0 && s->out_at == 0 && !person_on_leave(e, s->person, s->from)) {
      u32 ref = derive(e, s, EVENT_attendance_absent, t->at);
      fact_set(e, ref, "天数", value_ratio(1, 1));
      queue_derived(e, ref);
    }
    shift_uncovered(e, t->a, t->at);
    if (!shift_running_on(e, t->a)) end_shift(e, t->a, t->at);
    return;
  }
  end_shift(e, t->a, t->at);
  s = shift_of(e, t->a);
  if (s->in_at && !s->out_at) missing(e, t->a, "下班", t->at);
  else if (!s->in_at && s->out_at) missing(e, t->a, "上班", t->at);
}
