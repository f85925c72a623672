/* Gates: may this be done? A refusal wins over consent, consent over permission; 其余 speaks where no other line does. The
 * request is looked at as if it were a fact, before it changes anything, and leaves no trace. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

struct asking {
  struct engine *e;
  struct arena *a;
  const struct version *v;
  u32 ref;
  i64 now;
  struct gate_decision *out;
  size_t reason_room, stage_room;
  const struct lang_approval *via[8];
  struct str via_because[8];
  const struct lang_item *via_item[8];
  size_t via_count;
  const struct rule *permit_rule[8];
  const struct lang_gate_line *permit[8];
  size_t permit_count;
};

static struct env asking_env(struct asking *k, const struct rule *r) { return env_new(k->e, k->v, r, k->now, k->ref); }

static void add_reason(struct asking *k, const struct lang_item *item, struct str zh, struct str en) {
  struct gate_reason *reasons = arena_grow(k->a, (void *)(uintptr_t)k->out->reasons, &k->reason_room, k->out->reason_count + 1, sizeof *reasons);
  reasons[k->out->reason_count++] = (struct gate_reason){.clause = arena_dup(k->a, item->clause ? item->clause->id : (struct str){"", 0}),
                                                         .tag = arena_dup(k->a, item->tag),
                                                         .text_zh = arena_dup(k->a, zh),
                                                         .text_en = arena_dup(k->a, en)};
  k->out->reasons = reasons;
}

/* The lines that speak: every one whose condition holds; 其余 when none does. Returns how many, -1 when it cannot be judged. */
static int lines_of(struct env *env, const struct lang_gate *g, const struct lang_gate_line **lines, size_t room) {
  int n = 0;
  for (size_t i = 0; i < g->line_count; i++) {
    if (g->lines[i].otherwise || g->lines[i].condition == NULL) continue;
    bool holds = eval_true(env, g->lines[i].condition);
    if (env->failed) return -1;
    if (holds && (size_t)n < room) lines[n++] = &g->lines[i];
  }
  for (size_t i = 0; n == 0 && i < g->line_count; i++) {
    if (g->lines[i].otherwise || g->lines[i].condition == NULL) lines[n++] = &g->lines[i];
  }
  return n;
}

void gate_compile(struct engine *e, struct version *v) {
  const struct lang_program *p = v->program;
  v->asks = ARENA_ARRAY(e->program, struct ask, p->item_count + 1);
  for (size_t i = 0; i < p->item_count; i++) {
    const struct lang_item *item = p->items[i];
    bool for_some = item->kind == LI_SHIFT && item->shift->applies.count;
    if (item->kind != LI_GATE && item->kind != LI_ROUTE && item->kind != LI_ROSTER && !for_some) continue;
    struct ask *ask = &v->asks[v->ask_count++];
    *ask = (struct ask){.item = item, .rule = NONE};
    if (item->kind == LI_GATE) compile_alts(e, v, &item->gate->request, 1, item->gate->where, &ask->alts);
    if (item->kind == LI_ROUTE) compile_alts(e, v, &item->route->step, 1, NULL, &ask->alts);
    for (u32 k = 0; k < v->rule_count; k++) {
      if (e->rules.p[v->first_rule + k].item == item) ask->rule = v->first_rule + k;
    }
  }
}

static bool request_fits(struct env *env, const struct ask *ask, u32 ref) {
  for (u32 i = 0; i < ask->alts.n; i++) {
    if (event_fits(env, &ask->alts.p[i], ref)) return true;
    env->failed = false;
  }
  return false;
}

static struct str line_source(const struct asking *k, const struct lang_gate_line *line) { return lang_text(k->v->program, line->at); }

static bool gate_fits(void *ctx, const struct lang_item *item) {
  struct asking *k = ctx;
  struct env env = asking_env(k, NULL);
  for (u32 i = 0; i < k->v->ask_count; i++) {
    if (k->v->asks[i].item == item) return request_fits(&env, &k->v->asks[i], k->ref);
  }
  return false;
}

