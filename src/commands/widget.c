/* What customers do through the chat widget: come, speak, read, rate, name their order.
 *
 * A visitor is a customer with a token of which only the hash is kept. A conversation begins with the first words, not with the
 * page; it goes to who is present and has room, or waits. While its agent is away an automatic answer may go out: it comforts, it
 * stops no clock. The actor of these commands is the customer; who has only a token hands in its hash. */
#include "commands/conversation.h"
#include "commands/session.h"
#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/order.sql.h"
#include "views/people.sql.h"
#include "views/show.h"

enum { NAME_MOST = 30, PAGE_MOST = 500, RATING_TEXT_MOST = 500, ORDER_NO_MOST = 40 };

static const struct str away_text = {"客服暂时离开，看到后马上回复您。", sizeof("客服暂时离开，看到后马上回复您。") - 1};
static const struct str nobody_text = {"现在没有客服在线。您的话已经记下，上班后先回复您。", sizeof("现在没有客服在线。您的话已经记下，上班后先回复您。") - 1};

/* The customer who asks: the actor, or the owner of the token hash. */
static enum status visitor(struct command_ctx *c, json_t *args, struct str *customer) {
  if (c->actor.type == ACTOR_CUSTOMER) {
    *customer = c->actor.id;
    return OK;
  }
  struct session session;
  struct str hash;
  enum status status = command_text(c, args, "token_hash", true, 200, &hash);
  if (status == OK) status = session_find_visitor(c->store, c->arena, hash, &session);
  if (status == E_UNAUTHENTIC)
    return problem_set(c->problem, E_UNAUTHENTIC, "widget.token", "请刷新页面后再试", "Please reload the page and try again");
  if (status != OK) return status;
  c->actor = session.actor;
  *customer = session.actor.id;
  return OK;
}

static enum status online(struct command_ctx *c, bool *anybody) {
  struct people_online_count_row *row;
  enum status status = people_online_count(c->store, c->arena, &row, c->problem);
  if (status == OK) *anybody = row->people > 0;
  return status;
}

static enum status run_start(struct command_ctx *c, json_t *args, json_t **result) {
  struct str hash, name, page, id;
  struct visitor_get_row *known;
  struct conversation_open_of_row *open = NULL;
  struct people_desk_row *desk;
  struct people_get_row *agent = NULL;
  bool anybody = false;
  enum status status = OK;
  TRY(command_text(c, args, "token_hash", true, 200, &hash));
  TRY(command_text(c, args, "name", false, NAME_MOST, &name));
  TRY(command_text(c, args, "page", false, PAGE_MOST, &page));
  TRY(visitor_get(c->store, c->arena, &(struct visitor_get_in){.id = hash}, &known, c->problem));
  if (known) {
    id = known->customer;
    TRY(conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = id}, &open, c->problem));
  } else {
    TRY(shorthand_id(c, 'u', &id));
    struct event *e = event_new(c->arena, EVENT_customer_created, c->now_ms, id);
    event_set_text(e, "customer", id);
    event_set_text(e, "source", STR("网页"));
    event_set_text(e, "name", name.n ? name : arena_printf(c->arena, "访客 %.*s", STR_ARG(str_slice(id, 1, id.n))));
    if (page.n) event_set_text(e, "page", page);
    TRY(command_append(c, e));
    TRY(visitor_insert(c->store, &(struct visitor_insert_in){.id = hash, .customer = id, .created_ms = c->now_ms}, NULL, c->problem));
  }
  TRY(people_desk(c->store, c->arena, &desk, c->problem));
  TRY(online(c, &anybody));
  if (open && open->agent.n) TRY(people_get(c->store, c->arena, &(struct people_get_in){.id = open->agent}, &agent, c->problem));
  *result = json_pack("{s:o,s:o,s:{s:o,s:o},s:b}", "visitor", json_of(id), "conversation", json_of_or_null(open ? open->id : STR("")), "desk", "name",
                      json_of(desk ? desk->name : STR("")), "agent", json_of_or_null(agent ? agent->name : STR("")), "offline", !anybody);
done:
  return status;
}

/* ---- speaking ----------------------------------------------------------------------------------------------------- */

/* The conversation somebody speaks in, as it was before these words: each row is read once a message. */
struct talk {
  struct str id, agent;
  i64 started_ms, said, auto_ms;
  struct people_get_row *holder; /* of `agent`; NULL: nobody */
  bool begun;                    /* by these words */
};

static enum status find_holder(struct command_ctx *c, struct talk *t) {
  t->holder = NULL;
  if (!t->agent.n) return OK;
  return people_get(c->store, c->arena, &(struct people_get_in){.id = t->agent}, &t->holder, c->problem);
}

