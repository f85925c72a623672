/* The API description, made from the route table and the schema lines of reads and commands: it cannot say what is not there. */
#include "api/api_internal.h"

#include "views/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
  const char *args, *en, *zh, *permission;
};

static struct words words_of(const struct api_route *r) {
  struct words w = {r->args, r->summary_en, r->summary_zh, NULL};
  const struct read_def *read = r->name ? api_find_read(str_c(r->name)) : NULL;
  const struct command_def *command = r->name && r->kind != ROUTE_READ ? command_find(str_c(r->name)) : NULL;
  if (r->kind == ROUTE_COMMAND || (r->method != HTTP_GET && command)) read = NULL;
  if (read) w = (struct words){w.args ? w.args : read->args, w.en ? w.en : read->summary_en, w.zh ? w.zh : read->summary_zh, read->permission};
  if (command) w = (struct words){w.args ? w.args : command->args, w.en ? w.en : command->summary_en, w.zh ? w.zh : command->summary_zh, command->permission};
  return w;
}

/* One type word of a schema line. */
static json_t *type_schema(struct str type) {
  if (str_is(type, "int")) return json_pack("{s:s,s:s}", "type", "integer", "format", "int64");
  if (str_is(type, "bool")) return json_pack("{s:s}", "type", "boolean");
  if (str_is(type, "list")) return json_pack("{s:s,s:{}}", "type", "array", "items");
  if (str_is(type, "object")) return json_pack("{s:s}", "type", "object");
  if (str_is(type, "date")) return json_pack("{s:s,s:s}", "type", "string", "format", "date");
  if (str_is(type, "text")) return json_pack("{s:s}", "type", "string");
  return json_pack("{s:s,s:o}", "type", "string", "description", json_sprintf("id: %.*s", STR_ARG(type)));
}

/* Cut the next "name:type!" off a schema line. */
static bool next_arg(struct str *line, struct str *name, struct str *type, bool *required) {
  struct str rest, word = STR("");
  while (word.n == 0 && line->n > 0) {
    word = str_cut(*line, ' ', &rest);
    *line = rest;
  }
  if (word.n == 0) return false;
  *name = str_cut(word, ':', type);
  *required = type->n > 0 && type->p[type->n - 1] == '!';
  if (*required) type->n--;
  return true;
}

static bool in_path(const char *path, struct str name) {
  struct str rest = str_c(path);
  while (rest.p) {
    struct str part = str_cut(rest, '/', &rest), tail;
    if (part.n > 1 && part.p[0] == ':' && str_eq(str_cut(str_slice(part, 1, part.n), '.', &tail), name)) return true;
  }
  return false;
}

static json_t *parameter(struct str name, const char *where, json_t *schema, bool required) {
  return json_pack("{s:o,s:s,s:b,s:o}", "name", json_of(name), "in", where, "required", (int)required, "schema", schema);
}

/* "/conversations/:id" → "/api/v1/conversations/{id}", and its parameters. */
static json_t *path_text(const struct api_route *r, json_t *parameters) {
  struct buf b;
  buf_init(&b, 512);
  if (!route_is_absolute(r)) buf_addc(&b, "/api/v1");
  struct str rest = str_slice(str_c(r->path), 1, strlen(r->path));
  while (rest.p) {
    struct str part = str_cut(rest, '/', &rest), tail;
    buf_byte(&b, '/');
    if (part.n < 2 || part.p[0] != ':') {
      buf_add(&b, part);
      continue;
    }
    struct str name = str_cut(str_slice(part, 1, part.n), '.', &tail);
    buf_printf(&b, "{%.*s}", STR_ARG(name));
    if (tail.p) buf_printf(&b, ".%.*s", STR_ARG(tail));
    json_array_append_new(parameters, parameter(name, "path", json_pack("{s:s}", "type", "string"), true));
  }
  json_t *text = json_of(buf_str(&b));
  buf_release(&b);
  return text;
}

static json_t *body_schema(const struct api_route *r, struct str line) {
  json_t *properties = json_object(), *required = json_array();
  struct str name, type;
  bool must;
  while (next_arg(&line, &name, &type, &must)) {
    if (in_path(r->path, name)) continue;
    char key[80];
    snprintf(key, sizeof key, "%.*s", STR_ARG(name));
    json_object_set_new(properties, key, type_schema(type));
    if (must) json_array_append_new(required, json_of(name));
  }
  json_t *schema = json_pack("{s:s,s:o}", "type", "object", "properties", properties);
  if (json_array_size(required) > 0) json_object_set(schema, "required", required);
  json_decref(required);
  return schema;
}

