/* What would have avoided a consequence, in words: the deed in time, the limit not passed, one occasion less, the next
 * step of the table. Only what the record itself shows is said; where nothing sure can be said, nothing is. */
#include "rules/parts.h"

static struct str shown(struct engine *e, struct arena *a, const struct value *v, bool english) { return value_show(a, v, english, e->zone); }

static void add(struct arena *a, struct consequence *out, struct str zh, struct str en) {
  out->avoid_zh = arena_printf(a, "%.*s%.*s", STR_ARG(out->avoid_zh), STR_ARG(zh));
  out->avoid_en = arena_printf(a, "%.*s%s%.*s", STR_ARG(out->avoid_en), out->avoid_en.n ? " " : "", STR_ARG(en));
}

static void in_time(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, struct consequence *out) {
  struct deed goal = deed_of_goal(e, a, r);
  struct str due = calendar_show_instant(a, c->due, e->zone);
  bool included = c->last_good >= c->due;
  add(a, out, arena_printf(a, "在 %.*s%s以前%.*s，就没有这一条。", STR_ARG(due), included ? "（含）" : " ", STR_ARG(goal.zh)),
      arena_printf(a, "%.*s %s %.*s would have avoided this.", STR_ARG(goal.en), included ? "at or before" : "before", STR_ARG(due)));
}

/* A bound of the guard that the fact's own field passed: 时长 超过 10分钟. */
static void bound(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, const struct lang_expr *x, struct consequence *out) {
  if (x == NULL || out->avoid_zh.n) return;
  if (x->kind == LX_AND) {
    bound(e, a, c, r, x->a, out);
    bound(e, a, c, r, x->b, out);
    return;
  }
  if (x->kind != LX_RANGE || x->ranges.count != 1 || x->a->kind != LX_PATH || x->a->path.count != 1) return;
  const struct lang_range *range = &x->ranges.p[0];
  if (range->is_value || (range->lower && range->upper)) return;
  struct value had = fact_named(e, c->trigger, intern_sym(&e->names, x->a->path.text)), limit;
  struct env env = env_new(e, r->version, r, c->at, c->trigger);
  if (had.type == V_ABSENT || had.type == V_TEXT || had.type == V_REF || !eval(&env, range->lower ? range->lower : range->upper, &limit)) return;
  const char *zh = range->lower ? (range->lower_included ? "不满" : "不超过") : (range->upper_included ? "超过" : "满");
  const char *en = range->lower ? (range->lower_included ? "below" : "at most") : (range->upper_included ? "above" : "at least");
  struct str name = x->a->path.text, field = name;
  int index = field_of_word(e, fact_of(e, c->trigger)->kind, intern_sym(&e->names, name));
  if (index >= 0) field = str_c(event_kind_all(NULL)[fact_of(e, c->trigger)->kind].fields[index].en);
  add(a, out, arena_printf(a, "%.*s%s %.*s，就没有这一条；这次是 %.*s。", STR_ARG(name), zh, STR_ARG(shown(e, a, &limit, false)), STR_ARG(shown(e, a, &had, false))),
      arena_printf(a, "With %.*s %s %.*s there would be nothing; it was %.*s.", STR_ARG(field), en, STR_ARG(shown(e, a, &limit, true)), STR_ARG(shown(e, a, &had, true))));
}

static const struct lang_row *row_of(const struct lang_tier *t, i64 ordinal) {
  for (size_t i = 0; t && t->column_count == 1 && i < t->row_count; i++) {
    const struct lang_cell *cell = &t->rows[i].cells[0];
    if (cell->kind == LANG_CELL_ORDINAL && ordinal >= cell->first && (cell->last < 0 || ordinal <= cell->last)) return &t->rows[i];
  }
  return NULL;
}

/* The same fact one place earlier in its window. */
static void one_less(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, struct consequence *out) {
  const struct lang_body *body = r->item->kind == LI_WHEN ? &r->item->when->body : r->violator ? &r->violator->body : NULL;
  const struct lang_row *now = row_of(body ? body->tier : NULL, c->ordinal), *before = row_of(body ? body->tier : NULL, c->ordinal - 1);
  if (now == NULL || before == NULL || now == before || before->acts.count == 0) return;
  bool nothing = before->acts.count == 1 && before->acts.p[0].kind == LANG_NONE;
  struct lang_span span = before->acts.p[0].at;
  span.to = before->acts.p[before->acts.count - 1].at.to;
  struct str words = lang_text(r->version->program, span);
  add(a, out, arena_printf(a, "前面少一次，这次就是第 %lld 次：%.*s。", (long long)(c->ordinal - 1), STR_ARG(nothing ? STR("没有后果") : words)),
      arena_printf(a, "With one occasion less this would be no. %lld: %.*s.", (long long)(c->ordinal - 1), STR_ARG(nothing ? STR("nothing") : words)));
}

static void words(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, struct consequence *out) {
  bool forbidden = r->item->words->kind == LANG_FORBIDDEN;
  struct str one = r->item->words->text_count ? r->item->words->texts[0] : (struct str){"", 0};
  struct value word = c->trigger != NONE ? fact_named(e, c->trigger, intern_sym(&e->names, STR("词"))) : value_absent();
  if (word.type == V_TEXT) one = word.s;
  add(a, out, arena_printf(a, forbidden ? "不说“%.*s”，就没有这一条。" : "说了“%.*s”这样的话，就没有这一条。", STR_ARG(one)),
      arena_printf(a, forbidden ? "Not saying “%.*s” would have avoided this." : "Saying “%.*s” or the like would have avoided this.", STR_ARG(one)));
}

void explain_avoid(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, struct consequence *out) {
  bool burden = c->type == C_FINE || c->type == C_COMPENSATE || c->type == C_CHARGE || c->type == C_DISCIPLINE || c->type == C_PROPOSE || c->type == C_VIOLATION ||
                (c->type == C_SCORE && c->points < 0) || c->type == C_REMIND || c->type == C_URGE || c->type == C_ESCALATE;
  if (!burden) return;
  if (r->type == R_WORDS) {
    words(e, a, c, r, out);
  } else if (c->of_duty && c->due && r->goal_count) {
    in_time(e, a, c, r, out);
  } else if (c->trigger != NONE && !c->cause && (r->type == R_WHEN || r->type == R_FORBID)) {
    const struct lang_trigger *t = r->type == R_WHEN ? &r->item->when->trigger : &r->item->forbid->trigger;
    bound(e, a, c, r, t->where, out);
    if (t->event_count == 1) bound(e, a, c, r, t->events[0].where, out);
  }
  if (c->ordinal > 1) one_less(e, a, c, r, out);
}
