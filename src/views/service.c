/* Service hours: folded, asked, shown. See service.h for what is promised. */
#include "views/service.h"

#include "base/calendar.h"
#include "lang/diagnostic.h"
#include "views/figure.sql.h"
#include "views/json.h"
#include "views/service.sql.h"
#include "views/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCH_DAYS_MOST = 3660, YEARS_MOST = 200, DATES_A_YEAR = 130, FIGURE_DATES_MOST = 64, SAID_MOST = 40 };
static const i64 ZONE_DEFAULT_MS = 8 * MS_HOUR;

/* ---- the setting's JSON ------------------------------------------------------------------------------------------------ */

static struct str clock_text(struct arena *a, i64 ms) {
  i64 at = ms > MS_DAY ? ms - MS_DAY : ms;
  return arena_printf(a, "%02d:%02d", (int)(at / MS_HOUR), (int)(at / MS_MINUTE % 60));
}

static json_t *days_json(struct arena *a, const struct service *s) {
  json_t *days = json_array();
  for (size_t d = 0; d < SERVICE_DAYS; d++) {
    json_t *spans = json_array();
    for (size_t i = 0; i < s->days[d].count; i++)
      json_array_append_new(spans, json_pack("[o,o]", json_of(clock_text(a, s->days[d].spans[i].from_ms)), json_of(clock_text(a, s->days[d].spans[i].to_ms))));
    json_array_append_new(days, spans);
  }
  return days;
}

json_t *service_json(struct arena *a, const struct service *s) {
  return json_pack("{s:o,s:I,s:I,s:I,s:b,s:b}", "days", s->known ? days_json(a, s) : json_null(), "first_s", (json_int_t)(s->targets.first_ms / MS_SECOND), "next_s",
                   (json_int_t)(s->targets.next_ms / MS_SECOND), "resolve_s", (json_int_t)(s->targets.resolve_ms / MS_SECOND), "only_hours", (int)s->targets.only_hours, "wait_pauses",
                   (int)s->targets.wait_pauses);
}

static const char *const day_zh[] = {"周一", "周二", "周三", "周四", "周五", "周六", "周日", "节假日", "补班日"};
static const char *const day_en[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Holidays", "Make-up days"};

static int by_from(const void *x, const void *y) {
  i64 a = ((const struct service_span *)x)->from_ms, b = ((const struct service_span *)y)->from_ms;
  return (a > b) - (a < b);
}

static enum status bad_clock(const json_t *text, struct problem *p) {
  const char *said = json_is_string(text) ? json_string_value(text) : "";
  if (strlen(said) > SAID_MOST) return problem_set(p, E_INVALID, "service.time", "时刻要写成 09:00 这样", "a time of day is written like 09:00");
  return problem_set(p, E_INVALID, "service.time", "“%s”不是时刻，要写成 09:00 这样", "“%s” is no time of day; write it like 09:00", said);
}

/* Says where it is wrong, in each language's own word, before what is wrong. */
static enum status of(const char *zh, const char *en, enum status status, struct problem *p) {
  struct problem what;
  if (status == OK || !p) return status;
  what = *p;
  snprintf(p->zh, sizeof p->zh, "%s：%.500s", zh, what.zh);
  snprintf(p->en, sizeof p->en, "%s: %.500s", en, what.en);
  return status;
}

/* Sorted; an end that is not after its beginning lies on the next day. */
static enum status parse_day(const json_t *list, struct service_day *out, struct problem *p) {
  out->count = 0;
  if (!json_is_array(list) || json_array_size(list) > SERVICE_SPANS_MOST)
    return problem_set(p, E_INVALID, "service.spans", "最多写 %d 段时间", "at most %d spans of time", SERVICE_SPANS_MOST);
  for (size_t i = 0; i < json_array_size(list); i++) {
    const json_t *span = json_array_get(list, i), *from = json_array_get(span, 0), *to = json_array_get(span, 1);
    struct service_span *one = &out->spans[out->count++];
    if (!json_is_string(from) || !time_parse(str_c(json_string_value(from)), &one->from_ms) || one->from_ms >= MS_DAY || one->from_ms % MS_MINUTE) return bad_clock(from, p);
    if (!json_is_string(to) || !time_parse(str_c(json_string_value(to)), &one->to_ms) || one->to_ms % MS_MINUTE) return bad_clock(to, p);
    if (one->to_ms <= one->from_ms) one->to_ms += MS_DAY;
  }
  qsort(out->spans, out->count, sizeof *out->spans, by_from);
  for (size_t i = 0; i + 1 < out->count; i++)
    if (out->spans[i + 1].from_ms < out->spans[i].to_ms)
      return problem_set(p, E_INVALID, "service.overlap", "有两段时间重叠，请分开写", "two spans overlap; part them");
  return OK;
}

static enum status parse_target(json_t *json, const char *name, i64 *ms, struct problem *p) {
  const json_t *v = json_object_get(json, name);
  *ms = 0;
  if (!v || json_is_null(v)) return OK;
  if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > SERVICE_TARGET_MOST_S)
    return problem_set(p, E_INVALID, "service.target", "要写成 0 到 %d 秒的整数，0 是不设", "a whole number of seconds from 0 to %d; 0 sets none", SERVICE_TARGET_MOST_S);
  *ms = json_integer_value(v) * MS_SECOND;
  return OK;
}

