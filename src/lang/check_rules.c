/* Walks every item with the scope its names live in. */
#include "lang/check_logic.h"

#include "lang/words.h"

void lang_check_trigger(struct checker *c, struct lang_trigger *t, struct scope *s, bool detail) {
  for (size_t i = 0; i < t->event_count; i++) lang_check_event(c, &t->events[i], s, detail);
  lang_check_cond(c, t->where, s);
  if (!t->absent_within) return;
  lang_check_expr(c, t->absent_within, s);
  struct scope other = {0};
  lang_check_event(c, &t->absent, &other, false);
}

/* ---- time ---- */

static void check_span(struct checker *c, struct lang_expr *e, struct scope *s) {
  if (!e) return;
  struct known_type t = lang_check_expr(c, e, s);
  if (!t.type || lang_is_span_type(t.type)) return;
  lang_diagnose(c->d, LANG_ERROR, e->at, "lang.span_expected", "这里要一段时间，如 30分钟、3个工作日", "a length of time is expected here, such as 30 min or 3 working days");
}

static void check_due(struct checker *c, struct lang_due *d, struct scope *s) {
  lang_check_hours(c, &d->options);
  check_span(c, d->span, s);
  if (d->options.pause) lang_check_cond(c, d->options.pause, s);
  if (!d->moment) return;
  struct known_type t = lang_check_expr(c, d->moment, s);
  if (t.type == V_DATE && !d->options.day_included && !d->options.day_excluded) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, d->at, "lang.day_ambiguous", "某日“前”：那一天算不算在内？", "“before” a date: is that day still in time?");
    lang_diagnostic_example(c->d, m, "当天下午才办：含当日算按时，不含当日算逾期", "done that afternoon: in time with day_included, late with day_excluded");
    const struct lang_span end = {d->at.to, d->at.to, d->at.line, d->at.column};
    lang_diagnostic_fix(c->d, m, end, STR("(含当日)"), "前(含当日)", "(day_included)");
    lang_diagnostic_fix(c->d, m, end, STR("(不含当日)"), "前(不含当日)", "(day_excluded)");
  } else if (t.type && t.type != V_DATE && t.type != V_INSTANT) {
    lang_diagnose(c->d, LANG_ERROR, d->moment->at, "lang.moment_expected", "这里要一个日期或时刻的字段", "a date or an instant is expected here");
  }
}

static void check_recurs(struct checker *c, struct lang_recurs *rs) {
  for (size_t i = 0; i < rs->count; i++) {
    struct lang_recur *r = &rs->p[i];
    if (r->kind == LANG_EVERY_NAMED) {
      struct lang_figure *f = map_ptr(&c->figures, r->name);
      if (f) {
        map_set_ptr(&c->used, r->name, c);
        r->kind = LANG_EVERY_SPAN;
        continue;
      }
    }
    if ((r->kind != LANG_EVERY_NAMED && r->kind != LANG_EVERY_SHIFT) || map_ptr(&c->shifts, r->name)) continue;
    if (str_is(r->name, "班次") || str_is(r->name, "shift")) continue;
    struct known_type t;
    struct scope none = {0};
    if (lang_field_type(c, &none, r->name, &t)) continue;
    size_t distance = 99;
    bool early = r->kind == LANG_EVERY_SHIFT;
    struct lang_diagnostic *m = lang_diagnose(c->d, early ? LANG_WARNING : LANG_ERROR, r->at, "lang.unknown_shift", "没有“%.*s”这个班次或周期", "there is no shift or period “%.*s”",
                                              STR_ARG(r->name));
    struct str near = lang_nearest(c, r->name, &c->shifts, STR(""), &distance);
    lang_suggest(c, m, near);
    lang_diagnostic_repair(c->d, m, "声明它：班次 %.*s 9:00 至 18:00", "declare it: shift %.*s 9:00 to 18:00", STR_ARG(r->name));
  }
}

/* ---- acts ---- */

static void check_acts(struct checker *c, struct lang_acts *acts, struct scope *s);

