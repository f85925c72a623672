/* Triggers, deadlines, recurrences, goals, acts, tables and tails. */
#include "lang/parser.h"

/* ---- triggers ---- */

struct lang_names lang_parse_same(struct lang_parser *p) {
  struct lang_names none = {0};
  return lang_accept(p, LW_SAME) ? lang_parse_names(p) : none;
}

struct lang_event lang_parse_event_path(struct lang_parser *p) {
  struct lang_event e = {.at = lang_here(p)};
  e.path = lang_parse_path(p);
  lang_close(p, &e.at);
  return e;
}

struct lang_event lang_parse_event(struct lang_parser *p) {
  struct lang_event e = {.at = lang_here(p)};
  if (lang_accept_punctuation(p, '(')) {
    if (!lang_enter(p)) return e;
    e.path = lang_parse_path(p);
    if (!p->failed && lang_accept(p, LW_WHERE)) e.where = lang_parse_cond(p);
    lang_leave(p);
    lang_expect_punctuation(p, ')');
    e.bracketed = true;
  } else if (lang_at(p, LW_VIOLATES) && !lang_punctuation_ahead(p, 1, '.')) {
    lang_next(p);
    do {
      if (!lang_at_kind(p, TK_ID)) {
        lang_fail(p, "lang.id_expected", "“违反”后面要写条款或规则的标识，如 #call", "“violated” is followed by ids such as #call");
        return e;
      }
      const struct lang_token *t = lang_next(p);
      LANG_APPEND(p, e.violates.p, e.violates.count) = (struct lang_name){t->text, t->at};
    } while (lang_at_punctuation(p, ',') && lang_peek(p, 1)->kind == TK_ID && lang_accept_punctuation(p, ','));
  } else {
    e.path = lang_parse_path(p);
  }
  lang_close(p, &e.at);
  return e;
}

struct lang_trigger lang_parse_trigger(struct lang_parser *p) {
  struct lang_trigger t = {.at = lang_here(p)};
  do {
    struct lang_event e = lang_parse_event(p);
    LANG_APPEND(p, t.events, t.event_count) = e;
  } while (!p->failed && lang_accept(p, LW_OR));
  if (p->failed) return t;
  if (lang_at(p, LW_AND) && t.event_count > 1) {
    struct lang_diagnostic *m = lang_fail(p, "lang.union_and", "“或”连着几件事，再写“且”分不清这个条件管哪一件", "after events joined with “or”, a bare “and” does not say which of them the condition is for");
    if (m) {
      lang_diagnostic_repair(p->d, m, "管全部：把“且”改成“其中”", "for all of them: write “where” instead of “and”");
      lang_diagnostic_repair(p->d, m, "只管一件：把那一件加括号，(A 其中 条件) 或 B", "for one of them: bracket it, (A where …) or B");
    }
    return t;
  }
  if (lang_accept(p, LW_WHERE)) {
    t.where = lang_parse_cond(p);
  } else if (lang_accept(p, LW_AND)) {
    t.where_and = true;
    t.where = lang_parse_cond(p);
  }
  if (!p->failed && lang_accept(p, LW_AFTER)) {
    t.absent_within = lang_parse_span(p);
    lang_expect(p, LW_IN);
    if (!lang_accept(p, LW_YET)) lang_expect(p, LW_NONE);
    t.absent = lang_parse_event(p);
    t.absent_same = lang_parse_same(p);
  }
  lang_close(p, &t.at);
  return t;
}

/* ---- deadlines ---- */

static struct lang_due_options parse_options(struct lang_parser *p) {
  struct lang_due_options o = {0};
  if (!lang_accept_punctuation(p, '(')) return o;
  do {
    const struct lang_token *t = lang_next(p);
    switch (t->word) {
      case LW_FIRST_DAY: o.first_day_counts = true; break;
      case LW_PAST_HOLIDAYS: o.past_holidays = true; break;
      case LW_EXTENDABLE: o.extendable = true; break;
      case LW_DAY_INCLUDED: o.day_included = true; break;
      case LW_DAY_EXCLUDED: o.day_excluded = true; break;
      case LW_ONLY: o.only = lang_parse_name(p); break;
      case LW_PAUSE: o.pause = lang_parse_cond(p); break;
      default:
        lang_fail_at(p, t->at, "lang.unknown_option", "这里只能写：首日计、遇休顺延、可延期、含当日、不含当日、只计 …、停表 …",
                     "only these may stand here: first_day_counts, past_holidays, extendable, day_included, day_excluded, only …, pause …");
        return o;
    }
  } while (!p->failed && lang_accept_punctuation(p, ','));
  lang_expect_punctuation(p, ')');
  if (o.day_included && o.day_excluded)
    lang_fail(p, "lang.day_both", "含当日与不含当日只能写一个", "day_included and day_excluded exclude each other");
  return o;
}

