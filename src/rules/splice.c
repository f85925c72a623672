/* What a slice found takes the place of what the engine held: consequences, running duties, counters, derived facts, objects.
 * First the slice without the change must find exactly what is held (splice_holds); and nothing outside the slice may have
 * looked at what the change alters (splice_reaches_others). Then only differences are reported. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

/* ---- derived facts ---- */

static const struct cell *cells_at(struct engine *e, u32 ref) { return &e->s.derived_cells.p[fact_of(e, ref)->cells]; }

static u64 digest_of(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  u32 n = (u32)event_kind_all(NULL)[f->kind].field_count + 2u * f->extra;
  u64 h = mix(mix(mix(0, (u64)f->at), (u64)f->case_type << 32 | f->case_state), f->origin);
  const struct cell *c = cells_at(e, ref);
  for (u32 i = 0; i < n; i++) h = mix(mix(h, (u64)c[i].i), (u64)c[i].type << 32 | c[i].s);
  return h;
}

static struct slice_made made_of(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  return (struct slice_made){f->kind, f->id, f->at, digest_of(e, ref)};
}

/* Its place in the engine's list of the kind; NONE. */
static u32 held_at(struct engine *e, const struct slice_made *m) {
  u32 lo = 0, hi = e->s.by_kind[m->kind].n;
  while (lo < hi) {
    u32 mid = lo + (hi - lo) / 2;
    if (fact_of(e, e->s.by_kind[m->kind].p[mid])->at < m->at) lo = mid + 1;
    else hi = mid;
  }
  for (; lo < e->s.by_kind[m->kind].n; lo++) {
    const struct fact *f = fact_of(e, e->s.by_kind[m->kind].p[lo]);
    if (f->at != m->at) return NONE;
    if (f->id == m->id && f->derived) return lo;
  }
  return NONE;
}

static bool is_new(const struct slice *sl, u32 ref) { return (ref & DERIVED_BIT) && (ref & ~DERIVED_BIT) >= sl->first_derived; }

static bool derived_held(struct engine *e, struct slice *sl, const struct state *r) {
  sl->had.n = 0;
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    for (u32 i = 0; i < r->by_kind[k].n; i++) {
      if (!is_new(sl, r->by_kind[k].p[i])) continue;
      struct slice_made m = made_of(e, r->by_kind[k].p[i]);
      u32 at = held_at(e, &m);
      if (at == NONE || digest_of(e, e->s.by_kind[k].p[at]) != m.digest) return false;
      *VEC_PUSH(sl->had) = m;
    }
  }
  return true;
}

static const struct slice_made *had(const struct slice *sl, const struct slice_made *m) {
  for (u32 i = 0; i < sl->had.n; i++) {
    if (sl->had.p[i].kind == m->kind && sl->had.p[i].id == m->id && sl->had.p[i].at == m->at) return &sl->had.p[i];
  }
  return NULL;
}

/* ---- objects, duties ---- */

static const struct object *object_in(const struct state *r, u8 noun, sym id) {
  for (u32 i = 0; i < r->objects.n; i++) {
    if (r->objects.p[i].noun == noun && r->objects.p[i].id == id) return &r->objects.p[i];
  }
  return NULL;
}

static bool same_object(const struct object *a, const struct object *b) {
  return a->closed == b->closed && a->waiting == b->waiting && a->fetched == b->fetched && a->known == b->known && a->agent == b->agent &&
         a->customer == b->customer && a->text == b->text && a->flag == b->flag && a->type == b->type && a->state == b->state && a->fact == b->fact &&
         a->money == b->money && a->has_money == b->has_money && a->since == b->since;
}

static u32 find_duty(struct engine *e, const struct duty *d) {
  u32 at;
  if (d->object && d->noun) {
    u32 o = object_find(e, (enum noun)d->noun, d->object);
    at = o == NONE ? NONE : e->s.objects.p[o].duties;
  } else {
    at = d->rule < e->s.rule_duties.n ? e->s.rule_duties.p[d->rule] : NONE;
  }
  while (at != NONE && e->s.duties.p[at].id != d->id) at = d->object && d->noun ? e->s.duties.p[at].object_next : e->s.duties.p[at].rule_next;
  return at;
}

static bool same_duty(const struct duty *a, const struct duty *b) {
  return a->rule == b->rule && a->state == b->state && a->clock == b->clock && a->person == b->person && a->bearer == b->bearer &&
         a->started == b->started && a->from == b->from && a->due == b->due && a->last_good == b->last_good && a->paused == b->paused &&
         a->paused_since == b->paused_since && a->need == b->need && a->done == b->done && a->limit_at == b->limit_at && a->late_left == b->late_left && a->moves == b->moves && a->cons_count == b->cons_count;
}

