/* The log: gapless numbers, seals, and verification that names the place after any byte, number or row was changed. */
#include "base/fault.h"
#include "events/event_seal.h"
#include "events/log.sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { TRANSACTIONS = 12, EVENTS = 30 };

struct fixture {
  char directory[64], file[96];
  struct store *store;
  struct event_log log;
  struct arena *arena;
  struct problem problem;
};

static void append(struct fixture *f, const char *id, const char *text) {
  struct event *e = event_new(f->arena, EVENT_conversation_customer_spoke, 1772676000000 + f->log.last_seq, STR("u1"));
  e->id = str_c(id);
  event_set_text(e, "conversation", STR("c1"));
  event_set_text(e, "text", str_c(text));
  if (event_log_append(&f->log, f->store, f->arena, e, NULL, &f->problem) != OK) fail_msg("%s", f->problem.en);
}

/* Transactions of 1, 2, 3, 4 and then again 1 … events; every fifth event brings its own id. */
static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  strcpy(f->directory, "/tmp/guiju-log-XXXXXX");
  assert_non_null(mkdtemp(f->directory));
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  f->arena = arena_new((size_t)1 << 26);
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &f->store, &f->problem), OK);
  assert_int_equal(store_module_create(f->store, &module_events_log, false, &f->problem), OK);
  assert_int_equal(event_log_open(&f->log, f->store, &f->problem), OK);
  for (int t = 0; t < TRANSACTIONS; t++) {
    assert_int_equal(store_begin(f->store, &f->problem), OK);
    for (int i = 0; i <= t % 4; i++) {
      char id[16] = "";
      if (f->log.last_seq % 5 == 4) snprintf(id, sizeof id, "own-%d", (int)f->log.last_seq);
      append(f, arena_dup(f->arena, str_c(id)).p, "你好");
    }
    assert_int_equal(event_log_seal(&f->log, f->store, 1772676000000 + t, &f->problem), OK);
    assert_int_equal(store_commit(f->store, &f->problem), OK);
  }
  assert_int_equal(f->log.last_seq, EVENTS);
  *state = f;
  return 0;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  event_log_close(&f->log);
  store_close(f->store);
  arena_free(f->arena);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  assert_int_equal(system(command), 0);
  free(f);
  return 0;
}

static struct event_log_verdict verify(struct fixture *f, const char *seal) {
  struct event_log_verdict v;
  assert_int_equal(event_log_verify(f->store, str_c(seal), &v, &f->problem), OK);
  return v;
}

/* Somebody with the file and a tool. */
static void tamper(struct fixture *f, const char *sql) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
  char *message = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s: %s", sql, message);
  sqlite3_close(db);
}

static void an_untouched_log_is_whole(void **state) {
  struct fixture *f = *state;
  struct event_log_verdict v = verify(f, "");
  assert_true(v.whole && v.events == EVENTS && v.seals == TRANSACTIONS && strlen(v.seal) == 64);
  assert_true(verify(f, v.seal).whole);
}

static void any_changed_byte_is_named(void **state) {
  struct fixture *f = *state;
  for (int seq = 1; seq <= EVENTS; seq++) {
    char sql[256], undo[256];
    snprintf(sql, sizeof sql, "UPDATE event SET line = replace(line, '你好', '您好') WHERE seq = %d", seq);
    snprintf(undo, sizeof undo, "UPDATE event SET line = replace(line, '您好', '你好') WHERE seq = %d", seq);
    tamper(f, sql);
    struct event_log_verdict v = verify(f, "");
    assert_false(v.whole);
    assert_int_equal(v.broken_seq, seq);
    assert_true(v.first_seq <= seq && seq <= v.last_seq);
    tamper(f, undo);
  }
  assert_true(verify(f, "").whole);
}

