/* Trials of a draft on a month (试算): one at a time on a thread of their own with low priority, the newest few results kept in memory.
 * A restart forgets them: they are quickly made again, and nothing depends on them. */
#include "api/api_internal.h"

#include "base/log.h"
#include "commands/trial.h"
#include "net/path.h"
#include "reports/report.h"
#include "views/json.h"
#include "views/show.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TRIALS_KEPT = 6, TRIAL_NICE = 10, TRIAL_FILE_MOST = 64 * 1024 * 1024, TRIAL_ID = 24 };
enum trial_state { TRIAL_WAITING, TRIAL_RUNNING, TRIAL_DONE, TRIAL_FAILED, TRIAL_CANCELLED };
static const char *const state_names[] = {"waiting", "running", "done", "failed", "cancelled"};

struct job {
  struct job *next;           /* newest first */
  char id[TRIAL_ID];
  char month[16];
  struct arena *arena;        /* of the sources */
  struct trial_ask ask;
  enum trial_state state;
  i64 started_ms, took_ms;
  json_t *result;
  struct problem problem;
};

struct trials {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  pthread_t thread;
  bool started, ending;
  struct job *jobs;
  u64 made;
};

struct trials *trials_new(void) {
  struct trials *t = calloc(1, sizeof *t);
  BUG_IF(t == NULL);
  pthread_mutex_init(&t->mutex, NULL);
  pthread_cond_init(&t->wake, NULL);
  return t;
}

static void job_free(struct job *j) {
  json_decref(j->result);
  arena_free(j->arena);
  free(j);
}

void trials_free(struct trials *t) {
  if (t == NULL) return;
  pthread_mutex_lock(&t->mutex);
  t->ending = true;
  for (struct job *j = t->jobs; j; j = j->next) atomic_store(&j->ask.cancelled, true);
  pthread_cond_broadcast(&t->wake);
  pthread_mutex_unlock(&t->mutex);
  if (t->started) pthread_join(t->thread, NULL);
  for (struct job *j = t->jobs, *next; j; j = next) {
    next = j->next;
    job_free(j);
  }
  pthread_mutex_destroy(&t->mutex);
  pthread_cond_destroy(&t->wake);
  free(t);
}

/* The oldest that waits; jobs stand newest first. */
static struct job *waiting(struct trials *t) {
  struct job *found = NULL;
  for (struct job *j = t->jobs; j; j = j->next)
    if (j->state == TRIAL_WAITING) found = j;
  return found;
}

