/* Conversations: folded from the log, and how the workbench reads them.
 *
 * What an agent sees at work (own, waiting, colleagues') is small and is sorted here by its running clocks; what is closed
 * may be a million and is paged by key in the database. Every message carries the log's seq: that is its place in the
 * thread and the read mark. */
#include "views/conversation.h"

#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/order.h"
#include "views/people.sql.h"
#include "views/permission.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN_MOST = 1000, CLOSED_NAMED_MOST = 200, LAST_TEXT_CHARS = 80 };

/* ---- folds ----------------------------------------------------------------------------------------------------- */

static struct str short_text(struct str s) {
  size_t at = 0;
  u32 c;
  for (int n = 0; n < LAST_TEXT_CHARS && at < s.n; n++) at += str_decode(s, at, &c);
  return str_slice(s, 0, at);
}

/* The field `files` (texts, each an object {"id",…} or a bare id) as a JSON list. */
static struct str files_json(struct arena *a, const struct event *e) {
  struct value v = event_get(e, STR("files"));
  if (v.type != V_LIST || v.count == 0) return STR("[]");
  json_t *list = json_array();
  for (size_t i = 0; i < v.count; i++) {
    struct str s = v.items[i].s;
    json_t *o = s.n && s.p[0] == '{' ? json_loadb(s.p, s.n, 0, NULL) : NULL;
    json_array_append_new(list, o ? o : json_pack("{s:o}", "id", json_of(s)));
  }
  struct str text = show_dump(a, list);
  json_decref(list);
  return text;
}

static enum status fold_message(struct store *s, struct arena *a, const struct event *e, const char *type, struct str by, struct problem *p) {
  struct message_insert_in in = {.conversation = event_get_text(e, "conversation"), .seq = e->seq, .id = e->id, .at_ms = e->occurred_ms,
                                 .by_type = str_c(type), .by_id = by, .text = event_get_text(e, "text"), .files = files_json(a, e)};
  return message_insert(s, &in, NULL, p);
}

static struct str last_text(const struct event *e) {
  struct str text = short_text(event_get_text(e, "text"));
  return text.n ? text : event_get(e, STR("files")).type == V_LIST ? STR("[图片/文件]") : STR("");
}

static enum status fold_spoke(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_spoke_in in = {.id = event_get_text(e, "conversation"), .text = last_text(e), .by_id = event_get_text(e, "customer"),
                                     .at_ms = e->occurred_ms, .seq = e->seq};
  enum status status = conversation_spoke(s, &in, NULL, p);
  return status == OK ? fold_message(s, a, e, "customer", in.by_id, p) : status;
}

static enum status fold_replied(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str by = e->actor.n ? e->actor : event_get_text(e, "agent");
  struct conversation_replied_in in = {.id = event_get_text(e, "conversation"), .text = last_text(e), .by_id = by, .at_ms = e->occurred_ms,
                                       .seq = e->seq};
  enum status status = conversation_replied(s, &in, NULL, p);
  return status == OK ? fold_message(s, a, e, "agent", by, p) : status;
}

static enum status fold_auto(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str by = event_get_text(e, "agent");
  struct conversation_auto_in in = {.id = event_get_text(e, "conversation"), .text = last_text(e), .by_id = by, .at_ms = e->occurred_ms,
                                    .seq = e->seq};
  enum status status = conversation_auto(s, &in, NULL, p);
  return status == OK ? fold_message(s, a, e, "auto", by, p) : status;
}

static enum status load_add(struct store *s, struct str agent, int change, i64 at_ms, struct problem *p) {
  if (!agent.n) return OK;
  return conversation_load_add(s, &(struct conversation_load_add_in){.agent = agent, .change = change, .assigned_ms = at_ms}, NULL, p);
}

