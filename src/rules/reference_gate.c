/* The reference's decisions: may this be done, and who has to agree. Everything the book says about the request is gathered from its
 * items one after another: lines of 申请, routes of 审批, what 排班 and 适用 allow, what a 密级 keeps. A refusal wins over consent, consent
 * over permission; nobody consents to his own request, somebody one higher does. */
#include "rules/reference_parts.h"

static const struct str nothing = {"", 0};
static struct str text_of(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : nothing; }

struct asked {
  struct ref *r;
  const struct reference_version *version;
  const struct lang_program *program;
  struct ref_fact *f;
  bool refused, consent, permitted;
  LIST_OF(struct gate_reason) reasons;
  LIST_OF(struct approval_stage) stages;
  LIST_OF(const struct lang_approval *) via;
  LIST_OF(const struct lang_item *) via_item;
  LIST_OF(const struct lang_gate_line *) doing; /* lines that bring acts with them */
  LIST_OF(const struct lang_item *) doing_item;
};

static struct ref_env env_of(struct asked *k) {
  return (struct ref_env){.r = k->r, .version = k->version, .program = k->program, .now = k->f->at, .fact = k->f, .anchor = k->f};
}

static void reason(struct asked *k, const struct lang_item *item, struct str why) {
  struct str clause = item->clause ? item->clause->id : nothing;
  ADD(k->r->a, k->reasons) = (struct gate_reason){.clause = clause, .tag = item->tag, .text_zh = why};
}

static void refuse(struct asked *k, const struct lang_item *item, struct str why) {
  k->refused = true;
  reason(k, item, why);
}

/* ---- 申请 ---- */

static bool asks_for(struct asked *k, const struct lang_gate *g) {
  struct ref_env env = env_of(k);
  return ref_fits(&env, &g->request, 1, g->where, k->f);
}

bool ref_gate_yields(struct ref *r, const struct reference_version *version, const struct lang_item *gate, struct ref_fact *f) {
  struct asked k = {.r = r, .version = version, .program = version->program, .f = f};
  for (size_t i = 0; i < k.program->item_count; i++) {
    const struct lang_item *over = k.program->items[i];
    for (size_t t = 0; over->kind == LI_GATE && over != gate && t < over->tail_count; t++) {
      struct str id = over->tails[t].kind == LANG_TAIL_EXCEPTION ? over->tails[t].id : nothing;
      bool names = id.n && (str_eq(id, gate->tag) || (gate->clause && gate->clause != over->clause && str_eq(id, gate->clause->id)));
      if (names && asks_for(&k, over->gate)) return true;
    }
  }
  return false;
}

static void line_speaks(struct asked *k, const struct lang_item *item, const struct lang_gate_line *line) {
  if (line->verdict == LANG_REFUSE) {
    refuse(k, item, line->because.n ? line->because : lang_text(k->program, line->at));
    return;
  }
  if (line->verdict == LANG_VIA) {
    k->consent = true;
    ADD(k->r->a, k->via) = line->via;
    ADD(k->r->a, k->via_item) = item;
  } else {
    k->permitted = true;
  }
  if (line->acts.count) {
    ADD(k->r->a, k->doing) = line;
    ADD(k->r->a, k->doing_item) = item;
  }
}

static void gate(struct asked *k, const struct lang_item *item) {
  const struct lang_gate *g = item->gate;
  if (!asks_for(k, g) || ref_gate_yields(k->r, k->version, item, k->f)) return;
  LIST_OF(const struct lang_gate_line *) speak = {0};
  for (size_t i = 0; i < g->line_count; i++) {
    struct ref_env env = env_of(k);
    if (g->lines[i].otherwise || g->lines[i].condition == NULL) continue;
    bool holds = ref_true(&env, g->lines[i].condition);
    if (env.failed) { /* what cannot be judged is not permitted by guess */
      refuse(k, item, STR(REFERENCE_MISSING));
      return;
    }
    if (holds) ADD(k->r->a, speak) = &g->lines[i];
  }
  for (size_t i = 0, none = speak.n == 0; none && i < g->line_count; i++) {
    if (g->lines[i].otherwise || g->lines[i].condition == NULL) ADD(k->r->a, speak) = &g->lines[i];
  }
  for (size_t i = 0; i < speak.n; i++) line_speaks(k, item, speak.p[i]);
}

/* ---- 审批 ---- */

