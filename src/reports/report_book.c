/* The reports a rulebook declares (报表), worked out by the engine for a period: who they are for, by when, and their rows. Runs on
 * the writer thread, where the engine is. A figure that could not be worked out is null and says why. */
#include "reports/report.h"
#include "reports/words.h"

#include "base/calendar.h"
#include "views/party.h"
#include "views/show.h"

#include <string.h>

static json_t *cell_json(struct read_ctx *r, const struct report_cell *c, bool english) {
  if (c->fact_count) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->fact_count; i++)
      json_array_append_new(list, json_pack("{s:o,s:I,s:o,s:o}", "id", show_text(c->facts[i].id), "at", (json_int_t)c->facts[i].at_ms, "zh", show_text(c->facts[i].text_zh), "en",
                                            show_text(c->facts[i].text_en)));
    return list;
  }
  if (c->value.type == V_ABSENT) return json_null();
  return show_text(value_show(r->arena, &c->value, english, r->zone_offset_ms));
}

/* Details fit into one cell of a table as their count; the facts stand beside it. */
static void put_cell(struct read_ctx *r, bool english, json_t *row, const char *key, const struct report_cell *c) {
  if (c->fact_count) {
    json_object_set_new(json_object_get(row, "drill"), key, cell_json(r, c, english));
    json_object_set_new(row, key, show_text(arena_printf(r->arena, "%zu", c->fact_count)));
    return;
  }
  json_object_set_new(row, key, cell_json(r, c, english));
  if (c->value.type == V_ABSENT) json_object_set_new(json_object_get(row, "why"), key, json_pack("{s:o,s:o}", "zh", show_text(c->why_zh), "en", show_text(c->why_en)));
}

static bool may_read(struct read_ctx *r, const struct party_desk *desk, const struct lang_report *report) {
  struct party_matter m = {.actor = r->actor.id};
  if (r->actor.owner || r->actor.type != ACTOR_PERSON || report->to.count == 0 || view_may(r->program, &r->actor, STR("报表.查看"))) return true;
  if (report->has_by && party_includes(desk, &report->by, &m, r->actor.id)) return true;
  for (size_t i = 0; i < report->to.count; i++)
    if (party_includes(desk, &report->to.p[i], &m, r->actor.id) || party_role_above(r->program, r->actor.role, report->to.p[i].path.text)) return true;
  return false;
}

/* What a row is about. Channels are words of the desk, all else of the book or of people. */
static struct str key_shown(const struct show_people *people, const struct report_table *t, struct str key, bool english) {
  struct str by = t->report->keys.p[0].text;
  if (t->by_person) return show_name(people, key);
  return report_channel(key, english && (str_ends(by, STR("渠道")) || str_ends(by, STR("channel"))));
}

