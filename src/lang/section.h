/* A rulebook cut into its headings, and two people's changes of it joined again.
 *
 * A section is a heading line with everything up to the next one; what stands before the first heading is a section too. Joined in
 * order the sections are the file to the byte. Everything lives in the arena; texts point into the sources. */
#ifndef GUIJU_LANG_SECTION_H
#define GUIJU_LANG_SECTION_H

#include "base/arena.h"

struct lang_section {
  struct str key;  /* "#id" of the heading, else its words; "" before the first heading; "…~2" when used twice */
  struct str text;
};
struct lang_sections {
  struct lang_section *p;
  size_t count;
};
struct lang_sections lang_sections(struct arena *a, struct str source);
const struct lang_section *lang_section_find(const struct lang_sections *s, struct str key); /* NULL: none */

/* Both changed one section in ways that cannot be joined. A text without bytes and p == NULL: not there (removed or not yet made). */
struct lang_conflict {
  struct str key, base, mine, theirs;
};
struct lang_merge {
  struct str source;               /* with `theirs` where there is a conflict */
  struct lang_conflict *conflicts;
  size_t conflict_count;
  size_t taken;                    /* sections in which theirs differs from base: what others changed meanwhile */
};
/* What `mine` changes in `base`, done to `theirs`. A section that only one side changed is that side's; lines apart from each other
 * in one section are joined; a section removed by one and changed by the other is a conflict. Order: whoever moved sections, theirs
 * when both did. */
struct lang_merge lang_merge(struct arena *a, struct str base, struct str mine, struct str theirs);

#endif
