/* Deadlines in a hierarchical timer wheel (state.h says what it holds; docs/decisions names the sources).
 *
 * Instants are read as numbers of eleven digits to the base 64. A timer stands on the level of the highest digit in which it
 * differs from `base`, in the slot of that digit: adding and cancelling touch one slot, whatever else is waiting. Time never
 * ticks: the first slot of the lowest filled level holds what comes next; when the time has reached the slot, `base` moves to
 * its begin and its timers go to lower levels, those of that very instant into `ready`. A jump of years is a few such moves.
 *
 * `ready` orders what is due by (instant, kind, what it is about), not by when it was made, so a slice of the facts fires like
 * the whole. A timer that is no longer wanted (its duty is done, its shift dropped, its state left) is taken out at once. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT = 6, SLOTS = WHEEL_SLOTS, UNSLOTTED = 0xffff };
#define LEAST_UNKNOWN INT64_MIN

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

static u64 digits_of(i64 at) { return (u64)at ^ (u64)1 << 63; } /* in the order of instants */
static i64 instant_of(u64 digits) { return (i64)(digits ^ (u64)1 << 63); }

/* Whose timer it is: only these are ever cancelled. */
static int owner_of(u32 kind) {
  switch (kind) {
    case T_WARN: case T_DUE: case T_STEP: case T_OVERDUE: return TIMERS_OF_DUTY;
    case T_OPEN_SHIFT: return TIMERS_OF_SHIFT;
    case T_ARROW: return TIMERS_OF_CASE;
    default: return -1;
  }
}

/* ---- ready: a heap of places in nodes ---- */

static void ready_up(struct wheel *w, u32 place) {
  u32 *heap = w->ready.p;
  u32 i = w->ready.n - 1;
  const struct timer *t = &w->nodes.p[place].timer;
  while (i > 0) {
    u32 up = (i - 1) / 2;
    if (!earlier(t, &w->nodes.p[heap[up]].timer)) break;
    heap[i] = heap[up];
    i = up;
  }
  heap[i] = place;
}