/* A sum grows by steps of a clock: a step that is no length of time cannot be counted. */
static void check_step(struct checker *c, struct lang_expr *step, enum value_type type) {
  if (!type || type == V_DURATION) return;
  struct value v;
  if (type == V_MONTHS) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, step->at, "lang.step_months", "“每”一步不能是月：月有长短", "a step cannot be months: they differ in length");
    lang_diagnostic_repair(c->d, m, "按月罚的，写 每 自然月 … 须 …;逾期 …", "for a fine by the month write each month … must …; else …");
    return;
  }
  if (type != V_DAYS && type != V_WORKDAYS) {
    struct lang_diagnostic *m = lang_diagnose_texts(c->d, LANG_ERROR, step->at, "lang.step_unit", arena_printf(c->arena, "“每”后面要一段时间，写的是%s", value_type_name_zh(type)),
                                                    arena_printf(c->arena, "a step is a length of time, this is %s", value_type_name_en(type)));
    lang_diagnostic_repair(c->d, m, "按时间罚的，写 每 30秒 或 每 24小时", "for a sum that grows with time write per 30 s or per 24 h");
    lang_diagnostic_repair(c->d, m, "按次数罚的，写成 单价 × 个数", "for a sum by the piece write the price × the number");
    return;
  }
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, step->at, "lang.step_days", "“每”一步要走满一段时间，天不是：从哪一刻算一天？", "a step is a length that runs, a day is not: from which moment does a day count?");
  lang_diagnostic_example(c->d, m, "下午三点到期：满 24小时 是次日下午三点，过了零点只是换了日子", "due at three in the afternoon: 24 h are over at three the next day, at midnight only the date changes");
  bool literal = step->kind == LX_LITERAL, known = lang_constant(c, step, &v) && v.i > 0 && v.i < 10000;
  long long hours = known ? (long long)v.i * 24 : 24;
  struct str text = arena_printf(c->arena, "%lld小时", hours);
  if (literal && known) lang_diagnostic_fix(c->d, m, step->at, text, "写成 %lld小时", "write %lld h", hours);
  else lang_diagnostic_repair(c->d, m, "参数写成 %lld小时", "give the figure as %lld h", hours);
}

static void check_amount(struct checker *c, struct lang_act *a, struct scope *s) {
  enum value_type want = a->kind == LANG_DEDUCT || a->kind == LANG_ADD ? V_POINTS : V_MONEY;
  struct lang_expr *ends[2] = {a->amount.from, a->amount.to};
  for (int i = 0; i < 2; i++) {
    if (!ends[i]) continue;
    struct known_type t = lang_check_expr(c, ends[i], s);
    if (!t.type || t.type == want) continue;
    struct lang_diagnostic *m = lang_diagnose_texts(
        c->d, LANG_ERROR, ends[i]->at, "lang.amount_unit",
        arena_printf(c->arena, "这里要%s，写的是%s", want == V_MONEY ? "钱（元）" : "分数（分）", value_type_name_zh(t.type)),
        arena_printf(c->arena, "%s is wanted here, this is %s", want == V_MONEY ? "money" : "points", value_type_name_en(t.type)));
    lang_diagnostic_repair(c->d, m, want == V_MONEY ? "写明单位，如 10元" : "写明单位，如 0.5分", want == V_MONEY ? "write the unit, such as CNY 10" : "write the unit, such as 0.5pt");
  }
  if (a->amount.decided) lang_check_party(c, &a->amount.decided_by, s);
  if (a->step) {
    struct known_type t = lang_check_expr(c, a->step, s);
    check_step(c, a->step, t.type);
  }
  struct lang_expr *cap = a->cap;
  if (cap) {
    struct known_type t = lang_check_expr(c, cap, s);
    if (t.type && t.type != want) lang_diagnose(c->d, LANG_ERROR, cap->at, "lang.amount_unit", "封顶也要写钱数", "the cap is an amount of money too");
  }
  struct value from, to;
  if (a->amount.to && lang_constant(c, a->amount.from, &from) && lang_constant(c, a->amount.to, &to) && from.type == to.type && from.i > to.i)
    lang_diagnose(c->d, LANG_ERROR, a->amount.from->at, "lang.range_order", "范围的前一个数比后一个大", "the first amount of the range is above the second");
}

static bool is_money_rate(const struct lang_expr *e) { /* × or ÷ with a ratio or a division anywhere on top */
  if (!e) return false;
  if (e->kind == LX_ARITH) {
    if (e->op == '/') return true;
    return is_money_rate(e->a) || is_money_rate(e->b);
  }
  if (e->kind == LX_LITERAL) return e->value.type == V_RATIO;
  if (e->kind == LX_PATH && e->figure && e->figure->value_count) return is_money_rate(e->figure->values[0].expr);
  return false;
}

static void check_pay(struct checker *c, struct lang_act *a, struct scope *s) {
  struct known_type t = lang_check_expr(c, a->expr, s);
  if (a->rounding.written) lang_check_expr(c, a->rounding.step, s);
  if (t.type && t.type != V_MONEY) lang_diagnose(c->d, LANG_ERROR, a->expr->at, "lang.amount_unit", "计薪要算出钱数", "pay must come out as money");
  if (a->rounding.written || !is_money_rate(a->expr)) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->expr->at, "lang.rounding_missing", "钱乘比率会有零头：零头怎么处理？", "money times a rate leaves fractions of a fen: how are they rounded?");
  lang_diagnostic_example(c->d, m, "99.99元 × 1.5%% = 1.49985元", "99.99 × 1.5%% = 1.49985");
  const struct lang_span end = {a->expr->at.to, a->expr->at.to, a->expr->at.line, a->expr->at.column};
  lang_diagnostic_fix(c->d, m, end, STR(" 四舍五入到 0.01元"), "四舍五入到 0.01元", "rounded_to CNY 0.01");
  lang_diagnostic_fix(c->d, m, end, STR(" 向下取到 0.01元"), "向下取到 0.01元", "rounded_down_to CNY 0.01");
}