static const struct duty *duty_in(const struct state *r, u64 id) {
  for (u32 i = 0; i < r->duties.n; i++) {
    if (r->duties.p[i].state != D_DONE && r->duties.p[i].id == id) return &r->duties.p[i];
  }
  return NULL;
}

static u32 duties_on(const struct state *s, u32 first) {
  u32 n = 0;
  for (u32 d = first; d != NONE; d = s->duties.p[d].object_next) n++;
  return n;
}

static bool objects_held(struct engine *e, const struct slice *sl, const struct state *r) {
  for (u32 i = 0; i < sl->objects.n; i++) {
    u32 o = object_find(e, (enum noun)sl->objects.p[i].noun, sl->objects.p[i].id);
    const struct object *b = object_in(r, sl->objects.p[i].noun, sl->objects.p[i].id);
    if ((o == NONE) != (b == NULL)) return false;
    if (b == NULL) continue;
    const struct object *a = &e->s.objects.p[o];
    if (!same_object(a, b) || duties_on(&e->s, a->duties) != duties_on(r, b->duties)) return false;
  }
  for (u32 d = 0; d < r->duties.n; d++) {
    if (r->duties.p[d].state == D_DONE) continue;
    u32 held = find_duty(e, &r->duties.p[d]);
    if (held == NONE || !same_duty(&r->duties.p[d], &e->s.duties.p[held])) return false;
  }
  return true;
}

static u32 shift_held(struct engine *e, const struct shift *s) {
  u32 p = object_find(e, N_PERSON, s->person);
  for (u32 i = p == NONE ? 0 : e->s.objects.p[p].shifts; i; i = e->s.shifts.p[i - 1].next) {
    if (e->s.shifts.p[i - 1].fact == s->fact) return i - 1;
  }
  return NONE;
}

bool splice_holds(struct engine *e, struct slice *sl) {
  const struct state *r = &sl->done[0];
  for (u32 i = 0; i < r->cons.n; i++) {
    const struct cons *c = &r->cons.p[i], *held = cons_by_id(e, c->id);
    if (!c->live) continue;
    if (held == NULL || !held->live || cons_digest(held) != cons_digest(c)) return false;
  }
  for (u32 i = 0; i < r->shifts.n; i++) {
    u32 at = shift_held(e, &r->shifts.p[i]);
    if (at == NONE) return false;
    const struct shift *a = &e->s.shifts.p[at], *b = &r->shifts.p[i];
    if (a->in_at != b->in_at || a->out_at != b->out_at || a->gone != b->gone || a->ended != b->ended) return false;
  }
  return objects_held(e, sl, r) && derived_held(e, sl, r);
}

/* ---- who else looks ---- */

static bool looks_at(struct engine *e, const struct reach *r, const struct fact *f, bool folds, enum noun noun) {
  if (r->many) return true;
  for (u8 i = 0; i < r->look_count; i++) {
    const struct reach_look *l = &r->looks[i];
    if (l->kind < 0) return true;
    if (l->kind == f->kind && (l->case_type == 0 || l->case_type == f->case_type) && (l->case_state == 0 || l->case_state == f->case_state)) return true;
    if (folds && e->f_object[l->kind][noun] >= 0) return true; /* its elements may be asked for the object */
  }
  return false;
}

static bool others_look(struct engine *e, const struct slice *sl, const struct fact *f, bool folds, enum noun noun) {
  for (u32 i = 0; i < e->rules.n; i++) {
    const struct rule *r = &e->rules.p[i];
    bool hit = looks_at(e, &r->reach, f, folds, noun) || (r->reach.lets && looks_at(e, &r->version->measures, f, folds, noun)) ||
               (r->reach.cases && f->case_type);
    if (hit && (r->type != R_SETTLE || settle_ended(e, r, fact_of(e, sl->subject)->at, sl->now))) return true;
  }
  return false;
}

static bool same_wait(const struct slice_wait *a, const struct slice_wait *b) { return a->at == b->at && a->person == b->person && a->change == b->change; }

