/* Which rules columns can take, and their programs. A rule is taken only when every word of it has a meaning that a row of a
 * column decides; whatever is not listed here (a tail, an act, an option of a deadline) leaves the rule to the live engine. */
#include "rules/replay_plan.h"

#include <string.h>

struct planner {
  struct replay *p;
  struct engine *e;
  struct plan_rule *rule;
  const struct version *v;
  VEC(struct plan_act *) acts;
};

static bool no(struct planner *pl, const char *why) {
  if (pl->rule->why == NULL) pl->rule->why = why;
  return false;
}

static bool heard(const struct engine *e, int kind) {
  for (int l = 0; l < L_KINDS; l++) {
    if (e->listen[kind][l].n) return true;
  }
  return e->indexed[kind];
}

/* Does an id go on here? Letters, digits, Han, - _ . */
static bool goes_on(struct str text, size_t at) {
  u32 cp = 0;
  if (at >= text.n) return false;
  str_decode(text, at, &cp);
  return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '-' || cp == '_' || cp == '.' || (cp >= 0x3400 && cp <= 0x9fff) || cp >= 0x20000;
}

/* Is "#id" said in the text but where it is declared, at its beginning? Then a clause may ask whether it was broken. */
static bool mentions(struct str text, struct str id) {
  static const char *const signs[] = {"#", "＃"};
  for (size_t s = 0; id.n && s < COUNT_OF(signs); s++) {
    size_t sign = strlen(signs[s]);
    for (size_t at = sign; (at = str_find(text, str_c(signs[s]), at)) != SIZE_MAX; at += sign) {
      if (str_starts(str_slice(text, at + sign, text.n), id) && !goes_on(text, at + sign + id.n)) return true;
    }
  }
  return false;
}

/* May some rule of some version ask about violations of this one? Kind by name (条款.违反) asks about all. */
static bool violation_is_read(const struct planner *pl) {
  const struct engine *e = pl->e;
  const struct rule *r = pl->rule->r;
  if (!heard(e, EVENT_clause_violated)) return false;
  const struct event_kind *kind = &event_kind_all(NULL)[EVENT_clause_violated];
  for (u32 i = 0; i < e->versions.n; i++) {
    const struct lang_program *program = e->versions.p[i]->program;
    for (size_t k = 0; k < program->item_count; k++) {
      if (program->items[k]->kind == LI_EXAMPLE || program->items[k]->kind == LI_REPORT) continue; /* nothing follows from them */
      struct str text = lang_text(program, program->items[k]->at);
      if (str_find(text, str_c(kind->zh), 0) != SIZE_MAX || str_find(text, str_c(kind->en), 0) != SIZE_MAX) return true;
      if (mentions(text, intern_str(&e->names, r->clause)) || mentions(text, intern_str(&e->names, r->tag))) return true;
    }
  }
  return false;
}

static bool type_of_act(const struct planner *pl, const struct lang_act *act, enum consequence_type *type, int *ledger) {
  *ledger = -1;
  switch (act->kind) {
    case LANG_FINE: *type = C_FINE; *ledger = EVENT_ledger_fined; return true;
    case LANG_COMPENSATE: *type = C_COMPENSATE; *ledger = EVENT_ledger_fined; return true;
    case LANG_REWARD: *type = C_REWARD; *ledger = EVENT_ledger_rewarded; return true;
    case LANG_CHARGE: *type = C_CHARGE; *ledger = EVENT_ledger_charged; return true;
    case LANG_DEDUCT: case LANG_ADD: *type = C_SCORE; *ledger = EVENT_ledger_scored; return true;
    case LANG_DISCIPLINE: *type = C_DISCIPLINE; *ledger = EVENT_ledger_disciplined; return true;
    case LANG_PROPOSE: *type = C_PROPOSE; *ledger = EVENT_ledger_disciplined; return true;
    case LANG_REMIND: *type = C_REMIND; return true;
    case LANG_URGE: *type = C_URGE; return true;
    case LANG_ESCALATE: *type = C_ESCALATE; return true;
    case LANG_TELL: *type = C_NOTIFY; return true;
    default: (void)pl; return false;
  }
}

/* ---- expressions ---- */

