/* The roster as a grid, with what the rulebook asks of it (排班), and the handover book with the matters that are still open. */
#include "views/duty.h"

#include "base/calendar.h"
#include "views/case.h"
#include "views/floor.sql.h"
#include "views/party.h"

enum { ROSTER_DAYS_MOST = 62, HANDOVER_CASES_MOST = 200 };

static json_t *roster_days(struct read_ctx *r, i64 from, i64 to) {
  json_t *days = json_array();
  for (i64 d = from; d <= to; d++) json_array_append_new(days, show_date(r->arena, d));
  return days;
}

static const struct lang_item *roster_item_of(const struct lang_program *program, struct str role) {
  for (size_t i = 0; program && i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    if (item->kind != LI_ROSTER) continue;
    for (size_t k = 0; k < item->roster->roles.count; k++)
      if (!role.n || str_eq(item->roster->roles.p[k].text, role)) return item;
  }
  return NULL;
}

static json_t *time_text(struct arena *a, i64 ms) {
  return show_text(arena_printf(a, "%02d:%02d", (int)(ms / MS_HOUR % 24), (int)(ms / MS_MINUTE % 60)));
}

static json_t *roster_shifts(struct read_ctx *r, i64 date) {
  json_t *list = json_array();
  for (size_t i = 0; r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    if (item->kind != LI_SHIFT || !item->shift->hours_count || duty_shift_on(r->program, item->shift->name.text, date) != item->shift) continue;
    i64 start = 0, end = 0;
    duty_shift_span(r->program, item->shift, date, r->zone_offset_ms, &start, &end);
    json_t *s = json_object();
    show_put_text(s, "name", item->shift->name.text);
    json_object_set_new(s, "start", time_text(r->arena, instant_time_of_day(start, r->zone_offset_ms)));
    json_object_set_new(s, "end", time_text(r->arena, instant_time_of_day(end, r->zone_offset_ms)));
    json_object_set_new(s, "next_day", json_boolean(instant_date(end, r->zone_offset_ms) > date));
    json_object_set_new(s, "extends", json_boolean(item->shift->extends_to.text.n > 0));
    json_object_set_new(s, "clause", show_clause(r->program, item->clause ? item->clause->id : STR("")));
    json_array_append_new(list, s);
  }
  return list;
}

static i64 range_end(const struct lang_range *range, bool lower) {
  const struct lang_expr *e = lower ? range->lower : range->upper;
  return e && e->kind == LX_LITERAL ? e->value.i : 0;
}

/* What the 排班 items say, as figures for the page and as their own words. */
static void roster_rules(struct read_ctx *r, json_t *out) {
  json_t *rules = json_array(), *minimum = json_object();
  i64 in_a_row = 0, rest = 0;
  for (size_t i = 0; r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    if (item->kind != LI_ROSTER) continue;
    json_t *rule = json_object();
    show_put_text(rule, "text", str_trim(lang_text(r->program, item->at)));
    json_object_set_new(rule, "clause", show_clause(r->program, item->clause ? item->clause->id : STR("")));
    show_put_text(rule, "by", item->roster->by.path.text);
    json_array_append_new(rules, rule);
    for (size_t k = 0; k < item->roster->part_count; k++) {
      const struct lang_roster_part *part = &item->roster->parts[k];
      if (part->kind == LANG_ROSTER_IN_A_ROW) in_a_row = range_end(&part->range, false);
      if (part->kind == LANG_ROSTER_REST && part->quantity && part->quantity->kind == LX_LITERAL) rest = part->quantity->value.i;
      if (part->kind == LANG_ROSTER_AT_LEAST)
        for (size_t n = 0; n < part->names.count; n++) {
          char key[128];
          snprintf(key, sizeof key, "%.*s", STR_ARG(part->names.p[n].text));
          show_put_int(minimum, key, range_end(&part->range, true));
        }
    }
  }
  json_object_set_new(out, "rules", rules);
  json_object_set_new(out, "minimum", minimum);
  json_object_set_new(out, "in_a_row", show_int_or_null(in_a_row > 0, in_a_row));
  json_object_set_new(out, "rest_per_week", show_int_or_null(rest > 0, rest));
}

