/* The rule items: figures, definitions, when, must, each, settle, forbid, gate, route, let, limit, examples. */
#include "lang/parser.h"

static void require_zone(struct lang_parser *p, struct lang_header *h) {
  if (!h->zone.n) h->zone_offset_ms = 8 * MS_HOUR;
  p->program->zone_offset_ms = h->zone_offset_ms;
}

static void parse_header_date(struct lang_parser *p, struct lang_header *h, bool in_force) {
  bool *has = in_force ? &h->has_in_force : &h->has_published;
  i64 *date = in_force ? &h->in_force : &h->published;
  if (in_force && lang_accept(p, LW_ON_PUBLICATION)) {
    h->in_force_on_publication = true;
    return;
  }
  if (!lang_at_kind(p, TK_DATE)) {
    lang_fail(p, "lang.date_expected", "这里要一个日期，如 2026-03-01", "a date is expected here, such as 2026-03-01");
    return;
  }
  *has = true;
  *date = lang_next(p)->number;
}

static void parse_version(struct lang_parser *p, struct lang_header *h) {
  if (!lang_at_kind(p, TK_NUMBER)) {
    lang_fail(p, "lang.version_expected", "版本写成 1.0", "a version is written 1.0");
    return;
  }
  struct str minor, major = str_cut(lang_next(p)->text, '.', &minor);
  i64 a = 0, b = 0;
  if (!str_to_i64(major, &a) || (minor.n && !str_to_i64(minor, &b)) || a > 100000 || b > 100000)
    lang_fail(p, "lang.version_expected", "版本写成 1.0", "a version is written 1.0");
  h->major = (int)a;
  h->minor = (int)b;
}

static int parse_day(struct lang_parser *p) {
  struct lang_expr *q = lang_parse_quantity(p);
  if (!p->failed && (q->value.i < 1 || q->value.i > 31)) lang_fail_at(p, q->at, "lang.day_of_month", "一个月只有 1日 到 31日", "a month has days 1 to 31");
  return p->failed ? 0 : (int)q->value.i;
}

struct lang_header *lang_parse_header(struct lang_parser *p) {
  struct lang_header *h = ARENA_NEW(p->arena, struct lang_header);
  h->zone_offset_ms = 8 * MS_HOUR;
  h->id = lang_parse_name(p);
  h->title = lang_parse_text(p);
  while (!p->failed && lang_at_name(p)) {
    struct lang_span at = lang_here(p);
    switch (lang_next(p)->word) {
      case LW_VERSION: parse_version(p, h); break;
      case LW_PUBLISHED: parse_header_date(p, h, false); break;
      case LW_IN_FORCE: parse_header_date(p, h, true); break;
      case LW_ZONE:
        at = lang_here(p);
        h->zone = lang_parse_text(p);
        if (!p->failed && !zone_offset(h->zone, &h->zone_offset_ms))
          lang_fail_at(p, at, "lang.zone", "不认识这个时区；写成 “Asia/Shanghai” 或 “+08:00”", "unknown time zone; write “Asia/Shanghai” or “+08:00”");
        break;
      case LW_SECTOR: h->sectors = lang_parse_names(p); break;
      case LW_SERVICE_HOURS:
        do {
          struct lang_hours hours = lang_parse_hours(p);
          LANG_APPEND(p, h->service_hours, h->service_count) = hours;
        } while (!p->failed && lang_accept_punctuation(p, ','));
        h->service_working_days = !p->failed && lang_accept(p, LW_WORKING_DAY);
        break;
      case LW_ATTENDANCE_MONTH:
        lang_expect(p, LW_FROM);
        h->attendance_from = parse_day(p);
        lang_expect(p, LW_TO);
        h->attendance_to = parse_day(p);
        break;
      default:
        lang_fail_at(p, at, "lang.header_part", "制度 里只能写：版本、公布、施行、时区、行业、服务时间、考勤月",
                     "a rulebook has: version, published, in_force, zone, sector, service_hours, attendance_month");
    }
  }
  require_zone(p, h);
  return h;
}

