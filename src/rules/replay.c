/* The replay's doors: facts in, rules shared out to threads, consequences out. See replay.h.
 *
 * Each rule, or each shard of a rule's subjects, is one piece of work and writes only its own consequences, so the result is the
 * same for any number of threads and shards (replay_tasks.c); the live engine's rules are one more piece. What people hold which
 * role and who has which object when is worked out before, and only read afterwards. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

struct replay *replay_new(i64 zone_offset_ms, const struct work_calendar *calendar) {
  struct replay *p = calloc(1, sizeof *p);
  BUG_IF(p == NULL);
  p->zone = zone_offset_ms;
  p->calendar = calendar;
  p->e = engine_new(zone_offset_ms, calendar);
  p->plans = arena_new((size_t)1 << 32);
  columns_init(&p->columns, p->e);
  return p;
}

void replay_free(struct replay *p) {
  if (p == NULL) return;
  for (u32 i = 0; i < p->rules.n; i++) free(p->rules.p[i].out.p);
  for (u32 i = 0; i < p->roles.n; i++) {
    free(p->roles.p[i].spans.p);
    free(p->roles.p[i].who.p);
  }
  for (int i = 0; i < 2; i++) replay_live_free(p->live[i]);
  for (int n = 0; n < N_COUNT; n++) replay_agents_free(p->agents[n]);
  free(p->rules.p);
  free(p->roles.p);
  free(p->seen_bits);
  table_clear(&p->seen);
  replay_tally_free(p);
  replay_bases_free(p);
  columns_free(&p->columns);
  arena_free(p->plans);
  engine_free(p->e);
  free(p);
}

void replay_shards(struct replay *p, int shards) { p->shards = shards < 0 ? 0 : shards > REPLAY_SHARDS_MAX ? REPLAY_SHARDS_MAX : shards; }

static bool looks_for_words(const struct lang_program *program) {
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind == LI_WORDS) return true;
  }
  return program_reads_texts(program);
}

enum status replay_publish(struct replay *p, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct problem *problem) {
  if (looks_for_words(program)) p->columns.keeps_texts = true;
  return engine_publish(p->e, program, published_ms, in_force_ms, problem);
}

/* ---- facts ---- */

static bool seen_before(struct replay *p, const struct event *event) {
  i64 number;
  bool plain = event->id.n > 1 && event->id.p[0] == 'e' && event->id.p[1] != '0' && event->id.p[1] != '-' && event->id.p[1] != '+' &&
               str_to_i64(str_slice(event->id, 1, event->id.n), &number);
  bool fresh;
  if (!plain || number >= (i64)1 << 33) {
    table_at(&p->seen, mix_str(0, event->id), &fresh);
    return !fresh;
  }
  u32 word = (u32)(number / 64);
  if (word >= p->seen_room) {
    u32 old = p->seen_room;
    p->seen_bits = vec_room(p->seen_bits, &p->seen_room, word + 1, sizeof *p->seen_bits);
    memset(p->seen_bits + old, 0, (size_t)(p->seen_room - old) * sizeof *p->seen_bits);
  }
  u64 bit = (u64)1 << (number % 64);
  if (p->seen_bits[word] & bit) return true;
  p->seen_bits[word] |= bit;
  return false;
}

enum status replay_add(struct replay *p, const struct event *event, struct problem *problem) {
  if (event->kind->derived) {
    return problem_set(problem, E_INVALID, "rules.derived", "“%s”由程序得出，不能记入", "\"%s\" is derived by the program and cannot be entered", event->kind->zh);
  }
  if (event->id.n == 0) return problem_set(problem, E_INVALID, "rules.no_id", "事件没有编号", "the event has no id");
  if (seen_before(p, event)) return OK;
  return columns_add(&p->columns, event, problem);
}

u32 replay_word(struct replay *p, struct str text) { return intern_sym(&p->e->names, text); }

enum status replay_row(struct replay *p, enum event_kind_id kind, i64 at_ms, u32 seq, u32 actor, const struct replay_cell *cells, u32 count, struct problem *problem) {
  _Static_assert(sizeof(struct replay_cell) == sizeof(struct column_cell), "one shape inside and outside");
  return columns_row(&p->columns, (u16)kind, at_ms, seq, actor, (const struct column_cell *)cells, count, problem);
}

void replay_expect(struct replay *p, enum event_kind_id kind, u32 rows) { columns_reserve(&p->columns, (u16)kind, rows); }

/* ---- the run ---- */

