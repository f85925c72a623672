/* What a person owes today, where their day stands, and the tables of attendance and shifts. Reads only; the day of a
 * shift that runs past midnight is the day it began. */
#include "views/duty.h"

#include "base/calendar.h"
#include "views/leave.h"
#include "views/party.h"
#include "views/people.sql.h"
#include "views/routing.h"
#include "views/setting.h"

enum { DUTY_LIVE_MOST = 500, DUTY_BAND_MARGIN_MS = 30 * MS_MINUTE, DUTY_VIOLATED_SHOWN_MS = 12 * MS_HOUR };

/* A clock row as the general one: the queries list the same columns in the same order. */
#define CLOCK_ROW(row) ((const struct clock_get_row *)(const void *)(row))
_Static_assert(sizeof(struct clock_get_row) == sizeof(struct clock_of_bearer_row) && sizeof(struct clock_get_row) == sizeof(struct clock_live_row) &&
                   sizeof(struct clock_get_row) == sizeof(struct clock_of_object_row),
               "clock queries share their columns");

static struct str role_bearer(struct read_ctx *r, struct str role) { return role.n ? arena_printf(r->arena, "role:%.*s", STR_ARG(role)) : STR("-"); }

static void segment(json_t *list, i64 from, i64 to, const char *type) {
  if (to <= from) return;
  json_t *s = json_object();
  show_put_int(s, "from", from);
  show_put_int(s, "to", to);
  json_object_set_new(s, "type", json_string(type));
  json_array_append_new(list, s);
}

/* Rest hours of the declared shift as instants of its date. */
static void rest_segments(struct read_ctx *r, const struct shift_current_row *shift, i64 upto, json_t *list) {
  const struct lang_shift *declared = duty_shift_on(r->program, shift->name, shift->date);
  for (size_t i = 0; declared && i < declared->rest_count; i++) {
    const struct lang_hours *h = &declared->rests[i];
    i64 from = instant_at(shift->date, h->from.time_ms, r->zone_offset_ms), to = instant_at(shift->date + (h->next_day ? 1 : 0), h->to.time_ms, r->zone_offset_ms);
    if (from < shift->start_ms) from += MS_DAY, to += MS_DAY;
    segment(list, from, to < upto ? to : upto, "rest");
  }
}

enum status duty_band(struct read_ctx *r, const struct shift_current_row *shift, struct str person, json_t **band) {
  json_t *segments = json_array();
  i64 began = shift->has_in_ms ? shift->in_ms : 0, ended = shift->has_out_ms ? shift->out_ms : r->now_ms;
  if (began) {
    segment(segments, began, ended < shift->end_ms ? ended : shift->end_ms, "work");
    segment(segments, began > shift->end_ms ? began : shift->end_ms, ended, "overtime");
    rest_segments(r, shift, ended, segments);
  }
  struct away_range_row *rows = NULL;
  size_t count = 0;
  struct away_range_in in = {.person = person, .from_ms = shift->start_ms, .to_ms = ended > shift->start_ms ? ended : shift->start_ms};
  enum status status = away_range(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) {
    json_decref(segments);
    return status;
  }
  for (size_t i = 0; i < count; i++) segment(segments, rows[i].from_ms, rows[i].has_to_ms ? rows[i].to_ms : ended, "away");
  i64 from = began && began < shift->start_ms ? began : shift->start_ms, to = began && ended > shift->end_ms ? ended : shift->end_ms;
  *band = json_object();
  show_put_int(*band, "from", from - DUTY_BAND_MARGIN_MS);
  show_put_int(*band, "to", to + DUTY_BAND_MARGIN_MS);
  json_object_set_new(*band, "segments", segments);
  json_object_set_new(*band, "marks", json_array());
  return OK;
}

static const char *duty_state(struct str state) {
  if (str_is(state, "met")) return "met";
  if (str_is(state, "met_late")) return "late";
  if (str_is(state, "violated")) return "violated";
  if (str_is(state, "discharged")) return "discharged";
  return "pending";
}