static u32 ready_take(struct wheel *w) {
  u32 *heap = w->ready.p;
  u32 first = heap[0], n = --w->ready.n;
  if (n == 0) return first;
  u32 last = heap[n], i = 0;
  const struct timer *t = &w->nodes.p[last].timer;
  for (;;) {
    u32 child = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && earlier(&w->nodes.p[heap[child + 1]].timer, &w->nodes.p[heap[child]].timer)) child++;
    if (!earlier(&w->nodes.p[heap[child]].timer, t)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = last;
  return first;
}

/* ---- slots ---- */

static void place_in(struct wheel *w, u32 place) {
  struct wheel_node *node = &w->nodes.p[place];
  u64 digits = digits_of(node->timer.at);
  if (digits <= w->base) {
    node->slot = UNSLOTTED;
    *VEC_PUSH(w->ready) = place;
    ready_up(w, place);
    return;
  }
  u32 level = (63 - (u32)__builtin_clzll(digits ^ w->base)) / DIGIT, digit = (u32)(digits >> (level * DIGIT)) % SLOTS;
  if (w->slots == NULL) {
    w->slots = calloc(WHEEL_LEVELS * SLOTS, sizeof *w->slots);
    BUG_IF(w->slots == NULL);
  }
  struct wheel_slot *slot = &w->slots[level * SLOTS + digit];
  node->slot = (u16)(level * SLOTS + digit);
  node->prev = 0;
  node->next = slot->first;
  if (slot->first) w->nodes.p[slot->first - 1].prev = place + 1;
  if (slot->first == 0 || (slot->least != LEAST_UNKNOWN && node->timer.at < slot->least)) slot->least = node->timer.at;
  slot->first = place + 1;
  w->filled[level] |= (u64)1 << digit;
  w->levels |= (u16)(1u << level);
}

static void slot_emptied(struct wheel *w, u32 slot) {
  u32 level = slot / SLOTS;
  w->filled[level] &= ~((u64)1 << slot % SLOTS);
  if (w->filled[level] == 0) w->levels &= (u16)~(1u << level);
}

static void take_out(struct wheel *w, u32 place) {
  struct wheel_node *node = &w->nodes.p[place];
  struct wheel_slot *slot = &w->slots[node->slot];
  if (node->prev) w->nodes.p[node->prev - 1].next = node->next;
  else slot->first = node->next;
  if (node->next) w->nodes.p[node->next - 1].prev = node->prev;
  if (slot->first == 0) slot_emptied(w, node->slot);
  else if (slot->least == node->timer.at) slot->least = LEAST_UNKNOWN;
}

/* The slot that holds what comes next, and the first instant that can stand in it. */
static u32 first_slot(const struct wheel *w, u64 *begins) {
  u32 level = (u32)__builtin_ctz(w->levels), digit = (u32)__builtin_ctzll(w->filled[level]), shift = level * DIGIT;
  u64 above = shift + DIGIT >= 64 ? 0 : w->base >> (shift + DIGIT) << (shift + DIGIT);
  *begins = above | (u64)digit << shift;
  return level * SLOTS + digit;
}

/* Move on to `now`, or to the first instant at which something is due. */
static void turn(struct wheel *w, u64 now) {
  while (w->ready.n == 0 && w->levels) {
    u64 begins;
    u32 at = first_slot(w, &begins);
    if (begins > now) break;
    u32 next = w->slots[at].first;
    w->slots[at].first = 0;
    slot_emptied(w, at);
    w->base = begins;
    while (next) {
      u32 place = next - 1;
      next = w->nodes.p[place].next;
      place_in(w, place);
    }
  }
  if (w->ready.n == 0 && now > w->base) w->base = now; /* nothing stands before it: every timer keeps its slot */
}

/* ---- owners ---- */

static u32 *first_owned(struct wheel *w, int owner, u32 of) {
  while (w->owned[owner].n <= of) *VEC_PUSH(w->owned[owner]) = 0;
  return &w->owned[owner].p[of];
}

static void disown(struct wheel *w, u32 place) {
  const struct wheel_node *node = &w->nodes.p[place];
  int owner = owner_of(node->timer.kind);
  if (owner < 0) return;
  u32 *link = first_owned(w, owner, node->timer.a);
  while (*link != place + 1) link = &w->nodes.p[*link - 1].sibling;
  *link = node->sibling;
}

static void give_back(struct wheel *w, u32 place) {
  w->nodes.p[place] = (struct wheel_node){.slot = UNSLOTTED, .next = w->free};
  w->free = place + 1;
  w->count--;
}

/* What was cancelled while it stood in `ready` is gone when it comes up. */
static void drop_cancelled(struct wheel *w) {
  while (w->ready.n && !w->nodes.p[w->ready.p[0]].waits) {
    u32 place = ready_take(w);
    w->count++; /* counted out when it was cancelled */
    give_back(w, place);
  }
}

/* ---- the doors ---- */

void timer_put(struct engine *e, const struct timer *t) {
  struct wheel *w = &e->s.timers;
  u32 place = w->free;
  if (place) {
    place--;
    w->free = w->nodes.p[place].next;
  } else {
    (void)VEC_PUSH(w->nodes);
    place = w->nodes.n - 1;
  }
  if (w->count++ == 0 || t->at < w->soonest) w->soonest = t->at;
  w->nodes.p[place] = (struct wheel_node){.timer = *t, .waits = true};
  int owner = owner_of(t->kind);
  if (owner >= 0) {
    u32 *first = first_owned(w, owner, t->a);
    w->nodes.p[place].sibling = *first;
    *first = place + 1;
  }
  place_in(w, place);
}

void timer_add(struct engine *e, i64 at, enum timer_kind kind, u32 a, u32 b, u32 gen) {
  struct timer t = {.at = at, .kind = kind, .a = a, .b = b, .gen = gen, .order = place_of(e, kind, a, b)};
  timer_put(e, &t);
}

void timers_cancel(struct engine *e, enum timer_owner owner, u32 of) {
  struct wheel *w = &e->s.timers;
  if (of >= w->owned[owner].n) return;
  u32 next = w->owned[owner].p[of];
  w->owned[owner].p[of] = 0;
  while (next) {
    u32 place = next - 1;
    struct wheel_node *node = &w->nodes.p[place];
    next = node->sibling;
    if (node->slot == UNSLOTTED) {
      node->waits = false;
      w->count--;
      continue;
    }
    take_out(w, place);
    give_back(w, place);
  }
  drop_cancelled(w);
}

/* Take the first timer that is due before the instant `before` (at <= before). */
bool timer_pop(struct engine *e, i64 before, struct timer *out) {
  struct wheel *w = &e->s.timers;
  if (w->ready.n == 0) turn(w, digits_of(before));
  if (w->ready.n == 0 || w->nodes.p[w->ready.p[0]].timer.at > before) {
    u64 begins = digits_of(INT64_MAX);
    if (w->ready.n == 0 && w->levels) (void)first_slot(w, &begins);
    w->soonest = w->ready.n ? w->nodes.p[w->ready.p[0]].timer.at : instant_of(begins);
    return false;
  }
  u32 place = ready_take(w);
  *out = w->nodes.p[place].timer;
  disown(w, place);
  give_back(w, place);
  drop_cancelled(w);
  return true;
}

i64 timer_next(const struct engine *e) {
  const struct wheel *w = &e->s.timers;
  if (w->ready.n) return w->nodes.p[w->ready.p[0]].timer.at;
  if (w->levels == 0) return INT64_MAX;
  u64 begins;
  u32 at = first_slot(w, &begins);
  struct wheel_slot *slot = &w->slots[at];
  if (at < SLOTS) return instant_of(begins); /* one instant to a slot */
  if (slot->least == LEAST_UNKNOWN) {
    i64 least = INT64_MAX;
    for (u32 next = slot->first; next; next = w->nodes.p[next - 1].next) {
      if (w->nodes.p[next - 1].timer.at < least) least = w->nodes.p[next - 1].timer.at;
    }
    slot->least = least;
  }
  return slot->least;
}

void timers_free(struct state *s) {
  struct wheel *w = &s->timers;
  free(w->nodes.p);
  free(w->ready.p);
  free(w->slots);
  for (int i = 0; i < TIMER_OWNERS; i++) free(w->owned[i].p);
  *w = (struct wheel){0};
}
