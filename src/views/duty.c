/* Shifts, punches, absences, clocks and notices, folded from the log and from what the engine reports (班务).
 *
 * A clock-in belongs to the own shift that starts nearest, a clock-out to the last own shift that began: so a sign-off at
 * one in the morning counts to the day the shift started. Attendance facts (late, absent …) and clocks come from the
 * engine only. */
#include "views/duty.h"

#include "base/calendar.h"
#include "views/floor.h"

static struct str field(const struct event *e, const char *en) {
  struct value v = event_get(e, str_c(en));
  return v.type == V_TEXT || v.type == V_REF ? v.s : STR("");
}

static i64 number(const struct event *e, const char *en, i64 fallback) {
  struct value v = event_get(e, str_c(en));
  return v.type == V_ABSENT || v.type == V_TEXT || v.type == V_REF || v.type == V_LIST ? fallback : v.i;
}

static struct str list_json(struct arena *a, const struct event *e, const char *en) {
  struct value v = event_get(e, str_c(en));
  json_t *list = json_array();
  if (v.type == V_LIST)
    for (size_t i = 0; i < v.count; i++) json_array_append_new(list, value_to_json(&v.items[i]));
  struct str out = show_dump(a, list);
  json_decref(list);
  return out;
}

static struct str person_of(const struct event *e) {
  struct str person = field(e, "person");
  return person.n ? person : e->actor;
}

static enum status fold_assigned(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str person = person_of(e), name = field(e, "shift"), cause = field(e, "cause"), former = field(e, "former");
  i64 date = number(e, "date", 0);
  struct shift_get_row *old = NULL;
  struct shift_get_in get = {.person = person, .date = date};
  enum status status = shift_get(s, a, &get, &old, p);
  if (status != OK) return status;
  if (old && !former.n) former = old->name;
  struct shift_put_in put = {.person = person, .date = date, .name = name, .class = field(e, "class"), .start_ms = number(e, "start", 0),
                             .end_ms = number(e, "end", 0), .former = former, .has_former = former.n > 0, .cause = cause,
                             .has_cause = cause.n > 0, .event = e->id};
  if ((status = shift_put(s, &put, NULL, p)) != OK) return status;
  if (!old) return OK;
  struct shift_change_put_in change = {.event = e->id, .person = person, .date = date, .former = old->name, .name = name, .cause = cause,
                                       .has_cause = cause.n > 0, .by_person = e->actor, .at_ms = e->occurred_ms};
  return shift_change_put(s, &change, NULL, p);
}

static enum status fold_in(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str person = person_of(e);
  struct shift_nearest_in in = {.person = person, .at_ms = e->occurred_ms, .earliest_ms = e->occurred_ms, .latest_ms = e->occurred_ms + 8 * (i64)MS_HOUR};
  struct shift_nearest_row *shift = NULL;
  enum status status = shift_nearest(s, a, &in, &shift, p);
  if (status != OK) return status;
  struct punch_put_in punch = {.event = e->id, .person = person, .direction = STR("in"), .at_ms = e->occurred_ms, .has_date = shift != NULL, .has_shift = shift != NULL};
  if (shift) punch.date = shift->date, punch.shift = shift->name;
  if ((status = punch_put(s, &punch, NULL, p)) != OK || !shift) return status;
  struct shift_set_in_in set = {.person = person, .date = shift->date, .at_ms = e->occurred_ms};
  return shift_set_in(s, &set, NULL, p);
}

static enum status fold_out(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str person = person_of(e);
  struct shift_to_close_in in = {.person = person, .at_ms = e->occurred_ms, .earliest_ms = e->occurred_ms - 12 * (i64)MS_HOUR};
  struct shift_to_close_row *shift = NULL;
  enum status status = shift_to_close(s, a, &in, &shift, p);
  if (status != OK) return status;
  struct punch_put_in punch = {.event = e->id, .person = person, .direction = STR("out"), .at_ms = e->occurred_ms, .has_date = shift != NULL, .has_shift = shift != NULL};
  if (shift) punch.date = shift->date, punch.shift = shift->name;
  if ((status = punch_put(s, &punch, NULL, p)) != OK || !shift) return status;
  struct shift_set_out_in set = {.person = person, .date = shift->date, .at_ms = e->occurred_ms};
  return shift_set_out(s, &set, NULL, p);
}