static void ask_gate(struct asking *k, const struct ask *ask) {
  const struct lang_item *item = ask->item;
  const struct rule *r = ask->rule == NONE ? NULL : &k->e->rules.p[ask->rule];
  struct env env = asking_env(k, r);
  if (!request_fits(&env, ask, k->ref) || except_gate(k->v, item, gate_fits, k)) return;
  const struct lang_gate_line *lines[16];
  int n = lines_of(&env, item->gate, lines, COUNT_OF(lines));
  if (n < 0) { /* what the clause needs is not there: it cannot be permitted by guess */
    k->out->verdict = GATE_REFUSE;
    add_reason(k, item, arena_printf(k->a, "缺少判断所需的内容：%.*s", STR_ARG(env.why_zh)), arena_printf(k->a, "something needed to judge is missing: %.*s", STR_ARG(env.why_en)));
    return;
  }
  for (int i = 0; i < n; i++) {
    const struct lang_gate_line *line = lines[i];
    struct str because = line->because.n ? line->because : line_source(k, line);
    if (line->verdict == LANG_REFUSE) {
      k->out->verdict = GATE_REFUSE;
      add_reason(k, item, because, because);
    } else if (line->verdict == LANG_VIA) {
      if (k->out->verdict != GATE_REFUSE) k->out->verdict = GATE_CONSULT;
      if (k->via_count < COUNT_OF(k->via)) {
        k->via_item[k->via_count] = item;
        k->via_because[k->via_count] = line->because;
        k->via[k->via_count++] = line->via;
      }
    } else {
      if (k->out->verdict == GATE_NONE) k->out->verdict = GATE_PERMIT;
    }
    if (line->verdict != LANG_REFUSE && line->acts.count && k->permit_count < COUNT_OF(k->permit) && r) {
      k->permit_rule[k->permit_count] = r;
      k->permit[k->permit_count++] = line;
    }
  }
}

/* 审批 of a case step: who has to agree before the case may reach it. */
static void ask_route(struct asking *k, const struct ask *ask) {
  const struct lang_item *item = ask->item;
  struct env env = asking_env(k, NULL);
  if (!request_fits(&env, ask, k->ref)) return;
  const struct lang_approval *approval = item->route->approval;
  if (item->route->tier) {
    const struct lang_row *row = eval_tier(&env, item->route->tier);
    approval = row ? row->approval : NULL;
    if (row == NULL && env.failed) { /* the amount is not filled in: nobody knows whose decision it is */
      k->out->verdict = GATE_REFUSE;
      add_reason(k, item, arena_printf(k->a, "由谁核决看不出来：%.*s", STR_ARG(env.why_zh)), arena_printf(k->a, "whose decision it is cannot be told: %.*s", STR_ARG(env.why_en)));
      return;
    }
  }
  if (approval == NULL) return;
  if (k->out->verdict != GATE_REFUSE) k->out->verdict = GATE_CONSULT;
  if (k->via_count < COUNT_OF(k->via)) {
    k->via_item[k->via_count] = item;
    k->via[k->via_count++] = approval;
  }
}

/* ---- approvals ---- */

static u32 without_absent(struct asking *k, sym *who, u32 n) {
  u32 kept = 0;
  for (u32 i = 0; i < n; i++) {
    if (str_starts(intern_str(&k->e->names, who[i]), STR("role:")) || person_on_leave(k->e, who[i], k->now)) continue;
    who[kept++] = who[i];
  }
  return kept;
}

/* Who answers for one party; *settled when the asker is the authority himself, in somebody else's matter. */
static u32 approvers(struct asking *k, const struct lang_party *party, sym *who, u32 room, bool *settled) {
  struct env env = asking_env(k, NULL);
  u32 n = without_absent(k, who, party_symbols(&env, party, who, room, NULL));
  const struct lang_role *role = lang_find_role(k->v->program, party->path.text);
  if (n == 0 && role && role->deputy.text.n) n = without_absent(k, who, people_of_role(k->e, intern_sym(&k->e->names, role->deputy.text), who, room));
  const struct fact *f = fact_of(k->e, k->ref);
  sym asker = f->actor ? f->actor : fact_person(k->e, k->ref);
  sym about = fact_person(k->e, k->ref);
  u32 kept = 0;
  bool own = false;
  for (u32 i = 0; i < n; i++) {
    if (who[i] == asker) own = true;
    else who[kept++] = who[i];
  }
  if (!own) return n;
  if (about && about != asker) {
    *settled = true;
    return 0;
  }
  sym up = person_superior(k->e, k->v, asker); /* S19: one's own request goes one higher */
  if (up && up != asker) {
    who[0] = up;
    return 1;
  }
  if (kept == 0) *settled = true; /* nobody stands above */
  return kept;
}

