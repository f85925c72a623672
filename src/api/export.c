/* Exports of rows as jobs: one at a time on a thread of low priority; the file stays for a day and can be fetched by who asked for it.
 *
 * The command export.start has authorised it, asked the gate and put it down (views/export.sql) in the transaction of its line in the
 * log, before a row is read. So an export survives the program: what is done is still there after a start, what was not is begun again from
 * its first row, also one that was agreed to a moment before the lights went out. Files lie in <data>/exports; a file that belongs to
 * no finished export is what is left of a broken one, and goes at the next start. */
#include "api/api_internal.h"

#include "base/calendar.h"
#include "base/log.h"
#include "net/path.h"
#include "reports/export.h"
#include "views/export.sql.h"
#include "views/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXPORTS_KEPT = 20, EXPORTS_READ = 1000, EXPORT_NICE = 10, EXPORT_LIVES_MS = MS_DAY, EXPORT_WORD = 40, EXPORT_PATH = 4096 };
static const size_t EXPORT_ARENA = (size_t)1 << 22;
enum export_state { EXPORT_WAITING, EXPORT_RUNNING, EXPORT_DONE, EXPORT_FAILED, EXPORT_CANCELLED };
static const char *const state_names[] = {"waiting", "running", "done", "failed", "cancelled"};

struct job {
  struct job *next; /* newest first */
  char id[EXPORT_WORD], by[EXPORT_WORD], kind[EXPORT_WORD], format[8], from[12], to[12], path[EXPORT_PATH];
  json_t *filter, *problem; /* problem: what went wrong, or NULL */
  struct export_ask ask;
  enum export_state state;
  i64 expected, started_ms, since_ms, size; /* since: when it was done, or begun: its day counts from there */
};

struct exports {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  pthread_t thread;
  bool started, ending;
  struct api *api;
  struct job *jobs;
};

struct exports *exports_new(struct api *api) {
  struct exports *x = calloc(1, sizeof *x);
  BUG_IF(x == NULL);
  x->api = api;
  pthread_mutex_init(&x->mutex, NULL);
  pthread_cond_init(&x->wake, NULL);
  return x;
}

static void job_free(struct job *j) {
  json_decref(j->filter);
  json_decref(j->problem);
  free(j);
}

static void ignore(void *ctx, enum status status, json_t *result, const struct problem *p) {
  (void)ctx, (void)result;
  if (status != OK) log_warn("what became of an export could not be put down: %s", p ? p->en : "");
}

/* What became of it, for the next start; at: when, so that its day ends at the same moment before and after one. */
static void mark(struct exports *x, const struct job *j, const char *state, i64 at_ms) {
  char *problem = j->problem ? json_dumps(j->problem, JSON_COMPACT) : NULL;
  struct problem p = {0};
  struct request r = {.name = STR("export.mark"), .actor = {.type = ACTOR_SYSTEM}, .done = ignore,
                      .owned_args = json_pack("{s:s,s:s,s:I,s:s,s:I}", "id", j->id, "state", state, "rows", (json_int_t)atomic_load(&j->ask.rows), "problem", problem ? problem : "", "at", (json_int_t)at_ms)};
  free(problem);
  if (writer_submit(x->api->config.writer, &r, &p) != OK) log_warn("what became of an export could not be put down: %s", p.en);
}

void exports_free(struct exports *x) {
  if (x == NULL) return;
  pthread_mutex_lock(&x->mutex);
  x->ending = true;
  for (struct job *j = x->jobs; j; j = j->next) atomic_store(&j->ask.cancelled, true);
  pthread_cond_broadcast(&x->wake);
  pthread_mutex_unlock(&x->mutex);
  if (x->started) pthread_join(x->thread, NULL);
  for (struct job *j = x->jobs, *next; j; j = next) {
    next = j->next;
    job_free(j);
  }
  pthread_mutex_destroy(&x->mutex);
  pthread_cond_destroy(&x->wake);
  free(x);
}

