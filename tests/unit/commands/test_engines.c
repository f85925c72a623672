/* Both engines side by side: every table is made and every named query is prepared and run on SQLite and on a real
 * PostgreSQL with equal rows; a query whose answer differs fails, so the second engine can never drift away.
 *
 * Rows and inputs come from a seeded generator; words that stand in the queries themselves are among them, so that
 * conditions on states hit. SQLite decides which rows fit the keys; PostgreSQL gets exactly those. */
#include "unit/commands/postgres_server.h"

#include "commands/command.h"
#include "commands/writer.h"
#include "views/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <sqlite3.h>

enum { ROWS = 60, RUNS = 25, WORDS_MAX = 2000, TABLES_MAX = 256, COLUMNS_MAX = 64, IN_BYTES = 2048 };

struct fixture {
  struct postgres_server server;
  char directory[64], file[96];
  struct store *lite, *post;
  const struct store_module *modules[64];
  size_t module_count;
  struct str words[WORDS_MAX];
  size_t word_count;
  struct arena *arena;
  u64 seed;
  size_t queries, answers;
};

static u64 next(struct fixture *f) {
  f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
  return f->seed >> 33;
}

/* ---- words and numbers */

static void add_word(struct fixture *f, struct str s) {
  for (size_t i = 0; i < f->word_count; i++)
    if (str_eq(f->words[i], s)) return;
  if (f->word_count < WORDS_MAX) f->words[f->word_count++] = s;
}

static void gather_words(struct fixture *f) {
  static const char *const common[] = {"", "a", "A", "b", "c1", "c2", "p1", "p2", "p3", "u1", "k1", "你好", "客服", "2026-03", "%", "_", "[]", "{}", "z~"};
  for (size_t i = 0; i < COUNT_OF(common); i++) add_word(f, str_c(common[i]));
  for (size_t i = 0; i < f->module_count; i++)
    for (size_t k = 0; k < f->modules[i]->query_count; k++) {
      const char *at = f->modules[i]->queries[k]->sqlite;
      while ((at = strchr(at, '\'')) != NULL) {
        const char *end = strchr(at + 1, '\'');
        if (end == NULL) break;
        add_word(f, (struct str){at + 1, (size_t)(end - at - 1)});
        at = end + 1;
      }
    }
}

static struct str any_word(struct fixture *f) { return f->words[next(f) % f->word_count]; }
static i64 any_number(struct fixture *f) {
  static const i64 numbers[] = {0, 1, 2, 3, 4, 5, 7, 10, 50, 100, 20517, 20518, 20519, 1772676000000, 1772676000001, 1772679600000};
  return numbers[next(f) % COUNT_OF(numbers)];
}

/* ---- equal rows */

struct column {
  char name[64], type[32];
  bool required;
};

static size_t columns_of(sqlite3 *db, const char *table, struct column out[COLUMNS_MAX]) {
  char sql[128];
  sqlite3_stmt *st = NULL;
  size_t n = 0;
  snprintf(sql, sizeof sql, "SELECT name, type, \"notnull\" OR pk FROM pragma_table_xinfo('%s') WHERE hidden = 0", table);
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
  while (sqlite3_step(st) == SQLITE_ROW && n < COLUMNS_MAX) {
    snprintf(out[n].name, sizeof out[n].name, "%s", (const char *)sqlite3_column_text(st, 0));
    snprintf(out[n].type, sizeof out[n].type, "%s", (const char *)sqlite3_column_text(st, 1));
    out[n++].required = sqlite3_column_int(st, 2) != 0;
  }
  sqlite3_finalize(st);
  return n;
}

static void insert_text(char *sql, size_t room, const char *head, const char *table, const struct column *c, size_t n, bool postgres) {
  size_t at = (size_t)snprintf(sql, room, "%s INTO %s (", head, table);
  for (size_t i = 0; i < n; i++) at += (size_t)snprintf(sql + at, room - at, "%s%s", i ? "," : "", c[i].name);
  at += (size_t)snprintf(sql + at, room - at, ") VALUES (");
  for (size_t i = 0; i < n; i++) at += (size_t)snprintf(sql + at, room - at, postgres ? "%s$%zu" : "%s?%zu", i ? "," : "", i + 1);
  snprintf(sql + at, room - at, ")");
}

