/* The engine's doors: versions, facts, time, reports. See engine.h for the promises, state.h for how it remembers.
 *
 * Facts are judged in one order, (occurred, kind rank, seq, id). A fact that belongs before what was already judged is put in
 * its place and everything is derived again from the first fact; only the differences, by identity, are reported. That is
 * slow for a single late fact and cannot be wrong; callers with many late facts at once hold and flush. */
#include "rules/state.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 1 << 30 };

/* ---- making ---- */

static void words_init(struct engine *e) {
  static const char *const words[] = {
#define W(id, zh) [W_##id] = zh,
      ENGINE_WORDS(W)
#undef W
  };
  for (size_t i = 0; i < COUNT_OF(words); i++) e->w[i] = intern_sym(&e->names, str_c(words[i]));
}

static void fields_init(struct engine *e) {
  size_t count;
  const struct event_kind *kinds = event_kind_all(&count);
  BUG_IF(count != EVENT_KIND_COUNT);
  for (size_t k = 0; k < count; k++) {
    e->f_person[k] = e->f_agent[k] = -1;
    e->drops_text[k] = strcmp(kinds[k].noun, "conversation") == 0;
    for (int n = 0; n < N_COUNT; n++) e->f_object[k][n] = -1;
    for (size_t i = 0; i < kinds[k].field_count; i++) {
      if (strcmp(kinds[k].fields[i].zh, "当事人") == 0) e->f_person[k] = (i16)i;
      if (strcmp(kinds[k].fields[i].zh, "接待人") == 0) e->f_agent[k] = (i16)i;
      u8 noun = field_noun(&kinds[k], i);
      if (noun > N_PERSON && e->f_object[k][noun] < 0) e->f_object[k][noun] = (i16)i;
    }
  }
  e->indexed[EVENT_conversation_auto_replied] = true;
  e->f_note_text = field_index("order.noted", "文");
  e->f_note_flag = field_index("order.noted", "旗");
  e->f_done_name = field_index("duty.done", "名");
  e->f_checked_list = field_index("inspection.finished", "检查表");
  e->f_checked_by = field_index("inspection.finished", "检查人");
}

static void state_free(struct engine *e) {
  struct state *s = &e->s;
  for (int n = 0; n < N_COUNT; n++) free(s->of_sym[n]);
  free(s->objects.p); free(s->notes.p); free(s->spells.p); free(s->shifts.p); free(s->people.p); free(s->cases.p); free(s->leaves.p); free(s->duties.p);
  free(s->rule_duties.p); free(s->cons.p); free(s->ranks.p); free(s->timers.p); free(s->open.p); free(s->derived.p);
  free(s->derived_cells.p); free(s->queue.p); free(s->holidays.p); free(s->make_up.p);
  for (int k = 0; k < EVENT_KIND_COUNT; k++) free(s->by_kind[k].p);
  table_clear(&s->cons_of);
  table_clear(&s->counters);
  table_clear(&s->said);
  table_clear(&s->score_last);
  table_clear(&s->score_read);
  table_clear(&s->caused);
  table_clear(&s->verdicts);
  rankings_forget(e);
  *s = (struct state){.free_duty = NONE};
}

struct engine *engine_new(i64 zone_offset_ms, const struct work_calendar *calendar) {
  static const struct work_calendar plain = {.from = 1, .to = 0};
  struct engine *e = calloc(1, sizeof *e);
  BUG_IF(e == NULL);
  e->zone = zone_offset_ms;
  e->calendar = calendar ? calendar : &plain;
  e->program = arena_new(ARENA_CAP);
  e->scratch = arena_new(ARENA_CAP);
  e->words = arena_new(ARENA_CAP);
  e->build = e->scratch;
  e->s.free_duty = NONE;
  e->dirty_from = INT64_MAX;
  e->limit = INT64_MIN;
  intern_init(&e->names);
  words_init(e);
  fields_init(e);
  return e;
}