/* Whether a customer waited decides whether a shift runs on. */
static bool waits_reach(struct engine *e, struct slice *sl) {
  const struct slice_waits *a = &sl->waits[0], *b = &sl->waits[1];
  u32 same = 0;
  while (same < a->n && same < b->n && same_wait(&a->p[same], &b->p[same])) same++;
  if (same == a->n && same == b->n) return false;
  for (int k = 0; k < 2; k++) {
    for (u32 i = same; i < sl->waits[k].n; i++) {
      u32 p = object_find(e, N_PERSON, sl->waits[k].p[i].person);
      i64 first = same < a->n ? a->p[same].at : INT64_MAX;
      if (same < b->n && b->p[same].at < first) first = b->p[same].at;
      for (u32 s = p == NONE ? 0 : e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
        const struct shift *shift = &e->s.shifts.p[s - 1];
        if (shift->extends && shift->to + 6 * MS_HOUR >= first) return true;
      }
    }
  }
  return false;
}

bool splice_reaches_others(struct engine *e, struct slice *sl) {
  enum noun noun = N_NONE;
  sym id;
  const struct fact subject = *fact_of(e, sl->subject);
  bool folds = sl->late && object_folds(e, sl->subject, &noun, &id);
  bool reached = others_look(e, sl, &subject, folds, noun) || waits_reach(e, sl);
  const struct table *said = &sl->done[0].said;
  for (u32 i = 0; i < said->room; i++) reached |= said->keys[i] && table_get(&sl->done[1].said, said->keys[i]) == NULL; /* a word unsaid */
  const struct state *r = &sl->done[1];
  u32 kept = 0;
  for (int k = 0; k < EVENT_KIND_COUNT && !reached; k++) {
    for (u32 i = 0; i < r->by_kind[k].n && !reached; i++) {
      if (!is_new(sl, r->by_kind[k].p[i])) continue;
      struct slice_made m = made_of(e, r->by_kind[k].p[i]);
      const struct slice_made *before = had(sl, &m);
      kept += before != NULL;
      if (before && before->digest == m.digest) continue;
      const struct fact f = *fact_of(e, r->by_kind[k].p[i]);
      reached = others_look(e, sl, &f, false, N_NONE);
    }
  }
  for (u32 i = 0; i < sl->had.n && kept < sl->had.n && !reached; i++) {
    const struct fact f = {.kind = sl->had.p[i].kind};
    reached = others_look(e, sl, &f, false, N_NONE);
  }
  if (reached) {
    sl->escaped = true;
    sl->why = "a rule outside the slice looks at it";
  }
  return reached;
}

/* ---- taking its place ---- */

static void report_ended(struct engine *e, const struct slice *sl) {
  if (e->sink == NULL || e->sink->clock == NULL) return;
  for (u32 i = 0; i < sl->done[0].duties.n; i++) {
    const struct duty *d = &sl->done[0].duties.p[i];
    if (d->state == D_DONE || duty_in(&sl->done[1], d->id)) continue;
    u32 held = find_duty(e, d);
    if (duty_hidden(e, held)) continue;
    arena_reset(e->words);
    struct rule_clock clock;
    duty_clock(e, held, e->words, &clock);
    const u64 *state = table_get(&e->ended, d->id);
    clock.state = state ? (enum clock_state)(*state - 1) : CLOCK_DISCHARGED;
    if (clock.state == CLOCK_RUNNING || clock.state == CLOCK_PAUSED) clock.state = CLOCK_DISCHARGED;
    e->sink->clock(e->sink->ctx, &clock);
  }
}

static void put_objects(struct engine *e, const struct slice *sl) {
  for (u32 i = 0; i < sl->objects.n; i++) {
    const struct slice_object *key = &sl->objects.p[i];
    const struct object *b = object_in(&sl->done[1], key->noun, key->id);
    if (b == NULL) continue;
    u32 at = object_make(e, (enum noun)key->noun, key->id);
    struct object *a = &e->s.objects.p[at];
    u32 duties = a->duties;
    *a = *b;
    a->duties = duties;
  }
  for (u32 k = 0; k < 2; k++) {
    for (u32 i = 0; i < sl->waits[k].n; i++) {
      u32 p = object_make(e, N_PERSON, sl->waits[k].p[i].person);
      e->s.objects.p[p].count += k ? sl->waits[k].p[i].change : -sl->waits[k].p[i].change;
    }
  }
  for (u32 i = 0; i < sl->done[1].shifts.n; i++) {
    const struct shift *b = &sl->done[1].shifts.p[i];
    struct shift *a = &e->s.shifts.p[shift_held(e, b)];
    a->in_at = b->in_at;
    a->out_at = b->out_at;
    a->in_fact = b->in_fact;
    a->out_fact = b->out_fact;
    a->ended = b->ended;
    a->end_at = b->end_at;
  }
}