static bool parse_due_day(struct lang_parser *p, struct lang_due *d) {
  static const struct { enum lang_word word; enum lang_due_day day; } days[] = {
      {LW_SAME_DAY, LANG_SAME_DAY}, {LW_NEXT_DAY, LANG_NEXT_DAY}, {LW_SAME_SHIFT, LANG_SAME_SHIFT}, {LW_SAME_WEEK, LANG_SAME_WEEK},
      {LW_NEXT_WEEK, LANG_NEXT_WEEK}, {LW_SAME_MONTH, LANG_SAME_MONTH}, {LW_NEXT_MONTH, LANG_NEXT_MONTH}};
  for (size_t i = 0; i < COUNT_OF(days); i++) {
    if (!lang_accept(p, days[i].word)) continue;
    d->kind = LANG_DUE_DAY;
    d->day = days[i].day;
    if ((d->weekday = lang_weekday_of(lang_peek(p, 0)))) lang_next(p);
    if (lang_at_kind(p, TK_NUMBER)) {
      struct lang_expr *q = lang_parse_quantity(p);
      if (q->value.type != V_DAYS || q->value.i < 1 || q->value.i > 31)
        lang_fail_at(p, q->at, "lang.day_of_month", "这里要写几日，如 10日", "a day of the month is expected, such as 10日");
      d->day_of_month = (int)q->value.i;
    }
    if (lang_at_kind(p, TK_TIME)) {
      d->has_time = true;
      d->time_ms = lang_next(p)->number;
    }
    if (lang_accept(p, LW_BEFORE)) d->before = true;
    else lang_expect(p, LW_IN);
    return true;
  }
  return false;
}

struct lang_due lang_parse_due(struct lang_parser *p) {
  struct lang_due d = {.at = lang_here(p)};
  if (lang_accept(p, LW_WITHIN_EN)) {
    d.span = lang_parse_span(p);
  } else if (lang_accept(p, LW_BEFORE_EN)) {
    d.kind = LANG_DUE_AT;
    d.moment = lang_parse_expr(p);
    d.before = true;
  } else if (lang_accept(p, LW_AT)) {
    d.kind = LANG_DUE_AT;
    d.moment = lang_parse_expr(p);
    d.before = true;
    lang_expect(p, LW_BEFORE);
  } else if (!parse_due_day(p, &d)) {
    d.span = lang_parse_span(p);
    if (!p->failed && lang_at(p, LW_BEFORE)) {
      struct lang_diagnostic *m = lang_fail(p, "lang.span_before", "时长后面写“内”；“前”要接一个时刻", "a length of time takes “within”; “before” takes a moment");
      if (m) lang_diagnostic_repair(p->d, m, "写成“… 内”，或“于 字段 前”", "write “within …”, or “before” with a field");
    }
    lang_expect(p, LW_IN);
  }
  if (!p->failed) d.options = parse_options(p);
  lang_close(p, &d.at);
  return d;
}

/* ---- recurrence ---- */

static bool at_day_of_month(const struct lang_parser *p) {
  const struct lang_token *unit = lang_peek(p, 1);
  return lang_at_kind(p, TK_NUMBER) && unit->kind == TK_UNIT && str_is(unit->unit->name, "日");
}
static int parse_day_of_month(struct lang_parser *p) {
  struct lang_expr *q = lang_parse_quantity(p);
  if (!p->failed && (q->value.i < 1 || q->value.i > 31))
    lang_fail_at(p, q->at, "lang.day_of_month", "一个月只有 1日 到 31日", "a month has days 1 to 31");
  return (int)q->value.i;
}

static void parse_shift_edge(struct lang_parser *p, struct lang_recur *r) {
  r->kind = LANG_EVERY_SHIFT;
  r->edge = lang_next(p)->word == LW_ON_DUTY ? LANG_SHIFT_START : LANG_SHIFT_END;
  bool span = lang_at_quantity(p) && lang_peek(p, 2)->kind == TK_WORD && (lang_at_ahead(p, 2, LW_BEFORE) || lang_at_ahead(p, 2, LW_AFTER));
  span = span || (lang_at_name(p) && (lang_at_ahead(p, 1, LW_BEFORE) || lang_at_ahead(p, 1, LW_AFTER)));
  if (!span) return;
  r->offset = lang_parse_span(p);
  r->offset_before = lang_next(p)->word == LW_BEFORE;
}

