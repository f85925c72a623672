/* The parts that every rule is made of: places, names, periods, expressions, people, events, deadlines, goals,
 * consequences, tables and tails. Read lang/ast.h first: it says who owns what, and includes this file. */
#ifndef GUIJU_LANG_AST_PARTS_H
#define GUIJU_LANG_AST_PARTS_H

#include "base/calendar.h"
#include "base/value.h"

/* Limits, each with its name; the diagnostics quote them. */
enum {
  LANG_FILE_MAX = 4 * 1024 * 1024, /* bytes of one rulebook */
  LANG_NESTING_MAX = 64,           /* brackets, conditions in conditions, acts in acts */
  LANG_WORD_MAX = 120,             /* bytes of one word */
  LANG_ROWS_MAX = 1000,            /* rows of one table */
  LANG_DIAGNOSTICS_MAX = 200,      /* messages kept; the rest are counted */
  LANG_BLOCK_TOKENS_MAX = 50000,   /* words and signs of one block */
  LANG_FIELDS_MAX = 300,           /* fields of one case */
  LANG_STATES_MAX = 200,           /* states of one case */
  LANG_MEMORY_MAX = 96 * 1024 * 1024, /* arena bytes a book may take; give lang_parse and lang_check an arena of twice that */
};

struct lang_span {
  u32 from, to;  /* bytes of lang_program.source, [from, to) */
  u32 line;      /* 1 = first line of the file */
  u32 column;    /* 1 = first character (code point) of the line */
};

/* One word of the book with its place. */
struct lang_name {
  struct str text;
  struct lang_span at;
};
struct lang_names {
  struct lang_name *p;
  size_t count;
};
/* Words joined with dots: 会话.人工回复. `text` is the whole, `segments` the parts. */
struct lang_path {
  struct str text;
  struct str *segments;
  size_t count;
  struct lang_span at;
};

/* ---- periods, windows, weekdays ------------------------------------------------------------------------------ */

enum lang_period {
  LANG_PERIOD_NONE,
  LANG_DAY,              /* 日, 自然日 */
  LANG_WORKING_DAY,      /* 工作日 */
  LANG_WEEK,             /* 周: Monday to Sunday */
  LANG_HALF_MONTH,       /* 半月: 1-15, 16-end */
  LANG_MONTH,            /* 自然月 */
  LANG_ATTENDANCE_MONTH, /* 考勤月: lang_header.attendance_from/to */
  LANG_QUARTER,          /* 季度 */
  LANG_HALF_YEAR,        /* 半年 */
  LANG_YEAR,             /* 年 */
  LANG_MONTH_END,        /* 月末: the last day of the month */
  LANG_QUARTER_END,      /* 季末 */
  LANG_YEAR_END,         /* 年末 */
};
struct str lang_period_zh(enum lang_period period);
struct str lang_period_en(enum lang_period period);

/* Over which time something is counted: an argument of 次序, 次数, 合计 …, or the value of a figure. */
enum lang_window_kind {
  LANG_WINDOW_THIS,   /* 本自然月: the period of the trigger's occurrence */
  LANG_WINDOW_LAST,   /* 上月: the period before it */
  LANG_WINDOW_RECENT, /* 近 12个月: the length before the occurrence, up to it */
  LANG_WINDOW_EACH,   /* a bare period (自然月), as in 连续(c, 自然月) */
  LANG_WINDOW_CASE,   /* 本单: within this case */
};

/* ---- expressions ----------------------------------------------------------------------------------------------- */

struct lang_expr;
struct lang_item;
struct lang_figure;
struct lang_let;
struct lang_define;
struct lang_case;
struct lang_role;

/* One interval. A single value is both ends equal and included, with `is_value`. A missing end is NULL. */
struct lang_range {
  struct lang_expr *lower, *upper;
  bool lower_included, upper_included;
  bool is_value;
  struct lang_span at;
};
struct lang_ranges { /* joined with 或 */
  struct lang_range *p;
  size_t count;
};

