/* From the checked tree of a rulebook to what the engine walks when a fact comes: for each kind of fact, the rules that
 * start, are met, are released or stop counting there. Expressions become code at the end (live.h). */
#include "rules/live.h"

#include "lang/settle_order.h"

#include <string.h>

static struct alt *alt_add(struct engine *e, struct alts *out) {
  struct alt *grown = ARENA_ARRAY(e->build, struct alt, out->n + 1);
  if (out->n) memcpy(grown, out->p, out->n * sizeof *grown);
  out->p = grown;
  struct alt *fresh = &grown[out->n++];
  *fresh = (struct alt){.kind = -1};
  return fresh;
}

static void alt_cond(struct alt *a, const struct lang_expr *cond) {
  if (cond == NULL) return;
  BUG_IF(a->cond_count >= COUNT_OF(a->conds));
  a->conds[a->cond_count++] = cond;
}

/* The alternatives that the first `used` words of a path name: a kind, a case state, a 所称. None when it is no event. */
void alt_of_name(struct engine *e, const struct version *v, const struct lang_path *path, size_t used, struct alts *out) {
  if (used == 0) return;
  struct str name = path->segments[0];
  if (used == path->count) {
    name = path->text;
  } else {
    for (size_t i = 1; i < used; i++) name = arena_printf(e->build, "%.*s.%.*s", STR_ARG(name), STR_ARG(path->segments[i]));
  }
  const struct lang_define *define = lang_find_define(v->program, name);
  if (define) {
    compile_alts(e, (struct version *)(uintptr_t)v, define->trigger.events, define->trigger.event_count, define->trigger.where, out);
    return;
  }
  const struct lang_survey *survey = used == 1 ? survey_named(v, name) : NULL;
  if (survey) {
    struct alt *a = alt_add(e, out);
    a->kind = EVENT_survey_answered;
    a->survey = survey;
    e->indexed[EVENT_survey_sent] = true;
    return;
  }
  const struct event_kind *kind = event_kind_find(name);
  if (kind) {
    alt_add(e, out)->kind = (int)event_kind_index(kind);
    return;
  }
  const struct lang_case *type = lang_find_case(v->program, path->segments[0]);
  if (type == NULL || used > 2) return;
  sym type_sym = intern_sym(&e->names, type->name.text);
  size_t state = used == 2 ? lang_case_state(type, path->segments[1]) : SIZE_MAX;
  if (used == 1 || (state != SIZE_MAX && state == 0)) {
    struct alt *a = alt_add(e, out);
    a->kind = EVENT_case_opened;
    a->case_type = type_sym;
  }
  if (used == 2 && state != SIZE_MAX) {
    struct alt *a = alt_add(e, out);
    a->kind = EVENT_case_moved;
    a->case_type = type_sym;
    a->case_state = intern_sym(&e->names, type->states[state].name.text);
    if (state == 0) out->p[out->n - 2].case_state = a->case_state;
  } else if (used == 2) {
    struct str generic = arena_printf(e->build, "单据.%.*s", STR_ARG(path->segments[1]));
    kind = event_kind_find(generic);
    if (kind == NULL) kind = event_kind_find(arena_printf(e->build, "case.%.*s", STR_ARG(path->segments[1])));
    if (kind) {
      struct alt *a = alt_add(e, out);
      a->kind = (int)event_kind_index(kind);
      a->case_type = type_sym;
    }
  }
}

void compile_alts(struct engine *e, struct version *v, const struct lang_event *events, size_t count, const struct lang_expr *where,
                  struct alts *out) {
  for (size_t i = 0; i < count; i++) {
    const struct lang_event *event = &events[i];
    u32 from = out->n;
    if (event->violates.count) {
      struct alt *a = alt_add(e, out);
      a->kind = EVENT_clause_violated;
      a->violates = &event->violates;
    } else if (event->path.count) {
      alt_of_name(e, v, &event->path, event->path.count, out);
    }
    for (u32 k = from; k < out->n; k++) {
      alt_cond(&out->p[k], event->where);
      alt_cond(&out->p[k], where);
    }
  }
}

