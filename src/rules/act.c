/* What follows: acts of a clause become consequences. A consequence is found again by its identity (rule, place of the act,
 * subject, key), so doing the same thing twice changes nothing, and judging it (confirm, waive, set) survives a
 * re-derivation. Sums that grow by steps keep growing until the duty is done or its end is written. */
#include "rules/slice.h"

#include <string.h>

bool body_acts(const struct lang_body *body) {
  if (body->tier) return true;
  for (size_t i = 0; i < body->acts.count; i++) {
    if (body->acts.p[i].kind != LANG_NONE && body->acts.p[i].kind != LANG_NOT_IN_FORCE) return true;
  }
  return false;
}

struct act_site site_new(struct env *env, i64 at, u64 key) {
  return (struct act_site){.env = env, .duty = NONE, .at = at, .key = key, .fact_identity = key};
}

static enum consequence_type type_of(enum lang_act_kind kind) {
  switch (kind) {
    case LANG_FINE: return C_FINE;
    case LANG_REWARD: return C_REWARD;
    case LANG_COMPENSATE: return C_COMPENSATE;
    case LANG_CHARGE: return C_CHARGE;
    case LANG_DEDUCT: case LANG_ADD: return C_SCORE;
    case LANG_PAY: return C_PAY;
    case LANG_DISCIPLINE: return C_DISCIPLINE;
    case LANG_PROPOSE: return C_PROPOSE;
    case LANG_REMIND: return C_REMIND;
    case LANG_URGE: return C_URGE;
    case LANG_ESCALATE: return C_ESCALATE;
    case LANG_TELL: return C_NOTIFY;
    case LANG_DEEM: return C_DEEM;
    case LANG_OPEN: return C_OPEN_CASE;
    case LANG_MOVE: return C_MOVE_CASE;
    case LANG_ASSIGN: return C_ASSIGN;
    case LANG_GIVE: return C_SEND_FORM;
    default: return C_MANUAL;
  }
}

/* ---- keeping, judging, reporting ---- */

u64 cons_digest(const struct cons *c) {
  u64 h = mix(mix(0, c->id), c->rule); /* another version of the rule says it: that is told */
  h = mix(h, (u64)c->seal * 64 + c->type);
  h = mix(h, (u64)c->subject << 32 | c->object);
  h = mix(h, (u64)c->fen);
  h = mix(h, (u64)c->fen_max);
  h = mix(h, (u64)c->points);
  h = mix(h, (u64)c->at);
  h = mix(h, (u64)c->ordinal);
  h = mix(h, (u64)c->item << 32 | c->account);
  h = mix(h, (u64)c->stop_at);
  h = mix(h, (u64)c->args << 32 | c->noted);
  h = mix(h, (u64)c->text << 32 | c->judged_by);
  h = mix(h, (u64)c->trace << 32 | c->manual);
  h = mix(h, c->basis);
  return mix(h, c->live);
}

/* Whatever of the evidence can change by itself: that is told too. */
u64 cons_basis(struct engine *e, const struct cons *c) {
  u64 h = mix(mix(0, c->cause), c->trigger == NONE ? 0 : fact_identity(e, c->trigger));
  h = mix(h, c->rank ? e->s.ranks.p[c->rank - 1].chain : 0);
  h = mix(h, c->stop == NONE ? 0 : fact_identity(e, c->stop));
  if (e->rules.p[c->rule].type == R_SETTLE) h = mix(h, explain_basis(e, c));
  enum event_kind_id kind = EVENT_conversation_auto_replied;
  for (u32 i = c->of_duty && c->noun == N_CONVERSATION ? e->s.by_kind[kind].n : 0; i > 0; i--) {
    u32 ref = e->s.by_kind[kind].p[i - 1];
    const struct fact *f = fact_of(e, ref);
    if (f->at < c->started) break;
    if (f->at < c->stop_at && fact_sym(e, ref, e->f_object[kind][N_CONVERSATION]) == c->object) h = mix(h, fact_identity(e, ref));
  }
  return h;
}

static bool is_verdict(struct str word, const char *zh, const char *en) { return str_is(word, zh) || str_is(word, en); }