static void prepare(struct replay *p) {
  for (u32 i = 0; i < p->rules.n; i++) {
    if (p->rules.p[i].r && p->rules.p[i].vector) replay_duty_dates(p, &p->rules.p[i]);
  }
  replay_roles(p);
  replay_names(p);
  replay_bases(p);
}

/* The words a rule is made of: its own, and those of every figure it names. */
static u64 digest_of(const struct rule *r) {
  const struct lang_program *program = r->version->program;
  struct str text = lang_text(program, r->item->at);
  u64 h = mix_str(mix(0, r->ident), text);
  for (size_t i = 0; i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    switch (item->kind) {
      case LI_FIGURE: /* a figure can stand in a figure or a 量: those words count as the rule's */
        if (str_find(text, item->figure->name.text, 0) != SIZE_MAX) h = mix_str(h, lang_text(program, item->at));
        break;
      case LI_HEADER: case LI_DEFINE: case LI_ROLE: case LI_SHIFT: case LI_CASE: case LI_LET: case LI_ACCOUNT: case LI_SCORE: case LI_WORDS: case LI_CHECKLIST:
        h = mix_str(h, lang_text(program, item->at));
        for (size_t k = 0; k < program->item_count; k++) {
          const struct lang_item *f = program->items[k];
          if (f->kind == LI_FIGURE && item->kind != LI_HEADER && str_find(lang_text(program, item->at), f->figure->name.text, 0) != SIZE_MAX) h = mix_str(h, lang_text(program, f->at));
        }
        break;
      default: break;
    }
  }
  return h;
}

/* 撤销 anywhere: any fact might be taken back. */
static bool takes_back(const struct engine *e) {
  for (u32 i = 0; i < e->versions.n; i++) {
    const struct lang_program *program = e->versions.p[i]->program;
    for (size_t k = 0; k < program->item_count; k++) {
      struct str text = lang_text(program, program->items[k]->at);
      if (str_find(text, STR("撤销"), 0) != SIZE_MAX || str_find(text, STR("withdraw"), 0) != SIZE_MAX) return true;
    }
  }
  return false;
}

static void judge_by(struct replay *p, i64 until_ms) {
  p->until = until_ms > p->columns.last_at || p->columns.rows == 0 ? until_ms : p->columns.last_at;
  p->verdicts = takes_back(p->e) || p->columns.kinds[EVENT_ledger_judged].n || p->columns.kinds[EVENT_ledger_appealed].n || p->columns.kinds[EVENT_ledger_ruled].n;
}

enum status replay_run(struct replay *p, i64 until_ms, int threads, struct problem *problem) {
  (void)problem;
  judge_by(p, until_ms);
  replay_tally_free(p);
  replay_bases_free(p); /* a run judges everything anew */
  for (int n = 0; n < N_COUNT; n++) {
    replay_agents_free(p->agents[n]);
    p->agents[n] = NULL;
  }
  plan_rules(p);
  prepare(p);
  bool *due = malloc(p->rules.n + 1), live = false;
  BUG_IF(due == NULL);
  memset(due, true, p->rules.n + 1);
  p->rerun = p->rules.n;
  for (u32 i = 0; i < p->rules.n; i++) {
    live |= p->rules.p[i].r && !p->rules.p[i].vector;
    p->rules.p[i].fresh = true;
    p->rules.p[i].live_index = i;
  }
  replay_live_free(p->live[0]);
  p->live[0] = NULL;
  replay_tasks(p, due, live, threads);
  free(due);
  return OK;
}

/* Take a version out: its rules judge nothing any more. */
static void retire(struct engine *e, const struct version *old) {
  for (u32 i = 0; i < e->versions.n; i++) {
    if (e->versions.p[i] != old) continue;
    memmove(&e->versions.p[i], &e->versions.p[i + 1], (e->versions.n - 1 - i) * sizeof *e->versions.p);
    e->versions.n--;
  }
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    for (int l = 0; l < L_KINDS; l++) {
      u32 kept = 0;
      for (u32 i = 0; i < e->listen[k][l].n; i++) {
        if (e->rules.p[e->listen[k][l].p[i].rule].version != old) e->listen[k][l].p[kept++] = e->listen[k][l].p[i];
      }
      e->listen[k][l].n = kept;
    }
    e->indexed[k] = k == EVENT_conversation_auto_replied;
  }
  for (u32 i = 0; i < e->versions.n; i++) {
    struct version *v = e->versions.p[i];
    for (size_t k = 0; k < v->program->item_count; k++) compile_look(e, v, v->program->items[k]);
  }
}

