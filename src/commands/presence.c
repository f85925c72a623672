/* How people stand. By hand (presence.change), by a leader (presence.set), or because their pages are gone, silent or back
 * (presence.lost, idle, back: asked by the feed, which counts a person's tabs and devices as one).
 *
 * Where the rulebook speaks of being away its gates and duties decide; where it is silent the desk's settings do: how many at
 * once, how long in a day. What the desk notes by itself is a fact and asks no gate. */
#include "commands/presence.h"

#include "commands/conversation.h"
#include "commands/routing.h"
#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/duty.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/people.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/routing.h"
#include "views/routing.sql.h"
#include "views/setting.h"

enum { REASON_MOST = 200, AUTO_REPLY_MOST = 500 };

static enum status presence_answer(struct command_ctx *c, struct str person, const char *state, json_t **result) {
  struct presence_clock_row *clock = NULL;
  struct presence_clock_in in = {.bearer = person, .started_ms = c->now_ms};
  enum status status = routing_book_speaks_of_away(c->program) ? presence_clock(c->store, c->arena, &in, &clock, c->problem) : OK;
  if (status != OK) return status;
  *result = json_pack("{s:s,s:I,s:o}", "state", state, "since_ms", (json_int_t)c->now_ms, "back_by_ms", clock ? json_integer(clock->due_ms) : json_null());
  return OK;
}

static enum status find(struct command_ctx *c, struct str id, struct people_get_row **row) {
  enum status status = people_get(c->store, c->arena, &(struct people_get_in){.id = id}, row, c->problem);
  if (status == OK && (!*row || !str_is((*row)->state, "active")))
    status = problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(id));
  return status;
}

static struct event *changed(struct command_ctx *c, const struct people_get_row *row, const char *zh, struct str reason, struct str auto_text) {
  struct event *e = shorthand_event(c, EVENT_presence_changed);
  event_set_text(e, "person", row->id);
  event_set_text(e, "old", str_c(people_presence_zh(row->presence)));
  event_set_text(e, "new", str_c(zh));
  event_set(e, "auto_reply", value_bool(auto_text.n > 0));
  if (auto_text.n) event_set_text(e, "text", auto_text);
  if (reason.n) event_set_text(e, "reason", reason);
  return e;
}

/* What a new state brings about: work for who came, and what lay in the hands of who went. */
static enum status follows(struct command_ctx *c, struct str person, const char *en, struct str reason) {
  enum status status = OK;
  if (str_is(str_c(en), "online")) {
    TRY(routing_returned(c, person));
    TRY(conversation_give_out(c));
  } else if (str_is(str_c(en), "offline")) {
    TRY(routing_gone(c, person, reason.n ? reason : STR("离线")));
  }
done:
  return status;
}

/* ---- limits where the rulebook is silent ------------------------------------------------------------------------------ */

/* How many are away now for the same cause; `names`: who. */
static enum status count_away(struct command_ctx *c, struct str person, bool meal, i64 *n, struct str *names) {
  struct presence_away_now_row *rows;
  struct leave_now leave;
  size_t count;
  enum status status = presence_away_now(c->store, c->arena, &rows, &count, c->problem);
  if (status == OK) status = leave_load(c->store, c->arena, c->now_ms, &leave, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    if (str_eq(rows[i].id, person) || leave_until(&leave, rows[i].id) || duty_is_meal(rows[i].reason) != meal) continue;
    *names = *n ? arena_printf(c->arena, "%.*s、%.*s", STR_ARG(*names), STR_ARG(rows[i].name)) : rows[i].name;
    ++*n;
  }
  return status;
}