/* Apply what people said about it, last word last. */
void cons_verdict(struct engine *e, struct cons *c, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  struct value person = fact_named(e, ref, e->w[W_PERSON]);
  sym by = person.type == V_REF || person.type == V_TEXT ? intern_sym(&e->names, person.s) : f->actor;
  if (f->kind == EVENT_ledger_appealed) {
    c->seal = SEAL_APPEALED;
    return;
  }
  c->judged_by = by;
  if (f->kind == EVENT_ledger_ruled) {
    struct value upheld = fact_named(e, ref, intern_sym(&e->names, STR("成立")));
    struct value against = fact_named(e, ref, intern_sym(&e->names, STR("指")));
    bool yes = upheld.type == V_BOOL && upheld.i;
    if (yes && !(against.type == V_TEXT && is_verdict(against.s, "事实", "fact"))) c->seal = SEAL_WAIVED;
    else if (!yes) c->seal = SEAL_CONFIRMED;
    return;
  }
  struct value result = fact_named(e, ref, intern_sym(&e->names, STR("结果")));
  struct value amount = fact_named(e, ref, e->w[W_EXTENT]);
  if (result.type != V_TEXT) return;
  if (is_verdict(result.s, "免除", "waive")) {
    c->seal = SEAL_WAIVED;
    return;
  }
  if (amount.type == V_MONEY && is_verdict(result.s, "确认", "confirm")) {
    if (amount.i != c->fen || c->fen_max != c->fen) return; /* another sum than the one agreed to: it is judged anew */
  } else if (amount.type == V_MONEY) {
    if (c->fen_max > c->fen && (amount.i < c->fen || amount.i > c->fen_max)) return; /* outside its range: stays open */
    c->fen = amount.i;
    c->fen_max = amount.i;
    if (c->type == C_SCORE) c->points = c->act && c->act->kind == LANG_ADD ? amount.i : -amount.i; /* hundredths of a point */
  } else if (c->seal == SEAL_OPEN) {
    return; /* a range is set by an amount, not by a nod */
  }
  c->seal = SEAL_CONFIRMED;
}

void cons_changed(struct engine *e, struct cons *c, enum change change) { engine_report_consequence(e, change, c); }

struct cons *cons_by_id(struct engine *e, u64 id) {
  u64 *at = table_get(&e->s.cons_of, id);
  return at ? &e->s.cons.p[*at - 1] : NULL;
}

bool takes_fact_back(struct engine *e, u32 ref) {
  if (fact_of(e, ref)->kind != EVENT_ledger_ruled) return false;
  struct value upheld = fact_named(e, ref, intern_sym(&e->names, STR("成立")));
  struct value against = fact_named(e, ref, intern_sym(&e->names, STR("指")));
  return upheld.type == V_BOOL && upheld.i && against.type == V_TEXT && is_verdict(against.s, "事实", "fact");
}

static void taken(struct engine *e, u64 identity, u64 cons, u32 trigger, u32 by, i64 from) {
  bool fresh;
  table_at(&e->dead, identity, &fresh);
  if (!fresh) return;
  if (e->replaying && !e->one_by_one) e->dirty = true;
  dirty_since(e, from);
  *VEC_PUSH(e->taken_back) = (struct taken_back){identity, cons, trigger, by};
}

/* The fact behind it is no fact: what it touches is derived once more without it. */
static void take_back(struct engine *e, const struct cons *c, u32 ruling) {
  i64 from = c->started && c->started < c->at ? c->started : c->at;
  if (c->trigger != NONE && fact_of(e, c->trigger)->at < from) from = fact_of(e, c->trigger)->at;
  if (e->rules.p[c->rule].type == R_NOTICE) from = INT64_MIN; /* who joins again owes the same reading again, under the same identity */
  taken(e, c->fact_identity, c->id, c->trigger, ruling, from);
}

void act_take_back(struct engine *e, u64 identity, i64 from) { taken(e, identity, 0, NONE, NONE, from); }