enum status replay_revise(struct replay *p, const struct lang_program *program, i64 until_ms, int threads, struct problem *problem) {
  BUG_IF(p->e->versions.n == 0);
  if (looks_for_words(program) && !p->columns.keeps_texts) {
    return problem_set(problem, E_INVALID, "rules.no_texts", "事实读入时没有留下消息的文字，请重新读入", "the facts were read in without the texts of messages: read them in again");
  }
  struct version *old = p->e->versions.p[p->e->versions.n - 1];
  u32 old_rules = p->rules.n;
  for (u32 i = 0; i < old_rules; i++) {
    if (p->rules.p[i].r && p->rules.p[i].digest == 0) p->rules.p[i].digest = digest_of(&p->e->rules.p[i]);
  }
  enum status status = engine_publish(p->e, program, old->published_ms, old->in_force_ms, problem);
  if (status != OK) return status;
  retire(p->e, old);
  judge_by(p, until_ms);
  plan_rules(p);
  prepare(p);
  bool *due = calloc(p->rules.n + 1, 1), live = false;
  BUG_IF(due == NULL);
  p->rerun = 0;
  u32 live_before = 0, live_now = 0, live_same = 0;
  for (u32 i = 0; i < old_rules; i++) {
    if (p->rules.p[i].r) live_before += !p->rules.p[i].vector || p->rules.p[i].gave_up;
  }
  for (u32 i = old_rules; i < p->rules.n; i++) {
    struct plan_rule *rule = &p->rules.p[i];
    rule->digest = digest_of(rule->r);
    due[i] = true;
    rule->fresh = true;
    for (u32 k = 0; k < old_rules; k++) {
      struct plan_rule *was = &p->rules.p[k];
      if (was->r == NULL || was->r->version != old || was->digest != rule->digest) continue;
      live_same += !rule->vector && !was->vector;
      rule->live_index = was->live_index;
      if (!rule->vector || !was->vector || was->gave_up || was->act_count != rule->act_count) break;
      free(rule->out.p);
      memcpy(&rule->out, &was->out, sizeof rule->out);
      memset(&was->out, 0, sizeof was->out);
      rule->fresh = due[i] = false;
      break;
    }
    live_now += !rule->vector;
    p->rerun += due[i] && rule->vector;
  }
  for (u32 i = 0; i < old_rules; i++) {
    if (p->rules.p[i].r && p->rules.p[i].r->version == old) {
      VEC_FREE(p->rules.p[i].out);
      p->rules.p[i].r = NULL;
      p->rules.p[i].vector = p->rules.p[i].gave_up = false;
    }
  }
  live = live_now != live_before || live_same != live_now;
  if (live) {
    replay_live_free(p->live[0]);
    p->live[0] = NULL;
    p->rerun += live_now;
    for (u32 i = old_rules; i < p->rules.n; i++) p->rules.p[i].live_index = i;
  }
  replay_tasks(p, due, live && live_now, threads);
  free(due);
  return OK;
}

/* ---- asking ---- */

static u64 identity_of(const struct replay *p, const struct plan_rule *rule, const struct plan_cons *c) {
  const struct plan_act *a = rule->acts[c->start_act & 0xffff];
  u64 key = columns_identity(&p->columns, rule->starts[c->start_act >> 16].events.kind, c->row);
  if (rule->r->type != R_WHEN) key = mix(rule->r->ident, key);
  u64 id = mix(mix(rule->r->ident, key), a->act ? a->place : (u64)C_VIOLATION);
  return mix_str(id, intern_str(&p->e->names, c->subject));
}

static u32 borrow_fact(struct replay *p, struct arena *a, u16 kind, u32 row) { return fact_store(p->e, columns_event(&p->columns, a, kind, row)); }

