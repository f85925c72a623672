/* Versions of the rulebook, who acknowledged them, and how often each clause ran (制度).
 *
 * The handbook on the page is the version in force; a published one that is not in force yet is named beside it. */
#include "base/calendar.h"
#include "lang/program_json.h"
#include "views/duty.sql.h"
#include "views/ledger.sql.h"
#include "views/party.h"
#include "views/rulebook.h"
#include "views/rulebook.sql.h"
#include "views/show.h"

extern const struct view_def view_rulebook;

static enum status fold_published(struct store *s, const struct event *e, struct problem *p) {
  struct value date = event_get(e, STR("in_force"));
  /* The view does not know the desk's zone: it keeps the date's start as the event has it, in the zone of the book's desk. */
  struct rulebook_version_put_in in = {.version = event_get_text(e, "version"), .rulebook = event_get_text(e, "rulebook"), .title = event_get_text(e, "title"),
                                       .source = event_get_text(e, "source"), .published_ms = e->occurred_ms, .by_person = e->actor, .event = e->id, .seq = e->seq,
                                       .in_force_ms = event_has(e, "from") ? event_get_int(e, "from", 0) : date.type == V_DATE ? date.i * (i64)MS_DAY : e->occurred_ms,
                                       .note = event_get_text(e, "note"), .warnings = event_get_int(e, "warnings_read", 0)};
  return rulebook_version_put(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  switch (event_kind_index(e->kind)) {
    case EVENT_rulebook_published: return fold_published(s, e, p);
    case EVENT_rulebook_acknowledged: {
      struct acknowledgement_put_in in = {.person = event_get_text(e, "person"), .version = event_get_text(e, "version"), .at_ms = e->occurred_ms, .event = e->id};
      return acknowledgement_put(s, &in, NULL, p);
    }
    case EVENT_request_decided: {
      struct gate_run_put_in in = {.event = e->id, .clause = event_get_text(e, "clause"), .result = event_get_text(e, "result"), .kind = event_get_text(e, "kind"),
                                   .person = event_get_text(e, "person"), .at_ms = e->occurred_ms};
      return in.clause.n ? gate_run_put(s, &in, NULL, p) : OK;
    }
    default: return OK;
  }
}

/* ---- the handbook ------------------------------------------------------------------------------------------------------ */

static struct str version_of(struct arena *a, const struct lang_program *program) {
  const struct lang_header *h = program ? program->header : NULL;
  return h ? arena_printf(a, "%d.%d", h->major, h->minor) : STR("");
}

static void count(json_t *runs, struct str clause, i64 n) {
  json_t *old = json_object_getn(runs, clause.p, clause.n);
  json_object_setn_new_nocheck(runs, clause.p, clause.n, json_integer(json_integer_value(old) + n));
}

/* Duties started and gates asked; where a clause has neither, what it brought about. */
static enum status month_runs(struct read_ctx *r, json_t *runs) {
  enum status status = OK;
  struct show_month month;
  struct clock_count_clause_row *clocks = NULL;
  struct gate_run_count_row *gates = NULL;
  struct consequence_count_clause_row *results = NULL;
  size_t n = 0;
  TRY(show_month_parse(r->arena, STR(""), r->now_ms, r->zone_offset_ms, &month, r->problem));
  struct clock_count_clause_in cin = {.from_ms = month.from_ms, .to_ms = month.to_ms};
  TRY(clock_count_clause(r->store, r->arena, &cin, &clocks, &n, r->problem));
  for (size_t i = 0; i < n; i++) count(runs, clocks[i].clause, clocks[i].runs);
  struct gate_run_count_in gin = {.from_ms = month.from_ms, .to_ms = month.to_ms};
  TRY(gate_run_count(r->store, r->arena, &gin, &gates, &n, r->problem));
  for (size_t i = 0; i < n; i++) count(runs, gates[i].clause, gates[i].runs);
  struct consequence_count_clause_in rin = {.from_ms = month.from_ms, .to_ms = month.to_ms};
  TRY(consequence_count_clause(r->store, r->arena, &rin, &results, &n, r->problem));
  for (size_t i = 0; i < n; i++)
    if (!json_object_getn(runs, results[i].clause.p, results[i].clause.n)) count(runs, results[i].clause, results[i].runs);
done:
  return status;
}

static const char *clause_state(const struct lang_clause *clause) {
  bool runs = false;
  for (size_t i = 0; i < clause->item_count; i++) {
    enum lang_item_kind kind = clause->items[i]->kind;
    if (kind == LI_NOT_IN_FORCE) return "not_in_force";
    runs |= kind != LI_EXAMPLE && kind != LI_FIGURE && kind != LI_DEFINE && kind != LI_HEADER && kind != LI_NOTICE && kind != LI_ROLE;
  }
  return runs ? "running" : "told";
}

static json_t *clauses_json(struct read_ctx *r, const json_t *runs, bool acknowledged) {
  json_t *list = json_array();
  i64 today = instant_date(r->now_ms, r->zone_offset_ms);
  for (size_t i = 0; i < r->program->clause_count; i++) {
    const struct lang_clause *clause = r->program->clauses[i];
    if (!clause->id.n && !clause->prose.n && !clause->item_count) continue;
    json_t *o = lang_clause_json(r->program, clause, today);
    const json_t *n = json_object_getn(runs, clause->id.p, clause->id.n);
    json_object_set_new(o, "runs_this_month", json_integer(json_integer_value(n)));
    json_object_set_new(o, "state", json_string(clause_state(clause)));
    json_object_set_new(o, "acknowledged", json_boolean(acknowledged));
    json_array_append_new(list, o);
  }
  return list;
}

static enum status no_book(struct read_ctx *r) {
  return r->program ? OK : problem_set(r->problem, E_NOT_FOUND, "rulebook.none", "还没有公布制度", "No rulebook is published yet");
}

i64 rulebook_in_force(const struct read_ctx *r, i64 kept) { return kept % MS_DAY == 0 ? kept - r->zone_offset_ms : kept; }

static json_t *version_json(const struct read_ctx *r, const struct rulebook_version_all_row *v, const struct show_people *people) {
  json_t *o = json_object();
  show_put_text(o, "version", v->version);
  show_put_text(o, "id", v->rulebook);
  show_put_text(o, "title", v->title);
  show_put_int(o, "published_ms", v->published_ms);
  show_put_int(o, "in_force_ms", rulebook_in_force(r, v->in_force_ms));
  show_put_text(o, "by_name", show_name(people, v->by_person));
  show_put_text(o, "note", v->note);
  return o;
}

static enum status versions(struct read_ctx *r, json_t *list, struct str current, i64 *in_force_ms, json_t **next) {
  struct rulebook_version_all_row *rows = NULL;
  size_t n = 0;
  struct show_people people;
  enum status status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status == OK) status = rulebook_version_all(r->store, r->arena, &rows, &n, r->problem);
  for (size_t i = 0; status == OK && i < n; i++) {
    i64 at = rulebook_in_force(r, rows[i].in_force_ms);
    json_t *o = version_json(r, &rows[i], &people);
    json_object_set_new(o, "current", json_boolean(str_eq(rows[i].version, current)));
    if (str_eq(rows[i].version, current) && in_force_ms) *in_force_ms = at;
    if (next && !*next && at > r->now_ms && !str_eq(rows[i].version, current)) *next = json_incref(o);
    json_array_append_new(list, o);
  }
  return status;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  json_t *runs = json_object(), *list = json_array(), *next = NULL;
  i64 in_force_ms = 0;
  struct acknowledgement_get_row *mine = NULL;
  TRY(no_book(r));
  struct str version = version_of(r->arena, r->program);
  struct acknowledgement_get_in in = {.person = r->actor.id, .version = version};
  TRY(acknowledgement_get(r->store, r->arena, &in, &mine, r->problem));
  TRY(month_runs(r, runs));
  TRY(versions(r, list, version, &in_force_ms, &next));
  const struct lang_header *h = r->program->header;
  json_t *out = json_object();
  show_put_text(out, "id", h ? h->id.text : STR(""));
  show_put_text(out, "title", h ? h->title : STR(""));
  show_put_text(out, "version", version);
  show_put_int(out, "in_force_ms", in_force_ms);
  json_object_set_new(out, "clauses", clauses_json(r, runs, mine != NULL));
  json_object_set_new(out, "acknowledged", json_boolean(mine != NULL));
  json_object_set_new(out, "acknowledged_ms", show_int_or_null(mine != NULL, mine ? mine->at_ms : 0));
  json_object_set_new(out, "next_version", next ? json_incref(next) : json_null());
  json_object_set_new(out, "may_publish", json_boolean(r->actor.owner || view_may(r->program, &r->actor, STR("制度.公布"))));
  *result = out;
done:
  json_decref(runs);
  json_decref(list);
  json_decref(next);
  return status;
}

