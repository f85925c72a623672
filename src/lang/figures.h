/* Every number of a rulebook that somebody may want to change, with its place in the source: the figures form is made of it. */
#ifndef GUIJU_LANG_FIGURES_H
#define GUIJU_LANG_FIGURES_H

#include "lang/ast.h"

#include <jansson.h>

/* [{key, clause, name, kind:"figure"|"number"|"time", words, number, unit, type, from, ours, doubtful, note, note_kind,
 *   line, column, length, before, after, rule, tag, uses}]
 * key is the same in two versions of a book for the same figure: "figure:首响限", "figure:首响限@2026-05-01" or "greeting/tag/2".
 * `words` is what stands in the source at line, column (code points, from 1), `length` code points long. `before` and `after` are the words
 * around a number in a rule; `uses` the clauses in which a figure is used, with the number in their prose when it is there. New reference. */
json_t *lang_figures_json(const struct lang_program *p);

#endif
