/* Sign-in and everything with a password. The order is always: limits, Argon2id on the slow thread, then the writer with
 * finished hashes (commands/session.h). Nothing here ever logs or keeps a password. */
#include "api/api_internal.h"

#include "views/json.h"

#include <sodium.h>
#include <string.h>

enum { LOGIN_WAIT_TOLD_MS = 1000 };

/* Forget the text of a secret argument before its memory goes back. */
static void wipe(json_t *object, const char *name) {
  json_t *v = json_object_get(object, name);
  if (json_is_string(v)) sodium_memzero((char *)(uintptr_t)json_string_value(v), json_string_length(v));
  json_object_del(object, name);
}

static void slow(struct api_call *c, pool_run work) {
  if (!pool_submit(c->api->slow, work, c)) api_answer_status(c, E_BUSY, NULL);
}

static const char *cookie_secure(const struct api_call *c) { return c->r->secure || c->api->config.secure_cookie ? "; Secure" : ""; }

/* ---- the answer of a fresh session: cookie and {me} --------------------------------------------------------------- */

struct fresh {
  char token[2 * API_TOKEN_BYTES + 1], csrf[2 * API_TOKEN_BYTES + 1], hash[SESSION_HASH_HEX + 1];
};

static struct fresh *fresh_session(struct api_call *c) {
  struct fresh *f = ARENA_NEW(c->r->arena, struct fresh);
  api_random_token(f->token);
  api_random_token(f->csrf);
  session_token_hash(str_c(f->token), f->hash);
  c->more = f;
  return f;
}

static void add_session_args(struct api_call *c, const struct fresh *f) {
  json_object_set_new(c->args, "token_hash", json_string(f->hash));
  json_object_set_new(c->args, "csrf", json_string(f->csrf));
  json_object_set_new(c->args, "address", json_of(c->r->peer));
}

static void answer_me(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  struct fresh *f = c->more;
  struct session session = {0};
  json_t *me = NULL;
  enum status status = session_find(r->store, r->arena, str_c(f->hash), api_now(c->api), &session);
  if (status == OK) status = api_read_now(c->api, "people.me", NULL, &session.actor, r->store, r->arena, &me, &c->problem);
  if (status != OK) {
    api_answer_status(c, status, &c->problem);
    return;
  }
  api_header(c, "Set-Cookie: gj=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", f->token, API_COOKIE_AGE_S, cookie_secure(c));
  sodium_memzero(f->token, sizeof f->token);
  api_answer(c, 200, json_pack("{s:o}", "me", me));
}

static void on_session(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  json_decref(owned_result);
  if (status == OK) {
    struct problem busy = {0};
    status = writer_read(c->api->config.writer, answer_me, c, &busy);
    if (status != OK) api_answer_status(c, status, &busy);
  } else {
    api_answer_status(c, status, p);
  }
}

/* ---- sign in ------------------------------------------------------------------------------------------------------ */

static void check_login(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct str job_number = json_arg(c->args, "job_number"), person;
  const char *text = json_string_value(json_object_get(c->args, "password"));
  struct str password = str_c(text);
  enum status status = s == NULL ? E_IO : session_check_password(s, a, job_number, password, &person, &c->problem);
  wipe(c->args, "password");
  i64 now = api_now(c->api);
  if (status != OK) {
    if (status == E_UNAUTHENTIC) limit_fail(c->api->login_failures, job_number, now);
    api_answer_status(c, status, &c->problem);
    return;
  }
  limit_clear(c->api->login_failures, job_number);
  json_t *args = json_pack("{s:o}", "person", json_of(person));
  json_decref(c->args);
  c->args = args;
  add_session_args(c, fresh_session(c));
  args = c->args;
  c->args = NULL;
  struct actor nobody = {.address = c->r->peer};
  api_submit(c->api, "session.open", args, &nobody, STR(""), on_session, c);
}