static struct approval_stage *add_stage(struct asking *k) {
  struct approval_stage *stages = arena_grow(k->a, (void *)(uintptr_t)k->out->stages, &k->stage_room, k->out->stage_count + 1, sizeof *stages);
  k->out->stages = stages;
  stages[k->out->stage_count] = (struct approval_stage){0};
  return &stages[k->out->stage_count++];
}

static void gather(struct asking *k, const struct lang_approval *ap, struct approval_stage *stage, struct str **persons, size_t *room, bool *open) {
  if (ap->kind != LA_PARTY) {
    for (size_t i = 0; i < ap->part_count; i++) gather(k, ap->parts[i], stage, persons, room, open);
    return;
  }
  sym who[PARTY_ROOM];
  bool settled = false;
  u32 n = approvers(k, &ap->party, who, PARTY_ROOM, &settled);
  stage->role_zh = stage->role_zh.n ? arena_printf(k->a, "%.*s、%.*s", STR_ARG(stage->role_zh), STR_ARG(ap->party.path.text)) : arena_dup(k->a, ap->party.path.text);
  if (settled) return;
  *open = true;
  if (stage->all && n > 1) n = 1; /* one holder of each role answers for it */
  for (u32 i = 0; i < n; i++) {
    *persons = arena_grow(k->a, *persons, room, stage->person_count + 1, sizeof **persons);
    (*persons)[stage->person_count++] = arena_dup(k->a, intern_str(&k->e->names, who[i]));
  }
}

static void stages_of(struct asking *k, const struct lang_approval *ap) {
  if (ap->kind == LA_IN_TURN) {
    for (size_t i = 0; i < ap->part_count; i++) stages_of(k, ap->parts[i]);
    return;
  }
  struct approval_stage stage = {.all = ap->kind == LA_ALL};
  struct str *persons = NULL;
  size_t room = 0;
  bool open = false;
  gather(k, ap, &stage, &persons, &room, &open);
  stage.persons = persons;
  if (open) *add_stage(k) = stage;
}

/* ---- asking ---- */

