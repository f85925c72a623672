/* Quick phrases as the workbench lists them. The rulebook's own 话术 come first, in groups of their clause, and cannot be edited here: the
 * book is edited. Variables in a text (phrase.h) are filled in by the workbench, which knows the conversation at hand. */
#include "views/phrase.h"

#include "base/plain_text.h"
#include "views/json.h"
#include "views/phrase.sql.h"
#include "views/phrase_parts.h"
#include "views/show.h"

#include <string.h>

enum { PHRASES_MOST = 3000, VERSIONS_MOST = 100, FOUND_DEFAULT = 8 };

/* ---- fold ---- */

static struct str files_json(struct arena *a, const struct event *e) {
  struct value v = event_get(e, STR("files"));
  json_t *list = json_array();
  for (size_t i = 0; v.type == V_LIST && i < v.count; i++) json_array_append_new(list, show_stored(v.items[i].s, json_null()));
  struct str text = show_dump(a, list);
  json_decref(list);
  return text;
}

/* Short forms clash whatever their width and case: "ＨＸ" is "hx". */
struct str phrase_plain_keys(struct arena *a, struct str keys) {
  char *out = arena_alloc(a, PLAIN_ROOM(keys.n));
  return (struct str){out, plain_bytes(keys, out)};
}

static enum status fold_change(struct store *s, struct arena *a, const struct event *e, bool own, struct problem *p) {
  struct str id = event_get_text(e, "phrase"), person = event_get_text(e, "person"), change = event_get_text(e, "change");
  bool team = str_is(event_get_text(e, "scope"), "班组"), gone = str_is(change, "删除");
  struct str scope = own ? STR("personal") : team ? STR("team") : STR("desk"), holder = own ? person : team ? event_get_text(e, "team") : STR("");
  struct str group = event_get_text(e, "group"), keys = event_get_text(e, "keys"), text = event_get_text(e, "text"), files = files_json(a, e);
  enum status status = OK;
  struct phrase_version_put_in version = {.phrase = id, .seq = e->seq, .at_ms = e->occurred_ms, .person = person, .change = change, .scope = scope, .holder = holder,
                                          .group_name = group, .keys = keys, .text = text, .files = files, .restored = event_get_int(e, "restored", 0)};
  TRY(phrase_version_put(s, &version, NULL, p));
  if (gone) return phrase_remove(s, &(struct phrase_remove_in){.id = id}, NULL, p);
  struct phrase_put_in in = {.id = id, .scope = scope, .holder = holder, .group_name = group, .keys = keys, .keys_plain = phrase_plain_keys(a, keys), .text = text,
                             .files = files, .pinyin = phrase_pinyin(a, text), .position = e->seq, .at_ms = e->occurred_ms};
  TRY(phrase_put(s, &in, NULL, p));
done:
  return status;
}

/* Old answers named the phrase in 话术组, where a group may stand too. */
static struct str phrase_of(const struct event *e) {
  struct str id = event_get_text(e, "quick"), old = event_get_text(e, "phrase");
  if (id.n) return id;
  return str_starts(old, STR("book:")) || (old.n > 1 && old.p[0] == 'f' && old.p[1] >= '0' && old.p[1] <= '9') ? old : STR("");
}

static enum status fold_reply(struct store *s, const struct event *e, struct problem *p) {
  struct str id = phrase_of(e), by = e->actor.n ? e->actor : event_get_text(e, "agent");
  struct value edited = event_get(e, STR("quick_edited"));
  enum status status = OK;
  if (!id.n) return OK;
  struct phrase_say_in said = {.seq = e->seq, .phrase = id, .at_ms = e->occurred_ms, .person = by, .conversation = event_get_text(e, "conversation"),
                               .edited = edited.type == V_BOOL && edited.i};
  TRY(phrase_use(s, &(struct phrase_use_in){.id = id, .at_ms = e->occurred_ms}, NULL, p));
  TRY(phrase_say(s, &said, NULL, p));
  TRY(phrase_person_use(s, &(struct phrase_person_use_in){.person = by, .phrase = id, .at_ms = e->occurred_ms}, NULL, p));
done:
  return status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch ((enum event_kind_id)event_kind_index(e->kind)) {
    case EVENT_conversation_agent_replied: return fold_reply(s, e, p);
    case EVENT_phrase_changed: return fold_change(s, a, e, false, p);
    case EVENT_phrase_own_changed: return fold_change(s, a, e, true, p);
    default: return OK;
  }
}

/* ---- the rulebook's ---- */

