/* How a conversation stands: close and reopen, put aside and come back, join and part, tags, spam.
 *
 * Each act has its way back. What a close or a join stopped (the customer's wait) goes on after the undoing as if it had never been.
 * The desk itself (actor: system) brings back what is due: conversation.due, asked by the scheduler. */
#include "commands/conversation_parts.h"

#include "commands/routing.h"
#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/json.h"
#include "views/setting.h"
#include "views/show.h"

enum { DUE_MOST = 500, SNOOZE_MOST_DAYS = 90, UNDO_MS = 60000 };
static const i64 snooze_open_end_ms = 253402300799000; /* until the customer writes: the end of year 9999 */

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

static struct event *closed(struct command_ctx *c, const struct conversation_get_row *row, struct str reason) {
  struct event *e = conversation_event(c, EVENT_conversation_closed, row->id);
  event_set_text(e, "agent", row->agent.n ? row->agent : c->actor.id);
  event_set_text(e, "customer", row->customer);
  event_set_text(e, "hung_up_by", STR("客服"));
  event_set_int(e, "duration", c->now_ms - row->started_ms);
  if (reason.n) event_set_text(e, "reason", reason);
  return e;
}

enum status conversation_run_close(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str reason, no_deal;
  bool takes, done, deal_given = json_is_boolean(json_object_get(args, "deal")), deal = command_bool(args, "deal");
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_refuse_closed(c, row));
  TRY(command_text(c, args, "reason", false, CONVERSATION_REASON_MOST, &reason));
  TRY(command_text(c, args, "no_deal_reason", false, CONVERSATION_REASON_MOST, &no_deal));
  if (deal && no_deal.n) TRY(problem_set(c->problem, E_INVALID, "conversation.deal", "成交了就不用填未成交原因", "With a deal there is no reason for no deal"));
  TRY(conversation_check_holder(c, row, &takes));
  struct event *e = closed(c, row, reason);
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

/* With `undo`, within a minute of the close, it is as if it had never been closed; later it is a new turn with the one who opens it. */
enum status conversation_run_reopen(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct conversation_open_of_row *other;
  bool done, undo = command_bool(args, "undo");
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  if (str_is(row->state, "merged")) TRY(conversation_refuse_closed(c, row));
  if (!str_is(row->state, "closed")) TRY(problem_set(c->problem, E_CONFLICT, "conversation.open", "会话没有结束，不用重开", "The conversation is not closed"));
  if (undo && c->now_ms - row->closed_ms > UNDO_MS) TRY(problem_set(c->problem, E_CONFLICT, "conversation.undo_late", "结束已超过一分钟，不能撤销；可以重开", "It was closed more than a minute ago; reopen it instead"));
  TRY(conversation_check_may_move(c, row));
  TRY(conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = row->customer}, &other, c->problem));
  if (other) TRY(problem_set(c->problem, E_CONFLICT, "conversation.other_open", "这位顾客已有打开的会话 %.*s，请在那里继续", "This customer has an open conversation already: %.*s; go on there", STR_ARG(other->id)));
  struct str agent = undo ? row->agent : c->actor.id;
  struct event *e = conversation_event(c, EVENT_conversation_reopened, row->id);
  event_set_text(e, "person", c->actor.id);
  if (agent.n) event_set_text(e, "agent", agent);
  event_set(e, "undo", value_bool(undo));
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = NULL;
  if (!undo && !str_eq(row->agent, c->actor.id)) TRY(conversation_append_assigned(c, row->id, c->actor.id, row->agent));
  *result = json_pack("{s:o,s:s,s:o}", "id", json_of(row->id), "state", agent.n ? "open" : "waiting", "agent", json_of(agent));
done:
  return status;
}

/* ---- putting aside ------------------------------------------------------------------------------------------------------ */

