/* The reference evaluator's way through time: all facts in one order, between them whatever is due, looked for anew each time.
 * See reference.h for what it is for. */
#include "lang/versions.h"
#include "rules/reference_time.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the rules are ---- */

static struct ref_rule *add_rule(struct ref *r, const struct reference_version *v, const struct lang_item *item, enum ref_rule_type type, size_t place) {
  struct ref_rule *rule = ARENA_NEW(r->a, struct ref_rule);
  *rule = (struct ref_rule){.version = v, .item = item, .type = type, .index = r->rules.n, .tag = item->tag, .count_from = INT64_MIN};
  if (item->clause) rule->clause = item->clause->id;
  u64 h = ref_mix_str(ref_mix_str(0, v->program->header->id.text), rule->clause);
  h = item->tag.n ? ref_mix_str(h, item->tag) : ref_mix(h, (u64)item->kind * 64 + place);
  rule->ident = ref_mix(h, type);
  ADD(r->a, r->rules) = rule;
  return rule;
}

static bool gate_acts(const struct lang_gate *g) {
  for (size_t i = 0; i < g->line_count; i++) {
    if (g->lines[i].acts.count) return true;
  }
  return false;
}

/* 报表 … 由 party: that party hands it in, 每 … party 须 完成 (the report's name). */
static const struct lang_item *hand_in(struct ref *r, const struct lang_item *item) {
  struct lang_item *duty = ARENA_NEW(r->a, struct lang_item);
  struct lang_each *each = ARENA_NEW(r->a, struct lang_each);
  struct lang_goal *goal = ARENA_NEW(r->a, struct lang_goal);
  *goal = (struct lang_goal){.complete = item->report->name};
  *each = (struct lang_each){.recurs = item->report->recurs, .due = item->report->due, .bearer = item->report->by, .goals = {goal, 1}};
  *duty = *item;
  duty->kind = LI_EACH;
  duty->each = each;
  return duty;
}

static bool has_timed_arrow(const struct lang_case *c) {
  for (size_t i = 0; i < c->arrow_count; i++) {
    if (c->arrows[i].after) return true;
  }
  return false;
}

static void add_rules(struct ref *r, const struct reference_version *v) {
  for (size_t i = 0; i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    size_t place = 0; /* among its kind, under the heading */
    for (size_t k = i; k > 0 && v->program->items[k - 1]->clause == item->clause; k--) place += v->program->items[k - 1]->kind == item->kind;
    switch (item->kind) {
      case LI_WHEN: add_rule(r, v, item, RR_WHEN, place); break;
      case LI_MUST: add_rule(r, v, item, RR_MUST, place); break;
      case LI_EACH: add_rule(r, v, item, RR_EACH, place); break;
      case LI_FORBID: add_rule(r, v, item, RR_FORBID, place); break;
      case LI_SETTLE: add_rule(r, v, item, RR_SETTLE, place); break;
      case LI_GATE:
        if (gate_acts(item->gate)) add_rule(r, v, item, RR_GATE, place);
        break;
      case LI_NOTICE: add_rule(r, v, item, RR_NOTICE, place); break;
      case LI_WORDS: add_rule(r, v, item, RR_WORDS, place); break;
      case LI_SURVEY:
        if (item->survey->has_at || item->survey->has_recur) add_rule(r, v, item, RR_SURVEY, place);
        break;
      case LI_REPORT:
        if (item->report->has_by) add_rule(r, v, item, RR_EACH, place)->item = hand_in(r, item);
        break;
      case LI_CASE:
        if (has_timed_arrow(item->case_type)) add_rule(r, v, item, RR_FLOW, place);
        break;
      case LI_CHECKLIST:
        add_rule(r, v, item, RR_CHECK, place);
        if (item->checklist->has_recur) add_rule(r, v, item, RR_CHECK_DUTY, place);
        break;
      default: break;
    }
  }
}

/* ---- from one version to the next ---- */