struct cons *cons_keep(struct engine *e, const struct cons *c) {
  if (e->slice) slice_verdicts(e, c->id);
  struct cons *old = cons_by_id(e, c->id);
  u64 basis = cons_basis(e, c);
  if (old && old->live) {
    u64 digest = cons_digest(old);
    struct cons fresh = *c;
    fresh.basis = basis;
    fresh.score_prev = old->score_prev;
    fresh.score_linked = old->score_linked;
    u32 index = (u32)(old - e->s.cons.p);
    fresh.live = true;
    fresh.ledger = old->ledger;
    fresh.sibling = old->sibling;
    u64 *said = table_get(&e->s.verdicts, c->id);
    if (said && c->fen != old->fen) {
      cons_verdict(e, &fresh, (u32)(*said - 1));
    } else {
      fresh.seal = old->seal;
      fresh.judged_by = old->judged_by;
    }
    *old = fresh;
    if (cons_digest(old) != digest) {
      cons_changed(e, old, CHANGE_UPDATE);
      if (fresh.seal != SEAL_WAIVED) strata_post(e, index);
    }
    return cons_by_id(e, c->id);
  }
  if (old == NULL) {
    *VEC_PUSH(e->s.cons) = *c;
    *table_at(&e->s.cons_of, c->id, NULL) = e->s.cons.n;
    old = &e->s.cons.p[e->s.cons.n - 1];
    strata_caused(e, e->s.cons.n - 1);
  } else {
    u32 ledger = old->ledger, sibling = old->sibling;
    u32 former = old->score_prev;
    bool linked = old->score_linked;
    *old = *c;
    old->score_prev = former;
    old->score_linked = linked;
    old->ledger = ledger;
    old->sibling = sibling;
  }
  old->live = true;
  old->basis = basis;
  score_link(e, (u32)(old - e->s.cons.p));
  e->used = true;
  u64 *verdict = table_get(&e->s.verdicts, c->id);
  if (verdict) cons_verdict(e, old, (u32)(*verdict - 1));
  const u64 *ruling = table_get(&e->s.overruled, c->id);
  if (ruling) take_back(e, old, (u32)(*ruling - 1)); /* the word was there before the consequence */
  cons_changed(e, old, CHANGE_ADD);
  strata_post(e, (u32)(old - e->s.cons.p));
  return cons_by_id(e, c->id); /* the array may have moved */
}

void cons_withdraw(struct engine *e, struct cons *c) {
  if (!c->live) return;
  c->live = false;
  c->seal = SEAL_WITHDRAWN;
  cons_changed(e, c, CHANGE_WITHDRAW);
}

void judge_fold(struct engine *e, u32 ref) {
  struct value id = fact_named(e, ref, intern_sym(&e->names, STR("后果")));
  if (id.type != V_TEXT && id.type != V_REF) return;
  u64 key = id_of_hex(id.s);
  if (key == 0) return;
  e->used = true;
  struct cons *c = cons_by_id(e, key);
  if (takes_fact_back(e, ref)) {
    *table_at(&e->s.overruled, key, NULL) = (u64)ref + 1;
    if (c) take_back(e, c, ref);
    return;
  }
  *table_at(&e->s.verdicts, key, NULL) = (u64)ref + 1;
  if (c == NULL || !c->live) return;
  u64 digest = cons_digest(c);
  const struct cons before = *c;
  cons_verdict(e, c, ref);
  score_judged(e, &before, ref);
  if (cons_digest(c) == digest) return;
  cons_changed(e, c, CHANGE_UPDATE);
  u32 index = (u32)(c - e->s.cons.p);
  if (c->seal == SEAL_WAIVED) strata_lift(e, index); /* S16: nothing is left of what derives from it */
  else strata_post(e, index);
}

/* ---- stepped sums ---- */

void cons_step(struct engine *e, struct cons *c, i64 stop_at) {
  const struct rule *r = &e->rules.p[c->rule];
  struct env env = env_new(e, r->version, r, c->due, NONE);
  struct open_hours hours;
  i64 over = stop_at - c->due;
  if (over > 0 && c->of_duty && rule_hours(&env, &hours)) over = hours_between(&env, &hours, c->due, stop_at);
  if (over < 0) over = 0;
  i64 steps = c->started_steps ? (over + c->step_ms - 1) / c->step_ms : over / c->step_ms;
  if (c->started_steps && steps == 0) steps = 1;
  steps = steps > c->carried ? steps - c->carried : 0;
  i64 fen;
  if (__builtin_mul_overflow(steps, c->unit_fen, &fen)) fen = INT64_MAX;
  if (c->cap_fen >= 0 && fen > c->cap_fen) fen = c->cap_fen;
  c->steps = steps;
  c->over_ms = over;
  if (c->seal != SEAL_PROPOSED && c->seal != SEAL_OPEN && c->seal != SEAL_APPEALED) return; /* somebody has said how much it is */
  if (c->type == C_SCORE) c->points = c->act->kind == LANG_DEDUCT ? -fen : fen;
  else c->fen = c->fen_max = fen;
}