static json_t *evidence_words(struct str words) {
  json_t *list = json_array();
  while (words.n) {
    struct str rest, word = str_trim(str_cut(words, ',', &rest));
    if (word.n) json_array_append_new(list, show_text(word));
    words = rest.p ? rest : STR("");
  }
  return list;
}

/* A goal without a dot is work of its own (打扫); with one it is another event, done where that event arises. */
static bool goal_is_work(struct str goal) { return goal.n && str_find(goal, STR("."), 0) == SIZE_MAX; }

static json_t *duty_json(struct read_ctx *r, const struct clock_get_row *c) {
  json_t *d = json_object();
  show_put_text(d, "id", c->id);
  show_put_text(d, "title", c->title_zh);
  show_put_text(d, "title_en", c->title_en);
  json_object_set_new(d, "clause", show_clause(r->program, c->clause));
  show_put_int(d, "started_ms", c->started_ms);
  show_put_int(d, "due_ms", c->due_ms);
  json_object_set_new(d, "state", json_string(duty_state(c->state)));
  json_object_set_new(d, "evidence", evidence_words(c->goal_evidence));
  json_object_set_new(d, "object", show_object(c->object_noun, c->object));
  show_put_text(d, "goal", c->goal);
  json_object_set_new(d, "by_hand", json_boolean(goal_is_work(c->goal)));
  show_put_int(d, "need", c->need);
  show_put_int(d, "done", c->done);
  show_put_text(d, "zero", c->zero_zh);
  return d;
}

static enum status today_duties(struct read_ctx *r, i64 from_ms, i64 to_ms, json_t *marks, json_t **duties) {
  struct clock_of_bearer_row *rows = NULL;
  size_t count = 0;
  struct clock_of_bearer_in in = {.bearer = r->actor.id, .role = role_bearer(r, r->actor.role), .from_ms = from_ms, .to_ms = to_ms};
  enum status status = clock_of_bearer(r->store, r->arena, &in, &rows, &count, r->problem);
  *duties = json_array();
  for (size_t i = 0; status == OK && i < count; i++) {
    const struct clock_get_row *c = CLOCK_ROW(&rows[i]);
    if (str_is(c->object_noun, "conversation") || c->started_ms >= to_ms) continue;
    json_array_append_new(*duties, duty_json(r, c));
    if (!marks || !c->recurring) continue;
    json_t *m = json_object();
    show_put_int(m, "at", c->due_ms);
    show_put_text(m, "title", c->title_zh);
    json_object_set_new(m, "done", json_boolean(str_is(c->state, "met") || str_is(c->state, "met_late")));
    json_array_append_new(marks, m);
  }
  return status;
}

bool duty_is_meal(struct str reason) {
  static const char *const words[] = {"餐", "饭", "meal", "lunch", "dinner"};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_find(reason, str_c(words[i]), 0) != SIZE_MAX) return true;
  return false;
}

enum status duty_away_of_day(struct store *s, struct arena *a, struct str person, i64 from_ms, i64 now_ms, i64 *away_ms, i64 *meal_ms, struct problem *p) {
  struct away_range_row *rows = NULL;
  size_t count = 0;
  struct away_range_in in = {.person = person, .from_ms = from_ms, .to_ms = now_ms + 1};
  enum status status = away_range(s, a, &in, &rows, &count, p);
  *away_ms = *meal_ms = 0;
  for (size_t i = 0; status == OK && i < count; i++) {
    i64 from = rows[i].from_ms > from_ms ? rows[i].from_ms : from_ms, to = rows[i].has_to_ms ? rows[i].to_ms : now_ms;
    i64 leave = 0;
    if (to <= from) continue;
    status = leave_within(s, a, person, from, to, &leave, p); /* who is on leave takes no break */
    *(duty_is_meal(rows[i].reason) ? meal_ms : away_ms) += to - from - leave;
  }
  return status;
}

