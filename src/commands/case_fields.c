/* The fields of a case as a person gives them: read from JSON, judged by the form that `guiju coverage` tries
 * (rules/case_form.h), checked against the desk where only the desk knows (does the person work here), put into events. */
#include "commands/case_fields.h"

#include "rules/case_form.h"
#include "views/people.sql.h"

static const struct lang_field *find_field(const struct lang_case *type, struct str name) {
  for (size_t i = 0; i < type->field_count; i++)
    if (str_eq(type->fields[i].name.text, name)) return &type->fields[i];
  return NULL;
}

static bool blank(const json_t *v) {
  if (!v || json_is_null(v)) return true;
  if (json_is_string(v)) return str_trim((struct str){json_string_value(v), json_string_length(v)}).n == 0;
  return json_is_array(v) && json_array_size(v) == 0;
}

/* References may come as {id, name}; a list of one stands for the one. */
static json_t *plain(const struct lang_field *f, const json_t *v) {
  if (json_is_array(v) && !f->type.many && json_array_size(v) == 1) v = json_array_get(v, 0);
  if (json_is_object(v) && json_object_get(v, "id")) v = json_object_get(v, "id");
  if (!json_is_array(v)) return json_incref((json_t *)(uintptr_t)v);
  json_t *list = json_array();
  for (size_t i = 0; i < json_array_size(v); i++) {
    json_t *one = json_array_get(v, i), *id = json_is_object(one) ? json_object_get(one, "id") : NULL;
    json_array_append(list, id ? id : one);
  }
  return list;
}

static enum status people_work_here(struct command_ctx *c, const struct lang_field *f, const struct value *v) {
  const struct value *items = v->type == V_LIST ? v->items : v;
  size_t n = v->type == V_LIST ? v->count : 1;
  for (size_t i = 0; f->type.kind == LT_PERSON && i < n; i++) {
    struct people_get_row *row = NULL;
    struct people_get_in in = {.id = items[i].s};
    enum status status = people_get(c->store, c->arena, &in, &row, c->problem);
    if (status != OK) return status;
    if (!row) return problem_set(c->problem, E_INVALID, "case.field_person", "“%.*s”里的人员不存在", "“%.*s” names nobody who works here", STR_ARG(f->name.text));
  }
  return OK;
}

static enum status merge_one(struct command_ctx *c, const struct lang_case *type, const struct lang_field *f, const json_t *given, json_t *fields) {
  struct event_extra one = {.name = f->name.text};
  struct problem quiet = {0};
  if (json_is_array(given) && json_array_size(given) > CASE_LIST_MAX)
    return problem_set(c->problem, E_INVALID, "case.field_bound", "“%.*s”的项太多，最多 %d 项", "“%.*s” has too many items; %d at most", STR_ARG(f->name.text), CASE_LIST_MAX);
  if (case_field_value(c->arena, &f->type, given, c->zone_offset_ms, &one.value, &quiet) != OK)
    return problem_set(c->problem, E_INVALID, "case.field_type", "“%.*s”的写法不对", "“%.*s” is not written as its type asks", STR_ARG(f->name.text));
  enum status status = case_form_check(type, &one, 1, true, c->problem);
  if (status == OK) status = people_work_here(c, f, &one.value);
  if (status == OK) json_object_setn_new_nocheck(fields, f->name.text.p, f->name.text.n, value_to_json(&one.value));
  return status;
}

enum status case_fields_merge(struct command_ctx *c, const struct lang_case *type, const json_t *given, json_t *fields) {
  const char *key;
  json_t *value;
  if (given && !json_is_object(given)) return problem_set(c->problem, E_INVALID, "case.fields", "字段要写成名称和内容的对照", "Fields must be an object of names and values");
  json_object_foreach((json_t *)(uintptr_t)given, key, value) {
    const struct lang_field *f = find_field(type, str_c(key));
    if (!f) {
      struct event_extra unknown = {.name = str_c(key)};
      return case_form_check(type, &unknown, 1, true, c->problem);
    }
    if (f->computed) continue;
    if (blank(value)) {
      json_object_del(fields, key);
      continue;
    }
    json_t *one = plain(f, value);
    enum status status = merge_one(c, type, f, one, fields);
    json_decref(one);
    if (status != OK) return status;
  }
  return OK;
}

enum status case_fields_complete(struct command_ctx *c, const struct lang_case *type, const json_t *fields) {
  struct event_extra *values = NULL;
  size_t count = 0;
  enum status status = case_values(c->arena, type, fields, c->zone_offset_ms, &values, &count, c->problem);
  return status == OK ? case_form_check(type, values, count, false, c->problem) : status;
}

struct str case_fields_subject(struct command_ctx *c, const struct lang_case *type, const json_t *fields) {
  if (!type || !type->subject.text.n) return STR("");
  const json_t *v = json_object_getn(fields, type->subject.text.p, type->subject.text.n);
  return json_is_string(v) ? arena_dup(c->arena, (struct str){json_string_value(v), json_string_length(v)}) : STR("");
}

enum status case_fields_put(struct command_ctx *c, const struct lang_case *type, const json_t *fields, struct event *e) {
  struct event_extra *values = NULL;
  size_t count = 0;
  enum status status = case_values(c->arena, type, fields, c->zone_offset_ms, &values, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) event_set_extra(e, c->arena, values[i].name, values[i].value);
  return status;
}
