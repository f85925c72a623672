/* People and the desk: first-run page, joining, changing, leaving, passwords, presence, preferences.
 *
 * Roles come from the rulebook in force. Nobody can raise anybody above themselves, and the desk always keeps one owner
 * who is there. Passwords arrive as finished Argon2id texts (session.h says why). */
#include "commands/people.h"

#include "commands/conversation.h"
#include "commands/session.h"
#include "commands/shorthand.h"
#include "views/json.h"
#include "views/party.h"
#include "views/people.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/show.h"

#include <string.h>

enum { NAME_MOST = 30, JOB_NUMBER_MOST = 20, REASON_MOST = 200, AUTO_REPLY_MOST = 500, PREFS_MOST = 16384, PASSWORD_HASH_MOST = 200 };
static const i64 wage_most_fen = 100000000; /* a million a month is a slip of the finger */

/* ---- checks ----------------------------------------------------------------------------------------------------- */

static enum status check_job_number(struct command_ctx *c, struct str job_number, struct str self) {
  for (size_t i = 0; i < job_number.n; i++)
    if ((unsigned char)job_number.p[i] <= ' ')
      return problem_set(c->problem, E_INVALID, "people.job_number", "工号里不能有空格", "A job number has no spaces");
  struct people_by_job_number_row *row;
  enum status status = people_by_job_number(c->store, c->arena, &(struct people_by_job_number_in){.job_number = job_number}, &row, c->problem);
  if (status != OK) return status;
  if (row && !str_eq(row->id, self))
    return problem_set(c->problem, E_CONFLICT, "people.job_number_taken", "工号 %.*s 已经是%.*s的", "Job number %.*s belongs to %.*s already",
                       STR_ARG(job_number), STR_ARG(row->name));
  return OK;
}

static enum status check_role(struct command_ctx *c, struct str role) {
  if (!c->program || lang_find_role(c->program, role)) {
    bool above = c->program && !c->actor.owner && c->actor.type == ACTOR_PERSON && party_role_above(c->program, role, c->actor.role);
    if (!above) return OK;
    return problem_set(c->problem, E_DENIED, "people.role_above", "“%.*s”在你的岗位之上，只有负责人能任命", "“%.*s” stands above your role; only the owner appoints it",
                       STR_ARG(role));
  }
  return problem_set(c->problem, E_INVALID, "people.role", "制度里没有岗位“%.*s”", "The rulebook has no role “%.*s”", STR_ARG(role));
}

static enum status get_person(struct command_ctx *c, struct str id, struct people_get_row **row) {
  enum status status = people_get(c->store, c->arena, &(struct people_get_in){.id = id}, row, c->problem);
  if (status == OK && !*row)
    return problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(id));
  return status;
}

/* Only an owner touches an owner; nobody below touches somebody above. */
static enum status check_touch(struct command_ctx *c, const struct people_get_row *row) {
  bool other = !str_eq(row->id, c->actor.id) && c->actor.type == ACTOR_PERSON && !c->actor.owner;
  if (other && (row->owner || (c->program && party_role_above(c->program, row->role, c->actor.role))))
    return problem_set(c->problem, E_DENIED, "people.above", "%.*s在你之上，请找负责人改", "%.*s stands above you; ask the owner", STR_ARG(row->name));
  return OK;
}

static enum status check_superior(struct command_ctx *c, struct str superior, struct str self) {
  struct str at = superior;
  for (int hops = 0; at.n; hops++) {
    struct people_get_row *row;
    enum status status = get_person(c, at, &row);
    if (status != OK) return status;
    if (!str_is(row->state, "active"))
      return problem_set(c->problem, E_INVALID, "people.superior_left", "%.*s已离职，不能作上级", "%.*s has left and cannot be a superior", STR_ARG(row->name));
    if (str_eq(at, self) || hops > 50)
      return problem_set(c->problem, E_INVALID, "people.superior_circle", "上级绕成了圈", "Superiors would form a circle");
    at = row->superior;
  }
  return OK;
}

static enum status check_hash(struct command_ctx *c, json_t *args, struct str *hash) {
  enum status status = command_text(c, args, "password_hash", true, PASSWORD_HASH_MOST, hash);
  if (status == OK && !str_starts(*hash, STR("$argon2id$")))
    return problem_set(c->problem, E_INVALID, "password.form", "密码没有加密好，请重试", "The password did not arrive hashed; try again");
  return status;
}

