/* The reference's duties: when one begins, until when it can be met, who owes it, what meets, releases or pauses it, and what
 * happens when its last good millisecond is over. */
#include "rules/reference_parts.h"

#include <string.h>

static const struct str nothing = {"", 0};

static const struct lang_must *must_of(const struct ref_rule *rule) { return rule->type == RR_MUST ? rule->item->must : NULL; }

static const struct lang_party *bearer_party(const struct ref_rule *rule) {
  if (rule->type == RR_MUST) return &rule->item->must->bearer;
  if (rule->type == RR_EACH) return &rule->item->each->bearer;
  if (rule->type == RR_CHECK_DUTY) return rule->item->checklist->has_by ? &rule->item->checklist->by : NULL;
  return NULL;
}

struct ref_duty *ref_new_duty(struct ref *r, const struct ref_rule *rule, u64 id) {
  struct ref_duty *d = ARENA_NEW(r->a, struct ref_duty);
  *d = (struct ref_duty){.rule = rule, .id = id, .need = 1, .state = CLOCK_RUNNING, .running = true, .month_end = INT64_MAX, .began = r->duties.n};
  for (size_t i = 0; i < COUNT_OF(d->spoken_at); i++) d->spoken_at[i] = INT64_MAX;
  ADD(r->a, r->duties) = d;
  return d;
}

static struct ref_env env_of(struct ref *r, const struct ref_duty *d, i64 now) {
  struct ref_env env = ref_env_of(r, d->rule, now, d->trigger);
  env.bearer = d->bearer.n ? d->bearer : d->person;
  env.bearer_party = bearer_party(d->rule);
  return env;
}

/* The one it was made for; else who has the conversation or order; else the first who is meant. */
struct str ref_bearer(struct ref *r, const struct ref_duty *d, i64 at) {
  const struct lang_party *party = bearer_party(d->rule);
  if (d->person.n || party == NULL) return d->person;
  if (party->path.count == 1 && party->args.count == 0 && str_is(party->path.segments[0], "接待人")) {
    struct str agent = ref_agent(r, d->noun, d->object);
    if (agent.n) return agent;
  }
  struct ref_env env = ref_env_of(r, d->rule, at, d->trigger);
  ref_people who = ref_party(&env, party);
  return who.n ? who.p[0] : nothing;
}

/* ---- deadlines ---- */

static void end_of_day(i64 zone, i64 date, i64 *due, i64 *last_good) {
  *due = instant_at(date + 1, 0, zone);
  *last_good = *due - 1;
}

static bool failed(struct ref_env *env) {
  env->failed = true;
  return false;
}

static bool next_working_day(struct ref_env *env, const struct lang_due_options *o, i64 *date) {
  struct work_calendar days = ref_working_days(env->r);
  for (int i = 0; o->past_holidays; i++, ++*date) {
    bool work;
    struct problem p = {0};
    if (i == 60 || work_calendar_is_workday(&days, *date, &work, &p) != OK) return failed(env);
    if (work) break;
  }
  return true;
}

static bool add_days(struct ref_env *env, const struct value *span, i64 *date) {
  struct work_calendar days = ref_working_days(env->r);
  struct problem p = {0};
  if (span->type == V_DAYS) *date += span->i;
  else if (span->type == V_MONTHS) *date = date_add_months(*date, span->i);
  else if (span->type != V_WORKDAYS) return failed(env);
  else if (work_calendar_add(&days, *date, span->i, date, &p) != OK) return failed(env);
  return true;
}

bool ref_end_of_days(struct ref_env *env, const struct value *span, i64 at, i64 *due, i64 *last_good) {
  i64 date = instant_date(at, env->r->zone);
  if (!add_days(env, span, &date)) return false;
  end_of_day(env->r->zone, date, due, last_good);
  return true;
}

static bool within(struct ref_env *env, const struct lang_due *due, i64 at, i64 *due_at, i64 *last_good) {
  struct value span;
  i64 date = instant_date(at, env->r->zone);
  if (!ref_eval(env, due->span, &span)) return false;
  if (span.type == V_DURATION) {
    *due_at = at + span.i;
    *last_good = *due_at - due->before;
    return true;
  }
  bool months = span.type == V_MONTHS, first = due->options.first_day_counts;
  if (first && !months) span.i--;
  if (!add_days(env, &span, &date)) return false;
  if (first && months) date--; /* the month that begins today ends the day before its number comes again */
  if (!next_working_day(env, &due->options, &date)) return false;
  end_of_day(env->r->zone, date, due_at, last_good);
  return true;
}

