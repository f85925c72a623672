/* The part of Chatwoot's application API that maps cleanly. See chatwoot.h.
 *
 * What a key without a person says is an automatic answer: it comforts the customer and stops no clock of the rulebook. A key that
 * speaks for a person (key.add acts_as_me) gives that person's own answers. */
#include "api/chatwoot.h"
#include "api/chatwoot_call.h"

#include "views/chatwoot.h"
#include "views/chatwoot.sql.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/show.h"
#include "views/webhook.h"
#include "views/webhook.sql.h"

#include <stdio.h>
#include <string.h>

bool chatwoot_may(struct api_call *c, const char *path) {
  if (!str_is(json_arg(c->args, "account"), "1")) {
    chatwoot_refuse(c, E_NOT_FOUND, "chatwoot.account", "账户号只有 1", "The only account is 1");
    return false;
  }
  if (view_may(writer_program(c->api->config.writer), &c->session.actor, str_c(path))) return true;
  (void)!problem_set(&c->problem, E_DENIED, "permission.denied", "这把密钥没有“%s”的权限", "This key may not do “%s”", path);
  api_answer_problem(c, &c->problem);
  return false;
}

bool chatwoot_personal(const struct api_call *c) { return view_may(writer_program(c->api->config.writer), &c->session.actor, STR("资料.外发")); }

static i64 page_of(struct api_call *c) {
  i64 page = json_arg_int(c->args, "page", 1);
  return page < 1 ? 1 : page > 10000 ? 10000 : page;
}

/* ---- who ------------------------------------------------------------------------------------------------------------------ */

static enum status shape_profile(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  const struct actor *a = &c->session.actor;
  json_t *account;
  enum status status = chatwoot_account(r->store, r->arena, &account, r->problem);
  if (status != OK) return status;
  json_object_set_new(account, "role", json_string("agent"));
  *out = json_pack("{s:I,s:o,s:o,s:s,s:I,s:[o]}", "id", (json_int_t)chatwoot_number(a->id), "name", json_of(a->name), "available_name", json_of(a->name), "role", "agent",
                   "account_id", (json_int_t)CHATWOOT_ACCOUNT, "accounts", account);
  return OK;
}
void chatwoot_profile(struct api_call *c) { chatwoot_read(c, shape_profile); }

static enum status shape_agents(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)c, (void)result;
  struct people_presence_row *rows;
  size_t count;
  struct leave_now leave;
  enum status status = people_presence(r->store, r->arena, &rows, &count, r->problem);
  if (status == OK) status = leave_load(r->store, r->arena, r->now_ms, &leave, r->problem);
  if (status != OK) return status;
  *out = json_array();
  for (size_t i = 0; i < count; i++) {
    bool online = str_is(rows[i].presence, "online"), offline = str_is(rows[i].presence, "offline") || leave_until(&leave, rows[i].id);
    json_array_append_new(*out, json_pack("{s:I,s:o,s:o,s:s,s:s,s:I,s:b}", "id", (json_int_t)chatwoot_number(rows[i].id), "name", json_of(rows[i].name), "available_name",
                                          json_of(rows[i].name), "role", view_receives(r->program, rows[i].role) ? "agent" : "administrator", "availability_status",
                                          offline ? "offline" : online ? "available" : "busy", "account_id", (json_int_t)CHATWOOT_ACCOUNT, "confirmed", 1));
  }
  return OK;
}
void chatwoot_agents(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_agents);
}

static enum status shape_inboxes(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *inbox = chatwoot_inbox_json(r);
  *out = json_object_get(c->args, "id") ? inbox : json_pack("{s:[o]}", "payload", inbox);
  return OK;
}
void chatwoot_inboxes(struct api_call *c) {
  if (!chatwoot_may(c, "会话.查看")) return;
  struct str id = json_arg(c->args, "id");
  if (id.n && !str_is(id, "1")) chatwoot_refuse(c, E_NOT_FOUND, "chatwoot.inbox", "没有这个收件箱，只有 1", "There is no such inbox; the only one is 1");
  else chatwoot_read(c, shape_inboxes);
}