static bool amount(struct planner *pl, const struct bc_place *place, const struct lang_expr *x, bool duration, struct plan_amount *out) {
  if (!bytecode_compile(pl->p->plans, place, x, false, &out->program)) return no(pl, "an amount that is not a program");
  u8 type = out->program.result.type;
  if (duration ? type != V_DURATION : type != V_MONEY && type != V_POINTS) return no(pl, "an amount of another kind");
  if (duration && out->program.result.den != 1) return no(pl, "a broken duration");
  out->constant = out->program.count == 1 && out->program.steps[0].op == BC_CONST;
  if (!out->constant) return true;
  return ratio_round(out->program.steps[0].imm, out->program.result.den, 1, ROUND_HALF_UP, &out->fen) == OK || no(pl, "an amount too large");
}

static bool tests(struct planner *pl, const struct bc_place *place, const struct lang_expr *x, struct plan_events *ev, size_t *room) {
  if (x->kind == LX_AND) return tests(pl, place, x->a, ev, room) && tests(pl, place, x->b, ev, room);
  ev->tests = arena_grow(pl->p->plans, ev->tests, room, ev->test_count + 1, sizeof *ev->tests);
  return bytecode_compile(pl->p->plans, place, x, true, &ev->tests[ev->test_count++]) || no(pl, "a condition that is not a program");
}

static bool events(struct planner *pl, const struct bc_place *place, const struct alt *a, struct plan_events *ev) {
  size_t room = 0;
  if (a->kind < 0 || a->violates) return no(pl, "a violated clause");
  if (a->case_type || a->case_state || pl->e->f_object[a->kind][N_CASE] >= 0) return no(pl, "a case");
  if (event_kind_all(NULL)[a->kind].derived) return no(pl, "a derived fact");
  if (pl->p->deemed[a->kind]) return no(pl, "a fact that a rule may deem");
  ev->kind = (u16)a->kind;
  for (u32 i = 0; i < a->cond_count; i++) {
    if (!tests(pl, place, a->conds[i], ev, &room)) return false;
  }
  return true;
}

/* ---- people ---- */

static struct role_time *role_time(struct planner *pl, sym role) {
  struct replay *p = pl->p;
  for (u32 i = 0; i < p->roles.n; i++) {
    if (p->roles.p[i].role == role) return &p->roles.p[i];
  }
  *VEC_PUSH(p->roles) = (struct role_time){.role = role};
  return &p->roles.p[p->roles.n - 1];
}

static bool party(struct planner *pl, const struct bc_place *place, const struct lang_party *pa, struct plan_party *out) {
  struct engine *e = pl->e;
  if (pa->path.count == 0) {
    out->kind = PARTY_PERSON;
    return true;
  }
  if (pa->path.count != 1 || pa->args.count) return no(pl, "a party by relation");
  sym name = intern_sym(&e->names, pa->path.segments[0]);
  bool bearer = place->bearer && place->bearer->path.count == 1 && str_eq(place->bearer->path.segments[0], pa->path.text);
  if (name == e->w[W_EVERYBODY] && !(place->has_bearer && bearer)) {
    out->kind = PARTY_ROLE;
    out->role = name;
    (void)role_time(pl, name);
    return true;
  }
  if (!bytecode_word(pl->p->plans, place, pa->path.text, &out->word)) return no(pl, "a party that hangs on an object");
  if (out->word.result.type == V_REF) {
    out->kind = PARTY_WORD;
    return true;
  }
  bool plain = out->word.count == 1 && out->word.steps[0].op == BC_CONST && out->word.result.type == V_TEXT;
  if (!plain || !lang_find_role(pl->v->program, pa->path.text)) return no(pl, "a party of another kind");
  out->kind = PARTY_ROLE;
  out->role = name;
  (void)role_time(pl, name);
  return true;
}

/* ---- acts ---- */

static sym account_of(const struct planner *pl, const struct lang_act *act) {
  if (act->account.text.n) return intern_sym(&pl->e->names, act->account.text);
  struct str word = lang_act_zh(act->kind), en = lang_act_en(act->kind);
  for (size_t i = 0; i < pl->v->program->item_count; i++) {
    const struct lang_item *item = pl->v->program->items[i];
    for (size_t k = 0; item->kind == LI_ACCOUNT && k < item->account->receives.count; k++) {
      struct str name = item->account->receives.p[k].text;
      if (str_eq(name, word) || str_eq(name, en)) return intern_sym(&pl->e->names, item->account->name.text);
    }
  }
  return 0;
}

static bool has_scores(const struct lang_program *program) {
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind == LI_SCORE) return true;
  }
  return false;
}