static enum status may_be_away(struct command_ctx *c, const struct people_get_row *row, struct str reason) {
  bool meal = duty_is_meal(reason);
  i64 most = 0, day = 0, there = 0, spent = 0, meals = 0;
  struct str names = STR("");
  bool leave;
  enum status status = OK;
  if (routing_book_speaks_of_away(c->program) || str_is(row->presence, "away")) return OK;
  TRY(leave_is_on(c->store, c->arena, row->id, c->now_ms, &leave, c->problem));
  if (leave) goto done;
  TRY(setting_value(c->store, c->arena, meal ? SETTING_MEAL_AT_ONCE : SETTING_AWAY_AT_ONCE, &most, c->problem));
  TRY(count_away(c, row->id, meal, &there, &names));
  if (most && there >= most && meal)
    TRY(problem_set(c->problem, E_REFUSED, "presence.turns", "现在已有 %lld 人用餐（%.*s），最多 %lld 人，请等他们回来；有急事请组长代你设",
                    "%lld are at a meal already (%.*s), at most %lld may be; wait until they are back, or ask a leader to set you away", (long long)there, STR_ARG(names), (long long)most));
  if (most && there >= most)
    TRY(problem_set(c->problem, E_REFUSED, "presence.turns", "现在已有 %lld 人离席（%.*s），最多 %lld 人，请等他们回来；有急事请组长代你设",
                    "%lld are away already (%.*s), at most %lld may be; wait until they are back, or ask a leader to set you away", (long long)there, STR_ARG(names), (long long)most));
  if (meal) return OK;
  TRY(setting_value(c->store, c->arena, SETTING_AWAY_DAY_MINUTES, &day, c->problem));
  i64 midnight = instant_at(instant_date(c->now_ms, c->zone_offset_ms), 0, c->zone_offset_ms);
  TRY(duty_away_of_day(c->store, c->arena, row->id, midnight, c->now_ms, &spent, &meals, c->problem));
  if (day && spent >= day * MS_MINUTE)
    TRY(problem_set(c->problem, E_REFUSED, "presence.spent", "今天离席已 %lld 分钟，一天最多 %lld 分钟；有急事请组长代你设", "You were away %lld minutes today, at most %lld; in need ask a leader to set you away",
                    (long long)(spent / MS_MINUTE), (long long)day));
done:
  return status;
}

/* ---- by hand ----------------------------------------------------------------------------------------------------------- */

