/* The noun "note" and the life of the test desk. See desk_fixture.h. */
#include "unit/commands/desk_fixture.h"

#include "base/fault.h"
#include "commands/writer_internal.h"
#include "unit/commands/note.sql.h"
#include "views/approval.h"

#include <unistd.h>

extern const struct store_module module_events_log, module_commands_writer, module_views_approval;
extern const struct command_def commands_approval[];

/* ---- the noun */

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  if (event_get_text(e, "text").n == 0) return OK;
  const struct note_insert_in in = {.seq = e->seq, .conversation = event_get_text(e, "conversation"), .text = event_get_text(e, "text")};
  return note_insert(s, &in, NULL, p);
}

static enum status fold_consequence(struct store *s, struct arena *a, enum change change, const struct consequence *c, struct problem *p) {
  (void)a, (void)change;
  const struct note_report_put_in in = {.id = c->id, .type = STR("fine"), .at_ms = c->occurred_ms, .state = c->clause};
  return note_report_put(s, &in, NULL, p);
}

static enum status fold_clock(struct store *s, struct arena *a, const struct rule_clock *c, struct problem *p) {
  (void)a;
  const struct note_report_put_in in = {.id = c->id, .type = STR("clock"), .at_ms = c->due_ms, .state = str_c(clock_state_name(c->state))};
  return note_report_put(s, &in, NULL, p);
}

static enum status say(struct command_ctx *c, json_t *args, json_t **result) {
  struct str conversation, text;
  enum status status = OK;
  TRY(command_text(c, args, "conversation", true, 20, &conversation));
  TRY(command_text(c, args, "text", true, 200, &text));
  struct event *e = event_new(c->arena, command_bool(args, "agent") ? EVENT_conversation_agent_replied : EVENT_conversation_customer_spoke, c->now_ms, c->actor.id);
  event_set_text(e, "conversation", conversation);
  event_set_text(e, "text", text);
  if (event_kind_index(e->kind) == EVENT_conversation_customer_spoke) event_set_int(e, "first", command_bool(args, "first"));
  else event_set_text(e, "agent", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:I}", "seq", (json_int_t)e->seq);
  if (command_bool(args, "fail")) return problem_set(c->problem, E_INVALID, "test.late", "太晚了", "Too late to fail");
  if (command_bool(args, "sleep")) usleep(100000);
done:
  return status;
}

static enum status keep_secret(struct command_ctx *c, json_t *args, json_t **result) {
  (void)result;
  struct str id;
  enum status status = command_text(c, args, "id", true, 20, &id);
  const struct note_secret_put_in in = {.id = id};
  if (status == OK) status = note_secret_put(c->store, &in, NULL, c->problem);
  return status == OK && command_bool(args, "fail") ? problem_set(c->problem, E_REFUSED, "test.late", "不行", "No") : status;
}

static enum status gated(struct command_ctx *c, json_t *args, json_t **result) {
  bool proceed;
  enum status status = OK;
  bool leave = command_bool(args, "leave");
  struct event *e = event_new(c->arena, leave ? EVENT_attendance_left_post : EVENT_conversation_closed, c->now_ms, c->actor.id);
  event_set_text(e, leave ? "person" : "conversation", leave ? c->actor.id : STR("c1"));
  if (leave) event_set_text(e, "text", STR("离岗"));
  TRY(command_gate(c, e, &proceed, result));
  if (!proceed) return OK;
  if (command_bool(args, "gone")) return problem_set(c->problem, E_CONFLICT, "test.gone", "已经回来了", "Already back");
  TRY(command_append(c, e));
  *result = json_pack("{s:s}", "state", "left");
done:
  return status;
}

static enum status list(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct note_all_row *rows = NULL;
  size_t count = 0;
  enum status status = note_all(r->store, r->arena, &rows, &count, r->problem);
  if (status == OK) *result = json_pack("{s:I s:b}", "notes", (json_int_t)count, "engine", r->engine != NULL);
  return status;
}

static const struct command_def commands_note[] = {
    {"note.say", "", say, "", "", ""}, {"note.secret", "", keep_secret, "", "", ""}, {"note.gated", "", gated, "", "", ""},
    {"note.closed", "没有人有的权限", gated, "", "", ""}, {NULL}};
static const struct read_def reads[] = {{"note.list", "", list, false, "", "", ""}, {"note.look", "", list, true, "", "", ""}, {NULL}};
static const char *const tables[] = {"note", "note_report", NULL};
static const char *const nouns[] = {"conversation", "attendance", NULL};
static const struct view_def view_note = {.noun = "note", .version = 1, .tables = tables, .fold = fold, .consequence = fold_consequence,
                                          .clock = fold_clock, .reads = reads, .nouns = nouns};

/* ---- the desk */

static i64 clock_of(void *ctx) { return __atomic_load_n(&((struct fixture *)ctx)->now_ms, __ATOMIC_SEQ_CST); }

