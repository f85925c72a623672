/* The engine: checked rulebook versions + events in, consequences, clocks and derived facts out. No I/O, no clock of
 * its own, no floating point. Live work, replay and trial runs are this same code.
 *
 * Feed events with engine_step. Events may come in any order: one that occurred earlier than what was already judged
 * (a late fact, a correction, an upheld appeal) makes the engine re-derive what it touches and report the difference by
 * consequence identity. Time passes only through engine_advance and the events' own times; deadlines that lie between two
 * events are judged at their own instant.
 * Ownership: everything reported through the sink is borrowed for the length of the call. Not thread-safe. */
#ifndef GUIJU_RULES_ENGINE_H
#define GUIJU_RULES_ENGINE_H

#include "base/calendar.h"
#include "events/event.h"
#include "lang/ast.h"

enum consequence_type {
  C_FINE,        /* 罚款 */
  C_REWARD,      /* 奖励 */
  C_COMPENSATE,  /* 赔偿 */
  C_CHARGE,      /* 收费 (customer) */
  C_SCORE,       /* 扣 / 加 points */
  C_PAY,         /* 计薪 */
  C_DISCIPLINE,  /* 处分 */
  C_PROPOSE,     /* 建议 */
  C_REMIND,      /* 提醒 */
  C_URGE,        /* 催办 */
  C_ESCALATE,    /* 上报 */
  C_NOTIFY,      /* 通知 */
  C_DEEM,        /* 视为: a derived fact */
  C_OPEN_CASE,   /* 开单 */
  C_MOVE_CASE,   /* 转入 */
  C_ASSIGN,      /* 派给 */
  C_SEND_FORM,   /* 发 … 给 */
  C_VIOLATION,   /* 违规.成立 without a reparation of its own: a bare broken duty or forbidden act */
  C_MANUAL,      /* 待人工: the clause could not be judged (a value was absent); `text_*` says why */
};
const char *consequence_type_name(enum consequence_type t);    /* "fine" */
const char *consequence_type_name_zh(enum consequence_type t); /* "罚款" */

enum consequence_seal { SEAL_PROPOSED, SEAL_OPEN /* range not set yet */, SEAL_CONFIRMED, SEAL_APPEALED, SEAL_WAIVED, SEAL_WITHDRAWN };
const char *consequence_seal_name(enum consequence_seal s);

struct evidence {
  struct str event_id;     /* "" for a deadline or calendar point */
  const char *kind;        /* English kind name, or "deadline" */
  i64 at_ms;
  const char *role;        /* "start", "stop", "counted", "not_counted", "deadline", "context" */
  struct str text_zh, text_en;
};
struct arithmetic {
  struct str text_zh, text_en; /* "回复用了 91 秒，减去 30 秒" */
  struct str value_zh, value_en; /* "超 61 秒" */
};

struct consequence {
  struct str id;           /* 16 hex digits: hash of (rulebook, clause, tag, act index, key, window, trigger) */
  enum consequence_type type;
  enum consequence_seal seal;
  struct str version;      /* rulebook version that judged: "1.0" */
  struct str clause;       /* heading id: "greeting" */
  struct str tag;          /* item tag or "" */
  struct str covers;       /* inventory ids this item runs: from the item's own covers, else the heading's */
  struct str subject;      /* person id; "role:制单员" where nobody holds the role; customer id for C_CHARGE */
  struct str object;       /* conversation, order or case id the matter is about, or "" */
  const char *object_noun; /* "conversation" … or "" */
  struct str item;         /* 计薪 item, score name, discipline grade, case type, form, derived kind … */
  struct str account;      /* fund box the money goes to, or "" */
  i64 fen, fen_max;        /* money types; fen_max > fen only while a range is open (SEAL_OPEN) */
  i64 points;              /* C_SCORE: signed 1/100 */
  struct str decided_by;   /* role that sets a range */
  struct str text_zh, text_en; /* one line for a slip: "首答晚了 61 秒" */
  i64 occurred_ms;         /* the instant it is booked at (deadline or event) */
  i64 ordinal;             /* nth in its window, 0 when not ranked */
  i64 window_from_ms, window_to_ms;
  struct str trigger;      /* event id */
  struct str cause;        /* consequence id it derives from (joint liability), or "" */
  const struct evidence *evidence;
  size_t evidence_count;
  const struct arithmetic *arithmetic;
  size_t arithmetic_count;
  struct str avoid_zh, avoid_en; /* what would have avoided it, or "" */
  struct str judged_by;    /* person who confirmed, waived or ruled; "" before */
  struct str args;         /* C_OPEN_CASE: the fields to fill in, a JSON object; else "" */
  bool noted;              /* an order to the desk that cannot be done (no such step): `text_*` says why */
  bool growing;            /* a sum by steps whose duty is neither done nor over, below its cap: it may rise yet */
};

