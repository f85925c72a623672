/* The engine's inside: what it remembers and how its files divide the work. Nothing outside this folder includes it.
 *
 * Facts (what was fed) stay; everything under `struct state` is derived from them in the one order of events and can be
 * thrown away and derived again: that is how a late fact, a retraction or a new version re-judges. Texts are interned
 * once, so ids compare as 32-bit symbols. Arrays are addressed by index, never by kept pointers: they move. */
#ifndef GUIJU_RULES_STATE_H
#define GUIJU_RULES_STATE_H

#include "base/calendar.h"
#include "rules/engine.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef int16_t i16;
typedef u32 sym; /* 0: none */
enum { NONE = 0xffffffffu };

/* ---- growing arrays ---- */
#define VEC_OF(type) { type *p; u32 n, room; }
#define VEC(type) struct VEC_OF(type)
void *vec_room(void *p, u32 *room, u32 need, size_t size);
#define VEC_PUSH(v) (((v).n == (v).room ? (void)((v).p = vec_room((v).p, &(v).room, (v).n + 1, sizeof *(v).p)) : (void)0), &(v).p[(v).n++])
#define VEC_FREE(v) (free((v).p), (v).p = NULL, (v).n = (v).room = 0)

/* ---- symbols (intern.c) ---- */
struct intern {
  struct arena *texts;
  struct str *names; /* [1..n] */
  u32 *hashes;
  u32 n, room;
  u32 *slots;
  u32 slot_count;
};
void intern_init(struct intern *in);
void intern_release(struct intern *in);
sym intern_sym(struct intern *in, struct str s);   /* "" gives 0 */
sym intern_find(const struct intern *in, struct str s);
static inline struct str intern_str(const struct intern *in, sym s) { return s ? in->names[s] : (struct str){"", 0}; }

/* 64-bit keyed hash table: key -> u64, key 0 not allowed. */
struct table {
  u64 *keys, *values;
  u32 n, room;
};
u64 *table_at(struct table *t, u64 key, bool *fresh); /* made with 0 when absent; pointer good until the next call */
u64 *table_get(const struct table *t, u64 key);       /* NULL: absent */
void table_clear(struct table *t);
u64 mix(u64 h, u64 v); /* combine for identities: FNV over the bytes, stable across runs */
u64 mix_str(u64 h, struct str s);
sym hex_sym(struct intern *in, char prefix, u64 id); /* prefix 0: sixteen hex digits alone */

/* ---- facts (fact.c) ---- */
struct cell {
  i64 i;
  u32 s;    /* symbol, or denominator of a ratio, or index of a list */
  u32 type; /* enum value_type */
};
struct fact {
  i64 at, seq;
  sym id;              /* 0: "e<seq>" */
  sym actor, case_type, case_state;
  u32 cells;           /* into engine.cells: kind's fields, then (name, value) pairs */
  u16 kind, extra;
  bool derived, judged; /* judged: a ledger fact whose rules have spoken once */
  u32 origin;          /* derived: index + 1 of the rule it comes from, 0: from the roster and the clock */
};
enum { DERIVED_BIT = 0x80000000u }; /* in a fact reference: state.derived */

/* ---- compiled rules (compile.c) ---- */
enum noun { N_NONE, N_PERSON, N_CUSTOMER, N_CONVERSATION, N_ORDER, N_CASE, N_PRODUCT, N_SHIFT, N_ROLE, N_OTHER, N_COUNT };
struct version;
struct rule;

