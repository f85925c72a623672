/* The sender of webhooks. See webhook.h.
 *
 * A round: read the webhooks anew when one was changed; read the log behind what each has read; take up tries that are due; start
 * requests; move them on; put down what came of them. */
#include "channels/webhook.h"

#include "base/log.h"
#include "channels/webhook_body.h"
#include "commands/vault.h"
#include "events/log.sql.h"
#include "net/fetch.h"
#include "views/json.h"
#include "views/webhook.h"
#include "views/webhook.sql.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUND_MS = 500, ROUND_ARENA = 64 * 1024 * 1024, ID_MOST = 80, KIND_MOST = 80, HEADERS = 6, WAITING_MOST = 256, READ_ROWS = 200 };

/* One event on its way to one receiver. */
struct message {
  i64 seq, attempts;       /* attempts before this one */
  bool on_its_way, again;  /* again: it has its row already, what is settled does not wait for it */
  i64 at_ms;               /* of this attempt */
  char kind[KIND_MOST];
  char *body;              /* what is being posted */
  struct hook *hook;
};

struct hook {
  char id[ID_MOST];
  bool seen;                /* while reading the table anew */
  struct webhook_get_row row; /* texts in `kept` */
  struct arena *kept;
  i64 read_seq, settled_seq, reported_seq, next_try_ms;
  size_t under_way, count;
  struct message *waiting[WAITING_MOST];
  json_t *results;          /* since the last report */
};

struct webhooks {
  struct writer *writer;
  struct webhooks_options options;
  struct store *store;
  struct fetch_pool *pool;
  struct arena *arena;      /* of the round */
  struct hook *hooks[WEBHOOKS_MOST];
  size_t hook_count;
  struct timespec reported;
  pthread_t thread;
  atomic_bool stopping, changed;
  _Atomic i64 last_seq, delivered, failed;
};

