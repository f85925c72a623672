/* Puts conversations into a desk's log, sealed in transactions of a thousand, without the views: what a start has to judge. For the
 * benchmark of starts only; the desk must not be running.
 *
 * usage: bench_fill DATABASE EVENTS */
#include "base/calendar.h"
#include "events/event_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGENTS = 20, PER_SEAL = 1000, SPAN_DAYS = 170 };

struct fill {
  struct store *store;
  struct event_log log;
  struct arena *a;
  i64 count, wanted, from;
  struct problem p;
};

static void must(struct fill *f, enum status status) {
  if (status == OK) return;
  fprintf(stderr, "%s\n", f->p.en);
  exit(1);
}

static void add(struct fill *f, enum event_kind_id kind, i64 at, i64 conversation, i64 agent, bool first) {
  if (f->count % PER_SEAL == 0) must(f, store_begin(f->store, &f->p));
  struct event *e = event_new(f->a, kind, at, (struct str){"", 0});
  e->recorded_ms = at;
  event_set_text(e, "conversation", arena_printf(f->a, "c%lld", (long long)conversation));
  event_set_text(e, "agent", arena_printf(f->a, "p%lld", (long long)agent));
  if (kind == EVENT_conversation_customer_spoke) e->fields[event_kind_field(e->kind, STR("first"))] = value_bool(first);
  must(f, event_log_append(&f->log, f->store, f->a, e, NULL, &f->p));
  if (++f->count % PER_SEAL == 0 || f->count == f->wanted) {
    must(f, event_log_seal(&f->log, f->store, at, &f->p));
    must(f, store_commit(f->store, &f->p));
    arena_reset(f->a);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  struct fill f = {.a = arena_new((size_t)1 << 28), .wanted = atoll(argv[2]), .from = instant_at(date_from_civil(2026, 1, 1), 0, 8 * MS_HOUR)};
  must(&f, store_open(str_c(argv[1]), STORE_WRITE, &f.store, &f.p));
  must(&f, event_log_open(&f.log, f.store, &f.p));
  i64 step = SPAN_DAYS * (i64)MS_DAY / (f.wanted / 9 + 1);
  for (i64 c = 1; f.count < f.wanted; c++) {
    i64 at = f.from + c * step;
    for (int round = 0; round < 4 && f.count < f.wanted; round++) {
      add(&f, EVENT_conversation_customer_spoke, at, c, c % AGENTS + 1, round == 0);
      at += c % 37 ? 9000 : 95000;
      if (f.count < f.wanted) add(&f, EVENT_conversation_agent_replied, at, c, c % AGENTS + 1, false);
      at += 20000;
    }
    if (f.count < f.wanted) add(&f, EVENT_conversation_closed, at, c, c % AGENTS + 1, false);
  }
  event_log_close(&f.log);
  store_close(f.store);
  arena_free(f.a);
  printf("%lld events\n", (long long)f.count);
  return 0;
}
