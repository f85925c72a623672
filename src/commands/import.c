/* Imports: begin, progress, end. The rows themselves become events in import_orders.c and import_chat.c. */
#include "commands/import.h"

#include "commands/shorthand.h"
#include "views/import.sql.h"
#include "views/json.h"
#include "views/show.h"

json_t *import_counts_json(const struct import_counts *n) {
  return json_pack("{s:I,s:I,s:I,s:I,s:I}", "read", (json_int_t)n->read, "added", (json_int_t)n->added, "changed", (json_int_t)n->changed, "same",
                   (json_int_t)n->same, "rejected", (json_int_t)n->rejected);
}

enum status import_store_batch(struct command_ctx *c, json_t *args, struct str import, const struct import_counts *n) {
  json_t *rejects = json_object_get(args, "rejects"), *r;
  struct import_get_row *job;
  size_t i;
  enum status status = OK;
  TRY(import_get(c->store, c->arena, &(struct import_get_in){.id = import}, &job, c->problem));
  if (!job) TRY(problem_set(c->problem, E_NOT_FOUND, "import.unknown", "没有导入 %.*s", "There is no import %.*s", STR_ARG(import)));
  i64 kept = job->rejected;
  json_array_foreach(rejects, i, r) {
    if (kept++ >= IMPORT_REJECTS_KEPT) break;
    struct import_reject_insert_in in = {.job = import, .line = json_arg_int(r, "line", 0), .reason_zh = json_arg(r, "zh"), .reason_en = json_arg(r, "en"),
                                         .text = json_arg(r, "text")};
    TRY(import_reject_insert(c->store, &in, NULL, c->problem));
  }
  json_t *ignored = json_object_get(args, "ignored");
  struct import_progress_in in = {.id = import, .bytes_done = json_arg_int(args, "bytes_done", 0), .read_rows = n->read, .added = n->added,
                                  .changed = n->changed, .same = n->same, .rejected = n->rejected, .encoding = json_arg(args, "encoding"),
                                  .ignored = json_is_array(ignored) ? show_dump(c->arena, ignored) : STR("[]")};
  TRY(import_progress(c->store, &in, NULL, c->problem));
done:
  return status;
}

static enum status may_import(struct command_ctx *c, bool orders) { return command_may(c, orders ? "订单.导入" : "会话.导入"); }

static enum status run_begin(struct command_ctx *c, json_t *args, json_t **result) {
  struct import_insert_in in = {.person = c->actor.id, .started_ms = c->now_ms};
  enum status status = OK;
  TRY(command_text(c, args, "type", true, 10, &in.type));
  if (!str_is(in.type, "orders") && !str_is(in.type, "chat"))
    TRY(problem_set(c->problem, E_INVALID, "import.type", "能导入订单（orders）和聊天记录（chat）", "Orders and chat logs (orders, chat) can be imported"));
  TRY(may_import(c, str_is(in.type, "orders")));
  TRY(command_text(c, args, "name", false, 200, &in.name));
  TRY(command_int(c, args, "bytes", false, 0, INT64_MAX, &in.bytes));
  /* Not an event, so the next sequence alone would not be unique. */
  in.id = arena_printf(c->arena, "i%lld.%lld", (long long)command_next_seq(c), (long long)c->now_ms);
  for (int n = 2;; n++) {
    struct import_get_row *taken;
    TRY(import_get(c->store, c->arena, &(struct import_get_in){.id = in.id}, &taken, c->problem));
    if (!taken) break;
    in.id = arena_printf(c->arena, "i%lld.%lld.%d", (long long)command_next_seq(c), (long long)c->now_ms, n);
  }
  TRY(import_insert(c->store, &in, NULL, c->problem));
  *result = json_pack("{s:o}", "id", json_of(in.id));
done:
  return status;
}

static enum status run_finish(struct command_ctx *c, json_t *args, json_t **result) {
  struct str id;
  struct import_get_row *job;
  json_t *error = json_object_get(args, "error");
  enum status status = OK;
  TRY(command_text(c, args, "import", true, 80, &id));
  TRY(import_get(c->store, c->arena, &(struct import_get_in){.id = id}, &job, c->problem));
  if (!job) TRY(problem_set(c->problem, E_NOT_FOUND, "import.unknown", "没有导入 %.*s", "There is no import %.*s", STR_ARG(id)));
  TRY(may_import(c, str_is(job->type, "orders")));
  bool failed = json_is_object(error);
  struct import_finish_in in = {.id = id, .state = failed ? STR("failed") : STR("finished"), .finished_ms = c->now_ms, .error_key = json_arg(error, "key"),
                                .error_zh = json_arg(error, "zh"), .error_en = json_arg(error, "en")};
  TRY(import_finish(c->store, &in, NULL, c->problem));
  struct event *e = shorthand_event(c, EVENT_import_finished);
  event_set_text(e, "import", id);
  event_set_text(e, "class", job->type);
  event_set_text(e, "file", job->name);
  event_set_int(e, "read", job->read_rows);
  event_set_int(e, "added", job->added);
  event_set_int(e, "changed", job->changed);
  event_set_int(e, "same", job->same);
  event_set_int(e, "rejected", job->rejected);
  event_set_text(e, "person", c->actor.id);
  if (failed) event_set_text(e, "report", in.error_zh);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o}", "id", json_of(id), "state", json_of(in.state));
done:
  return status;
}

/* At the start of the service: what was running when it ended will not go on by itself. */
static enum status run_recover(struct command_ctx *c, json_t *args, json_t **result) {
  (void)args;
  i64 stopped = 0;
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "import.recover", "只由程序自己做", "Only the program itself does this");
  enum status status = import_stop_unfinished(c->store, &(struct import_stop_unfinished_in){.finished_ms = c->now_ms}, &stopped, c->problem);
  if (status == OK) *result = json_pack("{s:I}", "stopped", (json_int_t)stopped);
  return status;
}

static enum status run_orders(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = may_import(c, true);
  return status == OK ? import_run_orders(c, args, result) : status;
}

static enum status run_chat(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = may_import(c, false);
  return status == OK ? import_run_chat(c, args, result) : status;
}

const struct command_def commands_import[] = {
    {"import.begin", "", run_begin, "type:text! name:text bytes:int", "Begin an import", "开始导入"},
    {"import.orders", "订单.导入", run_orders, "import:text! rows:list! rejects:list bytes_done:int encoding:text ignored:list", "One batch of order rows", "一批订单"},
    {"import.chat", "会话.导入", run_chat, "import:text! rows:list! rejects:list bytes_done:int encoding:text", "One batch of chat lines", "一批聊天记录"},
    {"import.finish", "", run_finish, "import:text! error:object", "End an import", "结束导入"},
    {"import.recover", "", run_recover, "", "Mark imports that an end of the program cut off (program only)", "标出中断的导入（程序自己做）"},
    {NULL},
};