static bool one_act(struct planner *pl, const struct bc_place *place, const struct lang_act *act, u32 number, bool duty, struct plan_act *out) {
  int ledger;
  *out = (struct plan_act){.act = act, .place = number};
  if (!type_of_act(pl, act, &out->type, &ledger)) return no(pl, "an act that is carried out live");
  if (ledger >= 0 && heard(pl->e, ledger)) return no(pl, "its consequences are read by another rule");
  if (out->type == C_SCORE && (has_scores(pl->v->program) || act->score.text.n)) return no(pl, "a points account");
  if (act->steps != LANG_STEPS_NONE && !duty) return no(pl, "a sum by steps without a duty");
  if (out->type <= C_SCORE) {
    out->has_amount = true;
    if (!amount(pl, place, act->amount.from, false, &out->from)) return false;
    out->has_to = act->amount.to != NULL;
    if (out->has_to && !amount(pl, place, act->amount.to, false, &out->to)) return false;
    if (out->has_to) out->decided_by = intern_sym(&pl->e->names, act->amount.decided_by.path.text);
    out->steps = act->steps != LANG_STEPS_NONE;
    if (out->steps && !amount(pl, place, act->step, true, &out->step)) return false;
    out->has_cap = out->steps && act->cap;
    if (out->steps && !act->cap && out->type < C_SCORE) return no(pl, "a sum without a cap, which goes on from month to month");
    if (out->has_cap && !amount(pl, place, act->cap, false, &out->cap)) return false;
  }
  if (out->type < C_SCORE) out->account = account_of(pl, act);
  if (out->type == C_DISCIPLINE || out->type == C_PROPOSE) {
    out->item = intern_sym(&pl->e->names, act->name.text);
    if (act->decided) out->decided_by = intern_sym(&pl->e->names, act->decided_by.path.text);
  }
  if (act->text.n) out->text = intern_sym(&pl->e->names, act->text);
  const struct lang_party *parties = act->parties.count ? act->parties.p : &act->party;
  size_t count = act->parties.count ? act->parties.count : act->has_party ? 1 : 0;
  out->party_count = count ? (u32)count : 1;
  out->parties = ARENA_ARRAY(pl->p->plans, struct plan_party, out->party_count);
  for (size_t i = 0; i < count; i++) {
    if (!party(pl, place, &parties[i], &out->parties[i])) return false;
  }
  return true;
}

static bool acts(struct planner *pl, const struct bc_place *place, const struct lang_acts *from, u32 base, bool duty, struct plan_acts *out) {
  out->p = ARENA_ARRAY(pl->p->plans, struct plan_act, from->count ? from->count : 1);
  for (size_t i = 0; i < from->count; i++) {
    if (from->p[i].kind == LANG_NONE || from->p[i].kind == LANG_NOT_IN_FORCE) continue;
    struct plan_act *a = &out->p[out->n++];
    if (!one_act(pl, place, &from->p[i], base + (u32)i + 1, duty, a)) return false;
    *VEC_PUSH(pl->acts) = a;
  }
  return true;
}

/* ---- tables ---- */

static bool window(struct planner *pl, const struct lang_expr *x, struct plan_column *c) {
  if (x->kind == LX_PATH && x->path.count == 1) {
    const struct lang_figure *f = lang_find_figure(pl->v->program, x->path.text);
    return f && f->value_count == 1 && f->values[0].expr && f->values[0].expr->kind == LX_WINDOW && window(pl, f->values[0].expr, c);
  }
  if (x->kind != LX_WINDOW || (x->window != LANG_WINDOW_THIS && x->window != LANG_WINDOW_LAST)) return false;
  c->period = x->period;
  c->last_period = x->window == LANG_WINDOW_LAST;
  c->whole = false;
  return true;
}

static bool column(struct planner *pl, const struct bc_place *place, const struct lang_expr *x, struct plan_column *c) {
  if (x->kind != LX_CALL || x->function != LF_ORDINAL) {
    return bytecode_compile(pl->p->plans, place, x, false, &c->value) || no(pl, "a column that is not a program");
  }
  c->ordinal = c->whole = true;
  for (size_t i = 0; i < x->arg_count; i++) {
    if (x->args[i]->kind == LX_WINDOW || (x->args[i]->kind == LX_PATH && lang_find_figure(pl->v->program, x->args[i]->path.text))) {
      if (!c->whole || !window(pl, x->args[i], c)) return no(pl, "a window of another kind");
      continue;
    }
    if (c->key_count == PLAN_KEYS) return no(pl, "too many keys");
    if (!bytecode_compile(pl->p->plans, place, x->args[i], false, &c->keys[c->key_count])) return no(pl, "a key that is not a program");
    u8 type = c->keys[c->key_count++].result.type;
    if (type != V_REF && type != V_TEXT) return no(pl, "a key that is a number");
  }
  return true;
}

