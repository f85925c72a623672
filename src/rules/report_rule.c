/* 报表: the figures a book declares, for a period that is given. One row for everybody who was employed in it (按 员工), or for
 * each value of a field among the facts that are counted (按 项目), or one row alone. A column is a measure of the row's own
 * facts; 明细 lists them instead. Nothing is kept: the same period asked again tells the same. */
#include "rules/parts.h"

#include <stdlib.h>

enum { REPORT_ROWS_MAX = 100000, DETAILS_MAX = 1000 };

static const struct lang_item *report_named(const struct version *v, struct str name) {
  for (size_t i = 0; v && i < v->program->item_count; i++)
    if (v->program->items[i]->kind == LI_REPORT && str_eq(v->program->items[i]->report->name.text, name)) return v->program->items[i];
  return NULL;
}

static bool by_person(const struct lang_names *keys) {
  static const char *const words[] = {"员工", "客服", "人员", "当事人", "staff", "person", "agent"};
  for (size_t i = 0; keys->count == 1 && i < COUNT_OF(words); i++)
    if (str_is(keys->p[0].text, words[i])) return true;
  return false;
}

/* ---- keys that are fields ---- */

struct values {
  struct engine *e;
  struct env *env;
  sym field;
  i64 from, to;
  struct table seen;
  struct value *p;
  size_t n, room;
};

static void note_values(struct values *k, const struct alts *alts) {
  struct engine *e = k->e;
  for (u32 a = 0; a < alts->n; a++) {
    if (alts->p[a].kind < 0) continue;
    forget_looked(e, alts->p[a].kind, k->from);
    for (u32 i = 0; i < e->s.by_kind[alts->p[a].kind].n && k->n < REPORT_ROWS_MAX; i++) {
      u32 ref = e->s.by_kind[alts->p[a].kind].p[i];
      const struct fact *f = fact_of(e, ref);
      if (f->at < k->from || f->at >= k->to || !alt_fits(&alts->p[a], f) || !narrow_fits(k->env, ref)) continue;
      struct element el = {.fact = ref};
      struct env inner = *k->env;
      inner.element = &el;
      struct value v;
      bool fresh;
      if (!eval_name(&inner, k->field, &v) || v.type == V_ABSENT) continue;
      u64 key = v.type == V_TEXT || v.type == V_REF ? mix_str(1, v.s) : mix(mix(2, (u64)v.i), v.type);
      table_at(&k->seen, key, &fresh);
      if (!fresh) continue;
      k->p = arena_grow(e->scratch, k->p, &k->room, k->n + 1, sizeof *k->p);
      k->p[k->n++] = v;
    }
  }
}

static void note_counted(struct values *k, const struct lang_expr *x) {
  if (x == NULL) return;
  if (x->kind == LX_CALL && x->function >= LF_COUNT && x->function <= LF_EARLIEST && x->arg_count) {
    const struct lang_expr *what = x->args[0]->kind == LX_WHERE ? x->args[0]->a : x->args[0];
    struct alts alts = {0};
    for (size_t used = what->kind == LX_PATH ? what->path.count : 0; used > 0 && alts.n == 0; used--) alt_of_name(k->e, k->env->v, &what->path, used, &alts);
    note_values(k, &alts);
  }
  note_counted(k, x->a);
  note_counted(k, x->b);
  note_counted(k, x->c);
  for (size_t i = 0; i < x->arg_count; i++) note_counted(k, x->args[i]);
}

static int by_shown(const void *a, const void *b) {
  const struct value *x = a, *y = b;
  int order;
  if (x->type == y->type && value_compare(x, y, &order) == OK) return order;
  return str_compare(x->s, y->s);
}

/* ---- cells ---- */

static const struct lang_score *score_named(const struct version *v, struct str name) {
  for (size_t i = 0; i < v->program->item_count; i++)
    if (v->program->items[i]->kind == LI_SCORE && str_eq(v->program->items[i]->score->name.text, name)) return v->program->items[i]->score;
  return NULL;
}

