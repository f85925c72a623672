/* The log: every event of a desk in order of recording, from sequence 1 without gaps, and a seal over each transaction.
 *
 * A seal is BLAKE2b-256 over (previous seal, first, last, time, every line with its length), so any later change of a
 * byte, of the order, or of a seal breaks the chain at that place. Cutting off the newest transactions leaves a whole
 * chain: who wants to prove that nothing is missing at the end keeps the last seal elsewhere (`guiju verify` prints it,
 * and accepts it with --seal).
 *
 * Fault points: events.append, events.seal. */
#ifndef GUIJU_EVENTS_EVENT_LOG_H
#define GUIJU_EVENTS_EVENT_LOG_H

#include "events/event.h"
#include "store/store.h"

enum { SEAL_BYTES = 32, LOG_PAGE = 512 };

/* The writer's place at the end of the log. Lives as long as the writer; after a rollback call event_log_open again. */
struct event_log {
  i64 last_seq;                    /* of the newest event, committed or in this transaction */
  i64 sealed_seq;                  /* of the newest sealed event */
  unsigned char seal[SEAL_BYTES];  /* the newest seal; zeros before the first */
  struct buf lines;                /* what the next seal covers */
};

MUST_CHECK enum status event_log_open(struct event_log *log, struct store *s, struct problem *p);
void event_log_close(struct event_log *log);
/* Gives the event its seq, and id "e<seq>" when it has none, and stores its line. An id that is already in the log is
 * E_CONFLICT (event.twice). *line (may be NULL) is good until the next call. */
MUST_CHECK enum status event_log_append(struct event_log *log, struct store *s, struct arena *a, struct event *e, struct str *line, struct problem *p);
/* Seal what was appended since the last seal; nothing to do when nothing was. Once per transaction, before the commit. */
MUST_CHECK enum status event_log_seal(struct event_log *log, struct store *s, i64 at_ms, struct problem *p);
/* A savepoint was undone: events after `seq` never happened. `lines` is what event_log_mark gave. */
struct event_log_mark {
  i64 last_seq;
  size_t lines;
};
struct event_log_mark event_log_mark(const struct event_log *log);
void event_log_undo(struct event_log *log, struct event_log_mark mark);

/* Calls `f` for every event after `after_seq` in order; the event and its line live during the call. Stops when f fails. */
MUST_CHECK enum status event_log_each(struct store *s, i64 after_seq, i64 zone_offset_ms,
                                      enum status (*f)(void *ctx, const struct event *e, struct str line, struct arena *a), void *ctx, struct problem *p);
/* The same in the order of occurrence (ties in order of recording): what nothing has to be judged twice for. Events that occurred at
 * `before_ms` or later are not even read; *count (may be NULL) is how many there will be, said before the first. */
MUST_CHECK enum status event_log_each_by_time(struct store *s, i64 before_ms, i64 *count, i64 zone_offset_ms,
                                              enum status (*f)(void *ctx, const struct event *e, struct str line, struct arena *a), void *ctx, struct problem *p);
/* Is there an event with this id? *seq 0 when not. */
MUST_CHECK enum status event_log_find(struct store *s, struct arena *a, struct str id, i64 *seq, struct problem *p);

struct event_log_verdict {
  bool whole;
  i64 events, seals;
  i64 first_seq, last_seq;   /* the first broken link: the transaction's events … */
  i64 broken_seq;            /* … and the event that is provably wrong in it; 0: the seal itself or one of its events */
  char seal[SEAL_BYTES * 2 + 1]; /* the newest seal, in hexadecimal */
  struct problem what;       /* in words, when not whole */
};
/* Checks every line, number and seal. `expected_seal` (hexadecimal, may be empty): a seal that must be in the chain. */
MUST_CHECK enum status event_log_verify(struct store *s, struct str expected_seal, struct event_log_verdict *out, struct problem *p);

#endif
