/* The threads behind channels: one that keeps the set of accounts as the settings say, and two for each account. */
#include "channels/channel.h"

#include "base/fault.h"
#include "base/log.h"
#include "commands/vault.h"
#include "views/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const struct channel_class channel_mail; /* mail_channel.c */

enum { LINES_MOST = 2 * MAILBOXES_MOST, ERRAND_ARENA = 512 << 20, LINE_ARENA = 1 << 20, OUT_WAIT_MS = 5000, LONGEST_WAIT_MS = 300000, MANAGER_WAIT_MS = 60000 };

static const struct channel_class channel_web = {.name = "web", .word = "网页", .can = CHANNEL_FILES | CHANNEL_RECALL | CHANNEL_TYPING | CHANNEL_READ};

const struct channel_class *channel_class_find(struct str name) {
  static const struct channel_class *const all[] = {&channel_web, &channel_mail};
  for (size_t i = 0; i < COUNT_OF(all); i++)
    if (str_is(name, all[i]->name)) return all[i];
  return NULL;
}

struct line {
  struct channels *host;
  bool used, out, over;
  _Atomic bool stop;
  bool woken;
  pthread_t thread;
  struct arena *arena;           /* the account's texts */
  const struct channel_class *class;
  struct channel_link link;
  u64 mark;                      /* of settings and secret: another one means a new thread */
  char state[16];                /* last told */
  int failures;
};

struct channels {
  struct writer *writer;
  struct str data_dir;
  struct arena *arena;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pthread_t manager;
  bool stopping, changed;
  struct line lines[LINES_MOST];
};

static const struct actor program = {.type = ACTOR_SYSTEM};

static enum status call(struct writer *w, const char *name, json_t *owned_args, json_t **result, struct problem *p) {
  const struct request r = {.name = str_c(name), .owned_args = owned_args, .actor = program};
  return writer_call(w, &r, result, p);
}

static struct timespec in_ms(i64 ms) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_sec += ms / 1000;
  t.tv_nsec += (long)(ms % 1000) * 1000000;
  if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
  return t;
}

/* Until it is woken, told to stop, or the time is over. */
static void line_wait(struct line *n, i64 ms) {
  struct channels *s = n->host;
  struct timespec until = in_ms(ms);
  pthread_mutex_lock(&s->lock);
  while (!n->stop && !n->woken)
    if (pthread_cond_timedwait(&s->wake, &s->lock, &until) != 0) break;
  n->woken = false;
  pthread_mutex_unlock(&s->lock);
}

/* A connection that breaks once is no news; a wrong password is. */
static void tell_state(struct line *n, enum status status, const struct problem *p) {
  bool good = status == OK;
  n->failures = good ? 0 : n->failures + 1;
  const char *state = good ? "connected" : "trouble";
  if (n->stop || (!good && status == E_IO && n->failures < 2) || strcmp(n->state, state) == 0) return;
  json_t *args = json_pack("{s:o,s:s,s:s}", "id", json_of(n->link.id), "side", n->out ? "out" : "in", "state", state);
  if (!good) {
    json_object_set_new(args, "reason", json_string(p->zh));
    json_object_set_new(args, "reason_en", json_string(p->en));
    log_warn("channel %.*s (%s): %s", STR_ARG(n->link.id), n->out ? "out" : "in", p->key);
  }
  struct problem told = {0};
  if (call(n->host->writer, "channel.state", args, NULL, &told) == OK) memcpy(n->state, state, strlen(state) + 1);
}

static i64 wait_after(const struct line *n, i64 usual_ms) {
  i64 ms = usual_ms < 1000 && n->failures ? 1000 : usual_ms;
  for (int i = 0; i + 1 < n->failures && ms < LONGEST_WAIT_MS; i++) ms *= 2;
  return ms < LONGEST_WAIT_MS ? ms : LONGEST_WAIT_MS;
}

static void fetch_loop(struct line *n) {
  while (!n->stop) {
    struct problem p = {0};
    arena_reset(n->link.arena);
    tell_state(n, n->class->receive(&n->link, &p), &p);
    line_wait(n, wait_after(n, n->link.settings.poll_s * 1000));
  }
  if (n->class->leave) n->class->leave(&n->link);
}

