/* Commands of cases: opened, filled, moved along their declared arrows, voted on, handed over, voided.
 *
 * Every case event carries all fields of its moment (a rule never asks what the case looked like). An arrow's approval may
 * need several people: each answer is a vote, the last one moves the case. */
#include "commands/case.h"

#include "base/calendar.h"
#include "commands/case_fields.h"
#include "commands/shorthand.h"
#include "views/duty.h"
#include "views/ledger.sql.h"
#include "views/party.h"

enum { CASE_WORDS_MOST = 2000, CASE_LEAVE_DAYS_MOST = 370, CASE_EXTEND_DAYS_MOST = 366 };

static enum status declared(struct command_ctx *c, struct str name, const struct lang_case **type) {
  *type = c->program ? lang_find_case(c->program, name) : NULL;
  return *type ? OK : problem_set(c->problem, E_NOT_FOUND, "case.type_unknown", "制度里没有“%.*s”这种单", "The rulebook declares no case “%.*s”", STR_ARG(name));
}

/* ---- numbers ------------------------------------------------------------------------------------------------------- */

static struct str number_part(struct command_ctx *c, const struct lang_number_part *part) {
  struct civil d = civil_from_date(instant_date(c->now_ms, c->zone_offset_ms));
  switch (part->kind) {
    case LANG_NUMBER_TEXT: return part->text;
    case LANG_NUMBER_YEAR: return arena_printf(c->arena, "%04d", d.year);
    case LANG_NUMBER_YEAR_MONTH: return arena_printf(c->arena, "%04d%02d", d.year, d.month);
    case LANG_NUMBER_DATE: return arena_printf(c->arena, "%04d%02d%02d", d.year, d.month, d.day);
    case LANG_NUMBER_NAME: return part->text;
    default: return STR("");
  }
}

/* 编号 of the case type, else YYMM-NNNN over all types. */
static enum status next_number(struct command_ctx *c, const struct lang_case *type, struct str *out) {
  struct civil d = civil_from_date(instant_date(c->now_ms, c->zone_offset_ms));
  struct str prefix = arena_printf(c->arena, "%02d%02d-", d.year % 100, d.month);
  int digits = 4;
  if (type->number_count) {
    prefix = STR("");
    for (size_t i = 0; i < type->number_count; i++) {
      if (type->number[i].kind == LANG_NUMBER_SERIAL) digits = type->number[i].digits;
      else prefix = arena_printf(c->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(number_part(c, &type->number[i])));
    }
    if (prefix.n && prefix.p[prefix.n - 1] >= '0' && prefix.p[prefix.n - 1] <= '9') prefix = arena_printf(c->arena, "%.*s-", STR_ARG(prefix));
  }
  struct case_serial_get_in in = {.prefix = prefix};
  struct case_serial_get_row *row = NULL;
  enum status status = case_serial_get(c->store, c->arena, &in, &row, c->problem);
  *out = arena_printf(c->arena, "%.*s%0*lld", STR_ARG(prefix), digits > 0 && digits < 10 ? digits : 4, row ? (long long)row->last + 1 : 1);
  return status;
}

/* ---- events -------------------------------------------------------------------------------------------------------- */

static bool final_state(const struct lang_case *type, struct str state) {
  size_t at = lang_case_state(type, state);
  return at != SIZE_MAX && type->states[at].final;
}

static enum status case_event(struct command_ctx *c, enum event_kind_id kind, const struct case_at *at, struct event **out) {
  struct event *e = shorthand_event(c, kind);
  event_set_text(e, "case", at->row->id);
  event_set_text(e, "type", at->row->type);
  event_set_text(e, "number", at->row->number);
  e->case_type = at->row->type;
  e->case_state = at->row->state;
  *out = e;
  return case_fields_put(c, at->type, at->fields, e); /* the computed ones too, where the step is known */
}

/* ---- opening --------------------------------------------------------------------------------------------------------- */

