/* Commands of the working day: the roster, clocking in and out, leaving the post, work done, notices (班务).
 *
 * Attendance facts (late, early, absent) are never entered here: the engine derives them from the roster and the punches. */
#include "commands/command.h"

#include "base/calendar.h"
#include "commands/duty_roster.h"
#include "views/case.sql.h"
#include "views/duty.h"
#include "views/party.h"

enum { TEXT_MOST = 2000, FILES_MOST = 30, LEAVE_MINUTES_MOST = 24 * 60, SHIFT_EARLY_MS = 8 * MS_HOUR, SHIFT_OPEN_MS = 12 * MS_HOUR };

/* ---- roster ------------------------------------------------------------------------------------------------------- */

static const struct lang_item *roster_item(const struct lang_program *program) {
  for (size_t i = 0; program && i < program->item_count; i++)
    if (program->items[i]->kind == LI_ROSTER) return program->items[i];
  return NULL;
}

/* The leader that the book names publishes, and whoever stands above. */
static enum status may_publish(struct command_ctx *c, const struct party_desk *desk) {
  const struct lang_item *item = roster_item(c->program);
  if (c->actor.owner || c->actor.type == ACTOR_SYSTEM) return OK;
  if (!item) return command_may(c, "排班.发布");
  struct party_matter m = {.actor = c->actor.id};
  struct str by = item->roster->by.path.text;
  if (party_includes(desk, &item->roster->by, &m, c->actor.id) || party_role_above(c->program, c->actor.role, by)) return OK;
  return problem_set(c->problem, E_DENIED, "roster.who", "排班由%.*s公布", "The roster is published by %.*s", STR_ARG(by));
}

static enum status read_cell(struct command_ctx *c, const struct party_desk *desk, const json_t *json, struct roster_draft *draft) {
  struct roster_cell *cell = &draft->cells[draft->count];
  struct shift_get_row *old = NULL;
  cell->person = show_arg(c->arena, json, "person");
  cell->shift = show_arg(c->arena, json, "shift");
  const struct party_person *who = party_person(desk, cell->person);
  if (!who) return problem_set(c->problem, E_INVALID, "roster.person", "班表里的人员“%.*s”不在职", "“%.*s” in the roster is not at work here", STR_ARG(cell->person));
  if (!date_parse(show_arg(c->arena, json, "date"), &cell->date) || cell->date < draft->from || cell->date > draft->to)
    return problem_set(c->problem, E_INVALID, "roster.date", "%.*s的日期不在班表的范围里", "A date of %.*s is outside the roster", STR_ARG(who->name));
  cell->start_ms = cell->end_ms = instant_at(cell->date, 0, c->zone_offset_ms);
  if (duty_is_rest(cell->shift)) {
    cell->shift = STR("休");
  } else if (str_is(cell->shift, "假")) {
    cell->works = false; /* an approved leave stays what it is */
  } else {
    const struct lang_shift *shift = duty_shift_on(c->program, cell->shift, cell->date);
    if (!shift)
      return problem_set(c->problem, E_INVALID, "roster.shift", "制度里没有班次“%.*s”（%.*s）", "The rulebook has no shift “%.*s” (%.*s)", STR_ARG(cell->shift), STR_ARG(who->name));
    duty_shift_span(c->program, shift, cell->date, c->zone_offset_ms, &cell->start_ms, &cell->end_ms);
    cell->works = true;
  }
  struct shift_get_in in = {.person = cell->person, .date = cell->date};
  enum status status = shift_get(c->store, c->arena, &in, &old, c->problem);
  if (status != OK) return status;
  cell->former = old ? old->name : STR("");
  cell->changed = !old || !str_eq(old->name, cell->shift);
  draft->count++;
  return OK;
}

