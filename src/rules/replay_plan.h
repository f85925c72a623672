/* Inside the replay: how a rule is prepared for columns, and what it gives. Nothing outside this folder includes it. */
#ifndef GUIJU_RULES_REPLAY_PLAN_H
#define GUIJU_RULES_REPLAY_PLAN_H

#include "rules/bytecode.h"
#include "rules/replay.h"

enum { PLAN_KEYS = 2, PLAN_COLUMNS = 4 };

enum plan_party_kind { PARTY_PERSON /* whom the fact concerns, or the bearer */, PARTY_WORD, PARTY_ROLE /* or everybody */ };
struct plan_party {
  enum plan_party_kind kind;
  struct bc_program word;
  sym role;             /* W_EVERYBODY: all */
};
struct plan_amount {
  bool constant;
  i64 fen;
  struct bc_program program; /* money or points, rounded by its denominator */
};
struct plan_act {
  const struct lang_act *act;
  enum consequence_type type;
  u32 place;
  struct plan_party *parties;
  u32 party_count;
  struct plan_amount from, to, cap, step;
  bool has_amount, has_to, has_cap, steps;
  sym item, account, text, decided_by;
};
struct plan_acts {
  struct plan_act *p;
  u32 n;
};
struct plan_cell {
  bool any, otherwise, ordinal, never;
  i64 first, last;      /* ordinal: last -1 = without end */
  struct bc_program test;
};
struct plan_column {
  bool ordinal;
  enum lang_period period;
  bool last_period;
  bool whole;           /* no window */
  struct bc_program keys[PLAN_KEYS];
  u32 key_count;
  struct bc_program value;
};
struct plan_row {
  struct plan_cell cells[PLAN_COLUMNS];
  struct plan_acts acts;
  bool otherwise;
};
struct plan_body {
  struct plan_acts acts;
  bool table;
  struct plan_column columns[PLAN_COLUMNS];
  u32 column_count;
  struct plan_row *rows;
  u32 row_count;
};
struct plan_events {    /* facts of one kind that pass the tests */
  u16 kind;
  struct bc_program *tests;
  u32 test_count;
};
struct plan_start {
  struct plan_events events;
  u32 base;             /* in replay.bases; NONE: all rows of the kind */
  struct bc_program unless;
  bool has_unless;
  struct plan_body body;
};
struct plan_duty {
  u8 noun;
  struct plan_events *goals, *releases, *ends;
  u32 goal_count, release_count, end_count;
  enum plan_bearer { BEARER_AGENT, BEARER_WORD, BEARER_ROLE, BEARER_NONE } bearer;
  struct bc_program bearer_word; /* on the trigger, by start: see starts_bearer */
  sym role, nobody;     /* nobody: who bears it when nobody holds the role */
  bool by_date;         /* the deadline hangs on the date of the trigger alone */
  struct plan_amount span; /* ms, when not by date */
  i64 first_date;       /* by date: due and last good instant of each date of the log; last good INT64_MIN: none */
  u32 dates;
  i64 (*of_date)[2];
};

/* What several rules look at first: rows of a kind that pass the loosest of their tests, found once; for duties also, for each
 * of these rows, the first row of each fulfilling kind on the same object after it. */
struct plan_stream {
  struct plan_events events;
  u32 *stop;            /* by place in the base: row, or NONE */
  i64 *stop_at;         /* its instant, or INT64_MAX */
  bool failed;
};
struct plan_base {
  u16 kind;
  u8 noun;              /* of duties; N_NONE: not for duties */
  bool has_test, found, failed;
  struct bc_program test;
  u32 *rows, n, room;   /* rows NULL without a test: place = row */
  VEC(struct plan_stream) streams;
};

struct plan_trigger {
  u32 row, place;             /* place in its base */
  u32 start;
};
struct plan_broken {          /* a duty that was not met in time */
  i64 judged, due;
  struct plan_trigger trigger;
  u64 order;
};
struct plan_cons {
  u32 start_act;        /* start << 16 | number of the act */
  u32 row;
  sym subject;
  u32 ordinal;
  i64 at, fen, fen_max;
  i32 window_from, window_to; /* dates */
  u32 stop_row;         /* NONE */
  u16 stop_kind;
  bool steps_ended, capped;
  i64 last_good, stop_at;
};
struct plan_part {            /* one shard of a rule: what its subjects gave */
  VEC(struct plan_cons) out;
  VEC(struct plan_broken) broken; /* duties whose ordinals cross subjects */
  bool failed;
};
struct plan_found {           /* rows of one start in one stretch of its rows */
  u32 *rows, n, room;
  bool failed;
};
struct plan_rule {
  const struct rule *r;
  u32 index, live_index;      /* live_index: its number in the live engine, which may be from before a revision */
  bool vector, gave_up, fresh; /* fresh: judged by the last run */
  bool tallied;               /* a settlement whose counts come from columns */
  const char *why;
  sym only_role;              /* forbidden to holders of this role; 0: to everybody */
  struct plan_start *starts;
  u32 start_count;
  struct plan_act **acts;     /* by number */
  u32 act_count;
  struct plan_duty *duty;
  i64 from, to;               /* occurrences it judges */
  VEC(struct plan_cons) out;
  u64 digest;                 /* of its words: equal words, equal consequences */
  u32 shards;                 /* in the run at hand; 1: judged whole */
  struct plan_part *parts;    /* by shard */
  struct plan_found *found;   /* by start, then stretch */
};

