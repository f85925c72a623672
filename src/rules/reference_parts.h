/* The inside of the reference evaluator: see reference.h. Everything lives in one arena that the caller gave.
 *
 * `history` is what was judged so far, in order; every question about the past is answered by walking it from the start.
 * Texts are compared as texts. A V_REF value carries in `den` which noun it names. */
#ifndef GUIJU_RULES_REFERENCE_PARTS_H
#define GUIJU_RULES_REFERENCE_PARTS_H

#include "base/plain_text.h"
#include "events/event_json.h"
#include "rules/reference.h"

#define LIST_OF(type) struct { type *p; size_t n, room; }
#define ADD(a, list) (*((list).p = arena_grow((a), (list).p, &(list).room, (list).n + 1, sizeof *(list).p), &(list).p[(list).n++]))

enum ref_noun { RN_NONE, RN_PERSON, RN_CUSTOMER, RN_CONVERSATION, RN_ORDER, RN_CASE, RN_PRODUCT };

/* Numbers are part of identities: never renumbered. */
enum ref_rule_type { RR_WHEN, RR_MUST, RR_EACH, RR_FORBID, RR_SETTLE, RR_CHECK, RR_CHECK_DUTY, RR_NOTICE, RR_GATE, RR_WORDS,
                     RR_FLOW, RR_SURVEY };

enum { REF_NOTHING = -1 }; /* den of a sum of nothing whose unit is not known */

struct ref_fact {
  i64 at, seq;
  enum event_kind_id kind;
  struct str id, actor, case_type, case_state;
  struct str tag;            /* 违规.成立: tag of the rule that was broken */
  struct value *fields;      /* by index of the kind */
  const struct value *written; /* the same as they came: texts of a conversation are read for words and by nothing else */
  struct event_extra *extra;
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
  i64 count_from;            /* 过渡 重新计次: nothing earlier counts; INT64_MIN: everything does */
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
  bool let_off;              /* 遇 … 免, 计至: something that happened ended it */
  i64 month_end;             /* steps stop there */
  u64 escalated;             /* bits of tails that have spoken */
  i64 spoken_at[64];         /* by tail: when it speaks, by the calendar when the deadline was set or broken; INT64_MAX: not */
  u64 moves;                 /* how often the deadline was moved */
  struct ref_shift *shift;
  size_t began;              /* order */
};

typedef LIST_OF(const struct ref_fact *) ref_facts;

struct ref_cons {
  struct consequence out;
  const struct ref_fact *trigger, *stop; /* what it stands on: what began it, and what ended its sum */
  ref_facts counted;         /* 次序: those before it */
  i64 due, stop_at;          /* of_duty: its deadline then; how far automatic replies are looked for */
  bool closed;               /* its month is over: what comes later ends it no more */
  u64 id;
  const struct ref_rule *rule;
  const struct lang_act *act;
  struct ref_duty *duty;
  u64 fact_identity;         /* what an appeal against the fact takes back */
  struct ref_cons *cause;
  bool live;
  /* sums by steps */
  bool of_duty, grows, started_steps, ended, stale;
  bool goes_on;              /* its month is over: the next step begins another */
  i64 unit_fen, step_ms, cap_fen, grown_to, sum;
  i64 steps, carried;        /* of this month; of the months before */
  struct ref_fact *ledger;   /* 账.*: the fact of it */
};

struct ref_rank { /* one trigger counted by 次序 */
  u64 ident;
  struct str keys;
  i64 from, at;
  u64 site;
  const struct ref_fact *fact;
};

struct ref_shift {
  struct str person, name;
  i64 date, from, to, in_at, out_at;
  bool gone, begun, extends, ran_on, over, open_start, open_end, ended_seen, punch_seen;
  struct ref_fact *fact;
};

struct ref_series { /* a recurring duty: the next period to open */
  const struct ref_rule *rule;
  size_t recur;              /* which of those joined with 及 */
  i64 opens;
  u64 order;                 /* of settlements */
};
struct ref_period { /* one that was opened */
  const struct ref_rule *rule;
  size_t recur;
  i64 from, due, last_good;
};

struct ref_arrow { /* → 7天 后: started when the state was entered */
  const struct ref_fact *entered;
  const struct reference_version *version;
  size_t arrow;
  i64 at;
  bool waits;
};

