/* What customers do through the chat widget: come, speak, read, rate, name their order.
 *
 * A visitor is a customer with a token of which only the hash is kept. A conversation begins with the first words, not with the
 * page; it goes to who is present and has room, or waits. While its agent is away an automatic answer may go out: it comforts, it
 * stops no clock. The actor of these commands is the customer; who has only a token hands in its hash. */
#include "commands/conversation.h"
#include "commands/service.h"
#include "commands/session.h"
#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/order.sql.h"
#include "views/people.sql.h"
#include "views/setting.h"
#include "views/show.h"
#include "views/widget.h"

#include <string.h>

enum { NAME_MOST = 30, PAGE_MOST = 500, RATING_TEXT_MOST = 500, ORDER_NO_MOST = 40, CONTACT_MOST = 120, PHONE_DIGITS_FEWEST = 5, PHONE_DIGITS_MOST = 20 };

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
  struct service_reach reach;
  enum status status = service_reach(c, &reach);
  if (status == OK) *anybody = reach.there;
  return status;
}

/* Only pages of the shop may hold the window, where the desk has said which those are. */
static enum status check_origin(struct command_ctx *c, json_t *args) {
  json_t *look;
  enum status status = widget_look(c->store, c->arena, &look, c->problem);
  if (status != OK) return status;
  bool allowed = widget_origin_allowed(look, json_arg(args, "origin"));
  json_decref(look);
  return allowed ? OK : problem_set(c->problem, E_DENIED, "widget.origin", "这个网站不在允许的网站里；店家可以在设置的“网页窗口”里加上", "This site is not on the list; the shop can add it under Settings, Chat window");
}

static enum status run_start(struct command_ctx *c, json_t *args, json_t **result) {
  struct str hash, name, page, id;
  struct visitor_get_row *known;
  struct conversation_open_of_row *open = NULL;
  struct people_desk_row *desk;
  struct people_get_row *agent = NULL;
  bool anybody = false;
  i64 preview = 0;
  enum status status = OK;
  TRY(command_text(c, args, "token_hash", true, 200, &hash));
  TRY(command_text(c, args, "name", false, NAME_MOST, &name));
  TRY(command_text(c, args, "page", false, PAGE_MOST, &page));
  TRY(check_origin(c, args));
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
  TRY(setting_value(c->store, c->arena, SETTING_TYPING_PREVIEW, &preview, c->problem));
  *result = json_pack("{s:o,s:o,s:{s:o,s:o},s:b,s:b}", "visitor", json_of(id), "conversation", json_of_or_null(open ? open->id : STR("")), "desk", "name",
                      json_of(desk ? desk->name : STR("")), "agent", json_of_or_null(agent ? agent->name : STR("")), "offline", !anybody, "preview", preview != 0);
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
  return leave_person(c->store, c->arena, t->agent, c->now_ms, &t->holder, c->problem);
}

/* To who is there and has room, or to nobody yet. */
static enum status route(struct command_ctx *c, struct talk *t) {
  struct str next, former = t->agent;
  enum status status = conversation_give(c, t->id, former, former, &next);
  if (status != OK) return status;
  if (!next.n && former.n) status = conversation_queue_back(c, t->id, former, STR("接待人离线")); /* never left with who has gone */
  if (status != OK || (!next.n && !former.n)) return status;
  t->agent = next;
  return find_holder(c, t);
}

/* Its holder has gone: somebody who is there takes over, if there is anybody. */
static enum status route_again(struct command_ctx *c, struct talk *t) {
  enum status status = find_holder(c, t);
  if (status != OK || (t->holder && str_is(t->holder->state, "active") && !str_is(t->holder->presence, "offline"))) return status;
  return route(c, t);
}

static enum status begin(struct command_ctx *c, struct str customer, struct str page, struct str channel, struct talk *t) {
  bool anybody = false;
  enum status status = OK;
  TRY(online(c, &anybody));
  *t = (struct talk){.started_ms = c->now_ms, .begun = true};
  TRY(shorthand_id(c, 'c', &t->id));
  struct event *e = shorthand_event(c, EVENT_conversation_started);
  event_set_text(e, "conversation", t->id);
  event_set_text(e, "customer", customer);
  event_set_text(e, "channel", channel);
  event_set_text(e, "direction", STR("来"));
  event_set(e, "offline", value_bool(!anybody));
  if (page.n) event_set_text(e, "page", page);
  TRY(command_gate_now(c, e));
  TRY(command_append(c, e));
  TRY(route(c, t));
done:
  return status;
}

