/* The form of a case: what may stand in its fields. Types come from the rulebook, never from here. */
#include "commands/case_fields.h"

#include "views/people.sql.h"

static const struct lang_field *find_field(const struct lang_case *type, struct str name) {
  for (size_t i = 0; i < type->field_count; i++)
    if (str_eq(type->fields[i].name.text, name)) return &type->fields[i];
  return NULL;
}

static enum status wrong(struct command_ctx *c, const struct lang_field *f, const char *zh, const char *en) {
  struct str n = f->name.text;
  enum status status = problem_set(c->problem, E_INVALID, "case.field_wrong", "“%.*s”", "“%.*s”", STR_ARG(n));
  if (c->problem) {
    snprintf(c->problem->zh, sizeof c->problem->zh, "“%.*s”%s", STR_ARG(n), zh);
    snprintf(c->problem->en, sizeof c->problem->en, "“%.*s” %s", STR_ARG(n), en);
  }
  return status;
}

static bool blank(const json_t *v) {
  if (!v || json_is_null(v)) return true;
  if (json_is_string(v)) return str_trim((struct str){json_string_value(v), json_string_length(v)}).n == 0;
  return json_is_array(v) && json_array_size(v) == 0;
}

static enum status check_person(struct command_ctx *c, const struct lang_field *f, struct str id) {
  struct people_get_row *row = NULL;
  struct people_get_in in = {.id = id};
  enum status status = people_get(c->store, c->arena, &in, &row, c->problem);
  return status != OK ? status : row ? OK : wrong(c, f, "里的人员不存在", "names nobody who works here");
}

static enum status check_enum(struct command_ctx *c, const struct lang_field *f, struct str word) {
  for (size_t i = 0; i < f->type.enum_values.count; i++)
    if (str_eq(f->type.enum_values.p[i].text, word)) return OK;
  return wrong(c, f, "只能从给出的几项里选", "must be one of the given words");
}

/* One value (an element of a list field) as JSON the log can hold; the event's own reader judges the scalar forms. */
static enum status check_one(struct command_ctx *c, const struct lang_field *f, const json_t *v, json_t **out) {
  struct value typed;
  struct lang_type single = f->type;
  single.many = false;
  if (json_is_string(v) && json_string_length(v) > CASE_TEXT_MOST * 4) return wrong(c, f, "太长了", "is too long");
  struct problem quiet = {0};
  enum event_field_type et = case_event_type(&single);
  if (et == FIELD_ID && json_is_object(v)) v = json_object_get(v, "id");
  if (value_from_json(c->arena, v, et, c->zone_offset_ms, &typed, &quiet) != OK) return wrong(c, f, "的写法不对", "is not written as its type asks");
  enum status status = OK;
  if (f->type.kind == LT_ENUM) status = check_enum(c, f, typed.s);
  if (f->type.kind == LT_PERSON) status = check_person(c, f, typed.s);
  if (status == OK) *out = value_to_json(&typed);
  return status;
}

static enum status check_value(struct command_ctx *c, const struct lang_field *f, const json_t *v, json_t **out) {
  if (!f->type.many) return check_one(c, f, json_is_array(v) && json_array_size(v) == 1 ? json_array_get(v, 0) : v, out);
  json_t *list = json_array();
  size_t n = json_is_array(v) ? json_array_size(v) : 1;
  if (n > CASE_LIST_ITEMS_MOST) {
    json_decref(list);
    return wrong(c, f, "的项太多", "has too many items");
  }
  for (size_t i = 0; i < n; i++) {
    json_t *one = NULL;
    enum status status = check_one(c, f, json_is_array(v) ? json_array_get(v, i) : v, &one);
    if (status != OK) {
      json_decref(list);
      return status;
    }
    json_array_append_new(list, one);
  }
  *out = list;
  return OK;
}