static enum status store_hash(struct command_ctx *c, struct str person, struct str hash) {
  return account_put(c->store, &(struct account_put_in){.person = person, .password_hash = hash, .changed_ms = c->now_ms}, NULL, c->problem);
}

/* ---- first run ------------------------------------------------------------------------------------------------- */

struct str people_head_role(const struct lang_program *program) {
  struct str first = STR("");
  for (size_t i = 0; program && i < program->item_count; i++) {
    if (program->items[i]->kind != LI_ROLE) continue;
    const struct lang_names *names = &program->items[i]->role->names;
    for (size_t k = 0; k < names->count; k++) {
      if (!first.n) first = names->p[k].text;
      if (view_place_of(program, names->p[k].text) == PLACE_HEAD) return names->p[k].text;
    }
  }
  return first.n ? first : STR("负责人");
}

static enum status publish_template(struct command_ctx *c, struct str owner, json_t *args) {
  struct str source = json_arg(args, "source");
  const struct command_def *publish = command_find(STR("rulebook.publish"));
  if (!source.n || !publish) return OK;
  struct actor asked = c->actor;
  c->actor = (struct actor){.type = ACTOR_PERSON, .id = owner, .owner = true};
  json_t *given = json_pack("{s:O,s:b}", "source", json_object_get(args, "source"), "first", 1), *ignored = NULL;
  enum status status = publish->run(c, given, &ignored);
  json_decref(given);
  json_decref(ignored);
  c->actor = asked;
  return status;
}

static enum status run_setup(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_desk_row *desk;
  struct str shop, template, name, job_number, hash, id;
  json_t *owner = json_object_get(args, "owner");
  enum status status = OK;
  TRY(people_desk(c->store, c->arena, &desk, c->problem));
  if (desk)
    TRY(problem_set(c->problem, E_CONFLICT, "setup.done", "已经设置过了，请登录", "The desk is set up already; please sign in"));
  if (!json_is_object(owner)) TRY(problem_set(c->problem, E_INVALID, "setup.owner", "请填负责人的姓名、工号和密码", "Give the owner's name, job number and password"));
  TRY(command_text(c, args, "shop", true, 60, &shop));
  TRY(command_text(c, args, "template", false, 60, &template));
  TRY(command_text(c, owner, "name", true, NAME_MOST, &name));
  TRY(command_text(c, owner, "job_number", true, JOB_NUMBER_MOST, &job_number));
  TRY(check_hash(c, owner, &hash));
  TRY(check_job_number(c, job_number, STR("")));
  TRY(shorthand_id(c, 'p', &id));
  struct event *e = event_new(c->arena, EVENT_desk_opened, c->now_ms, id);
  event_set_text(e, "name", shop);
  event_set_text(e, "template", template);
  event_set_text(e, "zone", STR("Asia/Shanghai"));
  event_set_text(e, "owner", id);
  TRY(command_append(c, e));
  TRY(publish_template(c, id, args));
  e = event_new(c->arena, EVENT_person_joined, c->now_ms, id);
  event_set_text(e, "person", id);
  event_set_text(e, "name", name);
  event_set_text(e, "job_number", job_number);
  event_set_text(e, "role", people_head_role(c->program));
  event_set(e, "owner", value_bool(true));
  TRY(command_append(c, e));
  TRY(store_hash(c, id, hash));
  if (json_arg(args, "token_hash").n) {
    TRY(session_store(c, id, args));
    e = event_new(c->arena, EVENT_session_opened, c->now_ms, id);
    event_set_text(e, "person", id);
    event_set(e, "success", value_bool(true));
    TRY(command_append(c, e));
  }
  *result = json_pack("{s:o,s:o}", "person", json_of(id), "name", json_of(name));
done:
  return status;
}

/* ---- people ------------------------------------------------------------------------------------------------------ */

