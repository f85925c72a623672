/* First run, people, passwords, sessions, keys, permissions, presence: what works, and what is refused. */
#include "unit/commands/reception_fixture.h"

#include "commands/session.h"
#include "views/permission.h"

static json_t *person(const char *name, const char *number, const char *role) {
  return json_pack("{s:s,s:s,s:s,s:s}", "name", name, "job_number", number, "role", role, "password_hash", "$argon2id$test");
}

static json_t *owner_args(const char *hash) {
  return json_pack("{s:s,s:{s:s,s:s,s:s}}", "shop", "晴川小店", "owner", "name", "陈经理", "job_number", "000", "password_hash", hash);
}

static void test_first_run_once(void **state) {
  struct shop *f = *state;
  const struct actor nobody = {0};
  json_t *r = shop_do(f, &nobody, "setup.status", NULL);
  assert_true(int_of(r, "needed"));
  json_decref(r);
  shop_refused(f, &nobody, "setup.run", json_pack("{s:s}", "shop", "店"), E_INVALID, "setup.owner");
  shop_refused(f, &nobody, "setup.run", owner_args("plain text"), E_INVALID, "password.form");
  shop_refused(f, &nobody, "people.list", NULL, E_UNAUTHENTIC, "may.read");
  json_decref(shop_do(f, &nobody, "setup.run", owner_args("$argon2id$x")));
  r = shop_do(f, &nobody, "setup.status", NULL);
  assert_false(int_of(r, "needed"));
  json_decref(r);
  shop_refused(f, &nobody, "setup.run", owner_args("$argon2id$x"), E_CONFLICT, "setup.done");
}

static void test_people_join_with_roles_of_the_book(void **state) {
  struct shop *f = *state;
  shop_refused(f, &f->owner, "people.add", person("小张", "003", "飞行员"), E_INVALID, "people.role");
  shop_refused(f, &f->owner, "people.add", person("小张", "001", "客服"), E_CONFLICT, "people.job_number_taken");
  shop_refused(f, &f->owner, "people.add", person("小张", "0 3", "客服"), E_INVALID, "people.job_number");
  shop_refused(f, &f->owner, "people.add", person("", "003", "客服"), E_INVALID, "args.missing");
  shop_refused(f, &f->wang, "people.add", person("小张", "003", "客服"), E_DENIED, "may.denied");
  shop_refused(f, &f->leader, "people.add", person("小张", "003", "客服"), E_DENIED, "may.denied");
  json_decref(shop_do(f, &f->owner, "people.add", person("小张", "003", "客服")));
  json_t *list = shop_do(f, &f->wang, "people.list", NULL);
  assert_int_equal(json_array_size(json_object_get(list, "items")), 6);
  assert_null(json_object_get(json_array_get(json_object_get(list, "items"), 0), "base_wage_fen"));
  assert_string_equal(text_of(list, "items.0.name"), "陈经理");
  assert_string_equal(text_of(list, "roles.0.name"), "客服");
  assert_string_equal(text_of(list, "roles.0.place"), "agent");
  json_decref(list);
}

static void test_changes_are_facts(void **state) {
  struct shop *f = *state;
  const char *wang = arena_cstr(f->arena, f->wang.id), *leader = arena_cstr(f->arena, f->leader.id);
  json_decref(shop_do(f, &f->owner, "people.change", json_pack("{s:s,s:s,s:I,s:s}", "id", wang, "name", "王小明", "base_wage_fen", (json_int_t)300000, "superior", leader)));
  assert_int_equal(f->events[EVENT_person_changed], 3);
  json_t *list = shop_do(f, &f->owner, "people.list", json_pack("{s:s}", "after", "000"));
  assert_string_equal(text_of(list, "items.0.name"), "王小明");
  assert_int_equal(int_of(list, "items.0.base_wage_fen"), 300000);
  json_decref(list);
  /* the same again is no event */
  json_decref(shop_do(f, &f->owner, "people.change", json_pack("{s:s,s:s}", "id", wang, "name", "王小明")));
  assert_int_equal(f->events[EVENT_person_changed], 3);
  shop_refused(f, &f->owner, "people.change", json_pack("{s:s,s:s}", "id", leader, "superior", wang), E_INVALID, "people.superior_circle");
  shop_refused(f, &f->owner, "people.change", json_pack("{s:s,s:i}", "id", wang, "base_wage_fen", -1), E_INVALID, "args.range");
  shop_refused(f, &f->owner, "people.change", json_pack("{s:s}", "id", "p999"), E_NOT_FOUND, "people.unknown");
}

