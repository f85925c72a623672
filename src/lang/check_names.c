/* Names: what every path, party and #id of the book means. Kinds and fields come from the vocabulary, the rest from
 * the book itself. An unknown name is an error that offers the nearest known one. */
#include "lang/checker.h"

#include "lang/words.h"

#include <string.h>

/* ---- nearest ---- */

enum { NEAR_POINTS = 24, NEAR_NAMES = 5000 };
static size_t decode_some(struct str s, u32 *out) {
  size_t n = 0;
  for (size_t at = 0; at < s.n && n < NEAR_POINTS;) at += str_decode(s, at, &out[n++]);
  return n;
}
size_t lang_distance(struct str a, struct str b) {
  u32 x[NEAR_POINTS], y[NEAR_POINTS];
  size_t n = decode_some(a, x), m = decode_some(b, y), row[NEAR_POINTS + 1];
  for (size_t j = 0; j <= m; j++) row[j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t cost = diagonal + (x[i - 1] != y[j - 1]), up = row[j] + 1, left = row[j - 1] + 1;
      diagonal = row[j];
      row[j] = cost < up ? (cost < left ? cost : left) : (up < left ? up : left);
    }
  }
  return row[m];
}
struct str lang_nearest(const struct checker *c, struct str word, const struct map *m, struct str best, size_t *distance) {
  size_t limit = str_code_points(word) > 3 ? 2 : 1;
  if (c->d->count >= LANG_DIAGNOSTICS_MAX || m->n > NEAR_NAMES) return best; /* nobody will read it */
  for (size_t i = 0; i < m->n; i++) {
    size_t d = lang_distance(word, m->entries[i].key);
    if (d <= limit && d < *distance && d < str_code_points(word)) {
      *distance = d;
      best = m->entries[i].key;
    }
  }
  return best;
}

void lang_suggest(struct checker *c, struct lang_diagnostic *m, struct str near) {
  if (!near.n) return;
  struct str words = lang_text(c->p, m->at); /* the message may point at more than the misspelt word */
  if (str_code_points(words) <= str_code_points(near) + 2 && lang_distance(words, near) <= 2)
    lang_diagnostic_fix(c->d, m, m->at, near, "是不是“%.*s”？", "did you mean “%.*s”?", STR_ARG(near));
  else lang_diagnostic_repair(c->d, m, "是不是“%.*s”？", "did you mean “%.*s”?", STR_ARG(near));
}

/* ---- events ---- */

static bool is_generic_state(struct str s) {
  static const char *const words[] = {"开单", "填写", "转入", "派给", "表态", "延期", "打印", "送联", "作废", "opened", "filled", "moved",
                                      "assigned", "voted", "extended", "printed", "copy_sent", "voided"};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(s, words[i])) return true;
  return false;
}

static const struct lang_vocabulary_kind *generic_kind(struct checker *c, struct str word) {
  const struct lang_vocabulary_kind *k = map_ptr(&c->kinds, arena_printf(c->arena, "单据.%.*s", STR_ARG(word)));
  return k ? k : map_ptr(&c->kinds, arena_printf(c->arena, "case.%.*s", STR_ARG(word)));
}

static void scope_add(struct scope *s, const struct lang_vocabulary_kind *k, const struct lang_case *ct) {
  if (s->event_count == SCOPE_EVENTS_MAX) {
    s->open = true;
    return;
  }
  s->kinds[s->event_count] = k;
  s->cases[s->event_count++] = ct;
}

static void unknown_event(struct checker *c, struct lang_path *path) {
  struct str near = {"", 0}, first = path->segments[0];
  size_t distance = 99;
  const struct lang_case *ct = map_ptr(&c->cases, first);
  if (ct && path->count > 1) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, path->at, "lang.unknown_state", "单据 %.*s 没有“%.*s”这个状态", "the case %.*s has no state “%.*s”",
                                              STR_ARG(first), STR_ARG(path->segments[1]));
    struct map states;
    map_init(&states, c->arena);
    for (size_t i = 0; i < ct->state_count; i++) map_set_ptr(&states, ct->states[i].name.text, &states);
    lang_suggest(c, m, lang_nearest(c, path->segments[1], &states, near, &distance));
    return;
  }
  near = lang_nearest(c, path->text, &c->kinds, near, &distance);
  near = lang_nearest(c, path->text, &c->defines, near, &distance);
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, path->at, "lang.unknown_event", "不认识“%.*s”这件事：词汇表里没有，也不是本制度的单据或所称",
                                            "“%.*s” is no known event: not in the vocabulary, nor a case or definition of this book", STR_ARG(path->text));
  lang_suggest(c, m, near);
}

