/* The engine's doors: versions, facts, time, reports. See engine.h for the promises, state.h for how it remembers.
 *
 * Facts are judged in one order, (occurred, kind rank, seq, id). A fact that belongs before what was already judged is put in its
 * place and corrected by a slice (slice.h); when a slice cannot vouch for the result everything is derived again (derive.c).
 * Only the differences, by identity, are reported. Callers with many late facts at once hold and flush. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 1 << 30, CORRECTIONS_MAX = 64 };

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

void state_free(struct state *s) {
  for (int n = 0; n < N_COUNT; n++) free(s->of_sym[n]);
  free(s->objects.p); free(s->notes.p); free(s->spells.p); free(s->shifts.p); free(s->people.p); free(s->cases.p); free(s->leaves.p); free(s->duties.p);
  free(s->rule_duties.p); free(s->cons.p); free(s->ranks.p); free(s->open.p); free(s->derived.p);
  free(s->derived_cells.p); free(s->queue.p); free(s->holidays.p); free(s->make_up.p);
  for (int k = 0; k < EVENT_KIND_COUNT; k++) free(s->by_kind[k].p);
  for (u32 i = 0; i < s->by_case.n; i++) free(s->by_case.p[i].p);
  free(s->by_case.p);
  timers_free(s);
  table_clear(&s->over);
  table_clear(&s->by_case_of);
  table_clear(&s->cons_of);
  table_clear(&s->counters);
  table_clear(&s->said);
  table_clear(&s->score_last);
  table_clear(&s->score_read);
  table_clear(&s->caused);
  table_clear(&s->verdicts);
  table_clear(&s->overruled);
  *s = (struct state){.free_duty = NONE};
}

static bool new_walk;
void engine_walk(bool on) { new_walk = on; }

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
  e->dirty_place = NONE;
  for (int k = 0; k < EVENT_KIND_COUNT; k++) e->forgot_to[k] = INT64_MIN;
  e->limit = INT64_MIN;
  e->walks = new_walk;
  intern_init(&e->names);
  words_init(e);
  fields_init(e);
  return e;
}

void engine_free(struct engine *e) {
  if (e == NULL) return;
  state_free(&e->s);
  rankings_forget(e);
  slice_free(e);
  stations_free(e);
  free(e->cut);
  for (int n = 0; n < N_COUNT; n++) free(e->links_of[n]);
  free(e->links.p); free(e->pending.p); free(e->taken_back.p);
  table_clear(&e->verdicts_of);
  words_free(e);
  free(e->rankings.p);
  table_clear(&e->score_words);
  table_clear(&e->seals);
  for (u32 i = 0; i < e->versions.n; i++) {
    table_clear(&e->versions.p[i]->path_of);
    free(e->versions.p[i]->paths.p);
    free(e->versions.p[i]->named.p);
    table_clear(&e->versions.p[i]->named_of);
    table_clear(&e->versions.p[i]->act_of);
    table_clear(&e->versions.p[i]->live_of);
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
  table_clear(&e->fields_of_word);
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
bool duty_hidden(const struct engine *e, u32 d) { return e->rules.p[e->s.duties.p[d].rule].type == R_WHEN; }

void duty_report(struct engine *e, u32 d) {
  if (e->replaying || e->sink == NULL || e->sink->clock == NULL || duty_hidden(e, d)) return;
  arena_reset(e->words);
  struct rule_clock clock;
  duty_clock(e, d, e->words, &clock);
  e->sink->clock(e->sink->ctx, &clock);
}

void engine_report_derived(struct engine *e, enum change change, u32 ref) {
  if (e->replaying || e->sink == NULL || e->sink->derived == NULL) return;
  arena_reset(e->words);
  e->sink->derived(e->sink->ctx, change, fact_event(e, e->words, ref));
}

bool is_dead(const struct engine *e, u64 key) {
  if (e->dead.n == 0 || table_get(&e->dead, key) == NULL) return false;
  return !(e->slice && slice_born_dead(e, key));
}

void queue_derived(struct engine *e, u32 ref) {
  if (is_dead(e, fact_identity(e, ref))) return;
  *VEC_PUSH(e->s.queue) = ref;
  if (!revoke_has(e, fact_identity(e, ref))) engine_report_derived(e, CHANGE_ADD, ref);
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
  if (a->survey && !survey_counts(env, a->survey, ref)) return false;
  for (u32 i = 0; i < a->cond_count; i++) {
    if (!eval_true(env, a->conds[i])) return false;
  }
  return true;
}

/* The doers of rules say whether the fact fits: a fact that fits a rule in two ways is still one fact. */
static bool when_rule(struct engine *e, const struct rule *r, const struct alt *a, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  struct act_site site = site_new(&env, f.at, fact_identity(e, ref));
  env.ordinal = &site.ordinal;
  env.window = site.window;
  env.rank = &site.rank;
  if (!rule_starts(e, a, &env, ref)) return false;
  if (r->unless && eval_true(&env, r->unless)) return true;
  if (!except_speaks(e, r, ref)) return true;
  if (!strata_passed_on(e, r, ref)) return true;
  env.failed = false;
  if (r->item->when->trigger.absent_within) {
    duty_wait(e, r, ref);
    return true;
  }
  site.cause = strata_cause(e, ref);
  site.at = strata_booked(e, ref); /* in the month of the matter, however late its amount was set */
  act_run_body(&site, &r->item->when->body);
  return true;
}