static struct ref_shift *shift_at(struct ref *r, struct str person, i64 at) {
  for (size_t i = r->shifts.n; i > 0; i--) {
    struct ref_shift *s = r->shifts.p[i - 1];
    if (str_eq(s->person, person) && !s->gone && s->from <= at && (at <= s->to || (s->ran_on && !s->over))) return s;
  }
  return NULL;
}

static bool on_day(struct ref_env *env, struct ref_duty *d, const struct lang_due *due, i64 at, i64 *due_at, i64 *last_good) {
  i64 zone = env->r->zone, date = instant_date(at, zone), monday = date - (weekday(date) - 1);
  struct civil c = civil_from_date(date);
  i64 month = date_from_civil(c.year, c.month, 1);
  switch (due->day) {
    case LANG_SAME_DAY: break;
    case LANG_NEXT_DAY: date++; break;
    case LANG_SAME_WEEK: date = monday + (due->weekday ? due->weekday : 7) - 1; break;
    case LANG_NEXT_WEEK: date = monday + 7 + (due->weekday ? due->weekday : 7) - 1; break;
    case LANG_SAME_MONTH: case LANG_NEXT_MONTH: {
      if (due->day == LANG_NEXT_MONTH) month = date_add_months(month, 1);
      int length = month_length(civil_from_date(month).year, civil_from_date(month).month);
      int day = due->day_of_month ? due->day_of_month : length;
      date = month + (day < length ? day : length) - 1;
      break;
    }
    case LANG_SAME_SHIFT:
      d->shift = shift_at(env->r, ref_bearer(env->r, d, at), at);
      if (d->shift == NULL) break; /* not on a shift: the day */
      *due_at = d->shift->to;
      *last_good = *due_at - due->before;
      return true;
  }
  if (due->day == LANG_SAME_SHIFT) return end_of_day(zone, date, due_at, last_good), true;
  if (!next_working_day(env, &due->options, &date)) return false;
  end_of_day(zone, date, due_at, last_good);
  if (due->has_time) {
    *due_at = instant_at(date, due->time_ms, zone);
    *last_good = *due_at - due->before;
  }
  return true;
}

static bool before_moment(struct ref_env *env, const struct lang_due *due, i64 *due_at, i64 *last_good) {
  struct value v;
  if (!ref_eval(env, due->moment, &v)) return false;
  if (v.type == V_INSTANT) {
    *due_at = v.i;
    *last_good = v.i - !due->options.day_included;
    return true;
  }
  if (v.type != V_DATE) return failed(env);
  if (due->options.day_included) return end_of_day(env->r->zone, v.i, due_at, last_good), true;
  *due_at = instant_at(v.i, 0, env->r->zone);
  *last_good = *due_at - 1;
  return true;
}

/* An instant moved by a span: days, working days and months keep the time of day; midnight belongs to the day it ends. */
static bool moved(struct ref_env *env, const struct value *span, i64 from, int direction, i64 *at) {
  i64 zone = env->r->zone, date = instant_date(from, zone), time = instant_time_of_day(from, zone);
  struct work_calendar days = ref_working_days(env->r);
  if (span->type == V_DURATION) return *at = from + direction * span->i, true;
  if (time == 0) date--, time = MS_DAY;
  if (span->type == V_DAYS) {
    date += direction * span->i;
  } else if (span->type == V_MONTHS) {
    date = date_add_months(date, direction * span->i);
  } else if (span->type == V_WORKDAYS) {
    for (i64 left = span->i; left > 0;) {
      bool work;
      struct problem p = {0};
      date += direction;
      if (work_calendar_is_workday(&days, date, &work, &p) != OK) return failed(env);
      left -= work;
    }
  } else {
    return failed(env);
  }
  *at = instant_at(date, 0, zone) + time;
  return true;
}

/* ---- beginning ---- */

static void bind(struct ref_duty *d, const struct ref_fact *f) {
  for (int noun = RN_CONVERSATION; noun <= RN_PRODUCT && d->object.n == 0; noun++) {
    d->object = ref_object_of(f, (enum ref_noun)noun);
    d->noun = d->object.n ? (enum ref_noun)noun : RN_NONE;
  }
}

