/* People, the desk's own name, presence and preferences: folded from the log, and the reads over them.
 *
 * Wages are shown only to those who may change people. Accounts, sessions and keys stand beside (people.sql) but are no
 * views: they hold secrets, which are never events; commands/session.c writes them. */
#include "views/people.h"

#include "events/log.sql.h"
#include "views/json.h"
#include "views/key.sql.h"
#include "views/leave.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/show.h"
#include "views/sound.sql.h"

static const struct {
  const char *zh, *en;
} presences[] = {{"在线", "online"}, {"忙碌", "busy"}, {"暂离", "away"}, {"挂起", "suspended"}, {"隐身", "invisible"}, {"离线", "offline"}};

const char *people_presence_en(struct str zh) {
  for (size_t i = 0; i < COUNT_OF(presences); i++)
    if (str_is(zh, presences[i].zh) || str_is(zh, presences[i].en)) return presences[i].en;
  return NULL;
}

const char *people_presence_zh(struct str en) {
  for (size_t i = 0; i < COUNT_OF(presences); i++)
    if (str_is(en, presences[i].en) || str_is(en, presences[i].zh)) return presences[i].zh;
  return NULL;
}

const char *people_home(const struct lang_program *program, const struct actor *actor) {
  switch (view_place_of(program, actor->role)) {
    case PLACE_AGENT: return "/desk";
    case PLACE_LEADER:
    case PLACE_HEAD: return "/floor";
    case PLACE_OFFICE: return "/cases";
    case PLACE_OUTSIDE: break;
  }
  return actor->owner ? "/floor" : "/cases";
}

/* ---- folds ----------------------------------------------------------------------------------------------------- */

static enum status fold_joined(struct store *s, const struct event *e, struct problem *p) {
  struct people_insert_in in = {.id = event_get_text(e, "person"), .name = event_get_text(e, "name"),
                                .job_number = event_get_text(e, "job_number"), .role = event_get_text(e, "role"),
                                .superior = event_get_text(e, "superior"), .owner = event_get_int(e, "owner", 0) != 0,
                                .joined_ms = e->occurred_ms};
  if (!in.name.n) in.name = in.id;
  if (!in.job_number.n) in.job_number = in.id;
  in.has_base_wage_fen = event_has(e, "base_wage");
  in.base_wage_fen = event_get_int(e, "base_wage", 0);
  return people_insert(s, &in, NULL, p);
}

static enum status fold_changed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "person"), item = event_get_text(e, "item");
  struct value new = event_get(e, STR("new"));
  struct people_get_row *row;
  enum status status = people_get(s, a, &(struct people_get_in){.id = id}, &row, p);
  if (status != OK || !row) return status;
  if (str_is(item, "底薪")) {
    struct people_set_wage_in wage = {.id = id, .has_base_wage_fen = new.type == V_MONEY || new.type == V_COUNT, .base_wage_fen = new.i};
    return people_set_wage(s, &wage, NULL, p);
  }
  if (str_is(item, "负责人")) return people_set_owner(s, &(struct people_set_owner_in){.id = id, .owner = new.i != 0}, NULL, p);
  struct people_set_text_in in = {.id = id, .name = row->name, .role = row->role, .superior = row->superior, .job_number = row->job_number};
  if (str_is(item, "岗位")) in.role = new.s;
  else if (str_is(item, "上级")) in.superior = new.s;
  else if (str_is(item, "姓名")) in.name = new.s;
  else if (str_is(item, "工号")) in.job_number = new.s;
  else return OK;
  return people_set_text(s, &in, NULL, p);
}

static enum status fold_presence(struct store *s, const struct event *e, struct problem *p) {
  const char *to = people_presence_en(event_get_text(e, "new"));
  struct people_set_presence_in in = {.id = event_get_text(e, "person"), .presence = str_c(to ? to : "offline"),
                                      .reason = event_get_text(e, "reason"), .at_ms = e->occurred_ms,
                                      .auto_reply = event_get_text(e, "text")};
  return people_set_presence(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_desk_opened: {
      struct people_desk_open_in in = {.name = event_get_text(e, "name"), .template = event_get_text(e, "template"),
                                       .owner = event_get_text(e, "owner"), .opened_ms = e->occurred_ms};
      return people_desk_open(s, &in, NULL, p);
    }
    case EVENT_person_joined: return fold_joined(s, e, p);
    case EVENT_person_changed: return fold_changed(s, a, e, p);
    case EVENT_person_left: {
      struct people_leave_in in = {.id = event_get_text(e, "person"), .left_ms = e->occurred_ms};
      return people_leave(s, &in, NULL, p);
    }
    case EVENT_presence_changed: return fold_presence(s, e, p);
    case EVENT_prefs_changed: {
      struct people_prefs_put_in in = {.person = event_get_text(e, "person"), .body = event_get_text(e, "prefs")};
      return people_prefs_put(s, &in, NULL, p);
    }
    default: return OK;
  }
}