enum lang_expr_kind {
  LX_LITERAL,  /* value; `unit` as written (空 = none) */
  LX_CLAUSE,   /* #id: `name` without the # */
  LX_PATH,     /* path: a field, figure, measure, role, enumeration value … (`meaning` after lang_check) */
  LX_CALL,     /* path(args).member…: `function` when it is one of the language's own */
  LX_WINDOW,   /* window, period, a = length (recent only) */
  LX_NEGATE,   /* - a */
  LX_ARITH,    /* a op b; op '+' '-' '*' '/' */
  LX_COMPARE,  /* a compare b */
  LX_AND,      /* a 且 b */
  LX_OR,       /* a 或 b */
  LX_NOT,      /* 非 a */
  LX_EXISTS,   /* 有(path 其中 a); a may be NULL */
  LX_LACKS,    /* 无(path 其中 a) */
  LX_ALL,      /* 全部(path, a) */
  LX_RANGE,    /* a 在 / 满 / 超过 … ranges */
  LX_ONE_OF,   /* a 属于 (args) */
  LX_HAS,      /* a 有 name: 当事人 有 上级 */
  LX_LACKS_A,  /* a 无 name */
  LX_FILLED,   /* a 非空 */
  LX_EMPTY,    /* a 为空 */
  LX_IF,       /* 若 a 则 b 否则 c */
  LX_WHERE,    /* a 其中 b: only as an argument of an aggregate */
  LX_AT_TIME,  /* a TIME: the date of a at `value` (time of day) : 起时.日期 12:00 */
  LX_ORDINAL,  /* 第 n 次 as a value: `value` is the count */
};

enum lang_compare { LANG_EQ, LANG_NE, LANG_LT, LANG_GT, LANG_LE, LANG_GE, LANG_CONTAINS, LANG_NOT_CONTAINS };
/* 早于 = LT, 晚于 = GT, 不早于 = GE, 不晚于 = LE, 为 = EQ. `word` of the expression keeps the spelling. */

/* The language's own functions. Anything else called is a 量 with parameters, a role relation (组长(甲)), or a
 * name the vocabulary supplies: LF_NAMED. */
enum lang_function {
  LF_NAMED,
  LF_COUNT,       /* 次数 count(kind [其中 c] [, window] [, keys…]) */
  LF_SUM,         /* 合计 sum(kind.field …) */
  LF_MEAN,        /* 均值 mean */
  LF_MAX,         /* 最大 max */
  LF_MIN,         /* 最小 min */
  LF_MEDIAN,      /* 中位 median */
  LF_DISTINCT,    /* 不同数 distinct */
  LF_LATEST,      /* 最近 latest(kind …) → .field */
  LF_EARLIEST,    /* 最早 earliest(kind …) → .field */
  LF_ORDINAL,     /* 次序 ordinal(window, keys…): rank of the trigger among this rule's live triggers */
  LF_STREAK,      /* 连续 streak(condition, period) */
  LF_RANK,        /* 名次 rank(measure, 从高到低|从低到高, 并列同名次|…) */
  LF_DAYS,        /* 自然日数 days_between(from, to) */
  LF_WORKDAYS,    /* 工作日数 working_days_between(from, to) */
  LF_VIOLATED,    /* 违反(#id, object) */
  LF_TENURE,      /* 工龄 tenure(person) */
  LF_NEXT_SHIFT,  /* 相邻班 neighbour_shift(person, shift) */
  LF_DAY_WAGE,    /* 日薪 day_wage(person) */
  LF_HOLIDAY,     /* 节假日 holiday(date) */
  LF_WORKING_DAY, /* 是工作日 is_working_day(date) */
  LF_LENGTH,      /* 字数 length(text) */
};

