/* Small helpers with which reads build their JSON: text, names, clauses, objects, months.
 *
 * Every json_t returned is a new reference. Text without bytes becomes "" (or null where the name says so). */
#ifndef GUIJU_VIEWS_SHOW_H
#define GUIJU_VIEWS_SHOW_H

#include "base/map.h"
#include "views/view.h"

json_t *show_text(struct str s);
json_t *show_text_or_null(struct str s);
json_t *show_int_or_null(bool has, i64 value);
/* Text held as JSON in a table ("[…]"); `fallback` when it is not JSON. */
json_t *show_stored(struct str s, json_t *owned_fallback);
/* Compact JSON text in the arena. */
struct str show_dump(struct arena *a, const json_t *json);
void show_put_text(json_t *object, const char *key, struct str s);
void show_put_int(json_t *object, const char *key, i64 value);

/* A query parameter as text: "" when absent; numbers are shown as digits. */
struct str show_arg(struct arena *a, const json_t *query, const char *name);
/* … as a whole number inside [least, most], else the fallback. */
i64 show_arg_int(const json_t *query, const char *name, i64 fallback, i64 least, i64 most);

/* Names of all people, read once per request. */
struct show_people {
  struct map names; /* id -> struct str * */
  struct map roles;
};
MUST_CHECK enum status show_people_load(struct store *s, struct arena *a, struct show_people *out, struct problem *p);
/* The person's name; "role:客服" gives 客服; an unknown id gives itself. */
struct str show_name(const struct show_people *people, struct str id);
struct str show_role(const struct show_people *people, struct str id);

/* {"id":"greeting","no":"第十一条","title":"首次招呼"} of a heading id; null for an empty id. */
json_t *show_clause(const struct lang_program *program, struct str clause);
/* {"conversation":"c7"}; null for an empty id. */
json_t *show_object(struct str noun, struct str id);

/* "2026-03" to [from, to) in the desk's zone; an empty text means the month of now_ms. */
struct show_month {
  struct str name; /* "2026-03" */
  i64 first;       /* date of its first day */
  i64 from_ms, to_ms;
};
MUST_CHECK enum status show_month_parse(struct arena *a, struct str text, i64 now_ms, i64 zone_offset_ms, struct show_month *out, struct problem *p);
/* A date parameter "2026-03-05"; an empty text means `fallback`. */
MUST_CHECK enum status show_date_parse(struct str text, i64 fallback, i64 *date, struct problem *p);
json_t *show_date(struct arena *a, i64 date);

#endif