static void fill_lite(struct fixture *f, sqlite3 *db, const char *table, const struct column *c, size_t n) {
  char sql[8192];
  sqlite3_stmt *st = NULL;
  insert_text(sql, sizeof sql, "INSERT OR IGNORE", table, c, n, false);
  if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  for (int row = 0; row < ROWS; row++) {
    for (size_t i = 0; i < n; i++) {
      int at = (int)i + 1;
      struct str word = any_word(f);
      if (!c[i].required && next(f) % 4 == 0) sqlite3_bind_null(st, at);
      else if (strcmp(c[i].type, "TEXT") == 0) sqlite3_bind_text(st, at, word.p, (int)word.n, SQLITE_STATIC);
      else if (strcmp(c[i].type, "BLOB") == 0) sqlite3_bind_blob(st, at, word.n ? word.p : "", (int)word.n, SQLITE_STATIC);
      else sqlite3_bind_int64(st, at, any_number(f));
    }
    int code = sqlite3_step(st);
    if (code != SQLITE_DONE && (code & 0xff) != SQLITE_CONSTRAINT) fail_msg("%s: %s", table, sqlite3_errmsg(db));
    sqlite3_reset(st);
  }
  sqlite3_finalize(st);
}

static void copy_to_postgres(sqlite3 *db, PGconn *pg, const char *table, const struct column *c, size_t n) {
  char sql[8192], select[128];
  sqlite3_stmt *st = NULL;
  insert_text(sql, sizeof sql, "INSERT", table, c, n, true);
  snprintf(select, sizeof select, "SELECT * FROM %s", table);
  assert_int_equal(sqlite3_prepare_v2(db, select, -1, &st, NULL), SQLITE_OK);
  while (sqlite3_step(st) == SQLITE_ROW) {
    const char *values[COLUMNS_MAX];
    int lengths[COLUMNS_MAX] = {0}, formats[COLUMNS_MAX] = {0};
    for (size_t i = 0; i < n; i++) {
      formats[i] = strcmp(c[i].type, "BLOB") == 0;
      values[i] = sqlite3_column_type(st, (int)i) == SQLITE_NULL ? NULL : (const char *)sqlite3_column_text(st, (int)i);
      lengths[i] = sqlite3_column_bytes(st, (int)i);
    }
    PGresult *r = PQexecParams(pg, sql, (int)n, NULL, values, lengths, formats, 0);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) fail_msg("%s: %s", table, PQerrorMessage(pg));
    PQclear(r);
  }
  sqlite3_finalize(st);
}

static void fill(struct fixture *f) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
  char conninfo[256];
  snprintf(conninfo, sizeof conninfo, "host=%s port=18301 user=guiju dbname=guiju options='-c search_path=desk_one'", f->server.directory);
  PGconn *pg = PQconnectdb(conninfo);
  assert_int_equal(PQstatus(pg), CONNECTION_OK);
  for (size_t i = 0; i < f->module_count; i++)
    for (size_t k = 0; k < f->modules[i]->table_count; k++) {
      const char *table = f->modules[i]->tables[k].name;
      struct column columns[COLUMNS_MAX];
      if (strstr(f->modules[i]->tables[k].sqlite, "VIRTUAL")) continue;
      size_t n = columns_of(db, table, columns);
      if (n == 0) fail_msg("%s has no columns", table);
      fill_lite(f, db, table, columns, n);
      copy_to_postgres(db, pg, table, columns, n);
    }
  PQfinish(pg);
  sqlite3_close(db);
}

/* ---- running */

