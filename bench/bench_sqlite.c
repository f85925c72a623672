/* The limit beside the chat benchmark: a bare SQLite loop that writes the same rows as one customer message (event line,
 * message, the conversation's summary, when the customer was seen, the count of the half-hour) into tables of the same columns and indexes, with the same
 * durability (WAL, synchronous=FULL), cache, and BATCH messages a commit. It reads, checks, judges and sends nothing.
 *
 *   bench_sqlite FILE BATCH SECONDS */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { CONVERSATIONS = 100 };
static const int64_t DAY_MS = 1772676000000;

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

/* The columns and indexes of the desk's own tables (src/events/log.sql, src/views/conversation.sql, customer.sql, figure.sql). */
static void make_tables(void) {
  run("CREATE TABLE event (seq INTEGER PRIMARY KEY, id TEXT, line TEXT NOT NULL, sum BIGINT NOT NULL);"
      "CREATE UNIQUE INDEX event_id ON event (id) WHERE id IS NOT NULL;"
      "CREATE TABLE seal (last_seq INTEGER PRIMARY KEY, first_seq BIGINT NOT NULL, at_ms BIGINT NOT NULL, hash BLOB NOT NULL);"
      "CREATE TABLE message (conversation TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, at_ms BIGINT NOT NULL, by_type TEXT NOT NULL, "
      "by_id TEXT NOT NULL, text TEXT NOT NULL, files TEXT NOT NULL, home TEXT NOT NULL, quote TEXT NOT NULL, more TEXT NOT NULL, edited_ms BIGINT, "
      "recalled_ms BIGINT, PRIMARY KEY (conversation, seq)) WITHOUT ROWID;"
      "CREATE INDEX message_seq ON message (seq);"
      "CREATE TABLE figure_count (span BIGINT NOT NULL, measure BIGINT NOT NULL, agent TEXT NOT NULL, channel TEXT NOT NULL, shift TEXT NOT NULL, "
      "slot BIGINT NOT NULL, n BIGINT NOT NULL, total BIGINT NOT NULL, PRIMARY KEY (span, measure, agent, channel, shift, slot)) WITHOUT ROWID;");
  run("CREATE TABLE conversation (id TEXT PRIMARY KEY, customer TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, agent TEXT NOT NULL, "
      "started_ms BIGINT NOT NULL, accepted_ms BIGINT, closed_ms BIGINT, close_reason TEXT NOT NULL, deal BIGINT, no_deal_reason TEXT NOT NULL, "
      "last_text TEXT NOT NULL, last_by TEXT NOT NULL, last_type TEXT NOT NULL, last_ms BIGINT NOT NULL, last_seq BIGINT NOT NULL, "
      "wait_since_ms BIGINT, customer_messages BIGINT NOT NULL, agent_messages BIGINT NOT NULL, unread BIGINT NOT NULL, "
      "agent_read_seq BIGINT NOT NULL, customer_read_seq BIGINT NOT NULL, auto_ms BIGINT NOT NULL, rating BIGINT, rating_text TEXT NOT NULL, "
      "tags TEXT NOT NULL, snooze_ms BIGINT, woken_ms BIGINT, held_wait_ms BIGINT, spam BIGINT NOT NULL, merged_into TEXT NOT NULL, merged_ms BIGINT, "
      "offer_to TEXT NOT NULL, offer_by TEXT NOT NULL, offer_ms BIGINT, offer_reason TEXT NOT NULL, offer_text TEXT NOT NULL);"
      "CREATE INDEX conversation_customer ON conversation (customer, started_ms, id);"
      "CREATE INDEX conversation_state ON conversation (state, closed_ms, id);"
      "CREATE INDEX conversation_agent ON conversation (agent, state, closed_ms, id);"
      "CREATE INDEX conversation_channel ON conversation (channel, state, closed_ms, id);"
      "CREATE INDEX conversation_snooze ON conversation (snooze_ms, id) WHERE snooze_ms IS NOT NULL;"
      "CREATE INDEX conversation_offer ON conversation (offer_ms, id) WHERE offer_ms IS NOT NULL;");
  run("CREATE TABLE customer (id TEXT PRIMARY KEY, name TEXT NOT NULL, buyer TEXT NOT NULL, source TEXT NOT NULL, phone TEXT NOT NULL, "
      "address TEXT NOT NULL, id_number TEXT NOT NULL, email TEXT NOT NULL, note TEXT NOT NULL, level TEXT NOT NULL, tags TEXT NOT NULL, "
      "linked TEXT NOT NULL, page TEXT NOT NULL, created_ms BIGINT NOT NULL, seen_ms BIGINT NOT NULL, merged_into TEXT NOT NULL);"
      "CREATE INDEX customer_name ON customer (name, id); CREATE INDEX customer_buyer ON customer (buyer);"
      "CREATE INDEX customer_phone ON customer (phone); CREATE INDEX customer_seen ON customer (seen_ms, id);"
      "CREATE INDEX customer_linked ON customer (linked); CREATE INDEX customer_email ON customer (email);");
  run("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) INSERT INTO conversation SELECT 'c' || i, 'u' || i, '网页', "
      "'open', 'p' || (i % 10), 0, 0, NULL, '', NULL, '', '', '', '', 0, 0, NULL, 0, 0, 0, 0, 0, 0, NULL, '', '[]', NULL, NULL, NULL, 0, '', NULL, '', '', NULL, '', '' FROM n");
  run("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) INSERT INTO customer SELECT 'u' || i, '访客 ' || i, '', '网页', "
      "'', '', '', '', '', '', '[]', '', '', 0, 0, '' FROM n");
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: bench_sqlite FILE BATCH SECONDS\n");
    return 2;
  }
  long batch = strtol(argv[2], NULL, 10);
  double seconds = strtod(argv[3], NULL);
  if (batch < 1) return 2;
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) return 1;
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("PRAGMA cache_size=-32768");
  make_tables();
  sqlite3_stmt *event = prepare("INSERT INTO event (seq, id, line, sum) VALUES (?1, NULL, ?2, ?3)"),
               *seal = prepare("INSERT INTO seal VALUES (?1, ?2, ?3, ?4)"),
               *message = prepare("INSERT INTO message VALUES (?1, ?2, ?3, ?4, 'customer', ?5, ?6, '[]', '', '', '', NULL, NULL)"),
               *update = prepare("UPDATE conversation SET last_text = ?2, last_by = ?3, last_type = 'customer', last_ms = ?4, last_seq = ?5, "
                                 "wait_since_ms = COALESCE(wait_since_ms, ?4), customer_messages = customer_messages + 1, unread = unread + 1, "
                                 "customer_read_seq = ?5 WHERE id = ?1"),
               *count = prepare("INSERT INTO figure_count VALUES (?1, 5, '', '网页', '', ?2, 1, 0) ON CONFLICT (span, measure, agent, channel, shift, slot) "
                                "DO UPDATE SET n = figure_count.n + excluded.n, total = figure_count.total + excluded.total"),
               *see = prepare("UPDATE customer SET seen_ms = ?2 WHERE id = ?1 AND seen_ms < ?2");
  int64_t seq = 0, first = 1;
  double start = now();
  while (now() - start < seconds) {
    run("BEGIN IMMEDIATE");
    for (long i = 0; i < batch; i++) {
      char name[32], customer[32], id[32], text[200], line[600];
      seq++;
      int64_t at = DAY_MS + seq / batch;
      int number = (int)(seq % CONVERSATIONS);
      snprintf(name, sizeof name, "c%d", number);
      snprintf(customer, sizeof customer, "u%d", number);
      snprintf(id, sizeof id, "e%lld", (long long)seq);
      snprintf(text, sizeof text, "bench#%lld 你好，我想问一下这个什么时候发货？", (long long)seq);
      snprintf(line, sizeof line,
               "{\"at\":%lld,\"by\":\"%s\",\"data\":{\"agent\":\"p3\",\"conversation\":\"%s\",\"customer\":\"%s\",\"first\":false,\"ordinal\":%lld,"
               "\"text\":\"%s\"},\"id\":\"%s\",\"kind\":\"conversation.customer_spoke\",\"seq\":%lld}",
               (long long)at, customer, name, customer, (long long)seq, text, id, (long long)seq);
      sqlite3_bind_int64(event, 1, seq);
      sqlite3_bind_text(event, 2, line, -1, SQLITE_STATIC);
      sqlite3_bind_int64(event, 3, (int64_t)((uint64_t)seq * 0x9E3779B97F4A7C15u));
      step(event);
      sqlite3_bind_text(update, 1, name, -1, SQLITE_STATIC);
      sqlite3_bind_text(update, 2, text, -1, SQLITE_STATIC);
      sqlite3_bind_text(update, 3, customer, -1, SQLITE_STATIC);
      sqlite3_bind_int64(update, 4, at);
      sqlite3_bind_int64(update, 5, seq);
      step(update);
      sqlite3_bind_text(message, 1, name, -1, SQLITE_STATIC);
      sqlite3_bind_int64(message, 2, seq);
      sqlite3_bind_text(message, 3, id, -1, SQLITE_STATIC);
      sqlite3_bind_int64(message, 4, at);
      sqlite3_bind_text(message, 5, customer, -1, SQLITE_STATIC);
      sqlite3_bind_text(message, 6, text, -1, SQLITE_STATIC);
      step(message);
      sqlite3_bind_text(see, 1, customer, -1, SQLITE_STATIC);
      sqlite3_bind_int64(see, 2, at);
      step(see);
      sqlite3_bind_int64(count, 1, at / 86400000);
      sqlite3_bind_int64(count, 2, at % 86400000 / 1800000);
      step(count);
    }
    sqlite3_bind_int64(seal, 1, seq);
    sqlite3_bind_int64(seal, 2, first);
    sqlite3_bind_int64(seal, 3, DAY_MS + seq);
    sqlite3_bind_blob(seal, 4, "0123456789abcdef0123456789abcdef", 32, SQLITE_STATIC);
    step(seal);
    first = seq + 1;
    run("COMMIT");
  }
  double took = now() - start;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu_us = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  printf("bare SQLite: %lld messages in %.2f s, %ld a commit\nbench bare_sqlite_rate %.0f messages/s\nbench bare_sqlite_cpu %.1f us/message\n", (long long)seq, took, batch, (double)seq / took,
         cpu_us / (double)seq);
  sqlite3_close(db);
  return 0;
}