/* How long one may be away, from the rulebook's clock where one runs, else from the desk's settings; null: no limit. */
static enum status away_limits(struct read_ctx *r, i64 since_ms, bool meal, json_t *out) {
  struct presence_clock_row *clock = NULL;
  i64 day = 0, once = 0, meals = 0;
  enum status status = OK;
  bool spoken_of = routing_book_speaks_of_away(r->program); /* else a clock that began at the same instant is about something else */
  if (since_ms && spoken_of) TRY(presence_clock(r->store, r->arena, &(struct presence_clock_in){.bearer = r->actor.id, .started_ms = since_ms}, &clock, r->problem));
  if (!spoken_of) {
    TRY(setting_value(r->store, r->arena, SETTING_AWAY_DAY_MINUTES, &day, r->problem));
    TRY(setting_value(r->store, r->arena, SETTING_AWAY_ONCE_MINUTES, &once, r->problem));
    TRY(setting_value(r->store, r->arena, SETTING_MEAL_MINUTES, &meals, r->problem));
  }
  i64 this_once = (meal ? meals : once) * MS_MINUTE;
  json_object_set_new(out, "away_limit_ms", show_int_or_null(day > 0, day * MS_MINUTE));
  json_object_set_new(out, "meal_limit_ms", show_int_or_null(meals > 0, meals * MS_MINUTE));
  json_object_set_new(out, "away_once_ms", clock ? json_integer(clock->due_ms - since_ms) : show_int_or_null(this_once > 0, this_once));
  json_object_set_new(out, "away_meal", json_boolean(meal));
done:
  return status;
}

static enum status today_away(struct read_ctx *r, i64 from_ms, json_t *out) {
  struct away_range_row *rows = NULL;
  size_t count = 0;
  i64 total = 0, meals = 0, away_since = 0, left_since = 0;
  bool meal = false;
  struct away_range_in in = {.person = r->actor.id, .from_ms = from_ms, .to_ms = r->now_ms + 1};
  enum status status = away_range(r->store, r->arena, &in, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    if (rows[i].has_to_ms) continue;
    bool post = str_is(rows[i].type, "post");
    *(post ? &left_since : &away_since) = rows[i].from_ms;
    if (!post) meal = duty_is_meal(rows[i].reason);
  }
  if (status == OK) status = duty_away_of_day(r->store, r->arena, r->actor.id, from_ms, r->now_ms, &total, &meals, r->problem);
  if (status == OK) status = away_limits(r, away_since, meal, out);
  show_put_int(out, "away_ms_today", total);
  json_object_set_new(out, "away_since_ms", show_int_or_null(away_since > 0, away_since));
  json_object_set_new(out, "left_since_ms", show_int_or_null(left_since > 0, left_since));
  return status;
}

static json_t *shift_json(struct read_ctx *r, const struct shift_current_row *s) {
  json_t *o = json_object();
  show_put_text(o, "name", s->name);
  json_object_set_new(o, "date", show_date(r->arena, s->date));
  show_put_int(o, "start_ms", s->start_ms);
  show_put_int(o, "end_ms", s->end_ms);
  json_object_set_new(o, "worked", json_boolean(s->has_in_ms));
  json_object_set_new(o, "extended", json_boolean(s->has_in_ms && !s->has_out_ms && r->now_ms > s->end_ms));
  return o;
}

static enum status unread_notices(struct read_ctx *r, json_t **out) {
  struct notice_unread_row *rows = NULL;
  size_t count = 0;
  struct notice_unread_in in = {.person = r->actor.id, .role = role_bearer(r, r->actor.role), .from_ms = r->now_ms - 14 * (i64)MS_DAY};
  enum status status = notice_unread(r->store, r->arena, &in, &rows, &count, r->problem);
  struct show_people people;
  if (status == OK) status = show_people_load(r->store, r->arena, &people, r->problem);
  *out = json_array();
  for (size_t i = 0; status == OK && i < count; i++) {
    json_t *n = json_object();
    show_put_text(n, "id", rows[i].id);
    show_put_text(n, "type", rows[i].type);
    show_put_int(n, "at", rows[i].at_ms);
    show_put_text(n, "text", rows[i].text_zh);
    show_put_text(n, "text_en", rows[i].text_en);
    json_object_set_new(n, "clause", show_clause(r->program, rows[i].clause));
    json_object_set_new(n, "object", show_object(rows[i].object_noun, rows[i].object));
    json_object_set_new(n, "place", show_int_or_null(rows[i].place != 0, rows[i].place));
    json_object_set_new(n, "by_name", rows[i].by_person.n ? show_text(show_name(&people, rows[i].by_person)) : json_null());
    json_array_append_new(*out, n);
  }
  return status;
}

