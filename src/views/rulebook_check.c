/* See rulebook.h. A check is what an editor needs at every pause of typing: messages with their repairs, the examples run, the outline,
 * the names to complete and the figures of the form, all from one reading of the text. */
#include "views/rulebook.h"

#include "base/calendar.h"
#include "lang/diagnostic.h"
#include "lang/figures.h"
#include "lang/format.h"
#include "lang/handbook.h"
#include "lang/section.h"
#include "lang/versions.h"
#include "lang/words_json.h"
#include "rules/example.h"
#include "rules/vocabulary.h"
#include "views/duty.sql.h"
#include "views/rulebook.sql.h"
#include "views/show.h"

enum { CHECK_EXAMPLES_MOST = 600, CHECK_FILE_MOST = 64 * 1024 * 1024, CHECK_CLOCKS_MOST = 20000, CHECK_MINOR_MOST = 100000 };
static const size_t CHECK_ARENA = (size_t)512 << 20;

static enum status source_of(struct read_ctx *r, const json_t *query, struct str *out) {
  const json_t *given = json_object_get(query, "source");
  if (!json_is_string(given)) return problem_set(r->problem, E_INVALID, "rulebook.source", "请给出制度原文", "Give the source of the rulebook");
  *out = (struct str){json_string_value(given), json_string_length(given)};
  return OK;
}

/* ---- check ---- */

static json_t *examples_json(struct arena *a, const struct lang_program *p) {
  json_t *failed = json_array();
  size_t good = 0, bad = 0, left = 0;
  for (size_t i = 0; i < p->item_count; i++) {
    if (p->items[i]->kind != LI_EXAMPLE) continue;
    if (good + bad == CHECK_EXAMPLES_MOST) {
      left++;
      continue;
    }
    struct example_result one;
    example_run(a, p, p->items[i], NULL, &one);
    if (one.passed) good++;
    else bad++;
    if (!one.passed)
      json_array_append_new(failed, json_pack("{s:I,s:I,s:I,s:o,s:o,s:o,s:o}", "line", (json_int_t)one.item->at.line, "column", (json_int_t)one.item->at.column, "length",
                                              (json_int_t)str_code_points(lang_text(p, one.item->at)), "clause", show_text(one.clause), "expected", show_text(one.outcome), "got",
                                              show_text(one.got_zh), "got_en", show_text(one.got_en)));
  }
  return json_pack("{s:I,s:I,s:I,s:o}", "passed", (json_int_t)good, "failed", (json_int_t)bad, "not_run", (json_int_t)left, "items", failed);
}

static const char *state_of(const struct lang_clause *clause) {
  bool runs = false;
  for (size_t i = 0; i < clause->item_count; i++) {
    enum lang_item_kind kind = clause->items[i]->kind;
    if (kind == LI_NOT_IN_FORCE) return "not_in_force";
    runs |= kind != LI_EXAMPLE && kind != LI_FIGURE && kind != LI_DEFINE && kind != LI_HEADER && kind != LI_NOTICE && kind != LI_ROLE;
  }
  return runs ? "running" : "told";
}

static json_t *outline_json(const struct lang_program *p) {
  json_t *list = json_array();
  for (size_t i = 0; i < p->clause_count; i++) {
    const struct lang_clause *c = p->clauses[i];
    if (!c->level) continue;
    json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:i,s:I,s:s}", "id", show_text(c->id), "no", show_text(c->number), "title", show_text(c->title), "level", c->level, "line",
                                          (json_int_t)c->at.line, "state", state_of(c)));
  }
  return list;
}

static void add_name(json_t *list, const char *kind, struct str name, struct str detail, const struct lang_item *item) {
  if (!name.n) return;
  json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o,s:I}", "kind", kind, "name", show_text(name), "detail", show_text(detail), "clause", show_text(item->clause->id), "line",
                                        (json_int_t)item->at.line));
}

static void case_names(struct arena *a, json_t *list, const struct lang_item *item) {
  const struct lang_case *c = item->case_type;
  add_name(list, "case", c->name.text, c->title, item);
  for (size_t i = 0; i < c->field_count; i++) add_name(list, "field", c->fields[i].name.text, c->name.text, item);
  for (size_t i = 0; i < c->state_count; i++)
    add_name(list, "event", arena_printf(a, "%.*s.%.*s", STR_ARG(c->name.text), STR_ARG(c->states[i].name.text)), c->title, item);
}

