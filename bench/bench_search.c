/* The search over messages: what indexing costs a message, how large the index is, and how long the search box takes, over a mix of
 * questions as people ask them: words of the trade that stand in every hundredth message, names and numbers that stand in one, single
 * letters, sentences, filters, and what is nowhere.
 *
 *   bench_search FILE MESSAGES [QUESTIONS]     FILE is made when it is not there, and used again when it is */
#include "chatter.h"

#include "base/plain_text.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/find.h"
#include "views/find.sql.h"
#include "views/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LAST_MS 1796000000000 /* November 2026 */
enum { PER_CONVERSATION = 12, COMMIT_EVERY = 20000, SLICE = 128, PAGE = 20, KINDS = 9 };

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum status status, const struct problem *p) {
  if (status == OK) return;
  fprintf(stderr, "%s\n", p->en);
  exit(1);
}

static const struct view_def *find_view(void) {
  size_t n;
  const struct view_def *const *all = view_all(&n);
  for (size_t i = 0; i < n; i++)
    if (strcmp(all[i]->noun, "find") == 0) return all[i];
  abort();
}

/* Message `seq` of a desk that talks for a year; the text depends on the seq alone. */
static size_t text_of_seq(i64 seq, char *out) {
  uint64_t seed = (uint64_t)seq * 0x9e3779b97f4a7c15u + 1;
  return chatter(&seed, out);
}

static void fill(struct store *s, i64 messages) {
  struct problem p;
  char text[CHATTER_MOST], conversation[24] = "", customer[24] = "", agent[24] = "", id[24];
  double began = now_s();
  must(store_begin(s, &p), &p);
  for (i64 seq = 1; seq <= messages; seq++) {
    i64 at = LAST_MS - (messages - seq) * (365 * (i64)MS_DAY / messages);
    if (seq % PER_CONVERSATION == 1) {
      i64 n = seq / PER_CONVERSATION;
      snprintf(conversation, sizeof conversation, "c%lld", (long long)n);
      snprintf(customer, sizeof customer, "u%lld", (long long)(n * 7919 % (messages / 40 + 1)));
      snprintf(agent, sizeof agent, "p%lld", (long long)(n % 40));
      must(conversation_insert(s, &(struct conversation_insert_in){.id = str_c(conversation), .customer = str_c(customer), .channel = str_c(n % 5 ? "web" : "mail"), .started_ms = at}, NULL, &p), &p);
      must(conversation_set_agent(s, &(struct conversation_set_agent_in){.id = str_c(conversation), .agent = str_c(agent), .at_ms = at}, NULL, &p), &p);
    }
    size_t n = text_of_seq(seq, text);
    snprintf(id, sizeof id, "e%lld", (long long)seq);
    bool theirs = seq % 2;
    must(message_insert(s, &(struct message_insert_in){.conversation = str_c(conversation), .seq = seq, .id = str_c(id), .at_ms = at, .by_type = str_c(theirs ? "customer" : "agent"),
                                                       .by_id = str_c(theirs ? customer : agent), .text = {text, n}, .files = STR("[]")}, NULL, &p), &p);
    if (seq % COMMIT_EVERY == 0) {
      must(store_commit(s, &p), &p);
      must(store_checkpoint(s, &p), &p);
      must(store_begin(s, &p), &p);
    }
  }
  must(store_commit(s, &p), &p);
  must(store_checkpoint(s, &p), &p);
  printf("%lld messages written in %.0f s\n", (long long)messages, now_s() - began);
}

static i64 bytes_of(const char *file) {
  struct stat st;
  return stat(file, &st) == 0 ? (i64)st.st_size : 0;
}

static void index_all(struct store *s, struct arena *a, const char *file, i64 most) {
  struct problem p;
  struct find_up_to_row *state;
  i64 before = bytes_of(file), checkpointed = 0;
  double took = 0, worst = 0;
  must(find_up_to(s, a, &state, &p), &p);
  i64 from = state->up_to;
  for (bool more = true; more;) {
    double began = now_s();
    must(store_begin(s, &p), &p);
    must(find_view()->catch_up(s, a, most, &more, &p), &p);
    must(store_commit(s, &p), &p);
    double slice = now_s() - began;
    took += slice;
    if (slice > worst) worst = slice;
    arena_reset(a);
    if (++checkpointed % (most > SLICE ? 1 : 64) == 0) must(store_checkpoint(s, &p), &p);
  }
  must(find_up_to(s, a, &state, &p), &p);
  must(store_checkpoint(s, &p), &p);
  i64 done = state->up_to - from;
  if (done == 0) return;
  printf("bench search_index_%s %.1f us/message (%lld messages in slices of %lld, worst slice %.1f ms)\n", most > SLICE ? "bulk" : "live", took * 1e6 / (double)done,
         (long long)done, (long long)most, worst * 1e3);
  if (most > SLICE) printf("bench search_index_size %.1f bytes/message (%lld MB beside %lld MB)\n", (double)(bytes_of(file) - before) / (double)done, (long long)((bytes_of(file) - before) >> 20), (long long)(before >> 20));
}