/* The person field that the first step or 当事 names is the opener's own when left empty: 填写 (交班人), 当事 申请人. */
static void fill_self(struct command_ctx *c, const struct lang_case *type, json_t *fields) {
  const struct lang_approval *by = type->state_count ? type->states[0].by : NULL;
  for (size_t i = 0; i < type->field_count; i++) {
    const struct lang_field *f = &type->fields[i];
    bool first = by && by->kind == LA_PARTY && str_eq(by->party.path.text, f->name.text);
    bool own_subject = str_eq(type->subject.text, f->name.text) && !str_is(f->name.text, "责任人") && !str_is(f->name.text, "员工");
    if (f->type.kind != LT_PERSON || f->type.many || !(first || (own_subject && f->required))) continue;
    if (json_object_getn(fields, f->name.text.p, f->name.text.n)) continue;
    json_object_setn_new_nocheck(fields, f->name.text.p, f->name.text.n, show_text(c->actor.id));
  }
}

static enum status may_open(struct command_ctx *c, const struct lang_case *type, const json_t *fields) {
  struct party_desk desk;
  if (c->actor.owner || c->actor.type == ACTOR_SYSTEM) return OK;
  enum status status = party_load(c->store, c->arena, c->program, &desk, c->problem);
  if (status != OK) return status;
  struct party_matter m = {.type = type, .fields = fields, .subject = case_fields_subject(c, type, fields), .actor = c->actor.id};
  if (case_may_open(&desk, type, &m, c->actor.id)) return OK;
  struct str who = type->openers.count ? type->openers.p[0].path.text : type->state_count && type->states[0].by ? party_words(&desk, type->states[0].by->at) : STR("");
  return problem_set(c->problem, E_DENIED, "case.may_not_open", "“%.*s”由%.*s开", "“%.*s” is opened by %.*s", STR_ARG(type->name.text), STR_ARG(who));
}

static enum status open_case(struct command_ctx *c, const struct lang_case *type, json_t *fields, struct str origin, struct str words, json_t **result) {
  enum status status = OK;
  json_t *decision = NULL;
  bool done_now = false;
  struct str id, number;
  struct event *e = shorthand_event(c, EVENT_case_opened);
  TRY(shorthand_id(c, 'k', &id));
  TRY(next_number(c, type, &number));
  struct str first = type->states[0].name.text, subject = case_fields_subject(c, type, fields);
  event_set_text(e, "case", id);
  event_set_text(e, "type", type->name.text);
  event_set_text(e, "number", number);
  event_set_text(e, "to", first);
  e->case_type = type->name.text;
  e->case_state = first;
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  if (subject.n) event_set_text(e, "subject", subject);
  if (origin.n) event_set(e, "origin", value_ref(origin));
  if (words.n) event_set_text(e, "title", words);
  if (final_state(type, first)) event_set(e, "final", value_bool(true));
  TRY(case_fields_put(c, type, fields, e));
  if (c->engine) engine_compute_case(c->engine, c->arena, e);
  TRY(shorthand_gated(c, e, &done_now, &decision));
  if (!done_now) {
    *result = decision ? json_incref(decision) : NULL;
    goto done;
  }
  *result = json_pack("{s:o,s:o,s:o}", "id", show_text(id), "number", show_text(number), "state", show_text(first));
  if (decision) json_object_set(*result, "decision", json_object_get(decision, "decision"));
done:
  json_decref(decision);
  return status;
}

static enum status run_open(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  const struct lang_case *type = NULL;
  struct str name;
  json_t *fields = json_object();
  TRY(command_text(c, args, "type", true, 100, &name));
  TRY(declared(c, name, &type));
  if (!type->state_count) TRY(problem_set(c->problem, E_INVALID, "case.no_flow", "“%.*s”没有流程，开不了单", "“%.*s” has no steps", STR_ARG(name)));
  TRY(case_fields_merge(c, type, json_object_get(args, "fields"), fields));
  fill_self(c, type, fields);
  TRY(may_open(c, type, fields));
  TRY(case_fields_complete(c, type, fields));
  TRY(open_case(c, type, fields, STR(""), STR(""), result));
done:
  json_decref(fields);
  return status;
}