/* What the book itself names: to complete and to explain. */
static json_t *names_json(struct arena *a, const struct lang_program *p) {
  json_t *list = json_array();
  struct str none = STR("");
  for (size_t i = 0; i < p->item_count; i++) {
    const struct lang_item *it = p->items[i];
    add_name(list, "tag", it->tag, none, it);
    switch (it->kind) {
      case LI_FIGURE: add_name(list, "figure", it->figure->name.text, it->figure->value_count ? str_trim(lang_text(p, it->figure->values[it->figure->value_count - 1].expr->at)) : none, it); break;
      case LI_DEFINE: add_name(list, "define", it->define->name.text, str_trim(lang_text(p, it->define->trigger.at)), it); break;
      case LI_ROLE:
        for (size_t k = 0; k < it->role->names.count; k++) add_name(list, "role", it->role->names.p[k].text, it->role->superior.text, it);
        break;
      case LI_SHIFT: add_name(list, "shift", it->shift->name.text, none, it); break;
      case LI_CASE: case_names(a, list, it); break;
      case LI_LET: add_name(list, "let", it->let->name.text, none, it); break;
      case LI_SCORE: add_name(list, "score", it->score->name.text, none, it); break;
      case LI_CHECKLIST:
        add_name(list, "checklist", it->checklist->name.text, it->checklist->title, it);
        for (size_t k = 0; k < it->checklist->row_count; k++) add_name(list, "value", it->checklist->rows[k].name.text, it->checklist->name.text, it);
        break;
      case LI_ACCOUNT: add_name(list, "account", it->account->name.text, none, it); break;
      case LI_CLASS: add_name(list, "class", it->data_class->name.text, none, it); break;
      case LI_WORDS: add_name(list, "words", it->words->name.text, none, it); break;
      case LI_SURVEY: add_name(list, "survey", it->survey->name.text, none, it); break;
      default: break;
    }
  }
  return list;
}

static size_t rules_of(const struct lang_program *p) {
  size_t n = 0;
  for (size_t i = 0; i < p->item_count; i++)
    n += p->items[i]->kind != LI_EXAMPLE && p->items[i]->kind != LI_FIGURE && p->items[i]->kind != LI_HEADER && p->items[i]->kind != LI_DEFINE && p->items[i]->kind != LI_ROLE;
  return n;
}

/* The day on which the text would come into force: asked for, else tomorrow; a check without one takes the book's own
 * day when that is later. */
static enum status day_of(struct read_ctx *r, const json_t *query, i64 *day) {
  struct str asked = show_arg(r->arena, query, "in_force");
  *day = instant_date(r->now_ms, r->zone_offset_ms) + 1;
  return asked.n ? show_date_parse(asked, *day, day, r->problem) : OK;
}

/* What the change itself is asked, beside the version in force: no error of the text yet, for it depends on the day that is
 * chosen when it is published. It stands among the messages as a question, with its answers as repairs. */
static size_t add_questions(const struct read_ctx *r, struct arena *a, const struct lang_program *p, i64 day, json_t *list) {
  struct lang_diagnostics asked;
  if (!r->program || !r->program->header || !p->header) return 0;
  lang_diagnostics_init(&asked, a);
  lang_check_versions(r->program, p, day, &asked);
  json_t *questions = lang_diagnostics_json(&asked, p->source), *one;
  size_t i;
  json_array_foreach(questions, i, one) json_object_set_new(one, "severity", json_string("question"));
  json_array_extend(list, questions);
  json_decref(questions);
  return asked.count;
}

enum status rulebook_read_check(struct read_ctx *r, json_t *query, json_t **result) {
  struct str source;
  i64 day;
  enum status status = source_of(r, query, &source);
  if (status == OK) status = day_of(r, query, &day);
  if (status != OK) return status;
  struct arena *a = arena_new(CHECK_ARENA);
  struct lang_diagnostics d;
  struct lang_program *p = NULL;
  lang_diagnostics_init(&d, a);
  status = lang_read(a, source, rules_vocabulary(a), &p, &d);
  lang_diagnostics_sort(&d);
  if (p && p->header && p->header->has_in_force && p->header->in_force > day && !show_arg(r->arena, query, "in_force").n) day = p->header->in_force;
  if (status == OK || status == E_INVALID) {
    json_t *o = json_pack("{s:o,s:I,s:I,s:b}", "diagnostics", lang_diagnostics_json(&d, source), "errors", (json_int_t)d.errors, "warnings", (json_int_t)d.warnings, "ok", d.errors == 0);
    json_object_set_new(o, "questions", json_integer(status == OK ? (json_int_t)add_questions(r, a, p, day, json_object_get(o, "diagnostics")) : 0));
    json_object_set_new(o, "examples", status == OK ? examples_json(a, p) : json_null());
    json_object_set_new(o, "clauses", json_integer((json_int_t)p->clause_count));
    json_object_set_new(o, "rules", json_integer((json_int_t)rules_of(p)));
    json_object_set_new(o, "version", p->header ? show_text(arena_printf(a, "%d.%d", p->header->major, p->header->minor)) : json_null());
    json_object_set_new(o, "title", p->header ? show_text(p->header->title) : json_null());
    json_object_set_new(o, "outline", outline_json(p));
    json_object_set_new(o, "names", names_json(a, p));
    json_object_set_new(o, "figures", lang_figures_json(p));
    *result = o;
    status = OK;
  } else {
    (void)!problem_set(r->problem, status, "rulebook.large", "制度文件太大", "The rulebook is too large");
  }
  arena_free(a);
  return status;
}