static enum status read_versions(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *list = json_array();
  enum status status = versions(r, list, version_of(r->arena, r->program), NULL, NULL);
  if (status == OK) *result = json_pack("{s:O,s:n}", "items", list, "next");
  json_decref(list);
  return status;
}

static enum status read_source(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = no_book(r);
  struct str version = show_arg(r->arena, query, "version");
  if (status != OK) return status;
  if (!version.n || str_eq(version, version_of(r->arena, r->program))) {
    *result = json_pack("{s:o,s:o}", "version", show_text(version_of(r->arena, r->program)), "source", show_text(r->program->source));
    return OK;
  }
  struct rulebook_version_get_row *row = NULL;
  struct rulebook_version_get_in in = {.version = version};
  status = rulebook_version_get(r->store, r->arena, &in, &row, r->problem);
  if (status == OK && !row) status = problem_set(r->problem, E_NOT_FOUND, "rulebook.version", "没有 %.*s 版", "There is no version %.*s", STR_ARG(version));
  if (status == OK) *result = json_pack("{s:o,s:o}", "version", show_text(row->version), "source", show_text(row->source));
  return status;
}

static enum status read_acknowledgements(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct party_desk desk;
  struct acknowledgement_of_version_row *rows = NULL;
  size_t n = 0;
  json_t *items = json_array();
  TRY(no_book(r));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  struct str asked = show_arg(r->arena, query, "version");
  struct acknowledgement_of_version_in in = {.version = asked.n ? asked : version_of(r->arena, r->program)};
  TRY(acknowledgement_of_version(r->store, r->arena, &in, &rows, &n, r->problem));
  i64 done_count = 0;
  for (size_t i = 0; i < desk.count; i++) {
    i64 at = 0;
    for (size_t k = 0; k < n; k++)
      if (str_eq(rows[k].person, desk.people[i].id)) at = rows[k].at_ms;
    done_count += at > 0;
    json_t *o = json_object();
    show_put_text(o, "person", desk.people[i].id);
    show_put_text(o, "name", desk.people[i].name);
    show_put_text(o, "role", desk.people[i].role);
    json_object_set_new(o, "at", show_int_or_null(at > 0, at));
    json_array_append_new(items, o);
  }
  *result = json_pack("{s:o,s:O,s:I,s:I,s:n}", "version", show_text(in.version), "items", items, "done", (json_int_t)done_count, "total", (json_int_t)desk.count, "next");
done:
  json_decref(items);
  return status;
}

