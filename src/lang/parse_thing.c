/* The things a desk has: roles, shifts, rosters, cases, checklists, phrases, surveys, data classes, notices, reports,
 * accounts. A case's flow lines are folded here into states and arrows. */
#include "lang/parser.h"

#include <string.h>

static void unknown_part(struct lang_parser *p, struct lang_span at, const char *item_zh, const char *item_en, const char *parts_zh,
                         const char *parts_en) {
  struct str word = lang_text(p->program, at);
  struct str zh = arena_printf(p->arena, "%s 里没有“%.*s”这一项；可以写：%s", item_zh, STR_ARG(word), parts_zh);
  struct str en = arena_printf(p->arena, "%s has no part “%.*s”; it may have: %s", item_en, STR_ARG(word), parts_en);
  lang_fail_texts(p, at, "lang.unknown_part", zh, en);
}

/* ---- times ---- */

static struct lang_clock parse_clock(struct lang_parser *p) {
  struct lang_clock c = {0};
  if (lang_at_kind(p, TK_TIME)) c.time_ms = lang_next(p)->number;
  else if (lang_at_name(p)) c.figure = lang_parse_name(p);
  else lang_fail(p, "lang.time_expected", "这里要一个钟点，如 18:00", "a time of day is expected, such as 18:00");
  return c;
}
struct lang_hours lang_parse_hours(struct lang_parser *p) {
  struct lang_hours h = {.at = lang_here(p)};
  h.from = parse_clock(p);
  lang_expect(p, LW_TO);
  h.next_day = lang_accept(p, LW_NEXT_DAY);
  if (!p->failed) h.to = parse_clock(p);
  lang_close(p, &h.at);
  return h;
}
static int parse_month_day(struct lang_parser *p) {
  if (!lang_at_kind(p, TK_MONTH_DAY)) {
    lang_fail(p, "lang.month_day_expected", "这里要几月几日，如 5月1日", "a day of the year is expected, such as 5月1日");
    return 0;
  }
  return (int)lang_next(p)->number;
}

/* ---- people and time ---- */

struct lang_role *lang_parse_role(struct lang_parser *p) {
  struct lang_role *r = ARENA_NEW(p->arena, struct lang_role);
  r->names = lang_parse_names(p);
  while (!p->failed && lang_at_name(p)) {
    struct lang_span at = lang_here(p);
    switch (lang_next(p)->word) {
      case LW_SUPERIOR: r->superior = lang_parse_name(p); break;
      case LW_DEPUTY: r->deputy = lang_parse_name(p); break;
      case LW_HEADCOUNT:
        r->has_headcount = true;
        r->headcount = lang_parse_range(p);
        break;
      case LW_MAY:
        do {
          struct lang_path path = lang_parse_path(p);
          LANG_APPEND(p, r->may, r->may_count) = path;
        } while (!p->failed && lang_accept_punctuation(p, ','));
        break;
      case LW_MAY_NOT:
        do {
          struct lang_path path = lang_parse_path(p);
          LANG_APPEND(p, r->may_not, r->may_not_count) = path;
        } while (!p->failed && lang_accept_punctuation(p, ','));
        break;
      case LW_SEES: r->sees = lang_parse_names(p); break;
      default: unknown_part(p, at, "岗位", "a role", "上级、代理、人数、可、不可、见", "superior, deputy, headcount, may, may_not, sees");
    }
  }
  return r;
}

static void parse_shift_part(struct lang_parser *p, struct lang_shift *s) {
  struct lang_span at = lang_here(p);
  struct lang_hours h;
  switch (lang_next(p)->word) {
    case LW_REST:
      h = lang_parse_hours(p);
      LANG_APPEND(p, s->rests, s->rest_count) = h;
      break;
    case LW_EARLY:
      s->early = lang_parse_span(p);
      lang_expect(p, LW_AT_POST);
      break;
    case LW_EXTENDS: s->extends_to = lang_parse_name(p); break;
    case LW_SEASON:
      s->has_season = true;
      s->season_from = parse_month_day(p);
      lang_expect(p, LW_TO);
      s->season_to = parse_month_day(p);
      break;
    case LW_KIND: s->class_name = lang_parse_name(p); break;
    case LW_APPLIES: s->applies = lang_parse_names(p); break;
    default: unknown_part(p, at, "班次", "a shift", "时间、工作日、休息、提前 … 到岗、延至、季、类、适用", "hours, working_day, rest, ahead_of … at_post, extends_to, season, kind, applies_to");
  }
}
struct lang_shift *lang_parse_shift(struct lang_parser *p) {
  struct lang_shift *s = ARENA_NEW(p->arena, struct lang_shift);
  s->name = lang_parse_name(p);
  if (lang_at_kind(p, TK_TIME) || (lang_at_name(p) && lang_at_ahead(p, 1, LW_TO))) do {
      struct lang_hours h = lang_parse_hours(p);
      LANG_APPEND(p, s->hours, s->hours_count) = h;
    } while (!p->failed && lang_accept_punctuation(p, ','));
  while (!p->failed && (lang_at_name(p) || lang_at(p, LW_WORKING_DAY))) {
    if (lang_accept(p, LW_WORKING_DAY)) s->working_days = true;
    else parse_shift_part(p, s);
  }
  return s;
}