static struct report_cell figure(struct env *env, const struct lang_report_column *c) {
  struct report_cell cell = {.value = value_absent()};
  const struct lang_let *let = c->expr ? NULL : lang_find_let(env->v->program, c->name.text);
  const struct lang_score *score = c->expr || let ? NULL : score_named(env->v, c->name.text);
  bool ok;
  if (c->expr) ok = eval(env, c->expr, &cell.value) && eval_round(env, &c->rounding, &cell.value);
  else if (let) ok = eval_let(env, let, &env->key, env->key ? 1 : 0, &cell.value);
  else narrow_past(env), ok = score && score_balance(env, score, env->key, &cell.value);
  if (ok && cell.value.type != V_ABSENT) return cell;
  if (ok) {
    cell.why_zh = STR("这一期没有可算的");
    cell.why_en = STR("there is nothing to work it out from in this period");
    return cell;
  }
  cell.value = value_absent();
  cell.why_zh = env->why_zh.n ? env->why_zh : STR("缺少判断所需的内容");
  cell.why_en = env->why_en.n ? env->why_en : STR("something needed is missing");
  return cell;
}

static bool of_row(struct env *env, u32 ref) {
  if (env->key) return fact_person(env->e, ref) == env->key;
  if (!env->group) return true;
  struct element el = {.fact = ref};
  struct env inner = *env;
  struct value v;
  inner.element = &el;
  return eval_name(&inner, env->group, &v) && value_same(env->e, &v, &env->group_value);
}

/* 明细: the facts themselves, oldest first within each kind. */
static struct report_cell details(struct env *env, const struct lang_report_column *c, struct arena *a) {
  struct engine *e = env->e;
  struct report_cell cell = {.value = value_absent()};
  struct report_fact *list = NULL;
  size_t n = 0, room = 0;
  struct alts alts = {0};
  compile_alts(e, (struct version *)(uintptr_t)env->v, c->trigger.events, c->trigger.event_count, c->trigger.where, &alts);
  narrow_reach(env, &alts);
  for (u32 k = 0; k < alts.n; k++) {
    if (alts.p[k].kind < 0) continue;
    forget_looked(e, alts.p[k].kind, env->from);
    for (u32 i = 0; i < e->s.by_kind[alts.p[k].kind].n && n < DETAILS_MAX; i++) {
      u32 ref = e->s.by_kind[alts.p[k].kind].p[i];
      const struct fact f = *fact_of(e, ref);
      if (f.at < env->from || f.at >= env->to || !of_row(env, ref) || !narrow_fits(env, ref)) continue;
      struct env own = env_new(e, env->v, NULL, f.at, ref);
      if (!event_fits(&own, &alts.p[k], ref)) continue;
      list = arena_grow(a, list, &room, n + 1, sizeof *list);
      list[n] = (struct report_fact){.id = fact_id(e, a, ref), .at_ms = f.at};
      deed_sentence(e, a, ref, &list[n].text_zh, &list[n].text_en);
      n++;
    }
  }
  cell.facts = list;
  cell.fact_count = n;
  cell.value = value_int(V_COUNT, (i64)n);
  return cell;
}

static struct report_row row_of(struct env *env, const struct lang_report *r, struct str key, u32 *unfit, struct arena *a) {
  struct report_cell *cells = ARENA_ARRAY(a, struct report_cell, r->column_count ? r->column_count : 1);
  for (size_t i = 0; i < r->column_count; i++) {
    env->failed = false;
    env->why_zh = env->why_en = (struct str){"", 0};
    if (env->narrow) env->narrow->counted = false, env->narrow->missed = 0;
    cells[i] = r->columns[i].detail ? details(env, &r->columns[i], a) : figure(env, &r->columns[i]);
    if (env->narrow) narrow_judge(env->narrow, a, &cells[i], &unfit[i]);
    if (cells[i].value.s.n) cells[i].value.s = arena_dup(a, cells[i].value.s);
    cells[i].why_zh = arena_dup(a, cells[i].why_zh);
    cells[i].why_en = arena_dup(a, cells[i].why_en);
  }
  return (struct report_row){.key = arena_dup(a, key), .cells = cells};
}

