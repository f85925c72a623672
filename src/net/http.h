/* HTTP/1.1 and WebSocket on one loop thread (libwebsockets), with answers from any thread.
 *
 * The loop thread parses, streams bodies, writes answers and feeds; it never waits for a disk or a lock held long. A
 * request is handed to the `request` handler as soon as its body is complete; whoever holds it then owns it and calls
 * http_reply exactly once, from any thread. After that call the request is gone for the caller. A client that
 * went away meanwhile changes nothing for the holder: the answer is dropped.
 * Every limit has a name below. Numbers: sizes in bytes, times in ms unless the name says otherwise. */
#ifndef GUIJU_NET_HTTP_H
#define GUIJU_NET_HTTP_H

#include "base/arena.h"

enum {
  HTTP_HEADER_MOST = 8 * 1024,        /* all request headers together; more closes the connection */
  HTTP_PATH_MOST = 2048,              /* path and query together */
  HTTP_BODY_MEMORY_MOST = 1024 * 1024,/* a body that is kept in memory (JSON) */
  HTTP_HEADER_WAIT_S = 10,            /* a connection must have sent its headers by then */
  HTTP_KEEPALIVE_S = 30,              /* idle time between two requests of a connection */
  HTTP_WRITE_WAIT_S = 30,             /* a reader that takes nothing for this long is closed */
  HTTP_BODY_WAIT_S = 15,              /* base time for a body; plus one second for each HTTP_BODY_RATE bytes */
  HTTP_BODY_RATE = 8 * 1024,
  HTTP_LINGER_S = 2,                  /* reading on after an early refusal, so that the client sees it */
  HTTP_DRAIN_S = 5,                   /* shutdown waits this long for answers under way */
  HTTP_CHUNK = 64 * 1024,             /* bytes given to the socket at once */
  WS_MESSAGE_MOST = 4 * 1024,         /* one message from a client; longer closes with 1009 */
  WS_QUEUE_FRAMES = 1024,             /* frames waiting for one slow client; more closes with 1013 */
  WS_QUEUE_BYTES = 1024 * 1024,       /* and bytes */
  WS_PING_S = 50,                     /* silent for this long: ask */
  WS_HANGUP_S = 65,                   /* silent for this long: close */
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_METHOD_COUNT };
const char *http_method_name(enum http_method method);

/* The request headers that are kept; all others are dropped while reading. */
enum http_header {
  HTTP_H_HOST, HTTP_H_ORIGIN, HTTP_H_COOKIE, HTTP_H_AUTHORIZATION, HTTP_H_CONTENT_TYPE, HTTP_H_CONTENT_LENGTH,
  HTTP_H_IF_NONE_MATCH, HTTP_H_ACCEPT_ENCODING, HTTP_H_ACCEPT_LANGUAGE, HTTP_H_USER_AGENT, HTTP_H_TRANSFER_ENCODING,
  HTTP_H_CSRF,        /* X-CSRF */
  HTTP_H_IDEMPOTENCY, /* Idempotency-Key */
  HTTP_H_FILE_NAME,   /* X-File-Name, percent-encoded UTF-8 */
  HTTP_H_API_TOKEN,   /* api_access_token: how Chatwoot's clients send their key */
  HTTP_H_FORWARDED_FOR, /* X-Forwarded-For: only believed from a trusted proxy */
  HTTP_HEADER_COUNT
};

struct http_server;

struct http_request {
  struct http_server *server;
  struct arena *arena;       /* dies with the request; the holder may allocate from it */
  enum http_method method;
  struct str path;           /* percent-decoded UTF-8, starts with '/', without "//", "." and ".." segments */
  struct str query;          /* raw, without '?' */
  struct str headers[HTTP_HEADER_COUNT]; /* empty when absent */
  struct str peer;           /* address text */
  bool secure;               /* came over TLS */
  struct str body;           /* HTTP_BODY_MEMORY */
  int body_fd;               /* HTTP_BODY_FILE: an unlinked temporary file, read position undefined; else -1 */
  i64 body_size;
  void *user;                /* the handler's own */
};

/* What the `begin` handler decides once the headers are there, before a byte of the body is taken. */
enum http_body_mode { HTTP_BODY_MEMORY, HTTP_BODY_FILE };
struct http_body_plan {
  enum http_body_mode mode;
  i64 most;                  /* a longer body is answered 413 by `too_large` */
};