static const struct lang_expr *unless_of(const struct ref_rule *rule) {
  for (size_t i = 0; i < rule->item->tail_count; i++) {
    if (rule->item->tails[i].kind == LANG_TAIL_UNLESS) return rule->item->tails[i].condition;
  }
  return NULL;
}

/* 届前: counted back from the deadline by the calendar in force when the deadline is set; what would lie in the past is not said. */
void ref_set_warnings(struct ref *r, struct ref_duty *d) {
  for (size_t i = 0; i < d->rule->item->tail_count && i < COUNT_OF(d->spoken_at); i++) {
    const struct lang_tail *t = &d->rule->item->tails[i];
    struct ref_env env = env_of(r, d, d->started);
    struct value span;
    i64 at;
    d->spoken_at[i] = INT64_MAX;
    if (t->kind != LANG_TAIL_WARN || !ref_eval(&env, t->span, &span) || !moved(&env, &span, d->due, -1, &at)) continue;
    if (at > d->started && at > r->now) d->spoken_at[i] = at;
  }
}

static void pause_or_go_on(struct ref *r, struct ref_duty *d, i64 at) {
  const struct lang_must *must = must_of(d->rule);
  if (must == NULL || must->due.options.pause == NULL || !d->running || d->violated) return;
  struct ref_env env = env_of(r, d, at);
  bool stands = ref_true(&env, must->due.options.pause);
  if (stands && d->state == CLOCK_RUNNING) {
    d->state = CLOCK_PAUSED;
    d->paused_since = at;
  } else if (!stands && d->state == CLOCK_PAUSED) {
    d->state = CLOCK_RUNNING;
    d->paused += at - d->paused_since;
    d->due += at - d->paused_since;
    d->last_good += at - d->paused_since;
    d->moves++;
    ref_set_warnings(r, d);
  }
}

void ref_begin_duty(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_due *due = &rule->item->must->due;
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  const struct lang_expr *unless = unless_of(rule);
  if (unless && ref_true(&env, unless)) return;
  env.failed = false;
  struct ref_duty *d = ref_new_duty(r, rule, ref_mix(rule->ident, ref_fact_identity(f)));
  d->trigger = f;
  d->started = d->from = f->at;
  bind(d, f);
  bool known = due->kind == LANG_DUE_WITHIN ? within(&env, due, f->at, &d->due, &d->last_good)
               : due->kind == LANG_DUE_DAY  ? on_day(&env, d, due, f->at, &d->due, &d->last_good)
                                            : before_moment(&env, due, &d->due, &d->last_good);
  if (!known) { /* until when cannot be told: a person decides */
    struct ref_cons c = {.rule = rule, .fact_identity = d->id, .cap_fen = -1};
    c.out = (struct consequence){.type = C_MANUAL, .occurred_ms = f->at, .subject = ref_bearer(r, d, f->at)};
    c.id = ref_mix(ref_mix(rule->ident, d->id), C_MANUAL);
    d->running = false;
    ref_keep(r, &c);
    return;
  }
  ref_set_warnings(r, d);
  pause_or_go_on(r, d, f->at);
}

/* 凡 A 后 span 内 无 B: nothing is owed, something is waited for. */
void ref_wait(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  struct value span;
  i64 due, last_good;
  bool known = ref_eval(&env, rule->item->when->trigger.absent_within, &span);
  if (known && span.type == V_DURATION) due = last_good = f->at + span.i;
  else if (known) known = ref_end_of_days(&env, &span, f->at, &due, &last_good);
  if (!known) {
    struct ref_site site = ref_site_of(&env, f->at, ref_fact_identity(f));
    ref_manual(&site, NULL, 0);
    return;
  }
  struct ref_duty *d = ref_new_duty(r, rule, ref_mix(rule->ident, ref_fact_identity(f)));
  d->trigger = f;
  d->quiet = true;
  d->started = d->from = f->at;
  d->due = due;
  d->last_good = last_good;
  bind(d, f);
}

/* ---- being met ---- */

static void finish_steps(struct ref *r, struct ref_duty *d, i64 at) {
  for (size_t i = 0; i < r->cons.n; i++) {
    struct ref_cons *c = r->cons.p[i];
    if (c->duty != d || !c->grows || c->ended) continue;
    ref_grow(r, c, at);
    ref_finish(r, c);
  }
}