/* A count or sum of a settlement: one pass over the rows of a period gives it for everybody. */
struct tally_period {
  i64 from, to;
  u32 n;
  sym *person;                /* open addressing, 0: free */
  i64 *count, *sum;
  bool over;                  /* a sum overflowed */
};
struct plan_tally {
  const struct lang_expr *call;
  struct plan_events *events;
  u32 event_count;
  i16 *field;                 /* by event; -1: none */
  enum value_type type;       /* of the sum */
  VEC(struct tally_period) periods;
};

/* Who held a role when: from the few facts about people. */
struct holders {
  i64 at;
  u16 kind;                   /* of the fact that made it so */
  u32 first, n;               /* in who */
};
struct role_time {
  sym role;
  VEC(struct holders) spans;
  VEC(sym) who;
};

struct replay {
  struct engine *e;           /* holds words, versions, compiled rules; judges nothing */
  struct columns columns;
  struct arena *plans;
  VEC(struct plan_rule) rules;
  VEC(struct role_time) roles;
  struct table seen;
  u64 *seen_bits;
  u32 seen_room;
  struct replay_live *live[2]; /* the rules that columns do not take; those that gave up on the way */
  i64 until;
  u32 rerun;
  bool verdicts;              /* facts about consequences, or some rule takes facts back: all rules run live */
  bool deemed[EVENT_KIND_COUNT]; /* some rule may deem such a fact (视为): columns do not hold them all */
  bool deems_state;           /* one of them tells who somebody is, or how a conversation or an order stands */
  struct replay_agents *agents[N_COUNT];
  VEC(struct plan_tally) tallies;
  VEC(struct plan_base) bases;
  const struct work_calendar *calendar;
  i64 zone;
  int shards;                 /* asked for: 0 by the cost rule, 1 by rule only, n: every rule in n shards */
  u32 sharded;                /* rules that the last run judged in shards */
};

/* A piece of a piece of work: subjects of one shard, or one stretch of rows. {0, 1, 0}: all of it. Neighbouring numbers (words get
 * them as they are first met, so objects of one hour are neighbours) fall into one shard by groups of 2^shift: a shard then meets
 * its rows in runs, and skipping the others costs next to nothing. */
struct share {
  u32 part, parts, shift;
};
static inline u32 shard_of(u64 subject, u32 parts, u32 shift) {
  subject >>= shift;
  return (u32)((((u64)((u32)(subject ^ subject >> 32) * 2654435761u)) * parts) >> 32);
}
static inline bool share_has(struct share s, u64 subject) { return s.parts == 1 || shard_of(subject, s.parts, s.shift) == s.part; }

/* What one thread works with. */
struct replay_worker {
  struct replay *p;
  struct bc_registers block, one;
  struct table counts;
  i64 count_window, count_end; /* dates of the window being counted */
  u32 sel[BC_BLOCK];
  struct duty_space *duties;  /* replay_duty.c */
};