static json_t *roster_people(struct read_ctx *r, const struct party_desk *desk) {
  json_t *list = json_array();
  bool declared = roster_item_of(r->program, STR("")) != NULL;
  for (size_t i = 0; i < desk->count; i++) {
    const struct party_person *p = &desk->people[i];
    if (declared && !roster_item_of(r->program, p->role)) continue;
    json_t *o = json_object();
    show_put_text(o, "id", p->id);
    show_put_text(o, "name", p->name);
    show_put_text(o, "role", p->role);
    json_array_append_new(list, o);
  }
  return list;
}

static void heads_add(json_t *heads, struct str day, struct str shift) {
  char date[16], name[128];
  snprintf(date, sizeof date, "%.*s", STR_ARG(day));
  snprintf(name, sizeof name, "%.*s", STR_ARG(shift));
  json_t *of_day = json_object_get(heads, date);
  if (!of_day) json_object_set_new(heads, date, of_day = json_object());
  json_object_set_new(of_day, name, json_integer(json_integer_value(json_object_get(of_day, name)) + 1));
}

static enum status roster_cells(struct read_ctx *r, i64 from, i64 to, json_t *out) {
  struct shift_range_row *rows = NULL;
  struct shift_change_range_row *changes = NULL;
  size_t count = 0, change_count = 0;
  struct shift_range_in in = {.from_date = from, .to_date = to};
  struct shift_change_range_in cin = {.from_date = from, .to_date = to};
  struct show_people people;
  enum status status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status == OK) status = shift_range(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status == OK) status = shift_change_range(r->store, r->arena, &cin, &changes, &change_count, r->problem);
  if (status != OK) return status;
  json_t *cells = json_array(), *heads = json_object(), *changed = json_array();
  for (size_t i = 0; i < count; i++) {
    struct str day = calendar_show_date(r->arena, rows[i].date);
    bool works = rows[i].end_ms > rows[i].start_ms;
    json_t *o = json_object();
    show_put_text(o, "person", rows[i].person);
    show_put_text(o, "date", day);
    show_put_text(o, "shift", rows[i].name);
    show_put_text(o, "class", rows[i].class);
    json_object_set_new(o, "start_ms", show_int_or_null(works, rows[i].start_ms));
    json_object_set_new(o, "end_ms", show_int_or_null(works, rows[i].end_ms));
    json_object_set_new(o, "former", rows[i].has_former ? show_text(rows[i].former) : json_null());
    json_object_set_new(o, "cause", rows[i].has_cause ? show_text(rows[i].cause) : json_null());
    json_array_append_new(cells, o);
    if (works) heads_add(heads, day, rows[i].name);
  }
  for (size_t i = 0; i < change_count; i++) {
    json_t *o = json_object();
    show_put_text(o, "person", changes[i].person);
    json_object_set_new(o, "date", show_date(r->arena, changes[i].date));
    show_put_text(o, "former", changes[i].former);
    show_put_text(o, "shift", changes[i].name);
    json_object_set_new(o, "cause", changes[i].has_cause ? show_text(changes[i].cause) : json_null());
    show_put_text(o, "by_name", show_name(&people, changes[i].by_person));
    show_put_int(o, "at", changes[i].at_ms);
    json_array_append_new(changed, o);
  }
  json_object_set_new(out, "cells", cells);
  json_object_set_new(out, "heads", heads);
  json_object_set_new(out, "changes", changed);
  return OK;
}