/* What each heading covers of the inventory and whether something runs for it; proof by examples is `guiju coverage`. */
static enum status read_coverage(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = no_book(r);
  if (status != OK) return status;
  json_t *items = json_array();
  i64 total = 0;
  for (size_t i = 0; i < r->program->clause_count; i++) {
    const struct lang_clause *clause = r->program->clauses[i];
    json_t *covers = json_array();
    for (size_t k = 0; k < clause->covers.count; k++) json_array_append_new(covers, show_text(clause->covers.p[k].text));
    total += (i64)clause->covers.count;
    if (clause->covers.count)
      json_array_append_new(items, json_pack("{s:o,s:O,s:s}", "clause", show_clause(r->program, clause->id), "covers", covers, "state", clause_state(clause)));
    json_decref(covers);
  }
  *result = json_pack("{s:o,s:I,s:o,s:n}", "book", show_text(r->program->header ? r->program->header->id.text : STR("")), "clauses", (json_int_t)total, "items", items, "next");
  return OK;
}

static const char *const nouns[] = {"rulebook", "request", NULL};
static const char *const tables[] = {"rulebook_version", "acknowledgement", "gate_run", NULL};
static const struct read_def reads[] = {
    {"rulebook.get", "", read_get, false, "", "The handbook in force, with how often each clause ran", "现行制度与各条本月运行次数"},
    {"rulebook.versions", "", read_versions, false, "", "Published versions", "公布过的版本"},
    {"rulebook.source", "", read_source, false, "version:text", "Source of a version", "制度原文"},
    {"rulebook.acknowledgements", "", read_acknowledgements, false, "version:text", "Who has read and acknowledged it", "谁确认读过"},
    {"rulebook.check", "", rulebook_read_check, false, "source:text! in_force:date", "Check a rulebook without publishing it: messages, what a changed count must say, examples, outline, names and figures", "检查制度：问题、改了的次数怎么接、例子、条目、名称和数"},
    {"rulebook.words", "", rulebook_read_words, false, "", "The language's words and the desk's vocabulary", "制度用的词和能说的事"},
    {"rulebook.format", "", rulebook_read_format, false, "source:text!", "Lay out the blocks; prose and meaning stay", "整理规则的写法，不改意思"},
    {"rulebook.handbook", "", rulebook_read_handbook, false, "source:text! language:text", "The handbook page of a source", "手册预览"},
    {"rulebook.preview", "制度.编辑", rulebook_read_preview, false, "source:text! in_force:date", "What publishing would mean: changed clauses, running duties, counting windows, next version", "公布前看：改了哪些条、正在计时的、在数次数的"},
    {"rulebook.bases", "制度.编辑", rulebook_read_bases, false, "", "What a draft may be tried against, and the months with anything to try it on", "试算可以和哪几版比，哪几个月有实事"},
    {"rulebook.coverage", "", read_coverage, false, "", "Inventory clauses that the headings cover", "各条对应的原文条目"},
    {NULL},
};
const struct view_def view_rulebook = {.noun = "rulebook", .version = 2, .nouns = nouns, .tables = tables, .fold = fold, .reads = reads};
