/* One desk's database: connections, transactions and the runtime under the named, typed queries.
 *
 * SQL text lives only in src/<folder>/<noun>.sql; tools/sqlgen.py turns each file into typed C functions that call the
 * store_query_* functions below with a constant description of the query. Nobody else passes SQL around, and no SQL text
 * is ever glued together. Two engines stand behind one handle: SQLite (WAL, synchronous=FULL) and PostgreSQL.
 *
 * A handle belongs to one thread at a time. Text and blobs that come out live in the arena of the call.
 * Failures: E_FULL no room on the disk, E_IO the disk or server failed, E_BUSY another writer holds the lock,
 * E_CONFLICT a unique or foreign key refused. The transaction of a failed call must be rolled back by its owner.
 *
 * Fault points: store.open, store.begin, store.exec, store.commit (before it), store.committed (after it),
 * store.checkpoint, store.backup. */
#ifndef GUIJU_STORE_STORE_H
#define GUIJU_STORE_STORE_H

#include "base/arena.h"

#include <jansson.h>

struct store;
enum store_engine { STORE_SQLITE, STORE_POSTGRES };
enum store_mode {
  STORE_WRITE,  /* the one writer of all programs (E_BUSY when there is one); makes the database when it is not there */
  STORE_READ,   /* read-only; any number */
};

/* `url`: a file path ("/var/lib/guiju/desk.db", made when missing), or "postgresql://…"; the option
 * "schema=NAME" in its query part puts the desk into that schema (made when missing). */
MUST_CHECK enum status store_open(struct str url, enum store_mode mode, struct store **out, struct problem *p);
void store_close(struct store *s); /* NULL is allowed */
enum store_engine store_engine(const struct store *s);

/* A write transaction. After a failed store_commit nothing of it is there; call store_rollback all the same. */
MUST_CHECK enum status store_begin(struct store *s, struct problem *p);
MUST_CHECK enum status store_commit(struct store *s, struct problem *p);
void store_rollback(struct store *s);
/* One level inside it: everything since store_savepoint goes or stays. */
MUST_CHECK enum status store_savepoint(struct store *s, struct problem *p);
MUST_CHECK enum status store_savepoint_keep(struct store *s, struct problem *p);
MUST_CHECK enum status store_savepoint_undo(struct store *s, struct problem *p);
/* A consistent snapshot for several reads; store_read_end never fails. */
MUST_CHECK enum status store_read_begin(struct store *s, struct problem *p);
void store_read_end(struct store *s);
/* A limit on each of the reads that follow on this handle, until store_time_end: one that takes longer than `ms` ends as if it had no more
 * rows; SQLite gives those found by then, PostgreSQL none. store_time_end tells whether one was cut short. Not for writes. One level only. */
MUST_CHECK enum status store_time_begin(struct store *s, i64 ms, struct problem *p);
bool store_time_end(struct store *s);

/* Pages written to the journal since the last full checkpoint (SQLite; 0 elsewhere), and the checkpoint itself: call it
 * on a handle of its own thread, so the writer never waits. */
i64 store_journal_pages(const struct store *s);
MUST_CHECK enum status store_checkpoint(struct store *s, struct problem *p);
/* How much of the file this handle may keep in memory (SQLite; elsewhere nothing): for a fill of millions of rows, whose index pages come
 * up in no order. Default 32 MB for the writer. Failing to do it is no failure. */
void store_keep_in_memory(struct store *s, i64 bytes);
/* A whole copy into a new file while the desk works on (SQLite; PostgreSQL has its own tools: E_INVALID). */
MUST_CHECK enum status store_backup(struct store *s, struct str path, struct problem *p);
/* "ok", or what the engine's own check found. */
MUST_CHECK enum status store_integrity(struct store *s, struct arena *a, struct str *answer, struct problem *p);

/* ---- what sqlgen.py writes ------------------------------------------------------------------------------------ */

enum store_type { STORE_TEXT, STORE_INT, STORE_BOOL, STORE_BLOB };
struct store_column {
  const char *name;
  enum store_type type;
  bool nullable;
  size_t offset, has_offset; /* in the in- or row-struct */
};
enum store_shape { STORE_EXEC, STORE_ONE, STORE_MANY };
struct store_query {
  const char *name, *sqlite, *postgres;
  enum store_shape shape;
  const struct store_column *in, *out;
  size_t in_count, out_count, row_size;
};
struct store_table {
  const char *name;
  bool keep;                      /* never dropped by a rebuild */
  const char *sqlite, *postgres;  /* statements that make it */
  const char *select_all, *drop;
};
/* One .sql file. */
struct store_module {
  const char *name; /* "views/conversation" */
  const struct store_table *tables;
  size_t table_count;
  const struct store_query *const *queries;
  size_t query_count;
};

MUST_CHECK enum status store_query_exec(struct store *s, const struct store_query *q, const void *in, i64 *changed, struct problem *p);
MUST_CHECK enum status store_query_one(struct store *s, struct arena *a, const struct store_query *q, const void *in, void **row, struct problem *p);
MUST_CHECK enum status store_query_many(struct store *s, struct arena *a, const struct store_query *q, const void *in, void **rows, size_t *count, struct problem *p);
json_t *store_row_json(const struct store_query *q, const void *row); /* new reference; blobs as hexadecimal */
/* Prepare without running: for the test that holds both engines side by side. */
MUST_CHECK enum status store_query_prepare(struct store *s, const struct store_query *q, struct problem *p);

/* How many store_query_exec have succeeded on this handle: tells whether a piece of work wrote anything. */
i64 store_changes(const struct store *s);

/* Tables, by their generated description. */
MUST_CHECK enum status store_table_exists(struct store *s, const struct store_table *t, bool *exists, struct problem *p);
MUST_CHECK enum status store_table_create(struct store *s, const struct store_table *t, struct problem *p);
MUST_CHECK enum status store_table_drop(struct store *s, const struct store_table *t, struct problem *p);
/* Makes the tables of a module that are not there yet; with keep_only, only those a rebuild never drops. */
MUST_CHECK enum status store_module_create(struct store *s, const struct store_module *m, bool keep_only, struct problem *p);
/* A fingerprint of a table's rows, whatever their order; equal contents give equal fingerprints on one engine. */
enum { STORE_HASH_BYTES = 32 };
MUST_CHECK enum status store_table_hash(struct store *s, const struct store_table *t, unsigned char hash[STORE_HASH_BYTES], i64 *rows, struct problem *p);

#endif
