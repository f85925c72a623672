/* What the rule benchmark's parts share. */
#ifndef GUIJU_BENCH_RULES_H
#define GUIJU_BENCH_RULES_H

#include "load.h"

struct answer {
  u64 n, ordinals;
  i64 fen;
};
struct answers {
  struct answer of[LOAD_RULES]; /* in the order of the book */
  u32 n, live;
};
double bench_seconds(void);
void bench_same(const char *a, const struct answers *x, const char *b, const struct answers *y); /* exits when they differ */
void export_sql(const struct load *l, const struct answers *a, const char *folder);   /* rules_export.c */
void export_clips(const struct load *l, const struct answers *a, const char *folder);
void bench_loop(const struct load *l, struct answers *out);

#endif
