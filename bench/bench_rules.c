/* Two hundred rules over a long log, beside a loop in C that has the same rules written into it. See load.h for the shop.
 *
 *   bench_rules ROWS [RUNS [THREADS]]      the whole comparison; figures as lines "bench NAME VALUE UNIT …"
 *   bench_rules --export sql|clips ROWS FOLDER   the log as files for a peer, with the answers per rule; prints our own seconds
 *
 * Every way of answering must give the same answers, rule by rule: how many consequences, their fen, their ordinals. */
#include "bench_rules.h"

#include "lang/diagnostic.h"
#include "rules/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

double bench_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Work done by all threads, whatever else the machine was doing. */
static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct lang_program *checked(struct arena *a, struct str text, double *took) {
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *p;
  double start = bench_seconds();
  bool ok = lang_parse(a, text, &p, &d) == OK && lang_check(a, p, rules_vocabulary(a), &d) == OK;
  if (took) *took = bench_seconds() - start;
  if (!ok) {
    fprintf(stderr, "the benchmark's book has errors:\n");
    for (size_t i = 0, n = 0; i < d.count && n < 8; i++) {
      if (d.items[i].severity == LANG_ERROR && ++n) fprintf(stderr, "%u: %.*s\n", d.items[i].at.line, STR_ARG(d.items[i].en));
    }
    exit(1);
  }
  return p;
}

static void answer_of(void *ctx, const struct replay_rule_figures *r) {
  struct answers *out = ctx;
  if (out->n == LOAD_RULES) {
    fprintf(stderr, "more rules than expected\n");
    exit(1);
  }
  out->of[out->n++] = (struct answer){r->consequences, r->ordinals, r->fen};
  if (r->why_live[0]) out->live++;
  if (r->why_live[0] && getenv("GUIJU_BENCH_WHY")) printf("live: %.*s: %s\n", STR_ARG(r->clause), r->why_live);
}

static struct answers answers_of(struct replay *r) {
  struct answers out = {0};
  replay_each_rule(r, answer_of, &out);
  return out;
}

void bench_same(const char *a, const struct answers *x, const char *b, const struct answers *y) {
  for (u32 i = 0; i < LOAD_RULES; i++) {
    if (x->of[i].n == y->of[i].n && x->of[i].fen == y->of[i].fen && x->of[i].ordinals == y->of[i].ordinals) continue;
    fprintf(stderr, "rule %u: %s says %llu (%lld fen, ordinals %llu), %s %llu (%lld fen, ordinals %llu)\n", i, a, (unsigned long long)x->of[i].n,
            (long long)x->of[i].fen, (unsigned long long)x->of[i].ordinals, b, (unsigned long long)y->of[i].n, (long long)y->of[i].fen,
            (unsigned long long)y->of[i].ordinals);
    exit(1);
  }
}

static int by_size(const void *x, const void *y) { return *(const double *)x < *(const double *)y ? -1 : *(const double *)x > *(const double *)y; }
static double median(double *p, int n) {
  qsort(p, (size_t)n, sizeof *p, by_size);
  return p[n / 2];
}

static u64 scan(const struct load *l) { /* the floor: every row is read once */
  u64 sum = 0;
  for (u64 i = 0; i < l->n; i++) sum += (u64)l->rows[i].x + l->rows[i].kind;
  return sum;
}

/* ---- the live engine: one fact at a time ---- */

struct live_sum {
  struct answers *out;
  struct str clauses[LOAD_RULES];
};
static void count_one(void *ctx, const struct consequence *c) {
  struct live_sum *s = ctx;
  for (u32 i = 0; i < LOAD_RULES; i++) {
    if (!str_eq(s->clauses[i], c->clause)) continue;
    s->out->of[i].n++;
    s->out->of[i].fen += c->type == C_SCORE ? (c->points < 0 ? -c->points : c->points) : c->fen;
    s->out->of[i].ordinals += (u64)c->ordinal;
    return;
  }
}

