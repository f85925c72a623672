/* The typed tree of a rulebook: what the parser makes, the checker annotates, and the engine and the desk read.
 *
 * Ownership: every node, array and text lives in the arena given to lang_parse and dies with it. Nothing here is
 * changed after lang_check. Arrays are pointer plus `_count`; absent parts are NULL, an empty `str` (.p == NULL) or
 * the zero of their enum, which always means "not written".
 *
 * Closed words are enums (a book written in English and one written in Chinese give the same tree). Open names keep
 * the spelling of the book. Amounts are `struct value` in the units of base/value.h.
 *
 * Places: every node that a message can point at carries a lang_span into lang_program.source.
 *
 * This file holds the items and the book; lang/ast_parts.h the expressions, acts, tables … they are made of. */
#ifndef GUIJU_LANG_AST_H
#define GUIJU_LANG_AST_H

#include "lang/ast_parts.h"

/* ---- items ------------------------------------------------------------------------------------------------------ */

/* A clock time, or a figure that holds one (17:30, 晚班止). */
struct lang_clock {
  i64 time_ms;            /* when figure is empty */
  struct lang_name figure;
};
struct lang_hours {
  struct lang_clock from, to;
  bool next_day;          /* 次日 */
  struct lang_span at;
};

struct lang_header {     /* 制度 */
  struct lang_name id;
  struct str title;
  int major, minor;
  bool has_published, has_in_force, in_force_on_publication; /* 公布之日 */
  i64 published, in_force; /* dates */
  struct str zone;         /* empty: Asia/Shanghai */
  i64 zone_offset_ms;
  struct lang_names sectors;
  struct lang_hours *service_hours; /* 服务时间: a day may be split */
  size_t service_count;
  bool service_working_days;        /* … 工作日: on working days only; otherwise every day */
  int attendance_from, attendance_to; /* days of the month; 0: calendar month */
};

struct lang_figure_value {
  bool has_from;
  i64 from;               /* date it starts to hold */
  struct lang_expr *expr; /* literal, window (本自然月, 近 7天) or expression */
};
struct lang_figure {      /* 参数 */
  struct lang_name name;
  struct lang_figure_value *values; /* in the order written; the first without date, the others ascending */
  size_t value_count;
  bool ours, doubtful;    /* 自定, 存疑 */
  struct str ours_text, doubtful_text;
};

struct lang_define {      /* 所称 X 指 … */
  struct lang_name name;
  struct lang_trigger trigger;
};

struct lang_role {        /* 岗位; one item declares several roles alike */
  struct lang_names names;
  struct lang_name superior, deputy;
  bool has_headcount;
  struct lang_range headcount;
  struct lang_path *may;  /* 可 */
  size_t may_count;
  struct lang_path *may_not; /* 不可 */
  size_t may_not_count;
  struct lang_names sees; /* 见: data classes */
};

struct lang_shift {       /* 班次 */
  struct lang_name name;
  struct lang_hours *hours;
  size_t hours_count;
  struct lang_hours *rests;
  size_t rest_count;
  struct lang_expr *early;  /* 提前 span 到岗 */
  struct lang_name extends_to; /* 延至 接待结束 */
  bool has_season;
  int season_from, season_to; /* month * 100 + day, inclusive */
  struct lang_name class_name; /* 类 */
  struct lang_names applies;  /* 适用 */
  bool working_days;          /* 工作日: as hours (只计 NAME) it is open on working days only */
};