static bool count_range(const struct lang_ranges *r, struct plan_cell *cell) {
  if (r->count != 1) return false;
  const struct lang_range *one = &r->p[0];
  const struct lang_expr *ends[2] = {one->lower, one->upper};
  cell->ordinal = true;
  cell->first = INT64_MIN;
  cell->last = -1;
  for (int i = 0; i < 2; i++) {
    const struct lang_expr *x = ends[i];
    if (x == NULL) continue;
    if (x->kind != LX_LITERAL && x->kind != LX_ORDINAL) return false;
    if (x->value.type != V_COUNT || x->value.den > 1) return false;
    if (i == 0) cell->first = x->value.i + (one->lower_included || one->is_value ? 0 : 1);
    else cell->last = x->value.i - (one->upper_included || one->is_value ? 0 : 1);
  }
  if (one->upper && cell->last < 0) return false;
  return true;
}

static bool cell(struct planner *pl, const struct bc_place *place, const struct lang_expr *x, const struct plan_column *col, const struct lang_cell *from, struct plan_cell *out) {
  *out = (struct plan_cell){.any = from->kind == LANG_CELL_ANY || from->kind == LANG_CELL_OTHERWISE, .otherwise = from->kind == LANG_CELL_OTHERWISE};
  if (out->any) return true;
  if (from->kind == LANG_CELL_ORDINAL) {
    out->ordinal = true;
    out->first = from->first;
    out->last = from->last;
    return col->ordinal || col->value.result.type == V_COUNT || (out->never = true);
  }
  if (col->ordinal) return count_range(&from->ranges, out) || no(pl, "a range of ordinals");
  struct lang_ranges *copy = ARENA_NEW(pl->p->plans, struct lang_ranges);
  copy->count = from->ranges.count;
  copy->p = ARENA_ARRAY(pl->p->plans, struct lang_range, copy->count ? copy->count : 1);
  bool text = col->value.result.type == V_TEXT || col->value.result.type == V_REF;
  for (size_t i = 0; i < copy->count; i++) {
    copy->p[i] = from->ranges.p[i];
    const struct lang_expr *word = copy->p[i].lower;
    if (!text || !copy->p[i].is_value || word == NULL || word->kind != LX_PATH || word->path.count != 1) continue;
    /* a plain word is a value, not a name; when it is also a name, both would have to be looked at */
    if (field_of_word(pl->e, place->kind, intern_sym(&pl->e->names, word->path.text)) >= 0 || lang_find_figure(pl->v->program, word->path.text)) {
      return no(pl, "a cell that is a word and a name");
    }
    struct lang_expr *plain = ARENA_NEW(pl->p->plans, struct lang_expr);
    *plain = (struct lang_expr){.kind = LX_PATH, .path = word->path, .meaning = LN_ENUM};
    copy->p[i].lower = plain;
  }
  struct lang_expr *range = ARENA_NEW(pl->p->plans, struct lang_expr);
  *range = (struct lang_expr){.kind = LX_RANGE, .a = (struct lang_expr *)(uintptr_t)x, .ranges = *copy};
  return bytecode_compile(pl->p->plans, place, range, true, &out->test) || no(pl, "a cell that is not a program");
}

static bool body(struct planner *pl, const struct bc_place *place, const struct lang_body *from, bool duty, struct plan_body *out) {
  if (from->tier == NULL) return acts(pl, place, &from->acts, 0, duty, &out->acts);
  const struct lang_tier *t = from->tier;
  if (t->heaviest || t->result != LANG_RESULT_ACTS || t->column_count > PLAN_COLUMNS) return no(pl, "a table of another kind");
  out->table = true;
  out->column_count = (u32)t->column_count;
  u32 ordinals = 0;
  for (size_t i = 0; i < t->column_count; i++) {
    if (!column(pl, place, t->columns[i], &out->columns[i])) return false;
    ordinals += out->columns[i].ordinal;
  }
  if (ordinals > 1) return no(pl, "two ordinals");
  out->row_count = (u32)t->row_count;
  out->rows = ARENA_ARRAY(pl->p->plans, struct plan_row, t->row_count ? t->row_count : 1);
  for (size_t i = 0; i < t->row_count; i++) {
    struct plan_row *row = &out->rows[i];
    for (size_t c = 0; c < t->column_count; c++) {
      if (!cell(pl, place, t->columns[c], &out->columns[c], &t->rows[i].cells[c], &row->cells[c])) return false;
      row->otherwise |= row->cells[c].otherwise;
    }
    if (!acts(pl, place, &t->rows[i].acts, (u32)(i + 1) * 1000, duty, &row->acts)) return false;
  }
  return true;
}

