/* Named hours: 只计 服务时间. A clock that counts only inside them stands still at night, at noon, on holidays. Hours are those of
 * the book's 服务时间 or of a 班次 (its rests taken out); a day may be split, a night belongs to the day it starts on; marked
 * 工作日 they are open on working days only, make-up days included, by the calendar in force. */
#include "rules/parts.h"

#include <string.h>

enum { HOURS_PER_DAY = 16, HOURS_DAYS_MAX = 4000 };

struct piece {
  i64 from, to;
};

i64 hours_clock(const struct version *v, const struct lang_clock *c, i64 date) {
  if (c->figure.text.n == 0) return c->time_ms;
  const struct lang_figure *f = lang_find_figure(v->program, c->figure.text);
  const struct lang_expr *x = f ? lang_figure_on(f, date) : NULL;
  return x && x->kind == LX_LITERAL && x->value.type == V_TIME ? x->value.i : 0;
}

bool hours_named(struct env *env, struct str name, struct open_hours *out) {
  const struct lang_program *p = env->v->program;
  const struct lang_shift *s = lang_find_shift(p, name);
  *out = (struct open_hours){0};
  if (s) {
    out->hours = s->hours;
    out->count = s->hours_count;
    out->rests = s->rests;
    out->rest_count = s->rest_count;
    out->working_days = s->working_days;
  } else if (p->header && (str_is(name, "服务时间") || str_is(name, "service_hours"))) {
    out->hours = p->header->service_hours;
    out->count = p->header->service_count;
    out->working_days = p->header->service_working_days;
  }
  if (out->count == 0) return env_fail(env, "没有这段时间：", "there are no such hours:", name);
  return true;
}

static struct piece piece_on(struct env *env, const struct lang_hours *h, i64 date) {
  i64 zone = env->e->zone;
  struct piece p = {instant_at(date, hours_clock(env->v, &h->from, date), zone), instant_at(date, hours_clock(env->v, &h->to, date), zone)};
  if (h->next_day || p.to <= p.from) p.to += MS_DAY;
  return p;
}

/* A rest cuts what it lies in: none, one or two pieces remain. */
static size_t cut(struct piece *pieces, size_t n, struct piece rest) {
  struct piece out[HOURS_PER_DAY];
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    struct piece p = pieces[i];
    if (rest.to <= p.from || p.to <= rest.from) {
      if (kept < HOURS_PER_DAY) out[kept++] = p;
      continue;
    }
    if (p.from < rest.from && kept < HOURS_PER_DAY) out[kept++] = (struct piece){p.from, rest.from};
    if (rest.to < p.to && kept < HOURS_PER_DAY) out[kept++] = (struct piece){rest.to, p.to};
  }
  memcpy(pieces, out, kept * sizeof *out);
  return kept;
}