static const struct reference_version *version_before(const struct ref *r, const struct reference_version *v) {
  const struct reference_version *found = NULL;
  for (size_t i = 0; i < r->in->version_count; i++) {
    const struct reference_version *o = &r->in->versions[i];
    if (o == v || o->in_force_ms > v->in_force_ms || (o->in_force_ms == v->in_force_ms && o > v)) continue;
    if (found == NULL || o->in_force_ms > found->in_force_ms || (o->in_force_ms == found->in_force_ms && o > found)) found = o;
  }
  return found;
}

static bool starts_afresh(const struct lang_item *item) {
  for (size_t i = 0; i < item->tail_count; i++) {
    if (item->tails[i].kind == LANG_TAIL_TRANSITION) return !item->tails[i].keep_counts;
  }
  return false;
}

/* From when on a rule counts: it, or what it was before, changed and said 重新计次. */
static i64 counts_from(const struct ref *r, const struct ref_rule *rule, int depth) {
  const struct reference_version *before = version_before(r, rule->version);
  for (size_t i = 0; before && depth < 64 && i < r->rules.n; i++) {
    const struct ref_rule *old = r->rules.p[i];
    if (old->version != before || old->ident != rule->ident) continue;
    bool changed = lang_rule_changed(before->program, old->item, rule->version->program, rule->item);
    return changed && starts_afresh(rule->item) ? rule->version->in_force_ms : counts_from(r, old, depth + 1);
  }
  return INT64_MIN;
}

/* ---- one fact ---- */

const struct lang_expr *ref_unless(const struct lang_item *item) {
  for (size_t i = 0; i < item->tail_count; i++) {
    if (item->tails[i].kind == LANG_TAIL_UNLESS) return item->tails[i].condition;
  }
  return NULL;
}

/* Of a checklist 违者 speaks of a total too low, 逾期 of a check that was not made. */
const struct lang_tail *ref_violator(const struct ref_rule *rule) {
  const struct lang_tail *found = NULL;
  for (size_t i = 0; i < rule->item->tail_count; i++) {
    const struct lang_tail *t = &rule->item->tails[i];
    if (rule->type == RR_CHECK && t->kind == LANG_TAIL_OVERDUE) continue;
    if (rule->type == RR_CHECK_DUTY && t->kind == LANG_TAIL_VIOLATOR) continue;
    if (t->kind == LANG_TAIL_VIOLATOR || (t->kind == LANG_TAIL_OVERDUE && t->span == NULL)) found = t;
  }
  return found;
}

static bool triggered(struct ref_env *env, const struct lang_trigger *t, const struct ref_fact *f) {
  return ref_fits(env, t->events, t->event_count, t->where, f);
}

/* ---- 例外于: a clause that names another speaks in its place wherever it fits itself ---- */

static bool is_meant(struct ref *r, const struct ref_rule *rule, const struct lang_party *party, struct str person) {
  if (party->path.count != 1 || party->args.count || !lang_find_role(rule->version->program, party->path.text)) return true;
  return ref_has_role(r, person, party->path.text);
}

static const struct lang_trigger *trigger_of(const struct ref_rule *rule) {
  if (rule->type == RR_WHEN) return &rule->item->when->trigger;
  if (rule->type == RR_MUST) return &rule->item->must->trigger;
  return rule->type == RR_FORBID ? &rule->item->forbid->trigger : NULL;
}

static bool excepts(const struct ref_rule *over, const struct ref_rule *base) {
  bool may = trigger_of(base) != NULL || base->type == RR_CHECK;
  if (over == base || over->version != base->version || trigger_of(over) == NULL || !may) return false;
  for (size_t i = 0; i < over->item->tail_count; i++) {
    const struct lang_tail *t = &over->item->tails[i];
    if (t->kind == LANG_TAIL_EXCEPTION && t->id.n && (str_eq(t->id, base->tag) || str_eq(t->id, base->clause))) return true;
  }
  return false;
}

/* Would it speak of the fact, were there no other? */
static bool applies(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  const struct lang_expr *unless = ref_unless(rule->item);
  if (!triggered(&env, trigger_of(rule), f)) return false;
  if (rule->type == RR_FORBID && !is_meant(r, rule, &rule->item->forbid->party, ref_person_of(r, f))) return false;
  env.failed = false;
  return unless == NULL || !ref_true(&env, unless);
}

