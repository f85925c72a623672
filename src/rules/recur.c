/* Recurring duties: 每 周一 8:00 前 …, 每 白班 下班 前 …, inspections that come due, and rulebooks to be read. Each period opens
 * when the one before it is over, makes one duty for every person who owes it (or one for every object of 对(…)), and
 * counts only what is done inside it (S5). Surveys on a calendar are sent when their day begins (survey.c). */
#include "rules/slice.h"

#include <string.h>

static const struct lang_recurs *recurs_of(const struct rule *r) {
  if (r->type == R_EACH) return &r->item->each->recurs;
  if (r->type == R_CHECK_DUTY) return &r->item->checklist->recurs;
  if (r->type == R_SURVEY && r->item->survey->has_recur) return &r->item->survey->recurs;
  return NULL;
}

static bool by_shift(const struct lang_recur *rc, const struct version *v) {
  if (rc->kind == LANG_EVERY_SHIFT) return true;
  return rc->kind == LANG_EVERY_NAMED && lang_find_shift(v->program, rc->name);
}

/* ---- periods of the calendar ---- */

static i64 month_day(i64 first, int day) {
  struct civil c = civil_from_date(first);
  int length = month_length(c.year, c.month);
  return first + (day < length ? day : length) - 1;
}

/* The last day of the period that holds `date` on which the duty is due; the period's own end in *next. */
static i64 due_date(struct engine *e, const struct version *v, const struct lang_recur *rc, i64 date, i64 *next) {
  i64 from, to;
  period_bounds(e, v, rc->period, date, &from, &to);
  *next = to;
  i64 due = to - 1;
  if (rc->day_from || rc->day_to) due = month_day(month_start(from), rc->day_to ? rc->day_to : rc->day_from);
  if (rc->before_weekday) {
    while (weekday(due) != rc->before_weekday) due--;
  }
  return due;
}

enum { HOLIDAYS_MOST = 60 }; /* days that 遇休顺延 may move a deadline by */

/* False where the calendar does not reach the day that 遇休顺延 looks for. */
static bool day_deadline(struct engine *e, const struct lang_calendar_due *cd, i64 date, i64 *due, i64 *last_good) {
  if (cd && !cd->has_time && cd->options.day_excluded) date--;
  struct work_calendar calendar = working_days(e);
  for (int i = 0; cd && cd->options.past_holidays; i++, date++) {
    bool work;
    struct problem p = {0};
    if (i == HOLIDAYS_MOST || work_calendar_is_workday(&calendar, date, &work, &p) != OK) return false;
    if (work) break;
  }
  if (cd && cd->has_time) {
    *due = instant_at(date, cd->has_time_to ? cd->time_to_ms : cd->time_ms, e->zone);
    *last_good = *due - (cd->side == LANG_WITHIN ? 0 : 1);
    return true;
  }
  return shift_due_of_day(e, date, due, last_good);
}

