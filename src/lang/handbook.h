/* The published handbook: one self-contained HTML page with an anchor per clause, a list of clauses and a search. */
#ifndef GUIJU_LANG_HANDBOOK_H
#define GUIJU_LANG_HANDBOOK_H

#include "lang/ast.h"

/* Append the page to `out`. Raw HTML in the prose is dropped, links are limited to http, https, mailto and #.
 * E_TOO_LARGE when `out` overflows. */
MUST_CHECK enum status lang_handbook(const struct lang_program *p, bool english, struct buf *out);
/* Rules as readable HTML: keywords, figures and texts in <span class="k|n|t">, tables as tables of text. */
void lang_rules_html(struct arena *a, struct str block, struct buf *out);

#endif
