/* The engine-independent half of the store: transactions with their fault points, typed rows, tables, fingerprints.
 * The two engines are store_sqlite.c and store_postgres.c. */
#include "store/store_backend.h"

#include "base/fault.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum status store_problem(struct problem *p, enum status status, const char *detail) {
  switch (status) {
    case E_FULL:
      return problem_set(p, status, "store.full", "磁盘已满，这次没有保存；腾出空间后会自动恢复（%s）",
                         "The disk is full and nothing of this was saved; work resumes once there is room (%s)", detail);
    case E_BUSY:
      return problem_set(p, status, "store.busy", "数据库正被另一个程序占用，请稍后再试（%s）",
                         "Another program is holding the database; try again shortly (%s)", detail);
    case E_CONFLICT:
      return problem_set(p, status, "store.conflict", "与已有的记录冲突（%s）", "This conflicts with a record that exists (%s)", detail);
    case E_NOT_FOUND:
      return problem_set(p, status, "store.missing", "数据库不存在（%s）", "There is no such database (%s)", detail);
    default:
      return problem_set(p, status, "store.io", "数据库读写失败，这次没有保存；排除故障后会自动恢复（%s）",
                         "The database could not be read or written and nothing of this was saved; work resumes once that is mended (%s)", detail);
  }
}

static enum status faulty(const char *point, struct problem *p) {
  enum status status = fault_point(point);
  return status == OK ? OK : store_problem(p, status, point);
}

static bool is_postgres(struct str url) {
  return str_starts(url, STR("postgresql://")) || str_starts(url, STR("postgres://"));
}

enum status store_open(struct str url, enum store_mode mode, struct store **out, struct problem *p) {
  *out = NULL;
  enum status status = faulty("store.open", p);
  if (status != OK) return status;
  return is_postgres(url) ? store_postgres_open(url, mode, out, p) : store_sqlite_open(url, mode, out, p);
}

void store_close(struct store *s) {
  if (s) s->backend->close(s);
}

enum store_engine store_engine(const struct store *s) { return s->backend->engine; }

