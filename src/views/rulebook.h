/* Reads over a text that is not published: checked, laid out, shown, compared with the newest version (制度). */
#ifndef GUIJU_VIEWS_RULEBOOK_H
#define GUIJU_VIEWS_RULEBOOK_H

#include "views/view.h"

enum status rulebook_read_check(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_words(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_format(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_handbook(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_preview(struct read_ctx *r, json_t *query, json_t **result);

/* What a draft may be tried against and on which months: {bases:[{base, kind:"version"|"past", version, at, current, by_name}], months:["2026-03"]}. */
enum status rulebook_read_bases(struct read_ctx *r, json_t *query, json_t **result);

/* The text that `base` names: "1.0" a published version, "past:<ms>" a draft that was put away then. E_INVALID for anything else,
 * E_NOT_FOUND when there is none. */
struct rulebook_base {
  struct str source, name_zh, name_en;
};
MUST_CHECK enum status rulebook_base_find(struct store *s, struct arena *a, struct str base, i64 zone_offset_ms, struct rulebook_base *out, struct problem *p);

/* Dates of force are kept in rulebook_version as days (UTC midnight): the instant they mean in the desk's zone. */
i64 rulebook_in_force(const struct read_ctx *r, i64 kept);

#endif