static enum status read_draft(struct command_ctx *c, const struct party_desk *desk, json_t *args, struct roster_draft *draft) {
  enum status status = OK;
  const json_t *cells = json_object_get(args, "cells");
  size_t index;
  json_t *cell;
  if (!date_parse(show_arg(c->arena, args, "from"), &draft->from) || !date_parse(show_arg(c->arena, args, "to"), &draft->to) || draft->to < draft->from || draft->to - draft->from > 61)
    return problem_set(c->problem, E_INVALID, "roster.range", "请给出班表的起止日期，最多 62 天", "Give the first and last day of the roster, at most 62 days");
  if (!json_is_array(cells) || json_array_size(cells) == 0 || json_array_size(cells) > ROSTER_CELLS_MOST)
    return problem_set(c->problem, E_INVALID, "roster.cells", "班表是空的", "The roster has no cells");
  draft->cells = ARENA_ARRAY(c->arena, struct roster_cell, json_array_size(cells));
  json_array_foreach(cells, index, cell) {
    status = read_cell(c, desk, cell, draft);
    if (status != OK) return status;
  }
  return OK;
}

static struct str join_problems(struct command_ctx *c, const json_t *problems, const char *key) {
  struct str out = STR("");
  size_t index;
  json_t *one;
  json_array_foreach(problems, index, one) {
    struct str text = str_c(json_string_value(json_object_get(one, key)));
    if (out.n + text.n > 480) return arena_printf(c->arena, "%.*s …（%zu）", STR_ARG(out), json_array_size(problems));
    out = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(out), out.n ? "；" : "", STR_ARG(text));
  }
  return out;
}

static enum status refuse_draft(struct command_ctx *c, const json_t *problems) {
  struct str zh = join_problems(c, problems, "zh"), en = join_problems(c, problems, "en");
  const char *clause = json_string_value(json_object_get(json_object_get(json_array_get(problems, 0), "clause"), "id"));
  enum status status = problem_set(c->problem, E_REFUSED, "roster.breaks_rule", "%.*s", "%.*s", STR_ARG(zh));
  if (c->problem) {
    snprintf(c->problem->en, sizeof c->problem->en, "%.*s", STR_ARG(en));
    snprintf(c->problem->clause, sizeof c->problem->clause, "%s", clause ? clause : "");
  }
  return status;
}

static enum status assign(struct command_ctx *c, const struct roster_cell *cell) {
  struct event *e = event_new(c->arena, EVENT_shift_assigned, c->now_ms, c->actor.id);
  event_set_text(e, "person", cell->person);
  event_set_text(e, "shift", cell->shift);
  event_set(e, "date", value_int(V_DATE, cell->date));
  event_set(e, "start", value_int(V_INSTANT, cell->start_ms));
  event_set(e, "end", value_int(V_INSTANT, cell->end_ms));
  event_set_text(e, "class", cell->works ? STR("班") : STR("休"));
  event_set_text(e, "cause", cell->former.n ? STR("换班") : STR("排"));
  if (cell->former.n) event_set_text(e, "former", cell->former);
  return command_append(c, e);
}

static enum status roster_publish(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct party_desk desk;
  struct roster_draft draft = {0};
  json_t *problems = NULL, *decision = NULL;
  bool proceed = true;
  i64 changed = 0;
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  TRY(may_publish(c, &desk));
  TRY(read_draft(c, &desk, args, &draft));
  TRY(roster_judge(c, &draft, &problems));
  if (command_bool(args, "dry")) {
    *result = json_pack("{s:b,s:O}", "published", 0, "problems", problems);
    goto done;
  }
  if (json_array_size(problems)) TRY(refuse_draft(c, problems));
  struct event *e = event_new(c->arena, EVENT_roster_published, c->now_ms, c->actor.id);
  const struct lang_item *item = roster_item(c->program);
  if (item && item->roster->roles.count) event_set_text(e, "role", item->roster->roles.p[0].text);
  event_set(e, "from", value_int(V_DATE, draft.from));
  event_set(e, "to", value_int(V_DATE, draft.to));
  i64 ahead = instant_at(draft.from, 0, c->zone_offset_ms) - c->now_ms;
  event_set(e, "ahead", value_int(V_DURATION, ahead > 0 ? ahead : 0));
  TRY(command_gate(c, e, &proceed, &decision));
  if (!proceed) {
    *result = json_incref(decision);
    goto done;
  }
  for (size_t i = 0; i < draft.count; i++)
    if (draft.cells[i].changed) changed++;
  event_set(e, "cells", value_int(V_COUNT, changed));
  for (size_t i = 0; i < draft.count; i++)
    if (draft.cells[i].changed) TRY(assign(c, &draft.cells[i]));
  TRY(command_append(c, e));
  *result = json_pack("{s:b,s:I,s:[]}", "published", 1, "changed", changed, "problems");
done:
  json_decref(problems);
  json_decref(decision);
  return status;
}