/* expr | 近 q | PERIOD */
static struct lang_expr *parse_constant(struct lang_parser *p) {
  if (lang_at(p, LW_RECENT)) return lang_parse_arg(p);
  return lang_parse_expr(p);
}

static struct lang_figure *parse_figure(struct lang_parser *p) {
  struct lang_figure *f = ARENA_NEW(p->arena, struct lang_figure);
  f->name = lang_parse_name(p);
  lang_expect_punctuation(p, '=');
  if (p->failed) return f;
  struct lang_figure_value first = {.expr = parse_constant(p)};
  LANG_APPEND(p, f->values, f->value_count) = first;
  while (!p->failed && lang_accept(p, LW_FROM)) {
    struct lang_figure_value v = {.has_from = true};
    if (!lang_at_kind(p, TK_DATE)) {
      lang_fail(p, "lang.date_expected", "这里要一个日期，如 2026-03-01", "a date is expected here, such as 2026-03-01");
      break;
    }
    struct lang_span at = lang_here(p);
    v.from = lang_next(p)->number;
    lang_expect(p, LW_START);
    if (p->failed) break;
    v.expr = parse_constant(p);
    struct lang_figure_value *before = &f->values[f->value_count - 1];
    if (before->has_from && before->from >= v.from)
      lang_fail_at(p, at, "lang.figure_dates", "日期要一个比一个晚", "the dates must ascend");
    LANG_APPEND(p, f->values, f->value_count) = v;
  }
  while (!p->failed && (lang_at(p, LW_OURS) || lang_at(p, LW_DOUBTFUL))) {
    bool ours = lang_next(p)->word == LW_OURS;
    struct str text = lang_parse_optional_text(p);
    if (ours) f->ours = true, f->ours_text = text;
    else f->doubtful = true, f->doubtful_text = text;
  }
  return f;
}

static struct lang_define *parse_define(struct lang_parser *p) {
  struct lang_define *d = ARENA_NEW(p->arena, struct lang_define);
  d->name = lang_parse_name(p);
  lang_expect(p, LW_MEANS);
  if (!p->failed) d->trigger = lang_parse_trigger(p);
  return d;
}

static struct lang_when *parse_when(struct lang_parser *p) {
  struct lang_when *w = ARENA_NEW(p->arena, struct lang_when);
  w->trigger = lang_parse_trigger(p);
  lang_accept_punctuation(p, ',');
  lang_expect(p, LW_THEN);
  if (!p->failed) w->body = lang_parse_body(p);
  return w;
}

struct lang_must *lang_parse_must(struct lang_parser *p) {
  struct lang_must *m = ARENA_NEW(p->arena, struct lang_must);
  m->trigger = lang_parse_trigger(p);
  if (!lang_accept(p, LW_START) && !lang_at(p, LW_WITHIN_EN) && !lang_at(p, LW_BEFORE_EN)) lang_expect(p, LW_START);
  if (!p->failed) m->due = lang_parse_due(p);
  if (!p->failed && lang_at(p, LW_MUST)) {
    struct lang_diagnostic *who = lang_fail(p, "lang.bearer_missing", "谁须？“须”前面要写人", "who must? the person comes before “must”");
    if (who) lang_diagnostic_repair(p->d, who, "写一个岗位，或事情里的人：主管 须 …、接待人 须 …", "write a role or somebody the event names: supervisor must …, agent must …");
    return m;
  }
  if (!p->failed) m->bearer = lang_parse_party(p);
  lang_expect(p, LW_MUST);
  if (!p->failed) m->goals = lang_parse_goals(p);
  return m;
}

/* ---- settlement ---- */

