/* The queue: conversations of a box in the order of the desk, filtered and page by page.
 *
 * The open ones (a desk has some thousands) are ordered by the database in one pass; the closed ones, a million perhaps, are read by
 * key from the index that the narrowest filter names. Only what a page shows becomes JSON and gets its clock. */
#include "views/conversation_parts.h"

#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/json.h"
#include "views/service.h"

#include <stdlib.h>

enum { CLOSED_NAMED_MOST = 200, SNOOZED_NOT = 0, SNOOZED_ONLY = 1, SNOOZED_TOO = 2 };

struct asked {
  struct read_ctx *r;
  struct show_people people;
  json_t *items, *next; /* next: NULL when this is the last page */
  struct str box, q, tag, channel, person, sort;
  struct str tag_json;  /* "…" with its quotes, as it stands in the column; "" = any */
  i64 most;
};

/* From the columns of a list query to the item of the list; without the clock. */
static json_t *item_of(struct asked *k, json_t *row) {
  struct arena *a = k->r->arena;
  struct str name = customer_show_name(a, arena_dup(a, json_arg(row, "customer_name"))), agent = json_arg(row, "agent"), state = json_arg(row, "state");
  bool must = json_is_integer(json_object_get(row, "wait_since_ms")) || json_is_integer(json_object_get(row, "woken_ms"));
  bool snoozed = json_is_integer(json_object_get(row, "snooze_ms"));
  const char *group = str_is(state, "waiting") ? "accept" : snoozed ? "snoozed" : must ? "must" : "idle";
  json_t *item = json_pack("{s:O,s:{s:O,s:o,s:o},s:O,s:O,s:O,s:o,s:O,s:O,s:s,s:O,s:O}", "id", json_object_get(row, "id"), "customer", "id",
                           json_object_get(row, "customer"), "name", json_of(name), "initial", json_of(customer_initial(name)), "channel",
                           json_object_get(row, "channel"), "state", json_object_get(row, "state"), "agent", json_object_get(row, "agent"),
                           "agent_name", json_of(show_name(&k->people, agent)), "unread", json_object_get(row, "unread"), "wait_since_ms",
                           json_object_get(row, "wait_since_ms"), "group", group, "started_ms", json_object_get(row, "started_ms"), "closed_ms",
                           json_object_get(row, "closed_ms"));
  json_object_set_new(item, "last", json_pack("{s:O,s:O,s:O,s:O,s:O}", "text", json_object_get(row, "last_text"), "by", json_object_get(row, "last_by"),
                                              "type", json_object_get(row, "last_type"), "at", json_object_get(row, "last_ms"), "seq",
                                              json_object_get(row, "last_seq")));
  json_object_set_new(item, "tags", show_stored(json_arg(row, "tags"), json_array()));
  json_object_set(item, "snooze_ms", json_object_get(row, "snooze_ms"));
  json_object_set(item, "woken_ms", json_object_get(row, "woken_ms"));
  json_object_set_new(item, "offer_to", json_of_or_null(json_arg(row, "offer_to")));
  json_decref(row);
  return item;
}

static enum status add(struct asked *k, json_t *owned_row, bool clock) {
  json_t *item = item_of(k, owned_row), *running = NULL;
  enum status status = clock ? conversation_running_clock(k->r, json_arg(item, "id"), &running) : OK;
  json_object_set_new(item, "clock", running ? running : json_null());
  json_array_append_new(k->items, item);
  return status;
}

/* ---- open ones -------------------------------------------------------------------------------------------------- */

struct place {
  i64 grade, key;
  struct str id;
};

/* "<grade>.<key>.<id>" of the last row seen; before everything when absent. */
static struct place place_of(struct str after) {
  struct place at = {-1, 0, STR("")}, got;
  struct str rest, id, grade = str_cut(after, '.', &rest), key = str_cut(rest, '.', &id);
  if (str_to_i64(grade, &got.grade) && str_to_i64(key, &got.key) && id.n) at = (struct place){got.grade, got.key, id};
  return at;
}

