/* Forgetting: facts that nothing held can come back to leave the memory; the log keeps them. See slice.h for the promise.
 *
 * Only what lies before the oldest station may go: behind it nothing is derived again here. Of that, what anything held refers to stays
 * (triggers, stops, ranks, verdicts, shifts, cases), and all facts of conversations and orders that still owe something or had
 * consequences lately, so that corrections about them stay slices.
 *
 * What may be looked for later is guessed, and the guess is watched: whoever looks behind what was forgotten of a kind sets
 * `missed`. The engine is then good for nothing but to be freed (engine_wants_past): whoever feeds it makes a whole one from the
 * log, tells it what was missed (engine_remember_as) and feeds the last facts again. So a guess costs time when it is wrong, never
 * a result. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

#define LATELY_MS (40 * (i64)MS_DAY)    /* consequences so young keep the facts about their object: ranks of the month */

struct pass {
  struct engine *e;
  u8 *keep;            /* by fact */
  u32 *to;             /* fact -> its new place; NONE */
  u32 *link_to;        /* link + 1 -> the newest kept one at or before it, + 1 */
  u32 place;           /* facts that stand from here on stay */
  i64 at, counted_from; /* from there on the kinds that clauses count stay */
  struct table objects; /* conversations and orders whose facts stay */
};

bool engine_wants_past(const struct engine *e) { return e->missed; }
u64 engine_forgotten(const struct engine *e) { return e->forgotten; }

void engine_remember_as(struct engine *e, const struct engine *other) { memcpy(e->remembers, other->remembers, sizeof e->remembers); }

void forget_looked(struct engine *e, int kind, i64 from) {
  if (from >= e->forgot_to[kind]) return;
  if (e->slice) {
    slice_escape(e, "what is forgotten");
    return;
  }
  e->missed = true;
  if (!e->asked) e->remembers[kind] = true;
}

void forget_missed(struct engine *e) { e->missed = true; }

bool forget_cut(const struct engine *e, sym id) { return id / 64 < e->cut_room && e->cut[id / 64] >> (id % 64) & 1; }

static bool may_go(const struct engine *e, u16 kind) {
  const char *noun = event_kind_all(NULL)[kind].noun;
  return !e->remembers[kind] && (strcmp(noun, "conversation") == 0 || strcmp(noun, "order") == 0 || strcmp(noun, "presence") == 0);
}

/* ---- what is held refers to it ---- */

static void hold(struct pass *p, u32 ref) {
  if (ref != NONE && !(ref & DERIVED_BIT) && ref < p->e->facts.n) p->keep[ref] = 1;
}
static void hold_table(struct pass *p, const struct table *t) {
  for (u32 i = 0; i < t->room; i++) {
    if (t->keys[i] && t->values[i]) hold(p, (u32)(t->values[i] - 1));
  }
}

static u64 object_key(u8 noun, sym id) { return (u64)noun << 32 | id; }

static void hold_object(struct pass *p, u8 noun, sym id) {
  if (id && noun != N_NONE) *table_at(&p->objects, object_key(noun, id), NULL) = 1;
}

static void hold_state(struct pass *p, const struct state *s) {
  for (u32 i = 0; i < s->objects.n; i++) {
    const struct object *o = &s->objects.p[i];
    if (o->noun != N_CASE) continue;
    hold(p, o->fact);
    if (o->entries) hold(p, o->entered);
    for (u32 n = o->notes; n; n = s->notes.p[n - 1].next) hold(p, s->notes.p[n - 1].fact);
  }
  for (u32 i = 0; i < s->shifts.n; i++) {
    const struct shift *h = &s->shifts.p[i];
    hold(p, h->fact);
    if (h->in_at) hold(p, h->in_fact);
    if (h->out_at) hold(p, h->out_fact);
  }
  for (u32 i = 0; i < s->duties.n; i++) {
    const struct duty *d = &s->duties.p[i];
    if (d->state == D_DONE) continue;
    hold(p, d->trigger);
    hold(p, d->stop);
    if (d->counted) hold(p, d->counted - 1);
    hold_object(p, d->noun, d->object);
  }
  for (u32 i = 0; i < s->cons.n; i++) {
    const struct cons *c = &s->cons.p[i];
    hold(p, c->trigger);
    hold(p, c->stop);
    if (c->of_duty || c->at >= p->at - LATELY_MS) hold_object(p, c->noun, c->object);
  }
  for (u32 i = 0; i < s->ranks.n; i++) hold(p, s->ranks.p[i].fact);
  hold_table(p, &s->verdicts);
  hold_table(p, &s->overruled);
}

