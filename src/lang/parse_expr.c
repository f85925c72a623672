/* Expressions, conditions, ranges, parties, approvals: the parts that every item is made of. */
#include "lang/parser.h"

#include <string.h>

static struct lang_expr *new_expr(struct lang_parser *p, enum lang_expr_kind kind, struct lang_span at) {
  struct lang_expr *e = ARENA_NEW(p->arena, struct lang_expr);
  e->kind = kind;
  e->at = at;
  return e;
}
static struct lang_expr *nothing(struct lang_parser *p) { return new_expr(p, LX_LITERAL, lang_here(p)); }

/* ---- names and paths ---- */

static void fail_name(struct lang_parser *p) {
  const struct lang_token *t = lang_peek(p, 0);
  struct str found = t->kind == TK_END ? STR("") : str_slice(p->program->source, t->at.from, t->at.to);
  struct lang_diagnostic *m;
  if (t->kind == TK_WORD) {
    m = lang_fail(p, "lang.reserved_name", "“%.*s”是语言自己的词，不能作名字", "“%.*s” is a word of the language and cannot be a name", STR_ARG(found));
    if (m) lang_diagnostic_repair(p->d, m, "换一个名字，例如“%.*s项”", "use another name, for example “%.*s_item”", STR_ARG(found));
  } else if (t->kind == TK_NUMBER) {
    m = lang_fail(p, "lang.number_as_name", "这里要一个名字，“%.*s…”读作数量", "a name is wanted here; “%.*s…” reads as a quantity", STR_ARG(found));
    if (m) lang_diagnostic_repair(p->d, m, "名字不要以数字加单位开头（“三班”读作三个班）", "do not begin a name with a number and a unit");
  } else {
    lang_fail(p, "lang.name_expected", "这里要一个名字", "a name is expected here");
  }
}

struct lang_name lang_parse_name(struct lang_parser *p) {
  struct lang_name n = {{"", 0}, lang_here(p)};
  if (!lang_at_name(p)) {
    fail_name(p);
    return n;
  }
  n.text = lang_next(p)->text;
  return n;
}

struct lang_names lang_parse_names(struct lang_parser *p) {
  struct lang_names names = {0};
  do {
    LANG_APPEND(p, names.p, names.count) = lang_parse_name(p);
  } while (!p->failed && lang_at_punctuation(p, ',') && lang_name_ahead(p, 1) && lang_accept_punctuation(p, ','));
  return names;
}

struct lang_path lang_parse_path(struct lang_parser *p) {
  struct lang_path path = {.at = lang_here(p)};
  LANG_APPEND(p, path.segments, path.count) = lang_parse_name(p).text;
  while (!p->failed && lang_at_punctuation(p, '.')) {
    lang_next(p);
    if (!lang_at_kind(p, TK_WORD)) {
      lang_fail(p, "lang.name_expected", "“.”后面要一个名字", "a name is expected after “.”");
      break;
    }
    LANG_APPEND(p, path.segments, path.count) = lang_next(p)->text;
  }
  lang_close(p, &path.at);
  if (path.count == 1) {
    path.text = path.segments[0];
  } else if (path.count) {
    struct buf b;
    buf_init(&b, 64 * 1024);
    for (size_t i = 0; i < path.count; i++) {
      if (i) buf_byte(&b, '.');
      buf_add(&b, path.segments[i]);
    }
    path.text = arena_buf(p->arena, &b);
    buf_release(&b);
  }
  return path;
}

struct str lang_parse_text(struct lang_parser *p) {
  if (!lang_at_kind(p, TK_TEXT)) {
    lang_fail(p, "lang.text_expected", "这里要引号里的文字，如 “说明”", "a text in quotes is expected here");
    return STR("");
  }
  return lang_next(p)->text;
}
struct str lang_parse_optional_text(struct lang_parser *p) {
  return lang_at_kind(p, TK_TEXT) ? lang_next(p)->text : (struct str){NULL, 0};
}

/* ---- periods and quantities ---- */

