/* Flows and clocks that rules drive: a move whose case is not said, a move that no step leads to, hours that are not declared, a
 * computed field made of itself, an arrow that waits for no length of time. */
#include "lang/checker.h"

/* ---- computed fields ---- */

static const struct lang_field *field_named(const struct lang_case *ct, struct str name) {
  for (size_t i = 0; i < ct->field_count; i++)
    if (str_eq(ct->fields[i].name.text, name)) return &ct->fields[i];
  return NULL;
}

static bool reaches(const struct lang_case *ct, const struct lang_expr *e, const struct lang_field *goal, size_t depth) {
  if (!e || depth > ct->field_count) return false;
  if (e->kind == LX_PATH && e->path.count == 1) {
    const struct lang_field *f = field_named(ct, e->path.text);
    if (f == goal) return true;
    if (f && f->computed && reaches(ct, f->computed, goal, depth + 1)) return true;
  }
  if (reaches(ct, e->a, goal, depth) || reaches(ct, e->b, goal, depth) || reaches(ct, e->c, goal, depth)) return true;
  for (size_t i = 0; i < e->arg_count; i++)
    if (reaches(ct, e->args[i], goal, depth)) return true;
  return false;
}

static void check_computed(struct checker *c, const struct lang_case *ct) {
  for (size_t i = 0; i < ct->field_count; i++) {
    const struct lang_field *f = &ct->fields[i];
    if (!f->computed || !reaches(ct, f->computed, f, 0)) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, f->name.at, "lang.computed_cycle", "“%.*s”由自己算出来，永远没有数", "“%.*s” is computed from itself and never has a value",
                                              STR_ARG(f->name.text));
    lang_diagnostic_repair(c->d, m, "让其中一个字段由人填", "let one of the fields be filled in by hand");
    return;
  }
}

static void check_timed(struct checker *c, const struct lang_case *ct) {
  struct scope s = {.needs_window = true};
  for (size_t i = 0; i < ct->arrow_count; i++) {
    struct lang_expr *after = ct->arrows[i].after;
    if (!after) continue;
    struct known_type t = lang_check_expr(c, after, &s);
    if (!t.type || lang_is_span_type(t.type)) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, after->at, "lang.span_expected", "这里要一段时间，如 30分钟、3个工作日", "a length of time is expected here, such as 30 min or 3 working days");
    lang_diagnostic_repair(c->d, m, "→ 7天 后 %.*s", "→ 7 days after %.*s", STR_ARG(ct->states[ct->arrows[i].to].name.text));
  }
}

void lang_check_case_flow(struct checker *c, const struct lang_case *ct) {
  check_computed(c, ct);
  check_timed(c, ct);
}

/* ---- 转入 ---- */

static bool about_case(const struct scope *s, const struct lang_case *ct) {
  for (size_t i = 0; i < s->event_count; i++)
    if (s->cases[i] == ct) return true;
  return false;
}

void lang_check_move(struct checker *c, const struct lang_act *a, const struct scope *s) {
  const struct lang_case *ct = a->event.case_type;
  if (!ct || !a->event.state.n) return;
  if (!a->same.count && !s->open && !about_case(s, ct)) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->at, "lang.move_which", "转入的是哪一张“%.*s”？这里的事不是它的", "which “%.*s” is to be moved? The event here is not one of it",
                                              STR_ARG(ct->name.text));
    lang_diagnostic_example(c->d, m, "同时有两张：缴了一张的款，另一张不该动", "with two of them open, what happens to one must leave the other alone");
    lang_diagnostic_repair(c->d, m, "写明同什么：转入 %.*s 同 客户", "say which: move %.*s same customer", STR_ARG(a->event.path.text));
    return;
  }
  size_t to = lang_case_state(ct, a->event.state);
  for (size_t i = 0; i < ct->arrow_count; i++)
    if (ct->arrows[i].to == to) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, a->at, "lang.move_no_step", "没有一步通到“%.*s”：只会记下，不会办", "no step leads to “%.*s”: the move will be noted, never done",
                                            STR_ARG(a->event.state));
  lang_diagnostic_repair(c->d, m, "流程 某状态 → %.*s", "flow some_state → %.*s", STR_ARG(a->event.state));
}

/* ---- 只计 ---- */

void lang_check_hours(struct checker *c, const struct lang_due_options *o) {
  if (!o->only.text.n) return;
  const struct lang_shift *shift = map_ptr(&c->shifts, o->only.text);
  bool service = str_is(o->only.text, "服务时间") || str_is(o->only.text, "service_hours");
  if (shift ? shift->hours_count > 0 : service && c->p->header && c->p->header->service_count > 0) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, o->only.at, "lang.unknown_hours", "“%.*s”是几点到几点？没有写", "from when to when is “%.*s”? It is not declared", STR_ARG(o->only.text));
  size_t distance = 99;
  struct str near = lang_nearest(c, o->only.text, &c->shifts, STR(""), &distance);
  if (near.n) lang_diagnostic_repair(c->d, m, "是不是“%.*s”？", "did you mean “%.*s”?", STR_ARG(near));
  lang_diagnostic_repair(c->d, m, "制度 … 服务时间 8:30 至 12:00, 13:30 至 17:30 工作日", "rulebook … service_hours 8:30 to 12:00, 13:30 to 17:30 working_day");
  if (!service) lang_diagnostic_repair(c->d, m, "班次 %.*s 8:30 至 17:30", "shift %.*s 8:30 to 17:30", STR_ARG(o->only.text));
}