void cons_finish(struct engine *e, struct cons *c) {
  c->ended = true;
  if (c->live && c->seal != SEAL_WAIVED) strata_post(e, (u32)(c - e->s.cons.p));
}

/* The parts of a product or sum, as lines of the explanation: words of the book, value. */
static sym trace_of(struct env *env, const struct lang_expr *x) {
  struct engine *e = env->e;
  const struct lang_expr *parts[2] = {x->a, x->b};
  struct str all = {"", 0};
  if (x->kind != LX_ARITH) parts[0] = x, parts[1] = NULL;
  for (size_t i = 0; i < COUNT_OF(parts) && parts[i]; i++) {
    struct value v;
    if (parts[i]->kind == LX_LITERAL || !eval(env, parts[i], &v)) continue;
    struct str words = lang_text(env->v->program, parts[i]->at), zh = value_show(e->scratch, &v, false, e->zone), en = value_show(e->scratch, &v, true, e->zone);
    all = arena_printf(e->scratch, "%.*s%.*s\t%.*s\t%.*s\n", STR_ARG(all), STR_ARG(words), STR_ARG(zh), STR_ARG(en));
  }
  env->failed = false;
  return intern_sym(&e->names, all);
}

/* ---- acts ---- */

static void manual(struct act_site *site, const struct lang_act *act, u32 place, struct cons base) {
  struct engine *e = site->env->e;
  base.type = C_MANUAL;
  base.act = act;
  base.subject = site->env->bearer ? site->env->bearer : site->env->fact != NONE ? fact_person(e, site->env->fact) : site->env->key;
  struct str why = arena_printf(e->scratch, "%.*s\t%.*s", STR_ARG(site->env->why_zh), STR_ARG(site->env->why_en));
  base.manual = intern_sym(&e->names, why.n > 1 ? why : STR("缺少判断所需的内容\tsomething needed to judge is missing"));
  base.id = mix(mix(base.id, place), C_MANUAL);
  base.fen = base.fen_max = base.points = 0;
  base.counts_steps = false;
  base.seal = SEAL_PROPOSED; /* there is no range to set a sum in */
  base.decided_by = base.account = 0;
  if (site->collect) *VEC_PUSH(*site->collect) = base;
  else cons_keep(e, &base);
}

static bool money_of(struct env *env, const struct lang_expr *x, i64 *fen) {
  struct value v;
  if (!eval(env, x, &v)) return false;
  if (v.type == V_ABSENT) return env_fail(env, "金额缺少内容", "the amount is missing", (struct str){"", 0});
  if (v.type != V_MONEY && v.type != V_POINTS) return env_fail(env, "不是金额", "not an amount", (struct str){"", 0});
  i64 den = v.den > 0 ? v.den : 1;
  if (ratio_round(v.i, den, 1, ROUND_HALF_UP, fen) != OK) return env_fail(env, "金额溢出", "the amount overflows", (struct str){"", 0});
  return true;
}

static sym default_account(struct engine *e, const struct version *v, const struct lang_act *act) {
  if (act->account.text.n) return intern_sym(&e->names, act->account.text);
  struct str word = lang_act_zh(act->kind), en = lang_act_en(act->kind);
  for (size_t i = 0; i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    if (item->kind != LI_ACCOUNT) continue;
    for (size_t k = 0; k < item->account->receives.count; k++) {
      struct str name = item->account->receives.p[k].text;
      if (str_eq(name, word) || str_eq(name, en)) return intern_sym(&e->names, item->account->name.text);
    }
  }
  return 0;
}

