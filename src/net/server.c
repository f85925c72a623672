/* The loop: libwebsockets on libev (epoll, so that idle connections cost nothing; its libuv binding
 * asks the kernel ten times as often), its callback, the lists through which
 * other threads reach the loop, and the orderly end. Where the libev plugin of libwebsockets is not installed the library's
 * own poll loop serves instead: correct, but slower with thousands of connections. */
#include "net/http_internal.h"

#include "base/log.h"

#include <ev.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILES_WANTED = 65536, SERVICE_BUFFER = 16 * 1024, WS_RECEIVE_BUFFER = 256, TICK_US = 1000000, DRAIN_TICK_US = 50000 };

struct loop {
  struct http_server server; /* first: the public face */
  struct ev_loop *ev; /* NULL: poll */
  lws_sorted_usec_list_t tick;
};

static struct loop *loop_of(struct http_server *s) { return (struct loop *)s; }

void server_wake(struct http_server *s) { lws_cancel_service(s->context); }

i64 server_now_us(const struct http_server *s) { return s->config.clock_us ? s->config.clock_us(s->config.handlers.ctx) : (i64)lws_now_usecs(); }

const char *server_date(struct http_server *s) {
  time_t now = time(NULL);
  if (now != s->date_second) {
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(s->date, sizeof s->date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    s->date_second = now;
  }
  return s->date;
}

void http_server_post(struct http_server *s, void (*run)(void *ctx), void *ctx) {
  struct post *post = malloc(sizeof *post);
  BUG_IF(post == NULL);
  *post = (struct post){NULL, run, ctx};
  pthread_mutex_lock(&s->mutex);
  *s->posts_end = post;
  s->posts_end = &post->next;
  bool wake = !s->woken;
  s->woken = true;
  pthread_mutex_unlock(&s->mutex);
  if (wake) server_wake(s);
}

/* Posts run before the answers that were given after them: an invalidated session is gone when the client hears of it. */
static void take_lists(struct http_server *s) {
  pthread_mutex_lock(&s->mutex);
  struct post *posts = s->posts;
  struct request *answers = s->answers;
  s->posts = NULL;
  s->posts_end = &s->posts;
  s->answers = NULL;
  s->answers_end = &s->answers;
  s->woken = false;
  pthread_mutex_unlock(&s->mutex);
  while (posts) {
    struct post *next = posts->next;
    posts->run(posts->ctx);
    free(posts);
    posts = next;
  }
  while (answers) {
    struct request *next = answers->next;
    request_answered(answers);
    answers = next;
  }
}

static int on_callback(struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t n) {
  struct conn *c = user;
  struct lws_context *context = wsi ? lws_get_context(wsi) : NULL;
  struct http_server *s = context ? lws_context_user(context) : NULL;
  switch (why) {
    case LWS_CALLBACK_HTTP: return request_begin(s, wsi, c);
    case LWS_CALLBACK_HTTP_BODY: return c->request ? request_body(c->request, in, n) : 0;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION: return c->request ? request_body_end(c->request) : -1; /* of a refused body */
    case LWS_CALLBACK_HTTP_WRITEABLE: return c->request ? request_write(c->request) : 0;
    case LWS_CALLBACK_CLOSED_HTTP:
      if (c) request_gone(c);
      return 0;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return ws_begin(s, wsi, c);
    case LWS_CALLBACK_ESTABLISHED: return ws_established(s, wsi, c);
    case LWS_CALLBACK_RECEIVE: return ws_receive(c, wsi, in, n);
    case LWS_CALLBACK_RECEIVE_PONG:
      ws_heard(c);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE: return ws_writable(c, wsi);
    case LWS_CALLBACK_CLOSED:
      if (c) ws_gone(s, c);
      return 0;
    case LWS_CALLBACK_WSI_DESTROY:
      if (c && c->request) request_gone(c); /* a handshake that broke off */
      if (wsi) watch_drop(wsi);
      return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
      if (s) take_lists(s);
      return 0;
    default: return 0;
  }
}

static void on_tick(lws_sorted_usec_list_t *sul) {
  struct loop *l = lws_container_of(sul, struct loop, tick);
  struct http_server *s = &l->server;
  bool stopping = atomic_load(&s->stopping);
  watch_sweep(s);
  ws_sweep(s);
  if (!stopping && s->config.handlers.tick) s->config.handlers.tick(s->config.handlers.ctx);
  lws_sul_schedule(s->context, 0, sul, on_tick, stopping ? DRAIN_TICK_US : TICK_US);
}

static void on_lws_log(int level, const char *line) {
  size_t n = strcspn(line, "\n");
  if (level & LLL_ERR) log_error("net: %.*s", (int)n, line);
  else log_warn("net: %.*s", (int)n, line);
}

static void raise_file_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlim_t want = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
  if (limit.rlim_cur == want) return;
  limit.rlim_cur = want;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) log_warn("cannot set the limit of open files: %m");
}

/* libwebsockets retries a taken port for ever; a person wants to be told. */
static enum status check_port(const struct http_config *config, struct problem *p) {
  char port[16];
  snprintf(port, sizeof port, "%d", config->port);
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST}, *list = NULL;
  if (getaddrinfo(config->address, port, &hints, &list) != 0)
    return problem_set(p, E_INVALID, "net.address", "监听地址“%s”无效，请写 IP 地址", "Listening address “%s” is not an IP address",
                       config->address ? config->address : "*");
  int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  bool taken = fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 || bind(fd, list->ai_addr, list->ai_addrlen) != 0;
  if (fd >= 0) close(fd);
  freeaddrinfo(list);
  if (taken)
    return problem_set(p, E_IO, "net.port", "端口 %d 打不开：可能已有程序在用，或没有权限",
                       "Port %d cannot be opened: another program uses it, or the permission is missing", config->port);
  return OK;
}

