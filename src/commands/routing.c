/* Limits, skills, needs; and handovers: what somebody who has gone leaves behind is a list that a colleague takes as a whole.
 *
 * Until somebody takes it the list is pending, in sight of the leader; who is asked and does not answer in time has declined. Where the
 * customer speaks meanwhile, widget.c gives the conversation to who is there at once. */
#include "commands/routing.h"

#include "commands/conversation.h"
#include "commands/shorthand.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/routing.h"
#include "views/routing.sql.h"
#include "views/setting.h"

#define SHIFT_OVER "下班"
enum { WORD_MOST = 40, SKILLS_MOST = 20, HANDOVER_MOST = 500, CAP_MOST = 200, REASON_MOST = 200 };

/* ---- limits, skills, needs ----------------------------------------------------------------------------------------------- */

static enum status changed(struct command_ctx *c, const char *item, struct str person, struct str match, struct str new) {
  struct event *e = shorthand_event(c, EVENT_routing_changed);
  event_set_text(e, "item", str_c(item));
  if (person.n) event_set_text(e, "person", person);
  if (match.n) event_set_text(e, "match", match);
  event_set_text(e, "new", new);
  event_set_text(e, "by", c->actor.id);
  return command_append(c, e);
}

static enum status check_person(struct command_ctx *c, struct str id) {
  struct people_get_row *row;
  enum status status = people_get(c->store, c->arena, &(struct people_get_in){.id = id}, &row, c->problem);
  if (status == OK && (!row || !str_is(row->state, "active")))
    status = problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(id));
  return status;
}

static bool holds_blank(struct str s) { return str_find(s, STR(" "), 0) != SIZE_MAX || str_find(s, STR("　"), 0) != SIZE_MAX; }

static enum status run_skills(struct command_ctx *c, json_t *args, json_t **result) {
  struct str person, all = STR("");
  struct value skills;
  enum status status = OK;
  TRY(command_text(c, args, "person", true, 80, &person));
  TRY(check_person(c, person));
  TRY(shorthand_texts(c, args, "skills", SKILLS_MOST, WORD_MOST, &skills));
  for (size_t i = 0; i < skills.count; i++) {
    if (holds_blank(skills.items[i].s)) TRY(problem_set(c->problem, E_INVALID, "routing.blank", "专长的名字里不能有空格：“%.*s”", "A skill holds no blank: “%.*s”", STR_ARG(skills.items[i].s)));
    all = all.n ? arena_printf(c->arena, "%.*s %.*s", STR_ARG(all), STR_ARG(skills.items[i].s)) : skills.items[i].s;
  }
  TRY(changed(c, "技能", person, STR(""), all));
  *result = json_pack("{s:o,s:o}", "person", json_of(person), "skills", json_of(all));
  TRY(conversation_give_out(c));
done:
  return status;
}

/* most null: no own limit. person "": everybody, then with a channel. */
static enum status run_cap(struct command_ctx *c, json_t *args, json_t **result) {
  struct str person, channel;
  i64 most = -1;
  enum status status = OK;
  TRY(command_text(c, args, "person", false, 80, &person));
  TRY(command_text(c, args, "channel", false, WORD_MOST, &channel));
  TRY(command_int(c, args, "most", false, 0, CAP_MOST, &most));
  if (!person.n && !channel.n) TRY(problem_set(c->problem, E_INVALID, "routing.cap", "请写明是谁的上限，或哪个渠道的上限", "Say whose limit it is, or of which channel"));
  if (person.n) TRY(check_person(c, person));
  TRY(changed(c, "上限", person, channel, most < 0 ? STR("") : arena_printf(c->arena, "%lld", (long long)most)));
  *result = json_pack("{s:o,s:o,s:o}", "person", json_of(person), "channel", json_of(channel), "most", most < 0 ? json_null() : json_integer(most));
  TRY(conversation_give_out(c));
done:
  return status;
}