struct lang_let *lang_parse_let(struct lang_parser *p) {
  struct lang_let *l = ARENA_NEW(p->arena, struct lang_let);
  l->name = lang_parse_name(p);
  if (!p->failed && lang_accept_punctuation(p, '(')) {
    l->parameters = lang_parse_names(p);
    lang_expect_punctuation(p, ')');
  }
  if (p->failed) return l;
  if (lang_at(p, LW_BY)) {
    l->tier = lang_parse_tier(p, LANG_RESULT_EXPR);
    if (!p->failed && l->tier->marginal) l->rounding = lang_parse_rounding(p);
    return l;
  }
  lang_expect_punctuation(p, '=');
  if (p->failed) return l;
  l->expr = lang_parse_cond(p);
  if (!p->failed) l->rounding = lang_parse_rounding(p);
  bool comma = lang_at_punctuation(p, ',') && lang_at_ahead(p, 1, LW_WHEN_ZERO);
  if (comma) lang_next(p);
  if (!p->failed && lang_accept(p, LW_WHEN_ZERO)) {
    lang_expect(p, LW_AS);
    l->when_zero = lang_parse_expr(p);
  }
  return l;
}

struct lang_limit *lang_parse_limit(struct lang_parser *p) {
  struct lang_limit *l = ARENA_NEW(p->arena, struct lang_limit);
  lang_expect(p, LW_AT_MOST);
  if (p->failed) return l;
  l->at_most = lang_parse_expr(p);
  size_t back = p->i;
  lang_accept_punctuation(p, ',');
  if (lang_accept(p, LW_AND)) {
    l->keep = lang_parse_name(p);
    lang_expect(p, LW_KEEP_AT_LEAST);
    if (!p->failed) l->keep_at_least = lang_parse_expr(p);
  } else {
    p->i = back;
  }
  if (lang_at_punctuation(p, ';') && lang_at_ahead(p, 1, LW_EXCESS)) lang_next(p);
  if (!p->failed && lang_accept(p, LW_EXCESS)) {
    l->excess_written = true;
    l->carry = lang_accept(p, LW_CARRIED);
    if (!l->carry) lang_expect(p, LW_NOT_CARRIED);
  }
  return l;
}

static struct lang_statement parse_statement(struct lang_parser *p) {
  struct lang_statement s = {.at = lang_here(p)};
  if (lang_at(p, LW_LET) && lang_name_ahead(p, 1)) {
    lang_next(p);
    s.kind = LANG_STATEMENT_LET;
    s.let = lang_parse_let(p);
  } else if (lang_at(p, LW_LIMIT)) {
    lang_next(p);
    s.kind = LANG_STATEMENT_LIMIT;
    s.limit = lang_parse_limit(p);
  } else if (lang_at(p, LW_BY)) {
    s.kind = LANG_STATEMENT_TIER;
    s.tier = lang_parse_tier(p, LANG_RESULT_ACTS);
  } else {
    s.kind = LANG_STATEMENT_ACT;
    s.act = ARENA_NEW(p->arena, struct lang_act);
    *s.act = lang_parse_act(p, false);
  }
  lang_close(p, &s.at);
  return s;
}

static void parse_settle(struct lang_parser *p, struct lang_item *item, struct lang_recurs recurs) {
  struct lang_settle *s = item->settle = ARENA_NEW(p->arena, struct lang_settle);
  item->kind = LI_SETTLE;
  s->recurs = recurs;
  lang_expect(p, LW_BY);
  if (!p->failed) s->keys = lang_parse_names(p);
  if (!p->failed && lang_accept(p, LW_WHERE)) s->where = lang_parse_cond(p);
  lang_expect_punctuation(p, ':');
  while (!p->failed) {
    struct lang_statement st = parse_statement(p);
    LANG_APPEND(p, s->statements, s->statement_count) = st;
    size_t back = p->i;
    lang_accept_punctuation(p, ';');
    if (lang_at_end(p) || lang_at_tail(p)) {
      p->i = lang_at_end(p) ? p->i : back;
      break;
    }
  }
}

static void parse_object(struct lang_parser *p, struct lang_each *e) {
  if (!lang_accept(p, LW_FOR)) return;
  e->has_object = true;
  lang_expect_punctuation(p, '(');
  if (p->failed) return;
  e->object = lang_parse_path(p);
  if (!p->failed && lang_accept(p, LW_WHERE)) e->object_where = lang_parse_cond(p);
  lang_expect_punctuation(p, ')');
}

static bool has_day(const struct lang_recurs *rs) {
  for (size_t i = 0; i < rs->count; i++)
    if (rs->p[i].day_from) return true;
  return false;
}

