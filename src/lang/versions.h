/* Two versions of one rulebook side by side: which rules changed, and what a change must say. Both programs have passed
 * lang_check. Nothing is kept. */
#ifndef GUIJU_LANG_VERSIONS_H
#define GUIJU_LANG_VERSIONS_H

#include "lang/ast.h"
#include "lang/diagnostic.h"

/* The same rule in another version: same heading id and tag, or same place under the heading when it has no tag. NULL: none. */
const struct lang_item *lang_same_rule(const struct lang_program *program, const struct lang_item *item, const struct lang_program *other);

/* Do they read differently? Spaces and the words of 过渡 do not count; the figures that the rule names do. */
bool lang_rule_changed(const struct lang_program *a, const struct lang_item *x, const struct lang_program *b, const struct lang_item *y);

/* A rule that counts (次序, 次数, 连续) and changes while its window is open has to say 过渡 沿用次数 or 过渡 重新计次: an
 * error (lang.transition_missing) with an example for each that does not. in_force: date on which `next` takes over. */
void lang_check_versions(const struct lang_program *before, const struct lang_program *next, i64 in_force, struct lang_diagnostics *d);

#endif
