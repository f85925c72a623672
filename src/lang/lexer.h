/* From the text of one guiju block to tokens. Internal to lang.
 *
 * Full and half width are one, `、` is `,`, `。` is white space; Chinese numerals count only when numeral + unit (+ bound)
 * is the whole word; a unit may be followed only by bound words (以上 内 前 …). Comments run from -- to the line's end. */
#ifndef GUIJU_LANG_LEXER_H
#define GUIJU_LANG_LEXER_H

#include "lang/diagnostic.h"
#include "lang/words.h"

enum lang_token_kind {
  TK_END, TK_WORD, TK_NUMBER, TK_UNIT, TK_TEXT, TK_DATE, TK_TIME, TK_MONTH_DAY, TK_ID, TK_PUNCTUATION, TK_COMMENT, TK_BAD,
};
/* Punctuation is its ASCII character, except: */
enum { PU_TIMES = '*', PU_DIVIDE = '~', PU_ARROW = 'A', PU_NOT_EQUAL = 'N', PU_AT_MOST = 'L', PU_AT_LEAST = 'G' };

struct lang_token {
  enum lang_token_kind kind;
  enum lang_word word;   /* TK_WORD: LW_NAME or one of the language's words */
  char punctuation;
  bool english;          /* TK_WORD: the English spelling of a word */
  bool line_start;       /* first token of its line */
  bool margin;           /* … and at the first column */
  struct str text;       /* normalised: word, digits, text without quotes, id without # */
  const struct lang_unit *unit; /* TK_UNIT */
  i64 number;            /* DATE, TIME (ms), MONTH_DAY */
  struct lang_span at;
};
struct lang_tokens {
  struct lang_token *p;
  size_t count, room;
};

struct lang_lexer {
  struct arena *arena;
  struct str source;
  struct lang_word_table words;
  struct lang_diagnostics *diagnostics; /* NULL: say nothing (formatter) */
  bool keep_comments;
};
void lang_lexer_init(struct lang_lexer *x, struct arena *a, struct str source, struct lang_diagnostics *d);
/* Tokens of source[from, to), which begins at the start of line `line`. Bad characters are reported and become one
 * TK_BAD token each. The list ends with TK_END. */
struct lang_tokens lang_lex(struct lang_lexer *x, size_t from, size_t to, u32 line);

/* Is it a letter of a word: ASCII letter, _, Han? */
bool lang_is_han(u32 c);
/* 零 to 九, 十 百 千 万, 半 两. */
bool lang_is_chinese_numeral(u32 c);
/* Value of Chinese numerals (三十 is 30), -1 when they do not make a number; 半 alone gives 0 and sets *half. */
i64 lang_chinese_number(struct str s, bool *half);
/* Characters nobody sees: zero width, bidirectional controls, soft hyphen … */
bool lang_is_invisible(u32 c);

#endif