static void check_arguments(struct checker *c, struct lang_arguments *args, struct scope *s, struct scope *target) {
  for (size_t i = 0; i < args->count; i++) {
    struct lang_argument *a = &args->p[i];
    struct known_type t = {.type = V_ABSENT};
    if (!target->open && a->name.count == 1 && !lang_field_type(c, target, a->name.text, &t) && !str_is(a->name.text, "当事人") && !str_is(a->name.text, "person"))
      lang_diagnose(c->d, LANG_ERROR, a->name.at, "lang.unknown_field", "“%.*s”不是这件事的一项", "the event has no field “%.*s”", STR_ARG(a->name.text));
    bool plain = a->value->kind == LX_PATH && a->value->path.count == 1; /* a value of an enumeration, or a name */
    struct scope open = *s;
    open.open = s->open || plain;
    lang_check_expr(c, a->value, &open);
  }
}

static void check_case_act(struct checker *c, struct lang_act *a, struct scope *s) {
  struct scope target = {0};
  const struct lang_case *ct = map_ptr(&c->cases, a->name.text);
  if (!ct) {
    size_t distance = 99;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->name.at, "lang.unknown_case", "没有“%.*s”这种单据", "there is no case type “%.*s”", STR_ARG(a->name.text));
    struct str near = lang_nearest(c, a->name.text, &c->cases, STR(""), &distance);
    lang_suggest(c, m, near);
    target.open = true;
  } else {
    target.cases[target.event_count++] = ct;
  }
  check_arguments(c, &a->args, s, &target);
  if (a->has_party) lang_check_party(c, &a->party, s);
}

static void check_act(struct checker *c, struct lang_act *a, struct scope *s) {
  struct scope target = {0};
  switch (a->kind) {
    case LANG_FINE: case LANG_REWARD: case LANG_COMPENSATE: case LANG_CHARGE: case LANG_DEDUCT: case LANG_ADD:
      if (a->kind == LANG_FINE) c->has_fine = true;
      if (a->has_party) lang_check_party(c, &a->party, s);
      check_amount(c, a, s);
      if (a->kind == LANG_DEDUCT || a->kind == LANG_ADD) lang_check_points(c, a);
      if (a->account.text.n && !map_ptr(&c->accounts, a->account.text))
        lang_diagnose(c->d, LANG_ERROR, a->account.at, "lang.unknown_account", "没有“%.*s”这个账户", "there is no account “%.*s”", STR_ARG(a->account.text));
      break;
    case LANG_PAY: check_pay(c, a, s); break;
    case LANG_DISCIPLINE: case LANG_PROPOSE:
      if (a->has_party) lang_check_party(c, &a->party, s);
      if (a->decided) lang_check_party(c, &a->decided_by, s);
      break;
    case LANG_REMIND: case LANG_URGE: case LANG_ESCALATE: case LANG_TELL: lang_check_parties(c, &a->parties, s); break;
    case LANG_DEEM: case LANG_MOVE: case LANG_WITHDRAW:
      lang_check_event(c, &a->event, &target, a->kind == LANG_WITHDRAW);
      check_arguments(c, &a->args, s, &target);
      if (a->kind == LANG_MOVE) lang_check_move(c, a, s);
      break;
    case LANG_OPEN: check_case_act(c, a, s); break;
    case LANG_ASSIGN: case LANG_GIVE: lang_check_party(c, &a->party, s); break;
    case LANG_IF:
      lang_check_cond(c, a->condition, s);
      check_acts(c, &a->then, s);
      check_acts(c, &a->otherwise, s);
      break;
    case LANG_NOT_IN_FORCE: case LANG_NONE: break;
  }
}
static void check_acts(struct checker *c, struct lang_acts *acts, struct scope *s) {
  for (size_t i = 0; i < acts->count; i++) check_act(c, &acts->p[i], s);
}

/* ---- tables ---- */

/* 超过5元 不满3元: a row that nothing reaches. */
static void check_not_empty(struct checker *c, const struct lang_range *r) {
  struct value from, to;
  int order;
  if (r->is_value || !r->lower || !r->upper || !lang_constant(c, r->lower, &from) || !lang_constant(c, r->upper, &to)) return;
  if (value_compare(&from, &to, &order) != OK || order < 0 || (order == 0 && r->lower_included && r->upper_included)) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, r->at, "lang.empty_range", "没有数落在这个范围里：这一行永远用不上", "no value lies in this range: the row is never reached");
  lang_diagnostic_repair(c->d, m, "下限写在前，上限写在后，如 3以上不满5", "write the lower bound first, as in 3以上不满5");
}

