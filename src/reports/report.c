/* Closing rate, first answers and attendance, each a table with the ids behind its figures; and the reads that answer with files. */
#include "reports/report.h"

#include "base/calendar.h"
#include "reports/reception.h"
#include "reports/words.h"
#include "views/case.h"
#include "views/duty.sql.h"
#include "views/floor.sql.h"
#include "views/party.h"
#include "views/ledger.h"
#include "views/people.sql.h"
#include "views/show.h"

#include <sodium.h>
#include <stdlib.h>

static const char TYPE_XLSX[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
enum { REPORT_FILE_MOST = 64 * 1024 * 1024, REPORT_DAYS_MOST = 400 };

struct span {
  i64 from, to; /* dates, to inclusive */
  i64 from_ms, to_ms;
};

static enum status span_of(struct read_ctx *r, const json_t *query, struct span *s) {
  i64 today = instant_date(r->now_ms, r->zone_offset_ms);
  enum status status = show_date_parse(show_arg(r->arena, query, "from"), week_start(today), &s->from, r->problem);
  if (status == OK) status = show_date_parse(show_arg(r->arena, query, "to"), s->from + 6, &s->to, r->problem);
  if (status == OK && (s->to < s->from || s->to - s->from > REPORT_DAYS_MOST))
    status = problem_set(r->problem, E_INVALID, "report.range", "报表的起止日期不对", "The dates of the report are not in order");
  s->from_ms = instant_at(s->from, 0, r->zone_offset_ms);
  s->to_ms = instant_at(s->to + 1, 0, r->zone_offset_ms);
  return status;
}

static json_t *frame(struct read_ctx *r, const char *name, struct report_word title, const struct span *s) {
  json_t *o = json_object();
  json_object_set_new(o, "name", json_string(name));
  json_object_set_new(o, "title", json_string(title.zh));
  json_object_set_new(o, "title_en", json_string(title.en));
  json_object_set_new(o, "from", show_date(r->arena, s->from));
  json_object_set_new(o, "to", show_date(r->arena, s->to));
  json_object_set_new(o, "columns", json_array());
  json_object_set_new(o, "rows", json_array());
  return o;
}

static bool sees_all(struct read_ctx *r) {
  return r->actor.owner || r->actor.type == ACTOR_SYSTEM || r->actor.type == ACTOR_KEY || view_may(r->program, &r->actor, STR("报表.查看"));
}

/* 33.3%, exact to a tenth by whole numbers. */
static struct str percent(struct read_ctx *r, i64 part, i64 whole) {
  i64 tenths = 0;
  if (whole <= 0 || mul_div(part, 1000, whole, ROUND_HALF_UP, &tenths) != OK) return STR("0.0%");
  return arena_printf(r->arena, "%lld.%lld%%", (long long)tenths / 10, (long long)tenths % 10);
}

/* ---- closing rate ------------------------------------------------------------------------------------------------------- */

static enum status closing_ids(struct read_ctx *r, const struct span *s, struct str agent, json_t *row) {
  enum status status = OK;
  struct floor_received_detail_row *talks = NULL;
  struct floor_deals_detail_row *deals = NULL;
  size_t talk_count = 0, deal_count = 0;
  struct floor_received_detail_in tin = {.agent = agent, .from_ms = s->from_ms, .to_ms = s->to_ms};
  struct floor_deals_detail_in din = {.agent = agent, .from_ms = s->from_ms, .to_ms = s->to_ms};
  json_t *received = json_array(), *closed = json_array();
  TRY(floor_received_detail(r->store, r->arena, &tin, &talks, &talk_count, r->problem));
  TRY(floor_deals_detail(r->store, r->arena, &din, &deals, &deal_count, r->problem));
  for (size_t i = 0; i < talk_count; i++) json_array_append_new(received, show_text(talks[i].id));
  for (size_t i = 0; i < deal_count; i++) json_array_append_new(closed, show_text(deals[i].id));
  json_object_set_new(row, "drill", json_pack("{s:O,s:O}", "received", received, "closed", closed));
done:
  json_decref(received);
  json_decref(closed);
  return status;
}

static enum status closing(struct read_ctx *r, const struct span *s, json_t *report) {
  enum status status = OK;
  struct floor_received_row *received = NULL;
  struct floor_closed_deals_row *deals = NULL;
  size_t received_count = 0, deal_count = 0;
  struct show_people people;
  struct floor_received_in rin = {.from_ms = s->from_ms, .to_ms = s->to_ms};
  struct floor_closed_deals_in din = {.from_ms = s->from_ms, .to_ms = s->to_ms};
  static const struct report_column columns[] = {{"name", {"客服", "Agent"}, "text"}, {"received", {"接待", "Received"}, "count"}, {"closed", {"成交", "Bought"}, "count"},
                                                 {"rate", {"成交率", "Closing rate"}, "text"}, {"amount_fen", {"成交额", "Sales (CNY)"}, "fen"}};
  report_columns(report, columns, COUNT_OF(columns));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(floor_received(r->store, r->arena, &rin, &received, &received_count, r->problem));
  TRY(floor_closed_deals(r->store, r->arena, &din, &deals, &deal_count, r->problem));
  for (size_t i = 0; i < people.names.n; i++) {
    struct str id = people.names.entries[i].key;
    i64 talks = 0, closed = 0, amount = 0;
    for (size_t k = 0; k < received_count; k++) talks += str_eq(received[k].agent, id) ? received[k].customers : 0;
    for (size_t k = 0; k < deal_count; k++)
      if (str_eq(deals[k].agent, id)) closed = deals[k].customers, amount = deals[k].amount_fen;
    if ((!talks && !closed) || (!sees_all(r) && !str_eq(id, r->actor.id))) continue;
    json_t *row = json_object();
    show_put_text(row, "person", id);
    show_put_text(row, "name", show_name(&people, id));
    show_put_int(row, "received", talks);
    show_put_int(row, "closed", closed);
    show_put_text(row, "rate", percent(r, closed, talks));
    show_put_int(row, "amount_fen", amount);
    json_array_append_new(json_object_get(report, "rows"), row);
    TRY(closing_ids(r, s, id, row));
  }
done:
  return status;
}

/* ---- first answers -------------------------------------------------------------------------------------------------------- */

static const i64 bucket_ms[] = {15000, 30000, 60000, 120000, 300000, INT64_MAX};
static const struct report_column bucket_columns[] = {{"within_15", {"≤15 秒", "≤15 s"}, "count"},     {"within_30", {"≤30 秒", "≤30 s"}, "count"},     {"within_60", {"≤1 分钟", "≤1 min"}, "count"},
                                                      {"within_120", {"≤2 分钟", "≤2 min"}, "count"}, {"within_300", {"≤5 分钟", "≤5 min"}, "count"}, {"longer", {"更久", "Longer"}, "count"}};
_Static_assert(COUNT_OF(bucket_columns) == COUNT_OF(bucket_ms), "a column for each bucket");

struct replies {
  i64 counts[COUNT_OF(bucket_ms)], none, total;
  i64 *waits;
  size_t waits_count, room;
};

static int by_number(const void *a, const void *b) {
  i64 x = *(const i64 *)a, y = *(const i64 *)b;
  return x < y ? -1 : x > y;
}

static void add_reply(struct read_ctx *r, struct replies *x, const struct floor_first_replies_row *row) {
  x->total++;
  if (!row->has_replied_ms) {
    x->none++;
    return;
  }
  i64 wait = row->replied_ms - row->started_ms;
  x->waits = arena_grow(r->arena, x->waits, &x->room, x->waits_count + 1, sizeof *x->waits);
  x->waits[x->waits_count++] = wait;
  for (size_t i = 0; i < COUNT_OF(bucket_ms); i++)
    if (wait <= bucket_ms[i]) {
      x->counts[i]++;
      return;
    }
}

/* Unanswered conversations have a column of their own and are never left out of the total. */
static json_t *replies_json(struct str id, struct str name, struct replies *x) {
  json_t *row = json_object();
  show_put_text(row, "person", id);
  show_put_text(row, "name", name);
  show_put_int(row, "total", x->total);
  for (size_t i = 0; i < COUNT_OF(bucket_ms); i++) json_object_set_new(row, bucket_columns[i].key, json_integer(x->counts[i]));
  show_put_int(row, "none", x->none);
  if (x->waits_count) qsort(x->waits, x->waits_count, sizeof *x->waits, by_number);
  json_object_set_new(row, "median_ms", show_int_or_null(x->waits_count > 0, x->waits_count ? x->waits[(x->waits_count - 1) / 2] : 0));
  json_object_set_new(row, "p90_ms", show_int_or_null(x->waits_count > 0, x->waits_count ? x->waits[(x->waits_count * 9 - 1) / 10] : 0));
  return row;
}

static enum status first_reply(struct read_ctx *r, const struct span *s, json_t *report) {
  struct floor_first_replies_row *rows = NULL;
  size_t count = 0;
  struct show_people people;
  struct floor_first_replies_in in = {.from_ms = s->from_ms, .to_ms = s->to_ms};
  enum status status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status == OK) status = floor_first_replies(r->store, r->arena, &in, &rows, &count, r->problem);
  static const struct report_column first[] = {{"name", {"客服", "Agent"}, "text"}, {"total", {"接待", "Received"}, "count"}};
  static const struct report_column last[] = {{"none", {"未答", "Never answered"}, "count"}, {"median_ms", {"中位（秒）", "Median (s)"}, "ms"}, {"p90_ms", {"九成以内（秒）", "9 in 10 within (s)"}, "ms"}};
  report_columns(report, first, COUNT_OF(first));
  report_columns(report, bucket_columns, COUNT_OF(bucket_columns));
  report_columns(report, last, COUNT_OF(last));
  for (size_t i = 0; status == OK && i < count;) {
    struct replies x = {0};
    struct str agent = rows[i].agent;
    for (; i < count && str_eq(rows[i].agent, agent); i++) add_reply(r, &x, &rows[i]);
    if (!sees_all(r) && !str_eq(agent, r->actor.id)) continue;
    json_array_append_new(json_object_get(report, "rows"), replies_json(agent, show_name(&people, agent), &x));
  }
  return status;
}