static enum status find_talk(struct command_ctx *c, struct str customer, struct str page, struct str channel, struct talk *t) {
  struct conversation_open_of_row *open;
  enum status status = conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = customer}, &open, c->problem);
  if (status != OK) return status;
  if (!open) return begin(c, customer, page, channel, t);
  *t = (struct talk){.id = open->id, .agent = open->agent, .started_ms = open->started_ms, .said = open->customer_messages, .auto_ms = open->auto_ms};
  return route_again(c, t);
}

/* Nobody is there: outside the service hours it says from when somebody is. */
static enum status nobody_words(struct command_ctx *c, bool english, struct str *text, struct str *reason) {
  struct service_reach reach;
  enum status status = service_reach(c, &reach);
  if (status != OK || reach.there) return status;
  *reason = reach.open ? STR("无人在线") : STR("不在服务时间");
  if (reach.open || !reach.opens_ms) {
    *text = english ? STR("Nobody is online now. Your message is noted and answered first when we are back.") : nobody_text;
    return OK;
  }
  struct str when = english ? service_words_en(c->arena, reach.opens_ms, c->now_ms, reach.hours.zone_ms) : service_words_zh(c->arena, reach.opens_ms, c->now_ms, reach.hours.zone_ms);
  *text = english ? arena_printf(c->arena, "We are closed now. Your message is noted; you get an answer from %.*s on.", STR_ARG(when))
                  : arena_printf(c->arena, "现在不在服务时间。您的话已经记下，%.*s起先回复您。", STR_ARG(when));
  return OK;
}

/* Once per absence and conversation; with nobody at all, once per conversation. */
static enum status answer_automatically(struct command_ctx *c, const struct talk *t) {
  const struct people_get_row *holder = t->holder;
  enum status status = OK;
  json_t *look = NULL;
  bool away = holder && !str_is(holder->presence, "online") && (str_is(holder->presence, "away") || holder->auto_reply.n > 0) && t->auto_ms < holder->presence_ms;
  bool nobody = (!holder || str_is(holder->presence, "offline")) && t->auto_ms == 0;
  struct str text = STR(""), reason = STR("暂离");
  if (!away && !nobody) return OK;
  TRY(widget_look(c->store, c->arena, &look, c->problem));
  bool english = str_is(json_arg(look, "lang"), "en"); /* the window speaks English to everybody */
  if (away) text = holder->auto_reply.n ? holder->auto_reply : english ? STR("The agent is away for a moment and answers you first on return.") : away_text;
  if (!text.n && nobody) TRY(nobody_words(c, english, &text, &reason));
  if (!text.n) goto done;
  struct event *e = event_new(c->arena, EVENT_conversation_auto_replied, c->now_ms, STR(""));
  event_set_text(e, "conversation", t->id);
  if (t->agent.n) event_set_text(e, "agent", t->agent);
  event_set_text(e, "text", text);
  event_set_text(e, "reason", reason);
  TRY(command_append(c, e));
done:
  json_decref(look);
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

/* Put down as spam: silent for a time. The refusal does not argue. */
static enum status not_held_off(struct command_ctx *c, struct str customer) {
  struct held_off_get_row *held;
  enum status status = held_off_get(c->store, c->arena, &(struct held_off_get_in){.customer = customer}, &held, c->problem);
  if (status != OK || !held || held->until_ms <= c->now_ms) return status;
  return problem_set(c->problem, E_DENIED, "widget.held_off", "现在不能发消息，请过些时候再来", "Messages cannot be sent now; please come back later");
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
  TRY(not_held_off(c, customer));
  TRY(find_talk(c, customer, page, STR("网页"), &t));
  struct event *e = shorthand_event(c, EVENT_conversation_customer_spoke);
  event_set_text(e, "conversation", t.id);
  event_set_text(e, "customer", customer);
  if (t.agent.n) event_set_text(e, "agent", t.agent);
  event_set_int(e, "ordinal", t.said + 1);
  event_set(e, "first", value_bool(t.said == 0));
  event_set_text(e, "text", text);
  event_set_text(e, "channel", STR("网页"));
  if (files.type == V_LIST) event_set(e, "files", files);
  TRY(command_append(c, e));
  TRY(answer_automatically(c, &t));
  TRY(place_in_queue(c, &t, &ahead));
  *result = said_json(e, t.id, ahead ? ahead : json_null());
done:
  return status;
}

/* A conversation before its first words: for programs that open one and then speak in it. */
static enum status run_begin(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer;
  struct talk t;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(find_talk(c, customer, STR(""), STR("网页"), &t));
  *result = json_pack("{s:o}", "conversation", json_of(t.id));
done:
  return status;
}

/* ---- leaving a message while nobody is there -------------------------------------------------------------------------- */

static bool is_email(struct str s) {
  struct str host, user = str_cut(s, '@', &host);
  if (!user.n || !host.n || str_find(host, STR("@"), 0) != SIZE_MAX || str_find(host, STR("."), 0) == SIZE_MAX || str_ends(host, STR(".")) || host.p[0] == '.') return false;
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] <= ' ' || strchr("<>\"(),;:\\", s.p[i])) return false;
  return true;
}