static enum status run_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct str name, job_number, role, superior, hash = STR(""), id;
  i64 wage = -1;
  enum status status = OK;
  TRY(command_text(c, args, "name", true, NAME_MOST, &name));
  TRY(command_text(c, args, "job_number", true, JOB_NUMBER_MOST, &job_number));
  TRY(command_text(c, args, "role", true, 40, &role));
  TRY(command_text(c, args, "superior", false, 80, &superior));
  if (json_is_integer(json_object_get(args, "base_wage_fen"))) TRY(command_int(c, args, "base_wage_fen", false, 0, wage_most_fen, &wage));
  TRY(check_hash(c, args, &hash));
  TRY(check_role(c, role));
  TRY(check_job_number(c, job_number, STR("")));
  TRY(check_superior(c, superior, STR("")));
  TRY(shorthand_id(c, 'p', &id));
  struct event *e = shorthand_event(c, EVENT_person_joined);
  event_set_text(e, "person", id);
  event_set_text(e, "name", name);
  event_set_text(e, "job_number", job_number);
  event_set_text(e, "role", role);
  if (superior.n) event_set_text(e, "superior", superior);
  if (wage >= 0) event_set_int(e, "base_wage", wage);
  TRY(command_append(c, e));
  TRY(store_hash(c, id, hash));
  *result = json_pack("{s:o,s:o,s:o,s:o}", "id", json_of(id), "name", json_of(name), "job_number", json_of(job_number), "role", json_of(role));
done:
  return status;
}

static enum status append_change(struct command_ctx *c, struct str person, const char *item, struct value old, struct value new) {
  struct event *e = shorthand_event(c, EVENT_person_changed);
  event_set_text(e, "person", person);
  event_set_text(e, "item", str_c(item));
  event_set(e, "old", old);
  event_set(e, "new", new);
  return command_append(c, e);
}

static enum status append_text_change(struct command_ctx *c, struct str person, const char *item, struct str old, struct str new, bool given) {
  if (!given || str_eq(old, new)) return OK;
  return append_change(c, person, item, value_text(old), value_text(new));
}

static bool given(json_t *args, const char *name) { return json_object_get(args, name) != NULL; }

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str id, name, job_number, role, superior;
  bool wage_given = json_is_integer(json_object_get(args, "base_wage_fen"));
  i64 wage = 0;
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 80, &id));
  TRY(get_person(c, id, &row));
  TRY(check_touch(c, row));
  TRY(command_text(c, args, "name", false, NAME_MOST, &name));
  TRY(command_text(c, args, "job_number", false, JOB_NUMBER_MOST, &job_number));
  TRY(command_text(c, args, "role", false, 40, &role));
  TRY(command_text(c, args, "superior", false, 80, &superior));
  if (wage_given) TRY(command_int(c, args, "base_wage_fen", false, 0, wage_most_fen, &wage));
  if (role.n) TRY(check_role(c, role));
  if (job_number.n) TRY(check_job_number(c, job_number, id));
  TRY(check_superior(c, superior, id));
  bool owner_given = json_is_boolean(json_object_get(args, "owner")), owner = command_bool(args, "owner");
  if (owner_given && !c->actor.owner)
    TRY(problem_set(c->problem, E_DENIED, "people.owner_only", "只有负责人能增减负责人", "Only an owner can add or remove owners"));
  if (owner_given && !owner && str_eq(id, c->actor.id))
    TRY(problem_set(c->problem, E_CONFLICT, "people.owner_self", "请让另一位负责人来改", "Let another owner do this"));
  TRY(append_text_change(c, id, "姓名", row->name, name, name.n > 0));
  TRY(append_text_change(c, id, "工号", row->job_number, job_number, job_number.n > 0));
  TRY(append_text_change(c, id, "岗位", row->role, role, role.n > 0));
  TRY(append_text_change(c, id, "上级", row->superior, superior, given(args, "superior")));
  if (wage_given && (!row->has_base_wage_fen || wage != row->base_wage_fen))
    TRY(append_change(c, id, "底薪", row->has_base_wage_fen ? value_int(V_MONEY, row->base_wage_fen) : value_absent(), value_int(V_MONEY, wage)));
  if (owner_given && owner != (row->owner != 0)) TRY(append_change(c, id, "负责人", value_bool(row->owner != 0), value_bool(owner)));
  *result = json_pack("{s:o}", "id", json_of(id));
done:
  return status;
}