/* ---- attendance ------------------------------------------------------------------------------------------------------------ */

struct presence_sums {
  i64 rostered, worked, rest, leave, late, late_ms, early, absent, missing, off_post;
};

static void add_fact(struct presence_sums *x, const struct attendance_fact_range_row *f) {
  if (str_is(f->kind, "attendance.late")) x->late++, x->late_ms += f->duration_ms;
  else if (str_is(f->kind, "attendance.left_early")) x->early++;
  else if (str_is(f->kind, "attendance.absent")) x->absent++;
  else if (str_is(f->kind, "attendance.punch_missing")) x->missing++;
  else x->off_post++;
}

static json_t *presence_json(struct str id, struct str name, const struct presence_sums *x) {
  json_t *row = json_object();
  show_put_text(row, "person", id);
  show_put_text(row, "name", name);
  show_put_int(row, "rostered", x->rostered);
  show_put_int(row, "worked", x->worked);
  show_put_int(row, "rest", x->rest);
  show_put_int(row, "leave", x->leave);
  show_put_int(row, "late", x->late);
  show_put_int(row, "late_ms", x->late_ms);
  show_put_int(row, "early", x->early);
  show_put_int(row, "absent", x->absent);
  show_put_int(row, "missing", x->missing);
  show_put_int(row, "off_post", x->off_post);
  return row;
}