static void *work(void *ctx) {
  struct exports *x = ctx;
  (void)setpriority(PRIO_PROCESS, (id_t)gettid(), EXPORT_NICE); /* the desk's customers come first */
  pthread_mutex_lock(&x->mutex);
  while (!x->ending) {
    struct job *j = NULL;
    for (struct job *k = x->jobs; k; k = k->next)
      if (k->state == EXPORT_WAITING) j = k;
    if (!j) {
      pthread_cond_wait(&x->wake, &x->mutex);
      continue;
    }
    j->state = EXPORT_RUNNING;
    pthread_mutex_unlock(&x->mutex);
    struct problem p = {0};
    struct stat st = {0};
    enum status status = export_run(&j->ask, &p);
    if (status == OK && stat(j->path, &st) != 0) status = problem_set(&p, E_IO, "export.write", "文件不见了", "The file is gone");
    pthread_mutex_lock(&x->mutex);
    bool stopped = atomic_load(&j->ask.cancelled);
    if (status != OK && stopped && x->ending) break; /* by the end of the program: the next start begins it again */
    json_t *said = status != OK && !stopped ? api_problem_json(&p) : NULL;
    j->size = (i64)st.st_size;
    j->problem = said ? json_incref(json_object_get(said, "error")) : NULL;
    json_decref(said);
    j->state = status == OK ? EXPORT_DONE : stopped ? EXPORT_CANCELLED : EXPORT_FAILED;
    j->since_ms = api_now(x->api);
    mark(x, j, state_names[j->state], j->since_ms);
  }
  pthread_mutex_unlock(&x->mutex);
  return NULL;
}

/* Under the mutex: what is older than a day, and the oldest beyond those kept, go with their files. */
static void drop_old(struct exports *x, i64 now) {
  int kept = 0;
  for (struct job **at = &x->jobs; *at;) {
    struct job *j = *at;
    bool busy = j->state == EXPORT_WAITING || j->state == EXPORT_RUNNING;
    if (busy || (now - j->since_ms < EXPORT_LIVES_MS && kept++ < EXPORTS_KEPT)) {
      at = &j->next;
      continue;
    }
    *at = j->next;
    (void)unlink(j->path);
    mark(x, j, "gone", now);
    job_free(j);
  }
}

void exports_tick(struct api *api) {
  struct exports *x = api->exports;
  if (!x || pthread_mutex_trylock(&x->mutex) != 0) return;
  if (x->jobs) drop_old(x, api_now(api));
  pthread_mutex_unlock(&x->mutex);
}

static json_t *job_json(const struct job *j) {
  json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:b,s:I}", "id", j->id, "kind", j->kind, "format", j->format, "from", j->from, "to", j->to, "language", j->ask.english ? "en" : "zh", "state", state_names[j->state], "rows",
                        (json_int_t)atomic_load(&j->ask.rows), "expected", (json_int_t)j->expected, "started_ms", (json_int_t)j->started_ms, "expires_ms", (json_int_t)(j->since_ms + EXPORT_LIVES_MS),
                        "open", j->ask.open, "size", (json_int_t)j->size);
  json_object_set_new(o, "filter", json_deep_copy(j->filter));
  json_object_set_new(o, "problem", j->problem ? json_deep_copy(j->problem) : json_null());
  return o;
}

