/* guiju import: order lists, chat logs, and facts as JSON lines, from a file into a desk that is not running.
 * The same code as the page's import; refused lines are printed with their reason. */
#include "app/cmd_data.h"

#include "app/data_args.h"
#include "app/say.h"
#include "app/wiring.h"
#include "channels/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FINE, EXIT_BAD, EXIT_UNABLE, BATCH_LINES = 500 };
static const size_t ARENA_CAP = (size_t)1 << 30;

struct counts {
  i64 read, added, changed, same, rejected;
};

static void print_refusals(const json_t *list) {
  size_t i;
  const json_t *r;
  json_array_foreach(list, i, r) {
    const char *text = json_string_value(json_object_get(r, say_english() ? "en" : "zh"));
    printf(say_english() ? "line %lld: %s\n" : "第 %lld 行：%s\n", (long long)json_integer_value(json_object_get(r, "line")), text ? text : "");
  }
}

static enum status send(struct writer *w, json_t *owned_lines, i64 first, struct counts *n, struct problem *p) {
  json_t *result = NULL;
  const struct request r = {.name = STR("event.import"), .actor = {.type = ACTOR_SYSTEM, .id = STR("")},
                            .owned_args = json_pack("{s:o s:I}", "lines", owned_lines, "first", (json_int_t)first)};
  enum status status = writer_call(w, &r, &result, p);
  if (status == OK) {
    n->added += json_integer_value(json_object_get(result, "added"));
    n->same += json_integer_value(json_object_get(result, "same"));
    n->rejected += json_integer_value(json_object_get(result, "rejected"));
    print_refusals(json_object_get(result, "lines"));
  }
  json_decref(result);
  return status;
}

/* Lines that are not UTF-8 cannot travel as JSON: they become empty JSON errors of their own line. */
static json_t *line_json(const char *line, size_t n) {
  while (n && (line[n - 1] == '\n' || line[n - 1] == '\r')) n--;
  json_t *json = json_stringn(line, n);
  return json ? json : json_string("(not UTF-8)");
}

static enum status import_events(struct writer *w, const char *path, struct counts *n, struct problem *p) {
  FILE *f = fopen(path, "r");
  if (f == NULL) return problem_set(p, E_NOT_FOUND, "file.failed", "%s：%s", "%s: %s", path, strerror(errno));
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  i64 first = 1;
  json_t *batch = json_array();
  enum status status = OK;
  while (status == OK && (length = getline(&line, &room, f)) >= 0) {
    n->read++;
    json_array_append_new(batch, line_json(line, (size_t)length));
    if (json_array_size(batch) < BATCH_LINES) continue;
    status = send(w, batch, first, n, p);
    batch = json_array();
    first = n->read + 1;
  }
  if (status == OK && json_array_size(batch)) status = send(w, json_incref(batch), first, n, p);
  json_decref(batch);
  free(line);
  fclose(f);
  return status;
}

static enum status print_stored_refusals(struct writer *w, const char *id, struct problem *p) {
  json_t *result = NULL;
  const struct request r = {.name = STR("import.get"), .actor = {.type = ACTOR_SYSTEM}, .owned_args = json_pack("{s:s}", "id", id)};
  enum status status = writer_call(w, &r, &result, p);
  size_t i;
  const json_t *row;
  json_array_foreach(json_object_get(result, "rejected_lines") ? json_object_get(result, "rejected_lines") : json_object_get(result, "rejected"), i, row) {
    const char *text = json_string_value(json_object_get(row, say_english() ? "reason_en" : "reason_zh"));
    printf(say_english() ? "line %lld: %s\n" : "第 %lld 行：%s\n", (long long)json_integer_value(json_object_get(row, "line")), text ? text : "");
  }
  json_decref(result);
  return status;
}

static enum status import_rows(struct writer *w, enum import_type type, const char *path, struct counts *n, struct problem *p) {
  struct import_report report = {0};
  const struct actor actor = {.type = ACTOR_SYSTEM};
  enum status status = import_file(w, type, path, &actor, NULL, NULL, &report, p);
  *n = (struct counts){report.read, report.added, report.changed, report.same, report.rejected};
  if (status == OK && n->rejected) status = print_stored_refusals(w, report.id, p);
  return status;
}

static enum status run(struct arena *a, const struct data_args *args, struct counts *n, struct problem *p) {
  struct writer *w = NULL;
  enum import_type type;
  bool events = strcmp(args->rest[0], "events") == 0;
  if (!events && !import_type_find(str_c(args->rest[0]), &type))
    return problem_set(p, E_INVALID, "import.type", "能导入 orders、chat、events，不是“%s”", "orders, chat and events can be imported, not “%s”", args->rest[0]);
  struct writer_options o = wiring_writer_options(a, args->database);
  o.readers = 1;
  enum status status = writer_open(&o, &w, p);
  if (status == OK) status = events ? import_events(w, args->rest[1], n, p) : import_rows(w, type, args->rest[1], n, p);
  writer_close(w);
  return status;
}

int cmd_import(int argc, char **argv) {
  struct arena *a = arena_new(ARENA_CAP);
  struct data_args args;
  struct problem p = {0};
  struct counts n = {0};
  enum status status = data_args_parse(a, argc, argv, 0, 2, &args, &p);
  if (status == OK) status = data_args_must_exist(&args, &p);
  if (status == OK) status = run(a, &args, &n, &p);
  if (status != OK) say_problem(&p);
  else
    printf(say_english() ? "%lld rows read: %lld new, %lld changed, %lld known, %lld refused\n" : "读入 %lld 行：新增 %lld，更新 %lld，已有 %lld，拒绝 %lld\n", (long long)n.read,
           (long long)n.added, (long long)n.changed, (long long)n.same, (long long)n.rejected);
  arena_free(a);
  return status != OK ? EXIT_UNABLE : n.rejected ? EXIT_BAD : EXIT_FINE;
}