/* To who is there and has room, or to nobody yet. */
static enum status route(struct command_ctx *c, struct talk *t) {
  struct str next, former = t->agent;
  enum status status = conversation_route(c->store, c->arena, c->program, c->now_ms, c->zone_offset_ms, former, &next, c->problem);
  if (status != OK || !next.n) return status;
  t->agent = next;
  status = conversation_append_assigned(c, t->id, next, former);
  return status == OK ? find_holder(c, t) : status;
}

/* Its holder has gone: somebody who is there takes over, if there is anybody. */
static enum status route_again(struct command_ctx *c, struct talk *t) {
  enum status status = find_holder(c, t);
  if (status != OK || (t->holder && str_is(t->holder->state, "active") && !str_is(t->holder->presence, "offline"))) return status;
  return route(c, t);
}

static enum status begin(struct command_ctx *c, struct str customer, struct str page, struct talk *t) {
  bool anybody = false;
  enum status status = OK;
  TRY(online(c, &anybody));
  *t = (struct talk){.started_ms = c->now_ms, .begun = true};
  TRY(shorthand_id(c, 'c', &t->id));
  struct event *e = shorthand_event(c, EVENT_conversation_started);
  event_set_text(e, "conversation", t->id);
  event_set_text(e, "customer", customer);
  event_set_text(e, "channel", STR("网页"));
  event_set_text(e, "direction", STR("来"));
  event_set(e, "offline", value_bool(!anybody));
  if (page.n) event_set_text(e, "page", page);
  TRY(command_gate_now(c, e));
  TRY(command_append(c, e));
  TRY(route(c, t));
done:
  return status;
}

static enum status find_talk(struct command_ctx *c, struct str customer, struct str page, struct talk *t) {
  struct conversation_open_of_row *open;
  enum status status = conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = customer}, &open, c->problem);
  if (status != OK) return status;
  if (!open) return begin(c, customer, page, t);
  *t = (struct talk){.id = open->id, .agent = open->agent, .started_ms = open->started_ms, .said = open->customer_messages, .auto_ms = open->auto_ms};
  return route_again(c, t);
}

/* Once per absence and conversation; with nobody at all, once per conversation. */
static enum status answer_automatically(struct command_ctx *c, const struct talk *t) {
  const struct people_get_row *holder = t->holder;
  bool anybody = false;
  enum status status = OK;
  bool away = holder && !str_is(holder->presence, "online") && (str_is(holder->presence, "away") || holder->auto_reply.n > 0);
  struct str text = STR(""), reason = STR("暂离");
  if (away && t->auto_ms < holder->presence_ms) text = holder->auto_reply.n ? holder->auto_reply : away_text;
  if (!text.n && (!holder || str_is(holder->presence, "offline")) && t->auto_ms == 0) {
    TRY(online(c, &anybody));
    if (!anybody) text = nobody_text, reason = STR("无人在线");
  }
  if (!text.n) goto done;
  struct event *e = event_new(c->arena, EVENT_conversation_auto_replied, c->now_ms, STR(""));
  event_set_text(e, "conversation", t->id);
  if (t->agent.n) event_set_text(e, "agent", t->agent);
  event_set_text(e, "text", text);
  event_set_text(e, "reason", reason);
  TRY(command_append(c, e));
done:
  return status;
}

static json_t *said_json(const struct event *e, struct str conversation, json_t *owned_ahead) {
  json_t *o = json_object();
  json_object_set_new_nocheck(o, "id", json_of(e->id));
  json_object_set_new_nocheck(o, "seq", json_integer((json_int_t)e->seq));
  json_object_set_new_nocheck(o, "at", json_integer((json_int_t)e->occurred_ms));
  json_object_set_new_nocheck(o, "conversation", json_of(conversation));
  json_object_set_new_nocheck(o, "ahead", owned_ahead);
  return o;
}

/* The place in the queue is told once, with the first words; counting it again for every message of everybody who waits would
 * cost more than the message. The page asks for it while it waits (widget.messages). */
static enum status place_in_queue(struct command_ctx *c, const struct talk *t, json_t **ahead) {
  struct conversation_waiting_before_row *before;
  *ahead = NULL;
  if (t->agent.n || !t->begun) return OK;
  struct conversation_waiting_before_in in = {.id = t->id, .started_ms = t->started_ms};
  enum status status = conversation_waiting_before(c->store, c->arena, &in, &before, c->problem);
  if (status == OK) *ahead = json_integer(before->ahead);
  return status;
}

