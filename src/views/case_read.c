/* Cases for the pages: lists, declared types, one case with the steps its reader may take. */
#include "views/case.h"

#include "base/calendar.h"
#include "rules/case_form.h"
#include "views/customer.sql.h"
#include "views/duty.h"
#include "views/ledger.sql.h"

enum { CASE_LIST_MOST = 200, CASE_OPEN_MOST = 1000, CASE_TITLE_CHARS = 40, CASE_PAGES_MOST = 50 };

#define CASE_ROW(row) ((const struct case_file_get_row *)(const void *)(row))
_Static_assert(sizeof(struct case_file_get_row) == sizeof(struct case_file_list_row) && sizeof(struct case_file_get_row) == sizeof(struct case_file_open_all_row),
               "case queries share their columns");

/* The first text a person wrote, cut to one line. */
static struct str title_of(struct arena *a, const struct lang_case *type, const json_t *fields, struct str fallback) {
  for (size_t i = 0; type && i < type->field_count; i++) {
    if (type->fields[i].type.kind != LT_TEXT) continue;
    const json_t *v = json_object_getn(fields, type->fields[i].name.text.p, type->fields[i].name.text.n);
    struct str s = json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
    if (!s.n) continue;
    size_t at = 0, chars = 0;
    u32 cp = 0;
    while (at < s.n && chars < CASE_TITLE_CHARS && s.p[at] != '\n') {
      at += str_decode(s, at, &cp);
      chars++;
    }
    return at < s.n ? arena_printf(a, "%.*s…", (int)at, s.p) : arena_dup(a, s);
  }
  return fallback;
}

static struct str type_title(const struct lang_case *type, struct str name) { return type && type->title.n ? type->title : name; }

static const char *customer_of(const struct lang_case *type, const json_t *fields) {
  for (size_t i = 0; type && i < type->field_count; i++)
    if (type->fields[i].type.kind == LT_CUSTOMER && !type->fields[i].type.many)
      return json_string_value(json_object_getn(fields, type->fields[i].name.text.p, type->fields[i].name.text.n));
  return NULL;
}

static json_t *case_clock(struct read_ctx *r, const struct show_people *people, struct str id) {
  struct clock_of_object_row *rows = NULL;
  size_t count = 0;
  struct clock_of_object_in in = {.object = id};
  if (clock_of_object(r->store, r->arena, &in, &rows, &count, NULL) != OK) return json_null();
  for (size_t i = 0; i < count; i++)
    if (str_is(rows[i].state, "running") || str_is(rows[i].state, "paused"))
      return duty_clock_json(r->program, people, (const struct clock_get_row *)(const void *)&rows[i], r->now_ms);
  return json_null();
}

json_t *case_row_json(struct read_ctx *r, const struct show_people *people, const struct party_desk *desk, const struct case_file_get_row *row) {
  const struct lang_case *type = r->program ? lang_find_case(r->program, row->type) : NULL;
  json_t *fields = show_stored(row->fields, json_object()), *o = json_object();
  case_shield(r, desk, row, false, fields, NULL);
  const char *customer = customer_of(type, fields);
  show_put_text(o, "id", row->id);
  show_put_text(o, "number", row->number);
  show_put_text(o, "type", row->type);
  show_put_text(o, "type_title", type_title(type, row->type));
  show_put_text(o, "state", row->state);
  show_put_text(o, "title", title_of(r->arena, type, fields, type_title(type, row->type)));
  json_object_set_new(o, "person", show_text_or_null(row->subject));
  json_object_set_new(o, "person_name", row->subject.n ? show_text(show_name(people, row->subject)) : json_null());
  show_put_text(o, "opened_by", row->opened_by);
  show_put_text(o, "opened_by_name", show_name(people, row->opened_by));
  json_object_set_new(o, "customer", customer ? json_string(customer) : json_null());
  json_object_set_new(o, "assignee", show_text_or_null(row->assignee));
  show_put_int(o, "opened_ms", row->opened_ms);
  show_put_int(o, "moved_ms", row->state_since_ms);
  json_object_set_new(o, "closed", json_boolean(row->final));
  json_object_set_new(o, "voided", row->has_void_reason ? show_text(row->void_reason) : json_null());
  json_object_set_new(o, "clock", row->final ? json_null() : case_clock(r, people, row->id));
  json_decref(fields);
  return o;
}