/* ---- reads ----------------------------------------------------------------------------------------------------- */

static json_t *person_json(const struct people_all_row *r, bool wages) {
  json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:o,s:I,s:I,s:o}", "id", json_of(r->id), "name", json_of(r->name), "job_number",
                        json_of(r->job_number), "role", json_of(r->role), "superior", json_of_or_null(r->superior), "owner", (int)r->owner,
                        "state", json_of(r->state), "presence", json_of(r->presence), "presence_reason", json_of(r->presence_reason),
                        "presence_ms", (json_int_t)r->presence_ms, "joined_ms", (json_int_t)r->joined_ms, "left_ms",
                        json_ms(r->has_left_ms, r->left_ms));
  if (wages) json_object_set_new(o, "base_wage_fen", json_ms(r->has_base_wage_fen, r->base_wage_fen));
  return o;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct people_all_in in = {.state = json_arg(query, "state"), .after = json_arg(query, "after"), .most = json_arg_limit(query)};
  struct people_all_row *rows;
  size_t count;
  enum status status = people_all(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  bool wages = view_may(r->program, &r->actor, STR("人员.变更"));
  json_t *items = json_array();
  struct map sounds;
  struct sound_all_row *heard;
  size_t heard_count;
  map_init(&sounds, r->arena);
  status = sound_all(r->store, r->arena, &(struct sound_all_in){.kind = STR("person")}, &heard, &heard_count, r->problem);
  for (size_t i = 0; status == OK && i < heard_count; i++) map_set_ptr(&sounds, heard[i].id, &heard[i]);
  for (size_t i = 0; status == OK && i < count; i++) {
    const struct sound_all_row *sound = map_ptr(&sounds, rows[i].id);
    json_t *o = person_json(&rows[i], wages);
    json_object_set_new(o, "pinyin", json_pack("[o,o]", json_of(sound ? sound->spelled : STR("")), json_of(sound ? sound->initials : STR(""))));
    json_array_append_new(items, o);
  }
  json_t *next = count == (size_t)in.most ? json_of(rows[count - 1].job_number) : json_null();
  *result = json_pack("{s:o,s:o,s:o}", "items", items, "next", next, "roles", view_roles_json(r->program));
  return status;
}

static json_t *desk_json(struct read_ctx *r, const struct people_desk_row *desk) {
  json_t *book = json_null();
  if (r->program && r->program->header) {
    const struct lang_header *h = r->program->header;
    struct str version = arena_printf(r->arena, "%d.%d", h->major, h->minor);
    book = json_pack("{s:o,s:o,s:o}", "id", json_of(h->id.text), "title", json_of(h->title), "version", json_of(version));
  }
  struct str zone = r->program && r->program->header && r->program->header->zone.n ? r->program->header->zone : STR("Asia/Shanghai");
  return json_pack("{s:o,s:o,s:I,s:o}", "name", json_of(desk ? desk->name : STR("")), "zone", json_of(zone), "zone_offset_ms",
                   (json_int_t)r->zone_offset_ms, "rulebook", book);
}