/* Weekdays and other day names. */
static void parse_days(struct lang_parser *p, struct lang_roster_part *part) {
  do {
    int w = lang_weekday_of(lang_peek(p, 0));
    if (w) {
      part->weekdays |= 1u << w;
      lang_next(p);
    } else {
      LANG_APPEND(p, part->names.p, part->names.count) = lang_parse_name(p);
    }
  } while (!p->failed && lang_at_punctuation(p, ',') && lang_name_ahead(p, 1) && lang_accept_punctuation(p, ','));
}

static void parse_roster_each(struct lang_parser *p, struct lang_roster_part *part) {
  part->recurs = lang_parse_recurs(p);
  if (p->failed) return;
  if (lang_accept(p, LW_DAY_OFF)) {
    part->kind = LANG_ROSTER_REST;
    part->quantity = lang_parse_quantity(p);
  } else if (lang_accept(p, LW_ROTATE)) {
    part->kind = LANG_ROSTER_ROTATE;
    if (lang_accept(p, LW_AT)) parse_days(p, part);
  } else {
    part->kind = LANG_ROSTER_TURN;
    part->quantity = lang_parse_quantity(p);
    lang_expect(p, LW_TAKE_TURNS);
  }
}

static void parse_roster_limit(struct lang_parser *p, struct lang_roster_part *part) {
  part->range = lang_parse_range(p);
  if (!p->failed && lang_accept(p, LW_WITHIN_RANGE)) {
    if (lang_at_kind(p, TK_TIME) || lang_at_ahead(p, 1, LW_TO)) {
      part->has_hours = true;
      part->hours = lang_parse_hours(p);
    } else {
      part->names = lang_parse_names(p);
    }
  }
  lang_accept(p, LW_PUBLISHED);
}

static struct lang_roster_part parse_roster_part(struct lang_parser *p) {
  struct lang_roster_part part = {.at = lang_here(p)};
  switch (lang_next(p)->word) {
    case LW_EACH: parse_roster_each(p, &part); break;
    case LW_TURNS: part.kind = LANG_ROSTER_TURNS; break;
    case LW_DAYS_OFF:
      part.kind = LANG_ROSTER_DAYS_OFF;
      parse_days(p, &part);
      break;
    case LW_IN_A_ROW: part.kind = LANG_ROSTER_IN_A_ROW; parse_roster_limit(p, &part); break;
    case LW_FEWEST: part.kind = LANG_ROSTER_AT_LEAST; parse_roster_limit(p, &part); break;
    case LW_MOST: part.kind = LANG_ROSTER_AT_MOST; parse_roster_limit(p, &part); break;
    case LW_EARLY: part.kind = LANG_ROSTER_AHEAD; parse_roster_limit(p, &part); break;
    default: unknown_part(p, part.at, "排班", "a roster", "每 … 休、每 … 轮换、轮休、公休、连上、最少、最多、提前 … 公布",
                          "each … off, each … rotate, turns, days_off, in_a_row, fewest, most, ahead_of … published");
  }
  lang_close(p, &part.at);
  return part;
}

/* 由; in English also by */
static bool accept_by(struct lang_parser *p) { return lang_accept(p, LW_OF) || (lang_at(p, LW_BY) && lang_peek(p, 0)->english && lang_accept(p, LW_BY)); }

