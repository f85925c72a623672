/* The engine's inside: how its files divide the work, file by file; what it all works on stands in state.h. Nothing outside this folder
 * includes it. */
#ifndef GUIJU_RULES_PARTS_H
#define GUIJU_RULES_PARTS_H

#include "rules/state.h"

/* fact.c */
static inline struct fact *fact_of(struct engine *e, u32 ref) {
  BUG_IF(ref == NONE);
  return ref & DERIVED_BIT ? &e->s.derived.p[ref & ~DERIVED_BIT] : &e->facts.p[ref];
}
static inline struct cell *cells_of(struct engine *e, const struct fact *f) { return f->derived ? &e->s.derived_cells.p[f->cells] : &e->cells.p[f->cells]; }
struct value fact_field(struct engine *e, u32 ref, int field);
struct value fact_named(struct engine *e, u32 ref, sym name); /* by Chinese or English field name, extra included */
struct value fact_extra(struct engine *e, u32 ref, sym name);
int field_of_word(struct engine *e, u16 kind, sym name); /* -1: none */
static inline sym fact_sym(struct engine *e, u32 ref, int field) { /* symbol of a text or reference field, 0 when absent */
  if (field < 0) return 0;
  const struct cell *c = cells_of(e, fact_of(e, ref)) + field;
  u32 type = c->type & 0xff;
  return type == V_TEXT || type == V_REF ? c->s : 0;
}
i64 fact_int(struct engine *e, u32 ref, int field, i64 fallback);
bool fact_bool(struct engine *e, u32 ref, int field);
struct str fact_id(struct engine *e, struct arena *a, u32 ref);
u64 fact_identity(struct engine *e, u32 ref);
bool plain_id(struct str id, i64 *number);              /* e17: the number alone is kept */
u32 fact_store(struct engine *e, const struct event *event);
u32 fact_derive(struct engine *e, enum event_kind_id kind, i64 at); /* all fields absent, not queued */
void fact_set(struct engine *e, u32 ref, const char *field_en, struct value v);
struct event *fact_event(struct engine *e, struct arena *a, u32 ref);
int fact_compare(struct engine *e, u32 a, u32 b);
sym fact_person(struct engine *e, u32 ref);  /* whom it concerns */
u8 field_noun(const struct event_kind *kind, size_t field);
struct value cell_value(struct engine *e, const struct cell *c);
/* ---- texts.c ---- */
bool is_message_text(const struct event_kind *kind, size_t field);
bool program_reads_texts(const struct lang_program *p);

struct cell value_cell(struct engine *e, const struct value *v, bool keep_text);
int field_index(const char *kind_en, const char *field_en);

/* compile.c */
enum status compile_version(struct engine *e, struct version *v, struct problem *p);
struct path_info *path_of(const struct version *v, struct engine *e, const struct lang_expr *x);
void compile_alts(struct engine *e, struct version *v, const struct lang_event *events, size_t count, const struct lang_expr *where, struct alts *out);
/* The same, kept with the version: `used` words of the path name it. */
const struct named_alts *alts_named(struct engine *e, const struct version *v, const struct lang_path *path);
void alt_of_name(struct engine *e, const struct version *v, const struct lang_path *path, size_t used, struct alts *out);
bool alt_fits(const struct alt *a, const struct fact *f);
void compile_look(struct engine *e, struct version *v, const struct lang_item *item);

/* objects.c */
u32 object_find(struct engine *e, enum noun noun, sym id);  /* NONE: none */
u32 object_make(struct engine *e, enum noun noun, sym id);
void object_fold(struct engine *e, u32 ref);
bool object_attribute(struct engine *e, enum noun noun, sym id, sym name, struct value *out);
bool object_note_contains(struct engine *e, sym order, struct str text);
sym chinese_of(struct engine *e, sym name); /* english.c: a word of the trade in English; 0: none */
bool case_visited(struct engine *e, sym id, sym state);
bool case_is_leave(const struct engine *e, sym type);
struct value ref_value(struct engine *e, enum noun noun, sym id);
struct value text_value(struct engine *e, sym s);