struct ref_said { /* 敬语 in one conversation, 禁语 每 会话: the turn at hand, and how the one before ended */
  u64 ident;
  struct str conversation;
  bool written, word, found;
  bool written_before, word_before;
  const struct ref_fact *end;
};

struct ref_broken { /* 禁语 in one message, whatever became of it */
  u64 ident;
  struct str message;
};

struct ref_place {
  struct str person, group;
  struct value value;
  i64 place;
};
struct ref_ranking { /* 名次, as worked out in the moment at hand */
  const struct lang_expr *of;
  const struct ref_rule *rule;
  i64 from, to;
  const struct ref_place *places;
  size_t count;
};

struct ref_revocation { u64 fact, by; bool seen; }; /* by: which 撤销, of which trigger */
struct ref_revocations { struct ref_revocation *p; size_t n, room; };

struct ref_paper { /* a case */
  struct str type, state, holder;
  const struct ref_fact *last;    /* its fields */
  const struct ref_fact *entered; /* brought it to its state */
  size_t entries;
  bool known, voided;
};

struct ref_hours { /* 只计 */
  const struct lang_hours *hours, *rests;
  size_t count, rest_count;
  bool working_days;
};

struct ref {
  struct arena *a;
  const struct reference_input *in;
  i64 zone;
  LIST_OF(struct ref_rule *) rules;
  LIST_OF(struct ref_fact *) history;
  struct work_calendar days;    /* working days as they stood after `days_of` facts of the history */
  size_t days_of;
  bool days_known;
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
  LIST_OF(struct ref_arrow) arrows;
  LIST_OF(struct ref_said) said;
  LIST_OF(struct ref_broken) broken;
  LIST_OF(struct ref_ranking) rankings;
  struct ref_revocations *revocations;
  struct ref_fact **given; /* all that were fed, also those that lie ahead */
  size_t given_count;
  int computing;
  i64 now, first_at;
  bool again;                /* an appeal was upheld against a fact not known to be dead */
  bool cut;                  /* by an appeal: from the beginning without that fact, before a later ruling is looked at */
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
  struct str key_word;       /* 按 经销商: the word the key goes by; "": people */
  enum ref_noun key_noun;
  i64 until;                 /* a computed field: later facts are not seen; 0: all that is known */
  const struct lang_party *bearer_party;
  i64 from, to;              /* settled period; to 0: none */
  const struct ref_element *element;
  const struct lang_let *let;
  struct str params[4];
  const struct lang_expr *when_zero;
  int depth;
  u64 site;                  /* trigger as 次序 counts it; 0: not counted */
  i64 *ordinal, *window;
  ref_facts *counted;
  bool failed;
};