static bool taken_over(struct ref *r, const struct ref_rule *rule, struct ref_fact *f, int depth) {
  for (size_t i = 0; i < r->rules.n && depth < 32; i++) {
    const struct ref_rule *over = r->rules.p[i];
    if (excepts(over, rule) && (applies(r, over, f) || taken_over(r, over, f, depth + 1))) return true;
  }
  return false;
}

static bool is_above(struct ref *r, const struct ref_rule *over, const struct ref_rule *other, int depth) {
  for (size_t i = 0; i < r->rules.n && depth < 32; i++) {
    if (excepts(over, r->rules.p[i]) && (r->rules.p[i] == other || is_above(r, r->rules.p[i], other, depth + 1))) return true;
  }
  return false;
}

/* Does the rule speak of the fact? Two exceptions to one clause that both fit, neither above the other: a person decides. */
static bool speaks(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  if (taken_over(r, rule, f, 0)) return false;
  for (size_t i = 0; i < r->rules.n; i++) {
    const struct ref_rule *base = r->rules.p[i];
    for (size_t k = 0; k < r->rules.n && excepts(rule, base); k++) {
      const struct ref_rule *o = r->rules.p[k];
      if (o == rule || !excepts(o, base) || is_above(r, rule, o, 0) || is_above(r, o, rule, 0)) continue;
      if (!applies(r, o, f) && !taken_over(r, o, f, 0)) continue;
      struct ref_cons c = {.rule = base, .fact_identity = ref_fact_identity(f), .cap_fen = -1};
      c.out = (struct consequence){.type = C_MANUAL, .subject = ref_person_of(r, f), .occurred_ms = f->at};
      c.trigger = f;
      c.id = ref_mix(ref_mix(base->ident, ref_fact_identity(f)), C_MANUAL);
      ref_keep(r, &c);
      return false;
    }
  }
  return true;
}

static void when(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  struct ref_site site = ref_site_of(&env, f->at, ref_fact_identity(f));
  const struct lang_expr *unless = ref_unless(rule->item);
  env.ordinal = &site.ordinal; /* 次序 may stand in the condition: whoever comes so far is counted */
  env.window = site.window;
  env.counted = &site.counted;
  if (!triggered(&env, &rule->item->when->trigger, f) || (unless && ref_true(&env, unless)) || !speaks(r, rule, f)) return;
  env.failed = false;
  int depth = 0;
  for (const struct ref_cons *c = f->booked; c; c = c->cause) { /* 不递延 holds for the whole chain */
    if (depth++ == 32 || (c->act && c->act->not_passed_on && c->rule->ident == rule->ident)) return;
  }
  if (rule->item->when->trigger.absent_within) {
    ref_wait(r, rule, f);
    return;
  }
  site.cause = f->booked;
  if (f->booked) site.at = ref_booked_at(f->booked); /* in the month of the matter */
  ref_do_body(&site, &rule->item->when->body);
}

static void forbid(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  const struct lang_expr *unless = ref_unless(rule->item);
  const struct lang_tail *violator = ref_violator(rule);
  struct str person = ref_person_of(r, f);
  u64 identity = ref_mix(rule->ident, ref_fact_identity(f));
  struct ref_site site = ref_site_of(&env, f->at, identity);
  env.ordinal = &site.ordinal;
  env.window = site.window;
  env.counted = &site.counted;
  if (!triggered(&env, &rule->item->forbid->trigger, f) || !is_meant(r, rule, &rule->item->forbid->party, person)) return;
  if ((unless && ref_true(&env, unless)) || !speaks(r, rule, f) || ref_is_dead(r, identity)) return;
  env.failed = false;
  bool acts = violator && ref_body_acts(&violator->body);
  ref_violation(r, rule, person, (struct str){"", 0}, RN_NONE, f->at, 0, "禁止", identity, !acts, NULL, f);
  if (!acts) return;
  env.bearer = person;
  env.bearer_party = &rule->item->forbid->party;
  ref_do_body(&site, &violator->body);
}

