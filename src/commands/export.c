/* The beginning of an export of rows: who may, whether the rulebook lets it, and the line in the log that it was done. The rows themselves
 * are read and written elsewhere (reports/export.h), after this is on disk. */
#include "commands/shorthand.h"

#include "base/calendar.h"
#include "views/export.sql.h"
#include "views/figure.h"
#include "views/figure.sql.h"
#include "views/json.h"
#include "views/show.h"

enum { REASON_CHARS = 200, DAYS_MOST = 800, FILTER_CHARS = 80, PROBLEM_CHARS = 2000 };
static const char *const kinds[][2] = {{"conversations", "会话"}, {"messages", "消息"}, {"replies", "回复时长"}, {"ratings", "评分"}};

static enum status count_rows(struct command_ctx *c, bool messages, i64 from, i64 to, i64 *out) {
  static const enum figure_measure measures[] = {FIGURE_STARTED, FIGURE_ASKED, FIGURE_SAID};
  *out = 0;
  for (size_t m = messages ? 1 : 0; m < (messages ? COUNT_OF(measures) : 1); m++)
    for (i64 date = from; date <= to; date++) {
      struct figure_hours_row *rows = NULL;
      size_t count = 0;
      enum status status = figure_hours(c->store, c->arena, &(struct figure_hours_in){.measure = measures[m], .span = date}, &rows, &count, c->problem);
      if (status != OK) return status;
      for (size_t i = 0; i < count; i++) *out += rows[i].n;
    }
  return OK;
}

/* Which conversations, if not all: {"channel":"网页"}; *words: the same for the log. */
static enum status filter_of(struct command_ctx *c, json_t *args, json_t **owned_filter, struct str *words) {
  static const char *const fields[][2] = {{"channel", "渠道"}, {"tag", "标签"}, {"customer", "顾客"}, {"level", "顾客等级"}, {"customer_tag", "顾客标签"}};
  *owned_filter = json_object();
  *words = STR("");
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct str value;
    enum status status = command_text(c, args, fields[i][0], false, FILTER_CHARS, &value);
    if (status != OK) return status;
    if (!value.n) continue;
    show_put_text(*owned_filter, fields[i][0], value);
    *words = arena_printf(c->arena, "%.*s，%s %.*s", STR_ARG(*words), fields[i][1], STR_ARG(value));
  }
  return OK;
}

/* In the transaction of the event: what was agreed to is begun again after any end of the program. */
static enum status remember(struct command_ctx *c, json_t *job) {
  struct export_job_add_in in = {.id = json_arg(job, "id"), .person = json_arg(job, "by"), .kind = json_arg(job, "kind"), .format = json_arg(job, "format"), .from_date = json_arg(job, "from"),
                                 .to_date = json_arg(job, "to"), .filter = show_dump(c->arena, json_object_get(job, "filter")), .open = json_is_true(json_object_get(job, "open")),
                                 .expected = json_arg_int(job, "expected", 0), .at_ms = c->now_ms};
  struct str language = json_arg(job, "language");
  enum status status = export_job_add(c->store, &in, NULL, c->problem);
  return status == OK && !str_is(language, "zh") ? export_language_add(c->store, &(struct export_language_add_in){.id = in.id, .language = language}, NULL, c->problem) : status;
}