/* The consequence as the live engine holds it; its facts are lent to the engine for the length of the call. */
static void explain(struct replay *p, const struct plan_rule *rule, const struct plan_cons *c, struct arena *a, void (*f)(void *ctx, const struct consequence *c), void *ctx) {
  struct engine *e = p->e;
  const struct plan_act *act = rule->acts[c->start_act & 0xffff];
  const struct plan_start *start = &rule->starts[c->start_act >> 16];
  u16 kind = start->events.kind;
  u32 facts = e->facts.n, cells = e->cells.n;
  arena_reset(a);
  arena_reset(e->scratch);
  struct cons k = {.rule = rule->index, .act = act->act, .type = act->type, .seal = SEAL_PROPOSED, .live = true, .subject = c->subject, .item = act->item,
                   .account = act->account, .text = act->text, .decided_by = act->decided_by, .fen = c->fen, .fen_max = c->fen_max, .at = c->at,
                   .ordinal = c->ordinal, .stop = NONE, .duty = NONE, .cap_fen = -1};
  k.id = identity_of(p, rule, c);
  k.trigger = borrow_fact(p, a, kind, c->row);
  if (act->act) k.amount = &act->act->amount;
  if (act->act && act->act->amount.decided && k.fen_max > k.fen) k.seal = SEAL_OPEN;
  if (act->type == C_SCORE) {
    k.points = act->act->kind == LANG_DEDUCT ? -k.fen : k.fen;
    if (!act->has_to) k.fen = k.fen_max = 0;
    else if (k.seal == SEAL_OPEN) k.points = 0;
  }
  if (c->window_to || c->window_from) {
    k.window_from = c->window_from == INT32_MIN ? INT64_MIN : instant_at(c->window_from, 0, p->zone);
    k.window_to = c->window_to == INT32_MAX ? INT64_MAX : instant_at(c->window_to, 0, p->zone);
  }
  if (rule->duty) {
    k.of_duty = true;
    k.started = p->columns.kinds[kind].at[c->row];
    k.due = act->act ? c->at : c->stop_at;
    k.last_good = c->last_good;
    k.noun = rule->duty->noun;
    k.object = column_sym(&p->columns, kind, c->row, e->f_object[kind][k.noun]);
    k.stop_at = c->at;
    k.over_ms = act->act ? 0 : c->at - k.due;
  } else {
    for (int noun = N_CONVERSATION; noun <= N_CASE && act->act; noun++) {
      sym id = column_sym(&p->columns, kind, c->row, e->f_object[kind][noun]);
      if (id == 0) continue;
      k.object = id;
      k.noun = (u8)noun;
    }
  }
  if (act->steps) {
    k.counts_steps = true;
    k.started_steps = act->act->steps == LANG_STEPS_STARTED;
    k.ended = c->steps_ended;
    k.stop_at = c->stop_at;
    k.over_ms = c->stop_at > c->at ? c->stop_at - c->at : 0;
    if (c->stop_row != NONE) k.stop = borrow_fact(p, a, c->stop_kind, c->stop_row);
    k.met_late = c->stop_row != NONE && !c->capped;
    struct bc_registers one;
    bytecode_registers(&one, 1);
    struct bc_source s = {.columns = &p->columns, .kind = kind, .row = c->row, .e = e, .now = c->last_good + 1, .bearer = c->subject};
    k.step_ms = act->step.fen;
    k.cap_fen = act->has_cap ? act->cap.fen : -1;
    k.unit_fen = act->from.fen;
    if (!act->step.constant && !bytecode_value(&act->step.program, &s, &one, &k.step_ms)) k.step_ms = 1;
    if (act->has_cap && !act->cap.constant && !bytecode_value(&act->cap.program, &s, &one, &k.cap_fen)) k.cap_fen = -1;
    if (!act->from.constant && !bytecode_value(&act->from.program, &s, &one, &k.unit_fen)) k.unit_fen = 0;
    bytecode_registers_free(&one);
    k.steps = k.step_ms > 0 ? (k.started_steps ? (k.over_ms + k.step_ms - 1) / k.step_ms : k.over_ms / k.step_ms) : 0;
    if (k.started_steps && k.steps == 0) k.steps = 1;
  }
  arena_reset(e->words);
  struct consequence out;
  explain_consequence(e, e->words, &k, &out);
  f(ctx, &out);
  e->facts.n = facts;
  e->cells.n = cells;
}

