/* The floor in one answer: a sentence, the people at work with their load, clocks about to break, slips and cases that wait, and the
 * tide of the day by the hour. It reads many nouns and writes none. */
#include "views/floor.h"

#include "base/calendar.h"
#include "views/case.h"
#include "views/conversation.h"
#include "views/duty.h"
#include "views/floor.sql.h"
#include "views/ledger.h"
#include "views/people.h"
#include "views/people.sql.h"

enum { FLOOR_CLOCKS_MOST = 300, FLOOR_CLOCKS_SHOWN = 60, FLOOR_SLIPS_SHOWN = 50, FLOOR_CASES_SHOWN = 50, FLOOR_VIOLATED_MS = 30 * MS_MINUTE };

struct floor {
  struct read_ctx *r;
  struct show_people people;
  struct party_desk desk;
  struct clock_live_row *clocks;
  size_t clock_count;
  struct shift_on_now_row *shifts;
  size_t shift_count;
  struct floor_load_row *loads;
  size_t load_count;
  struct clock_outcome_row *outcomes;
  size_t outcome_count;
  i64 midnight;
};

/* The clause whose duty is the first answer: the one that asks for an agent's reply. */
static struct str greeting_clause(const struct lang_program *program) {
  for (size_t i = 0; program && i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    if (item->kind != LI_MUST || !item->clause) continue;
    for (size_t k = 0; k < item->must->goals.count; k++)
      if (str_is(item->must->goals.p[k].event.kind, "conversation.agent_replied")) return item->clause->id;
  }
  return STR("");
}

static enum status load(struct floor *f) {
  enum status status = OK;
  struct read_ctx *r = f->r;
  f->midnight = instant_at(instant_date(r->now_ms, r->zone_offset_ms), 0, r->zone_offset_ms);
  TRY(show_people_load(r->store, r->arena, &f->people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &f->desk, r->problem));
  struct clock_live_in cin = {.violated_since_ms = r->now_ms - FLOOR_VIOLATED_MS, .most = FLOOR_CLOCKS_MOST};
  TRY(clock_live(r->store, r->arena, &cin, &f->clocks, &f->clock_count, r->problem));
  struct shift_on_now_in sin = {.at_ms = r->now_ms};
  TRY(shift_on_now(r->store, r->arena, &sin, &f->shifts, &f->shift_count, r->problem));
  TRY(floor_load(r->store, r->arena, &f->loads, &f->load_count, r->problem));
  struct clock_outcome_in oin = {.clause = greeting_clause(r->program), .from_ms = f->midnight, .to_ms = f->midnight + MS_DAY};
  TRY(clock_outcome(r->store, r->arena, &oin, &f->outcomes, &f->outcome_count, r->problem));
done:
  return status;
}

static json_t *clock_of(struct floor *f, const struct clock_live_row *row) {
  return duty_clock_json(f->r->program, &f->people, (const struct clock_get_row *)(const void *)row, f->r->now_ms);
}

static json_t *worst_clock(struct floor *f, struct str person) {
  for (size_t i = 0; i < f->clock_count; i++)
    if (str_eq(f->clocks[i].bearer, person) && !str_is(f->clocks[i].state, "paused")) return clock_of(f, &f->clocks[i]);
  return json_null();
}

static json_t *first_reply(struct floor *f, struct str person) {
  i64 met = 0, total = 0;
  for (size_t i = 0; i < f->outcome_count; i++) {
    if (!str_eq(f->outcomes[i].bearer, person) || str_is(f->outcomes[i].state, "discharged") || str_is(f->outcomes[i].state, "running")) continue;
    total += f->outcomes[i].clocks;
    if (str_is(f->outcomes[i].state, "met")) met += f->outcomes[i].clocks;
  }
  return json_pack("{s:I,s:I}", "met", (json_int_t)met, "total", (json_int_t)total);
}

static enum status person_json(struct floor *f, const struct people_presence_row *p, json_t *list) {
  json_t *o = json_object(), *band = NULL;
  i64 open = 0;
  const char *presence = people_presence_en(p->presence);
  for (size_t i = 0; i < f->load_count; i++)
    if (str_eq(f->loads[i].agent, p->id)) open = f->loads[i].open_count;
  for (size_t i = 0; i < f->shift_count && !band; i++) {
    if (!str_eq(f->shifts[i].person, p->id)) continue;
    const struct shift_on_now_row *s = &f->shifts[i];
    const struct shift_current_row shift = {.person = s->person, .date = s->date, .name = s->name, .class = s->class, .start_ms = s->start_ms, .end_ms = s->end_ms,
                                            .in_ms = s->in_ms, .has_in_ms = s->has_in_ms, .out_ms = s->out_ms, .has_out_ms = s->has_out_ms};
    enum status status = duty_band(f->r, &shift, p->id, &band);
    if (status != OK) {
      json_decref(o);
      return status;
    }
    show_put_text(o, "shift", shift.name);
    json_object_set_new(o, "on_shift", json_boolean(shift.has_in_ms && !shift.has_out_ms));
  }
  show_put_text(o, "id", p->id);
  show_put_text(o, "name", p->name);
  show_put_text(o, "role", p->role);
  json_object_set_new(o, "presence", presence ? json_string(presence) : show_text(p->presence));
  json_object_set_new(o, "presence_reason", show_text_or_null(p->presence_reason));
  show_put_int(o, "presence_ms", p->presence_ms);
  show_put_int(o, "load", open);
  show_put_int(o, "cap", CONVERSATION_CAP);
  json_object_set_new(o, "worst_clock", worst_clock(f, p->id));
  json_object_set_new(o, "band", band ? band : json_null());
  json_object_set_new(o, "first_reply", first_reply(f, p->id));
  json_array_append_new(list, o);
  return OK;
}