static void route(struct asked *k, const struct lang_item *item) {
  struct ref_env env = env_of(k);
  const struct lang_approval *approval = item->route->approval;
  if (!ref_fits(&env, &item->route->step, 1, NULL, k->f)) return;
  if (item->route->tier) {
    const struct lang_row *row = ref_row(&env, item->route->tier);
    if (row == NULL && env.failed) refuse(k, item, STR(REFERENCE_UNKNOWN));
    approval = row ? row->approval : NULL;
  }
  if (approval == NULL) return;
  k->consent = true;
  ADD(k->r->a, k->via) = approval;
  ADD(k->r->a, k->via_item) = item;
}

/* ---- who agrees (S19) ---- */

static ref_people present(struct asked *k, ref_people who) {
  ref_people kept = {0};
  for (size_t i = 0; i < who.n; i++) {
    if (!str_starts(who.p[i], STR("role:")) && !ref_on_leave(k->r, who.p[i], k->f->at)) ADD(k->r->a, kept) = who.p[i];
  }
  return kept;
}

/* *own: it is the asker's to decide, in somebody else's matter, or nobody stands above him. */
static ref_people who_agrees(struct asked *k, const struct lang_party *party, bool *own) {
  struct ref_env env = env_of(k);
  ref_people who = present(k, ref_party(&env, party)), others = {0};
  const struct lang_role *role = lang_find_role(k->program, party->path.text);
  if (who.n == 0 && role && role->deputy.text.n) who = present(k, ref_holders(k->r, role->deputy.text));
  struct str about = ref_person_of(k->r, k->f), asker = k->f->actor.n ? k->f->actor : about;
  bool among = false;
  *own = false;
  for (size_t i = 0; i < who.n; i++) {
    if (str_eq(who.p[i], asker)) among = true;
    else ADD(k->r->a, others) = who.p[i];
  }
  if (!among) return who;
  if (about.n && !str_eq(about, asker)) return *own = true, (ref_people){0};
  struct str up = ref_superior(k->r, k->program, asker);
  if (up.n && !str_eq(up, asker)) {
    others.n = 0;
    ADD(k->r->a, others) = up;
  }
  *own = others.n == 0;
  return others;
}

static void party_agrees(struct asked *k, const struct lang_approval *ap, struct approval_stage *stage, ref_people *persons, bool *open) {
  for (size_t i = 0; ap->kind != LA_PARTY && i < ap->part_count; i++) party_agrees(k, ap->parts[i], stage, persons, open);
  if (ap->kind != LA_PARTY) return;
  bool own;
  ref_people who = who_agrees(k, &ap->party, &own);
  struct str name = ap->party.path.text;
  stage->role_zh = stage->role_zh.n ? arena_printf(k->r->a, "%.*s、%.*s", STR_ARG(stage->role_zh), STR_ARG(name)) : name;
  if (own) return;
  *open = true;
  for (size_t i = 0; i < who.n && (i == 0 || !stage->all); i++) ADD(k->r->a, *persons) = who.p[i]; /* 且: one holder of each role answers for it */
}

static void stages(struct asked *k, const struct lang_approval *ap) {
  if (ap->kind == LA_IN_TURN) {
    for (size_t i = 0; i < ap->part_count; i++) stages(k, ap->parts[i]);
    return;
  }
  struct approval_stage stage = {.all = ap->kind == LA_ALL};
  ref_people persons = {0};
  bool open = false;
  party_agrees(k, ap, &stage, &persons, &open);
  stage.persons = persons.p;
  stage.person_count = persons.n;
  if (open) ADD(k->r->a, k->stages) = stage;
}

/* ---- 排班, 适用 ---- */

static bool works_on(struct ref *r, struct str person, i64 date) {
  for (size_t i = 0; i < r->shifts.n; i++) {
    if (!r->shifts.p[i]->gone && r->shifts.p[i]->date == date && str_eq(r->shifts.p[i]->person, person)) return true;
  }
  return false;
}

static void dates_of(struct asked *k, i64 *first, i64 *last) {
  struct value from = ref_field(k->f, "自"), to = ref_field(k->f, "至");
  *first = *last = instant_date(k->f->at, k->r->zone);
  if (from.type == V_DATE && to.type == V_DATE) {
    *first = from.i;
    *last = to.i;
    return;
  }
  for (size_t i = 0; i < k->r->shifts.n; i++) {
    if (k->r->shifts.p[i]->date > *last) *last = k->r->shifts.p[i]->date;
  }
}

static bool made_by_another(struct asked *k, const struct lang_roster *roster) {
  struct ref_env env = env_of(k);
  if (k->f->actor.n == 0 || roster->by.path.count == 0) return false;
  ref_people who = ref_party(&env, &roster->by);
  for (size_t i = 0; i < who.n; i++) {
    if (str_eq(who.p[i], k->f->actor) || str_starts(who.p[i], STR("role:"))) return false;
  }
  struct str up = who.n ? who.p[0] : nothing;
  for (int i = 0; i < 64 && up.n; i++) { /* whoever stands above may stand in */
    if (str_eq(up, k->f->actor)) return false;
    struct str next = ref_superior(k->r, k->program, up);
    if (str_eq(next, up)) break;
    up = next;
  }
  return true;
}