static struct lang_recur parse_recur(struct lang_parser *p) {
  struct lang_recur r = {.at = lang_here(p)};
  const struct lang_token *t = lang_peek(p, 0);
  enum lang_period period = t->kind == TK_WORD ? lang_period_of(t->word) : LANG_PERIOD_NONE;
  if (lang_at_quantity(p)) {
    r.kind = LANG_EVERY_SPAN;
    r.span = lang_parse_quantity(p);
  } else if (lang_weekday_of(t)) {
    r.kind = LANG_EVERY_WEEKDAY;
    do r.weekdays |= 1u << lang_weekday_of(lang_next(p));
    while (lang_at_punctuation(p, ',') && lang_weekday_of(lang_peek(p, 1)) && lang_accept_punctuation(p, ','));
  } else if (period) {
    lang_next(p);
    r.kind = LANG_EVERY_PERIOD;
    r.period = period;
    if (at_day_of_month(p)) {
      r.day_from = parse_day_of_month(p);
      if (!p->failed && lang_accept(p, LW_TO)) r.day_to = parse_day_of_month(p);
      if (lang_at(p, LW_BEFORE) && lang_weekday_of(lang_peek(p, 1))) {
        lang_next(p);
        r.before_weekday = lang_weekday_of(lang_next(p));
      }
    }
  } else {
    r.kind = LANG_EVERY_NAMED;
    r.name = lang_parse_name(p).text;
    if (!p->failed && (lang_at(p, LW_ON_DUTY) || lang_at(p, LW_OFF_DUTY))) {
      parse_shift_edge(p, &r);
    } else if (!p->failed) {
      r.span = ARENA_NEW(p->arena, struct lang_expr);
      *r.span = (struct lang_expr){.kind = LX_PATH, .at = r.at};
      r.span->path.text = r.name;
      r.span->path.at = r.at;
      LANG_APPEND(p, r.span->path.segments, r.span->path.count) = r.name;
    }
  }
  lang_close(p, &r.at);
  return r;
}

struct lang_recurs lang_parse_recurs(struct lang_parser *p) {
  struct lang_recurs rs = {0};
  do {
    struct lang_recur r = parse_recur(p);
    LANG_APPEND(p, rs.p, rs.count) = r;
  } while (!p->failed && lang_accept(p, LW_AND_ALSO));
  return rs;
}

static bool at_times(const struct lang_parser *p) {
  const struct lang_token *unit = lang_peek(p, 1);
  return lang_at_kind(p, TK_NUMBER) && unit->kind == TK_UNIT &&
         (str_is(unit->unit->name, "次") || str_is(unit->unit->name, "遍") || str_is(unit->unit->name, "times"));
}

struct lang_calendar_due lang_parse_calendar_due(struct lang_parser *p) {
  struct lang_calendar_due d = {0};
  if (lang_accept(p, LW_BEFORE_EN)) {
    if (!lang_at_kind(p, TK_TIME)) lang_fail(p, "lang.time_expected", "这里要一个钟点，如 18:00", "a time of day is expected, such as 18:00");
    d.has_time = true;
    d.time_ms = lang_next(p)->number;
    d.side = LANG_BEFORE;
  } else if (lang_at_kind(p, TK_TIME)) {
    d.has_time = true;
    d.time_ms = lang_next(p)->number;
    if (lang_accept(p, LW_TO)) {
      if (!lang_at_kind(p, TK_TIME)) lang_fail(p, "lang.time_expected", "这里要一个钟点，如 18:00", "a time of day is expected, such as 18:00");
      d.has_time_to = true;
      d.time_to_ms = lang_next(p)->number;
    }
  } else if (!at_times(p) && (lang_at_quantity(p) || (lang_at_name(p) && (lang_at_ahead(p, 1, LW_BEFORE) || lang_at_ahead(p, 1, LW_IN))))) {
    d.span = lang_parse_span(p);
  }
  if (p->failed) return d;
  if (lang_accept(p, LW_BEFORE)) d.side = LANG_BEFORE;
  else if (lang_accept(p, LW_IN)) d.side = LANG_WITHIN;
  else if (lang_accept(p, LW_AFTER)) d.side = LANG_AFTER;
  else if (d.span || (d.has_time && !d.side)) lang_expect(p, LW_BEFORE);
  if (at_times(p)) d.times = lang_parse_quantity(p);
  if (!p->failed) d.options = parse_options(p);
  return d;
}