/* The kind a path names, through definitions; false when unknown. `detail`: a whole case type or noun will do. */
static bool resolve_event(struct checker *c, struct lang_event *e, struct scope *s, bool detail, int depth) {
  struct lang_path *path = &e->path;
  if (!path->count) return true;
  const struct lang_define *def = map_ptr(&c->defines, path->text);
  if (def && depth < 16) {
    e->define = def;
    for (size_t i = 0; i < def->trigger.event_count; i++) {
      struct lang_event inner = def->trigger.events[i];
      if (!resolve_event(c, &inner, s, detail, depth + 1)) s->open = true;
    }
    return true;
  }
  const struct lang_vocabulary_kind *k = map_ptr(&c->kinds, path->text);
  if (k) {
    e->kind = k->en;
    scope_add(s, k, NULL);
    if (str_starts(k->en, STR("case."))) s->open = true; /* any case: its fields are in reach */
    return true;
  }
  if (path->count == 1 && map_ptr(&c->surveys, path->text) && map_ptr(&c->kinds, STR("survey.answered"))) { /* an answer to it */
    e->kind = STR("survey.answered");
    scope_add(s, map_ptr(&c->kinds, STR("survey.answered")), NULL);
    return true;
  }
  const struct lang_case *ct = map_ptr(&c->cases, path->segments[0]);
  if (ct && path->count == 2 && (lang_case_state(ct, path->segments[1]) != SIZE_MAX || is_generic_state(path->segments[1]))) {
    e->case_type = ct;
    bool state = lang_case_state(ct, path->segments[1]) != SIZE_MAX;
    if (state) e->state = path->segments[1];
    scope_add(s, state ? NULL : generic_kind(c, path->segments[1]), ct); /* 客诉.延期: its own fields and the case's */
    return true;
  }
  if (ct && path->count == 1) {
    e->case_type = ct;
    scope_add(s, NULL, ct);
    return detail || ct->state_count > 0;
  }
  if (detail && path->count == 1 && (map_ptr(&c->nouns, path->text) || map_ptr(&c->roles, path->text))) {
    s->open = true;
    return true;
  }
  return false;
}

void lang_check_event(struct checker *c, struct lang_event *e, struct scope *s, bool detail) {
  for (size_t i = 0; i < e->violates.count; i++) lang_check_reference(c, e->violates.p[i].text, e->violates.p[i].at);
  if (e->violates.count) {
    const struct lang_vocabulary_kind *k = map_ptr(&c->kinds, STR("clause.violated"));
    if (k) scope_add(s, k, NULL);
    else s->open = true;
    e->kind = STR("clause.violated");
  }
  if (!resolve_event(c, e, s, detail, 0)) {
    unknown_event(c, &e->path);
    s->open = true;
  }
  if (e->where) {
    struct scope own = {.needs_window = s->needs_window, .keys = s->keys, .parameters = s->parameters};
    struct lang_event copy = *e;
    copy.where = NULL;
    if (!resolve_event(c, &copy, &own, detail, 0)) own.open = true;
    lang_check_cond(c, e->where, &own);
  }
}

void lang_check_reference(struct checker *c, struct str id, struct lang_span at) {
  if (map_ptr(&c->ids, id)) return;
  size_t distance = 99;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, at, "lang.unknown_id", "没有标识为 #%.*s 的条款或规则", "no clause or rule has the id #%.*s", STR_ARG(id));
  struct str near = lang_nearest(c, id, &c->ids, STR(""), &distance);
  if (near.n) lang_diagnostic_repair(c->d, m, "是不是 #%.*s？", "did you mean #%.*s?", STR_ARG(near));
}

/* ---- fields ---- */

static struct known_type vocabulary_type(const struct lang_vocabulary_field *f) {
  struct known_type t = {.type = f->many ? V_LIST : lang_value_type(f->type), .vocabulary = f};
  if (f->type == LT_NUMBER || f->type == LT_TEXT) t.type = f->type == LT_TEXT ? V_ABSENT : V_COUNT;
  return t;
}
static const struct lang_vocabulary_field *find_field(const struct lang_vocabulary_field *fields, size_t n, struct str name) {
  for (size_t i = 0; i < n; i++)
    if (str_eq(fields[i].zh, name) || str_eq(fields[i].en, name)) return &fields[i];
  return NULL;
}
static const struct lang_field *case_field(const struct lang_case *ct, struct str name) {
  for (size_t i = 0; i < ct->field_count; i++)
    if (str_eq(ct->fields[i].name.text, name)) return &ct->fields[i];
  return NULL;
}
static bool case_word(const struct lang_case *ct, struct str name, struct known_type *out) {
  static const struct { const char *zh, *en; enum value_type type; } words[] = {
      {"状态", "state", V_TEXT}, {"编号", "number", V_TEXT}, {"单", "case", V_REF}, {"单据", "record", V_REF}, {"时刻", "at", V_INSTANT},
      {"日期", "date", V_DATE}, {"登记日", "opened_on", V_DATE}, {"开单人", "opened_by", V_REF}, {"经办人", "holder", V_REF},
      {"已逾期", "is_overdue", V_BOOL}, {"项目", "item", V_TEXT}, {"对象", "object", V_ABSENT}, {"结果", "result", V_TEXT}};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(name, words[i].zh) || str_is(name, words[i].en)) {
      *out = (struct known_type){.type = words[i].type, .names_field = str_is(name, "项目") || str_is(name, "item")};
      return true;
    }
  if (str_starts(name, STR("已"))) { /* 已核准: the state 核准 was reached */
    struct str rest = str_slice(name, strlen("已"), name.n);
    for (size_t i = 0; i < ct->state_count; i++)
      if (str_eq(ct->states[i].name.text, rest) || str_starts(ct->states[i].name.text, rest)) {
        *out = (struct known_type){.type = V_BOOL};
        return true;
      }
  }
  if (str_eq(name, ct->name.text)) { /* the case itself */
    *out = (struct known_type){.type = V_REF};
    return true;
  }
  return lang_case_state(ct, name) != SIZE_MAX && (*out = (struct known_type){.type = V_TEXT}, true);
}