/* One letter: OK when the server could be spoken to, whatever it said about this letter. */
static enum status send_one(struct line *n, json_t *letter, json_t *due, struct problem *p) {
  static const char *const words[] = {"sent", "later", "failed"};
  enum channel_outcome outcome = n->class->send(&n->link, letter, due, p);
  if (n->stop && outcome != CHANNEL_SENT) return OK;
  json_t *args = json_pack("{s:o,s:s,s:s,s:s}", "id", json_of(json_arg(letter, "id")), "outcome", words[outcome], "reason", p->zh, "reason_en", p->en);
  static const char *const copies[] = {"refused", "later", "later_reason", "later_reason_en"};
  for (size_t i = 0; i < COUNT_OF(copies); i++)
    if (json_object_get(letter, copies[i])) json_object_set(args, copies[i], json_object_get(letter, copies[i]));
  struct problem noted = {0};
  enum status status = fault_point("channel.sent");
  if (status == OK) status = call(n->host->writer, "delivery.note", args, NULL, &noted);
  else json_decref(args);
  if (status != OK) {
    *p = noted;
    return status;
  }
  return outcome == CHANNEL_LATER && (p->status == E_IO || p->status == E_INVALID) ? p->status : OK;
}

static void send_loop(struct line *n) {
  while (!n->stop) {
    struct problem p = {0};
    json_t *due = NULL, *letter;
    size_t i, count = 0;
    arena_reset(n->link.arena);
    enum status status = call(n->host->writer, "delivery.due", json_pack("{s:o}", "id", json_of(n->link.id)), &due, &p);
    json_array_foreach(json_object_get(due, "items"), i, letter) {
      if (n->stop || status != OK) break;
      p = (struct problem){0};
      arena_reset(n->link.arena);
      status = send_one(n, letter, due, &p);
      tell_state(n, status, &p);
      count++;
    }
    json_decref(due);
    if (count == 0 || status != OK) line_wait(n, status == OK ? OUT_WAIT_MS : wait_after(n, OUT_WAIT_MS));
  }
}

static void *line_run(void *ctx) {
  struct line *n = ctx;
  if (n->out) send_loop(n);
  else fetch_loop(n);
  pthread_mutex_lock(&n->host->lock);
  n->over = true;
  pthread_mutex_unlock(&n->host->lock);
  return NULL;
}

/* ---- accounts -------------------------------------------------------------------------------------------------------------- */

/* Passwords out of the sealed text; an account without any is one that needs none. */
static enum status open_secret(struct arena *a, struct str data_dir, struct str sealed, struct channel_link *l, struct problem *p) {
  struct str secret;
  if (!sealed.n) return OK;
  enum status status = vault_open(a, data_dir, sealed, &secret, p);
  if (status != OK) return status;
  json_t *o = json_loadb(secret.p, secret.n, 0, NULL);
  l->password_in = arena_dup(a, str_c(json_string_value(json_object_get(o, "in"))));
  const char *out = json_string_value(json_object_get(o, "out"));
  l->password_out = l->settings.separate_password && out ? arena_dup(a, str_c(out)) : l->password_in;
  json_decref(o);
  return OK;
}

static u64 mark_of(json_t *account) {
  u64 mark = str_hash(json_arg(account, "settings"));
  mark = mark * 31 + str_hash(json_arg(account, "sealed"));
  return mark * 31 + str_hash(json_arg(account, "address"));
}

/* The writer's thread looks at every line when letters are queued. */
static void line_put(struct channels *s, struct line *n, struct line line) {
  pthread_mutex_lock(&s->lock);
  *n = line;
  pthread_mutex_unlock(&s->lock);
}

static void line_end(struct channels *s, struct line *n) { /* unlocked; `stop` is set */
  pthread_join(n->thread, NULL);
  arena_free(n->link.arena);
  arena_free(n->arena);
  line_put(s, n, (struct line){0});
}

