/* A letter that the desk begins: to a customer whose address is known, in their open conversation or in one of its own. The gates are
 * asked as for any conversation and any answer. */
#include "commands/conversation_parts.h"

#include "commands/delivery.h"
#include "commands/shorthand.h"
#include "views/channel.h"
#include "views/channel.sql.h"
#include "views/customer.sql.h"
#include "views/identity.sql.h"
#include "views/json.h"

enum { SUBJECT_MOST = 200, WORDS_MOST = 4000 };

struct outgoing {
  struct str customer, to, conversation, text, subject;
  struct value files;
  struct conversation_get_row *row; /* the open conversation it goes into; NULL: it begins one */
  bool takes;
  struct delivery_route route;
};

static enum status find_customer(struct command_ctx *c, json_t *args, struct outgoing *o) {
  struct customer_get_row *u;
  struct identity_of_row *known;
  struct str id;
  size_t count;
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 120, &id));
  TRY(customer_get(c->store, c->arena, &(struct customer_get_in){.id = id}, &u, c->problem));
  if (!u) TRY(problem_set(c->problem, E_NOT_FOUND, "customer.unknown", "没有顾客 %.*s", "There is no customer %.*s", STR_ARG(id)));
  if (u->merged_into.n) TRY(problem_set(c->problem, E_CONFLICT, "customer.moved", "这份档案已经并到别的档案里了，请打开那一份", "This record was merged into another one; open that one"));
  o->customer = u->id;
  o->to = u->email;
  TRY(identity_of(c->store, c->arena, &(struct identity_of_in){.customer = u->id}, &known, &count, c->problem));
  for (size_t i = 0; i < count && !o->to.n; i++)
    if (str_is(known[i].kind, "email")) o->to = known[i].value;
  if (!o->to.n || !delivery_good_address(o->to))
    TRY(problem_set(c->problem, E_INVALID, "letter.no_address", "这位顾客没有邮箱地址，请先在资料里填上", "This customer has no e-mail address; put one into the profile first"));
done:
  return status;
}

static enum status find_mailbox(struct command_ctx *c, json_t *args, struct outgoing *o) {
  struct channel_all_row *rows;
  struct str id;
  size_t count;
  enum status status = OK;
  TRY(command_text(c, args, "channel", false, 80, &id));
  TRY(channel_all(c->store, c->arena, &rows, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    if (!rows[i].enabled || (id.n && !str_eq(rows[i].id, id))) continue;
    o->route.channel = rows[i].id;
    return delivery_mailbox(c, rows[i].settings, rows[i].address, &o->route);
  }
  status = problem_set(c->problem, E_CONFLICT, "letter.no_mailbox", "没有能寄信的邮箱；请在设置的“渠道”里添加或启用一个", "There is no mailbox to send from; add one or switch one on under Settings, Channels");
done:
  return status;
}

static enum status find_conversation(struct command_ctx *c, struct outgoing *o) {
  struct conversation_open_of_row *open;
  enum status status = OK;
  TRY(conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = o->customer}, &open, c->problem));
  if (!open) {
    TRY(shorthand_id(c, 'c', &o->conversation));
    return OK;
  }
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = open->id}, &o->row, c->problem));
  o->conversation = open->id;
  TRY(conversation_check_holder(c, o->row, &o->takes));
done:
  return status;
}

static struct event *started(struct command_ctx *c, const struct outgoing *o) {
  struct event *e = conversation_event(c, EVENT_conversation_started, o->conversation);
  event_set_text(e, "customer", o->customer);
  event_set_text(e, "channel", STR("邮件"));
  event_set_text(e, "direction", STR("去"));
  return e;
}

static struct event *replied(struct command_ctx *c, const struct outgoing *o) {
  struct event *e = conversation_event(c, EVENT_conversation_agent_replied, o->conversation);
  event_set_text(e, "agent", c->actor.id);
  if (o->row && o->row->has_wait_since_ms) event_set_int(e, "wait", c->now_ms > o->row->wait_since_ms ? c->now_ms - o->row->wait_since_ms : 0);
  event_set_text(e, "text", o->text);
  if (o->files.type == V_LIST) event_set(e, "files", o->files);
  event_set_int(e, "chars", (i64)str_han_count(o->text));
  event_set_text(e, "channel", STR("邮件"));
  return e;
}

static enum status run_write(struct command_ctx *c, json_t *args, json_t **result) {
  struct outgoing o = {.route = {.by_letter = true, .fresh = true}};
  json_t *decision = NULL;
  bool done = true;
  enum status status = OK;
  TRY(find_customer(c, args, &o));
  TRY(command_text(c, args, "subject", true, SUBJECT_MOST, &o.subject));
  TRY(command_text(c, args, "text", true, WORDS_MOST, &o.text));
  TRY(shorthand_files(c, args, &o.files));
  TRY(delivery_cc_arg(c, args, &o.route.cc));
  TRY(find_mailbox(c, args, &o));
  TRY(find_conversation(c, &o));
  o.route.address = o.to;
  o.route.title = o.subject;
  struct event *begin = o.row ? NULL : started(c, &o), *e = replied(c, &o);
  if (begin) TRY(command_gate(c, begin, &done, &decision));
  if (done) {
    json_decref(decision);
    decision = NULL;
    TRY(command_gate(c, e, &done, &decision));
  }
  if (!done) {
    *result = decision;
    return OK;
  }
  if (begin) {
    TRY(command_append(c, begin));
    TRY(conversation_append_assigned(c, o.conversation, c->actor.id, STR("")));
  } else if (o.takes) {
    TRY(conversation_take(c, o.row));
  }
  TRY(command_append(c, e));
  TRY(delivery_queue(c, &o.route, o.conversation, e, STR(""), false));
  *result = json_pack("{s:o,s:o,s:I}", "conversation", json_of(o.conversation), "id", json_of(e->id), "at", (json_int_t)e->occurred_ms);
  if (decision) json_object_update_missing(*result, decision);
done:
  json_decref(decision);
  return status;
}

const struct command_def commands_letter_write[] = {
    {"letter.write", "会话.人工回复", run_write, "id:customer! subject:text! text:text! channel:text cc:list files:list", "Write a letter to a customer", "给顾客写一封信"},
    {NULL},
};