/* The open pieces of the hours that start on a date, in order. False: the calendar does not reach it. */
static bool pieces_on(struct env *env, const struct open_hours *h, i64 date, struct piece *pieces, size_t *count) {
  *count = 0;
  if (h->working_days) {
    bool work;
    struct problem p = {0};
    struct work_calendar days = working_days(env->e);
    if (work_calendar_is_workday(&days, date, &work, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
    if (!work) return true;
  }
  size_t n = 0;
  for (size_t i = 0; i < h->count && n < HOURS_PER_DAY; i++) {
    struct piece p = piece_on(env, &h->hours[i], date);
    size_t k = n++;
    for (; k > 0 && pieces[k - 1].from > p.from; k--) pieces[k] = pieces[k - 1];
    pieces[k] = p;
  }
  for (size_t i = 0; i < h->rest_count; i++) {
    struct piece rest = piece_on(env, &h->rests[i], date);
    n = cut(pieces, n, rest);
    n = cut(pieces, n, (struct piece){rest.from + MS_DAY, rest.to + MS_DAY}); /* the rest of a night lies on its second day */
  }
  *count = n;
  return true;
}

bool hours_add(struct env *env, const struct open_hours *h, i64 at, i64 span, i64 *out) {
  i64 date = instant_date(at, env->e->zone) - 1, pos = at;
  for (int i = 0; i < HOURS_DAYS_MAX; i++) {
    struct piece pieces[HOURS_PER_DAY];
    size_t n;
    if (!pieces_on(env, h, date + i, pieces, &n)) return false;
    for (size_t k = 0; k < n; k++) {
      i64 from = pieces[k].from > pos ? pieces[k].from : pos;
      if (from >= pieces[k].to) continue;
      i64 open = pieces[k].to - from;
      if (span <= open) {
        *out = from + span;
        return true;
      }
      span -= open;
      pos = pieces[k].to;
    }
  }
  return env_fail(env, "只计的时间里排不下这段期限", "the span does not fit into the hours that count", (struct str){"", 0});
}

i64 hours_between(struct env *env, const struct open_hours *h, i64 from, i64 to) {
  i64 date = instant_date(from, env->e->zone) - 1, last = instant_date(to, env->e->zone), pos = from, total = 0;
  for (; date <= last; date++) {
    struct piece pieces[HOURS_PER_DAY];
    size_t n;
    if (!pieces_on(env, h, date, pieces, &n)) return total;
    for (size_t k = 0; k < n; k++) {
      i64 a = pieces[k].from > pos ? pieces[k].from : pos, b = pieces[k].to < to ? pieces[k].to : to;
      if (a >= b) continue;
      total += b - a;
      pos = b;
    }
  }
  return total;
}

/* The end of the last piece that starts on a date, or on the next date that has one. */
bool hours_day_end(struct env *env, const struct open_hours *h, i64 date, i64 *out) {
  for (int i = 0; i < HOURS_DAYS_MAX; i++) {
    struct piece pieces[HOURS_PER_DAY];
    size_t n;
    if (!pieces_on(env, h, date + i, pieces, &n)) return false;
    if (n == 0) continue;
    *out = pieces[0].to;
    for (size_t k = 1; k < n; k++) *out = pieces[k].to > *out ? pieces[k].to : *out;
    return true;
  }
  return env_fail(env, "只计的时间里没有开的日子", "there is no open day in the hours that count", (struct str){"", 0});
}

bool rule_hours(struct env *env, struct open_hours *out) {
  const struct rule *r = env->rule;
  const struct lang_due_options *o = r && r->type == R_MUST ? &r->item->must->due.options : r && r->type == R_EACH ? &r->item->each->due.options : NULL;
  return o && o->only.text.n && hours_named(env, o->only.text, out);
}

/* ---- spans counted from a moment ---- */

/* `span` after `at`: durations run exactly; days, working days and months end with their last day. */
bool span_after(struct env *env, const struct value *span, i64 at, i64 *out) {
  struct engine *e = env->e;
  i64 date = instant_date(at, e->zone);
  if (span->type == V_DURATION) {
    *out = at + span->i;
    return true;
  }
  if (span->type == V_DAYS) {
    date += span->i;
  } else if (span->type == V_WORKDAYS) {
    struct problem p = {0};
    struct work_calendar days = working_days(e);
    if (work_calendar_add(&days, date, span->i, &date, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
  } else if (span->type == V_MONTHS) {
    date = date_add_months(date, span->i);
  } else {
    return env_fail(env, "这里要一段时间", "a length of time is wanted", (struct str){"", 0});
  }
  *out = instant_at(date + 1, 0, e->zone);
  return true;
}

/* As far before or after a deadline as 届前 and 逾期 say: days keep the time of day, working days step over what is none. */
bool span_shift(struct env *env, const struct value *span, i64 due, bool before, i64 *out) {
  struct engine *e = env->e;
  i64 sign = before ? -1 : 1;
  if (span->type == V_DURATION || span->type == V_DAYS) {
    *out = due + sign * (span->type == V_DAYS ? span->i * MS_DAY : span->i);
    return true;
  }
  i64 date = instant_date(due, e->zone), clock = instant_time_of_day(due, e->zone);
  bool midnight = clock == 0; /* 24:00 belongs to the day it ends */
  if (midnight) date--;
  if (span->type == V_MONTHS) {
    date = date_add_months(date, sign * span->i);
  } else if (span->type == V_WORKDAYS) {
    for (i64 left = span->i, guard = 0; left > 0; guard++) {
      bool work;
      struct problem p = {0};
      struct work_calendar days = working_days(e);
      date += sign;
      if (guard > HOURS_DAYS_MAX || work_calendar_is_workday(&days, date, &work, &p) != OK) return env_fail(env, "日历没有排到这一天", "the calendar does not reach that day", (struct str){"", 0});
      left -= work;
    }
  } else {
    return env_fail(env, "这里要一段时间", "a length of time is wanted", (struct str){"", 0});
  }
  *out = instant_at(midnight ? date + 1 : date, clock, e->zone);
  return true;
}
