/* Duties with a clock: 自 … 起 … 须 …, and the instances of 每 … 须 …. A duty is pending until its last good millisecond has
 * passed; then whoever bears it is looked up (S6) and it is violated, and stays to be met late or to let a sum grow.
 * Running duties hang on the object they are about, so a reply finds its greeting without a search. */
#include "rules/slice.h"

#include <string.h>

static struct duty *duty_at(struct engine *e, u32 d) { return &e->s.duties.p[d]; }
static const struct rule *rule_of(struct engine *e, u32 d) { return &e->rules.p[duty_at(e, d)->rule]; }

u32 duty_new(struct engine *e, const struct rule *r) {
  struct state *s = &e->s;
  u32 d = s->free_duty;
  u32 gen = 0;
  if (d != NONE) {
    s->free_duty = s->duties.p[d].object_next;
    gen = s->duties.p[d].id_gen;
  } else {
    (void)VEC_PUSH(s->duties);
    d = s->duties.n - 1;
  }
  s->duties.p[d] = (struct duty){.rule = r->index, .id_gen = gen + 1, .object_next = NONE, .rule_next = NONE, .rule_prev = NONE,
                                 .trigger = NONE, .need = r->need, .stop = NONE, .clock = CLOCK_RUNNING};
  while (s->rule_duties.n <= r->index) *VEC_PUSH(s->rule_duties) = NONE;
  u32 first = s->rule_duties.p[r->index];
  s->duties.p[d].rule_next = first;
  if (first != NONE) s->duties.p[first].rule_prev = d;
  s->rule_duties.p[r->index] = d;
  return d;
}

void duty_bind(struct engine *e, u32 d, enum noun noun, sym id) {
  if (e->slice) slice_duty(e, rule_of(e, d), (u8)noun, id);
  u32 o = object_make(e, noun, id);
  duty_at(e, d)->object = id;
  duty_at(e, d)->noun = (u8)noun;
  duty_at(e, d)->object_next = e->s.objects.p[o].duties;
  e->s.objects.p[o].duties = d;
}

void duty_free(struct engine *e, u32 d) {
  struct state *s = &e->s;
  struct duty *duty = duty_at(e, d);
  if (e->replaying) *table_at(&e->ended, duty->id, NULL) = (u64)duty->clock + 1;
  timers_cancel(e, TIMERS_OF_DUTY, d);
  if (duty->recurring) recur_over(e, duty);
  if (duty->object && duty->noun) {
    u32 o = object_find(e, (enum noun)duty->noun, duty->object);
    u32 *link = &s->objects.p[o].duties;
    while (*link != d && *link != NONE) link = &s->duties.p[*link].object_next;
    if (*link == d) *link = duty->object_next;
  }
  if (duty->rule_prev != NONE) s->duties.p[duty->rule_prev].rule_next = duty->rule_next;
  else s->rule_duties.p[duty->rule] = duty->rule_next;
  if (duty->rule_next != NONE) s->duties.p[duty->rule_next].rule_prev = duty->rule_prev;
  u32 gen = duty->id_gen;
  *duty = (struct duty){.id_gen = gen + 1, .state = D_DONE, .object_next = s->free_duty};
  s->free_duty = d;
}

static struct env duty_env(struct engine *e, u32 d, i64 now) {
  const struct duty *duty = duty_at(e, d);
  const struct rule *r = rule_of(e, d);
  struct env env = env_new(e, r->version, r, now, duty->trigger);
  env.bearer = duty->bearer ? duty->bearer : duty->person;
  env.bearer_party = r->bearer;
  return env;
}

/* Who bears it at an instant: the one it was made for; who has the conversation or order now; who holds the role. */
sym duty_bearer(struct engine *e, u32 d, i64 at) {
  const struct duty *duty = duty_at(e, d);
  const struct rule *r = rule_of(e, d);
  if (duty->person) return duty->person;
  if (r->bearer == NULL) return 0;
  if (r->bearer->path.count == 1 && r->bearer->args.count == 0 && (duty->noun == N_CONVERSATION || duty->noun == N_ORDER)) {
    sym name = intern_sym(&e->names, r->bearer->path.segments[0]);
    if (name == e->w[W_AGENT] || str_is(r->bearer->path.segments[0], "agent")) {
      u32 o = object_find(e, (enum noun)duty->noun, duty->object);
      if (o != NONE && e->s.objects.p[o].agent) return e->s.objects.p[o].agent;
    }
  }
  struct env env = env_new(e, r->version, r, at, duty->trigger);
  struct element el = {.fact = NONE, .value = ref_value(e, N_CASE, duty->object)};
  if (duty->trigger == NONE && duty->noun == N_CASE && duty->object) env.element = &el; /* 对(客户档案) 负责人: whom the case names */
  sym who[PARTY_ROOM];
  u32 n = party_symbols(&env, r->bearer, who, PARTY_ROOM, NULL);
  return n ? who[0] : 0;
}