enum status store_begin(struct store *s, struct problem *p) {
  BUG_IF(s->in_transaction);
  enum status status = OK;
  TRY(faulty("store.begin", p));
  TRY(s->backend->control(s, s->backend->engine == STORE_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN ISOLATION LEVEL SERIALIZABLE", p));
  s->in_transaction = true;
done:
  return status;
}

enum status store_commit(struct store *s, struct problem *p) {
  BUG_IF(!s->in_transaction);
  enum status status = OK;
  TRY(faulty("store.commit", p));
  TRY(s->backend->control(s, "COMMIT", p));
  s->in_transaction = false;
  status = faulty("store.committed", p); /* the transaction stands, though its owner is told otherwise */
done:
  return status;
}

void store_rollback(struct store *s) {
  if (!s->in_transaction) return;
  enum status ignored = s->backend->control(s, "ROLLBACK", NULL); /* the engine may have rolled back by itself */
  (void)ignored;
  s->in_transaction = false;
}

enum status store_savepoint(struct store *s, struct problem *p) { return s->backend->control(s, "SAVEPOINT command", p); }
enum status store_savepoint_keep(struct store *s, struct problem *p) { return s->backend->control(s, "RELEASE SAVEPOINT command", p); }
enum status store_savepoint_undo(struct store *s, struct problem *p) {
  enum status status = s->backend->control(s, "ROLLBACK TO SAVEPOINT command", p);
  return status == OK ? store_savepoint_keep(s, p) : status;
}

enum status store_read_begin(struct store *s, struct problem *p) {
  BUG_IF(s->in_transaction);
  enum status status = s->backend->control(
      s, s->backend->engine == STORE_SQLITE ? "BEGIN DEFERRED" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", p);
  if (status == OK) s->in_transaction = true;
  return status;
}

void store_read_end(struct store *s) { store_rollback(s); }

enum status store_time_begin(struct store *s, i64 ms, struct problem *p) {
  BUG_IF(s->timed || ms < 0);
  enum status status = s->backend->time(s, ms, p);
  s->timed = status == OK;
  s->cut = false;
  return status;
}

bool store_time_end(struct store *s) {
  if (!s->timed) return false;
  enum status ignored = s->backend->time(s, -1, NULL); /* a transaction that failed ends by store_read_end, and its limit with it */
  (void)ignored;
  s->timed = false;
  return s->cut;
}

void store_keep_in_memory(struct store *s, i64 bytes) {
  if (s->backend->engine == STORE_SQLITE) store_sqlite_keep_in_memory(s, bytes);
}

i64 store_journal_pages(const struct store *s) {
  return s->backend->engine == STORE_SQLITE ? store_sqlite_journal_pages(s) : 0;
}

enum status store_checkpoint(struct store *s, struct problem *p) {
  enum status status = faulty("store.checkpoint", p);
  if (status != OK || s->backend->engine != STORE_SQLITE) return status;
  return store_sqlite_checkpoint(s, p);
}

enum status store_backup(struct store *s, struct str path, struct problem *p) {
  enum status status = faulty("store.backup", p);
  if (status != OK) return status;
  if (s->backend->engine != STORE_SQLITE)
    return problem_set(p, E_INVALID, "store.backup_engine", "这个部门存在 PostgreSQL 里，请用 pg_dump 备份",
                       "This desk lives in PostgreSQL; back it up with pg_dump");
  return store_sqlite_backup(s, path, p);
}

enum status store_integrity(struct store *s, struct arena *a, struct str *answer, struct problem *p) {
  *answer = STR("ok");
  return s->backend->engine == STORE_SQLITE ? store_sqlite_integrity(s, a, answer, p) : OK;
}

/* ---- typed rows */

void column_set_text(const struct store_column *c, void *row, struct str s) {
  memcpy((char *)row + c->offset, &s, sizeof s);
  if (c->nullable) *(bool *)((char *)row + c->has_offset) = true;
}

void column_set_int(const struct store_column *c, void *row, i64 i) {
  if (c->type == STORE_BOOL) *(bool *)((char *)row + c->offset) = i != 0;
  else memcpy((char *)row + c->offset, &i, sizeof i);
  if (c->nullable) *(bool *)((char *)row + c->has_offset) = true;
}

enum status store_query_exec(struct store *s, const struct store_query *q, const void *in, i64 *changed, struct problem *p) {
  enum status status = faulty("store.exec", p);
  if (status == OK) status = s->backend->exec(s, q, in, changed, p);
  s->changes += status == OK;
  return status;
}

i64 store_changes(const struct store *s) { return s->changes; }

static enum status keep_one(void *ctx, void *decoded) {
  void **first = ctx;
  if (*first == NULL) *first = decoded;
  return OK;
}

enum status store_query_one(struct store *s, struct arena *a, const struct store_query *q, const void *in, void **row, struct problem *p) {
  *row = NULL;
  return s->backend->rows(s, a, q, in, keep_one, row, p);
}

struct many {
  struct arena *arena;
  char *rows;
  size_t room, count, size;
};

static enum status keep_many(void *ctx, void *decoded) {
  struct many *m = ctx;
  m->rows = arena_grow(m->arena, m->rows, &m->room, m->count + 1, m->size);
  memcpy(m->rows + m->count++ * m->size, decoded, m->size);
  return OK;
}

enum status store_query_many(struct store *s, struct arena *a, const struct store_query *q, const void *in, void **rows, size_t *count, struct problem *p) {
  struct many m = {.arena = a, .size = q->row_size};
  enum status status = s->backend->rows(s, a, q, in, keep_many, &m, p);
  *rows = m.rows;
  *count = status == OK ? m.count : 0;
  return status;
}

enum status store_query_prepare(struct store *s, const struct store_query *q, struct problem *p) { return s->backend->prepare(s, q, p); }

static json_t *column_json(const struct store_column *c, const void *row) {
  if (column_absent(c, row)) return json_null();
  if (c->type == STORE_INT) return json_integer(column_int(c, row));
  if (c->type == STORE_BOOL) return json_boolean(column_int(c, row));
  struct str s = column_text(c, row);
  if (c->type == STORE_TEXT) return json_stringn_nocheck(s.n ? s.p : "", s.n);
  char *hex = malloc(s.n * 2 + 1);
  BUG_IF(hex == NULL);
  sodium_bin2hex(hex, s.n * 2 + 1, (const unsigned char *)s.p, s.n);
  json_t *json = json_stringn_nocheck(hex, s.n * 2);
  free(hex);
  return json;
}

json_t *store_row_json(const struct store_query *q, const void *row) {
  json_t *object = json_object();
  for (size_t i = 0; i < q->out_count; i++) json_object_set_new_nocheck(object, q->out[i].name, column_json(&q->out[i], row));
  return object;
}

/* ---- tables */

enum status store_table_exists(struct store *s, const struct store_table *t, bool *exists, struct problem *p) {
  return s->backend->exists(s, t->name, exists, p);
}

enum status store_table_create(struct store *s, const struct store_table *t, struct problem *p) {
  return s->backend->run(s, s->backend->engine == STORE_SQLITE ? t->sqlite : t->postgres, p);
}

enum status store_table_drop(struct store *s, const struct store_table *t, struct problem *p) {
  BUG_IF(t->keep);
  return s->backend->run(s, t->drop, p);
}

enum status store_module_create(struct store *s, const struct store_module *m, bool keep_only, struct problem *p) {
  enum status status = OK;
  for (size_t i = 0; i < m->table_count; i++) {
    bool exists = false;
    if (keep_only && !m->tables[i].keep) continue;
    TRY(store_table_exists(s, &m->tables[i], &exists, p));
    if (!exists) TRY(store_table_create(s, &m->tables[i], p));
  }
done:
  return status;
}

/* The sum of the rows' hashes, each a 256-bit number: independent of order, and a row twice does not cancel out. */
struct fingerprint {
  u64 sum[STORE_HASH_BYTES / 8];
  i64 rows;
};

static void fingerprint_add(void *ctx, struct str text) {
  struct fingerprint *f = ctx;
  u64 hash[STORE_HASH_BYTES / 8];
  crypto_generichash((unsigned char *)hash, sizeof hash, (const unsigned char *)text.p, text.n, NULL, 0);
  unsigned carry = 0;
  for (size_t i = 0; i < COUNT_OF(hash); i++) {
    unsigned __int128 sum = (unsigned __int128)f->sum[i] + hash[i] + carry;
    f->sum[i] = (u64)sum;
    carry = (unsigned)(sum >> 64);
  }
  f->rows++;
}

enum status store_table_hash(struct store *s, const struct store_table *t, unsigned char hash[STORE_HASH_BYTES], i64 *rows, struct problem *p) {
  struct fingerprint f = {0};
  enum status status = s->backend->dump(s, t->select_all, fingerprint_add, &f, p);
  memcpy(hash, f.sum, STORE_HASH_BYTES);
  if (rows) *rows = f.rows;
  return status;
}

/* ---- prepared statements by query */

static void cache_grow(struct statement_cache *c) {
  struct statement_cache old = *c;
  c->room = old.room ? old.room * 2 : 256;
  c->slots = calloc(c->room, sizeof *c->slots);
  BUG_IF(c->slots == NULL);
  c->used = 0;
  for (size_t i = 0; i < old.room; i++)
    if (old.slots[i].query) *statement_cache_slot(c, old.slots[i].query) = old.slots[i];
  free(old.slots);
}

struct statement_slot *statement_cache_slot(struct statement_cache *c, const struct store_query *q) {
  if ((c->used + 1) * 2 > c->room) cache_grow(c);
  size_t at = ((uintptr_t)q >> 4) * 0x9E3779B97F4A7C15u;
  for (;; at++) {
    struct statement_slot *slot = &c->slots[at & (c->room - 1)];
    if (slot->query == q) return slot;
    if (slot->query == NULL) {
      slot->query = q;
      c->used++;
      return slot;
    }
  }
}

void statement_cache_release(struct statement_cache *c) {
  free(c->slots);
  *c = (struct statement_cache){0};
}
