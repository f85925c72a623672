/* Working on the draft (草稿): saving what was typed, saying where one is, putting it away, beginning from an older version.
 *
 * A save says which revision it began from. When others have saved since, what this person changed is done to what they have
 * (lang/section.h); only a clause changed by both in the same place is left as theirs and given back with both texts, so nothing
 * that was on disk is ever overwritten unseen. Drafts are no events: nothing is decided by them. */
#include "commands/command.h"
#include "commands/draft.h"
#include "commands/shorthand.h"
#include "lang/ast_parts.h"
#include "lang/diagnostic.h"
#include "lang/section.h"
#include "views/draft.h"
#include "views/draft.sql.h"
#include "views/rulebook.sql.h"
#include "views/show.h"

enum { DRAFT_MINOR_MOST = 100000 };

static enum status source_arg(struct command_ctx *c, json_t *args, const char *name, bool required, struct str *out) {
  const json_t *given = json_object_get(args, name);
  *out = (struct str){NULL, 0};
  if (!json_is_string(given))
    return required ? problem_set(c->problem, E_INVALID, "rulebook.source", "请给出制度原文", "Give the source of the rulebook") : OK;
  *out = arena_dup(c->arena, (struct str){json_string_value(given), json_string_length(given)});
  if (out->n > LANG_FILE_MAX) return problem_set(c->problem, E_TOO_LARGE, "rulebook.large", "制度文件太大", "The rulebook is too large");
  return OK;
}

/* The draft on disk; when there is none, what it would begin with: the newest version, which may not be in force yet. */
static enum status current(struct command_ctx *c, struct draft_get_row **out) {
  enum status status = draft_get(c->store, c->arena, out, c->problem);
  struct rulebook_version_newest_row *newest = NULL;
  if (status != OK || *out) return status;
  status = rulebook_version_newest(c->store, c->arena, &newest, c->problem);
  if (status == OK && !newest) status = problem_set(c->problem, E_NOT_FOUND, "rulebook.none", "还没有公布制度", "No rulebook is published yet");
  if (status != OK) return status;
  struct draft_get_row *d = ARENA_NEW(c->arena, struct draft_get_row);
  *d = (struct draft_get_row){.base_version = newest->version, .base_source = newest->source, .source = newest->source, .started_by = c->actor.id, .started_ms = c->now_ms};
  *out = d;
  return OK;
}

static enum status put(struct command_ctx *c, const struct draft_get_row *d, struct str source) {
  struct lang_sections old = lang_sections(c->arena, d->source), new = lang_sections(c->arena, source);
  i64 revision = d->revision + 1;
  enum status status = OK;
  for (size_t i = 0; i < new.count && status == OK; i++) {
    const struct lang_section *o = lang_section_find(&old, new.p[i].key);
    if (o && str_eq(o->text, new.p[i].text)) continue;
    status = draft_clause_put(c->store, &(struct draft_clause_put_in){.clause = new.p[i].key, .revision = revision, .by_person = c->actor.id, .at_ms = c->now_ms}, NULL, c->problem);
  }
  struct draft_put_in in = {.revision = revision, .base_version = d->base_version, .base_source = d->base_source, .source = source, .started_by = d->started_by,
                            .started_ms = d->started_ms, .changed_by = c->actor.id, .changed_ms = c->now_ms};
  return status == OK ? draft_put(c->store, &in, NULL, c->problem) : status;
}

static json_t *conflicts_json(const struct lang_merge *m) {
  json_t *list = json_array();
  for (size_t i = 0; i < m->conflict_count; i++) {
    const struct lang_conflict *k = &m->conflicts[i];
    json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o}", "clause", show_text(k->key), "base", k->base.p ? show_text(k->base) : json_null(), "mine",
                                          k->mine.p ? show_text(k->mine) : json_null(), "theirs", k->theirs.p ? show_text(k->theirs) : json_null()));
  }
  return list;
}

