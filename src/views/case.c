/* Cases folded from the log: each case event carries all fields of its moment, so a row is simply the last event's word. */
#include "views/case.h"

#include "base/calendar.h"

enum { CASE_FIELDS_MOST = 200, CASE_VOTES_MOST = 500 };

static struct str text(const struct event *e, const char *en) { return event_get_text(e, en); }

/* A link so that a customer's, order's or conversation's page finds its cases. */
static enum status link_value(struct store *s, const struct event *e, const struct value *v, struct problem *p) {
  if (v->type == V_LIST) {
    for (size_t i = 0; i < v->count; i++) {
      enum status status = link_value(s, e, &v->items[i], p);
      if (status != OK) return status;
    }
    return OK;
  }
  if (v->type != V_REF || !v->s.n) return OK;
  char first = v->s.p[0];
  struct str noun = first == 'c' ? STR("conversation") : first == 'u' ? STR("customer") : first == 'p' ? STR("person") : first == 'k' ? STR("case") : STR("order");
  struct case_link_put_in in = {.case_id = text(e, "case"), .noun = noun, .object = v->s};
  return case_link_put(s, &in, NULL, p);
}

static struct str fields_text(struct arena *a, const struct event *e) {
  json_t *fields = json_object();
  for (size_t i = 0; i < e->extra_count; i++)
    json_object_setn_new_nocheck(fields, e->extra[i].name.p, e->extra[i].name.n, value_to_json(&e->extra[i].value));
  struct str out = show_dump(a, fields);
  json_decref(fields);
  return out;
}

static enum status history(struct store *s, const struct event *e, const char *what, struct str from, struct str to, struct str words, struct problem *p) {
  struct case_history_put_in in = {.event = e->id, .seq = e->seq, .case_id = text(e, "case"), .at_ms = e->occurred_ms, .by_person = e->actor,
                                   .what = str_c(what), .from_state = from, .to_state = to, .text = words};
  return case_history_put(s, &in, NULL, p);
}

/* "2603-0007" → the serial of "2603-" is at least 7. */
static enum status count_serial(struct store *s, struct str number, struct problem *p) {
  size_t at = number.n;
  i64 last = 0;
  while (at > 0 && number.p[at - 1] >= '0' && number.p[at - 1] <= '9') at--;
  if (at == number.n || number.n - at > 9 || !str_to_i64(str_slice(number, at, number.n), &last)) return OK;
  struct case_serial_put_in in = {.prefix = str_slice(number, 0, at), .last = last};
  return case_serial_put(s, &in, NULL, p);
}

static enum status fold_opened(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct value final = event_get(e, STR("final"));
  struct case_file_put_in in = {.id = text(e, "case"), .type = e->case_type, .number = text(e, "number"), .state = e->case_state,
                                .state_since_ms = e->occurred_ms, .opened_ms = e->occurred_ms, .opened_by = e->actor, .subject = text(e, "subject"),
                                .assignee = STR(""), .fields = fields_text(a, e), .origin = text(e, "origin"), .final = final.type == V_BOOL && final.i};
  enum status status = case_file_put(s, &in, NULL, p);
  if (status == OK) status = count_serial(s, in.number, p);
  for (size_t i = 0; status == OK && i < e->extra_count; i++) status = link_value(s, e, &e->extra[i].value, p);
  return status == OK ? history(s, e, "opened", STR(""), e->case_state, text(e, "title"), p) : status;
}

static enum status fold_moved(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct value final = event_get(e, STR("final"));
  struct case_file_move_in in = {.id = text(e, "case"), .state = e->case_state, .state_since_ms = e->occurred_ms, .subject = text(e, "subject"),
                                 .fields = fields_text(a, e), .final = final.type == V_BOOL && final.i};
  enum status status = case_file_move(s, &in, NULL, p);
  for (size_t i = 0; status == OK && i < e->extra_count; i++) status = link_value(s, e, &e->extra[i].value, p);
  return status == OK ? history(s, e, "moved", text(e, "from"), e->case_state, text(e, "text"), p) : status;
}