/* What a path turned out to be; set by lang_check where it can tell, LN_UNKNOWN otherwise. */
enum lang_meaning {
  LN_UNKNOWN,
  LN_FIELD,      /* a field of the event at hand, or of an object it names */
  LN_FIGURE,     /* figure */
  LN_LET,        /* let without arguments */
  LN_ENUM,       /* a value of the enumeration on the other side: the text itself */
  LN_ROLE,       /* role */
  LN_KEY,        /* key of the settlement (员工, 部门) */
  LN_SCORE,      /* 积分 */
  LN_SHIFT,      /* 班次 */
  LN_CASE,       /* case type */
  LN_STATE,      /* state of a case; also 已+state as a test */
  LN_ELEMENT,    /* the element inside 有(N 其中 …), written N */
  LN_CONTEXT,    /* 此 this, 始 anchor, 操作人 actor, 今日 today, 钟点 clock, 此刻 now, 应发/实发/最低工资 … */
  LN_PARAMETER,  /* parameter of a 量 */
};

struct lang_expr {
  enum lang_expr_kind kind;
  struct lang_span at;
  struct str word;               /* operator or keyword as written, for the formatter; may be empty */
  struct value value;            /* LX_LITERAL, LX_AT_TIME, LX_ORDINAL */
  struct str unit;               /* LX_LITERAL: the unit as written: 秒, 次, 件 */
  struct str name;               /* LX_CLAUSE id; LX_HAS/LX_LACKS_A what */
  struct lang_path path;         /* LX_PATH, LX_CALL, LX_EXISTS/LACKS/ALL */
  struct str *members;           /* LX_CALL: the words after ").": 最近(…).日期 */
  size_t member_count;
  enum lang_function function;   /* LX_CALL */
  struct lang_expr **args;       /* LX_CALL, LX_ONE_OF */
  size_t arg_count;
  struct lang_expr *a, *b, *c;
  char op;                       /* LX_ARITH */
  enum lang_compare compare;     /* LX_COMPARE */
  struct lang_ranges ranges;     /* LX_RANGE */
  enum lang_window_kind window;  /* LX_WINDOW */
  enum lang_period period;       /* LX_WINDOW */
  enum lang_meaning meaning;     /* LX_PATH, after lang_check */
  const struct lang_figure *figure; /* meaning LN_FIGURE */
  const struct lang_let *let;       /* meaning LN_LET, or LX_CALL of a 量 */
  const struct lang_define *define; /* the path (or its start) names a 所称: 次数(成交询单) */
  const struct lang_case *case_type; /* the path starts with a case type */
  bool bracketed;                /* written in ( ), for the formatter */
};

struct lang_exprs {
  struct lang_expr **p;
  size_t count;
};

struct lang_rounding {
  bool written;
  enum rounding mode;
  struct lang_expr *step; /* 0.01元 */
};

/* name = value pairs: arguments of facts, 视为, 开单 */
struct lang_argument {
  struct lang_path name;
  struct lang_expr *value;
};
struct lang_arguments {
  struct lang_argument *p;
  size_t count;
};

/* ---- people -------------------------------------------------------------------------------------------------- */

/* A person or group: a role, a person field of the fact (当事人, 接待人), 全员 everyone, 操作人 actor, a relation
 * with arguments: 上级(当事人), 组长(甲), 部门负责人(原单). */
struct lang_party {
  struct lang_path path;
  struct lang_exprs args;
  struct lang_span at;
};
struct lang_parties {
  struct lang_party *p;
  size_t count;
};

/* Who must agree. LA_PARTY is a leaf; the others join `parts`. */
enum lang_approval_kind { LA_PARTY, LA_ALL /* 且 */, LA_ANY /* 或 */, LA_IN_TURN /* → */ };
struct lang_approval {
  enum lang_approval_kind kind;
  struct lang_party party;
  struct lang_approval **parts;
  size_t part_count;
  struct lang_span at;
};

/* ---- events and triggers --------------------------------------------------------------------------------------- */

/* One kind of fact, as a trigger, goal or release. Inside a case type's own rules a bare state is completed by the
 * parser: path "投诉.成立", written "成立". */