bool rule_party_has(struct engine *e, const struct rule *r, sym person) {
  if (r->type != R_FORBID) return true;
  if (r->bearer == NULL || r->bearer->path.count == 0) return true;
  sym name = intern_sym(&e->names, r->bearer->path.segments[0]);
  if (name == e->w[W_EVERYBODY] || str_is(r->bearer->path.segments[0], "everybody")) return true;
  if (lang_find_role(r->version->program, r->bearer->path.text)) return person_has_role(e, person, name);
  return true;
}

static bool forbid_rule(struct engine *e, const struct rule *r, const struct alt *a, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  u64 identity = mix(r->ident, fact_identity(e, ref));
  struct act_site site = site_new(&env, f.at, identity);
  env.ordinal = &site.ordinal; /* 次序 in its condition counts whoever comes so far */
  env.window = site.window;
  env.rank = &site.rank;
  if (!rule_starts(e, a, &env, ref)) return false;
  sym person = fact_person(e, ref);
  if (!rule_party_has(e, r, person) || (r->unless && eval_true(&env, r->unless))) return true;
  if (!except_speaks(e, r, ref)) return true;
  if (is_dead(e, identity)) return true;
  bool acts = r->violator && body_acts(&r->violator->body);
  struct violation v = {.rule = r, .person = person, .at = f.at, .source = "禁止", .cause = ref, .duty = NONE, .identity = identity, .bare = !acts};
  act_violation(e, &v);
  if (!acts) return true;
  env.bearer = person;
  act_run_body(&site, &r->violator->body);
  return true;
}

/* 合格 80分以上: a finished check whose total is outside breaks the checklist for whom it was about. No total, no judgement. */
static void check_score(struct engine *e, const struct rule *r, u32 ref, const struct value *list) {
  const struct fact f = *fact_of(e, ref);
  const struct lang_checklist *c = r->item->checklist;
  struct value total = fact_named(e, ref, intern_sym(&e->names, STR("总分"))), who = fact_named(e, ref, intern_sym(&e->names, STR("被查人")));
  if ((list->type != V_ABSENT && !str_eq(list->s, c->name.text)) || total.type != V_POINTS) return;
  struct env env = env_new(e, r->version, r, f.at, ref);
  struct lang_range pass = c->pass;
  struct lang_ranges ranges = {.p = &pass, .count = 1};
  if (eval_range(&env, &ranges, &total) || env.failed) return;
  sym person = who.type == V_REF || who.type == V_TEXT ? intern_sym(&e->names, who.s) : 0;
  u64 identity = mix(r->ident, fact_identity(e, ref));
  if (is_dead(e, identity)) return;
  bool acts = r->violator && body_acts(&r->violator->body);
  struct violation v = {.rule = r, .person = person, .at = f.at, .source = "检查", .cause = ref, .duty = NONE, .identity = identity, .bare = !acts};
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
  if (f.kind == EVENT_inspection_finished) {
    check_score(e, r, ref, &list);
    return;
  }
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

static void start_rules(struct engine *e, u32 ref, enum listen what) {
  u16 kind = fact_of(e, ref)->kind;
  u32 n = e->listen[kind][what].n, fitted = NONE; /* the ways a rule starts stand together */
  if (n == 0) return;
  const struct fact f = *fact_of(e, ref);
  const struct version *v = version_at(e, strata_booked(e, ref));
  for (u32 i = 0; i < n; i++) {
    const struct listener l = e->listen[kind][what].p[i];
    const struct rule *r = &e->rules.p[l.rule];
    if (l.rule == fitted || r->version != v) continue;
    const struct alt *a = &r->starts.p[l.alt];
    if (!alt_fits(a, &f)) continue;
    if (e->slice && !slice_starts(e, r, ref)) continue;
    switch (r->type) {
      case R_WHEN:
        if (when_rule(e, r, a, ref)) fitted = l.rule;
        break;
      case R_MUST: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        i64 ordinal = 0, window[2] = {0, 0};
        u32 rank = 0;
        env.ordinal = &ordinal; /* 次序 in its condition counts whoever comes so far */
        env.window = window;
        env.rank = &rank;
        if (!rule_starts(e, a, &env, ref)) break;
        fitted = l.rule;
        if (except_speaks(e, r, ref)) duty_start(e, r, ref);
        break;
      }
      case R_FORBID:
        if (forbid_rule(e, r, a, ref)) fitted = l.rule;
        break;
      case R_CHECK: check_rule(e, r, ref); break;
      case R_WORDS: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        if (rule_starts(e, a, &env, ref)) words_rule(e, r, l.alt, ref);
        break;
      }
      case R_SURVEY: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        if (rule_starts(e, a, &env, ref)) survey_send(e, r, ref);
        break;
      }
      case R_GATE: {
        struct env env = env_new(e, r->version, r, f.at, ref);
        if (!rule_starts(e, a, &env, ref)) break;
        fitted = l.rule;
        gate_acts(e, r, ref);
        break;
      }
      default: break;
    }
  }
}