enum lang_period lang_period_of(enum lang_word w) {
  switch (w) {
    case LW_DAY: return LANG_DAY;
    case LW_WORKING_DAY: return LANG_WORKING_DAY;
    case LW_WEEK: return LANG_WEEK;
    case LW_HALF_MONTH: return LANG_HALF_MONTH;
    case LW_MONTH: return LANG_MONTH;
    case LW_ATTENDANCE_MONTH: return LANG_ATTENDANCE_MONTH;
    case LW_QUARTER: return LANG_QUARTER;
    case LW_HALF_YEAR: return LANG_HALF_YEAR;
    case LW_YEAR: return LANG_YEAR;
    case LW_MONTH_END: return LANG_MONTH_END;
    case LW_QUARTER_END: return LANG_QUARTER_END;
    case LW_YEAR_END: return LANG_YEAR_END;
    default: return LANG_PERIOD_NONE;
  }
}
int lang_weekday_of(const struct lang_token *t) {
  return t->kind == TK_WORD && t->word >= LW_MONDAY && t->word <= LW_SUNDAY ? (int)(t->word - LW_MONDAY) + 1 : 0;
}

static bool window_of(enum lang_word w, enum lang_window_kind *kind, enum lang_period *period) {
  static const struct { enum lang_word word; enum lang_window_kind kind; enum lang_period period; } windows[] = {
      {LW_THIS_DAY, LANG_WINDOW_THIS, LANG_DAY}, {LW_THIS_WEEK, LANG_WINDOW_THIS, LANG_WEEK},
      {LW_THIS_HALF_MONTH, LANG_WINDOW_THIS, LANG_HALF_MONTH}, {LW_THIS_MONTH, LANG_WINDOW_THIS, LANG_MONTH},
      {LW_THIS_ATTENDANCE, LANG_WINDOW_THIS, LANG_ATTENDANCE_MONTH}, {LW_THIS_QUARTER, LANG_WINDOW_THIS, LANG_QUARTER},
      {LW_THIS_HALF_YEAR, LANG_WINDOW_THIS, LANG_HALF_YEAR}, {LW_THIS_YEAR, LANG_WINDOW_THIS, LANG_YEAR},
      {LW_LAST_WEEK, LANG_WINDOW_LAST, LANG_WEEK}, {LW_LAST_MONTH, LANG_WINDOW_LAST, LANG_MONTH},
      {LW_LAST_ATTENDANCE, LANG_WINDOW_LAST, LANG_ATTENDANCE_MONTH}, {LW_LAST_QUARTER, LANG_WINDOW_LAST, LANG_QUARTER},
      {LW_LAST_YEAR, LANG_WINDOW_LAST, LANG_YEAR}, {LW_THIS_CASE, LANG_WINDOW_CASE, LANG_PERIOD_NONE},
  };
  for (size_t i = 0; i < COUNT_OF(windows); i++)
    if (windows[i].word == w) {
      *kind = windows[i].kind;
      *period = windows[i].period;
      return true;
    }
  return false;
}

/* digits × scale exactly; a plain number is a count, or a ratio when it has a fraction. */
static bool number_value(struct str digits, const struct lang_unit *u, struct value *v) {
  i64 num;
  struct str fraction, whole = str_cut(digits, '.', &fraction);
  i64 den = 1;
  char joined[40];
  if (whole.n + fraction.n >= sizeof joined || fraction.n > 12) return false;
  memcpy(joined, whole.p, whole.n);
  if (fraction.n) memcpy(joined + whole.n, fraction.p, fraction.n);
  for (size_t i = 0; i < fraction.n; i++) den *= 10;
  if (!str_to_i64((struct str){joined, whole.n + fraction.n}, &num)) return false;
  i64 scale = u ? u->scale : 1, product;
  enum value_type type = u ? u->type : V_COUNT;
  if (type == V_RATIO) {
    if (__builtin_mul_overflow(den, scale, &den)) return false;
    *v = value_ratio(num, den);
    return true;
  }
  if (__builtin_mul_overflow(num, scale, &product)) return false;
  if (product % den == 0) {
    *v = value_int(type, product / den);
    return true;
  }
  if (type != V_COUNT) return false;
  *v = value_ratio(product, den);
  return true;
}

bool lang_at_quantity(const struct lang_parser *p) {
  return lang_at_kind(p, TK_NUMBER) || (lang_at(p, LW_CURRENCY) && lang_peek(p, 1)->kind == TK_NUMBER);
}

