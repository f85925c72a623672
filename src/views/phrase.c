/* Quick phrases. The rulebook's own 话术 come first, in groups of their clause, and cannot be edited here: the book is edited.
 * Variables in a text ({顾客} {工号} {订单}) are filled in by the workbench, which knows the conversation at hand. */
#include "views/json.h"
#include "views/phrase.sql.h"
#include "views/show.h"
#include "views/view.h"

enum { PHRASES_MOST = 1000 };

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  enum event_kind_id kind = (enum event_kind_id)event_kind_index(e->kind);
  if (kind == EVENT_conversation_agent_replied && event_has(e, "phrase"))
    return phrase_use(s, &(struct phrase_use_in){.id = event_get_text(e, "phrase")}, NULL, p);
  if (kind != EVENT_phrase_changed) return OK;
  struct str id = event_get_text(e, "phrase");
  if (str_is(event_get_text(e, "change"), "删除")) return phrase_remove(s, &(struct phrase_remove_in){.id = id}, NULL, p);
  struct phrase_put_in in = {.id = id, .group_name = event_get_text(e, "group"), .keys = event_get_text(e, "keys"), .text = event_get_text(e, "text"),
                             .position = e->seq};
  return phrase_put(s, &in, NULL, p);
}

static json_t *phrase_json(struct str id, struct str keys, struct str text, i64 used, bool from_book) {
  return json_pack("{s:o,s:o,s:o,s:I,s:b}", "id", json_of(id), "keys", json_of(keys), "text", json_of(text), "used", (json_int_t)used, "from_rulebook",
                   (int)from_book);
}

static json_t *group_json(struct str id, struct str name, json_t **phrases) {
  *phrases = json_array();
  return json_pack("{s:o,s:o,s:o}", "id", json_of(id), "name", json_of(name), "phrases", *phrases);
}

static enum status book_groups(struct read_ctx *r, json_t *groups) {
  for (size_t i = 0; r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    if (item->kind != LI_WORDS || item->words->kind != LANG_PHRASES) continue;
    json_t *phrases;
    struct str name = item->words->name.text;
    json_array_append_new(groups, group_json(arena_printf(r->arena, "book:%.*s", STR_ARG(name)), name, &phrases));
    for (size_t k = 0; k < item->words->text_count; k++) {
      struct str id = arena_printf(r->arena, "book:%.*s:%zu", STR_ARG(name), k + 1);
      struct phrase_get_row *used;
      enum status status = phrase_get(r->store, r->arena, &(struct phrase_get_in){.id = id}, &used, r->problem);
      if (status != OK) return status;
      json_array_append_new(phrases, phrase_json(id, name, item->words->texts[k], used ? used->used : 0, true));
    }
  }
  return OK;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct phrase_all_row *rows;
  size_t count;
  json_t *groups = json_array(), *phrases = NULL;
  enum status status = OK;
  TRY(book_groups(r, groups));
  TRY(phrase_all(r->store, r->arena, &(struct phrase_all_in){.most = PHRASES_MOST}, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || !str_eq(rows[i].group_name, rows[i - 1].group_name))
      json_array_append_new(groups, group_json(rows[i].group_name, rows[i].group_name, &phrases));
    json_array_append_new(phrases, phrase_json(rows[i].id, rows[i].keys, rows[i].text, rows[i].used, false));
  }
  *result = json_pack("{s:O,s:n}", "items", groups, "next");
done:
  json_decref(groups);
  return status;
}

static const struct read_def reads[] = {
    {"phrase.list", "", read_list, false, "", "Quick phrases in groups", "快捷短语"},
    {NULL},
};

static const char *const nouns[] = {"phrase", "conversation", NULL};
static const char *const tables[] = {"phrase", NULL};
const struct view_def view_phrase = {.noun = "phrase", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
