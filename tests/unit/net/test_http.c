/* The server itself, over real sockets: whole, broken, pipelined and oversized requests, answers from another thread, sessions,
 * and the orderly end. */
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 3000, BODY_MOST = 1000, FILE_MOST = 100000 };

struct fixture {
  struct http_server *server;
  pthread_t thread;
  int port;
  _Atomic int closed, begun; /* sessions, requests */
  _Atomic long long skipped_s; /* how far the server's clock was put on */
};

struct answer {
  struct http_request *r;
};

static void echo(struct http_request *r) {
  char first = 0;
  if (r->body_fd >= 0) assert_int_equal(pread(r->body_fd, &first, 1, 0), 1);
  struct str body = arena_printf(r->arena, "%s %.*s q=%.*s n=%lld first=%c csrf=%.*s", http_method_name(r->method), STR_ARG(r->path), STR_ARG(r->query),
                                 (long long)r->body_size, first ? first : '-', STR_ARG(r->headers[HTTP_H_CSRF]));
  http_reply(r, &(struct http_response){.status = 200, .type = STR("text/plain"), .headers = STR("X-Own: 1\r\n"), .body = body});
}

static void *answer_later(void *ctx) {
  usleep(20000);
  echo(ctx);
  return NULL;
}

static void on_request(void *ctx, struct http_request *r) {
  (void)ctx;
  pthread_t thread;
  if (str_starts(r->path, STR("/later"))) {
    assert_int_equal(pthread_create(&thread, NULL, answer_later, r), 0);
    pthread_detach(thread);
  } else if (str_is(r->path, "/big")) {
    size_t n = 3000000;
    char *p = malloc(n);
    memset(p, 'x', n);
    http_reply(r, &(struct http_response){.status = 200, .body = {p, n}, .owned_body = p});
  } else {
    echo(r);
  }
}

static struct http_body_plan on_begin(void *ctx, const struct http_request *r) {
  atomic_fetch_add(&((struct fixture *)ctx)->begun, 1);
  return str_is(r->path, "/file") ? (struct http_body_plan){HTTP_BODY_FILE, FILE_MOST} : (struct http_body_plan){HTTP_BODY_MEMORY, BODY_MOST};
}

static bool on_accept(void *ctx, const struct http_request *r) {
  (void)ctx;
  return str_is(r->path, "/feed");
}
static void on_open(void *ctx, struct ws *ws, const struct http_request *r) {
  (void)ctx;
  struct str name;
  bool named = http_query(r, "name", &name);
  struct ws_frame *f = ws_frame_new(named ? name : STR("hello"));
  ws_send(ws, f);
  ws_frame_release(f);
  ws_drop_request(ws);
}
static void on_message(void *ctx, struct ws *ws, struct str text) {
  (void)ctx;
  if (str_is(text, "flood")) {
    char big[4096];
    memset(big, 'f', sizeof big);
    struct ws_frame *f = ws_frame_new((struct str){big, sizeof big});
    for (int i = 0; i < WS_QUEUE_FRAMES + 1; i++) ws_send(ws, f);
    ws_frame_release(f);
    return;
  }
  struct ws_frame *f = ws_frame_new(text);
  ws_send(ws, f);
  ws_frame_release(f);
}
static void on_closed(void *ctx, struct ws *ws) {
  (void)ws;
  atomic_fetch_add(&((struct fixture *)ctx)->closed, 1);
}

static i64 clock_us(void *ctx) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (t.tv_sec + atomic_load(&((struct fixture *)ctx)->skipped_s)) * 1000000 + t.tv_nsec / 1000;
}

static void *serve(void *ctx) {
  http_server_run(((struct fixture *)ctx)->server);
  return NULL;
}

static int free_port(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof address;
  assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
  close(fd);
  return ntohs(address.sin_port);
}

static int set_up(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  struct problem p;
  f->port = free_port();
  struct http_config config = {.address = "127.0.0.1", .port = f->port, .temp_dir = "/tmp", .clock_us = clock_us,
                               .handlers = {.ctx = f, .begin = on_begin, .request = on_request, .ws_accept = on_accept, .ws_open = on_open,
                                            .ws_message = on_message, .ws_closed = on_closed}};
  assert_int_equal(http_server_new(&config, &f->server, &p), OK);
  assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  struct fixture *f = *state;
  http_server_stop(f->server);
  pthread_join(f->thread, NULL);
  http_server_free(f->server);
  free(f);
  return 0;
}