/* ---- conversations --------------------------------------------------------------------------------------------------------- */

static enum status meta_json(struct api_call *c, struct read_ctx *r, json_t **out) {
  struct chatwoot_conversation_counts_row *n;
  enum status status = chatwoot_conversation_counts(r->store, r->arena, &(struct chatwoot_conversation_counts_in){.agent = c->session.actor.id}, &n, r->problem);
  if (status == OK)
    *out = json_pack("{s:I,s:I,s:I,s:I}", "mine_count", (json_int_t)n->mine, "unassigned_count", (json_int_t)n->unassigned, "assigned_count",
                     (json_int_t)(n->everything - n->unassigned), "all_count", (json_int_t)n->everything);
  return status;
}

static enum status full(struct api_call *c, struct read_ctx *r, struct str id, json_t **out) {
  json_t *conversation = NULL, *messages = NULL;
  struct str customer;
  bool personal = chatwoot_personal(c);
  enum status status = OK;
  TRY(chatwoot_conversation(r->store, r->arena, id, personal, &conversation, &customer, r->problem));
  if (json_is_null(conversation)) TRY(problem_set(r->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id)));
  TRY(chatwoot_messages(r->store, r->arena, id, customer, INT64_MAX, true, personal, &messages, r->problem));
  json_object_set(conversation, "messages", messages);
  *out = json_incref(conversation);
done:
  json_decref(conversation);
  json_decref(messages);
  return status;
}

static enum status page_json(struct api_call *c, struct read_ctx *r, struct str state, struct str agent, json_t **out) {
  struct chatwoot_conversation_page_row *rows;
  size_t count;
  json_t *list = json_array();
  struct chatwoot_conversation_page_in in = {.state = state, .agent = agent, .most = CHATWOOT_PAGE, .passed = (page_of(c) - 1) * CHATWOOT_PAGE};
  enum status status = OK;
  TRY(chatwoot_conversation_page(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    json_t *one;
    TRY(full(c, r, rows[i].id, &one));
    json_array_append_new(list, one);
  }
  *out = json_incref(list);
done:
  json_decref(list);
  return status;
}

static enum status shape_conversations(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  struct str status_word = json_arg(c->args, "status"), type = json_arg(c->args, "assignee_type");
  struct str state = str_is(status_word, "resolved") ? STR("closed") : str_is(status_word, "all") ? STR("all") : STR("open");
  struct str agent = str_is(type, "me") ? c->session.actor.id : str_is(type, "unassigned") ? STR("-") : str_is(type, "assigned") ? STR("*") : STR("");
  json_t *meta = NULL, *list = NULL;
  enum status status = OK;
  TRY(meta_json(c, r, &meta));
  TRY(page_json(c, r, state, agent, &list));
  *out = json_pack("{s:{s:O,s:O}}", "data", "meta", meta, "payload", list);
done:
  json_decref(meta);
  json_decref(list);
  return status;
}
void chatwoot_conversations(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_conversations);
}

static enum status shape_meta(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *meta;
  enum status status = meta_json(c, r, &meta);
  if (status == OK) *out = json_pack("{s:o}", "meta", meta);
  return status;
}
void chatwoot_conversation_meta(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_meta);
}

static enum status shape_conversation(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  return full(c, r, chatwoot_arg_id(c, "conversation", 'c'), out);
}
void chatwoot_conversation_get(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_conversation);
}

void chatwoot_conversation_create(struct api_call *c) {
  chatwoot_refuse(c, E_INVALID, "chatwoot.outbound", "会话由顾客开始：请用客户接口（/public/api/v1）替顾客开", "Conversations are begun by customers: begin one for the customer over the client API (/public/api/v1)");
}