static struct answers live_answers(const struct lang_program *book, const struct load *l, double *took, double *late, double *gate) {
  struct answers out = {0};
  struct engine *e = engine_new(LOAD_ZONE, NULL);
  struct problem p = {0};
  if (engine_publish(e, book, l->from, l->from, &p) != OK) exit(1);
  struct arena *a = arena_new(1 << 30);
  *took = 0;
  u64 chunk = 4096, late_row = l->n / 2;
  for (i64 i = -LOAD_AGENTS; i < (i64)l->n;) {
    struct event *events[4096];
    u64 n = 0;
    for (; n < chunk && i < (i64)l->n; i++) {
      if (i >= 0 && (u64)i == late_row && late) continue; /* comes in at the end */
      events[n++] = load_event(a, l, i < 0 ? (u64)-1 - (u64)(i + LOAD_AGENTS) : (u64)i);
    }
    double start = bench_seconds();
    for (u64 k = 0; k < n; k++) {
      if (engine_step(e, events[k], NULL, &p) != OK) exit(1);
    }
    *took += bench_seconds() - start;
    arena_reset(a);
  }
  if (gate) {
    struct gate_decision d;
    struct event *request = load_event(a, l, l->n - 1);
    double start = bench_seconds();
    for (int i = 0; i < 1000; i++) {
      if (engine_gate(e, a, request, &d, &p) != OK) exit(1);
    }
    *gate = (bench_seconds() - start) / 1000;
  }
  if (late) {
    double start = bench_seconds();
    if (engine_step(e, load_event(a, l, late_row), NULL, &p) != OK) exit(1);
    *late = bench_seconds() - start;
  }
  double start = bench_seconds();
  engine_advance(e, l->to, NULL);
  *took += bench_seconds() - start;
  struct live_sum s = {.out = &out};
  u32 n = 0;
  for (size_t i = 0; i < book->item_count; i++) {
    enum lang_item_kind k = book->items[i]->kind;
    if ((k == LI_WHEN || k == LI_MUST || k == LI_SETTLE) && n < LOAD_RULES) s.clauses[n++] = book->items[i]->clause->id;
  }
  engine_each_consequence(e, count_one, &s);
  arena_free(a);
  engine_free(e);
  return out;
}

static struct replay *new_replay(const struct lang_program *book, const struct load *l) {
  struct replay *r = replay_new(LOAD_ZONE, NULL);
  struct problem p = {0};
  if (replay_publish(r, book, l->from, l->from, &p) != OK) exit(1);
  load_replay(r, l);
  return r;
}

static struct answers run(struct replay *r, const struct load *l, int threads, double *took) {
  struct problem p = {0};
  double start = bench_seconds();
  if (replay_run(r, l->to, threads, &p) != OK) exit(1);
  *took = bench_seconds() - start;
  return answers_of(r);
}

static int export(const char *peer, u64 rows, const char *folder) {
  struct arena *a = arena_new((size_t)1 << 30);
  const struct lang_program *book = checked(a, load_book(a, false, 0), NULL);
  struct load l = load_make(20260301, rows);
  struct replay *r = new_replay(book, &l);
  double took[3], loop[3];
  struct answers mine = {0}, hard;
  for (int i = 0; i < 3; i++) {
    hard = (struct answers){0};
    double start = bench_seconds();
    bench_loop(&l, &hard);
    loop[i] = bench_seconds() - start;
    mine = run(r, &l, 2, &took[i]);
  }
  bench_same("the loop", &hard, "the replay", &mine);
  printf("bench rules_beside_%s %.3f s replay, %.3f s hard-coded loop, %llu rows\n", peer, median(took, 3), median(loop, 3), (unsigned long long)l.n);
  if (str_is(str_c(peer), "sql")) export_sql(&l, &mine, folder);
  else export_clips(&l, &mine, folder);
  replay_free(r);
  load_free(&l);
  arena_free(a);
  return 0;
}