static enum status attendance(struct read_ctx *r, const struct span *s, json_t *report) {
  enum status status = OK;
  struct shift_range_row *shifts = NULL;
  struct attendance_fact_range_row *facts = NULL;
  size_t shift_count = 0, fact_count = 0;
  struct show_people people;
  struct shift_range_in sin = {.from_date = s->from, .to_date = s->to};
  struct attendance_fact_range_in fin = {.from_ms = s->from_ms, .to_ms = s->to_ms};
  static const struct report_column columns[] = {
      {"name", {"姓名", "Name"}, "text"},      {"rostered", {"应到", "Due"}, "count"},        {"worked", {"实到", "Present"}, "count"},    {"rest", {"休息", "Rest"}, "count"},
      {"leave", {"请假", "Leave"}, "count"},   {"late", {"迟到", "Late"}, "count"},           {"late_ms", {"迟到（秒）", "Late (s)"}, "ms"}, {"early", {"早退", "Left early"}, "count"},
      {"absent", {"旷工", "Absent"}, "count"}, {"missing", {"缺卡", "Punch missing"}, "count"}, {"off_post", {"脱岗", "Off post"}, "count"}};
  report_columns(report, columns, COUNT_OF(columns));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(shift_range(r->store, r->arena, &sin, &shifts, &shift_count, r->problem));
  TRY(attendance_fact_range(r->store, r->arena, &fin, &facts, &fact_count, r->problem));
  for (size_t i = 0; i < people.names.n; i++) {
    struct str id = people.names.entries[i].key;
    struct presence_sums x = {0};
    for (size_t k = 0; k < shift_count; k++) {
      if (!str_eq(shifts[k].person, id)) continue;
      bool works = shifts[k].end_ms > shifts[k].start_ms, leave = shifts[k].has_cause && str_is(shifts[k].cause, "请假");
      x.rostered += works;
      x.worked += works && shifts[k].has_in_ms;
      x.leave += leave;
      x.rest += !works && !leave;
    }
    for (size_t k = 0; k < fact_count; k++)
      if (str_eq(facts[k].person, id)) add_fact(&x, &facts[k]);
    if ((!x.rostered && !x.rest && !x.leave) || (!sees_all(r) && !str_eq(id, r->actor.id))) continue;
    json_array_append_new(json_object_get(report, "rows"), presence_json(id, show_name(&people, id), &x));
  }
done:
  return status;
}

