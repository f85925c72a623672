/* The store on SQLite: typed queries both ways, transactions, snapshots, failures told apart, backup, fingerprints. */
#include "unit/store/thing.sql.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
  char directory[64], file[128];
  struct store *store;
  struct arena *arena;
  struct problem problem;
};

static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  strcpy(f->directory, "/tmp/guiju-store-XXXXXX");
  assert_non_null(mkdtemp(f->directory));
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  f->arena = arena_new((size_t)1 << 26);
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &f->store, &f->problem), OK);
  assert_int_equal(store_module_create(f->store, &module_unit_store_thing, false, &f->problem), OK);
  *state = f;
  return 0;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  fault_arm(NULL, 0, OK);
  store_close(f->store);
  arena_free(f->arena);
  char command[160];
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  assert_int_equal(system(command), 0);
  free(f);
  return 0;
}

static void put(struct fixture *f, const char *id, i64 n) {
  const struct thing_put_in in = {.id = str_c(id), .n = n, .note = STR("记"), .has_note = n % 2 == 0, .flag = n > 2};
  i64 changed = 0;
  assert_int_equal(thing_put(f->store, &in, &changed, &f->problem), OK);
  assert_int_equal(changed, 1);
}

static i64 count(struct fixture *f, struct store *s) {
  struct thing_count_row *row = NULL;
  assert_int_equal(thing_count(s, f->arena, &row, &f->problem), OK);
  return row->things;
}

static void values_come_back_as_they_went_in(void **state) {
  struct fixture *f = *state;
  const struct thing_put_in in = {.id = STR("甲'\"; --"), .n = INT64_MIN, .flag = true, .data = {"\0\x01\xff", 3}, .has_data = true};
  assert_int_equal(thing_put(f->store, &in, NULL, &f->problem), OK);
  const struct thing_get_in get = {.id = STR("甲'\"; --")};
  struct thing_get_row *row = NULL;
  assert_int_equal(thing_get(f->store, f->arena, &get, &row, &f->problem), OK);
  assert_true(row->n == INT64_MIN && row->flag && !row->has_note && row->has_data && row->data.n == 3);
  assert_memory_equal(row->data.p, "\0\x01\xff", 3);
  json_t *json = thing_get_json(row);
  assert_string_equal(json_string_value(json_object_get(json, "data")), "0001ff");
  assert_true(json_is_null(json_object_get(json, "note")));
  json_decref(json);
  const struct thing_get_in none = {.id = STR("乙")};
  assert_int_equal(thing_get(f->store, f->arena, &none, &row, &f->problem), OK);
  assert_null(row);
}

static void many_rows_come_in_order(void **state) {
  struct fixture *f = *state;
  for (int i = 0; i < 100; i++) {
    char id[8];
    snprintf(id, sizeof id, "t%02d", 99 - i);
    put(f, id, i);
  }
  const struct thing_list_in in = {.least = 50, .how_many = 20};
  struct thing_list_row *rows = NULL;
  size_t n = 0;
  assert_int_equal(thing_list(f->store, f->arena, &in, &rows, &n, &f->problem), OK);
  assert_int_equal(n, 20);
  assert_true(rows[0].n == 50 && rows[19].n == 69 && str_is(rows[0].label, "at :least t49"));
}

static void savepoint_undo_leaves_the_rest(void **state) {
  struct fixture *f = *state;
  assert_int_equal(store_begin(f->store, &f->problem), OK);
  put(f, "a", 1);
  assert_int_equal(store_savepoint(f->store, &f->problem), OK);
  put(f, "b", 2);
  assert_int_equal(store_savepoint_undo(f->store, &f->problem), OK);
  assert_int_equal(store_savepoint(f->store, &f->problem), OK);
  put(f, "c", 3);
  assert_int_equal(store_savepoint_keep(f->store, &f->problem), OK);
  assert_int_equal(store_commit(f->store, &f->problem), OK);
  assert_int_equal(count(f, f->store), 2);
}

static void readers_keep_their_snapshot_and_cannot_write(void **state) {
  struct fixture *f = *state;
  put(f, "a", 1);
  struct store *reader = NULL;
  assert_int_equal(store_open(str_c(f->file), STORE_READ, &reader, &f->problem), OK);
  assert_int_equal(store_read_begin(reader, &f->problem), OK);
  assert_int_equal(count(f, reader), 1);
  put(f, "b", 2);
  assert_int_equal(count(f, reader), 1);
  store_read_end(reader);
  assert_int_equal(count(f, reader), 2);
  const struct thing_delete_in all = {.least = 0};
  assert_int_equal(thing_delete(reader, &all, NULL, &f->problem), E_IO);
  store_close(reader);
}

static void a_missing_database_is_not_made_by_a_reader(void **state) {
  struct fixture *f = *state;
  struct store *reader = NULL;
  assert_int_equal(store_open(STR("/nowhere/at/all.db"), STORE_READ, &reader, &f->problem), E_IO);
  assert_null(reader);
  assert_true(strlen(f->problem.zh) > 0 && strlen(f->problem.en) > 0);
}