/* ---- clocking in and out -------------------------------------------------------------------------------------------- */

static enum status clock_in(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  json_t *decision = NULL;
  bool proceed = true;
  struct shift_nearest_row *shift = NULL;
  struct shift_nearest_in in = {.person = c->actor.id, .at_ms = c->now_ms, .earliest_ms = c->now_ms, .latest_ms = c->now_ms + SHIFT_EARLY_MS};
  TRY(shift_nearest(c->store, c->arena, &in, &shift, c->problem));
  if (!shift)
    TRY(problem_set(c->problem, E_CONFLICT, "attendance.no_shift", "这个时候没有排你的班；要加班请先找组长排", "You have no shift now; ask the leader to roster one"));
  if (shift->has_in_ms)
    TRY(problem_set(c->problem, E_CONFLICT, "attendance.already_in", "这一班你已经打过上班卡了", "You have already clocked in for this shift"));
  struct event *e = event_new(c->arena, EVENT_attendance_clocked_in, c->now_ms, c->actor.id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "shift", shift->name);
  event_set(e, "date", value_int(V_DATE, shift->date));
  event_set_text(e, "puncher", c->actor.id);
  TRY(command_gate(c, e, &proceed, &decision));
  if (proceed) {
    TRY(command_append(c, e));
    *result = json_pack("{s:o,s:o,s:I,s:I,s:I}", "shift", show_text(shift->name), "date", show_date(c->arena, shift->date), "start_ms", (json_int_t)shift->start_ms,
                        "end_ms", (json_int_t)shift->end_ms, "clocked_in_ms", (json_int_t)c->now_ms);
  } else {
    *result = json_incref(decision);
  }
done:
  json_decref(decision);
  return status;
}

/* A duty of this shift that only a case can fulfil (the handover book): the shift is closed when the case is there. */
static enum status handover_done(struct command_ctx *c, const struct shift_to_close_row *shift) {
  struct clock_of_bearer_row *clocks = NULL;
  size_t count = 0;
  struct clock_of_bearer_in in = {.bearer = c->actor.id, .role = STR("-"), .from_ms = shift->start_ms + 1, .to_ms = c->now_ms + 1};
  enum status status = clock_of_bearer(c->store, c->arena, &in, &clocks, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    struct str rest, type = str_cut(clocks[i].goal, '.', &rest);
    bool open = str_is(clocks[i].state, "running") || str_is(clocks[i].state, "paused") || str_is(clocks[i].state, "violated");
    if (!clocks[i].recurring || !open || !rest.n || !lang_find_case(c->program, type)) continue;
    if (clocks[i].due_ms < shift->end_ms - MS_HOUR || clocks[i].due_ms > shift->end_ms + SHIFT_OPEN_MS) continue;
    struct case_file_of_type_since_row *cases = NULL;
    size_t found = 0;
    struct case_file_of_type_since_in cin = {.type = type, .from_ms = shift->start_ms};
    status = case_file_of_type_since(c->store, c->arena, &cin, &cases, &found, c->problem);
    bool there = false;
    for (size_t k = 0; status == OK && k < found; k++) there |= str_eq(cases[k].subject, c->actor.id) && !cases[k].has_void_reason;
    if (status != OK || there) continue;
    status = problem_set(c->problem, E_REFUSED, "attendance.handover_missing", "这一班的%.*s还没有写，写了才能下班", "The %.*s of this shift is not written yet; write it before you sign off", STR_ARG(type));
    if (c->problem) snprintf(c->problem->clause, sizeof c->problem->clause, "%.*s", STR_ARG(clocks[i].clause));
  }
  return status;
}

