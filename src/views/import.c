/* Imports as people watch them: progress, result, refused lines. The tables are written by commands/import.c and survive a
 * rebuild: they tell of files that came in, the facts in those files are events. */
#include "views/import.sql.h"
#include "views/json.h"
#include "views/show.h"
#include "views/view.h"

static json_t *job_json(json_t *o) {
  struct str key = json_arg(o, "error_key");
  json_object_set_new(o, "read", json_incref(json_object_get(o, "read_rows")));
  json_object_del(o, "read_rows");
  json_object_set_new(o, "error", key.n ? json_pack("{s:O,s:O,s:O}", "key", json_object_get(o, "error_key"), "zh", json_object_get(o, "error_zh"), "en",
                                                    json_object_get(o, "error_en"))
                                        : json_null());
  json_object_set_new(o, "ignored", show_stored(json_arg(o, "ignored"), json_array()));
  json_object_set_new(o, "rejected_count", json_incref(json_object_get(o, "rejected")));
  json_object_del(o, "error_key");
  json_object_del(o, "error_zh");
  json_object_del(o, "error_en");
  return o;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct import_all_row *rows;
  size_t count;
  struct str id = STR("");
  i64 ms = INT64_MAX;
  json_arg_cursor(query, &ms, &id);
  struct import_all_in in = {.before_ms = ms, .before_id = id, .most = json_arg_limit(query)};
  enum status status = import_all(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(items, job_json(import_all_json(&rows[i])));
  *result = json_pack("{s:o,s:o}", "items", items, "next",
                      count == (size_t)in.most ? json_cursor(r->arena, rows[count - 1].started_ms, rows[count - 1].id) : json_null());
  return OK;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct import_get_row *row;
  struct import_rejects_row *rejects;
  size_t count;
  struct str id = json_arg(query, "id");
  struct import_rejects_in in = {.job = id, .after = json_arg_int(query, "after", 0), .most = json_arg_limit(query)};
  enum status status = import_get(r->store, r->arena, &(struct import_get_in){.id = id}, &row, r->problem);
  if (status == OK && !row) return problem_set(r->problem, E_NOT_FOUND, "import.unknown", "没有导入 %.*s", "There is no import %.*s", STR_ARG(id));
  if (status == OK) status = import_rejects(r->store, r->arena, &in, &rejects, &count, r->problem);
  if (status != OK) return status;
  json_t *o = job_json(import_get_json(row)), *list = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(list, import_rejects_json(&rejects[i]));
  json_object_set_new(o, "rejected", list);
  json_object_set_new(o, "next", count == (size_t)in.most ? json_integer(rejects[count - 1].line) : json_null());
  *result = o;
  return OK;
}

static const struct read_def reads[] = {
    {"import.list", "订单.导入", read_list, false, "after:text limit:int", "Imports, newest first", "导入记录"},
    {"import.get", "订单.导入", read_get, false, "id:text! after:int limit:int", "One import: progress and refused lines", "一次导入的进度与拒绝的行"},
    {NULL},
};

static const char *const tables[] = {NULL};
const struct view_def view_import = {.noun = "import", .version = 1, .tables = tables, .reads = reads};