static struct str question(struct arena *a, uint64_t *seed, int kind, i64 messages) {
  static const char *const trade[] = {"退款", "发货", "优惠券", "电饭煲", "七天无理由", "运费险", "物流", "發票", "羽绒服", "少发了"};
  char text[CHATTER_MOST];
  i64 seq = 1 + (i64)chatter_random(seed, (uint32_t)messages);
  size_t n = text_of_seq(seq, text);
  switch (kind) {
    case 0: case 1: return str_c(trade[chatter_random(seed, COUNT_OF(trade))]);
    case 2: { /* a few letters out of some message */
      size_t from = chatter_random(seed, (uint32_t)n);
      while (from > 0 && ((unsigned char)text[from] & 0xc0) == 0x80) from--;
      size_t to = from;
      u32 c;
      for (int k = 0; k < 5 && to < n; k++) to += str_decode((struct str){text, n}, to, &c);
      return arena_printf(a, "“%.*s”", (int)(to - from), text + from);
    }
    case 3: return arena_printf(a, "订单26%02u%08u", 1 + chatter_random(seed, 12), chatter_random(seed, 100000000)); /* mostly nowhere */
    case 4: { /* a rare word */
      char w[16];
      chatter_word(seed, 2, w);
      return arena_printf(a, "%s", w);
    }
    case 5: return arena_printf(a, "%s 谁:p%u", trade[chatter_random(seed, COUNT_OF(trade))], chatter_random(seed, 40));
    case 6: return arena_printf(a, "%s 日期:2026-%02u", trade[chatter_random(seed, COUNT_OF(trade))], 1 + chatter_random(seed, 11));
    case 7: { /* one letter */
      char w[8];
      chatter_word(seed, 1, w);
      return arena_printf(a, "%s", w);
    }
    default: return STR("怎么办理退款和换货");
  }
}

static int by_size(const void *x, const void *y) { return *(const double *)x < *(const double *)y ? -1 : *(const double *)x > *(const double *)y; }

static void report(const char *name, double *took, size_t n) {
  qsort(took, n, sizeof *took, by_size);
  printf("bench %s p50 %.2f ms p95 %.2f ms p99 %.2f ms max %.2f ms (%zu)\n", name, took[n / 2] * 1e3, took[n * 95 / 100] * 1e3, took[n * 99 / 100] * 1e3, took[n - 1] * 1e3, n);
}

static void ask(struct store *s, struct arena *a, i64 messages, int questions) {
  static const char *const names[KINDS] = {"trade", "trade", "letters", "number", "rare", "person", "month", "single", "sentence"};
  double *all = calloc((size_t)questions, sizeof *all), *own[KINDS];
  size_t n[KINDS] = {0}, hits = 0;
  uint64_t seed = 5;
  for (int k = 0; k < KINDS; k++) own[k] = calloc((size_t)questions, sizeof(double));
  for (int i = 0; i < questions; i++) {
    struct problem p = {0};
    arena_reset(a);
    int kind = i % KINDS;
    struct read_ctx r = {.store = s, .arena = a, .now_ms = LAST_MS, .zone_offset_ms = 8 * MS_HOUR, .actor = {.type = ACTOR_PERSON, .id = STR("p1"), .owner = true}, .problem = &p};
    json_t *args = json_pack("{s:o,s:i}", "q", json_of(question(a, &seed, kind, messages)), "limit", PAGE), *result = NULL;
    double began = now_s();
    must(find_view()->reads[0].run(&r, args, &result), &p);
    all[i] = own[kind][n[kind]++] = now_s() - began;
    if (getenv("GUIJU_BENCH_SLOW") && all[i] > 0.05) printf("  %.0f ms %s: looked at %lld\n", all[i] * 1e3, json_string_value(json_object_get(args, "q")), (long long)json_integer_value(json_object_get(result, "looked_at")));
    hits += json_array_size(json_object_get(result, "items"));
    json_decref(result);
    json_decref(args);
  }
  printf("%d questions, %zu hits on first pages\n", questions, hits);
  for (int k = 1; k < KINDS; k++) {
    char name[48];
    snprintf(name, sizeof name, "search_%s", names[k]);
    report(name, own[k], n[k]);
  }
  report("search", all, (size_t)questions);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "bench_search FILE MESSAGES [QUESTIONS]\n"), 2;
  i64 messages = atoll(argv[2]);
  struct store *s = NULL, *reader = NULL;
  struct problem p;
  struct arena *a = arena_new((size_t)1 << 30);
  size_t n;
  bool fresh = bytes_of(argv[1]) == 0;
  must(store_open(str_c(argv[1]), STORE_WRITE, &s, &p), &p);
  if (fresh) {
    const struct store_module *const *modules = view_modules(&n);
    for (size_t i = 0; i < n; i++) must(store_module_create(s, modules[i], false, &p), &p);
    fill(s, messages);
    index_all(s, a, argv[1], COMMIT_EVERY);
    char text[CHATTER_MOST]; /* and some more as they come while the desk works */
    must(store_begin(s, &p), &p);
    for (i64 seq = messages + 1; seq <= messages + 100 * SLICE; seq++) {
      size_t bytes = text_of_seq(seq, text);
      must(message_insert(s, &(struct message_insert_in){.conversation = STR("c1"), .seq = seq, .id = STR("e"), .at_ms = LAST_MS, .by_type = STR("agent"), .by_id = STR("p1"),
                                                         .text = {text, bytes}, .files = STR("[]")}, NULL, &p), &p);
    }
    must(store_commit(s, &p), &p);
    index_all(s, a, argv[1], SLICE);
  }
  must(store_open(str_c(argv[1]), STORE_READ, &reader, &p), &p);
  ask(reader, a, messages, argc > 3 ? atoi(argv[3]) : 900);
  store_close(reader);
  store_close(s);
  return 0;
}