enum status service_parse(json_t *json, struct service *s, struct problem *p) {
  json_t *days = json_object_get(json, "days");
  enum status status = OK;
  s->known = false;
  TRY(of("首次回复时限", "Target of the first reply", parse_target(json, "first_s", &s->targets.first_ms, p), p));
  TRY(of("之后回复时限", "Target of later replies", parse_target(json, "next_s", &s->targets.next_ms, p), p));
  TRY(of("办结时限", "Target of the resolution", parse_target(json, "resolve_s", &s->targets.resolve_ms, p), p));
  json_t *only = json_object_get(json, "only_hours"), *pauses = json_object_get(json, "wait_pauses");
  s->targets.only_hours = !only || json_is_true(only);
  s->targets.wait_pauses = !pauses || json_is_true(pauses);
  if (!days || json_is_null(days)) return OK;
  if (!json_is_array(days) || json_array_size(days) != SERVICE_DAYS)
    return problem_set(p, E_INVALID, "service.days", "days 要给九天：周一到周日、节假日、补班日", "days holds nine: Monday to Sunday, holidays, make-up working days");
  size_t open = 0;
  for (size_t d = 0; d < SERVICE_DAYS; d++) {
    TRY(of(day_zh[d], day_en[d], parse_day(json_array_get(days, d), &s->days[d], p), p));
    if (d < SERVICE_HOLIDAY) open += s->days[d].count;
  }
  if (!open) return problem_set(p, E_INVALID, "service.never", "一周里至少写一段服务时间；不设服务时间请整个去掉", "Write at least one span in the week; to have no hours take them away altogether");
  s->known = true;
done:
  return status;
}

/* ---- folding --------------------------------------------------------------------------------------------------------------- */

static enum status put(struct store *s, const char *kind, i64 year, i64 from_ms, i64 seq, struct str value, struct problem *p) {
  return service_version_put(s, &(struct service_version_put_in){.kind = str_c(kind), .year = year, .from_ms = from_ms, .seq = seq, .value = value}, NULL, p);
}

static enum status zone_at(struct store *s, struct arena *a, i64 at_ms, i64 *zone, struct problem *p) {
  struct service_version_at_row *row;
  enum status status = service_version_at(s, a, &(struct service_version_at_in){.kind = STR("zone"), .at_ms = at_ms}, &row, p);
  *zone = ZONE_DEFAULT_MS;
  if (status == OK && row) (void)str_to_i64(row->value, zone);
  return status;
}

/* A time of a book, which may be a figure, on a date. */
static i64 book_clock(const struct lang_program *b, const struct lang_clock *c, i64 date) {
  if (c->figure.text.n == 0) return c->time_ms;
  const struct lang_figure *f = lang_find_figure(b, c->figure.text);
  const struct lang_expr *x = f ? lang_figure_on(f, date) : NULL;
  return x && x->kind == LX_LITERAL && x->value.type == V_TIME ? x->value.i : 0;
}