static enum status read_me(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct people_desk_row *desk;
  struct people_get_row *me = NULL;
  struct people_prefs_get_row *prefs = NULL;
  struct session_get_row *session = NULL;
  struct log_last_event_row *last = NULL;
  enum status status = people_desk(r->store, r->arena, &desk, r->problem);
  if (status == OK) status = people_get(r->store, r->arena, &(struct people_get_in){.id = r->actor.id}, &me, r->problem);
  if (status == OK) status = people_prefs_get(r->store, r->arena, &(struct people_prefs_get_in){.person = r->actor.id}, &prefs, r->problem);
  if (status == OK && r->actor.session.n)
    status = session_get(r->store, r->arena, &(struct session_get_in){.id = r->actor.session}, &session, r->problem);
  if (status == OK) status = log_last_event(r->store, r->arena, &last, r->problem);
  if (status != OK) return status;
  json_t *person = json_pack("{s:o,s:o,s:o,s:o,s:b,s:o}", "id", json_of(r->actor.id), "name", json_of(me ? me->name : r->actor.name),
                             "job_number", json_of(me ? me->job_number : STR("")), "role", json_of(me ? me->role : STR("")), "owner",
                             (int)r->actor.owner, "presence", json_of(me ? me->presence : STR("offline")));
  json_object_set_new(person, "place", json_string(view_place_name(view_place_of(r->program, r->actor.role))));
  json_object_set_new(person, "receives", json_boolean(view_receives(r->program, r->actor.role)));
  json_object_set_new(person, "presence_ms", json_ms(me != NULL, me ? me->presence_ms : 0));
  json_t *body = show_stored(prefs ? prefs->body : STR(""), json_object());
  struct str lang = json_arg(body, "lang");
  *result = json_pack("{s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:I,s:I,s:o}", "person", person, "presence", json_of(me ? me->presence : STR("offline")), "csrf", json_of_or_null(session ? session->csrf : STR("")), "can",
                      view_can(r->program, &r->actor), "home", people_home(r->program, &r->actor), "lang",
                      json_of(lang.n ? lang : STR("zh")), "desk", desk_json(r, desk), "now", (json_int_t)r->now_ms, "seq", (json_int_t)(last ? last->seq : 0), "prefs", body);
  return OK;
}

static enum status read_setup(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct people_desk_row *desk;
  enum status status = people_desk(r->store, r->arena, &desk, r->problem);
  if (status != OK) return status;
  *result = json_pack("{s:b,s:o}", "needed", desk == NULL, "shop", json_of_or_null(desk ? desk->name : STR("")));
  return OK;
}

static enum status read_presence(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct people_presence_row *rows;
  size_t count;
  struct leave_now leave;
  enum status status = people_presence(r->store, r->arena, &rows, &count, r->problem);
  if (status == OK) status = leave_load(r->store, r->arena, r->now_ms, &leave, r->problem);
  if (status != OK) return status;
  json_t *items = json_array(), *one;
  for (size_t i = 0; i < count; i++) {
    json_array_append_new(items, one = json_pack("{s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:b}", "id", json_of(rows[i].id), "name", json_of(rows[i].name), "role",
                                           json_of(rows[i].role), "presence", json_of(rows[i].presence), "reason",
                                           json_of(rows[i].presence_reason), "since_ms", (json_int_t)rows[i].presence_ms, "auto_reply",
                                           json_of(rows[i].auto_reply), "receives", view_receives(r->program, rows[i].role)));
    leave_put(one, &leave, rows[i].id);
  }
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

static enum status read_keys(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct key_list_row *rows;
  size_t count;
  struct show_people people;
  enum status status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status == OK) status = key_list(r->store, r->arena, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *key = key_list_json(&rows[i]);
    json_object_set_new(key, "person_name", json_of(show_name(&people, rows[i].person)));
    json_object_set_new(key, "acts_as_name", rows[i].acts_as.n ? json_of(show_name(&people, rows[i].acts_as)) : json_null());
    json_array_append_new(items, key);
  }
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

static enum status read_sessions(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct session_of_person_row *rows;
  size_t count;
  enum status status = session_of_person(r->store, r->arena, &(struct session_of_person_in){.person = r->actor.id}, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:I,s:I,s:o,s:b}", "opened_ms", (json_int_t)rows[i].opened_ms, "seen_ms", (json_int_t)rows[i].seen_ms,
                                           "address", json_of(rows[i].address), "this", str_eq(rows[i].id, r->actor.session)));
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

static const struct read_def reads[] = {
    {"setup.status", "*", read_setup, false, "", "Is the first-run page needed?", "是否需要首次设置"},
    {"people.me", "", read_me, false, "", "Who I am, what I may do, my preferences; seq: the last event this answer knows of, for the feed to begin at", "我是谁、能做什么、我的偏好；seq：答的时候已有的最后一个事件，推送从它之后接"},
    {"people.list", "", read_list, false, "state:text after:text limit:int", "People and the roles of the rulebook", "人员与岗位"},
    {"people.sessions", "", read_sessions, false, "", "Where I am signed in", "我的登录"},
    {"presence.list", "", read_presence, false, "", "Who is present, away, busy", "在线情况"},
    {"key.list", "密钥", read_keys, false, "", "API keys", "接口密钥"},
    {NULL},
};

static const char *const nouns[] = {"desk", "person", "presence", "prefs", NULL};
static const char *const tables[] = {"desk", "person", "person_prefs", NULL};
const struct view_def view_people = {.noun = "people", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