enum status duty_read_roster(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  json_t *out = json_object();
  i64 from = 0, to = 0;
  struct party_desk desk;
  TRY(show_date_parse(show_arg(r->arena, query, "from"), week_start(instant_date(r->now_ms, r->zone_offset_ms)), &from, r->problem));
  TRY(show_date_parse(show_arg(r->arena, query, "to"), from + 13, &to, r->problem));
  if (to < from || to - from >= ROSTER_DAYS_MOST) {
    status = problem_set(r->problem, E_INVALID, "roster.range", "一次最多看 %d 天的班", "A roster shows at most %d days at once", ROSTER_DAYS_MOST);
    goto done;
  }
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  json_object_set_new(out, "people", roster_people(r, &desk));
  json_object_set_new(out, "days", roster_days(r, from, to));
  json_object_set_new(out, "shifts", roster_shifts(r, from));
  TRY(roster_cells(r, from, to, out));
  roster_rules(r, out);
  const struct lang_item *item = roster_item_of(r->program, STR(""));
  struct party_matter m = {.actor = r->actor.id};
  bool may = r->actor.owner || !item || party_includes(&desk, &item->roster->by, &m, r->actor.id) ||
             party_role_above(r->program, r->actor.role, item->roster->by.path.text);
  show_put_text(out, "by", item ? item->roster->by.path.text : STR(""));
  json_object_set_new(out, "may_publish", json_boolean(may));
  struct roster_last_row *last = NULL;
  struct roster_last_in lin = {.date = from};
  TRY(roster_last(r->store, r->arena, &lin, &last, r->problem));
  json_object_set_new(out, "published_ms", show_int_or_null(last != NULL, last ? last->at_ms : 0));
  json_object_set_new(out, "published", json_boolean(last != NULL));
  json_object_set(out, "most_in_row", json_object_get(out, "in_a_row"));
  json_object_set_new(out, "clause", show_clause(r->program, item && item->clause ? item->clause->id : STR("")));
  *result = json_incref(out);
done:
  json_decref(out);
  return status;
}

/* ---- handover ---------------------------------------------------------------------------------------------------- */

/* The whole case, with the steps its reader may take: the page receives and corrects right there. */
static enum status handover_row(struct read_ctx *r, struct str id, json_t **out) {
  json_t *query = json_pack("{s:o}", "id", show_text(id));
  enum status status = case_read_one(r, query, out);
  json_decref(query);
  return status;
}