/* 合格 80分以上: a finished check whose total is outside breaks the list for whom it was about. No total, no judgement. */
static void check_total(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_checklist *c = rule->item->checklist;
  struct value list = ref_field(f, "检查表"), total = ref_field(f, "总分"), who = ref_field(f, "被查人");
  if (!c->has_pass || (list.type != V_ABSENT && !str_eq(list.s, c->name.text)) || total.type != V_POINTS) return;
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  struct lang_range pass = c->pass;
  struct lang_ranges ranges = {&pass, 1};
  u64 identity = ref_mix(rule->ident, ref_fact_identity(f));
  if (ref_in_ranges(&env, &ranges, &total) || env.failed || ref_is_dead(r, identity)) return;
  struct str person = who.type == V_REF || who.type == V_TEXT ? who.s : (struct str){"", 0};
  const struct lang_tail *violator = ref_violator(rule);
  bool acts = violator && ref_body_acts(&violator->body);
  ref_violation(r, rule, person, (struct str){"", 0}, RN_NONE, f->at, 0, "检查", identity, !acts, NULL, f);
  if (!acts) return;
  env.bearer = person;
  struct ref_site site = ref_site_of(&env, f->at, identity);
  ref_do_body(&site, &violator->body);
}

static void check(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_checklist *c = rule->item->checklist;
  struct value list = ref_field(f, "检查表"), item = ref_field(f, "项");
  if (f->kind == EVENT_inspection_finished) check_total(r, rule, f);
  if (f->kind != EVENT_inspection_found || (list.type != V_ABSENT && list.s.n && !str_eq(list.s, c->name.text))) return;
  for (size_t i = 0; i < c->row_count; i++) {
    if (!str_eq(c->rows[i].name.text, item.s) || !speaks(r, rule, f)) continue;
    struct ref_env env = ref_env_of(r, rule, f->at, f);
    u64 identity = ref_mix(rule->ident, ref_fact_identity(f));
    ref_violation(r, rule, ref_person_of(r, f), (struct str){"", 0}, RN_NONE, f->at, 0, "检查", identity, false, NULL, f);
    struct ref_site site = ref_site_of(&env, f->at, identity);
    site.fact_identity = ref_fact_identity(f);
    site.base = (i64)i * 1000;
    ref_do(&site, &c->rows[i].acts);
  }
}

/* The act was done: what its permission brings with it, judged before the act changes anything. */
static void gate(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_gate *g = rule->item->gate;
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  LIST_OF(const struct lang_gate_line *) speak = {0};
  if (!ref_fits(&env, &g->request, 1, g->where, f) || ref_gate_yields(r, rule->version, rule->item, f)) return;
  for (size_t i = 0; i < g->line_count; i++) {
    if (g->lines[i].otherwise || g->lines[i].condition == NULL) continue;
    bool holds = ref_true(&env, g->lines[i].condition);
    if (env.failed) return;
    if (holds) ADD(r->a, speak) = &g->lines[i];
  }
  if (speak.n == 0) {
    for (size_t i = 0; i < g->line_count; i++) {
      if (g->lines[i].otherwise || g->lines[i].condition == NULL) ADD(r->a, speak) = &g->lines[i];
    }
  }
  for (size_t i = 0; i < speak.n; i++) {
    if (speak.p[i]->verdict == LANG_REFUSE) return;
  }
  for (size_t i = 0; i < speak.n; i++) {
    struct ref_site site = ref_site_of(&env, f->at, ref_fact_identity(f));
    site.base = (speak.p[i] - g->lines) * 100;
    ref_do(&site, &speak.p[i]->acts);
  }
}

static void start_rules(struct ref *r, struct ref_fact *f, bool gates) {
  i64 occurred = f->booked ? ref_booked_at(f->booked) : f->at;
  for (size_t i = 0; i < r->rules.n; i++) {
    const struct ref_rule *rule = r->rules.p[i];
    if (rule->version != ref_version_at(r, occurred) || (rule->type == RR_GATE) != gates) continue;
    struct ref_env env = ref_env_of(r, rule, f->at, f);
    switch (rule->type) {
      case RR_WHEN: when(r, rule, f); break;
      case RR_MUST:
        env.site = ref_fact_identity(f); /* 次序 in its condition counts whoever comes so far */
        if (triggered(&env, &rule->item->must->trigger, f) && speaks(r, rule, f)) ref_begin_duty(r, rule, f);
        break;
      case RR_FORBID: forbid(r, rule, f); break;
      case RR_CHECK: check(r, rule, f); break;
      case RR_GATE: gate(r, rule, f); break;
      case RR_WORDS: ref_words_rule(r, rule, f); break;
      case RR_SURVEY: {
        const struct lang_trigger *at = &rule->item->survey->at_event;
        if (rule->item->survey->has_at && triggered(&env, at, f)) ref_send_survey(r, rule, f);
        break;
      }
      default: break;
    }
  }
}