static void a_mended_check_sum_does_not_help(void **state) {
  struct fixture *f = *state;
  tamper(f, "UPDATE event SET line = replace(line, '你好', '伪造') WHERE seq = 8");
  const struct log_get_in in = {.seq = 8};
  struct log_get_row *row = NULL;
  assert_int_equal(log_get(f->store, f->arena, &in, &row, &f->problem), OK);
  char sql[128];
  snprintf(sql, sizeof sql, "UPDATE event SET sum = %lld WHERE seq = 8", (long long)seal_line_sum(row->line));
  tamper(f, sql);
  struct event_log_verdict v = verify(f, "");
  assert_false(v.whole);
  assert_string_equal(v.what.key, "verify.hash");
  assert_true(v.first_seq <= 8 && 8 <= v.last_seq);
}

static void changes_of_rows_and_seals_are_found(void **state) {
  struct fixture *f = *state;
  static const struct {
    const char *change;
    int first, last; /* bounds of the link that must be named */
  } changes[] = {
      {"DELETE FROM event WHERE seq = 12", 11, 13},
      {"UPDATE event SET seq = 100 WHERE seq = 30", 27, 30},
      {"UPDATE event SET seq = 1000 WHERE seq = 5; UPDATE event SET seq = 5 WHERE seq = 6; UPDATE event SET seq = 6 WHERE seq = 1000", 4, 6},
      {"UPDATE event SET id = 'other' WHERE seq = 5", 4, 6},
      {"UPDATE event SET id = 'e3' WHERE seq = 3", 2, 3},
      {"UPDATE seal SET hash = zeroblob(32) WHERE last_seq = 13", 11, 13},
      {"UPDATE seal SET hash = x'00' WHERE last_seq = 13", 11, 13},
      {"UPDATE seal SET at_ms = at_ms + 1 WHERE last_seq = 20", 17, 20},
      {"UPDATE seal SET first_seq = first_seq + 1 WHERE last_seq = 20", 17, 20},
      {"DELETE FROM seal WHERE last_seq = 10", 7, 11},
      {"DELETE FROM seal WHERE last_seq = 30", 27, 31},
      {"INSERT INTO event (seq, line, sum) VALUES (31, '{}', 0)", 31, 31},
      {"UPDATE event SET line = line || ' ' WHERE seq = 1", 1, 1},
      {"UPDATE event SET line = '' WHERE seq = 1", 1, 1},
      {"UPDATE event SET sum = sum + 1 WHERE seq = 17", 17, 20},
  };
  for (size_t i = 0; i < COUNT_OF(changes); i++) {
    tamper(f, "CREATE TABLE keep_event AS SELECT * FROM event; CREATE TABLE keep_seal AS SELECT * FROM seal");
    tamper(f, changes[i].change);
    struct event_log_verdict v = verify(f, "");
    if (v.whole) fail_msg("not found: %s", changes[i].change);
    if (v.first_seq < changes[i].first || v.first_seq > changes[i].last) fail_msg("%s: named %lld: %s", changes[i].change, (long long)v.first_seq, v.what.en);
    tamper(f, "DELETE FROM event; INSERT INTO event SELECT * FROM keep_event; DELETE FROM seal; INSERT INTO seal SELECT * FROM keep_seal;"
              "DROP TABLE keep_event; DROP TABLE keep_seal");
    assert_true(verify(f, "").whole);
  }
}

static void a_cut_off_tail_is_found_by_a_kept_seal(void **state) {
  struct fixture *f = *state;
  char seal[SEAL_BYTES * 2 + 1];
  strcpy(seal, verify(f, "").seal);
  tamper(f, "DELETE FROM seal WHERE last_seq > 20; DELETE FROM event WHERE seq > 20");
  assert_true(verify(f, "").whole); /* nothing in the file can tell */
  struct event_log_verdict v = verify(f, seal);
  assert_false(v.whole);
  assert_string_equal(v.what.key, "verify.tail");
}