enum status case_fields_merge(struct command_ctx *c, const struct lang_case *type, const json_t *given, json_t *fields) {
  const char *key;
  json_t *value;
  if (given && !json_is_object(given)) return problem_set(c->problem, E_INVALID, "case.fields", "字段要写成名称和内容的对照", "Fields must be an object of names and values");
  json_object_foreach((json_t *)(uintptr_t)given, key, value) {
    const struct lang_field *f = find_field(type, str_c(key));
    json_t *checked = NULL;
    if (!f) return problem_set(c->problem, E_INVALID, "case.field_unknown", "“%s”不是“%.*s”的字段", "“%s” is not a field of “%.*s”", key, STR_ARG(type->name.text));
    if (f->computed) continue;
    if (blank(value)) {
      json_object_del(fields, key);
      continue;
    }
    enum status status = check_value(c, f, value, &checked);
    if (status != OK) return status;
    json_object_set_new(fields, key, checked);
  }
  return OK;
}

/* 8张以上: how many are asked for. */
static enum status check_bound(struct command_ctx *c, const struct lang_field *f, const json_t *v) {
  for (size_t i = 0; i < f->bound.count; i++) {
    const struct lang_range *range = &f->bound.p[i];
    i64 n = json_is_array(v) ? (i64)json_array_size(v) : json_is_integer(v) ? json_integer_value(v) : 1;
    if (range->lower && range->lower->kind == LX_LITERAL && (n < range->lower->value.i || (n == range->lower->value.i && !range->lower_included)))
      return wrong(c, f, "不够数", "has too few");
    if (range->upper && range->upper->kind == LX_LITERAL && (n > range->upper->value.i || (n == range->upper->value.i && !range->upper_included)))
      return wrong(c, f, "超过了上限", "has too many");
  }
  return OK;
}

enum status case_fields_complete(struct command_ctx *c, const struct lang_case *type, const json_t *fields) {
  for (size_t i = 0; i < type->field_count; i++) {
    const struct lang_field *f = &type->fields[i];
    const json_t *v = json_object_getn(fields, f->name.text.p, f->name.text.n);
    if (f->computed || !case_is_asked(f, fields)) continue;
    if (f->required && blank(v))
      return problem_set(c->problem, E_INVALID, "case.field_missing", "“%.*s”还没有填", "“%.*s” must be filled in", STR_ARG(f->name.text));
    if (!blank(v)) {
      enum status status = check_bound(c, f, v);
      if (status != OK) return status;
    }
  }
  return OK;
}

struct str case_fields_subject(struct command_ctx *c, const struct lang_case *type, const json_t *fields) {
  if (!type || !type->subject.text.n) return STR("");
  const json_t *v = json_object_getn(fields, type->subject.text.p, type->subject.text.n);
  return json_is_string(v) ? arena_dup(c->arena, (struct str){json_string_value(v), json_string_length(v)}) : STR("");
}

enum status case_fields_put(struct command_ctx *c, const struct lang_case *type, const json_t *fields, struct event *e) {
  for (size_t i = 0; i < type->field_count; i++) {
    const struct lang_field *f = &type->fields[i];
    const json_t *v = json_object_getn(fields, f->name.text.p, f->name.text.n);
    struct value typed;
    if (blank(v)) continue;
    if (f->type.many) {
      size_t n = json_array_size(v);
      struct lang_type single = f->type;
      single.many = false;
      struct value *items = ARENA_ARRAY(c->arena, struct value, n ? n : 1);
      for (size_t k = 0; k < n; k++) {
        enum status status = value_from_json(c->arena, json_array_get(v, k), case_event_type(&single), c->zone_offset_ms, &items[k], c->problem);
        if (status != OK) return status;
      }
      typed = (struct value){.type = V_LIST, .items = items, .count = n};
    } else {
      enum status status = value_from_json(c->arena, v, case_event_type(&f->type), c->zone_offset_ms, &typed, c->problem);
      if (status != OK) return status;
    }
    event_set_extra(e, c->arena, f->name.text, typed);
  }
  return OK;
}