static i64 now_ms(const struct webhooks *s) {
  if (s->options.clock) return s->options.clock(s->options.clock_ctx);
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the table ------------------------------------------------------------------------------------------------------- */

static void message_free(struct message *m) {
  free(m->body);
  free(m);
}

static void hook_free(struct hook *h) {
  for (size_t i = 0; i < h->count; i++) message_free(h->waiting[i]);
  json_decref(h->results);
  arena_free(h->kept);
  free(h);
}

static void hook_keep(struct hook *h, const struct webhook_all_row *row) {
  arena_free(h->kept);
  h->kept = arena_new(64 * 1024);
  h->row = (struct webhook_get_row){.id = arena_dup(h->kept, row->id), .url = arena_dup(h->kept, row->url), .kinds = arena_dup(h->kept, row->kinds),
                                    .form = arena_dup(h->kept, row->form), .personal = row->personal, .old_until_ms = row->old_until_ms};
}

/* The secret as it signs. One in the clear is of a desk of before: sealed now. False: it cannot be opened, and the webhook stops. */
static bool open_secret(struct webhooks *s, struct hook *h, struct str kept, bool old, json_t *reseal) {
  struct str secret = STR(""), sealed;
  struct problem p = {0};
  if (webhook_secret_clear(kept)) {
    secret = arena_dup(h->kept, kept);
    if (vault_seal(s->arena, s->options.data_dir, kept, &sealed, &p) == OK) json_object_set_new(reseal, old ? "old_sealed" : "sealed", json_of(sealed));
  } else if (kept.n && vault_open(h->kept, s->options.data_dir, kept, &secret, &p) != OK) {
    log_warn("webhook %s: its secret cannot be opened (secret.key is another one, or gone)", h->id);
    if (!old) return false; /* the old one only signs beside the new */
  } else if (kept.n) {
    json_object_set_new(reseal, old ? "old_sealed" : "sealed", json_of(kept));
  }
  if (old) h->row.old_secret = secret;
  else h->row.secret = secret;
  return true;
}

static bool open_secrets(struct webhooks *s, struct hook *h, const struct webhook_all_row *row) {
  json_t *reseal = json_pack("{s:s}", "id", h->id), *result = NULL;
  struct problem p = {0};
  bool good = open_secret(s, h, row->secret, false, reseal);
  if (good) (void)open_secret(s, h, row->old_secret, true, reseal);
  else json_object_set_new(reseal, "lost", json_true());
  if (good && !webhook_secret_clear(row->secret) && !webhook_secret_clear(row->old_secret)) {
    json_decref(reseal);
    return true;
  }
  const struct request r = {.name = STR("webhook.reseal"), .owned_args = reseal, .actor = {.type = ACTOR_SYSTEM}};
  if (writer_call(s->writer, &r, &result, &p) != OK) log_warn("webhook %s: %s", h->id, p.en);
  json_decref(result);
  return good;
}

static struct hook *hook_find(struct webhooks *s, struct str id) {
  for (size_t i = 0; i < s->hook_count; i++)
    if (str_is(id, s->hooks[i]->id)) return s->hooks[i];
  return NULL;
}

static struct hook *hook_new(struct webhooks *s, const struct webhook_all_row *row) {
  struct hook *h = calloc(1, sizeof *h);
  BUG_IF(h == NULL || s->hook_count == WEBHOOKS_MOST || row->id.n >= ID_MOST);
  snprintf(h->id, sizeof h->id, "%.*s", STR_ARG(row->id));
  h->read_seq = h->settled_seq = h->reported_seq = row->settled_seq;
  h->results = json_array();
  return s->hooks[s->hook_count++] = h;
}

/* Those under way come to their end first: their memory is asked for then. */
static void drop_unseen(struct webhooks *s) {
  for (size_t i = s->hook_count; i-- > 0;) {
    struct hook *h = s->hooks[i];
    if (h->seen) continue;
    if (h->under_way) {
      atomic_store(&s->changed, true);
      h->row.kinds = STR("");
      continue;
    }
    hook_free(h);
    s->hooks[i] = s->hooks[--s->hook_count];
  }
}

static enum status read_hooks(struct webhooks *s, struct problem *p) {
  struct webhook_all_row *rows;
  size_t count;
  enum status status = webhook_all(s->store, s->arena, &(struct webhook_all_in){.most = WEBHOOKS_MOST}, &rows, &count, p);
  if (status != OK) return status;
  for (size_t i = 0; i < s->hook_count; i++) s->hooks[i]->seen = false;
  for (size_t i = 0; i < count; i++) {
    if (!str_is(rows[i].state, "active")) continue;
    struct hook *h = hook_find(s, rows[i].id);
    if (h == NULL && s->hook_count == WEBHOOKS_MOST) continue; /* its removed neighbours are still ending */
    if (h == NULL) h = hook_new(s, &rows[i]);
    h->next_try_ms = 0;
    hook_keep(h, &rows[i]);
    h->seen = open_secrets(s, h, &rows[i]);
  }
  drop_unseen(s);
  return OK;
}

/* ---- what is to be sent ------------------------------------------------------------------------------------------------ */

static void add_message(struct hook *h, i64 seq, struct str kind, i64 attempts, bool again) {
  struct message *m = calloc(1, sizeof *m);
  BUG_IF(m == NULL || h->count == WAITING_MOST);
  *m = (struct message){.seq = seq, .attempts = attempts, .again = again, .hook = h};
  snprintf(m->kind, sizeof m->kind, "%.*s", STR_ARG(kind));
  h->waiting[h->count++] = m;
}

static bool has_message(const struct hook *h, i64 seq) {
  for (size_t i = 0; i < h->count; i++)
    if (h->waiting[i]->seq == seq) return true;
  return false;
}

static struct str kind_for(const struct hook *h, const struct event *e) {
  struct str kind = str_is(h->row.form, "chatwoot") ? webhook_chatwoot_word(e) : str_c(e->kind->en);
  return kind.n && webhook_tells(str_c(e->kind->en)) && webhook_wants(h->row.kinds, kind) ? kind : STR("");
}

static enum status read_log(struct webhooks *s, struct hook *h, struct problem *p) {
  struct log_read_row *rows;
  size_t count;
  if (!h->seen || h->count >= WEBHOOK_AHEAD || h->read_seq >= atomic_load(&s->last_seq)) return OK;
  enum status status = log_read(s->store, s->arena, &(struct log_read_in){.after = h->read_seq, .most = READ_ROWS}, &rows, &count, p);
  for (size_t i = 0; status == OK && i < count && h->count < WEBHOOK_AHEAD; i++) {
    struct event *e;
    status = event_from_line(s->arena, rows[i].line, 0, &e, p);
    if (status != OK) break;
    struct str kind = kind_for(h, e);
    if (kind.n && !has_message(h, rows[i].seq)) add_message(h, rows[i].seq, kind, 0, false);
    h->read_seq = rows[i].seq;
  }
  return status;
}

static enum status read_due(struct webhooks *s, struct hook *h, struct problem *p) {
  struct webhook_delivery_due_row *rows;
  struct webhook_delivery_next_row *next;
  size_t count;
  i64 now = now_ms(s);
  if (!h->seen || now < h->next_try_ms) return OK;
  enum status status = OK;
  TRY(webhook_delivery_due(s->store, s->arena, &(struct webhook_delivery_due_in){.webhook = h->row.id, .now_ms = now, .most = WEBHOOK_AT_ONCE * 2}, &rows, &count, p));
  for (size_t i = 0; i < count && h->count < WAITING_MOST; i++)
    if (!has_message(h, rows[i].seq)) add_message(h, rows[i].seq, rows[i].kind, rows[i].attempts, true);
  if (count) return OK; /* there may be more; look again next round */
  TRY(webhook_delivery_next(s->store, s->arena, &(struct webhook_delivery_next_in){.webhook = h->row.id}, &next, p));
  h->next_try_ms = next ? next->next_ms : INT64_MAX;
done:
  return status;
}

/* ---- sending ----------------------------------------------------------------------------------------------------------- */

static enum status body_of(struct webhooks *s, const struct message *m, i64 at_ms, struct str *body, struct problem *p) {
  const struct hook *h = m->hook;
  struct log_get_row *row;
  struct event *e;
  enum status status = OK;
  if (strcmp(m->kind, "ping") == 0) {
    *body = webhook_body_ping(s->arena, at_ms);
    return OK;
  }
  TRY(log_get(s->store, s->arena, &(struct log_get_in){.seq = m->seq}, &row, p));
  if (row == NULL) TRY(problem_set(p, E_NOT_FOUND, "webhook.event", "日志里没有第 %lld 个事件", "The log has no event %lld", (long long)m->seq));
  TRY(event_from_line(s->arena, row->line, 0, &e, p));
  e->seq = row->seq;
  if (str_is(h->row.form, "chatwoot")) TRY(webhook_body_chatwoot(s->store, s->arena, e, h->row.personal != 0, body, p));
  else TRY(webhook_body_guiju(s->store, s->arena, e, h->row.personal != 0, body, p));
done:
  return status;
}

static enum status begin(struct webhooks *s, struct message *m, struct problem *p) {
  const struct hook *h = m->hook;
  struct str body, id = arena_printf(s->arena, "%s-%lld", h->id, (long long)m->seq);
  i64 at = now_ms(s);
  enum status status = body_of(s, m, at, &body, p);
  if (status != OK) return status;
  m->at_ms = at;
  m->body = strndup(body.p, body.n); /* lives until the answer: libcurl posts from it */
  BUG_IF(m->body == NULL);
  struct str signature = webhook_sign(s->arena, id, at / 1000, body, h->row.secret, at < h->row.old_until_ms ? h->row.old_secret : STR(""));
  struct str headers[HEADERS] = {STR("Content-Type: application/json; charset=utf-8"), STR("User-Agent: Guiju-Webhook/1"),
                                 arena_printf(s->arena, "webhook-id: %.*s", STR_ARG(id)), arena_printf(s->arena, "webhook-timestamp: %lld", (long long)(at / 1000)),
                                 arena_printf(s->arena, "webhook-signature: %.*s", STR_ARG(signature)),
                                 arena_printf(s->arena, "webhook-attempt: %lld", (long long)m->attempts + 1)};
  m->on_its_way = true;
  m->hook->under_way++;
  fetch_begin(s->pool, &(struct fetch_request){.url = h->row.url, .body = {m->body, body.n}, .headers = headers, .header_count = HEADERS,
                                               .timeout_ms = WEBHOOK_TIMEOUT_MS, .tag = m});
  return OK;
}

static enum status start_some(struct webhooks *s, struct hook *h, struct problem *p) {
  enum status status = OK;
  for (size_t i = 0; h->seen && status == OK && i < h->count && h->under_way < WEBHOOK_AT_ONCE && fetch_under_way(s->pool) < FETCH_AT_ONCE; i++)
    if (!h->waiting[i]->on_its_way) status = begin(s, h->waiting[i], p);
  return status;
}

static void forget(struct hook *h, struct message *m) {
  for (size_t i = 0; i < h->count; i++) {
    if (h->waiting[i] != m) continue;
    memmove(&h->waiting[i], &h->waiting[i + 1], (h->count - i - 1) * sizeof *h->waiting);
    h->count--;
    break;
  }
  message_free(m);
}

/* Text that a table can hold: what is no UTF-8 becomes a blank, NUL too. */
static struct str plain(struct arena *a, struct str s, size_t most) {
  char *out = arena_alloc(a, most + 1);
  size_t n = 0;
  for (size_t i = 0; i < s.n && n < most; i++) out[n++] = (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i];
  while (n && !str_utf8_valid((struct str){out, n}) && s.n > most) n--; /* cut inside a character */
  if (!str_utf8_valid((struct str){out, n}))
    for (size_t i = 0; i < n; i++)
      if ((unsigned char)out[i] >= 0x80) out[i] = '?';
  return (struct str){out, n};
}

static void on_answer(void *ctx, const struct fetch_answer *a) {
  struct webhooks *s = ctx;
  struct message *m = a->tag;
  struct hook *h = m->hook;
  bool good = a->status >= 200 && a->status < 300;
  struct str words = a->status ? a->body : a->error;
  json_array_append_new(h->results, json_pack("{s:I,s:s,s:I,s:I,s:i,s:I,s:o}", "seq", (json_int_t)m->seq, "kind", m->kind, "attempts",
                                              (json_int_t)m->attempts + 1, "tried_ms", (json_int_t)m->at_ms, "status", a->status, "took_ms",
                                              (json_int_t)a->took_ms, "answer", json_of(good ? STR("") : plain(s->arena, words, WEBHOOK_ANSWER_MOST))));
  atomic_fetch_add(good ? &s->delivered : &s->failed, 1);
  h->under_way--;
  h->next_try_ms = 0;
  forget(h, m);
}

/* ---- putting down -------------------------------------------------------------------------------------------------------- */

static i64 settled(const struct hook *h) {
  i64 seq = h->read_seq;
  for (size_t i = 0; i < h->count; i++)
    if (!h->waiting[i]->again && h->waiting[i]->seq <= seq) seq = h->waiting[i]->seq - 1;
  return seq;
}

static bool time_to_report(struct webhooks *s, bool last) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  i64 since = (i64)(t.tv_sec - s->reported.tv_sec) * 1000 + (t.tv_nsec - s->reported.tv_nsec) / 1000000;
  if (!last && since < WEBHOOK_REPORT_MS) return false;
  s->reported = t;
  return true;
}