/* ---- beginning ---- */

static u64 key_of_duty(struct engine *e, const struct rule *r, u32 ref) { return mix(r->ident, fact_identity(e, ref)); }

static bool warn_at(struct env *env, u32 d, const struct lang_tail *t, i64 *at) {
  struct value span;
  return eval(env, t->span, &span) && span_shift(env, &span, duty_at(env->e, d)->due, true, at);
}

static void warn_timers(struct engine *e, u32 d) {
  const struct rule *r = rule_of(e, d);
  for (size_t i = 0; i < r->item->tail_count; i++) {
    const struct lang_tail *t = &r->item->tails[i];
    if (t->kind != LANG_TAIL_WARN) continue;
    struct env env = duty_env(e, d, duty_at(e, d)->started);
    i64 at;
    if (!warn_at(&env, d, t, &at)) continue;
    if (at > duty_at(e, d)->started && at > e->s.now) timer_add(e, at, T_WARN, d, (u32)i | duty_at(e, d)->moves << 16, duty_at(e, d)->id_gen);
  }
}

void duty_open(struct engine *e, u32 d) {
  timer_add(e, duty_at(e, d)->last_good + 1, T_DUE, d, 0, duty_at(e, d)->id_gen);
  if (rule_of(e, d)->item->tail_count) warn_timers(e, d);
  duty_report(e, d);
}

static void pause_or_go_on(struct engine *e, u32 d, i64 at);

void duty_start(struct engine *e, const struct rule *r, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  if (r->unless && eval_true(&env, r->unless)) return;
  env.failed = false;
  u32 d = duty_new(e, r);
  struct duty *duty = duty_at(e, d);
  duty->trigger = ref;
  duty->started = duty->from = f.at;
  duty->id = key_of_duty(e, r, ref);
  e->used = true;
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, ref, e->f_object[f.kind][noun]);
    if (id == 0 || noun == N_CUSTOMER) continue;
    duty_bind(e, d, (enum noun)noun, id);
    break;
  }
  if (e->slice && duty_at(e, d)->object == 0) slice_duty(e, r, N_NONE, 0);
  i64 due, last_good;
  u32 shift = 0;
  env.bearer_party = NULL;
  sym bearer = r->item->must->due.kind == LANG_DUE_DAY && r->item->must->due.day == LANG_SAME_SHIFT ? duty_bearer(e, d, f.at) : 0;
  if (!due_moment(&env, &r->item->must->due, f.at, bearer, &due, &last_good, &shift)) {
    struct act_site site = site_new(&env, f.at, duty_at(e, d)->id);
    struct cons c = {.rule = r->index, .type = C_MANUAL, .at = f.at, .trigger = ref, .stop = NONE, .duty = NONE,
                     .fact_identity = site.fact_identity, .cap_fen = -1, .subject = duty_bearer(e, d, f.at)};
    struct str why = arena_printf(e->scratch, "%.*s\t%.*s", STR_ARG(env.why_zh), STR_ARG(env.why_en));
    c.manual = intern_sym(&e->names, why);
    c.id = mix(mix(r->ident, site.key), C_MANUAL);
    cons_keep(e, &c);
    duty_free(e, d);
    return;
  }
  duty = duty_at(e, d);
  duty->due = due;
  duty->last_good = last_good;
  duty->shift = shift;
  duty_open(e, d);
  pause_or_go_on(e, d, f.at);
}

/* Nothing is owed, something is waited for: when it does not come in time, the rule speaks of the fact that began it. */
void duty_wait(struct engine *e, const struct rule *r, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  struct value span;
  i64 due, last_good;
  if (!eval(&env, r->item->when->trigger.absent_within, &span) || !span_end(&env, &span, f.at, &due, &last_good)) {
    struct act_site site = site_new(&env, f.at, fact_identity(e, ref));
    act_manual(&site);
    return;
  }
  u32 d = duty_new(e, r);
  struct duty *duty = duty_at(e, d);
  duty->trigger = ref;
  duty->started = duty->from = f.at;
  duty->id = key_of_duty(e, r, ref);
  duty->quiet = true;
  e->used = true;
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, ref, e->f_object[f.kind][noun]);
    if (id == 0 || noun == N_CUSTOMER) continue;
    duty_bind(e, d, (enum noun)noun, id);
    break;
  }
  if (e->slice) slice_escape(e, "waiting for what does not come");
  duty = duty_at(e, d);
  duty->due = due;
  duty->last_good = last_good;
  timer_add(e, duty->last_good + 1, T_DUE, d, 0, duty->id_gen);
}

