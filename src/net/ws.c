/* WebSocket sessions: small when idle, bounded when busy. A session holds references to shared frames, never copies, and
 * no buffer of its own while nothing is waiting. Loop thread only, except for the counting of frames. */
#include "net/http_internal.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum { WS_BURST = 16, WS_CLOSE_GOING_AWAY = 1001, WS_CLOSE_TOO_LARGE = 1009, WS_CLOSE_AGAIN = 1013 };

struct ws_frame {
  _Atomic int count;
  size_t n;
  unsigned char data[]; /* LWS_PRE bytes for the frame head, then the text */
};

struct ws {
  struct http_server *server;
  struct lws *wsi;
  void *user;
  struct request *request;       /* the handshake's headers, or NULL */
  struct ws *next, **link;
  struct ws_frame **queue;       /* ring, NULL while empty */
  u32 room, first, count;
  u32 bytes;
  int close_code;
  const char *close_reason;
  i64 heard_us;                  /* when the client last gave a sign of life */
  bool asked, ask;               /* a ping was sent since; one is to be sent */
  char *message;                 /* a message that arrives in pieces */
  size_t message_n;
};

struct ws_frame *ws_frame_new(struct str text) {
  struct ws_frame *f = malloc(sizeof *f + LWS_PRE + text.n);
  BUG_IF(f == NULL);
  atomic_init(&f->count, 1);
  f->n = text.n;
  if (text.n > 0) memcpy(f->data + LWS_PRE, text.p, text.n);
  return f;
}

void ws_frame_release(struct ws_frame *f) {
  if (f != NULL && atomic_fetch_sub(&f->count, 1) == 1) free(f);
}

struct str ws_frame_text(const struct ws_frame *f) { return (struct str){(const char *)f->data + LWS_PRE, f->n}; }

void ws_set_user(struct ws *ws, void *user) { ws->user = user; }
void *ws_user(struct ws *ws) { return ws->user; }
size_t ws_queued(const struct ws *ws) { return ws->count; }
const struct http_request *ws_request(struct ws *ws) { return ws->request ? &ws->request->r : NULL; }

void ws_drop_request(struct ws *ws) {
  if (ws->request) request_free(ws->request);
  ws->request = NULL;
}

static void queue_clear(struct ws *ws) {
  for (u32 i = 0; i < ws->count; i++) ws_frame_release(ws->queue[(ws->first + i) % ws->room]);
  free(ws->queue);
  ws->queue = NULL;
  ws->room = ws->first = ws->count = ws->bytes = 0;
}

void ws_close(struct ws *ws, int code, const char *reason) {
  if (ws->close_code != 0) return;
  ws->close_code = code;
  ws->close_reason = reason;
  queue_clear(ws);
  lws_callback_on_writable(ws->wsi);
  /* A reader that takes nothing does not become writable: do not wait for it for ever. */
  lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_OK, HTTP_DRAIN_S);
}

static void queue_grow(struct ws *ws) {
  u32 room = ws->room ? ws->room * 2 : 8;
  struct ws_frame **queue = malloc(room * sizeof *queue);
  BUG_IF(queue == NULL);
  for (u32 i = 0; i < ws->count; i++) queue[i] = ws->queue[(ws->first + i) % ws->room];
  free(ws->queue);
  ws->queue = queue;
  ws->room = room;
  ws->first = 0;
}

void ws_send(struct ws *ws, struct ws_frame *f) {
  if (ws->close_code != 0) return;
  if (ws->count >= WS_QUEUE_FRAMES || ws->bytes + f->n > WS_QUEUE_BYTES) {
    ws_close(ws, WS_CLOSE_AGAIN, "too slow, come back and catch up");
    return;
  }
  if (ws->count == ws->room) queue_grow(ws);
  atomic_fetch_add(&f->count, 1);
  ws->queue[(ws->first + ws->count++) % ws->room] = f;
  ws->bytes += (u32)f->n;
  if (ws->count == 1) lws_callback_on_writable(ws->wsi);
}

int ws_begin(struct http_server *s, struct lws *wsi, struct conn *c) {
  if (s->config.handlers.ws_accept == NULL || atomic_load(&s->stopping)) return -1;
  struct request *q = request_read_head(s, wsi, c);
  if (q == NULL) return -1;
  if (!s->config.handlers.ws_accept(s->config.handlers.ctx, &q->r)) {
    request_free(q);
    return -1;
  }
  if (c->request) request_free(c->request);
  c->request = q;
  return 0;
}

