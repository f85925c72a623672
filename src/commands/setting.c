/* Settings of the desk, and the tags its conversations may carry. */
#include "commands/shorthand.h"
#include "views/json.h"
#include "views/setting.h"
#include "views/setting.sql.h"
#include "views/tagging.h"

enum { TAG_CHARS = 20, TAG_GROUP_CHARS = 20 };

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct str item;
  i64 value = 0;
  enum status status = OK;
  TRY(command_text(c, args, "item", true, 60, &item));
  const struct setting_def *def = setting_find(item);
  if (!def) TRY(problem_set(c->problem, E_NOT_FOUND, "setting.unknown", "没有“%.*s”这项设置", "There is no setting “%.*s”", STR_ARG(item)));
  TRY(command_int(c, args, "value", true, def->least, def->most, &value));
  TRY(shorthand_setting(c, item, arena_printf(c->arena, "%lld", (long long)value)));
  *result = json_pack("{s:o,s:I}", "item", json_of(item), "value", (json_int_t)value);
done:
  return status;
}

static bool is_colour(struct str s) {
  static const char *const names[] = {"grey", "pine", "indigo", "amber", "vermilion", "blue", "violet", "brown"};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    if (str_is(s, names[i])) return true;
  return false;
}

static enum status tag_name(struct command_ctx *c, json_t *args, const char *arg, struct str *name) {
  enum status status = command_text(c, args, arg, true, TAG_CHARS, name);
  if (status != OK) return status;
  if (str_find(*name, STR("\""), 0) != SIZE_MAX || str_find(*name, STR("\\"), 0) != SIZE_MAX)
    return problem_set(c->problem, E_INVALID, "tag.quote", "标签里不能有引号和反斜线", "A tag holds no quotation mark and no backslash");
  return OK;
}

/* A tag gets another name, in every conversation. A name that is there already takes it in: only with `merge`, so that nobody joins two by
 * a slip of the hand. */
static enum status run_rename(struct command_ctx *c, json_t *args, json_t **result) {
  struct str from, into;
  struct tag_get_row *old, *other;
  struct tag_used_row *used;
  enum status status = OK;
  TRY(tag_name(c, args, "name", &from));
  TRY(tag_name(c, args, "into", &into));
  if (str_eq(from, into)) TRY(problem_set(c->problem, E_INVALID, "tag.same", "新旧名字一样", "The new name is the old one"));
  TRY(tag_get(c->store, c->arena, &(struct tag_get_in){.name = from}, &old, c->problem));
  TRY(tag_get(c->store, c->arena, &(struct tag_get_in){.name = into}, &other, c->problem));
  if (!old || old->removed) TRY(problem_set(c->problem, E_NOT_FOUND, "tag.unknown", "没有标签“%.*s”", "There is no tag “%.*s”", STR_ARG(from)));
  bool merged = other && !other->removed;
  if (merged && !command_bool(args, "merge"))
    TRY(problem_set(c->problem, E_CONFLICT, "tag.taken", "已有标签“%.*s”；要把两个合成一个，请选“并入”", "There is a tag “%.*s” already; to make one of the two, merge them", STR_ARG(into)));
  TRY(tag_used(c->store, c->arena, &(struct tag_used_in){.tag = from}, &used, c->problem));
  if (used && used->used > TAGGING_MOST)
    TRY(problem_set(c->problem, E_TOO_LARGE, "tag.too_many", "“%.*s”用在 %lld 次会话里，一次最多改 %d 次；请新建标签，从今以后用新的", "“%.*s” stands on %lld conversations, at most %d can be changed at once; add a new tag and use it from now on",
                    STR_ARG(from), (long long)used->used, TAGGING_MOST));
  struct event *e = shorthand_event(c, EVENT_tag_renamed);
  event_set_text(e, "tag", from);
  event_set_text(e, "into", into);
  event_set(e, "merged", value_bool(merged));
  event_set_int(e, "count", used ? used->used : 0);
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o,s:b,s:I}", "move", json_of(e->id), "into", json_of(into), "merged", merged, "touched", (json_int_t)(used ? used->used : 0));
done:
  return status;
}