enum status engine_gate(struct engine *e, struct arena *a, const struct event *request, struct gate_decision *out, struct problem *p) {
  *out = (struct gate_decision){.verdict = GATE_NONE};
  const struct version *v = version_at(e, request->occurred_ms);
  if (v == NULL) return OK;
  if (request->kind->derived) {
    return problem_set(p, E_INVALID, "rules.derived", "“%s”由程序得出，不能申请", "\"%s\" is derived and cannot be asked for", request->kind->zh);
  }
  arena_reset(e->scratch);
  u32 cells = e->cells.n;
  u32 ref = fact_store(e, request);
  struct asking k = {.e = e, .a = a, .v = v, .ref = ref, .now = request->occurred_ms, .out = out};
  for (u32 i = 0; i < v->ask_count; i++) {
    const struct lang_item *item = v->asks[i].item;
    if (item->kind == LI_GATE) ask_gate(&k, &v->asks[i]);
    if (item->kind == LI_ROUTE) ask_route(&k, &v->asks[i]);
    if (item->kind == LI_ROSTER || item->kind == LI_SHIFT) {
      struct str zh, en;
      if (item->kind == LI_SHIFT ? shift_refuses(e, item, ref, &zh, &en) : roster_refuses(e, v, item, ref, k.now, &zh, &en)) {
        out->verdict = GATE_REFUSE;
        add_reason(&k, item, zh, en);
      }
    }
  }
  for (size_t i = 0; i < v->program->item_count; i++) { /* after the requests: consent opens a class */
    struct str zh, en;
    if (v->program->items[i]->kind != LI_CLASS) continue;
    enum class_says says = class_asks(e, a, v, v->program->items[i], ref, &zh, &en);
    if (says == CLASS_ALLOWS && out->verdict == GATE_NONE) out->verdict = GATE_PERMIT;
    if (says != CLASS_NEVER && !(says == CLASS_REFUSES && out->verdict != GATE_CONSULT)) continue;
    out->verdict = GATE_REFUSE;
    add_reason(&k, v->program->items[i], zh, en);
  }
  if (out->verdict == GATE_CONSULT) {
    for (size_t i = 0; i < k.via_count; i++) {
      stages_of(&k, k.via[i]);
      struct str words = lang_text(v->program, k.via[i]->at);
      struct str why = k.via_because[i];
      add_reason(&k, k.via_item[i], arena_printf(a, "须经%.*s同意%s%.*s", STR_ARG(words), why.n ? "：" : "", STR_ARG(why)),
                 arena_printf(a, "needs the consent of %.*s%s%.*s", STR_ARG(words), why.n ? ": " : "", STR_ARG(why)));
    }
    if (out->stage_count == 0) out->verdict = GATE_PERMIT;
  }
  struct cons_list list = {0};
  if (out->verdict == GATE_PERMIT || out->verdict == GATE_CONSULT) {
    for (size_t i = 0; i < k.permit_count; i++) {
      struct env env = asking_env(&k, k.permit_rule[i]);
      env.peek = true;
      struct act_site site = site_new(&env, k.now, fact_identity(e, ref));
      site.gate = true;
      site.collect = &list;
      site.act_base = (u32)(k.permit[i] - k.permit_rule[i]->item->gate->lines) * 100;
      act_run(&site, &k.permit[i]->acts);
    }
  }
  struct consequence *acts = ARENA_ARRAY(a, struct consequence, list.n ? list.n : 1);
  for (u32 i = 0; i < list.n; i++) explain_consequence(e, a, &list.p[i], &acts[i]);
  out->acts = acts;
  out->act_count = list.n;
  free(list.p);
  e->facts.n = ref;
  e->cells.n = cells;
  return OK;
}

/* The act was done: what its permission brings with it. Judged before the fact changes anything, by the gate that the request was
 * judged by: an exception speaks in the place of what it excepts. */
void gate_acts(struct engine *e, const struct rule *r, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct env env = env_new(e, r->version, r, f.at, ref);
  struct asking k = {.e = e, .v = r->version, .ref = ref, .now = f.at};
  if (except_gate(r->version, r->item, gate_fits, &k)) return;
  const struct lang_gate_line *lines[16];
  int n = lines_of(&env, r->item->gate, lines, COUNT_OF(lines));
  for (int i = 0; i < n; i++) {
    if (lines[i]->verdict == LANG_REFUSE) return;
  }
  for (int i = 0; i < n; i++) {
    if (lines[i]->acts.count == 0) continue;
    struct act_site site = site_new(&env, f.at, fact_identity(e, ref));
    site.gate = true;
    site.act_base = (u32)(lines[i] - r->item->gate->lines) * 100;
    act_run(&site, &lines[i]->acts);
  }
}

void engine_compute_case(struct engine *e, struct arena *a, struct event *event) {
  const struct version *v = version_at(e, event->occurred_ms);
  const struct lang_case *type = v ? lang_find_case(v->program, event->case_type) : NULL;
  bool any = false;
  for (size_t i = 0; type && i < type->field_count; i++) any |= type->fields[i].computed != NULL;
  if (!any) return;
  arena_reset(e->scratch);
  u32 cells = e->cells.n, ref = fact_store(e, event);
  for (size_t i = 0; i < type->field_count; i++) {
    struct value value;
    if (!type->fields[i].computed || !case_computed(e, ref, intern_sym(&e->names, type->fields[i].name.text), &value) || value.type == V_ABSENT) continue;
    if (value.s.n) value.s = arena_dup(a, value.s);
    if (value.type == V_REF || value.type == V_TEXT) value.den = 0;
    event_set_extra(event, a, type->fields[i].name.text, value);
  }
  e->facts.n = ref;
  e->cells.n = cells;
}