enum { COLUMNS_MAX = 8 };
static void check_cells(struct checker *c, struct lang_tier *t, struct scope *s, const struct known_type *types) {
  for (size_t r = 0; r < t->row_count; r++)
    for (size_t k = 0; k < t->column_count && k < COLUMNS_MAX; k++) {
      struct lang_cell *cell = &t->rows[r].cells[k];
      for (size_t i = 0; i < cell->ranges.count; i++) {
        struct lang_range *range = &cell->ranges.p[i];
        bool word = range->is_value && range->lower->kind == LX_PATH && range->lower->path.count == 1 && !map_ptr(&c->figures, range->lower->path.text);
        if (word) {
          range->lower->meaning = LN_ENUM;
          continue;
        }
        check_not_empty(c, range);
        if (range->lower) lang_type_compare(c, range->lower, types[k], lang_check_expr(c, range->lower, s));
        if (range->upper && range->upper != range->lower) lang_type_compare(c, range->upper, types[k], lang_check_expr(c, range->upper, s));
      }
    }
}

static void check_tier(struct checker *c, struct lang_tier *t, struct scope *s) {
  struct known_type types[COLUMNS_MAX] = {0};
  if (t->column_count > COLUMNS_MAX) {
    lang_diagnose(c->d, LANG_ERROR, t->at, "lang.too_many_columns", "一张表最多 %d 列条件", "a table has %d columns of conditions at most", COLUMNS_MAX);
    return;
  }
  for (size_t k = 0; k < t->column_count; k++) types[k] = lang_check_expr(c, t->columns[k], s);
  check_cells(c, t, s, types);
  lang_check_table(c, t, types);
  for (size_t r = 0; r < t->row_count; r++) {
    check_acts(c, &t->rows[r].acts, s);
    if (t->rows[r].expr) lang_check_expr(c, t->rows[r].expr, s);
    lang_check_approval(c, t->rows[r].approval, s);
  }
}
static void check_body(struct checker *c, struct lang_body *b, struct scope *s) {
  if (b->tier) check_tier(c, b->tier, s);
  check_acts(c, &b->acts, s);
}

/* ---- items ---- */

static void check_tails(struct checker *c, struct lang_item *item, struct scope *s) {
  for (size_t i = 0; i < item->tail_count; i++) {
    struct lang_tail *t = &item->tails[i];
    for (size_t k = 0; k < t->event_count; k++) {
      struct scope other = {0};
      lang_check_event(c, &t->events[k], &other, false);
    }
    check_span(c, t->span, s);
    check_body(c, &t->body, s);
    if (t->condition) {
      struct scope wide = *s;
      wide.open = true; /* an exception may name a circumstance nobody records: then it goes to a person */
      lang_check_cond(c, t->condition, &wide);
    }
    if (t->kind == LANG_TAIL_EXCEPTION) lang_check_reference(c, t->id, t->at);
  }
}

static void check_goals(struct checker *c, struct lang_goals *gs, struct scope *s) {
  for (size_t i = 0; i < gs->count; i++) {
    struct lang_goal *g = &gs->p[i];
    if (g->complete.text.n) continue;
    struct scope own = {.needs_window = true};
    lang_check_event(c, &g->event, &own, false);
    for (size_t k = 0; k < s->event_count && own.event_count < SCOPE_EVENTS_MAX; k++) {
      own.kinds[own.event_count] = s->kinds[k];
      own.cases[own.event_count++] = s->cases[k];
    }
    own.open |= s->open;
    lang_check_cond(c, g->where, &own);
  }
}

static void check_must(struct checker *c, struct lang_item *item) {
  struct lang_must *m = item->must;
  struct scope s = {.needs_window = true};
  lang_check_trigger(c, &m->trigger, &s, false);
  check_due(c, &m->due, &s);
  lang_check_party(c, &m->bearer, &s);
  check_goals(c, &m->goals, &s);
  check_tails(c, item, &s);
}

