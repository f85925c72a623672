/* Handing on: transfer, asking a colleague with a warm note, taking over.
 *
 * A transfer without a note is done at once, as over the counter. With a note the colleague is asked: they take it or decline, and
 * until then the giver still holds it; who says nothing in time lets it fall back to the queue, so the customer never hangs
 * between two people. Taking over names the holder one has seen: of two who take at once one wins and the other hears who. */
#include "commands/conversation_parts.h"

#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/setting.h"

enum { WARM_NOTE_MOST = 500 };

static enum status check_receiver(struct command_ctx *c, const struct conversation_get_row *row, struct str to) {
  struct people_get_row *person;
  enum status status = conversation_person(c, to, &person);
  if (status != OK) return status;
  if (!person || !str_is(person->state, "active"))
    return problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(to));
  if (str_eq(to, row->agent)) return problem_set(c->problem, E_CONFLICT, "conversation.same", "已经是%.*s在接待", "%.*s is serving already", STR_ARG(person->name));
  if (str_is(person->presence, "offline") && str_is(person->presence_reason, LEAVE_CASE))
    return problem_set(c->problem, E_CONFLICT, "conversation.absent", "%.*s在请假，顾客会没人理；请换一位", "%.*s is on leave and the customer would wait; choose somebody else", STR_ARG(person->name));
  if (str_is(person->presence, "offline"))
    return problem_set(c->problem, E_CONFLICT, "conversation.absent", "%.*s不在线，顾客会没人理；请换一位", "%.*s is offline and the customer would wait; choose somebody else",
                       STR_ARG(person->name));
  return OK;
}

static struct event *transferred(struct command_ctx *c, struct str conversation, struct str from, struct str to, struct str reason) {
  struct event *e = conversation_event(c, EVENT_conversation_transferred, conversation);
  event_set_text(e, "person", from);
  event_set_text(e, "to", to);
  event_set_text(e, "reason", reason);
  return e;
}

static enum status end_offer(struct command_ctx *c, struct str conversation, struct str by, struct str to, const char *result, struct str reason) {
  struct event *e = conversation_event(c, EVENT_conversation_offer_ended, conversation);
  event_set_text(e, "person", by);
  event_set_text(e, "to", to);
  event_set_text(e, "result", str_c(result));
  if (reason.n) event_set_text(e, "reason", reason);
  return command_append(c, e);
}

/* Somebody is asked already: the older question is over. */
static enum status withdraw_offer(struct command_ctx *c, const struct conversation_get_row *row) {
  return row->offer_to.n ? end_offer(c, row->id, row->offer_by, row->offer_to, "收回", STR("")) : OK;
}

static enum status offer(struct command_ctx *c, const struct conversation_get_row *row, struct str from, struct str to, struct str reason, struct str text, json_t **result) {
  i64 seconds = 0;
  bool done;
  enum status status = OK;
  json_t *decision = NULL;
  TRY(setting_value(c->store, c->arena, SETTING_OFFER_SECONDS, &seconds, c->problem));
  TRY(command_gate(c, transferred(c, row->id, from, to, reason), &done, &decision));
  if (!done) {
    *result = decision;
    return OK;
  }
  TRY(withdraw_offer(c, row));
  struct event *e = conversation_event(c, EVENT_conversation_offered, row->id);
  event_set_text(e, "person", from);
  event_set_text(e, "to", to);
  event_set_text(e, "reason", reason);
  event_set_text(e, "text", text);
  event_set_int(e, "until", c->now_ms + seconds * 1000);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o,s:I}", "id", json_of(row->id), "offered_to", json_of(to), "until_ms", (json_int_t)(c->now_ms + seconds * 1000));
done:
  json_decref(decision);
  return status;
}

enum status conversation_run_transfer(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str to, reason, note;
  bool done;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_refuse_closed(c, row));
  TRY(command_text(c, args, "to", true, 80, &to));
  TRY(command_text(c, args, "reason", true, CONVERSATION_REASON_MOST, &reason));
  TRY(command_text(c, args, "note", false, WARM_NOTE_MOST, &note));
  if (!str_eq(row->agent, c->actor.id) && !conversation_leads(c))
    TRY(problem_set(c->problem, E_CONFLICT, "conversation.not_yours", "只有接待人和上级能转接", "Only who serves, or a leader, can transfer"));
  TRY(check_receiver(c, row, to));
  struct str from = row->agent.n ? row->agent : c->actor.id;
  if (note.n) return offer(c, row, from, to, reason, note, result);
  struct event *e = transferred(c, row->id, from, to, reason);
  json_t *decision = NULL;
  TRY(command_gate(c, e, &done, &decision));
  if (!done) {
    *result = decision;
    return OK;
  }
  json_decref(decision);
  TRY(withdraw_offer(c, row));
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "agent", json_of(to));
done:
  return status;
}