struct alt { /* one way an event can fit: kind, case type and state, conditions */
  int kind;            /* event kind index, -1: 违反 */
  sym case_type, case_state;
  const struct lang_expr *conds[8];
  u32 cond_count;
  const struct lang_names *violates;
  const struct lang_survey *survey; /* an answer to it, in time */
};
struct alts {
  struct alt *p;
  u32 n;
};
struct goal {
  const struct lang_goal *src;
  const struct lang_names *same; /* 同, or NULL */
  struct alts alts;
  sym complete;        /* 完成 NAME */
};
/* What a rule looks at beyond its own trigger: it says whether a change elsewhere can reach it. */
struct reach_look { int kind; sym case_type, case_state; };
struct reach {
  bool odd;            /* does what a slice cannot follow */
  bool lets;           /* reads a measure */
  bool cases;          /* asks whether cases exist */
  bool by_person;      /* ranks, and the person is among the keys */
  bool many;           /* more looks than are kept */
  u8 look_count;
  struct reach_look looks[24];
};
enum rule_type { R_WHEN, R_MUST, R_EACH, R_FORBID, R_SETTLE, R_CHECK, R_CHECK_DUTY, R_NOTICE, R_GATE, R_WORDS, R_FLOW, R_SURVEY };
struct rule {
  struct version *version;
  const struct lang_item *item;
  enum rule_type type;
  u32 index;           /* in engine.rules */
  sym clause, tag, covers;
  u64 ident;           /* rulebook, clause, tag or place in the clause */
  struct alts starts;
  struct goal *goals;
  u32 goal_count;
  struct alts releases, ends;
  const struct lang_names *release_same;
  const struct lang_party *bearer;
  const struct lang_tail *violator; /* 违者 or the immediate 逾期 */
  const struct lang_expr *unless;
  u32 *exceptions, *excepts; /* rules that are exceptions to this one; rules it is an exception to */
  u32 exception_count, except_count;
  bool uses_ordinal;
  bool recount;        /* it changed since an earlier version: its window may hold what that one counted */
  i64 count_from;      /* nothing earlier counts for it (过渡 重新计次); INT64_MIN: everything does */
  u32 stratum;         /* R_SETTLE: after those whose results it reads */
  struct reach reach;
  i64 need;            /* R_CHECK_DUTY: samples; else from the item */
  const sym *words;    /* R_WORDS: plain forms of the texts, 0 for one of signs only */
  u32 places;          /* R_WORDS: so many of `starts` are where they are sought */
};
struct ask { /* what a request is held against */
  const struct lang_item *item;
  u32 rule;            /* NONE: it only permits and refuses */
  struct alts alts;
};
struct named_alts { struct alts alts; size_t used; };
enum listen { L_START, L_GOAL, L_RELEASE, L_END, L_KINDS };
struct listener {
  u32 rule;
  u16 alt, goal;
};
struct path_info {     /* what the first word of a path may be, found once */
  sym seg[6];
  u8 count;
  i16 *field_by_kind;
  const struct lang_figure *figure;
  const struct lang_let *let;
  const struct lang_role *role;
  const struct lang_define *define;
  const struct lang_case *case_type;
  const struct lang_score *score;
};
struct version {
  const struct lang_program *program;
  i64 published_ms, in_force_ms;
  struct str name;     /* "1.0" */
  u32 number;
  u64 book;            /* hash of the rulebook id */
  u32 first_rule, rule_count;
  const struct lang_score **scores;
  u32 score_count;
  VEC(struct path_info *) paths; /* in engine.program */
  struct table path_of; /* words of the path (their address) -> index + 1 */
  struct reach measures; /* of all its 量 together */
  struct ask *asks;    /* gates, routes and rosters, in the order of the book */
  u32 ask_count;
  VEC(struct named_alts *) named; /* what a counted name stands for, found once */
  struct table named_of; /* words of the path -> index + 1 */
  struct table act_of; /* place in the source and kind -> the act */
};