static u32 duty_of_slice(struct engine *e, const struct state *r, u32 d) {
  if (d == NONE || r->duties.p[d].state == D_DONE) return NONE;
  return find_duty(e, &r->duties.p[d]);
}

/* Fields of the slice's duty in the engine's place of it; its links stay, its timers are set anew. */
static void put_duty(struct engine *e, const struct slice *sl, u32 from) {
  const struct state *r = &sl->done[1];
  const struct duty *d = &r->duties.p[from];
  u32 at = find_duty(e, d);
  if (at == NONE) {
    at = duty_new(e, &e->rules.p[d->rule]);
    struct duty *fresh = &e->s.duties.p[at];
    fresh->id = d->id;
    fresh->object = d->object;
    fresh->noun = d->noun;
    u32 o = object_make(e, (enum noun)d->noun, d->object);
    e->s.duties.p[at].object_next = e->s.objects.p[o].duties;
    e->s.objects.p[o].duties = at;
  }
  struct duty *held = &e->s.duties.p[at], links = *held;
  *held = *d;
  held->id_gen = links.id_gen + 1;
  held->object_next = links.object_next;
  held->rule_next = links.rule_next;
  held->rule_prev = links.rule_prev;
  if (d->shift) held->shift = shift_held(e, &r->shifts.p[d->shift - 1]) + 1;
  for (u32 i = 0; i < d->cons_count; i++) {
    const u64 *c = table_get(&e->s.cons_of, r->cons.p[d->cons[i]].id);
    held->cons[i] = (u32)*c - 1;
  }
  timers_cancel(e, TIMERS_OF_DUTY, at);
  const struct wheel *w = &r->timers;
  for (u32 next = from < w->owned[TIMERS_OF_DUTY].n ? w->owned[TIMERS_OF_DUTY].p[from] : 0; next; next = w->nodes.p[next - 1].sibling) {
    const struct timer *t = &w->nodes.p[next - 1].timer;
    timer_add(e, t->at, (enum timer_kind)t->kind, at, t->b, e->s.duties.p[at].id_gen);
  }
}

static void put_duties(struct engine *e, const struct slice *sl) {
  for (u32 i = 0; i < sl->done[0].duties.n; i++) {
    const struct duty *d = &sl->done[0].duties.p[i];
    if (d->state != D_DONE && duty_in(&sl->done[1], d->id) == NULL) duty_free(e, find_duty(e, d));
  }
  for (u32 i = 0; i < sl->done[1].duties.n; i++) {
    if (sl->done[1].duties.p[i].state != D_DONE) put_duty(e, sl, i);
  }
}

static void put_consequences(struct engine *e, const struct slice *sl) {
  const struct state *r = &sl->done[1];
  for (u32 i = 0; i < r->cons.n; i++) {
    struct cons c = r->cons.p[i];
    struct cons *held = cons_by_id(e, c.id);
    if (held == NULL && !c.live) continue;
    if (held == NULL) {
      held = VEC_PUSH(e->s.cons);
      *held = (struct cons){0};
      *table_at(&e->s.cons_of, c.id, NULL) = e->s.cons.n;
    }
    enum change change = !c.live ? CHANGE_WITHDRAW : held->live ? CHANGE_UPDATE : CHANGE_ADD;
    bool said = held->live ? cons_digest(held) != cons_digest(&c) : c.live, fresh = held->id == 0;
    c.sibling = held->sibling;
    c.score_prev = held->score_prev;
    c.score_linked = held->score_linked;
    *held = c;
    if (fresh) strata_caused(e, (u32)(held - e->s.cons.p));
    if (said) engine_report_consequence(e, change, held);
  }
  for (u32 i = 0; i < sl->done[0].cons.n; i++) {
    const struct cons *c = &sl->done[0].cons.p[i];
    struct cons *held = cons_by_id(e, c->id);
    bool stays = !c->live;
    for (u32 k = 0; k < r->cons.n && !stays; k++) stays = r->cons.p[k].id == c->id;
    if (stays || !held->live) continue;
    held->live = false;
    held->seal = SEAL_WITHDRAWN;
    if (held->trigger & DERIVED_BIT) held->trigger = NONE; /* it may be gone too */
    held->stop = NONE;
    held->rank = 0;
    engine_report_consequence(e, CHANGE_WITHDRAW, held);
  }
}