static bool of_held_object(struct pass *p, u32 ref) {
  const struct fact *f = &p->e->facts.p[ref];
  for (u8 noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(p->e, ref, p->e->f_object[f->kind][noun]);
    if (id && table_get(&p->objects, object_key(noun, id))) return true;
  }
  return false;
}

static u32 mark(struct pass *p) {
  struct engine *e = p->e;
  u32 going = 0;
  hold_state(p, &e->s);
  for (u32 i = 0; i < e->stations.n; i++) hold_state(p, &e->stations.p[i].s);
  hold_table(p, &e->last_verdict);
  hold_table(p, &e->score_words);
  for (u32 i = 0; i < e->order.n; i++) {
    u32 ref = e->order.p[i];
    const struct fact *f = &e->facts.p[ref];
    if (!p->keep[ref]) p->keep[ref] = i >= p->place || f->at >= p->at || !may_go(e, f->kind) || (e->indexed[f->kind] && f->kind != EVENT_conversation_auto_replied && f->at >= p->counted_from) || of_held_object(p, ref);
    going += !p->keep[ref];
  }
  return going;
}

/* ---- new places ---- */

static void cut_object(struct engine *e, sym id) {
  if (id / 64 >= e->cut_room) {
    u32 old = e->cut_room;
    e->cut = vec_room(e->cut, &e->cut_room, id / 64 + 1, sizeof *e->cut);
    memset(e->cut + old, 0, (size_t)(e->cut_room - old) * sizeof *e->cut);
  }
  e->cut[id / 64] |= (u64)1 << (id % 64);
}

static void note_gone(struct engine *e, u32 ref) {
  const struct fact *f = &e->facts.p[ref];
  if (f->at >= e->forgot_to[f->kind]) e->forgot_to[f->kind] = f->at + 1;
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = noun == N_CUSTOMER ? 0 : fact_sym(e, ref, e->f_object[f->kind][noun]);
    if (id) cut_object(e, id);
  }
  e->forgotten++;
}

static u32 moved(const struct pass *p, u32 ref) { return ref == NONE || (ref & DERIVED_BIT) || ref >= p->e->facts.n ? ref : p->to[ref] == NONE ? 0 : p->to[ref]; }

static void move_refs(const struct pass *p, struct refs *list) {
  u32 n = 0;
  for (u32 i = 0; i < list->n; i++) {
    u32 ref = list->p[i];
    if (ref & DERIVED_BIT) list->p[n++] = ref;
    else if (p->to[ref] != NONE) list->p[n++] = p->to[ref];
  }
  list->n = n;
}

static void move_table(const struct pass *p, struct table *t) {
  for (u32 i = 0; i < t->room; i++) {
    if (t->keys[i] && t->values[i]) t->values[i] = (u64)moved(p, (u32)(t->values[i] - 1)) + 1;
  }
}

static void move_state(const struct pass *p, struct state *s) {
  u32 next = 0;
  for (u32 i = 0; i < s->next_fact; i++) next += p->keep[p->e->order.p[i]];
  s->next_fact = next;
  for (u32 i = 0; i < s->objects.n; i++) {
    s->objects.p[i].fact = moved(p, s->objects.p[i].fact);
    s->objects.p[i].entered = moved(p, s->objects.p[i].entered);
  }
  for (u32 i = 0; i < s->notes.n; i++) s->notes.p[i].fact = moved(p, s->notes.p[i].fact);
  for (u32 i = 0; i < s->shifts.n; i++) {
    struct shift *h = &s->shifts.p[i];
    h->fact = moved(p, h->fact);
    h->in_fact = moved(p, h->in_fact);
    h->out_fact = moved(p, h->out_fact);
  }
  for (u32 i = 0; i < s->duties.n; i++) {
    struct duty *d = &s->duties.p[i];
    if (d->state == D_DONE) continue;
    d->trigger = moved(p, d->trigger);
    d->stop = moved(p, d->stop);
    if (d->counted) d->counted = moved(p, d->counted - 1) + 1;
  }
  for (u32 i = 0; i < s->cons.n; i++) {
    s->cons.p[i].trigger = moved(p, s->cons.p[i].trigger);
    s->cons.p[i].stop = moved(p, s->cons.p[i].stop);
  }
  for (u32 i = 0; i < s->ranks.n; i++) s->ranks.p[i].fact = moved(p, s->ranks.p[i].fact);
  move_table(p, &s->verdicts);
  move_table(p, &s->overruled);
  for (int k = 0; k < EVENT_KIND_COUNT; k++) move_refs(p, &s->by_kind[k]);
  for (u32 i = 0; i < s->by_case.n; i++) move_refs(p, &s->by_case.p[i]);
}