static bool next_deadline(struct engine *e, const struct rule *r, const struct lang_recur *rc, i64 after, i64 *due, i64 *last_good) {
  const struct version *v = r->version;
  const struct lang_calendar_due *cd = r->type == R_EACH ? &r->item->each->due : NULL;
  i64 date = instant_date(after, e->zone);
  if (rc->kind == LANG_EVERY_WEEKDAY) {
    for (int i = cd && cd->options.past_holidays ? -HOLIDAYS_MOST : 0; i <= 7; i++) { /* one that a holiday moved may still lie ahead */
      if (!(rc->weekdays & 1u << weekday(date + i))) continue;
      if (!day_deadline(e, cd, date + i, due, last_good)) return false;
      if (*last_good >= after) return true;
    }
    return false;
  }
  if (rc->kind == LANG_EVERY_SPAN || rc->kind == LANG_EVERY_NAMED) {
    struct env env = env_new(e, v, r, after, NONE);
    struct value span;
    if (rc->span == NULL || !eval(&env, rc->span, &span) || span.i <= 0) return false;
    i64 start = instant_date(v->in_force_ms > e->s.first_at ? v->in_force_ms : e->s.first_at, e->zone);
    if (span.type == V_DAYS) {
      i64 periods = (date - start) / span.i + 1;
      return day_deadline(e, cd, start + periods * span.i - 1, due, last_good) && *last_good >= after;
    }
    if (span.type == V_MONTHS) {
      i64 months = span.i;
      while (date_add_months(start, months) <= date) months += span.i;
      return day_deadline(e, cd, date_add_months(start, months) - 1, due, last_good) && *last_good >= after;
    }
    return false;
  }
  if (rc->kind != LANG_EVERY_PERIOD) return false;
  struct work_calendar calendar = working_days(e);
  if (cd && cd->options.past_holidays) date -= HOLIDAYS_MOST;
  for (int i = 0; i < 400; i++) {
    i64 next;
    i64 day = due_date(e, v, rc, date, &next);
    bool work = true;
    struct problem p = {0};
    if (rc->period == LANG_WORKING_DAY && work_calendar_is_workday(&calendar, day, &work, &p) != OK) return false;
    if (!day_deadline(e, cd, day, due, last_good)) return false;
    if (work && *last_good >= after) return true;
    date = next;
  }
  return false;
}

static bool at_its_end(enum lang_period p) { return p == LANG_MONTH_END || p == LANG_QUARTER_END || p == LANG_YEAR_END; }

/* The beginning of the next day, from `after` on, on which something is sent: the day named, else the period's first (月末: last). */
static bool next_sending(struct engine *e, const struct rule *r, const struct lang_recur *rc, i64 after, i64 *at) {
  const struct version *v = r->version;
  i64 date = instant_date(after, e->zone), from, to, start = instant_date(v->in_force_ms > e->s.first_at ? v->in_force_ms : e->s.first_at, e->zone);
  struct work_calendar calendar = working_days(e);
  struct env env = env_new(e, v, r, after, NONE);
  struct value span;
  bool by_span = rc->kind == LANG_EVERY_SPAN || rc->kind == LANG_EVERY_NAMED;
  if (by_span && (rc->span == NULL || !eval(&env, rc->span, &span) || span.i <= 0 || (span.type != V_DAYS && span.type != V_MONTHS))) return false;
  for (i64 i = by_span ? 1 : 0; i < 4000; i++) { /* a day a round at least, but for spans: a period a round */
    i64 day = date;
    bool is = true;
    struct problem p = {0};
    if (by_span) {
      day = span.type == V_MONTHS ? date_add_months(start, i * span.i) : start + ((date - start) / span.i + i - 1) * span.i;
      is = day > start;
    } else if (rc->kind == LANG_EVERY_WEEKDAY) {
      is = rc->weekdays & 1u << weekday(date);
      date++;
    } else if (rc->kind == LANG_EVERY_PERIOD) {
      period_bounds(e, v, rc->period, date, &from, &to);
      day = rc->day_from ? month_day(month_start(from), rc->day_from) : at_its_end(rc->period) || rc->before_weekday ? to - 1 : from;
      while (rc->before_weekday && weekday(day) != rc->before_weekday) day--;
      if (rc->period == LANG_WORKING_DAY && work_calendar_is_workday(&calendar, day, &is, &p) != OK) return false;
      date = to;
    } else {
      return false;
    }
    *at = instant_at(day, 0, e->zone);
    if (is && *at >= after) return true;
  }
  return false;
}

static void send_next(struct engine *e, const struct rule *r, u32 which, i64 from) {
  i64 at;
  if (version_at(e, from) == r->version && next_sending(e, r, &recurs_of(r)->p[which], from, &at)) timer_add(e, at, T_RECUR, r->index, which, 1);
}

/* ---- making duties ---- */

