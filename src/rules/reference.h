/* The reference evaluator: what a rulebook says follows from a list of facts, derived in the plainest way there is.
 *
 * It is kept beside the engine for ever, so that the engine can be held against it: random books and random logs must give
 * the same consequences to the bit. It was written from the meaning (docs/language.md), not from the engine: all facts are
 * put in order, every instant at which something is due is looked for anew at each step, whatever is asked about the past is
 * found by reading the past from its beginning. No index, no counter, no heap of timers, nothing carried from run to run.
 * It is slow, and meant to be: a few hundred facts.
 *
 * It shares with the engine only base/, the tree of lang/, the kinds of events/ and the form of identities (below).
 *
 * ---- identities ----
 * h(n) mixes a 64-bit number byte by byte, lowest first, into FNV-1a 64; h(text) its bytes and then 0x1f. Chained by "·":
 *   rule        = h(book id) · clause id · (tag, or item kind × 64 + place among its kind under the heading) · rule type
 *   fact        = h(its id), e<seq> when it has none
 *   duty        = rule · fact that began it; recurring: rule · due · 0, or by shift: rule · date · shift name; then · person · object
 *   site        = fact (凡, gates, 结: h(period start) · person), duty (逾期), duty · 1000 + tail (届前), duty · 2000 + tail (逾期 span),
 *                 rule · fact (禁止, 检查表)
 *   consequence = rule · site · place of the act · subject; place = base + 1, 2, …; base = 1000 × (row + 1) in a table, 1000 × row of
 *                 a checklist, 100 × line of a gate, 32 × place inside 若, 100000 × statement of a settlement
 *   violation   = rule · duty or (rule · fact) · 17 · person;  to a person (待人工) = rule · site · place · place · 18
 */
#ifndef GUIJU_RULES_REFERENCE_H
#define GUIJU_RULES_REFERENCE_H

#include "rules/engine.h"

struct reference_version {
  const struct lang_program *program; /* checked without errors */
  i64 published_ms, in_force_ms;
};

struct reference_input {
  i64 zone_offset_ms;
  const struct work_calendar *calendar; /* NULL: Monday to Friday */
  const struct reference_version *versions;
  size_t version_count;
  const struct event *const *events;    /* in any order; the same id twice counts once */
  size_t event_count;
  i64 until_ms;                         /* time is let pass up to here, or to the last event */
};

struct reference_result {
  struct consequence *consequences; /* live ones, by id; only the members that reference_write_consequence shows are set */
  size_t consequence_count;
  struct rule_clock *clocks;        /* running duties, by id */
  size_t clock_count;
};

/* Derive everything from scratch. E_INVALID, key reference.appeals, when appeals undo each other without end.
 * Everything in *out lives in the arena. */
MUST_CHECK enum status reference_derive(struct arena *a, const struct reference_input *in, struct reference_result *out, struct problem *p);

/* May `request` be done after those facts? Verdict, reasons (clause, tag, and in text_zh: the 因 or the line of the book, the words of an
 * approval, or one of the words below), stages, acts (only what a consequence is, of what clause, for whom, how much). */
#define REFERENCE_MISSING "·missing" /* a 申请 needs what is not there */
#define REFERENCE_UNKNOWN "·unknown" /* whose decision it is cannot be told */
#define REFERENCE_LISTED "·listed"   /* a 密级, 排班 or 适用 forbids it */
MUST_CHECK enum status reference_gate(struct arena *a, const struct reference_input *in, const struct event *request, struct gate_decision *out, struct problem *p);

/* One line each, in the same words for the engine's and the reference's: what two derivations have to agree about. */
void reference_write_consequence(struct buf *b, const struct consequence *c, i64 zone_offset_ms);
void reference_write_clock(struct buf *b, const struct rule_clock *c, i64 zone_offset_ms);
/* All of it, sorted: texts that diff well. */
struct str reference_text(struct arena *a, const struct reference_result *r, i64 zone_offset_ms);
/* The same of an engine's present state. */
struct str reference_text_of_engine(struct arena *a, struct engine *e, i64 zone_offset_ms);

#endif
