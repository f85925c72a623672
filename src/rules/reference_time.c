/* The reference's calendar: the roster and the punch clock, duties that come round, settlements at the end of a period. */
#include "rules/reference_time.h"

#include "lang/settle_order.h"

#include <stdlib.h>
#include <string.h>

enum { EARLY_PUNCH = 6 * MS_HOUR, LATE_PUNCH = 6 * MS_HOUR }; /* how far from a shift a punch still belongs to it */

static const struct str nothing = {"", 0};
static struct str text_of(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : nothing; }

/* ---- working days ---- */

typedef LIST_OF(i64) ref_dates;

/* "2026-04-04 至 2026-04-06、2026-05-01": what lies inside the year. */
static void dates_in(struct ref *r, struct value list, i64 from, i64 to, ref_dates *out) {
  for (size_t i = 0; list.type == V_LIST && i < list.count; i++) {
    if (list.items[i].type == V_DATE && list.items[i].i >= from && list.items[i].i <= to) ADD(r->a, *out) = list.items[i].i;
    struct str rest = text_of(list.items[i]);
    bool stretch = false;
    for (i64 date, last = 0; rest.n;) {
      if (str_starts(rest, STR("至"))) stretch = true;
      if (str_starts(rest, STR("、")) || str_starts(rest, STR(","))) stretch = false;
      if (rest.n < 10 || !date_parse(str_slice(rest, 0, 10), &date)) {
        rest = str_slice(rest, 1, rest.n);
        continue;
      }
      for (i64 d = stretch ? last + 1 : date; d <= date; d++) {
        if (d >= from && d <= to) ADD(r->a, *out) = d;
      }
      stretch = false;
      last = date;
      rest = str_slice(rest, 10, rest.n);
    }
  }
}

static int by_date(const void *a, const void *b) { return *(const i64 *)a < *(const i64 *)b ? -1 : *(const i64 *)a > *(const i64 *)b; }

static ref_dates outside_year(struct ref *r, const ref_dates *all, i64 from, i64 to) {
  ref_dates out = {0};
  for (size_t i = 0; i < all->n; i++) {
    if (all->p[i] < from || all->p[i] > to) ADD(r->a, out) = all->p[i];
  }
  return out;
}

/* The calendar the run was given, with every year that a fact has set since; made anew when another fact has happened. */
struct work_calendar ref_working_days(struct ref *r) {
  if (r->days_known && r->days_of == r->history.n) return r->days;
  struct work_calendar days = {.from = 1, .to = 0};
  ref_dates holidays = {0}, make_up = {0};
  if (r->in->calendar) days = *r->in->calendar;
  for (size_t i = 0; i < days.holiday_count; i++) ADD(r->a, holidays) = days.holidays[i];
  for (size_t i = 0; i < days.make_up_count; i++) ADD(r->a, make_up) = days.make_up[i];
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    struct value year = f->kind == EVENT_calendar_changed ? ref_field(f, "年") : value_absent();
    if (year.type != V_COUNT || year.i < 1970 || year.i > 9998) continue;
    i64 from = date_from_civil((int)year.i, 1, 1), to = date_from_civil((int)year.i, 12, 31);
    bool none = days.from > days.to;
    holidays = outside_year(r, &holidays, from, to);
    make_up = outside_year(r, &make_up, from, to);
    dates_in(r, ref_field(f, "放假"), from, to, &holidays);
    dates_in(r, ref_field(f, "调休"), from, to, &make_up);
    days.from = none || from < days.from ? from : days.from;
    days.to = none || to > days.to ? to : days.to;
  }
  if (holidays.n) qsort(holidays.p, holidays.n, sizeof *holidays.p, by_date);
  if (make_up.n) qsort(make_up.p, make_up.n, sizeof *make_up.p, by_date);
  days.holidays = holidays.p;
  days.holiday_count = holidays.n;
  days.make_up = make_up.p;
  days.make_up_count = make_up.n;
  r->days = days;
  r->days_of = r->history.n;
  r->days_known = true;
  return days;
}

/* ---- the roster ---- */

static const struct lang_shift *shift_rule(struct ref *r, struct str name, i64 at, const struct lang_program **program) {
  const struct reference_version *v = ref_version_at(r, at);
  *program = v ? v->program : NULL;
  return v ? lang_find_shift(v->program, name) : NULL;
}

static void drop(struct ref *r, struct ref_shift *s, i64 at) {
  s->gone = true;
  for (size_t i = 0; i < r->duties.n; i++) {
    struct ref_duty *d = r->duties.p[i];
    if (d->running && d->shift == s && !d->violated && d->recurring) ref_discharge(r, d, at);
  }
}