bool alt_fits(const struct alt *a, const struct fact *f) {
  return a->kind == f->kind && (a->case_type == 0 || a->case_type == f->case_type) && (a->case_state == 0 || a->case_state == f->case_state);
}

/* ---- what the expressions of a book look back at: those kinds are indexed, and kept in a lean replay ---- */

struct look {
  struct engine *e;
  struct version *v;
  struct reach *reach; /* NULL: not asked */
  bool ordinal;
};

static void look_expr(struct look *l, const struct lang_expr *x);

static void reach_look(struct reach *r, const struct alt *a) {
  for (u8 i = 0; i < r->look_count; i++) {
    if (r->looks[i].kind == a->kind && r->looks[i].case_type == a->case_type && r->looks[i].case_state == a->case_state) return;
  }
  if (r->look_count == COUNT_OF(r->looks)) r->many = true;
  else r->looks[r->look_count++] = (struct reach_look){a->kind, a->case_type, a->case_state};
}

static bool names_person(const struct lang_expr *x) {
  struct str t = x->kind == LX_PATH ? x->path.text : (struct str){"", 0};
  return str_is(t, "当事人") || str_is(t, "person");
}

static void reach_expr(struct look *l, const struct lang_expr *x) {
  struct reach *r = l->reach;
  if (x->kind == LX_PATH || x->kind == LX_CALL) r->lets |= x->path.count && lang_find_let(l->v->program, x->path.segments[0]) != NULL;
  if (x->kind == LX_EXISTS || x->kind == LX_LACKS || x->kind == LX_ALL) r->cases |= x->path.count && lang_find_case(l->v->program, x->path.segments[0]) != NULL;
  if (x->kind != LX_CALL) return;
  switch (x->function) {
    case LF_NAMED: case LF_COUNT: case LF_SUM: case LF_MEAN: case LF_MAX: case LF_MIN: case LF_MEDIAN: case LF_DISTINCT: case LF_LATEST:
    case LF_EARLIEST: case LF_DAYS: case LF_WORKDAYS: case LF_HOLIDAY: case LF_WORKING_DAY: case LF_LENGTH: return;
    case LF_ORDINAL:
      for (size_t i = 0; i < x->arg_count; i++) {
        if (names_person(x->args[i])) {
          r->by_person = true;
          return;
        }
      }
      r->odd = true;
      return;
    default: r->odd = true;
  }
}

static void reach_act(struct look *l, const struct lang_act *a) {
  switch (a->kind) {
    case LANG_FINE: case LANG_REWARD: case LANG_COMPENSATE: case LANG_CHARGE: case LANG_PAY: case LANG_DISCIPLINE: case LANG_PROPOSE:
    case LANG_REMIND: case LANG_URGE: case LANG_ESCALATE: case LANG_TELL: case LANG_DEEM: case LANG_NONE: case LANG_NOT_IN_FORCE: case LANG_IF: return;
    case LANG_DEDUCT: case LANG_ADD:
      if (l->v->score_count == 0) return;
      break;
    case LANG_MOVE: /* 转入 … 同: looks for the case among all of them */
      l->reach->cases |= a->same.count > 0;
      break;
    default: break;
  }
  l->reach->odd = true;
}

static void look_at_path(struct look *l, const struct lang_path *path) {
  for (size_t used = path->count; used > 0; used--) {
    struct alts alts = {0};
    alt_of_name(l->e, l->v, path, used, &alts);
    for (u32 i = 0; i < alts.n; i++) {
      if (l->reach) reach_look(l->reach, &alts.p[i]);
      if (alts.p[i].kind >= 0) l->e->indexed[alts.p[i].kind] = true;
      for (u32 c = 0; c < alts.p[i].cond_count; c++) look_expr(l, alts.p[i].conds[c]);
    }
    if (alts.n) return;
  }
}

static void look_ranges(struct look *l, const struct lang_ranges *r) {
  for (size_t i = 0; i < r->count; i++) {
    look_expr(l, r->p[i].lower);
    look_expr(l, r->p[i].upper);
  }
}