struct lang_roster *lang_parse_roster(struct lang_parser *p) {
  struct lang_roster *r = ARENA_NEW(p->arena, struct lang_roster);
  r->roles = lang_parse_names(p);
  if (!p->failed && !accept_by(p)) lang_expect(p, LW_OF);
  if (!p->failed) r->by = lang_parse_party(p);
  lang_expect_punctuation(p, ':');
  do {
    if (p->failed || lang_at_end(p)) break;
    struct lang_roster_part part = parse_roster_part(p);
    LANG_APPEND(p, r->parts, r->part_count) = part;
  } while (lang_accept_punctuation(p, ';'));
  return r;
}

/* ---- fields ---- */

static const struct { const char *zh, *en; enum lang_type_kind kind; } types[] = {
    {"文", "text", LT_TEXT}, {"数", "number", LT_NUMBER}, {"数", "count", LT_NUMBER}, {"钱", "money", LT_MONEY}, {"分", "points", LT_POINTS},
    {"比率", "ratio", LT_RATIO}, {"是否", "yes_no", LT_BOOL}, {"日期", "date", LT_DATE}, {"时刻", "instant", LT_INSTANT},
    {"钟点", "time", LT_TIME}, {"时长", "duration", LT_DURATION}, {"自然日", "day_count", LT_DAYS}, {"自然日", "day", LT_DAYS},
    {"工作日", "working_days", LT_WORKDAYS}, {"工作日", "working_day", LT_WORKDAYS}, {"人员", "person", LT_PERSON},
    {"客户", "customer", LT_CUSTOMER}, {"订单", "order", LT_ORDER}, {"会话", "conversation", LT_CONVERSATION}, {"商品", "product", LT_PRODUCT},
    {"班次", "shift", LT_SHIFT}, {"部门", "department", LT_DEPARTMENT}, {"岗位", "role", LT_DEPARTMENT}, {"户", "unit", LT_UNIT},
    {"电话", "phone", LT_PHONE}, {"地址", "address", LT_ADDRESS}, {"附件", "file", LT_FILE}, {"照片", "photo", LT_PHOTO},
    {"签名", "signature", LT_SIGNATURE}};

static bool type_named(struct str name, enum lang_type_kind *kind) {
  for (size_t i = 0; i < COUNT_OF(types); i++)
    if (str_is(name, types[i].zh) || str_is(name, types[i].en)) {
      *kind = types[i].kind;
      return true;
    }
  return false;
}

static struct lang_field parse_field(struct lang_parser *p);

static struct lang_name parse_type_word(struct lang_parser *p) {
  struct lang_name n = {.at = lang_here(p)};
  if (lang_at_kind(p, TK_TEXT)) n.text = lang_next(p)->text;
  else if (lang_at(p, LW_YES) || lang_at(p, LW_NO)) n.text = lang_next(p)->text;
  else n = lang_parse_name(p);
  return n;
}

struct lang_type lang_parse_type(struct lang_parser *p) {
  struct lang_type t = {.at = lang_here(p)};
  if (lang_at(p, LW_TABLE) && lang_punctuation_ahead(p, 1, '(')) {
    t.kind = LT_TABLE;
    lang_next(p);
    lang_next(p);
    if (!lang_enter(p)) return t;
    do {
      struct lang_field f = parse_field(p);
      LANG_APPEND(p, t.fields, t.field_count) = f;
    } while (!p->failed && lang_accept_punctuation(p, ','));
    lang_leave(p);
    lang_expect_punctuation(p, ')');
    lang_close(p, &t.at);
    return t;
  }
  struct lang_names words = {0};
  do {
    struct lang_name n = parse_type_word(p);
    LANG_APPEND(p, words.p, words.count) = n;
  } while (!p->failed && lang_accept_punctuation(p, '|'));
  if (p->failed) return t;
  if (words.count > 1) {
    t.kind = LT_ENUM;
    t.enum_values = words;
  } else if (!type_named(words.p[0].text, &t.kind)) {
    t.kind = LT_CASE; /* the name of another case; lang_check knows */
    t.case_name = words.p[0].text;
  }
  t.many = lang_accept(p, LW_MANY);
  lang_close(p, &t.at);
  return t;
}

static struct lang_field parse_field(struct lang_parser *p) {
  struct lang_field f = {.name = lang_parse_name(p)};
  f.required = lang_accept_punctuation(p, '!');
  f.type.at = f.name.at;
  if (lang_accept_punctuation(p, ':')) {
    f.typed = true;
    f.type = lang_parse_type(p);
  }
  if (!p->failed && (lang_at_quantity(p) || lang_at_bound(p))) {
    struct lang_range r = lang_parse_range(p);
    LANG_APPEND(p, f.bound.p, f.bound.count) = r;
  }
  if (!p->failed && lang_accept_punctuation(p, '=')) f.computed = lang_parse_arg(p);
  if (!p->failed && lang_accept(p, LW_IF)) f.asked_if = lang_parse_cond(p);
  return f;
}