/* One span of it: columns (of the first span only) and rows. */
static enum status span_json(struct read_ctx *r, const struct report_book_ask *ask, i64 from, i64 to, struct report_table *t, json_t *columns, json_t *rows) {
  enum status status = OK;
  struct party_desk desk;
  struct show_people people;
  TRY(engine_report(r->engine, r->arena, ask->name, instant_at(from, 0, r->zone_offset_ms), instant_at(to + 1, 0, r->zone_offset_ms), &ask->narrow, t, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  if (!may_read(r, &desk, t->report)) TRY(problem_set(r->problem, E_DENIED, "report.who", "报表“%.*s”不是给你看的", "The report “%.*s” is not given to you", STR_ARG(ask->name)));
  if (columns && t->report->keys.count) json_array_append_new(columns, json_pack("{s:s,s:o,s:s}", "key", "key", "title", show_text(t->report->keys.p[0].text), "type", "text"));
  for (size_t i = 0; columns && i < t->report->column_count; i++) {
    const struct lang_report_column *c = &t->report->columns[i];
    struct str title = c->detail ? party_words(&desk, c->trigger.at) : c->name.text;
    json_array_append_new(columns, json_pack("{s:o,s:o,s:s}", "key", json_sprintf("c%zu", i), "title", show_text(title), "type", "text"));
  }
  for (size_t i = 0; i < t->row_count; i++) {
    json_t *row = json_pack("{s:{},s:{}}", "why", "drill");
    if (t->report->keys.count) show_put_text(row, "key", key_shown(&people, t, t->rows[i].key, ask->english));
    if (t->by_person) show_put_text(row, "person", t->rows[i].key);
    for (size_t k = 0; k < t->report->column_count; k++) put_cell(r, ask->english, row, arena_cstr(r->arena, arena_printf(r->arena, "c%zu", k)), &t->rows[i].cells[k]);
    json_array_append_new(rows, row);
  }
done:
  return status;
}

static enum status no_column(struct read_ctx *r, struct str name, enum report_filter f) {
  static const char key[] = "report.filter";
  if (f == REPORT_PERSON)
    return problem_set(r->problem, E_INVALID, key, "报表“%.*s”按人员筛不了：它数的事不关人员。去掉这个条件再看", "The report “%.*s” cannot be narrowed to a person: nothing it counts has one. Leave that filter out", STR_ARG(name));
  if (f == REPORT_ROLE)
    return problem_set(r->problem, E_INVALID, key, "报表“%.*s”按岗位筛不了：它数的事不关人员。去掉这个条件再看", "The report “%.*s” cannot be narrowed to a role: nothing it counts has a person. Leave that filter out", STR_ARG(name));
  if (f == REPORT_SHIFT)
    return problem_set(r->problem, E_INVALID, key, "报表“%.*s”按班次筛不了：它数的事不关班次。去掉这个条件再看", "The report “%.*s” cannot be narrowed to a shift: nothing it counts has one. Leave that filter out", STR_ARG(name));
  return problem_set(r->problem, E_INVALID, key, "报表“%.*s”按渠道筛不了：它数的事里没有渠道。去掉这个条件再看", "The report “%.*s” cannot be narrowed to a channel: nothing it counts has one. Leave that filter out", STR_ARG(name));
}

/* [{"name","value","columns"}]: what it is narrowed to, and the columns which that does not reach. E_INVALID when one reaches none. */
static enum status filters_json(struct read_ctx *r, const struct report_book_ask *ask, const struct report_table *t, json_t *list) {
  static const char *const names[REPORT_FILTERS] = {"agent", "role", "shift", "channel"};
  for (int f = 0; f < REPORT_FILTERS; f++) {
    if (!ask->narrow.of[f].n) continue;
    json_t *columns = json_array();
    for (size_t i = 0; i < t->report->column_count; i++)
      if (t->unfit[i] & 1u << f) json_array_append_new(columns, json_sprintf("c%zu", i));
    size_t missed = json_array_size(columns);
    json_array_append_new(list, json_pack("{s:s,s:o,s:o}", "name", names[f], "value", show_text(ask->narrow.of[f]), "columns", columns));
    if (missed && missed == t->report->column_count) return no_column(r, ask->name, (enum report_filter)f);
  }
  return OK;
}

enum status report_of_book(struct read_ctx *r, const struct report_book_ask *ask, json_t **out) {
  enum status status = OK;
  struct report_table t, was;
  json_t *columns = json_array(), *rows = json_array(), *filters = json_array(), *before = json_array();
  TRY(span_json(r, ask, ask->from, ask->to, &t, columns, rows));
  TRY(filters_json(r, ask, &t, filters));
  if (ask->before.asked) TRY(span_json(r, ask, ask->before.from, ask->before.to, &was, NULL, before));
  struct str title = t.report->title.n ? t.report->title : t.report->name.text;
  *out = json_pack("{s:o,s:o,s:o,s:o,s:O,s:O,s:O,s:o}", "name", show_text(ask->name), "title", show_text(title), "from", show_date(r->arena, ask->from), "to", show_date(r->arena, ask->to), "columns",
                   columns, "rows", rows, "filters", filters, "clause", show_clause(r->program, t.clause ? t.clause->id : STR("")));
  if (ask->before.asked) json_object_set_new(*out, "before", json_pack("{s:o,s:o,s:O}", "from", show_date(r->arena, ask->before.from), "to", show_date(r->arena, ask->before.to), "rows", before));
done:
  json_decref(columns);
  json_decref(rows);
  json_decref(filters);
  json_decref(before);
  return status;
}

static bool same_text(const json_t *a, const json_t *b, const char *name) { return str_eq(str_c(json_string_value(json_object_get(a, name))), str_c(json_string_value(json_object_get(b, name)))); }

static json_t *row_of_key(const json_t *rows, const json_t *row) {
  size_t i;
  json_t *one;
  json_array_foreach(rows, i, one)
    if (same_text(one, row, "key") && same_text(one, row, "person")) return one;
  return NULL;
}

/* The earlier span stands behind each column; a column that a filter does not reach says so in its head. */
void report_book_table(json_t *report, bool english) {
  json_t *columns = json_object_get(report, "columns"), *rows = json_object_get(report, "rows"), *before = json_object_get(report, "before"), *old = json_object_get(before, "rows"), *wide = json_array(), *c, *row, *f, *key;
  size_t i, k;
  json_array_foreach(old, i, row) {
    if (row_of_key(rows, row)) continue;
    json_t *bare = json_pack("{s:O}", "key", json_object_get(row, "key") ? json_object_get(row, "key") : json_null());
    if (json_object_get(row, "person")) json_object_set(bare, "person", json_object_get(row, "person"));
    json_array_append_new(rows, bare);
  }
  json_array_foreach(columns, i, c) {
    const char *name = json_string_value(json_object_get(c, "key"));
    json_t *title = json_incref(json_object_get(c, "title"));
    json_array_foreach(json_object_get(report, "filters"), k, f) {
      size_t n;
      json_array_foreach(json_object_get(f, "columns"), n, key)
        if (strcmp(json_string_value(key), name) == 0) {
          const char *by = json_string_value(json_object_get(f, "name"));
          int word = by[0] == 'a' ? REPORT_PERSON : by[0] == 'r' ? REPORT_ROLE : by[0] == 's' ? REPORT_SHIFT : REPORT_CHANNEL;
          struct str said = english ? report_filter_en((enum report_filter)word) : report_filter_zh((enum report_filter)word);
          json_t *more = json_sprintf(english ? "%s (not by %.*s)" : "%s（按%.*s筛不到）", json_string_value(title), STR_ARG(said));
          json_decref(title);
          title = more;
        }
    }
    json_array_append_new(wide, json_pack("{s:s,s:O,s:s}", "key", name, "title", title, "type", "text"));
    if (before && strcmp(name, "key") != 0) {
      const char *from = json_string_value(json_object_get(before, "from")), *to = json_string_value(json_object_get(before, "to"));
      json_array_append_new(wide, json_pack("{s:o,s:o,s:s}", "key", json_sprintf("was_%s", name), "title", json_sprintf(english ? "%s (%s to %s)" : "%s（%s 至 %s）", json_string_value(title), from, to), "type", "text"));
    }
    json_decref(title);
  }
  json_array_foreach(rows, i, row) {
    const json_t *was = before ? row_of_key(old, row) : NULL;
    json_array_foreach(columns, k, c) {
      char was_key[32];
      const char *name = json_string_value(json_object_get(c, "key"));
      snprintf(was_key, sizeof was_key, "was_%s", name);
      if (was && strcmp(name, "key") != 0) json_object_set(row, was_key, json_object_get(was, name));
    }
  }
  json_object_set_new(report, "columns", wide);
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