/* ---- state ---- */
struct note { sym text; u32 next; u32 fact; }; /* fact: which brought it (states of a case) */
struct spell { i64 from, to; u32 next; };      /* of employment; next: the spell before + 1 */
struct object {
  sym id;
  u8 noun;
  bool closed, waiting, fetched, known, left;
  u32 duties;          /* first running duty bound to it */
  sym agent, customer, text, flag; /* text: special request; person: name; product: — */
  sym role, superior, job, type, state; /* person; case type and state; presence state of a person in `state` */
  u32 notes;           /* order: first note + 1; case: first visited state + 1 */
  u32 fact;            /* case: last fact */
  i64 money;           /* amount; base wage */
  i64 since;           /* conversation: first unanswered customer message; person: joined */
  u32 shifts;          /* person: last assigned shift + 1 */
  u32 spells;          /* person: last spell of employment + 1 */
  i64 count, until;    /* person: conversations waiting now; person: left at */
  bool has_money;
  bool permit_pending, off_permitted; /* person: leaving the post */
  i64 off_at;
  u32 entered, entries; /* case: fact that brought it into its state; how often it came into one */
};
struct shift { /* 班次.排定 */
  sym person, name;
  i64 date, from, to;
  sym cls, cause;
  u32 fact, next;      /* earlier shift of the same person + 1 */
  bool gone, extends, ran_on, ended;
  i64 in_at, out_at, end_at;
  u32 in_fact, out_fact;
  u32 gen;
  i64 gone_at;         /* when it was taken off the roster; 0 with `gone`: a rest day, never worked */
};
enum duty_state { D_PENDING, D_VIOLATED, D_DONE };
struct duty {
  u32 rule;
  u32 id_gen;
  u64 id;
  enum duty_state state;
  enum clock_state clock;
  sym person;          /* fixed bearer of a recurring duty; 0: resolved at the deadline */
  sym bearer;          /* as decided at the deadline */
  sym object, object_key; /* object: what it is about; object_key: the 对 element */
  u8 noun;
  u32 object_next, rule_next, rule_prev;
  u32 trigger;         /* fact ref or NONE */
  u32 shift;           /* index + 1 */
  i64 started, from, due, last_good; /* due as a person reads it; last_good: last instant that is in time */
  i64 paused, paused_since;
  i64 need, done;
  u32 stop;            /* fact that met it */
  u32 cons[4], cons_count; /* stepped sums that still grow */
  u32 violation;       /* derived fact */
  u32 counted;         /* last fact that counted + 1 */
  u32 moves;           /* how often its deadline was moved */
  u32 late_left;       /* 逾期 span that have not spoken yet */
  i64 stop_at, limit_at;
  bool reported, quiet, recurring, run_on, final, shared;
};
struct cons { /* a consequence, compact; explain.c makes words of it */
  u64 id, cause;
  u32 rule;
  const struct lang_act *act;
  const struct lang_amount *amount;
  enum consequence_type type;
  enum consequence_seal seal;
  sym subject, object, item, account, text, decided_by, judged_by;
  u8 noun;
  bool live, by_gate, zero_ok;
  i64 fen, fen_max, points, num;
  i64 unit_fen, step_ms, cap_fen, over_ms; /* stepped sums */
  i64 steps;
  bool started_steps, counts_steps;
  i64 at;              /* booked at */
  i64 ordinal, window_from, window_to;
  u32 rank;            /* last of its rank chain + 1 */
  u32 trigger, stop, duty;
  i64 started, due, last_good, paused, stop_at;
  bool of_duty, met_late, ended;
  u64 fact_identity;   /* what an appeal against the fact takes back */
  sym args, noted;     /* orders to the desk: fields of the case to open; why it is only noted, "zh\ten" */
  sym trace;           /* arithmetic in words, "zh\ten\tzh\ten\n" lines */
  sym manual;
  sym goal_text;
  u64 digest;
  u32 score_prev;      /* the movement of the same account before it + 1 */
  bool score_linked;
  u32 ledger;          /* its 账.* fact + 1; 0: none posted */
  u32 sibling;         /* next consequence of the same cause, index + 1 */
  bool stale;          /* its cause is being looked at again, and it was not made again yet */
};
struct rank { u32 fact, prev, former; i64 at; }; /* prev: of the same window; former: of the same rule and keys, whatever the window; at: when it was judged */
struct cons_list VEC_OF(struct cons);
enum timer_kind { T_RECUR, T_OPEN_SHIFT, T_WARN, T_DUE, T_STEP, T_OVERDUE, T_SHIFT_END, T_PUNCH, T_ABSENCE, T_SETTLE, T_ARROW, T_SHIFT_START };
struct timer {
  i64 at;
  u32 kind;
  u32 a, b, gen;
  u64 order;
};
struct occurrence { /* one period of a recurring duty: Monday 8:00 */
  u32 rule;
  i64 from, due, last_good;
  u32 shift;
};
struct dates VEC_OF(i64);
struct refs VEC_OF(u32);
struct state {
  VEC(struct object) objects;
  u32 *of_sym[N_COUNT];
  u32 of_room[N_COUNT];
  VEC(struct note) notes;
  VEC(struct spell) spells;
  VEC(struct shift) shifts;
  VEC(u32) people;     /* objects of persons in order of joining */
  VEC(u32) cases;
  VEC(u32) leaves;     /* objects of cases of leave, in order of opening */
  VEC(struct duty) duties;
  u32 free_duty;
  VEC(u32) rule_duties; /* by rule: first running duty + 1 */
  struct cons_list cons;
  struct table cons_of; /* id -> index + 1 */
  VEC(struct rank) ranks;
  struct table counters; /* rule, key, window -> last rank + 1 (low), count (high) */
  VEC(struct timer) timers; /* heap */
  VEC(struct occurrence) open;
  VEC(struct fact) derived;
  VEC(struct cell) derived_cells;
  struct refs by_kind[EVENT_KIND_COUNT];
  VEC(struct refs) by_case; /* the same of one kind and case type */
  struct table by_case_of; /* kind and case type -> index + 1 */
  VEC(u32) queue;      /* derived facts not yet dispatched */
  u32 queue_at;
  struct table said;   /* words of a conversation so far, by item (word_rule.c) */
  struct table score_last; /* account and person -> last movement + 1 */
  struct table score_read; /* account and person -> latest instant whose balance was judged by */
  u64 stamp;           /* rises with every fact and timer */
  struct table caused;   /* cause id -> first consequence it made, index + 1 */
  struct table overruled; /* consequence id -> ruling that took its fact back + 1 */
  struct table verdicts; /* consequence id -> fact of the last 账.表态 / 裁定 / 申诉 + 1 */
  bool calendar_known; /* working days (workdays.c) */
  i64 calendar_from, calendar_to;
  struct dates holidays, make_up; /* sorted */
  u32 next_fact;       /* position in engine.order */
  i64 now;             /* instant being judged */
  bool started;
  i64 first_at;
};
struct revocation { u64 fact, by; bool seen; }; /* by: which 撤销, of which trigger; seen: done again in this derivation */

