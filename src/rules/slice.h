/* Correcting one fact without deriving everything: a slice of the facts is derived twice, without and with the change, in a
 * state of its own; what the first finds must be what the engine holds, and what the second finds takes its place.
 *
 * A slice is closed over what it can touch: all facts of the objects concerned, all triggers of the rules that rank for
 * the persons concerned, their attendance around the day. Whatever a slice cannot vouch for makes it give up
 * (slice_escape), and the caller derives the log again: a slice may be refused, never wrong. Inside this folder only. */
#ifndef GUIJU_RULES_SLICE_H
#define GUIJU_RULES_SLICE_H

#include "rules/parts.h"

enum slice_how { SLICE_FULL = 1, SLICE_TRIGGER = 2, SLICE_FOLD = 4, SLICE_ROSTER = 8, SLICE_VERDICT = 16 };
struct slice_fact { u32 ref; };
struct slice_object { u8 noun; sym id; };
struct slice_want { u32 rule; sym person; i64 from; };   /* triggers of the rule for the person from an instant on */
struct slice_wait { i64 at; sym person; int change; };   /* a customer began or ceased to wait for somebody */
struct slice_waits VEC_OF(struct slice_wait);
struct slice_rank_at { u32 rule; sym person; i64 at; u32 fact; bool given; };
struct slice_made { u16 kind; sym id; i64 at; u64 digest; };

struct slice {
  /* what is changed */
  u32 subject;         /* the late fact, or the trigger of what an appeal took back */
  bool late;           /* the subject is new */
  u64 dead_key;        /* 0: none; taken back in the second run only */
  i64 now;
  u32 bound;           /* the first fact that is not there yet: a station is corrected; NONE: none */
  /* what is wanted; grows until both runs are closed */
  VEC(struct slice_object) objects;
  struct table object_set;
  VEC(struct slice_want) wants;
  VEC(sym) roster;     /* persons whose attendance is judged again */
  bool grew, escaped;
  const char *why, *refused; /* why it gave up, now and the last time: for tests and the benchmark */
  /* the run that is on */
  bool old;
  struct state main;   /* put aside */
  VEC(struct slice_fact) queue;
  u32 queue_at;
  struct table how;    /* ref + 1 -> enum slice_how */
  struct table object_of;
  i64 at;              /* what is judged: this instant, and … */
  u32 ref;             /* … this fact; NONE: a timer, which comes before the facts of its instant */
  u32 first_derived;   /* derived facts from here on were made by the slice */
  u32 budget;
  bool people_again;   /* people change after the slice begins: folded anew instead of copied */
  VEC(struct slice_rank_at) ranked;
  VEC(struct slice_made) had; /* derived facts that the first run made */
  struct slice_waits waits[2];
  struct state done[2]; /* results: without and with the change */
};

/* True: the engine holds what it would hold had the change been known in time, and has reported the difference. */
bool slice_correct(struct engine *e, u32 subject, bool late, u64 dead_key);
/* The same in the middle of a derivation, for what an appeal took back; nothing is reported. */
bool slice_take_out(struct engine *e, u32 subject, u64 dead_key);
void slice_free(struct engine *e);

/* hooks of the other files, called only while e->slice is set */
void slice_escape(struct engine *e, const char *why);
bool slice_stopped(const struct engine *e);
bool slice_starts(struct engine *e, const struct rule *r, u32 ref);   /* may the fact start the rule here? */
bool slice_listens(struct engine *e, const struct rule *r, enum listen what, const struct listener *l, u32 ref);
enum slice_how slice_how(const struct engine *e, u32 ref);
bool slice_born_dead(const struct engine *e, u64 key); /* dead, but not yet in this run */
u32 slice_object_find(struct engine *e, enum noun noun, sym id);
u32 slice_object_make(struct engine *e, enum noun noun, sym id);
void slice_rank(struct engine *e, const struct env *env, i64 from);
void slice_duty(struct engine *e, const struct rule *r, u8 noun, sym id);
void slice_verdicts(struct engine *e, u64 cons);
struct cons *slice_cons_outside(struct engine *e, u64 id); /* of the engine, to be read only */
bool slice_given(const struct engine *e, u32 ref);            /* a derived fact that the engine held before */
void slice_waiting(struct engine *e, sym person, int change);
u32 slice_shift_at(struct engine *e, sym person, i64 at, bool *known);

/* splice.c: the second result takes the place of the first in the engine. False: the first is not what the engine holds. */
bool splice_holds(struct engine *e, struct slice *sl);
bool splice_reaches_others(struct engine *e, struct slice *sl);
void splice(struct engine *e, struct slice *sl);

/* station.c */
void stations_free(struct engine *e);
void station_drop(struct engine *e, u32 i);
void stations_cut(struct engine *e, i64 at, u32 place); /* what changes lies at that instant and place, or later */
void station_enter(struct engine *e, const struct station *st);
void station_dead(struct engine *e, const struct station *st);

/* engine.c, derive.c */
void derive_again(struct engine *e);
struct cons *cons_keep_withdrawn(struct engine *e, const struct cons *c);
void engine_report_derived(struct engine *e, enum change change, u32 ref);
bool duty_hidden(const struct engine *e, u32 d); /* a rule that only waits for something shows no clock: nobody owes it */
void state_free(struct state *s);
void engine_run_to(struct engine *e, i64 to);
void engine_judge(struct engine *e, u32 ref);
void engine_pass_time(struct engine *e, i64 to);
u32 engine_place_of(struct engine *e, u32 ref);
void engine_put(struct engine *e, u32 ref, u32 place); /* into the order and the lists by object */

#endif