static bool question_type(const struct checker *c, struct str name, struct known_type *out) {
  for (size_t i = 0; i < c->surveys.n; i++) {
    const struct lang_survey *s = c->surveys.entries[i].ptr;
    for (size_t k = 0; s && k < s->question_count; k++) {
      if (!str_eq(s->questions[k].name.text, name)) continue;
      enum lang_type_kind kind = s->questions[k].type.kind;
      *out = (struct known_type){.type = kind == LT_TEXT ? V_ABSENT : lang_value_type(kind), .field = &s->questions[k].type};
      return true;
    }
  }
  return false;
}

bool lang_field_type(struct checker *c, const struct scope *s, struct str name, struct known_type *out) {
  for (size_t i = 0; i < s->event_count; i++) {
    const struct lang_case *ct = s->cases[i];
    const struct lang_field *cf = ct ? case_field(ct, name) : NULL;
    if (cf) {
      *out = (struct known_type){.type = cf->type.many ? V_LIST : lang_value_type(cf->type.kind), .field = &cf->type};
      if (!cf->typed) out->type = V_ABSENT;
      return true;
    }
    if (ct && case_word(ct, name, out)) return true;
    if (!s->kinds[i]) continue;
    const struct lang_vocabulary_field *f = find_field(s->kinds[i]->fields, s->kinds[i]->field_count, name);
    if (f) {
      *out = vocabulary_type(f);
      return true;
    }
  }
  for (size_t i = 0; i < s->event_count; i++) {
    if (s->kinds[i] && str_is(s->kinds[i]->en, "survey.answered") && question_type(c, name, out)) return true;
  }
  /* through the objects the event names: 已取单 of the order */
  for (size_t i = 0; i < s->event_count; i++) {
    if (!s->kinds[i]) continue;
    for (size_t k = 0; k < s->kinds[i]->field_count; k++) {
      const struct lang_vocabulary_field *f = &s->kinds[i]->fields[k];
      const struct lang_vocabulary_noun *noun = map_ptr(&c->nouns, f->zh);
      const struct lang_vocabulary_field *inner = noun ? find_field(noun->fields, noun->field_count, name) : NULL;
      if (inner) {
        *out = vocabulary_type(inner);
        return true;
      }
    }
  }
  return false;
}

/* ---- paths in expressions ---- */

static bool context_word(struct str w, struct known_type *t) {
  static const struct { const char *zh, *en; enum value_type type; } words[] = {
      {"此", "this", V_ABSENT}, {"始", "anchor", V_ABSENT}, {"操作人", "actor", V_REF}, {"当事人", "person", V_REF}, {"全员", "everyone", V_REF},
      {"今日", "today", V_DATE}, {"此刻", "now", V_INSTANT}, {"时刻", "at", V_INSTANT}, {"日期", "date", V_DATE}, {"钟点", "clock", V_TIME},
      {"当班人", "on_shift", V_REF}, {"接班人", "next_on_shift", V_REF}, {"接待人", "agent", V_REF}, {"经办人", "holder", V_REF},
      {"在班", "is_on_shift", V_BOOL}, {"在职", "employed", V_BOOL}, {"应发", "gross", V_MONEY}, {"实发", "net", V_MONEY},
      {"最低工资", "minimum_wage", V_MONEY}, {"底薪", "base_wage", V_MONEY}, {"额", "amount", V_MONEY}, {"客户", "customer", V_REF},
      {"订单", "order", V_REF}, {"会话", "conversation", V_REF}, {"商品", "product", V_REF}, {"条款", "clause", V_REF}, {"对象", "object", V_ABSENT},
      {"员工", "staff", V_REF}, {"部门", "department", V_REF}, {"门店", "shop", V_REF}, {"岗位", "role", V_TEXT}, {"状态", "state", V_TEXT},
      {"人员", "person", V_REF}, {"户", "unit", V_REF}, {"经销商", "dealer", V_REF}, {"渠道", "channel", V_TEXT}, {"工号", "job_number", V_TEXT},
      {"从高到低", "highest_first", V_TEXT}, {"从低到高", "lowest_first", V_TEXT}, {"并列同名次", "ties_share", V_TEXT},
      {"并列顺延", "ties_in_turn", V_TEXT}, {"项目", "item", V_TEXT}};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(w, words[i].zh) || str_is(w, words[i].en)) {
      *t = (struct known_type){.type = words[i].type};
      return true;
    }
  return false;
}