/* ---- goals ---- */

static struct lang_goal parse_goal(struct lang_parser *p) {
  struct lang_goal g = {.at = lang_here(p)};
  g.personally = lang_accept(p, LW_PERSONALLY);
  if (lang_at(p, LW_COMPLETE) && lang_name_ahead(p, 1)) {
    lang_next(p);
    g.complete = lang_parse_name(p);
    if (lang_accept(p, LW_WITH)) do {
        struct lang_evidence e = {.name = lang_parse_name(p)};
        if (!p->failed && (lang_at_bound(p) || lang_at_quantity(p))) {
          struct lang_range r = lang_parse_range(p);
          LANG_APPEND(p, e.bound.p, e.bound.count) = r;
        }
        LANG_APPEND(p, g.evidence, g.evidence_count) = e;
      } while (!p->failed && lang_accept_punctuation(p, ','));
  } else {
    g.event = lang_parse_event_path(p);
    if (!p->failed && lang_accept(p, LW_WHERE)) g.where = lang_parse_cond(p);
  }
  if (!p->failed) g.same = lang_parse_same(p);
  lang_close(p, &g.at);
  return g;
}

struct lang_goals lang_parse_goals(struct lang_parser *p) {
  struct lang_goals gs = {0};
  do {
    struct lang_goal g = parse_goal(p);
    LANG_APPEND(p, gs.p, gs.count) = g;
  } while (!p->failed && lang_accept(p, LW_OR));
  return gs;
}

/* ---- acts ---- */

static const struct { enum lang_word word; enum lang_act_kind kind; } act_words[] = {
    {LW_FINE, LANG_FINE}, {LW_REWARD, LANG_REWARD}, {LW_COMPENSATE, LANG_COMPENSATE}, {LW_CHARGE, LANG_CHARGE},
    {LW_DEDUCT, LANG_DEDUCT}, {LW_ADD, LANG_ADD}, {LW_PAY, LANG_PAY}, {LW_DISCIPLINE, LANG_DISCIPLINE}, {LW_PROPOSE, LANG_PROPOSE},
    {LW_REMIND, LANG_REMIND}, {LW_URGE, LANG_URGE}, {LW_ESCALATE, LANG_ESCALATE}, {LW_TELL, LANG_TELL}, {LW_DEEM, LANG_DEEM},
    {LW_OPEN, LANG_OPEN}, {LW_MOVE, LANG_MOVE}, {LW_ASSIGN, LANG_ASSIGN}, {LW_GIVE, LANG_GIVE}, {LW_WITHDRAW, LANG_WITHDRAW},
    {LW_NOT_IN_FORCE, LANG_NOT_IN_FORCE}, {LW_NONE, LANG_NONE}, {LW_IF, LANG_IF}};

static struct lang_amount parse_amount(struct lang_parser *p) {
  struct lang_amount a = {.from = lang_parse_expr(p)};
  if (p->failed) return a;
  struct lang_span range = a.from->at;
  if (lang_accept(p, LW_TO)) a.to = lang_parse_expr(p);
  lang_close(p, &range);
  if (lang_at(p, LW_OF)) {
    bool english = lang_next(p)->english;
    a.decided = true;
    a.decided_by = lang_parse_party(p);
    if (!english) lang_expect(p, LW_DECIDE);
    else lang_accept(p, LW_DECIDE);
  }
  if (a.to && !a.decided && !p->failed) {
    struct lang_diagnostic *m = lang_fail_at(p, range, "lang.range_undecided", "金额写了范围，没写由谁定", "the amount is a range, but nobody decides it");
    if (m) lang_diagnostic_repair(p->d, m, "后面写“由 主管 定”，或写一个确定的数", "add “decided_by supervisor”, or write one amount");
  }
  return a;
}