struct http_response {
  int status;
  struct str type;           /* Content-Type; empty: none */
  struct str headers;        /* further lines, each with its CRLF */
  struct str body;           /* must live until the request dies: its arena, a constant, or owned_body */
  char *owned_body;          /* freed with free() after sending, or NULL */
  int fd;                    /* when `fd_size` > 0: the body is this file from its start; closed after sending */
  i64 fd_size;
  bool close;                /* end the connection afterwards */
};

/* The one answer of a request; copies `response` (not the bytes it points to). HEAD sends the headers only. */
void http_reply(struct http_request *r, const struct http_response *response);

/* Value of a cookie; empty when absent. */
struct str http_cookie(const struct http_request *r, const char *name);
/* First value of a query parameter, decoded, in the request's arena; false when absent or not UTF-8. */
bool http_query(const struct http_request *r, const char *name, struct str *out);

/* WebSocket sessions. All ws_ functions belong to the loop thread. */
struct ws;
struct ws_frame; /* immutable text shared by many sessions; counted */
struct ws_frame *ws_frame_new(struct str text);     /* any thread; the caller holds one count */
void ws_frame_release(struct ws_frame *f);          /* NULL allowed */
struct str ws_frame_text(const struct ws_frame *f);
/* Queue a frame. A session whose queue is full is closed with 1013 and gets nothing any more: it must come back and
 * ask for what it missed. */
void ws_send(struct ws *ws, struct ws_frame *f);
void ws_close(struct ws *ws, int code, const char *reason); /* the `closed` handler follows later */
void ws_set_user(struct ws *ws, void *user);
void *ws_user(struct ws *ws);
size_t ws_queued(const struct ws *ws);              /* frames not yet given to the socket */

struct http_handlers {
  void *ctx;
  /* All run on the loop thread. */
  struct http_body_plan (*begin)(void *ctx, const struct http_request *r);
  void (*request)(void *ctx, struct http_request *r);
  /* May a WebSocket be opened here? Cheap checks only (path, origin); false answers 403. NULL: no WebSockets. */
  bool (*ws_accept)(void *ctx, const struct http_request *r);
  /* Opened; `r` (headers only) belongs to the session and lives until `closed` returned or ws_drop_request. */
  void (*ws_open)(void *ctx, struct ws *ws, const struct http_request *r);
  void (*ws_message)(void *ctx, struct ws *ws, struct str text);
  void (*ws_closed)(void *ctx, struct ws *ws);
  /* The queue has run empty (after it had something). May be NULL. */
  void (*ws_drained)(void *ctx, struct ws *ws);
  void (*tick)(void *ctx);   /* about once a second */
};
/* Free the headers of the handshake when they are no longer needed. */
void ws_drop_request(struct ws *ws);
const struct http_request *ws_request(struct ws *ws); /* NULL after ws_drop_request */

struct http_config {
  const char *address;       /* "127.0.0.1", "::", NULL: all */
  int port;
  const char *cert, *key;    /* PEM files; NULL: no TLS */
  const char *temp_dir;      /* for bodies in files */
  struct http_handlers handlers;
  i64 (*clock_us)(void *ctx); /* what the deadlines of connections are measured by, handlers.ctx given; NULL: the monotonic clock */
};

/* Open the socket. E_IO with a problem when the port is taken or the certificate is not readable. */
MUST_CHECK enum status http_server_new(const struct http_config *config, struct http_server **out, struct problem *p);
/* Serve on the calling thread until http_server_stop. Then: new requests get 503, sessions are closed with 1001,
 * answers under way are waited for up to HTTP_DRAIN_S. */
void http_server_run(struct http_server *s);
void http_server_stop(struct http_server *s);   /* any thread, also a signal handler */
void http_server_free(struct http_server *s);
/* Run `run(ctx)` on the loop thread, soon, in the order of posting. Any thread. */
void http_server_post(struct http_server *s, void (*run)(void *ctx), void *ctx);
struct http_counts {
  i64 requests, sockets; /* answered since the start; WebSockets open now */
};
struct http_counts http_server_counts(const struct http_server *s);

#endif
