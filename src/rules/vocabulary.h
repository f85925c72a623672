/* The kinds of fact as lang_check wants to know them, made from the event vocabulary. Lives in the arena. */
#ifndef GUIJU_RULES_VOCABULARY_H
#define GUIJU_RULES_VOCABULARY_H

#include "events/event_kind.h"
#include "lang/vocabulary.h"

const struct lang_vocabulary *rules_vocabulary(struct arena *a);

#endif
