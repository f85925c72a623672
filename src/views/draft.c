/* Reads of the draft: its text with what it began from, who changed which clause, who is at it now, and drafts of before. */
#include "views/draft.h"

#include "views/draft.sql.h"
#include "views/rulebook.sql.h"
#include "views/show.h"

enum status draft_editors(struct store *s, struct arena *a, i64 now_ms, json_t **out, struct problem *p) {
  enum status status = OK;
  struct draft_editor_since_row *rows = NULL;
  struct show_people people;
  size_t n = 0;
  TRY(draft_editor_since(s, a, &(struct draft_editor_since_in){.since_ms = now_ms - DRAFT_EDITOR_SEEN_MS}, &rows, &n, p));
  TRY(show_people_load(s, a, &people, p));
  *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(*out, json_pack("{s:o,s:o,s:o,s:I}", "person", show_text(rows[i].person), "name", show_text(show_name(&people, rows[i].person)), "clause",
                                          show_text(rows[i].clause), "at", (json_int_t)rows[i].at_ms));
done:
  return status;
}

enum status draft_clauses(struct store *s, struct arena *a, json_t **out, struct problem *p) {
  enum status status = OK;
  struct draft_clause_all_row *rows = NULL;
  struct show_people people;
  size_t n = 0;
  TRY(draft_clause_all(s, a, &rows, &n, p));
  TRY(show_people_load(s, a, &people, p));
  *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(*out, json_pack("{s:o,s:I,s:o,s:o,s:I}", "clause", show_text(rows[i].clause), "revision", (json_int_t)rows[i].revision, "by", show_text(rows[i].by_person),
                                          "by_name", show_text(show_name(&people, rows[i].by_person)), "at", (json_int_t)rows[i].at_ms));
done:
  return status;
}

static enum status past(struct read_ctx *r, const struct show_people *people, json_t **out) {
  struct draft_past_all_row *rows = NULL;
  size_t n = 0;
  enum status status = draft_past_all(r->store, r->arena, &rows, &n, r->problem);
  if (status != OK) return status;
  *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(*out, json_pack("{s:I,s:o,s:o,s:o}", "at", (json_int_t)rows[i].at_ms, "why", show_text(rows[i].why), "base_version", show_text(rows[i].base_version),
                                          "by_name", show_text(show_name(people, rows[i].by_person))));
  return OK;
}

static enum status read_draft(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  enum status status = OK;
  struct draft_get_row *d = NULL;
  struct rulebook_version_newest_row *newest = NULL;
  struct show_people people;
  json_t *editors = NULL, *clauses = NULL, *before = NULL;
  TRY(draft_get(r->store, r->arena, &d, r->problem));
  if (!d) TRY(rulebook_version_newest(r->store, r->arena, &newest, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(draft_editors(r->store, r->arena, r->now_ms, &editors, r->problem));
  TRY(draft_clauses(r->store, r->arena, &clauses, r->problem));
  TRY(past(r, &people, &before));
  json_t *o = json_object();
  json_object_set_new(o, "exists", json_boolean(d != NULL));
  show_put_int(o, "revision", d ? d->revision : 0);
  show_put_text(o, "base_version", d ? d->base_version : newest ? newest->version : STR(""));
  show_put_text(o, "base_source", d ? d->base_source : newest ? newest->source : STR(""));
  show_put_text(o, "source", d ? d->source : newest ? newest->source : STR(""));
  json_object_set_new(o, "started_by_name", d ? show_text(show_name(&people, d->started_by)) : json_null());
  json_object_set_new(o, "changed_by_name", d ? show_text(show_name(&people, d->changed_by)) : json_null());
  json_object_set_new(o, "changed_ms", show_int_or_null(d != NULL, d ? d->changed_ms : 0));
  json_object_set(o, "clauses", clauses);
  json_object_set(o, "editors", editors);
  json_object_set(o, "past", before);
  *result = o;
done:
  json_decref(editors);
  json_decref(clauses);
  json_decref(before);
  return status;
}

static const char *const nouns[] = {NULL};
static const char *const tables[] = {NULL};
static const struct read_def reads[] = {
    {"draft.get", "制度.编辑", read_draft, false, "", "The draft of the next version, who works on it, and drafts of before", "下一版的草稿，谁在改，以前的草稿"},
    {NULL},
};
const struct view_def view_draft = {.noun = "draft", .version = 1, .nouns = nouns, .tables = tables, .reads = reads};