/* Results, and now and then how far the log is read where nothing was sent. */
static void report(struct webhooks *s, bool last) {
  json_t *list = json_array(), *result = NULL;
  struct problem p = {0};
  if (!time_to_report(s, last)) goto done;
  for (size_t i = 0; i < s->hook_count; i++) {
    struct hook *h = s->hooks[i];
    h->settled_seq = settled(h);
    if (json_array_size(h->results) == 0 && h->settled_seq - h->reported_seq < (last ? 1 : 1000)) continue;
    json_array_append_new(list, json_pack("{s:s,s:I,s:O}", "id", h->id, "settled_seq", (json_int_t)h->settled_seq, "deliveries", h->results));
  }
  if (json_array_size(list) == 0) goto done;
  struct request request = {.name = STR("webhook.record"), .owned_args = json_pack("{s:O}", "webhooks", list), .actor = {.type = ACTOR_SYSTEM}};
  if (writer_call(s->writer, &request, &result, &p) != OK) {
    log_warn("what came of webhooks could not be put down yet: %s", p.en);
    goto done; /* kept, and tried again with the next report */
  }
  for (size_t i = 0; i < s->hook_count; i++) {
    struct hook *h = s->hooks[i];
    json_array_clear(h->results);
    h->reported_seq = h->settled_seq;
    h->next_try_ms = 0;
  }
done:
  json_decref(result);
  json_decref(list);
}

