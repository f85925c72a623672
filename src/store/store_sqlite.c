/* The SQLite engine: one file, write-ahead journal, synchronous=FULL, so a committed transaction survives a power cut.
 * Checkpoints never run on the writer's handle by themselves (wal_autocheckpoint=0): see store_checkpoint. */
#include "store/store_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_WAIT_MS = 5000, BACKUP_PAGES_PER_STEP = 1024, CONTROLS_MOST = 8, SMALL_BYTES = 800, SMALL_COUNT = 256, STEPS_PER_LOOK = 1000 };

/* BEGIN, COMMIT and the like, parsed once. */
struct control {
  const char *sql; /* a constant */
  sqlite3_stmt *statement;
};

struct sqlite_store {
  struct store base;
  sqlite3 *db;
  struct statement_cache cache;
  struct control controls[CONTROLS_MOST];
  size_t control_count;
  i64 journal_pages;
  int lock; /* file descriptor, or -1 */
  i64 limit_us, until_us; /* of reads, while base.timed */
};

static struct sqlite_store *self(const struct store *s) { return (struct sqlite_store *)(uintptr_t)s; }

static enum status status_of(int code) {
  switch (code & 0xff) {
    case SQLITE_OK: case SQLITE_DONE: case SQLITE_ROW: return OK;
    case SQLITE_FULL: return E_FULL;
    case SQLITE_BUSY: case SQLITE_LOCKED: return E_BUSY;
    case SQLITE_CONSTRAINT: return E_CONFLICT;
    default: return E_IO;
  }
}