struct lang_event {
  struct lang_path path;      /* kind, case state, or name of a 所称; empty for 违反 */
  struct lang_expr *where;    /* own condition in brackets, may be NULL */
  struct lang_names violates; /* 违反 #a, #b: clause ids or tags, without # */
  bool bracketed;
  struct lang_span at;
  /* set by lang_check */
  const struct lang_define *define;  /* the 所称 it names */
  const struct lang_case *case_type; /* the case type it belongs to */
  struct str state;                  /* … and the state reached; empty for the generic kinds (填写, 转入 …) */
  struct str kind;                   /* canonical English kind of the vocabulary: "conversation.agent_replied" */
};

/* ev 或 ev 其中 c [后 span 内 无 ev 同 names] */
struct lang_trigger {
  struct lang_event *events;
  size_t event_count;
  struct lang_expr *where; /* for all of them; may be NULL */
  bool where_and;          /* written 且 instead of 其中 */
  struct lang_expr *absent_within; /* NULL: no absence part */
  struct lang_event absent;
  struct lang_names absent_same;
  struct lang_span at;
};

/* ---- time ----------------------------------------------------------------------------------------------------- */

struct lang_due_options {
  bool first_day_counts;  /* 首日计 */
  bool past_holidays;     /* 遇休顺延 */
  bool extendable;        /* 可延期 */
  bool day_included;      /* 含当日 */
  bool day_excluded;      /* 不含当日 */
  struct lang_name only;  /* 只计 服务时间: the clock runs only inside it */
  struct lang_expr *pause; /* 停表 cond: the clock stands while it holds */
};

enum lang_due_kind {
  LANG_DUE_WITHIN, /* span 内; also English "within span" */
  LANG_DUE_DAY,    /* 当日 …, with weekday and time of day when written */
  LANG_DUE_AT,     /* 于 e 前; also English "before e" */
};
enum lang_due_day {
  LANG_SAME_DAY,   /* 当日 */
  LANG_NEXT_DAY,   /* 次日 */
  LANG_SAME_SHIFT, /* 当班 */
  LANG_SAME_WEEK,  /* 当周 */
  LANG_NEXT_WEEK,  /* 次周 */
  LANG_SAME_MONTH, /* 当月 */
  LANG_NEXT_MONTH, /* 次月 */
};
struct lang_due {
  enum lang_due_kind kind;
  struct lang_expr *span; /* WITHIN */
  struct lang_expr *moment; /* AT */
  enum lang_due_day day;
  int weekday;            /* 1-7, 0: not written */
  int day_of_month;       /* 1-31, 0: not written */
  bool has_time;
  i64 time_ms;            /* time of day */
  bool before;            /* 前: that moment itself is too late (S1); 内 otherwise */
  struct lang_due_options options;
  struct lang_span at;
};

enum lang_recur_kind {
  LANG_EVERY_SPAN,    /* 每 90天, 每 走访周期 (figure): span */
  LANG_EVERY_WEEKDAY, /* 每 周一, 周四: weekdays */
  LANG_EVERY_PERIOD,  /* 每 自然月 [6日 [至 8日]] [前 周五]: period, day_from, day_to, before_weekday */
  LANG_EVERY_SHIFT,   /* 每 夜班 下班, 每 班次 上班 10分钟 前: name, edge, offset */
  LANG_EVERY_NAMED,   /* 每 NAME without 上班/下班: a figure (then also `span`) or a shift; lang_check decides */
};
enum lang_shift_edge { LANG_EDGE_NONE, LANG_SHIFT_START /* 上班 */, LANG_SHIFT_END /* 下班 */ };
struct lang_recur {
  enum lang_recur_kind kind;
  struct lang_expr *span;
  unsigned weekdays;          /* bit 1 = Monday … bit 7 = Sunday */
  enum lang_period period;
  int day_from, day_to;       /* 0: not written */
  int before_weekday;         /* 0: not written */
  struct str name;
  enum lang_shift_edge edge;
  struct lang_expr *offset;   /* with offset_before / after */
  bool offset_before;
  struct lang_span at;
};
struct lang_recurs { /* joined with 及 */
  struct lang_recur *p;
  size_t count;
};