/* ---- case: flow ---- */

static size_t state_index(struct lang_parser *p, struct lang_case *c, struct lang_name name) {
  size_t at = lang_case_state(c, name.text);
  if (at != SIZE_MAX) return at;
  struct lang_state s = {.name = name, .final = true};
  LANG_APPEND(p, c->states, c->state_count) = s;
  return c->state_count - 1;
}

static struct lang_flow_step parse_step(struct lang_parser *p, struct lang_case *c) {
  struct lang_flow_step step = {.at = lang_here(p)};
  struct lang_name name = lang_parse_name(p);
  if (p->failed) return step;
  step.state = state_index(p, c, name);
  if (c->state_count > LANG_STATES_MAX || c->arrow_count > 4 * LANG_STATES_MAX) {
    lang_fail(p, "lang.too_many_states", "一种单据最多 %d 个状态", "a case has %d states at most", LANG_STATES_MAX);
    return step;
  }
  if (lang_accept_punctuation(p, '(')) {
    step.by = lang_parse_approval(p);
    if (!p->failed && !lang_at_punctuation(p, ')')) step.limit = lang_parse_span(p);
    lang_expect_punctuation(p, ')');
  }
  if (!p->failed && lang_accept(p, LW_IF)) step.only_if = lang_parse_cond(p);
  lang_close(p, &step.at);
  struct lang_state *s = &c->states[step.state];
  if (step.by && !s->by) s->by = step.by;
  if (step.limit && !s->limit) s->limit = step.limit;
  if (step.only_if && !s->only_if) s->only_if = step.only_if;
  return step;
}

/* After →: a span and 后 before the state? */
static bool at_delay(const struct lang_parser *p) {
  if (lang_at_quantity(p)) return true;
  if (!lang_at_name(p)) return false;
  size_t ahead = 1;
  if (lang_punctuation_ahead(p, 1, '(')) {
    int depth = 0;
    for (; lang_peek(p, ahead)->kind != TK_END; ahead++) {
      if (lang_punctuation_ahead(p, ahead, '(')) depth++;
      if (lang_punctuation_ahead(p, ahead, ')') && --depth == 0) break;
    }
    ahead++;
  }
  return lang_at_ahead(p, ahead, LW_AFTER);
}

static void parse_flow(struct lang_parser *p, struct lang_case *c) {
  struct lang_flow flow = {0};
  struct lang_flow_step step = parse_step(p, c);
  for (;;) {
    if (p->failed) return;
    LANG_APPEND(p, flow.steps, flow.step_count) = step;
    if (!lang_accept_punctuation(p, PU_ARROW)) break;
    struct lang_expr *after = NULL;
    if (at_delay(p)) {
      after = lang_parse_span(p);
      lang_expect(p, LW_AFTER);
      if (p->failed) return;
    }
    size_t from = step.state;
    step = parse_step(p, c);
    if (p->failed) return;
    step.after = after;
    if (lang_case_arrow(c, from, step.state)) continue;
    struct lang_arrow arrow = {from, step.state, after};
    LANG_APPEND(p, c->arrows, c->arrow_count) = arrow;
    c->states[from].final = false;
  }
  LANG_APPEND(p, c->flows, c->flow_count) = flow;
}

/* ---- case: parts ---- */

static struct lang_number_part parse_number_part(struct lang_parser *p) {
  struct lang_number_part n = {0};
  if (lang_at_kind(p, TK_NUMBER)) {
    struct lang_expr *q = lang_parse_quantity(p);
    n.kind = LANG_NUMBER_SERIAL;
    n.digits = (int)q->value.i;
    if (!p->failed && (q->value.i < 1 || q->value.i > 9)) lang_fail_at(p, q->at, "lang.serial_digits", "流水号 1 到 9 位", "a serial number has 1 to 9 digits");
  } else if (lang_at_kind(p, TK_TEXT)) {
    n.kind = LANG_NUMBER_TEXT;
    n.text = lang_next(p)->text;
  } else {
    enum lang_word w = lang_peek(p, 0)->word;
    n.text = lang_parse_name(p).text;
    n.kind = w == LW_YEAR_MONTH ? LANG_NUMBER_YEAR_MONTH : w == LW_YEAR_MONTH_DAY ? LANG_NUMBER_DATE : w == LW_YEAR ? LANG_NUMBER_YEAR : LANG_NUMBER_NAME;
  }
  return n;
}

