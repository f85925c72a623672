/* Who gets the next conversation: limits, skills and turns folded from the log, and the choice over them. See routing.h. */
#include "views/routing.h"

#include "base/calendar.h"
#include "views/conversation.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/routing.sql.h"
#include "views/setting.h"
#include "views/show.h"

#include <string.h>

/* ---- folds ----------------------------------------------------------------------------------------------------- */

/* 技能: the person's skills, parted by blanks. 上限: a number or "". 需要: "kind:word" to a skill, or "" to drop it. */
static enum status fold_changed(struct store *s, const struct event *e, struct problem *p) {
  struct str item = event_get_text(e, "item"), person = event_get_text(e, "person"), match = event_get_text(e, "match"), new = event_get_text(e, "new"), rest;
  i64 most = 0;
  enum status status = OK;
  if (str_is(item, "技能")) {
    TRY(route_skill_end(s, &(struct route_skill_end_in){.person = person}, NULL, p));
    for (; new.n; new = rest) {
      struct str skill = str_cut(new, ' ', &rest);
      if (skill.n) TRY(route_skill_put(s, &(struct route_skill_put_in){.person = person, .skill = skill}, NULL, p));
    }
  } else if (str_is(item, "上限")) {
    if (str_to_i64(new, &most)) TRY(route_cap_put(s, &(struct route_cap_put_in){.person = person, .channel = match, .most = most}, NULL, p));
    else TRY(route_cap_end(s, &(struct route_cap_end_in){.person = person, .channel = match}, NULL, p));
  } else if (str_is(item, "需要")) {
    struct str word, kind = str_cut(match, ':', &word);
    if (new.n) TRY(route_need_put(s, &(struct route_need_put_in){.kind = kind, .word = word, .skill = new}, NULL, p));
    else TRY(route_need_end(s, &(struct route_need_end_in){.kind = kind, .word = word}, NULL, p));
  }
done:
  return status;
}

static enum status forget_tried(struct store *s, struct str conversation, struct problem *p) {
  return route_tried_end(s, &(struct route_tried_end_in){.conversation = conversation}, NULL, p);
}

static enum status given(struct store *s, const struct event *e, struct str conversation, struct problem *p) {
  return route_talk_give(s, &(struct route_talk_give_in){.conversation = conversation, .at_ms = e->occurred_ms}, NULL, p);
}

static enum status fold_talk(struct store *s, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  enum status status = OK;
  switch ((enum event_kind_id)event_kind_index(e->kind)) {
    case EVENT_conversation_started:
      return route_talk_put(s, &(struct route_talk_put_in){.conversation = id, .page = event_get_text(e, "page")}, NULL, p);
    case EVENT_conversation_assigned:
      if (event_has(e, "reason")) TRY(route_turn_put(s, &(struct route_turn_put_in){.person = event_get_text(e, "agent"), .seq = e->seq}, NULL, p));
      return given(s, e, id, p);
    case EVENT_conversation_picked_up:
    case EVENT_conversation_transferred:
    case EVENT_conversation_taken_over: return given(s, e, id, p);
    case EVENT_conversation_queued:
      if (!str_is(event_get_text(e, "reason"), "没有按时回复")) return OK;
      return route_tried_put(s, &(struct route_tried_put_in){.conversation = id, .person = event_get_text(e, "former")}, NULL, p);
    case EVENT_conversation_agent_replied: return forget_tried(s, id, p);
    case EVENT_conversation_closed:
      TRY(route_talk_end(s, &(struct route_talk_end_in){.conversation = id}, NULL, p));
      return forget_tried(s, id, p);
    default: return OK;
  }
done:
  return status;
}

static enum status fold_opened(struct store *s, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "handover");
  struct value list = event_get(e, STR("conversations"));
  struct handover_put_in in = {.id = id, .person = event_get_text(e, "person"), .reason = event_get_text(e, "reason"), .at_ms = e->occurred_ms};
  enum status status = handover_put(s, &in, NULL, p);
  for (size_t i = 0; status == OK && list.type == V_LIST && i < list.count; i++)
    status = handover_talk_put(s, &(struct handover_talk_put_in){.handover = id, .conversation = list.items[i].s}, NULL, p);
  return status;
}

