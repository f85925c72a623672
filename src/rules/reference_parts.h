/* The inside of the reference evaluator: see reference.h. Everything lives in one arena that the caller gave.
 *
 * `history` is what was judged so far, in order; every question about the past is answered by walking it from the start.
 * Texts are compared as texts. A V_REF value carries in `den` which noun it names. */
#ifndef GUIJU_RULES_REFERENCE_PARTS_H
#define GUIJU_RULES_REFERENCE_PARTS_H

#include "rules/reference.h"

#define LIST_OF(type) struct { type *p; size_t n, room; }
#define ADD(a, list) (*((list).p = arena_grow((a), (list).p, &(list).room, (list).n + 1, sizeof *(list).p), &(list).p[(list).n++]))

enum ref_noun { RN_NONE, RN_PERSON, RN_CUSTOMER, RN_CONVERSATION, RN_ORDER, RN_CASE, RN_PRODUCT };

/* Numbers are part of identities: never renumbered. */
enum ref_rule_type { RR_WHEN, RR_MUST, RR_EACH, RR_FORBID, RR_SETTLE, RR_CHECK, RR_CHECK_DUTY, RR_NOTICE, RR_GATE };

struct ref_fact {
  i64 at, seq;
  enum event_kind_id kind;
  struct str id, actor, case_type, case_state;
  struct str tag;            /* 违规.成立: tag of the rule that was broken */
  struct value *fields;      /* by index of the kind */
  const struct event_extra *extra;
  size_t extra_count;
  bool dead;                 /* taken back by an upheld appeal: no clause sees it */
  struct ref_cons *booked;   /* 账.*: the consequence it tells of */
  bool judged;
};

struct ref_rule {
  const struct reference_version *version;
  const struct lang_item *item;
  enum ref_rule_type type;
  size_t index;              /* order of publication and of the book */
  struct str clause, tag;
  u64 ident;
};

struct ref_duty {
  const struct ref_rule *rule;
  u64 id;
  struct ref_fact *trigger;  /* NULL: recurring */
  struct str person;         /* recurring: who owes it */
  struct str element;        /* 对(…) */
  struct str object;         /* what it is about */
  enum ref_noun noun;
  struct str bearer;         /* as found when the deadline passed */
  i64 started, from, due, last_good;
  i64 paused, paused_since;
  i64 need, done;
  enum clock_state state;
  bool running;              /* neither done nor given up */
  bool violated, quiet, recurring, group, waits_for_shift;
  i64 month_end;             /* steps stop there */
  u64 escalated;             /* bits of tails that have spoken */
  i64 spoken_at[64];         /* by tail: when it speaks, by the calendar when the deadline was set or broken; INT64_MAX: not */
  u64 moves;                 /* how often the deadline was moved */
  struct ref_shift *shift;
  size_t began;              /* order */
};

struct ref_cons {
  struct consequence out;
  u64 id;
  const struct ref_rule *rule;
  const struct lang_act *act;
  struct ref_duty *duty;
  u64 fact_identity;         /* what an appeal against the fact takes back */
  struct ref_cons *cause;
  bool live;
  /* sums by steps */
  bool grows, started_steps, ended, stale;
  i64 unit_fen, step_ms, cap_fen, grown_to, sum;
  struct ref_fact *ledger;   /* 账.*: the fact of it */
};

struct ref_rank { /* one trigger counted by 次序 */
  u64 ident;
  struct str keys;
  i64 from, at;
  u64 site;
};

struct ref_shift {
  struct str person, name;
  i64 date, from, to, in_at, out_at;
  bool gone, extends, ran_on, over, open_start, open_end, ended_seen, punch_seen;
  struct ref_fact *fact;
};

struct ref_series { /* a recurring duty: the next period to open */
  const struct ref_rule *rule;
  size_t recur;              /* which of those joined with 及 */
  i64 opens;
};
struct ref_period { /* one that was opened */
  const struct ref_rule *rule;
  size_t recur;
  i64 from, due, last_good;
};

struct ref {
  struct arena *a;
  const struct reference_input *in;
  i64 zone;
  LIST_OF(struct ref_rule *) rules;
  LIST_OF(struct ref_fact *) history;
  LIST_OF(struct ref_fact *) derived; /* to be judged next, in the order they arose */
  size_t derived_next;
  LIST_OF(struct ref_duty *) duties;
  LIST_OF(struct ref_cons *) cons;
  LIST_OF(struct ref_rank) ranks;
  LIST_OF(struct ref_shift *) shifts;
  LIST_OF(struct ref_series) series;
  LIST_OF(struct ref_period) periods;
  LIST_OF(struct ref_series) settlements;
  LIST_OF(u64) dead;
  i64 now, first_at;
  bool again;                /* an appeal was upheld against a fact not known to be dead */
};

