/* The working-day calendar: one year at a time, its holidays and the weekend days that are worked instead. */
#include "base/calendar.h"
#include "commands/shorthand.h"

enum { DAYS_MOST = 120 };

/* Dates of the year, each once. */
static enum status take(struct command_ctx *c, json_t *args, const char *key, i64 year, bool weekend, struct value *out) {
  json_t *list = json_object_get(args, key), *one;
  size_t i, n = 0;
  if (list && !json_is_array(list)) return problem_set(c->problem, E_INVALID, "calendar.list", "日期要写成一列", "The dates must be a list");
  struct value *items = ARENA_ARRAY(c->arena, struct value, json_array_size(list) + 1);
  if (json_array_size(list) > DAYS_MOST)
    return problem_set(c->problem, E_TOO_LARGE, "calendar.many", "一年最多写 %d 天", "A year may hold %d days at most", DAYS_MOST);
  json_array_foreach(list, i, one) {
    i64 date;
    struct str text = str_c(json_is_string(one) ? json_string_value(one) : "");
    if (!date_parse(text, &date) || civil_from_date(date).year != (int)year)
      return problem_set(c->problem, E_INVALID, "calendar.date", "“%.*s”不是 %lld 年的日期，要写成 2026-05-01 这样", "“%.*s” is not a date of %lld; write it like 2026-05-01",
                         STR_ARG(text), (long long)year);
    if (weekend && weekday(date) < 6)
      return problem_set(c->problem, E_INVALID, "calendar.not_weekend", "%.*s 是周%d，本来就上班，不用写成补班", "%.*s is a weekday (%d): it is worked anyway", STR_ARG(text), weekday(date));
    bool twice = false;
    for (size_t k = 0; k < n; k++) twice |= items[k].i == date;
    if (!twice) items[n++] = value_int(V_DATE, date);
  }
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  i64 year;
  struct value holidays, make_up;
  enum status status = OK;
  TRY(command_int(c, args, "year", true, 1990, 2100, &year));
  TRY(take(c, args, "holidays", year, false, &holidays));
  TRY(take(c, args, "make_up", year, true, &make_up));
  for (size_t i = 0; i < holidays.count; i++)
    for (size_t k = 0; k < make_up.count; k++)
      if (holidays.items[i].i == make_up.items[k].i) {
        struct str day = calendar_show_date(c->arena, holidays.items[i].i);
        TRY(problem_set(c->problem, E_CONFLICT, "calendar.both", "%.*s 又是放假又是补班", "%.*s is both a holiday and a make-up day", STR_ARG(day)));
      }
  struct event *e = shorthand_event(c, EVENT_calendar_changed);
  event_set(e, "year", value_int(V_COUNT, year));
  event_set(e, "holidays", holidays);
  event_set(e, "make_up", make_up);
  TRY(command_append(c, e));
  *result = json_pack("{s:I,s:I,s:I}", "year", (json_int_t)year, "holidays", (json_int_t)holidays.count, "make_up", (json_int_t)make_up.count);
done:
  return status;
}

const struct command_def commands_workyear[] = {
    {"calendar.change", "设置", run_change, "year:int! holidays:list make_up:list", "Set the holidays and make-up working days of a year", "写一年的放假和补班"},
    {NULL},
};
