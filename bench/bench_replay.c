/* Replaying facts of book c14 beside a hard-coded C loop that answers the same questions about the same events: greeting fines,
 * orders without a job number, commission per month. Events are made in chunks of some days, outside the timing; the engine
 * gets them through its public door, with ids as text, and so does the loop. Both sums must agree to the cent.
 *
 * usage: bench_replay [RULEBOOK [EVENTS]]   (default rulebooks/c14.md, 10 million) */
#include "lang/diagnostic.h"
#include "rules/engine.h"
#include "rules/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ZONE = 8 * 3600 * 1000, AGENTS = 20, CONVERSATIONS = 9000, CHUNK_DAYS = 4, CHUNK_MAX = 200000 };

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* both run on one core; other work on the machine does not count */
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static u64 seed = 14;
static u64 next(void) {
  u64 z = (seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static i64 pick(i64 n) { return (i64)(next() % (u64)n); }

/* ---- the shop ---- */

struct chunk {
  struct arena *a;
  struct event **p;
  size_t n;
  i64 seq, conversations;
  struct str agent[AGENTS], job[AGENTS];
};

static struct event *add(struct chunk *c, enum event_kind_id kind, i64 at, struct str actor) {
  struct event *e = event_new(c->a, kind, at, actor);
  c->p[c->n++] = e;
  return e;
}

static void talk(struct chunk *c, i64 at, int agent) {
  struct str id = arena_printf(c->a, "c%lld", (long long)++c->conversations), customer = arena_printf(c->a, "u%lld", (long long)pick(200000));
  struct event *e = add(c, EVENT_conversation_started, at, customer);
  event_set_text(e, "conversation", id);
  event_set_text(e, "customer", customer);
  i64 wait = pick(20) == 0 ? 30000 + pick(400000) : pick(30001);
  for (int round = 0; round < 4; round++) {
    e = add(c, EVENT_conversation_customer_spoke, at, customer);
    event_set_text(e, "conversation", id);
    event_set_text(e, "customer", customer);
    event_set_text(e, "agent", c->agent[agent]);
    e->fields[event_kind_field(e->kind, STR("first"))] = value_bool(round == 0);
    at += round == 0 ? wait : 1000 + pick(60000);
    e = add(c, EVENT_conversation_agent_replied, at, c->agent[agent]);
    event_set_text(e, "conversation", id);
    event_set_text(e, "agent", c->agent[agent]);
    at += 1000 + pick(60000);
  }
  e = add(c, EVENT_conversation_closed, at, c->agent[agent]);
  event_set_text(e, "conversation", id);
  event_set_text(e, "agent", c->agent[agent]);
  if (c->conversations % 4) return;
  struct str order = arena_printf(c->a, "o%lld", (long long)c->conversations);
  i64 fen = 100 + pick(100000);
  e = add(c, EVENT_order_paid, at + 500, customer);
  event_set_text(e, "order", order);
  event_set_text(e, "customer", customer);
  event_set_text(e, "agent", c->agent[agent]);
  event_set_int(e, "amount", fen);
  e = add(c, EVENT_order_completed, at + 1000, customer);
  event_set_text(e, "order", order);
  event_set_text(e, "customer", customer);
  event_set_text(e, "agent", c->agent[agent]);
  event_set_int(e, "amount", fen);
  if (pick(10) == 0) return; /* nobody wrote the number */
  e = add(c, EVENT_order_noted, at + 2000 + pick(60000), c->agent[agent]);
  event_set_text(e, "order", order);
  event_set_text(e, "person", c->agent[agent]);
  event_set_text(e, "text", c->job[agent]);
}

static int in_order(const void *x, const void *y) {
  const struct event *a = *(struct event *const *)x, *b = *(struct event *const *)y;
  if (a->occurred_ms != b->occurred_ms) return a->occurred_ms < b->occurred_ms ? -1 : 1;
  size_t ka = event_kind_index(a->kind), kb = event_kind_index(b->kind);
  if (ka != kb) return ka < kb ? -1 : 1;
  return a < b ? -1 : 1;
}

static void make_chunk(struct chunk *c, i64 from) {
  arena_reset(c->a);
  c->p = ARENA_ARRAY(c->a, struct event *, CHUNK_MAX);
  c->n = 0;
  for (int i = 0; i < AGENTS; i++) {
    c->agent[i] = arena_printf(c->a, "p%d", i + 1);
    c->job[i] = arena_printf(c->a, "%d", 1001 + i);
  }
  if (c->seq == 0) {
    for (int i = 0; i < AGENTS; i++) {
      struct event *e = add(c, EVENT_person_joined, from, (struct str){"", 0});
      event_set_text(e, "person", c->agent[i]);
      event_set_text(e, "role", STR("客服"));
      event_set_text(e, "job_number", c->job[i]);
    }
  }
  i64 span = ((i64)CHUNK_DAYS * 24 - 2) * 3600000;
  for (int i = 0; i < CONVERSATIONS; i++) talk(c, from + 1000 + pick(span), (int)pick(AGENTS));
  qsort(c->p, c->n, sizeof *c->p, in_order);
  for (size_t i = 0; i < c->n; i++) {
    c->p[i]->seq = ++c->seq;
    c->p[i]->id = arena_printf(c->a, "e%lld", (long long)c->seq);
  }
}

/* ---- the hard-coded loop ---- */

struct slot {
  u64 key;
  i64 at, fen;
  u32 agent;
  bool open, noted;
};
struct shop {
  struct slot *slots;
  u64 mask;
  i64 fines, commission, month_start, month_end, month_fen[AGENTS];
  i64 missing;
  u64 *today, *month; /* orders completed in it */
  size_t today_n, month_n;
  i64 day_end;
  size_t f_conversation, f_agent[EVENT_KIND_COUNT], f_first, f_order[EVENT_KIND_COUNT], f_amount, f_text;
  struct str job[AGENTS];
};

static struct slot *find(struct shop *s, u64 key) {
  u64 at = key & s->mask;
  while (s->slots[at].key && s->slots[at].key != key) at = (at + 1) & s->mask;
  s->slots[at].key = key;
  return &s->slots[at];
}

static u32 agent_number(struct str id) { return (u32)strtoul(id.p + 1, NULL, 10) - 1; }

static void close_day(struct shop *s, i64 now) {
  while (now >= s->day_end) {
    for (size_t i = 0; i < s->today_n; i++) {
      const struct slot *o = find(s, s->today[i]);
      if (!o->noted) s->missing++;
    }
    s->today_n = 0;
    if (s->day_end >= s->month_end) {
      for (size_t i = 0; i < s->month_n; i++) { /* a number written late still counts while the month is open */
        const struct slot *o = find(s, s->month[i]);
        if (o->noted) s->month_fen[o->agent] += o->fen;
      }
      s->month_n = 0;
      for (int i = 0; i < AGENTS; i++) {
        i64 pay;
        if (mul_div(s->month_fen[i], 1, 100, ROUND_HALF_UP, &pay) != OK) abort();
        s->commission += pay;
        s->month_fen[i] = 0;
      }
      s->month_start = s->month_end;
      s->month_end = instant_at(date_add_months(instant_date(s->month_end, ZONE), 1), 0, ZONE);
    }
    s->day_end += MS_DAY;
  }
}

static void judge(struct shop *s, const struct event *e) {
  close_day(s, e->occurred_ms);
  switch (event_kind_index(e->kind)) {
    case EVENT_conversation_customer_spoke:
      if (e->fields[s->f_first].i) {
        struct slot *c = find(s, str_hash(e->fields[s->f_conversation].s));
        c->at = e->occurred_ms;
        c->open = true;
      }
      break;
    case EVENT_conversation_agent_replied: {
      struct slot *c = find(s, str_hash(e->fields[s->f_conversation].s));
      if (!c->open) break;
      c->open = false;
      i64 due = c->at + 30000, stop = e->occurred_ms;
      if (due < s->month_start && stop > s->month_start) stop = s->month_start; /* the count stops with the month */
      i64 over = stop - due;
      if (over <= 0) break;
      i64 fen = (over + 29999) / 30000 * 500;
      s->fines += fen < 5000 ? fen : 5000;
      break;
    }
    case EVENT_order_paid: {
      u64 key = str_hash(e->fields[s->f_order[EVENT_order_paid]].s);
      find(s, key)->agent = agent_number(e->fields[s->f_agent[EVENT_order_paid]].s);
      s->today[s->today_n++] = key;
      break;
    }
    case EVENT_order_completed: {
      u64 key = str_hash(e->fields[s->f_order[EVENT_order_completed]].s);
      find(s, key)->fen = e->fields[s->f_amount].i;
      s->month[s->month_n++] = key;
      break;
    }
    case EVENT_order_noted: {
      struct slot *o = find(s, str_hash(e->fields[s->f_order[EVENT_order_noted]].s));
      if (str_find(e->fields[s->f_text].s, s->job[o->agent], 0) != SIZE_MAX) o->noted = true;
      break;
    }
    default: break;
  }
}

static size_t field(enum event_kind_id kind, const char *name) { return event_kind_field(&event_kind_all(NULL)[kind], str_c(name)); }

static void shop_init(struct shop *s, i64 from, i64 events) {
  u64 room = 1024;
  while (room < (u64)events / 2) room *= 2;
  s->slots = calloc(room, sizeof *s->slots);
  s->today = calloc(1000000, sizeof *s->today);
  s->month = calloc(4000000, sizeof *s->month);
  if (!s->slots || !s->today || !s->month) abort();
  s->mask = room - 1;
  s->day_end = from + MS_DAY;
  s->month_end = instant_at(date_add_months(month_start(instant_date(from, ZONE)), 1), 0, ZONE);
  s->f_conversation = field(EVENT_conversation_customer_spoke, "conversation");
  s->f_first = field(EVENT_conversation_customer_spoke, "first");
  s->f_order[EVENT_order_completed] = field(EVENT_order_completed, "order");
  s->f_order[EVENT_order_noted] = field(EVENT_order_noted, "order");
  s->f_order[EVENT_order_paid] = field(EVENT_order_paid, "order");
  s->f_agent[EVENT_order_paid] = field(EVENT_order_paid, "agent");
  s->f_amount = field(EVENT_order_completed, "amount");
  s->f_text = field(EVENT_order_noted, "text");
  for (int i = 0; i < AGENTS; i++) {
    char job[16];
    snprintf(job, sizeof job, "%d", 1001 + i);
    s->job[i] = str_c(strdup(job));
  }
}

/* ---- the engine ---- */

static const struct lang_program *read_book(struct arena *a, const char *path) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) {
    perror(path);
    exit(2);
  }
  char *text = arena_alloc(a, LANG_FILE_MAX);
  size_t n = fread(text, 1, LANG_FILE_MAX - 1, f);
  fclose(f);
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *p;
  if (lang_parse(a, (struct str){text, n}, &p, &d) != OK || lang_check(a, p, rules_vocabulary(a), &d) != OK) {
    fprintf(stderr, "%s has errors: guiju check names them\n", path);
    exit(1);
  }
  return p;
}