static void assigned(struct ref *r, struct ref_fact *f) {
  struct value date = ref_field(f, "日期"), from = ref_field(f, "起"), to = ref_field(f, "止");
  struct str person = text_of(ref_field(f, "当事人")), name = text_of(ref_field(f, "班次")), cls = text_of(ref_field(f, "类"));
  if (person.n == 0 || date.type != V_DATE) return;
  bool extra = str_is(cls, "值日") || str_is(cls, "加班"), rest = str_is(cls, "休") || str_is(cls, "调休");
  for (size_t i = 0; i < r->shifts.n; i++) { /* the latest word for a day counts */
    struct ref_shift *s = r->shifts.p[i];
    if (str_eq(s->person, person) && !s->gone && s->date == date.i && (!extra || str_eq(s->name, name))) drop(r, s, f->at);
  }
  const struct lang_program *program;
  const struct lang_shift *rule = shift_rule(r, name, f->at, &program);
  struct ref_shift *s = ARENA_NEW(r->a, struct ref_shift);
  *s = (struct ref_shift){.person = person, .name = name, .date = date.i, .fact = f, .extends = rule && rule->extends_to.text.n};
  if (from.type == V_INSTANT) s->from = from.i;
  if (to.type == V_INSTANT) s->to = to.i;
  if (rule && rule->hours_count) {
    const struct lang_hours *first = &rule->hours[0], *last = &rule->hours[rule->hours_count - 1];
    if (s->from == 0) s->from = instant_at(date.i, ref_clock_time(program, &first->from, date.i), r->zone);
    if (s->to == 0) {
      s->to = instant_at(date.i, ref_clock_time(program, &last->to, date.i), r->zone);
      if (last->next_day || s->to <= s->from) s->to += MS_DAY;
    }
  }
  if (rest || s->to <= s->from) return;
  s->ended_seen = s->to < f->at;
  s->begun = s->from < f->at;
  s->open_start = f->at >= s->from;
  s->open_end = f->at >= s->to;
  ADD(r->a, r->shifts) = s;
}

/* ---- the punch clock ---- */

static struct ref_fact *attendance_fact(struct ref *r, const struct ref_shift *s, enum event_kind_id kind, i64 at) {
  u64 id = ref_mix_str(ref_mix(ref_mix_str(ref_mix(0, kind), s->person), (u64)s->date), s->name);
  struct ref_fact *f = ref_derive(r, kind, at, ref_hex(r, "d", id));
  ref_set(f, "当事人", ref_to(RN_PERSON, s->person));
  ref_set(f, "班次", ref_words(s->name));
  ref_set(f, "日期", value_int(V_DATE, s->date));
  return f;
}

static void ended(struct ref *r, const struct ref_shift *s, i64 at) {
  if (s->gone) return;
  struct ref_fact *f = attendance_fact(r, s, EVENT_shift_ended, at);
  if (at > s->to) ref_set(f, "延长", value_int(V_DURATION, at - s->to));
  ref_queue(r, f);
}

/* 空岗: nobody came for it, and nobody was put in the place. */
static void uncovered(struct ref *r, const struct ref_shift *s, i64 at) {
  i64 others = 0;
  if (s->gone || s->in_at || s->out_at) return;
  for (size_t i = 0; i < r->shifts.n; i++) {
    const struct ref_shift *o = r->shifts.p[i];
    others += o != s && !o->gone && o->date == s->date && str_eq(o->name, s->name) && !str_eq(o->person, s->person) && (o->in_at || o->out_at);
  }
  struct ref_fact *f = attendance_fact(r, s, EVENT_shift_uncovered, at);
  ref_set(f, "应到人", ref_to(RN_PERSON, s->person));
  ref_set(f, "时长", value_int(V_DURATION, s->to - s->from));
  ref_set(f, "因请假", value_bool(ref_on_leave(r, s->person, s->from)));
  ref_set(f, "在岗数", value_int(V_COUNT, others));
  ref_queue(r, f);
}

static i64 early_by(struct ref *r, const struct ref_shift *s, i64 at) {
  const struct lang_program *program;
  const struct lang_shift *rule = shift_rule(r, s->name, at, &program);
  struct ref_env env = ref_env_of(r, NULL, at, NULL);
  struct value span;
  return rule && rule->early && ref_eval(&env, rule->early, &span) && span.type == V_DURATION ? span.i : 0;
}

static void punched_in(struct ref *r, const struct ref_fact *f) {
  struct str person = text_of(ref_field(f, "当事人")), name = text_of(ref_field(f, "班次"));
  struct ref_shift *best = NULL;
  i64 nearest = INT64_MAX;
  for (size_t i = r->shifts.n; i > 0; i--) {
    struct ref_shift *s = r->shifts.p[i - 1];
    i64 off = f->at > s->from ? f->at - s->from : s->from - f->at;
    if (!str_eq(s->person, person) || s->gone || s->in_at || (name.n && !str_eq(s->name, name))) continue;
    if (f->at < s->from - EARLY_PUNCH || f->at > s->to || off >= nearest) continue;
    nearest = off;
    best = s;
  }
  if (best == NULL) return;
  best->in_at = f->at;
  i64 wanted = best->from - early_by(r, best, f->at);
  if (f->at <= wanted || ref_on_leave(r, person, best->from)) return;
  struct ref_fact *late = attendance_fact(r, best, EVENT_attendance_late, f->at);
  ref_set(late, "时长", value_int(V_DURATION, f->at - wanted));
  ref_queue(r, late);
}