static void judge_one(struct ref *r, struct ref_fact *f) {
  if (f->judged) {
    ref_speak_again(r, f, start_rules);
    return;
  }
  f->judged = true;
  r->rankings.n = 0;
  f->dead = ref_is_dead(r, ref_fact_identity(f)) || ref_is_revoked(r, ref_fact_identity(f));
  if (!f->dead) start_rules(r, f, true);
  ADD(r->a, r->history) = f;
  ref_entered(r, f);
  ref_case_moves(r, f);
  ref_people_move(r, f);
  ref_attendance(r, f);
  if (f->kind >= EVENT_ledger_judged && f->kind <= EVENT_ledger_ruled) ref_verdict(r, f);
  if (f->dead) return;
  ref_goals(r, f);
  ref_releases(r, f);
  ref_pauses(r, f);
  ref_extended(r, f);
  start_rules(r, f, false);
}

/* Derived facts follow at once, in the order they arose. */
static void judge_derived(struct ref *r) {
  size_t turns = 0;
  while (r->derived_next < r->derived.n) {
    BUG_IF(++turns > 100000); /* rules that feed each other without end: refused by the checker */
    judge_one(r, r->derived.p[r->derived_next++]);
  }
}

/* ---- time ---- */

static struct ref_next next_moment(struct ref *r) {
  struct ref_next best = {.at = INT64_MAX, .kind = RM_NONE};
  ref_duty_moments(r, &best);
  ref_time_moments(r, &best);
  ref_arrow_moments(r, &best);
  return best;
}

static void pass_to(struct ref *r, i64 to) {
  for (;;) {
    struct ref_next n = next_moment(r);
    if (n.kind == RM_NONE || n.at > to) break;
    if (n.at > r->now) r->now = n.at;
    r->rankings.n = 0;
    if (n.kind == RM_ARROW) ref_arrow_moment(r, &n);
    else if (n.duty) ref_duty_moment(r, &n);
    else ref_time_moment(r, &n);
    judge_derived(r);
  }
  if (to > r->now) r->now = to;
}

static int by_order(const void *a, const void *b) { return ref_fact_order(*(struct ref_fact *const *)a, *(struct ref_fact *const *)b); }

static struct ref_fact *fact_from(struct ref *r, const struct event *e) {
  struct ref_fact *f = ARENA_NEW(r->a, struct ref_fact);
  size_t n = e->kind->field_count;
  *f = (struct ref_fact){.at = e->occurred_ms, .seq = e->seq, .kind = (enum event_kind_id)event_kind_index(e->kind), .id = e->id, .actor = e->actor,
                         .case_type = e->case_type, .case_state = e->case_state, .extra = e->extra, .extra_count = e->extra_count};
  f->fields = ARENA_ARRAY(r->a, struct value, n ? n : 1);
  if (n) memcpy(f->fields, e->fields, n * sizeof *f->fields);
  f->written = e->fields;
  ref_note_group(r, f);
  return f;
}

static void derive_once(struct ref *r, struct ref_fact **facts, size_t count) {
  for (size_t i = 0; i < r->in->version_count; i++) add_rules(r, &r->in->versions[i]);
  for (size_t i = 0; i < r->rules.n; i++) r->rules.p[i]->count_from = counts_from(r, r->rules.p[i], 0);
  r->given = facts;
  r->given_count = count;
  for (size_t i = 0; i < count && !r->cut; i++) {
    if (i == 0) {
      r->first_at = r->now = facts[0]->at;
      ref_time_begins(r);
    }
    pass_to(r, facts[i]->at);
    judge_one(r, facts[i]);
    judge_derived(r);
    pass_to(r, facts[i]->at); /* what was over before it began */
  }
  if (count && r->in->until_ms > r->now && !r->cut) pass_to(r, r->in->until_ms);
}