static void line_start(struct channels *s, struct line *n, json_t *account, bool out) {
  struct problem p = {0};
  struct arena *a = arena_new(LINE_ARENA);
  line_put(s, n, (struct line){.host = s, .out = out, .arena = a, .mark = mark_of(account), .class = channel_class_find(json_arg(account, "class"))});
  n->link = (struct channel_link){.writer = s->writer, .data_dir = s->data_dir, .stop = &n->stop, .id = arena_dup(a, json_arg(account, "id")), .address = arena_dup(a, json_arg(account, "address")),
                                  .created_ms = json_arg_int(account, "created_ms", 0)};
  struct str position = json_arg(account, "position"), state = json_arg(account, out ? "out_state" : "in_state");
  if (position.n < sizeof n->link.position) memcpy(n->link.position, position.p, position.n);
  memcpy(n->state, str_is(state, "正常") ? "connected" : str_is(state, "故障") ? "trouble" : "", str_is(state, "正常") ? 10 : str_is(state, "故障") ? 8 : 1);
  json_t *settings = json_loads(json_string_value(json_object_get(account, "settings")), 0, NULL);
  enum status status = channel_settings_read(a, settings, &n->link.settings, &p);
  json_decref(settings);
  if (status == OK) status = open_secret(a, s->data_dir, json_arg(account, "sealed"), &n->link, &p);
  if (status != OK) { /* told once; nothing to run until the settings change */
    tell_state(n, E_INVALID, &p);
    log_warn("channel %.*s cannot be served: %s", STR_ARG(n->link.id), p.en);
    arena_free(a);
    line_put(s, n, (struct line){0});
    return;
  }
  n->link.arena = arena_new(ERRAND_ARENA);
  n->used = n->class && pthread_create(&n->thread, NULL, line_run, n) == 0;
  if (n->used) return;
  log_error("channel %.*s: no thread", STR_ARG(n->link.id));
  arena_free(n->link.arena);
  arena_free(a);
  line_put(s, n, (struct line){0});
}

static struct line *line_of(struct channels *s, struct str id, bool out) {
  for (size_t i = 0; i < LINES_MOST; i++)
    if (s->lines[i].used && s->lines[i].out == out && str_eq(s->lines[i].link.id, id)) return &s->lines[i];
  return NULL;
}

static struct line *free_line(struct channels *s) {
  for (size_t i = 0; i < LINES_MOST; i++)
    if (!s->lines[i].used) return &s->lines[i];
  return NULL;
}

static void stop_lines(struct channels *s, json_t *accounts) { /* those that are not (any more) as the accounts say; NULL: all */
  bool going[LINES_MOST] = {false};
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < LINES_MOST; i++) {
    struct line *n = &s->lines[i];
    json_t *account;
    size_t k;
    if (!n->used) continue;
    going[i] = true;
    json_array_foreach(accounts, k, account)
      if (str_eq(json_arg(account, "id"), n->link.id) && mark_of(account) == n->mark) going[i] = false;
    if (going[i]) n->stop = true;
  }
  pthread_cond_broadcast(&s->wake);
  pthread_mutex_unlock(&s->lock);
  for (size_t i = 0; i < LINES_MOST; i++)
    if (going[i]) line_end(s, &s->lines[i]);
}

static void arrange(struct channels *s) {
  struct problem p = {0};
  json_t *work = NULL, *account;
  size_t i;
  if (call(s->writer, "channel.work", NULL, &work, &p) != OK) {
    log_warn("channels cannot be read: %s", p.en);
    return;
  }
  json_t *accounts = json_object_get(work, "items");
  stop_lines(s, accounts);
  json_array_foreach(accounts, i, account)
    for (int out = 0; out < 2; out++) {
      struct line *n = line_of(s, json_arg(account, "id"), out != 0) ? NULL : free_line(s);
      if (n) line_start(s, n, account, out != 0);
    }
  json_decref(work);
}

