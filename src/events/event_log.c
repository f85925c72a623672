/* Appending to the log, sealing it, walking it. Verification is event_verify.c. */
#include "events/event_seal.h"

#include "base/fault.h"
#include "events/log.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t SEALED_MAX = (size_t)1 << 30; /* bytes of one transaction's lines */
static const size_t PAGE_ARENA = (size_t)1 << 30;

void seal_add_line(struct buf *b, struct str line) {
  u64 n = line.n;
  char length[8];
  for (int i = 0; i < 8; i++) length[i] = (char)(n >> (8 * i));
  buf_add(b, (struct str){length, sizeof length});
  buf_add(b, line);
}

static void hash_i64(crypto_generichash_state *state, i64 i) {
  unsigned char bytes[8];
  for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)((u64)i >> (8 * k));
  crypto_generichash_update(state, bytes, sizeof bytes);
}

i64 seal_line_sum(struct str line) {
  unsigned char hash[crypto_generichash_BYTES_MIN];
  crypto_generichash(hash, sizeof hash, (const unsigned char *)line.p, line.n, NULL, 0);
  i64 sum;
  memcpy(&sum, hash, sizeof sum);
  return sum;
}

void seal_compute(const unsigned char previous[SEAL_BYTES], i64 first, i64 last, i64 at_ms, struct str lines, unsigned char out[SEAL_BYTES]) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, NULL, 0, SEAL_BYTES);
  crypto_generichash_update(&state, previous, SEAL_BYTES);
  hash_i64(&state, first);
  hash_i64(&state, last);
  hash_i64(&state, at_ms);
  crypto_generichash_update(&state, (const unsigned char *)lines.p, lines.n);
  crypto_generichash_final(&state, out, SEAL_BYTES);
}

static enum status broken(struct problem *p, i64 seq) {
  return problem_set(p, E_IO, "log.broken", "事件日志在第 %lld 号处不完整，请运行 guiju verify", "The event log is damaged at number %lld; run guiju verify", (long long)seq);
}

enum status event_log_open(struct event_log *log, struct store *s, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new(PAGE_ARENA);
  struct log_last_seal_row *seal = NULL;
  struct log_last_event_row *event = NULL;
  if (log->lines.cap == 0) buf_init(&log->lines, SEALED_MAX);
  log->lines.n = 0;
  log->last_seq = log->sealed_seq = 0;
  memset(log->seal, 0, sizeof log->seal);
  TRY(log_last_seal(s, a, &seal, p));
  TRY(log_last_event(s, a, &event, p));
  if (seal) {
    log->last_seq = log->sealed_seq = seal->last_seq;
    if (seal->hash.n != SEAL_BYTES) TRY(broken(p, seal->last_seq));
    memcpy(log->seal, seal->hash.p, SEAL_BYTES);
  }
  if ((event ? event->seq : 0) != log->last_seq) TRY(broken(p, event ? event->seq : 0));
done:
  arena_free(a);
  return status;
}

void event_log_close(struct event_log *log) { buf_release(&log->lines); }

enum status event_log_append(struct event_log *log, struct store *s, struct arena *a, struct event *e, struct str *line, struct problem *p) {
  enum status status = fault_point("events.append");
  if (status != OK) return problem_set(p, status, "store.io", "没能写入事件（events.append）", "The event could not be written (events.append)");
  char own[24];
  int n = snprintf(own, sizeof own, "e%lld", (long long)(log->last_seq + 1));
  bool has_id = e->id.n && !str_is(e->id, own);
  if (!has_id) e->id = arena_dup(a, (struct str){own, (size_t)n});
  e->seq = log->last_seq + 1;

  size_t start = log->lines.n + 8;
  seal_add_line(&log->lines, STR("")); /* room for the length, filled in below */
  event_write(&log->lines, e);
  if (log->lines.overflow) return problem_set(p, E_TOO_LARGE, "log.too_much", "一次写入的事件太多", "Too many events in one transaction");
  struct str text = {log->lines.p + start, log->lines.n - start};
  for (int i = 0; i < 8; i++) log->lines.p[start - 8 + (size_t)i] = (char)((u64)text.n >> (8 * i));
  const struct log_insert_in row = {.seq = e->seq, .id = e->id, .has_id = has_id, .line = text, .sum = seal_line_sum(text)};
  status = log_insert(s, &row, NULL, p);
  if (status != OK) {
    log->lines.n = start - 8;
    e->seq = 0;
    if (status == E_CONFLICT)
      return problem_set(p, E_CONFLICT, "event.twice", "编号 %.*s 的事已经记过", "The event %.*s is recorded already", STR_ARG(e->id));
    return status;
  }
  log->last_seq = e->seq;
  if (line) *line = text;
  return OK;
}

enum status event_log_seal(struct event_log *log, struct store *s, i64 at_ms, struct problem *p) {
  if (log->last_seq == log->sealed_seq) return OK;
  enum status status = fault_point("events.seal");
  if (status != OK) return problem_set(p, status, "store.io", "没能封存事件（events.seal）", "The events could not be sealed (events.seal)");
  unsigned char hash[SEAL_BYTES];
  i64 first = log->sealed_seq + 1;
  seal_compute(log->seal, first, log->last_seq, at_ms, buf_str(&log->lines), hash);
  const struct log_seal_insert_in row = {.last_seq = log->last_seq, .first_seq = first, .at_ms = at_ms, .hash = {(const char *)hash, SEAL_BYTES}};
  status = log_seal_insert(s, &row, NULL, p);
  if (status != OK) return status;
  memcpy(log->seal, hash, SEAL_BYTES);
  log->sealed_seq = log->last_seq;
  log->lines.n = 0;
  return OK;
}