/* What an expression can see. */
struct ref_element {
  struct str name;
  const struct ref_fact *fact; /* or */
  struct value value;
  const struct ref_element *outer;
};
struct ref_env {
  struct ref *r;
  const struct lang_program *program;
  const struct ref_rule *rule;
  const struct reference_version *version;
  i64 now;
  const struct ref_fact *fact, *anchor;
  struct str bearer, key;
  const struct lang_party *bearer_party;
  i64 from, to;              /* settled period; to 0: none */
  const struct ref_element *element;
  const struct lang_let *let;
  struct str params[4];
  const struct lang_expr *when_zero;
  int depth;
  u64 site;                  /* trigger as 次序 counts it; 0: not counted */
  i64 *ordinal, *window;
  bool failed;
};

/* A place where acts are done. */
struct ref_site {
  struct ref_env *env;
  struct ref_duty *duty;
  u64 key, fact_identity;
  i64 at, ordinal, window[2], base;
  struct ref_cons *cause;
};

/* identities */
u64 ref_mix(u64 h, u64 n);
u64 ref_mix_str(u64 h, struct str s);
struct str ref_hex(struct ref *r, const char *prefix, u64 id);
bool ref_unhex(struct str s, u64 *id);
u64 ref_fact_identity(const struct ref_fact *f);
bool ref_is_dead(const struct ref *r, u64 identity);
struct work_calendar ref_working_days(struct ref *r); /* reference_time.c: from the facts so far */

/* reference_facts.c: what is known of facts, objects and people now */
struct value ref_field(const struct ref_fact *f, const char *zh);
struct value ref_named(const struct ref_fact *f, struct str name);
struct str ref_object_of(const struct ref_fact *f, enum ref_noun noun);
bool ref_kind_has(enum event_kind_id kind, enum ref_noun noun);
struct str ref_person_of(struct ref *r, const struct ref_fact *f);
struct value ref_to(enum ref_noun noun, struct str id);
struct value ref_words(struct str s);
bool ref_attribute(struct ref *r, enum ref_noun noun, struct str id, struct str name, struct value *out);
struct str ref_agent(struct ref *r, enum ref_noun noun, struct str id);
bool ref_known(struct ref *r, struct str person);
bool ref_has_role(struct ref *r, struct str person, struct str role);
bool ref_employed(struct ref *r, struct str person, i64 at);
bool ref_on_leave(struct ref *r, struct str person, i64 at);
bool ref_customer_waits(struct ref *r, struct str person);
struct str ref_superior(struct ref *r, const struct lang_program *program, struct str person);
typedef LIST_OF(struct str) ref_people;
ref_people ref_holders(struct ref *r, struct str role); /* in order of joining */
ref_people ref_joined(struct ref *r);                   /* everybody who ever joined */
i64 ref_joined_at(struct ref *r, struct str person);
bool ref_left_at(struct ref *r, struct str person, i64 *at);
ref_people ref_party(struct ref_env *env, const struct lang_party *party);
ref_people ref_cases(struct ref *r, struct str type); /* open ones */
const struct reference_version *ref_version_at(const struct ref *r, i64 at);
int ref_fact_order(const struct ref_fact *a, const struct ref_fact *b);