struct link { u32 ref, prev; };
struct taken_back { u64 key, cons; u32 trigger, ruling; };

/* Words of the trade that the engine itself understands, interned at start. */
#define ENGINE_WORDS(W)                                                                                                        \
  W(PERSON, "当事人") W(AGENT, "接待人") W(AT, "时刻") W(DATE, "日期") W(THIS, "此") W(ANCHOR, "始") W(ACTOR, "操作人")        \
  W(TODAY, "今日") W(NOW, "此刻") W(CLOCK, "钟点") W(EVERYBODY, "全员") W(ON_DUTY, "当班人") W(SUPERIOR, "上级")              \
  W(DEPUTY, "代理") W(NAME, "姓名") W(JOB, "工号") W(ROLE, "岗位") W(WAGE, "底薪") W(NOTE, "备注") W(FLAG, "旗")              \
  W(SPECIAL, "特殊要求") W(FETCHED, "已取单") W(CUSTOMER, "客户") W(AMOUNT, "金额") W(STAFF, "员工") W(STATE, "状态")         \
  W(CONVERSATION, "会话") W(ORDER, "订单") W(PERSON_NOUN, "人员") W(CASE, "单据") W(PRODUCT, "商品") W(ON_SHIFT, "在班")      \
  W(OPENED, "单据.开单") W(LEAVE1, "请假") W(LEAVE2, "请休") W(LEAVE3, "调休") W(FROM, "起时") W(TO, "止时")                  \
  W(REST, "休") W(HOLDER, "经办人") W(ITEM, "项") W(LIST, "检查表") W(SHIFT, "班次") W(EXTENT, "额") W(SUBJECT, "主体")       \
  W(YES, "是") W(NO, "否") W(CASE_ID, "单") W(NUMBER, "编号") W(JOINED, "入职") W(DURATION, "时长") W(PURCHASED, "已付款") W(EMPLOYED, "在职")
