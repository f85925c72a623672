/* Replaying a whole log: every fact is there before the first is judged. Rules whose form allows it run over columns, block by
 * block, on as many threads as are given; the others run on the live engine over just the kinds of fact they read. Threads share
 * the work by rule or, where a rule is too heavy for its share, by subject: the hash of the person or object a fact concerns, or of
 * the key an ordinal counts by; what crosses subjects (deadlines counted in order, settlements, the live engine's rules) waits
 * behind a barrier. The consequences are those of engine_step: the same identities, amounts, ordinals, in whatever number of
 * threads and shards.
 *
 * Order: replay_new, replay_publish for each version, replay_add for each fact in the order of event_compare, replay_run, then
 * ask. Ownership: programs must outlive the replay; what a callback gets is borrowed for the call. Not thread-safe: one caller. */
#ifndef GUIJU_RULES_REPLAY_H
#define GUIJU_RULES_REPLAY_H

#include "rules/engine.h"

struct replay;
struct replay *replay_new(i64 zone_offset_ms, const struct work_calendar *calendar);
void replay_free(struct replay *r);
MUST_CHECK enum status replay_publish(struct replay *r, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct problem *p);
/* A fact (copied). E_INVALID: derived, without id, or out of order. An id that was there before is left out. */
MUST_CHECK enum status replay_add(struct replay *r, const struct event *event, struct problem *p);

/* For makers of large logs: words once, then rows of words and numbers, in order; ids are "e<seq>", never twice. */
struct replay_cell {
  uint16_t field;
  bool is_word;
  i64 value; /* number in the unit of the field, or word */
};
u32 replay_word(struct replay *r, struct str text);
MUST_CHECK enum status replay_row(struct replay *r, enum event_kind_id kind, i64 at_ms, u32 seq, u32 actor, const struct replay_cell *cells, u32 count, struct problem *p);
void replay_expect(struct replay *r, enum event_kind_id kind, u32 rows); /* room for so many */

enum { REPLAY_SHARDS_MAX = 64 };
/* Into how many shards by subject rules are cut: 0 (as at first): into as many as there are threads, where that is estimated to
 * end the work a fifth or more sooner than rule by rule; 1: never; n: every rule over columns into n. */
void replay_shards(struct replay *r, int shards);
/* Judge everything up to `until_ms` (deadlines and settlements included). threads ≥ 1. */
MUST_CHECK enum status replay_run(struct replay *r, i64 until_ms, int threads, struct problem *p);
/* Put another program in the place of the last version (same dates) and judge again only what may have changed by it. */
MUST_CHECK enum status replay_revise(struct replay *r, const struct lang_program *program, i64 until_ms, int threads, struct problem *p);

/* All of them, by the instant they are booked at. */
void replay_each_consequence(struct replay *r, void (*f)(void *ctx, const struct consequence *c), void *ctx);

struct replay_figures {
  u64 facts, consequences;
  u64 bytes;                  /* columns and consequences */
  u32 rules, vector_rules;    /* of all versions */
  u32 sharded_rules;          /* cut by subject in the last run or revision */
  u32 rerun_rules;            /* judged by the last run or revision */
  u64 live_facts;             /* facts that the live engine was given */
  u64 sum;                    /* of all identities, amounts and ordinals: equal replays have equal sums */
};
void replay_figures(struct replay *r, struct replay_figures *out);
struct replay_rule_figures {
  struct str clause, tag;
  const char *why_live;       /* why it runs live; "" when over columns */
  u64 consequences, ordinals; /* how many; sum of their ordinals */
  i64 fen;                    /* sum */
};
void replay_each_rule(struct replay *r, void (*f)(void *ctx, const struct replay_rule_figures *rule), void *ctx);

#endif