/* A broken duty or forbidden act without more: the violation itself is the consequence. */
static bool bare(struct planner *pl, struct plan_body *out) {
  out->acts.p = ARENA_NEW(pl->p->plans, struct plan_act);
  out->acts.n = 1;
  *out->acts.p = (struct plan_act){.type = C_VIOLATION, .party_count = 1, .parties = ARENA_NEW(pl->p->plans, struct plan_party)};
  *VEC_PUSH(pl->acts) = out->acts.p;
  return true;
}

/* ---- rules ---- */

static bool tails(struct planner *pl, unsigned allowed) {
  const struct lang_item *item = pl->rule->r->item;
  for (size_t i = 0; i < item->tail_count; i++) {
    if (!(allowed >> item->tails[i].kind & 1)) return no(pl, "a tail that runs live");
    if (item->tails[i].kind == LANG_TAIL_OVERDUE && item->tails[i].span) return no(pl, "a later step of a duty");
  }
  return true;
}

static bool starts(struct planner *pl, const struct lang_body *from, bool bearer, const struct lang_party *bearer_party, bool duty) {
  const struct rule *r = pl->rule->r;
  struct plan_rule *rule = pl->rule;
  rule->starts = ARENA_ARRAY(pl->p->plans, struct plan_start, r->starts.n ? r->starts.n : 1);
  rule->start_count = r->starts.n;
  for (u32 i = 0; i < r->starts.n; i++) {
    struct plan_start *s = &rule->starts[i];
    struct bc_place place = {.e = pl->e, .v = pl->v, .kind = (u16)r->starts.p[i].kind};
    if (!events(pl, &place, &r->starts.p[i], &s->events)) return false;
    for (u32 k = 0; k < i; k++) {
      if (rule->starts[k].events.kind == s->events.kind) return no(pl, "one kind of fact in two ways");
    }
    s->has_unless = r->unless != NULL;
    if (s->has_unless && !bytecode_compile(pl->p->plans, &place, r->unless, true, &s->unless)) return no(pl, "an exception that is not a program");
    place.has_bearer = bearer;
    place.bearer = bearer_party;
    if (from ? !body(pl, &place, from, duty, &s->body) : !bare(pl, &s->body)) return false;
  }
  return true;
}

static bool when(struct planner *pl) {
  const struct lang_when *w = pl->rule->r->item->when;
  if (w->trigger.absent_within) return no(pl, "waits for something that does not come");
  return tails(pl, 1u << LANG_TAIL_UNLESS) && starts(pl, &w->body, false, NULL, false);
}

static bool forbid(struct planner *pl) {
  const struct rule *r = pl->rule->r;
  if (violation_is_read(pl)) return no(pl, "its violations are read by another rule");
  pl->rule->only_role = 0;
  if (r->bearer && r->bearer->path.count && lang_find_role(pl->v->program, r->bearer->path.text)) {
    sym role = intern_sym(&pl->e->names, r->bearer->path.segments[0]);
    if (role != pl->e->w[W_EVERYBODY]) {
      pl->rule->only_role = role;
      (void)role_time(pl, role);
    }
  }
  bool does = r->violator && body_acts(&r->violator->body);
  return tails(pl, 1u << LANG_TAIL_UNLESS | 1u << LANG_TAIL_VIOLATOR | 1u << LANG_TAIL_OVERDUE) &&
         starts(pl, does ? &r->violator->body : NULL, true, NULL, false);
}

static struct bc_program item_is(struct planner *pl, int field, sym word, bool or_empty) {
  struct bc_program out = {.result = {.test = true, .type = V_BOOL, .den = 1}};
  out.steps = ARENA_ARRAY(pl->p->plans, struct bc_step, 4);
  out.steps[out.count++] = (struct bc_step){.op = BC_FIELD_EQ, .field = (u16)field, .type = V_REF, .imm = word};
  if (!or_empty) return out;
  out.steps[out.count++] = (struct bc_step){.op = BC_FIELD, .dst = 1, .field = (u16)field, .type = V_REF};
  out.steps[out.count++] = (struct bc_step){.op = BC_EMPTY, .dst = 1, .a = 1, .b = 1};
  out.steps[out.count++] = (struct bc_step){.op = BC_OR, .dst = 0, .a = 0, .b = 1};
  return out;
}