static bool runs(const struct engine *e, u32 rule, u64 id) {
  for (u32 d = rule < e->s.rule_duties.n ? e->s.rule_duties.p[rule] : NONE; d != NONE; d = e->s.duties.p[d].rule_next) {
    if (e->s.duties.p[d].id == id) return true;
  }
  return false;
}

enum { OVER_KEPT = 1024 };

/* Two periods may end at one instant (每 半年 及 年). */
static u64 over_key(u64 id, i64 from, u32 shift) { return shift ? id : mix(id, (u64)from); }

/* What ended stays ended for its period, whoever joins and whichever case moves meanwhile. A shift that was taken off the roster ends its
 * duties too, and those come back with it. */
void recur_over(struct engine *e, const struct duty *d) {
  struct table *over = &e->s.over;
  bool let_off = d->clock == CLOCK_DISCHARGED && d->stop != NONE;
  if (e->rules.p[d->rule].type == R_NOTICE || (d->shift && !let_off)) return;
  if (over->n >= OVER_KEPT && (over->n & (over->n - 1)) == 0) { /* those of periods that are past */
    struct table kept = {0};
    for (u32 i = 0; i < over->room; i++) {
      if (over->keys[i] && (i64)over->values[i] >= e->s.now) *table_at(&kept, over->keys[i], NULL) = over->values[i];
    }
    table_clear(over);
    *over = kept;
  }
  *table_at(over, over_key(d->id, d->from, d->shift), NULL) = (u64)d->last_good;
}

/* Of this rule, or of what it was in an earlier version: a running duty keeps the version that started it. */
static bool exists(struct engine *e, const struct rule *r, u64 id) {
  for (u32 i = 0; e->versions.n > 1 && i < e->rules.n; i++) {
    if (e->rules.p[i].ident == r->ident && runs(e, i, id)) return true;
  }
  return runs(e, r->index, id);
}

/* Goals that were done inside the interval before the duty was made. */
static void count_past(struct engine *e, u32 d, i64 now) {
  const struct rule *r = &e->rules.p[e->s.duties.p[d].rule];
  u32 gen = e->s.duties.p[d].id_gen;
  for (u32 g = 0; g < r->goal_count; g++) {
    for (u32 a = 0; a < r->goals[g].alts.n; a++) {
      int kind = r->goals[g].alts.p[a].kind;
      if (kind < 0) continue;
      forget_looked(e, kind, e->s.duties.p[d].from);
      u32 n = e->s.by_kind[kind].n;
      u32 i = n;
      while (i > 0 && fact_of(e, e->s.by_kind[kind].p[i - 1])->at >= e->s.duties.p[d].from) i--;
      for (; i < n; i++) {
        u32 ref = e->s.by_kind[kind].p[i];
        if (fact_of(e, ref)->at > now || !alt_fits(&r->goals[g].alts.p[a], fact_of(e, ref)) || !duty_fits_goal(e, d, &r->goals[g], a, ref)) continue;
        duty_count(e, d, ref);
        if (e->s.duties.p[d].id_gen != gen) return;
      }
    }
  }
}

static void make(struct engine *e, const struct rule *r, const struct occurrence *o, sym person, sym object, enum noun noun, bool shared, i64 now) {
  u64 id = mix(mix(r->ident, (u64)o->due), o->shift);
  if (o->shift) { /* a shift is known by its day and name: positions may move */
    const struct shift *s = &e->s.shifts.p[o->shift - 1];
    id = mix_str(mix(r->ident, (u64)s->date), intern_str(&e->names, s->name));
  }
  id = mix_str(mix_str(id, intern_str(&e->names, person)), intern_str(&e->names, object));
  if (exists(e, r, id) || table_get(&e->s.over, over_key(id, o->from, o->shift))) return;
  u32 d = duty_new(e, r);
  struct duty *duty = &e->s.duties.p[d];
  duty->id = id;
  duty->person = person;
  duty->object_key = object;
  duty->shared = shared;
  duty->recurring = true;
  duty->quiet = r->type == R_CHECK_DUTY || r->type == R_NOTICE;
  duty->from = o->from;
  duty->started = now;
  duty->due = o->due;
  duty->last_good = o->last_good;
  duty->shift = o->shift;
  u32 gen = duty->id_gen;
  if (noun == N_CASE) { /* a case is what the duty is about: its goal names the same case */
    duty->object_key = 0;
    duty_bind(e, d, N_CASE, object);
  }
  if (o->from < now) count_past(e, d, now);
  if (e->s.duties.p[d].id_gen == gen) duty_open(e, d);
}

