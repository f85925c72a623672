/* The JSON API, the live feed, the widget's door and the embedded pages, over one desk's writer.
 *
 * Every route is a line of routes.c; a route names a read or a command, and this folder merges the arguments, finds out who asks,
 * limits, checks, hands over and answers. Errors are {"error":{key, zh, en, clause}} with the HTTP code of their status. */
#ifndef GUIJU_API_H
#define GUIJU_API_H

#include "api/asset.h"
#include "commands/writer.h"

struct http_config;
struct api;

/* A rulebook that the set-up page offers. */
struct api_template {
  struct str id, title, summary, source;
};

struct api_config {
  struct writer *writer;      /* set by api_use_writer */
  struct str database;        /* as given to the writer; for password checks on a thread of their own */
  struct str data_dir;        /* attachments live in <data_dir>/files */
  const struct asset_set *assets;
  const struct api_template *templates;
  size_t template_count;
  i64 (*clock)(void *ctx);    /* NULL: the system's */
  void *clock_ctx;
  bool unlimited;             /* no rate limits (benchmarks) */
  bool secure_cookie;         /* behind TLS, here or at a proxy */
  bool trust_proxy;           /* believe X-Forwarded-For of a proxy on this machine */
  const char *version;
  bool demo;                  /* colleagues and customers are played (app/demo_life.h): the pages say so */
};

MUST_CHECK enum status api_new(const struct api_config *config, struct api **out, struct problem *p);
/* Starts an import of a file (`kind` "orders" or "chat") for `actor`; takes over `owned_fd`. *result: new reference {"id":…}. */
typedef enum status (*api_import_start)(void *ctx, struct str kind, int owned_fd, i64 size, struct str name, const struct actor *actor, json_t **result,
                                        struct problem *p);
/* The writer needs api_feed before it opens, the service needs the writer: make the service, open the writer, hand it over. */
void api_use_writer(struct api *api, struct writer *writer, api_import_start import, void *import_ctx);
/* Tries a mailbox (blocks); *result: new reference. */
typedef enum status (*api_channel_try)(void *ctx, json_t *args, json_t **result, struct problem *p);
void api_use_channels(struct api *api, api_channel_try check, void *ctx);
/* The handlers to serve with (http_config.handlers and temp_dir are filled in). */
void api_handlers(struct api *api, struct http_config *http);
/* After http_server_new, before http_server_run. */
struct http_server;
void api_attach(struct api *api, struct http_server *server);
/* The writer's feed: committed items (writer_options.feed with ctx = api). May be called before api_attach. */
void api_feed(void *api, const struct feed_item *items, size_t count);
/* Before the writer is closed: what the slow thread has is finished. */
void api_close(struct api *api);
/* After http_server_run returned and the writer is closed. */
void api_free(struct api *api);
/* The API description (OpenAPI 3.1); new reference. */
json_t *api_openapi_json(const char *version);

#endif