static enum status fold_answered(struct store *s, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "handover"), result = event_get_text(e, "result");
  enum status status = OK;
  if (str_is(result, "接了") || str_is(result, "收回")) return handover_end(s, &(struct handover_end_in){.id = id, .at_ms = e->occurred_ms, .result = result}, NULL, p);
  TRY(handover_tried_put(s, &(struct handover_tried_put_in){.handover = id, .person = event_get_text(e, "to")}, NULL, p));
  TRY(handover_free(s, &(struct handover_free_in){.id = id}, NULL, p));
done:
  return status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  switch ((enum event_kind_id)event_kind_index(e->kind)) {
    case EVENT_routing_changed: return fold_changed(s, e, p);
    case EVENT_handover_opened: return fold_opened(s, e, p);
    case EVENT_handover_offered: {
      struct handover_offer_in in = {.id = event_get_text(e, "handover"), .to_person = event_get_text(e, "to"), .until_ms = event_get_int(e, "until", 0)};
      return handover_offer(s, &in, NULL, p);
    }
    case EVENT_handover_answered: return fold_answered(s, e, p);
    default: return fold_talk(s, e, p);
  }
}

/* ---- choosing --------------------------------------------------------------------------------------------------- */

struct choosing {
  struct store *store;
  struct arena *arena;
  struct problem *problem;
  const struct lang_program *program;
  const struct route_wish *wish;
  i64 now_ms, order, cap, shift_rule;
  struct conversation_get_row *talk;
  struct str page, last;
  bool rostered, channel_capped, skilled;
  struct route_free_row *people; /* who is there and may have room */
  struct route_need_all_row *needs;
  size_t people_count, need_count;
  /* By person. A desk has hundreds, and a message of somebody who waits asks again. */
  struct map caps, channel_caps, held, on_shift, skills;
  i64 channel_cap;
};

static i64 setting_of(struct choosing *k, enum setting which, enum status *status) {
  i64 value = 0;
  if (*status == OK) *status = setting_value(k->store, k->arena, which, &value, k->problem);
  return value;
}

static enum status load_talk(struct choosing *k) {
  struct route_talk_get_row *talk = NULL;
  struct route_last_agent_row *last = NULL;
  enum status status = OK;
  if (!k->wish->conversation.n) return OK;
  TRY(conversation_get(k->store, k->arena, &(struct conversation_get_in){.id = k->wish->conversation}, &k->talk, k->problem));
  if (!k->talk) return OK;
  TRY(route_talk_get(k->store, k->arena, &(struct route_talk_get_in){.conversation = k->talk->id}, &talk, k->problem));
  if (talk) k->page = talk->page;
  i64 by_last = setting_of(k, SETTING_ROUTE_LAST, &status), skill_s = setting_of(k, SETTING_SKILL_SECONDS, &status);
  if (status != OK) goto done;
  k->skilled = skill_s == 0 || k->now_ms - k->talk->started_ms < skill_s * 1000;
  if (by_last) TRY(route_last_agent(k->store, k->arena, &(struct route_last_agent_in){.customer = k->talk->customer, .conversation = k->talk->id}, &last, k->problem));
  if (last) k->last = last->agent;
done:
  return status;
}

static i64 number_of(const struct map *m, struct str person, i64 unless) {
  const struct map_entry *e = map_get(m, person);
  return e ? e->i : unless;
}

static void note(struct map *m, struct arena *a, struct str person, i64 number) {
  if (!m->arena) map_init(m, a);
  map_put(m, person, NULL)->i = number;
}

/* Who is there with room by the own limit, else the desk's. */
static enum status load_people(struct choosing *k, const struct route_cap_all_row *caps, size_t cap_count) {
  i64 highest = k->cap;
  for (size_t i = 0; i < cap_count; i++) {
    if (caps[i].channel.n) continue;
    if (!caps[i].person.n) k->cap = caps[i].most;
    else note(&k->caps, k->arena, caps[i].person, caps[i].most);
    if (caps[i].most > highest) highest = caps[i].most;
  }
  return route_free(k->store, k->arena, &(struct route_free_in){.most = highest, .at_ms = k->now_ms}, &k->people, &k->people_count, k->problem);
}