static void *manage(void *ctx) {
  struct channels *s = ctx;
  pthread_mutex_lock(&s->lock);
  while (!s->stopping) {
    s->changed = false;
    pthread_mutex_unlock(&s->lock);
    arrange(s);
    struct timespec until = in_ms(MANAGER_WAIT_MS);
    pthread_mutex_lock(&s->lock);
    while (!s->stopping && !s->changed)
      if (pthread_cond_timedwait(&s->wake, &s->lock, &until) != 0) break;
  }
  pthread_mutex_unlock(&s->lock);
  stop_lines(s, NULL);
  return NULL;
}

enum status channels_start(struct writer *w, struct str data_dir, struct channels **out, struct problem *p) {
  struct channels *s = calloc(1, sizeof *s);
  pthread_condattr_t attributes;
  BUG_IF(s == NULL);
  s->writer = w;
  s->arena = arena_new(LINE_ARENA);
  s->data_dir = arena_dup(s->arena, data_dir);
  pthread_mutex_init(&s->lock, NULL);
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&s->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&s->manager, NULL, manage, s) != 0) {
    arena_free(s->arena);
    free(s);
    return problem_set(p, E_IO, "channels.thread", "渠道的线程起不来", "The channels' thread could not start");
  }
  *out = s;
  return OK;
}

void channels_stop(struct channels *s) {
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->stopping = true;
  pthread_cond_broadcast(&s->wake);
  pthread_mutex_unlock(&s->lock);
  pthread_join(s->manager, NULL);
}

void channels_free(struct channels *s) {
  if (!s) return;
  pthread_mutex_destroy(&s->lock);
  pthread_cond_destroy(&s->wake);
  arena_free(s->arena);
  free(s);
}

void channels_feed(struct channels *s, const struct feed_item *items, size_t count) {
  bool changed = false, queued = false;
  for (size_t i = 0; i < count; i++) {
    changed |= strcmp(items[i].kind, "channel.changed") == 0;
    queued |= strcmp(items[i].kind, "delivery.queued") == 0 || strcmp(items[i].kind, "delivery.moved") == 0;
  }
  if (!s || (!changed && !queued)) return;
  pthread_mutex_lock(&s->lock);
  s->changed |= changed;
  for (size_t i = 0; queued && i < LINES_MOST; i++) s->lines[i].woken |= s->lines[i].out;
  pthread_cond_broadcast(&s->wake);
  pthread_mutex_unlock(&s->lock);
}

/* ---- trying an account ------------------------------------------------------------------------------------------------------ */

enum status channels_check(void *ctx, json_t *args, json_t **result, struct problem *p) {
  struct channels *s = ctx;
  struct arena *a = arena_new(LINE_ARENA);
  struct channel_link l = {.writer = s->writer, .data_dir = s->data_dir, .arena = a, .address = json_arg(args, "address")};
  json_t *work = NULL, *settings = json_object_get(args, "settings"), *account, *kept = NULL;
  struct str id = json_arg(args, "id"), in = json_arg(args, "password"), out = json_arg(args, "password_out");
  size_t i;
  enum status status = OK;
  if (id.n) {
    TRY(call(s->writer, "channel.work", json_pack("{s:b}", "all", 1), &work, p));
    json_array_foreach(json_object_get(work, "items"), i, account)
      if (str_eq(json_arg(account, "id"), id)) kept = account;
    if (!kept) TRY(problem_set(p, E_NOT_FOUND, "channel.unknown", "没有这个渠道：%.*s", "There is no channel %.*s", STR_ARG(id)));
  }
  json_t *stored = kept && !settings ? json_loads(json_string_value(json_object_get(kept, "settings")), 0, NULL) : NULL;
  status = channel_settings_read(a, settings ? settings : stored, &l.settings, p);
  json_decref(stored);
  if (status == OK && kept) status = open_secret(a, s->data_dir, json_arg(kept, "sealed"), &l, p);
  if (status != OK) goto done;
  if (in.n) l.password_in = in;
  l.password_out = l.settings.separate_password ? (out.n ? out : l.password_out) : l.password_in;
  *result = channel_mail.check(&l);
done:
  json_decref(work);
  arena_free(a);
  return status;
}
