/* The word pass: how fast a list of forbidden words is found in messages, beside the automaton it replaced and, through
 * run.sh, beside grep -F -f with the same list over the same messages (grep knows nothing of spellings, signs or quotations).
 *
 *   bench_words FOLDER [WORDS [MEGABYTES]]     writes FOLDER/words.txt and FOLDER/messages.txt for grep */
#include "chatter.h"
#include "rules/word_finder.h"
#include "word_automaton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5 };

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void count_hit(void *ctx, const struct word_found *w) { *(u64 *)ctx += w->to + 31u * w->word; }

struct messages {
  char *text;
  size_t bytes, count;
  u32 *ends;
};

static struct messages make(size_t bytes, const char *file) {
  struct messages m = {.text = malloc(bytes + CHATTER_MOST + 2), .ends = calloc(bytes / 8 + 1, sizeof(u32))};
  BUG_IF(m.text == NULL || m.ends == NULL);
  uint64_t seed = 7;
  while (m.bytes < bytes) {
    m.bytes += chatter(&seed, m.text + m.bytes);
    m.text[m.bytes++] = '\n';
    m.ends[m.count++] = (u32)m.bytes;
  }
  FILE *f = fopen(file, "w");
  BUG_IF(f == NULL || fwrite(m.text, 1, m.bytes, f) != m.bytes);
  fclose(f);
  return m;
}

enum way { WHOLE, PLAIN_ONLY, AUTOMATON };

static double pass(enum way way, struct word_finder *f, struct word_automaton *old, const struct messages *m, u64 *sum) {
  struct arena *a = arena_new(1 << 20);
  double began = now_s();
  size_t from = 0;
  for (size_t i = 0; i < m->count; i++) {
    struct plain_char *letters;
    arena_reset(a);
    struct str text = {m->text + from, m->ends[i] - 1 - from};
    if (way == WHOLE) word_finder_find(f, a, text, count_hit, sum);
    if (way == PLAIN_ONLY) *sum += plain_bytes(text, arena_alloc(a, PLAIN_ROOM(text.n)));
    if (way == AUTOMATON) {
      size_t n = plain_chars(a, text, &letters);
      word_automaton_find(old, letters, n, count_hit, sum);
    }
    from = m->ends[i];
  }
  double took = now_s() - began;
  arena_free(a);
  return took;
}

static int by_size(const void *x, const void *y) { return *(const double *)x < *(const double *)y ? -1 : *(const double *)x > *(const double *)y; }

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "bench_words FOLDER [WORDS [MEGABYTES]]\n"), 2;
  u32 words = argc > 2 ? (u32)atoi(argv[2]) : 5000;
  size_t bytes = (size_t)(argc > 3 ? atoi(argv[3]) : 32) << 20;
  char path[512];
  snprintf(path, sizeof path, "%s/messages.txt", argv[1]);
  struct messages m = make(bytes, path);
  struct word_finder *f = word_finder_new();
  struct word_automaton *old = word_automaton_new();
  snprintf(path, sizeof path, "%s/words.txt", argv[1]);
  FILE *list = fopen(path, "w");
  BUG_IF(list == NULL);
  uint64_t seed = 11;
  struct arena *a = arena_new(1 << 26);
  for (u32 i = 0; i < words; i++) {
    char w[64];
    chatter_word(&seed, 2 + (int)chatter_random(&seed, 4), w);
    fprintf(list, "%s\n", w);
    struct str plain = plain_form(a, str_c(w));
    word_finder_add(f, plain);
    word_automaton_add(old, plain);
  }
  fclose(list);
  double built = now_s();
  word_finder_build(f);
  built = now_s() - built;
  double old_built = now_s();
  word_automaton_build(old);
  old_built = now_s() - old_built;
  double took[3][ROUNDS];
  u64 sums[3] = {0};
  for (int r = 0; r < ROUNDS; r++) /* in turn, so that all meet the same machine */
    for (int way = 0; way < 3; way++) took[way][r] = pass((enum way)way, f, old, &m, &sums[way]);
  BUG_IF(sums[WHOLE] != sums[AUTOMATON]);
  for (int way = 0; way < 3; way++) qsort(took[way], ROUNDS, sizeof(double), by_size);
  double mb = (double)m.bytes / 1e6, whole = mb / took[WHOLE][ROUNDS / 2], automaton = mb / took[AUTOMATON][ROUNDS / 2];
  printf("%u words, %zu messages, %.0f MB; checksum %llu, the same both ways\n", words, m.count, mb, (unsigned long long)sums[WHOLE]);
  printf("bench words_pass %.1f MB/s ratio %.2f vs the automaton before it (%.1f MB/s) in the same run\n", whole, whole / automaton, automaton);
  printf("bench words_pass_message %.2f us\n", took[WHOLE][ROUNDS / 2] * 1e6 / (double)m.count);
  printf("bench words_plain_form %.1f MB/s\n", mb / took[PLAIN_ONLY][ROUNDS / 2]);
  printf("bench words_build %.1f ms ratio %.2f vs the automaton's (%.1f ms)\n", built * 1e3, built / old_built, old_built * 1e3);
  arena_free(a);
  word_finder_free(f);
  word_automaton_free(old);
  return 0;
}
