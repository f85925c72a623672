/* The floor in one answer: a sentence, the people at work with their load, clocks about to break, slips and cases that wait, and the
 * tide of the day by the hour. It reads many nouns and writes none. */
#include "views/floor.h"

#include "base/calendar.h"
#include "views/case.h"
#include "views/conversation.h"
#include "views/customer.h"
#include "views/duty.h"
#include "views/figure.h"
#include "views/figure.sql.h"
#include "views/floor.sql.h"
#include "views/leave.h"
#include "views/ledger.h"
#include "views/people.h"
#include "views/people.sql.h"
#include "views/routing.h"
#include "views/setting.h"

#include <stdlib.h>

enum { FLOOR_CLOCKS_MOST = 300, FLOOR_CLOCKS_SHOWN = 60, FLOOR_SLIPS_SHOWN = 50, FLOOR_CASES_SHOWN = 50, FLOOR_VIOLATED_MS = 30 * MS_MINUTE, FLOOR_WEEKS = 8 };

/* One of the clocks: a clause's, or a default target where no clause has one. */
struct due {
  bool paused;
  i64 due_ms;
  struct str id, bearer;
  const struct clock_live_row *row; /* NULL: of the settings */
  const struct conversation_default *target;
};

struct floor {
  struct read_ctx *r;
  struct show_people people;
  struct party_desk desk;
  struct due *clocks; /* by the time left, those that stand still last */
  size_t clock_count;
  struct shift_on_now_row *shifts;
  size_t shift_count;
  struct floor_load_row *loads;
  size_t load_count;
  struct clock_outcome_row *outcomes;
  size_t outcome_count;
  struct leave_now leave;
  i64 midnight;
  i64 away_ms, meal_ms; /* how long a break may be, where the rulebook is silent; 0: no limit */
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

static int by_due(const void *x, const void *y) {
  const struct due *a = x, *b = y;
  if (a->paused != b->paused) return a->paused ? 1 : -1;
  if (a->due_ms != b->due_ms) return a->due_ms < b->due_ms ? -1 : 1;
  return str_compare(a->id, b->id);
}

static enum status load_clocks(struct floor *f) {
  struct read_ctx *r = f->r;
  struct clock_live_in in = {.violated_since_ms = r->now_ms - FLOOR_VIOLATED_MS, .most = FLOOR_CLOCKS_MOST};
  struct clock_live_row *rows;
  struct conversation_default *targets;
  size_t count, target_count;
  enum status status = OK;
  TRY(clock_live(r->store, r->arena, &in, &rows, &count, r->problem));
  TRY(conversation_defaults(r, in.violated_since_ms, FLOOR_CLOCKS_MOST, &targets, &target_count));
  f->clocks = ARENA_ARRAY(r->arena, struct due, count + target_count + 1);
  for (size_t i = 0; i < count; i++) f->clocks[f->clock_count++] = (struct due){str_is(rows[i].state, "paused"), rows[i].due_ms, rows[i].id, rows[i].bearer, &rows[i], NULL};
  for (size_t i = 0; i < target_count; i++)
    f->clocks[f->clock_count++] = (struct due){targets[i].clock.paused, targets[i].clock.due_ms, targets[i].id, targets[i].agent, NULL, &targets[i]};
  if (f->clock_count) qsort(f->clocks, f->clock_count, sizeof *f->clocks, by_due);
done:
  return status;
}

static enum status load(struct floor *f) {
  enum status status = OK;
  struct read_ctx *r = f->r;
  f->midnight = instant_at(instant_date(r->now_ms, r->zone_offset_ms), 0, r->zone_offset_ms);
  TRY(show_people_load(r->store, r->arena, &f->people, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &f->desk, r->problem));
  TRY(leave_load(r->store, r->arena, r->now_ms, &f->leave, r->problem));
  if (!routing_book_speaks_of_away(r->program)) {
    TRY(setting_value(r->store, r->arena, SETTING_AWAY_ONCE_MINUTES, &f->away_ms, r->problem));
    if (!f->away_ms) TRY(setting_value(r->store, r->arena, SETTING_AWAY_DAY_MINUTES, &f->away_ms, r->problem));
    TRY(setting_value(r->store, r->arena, SETTING_MEAL_MINUTES, &f->meal_ms, r->problem));
    f->away_ms *= MS_MINUTE;
    f->meal_ms *= MS_MINUTE;
  }
  TRY(load_clocks(f));
  struct shift_on_now_in sin = {.at_ms = r->now_ms};
  TRY(shift_on_now(r->store, r->arena, &sin, &f->shifts, &f->shift_count, r->problem));
  TRY(floor_load(r->store, r->arena, &f->loads, &f->load_count, r->problem));
  struct clock_outcome_in oin = {.clause = greeting_clause(r->program), .from_ms = f->midnight, .to_ms = f->midnight + MS_DAY};
  TRY(clock_outcome(r->store, r->arena, &oin, &f->outcomes, &f->outcome_count, r->problem));
done:
  return status;
}

static json_t *clock_of(struct floor *f, const struct due *d) {
  if (d->target) return conversation_default_json(f->r, d->target, show_name(&f->people, d->bearer));
  return duty_clock_json(f->r->program, &f->people, (const struct clock_get_row *)(const void *)d->row, f->r->now_ms);
}

/* A clock of a conversation is called by its customer's name. */
static enum status clocks_json(struct floor *f, json_t *out) {
  json_t *list = json_array();
  enum status status = OK;
  for (size_t i = 0; status == OK && i < f->clock_count && i < FLOOR_CLOCKS_SHOWN; i++) {
    const struct due *d = &f->clocks[i];
    struct floor_customer_row *c = NULL;
    json_t *clock = clock_of(f, d);
    json_array_append_new(list, clock);
    if (d->row && !str_is(d->row->object_noun, "conversation")) continue;
    status = floor_customer(f->r->store, f->r->arena, &(struct floor_customer_in){.conversation = d->row ? d->row->object : d->target->id}, &c, f->r->problem);
    if (status == OK && c) show_put_text(clock, "customer_name", customer_show_name(f->r->arena, c->name));
  }
  json_object_set_new(out, "clocks", list);
  return status;
}

static json_t *worst_clock(struct floor *f, struct str person) {
  for (size_t i = 0; i < f->clock_count; i++)
    if (str_eq(f->clocks[i].bearer, person) && !f->clocks[i].paused) return clock_of(f, &f->clocks[i]);
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
  i64 open = 0, cap = 0;
  enum status capped = routing_cap(f->r->store, f->r->arena, p->id, &cap, f->r->problem);
  if (capped != OK) return capped;
  json_t *o = json_object(), *band = NULL;
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
  i64 limit = leave_until(&f->leave, p->id) ? 0 : duty_is_meal(p->presence_reason) ? f->meal_ms : f->away_ms;
  json_object_set_new(o, "presence_limit_ms", show_int_or_null(limit > 0, limit));
  leave_put(o, &f->leave, p->id);
  show_put_int(o, "load", open);
  show_put_int(o, "cap", cap);
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
    *on += (str_is(word, "online") || str_is(word, "busy")) && !leave_until(&f->leave, rows[i].id);
    if (shift_now || !str_is(word, "offline")) status = person_json(f, &rows[i], list);
  }
  json_object_set_new(out, "people", list);
  return status;
}

