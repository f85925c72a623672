/* Markdown to safe HTML, shared by the handbook and the JSON form. Internal to lang. */
#ifndef GUIJU_LANG_RENDER_H
#define GUIJU_LANG_RENDER_H

#include "lang/ast.h"

/* Append the HTML of Markdown text: no raw HTML, links only to http, https, mailto, tel, # and relative places. */
void lang_render_markdown(struct str text, struct buf *out);
void lang_render_escape(struct str text, struct buf *out);
/* What an act says, as it stands in the book, on one line. */
struct str lang_render_source(struct arena *a, const struct lang_program *p, struct lang_span at);

#endif
