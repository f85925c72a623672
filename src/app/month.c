/* Time, people and shifts of the demo month. See month.h. */
#include "app/month_internal.h"

#include <stdlib.h>
#include <string.h>

enum { BIN_MS = 10 * MS_MINUTE, BINS_A_DAY = 144, LEAVE_ONE_IN = 45, SWAP_ONE_IN = 60, CALLS_PER_MILLE = 60, LEAVE_AHEAD = 3, LEAVE_NUMBERS = 1000000 };
static const size_t MONTH_ARENA = (size_t)1 << 26;

/* Customers by hour of the day and by weekday (Monday first), in per cent of the mean: evenings and week-ends buy furniture. */
static const int by_hour[24] = {28, 12, 6, 4, 3, 4, 9, 24, 55, 92, 122, 118, 84, 92, 112, 118, 112, 92, 84, 112, 148, 156, 118, 66};
static const int by_weekday[7] = {104, 96, 98, 95, 97, 112, 121};

/* ---- numbers ---------------------------------------------------------------------------------------------------------- */

u64 month_mix(u64 x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}
u64 month_random(u64 *state) { return month_mix(*state += 0x9e3779b97f4a7c15ULL); } /* SplitMix64 */
i64 month_between(u64 *state, i64 least, i64 most) { return least + (i64)(month_random(state) % (u64)(most - least + 1)); }
bool month_chance(u64 *state, int per_mille) { return month_between(state, 1, 1000) <= per_mille; }

/* Quantiles (midpoints of 48) of a log-normal distribution with sigma 0.75 and of an exponential one, in thousandths: tables, so that
 * no machine's library of functions changes the month. */
static const int spread[48] = {177, 247, 296, 336, 372, 406, 438, 469, 499, 529, 559, 588, 618, 648, 678, 708, 740, 771, 804, 837, 871, 906, 943, 981,
                               1020, 1061, 1103, 1148, 1195, 1244, 1297, 1352, 1412, 1475, 1544, 1619, 1700, 1790, 1890, 2004, 2133, 2284, 2464, 2687, 2977, 3383, 4043, 5659};
static const int few[48] = {10, 32, 53, 76, 98, 122, 146, 170, 195, 221, 247, 274, 302, 330, 360, 390, 421, 453, 487, 521, 557, 594, 633, 673,
                            714, 758, 803, 851, 901, 953, 1009, 1068, 1130, 1197, 1269, 1345, 1429, 1520, 1620, 1731, 1856, 1999, 2166, 2367, 2618, 2955, 3466, 4564};
i64 month_spread(u64 *state, i64 median) { return median * spread[month_random(state) % 48] / 1000 + month_between(state, 0, median / 16 + 1); }
i64 month_few(u64 *state, i64 mean) { return mean * few[month_random(state) % 48] / 1000; }

/* ---- what comes next: a heap by time --------------------------------------------------------------------------------- */

static bool before(const struct item *x, const struct item *y) { return x->at < y->at || (x->at == y->at && x->order < y->order); }

void month_plan(struct month *m, i64 at, enum item_type type, u32 slot, i64 extra) {
  if (m->heap_count == m->heap_room) {
    m->heap_room = m->heap_room ? m->heap_room * 2 : 4096;
    m->heap = realloc(m->heap, m->heap_room * sizeof *m->heap);
    BUG_IF(m->heap == NULL);
  }
  struct item it = {.at = at > m->now ? at : m->now, .order = m->order++, .type = type, .slot = slot, .extra = extra};
  size_t i = m->heap_count++;
  for (; i > 0 && before(&it, &m->heap[(i - 1) / 2]); i = (i - 1) / 2) m->heap[i] = m->heap[(i - 1) / 2];
  m->heap[i] = it;
}

static struct item next_item(struct month *m) {
  struct item first = m->heap[0], last = m->heap[--m->heap_count];
  size_t i = 0;
  for (size_t child; (child = 2 * i + 1) < m->heap_count; i = child) {
    if (child + 1 < m->heap_count && before(&m->heap[child + 1], &m->heap[child])) child++;
    if (before(&last, &m->heap[child])) break;
    m->heap[i] = m->heap[child];
  }
  m->heap[i] = last;
  return first;
}

/* ---- facts ---------------------------------------------------------------------------------------------------------------- */

struct event *month_event(struct month *m, enum event_kind_id kind, i64 at, struct str actor) { return event_new(m->a, kind, at, actor); }