static bool folder(struct api *api, char *path, size_t room) {
  snprintf(path, room, "%.*s/exports", STR_ARG(api->config.data_dir));
  return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static void put(char *to, size_t room, struct str s) { snprintf(to, room, "%.*s", STR_ARG(s)); }

static struct job *find_any(struct exports *x, struct str id) {
  for (struct job *j = x->jobs; j; j = j->next)
    if (str_is(id, j->id)) return j;
  return NULL;
}

/* From the columns of export_job; NULL when it makes no sense. */
static struct job *job_of(struct api *api, const struct export_jobs_row *row, const char *dir) {
  struct job *j = calloc(1, sizeof *j);
  BUG_IF(j == NULL);
  i64 zone = writer_state(api->config.writer).zone_offset_ms, from = 0, to = 0;
  put(j->id, sizeof j->id, row->id), put(j->by, sizeof j->by, row->person), put(j->kind, sizeof j->kind, row->kind), put(j->format, sizeof j->format, row->format);
  put(j->from, sizeof j->from, row->from_date), put(j->to, sizeof j->to, row->to_date);
  j->filter = json_loadb(row->filter.p, row->filter.n, 0, NULL);
  j->problem = row->problem.n ? json_loadb(row->problem.p, row->problem.n, 0, NULL) : NULL;
  if (!date_parse(str_c(j->from), &from) || !date_parse(str_c(j->to), &to) || !export_kind_find(str_c(j->kind), &j->ask.kind) || !j->filter) {
    job_free(j);
    return NULL;
  }
  j->expected = row->expected;
  j->started_ms = j->since_ms = row->at_ms;
  j->ask.url = api->config.database, j->ask.path = j->path, j->ask.xlsx = strcmp(j->format, "xlsx") == 0, j->ask.open = row->open != 0, j->ask.english = str_is(row->language, "en");
  j->ask.zone_offset_ms = zone, j->ask.from_ms = instant_at(from, 0, zone), j->ask.to_ms = instant_at(to + 1, 0, zone);
  j->ask.channel = json_arg(j->filter, "channel"), j->ask.tag = json_arg(j->filter, "tag"), j->ask.customer = json_arg(j->filter, "customer"), j->ask.level = json_arg(j->filter, "level");
  j->ask.customer_tag = json_arg(j->filter, "customer_tag");
  snprintf(j->path, sizeof j->path, "%s/%s.%s", dir, j->id, j->format);
  return j;
}

/* A finished one whose file is not there, or is not whole, is made again. */
static void settle_state(struct job *j, const struct export_jobs_row *row) {
  struct stat st = {0};
  bool there = stat(j->path, &st) == 0;
  j->state = str_is(row->state, "failed") ? EXPORT_FAILED : str_is(row->state, "cancelled") ? EXPORT_CANCELLED : str_is(row->state, "done") && there ? EXPORT_DONE : EXPORT_WAITING;
  if (j->state == EXPORT_WAITING) return;
  j->size = (i64)st.st_size;
  atomic_store(&j->ask.rows, row->row_count);
}

/* Under the mutex: what the tables hold and this run of the program has not heard of yet; at a start also what is done. */
static void load(struct api *api, struct store *s, struct arena *a, bool starting) {
  struct exports *x = api->exports;
  struct export_jobs_row *rows = NULL;
  size_t count = 0;
  struct problem p = {0};
  char dir[EXPORT_PATH - 100];
  if (!s || x->ending || !folder(api, dir, sizeof dir) || export_jobs(s, a, &(struct export_jobs_in){.most = EXPORTS_READ}, &rows, &count, &p) != OK) return;
  for (size_t i = count; i-- > 0;) { /* the newest comes to stand first */
    bool waits = str_is(rows[i].state, "waiting"), wanted = waits || (starting && api_now(api) - rows[i].at_ms < EXPORT_LIVES_MS);
    struct job *j = !wanted || find_any(x, rows[i].id) ? NULL : job_of(api, &rows[i], dir);
    if (!j) continue;
    settle_state(j, &rows[i]);
    if (waits) j->since_ms = api_now(api); /* the program was away for longer than a day: it is owed all the same */
    j->next = x->jobs;
    x->jobs = j;
  }
}

/* Under the mutex. */
static void wake(struct exports *x) {
  if (!x->started) x->started = pthread_create(&x->thread, NULL, work, x) == 0;
  pthread_cond_signal(&x->wake);
}

static void sweep(struct api *api) {
  char dir[EXPORT_PATH - 100];
  if (!folder(api, dir, sizeof dir)) return;
  DIR *d = opendir(dir);
  for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
    const char *dot = strchr(e->d_name, '.');
    struct job *j = dot ? find_any(api->exports, (struct str){e->d_name, (size_t)(dot - e->d_name)}) : NULL;
    if (e->d_name[0] != '.' && (!j || j->state != EXPORT_DONE)) (void)unlinkat(dirfd(d), e->d_name, 0);
  }
  if (d) closedir(d);
}

void exports_begin(struct api *api) {
  struct exports *x = api->exports;
  struct arena *a = arena_new(EXPORT_ARENA);
  struct store *s = NULL;
  struct problem p = {0};
  if (store_open(api->config.database, STORE_READ, &s, &p) != OK) log_warn("exports begun earlier cannot be read: %s", p.en);
  pthread_mutex_lock(&x->mutex);
  load(api, s, a, true);
  if (s) sweep(api);
  if (x->jobs) wake(x);
  pthread_mutex_unlock(&x->mutex);
  store_close(s);
  arena_free(a);
}

/* The command is done and on disk: its job begins. NULL when it cannot. */
static json_t *start_job(struct api *api, json_t *result) {
  struct exports *x = api->exports;
  char dir[EXPORT_PATH - 100], *filter = json_dumps(json_object_get(result, "filter"), JSON_COMPACT);
  struct export_jobs_row row = {.id = json_arg(result, "id"), .person = json_arg(result, "by"), .kind = json_arg(result, "kind"), .format = json_arg(result, "format"), .from_date = json_arg(result, "from"),
                                .to_date = json_arg(result, "to"), .language = json_arg(result, "language"), .filter = str_c(filter ? filter : "{}"), .open = json_is_true(json_object_get(result, "open")),
                                .expected = json_arg_int(result, "expected", 0), .at_ms = api_now(api), .state = STR("waiting")};
  pthread_mutex_lock(&x->mutex);
  struct job *j = x->ending || !folder(api, dir, sizeof dir) ? NULL : find_any(x, row.id);
  if (!j && !x->ending && (j = job_of(api, &row, dir))) {
    j->next = x->jobs;
    x->jobs = j;
    drop_old(x, j->started_ms);
    wake(x);
  }
  json_t *answer = j ? job_json(j) : NULL;
  pthread_mutex_unlock(&x->mutex);
  free(filter);
  return answer;
}

