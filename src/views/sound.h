/* How names sound: a text spelled in pinyin and its first letters, by ICU, one character at a time; the first character of a name is
 * read as a surname is (单 shan, 曾 zeng). Latin letters and digits stand for themselves; of a Latin word its first letter is an initial. */
#ifndef GUIJU_VIEWS_SOUND_H
#define GUIJU_VIEWS_SOUND_H

#include "base/arena.h"

enum { SOUND_SYLLABLE = 16, SOUND_MOST = 120 /* letters kept of a name */ };
struct sound {
  struct str spelled, initials;
};
struct sound sound_of_name(struct arena *a, struct str name);
/* The first letter of how a character is said; 0 when it is none that ICU knows. */
char sound_first_letter(u32 code);
/* What was typed may be pinyin: letters and digits alone, two at least. *low: in lower case. */
bool sound_may_be(struct arena *a, struct str typed, struct str *low);

#endif