static void rules_again(struct engine *e, u32 ref) { start_rules(e, ref, L_START); }

/* Facts of a kind stand by time; one that was derived for an earlier instant goes to its place. */
static void index_in(struct engine *e, struct refs *refs, u32 ref) {
  i64 at = fact_of(e, ref)->at;
  *VEC_PUSH(*refs) = ref;
  u32 i = refs->n - 1;
  for (; i > 0 && fact_of(e, refs->p[i - 1])->at > at; i--) refs->p[i] = refs->p[i - 1];
  refs->p[i] = ref;
}

void index_fact(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  index_in(e, list_of_kind(e, f.kind, 0), ref);
  if (f.case_type) index_in(e, list_of_kind(e, f.kind, f.case_type), ref);
}

/* In a slice some facts only set the scene. */
static void set_scene(struct engine *e, u32 ref) {
  enum slice_how how = slice_how(e, ref);
  if (how & SLICE_FOLD) object_fold(e, ref);
  if (how & SLICE_ROSTER) attendance_fold(e, ref);
  if (how & SLICE_VERDICT) judge_fold(e, ref);
}

static void judge(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  arena_reset(e->scratch);
  e->s.stamp++;
  if (e->slice && !(slice_how(e, ref) & (SLICE_FULL | SLICE_TRIGGER))) {
    set_scene(e, ref);
    return;
  }
  bool given = e->slice && slice_given(e, ref); /* judged long ago, and a trigger here as it was then */
  if (f.judged && !given) {
    strata_judge(e, ref, rules_again);
    return;
  }
  if (f.kind >= EVENT_ledger_fined && f.kind <= EVENT_ledger_charged) fact_of(e, ref)->judged = true;
  bool dead = (e->dead.n || e->revoked.n) && (is_dead(e, fact_identity(e, ref)) || revoke_has(e, fact_identity(e, ref)));
  if (!dead) start_rules(e, ref, L_GATE);
  object_fold(e, ref);
  bool roster = (f.kind >= EVENT_shift_assigned && f.kind <= EVENT_attendance_returned) || f.kind == EVENT_request_decided;
  if (roster && (!e->slice || slice_how(e, ref) & SLICE_ROSTER)) attendance_fold(e, ref);
  if (f.kind >= EVENT_ledger_judged && f.kind <= EVENT_ledger_ruled) judge_fold(e, ref);
  if (f.kind == EVENT_ledger_month_sealed) score_sealed(e, ref);
  if (dead) return;
  if (!e->lean || e->indexed[f.kind]) {
    index_fact(e, ref);
    e->used = true;
  }
  for (u32 i = 0; i < e->listen[f.kind][L_GOAL].n; i++) {
    const struct listener l = e->listen[f.kind][L_GOAL].p[i];
    if (e->slice && !slice_listens(e, &e->rules.p[l.rule], L_GOAL, &l, ref)) continue;
    duty_goal(e, &e->rules.p[l.rule], &l, ref);
  }
  for (u32 i = 0; i < e->listen[f.kind][L_RELEASE].n; i++) {
    const struct listener l = e->listen[f.kind][L_RELEASE].p[i];
    if (e->slice && !slice_listens(e, &e->rules.p[l.rule], L_RELEASE, &l, ref)) continue;
    duty_release(e, &e->rules.p[l.rule], &l, ref);
  }
  for (u32 i = 0; i < e->listen[f.kind][L_END].n; i++) {
    const struct listener l = e->listen[f.kind][L_END].p[i];
    if (e->slice && !slice_listens(e, &e->rules.p[l.rule], L_END, &l, ref)) continue;
    duty_end_steps(e, &e->rules.p[l.rule], &l, ref);
  }
  if (e->pauses) duty_pauses(e, ref);
  if (f.kind == EVENT_case_extended) duty_extended(e, ref);
  start_rules(e, ref, L_START);
}

