/* The life of one HTTP request on the loop thread: head, body, hand-over, answer. Promises that a request is given out
 * at most once, that no more of a body is kept than its plan allows, and that the memory goes when both the holder and
 * the connection are done with it. libwebsockets has percent-decoded the path and the query before we see them. */
#include "net/http_internal.h"
#include "net/path.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST_ARENA = 64 * 1024 * 1024, RESPONSE_HEAD_MOST = 4096, BODY_FIRST = 4096 };

const char *http_method_name(enum http_method method) {
  static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return names[method];
}

struct str http_cookie(const struct http_request *r, const char *name) {
  return path_cookie(r->headers[HTTP_H_COOKIE], str_c(name));
}

bool http_query(const struct http_request *r, const char *name, struct str *out) {
  struct str rest = r->query, found, value;
  while (path_next_query(r->arena, &rest, &found, &value)) {
    if (!str_is(found, name)) continue;
    *out = value;
    return true;
  }
  return false;
}

static struct arena *arena_take(struct http_server *s) {
  return s->spare_count > 0 ? s->spare[--s->spare_count] : arena_new(REQUEST_ARENA);
}

void request_free(struct request *q) {
  struct http_server *s = q->r.server;
  struct arena *a = q->r.arena;
  free(q->body);
  free(q->response.owned_body);
  if (q->response.fd_size > 0) close(q->response.fd);
  if (q->r.body_fd >= 0) close(q->r.body_fd);
  if (q->state != REQUEST_BODY) s->open_requests--;
  arena_reset(a); /* q lives in it */
  if (s->spare_count < SPARE_REQUESTS)
    s->spare[s->spare_count++] = a;
  else
    arena_free(a);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static struct str header_token(struct lws *wsi, struct arena *a, enum lws_token_indexes token) {
  int n = lws_hdr_total_length(wsi, token);
  if (n <= 0) return STR("");
  char *p = arena_alloc(a, (size_t)n + 1);
  if (lws_hdr_copy(wsi, p, n + 1, token) < 0) return STR("");
  return (struct str){p, (size_t)n};
}

static struct str header_custom(struct lws *wsi, struct arena *a, const char *name) {
  int length = (int)strlen(name), n = lws_hdr_custom_length(wsi, name, length);
  if (n <= 0) return STR("");
  char *p = arena_alloc(a, (size_t)n + 1);
  if (lws_hdr_custom_copy(wsi, p, n + 1, name, length) < 0) return STR("");
  return str_trim((struct str){p, (size_t)n});
}

/* The decoded arguments, encoded again so that '&' and '=' inside values stay what they are. */
static struct str read_query(struct lws *wsi, struct arena *a) {
  if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) <= 0) return STR("");
  struct buf b;
  buf_init(&b, 3 * HTTP_HEADER_MOST);
  char part[HTTP_PATH_MOST + 1];
  for (int i = 0, n; (n = lws_hdr_copy_fragment(wsi, part, (int)sizeof part, WSI_TOKEN_HTTP_URI_ARGS, i)) >= 0; i++) {
    struct str value, name = str_cut((struct str){part, (size_t)n}, '=', &value);
    if (b.n > 0) buf_byte(&b, '&');
    buf_add(&b, path_encode(a, name));
    if (value.p == NULL) continue;
    buf_byte(&b, '=');
    buf_add(&b, path_encode(a, value));
  }
  struct str query = arena_buf(a, &b);
  buf_release(&b);
  return query;
}