static void over(struct ref *r, struct ref_shift *s, i64 at) {
  if (s->over) return;
  s->over = true;
  ended(r, s, at);
  for (size_t i = 0; s->ran_on && i < r->duties.n; i++) { /* what waited for its real end is judged now */
    struct ref_duty *d = r->duties.p[i];
    if (!d->running || d->shift != s || d->violated || !d->waits_for_shift) continue;
    d->due = at;
    ref_judge_duty(r, d, at);
  }
}

static void punched_out(struct ref *r, const struct ref_fact *f) {
  struct str person = text_of(ref_field(f, "当事人")), name = text_of(ref_field(f, "班次"));
  struct ref_shift *best = NULL;
  for (size_t i = r->shifts.n; i > 0; i--) {
    struct ref_shift *s = r->shifts.p[i - 1];
    if (!str_eq(s->person, person) || s->gone || s->out_at || (name.n && !str_eq(s->name, name))) continue;
    if (f->at < s->from || f->at > s->to + LATE_PUNCH || (best && s->from <= best->from)) continue;
    best = s;
  }
  if (best == NULL) return;
  best->out_at = f->at;
  bool early = f->at < best->to || (best->extends && ref_customer_waits(r, person));
  if (early && !ref_on_leave(r, person, f->at)) {
    struct ref_fact *left = attendance_fact(r, best, EVENT_attendance_left_early, f->at);
    ref_set(left, "时长", value_int(V_DURATION, f->at < best->to ? best->to - f->at : 0));
    ref_queue(r, left);
  }
  if (f->at >= best->to) over(r, best, f->at);
}

/* Was leaving the post allowed: no gate speaks of it, or it was asked for and permitted since the last time. */
static bool permitted(struct ref *r, struct str person, const struct ref_fact *left) {
  const struct reference_version *v = ref_version_at(r, left->at);
  bool asks = false, yes = false;
  for (size_t i = 0; v && i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    const struct event_kind *kind = item->kind == LI_GATE ? event_kind_find(item->gate->request.path.text) : NULL;
    asks |= kind && event_kind_index(kind) == EVENT_attendance_left_post;
  }
  for (size_t i = 0; i < r->history.n && r->history.p[i] != left; i++) {
    const struct ref_fact *f = r->history.p[i];
    if (!str_eq(text_of(ref_field(f, "当事人")), person)) continue;
    struct str kind = text_of(ref_field(f, "种类"));
    if (f->kind == EVENT_attendance_left_post) yes = false;
    else if (f->kind == EVENT_request_decided && (str_is(kind, "考勤.离岗") || str_is(kind, "attendance.left_post")) && str_is(text_of(ref_field(f, "结果")), "准")) yes = true;
  }
  return !asks || yes;
}

static void returned(struct ref *r, const struct ref_fact *f) {
  struct str person = text_of(ref_field(f, "当事人"));
  const struct ref_fact *left = NULL;
  for (size_t i = 0; i < r->history.n && r->history.p[i] != f; i++) {
    const struct ref_fact *o = r->history.p[i];
    if (!str_eq(text_of(ref_field(o, "当事人")), person)) continue;
    if (o->kind == EVENT_attendance_left_post) left = o;
    if (o->kind == EVENT_attendance_returned) left = NULL;
  }
  if (left == NULL || permitted(r, person, left)) return;
  struct ref_fact *off = ref_derive(r, EVENT_attendance_off_post, f->at, ref_hex(r, "d", ref_mix(ref_fact_identity(f), EVENT_attendance_off_post)));
  ref_set(off, "当事人", ref_to(RN_PERSON, person));
  ref_set(off, "时长", value_int(V_DURATION, f->at - left->at));
  ref_queue(r, off);
}

void ref_attendance(struct ref *r, struct ref_fact *f) {
  if (f->kind == EVENT_shift_assigned) assigned(r, f);
  else if (f->kind == EVENT_attendance_clocked_in) punched_in(r, f);
  else if (f->kind == EVENT_attendance_clocked_out) punched_out(r, f);
  else if (f->kind == EVENT_attendance_returned) returned(r, f);
}

bool ref_shift_runs_on(struct ref *r, struct ref_shift *s) {
  if (!s->extends || s->over || s->gone || r->now < s->to) return false;
  if (!s->ran_on && ref_customer_waits(r, s->person)) s->ran_on = true;
  return s->ran_on;
}

static void shift_ends(struct ref *r, struct ref_shift *s, i64 at) {
  s->ended_seen = true;
  if (s->in_at == 0 && s->out_at == 0 && !ref_on_leave(r, s->person, s->from)) {
    struct ref_fact *absent = attendance_fact(r, s, EVENT_attendance_absent, at);
    ref_set(absent, "天数", value_ratio(1, 1));
    ref_queue(r, absent);
  }
  uncovered(r, s, at);
  if (!ref_shift_runs_on(r, s)) over(r, s, at);
}

static void punches_due(struct ref *r, struct ref_shift *s, i64 at) {
  s->punch_seen = true;
  over(r, s, at);
  if ((s->in_at == 0) == (s->out_at == 0)) return;
  struct ref_fact *missing = attendance_fact(r, s, EVENT_attendance_punch_missing, at);
  ref_set(missing, "向", value_text(str_c(s->in_at ? "下班" : "上班")));
  ref_queue(r, missing);
}