/* A book of one duty over most rows: what cutting by subject is for. */
static void one_heavy_rule(struct arena *a, struct replay *r, const struct load *l, int runs, int threads) {
  static const char text[] = "# 试\n```guiju\n制度 small “一条”\n  版本 1.0 公布 2026-01-01 施行 2026-01-01 时区 “Asia/Shanghai” 行业 网店\n岗位 客服 上级 主管\n岗位 主管\n```\n"
                             "## 一 {#first}\n```guiju\n自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;逾期 罚款 接待人 5元 每 30秒(不足按一个计) 封顶 50元;未做 计至 会话.结束\n```\n";
  struct problem p = {0};
  double whole[16], cut[16];
  struct replay_figures f[2];
  if (replay_revise(r, checked(a, str_c(text), NULL), l->to, threads, &p) != OK) exit(1);
  for (int i = 0; i < runs; i++) {
    for (int k = 0; k < 2; k++) {
      replay_shards(r, k == 0 ? 1 : 0);
      double start = bench_seconds();
      if (replay_run(r, l->to, threads, &p) != OK) exit(1);
      (k == 0 ? whole : cut)[i] = bench_seconds() - start;
      replay_figures(r, &f[k]);
    }
    if (f[0].sum != f[1].sum || (threads > 1 && l->n > 1000000 && f[1].sharded_rules != 1)) {
      fprintf(stderr, "one rule: by subject differs, or was not chosen\n");
      exit(1);
    }
  }
  printf("bench rules_one_duty_%d_threads %.3f s by subject as the cost rule says, %.3f s by rule, ratio %.2f\n", threads, median(cut, runs), median(whole, runs),
         median(cut, runs) / median(whole, runs));
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "--export") == 0) return export(argv[2], strtoull(argv[3], NULL, 10), argv[4]);
  u64 rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
  int runs = argc > 2 ? atoi(argv[2]) : 3, threads = argc > 3 ? atoi(argv[3]) : 2;
  struct arena *a = arena_new((size_t)1 << 30);
  const struct lang_program *book = checked(a, load_book(a, false, 0), NULL), *changed = checked(a, load_book(a, true, 0), NULL);
  double start = bench_seconds();
  struct load l = load_make(20260301, rows);
  printf("%llu rows of 32 bytes, %u conversations, %u orders, %d people, %d rules, made in %.1f s\n", (unsigned long long)l.n, l.conversations, l.orders,
         LOAD_AGENTS, LOAD_RULES, bench_seconds() - start);
  start = bench_seconds();
  struct replay *r = new_replay(book, &l);
  printf("bench rules_load %.2f s\n", bench_seconds() - start);
  double loop[16], one[16], two[16], by_rule[16], by_subject[16], revised[16], revised_by_rule[16], floor_s[16], loop_cpu[16], one_cpu[16], two_cpu[16];
  if (runs > 16) runs = 16;
  volatile u64 sink = 0;
  for (int i = 0; i < runs; i++) { /* in turn, so that all meet the same machine */
    start = bench_seconds();
    sink += scan(&l);
    floor_s[i] = bench_seconds() - start;
    struct answers hard = {0};
    start = bench_seconds();
    double cpu = cpu_seconds();
    bench_loop(&l, &hard);
    loop[i] = bench_seconds() - start;
    loop_cpu[i] = cpu_seconds() - cpu;
    cpu = cpu_seconds();
    struct answers by_one = run(r, &l, 1, &one[i]);
    one_cpu[i] = cpu_seconds() - cpu;
    cpu = cpu_seconds();
    struct answers by_two = run(r, &l, threads, &two[i]);
    two_cpu[i] = cpu_seconds() - cpu;
    bench_same("the loop", &hard, "the replay", &by_one);
    bench_same("one thread", &by_one, "more threads", &by_two);
    struct replay_figures f;
    replay_figures(r, &f);
    u64 sum = f.sum;
    u32 cut = f.sharded_rules;
    replay_shards(r, 1);
    struct answers rules = run(r, &l, threads, &by_rule[i]);
    replay_shards(r, threads);
    struct answers shards = run(r, &l, threads, &by_subject[i]);
    bench_same("by rule", &rules, "by subject", &shards);
    replay_figures(r, &f);
    if (f.sum != sum) {
      fprintf(stderr, "by subject: other identities\n");
      return 1;
    }
    if (i == 0) printf("%u of %d rules run live; by the cost rule %u of the others are cut by subject\n", by_two.live, LOAD_RULES, cut);
    struct problem p = {0};
    replay_shards(r, 1);
    start = bench_seconds();
    if (replay_revise(r, changed, l.to, threads, &p) != OK) return 1;
    revised_by_rule[i] = bench_seconds() - start;
    if (replay_revise(r, book, l.to, threads, &p) != OK) return 1;
    replay_shards(r, 0);
    start = bench_seconds();
    if (replay_revise(r, changed, l.to, threads, &p) != OK) return 1;
    revised[i] = bench_seconds() - start;
    if (i == 0) {
      replay_figures(r, &f);
      printf("a changed clause re-runs %u rules\n", f.rerun_rules);
    }
    if (replay_revise(r, book, l.to, threads, &p) != OK) return 1;
    struct answers again = answers_of(r);
    bench_same("before", &by_two, "changed and changed back", &again);
  }
  struct replay_figures f;
  replay_figures(r, &f);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double hard_s = median(loop, runs), two_s = median(two, runs);
  printf("%llu consequences; the live part was given %llu facts\n", (unsigned long long)f.consequences, (unsigned long long)f.live_facts);
  printf("bench rules_scan_floor %.3f s\n", median(floor_s, runs));
  printf("bench rules_hardcoded_loop %.2f s %.1f Mevents/s\n", hard_s, (double)l.n / hard_s / 1e6);
  printf("bench rules_replay_1_thread %.2f s %.1f Mevents/s ratio %.2f vs hard-coded loop\n", median(one, runs), (double)l.n / median(one, runs) / 1e6, median(one, runs) / hard_s);
  printf("bench rules_replay_%d_threads %.2f s %.1f Mevents/s ratio %.2f vs hard-coded loop\n", threads, two_s, (double)l.n / two_s / 1e6, two_s / hard_s);
  printf("bench rules_replay_%d_by_rule %.2f s\nbench rules_replay_%d_by_subject %.2f s ratio %.2f vs by rule\n", threads, median(by_rule, runs), threads, median(by_subject, runs),
         median(by_subject, runs) / median(by_rule, runs));
  printf("processor time, all threads: loop %.2f s, replay %.2f s on one thread, %.2f s on %d\n", median(loop_cpu, runs), median(one_cpu, runs), median(two_cpu, runs), threads);
  printf("bench rules_changed_clause %.3f s, by rule only %.3f s\n", median(revised, runs), median(revised_by_rule, runs));
  printf("bench rules_memory %llu MB columns and consequences, %ld MB peak of everything\n", (unsigned long long)(f.bytes >> 20), usage.ru_maxrss / 1024);
  one_heavy_rule(a, r, &l, runs, threads);
  replay_free(r);
  u64 live_rows = l.n < 100000 ? l.n : 100000;
  struct load part = load_make(20260301, live_rows);
  double took, late, gate, check_s;
  struct answers step = live_answers(book, &part, &took, &late, &gate);
  struct replay *small = new_replay(book, &part);
  double small_s;
  struct answers small_answers = run(small, &part, threads, &small_s);
  bench_same("engine_step", &step, "the replay", &small_answers);
  printf("bench rules_live_engine %.2f Mevents/s over %llu rows, same answers\n", (double)part.n / took / 1e6, (unsigned long long)part.n);
  printf("bench rules_late_fact %.3f ms in a log of %llu rows\n", late * 1e3, (unsigned long long)part.n);
  printf("bench rules_gate %.2f us\n", gate * 1e6);
  replay_free(small);
  double checks[9];
  for (int i = 0; i < 9; i++) {
    struct arena *b = arena_new((size_t)1 << 28);
    checked(b, load_book(b, false, 500 - LOAD_RULES), &checks[i]);
    arena_free(b);
  }
  check_s = median(checks, 9);
  printf("bench rules_check_500_clauses %.1f ms\n", check_s * 1e3);
  load_free(&part);
  load_free(&l);
  arena_free(a);
  return 0;
}