static enum status set_agent(struct store *s, struct arena *a, const struct event *e, struct str agent, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  struct conversation_get_row *row;
  enum status status = conversation_get(s, a, &(struct conversation_get_in){.id = id}, &row, p);
  if (status != OK || !row || !agent.n || str_eq(row->agent, agent)) return status;
  TRY(conversation_set_agent(s, &(struct conversation_set_agent_in){.id = id, .agent = agent, .at_ms = e->occurred_ms}, NULL, p));
  if (!str_is(row->state, "closed")) {
    TRY(load_add(s, row->agent, -1, 0, p));
    TRY(load_add(s, agent, 1, e->occurred_ms, p));
  }
done:
  return status;
}

static enum status fold_closed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  struct conversation_get_row *row;
  enum status status = conversation_get(s, a, &(struct conversation_get_in){.id = id}, &row, p);
  if (status != OK || !row || str_is(row->state, "closed")) return status;
  struct conversation_close_in in = {.id = id, .at_ms = e->occurred_ms, .reason = event_get_text(e, "reason"), .has_deal = event_has(e, "deal"),
                                     .deal = event_get_int(e, "deal", 0), .no_deal_reason = event_get_text(e, "no_deal_reason")};
  TRY(conversation_close(s, &in, NULL, p));
  TRY(load_add(s, row->agent, -1, 0, p));
done:
  return status;
}

static enum status fold_started(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_insert_in in = {.id = event_get_text(e, "conversation"), .customer = event_get_text(e, "customer"),
                                      .channel = event_get_text(e, "channel"), .started_ms = e->occurred_ms};
  enum status status = conversation_insert(s, &in, NULL, p);
  return status == OK ? set_agent(s, a, e, event_get_text(e, "agent"), p) : status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  if (e->kind->noun[0] != 'c') return OK;
  struct str id;
  enum event_kind_id kind = (enum event_kind_id)event_kind_index(e->kind);
  switch (kind) {
    case EVENT_conversation_started: return fold_started(s, a, e, p);
    case EVENT_conversation_assigned: return set_agent(s, a, e, event_get_text(e, "agent"), p);
    case EVENT_conversation_picked_up: return set_agent(s, a, e, event_get_text(e, "agent"), p);
    case EVENT_conversation_transferred: return set_agent(s, a, e, event_get_text(e, "to"), p);
    case EVENT_conversation_customer_spoke: return fold_spoke(s, a, e, p);
    case EVENT_conversation_agent_replied: return fold_replied(s, a, e, p);
    case EVENT_conversation_auto_replied: return fold_auto(s, a, e, p);
    case EVENT_conversation_noted: return fold_message(s, a, e, "note", event_get_text(e, "person"), p);
    case EVENT_conversation_closed: return fold_closed(s, a, e, p);
    case EVENT_conversation_read: {
      id = event_get_text(e, "conversation");
      i64 seq = event_get_int(e, "up_to", 0);
      if (!event_has(e, "person")) return conversation_read_customer(s, &(struct conversation_read_customer_in){.id = id, .seq = seq}, NULL, p);
      return conversation_read_agent(s, &(struct conversation_read_agent_in){.id = id, .seq = seq}, NULL, p);
    }
    case EVENT_conversation_rated: {
      struct conversation_rate_in in = {.id = event_get_text(e, "conversation"), .rating = event_get_int(e, "stars", 0),
                                        .text = event_get_text(e, "text")};
      return conversation_rate(s, &in, NULL, p);
    }
    case EVENT_conversation_tagged: {
      struct value tags = event_get(e, STR("tags"));
      json_t *list = json_array();
      for (size_t i = 0; tags.type == V_LIST && i < tags.count; i++) json_array_append_new(list, json_of(tags.items[i].s));
      struct conversation_tag_in in = {.id = event_get_text(e, "conversation"), .tags = show_dump(a, list)};
      json_decref(list);
      return conversation_tag(s, &in, NULL, p);
    }
    default: return OK;
  }
}

/* ---- routing --------------------------------------------------------------------------------------------------- */