void engine_free(struct engine *e) {
  if (e == NULL) return;
  state_free(e);
  words_free(e);
  free(e->rankings.p);
  table_clear(&e->score_words);
  for (u32 i = 0; i < e->versions.n; i++) {
    table_clear(&e->versions.p[i]->path_of);
    free(e->versions.p[i]->paths.p);
  }
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    for (int l = 0; l < L_KINDS; l++) free(e->listen[k][l].p);
  }
  free(e->versions.p); free(e->revocations.p); free(e->rules.p); free(e->facts.p); free(e->cells.p); free(e->order.p); free(e->lists.p); free(e->seen);
  table_clear(&e->seen_ids);
  table_clear(&e->dead);
  table_clear(&e->last_verdict);
  table_clear(&e->revoked);
  table_clear(&e->ended);
  table_clear(&e->field_of);
  intern_release(&e->names);
  arena_free(e->program);
  arena_free(e->scratch);
  arena_free(e->words);
  free(e);
}

const struct version *version_at(const struct engine *e, i64 at) {
  const struct version *found = NULL;
  for (u32 i = 0; i < e->versions.n; i++) {
    const struct version *v = e->versions.p[i];
    if (v->in_force_ms <= at && (found == NULL || v->in_force_ms >= found->in_force_ms)) found = v;
  }
  return found;
}

/* ---- reports ---- */

void engine_report_consequence(struct engine *e, enum change change, struct cons *c) {
  if (e->replaying || e->sink == NULL || e->sink->consequence == NULL) return;
  arena_reset(e->words);
  struct consequence out;
  explain_consequence(e, e->words, c, &out);
  e->sink->consequence(e->sink->ctx, change, &out);
}

/* A rule that only waits for something shows no clock: nobody owes it. */
static bool hidden(const struct engine *e, u32 d) { return e->rules.p[e->s.duties.p[d].rule].type == R_WHEN; }

void duty_report(struct engine *e, u32 d) {
  if (e->replaying || e->sink == NULL || e->sink->clock == NULL || hidden(e, d)) return;
  arena_reset(e->words);
  struct rule_clock clock;
  duty_clock(e, d, e->words, &clock);
  e->sink->clock(e->sink->ctx, &clock);
}

static void report_derived(struct engine *e, enum change change, u32 ref) {
  if (e->replaying || e->sink == NULL || e->sink->derived == NULL) return;
  arena_reset(e->words);
  e->sink->derived(e->sink->ctx, change, fact_event(e, e->words, ref));
}

void queue_derived(struct engine *e, u32 ref) {
  if (table_get(&e->dead, fact_identity(e, ref))) return;
  *VEC_PUSH(e->s.queue) = ref;
  report_derived(e, CHANGE_ADD, ref);
}

/* ---- judging one fact ---- */

static bool violates(const struct engine *e, const struct alt *a, const struct fact *f, struct value *clause) {
  for (size_t i = 0; i < a->violates->count; i++) {
    struct str want = a->violates->p[i].text;
    if (str_eq(want, clause->s) || (f->case_state && str_eq(want, intern_str(&e->names, f->case_state)))) return true;
  }
  return false;
}

bool rule_starts(struct engine *e, const struct alt *a, struct env *env, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  if (!alt_fits(a, f)) return false;
  if (a->violates) {
    struct value clause = fact_named(e, ref, intern_sym(&e->names, STR("条款")));
    if (!violates(e, a, f, &clause)) return false;
  }
  for (u32 i = 0; i < a->cond_count; i++) {
    if (!eval_true(env, a->conds[i])) return false;
  }
  return true;
}