static void waited_in_vain(struct engine *e, u32 d) {
  const struct duty duty = *duty_at(e, d);
  const struct rule *r = rule_of(e, d);
  duty_free(e, d);
  struct env env = env_new(e, r->version, r, duty.due, duty.trigger);
  struct act_site site = site_new(&env, duty.due, fact_identity(e, duty.trigger));
  env.ordinal = &site.ordinal;
  act_run_body(&site, &r->item->when->body);
}

/* ---- being met ---- */

static void duty_finish_steps(struct engine *e, u32 d, i64 at, u32 stop) {
  struct duty *duty = duty_at(e, d);
  for (u32 i = 0; i < duty->cons_count; i++) {
    struct cons *c = &e->s.cons.p[duty->cons[i]];
    u64 digest = cons_digest(c);
    if (c->ended) { /* it has reached its cap */
      if (!c->goes_on) c->stop = stop;
      c->basis = cons_basis(e, c);
      if (c->live && cons_digest(c) != digest) cons_changed(e, c, CHANGE_UPDATE);
      duty = duty_at(e, d);
      continue;
    }
    c->stop = stop;
    c->stop_at = at;
    c->met_late = stop != NONE;
    cons_step(e, c, at);
    c->basis = cons_basis(e, c);
    if (cons_digest(c) != digest) cons_changed(e, c, CHANGE_UPDATE);
    cons_finish(e, &e->s.cons.p[duty_at(e, d)->cons[i]]);
    duty = duty_at(e, d);
  }
  duty->cons_count = 0;
}

static void duty_met(struct engine *e, u32 d, u32 ref) {
  struct duty *duty = duty_at(e, d);
  i64 at = fact_of(e, ref)->at;
  duty->stop = ref;
  duty->stop_at = at;
  if (duty->state == D_VIOLATED) {
    e->used = true;
    duty_finish_steps(e, d, at, ref);
    duty_at(e, d)->clock = CLOCK_MET_LATE;
  } else {
    duty->clock = CLOCK_MET;
  }
  duty_at(e, d)->final = true;
  duty_report(e, d);
  duty_free(e, d);
}

void duty_count(struct engine *e, u32 d, u32 ref) {
  struct duty *duty = duty_at(e, d);
  if (duty->counted == ref + 1) return; /* it fits two of the goals: one deed is one */
  duty->counted = ref + 1;
  duty->done++;
  if (duty->done >= duty->need) duty_met(e, d, ref);
  else duty_report(e, d);
}

static bool evidence_given(struct env *env, const struct lang_goal *g, u32 ref) {
  struct engine *e = env->e;
  for (size_t i = 0; i < g->evidence_count; i++) {
    struct value v = fact_named(e, ref, intern_sym(&e->names, g->evidence[i].name.text));
    bool there = v.type == V_LIST ? v.count > 0 : v.type == V_BOOL ? v.i != 0 : v.type != V_ABSENT && (v.type != V_TEXT || v.s.n);
    if (!there) return false;
    if (g->evidence[i].bound.count == 0) continue;
    struct value n = value_int(V_COUNT, v.type == V_LIST ? (i64)v.count : v.type == V_TEXT ? (i64)str_han_count(v.s) : 1);
    if (!eval_range(env, &g->evidence[i].bound, &n)) return false;
  }
  return true;
}

static bool same_names(struct env *env, const struct lang_names *names, u32 ref, const struct duty *duty) {
  struct engine *e = env->e;
  for (size_t i = 0; i < names->count; i++) {
    sym name = intern_sym(&e->names, names->p[i].text);
    struct value mine = value_absent(), theirs;
    struct env there = env_new(e, env->v, env->rule, env->now, ref);
    bool read = eval_name(&there, name, &theirs) && theirs.type != V_ABSENT;
    if (!read) { /* 完成 查实存 同 商品, 问卷.发出 同 户: what it was done to */
      theirs = fact_named(e, ref, intern_sym(&e->names, STR("对象")));
      read = theirs.type != V_ABSENT;
    }
    if (!read) return false;
    if (duty->object_key) mine = value_ref(intern_str(&e->names, duty->object_key));
    else if (duty->trigger == NONE && duty->noun == N_CASE && duty->object) { /* 对(客户档案) … 同 客户: its own field; 对(户 …) … 同 户: itself */
      if (!object_attribute(e, N_CASE, duty->object, name, &mine) || mine.type == V_ABSENT) mine = value_ref(intern_str(&e->names, duty->object));
    }
    else if (duty->trigger == NONE) return false;
    else {
      struct env here = env_new(e, env->v, env->rule, env->now, duty->trigger);
      if (!eval_name(&here, name, &mine)) return false;
    }
    if (mine.type == V_ABSENT || theirs.type == V_ABSENT || !value_same(e, &mine, &theirs)) return false;
  }
  return true;
}

/* A case of another type cannot be the one the duty is about: then the person decides whether the goal fits. */
static bool other_case(struct engine *e, const struct duty *duty, const struct fact *f) {
  if (duty->noun != N_CASE || f->case_type == 0) return false;
  u32 o = object_find(e, N_CASE, duty->object);
  return o != NONE && e->s.objects.p[o].type && e->s.objects.p[o].type != f->case_type;
}