/* ---- what a step means beyond the case ----------------------------------------------------------------------------- */

static i64 field_int(const struct event *e, const char *name) {
  struct value v = event_get(e, str_c(name));
  return v.type == V_INSTANT ? v.i : 0;
}

/* An approved leave turns the shifts it covers; one that covers only an end of a shift shortens it. */
static enum status leave_shift(struct command_ctx *c, const struct shift_of_person_row *s, i64 from, i64 to) {
  struct event *e = shorthand_event(c, EVENT_shift_assigned);
  bool whole = from <= s->start_ms && to >= s->end_ms;
  i64 start = from <= s->start_ms ? to : s->start_ms, end = to >= s->end_ms ? from : s->end_ms;
  if (!whole && start == s->start_ms && end == s->end_ms) return OK; /* in the middle: the shift stays, who is away when says views/leave.h */
  i64 midnight = instant_at(s->date, 0, c->zone_offset_ms);
  event_set_text(e, "person", s->person);
  event_set_text(e, "shift", whole ? STR("假") : s->name);
  event_set(e, "date", value_int(V_DATE, s->date));
  event_set(e, "start", value_int(V_INSTANT, whole ? midnight : start));
  event_set(e, "end", value_int(V_INSTANT, whole ? midnight : end));
  event_set_text(e, "class", whole ? STR("休") : STR("班"));
  event_set_text(e, "cause", STR("请假"));
  event_set_text(e, "former", s->name);
  return command_append(c, e);
}

static enum status leave_approved(struct command_ctx *c, const struct event *moved) {
  struct value who = event_get(moved, STR("申请人"));
  i64 from = field_int(moved, "起时"), to = field_int(moved, "止时");
  struct shift_of_person_row *rows = NULL;
  size_t count = 0;
  if (who.type != V_REF || !from || to <= from) return OK;
  i64 first = instant_date(from, c->zone_offset_ms) - 1, last = instant_date(to, c->zone_offset_ms);
  if (last - first > CASE_LEAVE_DAYS_MOST) last = first + CASE_LEAVE_DAYS_MOST;
  struct shift_of_person_in in = {.person = who.s, .from_date = first, .to_date = last};
  enum status status = shift_of_person(c->store, c->arena, &in, &rows, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++)
    if (rows[i].end_ms > rows[i].start_ms && rows[i].start_ms < to && rows[i].end_ms > from) status = leave_shift(c, &rows[i], from, to);
  return status;
}

static enum status product_listed(struct command_ctx *c, const struct event *moved) {
  struct value product = event_get(moved, STR("商品"));
  if (product.type != V_REF) return OK;
  struct event *e = shorthand_event(c, EVENT_product_listed);
  event_set_text(e, "product", product.s);
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  return command_append(c, e);
}

static enum status follow_up(struct command_ctx *c, const struct event *moved) {
  if (str_is(moved->case_type, "请假") && str_is(moved->case_state, "批准")) return leave_approved(c, moved);
  if (str_is(moved->case_type, "新品") && str_is(moved->case_state, "上架")) return product_listed(c, moved);
  return OK;
}

/* ---- moving ----------------------------------------------------------------------------------------------------------- */

static enum status find(struct command_ctx *c, json_t *args, struct case_at *at) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 100, &id);
  if (status == OK) status = case_load(c->store, c->arena, c->program, id, at, c->problem);
  if (status != OK) return status;
  if (!at->type) return problem_set(c->problem, E_CONFLICT, "case.type_gone", "现行制度里已没有“%.*s”这种单", "The rulebook in force no longer declares “%.*s”", STR_ARG(at->row->type));
  if (at->row->has_void_reason) return problem_set(c->problem, E_CONFLICT, "case.voided", "这张单已作废", "This case was voided");
  return OK;
}

static enum case_step step_to(struct command_ctx *c, const struct case_at *at, size_t to) {
  struct work_calendar days = engine_calendar(c->engine);
  return case_step_to(c->arena, c->program, at, to, c->now_ms, c->zone_offset_ms, &days);
}