static void when_rule(struct engine *e, const struct rule *r, const struct alt *a, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  struct act_site site = site_new(&env, f.at, fact_identity(e, ref));
  env.ordinal = &site.ordinal;
  env.window = site.window;
  env.rank = &site.rank;
  if (!rule_starts(e, a, &env, ref)) return;
  if (r->unless && eval_true(&env, r->unless)) return;
  if (!except_speaks(e, r, ref)) return;
  if (!strata_passed_on(e, r, ref)) return;
  env.failed = false;
  if (r->item->when->trigger.absent_within) {
    duty_wait(e, r, ref);
    return;
  }
  site.cause = strata_cause(e, ref);
  site.at = strata_booked(e, ref); /* in the month of the matter, however late its amount was set */
  act_run_body(&site, &r->item->when->body);
}

bool rule_party_has(struct engine *e, const struct rule *r, sym person) {
  if (r->type != R_FORBID) return true;
  if (r->bearer == NULL || r->bearer->path.count == 0) return true;
  sym name = intern_sym(&e->names, r->bearer->path.segments[0]);
  if (name == e->w[W_EVERYBODY] || str_is(r->bearer->path.segments[0], "everybody")) return true;
  if (lang_find_role(r->version->program, r->bearer->path.text)) return person_has_role(e, person, name);
  return true;
}

static void forbid_rule(struct engine *e, const struct rule *r, const struct alt *a, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  if (!rule_starts(e, a, &env, ref)) return;
  sym person = fact_person(e, ref);
  if (!rule_party_has(e, r, person) || (r->unless && eval_true(&env, r->unless))) return;
  if (!except_speaks(e, r, ref)) return;
  u64 identity = mix(r->ident, fact_identity(e, ref));
  if (table_get(&e->dead, identity)) return;
  bool acts = r->violator && body_acts(&r->violator->body);
  struct violation v = {.rule = r, .person = person, .at = f.at, .source = "禁止", .cause = ref, .duty = NONE, .identity = identity, .bare = !acts};
  act_violation(e, &v);
  if (!acts) return;
  env.bearer = person;
  struct act_site site = site_new(&env, f.at, identity);
  env.ordinal = &site.ordinal;
  act_run_body(&site, &r->violator->body);
}

static void check_rule(struct engine *e, const struct rule *r, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct value list = fact_named(e, ref, e->w[W_LIST]), item = fact_named(e, ref, e->w[W_ITEM]);
  const struct lang_checklist *c = r->item->checklist;
  if (item.type != V_TEXT && item.type != V_REF) return;
  if (list.type != V_ABSENT && list.s.n && !str_eq(list.s, c->name.text)) return;
  for (size_t i = 0; i < c->row_count; i++) {
    if (!str_eq(c->rows[i].name.text, item.s)) continue;
    if (!except_speaks(e, r, ref)) return;
    struct env env = env_new(e, r->version, r, f.at, ref);
    u64 identity = mix(r->ident, fact_identity(e, ref));
    struct violation v = {.rule = r, .person = fact_person(e, ref), .at = f.at, .source = "检查", .cause = ref, .duty = NONE, .identity = identity};
    act_violation(e, &v);
    struct act_site site = site_new(&env, f.at, identity);
    site.fact_identity = fact_identity(e, ref);
    site.act_base = (u32)i * 1000;
    act_run(&site, &c->rows[i].acts);
  }
}

static void start_rules(struct engine *e, u32 ref, bool before) {
  const struct fact f = *fact_of(e, ref);
  u32 n = e->listen[f.kind][L_START].n;
  i64 occurred = n ? strata_booked(e, ref) : f.at;
  for (u32 i = 0; i < n; i++) {
    const struct listener l = e->listen[f.kind][L_START].p[i];
    const struct rule *r = &e->rules.p[l.rule];
    if ((r->type == R_GATE) != before || version_at(e, occurred) != r->version) continue;
    const struct alt *a = &r->starts.p[l.alt];
    if (!alt_fits(a, &f)) continue;
    switch (r->type) {
      case R_WHEN: when_rule(e, r, a, ref); break;
      case R_MUST: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        if (rule_starts(e, a, &env, ref) && except_speaks(e, r, ref)) duty_start(e, r, ref);
        break;
      }
      case R_FORBID: forbid_rule(e, r, a, ref); break;
      case R_CHECK: check_rule(e, r, ref); break;
      case R_WORDS: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        if (rule_starts(e, a, &env, ref)) words_rule(e, r, l.alt, ref);
        break;
      }
      case R_GATE: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        if (rule_starts(e, a, &env, ref)) gate_acts(e, r, ref);
        break;
      }
      default: break;
    }
  }
}