/* ---- the outcome ---- */

static int by_id(const void *a, const void *b) { return str_compare(((const struct consequence *)a)->id, ((const struct consequence *)b)->id); }
static int by_clock(const void *a, const void *b) { return str_compare(((const struct rule_clock *)a)->id, ((const struct rule_clock *)b)->id); }

static void tell(struct ref *r, struct reference_result *out) {
  out->consequences = ARENA_ARRAY(r->a, struct consequence, r->cons.n + 1);
  out->clocks = ARENA_ARRAY(r->a, struct rule_clock, r->duties.n + 1);
  for (size_t i = 0; i < r->cons.n; i++) {
    const struct ref_cons *c = r->cons.p[i];
    if (!c->live) continue;
    const struct lang_header *h = c->rule->version->program->header;
    struct consequence *o = &out->consequences[out->consequence_count++];
    *o = c->out;
    o->id = ref_hex(r, "", c->id);
    o->clause = c->rule->clause;
    o->tag = c->rule->tag;
    o->version = arena_printf(r->a, "%d.%d", h->major, h->minor);
    if (o->ordinal == 0 && o->type != C_PAY) o->window_from_ms = o->window_to_ms = 0;
    ref_evidence(r, c, o);
  }
  for (size_t i = 0; i < r->duties.n; i++) {
    if (r->duties.p[i]->running && r->duties.p[i]->rule->type != RR_WHEN) ref_clock(r, r->duties.p[i], &out->clocks[out->clock_count++]);
  }
  qsort(out->consequences, out->consequence_count, sizeof *out->consequences, by_id);
  qsort(out->clocks, out->clock_count, sizeof *out->clocks, by_clock);
}

/* NULL: appeals undo each other without end. */
static struct ref *derive(struct arena *a, const struct reference_input *in) {
  LIST_OF(u64) dead = {0};
  struct ref_revocations *revocations = ARENA_NEW(a, struct ref_revocations);
  *revocations = (struct ref_revocations){0};
  for (int turn = 0; turn < 100; turn++) {
    struct ref *r = ARENA_NEW(a, struct ref);
    *r = (struct ref){.a = a, .in = in, .zone = in->zone_offset_ms, .revocations = revocations};
    for (size_t i = 0; i < dead.n; i++) ADD(a, r->dead) = dead.p[i];
    struct ref_fact **facts = ARENA_ARRAY(a, struct ref_fact *, in->event_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < in->event_count; i++) {
      bool twice = false;
      for (size_t k = 0; k < n; k++) twice |= str_eq(facts[k]->id, in->events[i]->id);
      if (!twice) facts[n++] = fact_from(r, in->events[i]);
    }
    qsort(facts, n, sizeof(struct ref_fact *), by_order);
    derive_once(r, facts, n);
    if (r->again) { /* facts are taken back: from the beginning, without them */
      for (size_t i = dead.n; i < r->dead.n; i++) ADD(a, dead) = r->dead.p[i];
      for (size_t i = 0; i < revocations->n; i++) revocations->p[i].seen = false;
      continue;
    }
    if (!ref_revocations_settle(revocations)) return r;
  }
  return NULL;
}

static enum status no_end(struct problem *p) {
  return problem_set(p, E_INVALID, "reference.appeals", "申诉互相推翻，没有定论", "appeals undo each other without end");
}

enum status reference_derive(struct arena *a, const struct reference_input *in, struct reference_result *out, struct problem *p) {
  *out = (struct reference_result){0};
  struct ref *r = derive(a, in);
  if (r == NULL) return no_end(p);
  tell(r, out);
  return OK;
}

enum status reference_gate(struct arena *a, const struct reference_input *in, const struct event *request, struct gate_decision *out, struct problem *p) {
  struct ref *r = derive(a, in);
  if (r == NULL) return no_end(p);
  ref_decide(r, fact_from(r, request), out);
  return OK;
}
