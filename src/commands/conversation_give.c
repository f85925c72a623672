/* Giving conversations out: to who is present and has room, and away from who has gone. The choice is views/routing.h's; what was
 * chosen is an event with its reason, so a replay never chooses again. */
#include "commands/conversation.h"

#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/routing.h"
#include "views/routing.sql.h"
#include "views/setting.h"

enum { GIVE_OUT_MOST = 200 };

static enum status assigned(struct command_ctx *c, struct str conversation, struct str agent, struct str former, struct str reason) {
  struct event *e = shorthand_event(c, EVENT_conversation_assigned);
  event_set_text(e, "conversation", conversation);
  event_set_text(e, "agent", agent);
  if (former.n) event_set_text(e, "former", former);
  if (reason.n) event_set_text(e, "reason", reason);
  return command_append(c, e);
}

enum status conversation_append_assigned(struct command_ctx *c, struct str conversation, struct str agent, struct str former) {
  return assigned(c, conversation, agent, former, STR(""));
}

enum status conversation_queue_back(struct command_ctx *c, struct str conversation, struct str former, struct str reason) {
  struct event *e = shorthand_event(c, EVENT_conversation_queued);
  event_set_text(e, "conversation", conversation);
  if (former.n) event_set_text(e, "former", former);
  event_set_text(e, "reason", reason);
  return command_append(c, e);
}

static enum status choose(struct command_ctx *c, struct str conversation, struct str except, struct str also, struct route_choice *choice) {
  struct route_tried_of_row *rows;
  size_t count;
  struct str tried[ROUTE_TRIED_MOST];
  enum status status = route_tried_of(c->store, c->arena, &(struct route_tried_of_in){.conversation = conversation}, &rows, &count, c->problem);
  if (status != OK) return status;
  struct route_wish wish = {.conversation = conversation, .except = except, .tried = tried};
  if (also.n) tried[wish.tried_count++] = also;
  for (size_t i = 0; i < count && wish.tried_count < ROUTE_TRIED_MOST; i++) tried[wish.tried_count++] = rows[i].person;
  return routing_choose(c->store, c->arena, c->program, c->now_ms, c->zone_offset_ms, &wish, choice, c->problem);
}

enum status conversation_give(struct command_ctx *c, struct str conversation, struct str former, struct str except, struct str *agent) {
  struct route_choice choice;
  *agent = STR("");
  enum status status = choose(c, conversation, except, STR(""), &choice);
  if (status != OK || !choice.agent.n) return status;
  *agent = choice.agent;
  return assigned(c, conversation, choice.agent, former, choice.reason);
}

enum status conversation_give_out(struct command_ctx *c) {
  struct route_waiting_row *rows;
  struct route_choice choice = {.anybody = true};
  size_t count;
  i64 vip = 0;
  enum status status = OK;
  TRY(setting_value(c->store, c->arena, SETTING_ROUTE_VIP, &vip, c->problem));
  TRY(route_waiting(c->store, c->arena, &(struct route_waiting_in){.vip = vip, .most = GIVE_OUT_MOST}, &rows, &count, c->problem));
  for (size_t i = 0; i < count && choice.anybody; i++) {
    TRY(choose(c, rows[i].id, STR(""), STR(""), &choice));
    if (choice.agent.n) TRY(assigned(c, rows[i].id, choice.agent, STR(""), choice.reason));
  }
done:
  return status;
}

enum status conversation_give_back(struct command_ctx *c, i64 *moved) {
  struct route_stale_row *rows;
  size_t count;
  i64 seconds = 0;
  enum status status = OK;
  *moved = 0;
  TRY(setting_value(c->store, c->arena, SETTING_RETURN_SECONDS, &seconds, c->problem));
  if (seconds == 0) return OK;
  TRY(route_stale(c->store, c->arena, &(struct route_stale_in){.before_ms = c->now_ms - seconds * 1000, .most = GIVE_OUT_MOST}, &rows, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    struct route_choice choice;
    TRY(choose(c, rows[i].id, STR(""), rows[i].agent, &choice));
    if (!choice.agent.n) continue; /* nobody else: better with who knows it than with nobody; its clock is on the floor */
    TRY(conversation_queue_back(c, rows[i].id, rows[i].agent, STR("没有按时回复")));
    TRY(assigned(c, rows[i].id, choice.agent, rows[i].agent, choice.reason));
    ++*moved;
  }
done:
  return status;
}

enum status conversation_release(struct command_ctx *c, struct str person, struct str reason, bool all) {
  struct route_left_row *rows;
  size_t count;
  enum status status = route_left(c->store, c->arena, &(struct route_left_in){.person = person, .most = GIVE_OUT_MOST}, &rows, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    struct str agent;
    if (!all && !rows[i].has_wait_since_ms) continue;
    status = conversation_give(c, rows[i].id, person, person, &agent);
    if (status == OK && !agent.n) status = conversation_queue_back(c, rows[i].id, person, reason);
  }
  return status;
}