static void look_expr(struct look *l, const struct lang_expr *x) {
  if (x == NULL) return;
  if (l->reach) reach_expr(l, x);
  if (x->kind == LX_CALL && x->function == LF_ORDINAL) l->ordinal = true;
  if (x->kind == LX_CALL && x->function == LF_VIOLATED) {
    l->e->indexed[EVENT_clause_violated] = true;
    if (l->reach) reach_look(l->reach, &(struct alt){.kind = EVENT_clause_violated});
  }
  if (x->kind == LX_CALL) {
    for (size_t i = 0; i < x->arg_count; i++) {
      const struct lang_expr *arg = x->args[i];
      if (arg->kind == LX_WHERE) arg = arg->a;
      if (arg && arg->kind == LX_PATH) look_at_path(l, &arg->path);
    }
  }
  if (x->kind == LX_EXISTS || x->kind == LX_LACKS || x->kind == LX_ALL) look_at_path(l, &x->path);
  look_expr(l, x->a);
  look_expr(l, x->b);
  look_expr(l, x->c);
  for (size_t i = 0; i < x->arg_count; i++) look_expr(l, x->args[i]);
  look_ranges(l, &x->ranges);
}

static void look_acts(struct look *l, const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) {
    const struct lang_act *a = &acts->p[i];
    if (l->reach) reach_act(l, a);
    *table_at(&l->v->act_of, (u64)a->at.from << 8 | (u64)a->kind, NULL) = (u64)(uintptr_t)a;
    if (a->kind == LANG_WITHDRAW) look_at_path(l, &a->event.path);
    look_expr(l, a->amount.from);
    look_expr(l, a->amount.to);
    look_expr(l, a->cap);
    look_expr(l, a->expr);
    look_expr(l, a->condition);
    for (size_t k = 0; k < a->args.count; k++) look_expr(l, a->args.p[k].value);
    look_acts(l, &a->then);
    look_acts(l, &a->otherwise);
  }
}

static void look_tier(struct look *l, const struct lang_tier *t) {
  if (t == NULL) return;
  for (size_t i = 0; i < t->column_count; i++) look_expr(l, t->columns[i]);
  for (size_t i = 0; i < t->row_count; i++) {
    for (size_t k = 0; k < t->column_count; k++) look_ranges(l, &t->rows[i].cells[k].ranges);
    look_acts(l, &t->rows[i].acts);
    look_expr(l, t->rows[i].expr);
  }
}

static void look_body(struct look *l, const struct lang_body *b) {
  look_acts(l, &b->acts);
  look_tier(l, b->tier);
}

static void look_let(struct look *l, const struct lang_let *let) {
  look_expr(l, let->expr);
  look_tier(l, let->tier);
  look_expr(l, let->when_zero);
}

static void look_events(struct look *l, const struct lang_event *events, size_t count) {
  for (size_t i = 0; i < count; i++) look_expr(l, events[i].where);
}

static void look_goals(struct look *l, const struct lang_goals *goals) {
  for (size_t i = 0; i < goals->count; i++) look_expr(l, goals->p[i].where);
}