static enum status target(struct command_ctx *c, const struct case_at *at, struct str to, size_t *state) {
  size_t from = lang_case_state(at->type, at->row->state);
  *state = lang_case_state(at->type, to);
  if (str_eq(at->row->state, to)) return problem_set(c->problem, E_CONFLICT, "case.already_there", "这张单已经是“%.*s”了", "The case is already “%.*s”", STR_ARG(to));
  enum case_step step = from == SIZE_MAX || *state == SIZE_MAX ? CASE_STEP_NONE : step_to(c, at, *state);
  if (step == CASE_STEP_EARLY && c->actor.type == ACTOR_SYSTEM) step = CASE_STEP_OPEN; /* the engine has said that its time is over */
  if (step == CASE_STEP_EARLY)
    return problem_set(c->problem, E_CONFLICT, "case.too_early", "到“%.*s”要等时间到，到时自动转入", "“%.*s” waits for its time and is then reached by itself", STR_ARG(to));
  if (step == CASE_STEP_NONE)
    return problem_set(c->problem, E_CONFLICT, "case.no_such_step", "从“%.*s”不能转到“%.*s”", "There is no step from “%.*s” to “%.*s”", STR_ARG(at->row->state), STR_ARG(to));
  return OK;
}

static enum status vote_event(struct command_ctx *c, const struct case_at *at, struct str step, const char *result, struct str text) {
  struct event *e = NULL;
  enum status status = case_event(c, EVENT_case_voted, at, &e);
  if (status != OK) return status;
  event_set_text(e, "step", step);
  event_set_text(e, "voter", c->actor.id);
  event_set_text(e, "result", str_c(result));
  if (text.n) event_set_text(e, "opinion", text);
  event_set_text(e, "state", at->row->state);
  return command_append(c, e);
}

static enum status move_event(struct command_ctx *c, const struct case_at *at, size_t to, struct str text, struct event **out) {
  struct event *e = NULL;
  enum status status = case_event(c, EVENT_case_moved, at, &e);
  if (status != OK) return status;
  struct str subject = case_fields_subject(c, at->type, at->fields), state = at->type->states[to].name.text;
  event_set_text(e, "from", at->row->state);
  event_set_text(e, "to", state);
  e->case_state = state;
  if (c->engine) engine_compute_case(c->engine, c->arena, e);
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  if (text.n) event_set_text(e, "text", text);
  if (subject.n) event_set_text(e, "subject", subject);
  event_set(e, "final", value_bool(at->type->states[to].final));
  *out = e;
  return OK;
}

static enum status may_move(struct command_ctx *c, const struct case_at *at, size_t to, struct party_answer *answer) {
  struct party_desk desk;
  if (c->actor.type == ACTOR_SYSTEM) {
    *answer = (struct party_answer){.may = true, .complete = true};
    return OK;
  }
  enum status status = party_load(c->store, c->arena, c->program, &desk, c->problem);
  if (status != OK) return status;
  *answer = case_may_move(&desk, at, to, c->actor.id, c->actor.owner);
  if (answer->may) return OK;
  const struct lang_state *state = &at->type->states[to];
  struct str who = state->by ? party_words(&desk, state->by->at) : STR("");
  return problem_set(c->problem, E_DENIED, "case.may_not_move", "转到“%.*s”由%.*s办理", "Moving to “%.*s” is for %.*s", STR_ARG(state->name.text), STR_ARG(who));
}

