/* Reads of the chat window: its look, office hours, the likely wait, a customer's earlier conversations. */
#include "views/widget.h"

#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/setting.sql.h"
#include "views/show.h"
#include "views/widget.sql.h"

#include <stdlib.h>
#include <string.h>

enum {
  DAYS_AHEAD = 14, SHIFTS_MOST = 600,
  WAITS_MOST = 60, WAITS_FEWEST = 5, WAIT_LEAST_MS = 2000, WAITS_SINCE_MS = 2 * 3600 * 1000, /* what is older says nothing about now */
  HISTORY_PAGE = 10,
};

static const char *const defaults = "{\"colour\":\"#1b6a57\",\"side\":\"right\",\"name\":\"\",\"avatar\":\"\",\"greeting\":\"\",\"greeting_en\":\"\",\"lang\":\"auto\","
                                    "\"theme\":\"light\",\"hide\":false,\"form\":true,\"questions\":null,\"origins\":[]}";

enum status widget_look(struct store *s, struct arena *a, json_t **look, struct problem *p) {
  struct desk_setting_get_row *row;
  *look = NULL;
  enum status status = desk_setting_get(s, a, &(struct desk_setting_get_in){.item = STR(WIDGET_ITEM)}, &row, p);
  if (status != OK) return status;
  *look = json_loads(defaults, 0, NULL);
  BUG_IF(*look == NULL);
  json_t *set = row ? show_stored(row->value, json_object()) : json_object();
  json_object_update_existing(*look, set);
  json_decref(set);
  return OK;
}

bool widget_origin_allowed(const json_t *look, struct str origin) {
  const json_t *list = json_object_get(look, "origins"), *one;
  size_t i;
  if (origin.n == 0 || json_array_size(list) == 0) return true;
  json_array_foreach(list, i, one) {
    struct str allowed = str_c(json_string_value(one) ? json_string_value(one) : "");
    size_t star = str_find(allowed, STR("*."), 0);
    if (str_eq(allowed, origin)) return true;
    if (star != SIZE_MAX && origin.n > allowed.n - 1 && str_starts(origin, str_slice(allowed, 0, star)) && str_ends(origin, str_slice(allowed, star + 1, allowed.n))) return true;
  }
  return false;
}

/* ---- when somebody is there ------------------------------------------------------------------------------------------- */

/* Without service hours: from the first to the last shift of today, and the next one that begins. */
static enum status hours_of_roster(struct read_ctx *r, struct widget_hours *out) {
  struct widget_shifts_row *shifts;
  size_t count;
  i64 today = instant_date(r->now_ms, r->zone_offset_ms), day_end = (today + 1) * 86400000LL - r->zone_offset_ms, day_start = day_end - 86400000LL;
  struct widget_shifts_in in = {.from_date = today - 1, .to_date = today + DAYS_AHEAD, .most = SHIFTS_MOST};
  struct service_span *day = &out->today[0];
  enum status status = widget_shifts(r->store, r->arena, &in, &shifts, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    const struct widget_shifts_row *s = &shifts[i];
    if (r->program && !view_receives(r->program, s->role)) continue;
    if (s->start_ms >= day_start && s->start_ms < day_end) {
      if (out->count == 0 || s->start_ms < day->from_ms) day->from_ms = s->start_ms;
      if (s->end_ms > day->to_ms) day->to_ms = s->end_ms;
      out->count = 1;
    }
    if (s->start_ms > r->now_ms && (out->back_ms == 0 || s->start_ms < out->back_ms)) out->back_ms = s->start_ms;
  }
  return status;
}

enum status widget_hours(struct read_ctx *r, struct widget_hours *out) {
  struct people_presence_row *people;
  struct leave_now leave;
  struct service hours;
  size_t count;
  enum status status = OK;
  *out = (struct widget_hours){0};
  TRY(leave_load(r->store, r->arena, r->now_ms, &leave, r->problem));
  TRY(service_at(r->store, r->arena, r->now_ms, &hours, r->problem));
  TRY(people_presence(r->store, r->arena, &people, &count, r->problem));
  for (size_t i = 0; i < count; i++)
    if (!str_is(people[i].presence, "offline") && !leave_until(&leave, people[i].id) && (!r->program || view_receives(r->program, people[i].role))) out->anybody = true;
  if (hours.known) {
    out->count = service_spans_on(&hours, instant_date(r->now_ms, r->zone_offset_ms), out->today);
    bool open = service_is_open(&hours, r->now_ms);
    out->anybody = out->anybody && open;
    if (!open) (void)service_next_open(&hours, r->now_ms, &out->back_ms);
  } else {
    TRY(hours_of_roster(r, out));
  }
  if (out->anybody) out->back_ms = 0;
done:
  return status;
}

static int by_size(const void *a, const void *b) {
  i64 x = ((const struct widget_waits_row *)a)->wait_ms, y = ((const struct widget_waits_row *)b)->wait_ms;
  return (x > y) - (x < y);
}

