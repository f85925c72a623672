/* A desk with the nouns of reception. See reception_fixture.h. */
#include "unit/commands/reception_fixture.h"

#include "commands/session.h"
#include "commands/writer_internal.h"
#include "lang/diagnostic.h"

#include <unistd.h>

extern const struct store_module module_events_log, module_commands_writer, module_views_people, module_views_customer, module_views_conversation,
    module_views_phrase, module_views_figure, module_views_order, module_views_import, module_views_duty, module_views_case, module_views_approval, module_views_channel, module_views_identity, module_views_unsent,
    module_views_setting, module_views_service, module_views_routing, module_views_leave, module_views_key, module_views_sound;
extern const struct command_def commands_people[], commands_session[], commands_customer[], commands_conversation[], commands_widget[], commands_phrase[],
    commands_order[], commands_import[], commands_approval[], commands_event[], commands_presence[], commands_routing[];
extern const struct view_def view_figure, view_people, view_customer, view_conversation, view_phrase, view_order, view_import, view_approval, view_setting, view_service, view_channel, view_identity, view_routing, view_leave, view_sound;

static const char book[] =
    "# 小店办法\n\n```guiju\n"
    "制度 small “小店办法”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n"
    "岗位 客服 上级 组长\n岗位 组长 上级 部门经理\n岗位 部门经理\n岗位 制单员 上级 部门经理\n"
    "排班 客服 由 组长: 每 周 休 1天\n"
    "话术 开场: “您好，欢迎光临。”, “在的，请讲。”\n"
    "单据 备忘 “备忘录”\n  字段 记录人!: 人员, 类别!: 问题|想法|未成交原因, 内容!: 文, 会话: 会话\n  流程 记下 (客服) → 采纳 (组长)\n"
    "密级 内部: 同事联系方式, 客户资料 见 客服\n"
    "```\n";

/* ---- a stand-in for publishing: the rulebook's own commands are tested elsewhere */

static enum status publish(struct command_ctx *c, json_t *args, json_t **result) {
  (void)result;
  struct str source;
  enum status status = command_text(c, args, "source", true, 100000, &source);
  if (status != OK) return status;
  struct event *e = event_new(c->arena, EVENT_rulebook_published, c->now_ms, c->actor.id);
  event_set_text(e, "rulebook", STR("small"));
  event_set_text(e, "version", STR("1.0"));
  event_set_int(e, "in_force", date_from_civil(2026, 3, 1));
  event_set_text(e, "source", source);
  return command_append(c, e);
}

const struct command_def *command_find(struct str name) {
  static const struct command_def def = {"rulebook.publish", "", publish, "", "", ""};
  return str_is(name, "rulebook.publish") ? &def : NULL;
}

static enum status compile(void *ctx, struct arena *a, struct str source, const struct lang_program **out, struct problem *p) {
  (void)ctx;
  struct lang_diagnostics d;
  struct lang_program *program;
  lang_diagnostics_init(&d, a);
  if (lang_parse(a, source, &program, &d) != OK) {
    for (size_t i = 0; i < d.count; i++) print_message("%.*s\n", STR_ARG(d.items[i].zh));
    return problem_set(p, E_INVALID, "test.book", "制度有错", "The book has errors");
  }
  *out = program;
  return OK;
}

/* ---- life ---------------------------------------------------------------------------------------------------------- */

static i64 clock_of(void *ctx) { return __atomic_load_n(&((struct shop *)ctx)->now_ms, __ATOMIC_SEQ_CST); }

static void feed(void *ctx, const struct feed_item *items, size_t count) {
  struct shop *f = ctx;
  for (size_t i = 0; i < count; i++)
    if (items[i].type == FEED_EVENT) f->events[event_kind_index(event_kind_find(str_c(items[i].kind)))]++;
}

