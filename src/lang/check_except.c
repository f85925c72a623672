/* Exceptions (例外于 #id) as a tree: no clause excepts itself by a detour, an exception can meet what it excepts, and two
 * exceptions to one clause never fit the same fact unless one of them is an exception to the other. */
#include "lang/check_logic.h"

#include <string.h>

static bool names(const struct lang_tail *t, const struct lang_item *item) {
  return t->kind == LANG_TAIL_EXCEPTION && (str_eq(t->id, item->tag) || (item->clause && str_eq(t->id, item->clause->id)));
}

static bool can_stand(const struct lang_item *item) {
  return item->kind == LI_WHEN || item->kind == LI_MUST || item->kind == LI_FORBID || item->kind == LI_GATE;
}

static bool is_above(const struct checker *c, const struct lang_item *item, const struct lang_item *other, int depth) {
  for (size_t i = 0; i < item->tail_count && depth < 32; i++) {
    if (item->tails[i].kind != LANG_TAIL_EXCEPTION) continue;
    for (size_t k = 0; k < c->p->item_count; k++) {
      const struct lang_item *base = c->p->items[k];
      if (!can_stand(base) || base == item || !names(&item->tails[i], base)) continue;
      if (base == other || is_above(c, base, other, depth + 1)) return true;
    }
  }
  return false;
}

static const struct lang_trigger *trigger_of(const struct lang_item *item) {
  return item->kind == LI_WHEN ? &item->when->trigger : item->kind == LI_MUST ? &item->must->trigger : item->kind == LI_FORBID ? &item->forbid->trigger : NULL;
}

static struct str name_of(const struct lang_item *item) { return item->tag.n ? item->tag : item->clause ? item->clause->id : STR(""); }

static bool same_kind(const struct lang_event *a, const struct lang_event *b) {
  if (a->define || b->define) return a->define == b->define || (a->define && a->define->trigger.event_count == 1 && same_kind(&a->define->trigger.events[0], b)) ||
                                     (b->define && b->define->trigger.event_count == 1 && same_kind(a, &b->define->trigger.events[0]));
  if (a->violates.count || b->violates.count) return a->violates.count && b->violates.count;
  if (a->case_type || b->case_type) return a->case_type == b->case_type && (str_eq(a->state, b->state) || !a->state.n || !b->state.n);
  return a->kind.n && str_eq(a->kind, b->kind);
}

/* A fact that fits both, as far as can be told; *certain: nothing in the guards was left unjudged. */
static bool meet(struct checker *c, const struct lang_item *a, const struct lang_item *b, struct logic_answer *how, struct str *kind) {
  const struct lang_trigger *x = trigger_of(a), *y = trigger_of(b);
  if (!x || !y) return true;
  for (size_t i = 0; i < x->event_count; i++) {
    for (size_t k = 0; k < y->event_count; k++) {
      if (!same_kind(&x->events[i], &y->events[k])) continue;
      struct logic l = {.count = 0};
      logic_add_event(&l, &x->events[i], x->where);
      logic_add_event(&l, &y->events[k], y->where);
      *how = logic_ask(c, &l);
      *kind = x->events[i].path.text;
      if (how->possible) return true;
    }
  }
  return false;
}

static void check_place(struct checker *c, const struct lang_item *item, const struct lang_tail *t) {
  if (!can_stand(item)) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.exception_place", "例外于 只能写在 凡、自、禁止、申请 后面：别的规则不是由一件事引起的", "overrides follows when, from, forbid and request only: other rules do not begin with a fact");
    lang_diagnostic_repair(c->d, m, "用“除外 条件”写明什么时候不算", "write “unless condition” instead");
    return;
  }
  bool found = false, reachable = false;
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *base = c->p->items[i];
    struct logic_answer how = {.possible = false};
    struct str kind = {"", 0};
    if (base == item || !names(t, base)) continue;
    if (base->kind == LI_CHECKLIST) {
      found = reachable = true;
      continue;
    }
    if (!can_stand(base)) continue;
    if ((base->kind == LI_GATE) != (item->kind == LI_GATE)) continue;
    found = true;
    if (item->kind == LI_GATE) reachable |= str_eq(base->gate->request.path.text, item->gate->request.path.text);
    else reachable |= meet(c, item, base, &how, &kind);
  }
  if (is_above(c, item, item, 0)) {
    struct lang_diagnostic *round = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.exception_cycle", "例外绕回了自己：#%.*s 最后成了自己的例外", "the exceptions go round: #%.*s ends up as an exception to itself", STR_ARG(name_of(item)));
    lang_diagnostic_repair(c->d, round, "只留一个方向的例外于", "keep overrides in one direction only");
  } else if (!found || !reachable) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.exception_apart", "这条和 #%.*s 管的不是同一件事，做不了它的例外", "this rule and #%.*s never speak of the same fact, so it cannot be its exception", STR_ARG(t->id));
    lang_diagnostic_repair(c->d, m, "让两条从同一件事开始，再用“其中”写窄例外", "let both begin with the same fact, and narrow the exception with “where”");
  }
}

static void check_rivals(struct checker *c, const struct lang_item *a, const struct lang_tail *t) {
  for (size_t i = 0; i < a->index; i++) {
    const struct lang_item *b = c->p->items[i];
    for (size_t k = 0; k < b->tail_count; k++) {
      if (b->tails[k].kind != LANG_TAIL_EXCEPTION || !str_eq(b->tails[k].id, t->id) || b->kind == LI_GATE || a->kind == LI_GATE) continue;
      struct logic_answer how = {.possible = false};
      struct str kind = {"", 0};
      if (is_above(c, a, b, 0) || is_above(c, b, a, 0) || !meet(c, a, b, &how, &kind) || !how.certain) continue;
      struct str other = name_of(b);
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.exceptions_meet", "两条例外管到同一件事，没有写谁先：这里一条，#%.*s（第 %u 行）一条", "two exceptions fit the same fact, and the book does not say which goes first: this one, and #%.*s (line %u)",
                                                STR_ARG(other), b->at.line);
      lang_diagnostic_example(c->d, m, "%.*s%s%.*s", "%.*s%s%.*s", STR_ARG(kind), how.zh.n ? "，" : "", STR_ARG(how.zh));
      lang_diagnostic_repair(c->d, m, "用“其中”把两条例外分开", "tell the two exceptions apart with “where”");
      lang_diagnostic_repair(c->d, m, "把这一条写成那一条的例外：例外于 #%.*s", "make this one an exception to the other: overrides #%.*s", STR_ARG(other));
    }
  }
}

void lang_check_exceptions(struct checker *c) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *item = c->p->items[i];
    for (size_t k = 0; k < item->tail_count; k++) {
      const struct lang_tail *t = &item->tails[k];
      if (t->kind != LANG_TAIL_EXCEPTION || !map_ptr(&c->ids, t->id)) continue;
      check_place(c, item, t);
      if (can_stand(item)) check_rivals(c, item, t);
    }
  }
}