static bool breaks_part(struct asked *k, const struct lang_roster_part *part, struct str person, i64 first, i64 last) {
  struct ref_env env = env_of(k);
  struct value v;
  if (part->kind == LANG_ROSTER_IN_A_ROW) {
    i64 most = 366, row = 0;
    if (part->range.upper && ref_eval(&env, part->range.upper, &v)) most = v.i - !part->range.upper_included;
    for (i64 d = first - most; d <= last; d++) {
      row = works_on(k->r, person, d) ? row + 1 : 0;
      if (row > most && d >= first) return true;
    }
    return false;
  }
  for (i64 d = first; part->kind == LANG_ROSTER_DAYS_OFF && d <= last; d++) {
    if (part->weekdays & 1u << weekday(d) && works_on(k->r, person, d)) return true;
  }
  bool by_period = part->recurs.count && part->recurs.p[0].kind == LANG_EVERY_PERIOD;
  if (part->kind != LANG_ROSTER_REST || !by_period || part->quantity == NULL || !ref_eval(&env, part->quantity, &v)) return false;
  for (i64 d = first, begin, end; d <= last; d = end) { /* periods that the roster holds whole */
    i64 worked = 0;
    ref_period(k->program, part->recurs.p[0].period, d, &begin, &end);
    if (begin < first || end > last + 1) continue;
    for (i64 n = begin; n < end; n++) worked += works_on(k->r, person, n);
    if (worked && end - begin - worked < v.i) return true;
  }
  return false;
}

static bool roster_breaks(struct asked *k, const struct lang_roster *roster) {
  i64 first, last;
  dates_of(k, &first, &last);
  if (made_by_another(k, roster)) return true;
  for (size_t i = 0; i < roster->roles.count; i++) {
    ref_people who = ref_holders(k->r, roster->roles.p[i].text);
    for (size_t n = 0; n < who.n; n++) {
      for (size_t p = 0; p < roster->part_count; p++) {
        if (breaks_part(k, &roster->parts[p], who.p[n], first, last)) return true;
      }
    }
  }
  return false;
}

static bool shift_breaks(struct asked *k, const struct lang_shift *shift) {
  i64 first, last;
  dates_of(k, &first, &last);
  for (size_t i = 0; i < k->r->shifts.n; i++) {
    const struct ref_shift *s = k->r->shifts.p[i];
    bool meant = false;
    if (s->gone || s->date < first || s->date > last || !str_eq(s->name, shift->name.text)) continue;
    for (size_t n = 0; n < shift->applies.count; n++) {
      ref_people who = ref_holders(k->r, shift->applies.p[n].text);
      for (size_t m = 0; m < who.n; m++) meant |= str_eq(who.p[m], s->person);
    }
    if (!meant) return true;
  }
  return false;
}

/* ---- 密级 ---- */

static bool wanted(enum event_kind_id kind, enum lang_access *access) {
  switch (kind) {
    case EVENT_data_opened: *access = LANG_SEE; return true;
    case EVENT_data_exported: *access = LANG_EXPORT; return true;
    case EVENT_data_copied: *access = LANG_COPY; return true;
    case EVENT_data_shared: *access = LANG_SHARE; return true;
    case EVENT_data_changed: case EVENT_data_erased: *access = LANG_CHANGE; return true;
    default: return false;
  }
}

static bool is_of_class(const struct lang_class *c, const struct ref_fact *f) {
  static const char *const fields[] = {"密级", "范围", "字段", "对象"};
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct str word = text_of(ref_named(f, str_c(fields[i])));
    if (word.n == 0) continue;
    if (str_eq(word, c->name.text)) return true;
    for (size_t n = 0; n < c->members.count; n++) {
      if (str_eq(word, c->members.p[n].text)) return true;
    }
  }
  return false;
}

