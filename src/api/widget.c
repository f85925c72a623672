/* The widget's door: visitors on the shop's own pages. No cookies; a token that the page keeps for itself; answers that any
 * origin may read, because they hold nothing but what the token's owner said and heard. */
#include "api/api_internal.h"

#include "views/json.h"

#include <string.h>

void api_widget_cors(struct api_call *c) { api_header(c, "Access-Control-Allow-Origin: *"); }

struct begun {
  json_t *result;
  char token[2 * API_TOKEN_BYTES + 1];
  struct actor actor;
};

static void answer_start(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  struct begun *b = c->more;
  json_t *messages = NULL;
  struct session session = {0};
  char hash[SESSION_HASH_HEX + 1];
  session_token_hash(str_c(b->token), hash);
  enum status status = session_find_visitor(r->store, r->arena, str_c(hash), &session);
  if (status == OK && view_read(STR("widget.messages")))
    status = api_read_now(c->api, "widget.messages", NULL, &session.actor, r->store, r->arena, &messages, &c->problem);
  json_t *result = b->result;
  if (status != OK) {
    json_decref(result);
    json_decref(messages);
    api_answer_status(c, status, &c->problem);
    return;
  }
  json_object_set_new(result, "token", json_string(b->token));
  json_t *items = json_object_get(messages, "items");
  json_object_set_new(result, "messages", items ? json_incref(items) : json_array());
  json_decref(messages);
  api_answer(c, 200, result);
}

static void on_start(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  struct begun *b = c->more;
  if (status != OK) {
    json_decref(owned_result);
    api_answer_status(c, status, p);
    return;
  }
  b->result = json_deep_copy(owned_result);
  json_decref(owned_result);
  struct problem busy = {0};
  status = writer_read(c->api->config.writer, answer_start, c, &busy);
  if (status == OK) return;
  json_decref(b->result);
  api_answer_status(c, status, &busy);
}

void api_widget_start(struct api_call *c) {
  struct begun *b = ARENA_NEW(c->r->arena, struct begun);
  c->more = b;
  struct str token = json_arg(c->args, "token");
  if (token.n == 2 * API_TOKEN_BYTES)
    memcpy(b->token, token.p, token.n);
  else
    api_random_token(b->token);
  char hash[SESSION_HASH_HEX + 1];
  session_token_hash(str_c(b->token), hash);
  json_object_del(c->args, "token");
  json_object_set_new(c->args, "token_hash", json_string(hash));
  json_t *args = c->args;
  c->args = NULL;
  struct actor nobody = {.address = c->r->peer};
  api_submit(c->api, "widget.start", args, &nobody, STR(""), on_start, c);
}

/* The token was checked (ROUTE_VISITOR): the actor is the customer, and the token goes no further. */
void api_widget(struct api_call *c) {
  json_object_del(c->args, "token");
  if (c->route->method == HTTP_GET)
    api_run_read(c);
  else
    api_run_command(c);
}

void api_widget_upload(struct api_call *c) { api_upload(c); }