static enum status clock_out(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  json_t *decision = NULL;
  bool proceed = true;
  struct shift_to_close_row *shift = NULL;
  struct shift_to_close_in in = {.person = c->actor.id, .at_ms = c->now_ms, .earliest_ms = c->now_ms - SHIFT_OPEN_MS};
  TRY(shift_to_close(c->store, c->arena, &in, &shift, c->problem));
  if (!shift || !shift->has_in_ms)
    TRY(problem_set(c->problem, E_CONFLICT, "attendance.not_in", "没有打过上班卡的班可以下", "There is no shift you have clocked in for"));
  struct event *e = event_new(c->arena, EVENT_attendance_clocked_out, c->now_ms, c->actor.id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "shift", shift->name);
  event_set(e, "date", value_int(V_DATE, shift->date));
  TRY(command_gate(c, e, &proceed, &decision));
  if (proceed) {
    TRY(handover_done(c, shift));
    TRY(command_append(c, e));
    i64 overtime = c->now_ms > shift->end_ms ? c->now_ms - shift->end_ms : 0;
    *result = json_pack("{s:o,s:o,s:I,s:I}", "shift", show_text(shift->name), "date", show_date(c->arena, shift->date), "clocked_out_ms", (json_int_t)c->now_ms,
                        "overtime_ms", (json_int_t)overtime);
  } else {
    *result = json_incref(decision);
  }
done:
  json_decref(decision);
  return status;
}

static enum status leave_post(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  json_t *decision = NULL;
  bool proceed = true;
  struct str reason, destination;
  i64 minutes = 0;
  struct away_open_row *open = NULL;
  struct away_open_in in = {.person = c->actor.id, .type = STR("post")};
  TRY(command_text(c, args, "reason", true, 200, &reason));
  TRY(command_text(c, args, "destination", false, 200, &destination));
  TRY(command_int(c, args, "minutes", true, 1, LEAVE_MINUTES_MOST, &minutes));
  TRY(away_open(c->store, c->arena, &in, &open, c->problem));
  if (open) TRY(problem_set(c->problem, E_CONFLICT, "attendance.already_away", "你已经在离岗中，先返岗", "You are already away from the post; return first"));
  struct event *e = event_new(c->arena, EVENT_attendance_left_post, c->now_ms, c->actor.id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "reason", command_bool(args, "business") || str_is(reason, "公") ? STR("公") : STR("私"));
  event_set_text(e, "text", reason);
  if (destination.n) event_set_text(e, "destination", destination);
  event_set(e, "expected", value_int(V_DURATION, minutes * MS_MINUTE));
  TRY(command_gate(c, e, &proceed, &decision));
  if (proceed) {
    TRY(command_append(c, e));
    *result = json_pack("{s:b,s:I}", "away", 1, "until_ms", (json_int_t)(c->now_ms + minutes * MS_MINUTE));
  } else {
    *result = json_incref(decision);
  }
done:
  json_decref(decision);
  return status;
}

