/* Chatwoot's client API: what a shop's own page or app does for its customer. See chatwoot.h.
 *
 * A contact is a visitor of the widget, the contact's identifier its token: who holds it is the customer, as with Chatwoot. */
#include "api/chatwoot.h"
#include "api/chatwoot_call.h"

#include "views/chatwoot.h"
#include "views/chatwoot.sql.h"
#include "views/json.h"
#include "views/people.sql.h"

#include <string.h>

enum { CONVERSATIONS_MOST = 50 };

/* ---- one way for all ------------------------------------------------------------------------------------------------ */

struct step {
  chatwoot_shape shape;
  json_t *result;
};

static void look(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  struct step *step = c->more;
  json_t *out = NULL;
  r->now_ms = api_now(c->api);
  r->actor = c->session.actor;
  r->problem = &c->problem;
  r->program = writer_program(c->api->config.writer);
  enum status status = step->shape(c, r, step->result, &out);
  json_decref(step->result);
  if (status == OK) {
    api_answer(c, 200, out);
    return;
  }
  json_decref(out);
  api_answer_status(c, status, &c->problem);
}

static void look_now(struct api_call *c, chatwoot_shape shape, json_t *owned_result) {
  struct step *step = ARENA_NEW(c->r->arena, struct step);
  struct problem p = {0};
  *step = (struct step){shape, owned_result};
  c->more = step;
  enum status status = writer_read(c->api->config.writer, look, c, &p);
  if (status == OK) return;
  json_decref(owned_result);
  api_answer_status(c, status, &p);
}

void chatwoot_read(struct api_call *c, chatwoot_shape shape) { look_now(c, shape, NULL); }

static void on_done(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  if (status != OK) {
    json_decref(owned_result);
    api_answer_status(c, status, p);
    return;
  }
  look_now(c, (chatwoot_shape)((struct step *)c->more)->shape, owned_result);
}

void chatwoot_command_as(struct api_call *c, const char *name, json_t *owned_args, const struct actor *actor, chatwoot_shape shape) {
  struct step *step = ARENA_NEW(c->r->arena, struct step);
  struct str key = c->r->headers[HTTP_H_IDEMPOTENCY];
  *step = (struct step){shape, NULL};
  c->more = step;
  api_submit(c->api, name, owned_args, actor, key.n <= API_IDEMPOTENCY_MOST ? key : STR(""), on_done, c);
}

void chatwoot_command(struct api_call *c, const char *name, json_t *owned_args, chatwoot_shape shape) {
  chatwoot_command_as(c, name, owned_args, &c->session.actor, shape);
}

void chatwoot_refuse(struct api_call *c, enum status status, const char *key, const char *zh, const char *en) {
  (void)!problem_set(&c->problem, status, key, "%s%.0s", "%.0s%s", zh, en);
  api_answer_problem(c, &c->problem);
}

struct str chatwoot_text(struct api_call *c, const char *name) { return arena_dup(c->r->arena, json_arg(c->args, name)); }
struct str chatwoot_arg_id(struct api_call *c, const char *name, char letter) { return chatwoot_id(c->r->arena, letter, json_object_get(c->args, name)); }

enum status chatwoot_nothing(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)c, (void)r, (void)result;
  *out = json_object();
  return OK;
}

static bool right_inbox(struct api_call *c) {
  if (str_is(json_arg(c->args, "inbox"), "widget")) return true;
  chatwoot_refuse(c, E_NOT_FOUND, "chatwoot.inbox", "没有这个收件箱；inbox_identifier 写 widget", "There is no such inbox; the inbox_identifier is widget");
  return false;
}

json_t *chatwoot_inbox_json(struct read_ctx *r) {
  struct people_desk_row *desk = NULL;
  if (people_desk(r->store, r->arena, &desk, r->problem) != OK) desk = NULL;
  return json_pack("{s:I,s:o,s:s,s:s,s:s,s:b,s:b,s:b}", "id", (json_int_t)CHATWOOT_INBOX, "name", json_of(desk ? desk->name : STR("")), "identifier", "widget",
                   "inbox_identifier", "widget", "channel_type", "Channel::Api", "enable_auto_assignment", 1, "greeting_enabled", 0, "identity_validation_enabled", 0);
}

static enum status shape_inbox(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)c, (void)result;
  *out = chatwoot_inbox_json(r);
  return OK;
}

void chatwoot_inbox(struct api_call *c) {
  if (right_inbox(c)) chatwoot_read(c, shape_inbox);
}

/* ---- the contact ------------------------------------------------------------------------------------------------------ */

/* Their own data, whole: it is theirs. */
static enum status shape_contact(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  struct str token = json_arg(c->args, "token");
  enum status status = chatwoot_contact(r->store, r->arena, c->session.actor.id, true, out, r->problem);
  if (status != OK) return status;
  json_object_set_new(*out, "source_id", json_of(token));
  json_object_set_new(*out, "pubsub_token", json_of(token));
  return OK;
}

static json_t *profile_args(struct api_call *c) {
  json_t *args = json_object();
  static const char *const names[][2] = {{"name", "name"}, {"email", "email"}, {"phone_number", "phone"}};
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    struct str value = json_arg(c->args, names[i][0]);
    if (value.n) json_object_set_new(args, names[i][1], json_of(value));
  }
  return args;
}

static void introduce(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  if (status != OK) {
    json_decref(owned_result);
    api_answer_status(c, status, p);
    return;
  }
  c->session.actor = (struct actor){.type = ACTOR_CUSTOMER, .id = arena_dup(c->r->arena, json_arg(owned_result, "visitor")), .address = c->r->peer};
  json_decref(owned_result);
  chatwoot_command(c, "widget.introduce", profile_args(c), shape_contact);
}