/* S4: the same object, else the same person, else what 同 says. */
bool duty_fits_goal(struct engine *e, u32 d, const struct goal *g, u32 alt, u32 ref) {
  const struct duty duty = *duty_at(e, d);
  const struct rule *r = rule_of(e, d);
  const struct fact f = *fact_of(e, ref);
  if (f.at < duty.from || (duty.trigger != NONE && ref == duty.trigger)) return false;
  struct env env = env_new(e, r->version, r, f.at, ref);
  env.anchor = duty.trigger != NONE ? duty.trigger : ref;
  sym bearer = 0;
  if (g->same && g->same->count) {
    if (!same_names(&env, g->same, ref, &duty)) return false;
  } else if (duty.object && e->f_object[f.kind][duty.noun] >= 0 && !other_case(e, &duty, &f)) {
    if (fact_sym(e, ref, e->f_object[f.kind][duty.noun]) != duty.object) return false;
  } else {
    bearer = duty_bearer(e, d, f.at);
    sym doer = r->type == R_CHECK_DUTY ? fact_sym(e, ref, e->f_checked_by) : fact_person(e, ref);
    if (doer == 0) doer = f.actor;
    if (doer != bearer && !(r->bearer && duty.shared && person_has_role(e, doer, intern_sym(&e->names, r->bearer->path.text)))) return false;
  }
  if (r->type == R_NOTICE && f.kind == EVENT_rulebook_acknowledged) { /* this book, in this version */
    struct value book = fact_named(e, ref, intern_sym(&e->names, STR("制度"))), version = fact_named(e, ref, intern_sym(&e->names, STR("版本")));
    if ((book.type == V_REF || book.type == V_TEXT) && book.s.n && !str_eq(book.s, r->version->program->header->id.text)) return false;
    if ((version.type == V_REF || version.type == V_TEXT) && version.s.n && !str_eq(version.s, r->version->name)) return false;
  }
  if (r->type == R_NOTICE && r->item->notice->has_exam) { /* 考试 80分以上: only a passed test is the goal */
    struct value points = fact_named(e, ref, intern_sym(&e->names, STR("分")));
    struct lang_range pass = r->item->notice->exam;
    struct lang_ranges ranges = {.p = &pass, .count = 1};
    if (points.type != V_POINTS || !eval_range(&env, &ranges, &points)) return false;
  }
  if (g->src && g->src->personally) {
    if (bearer == 0) bearer = duty_bearer(e, d, f.at);
    if (f.actor != bearer) return false;
  }
  if (g->complete) {
    sym name = fact_sym(e, ref, e->f_done_name);
    if (name != g->complete || !evidence_given(&env, g->src, ref)) return false;
  }
  if (g->alts.p[alt].cond_count == 0) return true;
  env.bearer = bearer ? bearer : duty_bearer(e, d, f.at);
  env.bearer_party = r->bearer;
  return event_fits(&env, &g->alts.p[alt], ref);
}

static bool rule_is_by_object(const struct engine *e, const struct rule *r, u16 kind, sym case_type) {
  if (r->type != R_MUST || r->starts.n == 0) return false;
  for (u32 i = 0; i < r->starts.n; i++) {
    int start = r->starts.p[i].kind;
    bool shared = false;
    if (start < 0) return false;
    if (case_type && r->starts.p[i].case_type && r->starts.p[i].case_type != case_type) return false; /* a case of another type is another matter */
    for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
      if (noun == N_CUSTOMER || e->f_object[start][noun] < 0) continue;
      shared = e->f_object[kind][noun] >= 0; /* the first noun is what the duty hangs on */
      break;
    }
    if (!shared) return false;
  }
  return true;
}

bool duty_by_object(const struct engine *e, const struct rule *r) {
  if (r->type != R_MUST || (r->release_same && r->release_same->count)) return false;
  for (u32 g = 0; g < r->goal_count; g++) {
    if (r->goals[g].same && r->goals[g].same->count) return false;
    for (u32 i = 0; i < r->goals[g].alts.n; i++) {
      if (r->goals[g].alts.p[i].kind < 0 || !rule_is_by_object(e, r, (u16)r->goals[g].alts.p[i].kind, r->goals[g].alts.p[i].case_type)) return false;
    }
  }
  for (u32 i = 0; i < r->releases.n; i++) {
    if (r->releases.p[i].kind < 0 || !rule_is_by_object(e, r, (u16)r->releases.p[i].kind, r->releases.p[i].case_type)) return false;
  }
  return true;
}

typedef void (*duty_hit)(struct engine *e, u32 d, u32 ref);

