/* What the handlers of people, reception and orders share. */
#include "commands/shorthand.h"

#include "views/conversation.h"
#include "views/json.h"
#include "views/setting.sql.h"
#include "views/show.h"

struct event *shorthand_event(struct command_ctx *c, enum event_kind_id kind) {
  return event_new(c->arena, kind, c->now_ms, c->actor.type == ACTOR_SYSTEM ? STR("") : c->actor.id);
}

enum status shorthand_setting(struct command_ctx *c, struct str item, struct str fresh) {
  struct desk_setting_get_row *old;
  enum status status = desk_setting_get(c->store, c->arena, &(struct desk_setting_get_in){.item = item}, &old, c->problem);
  if (status != OK) return status;
  struct event *e = shorthand_event(c, EVENT_desk_changed);
  event_set_text(e, "item", item);
  if (old) event_set_text(e, "old", old->value);
  event_set_text(e, "new", fresh);
  event_set_text(e, "person", c->actor.id);
  return command_append(c, e);
}

enum status shorthand_id(struct command_ctx *c, char prefix, struct str *out) {
  *out = arena_printf(c->arena, "%c%lld", prefix, (long long)command_next_seq(c));
  return OK;
}

static bool id_valid(struct str id) {
  if (id.n == 0 || id.n > 80) return false;
  for (size_t i = 0; i < id.n; i++) {
    char x = id.p[i];
    if (!((x >= '0' && x <= '9') || (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z') || x == '-' || x == '_' || x == '.')) return false;
  }
  return true;
}

/* Only the members people see, so that nothing else can be smuggled into the log. */
static enum status file_text(struct command_ctx *c, json_t *given, struct str *out) {
  struct str id = json_is_string(given) ? (struct str){json_string_value(given), json_string_length(given)} : json_arg(given, "id");
  if (!id_valid(id)) return problem_set(c->problem, E_INVALID, "message.file", "附件编号不对", "A file id is not valid");
  json_t *o = json_pack("{s:o}", "id", json_of(id));
  static const char *const texts[] = {"name", "type"}, *const numbers[] = {"size", "w", "h"};
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct str s = json_arg(given, texts[i]);
    if (s.n && s.n <= 255) json_object_set_new(o, texts[i], json_of(s));
  }
  for (size_t i = 0; i < COUNT_OF(numbers); i++) {
    json_t *v = json_object_get(given, numbers[i]);
    if (json_is_integer(v) && json_integer_value(v) >= 0) json_object_set(o, numbers[i], v);
  }
  *out = show_dump(c->arena, o);
  json_decref(o);
  return OK;
}

enum status shorthand_files(struct command_ctx *c, json_t *args, struct value *out) {
  json_t *list = json_object_get(args, "files");
  *out = value_absent();
  if (!list || json_is_null(list) || (json_is_array(list) && json_array_size(list) == 0)) return OK;
  if (!json_is_array(list)) return problem_set(c->problem, E_INVALID, "message.files", "附件要给成列表", "Files must be a list");
  size_t n = json_array_size(list);
  if (n > MESSAGE_MOST_FILES)
    return problem_set(c->problem, E_TOO_LARGE, "message.files_many", "一条消息最多带 %d 个附件", "A message carries at most %d files", MESSAGE_MOST_FILES);
  struct value *items = ARENA_ARRAY(c->arena, struct value, n);
  for (size_t i = 0; i < n; i++) {
    struct str text;
    enum status status = file_text(c, json_array_get(list, i), &text);
    if (status != OK) return status;
    items[i] = value_text(text);
  }
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

enum status shorthand_texts(struct command_ctx *c, json_t *args, const char *name, size_t most, size_t max_chars, struct value *out) {
  json_t *list = json_object_get(args, name);
  size_t n = json_is_array(list) ? json_array_size(list) : 0;
  if (!json_is_array(list)) return problem_set(c->problem, E_INVALID, "args.list", "“%s”要给成列表", "“%s” must be a list", name);
  if (n > most) return problem_set(c->problem, E_INVALID, "args.list_long", "“%s”最多 %zu 项", "“%s” holds at most %zu items", name, most);
  struct value *items = ARENA_ARRAY(c->arena, struct value, n + 1);
  for (size_t i = 0; i < n; i++) {
    json_t *v = json_array_get(list, i);
    struct str s = json_is_string(v) ? str_trim((struct str){json_string_value(v), json_string_length(v)}) : STR("");
    if (s.n == 0 || str_code_points(s) > max_chars)
      return problem_set(c->problem, E_INVALID, "args.list_text", "“%s”的每一项要有 1 到 %zu 个字", "Each item of “%s” has 1 to %zu characters", name, max_chars);
    items[i] = value_text(arena_dup(c->arena, s));
  }
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

enum status shorthand_gated(struct command_ctx *c, struct event *e, bool *done, json_t **decision) {
  *done = false;
  enum status status = command_gate(c, e, done, decision);
  if (status != OK || !*done) return status;
  return command_append(c, e);
}

struct str shorthand_customer_class(const struct lang_program *program) {
  for (size_t i = 0; program && i < program->item_count; i++) {
    if (program->items[i]->kind != LI_CLASS) continue;
    const struct lang_class *k = program->items[i]->data_class;
    for (size_t m = 0; m < k->members.count; m++)
      if (str_is(k->members.p[m].text, "客户资料") || str_is(k->members.p[m].text, "顾客资料")) return k->name.text;
  }
  return STR("");
}
