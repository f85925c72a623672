/* Deadlines. `due` is what a person reads; `last_good` is the last millisecond that is still in time: 30秒 内 includes the
 * thirtieth second, 8:00 前 does not include eight o'clock, a day ends at 24:00 and the next millisecond is late. */
#include "rules/parts.h"

static bool day_end(struct engine *e, i64 date, i64 *due_at, i64 *last_good) {
  *due_at = instant_at(date + 1, 0, e->zone);
  *last_good = *due_at - 1;
  return true;
}

bool shift_due_of_day(struct engine *e, i64 date, i64 *due_at, i64 *last_good) { return day_end(e, date, due_at, last_good); }

/* The end of a span that begins at an instant: to the millisecond, or at the end of its last day. */
bool span_end(struct env *env, const struct value *span, i64 at, i64 *due_at, i64 *last_good) {
  struct engine *e = env->e;
  i64 date = instant_date(at, e->zone);
  struct work_calendar calendar = working_days(e);
  struct problem p = {0};
  if (span->type == V_DURATION) {
    *due_at = *last_good = at + span->i;
    return true;
  }
  if (span->type == V_DAYS) date += span->i;
  else if (span->type == V_MONTHS) date = date_add_months(date, span->i);
  else if (span->type != V_WORKDAYS) return env_fail(env, "期限要是时长或天数", "a deadline needs a duration or days", (struct str){"", 0});
  else if (work_calendar_add(&calendar, date, span->i, &date, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
  return day_end(e, date, due_at, last_good);
}

static bool past_holidays(struct env *env, const struct lang_due_options *o, i64 *date) {
  if (!o->past_holidays) return true;
  struct work_calendar days = working_days(env->e);
  for (int i = 0; i < 60; i++) {
    bool work;
    struct problem p = {0};
    if (work_calendar_is_workday(&days, *date, &work, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
    if (work) return true;
    ++*date;
  }
  return true;
}

static bool within_span(struct env *env, const struct lang_due *due, i64 at, i64 *due_at, i64 *last_good) {
  struct engine *e = env->e;
  struct value span;
  if (!eval(env, due->span, &span)) return false;
  i64 date = instant_date(at, e->zone);
  const struct lang_name *only = &due->options.only;
  struct open_hours hours;
  if (only->text.n && !hours_named(env, only->text, &hours)) return false;
  if (span.type == V_DURATION) {
    if (only->text.n && !hours_add(env, &hours, at, span.i, due_at)) return false;
    if (!only->text.n) *due_at = at + span.i;
    *last_good = *due_at;
    if (due->before) --*last_good;
    return true;
  }
  i64 days = due->options.first_day_counts ? span.i - 1 : span.i;
  if (span.type == V_DAYS) {
    date += days;
  } else if (span.type == V_WORKDAYS) {
    struct problem p = {0};
    struct work_calendar calendar = working_days(e);
    if (work_calendar_add(&calendar, date, days, &date, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
  } else if (span.type == V_MONTHS) {
    date = date_add_months(date, span.i) - (due->options.first_day_counts ? 1 : 0); /* a month that counts its first day ends the day before */
  } else {
    return env_fail(env, "期限要是时长或天数", "a deadline needs a duration or days", (struct str){"", 0});
  }
  if (!past_holidays(env, &due->options, &date)) return false;
  if (!only->text.n) return day_end(e, date, due_at, last_good);
  if (!hours_day_end(env, &hours, date, due_at)) return false; /* where business has its hours, the day ends with them */
  *last_good = *due_at;
  return true;
}

static bool on_day(struct env *env, const struct lang_due *due, i64 at, sym bearer, i64 *due_at, i64 *last_good, u32 *shift) {
  struct engine *e = env->e;
  i64 date = instant_date(at, e->zone);
  switch (due->day) {
    case LANG_SAME_DAY: break;
    case LANG_NEXT_DAY: date++; break;
    case LANG_SAME_SHIFT: {
      u32 s = shift_at(e, bearer, at);
      if (s == NONE) return day_end(e, date, due_at, last_good);
      *shift = s + 1;
      *due_at = e->s.shifts.p[s].to;
      *last_good = *due_at - (due->before ? 1 : 0);
      return true;
    }
    case LANG_SAME_WEEK: date = week_start(date) + (due->weekday ? due->weekday - 1 : 6); break;
    case LANG_NEXT_WEEK: date = week_start(date) + 7 + (due->weekday ? due->weekday - 1 : 6); break;
    case LANG_SAME_MONTH: case LANG_NEXT_MONTH: {
      i64 first = date_add_months(month_start(date), due->day == LANG_NEXT_MONTH ? 1 : 0);
      struct civil c = civil_from_date(first);
      int length = month_length(c.year, c.month);
      int day = due->day_of_month ? due->day_of_month : length;
      date = first + (day < length ? day : length) - 1;
      break;
    }
  }
  if (!past_holidays(env, &due->options, &date)) return false;
  if (due->has_time) {
    *due_at = instant_at(date, due->time_ms, e->zone);
    *last_good = *due_at - (due->before ? 1 : 0);
    return true;
  }
  return day_end(e, date, due_at, last_good);
}

static bool before_moment(struct env *env, const struct lang_due *due, i64 *due_at, i64 *last_good) {
  struct engine *e = env->e;
  struct value v;
  if (!eval(env, due->moment, &v)) return false;
  if (v.type == V_INSTANT) {
    *due_at = v.i;
    *last_good = v.i - (due->options.day_included ? 0 : 1);
    return true;
  }
  if (v.type != V_DATE) return env_fail(env, "期限要是日期或时刻，这里没有填", "the deadline needs a date or an instant", due->moment->path.text);
  if (due->options.day_included) return day_end(e, v.i, due_at, last_good);
  *due_at = instant_at(v.i, 0, e->zone);
  *last_good = *due_at - 1;
  return true;
}

bool due_moment(struct env *env, const struct lang_due *due, i64 at, sym bearer, i64 *due_at, i64 *last_good, u32 *shift) {
  *shift = 0;
  if (due->kind == LANG_DUE_WITHIN) return within_span(env, due, at, due_at, last_good);
  if (due->kind == LANG_DUE_DAY) return on_day(env, due, at, bearer, due_at, last_good, shift);
  return before_moment(env, due, due_at, last_good);
}
