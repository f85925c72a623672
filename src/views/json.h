/* Small shorthands between query rows and the JSON the API answers with. Text in rows is UTF-8 already (checked at the
 * doors), so a text that jansson refuses is a wrong program. */
#ifndef GUIJU_VIEWS_JSON_H
#define GUIJU_VIEWS_JSON_H

#include "base/arena.h"

#include <jansson.h>

enum { LIST_DEFAULT = 50, LIST_MOST = 200 };

static inline json_t *json_of(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }
static inline json_t *json_of_or_null(struct str s) { return s.n ? json_of(s) : json_null(); }
static inline json_t *json_ms(bool has, i64 ms) { return has ? json_integer(ms) : json_null(); }
/* A text member of the arguments, trimmed; "" when absent or of another type. */
static inline struct str json_arg(json_t *args, const char *name) {
  json_t *v = json_object_get(args, name);
  return json_is_string(v) ? str_trim((struct str){json_string_value(v), json_string_length(v)}) : STR("");
}
/* An integer member, also given as digits in a query string; `fallback` when absent or not a number. */
static inline i64 json_arg_int(json_t *args, const char *name, i64 fallback) {
  json_t *v = json_object_get(args, name);
  i64 i = fallback;
  if (json_is_integer(v)) return json_integer_value(v);
  return json_is_string(v) && str_to_i64(json_arg(args, name), &i) ? i : fallback;
}
/* `limit` of a list, 1 … LIST_MOST. */
static inline i64 json_arg_limit(json_t *args) {
  i64 n = json_arg_int(args, "limit", LIST_DEFAULT);
  return n < 1 ? 1 : n > LIST_MOST ? LIST_MOST : n;
}
/* Cursor "<ms>.<id>" of a keyset page, newest first. False: absent or not one (start at the top). */
static inline bool json_arg_cursor(json_t *args, i64 *ms, struct str *id) {
  struct str rest, at = str_cut(json_arg(args, "after"), '.', &rest);
  if (!at.n || !rest.n || !str_to_i64(at, ms)) return false;
  *id = rest;
  return true;
}
static inline json_t *json_cursor(struct arena *a, i64 ms, struct str id) {
  return json_of(arena_printf(a, "%lld.%.*s", (long long)ms, STR_ARG(id)));
}

#endif
