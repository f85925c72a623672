/* Inside reports: what the reports of reception share. */
#ifndef GUIJU_REPORTS_RECEPTION_INTERNAL_H
#define GUIJU_REPORTS_RECEPTION_INTERNAL_H

#include "base/map.h"
#include "reports/report.h"
#include "reports/words.h"
#include "views/figure.h"
#include "views/json.h"
#include "views/service.h"
#include "views/show.h"

/* An order belongs to an inquiry when it was placed between its beginning and so long after its end. */
#define RECEPTION_ORDER_REACH_MS (3 * (i64)MS_DAY)

/* The conversation behind an order: the last that began within so many days before it was placed. */
#define RECEPTION_TALK_REACH_MS (7 * (i64)MS_DAY)

enum group { BY_AGENT, BY_SHIFT, BY_CHANNEL, BY_TAG, BY_DAY, BY_NOTHING /* only the sum is wanted */ };
struct ask {
  i64 from, to, from_ms, to_ms; /* dates, to inclusive; instants [from_ms, to_ms) */
  int by;
  struct str agent, shift, channel, tag; /* "" = all */
  struct str customer, level, customer_tag; /* the same: one customer, or those of a level or with a tag */
  struct report_compare before; /* the span to stand beside */
  i64 measure; /* with BY_NOTHING: this one alone, or 0 */
  struct service_history hours;
};
struct waits {
  i64 steps[FIGURE_STEPS], open[FIGURE_STEPS], n, total, never, open_n;
};
struct sums {
  struct str key;
  struct waits first, reply, took;
  struct waits first_open, reply_open, took_open; /* in service hours */
  i64 left, open, stars, rated, pleased, deals, orders, fen, transfers;
};
struct tally {
  struct map keys;
  struct sums **list, *last, all;
  size_t count, room;
};

/* Into the sums of `key` and of all. */
void reception_add(struct read_ctx *r, struct tally *t, struct str key, i64 measure, i64 slot, i64 n, i64 total);
/* Agent, channel and shift are those asked for. */
bool reception_passes(const struct ask *q, struct str agent, struct str channel, struct str shift, i64 measure);
bool reception_of_customer(const struct ask *q, struct str customer, struct str level, struct str customer_tags);
bool reception_has_tag(struct str tags, struct str tag); /* `tags` is a JSON list; an empty tag is in every one */
/* The counts do not know customers, nor the tags of who stands behind other groupings: then every conversation is counted by itself. */
bool reception_needs_each(const struct ask *q);
MUST_CHECK enum status reception_each(struct read_ctx *r, const struct ask *q, struct tally *t);
MUST_CHECK enum status reception_ask(struct read_ctx *r, json_t *query, struct ask *q);
MUST_CHECK enum status reception_add_up(struct read_ctx *r, const struct ask *q, struct tally *t);
json_t *reception_sums_json(const struct sums *s, bool steps);
json_t *reception_definitions(void);
json_t *reception_frame(struct read_ctx *r, const char *name, struct report_word title, const struct ask *q);

#endif