void chatwoot_contact_create(struct api_call *c) {
  if (!right_inbox(c)) return;
  char token[2 * API_TOKEN_BYTES + 1], hash[SESSION_HASH_HEX + 1];
  struct str given = chatwoot_text(c, "source_id");
  api_random_token(token);
  if (given.n == 2 * API_TOKEN_BYTES) memcpy(token, given.p, given.n); /* somebody who was here before */
  session_token_hash(str_c(token), hash);
  json_object_set_new(c->args, "token", json_string(token));
  json_t *args = json_pack("{s:s}", "token_hash", hash);
  struct str name = json_arg(c->args, "name");
  if (name.n) json_object_set_new(args, "name", json_of(name));
  struct actor nobody = {.address = c->r->peer};
  api_submit(c->api, "widget.start", args, &nobody, STR(""), introduce, c);
}

void chatwoot_contact_get(struct api_call *c) {
  if (right_inbox(c)) chatwoot_read(c, shape_contact);
}

void chatwoot_contact_update(struct api_call *c) {
  if (right_inbox(c)) chatwoot_command(c, "widget.introduce", profile_args(c), shape_contact);
}

/* ---- conversations ------------------------------------------------------------------------------------------------------ */

static enum status own_conversation(struct api_call *c, struct read_ctx *r, struct str id, bool messages, json_t **out) {
  struct str customer;
  json_t *conversation = NULL, *list = NULL, *contact = NULL;
  enum status status = OK;
  TRY(chatwoot_conversation(r->store, r->arena, id, true, &conversation, &customer, r->problem));
  if (!str_eq(customer, c->session.actor.id))
    TRY(problem_set(r->problem, E_NOT_FOUND, "chatwoot.conversation", "没有这个会话", "There is no such conversation"));
  TRY(chatwoot_contact(r->store, r->arena, customer, true, &contact, r->problem));
  json_object_del(conversation, "meta");
  json_object_set_new(conversation, "inbox_id", json_string("widget"));
  json_object_set(conversation, "contact", contact);
  if (messages) TRY(chatwoot_messages(r->store, r->arena, id, customer, INT64_MAX, false, true, &list, r->problem));
  json_object_set(conversation, "messages", list ? list : json_null());
  if (!messages) json_object_set_new(conversation, "messages", json_array());
  *out = json_incref(conversation);
done:
  json_decref(conversation);
  json_decref(contact);
  json_decref(list);
  return status;
}

static enum status shape_own_list(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  struct chatwoot_conversations_of_row *rows;
  size_t count;
  json_t *list = json_array();
  enum status status = OK;
  TRY(chatwoot_conversations_of(r->store, r->arena, &(struct chatwoot_conversations_of_in){.customer = c->session.actor.id, .most = CONVERSATIONS_MOST}, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    json_t *one;
    TRY(own_conversation(c, r, rows[i].id, i == 0, &one));
    json_array_append_new(list, one);
  }
  *out = json_incref(list);
done:
  json_decref(list);
  return status;
}

static enum status shape_own_begun(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  return own_conversation(c, r, arena_dup(r->arena, json_arg(result, "conversation")), true, out);
}

static enum status shape_own_one(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  return own_conversation(c, r, chatwoot_arg_id(c, "conversation", 'c'), true, out);
}

void chatwoot_own_conversations(struct api_call *c) {
  if (right_inbox(c)) chatwoot_read(c, shape_own_list);
}
void chatwoot_own_begin(struct api_call *c) {
  if (right_inbox(c)) chatwoot_command(c, "widget.begin", json_object(), shape_own_begun);
}
void chatwoot_own_conversation(struct api_call *c) {
  if (right_inbox(c)) chatwoot_read(c, shape_own_one);
}

/* ---- messages ----------------------------------------------------------------------------------------------------------- */

static enum status shape_own_messages(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *conversation = NULL;
  enum status status = own_conversation(c, r, chatwoot_arg_id(c, "conversation", 'c'), true, &conversation);
  if (status != OK) return status;
  *out = json_incref(json_object_get(conversation, "messages"));
  json_decref(conversation);
  return OK;
}

static enum status shape_own_said(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  struct chatwoot_message m = {.seq = json_arg_int(result, "seq", 0), .at_ms = json_arg_int(result, "at", 0), .conversation = arena_dup(r->arena, json_arg(result, "conversation")),
                               .customer = c->session.actor.id, .by_type = STR("customer"), .text = json_arg(c->args, "content")};
  enum status status = chatwoot_message(r->store, r->arena, &m, true, false, out, r->problem);
  if (status == OK && json_object_get(c->args, "echo_id")) json_object_set(*out, "echo_id", json_object_get(c->args, "echo_id"));
  return status;
}

void chatwoot_own_messages(struct api_call *c) {
  if (right_inbox(c)) chatwoot_read(c, shape_own_messages);
}

/* A closed conversation is not opened again by it: a new one begins, and the answer says which. */
void chatwoot_own_say(struct api_call *c) {
  if (!right_inbox(c)) return;
  chatwoot_command(c, "widget.say", json_pack("{s:o}", "text", json_of(json_arg(c->args, "content"))), shape_own_said);
}

void chatwoot_own_seen(struct api_call *c) {
  if (right_inbox(c)) chatwoot_command(c, "widget.read", json_pack("{s:I}", "seq", (json_int_t)INT64_MAX), chatwoot_nothing);
}
