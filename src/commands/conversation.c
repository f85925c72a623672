/* Conversations as the desk's people work on them: accept, reply, note, read, transfer, close, tag.
 *
 * Credit belongs to the one who writes. Who holds the conversation answers; somebody else may when it waits for anybody, when
 * its holder is not there, or when they lead. What the customer does stands in widget.c. */
#include "commands/conversation.h"

#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/show.h"

enum { REASON_MOST = 200, GIVE_OUT_MOST = 200, TAGS_MOST = 12, TAG_MOST_CHARS = 20 };

/* ---- giving out --------------------------------------------------------------------------------------------------- */

enum status conversation_append_assigned(struct command_ctx *c, struct str conversation, struct str agent, struct str former) {
  struct event *e = shorthand_event(c, EVENT_conversation_assigned);
  event_set_text(e, "conversation", conversation);
  event_set_text(e, "agent", agent);
  if (former.n) event_set_text(e, "former", former);
  return command_append(c, e);
}

enum status conversation_give_out(struct command_ctx *c) {
  struct conversation_waiting_ids_row *rows;
  size_t count;
  enum status status = conversation_waiting_ids(c->store, c->arena, &(struct conversation_waiting_ids_in){.most = GIVE_OUT_MOST}, &rows, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    struct str agent;
    status = conversation_route(c->store, c->arena, c->program, c->now_ms, c->zone_offset_ms, STR(""), &agent, c->problem);
    if (status != OK || !agent.n) return status;
    status = conversation_append_assigned(c, rows[i].id, agent, STR(""));
  }
  return status;
}

enum status conversation_release(struct command_ctx *c, struct str person) {
  struct conversation_mine_row *rows;
  size_t count;
  enum status status = conversation_mine(c->store, c->arena, &(struct conversation_mine_in){.agent = person, .most = GIVE_OUT_MOST}, &rows, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    struct str agent;
    status = conversation_route(c->store, c->arena, c->program, c->now_ms, c->zone_offset_ms, person, &agent, c->problem);
    if (status != OK || !agent.n) return status;
    status = conversation_append_assigned(c, rows[i].id, agent, person);
  }
  return status;
}

/* ---- checks ------------------------------------------------------------------------------------------------------- */

static enum status get_open(struct command_ctx *c, json_t *args, struct conversation_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 80, &id);
  if (status != OK) return status;
  status = conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = id}, row, c->problem);
  if (status != OK) return status;
  if (!*row) return problem_set(c->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id));
  return OK;
}

static enum status refuse_closed(struct command_ctx *c, const struct conversation_get_row *row) {
  if (!str_is(row->state, "closed")) return OK;
  return problem_set(c->problem, E_CONFLICT, "conversation.closed", "会话已经结束；顾客再来时会开新的会话",
                     "The conversation is closed; a new one opens when the customer comes back");
}

static enum status presence_of(struct command_ctx *c, struct str person, struct people_get_row **row) {
  return people_get(c->store, c->arena, &(struct people_get_in){.id = person}, row, c->problem);
}

static bool leads(const struct command_ctx *c) {
  enum view_place place = view_place_of(c->program, c->actor.role);
  return c->actor.owner || place == PLACE_LEADER || place == PLACE_HEAD;
}

/* May the actor write here, and does the conversation become theirs by it? */
static enum status check_holder(struct command_ctx *c, const struct conversation_get_row *row, bool *take) {
  struct people_get_row *holder;
  *take = str_is(row->state, "waiting");
  if (*take || str_eq(row->agent, c->actor.id)) return OK;
  enum status status = presence_of(c, row->agent, &holder);
  if (status != OK) return status;
  *take = !holder || !str_is(holder->state, "active") || str_is(holder->presence, "offline");
  if (*take || leads(c)) return OK;
  return problem_set(c->problem, E_CONFLICT, "conversation.held", "%.*s正在接待这位顾客，请先转接", "%.*s is serving this customer; have it transferred first",
                     STR_ARG(holder->name));
}

static enum status text_and_files(struct command_ctx *c, json_t *args, struct str *text, struct value *files) {
  enum status status = shorthand_files(c, args, files);
  if (status == OK) status = command_text(c, args, "text", files->type == V_ABSENT, MESSAGE_MOST_CHARS, text);
  return status;
}

static void set_text_and_files(struct event *e, struct str text, struct value files) {
  event_set_text(e, "text", text);
  if (files.type == V_LIST) event_set(e, "files", files);
}

static json_t *sent_json(const struct event *e) {
  return json_pack("{s:o,s:I,s:I}", "id", json_of(e->id), "seq", (json_int_t)e->seq, "at", (json_int_t)e->occurred_ms);
}