static void rules_again(struct engine *e, u32 ref) { start_rules(e, ref, false); }

/* Facts of a kind stand by time; one that was derived for an earlier instant goes to its place. */
static void index_fact(struct engine *e, u32 ref) {
  u16 kind = fact_of(e, ref)->kind;
  i64 at = fact_of(e, ref)->at;
  *VEC_PUSH(e->s.by_kind[kind]) = ref;
  u32 *refs = e->s.by_kind[kind].p;
  u32 i = e->s.by_kind[kind].n - 1;
  for (; i > 0 && fact_of(e, refs[i - 1])->at > at; i--) refs[i] = refs[i - 1];
  refs[i] = ref;
}

static void judge(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  arena_reset(e->scratch);
  e->s.stamp++;
  if (f.judged) {
    strata_judge(e, ref, rules_again);
    return;
  }
  if (f.kind >= EVENT_ledger_fined && f.kind <= EVENT_ledger_charged) fact_of(e, ref)->judged = true;
  bool dead = (e->dead.n || e->revoked.n) && (table_get(&e->dead, fact_identity(e, ref)) || revoke_has(e, fact_identity(e, ref)));
  if (!dead) start_rules(e, ref, true);
  object_fold(e, ref);
  if (f.kind >= EVENT_shift_assigned && f.kind <= EVENT_attendance_returned) attendance_fold(e, ref);
  else if (f.kind == EVENT_request_decided) attendance_fold(e, ref);
  if (f.kind >= EVENT_ledger_judged && f.kind <= EVENT_ledger_ruled) judge_fold(e, ref);
  if (dead) return;
  if (!e->lean || e->indexed[f.kind]) {
    index_fact(e, ref);
    e->used = true;
  }
  for (u32 i = 0; i < e->listen[f.kind][L_GOAL].n; i++) {
    const struct listener l = e->listen[f.kind][L_GOAL].p[i];
    duty_goal(e, &e->rules.p[l.rule], &l, ref);
  }
  for (u32 i = 0; i < e->listen[f.kind][L_RELEASE].n; i++) {
    const struct listener l = e->listen[f.kind][L_RELEASE].p[i];
    duty_release(e, &e->rules.p[l.rule], &l, ref);
  }
  for (u32 i = 0; i < e->listen[f.kind][L_END].n; i++) {
    const struct listener l = e->listen[f.kind][L_END].p[i];
    duty_end_steps(e, &e->rules.p[l.rule], &l, ref);
  }
  if (e->pauses) duty_pauses(e, ref);
  if (f.kind == EVENT_case_extended) duty_extended(e, ref);
  start_rules(e, ref, false);
}

/* Derived facts follow at once, in the order they arose; rules that feed each other without end are a wrong book. */
static void drain(struct engine *e) {
  u32 turns = 0;
  while (e->s.queue_at < e->s.queue.n) {
    BUG_IF(++turns > 1000000);
    judge(e, e->s.queue.p[e->s.queue_at++]);
  }
  e->s.queue.n = e->s.queue_at = 0;
}