static void a_failed_commit_leaves_nothing(void **state) {
  struct fixture *f = *state;
  fault_arm("store.commit", 1, E_FULL);
  assert_int_equal(store_begin(f->store, &f->problem), OK);
  put(f, "a", 1);
  assert_int_equal(store_commit(f->store, &f->problem), E_FULL);
  assert_string_equal(f->problem.key, "store.full");
  store_rollback(f->store);
  assert_int_equal(count(f, f->store), 0);
  assert_int_equal(store_begin(f->store, &f->problem), OK);
  put(f, "a", 1);
  assert_int_equal(store_commit(f->store, &f->problem), OK);
  assert_int_equal(count(f, f->store), 1);
}

static void there_is_one_writer_per_desk(void **state) {
  struct fixture *f = *state;
  assert_int_equal(store_table_create(f->store, &module_unit_store_thing.tables[0], &f->problem), E_IO); /* it exists */
  struct store *other = NULL;
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &other, &f->problem), E_BUSY);
  assert_string_equal(f->problem.key, "store.in_use");
  store_close(f->store);
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &f->store, &f->problem), OK);
}

static void backup_is_a_whole_database(void **state) {
  struct fixture *f = *state;
  for (int i = 0; i < 500; i++) {
    char id[8];
    snprintf(id, sizeof id, "t%d", i);
    put(f, id, i);
  }
  char copy[192];
  snprintf(copy, sizeof copy, "%s/copy.db", f->directory);
  assert_int_equal(store_backup(f->store, str_c(copy), &f->problem), OK);
  put(f, "later", 1);
  struct store *restored = NULL;
  assert_int_equal(store_open(str_c(copy), STORE_WRITE, &restored, &f->problem), OK);
  assert_int_equal(count(f, restored), 500);
  struct str answer;
  assert_int_equal(store_integrity(restored, f->arena, &answer, &f->problem), OK);
  assert_true(str_is(answer, "ok"));
  store_close(restored);
}

static void fingerprint_tells_contents_not_order(void **state) {
  struct fixture *f = *state;
  const struct store_table *t = &module_unit_store_thing.tables[0];
  unsigned char one[STORE_HASH_BYTES], two[STORE_HASH_BYTES], three[STORE_HASH_BYTES];
  i64 rows = 0;
  put(f, "a", 1);
  put(f, "b", 2);
  assert_int_equal(store_table_hash(f->store, t, one, &rows, &f->problem), OK);
  assert_int_equal(rows, 2);
  assert_int_equal(store_table_drop(f->store, t, &f->problem), OK);
  assert_int_equal(store_module_create(f->store, &module_unit_store_thing, true, &f->problem), OK);
  bool exists = true;
  assert_int_equal(store_table_exists(f->store, t, &exists, &f->problem), OK);
  assert_false(exists);
  assert_int_equal(store_module_create(f->store, &module_unit_store_thing, false, &f->problem), OK);
  put(f, "b", 2);
  put(f, "a", 1);
  assert_int_equal(store_table_hash(f->store, t, two, &rows, &f->problem), OK);
  assert_memory_equal(one, two, STORE_HASH_BYTES);
  put(f, "a", 3);
  assert_int_equal(store_table_hash(f->store, t, three, &rows, &f->problem), OK);
  assert_memory_not_equal(one, three, STORE_HASH_BYTES);
}

static void checkpoint_runs_beside_the_writer(void **state) {
  struct fixture *f = *state;
  put(f, "a", 1);
  assert_true(store_journal_pages(f->store) > 0);
  struct store *other = NULL;
  assert_int_equal(store_open(str_c(f->file), STORE_READ, &other, &f->problem), OK);
  assert_int_equal(store_checkpoint(other, &f->problem), OK);
  store_close(other);
  put(f, "b", 1); /* starts the journal anew: all of it was in the file */
  assert_true(store_journal_pages(f->store) < 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(values_come_back_as_they_went_in, setup, teardown),
      cmocka_unit_test_setup_teardown(many_rows_come_in_order, setup, teardown),
      cmocka_unit_test_setup_teardown(savepoint_undo_leaves_the_rest, setup, teardown),
      cmocka_unit_test_setup_teardown(readers_keep_their_snapshot_and_cannot_write, setup, teardown),
      cmocka_unit_test_setup_teardown(a_missing_database_is_not_made_by_a_reader, setup, teardown),
      cmocka_unit_test_setup_teardown(a_failed_commit_leaves_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(there_is_one_writer_per_desk, setup, teardown),
      cmocka_unit_test_setup_teardown(backup_is_a_whole_database, setup, teardown),
      cmocka_unit_test_setup_teardown(fingerprint_tells_contents_not_order, setup, teardown),
      cmocka_unit_test_setup_teardown(checkpoint_runs_beside_the_writer, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
