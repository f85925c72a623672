/* What the desk itself writes into files, Chinese and English beside each other: heads of columns, names of sheets, yes and no, channels.
 * Every file takes its words from such a table and the language from its `language` (en, else Chinese). What people or the rulebook
 * wrote (names, roles, shifts, titles, tags, messages) stays as it was written. */
#ifndef GUIJU_REPORTS_WORDS_H
#define GUIJU_REPORTS_WORDS_H

#include "views/view.h"

struct report_word {
  const char *zh, *en;
};
static inline const char *report_word(struct report_word w, bool english) { return english ? w.en : w.zh; }
const char *report_yes_no(bool yes, bool english);

/* A column of a table: the key of its cells, its head, its type: text, count, fen (shown as yuan), ms (shown as seconds). */
struct report_column {
  const char *key;
  struct report_word head;
  const char *type;
};
/* Appends to columns of `report`: {"key","title","title_en","type"}, for pages and files to choose from. */
void report_columns(json_t *report, const struct report_column *columns, size_t count);

bool report_english(struct read_ctx *r, const json_t *query);
/* NAME_en of `o` where English is asked for and it has one, else NAME; "" when it has neither. */
const char *report_text(const json_t *o, const char *name, bool english);
/* A channel the desk knows by name; any other as it is written. */
struct str report_channel(struct str channel, bool english);
/* The name the desk gives a visitor who gave none (访客 12); any other as it is written. */
struct str report_customer(struct arena *a, struct str name, bool english);

#endif