static void fire(struct engine *e, const struct timer *t) {
  arena_reset(e->scratch);
  e->s.stamp++;
  if (t->at > e->s.now) e->s.now = t->at;
  switch (t->kind) {
    case T_RECUR: recur_timer(e, t); break;
    case T_OPEN_SHIFT:
      if (e->s.shifts.p[t->a].gen == t->gen && !e->s.shifts.p[t->a].gone) recur_open_shift(e, t->a, t->at);
      break;
    case T_ARROW: flow_timer(e, t); break;
    case T_SHIFT_START: shift_begins(e, t->a, t->at); break;
    case T_SHIFT_END: case T_PUNCH: attendance_timer(e, t); break;
    case T_SETTLE: settle_timer(e, t); break;
    default:
      if (e->s.duties.p[t->a].id_gen != t->gen) break;
      if (t->kind == T_DUE) duty_due(e, t->a, t->at);
      else if (t->kind == T_STEP) duty_step(e, t->a, t->at);
      else if (t->kind == T_WARN) duty_warn(e, t->a, t->b, t->at);
      else if (t->kind == T_OVERDUE) duty_overdue(e, t->a, t->b, t->at);
  }
  drain(e);
}

static void begin(struct engine *e, i64 at) {
  if (e->s.started) return;
  e->s.started = true;
  e->s.first_at = at;
  e->s.now = at;
  for (u32 i = 0; i < e->versions.n; i++) {
    const struct version *v = e->versions.p[i];
    i64 from = v->in_force_ms > at ? v->in_force_ms : at;
    recur_begin(e, v, from);
    settle_begin(e, v, from);
  }
}

static void pass_time(struct engine *e, i64 to) {
  struct timer t;
  while (timer_pop(e, to, &t)) fire(e, &t);
  if (to > e->s.now) e->s.now = to;
}

/* Judge every fact from next_fact on that occurred up to `to`, with the timers between them. */
static void run_to(struct engine *e, i64 to) {
  while (e->s.next_fact < e->order.n) {
    u32 ref = e->order.p[e->s.next_fact];
    i64 at = e->facts.p[ref].at;
    if (at > to) break;
    begin(e, at);
    pass_time(e, at);
    e->s.next_fact++;
    judge(e, ref);
    drain(e);
  }
}

/* ---- deriving again ---- */

struct old_clock {
  struct rule_clock clock;
  u64 key;
};
struct before {
  struct cons_list cons, gone; /* gone: withdrawn earlier, still to be asked about */
  struct table digest;
  struct table clocks; /* id -> index + 1 */
  VEC(struct old_clock) clock;
  VEC(u64) derived_id;
  struct table derived;
  struct arena *arena;
  VEC(struct event *) events;
};

static u64 clock_key(const struct duty *d, sym bearer) {
  return mix(mix(mix(mix(d->id, (u64)d->clock), (u64)d->due), bearer), (u64)d->done);
}

static void remember(struct engine *e, struct before *b) {
  *b = (struct before){.arena = arena_new(ARENA_CAP)};
  for (u32 i = 0; i < e->s.cons.n; i++) {
    if (!e->s.cons.p[i].live) {
      *VEC_PUSH(b->gone) = e->s.cons.p[i];
      continue;
    }
    *VEC_PUSH(b->cons) = e->s.cons.p[i];
    *table_at(&b->digest, e->s.cons.p[i].id, NULL) = b->cons.n;
  }
  if (e->sink && e->sink->clock) {
    for (u32 i = 0; i < e->s.duties.n; i++) {
      const struct duty *d = &e->s.duties.p[i];
      if (d->state == D_DONE || hidden(e, i)) continue;
      struct old_clock *o = VEC_PUSH(b->clock);
      duty_clock(e, i, b->arena, &o->clock);
      o->key = clock_key(d, intern_sym(&e->names, o->clock.bearer));
      *table_at(&b->clocks, d->id, NULL) = b->clock.n;
    }
  }
  if (e->sink && e->sink->derived) {
    for (u32 i = 0; i < e->s.derived.n; i++) {
      *VEC_PUSH(b->events) = fact_event(e, b->arena, i | DERIVED_BIT);
      *VEC_PUSH(b->derived_id) = fact_identity(e, i | DERIVED_BIT);
      *table_at(&b->derived, fact_identity(e, i | DERIVED_BIT), NULL) = b->events.n;
    }
  }
}

