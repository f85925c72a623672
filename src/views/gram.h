/* How message texts are cut for the index, and how a term is found in a text: the two must agree, and do so on both engines.
 *
 * A text is read as letters in plain form (base/plain_text.h: width, case, traditional characters), emoji kept. Letters form
 * runs; a sign that ends or divides a sentence ends a run, and among Latin letters and digits any sign or space does. The index
 * holds, for each place of a run, what begins there:
 *   Chinese and other letters   two of them (one at the end):   退款吗 → 退款 款吗 吗
 *   Latin letters and digits    up to five of them:             xl12  → xl12 l12 12 2 (numbers are long and few letters)
 *   emoji                       itself
 * So any substring is asked for by tokens alone: whole ones where it is long enough, the beginning of a token where it is shorter. That a
 * text holds the tokens does not say they stand together: gram_find looks at the text itself. */
#ifndef GUIJU_VIEWS_GRAM_H
#define GUIJU_VIEWS_GRAM_H

#include "base/arena.h"
#include "base/str.h"

enum gram_class { GRAM_OTHER, GRAM_LATIN, GRAM_EMOJI };
struct gram {
  u32 code;     /* plain form */
  u32 from, to; /* bytes of the text */
  unsigned char kind; /* enum gram_class */
  bool apart;   /* a run ends before it */
};
struct grams {
  struct gram *p;
  size_t n;
};
struct grams gram_read(struct arena *a, struct str text);

/* The tokens of a text, a space before each, into `out`. */
void gram_tokens(const struct grams *g, struct buf *out);

enum gram_shape { GRAM_WHOLE, GRAM_BEGINNING };
/* The fewest tokens that ask for `term`; `weak` when only beginnings of tokens could be given (one Chinese letter, four Latin ones). */
void gram_ask(const struct grams *term, void (*ask)(void *ctx, struct str token, enum gram_shape shape), void *ctx, bool *weak);

/* The first place at or after `start` where `term` stands in `text`: index of its first letter, SIZE_MAX when nowhere. */
size_t gram_find(const struct grams *text, const struct grams *term, size_t start);

#endif