static void a_damaged_end_is_not_written_on(void **state) {
  struct fixture *f = *state;
  tamper(f, "DELETE FROM event WHERE seq = 30");
  assert_int_equal(event_log_open(&f->log, f->store, &f->problem), E_IO);
  assert_string_equal(f->problem.key, "log.broken");
}

static void an_id_is_taken_once(void **state) {
  struct fixture *f = *state;
  assert_int_equal(store_begin(f->store, &f->problem), OK);
  struct event *e = event_new(f->arena, EVENT_order_paid, 1, STR(""));
  e->id = STR("own-4");
  event_set_text(e, "order", STR("1"));
  assert_int_equal(event_log_append(&f->log, f->store, f->arena, e, NULL, &f->problem), E_CONFLICT);
  assert_string_equal(f->problem.key, "event.twice");
  append(f, "", "goes on");
  assert_int_equal(f->log.last_seq, EVENTS + 1);
  store_rollback(f->store);
  i64 seq;
  assert_int_equal(event_log_find(f->store, f->arena, STR("own-4"), &seq, &f->problem), OK);
  assert_int_equal(seq, 5);
  assert_int_equal(event_log_find(f->store, f->arena, STR("e7"), &seq, &f->problem), OK);
  assert_int_equal(seq, 7);
  assert_int_equal(event_log_find(f->store, f->arena, STR("e99"), &seq, &f->problem), OK);
  assert_int_equal(seq, 0);
}

static enum status collect(void *ctx, const struct event *e, struct str line, struct arena *a) {
  (void)line, (void)a;
  i64 *last = ctx;
  assert_int_equal(e->seq, *last + 1);
  *last = e->seq;
  return OK;
}

static void every_event_comes_back_in_order(void **state) {
  struct fixture *f = *state;
  i64 last = 3;
  assert_int_equal(event_log_each(f->store, 3, 0, collect, &last, &f->problem), OK);
  assert_int_equal(last, EVENTS);
}

static enum status collect_times(void *ctx, const struct event *e, struct str line, struct arena *a) {
  (void)line, (void)a;
  i64 *last = ctx;
  assert_true(e->occurred_ms >= last[0]);
  last[0] = e->occurred_ms;
  last[1]++;
  return OK;
}

static void late_facts_come_at_their_time(void **state) {
  struct fixture *f = *state;
  i64 seen[2] = {0, 0};
  assert_int_equal(store_begin(f->store, &f->problem), OK);
  for (i64 at = 9; at > 0; at--) {
    struct event *e = event_new(f->arena, EVENT_order_paid, at * 1000, STR(""));
    event_set_text(e, "order", STR("1"));
    assert_int_equal(event_log_append(&f->log, f->store, f->arena, e, NULL, &f->problem), OK);
  }
  i64 count = 0;
  assert_int_equal(event_log_each_by_time(f->store, INT64_MAX, &count, 0, collect_times, seen, &f->problem), OK);
  assert_int_equal(count, EVENTS + 9);
  assert_int_equal(seen[1], EVENTS + 9);
  /* what occurred at an instant or later is not read */
  seen[0] = seen[1] = 0;
  assert_int_equal(event_log_each_by_time(f->store, 5000, &count, 0, collect_times, seen, &f->problem), OK);
  assert_int_equal(seen[0], 4000);
  assert_int_equal(seen[1], count);
  assert_true(count >= 4 && count < EVENTS + 9);
  store_rollback(f->store);
}

int main(void) {
#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      LOG_TEST(an_untouched_log_is_whole), LOG_TEST(any_changed_byte_is_named), LOG_TEST(a_mended_check_sum_does_not_help),
      LOG_TEST(changes_of_rows_and_seals_are_found), LOG_TEST(a_cut_off_tail_is_found_by_a_kept_seal), LOG_TEST(a_damaged_end_is_not_written_on),
      LOG_TEST(an_id_is_taken_once), LOG_TEST(every_event_comes_back_in_order), LOG_TEST(late_facts_come_at_their_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