static void test_leaving(void **state) {
  struct shop *f = *state;
  const char *li = arena_cstr(f->arena, f->li.id), *owner = arena_cstr(f->arena, f->owner.id);
  shop_refused(f, &f->owner, "people.leave", json_pack("{s:s}", "id", owner), E_CONFLICT, "people.leave_self");
  json_decref(shop_do(f, &f->owner, "people.leave", json_pack("{s:s}", "id", li)));
  shop_refused(f, &f->owner, "people.leave", json_pack("{s:s}", "id", li), E_CONFLICT, "people.left");
  shop_rebuilds_equal(f);
}

static void test_permissions_by_place(void **state) {
  struct shop *f = *state;
  const struct lang_program *program = writer_program(f->writer);
  assert_non_null(program);
  assert_int_equal(view_place_of(program, STR("客服")), PLACE_AGENT);
  assert_int_equal(view_place_of(program, STR("制单员")), PLACE_OFFICE);
  assert_int_equal(view_place_of(program, STR("组长")), PLACE_LEADER);
  assert_int_equal(view_place_of(program, STR("部门经理")), PLACE_HEAD);
  assert_true(view_may(program, &f->wang, STR("会话.人工回复")));
  assert_false(view_may(program, &f->wang, STR("订单.取单")));
  assert_false(view_may(program, &f->wang, STR("账.表态")));
  assert_true(view_may(program, &f->clerk, STR("订单.取单")));
  assert_false(view_may(program, &f->clerk, STR("会话.人工回复")));
  assert_true(view_may(program, &f->leader, STR("账.表态")));
  assert_false(view_may(program, &f->leader, STR("人员.变更")));
  assert_true(view_may(program, &f->leader, STR("人员.查看")));
  assert_false(view_may(program, &f->leader, STR("制度.公布")));
  struct actor key = {.type = ACTOR_KEY, .scopes = STR("订单.导入 客户")};
  assert_true(view_may(program, &key, STR("订单.导入")));
  assert_true(view_may(program, &key, STR("客户.查看")));
  assert_false(view_may(program, &key, STR("订单.备注")));
  /* What a page is told: never the whole when a part is missing. */
  json_t *can = view_can(program, &f->wang);
  size_t i;
  json_t *path;
  json_array_foreach(can, i, path) {
    assert_string_not_equal(json_string_value(path), "订单");
    assert_string_not_equal(json_string_value(path), "订单.取单");
  }
  json_decref(can);
  struct actor customer = {.type = ACTOR_CUSTOMER};
  assert_false(view_may(program, &customer, STR("")));
}

static void test_passwords(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct str hash;
  struct problem p;
  assert_int_equal(session_hash_password(a, STR("short"), &hash, &p), E_INVALID);
  assert_string_equal(p.key, "password.short");
  assert_int_equal(session_password_allowed(STR("aaaaaaaaaa"), STR("001"), &p), E_INVALID);
  assert_int_equal(session_password_allowed(STR("10000001"), STR("10000001"), &p), E_INVALID);
  assert_string_equal(p.key, "password.job_number");
  assert_int_equal(session_password_allowed(STR("夏天的风吹过稻田"), STR("001"), &p), OK);
  arena_free(a);
}

struct login {
  const char *number, *password;
  enum status status;
  char person[20];
};

static void check(void *ctx, struct read_ctx *r) {
  struct login *l = ctx;
  struct str person = STR("");
  l->status = session_check_password(r->store, r->arena, str_c(l->number), str_c(l->password), &person, r->problem);
  snprintf(l->person, sizeof l->person, "%.*s", STR_ARG(person));
}

static enum status login(struct shop *f, const char *number, const char *password) {
  struct login l = {number, password, OK, ""};
  assert_int_equal(writer_read(f->writer, check, &l, &f->problem), OK);
  writer_close(f->writer); /* answers everything */
  struct shop *again = f;
  again->writer = NULL;
  shop_reopen(again);
  return l.status;
}