/* people.c */
bool person_has_role(struct engine *e, sym person, sym role);
u32 people_of_role(struct engine *e, sym role, sym *out, u32 room); /* in order of joining; role 全员: all employed */
bool person_employed(struct engine *e, sym person, i64 at);
sym person_superior(struct engine *e, const struct version *v, sym person);
sym person_shown(struct engine *e, sym person); /* name, or the id */
bool person_employed_in(struct engine *e, sym person, i64 from, i64 to);
bool person_on_leave(struct engine *e, sym person, i64 at);
/* Whom a party means: persons; or "role:NAME" as one symbol when nobody holds it. Returns how many (≥ 0). */
u32 party_symbols(struct env *env, const struct lang_party *party, sym *out, u32 room, bool *is_group);
enum { PARTY_ROOM = 256 };

/* eval.c, eval_call.c */
bool eval(struct env *env, const struct lang_expr *x, struct value *out);      /* false: failed (env->failed) */
bool eval_true(struct env *env, const struct lang_expr *x);                    /* absent counts as not true */
bool eval_path(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_ordinal(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_call(struct env *env, const struct lang_expr *x, struct value *out);
bool is_over_people(struct env *env, const struct lang_expr *x);
bool eval_over_people(struct env *env, const struct lang_expr *x, struct value *out); /* 合计(人员.底薪 …) */
bool eval_exists(struct env *env, const struct lang_expr *x, bool *found);
/* eval_period.c, eval_staff.c */
bool eval_streak(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_rank(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_tenure(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_day_wage(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_neighbour(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_on_shift(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_violated(struct env *env, const struct lang_expr *x, struct value *out);
void rankings_forget(struct engine *e);
void spell_begin(struct engine *e, u32 person, i64 at);
void spell_end(struct engine *e, u32 person, i64 at);
bool eval_name(struct env *env, sym name, struct value *out); /* one word by S7, without a path of a book */
bool eval_let(struct env *env, const struct lang_let *let, const sym *params, u32 count, struct value *out);
i64 figure_date(const struct env *env);
bool eval_window(struct env *env, const struct lang_expr *x, i64 *from, i64 *to);
bool eval_cell(struct env *env, const struct lang_cell *cell, const struct value *v);
const struct lang_row *eval_tier(struct env *env, const struct lang_tier *tier); /* NULL: none fits or failed */
bool eval_slices(struct env *env, const struct lang_tier *tier, struct value *out); /* 累进 */
bool eval_range(struct env *env, const struct lang_ranges *r, const struct value *v);
bool eval_round(struct env *env, const struct lang_rounding *r, struct value *v);
bool values_order(struct engine *e, const struct value *a, const struct value *b, int *order); /* false: of different kinds */
bool value_same(struct engine *e, const struct value *a, const struct value *b);
bool env_fail(struct env *env, const char *zh, const char *en, struct str word);
void period_bounds(struct engine *e, const struct version *v, enum lang_period period, i64 date, i64 *from, i64 *to); /* dates */
bool event_fits(struct env *env, const struct alt *alt, u32 ref); /* kind, state and conditions */
struct env env_new(struct engine *e, const struct version *v, const struct rule *r, i64 now, u32 fact);

/* workdays.c */
struct work_calendar working_days(const struct engine *e); /* in force now; borrows the state */
void working_days_fold(struct engine *e, u32 ref);

/* forget.c */
void forget_looked(struct engine *e, int kind, i64 from); /* somebody looks for facts of the kind from that instant on */
void forget_missed(struct engine *e);
bool forget_cut(const struct engine *e, sym id);

/* station.c */
void dirty_at(struct engine *e, i64 at, u32 place); /* a fact was put there */
void dirty_since(struct engine *e, i64 at); /* what is judged from that instant on may be otherwise */

/* timer.c */
/* Timers of one instant and kind fire in the order of what they are about, not of their making: facts may come in any order. */
void timer_add(struct engine *e, i64 at, enum timer_kind kind, u32 a, u32 b, u32 gen);
void timer_put(struct engine *e, const struct timer *t);                 /* as it was taken from another state */
void timers_cancel(struct engine *e, enum timer_owner owner, u32 of);    /* all that the duty, shift or case waits for */
bool timer_pop(struct engine *e, i64 before, struct timer *out);
static inline bool timer_due(const struct state *s, i64 to) { return s->timers.count && s->timers.soonest <= to; } /* false: timer_pop would say so too */
i64 timer_next(const struct engine *e);                                  /* INT64_MAX: nothing is waited for */
void timers_free(struct state *s);

/* score.c */
const struct lang_score *score_of_name(const struct version *v, struct str name);
sym score_account(struct engine *e, const struct version *v, const struct lang_act *act); /* 0: the book keeps none, or does not say which */
bool score_balance(struct env *env, const struct lang_score *s, sym person, struct value *out); /* at the end of the settled period, else now */
void score_link(struct engine *e, u32 cons);   /* a new consequence takes its place among the movements */
bool score_around(struct engine *e, const struct cons *c, bool peek, i64 *before, i64 *after); /* the balance it found and left */
void score_judged(struct engine *e, const struct cons *before, u32 ref); /* somebody waived it or set its amount */
void score_sealed(struct engine *e, u32 ref); /* a month was sealed: ranges set from now on count later */
void score_movements(struct engine *e, const struct version *v, const struct lang_score *s, sym person, i64 at, void (*f)(void *ctx, const struct cons *c), void *ctx);

/* case_field.c */
bool case_computed(struct engine *e, u32 ref, sym name, struct value *out); /* false: no such computed field */
bool case_state_moment(struct engine *e, u32 ref, sym state, struct value *out); /* when the case came to it, up to the fact */

/* act.c */
void cons_verdict(struct engine *e, struct cons *c, u32 ref); /* what a person said about it */
struct act_site { /* where acts are done */
  struct env *env;
  u32 duty;          /* NONE: none */
  u32 act_base;
  i64 at;
  u64 key;           /* identity: window, key, trigger */
  u64 fact_identity;
  i64 ordinal, window[2];
  u32 rank;
  bool gate;
  struct cons_list *collect; /* gate and preview: collected here instead of kept */
  u64 cause;         /* consequence the trigger stands for */
  sym trace;         /* a settlement: what its table was asked */
};
void act_take_back(struct engine *e, u64 identity, i64 from); /* what followed under that identity, from that instant on, is none */
bool takes_fact_back(struct engine *e, u32 ref); /* a ruling that upholds an appeal against the fact */
void act_run(struct act_site *site, const struct lang_acts *acts);
void act_run_body(struct act_site *site, const struct lang_body *body);
void act_manual(struct act_site *site); /* nothing of it can be judged: to a person, with the reason of the environment */
struct cons *cons_keep(struct engine *e, const struct cons *c); /* add or update by identity, report */
void cons_finish(struct engine *e, struct cons *c);
void cons_withdraw(struct engine *e, struct cons *c);
void cons_changed(struct engine *e, struct cons *c, enum change change);
u64 cons_digest(const struct cons *c);
u64 cons_basis(struct engine *e, const struct cons *c);
void cons_step(struct engine *e, struct cons *c, i64 stop_at); /* amount of a stepped sum at an instant */
void judge_fold(struct engine *e, u32 ref);

/* strata.c: fines that follow from fines */
void strata_note(struct engine *e, const struct rule *r);            /* while compiling */
void strata_enter(struct engine *e, u32 ref);                        /* a verdict came in, in whatever order */
void strata_post(struct engine *e, u32 index);                       /* cons at index: its 账.* fact, new or changed */
void strata_lift(struct engine *e, u32 index);                       /* waived or withdrawn: what derives from it goes */
void strata_caused(struct engine *e, u32 index);                     /* hang it on its cause */
u64 strata_cause(struct engine *e, u32 ref);                         /* consequence a ledger fact stands for, 0: none */
i64 strata_booked(struct engine *e, u32 ref);                        /* when the matter occurred: the cause's instant */
bool strata_passed_on(struct engine *e, const struct rule *r, u32 ref); /* false: 不递延 stops here */
void strata_judge(struct engine *e, u32 ref, void (*start)(struct engine *e, u32 ref)); /* a ledger fact whose turn came again */
u64 id_of_hex(struct str hex);                                       /* 0: not sixteen hex digits */
/* 违规.成立 as a derived fact; the consequence of its own only when nothing else follows (`bare`). */
struct violation {
  const struct rule *rule;
  sym person, object;
  u8 noun;
  i64 at, over_ms;
  const char *source; /* 时限, 禁止, 检查 */
  u32 cause;          /* fact that broke it, or NONE */
  u32 duty;           /* or NONE */
  u64 identity;
  bool bare;
};
void act_violation(struct engine *e, const struct violation *v);
bool body_acts(const struct lang_body *body); /* does it do anything? */
struct act_site site_new(struct env *env, i64 at, u64 key);

/* revoke.c */
void revoke_act(struct act_site *site, const struct lang_act *act);
bool revoke_has(const struct engine *e, u64 identity);
void revoke_begin(struct engine *e);
bool revoke_settle(struct engine *e); /* true: derive once more */
/* survey.c */
const struct lang_survey *survey_named(const struct version *v, struct str name);
void survey_send(struct engine *e, const struct rule *r, u32 ref);
void survey_send_round(struct engine *e, const struct rule *r, i64 at); /* 每 …: to everybody it is for */
bool survey_counts(struct env *env, const struct lang_survey *s, u32 ref);
/* transition.c */
void transition_link(struct engine *e); /* after a version was added */
/* except.c */
void except_compile(struct engine *e, const struct version *v);
bool except_speaks(struct engine *e, const struct rule *r, u32 ref); /* of this fact, which it fits; a conflict goes to a person here */
bool except_gate(const struct version *v, const struct lang_item *base, bool (*fits)(void *ctx, const struct lang_item *gate), void *ctx);

/* duty.c */
void duty_wait(struct engine *e, const struct rule *r, u32 ref); /* 凡 … 后 … 内 无 … */
void duty_start(struct engine *e, const struct rule *r, u32 ref);
u32 duty_new(struct engine *e, const struct rule *r);
void duty_free(struct engine *e, u32 d);
void duty_open(struct engine *e, u32 d); /* timers and report, after its fields are set */
void duty_goal(struct engine *e, const struct rule *r, const struct listener *l, u32 ref);
void duty_release(struct engine *e, const struct rule *r, const struct listener *l, u32 ref);
void duty_end_steps(struct engine *e, const struct rule *r, const struct listener *l, u32 ref);
void duty_due(struct engine *e, u32 d, i64 at);
void duty_judge(struct engine *e, u32 d, i64 at);
void duty_step(struct engine *e, u32 d, i64 at);
void duty_warn(struct engine *e, u32 d, u32 which, i64 at); /* which: the tail, and above it how often the deadline had moved */
void duty_overdue(struct engine *e, u32 d, u32 tail, i64 at);
void duty_discharge(struct engine *e, u32 d, i64 at, u32 ref);
void duty_pauses(struct engine *e, u32 ref);
void duty_report(struct engine *e, u32 d);
void duty_clock(struct engine *e, u32 d, struct arena *a, struct rule_clock *out);
bool duty_fits_goal(struct engine *e, u32 d, const struct goal *g, u32 alt, u32 ref);
void duty_count(struct engine *e, u32 d, u32 ref);
bool due_moment(struct env *env, const struct lang_due *due, i64 at, sym bearer, i64 *due_at, i64 *last_good, u32 *shift);
bool span_end(struct env *env, const struct value *span, i64 at, i64 *due_at, i64 *last_good);
bool shift_due_of_day(struct engine *e, i64 date, i64 *due_at, i64 *last_good);
sym duty_bearer(struct engine *e, u32 d, i64 at);

void duty_extended(struct engine *e, u32 ref);
void duty_bind(struct engine *e, u32 d, enum noun noun, sym id); /* it hangs on the object it is about */

/* hours.c: 只计 */
struct open_hours {
  const struct lang_hours *hours, *rests;
  size_t count, rest_count;
  bool working_days;
};
i64 hours_clock(const struct version *v, const struct lang_clock *c, i64 date); /* time of day, ms */
bool hours_named(struct env *env, struct str name, struct open_hours *out);     /* false: failed */
bool rule_hours(struct env *env, struct open_hours *out);                       /* of env's rule, when its clock counts only inside some */
bool hours_add(struct env *env, const struct open_hours *h, i64 at, i64 span, i64 *out);
i64 hours_between(struct env *env, const struct open_hours *h, i64 from, i64 to);
bool hours_day_end(struct env *env, const struct open_hours *h, i64 date, i64 *out);
bool span_after(struct env *env, const struct value *span, i64 at, i64 *out);
bool span_shift(struct env *env, const struct value *span, i64 due, bool before, i64 *out);

/* flow.c: cases that rules move, open, hand over */
void flow_entered(struct engine *e, u32 object, u32 ref);
void flow_timer(struct engine *e, const struct timer *t);
bool flow_act(struct act_site *site, const struct lang_act *act, u32 place, struct cons *c); /* true: done here */

/* recur.c */
void recur_begin(struct engine *e, const struct version *v, i64 from);
void recur_timer(struct engine *e, const struct timer *t);
void recur_people_changed(struct engine *e, i64 at);
void recur_case_changed(struct engine *e, sym id, sym type, i64 at);
void recur_shift(struct engine *e, u32 shift, i64 at);
void recur_open_shift(struct engine *e, u32 shift, i64 at);
void recur_shift_ended(struct engine *e, u32 shift, i64 at);
bool case_in_set(struct engine *e, const struct rule *r, sym id, i64 now); /* 对(case 其中 …): does it still fit? */
void recur_notice(struct engine *e, sym person, i64 at);
void recur_over(struct engine *e, const struct duty *d); /* it is done, or somebody was let off: not owed again in its period */

/* attendance.c */
void attendance_fold(struct engine *e, u32 ref);
void attendance_timer(struct engine *e, const struct timer *t);
u32 shift_at(struct engine *e, sym person, i64 at); /* index of the shift running then, NONE */
bool shift_running_on(struct engine *e, u32 shift);

/* shift.c: facts that the clock alone brings about, made where a clause looks at them */
bool kind_wanted(const struct engine *e, enum event_kind_id kind);
void shift_begins(struct engine *e, u32 shift, i64 at);
void shift_ended(struct engine *e, u32 shift, i64 at);
void shift_uncovered(struct engine *e, u32 shift, i64 at);
void clock_ran_out(struct engine *e, u32 duty, i64 at);

/* deed.c: events in the words of people, never by the names of kinds */
struct deed {
  bool by; /* an act of somebody: the name goes before it */
  struct str zh, en;
};
struct deed deed_of(struct engine *e, struct arena *a, int kind, sym case_type, sym case_state);
struct deed deed_of_goal(struct engine *e, struct arena *a, const struct rule *r);
struct deed deed_of_fact(struct engine *e, struct arena *a, u32 ref);
void deed_sentence(struct engine *e, struct arena *a, u32 ref, struct str *zh, struct str *en);

/* word_rule.c */
void words_compile(struct engine *e, struct version *v, struct rule *r);
void words_note(struct engine *e, u32 ref, const struct event *event); /* right after the fact was stored */
void words_rule(struct engine *e, const struct rule *r, u32 alt, u32 ref);
void words_free(struct engine *e);

/* settle_key.c: settlements by things that are not people */
struct str settle_word_of(const struct version *v, const struct lang_settle *s); /* "": by people */
bool settle_by_people(const struct engine *e, const struct rule *r, sym *word);
struct keys VEC_OF(struct value);
void settle_holders(struct engine *e, sym word, i64 from, i64 to, struct keys *out); /* in the order they first appear */
bool fact_mentions(struct engine *e, u32 ref, sym id);

/* settle.c */
void settle_begin(struct engine *e, const struct version *v, i64 from);
void settle_timer(struct engine *e, const struct timer *t);

/* Facts of a kind, in order; of one case type when it is given. */
void index_fact(struct engine *e, u32 ref); /* into the lists of its kind, by time */
const struct refs *facts_of_kind(struct engine *e, int kind, sym case_type);
struct refs *list_of_kind(struct engine *e, int kind, sym case_type); /* the same to change; made when there is none */

/* gate.c */
void gate_compile(struct engine *e, struct version *v);
void gate_acts(struct engine *e, const struct rule *r, u32 ref);
/* class_rule.c */
enum class_says { CLASS_SILENT, CLASS_ALLOWS, CLASS_REFUSES /* unless somebody consents */, CLASS_NEVER };
enum class_says class_asks(struct engine *e, struct arena *a, const struct version *v, const struct lang_item *item, u32 ref, struct str *zh, struct str *en);
/* roster.c */
bool shift_refuses(struct engine *e, const struct lang_item *item, u32 ref, struct str *zh, struct str *en); /* 适用: somebody of another role is put on the shift */
bool roster_refuses(struct engine *e, const struct version *v, const struct lang_item *item, u32 ref, i64 now, struct str *zh, struct str *en);

/* explain.c */
void explain_consequence(struct engine *e, struct arena *a, const struct cons *c, struct consequence *out);
u64 explain_basis(struct engine *e, const struct cons *c); /* of a settlement: the movements of points it stands on */
void explain_avoid(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, struct consequence *out); /* avoid.c */
struct str show_duration(struct arena *a, i64 ms, bool english);
struct str rule_title(const struct rule *r);

bool duty_by_object(const struct engine *e, const struct rule *r); /* its duties hang on objects alone */
bool settle_ended(struct engine *e, const struct rule *r, i64 from, i64 now); /* was a period that holds `from` settled by now? */
bool is_dead(const struct engine *e, u64 key); /* taken back by an upheld appeal */
struct cons *cons_by_id(struct engine *e, u64 id);
bool object_folds(struct engine *e, u32 ref, enum noun *noun, sym *id); /* the object that keeps what the fact says */

/* engine.c */
bool rule_starts(struct engine *e, const struct alt *a, struct env *env, u32 ref);
bool rule_party_has(struct engine *e, const struct rule *r, sym person); /* 禁止 客服 …: is it said of this person? */
const struct version *version_at(const struct engine *e, i64 at);
void queue_derived(struct engine *e, u32 ref);
void engine_report_consequence(struct engine *e, enum change change, struct cons *c);

/* narrow.c: before and after a report; a count over these is evaluated, something that is no count is; a fact is still counted. */
void narrow_begin(struct narrow *n, struct engine *e, i64 from);
void narrow_end(struct narrow *n);
void narrow_reach(struct env *env, const struct alts *alts);
void narrow_past(struct env *env);
bool narrow_fits(const struct env *env, u32 ref);
bool narrow_has_role(struct engine *e, sym person, struct str role);
void narrow_judge(struct narrow *n, struct arena *a, struct report_cell *cell, u32 *unfit);

#endif