static enum status load_shifts(struct choosing *k, i64 zone_offset_ms) {
  struct route_shifts_row *rows;
  size_t count;
  i64 today = instant_date(k->now_ms, zone_offset_ms);
  enum status status = OK;
  k->shift_rule = setting_of(k, SETTING_ROUTE_SHIFT, &status);
  if (status != OK || k->shift_rule == ROUTE_SHIFT_ANY) return status;
  TRY(route_shifts(k->store, k->arena, &(struct route_shifts_in){.from_date = today - 1, .today = today, .at_ms = k->now_ms}, &rows, &count, k->problem));
  for (size_t i = 0; i < count; i++) {
    k->rostered = k->rostered || rows[i].today;
    note(&k->on_shift, k->arena, rows[i].person, rows[i].on_now != 0);
  }
done:
  return status;
}

static enum status load_channel(struct choosing *k, const struct route_cap_all_row *caps, size_t cap_count) {
  struct route_channel_load_row *rows;
  size_t count;
  k->channel_cap = -1;
  for (size_t i = 0; i < cap_count; i++) {
    if (!str_eq(caps[i].channel, k->talk->channel)) continue;
    k->channel_capped = true;
    if (!caps[i].person.n) k->channel_cap = caps[i].most;
    else note(&k->channel_caps, k->arena, caps[i].person, caps[i].most);
  }
  if (!k->channel_capped) return OK;
  enum status status = route_channel_load(k->store, k->arena, &(struct route_channel_load_in){.channel = k->talk->channel}, &rows, &count, k->problem);
  for (size_t i = 0; status == OK && i < count; i++) note(&k->held, k->arena, rows[i].agent, rows[i].held);
  return status;
}

static struct str skill_key(struct arena *a, struct str person, struct str skill) { return arena_printf(a, "%.*s\n%.*s", STR_ARG(person), STR_ARG(skill)); }

static enum status load_skills(struct choosing *k) {
  struct route_skill_all_row *rows;
  size_t count;
  enum status status = OK;
  TRY(route_need_all(k->store, k->arena, &k->needs, &k->need_count, k->problem));
  if (!k->need_count) return OK;
  TRY(route_skill_all(k->store, k->arena, &rows, &count, k->problem));
  for (size_t i = 0; i < count; i++) note(&k->skills, k->arena, skill_key(k->arena, rows[i].person, rows[i].skill), 1);
done:
  return status;
}

static enum status load(struct choosing *k, i64 zone_offset_ms) {
  struct route_cap_all_row *caps;
  size_t cap_count;
  enum status status = OK;
  k->order = setting_of(k, SETTING_ROUTE_ORDER, &status);
  k->cap = setting_of(k, SETTING_ROUTE_CAP, &status);
  if (status != OK) return status;
  TRY(route_cap_all(k->store, k->arena, &caps, &cap_count, k->problem));
  TRY(load_people(k, caps, cap_count));
  if (!k->people_count) return OK; /* nobody there has room: nothing else matters */
  TRY(load_shifts(k, zone_offset_ms));
  TRY(load_talk(k));
  if (!k->talk || k->wish->any_skill) return OK;
  TRY(load_skills(k));
  TRY(load_channel(k, caps, cap_count));
done:
  return status;
}

/* The person's own limit, else everybody's; -1: none. */
static i64 cap_of(const struct route_cap_all_row *caps, size_t count, struct str person, struct str channel, i64 fallback) {
  i64 most = fallback;
  for (size_t i = 0; i < count; i++) {
    if (!str_eq(caps[i].channel, channel)) continue;
    if (str_eq(caps[i].person, person)) return caps[i].most;
    if (!caps[i].person.n) most = caps[i].most;
  }
  return most;
}

static bool channel_full(const struct choosing *k, struct str person) {
  if (!k->channel_capped) return false;
  i64 most = number_of(&k->channel_caps, person, k->channel_cap);
  return most >= 0 && number_of(&k->held, person, 0) >= most;
}

static bool needed(const struct choosing *k, const struct route_need_all_row *need) {
  if (str_is(need->kind, "channel")) return str_eq(need->word, k->talk->channel);
  if (str_is(need->kind, "page")) return k->page.n && str_find(k->page, need->word, 0) != SIZE_MAX;
  struct str quoted = arena_printf(k->arena, "\"%.*s\"", STR_ARG(need->word));
  return str_is(need->kind, "tag") && str_find(k->talk->tags, quoted, 0) != SIZE_MAX;
}


static bool able(const struct choosing *k, struct str person) {
  for (size_t i = 0; k->skilled && i < k->need_count; i++)
    if (needed(k, &k->needs[i]) && !number_of(&k->skills, skill_key(k->arena, person, k->needs[i].skill), 0)) return false;
  return true;
}

