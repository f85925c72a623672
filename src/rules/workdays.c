/* The working-day calendar in force at the instant being judged. 日历.变更 publishes one year at a time: its holidays and
 * its make-up working days. It is a fact like any other, folded in its place, so a deadline that began before a change keeps the
 * calendar it began with (S3), and a replay counts the same days as the live desk did. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

struct work_calendar working_days(const struct engine *e) {
  const struct state *s = &e->s;
  if (!s->calendar_known) return *e->calendar;
  return (struct work_calendar){.from = s->calendar_from, .to = s->calendar_to, .holidays = s->holidays.p, .holiday_count = s->holidays.n,
                                .make_up = s->make_up.p, .make_up_count = s->make_up.n};
}

static int by_date(const void *x, const void *y) {
  i64 a = *(const i64 *)x, b = *(const i64 *)y;
  return a < b ? -1 : a > b;
}

static void add_date(struct dates *dates, i64 date, i64 from, i64 to) {
  if (date >= from && date <= to) *VEC_PUSH(*dates) = date;
}

/* "2026-04-04 至 2026-04-06、2026-05-01": dates and stretches of dates. What is no date is passed over. */
static void add_words(struct dates *dates, struct str text, i64 from, i64 to) {
  i64 last = INT64_MIN, date;
  bool through = false;
  for (size_t i = 0; i < text.n;) {
    size_t end = i;
    while (end < text.n && ((text.p[end] >= '0' && text.p[end] <= '9') || text.p[end] == '-')) end++;
    if (end == i) {
      through |= str_starts(str_slice(text, i, text.n), STR("至"));
      if (text.p[i] == ',' || str_starts(str_slice(text, i, text.n), STR("、"))) through = false;
      i++;
      continue;
    }
    if (date_parse(str_slice(text, i, end), &date)) {
      if (through && last != INT64_MIN && date > last && date - last < 366)
        for (i64 d = last + 1; d < date; d++) add_date(dates, d, from, to);
      add_date(dates, date, from, to);
      last = date;
    }
    through = false;
    i = end;
  }
}

/* The dates of one year replace what was known of that year. */
static void replace_year(struct dates *dates, const struct value *list, i64 from, i64 to) {
  u32 kept = 0;
  for (u32 i = 0; i < dates->n; i++) {
    if (dates->p[i] < from || dates->p[i] > to) dates->p[kept++] = dates->p[i];
  }
  dates->n = kept;
  for (size_t i = 0; list->type == V_LIST && i < list->count; i++) {
    const struct value *v = &list->items[i];
    if (v->type == V_DATE) add_date(dates, v->i, from, to);
    else if (v->type == V_TEXT || v->type == V_REF) add_words(dates, v->s, from, to);
  }
  if (dates->n) qsort(dates->p, dates->n, sizeof *dates->p, by_date);
}

static void take_over(struct dates *to, const i64 *from, size_t count) {
  for (size_t i = 0; i < count; i++) *VEC_PUSH(*to) = from[i];
}

void working_days_fold(struct engine *e, u32 ref) {
  struct state *s = &e->s;
  struct value year = fact_named(e, ref, intern_sym(&e->names, STR("年")));
  if (year.type != V_COUNT || year.i < 1970 || year.i > 9998) return;
  i64 from = date_from_civil((int)year.i, 1, 1), to = date_from_civil((int)year.i, 12, 31);
  if (!s->calendar_known) { /* what the engine was started with goes on */
    s->calendar_known = true;
    take_over(&s->holidays, e->calendar->holidays, e->calendar->holiday_count);
    take_over(&s->make_up, e->calendar->make_up, e->calendar->make_up_count);
    bool none = e->calendar->from > e->calendar->to;
    s->calendar_from = none ? from : e->calendar->from;
    s->calendar_to = none ? to : e->calendar->to;
  }
  struct value holidays = fact_named(e, ref, intern_sym(&e->names, STR("放假"))), make_up = fact_named(e, ref, intern_sym(&e->names, STR("调休")));
  replace_year(&s->holidays, &holidays, from, to);
  replace_year(&s->make_up, &make_up, from, to);
  if (from < s->calendar_from) s->calendar_from = from;
  if (to > s->calendar_to) s->calendar_to = to;
}

struct work_calendar engine_calendar(const struct engine *e) { return working_days(e); }
