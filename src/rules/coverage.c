/* See coverage.h. Evidence is produced, not claimed: examples are run, forms are tried empty and full, and a small desk with
 * one person in every role lives through five weeks to see which inspections and acknowledgements come due. */
#include "rules/coverage.h"

#include "rules/case_form.h"
#include "rules/example.h"

#include <string.h>

static const char *const how_names[] = {"auto", "gate", "timer", "form", "check", "tell"};
const char *coverage_how_name(enum coverage_how how) { return how_names[how]; }

/* ---- the inventory ---- */

static struct str book_of_id(struct str id) {
  struct str rest;
  return str_cut(id, '.', &rest);
}

struct str *coverage_books(struct arena *a, struct str inventory, size_t *count) {
  struct str *books = NULL;
  size_t room = 0;
  *count = 0;
  for (struct str rest = inventory; rest.n;) {
    struct str row = str_cut(rest, '\n', &rest), tail;
    struct str id = str_cut(row, '\t', &tail);
    struct str book = book_of_id(id);
    if (id.n == book.n || book.n == 0) continue;
    bool known = false;
    for (size_t i = 0; i < *count; i++) known |= str_eq(books[i], book);
    if (known) continue;
    books = arena_grow(a, books, &room, *count + 1, sizeof *books);
    books[(*count)++] = book;
  }
  return books;
}

static void read_clauses(struct arena *a, struct str inventory, struct coverage_book *out) {
  size_t room = 0;
  for (struct str rest = inventory; rest.n;) {
    struct str row = str_cut(rest, '\n', &rest), tail;
    struct str id = str_cut(row, '\t', &tail);
    if (!str_eq(book_of_id(id), out->book) || id.n == out->book.n) continue;
    str_cut(tail, '\t', &tail);
    struct str how = str_trim(str_cut(tail, '\t', &tail));
    struct coverage_clause c = {.id = id, .how = HOW_COUNT};
    for (int h = 0; h < HOW_COUNT; h++) {
      if (str_is(how, how_names[h])) c.how = (enum coverage_how)h;
    }
    if (c.how == HOW_COUNT) continue;
    out->clauses = arena_grow(a, out->clauses, &room, out->count + 1, sizeof *out->clauses);
    out->clauses[out->count++] = c;
    out->by_how[c.how]++;
  }
}

/* ---- five weeks of a small desk ---- */

struct seen_clock {
  struct str clause, goal;
};
struct weeks {
  struct arena *a;
  struct seen_clock seen[256];
  size_t n;
};

static void on_clock(void *ctx, const struct rule_clock *c) {
  struct weeks *w = ctx;
  for (size_t i = 0; i < w->n; i++) {
    if (str_eq(w->seen[i].clause, c->clause) && str_eq(w->seen[i].goal, c->goal)) return;
  }
  if (w->n < COUNT_OF(w->seen)) w->seen[w->n++] = (struct seen_clock){arena_dup(w->a, c->clause), arena_dup(w->a, c->goal)};
}

static void live(struct arena *a, const struct lang_program *program, struct weeks *w) {
  w->a = a;
  struct engine *e = engine_new(program->zone_offset_ms, NULL);
  struct problem p = {0};
  struct engine_sink sink = {.ctx = w, .clock = on_clock};
  i64 day = program->header ? program->header->in_force : 20514;
  i64 at = instant_at(day, 9ll * MS_HOUR, program->zone_offset_ms), seq = 0;
  if (engine_publish(e, program, at - MS_DAY, at - MS_DAY, &p) == OK) {
    for (size_t i = 0; i < program->item_count; i++) {
      if (program->items[i]->kind != LI_ROLE) continue;
      const struct lang_role *role = program->items[i]->role;
      for (size_t k = 0; k < role->names.count; k++) {
        struct event *joined = event_new(a, EVENT_person_joined, at, (struct str){"", 0});
        joined->seq = ++seq;
        joined->id = arena_printf(a, "e%lld", (long long)seq);
        event_set_text(joined, "person", arena_printf(a, "p%lld", (long long)seq));
        event_set_text(joined, "role", role->names.p[k].text);
        if (engine_step(e, joined, &sink, &p) != OK) break;
      }
    }
    engine_advance(e, at + 35 * (i64)MS_DAY, &sink);
  }
  engine_free(e);
}