static bool look_item(struct look *l, const struct lang_item *item) {
  l->ordinal = false;
  switch (item->kind) {
    case LI_WHEN:
      look_events(l, item->when->trigger.events, item->when->trigger.event_count);
      look_expr(l, item->when->trigger.where);
      look_body(l, &item->when->body);
      break;
    case LI_MUST:
      look_events(l, item->must->trigger.events, item->must->trigger.event_count);
      look_expr(l, item->must->trigger.where);
      look_expr(l, item->must->due.moment);
      look_expr(l, item->must->due.span);
      look_goals(l, &item->must->goals);
      break;
    case LI_EACH: /* goals done before the duty opened are looked for */
      for (size_t i = 0; i < item->each->goals.count; i++) {
        if (item->each->goals.p[i].event.path.count) look_at_path(l, &item->each->goals.p[i].event.path);
        else l->e->indexed[EVENT_duty_done] = true;
      }
      look_goals(l, &item->each->goals);
      look_expr(l, item->each->object_where);
      break;
    case LI_FORBID:
      look_events(l, item->forbid->trigger.events, item->forbid->trigger.event_count);
      look_expr(l, item->forbid->trigger.where);
      break;
    case LI_SETTLE:
      look_expr(l, item->settle->where);
      for (size_t i = 0; i < item->settle->statement_count; i++) {
        const struct lang_statement *s = &item->settle->statements[i];
        if (s->kind == LANG_STATEMENT_LET) look_let(l, s->let);
        if (s->kind == LANG_STATEMENT_ACT) look_acts(l, &(struct lang_acts){s->act, 1});
        if (s->kind == LANG_STATEMENT_TIER) look_tier(l, s->tier);
      }
      break;
    case LI_GATE:
      look_expr(l, item->gate->where);
      for (size_t i = 0; i < item->gate->line_count; i++) {
        look_expr(l, item->gate->lines[i].condition);
        look_acts(l, &item->gate->lines[i].acts);
      }
      break;
    case LI_ROUTE: look_tier(l, item->route->tier); break;
    case LI_LET: look_let(l, item->let); break;
    case LI_REPORT:
      for (size_t i = 0; i < item->report->column_count; i++) {
        const struct lang_report_column *c = &item->report->columns[i];
        look_expr(l, c->expr);
        look_expr(l, c->trigger.where);
        for (size_t k = 0; k < c->trigger.event_count; k++) {
          look_at_path(l, &c->trigger.events[k].path);
          look_expr(l, c->trigger.events[k].where);
        }
      }
      break;
    case LI_CHECKLIST:
      if (item->checklist->has_recur) l->e->indexed[EVENT_inspection_finished] = true; /* as the goals of 每 … 须 */
      for (size_t i = 0; i < item->checklist->row_count; i++) look_acts(l, &item->checklist->rows[i].acts);
      break;
    case LI_CASE:
      for (size_t i = 0; i < item->case_type->field_count; i++) look_expr(l, item->case_type->fields[i].computed);
      break;
    case LI_DEFINE:
      look_events(l, item->define->trigger.events, item->define->trigger.event_count);
      look_expr(l, item->define->trigger.where);
      break;
    default: break;
  }
  for (size_t i = 0; i < item->tail_count; i++) {
    look_body(l, &item->tails[i].body);
    look_expr(l, item->tails[i].condition);
  }
  return l->ordinal;
}

/* What an item looks back at is indexed in `e`; for an engine that judges only some rules of a book. */
void compile_look(struct engine *e, struct version *v, const struct lang_item *item) {
  struct look look = {.e = e, .v = v};
  (void)look_item(&look, item);
}

/* ---- rules ---- */

static void listen(struct engine *e, enum listen what, const struct rule *r, const struct alts *alts, u16 goal) {
  for (u32 i = 0; i < alts->n; i++) {
    if (alts->p[i].kind < 0) continue;
    *VEC_PUSH(e->listen[alts->p[i].kind][what == L_START && r->type == R_GATE ? L_GATE : what]) = (struct listener){.rule = r->index, .alt = (u16)i, .goal = goal};
  }
}

static sym covers_of(struct engine *e, const struct lang_clause *clause) {
  struct str all = {"", 0};
  for (size_t i = 0; clause && i < clause->covers.count; i++) {
    all = arena_printf(e->scratch, "%.*s%s%.*s", STR_ARG(all), i ? " " : "", STR_ARG(clause->covers.p[i].text));
  }
  return intern_sym(&e->names, all);
}

static void compile_goals(struct engine *e, struct version *v, struct rule *r, const struct lang_goals *goals) {
  r->goals = ARENA_ARRAY(e->program, struct goal, goals->count ? goals->count : 1);
  r->goal_count = (u32)goals->count;
  for (size_t i = 0; i < goals->count; i++) {
    struct goal *g = &r->goals[i];
    g->src = &goals->p[i];
    g->same = &goals->p[i].same;
    if (g->src->complete.text.n) {
      g->complete = intern_sym(&e->names, g->src->complete.text);
      alt_add(e, &g->alts)->kind = EVENT_duty_done;
    } else {
      compile_alts(e, v, &g->src->event, 1, NULL, &g->alts);
    }
    for (u32 k = 0; k < g->alts.n; k++) alt_cond(&g->alts.p[k], g->src->where);
  }
}