static enum status run_rename_undo(struct command_ctx *c, json_t *args, json_t **result) {
  struct str id;
  struct tag_move_get_row *move;
  struct tag_get_row *from, *into;
  enum status status = OK;
  TRY(command_text(c, args, "move", true, 80, &id));
  TRY(tag_move_get(c->store, c->arena, &(struct tag_move_get_in){.id = id}, &move, c->problem));
  if (!move) TRY(problem_set(c->problem, E_NOT_FOUND, "tag.no_move", "没有这次改名", "There is no such renaming"));
  if (move->undone) TRY(problem_set(c->problem, E_CONFLICT, "tag.undone", "这次改名已经撤销了", "This renaming was undone already"));
  TRY(tag_get(c->store, c->arena, &(struct tag_get_in){.name = move->tag}, &from, c->problem));
  TRY(tag_get(c->store, c->arena, &(struct tag_get_in){.name = move->into_tag}, &into, c->problem));
  if ((from && !from->removed) || !into || into->removed)
    TRY(problem_set(c->problem, E_CONFLICT, "tag.moved_on", "“%.*s”或“%.*s”后来又改过；先撤销后来的那次", "“%.*s” or “%.*s” was changed again since; undo the later change first", STR_ARG(move->tag), STR_ARG(move->into_tag)));
  struct event *e = shorthand_event(c, EVENT_tag_rename_undone);
  event_set_text(e, "move", id);
  event_set_text(e, "tag", move->tag);
  event_set_text(e, "into", move->into_tag);
  event_set(e, "merged", value_bool(move->merged != 0));
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o}", "name", json_of(move->tag));
done:
  return status;
}

/* A tag by its name; naming one that is there changes its group and colour. */
static enum status run_tag(struct command_ctx *c, json_t *args, json_t **result) {
  struct str name, group, colour;
  struct tag_get_row *old;
  bool remove = command_bool(args, "remove");
  enum status status = OK;
  TRY(tag_name(c, args, "name", &name));
  TRY(command_text(c, args, "group", false, TAG_GROUP_CHARS, &group));
  TRY(command_text(c, args, "colour", false, 20, &colour));
  if (colour.n && !is_colour(colour)) TRY(problem_set(c->problem, E_INVALID, "tag.colour", "没有“%.*s”这个颜色", "There is no colour “%.*s”", STR_ARG(colour)));
  TRY(tag_get(c->store, c->arena, &(struct tag_get_in){.name = name}, &old, c->problem));
  if (remove && (!old || old->removed)) TRY(problem_set(c->problem, E_NOT_FOUND, "tag.unknown", "没有标签“%.*s”", "There is no tag “%.*s”", STR_ARG(name)));
  struct event *e = shorthand_event(c, EVENT_tag_changed);
  event_set_text(e, "tag", name);
  event_set_text(e, "change", remove ? STR("删除") : old && !old->removed ? STR("改动") : STR("加入"));
  event_set_text(e, "group", group.n || !old ? group : old->group_name);
  event_set_text(e, "colour", colour.n ? colour : old ? old->colour : STR("grey"));
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o}", "name", json_of(name));
done:
  return status;
}

const struct command_def commands_setting[] = {
    {"setting.change", "设置", run_change, "item:text! value:int!", "Change a setting of the desk", "改部门设置"},
    {"tag.change", "标签.变更", run_tag, "name:text! group:text colour:text remove:bool", "Add a tag, change its group or colour, or remove it", "新增、改动或删除标签"},
    {"tag.rename", "标签.变更", run_rename, "name:text! into:text! merge:bool", "Give a tag another name in every conversation, or merge it into another", "标签改名，或并入另一个"},
    {"tag.rename_undo", "标签.变更", run_rename_undo, "move:id!", "Undo a renaming of a tag", "撤销标签改名"},
    {NULL},
};