static void on_object(struct engine *e, const struct rule *r, const struct goal *g, u32 alt, u32 ref, duty_hit hit) {
  const struct fact f = *fact_of(e, ref);
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, ref, e->f_object[f.kind][noun]);
    u32 o = id ? object_find(e, (enum noun)noun, id) : NONE;
    if (o == NONE) continue;
    for (u32 d = e->s.objects.p[o].duties, next; d != NONE; d = next) {
      next = duty_at(e, d)->object_next;
      if (duty_at(e, d)->rule != r->index) continue;
      if (g && !duty_fits_goal(e, d, g, alt, ref)) continue;
      hit(e, d, ref);
    }
  }
}

void duty_goal(struct engine *e, const struct rule *r, const struct listener *l, u32 ref) {
  const struct goal *g = &r->goals[l->goal];
  const struct fact f = *fact_of(e, ref);
  if (r->index >= e->s.rule_duties.n || e->s.rule_duties.p[r->index] == NONE) return;
  if (!alt_fits(&g->alts.p[l->alt], &f)) return;
  if ((g->same == NULL || g->same->count == 0) && rule_is_by_object(e, r, f.kind, f.case_type)) {
    on_object(e, r, g, l->alt, ref, duty_count);
    return;
  }
  if (r->type == R_CHECK_DUTY) {
    sym list = fact_sym(e, ref, e->f_checked_list);
    if (!str_eq(intern_str(&e->names, list), r->item->checklist->name.text)) return;
  }
  for (u32 d = e->s.rule_duties.p[r->index], next; d != NONE; d = next) {
    next = duty_at(e, d)->rule_next;
    if (duty_fits_goal(e, d, g, l->alt, ref)) duty_count(e, d, ref);
  }
}

/* ---- release, end ---- */

void duty_discharge(struct engine *e, u32 d, i64 at, u32 ref) {
  struct duty *duty = duty_at(e, d);
  duty->stop = ref;
  duty->stop_at = at;
  if (duty->state == D_VIOLATED) duty_finish_steps(e, d, at, NONE);
  else duty->clock = CLOCK_DISCHARGED;
  duty_at(e, d)->final = true;
  duty_report(e, d);
  duty_free(e, d);
}

static void discharge_hit(struct engine *e, u32 d, u32 ref) { duty_discharge(e, d, fact_of(e, ref)->at, ref); }

/* What releases a duty or ends its sum speaks of the same object (S4), else of who bears it. */
static bool same_matter(struct engine *e, u32 d, u32 ref) {
  const struct duty *duty = duty_at(e, d);
  const struct fact *f = fact_of(e, ref);
  if (duty->object && e->f_object[f->kind][duty->noun] >= 0) return fact_sym(e, ref, e->f_object[f->kind][duty->noun]) == duty->object;
  sym doer = fact_person(e, ref);
  if (doer == 0) doer = f->actor;
  return doer == duty_bearer(e, d, f->at);
}

void duty_release(struct engine *e, const struct rule *r, const struct listener *l, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  if (!event_fits(&env, &r->releases.p[l->alt], ref)) return;
  if (r->index >= e->s.rule_duties.n || e->s.rule_duties.p[r->index] == NONE) return;
  if ((r->release_same == NULL || r->release_same->count == 0) && rule_is_by_object(e, r, f.kind, f.case_type)) {
    on_object(e, r, NULL, 0, ref, discharge_hit);
    return;
  }
  for (u32 d = e->s.rule_duties.p[r->index], next; d != NONE; d = next) {
    next = duty_at(e, d)->rule_next;
    if (r->release_same && r->release_same->count ? same_names(&env, r->release_same, ref, duty_at(e, d)) : same_matter(e, d, ref)) duty_discharge(e, d, f.at, ref);
  }
}

/* 未做 计至: the sum stops there. Before the deadline there is nothing to count, and nobody left to serve. */
void duty_end_steps(struct engine *e, const struct rule *r, const struct listener *l, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  if (r->index >= e->s.rule_duties.n || e->s.rule_duties.p[r->index] == NONE) return;
  if (!event_fits(&env, &r->ends.p[l->alt], ref)) return;
  if (rule_is_by_object(e, r, f.kind, f.case_type)) {
    on_object(e, r, NULL, 0, ref, discharge_hit);
    return;
  }
  for (u32 d = e->s.rule_duties.p[r->index], next; d != NONE; d = next) {
    next = duty_at(e, d)->rule_next;
    if (same_matter(e, d, ref)) duty_discharge(e, d, f.at, ref);
  }
}

/* ---- time passing ---- */

static i64 next_step(struct engine *e, const struct cons *c) {
  const struct rule *r = &e->rules.p[c->rule];
  struct env env = env_new(e, r->version, r, c->due, NONE);
  struct open_hours hours;
  i64 over = c->over_ms;
  i64 k = c->started_steps ? (over + c->step_ms - 1) / c->step_ms : over / c->step_ms + 1;
  if (c->started_steps && k == 0) k = 1;
  i64 after = k * c->step_ms + (c->started_steps ? 1 : 0), at = c->due + after;
  if (rule_hours(&env, &hours) && !hours_add(&env, &hours, c->due, after, &at)) return INT64_MAX;
  return at;
}

