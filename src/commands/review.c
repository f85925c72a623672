/* Findings of a checklist, and checks finished without any (检查). Who may check stands in the rulebook. */
#include "commands/command.h"

#include "commands/shorthand.h"
#include "views/party.h"
#include "views/show.h"

enum { FINDING_TEXT_MOST = 2000 };

static enum status may_check(struct command_ctx *c, const struct lang_checklist *list, const struct party_desk *desk) {
  struct party_matter m = {.actor = c->actor.id};
  if (c->actor.owner || !list->has_by || party_includes(desk, &list->by, &m, c->actor.id) || party_role_above(c->program, c->actor.role, list->by.path.text)) return OK;
  struct str who = list->by.path.text;
  return problem_set(c->problem, E_DENIED, "review.who", "“%.*s”由%.*s检查", "“%.*s” is checked by %.*s", STR_ARG(list->name.text), STR_ARG(who));
}

static const struct lang_check_row *row_of(const struct lang_checklist *list, struct str item) {
  for (size_t i = 0; i < list->row_count; i++)
    if (str_eq(list->rows[i].name.text, item)) return &list->rows[i];
  return NULL;
}

static struct str clause_of(const struct lang_program *program, const struct lang_checklist *list) {
  for (size_t i = 0; i < program->item_count; i++)
    if (program->items[i]->kind == LI_CHECKLIST && program->items[i]->checklist == list) return program->items[i]->clause ? program->items[i]->clause->id : STR("");
  return STR("");
}

static enum status found(struct command_ctx *c, json_t *args, const struct lang_checklist *list, struct str item, struct str person, struct str object, struct str text, struct str *id) {
  struct value files;
  struct event *e = shorthand_event(c, EVENT_inspection_found);
  enum status status = shorthand_files(c, args, &files);
  if (status != OK) return status;
  event_set_text(e, "checklist", list->name.text);
  event_set_text(e, "item", item);
  struct str clause = clause_of(c->program, list);
  if (clause.n) event_set_text(e, "clause", clause);
  event_set_text(e, "person", person);
  if (object.n) event_set(e, "object", value_ref(object));
  if (files.type == V_LIST) event_set(e, "evidence", files);
  if (text.n) event_set_text(e, "text", text);
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "inspector", c->actor.id);
  status = command_append(c, e);
  *id = e->id;
  return status;
}

/* The points of a list whose every row has some, less those of the row found wanting; false when the list gives none. */
static bool total_of(const struct lang_checklist *list, struct str found_item, i64 *total) {
  *total = 0;
  for (size_t i = 0; i < list->row_count; i++) {
    const struct lang_expr *points = list->rows[i].points;
    if (points == NULL || points->kind != LX_LITERAL || points->value.type != V_POINTS) return false;
    if (!str_eq(list->rows[i].name.text, found_item)) *total += points->value.i;
  }
  return list->row_count > 0;
}

static enum status finished(struct command_ctx *c, const struct lang_checklist *list, struct str person, struct str object, struct str found_item) {
  i64 total;
  struct event *e = shorthand_event(c, EVENT_inspection_finished);
  event_set_text(e, "checklist", list->name.text);
  event_set_text(e, "inspector", c->actor.id);
  if (person.n) event_set_text(e, "inspected", person);
  if (object.n) event_set(e, "object", value_ref(object));
  if (total_of(list, found_item, &total)) event_set(e, "total", value_int(V_POINTS, total));
  event_set(e, "sampled", value_bool(list->sample != NULL && object.n > 0));
  return command_append(c, e);
}

/* With an item: something was found. Without: looked at, nothing found. Either way a sampled object counts as checked. */
static enum status run_find(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str name, item, person, object, text, id = STR("");
  struct party_desk desk;
  TRY(command_text(c, args, "id", true, 100, &name));
  TRY(command_text(c, args, "item", false, 100, &item));
  TRY(command_text(c, args, "person", false, 100, &person));
  TRY(command_text(c, args, "object", false, 100, &object));
  TRY(command_text(c, args, "text", false, FINDING_TEXT_MOST, &text));
  const struct lang_checklist *list = c->program ? lang_find_checklist(c->program, name) : NULL;
  if (!list) TRY(problem_set(c->problem, E_NOT_FOUND, "review.unknown", "没有检查表“%.*s”", "There is no checklist “%.*s”", STR_ARG(name)));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  TRY(may_check(c, list, &desk));
  if (item.n && !row_of(list, item)) TRY(problem_set(c->problem, E_INVALID, "review.item", "检查表里没有“%.*s”这一项", "The checklist has no item “%.*s”", STR_ARG(item)));
  if (item.n && !party_person(&desk, person)) TRY(problem_set(c->problem, E_INVALID, "review.person", "请选被查到的人", "Say who it was"));
  if (item.n && str_eq(person, c->actor.id)) TRY(problem_set(c->problem, E_INVALID, "review.own", "不能查自己", "Nobody checks themselves"));
  if (item.n) TRY(found(c, args, list, item, person, object, text, &id));
  if (!item.n || (list->sample && object.n)) TRY(finished(c, list, person, object, item));
  *result = json_pack("{s:o,s:b}", "id", show_text(id), "found", item.n > 0);
done:
  return status;
}

const struct command_def commands_review[] = {
    {"review.find", "", run_find, "id:id! item:text person:person object:id text:text files:list", "Record a finding, or that nothing was found", "记下查到的，或没有问题"},
    {NULL},
};