static void book_hours(const struct lang_program *b, i64 date, struct service *out) {
  const struct lang_header *h = b->header;
  struct service_day day = {0};
  for (size_t i = 0; i < h->service_count && day.count < SERVICE_SPANS_MOST; i++) {
    struct service_span *one = &day.spans[day.count++];
    *one = (struct service_span){book_clock(b, &h->service_hours[i].from, date), book_clock(b, &h->service_hours[i].to, date)};
    if (h->service_hours[i].next_day || one->to_ms <= one->from_ms) one->to_ms += MS_DAY;
  }
  qsort(day.spans, day.count, sizeof *day.spans, by_from);
  for (size_t d = 0; d < SERVICE_DAYS; d++) {
    bool off = h->service_working_days && (d == 5 || d == 6 || d == SERVICE_HOLIDAY);
    out->days[d] = off ? (struct service_day){0} : day;
  }
  out->known = day.count > 0;
}

/* The days on which a figure that stands in the hours changes: from each on the hours are others. */
static size_t figure_dates(const struct lang_program *b, i64 after, i64 *dates) {
  size_t n = 0;
  for (size_t i = 0; i < b->header->service_count; i++) {
    const struct lang_clock *both[] = {&b->header->service_hours[i].from, &b->header->service_hours[i].to};
    for (size_t k = 0; k < COUNT_OF(both); k++) {
      const struct lang_figure *f = both[k]->figure.text.n ? lang_find_figure(b, both[k]->figure.text) : NULL;
      for (size_t v = 0; f && v < f->value_count && n < FIGURE_DATES_MOST; v++)
        if (f->values[v].has_from && f->values[v].from > after) dates[n++] = f->values[v].from;
    }
  }
  return n;
}

static enum status fold_book(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct lang_program *b = NULL;
  struct lang_diagnostics quiet;
  struct service hours = {0};
  struct value day = event_get(e, STR("in_force"));
  i64 zone, dates[FIGURE_DATES_MOST];
  enum status status = OK;
  TRY(zone_at(s, a, e->occurred_ms, &zone, p));
  i64 from = event_has(e, "from") ? event_get_int(e, "from", 0) : day.type == V_DATE ? instant_at(day.i, 0, zone) : e->occurred_ms;
  if (from < e->occurred_ms) from = e->occurred_ms; /* what waited before nobody knew of it is measured by what was known */
  i64 date = instant_date(from, zone);
  lang_diagnostics_init(&quiet, a);
  (void)!lang_parse(a, event_get_text(e, "source"), &b, &quiet);
  bool says = b && b->header && b->header->service_count;
  if (!says) return put(s, "book", 0, from, e->seq, STR(""), p);
  size_t n = figure_dates(b, date, dates);
  for (size_t i = 0; i <= n; i++) {
    i64 on = i == n ? date : dates[i];
    book_hours(b, on, &hours);
    json_t *json = service_json(a, &hours);
    struct str value = show_dump(a, json);
    json_decref(json);
    TRY(put(s, "book", 0, i == n ? from : instant_at(on, 0, zone), e->seq, value, p));
  }
done:
  return status;
}

/* "20454,20455;20458": holidays; make-up days. */
static void add_dates(struct buf *b, struct value list) {
  for (size_t i = 0; list.type == V_LIST && i < list.count; i++) {
    i64 date = list.items[i].i;
    if (list.items[i].type == V_DATE || date_parse(list.items[i].s, &date)) buf_printf(b, "%lld,", (long long)date);
  }
}