static void make_input(struct fixture *f, const struct store_query *q, char in[IN_BYTES]) {
  memset(in, 0, IN_BYTES);
  for (size_t i = 0; i < q->in_count; i++) {
    const struct store_column *c = &q->in[i];
    assert_true(c->offset + sizeof(struct str) < IN_BYTES && c->has_offset < IN_BYTES);
    if (c->nullable && next(f) % 4 == 0) continue;
    if (c->nullable) *(bool *)(in + c->has_offset) = true;
    struct str word = any_word(f);
    i64 number = any_number(f);
    if (c->type == STORE_BOOL) *(bool *)(in + c->offset) = number & 1;
    else if (c->type == STORE_INT) memcpy(in + c->offset, &number, sizeof number);
    else memcpy(in + c->offset, &word, sizeof word);
  }
}

struct answer {
  enum status status;
  struct problem problem;
  i64 changed;
  json_t *rows;
};

static struct answer run_on(struct fixture *f, struct store *s, const struct store_query *q, const void *in) {
  struct answer a = {.rows = json_array()};
  void *row = NULL;
  size_t count = 0;
  if (q->shape == STORE_EXEC) {
    a.status = store_query_exec(s, q, in, &a.changed, &a.problem);
  } else if (q->shape == STORE_ONE) {
    a.status = store_query_one(s, f->arena, q, in, &row, &a.problem);
    if (a.status == OK && row) json_array_append_new(a.rows, store_row_json(q, row));
  } else {
    a.status = store_query_many(s, f->arena, q, in, &row, &count, &a.problem);
    for (size_t i = 0; i < count; i++) json_array_append_new(a.rows, store_row_json(q, (char *)row + i * q->row_size));
  }
  f->answers += json_array_size(a.rows) + (size_t)a.changed;
  return a;
}

static void compare_tables(struct fixture *f, const struct store_module *m, const struct store_query *q) {
  for (size_t i = 0; i < m->table_count; i++) {
    unsigned char lite[STORE_HASH_BYTES], post[STORE_HASH_BYTES];
    struct problem p;
    if (strstr(m->tables[i].sqlite, "VIRTUAL")) continue;
    assert_int_equal(store_table_hash(f->lite, &m->tables[i], lite, NULL, &p), OK);
    assert_int_equal(store_table_hash(f->post, &m->tables[i], post, NULL, &p), OK);
    if (memcmp(lite, post, sizeof lite) != 0) fail_msg("%s left %s different", q->name, m->tables[i].name);
  }
}

static bool differs(const struct store_query *q, const struct answer *lite, const struct answer *post) {
  if (lite->status == post->status && lite->changed == post->changed && json_equal(lite->rows, post->rows)) return false;
  char *one = json_dumps(lite->rows, 0), *two = json_dumps(post->rows, 0);
  print_message("%s: SQLite %s %lld %.300s %s\n", q->name, status_name(lite->status), (long long)lite->changed, one, lite->status ? lite->problem.en : "");
  print_message("%s: PostgreSQL %s %lld %.300s %s\n", q->name, status_name(post->status), (long long)post->changed, two, post->status ? post->problem.en : "");
  free(one);
  free(two);
  return true;
}

static bool run_query(struct fixture *f, const struct store_module *m, const struct store_query *q) {
  bool wrong = false;
  struct problem p;
  if (strstr(q->sqlite, "message_find_index")) return false; /* each engine has an index of its own kind: test_find asks both the same */
  for (int i = 0; i < RUNS && !wrong; i++) {
    char in[IN_BYTES];
    make_input(f, q, in);
    assert_int_equal(store_begin(f->lite, &p), OK);
    assert_int_equal(store_begin(f->post, &p), OK);
    struct answer lite = run_on(f, f->lite, q, in), post = run_on(f, f->post, q, in);
    wrong = differs(q, &lite, &post);
    if (!wrong && q->shape == STORE_EXEC && lite.status == OK) compare_tables(f, m, q);
    json_decref(lite.rows);
    json_decref(post.rows);
    store_rollback(f->lite);
    store_rollback(f->post);
    arena_reset(f->arena);
  }
  return wrong;
}

