/* The composition: which parts make the program. Holds no state. */
#include "app/wiring.h"

#include "lang/diagnostic.h"
#include "reports/report.h"
#include "rules/vocabulary.h"
#include "views/duty.h"
#include "views/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Made by tools/embed.py. */
extern const struct asset_embedded embedded_pages[];
extern const u64 embedded_pages_count;
extern const struct asset_embedded embedded_rulebooks[];
extern const u64 embedded_rulebooks_count;

enum { TEMPLATES_MOST = 200, SUMMARY_CHARS = 120, SLIP_ARENA_MOST = 1 << 20 };

enum status wiring_compile(void *ctx, struct arena *a, struct str source, const struct lang_program **out, struct problem *p) {
  (void)ctx;
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *program = NULL;
  enum status status = lang_read(a, source, rules_vocabulary(a), &program, &d);
  if (status == OK) {
    *out = program;
    return OK;
  }
  lang_diagnostics_sort(&d);
  for (size_t i = 0; i < d.count; i++) {
    const struct lang_diagnostic *m = &d.items[i];
    if (m->severity != LANG_ERROR) continue;
    unsigned long long errors = d.errors, line = m->at.line;
    status = problem_set(p, E_INVALID, "rulebook.errors", "制度有 %llu 处错误，第一处在第 %llu 行：%.*s", "The rulebook has %llu errors, the first in line %llu: %.*s",
                         errors, line, STR_ARG(m->zh));
    if (p) (void)snprintf(p->en, sizeof p->en, "The rulebook has %llu errors, the first in line %llu: %.*s", errors, line, STR_ARG(m->en));
    return status;
  }
  return problem_set(p, status, "rulebook.errors", "制度无法读取", "The rulebook cannot be read");
}

/* Forms of the feed: the same slips and clocks as in the answers. */
static json_t *slip_json(const struct lang_program *program, const struct consequence *c) {
  struct arena *a = arena_new(SLIP_ARENA_MOST);
  json_t *json = ledger_slip_of(a, program, c);
  arena_free(a);
  return json;
}

static json_t *clock_json(const struct lang_program *program, const struct rule_clock *c, i64 now_ms) { return duty_clock_of(program, NULL, c, now_ms); }

struct writer_options wiring_writer_options(struct arena *a, struct str database) {
  struct writer_options o = {.url = database, .zone_offset_ms = 8 * MS_HOUR, .compile = wiring_compile, .consequence_json = slip_json, .clock_json = clock_json};
  size_t command_count, view_count;
  const struct store_module *const *commands = command_modules(&command_count), *const *views = view_modules(&view_count);
  const struct store_module **all = ARENA_ARRAY(a, const struct store_module *, command_count + view_count);
  memcpy(all, commands, command_count * sizeof *all);
  memcpy(all + command_count, views, view_count * sizeof *all);
  o.modules = all;
  o.module_count = command_count + view_count;
  const struct view_def *const *nouns = view_all(&view_count);
  const struct view_def **with_reports = ARENA_ARRAY(a, const struct view_def *, view_count + 1);
  memcpy(with_reports, nouns, view_count * sizeof *with_reports);
  with_reports[view_count] = &view_report;
  o.views = with_reports;
  o.view_count = view_count + 1;
  o.commands = command_all(&o.command_count);
  return o;
}

enum status wiring_pages(const char *dir, struct asset_set **out, struct problem *p) {
  if (dir) return asset_set_from_directory(dir, out, p);
  *out = asset_set_embedded(embedded_pages, embedded_pages_count);
  return OK;
}

/* The first paragraph of prose, cut to a length. */
static struct str summary_of(struct str source) {
  bool in_block = false;
  while (source.n > 0) {
    struct str rest, line = str_trim(str_cut(source, '\n', &rest));
    source = rest;
    if (str_starts(line, STR("```"))) in_block = !in_block;
    if (in_block || line.n == 0 || line.p[0] == '#' || line.p[0] == '`' || line.p[0] == '>') continue;
    size_t at = 0;
    u32 c;
    for (int i = 0; i < SUMMARY_CHARS && at < line.n; i++) at += str_decode(line, at, &c);
    return str_slice(line, 0, at);
  }
  return STR("");
}

static struct str title_of(struct arena *a, struct str source, struct str id) {
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *program = NULL;
  (void)!lang_parse(a, source, &program, &d);
  return program && program->header && program->header->title.n ? program->header->title : id;
}

static int by_id(const void *x, const void *y) {
  return str_compare(((const struct wiring_template *)x)->id, ((const struct wiring_template *)y)->id);
}

enum status wiring_templates(struct arena *a, const char *dir, struct wiring_template **out, size_t *count, struct problem *p) {
  struct asset_set *set = NULL;
  enum status status = OK;
  if (dir) status = asset_set_from_directory(dir, &set, p);
  else set = asset_set_embedded(embedded_rulebooks, embedded_rulebooks_count);
  if (status != OK) return status;
  struct wiring_template *list = ARENA_ARRAY(a, struct wiring_template, TEMPLATES_MOST);
  *count = 0;
  const struct asset *f;
  for (size_t i = 0; (f = asset_at(set, i)) != NULL && *count < TEMPLATES_MOST; i++) {
    struct str name = str_slice(f->path, 1, f->path.n);
    if (!str_ends(name, STR(".md")) || str_find(name, STR("/"), 0) != SIZE_MAX || str_find(f->form[ASSET_PLAIN], STR("```guiju"), 0) == SIZE_MAX) continue;
    struct wiring_template *t = &list[(*count)++];
    t->id = arena_dup(a, str_slice(name, 0, name.n - 3));
    t->source = arena_dup(a, f->form[ASSET_PLAIN]);
    t->title = title_of(a, t->source, t->id);
    t->summary = summary_of(t->source);
  }
  asset_set_free(set);
  qsort(list, *count, sizeof *list, by_id);
  *out = list;
  return OK;
}