static bool row_visible(struct read_ctx *r, const struct party_desk *desk, const struct case_file_get_row *row) {
  struct case_file_get_row copy = *row;
  struct case_at c = {.row = &copy, .type = r->program ? lang_find_case(r->program, row->type) : NULL, .fields = show_stored(row->fields, json_object())};
  c.matter = (struct party_matter){.type = c.type, .fields = c.fields, .subject = row->subject, .actor = row->opened_by};
  bool see = case_may_see(desk, &c, &r->actor);
  json_decref(c.fields);
  return see;
}

static bool cursor(struct str after, i64 *ms, struct str *id) {
  struct str rest, at = str_cut(after, '.', &rest);
  *ms = INT64_MAX;
  *id = STR("");
  if (!rest.n || !str_to_i64(at, ms)) return false;
  *id = rest;
  return true;
}

enum status case_read_list(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct show_people people;
  struct party_desk desk;
  struct case_file_list_row *rows = NULL;
  size_t count = 0;
  i64 limit = show_arg_int(query, "limit", 50, 1, CASE_LIST_MOST);
  struct str q = show_arg(r->arena, query, "q"), mine = show_arg(r->arena, query, "mine");
  struct case_file_list_in in = {.type = show_arg(r->arena, query, "type"), .state = show_arg(r->arena, query, "state"), .most = limit,
                                 .person = mine.n && !str_is(mine, "false") && !str_is(mine, "0") ? r->actor.id : STR(""),
                                 .pattern = q.n ? arena_printf(r->arena, "%%%.*s%%", STR_ARG(q)) : STR("")};
  struct str open = show_arg(r->arena, query, "open");
  const json_t *flag = json_object_get(query, "open");
  if (json_is_boolean(flag)) open = json_is_true(flag) ? STR("1") : STR("0");
  if (open.n && !in.state.n) in.state = str_is(open, "0") || str_is(open, "false") ? STR("closed") : STR("open");
  cursor(show_arg(r->arena, query, "after"), &in.before_ms, &in.before_id);
  json_t *items = json_array(), *next = NULL;
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  /* What the reader may not see is passed over before the page is counted: a page is full unless it is the last one looked at. */
  bool more = true;
  for (int page = 0; more && page < CASE_PAGES_MOST && (i64)json_array_size(items) < limit; page++) {
    TRY(case_file_list(r->store, r->arena, &in, &rows, &count, r->problem));
    more = (i64)count == limit;
    for (size_t i = 0; i < count && (i64)json_array_size(items) < limit; i++) {
      in.before_ms = rows[i].opened_ms;
      in.before_id = rows[i].id;
      if (row_visible(r, &desk, CASE_ROW(&rows[i]))) json_array_append_new(items, case_row_json(r, &people, &desk, CASE_ROW(&rows[i])));
      more |= (i64)json_array_size(items) == limit && i + 1 < count;
    }
  }
  if (more && json_array_size(items)) next = show_text(arena_printf(r->arena, "%lld.%.*s", (long long)in.before_ms, STR_ARG(in.before_id)));
  *result = json_pack("{s:O,s:o}", "items", items, "next", next ? next : json_null());
done:
  json_decref(items);
  return status;
}

/* ---- types ------------------------------------------------------------------------------------------------------------- */

static json_t *field_json(const struct party_desk *desk, const struct lang_field *f) {
  json_t *o = json_object();
  show_put_text(o, "name", f->name.text);
  json_object_set_new(o, "type", json_string(case_field_type(&f->type)));
  json_object_set_new(o, "required", json_boolean(f->required));
  json_object_set_new(o, "many", json_boolean(f->type.many));
  json_object_set_new(o, "computed", json_boolean(f->computed != NULL));
  json_object_set_new(o, "condition", f->asked_if ? show_text(party_words(desk, f->asked_if->at)) : json_null());
  if (f->type.kind == LT_ENUM) {
    json_t *values = json_array();
    for (size_t i = 0; i < f->type.enum_values.count; i++) json_array_append_new(values, show_text(f->type.enum_values.p[i].text));
    json_object_set_new(o, "enum", values);
  }
  return o;
}