static void parse_copies(struct lang_parser *p, struct lang_case *c) {
  do {
    struct lang_copy copy = {.number = (int)c->copy_count + 1};
    if (lang_at_kind(p, TK_NUMBER)) copy.number = (int)lang_parse_quantity(p)->value.i;
    if (!p->failed) copy.party = lang_parse_party(p);
    LANG_APPEND(p, c->copies, c->copy_count) = copy;
  } while (!p->failed && lang_accept_punctuation(p, ','));
}

/* A rule written inside: an item of its own that knows its case. */
static void parse_inner_rule(struct lang_parser *p, struct lang_case *c, struct lang_item *outer, enum lang_word word) {
  struct lang_span at = lang_here(p);
  struct lang_item *item = lang_new_item(p, LI_MUST);
  item->clause = outer->clause;
  item->inside = c;
  item->at = at;
  if (word == LW_ROUTE) {
    item->kind = LI_ROUTE;
    item->route = lang_parse_route(p);
  } else if (word == LW_FROM) {
    item->must = lang_parse_must(p);
  } else {
    lang_parse_each(p, item);
  }
  if (!p->failed && word != LW_ROUTE) lang_parse_tails(p, item);
  if (p->failed) { /* half a rule is taken out again */
    p->program->item_count = item->index;
    return;
  }
  lang_close(p, &item->at);
  LANG_APPEND(p, c->rules, c->rule_count) = item;
}

static void parse_case_part(struct lang_parser *p, struct lang_case *c, struct lang_item *item) {
  struct lang_span at = lang_here(p);
  enum lang_word word = lang_next(p)->word;
  switch (word) {
    case LW_NUMBER:
      do {
        struct lang_number_part n = parse_number_part(p);
        LANG_APPEND(p, c->number, c->number_count) = n;
      } while (!p->failed && lang_accept_punctuation(p, '+'));
      break;
    case LW_SUBJECT: c->subject = lang_parse_name(p); break;
    case LW_OPENERS: c->openers = lang_parse_parties(p); break;
    case LW_FIELD:
      do {
        struct lang_field f = parse_field(p);
        if (!p->failed) LANG_APPEND(p, c->fields, c->field_count) = f;
        if (c->field_count > LANG_FIELDS_MAX) lang_fail(p, "lang.too_many_fields", "一种单据最多 %d 个字段", "a case has %d fields at most", LANG_FIELDS_MAX);
      } while (!p->failed && lang_accept_punctuation(p, ','));
      break;
    case LW_FLOW: parse_flow(p, c); break;
    case LW_COPIES: parse_copies(p, c); break;
    case LW_PRINT: c->print = lang_parse_name(p); break;
    case LW_VISIBLE: c->visible = lang_parse_parties(p); break;
    case LW_CLASS: c->data_class = lang_parse_name(p); break;
    case LW_ROUTE: case LW_FROM: case LW_EACH: parse_inner_rule(p, c, item, word); break;
    default:
      unknown_part(p, at, "单据", "a case", "编号、当事、可开、字段、流程、审批、联、打印、可见、密级、自 … 须、每 … 须",
                   "number, subject, opened_by, field, flow, route, copies, print, visible_to, class, from … must, each … must");
  }
}

/* Inside the case's own rules a bare state means this case's state. */
static void complete_event(struct lang_parser *p, const struct lang_case *c, struct lang_event *e) {
  if (e->path.count != 1 || lang_case_state(c, e->path.text) == SIZE_MAX) return;
  struct lang_path full = {.at = e->path.at};
  LANG_APPEND(p, full.segments, full.count) = c->name.text;
  LANG_APPEND(p, full.segments, full.count) = e->path.text;
  full.text = arena_printf(p->arena, "%.*s.%.*s", STR_ARG(c->name.text), STR_ARG(e->path.text));
  e->path = full;
}
static void complete_rules(struct lang_parser *p, struct lang_case *c) {
  for (size_t i = 0; i < c->rule_count; i++) {
    struct lang_item *item = c->rules[i];
    struct lang_goals *goals = NULL;
    if (item->kind == LI_ROUTE && item->route) complete_event(p, c, &item->route->step);
    if (item->kind == LI_MUST && item->must) {
      for (size_t k = 0; k < item->must->trigger.event_count; k++) complete_event(p, c, &item->must->trigger.events[k]);
      goals = &item->must->goals;
    }
    if (item->kind == LI_EACH && item->each) goals = &item->each->goals;
    for (size_t k = 0; goals && k < goals->count; k++)
      if (!goals->p[k].complete.text.n) complete_event(p, c, &goals->p[k].event);
    for (size_t k = 0; k < item->tail_count; k++)
      for (size_t m = 0; m < item->tails[k].event_count; m++) complete_event(p, c, &item->tails[k].events[m]);
  }
}

