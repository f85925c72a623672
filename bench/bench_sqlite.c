/* The limit beside the chat benchmark: a bare SQLite loop that writes the same rows as one customer message (event line,
 * message, the conversation's summary) with the same durability (WAL, synchronous=FULL) and BATCH messages a commit.
 *
 *   bench_sqlite FILE BATCH SECONDS */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static sqlite3 *db;

static void run(const char *sql) {
  char *why = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
    fprintf(stderr, "bench_sqlite: %s: %s\n", sql, why);
    exit(1);
  }
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *s;
  if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
    fprintf(stderr, "bench_sqlite: %s: %s\n", sql, sqlite3_errmsg(db));
    exit(1);
  }
  return s;
}

static void step(sqlite3_stmt *s) {
  if (sqlite3_step(s) != SQLITE_DONE) {
    fprintf(stderr, "bench_sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
  }
  sqlite3_reset(s);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: bench_sqlite FILE BATCH SECONDS\n");
    return 2;
  }
  long batch = strtol(argv[2], NULL, 10);
  double seconds = strtod(argv[3], NULL);
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) return 1;
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("CREATE TABLE event (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, occurred_ms BIGINT NOT NULL, line TEXT NOT NULL)");
  run("CREATE UNIQUE INDEX event_id ON event (id)");
  run("CREATE TABLE seal (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL)");
  run("CREATE TABLE message (conversation TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, at_ms BIGINT NOT NULL, by_type TEXT NOT NULL, "
      "by_id TEXT NOT NULL, text TEXT NOT NULL, files TEXT NOT NULL, PRIMARY KEY (conversation, seq)) WITHOUT ROWID");
  run("CREATE TABLE conversation (id TEXT PRIMARY KEY, last_text TEXT, last_ms BIGINT, last_seq BIGINT, wait_since_ms BIGINT, messages BIGINT, unread BIGINT)");
  sqlite3_stmt *event = prepare("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)"), *seal = prepare("INSERT INTO seal VALUES (?1, ?2)"),
               *message = prepare("INSERT INTO message VALUES (?1, ?2, ?3, ?4, 'customer', 'u1', ?5, '[]')"),
               *update = prepare("UPDATE conversation SET last_text = ?2, last_ms = ?3, last_seq = ?4, wait_since_ms = COALESCE(wait_since_ms, ?3), "
                                 "messages = messages + 1, unread = unread + 1 WHERE id = ?1"),
               *conversation = prepare("INSERT INTO conversation VALUES (?1, '', 0, 0, NULL, 0, 0)");
  run("BEGIN");
  char name[32], id[32], text[200], line[600];
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "c%d", i);
    sqlite3_bind_text(conversation, 1, name, -1, SQLITE_TRANSIENT);
    step(conversation);
  }
  run("COMMIT");
  int64_t seq = 0;
  double start = now();
  while (now() - start < seconds) {
    run("BEGIN IMMEDIATE");
    for (long i = 0; i < batch; i++) {
      seq++;
      snprintf(name, sizeof name, "c%d", (int)(seq % 100));
      snprintf(id, sizeof id, "e%lld", (long long)seq);
      snprintf(text, sizeof text, "bench#%lld 你好，我想问一下这个什么时候发货？", (long long)seq);
      snprintf(line, sizeof line,
               "{\"at\":1772676000000,\"by\":\"u1\",\"data\":{\"conversation\":\"%s\",\"customer\":\"u1\",\"agent\":\"p3\",\"ordinal\":%lld,\"first\":false,"
               "\"text\":\"%s\",\"files\":[]},\"id\":\"%s\",\"kind\":\"conversation.customer_spoke\",\"recorded\":1772676000000,\"seq\":%lld}",
               name, (long long)seq, text, id, (long long)seq);
      sqlite3_bind_int64(event, 1, seq);
      sqlite3_bind_text(event, 2, id, -1, SQLITE_STATIC);
      sqlite3_bind_text(event, 3, "conversation.customer_spoke", -1, SQLITE_STATIC);
      sqlite3_bind_int64(event, 4, 1772676000000 + seq);
      sqlite3_bind_text(event, 5, line, -1, SQLITE_STATIC);
      step(event);
      sqlite3_bind_text(message, 1, name, -1, SQLITE_STATIC);
      sqlite3_bind_int64(message, 2, seq);
      sqlite3_bind_text(message, 3, id, -1, SQLITE_STATIC);
      sqlite3_bind_int64(message, 4, 1772676000000 + seq);
      sqlite3_bind_text(message, 5, text, -1, SQLITE_STATIC);
      step(message);
      sqlite3_bind_text(update, 1, name, -1, SQLITE_STATIC);
      sqlite3_bind_text(update, 2, text, -1, SQLITE_STATIC);
      sqlite3_bind_int64(update, 3, 1772676000000 + seq);
      sqlite3_bind_int64(update, 4, seq);
      step(update);
    }
    sqlite3_bind_int64(seal, 1, seq);
    sqlite3_bind_blob(seal, 2, "0123456789abcdef0123456789abcdef", 32, SQLITE_STATIC);
    step(seal);
    run("COMMIT");
  }
  double took = now() - start;
  printf("bare SQLite: %lld messages in %.2f s, %ld a commit\nbench bare_sqlite_rate %.0f messages/s\n", (long long)seq, took, batch, (double)seq / took);
  sqlite3_close(db);
  return 0;
}