/* The amount of a money or points act: fixed, by steps, or a range that a role sets. */
static bool amount_of(struct act_site *site, const struct lang_act *act, struct cons *c) {
  struct env *env = site->env;
  struct engine *e = env->e;
  c->amount = &act->amount;
  if (!money_of(env, act->amount.from, &c->fen)) return false;
  c->fen_max = c->fen;
  c->unit_fen = c->fen;
  if (act->amount.to) {
    if (!money_of(env, act->amount.to, &c->fen_max)) return false;
    if (act->amount.decided && c->fen_max > c->fen) c->seal = SEAL_OPEN;
    c->decided_by = intern_sym(&e->names, act->amount.decided_by.path.text);
  }
  if (act->steps == LANG_STEPS_NONE) return true;
  struct value step, over = value_absent();
  if (!eval(env, act->step, &step)) return false;
  if (step.type != V_DURATION || step.i <= 0) return env_fail(env, "步长要是时长", "a step must be a duration", (struct str){"", 0});
  c->step_ms = step.i;
  c->started_steps = act->steps == LANG_STEPS_STARTED;
  c->counts_steps = true;
  c->cap_fen = -1;
  if (act->cap && !money_of(env, act->cap, &c->cap_fen)) return false;
  if (site->duty != NONE) {
    cons_step(e, c, site->at);
    return true;
  }
  if (!eval_name(env, e->w[W_DURATION], &over) || over.type != V_DURATION) return env_fail(env, "没有可按步数的时长", "there is no duration to step by", (struct str){"", 0});
  c->due = site->at - over.i;
  c->ended = true;
  cons_step(e, c, site->at);
  c->due = 0;
  return true;
}

static void about(struct act_site *site, struct cons *c) {
  struct engine *e = site->env->e;
  if (site->duty != NONE) {
    const struct duty *d = &e->s.duties.p[site->duty];
    c->object = d->object;
    c->noun = d->noun;
    c->started = d->started;
    c->due = d->due;
    c->last_good = d->last_good;
    c->paused = d->paused;
    c->of_duty = true;
    c->duty = site->duty;
    c->trigger = d->trigger;
    c->stop_at = site->at;
    return;
  }
  if (site->env->fact == NONE) return;
  const struct fact *f = fact_of(e, site->env->fact);
  for (int noun = N_CONVERSATION; noun <= N_CASE; noun++) {
    sym id = fact_sym(e, site->env->fact, e->f_object[f->kind][noun]);
    if (id == 0) continue;
    c->object = id;
    c->noun = (u8)noun;
  }
}

static void deem(struct act_site *site, const struct lang_act *act, struct cons *c) {
  struct env *env = site->env;
  struct engine *e = env->e;
  struct alts alts = {0};
  alt_of_name(e, env->v, &act->event.path, act->event.path.count, &alts);
  c->item = intern_sym(&e->names, act->event.path.text);
  if (alts.n == 0 || site->collect) return;
  const struct alt *a = &alts.p[alts.n - 1];
  const struct event_kind *kind = &event_kind_all(NULL)[a->kind];
  struct event *event = event_new(e->scratch, (enum event_kind_id)a->kind, site->at, (struct str){"", 0});
  event->case_type = intern_str(&e->names, a->case_type);
  event->case_state = intern_str(&e->names, a->case_state);
  for (size_t i = 0; i < act->args.count; i++) {
    struct value v;
    if (!eval(env, act->args.p[i].value, &v)) return;
    if (v.type == V_REF) v.den = 0;
    size_t field = event_kind_field(kind, act->args.p[i].name.text);
    if (field != SIZE_MAX) event->fields[field] = v;
    else event_set_extra(event, e->scratch, act->args.p[i].name.text, v);
  }
  u32 stored = fact_store(e, event); /* copied into the derived facts: it goes with the state */
  struct fact f = e->facts.p[stored];
  u32 cells = (u32)kind->field_count + 2u * f.extra;
  struct state *s = &e->s;
  if (s->derived_cells.n + cells > s->derived_cells.room) {
    s->derived_cells.p = vec_room(s->derived_cells.p, &s->derived_cells.room, s->derived_cells.n + cells, sizeof *s->derived_cells.p);
  }
  memcpy(&s->derived_cells.p[s->derived_cells.n], &e->cells.p[f.cells], cells * sizeof(struct cell));
  e->facts.n--;
  e->cells.n = f.cells;
  f.cells = s->derived_cells.n;
  s->derived_cells.n += cells;
  f.derived = true;
  f.origin = env->rule->index + 1;
  f.seq = INT64_MAX;
  f.id = hex_sym(&e->names, 'd', mix(c->id, C_DEEM));
  *VEC_PUSH(s->derived) = f;
  queue_derived(e, (s->derived.n - 1) | DERIVED_BIT);
}

static void emit(struct act_site *site, const struct cons *c) {
  struct engine *e = site->env->e;
  if (site->collect) {
    *VEC_PUSH(*site->collect) = *c;
    return;
  }
  const struct cons *kept = cons_keep(e, c);
  if (site->duty != NONE && kept->counts_steps && !kept->ended) {
    struct duty *d = &e->s.duties.p[site->duty];
    if (d->cons_count < COUNT_OF(d->cons)) d->cons[d->cons_count++] = (u32)(kept - e->s.cons.p);
  }
}