static enum status fold_year(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct buf b;
  buf_init(&b, 64 * 1024);
  add_dates(&b, event_get(e, STR("holidays")));
  buf_addc(&b, ";");
  add_dates(&b, event_get(e, STR("make_up")));
  struct str value = arena_buf(a, &b);
  buf_release(&b);
  return put(s, "year", event_get_int(e, "year", 0), e->occurred_ms, e->seq, value, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  i64 zone;
  switch (event_kind_index(e->kind)) {
    case EVENT_desk_opened:
      if (!zone_offset(event_get_text(e, "zone"), &zone)) return OK;
      return put(s, "zone", 0, 0, e->seq, arena_printf(a, "%lld", (long long)zone), p);
    case EVENT_desk_changed:
      return str_is(event_get_text(e, "item"), SERVICE_ITEM) ? put(s, "desk", 0, e->occurred_ms, e->seq, event_get_text(e, "new"), p) : OK;
    case EVENT_rulebook_published: return fold_book(s, a, e, p);
    case EVENT_calendar_changed: return fold_year(s, a, e, p);
    default: return OK;
  }
}

/* ---- what was in force ------------------------------------------------------------------------------------------------------- */

static enum status read_setting(struct store *s, struct arena *a, const char *kind, i64 at_ms, struct service *out, i64 *since, i64 *version, struct problem *p) {
  struct service_version_at_row *row;
  enum status status = service_version_at(s, a, &(struct service_version_at_in){.kind = str_c(kind), .at_ms = at_ms}, &row, p);
  if (status != OK || !row || !row->value.n) return status;
  json_t *json = show_stored(row->value, json_object());
  status = service_parse(json, out, p);
  json_decref(json);
  *since = row->from_ms;
  *version = row->seq;
  return status;
}

static int by_number(const void *x, const void *y) {
  i64 a = *(const i64 *)x, b = *(const i64 *)y;
  return (a > b) - (a < b);
}

static size_t take_dates(struct str list, i64 *dates, size_t n, size_t most) {
  while (list.n && n < most) {
    struct str rest, one = str_cut(list, ',', &rest);
    if (str_to_i64(one, &dates[n])) n++;
    list = rest;
  }
  return n;
}

static enum status read_calendar(struct store *s, struct arena *a, i64 at_ms, struct work_calendar *out, struct problem *p) {
  struct service_years_at_row *rows;
  size_t count, h = 0, m = 0;
  enum status status = service_years_at(s, a, &(struct service_years_at_in){.at_ms = at_ms}, &rows, &count, p);
  *out = (struct work_calendar){.from = 1, .to = 0};
  if (status != OK || count == 0) return status;
  size_t room = (count < YEARS_MOST ? count : YEARS_MOST) * DATES_A_YEAR;
  i64 *holidays = ARENA_ARRAY(a, i64, room), *make_up = ARENA_ARRAY(a, i64, room);
  for (size_t i = 0; i < count; i++) {
    if (i + 1 < count && rows[i + 1].year == rows[i].year) continue; /* a later version of the year holds */
    struct str worked, off = str_cut(rows[i].value, ';', &worked);
    h = take_dates(off, holidays, h, room);
    m = take_dates(worked, make_up, m, room);
  }
  qsort(holidays, h, sizeof *holidays, by_number);
  qsort(make_up, m, sizeof *make_up, by_number);
  out->holidays = holidays, out->holiday_count = h, out->make_up = make_up, out->make_up_count = m;
  return OK;
}

enum status service_at(struct store *s, struct arena *a, i64 at_ms, struct service *out, struct problem *p) {
  struct service book = {0};
  i64 since = 0, version = 0;
  enum status status = OK;
  *out = (struct service){.targets = {.only_hours = true, .wait_pauses = true}};
  TRY(read_setting(s, a, "desk", at_ms, out, &out->since_ms, &out->version, p));
  TRY(read_setting(s, a, "book", at_ms, &book, &since, &version, p));
  if (book.known) {
    memcpy(out->days, book.days, sizeof out->days);
    out->known = out->by_book = true;
    out->since_ms = since;
    out->version = version;
  }
  TRY(zone_at(s, a, at_ms, &out->zone_ms, p));
  if (out->known) TRY(read_calendar(s, a, at_ms, &out->calendar, p));
done:
  return status;
}

/* ---- reckoning ----------------------------------------------------------------------------------------------------------------- */

static bool holds(const i64 *dates, size_t n, i64 date) { return n && bsearch(&date, dates, n, sizeof *dates, by_number) != NULL; }

size_t service_spans_on(const struct service *s, i64 date, struct service_span out[SERVICE_SPANS_MOST]) {
  size_t d = holds(s->calendar.make_up, s->calendar.make_up_count, date)     ? SERVICE_MAKE_UP
             : holds(s->calendar.holidays, s->calendar.holiday_count, date) ? SERVICE_HOLIDAY
                                                                            : (size_t)weekday(date) - 1;
  i64 start = instant_at(date, 0, s->zone_ms);
  for (size_t i = 0; i < s->days[d].count; i++) out[i] = (struct service_span){start + s->days[d].spans[i].from_ms, start + s->days[d].spans[i].to_ms};
  return s->days[d].count;
}

bool service_next_open(const struct service *s, i64 at_ms, i64 *out) {
  *out = at_ms;
  if (!s->known) return true;
  i64 date = instant_date(at_ms, s->zone_ms) - 1; /* last night may still be open */
  for (int n = 0; n < SEARCH_DAYS_MOST; n++) {
    struct service_span spans[SERVICE_SPANS_MOST];
    size_t count = service_spans_on(s, date + n, spans);
    for (size_t i = 0; i < count; i++) {
      if (spans[i].to_ms <= at_ms) continue;
      *out = spans[i].from_ms > at_ms ? spans[i].from_ms : at_ms;
      return true;
    }
  }
  return false;
}

bool service_is_open(const struct service *s, i64 at_ms) {
  i64 next;
  return service_next_open(s, at_ms, &next) && next == at_ms;
}

/* A night may reach into the next day's first span: `pos` counts each moment once. */
i64 service_between(const struct service *s, i64 from_ms, i64 to_ms) {
  if (to_ms <= from_ms) return 0;
  if (!s->known) return to_ms - from_ms;
  i64 total = 0, pos = from_ms, last = instant_date(to_ms, s->zone_ms);
  for (i64 date = instant_date(from_ms, s->zone_ms) - 1; date <= last; date++) {
    struct service_span spans[SERVICE_SPANS_MOST];
    size_t count = service_spans_on(s, date, spans);
    for (size_t i = 0; i < count; i++) {
      i64 from = spans[i].from_ms > pos ? spans[i].from_ms : pos, to = spans[i].to_ms < to_ms ? spans[i].to_ms : to_ms;
      if (from >= to) continue;
      total += to - from;
      pos = to;
    }
  }
  return total;
}

bool service_add(const struct service *s, i64 at_ms, i64 open_ms, i64 *out) {
  *out = at_ms + open_ms;
  if (!s->known) return true;
  i64 pos = at_ms, date = instant_date(at_ms, s->zone_ms) - 1;
  for (int n = 0; n < SEARCH_DAYS_MOST; n++) {
    struct service_span spans[SERVICE_SPANS_MOST];
    size_t count = service_spans_on(s, date + n, spans);
    for (size_t i = 0; i < count; i++) {
      i64 from = spans[i].from_ms > pos ? spans[i].from_ms : pos;
      if (from >= spans[i].to_ms) continue;
      if (open_ms <= spans[i].to_ms - from) {
        *out = from + open_ms;
        return true;
      }
      open_ms -= spans[i].to_ms - from;
      pos = spans[i].to_ms;
    }
  }
  return false;
}

/* ---- clocks where the rulebook is silent ------------------------------------------------------------------------------------------ */

static i64 spent(const struct service *s, i64 from_ms, i64 to_ms) { return s->targets.only_hours ? service_between(s, from_ms, to_ms) : to_ms > from_ms ? to_ms - from_ms : 0; }
static bool due_after(const struct service *s, i64 at_ms, i64 ms, i64 *due) {
  if (s->targets.only_hours) return service_add(s, at_ms, ms, due);
  *due = at_ms + ms;
  return true;
}
static bool stands_still(const struct service *s, i64 now_ms) { return s->targets.only_hours && !service_is_open(s, now_ms); }

enum status service_memory_load(struct store *s, struct arena *a, struct service_memory *out, struct problem *p) {
  struct service_changes_row *rows;
  enum status status = service_changes(s, a, &rows, &out->count, p);
  if (status != OK) return status;
  out->from_ms = ARENA_ARRAY(a, i64, out->count + 1);
  out->known = ARENA_ARRAY(a, struct service *, out->count + 1);
  for (size_t i = 0; i < out->count; i++) out->from_ms[i] = rows[i].from_ms;
  return OK;
}

static enum status in_force_at(struct store *s, struct arena *a, struct service_memory *m, i64 at_ms, struct service *out, struct problem *p) {
  size_t low = 0, high = m ? m->count : 0; /* low: how many changes had been made */
  if (!m) return service_at(s, a, at_ms, out, p);
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (m->from_ms[mid] <= at_ms) low = mid + 1;
    else high = mid;
  }
  if (!m->known[low]) {
    m->known[low] = ARENA_NEW(a, struct service);
    enum status status = service_at(s, a, at_ms, m->known[low], p);
    if (status != OK) return status;
  }
  *out = *m->known[low];
  return OK;
}