/* ---- reads ------------------------------------------------------------------------------------------------------------------- */

struct report_def {
  const char *name;
  struct report_word title, summary;
  const char *goal; /* the 报表 of the book that it stands for */
  enum status (*make)(struct read_ctx *r, const struct span *s, json_t *report);
};
static const struct report_def reports[] = {
    {"closing-rate", {"成交率", "Closing rate"}, {"每人接待的顾客、成交的顾客与成交率，可点开看是哪几次", "Customers served, customers who bought and the rate, each; opens into which"}, "成交周报", closing},
    {"first-reply", {"首次回复", "First replies"}, {"每人首次回复用时的分布，未答的单列", "How long first replies took, each; unanswered ones apart"}, "", first_reply},
    {"attendance", {"考勤", "Attendance"}, {"应到、实到、迟到、早退、旷工", "Due, present, late, left early, absent"}, "", attendance},
};

static const struct lang_item *declared(const struct lang_program *program, const char *name) {
  for (size_t i = 0; program && *name && i < program->item_count; i++)
    if (program->items[i]->kind == LI_REPORT && str_is(program->items[i]->report->name.text, name)) return program->items[i];
  return NULL;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *items = json_array();
  json_array_append_new(items, json_pack("{s:s,s:s,s:s,s:s,s:s,s:n}", "name", "reception", "title", "接待", "title_en", "Reception", "summary", "回复快慢、时长、满意度与成交，按客服、班次、渠道、标签、日期", "summary_en",
                                                "Speed of replies, length, ratings and sales, by agent, shift, channel, tag and date", "clause"));
  if (reception_sees_all(r))
    json_array_append_new(items, json_pack("{s:s,s:s,s:s,s:s,s:s,s:n}", "name", "workload", "title", "工作量", "title_en", "Workload", "summary", "顾客什么时候来，要排几个人", "summary_en",
                                                  "When customers come, how many people that takes", "clause"));
  for (size_t i = 0; i < COUNT_OF(reports); i++) {
    const struct lang_item *item = declared(r->program, reports[i].goal);
    json_array_append_new(items, json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "name", reports[i].name, "title", reports[i].title.zh, "title_en", reports[i].title.en, "summary", reports[i].summary.zh, "summary_en", reports[i].summary.en,
                                           "clause", show_clause(r->program, item && item->clause ? item->clause->id : STR(""))));
  }
  *result = json_pack("{s:o,s:o,s:n}", "items", items, "declared", report_declared(r), "next");
  return OK;
}