static bool in_list(const struct conversation_on_shift_row *rows, size_t count, struct str person) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(rows[i].person, person)) return true;
  return false;
}

enum status conversation_route(struct store *s, struct arena *a, const struct lang_program *program, i64 now_ms, i64 zone_offset_ms,
                               struct str except, struct str *agent, struct problem *p) {
  *agent = STR("");
  struct people_presence_row *people;
  struct conversation_load_row *loads;
  struct conversation_on_shift_row *shifts;
  size_t count, load_count, shift_count;
  enum status status = OK;
  TRY(people_presence(s, a, &people, &count, p));
  TRY(conversation_load(s, a, &loads, &load_count, p));
  i64 today = instant_date(now_ms, zone_offset_ms);
  TRY(conversation_on_shift(s, a, &(struct conversation_on_shift_in){.from_date = today - 1, .to_date = today, .now_ms = now_ms}, &shifts,
                            &shift_count, p));
  bool best_on = false;
  i64 best_open = 0, best_ms = 0;
  for (size_t i = 0; i < count; i++) {
    if (!str_is(people[i].presence, "online") || str_eq(people[i].id, except)) continue;
    if (program && !view_receives(program, people[i].role)) continue;
    i64 open = 0, assigned = 0;
    for (size_t k = 0; k < load_count; k++)
      if (str_eq(loads[k].agent, people[i].id)) open = loads[k].open, assigned = loads[k].assigned_ms;
    if (open >= CONVERSATION_CAP) continue;
    bool on = in_list(shifts, shift_count, people[i].id);
    bool better = !agent->n || on > best_on || (on == best_on && (open < best_open || (open == best_open && assigned < best_ms)));
    if (better) *agent = people[i].id, best_on = on, best_open = open, best_ms = assigned;
  }
done:
  return status;
}

/* ---- reads ----------------------------------------------------------------------------------------------------- */

enum status conversation_running_clock(struct read_ctx *r, struct str object, json_t **out) {
  struct conversation_clock_row *k;
  *out = NULL;
  enum status status = conversation_clock(r->store, r->arena, &(struct conversation_clock_in){.object = object}, &k, r->problem);
  if (status != OK) return status;
  if (!k) {
    *out = json_null();
    return OK;
  }
  *out = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:o,s:o,s:o,s:I}", "id", json_of(k->id), "clause", show_clause(r->program, k->clause),
                   "bearer", json_of(k->bearer), "bearer_name", json_of(k->bearer_name), "object", show_object(k->object_noun, k->object), "title",
                   json_of(k->title_zh), "title_en", json_of(k->title_en), "started_ms", (json_int_t)k->started_ms, "due_ms",
                   (json_int_t)k->due_ms, "state", json_of(k->state), "zero", json_of(k->zero_zh), "zero_en", json_of(k->zero_en), "now",
                   (json_int_t)r->now_ms);
  return OK;
}

/* From the columns of a list query to the item of the list; without the clock. */
static json_t *item_of(struct arena *a, const struct show_people *people, json_t *row) {
  struct str name = customer_show_name(a, arena_dup(a, json_arg(row, "customer_name"))), agent = json_arg(row, "agent");
  bool waiting = str_is(json_arg(row, "state"), "waiting"), must = json_is_integer(json_object_get(row, "wait_since_ms"));
  json_t *item = json_pack("{s:O,s:{s:O,s:o,s:o},s:O,s:O,s:O,s:o,s:O,s:O,s:s,s:O,s:O}", "id", json_object_get(row, "id"), "customer", "id",
                           json_object_get(row, "customer"), "name", json_of(name), "initial", json_of(customer_initial(name)), "channel",
                           json_object_get(row, "channel"), "state", json_object_get(row, "state"), "agent", json_object_get(row, "agent"),
                           "agent_name", json_of(show_name(people, agent)), "unread", json_object_get(row, "unread"), "wait_since_ms",
                           json_object_get(row, "wait_since_ms"), "group", waiting ? "accept" : must ? "must" : "idle", "started_ms",
                           json_object_get(row, "started_ms"), "closed_ms", json_object_get(row, "closed_ms"));
  json_object_set_new(item, "last", json_pack("{s:O,s:O,s:O,s:O,s:O}", "text", json_object_get(row, "last_text"), "by", json_object_get(row, "last_by"),
                                              "type", json_object_get(row, "last_type"), "at", json_object_get(row, "last_ms"), "seq",
                                              json_object_get(row, "last_seq")));
  json_object_set_new(item, "tags", show_stored(json_arg(row, "tags"), json_array()));
  json_object_set(item, "due_ms", json_object_get(row, "due_ms"));
  json_decref(row);
  return item;
}