static enum status move_case(struct command_ctx *c, struct case_at *at, size_t to, struct str text, json_t **result) {
  enum status status = OK;
  struct party_answer answer;
  struct event *e = NULL;
  json_t *decision = NULL;
  bool proceed = true;
  struct str state = at->type->states[to].name.text;
  bool several = at->type->states[to].by && at->type->states[to].by->kind != LA_PARTY;
  TRY(may_move(c, at, to, &answer));
  if (!answer.complete) {
    TRY(vote_event(c, at, state, "同意", text));
    *result = json_pack("{s:o,s:o,s:b}", "id", show_text(at->row->id), "state", show_text(at->row->state), "waiting", 1);
    goto done;
  }
  TRY(case_fields_complete(c, at->type, at->fields));
  TRY(move_event(c, at, to, text, &e));
  TRY(command_gate(c, e, &proceed, &decision));
  if (!proceed) {
    *result = json_incref(decision);
    goto done;
  }
  if (several && c->actor.type == ACTOR_PERSON) TRY(vote_event(c, at, state, "同意", text));
  TRY(command_append(c, e));
  TRY(follow_up(c, e));
  *result = json_pack("{s:o,s:o,s:o}", "id", show_text(at->row->id), "number", show_text(at->row->number), "state", show_text(state));
done:
  json_decref(decision);
  return status;
}

static enum status run_move(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct str to, text;
  size_t state = 0;
  TRY(command_text(c, args, "to", true, 100, &to));
  TRY(command_text(c, args, "text", false, CASE_WORDS_MOST, &text));
  TRY(find(c, args, &at));
  TRY(case_fields_merge(c, at.type, json_object_get(args, "fields"), at.fields));
  TRY(target(c, &at, to, &state));
  TRY(move_case(c, &at, state, text, result));
done:
  json_decref(at.fields);
  return status;
}

enum status case_answer(struct command_ctx *c, struct str id, bool agree, struct str text, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct party_desk desk;
  size_t chosen = SIZE_MAX, other = SIZE_MAX;
  TRY(case_load(c->store, c->arena, c->program, id, &at, c->problem));
  if (!at.type || at.row->final) TRY(problem_set(c->problem, E_CONFLICT, "case.closed", "这张单已经办结", "This case is closed"));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  for (size_t i = 0; i < at.type->state_count; i++) {
    if (!case_may_move(&desk, &at, i, c->actor.id, c->actor.owner).may || step_to(c, &at, i) != CASE_STEP_OPEN) continue;
    if (chosen == SIZE_MAX) chosen = i;
    else if (other == SIZE_MAX) other = i;
  }
  if (chosen == SIZE_MAX) TRY(problem_set(c->problem, E_CONFLICT, "case.not_waiting", "这张单现在不等你办理，请刷新", "This case is not waiting for you now; reload"));
  if (!agree && other == SIZE_MAX) {
    TRY(vote_event(c, &at, at.type->states[chosen].name.text, "不同意", text));
    *result = json_pack("{s:o,s:o}", "id", show_text(at.row->id), "state", show_text(at.row->state));
  } else {
    TRY(move_case(c, &at, agree ? chosen : other, text, result));
  }
done:
  json_decref(at.fields);
  return status;
}