static bool is_listed(struct asked *k, const struct lang_class *c, const struct lang_grant *g, struct str who) {
  struct ref_env env = env_of(k);
  for (size_t i = 0; i < g->parties.count; i++) {
    const struct lang_party *party = &g->parties.p[i];
    if (party->args.count == 0 && lang_find_role(k->program, party->path.text)) {
      if (ref_has_role(k->r, who, party->path.text)) return true;
      continue;
    }
    ref_people some = ref_party(&env, party);
    for (size_t n = 0; n < some.n; n++) {
      if (str_eq(some.p[n], who)) return true;
    }
  }
  for (size_t i = 0; g->access == LANG_SEE && i < k->program->item_count; i++) { /* 岗位 客服 见 内部 */
    const struct lang_role *role = k->program->items[i]->kind == LI_ROLE ? k->program->items[i]->role : NULL;
    bool sees = false, holds = false;
    for (size_t n = 0; role && n < role->sees.count; n++) sees |= str_eq(role->sees.p[n].text, c->name.text);
    for (size_t n = 0; role && n < role->names.count; n++) holds |= ref_has_role(k->r, who, role->names.p[n].text);
    if (sees && holds) return true;
  }
  return false;
}

/* The first grant of that kind speaks: to nobody, or to those it lists and, where another clause asks for consent, to them too. */
static void keep_class(struct asked *k, const struct lang_item *item) {
  const struct lang_class *c = item->data_class;
  enum lang_access access;
  if (!wanted(k->f->kind, &access) || !is_of_class(c, k->f)) return;
  for (size_t i = 0; i < c->grant_count; i++) {
    const struct lang_grant *g = &c->grants[i];
    if (g->access != access) continue;
    struct str who = k->f->actor.n ? k->f->actor : ref_person_of(k->r, k->f);
    if (!g->nobody && is_listed(k, c, g, who)) k->permitted = true;
    else if (g->nobody || k->refused || !k->consent) refuse(k, item, STR(REFERENCE_LISTED));
    return;
  }
}

/* ---- the decision ---- */

static void acts(struct asked *k, struct gate_decision *out) {
  struct ref *r = k->r;
  size_t before = r->cons.n;
  for (size_t i = 0; i < k->doing.n; i++) {
    const struct ref_rule *rule = NULL;
    for (size_t n = 0; n < r->rules.n; n++) {
      if (r->rules.p[n]->item == k->doing_item.p[i] && r->rules.p[n]->type == RR_GATE) rule = r->rules.p[n];
    }
    struct ref_env env = ref_env_of(r, rule, k->f->at, k->f);
    struct ref_site site = ref_site_of(&env, k->f->at, ref_fact_identity(k->f));
    env.site = 0; /* nothing is done yet: no count goes up */
    site.base = (k->doing.p[i] - k->doing_item.p[i]->gate->lines) * 100;
    ref_do(&site, &k->doing.p[i]->acts);
  }
  struct consequence *all = ARENA_ARRAY(r->a, struct consequence, r->cons.n - before + 1);
  for (size_t i = before; i < r->cons.n; i++) {
    all[out->act_count] = r->cons.p[i]->out;
    all[out->act_count].clause = r->cons.p[i]->rule->clause;
    all[out->act_count++].tag = r->cons.p[i]->rule->tag;
  }
  out->acts = all;
}

void ref_decide(struct ref *r, struct ref_fact *f, struct gate_decision *out) {
  const struct reference_version *version = ref_version_at(r, f->at);
  *out = (struct gate_decision){.verdict = GATE_NONE};
  if (version == NULL) return;
  struct asked k = {.r = r, .version = version, .program = version->program, .f = f};
  for (size_t i = 0; i < k.program->item_count; i++) {
    const struct lang_item *item = k.program->items[i];
    bool publishes = f->kind == EVENT_roster_published;
    if (item->kind == LI_GATE) gate(&k, item);
    else if (item->kind == LI_ROUTE) route(&k, item);
    else if (item->kind == LI_ROSTER && publishes && roster_breaks(&k, item->roster)) refuse(&k, item, STR(REFERENCE_LISTED));
    else if (item->kind == LI_SHIFT && item->shift->applies.count && publishes && shift_breaks(&k, item->shift)) refuse(&k, item, STR(REFERENCE_LISTED));
  }
  for (size_t i = 0; i < k.program->item_count; i++) {
    if (k.program->items[i]->kind == LI_CLASS) keep_class(&k, k.program->items[i]);
  }
  if (k.consent && !k.refused) {
    for (size_t i = 0; i < k.via.n; i++) {
      stages(&k, k.via.p[i]);
      reason(&k, k.via_item.p[i], lang_text(k.program, k.via.p[i]->at));
    }
  }
  out->verdict = k.refused ? GATE_REFUSE : k.stages.n ? GATE_CONSULT : k.permitted || k.consent ? GATE_PERMIT : GATE_NONE;
  out->reasons = k.reasons.p;
  out->reason_count = k.reasons.n;
  out->stages = k.stages.p;
  out->stage_count = k.stages.n;
  if (!k.refused) acts(&k, out);
}
