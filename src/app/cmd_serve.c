/* `guiju serve`: data directory, writer, network, in that order; and back down again when asked to stop. */
#include "app/cmd_serve.h"

#include "api/api.h"
#include "app/clock_file.h"
#include "app/config.h"
#include "app/demo_life.h"
#include "app/say.h"
#include "app/tree.h"
#include "app/wiring.h"
#include "scheduler/scheduler.h"
#include "base/log.h"
#include "channels/channel.h"
#include "channels/import.h"
#include "channels/webhook.h"
#include "net/file_store.h"
#include "net/http.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SERVE_ARENA = 64 * 1024 * 1024 };

/* The one thing a signal handler can reach. */
static struct http_server *_Atomic serving;

static void on_signal(int number) {
  (void)number;
  struct http_server *s = atomic_load(&serving);
  if (s) http_server_stop(s);
}

static void watch_signals(void) {
  struct sigaction stop = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGTERM, &stop, NULL);
  sigaction(SIGINT, &stop, NULL);
  sigaction(SIGPIPE, &ignore, NULL);
}

/* The data directory, and a lock so that two programs never write one desk. The lock ends with the process. */
static enum status open_data(struct arena *a, const char *dir, struct problem *p) {
  if (dir[0] == '\0' || !tree_make(dir))
    return problem_set(p, E_IO, "serve.data", "无法建立数据目录“%s”：%s", "Cannot make the data directory “%s”: %s", dir, strerror(errno));
  int fd = open(arena_printf(a, "%s/lock", dir).p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return problem_set(p, E_IO, "serve.data", "无法写入数据目录“%s”：%s", "Cannot write into the data directory “%s”: %s", dir, strerror(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return problem_set(p, E_CONFLICT, "serve.locked", "数据目录“%s”已有另一个 guiju 在用", "Another guiju is using the data directory “%s”", dir);
  }
  return OK;
}

struct service {
  struct arena *arena;
  struct config config;
  struct asset_set *pages;
  struct api *api;
  struct clock_file *clock;
  struct writer *writer;
  struct imports *imports;
  struct webhooks *_Atomic webhooks; /* set once the writer runs */
  struct scheduler *scheduler;
  struct channels *_Atomic channels;
  struct http_server *server;
  struct demo_life *life;
};

/* What was committed: to the pages, then to who listens outside, then to the threads of the channels. On the writer's thread. */
static void feed(void *ctx, const struct feed_item *items, size_t count) {
  struct service *s = ctx;
  api_feed(s->api, items, count);
  webhooks_feed(atomic_load(&s->webhooks), items, count);
  channels_feed(atomic_load(&s->channels), items, count);
}

static enum status start(struct service *s, struct problem *p) {
  enum status status = OK;
  const struct config *c = &s->config;
  struct wiring_template *templates;
  size_t template_count;
  TRY(open_data(s->arena, c->data, p));
  if (c->clock) TRY(clock_file_open(c->clock, &s->clock, p));
  file_store_bound(c->files_mb << 20);
  TRY(wiring_pages(c->web, &s->pages, p));
  TRY(wiring_templates(s->arena, c->rulebooks, &templates, &template_count, p));
  struct api_template *offered = ARENA_ARRAY(s->arena, struct api_template, template_count + 1);
  for (size_t i = 0; i < template_count; i++)
    offered[i] = (struct api_template){templates[i].id, templates[i].title, templates[i].summary, templates[i].source};
  struct api_config api = {.database = c->database, .data_dir = str_c(c->data), .assets = s->pages, .templates = offered, .template_count = template_count,
                           .unlimited = c->no_limits, .secure_cookie = c->behind_proxy, .trust_proxy = c->behind_proxy, .version = GUIJU_VERSION,
                           .demo = demo_life_wanted(c->data)};
  if (s->clock) api.clock = clock_file_now, api.clock_ctx = s->clock;
  TRY(api_new(&api, &s->api, p));
  struct writer_options options = wiring_writer_options(s->arena, c->database);
  options.readers = c->readers;
  options.snapshot = arena_printf(s->arena, "%s/engine.snapshot", c->data).p;
  options.feed = feed;
  options.feed_ctx = s;
  if (s->clock) options.clock = clock_file_now, options.clock_ctx = s->clock;
  TRY(writer_open(&options, &s->writer, p));
  TRY(scheduler_start(s->writer, &s->scheduler, p));
  struct webhooks *webhooks = NULL;
  TRY(webhooks_start(s->writer, &(struct webhooks_options){.database = c->database, .data_dir = str_c(c->data), .clock = options.clock, .clock_ctx = options.clock_ctx}, &webhooks, p));
  atomic_store(&s->webhooks, webhooks);
  s->imports = imports_new(s->writer);
  api_use_writer(s->api, s->writer, imports_start, s->imports);
  struct channels *channels;
  TRY(channels_start(s->writer, str_c(c->data), &channels, p));
  atomic_store(&s->channels, channels);
  api_use_channels(s->api, channels_check, channels);
  struct http_config http = {.address = c->address, .port = c->port, .cert = c->cert, .key = c->key, .temp_dir = c->data};
  api_handlers(s->api, &http);
  TRY(http_server_new(&http, &s->server, p));
  api_attach(s->api, s->server);
  if (s->clock) clock_file_follow(s->clock, s->writer);
  if (api.demo) s->life = demo_life_start(s->writer, options.clock, options.clock_ctx, (u64)getpid());
done:
  return status;
}

/* Down in reverse: no new requests, the slow thread's work, the writer's queue, then the rest. */
static void stop(struct service *s) {
  if (s->writer && s->api) api_close(s->api);
  demo_life_stop(s->life);
  clock_file_stop(s->clock);
  scheduler_stop(s->scheduler);
  struct channels *channels = atomic_load(&s->channels);
  channels_stop(channels);
  imports_free(s->imports);
  webhooks_stop(atomic_load(&s->webhooks));
  writer_close(s->writer);
  webhooks_free(atomic_load(&s->webhooks));
  channels_free(channels);
  http_server_free(s->server);
  api_free(s->api);
  clock_file_close(s->clock); /* last: all of them read it until they end */
  asset_set_free(s->pages);
}

static void ready(const struct config *c) {
  const char *address = c->address ? c->address : "127.0.0.1";
  const char *scheme = c->cert ? "https" : "http";
  bool six = strchr(address, ':') != NULL;
  printf(say_english() ? "Guiju is running: %s://%s%s%s:%d\n" : "规矩已启动：%s://%s%s%s:%d\n", scheme, six ? "[" : "", address, six ? "]" : "", c->port);
  fflush(stdout);
}

int cmd_openapi(int argc, char **argv) {
  (void)argc;
  (void)argv;
  json_t *description = api_openapi_json(GUIJU_VERSION);
  bool written = json_dumpf(description, stdout, JSON_INDENT(1)) == 0 && putchar('\n') != EOF && fflush(stdout) == 0;
  json_decref(description);
  return written ? 0 : 1;
}

int cmd_serve(int argc, char **argv) {
  struct problem p = {0};
  if (sodium_init() < 0) return 1;
  struct service s = {.arena = arena_new(SERVE_ARENA)};
  int code = 0;
  if (config_parse(s.arena, argc, argv, &s.config, &p) != OK) {
    say_problem(&p);
    arena_free(s.arena);
    return 2;
  }
  if (start(&s, &p) != OK) {
    say_problem(&p);
    code = 1;
  } else {
    atomic_store(&serving, s.server);
    watch_signals();
    ready(&s.config);
    http_server_run(s.server);
    atomic_store(&serving, NULL);
    log_info("stopping");
  }
  stop(&s);
  arena_free(s.arena);
  return code;
}