#define ADD_OPEN(query)                                                                                                  \
  for (size_t i = 0; status == OK && i < count && i < (size_t)k->most; i++) {                                             \
    status = add(k, query##_json(&rows[i]), true);                                                                        \
    if (i + 1 == (size_t)k->most && count > i + 1)                                                                        \
      k->next = json_of(arena_printf(k->r->arena, "%lld.%lld.%.*s", (long long)rows[i].grade, (long long)rows[i].sort_ms, STR_ARG(rows[i].id))); \
  }

static enum status add_mine(struct asked *k, struct str agent, i64 snoozed, struct place at) {
  struct conversation_mine_row *rows;
  size_t count;
  struct conversation_mine_in in = {.agent = agent, .tag = k->tag_json, .channel = k->channel, .q = k->q, .sort = k->sort, .snoozed = snoozed, .grade = at.grade,
                                    .key = at.key, .id = at.id, .most = k->most + 1};
  enum status status = conversation_mine(k->r->store, k->r->arena, &in, &rows, &count, k->r->problem);
  ADD_OPEN(conversation_mine)
  return status;
}

static enum status add_open(struct asked *k, const char *state, struct str other, i64 snoozed, struct place at) {
  struct conversation_open_row *rows;
  size_t count;
  struct conversation_open_in in = {.agent = k->person, .other = other, .state = str_c(state), .tag = k->tag_json, .channel = k->channel, .q = k->q, .sort = k->sort,
                                    .snoozed = snoozed, .grade = at.grade, .key = at.key, .id = at.id, .most = k->most + 1};
  enum status status = conversation_open(k->r->store, k->r->arena, &in, &rows, &count, k->r->problem);
  ADD_OPEN(conversation_open)
  return status;
}

/* Without a box: what the agent works on, own and waiting. */
static enum status open_page(struct asked *k, struct str after) {
  struct place at = place_of(after);
  struct str me = k->r->actor.id;
  if (str_is(k->box, "mine")) return add_mine(k, me, SNOOZED_NOT, at);
  if (str_is(k->box, "snoozed")) return k->person.n ? add_mine(k, k->person, SNOOZED_ONLY, at) : add_open(k, "open", STR(""), SNOOZED_ONLY, at);
  if (str_is(k->box, "waiting")) return add_open(k, "waiting", STR(""), SNOOZED_TOO, at);
  if (str_is(k->box, "colleagues")) return add_open(k, "open", k->person.n ? STR("") : me, SNOOZED_NOT, at);
  if (str_is(k->box, "open")) return add_open(k, "open", STR(""), SNOOZED_TOO, at);
  enum status status = add_mine(k, me, SNOOZED_NOT, at);
  json_decref(k->next);
  k->next = NULL;
  if (status == OK) status = add_open(k, "waiting", STR(""), SNOOZED_TOO, at);
  json_decref(k->next);
  k->next = NULL;
  return status;
}

/* ---- closed ones ------------------------------------------------------------------------------------------------ */

#define ADD_CLOSED(query)                                                                                                \
  for (size_t i = 0; status == OK && i < count; i++) status = add(k, query##_json(&rows[i]), false);                      \
  if (status == OK && count == (size_t)k->most) k->next = json_cursor(k->r->arena, rows[count - 1].page_ms, rows[count - 1].id);

static enum status closed_named(struct asked *k) {
  struct conversation_closed_named_row *rows;
  size_t count;
  struct conversation_closed_named_in in = {.from_name = k->q, .to_name = arena_printf(k->r->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(k->q)), .most = CLOSED_NAMED_MOST};
  enum status status = conversation_closed_named(k->r->store, k->r->arena, &in, &rows, &count, k->r->problem);
  for (size_t i = 0; status == OK && i < count; i++) status = add(k, conversation_closed_named_json(&rows[i]), false);
  return status;
}

static enum status closed_page(struct asked *k, i64 ms, struct str id) {
  struct store *s = k->r->store;
  struct arena *a = k->r->arena;
  struct problem *p = k->r->problem;
  enum status status;
  size_t count;
  if (k->tag.n) {
    struct conversation_closed_tagged_row *rows;
    struct conversation_closed_tagged_in in = {.tag = k->tag, .agent = k->person, .channel = k->channel, .before_ms = ms, .before_id = id, .most = k->most};
    status = conversation_closed_tagged(s, a, &in, &rows, &count, p);
    ADD_CLOSED(conversation_closed_tagged)
  } else if (k->person.n) {
    struct conversation_closed_by_row *rows;
    struct conversation_closed_by_in in = {.agent = k->person, .channel = k->channel, .before_ms = ms, .before_id = id, .most = k->most};
    status = conversation_closed_by(s, a, &in, &rows, &count, p);
    ADD_CLOSED(conversation_closed_by)
  } else if (k->channel.n) {
    struct conversation_closed_channel_row *rows;
    struct conversation_closed_channel_in in = {.channel = k->channel, .before_ms = ms, .before_id = id, .most = k->most};
    status = conversation_closed_channel(s, a, &in, &rows, &count, p);
    ADD_CLOSED(conversation_closed_channel)
  } else {
    struct conversation_closed_row *rows;
    struct conversation_closed_in in = {.before_ms = ms, .before_id = id, .most = k->most};
    status = conversation_closed(s, a, &in, &rows, &count, p);
    ADD_CLOSED(conversation_closed)
  }
  return status;
}

static enum status spam_page(struct asked *k, i64 ms, struct str id) {
  struct conversation_spam_row *rows;
  size_t count;
  struct conversation_spam_in in = {.before_ms = ms, .before_id = id, .most = k->most};
  enum status status = conversation_spam(k->r->store, k->r->arena, &in, &rows, &count, k->r->problem);
  ADD_CLOSED(conversation_spam)
  return status;
}

/* What one is asked to take stands over everything else, whatever the filter. */
static enum status offers(struct asked *k) {
  struct conversation_offered_row *rows;
  size_t count;
  enum status status = conversation_offered(k->r->store, k->r->arena, &(struct conversation_offered_in){.agent = k->r->actor.id}, &rows, &count, k->r->problem);
  for (size_t i = 0; status == OK && i < count; i++) status = add(k, conversation_offered_json(&rows[i]), true);
  return status;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static enum status counts_json(struct read_ctx *r, json_t **out) {
  struct conversation_counts_row *mine;
  struct conversation_waiting_count_row *waiting;
  enum status status = conversation_counts(r->store, r->arena, &(struct conversation_counts_in){.agent = r->actor.id}, &mine, r->problem);
  if (status == OK) status = conversation_waiting_count(r->store, r->arena, &waiting, r->problem);
  if (status != OK) return status;
  *out = json_pack("{s:I,s:I,s:I,s:I,s:I}", "must", (json_int_t)mine->must, "idle", (json_int_t)(mine->mine - mine->must - mine->snoozed), "waiting",
                   (json_int_t)waiting->waiting, "mine", (json_int_t)mine->mine, "snoozed", (json_int_t)mine->snoozed);
  return OK;
}

static enum status check(struct asked *k) {
  static const char *const boxes[] = {"", "mine", "waiting", "colleagues", "snoozed", "open", "closed", "spam"}, *const sorts[] = {"", "recent", "oldest"};
  bool known = false, sorted = false;
  for (size_t i = 0; i < COUNT_OF(boxes); i++) known |= str_is(k->box, boxes[i]);
  for (size_t i = 0; i < COUNT_OF(sorts); i++) sorted |= str_is(k->sort, sorts[i]);
  if (!known)
    return problem_set(k->r->problem, E_INVALID, "conversation.box", "没有“%.*s”这一栏；可用：mine、waiting、colleagues、snoozed、open、closed、spam",
                       "There is no box “%.*s”; use mine, waiting, colleagues, snoozed, open, closed or spam", STR_ARG(k->box));
  if (!sorted)
    return problem_set(k->r->problem, E_INVALID, "conversation.sort", "没有“%.*s”这种排法；可用：recent、oldest，不写就是最急在前",
                       "There is no order “%.*s”; use recent or oldest, or none for the most urgent first", STR_ARG(k->sort));
  return OK;
}

enum status conversation_read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct asked k = {.r = r, .items = json_array(), .box = json_arg(query, "box"), .q = json_arg(query, "q"), .tag = json_arg(query, "tag"), .channel = json_arg(query, "channel"),
                    .person = json_arg(query, "person"), .sort = json_arg(query, "sort"), .tag_json = STR(""), .most = json_arg_limit(query)};
  struct str id = STR("");
  i64 ms = INT64_MAX;
  json_t *counts = NULL, *offered = json_array();
  enum status status = OK;
  TRY(check(&k));
  if (k.tag.n) {
    json_t *text = json_of(k.tag);
    char *dumped = json_dumps(text, JSON_ENCODE_ANY);
    k.tag_json = arena_dup(r->arena, str_c(dumped ? dumped : ""));
    free(dumped);
    json_decref(text);
  }
  TRY(show_people_load(r->store, r->arena, &k.people, r->problem));
  json_arg_cursor(query, &ms, &id);
  if (str_is(k.box, "closed")) TRY(k.q.n ? closed_named(&k) : closed_page(&k, ms, id));
  else if (str_is(k.box, "spam")) TRY(spam_page(&k, ms, id));
  else TRY(open_page(&k, json_arg(query, "after")));
  struct asked asks = k;
  asks.items = offered;
  if (!k.box.n || str_is(k.box, "mine")) TRY(offers(&asks));
  TRY(counts_json(r, &counts));
  struct service hours;
  TRY(service_at(r->store, r->arena, r->now_ms, &hours, r->problem));
  bool defaults = hours.targets.first_ms || hours.targets.next_ms || hours.targets.resolve_ms; /* rows without a clause may have a clock */
  *result = json_pack("{s:O,s:O,s:O,s:o,s:b,s:I}", "items", k.items, "offers", offered, "next", k.next ? k.next : json_null(), "counts", counts, "defaults", (int)defaults, "now", (json_int_t)r->now_ms);
done:
  json_decref(offered);
  json_decref(k.items);
  json_decref(k.next);
  return status;
}
