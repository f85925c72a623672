/* The conversations behind a figure, and the workload by the half-hour. See reception.h. */
#include "reports/reception.h"

#include "base/calendar.h"
#include "reports/reception_internal.h"
#include "views/customer.h"
#include "views/duty.sql.h"
#include "views/figure.sql.h"

#include <math.h>
#include <string.h>

enum { PAGE = 500, PAGES_MOST = 40, SHOWN_DEFAULT = 50, SHOWN_MOST = 200, REPLIES_LOOKED_AT = 1000, REACH_DAYS = 31, PLACES_MOST = 5000, WEEKDAYS = 7, ORDERS_SHOWN = 20 };

enum what { W_STARTED, W_FIRST, W_NEVER, W_WAITING, W_REPLY, W_TOOK, W_STARS, W_DEAL, W_LEFT, W_NO_DEAL, W_ENDED };
static const char *const whats[] = {"started", "first", "never", "waiting", "reply", "took", "stars", "deal", "left", "no_deal", "ended"};

struct look {
  struct ask q;
  int what;
  i64 step, stars, weekday, slot; /* -1 = any */
  bool open;                      /* the step is one of service hours */
};

/* ---- does a conversation stand behind the figure? ---- */

static bool inside(const struct ask *q, bool has, i64 ms) { return has && ms >= q->from_ms && ms < q->to_ms; }
static bool is_agent(const struct ask *q, struct str who) { return !q->agent.n || str_eq(q->agent, who.n ? who : STR("-")); }
static bool step_is(const struct look *l, i64 from_ms, i64 to_ms) {
  const struct service *hours = l->open ? service_history_before(&l->q.hours, from_ms) : NULL;
  if (hours && !hours->known) return false;
  return l->step < 0 || figure_step(hours ? service_between(hours, from_ms, to_ms) : to_ms - from_ms) == l->step;
}

/* The shift of a person at a time, as the roster stands now; without a filter every one is right. "-": on no shift. */
static enum status on_shift(struct read_ctx *r, const struct look *l, struct str person, i64 at, bool *yes) {
  struct figure_shift_row *row = NULL;
  if (!*yes || !l->q.shift.n) return OK;
  struct figure_shift_in in = {.person = person, .at_ms = at, .early_ms = at + FIGURE_SHIFT_EARLY_MS, .late_ms = at - FIGURE_SHIFT_REACH_MS};
  enum status status = figure_shift(r->store, r->arena, &in, &row, r->problem);
  *yes = status == OK && str_eq(row ? row->name : STR("-"), l->q.shift);
  return status;
}

/* Any wait of it that lies in the range, on the step, and was answered by the person; `open`: the last words have no answer. */
struct waited {
  bool behind, spoken, open;
  i64 since_ms;
};
static enum status waits_of(struct read_ctx *r, const struct look *l, struct str id, struct waited *w) {
  struct figure_messages_row *m = NULL;
  size_t count = 0;
  enum status status = figure_messages(r->store, r->arena, &(struct figure_messages_in){.id = id}, &m, &count, r->problem);
  *w = (struct waited){0};
  for (size_t i = 0; status == OK && i < count; i++) {
    bool customer = str_is(m[i].by_type, "customer");
    if (customer && !w->open) w->open = true, w->since_ms = m[i].at_ms;
    if (customer) continue;
    bool yes = w->open && inside(&l->q, true, w->since_ms) && step_is(l, w->since_ms, m[i].at_ms) && is_agent(&l->q, m[i].by_id);
    status = on_shift(r, l, m[i].by_id, m[i].at_ms, &yes);
    w->behind |= yes;
    w->open = false;
    w->spoken = true;
  }
  return status;
}

/* Ended while words had no answer: before anybody spoke (never) or after (left). */
static enum status unanswered(struct read_ctx *r, const struct look *l, const struct figure_talks_row *t, bool *yes) {
  struct waited w;
  if (!t->has_closed_ms || !t->has_asked_ms || (l->what == W_NEVER && t->has_first_ms) || !is_agent(&l->q, t->speaker)) return OK;
  enum status status = waits_of(r, l, t->id, &w);
  *yes = status == OK && w.open && w.spoken == (l->what == W_LEFT) && inside(&l->q, true, w.since_ms);
  return status == OK ? on_shift(r, l, t->speaker, w.since_ms, yes) : status;
}

