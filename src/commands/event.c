/* Facts from a file of JSON lines (docs/events.md), appended as they are. Only the command line does this: whoever can
 * run it holds the database anyway. What carries an id that the log has already is passed over, so a file may be read
 * again; what the engine derives by itself is refused. */
#include "commands/command.h"

#include "events/event_log.h"

enum { LINES_MOST = 2000, REFUSALS_KEPT = 100 };

struct tally {
  i64 added, same, rejected;
  json_t *refusals;
};

static void refuse(struct tally *t, json_int_t line, const struct problem *p) {
  t->rejected++;
  if (json_array_size(t->refusals) < REFUSALS_KEPT)
    json_array_append_new(t->refusals, json_pack("{s:I s:s s:s s:s}", "line", line, "key", p->key, "zh", p->zh, "en", p->en));
}

static enum status read_line(struct command_ctx *c, struct str line, struct event **e, struct problem *p) {
  enum status status = event_from_line(c->arena, line, c->zone_offset_ms, e, p);
  if (status != OK) return status;
  if ((*e)->kind->derived || event_kind_index((*e)->kind) == EVENT_clock_due)
    return problem_set(p, E_INVALID, "event.derived", "“%s”由系统自己推出，不能导入", "“%s” is derived by the program and cannot be imported", (*e)->kind->zh);
  if (event_kind_index((*e)->kind) == EVENT_rulebook_published || event_kind_index((*e)->kind) == EVENT_desk_opened)
    return problem_set(p, E_INVALID, "event.set_up", "部门与制度要在设置里建立，不能导入", "Desk and rulebook are set up in the program, not imported");
  (*e)->seq = 0;
  return OK;
}

static enum status take(struct command_ctx *c, json_int_t number, struct str line, struct tally *t) {
  struct event *e = NULL;
  struct problem p = {0};
  i64 known = 0;
  enum status status = OK;
  if (str_trim(line).n == 0) return OK;
  if (read_line(c, line, &e, &p) != OK) {
    refuse(t, number, &p);
    return OK;
  }
  if (e->id.n) TRY(event_log_find(c->store, c->arena, e->id, &known, c->problem));
  if (known) {
    t->same++;
    return OK;
  }
  TRY(command_append(c, e));
  t->added++;
done:
  return status;
}

static enum status run_import(struct command_ctx *c, json_t *args, json_t **result) {
  const json_t *lines = json_object_get(args, "lines"), *line;
  json_int_t first = json_integer_value(json_object_get(args, "first"));
  enum status status = OK;
  size_t i;
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "event.import", "只能在命令行导入事件", "Events are imported on the command line only");
  if (!json_is_array(lines) || json_array_size(lines) > LINES_MOST)
    return problem_set(c->problem, E_INVALID, "event.lines", "lines 是最多 %d 行的列表", "“lines” is a list of at most %d lines", LINES_MOST);
  struct tally t = {.refusals = json_array()};
  json_array_foreach(lines, i, line)
    TRY(take(c, first + (json_int_t)i, (struct str){json_string_value(line) ? json_string_value(line) : "", json_string_length(line)}, &t));
  *result = json_pack("{s:I s:I s:I s:O}", "added", (json_int_t)t.added, "same", (json_int_t)t.same, "rejected", (json_int_t)t.rejected, "lines", t.refusals);
done:
  json_decref(t.refusals);
  return status;
}

const struct command_def commands_event[] = {
    {"event.import", "", run_import, "lines:list! first:int", "Append facts from a file (command line only)", "由文件导入事实（只在命令行）"},
    {NULL},
};
