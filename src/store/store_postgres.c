/* The PostgreSQL engine: the same queries, prepared under their own names, values as text (blobs as bytes).
 * A desk lives in one schema. A failed statement spoils its transaction until the savepoint or the whole is undone. */
#include "store/store_backend.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_MAX = 63, PARAMETERS_MAX = 64 };

struct postgres_store {
  struct store base;
  PGconn *connection;
  struct statement_cache cache;
  struct arena *scratch; /* parameters of the running call */
};

static const size_t SCRATCH_CAP = (size_t)256 << 20;

static struct postgres_store *self(const struct store *s) { return (struct postgres_store *)(uintptr_t)s; }

/* SQLSTATE classes: 53100 disk full; 23xxx integrity; 40xxx and 55P03 somebody else was first. */
static enum status status_of(const PGresult *r) {
  ExecStatusType code = PQresultStatus(r);
  if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK) return OK;
  const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
  if (state == NULL) return E_IO;
  if (strcmp(state, "53100") == 0) return E_FULL;
  if (strncmp(state, "23", 2) == 0) return E_CONFLICT;
  if (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0) return E_BUSY;
  return E_IO;
}

static enum status failed(struct postgres_store *me, const PGresult *r, const char *name, struct problem *p) {
  const char *message = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  char detail[512];
  snprintf(detail, sizeof detail, "%s: %s", name, message ? message : PQerrorMessage(me->connection));
  return store_problem(p, status_of(r), detail);
}

static enum status postgres_run(struct store *s, const char *sql, struct problem *p) {
  PGresult *r = PQexec(self(s)->connection, sql);
  enum status status = status_of(r) == OK ? OK : failed(self(s), r, "run", p);
  PQclear(r);
  return status;
}

static enum status postgres_prepare(struct store *s, const struct store_query *q, struct problem *p) {
  struct postgres_store *me = self(s);
  struct statement_slot *slot = statement_cache_slot(&me->cache, q);
  if (slot->statement) return OK;
  PGresult *r = PQprepare(me->connection, q->name, q->postgres, 0, NULL);
  enum status status = status_of(r) == OK ? OK : failed(me, r, q->name, p);
  PQclear(r);
  if (status != OK) return status;
  r = PQdescribePrepared(me->connection, q->name);
  if (status_of(r) != OK) status = failed(me, r, q->name, p);
  else if ((size_t)PQnfields(r) != q->out_count && q->shape != STORE_EXEC) status = store_problem(p, E_IO, q->name);
  PQclear(r);
  if (status == OK) slot->statement = me; /* any mark: the server holds the statement under its name */
  return status;
}

static bool was_cut(struct postgres_store *me, const PGresult *r) {
  const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
  return me->base.timed && state && strcmp(state, "57014") == 0;
}

static enum status execute(struct postgres_store *me, const struct store_query *q, const void *in, PGresult **out, struct problem *p) {
  enum status status = postgres_prepare(&me->base, q, p);
  if (status != OK) return status;
  const char *values[PARAMETERS_MAX];
  int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
  BUG_IF(q->in_count > PARAMETERS_MAX);
  for (size_t i = 0; i < q->in_count; i++) {
    const struct store_column *c = &q->in[i];
    formats[i] = c->type == STORE_BLOB;
    lengths[i] = 0;
    values[i] = NULL;
    if (column_absent(c, in)) continue;
    if (c->type == STORE_TEXT || c->type == STORE_BLOB) {
      struct str s = column_text(c, in);
      values[i] = arena_cstr(me->scratch, s);
      lengths[i] = (int)s.n;
    } else {
      values[i] = arena_printf(me->scratch, "%lld", (long long)column_int(c, in)).p;
    }
  }
  PGresult *r = PQexecPrepared(me->connection, q->name, (int)q->in_count, values, lengths, formats, 0);
  arena_reset(me->scratch);
  if (status_of(r) != OK) {
    bool cut = was_cut(me, r);
    if (!cut) status = failed(me, r, q->name, p);
    PQclear(r);
    if (!cut) return status;
    r = NULL;
    me->base.cut = true;
    if (me->base.in_transaction) status = postgres_run(&me->base, "ROLLBACK TO SAVEPOINT timed", p);
  }
  *out = r;
  return OK;
}

static enum status postgres_exec(struct store *s, const struct store_query *q, const void *in, i64 *changed, struct problem *p) {
  PGresult *r = NULL;
  enum status status = execute(self(s), q, in, &r, p);
  if (changed) *changed = 0;
  if (status != OK) return status;
  if (changed && !str_to_i64(str_c(PQcmdTuples(r)), changed)) *changed = 0;
  PQclear(r);
  return OK;
}