/* replay_plan.c */
void plan_rules(struct replay *p);
/* replay_run.c */
/* Rows of [from, to) that pass; of `base` only, when it is not NULL. */
bool replay_select(struct replay_worker *w, const struct plan_events *ev, const struct plan_base *base, u32 from, u32 to, u32 **rows, u32 *n, u32 *room);
bool replay_person(const struct replay *p, u16 kind, u32 row, sym *who);
bool replay_body(struct replay_worker *w, struct plan_rule *rule, u32 start, u32 row, i64 now, i64 booked, sym bearer, const struct plan_cons *base);
u32 replay_holders(const struct replay *p, sym role, i64 at, int kind, const sym **who);
void replay_rule(struct replay_worker *w, struct plan_rule *rule);
bool replay_follow(struct replay_worker *w, struct plan_rule *rule, const struct plan_found *streams);
bool replay_start_rows(struct replay_worker *w, const struct plan_rule *rule, u32 start, u32 from, u32 to, struct plan_found *out);
void replay_worker_start(struct replay_worker *w, struct plan_rule *rule);
u64 replay_count_key(struct replay_worker *w, const struct plan_column *c, const struct bc_source *s, bool *ok);
bool replay_order_before(const struct columns *c, u16 kind_a, u32 a, u16 kind_b, u32 b);
/* replay_duty.c */
void replay_duties(struct replay_worker *w, struct plan_rule *rule);
void replay_stream_find(struct replay_worker *w, const struct plan_base *b, struct plan_stream *s, struct share share);
void replay_stream_room(const struct plan_base *b, struct plan_stream *s); /* before its shares are found */
struct plan_brokens {
  struct plan_broken *p;
  u32 n, room;
};
/* Duties not met, from rows found (by start), in the order of facts; then what follows from them. False: give up. */
bool replay_duty_shard(struct replay_worker *w, struct plan_rule *rule, const struct plan_found *found, struct plan_brokens *out);
bool replay_duty_judge(struct replay_worker *w, struct plan_rule *rule, struct plan_broken *broken, u32 n);
int replay_broken_order(const struct columns *c, const struct plan_rule *rule, const struct plan_broken *a, const struct plan_broken *b); /* by fact */
void replay_duty_space_free(struct replay_worker *w);
/* Deadlines that hang on the date alone, for every date of the log; called before the threads begin. */
void replay_duty_dates(struct replay *p, struct plan_rule *rule);
/* replay_shard.c: one rule's work shared by subject. Stretches of its rows are searched, then each shard judges the rows of its
 * subjects, then, behind a barrier, shards are put together and what crosses subjects is judged. */
void replay_shard_begin(struct plan_rule *rule, u32 shards);
void replay_shard_select(struct replay_worker *w, struct plan_rule *rule, struct share share);
void replay_shard_judge(struct replay_worker *w, struct plan_rule *rule, struct share share);
void replay_shard_merge(struct replay_worker *w, struct plan_rule *rule);
/* replay_tasks.c: the phases of a run, each shared out to threads. due: by rule; live: is there something for the live engine. */
void replay_tasks(struct replay *p, const bool *due, bool live, int threads);
/* The cost rule: how many pieces each of n works is cut into: all in one, or in as many as there are threads those whose cutting
 * ends the phase a fifth or more sooner, the heaviest first to whoever is free. Weights in rows, the heaviest first; cost: of
 * the cut work in percent of the uncut; asked: as replay_shards. */
void replay_cut(const u64 *weight, u32 n, int threads, int asked, int cost, u32 *pieces);
/* replay_base.c */
void replay_bases(struct replay *p);                       /* which rules share what; keeps what was found before */
void replay_base_find(struct replay_worker *w, struct plan_base *b);
void replay_base_part(struct replay_worker *w, const struct plan_base *b, struct share share, struct plan_found *out);
void replay_base_join(struct plan_base *b, struct plan_found *parts, u32 n);
void replay_bases_free(struct replay *p);
const struct plan_events *plan_duty_stream(const struct plan_duty *d, u32 k); /* goals, then releases, then ends */
const struct plan_stream *plan_base_stream(const struct plan_base *b, const struct plan_events *ev);
/* replay_live.c */
struct replay_live {
  struct engine *e;
  bool *judges;               /* by rule: its consequences count */
  u32 rule_count;
  u64 facts;                  /* given to it */
};
struct replay_live *replay_live_run(struct replay *p, bool given_up); /* NULL: no rule to judge */
void replay_live_free(struct replay_live *l);
void replay_roles(struct replay *p);
void replay_names(struct replay *p);
/* replay_tally.c */
bool replay_tallied(struct replay *p, struct plan_rule *rule); /* can every count of this settlement be taken from columns? */
bool replay_tally(void *ctx, struct env *env, const struct lang_expr *x, struct value *out);
void replay_tally_free(struct replay *p);
/* replay_agents.c */
struct replay_agents *replay_agents_new(const struct replay *p);
void replay_agents_fold(const struct replay *p, u8 noun, struct replay_agents *a, struct share share);
void replay_agents_finish(const struct replay *p, u8 noun, struct replay_agents *a); /* when all shares are folded */
void replay_agents_free(struct replay_agents *a);
sym replay_agent_at(const struct replay_agents *a, sym object, i64 before); /* by facts that occurred before the instant; 0: nobody */

#endif