static enum status stands_behind(struct read_ctx *r, const struct look *l, const struct figure_talks_row *t, bool *yes) {
  const struct ask *q = &l->q;
  struct waited w;
  enum status status = OK;
  *yes = false;
  if (q->channel.n && !str_eq(q->channel, t->channel)) return OK;
  if (!reception_has_tag(t->tags, q->tag) || !reception_has_tag(t->customer_tags, q->customer_tag)) return OK;
  switch ((enum what)l->what) {
    case W_STARTED: {
      i64 local = instant_date(t->started_ms, r->zone_offset_ms);
      *yes = inside(q, true, t->started_ms) && (l->weekday < 0 || weekday(local) == l->weekday) && (l->slot < 0 || instant_time_of_day(t->started_ms, r->zone_offset_ms) / (30 * MS_MINUTE) == l->slot);
      return OK;
    }
    case W_FIRST:
      *yes = inside(q, t->has_asked_ms, t->asked_ms) && t->has_first_ms && step_is(l, t->asked_ms, t->asked_ms + t->first_ms) && is_agent(q, t->first_by);
      return on_shift(r, l, t->first_by, t->asked_ms + t->first_ms, yes);
    case W_WAITING:
      *yes = inside(q, t->has_asked_ms, t->asked_ms) && !t->has_first_ms && !t->has_closed_ms && is_agent(q, t->agent);
      return OK;
    case W_TOOK:
      *yes = inside(q, t->has_closed_ms, t->closed_ms) && step_is(l, t->started_ms, t->started_ms + t->took_ms) && is_agent(q, t->speaker);
      return on_shift(r, l, t->speaker, t->closed_ms, yes);
    case W_ENDED:
    case W_NO_DEAL:
    case W_DEAL:
      *yes = inside(q, t->has_closed_ms, t->closed_ms) && is_agent(q, t->speaker) && (l->what == W_ENDED || (t->deal != 0) == (l->what == W_DEAL));
      return on_shift(r, l, t->speaker, t->closed_ms, yes);
    case W_STARS:
      *yes = inside(q, t->has_rated_ms, t->rated_ms) && t->has_stars && (l->stars < 0 || t->stars == l->stars) && is_agent(q, t->rated_by);
      return on_shift(r, l, t->rated_by, t->rated_ms, yes);
    case W_REPLY:
      status = waits_of(r, l, t->id, &w);
      *yes = status == OK && w.behind;
      return status;
    case W_NEVER:
    case W_LEFT: return unanswered(r, l, t, yes);
  }
  return OK;
}

static bool is_inquiry(int what) { return what == W_DEAL || what == W_NO_DEAL || what == W_ENDED; }

static json_t *talk_json(struct read_ctx *r, const struct show_people *people, const struct figure_talks_row *t) {
  struct str who = t->first_by.n ? t->first_by : t->agent;
  json_t *o = json_object();
  show_put_text(o, "id", t->id);
  show_put_text(o, "customer", t->customer_name.n ? customer_show_name(r->arena, t->customer_name) : t->customer);
  show_put_text(o, "agent", who);
  show_put_text(o, "agent_name", show_name(people, who));
  show_put_text(o, "channel", t->channel);
  show_put_int(o, "started_ms", t->started_ms);
  json_object_set_new(o, "first_ms", show_int_or_null(t->has_first_ms, t->first_ms));
  json_object_set_new(o, "took_ms", show_int_or_null(t->has_took_ms, t->took_ms));
  json_object_set_new(o, "closed_ms", show_int_or_null(t->has_closed_ms, t->closed_ms));
  json_object_set_new(o, "stars", show_int_or_null(t->has_stars, t->stars));
  json_object_set_new(o, "deal", json_boolean(t->deal));
  json_object_set_new(o, "tags", show_stored(t->tags, json_array()));
  show_put_text(o, "last_text", t->last_text);
  show_put_text(o, "rating_text", t->rating_text);
  show_put_text(o, "no_deal_reason", t->no_deal_reason);
  return o;
}

/* Of an inquiry: the orders its customer placed from its beginning until some days after its end (conversion_orders.v1). */
static enum status put_orders_of(struct read_ctx *r, const struct figure_talks_row *t, json_t *item) {
  struct figure_orders_after_row *rows = NULL;
  size_t count = 0;
  struct figure_orders_after_in in = {.customer = t->customer, .linked = t->linked, .from_ms = t->started_ms, .to_ms = t->closed_ms + RECEPTION_ORDER_REACH_MS, .most = ORDERS_SHOWN};
  enum status status = figure_orders_after(r->store, r->arena, &in, &rows, &count, r->problem);
  json_t *list = json_array();
  for (size_t i = 0; status == OK && i < count; i++) json_array_append_new(list, figure_orders_after_json(&rows[i]));
  json_object_set_new(item, "orders", list);
  return status;
}