static void report_clocks(struct engine *e, struct before *b) {
  struct table seen = {0};
  for (u32 i = 0; i < e->s.duties.n; i++) {
    const struct duty *d = &e->s.duties.p[i];
    if (d->state == D_DONE || hidden(e, i)) continue;
    *table_at(&seen, d->id, NULL) = 1;
    u64 *at = table_get(&b->clocks, d->id);
    arena_reset(e->words);
    struct rule_clock clock;
    duty_clock(e, i, e->words, &clock);
    if (at && b->clock.p[*at - 1].key == clock_key(d, intern_sym(&e->names, clock.bearer))) continue;
    e->sink->clock(e->sink->ctx, &clock);
  }
  for (u32 i = 0; i < b->clock.n; i++) {
    struct rule_clock *c = &b->clock.p[i].clock;
    u64 id = 0;
    for (size_t k = 0; k < c->id.n; k++) id = id << 4 | (u64)(c->id.p[k] <= '9' ? c->id.p[k] - '0' : c->id.p[k] - 'a' + 10);
    if (table_get(&seen, id)) continue;
    u64 *state = table_get(&e->ended, id);
    c->state = state ? (enum clock_state)(*state - 1) : CLOCK_DISCHARGED;
    if (c->state == CLOCK_RUNNING || c->state == CLOCK_PAUSED) c->state = CLOCK_DISCHARGED;
    e->sink->clock(e->sink->ctx, c);
  }
  table_clear(&seen);
}

static struct cons *keep_withdrawn(struct engine *e, const struct cons *c) {
  struct cons gone = *c;
  gone.live = false;
  gone.seal = SEAL_WITHDRAWN;
  gone.trigger = gone.stop = NONE; /* its facts may be gone too */
  gone.rank = 0;
  *VEC_PUSH(e->s.cons) = gone;
  *table_at(&e->s.cons_of, gone.id, NULL) = e->s.cons.n;
  return &e->s.cons.p[e->s.cons.n - 1];
}

static void report_difference(struct engine *e, struct before *b) {
  for (u32 i = 0; i < e->s.cons.n; i++) {
    struct cons *c = &e->s.cons.p[i];
    if (!c->live) continue;
    u64 *at = table_get(&b->digest, c->id);
    if (at == NULL) engine_report_consequence(e, CHANGE_ADD, c);
    else if (cons_digest(&b->cons.p[*at - 1]) != cons_digest(c)) engine_report_consequence(e, CHANGE_UPDATE, c);
  }
  for (u32 i = 0; i < b->cons.n; i++) {
    u64 *now = table_get(&e->s.cons_of, b->cons.p[i].id);
    if (now && e->s.cons.p[*now - 1].live) continue;
    if (now == NULL) {
      engine_report_consequence(e, CHANGE_WITHDRAW, keep_withdrawn(e, &b->cons.p[i]));
    } else {
      engine_report_consequence(e, CHANGE_WITHDRAW, &e->s.cons.p[*now - 1]);
    }
  }
  for (u32 i = 0; i < b->gone.n; i++) {
    if (!table_get(&e->s.cons_of, b->gone.p[i].id)) (void)keep_withdrawn(e, &b->gone.p[i]);
  }
  if (e->sink && e->sink->derived) {
    struct table now = {0};
    for (u32 i = 0; i < e->s.derived.n; i++) {
      u64 id = fact_identity(e, i | DERIVED_BIT);
      *table_at(&now, id, NULL) = 1;
      if (!table_get(&b->derived, id)) report_derived(e, CHANGE_ADD, i | DERIVED_BIT);
    }
    for (u32 i = 0; i < b->events.n; i++) {
      if (!table_get(&now, b->derived_id.p[i])) e->sink->derived(e->sink->ctx, CHANGE_WITHDRAW, b->events.p[i]);
    }
    table_clear(&now);
  }
  if (e->sink && e->sink->clock) report_clocks(e, b);
}