static void compile_tails(struct engine *e, struct version *v, struct rule *r) {
  const struct lang_item *item = r->item;
  for (size_t i = 0; i < item->tail_count; i++) {
    const struct lang_tail *t = &item->tails[i];
    if (t->kind == LANG_TAIL_RELEASE) {
      compile_alts(e, v, t->events, t->event_count, NULL, &r->releases);
      r->release_same = &t->same;
    } else if (t->kind == LANG_TAIL_NEVER) {
      compile_alts(e, v, t->events, t->event_count, NULL, &r->ends);
    } else if (t->kind == LANG_TAIL_VIOLATOR || (t->kind == LANG_TAIL_OVERDUE && t->span == NULL)) {
      if (r->type == R_CHECK && t->kind == LANG_TAIL_OVERDUE) continue; /* of a checklist 违者 is for a total too low, 逾期 for a check not made */
      if (r->type == R_CHECK_DUTY && t->kind == LANG_TAIL_VIOLATOR) continue;
      r->violator = t;
    } else if (t->kind == LANG_TAIL_UNLESS) {
      r->unless = t->condition;
    }
  }
}

static bool gate_has_acts(const struct lang_gate *g) {
  for (size_t i = 0; i < g->line_count; i++) {
    if (g->lines[i].acts.count) return true;
  }
  return false;
}

static bool notice_is_of_book(const struct lang_notice *n) {
  for (size_t i = 0; i < n->subjects.count; i++) {
    if (str_is(n->subjects.p[i].text, "本制度") || str_is(n->subjects.p[i].text, "this_rulebook")) return true;
  }
  return n->subjects.count == 0;
}

static struct rule *rule_new(struct engine *e, struct version *v, const struct lang_item *item, enum rule_type type, size_t place) {
  struct rule *r = VEC_PUSH(e->rules);
  *r = (struct rule){.count_from = INT64_MIN, .version = v, .item = item, .type = type, .index = e->rules.n - 1, .need = 1};
  struct str clause = item->clause ? item->clause->id : (struct str){"", 0};
  r->clause = intern_sym(&e->names, clause);
  r->tag = intern_sym(&e->names, item->tag);
  r->covers = covers_of(e, item->clause);
  r->ident = mix_str(v->book, clause);
  if (item->tag.n) r->ident = mix_str(r->ident, item->tag);
  else r->ident = mix(r->ident, (u64)item->kind * 64 + place);
  r->ident = mix(r->ident, type);
  return r;
}

/* 报表 … 由 party: a duty of that party to hand it in, 每 … party 须 完成 (the report's name). */
static const struct lang_item *report_duty(struct engine *e, const struct lang_item *item) {
  struct lang_item *duty = ARENA_NEW(e->program, struct lang_item);
  struct lang_each *each = ARENA_NEW(e->program, struct lang_each);
  struct lang_goal *goal = ARENA_NEW(e->program, struct lang_goal);
  *duty = *item;
  *goal = (struct lang_goal){.complete = item->report->name, .at = item->at};
  *each = (struct lang_each){.recurs = item->report->recurs, .due = item->report->due, .bearer = item->report->by, .goals = {goal, 1}};
  duty->kind = LI_EACH;
  duty->each = each;
  return duty;
}

/* A recurring duty's goals come to it as they are done; what else it looks at is its 对(…) and its acts. */
static void reach_rule(struct look *l, const struct lang_item *item) {
  if (item->kind == LI_REPORT) *l->reach = (struct reach){0}; /* its columns are worked out when somebody reads it */
  if (item->kind == LI_EACH) {
    l->reach->look_count = 0;
    look_expr(l, item->each->object_where);
    l->reach->cases |= item->each->has_object && lang_find_case(l->v->program, item->each->object.segments[0]) != NULL;
  }
  if (item->kind == LI_SETTLE) l->reach->cases |= settle_word_of(l->v, item->settle).n > 0; /* its holders are found in cases */
  for (size_t i = 0; i < item->tail_count; i++) {
    const struct lang_tail *t = &item->tails[i];
    if (item->kind == LI_EACH) {
      look_body(l, &t->body);
      look_expr(l, t->condition);
    }
    if (t->kind != LANG_TAIL_RELEASE && t->kind != LANG_TAIL_NEVER && t->kind != LANG_TAIL_VIOLATOR && t->kind != LANG_TAIL_OVERDUE &&
        t->kind != LANG_TAIL_WARN && t->kind != LANG_TAIL_UNLESS) {
      l->reach->odd = true; /* 例外于, 过渡: one clause reads another */
    }
  }
}