struct lang_expr *lang_parse_quantity(struct lang_parser *p) {
  struct lang_expr *e = new_expr(p, LX_LITERAL, lang_here(p));
  bool currency = lang_accept(p, LW_CURRENCY);
  if (!lang_at_kind(p, TK_NUMBER)) {
    lang_fail(p, "lang.quantity_expected", "这里要一个数量，如 30秒、5元", "a quantity is expected here, such as 30s or CNY 5");
    return e;
  }
  const struct lang_token *number = lang_next(p);
  const struct lang_unit *u = currency ? lang_unit_prefix(STR("元"), false) : NULL;
  if (!currency && lang_at_kind(p, TK_UNIT)) {
    const struct lang_token *t = lang_next(p);
    u = t->unit;
    e->unit = u->name;
  } else if (currency) {
    e->unit = u->name;
  }
  lang_close(p, &e->at);
  if (!number_value(number->text, u, &e->value)) {
    struct str words = lang_text(p->program, e->at);
    struct lang_diagnostic *m = lang_fail_at(p, e->at, "lang.not_whole", "“%.*s”不是整数个最小单位（分、毫秒、整天、整月），或数字太大",
                                             "“%.*s” is not a whole number of the smallest unit (fen, ms, whole days, whole months), or too large",
                                             STR_ARG(words));
    if (m) lang_diagnostic_repair(p->d, m, "半天请写 12小时，或改写成整数", "write 12h for half a day, or a whole number");
  }
  return e;
}

struct lang_expr *lang_parse_span(struct lang_parser *p) {
  if (lang_at_quantity(p)) return lang_parse_quantity(p);
  struct lang_expr *e = new_expr(p, LX_PATH, lang_here(p));
  e->path = lang_parse_path(p);
  if (!p->failed && lang_accept_punctuation(p, '(')) {
    e->kind = LX_CALL;
    if (!lang_at_punctuation(p, ')')) do {
        struct lang_expr *arg = lang_parse_arg(p);
        LANG_APPEND(p, e->args, e->arg_count) = arg;
      } while (!p->failed && lang_accept_punctuation(p, ','));
    lang_expect_punctuation(p, ')');
  }
  lang_close(p, &e->at);
  return e;
}

/* ---- primaries ---- */

static enum lang_function function_of(enum lang_word w) {
  switch (w) {
    case LW_COUNT: return LF_COUNT;
    case LW_SUM: return LF_SUM;
    case LW_MEAN: return LF_MEAN;
    case LW_MAXIMUM: return LF_MAX;
    case LW_MINIMUM: return LF_MIN;
    case LW_MEDIAN: return LF_MEDIAN;
    case LW_DISTINCT: return LF_DISTINCT;
    case LW_LATEST: return LF_LATEST;
    case LW_EARLIEST: return LF_EARLIEST;
    case LW_ORDINAL: return LF_ORDINAL;
    case LW_STREAK: return LF_STREAK;
    case LW_RANK: return LF_RANK;
    case LW_DAYS_BETWEEN: return LF_DAYS;
    case LW_WORKING_DAYS_BETWEEN: return LF_WORKDAYS;
    case LW_VIOLATES: return LF_VIOLATED;
    case LW_TENURE: return LF_TENURE;
    case LW_NEIGHBOUR_SHIFT: return LF_NEXT_SHIFT;
    case LW_DAY_WAGE: return LF_DAY_WAGE;
    case LW_HOLIDAY: return LF_HOLIDAY;
    case LW_IS_WORKING_DAY: return LF_WORKING_DAY;
    case LW_LENGTH: return LF_LENGTH;
    default: return LF_NAMED;
  }
}