static bool barred(const struct route_wish *w, struct str person) {
  if (str_eq(w->except, person)) return true;
  for (size_t i = 0; i < w->tried_count; i++)
    if (str_eq(w->tried[i], person)) return true;
  return false;
}

/* Which skills it came to, for the event. */
static struct str because(struct choosing *k, const char *why) {
  for (size_t i = 0; k->skilled && i < k->need_count; i++)
    if (needed(k, &k->needs[i])) return arena_printf(k->arena, "会“%.*s”，%s", STR_ARG(k->needs[i].skill), why);
  return str_c(why);
}

/* Of those on shift (or, with `off`, of the others). */
static void choose(struct choosing *k, bool off, struct route_choice *out) {
  i64 best_open = 0, best_turn = 0;
  for (size_t i = 0; i < k->people_count; i++) {
    struct str id = k->people[i].id;
    i64 open = k->people[i].open, turn = k->people[i].turn;
    if (k->program && !view_receives(k->program, k->people[i].role)) continue;
    if (k->rostered && (number_of(&k->on_shift, id, 0) != 0) == off) continue;
    if (open >= number_of(&k->caps, id, k->cap)) continue;
    out->anybody = true;
    if (barred(k->wish, id) || channel_full(k, id) || !able(k, id)) continue;
    if (k->last.n && str_eq(k->last, id)) {
      out->agent = id;
      out->reason = STR("上次接待的人");
      return;
    }
    bool less = k->order == ROUTE_ROUND_ROBIN ? turn < best_turn : open < best_open || (open == best_open && turn < best_turn);
    if (!out->agent.n || less) out->agent = id, best_open = open, best_turn = turn;
  }
  if (out->agent.n) out->reason = because(k, k->order == ROUTE_ROUND_ROBIN ? "轮到" : "手上最少");
}

enum status routing_choose(struct store *s, struct arena *a, const struct lang_program *program, i64 now_ms, i64 zone_offset_ms, const struct route_wish *wish,
                           struct route_choice *out, struct problem *p) {
  struct choosing k = {.store = s, .arena = a, .problem = p, .program = program, .wish = wish, .now_ms = now_ms, .page = STR(""), .last = STR("")};
  *out = (struct route_choice){.agent = STR(""), .reason = STR("")};
  enum status status = load(&k, zone_offset_ms);
  if (status == OK) choose(&k, false, out);
  if (status == OK && !out->agent.n && k.rostered && k.shift_rule == ROUTE_SHIFT_FIRST) choose(&k, true, out);
  return status;
}

enum status routing_cap(struct store *s, struct arena *a, struct str person, i64 *cap, struct problem *p) {
  struct route_cap_all_row *caps;
  size_t count;
  enum status status = setting_value(s, a, SETTING_ROUTE_CAP, cap, p);
  if (status == OK) status = route_cap_all(s, a, &caps, &count, p);
  if (status == OK) *cap = cap_of(caps, count, person, STR(""), *cap);
  return status;
}

bool routing_book_speaks_of_away(const struct lang_program *program) {
  for (size_t i = 0; program && i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    if (item->kind == LI_GATE && str_is(item->gate->request.kind, "presence.changed")) return true;
    for (size_t k = 0; item->kind == LI_MUST && k < item->must->trigger.event_count; k++)
      if (str_is(item->must->trigger.events[k].kind, "presence.changed")) return true;
  }
  return false;
}

/* ---- reads ------------------------------------------------------------------------------------------------------- */