/* ---- duties that come round ---- */

static const struct lang_recurs *recurs_of(const struct ref_rule *rule) {
  if (rule->type == RR_EACH) return &rule->item->each->recurs;
  if (rule->type == RR_SURVEY) return rule->item->survey->has_recur ? &rule->item->survey->recurs : NULL;
  return rule->type == RR_CHECK_DUTY ? &rule->item->checklist->recurs : NULL;
}

static bool by_shift(const struct ref_rule *rule, const struct lang_recur *rc) {
  return rc->kind == LANG_EVERY_SHIFT || (rc->kind == LANG_EVERY_NAMED && lang_find_shift(rule->version->program, rc->name));
}

static bool moves_past_holidays(const struct ref_rule *rule) { return rule->type == RR_EACH && rule->item->each->due.options.past_holidays; }

/* False when nobody knows the next working day. */
static bool due_on(struct ref *r, const struct ref_rule *rule, i64 date, i64 *due, i64 *last_good) {
  const struct lang_calendar_due *cd = rule->type == RR_EACH ? &rule->item->each->due : NULL;
  struct work_calendar days = {.from = 1, .to = 0};
  bool work = false;
  if (moves_past_holidays(rule)) days = ref_working_days(r);
  if (cd && !cd->has_time && cd->options.day_excluded) date--;
  for (i64 last = date + 60; moves_past_holidays(rule) && !work; date += !work) {
    struct problem p = {0};
    if (date == last || work_calendar_is_workday(&days, date, &work, &p) != OK) return false;
  }
  if (cd && cd->has_time) {
    *due = instant_at(date, cd->has_time_to ? cd->time_to_ms : cd->time_ms, r->zone);
    *last_good = *due - (cd->side != LANG_WITHIN);
    return true;
  }
  *due = instant_at(date + 1, 0, r->zone);
  *last_good = *due - 1;
  return true;
}

/* Is the duty due on this date? Dates are tried one after another. */
static bool falls_on(struct ref *r, const struct ref_rule *rule, const struct lang_recur *rc, i64 date) {
  i64 first, end;
  struct problem p = {0};
  struct work_calendar days = {.from = 1, .to = 0};
  bool work = true;
  if (rc->kind == LANG_EVERY_WEEKDAY) return rc->weekdays >> weekday(date) & 1;
  if (rc->kind == LANG_EVERY_PERIOD) {
    ref_period(rule->version->program, rc->period, date, &first, &end);
    if (rc->period == LANG_WORKING_DAY) days = ref_working_days(r);
    if (rc->period == LANG_WORKING_DAY && work_calendar_is_workday(&days, date, &work, &p) != OK) return false;
    i64 day = end - 1;
    if (rc->day_from || rc->day_to) { /* of the month in which the period begins; a missing day is its last */
      struct civil c = civil_from_date(first);
      int wanted = rc->day_to ? rc->day_to : rc->day_from, length = month_length(c.year, c.month);
      day = date_from_civil(c.year, c.month, wanted < length ? wanted : length);
    }
    while (rc->before_weekday && weekday(day) != rc->before_weekday) day--;
    return work && day == date;
  }
  struct ref_env env = ref_env_of(r, rule, instant_at(date, 0, r->zone), NULL);
  struct value span;
  i64 start = instant_date(rule->version->in_force_ms > r->first_at ? rule->version->in_force_ms : r->first_at, r->zone);
  if (rc->span == NULL || !ref_eval(&env, rc->span, &span) || span.i <= 0 || date < start) return false;
  if (span.type == V_DAYS) return (date - start + 1) % span.i == 0;
  for (i64 n = span.i; span.type == V_MONTHS && date_add_months(start, n) - 1 <= date; n += span.i) {
    if (date_add_months(start, n) - 1 == date) return true;
  }
  return false;
}

static bool next_period(struct ref *r, const struct ref_rule *rule, const struct lang_recur *rc, i64 from, i64 *due, i64 *last_good) {
  i64 today = instant_date(from, r->zone);
  for (i64 date = moves_past_holidays(rule) ? today - 60 : today; date < today + 800; date++) {
    if (!falls_on(r, rule, rc, date)) continue;
    if (!due_on(r, rule, date, due, last_good)) return false;
    if (*last_good >= from) return true;
  }
  return false;
}

static bool is_running(const struct ref *r, u64 id) {
  for (size_t i = 0; i < r->duties.n; i++) {
    if (r->duties.p[i]->id == id && r->duties.p[i]->running) return true;
  }
  return false;
}

/* What ended stays ended for its period. A shift that was taken off the roster ends its duties, and those come back with it; what
 * somebody was let off does not. */
static bool is_over(const struct ref *r, u64 id, i64 from, bool by_shift) {
  for (size_t i = 0; i < r->duties.n; i++) {
    const struct ref_duty *d = r->duties.p[i];
    if (d->id == id && (by_shift ? d->let_off : d->from == from)) return true;
  }
  return false;
}