/* Only while the customer waits does it run; what was waited before is taken off. */
static enum status resolve_clock(struct store *s, struct arena *a, const struct service *in_force, const struct service_talk *t, i64 now_ms, struct service_clock *out, struct problem *p) {
  struct figure_messages_row *m = NULL;
  size_t count = 0;
  i64 left = in_force->targets.resolve_ms, since = 0;
  bool waits = false;
  enum status status = figure_messages(s, a, &(struct figure_messages_in){.id = t->id}, &m, &count, p);
  if (status != OK) return status;
  for (size_t i = 0; i < count; i++) {
    bool customer = str_is(m[i].by_type, "customer");
    if (customer && !waits) since = m[i].at_ms;
    if (!customer && waits) {
      i64 took = spent(in_force, since, m[i].at_ms);
      if (took > left) break; /* it was over then, and stays over */
      left -= took;
    }
    waits = customer;
  }
  *out = (struct service_clock){.which = "resolve", .started_ms = t->started_ms};
  if (!waits) {
    out->paused = true;
    out->due_ms = now_ms + left;
  } else if (!due_after(in_force, since, left, &out->due_ms)) {
    out->which = NULL;
  }
  return OK;
}

enum status service_clock_of(struct store *s, struct arena *a, const struct service_talk *t, i64 now_ms, struct service_clock *out, struct problem *p) {
  struct service in_force;
  enum status status = OK;
  *out = (struct service_clock){0};
  TRY(in_force_at(s, a, t->memory, t->waits ? t->since_ms : t->started_ms, &in_force, p));
  i64 target = t->waits ? t->answered ? in_force.targets.next_ms : in_force.targets.first_ms : 0;
  if (target) {
    *out = (struct service_clock){.which = t->answered ? "next" : "first", .started_ms = t->since_ms};
    if (!due_after(&in_force, t->since_ms, target, &out->due_ms)) out->which = NULL;
  } else {
    TRY(in_force_at(s, a, t->memory, t->started_ms, &in_force, p));
    if (!in_force.targets.resolve_ms) return OK;
    if (in_force.targets.wait_pauses && !t->roughly) {
      TRY(resolve_clock(s, a, &in_force, t, now_ms, out, p));
    } else {
      *out = (struct service_clock){.which = "resolve", .started_ms = t->started_ms, .rough = in_force.targets.wait_pauses};
      if (!due_after(&in_force, t->started_ms, in_force.targets.resolve_ms, &out->due_ms)) out->which = NULL;
    }
  }
  if (out->which && out->due_ms > now_ms) out->paused |= stands_still(&in_force, now_ms);
done:
  return status;
}