static bool checklist(struct planner *pl) {
  const struct rule *r = pl->rule->r;
  const struct lang_checklist *c = r->item->checklist;
  if (violation_is_read(pl)) return no(pl, "its violations are read by another rule");
  if (!tails(pl, 0)) return false;
  if (pl->p->deemed[EVENT_inspection_found]) return no(pl, "a fact that a rule may deem");
  int list = field_index("inspection.found", "checklist"), item = field_index("inspection.found", "item");
  struct plan_rule *rule = pl->rule;
  rule->starts = ARENA_ARRAY(pl->p->plans, struct plan_start, c->row_count ? c->row_count : 1);
  rule->start_count = (u32)c->row_count;
  struct bc_place place = {.e = pl->e, .v = pl->v, .kind = EVENT_inspection_found};
  for (size_t i = 0; i < c->row_count; i++) {
    struct plan_start *s = &rule->starts[i];
    for (size_t k = 0; k < i; k++) {
      if (str_eq(c->rows[k].name.text, c->rows[i].name.text)) return no(pl, "two rows of one name");
    }
    s->events.kind = EVENT_inspection_found;
    s->events.tests = ARENA_ARRAY(pl->p->plans, struct bc_program, 2);
    s->events.test_count = 2;
    s->events.tests[0] = item_is(pl, item, intern_sym(&pl->e->names, c->rows[i].name.text), false);
    s->events.tests[1] = item_is(pl, list, intern_sym(&pl->e->names, c->name.text), true);
    if (!acts(pl, &place, &c->rows[i].acts, (u32)i * 1000, false, &s->body.acts)) return false;
  }
  return true;
}

/* ---- duties ---- */

static u8 bound_noun(const struct engine *e, u16 kind) {
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    if (noun != N_CUSTOMER && e->f_object[kind][noun] >= 0) return (u8)noun;
  }
  return N_NONE;
}

static bool met_by(struct planner *pl, const struct alts *alts, const struct lang_names *same, bool goal, struct plan_events *out, u32 *count) {
  const struct rule *r = pl->rule->r;
  if (same && same->count) return no(pl, "fulfilled by a shared name");
  for (u32 i = 0; i < alts->n; i++) {
    struct bc_place place = {.e = pl->e, .v = pl->v, .kind = (u16)alts->p[i].kind, .goal = goal, .bearer = goal ? r->bearer : NULL};
    if (!events(pl, &place, &alts->p[i], &out[*count])) return false;
    if (pl->e->f_object[out[*count].kind][pl->rule->duty->noun] < 0) return no(pl, "fulfilled by a fact about something else");
    ++*count;
  }
  return true;
}

static bool constant_span(const struct planner *pl, const struct lang_expr *x) {
  if (x->kind == LX_LITERAL) return true;
  const struct lang_figure *f = x->kind == LX_PATH && x->path.count == 1 ? lang_find_figure(pl->v->program, x->path.text) : NULL;
  for (size_t i = 0; f && i < f->value_count; i++) {
    if (f->values[i].expr == NULL || f->values[i].expr->kind != LX_LITERAL) return false;
  }
  return f != NULL;
}

static bool deadline(struct planner *pl, const struct lang_due *due) {
  const struct lang_due_options *o = &due->options;
  if (pl->p->columns.kinds[EVENT_calendar_changed].n) return no(pl, "working days are set on the way");
  if (o->only.text.n || o->pause || o->extendable) return no(pl, "a clock that can stand still");
  struct plan_duty *d = pl->rule->duty;
  if (due->kind == LANG_DUE_DAY) {
    d->by_date = due->day != LANG_SAME_SHIFT;
    return d->by_date || no(pl, "a deadline at the end of a shift");
  }
  if (due->kind != LANG_DUE_WITHIN) return no(pl, "a deadline that a fact names");
  struct bc_place place = {.e = pl->e, .v = pl->v, .kind = pl->rule->starts[0].events.kind};
  if (pl->rule->start_count == 1 && bytecode_compile(pl->p->plans, &place, due->span, false, &d->span.program) && d->span.program.result.type == V_DURATION) {
    const char *kept = pl->rule->why;
    bool ok = amount(pl, &place, due->span, true, &d->span);
    if (ok) return true;
    pl->rule->why = kept;
  }
  if (!constant_span(pl, due->span)) return no(pl, "a deadline that is not a program");
  const struct lang_figure *f = due->span->kind == LX_PATH ? lang_find_figure(pl->v->program, due->span->path.text) : NULL;
  const struct lang_expr *x = f ? f->values[0].expr : due->span;
  if (x->value.type == V_DURATION) return amount(pl, &place, due->span, true, &d->span);
  d->by_date = true;
  return true;
}

