/* All words of all rulebooks in one machine (vectorscan): one pass over a text finds every one of them.
 *
 * Words are added in their plain form (base/plain_text.h), then the machine is built; adding more and building again keeps
 * the numbers of the words. Finding is linear in the text whatever the number of words. A finder is for one thread at a time. */
#ifndef GUIJU_RULES_WORD_FINDER_H
#define GUIJU_RULES_WORD_FINDER_H

#include "base/plain_text.h"

struct word_finder;
struct word_finder *word_finder_new(void);
void word_finder_free(struct word_finder *f); /* NULL is nothing */

enum { NO_WORD = 0xffffffffu };
/* `word` in plain form; its number, the same when it was there. NO_WORD for an empty one. */
u32 word_finder_add(struct word_finder *f, struct str word);
void word_finder_build(struct word_finder *f);

struct word_found {
  u32 word;
  u32 from, to;  /* bytes of the text */
  bool quoted;   /* it stands inside a quotation */
};
/* Calls `found` for each place of each word, by end, then longest first. A word broken by a sign that ends or divides a
 * sentence is not there, unless it has three letters or more and signs stand between all of them; a word that begins or ends
 * with a Latin letter or digit stands alone there. False: the text holds no letter at all. `a` is for the work and may be
 * reset afterwards. */
bool word_finder_find(struct word_finder *f, struct arena *a, struct str text, void (*found)(void *ctx, const struct word_found *w), void *ctx);

#endif