/* One person's (or one object's) duty of one period. What was done inside the period before it was made counts. */
static void make(struct ref *r, const struct ref_rule *rule, const struct ref_period *o, struct ref_shift *shift, struct str person, struct str element, i64 now) {
  u64 id = shift ? ref_mix_str(ref_mix(rule->ident, (u64)shift->date), shift->name) : ref_mix(ref_mix(rule->ident, (u64)o->due), 0);
  id = ref_mix_str(ref_mix_str(id, person), element);
  if (is_running(r, id) || is_over(r, id, o->from, shift != NULL)) return;
  struct ref_duty *d = ref_new_duty(r, rule, id);
  const struct lang_checklist *c = rule->type == RR_CHECK_DUTY ? rule->item->checklist : NULL;
  const struct lang_expr *times = rule->type == RR_EACH ? rule->item->each->due.times : c && c->sample ? c->sample : c ? c->times : NULL;
  if (times && times->kind == LX_LITERAL) d->need = times->value.i;
  d->person = person;
  d->element = element;
  d->group = person.n == 0;
  d->recurring = true;
  d->quiet = rule->type == RR_CHECK_DUTY;
  d->from = o->from;
  d->started = now;
  d->due = o->due;
  d->last_good = o->last_good;
  d->shift = shift;
  if (rule->type == RR_EACH && rule->item->each->has_object && lang_find_case(rule->version->program, rule->item->each->object.segments[0])) {
    d->object = element; /* a case is what the duty is about */
    d->noun = RN_CASE;
    d->element = nothing;
  }
  for (size_t i = 0; i < r->history.n && d->running; i++) {
    struct ref_fact *f = r->history.p[i];
    bool at_hand = i + 1 == r->history.n && f->at == now && r->now == now; /* the fact being judged is counted with the others, after */
    if (!f->dead && !at_hand && f->at >= o->from && ref_goal_fits(r, d, f)) ref_count(r, d, f);
  }
  ref_set_warnings(r, d);
}

static void fill(struct ref *r, const struct ref_period *o, i64 now) {
  const struct ref_rule *rule = o->rule;
  if (rule->type == RR_CHECK_DUTY) {
    make(r, rule, o, NULL, nothing, nothing, now);
    return;
  }
  const struct lang_each *each = rule->item->each;
  struct ref_env env = ref_env_of(r, rule, now, NULL);
  if (each->has_object && lang_find_case(rule->version->program, each->object.segments[0])) {
    ref_people cases = ref_cases(r, each->object.segments[0]);
    for (size_t i = 0; i < cases.n; i++) {
      if (ref_case_in_set(r, rule, cases.p[i], now)) make(r, rule, o, NULL, nothing, cases.p[i], now);
    }
    return;
  }
  if (!each->has_object) {
    ref_people who = ref_party(&env, &each->bearer);
    for (size_t i = 0; i < who.n; i++) {
      if (!str_starts(who.p[i], STR("role:"))) make(r, rule, o, NULL, who.p[i], nothing, now);
    }
    return;
  }
  ref_people them = ref_holders(r, each->object.segments[0]);
  for (size_t i = 0; i < them.n; i++) {
    struct ref_element el = {.name = each->object.text, .value = ref_to(RN_PERSON, them.p[i])};
    env.element = &el;
    if (each->object_where == NULL || ref_true(&env, each->object_where)) make(r, rule, o, NULL, nothing, them.p[i], now);
    env.failed = false;
  }
}

static void notices(struct ref *r, const struct ref_rule *rule, i64 at);

/* Does a survey go out on this date? On the day named, else on the period's first (月末: its last; before a weekday: from its last). */
static bool sent_on(struct ref *r, const struct ref_rule *rule, const struct lang_recur *rc, i64 date) {
  i64 first, end;
  if (rc->kind == LANG_EVERY_WEEKDAY) return falls_on(r, rule, rc, date);
  if (rc->kind == LANG_EVERY_PERIOD) {
    bool last = rc->before_weekday || rc->period == LANG_MONTH_END || rc->period == LANG_QUARTER_END || rc->period == LANG_YEAR_END;
    if (rc->period == LANG_WORKING_DAY || (last && rc->day_from == 0)) return falls_on(r, rule, rc, date);
    ref_period(rule->version->program, rc->period, date, &first, &end);
    struct civil c = civil_from_date(first);
    int length = month_length(c.year, c.month);
    i64 day = rc->day_from ? date_from_civil(c.year, c.month, rc->day_from < length ? rc->day_from : length) : first;
    while (rc->before_weekday && weekday(day) != rc->before_weekday) day--;
    return day == date;
  }
  struct ref_env env = ref_env_of(r, rule, instant_at(date, 0, r->zone), NULL);
  struct value span;
  i64 start = instant_date(rule->version->in_force_ms > r->first_at ? rule->version->in_force_ms : r->first_at, r->zone);
  if (rc->span == NULL || !ref_eval(&env, rc->span, &span) || span.i <= 0 || date <= start) return false;
  if (span.type == V_DAYS) return (date - start) % span.i == 0;
  for (i64 n = span.i; span.type == V_MONTHS && date_add_months(start, n) <= date; n += span.i) {
    if (date_add_months(start, n) == date) return true;
  }
  return false;
}

