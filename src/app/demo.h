/* The demo shop: what its story needs. See demo.c. */
#ifndef GUIJU_APP_DEMO_H
#define GUIJU_APP_DEMO_H

#include "base/calendar.h"
#include "commands/session.h"
#include "commands/writer.h"

#define DEMO_PASSWORD "guiju-demo"

struct demo {
  struct writer *writer;
  struct arena *arena;
  struct str source;     /* the rulebook */
  struct actor people[16];
  const char *picture;   /* id of the stored file that serves as every photo */
  i64 now, end, start_of_now, zone;
  u64 seed;
  int talk_count, order_count, refused;
  bool loud;             /* also say refusals */
  struct str password_hash;
};

u64 demo_random(struct demo *d);
i64 demo_between(struct demo *d, i64 least, i64 most);
json_t *demo_act(struct demo *d, const struct actor *who, const char *name, json_t *args);
/* Read an order list as the import does. */
void demo_import_orders(struct demo *d, struct str csv);
/* Only the people and the rulebook, at d->now: people[0] manager, [1] supervisor, [2] leader. Agents are people[demo_agent(i)], i < DEMO_HIRED. */
enum { DEMO_HIRED = 5 };
MUST_CHECK enum status demo_hire(struct demo *d, struct problem *p);
int demo_agent(int i);
/* One more agent; E_CONFLICT when it is refused. */
MUST_CHECK enum status demo_hire_agent(struct demo *d, struct str name, struct str job_number, struct str *id, struct problem *p);
/* What leaders did at a month that is there up to six minutes ago: phrases, slips decided, cases that still wait for somebody; then customers of this minute. */
void demo_lead(struct demo *d);
/* The whole story up to d->start_of_now. */
MUST_CHECK enum status demo_play(struct demo *d, struct problem *p);

#endif