static enum status run_say(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer, text, page;
  struct value files;
  struct talk t;
  json_t *ahead;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(shorthand_files(c, args, &files));
  TRY(command_text(c, args, "text", files.type == V_ABSENT, MESSAGE_MOST_CHARS, &text));
  TRY(command_text(c, args, "page", false, PAGE_MOST, &page));
  TRY(find_talk(c, customer, page, &t));
  struct event *e = shorthand_event(c, EVENT_conversation_customer_spoke);
  event_set_text(e, "conversation", t.id);
  event_set_text(e, "customer", customer);
  if (t.agent.n) event_set_text(e, "agent", t.agent);
  event_set_int(e, "ordinal", t.said + 1);
  event_set(e, "first", value_bool(t.said == 0));
  event_set_text(e, "text", text);
  if (files.type == V_LIST) event_set(e, "files", files);
  TRY(command_append(c, e));
  TRY(answer_automatically(c, &t));
  TRY(place_in_queue(c, &t, &ahead));
  *result = said_json(e, t.id, ahead ? ahead : json_null());
done:
  return status;
}

static enum status run_read(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer;
  struct conversation_latest_of_row *latest;
  struct conversation_get_row *row;
  i64 seq = 0;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(command_int(c, args, "seq", true, 0, INT64_MAX, &seq));
  TRY(conversation_latest_of(c->store, c->arena, &(struct conversation_latest_of_in){.customer = customer}, &latest, c->problem));
  if (latest) {
    TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = latest->id}, &row, c->problem));
    if (seq > row->last_seq) seq = row->last_seq;
    if (seq > row->customer_read_seq) {
      struct event *e = shorthand_event(c, EVENT_conversation_read);
      event_set_text(e, "conversation", row->id);
      event_set_text(e, "reader", STR("customer"));
      event_set_text(e, "customer", customer);
      event_set_int(e, "up_to", seq);
      TRY(command_append(c, e));
    }
  }
  *result = json_pack("{s:I}", "seq", (json_int_t)seq);
done:
  return status;
}

static enum status run_rate(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer, text;
  struct conversation_latest_of_row *latest;
  i64 stars = 0;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(command_int(c, args, "score", true, 1, 5, &stars));
  TRY(command_text(c, args, "text", false, RATING_TEXT_MOST, &text));
  TRY(conversation_latest_of(c->store, c->arena, &(struct conversation_latest_of_in){.customer = customer}, &latest, c->problem));
  if (!latest) TRY(problem_set(c->problem, E_NOT_FOUND, "widget.no_conversation", "还没有会话可评", "There is no conversation to rate yet"));
  struct event *e = shorthand_event(c, EVENT_conversation_rated);
  event_set_text(e, "conversation", latest->id);
  event_set_text(e, "customer", customer);
  if (latest->agent.n) event_set_text(e, "agent", latest->agent);
  event_set_int(e, "stars", stars);
  if (text.n) event_set_text(e, "text", text);
  TRY(command_append(c, e));
  *result = json_pack("{s:I}", "score", (json_int_t)stars);
done:
  return status;
}

/* The visitor names an order: from then on the agent sees the buyer's orders. The visitor learns nothing by it, so a guessed
 * number gives nothing away. */
static enum status run_link(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer, no;
  struct order_get_row *order;
  struct customer_get_row *u;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(command_text(c, args, "order", true, ORDER_NO_MOST, &no));
  TRY(order_get(c->store, c->arena, &(struct order_get_in){.id = no}, &order, c->problem));
  TRY(customer_get(c->store, c->arena, &(struct customer_get_in){.id = customer}, &u, c->problem));
  if (order && u && !str_eq(order->customer, customer) && !str_eq(order->customer, u->linked)) {
    struct event *e = shorthand_event(c, EVENT_customer_changed);
    event_set_text(e, "customer", customer);
    event_set_text(e, "item", STR("合并"));
    event_set(e, "old", value_text(u->linked));
    event_set(e, "new", value_text(order->customer));
    event_set_text(e, "field", STR("order"));
    TRY(command_append(c, e));
  }
  *result = json_pack("{s:b}", "noted", 1);
done:
  return status;
}

const struct command_def commands_widget[] = {
    {"widget.start", "*", run_start, "token_hash:text! name:text page:text", "A visitor comes", "访客到来"},
    {"widget.say", "*", run_say, "token_hash:text text:text files:list page:text", "The visitor speaks", "访客说话"},
    {"widget.read", "*", run_read, "token_hash:text seq:int!", "The visitor has read", "访客已读"},
    {"widget.rate", "*", run_rate, "token_hash:text score:int! text:text", "The visitor rates", "访客评分"},
    {"widget.link", "*", run_link, "token_hash:text order:text!", "The visitor names their order", "访客报订单号"},
    {NULL},
};
