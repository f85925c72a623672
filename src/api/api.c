/* The service: takes requests from the loop, finds the route or the page, and starts the call. */
#include "api/api_internal.h"

#include "base/log.h"
#include "commands/vault.h"
#include "net/path.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FILE_MOST = 20 * 1024 * 1024,      /* an attachment */
  IMPORT_MOST = 512 * 1024 * 1024,   /* a file to import */
  SESSION_BURST = 200, SESSION_REFILL_MS = 20,     /* 50 requests a second for a session */
  ADDRESS_BURST = 120, ADDRESS_REFILL_MS = 250,    /* 4 unauthenticated changes a second for an address */
  VISITOR_BURST = 40, VISITOR_REFILL_MS = 200,     /* 5 requests a second for a widget visitor */
  LOGIN_BURST = 20, LOGIN_REFILL_MS = 6000,        /* 10 sign-ins a minute for an address */
  UPLOAD_BURST = 20, UPLOAD_REFILL_MS = 15000,     /* 4 files a minute for a visitor */
  UPLOAD_ADDRESS_BURST = 200, UPLOAD_ADDRESS_REFILL_MS = 2000, /* 30 a minute for an address: many customers may share one */
  LIMIT_PLACES = 16 * 1024,
};

static const struct str prefix = {"/api/v1", 7};

/* The path below the API's prefix, or one that stands for itself: the widget's, Chatwoot's client API, the metrics. */
static bool api_path(struct str path, struct str *rest) {
  *rest = path;
  if (str_starts(path, STR("/w/")) || str_starts(path, STR("/public/api/v1/")) || str_is(path, "/metrics")) return true;
  if (!str_starts(path, prefix) || (path.n > prefix.n && path.p[prefix.n] != '/')) return false;
  *rest = str_slice(path, prefix.n, path.n);
  return true;
}

static struct http_body_plan on_begin(void *ctx, const struct http_request *r) {
  (void)ctx;
  struct str names[ROUTE_VALUES_MOST], values[ROUTE_VALUES_MOST], path;
  int count;
  struct http_body_plan plan = {HTTP_BODY_MEMORY, HTTP_BODY_MEMORY_MOST};
  const struct api_route *route = api_path(r->path, &path) ? api_route_find(r->method, path, names, values, &count, NULL) : NULL;
  if (route == NULL || route->body != ROUTE_FILE) return plan;
  return (struct http_body_plan){HTTP_BODY_FILE, str_starts(path, STR("/imports/")) ? IMPORT_MOST : FILE_MOST};
}

/* ---- pages -------------------------------------------------------------------------------------------------------- */

static void reply_asset(struct http_request *r, const struct asset *a) {
  bool widget = str_is(a->path, "/w.js") || str_is(a->path, "/w-more.js");
  bool page = str_ends(a->path, STR(".html"));
  const char *cache = a->forever ? "public, max-age=31536000, immutable" : page ? "no-cache" : widget ? "public, max-age=300" : "public, max-age=60, must-revalidate";
  enum asset_form form = asset_choose(a, r->headers[HTTP_H_ACCEPT_ENCODING]);
  static const char *const codings[] = {"", "Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n"};
  struct str headers = arena_printf(r->arena, "ETag: %s\r\nCache-Control: %s\r\nVary: Accept-Encoding\r\n%s%s%.*s", a->etag, cache, codings[form],
                                    widget ? "Access-Control-Allow-Origin: *\r\nCross-Origin-Resource-Policy: cross-origin\r\nX-Content-Type-Options: nosniff\r\n" : "",
                                    STR_ARG(widget ? STR("") : api_page_headers()));
  struct str known = r->headers[HTTP_H_IF_NONE_MATCH];
  if (known.n > 0 && str_find(known, str_c(a->etag), 0) != SIZE_MAX) {
    http_reply(r, &(struct http_response){.status = 304, .headers = headers});
    return;
  }
  http_reply(r, &(struct http_response){.status = 200, .type = str_c(a->type), .headers = headers, .body = a->form[form]});
}

