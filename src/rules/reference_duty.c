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
  struct ref_element el = {.value = ref_to(RN_CASE, d->object)};
  if (d->trigger == NULL && d->noun == RN_CASE) env.element = &el; /* 对(客户档案) 负责人: whom the case names */
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
  const struct lang_name *only = &due->options.only;
  struct ref_hours hours;
  if (!ref_eval(env, due->span, &span)) return false;
  if (only->text.n && !ref_hours_named(env, only->text, &hours)) return false;
  if (span.type == V_DURATION) {
    *due_at = at + span.i;
    if (only->text.n && !ref_hours_add(env, &hours, at, span.i, due_at)) return false;
    *last_good = *due_at - due->before;
    return true;
  }
  bool months = span.type == V_MONTHS, first = due->options.first_day_counts;
  if (first && !months) span.i--;
  if (!add_days(env, &span, &date)) return false;
  if (first && months) date--; /* the month that begins today ends the day before its number comes again */
  if (!next_working_day(env, &due->options, &date)) return false;
  end_of_day(env->r->zone, date, due_at, last_good);
  if (only->text.n && !ref_hours_end(env, &hours, date, due_at)) return false; /* where business has its hours, the day ends with them */
  if (only->text.n) *last_good = *due_at;
  return true;
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
      d->shift = ref_shift_at(env->r, ref_bearer(env->r, d, at), at);
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

/* The deadline is another now, and what waits for it waits anew. */
static void move_deadline(struct ref *r, struct ref_duty *d, i64 due, i64 last_good) {
  d->due = due;
  d->last_good = last_good;
  d->moves++;
  ref_set_warnings(r, d);
}

/* What was left of the time when the clock stopped is left again; with 只计, of the open hours. */
static void go_on(struct ref *r, struct ref_duty *d, i64 at) {
  const struct lang_name *only = &must_of(d->rule)->due.options.only;
  struct ref_env env = env_of(r, d, at);
  struct ref_hours hours;
  i64 stood = at - d->paused_since, due = d->due + stood, slack = d->last_good - d->due;
  if (only->text.n && ref_hours_named(&env, only->text, &hours)) {
    i64 left = ref_hours_between(&env, &hours, d->paused_since, d->due);
    if (!ref_hours_add(&env, &hours, at, left, &due)) due = d->due + stood;
  }
  d->state = CLOCK_RUNNING;
  d->paused += stood;
  move_deadline(r, d, due, due + slack);
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
    go_on(r, d, at);
  }
}

/* 可延期: an extension of the case moves what may be extended and is not yet broken; never back. */
void ref_extended(struct ref *r, struct ref_fact *f) {
  struct value limit = f->kind == EVENT_case_extended ? ref_field(f, "新限") : value_absent();
  struct str id = ref_object_of(f, RN_CASE);
  for (size_t i = 0; i < r->duties.n && limit.type == V_INSTANT && id.n; i++) {
    struct ref_duty *d = r->duties.p[i];
    const struct lang_must *must = must_of(d->rule);
    if (must == NULL || !must->due.options.extendable || !d->running || d->violated || d->noun != RN_CASE || !str_eq(d->object, id)) continue;
    if (limit.i > d->due) move_deadline(r, d, limit.i, limit.i);
  }
}