static enum status return_post(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct away_open_row *open = NULL;
  struct away_open_in in = {.person = c->actor.id, .type = STR("post")};
  TRY(away_open(c->store, c->arena, &in, &open, c->problem));
  if (!open) TRY(problem_set(c->problem, E_CONFLICT, "attendance.not_away", "你没有离岗", "You are not away from the post"));
  struct event *e = event_new(c->arena, EVENT_attendance_returned, c->now_ms, c->actor.id);
  event_set_text(e, "person", c->actor.id);
  event_set(e, "away", value_int(V_DURATION, c->now_ms - open->from_ms));
  TRY(command_append(c, e));
  *result = json_pack("{s:I}", "away_ms", (json_int_t)(c->now_ms - open->from_ms));
done:
  return status;
}

/* ---- work done -------------------------------------------------------------------------------------------------------- */

static struct value text_list(struct command_ctx *c, const json_t *list) {
  size_t n = json_is_array(list) ? json_array_size(list) : 0;
  struct value *items = ARENA_ARRAY(c->arena, struct value, n ? n : 1);
  for (size_t i = 0; i < n; i++) items[i] = value_text(arena_dup(c->arena, str_c(json_string_value(json_array_get(list, i)))));
  return (struct value){.type = V_LIST, .items = items, .count = n};
}

static bool wants(struct str evidence, const char *word) { return str_find(evidence, str_c(word), 0) != SIZE_MAX; }

static enum status check_evidence(struct command_ctx *c, const struct clock_get_row *clock, const json_t *files, struct str text, struct str sign) {
  size_t n = json_is_array(files) ? json_array_size(files) : 0;
  if (n > FILES_MOST) return problem_set(c->problem, E_TOO_LARGE, "duty.files", "一次最多 %d 个附件", "At most %d files at once", FILES_MOST);
  if (n == 0 && (wants(clock->goal_evidence, "照片") || wants(clock->goal_evidence, "附件")))
    return problem_set(c->problem, E_INVALID, "duty.photo_missing", "“%.*s”要附上照片或附件", "“%.*s” needs a photo or file", STR_ARG(clock->title_zh));
  if (!sign.n && wants(clock->goal_evidence, "签名"))
    return problem_set(c->problem, E_INVALID, "duty.sign_missing", "“%.*s”要签名", "“%.*s” needs a signature", STR_ARG(clock->title_zh));
  if (!text.n && wants(clock->goal_evidence, "文"))
    return problem_set(c->problem, E_INVALID, "duty.text_missing", "“%.*s”要写明内容", "“%.*s” needs a text", STR_ARG(clock->title_zh));
  return OK;
}

static enum status find_duty(struct command_ctx *c, struct str id, struct clock_get_row **out) {
  struct clock_get_in in = {.id = id};
  enum status status = clock_get(c->store, c->arena, &in, out, c->problem);
  if (status != OK) return status;
  struct clock_get_row *clock = *out;
  if (!clock) return problem_set(c->problem, E_NOT_FOUND, "duty.unknown", "没有这件班务", "There is no such duty");
  struct str role = arena_printf(c->arena, "role:%.*s", STR_ARG(c->actor.role));
  if (!str_eq(clock->bearer, c->actor.id) && !str_eq(clock->bearer, role))
    return problem_set(c->problem, E_DENIED, "duty.not_yours", "这件事不是你的班务", "This duty is somebody else's");
  if (str_find(clock->goal, STR("."), 0) != SIZE_MAX)
    return problem_set(c->problem, E_INVALID, "duty.by_event", "这件事做了“%.*s”就自动完成，不用打勾", "This is fulfilled by “%.*s” itself; there is nothing to tick", STR_ARG(clock->goal));
  if (str_is(clock->state, "met") || str_is(clock->state, "met_late") || str_is(clock->state, "discharged"))
    return problem_set(c->problem, E_CONFLICT, "duty.done_before", "“%.*s”已经完成了", "“%.*s” is done already", STR_ARG(clock->title_zh));
  return OK;
}

