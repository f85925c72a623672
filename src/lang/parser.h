/* State and helpers shared by the parser's files. Internal to lang. */
#ifndef GUIJU_LANG_PARSER_H
#define GUIJU_LANG_PARSER_H

#include "lang/lexer.h"

struct lang_parser {
  struct arena *arena;
  struct lang_program *program;
  struct lang_diagnostics *d;
  const struct lang_token *t;  /* tokens of the block, ends with TK_END */
  const struct lang_token *stop; /* the TK_END every item sees at its end */
  size_t i, end;               /* the item is t[i, end) */
  bool failed;                 /* this item has an error: nothing more is reported or consumed */
  int depth;
  size_t item_room;
  i64 fact_date;               /* carried through the facts of one 例 */
  bool fact_date_known;
  struct lang_item *item;
};

/* ---- tokens ---- */
const struct lang_token *lang_peek(const struct lang_parser *p, size_t ahead);
static inline bool lang_at(const struct lang_parser *p, enum lang_word w) {
  const struct lang_token *t = lang_peek(p, 0);
  return t->kind == TK_WORD && t->word == w;
}
bool lang_at_ahead(const struct lang_parser *p, size_t ahead, enum lang_word w);
bool lang_at_punctuation(const struct lang_parser *p, char c);
bool lang_punctuation_ahead(const struct lang_parser *p, size_t ahead, char c);
bool lang_at_kind(const struct lang_parser *p, enum lang_token_kind kind);
bool lang_flag_ahead(const struct lang_parser *p, size_t ahead, unsigned flag); /* the word has the flag */
bool lang_name_ahead(const struct lang_parser *p, size_t ahead);               /* a word that may be a name */
static inline bool lang_at_name(const struct lang_parser *p) { return lang_name_ahead(p, 0); }
bool lang_at_end(const struct lang_parser *p);

bool lang_accept(struct lang_parser *p, enum lang_word w);
bool lang_accept_punctuation(struct lang_parser *p, char c);
void lang_expect(struct lang_parser *p, enum lang_word w);
void lang_expect_punctuation(struct lang_parser *p, char c);
/* The next token, consumed. */
const struct lang_token *lang_next(struct lang_parser *p);

/* Report at the present token and give the item up; NULL when the item has failed already. Texts take the same
 * arguments. */
struct lang_diagnostic *lang_fail(struct lang_parser *p, const char *key, const char *zh, const char *en, ...)
    PRINTF_LIKE(3, 5) PRINTF_LIKE(4, 5);
struct lang_diagnostic *lang_fail_at(struct lang_parser *p, struct lang_span at, const char *key, const char *zh, const char *en, ...)
    PRINTF_LIKE(4, 6) PRINTF_LIKE(5, 6);
struct lang_diagnostic *lang_fail_texts(struct lang_parser *p, struct lang_span at, const char *key, struct str zh, struct str en);
/* False (and a message) when brackets nest too deeply; pair with lang_leave. */
bool lang_enter(struct lang_parser *p);
static inline void lang_leave(struct lang_parser *p) { p->depth--; }

struct lang_span lang_here(const struct lang_parser *p);
void lang_close(const struct lang_parser *p, struct lang_span *span); /* up to the last consumed token */

/* Append one zeroed element to an arena array kept as (pointer, count); rooms are powers of two. */
void *lang_append(struct arena *a, void *array_pointer, size_t *count, size_t size);
#define LANG_APPEND(p, array, count) (*(__typeof__(array))lang_append((p)->arena, &(array), &(count), sizeof(__typeof__((array)[0]))))

