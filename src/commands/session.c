/* Sign-in: passwords, sessions, keys, and the tokens of widget visitors.
 *
 * Tokens are random and long, so one fast hash protects them; passwords are neither, so Argon2id does. No secret is ever an
 * event: the log tells that somebody came and went, the tables beside it hold the hashes. */
#include "commands/session.h"

#include "commands/command.h"
#include "commands/people.h"
#include "commands/shorthand.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/key.sql.h"
#include "views/people.sql.h"

#include <sodium.h>
#include <string.h>

enum { SESSION_IDLE_MS = 12 * MS_HOUR, SESSION_TOUCH_MS = 5 * MS_MINUTE };
static const i64 session_longest_ms = 7LL * MS_DAY;

void session_token_hash(struct str token, char out[SESSION_HASH_HEX + 1]) {
  unsigned char hash[SESSION_HASH_HEX / 2];
  BUG_IF(crypto_generichash(hash, sizeof hash, (const unsigned char *)(token.p ? token.p : ""), token.n, NULL, 0) != 0);
  sodium_bin2hex(out, SESSION_HASH_HEX + 1, hash, sizeof hash);
}

enum status session_find(struct store *s, struct arena *a, struct str token_hash, i64 now_ms, struct session *out) {
  struct session_get_row *row;
  enum status status = session_get(s, a, &(struct session_get_in){.id = token_hash}, &row, NULL);
  if (status != OK) return status;
  if (!row || !str_is(row->state, "active")) return E_UNAUTHENTIC;
  i64 idle = row->seen_ms + SESSION_IDLE_MS, until = idle < row->expires_ms ? idle : row->expires_ms;
  if (now_ms >= until) return E_UNAUTHENTIC;
  *out = (struct session){.csrf = row->csrf, .expires_ms = until,
                          .actor = {.type = ACTOR_PERSON, .id = row->person, .name = row->name, .role = row->role, .owner = row->owner != 0,
                                    .session = arena_dup(a, token_hash)}};
  return OK;
}

enum status session_find_key(struct store *s, struct arena *a, struct str token_hash, i64 now_ms, struct session *out) {
  struct key_find_row *row;
  enum status status = key_find(s, a, &(struct key_find_in){.token_hash = token_hash}, &row, NULL);
  if (status != OK) return status;
  i64 until = row && row->has_expires_ms ? row->expires_ms : INT64_MAX;
  if (!row || row->has_revoked_ms || now_ms >= until) return E_UNAUTHENTIC;
  if (row->acts_as.n && !str_is(row->person_state, "active")) return E_UNAUTHENTIC;
  *out = (struct session){.expires_ms = until, .actor = {.type = ACTOR_KEY, .id = row->id, .name = row->name, .scopes = row->scopes, .session = arena_dup(a, row->id)}};
  if (row->acts_as.n) out->actor.id = row->acts_as, out->actor.name = row->person_name, out->actor.role = row->person_role;
  return OK;
}

enum status session_find_visitor(struct store *s, struct arena *a, struct str token_hash, struct session *out) {
  struct visitor_get_row *row;
  struct customer_get_row *u;
  enum status status = visitor_get(s, a, &(struct visitor_get_in){.id = token_hash}, &row, NULL);
  if (status != OK) return status;
  if (!row) return E_UNAUTHENTIC;
  status = customer_get(s, a, &(struct customer_get_in){.id = row->customer}, &u, NULL);
  if (status != OK) return status;
  *out = (struct session){.expires_ms = INT64_MAX, .actor = {.type = ACTOR_CUSTOMER, .id = row->customer, .name = u ? u->name : STR("")}};
  return OK;
}

enum status session_password_allowed(struct str password, struct str job_number, struct problem *p) {
  if (str_code_points(password) < PASSWORD_LEAST_CHARS)
    return problem_set(p, E_INVALID, "password.short", "密码至少 %d 个字符", "The password needs at least %d characters", PASSWORD_LEAST_CHARS);
  if (password.n > PASSWORD_MOST_BYTES)
    return problem_set(p, E_INVALID, "password.long", "密码最长 %d 个字节", "The password may have at most %d bytes", PASSWORD_MOST_BYTES);
  if (job_number.n && str_find(password, job_number, 0) == 0 && password.n <= job_number.n + 2)
    return problem_set(p, E_INVALID, "password.job_number", "密码不能就是工号", "The password must not be the job number");
  bool same = true;
  for (size_t i = 1; i < password.n && same; i++) same = password.p[i] == password.p[0];
  if (same) return problem_set(p, E_INVALID, "password.repeated", "密码不能是同一个字符", "The password must not be one repeated character");
  return OK;
}

enum status session_hash_password(struct arena *a, struct str password, struct str *hash, struct problem *p) {
  enum status status = session_password_allowed(password, STR(""), p);
  if (status != OK) return status;
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    return problem_set(p, E_IO, "password.memory", "内存不足，密码没有保存", "There is not enough memory; the password was not saved");
  *hash = arena_dup(a, str_c(out));
  return OK;
}