static enum status away_begins(struct store *s, const struct event *e, struct str type, struct problem *p) {
  struct away_put_in in = {.event = e->id, .person = person_of(e), .type = type, .from_ms = e->occurred_ms, .reason = field(e, "text").n ? field(e, "text") : field(e, "reason"),
                           .destination = field(e, "destination"), .expected_ms = number(e, "expected", 0)};
  return away_put(s, &in, NULL, p);
}

static enum status away_ends(struct store *s, const struct event *e, struct str type, struct problem *p) {
  struct away_close_in in = {.person = person_of(e), .type = type, .to_ms = e->occurred_ms};
  return away_close(s, &in, NULL, p);
}

/* Only being away counts as absence; busy and invisible are states of work, offline is the end of it. */
static enum status fold_presence(struct store *s, const struct event *e, struct problem *p) {
  struct str state = field(e, "new");
  enum status status = away_ends(s, e, STR("away"), p);
  bool away = str_is(state, "暂离") || str_is(state, "挂起") || str_is(state, "away");
  return status == OK && away ? away_begins(s, e, STR("away"), p) : status;
}

static enum status fold_done(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct value photos = event_get(e, STR("photos"));
  struct work_done_put_in in = {.event = e->id, .name = field(e, "name"), .person = person_of(e), .at_ms = e->occurred_ms,
                                .text = field(e, "text"), .files = list_json(a, e, photos.type == V_LIST ? "photos" : "files"), .clock = field(e, "clock")};
  return work_done_put(s, &in, NULL, p);
}

static enum status fold_notice(struct store *s, const struct event *e, struct problem *p) {
  struct str talk = field(e, "conversation");
  struct notice_put_in in = {.id = e->id, .person = field(e, "to"), .type = talk.n ? STR("mention") : STR("message"), .at_ms = e->occurred_ms, .text_zh = field(e, "text"),
                             .text_en = field(e, "text_en"), .clause = field(e, "because"), .object = talk, .object_noun = talk.n ? STR("conversation") : STR(""),
                             .by_person = e->actor, .place = event_get_int(e, "place", 0)};
  return notice_put(s, &in, NULL, p);
}

static enum status fold_notice_read(struct store *s, const struct event *e, struct problem *p) {
  struct notice_read_put_in in = {.notice = field(e, "notice"), .person = person_of(e), .at_ms = e->occurred_ms};
  return notice_read_put(s, &in, NULL, p);
}

static enum status fold_roster(struct store *s, const struct event *e, struct problem *p) {
  struct roster_put_in in = {.event = e->id, .from_date = number(e, "from", 0), .to_date = number(e, "to", 0), .by_person = e->actor, .at_ms = e->occurred_ms};
  return roster_put(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_shift_assigned: return fold_assigned(s, a, e, p);
    case EVENT_roster_published: return fold_roster(s, e, p);
    case EVENT_attendance_clocked_in: return fold_in(s, a, e, p);
    case EVENT_attendance_clocked_out: return fold_out(s, a, e, p);
    case EVENT_attendance_left_post: return away_begins(s, e, STR("post"), p);
    case EVENT_attendance_returned: return away_ends(s, e, STR("post"), p);
    case EVENT_presence_changed: return fold_presence(s, e, p);
    case EVENT_duty_done: return fold_done(s, a, e, p);
    case EVENT_notice_sent: return fold_notice(s, e, p);
    case EVENT_notice_read: return fold_notice_read(s, e, p);
    default: return OK;
  }
}