enum lang_roster_kind {
  LANG_ROSTER_REST,      /* 每 周 休 1天: recur, quantity */
  LANG_ROSTER_ROTATE,    /* 每 3周 轮换 于 days: recur, days */
  LANG_ROSTER_TURN,      /* 每 日 1人 轮流: recur, quantity */
  LANG_ROSTER_TURNS,     /* 轮休 */
  LANG_ROSTER_DAYS_OFF,  /* 公休 days */
  LANG_ROSTER_IN_A_ROW,  /* 连上 range */
  LANG_ROSTER_AT_LEAST,  /* 最少 range 在 hours */
  LANG_ROSTER_AT_MOST,   /* 最多 range 在 hours */
  LANG_ROSTER_AHEAD,     /* 提前 range 公布 */
};
struct lang_roster_part {
  enum lang_roster_kind kind;
  struct lang_recurs recurs;
  struct lang_expr *quantity;
  struct lang_range range;
  unsigned weekdays;      /* bit 1 = Monday … */
  struct lang_names names; /* other days, or shifts after 在 */
  bool has_hours;
  struct lang_hours hours;
  struct lang_span at;
};
struct lang_roster {      /* 排班 */
  struct lang_names roles;
  struct lang_party by;
  struct lang_roster_part *parts;
  size_t part_count;
};

enum lang_type_kind {
  LT_TEXT,         /* 文 (also when no type is written) */
  LT_NUMBER,       /* 数 */
  LT_MONEY,        /* 钱 */
  LT_POINTS,       /* 分 */
  LT_RATIO,        /* 比率 */
  LT_BOOL,         /* 是否 */
  LT_DATE,         /* 日期 */
  LT_INSTANT,      /* 时刻 */
  LT_TIME,         /* 钟点 */
  LT_DURATION,     /* 时长 */
  LT_DAYS,         /* 自然日 */
  LT_WORKDAYS,     /* 工作日 */
  LT_PERSON,       /* 人员 */
  LT_CUSTOMER,     /* 客户 */
  LT_ORDER,        /* 订单 */
  LT_CONVERSATION, /* 会话 */
  LT_PRODUCT,      /* 商品 */
  LT_SHIFT,        /* 班次 */
  LT_DEPARTMENT,   /* 部门, 岗位: the name of a role or department */
  LT_UNIT,         /* 户 */
  LT_PHONE,        /* 电话 */
  LT_ADDRESS,      /* 地址 */
  LT_FILE,         /* 附件 */
  LT_PHOTO,        /* 照片 */
  LT_SIGNATURE,    /* 签名 */
  LT_ENUM,         /* a|b|c: enum_values */
  LT_TABLE,        /* 表(fields) */
  LT_CASE,         /* another case type: case_name */
};
struct str lang_type_zh(enum lang_type_kind kind);
struct str lang_type_en(enum lang_type_kind kind);

struct lang_field;
struct lang_type {
  enum lang_type_kind kind;
  bool many;              /* 多 */
  struct lang_names enum_values;
  struct str case_name;
  struct lang_field *fields; /* TABLE */
  size_t field_count;
  struct lang_span at;
};
struct lang_field {
  struct lang_name name;
  bool required;          /* ! */
  bool typed;             /* a type was written */
  struct lang_type type;
  struct lang_ranges bound; /* 8张以上 */
  struct lang_expr *computed; /* = e: not entered by hand */
  struct lang_expr *asked_if; /* 若: asked (and with ! required) only then */
};

/* A state of a case: all 流程 lines together, in order of first appearance. The first one is where a case opens. */
struct lang_state {
  struct lang_name name;
  struct lang_approval *by;   /* who may move the case into this state; NULL: not written */
  struct lang_expr *limit;    /* (主管 3个工作日): time the holder has in the state before… NULL: none */
  struct lang_expr *only_if;  /* 若 c: skipped when it does not hold */
  bool final;                 /* no arrow leaves it */
};
/* An arrow. The same pair may be written once only. */
struct lang_arrow {
  size_t from, to;            /* indexes into lang_case.states */
  struct lang_expr *after;    /* → 7天 后: moves by itself when the time is over; NULL: by hand */
};
/* One 流程 line as written (indexes into states), for the formatter and for drawing. */
struct lang_flow_step {
  size_t state;
  struct lang_expr *after;    /* arrow before this step */
  struct lang_approval *by;   /* as written at this place */
  struct lang_expr *limit, *only_if;
  struct lang_span at;
};
struct lang_flow {
  struct lang_flow_step *steps;
  size_t step_count;
};
enum lang_number_kind { LANG_NUMBER_TEXT, LANG_NUMBER_YEAR_MONTH /* 年月 */, LANG_NUMBER_DATE /* 年月日 */,
                        LANG_NUMBER_YEAR /* 年 */, LANG_NUMBER_SERIAL /* 4位流水 */, LANG_NUMBER_NAME };