static bool capped(const struct cons *c) {
  i64 fen;
  return c->cap_fen >= 0 && (__builtin_mul_overflow(c->steps, c->unit_fen, &fen) || fen >= c->cap_fen);
}

static bool grows(struct engine *e, u32 d) {
  const struct duty *duty = duty_at(e, d);
  for (u32 i = 0; i < duty->cons_count; i++) {
    const struct cons *c = &e->s.cons.p[duty->cons[i]];
    if (!c->ended || c->goes_on) return true;
  }
  return false;
}

/* Nothing grows and nothing is to be said any more: of a recurring duty the moment is over, of any other the month. */
static bool close_quiet(struct engine *e, u32 d) {
  struct duty *duty = duty_at(e, d);
  if (duty->late_left || grows(e, d) || !(duty->recurring || duty->limit_at == INT64_MAX)) return false;
  duty->final = true;
  duty_report(e, d);
  duty_free(e, d);
  return true;
}

static void step_timer(struct engine *e, u32 d) {
  const struct duty *duty = duty_at(e, d);
  i64 at = duty->limit_at;
  if (at == INT64_MAX) return;
  for (u32 i = 0; i < duty->cons_count; i++) {
    const struct cons *c = &e->s.cons.p[duty->cons[i]];
    if ((!c->ended || c->goes_on) && next_step(e, c) < at) at = next_step(e, c);
  }
  timer_add(e, at, T_STEP, d, 0, duty->id_gen);
}

/* S12: with the month the count stops. What has no cap and was neither met nor ended goes on, but is booked in the next month. */
static void month_over(struct engine *e, u32 d, i64 limit) {
  u32 kept = 0;
  for (u32 i = 0; i < duty_at(e, d)->cons_count; i++) {
    u32 index = duty_at(e, d)->cons[i];
    struct cons *c = &e->s.cons.p[index];
    if (!c->ended) {
      u64 digest = cons_digest(c);
      c->stop_at = limit;
      cons_step(e, c, limit);
      c->basis = cons_basis(e, c);
      c->goes_on = c->live && c->cap_fen < 0 && c->type < C_SCORE;
      if (cons_digest(c) != digest) cons_changed(e, c, CHANGE_UPDATE);
      cons_finish(e, &e->s.cons.p[index]);
    }
    if (e->s.cons.p[index].goes_on) duty_at(e, d)->cons[kept++] = index;
  }
  duty_at(e, d)->cons_count = kept;
  duty_at(e, d)->limit_at = kept ? instant_at(date_add_months(month_start(instant_date(limit, e->zone)), 1), 0, e->zone) : INT64_MAX;
  if (!close_quiet(e, d)) step_timer(e, d); /* what is to be told later is still told */
}

/* The first step after its month: an entry of its own, that counts on from there. */
static void go_on(struct engine *e, u32 d, u32 which, i64 at) {
  struct cons *c = &e->s.cons.p[duty_at(e, d)->cons[which]], next = *c;
  c->goes_on = false;
  next.at = instant_at(month_start(instant_date(at, e->zone)), 0, e->zone);
  next.id = mix(c->id, (u64)next.at);
  next.carried = c->carried + c->steps;
  next.seal = SEAL_PROPOSED;
  next.judged_by = 0;
  next.live = next.ended = next.goes_on = next.score_linked = next.stale = false;
  next.ledger = next.sibling = next.score_prev = 0;
  next.stop_at = at;
  cons_step(e, &next, at);
  u32 kept = (u32)(cons_keep(e, &next) - e->s.cons.p);
  duty_at(e, d)->cons[which] = kept;
}

void duty_step(struct engine *e, u32 d, i64 at) {
  struct duty *duty = duty_at(e, d);
  if (at >= duty->limit_at) {
    month_over(e, d, duty->limit_at);
    return;
  }
  for (u32 i = 0; i < duty->cons_count; i++) {
    struct cons *c = &e->s.cons.p[duty->cons[i]];
    if (c->goes_on && next_step(e, c) <= at) {
      go_on(e, d, i, at);
      duty = duty_at(e, d);
      continue;
    }
    if (c->ended || next_step(e, c) > at) continue;
    u64 digest = cons_digest(c);
    c->stop_at = at;
    cons_step(e, c, at);
    c->basis = cons_basis(e, c);
    bool end = capped(c);
    if (cons_digest(c) != digest) cons_changed(e, c, CHANGE_UPDATE);
    if (end) cons_finish(e, &e->s.cons.p[duty_at(e, d)->cons[i]]);
    duty = duty_at(e, d);
  }
  if (!close_quiet(e, d)) step_timer(e, d);
}