static void parse_steps(struct lang_parser *p, struct lang_act *a, bool example) {
  if (!lang_at(p, LW_EACH) && !lang_at(p, LW_EVERY_FULL)) return;
  struct lang_span at = lang_here(p);
  a->every_full = lang_next(p)->word == LW_EVERY_FULL;
  if (lang_at_quantity(p)) {
    a->step = lang_parse_quantity(p);
  } else { /* a figure, never a call: the bracket that follows is the option */
    a->step = ARENA_NEW(p->arena, struct lang_expr);
    *a->step = (struct lang_expr){.kind = LX_PATH, .at = lang_here(p)};
    a->step->path = lang_parse_path(p);
    lang_close(p, &a->step->at);
  }
  if (p->failed) return;
  bool bracket = lang_accept_punctuation(p, '(');
  if (lang_accept(p, LW_STARTED)) a->steps = LANG_STEPS_STARTED;
  else if (lang_accept(p, LW_FULL_ONLY)) a->steps = LANG_STEPS_FULL;
  if (bracket) lang_expect_punctuation(p, ')');
  if (a->every_full && !a->steps) a->steps = LANG_STEPS_FULL;
  lang_close(p, &at);
  if (!a->steps && !p->failed) {
    struct str step = lang_text(p->program, at);
    struct lang_diagnostic *m = lang_fail_at(p, at, "lang.steps_rounding", "“%.*s”：不满一个怎么算？", "“%.*s”: what about a part of a step?", STR_ARG(step));
    if (m) {
      lang_diagnostic_example(p->d, m, "每 30秒 5元，晚 91 秒：按一个计是 20 元，不计是 15 元", "5 per 30 s, 91 s late: 20 when a started step counts, 15 when it does not");
      lang_diagnostic_repair(p->d, m, "开始一个就算：%.*s(不足按一个计)", "a started step counts: %.*s (started)", STR_ARG(step));
      lang_diagnostic_repair(p->d, m, "满一个才算：%.*s(不足不计)", "only full steps count: %.*s (full_only)", STR_ARG(step));
    }
    return;
  }
  if (!example && !p->failed && !lang_at(p, LW_CAP) && !lang_at(p, LW_UNCAPPED)) {
    struct lang_diagnostic *m = lang_fail_at(p, at, "lang.cap_missing", "按步累加的金额要写封顶还是不封顶", "an amount that grows step by step must say its cap");
    if (m) {
      lang_diagnostic_example(p->d, m, "一夜没人回复，每 30 秒 5 元会累到几千元", "nobody replies all night: 5 every 30 s makes thousands");
      lang_diagnostic_repair(p->d, m, "封顶 50元", "cap CNY 50");
      lang_diagnostic_repair(p->d, m, "不封顶", "uncapped");
    }
  }
}

static void parse_money(struct lang_parser *p, struct lang_act *a, bool example) {
  if (!lang_at_quantity(p)) {
    a->party = lang_parse_party(p);
    a->has_party = true;
  } else if (!example) {
    struct lang_diagnostic *m = lang_fail(p, "lang.who_pays", "谁的？金额前面要写人", "whose? the person comes before the amount");
    if (m) lang_diagnostic_repair(p->d, m, "例如：罚款 当事人 10元", "for example: fine person CNY 10");
    return;
  }
  if (p->failed) return;
  a->amount = parse_amount(p);
  parse_steps(p, a, example);
  if (lang_accept(p, LW_CAP)) a->cap = lang_parse_expr(p);
  else if (lang_accept(p, LW_UNCAPPED)) a->uncapped = true;
  if (lang_accept(p, LW_INTO)) a->account = lang_parse_name(p);
  if (lang_accept(p, LW_NOT_PASSED_ON)) a->not_passed_on = true;
  a->text = lang_parse_optional_text(p);
}

/* Is the word here a person, with the amount after it? */
static bool party_before_amount(struct lang_parser *p) {
  if (!lang_at_name(p)) return false;
  struct lang_parser probe = *p;
  struct lang_diagnostics quiet;
  lang_diagnostics_init(&quiet, p->arena);
  probe.d = &quiet;
  (void)lang_parse_party(&probe);
  return !probe.failed && (lang_at_quantity(&probe) || lang_at_name(&probe) || lang_at_punctuation(&probe, '('));
}

static void parse_points(struct lang_parser *p, struct lang_act *a, bool example) {
  if (party_before_amount(p)) {
    a->party = lang_parse_party(p);
    a->has_party = true;
  }
  a->amount = parse_amount(p);
  parse_steps(p, a, example);
  if (lang_accept(p, LW_CAP)) a->cap = lang_parse_expr(p);
  else if (lang_accept(p, LW_UNCAPPED)) a->uncapped = true;
  if (!p->failed && lang_accept(p, LW_AT)) a->score = lang_parse_name(p);
}