static json_t *operation(const struct api_route *r, json_t *parameters) {
  struct words w = words_of(r);
  struct str line = str_c(w.args), name, type;
  json_t *o = json_pack("{s:o}", "operationId", r->name ? json_sprintf("%s:%s", http_method_name(r->method), r->name) : json_sprintf("%s:%s", http_method_name(r->method), r->path));
  json_object_set_new(o, "summary", json_sprintf("%s · %s", w.zh ? w.zh : "", w.en ? w.en : ""));
  if (w.permission && w.permission[0] && w.permission[0] != '*') json_object_set_new(o, "x-permission", json_string(w.permission));
  bool must;
  if (r->method == HTTP_GET) {
    struct str rest = line;
    while (next_arg(&rest, &name, &type, &must))
      if (!in_path(r->path, name)) json_array_append_new(parameters, parameter(name, "query", type_schema(type), must));
  } else if (r->body == ROUTE_FILE) {
    json_object_set_new(o, "requestBody", json_pack("{s:b,s:{s:{s:{s:s,s:s}}}}", "required", 1, "content", "*/*", "schema", "type", "string", "format", "binary"));
  } else {
    json_object_set_new(o, "requestBody", json_pack("{s:{s:{s:o}}}", "content", "application/json", "schema", body_schema(r, line)));
  }
  if (r->method != HTTP_GET && r->kind == ROUTE_COMMAND) {
    json_array_append_new(parameters, json_pack("{s:s}", "$ref", "#/components/parameters/IdempotencyKey"));
  }
  json_object_set(o, "parameters", parameters);
  json_t *security = json_array();
  if (r->auth == ROUTE_SESSION) {
    json_array_append_new(security, json_pack("{s:[],s:[]}", "session", "csrf"));
    json_array_append_new(security, json_pack("{s:[]}", "key"));
  }
  json_object_set_new(o, "security", security);
  char status[8];
  snprintf(status, sizeof status, "%d", r->status ? r->status : 200);
  json_object_set_new(o, "responses", json_pack("{s:{s:s,s:{s:{s:{s:s}}}},s:{s:s}}", status, "description", "done", "content", "application/json", "schema", "type",
                                                "object", "default", "$ref", "#/components/responses/Error"));
  return o;
}

static json_t *components(void) {
  return json_pack(
      "{s:{s:{s:s,s:s,s:s},s:{s:s,s:s,s:s},s:{s:s,s:s,s:s}},s:{s:{s:s,s:s,s:b,s:{s:s,s:i}}},s:{s:{s:s,s:{s:{s:{s:s}}}}},s:{s:o}}", "securitySchemes", "session",
      "type", "apiKey", "in", "cookie", "name", "gj", "csrf", "type", "apiKey", "in", "header", "name", "X-CSRF", "key", "type", "http", "scheme",
      "bearer", "description", "API key gk_… with its scopes", "parameters", "IdempotencyKey", "name", "Idempotency-Key", "in", "header", "required", 0, "schema",
      "type", "string", "maxLength", API_IDEMPOTENCY_MOST, "responses", "Error", "description", "what went wrong, in Chinese and English", "content",
      "application/json", "schema", "$ref", "#/components/schemas/Error", "schemas", "Error",
      json_pack("{s:s,s:[s],s:{s:{s:s,s:[s,s,s],s:{s:{s:s},s:{s:s},s:{s:s},s:{s:[s,s],s:s}}}}}", "type", "object", "required", "error", "properties", "error", "type",
                "object", "required", "key", "zh", "en", "properties", "key", "type", "string", "zh", "type", "string", "en", "type", "string", "clause", "type",
                "string", "null", "description", "heading id of the clause that refused"));
}

json_t *api_openapi_json(const char *version) {
  json_t *paths = json_object();
  for (size_t i = 0; i < api_route_count(); i++) {
    const struct api_route *r = &api_routes[i];
    json_t *parameters = json_array(), *path = path_text(r, parameters);
    json_t *item = json_object_get(paths, json_string_value(path));
    if (item == NULL) {
      item = json_object();
      json_object_set_new(paths, json_string_value(path), item);
    }
    char method[16];
    const char *name = http_method_name(r->method);
    size_t n = 0;
    for (; name[n]; n++) method[n] = (char)(name[n] + ('a' - 'A'));
    method[n] = '\0';
    json_object_set_new(item, method, operation(r, parameters));
    json_decref(parameters);
    json_decref(path);
  }
  json_t *parts = components();
  BUG_IF(parts == NULL);
  return json_pack("{s:s,s:{s:s,s:s,s:s},s:o,s:o}", "openapi", "3.1.0", "info", "title", "Guiju 规矩", "version", version ? version : "0", "description",
                   "Times are UTC milliseconds, money is integer fen (…_fen), durations are milliseconds (…_ms). Lists take limit and after and answer "
                   "{items, next}. Live feed: WebSocket /api/v1/feed?since=SEQ.",
                   "paths", paths, "components", parts);
}

void api_openapi(struct api_call *c) {
  api_answer_bytes(c, 200, STR("application/json; charset=utf-8"), (struct str){c->api->openapi_text, c->api->openapi_length}, NULL);
}

void api_health(struct api_call *c) {
  struct writer_state s = writer_state(c->api->config.writer);
  struct http_counts n = http_server_counts(c->api->server);
  bool well = s.trouble == OK;
  api_answer(c, well ? 200 : 503, json_pack("{s:b,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:b}", "ok", (int)well, "trouble", well ? "" : status_name(s.trouble), "version",
                                            c->api->config.version ? c->api->config.version : "0", "seq", (json_int_t)s.last_seq, "sockets",
                                            (json_int_t)n.sockets, "queued", (json_int_t)s.queued, "commands", (json_int_t)s.commands, "batches",
                                            (json_int_t)s.batches, "demo", (int)c->api->config.demo));
}