/* Back to those who wait; whoever has room gets it at once, but not who let it fall. */
static enum status to_queue(struct command_ctx *c, struct str conversation, struct str former, struct str except, struct str reason) {
  struct str next = STR("");
  enum status status = OK;
  TRY(conversation_queue_back(c, conversation, former, reason));
  TRY(conversation_give(c, conversation, former, except, &next));
done:
  return status;
}

enum status conversation_run_offer_answer(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str reason;
  bool take = command_bool(args, "take"), withdraw = command_bool(args, "withdraw");
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(command_text(c, args, "reason", false, CONVERSATION_REASON_MOST, &reason));
  if (!row->offer_to.n) TRY(problem_set(c->problem, E_CONFLICT, "offer.none", "这次请求已经结束（有人接了、收回了，或过了时间）", "That request is over: taken, withdrawn or out of time"));
  bool asked = str_eq(row->offer_to, c->actor.id), asker = str_eq(row->offer_by, c->actor.id) || conversation_leads(c);
  if (withdraw ? !asker : !asked) TRY(problem_set(c->problem, E_DENIED, "offer.not_you", "请的不是你", "Somebody else was asked"));
  if (take) TRY(conversation_refuse_closed(c, row));
  TRY(end_offer(c, row->id, row->offer_by, row->offer_to, withdraw ? "收回" : take ? "接了" : "婉拒", reason));
  if (take) TRY(command_append(c, transferred(c, row->id, row->offer_by, c->actor.id, row->offer_reason)));
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "agent", json_of(take ? c->actor.id : row->agent));
done:
  return status;
}

enum status conversation_offer_lapse(struct command_ctx *c, struct str conversation, struct str agent, struct str by, struct str to) {
  enum status status = OK;
  TRY(end_offer(c, conversation, by, to, "没答复", STR("")));
  TRY(to_queue(c, conversation, agent, to, STR("请人接手没有答复")));
done:
  return status;
}

/* ---- taking over ------------------------------------------------------------------------------------------------------ */

static enum status may_take_over(struct command_ctx *c, const struct conversation_get_row *row, struct str seen) {
  struct people_get_row *holder;
  enum status status = conversation_person(c, row->agent, &holder);
  if (status != OK) return status;
  struct str name = holder ? holder->name : row->agent;
  if (str_eq(row->agent, c->actor.id)) return problem_set(c->problem, E_CONFLICT, "conversation.yours", "已经在你手上了", "It is in your hands already");
  if (seen.n && !str_eq(seen, row->agent))
    return problem_set(c->problem, E_CONFLICT, "conversation.taken", "%.*s刚刚接手了这段会话，你的接管没有做", "%.*s has just taken this conversation; yours was not done", STR_ARG(name));
  if (row->agent.n && !conversation_leads(c) && !conversation_is_away(holder))
    return problem_set(c->problem, E_DENIED, "conversation.not_away", "%.*s在接待；他离开时你能接手，平时请组长接管或请他转接", "%.*s is serving; you may take it when they are away, else ask a leader, or have it transferred",
                       STR_ARG(name));
  return OK;
}

enum status conversation_run_take_over(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str seen, reason;
  bool done;
  json_t *decision = NULL;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_refuse_closed(c, row));
  TRY(command_text(c, args, "from", false, 80, &seen));
  TRY(command_text(c, args, "reason", true, CONVERSATION_REASON_MOST, &reason));
  TRY(may_take_over(c, row, seen));
  struct event *e = conversation_event(c, EVENT_conversation_taken_over, row->id);
  event_set_text(e, "agent", c->actor.id);
  if (row->agent.n) event_set_text(e, "former", row->agent);
  event_set_text(e, "reason", reason);
  TRY(command_gate(c, e, &done, &decision));
  if (!done) {
    *result = decision;
    return OK;
  }
  TRY(withdraw_offer(c, row));
  TRY(command_append(c, e));
  TRY(conversation_append_assigned(c, row->id, c->actor.id, row->agent));
  *result = json_pack("{s:o,s:o,s:o}", "id", json_of(row->id), "agent", json_of(c->actor.id), "former", json_of_or_null(row->agent));
done:
  json_decref(decision);
  return status;
}