static void parse_grade(struct lang_parser *p, struct lang_act *a) {
  a->party = lang_parse_party(p);
  a->has_party = true;
  if (p->failed) return;
  if (lang_at_name(p) && !lang_flag_ahead(p, 0, LW_ACT)) { /* an act word is never a grade */
    a->name = lang_parse_name(p);
  } else if (lang_at_kind(p, TK_TEXT)) {
    a->name.at = lang_here(p);
    a->name.text = lang_parse_text(p);
  } else if (a->party.path.count == 1 && !a->party.args.count) { /* only one word: it is the grade */
    a->name = (struct lang_name){a->party.path.text, a->party.at};
    a->has_party = false;
  } else {
    lang_fail(p, "lang.grade_expected", "给什么处分？写一个名字，如 警告", "which measure? write a name, such as warning");
  }
  if (!p->failed && lang_at(p, LW_OF)) {
    bool english = lang_next(p)->english;
    a->decided = true;
    a->decided_by = lang_parse_party(p);
    if (!english) lang_expect(p, LW_DECIDE);
  }
}

static void parse_if_act(struct lang_parser *p, struct lang_act *a) {
  if (!lang_enter(p)) return;
  a->condition = lang_parse_cond(p);
  lang_expect(p, LW_THEN);
  if (!p->failed) a->then = lang_parse_acts(p);
  bool otherwise = !p->failed && (lang_accept(p, LW_OTHERWISE_IF) || (lang_at(p, LW_OVERDUE) && lang_peek(p, 0)->english && lang_accept(p, LW_OVERDUE)));
  if (otherwise) a->otherwise = lang_parse_acts(p);
  lang_leave(p);
}

static void parse_event_act(struct lang_parser *p, struct lang_act *a) {
  a->event = lang_parse_event_path(p);
  if (p->failed) return;
  if (a->kind == LANG_DEEM && lang_at_punctuation(p, '(')) a->args = lang_parse_arguments(p);
  if (a->kind == LANG_MOVE) a->same = lang_parse_same(p);
}

static void parse_act_rest(struct lang_parser *p, struct lang_act *a, bool example) {
  switch (a->kind) {
    case LANG_FINE: case LANG_REWARD: case LANG_COMPENSATE: case LANG_CHARGE: parse_money(p, a, example); break;
    case LANG_DEDUCT: case LANG_ADD: parse_points(p, a, example); break;
    case LANG_PAY:
      a->name = lang_parse_name(p);
      lang_expect_punctuation(p, '=');
      if (!p->failed) a->expr = lang_parse_expr(p);
      if (!p->failed) a->rounding = lang_parse_rounding(p);
      break;
    case LANG_DISCIPLINE: case LANG_PROPOSE: parse_grade(p, a); break;
    case LANG_REMIND: case LANG_URGE: case LANG_ESCALATE: case LANG_TELL:
      a->parties = lang_parse_parties(p);
      a->text = lang_parse_optional_text(p);
      break;
    case LANG_DEEM: case LANG_MOVE: case LANG_WITHDRAW: parse_event_act(p, a); break;
    case LANG_OPEN:
      a->name = lang_parse_name(p);
      if (lang_at_punctuation(p, '(')) a->args = lang_parse_arguments(p);
      if (!p->failed && lang_accept(p, LW_ASSIGN)) {
        a->has_party = true;
        a->party = lang_parse_party(p);
      }
      break;
    case LANG_ASSIGN:
      a->has_party = true;
      a->party = lang_parse_party(p);
      break;
    case LANG_GIVE:
      a->name = lang_parse_name(p);
      if (!lang_accept(p, LW_TO)) lang_expect(p, LW_FOR_WHOM);
      a->has_party = true;
      a->party = lang_parse_party(p);
      break;
    case LANG_NOT_IN_FORCE:
      a->text = lang_parse_text(p);
      lang_expect(p, LW_BECAUSE);
      a->reason = lang_parse_text(p);
      break;
    case LANG_IF: parse_if_act(p, a); break;
    case LANG_NONE: break;
  }
}

struct lang_act lang_parse_act(struct lang_parser *p, bool example) {
  struct lang_act a = {.kind = LANG_NONE, .at = lang_here(p)};
  if (!lang_flag_ahead(p, 0, LW_ACT)) {
    struct lang_diagnostic *m = lang_fail(p, "lang.act_expected", "这里要写做什么：罚款、奖励、扣、提醒、上报、通知、视为、开单、无 …",
                                          "an act is expected here: fine, reward, deduct, remind, escalate, tell, deem, open, none …");
    if (m) lang_diagnostic_repair(p->d, m, "没有后果就写“无”", "write “none” when nothing follows");
    return a;
  }
  enum lang_word word = lang_next(p)->word;
  for (size_t i = 0; i < COUNT_OF(act_words); i++)
    if (act_words[i].word == word) a.kind = act_words[i].kind;
  parse_act_rest(p, &a, example);
  lang_close(p, &a.at);
  return a;
}