static enum status people_json(struct floor *f, json_t *out, i64 *on) {
  struct people_presence_row *rows = NULL;
  size_t count = 0;
  enum status status = people_presence(f->r->store, f->r->arena, &rows, &count, f->r->problem);
  json_t *list = json_array();
  for (size_t i = 0; status == OK && i < count; i++) {
    const char *presence = people_presence_en(rows[i].presence);
    struct str word = presence ? str_c(presence) : rows[i].presence;
    bool shift_now = false;
    for (size_t k = 0; k < f->shift_count; k++) shift_now |= str_eq(f->shifts[k].person, rows[i].id);
    *on += str_is(word, "online") || str_is(word, "busy");
    if (shift_now || !str_is(word, "offline")) status = person_json(f, &rows[i], list);
  }
  json_object_set_new(out, "people", list);
  return status;
}

static enum status tide_json(struct floor *f, json_t *out) {
  enum status status = OK;
  struct floor_conversations_between_row *talks = NULL;
  struct clock_violated_range_row *broken = NULL;
  struct shift_range_row *shifts = NULL;
  size_t talk_count = 0, broken_count = 0, shift_count = 0;
  struct read_ctx *r = f->r;
  i64 today = instant_date(r->now_ms, r->zone_offset_ms);
  struct floor_conversations_between_in tin = {.from_ms = f->midnight - 6 * (i64)MS_HOUR, .to_ms = r->now_ms + 1};
  struct clock_violated_range_in vin = {.from_ms = f->midnight, .to_ms = f->midnight + MS_DAY};
  struct shift_range_in sin = {.from_date = today - 1, .to_date = today};
  json_t *tide = json_array();
  TRY(floor_conversations_between(r->store, r->arena, &tin, &talks, &talk_count, r->problem));
  TRY(clock_violated_range(r->store, r->arena, &vin, &broken, &broken_count, r->problem));
  TRY(shift_range(r->store, r->arena, &sin, &shifts, &shift_count, r->problem));
  for (i64 at = f->midnight; at < f->midnight + MS_DAY; at += MS_HOUR) {
    i64 customers = 0, hands = 0, breaches = 0, end = at + MS_HOUR;
    for (size_t i = 0; i < talk_count && at <= r->now_ms; i++) customers += talks[i].started_ms < end && (!talks[i].has_closed_ms || talks[i].closed_ms > at);
    for (size_t i = 0; i < shift_count; i++) hands += shifts[i].end_ms > shifts[i].start_ms && shifts[i].start_ms < end && shifts[i].end_ms > at;
    for (size_t i = 0; i < broken_count; i++) breaches += broken[i].due_ms >= at && broken[i].due_ms < end;
    if (at <= r->now_ms || hands)
      json_array_append_new(tide, json_pack("{s:I,s:I,s:I,s:I}", "at", (json_int_t)at, "customers", (json_int_t)customers, "hands", (json_int_t)hands, "breaches", (json_int_t)breaches));
  }
  json_object_set(out, "tide", tide);
done:
  json_decref(tide);
  return status;
}

static enum status cases_json(struct floor *f, json_t *out) {
  struct case_file_open_all_row *rows = NULL;
  size_t count = 0;
  struct case_file_open_all_in in = {.most = FLOOR_CASES_SHOWN};
  enum status status = case_file_open_all(f->r->store, f->r->arena, &in, &rows, &count, f->r->problem);
  json_t *list = json_array();
  for (size_t i = 0; status == OK && i < count; i++)
    json_array_append_new(list, case_row_json(f->r, &f->people, (const struct case_file_get_row *)(const void *)&rows[i]));
  json_object_set_new(out, "cases", list);
  return status;
}

enum status floor_read(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct floor f = {.r = r};
  struct floor_waiting_row *waiting = NULL;
  json_t *out = json_object(), *slips = NULL, *approvals = json_array(), *clocks = json_array();
  i64 on = 0;
  TRY(load(&f));
  TRY(people_json(&f, out, &on));
  TRY(floor_waiting(r->store, r->arena, &waiting, r->problem));
  i64 longest = waiting && waiting->has_since_ms ? r->now_ms - waiting->since_ms : 0;
  json_object_set_new(out, "sentence", json_pack("{s:I,s:I,s:I,s:I}", "on", (json_int_t)on, "customers", (json_int_t)(waiting ? waiting->open_count : 0), "waiting",
                                                 (json_int_t)(waiting ? waiting->waiting : 0), "longest_ms", (json_int_t)longest));
  for (size_t i = 0; i < f.clock_count && i < FLOOR_CLOCKS_SHOWN; i++) json_array_append_new(clocks, clock_of(&f, &f.clocks[i]));
  json_object_set(out, "clocks", clocks);
  TRY(ledger_open_slips(r, FLOOR_SLIPS_SHOWN, false, &slips));
  json_object_set(out, "proposed", slips);
  TRY(case_approvals(r, approvals));
  json_object_set(out, "approvals", approvals);
  TRY(cases_json(&f, out));
  TRY(tide_json(&f, out));
  show_put_int(out, "now", r->now_ms);
  *result = json_incref(out);
done:
  json_decref(out);
  json_decref(slips);
  json_decref(approvals);
  json_decref(clocks);
  return status;
}