struct event_log_mark event_log_mark(const struct event_log *log) { return (struct event_log_mark){log->last_seq, log->lines.n}; }

void event_log_undo(struct event_log *log, struct event_log_mark mark) {
  BUG_IF(mark.last_seq < log->sealed_seq);
  log->last_seq = mark.last_seq;
  log->lines.n = mark.lines;
}

static enum status each_of_page(const struct log_read_row *rows, size_t count, i64 zone_offset_ms,
                                enum status (*f)(void *ctx, const struct event *e, struct str line, struct arena *a), void *ctx, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new(PAGE_ARENA);
  for (size_t i = 0; i < count && status == OK; i++) {
    struct event *e = NULL;
    TRY(event_from_line(a, rows[i].line, zone_offset_ms, &e, p));
    e->seq = rows[i].seq;
    TRY(f(ctx, e, rows[i].line, a));
    arena_reset(a);
  }
done:
  arena_free(a);
  return status;
}

enum status event_log_each(struct store *s, i64 after_seq, i64 zone_offset_ms,
                           enum status (*f)(void *ctx, const struct event *e, struct str line, struct arena *a), void *ctx, struct problem *p) {
  struct arena *page = arena_new(PAGE_ARENA);
  enum status status = OK;
  for (;;) {
    const struct log_read_in in = {.after = after_seq, .most = LOG_PAGE};
    struct log_read_row *rows = NULL;
    size_t count = 0;
    TRY(log_read(s, page, &in, &rows, &count, p));
    if (count == 0) break;
    TRY(each_of_page(rows, count, zone_offset_ms, f, ctx, p));
    after_seq = rows[count - 1].seq;
    arena_reset(page);
  }
done:
  arena_free(page);
  return status;
}

/* ---- by time of occurrence */

struct moment {
  i64 at, seq;
};
struct moments {
  struct moment *p;
  size_t n, room;
};

/* A canonical line begins with {"at":NUMBER, so its time is known without reading it all; `head` begins behind the colon. */
static i64 time_of_head(struct str head) {
  size_t end = 0;
  i64 at = 0;
  while (end < head.n && head.p[end] != ',' && head.p[end] != '}') end++;
  return str_to_i64(str_slice(head, 0, end), &at) ? at : 0;
}

static int compare_moments(const void *a, const void *b) {
  const struct moment *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static enum status gather_moments(struct store *s, i64 before_ms, struct moments *m, struct problem *p) {
  struct arena *page = arena_new(PAGE_ARENA);
  enum status status = OK;
  for (i64 after = 0;;) {
    const struct log_times_in in = {.after = after, .most = LOG_PAGE};
    struct log_times_row *rows = NULL;
    size_t count = 0;
    TRY(log_times(s, page, &in, &rows, &count, p));
    if (count == 0) break;
    if (m->n + count > m->room) {
      m->room = m->room ? m->room * 2 : 4096;
      m->p = realloc(m->p, m->room * sizeof *m->p);
      BUG_IF(m->p == NULL);
    }
    for (size_t i = 0; i < count; i++) {
      i64 at = time_of_head(rows[i].head);
      if (at < before_ms) m->p[m->n++] = (struct moment){at, rows[i].seq};
    }
    after = rows[count - 1].seq;
    arena_reset(page);
  }
  if (m->n) qsort(m->p, m->n, sizeof *m->p, compare_moments);
done:
  arena_free(page);
  return status;
}

/* How many of the next ones lie behind each other in the log: they are read as one page. */
static size_t run_length(const struct moments *m, size_t from) {
  size_t n = 1;
  while (from + n < m->n && n < LOG_PAGE && m->p[from + n].seq == m->p[from].seq + (i64)n) n++;
  return n;
}

enum status event_log_each_by_time(struct store *s, i64 before_ms, i64 *count, i64 zone_offset_ms,
                                   enum status (*f)(void *ctx, const struct event *e, struct str line, struct arena *a), void *ctx, struct problem *p) {
  struct moments m = {0};
  struct arena *page = arena_new(PAGE_ARENA);
  enum status status = OK;
  TRY(gather_moments(s, before_ms, &m, p));
  if (count) *count = (i64)m.n;
  for (size_t i = 0, n; i < m.n; i += n) {
    n = run_length(&m, i);
    const struct log_read_in in = {.after = m.p[i].seq - 1, .most = (i64)n};
    struct log_read_row *rows = NULL;
    size_t found = 0;
    TRY(log_read(s, page, &in, &rows, &found, p));
    if (found != n) TRY(broken(p, m.p[i].seq));
    TRY(each_of_page(rows, found, zone_offset_ms, f, ctx, p));
    arena_reset(page);
  }
done:
  free(m.p);
  arena_free(page);
  return status;
}

enum status event_log_find(struct store *s, struct arena *a, struct str id, i64 *seq, struct problem *p) {
  *seq = 0;
  i64 own;
  if (id.n > 1 && id.p[0] == 'e' && str_to_i64(str_slice(id, 1, id.n), &own)) {
    const struct log_get_in in = {.seq = own};
    struct log_get_row *row = NULL;
    enum status status = log_get(s, a, &in, &row, p);
    if (status != OK || row) {
      if (row) *seq = row->seq;
      return status;
    }
  }
  const struct log_find_in in = {.id = id};
  struct log_find_row *row = NULL;
  enum status status = log_find(s, a, &in, &row, p);
  if (row) *seq = row->seq;
  return status;
}