/* ---- commands ----------------------------------------------------------------------------------------------------- */

static enum status take(struct command_ctx *c, const struct conversation_get_row *row) {
  enum status status = OK;
  TRY(conversation_append_assigned(c, row->id, c->actor.id, row->agent));
  struct event *e = shorthand_event(c, EVENT_conversation_picked_up);
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "agent", c->actor.id);
  event_set_int(e, "wait", c->now_ms - row->started_ms);
  TRY(command_append(c, e));
done:
  return status;
}

static enum status run_accept(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  bool takes;
  enum status status = OK;
  TRY(get_open(c, args, &row));
  TRY(refuse_closed(c, row));
  if (!str_eq(row->agent, c->actor.id)) {
    TRY(check_holder(c, row, &takes));
    if (!takes && !leads(c)) BUG_IF(true);
    TRY(take(c, row));
  }
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "agent", json_of(c->actor.id));
done:
  return status;
}

static enum status run_note(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str text;
  struct value files;
  enum status status = OK;
  TRY(get_open(c, args, &row));
  TRY(text_and_files(c, args, &text, &files));
  struct event *e = shorthand_event(c, EVENT_conversation_noted);
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "person", c->actor.id);
  set_text_and_files(e, text, files);
  TRY(command_append(c, e));
  *result = sent_json(e);
done:
  return status;
}

static enum status run_reply(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str text, phrase;
  struct value files;
  bool takes, done;
  json_t *decision = NULL;
  enum status status = OK;
  if (command_bool(args, "note")) return run_note(c, args, result);
  TRY(get_open(c, args, &row));
  TRY(refuse_closed(c, row));
  TRY(text_and_files(c, args, &text, &files));
  TRY(command_text(c, args, "phrase", false, 120, &phrase));
  TRY(check_holder(c, row, &takes));
  struct event *e = shorthand_event(c, EVENT_conversation_agent_replied);
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "agent", c->actor.id);
  if (row->has_wait_since_ms) event_set_int(e, "wait", c->now_ms > row->wait_since_ms ? c->now_ms - row->wait_since_ms : 0);
  set_text_and_files(e, text, files);
  event_set_int(e, "chars", (i64)str_han_count(text));
  if (phrase.n) event_set_text(e, "phrase", phrase);
  TRY(command_gate(c, e, &done, &decision));
  if (!done) {
    *result = decision;
    return OK;
  }
  if (takes) TRY(take(c, row));
  TRY(command_append(c, e));
  *result = sent_json(e);
  if (decision) json_object_update_missing(*result, decision);
done:
  json_decref(decision);
  return status;
}

static enum status run_read(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  i64 seq = 0;
  enum status status = OK;
  TRY(get_open(c, args, &row));
  TRY(command_int(c, args, "seq", true, 0, INT64_MAX, &seq));
  if (seq > row->last_seq) seq = row->last_seq;
  /* Only the holder's reading is a read mark to the customer; colleagues may look without a trace in the thread. */
  if (str_eq(row->agent, c->actor.id) && seq > row->agent_read_seq) {
    struct event *e = shorthand_event(c, EVENT_conversation_read);
    event_set_text(e, "conversation", row->id);
    event_set_text(e, "reader", STR("agent"));
    event_set_text(e, "person", c->actor.id);
    event_set_int(e, "up_to", seq);
    TRY(command_append(c, e));
  }
  *result = json_pack("{s:o,s:I}", "id", json_of(row->id), "seq", (json_int_t)seq);
done:
  return status;
}

static enum status check_receiver(struct command_ctx *c, const struct conversation_get_row *row, struct str to) {
  struct people_get_row *person;
  enum status status = presence_of(c, to, &person);
  if (status != OK) return status;
  if (!person || !str_is(person->state, "active"))
    return problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(to));
  if (str_eq(to, row->agent)) return problem_set(c->problem, E_CONFLICT, "conversation.same", "已经是%.*s在接待", "%.*s is serving already", STR_ARG(person->name));
  if (str_is(person->presence, "offline"))
    return problem_set(c->problem, E_CONFLICT, "conversation.absent", "%.*s不在线，顾客会没人理；请换一位", "%.*s is offline and the customer would wait; choose somebody else",
                       STR_ARG(person->name));
  return OK;
}