static bool late_tails(const struct rule *r) {
  for (size_t i = 0; i < r->item->tail_count; i++) {
    if (r->item->tails[i].kind == LANG_TAIL_OVERDUE && r->item->tails[i].span) return true;
  }
  return false;
}

static void overdue_timers(struct engine *e, u32 d) {
  const struct rule *r = rule_of(e, d);
  for (size_t i = 0; i < r->item->tail_count; i++) {
    const struct lang_tail *t = &r->item->tails[i];
    if (t->kind != LANG_TAIL_OVERDUE || t->span == NULL) continue;
    struct env env = duty_env(e, d, duty_at(e, d)->due);
    struct value span;
    i64 at;
    if (eval(&env, t->span, &span) && span_shift(&env, &span, duty_at(e, d)->due, false, &at)) {
      timer_add(e, at + 1, T_OVERDUE, d, (u32)i, duty_at(e, d)->id_gen);
      duty_at(e, d)->late_left++;
      continue;
    }
    struct act_site site = site_new(&env, duty_at(e, d)->due, mix(duty_at(e, d)->id, 2000 + (u64)i)); /* when that would be cannot be told */
    site.duty = d;
    site.fact_identity = duty_at(e, d)->id;
    act_manual(&site);
  }
}

/* A recurring duty is not owed by who has left, changed the role, or is on leave. */
static bool still_owed(struct engine *e, const struct rule *r, sym person, i64 at) {
  u32 p = object_find(e, N_PERSON, person);
  if (p == NONE || !e->s.objects.p[p].known) return true; /* named only in a roster or an example */
  if (!person_employed(e, person, at) || person_on_leave(e, person, at)) return false;
  if (r->bearer == NULL || r->bearer->path.count != 1 || !lang_find_role(r->version->program, r->bearer->path.text)) return true;
  return person_has_role(e, person, intern_sym(&e->names, r->bearer->path.text));
}

void duty_judge(struct engine *e, u32 d, i64 at) {
  struct duty *duty = duty_at(e, d);
  const struct rule *r = rule_of(e, d);
  struct env env = duty_env(e, d, at);
  if (is_dead(e, duty->id) || (r->unless && eval_true(&env, r->unless))) {
    duty_discharge(e, d, at, NONE);
    return;
  }
  duty->bearer = duty_bearer(e, d, at);
  if (r->type == R_EACH && duty->noun == N_CASE && !case_in_set(e, r, duty->object, at)) { /* it is no longer one of them */
    duty_discharge(e, d, at, NONE);
    return;
  }
  if (duty->recurring && duty->bearer && !still_owed(e, r, duty->bearer, at)) {
    duty_discharge(e, d, at, NONE);
    return;
  }
  clock_ran_out(e, d, at);
  duty = duty_at(e, d);
  duty->state = D_VIOLATED;
  duty->clock = CLOCK_VIOLATED;
  i64 month_end = instant_at(date_add_months(month_start(instant_date(duty->due, e->zone)), 1), 0, e->zone);
  duty->limit_at = month_end > at ? month_end : at + 1;
  e->used = true;
  env = duty_env(e, d, at);
  bool acts = r->violator && body_acts(&r->violator->body);
  i64 booked = duty->due;
  if (!duty->quiet) {
    struct violation v = {.rule = r, .person = duty->bearer, .object = duty->object_key ? duty->object_key : duty->object, .noun = duty->noun,
                          .at = at, .over_ms = at - duty->due, .source = "时限", .cause = duty->trigger, .duty = d, .identity = duty->id,
                          .bare = !acts && !late_tails(r)};
    act_violation(e, &v);
  }
  duty_report(e, d);
  if (acts) {
    struct act_site site = site_new(&env, booked, duty_at(e, d)->id);
    site.duty = d;
    act_run_body(&site, &r->violator->body);
  }
  duty = duty_at(e, d);
  overdue_timers(e, d);
  for (u32 i = 0; i < duty_at(e, d)->cons_count; i++) {
    struct cons *c = &e->s.cons.p[duty_at(e, d)->cons[i]];
    if (!c->ended && capped(c)) cons_finish(e, c);
  }
  if (!close_quiet(e, d)) step_timer(e, d);
}

void duty_due(struct engine *e, u32 d, i64 at) {
  struct duty *duty = duty_at(e, d);
  if (duty->state != D_PENDING || duty->clock == CLOCK_PAUSED || at <= duty->last_good) return;
  if (rule_of(e, d)->type == R_WHEN) {
    waited_in_vain(e, d);
    return;
  }
  if (duty->shift && shift_running_on(e, duty->shift - 1)) {
    duty->run_on = true; /* 延至 接待结束: judged when the shift really ends */
    duty_report(e, d);
    return;
  }
  duty_judge(e, d, at);
}