static void put_in_list(struct engine *e, u32 ref, sym case_type) {
  const struct fact f = *fact_of(e, ref);
  if (f.case_type && !case_type) put_in_list(e, ref, f.case_type);
  struct refs *refs = list_of_kind(e, f.kind, case_type);
  u32 n = refs->n;
  *VEC_PUSH(*refs) = ref;
  u32 *list = refs->p;
  u32 at = n;
  for (; at > 0; at--) {
    const struct fact *other = fact_of(e, list[at - 1]);
    if (other->at < f.at || (other->at == f.at && (f.derived || other->derived || fact_compare(e, list[at - 1], ref) < 0))) break;
  }
  memmove(&list[at + 1], &list[at], (n - at) * sizeof *list);
  list[at] = ref;
}

static void take_from_kind(struct engine *e, u16 kind, u32 at) {
  u32 *list = e->s.by_kind[kind].p, ref = list[at];
  sym type = fact_of(e, ref)->case_type;
  memmove(&list[at], &list[at + 1], (--e->s.by_kind[kind].n - at) * sizeof *list);
  struct refs *refs = type ? list_of_kind(e, kind, type) : NULL;
  for (u32 i = refs ? refs->n : 0; i > 0; i--) {
    if (refs->p[i - 1] != ref) continue;
    memmove(&refs->p[i - 1], &refs->p[i], (refs->n-- - i) * sizeof *refs->p);
    return;
  }
}

static void put_derived(struct engine *e, struct slice *sl) {
  const struct state *r = &sl->done[1];
  for (u32 i = 0; i < sl->had.n; i++) {
    const struct slice_made *m = &sl->had.p[i];
    bool stays = false;
    for (u32 k = 0; k < r->by_kind[m->kind].n && !stays; k++) {
      u32 ref = r->by_kind[m->kind].p[k];
      stays = is_new(sl, ref) && fact_of(e, ref)->id == m->id;
    }
    u32 at = held_at(e, m);
    if (!stays) engine_report_derived(e, CHANGE_WITHDRAW, e->s.by_kind[m->kind].p[at]);
    take_from_kind(e, m->kind, at);
  }
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    for (u32 i = 0; i < r->by_kind[k].n; i++) {
      u32 ref = r->by_kind[k].p[i];
      if (!is_new(sl, ref)) continue;
      put_in_list(e, ref, 0);
      bool known = false;
      for (u32 h = 0; h < sl->had.n && !known; h++) known = sl->had.p[h].id == fact_of(e, ref)->id && sl->had.p[h].kind == k;
      if (!known) engine_report_derived(e, CHANGE_ADD, ref);
    }
  }
  if (sl->subject & DERIVED_BIT) return;
  u16 kind = fact_of(e, sl->subject)->kind;
  bool dead = is_dead(e, fact_identity(e, sl->subject));
  if (sl->late && !dead) put_in_list(e, sl->subject, 0);
  for (u32 i = 0; !sl->late && dead && i < e->s.by_kind[kind].n; i++) {
    if (e->s.by_kind[kind].p[i] != sl->subject) continue;
    take_from_kind(e, kind, i);
    break;
  }
}

static void put_counters(struct engine *e, const struct slice *sl) {
  for (int k = 0; k < 2; k++) {
    const struct table *t = &sl->done[k].counters;
    for (u32 i = 0; i < t->room; i++) {
      if (t->keys[i]) *table_at(&e->s.counters, t->keys[i], NULL) = k ? t->values[i] : 0;
    }
  }
}

static void put_words(struct engine *e, const struct slice *sl) {
  const struct table *t = &sl->done[1].said;
  for (u32 i = 0; i < t->room; i++) {
    if (t->keys[i]) *table_at(&e->s.said, t->keys[i], NULL) = t->values[i];
  }
}

void splice(struct engine *e, struct slice *sl) {
  e->s.stamp++;
  report_ended(e, sl);
  put_objects(e, sl);
  put_counters(e, sl);
  put_words(e, sl);
  put_derived(e, sl);
  put_consequences(e, sl);
  put_duties(e, sl);
  const struct state *r = &sl->done[1];
  for (u32 i = 0; i < r->cons.n; i++) {
    struct cons *held = cons_by_id(e, r->cons.p[i].id);
    if (held && held->duty != NONE) held->duty = duty_of_slice(e, r, r->cons.p[i].duty);
  }
  for (u32 i = 0; i < r->duties.n; i++) {
    if (r->duties.p[i].state != D_DONE) duty_report(e, find_duty(e, &r->duties.p[i]));
  }
}