static enum status run_save(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct draft_get_row *d = NULL;
  struct str source, base;
  i64 revision = 0;
  json_t *clauses = NULL;
  TRY(source_arg(c, args, "source", true, &source));
  TRY(source_arg(c, args, "base", false, &base));
  TRY(command_int(c, args, "revision", true, 0, INT64_MAX, &revision));
  TRY(current(c, &d));
  bool moved = revision != d->revision;
  if (moved && !base.p)
    TRY(problem_set(c->problem, E_CONFLICT, "draft.moved", "草稿已经有人改过（第 %lld 稿）：请带上你改之前的原文 base 再存", "The draft has moved on (revision %lld): send the text you began from as base",
                    (long long)d->revision));
  struct lang_merge m = {.source = source};
  if (moved) m = lang_merge(c->arena, base, source, d->source);
  if (!str_eq(m.source, d->source)) {
    TRY(put(c, d, m.source));
    d->revision++;
  }
  TRY(draft_clauses(c->store, c->arena, &clauses, c->problem));
  *result = json_pack("{s:I,s:o,s:I,s:o,s:I,s:O}", "revision", (json_int_t)d->revision, "source", str_eq(m.source, source) ? json_null() : show_text(m.source), "taken",
                      (json_int_t)m.taken, "conflicts", conflicts_json(&m), "at", (json_int_t)c->now_ms, "clauses", clauses);
done:
  json_decref(clauses);
  return status;
}

static enum status run_here(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct draft_get_row *d = NULL;
  struct str clause;
  i64 revision = 0;
  json_t *editors = NULL, *clauses = NULL;
  TRY(command_text(c, args, "clause", false, 200, &clause));
  TRY(command_int(c, args, "revision", false, 0, INT64_MAX, &revision));
  if (command_bool(args, "leaving")) TRY(draft_editor_leave(c->store, &(struct draft_editor_leave_in){.person = c->actor.id}, NULL, c->problem));
  else TRY(draft_editor_put(c->store, &(struct draft_editor_put_in){.person = c->actor.id, .clause = clause, .at_ms = c->now_ms}, NULL, c->problem));
  TRY(draft_get(c->store, c->arena, &d, c->problem));
  TRY(draft_editors(c->store, c->arena, c->now_ms, &editors, c->problem));
  bool newer = d && d->revision != revision;
  if (newer) TRY(draft_clauses(c->store, c->arena, &clauses, c->problem));
  *result = json_pack("{s:b,s:I,s:o,s:O,s:O?}", "exists", d != NULL, "revision", (json_int_t)(d ? d->revision : 0), "source", newer ? show_text(d->source) : json_null(), "editors", editors,
                      "clauses", clauses);
done:
  json_decref(editors);
  json_decref(clauses);
  return status;
}

enum status draft_close(struct command_ctx *c, const char *why) {
  enum status status = OK;
  struct draft_get_row *d = NULL;
  struct draft_past_all_row *past = NULL;
  size_t n = 0;
  TRY(draft_get(c->store, c->arena, &d, c->problem));
  if (!d) return OK;
  struct draft_past_put_in in = {.at_ms = c->now_ms, .why = str_c(why), .base_version = d->base_version, .source = d->source, .by_person = c->actor.id};
  TRY(draft_past_put(c->store, &in, NULL, c->problem));
  TRY(draft_end(c->store, NULL, c->problem));
  TRY(draft_clause_end(c->store, NULL, c->problem));
  TRY(draft_past_all(c->store, c->arena, &past, &n, c->problem));
  if (n > DRAFT_PAST_MOST)
    TRY(draft_past_forget(c->store, &(struct draft_past_forget_in){.before_ms = past[DRAFT_PAST_MOST - 1].at_ms}, NULL, c->problem));
done:
  return status;
}

static enum status still_at(struct command_ctx *c, json_t *args) {
  struct draft_get_row *d = NULL;
  i64 revision = 0;
  enum status status = command_int(c, args, "revision", true, 0, INT64_MAX, &revision);
  if (status == OK) status = draft_get(c->store, c->arena, &d, c->problem);
  if (status == OK && d && d->revision != revision)
    status = problem_set(c->problem, E_CONFLICT, "draft.changed", "刚才又有人改了草稿，请看过再决定", "Somebody has just changed the draft; look at it before you decide");
  return status;
}

static enum status run_discard(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  TRY(still_at(c, args));
  TRY(draft_close(c, "discarded"));
  *result = json_pack("{s:I}", "at", (json_int_t)c->now_ms);
done:
  return status;
}

/* ---- beginning from an older text ---- */