enum engine_word {
#define W(id, zh) W_##id,
  ENGINE_WORDS(W)
#undef W
  W_COUNT
};

struct rankings_of { void *p; u32 n; }; /* eval_period.c */
struct env;
struct engine {
  i64 zone;
  const struct work_calendar *calendar;
  struct intern names;
  VEC(struct fact) facts;
  VEC(struct cell) cells;
  VEC(u32) order;      /* facts by (at, kind rank, seq, id) */
  VEC(struct value) lists;
  u64 *seen;           /* bitmap of e<seq> ids */
  u32 seen_room;
  struct table seen_ids;
  struct table score_words; /* points consequence -> fact of the last word about it + 1; kept while re-deriving */
  struct table seals;  /* month -> the instant it was sealed; kept while re-deriving */
  struct table ranking_of; /* places worked out at ranking_stamp */
  VEC(struct rankings_of) rankings;
  u64 ranking_stamp;
  u32 computing;       /* depth of computed case fields */
  struct table last_verdict; /* consequence id -> last 账.表态 or 裁定 entered about it, fact + 1 */
  struct table revoked; /* identities of facts that a 撤销 takes back */
  VEC(struct revocation) revocations;
  bool ledger_ranked;  /* some rule counts or ranks 账.* facts */
  bool again;          /* a ledger fact is looked at again: ranks are found, not given */
  struct table dead;   /* identities taken back by an upheld appeal against the fact */
  VEC(struct version *) versions;
  VEC(struct rule) rules;
  VEC(struct listener) listen[EVENT_KIND_COUNT][L_KINDS];
  bool indexed[EVENT_KIND_COUNT];
  bool lean, used;     /* used: the fact being judged must be kept */
  bool hold, dirty;
  i64 dirty_from;
  i64 limit;           /* time has been let pass up to here (exclusive of nothing: timers before it have fired) */
  struct state s;
  VEC(struct link) links; /* facts by the objects they name, newest first; not in a lean replay */
  u32 *links_of[N_COUNT]; /* symbol -> link + 1; N_OTHER: named in a field of a case */
  u32 links_room[N_COUNT];
  struct table verdicts_of; /* consequence id -> link + 1: what was said about it */
  struct slice *slice;    /* set while a slice is derived */
  struct slice *slicer;
  VEC(u32) pending;       /* held facts, in order of arrival */
  VEC(struct taken_back) taken_back; /* by upheld appeals, not yet derived */
  u64 corrected, derived_again; /* how often a change was sliced, and how often everything was derived */
  struct arena *program; /* compiled rules */
  struct arena *build;   /* where alternatives are made: program while compiling, scratch later */
  struct arena *scratch; /* one call */
  struct arena *words;   /* last consequence or clock handed out */
  const struct engine_sink *sink; /* while reporting */
  bool replaying, pauses; /* pauses: some rule stops its clock */
  struct table ended;  /* while re-deriving: duty id -> state it ended in */
  struct sought *sought; /* words that are looked for; NULL while no version has any */
  struct table field_of; /* kind and word -> field index + 2; 1: the kind has no such field */
  bool drops_text[EVENT_KIND_COUNT];
  int f_note_text, f_note_flag, f_done_name, f_checked_list, f_checked_by;
  i16 f_person[EVENT_KIND_COUNT], f_agent[EVENT_KIND_COUNT], f_object[EVENT_KIND_COUNT][N_COUNT]; /* field index or -1 */
  /* A replay answers counts and sums over facts that the engine itself was not given. */
  bool (*tally)(void *ctx, struct env *env, const struct lang_expr *x, struct value *out);
  void *tally_ctx;
  sym w[W_COUNT];      /* words the engine itself knows */
};