static bool starts_part(const struct lang_token *t) {
  if (t->kind != TK_WORD || !t->line_start) return false;
  switch (t->word) {
    case LW_NUMBER: case LW_SUBJECT: case LW_OPENERS: case LW_FIELD: case LW_FLOW: case LW_COPIES: case LW_PRINT: case LW_VISIBLE:
    case LW_CLASS: case LW_ROUTE: case LW_FROM: case LW_EACH: return true;
    default: return false;
  }
}

struct lang_case *lang_parse_case(struct lang_parser *p, struct lang_item *item) {
  struct lang_case *c = item->case_type = ARENA_NEW(p->arena, struct lang_case);
  c->name = lang_parse_name(p);
  if (p->failed) return c;
  c->title = lang_parse_optional_text(p);
  size_t end = p->end;
  bool failed = false;
  for (;;) { /* each part that begins a line stands alone: a mistake in one does not hide the next */
    while (lang_accept_punctuation(p, ';')) {}
    if (lang_at_end(p) || lang_at_tail(p)) break;
    size_t stop = p->i + 1;
    while (stop < end && !(starts_part(&p->t[stop]) && !(p->t[stop - 1].kind == TK_PUNCTUATION && strchr(",A|(", p->t[stop - 1].punctuation)))) stop++;
    p->end = stop;
    while (!p->failed && !lang_at_end(p) && !lang_at_tail(p)) {
      while (lang_accept_punctuation(p, ';')) {}
      if (!lang_at_end(p)) parse_case_part(p, c, item);
    }
    failed |= p->failed;
    if (!p->failed && !lang_at_end(p)) { /* a tail of the case itself */
      p->end = end;
      break;
    }
    p->failed = false;
    p->end = end;
    p->i = stop;
  }
  p->end = end;
  if (failed) {
    p->failed = true;
    p->i = end;
  }
  complete_rules(p, c);
  return c;
}

/* ---- checklists, words, surveys ---- */

static struct lang_check_row parse_check_row(struct lang_parser *p) {
  struct lang_check_row row = {0};
  lang_expect_punctuation(p, '|');
  row.name = lang_parse_name(p);
  row.title = lang_parse_optional_text(p);
  if (lang_accept_punctuation(p, '(')) {
    row.points = lang_parse_quantity(p);
    lang_expect_punctuation(p, ')');
  }
  lang_expect_punctuation(p, '|');
  if (!p->failed) row.acts = lang_parse_acts(p);
  lang_expect_punctuation(p, '|');
  return row;
}

static void parse_checklist_part(struct lang_parser *p, struct lang_checklist *c) {
  struct lang_span at = lang_here(p);
  if (accept_by(p)) {
    c->has_by = true;
    c->by = lang_parse_party(p);
  } else if (lang_accept(p, LW_EACH)) {
    c->has_recur = true;
    c->recurs = lang_parse_recurs(p);
    if (!p->failed && lang_at_quantity(p)) c->times = lang_parse_quantity(p);
  } else if (lang_accept(p, LW_SAMPLE)) {
    c->sample = lang_parse_quantity(p);
    if (!p->failed && lang_at_name(p) && !lang_at(p, LW_PASS)) c->sample_of = lang_parse_name(p);
    else if (!p->failed && c->sample->unit.n) c->sample_of = (struct lang_name){c->sample->unit, c->sample->at};
  } else if (lang_accept(p, LW_PASS)) {
    c->has_pass = true;
    c->pass = lang_parse_range(p);
  } else {
    unknown_part(p, at, "检查表", "a checklist", "由、每、抽、合格，然后是表格行 | 项 “说明” | 后果 |", "by, each, sample, pass, then rows | item “text” | act |");
  }
}

