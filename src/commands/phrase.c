/* Quick phrases: add, change, remove, put an earlier wording back, many from a list. Whose they are says who may change them: one's own
 * always, those of a team (role) and of the whole desk by 短语.变更. */
#include "commands/shorthand.h"
#include "views/json.h"
#include "views/phrase.h"
#include "views/phrase.sql.h"
#include "views/show.h"

#include <string.h>

enum { GROUP_PART_MOST = 20, GROUP_DEEP_MOST = 3, KEYS_MOST = 30, TEXT_MOST = 2000, SHARED_MOST = 1000, OWN_MOST = 300, ROWS_MOST = 500 };

struct wording {
  struct str scope, holder, group, keys, text;
  struct value files;
};

/* ---- who may ---- */

static enum status may(struct command_ctx *c, struct str scope, struct str holder) {
  if (!str_is(scope, "personal")) return command_may(c, "短语.变更");
  if (c->actor.type == ACTOR_PERSON && str_eq(holder, c->actor.id)) return OK;
  return problem_set(c->problem, E_DENIED, "phrase.not_yours", "这是别人自己的短语", "This is somebody else's own phrase");
}

static enum status get_scope(struct command_ctx *c, json_t *args, struct wording *w) {
  struct str team;
  enum status status = OK;
  TRY(command_text(c, args, "scope", false, 10, &w->scope));
  TRY(command_text(c, args, "team", false, 40, &team));
  if (!w->scope.n) w->scope = STR("desk");
  if (str_is(w->scope, "personal")) {
    w->holder = c->actor.id;
  } else if (str_is(w->scope, "team")) {
    w->holder = team.n ? team : c->actor.role;
    if (c->program && !lang_find_role(c->program, w->holder))
      TRY(problem_set(c->problem, E_INVALID, "phrase.team", "制度里没有“%.*s”这个岗位", "The rulebook has no role “%.*s”", STR_ARG(w->holder)));
  } else if (str_is(w->scope, "desk")) {
    w->holder = STR("");
  } else {
    TRY(problem_set(c->problem, E_INVALID, "phrase.scope", "范围只有自己（personal）、班组（team）、全店（desk）", "The scope is personal, team or desk"));
  }
done:
  return status;
}

/* ---- what it says ---- */

/* "售后 ／换货" becomes "售后/换货". */
static enum status tidy_group(struct command_ctx *c, struct str *group) {
  struct str rest = *group, all = STR("");
  for (int deep = 0; rest.n; deep++) {
    size_t narrow = str_find(rest, STR("/"), 0), wide = str_find(rest, STR("／"), 0), at = narrow < wide ? narrow : wide;
    struct str part = str_trim(at == SIZE_MAX ? rest : str_slice(rest, 0, at));
    if (part.n == 0 || str_code_points(part) > GROUP_PART_MOST || deep >= GROUP_DEEP_MOST)
      return problem_set(c->problem, E_INVALID, "phrase.group", "组名写成“组”或“组/子组”，每段 1 到 %d 个字，最多 %d 层",
                         "A group is written “group” or “group/subgroup”, each part 1 to %d characters, %d levels at most", GROUP_PART_MOST, GROUP_DEEP_MOST);
    all = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(all), all.n ? "/" : "", STR_ARG(part));
    rest = at == SIZE_MAX ? STR("") : str_slice(rest, at + (narrow < wide ? 1 : strlen("／")), rest.n);
    if (at != SIZE_MAX && !rest.n) break; /* a slash at the end */
  }
  *group = all;
  return OK;
}

static enum status check_keys(struct command_ctx *c, const struct wording *w, struct str id) {
  struct phrase_by_keys_row *other;
  enum status status = OK;
  if (!w->keys.n) return OK;
  for (size_t i = 0; i < w->keys.n; i++)
    if (strchr(" \t/{}", w->keys.p[i])) TRY(problem_set(c->problem, E_INVALID, "phrase.keys", "简码里不能有空格、斜线和花括号", "A short form holds no space, slash or brace"));
  struct str plain = phrase_plain_keys(c->arena, w->keys);
  if (!plain.n) TRY(problem_set(c->problem, E_INVALID, "phrase.keys", "简码要有字母、数字或汉字", "A short form needs letters, digits or characters"));
  TRY(phrase_by_keys(c->store, c->arena, &(struct phrase_by_keys_in){.keys_plain = plain, .scope = w->scope, .holder = w->holder, .not_id = id}, &other, c->problem));
  if (!other) goto done;
  struct str text = str_slice(other->text, 0, other->text.n < 60 ? other->text.n : 60);
  while (text.n && !str_utf8_valid(text)) text.n--;
  TRY(problem_set(c->problem, E_CONFLICT, "phrase.keys_taken", "简码“%.*s”已经给了“%.*s”，请换一个", "The short form “%.*s” is taken by “%.*s”; choose another", STR_ARG(w->keys),
                  STR_ARG(text)));
done:
  return status;
}