static void act_one(struct act_site *site, const struct lang_act *act, u32 place) {
  struct env *env = site->env;
  struct engine *e = env->e;
  if (act->kind == LANG_NONE || act->kind == LANG_NOT_IN_FORCE) return;
  const struct rule *r = env->rule;
  struct cons c = {.rule = r->index,
                   .act = act,
                   .type = type_of(act->kind),
                   .seal = SEAL_PROPOSED,
                   .at = site->at,
                   .ordinal = site->ordinal,
                   .window_from = site->window[0],
                   .window_to = site->window[1],
                   .rank = site->rank,
                   .trigger = env->anchor,
                   .stop = NONE,
                   .duty = NONE,
                   .by_gate = site->gate,
                   .fact_identity = site->fact_identity,
                   .cause = site->cause,
                   .trace = site->trace,
                   .cap_fen = -1};
  c.id = mix(mix(r->ident, site->key), place);
  about(site, &c);
  env->failed = false;
  if (act->kind == LANG_IF) {
    bool yes = eval_true(env, act->condition);
    struct act_site inner = *site;
    inner.act_base = place * 32;
    if (env->failed) manual(site, act, place, c);
    else act_run(&inner, yes ? &act->then : &act->otherwise);
    return;
  }
  if (act->kind == LANG_WITHDRAW) {
    revoke_act(site, act);
    return;
  }
  if (flow_act(site, act, place, &c)) return;
  bool ok = !env->failed;
  if (act->kind == LANG_FINE || act->kind == LANG_REWARD || act->kind == LANG_COMPENSATE || act->kind == LANG_CHARGE) {
    ok = amount_of(site, act, &c);
    c.account = default_account(e, env->v, act);
  } else if (act->kind == LANG_DEDUCT || act->kind == LANG_ADD) {
    ok = amount_of(site, act, &c);
    if (act->steps == LANG_STEPS_NONE) c.points = act->kind == LANG_DEDUCT ? -c.fen : c.fen;
    if (!act->amount.to) c.fen = c.fen_max = 0;
    else if (c.seal == SEAL_OPEN) c.points = 0;
    c.item = score_account(e, env->v, act);
    bool grows = c.counts_steps && site->duty != NONE;
    if (ok && !grows && c.fen_max == 0 && c.points == 0) return; /* no points are no consequence */
  } else if (act->kind == LANG_PAY) {
    struct value v;
    ok = eval(env, act->expr, &v) && eval_round(env, &act->rounding, &v);
    if (ok && v.type == V_ABSENT) ok = env_fail(env, "计薪缺少内容", "the pay item is missing something", act->name.text);
    if (ok && v.type != V_MONEY) ok = v.type == V_COUNT && v.i == 0 ? true : env_fail(env, "计薪的不是钱", "the pay item is not money", act->name.text);
    i64 den = v.den > 0 ? v.den : 1;
    if (ok) ok = ratio_round(v.i, den, 1, ROUND_HALF_UP, &c.fen) == OK;
    c.fen_max = c.fen;
    c.item = intern_sym(&e->names, act->name.text);
    if (ok && c.fen == 0) return; /* nothing to pay is nothing to say */
    if (ok) c.trace = intern_sym(&e->names, arena_printf(e->scratch, "%.*s%.*s", STR_ARG(intern_str(&e->names, c.trace)), STR_ARG(intern_str(&e->names, trace_of(env, act->expr)))));
  } else if (act->kind == LANG_DISCIPLINE || act->kind == LANG_PROPOSE || act->kind == LANG_GIVE) {
    c.item = intern_sym(&e->names, act->name.text);
    if (act->decided) c.decided_by = intern_sym(&e->names, act->decided_by.path.text);
  } else if (act->kind == LANG_DEEM) {
    deem(site, act, &c);
  }
  if (act->text.n) c.text = intern_sym(&e->names, act->text);
  if (!ok) {
    manual(site, act, place, c);
    return;
  }
  sym who[PARTY_ROOM];
  u32 n = 0;
  const struct lang_party *parties = act->parties.count ? act->parties.p : &act->party;
  size_t count = act->parties.count ? act->parties.count : act->has_party ? 1 : 0;
  for (size_t i = 0; i < count; i++) n += party_symbols(env, &parties[i], who + n, PARTY_ROOM - n, NULL);
  if (n == 0 && count && !env->failed) env_fail(env, "不知道是谁：", "it is not known who this is:", parties[0].path.text);
  if (count && env->failed) {
    manual(site, act, place, c);
    return;
  }
  if (n == 0) {
    who[0] = env->bearer ? env->bearer : env->key ? env->key : env->fact != NONE ? fact_person(e, env->fact) : 0;
    n = 1;
  }
  u64 id = c.id;
  for (u32 i = 0; i < n; i++) {
    bool twice = false;
    for (u32 k = 0; k < i; k++) twice |= who[k] == who[i];
    if (twice) continue;
    c.subject = who[i];
    c.id = mix_str(id, intern_str(&e->names, who[i]));
    emit(site, &c);
  }
}