static struct known_type figure_type(struct checker *c, const struct lang_figure *f) {
  if (!f->value_count || f->values[0].expr->kind != LX_LITERAL) {
    struct value v;
    return (struct known_type){.type = f->value_count && lang_constant(c, f->values[0].expr, &v) ? v.type : V_ABSENT};
  }
  return (struct known_type){.type = f->values[0].expr->value.type};
}

static bool in_names(const struct lang_names *names, struct str w) {
  for (size_t i = 0; names && i < names->count; i++)
    if (str_eq(names->p[i].text, w)) return true;
  return false;
}
static bool is_question(const struct checker *c, struct str w) {
  for (size_t i = 0; i < c->surveys.n; i++) {
    const struct lang_survey *s = c->surveys.entries[i].ptr;
    for (size_t k = 0; k < s->question_count; k++)
      if (str_eq(s->questions[k].name.text, w)) return true;
  }
  return false;
}

/* One word. Sets e->meaning when `e` is not NULL; false when nothing fits. */
static bool resolve_word(struct checker *c, struct lang_expr *e, struct scope *s, struct str w, struct known_type *t) {
  enum lang_meaning meaning = LN_UNKNOWN;
  const struct lang_figure *figure = NULL;
  const struct lang_let *let = NULL;
  if (in_names(s->parameters, w)) {
    meaning = LN_PARAMETER;
  } else if (lang_field_type(c, s, w, t)) {
    meaning = LN_FIELD;
  } else if (in_names(s->keys, w)) {
    meaning = LN_KEY;
    t->type = V_REF;
  } else if ((figure = map_ptr(&c->figures, w))) {
    meaning = LN_FIGURE;
    map_set_ptr(&c->used, w, c);
    *t = figure_type(c, figure);
  } else if ((let = map_ptr(&c->lets, w))) {
    meaning = LN_LET;
  } else if (map_ptr(&c->scores, w)) {
    meaning = LN_SCORE;
    t->type = V_POINTS;
  } else if (map_ptr(&c->roles, w)) {
    meaning = LN_ROLE;
    t->type = V_REF;
  } else if (map_ptr(&c->shifts, w)) {
    meaning = LN_SHIFT;
    t->type = V_REF;
  } else if (map_ptr(&c->cases, w)) {
    meaning = LN_CASE;
    t->type = V_REF;
  } else if (context_word(w, t) || is_question(c, w) || map_ptr(&c->nouns, w)) {
    meaning = LN_CONTEXT;
  } else {
    for (size_t i = 0; i < s->element_count; i++)
      if (str_eq(s->elements[i], w)) meaning = LN_ELEMENT;
    if (map_ptr(&c->checklists, w) || map_ptr(&c->classes, w) || map_ptr(&c->surveys, w) || map_ptr(&c->accounts, w)) meaning = LN_ENUM;
  }
  if (e) {
    e->meaning = meaning;
    e->figure = figure;
    e->let = let;
  }
  return meaning != LN_UNKNOWN;
}

static void unknown_name(struct checker *c, const struct lang_expr *e, const struct scope *s) {
  struct str w = e->path.segments[0], near = {"", 0};
  size_t distance = 99;
  struct map fields;
  map_init(&fields, c->arena);
  for (size_t i = 0; i < s->event_count; i++) {
    for (size_t k = 0; s->kinds[i] && k < s->kinds[i]->field_count; k++) {
      map_set_ptr(&fields, s->kinds[i]->fields[k].zh, c);
      map_set_ptr(&fields, s->kinds[i]->fields[k].en, c);
    }
    for (size_t k = 0; s->cases[i] && k < s->cases[i]->field_count; k++) map_set_ptr(&fields, s->cases[i]->fields[k].name.text, c);
  }
  near = lang_nearest(c, w, &fields, near, &distance);
  near = lang_nearest(c, w, &c->figures, near, &distance);
  near = lang_nearest(c, w, &c->lets, near, &distance);
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->path.at, "lang.unknown_name", "“%.*s”是什么？这里的事没有这一项，也不是参数、量或岗位",
                                            "what is “%.*s”? The event here has no such field, and it is no figure, measure or role", STR_ARG(w));
  lang_suggest(c, m, near);
}

static struct known_type resolve_path(struct checker *c, struct lang_expr *e, struct scope *s) {
  struct known_type t = {.type = V_ABSENT};
  struct lang_path *path = &e->path;
  if (!path->count) return t;
  e->define = map_ptr(&c->defines, path->segments[0]);
  e->case_type = map_ptr(&c->cases, path->segments[0]);
  if (e->define || map_ptr(&c->kinds, path->text)) return t;
  bool known = resolve_word(c, e, s, path->segments[0], &t);
  if (path->count > 1) { /* the rest belongs to an object; only its noun or case tells the field's type */
    const struct lang_vocabulary_noun *noun = map_ptr(&c->nouns, path->segments[0]);
    const struct lang_vocabulary_field *f = noun ? find_field(noun->fields, noun->field_count, path->segments[path->count - 1]) : NULL;
    struct str last = path->segments[path->count - 1];
    if (f) return vocabulary_type(f);
    struct scope inner = {.event_count = 0};
    if (t.field && t.field->kind == LT_CASE && map_ptr(&c->cases, t.field->case_name)) scope_add(&inner, NULL, map_ptr(&c->cases, t.field->case_name));
    struct known_type field;
    if (inner.event_count && lang_field_type(c, &inner, last, &field)) return field;
    if (str_is(last, "日期") || str_is(last, "date")) return (struct known_type){.type = V_DATE};
    if (str_is(last, "时刻")) return (struct known_type){.type = V_INSTANT};
    if ((str_is(path->segments[0], "此") || str_is(path->segments[0], "this")) && lang_field_type(c, s, last, &field)) return field;
    t = (struct known_type){.type = V_ABSENT};
  }
  if (!known && !s->open && path->count == 1) unknown_name(c, e, s);
  return t;
}