/* Where the number of the version stands in the header: "1.0". Empty when it is not written. */
static struct lang_span version_span(struct arena *a, struct str source, int *major, int *minor) {
  struct lang_diagnostics d;
  struct lang_program *p = NULL;
  struct lang_span at = {0};
  lang_diagnostics_init(&d, a);
  (void)!lang_parse(a, source, &p, &d);
  for (size_t i = 0; p && i < p->item_count; i++) {
    if (p->items[i]->kind != LI_HEADER) continue;
    size_t end = p->items[i]->at.to, zh = str_find(str_slice(source, 0, end), STR("版本"), p->items[i]->at.from), en = str_find(str_slice(source, 0, end), STR("version"), p->items[i]->at.from);
    size_t from = zh != SIZE_MAX ? zh + 6 : en != SIZE_MAX ? en + 7 : end;
    while (from < end && (source.p[from] < '0' || source.p[from] > '9')) from++;
    size_t to = from;
    while (to < end && ((source.p[to] >= '0' && source.p[to] <= '9') || source.p[to] == '.')) to++;
    *major = p->items[i]->header->major;
    *minor = p->items[i]->header->minor;
    return (struct lang_span){(u32)from, (u32)to, 0, 0};
  }
  return at;
}

enum status draft_raise_version(struct command_ctx *c, struct str *source) {
  enum status status = OK;
  struct arena *a = arena_new(2 * (size_t)LANG_MEMORY_MAX);
  int major = 0, minor = 0;
  struct lang_span at = version_span(a, *source, &major, &minor);
  struct rulebook_version_get_row *used = NULL;
  struct str number = STR("");
  for (; at.to > at.from && minor < DRAFT_MINOR_MOST; minor++) {
    number = arena_printf(c->arena, "%d.%d", major, minor);
    TRY(rulebook_version_get(c->store, c->arena, &(struct rulebook_version_get_in){.version = number}, &used, c->problem));
    if (!used) break;
  }
  if (at.to > at.from)
    *source = arena_printf(c->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(*source, 0, at.from)), STR_ARG(number), STR_ARG(str_slice(*source, at.to, source->n)));
done:
  arena_free(a);
  return status;
}

static enum status text_of(struct command_ctx *c, struct str version, i64 past_ms, struct str *source) {
  if (past_ms) {
    struct draft_past_get_row *row = NULL;
    enum status status = draft_past_get(c->store, c->arena, &(struct draft_past_get_in){.at_ms = past_ms}, &row, c->problem);
    if (status == OK && !row) status = problem_set(c->problem, E_NOT_FOUND, "draft.past", "没有这份旧草稿了", "That old draft is not there any more");
    if (status == OK) *source = row->source;
    return status;
  }
  struct rulebook_version_get_row *row = NULL;
  enum status status = rulebook_version_get(c->store, c->arena, &(struct rulebook_version_get_in){.version = version}, &row, c->problem);
  if (status == OK && !row) status = problem_set(c->problem, E_NOT_FOUND, "rulebook.version", "没有 %.*s 版", "There is no version %.*s", STR_ARG(version));
  if (status == OK) *source = row->source;
  return status;
}

static enum status run_start(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct draft_get_row *d = NULL;
  struct str version, source = STR("");
  i64 past_ms = 0;
  TRY(still_at(c, args));
  TRY(command_text(c, args, "version", false, 40, &version));
  TRY(command_int(c, args, "past", false, 1, INT64_MAX, &past_ms));
  TRY(text_of(c, version, past_ms, &source));
  if (!past_ms) TRY(draft_raise_version(c, &source));
  TRY(draft_get(c->store, c->arena, &d, c->problem));
  i64 revision = d ? d->revision : 0;
  TRY(draft_close(c, "replaced"));
  TRY(current(c, &d));
  d->revision = revision; /* goes on: whoever still has the old one open notices */
  TRY(put(c, d, source));
  *result = json_pack("{s:I,s:o}", "revision", (json_int_t)(d->revision + 1), "source", show_text(source));
done:
  return status;
}

const struct command_def commands_draft[] = {
    {"draft.save", "制度.编辑", run_save, "revision:int! source:text! base:text", "Save the draft; what others saved meanwhile is joined by clause", "保存草稿，别人同时改的按条合并"},
    {"draft.here", "制度.编辑", run_here, "revision:int clause:text leaving:bool", "Say where one is working and hear what others did", "说明自己在改哪一条，并得知别人的改动"},
    {"draft.discard", "制度.编辑", run_discard, "revision:int!", "Put the draft away", "放弃草稿"},
    {"draft.start", "制度.编辑", run_start, "revision:int! version:text past:int", "Begin the draft from an older version or an older draft", "用旧版或旧草稿开始"},
    {NULL},
};