struct lang_number_part {
  enum lang_number_kind kind;
  struct str text;            /* TEXT, NAME */
  int digits;                 /* SERIAL */
};
struct lang_copy {            /* 联 */
  int number;
  struct lang_party party;
};
struct lang_case {            /* 单据 */
  struct lang_name name;
  struct str title;           /* the printed name; empty: same as name */
  struct lang_number_part *number;
  size_t number_count;
  struct lang_name subject;   /* 当事: the field that names the person the case is about */
  struct lang_parties openers; /* 可开 */
  struct lang_field *fields;
  size_t field_count;
  struct lang_state *states;
  size_t state_count;
  struct lang_arrow *arrows;
  size_t arrow_count;
  struct lang_flow *flows;
  size_t flow_count;
  struct lang_copy *copies;
  size_t copy_count;
  struct lang_name print;     /* A4 */
  struct lang_parties visible; /* 可见 */
  struct lang_name data_class; /* 密级 */
  struct lang_item **rules;   /* 审批, 自…须 and 每…须 written inside; also in lang_program.items */
  size_t rule_count;
};

struct lang_when {            /* 凡 trigger 则 body */
  struct lang_trigger trigger;
  struct lang_body body;
};

struct lang_must {            /* 自 trigger 起 due party 须 goals */
  struct lang_trigger trigger;
  struct lang_due due;
  struct lang_party bearer;
  struct lang_goals goals;
};

struct lang_each {            /* 每 recur … party 须 goals */
  struct lang_recurs recurs;
  struct lang_calendar_due due;
  bool has_object;            /* 对(path 其中 cond): one duty for each of them */
  struct lang_path object;
  struct lang_expr *object_where;
  struct lang_party bearer;
  struct lang_goals goals;
};

struct lang_let {             /* 量 name(params) */
  struct lang_name name;
  struct lang_names parameters;
  struct lang_expr *expr;     /* or */
  struct lang_tier *tier;     /* result LANG_RESULT_EXPR */
  struct lang_rounding rounding;
  struct lang_expr *when_zero; /* 除数为零 计 */
};

struct lang_limit {           /* 扣款 不超过 … */
  struct lang_expr *at_most;
  struct lang_name keep;      /* 实发 */
  struct lang_expr *keep_at_least; /* 最低工资 */
  bool excess_written, carry; /* 超出 结转 / 不结转 */
};

enum lang_statement_kind { LANG_STATEMENT_LET, LANG_STATEMENT_LIMIT, LANG_STATEMENT_ACT, LANG_STATEMENT_TIER };
struct lang_statement {
  enum lang_statement_kind kind;
  struct lang_let *let;
  struct lang_limit *limit;
  struct lang_act *act;
  struct lang_tier *tier;
  struct lang_span at;
};
struct lang_settle {          /* 每 period 结 按 keys 其中 cond: statements */
  struct lang_recurs recurs;
  struct lang_names keys;
  struct lang_expr *where;
  struct lang_statement *statements;
  size_t statement_count;
};

struct lang_forbid {          /* 禁止 party trigger */
  struct lang_party party;
  struct lang_trigger trigger;
};

enum lang_verdict { LANG_PERMIT /* 准 */, LANG_REFUSE /* 拒 */, LANG_VIA /* 经 */ };
struct lang_gate_line {
  enum lang_verdict verdict;
  struct lang_approval *via;
  bool otherwise;             /* 其余 */
  struct lang_expr *condition;
  struct str because;         /* 因 */
  struct lang_acts acts;      /* 并 */
  struct lang_span at;
};
struct lang_gate {            /* 申请 path 其中 cond: lines */
  struct lang_event request;  /* kind or case state that is asked for */
  struct lang_expr *where;
  struct lang_gate_line *lines;
  size_t line_count;
};

