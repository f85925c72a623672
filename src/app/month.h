/* A month of a shop, told as facts: who came when, what was asked, how fast who answered, what was bought and complained of.
 *
 * The same options give the same facts, byte for byte. Customers come by hour and weekday, with a sale day; agents work two shifts
 * with a day of rest, a pause at noon and skills of their own, so the slow, the unanswered and the broken are there because somebody
 * was away or had too much on hand, not because a dice said so. Telephone talks come in the next morning, as an import does: late.
 * It promises a desk that has every kind of fact in plausible shares; it knows nothing of rules, and derives nothing. */
#ifndef GUIJU_APP_MONTH_H
#define GUIJU_APP_MONTH_H

#include "base/calendar.h"
#include "events/event.h"

enum { MONTH_DAYS = 31, MONTH_AGENTS_MOST = 20000, MONTH_CONVERSATIONS_MOST = 20000000 };

struct month_person {
  struct str id, name, job_number;
};

struct month_options {
  u64 seed;
  i64 agents, conversations, messages; /* messages: of both sides, on the average kept to a few per cent */
  i64 until_ms, zone_offset_ms;        /* the month is the MONTH_DAYS days up to here; what is open then stays open */
  bool visited;                        /* somebody will sign in as the first agent: on shift at the end, the week to come is planned */
  const char *picture;                 /* id of the stored file that proves a cleaning */
};

struct month_sink {
  void *ctx;
  i64 (*next_seq)(void *ctx);
  enum status (*pass)(void *ctx, i64 until_ms, struct problem *p);  /* time goes on to here */
  enum status (*put)(void *ctx, struct event *e, struct problem *p); /* recorded_ms is set; in order of recording */
};

struct month_counts {
  i64 events, conversations, messages, customers, orders, cases, late, open;
};

/* `agents` are the people who receive; `leader`, `supervisor`, `manager` do what agents may not. */
MUST_CHECK enum status month_play(const struct month_options *o, const struct month_person *agents, const struct month_person leaders[3], const struct month_sink *sink,
                                  struct month_counts *counts, struct problem *p);

#endif