static struct lws_context *create_context(struct loop *l) {
  struct http_server *s = &l->server;
  void *loops[1] = {l->ev};
  struct lws_context_creation_info info = {0};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | (l->ev ? LWS_SERVER_OPTION_LIBEV : 0) |
                 (s->config.cert ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0);
  if (l->ev) info.foreign_loops = loops;
  info.user = s;
  info.gid = info.uid = -1;
  info.pt_serv_buf_size = SERVICE_BUFFER;
  info.max_http_header_data = HTTP_HEADER_MOST;
  info.timeout_secs = HTTP_HEADER_WAIT_S;
  info.timeout_secs_ah_idle = HTTP_HEADER_WAIT_S;
  return lws_create_context(&info);
}

static enum status open_socket(struct http_server *s, struct problem *p) {
  s->protocols[0] = (struct lws_protocols){.name = "guiju", .callback = on_callback, .per_session_data_size = sizeof(struct conn),
                                           .rx_buffer_size = WS_RECEIVE_BUFFER, .user = s, .tx_packet_size = HTTP_CHUNK + SERVICE_BUFFER};
  struct lws_context_creation_info info = {0};
  info.port = s->config.port;
  info.iface = s->config.address;
  info.vhost_name = "guiju";
  info.protocols = s->protocols;
  info.keepalive_timeout = HTTP_KEEPALIVE_S;
  info.timeout_secs_ah_idle = HTTP_HEADER_WAIT_S;
  info.retry_and_idle_policy = &s->retry; /* all zero: ws_sweep looks after silent sockets */
  info.alpn = "http/1.1";
  info.ssl_cert_filepath = s->config.cert;
  info.ssl_private_key_filepath = s->config.key;
  info.options = s->config.cert ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0;
  if (s->config.address && strchr(s->config.address, ':') == NULL) info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
  s->vhost = lws_create_vhost(s->context, &info);
  if (s->vhost == NULL)
    return problem_set(p, E_IO, "net.open", "无法在端口 %d 上监听（证书或地址不可用）",
                       "Cannot listen on port %d (certificate or address not usable)", s->config.port);
  return OK;
}

enum status http_server_new(const struct http_config *config, struct http_server **out, struct problem *p) {
  enum status status = check_port(config, p);
  if (status != OK) return status;
  raise_file_limit();
  lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
  struct loop *l = calloc(1, sizeof *l);
  BUG_IF(l == NULL);
  struct http_server *s = &l->server;
  s->config = *config;
  pthread_mutex_init(&s->mutex, NULL);
  s->posts_end = &s->posts;
  s->answers_end = &s->answers;
  s->chunk = malloc(LWS_PRE + HTTP_CHUNK + SERVICE_BUFFER);
  l->ev = ev_loop_new(EVFLAG_AUTO);
  BUG_IF(s->chunk == NULL || l->ev == NULL);
  s->context = create_context(l);
  if (s->context == NULL) {
    log_warn("the libev plugin of libwebsockets is missing (package libwebsockets-evlib-ev): serving with poll()");
    ev_loop_destroy(l->ev);
    l->ev = NULL;
    s->context = create_context(l);
    BUG_IF(s->context == NULL);
  }
  status = open_socket(s, p);
  if (status != OK) {
    http_server_free(s);
    return status;
  }
  lws_sul_schedule(s->context, 0, &l->tick, on_tick, TICK_US);
  *out = s;
  return OK;
}

static bool drained(struct http_server *s) {
  if (!s->draining) {
    s->draining = true;
    s->drain_until_us = lws_now_usecs() + HTTP_DRAIN_S * LWS_USEC_PER_SEC;
    ws_close_all(s);
  }
  return (s->open_requests == 0 && s->sockets == NULL) || lws_now_usecs() > s->drain_until_us;
}

void http_server_run(struct http_server *s) {
  struct loop *l = loop_of(s);
  s->loop_thread = pthread_self();
  atomic_store_explicit(&s->loop_known, true, memory_order_release);
  take_lists(s);
  while (!atomic_load(&s->stopping) || !drained(s)) {
    if (l->ev) {
      ev_run(l->ev, EVRUN_ONCE);
    } else if (lws_service(s->context, 0) < 0) {
      break;
    }
  }
}

void http_server_stop(struct http_server *s) {
  atomic_store(&s->stopping, true);
  lws_cancel_service(s->context); /* writes one byte: allowed in a signal handler */
}

void http_server_free(struct http_server *s) {
  if (s == NULL) return;
  struct loop *l = loop_of(s);
  if (s->context) {
    lws_sul_cancel(&l->tick);
    lws_context_destroy(s->context);
  }
  if (l->ev) ev_loop_destroy(l->ev);
  for (size_t i = 0; i < s->spare_count; i++) arena_free(s->spare[i]);
  free(s->chunk);
  pthread_mutex_destroy(&s->mutex);
  free(l);
}

struct http_counts http_server_counts(const struct http_server *s) {
  return (struct http_counts){atomic_load_explicit(&s->request_count, memory_order_relaxed),
                              atomic_load_explicit(&s->socket_count, memory_order_relaxed)};
}
