/* The engine's inside: what it remembers. How its files divide the work stands in parts.h. Nothing outside this folder includes it.
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
enum listen { L_GATE /* before the fact is folded in */, L_START, L_GOAL, L_RELEASE, L_END, L_KINDS };
struct listener {
  u32 rule;
  u16 alt, goal;
};
struct path_info {     /* what the first word of a path may be, found once */
  sym seg[6];
  u8 count;
  bool here, start;    /* 此, 始 */
  bool direct;         /* one word that the fact's own field answers before anything else */
  bool context;        /* … but where there is a bearer or a person it may mean them */
  bool only_figure;    /* one word, a figure of the book, not one the engine itself understands */
  sym chinese;         /* a word of the trade in English: the same in Chinese */
  const i16 *field_by_kind;
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
  struct reach measures; /* of all its 量 and computed case fields together */
  bool fields_look;    /* a computed field looks at facts: any rule may read it */
  struct ask *asks;    /* gates, routes and rosters, in the order of the book */
  u32 ask_count;
  VEC(struct named_alts *) named; /* what a counted name stands for, found once */
  struct table named_of; /* words of the path -> index + 1 */
  struct table act_of; /* place in the source and kind -> the act */
  struct table live_of; /* expression -> its code (live.h) */
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
  i64 steps, carried;  /* carried: steps that were booked in earlier months */
  bool started_steps, counts_steps;
  bool goes_on;        /* its month is over, the sum is not: what comes is booked in the next */
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
  u64 basis;           /* what it stands on: its trigger, those before it in its rank, what ended it, replies that did not count */
  u32 score_prev;      /* the movement of the same account before it + 1 */
  bool score_linked;
  u32 ledger;          /* its 账.* fact + 1; 0: none posted */
  u32 sibling;         /* next consequence of the same cause, index + 1 */
  bool stale;          /* its cause is being looked at again, and it was not made again yet */
};
struct rank { u32 fact, prev, former; i64 at; u64 chain; }; /* prev: of the same window; former: of the same rule and keys, whatever the window; at: when it was judged; chain: of its fact and all before it in the window */
struct cons_list VEC_OF(struct cons);
enum timer_kind { T_RECUR, T_OPEN_SHIFT, T_WARN, T_DUE, T_STEP, T_OVERDUE, T_SHIFT_END, T_PUNCH, T_ABSENCE, T_SETTLE, T_ARROW, T_SHIFT_START };
struct timer {
  i64 at;
  u32 kind;
  u32 a, b, gen;
  u64 order;
};
/* A wheel of WHEEL_LEVELS levels of 64 slots (timer.c). Places in nodes are kept as place + 1 where 0 says none. */
enum { WHEEL_LEVELS = 11, WHEEL_SLOTS = 64 };
enum timer_owner { TIMERS_OF_DUTY, TIMERS_OF_SHIFT, TIMERS_OF_CASE, TIMER_OWNERS };
struct wheel_node {
  struct timer timer;
  u32 next, prev;      /* in its slot; next of a free one: the next free one */
  u32 sibling;         /* of the same owner */
  u16 slot;            /* 0xffff: in ready, or free */
  bool waits;          /* false: free, or cancelled in ready */
};
struct wheel_slot {
  u32 first;
  i64 least;           /* earliest instant in it; INT64_MIN: to be found */
};
struct wheel {
  VEC(struct wheel_node) nodes;
  u32 free, count;
  struct wheel_slot *slots; /* made with the first timer */
  VEC(u32) ready;      /* heap of what is due at `base` or before */
  i64 soonest;         /* nothing is due before it; what is put there keeps it true */
  u64 base;
  u64 filled[WHEEL_LEVELS]; /* slots that hold something */
  u16 levels;          /* levels that do */
  VEC(u32) owned[TIMER_OWNERS]; /* by duty, shift, object of a case: its first timer + 1 */
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
  struct wheel timers;
  VEC(struct occurrence) open;
  struct table over;   /* recurring duties of open periods that are done or were let off: id and beginning -> last instant of the period */
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
struct station { struct state s; struct table dead; }; /* the derived state at an instant that is past (station.c) */
enum { STATIONS_MAX = 5 };
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
  i64 dirty_from;      /* dirty: a station up to this instant … */
  u32 dirty_place;     /* … and this place in `order` still holds */
  i64 limit;           /* time has been let pass up to here (exclusive of nothing: timers before it have fired) */
  struct state s;
  VEC(struct station) stations; /* oldest first */
  u64 forgotten;       /* facts that left the memory (forget.c) */
  u32 rested_place;    /* how many facts stood before the oldest station when it last forgot */
  bool missed;         /* one of them was wanted */
  bool asked;          /* a figure of some period is asked for: nothing is learnt from what it misses */
  bool remembers[EVENT_KIND_COUNT]; /* kinds that were missed before: none of them goes */
  i64 forgot_to[EVENT_KIND_COUNT];  /* all facts of the kind from this instant on are there */
  u64 *cut;            /* bitmap of symbols: facts that name it are gone */
  u32 cut_room;
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
  bool one_by_one;     /* while re-deriving: what an appeal takes back is out before the next fact is judged */
  bool walks;          /* expressions are walked as trees, not run as code */
  struct table ended;  /* while re-deriving: duty id -> state it ended in */
  struct sought *sought; /* words that are looked for; NULL while no version has any */
  struct table fields_of_word; /* word -> i16 by kind */
  struct table field_of; /* kind and word -> field index + 2; 1: the kind has no such field */
  bool keeps_texts; /* some version reads the words of messages (texts.c) */
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
struct narrow { /* a report narrowed: narrow.c */
  const struct report_narrow *ask;
  bool rows_are_people, counted; /* counted: the column at hand counts facts */
  u32 missed;                    /* bits of the filters that do not reach what it counts */
  int kind[4];                   /* … because of that kind of fact; -1: no fact */
  struct table talks;            /* conversations of the channel asked for */
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
  struct narrow *narrow; /* 报表: or NULL */
};

#endif