enum status month_put(struct month *m, struct event *e) {
  e->recorded_ms = m->now;
  m->counts->events++;
  m->counts->late += e->occurred_ms < m->now;
  return m->sink->put(m->sink->ctx, e, m->p);
}

struct event *month_case(struct month *m, enum event_kind_id kind, i64 id, i64 number, const char *type, const char *state, struct str by) {
  struct civil c = civil_from_date(instant_date(m->now, m->o->zone_offset_ms));
  struct event *e = month_event(m, kind, m->now, by);
  event_set_text(e, "case", arena_printf(m->a, "k%lld", (long long)id));
  event_set_text(e, "type", str_c(type));
  event_set_text(e, "number", arena_printf(m->a, "%02d%02d-%04lld", c.year % 100, c.month, (long long)number));
  event_set_text(e, "to", str_c(state));
  event_set_text(e, "person", by);
  e->case_type = str_c(type);
  e->case_state = str_c(state);
  return e;
}

/* ---- shifts --------------------------------------------------------------------------------------------------------------- */

static u64 dice(const struct month *m, i64 agent, i64 date, u64 what) { return month_mix(m->o->seed ^ month_mix((u64)agent * 1000003 + (u64)date * 31 + what)); }

/* By the roster: three by day, two by night, in turn by the week; one day of rest in seven. */
static int rostered(const struct month *m, i64 agent, i64 date) {
  if ((date + agent * 3 + m->rest_phase) % 7 == 0) return SHIFT_REST;
  return (agent + week_start(date) / 7 + m->week_phase) % 5 >= 3 ? SHIFT_NIGHT : SHIFT_DAY;
}

/* The shift that a visitor will look at stays as planned. */
static bool kept(const struct month *m, i64 agent, i64 date) { return m->o->visited && agent < 2 && date == m->last_date; }

static bool on_leave(const struct month *m, i64 agent, i64 date) { return !kept(m, agent, date) && date > m->first_date + 3 && rostered(m, agent, date) != SHIFT_REST && dice(m, agent, date, 1) % LEAVE_ONE_IN == 0; }

static bool swaps(const struct month *m, i64 agent, i64 date) {
  i64 first = agent & ~(i64)1, second = first + 1;
  if (kept(m, first, date) || second >= m->agent_count || date <= m->first_date + 1 || on_leave(m, first, date) || on_leave(m, second, date)) return false;
  return rostered(m, first, date) != rostered(m, second, date) && rostered(m, first, date) != SHIFT_REST && rostered(m, second, date) != SHIFT_REST && dice(m, first, date, 2) % SWAP_ONE_IN == 0;
}

int month_shift(const struct month *m, i64 agent, i64 date) {
  if (on_leave(m, agent, date)) return SHIFT_REST;
  return rostered(m, swaps(m, agent, date) ? agent ^ 1 : agent, date);
}

/* The first agent, as whom a visitor signs in, is on the shift of the last hour, and rests again in six days. */
static void suit_visitor(struct month *m) {
  i64 hour = instant_time_of_day(m->o->until_ms, m->o->zone_offset_ms), evening = 17 * MS_HOUR + 30 * MS_MINUTE;
  bool night = hour >= evening || hour < MS_HOUR;
  if (hour < MS_HOUR) m->last_date--; /* the night that began yesterday */
  while (((week_start(m->last_date) / 7 + m->week_phase) % 5 >= 3) != night) m->week_phase++;
  while ((m->last_date + m->rest_phase) % 7 != 1) m->rest_phase++;
  if (hour < MS_HOUR) m->last_date++;
}

static i64 begins(const struct month *m, int shift, i64 date) { return instant_at(date, shift == SHIFT_DAY ? 8 * MS_HOUR + 30 * MS_MINUTE : 17 * MS_HOUR + 30 * MS_MINUTE, m->o->zone_offset_ms); }
static i64 ends(const struct month *m, int shift, i64 date) { return shift == SHIFT_DAY ? instant_at(date, 17 * MS_HOUR + 30 * MS_MINUTE, m->o->zone_offset_ms) : instant_at(date + 1, MS_HOUR, m->o->zone_offset_ms); }
static const char *const shift_names[] = {"白班", "夜班", "休"};