void ref_begin_duty(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_due *due = &rule->item->must->due;
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  const struct lang_expr *unless = ref_unless(rule->item);
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
    c.trigger = f;
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

static void finish_steps(struct ref *r, struct ref_duty *d, i64 at, const struct ref_fact *stop) {
  for (size_t i = 0; i < r->cons.n; i++) {
    struct ref_cons *c = r->cons.p[i];
    if (c->duty != d || !c->grows || c->closed) continue;
    if (!c->goes_on) c->stop = stop; /* also of one that reached its cap */
    if (c->ended) continue;
    ref_grow(r, c, at);
    ref_finish(r, c);
  }
}

static void end_duty(struct ref *r, struct ref_duty *d, enum clock_state state, i64 at, const struct ref_fact *stop) {
  if (d->violated) finish_steps(r, d, at, stop);
  d->state = state;
  d->running = false;
}

void ref_discharge(struct ref *r, struct ref_duty *d, i64 at) { end_duty(r, d, d->violated ? CLOCK_VIOLATED : CLOCK_DISCHARGED, at, NULL); }

void ref_count(struct ref *r, struct ref_duty *d, const struct ref_fact *f) {
  if (++d->done >= d->need) end_duty(r, d, d->violated ? CLOCK_MET_LATE : CLOCK_MET, f->at, f);
}

static bool same_names(struct ref *r, const struct ref_duty *d, const struct lang_names *names, const struct ref_fact *f) {
  for (size_t i = 0; i < names->count; i++) {
    struct value mine, theirs;
    struct ref_env there = ref_env_of(r, d->rule, f->at, f), here = ref_env_of(r, d->rule, f->at, d->trigger);
    if (!ref_name(&there, names->p[i].text, &theirs) || theirs.type == V_ABSENT) theirs = ref_field(f, "对象"); /* 完成 查实存 同 商品 */
    if (theirs.type == V_ABSENT) return false;
    bool of_set = d->trigger == NULL && d->noun == RN_CASE && d->object.n; /* 对(客户档案) … 同 客户: its own field, else itself */
    if (d->element.n) mine = value_ref(d->element);
    else if (of_set && (!ref_attribute(r, RN_CASE, d->object, names->p[i].text, &mine) || mine.type == V_ABSENT)) mine = value_ref(d->object);
    else if (of_set) (void)0;
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

/* A case of another type cannot be the one the duty is about. */
static bool is_other_case(struct ref *r, const struct ref_duty *d, const struct ref_fact *f) {
  struct str type = d->noun == RN_CASE ? ref_paper_of(r, d->object).type : nothing;
  return type.n && f->case_type.n && !str_eq(type, f->case_type);
}

/* What 同 says; else the same object; else the same person. */
static bool same_matter(struct ref *r, const struct ref_duty *d, const struct lang_names *same, const struct ref_fact *f, bool goal) {
  if (same && same->count) return same_names(r, d, same, f);
  if (d->object.n && ref_kind_has(f->kind, d->noun) && !(goal && is_other_case(r, d, f))) return str_eq(ref_object_of(f, d->noun), d->object);
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
  if (!same_matter(r, d, same, f, true)) return false;
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
  if (n->has_exam) { /* 考试 80分以上: only a passed test is the goal */
    struct value points = f->kind == EVENT_knowledge_examined ? ref_field(f, "分") : value_absent();
    struct lang_range pass = n->exam;
    struct lang_ranges ranges = {&pass, 1};
    struct ref_env env = ref_env_of(r, d->rule, f->at, f);
    return points.type == V_POINTS && ref_in_ranges(&env, &ranges, &points) && !env.failed;
  }
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
           same_matter(r, d, NULL, f, true);
  }
  if (d->rule->type == RR_NOTICE) return is_read(r, d, f) && same_matter(r, d, NULL, f, true);
  const struct lang_goals *goals = d->rule->type == RR_MUST ? &item->must->goals : d->rule->type == RR_EACH ? &item->each->goals : NULL;
  for (size_t i = 0; goals && i < goals->count; i++) {
    if (fits_goal(r, d, &goals->p[i], &goals->p[i].same, f)) return true;
  }
  return false;
}

void ref_goals(struct ref *r, struct ref_fact *f) {
  size_t n = r->duties.n;
  for (size_t i = 0; i < n; i++) {
    if (r->duties.p[i]->running && ref_goal_fits(r, r->duties.p[i], f)) ref_count(r, r->duties.p[i], f);
  }
}

static bool ended_by(struct ref *r, struct ref_duty *d, enum lang_tail_kind kind, const struct ref_fact *f) {
  for (size_t i = 0; i < d->rule->item->tail_count; i++) {
    const struct lang_tail *t = &d->rule->item->tails[i];
    if (t->kind != kind) continue;
    struct ref_env env = ref_env_of(r, d->rule, f->at, f);
    if (ref_fits(&env, t->events, t->event_count, NULL, f) && same_matter(r, d, &t->same, f, false)) return true;
  }
  return false;
}

void ref_releases(struct ref *r, struct ref_fact *f) {
  static const enum lang_tail_kind kinds[] = {LANG_TAIL_RELEASE, LANG_TAIL_NEVER};
  for (size_t k = 0; k < COUNT_OF(kinds); k++) {
    for (size_t i = 0; i < r->duties.n; i++) {
      if (!r->duties.p[i]->running || !ended_by(r, r->duties.p[i], kinds[k], f)) continue;
      r->duties.p[i]->let_off = true;
      ref_discharge(r, r->duties.p[i], f->at);
    }
  }
}

/* Looked at when the duty begins and whenever something happens to what it is about. */
void ref_pauses(struct ref *r, struct ref_fact *f) {
  for (size_t i = 0; i < r->duties.n; i++) {
    struct ref_duty *d = r->duties.p[i];
    if (d->object.n && str_eq(ref_object_of(f, d->noun), d->object)) pause_or_go_on(r, d, f->at);
  }
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
    if (r->cons.p[i]->duty == d && r->cons.p[i]->grows && (!r->cons.p[i]->ended || r->cons.p[i]->goes_on)) return true;
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

/* 对(case 其中 …): is it still one of them? */
bool ref_case_in_set(struct ref *r, const struct ref_rule *rule, struct str id, i64 now) {
  const struct lang_each *each = rule->item->each;
  struct ref_env env = ref_env_of(r, rule, now, NULL);
  struct ref_element el = {.name = each->object.text, .value = ref_to(RN_CASE, id)};
  env.element = &el;
  return each->object_where == NULL || ref_true(&env, each->object_where);
}

/* 时钟.到点: the time is over and it is not done. */
static void ran_out(struct ref *r, const struct ref_duty *d, i64 at) {
  struct ref_fact *f = ref_derive(r, EVENT_clock_due, at, ref_hex(r, "d", ref_mix(d->id, EVENT_clock_due)));
  struct str object = d->element.n ? d->element : d->object;
  ref_set(f, "闹钟", value_ref(ref_hex(r, "", d->id)));
  ref_set(f, "条款", ref_words(d->rule->clause));
  if (object.n) ref_set(f, "对象", ref_to(d->element.n ? RN_PERSON : d->noun, object));
  f->tag = d->rule->tag;
  ref_queue(r, f);
}

static void waited_in_vain(struct ref *r, struct ref_duty *d) {
  d->running = false;
  struct ref_env env = ref_env_of(r, d->rule, d->due, d->trigger);
  struct ref_site site = ref_site_of(&env, d->due, ref_fact_identity(d->trigger));
  ref_do_body(&site, &d->rule->item->when->body);
}

void ref_judge_duty(struct ref *r, struct ref_duty *d, i64 at) {
  const struct lang_item *item = d->rule->item;
  const struct lang_tail *late = ref_violator(d->rule);
  struct ref_env env = env_of(r, d, at);
  const struct lang_expr *unless = ref_unless(d->rule->item);
  if (ref_is_dead(r, d->id) || (unless && ref_true(&env, unless))) {
    ref_discharge(r, d, at);
    return;
  }
  d->bearer = ref_bearer(r, d, at);
  if (d->rule->type == RR_EACH && d->noun == RN_CASE && !ref_case_in_set(r, d->rule, d->object, at)) { /* it is no longer one of them */
    ref_discharge(r, d, at);
    return;
  }
  if (d->recurring && d->bearer.n && !still_owed(r, d, at)) {
    ref_discharge(r, d, at);
    return;
  }
  ran_out(r, d, at);
  d->violated = true;
  d->state = CLOCK_VIOLATED;
  struct civil c = civil_from_date(instant_date(d->due, r->zone));
  d->month_end = instant_at(date_add_months(date_from_civil(c.year, c.month, 1), 1), 0, r->zone);
  if (d->month_end <= at) d->month_end = at + 1;
  bool acts = late && ref_body_acts(&late->body);
  if (!d->quiet) {
    ref_violation(r, d->rule, d->bearer, d->element.n ? d->element : d->object, d->noun, at, at - d->due, "时限", d->id, !acts && !escalates(d), d, d->trigger);
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
      if (r->cons.p[i]->duty != d || !r->cons.p[i]->grows || (r->cons.p[i]->ended && !r->cons.p[i]->goes_on)) continue;
      n.at = ref_next_step(r, r->cons.p[i]);
      ref_sooner(best, n);
    }
  }
}

static i64 month_of(const struct ref *r, i64 at, i64 more) {
  struct civil c = civil_from_date(instant_date(at, r->zone));
  return instant_at(date_add_months(date_from_civil(c.year, c.month, 1), more), 0, r->zone);
}

/* With the month the count stops; what nothing caps, meets or ends goes on as another entry, of the next month. */
static void month_over(struct ref *r, struct ref_duty *d) {
  i64 end = d->month_end;
  for (size_t i = 0; i < r->cons.n; i++) {
    struct ref_cons *c = r->cons.p[i];
    if (c->duty == d && c->grows && !c->ended) c->goes_on = c->live && c->cap_fen < 0 && c->out.type < C_SCORE;
  }
  finish_steps(r, d, end, NULL);
  for (size_t i = 0; i < r->cons.n; i++) {
    if (r->cons.p[i]->duty == d && r->cons.p[i]->grows && !r->cons.p[i]->goes_on) r->cons.p[i]->closed = true;
  }
  d->month_end = steps_run(r, d) ? month_of(r, end, 1) : INT64_MAX;
  if (d->month_end == INT64_MAX && !escalates(d)) d->running = false;
}

static void next_month(struct ref *r, struct ref_cons *c, i64 at) {
  struct ref_cons next = *c;
  c->goes_on = false;
  c->closed = true;
  next.out.occurred_ms = month_of(r, at, 0);
  next.id = ref_mix(c->id, (u64)next.out.occurred_ms);
  next.carried = c->carried + c->steps;
  next.out.seal = SEAL_PROPOSED;
  next.out.judged_by = (struct str){"", 0};
  next.ended = next.goes_on = false;
  ref_grow(r, &next, at);
  ref_keep(r, &next);
}

static void step(struct ref *r, struct ref_duty *d, i64 at) {
  if (at >= d->month_end) {
    month_over(r, d);
    return;
  }
  for (size_t i = 0; i < r->cons.n; i++) {
    struct ref_cons *c = r->cons.p[i];
    if (c->duty != d || !c->grows) continue;
    if (c->goes_on && ref_next_step(r, c) <= at) next_month(r, c, at);
    if (c->ended) continue;
    if (ref_next_step(r, c) > at) continue;
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