static int group_rank(struct str group) { return str_is(group, "must") ? 0 : str_is(group, "accept") ? 1 : 2; }

static i64 number_or(const json_t *o, const char *name, i64 fallback) {
  const json_t *v = json_object_get(o, name);
  return json_is_integer(v) ? json_integer_value(v) : fallback;
}

/* Must answer by clock, then by waiting time; then those to accept, oldest first; then the others, last spoken first. */
static int compare_items(const void *x, const void *y) {
  json_t *a = *(json_t *const *)x, *b = *(json_t *const *)y;
  struct str ga = json_arg(a, "group"), gb = json_arg(b, "group");
  int rank = group_rank(ga) - group_rank(gb);
  if (rank) return rank;
  i64 ka[3] = {0}, kb[3] = {0};
  if (str_is(ga, "must")) {
    ka[0] = number_or(a, "due_ms", INT64_MAX), kb[0] = number_or(b, "due_ms", INT64_MAX);
    ka[1] = number_or(a, "wait_since_ms", 0), kb[1] = number_or(b, "wait_since_ms", 0);
  } else if (str_is(ga, "accept")) {
    ka[0] = number_or(a, "started_ms", 0), kb[0] = number_or(b, "started_ms", 0);
  } else {
    ka[0] = -number_or(json_object_get(a, "last"), "at", 0), kb[0] = -number_or(json_object_get(b, "last"), "at", 0);
  }
  for (int i = 0; i < 2; i++)
    if (ka[i] != kb[i]) return ka[i] < kb[i] ? -1 : 1;
  return str_compare(json_arg(a, "id"), json_arg(b, "id"));
}

static bool item_matches(json_t *item, struct str q) {
  if (!q.n) return true;
  struct str name = json_arg(json_object_get(item, "customer"), "name"), text = json_arg(json_object_get(item, "last"), "text");
  return str_find(name, q, 0) != SIZE_MAX || str_find(text, q, 0) != SIZE_MAX || str_eq(json_arg(item, "id"), q);
}

