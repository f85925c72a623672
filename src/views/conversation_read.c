/* One conversation and its messages, as colleagues and as the customer see them.
 *
 * A customer never gets notes, system lines, or the words of a message that was taken back; colleagues get all of it. */
#include "views/conversation_parts.h"

#include "views/channel.h"
#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/permission.h"
#include "views/order.h"
#include "views/unsent.sql.h"
#include "views/widget.h"

#include <string.h>

enum status conversation_running_clock(struct read_ctx *r, struct str object, json_t **out) {
  struct conversation_clock_row *k;
  *out = NULL;
  enum status status = conversation_clock(r->store, r->arena, &(struct conversation_clock_in){.object = object}, &k, r->problem);
  if (status != OK) return status;
  if (!k) return conversation_default_clock(r, object, out);
  *out = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:o,s:o,s:o,s:I}", "id", json_of(k->id), "clause", show_clause(r->program, k->clause),
                   "bearer", json_of(k->bearer), "bearer_name", json_of(k->bearer_name), "object", show_object(k->object_noun, k->object), "title",
                   json_of(k->title_zh), "title_en", json_of(k->title_en), "started_ms", (json_int_t)k->started_ms, "due_ms",
                   (json_int_t)k->due_ms, "state", json_of(k->state), "zero", json_of(k->zero_zh), "zero_en", json_of(k->zero_en), "now",
                   (json_int_t)r->now_ms);
  return OK;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* How messages of one conversation are shown, and to whom. */
struct shown {
  struct read_ctx *r;
  const struct show_people *people;
  const struct conversation_get_row *c;
  struct str customer_name;
  bool for_customer;
};

static i64 number_or(const json_t *o, const char *name, i64 fallback) {
  const json_t *v = json_object_get(o, name);
  return json_is_integer(v) ? json_integer_value(v) : fallback;
}

static bool leads(const struct shown *k) {
  enum view_place place = view_place_of(k->r->program, k->r->actor.role);
  return k->r->actor.owner || place == PLACE_LEADER || place == PLACE_HEAD;
}

/* Customers see no notes and no lines of the desk; a whisper is for the two it is between, and for leaders. */
static bool hidden(const struct shown *k, struct str type, struct str by, struct str more) {
  if (str_is(type, "whisper")) {
    if (k->for_customer) return true;
    json_t *o = show_stored(more, json_object());
    bool mine = str_eq(by, k->r->actor.id) || str_eq(json_arg(o, "to"), k->r->actor.id);
    json_decref(o);
    return !mine && !leads(k);
  }
  return k->for_customer && (str_is(type, "note") || str_is(type, "system"));
}

/* The message that was answered, in short; what was taken back is not shown again by a quotation. */
static json_t *quote_json(const struct shown *k, struct str conversation, struct str id) {
  struct message_of_event_row *m = NULL;
  struct problem ignored = {0};
  if (!id.n || message_of_event(k->r->store, k->r->arena, &(struct message_of_event_in){.conversation = conversation, .id = id}, &m, &ignored) != OK || !m) return NULL;
  if (hidden(k, m->by_type, m->by_id, m->more)) return NULL;
  bool customer = str_is(m->by_type, "customer");
  return json_pack("{s:o,s:o,s:o,s:o,s:b,s:o}", "id", json_of(id), "type", json_of(m->by_type), "name", json_of(customer ? k->customer_name : show_name(k->people, m->by_id)), "text",
                   json_of(m->has_recalled_ms ? STR("") : m->text), "recalled", (int)m->has_recalled_ms, "files", show_stored(m->has_recalled_ms ? STR("") : m->files, json_array()));
}

/* A system line says names beside ids: {"act":"transferred","to":"p3","to_name":"苏琪",…}. */
static json_t *act_json(const struct shown *k, struct str more) {
  static const char *const people[] = {"to", "former", "agent"};
  json_t *o = show_stored(more, json_object());
  for (size_t i = 0; i < COUNT_OF(people); i++) {
    struct str id = json_arg(o, people[i]);
    if (id.n) json_object_set_new(o, arena_printf(k->r->arena, "%s_name", people[i]).p, json_of(show_name(k->people, id)));
  }
  return o;
}

static json_t *mentions_json(const struct shown *k, struct str more) {
  json_t *o = show_stored(more, json_object()), *list = json_array(), *one;
  size_t i;
  json_array_foreach(json_object_get(o, "mentions"), i, one) {
    struct str id = str_c(json_string_value(one) ? json_string_value(one) : "");
    json_array_append_new(list, json_pack("{s:o,s:o}", "id", json_of(id), "name", json_of(show_name(k->people, id))));
  }
  json_decref(o);
  return list;
}