/* Customers who began in each hour on the same weekday of the weeks before: the median is the usual day. */
struct usual {
  i64 counts[FLOOR_WEEKS][24];
  bool seen[FLOOR_WEEKS];
  i64 median[24], today[24];
};

static int by_number(const void *a, const void *b) {
  i64 x = *(const i64 *)a, y = *(const i64 *)b;
  return x < y ? -1 : x > y;
}

static enum status usual_day(struct floor *f, i64 today, struct usual *u) {
  struct figure_hours_row *rows = NULL;
  size_t count = 0;
  for (int w = 0; w <= FLOOR_WEEKS; w++) {
    struct figure_hours_in in = {.measure = FIGURE_STARTED, .span = today - 7 * w};
    enum status status = figure_hours(f->r->store, f->r->arena, &in, &rows, &count, f->r->problem);
    if (status != OK) return status;
    for (size_t i = 0; i < count; i++) {
      i64 hour = rows[i].slot / 2 % 24;
      if (w == 0) u->today[hour] += rows[i].n;
      else u->counts[w - 1][hour] += rows[i].n, u->seen[w - 1] = true;
    }
  }
  for (int h = 0; h < 24; h++) {
    i64 list[FLOOR_WEEKS];
    size_t n = 0;
    for (int w = 0; w < FLOOR_WEEKS; w++)
      if (u->seen[w]) list[n++] = u->counts[w][h];
    qsort(list, n, sizeof *list, by_number);
    u->median[h] = n ? list[(n - 1) / 2] : -1;
  }
  return OK;
}

/* What is there in an hour to come: as many as usually begin then, times how many of today's are still there in the hour they began,
 * in tenths; without a usual day nobody foretells anything. */
