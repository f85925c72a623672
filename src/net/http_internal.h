/* Shared by the files of net/ only: the server's state and a connection's state. See http.h for the promises. */
#ifndef GUIJU_NET_HTTP_INTERNAL_H
#define GUIJU_NET_HTTP_INTERNAL_H

#include "net/chunked.h"
#include "net/http.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>

enum request_state {
  REQUEST_BODY,      /* the loop is reading the body */
  REQUEST_HELD,      /* the handler has it */
  REQUEST_ANSWERED,  /* the answer is queued for the loop or being written */
};

/* A request and what the loop needs to know about it. `r` comes first: the holder sees only that. */
struct request {
  struct http_request r;
  struct lws *wsi;               /* loop thread only; NULL when the client has gone */
  enum request_state state;      /* loop thread only */
  struct request *next;          /* in the list of answers */
  struct http_body_plan plan;
  char *body;                    /* in memory: grows up to plan.most */
  size_t body_room;
  i64 body_left;                 /* of Content-Length, not yet read */
  struct http_response response;
  size_t sent;                   /* bytes of the body given to the socket */
  i64 file_sent;
  struct chunked chunked;        /* while `in_chunks` */
  bool headers_sent, no_length, client_close, in_chunks;
};

/* Per connection, kept by libwebsockets. */
struct conn {
  struct request *request;
  struct ws *ws;
  char peer[46];     /* address text, once known */
};

struct post {
  struct post *next;
  void (*run)(void *ctx);
  void *ctx;
};

enum { SPARE_REQUESTS = 64 };

struct http_server {
  struct http_config config;
  struct lws_context *context;
  struct lws_vhost *vhost;
  struct lws_protocols protocols[2];
  struct lws_retry_bo retry;
  pthread_t loop_thread;
  _Atomic bool loop_known;
  _Atomic bool stopping;
  bool draining;                  /* loop thread: sessions were told to go */
  i64 drain_until_us;
  pthread_mutex_t mutex;          /* guards the two lists below */
  struct request *answers, **answers_end;
  struct post *posts, **posts_end;
  bool woken;
  i64 open_requests;              /* loop thread: held by handlers or being written */
  _Atomic i64 request_count, socket_count;
  struct ws *sockets;             /* all open ones */
  struct watch *watches;          /* of HTTP connections */
  struct arena *spare[SPARE_REQUESTS];
  size_t spare_count;
  i64 tick_us;
  char date[40];                  /* the Date header of this second */
  time_t date_second;
  unsigned char *chunk;           /* LWS_PRE + HTTP_CHUNK + head room */
};

/* request.c */
int request_begin(struct http_server *s, struct lws *wsi, struct conn *c);
int request_body(struct request *q, const void *in, size_t n);
int request_body_end(struct request *q);
int request_write(struct request *q);
void request_gone(struct conn *c);
void request_answered(struct request *q);      /* loop thread: the answer has arrived */
struct request *request_read_head(struct http_server *s, struct lws *wsi, struct conn *c);
void request_free(struct request *q);

/* watch.c: ends the connection if nothing else is set for so many seconds; 0: no deadline. `idle`: it waits between two requests. */
void watch_until(struct http_server *s, struct lws *wsi, i64 seconds, bool idle);
void watch_drop(struct lws *wsi);
void watch_sweep(struct http_server *s);

/* ws.c */
int ws_begin(struct http_server *s, struct lws *wsi, struct conn *c);   /* handshake: 0 accept, else refuse */
int ws_established(struct http_server *s, struct lws *wsi, struct conn *c);
int ws_receive(struct conn *c, struct lws *wsi, const void *in, size_t n);
int ws_writable(struct conn *c, struct lws *wsi);
void ws_gone(struct http_server *s, struct conn *c);
void ws_heard(struct conn *c);               /* a sign of life */
void ws_sweep(struct http_server *s);        /* asks the silent ones, ends the dead ones; once a second */
void ws_close_all(struct http_server *s);

/* server.c */
void server_wake(struct http_server *s);
i64 server_now_us(const struct http_server *s);
const char *server_date(struct http_server *s);

#endif
