/* Verification: walks seals and lines side by side and names the first place where they disagree. */
#include "events/event_seal.h"

#include "events/log.sql.h"

#include <string.h>

static const size_t VERIFY_ARENA = (size_t)1 << 30;

struct verifying {
  struct store *store;
  struct event_log_verdict *verdict;
  unsigned char previous[SEAL_BYTES];
  i64 next_seq;      /* the event that must come next */
  bool expected_seen;
  struct str expected;
  struct buf lines;
};

static void mark(struct verifying *v, i64 first, i64 last, i64 seq) {
  v->verdict->whole = false;
  v->verdict->first_seq = first;
  v->verdict->last_seq = last;
  v->verdict->broken_seq = seq;
}
/* Every text takes first, last and the event's number. */
#define SAY(v, first, last, seq, key, zh, en)                                                                                 \
  do {                                                                                                                        \
    mark(v, first, last, seq);                                                                                                \
    enum status ignored_ = problem_set(&(v)->verdict->what, E_CONFLICT, key, zh, en, (long long)(first), (long long)(last), (long long)(seq)); \
    (void)ignored_;                                                                                                           \
  } while (0)

/* Does the stored line have its check sum, and say the number and id of its row? */
static bool line_sound(const struct log_read_row *row, struct arena *a) {
  struct event *e = NULL;
  if (row->sum != seal_line_sum(row->line)) return false;
  if (event_from_line(a, row->line, 0, &e, NULL) != OK || e->seq != row->seq) return false;
  if (row->has_id != !str_eq(e->id, arena_printf(a, "e%lld", (long long)row->seq))) return false;
  return !row->has_id || str_eq(row->id, e->id);
}

/* Gathers the lines first…last of one seal; *fine false when a number is missing or a line is not what it must be. */
static enum status gather(struct verifying *v, i64 first, i64 last, bool *fine, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new(VERIFY_ARENA);
  i64 bad = 0;
  v->lines.n = 0;
  *fine = true;
  while (v->next_seq <= last) {
    i64 most = last - v->next_seq + 1;
    const struct log_read_in in = {.after = v->next_seq - 1, .most = most < LOG_PAGE ? most : LOG_PAGE};
    struct log_read_row *rows = NULL;
    size_t count = 0;
    TRY(log_read(v->store, a, &in, &rows, &count, p));
    for (size_t i = 0; i < count; i++) {
      if (rows[i].seq != v->next_seq) break;
      if (bad == 0 && !line_sound(&rows[i], a)) bad = rows[i].seq;
      seal_add_line(&v->lines, rows[i].line);
      v->next_seq++;
      v->verdict->events++;
    }
    if (count == 0 || v->next_seq != rows[count - 1].seq + 1) {
      *fine = false;
      SAY(v, first, last, v->next_seq, "verify.missing", "封条 %lld–%lld：第 %lld 号事件不见了", "Seal %lld–%lld: event %lld is missing");
      break;
    }
    arena_reset(a);
  }
  if (*fine && bad) {
    *fine = false;
    SAY(v, first, last, bad, "verify.line", "封条 %lld–%lld：第 %lld 号事件被改动过", "Seal %lld–%lld: event %lld was changed");
  }
done:
  arena_free(a);
  return status;
}

static bool hex_is(struct str hex, const unsigned char hash[SEAL_BYTES]) {
  char text[SEAL_BYTES * 2 + 1];
  sodium_bin2hex(text, sizeof text, hash, SEAL_BYTES);
  return str_is(hex, text);
}

static enum status check_seal(struct verifying *v, const struct log_seals_row *seal, bool *fine, struct problem *p) {
  i64 next = v->next_seq;
  *fine = false;
  if (seal->first_seq != next || seal->last_seq < seal->first_seq || seal->hash.n != SEAL_BYTES) {
    SAY(v, next, seal->last_seq, next, "verify.seal", "封条 %lld–%lld 的编号接不上（第 %lld 号起）", "Seal %lld–%lld does not follow on (from event %lld)");
    return OK;
  }
  enum status status = gather(v, seal->first_seq, seal->last_seq, fine, p);
  if (status != OK || !*fine) return status;
  unsigned char hash[SEAL_BYTES];
  seal_compute(v->previous, seal->first_seq, seal->last_seq, seal->at_ms, buf_str(&v->lines), hash);
  if (memcmp(hash, seal->hash.p, SEAL_BYTES) != 0) {
    *fine = false;
    SAY(v, seal->first_seq, seal->last_seq, seal->first_seq == seal->last_seq ? seal->first_seq : 0, "verify.hash",
        "封条 %lld–%lld 对不上：其中的事件或封条本身被改动过（%lld）", "Seal %lld–%lld does not match: one of its events, or the seal itself, was changed (%lld)");
    return OK;
  }
  memcpy(v->previous, hash, SEAL_BYTES);
  v->expected_seen |= hex_is(v->expected, hash);
  v->verdict->seals++;
  return OK;
}

static enum status check_all(struct verifying *v, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new(VERIFY_ARENA);
  struct log_last_event_row *last = NULL;
  i64 after = 0;
  for (;;) {
    const struct log_seals_in in = {.after = after, .most = LOG_PAGE};
    struct log_seals_row *seals = NULL;
    size_t count = 0;
    TRY(log_seals(v->store, a, &in, &seals, &count, p));
    if (count == 0) break;
    for (size_t i = 0; i < count; i++) {
      bool fine = false;
      TRY(check_seal(v, &seals[i], &fine, p));
      if (!fine) goto done;
    }
    after = seals[count - 1].last_seq;
    arena_reset(a);
  }
  TRY(log_last_event(v->store, a, &last, p));
  if ((last ? last->seq : 0) != v->next_seq - 1)
    SAY(v, v->next_seq, last ? last->seq : 0, v->next_seq, "verify.unsealed", "第 %lld 到 %lld 号事件没有封条（从 %lld 起）", "Events %lld to %lld have no seal (from %lld)");
  else if (v->expected.n && !v->expected_seen)
    SAY(v, v->next_seq, v->next_seq, 0, "verify.tail", "日志末尾缺了事件：给出的封条不在链上（现在到 %lld 之前；%lld %lld）",
        "Events are missing at the end: the given seal is not in the chain (it ends before %lld; %lld %lld)");
done:
  arena_free(a);
  return status;
}

enum status event_log_verify(struct store *s, struct str expected_seal, struct event_log_verdict *out, struct problem *p) {
  *out = (struct event_log_verdict){.whole = true};
  struct verifying v = {.store = s, .verdict = out, .next_seq = 1, .expected = expected_seal};
  buf_init(&v.lines, (size_t)1 << 30);
  enum status status = store_read_begin(s, p);
  if (status == OK) {
    status = check_all(&v, p);
    store_read_end(s);
  }
  sodium_bin2hex(out->seal, sizeof out->seal, v.previous, SEAL_BYTES);
  buf_release(&v.lines);
  return status;
}