struct lang_route {           /* 审批 case.state */
  struct lang_event step;
  struct lang_approval *approval; /* or */
  struct lang_tier *tier;     /* result LANG_RESULT_APPROVAL */
};

struct lang_score {           /* 积分 */
  struct lang_name name;
  struct lang_expr *start;
  struct lang_recurs recurs;  /* reset */
  struct lang_expr *floor, *ceiling;
};

struct lang_check_row {
  struct lang_name name;
  struct str title;
  struct lang_expr *points;   /* (20分) */
  struct lang_acts acts;
};
struct lang_checklist {       /* 检查表 */
  struct lang_name name;
  struct str title;
  bool has_by;
  struct lang_party by;
  bool has_recur;
  struct lang_recurs recurs;
  struct lang_expr *times;    /* 每 周 1次 */
  struct lang_expr *sample;   /* 抽 3 会话 */
  struct lang_name sample_of;
  bool has_pass;
  struct lang_range pass;     /* 合格 80分以上 */
  struct lang_check_row *rows;
  size_t row_count;
};

enum lang_words_kind { LANG_PHRASES /* 话术 */, LANG_FORBIDDEN /* 禁语 */, LANG_EXPECTED /* 敬语 */ };
struct lang_words {
  enum lang_words_kind kind;
  struct lang_name name;
  bool has_at;
  struct lang_trigger at_event; /* 于 */
  struct lang_name per;       /* 每 会话 */
  struct str *texts;
  size_t text_count;
};

struct lang_question {
  struct lang_name name;
  struct str title;
  struct lang_type type;
};
struct lang_survey {          /* 问卷 */
  struct lang_name name;
  bool has_to;
  struct lang_party to;       /* 给 */
  bool has_at;
  struct lang_trigger at_event; /* 于 */
  bool has_recur;
  struct lang_recurs recurs;
  struct lang_expr *valid;    /* 有效 */
  struct lang_question *questions;
  size_t question_count;
};

enum lang_access { LANG_SEE /* 见 */, LANG_EXPORT /* 导出 */, LANG_COPY /* 复制 */, LANG_SHARE /* 外发 */, LANG_CHANGE /* 改 */ };
struct lang_grant {
  enum lang_access access;
  bool nobody;                /* 无 */
  struct lang_parties parties;
};
struct lang_class {           /* 密级 */
  struct lang_name name;
  struct lang_names members;
  struct lang_grant *grants;
  size_t grant_count;
  struct lang_expr *keep;     /* 存 span */
  struct lang_names mask;     /* 遮盖 */
};

struct lang_notice {          /* 告知 parties 阅读 … span 内 */
  struct lang_parties to;
  struct lang_name verb;      /* 阅读 */
  struct lang_names subjects; /* names and quoted texts: 本制度, “附录一” */
  struct lang_expr *within;
  bool has_exam;
  struct lang_range exam;
};

struct lang_report_column {
  struct lang_name name;
  struct lang_expr *expr;     /* NULL: the measure of that name */
  struct lang_rounding rounding;
  bool detail;                /* 明细 trigger: a list of facts instead of a figure */
  struct lang_trigger trigger;
};
struct lang_report {          /* 报表 */
  struct lang_name name;
  struct str title;
  struct lang_recurs recurs;
  struct lang_calendar_due due;
  struct lang_parties to;     /* 给 */
  bool has_by;
  struct lang_party by;       /* 由 */
  struct lang_names keys;     /* 按 */
  struct lang_report_column *columns;
  size_t column_count;
};

struct lang_account {         /* 账户 */
  struct lang_name name;
  struct lang_names receives; /* 收 罚款 */
  struct lang_names purposes; /* 用途 */
  struct lang_parties open_to; /* 公开 */
  struct lang_parties kept_by; /* 管 */
};

struct lang_not_in_force {    /* 不施行 what 因 why */
  struct str what, why;
};