static enum status run_start(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str kind, format, reason, from_text, to_text, language, word = STR("");
  i64 from, to, rows, today = instant_date(c->now_ms, c->zone_offset_ms);
  bool open = command_bool(args, "open"), done;
  json_t *filter = NULL;
  struct str narrowed;
  TRY(command_text(c, args, "kind", true, 20, &kind));
  TRY(command_text(c, args, "format", true, 8, &format));
  TRY(command_text(c, args, "reason", true, REASON_CHARS, &reason));
  TRY(command_text(c, args, "from", true, 10, &from_text));
  TRY(command_text(c, args, "to", true, 10, &to_text));
  TRY(command_text(c, args, "language", false, 8, &language));
  for (size_t i = 0; i < COUNT_OF(kinds); i++)
    if (str_is(kind, kinds[i][0])) word = str_c(kinds[i][1]);
  if (!word.n) return problem_set(c->problem, E_INVALID, "export.kind", "没有“%.*s”可导：conversations、messages、replies、ratings", "“%.*s” cannot be exported: conversations, messages, replies, ratings", STR_ARG(kind));
  if (!str_is(format, "csv") && !str_is(format, "xlsx")) return problem_set(c->problem, E_INVALID, "export.format", "格式是 csv 或 xlsx", "The format is csv or xlsx");
  if (str_code_points(reason) < 2) return problem_set(c->problem, E_INVALID, "export.reason", "请写清导出去做什么", "Say what the export is for");
  TRY(show_date_parse(from_text, today, &from, c->problem));
  TRY(show_date_parse(to_text, today, &to, c->problem));
  if (to < from || to - from >= DAYS_MOST) return problem_set(c->problem, E_INVALID, "report.range", "起止日期不对：先起后止，最多 %d 天", "The dates are not in order: first from, then to, at most %d days", DAYS_MOST);
  if (open) TRY(command_may(c, "资料.查看")); /* unmasked */
  TRY(filter_of(c, args, &filter, &narrowed));
  TRY(count_rows(c, str_is(kind, "messages"), from, to, &rows));
  if (narrowed.n) rows = 0; /* nobody knows before they are read */
  struct str class = shorthand_customer_class(c->program);
  struct event *e = shorthand_event(c, EVENT_data_exported);
  if (class.n) event_set_text(e, "class", class);
  event_set_text(e, "scope", arena_printf(c->arena, "%.*s %.*s 至 %.*s%.*s，%.*s，%s", STR_ARG(word), STR_ARG(from_text), STR_ARG(to_text), STR_ARG(narrowed), STR_ARG(format), open ? "不遮" : "遮住联系方式"));
  if (!narrowed.n) event_set_int(e, "count", rows);
  event_set_text(e, "reason", reason);
  event_set_text(e, "person", c->actor.id);
  i64 seq = command_next_seq(c);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:I,s:b,s:O}", "id", json_of(arena_printf(c->arena, "x%lld", (long long)seq)), "by", json_of(c->actor.id), "kind", json_of(kind), "format", json_of(format), "from",
                      json_of(from_text), "to", json_of(to_text), "language", str_is(language, "en") ? "en" : "zh", "expected", (json_int_t)rows, "open", open, "filter", filter);
  TRY(remember(c, *result));
done:
  json_decref(filter);
  return status;
}

/* What became of an export, from the thread that made the file; gone: its day is over. */
static enum status run_mark(struct command_ctx *c, json_t *args, json_t **result) {
  static const char *const states[] = {"done", "failed", "cancelled", "gone"};
  struct str id, state, problem;
  bool known = false;
  enum status status = OK;
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "export.system_only", "这一步由程序自己做", "The program does this itself");
  TRY(command_text(c, args, "id", true, 40, &id));
  TRY(command_text(c, args, "state", true, 20, &state));
  TRY(command_text(c, args, "problem", false, PROBLEM_CHARS, &problem));
  for (size_t i = 0; i < COUNT_OF(states); i++) known |= str_is(state, states[i]);
  if (!known) TRY(problem_set(c->problem, E_INVALID, "export.state", "没有这种状态", "There is no such state"));
  if (str_is(state, "gone")) TRY(export_job_drop(c->store, &(struct export_job_drop_in){.id = id}, NULL, c->problem));
  else TRY(export_job_mark(c->store, &(struct export_job_mark_in){.id = id, .state = state, .row_count = json_arg_int(args, "rows", 0), .problem = problem, .at_ms = json_arg_int(args, "at", c->now_ms)}, NULL, c->problem));
  TRY(export_job_sweep(c->store, &(struct export_job_sweep_in){.before_ms = c->now_ms - 2 * MS_DAY}, NULL, c->problem));
  TRY(export_language_sweep(c->store, NULL, c->problem));
  *result = json_object();
done:
  return status;
}

const struct command_def commands_export[] = {
    {"export.start", "资料.导出", run_start, "kind:text! from:date! to:date! format:text! reason:text! open:bool channel:text tag:text customer:customer level:text customer_tag:text language:text", "Export rows; the log keeps who, what and why; language: zh (else) or en", "导出明细；谁、什么、为什么都记在案；language 写 zh（默认）或 en"},
    {"export.mark", "*", run_mark, "id:text! state:text! rows:int problem:text at:int", "What became of an export (program only)", "导出的结果（程序自己记）"},
    {NULL},
};