/* ---- calls ---- */

/* The path of an aggregate: kind, kind.field, case[.state][.field], noun.field, a definition. Fills the scope. */
static bool aggregate_source(struct checker *c, struct lang_expr *e, struct scope *inner, struct known_type *t) {
  struct lang_path *path = &e->path;
  struct lang_event whole = {.path = *path};
  e->define = map_ptr(&c->defines, path->segments[0]);
  e->case_type = map_ptr(&c->cases, path->segments[0]);
  if (resolve_event(c, &whole, inner, true, 0)) return true;
  if (path->count < 2) return false;
  inner->event_count = 0;
  inner->open = false;
  struct lang_path head = *path;
  head.count--;
  head.text = str_slice(path->text, 0, path->text.n - path->segments[path->count - 1].n - 1);
  struct lang_event kind = {.path = head};
  if (resolve_event(c, &kind, inner, true, 0)) {
    struct str field = path->segments[path->count - 1];
    if (lang_field_type(c, inner, field, t) || inner->open) return true;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, path->at, "lang.unknown_field", "“%.*s”没有“%.*s”这一项", "“%.*s” has no field “%.*s”", STR_ARG(head.text),
                                              STR_ARG(field));
    (void)m;
    return true;
  }
  const struct lang_vocabulary_noun *noun = map_ptr(&c->nouns, path->segments[0]);
  if (!noun) return false;
  const struct lang_vocabulary_field *f = find_field(noun->fields, noun->field_count, path->segments[1]);
  if (f) *t = vocabulary_type(f);
  inner->open = true;
  return true;
}

static bool is_window(const struct checker *c, const struct lang_expr *e) {
  if (e->kind == LX_WINDOW) return true;
  const struct lang_figure *f = e->kind == LX_PATH ? map_ptr(&c->figures, e->path.text) : NULL;
  if (e->kind == LX_PATH && f == NULL && lang_is_broken(c, e->path.text)) return true; /* a figure that could not be read */
  return f && f->value_count && f->values[0].expr->kind == LX_WINDOW;
}

static void window_missing(struct checker *c, const struct lang_expr *e) {
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->at, "lang.window_missing", "在多长时间里数？这里没有写期间", "counted over which time? The window is missing here");
  lang_diagnostic_example(c->d, m, "三月 31 日一次、四月 1 日一次：按自然月是各一次，按年是两次", "once on 31 March, once on 1 April: one each by month, two by year");
  lang_diagnostic_repair(c->d, m, "加上 本自然月、本年、近 12个月 或 本单", "add this_month, this_year, recent 12 months or this_case");
}

static struct known_type check_aggregate(struct checker *c, struct lang_expr *e, struct scope *s) {
  struct known_type t = {.type = V_ABSENT};
  if (!e->arg_count) {
    lang_diagnose(c->d, LANG_ERROR, e->at, "lang.nothing_counted", "括号里要写数什么", "what is counted must stand in the brackets");
    return t;
  }
  struct lang_expr *what = e->args[0], *where = NULL;
  if (what->kind == LX_WHERE) {
    where = what->b;
    what = what->a;
  }
  struct scope inner = {.keys = s->keys, .parameters = s->parameters, .needs_window = s->needs_window};
  if (what->kind == LX_PATH) {
    if (!aggregate_source(c, what, &inner, &t)) {
      struct known_type field;
      if (e->function == LF_COUNT || !resolve_word(c, what, s, what->path.segments[0], &field)) unknown_event(c, &what->path);
      inner.open = true;
    }
  } else {
    t = lang_check_expr(c, what, s);
    inner.open = true;
  }
  if (where) {
    inner.elements[inner.element_count++] = what->path.count ? what->path.segments[0] : STR("");
    lang_check_cond(c, where, &inner);
  }
  bool window = false;
  for (size_t i = 1; i < e->arg_count; i++) {
    if (is_window(c, e->args[i])) window = true;
    lang_check_expr(c, e->args[i], s);
  }
  bool counts = e->function != LF_LATEST && e->function != LF_EARLIEST;
  bool noun = what->kind == LX_PATH && what->path.count && map_ptr(&c->nouns, what->path.segments[0]) && !map_ptr(&c->kinds, what->path.text);
  if (s->needs_window && counts && !window && !noun) window_missing(c, e);
  if (e->function == LF_COUNT || e->function == LF_DISTINCT) return (struct known_type){.type = V_COUNT};
  if (e->function == LF_LATEST || e->function == LF_EARLIEST) {
    struct known_type member = {.type = V_ABSENT};
    if (e->member_count) {
      if (str_is(e->members[0], "日期") || str_is(e->members[0], "date")) member.type = V_DATE;
      else if (str_is(e->members[0], "时刻")) member.type = V_INSTANT;
      else lang_field_type(c, &inner, e->members[0], &member);
    }
    return member;
  }
  if (e->function == LF_SUM && t.type == V_BOOL) t.type = V_ABSENT;
  if (t.type == V_COUNT && e->function == LF_MEAN) t.type = V_RATIO;
  return t;
}