/* ---- shared pieces: parse_expr.c ---- */
struct lang_name lang_parse_name(struct lang_parser *p);
struct lang_names lang_parse_names(struct lang_parser *p);
struct lang_path lang_parse_path(struct lang_parser *p);
struct str lang_parse_text(struct lang_parser *p);
struct str lang_parse_optional_text(struct lang_parser *p); /* .p NULL when there is none */
struct lang_expr *lang_parse_expr(struct lang_parser *p);
struct lang_expr *lang_parse_cond(struct lang_parser *p);
struct lang_expr *lang_parse_arg(struct lang_parser *p);
struct lang_expr *lang_parse_span(struct lang_parser *p);
struct lang_expr *lang_parse_quantity(struct lang_parser *p); /* NUM [UNIT] | CNY NUM */
bool lang_at_quantity(const struct lang_parser *p);
bool lang_at_bound(const struct lang_parser *p);  /* a bound word before an expression (满, 超过 …) */
bool lang_post_ahead(const struct lang_parser *p, size_t ahead); /* 以上 以下 以内 */
struct lang_range lang_parse_range(struct lang_parser *p);
struct lang_ranges lang_parse_ranges(struct lang_parser *p, bool names_after_or);
struct lang_rounding lang_parse_rounding(struct lang_parser *p);
struct lang_party lang_parse_party(struct lang_parser *p);
struct lang_parties lang_parse_parties(struct lang_parser *p);
struct lang_approval *lang_parse_approval(struct lang_parser *p);
struct lang_arguments lang_parse_arguments(struct lang_parser *p);
struct lang_exprs lang_parse_expr_list(struct lang_parser *p); /* after "(", eats ")" */
enum lang_period lang_period_of(enum lang_word w);
int lang_weekday_of(const struct lang_token *t); /* 1-7, 0 */

/* ---- parse_rule.c: triggers, time, acts, tables, tails ---- */
struct lang_event lang_parse_event(struct lang_parser *p);
struct lang_event lang_parse_event_path(struct lang_parser *p);
struct lang_trigger lang_parse_trigger(struct lang_parser *p);
struct lang_due lang_parse_due(struct lang_parser *p);
struct lang_recurs lang_parse_recurs(struct lang_parser *p);
struct lang_calendar_due lang_parse_calendar_due(struct lang_parser *p);
struct lang_goals lang_parse_goals(struct lang_parser *p);
struct lang_act lang_parse_act(struct lang_parser *p, bool example);
struct lang_acts lang_parse_acts(struct lang_parser *p);
struct lang_body lang_parse_body(struct lang_parser *p);
struct lang_tier *lang_parse_tier(struct lang_parser *p, enum lang_result_kind result);
void lang_parse_tails(struct lang_parser *p, struct lang_item *item);
struct lang_names lang_parse_same(struct lang_parser *p); /* [同 names] */
bool lang_at_tail(const struct lang_parser *p);

/* ---- items: parse_item.c, parse_thing.c ---- */
void lang_parse_item_body(struct lang_parser *p, struct lang_item *item, enum lang_word word);
struct lang_item *lang_new_item(struct lang_parser *p, enum lang_item_kind kind);
struct lang_must *lang_parse_must(struct lang_parser *p);
void lang_parse_each(struct lang_parser *p, struct lang_item *item);
struct lang_route *lang_parse_route(struct lang_parser *p);
struct lang_let *lang_parse_let(struct lang_parser *p);
struct lang_limit *lang_parse_limit(struct lang_parser *p);
struct lang_case *lang_parse_case(struct lang_parser *p, struct lang_item *item);
struct lang_type lang_parse_type(struct lang_parser *p);
struct lang_hours lang_parse_hours(struct lang_parser *p);
struct lang_header *lang_parse_header(struct lang_parser *p);
struct lang_role *lang_parse_role(struct lang_parser *p);
struct lang_shift *lang_parse_shift(struct lang_parser *p);
struct lang_roster *lang_parse_roster(struct lang_parser *p);
struct lang_checklist *lang_parse_checklist(struct lang_parser *p);
struct lang_words *lang_parse_words(struct lang_parser *p, enum lang_words_kind kind);
struct lang_survey *lang_parse_survey(struct lang_parser *p);
struct lang_class *lang_parse_class(struct lang_parser *p);
struct lang_notice *lang_parse_notice(struct lang_parser *p);
struct lang_report *lang_parse_report(struct lang_parser *p);
struct lang_account *lang_parse_account(struct lang_parser *p);
struct lang_example *lang_parse_example(struct lang_parser *p);

#endif