static json_t *message_json(const struct shown *k, struct str conversation, json_t *owned_row) {
  struct str type = json_arg(owned_row, "by_type"), by = json_arg(owned_row, "by_id"), more = json_arg(owned_row, "more");
  bool customer = str_is(type, "customer"), recalled = json_is_integer(json_object_get(owned_row, "recalled_ms")), gone = recalled && k->for_customer;
  i64 seq = number_or(owned_row, "seq", 0);
  bool read = customer ? seq <= k->c->agent_read_seq : seq <= k->c->customer_read_seq;
  json_t *o = json_pack("{s:O,s:O,s:O,s:{s:O,s:O,s:o},s:o,s:o,s:b}", "id", json_object_get(owned_row, "id"), "seq", json_object_get(owned_row, "seq"),
                        "at", json_object_get(owned_row, "at_ms"), "by", "type", json_object_get(owned_row, "by_type"), "id",
                        json_object_get(owned_row, "by_id"), "name", json_of(customer ? k->customer_name : by.n ? show_name(k->people, by) : STR("")), "text",
                        gone ? json_string("") : json_incref(json_object_get(owned_row, "text")), "files",
                        gone ? json_array() : show_stored(json_arg(owned_row, "files"), json_array()), "read", (int)read);
  json_object_set_new(o, "conversation", json_of(conversation));
  json_t *quote = gone ? NULL : quote_json(k, conversation, json_arg(owned_row, "quote"));
  if (quote) json_object_set_new(o, "quote", quote);
  if (recalled) json_object_set(o, "recalled_ms", json_object_get(owned_row, "recalled_ms"));
  if (json_is_integer(json_object_get(owned_row, "edited_ms"))) json_object_set(o, "edited_ms", json_object_get(owned_row, "edited_ms"));
  if (str_is(type, "system") || str_is(type, "whisper")) json_object_set_new(o, "act", act_json(k, more));
  else if (more.n && !k->for_customer) json_object_set_new(o, "mentions", mentions_json(k, more));
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
  struct shown k = {.r = r, .people = &people, .c = c, .customer_name = u ? customer_show_name(r->arena, u->name) : STR(""), .for_customer = for_customer};
  if (after > 0) {
    struct message_after_row *rows;
    TRY(message_after(r->store, r->arena, &(struct message_after_in){.conversation = c->id, .after = after, .most = most}, &rows, &count, r->problem));
    for (size_t i = 0; i < count; i++)
      if (!hidden(&k, rows[i].by_type, rows[i].by_id, rows[i].more)) json_array_append_new(list, message_json(&k, c->id, message_after_json(&rows[i])));
  } else {
    struct message_before_row *rows;
    struct message_before_in in = {.conversation = c->id, .before = before > 0 ? before : INT64_MAX, .most = most};
    TRY(message_before(r->store, r->arena, &in, &rows, &count, r->problem));
    for (size_t i = count; i-- > 0;)
      if (!hidden(&k, rows[i].by_type, rows[i].by_id, rows[i].more)) json_array_append_new(list, message_json(&k, c->id, message_before_json(&rows[i])));
  }
  if (!for_customer) TRY(channel_dress_messages(r, conversation, list));
  *out = list;
  return OK;
done:
  json_decref(list);
  return status;
}

/* What stands over a talk in the thread of its customer. */
static json_t *head_json(const struct show_people *people, const struct conversation_get_row *c) {
  return json_pack("{s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:o}", "id", json_of(c->id), "channel", json_of(c->channel), "state", json_of(c->state), "started_ms",
                   (json_int_t)c->started_ms, "closed_ms", json_ms(c->has_closed_ms, c->closed_ms), "agent", json_of(c->agent), "agent_name",
                   json_of(show_name(people, c->agent)), "rating", json_ms(c->has_rating, c->rating), "deal", c->has_deal ? json_boolean(c->deal != 0) : json_null());
}