static bool came_due(const struct weeks *w, struct str clause, struct str goal) {
  for (size_t i = 0; i < w->n; i++) {
    if ((clause.n == 0 || str_eq(w->seen[i].clause, clause)) && str_eq(w->seen[i].goal, goal)) return true;
  }
  return false;
}

/* ---- evidence ---- */

struct evidence_of {
  struct arena *a;
  const struct lang_program *program;
  struct example_result *examples;
  size_t example_count;
  struct weeks *weeks;
};

static void missing(struct coverage_clause *c, const char *zh, const char *en) {
  c->running = false;
  c->why_zh = str_c(zh);
  c->why_en = str_c(en);
}

/* Items that speak through a consequence or a verdict; a heading of shifts or accounts alone speaks through others. */
static bool speaks_itself(const struct lang_clause *clause) {
  for (size_t i = 0; i < clause->item_count; i++) {
    enum lang_item_kind k = clause->items[i]->kind;
    if (k == LI_WHEN || k == LI_MUST || k == LI_EACH || k == LI_FORBID || k == LI_GATE || k == LI_SETTLE || k == LI_ROSTER) return true;
  }
  return false;
}

static bool has_item(const struct lang_clause *clause, enum lang_item_kind kind) {
  for (size_t i = 0; i < clause->item_count; i++) {
    if (clause->items[i]->kind == kind) return true;
  }
  return false;
}

static void by_examples(struct evidence_of *ev, const struct lang_clause *clause, struct coverage_clause *c) {
  bool hit = false, near_miss = false, spoken = false, failing = false, differ = false;
  struct str first = {"", 0};
  for (size_t i = 0; i < ev->example_count; i++) {
    const struct example_result *x = &ev->examples[i];
    if (!str_eq(x->covers, c->id)) continue;
    if (!x->passed) {
      failing = true;
      continue;
    }
    bool own = !speaks_itself(clause) || has_item(clause, LI_SHIFT);
    if (own || x->spoken) hit |= x->hit;
    else near_miss = true; /* whatever followed, this clause stayed silent */
    near_miss |= x->near_miss;
    spoken |= x->hit && x->spoken;
    if (first.n && !str_eq(first, x->outcome)) differ = true;
    first = x->outcome;
  }
  c->running = true;
  if (failing) missing(c, "有一个例不通过", "an example fails");
  else if (!hit) missing(c, "缺少命中的例", "no example that hits");
  else if (!near_miss && !(c->how == HOW_GATE && differ)) missing(c, "缺少差一点没命中的例", "no near miss");
  else if (!spoken && speaks_itself(clause) && !has_item(clause, LI_SHIFT)) missing(c, "例里的后果不是这一条得出的", "the consequence of the example comes from another clause");
}

static void by_form(struct evidence_of *ev, const struct lang_clause *clause, struct coverage_clause *c) {
  missing(c, "没有带必填项的单据", "no case with required fields");
  for (size_t i = 0; i < clause->item_count; i++) {
    if (clause->items[i]->kind != LI_CASE) continue;
    const struct lang_case *type = clause->items[i]->case_type;
    struct event_extra *fields = ARENA_ARRAY(ev->a, struct event_extra, type->field_count + 1);
    size_t n = 0;
    bool required = false;
    for (size_t k = 0; k < type->field_count; k++) {
      if (type->fields[k].computed) continue;
      required |= type->fields[k].required;
      fields[n++] = (struct event_extra){type->fields[k].name.text, case_form_sample(ev->a, &type->fields[k])};
    }
    struct problem p = {0};
    if (!required || case_form_check(type, NULL, 0, false, &p) == OK) continue;
    if (case_form_check(type, fields, n, false, &p) != OK) {
      missing(c, "填全了也不收", "even a complete one is refused");
      continue;
    }
    c->running = true;
    for (size_t k = 0; k < n && c->running; k++) { /* each required field alone makes it incomplete */
      const struct lang_field *f = NULL;
      for (size_t m = 0; m < type->field_count; m++) {
        if (str_eq(type->fields[m].name.text, fields[k].name)) f = &type->fields[m];
      }
      struct value keep = fields[k].value;
      fields[k].value = value_absent();
      if (f && f->required && f->asked_if == NULL && case_form_check(type, fields, n, false, &p) == OK) missing(c, "缺了必填项也收", "an incomplete one is accepted");
      fields[k].value = keep;
    }
    if (c->running) {
      c->why_zh = c->why_en = (struct str){"", 0};
      return;
    }
  }
}