/* A day before 前: with or without that day must be said. */
static void require_day_option(struct lang_parser *p, const struct lang_recurs *rs, const struct lang_calendar_due *due, struct lang_span at) {
  if (p->failed || !has_day(rs) || due->side != LANG_BEFORE || due->has_time || due->options.day_included || due->options.day_excluded) return;
  lang_close(p, &at);
  struct lang_diagnostic *m = lang_fail_at(p, at, "lang.day_ambiguous", "几日“前”：那一天算不算在内？", "“before” a day: is that day still in time?");
  if (!m) return;
  lang_diagnostic_example(p->d, m, "10日下午才办：含当日算按时，不含当日算逾期", "done on the 10th in the afternoon: in time with day_included, late with day_excluded");
  lang_diagnostic_repair(p->d, m, "前(含当日)", "(day_included)");
  lang_diagnostic_repair(p->d, m, "前(不含当日)", "(day_excluded)");
}

void lang_parse_each(struct lang_parser *p, struct lang_item *item) {
  struct lang_span at = lang_here(p);
  struct lang_recurs recurs = lang_parse_recurs(p);
  if (p->failed) return;
  if (lang_accept(p, LW_SETTLE)) {
    parse_settle(p, item, recurs);
    return;
  }
  struct lang_each *e = item->each = ARENA_NEW(p->arena, struct lang_each);
  item->kind = LI_EACH;
  e->recurs = recurs;
  parse_object(p, e);
  if (!p->failed) e->due = lang_parse_calendar_due(p);
  require_day_option(p, &recurs, &e->due, at);
  if (!p->failed && !e->has_object) parse_object(p, e);
  if (!p->failed && lang_at(p, LW_MUST)) {
    struct lang_diagnostic *who = lang_fail(p, "lang.bearer_missing", "谁须？“须”前面要写人", "who must? the person comes before “must”");
    if (who) lang_diagnostic_repair(p->d, who, "写一个岗位，或事情里的人：主管 须 …、接待人 须 …", "write a role or somebody the event names: supervisor must …, agent must …");
    return;
  }
  if (!p->failed) e->bearer = lang_parse_party(p);
  lang_expect(p, LW_MUST);
  if (!p->failed) e->goals = lang_parse_goals(p);
}

/* ---- forbid, gate, route ---- */

static struct lang_forbid *parse_forbid(struct lang_parser *p) {
  struct lang_forbid *f = ARENA_NEW(p->arena, struct lang_forbid);
  f->party = lang_parse_party(p);
  if (!p->failed) f->trigger = lang_parse_trigger(p);
  return f;
}

static struct lang_gate_line parse_gate_line(struct lang_parser *p) {
  struct lang_gate_line l = {.at = lang_here(p)};
  switch (lang_next(p)->word) {
    case LW_REFUSE: l.verdict = LANG_REFUSE; break;
    case LW_PERMIT: l.verdict = LANG_PERMIT; break;
    default:
      l.verdict = LANG_VIA;
      l.via = lang_parse_approval(p);
      break;
  }
  if (p->failed) return l;
  if (lang_accept(p, LW_OTHERWISE)) {
    l.otherwise = true;
  } else if (lang_accept(p, LW_IF)) {
    l.condition = lang_parse_cond(p);
  } else {
    struct lang_diagnostic *m = lang_fail(p, "lang.gate_line", "每一行要写“若 条件”或“其余”", "each line says “if …” or “otherwise”");
    if (m) lang_diagnostic_repair(p->d, m, "准 其余", "permit otherwise");
  }
  if (!p->failed && lang_accept(p, LW_BECAUSE)) l.because = lang_parse_text(p);
  if (!p->failed && lang_accept(p, LW_ALSO)) l.acts = lang_parse_acts(p);
  lang_close(p, &l.at);
  return l;
}