struct lang_checklist *lang_parse_checklist(struct lang_parser *p) {
  struct lang_checklist *c = ARENA_NEW(p->arena, struct lang_checklist);
  c->name = lang_parse_name(p);
  c->title = lang_parse_optional_text(p);
  while (!p->failed && !lang_at_end(p) && !lang_at_punctuation(p, '|')) parse_checklist_part(p, c);
  if (!p->failed && !lang_at_punctuation(p, '|'))
    lang_fail(p, "lang.rows_expected", "检查表 要有表格行：| 项 “说明” | 后果 |", "a checklist needs rows: | item “text” | act |");
  while (!p->failed && lang_at_punctuation(p, '|')) {
    struct lang_check_row row = parse_check_row(p);
    LANG_APPEND(p, c->rows, c->row_count) = row;
    if (c->row_count > LANG_ROWS_MAX) lang_fail(p, "lang.too_many_rows", "一张表最多 %d 行", "a table may have %d rows at most", LANG_ROWS_MAX);
  }
  return c;
}

struct lang_words *lang_parse_words(struct lang_parser *p, enum lang_words_kind kind) {
  struct lang_words *w = ARENA_NEW(p->arena, struct lang_words);
  w->kind = kind;
  w->name = lang_parse_name(p);
  if (!p->failed && lang_accept(p, LW_AT)) {
    w->has_at = true;
    w->at_event = lang_parse_trigger(p);
  }
  if (!p->failed && lang_accept(p, LW_EACH)) w->per = lang_parse_name(p);
  lang_expect_punctuation(p, ':');
  do {
    if (p->failed) break;
    struct str text = lang_parse_text(p);
    LANG_APPEND(p, w->texts, w->text_count) = text;
  } while (lang_accept_punctuation(p, ','));
  return w;
}

static void parse_survey_part(struct lang_parser *p, struct lang_survey *s) {
  struct lang_span at = lang_here(p);
  if (lang_accept(p, LW_FOR_WHOM) || (lang_at(p, LW_TO) && lang_peek(p, 0)->english && lang_accept(p, LW_TO))) {
    s->has_to = true;
    s->to = lang_parse_party(p);
  } else if (lang_accept(p, LW_AT)) {
    s->has_at = true;
    s->at_event = lang_parse_trigger(p);
  } else if (lang_accept(p, LW_EACH)) {
    s->has_recur = true;
    s->recurs = lang_parse_recurs(p);
  } else if (lang_accept(p, LW_VALID)) {
    s->valid = lang_parse_span(p);
  } else if (lang_accept(p, LW_QUESTION)) {
    struct lang_question q = {.name = lang_parse_name(p)};
    q.title = lang_parse_optional_text(p);
    lang_expect_punctuation(p, ':');
    if (!p->failed) q.type = lang_parse_type(p);
    LANG_APPEND(p, s->questions, s->question_count) = q;
  } else {
    unknown_part(p, at, "问卷", "a survey", "给、于、每、有效、题", "to, at, each, valid, question");
  }
}
struct lang_survey *lang_parse_survey(struct lang_parser *p) {
  struct lang_survey *s = ARENA_NEW(p->arena, struct lang_survey);
  s->name = lang_parse_name(p);
  while (!p->failed && !lang_at_end(p) && !lang_at_tail(p)) parse_survey_part(p, s);
  return s;
}

/* ---- data classes, notices, reports, accounts ---- */

static void parse_class_part(struct lang_parser *p, struct lang_class *c) {
  static const struct { enum lang_word word; enum lang_access access; } grants[] = {
      {LW_SEES, LANG_SEE}, {LW_EXPORT, LANG_EXPORT}, {LW_COPY, LANG_COPY}, {LW_SHARE, LANG_SHARE}, {LW_CHANGE, LANG_CHANGE}};
  struct lang_span at = lang_here(p);
  for (size_t i = 0; i < COUNT_OF(grants); i++) {
    if (!lang_accept(p, grants[i].word)) continue;
    struct lang_grant g = {.access = grants[i].access};
    if (lang_accept(p, LW_NONE)) g.nobody = true;
    else g.parties = lang_parse_parties(p);
    LANG_APPEND(p, c->grants, c->grant_count) = g;
    return;
  }
  if (lang_accept(p, LW_KEEP)) c->keep = lang_parse_span(p);
  else if (lang_accept(p, LW_MASK)) c->mask = lang_parse_names(p);
  else unknown_part(p, at, "密级", "a class", "见、导出、复制、外发、改、存、遮盖", "sees, export, copy, share, change, keep, mask");
}
struct lang_class *lang_parse_class(struct lang_parser *p) {
  struct lang_class *c = ARENA_NEW(p->arena, struct lang_class);
  c->name = lang_parse_name(p);
  lang_expect_punctuation(p, ':');
  if (!p->failed) c->members = lang_parse_names(p);
  while (!p->failed && !lang_at_end(p) && !lang_at_tail(p)) {
    if (!lang_accept_punctuation(p, ';')) parse_class_part(p, c);
  }
  return c;
}

