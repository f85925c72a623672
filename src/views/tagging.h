/* What a tag's renaming does to a conversation's tags, and its undoing: pure, for the views that keep tags (conversation, figure). */
#ifndef GUIJU_VIEWS_TAGGING_H
#define GUIJU_VIEWS_TAGGING_H

#include "base/arena.h"

#include <stdbool.h>

/* The most conversations one renaming may touch: they are changed in one transaction. */
enum { TAGGING_MOST = 50000 };

/* Lists of tags as JSON texts. */
struct str tagging_renamed(struct arena *a, struct str tags, struct str from, struct str into); /* each once, in their places */
/* The way back. `both`: it carried both before. What was changed by hand meanwhile stays: without `into` nothing comes back. */
struct str tagging_back(struct arena *a, struct str tags, struct str from, struct str into, bool both);
bool tagging_has(struct str tags, struct str tag);

#endif