static struct known_type check_call(struct checker *c, struct lang_expr *e, struct scope *s) {
  switch (e->function) {
    case LF_COUNT: case LF_SUM: case LF_MEAN: case LF_MAX: case LF_MIN: case LF_MEDIAN: case LF_DISTINCT: case LF_LATEST: case LF_EARLIEST:
      return check_aggregate(c, e, s);
    case LF_ORDINAL: {
      bool window = false;
      for (size_t i = 0; i < e->arg_count; i++) {
        window |= is_window(c, e->args[i]);
        lang_check_expr(c, e->args[i], s);
      }
      if (!window) window_missing(c, e);
      return (struct known_type){.type = V_COUNT};
    }
    case LF_VIOLATED:
      lang_check_function(c, e);
      for (size_t i = 0; i < e->arg_count; i++) lang_check_expr(c, e->args[i], s);
      return (struct known_type){.type = V_BOOL};
    default: break;
  }
  const struct lang_let *let = e->function == LF_NAMED ? map_ptr(&c->lets, e->path.segments[0]) : NULL;
  for (size_t i = 0; i < e->arg_count; i++) {
    struct scope own = *s;
    struct lang_expr *arg = e->args[i];
    if (e->function == LF_STREAK && i == 0) own.needs_window = false; /* the period of the streak */
    if (e->function == LF_STREAK && i == 1 && arg->kind == LX_PATH) continue;
    if (let && arg->kind == LX_PATH && arg->path.count == 1) own.open = true; /* 成本(产品成本): a word handed over */
    lang_check_expr(c, arg, &own);
    if (own.open && arg->kind == LX_PATH && arg->meaning == LN_UNKNOWN && let) arg->meaning = LN_ENUM;
  }
  lang_check_function(c, e);
  switch (e->function) {
    case LF_STREAK: case LF_RANK: case LF_LENGTH: return (struct known_type){.type = V_COUNT};
    case LF_DAYS: return (struct known_type){.type = V_DAYS};
    case LF_WORKDAYS: return (struct known_type){.type = V_WORKDAYS};
    case LF_DAY_WAGE: return (struct known_type){.type = V_MONEY};
    case LF_HOLIDAY: case LF_WORKING_DAY: return (struct known_type){.type = V_BOOL};
    case LF_TENURE: return (struct known_type){.type = V_MONTHS};
    case LF_NEXT_SHIFT: return (struct known_type){.type = e->member_count && (str_is(e->members[0], "换来") || str_is(e->members[0], "swapped")) ? V_BOOL : V_ABSENT};
    default: break;
  }
  struct str name = e->path.segments[0];
  e->let = map_ptr(&c->lets, name);
  struct known_type t = {.type = V_ABSENT};
  if (e->function == LF_NAMED && map_ptr(&c->scores, name)) return (struct known_type){.type = V_POINTS};
  if (e->function == LF_NAMED && !e->let && !map_ptr(&c->roles, name) && !context_word(name, &t) && !str_is(name, "上级") && !str_is(name, "superior") &&
      !str_is(name, "授权额") && !str_is(name, "authority") && !in_names(s->parameters, name) && !lang_field_type(c, s, name, &t)) {
    size_t distance = 99;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->path.at, "lang.unknown_function", "不认识“%.*s(…)”：没有这个量，也不是岗位或函数",
                                              "“%.*s(…)” is unknown: no measure, role or function of that name", STR_ARG(name));
    lang_suggest(c, m, lang_nearest(c, name, &c->lets, STR(""), &distance));
  }
  if (e->let && e->let->parameters.count && e->arg_count < e->let->parameters.count)
    lang_diagnose(c->d, LANG_ERROR, e->at, "lang.arguments", "%.*s 要 %zu 个参数", "%.*s takes %zu arguments", STR_ARG(name), e->let->parameters.count);
  return (struct known_type){.type = V_ABSENT};
}

/* ---- expressions ---- */