static enum status set_shift(struct month *m, i64 agent, i64 date, int shift, int former, const char *cause) {
  struct event *e = month_event(m, EVENT_shift_assigned, m->now, m->leaders[0].id);
  i64 midnight = instant_at(date, 0, m->o->zone_offset_ms);
  event_set_text(e, "person", m->agents[agent].who.id);
  event_set_text(e, "shift", str_c(shift_names[shift]));
  event_set_int(e, "date", date);
  event_set_int(e, "start", shift == SHIFT_REST ? midnight : begins(m, shift, date));
  event_set_int(e, "end", shift == SHIFT_REST ? midnight : ends(m, shift, date));
  event_set_text(e, "class", str_c(shift == SHIFT_REST ? "休" : "班"));
  event_set_text(e, "cause", str_c(cause));
  if (former >= 0) event_set_text(e, "former", str_c(shift_names[former]));
  return month_put(m, e);
}

static enum status publish(struct month *m, i64 from, i64 to) {
  enum status status = OK;
  for (i64 a = 0; a < m->agent_count; a++)
    for (i64 date = from; date <= to; date++) {
      arena_reset(m->a);
      TRY(set_shift(m, a, date, rostered(m, a, date), -1, "排"));
    }
  struct event *e = month_event(m, EVENT_roster_published, m->now, m->leaders[0].id);
  event_set_text(e, "role", STR("客服"));
  event_set_int(e, "from", from);
  event_set_int(e, "to", to);
  event_set_int(e, "ahead", instant_at(from, 0, m->o->zone_offset_ms) > m->now ? instant_at(from, 0, m->o->zone_offset_ms) - m->now : 0);
  event_set_int(e, "cells", m->agent_count * (to - from + 1));
  TRY(month_put(m, e));
done:
  return status;
}

/* Everything of the day that is known when it begins. */
static enum status begin_day(struct month *m, i64 date) {
  i64 zone = m->o->zone_offset_ms;
  if (date < m->last_date) month_plan(m, instant_at(date + 1, MS_MINUTE, zone), IT_DAY, 0, date + 1);
  if (weekday(date) == 6) month_plan(m, instant_at(date, 10 * MS_HOUR, zone), IT_ROSTER, 0, date + 2);
  if (date > m->first_date) month_plan(m, instant_at(date, 9 * MS_HOUR + 5 * MS_MINUTE, zone), IT_CALLS, 0, date - 1);
  for (u32 a = 0; a < (u32)m->agent_count; a++) {
    if (on_leave(m, a, date + LEAVE_AHEAD)) month_plan(m, instant_at(date, 10 * MS_HOUR + (i64)(dice(m, a, date, 3) % MS_HOUR), zone), IT_LEAVE_ASK, a, date + LEAVE_AHEAD);
    if (a % 2 == 0 && swaps(m, a, date + 1)) month_plan(m, instant_at(date, 11 * MS_HOUR + (i64)(dice(m, a, date, 4) % MS_HOUR), zone), IT_SWAP, a, date + 1);
    int shift = month_shift(m, a, date);
    if (shift == SHIFT_REST) continue;
    u64 r = dice(m, a, date, 5);
    i64 start = begins(m, shift, date), end = ends(m, shift, date), noon = shift == SHIFT_DAY ? start + 190 * MS_MINUTE : start + 65 * MS_MINUTE;
    bool late = month_chance(&r, 35), forgot = month_chance(&r, 30);
    if (!forgot) month_plan(m, start - month_between(&r, 9, 19) * MS_MINUTE, IT_CLEAN, a, date);
    month_plan(m, late ? start + month_between(&r, 1, 14) * MS_MINUTE : start - month_between(&r, 10, 480) * MS_SECOND, IT_COME, a, date);
    i64 out = noon + (i64)(a % 4) * 28 * MS_MINUTE + month_between(&r, 0, 8) * MS_MINUTE;
    month_plan(m, out, IT_AWAY, a, out + month_between(&r, 24, 36) * MS_MINUTE);
    if (!month_chance(&r, 40)) month_plan(m, end - month_between(&r, 14, 24) * MS_MINUTE, IT_HAND, a, date);
    month_plan(m, end + month_between(&r, 20, 300) * MS_SECOND, IT_GO, a, date);
  }
  return OK;
}

static enum status presence(struct month *m, u32 a, const char *old, const char *new) {
  struct event *e = month_event(m, EVENT_presence_changed, m->now, m->agents[a].who.id);
  event_set_text(e, "person", m->agents[a].who.id);
  event_set_text(e, "old", str_c(old));
  event_set_text(e, "new", str_c(new));
  return month_put(m, e);
}