static enum status state_arg(struct command_ctx *c, json_t *args, const char **zh, const char **en) {
  struct str state;
  enum status status = command_text(c, args, "state", true, 20, &state);
  if (status != OK) return status;
  *zh = people_presence_zh(state);
  *en = people_presence_en(state);
  if (*zh) return OK;
  return problem_set(c->problem, E_INVALID, "presence.state", "没有“%.*s”这种状态；可用：在线、忙碌、暂离、离线", "There is no state “%.*s”; use online, busy, away or offline", STR_ARG(state));
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str reason, auto_text;
  const char *zh = NULL, *en = NULL;
  bool done;
  enum status status = OK;
  TRY(state_arg(c, args, &zh, &en));
  TRY(command_text(c, args, "reason", false, REASON_MOST, &reason));
  TRY(command_text(c, args, "auto_reply", false, AUTO_REPLY_MOST, &auto_text));
  TRY(find(c, c->actor.id, &row));
  if (str_is(row->presence, en) && str_eq(row->auto_reply, auto_text) && str_eq(row->presence_reason, reason)) {
    *result = json_pack("{s:s,s:I,s:n}", "state", en, "since_ms", (json_int_t)row->presence_ms, "back_by_ms");
    return OK;
  }
  if (str_is(str_c(en), "away")) TRY(may_be_away(c, row, reason));
  TRY(shorthand_gated(c, changed(c, row, zh, reason, auto_text), &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = NULL;
  TRY(follows(c, c->actor.id, en, reason));
  TRY(presence_answer(c, c->actor.id, en, result));
done:
  return status;
}

/* A leader puts somebody where they are: away, busy or gone, with a reason. The one concerned sees who did it and why. */
static enum status run_set(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str person, reason;
  const char *zh = NULL, *en = NULL;
  enum status status = OK;
  TRY(command_text(c, args, "person", true, 80, &person));
  TRY(state_arg(c, args, &zh, &en));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  enum view_place place = view_place_of(c->program, c->actor.role);
  if (!c->actor.owner && place != PLACE_LEADER && place != PLACE_HEAD)
    TRY(problem_set(c->problem, E_DENIED, "presence.leads", "只有组长和负责人能代别人改状态", "Only a leader may set somebody else's state"));
  TRY(find(c, person, &row));
  if (str_is(str_c(en), "online") && str_is(row->presence, "offline"))
    TRY(problem_set(c->problem, E_CONFLICT, "presence.not_there", "%.*s不在线，不能代他上线", "%.*s is offline and has to come on line themselves", STR_ARG(row->name)));
  if (!str_is(row->presence, en)) {
    TRY(command_append(c, changed(c, row, zh, reason, STR(""))));
    TRY(follows(c, person, en, reason));
  }
  TRY(presence_answer(c, person, en, result));
done:
  return status;
}

/* ---- what the feed notices ----------------------------------------------------------------------------------------------- */

static enum status only_the_program(struct command_ctx *c) {
  if (c->actor.type == ACTOR_SYSTEM) return OK;
  return problem_set(c->problem, E_DENIED, "presence.system_only", "这一步由程序办理", "Only the program does this");
}

static enum status lost(struct command_ctx *c, struct str person) {
  struct people_get_row *row;
  enum status status = people_get(c->store, c->arena, &(struct people_get_in){.id = person}, &row, c->problem);
  if (status != OK) return status;
  TRY(presence_socket_end(c->store, &(struct presence_socket_end_in){.person = person}, NULL, c->problem));
  if (!row || !str_is(row->state, "active") || !(str_is(row->presence, "online") || str_is(row->presence, "busy"))) return OK;
  TRY(command_append(c, changed(c, row, "离线", STR(PRESENCE_LOST), STR(""))));
  TRY(follows(c, person, "offline", STR(PRESENCE_LOST)));
done:
  return status;
}

static enum status run_lost(struct command_ctx *c, json_t *args, json_t **result) {
  struct str person;
  enum status status = OK;
  TRY(only_the_program(c));
  TRY(command_text(c, args, "person", true, 80, &person));
  TRY(lost(c, person));
  *result = json_pack("{s:o}", "person", json_of(person));
done:
  return status;
}

/* After a start: who had a page open before and did not come back within the grace. */
static enum status run_sweep(struct command_ctx *c, json_t *args, json_t **result) {
  struct presence_socket_all_row *rows;
  json_t *present = json_object_get(args, "present"), *one;
  size_t count, k;
  i64 gone = 0;
  enum status status = OK;
  TRY(only_the_program(c));
  TRY(presence_socket_all(c->store, c->arena, &rows, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    bool here = false;
    json_array_foreach(present, k, one) here = here || str_is(rows[i].person, json_string_value(one));
    if (here) continue;
    TRY(lost(c, rows[i].person));
    gone++;
  }
  *result = json_pack("{s:I}", "gone", (json_int_t)gone);
done:
  return status;
}

static enum status run_idle(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str person;
  bool leave;
  enum status status = OK;
  TRY(only_the_program(c));
  TRY(command_text(c, args, "person", true, 80, &person));
  TRY(find(c, person, &row));
  TRY(leave_is_on(c->store, c->arena, person, c->now_ms, &leave, c->problem)); /* then nobody has to move */
  if (!leave && str_is(row->presence, "online")) TRY(command_append(c, changed(c, row, "暂离", STR(PRESENCE_IDLE), STR(""))));
  *result = json_pack("{s:o}", "person", json_of(person));
done:
  return status;
}

/* A page of theirs is here (again), or a hand moved: what the desk itself had changed is undone, nothing else. */
static enum status run_back(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str person;
  enum status status = OK;
  TRY(only_the_program(c));
  TRY(command_text(c, args, "person", true, 80, &person));
  TRY(find(c, person, &row));
  TRY(presence_socket_put(c->store, &(struct presence_socket_put_in){.person = person, .at_ms = c->now_ms}, NULL, c->problem));
  bool dropped = str_is(row->presence, "offline") && str_is(row->presence_reason, PRESENCE_LOST);
  bool slept = str_is(row->presence, "away") && str_is(row->presence_reason, PRESENCE_IDLE) && command_bool(args, "active");
  if (dropped || slept) {
    TRY(command_append(c, changed(c, row, "在线", STR(""), STR(""))));
    TRY(follows(c, person, "online", STR("")));
  }
  *result = json_pack("{s:o,s:b}", "person", json_of(person), "back", dropped || slept);
done:
  return status;
}

const struct command_def commands_presence[] = {
    {"presence.change", "", run_change, "state:text! reason:text auto_reply:text", "Come, go, be away or busy", "在线状态"},
    {"presence.set", "楼面", run_set, "person:person! state:text! reason:text!", "A leader sets somebody away, busy or offline", "组长代别人改状态"},
    {"presence.lost", "*", run_lost, "person:person!", "All pages of a person are gone (the program itself)", "断线（程序办理）"},
    {"presence.sweep", "*", run_sweep, "present:list", "Who did not come back after a start (the program itself)", "重启后没回来的人（程序办理）"},
    {"presence.idle", "*", run_idle, "person:person!", "Nobody moved at any page of a person (the program itself)", "久未操作（程序办理）"},
    {"presence.back", "*", run_back, "person:person! active:bool", "A person is here again (the program itself)", "回来了（程序办理）"},
    {NULL},
};