static enum status show_talk(struct read_ctx *r, const struct show_people *people, const struct look *l, const struct figure_talks_row *t, json_t *items) {
  json_t *item = talk_json(r, people, t);
  json_array_append_new(items, item);
  return is_inquiry(l->what) ? put_orders_of(r, t, item) : OK;
}

static enum status look_of(struct read_ctx *r, json_t *query, struct look *l) {
  enum status status = reception_ask(r, query, &l->q);
  struct str what = show_arg(r->arena, query, "what");
  if (status != OK) return status;
  l->what = -1;
  for (size_t i = 0; i < COUNT_OF(whats); i++)
    if (what.n ? str_is(what, whats[i]) : i == 0) l->what = (int)i;
  if (l->what < 0) return problem_set(r->problem, E_INVALID, "report.what", "没有“%.*s”这种明细", "There is no list “%.*s”", STR_ARG(what));
  l->step = show_arg_int(query, "step", -1, 0, FIGURE_STEPS - 1);
  l->open = str_is(show_arg(r->arena, query, "clock"), "service");
  l->stars = show_arg_int(query, "stars", -1, 1, 5);
  l->weekday = show_arg_int(query, "weekday", -1, 1, WEEKDAYS);
  l->slot = show_arg_int(query, "slot", -1, 0, FIGURE_HALF_HOURS - 1);
  return OK;
}

enum status reception_talks(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct look l = {0};
  struct show_people people;
  json_t *items = json_array();
  i64 after = 0, most = show_arg_int(query, "limit", SHOWN_DEFAULT, 1, SHOWN_MOST), looked = 0;
  struct str after_id = STR("");
  bool more = true;
  TRY(look_of(r, query, &l));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  /* What ended or was rated in the range may have begun before it. */
  i64 from = l.what == W_STARTED || l.what == W_FIRST || l.what == W_NEVER ? l.q.from_ms - MS_DAY : l.q.from_ms - REACH_DAYS * (i64)MS_DAY;
  if (!json_arg_cursor(query, &after, &after_id)) after = from - 1;
  for (int page = 0; page < PAGES_MOST && more && (i64)json_array_size(items) < most; page++) {
    struct figure_talks_row *rows = NULL;
    size_t count = 0;
    struct figure_talks_in in = {.from_ms = from, .to_ms = l.q.to_ms, .after_ms = after, .after_id = after_id, .customer = l.q.customer, .level = l.q.level, .most = PAGE};
    TRY(figure_talks(r->store, r->arena, &in, &rows, &count, r->problem));
    more = count == PAGE;
    for (size_t i = 0; i < count; i++) {
      bool yes;
      if ((i64)json_array_size(items) == most) {
        more = true;
        break;
      }
      TRY(stands_behind(r, &l, &rows[i], &yes));
      after = rows[i].started_ms, after_id = rows[i].id;
      if (yes) TRY(show_talk(r, &people, &l, &rows[i], items));
      if ((l.what == W_REPLY || l.what == W_LEFT) && ++looked >= REPLIES_LOOKED_AT) page = PAGES_MOST;
    }
  }
  *result = json_pack("{s:O,s:o,s:o}", "items", items, "next", more ? json_cursor(r->arena, after, after_id) : json_null(), "definitions", reception_definitions());
done:
  json_decref(items);
  return status;
}

/* ---- workload --------------------------------------------------------------------------------------------------------------- */

int reception_heads(const struct staffing *s) {
  double a = s->arrivals * s->handling_ms / (30.0 * MS_MINUTE), b = 1;
  if (s->arrivals <= 0 || s->handling_ms <= 0) return 0;
  for (int m = 1; m < PLACES_MOST; m++) {
    b = a * b / (m + a * b);
    if (m <= a) continue;
    double c = m * b / (m - a * (1 - b));
    if (1 - c * exp(-(m - a) * s->target_ms / s->handling_ms) >= s->share / 100.0) return (m + s->at_once - 1) / s->at_once;
  }
  return PLACES_MOST / s->at_once;
}

struct cells {
  i64 started[WEEKDAYS][FIGURE_HALF_HOURS], asked[WEEKDAYS][FIGURE_HALF_HOURS], hands[WEEKDAYS][FIGURE_HALF_HOURS];
  i64 days[WEEKDAYS]; /* of each weekday in the range, up to today */
};