static bool must(struct planner *pl) {
  const struct rule *r = pl->rule->r;
  struct engine *e = pl->e;
  const struct lang_must *m = r->item->must;
  if (violation_is_read(pl)) return no(pl, "its violations are read by another rule");
  if (heard(e, EVENT_clock_due)) return no(pl, "its clock is heard by another rule");
  if (r->unless || r->need != 1) return no(pl, "an exception to a duty");
  if (!tails(pl, 1u << LANG_TAIL_VIOLATOR | 1u << LANG_TAIL_OVERDUE | 1u << LANG_TAIL_RELEASE | 1u << LANG_TAIL_NEVER)) return false;
  bool does = r->violator && body_acts(&r->violator->body);
  if (!starts(pl, does ? &r->violator->body : NULL, true, r->bearer, true)) return false;
  struct plan_duty *d = pl->rule->duty = ARENA_NEW(pl->p->plans, struct plan_duty);
  for (u32 i = 0; i < pl->rule->start_count; i++) {
    u8 noun = bound_noun(e, pl->rule->starts[i].events.kind);
    if (noun == N_NONE || (i && noun != d->noun)) return no(pl, "a duty about nothing in particular");
    d->noun = noun;
  }
  if (d->noun == N_CASE || pl->rule->start_count == 0) return no(pl, "a case");
  u32 goals = 0;
  for (u32 i = 0; i < r->goal_count; i++) goals += r->goals[i].alts.n;
  d->goals = ARENA_ARRAY(pl->p->plans, struct plan_events, goals + 1);
  d->releases = ARENA_ARRAY(pl->p->plans, struct plan_events, r->releases.n + 1);
  d->ends = ARENA_ARRAY(pl->p->plans, struct plan_events, r->ends.n + 1);
  for (u32 i = 0; i < r->goal_count; i++) {
    if (r->goals[i].complete || (r->goals[i].src && r->goals[i].src->personally)) return no(pl, "a piece of work, or done in person");
    if (!met_by(pl, &r->goals[i].alts, r->goals[i].same, true, d->goals, &d->goal_count)) return false;
  }
  if (!met_by(pl, &r->releases, r->release_same, false, d->releases, &d->release_count)) return false;
  if (!met_by(pl, &r->ends, NULL, false, d->ends, &d->end_count)) return false;
  if (!deadline(pl, &m->due)) return false;
  if (r->bearer == NULL || r->bearer->path.count == 0) {
    d->bearer = BEARER_NONE;
    return no(pl, "nobody bears it");
  }
  if (r->bearer->path.count != 1 || r->bearer->args.count) return no(pl, "a bearer by relation");
  sym name = intern_sym(&e->names, r->bearer->path.segments[0]);
  if ((d->noun == N_CONVERSATION || d->noun == N_ORDER) && (name == e->w[W_AGENT] || str_is(r->bearer->path.segments[0], "agent"))) {
    d->bearer = BEARER_AGENT;
    return true;
  }
  struct plan_party who = {0};
  struct bc_place place = {.e = e, .v = pl->v, .kind = pl->rule->starts[0].events.kind};
  if (!party(pl, &place, r->bearer, &who)) return false;
  if (who.kind == PARTY_ROLE && who.role != e->w[W_EVERYBODY]) {
    d->bearer = BEARER_ROLE;
    d->role = who.role;
    d->nobody = intern_sym(&e->names, arena_printf(pl->p->plans, "role:%.*s", STR_ARG(intern_str(&e->names, who.role))));
    return true;
  }
  if (who.kind != PARTY_WORD || pl->rule->start_count != 1) return no(pl, "a bearer of another kind");
  d->bearer = BEARER_WORD;
  d->bearer_word = who.word;
  return true;
}

static bool current(const struct engine *e, const struct version *v) {
  for (u32 i = 0; i < e->versions.n; i++) {
    if (e->versions.p[i] == v) return true;
  }
  return false;
}

/* Ordinals go on counting from one version of a clause to the next. */
static bool counts_on(const struct planner *pl) {
  const struct rule *r = pl->rule->r;
  for (u32 i = 0; r->uses_ordinal && i < pl->e->rules.n; i++) {
    const struct rule *other = &pl->e->rules.p[i];
    if (other != r && other->ident == r->ident && other->version && current(pl->e, other->version)) return true;
  }
  return false;
}