static i64 steady_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (i64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *work(void *ctx) {
  struct trials *t = ctx;
  (void)setpriority(PRIO_PROCESS, (id_t)gettid(), TRIAL_NICE); /* the desk's customers come first */
  pthread_mutex_lock(&t->mutex);
  while (!t->ending) {
    struct job *j = waiting(t);
    if (!j) {
      pthread_cond_wait(&t->wake, &t->mutex);
      continue;
    }
    j->state = TRIAL_RUNNING;
    pthread_mutex_unlock(&t->mutex);
    json_t *result = NULL;
    i64 from = steady_ms();
    enum status status = trial_run(&j->ask, &result, &j->problem);
    pthread_mutex_lock(&t->mutex);
    j->took_ms = steady_ms() - from;
    j->result = result;
    j->state = status == OK ? TRIAL_DONE : atomic_load(&j->ask.cancelled) ? TRIAL_CANCELLED : TRIAL_FAILED;
    if (j->state == TRIAL_FAILED && j->problem.key[0] == 0) (void)!problem_set(&j->problem, status, "trial.failed", "试算没有做成", "The trial did not run");
  }
  pthread_mutex_unlock(&t->mutex);
  return NULL;
}

/* ---- requests ---- */

static bool may(struct api_call *c) {
  struct writer_state state = writer_state(c->api->config.writer);
  if (view_may(state.program, &c->session.actor, STR("制度.编辑"))) return true;
  api_answer_status(c, problem_set(&c->problem, E_DENIED, "may.read", "没有权限（制度.编辑）", "You may not do this (制度.编辑)"), &c->problem);
  return false;
}

static struct job *find(struct trials *t, struct str id) {
  for (struct job *j = t->jobs; j; j = j->next)
    if (str_is(id, j->id)) return j;
  return NULL;
}

/* Under the mutex. `full`: with the result, without the whys. */
static json_t *job_json(const struct job *j, bool full) {
  json_t *o = json_pack("{s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:b}", "id", j->id, "state", state_names[j->state], "month", j->month, "seen", (json_int_t)atomic_load(&j->ask.seen), "events",
                        (json_int_t)j->ask.events, "started_ms", (json_int_t)j->started_ms, "took_ms", (json_int_t)j->took_ms, "trial", 1);
  json_t *problem = j->state == TRIAL_FAILED ? api_problem_json(&j->problem) : NULL;
  json_object_set_new(o, "problem", problem ? json_incref(json_object_get(problem, "error")) : json_null());
  json_decref(problem);
  json_t *result = json_null();
  if (full && j->result) {
    result = json_copy(j->result);
    json_object_del(result, "whys");
    json_t *deep = json_deep_copy(result);
    json_decref(result);
    result = deep;
  }
  json_object_set_new(o, "result", result);
  return o;
}

/* Drops finished ones beyond those kept. */
static void drop_old(struct trials *t) {
  int kept = 0;
  for (struct job **at = &t->jobs; *at;) {
    struct job *j = *at;
    bool busy = j->state == TRIAL_WAITING || j->state == TRIAL_RUNNING;
    if (busy || kept++ < TRIALS_KEPT) {
      at = &j->next;
      continue;
    }
    *at = j->next;
    job_free(j);
  }
}

static enum status prepare(struct api_call *c, struct job *j, const struct writer_state *state) {
  struct show_month month;
  const json_t *given = json_object_get(c->args, "source");
  if (!state->program) return problem_set(&c->problem, E_NOT_FOUND, "rulebook.none", "还没有公布制度", "No rulebook is published yet");
  if (!json_is_string(given)) return problem_set(&c->problem, E_INVALID, "rulebook.source", "请给出制度原文", "Give the source of the rulebook");
  i64 now = api_now(c->api);
  enum status status = show_month_parse(j->arena, json_arg(c->args, "month"), now, state->zone_offset_ms, &month, &c->problem);
  if (status != OK) return status;
  if (month.from_ms > now) return problem_set(&c->problem, E_INVALID, "trial.future", "这个月还没有到", "That month has not come yet");
  memcpy(j->month, month.name.p, month.name.n < sizeof j->month ? month.name.n : sizeof j->month - 1);
  j->ask = (struct trial_ask){.url = c->api->config.database, .before = arena_dup(j->arena, state->program->source),
                              .after = arena_dup(j->arena, (struct str){json_string_value(given), json_string_length(given)}), .from_ms = month.from_ms, .to_ms = month.to_ms,
                              .now_ms = now, .zone_offset_ms = state->zone_offset_ms, .events = state->last_seq};
  j->started_ms = now;
  return OK;
}

void api_trial_start(struct api_call *c) {
  struct trials *t = c->api->trials;
  struct writer_state state = writer_state(c->api->config.writer);
  if (!may(c)) return;
  struct job *j = calloc(1, sizeof *j);
  BUG_IF(j == NULL);
  j->arena = arena_new((size_t)32 << 20);
  enum status status = prepare(c, j, &state);
  if (status != OK) {
    job_free(j);
    api_answer_status(c, status, &c->problem);
    return;
  }
  pthread_mutex_lock(&t->mutex);
  int queued = 0;
  for (struct job *o = t->jobs; o; o = o->next) queued += o->state == TRIAL_WAITING;
  if (queued >= TRIALS_KEPT || t->ending) {
    pthread_mutex_unlock(&t->mutex);
    job_free(j);
    api_answer_status(c, E_BUSY, NULL);
    return;
  }
  snprintf(j->id, sizeof j->id, "t%llu-%llx", (unsigned long long)++t->made, (unsigned long long)(j->started_ms & 0xffffff));
  j->next = t->jobs;
  t->jobs = j;
  drop_old(t);
  if (!t->started) t->started = pthread_create(&t->thread, NULL, work, t) == 0;
  pthread_cond_signal(&t->wake);
  json_t *answer = job_json(j, false);
  pthread_mutex_unlock(&t->mutex);
  api_answer(c, 202, answer);
}

static void unknown(struct api_call *c) {
  api_answer_status(c, problem_set(&c->problem, E_NOT_FOUND, "trial.unknown", "这次试算已经不在了，请再试一次", "That trial is not there any more; try again"), &c->problem);
}

/* What `make` takes out of the job, under the mutex; NULL: not there. */
static void answer_of(struct api_call *c, json_t *(*make)(struct api_call *c, struct job *j)) {
  struct trials *t = c->api->trials;
  if (!may(c)) return;
  pthread_mutex_lock(&t->mutex);
  struct job *j = find(t, json_arg(c->args, "id"));
  json_t *answer = j ? make(c, j) : NULL;
  pthread_mutex_unlock(&t->mutex);
  if (answer) api_answer(c, 200, answer);
  else unknown(c);
}

static json_t *whole(struct api_call *c, struct job *j) {
  (void)c;
  return job_json(j, true);
}

static json_t *cancelled(struct api_call *c, struct job *j) {
  (void)c;
  atomic_store(&j->ask.cancelled, true);
  if (j->state == TRIAL_WAITING) j->state = TRIAL_CANCELLED;
  return job_json(j, false);
}

static json_t *why_of(struct api_call *c, struct job *j) {
  struct str id = json_arg(c->args, "consequence");
  json_t *why = json_object_getn(json_object_get(j->result, "whys"), id.p, id.n);
  return why ? json_pack("{s:o,s:s,s:s,s:b}", "why", json_deep_copy(why), "month", j->month, "id", j->id, "trial", 1) : NULL;
}

void api_trial_get(struct api_call *c) { answer_of(c, whole); }
void api_trial_cancel(struct api_call *c) { answer_of(c, cancelled); }
void api_trial_why(struct api_call *c) { answer_of(c, why_of); }

static void do_file(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct trials *t = c->api->trials;
  (void)s;
  bool csv = str_ends(c->r->path, STR(".csv"));
  i64 zone = writer_state(c->api->config.writer).zone_offset_ms;
  pthread_mutex_lock(&t->mutex);
  struct job *j = find(t, json_arg(c->args, "id"));
  json_t *result = j && j->result ? json_deep_copy(j->result) : NULL;
  struct str month = j ? arena_dup(a, str_c(j->month)) : STR("");
  pthread_mutex_unlock(&t->mutex);
  if (!result) {
    unknown(c);
    return;
  }
  struct buf out;
  buf_init(&out, TRIAL_FILE_MOST);
  enum status status = OK;
  if (csv) report_trial_csv(result, zone, &out);
  else status = report_trial_xlsx(result, zone, &out, &c->problem);
  json_decref(result);
  char *bytes = status == OK ? malloc(out.n + 1) : NULL;
  if (bytes) memcpy(bytes, out.p ? out.p : "", out.n);
  size_t n = out.n;
  buf_release(&out);
  if (!bytes) {
    api_answer_status(c, status == OK ? E_IO : status, &c->problem);
    return;
  }
  struct str name = arena_printf(a, "试算 %.*s.%s", STR_ARG(month), csv ? "csv" : "xlsx");
  api_header(c, "Content-Disposition: attachment; filename*=UTF-8''%s", arena_cstr(c->r->arena, path_encode(c->r->arena, name)));
  api_answer_bytes(c, 200, csv ? STR("text/csv; charset=utf-8") : STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (struct str){bytes, n}, bytes);
}

void api_trial_file(struct api_call *c) {
  if (!may(c)) return;
  if (!pool_submit(c->api->slow, do_file, c)) api_answer_status(c, E_BUSY, NULL);
}