static enum status shape_toggled(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)r, (void)result;
  *out = json_pack("{s:{},s:{s:b,s:s,s:I}}", "meta", "payload", "success", 1, "current_status", str_is(json_arg(c->args, "status"), "open") ? "open" : "resolved",
                   "conversation_id", (json_int_t)json_arg_int(c->args, "conversation", 0));
  return OK;
}
void chatwoot_toggle_status(struct api_call *c) {
  struct str word = json_arg(c->args, "status"), id = chatwoot_arg_id(c, "conversation", 'c');
  bool open = str_is(word, "open");
  if (!chatwoot_may(c, "会话.结束")) return;
  if (!open && !str_is(word, "resolved")) {
    chatwoot_refuse(c, E_INVALID, "chatwoot.status", "状态写 open 或 resolved；暂放（snoozed）请在工作台里做", "The status is open or resolved; snooze on the workbench");
    return;
  }
  if (open && !command_find(STR("conversation.reopen"))) {
    chatwoot_refuse(c, E_INVALID, "chatwoot.reopen", "结束的会话等顾客再来时另开", "A closed conversation is followed by a new one when the customer comes back");
    return;
  }
  chatwoot_command(c, open ? "conversation.reopen" : "conversation.close", json_pack("{s:o}", "id", json_of(id)), shape_toggled);
}

static enum status shape_assigned(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  return chatwoot_user(r->store, r->arena, chatwoot_arg_id(c, "assignee_id", 'p'), out, r->problem);
}
void chatwoot_assign(struct api_call *c) {
  if (!chatwoot_may(c, "会话.转接")) return;
  struct str to = chatwoot_arg_id(c, "assignee_id", 'p');
  if (!to.n) {
    chatwoot_refuse(c, E_INVALID, "chatwoot.assignee", "请给出 assignee_id", "Give an assignee_id");
    return;
  }
  chatwoot_command(c, "conversation.transfer",
                   json_pack("{s:o,s:o,s:s}", "id", json_of(chatwoot_arg_id(c, "conversation", 'c')), "to", json_of(to), "reason", "接口改派"), shape_assigned);
}

static enum status shape_labels(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *conversation;
  enum status status = chatwoot_conversation(r->store, r->arena, chatwoot_arg_id(c, "conversation", 'c'), false, &conversation, NULL, r->problem);
  if (status != OK) return status;
  json_t *labels = json_object_get(conversation, "labels");
  *out = json_pack("{s:o}", "payload", labels ? json_incref(labels) : json_array());
  json_decref(conversation);
  return OK;
}
void chatwoot_labels(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_labels);
}
void chatwoot_set_labels(struct api_call *c) {
  json_t *labels = json_object_get(c->args, "labels");
  if (!chatwoot_may(c, "会话.标签")) return;
  chatwoot_command(c, "conversation.tag",
                   json_pack("{s:o,s:o}", "id", json_of(chatwoot_arg_id(c, "conversation", 'c')), "tags", labels ? json_incref(labels) : json_array()), shape_labels);
}

/* ---- messages ---------------------------------------------------------------------------------------------------------------- */

static enum status shape_messages(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *conversation = NULL, *messages = NULL;
  struct str id = chatwoot_arg_id(c, "conversation", 'c'), customer;
  bool personal = chatwoot_personal(c);
  i64 before = json_arg_int(c->args, "before", INT64_MAX);
  enum status status = OK;
  TRY(chatwoot_conversation(r->store, r->arena, id, personal, &conversation, &customer, r->problem));
  if (json_is_null(conversation)) TRY(problem_set(r->problem, E_NOT_FOUND, "conversation.unknown", "没有会话 %.*s", "There is no conversation %.*s", STR_ARG(id)));
  TRY(chatwoot_messages(r->store, r->arena, id, customer, before, true, personal, &messages, r->problem));
  *out = json_pack("{s:O,s:O}", "meta", json_object_get(conversation, "meta"), "payload", messages);
done:
  json_decref(conversation);
  json_decref(messages);
  return status;
}
void chatwoot_conversation_messages(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_messages);
}