struct lang_acts lang_parse_acts(struct lang_parser *p) {
  struct lang_acts acts = {0};
  for (;;) {
    struct lang_act a = lang_parse_act(p, false);
    LANG_APPEND(p, acts.p, acts.count) = a;
    if (p->failed || !lang_at_punctuation(p, ';') || !lang_flag_ahead(p, 1, LW_ACT)) break;
    lang_next(p);
  }
  return acts;
}

struct lang_body lang_parse_body(struct lang_parser *p) {
  struct lang_body b = {0};
  if (lang_at(p, LW_BY)) b.tier = lang_parse_tier(p, LANG_RESULT_ACTS);
  else b.acts = lang_parse_acts(p);
  return b;
}

/* ---- tables ---- */

static struct lang_cell parse_ordinal_cell(struct lang_parser *p) {
  struct lang_cell c = {.kind = LANG_CELL_ORDINAL, .at = lang_here(p)};
  lang_expect(p, LW_NTH);
  struct lang_expr *first = lang_parse_quantity(p);
  c.first = c.last = first->value.i;
  c.unit = first->unit;
  if (p->failed) return c;
  if (lang_accept(p, LW_AND_LATER)) {
    c.last = -1;
  } else if (lang_at(p, LW_TO)) {
    lang_next(p);
    lang_expect(p, LW_NTH);
    if (!p->failed) c.last = lang_parse_quantity(p)->value.i;
  }
  lang_close(p, &c.at);
  if (!p->failed && (c.first < 1 || (c.last != -1 && c.last < c.first)))
    lang_fail_at(p, c.at, "lang.ordinal_order", "次序从第1开始，后一个不小于前一个", "ordinals begin with 1, and the second is not below the first");
  return c;
}

static struct lang_cell parse_cell(struct lang_parser *p) {
  struct lang_cell c = {.at = lang_here(p)};
  if (lang_accept(p, LW_OTHERWISE)) {
    c.kind = LANG_CELL_OTHERWISE;
  } else if (lang_accept(p, LW_ANY)) {
    c.kind = LANG_CELL_ANY;
  } else if (lang_at(p, LW_NTH)) {
    return parse_ordinal_cell(p);
  } else {
    c.ranges = lang_parse_ranges(p, true);
  }
  lang_close(p, &c.at);
  return c;
}

static struct lang_row parse_row(struct lang_parser *p, struct lang_tier *tier) {
  struct lang_row row = {.at = lang_here(p)};
  lang_expect_punctuation(p, '|');
  size_t cells = 0;
  for (size_t i = 0; i < tier->column_count && !p->failed; i++) {
    struct lang_cell c = parse_cell(p);
    LANG_APPEND(p, row.cells, cells) = c;
    lang_expect_punctuation(p, '|');
  }
  if (p->failed) return row;
  switch (tier->result) {
    case LANG_RESULT_ACTS: row.acts = lang_parse_acts(p); break;
    case LANG_RESULT_EXPR: row.expr = lang_parse_expr(p); break;
    case LANG_RESULT_APPROVAL: row.approval = lang_parse_approval(p); break;
  }
  lang_expect_punctuation(p, '|');
  lang_close(p, &row.at);
  return row;
}

struct lang_tier *lang_parse_tier(struct lang_parser *p, enum lang_result_kind result) {
  struct lang_tier *tier = ARENA_NEW(p->arena, struct lang_tier);
  tier->at = lang_here(p);
  tier->result = result;
  lang_expect(p, LW_BY);
  do {
    struct lang_expr *e = lang_parse_cond(p);
    LANG_APPEND(p, tier->columns, tier->column_count) = e;
  } while (!p->failed && lang_accept_punctuation(p, ','));
  lang_expect_punctuation(p, ':');
  tier->heaviest = lang_accept(p, LW_HEAVIEST);
  if (lang_at(p, LW_MARGINAL) && result != LANG_RESULT_EXPR)
    lang_fail(p, "lang.slices_place", "“累进”只用在“量”的表里：先写成一个量，再用它", "by_slices belongs in the table of a “let”: make it a measure and use that");
  tier->marginal = lang_accept(p, LW_MARGINAL);
  if (!p->failed && !lang_at_punctuation(p, '|'))
    lang_fail(p, "lang.rows_expected", "“按 …:”下面要有表格行：| 条件 | 结果 |", "rows are expected after “by …:”, such as | condition | result |");
  while (!p->failed && lang_at_punctuation(p, '|')) {
    struct lang_row row = parse_row(p, tier);
    LANG_APPEND(p, tier->rows, tier->row_count) = row;
    if (tier->row_count > LANG_ROWS_MAX)
      lang_fail(p, "lang.too_many_rows", "一张表最多 %d 行", "a table may have %d rows at most", LANG_ROWS_MAX);
  }
  lang_close(p, &tier->at);
  return tier;
}