/* Verified when there is nobody, so that a wrong job number takes as long as a wrong password. */
static const char nobody_hash[] = "$argon2id$v=19$m=65536,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$dJ7ZFp8/Yck2mVpQfYvIc4BnW5c1pQy7h3bHnC0pYkE";

enum status session_check_password(struct store *s, struct arena *a, struct str job_number, struct str password, struct str *person,
                                   struct problem *p) {
  struct people_by_job_number_row *row;
  struct account_get_row *account = NULL;
  enum status status = people_by_job_number(s, a, &(struct people_by_job_number_in){.job_number = str_trim(job_number)}, &row, p);
  if (status == OK && row) status = account_get(s, a, &(struct account_get_in){.person = row->id}, &account, p);
  if (status != OK) return status;
  const char *hash = account ? arena_cstr(a, account->password_hash) : nobody_hash;
  bool right = password.n <= PASSWORD_MOST_BYTES && crypto_pwhash_str_verify(hash, password.p ? password.p : "", password.n) == 0;
  if (!right || !account || !str_is(row->state, "active"))
    return problem_set(p, E_UNAUTHENTIC, "login.wrong", "工号或密码不对", "The job number or the password is wrong");
  *person = row->id;
  return OK;
}

/* ---- commands -------------------------------------------------------------------------------------------------- */

static enum status hex_arg(struct command_ctx *c, json_t *args, const char *name, struct str *out) {
  enum status status = command_text(c, args, name, true, 200, out);
  if (status == OK && out->n < 16)
    return problem_set(c->problem, E_INVALID, "session.token", "“%s”太短", "“%s” is too short", name);
  return status;
}

enum status session_store(struct command_ctx *c, struct str person, json_t *args) {
  struct session_insert_in in = {.person = person, .opened_ms = c->now_ms, .expires_ms = c->now_ms + session_longest_ms};
  enum status status = OK;
  TRY(hex_arg(c, args, "token_hash", &in.id));
  TRY(hex_arg(c, args, "csrf", &in.csrf));
  TRY(command_text(c, args, "address", false, 100, &in.address));
  TRY(session_delete_expired(c->store, &(struct session_delete_expired_in){.now_ms = c->now_ms}, NULL, c->problem));
  TRY(session_insert(c->store, &in, NULL, c->problem));
done:
  return status;
}

static enum status run_open(struct command_ctx *c, json_t *args, json_t **result) {
  struct str person, address;
  struct people_get_row *row;
  enum status status = OK;
  if (c->actor.type == ACTOR_CUSTOMER || c->actor.type == ACTOR_KEY)
    TRY(problem_set(c->problem, E_DENIED, "session.not_here", "请用登录页登录", "Please sign in on the sign-in page"));
  TRY(command_text(c, args, "person", true, 80, &person));
  TRY(people_get(c->store, c->arena, &(struct people_get_in){.id = person}, &row, c->problem));
  if (!row || !str_is(row->state, "active"))
    TRY(problem_set(c->problem, E_UNAUTHENTIC, "login.wrong", "工号或密码不对", "The job number or the password is wrong"));
  TRY(session_store(c, person, args));
  TRY(command_text(c, args, "address", false, 100, &address));
  struct event *e = event_new(c->arena, EVENT_session_opened, c->now_ms, person);
  event_set_text(e, "person", person);
  event_set_text(e, "system", STR("规矩"));
  event_set(e, "success", value_bool(true));
  if (address.n) event_set_text(e, "address", address);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o}", "person", json_of(person), "name", json_of(row->name));
done:
  return status;
}

static enum status append_closed(struct command_ctx *c) {
  struct event *e = shorthand_event(c, EVENT_session_closed);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "system", STR("规矩"));
  return command_append(c, e);
}

static enum status run_close(struct command_ctx *c, json_t *args, json_t **result) {
  (void)args;
  enum status status = OK;
  TRY(session_delete(c->store, &(struct session_delete_in){.id = c->actor.session}, NULL, c->problem));
  TRY(append_closed(c));
  *result = json_pack("{s:b}", "signed_out", 1);
done:
  return status;
}

static enum status run_close_all(struct command_ctx *c, json_t *args, json_t **result) {
  (void)args;
  enum status status = OK;
  i64 closed = 0;
  TRY(session_delete_person(c->store, &(struct session_delete_person_in){.person = c->actor.id, .except_id = STR("")}, &closed, c->problem));
  struct event *e = shorthand_event(c, EVENT_session_revoked);
  event_set_text(e, "person", c->actor.id);
  event_set(e, "all", value_bool(true));
  TRY(command_append(c, e));
  *result = json_pack("{s:I}", "closed", (json_int_t)closed);
done:
  return status;
}

static enum status run_touch(struct command_ctx *c, json_t *args, json_t **result) {
  (void)args;
  struct session_get_row *row;
  enum status status = session_get(c->store, c->arena, &(struct session_get_in){.id = c->actor.session}, &row, c->problem);
  if (status == OK && row && c->now_ms - row->seen_ms >= SESSION_TOUCH_MS)
    status = session_touch(c->store, &(struct session_touch_in){.id = c->actor.session, .seen_ms = c->now_ms, .expires_ms = row->expires_ms}, NULL, c->problem);
  *result = json_object();
  return status;
}

