/* The finder we had before vectorscan; same promises as rules/word_finder.h. For tests and benchmarks only. */
#ifndef GUIJU_TEST_WORD_AUTOMATON_H
#define GUIJU_TEST_WORD_AUTOMATON_H

#include "rules/word_finder.h"

struct word_automaton;
struct word_automaton *word_automaton_new(void);
void word_automaton_free(struct word_automaton *f);
u32 word_automaton_add(struct word_automaton *f, struct str word);
void word_automaton_build(struct word_automaton *f);
void word_automaton_find(const struct word_automaton *f, const struct plain_char *text, size_t count,
                         void (*found)(void *ctx, const struct word_found *w), void *ctx);

#endif