static void end_duty(struct ref *r, struct ref_duty *d, enum clock_state state, i64 at) {
  if (d->violated) finish_steps(r, d, at);
  d->state = state;
  d->running = false;
}

void ref_discharge(struct ref *r, struct ref_duty *d, i64 at) { end_duty(r, d, d->violated ? CLOCK_VIOLATED : CLOCK_DISCHARGED, at); }

void ref_count(struct ref *r, struct ref_duty *d, i64 at) {
  if (++d->done >= d->need) end_duty(r, d, d->violated ? CLOCK_MET_LATE : CLOCK_MET, at);
}

static bool same_names(struct ref *r, const struct ref_duty *d, const struct lang_names *names, const struct ref_fact *f) {
  for (size_t i = 0; i < names->count; i++) {
    struct value mine, theirs;
    struct ref_env there = ref_env_of(r, d->rule, f->at, f), here = ref_env_of(r, d->rule, f->at, d->trigger);
    if (!ref_name(&there, names->p[i].text, &theirs)) return false;
    if (d->element.n) mine = value_ref(d->element);
    else if (d->trigger == NULL || !ref_name(&here, names->p[i].text, &mine)) return false;
    if (mine.type == V_ABSENT || theirs.type == V_ABSENT || !ref_same(r, &mine, &theirs)) return false;
  }
  return true;
}

static struct str doer_of(struct ref *r, const struct ref_duty *d, const struct ref_fact *f) {
  struct value inspector = d->rule->type == RR_CHECK_DUTY ? ref_field(f, "检查人") : value_absent();
  struct str who = d->rule->type == RR_CHECK_DUTY ? (inspector.type == V_REF || inspector.type == V_TEXT ? inspector.s : nothing) : ref_person_of(r, f);
  return who.n ? who : f->actor;
}

/* What 同 says; else the same object; else the same person. */
static bool same_matter(struct ref *r, const struct ref_duty *d, const struct lang_names *same, const struct ref_fact *f) {
  if (same && same->count) return same_names(r, d, same, f);
  if (d->object.n && ref_kind_has(f->kind, d->noun)) return str_eq(ref_object_of(f, d->noun), d->object);
  struct str doer = doer_of(r, d, f);
  const struct lang_party *party = bearer_party(d->rule);
  return str_eq(doer, ref_bearer(r, d, f->at)) || (d->group && party && ref_has_role(r, doer, party->path.text));
}

static bool evidence_given(struct ref_env *env, const struct lang_goal *g, const struct ref_fact *f) {
  for (size_t i = 0; i < g->evidence_count; i++) {
    struct value v = ref_named(f, g->evidence[i].name.text);
    if (v.type == V_BOOL ? !v.i : !ref_filled(&v)) return false;
    struct value n = value_int(V_COUNT, v.type == V_LIST ? (i64)v.count : v.type == V_TEXT ? (i64)str_han_count(v.s) : 1);
    if (g->evidence[i].bound.count && !ref_in_ranges(env, &g->evidence[i].bound, &n)) return false;
  }
  return true;
}

static bool goal_is(struct ref_env *env, const struct lang_goal *g, const struct ref_fact *f) {
  if (g->complete.text.n) {
    struct value name = ref_field(f, "名");
    return f->kind == EVENT_duty_done && (name.type == V_REF || name.type == V_TEXT) && str_eq(name.s, g->complete.text) && evidence_given(env, g, f) &&
           (g->where == NULL || ref_true(env, g->where));
  }
  return ref_fits(env, &g->event, 1, g->where, f);
}

static bool fits_goal(struct ref *r, struct ref_duty *d, const struct lang_goal *g, const struct lang_names *same, const struct ref_fact *f) {
  if (!same_matter(r, d, same, f)) return false;
  struct str bearer = ref_bearer(r, d, f->at);
  if (g->personally && !str_eq(f->actor, bearer)) return false;
  struct ref_env env = ref_env_of(r, d->rule, f->at, f);
  env.anchor = d->trigger ? d->trigger : f;
  env.bearer = bearer;
  env.bearer_party = bearer_party(d->rule);
  return goal_is(&env, g, f);
}