enum clock_state { CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_MET, CLOCK_MET_LATE, CLOCK_VIOLATED, CLOCK_DISCHARGED };
const char *clock_state_name(enum clock_state s);

/* A running duty: "greet within 30 s". */
struct rule_clock {
  struct str id;           /* stable while the duty lives */
  enum clock_state state;
  struct str version, clause, tag;
  struct str bearer;       /* person id now bearing it, or "role:…" */
  struct str object;
  const char *object_noun;
  i64 started_ms, due_ms;
  i64 paused_ms;           /* total pause so far */
  bool recurring;          /* a calendar duty (meeting, cleaning) */
  i64 need, done;          /* n times wanted, counted so far */
  struct str goal;         /* kind or duty name that fulfils it: "会话.人工回复", "打扫" */
  struct str goal_evidence;/* "照片" … for 完成 goals, comma separated */
  struct str title_zh, title_en; /* "首次招呼" */
  struct str zero_zh, zero_en;   /* what happens at zero */
};

enum change { CHANGE_ADD, CHANGE_UPDATE, CHANGE_WITHDRAW };

struct engine_sink {
  void *ctx;
  void (*consequence)(void *ctx, enum change change, const struct consequence *c);
  void (*clock)(void *ctx, const struct rule_clock *c);        /* start, change, end (state tells) */
  void (*derived)(void *ctx, enum change change, const struct event *e); /* attendance.late, clause.violated … */
};

struct engine;
struct engine *engine_new(i64 zone_offset_ms, const struct work_calendar *calendar);
void engine_free(struct engine *e);
/* For tests: engines made from now on walk the trees of a book instead of running its code. Both must say the same. */
void engine_walk(bool on);

/* Add a version. The program must have passed lang_check without errors and outlive the engine.
 * in_force_ms: events that occurred from then on are judged by it; running duties keep the version that started them. */
MUST_CHECK enum status engine_publish(struct engine *e, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct problem *p);

/* Judge one event (copied). A derived kind is E_INVALID. Sending the same id twice changes nothing. */
MUST_CHECK enum status engine_step(struct engine *e, const struct event *event, const struct engine_sink *sink, struct problem *p);
/* As engine_step, but takes derived kinds too: for examples and trials that state what the engine would have found. */
MUST_CHECK enum status engine_enter(struct engine *e, const struct event *event, const struct engine_sink *sink, struct problem *p);
/* A late fact re-derives everything at once. Around a batch with many late facts (an import) hold, step, and flush: the
 * flush derives once and reports the differences. While held, in-order facts of a batch that had a late one wait too. */
void engine_hold(struct engine *e);
void engine_flush(struct engine *e, const struct engine_sink *sink);
/* How corrections went so far. A change is sliced (only what it touches is derived) or, where a slice cannot vouch for the
 * result, everything is derived again; `why` says what the last slice that gave up could not answer for, "" when none did. */
