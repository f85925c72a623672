/* Dates and working days: see calendar.h. Pure functions. */
#include "base/calendar.h"

#include <stdio.h>
#include <string.h>

static i64 floor_div(i64 a, i64 b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

i64 date_from_civil(int y, int m, int d) {
  i64 year = m <= 2 ? y - 1 : y;
  i64 era = floor_div(year, 400);
  i64 yoe = year - era * 400;
  i64 doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  i64 doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

struct civil civil_from_date(i64 date) {
  i64 z = date + 719468;
  i64 era = floor_div(z, 146097);
  i64 doe = z - era * 146097;
  i64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  i64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  i64 mp = (5 * doy + 2) / 153;
  int day = (int)(doy - (153 * mp + 2) / 5 + 1), month = (int)(mp < 10 ? mp + 3 : mp - 9);
  return (struct civil){(int)(yoe + era * 400 + (month <= 2)), month, day};
}

int month_length(int year, int month) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month == 2 && (year % 4 == 0) && (year % 100 != 0 || year % 400 == 0)) return 29;
  return lengths[month - 1];
}

bool civil_valid(int year, int month, int day) {
  return year >= 1900 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= month_length(year, month);
}

int weekday(i64 date) { return (int)(((date + 3) % 7 + 7) % 7) + 1; }

i64 date_add_months(i64 date, i64 months) {
  struct civil c = civil_from_date(date);
  i64 index = (i64)c.year * 12 + (c.month - 1) + months;
  int year = (int)floor_div(index, 12), month = (int)(index - (i64)year * 12) + 1;
  int last = month_length(year, month);
  return date_from_civil(year, month, c.day > last ? last : c.day);
}

i64 month_start(i64 date) {
  struct civil c = civil_from_date(date);
  return date_from_civil(c.year, c.month, 1);
}

i64 week_start(i64 date) { return date - (weekday(date) - 1); }

static bool digits(struct str s, size_t at, size_t n, int *out) {
  if (at > s.n || n > s.n - at || n == 0) return false;
  int value = 0;
  for (size_t i = at; i < at + n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    value = value * 10 + (s.p[i] - '0');
  }
  *out = value;
  return true;
}

bool zone_offset(struct str name, i64 *offset_ms) {
  static const struct {
    const char *name;
    int minutes;
  } zones[] = {{"Asia/Shanghai", 480}, {"Asia/Chongqing", 480}, {"Asia/Urumqi", 360},  {"Asia/Hong_Kong", 480},
               {"Asia/Macau", 480},    {"Asia/Taipei", 480},    {"Asia/Singapore", 480}, {"Asia/Kuala_Lumpur", 480},
               {"Asia/Tokyo", 540},    {"Asia/Seoul", 540},     {"Asia/Bangkok", 420},  {"UTC", 0}, {"Etc/UTC", 0}, {"Z", 0}};
  for (size_t i = 0; i < COUNT_OF(zones); i++)
    if (str_is(name, zones[i].name)) return *offset_ms = (i64)zones[i].minutes * MS_MINUTE, true;
  int hours, minutes;
  if (name.n == 6 && (name.p[0] == '+' || name.p[0] == '-') && digits(name, 1, 2, &hours) && name.p[3] == ':' &&
      digits(name, 4, 2, &minutes) && hours <= 14 && minutes < 60) {
    *offset_ms = (i64)(hours * 60 + minutes) * MS_MINUTE * (name.p[0] == '-' ? -1 : 1);
    return true;
  }
  return false;
}

i64 instant_date(i64 instant_ms, i64 offset_ms) { return floor_div(instant_ms + offset_ms, MS_DAY); }
i64 instant_time_of_day(i64 instant_ms, i64 offset_ms) {
  i64 local = instant_ms + offset_ms;
  return local - floor_div(local, MS_DAY) * MS_DAY;
}
i64 instant_at(i64 date, i64 time_of_day_ms, i64 offset_ms) { return date * MS_DAY + time_of_day_ms - offset_ms; }

bool date_parse(struct str s, i64 *date) {
  int y, m, d;
  if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
  if (!digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d) || !civil_valid(y, m, d)) return false;
  *date = date_from_civil(y, m, d);
  return true;
}

bool time_parse(struct str s, i64 *out) {
  size_t colon = str_find(s, STR(":"), 0);
  int h, m, sec = 0, ms = 0;
  if (colon == SIZE_MAX || colon == 0 || colon > 2 || !digits(s, 0, colon, &h) || !digits(s, colon + 1, 2, &m)) return false;
  size_t at = colon + 3;
  if (at < s.n) {
    if (s.p[at] != ':' || !digits(s, at + 1, 2, &sec)) return false;
    at += 3;
    if (at < s.n) {
      if (s.p[at] != '.' || s.n - at != 4 || !digits(s, at + 1, 3, &ms)) return false;
    }
  }
  if (h > 24 || m > 59 || sec > 59 || (h == 24 && (m || sec || ms))) return false;
  *out = (i64)h * MS_HOUR + (i64)m * MS_MINUTE + (i64)sec * MS_SECOND + ms;
  return true;
}

bool instant_parse(struct str s, i64 offset_ms, i64 *out) {
  i64 date, time = 0;
  s = str_trim(s);
  if (s.n < 10 || !date_parse(str_slice(s, 0, 10), &date)) return false;
  if (s.n > 10) {
    if (s.p[10] != ' ' && s.p[10] != 'T') return false;
    struct str rest = str_slice(s, 11, s.n);
    if (str_ends(rest, STR("Z"))) {
      offset_ms = 0;
      rest.n--;
    } else if (rest.n > 6 && zone_offset(str_slice(rest, rest.n - 6, rest.n), &offset_ms)) {
      rest.n -= 6;
    }
    if (!time_parse(rest, &time)) return false;
  }
  *out = instant_at(date, time, offset_ms);
  return true;
}

struct str calendar_show_date(struct arena *a, i64 date) {
  struct civil c = civil_from_date(date);
  return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

struct str calendar_show_instant(struct arena *a, i64 instant_ms, i64 offset_ms) {
  struct civil c = civil_from_date(instant_date(instant_ms, offset_ms));
  i64 t = instant_time_of_day(instant_ms, offset_ms);
  return arena_printf(a, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, (int)(t / MS_HOUR),
                      (int)(t / MS_MINUTE % 60), (int)(t / MS_SECOND % 60));
}

static bool has_date(const i64 *dates, size_t n, i64 date) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (dates[mid] < date) low = mid + 1;
    else high = mid;
  }
  return low < n && dates[low] == date;
}

enum status work_calendar_is_workday(const struct work_calendar *c, i64 date, bool *workday, struct problem *p) {
  bool open_ended = c->from > c->to;
  if (!open_ended && (date < c->from || date > c->to)) {
    struct civil d = civil_from_date(date);
    return problem_set(p, E_INVALID, "calendar.end", "工作日历没有 %d 年的放假安排，算不出 %04d-%02d-%02d 是不是工作日：请先导入日历",
                       "the calendar has no holidays for %d, so %04d-%02d-%02d cannot be judged: import the calendar first", d.year,
                       d.year, d.month, d.day);
  }
  *workday = has_date(c->make_up, c->make_up_count, date) ||
             (weekday(date) <= 5 && !has_date(c->holidays, c->holiday_count, date));
  return OK;
}

enum status work_calendar_add(const struct work_calendar *c, i64 date, i64 days, i64 *out, struct problem *p) {
  while (days > 0) {
    bool workday;
    enum status status = work_calendar_is_workday(c, ++date, &workday, p);
    if (status != OK) return status;
    days -= workday;
  }
  *out = date;
  return OK;
}