static enum status run_need(struct command_ctx *c, json_t *args, json_t **result) {
  struct str kind, word, skill;
  enum status status = OK;
  TRY(command_text(c, args, "kind", true, 20, &kind));
  TRY(command_text(c, args, "word", true, WORD_MOST, &word));
  TRY(command_text(c, args, "skill", false, WORD_MOST, &skill));
  if (!str_is(kind, "channel") && !str_is(kind, "page") && !str_is(kind, "tag"))
    TRY(problem_set(c->problem, E_INVALID, "routing.kind", "所需专长只能看渠道（channel）、页面（page）或标签（tag）", "A needed skill follows from channel, page or tag"));
  if (holds_blank(skill)) TRY(problem_set(c->problem, E_INVALID, "routing.blank", "专长的名字里不能有空格：“%.*s”", "A skill holds no blank: “%.*s”", STR_ARG(skill)));
  TRY(changed(c, "需要", STR(""), arena_printf(c->arena, "%.*s:%.*s", STR_ARG(kind), STR_ARG(word)), skill));
  *result = json_pack("{s:o,s:o,s:o}", "kind", json_of(kind), "word", json_of(word), "skill", json_of(skill));
done:
  return status;
}

/* ---- handovers -------------------------------------------------------------------------------------------------------------- */

static enum status answered(struct command_ctx *c, struct str id, struct str giver, struct str to, const char *answer, struct str reason) {
  struct event *e = shorthand_event(c, EVENT_handover_answered);
  event_set_text(e, "handover", id);
  event_set_text(e, "person", giver);
  if (to.n) event_set_text(e, "to", to);
  event_set_text(e, "result", str_c(answer));
  if (reason.n) event_set_text(e, "reason", reason);
  return command_append(c, e);
}

/* Whoever is there, has room and was not asked yet. Nobody: it stays pending, in sight of the leader. */
static enum status ask_next(struct command_ctx *c, struct str id, struct str giver) {
  struct handover_tried_of_row *rows;
  struct str tried[ROUTE_TRIED_MOST];
  struct route_choice choice;
  size_t count;
  i64 seconds = 0;
  enum status status = OK;
  TRY(handover_tried_of(c->store, c->arena, &(struct handover_tried_of_in){.handover = id}, &rows, &count, c->problem));
  struct route_wish wish = {.conversation = STR(""), .except = giver, .tried = tried, .any_skill = true};
  for (size_t i = 0; i < count && wish.tried_count < ROUTE_TRIED_MOST; i++) tried[wish.tried_count++] = rows[i].person;
  TRY(routing_choose(c->store, c->arena, c->program, c->now_ms, c->zone_offset_ms, &wish, &choice, c->problem));
  if (!choice.agent.n) return OK;
  TRY(setting_value(c->store, c->arena, SETTING_HANDOVER_SECONDS, &seconds, c->problem));
  struct event *e = shorthand_event(c, EVENT_handover_offered);
  event_set_text(e, "handover", id);
  event_set_text(e, "person", giver);
  event_set_text(e, "to", choice.agent);
  event_set_int(e, "until", c->now_ms + seconds * 1000);
  TRY(command_append(c, e));
done:
  return status;
}

static enum status open_handover(struct command_ctx *c, struct str person, struct str reason) {
  struct route_left_row *rows;
  struct str id;
  size_t count;
  enum status status = OK;
  TRY(route_left(c->store, c->arena, &(struct route_left_in){.person = person, .most = HANDOVER_MOST}, &rows, &count, c->problem));
  if (count == 0) return OK;
  struct value *items = ARENA_ARRAY(c->arena, struct value, count);
  for (size_t i = 0; i < count; i++) items[i] = value_text(rows[i].id);
  TRY(shorthand_id(c, 'h', &id));
  struct event *e = shorthand_event(c, EVENT_handover_opened);
  event_set_text(e, "handover", id);
  event_set_text(e, "person", person);
  event_set_text(e, "reason", reason);
  event_set(e, "conversations", (struct value){.type = V_LIST, .items = items, .count = count});
  TRY(command_append(c, e));
  TRY(ask_next(c, id, person));
done:
  return status;
}

enum status routing_gone(struct command_ctx *c, struct str person, struct str reason) {
  enum status status = conversation_release(c, person, reason, false);
  return status == OK ? open_handover(c, person, reason) : status;
}

