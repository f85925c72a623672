/* Seeded messages as a shop's reception sees them: greetings, questions about goods, sizes, parcels and money, with order and
 * telephone numbers, names, emoji, and now and then somebody who writes traditional characters. For benchmarks. */
#ifndef GUIJU_BENCH_CHATTER_H
#define GUIJU_BENCH_CHATTER_H

#include <stddef.h>
#include <stdint.h>

enum { CHATTER_MOST = 600 };
/* A message of at most CHATTER_MOST bytes into `out`, with a NUL; its length. The same seed gives the same messages. */
size_t chatter(uint64_t *seed, char *out);
uint32_t chatter_random(uint64_t *seed, uint32_t below);
/* A made-up word of `letters` characters, the common ones more often. */
size_t chatter_word(uint64_t *seed, int letters, char *out);

#endif