/* Read: this very version confirmed, or the article read. */
static bool is_read(struct ref *r, const struct ref_duty *d, const struct ref_fact *f) {
  const struct lang_notice *n = d->rule->item->notice;
  const struct lang_header *h = d->rule->version->program->header;
  bool of_book = n->subjects.count == 0;
  for (size_t i = 0; i < n->subjects.count; i++) of_book |= str_is(n->subjects.p[i].text, "本制度") || str_is(n->subjects.p[i].text, "this_rulebook");
  if (!of_book) return f->kind == EVENT_knowledge_read;
  struct value book = ref_field(f, "制度"), version = ref_field(f, "版本");
  if (f->kind != EVENT_rulebook_acknowledged) return false;
  if (ref_filled(&book) && !str_eq(book.s, h->id.text)) return false;
  return !ref_filled(&version) || str_eq(version.s, arena_printf(r->a, "%d.%d", h->major, h->minor));
}

bool ref_goal_fits(struct ref *r, struct ref_duty *d, const struct ref_fact *f) {
  const struct lang_item *item = d->rule->item;
  if (f == d->trigger || f->at < d->from) return false;
  if (d->rule->type == RR_WHEN) {
    const struct lang_goal awaited = {.event = item->when->trigger.absent};
    return fits_goal(r, d, &awaited, &item->when->trigger.absent_same, f);
  }
  if (d->rule->type == RR_CHECK_DUTY) {
    struct value list = ref_field(f, "检查表");
    return f->kind == EVENT_inspection_finished && (list.type == V_REF || list.type == V_TEXT) && str_eq(list.s, item->checklist->name.text) &&
           same_matter(r, d, NULL, f);
  }
  if (d->rule->type == RR_NOTICE) return is_read(r, d, f) && same_matter(r, d, NULL, f);
  const struct lang_goals *goals = d->rule->type == RR_MUST ? &item->must->goals : d->rule->type == RR_EACH ? &item->each->goals : NULL;
  for (size_t i = 0; goals && i < goals->count; i++) {
    if (fits_goal(r, d, &goals->p[i], &goals->p[i].same, f)) return true;
  }
  return false;
}

void ref_goals(struct ref *r, struct ref_fact *f) {
  size_t n = r->duties.n;
  for (size_t i = 0; i < n; i++) {
    if (r->duties.p[i]->running && ref_goal_fits(r, r->duties.p[i], f)) ref_count(r, r->duties.p[i], f->at);
  }
}

static bool ended_by(struct ref *r, struct ref_duty *d, enum lang_tail_kind kind, const struct ref_fact *f) {
  for (size_t i = 0; i < d->rule->item->tail_count; i++) {
    const struct lang_tail *t = &d->rule->item->tails[i];
    if (t->kind != kind) continue;
    struct ref_env env = ref_env_of(r, d->rule, f->at, f);
    if (ref_fits(&env, t->events, t->event_count, NULL, f) && same_matter(r, d, &t->same, f)) return true;
  }
  return false;
}

void ref_releases(struct ref *r, struct ref_fact *f) {
  static const enum lang_tail_kind kinds[] = {LANG_TAIL_RELEASE, LANG_TAIL_NEVER};
  for (size_t k = 0; k < COUNT_OF(kinds); k++) {
    for (size_t i = 0; i < r->duties.n; i++) {
      if (r->duties.p[i]->running && ended_by(r, r->duties.p[i], kinds[k], f)) ref_discharge(r, r->duties.p[i], f->at);
    }
  }
}

void ref_pauses(struct ref *r, struct ref_fact *f) {
  for (size_t i = 0; i < r->duties.n; i++) pause_or_go_on(r, r->duties.p[i], f->at);
}

/* ---- time ---- */

static bool escalates(const struct ref_duty *d) {
  for (size_t i = 0; i < d->rule->item->tail_count; i++) {
    const struct lang_tail *t = &d->rule->item->tails[i];
    if (t->kind == LANG_TAIL_OVERDUE && t->span && !(d->escalated & (u64)1 << i)) return true;
  }
  return false;
}

static bool steps_run(const struct ref *r, const struct ref_duty *d) {
  for (size_t i = 0; i < r->cons.n; i++) {
    if (r->cons.p[i]->duty == d && r->cons.p[i]->grows && !r->cons.p[i]->ended) return true;
  }
  return false;
}