static bool wanted(struct engine *e, const struct report_narrow *n, const struct object *person) {
  if (!n) return true;
  return (!n->of[REPORT_PERSON].n || str_eq(intern_str(&e->names, person->id), n->of[REPORT_PERSON])) && (!n->of[REPORT_ROLE].n || narrow_has_role(e, person->id, n->of[REPORT_ROLE]));
}

static enum status report_of(struct engine *e, struct arena *a, struct str name, i64 from_ms, i64 to_ms, const struct report_narrow *narrow, struct report_table *out, struct problem *p) {
  arena_reset(e->scratch);
  const struct version *v = version_at(e, to_ms - 1);
  const struct lang_item *item = report_named(v, name);
  if (item == NULL) return problem_set(p, E_NOT_FOUND, "rules.no_report", "制度里没有报表“%.*s”", "the rulebook has no report \"%.*s\"", STR_ARG(name));
  const struct lang_report *r = item->report;
  *out = (struct report_table){.report = r, .clause = item->clause, .by_person = by_person(&r->keys)};
  struct env env = env_new(e, v, NULL, to_ms, NONE);
  env.from = from_ms;
  env.to = to_ms;
  env.peek = true;
  struct narrow n = {.ask = narrow, .rows_are_people = out->by_person};
  u32 *unfit = ARENA_ARRAY(a, u32, r->column_count + 1);
  if (narrow) env.narrow = &n, narrow_begin(&n, e, from_ms);
  out->unfit = unfit;
  struct report_row *rows = NULL;
  size_t room = 0;
  if (out->by_person) {
    for (u32 i = 0; i < e->s.people.n && out->row_count < REPORT_ROWS_MAX; i++) {
      const struct object person = e->s.objects.p[e->s.people.p[i]];
      if (!person.known || person.since >= to_ms || (person.left && person.until <= from_ms) || !wanted(e, narrow, &person)) continue;
      env.key = person.id;
      rows = arena_grow(a, rows, &room, out->row_count + 1, sizeof *rows);
      rows[out->row_count++] = row_of(&env, r, intern_str(&e->names, person.id), unfit, a);
    }
  } else if (r->keys.count) {
    struct values k = {.e = e, .env = &env, .field = intern_sym(&e->names, r->keys.p[0].text), .from = from_ms, .to = to_ms};
    for (size_t i = 0; i < r->column_count; i++) note_counted(&k, r->columns[i].expr);
    table_clear(&k.seen);
    if (k.n > 1) qsort(k.p, k.n, sizeof *k.p, by_shown);
    env.group = k.field;
    for (size_t i = 0; i < k.n; i++) {
      env.group_value = k.p[i];
      rows = arena_grow(a, rows, &room, out->row_count + 1, sizeof *rows);
      rows[out->row_count++] = row_of(&env, r, value_show(e->scratch, &k.p[i], false, e->zone), unfit, a);
    }
  } else {
    rows = arena_grow(a, rows, &room, 1, sizeof *rows);
    rows[out->row_count++] = row_of(&env, r, (struct str){"", 0}, unfit, a);
  }
  out->rows = rows;
  narrow_end(&n);
  return OK;
}

enum status engine_report(struct engine *e, struct arena *a, struct str name, i64 from_ms, i64 to_ms, const struct report_narrow *narrow, struct report_table *out, struct problem *p) {
  e->asked = true;
  enum status status = report_of(e, a, name, from_ms, to_ms, narrow, out, p);
  e->asked = false;
  return status;
}
