/* How long one correction holds the engine, how long a gate takes, how long a start: on a shop of book c14 with 10 thousand, 100 thousand, 1 million … facts.
 * A correction is a fact that comes late, and is taken by the engine's public door; after it the engine holds what it would hold
 * had the fact come in time (tests/unit/rules/test_correct.c). Figures only: nothing here is asserted.
 *
 * usage: bench_correct [RULEBOOK [FACTS …]]   (default rulebooks/c14.md, 10000 100000 1000000) */
#include "lang/diagnostic.h"
#include "rules/engine.h"
#include "rules/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ZONE = 8 * 3600 * 1000, AGENTS = 20, ROUNDS = 200, SPAN_DAYS = 170 };

static double microseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static u64 seed = 20260301;
static u64 next(void) {
  u64 z = (seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static i64 pick(i64 n) { return (i64)(next() % (u64)n); }

/* ---- the shop: conversations and orders spread over half a year, shifts and findings by the day ---- */

struct shop {
  struct engine *engine;
  struct arena *a;
  struct event **p;
  size_t n, room;
  i64 seq, from, now, conversations;
};

static struct event *event(struct shop *s, enum event_kind_id kind, i64 at, struct str actor) { return event_new(s->a, kind, at, actor); }

static struct event *add(struct shop *s, enum event_kind_id kind, i64 at, struct str actor) {
  struct event *e = event(s, kind, at, actor);
  if (s->n == s->room) {
    s->room = s->room ? s->room * 2 : 1024;
    s->p = realloc(s->p, s->room * sizeof *s->p);
    if (s->p == NULL) abort();
  }
  return s->p[s->n++] = e;
}

static struct str agent(struct shop *s, i64 i) { return arena_printf(s->a, "p%lld", (long long)i + 1); }

static void talk(struct shop *s, i64 at) {
  struct str id = arena_printf(s->a, "c%lld", (long long)++s->conversations), customer = arena_printf(s->a, "u%lld", (long long)pick(100000)), who = agent(s, pick(AGENTS));
  i64 wait = pick(20) == 0 ? 30000 + pick(400000) : pick(30001);
  for (int round = 0; round < 4; round++) {
    struct event *e = add(s, EVENT_conversation_customer_spoke, at, customer);
    event_set_text(e, "conversation", id);
    event_set_text(e, "customer", customer);
    event_set_text(e, "agent", who);
    e->fields[event_kind_field(e->kind, STR("first"))] = value_bool(round == 0);
    at += round == 0 ? wait : 1000 + pick(60000);
    e = add(s, EVENT_conversation_agent_replied, at, who);
    event_set_text(e, "conversation", id);
    event_set_text(e, "agent", who);
    at += 1000 + pick(60000);
  }
  struct event *e = add(s, EVENT_conversation_closed, at, who);
  event_set_text(e, "conversation", id);
  event_set_text(e, "agent", who);
  if (s->conversations % 4) return;
  struct str order = arena_printf(s->a, "o%lld", (long long)s->conversations);
  i64 fen = 100 + pick(100000);
  for (int k = 0; k < 2; k++) {
    e = add(s, k ? EVENT_order_completed : EVENT_order_paid, at + 500 + k * 500, customer);
    event_set_text(e, "order", order);
    event_set_text(e, "customer", customer);
    event_set_text(e, "agent", who);
    event_set_int(e, "amount", fen);
  }
  if (pick(10) == 0) return;
  e = add(s, EVENT_order_noted, at + 2000 + pick(60000), who);
  event_set_text(e, "order", order);
  event_set_text(e, "person", who);
  event_set_text(e, "text", STR("1001"));
}

static void staff_day(struct shop *s, i64 day) {
  for (int i = 0; i < AGENTS; i++) {
    struct event *e = add(s, EVENT_shift_assigned, day - 10 * (i64)MS_HOUR, (struct str){"", 0});
    event_set_text(e, "person", agent(s, i));
    event_set_text(e, "shift", STR("白班"));
    event_set_int(e, "date", instant_date(day, ZONE));
    event_set_text(e, "class", STR("班"));
    e = add(s, EVENT_attendance_clocked_in, day + 8 * (i64)MS_HOUR + 10 * 60000 + pick(30 * 60000), agent(s, i));
    event_set_text(e, "person", agent(s, i));
    if (pick(10) == 0) continue;
    e = add(s, EVENT_attendance_clocked_out, day + 17 * (i64)MS_HOUR + 31 * 60000 + pick(10 * 60000), agent(s, i));
    event_set_text(e, "person", agent(s, i));
  }
}

static struct event *finding(struct shop *s, i64 at, i64 who) {
  struct event *e = event(s, EVENT_inspection_found, at, agent(s, 0));
  event_set_text(e, "checklist", STR("现场检查"));
  event_set_text(e, "item", STR("争吵"));
  event_set_text(e, "person", agent(s, who));
  return e;
}

static int in_order(const void *x, const void *y) {
  const struct event *a = *(struct event *const *)x, *b = *(struct event *const *)y;
  if (a->occurred_ms != b->occurred_ms) return a->occurred_ms < b->occurred_ms ? -1 : 1;
  size_t ka = event_kind_index(a->kind), kb = event_kind_index(b->kind);
  if (ka != kb) return ka < kb ? -1 : 1;
  return a < b ? -1 : 1;
}

static void feed(struct shop *s, struct event *e) {
  struct problem p = {0};
  e->seq = ++s->seq;
  e->id = arena_printf(s->a, "e%lld", (long long)e->seq);
  if (engine_step(s->engine, e, NULL, &p) != OK) {
    fprintf(stderr, "%s\n", p.en);
    exit(1);
  }
  if (s->seq % 1000 == 0) engine_rest(s->engine); /* as an idle desk does */
}

static void fill(struct shop *s, i64 facts) {
  for (int i = 0; i < AGENTS; i++) {
    struct event *e = add(s, EVENT_person_joined, s->from, (struct str){"", 0});
    event_set_text(e, "person", agent(s, i));
    event_set_text(e, "role", i == 0 ? STR("主管") : STR("客服"));
    event_set_text(e, "job_number", STR("1001"));
  }
  for (int d = 1; d < SPAN_DAYS; d++) {
    if (facts >= 100000) staff_day(s, s->from + d * (i64)MS_DAY);
    for (int i = 0; i < 3; i++) {
      struct event *e = finding(s, s->from + d * (i64)MS_DAY + pick(MS_DAY), pick(AGENTS));
      struct event *put = add(s, EVENT_inspection_found, e->occurred_ms, e->actor);
      memcpy(put->fields, e->fields, e->kind->field_count * sizeof *e->fields);
    }
  }
  if (facts < 100000) staff_day(s, s->from + (SPAN_DAYS - 3) * (i64)MS_DAY);
  while ((i64)s->n < facts) talk(s, s->from + 1000 + pick(SPAN_DAYS * (i64)MS_DAY));
  qsort(s->p, s->n, sizeof *s->p, in_order);
  for (size_t i = 0; i < s->n; i++) feed(s, s->p[i]);
  s->now = engine_now(s->engine);
}

/* ---- corrections ---- */

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* What was talked of, or ordered, about that time. */
static struct str about(struct shop *s, i64 at, enum event_kind_id kind, const char *field) {
  size_t lo = 0, hi = s->n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (s->p[mid]->occurred_ms < at) lo = mid + 1;
    else hi = mid;
  }
  while (lo > 0 && event_kind_index(s->p[lo - 1]->kind) != kind) lo--;
  return lo ? event_get_text(s->p[lo - 1], field) : STR("none");
}

static struct event *late_message(struct shop *s, i64 at) {
  struct event *e = event(s, EVENT_conversation_agent_replied, at, agent(s, 3));
  event_set_text(e, "conversation", about(s, at, EVENT_conversation_customer_spoke, "conversation"));
  event_set_text(e, "agent", agent(s, pick(AGENTS)));
  return e;
}
static struct event *late_note(struct shop *s, i64 at) {
  struct event *e = event(s, EVENT_order_noted, at, agent(s, 3));
  event_set_text(e, "order", about(s, at, EVENT_order_paid, "order"));
  event_set_text(e, "person", agent(s, 3));
  event_set_text(e, "text", STR("1001"));
  return e;
}
static struct event *late_finding(struct shop *s, i64 at) { return finding(s, at, pick(AGENTS)); }
static struct event *late_complaint(struct shop *s, i64 at) {
  struct event *e = event(s, EVENT_case_moved, at, agent(s, 0));
  e->case_type = STR("投诉");
  e->case_state = STR("成立");
  event_set_text(e, "case", arena_printf(s->a, "k%lld", (long long)s->seq));
  event_set_extra(e, s->a, STR("责任人"), value_ref(agent(s, pick(AGENTS))));
  event_set_extra(e, s->a, STR("事由"), value_text(STR("服务")));
  return e;
}
static struct event *late_punch(struct shop *s, i64 at) {
  i64 who = pick(AGENTS);
  struct event *e = event(s, EVENT_attendance_clocked_out, instant_at(instant_date(at, ZONE), 17 * (i64)MS_HOUR + 40 * 60000, ZONE), agent(s, who));
  if (e->occurred_ms >= s->now) e->occurred_ms -= MS_DAY;
  event_set_text(e, "person", agent(s, who));
  return e;
}

static struct event *late_roster(struct shop *s, i64 at) { /* another shift than was planned, said afterwards */
  struct event *e = event(s, EVENT_shift_assigned, at, agent(s, 0));
  event_set_text(e, "person", agent(s, pick(AGENTS)));
  event_set_text(e, "shift", STR("夜班"));
  event_set_int(e, "date", instant_date(at, ZONE));
  event_set_text(e, "class", STR("班"));
  return e;
}

struct fines {
  struct arena *a;
  struct str *ids;
  size_t n;
  i64 from;
};
static void keep_fine(void *ctx, const struct consequence *c) {
  struct fines *f = ctx;
  bool one = c->type == C_FINE && c->occurred_ms >= f->from && (str_is(c->clause, "complaints") || str_is(c->clause, "greeting"));
  if (one && f->n < 4 * ROUNDS) f->ids[f->n++] = arena_dup(f->a, c->id);
}

static void print_row(const char *what, double *took, int n, struct engine_corrections before, struct engine_corrections after) {
  qsort(took, (size_t)n, sizeof *took, by_size);
  printf("  %-34s p50 %9.1f us  p99 %9.1f us   sliced %llu of %d%s%s\n", what, took[n / 2], took[n - 1 - n / 100], (unsigned long long)(after.sliced - before.sliced), n,
         after.derived_again > before.derived_again ? "; not: " : "", after.derived_again > before.derived_again ? after.why : "");
  printf("bench correct_%s %.1f us\n", what, took[n / 2]);
}

static void correct(struct shop *s, const char *what, struct event *(*make)(struct shop *s, i64 at), i64 back_ms) {
  double took[ROUNDS];
  struct engine_corrections before = engine_corrections(s->engine);
  int n = 0;
  for (double spent = 0; n < ROUNDS && spent < 3e6; n++) {
    struct event *e = make(s, s->now - 60000 - pick(back_ms));
    double start = microseconds();
    feed(s, e);
    took[n] = microseconds() - start;
    spent += took[n];
    if (engine_wants_past(s->engine)) {
      printf("  %-34s reaches what is forgotten, at the %dth: %s\n", what, n + 1, engine_corrections(s->engine).why);
      exit(1);
    }
  }
  print_row(what, took, n, before, engine_corrections(s->engine));
}

static void appeal(struct shop *s) {
  struct fines f = {.a = s->a, .ids = ARENA_ARRAY(s->a, struct str, 4 * ROUNDS), .from = s->now - 20 * (i64)MS_DAY};
  double took[ROUNDS];
  int n = 0;
  engine_each_consequence(s->engine, keep_fine, &f);
  struct engine_corrections before = engine_corrections(s->engine);
  for (double spent = 0; n < ROUNDS && (size_t)n < f.n && spent < 3e6; n++) {
    struct event *e = event(s, EVENT_ledger_ruled, s->now, agent(s, 0));
    event_set_text(e, "consequence", f.ids[(size_t)n * f.n / ROUNDS]);
    event_set_text(e, "against", STR("事实"));
    e->fields[event_kind_field(e->kind, STR("成立"))] = value_bool(true);
    double start = microseconds();
    feed(s, e);
    took[n] = microseconds() - start;
    spent += took[n];
  }
  if (n) print_row("upheld_appeal", took, n, before, engine_corrections(s->engine));
}

static void gates(struct shop *s) {
  double took[ROUNDS];
  struct arena *a = arena_new(1u << 26);
  for (int k = 0; k < 3; k++) {
    static const char *const names[] = {"roster", "listing", "add_to_order"};
    for (int i = 0; i < ROUNDS; i++) {
      struct event *e = event(s, k == 0 ? EVENT_roster_published : k == 1 ? EVENT_case_moved : EVENT_order_changed, s->now, agent(s, 0));
      if (k == 0) event_set_text(e, "role", STR("客服"));
      if (k == 1) {
        e->case_type = STR("新品");
        e->case_state = STR("上架");
        event_set_text(e, "case", STR("n1"));
        event_set_extra(e, s->a, STR("商品"), value_text(STR("茶几")));
      }
      if (k == 2) {
        event_set_text(e, "order", arena_printf(s->a, "o%lld", (long long)(1 + pick(s->conversations / 4)) * 4));
        event_set_text(e, "item", STR("加货"));
      }
      e->id = STR("asked");
      struct gate_decision d;
      struct problem p = {0};
      arena_reset(a);
      double start = microseconds();
      if (engine_gate(s->engine, a, e, &d, &p) != OK) abort();
      took[i] = microseconds() - start;
    }
    qsort(took, ROUNDS, sizeof *took, by_size);
    printf("  gate %-29s p50 %9.1f us  p99 %9.1f us\n", names[k], took[ROUNDS / 2], took[ROUNDS - 1 - ROUNDS / 100]);
    printf("bench gate_%s %.1f us\n", names[k], took[ROUNDS / 2]);
  }
  arena_free(a);
}

/* ---- */

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

static void measure(const struct lang_program *book, i64 facts) {
  struct shop s = {.a = arena_new((size_t)1 << 36), .engine = engine_new(ZONE, NULL), .from = instant_at(date_from_civil(2026, 1, 1), 0, ZONE)};
  struct problem p = {0};
  if (engine_publish(s.engine, book, s.from, s.from, &p) != OK) exit(1);
  double start = microseconds();
  fill(&s, facts);
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  printf("%lld facts, fed in %.2f s; %ld MB resident with the events; %llu of them forgotten\n", (long long)s.seq, (microseconds() - start) / 1e6, use.ru_maxrss / 1024,
         (unsigned long long)engine_forgotten(s.engine));
  i64 day = MS_DAY;
  correct(&s, "late_message", late_message, 10 * day);
  correct(&s, "late_note", late_note, 5 * day);
  correct(&s, "late_finding", late_finding, 10 * day);
  correct(&s, "late_complaint", late_complaint, 10 * day);
  correct(&s, "late_punch", late_punch, 5 * day);
  correct(&s, "late_roster", late_roster, 2 * day);
  appeal(&s);
  gates(&s);
  engine_free(s.engine);
  arena_free(s.a);
  free(s.p);
}

int main(int argc, char **argv) {
  static const char *const usual[] = {"10000", "100000", "1000000"};
  struct arena *a = arena_new(1u << 30);
  const struct lang_program *book = read_book(a, argc > 1 ? argv[1] : "rulebooks/c14.md");
  if (argc > 2) {
    for (int i = 2; i < argc; i++) measure(book, atoll(argv[i]));
  } else {
    for (size_t i = 0; i < COUNT_OF(usual); i++) measure(book, atoll(usual[i]));
  }
  arena_free(a);
  return 0;
}