/* 话术组 of a reply is found in its text when the fact is told to an engine: the column does not hold it. */
static bool reads_group(const struct planner *pl) {
  const struct lang_program *p = pl->v->program;
  for (size_t i = 0; pl->p->columns.keeps_texts && i < p->item_count; i++) {
    const struct lang_item *item = p->items[i];
    if (item != pl->rule->r->item && item->kind != LI_LET && item->kind != LI_DEFINE) continue;
    struct str text = lang_text(p, item->at);
    if (str_find(text, STR("话术组"), 0) != SIZE_MAX || str_find(text, STR("phrase"), 0) != SIZE_MAX) return true;
  }
  return false;
}

static bool plan(struct planner *pl) {
  if (reads_group(pl)) return pl->rule->tallied = false, no(pl, "the group of a phrase");
  if (pl->p->verdicts) return no(pl, "people spoke on consequences");
  if (counts_on(pl)) return no(pl, "counts on from another version");
  if (pl->p->deems_state) return no(pl, "a state that a rule may deem");
  if (pl->rule->r->exception_count || pl->rule->r->except_count) return no(pl, "an exception, or with one");
  switch (pl->rule->r->type) {
    case R_WHEN: return when(pl);
    case R_FORBID: return forbid(pl);
    case R_CHECK: return checklist(pl);
    case R_MUST: return must(pl);
    case R_SETTLE:
      pl->rule->tallied = replay_tallied(pl->p, pl->rule);
      return no(pl, pl->rule->tallied ? "a settlement over sums of columns" : "a settlement");
    case R_GATE: return no(pl, "acts of a gate");
    default: return no(pl, "a calendar duty");
  }
}

/* What 视为 may make of the kinds of fact: such facts are found by the live engine only. */
static void note_deemed(struct replay *p) {
  struct engine *e = p->e;
  memset(p->deemed, 0, sizeof p->deemed);
  p->deems_state = false;
  arena_reset(e->scratch);
  for (u32 i = 0; i < e->versions.n; i++) {
    const struct table *acts = &e->versions.p[i]->act_of;
    for (u32 k = 0; k < acts->room; k++) {
      const struct lang_act *act = acts->keys[k] ? (const struct lang_act *)(uintptr_t)acts->values[k] : NULL;
      struct alts alts = {0};
      if (act == NULL || act->kind != LANG_DEEM) continue;
      alt_of_name(e, e->versions.p[i], &act->event.path, act->event.path.count, &alts);
      if (alts.n == 0 || alts.p[alts.n - 1].kind < 0) continue;
      int kind = alts.p[alts.n - 1].kind;
      p->deemed[kind] = true;
      p->deems_state |= (kind >= EVENT_person_joined && kind <= EVENT_person_left) || e->f_object[kind][N_CONVERSATION] >= 0 || e->f_object[kind][N_ORDER] >= 0;
    }
  }
}

void plan_rules(struct replay *p) {
  struct engine *e = p->e;
  note_deemed(p);
  for (u32 i = p->rules.n; i < e->rules.n; i++) {
    struct plan_rule *rule = VEC_PUSH(p->rules);
    *rule = (struct plan_rule){.r = &e->rules.p[i], .index = i};
  }
  for (u32 i = 0; i < p->rules.n; i++) {
    struct plan_rule *rule = &p->rules.p[i];
    if (rule->r == NULL) continue;
    rule->r = &e->rules.p[i];
    if (!current(e, rule->r->version)) continue;
    rule->why = NULL;
    rule->tallied = false;
    struct planner pl = {.p = p, .e = e, .rule = rule, .v = rule->r->version};
    rule->starts = NULL;
    rule->start_count = 0;
    rule->duty = NULL;
    rule->vector = plan(&pl);
    rule->acts = ARENA_ARRAY(p->plans, struct plan_act *, pl.acts.n ? pl.acts.n : 1);
    if (pl.acts.n) memcpy(rule->acts, pl.acts.p, pl.acts.n * sizeof *rule->acts);
    rule->act_count = pl.acts.n;
    VEC_FREE(pl.acts);
    if (rule->vector) rule->why = "";
    rule->from = rule->r->version->in_force_ms;
    rule->to = INT64_MAX;
    for (u32 k = 0; k < e->versions.n; k++) { /* the version that began last, the later published of equals, judges */
      const struct version *v = e->versions.p[k];
      if (v == rule->r->version) continue;
      if (v->in_force_ms > rule->from && v->in_force_ms < rule->to) rule->to = v->in_force_ms;
      if (v->in_force_ms == rule->from && v->number > rule->r->version->number) rule->to = rule->from;
    }
  }
}