struct engine_corrections {
  u64 sliced, derived_again;
  const char *why;
};
struct engine_corrections engine_corrections(const struct engine *e);
/* Keeps a copy of the derived state as it is now, so that a change after this instant which no slice can vouch for derives from here
 * and not from the first fact. A few are kept, the older the further apart. False while facts are held, or when none can be kept. */
bool engine_keep_station(struct engine *e);
/* Lets facts before the oldest station, and older than `recent_ms`, go that nothing held can come back to; the log keeps them. Kinds
 * that clauses count stay for `counted_ms` longer. False: nothing could go. */
bool engine_forget(struct engine *e, i64 recent_ms, i64 counted_ms);
/* For whoever feeds it, when nobody waits: both of these, when enough was judged since the last time to be worth it. */
void engine_rest(struct engine *e);
/* True: something was needed that is forgotten. What the engine said since it was last asked may be wrong, and it is good for
 * nothing but engine_free: take back what it said, make a whole engine from all facts, tell it what this one missed, and say the last facts again. */
bool engine_wants_past(const struct engine *e);
void engine_remember_as(struct engine *e, const struct engine *other); /* kinds of facts that were missed are kept from now on */
u64 engine_forgotten(const struct engine *e); /* facts */
/* For a replay whose facts come in order: facts that no rule can look back at are not kept. A late fact is then a BUG. */
void engine_lean(struct engine *e);
/* Let time pass to now_ms: due deadlines, recurring duties, month settlements. */
void engine_advance(struct engine *e, i64 now_ms, const struct engine_sink *sink);
/* The next instant at which engine_advance would do something; INT64_MAX when none. */
i64 engine_next_due(const struct engine *e);
i64 engine_now(const struct engine *e);
/* The working-day calendar in force; borrows the engine until the next call that changes it. */
struct work_calendar engine_calendar(const struct engine *e);

enum gate_verdict { GATE_NONE /* no clause speaks: allowed */, GATE_PERMIT, GATE_REFUSE, GATE_CONSULT };
struct approval_stage {        /* stages run in turn */
  bool all;                    /* everybody listed (且), else anybody (或) */
  const struct str *persons;   /* who may answer now; empty when nobody holds the role */
  size_t person_count;
  struct str role_zh;          /* words of the clause: "部门经理" */
};
struct gate_reason {
  struct str clause, tag, text_zh, text_en;
};
struct gate_decision {
  enum gate_verdict verdict;
  const struct gate_reason *reasons;
  size_t reason_count;
  const struct approval_stage *stages;
  size_t stage_count;
  const struct consequence *acts; /* what happens with the permission: remind the clerk, charge postage */
  size_t act_count;
};
/* Ask the gates about an act that is about to happen (`request` as the event would be, not appended). Results live in
 * the arena. When the act is then done, append request.decided and the event; the acts are derived by engine_step. */
MUST_CHECK enum status engine_gate(struct engine *e, struct arena *a, const struct event *request, struct gate_decision *out, struct problem *p);

/* Words of the rulebook (禁语) in an agent's reply that is being written, in the version in force at `at_ms`, by place. Nothing is
 * judged or kept; exceptions (例外, 除非) are left to the judgement. */
struct word_hit {
  struct str clause, group, word; /* heading id, name of the item, the word as the book spells it */
  u32 from, to;                   /* bytes of the text */
  bool excused;                   /* a quotation of what the customer said in that conversation */
};
size_t engine_words(struct engine *e, struct arena *a, struct str conversation, struct str text, i64 at_ms, const struct word_hit **out);
/* 敬语 of a whole conversation of which nothing has been said in it yet. */
struct word_wanted {
  struct str clause, group;
  const struct str *words;
  size_t word_count;
};
size_t engine_words_wanted(struct engine *e, struct arena *a, struct str conversation, i64 at_ms, const struct word_wanted **out);
/* 话术 under the same heading as a 禁语: what may be said instead. */
size_t engine_words_instead(struct engine *e, struct arena *a, struct str clause, i64 at_ms, const struct str **out);