static enum status failed(sqlite3 *db, int code, struct problem *p) {
  enum status status = status_of(code);
  if (status == E_IO && db && (sqlite3_system_errno(db) == ENOSPC || sqlite3_system_errno(db) == EDQUOT)) status = E_FULL;
  return store_problem(p, status, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

static int note_journal(void *ctx, sqlite3 *db, const char *name, int pages) {
  (void)db, (void)name;
  ((struct sqlite_store *)ctx)->journal_pages = pages;
  return SQLITE_OK;
}

static enum status sqlite_run(struct store *s, const char *sql, struct problem *p) {
  sqlite3 *db = self(s)->db;
  int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? OK : failed(db, code, p);
}

/* `sql`: one statement, a constant. */
static enum status sqlite_control(struct store *s, const char *sql, struct problem *p) {
  struct sqlite_store *me = self(s);
  struct control *c = me->controls, *end = c + me->control_count;
  while (c < end && strcmp(c->sql, sql) != 0) c++;
  if (c == end) {
    sqlite3_stmt *made = NULL;
    BUG_IF(me->control_count == CONTROLS_MOST);
    int code = sqlite3_prepare_v3(me->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL);
    if (code != SQLITE_OK) return failed(me->db, code, p);
    *c = (struct control){sql, made};
    me->control_count++;
  }
  int code = sqlite3_step(c->statement);
  enum status status = code == SQLITE_DONE ? OK : failed(me->db, code, p);
  sqlite3_reset(c->statement);
  return status;
}

/* ---- a limit of time */

static i64 clock_us(void) {
  struct timespec t;
  BUG_IF(clock_gettime(CLOCK_MONOTONIC, &t) != 0);
  return (i64)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Asked every so many steps of the virtual machine; the full-text index takes some for each block that it reads. */
static int is_late(void *ctx) {
  struct sqlite_store *me = ctx;
  return me->until_us != INT64_MAX && clock_us() >= me->until_us;
}

static enum status sqlite_time(struct store *s, i64 ms, struct problem *p) {
  (void)p;
  struct sqlite_store *me = self(s);
  me->limit_us = ms * 1000;
  me->until_us = INT64_MAX;
  sqlite3_progress_handler(me->db, ms < 0 ? 0 : STEPS_PER_LOOK, ms < 0 ? NULL : is_late, me);
  return OK;
}

/* ---- statements */

static enum status statement_of(struct sqlite_store *s, const struct store_query *q, sqlite3_stmt **out, struct problem *p) {
  struct statement_slot *slot = statement_cache_slot(&s->cache, q);
  if (slot->statement == NULL) {
    sqlite3_stmt *made = NULL;
    int code = sqlite3_prepare_v3(s->db, q->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL);
    if (code != SQLITE_OK) {
      char detail[512];
      snprintf(detail, sizeof detail, "%s: %s", q->name, sqlite3_errmsg(s->db));
      return store_problem(p, status_of(code), detail);
    }
    if ((size_t)sqlite3_column_count(made) != q->out_count || (size_t)sqlite3_bind_parameter_count(made) != q->in_count) {
      sqlite3_finalize(made);
      char detail[128];
      snprintf(detail, sizeof detail, "%s: declared columns do not match", q->name);
      return store_problem(p, E_IO, detail);
    }
    slot->statement = made;
  }
  *out = slot->statement;
  return OK;
}

static void bind(sqlite3_stmt *st, const struct store_query *q, const void *in) {
  for (size_t i = 0; i < q->in_count; i++) {
    const struct store_column *c = &q->in[i];
    int at = (int)i + 1, code;
    if (column_absent(c, in)) {
      code = sqlite3_bind_null(st, at);
    } else if (c->type == STORE_TEXT) {
      struct str s = column_text(c, in);
      code = sqlite3_bind_text64(st, at, s.n ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
    } else if (c->type == STORE_BLOB) {
      struct str s = column_text(c, in);
      code = sqlite3_bind_blob64(st, at, s.n ? s.p : "", s.n, SQLITE_STATIC);
    } else {
      code = sqlite3_bind_int64(st, at, column_int(c, in));
    }
    BUG_IF(code != SQLITE_OK);
  }
}

static enum status sqlite_exec(struct store *s, const struct store_query *q, const void *in, i64 *changed, struct problem *p) {
  struct sqlite_store *me = self(s);
  sqlite3_stmt *st = NULL;
  enum status status = statement_of(me, q, &st, p);
  if (status != OK) return status;
  bind(st, q, in);
  int code = sqlite3_step(st);
  if (code == SQLITE_ROW) code = SQLITE_DONE;
  if (code != SQLITE_DONE) status = failed(me->db, code, p);
  if (changed) *changed = status == OK ? sqlite3_changes64(me->db) : 0;
  sqlite3_reset(st);
  return status;
}

static enum status unexpected_null(const struct store_query *q, const struct store_column *c, struct problem *p) {
  char detail[192];
  snprintf(detail, sizeof detail, "%s.%s is NULL", q->name, c->name);
  return store_problem(p, E_IO, detail);
}

/* The type of a value is only asked for where it could be NULL: reports read a hundred thousand rows. */
static enum status decode(struct arena *a, sqlite3_stmt *st, const struct store_query *q, void *row, struct problem *p) {
  for (size_t i = 0; i < q->out_count; i++) {
    const struct store_column *c = &q->out[i];
    int at = (int)i;
    if (c->nullable && sqlite3_column_type(st, at) == SQLITE_NULL) continue;
    if (c->type == STORE_INT || c->type == STORE_BOOL) {
      i64 n = sqlite3_column_int64(st, at);
      if (n == 0 && sqlite3_column_type(st, at) == SQLITE_NULL) return unexpected_null(q, c, p);
      column_set_int(c, row, n);
      continue;
    }
    const void *bytes = c->type == STORE_TEXT ? (const void *)sqlite3_column_text(st, at) : sqlite3_column_blob(st, at);
    if (bytes == NULL && sqlite3_column_type(st, at) == SQLITE_NULL) return unexpected_null(q, c, p);
    column_set_text(c, row, arena_dup(a, (struct str){bytes, (size_t)sqlite3_column_bytes(st, at)}));
  }
  return OK;
}

static enum status sqlite_rows(struct store *s, struct arena *a, const struct store_query *q, const void *in,
                               enum status (*each)(void *ctx, void *decoded), void *ctx, struct problem *p) {
  struct sqlite_store *me = self(s);
  sqlite3_stmt *st = NULL;
  enum status status = statement_of(me, q, &st, p);
  if (status != OK) return status;
  bind(st, q, in);
  if (s->timed) me->until_us = clock_us() + me->limit_us;
  int code;
  while (status == OK && (code = sqlite3_step(st)) != SQLITE_DONE) {
    if (code != SQLITE_ROW) {
      if (s->timed && (code & 0xff) == SQLITE_INTERRUPT) s->cut = true;
      else status = failed(me->db, code, p);
      break;
    }
    void *row = arena_alloc(a, q->row_size);
    status = decode(a, st, q, row, p);
    if (status == OK) status = each(ctx, row);
    if (status == OK && q->shape == STORE_ONE) break;
  }
  sqlite3_reset(st);
  me->until_us = INT64_MAX;
  return status;
}

static enum status sqlite_prepare(struct store *s, const struct store_query *q, struct problem *p) {
  sqlite3_stmt *st = NULL;
  return statement_of(self(s), q, &st, p);
}

static enum status sqlite_exists(struct store *s, const char *table, bool *exists, struct problem *p) {
  sqlite3 *db = self(s)->db;
  sqlite3_stmt *st = NULL;
  int code = sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_schema WHERE name = ?1", -1, &st, NULL);
  if (code != SQLITE_OK) return failed(db, code, p);
  sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
  code = sqlite3_step(st);
  *exists = code == SQLITE_ROW;
  sqlite3_finalize(st);
  return status_of(code) == OK ? OK : failed(db, code, p);
}

static enum status sqlite_dump(struct store *s, const char *sql, void (*row)(void *ctx, struct str text), void *ctx, struct problem *p) {
  sqlite3 *db = self(s)->db;
  sqlite3_stmt *st = NULL;
  int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
  if (code != SQLITE_OK) return failed(db, code, p);
  struct buf line;
  buf_init(&line, (size_t)1 << 30);
  while ((code = sqlite3_step(st)) == SQLITE_ROW) {
    line.n = 0;
    for (int i = 0; i < sqlite3_column_count(st); i++) {
      buf_byte(&line, sqlite3_column_type(st, i) == SQLITE_NULL ? '\x1e' : '\x1f');
      const void *bytes = sqlite3_column_blob(st, i);
      buf_add(&line, (struct str){bytes, (size_t)sqlite3_column_bytes(st, i)});
    }
    row(ctx, buf_str(&line));
  }
  enum status status = code == SQLITE_DONE ? OK : failed(db, code, p);
  buf_release(&line);
  sqlite3_finalize(st);
  return status;
}

static void sqlite_close(struct store *s) {
  struct sqlite_store *me = self(s);
  for (size_t i = 0; i < me->cache.room; i++) sqlite3_finalize(me->cache.slots[i].statement);
  for (size_t i = 0; i < me->control_count; i++) sqlite3_finalize(me->controls[i].statement);
  statement_cache_release(&me->cache);
  sqlite3_close_v2(me->db);
  if (me->lock >= 0) close(me->lock);
  free(me);
}

static const struct store_backend sqlite_backend = {
    .engine = STORE_SQLITE, .close = sqlite_close, .run = sqlite_run, .control = sqlite_control, .exec = sqlite_exec,
    .rows = sqlite_rows, .time = sqlite_time, .prepare = sqlite_prepare, .exists = sqlite_exists, .dump = sqlite_dump,
};

/* Every small piece of memory would otherwise be counted under one lock that all threads share. Before the first connection of the program. */
static void configure_library(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

static enum status configure(struct sqlite_store *me, struct problem *p) {
  enum status status = OK;
  sqlite3_busy_timeout(me->db, BUSY_WAIT_MS);
  sqlite3_extended_result_codes(me->db, 1);
  sqlite3_db_config(me->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, SMALL_BYTES, SMALL_COUNT); /* rows under way: without the general allocator */
  if (me->base.mode == STORE_WRITE) {
    TRY(sqlite_run(&me->base, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                              "PRAGMA foreign_keys=ON; PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;", p));
    sqlite3_wal_hook(me->db, note_journal, me);
  } else {
    TRY(sqlite_run(&me->base, "PRAGMA query_only=ON; PRAGMA cache_size=-4096; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;", p));
  }
done:
  return status;
}

/* One writing program per desk: its memory (log position, engine) must be the only one. The lock dies with the process. */
static enum status lock_file(struct sqlite_store *me, const char *path, struct problem *p) {
  if (me->base.mode != STORE_WRITE || path[0] == 0 || path[0] == ':' || strncmp(path, "file:", 5) == 0) return OK;
  char name[4096];
  if ((size_t)snprintf(name, sizeof name, "%s-lock", path) >= sizeof name) return store_problem(p, E_IO, "path too long");
  me->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (me->lock < 0) return store_problem(p, errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO, strerror(errno));
  if (flock(me->lock, LOCK_EX | LOCK_NB) == 0) return OK;
  return problem_set(p, E_BUSY, "store.in_use", "这个部门正由另一个程序运行着（%s）", "Another program is running this desk (%s)", path);
}

enum status store_sqlite_open(struct str path, enum store_mode mode, struct store **out, struct problem *p) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, configure_library);
  struct sqlite_store *me = calloc(1, sizeof *me);
  BUG_IF(me == NULL);
  me->base = (struct store){.backend = &sqlite_backend, .mode = mode};
  me->lock = -1;
  char *name = strndup(path.n ? path.p : "", path.n);
  BUG_IF(name == NULL);
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE | (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
  enum status status = lock_file(me, name, p);
  if (status == OK) {
    int code = sqlite3_open_v2(name, &me->db, flags, NULL);
    status = code == SQLITE_OK ? configure(me, p) : failed(me->db, code, p);
  }
  free(name);
  if (status != OK) {
    sqlite_close(&me->base);
    return status;
  }
  *out = &me->base;
  return OK;
}

/* ---- the file */

void store_sqlite_keep_in_memory(struct store *s, i64 bytes) {
  char text[64];
  (void)snprintf(text, sizeof text, "PRAGMA cache_size=-%lld;", (long long)(bytes / 1024));
  struct problem p;
  if (sqlite_run(s, text, &p) != OK) return;
}

i64 store_sqlite_journal_pages(const struct store *s) { return self(s)->journal_pages; }

enum status store_sqlite_checkpoint(struct store *s, struct problem *p) {
  sqlite3 *db = self(s)->db;
  int code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  return code == SQLITE_OK ? OK : failed(db, code, p);
}

static enum status copy_pages(sqlite3 *from, sqlite3 *to, struct problem *p) {
  sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == NULL) return failed(to, sqlite3_errcode(to), p);
  /* All pages in one step are one snapshot: in WAL mode the writer goes on beside it. */
  int code = sqlite3_backup_step(backup, -1);
  int end = sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE && end == SQLITE_OK) return OK;
  return failed(to, code != SQLITE_DONE ? code : end, p);
}

enum status store_sqlite_backup(struct store *s, struct str path, struct problem *p) {
  sqlite3 *to = NULL;
  char *name = strndup(path.p, path.n);
  BUG_IF(name == NULL);
  int code = sqlite3_open_v2(name, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  enum status status = code == SQLITE_OK ? copy_pages(self(s)->db, to, p) : failed(to, code, p);
  if (status == OK && sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK)
    status = failed(to, sqlite3_errcode(to), p); /* the copy is one file */
  sqlite3_close_v2(to);
  if (status != OK) remove(name);
  free(name);
  return status;
}

enum status store_sqlite_integrity(struct store *s, struct arena *a, struct str *answer, struct problem *p) {
  sqlite3 *db = self(s)->db;
  sqlite3_stmt *st = NULL;
  int code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st, NULL);
  if (code != SQLITE_OK) return failed(db, code, p);
  code = sqlite3_step(st);
  if (code == SQLITE_ROW) *answer = arena_dup(a, str_c((const char *)sqlite3_column_text(st, 0)));
  enum status status = code == SQLITE_ROW ? OK : failed(db, code, p);
  sqlite3_finalize(st);
  return status;
}
