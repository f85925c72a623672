/* Counters of the service in Prometheus' text form (version 0.0.4), at /metrics for keys that hold 指标. */
#ifndef GUIJU_API_METRICS_H
#define GUIJU_API_METRICS_H

#include "base/arena.h"

#include <stdatomic.h>

enum { METRICS_KINDS = 3 /* enum route_kind */, METRICS_BOUNDS = 12 };

/* Durations of requests from the first byte of the handler to the answer, by kind of route. Any thread. */
struct metrics {
  _Atomic i64 buckets[METRICS_KINDS][METRICS_BOUNDS + 1]; /* not yet summed up: each counts its own range */
  _Atomic i64 total_us[METRICS_KINDS];
  _Atomic i64 answers[METRICS_KINDS][6]; /* by first digit of the HTTP status; 0: none */
};
void metrics_count(struct metrics *m, int kind, int http_status, i64 took_us);
/* Appends the families of `m`. */
void metrics_write(const struct metrics *m, struct buf *out);
/* One family with one sample: # HELP, # TYPE ("counter", "gauge"), the line. `labels` is "" or {a="b"}. */
void metrics_one(struct buf *out, const char *name, const char *type, const char *help, const char *labels, double value);

#endif