/* Fills in the computed fields (成本: 钱 = 差旅费 + 补贴) of a case event that is about to be appended; what cannot be computed stays out. */
void engine_compute_case(struct engine *e, struct arena *a, struct event *event);

/* Does the person hold the role now (by 人员.入职 and 人员.变更)? */
bool engine_person_has_role(struct engine *e, struct str person, struct str role);

/* Walks over the present state; `c` is borrowed during the callback. */
void engine_each_clock(struct engine *e, void (*f)(void *ctx, const struct rule_clock *c), void *ctx);
void engine_each_consequence(struct engine *e, void (*f)(void *ctx, const struct consequence *c), void *ctx);
const struct consequence *engine_consequence(struct engine *e, struct str id); /* NULL: none; withdrawn ones included */

/* What the month's settlement of `date`'s month would be if it ended at `now_ms` (C_PAY and the like), without changing anything. */
void engine_preview(struct engine *e, i64 date, i64 now_ms, void (*f)(void *ctx, const struct consequence *c), void *ctx);

/* 扣款 limit in force on a date; false when the book has none (then the product's default holds: 20 %, minimum wage setting). */
struct wage_limit {
  i64 share_num, share_den; /* of 应发 */
  i64 minimum_fen;          /* 实发 not below; the desk's setting when the book names 最低工资 */
  bool carry_over;
  struct str clause;
};
bool engine_wage_limit(struct engine *e, i64 date, i64 minimum_wage_fen, struct wage_limit *out);

/* The points accounts (积分) of a person as they stood at an instant of their period, in the order of the rulebook. */
struct points_account {
  struct str name;
  i64 start, left; /* hundredths of a point */
};
void engine_each_account(struct engine *e, struct str person, i64 at_ms, void (*f)(void *ctx, const struct points_account *a), void *ctx);

/* Value of a 量 (measure), of a report's column or of a 积分 (what is left at the end, or now) for a subject over [from, to); E_NOT_FOUND when there is no such measure. */
MUST_CHECK enum status engine_measure(struct engine *e, struct arena *a, struct str name, struct str subject, i64 from_ms, i64 to_ms, struct value *out, struct problem *p);

/* 报表 of the version in force at the end of [from, to): its declared columns, one row for each key. */
struct report_fact { struct str id; i64 at_ms; struct str text_zh, text_en; };
struct report_cell {
  struct value value;            /* absent: it could not be worked out, why_* say why */
  struct str why_zh, why_en;
  const struct report_fact *facts; /* 明细; value is how many */
  size_t fact_count;
};
/* What a report is narrowed to. Where a column counts facts that lack the field, it has no figure and says why. */
enum report_filter { REPORT_PERSON, REPORT_ROLE, REPORT_SHIFT, REPORT_CHANNEL, REPORT_FILTERS };
struct report_narrow { struct str of[REPORT_FILTERS]; }; /* "": not by that; a shift "-": on none */
struct str report_filter_zh(enum report_filter f);
struct str report_filter_en(enum report_filter f);
struct report_row {
  struct str key;                /* person id, or the shown value of the field; "" when there is one row only */
  const struct report_cell *cells; /* one for each column */
};
struct report_table {
  const struct lang_report *report;
  const struct lang_clause *clause; /* may be NULL */
  bool by_person;
  const struct report_row *rows;
  size_t row_count;
  const u32 *unfit;              /* of each column: bits of the filters that do not reach it */
};
/* narrow may be NULL. */
MUST_CHECK enum status engine_report(struct engine *e, struct arena *a, struct str name, i64 from_ms, i64 to_ms, const struct report_narrow *narrow, struct report_table *out, struct problem *p);

/* Why: text and JSON of one consequence with clause prose, version, figures, evidence, arithmetic, what would have avoided it. */
json_t *engine_why_json(struct engine *e, struct str consequence_id);

#endif