static enum status check_variables(struct command_ctx *c, struct str text) {
  struct str unknown = phrase_unknown_variable(text);
  if (!unknown.n) return OK;
  return problem_set(c->problem, E_INVALID, "phrase.variable", "没有%.*s这个变量。可用：%s%.0s", "There is no variable %.*s. Known: %.0s%s", STR_ARG(unknown),
                     arena_cstr(c->arena, phrase_known_names(c->arena, false)), arena_cstr(c->arena, phrase_known_names(c->arena, true)));
}

static enum status check(struct command_ctx *c, struct wording *w, struct str id, bool fresh) {
  struct phrase_count_row *count;
  bool own = str_is(w->scope, "personal");
  int most = own ? OWN_MOST : SHARED_MOST;
  enum status status = OK;
  TRY(may(c, w->scope, w->holder));
  TRY(tidy_group(c, &w->group));
  TRY(check_variables(c, w->text));
  TRY(check_keys(c, w, id));
  if (!fresh) return OK;
  TRY(phrase_count(c->store, c->arena, &(struct phrase_count_in){.scope = w->scope, .holder = w->holder}, &count, c->problem));
  if (count->phrases >= most)
    TRY(problem_set(c->problem, E_TOO_LARGE, "phrase.many", "这里的短语最多 %d 条，请先删掉不用的", "There can be %d phrases here; remove unused ones first", most));
done:
  return status;
}

static enum status append(struct command_ctx *c, struct str id, const char *change, const struct wording *w, i64 restored) {
  bool own = str_is(w->scope, "personal"), team = str_is(w->scope, "team");
  struct event *e = shorthand_event(c, own ? EVENT_phrase_own_changed : EVENT_phrase_changed);
  event_set_text(e, "phrase", id);
  event_set_text(e, "change", str_c(change));
  if (w->group.n) event_set_text(e, "group", w->group);
  if (w->keys.n) event_set_text(e, "keys", w->keys);
  if (w->text.n) event_set_text(e, "text", w->text);
  if (w->files.type == V_LIST) event_set(e, "files", w->files);
  event_set_text(e, "person", c->actor.id);
  if (!own) event_set_text(e, "scope", team ? STR("班组") : STR("全店"));
  if (team) event_set_text(e, "team", w->holder);
  if (restored) event_set_int(e, "restored", restored);
  return command_append(c, e);
}

/* ---- the commands ---- */

static enum status add(struct command_ctx *c, json_t *args, struct str *id) {
  struct wording w;
  enum status status = OK;
  TRY(get_scope(c, args, &w));
  TRY(may(c, w.scope, w.holder));
  TRY(command_text(c, args, "group", !str_is(w.scope, "personal"), GROUP_DEEP_MOST * (GROUP_PART_MOST + 1), &w.group));
  TRY(command_text(c, args, "keys", false, KEYS_MOST, &w.keys));
  TRY(shorthand_files(c, args, &w.files));
  TRY(command_text(c, args, "text", w.files.type == V_ABSENT, TEXT_MOST, &w.text));
  if (!w.group.n) w.group = STR("我的");
  TRY(check(c, &w, STR(""), true));
  TRY(shorthand_id(c, 'f', id));
  TRY(append(c, *id, "加入", &w, 0));
done:
  return status;
}

static enum status run_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct str id;
  enum status status = add(c, args, &id);
  if (status == OK) *result = json_pack("{s:o}", "id", json_of(id));
  return status;
}

static enum status get_phrase(struct command_ctx *c, json_t *args, bool also_removed, struct phrase_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 120, &id);
  if (status != OK) return status;
  if (str_starts(id, STR("book:")))
    return problem_set(c->problem, E_CONFLICT, "phrase.rulebook", "这是制度里的话术，请在制度里改", "This phrase stands in the rulebook; change it there");
  status = phrase_get(c->store, c->arena, &(struct phrase_get_in){.id = id}, row, c->problem);
  if (status != OK) return status;
  bool there = *row && (*row)->scope.n && (also_removed || !(*row)->removed);
  if (!there || (str_is((*row)->scope, "personal") && !str_eq((*row)->holder, c->actor.id)))
    return problem_set(c->problem, E_NOT_FOUND, "phrase.unknown", "没有这条短语", "There is no such phrase");
  return may(c, (*row)->scope, (*row)->holder);
}

