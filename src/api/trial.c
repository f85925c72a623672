/* Trials of a draft on a month (试算): one at a time on a thread of their own with low priority, the newest few results kept in memory.
 * A restart forgets them: they are quickly made again, and nothing depends on them. */
#include "api/api_internal.h"

#include "base/log.h"
#include "commands/trial.h"
#include "net/path.h"
#include "reports/report.h"
#include "views/json.h"
#include "views/rulebook.h"
#include "views/show.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TRIALS_KEPT = 6, TRIAL_NICE = 10, TRIAL_FILE_MOST = 64 * 1024 * 1024, TRIAL_ID = 24, TRIAL_MONTHS_MOST = 12 };
enum trial_state { TRIAL_WAITING, TRIAL_RUNNING, TRIAL_DONE, TRIAL_FAILED, TRIAL_CANCELLED };
static const char *const state_names[] = {"waiting", "running", "done", "failed", "cancelled"};

struct job {
  struct job *next;           /* newest first */
  char id[TRIAL_ID];
  char month[16], until[16];  /* the first month and the last */
  struct str base;            /* as it was asked for; "" is the version in force */
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
  json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:o,s:I,s:I,s:I,s:I,s:b}", "id", j->id, "state", state_names[j->state], "month", j->month, "until", j->until,
                        "base", show_text(j->base), "seen", (json_int_t)atomic_load(&j->ask.seen), "events",
                        (json_int_t)atomic_load(&j->ask.events), "started_ms", (json_int_t)j->started_ms, "took_ms", (json_int_t)j->took_ms, "trial", 1);
  json_t *problem = j->state == TRIAL_FAILED ? api_problem_json(&j->problem) : NULL;
  json_object_set_new(o, "problem", problem ? json_incref(json_object_get(problem, "error")) : json_null());
  json_decref(problem);
  json_t *result = json_null();
  if (full && j->result) {
    result = json_copy(j->result);
    json_object_del(result, "whys");
    json_object_del(result, "whys_before");
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

static void put_name(char out[16], struct str name) { snprintf(out, 16, "%.*s", STR_ARG(name)); }

/* The months of the call: one, or those from `month` to `until`. */
static enum status window(struct api_call *c, struct job *j, i64 zone_offset_ms) {
  struct show_month first, last;
  i64 now = api_now(c->api);
  enum status status = show_month_parse(j->arena, json_arg(c->args, "month"), now, zone_offset_ms, &first, &c->problem);
  if (status != OK) return status;
  last = first;
  if (json_arg(c->args, "until").n) status = show_month_parse(j->arena, json_arg(c->args, "until"), now, zone_offset_ms, &last, &c->problem);
  if (status != OK) return status;
  if (last.from_ms < first.from_ms)
    return problem_set(&c->problem, E_INVALID, "trial.backwards", "到的月份（%.*s）比从的月份（%.*s）早，请换一换", "The last month (%.*s) is before the first (%.*s); exchange them", STR_ARG(last.name),
                       STR_ARG(first.name));
  if (last.from_ms > now) return problem_set(&c->problem, E_INVALID, "trial.future", "这个月还没有到", "That month has not come yet");
  if (date_add_months(first.first, TRIAL_MONTHS_MOST) <= last.first)
    return problem_set(&c->problem, E_INVALID, "trial.months", "一次最多试算 %d 个月，请选短一点", "A trial takes %d months at most; choose fewer", TRIAL_MONTHS_MOST);
  put_name(j->month, first.name);
  put_name(j->until, last.name);
  j->ask.from_ms = first.from_ms;
  j->ask.to_ms = last.to_ms;
  return OK;
}

/* The text to compare with: the version in force, or what `base` names. */
static enum status find_base(struct api_call *c, struct job *j, const struct writer_state *state, struct store *s, struct arena *a) {
  struct rulebook_base found = {.source = state->program->source, .name_zh = STR("现行"), .name_en = STR("In force")};
  const json_t *given = json_object_get(c->args, "base");
  if (given && !json_is_null(given) && !json_is_string(given))
    return problem_set(&c->problem, E_INVALID, "trial.base", "base 要写成文字：公布过的版本号，例如 \"1.0\"", "Give base as text: the number of a published version, like \"1.0\"");
  j->base = arena_dup(j->arena, json_arg(c->args, "base"));
  if (j->base.n && !s) return problem_set(&c->problem, E_IO, "trial.base_unread", "读不到要比的一版，请再试一次", "The version to compare with could not be read; try again");
  enum status status = j->base.n ? rulebook_base_find(s, a, j->base, state->zone_offset_ms, &found, &c->problem) : OK;
  if (status != OK) return status;
  j->ask.before = arena_dup(j->arena, found.source);
  j->ask.before_zh = arena_dup(j->arena, found.name_zh);
  j->ask.before_en = arena_dup(j->arena, found.name_en);
  return OK;
}

static enum status prepare(struct api_call *c, struct job *j, struct store *s, struct arena *a) {
  struct writer_state state = writer_state(c->api->config.writer);
  const json_t *given = json_object_get(c->args, "source");
  if (!state.program) return problem_set(&c->problem, E_NOT_FOUND, "rulebook.none", "还没有公布制度", "No rulebook is published yet");
  if (!json_is_string(given)) return problem_set(&c->problem, E_INVALID, "rulebook.source", "请给出制度原文", "Give the source of the rulebook");
  j->ask = (struct trial_ask){.url = c->api->config.database, .after = arena_dup(j->arena, (struct str){json_string_value(given), json_string_length(given)}),
                              .now_ms = api_now(c->api), .zone_offset_ms = state.zone_offset_ms, .events = state.last_seq};
  j->started_ms = j->ask.now_ms;
  enum status status = window(c, j, state.zone_offset_ms);
  return status == OK ? find_base(c, j, &state, s, a) : status;
}

static void enqueue(struct api_call *c, struct job *j) {
  struct trials *t = c->api->trials;
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

/* On a pool thread: an older version is read from the database. */
static void do_start(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct job *j = calloc(1, sizeof *j);
  BUG_IF(j == NULL);
  j->arena = arena_new((size_t)32 << 20);
  enum status status = prepare(c, j, s, a);
  if (status == OK) {
    enqueue(c, j);
    return;
  }
  job_free(j);
  api_answer_status(c, status, &c->problem);
}

void api_trial_start(struct api_call *c) {
  if (may(c) && !pool_submit(c->api->slow, do_start, c)) api_answer_status(c, E_BUSY, NULL);
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
  json_t *why = json_object_getn(json_object_get(j->result, str_is(json_arg(c->args, "side"), "before") ? "whys_before" : "whys"), id.p, id.n);
  return why ? json_pack("{s:o,s:s,s:s,s:b}", "why", json_deep_copy(why), "month", j->month, "id", j->id, "trial", 1) : NULL;
}

void api_trial_get(struct api_call *c) { answer_of(c, whole); }
void api_trial_cancel(struct api_call *c) { answer_of(c, cancelled); }
void api_trial_why(struct api_call *c) { answer_of(c, why_of); }

static void do_file(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct trials *t = c->api->trials;
  (void)s;
  bool csv = str_ends(c->r->path, STR(".csv")), english = str_is(json_arg(c->args, "language"), "en");
  i64 zone = writer_state(c->api->config.writer).zone_offset_ms;
  pthread_mutex_lock(&t->mutex);
  struct job *j = find(t, json_arg(c->args, "id"));
  json_t *result = j && j->result ? json_deep_copy(j->result) : NULL;
  struct str month = !j ? STR("") : strcmp(j->month, j->until) == 0 ? arena_dup(a, str_c(j->month)) : arena_printf(a, english ? "%s to %s" : "%s 至 %s", j->month, j->until);
  pthread_mutex_unlock(&t->mutex);
  if (!result) {
    unknown(c);
    return;
  }
  struct buf out;
  buf_init(&out, TRIAL_FILE_MOST);
  enum status status = OK;
  if (csv) report_trial_csv(result, zone, english, &out);
  else status = report_trial_xlsx(result, zone, english, &out, &c->problem);
  json_decref(result);
  char *bytes = status == OK ? malloc(out.n + 1) : NULL;
  if (bytes) memcpy(bytes, out.p ? out.p : "", out.n);
  size_t n = out.n;
  buf_release(&out);
  if (!bytes) {
    api_answer_status(c, status == OK ? E_IO : status, &c->problem);
    return;
  }
  struct str name = arena_printf(a, english ? "Trial %.*s.%s" : "试算 %.*s.%s", STR_ARG(month), csv ? "csv" : "xlsx");
  api_header(c, "Content-Disposition: attachment; filename*=UTF-8''%s", arena_cstr(c->r->arena, path_encode(c->r->arena, name)));
  api_answer_bytes(c, 200, csv ? STR("text/csv; charset=utf-8") : STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (struct str){bytes, n}, bytes);
}

void api_trial_file(struct api_call *c) {
  if (!may(c)) return;
  if (!pool_submit(c->api->slow, do_file, c)) api_answer_status(c, E_BUSY, NULL);
}