static struct lang_expr *parse_path_expr(struct lang_parser *p) {
  const struct lang_token *first = lang_peek(p, 0);
  struct lang_expr *e = new_expr(p, LX_PATH, first->at);
  e->path = lang_parse_path(p);
  if (p->failed) return e;
  if (e->path.count == 1 && !lang_at_punctuation(p, '(')) {
    if (window_of(first->word, &e->window, &e->period)) {
      e->kind = LX_WINDOW;
      e->word = first->text;
      return e;
    }
  }
  if (lang_accept_punctuation(p, '(')) {
    e->kind = LX_CALL;
    e->function = e->path.count == 1 ? function_of(first->word) : LF_NAMED;
    if (!lang_enter(p)) return e;
    if (!lang_at_punctuation(p, ')')) do {
        struct lang_expr *arg = lang_parse_arg(p);
        LANG_APPEND(p, e->args, e->arg_count) = arg;
      } while (!p->failed && lang_accept_punctuation(p, ','));
    lang_leave(p);
    lang_expect_punctuation(p, ')');
    while (!p->failed && lang_at_punctuation(p, '.') && lang_peek(p, 1)->kind == TK_WORD) {
      lang_next(p);
      LANG_APPEND(p, e->members, e->member_count) = lang_next(p)->text;
    }
  }
  lang_close(p, &e->at);
  if (!p->failed && lang_at_kind(p, TK_TIME)) {
    struct lang_expr *at = new_expr(p, LX_AT_TIME, e->at);
    at->a = e;
    at->value = value_int(V_TIME, lang_next(p)->number);
    lang_close(p, &at->at);
    return at;
  }
  return e;
}

static struct lang_expr *parse_if(struct lang_parser *p) {
  struct lang_expr *e = new_expr(p, LX_IF, lang_here(p));
  lang_next(p);
  if (!lang_enter(p)) return e;
  e->a = lang_parse_cond(p);
  lang_expect(p, LW_THEN);
  e->b = lang_parse_expr(p);
  if (!lang_accept(p, LW_OTHERWISE_IF) && !(lang_at(p, LW_OVERDUE) && lang_peek(p, 0)->english && lang_accept(p, LW_OVERDUE)))
    lang_expect(p, LW_OTHERWISE_IF);
  e->c = lang_parse_expr(p);
  lang_leave(p);
  lang_close(p, &e->at);
  return e;
}

static struct lang_expr *parse_ordinal_value(struct lang_parser *p) {
  struct lang_expr *e = new_expr(p, LX_ORDINAL, lang_here(p));
  lang_next(p);
  struct lang_expr *q = lang_parse_quantity(p);
  e->value = q->value;
  e->unit = q->unit;
  lang_close(p, &e->at);
  return e;
}

static struct lang_expr *parse_literal(struct lang_parser *p) {
  const struct lang_token *t = lang_next(p);
  struct lang_expr *e = new_expr(p, LX_LITERAL, t->at);
  switch (t->kind) {
    case TK_TEXT: e->value = value_text(t->text); break;
    case TK_TIME: e->value = value_int(V_TIME, t->number); break;
    case TK_MONTH_DAY: e->value = value_int(V_MONTH_DAY, t->number); break;
    case TK_ID: e->kind = LX_CLAUSE; e->name = t->text; break;
    case TK_DATE:
      e->value = value_int(V_DATE, t->number);
      if (lang_at_kind(p, TK_TIME))
        e->value = value_int(V_INSTANT, instant_at(t->number, lang_next(p)->number, p->program->zone_offset_ms));
      lang_close(p, &e->at);
      break;
    default: e->value = value_bool(t->word == LW_YES); break;
  }
  return e;
}

static struct lang_expr *parse_primary(struct lang_parser *p) {
  const struct lang_token *t = lang_peek(p, 0);
  if (lang_at_quantity(p)) return lang_parse_quantity(p);
  if (t->kind == TK_TEXT || t->kind == TK_DATE || t->kind == TK_TIME || t->kind == TK_MONTH_DAY || t->kind == TK_ID || lang_at(p, LW_YES) ||
      lang_at(p, LW_NO))
    return parse_literal(p);
  if (lang_at_punctuation(p, '(')) {
    lang_next(p);
    if (!lang_enter(p)) return nothing(p);
    struct lang_expr *e = lang_parse_cond(p);
    lang_leave(p);
    lang_expect_punctuation(p, ')');
    e->bracketed = true;
    return e;
  }
  if (lang_at(p, LW_IF)) return parse_if(p);
  if (lang_at(p, LW_NTH)) return parse_ordinal_value(p);
  return parse_path_expr(p);
}