static enum status run_leave(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str id, nature;
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 80, &id));
  TRY(command_text(c, args, "reason", false, REASON_MOST, &nature));
  TRY(get_person(c, id, &row));
  TRY(check_touch(c, row));
  if (str_is(row->state, "left")) TRY(problem_set(c->problem, E_CONFLICT, "people.left", "%.*s已经离职", "%.*s has left already", STR_ARG(row->name)));
  if (str_eq(id, c->actor.id)) TRY(problem_set(c->problem, E_CONFLICT, "people.leave_self", "不能把自己办离职", "You cannot let yourself leave"));
  struct event *e = shorthand_event(c, EVENT_person_left);
  event_set_text(e, "person", id);
  if (nature.n) event_set_text(e, "nature", nature);
  TRY(command_append(c, e));
  TRY(session_delete_person(c->store, &(struct session_delete_person_in){.person = id, .except_id = STR("")}, NULL, c->problem));
  TRY(conversation_release(c, id, STR("离职"), true));
  *result = json_pack("{s:o}", "id", json_of(id));
done:
  return status;
}

static enum status revoke(struct command_ctx *c, struct str person, struct str except, const char *reason) {
  enum status status = session_delete_person(c->store, &(struct session_delete_person_in){.person = person, .except_id = except}, NULL, c->problem);
  if (status != OK) return status;
  struct event *e = shorthand_event(c, EVENT_session_revoked);
  event_set_text(e, "person", person);
  event_set(e, "all", value_bool(!except.n));
  event_set_text(e, "reason", str_c(reason));
  return command_append(c, e);
}

static enum status run_reset_password(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_get_row *row;
  struct str id, hash;
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 80, &id));
  TRY(check_hash(c, args, &hash));
  TRY(get_person(c, id, &row));
  TRY(check_touch(c, row));
  TRY(store_hash(c, id, hash));
  TRY(revoke(c, id, STR(""), "重设密码"));
  *result = json_pack("{s:o}", "id", json_of(id));
done:
  return status;
}

static enum status run_change_password(struct command_ctx *c, json_t *args, json_t **result) {
  struct str hash;
  enum status status = OK;
  TRY(check_hash(c, args, &hash));
  TRY(store_hash(c, c->actor.id, hash));
  TRY(revoke(c, c->actor.id, c->actor.session, "改密码"));
  *result = json_pack("{s:b}", "changed", 1);
done:
  return status;
}

static enum status run_prefs(struct command_ctx *c, json_t *args, json_t **result) {
  struct people_prefs_get_row *row;
  enum status status = people_prefs_get(c->store, c->arena, &(struct people_prefs_get_in){.person = c->actor.id}, &row, c->problem);
  if (status != OK) return status;
  json_t *given_prefs = json_object_get(args, "prefs");
  json_t *prefs = show_stored(row ? row->body : STR(""), json_object());
  if (!json_is_object(prefs)) json_decref(prefs), prefs = json_object();
  json_object_update(prefs, json_is_object(given_prefs) ? given_prefs : args);
  struct str text = show_dump(c->arena, prefs);
  if (text.n > PREFS_MOST)
    TRY(problem_set(c->problem, E_TOO_LARGE, "prefs.large", "偏好太多（最多 %d 字节）", "Preferences are too large (at most %d bytes)", PREFS_MOST));
  struct event *e = shorthand_event(c, EVENT_prefs_changed);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "prefs", text);
  TRY(command_append(c, e));
  *result = json_incref(prefs);
done:
  json_decref(prefs);
  return status;
}

const struct command_def commands_people[] = {
    {"setup.run", "*", run_setup, "shop:text! template:text source:text owner:object! token_hash:text csrf:text address:text",
     "First run: open the desk, publish the rulebook, make the owner", "首次设置"},
    {"people.add", "人员.变更", run_add, "name:text! job_number:text! role:text! superior:person base_wage_fen:int password_hash:text!", "A person joins", "新增人员"},
    {"people.change", "人员.变更", run_change, "id:person! name:text job_number:text role:text superior:person base_wage_fen:int owner:bool",
     "Change a person's name, number, role, superior or wage", "修改人员"},
    {"people.leave", "人员.变更", run_leave, "id:person! reason:text", "A person leaves", "离职"},
    {"people.reset_password", "人员.变更", run_reset_password, "id:person! password_hash:text!", "Give a person a new password and sign them out", "重设密码"},
    {"people.change_password", "", run_change_password, "password_hash:text!", "Change one's own password", "修改自己的密码"},
    {"prefs.change", "", run_prefs, "prefs:object", "Keep one's own preferences", "保存偏好"},
    {NULL},
};
