/* What an engine must provide, and what both share. Only for src/store. */
#ifndef GUIJU_STORE_STORE_BACKEND_H
#define GUIJU_STORE_STORE_BACKEND_H

#include "store/store.h"

struct store_backend {
  enum store_engine engine;
  void (*close)(struct store *s);
  enum status (*run)(struct store *s, const char *sql, struct problem *p); /* fixed texts and generated DDL */
  enum status (*control)(struct store *s, const char *sql, struct problem *p); /* begins and ends transactions: a few constants */
  enum status (*exec)(struct store *s, const struct store_query *q, const void *in, i64 *changed, struct problem *p);
  /* Calls `row` for each row; the values are good only during the call. */
  enum status (*rows)(struct store *s, struct arena *a, const struct store_query *q, const void *in,
                      enum status (*row)(void *ctx, void *decoded), void *ctx, struct problem *p);
  enum status (*time)(struct store *s, i64 ms, struct problem *p); /* -1: no limit any more */
  enum status (*prepare)(struct store *s, const struct store_query *q, struct problem *p);
  enum status (*exists)(struct store *s, const char *table, bool *exists, struct problem *p);
  /* Every row of a fixed "SELECT * FROM t" as one text with unit separators. */
  enum status (*dump)(struct store *s, const char *sql, void (*row)(void *ctx, struct str text), void *ctx, struct problem *p);
};

struct store {
  const struct store_backend *backend;
  enum store_mode mode;
  bool in_transaction, timed, cut; /* cut: a read ended at its limit of time */
  i64 changes;
};

MUST_CHECK enum status store_sqlite_open(struct str path, enum store_mode mode, struct store **out, struct problem *p);
MUST_CHECK enum status store_postgres_open(struct str url, enum store_mode mode, struct store **out, struct problem *p);

i64 store_sqlite_journal_pages(const struct store *s);
void store_sqlite_keep_in_memory(struct store *s, i64 bytes);
MUST_CHECK enum status store_sqlite_checkpoint(struct store *s, struct problem *p);
MUST_CHECK enum status store_sqlite_backup(struct store *s, struct str path, struct problem *p);
MUST_CHECK enum status store_sqlite_integrity(struct store *s, struct arena *a, struct str *answer, struct problem *p);

/* The one wording for each kind of failure; `detail` is the engine's own message, in English. */
enum status store_problem(struct problem *p, enum status status, const char *detail);

/* Typed members of an in- or row-struct. */
static inline bool column_absent(const struct store_column *c, const void *base) {
  return c->nullable && !*(const bool *)((const char *)base + c->has_offset);
}
static inline struct str column_text(const struct store_column *c, const void *base) {
  return *(const struct str *)(const void *)((const char *)base + c->offset);
}
static inline i64 column_int(const struct store_column *c, const void *base) {
  if (c->type == STORE_BOOL) return *(const bool *)((const char *)base + c->offset);
  return *(const i64 *)(const void *)((const char *)base + c->offset);
}
void column_set_text(const struct store_column *c, void *row, struct str s);
void column_set_int(const struct store_column *c, void *row, i64 i);

/* Slots of prepared statements by query, per connection; open addressing on the query's address. */
struct statement_slot {
  const struct store_query *query;
  void *statement;
};
struct statement_cache {
  struct statement_slot *slots;
  size_t room, used;
};
struct statement_slot *statement_cache_slot(struct statement_cache *c, const struct store_query *q);
void statement_cache_release(struct statement_cache *c);

#endif