/* ---- words and reads ---------------------------------------------------------------------------------------------------------------- */

struct str service_words_zh(struct arena *a, i64 at_ms, i64 now_ms, i64 zone_ms) {
  i64 date = instant_date(at_ms, zone_ms), days = date - instant_date(now_ms, zone_ms), time = instant_time_of_day(at_ms, zone_ms);
  struct str clock = arena_printf(a, "%d:%02d", (int)(time / MS_HOUR), (int)(time / MS_MINUTE % 60));
  if (days == 0 || days == 1) return arena_printf(a, "%s %.*s", days ? "明天" : "今天", STR_ARG(clock));
  struct civil c = civil_from_date(date);
  return arena_printf(a, "%s（%d月%d日）%.*s", day_zh[weekday(date) - 1], c.month, c.day, STR_ARG(clock));
}

struct str service_words_en(struct arena *a, i64 at_ms, i64 now_ms, i64 zone_ms) {
  static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
  i64 date = instant_date(at_ms, zone_ms), days = date - instant_date(now_ms, zone_ms), time = instant_time_of_day(at_ms, zone_ms);
  struct str clock = arena_printf(a, "%d:%02d", (int)(time / MS_HOUR), (int)(time / MS_MINUTE % 60));
  if (days == 0 || days == 1) return arena_printf(a, "%s at %.*s", days ? "tomorrow" : "today", STR_ARG(clock));
  struct civil c = civil_from_date(date);
  return arena_printf(a, "%s, %d %s, at %.*s", day_en[weekday(date) - 1], c.day, months[c.month - 1], STR_ARG(clock));
}