static void make_rule(struct engine *e, struct version *v, const struct lang_item *item, size_t place, struct reach *reach) {
  struct look look = {.e = e, .v = v, .reach = item->kind == LI_LET || item->kind == LI_CASE ? &v->measures : reach};
  bool ordinal = look_item(&look, item);
  if (item->kind == LI_CASE) {
    struct reach fields = {0};
    struct look own = {.e = e, .v = v, .reach = &fields};
    (void)look_item(&own, item);
    v->fields_look |= fields.look_count || fields.many || fields.cases || fields.lets || fields.odd;
  }
  if (item->kind != LI_LET && item->kind != LI_CASE) reach_rule(&look, item);
  struct rule *r = NULL;
  const struct lang_trigger *trigger = NULL;
  const struct lang_goals *goals = NULL;
  switch (item->kind) {
    case LI_WHEN:
      r = rule_new(e, v, item, R_WHEN, place);
      trigger = &item->when->trigger;
      break;
    case LI_MUST:
      r = rule_new(e, v, item, R_MUST, place);
      trigger = &item->must->trigger;
      goals = &item->must->goals;
      r->bearer = &item->must->bearer;
      break;
    case LI_EACH:
      r = rule_new(e, v, item, R_EACH, place);
      goals = &item->each->goals;
      r->bearer = &item->each->bearer;
      if (item->each->due.times && item->each->due.times->kind == LX_LITERAL) r->need = item->each->due.times->value.i;
      break;
    case LI_REPORT:
      if (!item->report->has_by) return; /* shown when it is ready, owed by nobody */
      r = rule_new(e, v, item, R_EACH, place);
      r->item = report_duty(e, item);
      goals = &r->item->each->goals;
      r->bearer = &r->item->each->bearer;
      if (item->report->due.times && item->report->due.times->kind == LX_LITERAL) r->need = item->report->due.times->value.i;
      e->indexed[EVENT_duty_done] = true;
      break;
    case LI_FORBID:
      r = rule_new(e, v, item, R_FORBID, place);
      trigger = &item->forbid->trigger;
      r->bearer = &item->forbid->party;
      break;
    case LI_SETTLE: r = rule_new(e, v, item, R_SETTLE, place); break;
    case LI_GATE:
      if (!gate_has_acts(item->gate)) return;
      r = rule_new(e, v, item, R_GATE, place);
      compile_alts(e, v, &item->gate->request, 1, item->gate->where, &r->starts);
      break;
    case LI_SURVEY:
      if (!item->survey->has_at && !item->survey->has_recur) return;
      r = rule_new(e, v, item, R_SURVEY, place);
      if (item->survey->has_at) trigger = &item->survey->at_event;
      break;
    case LI_NOTICE:
      r = rule_new(e, v, item, R_NOTICE, place);
      r->goals = ARENA_ARRAY(e->program, struct goal, 1);
      r->goal_count = 1;
      alt_add(e, &r->goals[0].alts)->kind = item->notice->has_exam ? EVENT_knowledge_examined : notice_is_of_book(item->notice) ? EVENT_rulebook_acknowledged : EVENT_knowledge_read;
      break;
    case LI_CHECKLIST:
      r = rule_new(e, v, item, R_CHECK, place);
      alt_add(e, &r->starts)->kind = EVENT_inspection_found;
      if (item->checklist->has_pass) alt_add(e, &r->starts)->kind = EVENT_inspection_finished;
      compile_tails(e, v, r);
      listen(e, L_START, r, &r->starts, 0);
      if (!item->checklist->has_recur) return;
      r = rule_new(e, v, item, R_CHECK_DUTY, place);
      r->bearer = item->checklist->has_by ? &item->checklist->by : NULL;
      const struct lang_expr *times = item->checklist->sample ? item->checklist->sample : item->checklist->times;
      if (times && times->kind == LX_LITERAL) r->need = times->value.i;
      r->goals = ARENA_ARRAY(e->program, struct goal, 1);
      r->goal_count = 1;
      alt_add(e, &r->goals[0].alts)->kind = EVENT_inspection_finished;
      e->indexed[EVENT_inspection_finished] = true;
      break;
    case LI_WORDS:
      r = rule_new(e, v, item, R_WORDS, place);
      words_compile(e, v, r);
      break;
    case LI_CASE:
      for (size_t i = 0; i < item->case_type->arrow_count && r == NULL; i++) {
        if (item->case_type->arrows[i].after) r = rule_new(e, v, item, R_FLOW, place);
      }
      return;
    default: return;
  }
  r->uses_ordinal = ordinal;
  if (trigger) {
    compile_alts(e, v, trigger->events, trigger->event_count, trigger->where, &r->starts);
    if (trigger->absent_within && r->type == R_WHEN) { /* 后 … 内 无: waited for like a goal */
      r->goals = ARENA_ARRAY(e->program, struct goal, 1);
      r->goal_count = 1;
      compile_alts(e, v, &trigger->absent, 1, NULL, &r->goals[0].alts);
      r->goals[0].same = &trigger->absent_same;
    }
  }
  if (goals) compile_goals(e, v, r, goals);
  compile_tails(e, v, r);
  listen(e, L_START, r, &r->starts, 0);
  for (u32 i = 0; i < r->goal_count; i++) listen(e, L_GOAL, r, &r->goals[i].alts, (u16)i);
  listen(e, L_RELEASE, r, &r->releases, 0);
  listen(e, L_END, r, &r->ends, 0);
  strata_note(e, r);
}