enum lang_side { LANG_SIDE_NONE, LANG_BEFORE /* 前 */, LANG_WITHIN /* 内 */, LANG_AFTER /* 后 */ };
/* The moment of a recurring duty inside its period. */
struct lang_calendar_due {
  bool has_time, has_time_to;
  i64 time_ms, time_to_ms;
  struct lang_expr *span;   /* 10分钟 前 */
  enum lang_side side;
  struct lang_expr *times;  /* 3次: so many goals in each interval */
  struct lang_due_options options;
};

/* ---- what must be done ------------------------------------------------------------------------------------------ */

struct lang_evidence {
  struct lang_name name;   /* 签到, 照片, 附件, 签名 … */
  struct lang_ranges bound; /* 2张以上 */
};
struct lang_goal {
  bool personally;         /* 亲自: the actor is the bearer */
  struct lang_name complete; /* 完成 NAME: a work item (班务); empty when it is an event */
  struct lang_evidence *evidence;
  size_t evidence_count;
  struct lang_event event;
  struct lang_expr *where;
  struct lang_names same;  /* 同 客户: which later event fulfils it */
  struct lang_span at;
};
struct lang_goals { /* joined with 或 */
  struct lang_goal *p;
  size_t count;
};

/* ---- consequences ------------------------------------------------------------------------------------------------ */

enum lang_act_kind {
  LANG_FINE,        /* 罚款 */
  LANG_REWARD,      /* 奖励 */
  LANG_COMPENSATE,  /* 赔偿: the party pays for damage */
  LANG_CHARGE,      /* 收费 */
  LANG_DEDUCT,      /* 扣 points */
  LANG_ADD,         /* 加 points */
  LANG_PAY,         /* 计薪 name = expr */
  LANG_DISCIPLINE,  /* 处分 party grade */
  LANG_PROPOSE,     /* 建议 party grade */
  LANG_REMIND,      /* 提醒 */
  LANG_URGE,        /* 催办 */
  LANG_ESCALATE,    /* 上报 */
  LANG_TELL,        /* 通知 */
  LANG_DEEM,        /* 视为 event(args) */
  LANG_OPEN,        /* 开单 case(args) 派给 party */
  LANG_MOVE,        /* 转入 case.state 同 names */
  LANG_ASSIGN,      /* 派给 party */
  LANG_GIVE,        /* 发 NAME 给 party */
  LANG_WITHDRAW,    /* 撤销 path */
  LANG_NOT_IN_FORCE, /* 不施行 text 因 text */
  LANG_NONE,        /* 无 */
  LANG_IF,          /* 若 cond 则 acts 否则 acts */
};
struct str lang_act_zh(enum lang_act_kind kind);
struct str lang_act_en(enum lang_act_kind kind);

struct lang_amount {
  struct lang_expr *from, *to; /* to NULL: exactly `from` */
  bool decided;                /* 由 party 定: open inside the range until the role decides */
  struct lang_party decided_by;
};
enum lang_steps { LANG_STEPS_NONE, LANG_STEPS_STARTED /* 不足按一个计 */, LANG_STEPS_FULL /* 不足不计, 每满 */ };