static enum status read_routing(struct read_ctx *r, json_t *query, json_t **result) {
  struct route_cap_all_row *caps;
  struct route_skill_all_row *skills;
  struct route_need_all_row *needs;
  struct people_presence_row *people;
  size_t cap_count, skill_count, need_count, people_count;
  enum status status = OK;
  json_t *list = json_array(), *kinds = json_array(), *channels = json_array();
  (void)query;
  TRY(route_cap_all(r->store, r->arena, &caps, &cap_count, r->problem));
  TRY(route_skill_all(r->store, r->arena, &skills, &skill_count, r->problem));
  TRY(route_need_all(r->store, r->arena, &needs, &need_count, r->problem));
  TRY(people_presence(r->store, r->arena, &people, &people_count, r->problem));
  for (size_t i = 0; i < people_count; i++) {
    if (!view_receives(r->program, people[i].role)) continue;
    json_t *one = json_pack("{s:o,s:o,s:o,s:n}", "id", json_of(people[i].id), "name", json_of(people[i].name), "role", json_of(people[i].role), "cap"), *his = json_array(), *own = json_object();
    for (size_t n = 0; n < skill_count; n++)
      if (str_eq(skills[n].person, people[i].id)) json_array_append_new(his, json_of(skills[n].skill));
    for (size_t n = 0; n < cap_count; n++) {
      if (!str_eq(caps[n].person, people[i].id)) continue;
      if (caps[n].channel.n) show_put_int(own, arena_cstr(r->arena, caps[n].channel), caps[n].most);
      else show_put_int(one, "cap", caps[n].most);
    }
    json_object_set_new(one, "skills", his);
    json_object_set_new(one, "channels", own);
    json_array_append_new(list, one);
  }
  for (size_t i = 0; i < need_count; i++)
    json_array_append_new(kinds, json_pack("{s:o,s:o,s:o}", "kind", json_of(needs[i].kind), "word", json_of(needs[i].word), "skill", json_of(needs[i].skill)));
  for (size_t i = 0; i < cap_count; i++)
    if (!caps[i].person.n && caps[i].channel.n) json_array_append_new(channels, json_pack("{s:o,s:I}", "channel", json_of(caps[i].channel), "most", (json_int_t)caps[i].most));
  *result = json_pack("{s:O,s:O,s:O}", "people", list, "needs", kinds, "channels", channels);
done:
  json_decref(list);
  json_decref(kinds);
  json_decref(channels);
  return status;
}

static enum status handover_json(struct read_ctx *r, const struct show_people *people, const struct handover_pending_row *h, json_t **out) {
  struct handover_talks_row *talks;
  size_t count;
  enum status status = handover_talks(r->store, r->arena, &(struct handover_talks_in){.handover = h->id, .person = h->person}, &talks, &count, r->problem);
  *out = NULL;
  if (status != OK) return status;
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o,s:o}", "id", json_of(talks[i].id), "customer", json_of(talks[i].customer_name), "channel", json_of(talks[i].channel), "last",
                                          json_of(talks[i].last_text), "wait_since_ms", json_ms(talks[i].has_wait_since_ms, talks[i].wait_since_ms)));
  *out = json_pack("{s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:o}", "id", json_of(h->id), "person", json_of(h->person), "person_name", json_of(show_name(people, h->person)), "reason",
                   json_of(h->reason), "opened_ms", (json_int_t)h->opened_ms, "to", json_of_or_null(h->to_person), "to_name",
                   h->to_person.n ? json_of(show_name(people, h->to_person)) : json_null(), "until_ms", json_ms(h->until_ms > 0, h->until_ms), "conversations", list);
  return OK;
}

/* What I am asked to take over; who leads sees all that is pending. */
static enum status read_handovers(struct read_ctx *r, json_t *query, json_t **result) {
  struct handover_pending_row *rows;
  struct show_people people;
  size_t count;
  enum view_place place = view_place_of(r->program, r->actor.role);
  bool leads = r->actor.owner || place == PLACE_LEADER || place == PLACE_HEAD;
  enum status status = OK;
  json_t *items = json_array(), *one;
  (void)query;
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(handover_pending(r->store, r->arena, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    bool mine = str_eq(rows[i].to_person, r->actor.id), gave = str_eq(rows[i].person, r->actor.id);
    if (!mine && !gave && !leads) continue;
    TRY(handover_json(r, &people, &rows[i], &one));
    json_object_set_new(one, "mine", json_boolean(mine));
    json_array_append_new(items, one);
  }
  *result = json_pack("{s:O,s:I}", "items", items, "now", (json_int_t)r->now_ms);
done:
  json_decref(items);
  return status;
}

static const char *const nouns[] = {"routing", "handover", "conversation", NULL};
static const char *const tables[] = {"route_cap", "route_skill", "route_need", "route_turn", "route_talk", "route_tried", "handover", "handover_talk", "handover_tried", NULL};
static const struct read_def reads[] = {
    {"routing.get", "会话.查看", read_routing, false, "", "Limits and skills of people, and what conversations need", "接待上限、专长与会话所需专长"},
    {"handover.pending", "会话.查看", read_handovers, false, "", "Work handed over that nobody has taken yet", "待接下的移交"},
    {NULL},
};
const struct view_def view_routing = {.noun = "routing", .version = 1, .nouns = nouns, .tables = tables, .reads = reads, .fold = fold};