static void settle_strata(struct engine *e, const struct version *v) {
  u32 *layer = ARENA_ARRAY(e->scratch, u32, v->program->item_count + 1);
  (void)lang_settle_order(e->scratch, v->program, layer);
  for (u32 i = 0; i < v->rule_count; i++) {
    struct rule *r = &e->rules.p[v->first_rule + i];
    for (size_t k = 0; r->type == R_SETTLE && k < v->program->item_count; k++) {
      if (v->program->items[k] == r->item) r->stratum = layer[k];
    }
  }
}

static void compile_rule(struct engine *e, struct version *v, const struct lang_item *item, size_t place) {
  struct reach reach = {0};
  u32 first = e->rules.n;
  make_rule(e, v, item, place, &reach);
  for (u32 i = first; i < e->rules.n; i++) e->rules.p[i].reach = reach;
}

enum status compile_version(struct engine *e, struct version *v, struct problem *p) {
  const struct lang_program *program = v->program;
  if (program->header == NULL) {
    return problem_set(p, E_INVALID, "rules.no_header", "制度没有“制度”开头的一项", "the rulebook has no rulebook item");
  }
  v->name = arena_printf(e->program, "%d.%d", program->header->major, program->header->minor);
  v->book = mix_str(0, program->header->id.text);
  v->first_rule = e->rules.n;
  v->scores = ARENA_ARRAY(e->program, const struct lang_score *, program->item_count + 1);
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind == LI_SCORE) v->scores[v->score_count++] = program->items[i]->score;
  }
  const struct lang_clause *clause = NULL;
  size_t places[LI_EXAMPLE + 1] = {0};
  for (size_t i = 0; i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    if (item->clause != clause) memset(places, 0, sizeof places);
    clause = item->clause;
    compile_rule(e, v, item, places[item->kind]++);
  }
  v->rule_count = e->rules.n - v->first_rule;
  for (u32 i = v->first_rule; v->fields_look && i < e->rules.n; i++) e->rules.p[i].reach.lets = true;
  settle_strata(e, v);
  except_compile(e, v);
  gate_compile(e, v);
  live_compile(e, v);
  return OK;
}