static enum status make(struct read_ctx *r, json_t *query, json_t **report) {
  struct str name = show_arg(r->arena, query, "name");
  struct span s;
  enum status status = span_of(r, query, &s);
  if (status != OK) return status;
  for (size_t i = 0; i < COUNT_OF(reports); i++) {
    if (!str_is(name, reports[i].name)) continue;
    json_t *out = frame(r, reports[i].name, reports[i].title, &s);
    const struct lang_item *item = declared(r->program, reports[i].goal);
    json_object_set_new(out, "clause", show_clause(r->program, item && item->clause ? item->clause->id : STR("")));
    status = reports[i].make(r, &s, out);
    if (status == OK) *report = out;
    else json_decref(out);
    return status;
  }
  return problem_set(r->problem, E_NOT_FOUND, "report.unknown", "没有报表“%.*s”", "There is no report “%.*s”", STR_ARG(name));
}

/* 密级 … 导出: a report or sheet that belongs to a class leaves the desk only with those who may export it. */
static enum status may_export(struct read_ctx *r, struct str name) {
  struct party_desk desk;
  enum status status = party_load(r->store, r->arena, r->program, &desk, r->problem);
  struct party_matter m = {.actor = r->actor.id};
  for (size_t i = 0; status == OK && r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    const struct lang_class *k = item->kind == LI_CLASS ? item->data_class : NULL;
    bool member = k && str_eq(k->name.text, name);
    for (size_t n = 0; k && n < k->members.count; n++) member |= str_eq(k->members.p[n].text, name);
    for (size_t g = 0; member && g < k->grant_count; g++) {
      if (k->grants[g].access != LANG_EXPORT) continue;
      bool listed = false;
      for (size_t n = 0; n < k->grants[g].parties.count; n++) listed |= party_includes(&desk, &k->grants[g].parties.p[n], &m, r->actor.id);
      if (listed && !k->grants[g].nobody) continue;
      status = problem_set(r->problem, E_DENIED, "report.class", "“%.*s”属于密级“%.*s”，不能导出", "“%.*s” belongs to the class “%.*s” and may not be exported", STR_ARG(name), STR_ARG(k->name.text));
      if (item->clause) snprintf(r->problem->clause, sizeof r->problem->clause, "%.*s", STR_ARG(item->clause->id));
      return status;
    }
  }
  return status;
}

static json_t *file_json(const char *type, struct str name, struct str bytes, bool base64) {
  json_t *file = json_object();
  json_object_set_new(file, "type", json_string(type));
  if (name.n) show_put_text(file, "name", name);
  if (base64) {
    size_t room = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(room);
    BUG_IF(text == NULL);
    sodium_bin2base64(text, room, (const unsigned char *)bytes.p, bytes.n, sodium_base64_VARIANT_ORIGINAL);
    json_object_set_new(file, "base64", json_string(text));
    free(text);
  } else {
    show_put_text(file, "text", bytes);
  }
  return json_pack("{s:o}", "$file", file);
}

/* A table of columns and rows as a file; `name` without its end. */
static enum status table_file(struct read_ctx *r, const json_t *report, struct str name, bool english, bool xlsx, json_t **result) {
  struct buf out;
  enum status status = OK;
  buf_init(&out, REPORT_FILE_MOST);
  if (xlsx) status = report_table_xlsx(report, english, &out, r->problem);
  else report_csv(report, english, &out);
  if (status == OK && out.overflow) status = problem_set(r->problem, E_TOO_LARGE, "report.large", "报表太大", "The report is too large");
  if (status == OK) *result = file_json(xlsx ? TYPE_XLSX : "text/csv; charset=utf-8", arena_printf(r->arena, "%.*s.%s", STR_ARG(name), xlsx ? "xlsx" : "csv"), buf_str(&out), xlsx);
  buf_release(&out);
  return status;
}

