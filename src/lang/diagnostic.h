/* What the parser and the checker have to say about a book: place, words, meaning, example, repair.
 *
 * Every message has a stable key (lang.tier_gap), one text in Chinese and one in English, the words of the book it is
 * about, and where it helps a counter-example and the possible repairs. The checker asks, it never guesses. */
#ifndef GUIJU_LANG_DIAGNOSTIC_H
#define GUIJU_LANG_DIAGNOSTIC_H

#include "lang/ast.h"

#include <jansson.h>

enum lang_severity { LANG_ERROR, LANG_WARNING };
enum { LANG_REPAIRS_MAX = 4 };

struct lang_repair {
  struct str zh, en;   /* what to do, one sentence */
  struct str insert;   /* text to put there; empty: none */
  bool exact;          /* `insert` in place of [at.from, at.to) does it: an editor may do it at a click */
  struct lang_span at;
};

struct lang_diagnostic {
  enum lang_severity severity;
  struct lang_span at;
  struct str key;
  struct str zh, en;
  struct str words;         /* the words of the book */
  struct str example_zh, example_en; /* a counter-example; may be empty */
  struct lang_repair repairs[LANG_REPAIRS_MAX];
  size_t repair_count;
  struct str clause;        /* heading id, may be empty */
};

struct lang_diagnostics {
  struct arena *arena;
  struct lang_diagnostic *items; /* sorted by place after lang_diagnostics_sort */
  size_t count, room;
  size_t errors, warnings;       /* all that were found, also those not kept */
  struct lang_diagnostic *scratch; /* stands for every message past the limit */
};

void lang_diagnostics_init(struct lang_diagnostics *d, struct arena *a);

/* Add one. Both texts take the same arguments. The result may be given an example and repairs; it is never NULL
 * (past LANG_DIAGNOSTICS_MAX it is a scratch entry) and good until the next call. */
struct lang_diagnostic *lang_diagnose(struct lang_diagnostics *d, enum lang_severity severity, struct lang_span at,
                                      const char *key, const char *zh, const char *en, ...)
    PRINTF_LIKE(5, 7) PRINTF_LIKE(6, 7);
/* The same with texts already made (they must live in the arena). */
struct lang_diagnostic *lang_diagnose_texts(struct lang_diagnostics *d, enum lang_severity severity, struct lang_span at, const char *key,
                                            struct str zh, struct str en);
void lang_diagnostic_example(struct lang_diagnostics *d, struct lang_diagnostic *m, const char *zh, const char *en, ...)
    PRINTF_LIKE(3, 5) PRINTF_LIKE(4, 5);
void lang_diagnostic_repair(struct lang_diagnostics *d, struct lang_diagnostic *m, const char *zh, const char *en, ...)
    PRINTF_LIKE(3, 5) PRINTF_LIKE(4, 5);

/* A repair that can be done at a click: `insert` in place of the bytes [at.from, at.to) of the source. `insert` lives in the arena. */
void lang_diagnostic_fix(struct lang_diagnostics *d, struct lang_diagnostic *m, struct lang_span at, struct str insert, const char *zh,
                         const char *en, ...) PRINTF_LIKE(5, 7) PRINTF_LIKE(6, 7);
/* By place; errors before warnings at one place; the same key at the same place once. */
void lang_diagnostics_sort(struct lang_diagnostics *d);

/* For a terminal:
 *   c14.md:12:5: 错误 lang.tier_gap: …
 *     | 第1次 | 罚款 …
 *       ^^^^^
 *     例如: …
 *     可以: …
 */
void lang_diagnostics_text(const struct lang_diagnostics *d, struct str source, struct str file, bool english, struct buf *out);
/* [{severity,key,line,column,length,words,zh,en,example:{zh,en}|null,repairs:[{zh,en,insert,exact,line,column,length}],clause}];
 * line, column and length (in code points) of a repair say what its `insert` replaces, when it is exact. */
json_t *lang_diagnostics_json(const struct lang_diagnostics *d, struct str source);

#endif