static enum status book_phrase(struct read_ctx *r, struct str group, struct str clause, size_t number, struct str text, struct phrase_line *out) {
  struct phrase_get_row *used;
  struct phrase_mine_row *mine;
  enum status status = OK;
  *out = (struct phrase_line){.id = arena_printf(r->arena, "book:%.*s:%zu", STR_ARG(group), number), .scope = STR("rulebook"), .group = group, .keys = group,
                              .text = text, .files = STR("[]"), .clause = clause};
  out->pinyin = phrase_pinyin(r->arena, text);
  TRY(phrase_get(r->store, r->arena, &(struct phrase_get_in){.id = out->id}, &used, r->problem));
  TRY(phrase_mine(r->store, r->arena, &(struct phrase_mine_in){.person = r->actor.id, .phrase = out->id}, &mine, r->problem));
  if (used) out->used = used->used, out->last_ms = used->last_ms;
  if (mine) out->mine = mine->used, out->mine_ms = mine->last_ms;
done:
  return status;
}

enum status phrase_each(struct read_ctx *r, phrase_sink sink, void *ctx) {
  struct phrase_all_row *rows;
  struct phrase_line line;
  size_t count;
  enum status status = OK;
  for (size_t i = 0; r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    if (item->kind != LI_WORDS || item->words->kind != LANG_PHRASES) continue;
    for (size_t k = 0; k < item->words->text_count; k++) {
      TRY(book_phrase(r, item->words->name.text, item->clause ? item->clause->id : STR(""), k + 1, item->words->texts[k], &line));
      sink(ctx, &line);
    }
  }
  struct phrase_all_in in = {.person = r->actor.id, .team = r->actor.role, .every_team = view_may(r->program, &r->actor, STR("短语.变更")), .most = PHRASES_MOST};
  TRY(phrase_all(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    line = (struct phrase_line){.id = rows[i].id, .scope = rows[i].scope, .holder = rows[i].holder, .group = rows[i].group_name, .keys = rows[i].keys, .text = rows[i].text,
                                .files = rows[i].files, .pinyin = rows[i].pinyin, .used = rows[i].used, .last_ms = rows[i].last_ms, .mine = rows[i].mine,
                                .mine_ms = rows[i].mine_ms, .created_ms = rows[i].created_ms};
    sink(ctx, &line);
  }
done:
  return status;
}

json_t *phrase_json(const struct phrase_line *l) {
  json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:I,s:b}", "id", json_of(l->id), "scope", json_of(l->scope), "group", json_of(l->group), "keys", json_of(l->keys),
                        "text", json_of(l->text), "pinyin", json_of(l->pinyin), "files", show_stored(l->files, json_array()), "used", (json_int_t)l->used, "mine",
                        (json_int_t)l->mine, "mine_ms", (json_int_t)l->mine_ms, "from_rulebook", (int)str_is(l->scope, "rulebook"));
  if (str_is(l->scope, "team")) json_object_set_new(o, "team", json_of(l->holder));
  return o;
}

/* ---- reads ---- */

struct listing {
  struct read_ctx *r;
  json_t *groups, *phrases;
  struct str last; /* scope, holder and name of the group that is being filled */
  bool may_change;
};

static void list_one(void *ctx, const struct phrase_line *l) {
  struct listing *x = ctx;
  struct str id = arena_printf(x->r->arena, "%.*s:%.*s:%.*s", STR_ARG(l->scope), STR_ARG(l->holder), STR_ARG(l->group));
  if (!x->phrases || !str_eq(id, x->last)) {
    bool own = str_is(l->scope, "personal"), book = str_is(l->scope, "rulebook");
    x->phrases = json_array();
    x->last = id;
    json_t *group = json_pack("{s:o,s:o,s:o,s:b,s:o}", "id", json_of(id), "name", json_of(l->group), "scope", json_of(l->scope), "may_change", (int)(own || (!book && x->may_change)),
                              "phrases", x->phrases);
    if (str_is(l->scope, "team")) json_object_set_new(group, "team", json_of(l->holder));
    if (book) json_object_set_new(group, "clause", show_clause(x->r->program, l->clause));
    json_array_append_new(x->groups, group);
  }
  json_array_append_new(x->phrases, phrase_json(l));
}

static json_t *variables_json(void) {
  size_t count;
  const struct phrase_variable *v = phrase_variables(&count);
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *names = json_array();
    for (size_t k = 0; v[i].names[k]; k++) json_array_append_new(names, json_string(v[i].names[k]));
    json_array_append_new(list, json_pack("{s:s,s:o,s:s,s:s}", "key", v[i].key, "names", names, "zh", v[i].help_zh, "en", v[i].help_en));
  }
  return list;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct listing x = {.r = r, .groups = json_array(), .may_change = view_may(r->program, &r->actor, STR("短语.变更"))};
  enum status status = phrase_each(r, list_one, &x);
  if (status == OK) *result = json_pack("{s:O,s:o,s:b,s:n}", "items", x.groups, "variables", variables_json(), "may_change", (int)x.may_change, "next");
  json_decref(x.groups);
  return status;
}