/* ---- words, layout, handbook ---- */

enum status rulebook_read_words(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  *result = lang_words_json(rules_vocabulary(r->arena));
  return OK;
}

enum status rulebook_read_format(struct read_ctx *r, json_t *query, json_t **result) {
  struct str source;
  struct buf out;
  enum status status = source_of(r, query, &source);
  if (status != OK) return status;
  struct arena *a = arena_new(CHECK_ARENA);
  buf_init(&out, CHECK_FILE_MOST);
  status = lang_format(a, source, &out);
  if (status == OK) *result = json_pack("{s:o,s:b}", "source", show_text(buf_str(&out)), "changed", !str_eq(buf_str(&out), source));
  else status = problem_set(r->problem, status, "rulebook.format", "整理不了：制度太大", "This cannot be laid out: the rulebook is too large");
  buf_release(&out);
  arena_free(a);
  return status;
}

enum status rulebook_read_handbook(struct read_ctx *r, json_t *query, json_t **result) {
  struct str source;
  struct buf out;
  enum status status = source_of(r, query, &source);
  if (status != OK) return status;
  struct arena *a = arena_new(CHECK_ARENA);
  struct lang_diagnostics d;
  struct lang_program *p = NULL;
  lang_diagnostics_init(&d, a);
  buf_init(&out, CHECK_FILE_MOST);
  status = lang_parse(a, source, &p, &d); /* a page of what is there, also while a block is half written */
  if (status == OK || status == E_INVALID) status = lang_handbook(p, str_is(show_arg(r->arena, query, "language"), "en"), &out);
  if (status == OK) *result = json_pack("{s:o}", "html", show_text(buf_str(&out)));
  else status = problem_set(r->problem, status, "rulebook.large", "制度文件太大", "The rulebook is too large");
  buf_release(&out);
  arena_free(a);
  return status;
}

/* ---- before publishing ---- */

static const struct lang_tail *transition_of(const struct lang_item *it) {
  for (size_t i = 0; i < it->tail_count; i++)
    if (it->tails[i].kind == LANG_TAIL_TRANSITION) return &it->tails[i];
  return NULL;
}

/* Line and column (code points, from 1) of a byte. */
static void place_of(struct str source, size_t at, json_int_t *line, json_int_t *column) {
  size_t from = 0;
  *line = 1;
  for (size_t nl = 0; (nl = str_find(source, STR("\n"), from)) != SIZE_MAX && nl < at; ++*line) from = nl + 1;
  *column = (json_int_t)str_code_points(str_slice(source, from, at)) + 1;
}

static json_t *running_json(struct read_ctx *r, const struct str *ids, size_t n, enum status *status) {
  struct clock_live_row *rows = NULL;
  size_t count = 0;
  json_t *list = json_array();
  struct clock_live_in in = {.violated_since_ms = INT64_MAX, .most = CHECK_CLOCKS_MOST};
  *status = clock_live(r->store, r->arena, &in, &rows, &count, r->problem);
  for (size_t i = 0; *status == OK && i < n; i++) {
    json_int_t running = 0;
    for (size_t k = 0; k < count; k++) running += str_eq(rows[k].clause, ids[i]);
    if (running) json_array_append_new(list, json_pack("{s:o,s:I}", "clause", show_text(ids[i]), "count", running));
  }
  return list;
}

static enum status next_version(struct read_ctx *r, const struct lang_program *p, struct str *out) {
  enum status status = OK;
  int minor = p->header->minor;
  for (; minor < CHECK_MINOR_MOST; minor++) {
    struct rulebook_version_get_row *used = NULL;
    *out = arena_printf(r->arena, "%d.%d", p->header->major, minor);
    status = rulebook_version_get(r->store, r->arena, &(struct rulebook_version_get_in){.version = *out}, &used, r->problem);
    if (status != OK || !used) break;
  }
  return status;
}

struct previewing {
  struct arena *a;
  struct lang_program *old, *new;
  struct str *ids;
  size_t count;
  bool whole;             /* the new text has no errors */
};