enum status conversation_run_snooze(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str reason;
  i64 until = 0;
  bool done;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_refuse_closed(c, row));
  TRY(command_int(c, args, "until_ms", false, 0, INT64_MAX, &until));
  TRY(command_text(c, args, "reason", false, CONVERSATION_REASON_MOST, &reason));
  if (!str_eq(row->agent, c->actor.id) && !conversation_leads(c)) TRY(problem_set(c->problem, E_CONFLICT, "conversation.not_yours_aside", "只有接待人和上级能搁置", "Only who serves, or a leader, can put it aside"));
  if (str_is(row->state, "waiting")) TRY(problem_set(c->problem, E_CONFLICT, "snooze.waiting", "还没有人接待，接起后才能搁置", "Nobody serves it yet; accept it first"));
  if (row->has_wait_since_ms) TRY(problem_set(c->problem, E_CONFLICT, "snooze.unanswered", "顾客的话还没有回，先回一句再搁置", "The customer's words are not answered; answer first, then put it aside"));
  if (until && until <= c->now_ms) TRY(problem_set(c->problem, E_INVALID, "snooze.past", "这个时间已经过了", "That time is past"));
  if (until > c->now_ms + (i64)SNOOZE_MOST_DAYS * MS_DAY) TRY(problem_set(c->problem, E_INVALID, "snooze.far", "最多搁置 %d 天", "%d days at most", SNOOZE_MOST_DAYS));
  struct event *e = conversation_event(c, EVENT_conversation_snoozed, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_int(e, "until", until ? until : snooze_open_end_ms);
  if (reason.n) event_set_text(e, "reason", reason);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = json_pack("{s:o,s:I}", "id", json_of(row->id), "snooze_ms", (json_int_t)(until ? until : snooze_open_end_ms));
done:
  return status;
}

static enum status wake(struct command_ctx *c, struct str id, struct str agent, const char *cause) {
  struct event *e = conversation_event(c, EVENT_conversation_woken, id);
  if (agent.n) event_set_text(e, "agent", agent);
  event_set_text(e, "cause", str_c(cause));
  return command_append(c, e);
}

enum status conversation_run_wake(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  if (!row->has_snooze_ms) TRY(problem_set(c->problem, E_CONFLICT, "snooze.none", "这段会话没有搁置", "This conversation is not put aside"));
  TRY(conversation_check_may_move(c, row));
  TRY(wake(c, row->id, row->agent, "人"));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

/* What time alone brings about. Idempotent: what was brought back is not found again. */
enum status conversation_run_due(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_snooze_due_row *asleep;
  struct conversation_offer_due_row *offers;
  size_t count, offered;
  i64 moved = 0;
  (void)args;
  enum status status = OK;
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "conversation.system_only", "这一步由程序办理", "Only the program does this");
  TRY(conversation_snooze_due(c->store, c->arena, &(struct conversation_snooze_due_in){.now_ms = c->now_ms, .most = DUE_MOST}, &asleep, &count, c->problem));
  for (size_t i = 0; i < count; i++) TRY(wake(c, asleep[i].id, asleep[i].agent, "到点"));
  TRY(conversation_offer_due(c->store, c->arena, &(struct conversation_offer_due_in){.now_ms = c->now_ms, .most = DUE_MOST}, &offers, &offered, c->problem));
  for (size_t i = 0; i < offered; i++) TRY(conversation_offer_lapse(c, offers[i].id, offers[i].agent, offers[i].offer_by, offers[i].offer_to));
  TRY(routing_due(c, &moved));
  *result = json_pack("{s:I,s:I,s:I}", "woken", (json_int_t)count, "lapsed", (json_int_t)offered, "moved", (json_int_t)moved);
done:
  return status;
}

/* ---- joining ------------------------------------------------------------------------------------------------------------ */

enum status conversation_run_merge(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row, *into;
  bool done;
  json_t *decision = NULL;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_arg(c, args, "into", &into));
  if (str_eq(row->id, into->id)) TRY(problem_set(c->problem, E_INVALID, "merge.self", "不能并入自己", "A conversation cannot be joined to itself"));
  if (!str_eq(row->customer, into->customer)) TRY(problem_set(c->problem, E_CONFLICT, "merge.customer", "只有同一位顾客的会话能合并", "Only conversations of one customer can be joined"));
  TRY(conversation_refuse_closed(c, row));
  TRY(conversation_refuse_closed(c, into));
  TRY(conversation_check_may_move(c, row));
  TRY(conversation_check_may_move(c, into));
  struct event *e = conversation_event(c, EVENT_conversation_merged, row->id);
  event_set_text(e, "into", into->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "customer", row->customer);
  TRY(command_gate(c, e, &done, &decision));
  if (!done) {
    *result = decision;
    return OK;
  }
  TRY(command_append(c, closed(c, row, STR("合并")))); /* its clocks end here; the whole goes on in the other */
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o,s:I}", "id", json_of(row->id), "into", json_of(into->id), "undo_until_ms", (json_int_t)(c->now_ms + CONVERSATION_UNMERGE_MS));
done:
  json_decref(decision);
  return status;
}

