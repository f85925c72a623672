/* The JSON form: what the desk's pages need of a rulebook without knowing the tree. */
#include "lang/program_json.h"

#include "lang/render.h"

static json_t *text(struct str s) {
  json_t *j = json_stringn(s.p ? s.p : "", s.n);
  return j ? j : json_string("?");
}
static json_t *text_or_null(struct str s) { return s.n ? text(s) : json_null(); }
static void put(json_t *o, const char *key, json_t *owned_value) { json_object_set_new(o, key, owned_value); }
static json_t *source(const struct lang_program *p, struct lang_span at) {
  struct arena *a = arena_new(LANG_FILE_MAX + 4096);
  json_t *j = text(lang_render_source(a, p, at));
  arena_free(a);
  return j;
}
static json_t *source_or_null(const struct lang_program *p, const struct lang_expr *e) { return e ? source(p, e->at) : json_null(); }
static json_t *names(const struct lang_names *n) {
  json_t *list = json_array();
  for (size_t i = 0; i < n->count; i++) json_array_append_new(list, text(n->p[i].text));
  return list;
}
static json_t *parties(const struct lang_program *p, const struct lang_parties *n) {
  json_t *list = json_array();
  for (size_t i = 0; i < n->count; i++) json_array_append_new(list, source(p, n->p[i].at));
  return list;
}
static json_t *date_or_null(bool has, i64 date) {
  if (!has) return json_null();
  struct arena *a = arena_new(4096);
  json_t *j = text(calendar_show_date(a, date));
  arena_free(a);
  return j;
}
static json_t *time_text(i64 ms) { return json_sprintf("%d:%02d", (int)(ms / MS_HOUR), (int)(ms / MS_MINUTE % 60)); }

/* ---- figures and rules ---- */

static json_t *value_text_of(const struct lang_program *p, const struct lang_expr *e, bool english) {
  if (!e) return json_null();
  if (e->kind != LX_LITERAL) return source(p, e->at);
  struct arena *a = arena_new(64 * 1024);
  struct str words = lang_text(p, e->at);
  json_t *j = text(english || !words.n ? value_show(a, &e->value, english, p->zone_offset_ms) : words);
  arena_free(a);
  return j;
}

static json_t *figure_json(const struct lang_program *p, const struct lang_figure *f, i64 date) {
  json_t *o = json_object(), *dated = json_array();
  const struct lang_expr *now = lang_figure_on(f, date);
  put(o, "name", text(f->name.text));
  put(o, "value", value_text_of(p, now, false));
  put(o, "value_en", value_text_of(p, now, true));
  put(o, "unit", text_or_null(now ? now->unit : (struct str){NULL, 0}));
  put(o, "ours", json_boolean(f->ours));
  put(o, "doubtful", json_boolean(f->doubtful));
  put(o, "note", text_or_null(f->ours_text.n ? f->ours_text : f->doubtful_text));
  for (size_t i = 0; i < f->value_count; i++) {
    json_t *v = json_object();
    put(v, "from", date_or_null(f->values[i].has_from, f->values[i].from));
    put(v, "value", value_text_of(p, f->values[i].expr, false));
    json_array_append_new(dated, v);
  }
  put(o, "dated", dated);
  return o;
}

static bool is_shown_rule(enum lang_item_kind k) {
  return k != LI_HEADER && k != LI_FIGURE && k != LI_EXAMPLE;
}

struct str lang_clause_html(struct arena *a, const struct lang_clause *c) {
  struct buf b;
  buf_init(&b, (size_t)8 * LANG_FILE_MAX);
  lang_render_markdown(c->prose, &b);
  struct str html = arena_buf(a, &b);
  buf_release(&b);
  return html;
}