static enum status count_cells(struct read_ctx *r, const struct ask *q, enum figure_measure measure, i64 cells[WEEKDAYS][FIGURE_HALF_HOURS]) {
  enum status status = OK;
  for (i64 date = q->from; status == OK && date <= q->to; date++) { /* day by day: a range would walk over the rows of every agent */
    struct figure_hours_row *rows = NULL;
    size_t count = 0;
    status = figure_hours(r->store, r->arena, &(struct figure_hours_in){.measure = measure, .span = date}, &rows, &count, r->problem);
    for (size_t i = 0; status == OK && i < count; i++)
      if (!q->channel.n || str_eq(q->channel, rows[i].channel)) cells[weekday(date) - 1][rows[i].slot % FIGURE_HALF_HOURS] += rows[i].n;
  }
  return status;
}

static enum status count_hands(struct read_ctx *r, const struct ask *q, i64 cells[WEEKDAYS][FIGURE_HALF_HOURS]) {
  struct shift_spans_row *rows = NULL;
  size_t count = 0;
  enum status status = shift_spans(r->store, r->arena, &(struct shift_spans_in){.from_date = q->from - 1, .to_date = q->to}, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    for (i64 at = rows[i].start_ms; at < rows[i].end_ms; at += 30 * MS_MINUTE) {
      i64 date = instant_date(at, r->zone_offset_ms);
      if (date >= q->from && date <= q->to) cells[weekday(date) - 1][instant_time_of_day(at, r->zone_offset_ms) / (30 * MS_MINUTE)] += rows[i].people;
    }
  }
  return status;
}

static i64 tenths(i64 n, i64 days) { return days ? (n * 10 + days / 2) / days : 0; }

static json_t *hours_json(const struct cells *c, struct staffing s) {
  json_t *list = json_array();
  for (int w = 0; w < WEEKDAYS; w++)
    for (int h = 0; h < FIGURE_HALF_HOURS && c->days[w]; h++) {
      s.arrivals = (double)c->started[w][h] / (double)c->days[w];
      json_array_append_new(list, json_pack("{s:i,s:i,s:I,s:I,s:I,s:I,s:i}", "weekday", w + 1, "slot", h, "started", (json_int_t)c->started[w][h], "started_x10",
                                            (json_int_t)tenths(c->started[w][h], c->days[w]), "asked_x10", (json_int_t)tenths(c->asked[w][h], c->days[w]), "hands_x10",
                                            (json_int_t)tenths(c->hands[w][h], c->days[w]), "needed", reception_heads(&s)));
    }
  return list;
}

enum status reception_workload(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct ask q;
  struct tally t = {0};
  struct cells *c = ARENA_NEW(r->arena, struct cells);
  json_t *days = json_array();
  TRY(reception_ask(r, query, &q));
  if (!reception_sees_all(r)) {
    status = problem_set(r->problem, E_DENIED, "may.read", "工作量报表要有“报表.查看”的权限", "The workload report needs the permission “报表.查看”");
    goto done;
  }
  i64 today = instant_date(r->now_ms, r->zone_offset_ms);
  for (i64 date = q.from; date <= q.to && date <= today; date++) c->days[weekday(date) - 1]++;
  TRY(count_cells(r, &q, FIGURE_STARTED, c->started));
  TRY(count_cells(r, &q, FIGURE_ASKED, c->asked));
  TRY(count_hands(r, &q, c->hands));
  struct ask talks = q;
  talks.by = BY_NOTHING;
  talks.measure = FIGURE_TOOK;
  TRY(reception_add_up(r, &talks, &t));
  i64 all = t.all.took.n, seen = 0, handling = 0;
  for (int i = 0; i < FIGURE_STEPS && !handling; i++)
    if ((seen += t.all.took.steps[i]) * 2 >= all && all) handling = figure_scale[i] == INT64_MAX ? figure_scale[i - 1] : figure_scale[i];
  struct staffing s = {.handling_ms = (double)handling, .target_ms = (double)(show_arg_int(query, "target_s", 30, 1, 3600) * MS_SECOND), .share = (int)show_arg_int(query, "share", 80, 50, 99),
                       .at_once = (int)show_arg_int(query, "at_once", 4, 1, 50)};
  json_t *out = reception_frame(r, "workload", (struct report_word){"工作量", "Workload"}, &q);
  json_object_set_new(out, "hours", hours_json(c, s));
  json_object_set_new(out, "staffing", json_pack("{s:s,s:I,s:I,s:i,s:i}", "formula", "erlang_c.v1", "handling_ms", (json_int_t)handling, "target_ms", (json_int_t)s.target_ms, "share", s.share,
                                                 "at_once", s.at_once));
  for (int w = 0; w < WEEKDAYS; w++) json_array_append_new(days, json_integer(c->days[w]));
  json_object_set(out, "days", days);
  *result = out;
done:
  json_decref(days);
  return status;
}