enum { SUM_OF_NOTHING = -1 }; /* den of a count 0 whose unit is not known */

/* What an evaluation can see. */
struct element {
  struct str name;     /* the word N of 有(N …) */
  u32 fact;            /* NONE: an object */
  struct value value;  /* object */
  const struct element *up;
};
struct env {
  struct engine *e;
  const struct version *v;
  const struct rule *rule;
  i64 now;
  u32 fact, anchor;    /* NONE: none */
  sym bearer;
  const struct lang_party *bearer_party;
  sym key;             /* settlement: the person */
  sym key_word;        /* … or, where it is by another thing (按 经销商), the word it goes by; 0: people */
  u8 key_noun;
  i64 from, to;        /* settlement or measure period; to == 0: none */
  const struct element *element;
  const struct lang_let *let; /* parameters */
  sym params[4];
  u32 depth;
  bool failed;         /* something was absent or of the wrong type: to a person */
  struct str why_zh, why_en;
  i64 *ordinal;        /* result of 次序 */
  i64 *window;         /* two: its window */
  u32 *rank;
  bool peek;           /* gates and previews: do not count */
  i64 until;           /* a computed field: later facts are not seen; 0: all that is known */
  const struct cons_list *pending; /* preview: what it came to so far */
  const struct lang_expr *div0;
  sym group;           /* 报表 按 项目: only facts with that value of the field */
  struct value group_value;
};

/* fact.c */
struct fact *fact_of(struct engine *e, u32 ref);
struct value fact_field(struct engine *e, u32 ref, int field);
struct value fact_named(struct engine *e, u32 ref, sym name); /* by Chinese or English field name, extra included */
struct value fact_extra(struct engine *e, u32 ref, sym name);
int field_of_word(struct engine *e, u16 kind, sym name); /* -1: none */
sym fact_sym(struct engine *e, u32 ref, int field);     /* symbol of a text or reference field, 0 when absent */
i64 fact_int(struct engine *e, u32 ref, int field, i64 fallback);
bool fact_bool(struct engine *e, u32 ref, int field);
struct str fact_id(struct engine *e, struct arena *a, u32 ref);
u64 fact_identity(struct engine *e, u32 ref);
u32 fact_store(struct engine *e, const struct event *event);
u32 fact_derive(struct engine *e, enum event_kind_id kind, i64 at); /* all fields absent, not queued */
void fact_set(struct engine *e, u32 ref, const char *field_en, struct value v);
struct event *fact_event(struct engine *e, struct arena *a, u32 ref);
int fact_compare(struct engine *e, u32 a, u32 b);
sym fact_person(struct engine *e, u32 ref);  /* whom it concerns */
u8 field_noun(const struct event_kind *kind, size_t field);
struct value cell_value(struct engine *e, const struct cell *c);
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

/* timer.c */
/* Timers of one instant and kind fire in the order of what they are about, not of their making: facts may come in any order. */
void timer_add(struct engine *e, i64 at, enum timer_kind kind, u32 a, u32 b, u32 gen);
bool timer_pop(struct engine *e, i64 before, struct timer *out);
i64 timer_next(const struct engine *e);

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
bool takes_fact_back(struct engine *e, u32 ref); /* a ruling that upholds an appeal against the fact */
void act_run(struct act_site *site, const struct lang_acts *acts);
void act_run_body(struct act_site *site, const struct lang_body *body);
void act_manual(struct act_site *site); /* nothing of it can be judged: to a person, with the reason of the environment */
struct cons *cons_keep(struct engine *e, const struct cons *c); /* add or update by identity, report */
void cons_finish(struct engine *e, struct cons *c);
void cons_withdraw(struct engine *e, struct cons *c);
void cons_changed(struct engine *e, struct cons *c, enum change change);
u64 cons_digest(const struct cons *c);
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
bool roster_refuses(struct engine *e, const struct version *v, const struct lang_item *item, u32 ref, i64 now, struct str *zh, struct str *en);

/* explain.c */
void explain_consequence(struct engine *e, struct arena *a, const struct cons *c, struct consequence *out);
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

#endif