static json_t *steps_json(struct read_ctx *r, const struct party_desk *desk, const struct lang_case *type) {
  json_t *steps = json_array();
  for (size_t i = 0; i < type->arrow_count; i++) {
    const struct lang_state *to = &type->states[type->arrows[i].to];
    json_t *s = json_object();
    show_put_text(s, "from", type->states[type->arrows[i].from].name.text);
    show_put_text(s, "to", to->name.text);
    show_put_text(s, "who", to->by ? party_words(desk, to->by->at) : STR(""));
    json_object_set_new(s, "due", to->limit ? show_text(party_words(desk, to->limit->at)) : json_null());
    json_object_set_new(s, "after", type->arrows[i].after ? show_text(party_words(desk, type->arrows[i].after->at)) : json_null());
    show_put_text(s, "label", to->name.text);
    json_array_append_new(steps, s);
  }
  return steps;
}

static json_t *type_json(struct read_ctx *r, const struct party_desk *desk, const struct lang_item *item) {
  const struct lang_case *type = item->case_type;
  json_t *o = json_object(), *fields = json_array(), *states = json_array(), *openers = json_array();
  show_put_text(o, "id", type->name.text);
  show_put_text(o, "title", type_title(type, type->name.text));
  for (size_t i = 0; i < type->field_count; i++) json_array_append_new(fields, field_json(desk, &type->fields[i]));
  for (size_t i = 0; i < type->state_count; i++) json_array_append_new(states, show_text(type->states[i].name.text));
  for (size_t i = 0; i < type->openers.count; i++) json_array_append_new(openers, show_text(type->openers.p[i].path.text));
  if (!type->openers.count && type->state_count && type->states[0].by) json_array_append_new(openers, show_text(party_words(desk, type->states[0].by->at)));
  json_object_set_new(o, "fields", fields);
  json_object_set_new(o, "states", states);
  json_object_set_new(o, "first", type->state_count ? show_text(type->states[0].name.text) : json_null());
  json_object_set_new(o, "steps", steps_json(r, desk, type));
  json_object_set_new(o, "who_opens", openers);
  json_object_set_new(o, "subject", show_text_or_null(type->subject.text));
  /* A first step that names a person field of the form itself is the opener's own: they fill it in. */
  json_t *self = json_object();
  if (type->subject.text.n) json_object_setn_new_nocheck(self, type->subject.text.p, type->subject.text.n, show_text(r->actor.id));
  struct party_matter m = {.type = type, .fields = self, .subject = r->actor.id, .actor = r->actor.id};
  json_object_set_new(o, "may_open", json_boolean(r->actor.owner || case_may_open(desk, type, &m, r->actor.id)));
  json_decref(self);
  json_object_set_new(o, "clause", show_clause(r->program, item->clause ? item->clause->id : STR("")));
  return o;
}