/* `out` holds this shift's book only, older ones are history: yesterday's must not look like today's. */
static enum status handover_cases(struct read_ctx *r, i64 shift_began_ms, json_t *out) {
  enum status status = OK;
  struct case_file_of_type_since_row *rows = NULL;
  size_t count = 0;
  struct case_file_of_type_since_in in = {.type = STR("交接"), .from_ms = r->now_ms - 3 * (i64)MS_DAY};
  json_t *incoming = json_array(), *outgoing = json_array(), *history = json_array();
  TRY(case_file_of_type_since(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = count; i-- > 0;) {
    json_t *fields = show_stored(rows[i].fields, json_object()), *row = NULL;
    bool to_me = str_eq(str_c(json_string_value(json_object_get(fields, "接班人"))), r->actor.id);
    bool by_me = str_eq(rows[i].subject, r->actor.id) || str_eq(rows[i].opened_by, r->actor.id);
    json_decref(fields);
    if (!to_me && !by_me) continue;
    TRY(handover_row(r, rows[i].id, &row));
    if (by_me && rows[i].opened_ms >= shift_began_ms) json_array_append(outgoing, row);
    else if (to_me && (!rows[i].final || rows[i].opened_ms >= r->now_ms - 16 * (i64)MS_HOUR)) json_array_append(incoming, row);
    else json_array_append(history, row);
    json_decref(row);
  }
  json_object_set(out, "in", incoming);
  json_object_set(out, "out", outgoing);
  json_object_set(out, "history", history);
done:
  json_decref(incoming);
  json_decref(outgoing);
  json_decref(history);
  return status;
}

static void matter(json_t *list, const char *noun, struct str id, struct str text, i64 since_ms) {
  json_t *o = json_object();
  json_object_set_new(o, "type", json_string(noun));
  show_put_text(o, "id", id);
  show_put_text(o, "title", text);
  show_put_int(o, "since_ms", since_ms);
  json_array_append_new(list, o);
}

/* What the book should mention: my open conversations, add-ons the clerk has not fetched, cases of mine still open. */
static enum status open_matters(struct read_ctx *r, json_t *list) {
  enum status status = OK;
  struct case_file_list_row *cases = NULL;
  struct floor_open_conversations_row *talks = NULL;
  struct floor_open_orders_row *orders = NULL;
  size_t count = 0;
  struct floor_open_conversations_in tin = {.agent = r->actor.id};
  TRY(floor_open_conversations(r->store, r->arena, &tin, &talks, &count, r->problem));
  for (size_t i = 0; i < count; i++)
    matter(list, "conversation", talks[i].id, talks[i].customer_name, talks[i].started_ms);
  struct floor_open_orders_in oin = {.agent = r->actor.id};
  TRY(floor_open_orders(r->store, r->arena, &oin, &orders, &count, r->problem));
  for (size_t i = 0; i < count; i++) matter(list, "order", orders[i].id, orders[i].text, orders[i].at_ms);
  struct case_file_list_in cin = {.type = STR(""), .state = STR("open"), .person = r->actor.id, .pattern = STR(""), .before_ms = INT64_MAX, .before_id = STR(""), .most = HANDOVER_CASES_MOST};
  TRY(case_file_list(r->store, r->arena, &cin, &cases, &count, r->problem));
  for (size_t i = 0; i < count; i++)
    if (!str_is(cases[i].type, "交接"))
      matter(list, "case", cases[i].id, arena_printf(r->arena, "%.*s %.*s · %.*s", STR_ARG(cases[i].type), STR_ARG(cases[i].number), STR_ARG(cases[i].state)), cases[i].opened_ms);
done:
  return status;
}

/* Who takes over: the person whose own shift starts next after the reader's shift starts. */
static enum status next_person(struct read_ctx *r, i64 after_ms, struct str *out) {
  struct shift_range_row *rows = NULL;
  size_t count = 0;
  i64 today = instant_date(r->now_ms, r->zone_offset_ms), best = INT64_MAX;
  struct shift_range_in in = {.from_date = today - 1, .to_date = today + 1};
  enum status status = shift_range(r->store, r->arena, &in, &rows, &count, r->problem);
  *out = STR("");
  for (size_t i = 0; status == OK && i < count; i++) {
    if (rows[i].end_ms <= rows[i].start_ms || rows[i].start_ms < after_ms || str_eq(rows[i].person, r->actor.id) || rows[i].start_ms >= best) continue;
    best = rows[i].start_ms;
    *out = rows[i].person;
  }
  return status;
}

enum status duty_read_handover(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  json_t *out = json_object(), *open = json_array();
  struct show_people people;
  struct str next = STR("");
  i64 midnight = instant_at(instant_date(r->now_ms, r->zone_offset_ms), 0, r->zone_offset_ms);
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(open_matters(r, open));
  struct shift_current_row *shift = NULL;
  struct shift_current_in in = {.person = r->actor.id, .at_ms = r->now_ms, .next_before_ms = midnight + MS_DAY};
  TRY(shift_current(r->store, r->arena, &in, &shift, r->problem));
  TRY(handover_cases(r, shift ? shift->start_ms - MS_HOUR : midnight, out));
  TRY(next_person(r, shift ? shift->start_ms + 1 : r->now_ms, &next));
  json_object_set_new(out, "proposed", json_incref(open));
  json_object_set_new(out, "next_shift", next.n ? json_pack("[{s:o,s:o}]", "id", show_text(next), "name", show_text(show_name(&people, next))) : json_array());
  json_object_set_new(out, "type", json_string("交接"));
  json_object_set_new(out, "next", next.n ? json_pack("{s:o,s:o}", "id", show_text(next), "name", show_text(show_name(&people, next))) : json_null());
  json_object_set_new(out, "shift", shift ? json_pack("{s:o,s:I,s:I,s:o}", "name", show_text(shift->name), "start_ms", shift->start_ms, "end_ms", shift->end_ms,
                                                      "date", show_date(r->arena, shift->date)) : json_null());
  json_object_set_new(out, "declared", json_boolean(r->program && lang_find_case(r->program, STR("交接"))));
  *result = json_incref(out);
done:
  json_decref(open);
  json_decref(out);
  return status;
}