bool case_in_set(struct engine *e, const struct rule *r, sym id, i64 now) {
  const struct lang_each *each = r->item->each;
  struct env env = env_new(e, r->version, r, now, NONE);
  struct element el = {.name = each->object.text, .fact = NONE, .value = ref_value(e, N_CASE, id)};
  env.element = &el;
  return each->object_where == NULL || eval_true(&env, each->object_where);
}

/* 对(客诉 其中 …): one duty for every case that fits when the period opens. */
static void fill_cases(struct engine *e, const struct rule *r, const struct occurrence *o, sym type, i64 now) {
  for (u32 i = 0; i < e->s.cases.n; i++) {
    const struct object c = e->s.objects.p[e->s.cases.p[i]];
    if (c.type == type && !c.closed && case_in_set(e, r, c.id, now)) make(e, r, o, 0, c.id, N_CASE, true, now);
  }
}

static void fill(struct engine *e, const struct occurrence *o, i64 now) {
  const struct rule *r = &e->rules.p[o->rule];
  struct env env = env_new(e, r->version, r, now, NONE);
  sym who[PARTY_ROOM];
  if (r->type == R_CHECK_DUTY) {
    make(e, r, o, 0, 0, N_NONE, true, now);
    return;
  }
  const struct lang_each *each = r->item->each;
  if (!each->has_object) {
    u32 n = party_symbols(&env, &each->bearer, who, PARTY_ROOM, NULL);
    for (u32 i = 0; i < n; i++) {
      if (!str_starts(intern_str(&e->names, who[i]), STR("role:"))) make(e, r, o, who[i], 0, N_NONE, false, now);
    }
    return;
  }
  sym name = intern_sym(&e->names, each->object.segments[0]);
  if (lang_find_case(r->version->program, each->object.segments[0])) {
    fill_cases(e, r, o, name, now);
    return;
  }
  u32 n = people_of_role(e, name, who, PARTY_ROOM);
  for (u32 i = 0; i < n; i++) {
    struct element el = {.name = each->object.text, .fact = NONE, .value = ref_value(e, N_PERSON, who[i])};
    env.element = &el;
    if (each->object_where && !eval_true(&env, each->object_where)) continue;
    make(e, r, o, 0, who[i], N_PERSON, true, now);
  }
}

static void open_next(struct engine *e, const struct rule *r, u32 which, i64 from) {
  const struct lang_recurs *recurs = recurs_of(r);
  struct occurrence o = {.rule = r->index, .from = from};
  if (!next_deadline(e, r, &recurs->p[which], from, &o.due, &o.last_good)) return;
  const struct version *now = version_at(e, from);
  if (now != r->version) return; /* a newer version makes the next one */
  u32 kept = 0;
  for (u32 i = 0; i < e->s.open.n; i++) {
    if (e->s.open.p[i].last_good >= from) e->s.open.p[kept++] = e->s.open.p[i];
  }
  e->s.open.n = kept;
  *VEC_PUSH(e->s.open) = o;
  fill(e, &o, from);
  timer_add(e, o.last_good + 1, T_RECUR, r->index, which, 0);
}