static struct str blob_of(struct arena *a, const char *text, size_t n) {
  if (n < 2 || text[0] != '\\') return arena_dup(a, (struct str){text, n});
  size_t bytes = 0;
  unsigned char *p = arena_alloc(a, n / 2 + 1);
  if (sodium_hex2bin(p, n / 2, text + 2, n - 2, NULL, &bytes, NULL) != 0) bytes = 0;
  return (struct str){(const char *)p, bytes};
}

static enum status decode(struct arena *a, const PGresult *r, int at, const struct store_query *q, void *row, struct problem *p) {
  for (size_t i = 0; i < q->out_count; i++) {
    const struct store_column *c = &q->out[i];
    if (PQgetisnull(r, at, (int)i)) {
      if (c->nullable) continue;
      char detail[192];
      snprintf(detail, sizeof detail, "%s.%s is NULL", q->name, c->name);
      return store_problem(p, E_IO, detail);
    }
    struct str text = {PQgetvalue(r, at, (int)i), (size_t)PQgetlength(r, at, (int)i)};
    if (c->type == STORE_TEXT) {
      column_set_text(c, row, arena_dup(a, text));
    } else if (c->type == STORE_BLOB) {
      column_set_text(c, row, blob_of(a, text.p, text.n));
    } else {
      i64 number = str_is(text, "t") ? 1 : 0;
      if (!str_is(text, "t") && !str_is(text, "f") && !str_to_i64(text, &number)) {
        char detail[192];
        snprintf(detail, sizeof detail, "%s.%s is not a whole number", q->name, c->name);
        return store_problem(p, E_IO, detail);
      }
      column_set_int(c, row, number);
    }
  }
  return OK;
}

static enum status postgres_rows(struct store *s, struct arena *a, const struct store_query *q, const void *in,
                                 enum status (*each)(void *ctx, void *decoded), void *ctx, struct problem *p) {
  PGresult *r = NULL;
  enum status status = execute(self(s), q, in, &r, p);
  if (status != OK) return status;
  for (int i = 0; i < PQntuples(r) && status == OK; i++) {
    void *row = arena_alloc(a, q->row_size);
    TRY(decode(a, r, i, q, row, p));
    TRY(each(ctx, row));
    if (q->shape == STORE_ONE) break;
  }
done:
  PQclear(r);
  return status;
}

/* Inside a transaction a read that is cut short would spoil the rest: it is undone to a savepoint. */
static enum status postgres_time(struct store *s, i64 ms, struct problem *p) {
  char sql[160];
  if (ms < 0) return postgres_run(s, s->in_transaction ? "RELEASE SAVEPOINT timed; SET LOCAL statement_timeout = 0" : "SET statement_timeout = 0", p);
  long long most = ms ? ms : 1; /* 0 would be no limit */
  if (s->in_transaction) (void)snprintf(sql, sizeof sql, "SET LOCAL statement_timeout = %lld; SAVEPOINT timed", most);
  else (void)snprintf(sql, sizeof sql, "SET statement_timeout = %lld", most);
  return postgres_run(s, sql, p);
}

static enum status postgres_exists(struct store *s, const char *table, bool *exists, struct problem *p) {
  struct postgres_store *me = self(s);
  const char *const values[] = {table};
  PGresult *r = PQexecParams(me->connection, "SELECT to_regclass(quote_ident($1::text))::text", 1, NULL, values, NULL, NULL, 0);
  enum status status = status_of(r) == OK ? OK : failed(me, r, table, p);
  *exists = status == OK && PQntuples(r) == 1 && !PQgetisnull(r, 0, 0);
  PQclear(r);
  return status;
}

static enum status postgres_dump(struct store *s, const char *sql, void (*row)(void *ctx, struct str text), void *ctx, struct problem *p) {
  struct postgres_store *me = self(s);
  PGresult *r = PQexec(me->connection, sql);
  enum status status = status_of(r) == OK ? OK : failed(me, r, "dump", p);
  struct buf line;
  buf_init(&line, (size_t)1 << 30);
  for (int i = 0; status == OK && i < PQntuples(r); i++) {
    line.n = 0;
    for (int k = 0; k < PQnfields(r); k++) {
      buf_byte(&line, PQgetisnull(r, i, k) ? '\x1e' : '\x1f');
      struct str text = {PQgetvalue(r, i, k), (size_t)PQgetlength(r, i, k)};
      if (PQftype(r, k) == 17 /* bytea */) { /* the bytes themselves, so both engines dump alike */
        struct arena *a = arena_new(SCRATCH_CAP);
        buf_add(&line, blob_of(a, text.p, text.n));
        arena_free(a);
      } else {
        buf_add(&line, text);
      }
    }
    row(ctx, buf_str(&line));
  }
  buf_release(&line);
  PQclear(r);
  return status;
}