const struct named_alts *alts_named(struct engine *e, const struct version *const_version, const struct lang_path *path) {
  struct version *v = (struct version *)(uintptr_t)const_version;
  bool fresh;
  u64 *at = table_at(&v->named_of, (u64)(uintptr_t)path->segments, &fresh); /* words of the book stay where they are */
  if (fresh) {
    struct named_alts n = {.used = path->count};
    struct arena *build = e->build;
    e->build = e->program;
    for (; n.used > 0; n.used--) {
      alt_of_name(e, v, path, n.used, &n.alts);
      if (n.alts.n) break;
    }
    e->build = build;
    struct named_alts *kept = *VEC_PUSH(v->named) = ARENA_NEW(e->program, struct named_alts);
    *kept = n;
    *table_at(&v->named_of, (u64)(uintptr_t)path->segments, NULL) = v->named.n;
    at = table_get(&v->named_of, (u64)(uintptr_t)path->segments);
  }
  return v->named.p[*at - 1];
}

static const i16 *fields_of_word(struct engine *e, sym word, struct str text) {
  bool fresh;
  u64 *at = table_at(&e->fields_of_word, (u64)word + 1, &fresh);
  if (!fresh) return (const i16 *)(uintptr_t)*at;
  size_t kinds;
  const struct event_kind *kind = event_kind_all(&kinds);
  i16 *fields = ARENA_ARRAY(e->program, i16, kinds);
  for (size_t k = 0; k < kinds; k++) {
    size_t field = event_kind_field(&kind[k], text);
    fields[k] = field == SIZE_MAX ? -1 : (i16)field;
  }
  *at = (u64)(uintptr_t)fields;
  return fields;
}

/* What eval_words asks of a path every time. */
static void words_known(struct engine *e, const struct lang_expr *x, struct path_info *info) {
  static const enum engine_word context[] = {W_TODAY, W_NOW, W_CLOCK, W_ACTOR, W_STAFF, W_PERSON, W_ON_DUTY};
  sym first = info->seg[0];
  info->chinese = chinese_of(e, first);
  info->here = first == e->w[W_THIS] || info->chinese == e->w[W_THIS];
  info->start = first == e->w[W_ANCHOR] || info->chinese == e->w[W_ANCHOR];
  info->direct = info->count == 1 && x->meaning != LN_ENUM && !info->here && !info->start && first != e->w[W_NOTE];
  for (size_t i = 0; i < COUNT_OF(context); i++) info->context |= first == e->w[context[i]];
  bool own = info->chinese != 0;
  for (size_t i = 0; i < COUNT_OF(e->w); i++) own |= first == e->w[i];
  info->only_figure = info->figure && info->count == 1 && x->meaning != LN_ENUM && !own && !str_starts(intern_str(&e->names, first), STR("已"));
}

struct path_info *path_of(const struct version *const_version, struct engine *e, const struct lang_expr *x) {
  struct version *v = (struct version *)(uintptr_t)const_version;
  bool fresh;
  u64 *at = table_at(&v->path_of, x->path.segments ? (u64)(uintptr_t)x->path.segments : (u64)(uintptr_t)x, &fresh); /* by its words: the expression may be made for the moment */
  if (!fresh) return v->paths.p[*at - 1];
  struct path_info *info = *VEC_PUSH(v->paths) = ARENA_NEW(e->program, struct path_info); /* they stay where they are */
  *at = v->paths.n;
  *info = (struct path_info){.count = 0};
  info->count = (u8)(x->path.count < COUNT_OF(info->seg) ? x->path.count : COUNT_OF(info->seg));
  for (u8 i = 0; i < info->count; i++) info->seg[i] = intern_sym(&e->names, x->path.segments[i]);
  struct str first = x->path.count ? x->path.segments[0] : (struct str){"", 0};
  info->field_by_kind = fields_of_word(e, info->seg[0], first);
  info->figure = lang_find_figure(v->program, first);
  info->let = lang_find_let(v->program, first);
  info->role = lang_find_role(v->program, first);
  info->define = lang_find_define(v->program, first);
  info->case_type = lang_find_case(v->program, first);
  for (size_t i = 0; i < v->program->named_count; i++) {
    const struct lang_item *item = v->program->named[i];
    if (item->kind == LI_SCORE && str_eq(item->score->name.text, first)) info->score = item->score;
  }
  words_known(e, x, info);
  return info;
}