/* What stands in a calendar deadline but could do nothing there. */
static struct lang_diagnostic *calendar_says_nothing(struct checker *c, struct lang_span at, enum lang_word option) {
  const struct lang_word_entry *w = lang_word_entry(option);
  struct str words = option ? c->p->english ? w->en : w->zh : lang_text(c->p, at);
  return lang_diagnose(c->d, LANG_ERROR, at, "lang.calendar_option", "“每 …”的期限由日历定，“%.*s”在这里不起作用", "the deadline of “each …” is set by the calendar: “%.*s” does nothing here", STR_ARG(words));
}
static void check_calendar_due(struct checker *c, const struct lang_recurs *recurs, const struct lang_calendar_due *due, struct lang_span at) {
  const struct lang_due_options *o = &due->options;
  const enum lang_word none[] = {o->first_day_counts ? LW_FIRST_DAY : LW_NAME, o->extendable ? LW_EXTENDABLE : LW_NAME, o->pause ? LW_PAUSE : LW_NAME};
  bool by_date = recurs->count > 0;
  for (size_t i = 0; i < recurs->count; i++) by_date &= recurs->p[i].kind == LANG_EVERY_WEEKDAY || recurs->p[i].kind == LANG_EVERY_PERIOD;
  if (recurs->count) at = recurs->p[0].at;
  for (size_t i = 0; i < COUNT_OF(none); i++) {
    if (!none[i]) continue;
    struct lang_diagnostic *m = calendar_says_nothing(c, none[i] == LW_PAUSE ? o->pause->at : at, none[i]);
    lang_diagnostic_repair(c->d, m, "删去它；跟着一件事走的钟，写 自 … 起 … 内", "leave it out; a clock that follows an event is written from … within …");
  }
  if (o->past_holidays && !by_date)
    lang_diagnostic_repair(c->d, calendar_says_nothing(c, at, LW_PAST_HOLIDAYS), "只有按周几、按日历期间定的期限才顺延", "only a deadline on a weekday or in a calendar period moves past holidays");
  if (due->span)
    lang_diagnostic_repair(c->d, calendar_says_nothing(c, due->span->at, LW_NAME), "写日子或钟点，如 每 自然月 10日 前(含当日)、每 周一 18:00 前", "write a day or a time, such as each monday before 18:00");
  if (due->has_time && due->side == LANG_AFTER)
    lang_diagnostic_repair(c->d, calendar_says_nothing(c, at, LW_AFTER), "写最晚到几点：18:00 前，或 9:00 至 18:00 内", "write the latest time, such as before 18:00");
}

static void check_each(struct checker *c, struct lang_item *item) {
  struct lang_each *e = item->each;
  struct scope s = {.needs_window = true};
  check_recurs(c, &e->recurs);
  check_calendar_due(c, &e->recurs, &e->due, item->at);
  lang_check_hours(c, &e->due.options);
  if (e->has_object) {
    struct lang_expr set = {.kind = LX_EXISTS, .path = e->object, .a = e->object_where, .at = e->object.at};
    lang_check_cond(c, &set, &s);
    const struct lang_case *ct = map_ptr(&c->cases, e->object.segments[0]);
    if (ct) s.cases[s.event_count++] = ct;
    s.elements[s.element_count++] = e->object.segments[0];
    if (!ct && map_ptr(&c->nouns, e->object.segments[0])) s.open = true;
  }
  lang_check_party(c, &e->bearer, &s);
  check_goals(c, &e->goals, &s);
  check_tails(c, item, &s);
}

/* 累进: one column of an amount, rows that are ranges, a rate for each. */
static void check_slices(struct checker *c, struct lang_let *l, struct scope *s) {
  const struct lang_tier *t = l->tier;
  struct known_type col = t->column_count ? lang_check_expr(c, t->columns[0], s) : (struct known_type){.type = V_ABSENT};
  bool rate = false;
  if (t->column_count != 1) lang_diagnose(c->d, LANG_ERROR, t->at, "lang.slices_columns", "累进的表只能按一个数", "a table by_slices goes by one amount only");
  for (size_t r = 0; r < t->row_count; r++) {
    const struct lang_cell *cell = &t->rows[r].cells[0];
    bool range = cell->kind == LANG_CELL_RANGES && cell->ranges.count == 1 && !cell->ranges.p[0].is_value;
    if (!range) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->rows[r].at, "lang.slices_range", "累进的每一行要写一段范围", "each row by_slices is a range");
      lang_diagnostic_repair(c->d, m, "如 10000元以下、超过10000元", "such as at most CNY 10000, more than CNY 10000");
    }
    struct known_type x = lang_check_expr(c, t->rows[r].expr, s);
    rate |= x.type == V_RATIO;
    if (x.type && col.type == V_MONEY && x.type != V_RATIO)
      lang_diagnose(c->d, LANG_ERROR, t->rows[r].at, "lang.slices_rate", "钱累进，每一行要写比率，如 1%%", "slices of money take a rate, such as 1%%");
  }
  if (!rate || col.type != V_MONEY || l->rounding.written) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.rounding_missing", "钱乘比率会有零头：零头怎么处理？", "money times a rate leaves fractions of a fen: how are they rounded?");
  lang_diagnostic_repair(c->d, m, "在表后写 四舍五入到 0.01元", "write rounded_to CNY 0.01 after the table");
}

