/* Any bytes in the search box, and any text it is held against: nothing crashes, places lie inside the text, a term is always found in
 * itself, and what a term asks of the index is among the tokens of every text that holds it. */
#include "views/find_query.h"

#include <assert.h>
#include <string.h>

struct holding {
  struct str tokens;
  bool all;
};

/* The tokens stand with a space before each. */
static void ask(void *ctx, struct str token, enum gram_shape shape) {
  struct holding *h = ctx;
  bool found = false;
  for (size_t at = 0; !found && (at = str_find(h->tokens, token, at)) != SIZE_MAX; at++)
    found = h->tokens.p[at - 1] == ' ' && (shape == GRAM_BEGINNING || at + token.n == h->tokens.n || h->tokens.p[at + token.n] == ' ');
  h->all &= found;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  struct arena *a = arena_new((size_t)1 << 26);
  size_t half = size < 200 ? size / 2 : 100;
  struct str box = {(const char *)data, half}, text = {(const char *)data, size};
  struct find_query q, words;
  struct buf tokens;
  buf_init(&tokens, 1 << 22);
  find_query_parse(a, box, 1772676000000, 28800000, &q);
  struct grams g = gram_read(a, text);
  gram_tokens(&g, &tokens);
  for (size_t i = 0; i < g.n; i++) assert(g.p[i].from < g.p[i].to && g.p[i].to <= text.n && (i == 0 || g.p[i - 1].to <= g.p[i].from));
  for (size_t i = 0; i < q.term_count; i++) {
    bool weak;
    assert(gram_find(&q.terms[i].grams, &q.terms[i].grams, 0) == 0);
    if (gram_find(&g, &q.terms[i].grams, 0) == SIZE_MAX) continue;
    struct holding h = {buf_str(&tokens), true};
    gram_ask(&q.terms[i].grams, ask, &h, &weak);
    assert(h.all);
  }
  if (str_utf8_valid(box)) find_query_words(a, &q, &words);
  buf_release(&tokens);
  arena_free(a);
  return 0;
}
