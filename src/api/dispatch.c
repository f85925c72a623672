/* From a request to a read or a command and back: one way for every route. Arguments are the body's members, then the
 * query's, then the path's: the later win. */
#include "api/api_internal.h"

#include "net/path.h"
#include "reports/report.h"
#include "views/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

i64 api_now(const struct api *api) {
  if (api->config.clock) return api->config.clock(api->config.clock_ctx);
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

i64 api_monotonic_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (i64)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- arguments -------------------------------------------------------------------------------------------------- */

/* The fields of a form as members: true and false as such, the rest as text. */
static enum status parse_form(struct api_call *c) {
  struct http_request *r = c->r;
  struct path_part part;
  c->args = json_object();
  for (size_t at = 0; path_next_part(r->arena, r->headers[HTTP_H_CONTENT_TYPE], r->body, &at, &part);) {
    if (part.file)
      return problem_set(&c->problem, E_INVALID, "request.attachment", "这个接口不收附件，请只发文字", "This path takes no attachments; send text only");
    if (!str_utf8_valid(part.content) || !str_utf8_valid(part.name))
      return problem_set(&c->problem, E_INVALID, "request.utf8", "请求内容不是 UTF-8", "The body is not UTF-8");
    json_t *value = str_is(part.content, "true") ? json_true() : str_is(part.content, "false") ? json_false() : json_of(part.content);
    json_object_set_new(c->args, arena_cstr(r->arena, part.name), value);
  }
  return OK;
}

static enum status parse_body(struct api_call *c) {
  struct http_request *r = c->r;
  if (c->route->body == ROUTE_FILE || r->body.n == 0) {
    c->args = json_object();
    return OK;
  }
  struct str type = r->headers[HTTP_H_CONTENT_TYPE];
  if (c->route->body == ROUTE_FORM && str_starts(type, STR("multipart/form-data"))) return parse_form(c);
  /* A form of a foreign page can post text/plain without asking: only JSON is JSON. Files and sources have their own types. */
  if (!str_starts(type, STR("application/json")))
    return problem_set(&c->problem, E_INVALID, "request.type", "请求内容应为 application/json", "The body must be application/json");
  if (!str_utf8_valid(r->body))
    return problem_set(&c->problem, E_INVALID, "request.utf8", "请求内容不是 UTF-8", "The body is not UTF-8");
  json_error_t error;
  c->args = json_loadb(r->body.p, r->body.n, JSON_REJECT_DUPLICATES, &error);
  if (c->args == NULL)
    return problem_set(&c->problem, E_INVALID, "request.json", "JSON 有错（第 %d 行第 %d 列）：%s", "The JSON is broken (line %d, column %d): %s", error.line,
                       error.column, error.text);
  if (!json_is_object(c->args))
    return problem_set(&c->problem, E_INVALID, "request.object", "请求内容应为 JSON 对象", "The body must be a JSON object");
  return OK;
}

static void add_arguments(struct api_call *c, const struct str *names, const struct str *values, int count) {
  struct str rest = c->r->query, name, value;
  while (path_next_query(c->r->arena, &rest, &name, &value)) json_object_set_new(c->args, arena_cstr(c->r->arena, name), json_of(value));
  for (int i = 0; i < count; i++) json_object_set_new(c->args, arena_cstr(c->r->arena, names[i]), json_of(values[i]));
}

/* ---- reads and commands ------------------------------------------------------------------------------------------- */

/* Results that are files: {"$file":{"type":"text/csv","name":"…","text":"…"}} or with "base64" or "html". */
static bool answer_file(struct api_call *c, json_t *result) {
  json_t *file = json_object_get(result, "$file");
  if (file == NULL) return false;
  struct str type = json_arg(file, "type"), name = json_arg(file, "name");
  const char *text = json_string_value(json_object_get(file, "text"));
  const char *base64 = json_string_value(json_object_get(file, "base64"));
  if (name.n > 0) api_header(c, "Content-Disposition: attachment; filename*=UTF-8''%s", arena_cstr(c->r->arena, path_encode(c->r->arena, name)));
  type = arena_dup(c->r->arena, type);
  if (text) {
    size_t n = json_string_length(json_object_get(file, "text"));
    char *copy = malloc(n + 1);
    BUG_IF(copy == NULL);
    memcpy(copy, text, n);
    api_answer_bytes(c, 200, type, (struct str){copy, n}, copy);
    return true;
  }
  size_t n = base64 ? strlen(base64) : 0, decoded = 0;
  unsigned char *bytes = malloc(n + 1);
  BUG_IF(bytes == NULL);
  u32 word = 0;
  int bits = 0;
  for (size_t i = 0; i < n; i++) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *d = strchr(digits, base64[i]);
    if (d == NULL) break; /* '=' */
    word = word << 6 | (u32)(d - digits);
    bits += 6;
    if (bits >= 8) bytes[decoded++] = (unsigned char)(word >> (bits -= 8));
  }
  api_answer_bytes(c, 200, type, (struct str){(char *)bytes, decoded}, (char *)bytes);
  return true;
}