void act_run(struct act_site *site, const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) act_one(site, &acts->p[i], site->act_base + (u32)i + 1);
}

void act_manual(struct act_site *site) {
  struct env *env = site->env;
  struct cons c = {.rule = env->rule->index, .at = site->at, .trigger = env->anchor, .stop = NONE, .duty = NONE,
                   .fact_identity = site->fact_identity, .cap_fen = -1};
  c.id = mix(mix(env->rule->ident, site->key), 0);
  about(site, &c);
  manual(site, NULL, 0, c);
}

void act_run_body(struct act_site *site, const struct lang_body *body) {
  struct env *env = site->env;
  env->ordinal = &site->ordinal;
  env->window = site->window;
  env->rank = &site->rank;
  if (body->tier == NULL) {
    act_run(site, &body->acts);
    return;
  }
  const struct lang_row *row = eval_tier(env, body->tier);
  if (row == NULL) {
    if (!env->failed) env_fail(env, "表里没有一行管这种情形", "no row of the table speaks of this case", (struct str){"", 0});
    act_manual(site);
    return;
  }
  struct lang_body chosen = {.acts = row->acts};
  if (env->rule->type == R_SETTLE && body_acts(&chosen)) { /* what the table was asked */
    struct str all = {"", 0};
    for (size_t i = 0; i < body->tier->column_count; i++) {
      all = arena_printf(env->e->scratch, "%.*s%.*s", STR_ARG(all), STR_ARG(intern_str(&env->e->names, trace_of(env, body->tier->columns[i]))));
    }
    site->trace = intern_sym(&env->e->names, all);
  }
  site->act_base = (u32)(row - body->tier->rows + 1) * 1000;
  act_run(site, &row->acts);
}

void act_violation(struct engine *e, const struct violation *v) {
  const struct rule *r = v->rule;
  u32 ref = fact_derive(e, EVENT_clause_violated, v->at);
  fact_set(e, ref, "条款", text_value(e, r->clause));
  if (v->person) fact_set(e, ref, "当事人", ref_value(e, N_PERSON, v->person));
  if (v->object) fact_set(e, ref, "对象", value_ref(intern_str(&e->names, v->object)));
  fact_set(e, ref, "逾时", value_int(V_DURATION, v->over_ms));
  fact_set(e, ref, "来源", value_text(str_c(v->source)));
  if (v->noun == N_CASE) fact_set(e, ref, "单据", value_ref(intern_str(&e->names, v->object)));
  struct fact *f = fact_of(e, ref);
  f->id = hex_sym(&e->names, 'd', mix(v->identity, EVENT_clause_violated));
  f->origin = r->index + 1;
  f->case_state = r->tag; /* 违反 #tag looks here */
  queue_derived(e, ref);
  if (!v->bare) return;
  struct cons c = {.rule = r->index, .type = C_VIOLATION, .subject = v->person, .object = v->object, .noun = v->noun, .at = v->at,
                   .trigger = v->cause, .stop = NONE, .duty = v->duty, .fact_identity = v->identity, .cap_fen = -1, .over_ms = v->over_ms};
  c.id = mix_str(mix(mix(r->ident, v->identity), C_VIOLATION), intern_str(&e->names, v->person));
  if (v->duty != NONE) {
    const struct duty *d = &e->s.duties.p[v->duty];
    c.of_duty = true;
    c.started = d->started;
    c.due = d->due;
    c.last_good = d->last_good;
    c.stop_at = v->at;
  }
  cons_keep(e, &c);
}
