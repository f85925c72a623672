/* The proof of a slip: from the sealed log, the smallest set of facts from which the rulebook gives the same consequence
 * again (rules/proof.h). Runs on a reader's connection; only facts that name somebody or something the evidence names, and
 * those about people and the calendar, are given to the search. */
#include "views/ledger.h"

#include "events/log.sql.h"
#include "lang/diagnostic.h"
#include "rules/proof.h"
#include "rules/vocabulary.h"
#include "views/rulebook.h"
#include "views/rulebook.sql.h"

#include <string.h>

enum { PAGE = 2000, NAMES_MAX = 96, FACTS_MAX = 20000, VERSIONS_MAX = 64 };

struct gathering {
  struct read_ctx *r;
  struct arena *a;
  struct str names[NAMES_MAX]; /* as they stand in a line: "c7" with its quotes */
  size_t name_count;
  struct event **events;
  size_t count, room;
};

static void note(struct gathering *g, struct str name) {
  if (!name.n || g->name_count == NAMES_MAX) return;
  struct str quoted = arena_printf(g->a, "\"%.*s\"", STR_ARG(name));
  for (size_t i = 0; i < g->name_count; i++)
    if (str_eq(g->names[i], quoted)) return;
  g->names[g->name_count++] = quoted;
}

/* People, conversations, orders, cases … that the facts of the evidence name. */
static enum status note_evidence(struct gathering *g, const struct consequence_get_row *row) {
  enum status status = OK;
  json_t *stored = show_stored(row->evidence, json_array()), *one;
  size_t i;
  note(g, row->subject);
  note(g, row->object);
  json_array_foreach(stored, i, one) {
    struct str id = show_arg(g->a, one, "event"), line = {"", 0};
    i64 seq;
    if (id.n > 1 && id.p[0] == 'e' && str_to_i64(str_slice(id, 1, id.n), &seq)) {
      struct log_get_row *got = NULL;
      TRY(log_get(g->r->store, g->a, &(struct log_get_in){.seq = seq}, &got, g->r->problem));
      if (got) line = got->line;
    } else if (id.n) {
      struct log_find_row *got = NULL;
      TRY(log_find(g->r->store, g->a, &(struct log_find_in){.id = id}, &got, g->r->problem));
      if (got) line = got->line;
    }
    struct event *e;
    if (!line.n || event_from_line(g->a, line, g->r->zone_offset_ms, &e, g->r->problem) != OK) continue;
    for (size_t k = 0; k < e->kind->field_count; k++)
      if (e->fields[k].type == V_REF) note(g, e->fields[k].s);
  }
done:
  json_decref(stored);
  return status;
}

static bool may_matter(const struct gathering *g, struct str line) {
  if (str_find(line, STR("\"person."), 0) != SIZE_MAX || str_find(line, STR("\"calendar."), 0) != SIZE_MAX) return true;
  for (size_t i = 0; i < g->name_count; i++)
    if (str_find(line, g->names[i], 0) != SIZE_MAX) return true;
  return false;
}

static enum status gather(struct gathering *g) {
  struct log_read_in in = {.after = 0, .most = PAGE};
  for (;;) {
    struct log_read_row *rows;
    size_t count;
    struct arena *page = arena_new((size_t)256 << 20);
    enum status status = log_read(g->r->store, page, &in, &rows, &count, g->r->problem);
    for (size_t i = 0; i < count && status == OK; i++) {
      struct event *e;
      if (!may_matter(g, rows[i].line)) continue;
      status = event_from_line(g->a, arena_dup(g->a, rows[i].line), g->r->zone_offset_ms, &e, g->r->problem);
      if (status != OK || e->kind->derived) continue;
      e->seq = rows[i].seq;
      if (!e->id.n) e->id = rows[i].id.n ? arena_dup(g->a, rows[i].id) : arena_printf(g->a, "e%lld", (long long)rows[i].seq);
      g->events = arena_grow(g->a, g->events, &g->room, g->count + 1, sizeof *g->events);
      g->events[g->count++] = e;
    }
    if (count) in.after = rows[count - 1].seq;
    arena_free(page);
    if (status != OK) return status;
    if (count < PAGE) return OK;
    if (g->count > FACTS_MAX)
      return problem_set(g->r->problem, E_TOO_LARGE, "proof.many", "相关的事实超过 %d 条，请用命令 guiju why 在导出的日志上算", "More than %d facts may matter: use guiju why on an exported log", FACTS_MAX);
  }
}

static enum status versions(struct read_ctx *r, struct arena *a, struct proof_version *out, size_t *count) {
  struct rulebook_version_all_row *rows;
  size_t n;
  enum status status = rulebook_version_all(r->store, a, &rows, &n, r->problem);
  for (size_t i = 0; i < n && status == OK && *count < VERSIONS_MAX; i++) {
    struct rulebook_version_get_row *full = NULL;
    struct rulebook_version_get_in in = {.version = rows[i].version};
    status = rulebook_version_get(r->store, a, &in, &full, r->problem);
    if (status != OK || !full) continue;
    struct lang_diagnostics d;
    struct lang_program *program = NULL;
    lang_diagnostics_init(&d, a);
    status = lang_read(a, full->source, rules_vocabulary(a), &program, &d);
    if (status == OK) out[(*count)++] = (struct proof_version){program, full->published_ms, rulebook_in_force(r, full->in_force_ms)};
  }
  return status;
}

enum status ledger_read_proof(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct consequence_get_row *row = NULL;
  struct party_desk desk;
  struct arena *a = arena_new((size_t)1 << 30);
  struct gathering *g = ARENA_NEW(a, struct gathering);
  struct proof_version *books = ARENA_ARRAY(a, struct proof_version, VERSIONS_MAX);
  size_t book_count = 0;
  struct proof proof;
  *g = (struct gathering){.r = r, .a = a};
  struct consequence_get_in in = {.id = show_arg(r->arena, query, "id")};
  TRY(consequence_get(r->store, r->arena, &in, &row, r->problem));
  if (!row) TRY(problem_set(r->problem, E_NOT_FOUND, "ledger.unknown", "没有这一条账", "There is no such entry"));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  if (!ledger_may_see(r, &desk, row->subject) && !ledger_may_judge(&desk, &r->actor, row))
    TRY(problem_set(r->problem, E_DENIED, "ledger.not_yours", "别人的账只有他的上级看得到", "Only people above somebody see their ledger"));
  TRY(note_evidence(g, row));
  TRY(gather(g));
  TRY(versions(r, a, books, &book_count));
  struct proof_log log = {.zone_offset_ms = r->zone_offset_ms, .versions = books, .version_count = book_count, .events = g->events, .count = g->count, .until_ms = r->now_ms};
  TRY(proof_find(a, &log, in.id, &proof, r->problem));
  json_t *facts = json_array();
  for (size_t i = 0; i < proof.count; i++) {
    const struct event *e = proof.events[i];
    json_array_append_new(facts, json_pack("{s:o,s:s,s:s,s:I,s:o}", "event", show_text(e->id), "kind", e->kind->en, "kind_zh", e->kind->zh, "at", (json_int_t)e->occurred_ms, "by",
                                           show_text_or_null(e->actor)));
  }
  *result = json_pack("{s:o,s:b,s:I}", "facts", facts, "smallest", proof.smallest, "looked_at", (json_int_t)g->count);
done:
  arena_free(a);
  return status;
}