static void check_let(struct checker *c, struct lang_let *l, struct scope *outer) {
  struct scope s = outer ? *outer : (struct scope){0};
  s.parameters = l->parameters.count ? &l->parameters : s.parameters;
  s.needs_window = false;
  for (size_t i = 0; i < l->parameters.count; i++) { /* 滞纳金(催缴): the fields of that case */
    const struct lang_case *ct = map_ptr(&c->cases, l->parameters.p[i].text);
    if (ct && s.event_count < SCOPE_EVENTS_MAX) s.cases[s.event_count++] = ct;
  }
  if (l->tier) check_tier(c, l->tier, &s);
  if (l->tier && l->tier->marginal) check_slices(c, l, &s);
  if (l->expr) lang_check_expr(c, l->expr, &s);
  if (l->rounding.written) lang_check_expr(c, l->rounding.step, &s);
  if (l->when_zero) lang_check_expr(c, l->when_zero, &s);
  if (l->expr && l->expr->kind == LX_ARITH && l->expr->op == '/' && !l->when_zero && l->expr->b->kind == LX_CALL &&
      (l->expr->b->function == LF_COUNT || l->expr->b->function == LF_DISTINCT)) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, l->expr->at, "lang.divide_by_zero", "除数可能是零，没写怎么办", "the divisor may be zero, and the book does not say what then");
    lang_diagnostic_fix(c->d, m, (struct lang_span){l->expr->at.to, l->expr->at.to, l->expr->at.line, l->expr->at.column}, STR(", 除数为零 计 0%"), ",除数为零 计 0%%", ", div0 as 0%%");
  }
}

static void check_settle(struct checker *c, struct lang_item *item) {
  struct lang_settle *st = item->settle;
  struct scope s = {.keys = &st->keys};
  check_recurs(c, &st->recurs);
  lang_check_cond(c, st->where, &s);
  for (size_t i = 0; i < st->statement_count; i++) {
    struct lang_statement *x = &st->statements[i];
    if (x->let) check_let(c, x->let, &s);
    if (x->act) check_act(c, x->act, &s);
    if (x->tier) check_tier(c, x->tier, &s);
    if (!x->limit) continue;
    c->has_limit = true;
    lang_check_expr(c, x->limit->at_most, &s);
    lang_check_expr(c, x->limit->keep_at_least, &s);
  }
  check_tails(c, item, &s);
}

static void check_gate(struct checker *c, struct lang_item *item) {
  struct lang_gate *g = item->gate;
  struct scope s = {.needs_window = true};
  lang_check_event(c, &g->request, &s, false);
  const struct lang_vocabulary_kind *k = s.event_count == 1 ? s.kinds[0] : NULL;
  if (k && !k->asked)
    lang_diagnose(c->d, LANG_WARNING, g->request.at, "lang.not_asked", "“%.*s”不是人做的动作，拦不住", "“%.*s” is not something a person does: it cannot be gated", STR_ARG(g->request.path.text));
  lang_check_cond(c, g->where, &s);
  for (size_t i = 0; i < g->line_count; i++) {
    lang_check_approval(c, g->lines[i].via, &s);
    lang_check_cond(c, g->lines[i].condition, &s);
    check_acts(c, &g->lines[i].acts, &s);
  }
}

static void check_report(struct checker *c, struct lang_report *r) {
  struct scope s = {.keys = &r->keys};
  check_recurs(c, &r->recurs);
  check_calendar_due(c, &r->recurs, &r->due, r->name.at);
  lang_check_parties(c, &r->to, &s);
  for (size_t i = 0; i < r->column_count; i++) {
    struct lang_report_column *col = &r->columns[i];
    struct scope own = {0};
    if (col->detail) {
      lang_check_trigger(c, &col->trigger, &own, true);
    } else if (col->expr) {
      lang_check_expr(c, col->expr, &s);
    } else if (!map_ptr(&c->lets, col->name.text) && !map_ptr(&c->scores, col->name.text)) {
      size_t distance = 99;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, col->name.at, "lang.unknown_measure", "没有“%.*s”这个量", "there is no measure “%.*s”", STR_ARG(col->name.text));
      struct str near = lang_nearest(c, col->name.text, &c->lets, STR(""), &distance);
      lang_suggest(c, m, near);
    }
  }
}

/* 每 …: on its day the survey goes to people the book knows; a customer is only known by what happens. */
static void check_survey(struct checker *c, struct lang_item *item) {
  struct lang_survey *q = item->survey;
  struct scope none = {0};
  if (!q->has_recur) return;
  check_recurs(c, &q->recurs);
  for (size_t i = 0; i < q->recurs.count; i++) {
    const struct lang_recur *r = &q->recurs.p[i];
    if (r->kind != LANG_EVERY_SHIFT && r->kind != LANG_EVERY_NAMED) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, r->at, "lang.survey_shift", "问卷按日历发，不按班次发", "a survey is sent by the calendar, not by shifts");
    lang_diagnostic_repair(c->d, m, "写每天、每周或每月，如 每 周五、每 自然月 25日", "say a day, a week or a month: each friday, each month 25日");
  }
  if (!q->has_to || str_is(q->to.path.text, "客户") || str_is(q->to.path.text, "customer")) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, q->has_to ? q->to.at : item->at, "lang.survey_whom", "到了日子发“%.*s”，发给哪些人？客户只有在事情里才认得出",
                                              "when its day comes, who gets “%.*s”? A customer is only known by something that happens", STR_ARG(q->name.text));
    lang_diagnostic_repair(c->d, m, "写 给 全员、给 一个岗位，或改成 于 会话.结束 这样的事", "write give everyone, give a role, or send it at an event such as conversation.closed");
  } else {
    lang_check_party(c, &q->to, &none);
  }
}