enum status widget_wait(struct read_ctx *r, bool *known, i64 *from_ms, i64 *to_ms) {
  struct widget_waits_row *rows;
  size_t n;
  *known = false;
  enum status status = widget_waits(r->store, r->arena, &(struct widget_waits_in){.since_ms = r->now_ms - WAITS_SINCE_MS, .least_ms = WAIT_LEAST_MS, .most = WAITS_MOST}, &rows, &n, r->problem);
  if (status != OK || n < WAITS_FEWEST) return status;
  qsort(rows, n, sizeof *rows, by_size);
  *known = true;
  *from_ms = rows[n / 4].wait_ms;
  *to_ms = rows[(n * 9 - 1) / 10].wait_ms;
  return OK;
}

/* ---- reads ------------------------------------------------------------------------------------------------------------- */

static json_t *ms_or_null(i64 ms) { return ms ? json_integer(ms) : json_null(); }
static json_t *spans_json(const struct widget_hours *h) {
  json_t *list = json_array();
  for (size_t i = 0; i < h->count; i++) json_array_append_new(list, json_pack("[I,I]", (json_int_t)h->today[i].from_ms, (json_int_t)h->today[i].to_ms));
  return list;
}

/* Before anybody is known: look, name and hours. `origin` is the page's, from the header. */
static enum status read_look(struct read_ctx *r, json_t *query, json_t **result) {
  struct people_desk_row *desk;
  struct widget_hours h;
  json_t *look = NULL;
  enum status status = OK;
  TRY(people_desk(r->store, r->arena, &desk, r->problem));
  TRY(widget_look(r->store, r->arena, &look, r->problem));
  TRY(widget_hours(r, &h));
  bool allowed = widget_origin_allowed(look, json_arg(query, "origin"));
  json_object_del(look, "origins");
  *result = json_pack("{s:o,s:O,s:b,s:b,s:o,s:o,s:I}", "desk", json_of(desk ? desk->name : STR("")), "look", look, "allowed", (int)allowed, "offline", (int)!h.anybody, "hours",
                      spans_json(&h), "back_ms", ms_or_null(h.back_ms), "now", (json_int_t)r->now_ms);
done:
  json_decref(look);
  return status;
}

static enum status read_settings(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  return widget_look(r->store, r->arena, result, r->problem);
}

/* The customer's own earlier conversations, newest first; with `conversation` the messages of one. */
static enum status read_history(struct read_ctx *r, json_t *query, json_t **result) {
  struct widget_history_row *rows;
  struct show_people people;
  struct str before = STR("\x7f"), wanted = json_arg(query, "conversation");
  i64 ms = INT64_MAX;
  size_t count;
  json_t *items = NULL;
  enum status status = OK;
  if (r->actor.type != ACTOR_CUSTOMER) return problem_set(r->problem, E_UNAUTHENTIC, "widget.token", "请刷新页面后再试", "Please reload the page and try again");
  if (wanted.n) {
    struct conversation_get_row *c;
    TRY(conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = wanted}, &c, r->problem));
    if (!c || !str_eq(c->customer, r->actor.id)) TRY(problem_set(r->problem, E_NOT_FOUND, "widget.history", "没有这段会话", "There is no such conversation"));
    TRY(conversation_messages_json(r, c->id, json_arg_int(query, "before", 0), 0, LIST_MOST, true, &items));
    *result = json_pack("{s:o,s:o}", "items", items, "conversation", json_of(c->id));
    return OK;
  }
  (void)json_arg_cursor(query, &ms, &before);
  TRY(widget_history(r->store, r->arena, &(struct widget_history_in){.customer = r->actor.id, .before_ms = ms, .before_id = before, .most = HISTORY_PAGE + 1}, &rows, &count, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  size_t shown = count > HISTORY_PAGE ? HISTORY_PAGE : count;
  items = json_array();
  for (size_t i = 0; i < shown; i++) {
    const struct widget_history_row *h = &rows[i];
    bool said = str_is(h->last_type, "customer") || str_is(h->last_type, "agent") || str_is(h->last_type, "auto");
    json_array_append_new(items, json_pack("{s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o}", "id", json_of(h->id), "state", json_of(h->state), "channel", json_of(h->channel), "agent",
                                           json_of_or_null(h->agent.n ? show_name(&people, h->agent) : STR("")), "started_ms", (json_int_t)h->started_ms, "closed_ms",
                                           json_ms(h->has_closed_ms, h->closed_ms), "last", json_of(said ? h->last_text : STR("")), "rating", json_ms(h->has_rating, h->rating)));
  }
  *result = json_pack("{s:o,s:o}", "items", items, "next", count > shown ? json_cursor(r->arena, rows[shown - 1].started_ms, rows[shown - 1].id) : json_null());
done:
  return status;
}

static const struct read_def reads[] = {
    {"widget.look", "*", read_look, false, "origin:text", "How the chat window looks, and when somebody is there", "聊天窗口的样子和客服在的时间"},
    {"widget.history", "*", read_history, false, "conversation:conversation before:int after:text", "A visitor's own earlier conversations; with an id, the messages of one", "访客自己以前的会话；给编号就是那一段的消息"},
    {"widget.settings", "设置", read_settings, false, "", "Settings of the chat window", "网页窗口的设置"},
    {NULL},
};
static const char *const none[] = {NULL};
const struct view_def view_widget = {.noun = "widget", .version = 1, .nouns = none, .tables = none, .reads = reads, .fold = NULL};