static void on_result(void *ctx, enum status status, json_t *result, const struct problem *p) {
  struct api_call *c = ctx;
  if (status != OK) {
    api_answer_status(c, status, p);
    return;
  }
  if (answer_file(c, result)) return;
  if (c->route->name && strcmp(c->route->name, "approval.vote") == 0) exports_approved(c->api, result);
  api_answer(c, c->route->status ? c->route->status : 200, result ? json_incref(result) : NULL);
}

static void submit_named(struct api_call *c, struct str key) {
  struct problem p = {0};
  struct request request = {.name = str_c(c->route->name), .owned_args = c->args, .actor = c->session.actor, .idempotency_key = key,
                            .done = on_result, .ctx = c};
  c->args = NULL;
  enum status status = writer_submit(c->api->config.writer, &request, &p);
  if (status != OK) api_answer_status(c, status, &p);
}

void api_run_read(struct api_call *c) { submit_named(c, STR("")); }

void api_run_command(struct api_call *c) {
  struct str key = c->r->headers[HTTP_H_IDEMPOTENCY];
  if (key.n > API_IDEMPOTENCY_MOST) {
    (void)!problem_set(&c->problem, E_INVALID, "request.key", "Idempotency-Key 最长 %d 个字符", "Idempotency-Key may have at most %d characters",
                       API_IDEMPOTENCY_MOST);
    api_answer_problem(c, &c->problem);
    return;
  }
  submit_named(c, key);
}

struct submitted {
  api_done done;
  void *ctx;
};

static void on_submitted(void *ctx, enum status status, json_t *result, const struct problem *p) {
  struct submitted s = *(struct submitted *)ctx;
  free(ctx);
  s.done(s.ctx, status, json_incref(result), p);
}

void api_submit(struct api *api, const char *name, json_t *owned_args, const struct actor *actor, struct str key, api_done done, void *ctx) {
  struct submitted *s = malloc(sizeof *s);
  BUG_IF(s == NULL);
  *s = (struct submitted){done, ctx};
  struct problem p = {0};
  struct request request = {.name = str_c(name), .owned_args = owned_args, .actor = *actor, .idempotency_key = key, .done = on_submitted, .ctx = s};
  enum status status = writer_submit(api->config.writer, &request, &p);
  if (status == OK) return;
  free(s);
  p.status = status;
  done(ctx, status, NULL, &p);
}

const struct read_def *api_find_read(struct str name) {
  for (const struct read_def *r = view_report.reads; r->name; r++)
    if (str_is(name, r->name)) return r;
  return view_read(name);
}

enum status api_read_now(struct api *api, const char *name, json_t *args, const struct actor *actor, struct store *s, struct arena *a, json_t **result,
                         struct problem *p) {
  const struct read_def *read = view_read(str_c(name));
  BUG_IF(read == NULL || read->on_writer);
  struct writer_state state = writer_state(api->config.writer);
  struct read_ctx ctx = {.store = s, .arena = a, .program = state.program, .now_ms = api_now(api), .zone_offset_ms = state.zone_offset_ms,
                         .actor = *actor, .problem = p};
  json_t *own = args ? json_incref(args) : json_object();
  enum status status = read->run(&ctx, own, result);
  json_decref(own);
  return status;
}

/* ---- start ------------------------------------------------------------------------------------------------------ */

static void run(struct api_call *c) {
  switch (c->route->kind) {
    case ROUTE_READ: api_run_read(c); break;
    case ROUTE_COMMAND: api_run_command(c); break;
    case ROUTE_SPECIAL: c->route->run(c); break;
  }
}

void api_call_start(struct api *api, struct http_request *r, const struct api_route *route, struct str *names, struct str *values, int count) {
  struct api_call *c = ARENA_NEW(r->arena, struct api_call);
  c->api = api;
  c->r = r;
  c->route = route;
  c->then = run;
  c->started_us = api_monotonic_us();
  buf_init(&c->headers, 2048);
  if (str_starts(r->path, STR("/w/")) || str_starts(r->path, STR("/public/api/v1/"))) api_widget_cors(c);
  if (parse_body(c) != OK) {
    api_answer_problem(c, &c->problem);
    return;
  }
  add_arguments(c, names, values, count);
  if (route->auth != ROUTE_OPEN) {
    api_authenticate(c);
    return;
  }
  c->session.actor.address = r->peer;
  if (!api->config.unlimited && route->method != HTTP_GET && limit_take(api->by_address, r->peer, api_now(api)) > 0) {
    api_answer_status(c, E_BUSY, NULL);
    return;
  }
  run(c);
}