static struct lang_expr *binary(struct lang_parser *p, enum lang_expr_kind kind, char op, struct lang_expr *a, struct lang_expr *b) {
  struct lang_expr *e = new_expr(p, kind, a->at);
  e->op = op;
  e->a = a;
  e->b = b;
  lang_close(p, &e->at);
  return e;
}

static struct lang_expr *parse_term(struct lang_parser *p) {
  struct lang_expr *e = parse_primary(p);
  for (int chain = 0; !p->failed; chain++) {
    char op = lang_at_punctuation(p, PU_TIMES) ? '*' : lang_at_punctuation(p, PU_DIVIDE) || lang_at_punctuation(p, '/') ? '/' : 0;
    if (!op) break;
    lang_next(p);
    if (chain >= LANG_NESTING_MAX) lang_enter(p), p->depth = LANG_NESTING_MAX, lang_enter(p);
    e = binary(p, LX_ARITH, op, e, parse_primary(p));
  }
  return e;
}

struct lang_expr *lang_parse_expr(struct lang_parser *p) {
  if (!lang_enter(p)) return nothing(p);
  struct lang_expr *e;
  if (lang_at_punctuation(p, '-')) {
    struct lang_span at = lang_here(p);
    lang_next(p);
    e = new_expr(p, LX_NEGATE, at);
    e->a = parse_term(p);
    lang_close(p, &e->at);
  } else {
    e = parse_term(p);
  }
  for (int chain = 0; !p->failed && (lang_at_punctuation(p, '+') || lang_at_punctuation(p, '-')); chain++) {
    char op = lang_next(p)->punctuation;
    if (chain >= LANG_NESTING_MAX) p->depth = LANG_NESTING_MAX, lang_enter(p);
    e = binary(p, LX_ARITH, op, e, parse_term(p));
  }
  lang_leave(p);
  return e;
}

/* ---- ranges ---- */

bool lang_at_bound(const struct lang_parser *p) {
  static const enum lang_word pre[] = {LW_AT_LEAST_FULL, LW_AT_LEAST, LW_LESS_THAN, LW_SHORT_OF, LW_MORE_THAN, LW_AT_MOST};
  for (size_t i = 0; i < COUNT_OF(pre); i++)
    if (lang_at(p, pre[i])) return true;
  return false;
}
bool lang_post_ahead(const struct lang_parser *p, size_t ahead) {
  return lang_at_ahead(p, ahead, LW_OR_MORE) || lang_at_ahead(p, ahead, LW_OR_LESS) || lang_at_ahead(p, ahead, LW_OR_WITHIN);
}

static void set_lower(struct lang_parser *p, struct lang_range *r, struct lang_expr *e, bool included) {
  if (r->lower && !p->failed)
    lang_fail_at(p, e->at, "lang.two_lower_bounds", "这个范围写了两个下限", "this range has two lower bounds");
  r->lower = e;
  r->lower_included = included;
}
static void set_upper(struct lang_parser *p, struct lang_range *r, struct lang_expr *e, bool included) {
  if (r->upper && !p->failed)
    lang_fail_at(p, e->at, "lang.two_upper_bounds", "这个范围写了两个上限", "this range has two upper bounds");
  r->upper = e;
  r->upper_included = included;
}

static void parse_pre_bound(struct lang_parser *p, struct lang_range *r) {
  enum lang_word w = lang_next(p)->word;
  struct lang_expr *e = lang_parse_expr(p);
  switch (w) {
    case LW_LESS_THAN: case LW_SHORT_OF: set_upper(p, r, e, false); break;
    case LW_AT_MOST: set_upper(p, r, e, true); break;
    case LW_MORE_THAN: set_lower(p, r, e, false); break;
    default: set_lower(p, r, e, true); break;
  }
}