static bool has_results(const struct hook *h) { return json_array_size(h->results) > 0; }

/* ---- the thread ------------------------------------------------------------------------------------------------------------ */

static enum status look(struct webhooks *s, struct problem *p) {
  enum status status = OK;
  if (atomic_exchange(&s->changed, false)) TRY(read_hooks(s, p));
  for (size_t i = 0; i < s->hook_count; i++) {
    struct hook *h = s->hooks[i];
    TRY(read_log(s, h, p));
    if (!has_results(h)) TRY(read_due(s, h, p)); /* what is not put down yet still stands in the table as due */
    TRY(start_some(s, h, p));
  }
done:
  if (status != OK) atomic_store(&s->changed, true);
  return status;
}

static bool more_to_read(const struct webhooks *s) {
  i64 last = atomic_load(&s->last_seq);
  for (size_t i = 0; i < s->hook_count; i++)
    if (s->hooks[i]->seen && s->hooks[i]->read_seq < last && s->hooks[i]->count < WEBHOOK_AHEAD) return true;
  return false;
}

static void *run(void *arg) {
  struct webhooks *s = arg;
  while (!atomic_load(&s->stopping)) {
    struct problem p = {0};
    enum status status = look(s, &p);
    if (status != OK) log_warn("webhooks: %s", p.en);
    fetch_run(s->pool, status == OK && more_to_read(s) ? 0 : ROUND_MS, on_answer, s);
    report(s, false);
    arena_reset(s->arena);
  }
  report(s, true);
  return NULL;
}