static struct lang_gate *parse_gate(struct lang_parser *p) {
  struct lang_gate *g = ARENA_NEW(p->arena, struct lang_gate);
  g->request = lang_parse_event_path(p);
  if (!p->failed && lang_accept(p, LW_WHERE)) g->where = lang_parse_cond(p);
  lang_expect_punctuation(p, ':');
  while (!p->failed && (lang_at(p, LW_REFUSE) || lang_at(p, LW_PERMIT) || lang_at(p, LW_VIA))) {
    struct lang_gate_line l = parse_gate_line(p);
    LANG_APPEND(p, g->lines, g->line_count) = l;
    lang_accept_punctuation(p, ';');
  }
  if (!p->failed && !g->line_count)
    lang_fail(p, "lang.gate_empty", "申请 下面要写 拒、准、经 的行", "a request needs lines that refuse, permit or go via somebody");
  return g;
}

struct lang_route *lang_parse_route(struct lang_parser *p) {
  struct lang_route *r = ARENA_NEW(p->arena, struct lang_route);
  r->step = lang_parse_event_path(p);
  if (p->failed) return r;
  if (lang_at(p, LW_BY)) {
    r->tier = lang_parse_tier(p, LANG_RESULT_APPROVAL);
  } else {
    lang_expect_punctuation(p, ':');
    if (!p->failed) r->approval = lang_parse_approval(p);
  }
  return r;
}

/* ---- examples ---- */

static struct lang_fact parse_fact(struct lang_parser *p) {
  struct lang_fact f = {.at = lang_here(p)};
  if (lang_at_kind(p, TK_DATE)) {
    f.has_date = true;
    p->fact_date = lang_next(p)->number;
    p->fact_date_known = true;
  }
  if (lang_at_kind(p, TK_TIME)) {
    f.has_time = true;
    f.time_ms = lang_next(p)->number;
  }
  if (lang_name_ahead(p, 0) && lang_name_ahead(p, 1)) f.person = lang_parse_name(p);
  if (lang_at_name(p)) {
    f.has_event = true;
    f.event = lang_parse_event_path(p);
    if (!p->failed && lang_at_punctuation(p, '(')) f.args = lang_parse_arguments(p);
  }
  if (!p->failed && !p->fact_date_known)
    lang_fail_at(p, f.at, "lang.fact_date", "第一件事要写日期，如 2026-03-05 10:00:00", "the first fact needs a date, such as 2026-03-05 10:00:00");
  else if (!p->failed && !f.has_time)
    lang_fail(p, "lang.fact_time", "每件事要写钟点，如 10:00:00", "each fact needs a time of day, such as 10:00:00");
  f.date = p->fact_date;
  f.at_ms = instant_at(f.date, f.time_ms, p->program->zone_offset_ms);
  lang_close(p, &f.at);
  return f;
}

static struct lang_outcome parse_outcome(struct lang_parser *p) {
  struct lang_outcome o = {.at = lang_here(p)};
  if (lang_at(p, LW_REFUSE) || lang_at(p, LW_PERMIT)) {
    o.kind = LANG_OUTCOME_VERDICT;
    o.verdict = lang_next(p)->word == LW_REFUSE ? LANG_REFUSE : LANG_PERMIT;
    if (lang_accept(p, LW_BECAUSE)) o.because = lang_parse_text(p);
  } else if (lang_accept(p, LW_VIA)) {
    o.kind = LANG_OUTCOME_VERDICT;
    o.verdict = LANG_VIA;
    o.via = lang_parse_approval(p);
  } else {
    o.act = lang_parse_act(p, true);
  }
  lang_close(p, &o.at);
  return o;
}

struct lang_example *lang_parse_example(struct lang_parser *p) {
  struct lang_example *e = ARENA_NEW(p->arena, struct lang_example);
  p->fact_date_known = false;
  if (lang_at_kind(p, TK_ID)) e->target = lang_next(p)->text;
  lang_expect(p, LW_GIVEN);
  do {
    if (p->failed) break;
    struct lang_fact f = parse_fact(p);
    LANG_APPEND(p, e->facts, e->fact_count) = f;
  } while (lang_accept_punctuation(p, ';'));
  lang_expect(p, LW_EXPECT);
  do {
    if (p->failed) break;
    struct lang_outcome o = parse_outcome(p);
    LANG_APPEND(p, e->outcomes, e->outcome_count) = o;
  } while (lang_accept_punctuation(p, ';'));
  return e;
}