static i64 foretold(const struct usual *u, int hour, i64 present, i64 began) {
  if (u->median[hour] < 0) return 0;
  i64 tenths = began > 0 ? present * 10 / began : 12;
  tenths = tenths < 10 ? 10 : tenths > 40 ? 40 : tenths;
  return (u->median[hour] * tenths + 5) / 10;
}

static enum status tide_json(struct floor *f, json_t *out) {
  enum status status = OK;
  struct floor_conversations_between_row *talks = NULL;
  struct clock_violated_range_row *broken = NULL;
  struct shift_range_row *shifts = NULL;
  size_t talk_count = 0, broken_count = 0, shift_count = 0;
  struct read_ctx *r = f->r;
  struct usual u = {0};
  i64 today = instant_date(r->now_ms, r->zone_offset_ms), present = 0, began = 0, usual_so_far = 0;
  struct floor_conversations_between_in tin = {.from_ms = f->midnight - 6 * (i64)MS_HOUR, .to_ms = r->now_ms + 1};
  struct clock_violated_range_in vin = {.from_ms = f->midnight, .to_ms = f->midnight + MS_DAY};
  struct shift_range_in sin = {.from_date = today - 1, .to_date = today};
  json_t *tide = json_array();
  TRY(floor_conversations_between(r->store, r->arena, &tin, &talks, &talk_count, r->problem));
  TRY(clock_violated_range(r->store, r->arena, &vin, &broken, &broken_count, r->problem));
  TRY(shift_range(r->store, r->arena, &sin, &shifts, &shift_count, r->problem));
  TRY(usual_day(f, today, &u));
  for (int hour = 0; hour < 24; hour++) {
    i64 at = f->midnight + hour * (i64)MS_HOUR, end = at + MS_HOUR, customers = 0, hands = 0, breaches = 0;
    bool ahead = at > r->now_ms;
    for (size_t i = 0; i < talk_count && !ahead; i++) customers += talks[i].started_ms < end && (!talks[i].has_closed_ms || talks[i].closed_ms > at);
    for (size_t i = 0; i < shift_count; i++) {
      i64 start = shifts[i].start_ms > at ? shifts[i].start_ms : at, stop = shifts[i].end_ms < end ? shifts[i].end_ms : end;
      hands += shifts[i].end_ms > shifts[i].start_ms && start < stop && !leave_covers(&f->leave, shifts[i].person, start, stop);
    }
    for (size_t i = 0; i < broken_count; i++) breaches += broken[i].due_ms >= at && broken[i].due_ms < end;
    if (!ahead) present += customers, began += u.today[hour];
    if (end <= r->now_ms && u.median[hour] > 0) usual_so_far += u.median[hour];
    else if (!ahead && u.median[hour] > 0) usual_so_far += u.median[hour] * (r->now_ms - at) / MS_HOUR;
    if (ahead) customers = foretold(&u, hour, present, began);
    if (ahead && !hands && !customers) continue;
    json_t *point = json_pack("{s:I,s:I,s:I,s:I,s:b}", "at", (json_int_t)at, "customers", (json_int_t)customers, "hands", (json_int_t)hands, "breaches", (json_int_t)breaches, "forecast", ahead);
    json_object_set_new(point, "began", json_integer(u.today[hour]));
    json_object_set_new(point, "usual", show_int_or_null(u.median[hour] >= 0, u.median[hour]));
    json_array_append_new(tide, point);
  }
  json_object_set(out, "tide", tide);
  json_object_set_new(out, "today", json_pack("{s:I,s:I,s:o}", "began", (json_int_t)began, "usual", (json_int_t)usual_so_far, "date", show_date(r->arena, today)));
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
    json_array_append_new(list, case_row_json(f->r, &f->people, &f->desk, (const struct case_file_get_row *)(const void *)&rows[i]));
  json_object_set_new(out, "cases", list);
  return status;
}

enum status floor_read(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct floor f = {.r = r};
  struct floor_waiting_row *waiting = NULL;
  json_t *out = json_object(), *slips = NULL, *approvals = json_array();
  i64 on = 0;
  TRY(load(&f));
  TRY(people_json(&f, out, &on));
  TRY(floor_waiting(r->store, r->arena, &waiting, r->problem));
  i64 longest = waiting && waiting->has_since_ms ? r->now_ms - waiting->since_ms : 0;
  json_object_set_new(out, "sentence", json_pack("{s:I,s:I,s:I,s:I}", "on", (json_int_t)on, "customers", (json_int_t)(waiting ? waiting->open_count : 0), "waiting",
                                                 (json_int_t)(waiting ? waiting->waiting : 0), "longest_ms", (json_int_t)longest));
  TRY(clocks_json(&f, out));
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
  return status;
}