void api_login(struct api_call *c) {
  i64 now = api_now(c->api), wait = 0;
  struct str job_number = json_arg(c->args, "job_number");
  if (!json_is_string(json_object_get(c->args, "password")) || job_number.n == 0 || job_number.n > 100) {
    (void)!problem_set(&c->problem, E_INVALID, "login.missing", "请填写工号和密码", "Enter the job number and the password");
    api_answer_problem(c, &c->problem);
    return;
  }
  if (!c->api->config.unlimited) {
    wait = limit_take(c->api->login_address, c->r->peer, now);
    i64 account = limit_delay(c->api->login_failures, job_number, now);
    if (account > wait) wait = account;
  }
  if (wait > 0) {
    long long seconds = (wait + LOGIN_WAIT_TOLD_MS - 1) / LOGIN_WAIT_TOLD_MS;
    (void)!problem_set(&c->problem, E_BUSY, "login.wait", "尝试太多，请 %lld 秒后再试", "Too many attempts; try again in %lld s", seconds);
    api_header(c, "Retry-After: %lld", seconds);
    api_answer_problem(c, &c->problem);
    return;
  }
  slow(c, check_login);
}

static void on_logout(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  json_decref(owned_result);
  if (status != OK) {
    api_answer_status(c, status, p);
    return;
  }
  session_cache_clear(c->api->sessions);
  api_header(c, "Set-Cookie: gj=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", cookie_secure(c));
  api_answer(c, 200, NULL);
}

void api_logout(struct api_call *c) { api_submit(c->api, "session.close", NULL, &c->session.actor, STR(""), on_logout, c); }
void api_logout_everywhere(struct api_call *c) { api_submit(c->api, "session.close_all", NULL, &c->session.actor, STR(""), on_logout, c); }

/* ---- set-up and passwords ----------------------------------------------------------------------------------------- */

/* Replace `password` (or `from`) of an object by `password_hash`. */
static enum status hash_in(struct api_call *c, struct arena *a, json_t *object, const char *from) {
  json_t *v = json_object_get(object, from);
  struct str hash;
  if (!json_is_string(v)) return problem_set(&c->problem, E_INVALID, "password.missing", "请填写密码", "Enter a password");
  struct str password = {json_string_value(v), json_string_length(v)};
  enum status status = session_password_allowed(password, json_arg(object, "job_number"), &c->problem);
  if (status == OK) status = session_hash_password(a, password, &hash, &c->problem);
  wipe(object, from);
  if (status == OK) json_object_set_new(object, "password_hash", json_of(hash));
  return status;
}

static void set_up(void *ctx, struct store *s, struct arena *a) {
  (void)s;
  struct api_call *c = ctx;
  enum status status = hash_in(c, a, json_object_get(c->args, "owner"), "password");
  if (status != OK) {
    api_answer_status(c, status, &c->problem);
    return;
  }
  add_session_args(c, fresh_session(c));
  json_t *args = c->args;
  c->args = NULL;
  struct actor nobody = {.address = c->r->peer};
  api_submit(c->api, "setup.run", args, &nobody, STR(""), on_session, c);
}

static void set_up_if_needed(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  json_t *state = NULL;
  enum status status = api_read_now(c->api, "setup.status", NULL, &c->session.actor, r->store, r->arena, &state, &c->problem);
  bool needed = json_is_true(json_object_get(state, "needed"));
  json_decref(state);
  if (status == OK && !needed) status = problem_set(&c->problem, E_CONFLICT, "setup.done", "已经设置过了，请登录", "The desk is set up already; please sign in");
  if (status != OK)
    api_answer_status(c, status, &c->problem);
  else
    slow(c, set_up);
}