/* What a gate puts before a person is answered as it stands: the message is not sent yet. */
static enum status shape_said(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  i64 seq = json_arg_int(result, "seq", 0);
  if (!seq) {
    *out = json_incref(result);
    return OK;
  }
  bool note = json_is_true(json_object_get(c->args, "private")), speaks = c->session.actor.role.n > 0;
  struct chatwoot_message m = {.seq = seq, .at_ms = json_arg_int(result, "at", 0), .conversation = chatwoot_arg_id(c, "conversation", 'c'), .by_id = c->session.actor.id,
                               .by_type = note ? STR("note") : speaks ? STR("agent") : STR("auto"), .text = json_arg(c->args, "content")};
  return chatwoot_message(r->store, r->arena, &m, false, false, out, r->problem);
}

void chatwoot_say(struct api_call *c) {
  bool note = json_is_true(json_object_get(c->args, "private"));
  struct str type = json_arg(c->args, "message_type");
  if (!chatwoot_may(c, note ? "会话.内部备注" : "会话.人工回复")) return;
  if (str_is(type, "incoming")) {
    chatwoot_refuse(c, E_INVALID, "chatwoot.incoming", "顾客的话由顾客自己说：请用客户接口（/public/api/v1）", "Only customers speak for customers: use the client API (/public/api/v1)");
    return;
  }
  json_t *args = json_pack("{s:o,s:o}", "id", json_of(chatwoot_arg_id(c, "conversation", 'c')), "text", json_of(json_arg(c->args, "content")));
  chatwoot_command(c, note ? "conversation.note" : c->session.actor.role.n ? "conversation.reply" : "conversation.auto", args, shape_said);
}

/* ---- contacts ---------------------------------------------------------------------------------------------------------------- */

static enum status contacts_json(struct api_call *c, struct read_ctx *r, const struct str *ids, size_t count, json_t **out) {
  struct chatwoot_contact_count_row *all;
  json_t *list = json_array();
  enum status status = OK;
  TRY(chatwoot_contact_count(r->store, r->arena, &all, r->problem));
  for (size_t i = 0; i < count; i++) {
    json_t *one;
    TRY(chatwoot_contact(r->store, r->arena, ids[i], chatwoot_personal(c), &one, r->problem));
    json_array_append_new(list, one);
  }
  *out = json_pack("{s:{s:I,s:I},s:O}", "meta", "count", (json_int_t)all->contacts, "current_page", (json_int_t)page_of(c), "payload", list);
done:
  json_decref(list);
  return status;
}