int ws_established(struct http_server *s, struct lws *wsi, struct conn *c) {
  if (c->request == NULL) return -1;
  struct ws *ws = calloc(1, sizeof *ws);
  BUG_IF(ws == NULL);
  ws->server = s;
  ws->wsi = wsi;
  ws->request = c->request;
  ws->heard_us = server_now_us(s);
  c->request = NULL;
  c->ws = ws;
  watch_drop(wsi);
  ws->next = s->sockets;
  ws->link = &s->sockets;
  if (ws->next) ws->next->link = &ws->next;
  s->sockets = ws;
  atomic_fetch_add_explicit(&s->socket_count, 1, memory_order_relaxed);
  s->config.handlers.ws_open(s->config.handlers.ctx, ws, &ws->request->r);
  return 0;
}

void ws_heard(struct conn *c) {
  if (c->ws == NULL) return;
  c->ws->heard_us = server_now_us(c->ws->server);
  c->ws->asked = c->ws->ask = false;
}

void ws_sweep(struct http_server *s) {
  i64 now = server_now_us(s);
  for (struct ws *ws = s->sockets; ws; ws = ws->next) {
    i64 silent = (now - ws->heard_us) / (i64)LWS_USEC_PER_SEC;
    if (silent < WS_PING_S) continue;
    if (silent >= WS_HANGUP_S) {
      lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
      ws->heard_us = now; /* once is enough */
    } else if (!ws->asked) {
      ws->asked = ws->ask = true;
      lws_callback_on_writable(ws->wsi);
    }
  }
}

static int send_ping(struct lws *wsi) {
  unsigned char nothing[LWS_PRE + 1];
  return lws_write(wsi, nothing + LWS_PRE, 0, LWS_WRITE_PING);
}

int ws_receive(struct conn *c, struct lws *wsi, const void *in, size_t n) {
  struct ws *ws = c->ws;
  if (ws == NULL) return -1;
  ws_heard(c);
  bool whole = lws_is_first_fragment(wsi) && lws_is_final_fragment(wsi);
  struct str text = {in, n};
  if (!whole) {
    if (ws->message_n + n <= WS_MESSAGE_MOST) {
      char *grown = realloc(ws->message, ws->message_n + n + 1);
      BUG_IF(grown == NULL);
      ws->message = grown;
      memcpy(grown + ws->message_n, in, n);
    }
    ws->message_n += n;
    text = (struct str){ws->message, ws->message_n};
  }
  if (text.n > WS_MESSAGE_MOST) {
    ws_close(ws, WS_CLOSE_TOO_LARGE, "message too long");
  } else if (whole || lws_is_final_fragment(wsi)) {
    if (ws->close_code == 0) ws->server->config.handlers.ws_message(ws->server->config.handlers.ctx, ws, text);
  } else {
    return 0;
  }
  free(ws->message);
  ws->message = NULL;
  ws->message_n = 0;
  return 0;
}

int ws_writable(struct conn *c, struct lws *wsi) {
  struct ws *ws = c->ws;
  if (ws == NULL) return -1;
  if (ws->close_code != 0) {
    unsigned char reason[64];
    size_t n = strlen(ws->close_reason);
    if (n > sizeof reason) n = sizeof reason;
    memcpy(reason, ws->close_reason, n);
    lws_close_reason(wsi, (enum lws_close_status)ws->close_code, reason, n);
    return -1;
  }
  if (ws->ask) {
    ws->ask = false;
    if (send_ping(wsi) < 0) return -1;
  }
  for (int i = 0; i < WS_BURST && ws->count > 0; i++) {
    if (i > 0 && lws_send_pipe_choked(wsi)) break;
    struct ws_frame *f = ws->queue[ws->first];
    ws->first = (ws->first + 1) % ws->room;
    ws->count--;
    ws->bytes -= (u32)f->n;
    int written = lws_write(wsi, f->data + LWS_PRE, f->n, LWS_WRITE_TEXT);
    ws_frame_release(f);
    if (written < 0) return -1;
  }
  if (ws->count > 0) {
    lws_callback_on_writable(wsi);
  } else if (ws->queue) {
    queue_clear(ws);
    const struct http_handlers *h = &ws->server->config.handlers;
    if (h->ws_drained) h->ws_drained(h->ctx, ws);
  }
  return 0;
}

void ws_gone(struct http_server *s, struct conn *c) {
  struct ws *ws = c->ws;
  c->ws = NULL;
  if (ws == NULL) return;
  s->config.handlers.ws_closed(s->config.handlers.ctx, ws);
  *ws->link = ws->next;
  if (ws->next) ws->next->link = ws->link;
  atomic_fetch_sub_explicit(&s->socket_count, 1, memory_order_relaxed);
  queue_clear(ws);
  ws_drop_request(ws);
  free(ws->message);
  free(ws);
}

void ws_close_all(struct http_server *s) {
  for (struct ws *ws = s->sockets; ws; ws = ws->next) ws_close(ws, WS_CLOSE_GOING_AWAY, "the service is restarting");
}