/* A class names a report as the rulebook does, in Chinese, whatever the language of the file. */
static enum status read_file(struct read_ctx *r, json_t *query, bool xlsx, json_t **result) {
  json_t *report = NULL;
  bool english = report_english(r, query);
  enum status status = str_is(show_arg(r->arena, query, "name"), "reception") ? reception_table(r, query, &report) : make(r, query, &report);
  if (status == OK) status = may_export(r, str_c(json_string_value(json_object_get(report, "title"))));
  if (status == OK) {
    struct str name = arena_printf(r->arena, english ? "%s %s to %s" : "%s %s 至 %s", report_text(report, "title", english), report_text(report, "from", false), report_text(report, "to", false));
    status = table_file(r, report, name, english, xlsx, result);
  }
  json_decref(report);
  return status;
}
static enum status read_csv(struct read_ctx *r, json_t *query, json_t **result) { return read_file(r, query, false, result); }
static enum status read_table_xlsx(struct read_ctx *r, json_t *query, json_t **result) { return read_file(r, query, true, result); }

static enum status declared_in(struct read_ctx *r, json_t *query, bool english, json_t **result) {
  static const char *const names[REPORT_FILTERS] = {"agent", "role", "shift", "channel"};
  struct report_book_ask ask = {.name = show_arg(r->arena, query, "name"), .english = english};
  struct span s;
  enum status status = span_of(r, query, &s);
  ask.from = s.from, ask.to = s.to;
  if (status == OK) status = report_compare_span(r, query, ask.from, ask.to, REPORT_DAYS_MOST + 1, &ask.before);
  for (size_t f = 0; f < REPORT_FILTERS; f++) ask.narrow.of[f] = show_arg(r->arena, query, names[f]);
  return status == OK ? report_of_book(r, &ask, result) : status;
}
static enum status read_declared(struct read_ctx *r, json_t *query, json_t **result) { return declared_in(r, query, false, result); }

static enum status declared_file(struct read_ctx *r, json_t *query, bool xlsx, json_t **result) {
  struct str name = show_arg(r->arena, query, "name");
  json_t *report = NULL;
  bool english = report_english(r, query);
  enum status status = may_export(r, name);
  if (status == OK) status = declared_in(r, query, english, &report);
  if (status != OK) return status;
  report_book_table(report, english);
  status = table_file(r, report, arena_printf(r->arena, "%.*s %s", STR_ARG(name), report_text(report, "from", false)), english, xlsx, result);
  json_decref(report);
  return status;
}
static enum status read_declared_csv(struct read_ctx *r, json_t *query, json_t **result) { return declared_file(r, query, false, result); }
static enum status read_declared_xlsx(struct read_ctx *r, json_t *query, json_t **result) { return declared_file(r, query, true, result); }

static struct str desk_name(struct read_ctx *r) {
  struct people_desk_row *desk = NULL;
  return people_desk(r->store, r->arena, &desk, r->problem) == OK && desk ? desk->name : STR("");
}

static enum status read_xlsx(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *sheet = NULL;
  struct buf out;
  enum status status = may_export(r, STR("工资表"));
  if (status == OK) status = ledger_read_settle(r, query, &sheet);
  if (status != OK) return status;
  buf_init(&out, REPORT_FILE_MOST);
  bool english = report_english(r, query);
  status = report_pay_sheet(sheet, desk_name(r), english, &out, r->problem);
  if (status == OK) *result = file_json(TYPE_XLSX, arena_printf(r->arena, english ? "Pay sheet %s.xlsx" : "工资表 %s.xlsx", report_text(sheet, "month", false)), buf_str(&out), true);
  buf_release(&out);
  json_decref(sheet);
  return status;
}

static enum status read_case_print(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *c = NULL;
  struct buf out;
  enum status status = case_read_one(r, query, &c);
  if (status != OK) return status;
  buf_init(&out, REPORT_FILE_MOST);
  report_case_html(c, desk_name(r), report_english(r, query), &out);
  *result = file_json("text/html; charset=utf-8", STR(""), buf_str(&out), false);
  buf_release(&out);
  json_decref(c);
  return OK;
}