enum status conversation_run_unmerge(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  if (!str_is(row->state, "merged")) TRY(problem_set(c->problem, E_CONFLICT, "merge.none", "这段会话没有合并", "This conversation was not joined"));
  if (c->now_ms - row->merged_ms > CONVERSATION_UNMERGE_MS)
    TRY(problem_set(c->problem, E_CONFLICT, "merge.late", "合并已超过 %d 分钟，不能拆回", "It was joined more than %d minutes ago and stays so", CONVERSATION_UNMERGE_MS / 60000));
  TRY(conversation_check_may_move(c, row));
  struct event *e = conversation_event(c, EVENT_conversation_unmerged, row->id);
  event_set_text(e, "into", row->merged_into);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "customer", row->customer);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "from", json_of(row->merged_into));
done:
  return status;
}

/* ---- tags and spam -------------------------------------------------------------------------------------------------------- */

enum status conversation_run_tag(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct value tags;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(shorthand_texts(c, args, "tags", CONVERSATION_TAGS_MOST, CONVERSATION_TAG_MOST_CHARS, &tags));
  for (size_t i = 0; i < tags.count; i++)
    if (str_find(tags.items[i].s, STR("\""), 0) != SIZE_MAX || str_find(tags.items[i].s, STR("\\"), 0) != SIZE_MAX)
      TRY(problem_set(c->problem, E_INVALID, "tag.quote", "标签里不能有引号和反斜线", "A tag holds no quotation mark and no backslash"));
  struct event *e = conversation_event(c, EVENT_conversation_tagged, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set(e, "tags", tags);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:O,s:o}", "id", json_of(row->id), "tags", json_object_get(args, "tags"), "old", show_stored(row->tags, json_array()));
done:
  return status;
}

static enum status clear_spam(struct command_ctx *c, const struct conversation_get_row *row, json_t **result) {
  if (!row->spam) return problem_set(c->problem, E_CONFLICT, "spam.none", "这段会话没有记为骚扰", "This conversation is not put down as spam");
  struct event *e = conversation_event(c, EVENT_conversation_spam_cleared, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "customer", row->customer);
  enum status status = command_append(c, e);
  if (status == OK) *result = json_pack("{s:o,s:b}", "id", json_of(row->id), "spam", 0);
  return status;
}

/* Hides it, ends it, and holds its visitor off for the hours of the desk's setting. */
enum status conversation_run_spam(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str reason;
  i64 hours = 0;
  bool done;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_check_may_move(c, row));
  if (json_object_get(args, "spam") && !command_bool(args, "spam")) return clear_spam(c, row, result);
  TRY(command_text(c, args, "reason", false, CONVERSATION_REASON_MOST, &reason));
  if (row->spam) TRY(problem_set(c->problem, E_CONFLICT, "spam.already", "这段会话已经记为骚扰", "This conversation is put down as spam already"));
  TRY(setting_value(c->store, c->arena, SETTING_SPAM_HOURS, &hours, c->problem));
  struct event *e = conversation_event(c, EVENT_conversation_spam_marked, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "customer", row->customer);
  event_set_int(e, "until", c->now_ms + hours * MS_HOUR);
  if (reason.n) event_set_text(e, "reason", reason);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = NULL;
  if (conversation_is_open(row->state)) TRY(command_append(c, closed(c, row, STR("骚扰"))));
  *result = json_pack("{s:o,s:b,s:I}", "id", json_of(row->id), "spam", 1, "until_ms", (json_int_t)(c->now_ms + hours * MS_HOUR));
done:
  return status;
}