/* Where a consequence is: of a rule over columns, or in a live engine. */
struct told {
  i64 at;
  u32 from, number;           /* from: rule, or NONE and NONE - 1: the live engines */
};
static int by_time(const void *x, const void *y) {
  const struct told *a = x, *b = y;
  if (a->at != b->at) return a->at < b->at ? -1 : 1;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

static bool counts(const struct replay_live *l, const struct cons *c) { return c->live && c->rule < l->rule_count && l->judges[c->rule]; }

void replay_each_consequence(struct replay *p, void (*f)(void *ctx, const struct consequence *c), void *ctx) {
  VEC(struct told) all = {0};
  for (u32 i = 0; i < p->rules.n; i++) {
    for (u32 k = 0; k < p->rules.p[i].out.n; k++) *VEC_PUSH(all) = (struct told){p->rules.p[i].out.p[k].at, i, k};
  }
  for (u32 l = 0; l < 2; l++) {
    for (u32 i = 0; p->live[l] && i < p->live[l]->e->s.cons.n; i++) {
      const struct cons *c = &p->live[l]->e->s.cons.p[i];
      if (counts(p->live[l], c)) *VEC_PUSH(all) = (struct told){c->at, NONE - l, i};
    }
  }
  if (all.n) qsort(all.p, all.n, sizeof *all.p, by_time);
  struct arena *a = arena_new(1 << 28);
  for (u32 i = 0; i < all.n; i++) {
    const struct told *t = &all.p[i];
    if (t->from < p->rules.n) {
      explain(p, &p->rules.p[t->from], &p->rules.p[t->from].out.p[t->number], a, f, ctx);
      continue;
    }
    struct engine *e = p->live[NONE - t->from]->e;
    arena_reset(e->words);
    arena_reset(e->scratch);
    struct consequence out;
    explain_consequence(e, e->words, &e->s.cons.p[t->number], &out);
    f(ctx, &out);
  }
  arena_free(a);
  VEC_FREE(all);
}

static u64 weigh(u64 id, i64 fen, i64 points, i64 ordinal) { return mix(mix(mix(id, (u64)fen), (u64)points), (u64)ordinal); }

void replay_figures(struct replay *p, struct replay_figures *out) {
  *out = (struct replay_figures){.facts = p->columns.rows, .rerun_rules = p->rerun, .sharded_rules = p->sharded, .bytes = columns_bytes(&p->columns)};
  for (u32 i = 0; i < p->rules.n; i++) {
    const struct plan_rule *rule = &p->rules.p[i];
    if (rule->r == NULL) continue;
    out->rules++;
    out->vector_rules += rule->vector && !rule->gave_up;
    out->bytes += (u64)rule->out.room * sizeof *rule->out.p;
    out->consequences += rule->out.n;
    for (u32 k = 0; k < rule->out.n; k++) {
      const struct plan_cons *c = &rule->out.p[k];
      const struct plan_act *a = rule->acts[c->start_act & 0xffff];
      bool open = a->has_to && a->act->amount.decided && c->fen_max > c->fen;
      i64 points = a->type == C_SCORE && !open ? (a->act->kind == LANG_DEDUCT ? -c->fen : c->fen) : 0;
      out->sum += weigh(identity_of(p, rule, c), a->type == C_SCORE && !a->has_to ? 0 : c->fen, points, c->ordinal);
    }
  }
  for (int l = 0; l < 2; l++) {
    const struct replay_live *live = p->live[l];
    if (live == NULL) continue;
    out->live_facts += live->facts;
    for (u32 i = 0; i < live->e->s.cons.n; i++) {
      const struct cons *c = &live->e->s.cons.p[i];
      if (!counts(live, c)) continue;
      out->consequences++;
      out->sum += weigh(c->id, c->fen, c->points, c->ordinal);
    }
  }
}

void replay_each_rule(struct replay *p, void (*f)(void *ctx, const struct replay_rule_figures *r), void *ctx) {
  for (u32 i = 0; i < p->rules.n; i++) {
    const struct plan_rule *rule = &p->rules.p[i];
    if (rule->r == NULL) continue;
    struct replay_rule_figures out = {.clause = intern_str(&p->e->names, rule->r->clause), .tag = intern_str(&p->e->names, rule->r->tag), .consequences = rule->out.n};
    out.why_live = rule->vector ? (rule->gave_up ? "a value that columns do not take" : "") : rule->why;
    for (u32 k = 0; k < rule->out.n; k++) {
      out.fen += rule->out.p[k].fen;
      out.ordinals += rule->out.p[k].ordinal;
    }
    for (int l = 0; l < 2; l++) {
      const struct replay_live *live = p->live[l];
      u32 number = l == 0 ? rule->live_index : i;
      for (u32 k = 0; live && number < live->rule_count && live->judges[number] && k < live->e->s.cons.n; k++) {
        const struct cons *c = &live->e->s.cons.p[k];
        if (!c->live || c->rule != number) continue;
        out.consequences++;
        out.fen += c->fen;
        out.ordinals += (u64)c->ordinal;
      }
    }
    f(ctx, &out);
  }
}
