/* The reports a rulebook declares (报表), worked out by the engine for a period: who they are for, by when, and their rows. Runs on
 * the writer thread, where the engine is. A figure that could not be worked out is null and says why. */
#include "reports/report.h"

#include "base/calendar.h"
#include "views/party.h"
#include "views/show.h"

static json_t *cell_json(struct read_ctx *r, const struct report_cell *c) {
  if (c->fact_count) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->fact_count; i++)
      json_array_append_new(list, json_pack("{s:o,s:I,s:o,s:o}", "id", show_text(c->facts[i].id), "at", (json_int_t)c->facts[i].at_ms, "zh", show_text(c->facts[i].text_zh), "en",
                                            show_text(c->facts[i].text_en)));
    return list;
  }
  if (c->value.type == V_ABSENT) return json_null();
  return show_text(value_show(r->arena, &c->value, false, r->zone_offset_ms));
}

/* Details fit into one cell of a table as their count; the facts stand beside it. */
static void put_cell(struct read_ctx *r, json_t *row, const char *key, const struct report_cell *c, json_t *why, json_t *drill) {
  if (c->fact_count) {
    json_object_set_new(drill, key, cell_json(r, c));
    json_object_set_new(row, key, show_text(arena_printf(r->arena, "%zu", c->fact_count)));
    return;
  }
  json_object_set_new(row, key, cell_json(r, c));
  if (c->value.type == V_ABSENT) json_object_set_new(why, key, json_pack("{s:o,s:o}", "zh", show_text(c->why_zh), "en", show_text(c->why_en)));
}

static bool may_read(struct read_ctx *r, const struct party_desk *desk, const struct lang_report *report) {
  struct party_matter m = {.actor = r->actor.id};
  if (r->actor.owner || r->actor.type != ACTOR_PERSON || report->to.count == 0 || view_may(r->program, &r->actor, STR("报表.查看"))) return true;
  if (report->has_by && party_includes(desk, &report->by, &m, r->actor.id)) return true;
  for (size_t i = 0; i < report->to.count; i++)
    if (party_includes(desk, &report->to.p[i], &m, r->actor.id) || party_role_above(r->program, r->actor.role, report->to.p[i].path.text)) return true;
  return false;
}

enum status report_of_book(struct read_ctx *r, struct str name, i64 from, i64 to, json_t **out) {
  enum status status = OK;
  struct report_table t;
  struct party_desk desk;
  struct show_people people;
  json_t *columns = NULL, *rows = NULL;
  TRY(engine_report(r->engine, r->arena, name, instant_at(from, 0, r->zone_offset_ms), instant_at(to + 1, 0, r->zone_offset_ms), &t, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  if (!may_read(r, &desk, t.report)) TRY(problem_set(r->problem, E_DENIED, "report.who", "报表“%.*s”不是给你看的", "The report “%.*s” is not given to you", STR_ARG(name)));
  columns = json_array();
  rows = json_array();
  if (t.report->keys.count) json_array_append_new(columns, json_pack("{s:s,s:o,s:s}", "key", "key", "title", show_text(t.report->keys.p[0].text), "type", "text"));
  for (size_t i = 0; i < t.report->column_count; i++) {
    const struct lang_report_column *c = &t.report->columns[i];
    struct str title = c->detail ? party_words(&desk, c->trigger.at) : c->name.text;
    json_array_append_new(columns, json_pack("{s:o,s:o,s:s}", "key", json_sprintf("c%zu", i), "title", show_text(title), "type", "text"));
  }
  for (size_t i = 0; i < t.row_count; i++) {
    json_t *row = json_object(), *why = json_object(), *drill = json_object();
    if (t.report->keys.count) show_put_text(row, "key", t.by_person ? show_name(&people, t.rows[i].key) : t.rows[i].key);
    if (t.by_person) show_put_text(row, "person", t.rows[i].key);
    for (size_t k = 0; k < t.report->column_count; k++) put_cell(r, row, arena_cstr(r->arena, arena_printf(r->arena, "c%zu", k)), &t.rows[i].cells[k], why, drill);
    json_object_set_new(row, "why", why);
    json_object_set_new(row, "drill", drill);
    json_array_append_new(rows, row);
  }
  struct str title = t.report->title.n ? t.report->title : t.report->name.text;
  *out = json_pack("{s:o,s:o,s:o,s:o,s:O,s:O,s:o}", "name", show_text(name), "title", show_text(title), "from", show_date(r->arena, from), "to", show_date(r->arena, to), "columns",
                   columns, "rows", rows, "clause", show_clause(r->program, t.clause ? t.clause->id : STR("")));
done:
  json_decref(columns);
  json_decref(rows);
  return status;
}

/* What is declared: name, cadence, who makes it and for whom. */
json_t *report_declared(struct read_ctx *r) {
  json_t *list = json_array();
  struct party_desk desk = {.arena = r->arena, .program = r->program};
  for (size_t i = 0; r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    if (item->kind != LI_REPORT) continue;
    const struct lang_report *report = item->report;
    json_t *to = json_array(), *columns = json_array();
    for (size_t k = 0; k < report->to.count; k++) json_array_append_new(to, show_text(report->to.p[k].path.text));
    for (size_t k = 0; k < report->column_count; k++) json_array_append_new(columns, show_text(report->columns[k].detail ? party_words(&desk, report->columns[k].trigger.at) : report->columns[k].name.text));
    json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name", show_text(report->name.text), "title", show_text(report->title.n ? report->title : report->name.text), "every",
                                          report->recurs.count ? show_text(party_words(&desk, report->recurs.p[0].at)) : json_null(), "by",
                                          report->has_by ? show_text(report->by.path.text) : json_null(), "to", to, "columns", columns, "clause",
                                          show_clause(r->program, item->clause ? item->clause->id : STR(""))));
  }
  return list;
}