static void note_feed(void *ctx, const struct feed_item *items, size_t count) {
  struct fixture *f = ctx;
  for (size_t i = 0; i < count; i++) {
    f->feed_lines++;
    f->feed_clocks += items[i].type == FEED_CLOCK;
    f->feed_consequences += items[i].type == FEED_CONSEQUENCE;
    f->feed_gap |= items[i].type == FEED_EVENT && items[i].seq != f->feed_last_seq + 1;
    f->feed_last_seq = items[i].seq;
  }
}

struct writer_options desk_options(struct fixture *f) {
  static const struct view_def *const views[] = {&view_note, &view_approval};
  static const struct command_def *const commands[] = {commands_note, commands_approval};
  static const struct store_module *const modules[] = {&module_events_log, &module_commands_writer, &module_views_approval, &module_unit_commands_note};
  return (struct writer_options){.url = str_c(f->file), .clock = clock_of, .clock_ctx = f, .zone_offset_ms = 8 * 3600000, .readers = 1,
                                 .views = views, .view_count = COUNT_OF(views), .commands = commands, .command_count = COUNT_OF(commands),
                                 .modules = modules, .module_count = COUNT_OF(modules), .feed = note_feed, .feed_ctx = f};
}

int desk_setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  strcpy(f->directory, "/tmp/guiju-desk-XXXXXX");
  assert_non_null(mkdtemp(f->directory));
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  f->now_ms = NOON;
  struct writer_options o = desk_options(f);
  if (writer_open(&o, &f->writer, &f->problem) != OK) fail_msg("%s", f->problem.en);
  *state = f;
  return 0;
}

int desk_teardown(void **state) {
  struct fixture *f = *state;
  fault_arm(NULL, 0, OK);
  writer_close(f->writer);
  desk_check_chain(f->file);
  assert_false(f->feed_gap);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  assert_int_equal(system(command), 0);
  free(f);
  return 0;
}

void desk_open_again(struct fixture *f) {
  writer_close(f->writer);
  struct writer_options o = desk_options(f);
  if (writer_open(&o, &f->writer, &f->problem) != OK) fail_msg("%s", f->problem.en);
}

struct actor desk_person(const char *id) { return (struct actor){.type = ACTOR_PERSON, .id = str_c(id), .role = STR("客服"), .owner = strcmp(id, "owner") == 0}; }

enum status desk_run(struct fixture *f, const char *who, const char *name, json_t *owned_args, const char *key, json_t **result) {
  const struct request r = {.name = str_c(name), .owned_args = owned_args, .actor = desk_person(who), .idempotency_key = str_c(key)};
  return writer_call(f->writer, &r, result, &f->problem);
}

enum status desk_say(struct fixture *f, const char *conversation, const char *text, const char *key) {
  return desk_run(f, "p1", "note.say", json_pack("{s:s s:s}", "conversation", conversation, "text", text), key, NULL);
}

size_t desk_notes(struct fixture *f, const char *text) {
  struct store *s = NULL;
  struct arena *a = arena_new((size_t)1 << 26);
  struct note_all_row *rows = NULL;
  size_t count = 0, found = 0;
  assert_int_equal(store_open(str_c(f->file), STORE_READ, &s, &f->problem), OK);
  assert_int_equal(note_all(s, a, &rows, &count, &f->problem), OK);
  for (size_t i = 0; i < count; i++) found += text == NULL || str_is(rows[i].text, text);
  store_close(s);
  arena_free(a);
  return found;
}

void desk_check_chain(const char *file) {
  struct store *s = NULL;
  struct problem p;
  struct event_log_verdict verdict;
  assert_int_equal(store_open(str_c(file), STORE_READ, &s, &p), OK);
  assert_int_equal(event_log_verify(s, STR(""), &verdict, &p), OK);
  if (!verdict.whole) fail_msg("%s", verdict.what.en);
  store_close(s);
}

void desk_fingerprint(const char *file, unsigned char *out, size_t room, size_t *used) {
  static const struct store_module *const modules[] = {&module_views_approval, &module_unit_commands_note};
  struct store *s = NULL;
  struct problem p;
  *used = 0;
  assert_int_equal(store_open(str_c(file), STORE_READ, &s, &p), OK);
  for (size_t i = 0; i < COUNT_OF(modules); i++)
    for (size_t k = 0; k < modules[i]->table_count; k++) {
      assert_true(*used + STORE_HASH_BYTES <= room);
      assert_int_equal(store_table_hash(s, &modules[i]->tables[k], out + *used, NULL, &p), OK);
      *used += STORE_HASH_BYTES;
    }
  store_close(s);
}

/* The desk has no rulebook: whoever is signed in may do what is open to anybody. */
bool view_may(const struct lang_program *program, const struct actor *actor, struct str path) {
  (void)program;
  return path.n == 0 && actor->type != ACTOR_NOBODY;
}