struct lang_range lang_parse_range(struct lang_parser *p) {
  struct lang_range r = {.at = lang_here(p)};
  struct lang_expr *alone = NULL;
  if (lang_at_bound(p)) {
    parse_pre_bound(p, &r);
  } else {
    struct lang_expr *e = lang_parse_expr(p);
    if (lang_accept(p, LW_OR_MORE)) set_lower(p, &r, e, true);
    else if (lang_accept(p, LW_OR_LESS) || lang_accept(p, LW_OR_WITHIN)) set_upper(p, &r, e, true);
    else alone = e;
  }
  while (!p->failed && (lang_at(p, LW_TO) || lang_at_bound(p))) {
    if (alone) set_lower(p, &r, alone, true), alone = NULL;
    if (lang_accept(p, LW_TO)) set_upper(p, &r, lang_parse_expr(p), true);
    else parse_pre_bound(p, &r);
  }
  if (alone) {
    r.lower = r.upper = alone;
    r.lower_included = r.upper_included = r.is_value = true;
  }
  lang_close(p, &r.at);
  return r;
}

/* range {或 range}. After a condition's 在, 或 goes on with a range only before a number, time or bound word. */
struct lang_ranges lang_parse_ranges(struct lang_parser *p, bool names_after_or) {
  struct lang_ranges rs = {0};
  for (;;) {
    struct lang_range r = lang_parse_range(p);
    LANG_APPEND(p, rs.p, rs.count) = r;
    if (p->failed || !lang_at(p, LW_OR)) break;
    const struct lang_token *next = lang_peek(p, 1);
    if (!names_after_or && next->kind != TK_NUMBER && next->kind != TK_TIME && next->kind != TK_DATE) break;
    lang_next(p);
  }
  return rs;
}

struct lang_rounding lang_parse_rounding(struct lang_parser *p) {
  struct lang_rounding r = {0};
  if (lang_accept(p, LW_ROUND)) r.mode = ROUND_HALF_UP;
  else if (lang_accept(p, LW_ROUND_DOWN)) r.mode = ROUND_DOWN;
  else if (lang_accept(p, LW_ROUND_UP)) r.mode = ROUND_UP;
  else return r;
  r.written = true;
  r.step = lang_parse_expr(p);
  return r;
}

/* ---- conditions ---- */

static struct lang_expr *parse_set_test(struct lang_parser *p) {
  const struct lang_token *t = lang_next(p);
  struct lang_expr *e = new_expr(p, t->word == LW_HAS ? LX_EXISTS : t->word == LW_ALL ? LX_ALL : LX_LACKS, t->at);
  lang_next(p); /* ( */
  if (!lang_enter(p)) return e;
  e->path = lang_parse_path(p);
  if (e->kind == LX_ALL) {
    lang_expect_punctuation(p, ',');
    e->a = lang_parse_cond(p);
  } else if (lang_accept(p, LW_WHERE)) {
    e->a = lang_parse_cond(p);
  }
  lang_leave(p);
  lang_expect_punctuation(p, ')');
  lang_close(p, &e->at);
  return e;
}

static bool compare_of(const struct lang_parser *p, enum lang_compare *c) {
  const struct lang_token *t = lang_peek(p, 0);
  if (t->kind == TK_PUNCTUATION) {
    switch (t->punctuation) {
      case '=': *c = LANG_EQ; return true;
      case PU_NOT_EQUAL: *c = LANG_NE; return true;
      case '<': *c = LANG_LT; return true;
      case '>': *c = LANG_GT; return true;
      case PU_AT_MOST: *c = LANG_LE; return true;
      case PU_AT_LEAST: *c = LANG_GE; return true;
      default: return false;
    }
  }
  if (t->kind != TK_WORD) return false;
  switch (t->word) {
    case LW_IS: *c = LANG_EQ; return true;
    case LW_CONTAINS: *c = LANG_CONTAINS; return true;
    case LW_NOT_CONTAINS: *c = LANG_NOT_CONTAINS; return true;
    case LW_EARLIER_THAN: *c = LANG_LT; return true;
    case LW_LATER_THAN: *c = LANG_GT; return true;
    case LW_NOT_EARLIER: *c = LANG_GE; return true;
    case LW_NOT_LATER: *c = LANG_LE; return true;
    default: return false;
  }
}

static struct lang_expr *parse_bounded_test(struct lang_parser *p, struct lang_expr *left) {
  struct lang_expr *e = new_expr(p, LX_RANGE, left->at);
  e->a = left;
  struct lang_range r = lang_parse_range(p);
  if (r.is_value && !p->failed) {
    struct lang_diagnostic *m = lang_fail_at(p, r.at, "lang.bare_bound", "这里是等于、以上，还是以下？", "equal, at least, or at most?");
    if (m) lang_diagnostic_repair(p->d, m, "写明：= … ，或 … 以上、… 以下、超过 …、不满 …", "say it: = …, at least …, at most …, more than …, less than …");
  }
  LANG_APPEND(p, e->ranges.p, e->ranges.count) = r;
  lang_close(p, &e->at);
  return e;
}

