/* A text as a reader hears it, for finding words in it: one form for full and half width, for capital and small letters,
 * for traditional and simplified characters; signs
 * and spaces between the letters are passed over but remembered. “不 归·我管” and “不归我管” are the same word here.
 *
 * Every change of form is one code point to one code point, in plain_fold (the table of characters comes from OpenCC when
 * the program is built: tools/variants.c). Positions are byte offsets into the text given. */
#ifndef GUIJU_BASE_PLAIN_TEXT_H
#define GUIJU_BASE_PLAIN_TEXT_H

#include "base/arena.h"
#include "base/str.h"

struct plain_char {
  u32 code;        /* folded */
  u32 from, to;    /* bytes in the original */
  bool gap;        /* a space or sign stands between the character before and this one */
  bool stop;       /* … among them one that ends or divides a sentence (。，！ …) */
  bool quoted;     /* inside closed quotation marks, or on a line that begins with > */
  bool joined;     /* the code point right before it is a Latin letter or digit */
  bool joins;      /* the code point right after it is one */
};

/* The folded form of one code point; 0 when it is a sign or space and no part of a word. */
u32 plain_fold(u32 code_point);
bool plain_is_latin(u32 folded); /* letters and digits that make words by standing together */

/* All characters of `s` that are parts of words; the array lives in the arena. */
size_t plain_chars(struct arena *a, struct str s, struct plain_char **out);
/* Only the folded letters of `s`, as UTF-8, into `out`, which has PLAIN_ROOM(s.n) bytes; how many were written. Where they came
 * from is not told: for finding out fast that a word is not there. */
#define PLAIN_ROOM(bytes) ((bytes) / 3 * 4 + 4)
size_t plain_bytes(struct str s, char *out);
/* The folded form as text: the same for two spellings of one word; "" when nothing but signs is there. */
struct str plain_form(struct arena *a, struct str s);

#endif