enum status routing_returned(struct command_ctx *c, struct str person) {
  struct handover_pending_row *rows;
  size_t count;
  bool leave;
  enum status status = leave_is_on(c->store, c->arena, person, c->now_ms, &leave, c->problem);
  if (status != OK || leave) return status; /* theirs again when the leave is over, see `pending` */
  status = handover_pending(c->store, c->arena, &rows, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++)
    if (str_eq(rows[i].person, person)) status = answered(c, rows[i].id, person, rows[i].to_person, "收回", STR("回来了"));
  return status;
}

static enum status run_answer(struct command_ctx *c, json_t *args, json_t **result) {
  struct handover_get_row *h;
  struct handover_talks_row *talks;
  struct str id, reason;
  size_t count = 0;
  bool take = command_bool(args, "take");
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 80, &id));
  TRY(command_text(c, args, "reason", false, REASON_MOST, &reason));
  TRY(handover_get(c->store, c->arena, &(struct handover_get_in){.id = id}, &h, c->problem));
  if (!h) TRY(problem_set(c->problem, E_NOT_FOUND, "handover.unknown", "没有这份移交：%.*s", "There is no such handover: %.*s", STR_ARG(id)));
  if (h->has_ended_ms) TRY(problem_set(c->problem, E_CONFLICT, "handover.over", "这份移交已经结束（%.*s）", "That handover is over (%.*s)", STR_ARG(h->result)));
  enum view_place place = view_place_of(c->program, c->actor.role);
  bool asked = str_eq(h->to_person, c->actor.id), leads = c->actor.owner || place == PLACE_LEADER || place == PLACE_HEAD;
  if (!asked && !(take && leads)) TRY(problem_set(c->problem, E_DENIED, "handover.not_you", "这份移交请的不是你；组长可以直接接下", "Somebody else was asked; a leader may take it"));
  TRY(handover_talks(c->store, c->arena, &(struct handover_talks_in){.handover = id, .person = h->person}, &talks, &count, c->problem));
  TRY(answered(c, id, h->person, c->actor.id, take ? "接了" : "婉拒", reason));
  for (size_t i = 0; take && i < count; i++) {
    struct event *e = shorthand_event(c, EVENT_conversation_transferred);
    event_set_text(e, "conversation", talks[i].id);
    event_set_text(e, "person", h->person);
    event_set_text(e, "to", c->actor.id);
    event_set_text(e, "reason", arena_printf(c->arena, "移交：%.*s", STR_ARG(h->reason)));
    TRY(command_append(c, e));
  }
  if (!take) TRY(ask_next(c, id, h->person));
  *result = json_pack("{s:o,s:b,s:I}", "id", json_of(id), "taken", take, "conversations", (json_int_t)(take ? count : 0));
done:
  return status;
}

/* ---- time passes -------------------------------------------------------------------------------------------------------------- */

/* How everybody stands to leave and roster. */
struct standing {
  struct leave_now leave;
  struct route_shifts_row *shifts;
  size_t count;
};

static enum status stand(struct command_ctx *c, struct standing *s) {
  i64 today = instant_date(c->now_ms, c->zone_offset_ms);
  enum status status = leave_load(c->store, c->arena, c->now_ms, &s->leave, c->problem);
  if (status != OK) return status;
  return route_shifts(c->store, c->arena, &(struct route_shifts_in){.from_date = today - 1, .today = today, .at_ms = c->now_ms}, &s->shifts, &s->count, c->problem);
}

/* On shift, or on a day that nobody is rostered. */
static bool at_work(const struct standing *s, struct str person) {
  bool rostered = false;
  for (size_t i = 0; i < s->count; i++) {
    if (str_eq(s->shifts[i].person, person)) return s->shifts[i].on_now != 0;
    rostered |= s->shifts[i].today != 0;
  }
  return !rostered;
}

/* Of those who hold something: who is on leave now, whose shift is over, whose shift a leave took away. Who went off line was dealt
 * with when it happened. */