/* Derived facts follow at once, in the order they arose; rules that feed each other without end are a wrong book. */
static void drain(struct engine *e) {
  u32 turns = 0;
  while (e->s.queue_at < e->s.queue.n) {
    BUG_IF(++turns > 1000000);
    judge(e, e->s.queue.p[e->s.queue_at++]);
    if (e->slice && slice_stopped(e)) break;
  }
  e->s.queue.n = e->s.queue_at = 0;
}

static void fire(struct engine *e, const struct timer *t) {
  arena_reset(e->scratch);
  e->s.stamp++;
  if (t->at > e->s.now) e->s.now = t->at;
  if (e->slice) e->slice->at = t->at, e->slice->ref = NONE;
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

void engine_judge(struct engine *e, u32 ref) {
  judge(e, ref);
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

void engine_pass_time(struct engine *e, i64 to) {
  struct timer t;
  while (timer_due(&e->s, to) && (!e->slice || !slice_stopped(e)) && timer_pop(e, to, &t)) fire(e, &t);
  if (to > e->s.now) e->s.now = to;
}

/* Judge every fact from next_fact on that occurred up to `to`, with the timers between them. */
void engine_run_to(struct engine *e, i64 to) {
  while (e->s.next_fact < e->order.n && !(e->one_by_one && e->taken_back.n)) {
    u32 ref = e->order.p[e->s.next_fact];
    i64 at = e->facts.p[ref].at;
    if (at > to) break;
    begin(e, at);
    engine_pass_time(e, at);
    e->s.next_fact++;
    judge(e, ref);
    drain(e);
    engine_pass_time(e, at); /* what was over before it began is judged at once */
  }
}

/* ---- facts in ---- */

static bool seen_before(struct engine *e, const struct event *event) {
  i64 number;
  bool fresh;
  if (!plain_id(event->id, &number) || number >= (i64)1 << 33) {
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

u32 engine_place_of(struct engine *e, u32 ref) {
  u32 n = e->order.n;
  if (n && fact_of(e, e->order.p[n - 1])->at < fact_of(e, ref)->at) return n;
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

static void link_fact(struct engine *e, int noun, sym id, u32 ref) {
  if (id >= e->links_room[noun]) {
    u32 old = e->links_room[noun];
    e->links_of[noun] = vec_room(e->links_of[noun], &e->links_room[noun], id + 1, sizeof(u32));
    memset(e->links_of[noun] + old, 0, (size_t)(e->links_room[noun] - old) * sizeof(u32));
  }
  *VEC_PUSH(e->links) = (struct link){ref, e->links_of[noun][id]};
  e->links_of[noun][id] = e->links.n;
}

/* A correction finds the facts about an object, or about a consequence, without a search. */
static void link_names(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, ref, e->f_object[f.kind][noun]);
    if (id) link_fact(e, noun, id, ref);
  }
  u32 cells = f.cells + (u32)event_kind_all(NULL)[f.kind].field_count;
  for (u32 i = 0; i < f.extra; i++) {
    const struct cell *c = &e->cells.p[cells + 2 * i + 1];
    u32 type = c->type & 0xff;
    if ((type == V_TEXT || type == V_REF) && c->s) link_fact(e, N_OTHER, c->s, ref);
  }
  if (f.kind < EVENT_ledger_judged || f.kind > EVENT_ledger_ruled) return;
  struct value id = fact_named(e, ref, intern_sym(&e->names, STR("后果")));
  if ((id.type != V_TEXT && id.type != V_REF) || id.s.n != 16) return;
  u64 key = 0;
  for (size_t i = 0; i < 16; i++) key = key << 4 | (u64)(id.s.p[i] <= '9' ? id.s.p[i] - '0' : id.s.p[i] - 'a' + 10);
  u64 *last = table_at(&e->verdicts_of, key, NULL);
  *VEC_PUSH(e->links) = (struct link){ref, (u32)*last};
  *last = e->links.n;
}

void engine_put(struct engine *e, u32 ref, u32 place) {
  *VEC_PUSH(e->order) = ref;
  if (place + 1 < e->order.n) {
    memmove(&e->order.p[place + 1], &e->order.p[place], (e->order.n - 1 - place) * sizeof(u32));
    e->order.p[place] = ref;
  }
  if (!e->lean) link_names(e, ref);
}

/* What upheld appeals took back, found while judging: each is sliced, or all of it is derived again. */
static void settle_appeals(struct engine *e) {
  bool sliced = !e->lean && !e->dirty && e->taken_back.n <= CORRECTIONS_MAX;
  for (u32 i = 0; sliced && i < e->taken_back.n; i++) {
    const struct taken_back t = e->taken_back.p[i];
    sliced = t.trigger != NONE && slice_correct(e, t.trigger, false, t.key);
  }
  e->taken_back.n = 0;
  if (sliced) {
    e->dirty_from = INT64_MAX;
    return;
  }
  e->dirty = true;
  derive_again(e);
}

static bool is_late(const struct engine *e, u32 place, i64 at) { return place < e->s.next_fact || (e->s.started && at < e->s.now); }

/* Judge a fact that stands in no order yet. False: it is late, and is only put in its place. */
static bool take(struct engine *e, u32 ref, bool slice) {
  u32 place = engine_place_of(e, ref);
  i64 at = e->facts.p[ref].at;
  if (is_late(e, place, at)) {
    BUG_IF(e->lean); /* a lean replay sorts its input first */
    engine_put(e, ref, place);
    if (slice && slice_correct(e, ref, true, 0)) return true;
    e->dirty = true;
    dirty_at(e, at, place);
    return false;
  }
  engine_put(e, ref, place);
  engine_run_to(e, at);
  if (e->dirty || e->taken_back.n) settle_appeals(e);
  return true;
}

/* Held facts in the order of their arrival. With few late ones each is sliced; with many, or when one cannot be, all of them
 * are put in their places and everything is derived once. */
static void settle_pending(struct engine *e) {
  if (e->pending.n == 0) return;
  u32 late = 0;
  i64 last = e->s.now;
  for (u32 i = 0; i < e->pending.n; i++) {
    i64 at = e->facts.p[e->pending.p[i]].at;
    if (at < last) late++;
    else last = at;
  }
  bool slice = late <= CORRECTIONS_MAX;
  u32 done = 0;
  while (!e->dirty && done < e->pending.n && (slice || !is_late(e, engine_place_of(e, e->pending.p[done]), e->facts.p[e->pending.p[done]].at))) {
    if (!take(e, e->pending.p[done++], slice)) break;
  }
  if (e->dirty || done < e->pending.n) {
    for (; done < e->pending.n; done++) {
      u32 ref = e->pending.p[done];
      i64 at = e->facts.p[ref].at;
      u32 place = engine_place_of(e, ref);
      dirty_at(e, at, place);
      engine_put(e, ref, place);
      if (at > e->s.now) e->s.now = at;
    }
    e->dirty = true;
    derive_again(e);
  }
  e->pending.n = 0;
}

enum status engine_enter(struct engine *e, const struct event *event, const struct engine_sink *sink, struct problem *p) {
  if (event->id.n == 0) return problem_set(p, E_INVALID, "rules.no_id", "事件没有编号", "the event has no id");
  if (seen_before(e, event)) return OK;
  u32 ref = fact_store(e, event);
  if (e->facts.p[ref].kind >= EVENT_ledger_judged) strata_enter(e, ref);
  e->sink = sink;
  if (e->hold && (e->pending.n || e->dirty || is_late(e, engine_place_of(e, ref), event->occurred_ms))) {
    BUG_IF(e->lean);
    *VEC_PUSH(e->pending) = ref; /* judged at the flush, and what comes after it too */
    e->sink = NULL;
    return OK;
  }
  u32 cells = e->facts.p[ref].cells;
  e->used = false;
  if (!take(e, ref, true)) derive_again(e);
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
  e->sink = sink;
  settle_pending(e);
  if (e->dirty) derive_again(e);
  e->sink = NULL;
}

void engine_lean(struct engine *e) { e->lean = true; }

void engine_advance(struct engine *e, i64 now_ms, const struct engine_sink *sink) {
  e->sink = sink;
  settle_pending(e);
  if (e->dirty) derive_again(e);
  if (e->s.started && now_ms > e->s.now) engine_pass_time(e, now_ms);
  if (e->dirty || e->taken_back.n) settle_appeals(e);
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
  if (!e->keeps_texts) e->keeps_texts = program_reads_texts(program);
  stations_free(e);
  transition_link(e);
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
    if (e->s.duties.p[i].state == D_DONE || duty_hidden(e, i)) continue;
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