static const struct view_def *const views[] = {&view_service, &view_figure, &view_people, &view_customer, &view_conversation, &view_phrase, &view_order, &view_import, &view_approval, &view_setting, &view_channel, &view_identity, &view_routing, &view_leave, &view_sound};
static const struct store_module *const modules[] = {&module_events_log,     &module_commands_writer, &module_views_people, &module_views_customer,
                                                     &module_views_conversation, &module_views_phrase, &module_views_order,  &module_views_import,
                                                     &module_views_duty,     &module_views_case,      &module_views_approval, &module_views_channel, &module_views_identity,
                                                     &module_views_setting,  &module_views_unsent, &module_views_service, &module_views_routing, &module_views_leave, &module_views_figure, &module_views_key, &module_views_sound};

static struct writer_options options(struct shop *f) {
  static const struct command_def *const commands[] = {commands_people, commands_session, commands_customer, commands_conversation, commands_widget,
                                                       commands_phrase, commands_order,   commands_import,   commands_approval, commands_event,
                                                       commands_presence, commands_routing};
  return (struct writer_options){.url = str_c(f->file), .clock = clock_of, .clock_ctx = f, .zone_offset_ms = 8 * 3600000, .readers = 1, .views = views,
                                 .view_count = COUNT_OF(views), .commands = commands, .command_count = COUNT_OF(commands), .modules = modules,
                                 .module_count = COUNT_OF(modules), .compile = compile, .feed = feed, .feed_ctx = f};
}

static void open_shop(struct shop *f) {
  struct writer_options o = options(f);
  if (writer_open(&o, &f->writer, &f->problem) != OK) fail_msg("%s", f->problem.en);
}

void shop_reopen(struct shop *f) {
  writer_close(f->writer);
  open_shop(f);
}

int shop_setup_empty(void **state) {
  struct shop *f = calloc(1, sizeof *f);
  strcpy(f->directory, "/tmp/guiju-shop-XXXXXX");
  assert_non_null(mkdtemp(f->directory));
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  f->now_ms = NOON;
  f->arena = arena_new(64 << 20);
  open_shop(f);
  *state = f;
  return 0;
}

static struct actor join(struct shop *f, const char *name, const char *number, const char *role) {
  json_t *r = shop_do(f, &f->owner, "people.add", json_pack("{s:s,s:s,s:s,s:s}", "name", name, "job_number", number, "role", role, "password_hash", "$argon2id$test"));
  struct actor a = {.type = ACTOR_PERSON, .id = arena_dup(f->arena, str_c(text_of(r, "id"))), .name = str_c(name), .role = str_c(role)};
  json_decref(r);
  return a;
}

int shop_setup(void **state) {
  shop_setup_empty(state);
  struct shop *f = *state;
  const struct actor nobody = {0};
  json_t *r = shop_do(f, &nobody, "setup.run", json_pack("{s:s,s:s,s:s,s:{s:s,s:s,s:s}}", "shop", "晴川小店", "template", "small", "source", book, "owner", "name",
                                                         "陈经理", "job_number", "000", "password_hash", "$argon2id$test"));
  f->owner = (struct actor){.type = ACTOR_PERSON, .id = arena_dup(f->arena, str_c(text_of(r, "person"))), .name = STR("陈经理"), .role = STR("部门经理"), .owner = true};
  json_decref(r);
  f->leader = join(f, "刘组长", "100", "组长");
  f->wang = join(f, "小王", "001", "客服");
  f->li = join(f, "小李", "002", "客服");
  f->clerk = join(f, "赵制单", "300", "制单员");
  return 0;
}

int shop_teardown(void **state) {
  struct shop *f = *state;
  char command[128];
  writer_close(f->writer);
  arena_free(f->arena);
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  assert_int_equal(system(command), 0);
  free(f);
  return 0;
}

/* ---- doing --------------------------------------------------------------------------------------------------------- */

enum status shop_try(struct shop *f, const struct actor *who, const char *name, json_t *owned_args, json_t **result) {
  const struct request r = {.name = str_c(name), .owned_args = owned_args ? owned_args : json_object(), .actor = *who};
  f->problem = (struct problem){0};
  return writer_call(f->writer, &r, result, &f->problem);
}

