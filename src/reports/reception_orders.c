/* The orders behind a figure, and what customers can be narrowed by. See reception.h. */
#include "reports/reception.h"

#include "reports/reception_internal.h"
#include "views/customer.h"
#include "views/figure.sql.h"
#include "views/show.h"

enum { PAGE = 500, PAGES_MOST = 40, SHOWN_DEFAULT = 50, SHOWN_MOST = 200 };

/* The conversation that came before it: whoever spoke there may be another than who is credited with the order. */
static enum status put_talk_before(struct read_ctx *r, const struct show_people *people, const struct figure_orders_row *o, json_t *item) {
  struct figure_talk_before_row *talk = NULL;
  i64 placed = o->has_created_ms ? o->created_ms : o->at_ms;
  json_object_set_new(item, "conversation", json_null());
  if (!o->customer.n) return OK;
  struct figure_talk_before_in in = {.customer = o->customer, .from_ms = placed - RECEPTION_TALK_REACH_MS, .to_ms = placed + 1};
  enum status status = figure_talk_before(r->store, r->arena, &in, &talk, r->problem);
  if (status != OK || !talk) return status;
  struct str who = talk->speaker.n ? talk->speaker : talk->agent;
  json_object_set_new(item, "conversation", json_pack("{s:o,s:I,s:o,s:o}", "id", show_text(talk->id), "started_ms", (json_int_t)talk->started_ms, "agent", show_text(who), "agent_name",
                                                      show_text(show_name(people, who))));
  return OK;
}

static enum status show_order(struct read_ctx *r, const struct show_people *people, const struct figure_orders_row *o, json_t *items) {
  json_t *item = json_object();
  json_array_append_new(items, item);
  show_put_text(item, "id", o->id);
  show_put_int(item, "at_ms", o->at_ms);
  json_object_set_new(item, "created_ms", show_int_or_null(o->has_created_ms, o->created_ms));
  show_put_text(item, "customer", o->customer_name.n ? customer_show_name(r->arena, o->customer_name) : o->customer);
  show_put_text(item, "agent", o->agent);
  show_put_text(item, "agent_name", show_name(people, o->agent));
  show_put_int(item, "fen", o->fen);
  show_put_text(item, "state", o->state);
  return put_talk_before(r, people, o, item);
}

enum status reception_orders(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct ask q;
  struct show_people people;
  i64 most = show_arg_int(query, "limit", SHOWN_DEFAULT, 1, SHOWN_MOST), after = INT64_MIN;
  struct str after_id = STR("");
  bool more = true;
  json_t *items = json_array();
  TRY(reception_ask(r, query, &q));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  (void)json_arg_cursor(query, &after, &after_id);
  for (int page = 0; page < PAGES_MOST && more && (i64)json_array_size(items) < most; page++) {
    struct figure_orders_row *rows = NULL;
    size_t count = 0;
    struct figure_orders_in in = {.from_ms = q.from_ms, .to_ms = q.to_ms, .after_ms = after, .after_id = after_id, .customer = q.customer, .level = q.level, .most = PAGE};
    TRY(figure_orders(r->store, r->arena, &in, &rows, &count, r->problem));
    more = count == PAGE;
    for (size_t i = 0; i < count; i++) {
      if ((i64)json_array_size(items) == most) {
        more = true;
        break;
      }
      after = rows[i].at_ms, after_id = rows[i].id;
      if (reception_passes(&q, rows[i].agent, STR(""), rows[i].shift, FIGURE_ORDER) && reception_has_tag(rows[i].customer_tags, q.customer_tag)) TRY(show_order(r, &people, &rows[i], items));
    }
  }
  *result = json_pack("{s:O,s:o,s:o}", "items", items, "next", more ? json_cursor(r->arena, after, after_id) : json_null(), "definitions", reception_definitions());
done:
  json_decref(items);
  return status;
}

/* ---- segments ---- */

static void count_tags(struct map *seen, struct arena *a, json_t *list, struct str stored, i64 n) {
  json_t *tags = show_stored(stored, json_array()), *tag;
  size_t i;
  json_array_foreach(tags, i, tag) {
    struct str key = arena_dup(a, str_c(json_string_value(tag) ? json_string_value(tag) : ""));
    json_t *had = map_ptr(seen, key);
    if (!had) {
      had = json_pack("{s:o,s:i}", "key", show_text(key), "n", 0);
      json_array_append_new(list, had);
      map_set_ptr(seen, key, had);
    }
    json_object_set_new(had, "n", json_integer(json_integer_value(json_object_get(had, "n")) + n));
  }
  json_decref(tags);
}

enum status reception_segments(struct read_ctx *r, json_t *query, json_t **result) {
  struct figure_segments_row *levels = NULL;
  struct figure_segment_tags_row *tags = NULL;
  struct map seen;
  size_t level_count = 0, tag_count = 0;
  enum status status = OK;
  json_t *level_list = json_array(), *tag_list = json_array();
  (void)query;
  map_init(&seen, r->arena);
  TRY(figure_segments(r->store, r->arena, &levels, &level_count, r->problem));
  TRY(figure_segment_tags(r->store, r->arena, &tags, &tag_count, r->problem));
  for (size_t i = 0; i < level_count; i++) json_array_append_new(level_list, json_pack("{s:o,s:I}", "key", show_text(levels[i].level), "n", (json_int_t)levels[i].n));
  for (size_t i = 0; i < tag_count; i++) count_tags(&seen, r->arena, tag_list, tags[i].tags, tags[i].n);
  *result = json_pack("{s:O,s:O}", "levels", level_list, "tags", tag_list);
done:
  json_decref(level_list);
  json_decref(tag_list);
  return status;
}