static enum status punch(struct month *m, u32 a, i64 date, bool in) {
  struct event *e = month_event(m, in ? EVENT_attendance_clocked_in : EVENT_attendance_clocked_out, m->now, m->agents[a].who.id);
  event_set_text(e, "person", m->agents[a].who.id);
  event_set_text(e, "shift", str_c(shift_names[month_shift(m, a, date)]));
  event_set_int(e, "date", date);
  if (in) event_set_text(e, "puncher", m->agents[a].who.id);
  return month_put(m, e);
}

static enum status come(struct month *m, u32 a, i64 date) {
  struct agent *g = &m->agents[a];
  enum status status = punch(m, a, date, true);
  if (status == OK && !g->on) status = presence(m, a, "离线", "在线");
  g->on = true;
  g->away = false;
  g->going_ms = ends(m, month_shift(m, a, date), date);
  return status;
}

static enum status go(struct month *m, u32 a, i64 date) {
  struct agent *g = &m->agents[a];
  if (g->open > 0 && m->now < g->going_ms + MS_HOUR) { /* who is in a talk ends it first */
    month_plan(m, m->now + 4 * MS_MINUTE, IT_GO, a, date);
    return OK;
  }
  enum status status = punch(m, a, date, false);
  if (status == OK) status = presence(m, a, g->away ? "暂离" : "在线", "离线");
  g->on = false;
  return status;
}

static enum status pause(struct month *m, u32 a, i64 until) {
  struct agent *g = &m->agents[a];
  if (!g->on) return OK;
  g->away = true;
  g->back_ms = until;
  month_plan(m, until, IT_BACK, a, 0);
  return presence(m, a, "在线", "暂离");
}

static enum status back(struct month *m, u32 a) {
  if (!m->agents[a].on || !m->agents[a].away) return OK;
  m->agents[a].away = false;
  return presence(m, a, "暂离", "在线");
}

static enum status clean(struct month *m, u32 a) {
  struct event *e = month_event(m, EVENT_duty_done, m->now, m->agents[a].who.id);
  struct value *photo = ARENA_NEW(m->a, struct value);
  *photo = value_text(str_c(m->o->picture));
  event_set_text(e, "name", STR("打扫"));
  event_set_text(e, "person", m->agents[a].who.id);
  event_set(e, "photos", (struct value){.type = V_LIST, .items = photo, .count = 1});
  event_set_text(e, "text", STR("已完成"));
  event_set_int(e, "chars", 3);
  return month_put(m, e);
}

/* The book goes to somebody of the shift that comes. */
static u32 taker(const struct month *m, u32 a, i64 date) {
  int shift = month_shift(m, a, date);
  i64 other_date = shift == SHIFT_DAY ? date : date + 1;
  for (i64 k = 1; k < m->agent_count; k++) {
    u32 b = (u32)((a + k) % m->agent_count);
    if (month_shift(m, b, other_date) == (shift == SHIFT_DAY ? SHIFT_NIGHT : SHIFT_DAY)) return b;
  }
  return (u32)((a + 1) % m->agent_count);
}

static struct event *handover(struct month *m, enum event_kind_id kind, u32 a, i64 date, i64 id, i64 number, const char *state, struct str by) {
  struct event *e = month_case(m, kind, id, number, "交接", state, by);
  event_set_text(e, "subject", m->agents[a].who.id);
  event_set_extra(e, m->a, STR("交班人"), value_ref(m->agents[a].who.id));
  event_set_extra(e, m->a, STR("接班人"), value_ref(m->agents[taker(m, a, date)].who.id));
  event_set_extra(e, m->a, STR("未了事项"), value_text(dice(m, a, date, 6) % 2 ? STR("没有未了的事") : STR("一位顾客的尺寸等工厂回复，明早 10 点前回话")));
  return e;
}

static enum status hand(struct month *m, u32 a, i64 date) {
  i64 id = m->sink->next_seq(m->sink->ctx), number = ++m->case_number;
  enum status status = month_put(m, handover(m, EVENT_case_opened, a, date, id, number, "填写", m->agents[a].who.id));
  if (status != OK) return status;
  arena_reset(m->a);
  struct event *e = handover(m, EVENT_case_moved, a, date, id, number, "接收", m->agents[taker(m, a, date)].who.id);
  event_set_text(e, "from", STR("填写"));
  event_set(e, "final", value_bool(true));
  return month_put(m, e);
}