json_t *lang_clause_json(const struct lang_program *p, const struct lang_clause *c, i64 date) {
  json_t *o = json_object(), *figures = json_array(), *rules = json_array();
  put(o, "id", text(c->id));
  put(o, "no", text(c->number));
  put(o, "title", text(c->title));
  put(o, "level", json_integer(c->level));
  put(o, "covers", names(&c->covers));
  struct arena *a = arena_new((size_t)16 * LANG_FILE_MAX);
  put(o, "html", text(lang_clause_html(a, c)));
  arena_free(a);
  struct buf blocks;
  buf_init(&blocks, LANG_FILE_MAX);
  for (size_t i = 0; i < p->block_count; i++)
    if (p->blocks[i].clause == c) buf_add(&blocks, str_slice(p->source, p->blocks[i].from, p->blocks[i].to));
  put(o, "source", text(buf_str(&blocks)));
  buf_release(&blocks);
  for (size_t i = 0; i < c->item_count; i++) {
    const struct lang_item *item = c->items[i];
    if (item->kind == LI_FIGURE) json_array_append_new(figures, figure_json(p, item->figure, date));
    if (!is_shown_rule(item->kind)) continue;
    json_t *r = json_object();
    put(r, "tag", text_or_null(item->tag));
    put(r, "kind", text(lang_item_en(item->kind)));
    put(r, "kind_zh", text(lang_item_zh(item->kind)));
    put(r, "text", source(p, item->at));
    put(r, "line", json_integer(item->at.line));
    json_array_append_new(rules, r);
  }
  put(o, "figures", figures);
  put(o, "rules", rules);
  return o;
}

/* ---- cases ---- */

static json_t *ranges_json(const struct lang_program *p, const struct lang_ranges *r) {
  return r->count ? source(p, r->p[0].at) : json_null();
}

static json_t *type_json(const struct lang_program *p, const struct lang_type *t);
static json_t *field_json(const struct lang_program *p, const struct lang_field *f) {
  json_t *o = type_json(p, &f->type);
  put(o, "name", text(f->name.text));
  put(o, "label", text(f->name.text));
  put(o, "required", json_boolean(f->required));
  put(o, "computed", json_boolean(f->computed != NULL));
  put(o, "computed_text", source_or_null(p, f->computed));
  put(o, "only_if", source_or_null(p, f->asked_if));
  put(o, "bound", ranges_json(p, &f->bound));
  return o;
}
static json_t *type_json(const struct lang_program *p, const struct lang_type *t) {
  json_t *o = json_object(), *fields = json_array();
  put(o, "type", text(lang_type_en(t->kind)));
  put(o, "type_zh", text(lang_type_zh(t->kind)));
  put(o, "many", json_boolean(t->many));
  put(o, "values", names(&t->enum_values));
  put(o, "case", text_or_null(t->case_name));
  for (size_t i = 0; i < t->field_count; i++) json_array_append_new(fields, field_json(p, &t->fields[i]));
  put(o, "fields", fields);
  return o;
}

static void approval_roles(const struct lang_approval *a, json_t *list) {
  if (!a) return;
  if (a->kind == LA_PARTY) json_array_append_new(list, text(a->party.path.text));
  for (size_t i = 0; i < a->part_count; i++) approval_roles(a->parts[i], list);
}

static json_t *state_json(const struct lang_program *p, const struct lang_case *c, size_t index) {
  const struct lang_state *s = &c->states[index];
  json_t *o = json_object(), *by = json_array(), *next = json_array();
  approval_roles(s->by, by);
  put(o, "state", text(s->name.text));
  put(o, "by", by);
  put(o, "by_text", s->by ? source(p, s->by->at) : json_null());
  put(o, "limit", source_or_null(p, s->limit));
  put(o, "only_if", source_or_null(p, s->only_if));
  put(o, "first", json_boolean(index == 0));
  put(o, "final", json_boolean(s->final));
  for (size_t i = 0; i < c->arrow_count; i++) {
    if (c->arrows[i].from != index) continue;
    json_t *n = json_object();
    put(n, "to", text(c->states[c->arrows[i].to].name.text));
    put(n, "after", source_or_null(p, c->arrows[i].after));
    json_array_append_new(next, n);
  }
  put(o, "next", next);
  return o;
}