static enum status run_vote(struct command_ctx *c, json_t *args, json_t **result) {
  struct str id, word, text;
  enum status status = command_text(c, args, "id", true, 100, &id);
  if (status == OK) status = command_text(c, args, "result", true, 20, &word);
  if (status == OK) status = command_text(c, args, "text", false, CASE_WORDS_MOST, &text);
  if (status != OK) return status;
  bool agree = str_is(word, "agree") || str_is(word, "同意");
  if (!agree && !str_is(word, "disagree") && !str_is(word, "不同意") && !str_is(word, "return") && !str_is(word, "退回"))
    return problem_set(c->problem, E_INVALID, "case.vote", "请答“同意”或“不同意”", "Answer “agree” or “disagree”");
  return case_answer(c, id, agree, text, result);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------ */

static bool concerned(const struct command_ctx *c, const struct party_desk *desk, const struct case_at *at) {
  if (c->actor.owner || c->actor.type == ACTOR_SYSTEM || str_eq(at->row->opened_by, c->actor.id) || str_eq(at->row->assignee, c->actor.id) || str_eq(at->row->subject, c->actor.id)) return true;
  return party_person_above(desk, c->actor.id, at->row->opened_by) || party_person_above(desk, c->actor.id, at->row->subject);
}

static bool may_take_a_step(const struct command_ctx *c, const struct party_desk *desk, const struct case_at *at) {
  size_t from = lang_case_state(at->type, at->row->state);
  for (size_t i = 0; i < at->type->arrow_count; i++)
    if (at->type->arrows[i].from == from && case_may_move(desk, at, at->type->arrows[i].to, c->actor.id, false).may) return true;
  return false;
}

static enum status fill_events(struct command_ctx *c, struct case_at *at, const json_t *given, const json_t *before) {
  const char *key;
  json_t *value;
  struct event **events = ARENA_ARRAY(c->arena, struct event *, json_object_size(given) + 1);
  size_t count = 0;
  json_object_foreach((json_t *)(uintptr_t)given, key, value) {
    const json_t *old = json_object_get(before, key), *now = json_object_get(at->fields, key);
    struct event *e = NULL;
    if (json_equal(old, now) || (!old && !now)) continue;
    enum status status = case_event(c, EVENT_case_filled, at, &e);
    if (status != OK) return status;
    struct str subject = case_fields_subject(c, at->type, at->fields);
    event_set_text(e, "item", arena_dup(c->arena, str_c(key)));
    if (old) event_set(e, "old", value_text(show_dump(c->arena, old)));
    if (now) event_set(e, "new", value_text(show_dump(c->arena, now)));
    event_set_text(e, "state", at->row->state);
    if (subject.n) event_set_text(e, "subject", subject);
    if (c->engine) engine_compute_case(c->engine, c->arena, e);
    if ((status = command_gate_now(c, e)) != OK) return status;
    events[count++] = e;
  }
  for (size_t i = 0; i < count; i++) {
    enum status status = command_append(c, events[i]);
    if (status != OK) return status;
  }
  return OK;
}

static enum status run_fill(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct party_desk desk;
  json_t *before = NULL;
  TRY(find(c, args, &at));
  if (at.row->final) TRY(problem_set(c->problem, E_CONFLICT, "case.closed", "这张单已经办结，不能再改", "This case is closed and can no longer be changed"));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  if (!concerned(c, &desk, &at) && !may_take_a_step(c, &desk, &at))
    TRY(problem_set(c->problem, E_DENIED, "case.may_not_fill", "这张单由开单人和办理人填写", "This case is filled in by its opener and handlers"));
  before = json_deep_copy(at.fields);
  TRY(case_fields_merge(c, at.type, json_object_get(args, "fields"), at.fields));
  TRY(case_fields_complete(c, at.type, at.fields));
  TRY(fill_events(c, &at, json_object_get(args, "fields"), before));
  *result = json_pack("{s:o,s:O}", "id", show_text(at.row->id), "fields", at.fields);
done:
  json_decref(before);
  json_decref(at.fields);
  return status;
}

static enum status run_assign(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct party_desk desk;
  struct str to;
  struct event *e = NULL;
  json_t *decision = NULL;
  bool done_now = false;
  TRY(command_text(c, args, "to", true, 100, &to));
  TRY(find(c, args, &at));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  if (!concerned(c, &desk, &at)) TRY(problem_set(c->problem, E_DENIED, "case.may_not_assign", "这张单不归你派", "You may not assign this case"));
  if (!party_person(&desk, to)) TRY(problem_set(c->problem, E_INVALID, "case.nobody", "派给的人不在职", "The person is not at work here"));
  TRY(case_event(c, EVENT_case_assigned, &at, &e));
  event_set_text(e, "handler", to);
  if (at.row->assignee.n) event_set_text(e, "former", at.row->assignee);
  event_set_text(e, "state", at.row->state);
  TRY(shorthand_gated(c, e, &done_now, &decision));
  *result = done_now ? json_pack("{s:o,s:o}", "id", show_text(at.row->id), "assignee", show_text(to)) : json_incref(decision);
done:
  json_decref(decision);
  json_decref(at.fields);
  return status;
}

static enum status run_void(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct party_desk desk;
  struct str reason;
  struct event *e = NULL;
  json_t *decision = NULL;
  bool proceed = true;
  TRY(command_text(c, args, "reason", true, CASE_WORDS_MOST, &reason));
  TRY(find(c, args, &at));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  bool own = str_eq(at.row->opened_by, c->actor.id) && !at.row->final;
  if (!own && !c->actor.owner && !party_person_above(&desk, c->actor.id, at.row->opened_by))
    TRY(problem_set(c->problem, E_DENIED, "case.may_not_void", "作废由开单人（办结前）或其上级办理", "A case is voided by its opener before it is closed, or by their superior"));
  TRY(case_event(c, EVENT_case_voided, &at, &e));
  event_set_text(e, "reason", reason);
  event_set_text(e, "state", at.row->state);
  TRY(command_gate(c, e, &proceed, &decision));
  if (proceed) TRY(command_append(c, e));
  *result = proceed ? json_pack("{s:o,s:b}", "id", show_text(at.row->id), "voided", 1) : json_incref(decision);
done:
  json_decref(decision);
  json_decref(at.fields);
  return status;
}

static enum status run_printed(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct event *e = NULL;
  TRY(find(c, args, &at));
  TRY(case_event(c, EVENT_case_printed, &at, &e));
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "state", at.row->state);
  TRY(command_append(c, e));
  *result = json_pack("{s:b}", "printed", 1);
done:
  json_decref(at.fields);
  return status;
}