static const char *const no_nouns[] = {NULL};
static const char *const no_tables[] = {NULL};
#define IN_LANGUAGE "; language: zh (else) or en"
#define IN_LANGUAGE_ZH "；language 写 zh（默认）或 en"
#define FILE_ASK "name:text! from:date to:date language:text"
#define DECLARED_ASK "name:text! from:date to:date agent:person role:text shift:text channel:text compare:bool compare_from:date compare_to:date"
static const struct read_def reads[] = {
    {"report.list", "", read_list, false, "", "Reports", "报表"},
    {"report.get", "", make, false, "name:text! from:date to:date", "One report with the ids behind its figures", "一张报表"},
    {"report.csv", "", read_csv, false, FILE_ASK, "A report as CSV" IN_LANGUAGE, "报表 CSV" IN_LANGUAGE_ZH},
    {"report.xlsx", "", read_table_xlsx, false, FILE_ASK, "A report as XLSX" IN_LANGUAGE, "报表 XLSX" IN_LANGUAGE_ZH},
    {"report.declared", "", read_declared, true, DECLARED_ASK,
     "A report the rulebook declares, narrowed to a person, role, shift or channel and beside any other span; filters says which columns one does not reach (their cells are null, why says so)",
     "制度里写的报表，可按人员、岗位、班次、渠道筛选，可与任一段并排；filters 列出筛不到的列（那些格是 null，why 说为什么）"},
    {"report.declared_csv", "", read_declared_csv, true, DECLARED_ASK " language:text", "A report of the rulebook as CSV, narrowed and compared alike" IN_LANGUAGE, "制度里写的报表 CSV，筛选和并排相同" IN_LANGUAGE_ZH},
    {"report.declared_xlsx", "", read_declared_xlsx, true, DECLARED_ASK " language:text", "A report of the rulebook as XLSX, narrowed and compared alike" IN_LANGUAGE, "制度里写的报表 XLSX，筛选和并排相同" IN_LANGUAGE_ZH},
    {"report.reception", "", reception_report, false, "from:date to:date by:text agent:person shift:text channel:text tag:text customer:customer level:text customer_tag:text compare:bool compare_from:date compare_to:date",
     "Reception by agent, shift, channel, tag or day, with distributions; beside any other span", "接待报表：按客服、班次、渠道、标签或日期，带分布；可与任一段并排"},
    {"report.workload", "", reception_workload, false, "from:date to:date channel:text target_s:int share:int at_once:int", "Workload by half-hour and weekday, and the heads it needs",
     "按半小时与星期的工作量，和要几个人"},
    {"report.talks", "", reception_talks, false, "what:text from:date to:date agent:person shift:text channel:text tag:text customer:customer level:text customer_tag:text step:int clock:text stars:int weekday:int slot:int after:text limit:int",
     "The conversations behind a figure; of inquiries (deal, no_deal, ended) with the orders that followed", "数字背后的会话；询单（deal、no_deal、ended）带着随后的订单"},
    {"report.orders", "", reception_orders, false, "from:date to:date agent:person shift:text customer:customer level:text customer_tag:text after:text limit:int",
     "The completed orders behind a figure, each with the conversation before it", "数字背后成交的订单，和它之前的会话"},
    {"report.segments", "", reception_segments, false, "", "Levels and tags that customers can be narrowed by", "顾客可按哪些等级和标签筛选"},
    {"settle.xlsx", "", read_xlsx, true, "month:text! language:text", "The pay sheet as XLSX" IN_LANGUAGE, "工资表 XLSX" IN_LANGUAGE_ZH},
    {"case.print", "", read_case_print, false, "id:id! language:text", "A case to print" IN_LANGUAGE, "打印单据" IN_LANGUAGE_ZH},
    {NULL},
};
const struct view_def view_report = {.noun = "report", .version = 1, .nouns = no_nouns, .tables = no_tables, .reads = reads};