/* Seldom: to see which keys are still in use. */
static enum status run_key_touch(struct command_ctx *c, json_t *args, json_t **result) {
  *result = json_object();
  if (c->actor.type != ACTOR_KEY) return problem_set(c->problem, E_DENIED, "key.touch", "这一步由程序自己做", "The program does this itself");
  return key_detail_touch(c->store, &(struct key_detail_touch_in){.id = json_arg(args, "id"), .used_ms = c->now_ms}, NULL, c->problem);
}

static enum status run_key_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct key_insert_in in = {.person = c->actor.id, .created_ms = c->now_ms};
  struct key_detail_put_in more = {.acts_as = STR(""), .head = json_arg(args, "head")};
  enum status status = OK;
  if (c->actor.type == ACTOR_KEY) TRY(problem_set(c->problem, E_DENIED, "key.by_key", "密钥不能建密钥，请登录后再建", "A key cannot make keys; sign in to make one"));
  if (command_bool(args, "acts_as_me")) more.acts_as = c->actor.id;
  TRY(command_int(c, args, "expires_ms", false, 0, INT64_MAX, &more.expires_ms));
  more.has_expires_ms = more.expires_ms > 0;
  if (more.has_expires_ms && more.expires_ms <= c->now_ms)
    TRY(problem_set(c->problem, E_INVALID, "key.expired", "失效的时间要在将来", "The key must expire in the future"));
  TRY(command_text(c, args, "name", true, 60, &in.name));
  TRY(hex_arg(c, args, "token_hash", &in.token_hash));
  json_t *scopes = json_object_get(args, "scopes");
  if (json_is_array(scopes)) {
    size_t i;
    json_t *v;
    in.scopes = STR("");
    json_array_foreach(scopes, i, v)
      if (json_is_string(v)) in.scopes = arena_printf(c->arena, "%.*s%s%s", STR_ARG(in.scopes), in.scopes.n ? " " : "", json_string_value(v));
  } else {
    TRY(command_text(c, args, "scopes", true, 500, &in.scopes));
  }
  if (!in.scopes.n || in.scopes.n > 1000)
    TRY(problem_set(c->problem, E_INVALID, "key.scopes", "请说明这把密钥能做什么（例：订单.导入）", "Say what the key may do (for example 订单.导入)"));
  /* Nobody gives away more than they have. */
  for (struct str rest, left = in.scopes; left.n; left = rest) {
    struct str scope = str_cut(left, ' ', &rest);
    if (scope.n && !view_may(c->program, &c->actor, scope))
      TRY(problem_set(c->problem, E_DENIED, "key.scope", "你自己没有“%.*s”的权限，不能给密钥", "You do not hold “%.*s” yourself and cannot give it to a key", STR_ARG(scope)));
  }
  TRY(shorthand_id(c, 'y', &in.id));
  TRY(key_insert(c->store, &in, NULL, c->problem));
  more.id = in.id;
  TRY(key_detail_put(c->store, &more, NULL, c->problem));
  struct event *e = shorthand_event(c, EVENT_key_changed);
  event_set_text(e, "key", in.id);
  event_set_text(e, "change", STR("加入"));
  event_set_text(e, "name", in.name);
  event_set_text(e, "scopes", in.scopes);
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o,s:o}", "id", json_of(in.id), "name", json_of(in.name), "scopes", json_of(in.scopes));
done:
  return status;
}

static enum status run_key_remove(struct command_ctx *c, json_t *args, json_t **result) {
  struct str id;
  i64 changed = 0;
  enum status status = OK;
  TRY(command_text(c, args, "id", true, 80, &id));
  TRY(key_revoke(c->store, &(struct key_revoke_in){.id = id, .revoked_ms = c->now_ms}, &changed, c->problem));
  if (!changed) TRY(problem_set(c->problem, E_NOT_FOUND, "key.unknown", "没有这把密钥，或已停用", "There is no such key, or it is revoked already"));
  struct event *e = shorthand_event(c, EVENT_key_changed);
  event_set_text(e, "key", id);
  event_set_text(e, "change", STR("删除"));
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o}", "id", json_of(id));
done:
  return status;
}

const struct command_def commands_session[] = {
    {"session.open", "*", run_open, "person:person! token_hash:text! csrf:text! address:text", "Store a checked sign-in", "登录"},
    {"session.close", "", run_close, "", "Sign out", "退出"},
    {"session.close_all", "", run_close_all, "", "Sign out everywhere", "退出所有设备"},
    {"session.touch", "", run_touch, "", "Say that the session is in use", "保持登录"},
    {"key.add", "密钥", run_key_add, "name:text! scopes:list! acts_as_me:bool expires_ms:int token_hash:text! head:text", "Make an API key", "新建接口密钥"},
    {"key.touch", "", run_key_touch, "id:text!", "Say that a key is in use", "记下密钥用过"},
    {"key.remove", "密钥", run_key_remove, "id:text!", "Revoke an API key", "停用接口密钥"},
    {NULL},
};
