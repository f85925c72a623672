/* The working-day calendar by year, and what the state has announced for the years this program knows (国务院办公厅 holiday
 * notices of 2024-11-12 and 2025-11-04): offered on the settings page, never applied by itself. */
#include "base/calendar.h"
#include "views/json.h"
#include "views/show.h"
#include "views/view.h"
#include "views/workyear.sql.h"

struct announced {
  int year;
  const char *holidays[8]; /* stretches, ends included */
  const char *make_up[8];
};
static const struct announced known[] = {
    {2025, {"2025-01-01", "2025-01-28 2025-02-04", "2025-04-04 2025-04-06", "2025-05-01 2025-05-05", "2025-05-31 2025-06-02", "2025-10-01 2025-10-08"},
     {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}},
    {2026, {"2026-01-01 2026-01-03", "2026-02-15 2026-02-23", "2026-04-04 2026-04-06", "2026-05-01 2026-05-05", "2026-06-19 2026-06-21", "2026-09-25 2026-09-27", "2026-10-01 2026-10-07"},
     {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}},
};

static json_t *days_json(struct arena *a, const char *const *stretches, size_t most) {
  json_t *out = json_array();
  for (size_t i = 0; i < most && stretches[i]; i++) {
    struct str to, from = str_cut(str_c(stretches[i]), ' ', &to);
    i64 first, last;
    if (!date_parse(from, &first)) continue;
    if (!to.n || !date_parse(to, &last)) last = first;
    for (i64 d = first; d <= last; d++) json_array_append_new(out, show_date(a, d));
  }
  return out;
}

static json_t *stored_days(struct arena *a, struct value list) {
  json_t *out = json_array();
  for (size_t i = 0; list.type == V_LIST && i < list.count; i++) {
    i64 date = list.items[i].i;
    if (list.items[i].type == V_DATE || date_parse(list.items[i].s, &date)) json_array_append_new(out, show_date(a, date));
  }
  return out;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  if (event_kind_index(e->kind) != EVENT_calendar_changed) return OK;
  json_t *holidays = stored_days(a, event_get(e, STR("holidays"))), *make_up = stored_days(a, event_get(e, STR("make_up")));
  struct work_year_put_in in = {.year = event_get_int(e, "year", 0), .holidays = show_dump(a, holidays), .make_up = show_dump(a, make_up), .at_ms = e->occurred_ms, .by_person = e->actor};
  json_decref(holidays);
  json_decref(make_up);
  return work_year_put(s, &in, NULL, p);
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct work_year_all_row *rows;
  size_t count;
  enum status status = work_year_all(r->store, r->arena, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *years = json_array(), *offers = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(years, json_pack("{s:I,s:o,s:o,s:I,s:o}", "year", (json_int_t)rows[i].year, "holidays", show_stored(rows[i].holidays, json_array()), "make_up",
                                           show_stored(rows[i].make_up, json_array()), "at_ms", (json_int_t)rows[i].at_ms, "by", json_of(rows[i].by_person)));
  for (size_t i = 0; i < COUNT_OF(known); i++)
    json_array_append_new(offers, json_pack("{s:i,s:o,s:o}", "year", known[i].year, "holidays", days_json(r->arena, known[i].holidays, COUNT_OF(known[i].holidays)), "make_up",
                                            days_json(r->arena, known[i].make_up, COUNT_OF(known[i].make_up))));
  *result = json_pack("{s:o,s:o}", "years", years, "offers", offers);
  return OK;
}

static const struct read_def reads[] = {
    {"calendar.get", "", read_get, false, "", "The working-day calendar by year, and years it can be filled in for", "工作日历"},
    {NULL},
};
static const char *const nouns[] = {"calendar", NULL};
static const char *const tables[] = {"work_year", NULL};
const struct view_def view_workyear = {.noun = "workyear", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