/* ---- tails ---- */

bool lang_at_tail(const struct lang_parser *p) { return lang_flag_ahead(p, 0, LW_TAIL); }

static void parse_release(struct lang_parser *p, struct lang_tail *t) {
  do {
    struct lang_event e = lang_parse_event(p);
    LANG_APPEND(p, t->events, t->event_count) = e;
  } while (!p->failed && lang_accept(p, LW_OR));
  if (!p->failed) t->same = lang_parse_same(p);
  lang_expect(p, LW_FREE);
}

static void parse_never(struct lang_parser *p, struct lang_tail *t) {
  lang_accept_punctuation(p, ':');
  if (!lang_accept(p, LW_TO)) lang_expect(p, LW_COUNTED_TO);
  if (p->failed) return;
  struct lang_event e = lang_parse_event_path(p);
  LANG_APPEND(p, t->events, t->event_count) = e;
}

static void parse_transition(struct lang_parser *p, struct lang_tail *t) {
  if (lang_accept(p, LW_KEEP_COUNTS)) t->keep_counts = true;
  else if (!lang_accept(p, LW_FRESH_COUNTS))
    lang_fail(p, "lang.transition", "过渡 后面写 沿用次数 或 重新计次", "transition is followed by keep_counts or fresh_counts");
}

static struct lang_tail parse_tail(struct lang_parser *p) {
  struct lang_tail t = {.at = lang_here(p)};
  switch (lang_next(p)->word) {
    case LW_RELEASED:
      t.kind = LANG_TAIL_RELEASE;
      parse_release(p, &t);
      break;
    case LW_WARN:
      t.kind = LANG_TAIL_WARN;
      t.span = lang_parse_span(p);
      if (!p->failed) t.body.acts = lang_parse_acts(p);
      break;
    case LW_OVERDUE:
      t.kind = LANG_TAIL_OVERDUE;
      if (lang_at_quantity(p) || (lang_at_name(p) && !lang_flag_ahead(p, 0, LW_ACT))) t.span = lang_parse_span(p);
      if (!p->failed) t.body = lang_parse_body(p);
      break;
    case LW_VIOLATOR:
      t.kind = LANG_TAIL_VIOLATOR;
      t.body = lang_parse_body(p);
      break;
    case LW_NEVER:
      t.kind = LANG_TAIL_NEVER;
      parse_never(p, &t);
      break;
    case LW_UNLESS:
      t.kind = LANG_TAIL_UNLESS;
      t.condition = lang_parse_cond(p);
      break;
    case LW_OVERRIDES:
      t.kind = LANG_TAIL_EXCEPTION;
      if (!lang_at_kind(p, TK_ID)) lang_fail(p, "lang.id_expected", "“例外于”后面要写标识，如 #late", "“overrides” is followed by an id such as #late");
      t.id = lang_next(p)->text;
      break;
    default:
      t.kind = LANG_TAIL_TRANSITION;
      parse_transition(p, &t);
      break;
  }
  lang_close(p, &t.at);
  return t;
}

void lang_parse_tails(struct lang_parser *p, struct lang_item *item) {
  while (!p->failed) {
    size_t back = p->i;
    while (lang_accept_punctuation(p, ';') || lang_accept_punctuation(p, ',')) {}
    if (!lang_at_tail(p)) {
      p->i = lang_at_end(p) && p->i > back + 1 ? p->i : back;
      if (lang_peek(p, 0)->kind == TK_PUNCTUATION && p->i + 1 == p->end) p->i = p->end; /* a closing ; is harmless */
      return;
    }
    struct lang_tail t = parse_tail(p);
    LANG_APPEND(p, item->tails, item->tail_count) = t;
  }
}
