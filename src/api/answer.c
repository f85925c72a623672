/* Answers: JSON, problems, bytes and files, each with the headers that keep a browser from being misused. */
#include "api/api_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_MOST = 3000 };

static const char data_headers[] =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n";
static const char widget_headers[] =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: cross-origin\r\n";

struct str api_page_headers(void) {
  return STR(
      "X-Content-Type-Options: nosniff\r\n"
      "Referrer-Policy: same-origin\r\n"
      "X-Frame-Options: SAMEORIGIN\r\n"
      "Permissions-Policy: camera=(self), microphone=(), geolocation=()\r\n"
      "Cross-Origin-Opener-Policy: same-origin\r\n"
      "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
      "media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'self'; "
      "base-uri 'none'; form-action 'self'\r\n");
}

void api_header(struct api_call *c, const char *format, ...) {
  char line[1024];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  BUG_IF(n < 0 || (size_t)n >= sizeof line);
  buf_add(&c->headers, (struct str){line, (size_t)n});
  buf_add(&c->headers, STR("\r\n"));
}

void api_release(struct api_call *c) {
  json_decref(c->args);
  c->args = NULL;
  buf_release(&c->headers);
}

static void send(struct api_call *c, const struct http_response *response, const char *common) {
  struct http_response r = *response;
  r.headers = arena_printf(c->r->arena, "%s%.*s", common, STR_ARG(buf_str(&c->headers)));
  BUG_IF(r.headers.n > HEADERS_MOST);
  struct http_request *request = c->r;
  if (c->route) metrics_count(&c->api->metrics, (int)c->route->kind, r.status, api_monotonic_us() - c->started_us);
  api_release(c);
  http_reply(request, &r);
}

static const char *common_of(const struct api_call *c) {
  return str_starts(c->r->path, STR("/w/")) || str_starts(c->r->path, STR("/public/api/v1/")) ? widget_headers : data_headers;
}

void api_answer(struct api_call *c, int status, json_t *owned_body) {
  if (owned_body == NULL) owned_body = json_object();
  char *text = json_dumps(owned_body, JSON_COMPACT);
  BUG_IF(text == NULL);
  json_decref(owned_body);
  send(c, &(struct http_response){.status = status, .type = STR("application/json; charset=utf-8"), .body = str_c(text), .owned_body = text}, common_of(c));
}

json_t *api_problem_json(const struct problem *p) {
  json_t *error = json_pack("{s:s,s:s,s:s,s:o}", "key", p->key, "zh", p->zh, "en", p->en, "clause", p->clause[0] ? json_string(p->clause) : json_null());
  return json_pack("{s:o}", "error", error);
}

void api_answer_problem(struct api_call *c, const struct problem *p) {
  BUG_IF(p->status == OK);
  api_answer(c, status_http(p->status), api_problem_json(p));
}

/* Words for statuses that came without any. */
static void fill(struct problem *p, enum status status) {
  static const struct {
    enum status status;
    const char *key, *zh, *en;
  } words[] = {
      {E_INVALID, "request.invalid", "请求的内容不对", "The request is not valid"},
      {E_UNAUTHENTIC, "session.none", "请先登录", "Please sign in"},
      {E_DENIED, "permission.denied", "你的岗位没有这个权限", "Your role may not do this"},
      {E_NOT_FOUND, "request.not_found", "没有找到", "There is no such thing"},
      {E_CONFLICT, "request.conflict", "内容刚被别人改动，请刷新后再试", "Somebody changed this just now; reload and try again"},
      {E_TOO_LARGE, "request.too_large", "内容太大", "That is too large"},
      {E_REFUSED, "request.refused", "制度不允许", "The rulebook does not allow this"},
      {E_BUSY, "request.busy", "现在请求太多，请稍后再试", "Too many requests; try again soon"},
      {E_IO, "service.io", "磁盘或数据库出错，没有保存，请稍后再试", "The disk or database failed and nothing was saved; try again soon"},
      {E_FULL, "service.full", "磁盘已满，没有保存", "The disk is full and nothing was saved"},
  };
  *p = (struct problem){.status = status};
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    if (words[i].status != status) continue;
    snprintf(p->key, sizeof p->key, "%s", words[i].key);
    snprintf(p->zh, sizeof p->zh, "%s", words[i].zh);
    snprintf(p->en, sizeof p->en, "%s", words[i].en);
  }
}

void api_answer_status(struct api_call *c, enum status status, const struct problem *p) {
  struct problem own = {0};
  if (p && p->key[0]) {
    own = *p;
    own.status = status;
  } else {
    fill(&own, status);
  }
  if (status == E_BUSY) api_header(c, "Retry-After: 1");
  api_answer_problem(c, &own);
}

void api_answer_bytes(struct api_call *c, int status, struct str type, struct str body, char *owned_body) {
  send(c, &(struct http_response){.status = status, .type = type, .body = body, .owned_body = owned_body}, common_of(c));
}

void api_answer_file(struct api_call *c, struct str type, int fd, i64 size) {
  send(c, &(struct http_response){.status = 200, .type = type, .fd = fd, .fd_size = size}, "X-Content-Type-Options: nosniff\r\n"
       "Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: cross-origin\r\n"
       "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; sandbox\r\n");
}
