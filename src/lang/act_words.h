/* What a consequence says, in the words of people and not of the rule: “罚 接待人 5元，每 30秒 一次（不足也算），最多 50元”. */
#ifndef GUIJU_LANG_ACT_WORDS_H
#define GUIJU_LANG_ACT_WORDS_H

#include "lang/ast.h"

/* Acts joined with semicolons, or the rows of a table. `date` (days) picks the values of dated figures. The text lives in the arena;
 * empty acts give an empty text. Names and events keep the book's words. */
struct str lang_acts_words(struct arena *a, const struct lang_program *p, const struct lang_acts *acts, i64 date, bool english);
struct str lang_body_words(struct arena *a, const struct lang_program *p, const struct lang_body *body, i64 date, bool english);

#endif