/* Asked three days before; extra holds the case's id and number. */
static struct event *leave_case(struct month *m, enum event_kind_id kind, u32 a, i64 date, i64 both, const char *state, const char *from, struct str by) {
  struct event *e = month_case(m, kind, both / LEAVE_NUMBERS, both % LEAVE_NUMBERS, "请假", state, by);
  int shift = rostered(m, a, date);
  event_set_text(e, "subject", m->agents[a].who.id);
  if (from) event_set_text(e, "from", str_c(from));
  event_set_extra(e, m->a, STR("申请人"), value_ref(m->agents[a].who.id));
  event_set_extra(e, m->a, STR("起时"), value_int(V_INSTANT, begins(m, shift, date)));
  event_set_extra(e, m->a, STR("止时"), value_int(V_INSTANT, ends(m, shift, date)));
  event_set_extra(e, m->a, STR("种类"), value_text(dice(m, a, date, 7) % 3 ? STR("事假") : STR("病假")));
  event_set_extra(e, m->a, STR("事由"), value_text(month_say(m->a, MV_LEAVE, 0, dice(m, a, date, 8) >> 3)));
  return e;
}

static enum status ask_leave(struct month *m, u32 a, i64 date) {
  i64 both = m->sink->next_seq(m->sink->ctx) * LEAVE_NUMBERS + ++m->case_number % LEAVE_NUMBERS;
  month_plan(m, m->now + 2 * MS_HOUR, IT_LEAVE_GRANT, a, both);
  return month_put(m, leave_case(m, EVENT_case_opened, a, date, both, "提出", NULL, m->agents[a].who.id));
}

static enum status grant_leave(struct month *m, u32 a, i64 both) {
  i64 date = instant_date(m->now, m->o->zone_offset_ms) + LEAVE_AHEAD;
  month_plan(m, instant_at(date + 1, 9 * MS_HOUR, m->o->zone_offset_ms), IT_LEAVE_END, a, both);
  enum status status = month_put(m, leave_case(m, EVENT_case_moved, a, date, both, "批准", "提出", m->leaders[2].id));
  return status == OK ? set_shift(m, a, date, SHIFT_REST, rostered(m, a, date), "请假") : status;
}

static enum status end_leave(struct month *m, u32 a, i64 both) {
  struct event *e = leave_case(m, EVENT_case_moved, a, instant_date(m->now, m->o->zone_offset_ms) - 1, both, "销假", "批准", m->agents[a].who.id);
  event_set(e, "final", value_bool(true));
  return month_put(m, e);
}

static enum status swap(struct month *m, u32 a, i64 date) {
  enum status status = set_shift(m, a, date, rostered(m, a + 1, date), rostered(m, a, date), "换班");
  return status == OK ? set_shift(m, a + 1, date, rostered(m, a, date), rostered(m, a + 1, date), "换班") : status;
}

/* ---- arrivals ------------------------------------------------------------------------------------------------------------- */

static i64 weight_of(const struct month *m, i64 at) {
  i64 date = instant_date(at, m->o->zone_offset_ms), hour = instant_time_of_day(at, m->o->zone_offset_ms) / MS_HOUR;
  i64 w = (i64)by_hour[hour] * by_weekday[weekday(date) - 1];
  if (date == m->sale_date) w = w * (hour < 2 || hour >= 20 ? 420 : 230) / 100;
  if (date == m->sale_date + 1) w = w * 150 / 100;
  return w * (90 + (i64)(dice(m, 0, date, 9) % 21)) / 100; /* no two days alike */
}

/* The conversations over the whole span by their weights, to the last one; some of them by telephone. */
static void plan_arrivals(struct month *m) {
  i64 from = instant_at(m->first_date, 0, m->o->zone_offset_ms), total = 0, done = 0, given = 0;
  for (i64 at = from; at < m->o->until_ms; at += BIN_MS) total += weight_of(m, at);
  for (i64 at = from; at < m->o->until_ms; at += BIN_MS) {
    done += weight_of(m, at);
    i64 upto = (i64)((__int128)m->o->conversations * done / total), span = m->o->until_ms - at < BIN_MS ? m->o->until_ms - at : BIN_MS;
    i64 hour = instant_time_of_day(at, m->o->zone_offset_ms) / MS_HOUR, date = instant_date(at, m->o->zone_offset_ms);
    for (; given < upto; given++) {
      bool call = hour >= 9 && hour < 21 && date < m->last_date && month_chance(&m->rng, CALLS_PER_MILLE * 4 / 3);
      if (call) m->calls[date - m->first_date]++;
      else month_plan(m, at + month_between(&m->rng, 0, span - 1), IT_ARRIVE, 0, 0);
    }
  }
}