static void by_check(struct evidence_of *ev, const struct lang_clause *clause, struct coverage_clause *c) {
  missing(c, "没有到期要做的检查表", "no checklist that comes due");
  for (size_t i = 0; i < clause->item_count; i++) {
    if (clause->items[i]->kind != LI_CHECKLIST || clause->items[i]->checklist->row_count == 0) continue;
    if (!came_due(ev->weeks, clause->id, clause->items[i]->checklist->name.text)) continue;
    c->running = true;
    c->why_zh = c->why_en = (struct str){"", 0};
  }
}

static void by_telling(struct evidence_of *ev, const struct lang_clause *clause, struct coverage_clause *c) {
  c->running = true;
  if (str_trim(clause->prose).n == 0) missing(c, "条文没有内容", "the clause has no text");
  else if (!came_due(ev->weeks, (struct str){"", 0}, STR("阅读确认"))) missing(c, "没有要求阅读确认（告知）", "no acknowledgement is asked for (notice)");
}

void coverage_judge(struct arena *a, struct str inventory, struct str book, const struct lang_program *program, struct coverage_book *out) {
  *out = (struct coverage_book){.book = book};
  read_clauses(a, inventory, out);
  struct evidence_of ev = {.a = a, .program = program};
  if (program) {
    ev.weeks = ARENA_NEW(a, struct weeks);
    ev.examples = ARENA_ARRAY(a, struct example_result, program->item_count + 1);
    for (size_t i = 0; i < program->item_count; i++) {
      if (program->items[i]->kind == LI_EXAMPLE) example_run(a, program, program->items[i], NULL, &ev.examples[ev.example_count++]);
    }
    live(a, program, ev.weeks);
  }
  for (size_t i = 0; i < out->count; i++) {
    struct coverage_clause *c = &out->clauses[i];
    const struct lang_clause *clause = NULL;
    for (size_t k = 0; program && k < program->clause_count; k++) {
      for (size_t n = 0; n < program->clauses[k]->covers.count; n++) {
        if (str_eq(program->clauses[k]->covers.p[n].text, c->id)) clause = program->clauses[k];
      }
    }
    if (clause == NULL) {
      missing(c, program ? "没有标题覆盖这一条" : "这一册还没有写", program ? "no heading covers it" : "the book is not written yet");
      continue;
    }
    c->heading = clause->id;
    if (c->how <= HOW_TIMER) by_examples(&ev, clause, c);
    else if (c->how == HOW_FORM) by_form(&ev, clause, c);
    else if (c->how == HOW_CHECK) by_check(&ev, clause, c);
    else by_telling(&ev, clause, c);
    if (!c->running) continue;
    out->running++;
    out->running_by_how[c->how]++;
  }
}

json_t *coverage_json(const struct coverage_book *book) {
  json_t *j = json_object(), *by_how = json_object(), *list = json_array();
  json_object_set_new(j, "book", json_stringn(book->book.p, book->book.n));
  json_object_set_new(j, "clauses", json_integer((json_int_t)book->count));
  json_object_set_new(j, "running", json_integer((json_int_t)book->running));
  for (int h = 0; h < HOW_COUNT; h++) {
    json_object_set_new(by_how, how_names[h], json_pack("{s:I, s:I}", "clauses", (json_int_t)book->by_how[h], "running", (json_int_t)book->running_by_how[h]));
  }
  json_object_set_new(j, "by_how", by_how);
  for (size_t i = 0; i < book->count; i++) {
    if (!book->clauses[i].running) json_array_append_new(list, json_stringn(book->clauses[i].id.p, book->clauses[i].id.n));
  }
  json_object_set_new(j, "missing", list);
  return j;
}