void duty_warn(struct engine *e, u32 d, u32 which, i64 at) {
  u32 tail = which & 0xffff;
  if (which >> 16 != duty_at(e, d)->moves) return; /* the deadline has moved, another timer is set */
  const struct rule *r = rule_of(e, d);
  if (duty_at(e, d)->state != D_PENDING || duty_at(e, d)->clock == CLOCK_PAUSED) return;
  struct env env = duty_env(e, d, at);
  if (env.bearer == 0) env.bearer = duty_bearer(e, d, at);
  if (duty_at(e, d)->recurring && env.bearer && person_on_leave(e, env.bearer, at)) return;
  struct act_site site = site_new(&env, at, mix(duty_at(e, d)->id, 1000 + tail));
  site.duty = d;
  struct lang_acts acts = r->item->tails[tail].body.acts;
  act_run(&site, &acts);
}

void duty_overdue(struct engine *e, u32 d, u32 tail, i64 at) {
  const struct rule *r = rule_of(e, d);
  if (duty_at(e, d)->state != D_VIOLATED) return;
  struct env env = duty_env(e, d, at);
  struct act_site site = site_new(&env, at - 1, mix(duty_at(e, d)->id, 2000 + tail));
  site.duty = d;
  site.fact_identity = duty_at(e, d)->id;
  act_run_body(&site, &r->item->tails[tail].body);
  duty_at(e, d)->late_left--;
  close_quiet(e, d);
}

/* The deadline is another now: whatever waits for it waits anew. */
static void duty_move(struct engine *e, u32 d, i64 due, i64 last_good) {
  timers_cancel(e, TIMERS_OF_DUTY, d);
  duty_at(e, d)->due = due;
  duty_at(e, d)->last_good = last_good;
  duty_at(e, d)->moves++;
  timer_add(e, last_good + 1, T_DUE, d, 0, duty_at(e, d)->id_gen);
  warn_timers(e, d);
  duty_report(e, d);
}

/* What was left of the time when the clock stopped is left again; with 只计 it runs inside the hours only. */
static void duty_resume(struct engine *e, u32 d, i64 at) {
  struct duty *duty = duty_at(e, d);
  const struct rule *r = rule_of(e, d);
  i64 stood = at - duty->paused_since, due = duty->due + stood, slack = duty->last_good - duty->due;
  const struct lang_name *only = &r->item->must->due.options.only;
  struct open_hours hours;
  struct env env = duty_env(e, d, at);
  if (only->text.n && hours_named(&env, only->text, &hours)) {
    i64 left = hours_between(&env, &hours, duty->paused_since, duty->due);
    if (!hours_add(&env, &hours, at, left, &due)) due = duty->due + stood;
  }
  duty->clock = CLOCK_RUNNING;
  duty->paused += stood;
  duty_move(e, d, due, due + slack);
}

/* 可延期: an extension of the case moves what may be extended and is not yet broken; never back. */
void duty_extended(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct value limit = fact_named(e, ref, intern_sym(&e->names, STR("新限")));
  sym id = fact_sym(e, ref, e->f_object[f.kind][N_CASE]);
  u32 o = id ? object_find(e, N_CASE, id) : NONE;
  if (o == NONE || limit.type != V_INSTANT) return;
  for (u32 d = e->s.objects.p[o].duties; d != NONE; d = duty_at(e, d)->object_next) {
    const struct rule *r = rule_of(e, d);
    if (r->type != R_MUST || !r->item->must->due.options.extendable || duty_at(e, d)->state != D_PENDING || limit.i <= duty_at(e, d)->due) continue;
    e->used = true;
    duty_move(e, d, limit.i, limit.i);
  }
}

static void pause_or_go_on(struct engine *e, u32 d, i64 at) {
  const struct rule *r = rule_of(e, d);
  if (r->type != R_MUST || r->item->must->due.options.pause == NULL || duty_at(e, d)->state != D_PENDING) return;
  struct env env = duty_env(e, d, at);
  bool stands = eval_true(&env, r->item->must->due.options.pause);
  struct duty *duty = duty_at(e, d);
  if (stands && duty->clock == CLOCK_RUNNING) {
    duty->clock = CLOCK_PAUSED;
    duty->paused_since = at;
    duty_report(e, d);
  } else if (!stands && duty->clock == CLOCK_PAUSED) {
    duty_resume(e, d, at);
  }
}

/* 停表: the clock stands while the condition holds; looked at when the duty begins and whenever something happens to its object. */
void duty_pauses(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, ref, e->f_object[f.kind][noun]);
    u32 o = id ? object_find(e, (enum noun)noun, id) : NONE;
    if (o == NONE) continue;
    for (u32 d = e->s.objects.p[o].duties; d != NONE; d = duty_at(e, d)->object_next) {
      pause_or_go_on(e, d, f.at);
    }
  }
}