static enum status shape_contacts(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  struct chatwoot_contact_page_row *rows;
  size_t count;
  struct chatwoot_contact_page_in in = {.most = CHATWOOT_CONTACT_PAGE, .passed = (page_of(c) - 1) * CHATWOOT_CONTACT_PAGE};
  enum status status = chatwoot_contact_page(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  struct str *ids = ARENA_ARRAY(r->arena, struct str, count + 1);
  for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
  return contacts_json(c, r, ids, count, out);
}
void chatwoot_contacts(struct api_call *c) {
  if (chatwoot_may(c, "客户.查看")) chatwoot_read(c, shape_contacts);
}

static enum status shape_search(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  struct str q = json_arg(c->args, "q");
  struct chatwoot_contacts_named_row *rows;
  size_t count = 0;
  struct chatwoot_contacts_named_in in = {.from_name = q, .to_name = arena_printf(r->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(q)), .email = q, .phone = q, .most = CHATWOOT_CONTACT_PAGE};
  enum status status = q.n ? chatwoot_contacts_named(r->store, r->arena, &in, &rows, &count, r->problem) : OK;
  if (status != OK) return status;
  struct str *ids = ARENA_ARRAY(r->arena, struct str, count + 1);
  for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
  return contacts_json(c, r, ids, count, out);
}
void chatwoot_contact_search(struct api_call *c) {
  if (chatwoot_may(c, "客户.查看")) chatwoot_read(c, shape_search);
}

static enum status contact_or_none(struct api_call *c, struct read_ctx *r, json_t **contact) {
  struct str id = chatwoot_arg_id(c, "id", 'u');
  enum status status = chatwoot_contact(r->store, r->arena, id, chatwoot_personal(c), contact, r->problem);
  if (status != OK) return status;
  if (json_integer_value(json_object_get(*contact, "created_at")) > 0) return OK;
  json_decref(*contact);
  *contact = NULL;
  return problem_set(r->problem, E_NOT_FOUND, "customer.unknown", "没有顾客 %.*s", "There is no customer %.*s", STR_ARG(id));
}

static enum status shape_contact(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *contact;
  enum status status = contact_or_none(c, r, &contact);
  if (status == OK) *out = json_pack("{s:o}", "payload", contact);
  return status;
}
void chatwoot_contact_show(struct api_call *c) {
  if (chatwoot_may(c, "客户.查看")) chatwoot_read(c, shape_contact);
}

void chatwoot_contact_change(struct api_call *c) {
  json_t *args = json_pack("{s:o}", "id", json_of(chatwoot_arg_id(c, "id", 'u')));
  static const char *const names[][2] = {{"name", "name"}, {"email", "email"}, {"phone_number", "phone"}};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    if (json_object_get(c->args, names[i][0])) json_object_set_new(args, names[i][1], json_of(json_arg(c->args, names[i][0])));
  if (chatwoot_may(c, "客户.变更")) chatwoot_command(c, "customer.change", args, shape_contact);
  else json_decref(args);
}

static enum status shape_added(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  json_t *contact;
  enum status status = chatwoot_contact(r->store, r->arena, c->session.actor.id, true, &contact, r->problem);
  if (status != OK) return status;
  json_t *inbox = json_pack("{s:O,s:o}", "source_id", json_object_get(c->args, "token"), "inbox", chatwoot_inbox_json(r));
  json_object_set_new(contact, "contact_inboxes", json_pack("[O]", inbox));
  *out = json_pack("{s:{s:o,s:o}}", "payload", "contact", contact, "contact_inbox", inbox);
  return OK;
}

static void on_added(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  if (status != OK) {
    json_decref(owned_result);
    api_answer_status(c, status, p);
    return;
  }
  c->session.actor = (struct actor){.type = ACTOR_CUSTOMER, .id = arena_dup(c->r->arena, json_arg(owned_result, "visitor")), .address = c->r->peer};
  json_decref(owned_result);
  json_t *args = json_object();
  struct str email = json_arg(c->args, "email"), phone = json_arg(c->args, "phone_number");
  if (email.n) json_object_set_new(args, "email", json_of(email));
  if (phone.n) json_object_set_new(args, "phone", json_of(phone));
  chatwoot_command(c, "widget.introduce", args, shape_added);
}

/* A contact with a way in: its source_id speaks for it over the client API. */
void chatwoot_contact_add(struct api_call *c) {
  char token[2 * API_TOKEN_BYTES + 1], hash[SESSION_HASH_HEX + 1];
  if (!chatwoot_may(c, "客户.变更")) return;
  api_random_token(token);
  session_token_hash(str_c(token), hash);
  json_object_set_new(c->args, "token", json_string(token));
  json_t *args = json_pack("{s:s}", "token_hash", hash);
  struct str name = json_arg(c->args, "name");
  if (name.n) json_object_set_new(args, "name", json_of(name));
  struct actor nobody = {.address = c->r->peer};
  api_submit(c->api, "widget.start", args, &nobody, STR(""), on_added, c);
}

static enum status shape_contact_conversations(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)result;
  struct chatwoot_conversations_of_row *rows;
  size_t count;
  json_t *list = json_array();
  enum status status = OK;
  TRY(chatwoot_conversations_of(r->store, r->arena, &(struct chatwoot_conversations_of_in){.customer = chatwoot_arg_id(c, "id", 'u'), .most = CHATWOOT_PAGE}, &rows, &count,
                                r->problem));
  for (size_t i = 0; i < count; i++) {
    json_t *one;
    TRY(full(c, r, rows[i].id, &one));
    json_array_append_new(list, one);
  }
  *out = json_pack("{s:O}", "payload", list);
done:
  json_decref(list);
  return status;
}
void chatwoot_contact_conversations(struct api_call *c) {
  if (chatwoot_may(c, "会话.查看")) chatwoot_read(c, shape_contact_conversations);
}