static enum status run_transfer(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str to, reason;
  bool done;
  enum status status = OK;
  TRY(get_open(c, args, &row));
  TRY(refuse_closed(c, row));
  TRY(command_text(c, args, "to", true, 80, &to));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  if (!str_eq(row->agent, c->actor.id) && !leads(c))
    TRY(problem_set(c->problem, E_CONFLICT, "conversation.not_yours", "只有接待人和上级能转接", "Only who serves, or a leader, can transfer"));
  TRY(check_receiver(c, row, to));
  struct event *e = shorthand_event(c, EVENT_conversation_transferred);
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "person", row->agent.n ? row->agent : c->actor.id);
  event_set_text(e, "to", to);
  event_set_text(e, "reason", reason);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "agent", json_of(to));
done:
  return status;
}

/* A memo the rulebook has a case type for: an enumerated field that knows 未成交原因. NULL when there is none. */
static json_t *memo_proposal(struct command_ctx *c, struct str conversation, struct str reason) {
  for (size_t i = 0; c->program && reason.n && i < c->program->item_count; i++) {
    if (c->program->items[i]->kind != LI_CASE) continue;
    const struct lang_case *type = c->program->items[i]->case_type;
    for (size_t k = 0; k < type->field_count; k++) {
      const struct lang_names *values = &type->fields[k].type.enum_values;
      bool knows = false;
      for (size_t v = 0; v < values->count && !knows; v++) knows = str_is(values->p[v].text, "未成交原因");
      if (!knows) continue;
      json_t *fields = json_object();
      show_put_text(fields, arena_cstr(c->arena, type->fields[k].name.text), STR("未成交原因"));
      show_put_text(fields, "内容", reason);
      show_put_text(fields, "会话", conversation);
      return json_pack("{s:o,s:o}", "type", json_of(type->name.text), "fields", fields);
    }
  }
  return NULL;
}

static enum status run_close(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str reason, no_deal;
  bool takes, done, deal_given = json_is_boolean(json_object_get(args, "deal")), deal = command_bool(args, "deal");
  enum status status = OK;
  TRY(get_open(c, args, &row));
  TRY(refuse_closed(c, row));
  TRY(command_text(c, args, "reason", false, REASON_MOST, &reason));
  TRY(command_text(c, args, "no_deal_reason", false, REASON_MOST, &no_deal));
  if (deal && no_deal.n) TRY(problem_set(c->problem, E_INVALID, "conversation.deal", "成交了就不用填未成交原因", "With a deal there is no reason for no deal"));
  TRY(check_holder(c, row, &takes));
  struct event *e = shorthand_event(c, EVENT_conversation_closed);
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "agent", row->agent.n ? row->agent : c->actor.id);
  event_set_text(e, "customer", row->customer);
  event_set_text(e, "hung_up_by", STR("客服"));
  event_set_int(e, "duration", c->now_ms - row->started_ms);
  if (reason.n) event_set_text(e, "reason", reason);
  if (deal_given) event_set(e, "deal", value_bool(deal));
  if (no_deal.n) event_set_text(e, "no_deal_reason", no_deal);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = NULL;
  TRY(conversation_give_out(c));
  json_t *memo = memo_proposal(c, row->id, no_deal);
  *result = json_pack("{s:o,s:s,s:o}", "id", json_of(row->id), "state", "closed", "memo", memo ? memo : json_null());
done:
  return status;
}

static enum status run_tag(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct value tags;
  enum status status = OK;
  TRY(get_open(c, args, &row));
  TRY(shorthand_texts(c, args, "tags", TAGS_MOST, TAG_MOST_CHARS, &tags));
  struct event *e = shorthand_event(c, EVENT_conversation_tagged);
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "person", c->actor.id);
  event_set(e, "tags", tags);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:O}", "id", json_of(row->id), "tags", json_object_get(args, "tags"));
done:
  return status;
}

const struct command_def commands_conversation[] = {
    {"conversation.accept", "会话.接起", run_accept, "id:conversation!", "Take a waiting conversation", "接起会话"},
    {"conversation.reply", "会话.人工回复", run_reply, "id:conversation! text:text files:list note:bool phrase:text", "Answer the customer", "回复顾客"},
    {"conversation.note", "会话.内部备注", run_note, "id:conversation! text:text files:list", "A note only colleagues see", "内部备注"},
    {"conversation.read", "会话.查看", run_read, "id:conversation! seq:int!", "Say how far was read", "已读"},
    {"conversation.transfer", "会话.转接", run_transfer, "id:conversation! to:person! reason:text!", "Hand over to a colleague", "转接"},
    {"conversation.close", "会话.结束", run_close, "id:conversation! reason:text deal:bool no_deal_reason:text", "Close the conversation", "结束会话"},
    {"conversation.tag", "会话.标签", run_tag, "id:conversation! tags:list!", "Tag the conversation", "会话标签"},
    {NULL},
};