static void notice(struct engine *e, const struct rule *r, sym person, i64 at) {
  const struct lang_notice *n = r->item->notice;
  struct env env = env_new(e, r->version, r, at, NONE);
  sym who[PARTY_ROOM];
  for (size_t i = 0; i < n->to.count; i++) {
    u32 count = party_symbols(&env, &n->to.p[i], who, PARTY_ROOM, NULL);
    for (u32 k = 0; k < count; k++) {
      if (who[k] != person) continue;
      struct value span;
      if (n->within == NULL || !eval(&env, n->within, &span)) return;
      struct occurrence o = {.rule = r->index, .from = at};
      if (!span_end(&env, &span, at, &o.due, &o.last_good)) return;
      u64 id = mix_str(r->ident, r->version->name);
      id = mix_str(id, intern_str(&e->names, person));
      if (exists(e, r, id)) return;
      u32 d = duty_new(e, r);
      struct duty *duty = &e->s.duties.p[d];
      duty->id = id;
      duty->person = person;
      duty->recurring = duty->quiet = true;
      duty->from = duty->started = at;
      duty->due = o.due;
      duty->last_good = o.last_good;
      duty_open(e, d);
      return;
    }
  }
}

void recur_notice(struct engine *e, sym person, i64 at) {
  if (e->slice) return; /* people's facts only set the scene there */
  const struct version *v = version_at(e, at);
  for (u32 i = 0; v && i < v->rule_count; i++) {
    const struct rule *r = &e->rules.p[v->first_rule + i];
    if (r->type == R_NOTICE) notice(e, r, person, at);
  }
}

/* A version begins to make its recurring duties. When an older one already has the same rule running, the period that is
 * open stays with the older (a running duty keeps its version). */
void recur_begin(struct engine *e, const struct version *v, i64 from) {
  for (u32 i = 0; i < v->rule_count; i++) {
    const struct rule *r = &e->rules.p[v->first_rule + i];
    const struct lang_recurs *recurs = recurs_of(r);
    if (r->type == R_NOTICE) timer_add(e, from, T_RECUR, r->index, 0, 0);
    for (size_t k = 0; recurs && k < recurs->count; k++) {
      if (by_shift(&recurs->p[k], v)) continue;
      i64 begin = from;
      if (r->type == R_SURVEY) {
        timer_add(e, begin, T_RECUR, r->index, (u32)k, 0);
        continue;
      }
      for (u32 o = 0; o < v->first_rule; o++) {
        if (e->rules.p[o].ident != r->ident || e->rules.p[o].version->in_force_ms >= from) continue;
        i64 due, last_good;
        bool open = from > e->s.first_at && next_deadline(e, &e->rules.p[o], &recurs->p[k], from - 1, &due, &last_good);
        if (open && last_good >= from) begin = last_good + 1; /* one that ends just as the new version begins is over */
      }
      timer_add(e, begin, T_RECUR, r->index, (u32)k, 0);
    }
  }
}

void recur_timer(struct engine *e, const struct timer *t) {
  const struct rule *r = &e->rules.p[t->a];
  if (r->type == R_SURVEY) { /* gen 0: look for the day; 1: the day has come */
    if (t->gen && version_at(e, t->at) == r->version) survey_send_round(e, r, t->at);
    send_next(e, r, t->b, t->at + (t->gen ? 1 : 0));
    return;
  }
  if (r->type != R_NOTICE) {
    open_next(e, r, t->b, t->at);
    return;
  }
  sym who[PARTY_ROOM];
  u32 n = people_of_role(e, e->w[W_EVERYBODY], who, PARTY_ROOM);
  for (u32 i = 0; i < n; i++) notice(e, r, who[i], t->at);
}

void recur_people_changed(struct engine *e, i64 at) {
  for (u32 i = 0; i < e->s.open.n; i++) {
    struct occurrence o = e->s.open.p[i];
    if (o.last_good >= at && o.from <= at && e->rules.p[o.rule].type == R_EACH) fill(e, &o, at);
  }
}

