/* Who may do what to which conversation, and the steps that several acts share. */
#include "commands/conversation_parts.h"

#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/leave.h"
#include "views/permission.h"

enum status conversation_arg(struct command_ctx *c, json_t *args, const char *name, struct conversation_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, name, true, 80, &id);
  if (status != OK) return status;
  status = conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = id}, row, c->problem);
  if (status != OK) return status;
  if (!*row) return problem_set(c->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id));
  return OK;
}

enum status conversation_refuse_closed(struct command_ctx *c, const struct conversation_get_row *row) {
  if (str_is(row->state, "merged"))
    return problem_set(c->problem, E_CONFLICT, "conversation.merged", "这段会话已并入 %.*s，请到那一段里办", "This conversation was joined to %.*s; go on there", STR_ARG(row->merged_into));
  if (!str_is(row->state, "closed")) return OK;
  return problem_set(c->problem, E_CONFLICT, "conversation.closed", "会话已经结束；顾客再来时会开新的会话", "The conversation is closed; a new one opens when the customer comes back");
}

enum status conversation_person(struct command_ctx *c, struct str person, struct people_get_row **row) {
  return leave_person(c->store, c->arena, person, c->now_ms, row, c->problem);
}

bool conversation_leads(const struct command_ctx *c) {
  enum view_place place = view_place_of(c->program, c->actor.role);
  return c->actor.owner || place == PLACE_LEADER || place == PLACE_HEAD;
}

/* Does this person lead? The same asked of somebody else than the actor. */
static bool leads(const struct command_ctx *c, const struct people_get_row *person) {
  enum view_place place = view_place_of(c->program, person->role);
  return person->owner || place == PLACE_LEADER || place == PLACE_HEAD;
}

bool conversation_is_away(const struct people_get_row *person) {
  return !person || !str_is(person->state, "active") || str_is(person->presence, "offline") || str_is(person->presence, "away");
}

static enum status held(struct command_ctx *c, const struct people_get_row *holder) {
  return problem_set(c->problem, E_CONFLICT, "conversation.held", "%.*s正在接待这位顾客，请先转接", "%.*s is serving this customer; have it transferred first", STR_ARG(holder->name));
}

/* A leader serves customers without signing in to be given any: what a leader holds, after a take-over above all, does not lie free because
 * the leader is not on the list of those present. Agents get it by transfer, or take it over with a reason. */
static bool kept_by_leader(const struct command_ctx *c, const struct people_get_row *holder) {
  return holder && str_is(holder->state, "active") && leads(c, holder) && !conversation_leads(c);
}

enum status conversation_check_holder(struct command_ctx *c, const struct conversation_get_row *row, bool *takes) {
  struct people_get_row *holder;
  *takes = str_is(row->state, "waiting");
  if (*takes || str_eq(row->agent, c->actor.id)) return OK;
  enum status status = conversation_person(c, row->agent, &holder);
  if (status != OK) return status;
  if (kept_by_leader(c, holder)) return held(c, holder);
  *takes = !holder || !str_is(holder->state, "active") || str_is(holder->presence, "offline");
  if (*takes || conversation_leads(c)) return OK;
  return held(c, holder);
}

enum status conversation_check_may_move(struct command_ctx *c, const struct conversation_get_row *row) {
  struct people_get_row *holder;
  if (!row->agent.n || str_eq(row->agent, c->actor.id) || conversation_leads(c) || c->actor.type == ACTOR_SYSTEM) return OK;
  enum status status = conversation_person(c, row->agent, &holder);
  if (status != OK || (conversation_is_away(holder) && !kept_by_leader(c, holder))) return status;
  return held(c, holder);
}

struct event *conversation_event(struct command_ctx *c, enum event_kind_id kind, struct str conversation) {
  struct event *e = shorthand_event(c, kind);
  event_set_text(e, "conversation", conversation);
  return e;
}

enum status conversation_take(struct command_ctx *c, const struct conversation_get_row *row) {
  enum status status = OK;
  TRY(conversation_append_assigned(c, row->id, c->actor.id, row->agent));
  struct event *e = conversation_event(c, EVENT_conversation_picked_up, row->id);
  event_set_text(e, "agent", c->actor.id);
  event_set_int(e, "wait", c->now_ms - row->started_ms);
  TRY(command_append(c, e));
done:
  return status;
}