static enum status fold_clock(struct store *s, struct arena *a, const struct rule_clock *c, struct problem *p) {
  struct clock_put_in in = {.id = c->id, .state = str_c(clock_state_name(c->state)), .version = c->version, .clause = c->clause, .tag = c->tag,
                            .bearer = c->bearer, .object = c->object, .object_noun = str_c(c->object_noun), .started_ms = c->started_ms,
                            .due_ms = c->due_ms, .paused_ms = c->paused_ms, .recurring = c->recurring, .need = c->need, .done = c->done,
                            .goal = c->goal, .goal_evidence = c->goal_evidence, .title_zh = c->title_zh, .title_en = c->title_en,
                            .zero_zh = c->zero_zh, .zero_en = c->zero_en};
  (void)a;
  return clock_put(s, &in, NULL, p);
}

static bool tells_somebody(enum consequence_type t) { return t == C_REMIND || t == C_URGE || t == C_ESCALATE || t == C_NOTIFY; }

/* A reminder is a consequence; beside the ledger it stands in the notices of the person it is for. */
static enum status fold_consequence(struct store *s, struct arena *a, enum change change, const struct consequence *c, struct problem *p) {
  (void)a;
  if (!tells_somebody(c->type)) return OK;
  if (change == CHANGE_WITHDRAW || c->seal == SEAL_WITHDRAWN) {
    struct notice_delete_in gone = {.id = c->id};
    return notice_delete(s, &gone, NULL, p);
  }
  struct notice_put_in in = {.id = c->id, .person = c->subject, .type = str_c(consequence_type_name(c->type)), .at_ms = c->occurred_ms,
                             .text_zh = c->text_zh, .text_en = c->text_en, .clause = c->clause, .object = c->object,
                             .object_noun = str_c(c->object_noun), .by_person = STR("")};
  return notice_put(s, &in, NULL, p);
}

static enum status fold_derived(struct store *s, struct arena *a, enum change change, const struct event *e, struct problem *p) {
  (void)a;
  switch (event_kind_index(e->kind)) {
    case EVENT_attendance_late: case EVENT_attendance_left_early: case EVENT_attendance_absent:
    case EVENT_attendance_off_post: case EVENT_attendance_punch_missing: break;
    default: return OK;
  }
  if (change == CHANGE_WITHDRAW) {
    struct attendance_fact_delete_in gone = {.event = e->id};
    return attendance_fact_delete(s, &gone, NULL, p);
  }
  struct attendance_fact_put_in in = {.event = e->id, .person = person_of(e), .kind = str_c(e->kind->en), .shift = field(e, "shift"),
                                      .at_ms = e->occurred_ms, .duration_ms = number(e, "duration", 0)};
  return attendance_fact_put(s, &in, NULL, p);
}

bool duty_is_rest(struct str shift) { return str_is(shift, "休") || str_is(shift, "rest") || str_is(shift, "off") || !shift.n; }

const struct lang_shift *duty_shift_on(const struct lang_program *program, struct str name, i64 date) {
  struct civil c = civil_from_date(date);
  int day = c.month * 100 + c.day;
  for (size_t i = 0; program && i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    if (item->kind != LI_SHIFT || !str_eq(item->shift->name.text, name)) continue;
    const struct lang_shift *s = item->shift;
    if (!s->has_season) return s;
    bool wraps = s->season_from > s->season_to;
    bool in = wraps ? day >= s->season_from || day <= s->season_to : day >= s->season_from && day <= s->season_to;
    if (in) return s;
  }
  return NULL;
}

static i64 clock_time(const struct lang_program *program, const struct lang_clock *c, i64 date) {
  if (!c->figure.text.n) return c->time_ms;
  const struct lang_figure *f = lang_find_figure(program, c->figure.text);
  const struct lang_expr *e = f ? lang_figure_on(f, date) : NULL;
  return e && e->kind == LX_LITERAL ? e->value.i : c->time_ms;
}

void duty_shift_span(const struct lang_program *program, const struct lang_shift *shift, i64 date, i64 zone_offset_ms, i64 *start_ms, i64 *end_ms) {
  *start_ms = *end_ms = instant_at(date, 0, zone_offset_ms);
  if (!shift->hours_count) return;
  const struct lang_hours *first = &shift->hours[0], *last = &shift->hours[shift->hours_count - 1];
  *start_ms = instant_at(date, clock_time(program, &first->from, date), zone_offset_ms);
  *end_ms = instant_at(date + (last->next_day ? 1 : 0), clock_time(program, &last->to, date), zone_offset_ms);
  if (*end_ms <= *start_ms) *end_ms += MS_DAY;
}