static void forget(struct before *b) {
  free(b->cons.p);
  free(b->gone.p);
  free(b->clock.p);
  free(b->derived_id.p);
  free(b->events.p);
  table_clear(&b->digest);
  table_clear(&b->clocks);
  table_clear(&b->derived);
  arena_free(b->arena);
}

static void derive_again(struct engine *e) {
  struct before b;
  i64 now = e->s.now;
  bool started = e->s.started;
  for (int turn = 0; e->dirty && turn < 8; turn++) { /* an upheld appeal found on the way sends it back once more */
    if (turn == 0) remember(e, &b);
    e->dirty = false;
    e->dirty_from = INT64_MAX;
    e->replaying = true;
    revoke_begin(e);
    table_clear(&e->ended);
    state_free(e);
    run_to(e, now);
    if (started) pass_time(e, now);
    e->replaying = false;
    if (revoke_settle(e)) e->dirty = true;
    if (!e->dirty) {
      report_difference(e, &b);
      forget(&b);
      return;
    }
  }
}

/* ---- facts in ---- */

static bool seen_before(struct engine *e, const struct event *event) {
  i64 number;
  bool plain = event->id.n > 1 && event->id.p[0] == 'e' && event->id.p[1] != '0' && event->id.p[1] != '-' && event->id.p[1] != '+' &&
               str_to_i64(str_slice(event->id, 1, event->id.n), &number);
  bool fresh;
  if (!plain || number >= (i64)1 << 33) {
    table_at(&e->seen_ids, mix_str(0, event->id), &fresh);
    return !fresh;
  }
  u32 word = (u32)(number / 64);
  if (word >= e->seen_room) {
    u32 old = e->seen_room;
    e->seen = vec_room(e->seen, &e->seen_room, word + 1, sizeof *e->seen);
    memset(e->seen + old, 0, (size_t)(e->seen_room - old) * sizeof *e->seen);
  }
  u64 bit = (u64)1 << (number % 64);
  if (e->seen[word] & bit) return true;
  e->seen[word] |= bit;
  return false;
}