/* reference_eval.c, reference_count.c */
struct ref_env ref_env_of(struct ref *r, const struct ref_rule *rule, i64 now, const struct ref_fact *fact);
bool ref_eval(struct ref_env *env, const struct lang_expr *x, struct value *out); /* false: failed */
bool ref_true(struct ref_env *env, const struct lang_expr *x);
bool ref_name(struct ref_env *env, struct str name, struct value *out);
bool ref_fact_word(struct ref_env *env, const struct ref_fact *f, struct str name, struct value *out);
bool ref_same(struct ref *r, const struct value *a, const struct value *b);
bool ref_in_ranges(struct ref_env *env, const struct lang_ranges *ranges, const struct value *v);
bool ref_round(struct ref_env *env, const struct lang_rounding *r, struct value *v);
bool ref_let(struct ref_env *env, const struct lang_let *let, const struct str *params, size_t count, struct value *out);
bool ref_slices(struct ref_env *env, const struct lang_tier *tier, struct value *out);
const struct lang_row *ref_row(struct ref_env *env, const struct lang_tier *tier);
bool ref_call(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_exists(struct ref_env *env, const struct lang_expr *x, bool *found);
void ref_period(const struct lang_program *program, enum lang_period period, i64 date, i64 *from, i64 *to);
bool ref_filled(const struct value *v);
/* Does a fact fit an event of the book: kind, state, 所称, 违反, its conditions? */
bool ref_fits(struct ref_env *env, const struct lang_event *events, size_t count, const struct lang_expr *where, const struct ref_fact *f);
bool ref_is(struct ref_env *env, const struct lang_path *path, size_t used, const struct ref_fact *f, bool *named);

/* reference_acts.c */
struct ref_site ref_site_of(struct ref_env *env, i64 at, u64 key);
void ref_do(struct ref_site *site, const struct lang_acts *acts);
void ref_do_body(struct ref_site *site, const struct lang_body *body);
bool ref_body_acts(const struct lang_body *body);
void ref_grow(struct ref *r, struct ref_cons *c, i64 stop);
bool ref_capped(const struct ref_cons *c);
i64 ref_next_step(const struct ref_cons *c);
void ref_finish(struct ref *r, struct ref_cons *c);
void ref_verdict(struct ref *r, const struct ref_fact *f);
i64 ref_booked_at(const struct ref_cons *c);
void ref_speak_again(struct ref *r, struct ref_fact *f, void (*start)(struct ref *r, struct ref_fact *f, bool gates));
void ref_violation(struct ref *r, const struct ref_rule *rule, struct str person, struct str object, enum ref_noun noun, i64 at, i64 over,
                   const char *source, u64 identity, bool bare, struct ref_duty *duty);
struct ref_fact *ref_derive(struct ref *r, enum event_kind_id kind, i64 at, struct str id);
void ref_set(struct ref_fact *f, const char *zh, struct value v);
void ref_queue(struct ref *r, struct ref_fact *f);
struct ref_cons *ref_keep(struct ref *r, const struct ref_cons *c);
struct ref_cons *ref_manual(struct ref_site *site, const struct lang_act *act, i64 place);

/* reference_duty.c */
void ref_begin_duty(struct ref *r, const struct ref_rule *rule, struct ref_fact *f);
void ref_wait(struct ref *r, const struct ref_rule *rule, struct ref_fact *f);
void ref_goals(struct ref *r, struct ref_fact *f);
void ref_releases(struct ref *r, struct ref_fact *f);
void ref_pauses(struct ref *r, struct ref_fact *f);
bool ref_goal_fits(struct ref *r, struct ref_duty *d, const struct ref_fact *f);
void ref_discharge(struct ref *r, struct ref_duty *d, i64 at);
void ref_count(struct ref *r, struct ref_duty *d, i64 at);
void ref_set_warnings(struct ref *r, struct ref_duty *d);
void ref_judge_duty(struct ref *r, struct ref_duty *d, i64 at);
struct str ref_bearer(struct ref *r, const struct ref_duty *d, i64 at);
struct ref_duty *ref_new_duty(struct ref *r, const struct ref_rule *rule, u64 id);
void ref_clock(struct ref *r, const struct ref_duty *d, struct rule_clock *out);
bool ref_end_of_days(struct ref_env *env, const struct value *span, i64 at, i64 *due, i64 *last_good);

/* Moments: what happens by time alone. Kinds in the order in which they come at one instant. */
enum ref_moment { RM_RECUR, RM_OPEN_SHIFT, RM_WARN, RM_DUE, RM_STEP, RM_OVERDUE, RM_SHIFT_END, RM_PUNCH, RM_SETTLE, RM_NONE };
/* Equals of one kind: by identity (duty · tail; fact that set the shift · 0 or 1), recurring and settlements by place in the book. */
struct ref_next {
  i64 at;
  enum ref_moment kind;
  u64 order;             /* among equals */
  struct ref_duty *duty;
  struct ref_shift *shift;
  struct ref_series *series;
  size_t tail;
};
void ref_sooner(struct ref_next *best, struct ref_next other);
void ref_duty_moments(struct ref *r, struct ref_next *best);
void ref_duty_moment(struct ref *r, const struct ref_next *n);

#endif