struct sums {
  i64 fines, commission, missing;
};
static void sum(void *ctx, const struct consequence *c) {
  struct sums *s = ctx;
  if (c->type == C_FINE && str_is(c->clause, "greeting")) s->fines += c->fen;
  if (c->type == C_PAY) s->commission += c->fen;
  if (c->type == C_REMIND && str_is(c->clause, "order-note")) s->missing++;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "rulebooks/c14.md";
  i64 wanted = argc > 2 ? atoll(argv[2]) : 10000000;
  struct arena *a = arena_new(1u << 30);
  const struct lang_program *book = read_book(a, path);
  struct engine *e = engine_new(ZONE, NULL);
  struct problem p = {0};
  i64 from = instant_at(date_from_civil(2026, 3, 1), 0, ZONE);
  if (engine_publish(e, book, from, from, &p) != OK) return 1;
  engine_lean(e);
  struct chunk c = {.a = arena_new((size_t)1 << 32)};
  struct shop *shop = calloc(1, sizeof *shop);
  if (!shop) return 1;
  shop_init(shop, from, wanted);
  double engine_s = 0, loop_s = 0, slowest = 0;
  i64 events = 0, at = from;
  for (; events < wanted; at += (i64)CHUNK_DAYS * MS_DAY) {
    make_chunk(&c, at);
    double start = seconds();
    for (size_t i = 0; i < c.n; i++) {
      if (engine_step(e, c.p[i], NULL, &p) != OK) {
        fprintf(stderr, "%s\n", p.en);
        return 1;
      }
    }
    double took = seconds() - start;
    engine_s += took;
    if (took / (double)c.n > slowest) slowest = took / (double)c.n;
    start = seconds();
    for (size_t i = 0; i < c.n; i++) judge(shop, c.p[i]);
    loop_s += seconds() - start;
    events += (i64)c.n;
  }
  i64 end = instant_at(date_add_months(month_start(instant_date(at, ZONE)), 1), 0, ZONE);
  double start = seconds();
  engine_advance(e, end, NULL);
  engine_s += seconds() - start;
  start = seconds();
  close_day(shop, end);
  loop_s += seconds() - start;
  struct sums s = {0};
  engine_each_consequence(e, sum, &s);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%lld events, book %s: greeting fines %lld.%02lld, commission %lld.%02lld, orders without number %lld\n", (long long)events, path,
         (long long)s.fines / 100, (long long)s.fines % 100, (long long)s.commission / 100, (long long)s.commission % 100, (long long)s.missing);
  if (s.fines != shop->fines || s.commission != shop->commission || s.missing != shop->missing) {
    fprintf(stderr, "the hard-coded loop disagrees: fines %lld, commission %lld, missing %lld\n", (long long)shop->fines, (long long)shop->commission, (long long)shop->missing);
    return 1;
  }
  printf("bench replay_hardcoded_loop %.2f Mevents/s\n", (double)events / loop_s / 1e6);
  printf("bench replay_engine %.2f Mevents/s ratio %.2f vs hard-coded loop\n", (double)events / engine_s / 1e6, loop_s / engine_s);
  printf("bench replay_seconds %.2f s ratio %.2f vs hard-coded loop\n", engine_s, engine_s / loop_s);
  printf("bench replay_slowest_chunk %.0f ns/event\n", slowest * 1e9);
  printf("bench replay_memory %ld MB\n", usage.ru_maxrss / 1024);
  engine_free(e);
  arena_free(c.a);
  arena_free(a);
  free(shop->slots);
  free(shop->today);
  free(shop->month);
  free(shop);
  return 0;
}