/* Clauses whose text differs, added and removed ones too. A section without an id is named by its heading. */
static json_t *changed_json(struct read_ctx *r, struct previewing *k) {
  struct lang_sections old = lang_sections(k->a, k->old->source), new = lang_sections(k->a, k->new->source);
  json_t *list = json_array();
  k->ids = ARENA_ARRAY(k->a, struct str, old.count + new.count + 1);
  for (size_t i = 0; i < new.count; i++) {
    const struct lang_section *before = lang_section_find(&old, new.p[i].key);
    if (before && str_eq(before->text, new.p[i].text)) continue;
    struct str id = str_starts(new.p[i].key, STR("#")) ? str_slice(new.p[i].key, 1, new.p[i].key.n) : STR("");
    if (id.n) k->ids[k->count++] = id;
    json_array_append_new(list, json_pack("{s:o,s:o,s:s}", "key", show_text(new.p[i].key), "clause", show_clause(k->new, id), "change", before ? "changed" : "added"));
  }
  for (size_t i = 0; i < old.count; i++) {
    if (lang_section_find(&new, old.p[i].key)) continue;
    struct str id = str_starts(old.p[i].key, STR("#")) ? str_slice(old.p[i].key, 1, old.p[i].key.n) : STR("");
    if (id.n) k->ids[k->count++] = id;
    json_array_append_new(list, json_pack("{s:o,s:o,s:s}", "key", show_text(old.p[i].key), "clause", show_clause(k->old, id), "change", "removed"));
  }
  (void)r;
  return list;
}

static bool is_asked(const struct lang_diagnostics *asked, const struct lang_item *it) {
  for (size_t i = 0; i < asked->count; i++)
    if (asked->items[i].at.from == it->at.from) return true;
  return false;
}

/* Counts that change in the middle of their window, as publishing on that day asks about them: answered in the text, or open. */
static json_t *windows_json(const struct read_ctx *r, const struct previewing *k, i64 day) {
  json_t *list = json_array();
  struct lang_diagnostics asked;
  if (!r->program || !k->whole) return list;
  lang_diagnostics_init(&asked, k->a);
  lang_check_versions(r->program, k->new, day, &asked);
  for (size_t i = 0; i < k->new->item_count; i++) {
    const struct lang_item *it = k->new->items[i], *old;
    const struct lang_tail *t = transition_of(it);
    if (!is_asked(&asked, it) && (!t || !(old = lang_same_rule(k->new, it, r->program)) || !lang_rule_changed(r->program, old, k->new, it))) continue;
    json_int_t line, column;
    size_t end = it->at.to;
    while (end > it->at.from && (k->new->source.p[end - 1] == '\n' || k->new->source.p[end - 1] == ' ')) end--;
    place_of(k->new->source, end, &line, &column);
    json_array_append_new(list, json_pack("{s:o,s:o,s:I,s:s?,s:I,s:I}", "clause", show_text(it->clause->id), "tag", show_text(it->tag), "line", (json_int_t)it->at.line, "answer",
                                          t ? t->keep_counts ? "keep" : "fresh" : NULL, "end_line", line, "end_column", column));
  }
  return list;
}

enum status rulebook_read_preview(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct str source, next = STR("");
  struct rulebook_version_newest_row *newest = NULL;
  struct previewing k = {.a = NULL};
  struct lang_diagnostics d, quiet;
  json_t *changed = NULL, *running = NULL;
  i64 day;
  TRY(source_of(r, query, &source));
  TRY(day_of(r, query, &day));
  k.a = arena_new(CHECK_ARENA);
  TRY(rulebook_version_newest(r->store, r->arena, &newest, r->problem));
  if (!newest) TRY(problem_set(r->problem, E_NOT_FOUND, "rulebook.none", "还没有公布制度", "No rulebook is published yet"));
  lang_diagnostics_init(&d, k.a);
  lang_diagnostics_init(&quiet, k.a);
  status = lang_read(k.a, source, rules_vocabulary(k.a), &k.new, &d);
  if (status == E_TOO_LARGE || !k.new->header) TRY(problem_set(r->problem, E_INVALID, "rulebook.header", "制度没有“制度 …”这一行", "The rulebook has no “rulebook …” line"));
  k.whole = status == OK;
  (void)!lang_parse(k.a, newest->source, &k.old, &quiet);
  TRY(next_version(r, k.new, &next));
  changed = changed_json(r, &k);
  running = running_json(r, k.ids, k.count, &status);
  if (status == OK)
    *result = json_pack("{s:o,s:o,s:o,s:O,s:O,s:o,s:I,s:I}", "base_version", show_text(newest->version), "version", show_text(arena_printf(r->arena, "%d.%d", k.new->header->major, k.new->header->minor)),
                        "next_version", show_text(next), "changed", changed, "running", running, "windows", windows_json(r, &k, day), "errors", (json_int_t)d.errors, "warnings",
                        (json_int_t)d.warnings);
done:
  json_decref(changed);
  json_decref(running);
  if (k.a) arena_free(k.a);
  return status;
}
