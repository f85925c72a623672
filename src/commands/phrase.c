/* Quick phrases of the desk: add, change, remove. */
#include "commands/shorthand.h"
#include "views/json.h"
#include "views/phrase.sql.h"

enum { GROUP_MOST = 20, KEYS_MOST = 30, TEXT_MOST = 2000, PHRASES_MOST = 1000 };

static enum status get_args(struct command_ctx *c, json_t *args, bool required, struct str *group, struct str *keys, struct str *text) {
  enum status status = OK;
  TRY(command_text(c, args, "group", required, GROUP_MOST, group));
  TRY(command_text(c, args, "keys", false, KEYS_MOST, keys));
  TRY(command_text(c, args, "text", required, TEXT_MOST, text));
done:
  return status;
}

static enum status append(struct command_ctx *c, struct str id, const char *change, struct str group, struct str keys, struct str text) {
  struct event *e = shorthand_event(c, EVENT_phrase_changed);
  event_set_text(e, "phrase", id);
  event_set_text(e, "change", str_c(change));
  if (group.n) event_set_text(e, "group", group);
  if (keys.n) event_set_text(e, "keys", keys);
  if (text.n) event_set_text(e, "text", text);
  event_set_text(e, "person", c->actor.id);
  return command_append(c, e);
}

static enum status run_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct str id, group, keys, text;
  struct phrase_count_row *count;
  enum status status = OK;
  TRY(get_args(c, args, true, &group, &keys, &text));
  TRY(phrase_count(c->store, c->arena, &count, c->problem));
  if (count->phrases >= PHRASES_MOST)
    TRY(problem_set(c->problem, E_TOO_LARGE, "phrase.many", "快捷短语最多 %d 条，请先删掉不用的", "There can be %d phrases; remove unused ones first", PHRASES_MOST));
  TRY(shorthand_id(c, 'f', &id));
  TRY(append(c, id, "加入", group, keys, text));
  *result = json_pack("{s:o}", "id", json_of(id));
done:
  return status;
}

static enum status get_phrase(struct command_ctx *c, json_t *args, struct phrase_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 120, &id);
  if (status != OK) return status;
  if (str_starts(id, STR("book:")))
    return problem_set(c->problem, E_CONFLICT, "phrase.rulebook", "这是制度里的话术，请在制度里改", "This phrase stands in the rulebook; change it there");
  status = phrase_get(c->store, c->arena, &(struct phrase_get_in){.id = id}, row, c->problem);
  if (status == OK && (!*row || (*row)->removed))
    return problem_set(c->problem, E_NOT_FOUND, "phrase.unknown", "没有这条短语", "There is no such phrase");
  return status;
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct phrase_get_row *row;
  struct str group, keys, text;
  enum status status = OK;
  TRY(get_phrase(c, args, &row));
  TRY(get_args(c, args, false, &group, &keys, &text));
  if (!json_object_get(args, "keys")) keys = row->keys;
  TRY(append(c, row->id, "改动", group.n ? group : row->group_name, keys, text.n ? text : row->text));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_remove(struct command_ctx *c, json_t *args, json_t **result) {
  struct phrase_get_row *row;
  enum status status = OK;
  TRY(get_phrase(c, args, &row));
  TRY(append(c, row->id, "删除", STR(""), STR(""), STR("")));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

const struct command_def commands_phrase[] = {
    {"phrase.add", "短语.变更", run_add, "group:text! keys:text text:text!", "Add a quick phrase", "新增短语"},
    {"phrase.change", "短语.变更", run_change, "id:text! group:text keys:text text:text", "Change a quick phrase", "修改短语"},
    {"phrase.remove", "短语.变更", run_remove, "id:text!", "Remove a quick phrase", "删除短语"},
    {NULL},
};
