/* Duties as other files see them: running clocks as JSON, and who is at work. */
#ifndef GUIJU_VIEWS_DUTY_H
#define GUIJU_VIEWS_DUTY_H

#include "views/duty.sql.h"
#include "views/show.h"

/* The JSON form of a clock (API and feed). `people` may be NULL: then bearer_name is left out. */
json_t *duty_clock_json(const struct lang_program *program, const struct show_people *people, const struct clock_get_row *row, i64 now_ms);
/* The same straight from the engine's report, for the feed. Texts are borrowed from `c`. */
json_t *duty_clock_of(const struct lang_program *program, const struct show_people *people, const struct rule_clock *c, i64 now_ms);

/* "休" in every language a cell may be written in. */
bool duty_is_rest(struct str shift);
/* The declared shift of that name whose season holds the date; NULL when there is none. */
const struct lang_shift *duty_shift_on(const struct lang_program *program, struct str name, i64 date);
/* Start and end instants of a declared shift on a date (overnight ends on the next day). */
void duty_shift_span(const struct lang_program *program, const struct lang_shift *shift, i64 date, i64 zone_offset_ms, i64 *start_ms, i64 *end_ms);

/* A break of this reason is a meal: it has limits of its own. */
bool duty_is_meal(struct str reason);
/* How long somebody was away in [from, now]: away without meals, and meals. */
MUST_CHECK enum status duty_away_of_day(struct store *s, struct arena *a, struct str person, i64 from_ms, i64 now_ms, i64 *away_ms, i64 *meal_ms, struct problem *p);

/* Reads, in duty_read.c and duty_roster.c. */
enum status duty_read_today(struct read_ctx *r, json_t *query, json_t **result);
enum status duty_read_shifts(struct read_ctx *r, json_t *query, json_t **result);
enum status duty_read_clocks(struct read_ctx *r, json_t *query, json_t **result);
enum status duty_read_attendance(struct read_ctx *r, json_t *query, json_t **result);
enum status duty_read_notices(struct read_ctx *r, json_t *query, json_t **result);
enum status duty_read_roster(struct read_ctx *r, json_t *query, json_t **result);
enum status duty_read_handover(struct read_ctx *r, json_t *query, json_t **result);
/* Working, resting, away and overtime segments of a shift: [{from,to,type}]. */
MUST_CHECK enum status duty_band(struct read_ctx *r, const struct shift_current_row *shift, struct str person, json_t **band);

#endif