/* A case came into being or moved: it may belong to a set now that a duty of the running period is about. */
void recur_case_changed(struct engine *e, sym id, sym type, i64 at) {
  for (u32 i = 0; e->slice && i < e->rules.n; i++) { /* the running period is the engine's */
    const struct rule *r = &e->rules.p[i];
    if (r->type == R_EACH && r->item->each->has_object && str_eq(r->item->each->object.segments[0], intern_str(&e->names, type))) slice_escape(e, "a set of cases");
  }
  for (u32 i = 0; i < e->s.open.n; i++) {
    const struct occurrence o = e->s.open.p[i];
    const struct rule *r = &e->rules.p[o.rule];
    if (o.last_good < at || o.from > at || r->type != R_EACH || !r->item->each->has_object) continue;
    if (str_eq(r->item->each->object.segments[0], intern_str(&e->names, type)) && case_in_set(e, r, id, at)) make(e, r, &o, 0, id, N_CASE, true, at);
  }
}

/* ---- shifts ---- */

static bool shift_matches(const struct engine *e, const struct lang_recur *rc, const struct version *v, const struct shift *s) {
  if (str_is(rc->name, "班次") || str_is(rc->name, "shift")) return true;
  struct str name = intern_str(&e->names, s->name);
  if (str_eq(rc->name, name)) return true;
  const struct lang_shift *ls = lang_find_shift(v->program, name);
  return ls && ls->class_name.text.n && str_eq(ls->class_name.text, rc->name);
}

static i64 previous_start(struct engine *e, const struct shift *s) {
  i64 from = INT64_MIN;
  for (u32 i = 0; i < e->s.shifts.n; i++) {
    const struct shift *o = &e->s.shifts.p[i];
    if (o->person == s->person && !o->gone && o->from < s->from && o->from > from) from = o->from;
  }
  return from == INT64_MIN ? s->from - MS_DAY : from;
}

/* Duties at the edges of a shift: those before its start open with its day, those before its end with its start. */
void recur_open_shift(struct engine *e, u32 shift, i64 at) {
  const struct version *v = version_at(e, at);
  for (u32 i = 0; v && i < v->rule_count; i++) {
    const struct rule *r = &e->rules.p[v->first_rule + i];
    if (r->type != R_EACH) continue;
    for (size_t k = 0; k < r->item->each->recurs.count; k++) {
      const struct lang_recur *rc = &r->item->each->recurs.p[k];
      const struct shift s = e->s.shifts.p[shift];
      if (!by_shift(rc, v) || !shift_matches(e, rc, v, &s)) continue;
      bool start = rc->edge == LANG_SHIFT_START;
      if (start ? at >= s.from : at < s.from) continue;
      struct occurrence o = {.rule = r->index, .from = start ? previous_start(e, &s) : s.from, .due = start ? s.from : s.to, .shift = shift + 1};
      if (rc->offset) {
        struct env env = env_new(e, v, r, at, NONE);
        struct value span;
        if (eval(&env, rc->offset, &span)) o.due += rc->offset_before ? -span.i : span.i;
      }
      o.last_good = o.due - (r->item->each->due.side == LANG_WITHIN ? 0 : 1);
      make(e, r, &o, s.person, 0, N_NONE, false, at);
    }
  }
}

void recur_shift(struct engine *e, u32 shift, i64 at) {
  if (e->slice) return;
  const struct shift s = e->s.shifts.p[shift];
  i64 day = instant_at(s.date, 0, e->zone);
  if (at < s.from) timer_add(e, day > at ? day : at, T_OPEN_SHIFT, shift, 0, s.gen);
  if (at < s.to) timer_add(e, s.from > at ? s.from : at, T_OPEN_SHIFT, shift, 1, s.gen);
}

void recur_shift_ended(struct engine *e, u32 shift, i64 at) {
  if (e->slice) slice_escape(e, "shift ran on");
  for (u32 d = 0; d < e->s.duties.n; d++) {
    struct duty *duty = &e->s.duties.p[d];
    if (duty->shift != shift + 1 || duty->state != D_PENDING || !duty->run_on) continue;
    duty->due = at;
    duty_judge(e, d, at);
  }
}
