/* Civil dates, zones and the working-day calendar. Proleptic Gregorian; no wall clock and no locale here.
 *
 * A date is days since 1970-01-01, an instant UTC milliseconds. Zones are fixed offsets from UTC (Asia/Shanghai has
 * had no summer time since 1991); zone_offset refuses names it does not know.
 * Formulas: days_from_civil / civil_from_days after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
#ifndef GUIJU_BASE_CALENDAR_H
#define GUIJU_BASE_CALENDAR_H

#include "base/arena.h"

enum { MS_SECOND = 1000, MS_MINUTE = 60000, MS_HOUR = 3600000, MS_DAY = 86400000 };

struct civil {
  int year, month, day; /* month 1-12, day 1-31 */
};

i64 date_from_civil(int year, int month, int day);
struct civil civil_from_date(i64 date);
bool civil_valid(int year, int month, int day);
int month_length(int year, int month);
int weekday(i64 date); /* 1 = Monday … 7 = Sunday */
/* Same day `months` later; a missing day is that month's last day (Civil Code art. 202). */
i64 date_add_months(i64 date, i64 months);
i64 month_start(i64 date); /* first of the month of `date` */
i64 week_start(i64 date);  /* Monday */

/* "Asia/Shanghai", "UTC", "+08:00" … -> ms east of UTC; false when the zone is not known. */
bool zone_offset(struct str name, i64 *offset_ms);
i64 instant_date(i64 instant_ms, i64 offset_ms);        /* civil date of an instant */
i64 instant_time_of_day(i64 instant_ms, i64 offset_ms); /* ms since local midnight */
i64 instant_at(i64 date, i64 time_of_day_ms, i64 offset_ms);

/* "2026-03-05"; "2026-03-05 10:00[:00[.000]]", also with T, and Z or ±hh:mm (otherwise local to offset_ms);
 * "8:30", "17:30:15". False when it is not a valid one. */
bool date_parse(struct str s, i64 *date);
bool instant_parse(struct str s, i64 offset_ms, i64 *instant_ms);
bool time_parse(struct str s, i64 *time_of_day_ms); /* up to 24:00 */
struct str calendar_show_date(struct arena *a, i64 date);
struct str calendar_show_instant(struct arena *a, i64 instant_ms, i64 offset_ms); /* 2026-03-05 10:00:00 */

/* Working days: Monday to Friday, less the holidays, plus the make-up working days (调休上班) of published years.
 * A calendar says which dates it covers; beyond, questions are E_INVALID (calendar.end), never a guess. */
struct work_calendar {
  i64 from, to;              /* dates covered, inclusive; from > to: plain Monday to Friday without end */
  const i64 *holidays;       /* sorted */
  size_t holiday_count;
  const i64 *make_up;        /* sorted */
  size_t make_up_count;
};
MUST_CHECK enum status work_calendar_is_workday(const struct work_calendar *c, i64 date, bool *workday, struct problem *p);
/* The date `days` working days after `date` (the first day is not counted). */
MUST_CHECK enum status work_calendar_add(const struct work_calendar *c, i64 date, i64 days, i64 *out, struct problem *p);

#endif