/* ---- webhooks ------------------------------------------------------------------------------------------------------------------ */

static json_t *webhook_json(struct str id, struct str url, struct str kinds) {
  json_t *list = json_array();
  while (kinds.n) {
    struct str rest, word = str_cut(kinds, ' ', &rest);
    kinds = rest;
    json_array_append_new(list, json_of(word));
  }
  return json_pack("{s:I,s:o,s:o,s:I}", "id", (json_int_t)chatwoot_number(id), "url", json_of(url), "subscriptions", list, "account_id", (json_int_t)CHATWOOT_ACCOUNT);
}

static enum status shape_webhooks(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  (void)c, (void)result;
  struct webhook_all_row *rows;
  size_t count;
  enum status status = webhook_all(r->store, r->arena, &(struct webhook_all_in){.most = WEBHOOKS_MOST}, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    if (str_is(rows[i].form, "chatwoot")) json_array_append_new(list, webhook_json(rows[i].id, rows[i].url, rows[i].kinds));
  *out = json_pack("{s:{s:o}}", "payload", "webhooks", list);
  return OK;
}
void chatwoot_webhooks(struct api_call *c) {
  if (chatwoot_may(c, "密钥")) chatwoot_read(c, shape_webhooks);
}

static enum status shape_webhook(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out) {
  struct str id = result && json_arg(result, "id").n ? arena_dup(r->arena, json_arg(result, "id")) : chatwoot_arg_id(c, "id", 'h');
  struct webhook_get_row *row;
  enum status status = webhook_get(r->store, r->arena, &(struct webhook_get_in){.id = id}, &row, r->problem);
  if (status != OK) return status;
  if (!row) return problem_set(r->problem, E_NOT_FOUND, "webhook.unknown", "没有推送地址 %.*s", "There is no webhook %.*s", STR_ARG(id));
  json_t *webhook = webhook_json(row->id, row->url, row->kinds);
  if (result && c->more) json_object_set_new(webhook, "secret", json_string(c->more)); /* shown once */
  *out = json_pack("{s:{s:o}}", "payload", "webhook", webhook);
  return OK;
}

static json_t *webhook_args(struct api_call *c) {
  json_t *args = json_object(), *words = json_object_get(c->args, "subscriptions"), *url = json_object_get(c->args, "url");
  if (url) json_object_set(args, "url", url);
  if (words) json_object_set(args, "kinds", words);
  return args;
}
static void add_sealed(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  json_t *args;
  struct str sealed;
  (void)s;
  if (api_seal_new_secret(c, a, &sealed) != OK) return;
  args = webhook_args(c);
  json_object_set_new(args, "name", json_string("Chatwoot"));
  json_object_set_new(args, "form", json_string("chatwoot"));
  json_object_set_new(args, "sealed", json_of(sealed));
  chatwoot_command(c, "webhook.add", args, shape_webhook);
}
void chatwoot_webhook_add(struct api_call *c) {
  if (chatwoot_may(c, "密钥") && !pool_submit(c->api->slow, add_sealed, c)) api_answer_status(c, E_BUSY, NULL);
}
void chatwoot_webhook_change(struct api_call *c) {
  if (!chatwoot_may(c, "密钥")) return;
  json_t *args = webhook_args(c);
  json_object_set_new(args, "id", json_of(chatwoot_arg_id(c, "id", 'h')));
  chatwoot_command(c, "webhook.change", args, shape_webhook);
}
void chatwoot_webhook_remove(struct api_call *c) {
  if (!chatwoot_may(c, "密钥")) return;
  chatwoot_command(c, "webhook.remove", json_pack("{s:o}", "id", json_of(chatwoot_arg_id(c, "id", 'h'))), chatwoot_nothing);
}
