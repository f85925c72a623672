/* A slice: the facts that one change can touch, derived alone. See slice.h for the promise, docs/decisions for the reasons.
 *
 * While a slice runs, the engine's state is a small one of its own; facts, symbols and compiled rules are shared, and so are
 * the pools that are only added to (derived facts, ranks, notes). Objects that the slice needs but that do not change are
 * folded from their own facts when they are first asked for, up to the instant being judged. People are copied when
 * nothing about people was said since the slice begins, else folded anew. What is wanted but not yet there (another
 * person's rank, another object's duties) is added, and the slice is derived once more. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 12, BUDGET = 6000, ROSTER_SPAN_DAYS = 3 };

void slice_escape(struct engine *e, const char *why) {
  if (!e->slice->escaped) e->slice->why = why;
  e->slice->escaped = true;
}

bool slice_stopped(const struct engine *e) { return e->slice->escaped || e->slice->grew; }
bool slice_given(const struct engine *e, u32 ref) { return (ref & DERIVED_BIT) && (ref & ~DERIVED_BIT) < e->slice->first_derived; }

struct cons *slice_cons_outside(struct engine *e, u64 id) {
  const u64 *at = table_get(&e->slice->main.cons_of, id);
  return at ? &e->slice->main.cons.p[*at - 1] : NULL;
}

bool slice_born_dead(const struct engine *e, u64 key) { return e->slice->old && e->slice->dead_key == key; }

static bool made_here(const struct slice *sl, u32 ref) { return (ref & DERIVED_BIT) && (ref & ~DERIVED_BIT) >= sl->first_derived; }

enum slice_how slice_how(const struct engine *e, u32 ref) {
  if (made_here(e->slice, ref)) return SLICE_FULL;
  const u64 *how = table_get(&e->slice->how, (u64)ref + 1);
  return how ? (enum slice_how)*how : 0;
}

/* ---- what is wanted ---- */

static u64 object_key(u8 noun, sym id) { return (u64)noun << 32 | id; }

static bool wants_object(const struct slice *sl, u8 noun, sym id) { return table_get(&sl->object_set, object_key(noun, id)) != NULL; }

static void want_object(struct slice *sl, u8 noun, sym id) {
  bool fresh;
  table_at(&sl->object_set, object_key(noun, id), &fresh);
  if (!fresh) return;
  *VEC_PUSH(sl->objects) = (struct slice_object){noun, id};
  sl->grew = true;
}

static bool wanted(const struct slice *sl, u32 rule, sym person, i64 at) {
  for (u32 i = 0; i < sl->wants.n; i++) {
    if (sl->wants.p[i].rule == rule && sl->wants.p[i].person == person && sl->wants.p[i].from <= at) return true;
  }
  return false;
}

static void want_rank(struct slice *sl, u32 rule, sym person, i64 from) {
  sl->grew = true;
  for (u32 i = 0; i < sl->wants.n; i++) {
    if (sl->wants.p[i].rule != rule || sl->wants.p[i].person != person) continue;
    if (from < sl->wants.p[i].from) sl->wants.p[i].from = from;
    return;
  }
  *VEC_PUSH(sl->wants) = (struct slice_want){rule, person, from};
}

static bool on_roster(const struct slice *sl, sym person) {
  for (u32 i = 0; i < sl->roster.n; i++) {
    if (sl->roster.p[i] == person) return true;
  }
  return false;
}

/* ---- the facts of the slice, in order ---- */

static void enqueue(struct engine *e, struct slice *sl, u32 ref, enum slice_how how) {
  if (sl->old && sl->late && ref == sl->subject) return;
  if (sl->bound != NONE && !(ref & DERIVED_BIT) && fact_compare(e, ref, sl->bound) >= 0) return;
  bool fresh;
  u64 *known = table_at(&sl->how, (u64)ref + 1, &fresh);
  *known |= how;
  if (!fresh) return;
  if (++sl->budget > BUDGET) {
    sl->escaped = true;
    sl->why = "too many facts";
    return;
  }
  u32 lo = sl->queue_at, hi = sl->queue.n;
  if (hi > lo && fact_compare(e, sl->queue.p[hi - 1].ref, ref) < 0) lo = hi; /* mostly they come in order */
  while (lo < hi) {
    u32 mid = lo + (hi - lo) / 2;
    if (fact_compare(e, sl->queue.p[mid].ref, ref) < 0) lo = mid + 1;
    else hi = mid;
  }
  (void)VEC_PUSH(sl->queue);
  memmove(&sl->queue.p[lo + 1], &sl->queue.p[lo], (sl->queue.n - 1 - lo) * sizeof *sl->queue.p);
  sl->queue.p[lo].ref = ref;
}