json_t *shop_do(struct shop *f, const struct actor *who, const char *name, json_t *owned_args) {
  json_t *result = NULL;
  enum status status = shop_try(f, who, name, owned_args, &result);
  if (status != OK) fail_msg("%s: %s %s (%s)", name, status_name(status), f->problem.en, f->problem.key);
  return result;
}

void shop_refused(struct shop *f, const struct actor *who, const char *name, json_t *owned_args, enum status status, const char *key) {
  json_t *result = NULL;
  enum status got = shop_try(f, who, name, owned_args, &result);
  json_decref(result);
  if (got != status || strcmp(f->problem.key, key) != 0)
    fail_msg("%s: wanted %s (%s), got %s (%s: %s)", name, status_name(status), key, status_name(got), f->problem.key, f->problem.en);
  assert_true(f->problem.zh[0] != 0 && f->problem.en[0] != 0);
}

void shop_present(struct shop *f, const struct actor *who, const char *state) { json_decref(shop_do(f, who, "presence.change", json_pack("{s:s}", "state", state))); }

static void hash_of(const char *token, char *hash) { session_token_hash(str_c(token), hash); }

json_t *shop_says(struct shop *f, const char *token, const char *text) {
  char hash[SESSION_HASH_HEX + 1];
  const struct actor nobody = {0};
  hash_of(token, hash);
  json_decref(shop_do(f, &nobody, "widget.start", json_pack("{s:s}", "token_hash", hash)));
  return shop_do(f, &nobody, "widget.say", json_pack("{s:s,s:s}", "token_hash", hash, "text", text));
}

static const json_t *walk(const json_t *o, const char *path) {
  char name[64];
  while (o && *path) {
    size_t n = strcspn(path, ".");
    snprintf(name, sizeof name, "%.*s", (int)n, path);
    o = json_is_array(o) ? json_array_get(o, (size_t)atoi(name)) : json_object_get(o, name);
    path += n + (path[n] == '.');
  }
  return o;
}

const char *text_of(const json_t *o, const char *path) {
  const char *s = json_string_value(walk(o, path));
  return s ? s : "";
}

i64 int_of(const json_t *o, const char *path) {
  const json_t *v = walk(o, path);
  return json_is_boolean(v) ? json_is_true(v) : json_integer_value(v);
}

/* ---- rebuild --------------------------------------------------------------------------------------------------------- */

enum { TABLES_MOST = 160 };

static void fingerprint(const char *file, unsigned char *out, size_t *used) {
  struct store *s = NULL;
  struct problem p;
  *used = 0;
  assert_int_equal(store_open(str_c(file), STORE_READ, &s, &p), OK);
  for (size_t i = 2; i < COUNT_OF(modules); i++)
    for (size_t k = 0; k < modules[i]->table_count; k++) {
      assert_true(*used < TABLES_MOST * STORE_HASH_BYTES);
      assert_int_equal(store_table_hash(s, &modules[i]->tables[k], out + *used, NULL, &p), OK);
      *used += STORE_HASH_BYTES;
    }
  store_close(s);
}

void shop_rebuilds_equal(struct shop *f) {
  unsigned char before[TABLES_MOST * STORE_HASH_BYTES], after[TABLES_MOST * STORE_HASH_BYTES];
  size_t n, m;
  struct store *s = NULL;
  struct desk desk;
  writer_close(f->writer);
  fingerprint(f->file, before, &n);
  struct writer_options o = options(f);
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &s, &f->problem), OK);
  assert_int_equal(desk_open(&desk, &o, &f->problem), OK);
  if (desk_rebuild(&desk, s, &f->problem) != OK) fail_msg("%s", f->problem.en);
  desk_close(&desk);
  store_close(s);
  fingerprint(f->file, after, &m);
  assert_int_equal(n, m);
  assert_memory_equal(before, after, n);
  open_shop(f);
}
