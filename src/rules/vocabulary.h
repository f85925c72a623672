/* The vocabulary a rulebook is checked against, made from the event kinds. */
#ifndef GUIJU_RULES_VOCABULARY_H
#define GUIJU_RULES_VOCABULARY_H

#include "lang/vocabulary.h"

/* Kinds with their fields, and the nouns with the attributes the engine keeps of them. Lives in the arena. */
const struct lang_vocabulary *rules_vocabulary(struct arena *a);

#endif
