/* What programs do in conversations, and visitors beyond talking: an automatic answer by a key, a visitor's own data, a conversation
 * begun before its first words. */
#include "commands/conversation.h"
#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/json.h"

enum { NAME_MOST = 30, EMAIL_MOST = 200, PHONE_MOST = 30 };

/* A machine's answer: the customer sees it, no clock of the rulebook stops for it. */
static enum status run_auto(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str id, text;
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 80, &id));
  TRY(command_text(c, args, "text", true, MESSAGE_MOST_CHARS, &text));
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = id}, &row, c->problem));
  if (!row) TRY(problem_set(c->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id)));
  if (str_is(row->state, "closed"))
    TRY(problem_set(c->problem, E_CONFLICT, "conversation.closed", "会话已经结束；顾客再来时会开新的会话", "The conversation is closed; a new one opens when the customer comes back"));
  struct event *e = shorthand_event(c, EVENT_conversation_auto_replied);
  event_set_text(e, "conversation", row->id);
  if (row->agent.n) event_set_text(e, "agent", row->agent);
  event_set_text(e, "text", text);
  event_set_text(e, "reason", STR("程序"));
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:I,s:I}", "id", json_of(e->id), "seq", (json_int_t)e->seq, "at", (json_int_t)e->occurred_ms);
done:
  return status;
}

static enum status change(struct command_ctx *c, struct str customer, const char *field, struct str old, struct str new) {
  if (!new.n || str_eq(old, new)) return OK;
  struct event *e = shorthand_event(c, EVENT_customer_changed);
  event_set_text(e, "customer", customer);
  event_set_text(e, "item", STR("资料"));
  event_set(e, "old", value_text(old));
  event_set(e, "new", value_text(new));
  event_set_text(e, "field", str_c(field));
  return command_append(c, e);
}

static bool looks_like_email(struct str s) {
  size_t at = str_find(s, STR("@"), 0);
  return at != SIZE_MAX && at > 0 && str_find(s, STR("."), at) != SIZE_MAX && str_find(s, STR(" "), 0) == SIZE_MAX && s.p[s.n - 1] != '.';
}

static bool looks_like_phone(struct str s) {
  size_t digits = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] >= '0' && s.p[i] <= '9') digits++;
    else if (s.p[i] != '+' && s.p[i] != '-' && s.p[i] != ' ' && s.p[i] != '(' && s.p[i] != ')') return false;
  }
  return digits >= 5 && digits <= 20;
}

/* The visitor says who they are. */
static enum status run_introduce(struct command_ctx *c, json_t *args, json_t **result) {
  struct customer_get_row *row;
  struct str name, email, phone;
  enum status status = OK;
  if (c->actor.type != ACTOR_CUSTOMER) TRY(problem_set(c->problem, E_DENIED, "widget.visitor", "只有顾客自己能说", "Only the customer can say this"));
  TRY(command_text(c, args, "name", false, NAME_MOST, &name));
  TRY(command_text(c, args, "email", false, EMAIL_MOST, &email));
  TRY(command_text(c, args, "phone", false, PHONE_MOST, &phone));
  if (email.n && !looks_like_email(email)) TRY(problem_set(c->problem, E_INVALID, "widget.email", "邮箱写得不对，应像 name@example.com", "That is no e-mail address; it looks like name@example.com"));
  if (phone.n && !looks_like_phone(phone)) TRY(problem_set(c->problem, E_INVALID, "widget.phone", "电话写得不对，只写数字", "That is no telephone number; digits only"));
  TRY(customer_get(c->store, c->arena, &(struct customer_get_in){.id = c->actor.id}, &row, c->problem));
  if (!row) TRY(problem_set(c->problem, E_UNAUTHENTIC, "widget.token", "请刷新页面后再试", "Please reload the page and try again"));
  TRY(change(c, row->id, "name", row->name, name));
  TRY(change(c, row->id, "email", row->email, email));
  TRY(change(c, row->id, "phone", row->phone, phone));
  *result = json_pack("{s:o}", "visitor", json_of(row->id));
done:
  return status;
}

const struct command_def commands_robot[] = {
    {"conversation.auto", "会话.人工回复", run_auto, "id:conversation! text:text!", "A program answers; it stops no clock", "程序自动回复，不停钟"},
    {"widget.introduce", "*", run_introduce, "name:text email:text phone:text", "The visitor says who they are", "访客报姓名、邮箱、电话"},
    {NULL},
};