static u32 place_of(struct engine *e, u32 ref) {
  u32 n = e->order.n;
  if (n == 0 || fact_compare(e, e->order.p[n - 1], ref) < 0) return n;
  u32 lo = 0, hi = n;
  while (lo < hi) {
    u32 mid = lo + (hi - lo) / 2;
    if (fact_compare(e, e->order.p[mid], ref) < 0) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

enum status engine_step(struct engine *e, const struct event *event, const struct engine_sink *sink, struct problem *p) {
  if (event->kind->derived) {
    return problem_set(p, E_INVALID, "rules.derived", "“%s”由程序得出，不能记入", "\"%s\" is derived by the program and cannot be entered", event->kind->zh);
  }
  return engine_enter(e, event, sink, p);
}

enum status engine_enter(struct engine *e, const struct event *event, const struct engine_sink *sink, struct problem *p) {
  if (event->id.n == 0) return problem_set(p, E_INVALID, "rules.no_id", "事件没有编号", "the event has no id");
  if (seen_before(e, event)) return OK;
  u32 ref = fact_store(e, event);
  u32 place = place_of(e, ref);
  strata_enter(e, ref);
  e->sink = sink;
  bool late = place < e->s.next_fact || (e->s.started && event->occurred_ms < e->s.now);
  *VEC_PUSH(e->order) = ref;
  if (place + 1 < e->order.n) {
    memmove(&e->order.p[place + 1], &e->order.p[place], (e->order.n - 1 - place) * sizeof(u32));
    e->order.p[place] = ref;
  }
  if (late) {
    BUG_IF(e->lean); /* a lean replay sorts its input first */
    e->dirty = true;
    if (event->occurred_ms < e->dirty_from) e->dirty_from = event->occurred_ms;
    if (!e->hold) derive_again(e);
    e->sink = NULL;
    return OK;
  }
  if (e->hold && e->dirty) { /* judged with the rest at the flush */
    e->sink = NULL;
    if (event->occurred_ms > e->s.now) e->s.now = event->occurred_ms;
    return OK;
  }
  u32 cells = e->facts.p[ref].cells;
  e->used = false;
  run_to(e, event->occurred_ms);
  if (e->dirty) derive_again(e);
  else if (e->lean && !e->used && ref == e->facts.n - 1) {
    e->facts.n--;
    e->cells.n = cells;
    e->order.n--;
    e->s.next_fact--;
  }
  e->sink = NULL;
  return OK;
}

void engine_hold(struct engine *e) { e->hold = true; }

void engine_flush(struct engine *e, const struct engine_sink *sink) {
  e->hold = false;
  if (!e->dirty) return;
  e->sink = sink;
  derive_again(e);
  e->sink = NULL;
}

void engine_lean(struct engine *e) { e->lean = true; }

void engine_advance(struct engine *e, i64 now_ms, const struct engine_sink *sink) {
  e->sink = sink;
  if (e->dirty && !e->hold) derive_again(e);
  if (e->s.started && now_ms > e->s.now) pass_time(e, now_ms);
  if (e->dirty && !e->hold) derive_again(e);
  e->sink = NULL;
}

i64 engine_next_due(const struct engine *e) { return timer_next(e); }
i64 engine_now(const struct engine *e) { return e->s.now; }

enum status engine_publish(struct engine *e, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct problem *p) {
  struct version *v = ARENA_NEW(e->program, struct version);
  v->program = program;
  v->published_ms = published_ms;
  v->in_force_ms = in_force_ms;
  v->number = e->versions.n;
  e->build = e->program;
  enum status status = compile_version(e, v, p);
  e->build = e->scratch;
  if (status != OK) return status;
  for (u32 i = v->first_rule; i < e->rules.n; i++) {
    const struct rule *r = &e->rules.p[i];
    if (r->type == R_MUST && r->item->must->due.options.pause) e->pauses = true;
  }
  *VEC_PUSH(e->versions) = v;
  if (!e->s.started) return OK;
  if (in_force_ms <= e->s.now) { /* it judges what was already judged */
    e->dirty = true;
    if (!e->hold) derive_again(e);
    return OK;
  }
  recur_begin(e, v, in_force_ms);
  settle_begin(e, v, in_force_ms);
  return OK;
}

/* ---- asking ---- */

void engine_each_clock(struct engine *e, void (*f)(void *ctx, const struct rule_clock *c), void *ctx) {
  for (u32 i = 0; i < e->s.duties.n; i++) {
    if (e->s.duties.p[i].state == D_DONE || hidden(e, i)) continue;
    arena_reset(e->words);
    struct rule_clock c;
    duty_clock(e, i, e->words, &c);
    f(ctx, &c);
  }
}

void engine_each_consequence(struct engine *e, void (*f)(void *ctx, const struct consequence *c), void *ctx) {
  for (u32 i = 0; i < e->s.cons.n; i++) {
    if (!e->s.cons.p[i].live) continue;
    arena_reset(e->words);
    struct consequence c;
    explain_consequence(e, e->words, &e->s.cons.p[i], &c);
    f(ctx, &c);
  }
}

const struct consequence *engine_consequence(struct engine *e, struct str id) {
  if (id.n != 16) return NULL;
  u64 key = 0;
  for (size_t i = 0; i < 16; i++) {
    char ch = id.p[i];
    if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f'))) return NULL;
    key = key << 4 | (u64)(ch <= '9' ? ch - '0' : ch - 'a' + 10);
  }
  u64 *at = table_get(&e->s.cons_of, key);
  if (at == NULL) return NULL;
  arena_reset(e->words);
  struct consequence *c = ARENA_NEW(e->words, struct consequence);
  explain_consequence(e, e->words, &e->s.cons.p[*at - 1], c);
  return c;
}