#define ADD_ITEMS(list, query)                                                                                                     \
  for (size_t n_ = 0; n_ < count; n_++) json_array_append_new(list, item_of(r->arena, people, query##_json(&query##_rows[n_])))

static enum status open_items(struct read_ctx *r, const struct show_people *people, struct str box, json_t *items) {
  enum status status = OK;
  size_t count;
  if (!box.n || str_is(box, "mine")) {
    struct conversation_mine_row *conversation_mine_rows;
    TRY(conversation_mine(r->store, r->arena, &(struct conversation_mine_in){.agent = r->actor.id, .most = OPEN_MOST}, &conversation_mine_rows,
                          &count, r->problem));
    ADD_ITEMS(items, conversation_mine);
  }
  if (!box.n || str_is(box, "waiting")) {
    struct conversation_waiting_row *conversation_waiting_rows;
    TRY(conversation_waiting(r->store, r->arena, &(struct conversation_waiting_in){.most = OPEN_MOST}, &conversation_waiting_rows, &count,
                             r->problem));
    ADD_ITEMS(items, conversation_waiting);
  }
  if (str_is(box, "colleagues")) {
    struct conversation_colleagues_row *conversation_colleagues_rows;
    TRY(conversation_colleagues(r->store, r->arena, &(struct conversation_colleagues_in){.agent = r->actor.id, .most = OPEN_MOST},
                                &conversation_colleagues_rows, &count, r->problem));
    ADD_ITEMS(items, conversation_colleagues);
  }
done:
  return status;
}

/* Sort, cut to the page after the cursor (the id of the last item seen), add clocks to what remains. */
static enum status open_page(struct read_ctx *r, json_t *query, json_t *all, json_t *items, json_t **next) {
  size_t n = json_array_size(all), start = 0;
  i64 most = json_arg_limit(query);
  struct str after = json_arg(query, "after"), q = json_arg(query, "q");
  json_t **sorted = ARENA_ARRAY(r->arena, json_t *, n + 1);
  for (size_t i = 0; i < n; i++) sorted[i] = json_array_get(all, i);
  qsort(sorted, n, sizeof *sorted, compare_items);
  for (size_t i = 0; after.n && i < n; i++)
    if (str_eq(json_arg(sorted[i], "id"), after)) start = i + 1;
  for (size_t i = start; i < n; i++) {
    if (!item_matches(sorted[i], q)) continue;
    if (json_array_size(items) == (size_t)most) {
      *next = json_of(json_arg(json_array_get(items, json_array_size(items) - 1), "id"));
      return OK;
    }
    json_t *clock;
    enum status status = conversation_running_clock(r, json_arg(sorted[i], "id"), &clock);
    if (status != OK) return status;
    json_object_set_new(sorted[i], "clock", clock);
    json_object_del(sorted[i], "due_ms");
    json_array_append(items, sorted[i]);
  }
  return OK;
}

static enum status closed_page(struct read_ctx *r, const struct show_people *people, json_t *query, json_t *items, json_t **next) {
  struct str q = json_arg(query, "q"), id = STR("");
  i64 most = json_arg_limit(query), ms = INT64_MAX;
  size_t count, i;
  json_t *item;
  enum status status = OK;
  json_arg_cursor(query, &ms, &id);
  if (q.n) {
    struct conversation_closed_named_row *conversation_closed_named_rows;
    struct conversation_closed_named_in in = {.from_name = q, .to_name = arena_printf(r->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(q)),
                                              .most = CLOSED_NAMED_MOST};
    TRY(conversation_closed_named(r->store, r->arena, &in, &conversation_closed_named_rows, &count, r->problem));
    ADD_ITEMS(items, conversation_closed_named);
  } else {
    struct conversation_closed_row *conversation_closed_rows;
    struct conversation_closed_in in = {.before_ms = ms, .before_id = id, .most = most};
    TRY(conversation_closed(r->store, r->arena, &in, &conversation_closed_rows, &count, r->problem));
    ADD_ITEMS(items, conversation_closed);
    if (count == (size_t)most) *next = json_cursor(r->arena, conversation_closed_rows[count - 1].closed_ms, conversation_closed_rows[count - 1].id);
  }
  json_array_foreach(items, i, item) json_object_set_new(item, "clock", json_null());
done:
  return status;
}

static enum status counts_json(struct read_ctx *r, json_t **out) {
  struct conversation_counts_row *mine;
  struct conversation_waiting_count_row *waiting;
  enum status status = conversation_counts(r->store, r->arena, &(struct conversation_counts_in){.agent = r->actor.id}, &mine, r->problem);
  if (status == OK) status = conversation_waiting_count(r->store, r->arena, &waiting, r->problem);
  if (status != OK) return status;
  *out = json_pack("{s:I,s:I,s:I,s:I}", "must", (json_int_t)mine->must, "idle", (json_int_t)(mine->mine - mine->must), "waiting",
                   (json_int_t)waiting->waiting, "mine", (json_int_t)mine->mine);
  return OK;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct str box = json_arg(query, "box");
  json_t *items = json_array(), *all = json_array(), *next = NULL, *counts = NULL;
  struct show_people people;
  enum status status = OK;
  if (box.n && !str_is(box, "mine") && !str_is(box, "waiting") && !str_is(box, "colleagues") && !str_is(box, "closed"))
    TRY(problem_set(r->problem, E_INVALID, "conversation.box", "没有“%.*s”这一栏；可用：mine、waiting、colleagues、closed",
                    "There is no box “%.*s”; use mine, waiting, colleagues or closed", STR_ARG(box)));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  if (str_is(box, "closed")) {
    TRY(closed_page(r, &people, query, items, &next));
  } else {
    TRY(open_items(r, &people, box, all));
    TRY(open_page(r, query, all, items, &next));
  }
  TRY(counts_json(r, &counts));
  *result = json_pack("{s:O,s:o,s:o,s:I}", "items", items, "next", next ? next : json_null(), "counts", counts, "now", (json_int_t)r->now_ms);
  next = NULL;
done:
  json_decref(items);
  json_decref(all);
  json_decref(next);
  return status;
}

static json_t *message_json(json_t *owned_row, const struct show_people *people, const struct conversation_get_row *c, struct str customer_name) {
  struct str type = json_arg(owned_row, "by_type"), by = json_arg(owned_row, "by_id");
  bool customer = str_is(type, "customer");
  i64 seq = number_or(owned_row, "seq", 0);
  bool read = customer ? seq <= c->agent_read_seq : seq <= c->customer_read_seq;
  json_t *o = json_pack("{s:O,s:O,s:O,s:{s:O,s:O,s:o},s:O,s:o,s:b}", "id", json_object_get(owned_row, "id"), "seq", json_object_get(owned_row, "seq"),
                        "at", json_object_get(owned_row, "at_ms"), "by", "type", json_object_get(owned_row, "by_type"), "id",
                        json_object_get(owned_row, "by_id"), "name", json_of(customer ? customer_name : show_name(people, by)), "text",
                        json_object_get(owned_row, "text"), "files", show_stored(json_arg(owned_row, "files"), json_array()), "read", (int)read);
  json_object_set_new(o, "conversation", json_of(c->id));
  json_decref(owned_row);
  return o;
}

enum status conversation_messages_json(struct read_ctx *r, struct str conversation, i64 before, i64 after, i64 most, bool for_customer,
                                       json_t **out) {
  struct conversation_get_row *c;
  struct customer_get_row *u = NULL;
  struct show_people people;
  json_t *list = json_array();
  size_t count;
  enum status status = OK;
  TRY(conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = conversation}, &c, r->problem));
  if (!c) {
    status = problem_set(r->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(conversation));
    goto done;
  }
  TRY(customer_get(r->store, r->arena, &(struct customer_get_in){.id = c->customer}, &u, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  struct str name = u ? customer_show_name(r->arena, u->name) : STR("");
  if (after > 0) {
    struct message_after_row *rows;
    TRY(message_after(r->store, r->arena, &(struct message_after_in){.conversation = c->id, .after = after, .most = most}, &rows, &count, r->problem));
    for (size_t i = 0; i < count; i++)
      if (!for_customer || !str_is(rows[i].by_type, "note"))
        json_array_append_new(list, message_json(message_after_json(&rows[i]), &people, c, name));
  } else {
    struct message_before_row *rows;
    struct message_before_in in = {.conversation = c->id, .before = before > 0 ? before : INT64_MAX, .most = most};
    TRY(message_before(r->store, r->arena, &in, &rows, &count, r->problem));
    for (size_t i = count; i-- > 0;)
      if (!for_customer || !str_is(rows[i].by_type, "note"))
        json_array_append_new(list, message_json(message_before_json(&rows[i]), &people, c, name));
  }
  *out = list;
  return OK;
done:
  json_decref(list);
  return status;
}

/* Messages before `seq`, running on into the customer's earlier conversations. */
static enum status read_messages(struct read_ctx *r, json_t *query, json_t **result) {
  struct str id = json_arg(query, "id");
  i64 before = json_arg_int(query, "before", 0), after = json_arg_int(query, "after", 0), most = json_arg_limit(query);
  struct conversation_get_row *c;
  struct conversation_previous_row *previous = NULL;
  json_t *list = NULL;
  enum status status = conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = id}, &c, r->problem);
  if (status != OK) return status;
  if (!c) return problem_set(r->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id));
  status = conversation_messages_json(r, id, before, after, most, false, &list);
  if (status != OK) return status;
  bool begun = !after && json_array_size(list) < (size_t)most;
  if (begun) {
    struct conversation_previous_in in = {.customer = c->customer, .started_ms = c->started_ms, .id = c->id};
    status = conversation_previous(r->store, r->arena, &in, &previous, r->problem);
  }
  if (status != OK) {
    json_decref(list);
    return status;
  }
  *result = json_pack("{s:o,s:o,s:o}", "items", list, "next",
                      begun || !json_array_size(list) ? json_null() : json_incref(json_object_get(json_array_get(list, 0), "seq")), "previous",
                      previous ? json_of(previous->id) : json_null());
  return OK;
}