static enum status fold_filled(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct case_file_fill_in in = {.id = text(e, "case"), .subject = text(e, "subject"), .fields = fields_text(a, e)};
  enum status status = case_file_fill(s, &in, NULL, p);
  for (size_t i = 0; status == OK && i < e->extra_count; i++) status = link_value(s, e, &e->extra[i].value, p);
  return status == OK ? history(s, e, "filled", STR(""), STR(""), text(e, "item"), p) : status;
}

static enum status fold_voted(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct case_file_get_row *row = NULL;
  struct case_file_get_in get = {.id = text(e, "case")};
  enum status status = case_file_get(s, a, &get, &row, p);
  if (status != OK || !row) return status;
  struct case_vote_put_in in = {.event = e->id, .case_id = row->id, .step = text(e, "step"), .person = text(e, "voter"), .result = text(e, "result"),
                                .text = text(e, "opinion"), .at_ms = e->occurred_ms, .since_ms = row->state_since_ms};
  status = case_vote_put(s, &in, NULL, p);
  return status == OK ? history(s, e, str_is(in.result, "同意") ? "agreed" : "disagreed", row->state, in.step, in.text, p) : status;
}

static enum status fold_assigned(struct store *s, const struct event *e, struct problem *p) {
  struct case_file_assign_in in = {.id = text(e, "case"), .assignee = text(e, "handler")};
  enum status status = case_file_assign(s, &in, NULL, p);
  return status == OK ? history(s, e, "assigned", STR(""), STR(""), in.assignee, p) : status;
}

static enum status fold_voided(struct store *s, const struct event *e, struct problem *p) {
  struct case_file_void_in in = {.id = text(e, "case"), .reason = text(e, "reason")};
  enum status status = case_file_void(s, &in, NULL, p);
  return status == OK ? history(s, e, "voided", STR(""), STR(""), in.reason, p) : status;
}

static enum status fold_extended(struct store *s, const struct event *e, struct problem *p) {
  struct case_file_extend_in in = {.id = text(e, "case"), .until_ms = event_get_int(e, "new_limit", 0)};
  enum status status = case_file_extend(s, &in, NULL, p);
  return status == OK ? history(s, e, "extended", STR(""), STR(""), text(e, "reason"), p) : status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_case_opened: return fold_opened(s, a, e, p);
    case EVENT_case_moved: return fold_moved(s, a, e, p);
    case EVENT_case_filled: return fold_filled(s, a, e, p);
    case EVENT_case_voted: return fold_voted(s, a, e, p);
    case EVENT_case_assigned: return fold_assigned(s, e, p);
    case EVENT_case_voided: return fold_voided(s, e, p);
    case EVENT_case_extended: return fold_extended(s, e, p);
    case EVENT_case_copied: return history(s, e, "copied", STR(""), STR(""), text(e, "object"), p);
    case EVENT_case_printed: return history(s, e, "printed", STR(""), STR(""), STR(""), p);
    default: return OK;
  }
}

/* ---- what files above need ------------------------------------------------------------------------------------------ */

const char *case_field_type(const struct lang_type *type) {
  switch (type->kind) {
    case LT_NUMBER: case LT_POINTS: case LT_RATIO: return "number";
    case LT_MONEY: return "money";
    case LT_BOOL: return "bool";
    case LT_DATE: return "date";
    case LT_INSTANT: return "instant";
    case LT_DURATION: case LT_DAYS: case LT_WORKDAYS: return "duration";
    case LT_PERSON: return "person";
    case LT_CUSTOMER: return "customer";
    case LT_ORDER: return "order";
    case LT_CONVERSATION: return "conversation";
    case LT_PRODUCT: return "product";
    case LT_SHIFT: return "shift";
    case LT_FILE: return "file";
    case LT_PHOTO: return "photo";
    case LT_SIGNATURE: return "signature";
    case LT_ENUM: return "enum";
    case LT_CASE: return "case";
    default: return "text";
  }
}