/* The right side of = is looked for among the left side's values first. */
static void check_against(struct checker *c, struct lang_expr *right, struct known_type left, struct scope *s, struct known_type *t) {
  if (right->kind == LX_PATH && right->path.count == 1) {
    struct str w = right->path.text;
    const struct lang_names *values = left.field && left.field->kind == LT_ENUM ? &left.field->enum_values : NULL;
    bool listed = values || (left.vocabulary && left.vocabulary->type == LT_ENUM && left.vocabulary->value_count);
    bool found = in_names(values, w);
    for (size_t i = 0; left.vocabulary && i < left.vocabulary->value_count; i++) found |= str_eq(left.vocabulary->values[i], w) || (left.vocabulary->values_en && str_eq(left.vocabulary->values_en[i], w));
    for (size_t i = 0; left.names_field && i < s->event_count; i++) /* 催缴.填写 其中 项目=原因: the name of a field */
      for (size_t k = 0; s->cases[i] && k < s->cases[i]->field_count; k++) found |= str_eq(s->cases[i]->fields[k].name.text, w);
    if (found) {
      right->meaning = LN_ENUM;
      *t = (struct known_type){.type = V_TEXT};
      return;
    }
    struct known_type own = {.type = V_ABSENT};
    if (resolve_word(c, right, s, w, &own) && right->meaning != LN_UNKNOWN) {
      *t = own;
      if ((right->meaning == LN_LET || right->meaning == LN_SCORE) && left.vocabulary && left.vocabulary->type == LT_TEXT) { /* 科目=提成: the word, not the measure */
        right->meaning = LN_ENUM;
        right->let = NULL;
        *t = (struct known_type){.type = V_TEXT};
        return;
      }
      if (!listed || right->meaning == LN_FIELD || right->meaning == LN_CONTEXT || right->meaning == LN_PARAMETER || right->meaning == LN_KEY) return;
    }
    right->meaning = LN_ENUM;
    *t = (struct known_type){.type = V_ABSENT};
    if (!listed) return;
    struct map words;
    map_init(&words, c->arena);
    struct buf all;
    buf_init(&all, 4096);
    for (size_t i = 0; values && i < values->count; i++) map_set_ptr(&words, values->p[i].text, c);
    for (size_t i = 0; left.vocabulary && i < left.vocabulary->value_count; i++) map_set_ptr(&words, left.vocabulary->values[i], c);
    for (size_t i = 0; i < words.n; i++) buf_printf(&all, "%s%.*s", i ? "、" : "", STR_ARG(words.entries[i].key));
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, right->at, "lang.unknown_value", "“%.*s”不在这一项的取值里：%.*s", "“%.*s” is not one of its values: %.*s",
                                              STR_ARG(w), STR_ARG(buf_str(&all)));
    size_t distance = 99;
    lang_suggest(c, m, lang_nearest(c, w, &words, STR(""), &distance));
    buf_release(&all);
    return;
  }
  *t = lang_check_expr(c, right, s);
}

static void check_set_test(struct checker *c, struct lang_expr *e, struct scope *s) {
  struct scope inner = {.keys = s->keys, .parameters = s->parameters, .needs_window = s->needs_window};
  memcpy(inner.elements, s->elements, sizeof inner.elements);
  inner.element_count = s->element_count;
  struct lang_event kind = {.path = e->path};
  if (!e->path.count) return;
  e->define = map_ptr(&c->defines, e->path.segments[0]);
  e->case_type = map_ptr(&c->cases, e->path.segments[0]);
  if (!resolve_event(c, &kind, &inner, true, 0)) {
    unknown_event(c, &e->path);
    inner.open = true;
  }
  if (inner.element_count < SCOPE_ELEMENTS_MAX) inner.elements[inner.element_count++] = e->path.segments[0];
  const struct lang_vocabulary_noun *noun = map_ptr(&c->nouns, e->path.segments[0]);
  if (noun) inner.open = true;
  for (size_t i = 0; i < s->event_count && inner.event_count < SCOPE_EVENTS_MAX; i++) { /* the request stays in reach */
    inner.kinds[inner.event_count] = s->kinds[i];
    inner.cases[inner.event_count++] = s->cases[i];
  }
  inner.open |= s->open;
  if (e->a) lang_check_cond(c, e->a, &inner);
}

static void check_ranges(struct checker *c, struct lang_expr *e, struct known_type left, struct scope *s) {
  for (size_t i = 0; i < e->ranges.count; i++) {
    struct lang_range *r = &e->ranges.p[i];
    if (r->lower) lang_type_compare(c, r->lower, left, lang_check_expr(c, r->lower, s));
    if (r->upper && r->upper != r->lower) lang_type_compare(c, r->upper, left, lang_check_expr(c, r->upper, s));
  }
}

/* 状态=登记: the state's name, not the moment it was reached. */
static bool names_a_state(const struct checker *c, struct str word) {
  for (size_t i = 0; i < c->cases.n; i++) {
    const struct lang_case *ct = c->cases.entries[i].ptr;
    if (ct && lang_case_state(ct, word) != SIZE_MAX) return true;
  }
  return false;
}

/* 填写 其中 项目=部门意见: the right side is the field's name, not what stands in it. */
static bool names_a_field(const struct checker *c, const struct lang_expr *e, const struct scope *s) {
  if (e->compare > LANG_NE || e->a->kind != LX_PATH || e->b->kind != LX_PATH || e->b->path.count != 1) return false;
  struct str last = e->a->path.count ? e->a->path.segments[e->a->path.count - 1] : STR("");
  if (str_is(last, "状态") || str_is(last, "state")) return names_a_state(c, e->b->path.text);
  if (!str_is(e->a->path.text, "项目") && !str_is(e->a->path.text, "item")) return false;
  for (size_t i = 0; i < s->event_count; i++)
    if (s->cases[i] && !case_field(s->cases[i], e->a->path.text) && case_field(s->cases[i], e->b->path.text)) return true;
  return false;
}

