/* Prometheus metrics. See metrics.h. Names follow its conventions: base units, _total for counters. */
#include "api/metrics.h"

#include "api/api_internal.h"
#include "views/floor.sql.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/webhook.sql.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { METRICS_TEXT_MOST = 64 * 1024 };

static const i64 bounds_us[METRICS_BOUNDS] = {500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 250000, 500000, 1000000, 5000000};
static const char *const kinds[METRICS_KINDS] = {"read", "command", "special"};

void metrics_count(struct metrics *m, int kind, int http_status, i64 took_us) {
  if (kind < 0 || kind >= METRICS_KINDS) return;
  size_t b = 0;
  while (b < METRICS_BOUNDS && took_us > bounds_us[b]) b++;
  int digit = http_status / 100;
  atomic_fetch_add_explicit(&m->buckets[kind][b], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&m->total_us[kind], took_us, memory_order_relaxed);
  atomic_fetch_add_explicit(&m->answers[kind][digit > 0 && digit < 6 ? digit : 0], 1, memory_order_relaxed);
}

static void head(struct buf *out, const char *name, const char *type, const char *help) {
  buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_one(struct buf *out, const char *name, const char *type, const char *help, const char *labels, double value) {
  head(out, name, type, help);
  buf_printf(out, "%s%s %.17g\n", name, labels, value);
}

void metrics_write(const struct metrics *m, struct buf *out) {
  head(out, "guiju_request_duration_seconds", "histogram", "From the request to its answer, by kind of route.");
  for (int k = 0; k < METRICS_KINDS; k++) {
    i64 sum = 0;
    for (size_t b = 0; b <= METRICS_BOUNDS; b++) {
      sum += atomic_load_explicit(&m->buckets[k][b], memory_order_relaxed);
      if (b < METRICS_BOUNDS) buf_printf(out, "guiju_request_duration_seconds_bucket{kind=\"%s\",le=\"%g\"} %lld\n", kinds[k], (double)bounds_us[b] / 1e6, (long long)sum);
      else buf_printf(out, "guiju_request_duration_seconds_bucket{kind=\"%s\",le=\"+Inf\"} %lld\n", kinds[k], (long long)sum);
    }
    buf_printf(out, "guiju_request_duration_seconds_sum{kind=\"%s\"} %.6f\n", kinds[k], (double)atomic_load_explicit(&m->total_us[k], memory_order_relaxed) / 1e6);
    buf_printf(out, "guiju_request_duration_seconds_count{kind=\"%s\"} %lld\n", kinds[k], (long long)sum);
  }
  head(out, "guiju_answers_total", "counter", "Answers by kind of route and class of HTTP status.");
  for (int k = 0; k < METRICS_KINDS; k++)
    for (int d = 1; d < 6; d++)
      buf_printf(out, "guiju_answers_total{kind=\"%s\",status=\"%dxx\"} %lld\n", kinds[k], d, (long long)atomic_load_explicit(&m->answers[k][d], memory_order_relaxed));
}

/* ---- the route --------------------------------------------------------------------------------------------------- */

static void process(struct buf *out) {
  struct rusage usage;
  long pages = 0, dummy = 0;
  FILE *f = fopen("/proc/self/statm", "re");
  if (f) {
    if (fscanf(f, "%ld %ld", &dummy, &pages) != 2) pages = 0;
    (void)fclose(f);
  }
  getrusage(RUSAGE_SELF, &usage);
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  metrics_one(out, "process_resident_memory_bytes", "gauge", "Resident memory.", "", (double)pages * (double)sysconf(_SC_PAGESIZE));
  metrics_one(out, "process_cpu_seconds_total", "counter", "Processor time, user and system.", "", cpu);
  int files = 0;
  DIR *d = opendir("/proc/self/fd");
  while (d && readdir(d)) files++;
  if (d) closedir(d);
  metrics_one(out, "process_open_fds", "gauge", "Open files and sockets.", "", files > 3 ? files - 3 : 0); /* less ".", ".." and the folder itself */
}

static void desk(struct api *api, struct buf *out) {
  struct writer_state w = writer_state(api->config.writer);
  struct http_counts h = http_server_counts(api->server);
  char version[160];
  snprintf(version, sizeof version, "{version=\"%s\"}", api->config.version);
  metrics_one(out, "guiju_build_info", "gauge", "The version that runs.", version, 1);
  metrics_one(out, "guiju_http_requests_total", "counter", "Requests answered, pages and files included.", "", (double)h.requests);
  metrics_one(out, "guiju_sockets", "gauge", "Open WebSockets.", "", (double)h.sockets);
  metrics_one(out, "guiju_log_events", "gauge", "Events in the log.", "", (double)w.last_seq);
  metrics_one(out, "guiju_writer_queue", "gauge", "Requests waiting for the writer.", "", (double)w.queued);
  metrics_one(out, "guiju_commands_total", "counter", "Commands run.", "", (double)w.commands);
  metrics_one(out, "guiju_commits_total", "counter", "Commits; commands divided by it is the mean batch.", "", (double)w.batches);
  metrics_one(out, "guiju_commit_failures_total", "counter", "Commits that failed.", "", (double)w.commits_failed);
  metrics_one(out, "guiju_writer_trouble", "gauge", "1 while the last commit failed (disk full, I/O).", "", w.trouble != OK);
}

static enum status reception(struct read_ctx *r, struct buf *out) {
  struct floor_waiting_row *waiting;
  struct people_online_count_row *online;
  struct webhook_delivery_waiting_row *hooks;
  enum status status = OK;
  TRY(floor_waiting(r->store, r->arena, &waiting, r->problem));
  TRY(people_online_count(r->store, r->arena, &(struct people_online_count_in){.at_ms = r->now_ms}, &online, r->problem));
  TRY(webhook_delivery_waiting(r->store, r->arena, &hooks, r->problem));
  metrics_one(out, "guiju_conversations_open", "gauge", "Conversations that are not closed.", "", (double)waiting->open_count);
  metrics_one(out, "guiju_conversations_waiting", "gauge", "Customers who wait for an answer.", "", (double)waiting->waiting);
  i64 longest = waiting->has_since_ms && r->now_ms > waiting->since_ms ? r->now_ms - waiting->since_ms : 0;
  metrics_one(out, "guiju_longest_wait_seconds", "gauge", "How long the longest of them has waited.", "", (double)longest / 1000);
  metrics_one(out, "guiju_people_online", "gauge", "People who are online or busy.", "", (double)online->people);
  metrics_one(out, "guiju_webhook_deliveries_waiting", "gauge", "Webhook messages that wait for another try.", "", (double)hooks->waiting);
  metrics_one(out, "guiju_webhook_deliveries_failed", "gauge", "Webhook messages given up in the last seven days.", "", (double)hooks->failed);
done:
  return status;
}

static void answer(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  struct buf out;
  buf_init(&out, METRICS_TEXT_MOST);
  r->now_ms = api_now(c->api);
  r->problem = &c->problem;
  enum status status = reception(r, &out);
  if (status != OK) {
    buf_release(&out);
    api_answer_status(c, status, &c->problem);
    return;
  }
  desk(c->api, &out);
  metrics_write(&c->api->metrics, &out);
  process(&out);
  BUG_IF(out.overflow);
  char *text = malloc(out.n + 1);
  BUG_IF(text == NULL);
  memcpy(text, out.p, out.n);
  struct str body = {text, out.n};
  buf_release(&out);
  api_answer_bytes(c, 200, STR("text/plain; version=0.0.4; charset=utf-8"), body, text);
}

void api_metrics(struct api_call *c) {
  if (!view_may(writer_program(c->api->config.writer), &c->session.actor, STR("指标"))) {
    (void)!problem_set(&c->problem, E_DENIED, "metrics.permission", "看指标要有“指标”的权限：建一把能做“指标”的密钥", "Metrics take the permission 指标: make a key with it");
    api_answer_problem(c, &c->problem);
    return;
  }
  struct problem p = {0};
  enum status status = writer_read(c->api->config.writer, answer, c, &p);
  if (status != OK) api_answer_status(c, status, &p);
}
