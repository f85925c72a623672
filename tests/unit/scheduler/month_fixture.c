/* See month_fixture.h. */
#include "unit/scheduler/month_fixture.h"

#include "base/calendar.h"
#include "commands/session.h"
#include "lang/diagnostic.h"
#include "reports/report.h"
#include "rules/vocabulary.h"

#include <unistd.h>

enum { ZONE_MS = 8 * MS_HOUR };

i64 month_ms(const char *when) {
  i64 at = 0;
  assert_true(instant_parse(str_c(when), ZONE_MS, &at));
  return at;
}

static i64 clock_of(void *ctx) { return __atomic_load_n(&((struct month *)ctx)->now_ms, __ATOMIC_SEQ_CST); }

static enum status compile(void *ctx, struct arena *a, struct str source, const struct lang_program **out, struct problem *p) {
  struct lang_diagnostics d;
  struct lang_program *program = NULL;
  (void)ctx;
  lang_diagnostics_init(&d, a);
  enum status status = lang_parse(a, source, &program, &d);
  if (status == OK) status = lang_check(a, program, rules_vocabulary(a), &d);
  *out = program;
  return status == OK ? OK : problem_set(p, status, "test.book", "制度有错", "The book has errors");
}

struct writer_options month_options(struct month *m) {
  struct writer_options o = {.url = str_c(m->file), .clock = clock_of, .clock_ctx = m, .zone_offset_ms = ZONE_MS, .readers = 1, .compile = compile,
                             .snapshot = m->snapshot[0] ? m->snapshot : NULL};
  size_t a = 0, b = 0, nouns = 0;
  const struct store_module *const *commands = command_modules(&a), *const *views = view_modules(&b);
  const struct store_module **all = ARENA_ARRAY(m->parts, const struct store_module *, a + b);
  memcpy(all, commands, a * sizeof *all);
  memcpy(all + a, views, b * sizeof *all);
  o.modules = all;
  o.module_count = a + b;
  const struct view_def *const *known = view_all(&nouns);
  const struct view_def **with_reports = ARENA_ARRAY(m->parts, const struct view_def *, nouns + 1);
  memcpy(with_reports, known, nouns * sizeof *with_reports);
  with_reports[nouns] = &view_report;
  o.views = with_reports;
  o.view_count = nouns + 1;
  o.commands = command_all(&o.command_count);
  return o;
}

void month_open(struct month *m) {
  struct writer_options o = month_options(m);
  if (writer_open(&o, &m->writer, &m->problem) != OK) fail_msg("%s", m->problem.en);
}

void month_reopen(struct month *m) {
  writer_close(m->writer);
  month_open(m);
}

enum status month_try(struct month *m, const struct actor *who, const char *name, json_t *owned_args, json_t **result) {
  const struct request r = {.name = str_c(name), .owned_args = owned_args ? owned_args : json_object(), .actor = *who};
  m->problem = (struct problem){0};
  return writer_call(m->writer, &r, result, &m->problem);
}

json_t *month_do(struct month *m, const struct actor *who, const char *name, json_t *owned_args) {
  json_t *result = NULL;
  enum status status = month_try(m, who, name, owned_args, &result);
  if (status != OK) fail_msg("%s: %s %s (%s)", name, status_name(status), m->problem.en, m->problem.key);
  return result;
}

void month_run(struct month *m, const struct actor *who, const char *name, json_t *owned_args) { json_decref(month_do(m, who, name, owned_args)); }

void month_refused(struct month *m, const struct actor *who, const char *name, json_t *owned_args, enum status status, const char *key) {
  json_t *result = NULL;
  enum status got = month_try(m, who, name, owned_args, &result);
  json_decref(result);
  if (got != status || strcmp(m->problem.key, key) != 0) fail_msg("%s: wanted %s (%s), got %s (%s: %s)", name, status_name(status), key, status_name(got), m->problem.key, m->problem.en);
  assert_true(m->problem.zh[0] != 0 && m->problem.en[0] != 0);
}

void month_at(struct month *m, const char *when) {
  __atomic_store_n(&m->now_ms, month_ms(when), __ATOMIC_SEQ_CST);
  if (writer_tick(m->writer, &m->problem) != OK) fail_msg("tick: %s", m->problem.en);
}

const json_t *at_path(const json_t *o, const char *path) {
  char word[64];
  while (o && *path) {
    size_t n = strcspn(path, ".");
    snprintf(word, sizeof word, "%.*s", (int)n, path);
    o = json_is_array(o) ? json_array_get(o, (size_t)atoi(word)) : json_object_get(o, word);
    path += n + (path[n] == '.');
  }
  return o;
}
i64 int_at(const json_t *o, const char *path) { return json_integer_value(at_path(o, path)); }
const char *text_at(const json_t *o, const char *path) {
  const char *s = json_string_value(at_path(o, path));
  return s ? s : "";
}

static struct actor join(struct month *m, const char *name, const char *number, const char *role, const char *superior, i64 wage_fen) {
  json_t *args = json_pack("{s:s,s:s,s:s,s:s,s:I}", "name", name, "job_number", number, "role", role, "password_hash", "$argon2id$test", "base_wage_fen", (json_int_t)wage_fen);
  if (superior) json_object_set_new(args, "superior", json_string(superior));
  json_t *r = month_do(m, &m->owner, "people.add", args);
  struct actor a = {.type = ACTOR_PERSON, .id = arena_dup(m->arena, str_c(text_at(r, "id"))), .name = str_c(name), .role = str_c(role)};
  json_decref(r);
  return a;
}