static const char *shown_state(struct str state) {
  if (str_is(state, "met_late")) return "late";
  if (str_is(state, "running")) return "running";
  if (str_is(state, "paused")) return "paused";
  if (str_is(state, "met")) return "met";
  if (str_is(state, "violated")) return "violated";
  return "discharged";
}

json_t *duty_clock_json(const struct lang_program *program, const struct show_people *people, const struct clock_get_row *row, i64 now_ms) {
  json_t *out = json_object();
  show_put_text(out, "id", row->id);
  json_object_set_new(out, "clause", show_clause(program, row->clause));
  show_put_text(out, "tag", row->tag);
  show_put_text(out, "bearer", row->bearer);
  if (people) show_put_text(out, "bearer_name", show_name(people, row->bearer));
  json_object_set_new(out, "object", show_object(row->object_noun, row->object));
  show_put_text(out, "title", row->title_zh);
  show_put_text(out, "title_en", row->title_en);
  show_put_int(out, "started_ms", row->started_ms);
  show_put_int(out, "due_ms", row->due_ms);
  json_object_set_new(out, "state", json_string(shown_state(row->state)));
  show_put_text(out, "zero", row->zero_zh);
  show_put_text(out, "zero_en", row->zero_en);
  json_object_set_new(out, "recurring", json_boolean(row->recurring));
  show_put_int(out, "now", now_ms);
  return out;
}

json_t *duty_clock_of(const struct lang_program *program, const struct show_people *people, const struct rule_clock *c, i64 now_ms) {
  struct clock_get_row row = {.id = c->id, .state = str_c(clock_state_name(c->state)), .clause = c->clause, .tag = c->tag, .bearer = c->bearer,
                              .object = c->object, .object_noun = str_c(c->object_noun), .started_ms = c->started_ms, .due_ms = c->due_ms,
                              .recurring = c->recurring, .title_zh = c->title_zh, .title_en = c->title_en, .zero_zh = c->zero_zh, .zero_en = c->zero_en};
  return duty_clock_json(program, people, &row, now_ms);
}

static const char *const nouns[] = {"shift", "roster", "attendance", "presence", "duty", "notice", NULL};
static const char *const tables[] = {"shift", "shift_change", "roster", "punch", "away", "attendance_fact", "clock", "work_done", "notice", "notice_read", NULL};

static const struct read_def reads[] = {
    {"duty.today", "", duty_read_today, false, "", "My shift, duties, absences and notices of today", "我今天的班、班务、离开与通知"},
    {"shift.list", "", duty_read_shifts, false, "from:date to:date person:id", "Shifts of a person or of everybody", "某人或全员的班次"},
    {"roster.get", "", duty_read_roster, false, "from:date to:date", "The roster as a grid", "排班表"},
    {"clock.list", "", duty_read_clocks, false, "bearer:id object:id", "Running clocks", "正在走的时限"},
    {"attendance.table", "", duty_read_attendance, false, "month:text person:id", "Attendance of a month", "一个月的考勤"},
    {"notice.list", "", duty_read_notices, false, "", "Unread notices", "未读通知"},
    {"handover.get", "", duty_read_handover, false, "", "The handover book: in, out and open matters", "交接本：交出、接入与未了事项"},
    {"floor.get", "", floor_read, false, "", "The floor: who is on, what waits, what is about to break: clocks of clauses and, where no clause has one, default targets (clause null), soonest first, those that stand still last", "现场：谁在、谁在等、什么快超时：条款的钟，以及没有条款计时的会话的默认时限（clause 为 null），最急的在前，停着的在最后"},
    {NULL},
};

const struct view_def view_duty = {.noun = "duty", .version = 2, .nouns = nouns, .tables = tables, .fold = fold, .consequence = fold_consequence,
                                   .clock = fold_clock, .derived = fold_derived, .reads = reads};
