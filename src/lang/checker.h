/* What the checker's files share. Internal to lang. */
#ifndef GUIJU_LANG_CHECKER_H
#define GUIJU_LANG_CHECKER_H

#include "base/map.h"
#include "lang/diagnostic.h"
#include "lang/vocabulary.h"

enum { SCOPE_EVENTS_MAX = 16, SCOPE_ELEMENTS_MAX = 8 };

struct logic;
struct checker {
  struct arena *arena;
  struct lang_program *p;
  const struct lang_vocabulary *v;
  struct lang_diagnostics *d;
  struct map figures, lets, defines, cases, roles, shifts, scores, checklists, classes, surveys, accounts; /* name -> node */
  struct map kinds;      /* zh and en name -> struct lang_vocabulary_kind */
  struct map nouns;      /* zh and en name -> struct lang_vocabulary_noun */
  struct map ids;        /* heading ids and tags */
  struct map used;       /* figure names that were used */
  const struct lang_item *item;
  const struct logic *guard; /* what holds wherever the item's body is read; NULL: nothing known */
  bool has_fine, has_limit;
};

/* Where an expression stands: what its names may mean. */
struct scope {
  const struct lang_vocabulary_kind *kinds[SCOPE_EVENTS_MAX];
  const struct lang_case *cases[SCOPE_EVENTS_MAX]; /* NULL where a vocabulary kind stands */
  size_t event_count;
  bool open;               /* some event is unknown: say nothing about names */
  const struct lang_names *keys, *parameters;
  struct str elements[SCOPE_ELEMENTS_MAX];
  size_t element_count;
  bool needs_window;       /* outside settlements, measures and reports counting needs a window */
};

/* A type as far as it is known: V_ABSENT = unknown. */
struct known_type {
  enum value_type type;
  const struct lang_type *field;                 /* of a case field: enumeration … */
  const struct lang_vocabulary_field *vocabulary;
  bool names_field;                              /* 项目 of 单据.填写: its values are the names of the case's fields */
};

/* ---- check_names.c ---- */
void lang_check_event(struct checker *c, struct lang_event *e, struct scope *s, bool detail);
struct known_type lang_check_expr(struct checker *c, struct lang_expr *e, struct scope *s);
/* A condition: anything that is true or false. */
void lang_check_cond(struct checker *c, struct lang_expr *e, struct scope *s);
void lang_check_party(struct checker *c, struct lang_party *party, struct scope *s);
void lang_check_parties(struct checker *c, struct lang_parties *parties, struct scope *s);
void lang_check_approval(struct checker *c, struct lang_approval *a, struct scope *s);
void lang_check_reference(struct checker *c, struct str id, struct lang_span at);
bool lang_field_type(struct checker *c, const struct scope *s, struct str name, struct known_type *out);
/* The nearest of the names in `m`, or empty. */
struct str lang_nearest(const struct checker *c, struct str word, const struct map *m, struct str best, size_t *distance);
size_t lang_distance(struct str a, struct str b);

/* ---- check_types.c ---- */
struct known_type lang_type_of_arith(struct checker *c, const struct lang_expr *e, struct known_type a, struct known_type b);
void lang_type_compare(struct checker *c, const struct lang_expr *e, struct known_type a, struct known_type b);
/* The value of a literal, or of a figure that is one; false when it is not constant. */
bool lang_constant(const struct checker *c, const struct lang_expr *e, struct value *v);
enum value_type lang_value_type(enum lang_type_kind kind);
bool lang_is_span_type(enum value_type t);

/* ---- check_functions.c ---- */
void lang_check_function(struct checker *c, const struct lang_expr *e); /* what stands in its brackets */
void lang_check_score(struct checker *c, struct lang_score *s);
void lang_check_points(struct checker *c, const struct lang_act *a);
void lang_check_settle_order(struct checker *c);

/* ---- check_table.c ---- */
void lang_check_table(struct checker *c, const struct lang_tier *t, const struct known_type *columns);

/* ---- check_rules.c ---- */
void lang_check_trigger(struct checker *c, struct lang_trigger *t, struct scope *s, bool detail);
void lang_check_item(struct checker *c, struct lang_item *item);

/* ---- check_logic.c: rules that never act ---- */
void lang_check_reach(struct checker *c);

/* ---- check_class.c ---- */
void lang_check_class(struct checker *c, struct lang_item *item);

/* ---- check_words.c ---- */
/* *s: what a finding of these words says, for the tails. */
void lang_check_words(struct checker *c, struct lang_item *item, struct scope *s);

/* ---- check_strata.c: circles of consequences; check_except.c ---- */
void lang_check_strata(struct checker *c);
void lang_check_exceptions(struct checker *c);

/* ---- check_flow.c ---- */
void lang_check_case_flow(struct checker *c, const struct lang_case *ct);
void lang_check_move(struct checker *c, const struct lang_act *a, const struct scope *s);
void lang_check_hours(struct checker *c, const struct lang_due_options *o);
/* ---- check_broken.c: what follows only from items that could not be read ---- */
bool lang_is_broken(const struct checker *c, struct str name);
void lang_drop_follow_ups(struct checker *c, size_t first); /* of the messages from `first` on */

/* ---- check_silent.c ---- */
void lang_check_silent(struct checker *c);

/* ---- check_labour.c ---- */
void lang_check_labour(struct checker *c);

/* ---- check_book.c ---- */
void lang_check_case(struct checker *c, struct lang_item *item);
void lang_check_punishments(struct checker *c);
void lang_check_gates(struct checker *c);
void lang_check_prose(struct checker *c);
void lang_check_law(struct checker *c);

/* “Did you mean …?”: at a click where the message points at the misspelt word alone. Nothing when `near` is empty. */
void lang_suggest(struct checker *c, struct lang_diagnostic *m, struct str near);

#endif