static bool is_phone(struct str s) {
  size_t digits = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] >= '0' && s.p[i] <= '9') digits++;
    else if (!strchr("+-() ", s.p[i])) return false;
  }
  return digits >= PHONE_DIGITS_FEWEST && digits <= PHONE_DIGITS_MOST;
}

/* What they say of themselves, where it is news. The actor is the customer: no identity follows from it (views/identity.c). */
static enum status note_contact(struct command_ctx *c, struct str customer, const char *field, struct str old, struct str new) {
  if (!new.n || str_eq(old, new)) return OK;
  struct event *e = shorthand_event(c, EVENT_customer_changed);
  event_set_text(e, "customer", customer);
  event_set_text(e, "item", STR("资料"));
  event_set(e, "old", value_text(old));
  event_set(e, "new", value_text(new));
  event_set_text(e, "field", str_c(field));
  return command_append(c, e);
}

static enum status run_leave(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer, text, page, name, email, phone;
  struct value files;
  struct customer_get_row *u;
  struct talk t;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(shorthand_files(c, args, &files));
  TRY(command_text(c, args, "text", true, MESSAGE_MOST_CHARS, &text));
  TRY(command_text(c, args, "page", false, PAGE_MOST, &page));
  TRY(command_text(c, args, "name", false, NAME_MOST, &name));
  TRY(command_text(c, args, "email", false, CONTACT_MOST, &email));
  TRY(command_text(c, args, "phone", false, CONTACT_MOST, &phone));
  if (email.n && !is_email(email)) TRY(problem_set(c->problem, E_INVALID, "widget.email", "邮箱写得不完整，应当像 name@example.com", "The e-mail address is not complete; it looks like name@example.com"));
  if (phone.n && !is_phone(phone)) TRY(problem_set(c->problem, E_INVALID, "widget.phone", "电话只写数字，5 到 20 位", "A telephone number has 5 to 20 digits"));
  TRY(customer_get(c->store, c->arena, &(struct customer_get_in){.id = customer}, &u, c->problem));
  if (!email.n && !phone.n && !(u && (u->email.n || u->phone.n)))
    TRY(problem_set(c->problem, E_INVALID, "widget.contact", "请留下邮箱或电话，我们好回复您", "Leave an e-mail address or a telephone number so that we can answer"));
  TRY(not_held_off(c, customer));
  TRY(find_talk(c, customer, page, STR("网页留言"), &t));
  if (u) {
    TRY(note_contact(c, customer, "name", u->name, name));
    TRY(note_contact(c, customer, "email", u->email, email));
    TRY(note_contact(c, customer, "phone", u->phone, phone));
  }
  struct event *e = shorthand_event(c, EVENT_conversation_customer_spoke);
  event_set_text(e, "conversation", t.id);
  event_set_text(e, "customer", customer);
  if (t.agent.n) event_set_text(e, "agent", t.agent);
  event_set_int(e, "ordinal", t.said + 1);
  event_set(e, "first", value_bool(t.said == 0));
  event_set_text(e, "text", text);
  event_set_text(e, "channel", STR("网页留言"));
  if (files.type == V_LIST) event_set(e, "files", files);
  TRY(command_append(c, e));
  *result = said_json(e, t.id, json_null());
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

/* "回得快不快 5", each question at most once answered, 1 to 5; *mean is their mean, halves upwards. */
static enum status answers_arg(struct command_ctx *c, json_t *args, struct value *out, i64 *mean) {
  json_t *list = json_object_get(args, "answers"), *one;
  size_t n = json_array_size(list), i;
  i64 sum = 0;
  *out = value_absent();
  if (!list || json_is_null(list) || (json_is_array(list) && n == 0)) return OK;
  if (!json_is_array(list) || n > WIDGET_QUESTIONS_MOST)
    return problem_set(c->problem, E_INVALID, "widget.answers", "answers 是一列，最多 %d 题", "answers is a list of at most %d", WIDGET_QUESTIONS_MOST);
  struct value *items = ARENA_ARRAY(c->arena, struct value, n);
  json_array_foreach(list, i, one) {
    struct str question;
    i64 score = 0;
    enum status status = command_text(c, one, "question", true, 40, &question);
    if (status == OK) status = command_int(c, one, "score", true, 1, 5, &score);
    if (status != OK) return status;
    items[i] = value_text(arena_printf(c->arena, "%.*s %lld", STR_ARG(question), (long long)score));
    sum += score;
  }
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
  *mean = (2 * sum + (i64)n) / (2 * (i64)n);
  return OK;
}

static enum status run_rate(struct command_ctx *c, json_t *args, json_t **result) {
  struct str customer, text;
  struct value answers;
  struct conversation_latest_of_row *latest;
  i64 stars = 0;
  enum status status = OK;
  TRY(visitor(c, args, &customer));
  TRY(answers_arg(c, args, &answers, &stars));
  TRY(command_int(c, args, "score", answers.type == V_ABSENT, 1, 5, &stars));
  TRY(command_text(c, args, "text", false, RATING_TEXT_MOST, &text));
  TRY(conversation_latest_of(c->store, c->arena, &(struct conversation_latest_of_in){.customer = customer}, &latest, c->problem));
  if (!latest) TRY(problem_set(c->problem, E_NOT_FOUND, "widget.no_conversation", "还没有会话可评", "There is no conversation to rate yet"));
  struct event *e = shorthand_event(c, EVENT_conversation_rated);
  event_set_text(e, "conversation", latest->id);
  event_set_text(e, "customer", customer);
  if (latest->agent.n) event_set_text(e, "agent", latest->agent);
  event_set_int(e, "stars", stars);
  if (answers.type == V_LIST) event_set(e, "answers", answers);
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

/* ---- its look ------------------------------------------------------------------------------------------------------------ */

static bool is_hex_colour(struct str s) {
  if (s.n != 7 || s.p[0] != '#') return false;
  for (size_t i = 1; i < 7; i++)
    if (!strchr("0123456789abcdefABCDEF", s.p[i])) return false;
  return true;
}

/* "https://shop.example", "http://127.0.0.1:8080", or a star for the names below one: what browsers send, nothing after the host. */
static bool is_origin(struct str s) {
  size_t at = str_find(s, STR("://"), 0);
  if (at == SIZE_MAX || (!str_starts(s, STR("https://")) && !str_starts(s, STR("http://")))) return false;
  struct str host = str_slice(s, at + 3, s.n);
  if (str_starts(host, STR("*."))) host = str_slice(host, 2, host.n);
  for (size_t i = 0; i < host.n; i++)
    if ((unsigned char)host.p[i] <= ' ' || strchr("/?#*@\"\\", host.p[i])) return false;
  return host.n > 0 && host.p[0] != '.';
}

static enum status one_of(struct command_ctx *c, struct str value, const char *name, const char *const *words) {
  for (size_t i = 0; words[i]; i++)
    if (str_is(value, words[i])) return OK;
  return problem_set(c->problem, E_INVALID, "widget.word", "“%s”不能是“%.*s”", "“%s” cannot be “%.*s”", name, STR_ARG(value));
}

static enum status take_list(struct command_ctx *c, json_t *args, json_t *look, const char *name, size_t most, size_t chars, bool origins) {
  struct value list;
  json_t *given = json_object_get(args, name), *out;
  if (!given) return OK;
  if (json_is_null(given)) return json_object_set_new(look, name, origins ? json_array() : json_null()), OK;
  enum status status = shorthand_texts(c, args, name, most, chars, &list);
  if (status != OK) return status;
  out = json_array();
  for (size_t i = 0; i < list.count; i++) {
    if (origins && !is_origin(list.items[i].s)) {
      json_decref(out);
      return problem_set(c->problem, E_INVALID, "widget.origin_form", "网站要写成 https://shop.example，不带后面的路径；“%.*s”不行", "A site is written as https://shop.example, without a path; “%.*s” is not", STR_ARG(list.items[i].s));
    }
    json_array_append_new(out, json_of(list.items[i].s));
  }
  json_object_set_new(look, name, out);
  return OK;
}

/* Changes the members that are given; the whole is one setting of the desk, kept as JSON. */
static enum status run_configure(struct command_ctx *c, json_t *args, json_t **result) {
  static const char *const sides[] = {"right", "left", NULL}, *const langs[] = {"auto", "zh", "en", NULL}, *const themes[] = {"light", "dark", "auto", NULL};
  static const struct { const char *name; size_t chars; const char *const *words; } texts[] = {
      {"colour", 7, NULL}, {"side", 10, sides}, {"name", 30, NULL}, {"avatar", 2, NULL}, {"greeting", 200, NULL}, {"greeting_en", 200, NULL}, {"lang", 10, langs}, {"theme", 10, themes}};
  static const char *const flags[] = {"hide", "form"};
  json_t *look = NULL;
  enum status status = OK;
  TRY(widget_look(c->store, c->arena, &look, c->problem));
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct str s;
    if (!json_object_get(args, texts[i].name)) continue;
    TRY(command_text(c, args, texts[i].name, false, texts[i].chars, &s));
    if (texts[i].words) TRY(one_of(c, s, texts[i].name, texts[i].words));
    if (i == 0 && !is_hex_colour(s)) TRY(problem_set(c->problem, E_INVALID, "widget.colour", "颜色要写成 #1b6a57 这样", "A colour is written like #1b6a57"));
    json_object_set_new(look, texts[i].name, json_of(s));
  }
  for (size_t i = 0; i < COUNT_OF(flags); i++)
    if (json_object_get(args, flags[i])) json_object_set_new(look, flags[i], json_boolean(command_bool(args, flags[i])));
  TRY(take_list(c, args, look, "questions", WIDGET_QUESTIONS_MOST, 20, false));
  TRY(take_list(c, args, look, "origins", WIDGET_ORIGINS_MOST, 200, true));
  TRY(shorthand_setting(c, STR(WIDGET_ITEM), show_dump(c->arena, look)));
  *result = json_incref(look);
done:
  json_decref(look);
  return status;
}

const struct command_def commands_widget[] = {
    {"widget.configure", "设置", run_configure, "colour:text side:text name:text avatar:text greeting:text greeting_en:text lang:text theme:text hide:bool form:bool questions:list origins:list", "Change the look of the chat window and where it may stand", "改网页窗口的样子和放在哪些网站"},
    {"widget.leave", "*", run_leave, "token_hash:text text:text! name:text email:text phone:text files:list page:text", "The visitor leaves a message while nobody is there", "没人时访客留言"},
    {"widget.start", "*", run_start, "token_hash:text! name:text page:text origin:text", "A visitor comes", "访客到来"},
    {"widget.say", "*", run_say, "token_hash:text text:text files:list page:text", "The visitor speaks", "访客说话"},
    {"widget.begin", "*", run_begin, "token_hash:text", "The visitor opens a conversation", "访客开一次会话"},
    {"widget.read", "*", run_read, "token_hash:text seq:int!", "The visitor has read", "访客已读"},
    {"widget.rate", "*", run_rate, "token_hash:text score:int answers:list text:text", "The visitor rates", "访客评分"},
    {"widget.link", "*", run_link, "token_hash:text order:text!", "The visitor names their order", "访客报订单号"},
    {NULL},
};