/* ---- the client's side ----------------------------------------------------------------------------------------------- */

static int dial(const struct fixture *f) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)f->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
  return fd;
}

static void put(int fd, const char *text) { assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text)); }

/* Read until `want` appears, the connection ends, or WAIT_MS passed without a byte. Returns the bytes read. */
static size_t get(int fd, char *out, size_t room, const char *want) {
  size_t n = 0;
  out[0] = '\0';
  while (n + 1 < room && (want == NULL || strstr(out, want) == NULL)) {
    struct pollfd p = {fd, POLLIN, 0};
    if (poll(&p, 1, WAIT_MS) <= 0) break;
    ssize_t got = recv(fd, out + n, room - n - 1, 0);
    if (got <= 0) break;
    n += (size_t)got;
    out[n] = '\0';
  }
  return n;
}

static void ask(const struct fixture *f, const char *request, char *out, size_t room) {
  int fd = dial(f);
  put(fd, request);
  get(fd, out, room, NULL);
  close(fd);
}

static void answers(void **state) {
  char out[4096];
  ask(*state, "GET /a//b/../c?x=1&y=%26%E4%BD%A0 HTTP/1.1\r\nHost: h\r\nX-CSRF: secret\r\nConnection: close\r\n\r\n", out, sizeof out);
  assert_non_null(strstr(out, "HTTP/1.1 200 OK"));
  assert_non_null(strstr(out, "GET /a/c q=x=1&y=%26%E4%BD%A0 n=0 first=- csrf=secret"));
  assert_non_null(strstr(out, "X-Own: 1\r\n"));
  ask(*state, "POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", out, sizeof out);
  assert_non_null(strstr(out, "POST /later q= n=5"));
  ask(*state, "HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", out, sizeof out);
  assert_non_null(strstr(out, "Content-Length: "));
  assert_null(strstr(out, "first="));
}

static void keeps_the_connection(void **state) {
  char out[4096];
  int fd = dial(*state);
  for (int i = 0; i < 3; i++) {
    put(fd, i == 1 ? "PATCH /later/2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab" : "GET /later/1 HTTP/1.1\r\nHost: h\r\n\r\n");
    get(fd, out, sizeof out, "csrf=");
    assert_non_null(strstr(out, i == 1 ? "PATCH /later/2" : "GET /later/1"));
  }
  close(fd);
}

static bool ended(int fd) {
  char byte;
  struct pollfd p = {fd, POLLIN, 0};
  return poll(&p, 1, WAIT_MS) == 1 && recv(fd, &byte, 1, 0) <= 0;
}