struct lang_fact {            /* one fact of a 例; dates and people left out are carried from the fact before */
  bool has_date, has_time;    /* as written */
  i64 date, time_ms;          /* carried: always the effective ones */
  i64 at_ms;                  /* instant in the zone of the book */
  struct lang_name person;    /* actor; empty: none */
  bool has_event;             /* false: only the clock moves */
  struct lang_event event;
  struct lang_arguments args;
  struct lang_span at;
};
enum lang_outcome_kind { LANG_OUTCOME_ACT, LANG_OUTCOME_VERDICT };
struct lang_outcome {
  enum lang_outcome_kind kind;
  struct lang_act act;        /* LANG_NONE: no consequence at all */
  enum lang_verdict verdict;
  struct str because;
  struct lang_approval *via;
  struct lang_span at;
};
struct lang_example {         /* 例 [#target] 设 facts 得 outcomes */
  struct str target;          /* id or tag it is about; empty: the clause it stands in */
  struct lang_fact *facts;
  size_t fact_count;
  struct lang_outcome *outcomes;
  size_t outcome_count;
};

enum lang_item_kind {
  LI_HEADER, LI_FIGURE, LI_DEFINE, LI_ROLE, LI_SHIFT, LI_ROSTER, LI_CASE, LI_WHEN, LI_MUST, LI_EACH, LI_SETTLE,
  LI_FORBID, LI_GATE, LI_ROUTE, LI_SCORE, LI_LET, LI_LIMIT, LI_CHECKLIST, LI_WORDS, LI_SURVEY, LI_CLASS, LI_NOTICE,
  LI_REPORT, LI_ACCOUNT, LI_NOT_IN_FORCE, LI_EXAMPLE,
};
struct str lang_item_zh(enum lang_item_kind kind);
struct str lang_item_en(enum lang_item_kind kind); /* "when", "must" … : the `kind` of the JSON form */

struct lang_clause;
struct lang_item {
  enum lang_item_kind kind;
  struct str tag;                   /* #tag without #; empty: none */
  struct lang_span at;              /* the whole item */
  const struct lang_clause *clause; /* the heading it stands under */
  const struct lang_case *inside;   /* not NULL: written inside this case type */
  size_t index;                     /* position in lang_program.items */
  union {
    struct lang_header *header;
    struct lang_figure *figure;
    struct lang_define *define;
    struct lang_role *role;
    struct lang_shift *shift;
    struct lang_roster *roster;
    struct lang_case *case_type;
    struct lang_when *when;
    struct lang_must *must;
    struct lang_each *each;
    struct lang_settle *settle;
    struct lang_forbid *forbid;
    struct lang_gate *gate;
    struct lang_route *route;
    struct lang_score *score;
    struct lang_let *let;
    struct lang_limit *limit;
    struct lang_checklist *checklist;
    struct lang_words *words;
    struct lang_survey *survey;
    struct lang_class *data_class;
    struct lang_notice *notice;
    struct lang_report *report;
    struct lang_account *account;
    struct lang_not_in_force *not_in_force;
    struct lang_example *example;
  };
  struct lang_tail *tails;
  size_t tail_count;
};

/* ---- the book ---------------------------------------------------------------------------------------------------- */

/* A heading with everything up to the next one. Text before the first heading, and the book's title heading without
 * an id, is a clause with an empty id. */
struct lang_clause {
  struct str id;          /* "greeting" */
  struct str number;      /* "第十一条", "4.1.2"; empty when the heading starts with none */
  struct str title;       /* "首次招呼" */
  struct str heading;     /* number and title as written, without the {…} */
  int level;              /* 1-6; 0 before the first heading */
  struct lang_names covers; /* clause numbers of the inventory */
  struct str prose;       /* Markdown between the heading and the next one, without the guiju blocks */
  struct lang_item **items;
  size_t item_count;
  struct lang_span at;    /* the heading line */
  size_t from, to;        /* bytes of the source it spans, heading included */
};

