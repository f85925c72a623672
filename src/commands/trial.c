/* See trial.h. */
#include "commands/trial.h"

#include "events/event_log.h"
#include "lang/diagnostic.h"
#include "rules/trial.h"
#include "rules/vocabulary.h"
#include "views/show.h"

#include <string.h>

static const size_t TRIAL_BOOKS = (size_t)512 << 20;
static const size_t TRIAL_NAMES = (size_t)64 << 20;

struct running {
  struct trial_ask *ask;
  struct trial *trial;
  i64 thin_before_ms;
  i64 count;                /* events up to the end of the window */
  struct problem *problem;
};

static enum status book(struct arena *a, struct str source, bool draft, const struct lang_program **out, struct problem *p) {
  struct lang_diagnostics d;
  struct lang_program *program = NULL;
  lang_diagnostics_init(&d, a);
  enum status status = lang_read(a, source, rules_vocabulary(a), &program, &d);
  if (status == E_INVALID && draft) return problem_set(p, status, "trial.errors", "草稿有 %zu 处错误，改好了才能试算", "The draft has %zu errors; it can be tried when they are mended", d.errors);
  if (status == E_INVALID) return problem_set(p, status, "trial.old_errors", "作比较的一版有 %zu 处错误，算不了，请换一版来比", "The version to compare with has %zu errors; choose another one", d.errors);
  *out = program;
  return status;
}

static bool is_thick(const struct event_kind *k) { return strcmp(k->noun, "conversation") == 0 || strcmp(k->noun, "presence") == 0 || strcmp(k->noun, "notice") == 0; }

static enum status feed(void *ctx, const struct event *e, struct str line, struct arena *a) {
  (void)line;
  (void)a;
  struct running *r = ctx;
  if (atomic_fetch_add_explicit(&r->ask->seen, 1, memory_order_relaxed) == 0) atomic_store_explicit(&r->ask->events, r->count, memory_order_relaxed);
  if (atomic_load_explicit(&r->ask->cancelled, memory_order_relaxed)) return problem_set(r->problem, E_CONFLICT, "trial.cancelled", "试算已停下", "The trial was stopped");
  if (e->occurred_ms < r->thin_before_ms && is_thick(e->kind)) return OK;
  return trial_step(r->trial, e, r->problem);
}

/* ---- names for ids ---- */

static void name_people(const struct show_people *people, json_t *list) {
  size_t i;
  json_t *o;
  json_array_foreach(list, i, o) {
    json_t *v = json_object_get(o, "person");
    struct str id = {json_string_value(v), json_string_length(v)};
    json_object_set_new(o, "name", show_text(show_name(people, id)));
    json_object_set_new(o, "role", show_text(show_role(people, id)));
  }
}

static void name_clauses(const struct lang_program *after, const struct lang_program *before, json_t *list) {
  size_t i;
  json_t *o;
  json_array_foreach(list, i, o) {
    json_t *v = json_object_get(o, "clause");
    struct str id = {json_string_value(v), json_string_length(v)};
    const struct lang_clause *c = lang_find_clause(after, id);
    if (!c) c = lang_find_clause(before, id);
    json_object_set_new(o, "no", show_text(c ? c->number : STR("")));
    json_object_set_new(o, "title", show_text(c ? c->title : id));
  }
}

enum status trial_run(struct trial_ask *ask, json_t **result, struct problem *p) {
  enum status status = OK;
  struct store *s = NULL;
  struct arena *books = arena_new(TRIAL_BOOKS), *names = arena_new(TRIAL_NAMES);
  const struct lang_program *before = NULL, *after = NULL;
  struct running r = {.ask = ask, .problem = p, .thin_before_ms = ask->from_ms - TRIAL_LOOK_BACK_DAYS * (i64)MS_DAY};
  struct show_people people;
  bool reading = false;
  json_t *out = NULL;
  TRY(book(books, ask->before, false, &before, p));
  TRY(book(books, ask->after, true, &after, p));
  TRY(store_open(ask->url, STORE_READ, &s, p));
  struct trial_options o = {.before = before, .after = after, .zone_offset_ms = ask->zone_offset_ms, .from_ms = ask->from_ms, .to_ms = ask->to_ms};
  TRY(trial_new(&o, &r.trial, p));
  TRY(store_read_begin(s, p));
  reading = true;
  TRY(event_log_each_by_time(s, ask->to_ms, &r.count, ask->zone_offset_ms, feed, &r, p));
  TRY(show_people_load(s, names, &people, p));
  TRY(trial_result(r.trial, ask->now_ms, &out, p));
  name_people(&people, json_object_get(out, "people"));
  name_people(&people, json_object_get(out, "lines"));
  name_clauses(after, before, json_object_get(out, "clauses"));
  name_clauses(after, before, json_object_get(out, "lines"));
  json_object_set_new(out, "version", show_text(before->header ? arena_printf(names, "%d.%d", before->header->major, before->header->minor) : STR("")));
  json_object_set_new(out, "before_zh", show_text(ask->before_zh));
  json_object_set_new(out, "before_en", show_text(ask->before_en));
  *result = out;
done:
  if (reading) store_read_end(s);
  trial_free(r.trial);
  store_close(s);
  arena_free(books);
  arena_free(names);
  return status;
}