static struct lang_expr *parse_relation(struct lang_parser *p, struct lang_expr *left) {
  enum lang_compare compare;
  struct lang_expr *e = new_expr(p, LX_COMPARE, left->at);
  e->a = left;
  e->word = lang_peek(p, 0)->text;
  if (compare_of(p, &compare)) {
    lang_next(p);
    e->compare = compare;
    e->b = lang_parse_expr(p);
  } else if ((lang_at(p, LW_HAS) || lang_at(p, LW_NONE)) && lang_name_ahead(p, 1)) {
    e->kind = lang_next(p)->word == LW_HAS ? LX_HAS : LX_LACKS_A;
    e->name = lang_parse_name(p).text;
  } else if (lang_accept(p, LW_FILLED)) {
    e->kind = LX_FILLED;
  } else if (lang_accept(p, LW_EMPTY)) {
    e->kind = LX_EMPTY;
  } else if (lang_accept(p, LW_ONE_OF)) {
    e->kind = LX_ONE_OF;
    lang_expect_punctuation(p, '(');
    struct lang_exprs list = lang_parse_expr_list(p);
    e->args = list.p;
    e->arg_count = list.count;
  } else if (lang_accept(p, LW_WITHIN_RANGE)) {
    e->kind = LX_RANGE;
    e->ranges = lang_parse_ranges(p, false);
  } else {
    if (lang_at_bound(p) || lang_at_kind(p, TK_NUMBER) || (lang_at_name(p) && lang_post_ahead(p, 1))) return parse_bounded_test(p, left);
    return left;
  }
  lang_close(p, &e->at);
  return e;
}

static struct lang_expr *parse_atom(struct lang_parser *p) {
  if ((lang_at(p, LW_HAS) || lang_at(p, LW_NONE) || lang_at(p, LW_ALL)) && lang_punctuation_ahead(p, 1, '(')) return parse_set_test(p);
  struct lang_expr *left = lang_parse_expr(p);
  return p->failed ? left : parse_relation(p, left);
}

static struct lang_expr *parse_not(struct lang_parser *p) {
  if (!lang_at(p, LW_NOT) && !lang_at(p, LW_YET)) return parse_atom(p);
  struct lang_expr *e = new_expr(p, LX_NOT, lang_here(p));
  lang_next(p);
  if (!lang_enter(p)) return e;
  e->a = parse_not(p);
  lang_leave(p);
  lang_close(p, &e->at);
  return e;
}

static struct lang_expr *parse_and(struct lang_parser *p) {
  struct lang_expr *e = parse_not(p);
  for (int chain = 0; !p->failed && lang_accept(p, LW_AND); chain++) {
    if (chain >= LANG_NESTING_MAX) p->depth = LANG_NESTING_MAX, lang_enter(p);
    e = binary(p, LX_AND, 0, e, parse_not(p));
  }
  return e;
}

struct lang_expr *lang_parse_cond(struct lang_parser *p) {
  if (!lang_enter(p)) return nothing(p);
  struct lang_expr *e = parse_and(p);
  for (int chain = 0; !p->failed && lang_accept(p, LW_OR); chain++) {
    if (chain >= LANG_NESTING_MAX) p->depth = LANG_NESTING_MAX, lang_enter(p);
    e = binary(p, LX_OR, 0, e, parse_and(p));
  }
  lang_leave(p);
  return e;
}

