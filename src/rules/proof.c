/* Leaving out facts, ever smaller heaps at a time, as long as the consequence stays the same. See proof.h. */
#include "rules/proof.h"

#include <stdlib.h>
#include <string.h>

enum { REPLAYS_MAX = 3000, FACTS_MAX = 6000000, WORDS_MAX = 512, SLICE_FROM = 64 };

struct search {
  struct arena *a;
  const struct proof_log *log;
  struct str id;
  struct event **facts;
  bool *out, *sliced;
  size_t count, left;
  struct consequence want;     /* what it must come to; only plain values are looked at */
  struct str want_subject, want_object, want_item;
  bool known;
  size_t replays, fed;
  struct problem *p;
};

static int by_time(const void *x, const void *y) {
  const struct event *a = *(struct event *const *)x, *b = *(struct event *const *)y;
  if (a->occurred_ms != b->occurred_ms) return a->occurred_ms < b->occurred_ms ? -1 : 1;
  return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static bool same(const struct search *s, const struct consequence *c) {
  const struct consequence *w = &s->want;
  return c->type == w->type && c->seal == w->seal && c->fen == w->fen && c->fen_max == w->fen_max && c->points == w->points && c->ordinal == w->ordinal &&
         c->occurred_ms == w->occurred_ms && str_eq(c->subject, s->want_subject) && str_eq(c->object, s->want_object) && str_eq(c->item, s->want_item);
}

/* ---- what may matter: facts that share a person or a thing with the listed evidence ---- */

struct words {
  struct str p[WORDS_MAX];
  size_t n;
};

static bool has(const struct words *w, struct str s) {
  for (size_t i = 0; i < w->n; i++)
    if (str_eq(w->p[i], s)) return true;
  return false;
}
static void note(struct words *w, struct str s) {
  if (s.n && w->n < WORDS_MAX && !has(w, s)) w->p[w->n++] = s;
}
static bool is_name(const struct value *v) { return v->type == V_REF && v->s.n; }

static bool touches(const struct event *e, const struct words *w) {
  if (e->actor.n && has(w, e->actor)) return true;
  for (size_t i = 0; i < e->kind->field_count; i++)
    if (is_name(&e->fields[i]) && has(w, e->fields[i].s)) return true;
  for (size_t i = 0; i < e->extra_count; i++)
    if ((is_name(&e->extra[i].value) || e->extra[i].value.type == V_TEXT) && has(w, e->extra[i].value.s)) return true;
  return strcmp(e->kind->noun, "person") == 0 || strcmp(e->kind->noun, "calendar") == 0;
}
static void note_event(struct words *w, const struct event *e) {
  for (size_t i = 0; i < e->kind->field_count; i++)
    if (is_name(&e->fields[i])) note(w, e->fields[i].s);
}

/* To leave out: what touches neither the subject, nor the object, nor what the evidence names. */
static void slice(struct search *s, const struct consequence *c) {
  s->sliced = ARENA_ARRAY(s->a, bool, s->count);
  struct words *w = ARENA_NEW(s->a, struct words);
  note(w, arena_dup(s->a, c->subject));
  note(w, arena_dup(s->a, c->object));
  for (size_t k = 0; k < c->evidence_count; k++)
    for (size_t i = 0; i < s->count; i++)
      if (str_eq(s->facts[i]->id, c->evidence[k].event_id)) note_event(w, s->facts[i]);
  for (size_t i = 0; i < s->count; i++) s->sliced[i] = !touches(s->facts[i], w);
}

/* Does it follow from the facts that are not left out? */
static bool follows(struct search *s) {
  const struct proof_log *log = s->log;
  struct engine *e = engine_new(log->zone_offset_ms, NULL);
  struct problem p = {0};
  bool ok = true;
  s->replays++;
  for (size_t i = 0; i < log->version_count && ok; i++)
    ok = engine_publish(e, log->versions[i].program, log->versions[i].published_ms, log->versions[i].in_force_ms, &p) == OK;
  engine_hold(e);
  for (size_t i = 0; i < s->count && ok; i++) {
    if (s->out[i]) continue;
    s->fed++;
    ok = engine_enter(e, s->facts[i], NULL, &p) == OK;
  }
  engine_flush(e, NULL);
  engine_advance(e, log->until_ms, NULL);
  const struct consequence *c = ok ? engine_consequence(e, s->id) : NULL;
  bool found = c != NULL && c->seal != SEAL_WITHDRAWN;
  if (found && !s->known) {
    s->known = true;
    s->want = *c;
    s->want_subject = arena_dup(s->a, c->subject);
    s->want_object = arena_dup(s->a, c->object);
    s->want_item = arena_dup(s->a, c->item);
    if (s->count > SLICE_FROM) slice(s, c);
  }
  found = found && same(s, c);
  if (!ok && s->p) *s->p = p;
  engine_free(e);
  return found;
}

/* ---- leaving out ---- */

static bool spent(const struct search *s) { return s->replays >= REPLAYS_MAX || s->fed >= FACTS_MAX; }

/* Tries without each heap of `size` facts in turn; true when one could be spared. */
static bool pass(struct search *s, size_t size) {
  bool spared = false;
  for (size_t i = s->count; i > 0 && !spent(s);) { /* late ones first: they matter least */
    size_t heap[2] = {i, i}, n = 0;
    while (heap[0] > 0 && n < size) {
      heap[0]--;
      if (!s->out[heap[0]]) n++;
    }
    i = heap[0];
    if (n == 0) break;
    bool *before = ARENA_ARRAY(s->a, bool, heap[1] - heap[0]);
    memcpy(before, s->out + heap[0], heap[1] - heap[0]);
    memset(s->out + heap[0], 1, heap[1] - heap[0]);
    if (follows(s)) {
      spared = true;
      s->left -= n;
    } else {
      memcpy(s->out + heap[0], before, heap[1] - heap[0]);
    }
  }
  return spared;
}

enum status proof_find(struct arena *a, const struct proof_log *log, struct str id, struct proof *out, struct problem *p) {
  struct search s = {.a = a, .log = log, .id = id, .count = log->count, .p = p};
  s.facts = ARENA_ARRAY(a, struct event *, log->count + 1);
  s.out = ARENA_ARRAY(a, bool, log->count + 1);
  if (log->count) memcpy(s.facts, log->events, log->count * sizeof *s.facts);
  if (s.count) qsort(s.facts, s.count, sizeof *s.facts, by_time);
  memset(s.out, 0, log->count);
  *out = (struct proof){0};
  if (!follows(&s)) return problem_set(p, E_NOT_FOUND, "proof.none", "从这些事实得不出这条后果", "these facts do not give that consequence");
  s.left = s.count;
  if (s.sliced) { /* the slice, when it is enough */
    memcpy(s.out, s.sliced, s.count);
    if (!follows(&s)) memset(s.out, 0, s.count);
    s.left = 0;
    for (size_t i = 0; i < s.count; i++) s.left += !s.out[i];
  }
  for (size_t size = (s.left + 1) / 2; size > 0 && !spent(&s);) {
    bool spared = pass(&s, size);
    if (size == 1 && !spared) break;
    size = size > 1 ? size / 2 : 1;
  }
  out->smallest = !spent(&s);
  out->replays = s.replays;
  out->events = ARENA_ARRAY(a, struct event *, s.left + 1);
  for (size_t i = 0; i < s.count; i++)
    if (!s.out[i]) out->events[out->count++] = s.facts[i];
  return OK;
}
