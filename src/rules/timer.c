/* Deadlines in one binary heap, ordered by (instant, kind, what they are about): not by when they were made, so a slice of the
 * facts fires like the whole. Cancelled timers stay and are recognised by their generation when they come up. */
#include "rules/state.h"

static bool earlier(const struct timer *a, const struct timer *b) {
  if (a->at != b->at) return a->at < b->at;
  if (a->kind != b->kind) return a->kind < b->kind;
  if (a->kind == T_SETTLE && a->b != b->b) return a->b < b->b; /* what others read comes first */
  return a->order < b->order;
}

/* The place among timers of the same instant and kind: the duty's or the shift's identity, else the rule. */
static u64 place_of(struct engine *e, enum timer_kind kind, u32 a, u32 b) {
  switch (kind) {
    case T_OPEN_SHIFT: case T_SHIFT_END: case T_PUNCH: return mix(fact_identity(e, e->s.shifts.p[a].fact), b);
    case T_WARN: case T_DUE: case T_STEP: case T_OVERDUE: return mix(e->s.duties.p[a].id, b);
    default: return (u64)a << 32 | b;
  }
}

void timer_add(struct engine *e, i64 at, enum timer_kind kind, u32 a, u32 b, u32 gen) {
  struct timer t = {.at = at, .kind = kind, .a = a, .b = b, .gen = gen, .order = place_of(e, kind, a, b)};
  (void)VEC_PUSH(e->s.timers);
  struct timer *heap = e->s.timers.p;
  u32 i = e->s.timers.n - 1;
  while (i > 0) {
    u32 up = (i - 1) / 2;
    if (!earlier(&t, &heap[up])) break;
    heap[i] = heap[up];
    i = up;
  }
  heap[i] = t;
}

/* Take the first timer that is due before the instant `before` (at <= before). */
bool timer_pop(struct engine *e, i64 before, struct timer *out) {
  struct timer *heap = e->s.timers.p;
  u32 n = e->s.timers.n;
  if (n == 0 || heap[0].at > before) return false;
  *out = heap[0];
  e->s.timers.n = --n;
  if (n == 0) return true;
  struct timer last = heap[n];
  u32 i = 0;
  for (;;) {
    u32 child = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && earlier(&heap[child + 1], &heap[child])) child++;
    if (!earlier(&heap[child], &last)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = last;
  return true;
}

i64 timer_next(const struct engine *e) { return e->s.timers.n ? e->s.timers.p[0].at : INT64_MAX; }