static enum status cases_json(struct read_ctx *r, struct str id, json_t **out) {
  struct conversation_cases_row *rows;
  size_t count;
  enum status status = conversation_cases(r->store, r->arena, &(struct conversation_cases_in){.conversation = id, .most = LIST_DEFAULT}, &rows, &count,
                                          r->problem);
  if (status != OK) return status;
  *out = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(*out, conversation_cases_json(&rows[i]));
  return OK;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct str id = json_arg(query, "id");
  struct conversation_get_row *c;
  struct customer_get_row *u = NULL;
  struct show_people people;
  json_t *messages = NULL, *orders = NULL, *clock = NULL, *cases = NULL, *customer = NULL;
  enum status status = OK;
  TRY(conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = id}, &c, r->problem));
  if (!c) {
    status = problem_set(r->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id));
    goto done;
  }
  TRY(customer_get(r->store, r->arena, &(struct customer_get_in){.id = c->customer}, &u, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(conversation_messages_json(r, c->id, 0, 0, MESSAGES_PAGE, false, &messages));
  TRY(order_list_json(r, c->customer, u ? u->linked : STR(""), 20, &orders));
  TRY(cases_json(r, c->id, &cases));
  TRY(conversation_running_clock(r, c->id, &clock));
  if (u) TRY(customer_full_json(r, u, &customer));
  bool waiting = str_is(c->state, "waiting");
  json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:s,s:I,s:I,s:I}", "id", json_of(c->id), "channel", json_of(c->channel), "state",
                        json_of(c->state), "agent", json_of(c->agent), "agent_name", json_of(show_name(&people, c->agent)), "started_ms",
                        (json_int_t)c->started_ms, "accepted_ms", json_ms(c->has_accepted_ms, c->accepted_ms), "closed_ms",
                        json_ms(c->has_closed_ms, c->closed_ms), "wait_since_ms", json_ms(c->has_wait_since_ms, c->wait_since_ms), "clock", clock,
                        "group", waiting ? "accept" : c->has_wait_since_ms ? "must" : "idle", "unread", (json_int_t)c->unread,
                        "read_by_customer_seq", (json_int_t)c->customer_read_seq, "read_by_agent_seq", (json_int_t)c->agent_read_seq);
  clock = NULL;
  json_object_set_new(o, "customer", customer ? customer : json_pack("{s:o}", "id", json_of(c->customer)));
  json_object_set_new(o, "messages", messages);
  json_object_set_new(o, "orders", orders);
  json_object_set_new(o, "cases", cases);
  json_object_set_new(o, "tags", show_stored(c->tags, json_array()));
  json_object_set_new(o, "close_reason", json_of(c->close_reason));
  json_object_set_new(o, "deal", c->has_deal ? json_boolean(c->deal != 0) : json_null());
  json_object_set_new(o, "no_deal_reason", json_of(c->no_deal_reason));
  json_object_set_new(o, "rating", json_ms(c->has_rating, c->rating));
  json_object_set_new(o, "now", json_integer(r->now_ms));
  *result = o;
  return OK;