/* The stored list of files as an event carries it. */
static struct value stored_files(struct command_ctx *c, struct str stored) {
  json_t *list = show_stored(stored, json_array());
  size_t n = json_array_size(list);
  struct value *items = ARENA_ARRAY(c->arena, struct value, n + 1);
  for (size_t i = 0; i < n; i++) items[i] = value_text(show_dump(c->arena, json_array_get(list, i)));
  json_decref(list);
  return n ? (struct value){.type = V_LIST, .items = items, .count = n} : value_absent();
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct phrase_get_row *row;
  struct wording w;
  struct str group, keys, text;
  enum status status = OK;
  TRY(get_phrase(c, args, false, &row));
  TRY(command_text(c, args, "group", false, GROUP_DEEP_MOST * (GROUP_PART_MOST + 1), &group));
  TRY(command_text(c, args, "keys", false, KEYS_MOST, &keys));
  TRY(command_text(c, args, "text", false, TEXT_MOST, &text));
  w = (struct wording){.scope = row->scope, .holder = row->holder, .group = group.n ? group : row->group_name, .keys = json_object_get(args, "keys") ? keys : row->keys,
                       .text = text.n ? text : row->text, .files = stored_files(c, row->files)};
  if (json_object_get(args, "scope")) { /* a personal one given to all, or taken to oneself */
    TRY(get_scope(c, args, &w));
    if (!str_is(row->scope, "personal") && str_is(w.scope, "personal"))
      TRY(problem_set(c->problem, E_CONFLICT, "phrase.take", "大家用的短语不能变成自己的，请另存一条", "A shared phrase cannot become your own; save another one"));
  }
  if (json_object_get(args, "files")) TRY(shorthand_files(c, args, &w.files));
  TRY(check(c, &w, row->id, false));
  TRY(append(c, row->id, "改动", &w, 0));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_remove(struct command_ctx *c, json_t *args, json_t **result) {
  struct phrase_get_row *row;
  enum status status = OK;
  TRY(get_phrase(c, args, false, &row));
  struct wording w = {.scope = row->scope, .holder = row->holder};
  TRY(append(c, row->id, "删除", &w, 0));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

/* An earlier wording back, also of a phrase that was removed: a new version that says where it comes from. */
static enum status run_restore(struct command_ctx *c, json_t *args, json_t **result) {
  struct phrase_get_row *row;
  struct phrase_version_get_row *old;
  i64 version = 0;
  enum status status = OK;
  TRY(get_phrase(c, args, true, &row));
  TRY(command_int(c, args, "version", true, 1, INT64_MAX, &version));
  TRY(phrase_version_get(c->store, c->arena, &(struct phrase_version_get_in){.phrase = row->id, .seq = version}, &old, c->problem));
  if (!old || str_is(old->change, "删除")) TRY(problem_set(c->problem, E_NOT_FOUND, "phrase.version", "这条短语没有这一版", "The phrase has no such version"));
  struct wording w = {.scope = row->scope, .holder = row->holder, .group = old->group_name, .keys = old->keys, .text = old->text, .files = stored_files(c, old->files)};
  TRY(check(c, &w, row->id, row->removed != 0));
  TRY(append(c, row->id, row->removed ? "加入" : "改动", &w, version));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

/* Rows of a list: each is added alone; one that cannot be is told with its line and reason, the rest goes on. */
static enum status run_import(struct command_ctx *c, json_t *args, json_t **result) {
  json_t *rows = json_object_get(args, "rows"), *row, *refused = json_array();
  i64 added = 0;
  size_t i;
  enum status status = OK;
  if (!json_is_array(rows) || json_array_size(rows) > ROWS_MOST)
    TRY(problem_set(c->problem, E_INVALID, "phrase.rows", "一次导入 1 到 %d 行", "1 to %d rows can be imported at once", ROWS_MOST));
  json_array_foreach(rows, i, row) {
    struct str id;
    struct problem trouble = {0}, *outer = c->problem;
    c->problem = &trouble;
    status = json_is_object(row) ? add(c, row, &id) : problem_set(&trouble, E_INVALID, "phrase.row", "这一行读不出来", "This row cannot be read");
    c->problem = outer;
    if (status == OK) {
      added++;
      continue;
    }
    if (status_http(status) >= 500) {
      *outer = trouble;
      goto done;
    }
    json_array_append_new(refused, json_pack("{s:I,s:s,s:s,s:s}", "line", (json_int_t)json_arg_int(row, "line", (i64)i + 1), "key", trouble.key, "zh", trouble.zh, "en", trouble.en));
    status = OK;
  }
  *result = json_pack("{s:I,s:O}", "added", (json_int_t)added, "refused", refused);
done:
  json_decref(refused);
  return status;
}

const struct command_def commands_phrase[] = {
    {"phrase.add", "", run_add, "group:text keys:text text:text scope:text team:text files:list", "Add a quick phrase: personal, of a team, of the desk", "新增短语：自己的、班组的、全店的"},
    {"phrase.change", "", run_change, "id:text! group:text keys:text text:text scope:text team:text files:list", "Change a quick phrase", "修改短语"},
    {"phrase.remove", "", run_remove, "id:text!", "Remove a quick phrase", "删除短语"},
    {"phrase.restore", "", run_restore, "id:text! version:int!", "Put an earlier wording of a phrase back", "恢复短语的旧版"},
    {"phrase.import", "", run_import, "rows:list!", "Add many phrases; rows that cannot be are told by line", "成批新增短语"},
    {NULL},
};