struct lang_notice *lang_parse_notice(struct lang_parser *p) {
  struct lang_notice *n = ARENA_NEW(p->arena, struct lang_notice);
  n->to = lang_parse_parties(p);
  if (!p->failed) n->verb = lang_parse_name(p);
  while (!p->failed && (lang_at_kind(p, TK_TEXT) || (lang_at_name(p) && !lang_at_ahead(p, 1, LW_IN)))) {
    struct lang_name subject = {.at = lang_here(p)};
    subject.text = lang_next(p)->text;
    LANG_APPEND(p, n->subjects.p, n->subjects.count) = subject;
    lang_accept_punctuation(p, ',');
  }
  if (lang_accept(p, LW_WITHIN_EN)) {
    n->within = lang_parse_span(p);
  } else if (!p->failed) {
    n->within = lang_parse_span(p);
    lang_expect(p, LW_IN);
  }
  if (!p->failed && lang_accept(p, LW_EXAM)) {
    n->has_exam = true;
    n->exam = lang_parse_range(p);
  }
  return n;
}

static struct lang_report_column parse_column(struct lang_parser *p) {
  struct lang_report_column c = {.name = {.at = lang_here(p)}};
  if (lang_at(p, LW_DETAIL) && lang_name_ahead(p, 1)) {
    c.name.text = lang_next(p)->text;
    c.detail = true;
    c.trigger = lang_parse_trigger(p);
    return c;
  }
  c.name = lang_parse_name(p);
  if (lang_accept_punctuation(p, '=')) {
    c.expr = lang_parse_cond(p);
    if (!p->failed) c.rounding = lang_parse_rounding(p);
  }
  return c;
}
struct lang_report *lang_parse_report(struct lang_parser *p) {
  struct lang_report *r = ARENA_NEW(p->arena, struct lang_report);
  r->name = lang_parse_name(p);
  r->title = lang_parse_optional_text(p);
  lang_expect(p, LW_EACH);
  if (!p->failed) r->recurs = lang_parse_recurs(p);
  if (!p->failed) r->due = lang_parse_calendar_due(p);
  if (!p->failed && (lang_accept(p, LW_FOR_WHOM) || (lang_at(p, LW_TO) && lang_peek(p, 0)->english && lang_accept(p, LW_TO)))) r->to = lang_parse_parties(p);
  if (!p->failed && lang_accept(p, LW_OF)) {
    r->has_by = true;
    r->by = lang_parse_party(p);
  }
  if (!p->failed && lang_accept(p, LW_BY)) r->keys = lang_parse_names(p);
  lang_expect_punctuation(p, ':');
  do {
    if (p->failed) break;
    struct lang_report_column c = parse_column(p);
    LANG_APPEND(p, r->columns, r->column_count) = c;
  } while (lang_accept_punctuation(p, ','));
  return r;
}

struct lang_account *lang_parse_account(struct lang_parser *p) {
  struct lang_account *a = ARENA_NEW(p->arena, struct lang_account);
  a->name = lang_parse_name(p);
  while (!p->failed && !lang_at_end(p) && !lang_at_tail(p)) {
    struct lang_span at = lang_here(p);
    switch (lang_next(p)->word) {
      case LW_RECEIVES: a->receives = lang_parse_names(p); break;
      case LW_PURPOSE: a->purposes = lang_parse_names(p); break;
      case LW_OPEN_TO: a->open_to = lang_parse_parties(p); break;
      case LW_KEPT_BY: a->kept_by = lang_parse_parties(p); break;
      default: unknown_part(p, at, "账户", "an account", "收、用途、公开、管", "receives, purpose, open_to, kept_by");
    }
  }
  return a;
}