done:
  json_decref(messages);
  json_decref(orders);
  json_decref(cases);
  json_decref(clock);
  return status;
}

/* What the widget shows its visitor: without notes, with the agent's name and the place in the queue. */
static enum status read_widget(struct read_ctx *r, json_t *query, json_t **result) {
  struct conversation_latest_of_row *latest;
  struct conversation_get_row *c = NULL;
  struct people_online_count_row *online;
  struct conversation_waiting_before_row *before = NULL;
  struct show_people people;
  json_t *list = NULL;
  i64 since = json_arg_int(query, "since", 0);
  enum status status = OK;
  if (r->actor.type != ACTOR_CUSTOMER) return problem_set(r->problem, E_UNAUTHENTIC, "widget.token", "请刷新页面后再试", "Please reload the page and try again");
  TRY(conversation_latest_of(r->store, r->arena, &(struct conversation_latest_of_in){.customer = r->actor.id}, &latest, r->problem));
  TRY(people_online_count(r->store, r->arena, &online, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  if (latest) TRY(conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = latest->id}, &c, r->problem));
  if (since > 0 && c) {
    struct message_of_customer_row *rows;
    size_t count;
    TRY(message_of_customer(r->store, r->arena, &(struct message_of_customer_in){.customer = r->actor.id, .after = since, .most = LIST_MOST}, &rows, &count,
                            r->problem));
    list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, message_json(message_of_customer_json(&rows[i]), &people, c, STR("")));
  } else if (c) {
    TRY(conversation_messages_json(r, c->id, 0, 0, MESSAGES_PAGE, true, &list));
  }
  if (c && str_is(c->state, "waiting"))
    TRY(conversation_waiting_before(r->store, r->arena, &(struct conversation_waiting_before_in){.id = c->id, .started_ms = c->started_ms}, &before, r->problem));
  *result = json_pack("{s:o,s:n,s:o,s:o,s:o,s:I,s:o,s:b,s:I}", "items", list ? list : json_array(), "next", "conversation",
                      json_of_or_null(c ? c->id : STR("")), "state", json_of(c ? c->state : STR("")), "agent",
                      json_of_or_null(c && c->agent.n ? show_name(&people, c->agent) : STR("")), "read_by_agent_seq",
                      (json_int_t)(c ? c->agent_read_seq : 0), "ahead", before ? json_integer(before->ahead) : json_null(), "offline",
                      (int)(online->people == 0), "now", (json_int_t)r->now_ms);
  list = NULL;
done:
  if (status != OK) json_decref(list);
  return status;
}

static const struct read_def reads[] = {
    {"widget.messages", "*", read_widget, false, "since:int", "What a visitor and the shop said", "访客的消息"},
    {"conversation.list", "会话.查看", read_list, false, "box:text q:text after:text limit:int",
     "Conversations of a box, those that must be answered first", "会话列表，先答的在前"},
    {"conversation.get", "会话.查看", read_get, false, "id:conversation!", "One conversation with messages, customer, orders and cases", "一个会话"},
    {"conversation.messages", "会话.查看", read_messages, false, "id:conversation! before:int after:int limit:int", "Earlier or later messages", "更多消息"},
    {NULL},
};

static const char *const nouns[] = {"conversation", NULL};
static const char *const tables[] = {"conversation", "message", "agent_load", NULL};
const struct view_def view_conversation = {.noun = "conversation", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