static json_t *number_json(const struct lang_case *c) {
  if (!c->number_count) return json_null();
  json_t *list = json_array();
  static const char *const kinds[] = {"text", "year_month", "date", "year", "serial", "name"};
  for (size_t i = 0; i < c->number_count; i++) {
    json_t *o = json_object();
    put(o, "kind", json_string(kinds[c->number[i].kind]));
    if (c->number[i].kind == LANG_NUMBER_SERIAL) put(o, "digits", json_integer(c->number[i].digits));
    else put(o, "text", text(c->number[i].text));
    json_array_append_new(list, o);
  }
  return list;
}

static const struct lang_clause *clause_of_case(const struct lang_program *p, const struct lang_case *c) {
  for (size_t i = 0; i < p->item_count; i++)
    if (p->items[i]->kind == LI_CASE && p->items[i]->case_type == c) return p->items[i]->clause;
  return NULL;
}

json_t *lang_case_json(const struct lang_program *p, const struct lang_case *c) {
  json_t *o = json_object(), *fields = json_array(), *steps = json_array(), *copies = json_array();
  const struct lang_clause *clause = clause_of_case(p, c);
  put(o, "name", text(c->name.text));
  put(o, "title", text(c->title.n ? c->title : c->name.text));
  put(o, "subject", text_or_null(c->subject.text));
  put(o, "number", number_json(c));
  put(o, "openers", parties(p, &c->openers));
  for (size_t i = 0; i < c->field_count; i++) json_array_append_new(fields, field_json(p, &c->fields[i]));
  for (size_t i = 0; i < c->state_count; i++) json_array_append_new(steps, state_json(p, c, i));
  for (size_t i = 0; i < c->copy_count; i++) {
    json_t *copy = json_object();
    put(copy, "number", json_integer(c->copies[i].number));
    put(copy, "to", text(c->copies[i].party.path.text));
    json_array_append_new(copies, copy);
  }
  put(o, "fields", fields);
  put(o, "steps", steps);
  put(o, "copies", copies);
  put(o, "print", text_or_null(c->print.text));
  put(o, "visible", parties(p, &c->visible));
  put(o, "class", text_or_null(c->data_class.text));
  put(o, "clause", clause ? text(clause->id) : json_null());
  return o;
}

/* ---- the other things ---- */

static json_t *shift_json(const struct lang_shift *s) {
  json_t *o = json_object(), *hours = json_array();
  put(o, "name", text(s->name.text));
  for (size_t i = 0; i < s->hours_count; i++) {
    json_t *h = json_object();
    put(h, "from", s->hours[i].from.figure.text.n ? text(s->hours[i].from.figure.text) : time_text(s->hours[i].from.time_ms));
    put(h, "to", s->hours[i].to.figure.text.n ? text(s->hours[i].to.figure.text) : time_text(s->hours[i].to.time_ms));
    put(h, "next_day", json_boolean(s->hours[i].next_day));
    json_array_append_new(hours, h);
  }
  put(o, "hours", hours);
  put(o, "extends_to", text_or_null(s->extends_to.text));
  return o;
}