struct lang_act;
struct lang_acts {
  struct lang_act *p;
  size_t count;
};
struct lang_act {
  struct lang_span at;
  enum lang_act_kind kind;
  enum lang_steps steps;       /* per step */
  bool has_party;
  bool every_full;             /* written 每满 */
  bool uncapped;               /* 不封顶 */
  bool not_passed_on;          /* 不递延 */
  bool decided;                /* DISCIPLINE/PROPOSE: 由 party 定 */
  struct lang_party party;     /* who pays, gets, is disciplined, is assigned */
  struct lang_parties parties; /* REMIND URGE ESCALATE TELL */
  struct lang_amount amount;   /* money; points for DEDUCT, ADD */
  struct lang_expr *step;      /* 每 30秒: length or count of a step (literal or figure) */
  struct lang_expr *cap;       /* 封顶 */
  struct lang_name account;    /* 入 NAME */
  struct str text;             /* the words shown with it; text.p NULL: none */
  struct lang_name score;      /* 于 NAME: which 积分 */
  struct lang_name name;       /* PAY: the pay item; DISCIPLINE/PROPOSE: the grade; GIVE: what; OPEN: case type */
  struct lang_expr *expr;      /* PAY */
  struct lang_rounding rounding; /* PAY */
  struct lang_party decided_by; /* DISCIPLINE/PROPOSE */
  struct lang_event event;     /* DEEM, MOVE, WITHDRAW */
  struct lang_arguments args;  /* DEEM, OPEN */
  struct lang_names same;      /* MOVE */
  struct str reason;           /* NOT_IN_FORCE: 因; `text` holds what */
  struct lang_expr *condition; /* IF */
  struct lang_acts then, otherwise; /* IF */
};

/* ---- tables (按 …: | cell | result |) -------------------------------------------------------------------------- */

enum lang_cell_kind { LANG_CELL_RANGES, LANG_CELL_ORDINAL, LANG_CELL_ANY /* 任意 */, LANG_CELL_OTHERWISE /* 其余 */ };
struct lang_cell {
  enum lang_cell_kind kind;
  struct lang_ranges ranges; /* is_value ranges are plain values: 国内, 是, 1 */
  i64 first, last;           /* ORDINAL: 第1次至第4次; last -1 = 及以后 */
  struct str unit;           /* ORDINAL: 次, 名 */
  struct lang_span at;
};
enum lang_result_kind { LANG_RESULT_ACTS, LANG_RESULT_EXPR, LANG_RESULT_APPROVAL };
struct lang_row {
  struct lang_cell *cells; /* lang_tier.column_count of them */
  struct lang_acts acts;
  struct lang_expr *expr;
  struct lang_approval *approval;
  struct lang_span at;
};
struct lang_tier {
  struct lang_expr **columns;
  size_t column_count;
  bool heaviest;           /* 取最重: rows may overlap, the heaviest counts */
  bool marginal;           /* 累进: every row for the part that lies inside it; only in a 量 */
  enum lang_result_kind result;
  struct lang_row *rows;
  size_t row_count;
  struct lang_span at;
};

/* acts, or a table of acts (tier not NULL) */
struct lang_body {
  struct lang_acts acts;
  struct lang_tier *tier;
};

/* ---- tails: what may follow any rule ---------------------------------------------------------------------------- */

enum lang_tail_kind {
  LANG_TAIL_RELEASE,    /* 遇 events 同 names 免 */
  LANG_TAIL_WARN,       /* 届前 span acts */
  LANG_TAIL_OVERDUE,    /* 逾期 [span] body */
  LANG_TAIL_VIOLATOR,   /* 违者 body */
  LANG_TAIL_NEVER,      /* 未做 计至 event */
  LANG_TAIL_UNLESS,     /* 除外 cond */
  LANG_TAIL_EXCEPTION,  /* 例外于 #id */
  LANG_TAIL_TRANSITION, /* 过渡 沿用次数 | 重新计次 */
};
struct lang_tail {
  enum lang_tail_kind kind;
  struct lang_event *events; /* RELEASE; NEVER has one */
  size_t event_count;
  struct lang_names same;
  struct lang_expr *span;    /* WARN, OVERDUE (NULL: at once) */
  struct lang_body body;     /* OVERDUE, VIOLATOR; WARN uses body.acts */
  struct lang_expr *condition; /* UNLESS */
  struct str id;             /* EXCEPTION */
  bool keep_counts;          /* TRANSITION: 沿用次数 (else 重新计次) */
  struct lang_span at;
};

#endif