/* order 0: when does it go out next; 1: now it goes out. */
static void survey_round(struct ref *r, struct ref_series *s, i64 at) {
  i64 from = s->order ? at + 1 : at;
  s->opens = INT64_MAX;
  if (ref_version_at(r, at) != s->rule->version) return;
  if (s->order) ref_send_round(r, s->rule, at);
  if (ref_version_at(r, from) != s->rule->version) return;
  for (i64 date = instant_date(from, r->zone), end = date + 1500; date < end; date++) {
    i64 begins = instant_at(date, 0, r->zone);
    if (begins < from || !sent_on(r, s->rule, &recurs_of(s->rule)->p[s->recur], date)) continue;
    s->opens = begins;
    s->order = 1;
    return;
  }
}

static void open_period(struct ref *r, struct ref_series *s, i64 at) {
  if (s->rule->type == RR_SURVEY) {
    survey_round(r, s, at);
    return;
  }
  if (s->rule->type == RR_NOTICE) {
    s->opens = INT64_MAX;
    notices(r, s->rule, at);
    return;
  }
  struct ref_period o = {.rule = s->rule, .recur = s->recur, .from = at};
  s->opens = INT64_MAX;
  if (ref_version_at(r, at) != s->rule->version || !next_period(r, s->rule, &recurs_of(s->rule)->p[s->recur], at, &o.due, &o.last_good)) return;
  for (size_t i = 0; i < r->periods.n; i++) { /* a period that an older version opened stays with it */
    const struct ref_period *old = &r->periods.p[i];
    if (old->rule == s->rule || old->rule->ident != s->rule->ident || old->recur != s->recur || old->last_good < at || old->from >= at) continue;
    s->opens = old->last_good + 1;
    return;
  }
  ADD(r->a, r->periods) = o;
  s->opens = o.last_good + 1;
  fill(r, &o, at);
}

/* 告知: everybody it is for reads it within so many days of joining, or of the version's beginning. */
static void notice(struct ref *r, const struct ref_rule *rule, struct str person, i64 at) {
  const struct lang_notice *n = rule->item->notice;
  struct ref_env env = ref_env_of(r, rule, at, NULL);
  const struct lang_header *h = rule->version->program->header;
  struct value span;
  bool meant = false;
  for (size_t i = 0; i < n->to.count; i++) {
    ref_people who = ref_party(&env, &n->to.p[i]);
    for (size_t k = 0; k < who.n; k++) meant |= str_eq(who.p[k], person);
  }
  u64 id = ref_mix_str(ref_mix_str(rule->ident, arena_printf(r->a, "%d.%d", h->major, h->minor)), person);
  if (!meant || n->within == NULL || is_running(r, id) || !ref_eval(&env, n->within, &span)) return;
  struct ref_duty *d = ref_new_duty(r, rule, id);
  d->person = person;
  d->recurring = d->quiet = true;
  d->from = d->started = at;
  d->due = d->last_good = at + span.i;
  if (span.type != V_DURATION) ref_end_of_days(&env, &span, at, &d->due, &d->last_good);
  ref_set_warnings(r, d);
}

static void notices(struct ref *r, const struct ref_rule *rule, i64 at) {
  ref_people all = ref_holders(r, STR("全员"));
  for (size_t i = 0; i < all.n; i++) notice(r, rule, all.p[i], at);
}

void ref_people_move(struct ref *r, struct ref_fact *f) {
  if (f->kind < EVENT_person_joined || f->kind > EVENT_person_left) return;
  for (size_t i = 0; i < r->periods.n; i++) {
    const struct ref_period o = r->periods.p[i];
    if (o.last_good >= f->at && o.from <= f->at && o.rule->type == RR_EACH) fill(r, &o, f->at);
  }
  for (size_t i = 0; i < r->rules.n && f->kind == EVENT_person_joined; i++) {
    const struct ref_rule *rule = r->rules.p[i];
    if (rule->type == RR_NOTICE && rule->version == ref_version_at(r, f->at)) notice(r, rule, text_of(ref_field(f, "当事人")), f->at);
  }
}

/* A case came into being or moved: it may belong to a set now that a duty of the running period is about. */
void ref_case_moves(struct ref *r, struct ref_fact *f) {
  struct str id = ref_object_of(f, RN_CASE);
  if ((f->kind != EVENT_case_opened && f->kind != EVENT_case_moved) || f->case_type.n == 0 || f->case_state.n == 0) return;
  for (size_t i = 0; i < r->periods.n && id.n; i++) {
    const struct ref_period o = r->periods.p[i];
    if (o.last_good < f->at || o.from > f->at || o.rule->type != RR_EACH || !o.rule->item->each->has_object) continue;
    if (str_eq(o.rule->item->each->object.segments[0], f->case_type) && ref_case_in_set(r, o.rule, id, f->at)) make(r, o.rule, &o, NULL, nothing, id, f->at);
  }
}