enum event_field_type case_event_type(const struct lang_type *type) {
  if (type->many) return FIELD_LIST;
  switch (type->kind) {
    case LT_NUMBER: return FIELD_COUNT;
    case LT_MONEY: return FIELD_MONEY;
    case LT_POINTS: return FIELD_POINTS;
    case LT_RATIO: return FIELD_RATIO;
    case LT_BOOL: return FIELD_BOOL;
    case LT_DATE: return FIELD_DATE;
    case LT_INSTANT: return FIELD_INSTANT;
    case LT_DURATION: return FIELD_DURATION;
    case LT_DAYS: case LT_WORKDAYS: return FIELD_COUNT;
    case LT_PERSON: return FIELD_PERSON;
    case LT_CUSTOMER: return FIELD_CUSTOMER;
    case LT_ORDER: return FIELD_ORDER;
    case LT_CONVERSATION: return FIELD_CONVERSATION;
    case LT_PRODUCT: return FIELD_PRODUCT;
    case LT_SHIFT: return FIELD_SHIFT;
    case LT_CASE: return FIELD_CASE;
    case LT_FILE: case LT_PHOTO: case LT_SIGNATURE: return FIELD_ID;
    default: return FIELD_TEXT;
  }
}

static bool blank(const json_t *v) {
  if (!v || json_is_null(v)) return true;
  if (json_is_string(v)) return str_trim((struct str){json_string_value(v), json_string_length(v)}).n == 0;
  return json_is_array(v) && json_array_size(v) == 0;
}

enum status case_field_value(struct arena *a, const struct lang_type *type, const json_t *v, i64 zone_offset_ms, struct value *out, struct problem *p) {
  if (!type->many) return value_from_json(a, v, case_event_type(type), zone_offset_ms, out, p);
  struct lang_type single = *type;
  single.many = false;
  size_t n = json_is_array(v) ? json_array_size(v) : 1;
  struct value *items = ARENA_ARRAY(a, struct value, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    enum status status = value_from_json(a, json_is_array(v) ? json_array_get(v, i) : v, case_event_type(&single), zone_offset_ms, &items[i], p);
    if (status != OK) return status;
  }
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

enum status case_values(struct arena *a, const struct lang_case *type, const json_t *fields, i64 zone_offset_ms, struct event_extra **out, size_t *count, struct problem *p) {
  *out = ARENA_ARRAY(a, struct event_extra, type->field_count + 1);
  *count = 0;
  for (size_t i = 0; i < type->field_count; i++) {
    struct str name = type->fields[i].name.text;
    const json_t *v = json_object_getn(fields, name.p, name.n);
    struct event_extra *one = &(*out)[*count];
    if (blank(v)) continue;
    enum status status = case_field_value(a, &type->fields[i].type, v, zone_offset_ms, &one->value, p);
    if (status != OK) return status;
    one->name = name;
    ++*count;
  }
  return OK;
}

enum status case_load(struct store *s, struct arena *a, const struct lang_program *program, struct str id, struct case_at *out, struct problem *p) {
  *out = (struct case_at){0};
  struct case_file_get_in get = {.id = id};
  enum status status = case_file_get(s, a, &get, &out->row, p);
  if (status == OK && !out->row) {
    struct case_file_by_number_in by = {.number = id};
    struct case_file_by_number_row *found = NULL;
    status = case_file_by_number(s, a, &by, &found, p);
    get.id = found ? found->id : id;
    if (status == OK && found) status = case_file_get(s, a, &get, &out->row, p);
  }
  if (status != OK) return status;
  if (!out->row) return problem_set(p, E_NOT_FOUND, "case.unknown", "没有单“%.*s”", "There is no case “%.*s”", STR_ARG(id));
  out->type = program ? lang_find_case(program, out->row->type) : NULL;
  out->fields = show_stored(out->row->fields, json_object());
  out->matter = (struct party_matter){.type = out->type, .fields = out->fields, .subject = out->row->subject, .actor = out->row->opened_by};
  struct case_vote_of_row *votes = NULL;
  size_t count = 0;
  struct case_vote_of_in vin = {.case_id = out->row->id, .since_ms = out->row->state_since_ms};
  status = case_vote_of(s, a, &vin, &votes, &count, p);
  out->votes = ARENA_ARRAY(a, struct party_vote, count + 1);
  out->vote_steps = ARENA_ARRAY(a, struct str, count + 1);
  for (size_t i = 0; status == OK && i < count; i++) {
    out->vote_steps[out->vote_count] = votes[i].step;
    out->votes[out->vote_count++] = (struct party_vote){votes[i].person, str_is(votes[i].result, "同意")};
  }
  return status;
}

struct party_answer case_may_move(const struct party_desk *desk, const struct case_at *c, size_t to_state, struct str person, bool owner) {
  struct party_vote *votes = ARENA_ARRAY(desk->arena, struct party_vote, c->vote_count + 1);
  size_t count = 0;
  const struct lang_state *state = &c->type->states[to_state];
  for (size_t i = 0; i < c->vote_count; i++)
    if (str_eq(c->vote_steps[i], state->name.text)) votes[count++] = c->votes[i];
  struct party_answer answer = party_approval(desk, state->by, &c->matter, votes, count, person);
  if (owner) answer.may = answer.complete = true;
  return answer;
}

enum case_step case_step_to(struct arena *a, const struct lang_program *program, const struct case_at *c, size_t to, i64 now_ms, i64 zone_offset_ms,
                            const struct work_calendar *calendar) {
  struct event_extra *values = NULL;
  size_t count = 0, from = c->type ? lang_case_state(c->type, c->row->state) : SIZE_MAX;
  struct problem quiet = {0}; /* a field that a newer book types otherwise: conditions on it do not hold */
  if (from == SIZE_MAX || to >= c->type->state_count) return CASE_STEP_NONE;
  if (case_values(a, c->type, c->fields, zone_offset_ms, &values, &count, &quiet) != OK) count = 0;
  struct case_moment moment = {.since_ms = c->row->state_since_ms, .now_ms = now_ms, .zone_offset_ms = zone_offset_ms, .calendar = calendar};
  return case_form_step(program, c->type, from, to, values, count, &moment);
}

bool case_may_open(const struct party_desk *desk, const struct lang_case *type, const struct party_matter *m, struct str person) {
  for (size_t i = 0; i < type->openers.count; i++)
    if (party_includes(desk, &type->openers.p[i], m, person)) return true;
  if (type->openers.count || !type->state_count) return type->openers.count == 0;
  struct party_matter asked = *m;
  asked.actor = STR(""); /* opening is one's own act, not a decision about oneself */
  return party_approval(desk, type->states[0].by, &asked, NULL, 0, person).may;
}

static bool named_in(const json_t *fields, struct str person) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)fields, key, value) {
    if (json_is_string(value) && str_eq(str_c(json_string_value(value)), person)) return true;
  }
  return false;
}