/* Whoever keeps a connection and asks nothing, or a body half sent, is let go when its time is over, and not before. */
static void ends_who_waits(void **state) {
  struct fixture *f = *state;
  char out[4096];
  int idle = dial(f), half = dial(f), again = dial(f), begun = atomic_load(&f->begun);
  put(half, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nha");
  for (int i = 0; i < 100 && atomic_load(&f->begun) == begun; i++) usleep(10000);
  put(idle, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  get(idle, out, sizeof out, "csrf=");
  put(again, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  get(again, out, sizeof out, "csrf="); /* what came before it is settled now: there is one loop */
  atomic_fetch_add(&f->skipped_s, HTTP_BODY_WAIT_S + 2);
  assert_true(ended(half));
  put(again, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"); /* its time begins anew */
  assert_true(get(again, out, sizeof out, "csrf=") > 0);
  atomic_fetch_add(&f->skipped_s, HTTP_KEEPALIVE_S - HTTP_BODY_WAIT_S - 1);
  assert_true(ended(idle));
  put(again, "GET /c HTTP/1.1\r\nHost: h\r\n\r\n");
  get(again, out, sizeof out, "csrf=");
  assert_non_null(strstr(out, "GET /c"));
  close(idle), close(half), close(again);
}

/* A request with a body behind an unanswered one must neither hang nor confuse the server. */
static void survives_pipelining(void **state) {
  char out[8192];
  ask(*state, "GET /later HTTP/1.1\r\nHost: h\r\n\r\nPOST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /y HTTP/1.1\r\nHost: h\r\n\r\n", out, sizeof out);
  assert_non_null(strstr(out, "GET /later"));
  assert_non_null(strstr(out, "Connection: close"));
  ask(*state, "POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\naPOST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", out, sizeof out);
  ask(*state, "GET /still HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", out, sizeof out);
  assert_non_null(strstr(out, "GET /still"));
}

static void refuses(void **state) {
  char out[4096];
  static const struct {
    const char *request, *status;
  } cases[] = {
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n", "HTTP/1.1 413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\n", "HTTP/1.1 400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "HTTP/1.1 400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nz\r\nabc", "HTTP/1.1 400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", "HTTP/1.1 400"},
      {"POST /file HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\n\r\n", "HTTP/1.1 413"},
      {"GET /../x%2f..%2f..%2f.. HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", ""},
      {"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", ""},
      {"GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n", ""},
      {"NONSENSE\r\n\r\n", ""},
      {"GET http://h/x HTTP/1.1\r\n\r\n", ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    ask(*state, cases[i].request, out, sizeof out);
    assert_int_equal(strncmp(out, cases[i].status, strlen(cases[i].status)), 0);
    assert_null(strstr(out, "first=-csrf"));
  }
  ask(*state, "GET /alive HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", out, sizeof out);
  assert_non_null(strstr(out, "GET /alive"));
}

static void takes_chunks(void **state) {
  char out[4096];
  ask(*state, "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nX: y\r\n\r\n", out, sizeof out);
  assert_int_equal(strncmp(out, "HTTP/1.1 200", 12), 0);
  assert_non_null(strstr(out, "POST /x q= n=13"));
  assert_non_null(strstr(out, "Connection: close"));
  char long_request[2048];
  int head = sprintf(long_request, "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"); /* 1001: one more than is taken */
  memset(long_request + head, 'q', 1001);
  strcpy(long_request + head + 1001, "\r\n0\r\n\r\n");
  ask(*state, long_request, out, sizeof out);
  assert_int_equal(strncmp(out, "HTTP/1.1 413", 12), 0);
}

static void takes_files(void **state) {
  char out[4096], *request = malloc(FILE_MOST + 200);
  int head = sprintf(request, "POST /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", FILE_MOST);
  memset(request + head, 'z', FILE_MOST);
  request[head + FILE_MOST] = '\0';
  ask(*state, request, out, sizeof out);
  assert_non_null(strstr(out, "n=100000 first=z"));
  free(request);
}

static void sends_big_answers(void **state) {
  size_t room = 4000000;
  char *out = malloc(room);
  int fd = dial(*state);
  put(fd, "GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  size_t n = get(fd, out, room, NULL);
  close(fd);
  assert_true(n > 3000000 && n < 3000600);
  free(out);
}

/* The client leaves while its request is held: the answer finds nobody and nothing breaks. */
static void forgets_who_left(void **state) {
  char out[4096];
  for (int i = 0; i < 20; i++) {
    int fd = dial(*state);
    put(fd, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    close(fd);
    fd = dial(*state);
    put(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
    close(fd);
  }
  usleep(100000);
  ask(*state, "GET /alive HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", out, sizeof out);
  assert_non_null(strstr(out, "GET /alive"));
}

/* ---- sessions --------------------------------------------------------------------------------------------------------- */

static int upgrade(const struct fixture *f, const char *path, char *out, size_t room) {
  int fd = dial(f);
  char request[512];
  snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
           "AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", path);
  put(fd, request);
  get(fd, out, room, "\r\n\r\n");
  return fd;
}

static void send_text(int fd, const char *text) {
  unsigned char frame[256] = {0x81, (unsigned char)(0x80 | strlen(text))};
  memcpy(frame + 6, text, strlen(text)); /* the mask is zero */
  assert_true(send(fd, frame, 6 + strlen(text), MSG_NOSIGNAL) > 0);
}

static void opens_sessions(void **state) {
  char out[4096];
  int fd = upgrade(*state, "/feed?name=li", out, sizeof out);
  assert_non_null(strstr(out, "101"));
  if (strstr(out, "li") == NULL) get(fd, out, sizeof out, "li");
  assert_non_null(strstr(out, "li"));
  send_text(fd, "ping me");
  get(fd, out, sizeof out, "ping me");
  assert_non_null(strstr(out, "ping me"));
  assert_int_equal(http_server_counts(((struct fixture *)*state)->server).sockets, 1);
  close(fd);
  for (int i = 0; i < 100 && http_server_counts(((struct fixture *)*state)->server).sockets > 0; i++) usleep(10000);
  assert_int_equal(http_server_counts(((struct fixture *)*state)->server).sockets, 0);
  fd = upgrade(*state, "/elsewhere", out, sizeof out);
  assert_null(strstr(out, " 101 "));
  close(fd);
}

/* A silent session is asked; who answers stays, who does not is let go. */
static void asks_silent_sessions(void **state) {
  static const unsigned char pong[] = {0x8a, 0x80, 0, 0, 0, 0};
  struct fixture *f = *state;
  char out[4096];
  int closed = atomic_load(&f->closed), fd = upgrade(f, "/feed?name=li", out, sizeof out);
  if (strstr(out, "li") == NULL) get(fd, out, sizeof out, "li");
  for (int i = 0; i < 2; i++) {
    atomic_fetch_add(&f->skipped_s, WS_PING_S + 1);
    assert_int_equal(get(fd, out, 3, NULL), 2);
    assert_int_equal((unsigned char)out[0], 0x89); /* ping */
    if (i == 0) assert_int_equal(send(fd, pong, sizeof pong, MSG_NOSIGNAL), sizeof pong);
    if (i == 0) send_text(fd, "there");
    if (i == 0) get(fd, out, sizeof out, "there"); /* so the pong was read too */
  }
  atomic_fetch_add(&f->skipped_s, WS_HANGUP_S - WS_PING_S);
  assert_true(ended(fd));
  close(fd);
  for (int i = 0; i < 100 && atomic_load(&f->closed) == closed; i++) usleep(10000);
  assert_int_equal(atomic_load(&f->closed), closed + 1);
}

/* A flood for a client that does not read ends its session with 1013, and only its session. */
static void ends_slow_sessions(void **state) {
  static char out[8 * 1024 * 1024];
  struct fixture *f = *state;
  int closed = atomic_load(&f->closed);
  int fd = upgrade(f, "/feed", out, 4096);
  send_text(fd, "flood");
  size_t n = get(fd, out, sizeof out, NULL);
  const unsigned char again[] = {0x03, 0xf5}; /* 1013 */
  assert_true(n > 4);
  assert_non_null(memmem(out, n, again, sizeof again));
  close(fd);
  for (int i = 0; i < 100 && atomic_load(&f->closed) == closed; i++) usleep(10000);
  assert_int_equal(atomic_load(&f->closed), closed + 1);
}

static void ends_long_messages(void **state) {
  char out[4096];
  int fd = upgrade(*state, "/feed", out, sizeof out);
  unsigned char frame[8 + 5000] = {0x81, 0xfe, 5000 >> 8, 5000 & 255};
  assert_true(send(fd, frame, sizeof frame, MSG_NOSIGNAL) > 0);
  size_t n = get(fd, out, sizeof out, NULL);
  const unsigned char large[] = {0x03, 0xf1}; /* 1009 */
  assert_non_null(memmem(out, n, large, sizeof large));
  close(fd);
}

static _Atomic int posted;
static void on_post(void *ctx) { atomic_fetch_add(&posted, (int)(intptr_t)ctx); }

static void *post_many(void *ctx) {
  for (int i = 0; i < 1000; i++) http_server_post(((struct fixture *)ctx)->server, on_post, (void *)(intptr_t)1);
  return NULL;
}

static void runs_posts(void **state) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, post_many, *state);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < 200 && atomic_load(&posted) < 4000; i++) usleep(10000);
  assert_int_equal(atomic_load(&posted), 4000);
}

static void says_that_the_port_is_taken(void **state) {
  struct fixture *f = *state;
  struct http_config config = {.address = "127.0.0.1", .port = f->port};
  struct http_server *other = NULL;
  struct problem p;
  assert_int_equal(http_server_new(&config, &other, &p), E_IO);
  assert_string_equal(p.key, "net.port");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers), cmocka_unit_test(keeps_the_connection), cmocka_unit_test(survives_pipelining), cmocka_unit_test(refuses),
      cmocka_unit_test(takes_chunks), cmocka_unit_test(ends_who_waits), cmocka_unit_test(asks_silent_sessions),
      cmocka_unit_test(takes_files), cmocka_unit_test(sends_big_answers), cmocka_unit_test(forgets_who_left), cmocka_unit_test(opens_sessions),
      cmocka_unit_test(ends_slow_sessions), cmocka_unit_test(ends_long_messages), cmocka_unit_test(runs_posts), cmocka_unit_test(says_that_the_port_is_taken),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