/* A recurring duty is not owed by who has left, changed the role, or is on leave. */
static bool still_owed(struct ref *r, const struct ref_duty *d, i64 at) {
  const struct lang_party *party = bearer_party(d->rule);
  if (!ref_known(r, d->bearer)) return true; /* named only in a roster */
  if (!ref_employed(r, d->bearer, at) || ref_on_leave(r, d->bearer, at)) return false;
  bool role = party && party->path.count == 1 && lang_find_role(d->rule->version->program, party->path.text);
  return !role || ref_has_role(r, d->bearer, party->path.text);
}

static void waited_in_vain(struct ref *r, struct ref_duty *d) {
  d->running = false;
  struct ref_env env = ref_env_of(r, d->rule, d->due, d->trigger);
  struct ref_site site = ref_site_of(&env, d->due, ref_fact_identity(d->trigger));
  ref_do_body(&site, &d->rule->item->when->body);
}

void ref_judge_duty(struct ref *r, struct ref_duty *d, i64 at) {
  const struct lang_item *item = d->rule->item;
  const struct lang_tail *late = NULL;
  struct ref_env env = env_of(r, d, at);
  const struct lang_expr *unless = unless_of(d->rule);
  if (ref_is_dead(r, d->id) || (unless && ref_true(&env, unless))) {
    ref_discharge(r, d, at);
    return;
  }
  d->bearer = ref_bearer(r, d, at);
  if (d->recurring && d->bearer.n && !still_owed(r, d, at)) {
    ref_discharge(r, d, at);
    return;
  }
  d->violated = true;
  d->state = CLOCK_VIOLATED;
  struct civil c = civil_from_date(instant_date(d->due, r->zone));
  d->month_end = instant_at(date_add_months(date_from_civil(c.year, c.month, 1), 1), 0, r->zone);
  if (d->month_end <= at) d->month_end = at + 1;
  for (size_t i = 0; i < item->tail_count; i++) {
    if ((item->tails[i].kind == LANG_TAIL_OVERDUE && item->tails[i].span == NULL) || item->tails[i].kind == LANG_TAIL_VIOLATOR) late = &item->tails[i];
  }
  bool acts = late && ref_body_acts(&late->body);
  if (!d->quiet) {
    ref_violation(r, d->rule, d->bearer, d->element.n ? d->element : d->object, d->noun, at, at - d->due, "时限", d->id, !acts && !escalates(d), d);
  }
  if (acts) {
    env = env_of(r, d, at);
    struct ref_site site = ref_site_of(&env, d->due, d->id);
    site.duty = d;
    ref_do_body(&site, &late->body);
  }
  for (size_t i = 0; i < item->tail_count; i++) { /* when a later step would come cannot be told: a person decides */
    const struct lang_tail *t = &item->tails[i];
    struct value span;
    i64 then;
    env = env_of(r, d, d->due);
    if (t->kind != LANG_TAIL_OVERDUE || t->span == NULL) continue;
    if (ref_eval(&env, t->span, &span) && moved(&env, &span, d->due, 1, &then)) {
      d->spoken_at[i] = then + 1;
      continue;
    }
    d->escalated |= (u64)1 << i;
    struct ref_site site = ref_site_of(&env, d->due, ref_mix(d->id, 2000 + i));
    site.duty = d;
    site.fact_identity = d->id;
    ref_manual(&site, NULL, 0);
  }
  for (size_t i = 0; i < r->cons.n; i++) {
    if (r->cons.p[i]->duty == d && r->cons.p[i]->grows && !r->cons.p[i]->ended && ref_capped(r->cons.p[i])) ref_finish(r, r->cons.p[i]);
  }
  if (d->recurring && !steps_run(r, d) && !escalates(d)) d->running = false; /* its moment is over */
}

void ref_sooner(struct ref_next *best, struct ref_next other) {
  bool sooner = other.at < best->at;
  if (other.at == best->at) sooner = other.kind < best->kind || (other.kind == best->kind && other.order < best->order);
  if (sooner) *best = other;
}

