/* The language's own words and the desk's vocabulary as JSON: what editors colour, complete and explain with. Made from the
 * tables the compiler itself reads, so that an editor cannot know another language than the compiler. */
#ifndef GUIJU_LANG_WORDS_JSON_H
#define GUIJU_LANG_WORDS_JSON_H

#include "lang/vocabulary.h"

#include <jansson.h>

/* {words:[{zh, en, group, keyword, help:{zh,en}|null}], synonyms:[{word, of, english}],
 *  units:[{name, type, english}], glue:[zh…], items:[{zh,en}…],
 *  types:[{zh,en}], kinds:[{zh, en, asked, derived, fields:[{zh, en, type, type_zh, values:[{zh,en}]}]}], nouns:[the same without flags]}
 * group: "item" "act" "tail" "part" "function" "window" "period" "weekday" "structure". keyword: never a name. New reference.
 * `v` may be NULL: the words alone. */
json_t *lang_words_json(const struct lang_vocabulary *v);
/* One sentence on a word in both languages; false when there is none. */
bool lang_word_help(struct str zh, struct str *help_zh, struct str *help_en);

#endif