static void check_checklist(struct checker *c, struct lang_checklist *l) {
  struct scope s = {.needs_window = true, .open = true};
  if (l->has_by) {
    struct scope none = {0};
    lang_check_party(c, &l->by, &none);
  }
  if (l->sample && !lang_samples_orders(l) && !lang_samples_conversations(l)) {
    struct lang_diagnostic *m = l->sample_of.text.n
        ? lang_diagnose(c->d, LANG_ERROR, l->sample_of.at, "lang.sample_of", "“%.*s”抽不出来：能抽的是会话和订单", "“%.*s” cannot be sampled: conversations and orders can", STR_ARG(l->sample_of.text))
        : lang_diagnose(c->d, LANG_ERROR, l->sample->at, "lang.sample_of", "抽什么？能抽的是会话和订单", "a sample of what? Conversations and orders can be sampled");
    lang_diagnostic_repair(c->d, m, "写 抽 3 会话 或 抽 3 订单", "write sample 3 conversation or sample 3 order");
  }
  for (size_t i = 0; i < l->row_count; i++) check_acts(c, &l->rows[i].acts, &s);
  for (size_t i = 0; i < l->row_count; i++)
    for (size_t k = 0; k < i; k++)
      if (str_eq(l->rows[i].name.text, l->rows[k].name.text))
        lang_diagnose(c->d, LANG_ERROR, l->rows[i].name.at, "lang.duplicate_row", "检查表里“%.*s”写了两次", "the item “%.*s” stands twice in the checklist", STR_ARG(l->rows[i].name.text));
}

static void check_shift(struct checker *c, struct lang_shift *s) {
  for (size_t i = 0; i < s->applies.count; i++) {
    struct lang_party role = {.path = {.segments = &s->applies.p[i].text, .count = 1, .text = s->applies.p[i].text, .at = s->applies.p[i].at}, .at = s->applies.p[i].at};
    struct scope none = {0};
    lang_check_party(c, &role, &none);
  }
  for (size_t i = 0; i < s->hours_count; i++) {
    struct lang_hours *h = &s->hours[i];
    struct lang_clock *ends[2] = {&h->from, &h->to};
    i64 times[2];
    bool known = true;
    for (int k = 0; k < 2; k++) {
      times[k] = ends[k]->time_ms;
      if (!ends[k]->figure.text.n) continue;
      const struct lang_figure *f = map_ptr(&c->figures, ends[k]->figure.text);
      map_set_ptr(&c->used, ends[k]->figure.text, c);
      if (!f || !f->value_count || f->values[0].expr->value.type != V_TIME) {
        lang_diagnose(c->d, LANG_ERROR, ends[k]->figure.at, "lang.time_expected", "“%.*s”不是钟点", "“%.*s” is not a time of day", STR_ARG(ends[k]->figure.text));
        known = false;
      } else {
        times[k] = f->values[0].expr->value.i;
      }
    }
    if (known && !h->next_day && times[1] <= times[0]) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, h->at, "lang.shift_ends_before", "班次的止早于起：是次日吗？", "the shift ends before it begins: on the next day?");
      lang_diagnostic_repair(c->d, m, "写成 17:30 至 次日 1:00", "write 17:30 to next_day 1:00");
    }
  }
}

/* 人数: no event and no request is judged by how many hold a role, so the words would promise what nobody keeps. */
static void check_headcount(struct checker *c, const struct lang_role *r) {
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, r->headcount.at, "lang.headcount", "岗位的“人数”管不到任何一件事，写了也不起作用", "the headcount of a role judges nothing that happens: it would have no effect");
  lang_diagnostic_repair(c->d, m, "管班上几个人，写 排班 %.*s 由 …: 最少 2人 在 一个班次", "for heads on a shift write roster %.*s by …: fewest 2 in a shift", STR_ARG(r->names.p[0].text));
  lang_diagnostic_repair(c->d, m, "看现在几个人，在报表里写 次数(人员 其中 岗位=%.*s)", "to see how many there are, write count(person where role = %.*s) in a report", STR_ARG(r->names.p[0].text));
}

static void check_account(struct checker *c, struct lang_account *a) {
  struct scope none = {0};
  for (size_t i = 0; i < a->receives.count; i++) {
    struct str w = a->receives.p[i].text;
    bool money = false;
    for (int k = LANG_FINE; k <= LANG_CHARGE; k++) money |= str_eq(w, lang_act_zh((enum lang_act_kind)k)) || str_eq(w, lang_act_en((enum lang_act_kind)k));
    if (money) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->receives.p[i].at, "lang.account_receives", "账户收不了“%.*s”", "an account cannot receive “%.*s”", STR_ARG(w));
    lang_diagnostic_repair(c->d, m, "能收的是 罚款、奖励、赔偿、收费", "it receives fine, reward, compensate or charge");
  }
  lang_check_parties(c, &a->open_to, &none);
  lang_check_parties(c, &a->kept_by, &none);
}