/* {needed, templates}: the templates only while somebody has to choose one. */
static void on_setup_status(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  struct api_call *c = ctx;
  if (status != OK) {
    json_decref(owned_result);
    api_answer_status(c, status, p);
    return;
  }
  json_t *result = json_deep_copy(owned_result), *templates = json_array();
  json_decref(owned_result);
  for (size_t i = 0; json_is_true(json_object_get(result, "needed")) && i < c->api->config.template_count; i++) {
    const struct api_template *t = &c->api->config.templates[i];
    json_array_append_new(templates, json_pack("{s:o,s:o,s:o}", "id", json_of(t->id), "title", json_of(t->title), "summary", json_of(t->summary)));
  }
  json_object_set_new(result, "templates", templates);
  api_answer(c, 200, result);
}

void api_setup_status(struct api_call *c) { api_submit(c->api, "setup.status", NULL, &c->session.actor, STR(""), on_setup_status, c); }

/* The source of the chosen template; one's own rulebook comes as `source`. */
static bool add_source(struct api_call *c) {
  struct str id = json_arg(c->args, "template");
  if (id.n == 0 || json_object_get(c->args, "source")) return true;
  for (size_t i = 0; i < c->api->config.template_count; i++) {
    if (!str_eq(c->api->config.templates[i].id, id)) continue;
    json_object_set_new(c->args, "source", json_of(c->api->config.templates[i].source));
    return true;
  }
  return false;
}

void api_setup(struct api_call *c) {
  if (!add_source(c)) {
    (void)!problem_set(&c->problem, E_INVALID, "setup.template", "没有这个制度模板", "There is no such rulebook template");
    api_answer_problem(c, &c->problem);
    return;
  }

  if (!json_is_object(json_object_get(c->args, "owner"))) {
    (void)!problem_set(&c->problem, E_INVALID, "setup.owner", "请填写负责人", "Enter the owner");
    api_answer_problem(c, &c->problem);
    return;
  }
  struct problem p = {0};
  enum status status = writer_read(c->api->config.writer, set_up_if_needed, c, &p);
  if (status != OK) api_answer_status(c, status, &p);
}

static void hash_and_run(void *ctx, struct store *s, struct arena *a) {
  (void)s;
  struct api_call *c = ctx;
  enum status status = hash_in(c, a, c->args, "password");
  if (status != OK)
    api_answer_status(c, status, &c->problem);
  else
    api_run_command(c);
}

void api_with_password(struct api_call *c) {
  /* Ask for the permission before spending 64 MB on a hash. */
  struct writer_state state = writer_state(c->api->config.writer);
  if (!view_may(state.program, &c->session.actor, STR("人员.变更"))) {
    api_answer_status(c, E_DENIED, NULL);
    return;
  }
  slow(c, hash_and_run);
}

static void check_and_change(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct str person, old = str_c(json_string_value(json_object_get(c->args, "old")));
  json_t *me = NULL;
  enum status status = s == NULL ? E_IO : api_read_now(c->api, "people.me", NULL, &c->session.actor, s, a, &me, &c->problem);
  if (status == OK) status = session_check_password(s, a, json_arg(json_object_get(me, "person"), "job_number"), old, &person, &c->problem);
  wipe(c->args, "old");
  if (status == E_UNAUTHENTIC) {
    limit_fail(c->api->login_failures, c->session.actor.id, api_now(c->api));
    status = problem_set(&c->problem, E_DENIED, "password.wrong", "原密码不对", "The old password is wrong");
  }
  if (status == OK) status = hash_in(c, a, c->args, "new");
  json_decref(me);
  if (status != OK)
    api_answer_status(c, status, &c->problem);
  else
    api_run_command(c);
}

void api_change_password(struct api_call *c) {
  if (!c->api->config.unlimited && limit_delay(c->api->login_failures, c->session.actor.id, api_now(c->api)) > 0) {
    api_answer_status(c, E_BUSY, NULL);
    return;
  }
  if (c->session.actor.type != ACTOR_PERSON) {
    api_answer_status(c, E_DENIED, NULL);
    return;
  }
  slow(c, check_and_change);
}