static json_t *book(bool carried) {
  char *text = malloc(1 << 20);
  FILE *file = fopen(C14_BOOK, "rb");
  assert_non_null(text);
  assert_non_null(file);
  size_t n = fread(text, 1, (1 << 20) - 1, file);
  (void)fclose(file);
  text[n] = 0;
  if (carried) { /* 超出 不结转 -> 超出 结转 */
    char *at = strstr(text, "超出 不结转");
    assert_non_null(at);
    at += strlen("超出 ");
    memmove(at, at + strlen("不"), strlen(at + strlen("不")) + 1);
    n -= strlen("不");
  }
  json_t *json = json_stringn(text, n);
  free(text);
  return json;
}

static int setup(void **state, bool carried) {
  struct month *m = calloc(1, sizeof *m);
  const struct actor nobody = {0};
  assert_non_null(m);
  strcpy(m->directory, "/tmp/guiju-month-XXXXXX");
  assert_non_null(mkdtemp(m->directory));
  snprintf(m->file, sizeof m->file, "%s/desk.db", m->directory);
  m->arena = arena_new(64 << 20);
  m->parts = arena_new(1 << 20);
  m->now_ms = month_ms("2026-03-01 09:00:00");
  month_open(m);
  json_t *r = month_do(m, &nobody, "setup.run", json_pack("{s:s,s:s,s:o,s:{s:s,s:s,s:s}}", "shop", "青禾家居", "template", "c14", "source", book(carried), "owner", "name", "周经理", "job_number",
                                                          "001", "password_hash", "$argon2id$test"));
  m->owner = (struct actor){.type = ACTOR_PERSON, .id = arena_dup(m->arena, str_c(text_at(r, "person"))), .name = STR("周经理"), .role = STR("部门经理"), .owner = true};
  json_decref(r);
  m->supervisor = join(m, "方主管", "002", "主管", NULL, 600000);
  m->leader = join(m, "陈组长", "003", "组长", NULL, 500000);
  m->wang = join(m, "小王", "101", "客服", NULL, 300000);
  m->li = join(m, "小李", "102", "客服", NULL, 300000);
  m->purchasing = join(m, "许采购", "202", "采购部", NULL, 400000);
  m->office = join(m, "唐行政", "203", "行政部", NULL, 400000);
  *state = m;
  return 0;
}

int month_setup(void **state) { return setup(state, false); }
int month_setup_carried(void **state) { return setup(state, true); }

int month_teardown(void **state) {
  struct month *m = *state;
  char command[128];
  writer_close(m->writer);
  arena_free(m->arena);
  arena_free(m->parts);
  snprintf(command, sizeof command, "rm -rf '%s'", m->directory);
  assert_int_equal(system(command), 0);
  free(m);
  return 0;
}

void month_roster(struct month *m, const char *from, const struct actor *who, const char *shifts) {
  json_t *cells = json_array();
  i64 date = 0, first = 0;
  struct str left = str_c(shifts), rest;
  assert_true(date_parse(str_c(from), &first));
  for (date = first; left.n; date++, left = rest.p ? rest : STR("")) {
    struct str shift = str_cut(left, ',', &rest);
    json_array_append_new(cells, json_pack("{s:s%,s:s,s:s%}", "person", who->id.p, who->id.n, "date", calendar_show_date(m->arena, date).p, "shift", shift.p, shift.n));
  }
  month_run(m, &m->leader, "roster.publish", json_pack("{s:s,s:s,s:o}", "from", from, "to", calendar_show_date(m->arena, date - 1).p, "cells", cells));
}

static void hash_of(const char *token, char *hash) { session_token_hash(str_c(token), hash); }

struct str month_asks(struct month *m, const struct actor *agent, const char *visitor) {
  char hash[SESSION_HASH_HEX + 1];
  const struct actor nobody = {0};
  hash_of(visitor, hash);
  month_run(m, agent, "presence.change", json_pack("{s:s}", "state", "online"));
  month_run(m, &nobody, "widget.start", json_pack("{s:s}", "token_hash", hash));
  json_t *r = month_do(m, &nobody, "widget.say", json_pack("{s:s,s:s}", "token_hash", hash, "text", "在吗"));
  struct str id = arena_dup(m->arena, str_c(text_at(r, "conversation")));
  json_decref(r);
  assert_true(id.n > 0);
  return id;
}

void month_answers(struct month *m, const struct actor *agent, struct str conversation) {
  month_run(m, agent, "conversation.reply", json_pack("{s:s%,s:s}", "id", conversation.p, conversation.n, "text", "您好，在的"));
}

json_t *month_slip(struct month *m, const struct actor *who, const char *month, const char *clause) {
  json_t *ledger = month_do(m, who, "ledger.mine", json_pack("{s:s}", "month", month)), *found = NULL, *slip;
  size_t i;
  int count = 0;
  json_array_foreach(json_object_get(ledger, "slips"), i, slip) {
    if (strcmp(text_at(slip, "clause.id"), clause) != 0 || strcmp(text_at(slip, "seal"), "withdrawn") == 0) continue;
    found = slip;
    count++;
  }
  if (count != 1) {
    char *text = json_dumps(json_object_get(ledger, "slips"), JSON_INDENT(1));
    fail_msg("%d slips of %s in %s: %s", count, clause, month, text);
  }
  json_incref(found);
  json_decref(ledger);
  return found;
}