struct finding {
  struct read_ctx *r;
  json_t *items;
  struct str word, plain;
  size_t most;
};

static void find_one(void *ctx, const struct phrase_line *l) {
  struct finding *x = ctx;
  if (json_array_size(x->items) >= x->most) return;
  struct str keys = phrase_plain_keys(x->r->arena, l->keys), text = plain_form(x->r->arena, l->text);
  bool found = (x->plain.n && (str_starts(keys, x->plain) || str_find(text, x->plain, 0) != SIZE_MAX || (x->plain.n >= 2 && str_starts(l->pinyin, x->plain)))) ||
               str_find(l->group, x->word, 0) != SIZE_MAX;
  if (!found) return;
  struct str name = l->keys.n && !str_is(l->scope, "rulebook") ? arena_printf(x->r->arena, "/%.*s  %.*s", STR_ARG(l->keys), STR_ARG(l->group)) : l->group;
  json_array_append_new(x->items, json_pack("{s:o,s:o,s:o}", "id", json_of(l->id), "name", json_of(name), "note", json_of(l->text)));
}

static enum status read_find(struct read_ctx *r, json_t *query, json_t **result) {
  struct finding x = {.r = r, .items = json_array(), .word = json_arg(query, "q"), .most = (size_t)json_arg_int(query, "limit", FOUND_DEFAULT)};
  x.plain = plain_form(r->arena, x.word);
  enum status status = x.word.n ? phrase_each(r, find_one, &x) : OK;
  if (status == OK) *result = json_pack("{s:O,s:n}", "items", x.items, "next");
  json_decref(x.items);
  return status;
}

static enum status read_versions(struct read_ctx *r, json_t *query, json_t **result) {
  struct str id = json_arg(query, "id");
  struct phrase_get_row *now;
  struct phrase_versions_row *rows;
  struct show_people people;
  size_t count;
  json_t *items = json_array();
  enum status status = OK;
  TRY(phrase_get(r->store, r->arena, &(struct phrase_get_in){.id = id}, &now, r->problem));
  if (!now || !now->scope.n || !phrase_visible(r->program, &r->actor, now->scope, now->holder))
    TRY(problem_set(r->problem, E_NOT_FOUND, "phrase.unknown", "没有这条短语", "There is no such phrase"));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(phrase_versions(r->store, r->arena, &(struct phrase_versions_in){.phrase = id, .most = VERSIONS_MOST}, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I}", "version", (json_int_t)rows[i].seq, "at", (json_int_t)rows[i].at_ms, "by", json_of(rows[i].person),
                                           "by_name", json_of(show_name(&people, rows[i].person)), "change", json_of(rows[i].change), "group", json_of(rows[i].group_name),
                                           "keys", json_of(rows[i].keys), "text", json_of(rows[i].text), "files", show_stored(rows[i].files, json_array()), "restored",
                                           (json_int_t)rows[i].restored));
  *result = json_pack("{s:o,s:O,s:b,s:n}", "id", json_of(id), "items", items, "removed", (int)(now->removed != 0), "next");
done:
  json_decref(items);
  return status;
}

static const struct read_def reads[] = {
    {"phrase.list", "", read_list, false, "", "Quick phrases in groups, and the variables they may hold", "快捷短语和可用的变量"},
    {"phrase.find", "", read_find, false, "q:text! limit:int", "Quick phrases by short form, first letters or words", "按简码、拼音首字母或文字找短语"},
    {"phrase.versions", "", read_versions, false, "id:text!", "Who changed a phrase, when, and what it said", "短语的改动记录"},
    {"phrase.review", "短语.变更", phrase_read_review, false, "week:text", "The week's phrases: used most, never used, changed after insertion, typed again and again", "短语周评"},
    {"phrase.uses", "短语.变更", phrase_read_uses, false, "phrase:text person:text edited:bool from:int! to:int!", "The messages that came from phrases", "用短语说的话"},
    {NULL},
};

static const char *const nouns[] = {"phrase", "conversation", NULL};
static const char *const tables[] = {"phrase", "phrase_version", "phrase_said", "phrase_person", NULL};
const struct view_def view_phrase = {.noun = "phrase", .version = 2, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