static enum status leaving(struct command_ctx *c, const struct standing *s) {
  struct route_holding_row *holders;
  size_t count;
  enum status status = OK;
  TRY(route_holding(c->store, c->arena, &holders, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    if (leave_until(&s->leave, holders[i].person)) {
      TRY(routing_gone(c, holders[i].person, STR(LEAVE_CASE)));
      continue;
    }
    for (size_t k = 0; k < s->count; k++) {
      if (!str_eq(s->shifts[k].person, holders[i].person) || s->shifts[k].on_now) continue;
      if (s->shifts[k].on_leave) TRY(open_handover(c, holders[i].person, STR(LEAVE_CASE)));
      else if (s->shifts[k].ended) TRY(open_handover(c, holders[i].person, STR(SHIFT_OVER)));
    }
  }
done:
  return status;
}

/* A leave is over and its person at work again: what nobody has taken stays theirs. Who came back before was not given it then. */
static enum status back_from_leave(struct command_ctx *c, const struct standing *s, const struct handover_pending_row *h, bool *back) {
  struct people_get_row *giver;
  *back = false;
  if (str_is(h->reason, SHIFT_OVER) || leave_until(&s->leave, h->person) || !at_work(s, h->person)) return OK;
  enum status status = people_get(c->store, c->arena, &(struct people_get_in){.id = h->person}, &giver, c->problem);
  if (status != OK || !giver || !str_is(giver->state, "active")) return status;
  *back = str_is(giver->presence, "online") || (str_is(h->reason, LEAVE_CASE) && !str_is(giver->presence, "offline"));
  return *back ? answered(c, h->id, h->person, h->to_person, "收回", STR("回来了")) : OK;
}

static enum status pending(struct command_ctx *c, const struct standing *s) {
  struct handover_pending_row *rows;
  struct handover_talks_row *talks;
  struct people_get_row *to;
  size_t count, left;
  bool back;
  enum status status = OK;
  TRY(handover_pending(c->store, c->arena, &rows, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    const struct handover_pending_row *h = &rows[i];
    TRY(handover_talks(c->store, c->arena, &(struct handover_talks_in){.handover = h->id, .person = h->person}, &talks, &left, c->problem));
    if (left == 0) {
      TRY(answered(c, h->id, h->person, h->to_person, "收回", STR("都已办完")));
      continue;
    }
    TRY(back_from_leave(c, s, h, &back));
    if (back) continue;
    if (h->to_person.n) {
      TRY(people_get(c->store, c->arena, &(struct people_get_in){.id = h->to_person}, &to, c->problem));
      bool leave = leave_until(&s->leave, h->to_person) != 0, gone = !to || !str_is(to->state, "active") || str_is(to->presence, "offline");
      if (!gone && !leave && h->until_ms > c->now_ms) continue;
      TRY(answered(c, h->id, h->person, h->to_person, "没答复", gone ? STR("离线") : leave ? STR(LEAVE_CASE) : STR("")));
    }
    TRY(ask_next(c, h->id, h->person));
  }
done:
  return status;
}

enum status routing_due(struct command_ctx *c, i64 *moved) {
  struct standing s;
  enum status status = OK;
  TRY(conversation_give_back(c, moved));
  TRY(stand(c, &s));
  TRY(leaving(c, &s));
  TRY(pending(c, &s));
  TRY(conversation_give_out(c));
done:
  return status;
}

const struct command_def commands_routing[] = {
    {"routing.skills", "设置", run_skills, "person:person! skills:list!", "What a person is good at", "某人的专长"},
    {"routing.cap", "设置", run_cap, "person:person channel:text most:int", "How many conversations at most, of a person, a channel or both; without `most` the own limit is dropped", "接待上限：某人、某渠道或两者；不写 most 就取消"},
    {"routing.need", "设置", run_need, "kind:text! word:text! skill:text", "Which skill a channel, page or tag needs; without `skill` it needs none", "渠道、页面、标签需要的专长"},
    {"handover.answer", "会话.接起", run_answer, "id:text! take:bool reason:text", "Take over what somebody left, or decline", "接下移交或婉拒"},
    {NULL},
};
