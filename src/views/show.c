/* JSON building blocks that the reads of duties, cases, ledger and floor share. They decide nothing: who may see what, and
 * what a figure means, stays with the noun. */
#include "views/show.h"

#include "base/calendar.h"
#include "views/people.sql.h"

#include <stdlib.h>
#include <string.h>

json_t *show_text(struct str s) {
  json_t *json = json_stringn(s.p ? s.p : "", s.n);
  return json ? json : json_string("");
}

json_t *show_text_or_null(struct str s) { return s.n ? show_text(s) : json_null(); }

json_t *show_int_or_null(bool has, i64 value) { return has ? json_integer(value) : json_null(); }

json_t *show_stored(struct str s, json_t *owned_fallback) {
  json_t *json = s.n ? json_loadb(s.p, s.n, JSON_DECODE_ANY, NULL) : NULL;
  if (!json) return owned_fallback;
  json_decref(owned_fallback);
  return json;
}

struct str show_dump(struct arena *a, const json_t *json) {
  char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
  struct str out = arena_dup(a, str_c(text));
  free(text);
  return out;
}

void show_put_text(json_t *object, const char *key, struct str s) { json_object_set_new(object, key, show_text(s)); }

void show_put_int(json_t *object, const char *key, i64 value) { json_object_set_new(object, key, json_integer(value)); }

struct str show_arg(struct arena *a, const json_t *query, const char *name) {
  const json_t *v = json_object_get(query, name);
  if (json_is_string(v)) return str_trim(arena_dup(a, (struct str){json_string_value(v), json_string_length(v)}));
  if (json_is_integer(v)) return arena_printf(a, "%lld", (long long)json_integer_value(v));
  if (json_is_true(v)) return STR("true");
  return STR("");
}

i64 show_arg_int(const json_t *query, const char *name, i64 fallback, i64 least, i64 most) {
  const json_t *v = json_object_get(query, name);
  i64 n = fallback;
  if (json_is_integer(v)) n = json_integer_value(v);
  else if (json_is_string(v) && !str_to_i64((struct str){json_string_value(v), json_string_length(v)}, &n)) n = fallback;
  return n < least || n > most ? fallback : n;
}

enum status show_people_load(struct store *s, struct arena *a, struct show_people *out, struct problem *p) {
  struct people_names_row *rows = NULL;
  size_t count = 0;
  map_init(&out->names, a);
  map_init(&out->roles, a);
  enum status status = people_names(s, a, &rows, &count, p);
  for (size_t i = 0; status == OK && i < count; i++) {
    map_set_ptr(&out->names, rows[i].id, &rows[i].name);
    map_set_ptr(&out->roles, rows[i].id, &rows[i].role);
  }
  return status;
}

struct str show_name(const struct show_people *people, struct str id) {
  if (str_starts(id, STR("role:"))) return str_slice(id, 5, id.n);
  const struct str *name = map_ptr(&people->names, id);
  return name ? *name : id;
}

struct str show_role(const struct show_people *people, struct str id) {
  const struct str *role = map_ptr(&people->roles, id);
  return role ? *role : STR("");
}

json_t *show_clause(const struct lang_program *program, struct str clause) {
  if (!clause.n) return json_null();
  const struct lang_clause *found = program ? lang_find_clause(program, clause) : NULL;
  json_t *out = json_object();
  show_put_text(out, "id", clause);
  show_put_text(out, "no", found ? found->number : STR(""));
  show_put_text(out, "title", found ? found->title : clause);
  return out;
}

json_t *show_object(struct str noun, struct str id) {
  if (!id.n) return json_null();
  char key[32] = "object";
  if (noun.n && noun.n < sizeof key) {
    memcpy(key, noun.p, noun.n);
    key[noun.n] = 0;
  }
  json_t *out = json_object();
  show_put_text(out, key, id);
  return out;
}

enum status show_month_parse(struct arena *a, struct str text, i64 now_ms, i64 zone_offset_ms, struct show_month *out, struct problem *p) {
  i64 first = month_start(instant_date(now_ms, zone_offset_ms));
  if (text.n) {
    struct str day = arena_printf(a, "%.*s-01", STR_ARG(text));
    if (text.n != 7 || !date_parse(day, &first))
      return problem_set(p, E_INVALID, "month.malformed", "月份“%.*s”不对，请写成 2026-03 这样", "“%.*s” is not a month; write it like 2026-03", STR_ARG(text));
  }
  struct civil c = civil_from_date(first);
  out->name = arena_printf(a, "%04d-%02d", c.year, c.month);
  out->first = first;
  out->from_ms = instant_at(first, 0, zone_offset_ms);
  out->to_ms = instant_at(date_add_months(first, 1), 0, zone_offset_ms);
  return OK;
}

enum status show_date_parse(struct str text, i64 fallback, i64 *date, struct problem *p) {
  *date = fallback;
  if (text.n && !date_parse(text, date))
    return problem_set(p, E_INVALID, "date.malformed", "日期“%.*s”不对，请写成 2026-03-05 这样", "“%.*s” is not a date; write it like 2026-03-05", STR_ARG(text));
  return OK;
}

json_t *show_date(struct arena *a, i64 date) { return show_text(calendar_show_date(a, date)); }
