/* The formatter: one way to write a block. Prose is never touched; formatting twice changes nothing; the tokens, and
 * with them the meaning, stay the same. */
#ifndef GUIJU_LANG_FORMAT_H
#define GUIJU_LANG_FORMAT_H

#include "lang/ast.h"

/* Append the formatted file. Blocks that do not lex are left as they are. */
MUST_CHECK enum status lang_format(struct arena *a, struct str source, struct buf *out);
/* One block alone (without fences). */
void lang_format_block(struct arena *a, struct str block, struct buf *out);

#endif