enum status duty_read_today(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  json_t *out = json_object(), *band = NULL, *duties = NULL, *notices = NULL;
  i64 cap = 0, midnight = instant_at(instant_date(r->now_ms, r->zone_offset_ms), 0, r->zone_offset_ms);
  struct leave_now leave;
  struct shift_current_row *shift = NULL;
  struct shift_current_in in = {.person = r->actor.id, .at_ms = r->now_ms, .next_before_ms = midnight + MS_DAY};
  TRY(shift_current(r->store, r->arena, &in, &shift, r->problem));
  i64 from = shift && shift->start_ms < midnight ? shift->start_ms - MS_HOUR : midnight, to = shift && shift->end_ms > midnight + MS_DAY ? shift->end_ms + 1 : midnight + MS_DAY;
  if (shift) TRY(duty_band(r, shift, r->actor.id, &band));
  TRY(today_duties(r, from, to, band ? json_object_get(band, "marks") : NULL, &duties));
  TRY(today_away(r, from, out));
  TRY(leave_load(r->store, r->arena, r->now_ms, &leave, r->problem));
  leave_put(out, &leave, r->actor.id);
  TRY(routing_cap(r->store, r->arena, r->actor.id, &cap, r->problem));
  show_put_int(out, "cap", cap);
  TRY(unread_notices(r, &notices));
  json_object_set_new(out, "shift", shift ? shift_json(r, shift) : json_null());
  json_object_set_new(out, "clocked_in_ms", show_int_or_null(shift && shift->has_in_ms, shift ? shift->in_ms : 0));
  json_object_set_new(out, "clocked_out_ms", show_int_or_null(shift && shift->has_out_ms, shift ? shift->out_ms : 0));
  json_object_set(out, "duties", duties);
  json_object_set_new(out, "band", band ? json_incref(band) : json_null());
  json_object_set(out, "notices", notices);
  show_put_int(out, "now", r->now_ms);
  *result = json_incref(out);
done:
  json_decref(out);
  json_decref(band);
  json_decref(duties);
  json_decref(notices);
  return status;
}

enum status duty_read_notices(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *items = NULL;
  enum status status = unread_notices(r, &items);
  if (status == OK) *result = json_pack("{s:O,s:n}", "items", items, "next");
  json_decref(items);
  return status;
}

enum status duty_read_clocks(struct read_ctx *r, json_t *query, json_t **result) {
  struct str bearer = show_arg(r->arena, query, "bearer"), object = show_arg(r->arena, query, "object");
  const struct clock_get_row *rows = NULL;
  size_t count = 0;
  struct show_people people;
  enum status status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status != OK) return status;
  if (object.n) {
    struct clock_of_object_in in = {.object = object};
    struct clock_of_object_row *found = NULL;
    status = clock_of_object(r->store, r->arena, &in, &found, &count, r->problem);
    rows = CLOCK_ROW(found);
  } else {
    struct clock_live_in in = {.violated_since_ms = r->now_ms - DUTY_VIOLATED_SHOWN_MS, .most = DUTY_LIVE_MOST};
    struct clock_live_row *found = NULL;
    status = clock_live(r->store, r->arena, &in, &found, &count, r->problem);
    rows = CLOCK_ROW(found);
  }
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++) {
    if (bearer.n && !str_eq(rows[i].bearer, bearer)) continue;
    json_array_append_new(items, duty_clock_json(r->program, &people, &rows[i], r->now_ms));
  }
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

/* The roster is everybody's; when somebody came and went is theirs and their superiors'. */
static bool sees_punches(struct read_ctx *r, const struct party_desk *desk, struct str person) {
  return r->actor.owner || r->actor.type == ACTOR_SYSTEM || r->actor.type == ACTOR_KEY || str_eq(person, r->actor.id) || party_person_above(desk, r->actor.id, person);
}