/* ---- what rules order ---------------------------------------------------------------------------------------------------- */

enum status case_open_by_rule(struct command_ctx *c, struct str type_name, const json_t *given, struct str origin, struct str words, struct str *id) {
  enum status status = OK;
  const struct lang_case *type = NULL;
  json_t *fields = json_object(), *answer = NULL;
  TRY(declared(c, type_name, &type));
  if (!type->state_count) TRY(problem_set(c->problem, E_INVALID, "case.no_flow", "“%.*s”没有流程，开不了单", "“%.*s” has no steps", STR_ARG(type_name)));
  TRY(case_fields_merge(c, type, given, fields)); /* what is required and not known yet is asked for before the next step */
  TRY(open_case(c, type, fields, origin, words, &answer));
  *id = arena_dup(c->arena, str_c(json_string_value(json_object_get(answer, "id"))));
done:
  json_decref(fields);
  json_decref(answer);
  return status;
}

enum status case_move_by_rule(struct command_ctx *c, struct str id, struct str to, struct str words) {
  enum status status = OK;
  struct case_at at = {0};
  struct event *e = NULL;
  json_t *decision = NULL;
  bool proceed = true;
  size_t state = 0;
  json_t *args = json_pack("{s:o}", "id", show_text(id));
  TRY(find(c, args, &at));
  TRY(target(c, &at, to, &state));
  TRY(move_event(c, &at, state, words, &e));
  TRY(command_gate(c, e, &proceed, &decision));
  TRY(command_append(c, e));
  TRY(follow_up(c, e));
done:
  json_decref(args);
  json_decref(decision);
  json_decref(at.fields);
  return status;
}

enum status case_assign_by_rule(struct command_ctx *c, struct str id, struct str to) {
  enum status status = OK;
  struct case_at at = {0};
  struct event *e = NULL;
  json_t *args = json_pack("{s:o}", "id", show_text(id));
  TRY(find(c, args, &at));
  if (str_eq(at.row->assignee, to)) goto done;
  TRY(case_event(c, EVENT_case_assigned, &at, &e));
  event_set_text(e, "handler", to);
  if (at.row->assignee.n) event_set_text(e, "former", at.row->assignee);
  event_set_text(e, "state", at.row->state);
  TRY(command_append(c, e));
done:
  json_decref(args);
  json_decref(at.fields);
  return status;
}

/* ---- extensions and copies ------------------------------------------------------------------------------------------------ */