/* Messages before `seq`, running on into the customer's earlier conversations. */
enum status conversation_read_messages(struct read_ctx *r, json_t *query, json_t **result) {
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
  struct show_people people;
  if (status == OK) status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status != OK) {
    json_decref(list);
    return status;
  }
  *result = json_pack("{s:o,s:o,s:o,s:o}", "conversation", head_json(&people, c), "items", list, "next",
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

/* Other open talks of the same customer: what this one may be joined with. */
static enum status siblings_json(struct read_ctx *r, const struct show_people *people, const struct conversation_get_row *c, json_t **out) {
  struct conversation_of_customer_row *rows;
  size_t count;
  enum status status = conversation_of_customer(r->store, r->arena, &(struct conversation_of_customer_in){.customer = c->customer, .most = LIST_DEFAULT}, &rows, &count, r->problem);
  if (status != OK) return status;
  *out = json_array();
  for (size_t i = 0; i < count; i++)
    if (conversation_is_open(rows[i].state) && !str_eq(rows[i].id, c->id))
      json_array_append_new(*out, json_pack("{s:o,s:o,s:o,s:o,s:I,s:o}", "id", json_of(rows[i].id), "channel", json_of(rows[i].channel), "agent", json_of(rows[i].agent), "agent_name",
                                            json_of(show_name(people, rows[i].agent)), "started_ms", (json_int_t)rows[i].started_ms, "last_text", json_of(rows[i].last_text)));
  return OK;
}

/* What one had begun to write here: {"text","note","files","revision","at"} or null. */
static enum status unsent_json(struct read_ctx *r, struct str conversation, json_t **out) {
  struct unsent_get_row *d;
  enum status status = unsent_get(r->store, r->arena, &(struct unsent_get_in){.conversation = conversation, .person = r->actor.id}, &d, r->problem);
  if (status != OK) return status;
  *out = d ? json_pack("{s:o,s:b,s:o,s:I,s:I}", "text", json_of(d->text), "note", d->note != 0, "files", show_stored(d->files, json_array()), "revision", (json_int_t)d->revision, "at",
                       (json_int_t)d->at_ms)
           : json_null();
  return OK;
}

static void set_standing(json_t *o, const struct show_people *people, const struct conversation_get_row *c) {
  json_object_set_new(o, "snooze_ms", json_ms(c->has_snooze_ms, c->snooze_ms));
  json_object_set_new(o, "woken_ms", json_ms(c->has_woken_ms, c->woken_ms));
  json_object_set_new(o, "spam", json_boolean(c->spam != 0));
  json_object_set_new(o, "merged_into", json_of_or_null(c->merged_into));
  json_object_set_new(o, "offer", !c->offer_to.n ? json_null()
                                                 : json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "to", json_of(c->offer_to), "to_name", json_of(show_name(people, c->offer_to)), "by",
                                                             json_of(c->offer_by), "by_name", json_of(show_name(people, c->offer_by)), "until_ms", json_ms(c->has_offer_ms, c->offer_ms),
                                                             "reason", json_of(c->offer_reason), "text", json_of(c->offer_text)));
}

enum status conversation_read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct str id = json_arg(query, "id");
  struct conversation_get_row *c;
  struct customer_get_row *u = NULL;
  struct show_people people;
  json_t *messages = NULL, *orders = NULL, *clock = NULL, *cases = NULL, *customer = NULL, *draft = NULL, *siblings = NULL;
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
  const char *group = waiting ? "accept" : c->has_snooze_ms ? "snoozed" : c->has_wait_since_ms || c->has_woken_ms ? "must" : "idle";
  struct conversation_previous_row *previous;
  TRY(conversation_previous(r->store, r->arena, &(struct conversation_previous_in){.customer = c->customer, .started_ms = c->started_ms, .id = c->id}, &previous, r->problem));
  TRY(unsent_json(r, c->id, &draft));
  TRY(siblings_json(r, &people, c, &siblings));
  json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:s,s:I,s:I,s:I}", "id", json_of(c->id), "channel", json_of(c->channel), "state",
                        json_of(c->state), "agent", json_of(c->agent), "agent_name", json_of(show_name(&people, c->agent)), "started_ms",
                        (json_int_t)c->started_ms, "accepted_ms", json_ms(c->has_accepted_ms, c->accepted_ms), "closed_ms",
                        json_ms(c->has_closed_ms, c->closed_ms), "wait_since_ms", json_ms(c->has_wait_since_ms, c->wait_since_ms), "clock", clock,
                        "group", group, "unread", (json_int_t)c->unread,
                        "read_by_customer_seq", (json_int_t)c->customer_read_seq, "read_by_agent_seq", (json_int_t)c->agent_read_seq);
  clock = NULL;
  json_object_set_new(o, "previous", previous ? json_of(previous->id) : json_null());
  json_object_set_new(o, "draft", draft);
  json_object_set_new(o, "siblings", siblings);
  draft = siblings = NULL;
  set_standing(o, &people, c);
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
  json_decref(draft);
  json_decref(siblings);
  return status;
}