static json_t *shift_row_json(struct read_ctx *r, const struct show_people *people, const struct party_desk *desk, const struct shift_range_row *row) {
  json_t *o = json_object();
  show_put_text(o, "person", row->person);
  show_put_text(o, "person_name", show_name(people, row->person));
  json_object_set_new(o, "date", show_date(r->arena, row->date));
  show_put_text(o, "shift", row->name);
  show_put_text(o, "class", row->class);
  bool works = row->end_ms > row->start_ms;
  json_object_set_new(o, "start_ms", show_int_or_null(works, row->start_ms));
  json_object_set_new(o, "end_ms", show_int_or_null(works, row->end_ms));
  json_object_set_new(o, "former", row->has_former ? show_text(row->former) : json_null());
  json_object_set_new(o, "cause", row->has_cause ? show_text(row->cause) : json_null());
  bool sees = sees_punches(r, desk, row->person);
  json_object_set_new(o, "in_ms", show_int_or_null(sees && row->has_in_ms, row->in_ms));
  json_object_set_new(o, "out_ms", show_int_or_null(sees && row->has_out_ms, row->out_ms));
  return o;
}

enum status duty_read_shifts(struct read_ctx *r, json_t *query, json_t **result) {
  i64 today = instant_date(r->now_ms, r->zone_offset_ms), from = 0, to = 0;
  enum status status = OK;
  TRY(show_date_parse(show_arg(r->arena, query, "from"), today, &from, r->problem));
  TRY(show_date_parse(show_arg(r->arena, query, "to"), from + 6, &to, r->problem));
  struct str person = show_arg(r->arena, query, "person");
  struct show_people people;
  struct party_desk desk;
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  struct shift_range_row *rows = NULL;
  size_t count = 0;
  struct shift_range_in in = {.from_date = from, .to_date = to};
  TRY(shift_range(r->store, r->arena, &in, &rows, &count, r->problem));
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    if (!person.n || str_eq(rows[i].person, person) || (str_is(person, "me") && str_eq(rows[i].person, r->actor.id)))
      json_array_append_new(items, shift_row_json(r, &people, &desk, &rows[i]));
  *result = json_pack("{s:o,s:n}", "items", items, "next");
done:
  return status;
}

static json_t *fact_json(struct read_ctx *r, const struct show_people *people, const struct attendance_fact_range_row *f) {
  json_t *o = json_object();
  show_put_text(o, "person", f->person);
  show_put_text(o, "person_name", show_name(people, f->person));
  show_put_text(o, "kind", f->kind);
  show_put_text(o, "shift", f->shift);
  show_put_int(o, "at", f->at_ms);
  show_put_int(o, "duration_ms", f->duration_ms);
  json_object_set_new(o, "date", show_date(r->arena, instant_date(f->at_ms, r->zone_offset_ms)));
  return o;
}

enum status duty_read_attendance(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct show_month month;
  struct show_people people;
  struct party_desk desk;
  struct shift_range_row *rows = NULL;
  struct attendance_fact_range_row *facts = NULL;
  size_t count = 0, fact_count = 0;
  struct str person = show_arg(r->arena, query, "person");
  TRY(show_month_parse(r->arena, show_arg(r->arena, query, "month"), r->now_ms, r->zone_offset_ms, &month, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  struct shift_range_in in = {.from_date = month.first, .to_date = date_add_months(month.first, 1) - 1};
  TRY(shift_range(r->store, r->arena, &in, &rows, &count, r->problem));
  struct attendance_fact_range_in fin = {.from_ms = month.from_ms, .to_ms = month.to_ms};
  TRY(attendance_fact_range(r->store, r->arena, &fin, &facts, &fact_count, r->problem));
  json_t *cells = json_array(), *marks = json_array();
  for (size_t i = 0; i < count; i++)
    if (!person.n || str_eq(rows[i].person, person)) json_array_append_new(cells, shift_row_json(r, &people, &desk, &rows[i]));
  for (size_t i = 0; i < fact_count; i++)
    if ((!person.n || str_eq(facts[i].person, person)) && sees_punches(r, &desk, facts[i].person)) json_array_append_new(marks, fact_json(r, &people, &facts[i]));
  *result = json_pack("{s:o,s:o,s:o}", "month", show_text(month.name), "cells", cells, "facts", marks);
done:
  return status;
}