static json_t *checklist_json(const struct lang_program *p, const struct lang_checklist *c, struct str clause) {
  json_t *o = json_object(), *items = json_array();
  put(o, "name", text(c->name.text));
  put(o, "title", text(c->title.n ? c->title : c->name.text));
  put(o, "by", c->has_by ? text(c->by.path.text) : json_null());
  put(o, "every", c->has_recur && c->recurs.count ? source(p, c->recurs.p[0].at) : json_null());
  put(o, "sample", c->sample ? json_integer(c->sample->value.i) : json_null());
  put(o, "sample_of", text_or_null(c->sample_of.text));
  put(o, "pass", c->has_pass ? source(p, c->pass.at) : json_null());
  put(o, "clause", text(clause));
  for (size_t i = 0; i < c->row_count; i++) {
    json_t *row = json_object();
    put(row, "name", text(c->rows[i].name.text));
    put(row, "title", text(c->rows[i].title.n ? c->rows[i].title : c->rows[i].name.text));
    put(row, "points", c->rows[i].points ? json_integer(c->rows[i].points->value.i) : json_null());
    struct lang_span all = c->rows[i].acts.count ? c->rows[i].acts.p[0].at : (struct lang_span){0};
    if (c->rows[i].acts.count) all.to = c->rows[i].acts.p[c->rows[i].acts.count - 1].at.to;
    put(row, "text", source(p, all));
    json_array_append_new(items, row);
  }
  put(o, "items", items);
  return o;
}

static json_t *words_json(const struct lang_words *w, struct str clause) {
  static const char *const kinds[] = {"phrases", "forbidden", "expected"};
  json_t *o = json_object(), *texts = json_array();
  put(o, "kind", json_string(kinds[w->kind]));
  put(o, "name", text(w->name.text));
  put(o, "per", text_or_null(w->per.text));
  put(o, "clause", text(clause));
  for (size_t i = 0; i < w->text_count; i++) json_array_append_new(texts, text(w->texts[i]));
  put(o, "texts", texts);
  return o;
}

static json_t *survey_json(const struct lang_program *p, const struct lang_survey *s) {
  json_t *o = json_object(), *questions = json_array();
  put(o, "name", text(s->name.text));
  put(o, "to", s->has_to ? text(s->to.path.text) : json_null());
  put(o, "valid", source_or_null(p, s->valid));
  for (size_t i = 0; i < s->question_count; i++) {
    json_t *q = type_json(p, &s->questions[i].type);
    put(q, "name", text(s->questions[i].name.text));
    put(q, "title", text(s->questions[i].title.n ? s->questions[i].title : s->questions[i].name.text));
    json_array_append_new(questions, q);
  }
  put(o, "questions", questions);
  return o;
}

static json_t *class_json(const struct lang_program *p, const struct lang_class *c) {
  static const char *const words[] = {"see", "export", "copy", "share", "change"};
  json_t *o = json_object();
  put(o, "name", text(c->name.text));
  put(o, "members", names(&c->members));
  put(o, "mask", names(&c->mask));
  put(o, "keep", source_or_null(p, c->keep));
  for (size_t i = 0; i < c->grant_count; i++) put(o, words[c->grants[i].access], parties(p, &c->grants[i].parties));
  return o;
}

static json_t *report_json(const struct lang_program *p, const struct lang_report *r) {
  json_t *o = json_object(), *columns = json_array();
  put(o, "name", text(r->name.text));
  put(o, "title", text(r->title.n ? r->title : r->name.text));
  put(o, "every", r->recurs.count ? source(p, r->recurs.p[0].at) : json_null());
  put(o, "to", parties(p, &r->to));
  put(o, "keys", names(&r->keys));
  for (size_t i = 0; i < r->column_count; i++) json_array_append_new(columns, text(r->columns[i].name.text));
  put(o, "columns", columns);
  return o;
}

static json_t *notice_json(const struct lang_program *p, const struct lang_notice *n, struct str clause) {
  json_t *o = json_object();
  put(o, "to", parties(p, &n->to));
  put(o, "verb", text(n->verb.text));
  put(o, "subjects", names(&n->subjects));
  put(o, "within", source_or_null(p, n->within));
  put(o, "exam", n->has_exam ? source(p, n->exam.at) : json_null());
  put(o, "clause", text(clause));
  return o;
}

static json_t *account_json(const struct lang_program *p, const struct lang_account *a) {
  json_t *o = json_object();
  put(o, "name", text(a->name.text));
  put(o, "receives", names(&a->receives));
  put(o, "purposes", names(&a->purposes));
  put(o, "open_to", parties(p, &a->open_to));
  put(o, "kept_by", parties(p, &a->kept_by));
  return o;
}

