/* The Markdown around the rules: headings, prose, fenced blocks. Internal to lang. */
#ifndef GUIJU_LANG_BOOK_H
#define GUIJU_LANG_BOOK_H

#include "lang/diagnostic.h"

/* Fill p->clauses and p->blocks from p->source. Items are added later by the parser. */
void lang_book_read(struct arena *a, struct lang_program *p, struct lang_diagnostics *d);

#endif