static bool is_that_shift(const struct ref_rule *rule, const struct lang_recur *rc, const struct ref_shift *s) {
  const struct lang_shift *declared = lang_find_shift(rule->version->program, s->name);
  if (str_is(rc->name, "班次") || str_eq(rc->name, s->name)) return true;
  return declared && declared->class_name.text.n && str_eq(declared->class_name.text, rc->name);
}

static i64 shift_before(struct ref *r, const struct ref_shift *s) {
  i64 from = INT64_MIN;
  for (size_t i = 0; i < r->shifts.n; i++) {
    const struct ref_shift *o = r->shifts.p[i];
    if (str_eq(o->person, s->person) && !o->gone && o->from < s->from && o->from > from) from = o->from;
  }
  return from == INT64_MIN ? s->from - MS_DAY : from;
}

/* Duties at the start of a shift open with its day, those at its end with its start. */
static void open_shift(struct ref *r, struct ref_shift *s, i64 at) {
  bool start = at < s->from;
  if (start) s->open_start = true;
  else s->open_end = true;
  for (size_t i = 0; i < r->rules.n; i++) {
    const struct ref_rule *rule = r->rules.p[i];
    if (rule->type != RR_EACH || rule->version != ref_version_at(r, at)) continue;
    for (size_t k = 0; k < rule->item->each->recurs.count; k++) {
      const struct lang_recur *rc = &rule->item->each->recurs.p[k];
      if (!by_shift(rule, rc) || !is_that_shift(rule, rc, s) || (rc->edge == LANG_SHIFT_START) != start) continue;
      struct ref_period o = {.rule = rule, .from = start ? shift_before(r, s) : s->from, .due = start ? s->from : s->to};
      struct ref_env env = ref_env_of(r, rule, at, NULL);
      struct value span;
      if (rc->offset && ref_eval(&env, rc->offset, &span)) o.due += rc->offset_before ? -span.i : span.i;
      o.last_good = o.due - (rule->item->each->due.side != LANG_WITHIN);
      make(r, rule, &o, s, s->person, nothing, at);
    }
  }
}

/* ---- settlements ---- */

static bool settled_period(struct ref *r, const struct ref_rule *rule, i64 at, i64 *from, i64 *to) {
  const struct lang_recurs *recurs = &rule->item->settle->recurs;
  i64 first, end;
  if (recurs->count == 0 || recurs->p[0].kind != LANG_EVERY_PERIOD) return false;
  ref_period(rule->version->program, recurs->p[0].period, instant_date(at, r->zone), &first, &end);
  *from = instant_at(first, 0, r->zone);
  *to = instant_at(end, 0, r->zone);
  return true;
}

static void settle_one(struct ref *r, const struct ref_rule *rule, struct str key, struct str word, enum ref_noun noun, i64 from, i64 to) {
  const struct lang_settle *s = rule->item->settle;
  struct ref_env env = ref_env_of(r, rule, to, NULL);
  env.key = key;
  env.key_word = word;
  env.key_noun = noun;
  env.from = from;
  env.to = to;
  if (s->where && !ref_true(&env, s->where)) return;
  for (size_t i = 0; i < s->statement_count; i++) {
    const struct lang_statement *st = &s->statements[i];
    struct ref_site site = ref_site_of(&env, to, ref_mix_str(ref_mix(0, (u64)from), key));
    env.failed = false;
    site.window[0] = from;
    site.window[1] = to;
    site.base = (i64)i * 100000;
    if (st->kind == LANG_STATEMENT_ACT) ref_do(&site, &(struct lang_acts){st->act, 1});
    else if (st->kind == LANG_STATEMENT_TIER) ref_do_body(&site, &(struct lang_body){.tier = st->tier});
  }
}

/* 按 经销商: the word; "" when it is by people. */
static struct str settled_by(const struct ref_rule *rule) {
  static const char *const people[] = {"员工", "人员", "全员", "当事人", "staff", "person", "everyone"};
  const struct lang_names *keys = &rule->item->settle->keys;
  struct str word = keys->count ? keys->p[0].text : nothing;
  for (size_t i = 0; i < COUNT_OF(people); i++) {
    if (str_is(word, people[i])) return nothing;
  }
  return lang_find_role(rule->version->program, word) ? nothing : word;
}

/* Whoever the cases of the period name in the field of that word. */
static void settle_holders(struct ref *r, const struct ref_rule *rule, struct str word, i64 from, i64 to) {
  ref_people done = {0};
  for (size_t i = 0; i < r->given_count; i++) {
    const struct ref_fact *f = r->given[i];
    struct value v = f->at >= from && f->at < to && f->case_type.n ? ref_extra(f, word) : value_absent();
    bool twice = text_of(v).n == 0;
    for (size_t k = 0; k < done.n; k++) twice |= str_eq(done.p[k], v.s);
    if (twice) continue;
    ADD(r->a, done) = v.s;
    settle_one(r, rule, v.s, word, v.den ? (enum ref_noun)v.den : RN_CUSTOMER, from, to);
  }
}