/* 例 #c14.05: evidence for one clause of the inventory that the heading covers. */
static bool is_covered(const struct lang_clause *clause, struct str id) {
  for (size_t i = 0; clause && i < clause->covers.count; i++) {
    if (str_eq(clause->covers.p[i].text, id)) return true;
  }
  return false;
}

static void check_example(struct checker *c, struct lang_example *e) {
  if (e->target.n && !is_covered(c->item->clause, e->target)) lang_check_reference(c, e->target, c->item->at);
  i64 last = INT64_MIN;
  for (size_t i = 0; i < e->fact_count; i++) {
    struct lang_fact *f = &e->facts[i];
    struct scope s = {0};
    if (f->has_event) lang_check_event(c, &f->event, &s, false);
    for (size_t k = 0; k < f->args.count; k++) {
      struct known_type t;
      struct lang_argument *a = &f->args.p[k];
      if (!s.open && a->name.count == 1 && !lang_field_type(c, &s, a->name.text, &t) && !str_is(a->name.text, "当事人"))
        lang_diagnose(c->d, LANG_ERROR, a->name.at, "lang.unknown_field", "“%.*s”不是这件事的一项", "the event has no field “%.*s”", STR_ARG(a->name.text));
    }
    if (f->at_ms < last) lang_diagnose(c->d, LANG_ERROR, f->at, "lang.fact_order", "例里的事要按先后写", "the facts of an example stand in the order they happened");
    last = f->at_ms;
  }
}

void lang_check_item(struct checker *c, struct lang_item *item) {
  struct scope s = {.needs_window = true};
  c->item = item;
  switch (item->kind) {
    case LI_FIGURE:
      for (size_t i = 0; i < item->figure->value_count; i++) lang_check_expr(c, item->figure->values[i].expr, &s);
      break;
    case LI_DEFINE: lang_check_trigger(c, &item->define->trigger, &s, false); break;
    case LI_SHIFT: check_shift(c, item->shift); break;
    case LI_ROSTER:
      for (size_t i = 0; i < item->roster->part_count; i++) check_recurs(c, &item->roster->parts[i].recurs);
      lang_check_party(c, &item->roster->by, &s);
      break;
    case LI_CASE: lang_check_case(c, item); break;
    case LI_WHEN: {
      lang_check_trigger(c, &item->when->trigger, &s, false);
      struct logic guard = {.count = 0};
      if (item->when->trigger.event_count == 1) logic_add_event(&guard, &item->when->trigger.events[0], item->when->trigger.where);
      c->guard = guard.count ? &guard : NULL;
      check_body(c, &item->when->body, &s);
      c->guard = NULL;
      check_tails(c, item, &s);
      break;
    }
    case LI_MUST: check_must(c, item); break;
    case LI_EACH: check_each(c, item); break;
    case LI_SETTLE: check_settle(c, item); break;
    case LI_FORBID:
      lang_check_trigger(c, &item->forbid->trigger, &s, false);
      lang_check_party(c, &item->forbid->party, &s);
      check_tails(c, item, &s);
      break;
    case LI_GATE: check_gate(c, item); break;
    case LI_ROUTE:
      lang_check_event(c, &item->route->step, &s, false);
      lang_check_approval(c, item->route->approval, &s);
      if (item->route->tier) check_tier(c, item->route->tier, &s);
      break;
    case LI_LET: check_let(c, item->let, NULL); break;
    case LI_LIMIT:
      c->has_limit = true;
      lang_check_expr(c, item->limit->at_most, &s);
      break;
    case LI_CHECKLIST:
      check_checklist(c, item->checklist);
      check_tails(c, item, &s);
      break;
    case LI_WORDS: {
      struct scope own = {0};
      lang_check_words(c, item, &own);
      check_tails(c, item, &own);
      break;
    }
    case LI_SURVEY:
      if (item->survey->has_at) lang_check_trigger(c, &item->survey->at_event, &s, false);
      check_survey(c, item);
      break;
    case LI_NOTICE:
      lang_check_parties(c, &item->notice->to, &s);
      check_span(c, item->notice->within, &s);
      check_tails(c, item, &s);
      break;
    case LI_CLASS: lang_check_class(c, item); break;
    case LI_REPORT:
      check_report(c, item->report);
      check_tails(c, item, &s);
      break;
    case LI_EXAMPLE: check_example(c, item->example); break;
    case LI_SCORE: lang_check_score(c, item->score); break;
    case LI_ROLE:
      if (item->role->has_headcount) check_headcount(c, item->role);
      break;
    case LI_ACCOUNT: check_account(c, item->account); break;
    case LI_HEADER: case LI_NOT_IN_FORCE: break;
  }
}