enum status service_history_load(struct store *s, struct arena *a, struct service_history *out, struct problem *p) {
  struct service_moments_row *rows;
  size_t count;
  enum status status = service_moments(s, a, &rows, &count, p);
  *out = (struct service_history){0};
  if (status != OK) return status;
  out->moments = ARENA_ARRAY(a, struct service, count + 1);
  for (size_t i = 0; status == OK && i < count; i++) {
    struct service *one = &out->moments[out->count++];
    status = service_at(s, a, rows[i].from_ms, one, p);
    one->moment_ms = rows[i].from_ms;
  }
  return status;
}

const struct service *service_history_before(const struct service_history *h, i64 at_ms) {
  static const struct service none;
  size_t low = 0, high = h->count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (h->moments[mid].moment_ms < at_ms) low = mid + 1;
    else high = mid;
  }
  return low ? &h->moments[low - 1] : &none;
}

static bool same_days(const struct service *a, const struct service *b) {
  for (size_t d = 0; d < SERVICE_DAYS; d++) {
    if (a->days[d].count != b->days[d].count) return false;
    for (size_t i = 0; i < a->days[d].count; i++)
      if (a->days[d].spans[i].from_ms != b->days[d].spans[i].from_ms || a->days[d].spans[i].to_ms != b->days[d].spans[i].to_ms) return false;
  }
  return true;
}

json_t *service_history_json(struct arena *a, const struct service_history *h, i64 from_ms, i64 to_ms) {
  json_t *out = json_array();
  const struct service *shown = NULL;
  for (size_t i = 0; i < h->count && h->moments[i].moment_ms < to_ms; i++) {
    const struct service *s = &h->moments[i];
    bool over = i + 1 < h->count && h->moments[i + 1].moment_ms <= from_ms;
    bool same = shown && shown->by_book == s->by_book && same_days(shown, s); /* only a target or the calendar changed */
    if (over || !s->known || same) continue;
    shown = s;
    json_array_append_new(out, json_pack("{s:I,s:I,s:s,s:o}", "since_ms", (json_int_t)s->since_ms, "version", (json_int_t)s->version, "by", s->by_book ? "book" : "desk", "days", days_json(a, s)));
  }
  return out;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct service s, own;
  i64 next = 0, since = 0, version = 0;
  (void)query;
  enum status status = service_at(r->store, r->arena, r->now_ms, &s, r->problem);
  own = (struct service){.targets = s.targets};
  if (status == OK) status = read_setting(r->store, r->arena, "desk", r->now_ms, &own, &since, &version, r->problem);
  if (status != OK) return status;
  bool opens = service_next_open(&s, r->now_ms, &next);
  *result = service_json(r->arena, &own);
  json_object_set_new(*result, "book", s.by_book ? days_json(r->arena, &s) : json_null());
  json_object_set_new(*result, "since_ms", json_ms(version != 0, since));
  json_object_set_new(*result, "open", json_boolean(opens && next == r->now_ms));
  json_object_set_new(*result, "next_ms", json_ms(opens && next > r->now_ms, next));
  return OK;
}

static const struct read_def reads[] = {
    {"service.get", "", read_get, false, "", "Service hours and default targets, and whether the desk is open now; book: the hours of the rulebook, which win", "服务时间和默认时限，现在开不开；book 是制度里的服务时间，以它为准"},
    {NULL},
};
static const char *const nouns[] = {"desk", "rulebook", "calendar", NULL};
static const char *const tables[] = {"service_version", NULL};
const struct view_def view_service = {.noun = "service", .version = 1, .nouns = nouns, .tables = tables, .reads = reads, .fold = fold};