static void reply_text(struct http_request *r, int status, const char *text) {
  http_reply(r, &(struct http_response){.status = status, .type = STR("text/plain; charset=utf-8"), .headers = api_page_headers(), .body = str_c(text)});
}

/* A page of the application: the router in the browser knows the path, the server has one file. */
static void page(struct api *api, struct http_request *r) {
  const struct asset_set *set = api->config.assets;
  if (r->method != HTTP_GET && r->method != HTTP_HEAD) {
    reply_text(r, 405, "GET\n");
    return;
  }
  if (asset_count(set) == 0) {
    reply_text(r, str_is(r->path, "/") ? 200 : 404,
               "规矩正在运行，但这个程序里没有网页：请先构建 web/，或用 --web 目录 启动。接口在 /api/v1。\n"
               "Guiju is running, but this program holds no pages: build web/ first, or start with --web DIR. The API is at /api/v1.\n");
    return;
  }
  struct str path = r->path;
  const struct asset *a = asset_find(set, path);
  if (a == NULL && str_is(path, "/shop")) a = asset_find(set, STR("/shop.html"));
  if (a == NULL && str_starts(path, STR("/c/"))) a = asset_find(set, STR("/c.html"));
  struct str rest = path, last = STR("");
  while (rest.p) last = str_cut(rest, '/', &rest);
  bool file = str_find(last, STR("."), 0) != SIZE_MAX;
  if (a == NULL && !file) a = asset_find(set, STR("/index.html"));
  if (a)
    reply_asset(r, a);
  else
    reply_text(r, 404, "没有这个文件 · No such file\n");
}

/* ---- requests ------------------------------------------------------------------------------------------------------ */

static void preflight(struct http_request *r) {
  http_reply(r, &(struct http_response){.status = 204, .headers = STR("Access-Control-Allow-Origin: *\r\n"
                                        "Access-Control-Allow-Methods: GET, POST, PATCH\r\n"
                                        "Access-Control-Allow-Headers: Content-Type, Idempotency-Key, X-File-Name\r\n"
                                        "Access-Control-Max-Age: 86400\r\n")});
}

static void no_route(struct api *api, struct http_request *r, unsigned allowed) {
  struct api_call *c = ARENA_NEW(r->arena, struct api_call);
  c->api = api;
  c->r = r;
  buf_init(&c->headers, 1024);
  if (allowed == 0) {
    api_answer_status(c, problem_set(&c->problem, E_NOT_FOUND, "request.path", "没有这个接口", "There is no such path"), &c->problem);
    return;
  }
  struct buf list;
  buf_init(&list, 128);
  for (int m = 0; m < HTTP_METHOD_COUNT; m++)
    if (allowed & (1U << m)) buf_printf(&list, "%s%s", list.n ? ", " : "", http_method_name((enum http_method)m));
  api_header(c, "Allow: %.*s", STR_ARG(buf_str(&list)));
  buf_release(&list);
  (void)!problem_set(&c->problem, E_INVALID, "request.method", "这个接口不接受此方法", "This path does not take this method");
  api_answer(c, 405, api_problem_json(&c->problem));
}

static void on_request(void *ctx, struct http_request *r) {
  struct api *api = ctx;
  struct str path, names[ROUTE_VALUES_MOST], values[ROUTE_VALUES_MOST], forwarded = r->headers[HTTP_H_FORWARDED_FOR];
  if (api->config.trust_proxy && forwarded.n > 0 && (str_is(r->peer, "127.0.0.1") || str_is(r->peer, "::1"))) {
    /* The last address is the one our own proxy saw. */
    struct str rest = forwarded;
    while (rest.p) r->peer = str_trim(str_cut(rest, ',', &rest));
  }
  if (!api_path(r->path, &path)) {
    page(api, r);
    return;
  }
  if (r->method == HTTP_OPTIONS && (str_starts(r->path, STR("/w/")) || str_starts(r->path, STR("/public/api/v1/")))) {
    preflight(r);
    return;
  }
  int count = 0;
  unsigned allowed = 0;
  const struct api_route *route = api_route_find(r->method, path, names, values, &count, &allowed);
  if (route == NULL)
    no_route(api, r, allowed);
  else
    api_call_start(api, r, route, names, values, count);
}

