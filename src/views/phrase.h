/* Quick phrases as commands and reads share them: what may stand in braces, how a text is found by the first letters of its pinyin,
 * how an agent's repeated answer is told from another. */
#ifndef GUIJU_VIEWS_PHRASE_H
#define GUIJU_VIEWS_PHRASE_H

#include "views/view.h"

/* A variable of a phrase: {顾客}. The one list: saving asks it, the pages show it and fill it in. */
struct phrase_variable {
  const char *key;          /* what the pages fill it by: "customer" */
  const char *names[4];     /* first the Chinese and the English name, then older ones; ends with NULL */
  const char *help_zh, *help_en;
};
const struct phrase_variable *phrase_variables(size_t *count);
/* The first {…} of 1 to 12 characters in the text that is no variable; "" when there is none. */
struct str phrase_unknown_variable(struct str text);
/* The known names, joined, in Chinese or English: for the refusal. */
struct str phrase_known_names(struct arena *a, bool english);

/* First letters as one types them: "您好，订单 AB" → "nhddab". Letters and digits stay, signs go, at most PHRASE_PINYIN_MOST letters.
 * Variables are passed over. Pronunciation by ICU's Han-Latin, one character at a time. */
enum { PHRASE_PINYIN_MOST = 60 };
struct str phrase_pinyin(struct arena *a, struct str text);

/* A short form as it is compared: "ＨＸ" and "hx" are one. */
struct str phrase_plain_keys(struct arena *a, struct str keys);

/* Two answers with the same form say the same: letters without signs, runs of digits as one #. "" when there are fewer than 4 letters. */
struct str phrase_form(struct arena *a, struct str text);

/* May the actor see a phrase of this scope and holder? */
bool phrase_visible(const struct lang_program *program, const struct actor *actor, struct str scope, struct str holder);

#endif