static void settle_all(struct ref *r, const struct ref_rule *rule, i64 from, i64 to) {
  struct str word = settled_by(rule);
  ref_people all = ref_joined(r);
  if (word.n) settle_holders(r, rule, word, from, to);
  for (size_t i = 0; i < all.n && word.n == 0; i++) { /* whoever was employed in the period */
    i64 left;
    if (ref_joined_at(r, all.p[i]) >= to || (ref_left_at(r, all.p[i], &left) && left <= from)) continue;
    settle_one(r, rule, all.p[i], nothing, RN_PERSON, from, to);
  }
}

static void settle(struct ref *r, struct ref_series *s, i64 at) {
  i64 from, to, next_from, next_to;
  s->opens = INT64_MAX;
  if (!settled_period(r, s->rule, at - 1, &from, &to)) return;
  const struct reference_version *last = ref_version_at(r, to - 1);
  if (last == s->rule->version) {
    settle_all(r, s->rule, from, to);
  } else if (s->rule->version < last) {
    return; /* a newer version settles from now on */
  }
  if (settled_period(r, s->rule, at, &next_from, &next_to)) s->opens = next_to;
}

/* ---- moments ---- */

/* Settlements of one instant: those that others read come first. */
static u64 settling_order(struct ref *r, const struct ref_rule *rule) {
  const struct lang_program *program = rule->version->program;
  u32 *layer = ARENA_ARRAY(r->a, u32, program->item_count + 1);
  (void)lang_settle_order(r->a, program, layer);
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i] == rule->item) return (u64)layer[i] << 32 | rule->index;
  }
  return rule->index;
}

void ref_time_begins(struct ref *r) {
  for (size_t i = 0; i < r->rules.n; i++) {
    const struct ref_rule *rule = r->rules.p[i];
    const struct lang_recurs *recurs = recurs_of(rule);
    i64 begins = rule->version->in_force_ms > r->first_at ? rule->version->in_force_ms : r->first_at, from, to;
    for (size_t k = 0; recurs && k < recurs->count; k++) {
      if (!by_shift(rule, &recurs->p[k])) ADD(r->a, r->series) = (struct ref_series){rule, k, begins, 0};
    }
    if (rule->type == RR_NOTICE) ADD(r->a, r->series) = (struct ref_series){rule, 0, begins, 0};
    if (rule->type == RR_SETTLE && settled_period(r, rule, begins, &from, &to)) ADD(r->a, r->settlements) = (struct ref_series){rule, 0, to, settling_order(r, rule)};
  }
}

static u64 order_of(const struct ref_series *s) { return (u64)s->rule->index << 32 | s->recur; }

void ref_time_moments(struct ref *r, struct ref_next *best) {
  for (size_t i = 0; i < r->series.n; i++) {
    if (r->series.p[i].opens < INT64_MAX) ref_sooner(best, (struct ref_next){.at = r->series.p[i].opens, .kind = RM_RECUR, .order = order_of(&r->series.p[i]), .series = &r->series.p[i]});
  }
  for (size_t i = 0; i < r->settlements.n; i++) {
    if (r->settlements.p[i].opens < INT64_MAX) ref_sooner(best, (struct ref_next){.at = r->settlements.p[i].opens, .kind = RM_SETTLE, .order = r->settlements.p[i].order, .series = &r->settlements.p[i]});
  }
  for (size_t i = 0; i < r->shifts.n; i++) {
    struct ref_shift *s = r->shifts.p[i];
    struct ref_next n = {.shift = s, .order = ref_mix(ref_fact_identity(s->fact), 0)};
    i64 day = instant_at(s->date, 0, r->zone), told = s->fact->at;
    if (s->gone) continue;
    n.kind = RM_OPEN_SHIFT;
    n.at = day > told ? day : told;
    if (!s->open_start) ref_sooner(best, n);
    n.at = s->from > told ? s->from : told;
    n.order = ref_mix(ref_fact_identity(s->fact), 1);
    if (!s->open_end) ref_sooner(best, n);
    n.order = ref_mix(ref_fact_identity(s->fact), 0);
    n.kind = RM_SHIFT_START;
    n.at = s->from;
    n.order = i;
    if (!s->begun) ref_sooner(best, n);
    n.order = ref_mix(ref_fact_identity(s->fact), 0);
    n.kind = RM_SHIFT_END;
    n.at = s->to;
    if (!s->ended_seen) ref_sooner(best, n);
    n.kind = RM_PUNCH;
    n.at = s->to + LATE_PUNCH > told ? s->to + LATE_PUNCH : told;
    if (!s->punch_seen) ref_sooner(best, n);
  }
}

void ref_time_moment(struct ref *r, const struct ref_next *n) {
  switch (n->kind) {
    case RM_RECUR: open_period(r, n->series, n->at); break;
    case RM_SETTLE: settle(r, n->series, n->at); break;
    case RM_OPEN_SHIFT: open_shift(r, n->shift, n->at); break;
    case RM_SHIFT_END: shift_ends(r, n->shift, n->at); break;
    case RM_SHIFT_START:
      n->shift->begun = true;
      ref_queue(r, attendance_fact(r, n->shift, EVENT_shift_began, n->at));
      break;
    case RM_PUNCH: punches_due(r, n->shift, n->at); break;
    default: break;
  }
}