struct known_type lang_check_expr(struct checker *c, struct lang_expr *e, struct scope *s) {
  struct known_type t = {.type = V_ABSENT}, a, b = t;
  if (!e) return t;
  switch (e->kind) {
    case LX_LITERAL: case LX_ORDINAL: return (struct known_type){.type = e->value.type};
    case LX_CLAUSE: lang_check_reference(c, e->name, e->at); return (struct known_type){.type = V_REF};
    case LX_PATH: return resolve_path(c, e, s);
    case LX_CALL: return check_call(c, e, s);
    case LX_WINDOW: lang_check_expr(c, e->a, s); return t;
    case LX_NEGATE: return lang_check_expr(c, e->a, s);
    case LX_ARITH:
      a = lang_check_expr(c, e->a, s);
      b = lang_check_expr(c, e->b, s);
      return lang_type_of_arith(c, e, a, b);
    case LX_COMPARE:
      a = lang_check_expr(c, e->a, s);
      if (names_a_field(c, e, s)) {
        e->b->meaning = LN_ENUM;
        break;
      }
      check_against(c, e->b, a, s, &b);
      if (e->compare < LANG_CONTAINS) lang_type_compare(c, e, a, b);
      break;
    case LX_AND: case LX_OR: case LX_WHERE:
      lang_check_cond(c, e->a, s);
      lang_check_cond(c, e->b, s);
      break;
    case LX_NOT: lang_check_cond(c, e->a, s); break;
    case LX_EXISTS: case LX_LACKS: case LX_ALL: check_set_test(c, e, s); break;
    case LX_RANGE:
      a = lang_check_expr(c, e->a, s);
      check_ranges(c, e, a, s);
      break;
    case LX_ONE_OF:
      a = lang_check_expr(c, e->a, s);
      for (size_t i = 0; i < e->arg_count; i++) check_against(c, e->args[i], a, s, &b);
      break;
    case LX_HAS: case LX_LACKS_A: case LX_FILLED: case LX_EMPTY: lang_check_expr(c, e->a, s); break;
    case LX_IF:
      lang_check_cond(c, e->a, s);
      a = lang_check_expr(c, e->b, s);
      b = lang_check_expr(c, e->c, s);
      lang_type_compare(c, e, a, b);
      return a.type ? a : b;
    case LX_AT_TIME: lang_check_expr(c, e->a, s); return (struct known_type){.type = V_INSTANT};
  }
  return (struct known_type){.type = V_BOOL};
}

void lang_check_cond(struct checker *c, struct lang_expr *e, struct scope *s) {
  if (!e) return;
  struct known_type t = lang_check_expr(c, e, s);
  if (!t.type || t.type == V_BOOL || e->kind == LX_LITERAL) return;
  if (t.type == V_TEXT || t.type == V_REF || t.type == V_LIST) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->at, "lang.not_a_condition", "这里要一个成立或不成立的条件", "something true or false is wanted here");
  lang_diagnostic_repair(c->d, m, "写明比较，如 … 超过 30分钟", "write a comparison, such as … more than 30 min");
}

/* ---- people ---- */

void lang_check_party(struct checker *c, struct lang_party *party, struct scope *s) {
  if (!party->path.count) return;
  for (size_t i = 0; i < party->args.count; i++) lang_check_expr(c, party->args.p[i], s);
  struct str name = party->path.segments[0];
  struct known_type t = {.type = V_ABSENT};
  if (map_ptr(&c->roles, name) || context_word(name, &t) || in_names(s->keys, name) || in_names(s->parameters, name) || str_is(name, "上级") ||
      str_is(name, "superior") || lang_field_type(c, s, name, &t) || s->open || map_ptr(&c->nouns, name))
    return;
  size_t distance = 99;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, party->at, "lang.unknown_party", "“%.*s”是谁？没有这个岗位，这里的事也没有这一项",
                                            "who is “%.*s”? No such role, and the event here has no such field", STR_ARG(name));
  lang_suggest(c, m, lang_nearest(c, name, &c->roles, STR(""), &distance));
  lang_diagnostic_repair(c->d, m, "声明它：岗位 %.*s 上级 …", "declare it: role %.*s superior …", STR_ARG(name));
}
void lang_check_parties(struct checker *c, struct lang_parties *parties, struct scope *s) {
  for (size_t i = 0; i < parties->count; i++) lang_check_party(c, &parties->p[i], s);
}
void lang_check_approval(struct checker *c, struct lang_approval *a, struct scope *s) {
  if (!a) return;
  if (a->kind == LA_PARTY) lang_check_party(c, &a->party, s);
  for (size_t i = 0; i < a->part_count; i++) lang_check_approval(c, a->parts[i], s);
}
