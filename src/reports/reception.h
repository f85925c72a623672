/* Reports over the figures of reception (views/figure.h): by agent, shift, channel, tag or day; workload by the half-hour with the
 * heads it needs; and the conversations behind any of it. Definitions and formulas: docs/reports.md. */
#ifndef GUIJU_REPORTS_RECEPTION_H
#define GUIJU_REPORTS_RECEPTION_H

#include "views/view.h"

/* One report: {"name","title","from","to","by","filter","definitions","scale_ms","rows","total","before"}; "before" is the span
 * to stand beside, with its own "from", "to" and "rows". */
MUST_CHECK enum status reception_report(struct read_ctx *r, json_t *query, json_t **result);
bool reception_sees_all(struct read_ctx *r); /* 报表.查看 */
/* The same as a flat table, for report_csv. */
MUST_CHECK enum status reception_table(struct read_ctx *r, json_t *query, json_t **result);
/* Half-hours × weekdays: {"…","hours":[{"weekday","slot","days","started","asked","hands","needed"}],"staffing":{…}}. */
MUST_CHECK enum status reception_workload(struct read_ctx *r, json_t *query, json_t **result);
/* The conversations behind a bar, oldest first, with "next". */
MUST_CHECK enum status reception_talks(struct read_ctx *r, json_t *query, json_t **result);
/* The orders behind the count and sum of orders, each with the conversation before it; oldest first, with "next". */
MUST_CHECK enum status reception_orders(struct read_ctx *r, json_t *query, json_t **result);
/* What customers can be narrowed by: {"levels":[{"key","n"}],"tags":[{"key","n"}]}. */
MUST_CHECK enum status reception_segments(struct read_ctx *r, json_t *query, json_t **result);

/* Least number of people so that `share` (per cent) of the questions are met within `target_ms`.
 *
 * Erlang's waiting formula (A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
 * telephone exchanges", 1917), for m places and a = arrivals × handling time offered:
 *   B(0) = 1, B(k) = a·B(k−1) / (k + a·B(k−1)), C = m·B(m) / (m − a·(1 − B(m))), P(wait ≤ t) = 1 − C·exp(−(m − a)·t / handling).
 * A person who carries `at_once` talks is that many places. The result is the least m / at_once, rounded up; 0 arrivals need nobody. */
struct staffing {
  double arrivals;      /* in a half-hour */
  double handling_ms;   /* from start to end of one talk */
  double target_ms;
  int share, at_once;
};
int reception_heads(const struct staffing *s);

#endif