/* A ```guiju block: where its text stands. */
struct lang_block {
  size_t from, to;        /* bytes of the source, without the fence lines */
  u32 line;               /* of the first line inside */
  struct lang_clause *clause;
};

/* An item that could not be read: what it would have declared, so that the checker says nothing that only follows from its absence. */
struct lang_broken {
  enum lang_item_kind kind; /* LI_NOT_IN_FORCE when it does not even begin with an item word */
  const struct lang_clause *clause;
  struct lang_span at;
  struct lang_names names;  /* its tag and the names it declares or may declare */
};

struct lang_program {
  struct str source;      /* the file, UTF-8 */
  const struct lang_header *header; /* NULL when the book has none (an error of lang_check) */
  struct lang_clause **clauses;
  size_t clause_count;
  struct lang_block *blocks;
  size_t block_count;
  struct lang_item **items; /* all, in order; the rules inside a case follow their case */
  size_t item_count;
  struct lang_item **named; /* those that declare a name that others look up: figures, roles, cases, measures … */
  size_t named_count;
  struct lang_broken *broken;
  size_t broken_count;
  bool unread;            /* a part of the file was not read at all: nothing can be said about the whole */
  i64 zone_offset_ms;
  bool english;           /* the book's keywords are mostly English: fmt writes English */
};

struct lang_diagnostics; /* lang/diagnostic.h */
struct lang_vocabulary;  /* lang/vocabulary.h */

/* Read a rulebook. *out is always set and holds everything that could be understood; OK when there were no errors,
 * E_INVALID when there were (they are in `d`), E_TOO_LARGE over LANG_FILE_MAX. `source` is copied into the arena. */
MUST_CHECK enum status lang_parse(struct arena *a, struct str source, struct lang_program **out, struct lang_diagnostics *d);
/* Resolve names (sets meaning, figure, let, define, case_type, kind), and judge the book: types, gaps, overlaps,
 * missing words … OK when there are no errors in `d`; warnings do not count. A program that was read with errors is
 * checked too, as far as it was read (E_INVALID then): what only follows from what is missing is left out. */
MUST_CHECK enum status lang_check(struct arena *a, struct lang_program *program, const struct lang_vocabulary *v,
                                  struct lang_diagnostics *d);

/* lang_parse and lang_check, unless the book is too large to be read. */
MUST_CHECK enum status lang_read(struct arena *a, struct str source, const struct lang_vocabulary *v, struct lang_program **out,
                                 struct lang_diagnostics *d);

/* Look-ups by name; NULL when there is none. Linear: for callers that need them often, make a map. */
const struct lang_clause *lang_find_clause(const struct lang_program *p, struct str id);
const struct lang_item *lang_find_tag(const struct lang_program *p, struct str tag);
const struct lang_figure *lang_find_figure(const struct lang_program *p, struct str name);
const struct lang_case *lang_find_case(const struct lang_program *p, struct str name);
const struct lang_shift *lang_find_shift(const struct lang_program *p, struct str name);
const struct lang_let *lang_find_let(const struct lang_program *p, struct str name);
const struct lang_define *lang_find_define(const struct lang_program *p, struct str name);
const struct lang_checklist *lang_find_checklist(const struct lang_program *p, struct str name);
bool lang_samples_conversations(const struct lang_checklist *c); /* 抽 3 会话 */
bool lang_samples_orders(const struct lang_checklist *c);        /* 抽 3 订单 */
/* The item that declares the role, and the name of its superior (empty: none). */
const struct lang_role *lang_find_role(const struct lang_program *p, struct str name);
/* The value of a figure on a date: the last one whose date is not after it. */
const struct lang_expr *lang_figure_on(const struct lang_figure *f, i64 date);
/* Index of a state in c->states, or SIZE_MAX; and whether an arrow leads from one to the other. */
size_t lang_case_state(const struct lang_case *c, struct str name);
const struct lang_arrow *lang_case_arrow(const struct lang_case *c, size_t from, size_t to);
/* The first span of source text of a node. */
struct str lang_text(const struct lang_program *p, struct lang_span at);

#endif