struct lists {
  json_t *roles, *shifts, *cases, *checklists, *phrases, *surveys, *classes, *notices, *reports, *accounts, *not_in_force;
};

static void add_roles(const struct lang_role *r, json_t *list) {
  for (size_t i = 0; i < r->names.count; i++) {
    json_t *o = json_object();
    put(o, "name", text(r->names.p[i].text));
    put(o, "superior", text_or_null(r->superior.text));
    put(o, "deputy", text_or_null(r->deputy.text));
    json_array_append_new(list, o);
  }
}

static void add_item(const struct lang_program *p, const struct lang_item *item, struct lists *l) {
  struct str clause = item->clause ? item->clause->id : (struct str){"", 0};
  switch (item->kind) {
    case LI_ROLE: add_roles(item->role, l->roles); break;
    case LI_SHIFT: json_array_append_new(l->shifts, shift_json(item->shift)); break;
    case LI_CASE: json_array_append_new(l->cases, lang_case_json(p, item->case_type)); break;
    case LI_CHECKLIST: json_array_append_new(l->checklists, checklist_json(p, item->checklist, clause)); break;
    case LI_WORDS: json_array_append_new(l->phrases, words_json(item->words, clause)); break;
    case LI_SURVEY: json_array_append_new(l->surveys, survey_json(p, item->survey)); break;
    case LI_CLASS: json_array_append_new(l->classes, class_json(p, item->data_class)); break;
    case LI_NOTICE: json_array_append_new(l->notices, notice_json(p, item->notice, clause)); break;
    case LI_REPORT: json_array_append_new(l->reports, report_json(p, item->report)); break;
    case LI_ACCOUNT: json_array_append_new(l->accounts, account_json(p, item->account)); break;
    case LI_NOT_IN_FORCE: {
      json_t *o = json_object();
      put(o, "what", text(item->not_in_force->what));
      put(o, "why", text(item->not_in_force->why));
      put(o, "clause", text(clause));
      json_array_append_new(l->not_in_force, o);
      break;
    }
    default: break;
  }
}

json_t *lang_program_json(const struct lang_program *p, i64 date) {
  json_t *o = json_object(), *clauses = json_array();
  const struct lang_header *h = p->header;
  put(o, "id", h ? text(h->id.text) : json_null());
  put(o, "title", h ? text(h->title) : json_null());
  put(o, "version", h ? json_sprintf("%d.%d", h->major, h->minor) : json_null());
  put(o, "published", date_or_null(h && h->has_published, h ? h->published : 0));
  put(o, "in_force", date_or_null(h && h->has_in_force, h ? h->in_force : 0));
  put(o, "zone", h && h->zone.n ? text(h->zone) : json_string("Asia/Shanghai"));
  put(o, "sectors", h ? names(&h->sectors) : json_array());
  for (size_t i = 0; i < p->clause_count; i++)
    if (p->clauses[i]->level > 0 || p->clauses[i]->item_count) json_array_append_new(clauses, lang_clause_json(p, p->clauses[i], date));
  put(o, "clauses", clauses);
  struct lists l = {json_array(), json_array(), json_array(), json_array(), json_array(), json_array(), json_array(), json_array(), json_array(), json_array(), json_array()};
  for (size_t i = 0; i < p->item_count; i++) add_item(p, p->items[i], &l);
  put(o, "roles", l.roles);
  put(o, "shifts", l.shifts);
  put(o, "case_types", l.cases);
  put(o, "checklists", l.checklists);
  put(o, "phrases", l.phrases);
  put(o, "surveys", l.surveys);
  put(o, "classes", l.classes);
  put(o, "notices", l.notices);
  put(o, "reports", l.reports);
  put(o, "accounts", l.accounts);
  put(o, "not_in_force", l.not_in_force);
  return o;
}
