/* The finder we had before vectorscan (Aho and Corasick 1975): the tests hold word_automaton.c against it and the benchmark stands it
 * beside. Nodes are numbers, arrows a hash table from (node, letter) to node; an arrow that is not there is looked
 * for along the `fail` chain, which makes the usual amortised linear walk. Nothing walks the table, so no result depends on
 * its order. */
#include "word_automaton.h"

#include "rules/parts.h"

#include <stdlib.h>

struct node {
  u32 fail;   /* longest proper ending of this one that begins a word */
  u32 next;   /* nearest node along fail that ends a word, 0: none */
  u32 word;   /* the word that ends here, NO_WORD */
  u32 first, sibling; /* children, 0: none */
  u32 letter;
};
struct word {
  u32 letters;
  bool latin_first, latin_last;
};
struct word_automaton {
  VEC(struct node) nodes; /* [0] is the root */
  VEC(struct word) words;
  struct table arrows;
};

struct word_automaton *word_automaton_new(void) {
  struct word_automaton *f = calloc(1, sizeof *f);
  BUG_IF(f == NULL);
  *VEC_PUSH(f->nodes) = (struct node){.word = NO_WORD};
  return f;
}

void word_automaton_free(struct word_automaton *f) {
  if (f == NULL) return;
  VEC_FREE(f->nodes);
  VEC_FREE(f->words);
  table_clear(&f->arrows);
  free(f);
}

static u64 arrow(u32 node, u32 letter) { return (u64)(node + 1) << 32 | letter; }

static u32 child(const struct word_automaton *f, u32 node, u32 letter) {
  u64 *to = table_get(&f->arrows, arrow(node, letter));
  return to ? (u32)*to : 0;
}

u32 word_automaton_add(struct word_automaton *f, struct str text) {
  u32 node = 0, letters = 0, first = 0, last = 0;
  for (size_t at = 0, bytes; at < text.n; at += bytes) {
    u32 letter;
    bytes = str_decode(text, at, &letter);
    u32 to = child(f, node, letter);
    if (to == 0) {
      to = f->nodes.n;
      *VEC_PUSH(f->nodes) = (struct node){.word = NO_WORD, .letter = letter, .sibling = f->nodes.p[node].first};
      f->nodes.p[node].first = to;
      *table_at(&f->arrows, arrow(node, letter), NULL) = to;
    }
    node = to;
    if (letters++ == 0) first = letter;
    last = letter;
  }
  if (letters == 0) return NO_WORD;
  if (f->nodes.p[node].word == NO_WORD) {
    f->nodes.p[node].word = f->words.n;
    *VEC_PUSH(f->words) = (struct word){letters, plain_is_latin(first), plain_is_latin(last)};
  }
  return f->nodes.p[node].word;
}

static u32 follow(const struct word_automaton *f, u32 node, u32 letter) {
  for (;;) {
    u32 to = child(f, node, letter);
    if (to || node == 0) return to;
    node = f->nodes.p[node].fail;
  }
}

void word_automaton_build(struct word_automaton *f) {
  VEC(u32) queue = {0};
  *VEC_PUSH(queue) = 0;
  for (u32 i = 0; i < queue.n; i++) {
    u32 from = queue.p[i];
    for (u32 c = f->nodes.p[from].first; c; c = f->nodes.p[c].sibling) {
      struct node *n = &f->nodes.p[c];
      n->fail = from == 0 ? 0 : follow(f, f->nodes.p[from].fail, n->letter);
      n->next = f->nodes.p[n->fail].word != NO_WORD ? n->fail : f->nodes.p[n->fail].next;
      *VEC_PUSH(queue) = c;
    }
  }
  VEC_FREE(queue);
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

void word_automaton_find(const struct word_automaton *f, const struct plain_char *text, size_t count, void (*found)(void *ctx, const struct word_found *w),
                      void *ctx) {
  u32 node = 0;
  for (size_t i = 0; i < count; i++) {
    node = follow(f, node, text[i].code);
    for (u32 at = f->nodes.p[node].word != NO_WORD ? node : f->nodes.p[node].next; at; at = f->nodes.p[at].next) {
      const struct word *w = &f->words.p[f->nodes.p[at].word];
      struct word_found hit = {.word = f->nodes.p[at].word, .from = text[i + 1 - w->letters].from, .to = text[i].to};
      if (stands(w, text, i, &hit.quoted)) found(ctx, &hit);
    }
  }
}