enum status webhooks_start(struct writer *w, const struct webhooks_options *o, struct webhooks **out, struct problem *p) {
  struct webhooks *s = calloc(1, sizeof *s);
  BUG_IF(s == NULL);
  s->writer = w;
  s->options = *o;
  enum status status = store_open(o->database, STORE_READ, &s->store, p);
  if (status != OK) {
    free(s);
    return status;
  }
  s->pool = fetch_pool_new();
  s->arena = arena_new(ROUND_ARENA);
  atomic_store(&s->changed, true);
  atomic_store(&s->last_seq, writer_state(w).last_seq);
  if (pthread_create(&s->thread, NULL, run, s) != 0) {
    fetch_pool_free(s->pool);
    store_close(s->store);
    arena_free(s->arena);
    free(s);
    return problem_set(p, E_IO, "webhook.thread", "推送线程起不来", "The thread of the webhooks could not start");
  }
  *out = s;
  return OK;
}

void webhooks_feed(struct webhooks *s, const struct feed_item *items, size_t count) {
  if (s == NULL || count == 0) return;
  for (size_t i = 0; i < count; i++)
    if (items[i].type == FEED_EVENT && strcmp(items[i].kind, "webhook.changed") == 0) atomic_store(&s->changed, true);
  atomic_store(&s->last_seq, items[count - 1].seq);
  fetch_wake(s->pool);
}

void webhooks_stop(struct webhooks *s) {
  if (s == NULL) return;
  atomic_store(&s->stopping, true);
  fetch_wake(s->pool);
  (void)pthread_join(s->thread, NULL);
}

void webhooks_free(struct webhooks *s) {
  if (s == NULL) return;
  fetch_pool_free(s->pool);
  for (size_t i = 0; i < s->hook_count; i++) hook_free(s->hooks[i]);
  store_close(s->store);
  arena_free(s->arena);
  free(s);
}

struct webhooks_counts webhooks_counts(struct webhooks *s) {
  if (s == NULL) return (struct webhooks_counts){0};
  return (struct webhooks_counts){atomic_load(&s->delivered), atomic_load(&s->failed)};
}