/* A place where acts are done. */
struct ref_site {
  struct ref_env *env;
  struct ref_duty *duty;
  u64 key, fact_identity;
  i64 at, ordinal, window[2], base;
  ref_facts counted;
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

/* reference_names.c */
struct str ref_chinese(struct str word); /* a word of the trade in English; "": none */
bool ref_path(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_is_bearer_word(const struct ref_env *env, struct str name);
struct str ref_whose(const struct ref_env *env);
i64 ref_day(const struct ref_env *env); /* whose figures and calendar windows count */

/* reference_case.c */
bool ref_is_of_case(const struct ref_fact *f, struct str id);
struct ref_paper ref_paper_of(struct ref *r, struct str id);
bool ref_case_word(struct ref *r, struct str id, struct str name, struct value *out);
bool ref_computed(struct ref *r, const struct ref_fact *f, struct str name, struct value *out); /* false: no such computed field */
bool ref_state_moment(struct ref *r, const struct ref_fact *f, struct str state, struct value *out);

/* reference_facts.c: what is known of facts, objects and people now */
struct value ref_field(const struct ref_fact *f, const char *zh);
struct value ref_named(const struct ref_fact *f, struct str name);
struct value ref_own(const struct ref_fact *f, struct str name); /* a field of the kind only */
struct value ref_own_field(const struct ref_fact *f, const char *zh);
struct value ref_extra(const struct ref_fact *f, struct str name);
bool ref_mentions(const struct ref_fact *f, struct str id); /* in any field */
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
bool ref_employed_in(struct ref *r, struct str person, i64 from, i64 to);
bool ref_is_somebody(struct ref *r, struct str id);
struct ref_shift *ref_shift_at(struct ref *r, struct str person, i64 at);
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
ref_people ref_all_cases(struct ref *r);
const struct reference_version *ref_version_at(const struct ref *r, i64 at);
int ref_fact_order(const struct ref_fact *a, const struct ref_fact *b);

/* reference_eval.c, reference_count.c */
struct ref_env ref_env_of(struct ref *r, const struct ref_rule *rule, i64 now, const struct ref_fact *fact);
bool ref_eval(struct ref_env *env, const struct lang_expr *x, struct value *out); /* false: failed */
bool ref_true(struct ref_env *env, const struct lang_expr *x);
bool ref_name(struct ref_env *env, struct str name, struct value *out);
bool ref_fact_word(struct ref_env *env, const struct ref_fact *f, struct str name, struct value *out);
bool ref_same(struct ref *r, const struct value *a, const struct value *b);
bool ref_order(struct ref *r, const struct value *a, const struct value *b, int *order); /* false: of different kinds */
bool ref_window(struct ref_env *env, const struct lang_expr *x, i64 *from, i64 *to);     /* false: it is no window */
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

/* reference_period.c */
bool ref_streak(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_rank_of(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_tenure(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_day_wage(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_neighbour(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_on_shift(struct ref_env *env, const struct lang_expr *x, struct value *out);
bool ref_violated(struct ref_env *env, const struct lang_expr *x, struct value *out);

/* reference_score.c */
const struct lang_score *ref_score_named(const struct lang_program *program, struct str name);
struct str ref_score_account(const struct lang_program *program, const struct lang_act *act);
bool ref_score(struct ref_env *env, const struct lang_score *s, struct str person, struct value *out);
bool ref_score_around(struct ref *r, const struct ref_cons *c, i64 *before, i64 *after);

/* What moved the account in the period of the instant, up to it, in order. */
void ref_score_moved_by(struct ref_env *env, const struct lang_score *s, struct str person, i64 at, ref_facts *out);

/* reference_evidence.c: what a consequence stands on */
void ref_evidence(struct ref *r, const struct ref_cons *c, struct consequence *out);

/* reference_hours.c */
i64 ref_clock_time(const struct lang_program *program, const struct lang_clock *c, i64 date);
bool ref_hours_named(struct ref_env *env, struct str name, struct ref_hours *out);
bool ref_rule_hours(struct ref_env *env, struct ref_hours *out);
bool ref_hours_add(struct ref_env *env, const struct ref_hours *h, i64 at, i64 span, i64 *out);
i64 ref_hours_between(struct ref_env *env, const struct ref_hours *h, i64 from, i64 to);
bool ref_hours_end(struct ref_env *env, const struct ref_hours *h, i64 date, i64 *out);

/* reference_words.c */
void ref_note_group(struct ref *r, struct ref_fact *f);
void ref_words_rule(struct ref *r, const struct ref_rule *rule, struct ref_fact *f);
const struct lang_survey *ref_survey_named(const struct lang_program *program, struct str name);
void ref_send_survey(struct ref *r, const struct ref_rule *rule, struct ref_fact *f);
void ref_send_round(struct ref *r, const struct ref_rule *rule, i64 at); /* 每 …: to everybody it is for */
bool ref_survey_counts(struct ref_env *env, const struct lang_survey *s, const struct ref_fact *f);

/* reference_flow.c */
void ref_entered(struct ref *r, struct ref_fact *f);
bool ref_order_case(struct ref_site *site, const struct lang_act *act, struct ref_cons *c, bool *ok);
void ref_revoke(struct ref_site *site, const struct lang_act *act);
bool ref_is_revoked(const struct ref *r, u64 identity);
bool ref_revocations_settle(struct ref_revocations *all);

/* reference.c */
const struct lang_expr *ref_unless(const struct lang_item *item);
const struct lang_tail *ref_violator(const struct ref_rule *rule); /* 违者, or 逾期 at once */

/* reference_gate.c */
bool ref_gate_yields(struct ref *r, const struct reference_version *version, const struct lang_item *gate, struct ref_fact *f); /* to one that is an exception to it */
void ref_decide(struct ref *r, struct ref_fact *f, struct gate_decision *out);

/* reference_acts.c */
struct ref_site ref_site_of(struct ref_env *env, i64 at, u64 key);
void ref_do(struct ref_site *site, const struct lang_acts *acts);
void ref_do_body(struct ref_site *site, const struct lang_body *body);
bool ref_body_acts(const struct lang_body *body);
void ref_grow(struct ref *r, struct ref_cons *c, i64 stop);
bool ref_capped(const struct ref_cons *c);
i64 ref_next_step(struct ref *r, const struct ref_cons *c);
void ref_finish(struct ref *r, struct ref_cons *c);
void ref_verdict(struct ref *r, const struct ref_fact *f);
i64 ref_booked_at(const struct ref_cons *c);
void ref_speak_again(struct ref *r, struct ref_fact *f, void (*start)(struct ref *r, struct ref_fact *f, bool gates));
void ref_violation(struct ref *r, const struct ref_rule *rule, struct str person, struct str object, enum ref_noun noun, i64 at, i64 over,
                   const char *source, u64 identity, bool bare, struct ref_duty *duty, const struct ref_fact *trigger);
struct ref_fact *ref_derive(struct ref *r, enum event_kind_id kind, i64 at, struct str id);
void ref_set(struct ref_fact *f, const char *zh, struct value v);
void ref_queue(struct ref *r, struct ref_fact *f);
struct ref_cons *ref_keep(struct ref *r, const struct ref_cons *c);
void ref_withdraw(struct ref *r, struct ref_cons *c);
const struct ref_fact *ref_word_in_the_end(struct ref *r, u64 id); /* the last 账.表态 or 账.裁定 about it, also one that lies ahead */
void ref_apply_word(struct ref_cons *c, const struct ref_fact *f);
struct ref_cons *ref_manual(struct ref_site *site, const struct lang_act *act, i64 place);

/* reference_duty.c */
void ref_begin_duty(struct ref *r, const struct ref_rule *rule, struct ref_fact *f);
void ref_wait(struct ref *r, const struct ref_rule *rule, struct ref_fact *f);
void ref_goals(struct ref *r, struct ref_fact *f);
void ref_releases(struct ref *r, struct ref_fact *f);
void ref_pauses(struct ref *r, struct ref_fact *f);
void ref_extended(struct ref *r, struct ref_fact *f);
bool ref_case_in_set(struct ref *r, const struct ref_rule *rule, struct str id, i64 now);
bool ref_goal_fits(struct ref *r, struct ref_duty *d, const struct ref_fact *f);
void ref_discharge(struct ref *r, struct ref_duty *d, i64 at);
void ref_count(struct ref *r, struct ref_duty *d, const struct ref_fact *f);
void ref_set_warnings(struct ref *r, struct ref_duty *d);
void ref_judge_duty(struct ref *r, struct ref_duty *d, i64 at);
struct str ref_bearer(struct ref *r, const struct ref_duty *d, i64 at);
struct ref_duty *ref_new_duty(struct ref *r, const struct ref_rule *rule, u64 id);
void ref_clock(struct ref *r, const struct ref_duty *d, struct rule_clock *out);
bool ref_end_of_days(struct ref_env *env, const struct value *span, i64 at, i64 *due, i64 *last_good);

/* Moments: what happens by time alone. Kinds in the order in which they come at one instant. */
enum ref_moment { RM_RECUR, RM_OPEN_SHIFT, RM_WARN, RM_DUE, RM_STEP, RM_OVERDUE, RM_SHIFT_END, RM_PUNCH, RM_SETTLE, RM_ARROW, RM_SHIFT_START, RM_NONE };
/* Equals of one kind: by identity (duty · tail; fact that set the shift · 0 or 1), recurring and settlements by place in the book. */
struct ref_next {
  i64 at;
  enum ref_moment kind;
  u64 order;             /* among equals */
  struct ref_duty *duty;
  struct ref_shift *shift;
  struct ref_series *series;
  size_t tail, arrow;
};
void ref_sooner(struct ref_next *best, struct ref_next other);
void ref_duty_moments(struct ref *r, struct ref_next *best);
void ref_duty_moment(struct ref *r, const struct ref_next *n);
void ref_arrow_moments(struct ref *r, struct ref_next *best);
void ref_arrow_moment(struct ref *r, const struct ref_next *n);

#endif