static struct lang_not_in_force *parse_not_in_force(struct lang_parser *p) {
  struct lang_not_in_force *n = ARENA_NEW(p->arena, struct lang_not_in_force);
  n->what = lang_parse_text(p);
  lang_expect(p, LW_BECAUSE);
  if (!p->failed) n->why = lang_parse_text(p);
  return n;
}

/* 积分 NAME = q 每 recur 重置 [下限|上限 q] */
static struct lang_score *parse_score(struct lang_parser *p) {
  struct lang_score *s = ARENA_NEW(p->arena, struct lang_score);
  s->name = lang_parse_name(p);
  lang_expect_punctuation(p, '=');
  if (!p->failed) s->start = lang_parse_quantity(p);
  lang_expect(p, LW_EACH);
  if (!p->failed) s->recurs = lang_parse_recurs(p);
  lang_expect(p, LW_RESET);
  while (!p->failed && (lang_at(p, LW_FLOOR) || lang_at(p, LW_CEILING))) {
    bool floor = lang_next(p)->word == LW_FLOOR;
    struct lang_expr *q = lang_parse_quantity(p);
    if (floor) s->floor = q;
    else s->ceiling = q;
  }
  return s;
}

void lang_parse_item_body(struct lang_parser *p, struct lang_item *item, enum lang_word word) {
  switch (word) {
#define ITEM(w, k, member, call) case w: item->kind = k; item->member = call; break;
    ITEM(LW_RULEBOOK, LI_HEADER, header, lang_parse_header(p))
    ITEM(LW_FIGURE, LI_FIGURE, figure, parse_figure(p))
    ITEM(LW_DEFINE, LI_DEFINE, define, parse_define(p))
    ITEM(LW_ROLE, LI_ROLE, role, lang_parse_role(p))
    ITEM(LW_SHIFT, LI_SHIFT, shift, lang_parse_shift(p))
    ITEM(LW_ROSTER, LI_ROSTER, roster, lang_parse_roster(p))
    ITEM(LW_CASE, LI_CASE, case_type, lang_parse_case(p, item))
    ITEM(LW_WHEN, LI_WHEN, when, parse_when(p))
    ITEM(LW_FROM, LI_MUST, must, lang_parse_must(p))
    ITEM(LW_FORBID, LI_FORBID, forbid, parse_forbid(p))
    ITEM(LW_REQUEST, LI_GATE, gate, parse_gate(p))
    ITEM(LW_ROUTE, LI_ROUTE, route, lang_parse_route(p))
    ITEM(LW_SCORE, LI_SCORE, score, parse_score(p))
    ITEM(LW_LET, LI_LET, let, lang_parse_let(p))
    ITEM(LW_LIMIT, LI_LIMIT, limit, lang_parse_limit(p))
    ITEM(LW_CHECKLIST, LI_CHECKLIST, checklist, lang_parse_checklist(p))
    ITEM(LW_PHRASES, LI_WORDS, words, lang_parse_words(p, LANG_PHRASES))
    ITEM(LW_FORBIDDEN, LI_WORDS, words, lang_parse_words(p, LANG_FORBIDDEN))
    ITEM(LW_EXPECTED, LI_WORDS, words, lang_parse_words(p, LANG_EXPECTED))
    ITEM(LW_SURVEY, LI_SURVEY, survey, lang_parse_survey(p))
    ITEM(LW_CLASS, LI_CLASS, data_class, lang_parse_class(p))
    ITEM(LW_NOTICE, LI_NOTICE, notice, lang_parse_notice(p))
    ITEM(LW_REPORT, LI_REPORT, report, lang_parse_report(p))
    ITEM(LW_ACCOUNT, LI_ACCOUNT, account, lang_parse_account(p))
    ITEM(LW_NOT_IN_FORCE, LI_NOT_IN_FORCE, not_in_force, parse_not_in_force(p))
    ITEM(LW_EXAMPLE, LI_EXAMPLE, example, lang_parse_example(p))
#undef ITEM
    default: lang_parse_each(p, item); break; /* 每 */
  }
  if (item->kind == LI_HEADER && !p->failed && !p->program->header) p->program->header = item->header;
}