enum status case_read_types(struct read_ctx *r, json_t *query, json_t **result) {
  struct party_desk desk;
  enum status status = party_load(r->store, r->arena, r->program, &desk, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; r->program && i < r->program->item_count; i++)
    if (r->program->items[i]->kind == LI_CASE) json_array_append_new(items, type_json(r, &desk, r->program->items[i]));
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

/* ---- one case ------------------------------------------------------------------------------------------------------------ */

static json_t *moves_json(struct read_ctx *r, const struct party_desk *desk, const struct case_at *c) {
  json_t *moves = json_array();
  size_t from = c->type ? lang_case_state(c->type, c->row->state) : SIZE_MAX;
  for (size_t i = 0; c->type && from != SIZE_MAX && !c->row->final && i < c->type->state_count; i++) {
    enum case_step step = case_step_to(r->arena, r->program, c, i, r->now_ms, r->zone_offset_ms, NULL);
    if (step == CASE_STEP_NONE) continue;
    const struct lang_state *to = &c->type->states[i];
    struct party_answer answer = case_may_move(desk, c, i, r->actor.id, r->actor.owner);
    if (step == CASE_STEP_EARLY) answer.may = answer.complete = false;
    json_t *m = json_object();
    show_put_text(m, "to", to->name.text);
    show_put_text(m, "label", to->name.text);
    json_object_set_new(m, "allowed", json_boolean(answer.may));
    show_put_text(m, "who", to->by ? party_words(desk, to->by->at) : STR(""));
    struct str who = to->by ? party_words(desk, to->by->at) : STR("");
    struct str why = step == CASE_STEP_EARLY ? STR("到时自动转入") : arena_printf(r->arena, "由%.*s办理", STR_ARG(who));
    json_object_set_new(m, "why_not", answer.may ? json_null() : show_text(why));
    json_object_set_new(m, "completes", json_boolean(answer.complete));
    json_array_append_new(moves, m);
  }
  return moves;
}

static enum status history_json(struct read_ctx *r, const struct show_people *people, struct str id, json_t **out) {
  struct case_history_of_row *rows = NULL;
  size_t count = 0;
  struct case_history_of_in in = {.case_id = id};
  enum status status = case_history_of(r->store, r->arena, &in, &rows, &count, r->problem);
  *out = json_array();
  for (size_t i = 0; status == OK && i < count; i++) {
    json_t *h = json_object();
    show_put_int(h, "at", rows[i].at_ms);
    show_put_text(h, "by", rows[i].by_person);
    show_put_text(h, "by_name", show_name(people, rows[i].by_person));
    show_put_text(h, "what", rows[i].what);
    json_object_set_new(h, "from", show_text_or_null(rows[i].from_state));
    show_put_text(h, "to", rows[i].to_state);
    struct str words = str_is(rows[i].what, "assigned") ? show_name(people, rows[i].text) : rows[i].text;
    json_object_set_new(h, "text", show_text_or_null(words));
    json_array_append_new(*out, h);
  }
  return status;
}

static json_t *clocks_json(struct read_ctx *r, const struct show_people *people, struct str id) {
  struct clock_of_object_row *rows = NULL;
  size_t count = 0;
  struct clock_of_object_in in = {.object = id};
  json_t *list = json_array();
  if (clock_of_object(r->store, r->arena, &in, &rows, &count, NULL) != OK) return list;
  for (size_t i = 0; i < count; i++)
    json_array_append_new(list, duty_clock_json(r->program, people, (const struct clock_get_row *)(const void *)&rows[i], r->now_ms));
  return list;
}

/* What rules did with the case, and what they ordered and could not be done. */
static enum status orders_json(struct read_ctx *r, struct str id, json_t **out) {
  struct carried_of_object_row *rows = NULL;
  size_t count = 0;
  struct carried_of_object_in in = {.object = id};
  enum status status = carried_of_object(r->store, r->arena, &in, &rows, &count, r->problem);
  *out = json_array();
  for (size_t i = 0; status == OK && i < count; i++) {
    json_t *o = json_object();
    show_put_text(o, "id", rows[i].consequence);
    show_put_text(o, "type", rows[i].type);
    show_put_text(o, "item", rows[i].item);
    show_put_text(o, "result", rows[i].result);
    json_object_set_new(o, "reason", show_text_or_null(rows[i].reason));
    show_put_int(o, "at", rows[i].at_ms);
    json_object_set_new(o, "clause", show_clause(r->program, rows[i].clause));
    json_array_append_new(*out, o);
  }
  return status;
}

static bool any_allowed(const json_t *moves) {
  for (size_t i = 0; i < json_array_size(moves); i++)
    if (json_is_true(json_object_get(json_array_get(moves, i), "allowed"))) return true;
  return false;
}

enum status case_read_one(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct case_at c = {0};
  struct show_people people;
  struct party_desk desk;
  json_t *history = NULL, *orders = NULL;
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  TRY(case_load(r->store, r->arena, r->program, show_arg(r->arena, query, "id"), &c, r->problem));
  if (!case_may_see(&desk, &c, &r->actor))
    TRY(problem_set(r->problem, E_DENIED, "case.not_yours", "这张单与你无关，看不到", "This case is not yours to see"));
  TRY(history_json(r, &people, c.row->id, &history));
  TRY(orders_json(r, c.row->id, &orders));
  struct event_extra *values = NULL;
  size_t value_count = 0;
  struct problem quiet = {0}; /* a field that a newer book types otherwise: then everything is asked for */
  if (c.type && case_values(r->arena, c.type, c.fields, r->zone_offset_ms, &values, &value_count, &quiet) != OK) value_count = 0;
  json_t *out = case_row_json(r, &people, &desk, c.row), *moves = moves_json(r, &desk, &c), *defs = json_array();
  for (size_t i = 0; c.type && i < c.type->field_count; i++) {
    json_t *def = field_json(&desk, &c.type->fields[i]);
    json_object_set_new(def, "asked", json_boolean(case_form_asked(&c.type->fields[i], values, value_count)));
    json_array_append_new(defs, def);
  }
  json_t *copies = json_array();
  for (size_t i = 0; c.type && i < c.type->copy_count; i++)
    json_array_append_new(copies, json_pack("{s:i,s:o}", "number", c.type->copies[i].number, "to", show_text(c.type->copies[i].party.path.text)));
  json_object_set_new(out, "copies", copies);
  json_object_set_new(out, "print", c.type ? show_text_or_null(c.type->print.text) : json_null());
  show_put_int(out, "zone_ms", r->zone_offset_ms);
  case_shield(r, &desk, c.row, any_allowed(moves), c.fields, out);
  json_object_set(out, "fields", c.fields);
  json_object_set_new(out, "field_defs", defs);
  json_object_set_new(out, "moves", moves);
  json_object_set(out, "history", history);
  json_object_set(out, "orders", orders);
  json_object_set_new(out, "clocks", clocks_json(r, &people, c.row->id));
  json_object_set_new(out, "may_fill", json_boolean(!c.row->final && (r->actor.owner || str_eq(c.row->opened_by, r->actor.id) || str_eq(c.row->assignee, r->actor.id) || str_eq(c.row->subject, r->actor.id))));
  *result = out;
done:
  json_decref(history);
  json_decref(orders);
  json_decref(c.fields);
  return status;
}

/* ---- steps that wait for the reader ------------------------------------------------------------------------------------- */

/* A step is somebody's decision when its arrow asks another person than the one who brought the case so far. */
static json_t *approval_json(struct read_ctx *r, const struct show_people *people, const struct party_desk *desk, const struct case_at *c, size_t to) {
  json_t *o = case_row_json(r, people, desk, c->row);
  struct str type = type_title(c->type, c->row->type);
  json_object_set_new(o, "case", show_text(c->row->id));
  show_put_text(o, "id", arena_printf(r->arena, "%.*s", STR_ARG(c->row->id)));
  json_object_set_new(o, "kind", json_string("case"));
  json_object_set(o, "what", json_object_get(o, "title"));
  show_put_text(o, "title", arena_printf(r->arena, "%.*s %.*s", STR_ARG(type), STR_ARG(c->row->number)));
  show_put_text(o, "who_asks", c->row->opened_by);
  show_put_text(o, "asked_by_name", show_name(people, c->row->opened_by));
  show_put_int(o, "at", c->row->state_since_ms);
  const struct lang_state *state = &c->type->states[to];
  struct str words = state->by && r->program ? str_trim(lang_text(r->program, state->by->at)) : STR("");
  show_put_text(o, "why_you", arena_printf(r->arena, "这一步由%.*s办理", STR_ARG(words)));
  show_put_text(o, "effect", arena_printf(r->arena, "转入“%.*s”", STR_ARG(state->name.text)));
  show_put_text(o, "to", state->name.text);
  for (size_t i = 0; r->program && i < r->program->item_count; i++)
    if (r->program->items[i]->kind == LI_CASE && r->program->items[i]->case_type == c->type && r->program->items[i]->clause)
      json_object_set_new(o, "clause", show_clause(r->program, r->program->items[i]->clause->id));
  json_object_set(o, "fields", c->fields);
  return o;
}

enum status case_approvals(struct read_ctx *r, json_t *items) {
  enum status status = OK;
  struct show_people people;
  struct party_desk desk;
  struct case_file_open_all_row *rows = NULL;
  size_t count = 0;
  struct case_file_open_all_in in = {.most = CASE_OPEN_MOST};
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  TRY(case_file_open_all(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    struct case_at c = {0};
    if (str_eq(rows[i].opened_by, r->actor.id)) continue;
    TRY(case_load(r->store, r->arena, r->program, rows[i].id, &c, r->problem));
    for (size_t k = 0; c.type && k < c.type->state_count; k++) {
      if (!case_may_move(&desk, &c, k, r->actor.id, false).may || case_step_to(r->arena, r->program, &c, k, r->now_ms, r->zone_offset_ms, NULL) != CASE_STEP_OPEN) continue;
      json_array_append_new(items, approval_json(r, &people, &desk, &c, k));
      break;
    }
    json_decref(c.fields);
  }
done:
  return status;
}
