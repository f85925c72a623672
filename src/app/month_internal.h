/* Inside the demo month: month.c drives time and people, month_talk.c what happens between a customer and an agent. */
#ifndef GUIJU_APP_MONTH_INTERNAL_H
#define GUIJU_APP_MONTH_INTERNAL_H

#include "app/month.h"
#include "app/month_words.h"

enum { SHIFT_DAY = 0, SHIFT_NIGHT = 1, SHIFT_REST = 2 };
enum item_type { IT_DAY, IT_ROSTER, IT_ARRIVE, IT_TALK, IT_ORDER, IT_COMPLAINT, IT_LEAVE_ASK, IT_LEAVE_GRANT, IT_LEAVE_END, IT_SWAP, IT_CLEAN, IT_COME, IT_AWAY, IT_BACK, IT_HAND, IT_GO, IT_CALLS };

struct item {
  i64 at;
  u64 order;   /* of coming in: what happens at one instant keeps an order */
  u32 type;
  u32 slot;    /* talk, order, complaint or agent */
  i64 extra;   /* date, case */
};

struct agent {
  struct month_person who;
  i64 greet_ms, reply_ms;   /* medians with empty hands */
  int charm;                /* per cent of the usual closing rate */
  int open;
  bool on, away;
  i64 back_ms, going_ms;    /* end of the pause; end of the shift */
};

enum talk_phase { TP_REPLY, TP_SPEAK, TP_END, TP_RATE, TP_WAIT };
struct talk {
  bool used;
  u64 rng;
  i64 id, started, asked;   /* asked: of the customer's oldest words without an answer; 0: none */
  i64 customer;             /* index */
  i64 left, spoken;
  int agent, topic, phase, stars;
  bool mail, greeted, slow, deal;
};
struct sale {               /* an order, or a complaint, on its way */
  bool used;
  u64 rng;
  i64 customer, number, fen, talk;
  int agent, step, topic;
};

struct month {
  const struct month_options *o;
  const struct month_sink *sink;
  const struct month_person *leaders;
  struct month_counts *counts;
  struct problem *p;
  struct arena *a;
  u64 rng;
  i64 now, first_date, last_date, sale_date;
  i64 week_phase, rest_phase; /* of the roster's turns */
  struct agent *agents;
  i64 agent_count;
  int next_agent;
  struct item *heap;
  size_t heap_count, heap_room;
  u64 order;
  i64 *customers;           /* the number in the id; negative while in a talk */
  size_t customer_count, customer_room;
  struct talk *talks;
  size_t talk_count, talk_room;
  u32 *free_talks;
  size_t free_talk_count, free_talk_room;
  struct sale *sales;
  size_t sale_count, sale_room;
  u32 *free_sales;
  size_t free_sale_count, free_sale_room;
  i64 *calls;               /* telephone talks by day */
  i64 order_number, case_number;
};

u64 month_mix(u64 x);
u64 month_random(u64 *state);
i64 month_between(u64 *state, i64 least, i64 most);
bool month_chance(u64 *state, int per_mille);
i64 month_spread(u64 *state, i64 median); /* around a median, with a long tail */
i64 month_few(u64 *state, i64 mean);      /* many small, few large */

void month_plan(struct month *m, i64 at, enum item_type type, u32 slot, i64 extra);
struct event *month_event(struct month *m, enum event_kind_id kind, i64 at, struct str actor);
MUST_CHECK enum status month_put(struct month *m, struct event *e);
int month_shift(const struct month *m, i64 agent, i64 date); /* with leave and swaps */
struct str month_customer_id(struct month *m, i64 customer);
struct event *month_case(struct month *m, enum event_kind_id kind, i64 id, i64 number, const char *type, const char *state, struct str by);

MUST_CHECK enum status month_arrive(struct month *m);
MUST_CHECK enum status month_talk(struct month *m, u32 slot);
MUST_CHECK enum status month_order(struct month *m, u32 slot);
MUST_CHECK enum status month_complaint(struct month *m, u32 slot);
MUST_CHECK enum status month_calls(struct month *m, i64 date);

#endif
