/* Shared by the files of api/ only: the service's state, one call in flight, and who answers it. See api.h. */
#ifndef GUIJU_API_INTERNAL_H
#define GUIJU_API_INTERNAL_H

#include "api/api.h"
#include "api/limit.h"
#include "api/metrics.h"
#include "api/pool.h"
#include "api/routes.h"
#include "commands/session.h"
#include "net/http.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
  API_IDEMPOTENCY_MOST = 100,     /* characters of an Idempotency-Key */
  API_TOKEN_BYTES = 32,
  API_SLOW_QUEUE = 64,            /* passwords and files waiting */
  API_OUTSIDE_QUEUE = 8,          /* trials of mailboxes waiting */
  API_SESSION_TTL_MS = 60000,     /* a cached session is looked up again after this */
  API_COOKIE_AGE_S = 7 * 24 * 3600,
};

struct session_cache;
struct feed;
struct trials;
struct exports;
struct api_files;

struct api {
  struct api_config config;
  struct http_server *_Atomic server; /* set by api_attach, while the writer may already feed */
  struct pool *slow;              /* Argon2id and files */
  api_import_start import;        /* NULL: no imports */
  void *import_ctx;
  struct pool *outside;           /* what waits for other people's servers */
  api_channel_try channel_check;
  void *channel_ctx;
  struct session_cache *sessions;
  struct feed *feed;
  struct trials *trials;
  struct exports *exports;
  unsigned char file_key[32];     /* signs links to attachments (file_pass.h) */
  struct limit_table *uploads, *uploads_address;
  struct limit_table *by_session, *by_address, *by_visitor, *login_address, *login_failures;
  struct metrics metrics;
  char *openapi_text;
  size_t openapi_length;
};

/* One request on its way. Lives in the request's arena; belongs to whoever works on it, one thread at a time. */
struct api_call {
  struct api *api;
  struct http_request *r;
  const struct api_route *route;
  struct session session;         /* ACTOR_NOBODY when nobody is signed in */
  char token_hash[SESSION_HASH_HEX + 1];
  json_t *args;                   /* path, query and body together */
  struct buf headers;             /* further header lines of the answer */
  struct problem problem;
  i64 started_us;                 /* monotonic */
  void (*then)(struct api_call *c);  /* after the session was found */
  void *more;                     /* of the handler */
};

/* answer.c: each ends the call. */
void api_answer(struct api_call *c, int status, json_t *owned_body);
void api_answer_problem(struct api_call *c, const struct problem *p);
void api_answer_status(struct api_call *c, enum status status, const struct problem *p); /* when p may be empty */
void api_answer_bytes(struct api_call *c, int status, struct str type, struct str body, char *owned_body);
void api_answer_file(struct api_call *c, struct str type, int fd, i64 size);
void api_header(struct api_call *c, const char *format, ...) PRINTF_LIKE(2, 3);
void api_release(struct api_call *c); /* args and headers, when the request itself is answered elsewhere */
json_t *api_problem_json(const struct problem *p);
struct str api_page_headers(void);    /* header lines of HTML pages */

/* auth.c */
struct session_cache *session_cache_new(void);
void session_cache_free(struct session_cache *c);
void session_cache_clear(struct session_cache *c);
/* Finds who asks, checks CSRF and limits, then runs c->then (on this thread or a reader's), or answers. */
void api_authenticate(struct api_call *c);
void api_random_token(char out[2 * API_TOKEN_BYTES + 1]);

/* login.c: special routes. */
void api_login(struct api_call *c);
void api_logout(struct api_call *c);
void api_logout_everywhere(struct api_call *c);
void api_setup_status(struct api_call *c);
void api_setup(struct api_call *c);
void api_with_password(struct api_call *c);   /* people.add, people.reset_password: hash first */
void api_change_password(struct api_call *c);
void api_add_key(struct api_call *c);
/* A new "whsec_…" of random bytes: the call's `more` for its answer, sealed for the desk. Has answered when not OK. Reads the key file. */
MUST_CHECK enum status api_seal_new_secret(struct api_call *c, struct arena *a, struct str *sealed);
void api_with_secret(struct api_call *c);     /* webhook.add, webhook.rotate: make a signing secret first */

/* dispatch.c */
void api_call_start(struct api *api, struct http_request *r, const struct api_route *route, struct str *names, struct str *values, int count);
void api_run_read(struct api_call *c);
void api_run_command(struct api_call *c);
/* Queue a command; `done` runs on the writer's thread after the commit. Takes `args`. */
typedef void (*api_done)(void *ctx, enum status status, json_t *owned_result, const struct problem *p);
void api_submit(struct api *api, const char *name, json_t *owned_args, const struct actor *actor, struct str key, api_done done, void *ctx);
/* Run a read here, on a pool thread with its store. */
MUST_CHECK enum status api_read_now(struct api *api, const char *name, json_t *args, const struct actor *actor, struct store *s, struct arena *a,
                                    json_t **result, struct problem *p);
const struct read_def *api_find_read(struct str name); /* of the views and the reports */
i64 api_now(const struct api *api);
i64 api_monotonic_us(void);

/* search.c */
void api_search(struct api_call *c);

/* files.c */
void api_upload(struct api_call *c);
void api_download(struct api_call *c);
void api_import(struct api_call *c);
void api_channel_save(struct api_call *c);
void api_channel_check(struct api_call *c);

/* widget.c */
void api_widget_start(struct api_call *c);
void api_widget_look(struct api_call *c);
void api_survey(struct api_call *c);
void api_widget(struct api_call *c);
void api_widget_upload(struct api_call *c);
void api_widget_cors(struct api_call *c);

/* feed.c */
struct feed *feed_new(struct api *api);
void feed_start(struct feed *f, i64 last_seq);
void feed_free(struct feed *f);
bool feed_accept(struct api *api, const struct http_request *r);
void feed_open(void *ctx, struct ws *ws, const struct http_request *r);
void feed_message(void *ctx, struct ws *ws, struct str text);
void feed_closed(void *ctx, struct ws *ws);
void feed_drained(void *ctx, struct ws *ws);
void feed_tick(struct api *api);
void feed_typing(struct api_call *c);         /* POST …/typing */

/* trial.c */
struct trials *trials_new(void);
void trials_free(struct trials *t);           /* stops what runs */
void api_trial_start(struct api_call *c);
void api_trial_get(struct api_call *c);
void api_trial_cancel(struct api_call *c);
void api_trial_why(struct api_call *c);
void api_trial_file(struct api_call *c);

/* export.c */
struct exports *exports_new(struct api *api);
void exports_begin(struct api *api);          /* after a start: what is done is there again, what was not goes on */
void exports_tick(struct api *api);           /* what is older than a day goes */
void exports_free(struct exports *x);         /* stops what runs; the files stay */
void exports_approved(struct api *api, const json_t *vote); /* the answer of a vote: an export that waited for it begins, for who had asked */
void api_export_start(struct api_call *c);
void api_export_list(struct api_call *c);
void api_export_get(struct api_call *c);
void api_export_cancel(struct api_call *c);
void api_export_file(struct api_call *c);

/* metrics.c */
void api_metrics(struct api_call *c);

/* openapi.c */
void api_openapi(struct api_call *c);
void api_health(struct api_call *c);

#endif