static enum status run_extend(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct party_desk desk;
  struct event *e = NULL;
  json_t *decision = NULL;
  bool done_now = false;
  i64 until = 0;
  struct str reason;
  TRY(command_int(c, args, "until_ms", true, c->now_ms, c->now_ms + (i64)CASE_EXTEND_DAYS_MOST * MS_DAY, &until));
  TRY(command_text(c, args, "reason", true, CASE_WORDS_MOST, &reason));
  TRY(find(c, args, &at));
  if (at.row->final) TRY(problem_set(c->problem, E_CONFLICT, "case.closed", "这张单已经办结，不能再改", "This case is closed and can no longer be changed"));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  if (!concerned(c, &desk, &at) && !may_take_a_step(c, &desk, &at))
    TRY(problem_set(c->problem, E_DENIED, "case.may_not_fill", "这张单由开单人和办理人填写", "This case is filled in by its opener and handlers"));
  TRY(case_event(c, EVENT_case_extended, &at, &e));
  event_set(e, "new_limit", value_int(V_INSTANT, until));
  event_set_text(e, "reason", reason);
  event_set_text(e, "state", at.row->state);
  TRY(shorthand_gated(c, e, &done_now, &decision));
  *result = done_now ? json_pack("{s:o,s:I}", "id", show_text(at.row->id), "until_ms", (json_int_t)until) : json_incref(decision);
done:
  json_decref(decision);
  json_decref(at.fields);
  return status;
}

/* A case that names its copies (联) has those and no others. */
static enum status copy_is_declared(struct command_ctx *c, const struct case_at *at, i64 copy) {
  if (at->type == NULL || at->type->copy_count == 0) return OK;
  for (size_t i = 0; i < at->type->copy_count; i++)
    if (at->type->copies[i].number == copy) return OK;
  return problem_set(c->problem, E_INVALID, "case.no_copy", "“%.*s”没有第 %lld 联，一共 %zu 联", "“%.*s” has no copy %lld; it has %zu", STR_ARG(at->type->name.text), (long long)copy, at->type->copy_count);
}

static enum status run_copy(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct case_at at = {0};
  struct party_desk desk;
  struct event *e = NULL;
  json_t *decision = NULL;
  bool done_now = false;
  i64 copy = 0;
  struct str to;
  TRY(command_int(c, args, "copy", true, 1, 99, &copy));
  TRY(command_text(c, args, "to", true, 100, &to));
  TRY(find(c, args, &at));
  TRY(party_load(c->store, c->arena, c->program, &desk, c->problem));
  if (!case_may_see(&desk, &at, &c->actor)) TRY(problem_set(c->problem, E_DENIED, "case.not_yours", "这张单与你无关，看不到", "This case is not yours to see"));
  TRY(copy_is_declared(c, &at, copy));
  TRY(case_event(c, EVENT_case_copied, &at, &e));
  event_set(e, "copy", value_int(V_COUNT, copy));
  event_set(e, "object", value_text(to));
  event_set_text(e, "state", at.row->state);
  TRY(shorthand_gated(c, e, &done_now, &decision));
  *result = done_now ? json_pack("{s:o,s:I}", "id", show_text(at.row->id), "copy", (json_int_t)copy) : json_incref(decision);
done:
  json_decref(decision);
  json_decref(at.fields);
  return status;
}

const struct command_def commands_case[] = {
    {"case.open", "", run_open, "type:text! fields:object!", "Open a case", "开单"},
    {"case.fill", "", run_fill, "id:id! fields:object!", "Fill in fields of a case", "填写单据"},
    {"case.move", "", run_move, "id:id! to:text! text:text fields:object", "Move a case to its next state", "办理单据"},
    {"case.vote", "", run_vote, "id:id! result:text! text:text", "Agree or disagree with the step that waits", "对单据表态"},
    {"case.assign", "", run_assign, "id:id! to:person!", "Hand a case to somebody", "派单"},
    {"case.void", "", run_void, "id:id! reason:text!", "Void a case with a reason", "作废单据"},
    {"case.printed", "", run_printed, "id:id!", "Say that a case was printed", "记下打印"},
    {"case.extend", "", run_extend, "id:id! until_ms:int! reason:text!", "Extend the limits of a case that may be extended", "延长单据的期限"},
    {"case.copy", "", run_copy, "id:id! copy:int! to:text!", "Hand over a copy of a case", "送联"},
    {NULL},
};