static void begin(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  if (status != OK) {
    api_answer_status(c, status, p);
    json_decref(owned_result);
    return;
  }
  if (!json_arg(owned_result, "id").n) { /* it waits for an approval: exports_approved begins it */
    api_answer(c, 200, owned_result);
    return;
  }
  json_t *answer = start_job(c->api, owned_result);
  json_decref(owned_result);
  if (answer) api_answer(c, 202, answer);
  else api_answer_status(c, E_IO, NULL);
}

void exports_approved(struct api *api, const json_t *vote) {
  json_t *result = json_object_get(vote, "result");
  struct str id = json_arg(result, "id"), format = json_arg(result, "format");
  if (str_starts(id, STR("x")) && format.n && json_arg(result, "by").n) json_decref(start_job(api, result));
}

void api_export_start(struct api_call *c) {
  json_t *args = json_deep_copy(c->args);
  api_submit(c->api, "export.start", args, &c->session.actor, STR(""), begin, c);
}

/* Under the mutex: the job, when it belongs to who asks. */
static struct job *find(struct exports *x, const struct api_call *c, struct str id) {
  for (struct job *j = x->jobs; j; j = j->next)
    if (str_is(id, j->id) && str_is(c->session.actor.id, j->by)) return j;
  return NULL;
}

static void unknown(struct api_call *c) {
  api_answer_status(c, problem_set(&c->problem, E_NOT_FOUND, "export.unknown", "这份导出已经不在了：文件只留一天，重新导一次", "That export is gone: files stay for a day; start it again"), &c->problem);
}

/* Also what a consent began that nobody was asked for at the time (a stage that silence agrees to). */
static void do_list(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct exports *x = c->api->exports;
  json_t *items = json_array();
  pthread_mutex_lock(&x->mutex);
  load(c->api, s, a, false);
  drop_old(x, api_now(c->api));
  if (x->jobs) wake(x);
  for (struct job *j = x->jobs; j; j = j->next)
    if (str_is(c->session.actor.id, j->by)) json_array_append_new(items, job_json(j));
  pthread_mutex_unlock(&x->mutex);
  api_answer(c, 200, json_pack("{s:o,s:n}", "items", items, "next"));
}
void api_export_list(struct api_call *c) {
  if (!pool_submit(c->api->slow, do_list, c)) api_answer_status(c, E_BUSY, NULL);
}

static void answer_job(struct api_call *c, bool cancel) {
  struct exports *x = c->api->exports;
  pthread_mutex_lock(&x->mutex);
  struct job *j = find(x, c, json_arg(c->args, "id"));
  if (j && cancel) atomic_store(&j->ask.cancelled, true);
  if (j && cancel && (j->state == EXPORT_WAITING || j->state == EXPORT_RUNNING)) mark(x, j, "cancelled", api_now(c->api));
  if (j && cancel && j->state == EXPORT_WAITING) j->state = EXPORT_CANCELLED;
  json_t *answer = j ? job_json(j) : NULL;
  pthread_mutex_unlock(&x->mutex);
  if (answer) api_answer(c, 200, answer);
  else unknown(c);
}
void api_export_get(struct api_call *c) { answer_job(c, false); }
void api_export_cancel(struct api_call *c) { answer_job(c, true); }

static void do_file(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct exports *x = c->api->exports;
  int fd = -1;
  i64 size = 0;
  bool xlsx = false;
  struct str name = STR("");
  (void)s;
  pthread_mutex_lock(&x->mutex);
  drop_old(x, api_now(c->api));
  struct job *j = find(x, c, json_arg(c->args, "id"));
  if (j && j->state == EXPORT_DONE) {
    fd = open(j->path, O_RDONLY | O_CLOEXEC);
    size = j->size;
    xlsx = j->ask.xlsx;
    name = arena_printf(a, "%s %s %s.%s", j->kind, j->from, j->to, j->format);
  }
  pthread_mutex_unlock(&x->mutex);
  if (fd < 0) {
    unknown(c);
    return;
  }
  api_header(c, "Content-Disposition: attachment; filename*=UTF-8''%s", arena_cstr(c->r->arena, path_encode(c->r->arena, name)));
  api_answer_file(c, xlsx ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") : STR("text/csv; charset=utf-8"), fd, size);
}

void api_export_file(struct api_call *c) {
  if (!pool_submit(c->api->slow, do_file, c)) api_answer_status(c, E_BUSY, NULL);
}