void ref_duty_moments(struct ref *r, struct ref_next *best) {
  for (size_t k = 0; k < r->duties.n; k++) {
    struct ref_duty *d = r->duties.p[k];
    if (!d->running) continue;
    struct ref_next n = {.duty = d};
    for (size_t i = 0; i < d->rule->item->tail_count; i++) {
      const struct lang_tail *t = &d->rule->item->tails[i];
      bool warns = t->kind == LANG_TAIL_WARN && !d->violated && d->state == CLOCK_RUNNING && d->spoken_at[i] < INT64_MAX;
      bool late = t->kind == LANG_TAIL_OVERDUE && t->span && d->violated && !(d->escalated & (u64)1 << i);
      if (!warns && !late) continue;
      n.at = d->spoken_at[i];
      n.kind = warns ? RM_WARN : RM_OVERDUE;
      n.tail = i;
      n.order = ref_mix(d->id, warns ? i | d->moves << 16 : i);
      ref_sooner(best, n);
    }
    n.order = ref_mix(d->id, 0);
    if (!d->violated && d->state == CLOCK_RUNNING && !d->waits_for_shift) {
      n.at = d->last_good + 1;
      n.kind = RM_DUE;
      ref_sooner(best, n);
    }
    if (!d->violated) continue;
    n.kind = RM_STEP;
    n.at = d->month_end;
    if (d->month_end != INT64_MAX) ref_sooner(best, n);
    for (size_t i = 0; i < r->cons.n; i++) {
      if (r->cons.p[i]->duty != d || !r->cons.p[i]->grows || r->cons.p[i]->ended) continue;
      n.at = ref_next_step(r->cons.p[i]);
      ref_sooner(best, n);
    }
  }
}

static void step(struct ref *r, struct ref_duty *d, i64 at) {
  if (at >= d->month_end) { /* with the month the count stops */
    finish_steps(r, d, d->month_end);
    d->month_end = INT64_MAX;
    if (!escalates(d)) d->running = false;
    return;
  }
  for (size_t i = 0; i < r->cons.n; i++) {
    struct ref_cons *c = r->cons.p[i];
    if (c->duty != d || !c->grows || c->ended) continue;
    if (ref_next_step(c) > at) continue;
    ref_grow(r, c, at);
    if (ref_capped(c)) ref_finish(r, c);
  }
  if (d->recurring && !steps_run(r, d) && !escalates(d)) d->running = false;
}

bool ref_shift_runs_on(struct ref *r, struct ref_shift *s);

void ref_duty_moment(struct ref *r, const struct ref_next *n) {
  struct ref_duty *d = n->duty;
  const struct lang_tail *t = d->rule->item->tail_count ? &d->rule->item->tails[n->tail] : NULL;
  struct ref_env env = env_of(r, d, n->at);
  if (n->kind == RM_DUE) {
    if (d->rule->type == RR_WHEN) waited_in_vain(r, d);
    else if (d->shift && ref_shift_runs_on(r, d->shift)) d->waits_for_shift = true;
    else ref_judge_duty(r, d, n->at);
  } else if (n->kind == RM_STEP) {
    step(r, d, n->at);
  } else if (n->kind == RM_WARN) {
    d->spoken_at[n->tail] = INT64_MAX;
    if (env.bearer.n == 0) env.bearer = ref_bearer(r, d, n->at);
    if (d->recurring && env.bearer.n && ref_on_leave(r, env.bearer, n->at)) return;
    struct ref_site site = ref_site_of(&env, n->at, ref_mix(d->id, 1000 + n->tail));
    site.duty = d;
    ref_do(&site, &t->body.acts);
  } else if (n->kind == RM_OVERDUE) {
    d->escalated |= (u64)1 << n->tail;
    struct ref_site site = ref_site_of(&env, n->at - 1, ref_mix(d->id, 2000 + n->tail));
    env.site = d->id; /* the same breach, however late: 次序 counts it once */
    site.duty = d;
    site.fact_identity = d->id;
    ref_do_body(&site, &t->body);
    if (!escalates(d) && ((d->recurring && !steps_run(r, d)) || d->month_end == INT64_MAX)) d->running = false;
  }
}

void ref_clock(struct ref *r, const struct ref_duty *d, struct rule_clock *out) {
  *out = (struct rule_clock){.state = d->state, .clause = d->rule->clause, .tag = d->rule->tag, .started_ms = d->started, .due_ms = d->due,
                             .paused_ms = d->paused, .recurring = d->recurring, .need = d->need, .done = d->done};
  const struct lang_header *h = d->rule->version->program->header;
  out->id = ref_hex(r, "", d->id);
  out->version = arena_printf(r->a, "%d.%d", h->major, h->minor);
  out->bearer = d->bearer.n ? d->bearer : ref_bearer(r, d, r->now);
  out->object = d->element.n ? d->element : d->object;
}
