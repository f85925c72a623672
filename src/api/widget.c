/* The widget's door: visitors on the shop's own pages. No cookies; a token that the page keeps for itself; answers that any
 * origin may read, because they hold nothing but what the token's owner said and heard. */
#include "api/api_internal.h"
#include "api/file_pass.h"

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
  file_pass_dress(c->api, c->r->arena, items);
  json_object_set_new(result, "messages", items ? json_incref(items) : json_array());
  /* How the conversation stands, as widget.messages says it. */
  static const char *const more[] = {"state", "ahead", "wait", "due_ms", "back_ms", "rating", "read_by_agent_seq", "now"};
  for (size_t i = 0; i < COUNT_OF(more); i++) json_object_set(result, more[i], json_object_get(messages, more[i]));
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

/* The origin of the page, from the header alone; none for the desk's own pages. */
static void add_origin(struct api_call *c) {
  struct str origin = c->r->headers[HTTP_H_ORIGIN];
  size_t at = str_find(origin, STR("://"), 0);
  bool own = at != SIZE_MAX && str_eq(str_slice(origin, at + 3, origin.n), c->r->headers[HTTP_H_HOST]);
  json_object_set_new(c->args, "origin", json_of(own || !str_utf8_valid(origin) ? STR("") : origin));
}

/* Asked by the pages of a shop before anybody is known; nothing is written. */
void api_widget_look(struct api_call *c) {
  add_origin(c);
  api_run_read(c);
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
  add_origin(c);
  json_object_set_new(c->args, "token_hash", json_string(hash));
  json_t *args = c->args;
  c->args = NULL;
  struct actor nobody = {.address = c->r->peer};
  api_submit(c->api, "widget.start", args, &nobody, STR(""), on_start, c);
}

/* On a reader: what a visitor may read, its attachments with links. */
static void read_dressed(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  json_t *result = NULL;
  enum status status = api_read_now(c->api, c->route->name, c->args, &c->session.actor, r->store, r->arena, &result, &c->problem);
  if (status != OK) {
    api_answer_status(c, status, &c->problem);
    return;
  }
  file_pass_dress(c->api, c->r->arena, json_object_get(result, "items"));
  api_answer(c, 200, result);
}

/* The token was checked (ROUTE_VISITOR): the actor is the customer, and the token goes no further. */
void api_widget(struct api_call *c) {
  struct problem busy = {0};
  enum status status;
  json_object_del(c->args, "token");
  if (c->route->method == HTTP_GET) {
    status = writer_read(c->api->config.writer, read_dressed, c, &busy);
    if (status != OK) api_answer_status(c, status, &busy);
    return;
  }
  status = file_pass_check(c->api, c->r->arena, json_object_get(c->args, "files"), c->session.actor.id, &c->problem);
  if (status == OK) api_run_command(c);
  else api_answer_status(c, status, &c->problem);
}

void api_widget_upload(struct api_call *c) { api_upload(c); }