static void move_links(struct pass *p) {
  struct engine *e = p->e;
  u32 n = 0;
  for (u32 i = 0; i < e->links.n; i++) { /* older ones stand before newer ones */
    struct link l = e->links.p[i];
    u32 prev = l.prev ? p->link_to[l.prev] : 0;
    if (p->to[l.ref] == NONE) {
      p->link_to[i + 1] = prev;
      continue;
    }
    e->links.p[n++] = (struct link){p->to[l.ref], prev};
    p->link_to[i + 1] = n;
  }
  e->links.n = n;
  for (int noun = 0; noun < N_COUNT; noun++) {
    for (u32 i = 0; i < e->links_room[noun]; i++) {
      if (e->links_of[noun][i]) e->links_of[noun][i] = p->link_to[e->links_of[noun][i]];
    }
  }
  for (u32 i = 0; i < e->verdicts_of.room; i++) {
    if (e->verdicts_of.keys[i] && e->verdicts_of.values[i]) e->verdicts_of.values[i] = p->link_to[e->verdicts_of.values[i]];
  }
}

static void move_facts(struct pass *p) {
  struct engine *e = p->e;
  u32 cells = 0;
  for (u32 ref = 0; ref < e->facts.n; ref++) { /* in the order they were stored, so nothing is overwritten that is still to move */
    if (p->to[ref] == NONE) continue;
    struct fact f = e->facts.p[ref];
    u32 n = (u32)event_kind_all(NULL)[f.kind].field_count + 2u * f.extra;
    memmove(&e->cells.p[cells], &e->cells.p[f.cells], n * sizeof *e->cells.p);
    f.cells = cells;
    cells += n;
    e->facts.p[p->to[ref]] = f;
  }
  e->cells.n = cells;
}

static void *shrunk(void *p, u32 n, u32 *room, size_t size) {
  u32 wanted = n + n / 4 + 16;
  if (wanted >= *room) return p;
  void *less = realloc(p, (size_t)wanted * size);
  if (less == NULL) return p;
  *room = wanted;
  return less;
}
#define SHRINK(v) ((v).p = shrunk((v).p, (v).n, &(v).room, sizeof *(v).p))

static void sweep(struct pass *p) {
  struct engine *e = p->e;
  u32 kept = 0;
  for (u32 ref = 0; ref < e->facts.n; ref++) {
    if (!p->keep[ref]) note_gone(e, ref);
    p->to[ref] = p->keep[ref] ? kept++ : NONE;
  }
  move_state(p, &e->s);
  for (u32 i = 0; i < e->stations.n; i++) move_state(p, &e->stations.p[i].s);
  move_table(p, &e->last_verdict);
  move_table(p, &e->score_words);
  move_links(p);
  u32 n = 0;
  for (u32 i = 0; i < e->order.n; i++) {
    if (p->to[e->order.p[i]] != NONE) e->order.p[n++] = p->to[e->order.p[i]];
  }
  e->order.n = n;
  move_facts(p);
  e->facts.n = kept;
  SHRINK(e->facts);
  SHRINK(e->cells);
  SHRINK(e->order);
  SHRINK(e->links);
  for (int k = 0; k < EVENT_KIND_COUNT; k++) SHRINK(e->s.by_kind[k]);
  rankings_forget(e);
}

bool engine_forget(struct engine *e, i64 recent_ms, i64 counted_ms) {
  bool busy = e->pending.n || e->dirty || e->taken_back.n || e->s.queue.n || e->slice || e->lean || e->missed;
  if (busy || e->stations.n == 0 || e->facts.n == 0) return false;
  const struct state *oldest = &e->stations.p[0].s;
  struct pass p = {.e = e, .place = oldest->next_fact, .at = oldest->now < e->s.now - recent_ms ? oldest->now : e->s.now - recent_ms};
  p.counted_from = p.at - counted_ms;
  p.keep = calloc(e->facts.n, 1);
  p.to = malloc(e->facts.n * sizeof *p.to);
  p.link_to = calloc(e->links.n + 1, sizeof *p.link_to);
  BUG_IF(p.keep == NULL || p.to == NULL || p.link_to == NULL);
  u32 going = mark(&p);
  if (going) sweep(&p);
  free(p.keep);
  free(p.to);
  free(p.link_to);
  table_clear(&p.objects);
  return going > 0;
}