static void test_sign_in(void **state) {
  struct shop *f = *state;
  struct str hash;
  const struct actor nobody = {0};
  assert_int_equal(session_hash_password(f->arena, STR("稻田里的蛙声一片"), &hash, &f->problem), OK);
  json_decref(shop_do(f, &f->owner, "people.reset_password",
                      json_pack("{s:s,s:s}", "id", arena_cstr(f->arena, f->wang.id), "password_hash", arena_cstr(f->arena, hash))));
  assert_int_equal(login(f, "001", "稻田里的蛙声一片"), OK);
  assert_int_equal(login(f, "001", "稻田里的蛙声"), E_UNAUTHENTIC);
  assert_int_equal(login(f, "999", "稻田里的蛙声一片"), E_UNAUTHENTIC);
  char token[SESSION_HASH_HEX + 1];
  session_token_hash(STR("random"), token);
  json_decref(shop_do(f, &nobody, "session.open",
                      json_pack("{s:s,s:s,s:s}", "person", arena_cstr(f->arena, f->wang.id), "token_hash", token, "csrf", "0123456789abcdef0123")));
  assert_int_equal(f->events[EVENT_session_opened], 1);
  struct store *s;
  struct session session;
  assert_int_equal(store_open(str_c(f->file), STORE_READ, &s, &f->problem), OK);
  assert_int_equal(session_find(s, f->arena, str_c(token), f->now_ms, &session), OK);
  assert_true(str_eq(session.actor.id, f->wang.id));
  assert_true(str_is(session.actor.role, "客服"));
  assert_int_equal(session_find(s, f->arena, str_c(token), session.expires_ms, &session), E_UNAUTHENTIC);
  struct actor me = session.actor;
  json_t *mine = shop_do(f, &me, "people.me", NULL);
  assert_string_equal(text_of(mine, "csrf"), "0123456789abcdef0123");
  assert_string_equal(text_of(mine, "home"), "/desk");
  assert_string_equal(text_of(mine, "desk.name"), "晴川小店");
  json_decref(mine);
  json_decref(shop_do(f, &me, "session.close_all", NULL));
  assert_int_equal(session_find(s, f->arena, str_c(token), f->now_ms, &session), E_UNAUTHENTIC);
  store_close(s);
}

static void test_keys(void **state) {
  struct shop *f = *state;
  char hash[SESSION_HASH_HEX + 1];
  struct session session;
  struct store *s;
  session_token_hash(STR("gk_1"), hash);
  shop_refused(f, &f->wang, "key.add", json_pack("{s:s,s:[s],s:s}", "name", "erp", "scopes", "订单", "token_hash", hash), E_DENIED, "may.denied");
  json_t *r = shop_do(f, &f->owner, "key.add", json_pack("{s:s,s:[s],s:s}", "name", "erp", "scopes", "订单.导入", "token_hash", hash));
  assert_int_equal(store_open(str_c(f->file), STORE_READ, &s, &f->problem), OK);
  assert_int_equal(session_find_key(s, f->arena, str_c(hash), f->now_ms, &session), OK);
  assert_true(str_is(session.actor.scopes, "订单.导入"));
  json_decref(shop_do(f, &f->owner, "key.remove", json_pack("{s:s}", "id", text_of(r, "id"))));
  assert_int_equal(session_find_key(s, f->arena, str_c(hash), f->now_ms, &session), E_UNAUTHENTIC);
  json_decref(r);
  store_close(s);
}

static void test_presence(void **state) {
  struct shop *f = *state;
  shop_refused(f, &f->wang, "presence.change", json_pack("{s:s}", "state", "sleeping"), E_INVALID, "presence.state");
  json_decref(shop_do(f, &f->wang, "presence.change", json_pack("{s:s,s:s,s:s}", "state", "away", "reason", "吃饭", "auto_reply", "吃饭去了，一会儿回来")));
  shop_present(f, &f->wang, "online");
  shop_present(f, &f->wang, "online");
  assert_int_equal(f->events[EVENT_presence_changed], 2);
  json_t *r = shop_do(f, &f->li, "presence.list", NULL);
  size_t i;
  json_t *p;
  int online = 0;
  json_array_foreach(json_object_get(r, "items"), i, p) online += strcmp(text_of(p, "presence"), "online") == 0;
  assert_int_equal(online, 1);
  json_decref(r);
}

static void test_prefs_are_merged(void **state) {
  struct shop *f = *state;
  json_decref(shop_do(f, &f->wang, "prefs.change", json_pack("{s:{s:s}}", "prefs", "lang", "en")));
  json_decref(shop_do(f, &f->wang, "prefs.change", json_pack("{s:{s:b}}", "prefs", "sound", 1)));
  json_t *me = shop_do(f, &f->wang, "people.me", NULL);
  assert_string_equal(text_of(me, "prefs.lang"), "en");
  assert_true(int_of(me, "prefs.sound"));
  json_decref(me);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_first_run_once, shop_setup_empty, shop_teardown),
      cmocka_unit_test_setup_teardown(test_people_join_with_roles_of_the_book, shop_setup, shop_teardown),
      cmocka_unit_test_setup_teardown(test_changes_are_facts, shop_setup, shop_teardown),
      cmocka_unit_test_setup_teardown(test_leaving, shop_setup, shop_teardown),
      cmocka_unit_test_setup_teardown(test_permissions_by_place, shop_setup, shop_teardown),
      cmocka_unit_test(test_passwords),
      cmocka_unit_test_setup_teardown(test_sign_in, shop_setup, shop_teardown),
      cmocka_unit_test_setup_teardown(test_keys, shop_setup, shop_teardown),
      cmocka_unit_test_setup_teardown(test_presence, shop_setup, shop_teardown),
      cmocka_unit_test_setup_teardown(test_prefs_are_merged, shop_setup, shop_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