struct request *request_read_head(struct http_server *s, struct lws *wsi, struct conn *c) {
  static const enum http_method methods[] = {HTTP_GET, HTTP_POST, HTTP_OPTIONS, HTTP_PUT, HTTP_PATCH, HTTP_DELETE,
                                             HTTP_METHOD_COUNT /* CONNECT */, HTTP_HEAD};
  static const struct {
    enum http_header header;
    enum lws_token_indexes token;
  } known[] = {
      {HTTP_H_HOST, WSI_TOKEN_HOST},
      {HTTP_H_ORIGIN, WSI_TOKEN_ORIGIN},
      {HTTP_H_COOKIE, WSI_TOKEN_HTTP_COOKIE},
      {HTTP_H_AUTHORIZATION, WSI_TOKEN_HTTP_AUTHORIZATION},
      {HTTP_H_CONTENT_TYPE, WSI_TOKEN_HTTP_CONTENT_TYPE},
      {HTTP_H_CONTENT_LENGTH, WSI_TOKEN_HTTP_CONTENT_LENGTH},
      {HTTP_H_IF_NONE_MATCH, WSI_TOKEN_HTTP_IF_NONE_MATCH},
      {HTTP_H_ACCEPT_ENCODING, WSI_TOKEN_HTTP_ACCEPT_ENCODING},
      {HTTP_H_ACCEPT_LANGUAGE, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE},
      {HTTP_H_USER_AGENT, WSI_TOKEN_HTTP_USER_AGENT},
      {HTTP_H_TRANSFER_ENCODING, WSI_TOKEN_HTTP_TRANSFER_ENCODING},
      {HTTP_H_FORWARDED_FOR, WSI_TOKEN_X_FORWARDED_FOR},
  };
  char *uri = NULL;
  int uri_length = 0, method = lws_http_get_uri_and_method(wsi, &uri, &uri_length);
  if (method < 0 || method >= (int)COUNT_OF(methods) || methods[method] == HTTP_METHOD_COUNT || uri_length > HTTP_PATH_MOST)
    return NULL;
  struct arena *a = arena_take(s);
  struct request *q = ARENA_NEW(a, struct request);
  q->wsi = wsi;
  q->r.server = s;
  q->r.arena = a;
  q->r.body_fd = -1;
  q->r.method = methods[method];
  for (size_t i = 0; i < COUNT_OF(known); i++) q->r.headers[known[i].header] = header_token(wsi, a, known[i].token);
  q->r.headers[HTTP_H_CSRF] = header_custom(wsi, a, "x-csrf:");
  q->r.headers[HTTP_H_IDEMPOTENCY] = header_custom(wsi, a, "idempotency-key:");
  q->r.headers[HTTP_H_API_TOKEN] = header_custom(wsi, a, "api_access_token:");
  q->r.headers[HTTP_H_FILE_NAME] = header_custom(wsi, a, "x-file-name:");
  q->r.query = read_query(wsi, a);
  if (c->peer[0] == '\0') lws_get_peer_simple(wsi, c->peer, sizeof c->peer);
  struct str address = str_c(c->peer);
  if (str_starts(address, STR("::ffff:"))) address = str_slice(address, 7, address.n);
  q->r.peer = arena_dup(a, address);
  q->r.secure = lws_is_ssl(wsi);
  if (!path_resolve(a, (struct str){uri, (size_t)uri_length}, &q->r.path)) {
    request_free(q);
    return NULL;
  }
  return q;
}

/* Give the request to its handler. Nothing more is read from the connection until the answer is there. */
static int hand_over(struct request *q) {
  struct http_server *s = q->r.server;
  q->state = REQUEST_HELD;
  s->open_requests++;
  if (q->plan.mode == HTTP_BODY_MEMORY) {
    q->r.body = (struct str){q->body ? q->body : "", (size_t)q->r.body_size};
  }
  watch_until(s, q->wsi, 0, false);
  lws_set_timeout(q->wsi, NO_PENDING_TIMEOUT, 0);
  if (atomic_load(&s->stopping)) {
    http_reply(&q->r, &(struct http_response){.status = 503, .close = true});
    return 0;
  }
  s->config.handlers.request(s->config.handlers.ctx, &q->r);
  /* Even when another thread has answered already: only this thread takes answers, so q is still there. */
  if (q->state == REQUEST_HELD) lws_rx_flow_control(q->wsi, 0);
  return 0;
}

/* Answer before the body has come: what still comes is thrown away for a short while. */
static int refuse_early(struct request *q, int status) {
  q->state = REQUEST_HELD;
  q->r.server->open_requests++;
  static const char text[] = "{\"error\":{\"key\":\"http.%d\",\"zh\":\"%.*s\",\"en\":\"%.*s\"}}";
  struct str zh = STR("请求不完整"), en = STR("The request is incomplete");
  if (status == 413) {
    bool large = q->plan.most >= (i64)1 << 20;
    long long most = (long long)(large ? q->plan.most >> 20 : q->plan.most >> 10);
    zh = arena_printf(q->r.arena, "太大了，这里最多收 %lld %s", most, large ? "MB" : "kB");
    en = arena_printf(q->r.arena, "Too large: at most %lld %s are taken here", most, large ? "MB" : "kB");
  }
  struct str body = arena_printf(q->r.arena, text, status, STR_ARG(zh), STR_ARG(en));
  http_reply(&q->r, &(struct http_response){.status = status, .type = STR("application/json"), .headers = STR("Access-Control-Allow-Origin: *\r\n"), .body = body}); /* pages elsewhere may read why */
  return 0;
}