static enum status step(struct month *m, const struct item *it) {
  switch ((enum item_type)it->type) {
    case IT_DAY: return begin_day(m, it->extra);
    case IT_ROSTER: return publish(m, it->extra, it->extra + 6);
    case IT_ARRIVE: return month_arrive(m);
    case IT_TALK: return month_talk(m, it->slot);
    case IT_ORDER: return month_order(m, it->slot);
    case IT_COMPLAINT: return month_complaint(m, it->slot);
    case IT_LEAVE_ASK: return ask_leave(m, it->slot, it->extra);
    case IT_LEAVE_GRANT: return grant_leave(m, it->slot, it->extra);
    case IT_LEAVE_END: return end_leave(m, it->slot, it->extra);
    case IT_SWAP: return swap(m, it->slot, it->extra);
    case IT_CLEAN: return clean(m, it->slot);
    case IT_COME: return come(m, it->slot, it->extra);
    case IT_AWAY: return pause(m, it->slot, it->extra);
    case IT_BACK: return back(m, it->slot);
    case IT_HAND: return hand(m, it->slot, it->extra);
    case IT_GO: return go(m, it->slot, it->extra);
    case IT_CALLS: return month_calls(m, it->extra);
  }
  return OK;
}

static void hire(struct month *m, const struct month_person *people) {
  m->agents = calloc((size_t)m->agent_count, sizeof *m->agents);
  BUG_IF(m->agents == NULL);
  for (i64 a = 0; a < m->agent_count; a++) {
    u64 r = dice(m, a, 0, 10);
    m->agents[a] = (struct agent){.who = people[a], .greet_ms = month_between(&r, 5500, 12500), .reply_ms = month_between(&r, 12000, 34000), .charm = (int)month_between(&r, 72, 130)};
  }
}

enum status month_play(const struct month_options *o, const struct month_person *agents, const struct month_person leaders[3], const struct month_sink *sink, struct month_counts *counts,
                       struct problem *p) {
  enum status status = OK;
  struct month m = {.o = o, .sink = sink, .leaders = leaders, .counts = counts, .p = p, .a = arena_new(MONTH_ARENA), .rng = month_mix(o->seed + 77), .agent_count = o->agents};
  *counts = (struct month_counts){0};
  m.last_date = instant_date(o->until_ms, o->zone_offset_ms);
  m.first_date = m.last_date - (MONTH_DAYS - 1);
  m.sale_date = m.first_date + 17;
  m.calls = calloc(MONTH_DAYS, sizeof *m.calls);
  BUG_IF(m.calls == NULL);
  hire(&m, agents);
  if (o->visited) suit_visitor(&m);
  m.now = instant_at(m.first_date, 0, o->zone_offset_ms) - 6 * MS_HOUR;
  TRY(sink->pass(sink->ctx, m.now, p));
  TRY(publish(&m, m.first_date, week_start(m.first_date + 6) + 6));
  month_plan(&m, instant_at(m.first_date, MS_MINUTE, o->zone_offset_ms), IT_DAY, 0, m.first_date);
  if (o->visited && weekday(m.last_date) < 6) month_plan(&m, instant_at(m.last_date, MS_MINUTE, o->zone_offset_ms), IT_ROSTER, 0, week_start(m.last_date) + 7);
  plan_arrivals(&m);
  while (m.heap_count > 0) {
    struct item it = next_item(&m);
    if (it.at > o->until_ms) break;
    m.now = it.at;
    arena_reset(m.a);
    TRY(sink->pass(sink->ctx, m.now, p));
    TRY(step(&m, &it));
  }
  for (size_t i = 0; i < m.talk_count; i++) counts->open += m.talks[i].used && m.talks[i].phase != TP_RATE;
done:
  free(m.agents), free(m.heap), free(m.customers), free(m.talks), free(m.free_talks), free(m.sales), free(m.free_sales), free(m.calls);
  arena_free(m.a);
  return status;
}