static enum status duty_done(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str id, text, sign;
  struct clock_get_row *clock = NULL;
  const json_t *files = json_object_get(args, "files");
  TRY(command_text(c, args, "id", true, 200, &id));
  TRY(command_text(c, args, "text", false, TEXT_MOST, &text));
  TRY(command_text(c, args, "sign", false, 200, &sign));
  TRY(find_duty(c, id, &clock));
  TRY(check_evidence(c, clock, files, text, sign));
  struct event *e = event_new(c->arena, EVENT_duty_done, c->now_ms, c->actor.id);
  event_set_text(e, "name", clock->goal);
  event_set_text(e, "person", c->actor.id);
  if (clock->object.n) event_set(e, "object", value_ref(clock->object));
  if (json_is_array(files) && json_array_size(files)) event_set(e, wants(clock->goal_evidence, "照片") ? "photos" : "files", text_list(c, files));
  if (sign.n) {
    struct value *one = ARENA_NEW(c->arena, struct value);
    *one = value_text(sign);
    event_set(e, "signatures", (struct value){.type = V_LIST, .items = one, .count = 1});
  }
  if (text.n) {
    event_set_text(e, "text", text);
    event_set(e, "chars", value_int(V_COUNT, (i64)str_han_count(text)));
  }
  if (wants(clock->goal_evidence, "签到")) event_set(e, "signed_in", value_bool(true));
  event_set_text(e, "clause", clock->clause);
  event_set_text(e, "clock", clock->id);
  TRY(command_append(c, e));
  *result = json_pack("{s:b,s:b}", "done", 1, "late", c->now_ms > clock->due_ms);
done:
  return status;
}

/* ---- notices ------------------------------------------------------------------------------------------------------------ */

static enum status notice_mark_read(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str id;
  struct notice_get_row *row = NULL;
  TRY(command_text(c, args, "id", true, 200, &id));
  struct notice_get_in in = {.id = id};
  TRY(notice_get(c->store, c->arena, &in, &row, c->problem));
  if (!row) TRY(problem_set(c->problem, E_NOT_FOUND, "notice.unknown", "没有这条通知", "There is no such notice"));
  struct event *e = event_new(c->arena, EVENT_notice_read, c->now_ms, c->actor.id);
  event_set_text(e, "notice", id);
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:b}", "read", 1);
done:
  return status;
}

static enum status notice_send(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str to, text;
  struct party_desk desk;
  TRY(command_text(c, args, "to", true, 200, &to));
  TRY(command_text(c, args, "text", true, TEXT_MOST, &text));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  if (!party_person(&desk, to)) TRY(problem_set(c->problem, E_NOT_FOUND, "notice.nobody", "收通知的人不在职", "The person to be told is not at work here"));
  struct event *e = event_new(c->arena, EVENT_notice_sent, c->now_ms, c->actor.id);
  event_set_text(e, "to", to);
  event_set_text(e, "text", text);
  TRY(command_append(c, e));
  *result = json_pack("{s:b}", "sent", 1);
done:
  return status;
}

const struct command_def commands_duty[] = {
    {"roster.publish", "", roster_publish, "from:date! to:date! cells:list! dry:bool", "Publish or change the roster", "公布或改动班表"},
    {"attendance.in", "", clock_in, "", "Clock in", "上班打卡"},
    {"attendance.out", "", clock_out, "", "Clock out", "下班打卡"},
    {"attendance.leave_post", "", leave_post, "reason:text! destination:text minutes:int! business:bool", "Leave the post for a while", "离岗"},
    {"attendance.return", "", return_post, "", "Return to the post", "返岗"},
    {"duty.done", "", duty_done, "id:id! text:text files:list sign:text", "Report a duty as done, with its evidence", "完成一件班务"},
    {"notice.read", "", notice_mark_read, "id:id!", "Mark a notice as read", "通知已读"},
    {"notice.send", "通知.发出", notice_send, "to:id! text:text!", "Tell somebody something", "给人发通知"},
    {NULL},
};