/* Open a file that has no name: it is gone when it is closed. */
static int temp_file(const char *dir) {
  int fd = open(dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  char name[512];
  snprintf(name, sizeof name, "%s/body-XXXXXX", dir ? dir : "/tmp");
  fd = mkostemp(name, O_CLOEXEC);
  if (fd >= 0) unlink(name);
  return fd;
}

int request_begin(struct http_server *s, struct lws *wsi, struct conn *c) {
  if (c->request != NULL) return -1; /* a pipelined request while one is held: cannot happen with reading stopped */
  struct request *q = request_read_head(s, wsi, c);
  if (q == NULL) return -1;
  c->request = q;
  watch_until(s, wsi, 0, false);
  atomic_fetch_add_explicit(&s->request_count, 1, memory_order_relaxed);
  struct str length = q->r.headers[HTTP_H_CONTENT_LENGTH];
  i64 size = 0;
  bool has_length = length.n > 0, may_have_body = q->r.method == HTTP_POST || q->r.method == HTTP_PUT || q->r.method == HTTP_PATCH;
  struct str coding = q->r.headers[HTTP_H_TRANSFER_ENCODING];
  q->in_chunks = may_have_body && !has_length && str_is(coding, "chunked");
  if ((has_length && (!str_to_i64(length, &size) || size < 0)) || (coding.n > 0 && !q->in_chunks)) {
    q->client_close = true;
    return refuse_early(q, 400);
  }
  q->no_length = may_have_body && !has_length;
  q->plan = (struct http_body_plan){HTTP_BODY_MEMORY, HTTP_BODY_MEMORY_MOST};
  if (s->config.handlers.begin) q->plan = s->config.handlers.begin(s->config.handlers.ctx, &q->r);
  if (size > q->plan.most) {
    q->client_close = true;
    return refuse_early(q, 413);
  }
  if (q->in_chunks) size = q->plan.most; /* as long as the longest that is taken */
  q->body_left = size;
  if (size == 0) return hand_over(q);
  if (q->plan.mode == HTTP_BODY_FILE && (q->r.body_fd = temp_file(s->config.temp_dir)) < 0) {
    q->client_close = true;
    return refuse_early(q, 503);
  }
  watch_until(s, wsi, HTTP_BODY_WAIT_S + size / HTTP_BODY_RATE, false);
  return 0;
}

static int take_bytes(struct request *q, const void *in, size_t n) {
  if (q->plan.mode == HTTP_BODY_FILE) {
    if (write(q->r.body_fd, in, n) != (ssize_t)n) {
      log_error("cannot write an upload: %m");
      q->client_close = true;
      return refuse_early(q, 507);
    }
    q->r.body_size += (i64)n;
    return 0;
  }
  size_t need = (size_t)q->r.body_size + n;
  if (need > q->body_room) {
    /* Grow with what has really come, so that announcing a megabyte does not yet cost one. */
    size_t room = q->body_room ? q->body_room * 2 : BODY_FIRST;
    while (room < need) room *= 2;
    char *grown = realloc(q->body, room);
    BUG_IF(grown == NULL);
    q->body = grown;
    q->body_room = room;
  }
  memcpy(q->body + q->r.body_size, in, n);
  q->r.body_size += (i64)n;
  return 0;
}

/* The connection ends with this answer: libwebsockets does not know where the body ended. */
static int take_chunks(struct request *q, struct str in) {
  struct str data;
  q->client_close = true;
  while (q->state == REQUEST_BODY) {
    switch (chunked_next(&q->chunked, &in, &data)) {
      case CHUNKED_MORE: return 0;
      case CHUNKED_BAD: return refuse_early(q, 400);
      case CHUNKED_END: q->body_left = 0; return hand_over(q);
      case CHUNKED_DATA:
        if (q->r.body_size + (i64)data.n > q->plan.most) return refuse_early(q, 413);
        q->body_left -= (i64)data.n;
        if (take_bytes(q, data.p, data.n) != 0) return -1;
    }
  }
  return 0;
}

int request_body(struct request *q, const void *in, size_t n) {
  if (q->state != REQUEST_BODY || n == 0) return 0;
  if (q->in_chunks) return take_chunks(q, (struct str){in, n});
  if ((i64)n > q->body_left) return -1;
  q->body_left -= (i64)n;
  return take_bytes(q, in, n);
}

int request_body_end(struct request *q) {
  if (q->state != REQUEST_BODY) return 0;
  return q->body_left == 0 && !q->in_chunks ? hand_over(q) : 0;
}

/* ---- answering -------------------------------------------------------------------------------------------------- */

void http_reply(struct http_request *r, const struct http_response *response) {
  struct request *q = (struct request *)r;
  struct http_server *s = r->server;
  q->response = *response;
  if (atomic_load_explicit(&s->loop_known, memory_order_acquire) && pthread_equal(s->loop_thread, pthread_self())) {
    request_answered(q);
    return;
  }
  pthread_mutex_lock(&s->mutex);
  q->next = NULL;
  *s->answers_end = q;
  s->answers_end = &q->next;
  bool wake = !s->woken;
  s->woken = true;
  pthread_mutex_unlock(&s->mutex);
  if (wake) server_wake(s);
}

void request_answered(struct request *q) {
  q->state = REQUEST_ANSWERED;
  if (q->wsi == NULL) {
    request_free(q);
    return;
  }
  lws_rx_flow_control(q->wsi, 1 | LWS_RXFLOW_REASON_FLAG_PROCESS_NOW); /* else it would not become writable either */
  watch_until(q->r.server, q->wsi, HTTP_WRITE_WAIT_S, false);
  lws_callback_on_writable(q->wsi);
}

static const char *reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

/* Has some connection sent the beginning of a next request before the answer to its last one (pipelining)? libwebsockets
 * 4.1 loops for ever over a pipelined request with a body, so such a connection ends with its present answer, which
 * HTTP allows. The question is about all connections: an innocent one at worst has to connect again. */
static bool input_waiting(struct http_server *s) { return lws_service_adjust_timeout(s->context, 1, 0) == 0; }

static size_t write_head(struct request *q, char *p, size_t room) {
  const struct http_response *a = &q->response;
  i64 length = a->fd_size > 0 ? a->fd_size : (i64)a->body.n;
  bool bodiless = a->status == 204 || a->status == 304;
  int n = snprintf(p, room, "HTTP/1.1 %d %s\r\nDate: %s\r\n", a->status, reason(a->status), server_date(q->r.server));
  size_t at = (size_t)n;
  if (a->type.n > 0) at += (size_t)snprintf(p + at, room - at, "Content-Type: %.*s\r\n", STR_ARG(a->type));
  if (!bodiless) at += (size_t)snprintf(p + at, room - at, "Content-Length: %lld\r\n", (long long)length);
  if (q->client_close || a->close || q->no_length) at += (size_t)snprintf(p + at, room - at, "Connection: close\r\n");
  BUG_IF(at + a->headers.n + 2 > room);
  if (a->headers.n > 0) memcpy(p + at, a->headers.p, a->headers.n);
  at += a->headers.n;
  memcpy(p + at, "\r\n", 2);
  return at + 2;
}

/* Put the next piece of the answer into the server's chunk. Returns its size; *last says that nothing follows. */
static ssize_t next_piece(struct request *q, unsigned char *chunk, bool *last) {
  const struct http_response *a = &q->response;
  size_t n = 0;
  if (!q->headers_sent) {
    if (q->body_left > 0 || input_waiting(q->r.server)) q->client_close = true;
    n = write_head(q, (char *)chunk, RESPONSE_HEAD_MOST);
    q->headers_sent = true;
  }
  bool bodiless = a->status == 204 || a->status == 304 || q->r.method == HTTP_HEAD;
  if (bodiless) {
    *last = true;
  } else if (a->fd_size > 0) {
    size_t want = HTTP_CHUNK;
    if ((i64)want > a->fd_size - q->file_sent) want = (size_t)(a->fd_size - q->file_sent);
    ssize_t got = pread(a->fd, chunk + n, want, q->file_sent);
    if (got != (ssize_t)want) return -1; /* the file shrank or the disk failed: the client sees a cut answer */
    q->file_sent += got;
    n += (size_t)got;
    *last = q->file_sent == a->fd_size;
  } else {
    size_t want = a->body.n - q->sent < HTTP_CHUNK ? a->body.n - q->sent : HTTP_CHUNK;
    if (want > 0) memcpy(chunk + n, a->body.p + q->sent, want);
    q->sent += want;
    n += want;
    *last = q->sent == a->body.n;
  }
  return (ssize_t)n;
}

int request_write(struct request *q) {
  if (q->state != REQUEST_ANSWERED) return 0;
  struct http_server *s = q->r.server;
  struct lws *wsi = q->wsi;
  unsigned char *chunk = s->chunk + LWS_PRE;
  bool last = false;
  ssize_t n = next_piece(q, chunk, &last);
  if (n < 0) return -1;
  if (lws_write(wsi, chunk, (size_t)n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) return -1;
  if (!last) {
    watch_until(s, wsi, HTTP_WRITE_WAIT_S, false);
    lws_callback_on_writable(wsi);
    return 0;
  }
  bool early = q->body_left > 0, close_now = q->client_close || q->response.close || q->no_length;
  struct conn *c = lws_wsi_user(wsi);
  c->request = NULL;
  request_free(q);
  if (early) { /* the rest of the body is read and dropped until the deadline ends the connection */
    watch_until(s, wsi, HTTP_LINGER_S, false);
    return 0;
  }
  if (close_now || input_waiting(s) || lws_http_transaction_completed(wsi)) return -1;
  lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0); /* out of the library's list: watch.c says why */
  watch_until(s, wsi, HTTP_KEEPALIVE_S, true);
  return 0;
}

void request_gone(struct conn *c) {
  struct request *q = c->request;
  c->request = NULL;
  if (q == NULL) return;
  q->wsi = NULL;
  if (q->state == REQUEST_BODY || q->state == REQUEST_ANSWERED) request_free(q);
}