static u32 first_since(struct engine *e, const struct refs *refs, i64 from) {
  u32 lo = 0, hi = refs->n;
  while (lo < hi) {
    u32 mid = lo + (hi - lo) / 2;
    if (fact_of(e, refs->p[mid])->at < from) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

static u32 first_of_kind(struct engine *e, int kind, i64 from) { return first_since(e, facts_of_kind(e, kind, 0), from); }

static bool forgotten(struct engine *e, struct slice *sl, bool gone) {
  if (!gone) return false;
  sl->escaped = true;
  sl->why = "what is forgotten";
  return true;
}

static void facts_of_object(struct engine *e, struct slice *sl, u8 noun, sym id) {
  if (forgotten(e, sl, forget_cut(e, id))) return;
  for (int n = noun;; n = N_OTHER) { /* facts that name it as their own, then cases that name it in a field */
    if (id < e->links_room[n]) {
      for (u32 l = e->links_of[n][id]; l; l = e->links.p[l - 1].prev) enqueue(e, sl, e->links.p[l - 1].ref, SLICE_FULL);
    }
    if (n == N_OTHER) return;
  }
}

/* Does the fact itself say whom it concerns? What must be asked of an object may have changed since. */
static bool says_person(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  return f->case_type || fact_sym(e, ref, e->f_person[f->kind]) || fact_sym(e, ref, e->f_agent[f->kind]);
}

static void triggers_of_rank(struct engine *e, struct slice *sl, const struct slice_want *w) {
  const struct rule *r = &e->rules.p[w->rule];
  if (r->type == R_MUST) { /* its broken duties hang on their objects */
    for (u32 i = first_of_kind(e, EVENT_clause_violated, w->from); i < e->s.by_kind[EVENT_clause_violated].n; i++) {
      u32 ref = e->s.by_kind[EVENT_clause_violated].p[i];
      if (fact_of(e, ref)->origin != r->index + 1 || fact_person(e, ref) != w->person) continue;
      struct value v = fact_named(e, ref, intern_sym(&e->names, STR("对象")));
      if (v.type != V_REF && v.type != V_TEXT) continue;
      sym id = intern_sym(&e->names, v.s);
      for (u8 noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
        if (noun != N_CUSTOMER && id < e->links_room[noun] && e->links_of[noun][id]) want_object(sl, noun, id);
      }
    }
    return;
  }
  for (u32 a = 0; a < r->starts.n; a++) {
    const struct alt *alt = &r->starts.p[a];
    if (alt->kind < 0) continue;
    if (forgotten(e, sl, w->from < e->forgot_to[alt->kind])) return;
    const struct refs *refs = facts_of_kind(e, alt->kind, alt->case_type);
    for (u32 i = first_since(e, refs, w->from); i < refs->n; i++) {
      u32 ref = refs->p[i];
      if (!alt_fits(alt, fact_of(e, ref))) continue;
      if (!says_person(e, ref)) {
        sl->escaped = true;
        sl->why = "a trigger without a person";
        return;
      }
      if (fact_person(e, ref) == w->person) enqueue(e, sl, ref, SLICE_TRIGGER);
    }
  }
}

static void facts_of_roster(struct engine *e, struct slice *sl, sym person) {
  i64 at = fact_of(e, sl->subject)->at, span = ROSTER_SPAN_DAYS * MS_DAY;
  u32 p = object_find(e, N_PERSON, person);
  if (p == NONE) return;
  for (u32 s = e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
    const struct shift *shift = &e->s.shifts.p[s - 1];
    i64 day = instant_at(shift->date, 0, e->zone);
    if (day < at - span || day > at + span) continue;
    if (shift->extends) {
      sl->escaped = true;
      sl->why = "a shift that may run on";
      return;
    }
    enqueue(e, sl, shift->fact, SLICE_ROSTER);
  }
  for (int kind = EVENT_attendance_clocked_in; kind <= EVENT_attendance_clocked_out; kind++) {
    for (u32 i = first_of_kind(e, kind, at - span); i < e->s.by_kind[kind].n; i++) {
      u32 ref = e->s.by_kind[kind].p[i];
      if (fact_of(e, ref)->at > at + span) break;
      if (fact_sym(e, ref, e->f_person[kind]) == person) enqueue(e, sl, ref, SLICE_ROSTER);
    }
  }
}

static void gather(struct engine *e, struct slice *sl) {
  sl->queue.n = sl->queue_at = 0;
  sl->budget = 0;
  table_clear(&sl->how);
  if (!(sl->subject & DERIVED_BIT)) enqueue(e, sl, sl->subject, SLICE_FULL);
  for (u32 i = 0; i < sl->objects.n && !sl->escaped; i++) facts_of_object(e, sl, sl->objects.p[i].noun, sl->objects.p[i].id);
  for (u32 i = 0; i < sl->wants.n && !sl->escaped; i++) triggers_of_rank(e, sl, &sl->wants.p[i]);
  for (u32 i = 0; i < sl->roster.n && !sl->escaped; i++) facts_of_roster(e, sl, sl->roster.p[i]);
  u16 kind = fact_of(e, sl->subject)->kind;
  if (sl->roster.n && (kind == EVENT_attendance_clocked_in || kind == EVENT_attendance_clocked_out)) {
    enqueue(e, sl, sl->subject, SLICE_FULL | SLICE_ROSTER);
  }
  i64 begin = sl->queue.n ? fact_of(e, sl->queue.p[0].ref)->at : sl->now;
  u32 calendars = e->s.by_kind[EVENT_calendar_changed].n;
  if (calendars && fact_of(e, e->s.by_kind[EVENT_calendar_changed].p[calendars - 1])->at >= begin) {
    sl->escaped = true;
    sl->why = "the calendar changed since";
  }
  sl->people_again = false;
  for (int k = EVENT_person_joined; k <= EVENT_person_left; k++) {
    u32 n = e->s.by_kind[k].n;
    if (n && fact_of(e, e->s.by_kind[k].p[n - 1])->at >= begin) sl->people_again = true;
  }
  for (int k = EVENT_person_joined; sl->people_again && k <= EVENT_person_left; k++) {
    for (u32 i = 0; i < e->s.by_kind[k].n && !sl->escaped; i++) enqueue(e, sl, e->s.by_kind[k].p[i], SLICE_FOLD);
  }
}

/* ---- objects ---- */

static u32 add_object(struct engine *e, struct object o) {
  o.duties = NONE;
  *VEC_PUSH(e->s.objects) = o;
  *table_at(&e->slice->object_of, object_key(o.noun, o.id), NULL) = e->s.objects.n;
  return e->s.objects.n - 1;
}

static u32 copy_person(struct engine *e, const struct object *of) {
  struct object o = {.id = of->id, .noun = N_PERSON, .known = of->known, .left = of->left, .text = of->text, .role = of->role, .superior = of->superior,
                     .job = of->job, .money = of->money, .has_money = of->has_money, .since = of->since, .until = of->until, .spells = of->spells, .fact = of->fact};
  return add_object(e, o);
}

static bool before_now(struct engine *e, u32 ref) {
  const struct slice *sl = e->slice;
  if (sl->ref == NONE) return fact_of(e, ref)->at < sl->at;
  if (sl->ref & DERIVED_BIT && fact_of(e, ref)->at == sl->at) slice_escape(e, "a tie");
  return fact_compare(e, ref, sl->ref) < 0;
}

/* What the object's own facts made of it so far; those to come are put in the queue. */
static u32 load_object(struct engine *e, enum noun noun, sym id) {
  struct slice *sl = e->slice;
  *table_at(&sl->object_of, object_key((u8)noun, id), NULL) = 0; /* being loaded; stays so when nothing was said yet */
  if (id >= e->links_room[noun]) return NONE;
  if (forgotten(e, sl, forget_cut(e, id))) return NONE;
  u32 count = 0;
  for (u32 l = e->links_of[noun][id]; l; l = e->links.p[l - 1].prev) count++;
  if (count == 0) return NONE;
  u32 *refs = malloc(count * sizeof *refs);
  BUG_IF(refs == NULL);
  u32 n = 0;
  for (u32 l = e->links_of[noun][id]; l; l = e->links.p[l - 1].prev) {
    u32 ref = e->links.p[l - 1].ref;
    enum noun kept;
    sym kept_id;
    if (sl->old && sl->late && ref == sl->subject) continue;
    if (!object_folds(e, ref, &kept, &kept_id) || kept != noun || kept_id != id) continue;
    if (!before_now(e, ref)) {
      if (ref != sl->ref) enqueue(e, sl, ref, SLICE_FOLD);
      continue;
    }
    u32 at = n++;
    for (; at > 0 && fact_compare(e, refs[at - 1], ref) > 0; at--) refs[at] = refs[at - 1];
    refs[at] = ref;
  }
  sl->budget += n;
  if (sl->budget > BUDGET) slice_escape(e, "too many facts");
  if (n) add_object(e, (struct object){.id = id, .noun = (u8)noun, .fact = NONE});
  for (u32 i = 0; i < n && !sl->escaped; i++) object_fold(e, refs[i]);
  free(refs);
  return n ? object_find(e, noun, id) : NONE;
}

u32 slice_object_find(struct engine *e, enum noun noun, sym id) {
  struct slice *sl = e->slice;
  const u64 *at = table_get(&sl->object_of, object_key((u8)noun, id));
  if (at) return (u32)*at - 1; /* 0 wraps to NONE */
  if (noun == N_PERSON) {
    if (sl->people_again || id >= sl->main.of_room[N_PERSON] || sl->main.of_sym[N_PERSON][id] == 0) return NONE;
    return copy_person(e, &sl->main.objects.p[sl->main.of_sym[N_PERSON][id] - 1]);
  }
  if (noun != N_CONVERSATION && noun != N_ORDER && noun != N_CASE && noun != N_PRODUCT) return NONE;
  return load_object(e, noun, id);
}

u32 slice_object_make(struct engine *e, enum noun noun, sym id) {
  u32 found = slice_object_find(e, noun, id);
  if (found != NONE) return found;
  found = add_object(e, (struct object){.id = id, .noun = (u8)noun, .fact = NONE});
  if (noun == N_CASE) *VEC_PUSH(e->s.cases) = found;
  return found;
}

void slice_waiting(struct engine *e, sym person, int change) {
  struct slice *sl = e->slice;
  *VEC_PUSH(sl->waits[sl->old ? 0 : 1]) = (struct slice_wait){fact_of(e, sl->ref)->at, person, change};
}

/* ---- shifts, as the engine's roster says they were ---- */

u32 slice_shift_at(struct engine *e, sym person, i64 at, bool *known) {
  struct slice *sl = e->slice;
  *known = !on_roster(sl, person);
  if (!*known) {
    i64 day = fact_of(e, sl->subject)->at;
    if (at < day - (ROSTER_SPAN_DAYS - 1) * MS_DAY || at > day + (ROSTER_SPAN_DAYS - 1) * MS_DAY) slice_escape(e, "a shift of another week");
    return NONE;
  }
  if (person >= sl->main.of_room[N_PERSON] || sl->main.of_sym[N_PERSON][person] == 0) return NONE;
  const struct object *p = &sl->main.objects.p[sl->main.of_sym[N_PERSON][person] - 1];
  for (u32 s = p->shifts; s; s = sl->main.shifts.p[s - 1].next) {
    const struct shift *shift = &sl->main.shifts.p[s - 1];
    bool gone = shift->gone && shift->gone_at <= sl->at;
    if (shift->gone && shift->gone_at == sl->at) slice_escape(e, "a tie");
    if (gone || shift->from > at || !before_now(e, shift->fact)) continue;
    if (at > shift->to) {
      if (shift->extends && shift->ran_on) slice_escape(e, "a shift that ran on");
      continue;
    }
    if (shift->extends) slice_escape(e, "a shift that may run on");
    for (u32 i = 0; i < e->s.shifts.n; i++) {
      if (e->s.shifts.p[i].fact == shift->fact) return i;
    }
    *VEC_PUSH(e->s.shifts) = *shift;
    return e->s.shifts.n - 1;
  }
  return NONE;
}

/* ---- what the rules ask while they run ---- */

static bool plain(const struct rule *r) { return !r->reach.odd && !r->reach.cases && !r->reach.lets && r->reach.look_count == 0 && !r->reach.many; }

bool slice_starts(struct engine *e, const struct rule *r, u32 ref) {
  struct slice *sl = e->slice;
  if (!(slice_how(e, ref) & SLICE_FULL)) return r->reach.by_person && wanted(sl, r->index, fact_person(e, ref), fact_of(e, ref)->at);
  if (!plain(r) || r->exception_count || r->except_count) {
    slice_escape(e, "a rule that looks elsewhere");
    return false;
  }
  if (r->type == R_MUST && !duty_by_object(e, r)) {
    slice_escape(e, "a duty that hangs on no object");
    return false;
  }
  return true;
}

bool slice_listens(struct engine *e, const struct rule *r, enum listen what, const struct listener *l, u32 ref) {
  struct slice *sl = e->slice;
  if (!(slice_how(e, ref) & SLICE_FULL)) return false;
  const struct alts *alts = what == L_GOAL ? &r->goals[l->goal].alts : what == L_RELEASE ? &r->releases : &r->ends;
  const struct alt *a = &alts->p[l->alt];
  if (!alt_fits(a, fact_of(e, ref))) return false;
  if (r->type == R_MUST && duty_by_object(e, r)) return true;
  /* A duty outside the slice: the changed fact may meet it; another fact meets it as before, when it reads nothing else. */
  const struct goal *g = what == L_GOAL ? &r->goals[l->goal] : NULL;
  bool same = (g && g->same && g->same->count) || (what == L_RELEASE && r->release_same && r->release_same->count);
  if (ref == sl->subject || made_here(sl, ref) || a->cond_count || same || !says_person(e, ref)) slice_escape(e, "a duty outside the slice");
  return false;
}

void slice_rank(struct engine *e, const struct env *env, i64 from) {
  struct slice *sl = e->slice;
  const struct rule *r = env->rule;
  bool whole = r && (r->type == R_WHEN || r->type == R_MUST || r->type == R_FORBID || r->type == R_CHECK);
  if (!whole || !r->reach.by_person) {
    slice_escape(e, "a rank over more than a person");
    return;
  }
  sym person = env->bearer ? env->bearer : env->fact != NONE ? fact_person(e, env->fact) : 0;
  bool given = env->fact != NONE && (env->fact & DERIVED_BIT) && !made_here(sl, env->fact);
  for (u32 i = 0; i < sl->ranked.n; i++) { /* which of two of one instant came first is the whole engine's to say */
    const struct slice_rank_at *k = &sl->ranked.p[i];
    if (k->rule == r->index && k->person == person && k->at == e->s.now && k->fact != env->fact && (k->given || given)) slice_escape(e, "a tie");
  }
  *VEC_PUSH(sl->ranked) = (struct slice_rank_at){r->index, person, e->s.now, env->fact, given};
  if (person == 0) slice_escape(e, "a rank of nobody");
  for (u32 i = 0; i < e->rules.n && person && !sl->escaped; i++) { /* a clause counts on from version to version */
    const struct rule *o = &e->rules.p[i];
    if (i != r->index && (o->ident != r->ident || o->version == NULL)) continue;
    if (!o->reach.by_person) slice_escape(e, "a rank over more than a person");
    else if (!wanted(sl, i, person, from)) want_rank(sl, i, person, from);
  }
}

void slice_duty(struct engine *e, const struct rule *r, u8 noun, sym id) {
  (void)r;
  if (id == 0) slice_escape(e, "a duty that hangs on no object");
  else if (!wants_object(e->slice, noun, id)) want_object(e->slice, noun, id);
}

void slice_verdicts(struct engine *e, u64 cons) {
  struct slice *sl = e->slice;
  const u64 *last = table_get(&e->verdicts_of, cons);
  if (last == NULL) return;
  for (int k = EVENT_ledger_fined; k <= EVENT_ledger_charged; k++) {
    if (kind_wanted(e, (enum event_kind_id)k)) slice_escape(e, "a verdict that other clauses build on");
  }
  u32 best = NONE;
  for (u32 l = (u32)*last; l; l = e->links.p[l - 1].prev) {
    u32 ref = e->links.p[l - 1].ref;
    if (takes_fact_back(e, ref)) { /* the one that is looked at now, or a word that was there before its consequence */
      if (!sl->old || sl->dead_key == 0) slice_escape(e, "a ruling that waited for its consequence");
      continue;
    }
    if (!before_now(e, ref)) enqueue(e, sl, ref, SLICE_VERDICT);
    else if (best == NONE || fact_compare(e, ref, best) > 0) best = ref;
  }
  if (best != NONE && table_get(&e->s.verdicts, cons) == NULL) *table_at(&e->s.verdicts, cons, NULL) = (u64)best + 1;
}

/* ---- a run ---- */

static void lend_pools(struct state *to, const struct state *from) {
  memcpy(&to->derived, &from->derived, sizeof to->derived);
  memcpy(&to->derived_cells, &from->derived_cells, sizeof to->derived_cells);
  memcpy(&to->ranks, &from->ranks, sizeof to->ranks);
  memcpy(&to->notes, &from->notes, sizeof to->notes);
  memcpy(&to->spells, &from->spells, sizeof to->spells);
}

static void begin(struct engine *e, struct slice *sl) {
  sl->main = e->s;
  e->s = (struct state){.free_duty = NONE, .started = true, .first_at = sl->main.first_at};
  lend_pools(&e->s, &sl->main);
  e->s.calendar_known = sl->main.calendar_known;
  e->s.calendar_from = sl->main.calendar_from;
  e->s.calendar_to = sl->main.calendar_to;
  e->s.holidays = sl->main.holidays; /* borrowed, as long as no calendar fact is among the slice's */
  e->s.make_up = sl->main.make_up;
  sl->first_derived = e->s.derived.n;
  sl->waits[sl->old ? 0 : 1].n = 0;
  sl->ranked.n = 0;
  sl->at = sl->queue.n ? fact_of(e, sl->queue.p[0].ref)->at : sl->now;
  sl->ref = NONE;
  e->s.now = sl->at;
  e->slice = sl;
  for (u32 i = 0; !sl->people_again && i < sl->main.people.n; i++) {
    *VEC_PUSH(e->s.people) = copy_person(e, &sl->main.objects.p[sl->main.people.p[i]]);
  }
  for (u32 i = 0; sl->roster.n && i < sl->main.leaves.n; i++) { /* a leave decides whether somebody is late */
    const struct object *c = &sl->main.objects.p[sl->main.leaves.p[i]];
    if (c->fact != NONE && on_roster(sl, fact_person(e, c->fact))) (void)slice_object_find(e, N_CASE, c->id);
  }
}

static void end(struct engine *e, struct slice *sl) {
  struct state *done = &sl->done[sl->old ? 0 : 1];
  *done = e->s;
  e->s = sl->main;
  lend_pools(&e->s, done);
  table_clear(&sl->object_of);
  e->slice = NULL;
}

static void run(struct engine *e, struct slice *sl, bool old) {
  sl->old = old;
  sl->grew = false;
  gather(e, sl);
  if (sl->escaped || sl->grew) return;
  table_clear(&e->ended);
  begin(e, sl);
  while (!slice_stopped(e)) {
    bool more = sl->queue_at < sl->queue.n;
    i64 at = more ? fact_of(e, sl->queue.p[sl->queue_at].ref)->at : sl->now, due = timer_next(e);
    if (due <= at) { /* one instant at a time: a timer may ask for facts that come before the next */
      engine_pass_time(e, due);
      continue;
    }
    if (!more) break;
    sl->ref = sl->queue.p[sl->queue_at++].ref;
    sl->at = e->s.now = at;
    engine_judge(e, sl->ref);
  }
  e->s.now = sl->now;
  end(e, sl);
}

static void drop(struct slice *sl, bool old) {
  struct state *s = &sl->done[old ? 0 : 1];
  s->derived.p = NULL;
  s->derived_cells.p = NULL;
  s->ranks.p = NULL;
  s->notes.p = NULL;
  s->spells.p = NULL;
  s->holidays.p = s->make_up.p = NULL;
  state_free(s);
}

struct pools { u32 derived, cells, ranks, notes, spells; };
static struct pools pools_of(const struct engine *e) { return (struct pools){e->s.derived.n, e->s.derived_cells.n, e->s.ranks.n, e->s.notes.n, e->s.spells.n}; }
static void pools_cut(struct engine *e, struct pools p) {
  e->s.derived.n = p.derived;
  e->s.derived_cells.n = p.cells;
  e->s.ranks.n = p.ranks;
  e->s.notes.n = p.notes;
  e->s.spells.n = p.spells;
}

/* ---- the change ---- */

static bool can_be_late(u16 kind) {
  if (kind <= EVENT_conversation_phrase_missing || (kind >= EVENT_conversation_read && kind <= EVENT_order_assigned)) return true;
  if (kind >= EVENT_order_placed && kind <= EVENT_order_reviewed) return true;
  if (kind == EVENT_attendance_clocked_in || kind == EVENT_attendance_clocked_out) return true;
  if (kind == EVENT_inspection_found || kind == EVENT_inspection_finished || kind == EVENT_duty_done || kind == EVENT_knowledge_examined) return true;
  return kind == EVENT_case_opened || kind == EVENT_case_moved || kind == EVENT_case_filled || kind == EVENT_case_assigned || kind == EVENT_case_voided;
}

static void forget(struct slice *sl) {
  sl->objects.n = sl->wants.n = sl->roster.n = 0;
  table_clear(&sl->object_set);
  sl->grew = sl->escaped = false;
  sl->why = "";
}

static bool refuse(struct slice *sl, const char *why) {
  sl->why = why;
  return false;
}

/* The objects and persons that the change speaks of. */
static bool seed(struct engine *e, struct slice *sl) {
  const struct fact f = *fact_of(e, sl->subject);
  bool punch = f.kind == EVENT_attendance_clocked_in || f.kind == EVENT_attendance_clocked_out;
  bool derived = (sl->subject & DERIVED_BIT) != 0;
  bool found = f.kind >= EVENT_attendance_late && f.kind <= EVENT_attendance_punch_missing && f.kind != EVENT_attendance_off_post;
  if (derived ? !found || f.origin : !can_be_late(f.kind)) return refuse(sl, "a kind that is not sliced");
  if (f.at < e->s.first_at) return refuse(sl, "before the first fact");
  if (f.case_type && case_is_leave(e, f.case_type)) return refuse(sl, "a leave");
  if (punch && kind_wanted(e, EVENT_shift_uncovered)) return refuse(sl, "a shift counts who is there");
  for (u8 noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, sl->subject, e->f_object[f.kind][noun]);
    if (id) want_object(sl, noun, id);
  }
  if (punch || derived) *VEC_PUSH(sl->roster) = fact_sym(e, sl->subject, e->f_person[f.kind]);
  return true;
}

static bool derive_slice(struct engine *e, struct slice *sl) {
  bool replaying = e->replaying;
  const struct engine_sink *sink = e->sink;
  struct pools pools = pools_of(e);
  bool good = false, dirty = e->dirty;
  i64 dirty_from = e->dirty_from;
  u32 taken_back = e->taken_back.n;
  e->replaying = true;
  e->dirty = false;
  e->sink = NULL;
  for (int i = 0; i < RUNS_MAX && !good && !sl->escaped; i++) {
    run(e, sl, true);
    bool held = !sl->escaped && !sl->grew && splice_holds(e, sl);
    pools_cut(e, pools);
    if (!sl->escaped && !sl->grew && !held) {
      sl->escaped = true;
      sl->why = "the slice does not find what the engine holds";
    }
    if (held) run(e, sl, false);
    if (e->dirty || e->taken_back.n != taken_back) {
      sl->escaped = true;
      sl->why = "it takes back another fact";
    }
    good = held && !sl->escaped && !sl->grew && !splice_reaches_others(e, sl);
    if (good) break;
    drop(sl, true);
    drop(sl, false);
    pools_cut(e, pools);
  }
  e->replaying = replaying;
  e->sink = sink;
  e->dirty = dirty;
  e->dirty_from = dirty_from;
  e->taken_back.n = taken_back;
  return good;
}

static bool correct(struct engine *e, u32 subject, bool late, u64 dead_key, u32 bound) {
  if (e->slicer == NULL) e->slicer = calloc(1, sizeof *e->slicer);
  struct slice *sl = e->slicer;
  BUG_IF(sl == NULL);
  forget(sl);
  sl->bound = bound;
  sl->subject = subject;
  sl->late = late;
  sl->dead_key = dead_key;
  sl->now = e->s.now;
  if (!e->s.started || e->replaying || subject == NONE || (late && fact_of(e, subject)->at > e->s.now)) return refuse(sl, "nothing to correct");
  if (!seed(e, sl)) return false;
  if (!derive_slice(e, sl)) return false;
  splice(e, sl);
  if (late) e->s.next_fact++;
  drop(sl, true);
  drop(sl, false);
  e->corrected++;
  return true;
}

static void exchange(struct engine *e, struct station *st) {
  const struct station other = {e->s, e->dead};
  e->s = st->s;
  e->dead = st->dead;
  *st = other;
}

/* The stations that the change lies before are corrected like the engine itself, or thrown away. */
static void follow(struct engine *e, u32 subject, bool late, u64 dead_key) {
  const struct engine_sink *sink = e->sink;
  const u64 corrected = e->corrected;
  u32 place = subject & DERIVED_BIT ? NONE : engine_place_of(e, subject);
  i64 at = fact_of(e, subject)->at;
  e->sink = NULL;
  for (u32 i = e->stations.n; i > 0; i--) {
    struct station *st = &e->stations.p[i - 1];
    if (st->s.now < at || (st->s.now == at && place != NONE && st->s.next_fact <= place)) break;
    u32 bound = st->s.next_fact + (late ? 1 : 0);
    bound = bound < e->order.n ? e->order.p[bound] : NONE;
    bool good = place != NONE && (bound == NONE || fact_compare(e, subject, bound) < 0);
    if (good) {
      if (dead_key) *table_at(&st->dead, dead_key, NULL) = 0;
      exchange(e, st);
      good = correct(e, subject, late, dead_key, bound);
      exchange(e, st);
    }
    if (!good) station_drop(e, i - 1);
  }
  rankings_forget(e);
  e->sink = sink;
  e->corrected = corrected;
}

bool slice_take_out(struct engine *e, u32 subject, u64 dead_key) {
  const struct engine_sink *sink = e->sink;
  const u64 corrected = e->corrected;
  u32 bound = e->s.next_fact < e->order.n ? e->order.p[e->s.next_fact] : NONE;
  e->sink = NULL;
  e->replaying = false;
  bool done = correct(e, subject, false, dead_key, bound);
  e->replaying = true;
  e->sink = sink;
  e->corrected = corrected;
  rankings_forget(e);
  return done;
}

bool slice_correct(struct engine *e, u32 subject, bool late, u64 dead_key) {
  bool done = correct(e, subject, late, dead_key, NONE);
  if (done) follow(e, subject, late, dead_key);
  else e->slicer->refused = e->slicer->why;
  return done;
}

void slice_free(struct engine *e) {
  struct slice *sl = e->slicer;
  if (sl == NULL) return;
  forget(sl);
  table_clear(&sl->how);
  free(sl->objects.p);
  free(sl->wants.p);
  free(sl->roster.p);
  free(sl->queue.p);
  free(sl->ranked.p);
  free(sl->had.p);
  free(sl->waits[0].p);
  free(sl->waits[1].p);
  free(sl);
  e->slicer = NULL;
}

struct engine_corrections engine_corrections(const struct engine *e) {
  return (struct engine_corrections){e->corrected, e->derived_again, e->slicer && e->slicer->refused ? e->slicer->refused : ""};
}