/* What the widget shows its visitor: without notes, with the agent's name and the place in the queue. */
enum status conversation_read_widget(struct read_ctx *r, json_t *query, json_t **result) {
  struct conversation_latest_of_row *latest;
  struct conversation_get_row *c = NULL;
  struct conversation_waiting_before_row *before = NULL;
  struct show_people people;
  struct conversation_clock_row *clock = NULL;
  struct widget_hours hours;
  json_t *list = NULL;
  bool wait_known = false;
  i64 since = json_arg_int(query, "since", 0), wait_from = 0, wait_to = 0;
  enum status status = OK;
  if (r->actor.type != ACTOR_CUSTOMER) return problem_set(r->problem, E_UNAUTHENTIC, "widget.token", "请刷新页面后再试", "Please reload the page and try again");
  TRY(conversation_latest_of(r->store, r->arena, &(struct conversation_latest_of_in){.customer = r->actor.id}, &latest, r->problem));
  TRY(widget_hours(r, &hours));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  if (latest) TRY(conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = latest->id}, &c, r->problem));
  if (since > 0 && c) {
    struct message_of_customer_row *rows;
    size_t count;
    TRY(message_of_customer(r->store, r->arena, &(struct message_of_customer_in){.customer = r->actor.id, .after = since, .most = LIST_MOST}, &rows, &count,
                            r->problem));
    struct shown k = {.r = r, .people = &people, .c = c, .customer_name = STR(""), .for_customer = true};
    list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, message_json(&k, rows[i].conversation, message_of_customer_json(&rows[i])));
  } else if (c) {
    TRY(conversation_messages_json(r, c->id, 0, 0, MESSAGES_PAGE, true, &list));
  }
  if (c && str_is(c->state, "waiting"))
    TRY(conversation_waiting_before(r->store, r->arena, &(struct conversation_waiting_before_in){.id = c->id, .started_ms = c->started_ms}, &before, r->problem));
  if (before) TRY(widget_wait(r, &wait_known, &wait_from, &wait_to));
  if (c && c->has_wait_since_ms) TRY(conversation_clock(r->store, r->arena, &(struct conversation_clock_in){.object = c->id}, &clock, r->problem));
  /* Our deadline is one that began with the words that wait for an answer, and has not passed. */
  bool due = clock && str_is(clock->state, "running") && clock->due_ms > r->now_ms && clock->started_ms >= c->wait_since_ms;
  i64 due_ms = due ? clock->due_ms : 0;
  if (!clock && c && c->has_wait_since_ms) {
    struct service_clock own;
    TRY(conversation_default_of(r, c, &own));
    due = own.which && strcmp(own.which, "resolve") != 0 && own.due_ms > r->now_ms;
    due_ms = own.due_ms;
  }
  *result = json_pack("{s:o,s:n,s:o,s:o,s:o,s:I,s:o,s:b,s:I}", "items", list ? list : json_array(), "next", "conversation",
                      json_of_or_null(c ? c->id : STR("")), "state", json_of(c ? c->state : STR("")), "agent",
                      json_of_or_null(c && c->agent.n ? show_name(&people, c->agent) : STR("")), "read_by_agent_seq",
                      (json_int_t)(c ? c->agent_read_seq : 0), "ahead", before ? json_integer(before->ahead) : json_null(), "offline",
                      (int)!hours.anybody, "now", (json_int_t)r->now_ms);
  list = NULL;
  /* Said of the whole wait; what has been waited already is the page's to take off. */
  json_object_set_new(*result, "wait", wait_known ? json_pack("{s:I,s:I,s:I}", "from_ms", (json_int_t)wait_from, "to_ms", (json_int_t)wait_to, "since_ms", (json_int_t)c->started_ms) : json_null());
  json_object_set_new(*result, "due_ms", json_ms(due, due_ms));
  json_object_set_new(*result, "back_ms", json_ms(hours.back_ms != 0, hours.back_ms));
  json_object_set_new(*result, "rating", json_ms(c && c->has_rating, c ? c->rating : 0));
done:
  if (status != OK) json_decref(list);
  return status;
}

/* The wordings a message had, oldest first, and the one it has now. */
enum status conversation_read_edits(struct read_ctx *r, json_t *query, json_t **result) {
  struct str message = json_arg(query, "message");
  struct message_edits_row *rows;
  struct message_of_event_row *now;
  struct show_people people;
  size_t count;
  enum status status = message_of_event(r->store, r->arena, &(struct message_of_event_in){.conversation = json_arg(query, "id"), .id = message}, &now, r->problem);
  if (status != OK) return status;
  struct shown seen = {.r = r};
  if (!now || hidden(&seen, now->by_type, now->by_id, now->more)) return problem_set(r->problem, E_NOT_FOUND, "message.unknown", "没有这条消息", "There is no such message");
  TRY(message_edits(r->store, r->arena, &(struct message_edits_in){.message = message}, &rows, &count, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:o,s:I,s:o}", "text", json_of(rows[i].text), "until_ms", (json_int_t)rows[i].at_ms, "by_name", json_of(show_name(&people, rows[i].by_id))));
  *result = json_pack("{s:o,s:o,s:o}", "items", items, "text", json_of(now->text), "recalled_ms", json_ms(now->has_recalled_ms, now->recalled_ms));
done:
  return status;
}
