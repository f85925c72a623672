/* See word_finder.h. The plain letters are written out as UTF-8 and vectorscan passes over the bytes once. Most messages hold no
 * word and are done by then. What is reported is only an end and a word, so the start is counted back, and the signs between
 * the letters are looked at here. Reports are sorted before they are told: no result depends on the order in which the matcher
 * finds them. */
#include "rules/word_finder.h"

#include "base/map.h"
#include "rules/parts.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>

struct word {
  u32 letters, from, bytes; /* bytes of `spelled` */
  bool latin_first, latin_last;
};
struct report {
  u32 end; /* the letter it ends with */
  u32 word;
};
struct word_finder {
  VEC(struct word) words;
  VEC(char) spelled; /* all words, one after another */
  struct map by_text; /* plain form -> number + 1 */
  struct arena *keys;
  hs_database_t *machine; /* NULL: no words, or not built */
  hs_scratch_t *scratch;
  VEC(char) bytes;    /* of the text at hand */
  VEC(u32) letter_of; /* by byte after it: the letter that ends there */
  VEC(struct report) reports;
};

struct word_finder *word_finder_new(void) {
  struct word_finder *f = calloc(1, sizeof *f);
  BUG_IF(f == NULL);
  f->keys = arena_new((size_t)1 << 30);
  map_init(&f->by_text, f->keys);
  return f;
}

static void forget_machine(struct word_finder *f) {
  hs_free_database(f->machine);
  f->machine = NULL;
}

void word_finder_free(struct word_finder *f) {
  if (f == NULL) return;
  forget_machine(f);
  hs_free_scratch(f->scratch);
  VEC_FREE(f->words);
  VEC_FREE(f->spelled);
  VEC_FREE(f->bytes);
  VEC_FREE(f->letter_of);
  VEC_FREE(f->reports);
  arena_free(f->keys);
  free(f);
}

u32 word_finder_add(struct word_finder *f, struct str text) {
  struct word w = {.from = f->spelled.n, .bytes = (u32)text.n};
  u32 first = 0, last = 0;
  for (size_t at = 0, bytes; at < text.n; at += bytes) {
    bytes = str_decode(text, at, &last);
    if (w.letters++ == 0) first = last;
  }
  if (w.letters == 0) return NO_WORD;
  bool fresh;
  struct map_entry *known = map_put(&f->by_text, text, &fresh);
  if (!fresh) return (u32)known->i;
  known->key = arena_dup(f->keys, text);
  known->i = f->words.n;
  w.latin_first = plain_is_latin(first);
  w.latin_last = plain_is_latin(last);
  f->spelled.p = vec_room(f->spelled.p, &f->spelled.room, f->spelled.n + (u32)text.n, 1);
  memcpy(f->spelled.p + f->spelled.n, text.p, text.n);
  f->spelled.n += (u32)text.n;
  *VEC_PUSH(f->words) = w;
  return f->words.n - 1;
}

void word_finder_build(struct word_finder *f) {
  u32 n = f->words.n;
  forget_machine(f);
  if (n == 0) return;
  const char **texts = calloc(n, sizeof *texts);
  unsigned *numbers = calloc(n, sizeof *numbers), *flags = calloc(n, sizeof *flags);
  size_t *lengths = calloc(n, sizeof *lengths);
  BUG_IF(texts == NULL || numbers == NULL || flags == NULL || lengths == NULL);
  for (u32 i = 0; i < n; i++) {
    texts[i] = f->spelled.p + f->words.p[i].from;
    lengths[i] = f->words.p[i].bytes;
    numbers[i] = i;
  }
  hs_compile_error_t *error = NULL;
  hs_error_t code = hs_compile_lit_multi(texts, flags, numbers, lengths, n, HS_MODE_BLOCK, NULL, &f->machine, &error);
  hs_free_compile_error(error);
  free(texts);
  free(numbers);
  free(flags);
  free(lengths);
  BUG_IF(code != HS_SUCCESS);
  BUG_IF(hs_alloc_scratch(f->machine, &f->scratch) != HS_SUCCESS);
}

/* Does the word of `letters` that ends at `end` stand there as one? */
static bool stands(const struct word *w, const struct plain_char *text, size_t end, bool *quoted) {
  size_t first = end + 1 - w->letters;
  u32 gaps = 0, stops = 0;
  *quoted = text[first].quoted;
  for (size_t i = first + 1; i <= end; i++) {
    gaps += text[i].gap;
    stops += text[i].stop;
    *quoted &= text[i].quoted;
  }
  if (stops && (w->letters < 3 || gaps + 1 < w->letters)) return false;
  return !(w->latin_first && text[first].joined) && !(w->latin_last && text[end].joins);
}

static int reported(unsigned word, unsigned long long from, unsigned long long to, unsigned flags, void *ctx) {
  struct word_finder *f = ctx;
  (void)from, (void)flags;
  *VEC_PUSH(f->reports) = (struct report){(u32)to, word};
  return 0;
}

/* The letter that each byte ends, for the reports. */
static void ends_to_letters(struct word_finder *f, const struct plain_char *text, size_t count) {
  u32 bytes = 0;
  char spelled[4];
  f->letter_of.p = vec_room(f->letter_of.p, &f->letter_of.room, f->bytes.n + 1, sizeof(u32));
  for (size_t i = 0; i < count; i++) {
    bytes += (u32)str_encode(text[i].code, spelled);
    f->letter_of.p[bytes] = (u32)i;
  }
  BUG_IF(bytes != f->bytes.n);
  for (u32 i = 0; i < f->reports.n; i++) f->reports.p[i].end = f->letter_of.p[f->reports.p[i].end];
}

/* By end, then the longest first. Already in order but for reports of one end, so this moves little. */
static void sort_reports(struct word_finder *f) {
  struct report *r = f->reports.p;
  for (u32 i = 1; i < f->reports.n; i++) {
    struct report x = r[i];
    u32 k = i;
    while (k && (r[k - 1].end > x.end || (r[k - 1].end == x.end && f->words.p[r[k - 1].word].letters < f->words.p[x.word].letters))) r[k] = r[k - 1], k--;
    r[k] = x;
  }
}

bool word_finder_find(struct word_finder *f, struct arena *a, struct str text, void (*found)(void *ctx, const struct word_found *w), void *ctx) {
  BUG_IF(text.n >= UINT32_MAX / 8);
  f->bytes.p = vec_room(f->bytes.p, &f->bytes.room, (u32)PLAIN_ROOM(text.n), 1);
  f->bytes.n = (u32)plain_bytes(text, f->bytes.p);
  f->reports.n = 0;
  if (f->machine && f->bytes.n) BUG_IF(hs_scan(f->machine, f->bytes.p, f->bytes.n, 0, f->scratch, reported, f) != HS_SUCCESS);
  if (f->reports.n == 0) return f->bytes.n > 0;
  struct plain_char *letters;
  size_t count = plain_chars(a, text, &letters);
  ends_to_letters(f, letters, count);
  sort_reports(f);
  for (u32 i = 0; i < f->reports.n; i++) {
    const struct word *w = &f->words.p[f->reports.p[i].word];
    size_t end = f->reports.p[i].end;
    struct word_found hit = {.word = f->reports.p[i].word, .from = letters[end + 1 - w->letters].from, .to = letters[end].to};
    if (stands(w, letters, end, &hit.quoted)) found(ctx, &hit);
  }
  return true;
}