/* ---- the service --------------------------------------------------------------------------------------------------- */

static bool on_accept(void *ctx, const struct http_request *r) { return feed_accept(ctx, r); }
static void on_tick(void *ctx) {
  feed_tick(ctx);
  exports_tick(ctx);
}

void api_handlers(struct api *api, struct http_config *http) {
  http->handlers = (struct http_handlers){.ctx = api, .begin = on_begin, .request = on_request, .ws_accept = on_accept, .ws_open = feed_open,
                                          .ws_message = feed_message, .ws_closed = feed_closed, .ws_drained = feed_drained, .tick = on_tick};
}

enum status api_new(const struct api_config *config, struct api **out, struct problem *p) {
  (void)p;
  struct api *api = calloc(1, sizeof *api);
  BUG_IF(api == NULL);
  api->config = *config;
  api->sessions = session_cache_new();
  api->feed = feed_new(api);
  api->trials = trials_new();
  api->exports = exports_new(api);
  api->by_session = limit_new(LIMIT_PLACES, SESSION_BURST, SESSION_REFILL_MS);
  api->by_address = limit_new(LIMIT_PLACES, ADDRESS_BURST, ADDRESS_REFILL_MS);
  api->by_visitor = limit_new(LIMIT_PLACES, VISITOR_BURST, VISITOR_REFILL_MS);
  api->uploads = limit_new(LIMIT_PLACES, UPLOAD_BURST, UPLOAD_REFILL_MS);
  api->uploads_address = limit_new(LIMIT_PLACES, UPLOAD_ADDRESS_BURST, UPLOAD_ADDRESS_REFILL_MS);
  api->login_address = limit_new(LIMIT_PLACES, LOGIN_BURST, LOGIN_REFILL_MS);
  api->login_failures = limit_new(LIMIT_PLACES, 1, 1);
  struct arena *a = arena_new(1 << 16);
  if (!vault_derive(a, config->data_dir, "files", api->file_key)) randombytes_buf(api->file_key, sizeof api->file_key); /* links until the next start */
  arena_free(a);
  json_t *description = api_openapi_json(config->version);
  api->openapi_text = json_dumps(description, JSON_INDENT(1));
  json_decref(description);
  BUG_IF(api->openapi_text == NULL);
  api->openapi_length = strlen(api->openapi_text);
  *out = api;
  return OK;
}

void api_use_writer(struct api *api, struct writer *writer, api_import_start import, void *import_ctx) {
  api->import = import;
  api->import_ctx = import_ctx;
  api->config.writer = writer;
  api->slow = pool_new(1, API_SLOW_QUEUE, api->config.database);
}

void api_use_channels(struct api *api, api_channel_try check, void *ctx) {
  api->channel_check = check;
  api->channel_ctx = ctx;
  api->outside = pool_new(1, API_OUTSIDE_QUEUE, api->config.database);
}

void api_attach(struct api *api, struct http_server *server) {
  struct problem p = {0};
  api->server = server;
  /* A batch that found no server yet has passed its events over: its number must be known before the feed begins after it. */
  if (writer_tick(api->config.writer, &p) != OK) log_warn("at the start: %s", p.en);
  feed_start(api->feed, writer_state(api->config.writer).last_seq);
  exports_begin(api);
}

void api_close(struct api *api) {
  trials_free(api->trials);
  api->trials = NULL;
  exports_free(api->exports);
  api->exports = NULL;
  pool_free(api->slow);
  api->slow = NULL;
  if (api->outside) pool_free(api->outside);
  api->outside = NULL;
}

void api_free(struct api *api) {
  if (api == NULL) return;
  api_close(api);
  feed_free(api->feed);
  session_cache_free(api->sessions);
  limit_free(api->by_session);
  limit_free(api->by_address);
  limit_free(api->by_visitor);
  limit_free(api->uploads);
  limit_free(api->uploads_address);
  limit_free(api->login_address);
  limit_free(api->login_failures);
  free(api->openapi_text);
  free(api);
}