static void postgres_close(struct store *s) {
  struct postgres_store *me = self(s);
  statement_cache_release(&me->cache);
  PQfinish(me->connection);
  arena_free(me->scratch);
  free(me);
}

static const struct store_backend postgres_backend = {
    .engine = STORE_POSTGRES, .close = postgres_close, .run = postgres_run, .control = postgres_run, .exec = postgres_exec,
    .rows = postgres_rows, .time = postgres_time, .prepare = postgres_prepare, .exists = postgres_exists, .dump = postgres_dump,
};

static void ignore_notice(void *ctx, const char *message) { (void)ctx, (void)message; }

/* Takes "schema=NAME" out of the url's query part; the name is letters, digits and _. */
static bool cut_schema(char *url, char schema[SCHEMA_MAX + 1]) {
  memcpy(schema, "guiju", sizeof "guiju");
  char *at = strstr(url, "schema=");
  if (at == NULL) return true;
  size_t n = strspn(at + 7, "abcdefghijklmnopqrstuvwxyz0123456789_");
  if (n == 0 || n > SCHEMA_MAX || (at[7 + n] != 0 && at[7 + n] != '&')) return false;
  memcpy(schema, at + 7, n);
  schema[n] = 0;
  char *rest = at + 7 + n;
  if (*rest == '&') rest++;
  memmove(at, rest, strlen(rest) + 1);
  size_t end = strlen(url);
  if (end && (url[end - 1] == '&' || url[end - 1] == '?')) url[end - 1] = 0;
  return true;
}

static enum status enter_schema(struct postgres_store *me, const char *schema, struct problem *p) {
  enum status status = OK;
  const char *const values[] = {schema};
  PGresult *r = NULL;
  TRY(postgres_run(&me->base, "SET client_min_messages = error; SET synchronous_commit = on; SET standard_conforming_strings = on;"
                              "SET bytea_output = 'hex'; SET TIME ZONE 'UTC'", p));
  if (me->base.mode == STORE_WRITE) {
    char *quoted = PQescapeIdentifier(me->connection, schema, strlen(schema));
    BUG_IF(quoted == NULL);
    char sql[SCHEMA_MAX * 2 + 64];
    snprintf(sql, sizeof sql, "CREATE SCHEMA IF NOT EXISTS %s", quoted);
    PQfreemem(quoted);
    TRY(postgres_run(&me->base, sql, p));
    r = PQexecParams(me->connection, "SELECT pg_try_advisory_lock(hashtext('guiju'), hashtext($1::text))", 1, NULL, values, NULL, NULL, 0);
    if (status_of(r) != OK) TRY(failed(me, r, "lock", p));
    if (PQgetvalue(r, 0, 0)[0] != 't')
      TRY(problem_set(p, E_BUSY, "store.in_use", "这个部门正由另一个程序运行着（%s）", "Another program is running this desk (%s)", schema));
    PQclear(r);
  }
  r = PQexecParams(me->connection, "SELECT set_config('search_path', quote_ident($1::text), false)", 1, NULL, values, NULL, NULL, 0);
  if (status_of(r) != OK) TRY(failed(me, r, "search_path", p));
  if (me->base.mode == STORE_READ) TRY(postgres_run(&me->base, "SET default_transaction_read_only = on", p));
done:
  PQclear(r);
  return status;
}

enum status store_postgres_open(struct str url, enum store_mode mode, struct store **out, struct problem *p) {
  struct postgres_store *me = calloc(1, sizeof *me);
  char *text = strndup(url.p, url.n);
  BUG_IF(me == NULL || text == NULL);
  me->base = (struct store){.backend = &postgres_backend, .mode = mode};
  me->scratch = arena_new(SCRATCH_CAP);
  char schema[SCHEMA_MAX + 1];
  enum status status = OK;
  if (!cut_schema(text, schema)) {
    status = problem_set(p, E_INVALID, "store.schema", "schema 只能用小写字母、数字和下划线", "A schema name holds only a-z, 0-9 and _");
  } else {
    me->connection = PQconnectdb(text);
    PQsetNoticeProcessor(me->connection, ignore_notice, NULL);
    if (PQstatus(me->connection) != CONNECTION_OK) status = store_problem(p, E_IO, PQerrorMessage(me->connection));
    else status = enter_schema(me, schema, p);
  }
  free(text);
  if (status != OK) {
    postgres_close(&me->base);
    return status;
  }
  *out = &me->base;
  return OK;
}