bool case_may_see(const struct party_desk *desk, const struct case_at *c, const struct actor *actor) {
  if (actor->owner || actor->type == ACTOR_SYSTEM || actor->type == ACTOR_KEY) return true;
  if (str_eq(c->row->opened_by, actor->id) || str_eq(c->row->subject, actor->id) || str_eq(c->row->assignee, actor->id)) return true;
  if (named_in(c->fields, actor->id) || party_person_above(desk, actor->id, c->row->opened_by) || party_person_above(desk, actor->id, c->row->subject)) return true;
  for (size_t i = 0; c->type && i < c->type->visible.count; i++)
    if (party_includes(desk, &c->type->visible.p[i], &c->matter, actor->id)) return true;
  for (size_t i = 0; c->type && i < c->type->state_count; i++)
    if (party_approval(desk, c->type->states[i].by, &c->matter, NULL, 0, actor->id).may) return true;
  return false;
}

static const char *const nouns[] = {"case", NULL};
static const char *const tables[] = {"case_file", "case_link", "case_history", "case_vote", "case_serial", NULL};

static const struct read_def reads[] = {
    {"case.list", "", case_read_list, false, "type:text state:text open:bool mine:bool q:text limit:int after:text", "Cases", "单据列表"},
    {"case.types", "", case_read_types, false, "", "Case types that the rulebook declares", "制度声明的单据种类"},
    {"case.get", "", case_read_one, false, "id:id!", "One case with its next steps and history", "一张单：字段、下一步与经过"},
    {NULL},
};

const struct view_def view_case = {.noun = "case", .version = 1, .nouns = nouns, .tables = tables, .fold = fold, .reads = reads};