static void every_query_answers_alike(void **state) {
  struct fixture *f = *state;
  size_t wrong = 0;
  for (size_t i = 0; i < f->module_count; i++)
    for (size_t k = 0; k < f->modules[i]->query_count; k++) {
      const struct store_query *q = f->modules[i]->queries[k];
      struct problem p;
      f->queries++;
      if (store_query_prepare(f->lite, q, &p) != OK || store_query_prepare(f->post, q, &p) != OK) {
        print_message("%s cannot be prepared: %s\n", q->name, p.en);
        wrong++;
        continue;
      }
      wrong += run_query(f, f->modules[i], q);
    }
  print_message("%zu queries, %zu rows and changes compared\n", f->queries, f->answers);
  assert_int_equal(wrong, 0);
  assert_true(f->answers > 20 * f->queries);
}

static void names_are_used_once(void **state) {
  struct fixture *f = *state;
  for (size_t i = 0; i < f->module_count; i++)
    for (size_t k = 0; k < f->modules[i]->query_count; k++)
      for (size_t j = i; j < f->module_count; j++)
        for (size_t l = j == i ? k + 1 : 0; l < f->modules[j]->query_count; l++)
          if (strcmp(f->modules[i]->queries[k]->name, f->modules[j]->queries[l]->name) == 0) fail_msg("two queries %s", f->modules[i]->queries[k]->name);
}

static void a_schema_is_a_desk_and_has_one_writer(void **state) {
  struct fixture *f = *state;
  struct store *other = NULL;
  struct problem p;
  char url[320];
  assert_int_equal(store_open(str_c(f->server.url), STORE_WRITE, &other, &p), E_BUSY);
  assert_string_equal(p.key, "store.in_use");
  snprintf(url, sizeof url, "%s_b", f->server.url);
  assert_int_equal(store_open(str_c(url), STORE_WRITE, &other, &p), OK);
  bool exists = true;
  assert_int_equal(store_table_exists(other, &f->modules[0]->tables[0], &exists, &p), OK);
  assert_false(exists);
  store_close(other);
  assert_int_equal(store_open(str_c(f->server.url), STORE_READ, &other, &p), OK);
  assert_int_equal(store_begin(other, &p), OK);
  store_rollback(other);
  store_close(other);
}

static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  struct problem p;
  size_t n;
  f->seed = 20260305;
  f->arena = arena_new((size_t)1 << 28);
  strcpy(f->directory, "/tmp/guiju-both-XXXXXX");
  if (mkdtemp(f->directory) == NULL || !postgres_server_start(&f->server)) return 1;
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  const struct store_module *const *all = command_modules(&n);
  for (size_t i = 0; i < n; i++) f->modules[f->module_count++] = all[i];
  all = view_modules(&n);
  for (size_t i = 0; i < n; i++) f->modules[f->module_count++] = all[i];
  if (store_open(str_c(f->file), STORE_WRITE, &f->lite, &p) != OK || store_open(str_c(f->server.url), STORE_WRITE, &f->post, &p) != OK) {
    print_message("%s\n", p.en);
    return 1;
  }
  for (size_t i = 0; i < f->module_count; i++)
    if (store_module_create(f->lite, f->modules[i], false, &p) != OK || store_module_create(f->post, f->modules[i], false, &p) != OK) {
      print_message("%s: %s\n", f->modules[i]->name, p.en);
      return 1;
    }
  gather_words(f);
  *state = f;
  fill(f);
  return 0;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  if (f == NULL) return 0;
  store_close(f->lite);
  store_close(f->post);
  postgres_server_stop(&f->server);
  arena_free(f->arena);
  char command[96];
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  int code = system(command);
  free(f);
  return code;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_used_once), cmocka_unit_test(every_query_answers_alike),
                                     cmocka_unit_test(a_schema_is_a_desk_and_has_one_writer)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