/* cond [其中 cond] | 近 q | PERIOD */
struct lang_expr *lang_parse_arg(struct lang_parser *p) {
  struct lang_span at = lang_here(p);
  if (lang_accept(p, LW_RECENT)) {
    struct lang_expr *e = new_expr(p, LX_WINDOW, at);
    e->window = LANG_WINDOW_RECENT;
    e->a = lang_parse_expr(p);
    lang_close(p, &e->at);
    return e;
  }
  enum lang_period period = lang_at_kind(p, TK_WORD) ? lang_period_of(lang_peek(p, 0)->word) : LANG_PERIOD_NONE;
  if (period && (lang_punctuation_ahead(p, 1, ',') || lang_punctuation_ahead(p, 1, ')'))) {
    struct lang_expr *e = new_expr(p, LX_WINDOW, at);
    e->window = LANG_WINDOW_EACH;
    e->period = period;
    e->word = lang_next(p)->text;
    return e;
  }
  struct lang_expr *e = lang_parse_cond(p);
  if (!p->failed && lang_accept(p, LW_WHERE)) e = binary(p, LX_WHERE, 0, e, lang_parse_cond(p));
  return e;
}

/* ---- people ---- */

struct lang_exprs lang_parse_expr_list(struct lang_parser *p) {
  struct lang_exprs list = {0};
  do {
    struct lang_expr *e = lang_parse_expr(p);
    LANG_APPEND(p, list.p, list.count) = e;
  } while (!p->failed && lang_accept_punctuation(p, ','));
  lang_expect_punctuation(p, ')');
  return list;
}

struct lang_party lang_parse_party(struct lang_parser *p) {
  struct lang_party party = {.at = lang_here(p)};
  party.path = lang_parse_path(p);
  if (!p->failed && lang_accept_punctuation(p, '(')) party.args = lang_parse_expr_list(p);
  lang_close(p, &party.at);
  return party;
}

struct lang_parties lang_parse_parties(struct lang_parser *p) {
  struct lang_parties list = {0};
  do {
    struct lang_party party = lang_parse_party(p);
    LANG_APPEND(p, list.p, list.count) = party;
  } while (!p->failed && lang_at_punctuation(p, ',') && lang_name_ahead(p, 1) && lang_accept_punctuation(p, ','));
  return list;
}

/* → binds weakest, then 或, then 且: 甲 且 乙 → 丙 is (甲 且 乙) and then 丙. */
static struct lang_approval *parse_approval_level(struct lang_parser *p, enum lang_approval_kind level) {
  if (level == LA_PARTY) {
    struct lang_approval *leaf = ARENA_NEW(p->arena, struct lang_approval);
    leaf->at = lang_here(p);
    if (lang_accept_punctuation(p, '(')) {
      if (!lang_enter(p)) return leaf;
      struct lang_approval *inner = lang_parse_approval(p);
      lang_leave(p);
      lang_expect_punctuation(p, ')');
      return inner;
    }
    leaf->party = lang_parse_party(p);
    lang_close(p, &leaf->at);
    return leaf;
  }
  enum lang_approval_kind below = level == LA_IN_TURN ? LA_ANY : level == LA_ANY ? LA_ALL : LA_PARTY;
  struct lang_approval *first = parse_approval_level(p, below), *all = NULL;
  while (!p->failed && (level == LA_IN_TURN ? lang_accept_punctuation(p, PU_ARROW) : lang_accept(p, level == LA_ANY ? LW_OR : LW_AND))) {
    if (!all) {
      all = ARENA_NEW(p->arena, struct lang_approval);
      all->kind = level;
      all->at = first->at;
      LANG_APPEND(p, all->parts, all->part_count) = first;
    }
    struct lang_approval *next = parse_approval_level(p, below);
    LANG_APPEND(p, all->parts, all->part_count) = next;
    lang_close(p, &all->at);
  }
  return all ? all : first;
}
struct lang_approval *lang_parse_approval(struct lang_parser *p) { return parse_approval_level(p, LA_IN_TURN); }

/* "(" path = arg {, …} ")" */
struct lang_arguments lang_parse_arguments(struct lang_parser *p) {
  struct lang_arguments list = {0};
  lang_expect_punctuation(p, '(');
  if (lang_accept_punctuation(p, ')')) return list;
  do {
    struct lang_argument argument = {.name = lang_parse_path(p)};
    lang_expect_punctuation(p, '=');
    if (p->failed) break;
    argument.value = lang_parse_arg(p);
    LANG_APPEND(p, list.p, list.count) = argument;
  } while (!p->failed && lang_accept_punctuation(p, ','));
  lang_expect_punctuation(p, ')');
  return list;
}
