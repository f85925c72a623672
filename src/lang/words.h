/* The one table of the language's own words: Chinese, English, and what each may do.
 *
 * RESERVED words are never names. ITEM words begin an item, ACT words an act, TAIL words a tail. A word marked
 * CONTINUES may stand at the margin and still belongs to the item above. All words without RESERVED are ordinary
 * names wherever the grammar wants a name (上报 is also a state). The manual's word list is made from this table. */
#ifndef GUIJU_LANG_WORDS_H
#define GUIJU_LANG_WORDS_H

#include "lang/ast.h"

enum lang_word_flag {
  LW_RESERVED = 1, LW_ITEM = 2, LW_ACT = 4, LW_TAIL = 8, LW_CONTINUES = 16, LW_PART = 32,
  LW_WEEKDAY = 64, LW_PERIOD = 128, LW_FUNCTION = 256, LW_WINDOW = 512,
};

#define LANG_WORDS(W) \
  W(RULEBOOK, "制度", "rulebook", LW_ITEM) W(FIGURE, "参数", "figure", LW_ITEM) W(DEFINE, "所称", "define", LW_ITEM) \
  W(ROLE, "岗位", "role", LW_ITEM) W(SHIFT, "班次", "shift", LW_ITEM) W(ROSTER, "排班", "roster", LW_ITEM) \
  W(CASE, "单据", "case", LW_ITEM) W(WHEN, "凡", "when", LW_ITEM | LW_RESERVED) \
  W(FROM, "自", "from", LW_ITEM | LW_RESERVED) W(EACH, "每", "each", LW_ITEM | LW_RESERVED) \
  W(FORBID, "禁止", "forbid", LW_ITEM) W(REQUEST, "申请", "request", LW_ITEM) W(ROUTE, "审批", "route", LW_ITEM) \
  W(SCORE, "积分", "score", LW_ITEM) W(LET, "量", "let", LW_ITEM) W(LIMIT, "扣款", "deductions", LW_ITEM) \
  W(CHECKLIST, "检查表", "checklist", LW_ITEM) W(PHRASES, "话术", "phrases", LW_ITEM) \
  W(FORBIDDEN, "禁语", "forbidden", LW_ITEM) W(EXPECTED, "敬语", "expected", LW_ITEM) W(SURVEY, "问卷", "survey", LW_ITEM) \
  W(CLASS, "密级", "class", LW_ITEM) W(NOTICE, "告知", "notice", LW_ITEM) W(REPORT, "报表", "report", LW_ITEM) \
  W(ACCOUNT, "账户", "account", LW_ITEM) W(EXAMPLE, "例", "example", LW_ITEM) \
  W(NOT_IN_FORCE, "不施行", "not_in_force", LW_ITEM | LW_ACT) \
  W(FINE, "罚款", "fine", LW_ACT) W(REWARD, "奖励", "reward", LW_ACT) W(COMPENSATE, "赔偿", "compensate", LW_ACT) \
  W(CHARGE, "收费", "charge", LW_ACT) W(DEDUCT, "扣", "deduct", LW_ACT) W(ADD, "加", "add", LW_ACT) \
  W(PAY, "计薪", "pay", LW_ACT) W(DISCIPLINE, "处分", "discipline", LW_ACT) W(PROPOSE, "建议", "propose", LW_ACT) \
  W(REMIND, "提醒", "remind", LW_ACT) W(URGE, "催办", "urge", LW_ACT) W(ESCALATE, "上报", "escalate", LW_ACT) \
  W(TELL, "通知", "tell", LW_ACT) W(DEEM, "视为", "deem", LW_ACT) W(OPEN, "开单", "open", LW_ACT) \
  W(MOVE, "转入", "move", LW_ACT) W(ASSIGN, "派给", "assign", LW_ACT) W(GIVE, "发", "send", LW_ACT) \
  W(WITHDRAW, "撤销", "withdraw", LW_ACT) W(NONE, "无", "none", LW_ACT | LW_RESERVED) \
  W(IF, "若", "if", LW_ACT | LW_RESERVED) \
  W(RELEASED, "遇", "released_by", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(WARN, "届前", "ahead", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(OVERDUE, "逾期", "else", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(VIOLATOR, "违者", "violator", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(NEVER, "未做", "never", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(UNLESS, "除外", "unless", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(OVERRIDES, "例外于", "overrides", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(TRANSITION, "过渡", "transition", LW_TAIL | LW_RESERVED | LW_CONTINUES) \
  W(MEANS, "指", "means", LW_RESERVED) W(START, "起", "on", LW_RESERVED) W(IN, "内", "inside", LW_RESERVED) \
  W(BEFORE, "前", "earlier", LW_RESERVED) W(AFTER, "后", "after", LW_RESERVED) W(TO, "至", "to", LW_RESERVED) \
  W(MUST, "须", "must", LW_RESERVED) W(FREE, "免", "free", LW_RESERVED) W(THEN, "则", "then", LW_RESERVED) \
  W(AND, "且", "and", LW_RESERVED) W(OR, "或", "or", LW_RESERVED) W(NOT, "非", "not", LW_RESERVED) \
  W(YET, "未", "not_yet", LW_RESERVED) W(OTHERWISE_IF, "否则", "or_else", LW_RESERVED) \
  W(WHERE, "其中", "where", LW_RESERVED) W(BECAUSE, "因", "because", LW_RESERVED) W(ALSO, "并", "also", LW_RESERVED) \
  W(BY, "按", "by", LW_RESERVED) W(OTHERWISE, "其余", "otherwise", LW_RESERVED) W(ANY, "任意", "any", LW_RESERVED) \
  W(SAME, "同", "same", LW_RESERVED) W(WITH, "凭", "with", LW_RESERVED) W(OF, "由", "decided_by", LW_RESERVED) \
  W(DECIDE, "定", "decides", LW_RESERVED) W(AT, "于", "at", LW_RESERVED) W(FOR_WHOM, "给", "give", LW_RESERVED) \
  W(INTO, "入", "into", LW_RESERVED) W(EVERY_FULL, "每满", "per_full", LW_RESERVED) \
  W(AT_LEAST_FULL, "满", "reaches", LW_RESERVED) W(LESS_THAN, "不满", "less_than", LW_RESERVED) \
  W(SHORT_OF, "不足", "short_of", LW_RESERVED) W(MORE_THAN, "超过", "more_than", LW_RESERVED) \
  W(AT_MOST, "不超过", "at_most", LW_RESERVED) W(AT_LEAST, "至少", "at_least", LW_RESERVED) \
  W(OR_MORE, "以上", "or_more", LW_RESERVED) W(OR_LESS, "以下", "or_less", LW_RESERVED) \
  W(OR_WITHIN, "以内", "or_within", LW_RESERVED) W(AND_LATER, "及以后", "and_later", LW_RESERVED) \
  W(NTH, "第", "nth", LW_RESERVED) W(COUNTED_TO, "计至", "counted_to", LW_RESERVED) W(CAP, "封顶", "cap", LW_RESERVED) \
  W(UNCAPPED, "不封顶", "uncapped", LW_RESERVED) W(PASSED_ON, "递延", "passed_on", LW_RESERVED) \
  W(NOT_PASSED_ON, "不递延", "not_passed_on", LW_RESERVED) W(HAS, "有", "exists", LW_RESERVED) \
  W(ALL, "全部", "all", LW_RESERVED) W(CONTAINS, "含", "contains", LW_RESERVED) \
  W(NOT_CONTAINS, "不含", "contains_not", LW_RESERVED) W(ONE_OF, "属于", "one_of", LW_RESERVED) \
  W(WITHIN_RANGE, "在", "in", LW_RESERVED) W(EARLIER_THAN, "早于", "earlier_than", LW_RESERVED) \
  W(LATER_THAN, "晚于", "later_than", LW_RESERVED) W(NOT_EARLIER, "不早于", "no_earlier_than", LW_RESERVED) \
  W(NOT_LATER, "不晚于", "no_later_than", LW_RESERVED) W(IS, "为", "is", LW_RESERVED) \
  W(FILLED, "非空", "filled", LW_RESERVED) W(EMPTY, "为空", "empty", LW_RESERVED) W(FOR, "对", "for", LW_RESERVED) \
  W(PERSONALLY, "亲自", "personally", LW_RESERVED) W(SAME_DAY, "当日", "same_day", LW_RESERVED) \
  W(NEXT_DAY, "次日", "next_day", LW_RESERVED) W(SAME_SHIFT, "当班", "same_shift", LW_RESERVED) \
  W(SAME_WEEK, "当周", "same_week", LW_RESERVED) W(NEXT_WEEK, "次周", "next_week", LW_RESERVED) \
  W(SAME_MONTH, "当月", "same_month", LW_RESERVED) W(NEXT_MONTH, "次月", "next_month", LW_RESERVED) \
  W(YES, "是", "yes", LW_RESERVED) W(NO, "否", "no", LW_RESERVED) W(RECENT, "近", "recent", LW_RESERVED) \
  W(AND_ALSO, "及", "and_each", LW_RESERVED) W(AS, "计", "as", LW_RESERVED) \
  W(WHEN_ZERO, "除数为零", "div0", LW_RESERVED) W(HEAVIEST, "取最重", "heaviest", LW_RESERVED) W(MARGINAL, "累进", "by_slices", LW_RESERVED) \
  W(FIRST_ROW, "取最先", "first_row", LW_RESERVED) W(ALL_ROWS, "累加", "all_rows", LW_RESERVED) \
  W(ROUND, "四舍五入到", "rounded_to", LW_RESERVED) W(ROUND_DOWN, "向下取到", "rounded_down_to", LW_RESERVED) \
  W(ROUND_UP, "向上取到", "rounded_up_to", LW_RESERVED) W(REFUSE, "拒", "refuse", LW_RESERVED | LW_CONTINUES) \
  W(PERMIT, "准", "permit", LW_RESERVED | LW_CONTINUES) W(VIA, "经", "via", LW_RESERVED | LW_CONTINUES) \
  W(EXPECT, "得", "expect", LW_RESERVED) W(GIVEN, "设", "given", LW_RESERVED) W(SETTLE, "结", "settle", LW_RESERVED) \
  W(ITS, "其", "its", LW_RESERVED) W(WITHIN_EN, "WITHIN", "within", LW_RESERVED) \
  W(BEFORE_EN, "BEFORE", "before", LW_RESERVED) W(CURRENCY, "CNY", "CNY", LW_RESERVED) \
  W(VERSION, "版本", "version", LW_PART) W(PUBLISHED, "公布", "published", LW_PART) W(IN_FORCE, "施行", "in_force", LW_PART) \
  W(ON_PUBLICATION, "公布之日", "on_publication", LW_PART) W(ZONE, "时区", "zone", LW_PART) \
  W(SECTOR, "行业", "sector", LW_PART) W(SERVICE_HOURS, "服务时间", "service_hours", LW_PART) \
  W(ATTENDANCE_MONTH, "考勤月", "attendance_month", LW_PART | LW_PERIOD) W(OURS, "自定", "ours", LW_PART) \
  W(DOUBTFUL, "存疑", "doubtful", LW_PART) W(SUPERIOR, "上级", "superior", LW_PART) W(DEPUTY, "代理", "deputy", LW_PART) \
  W(HEADCOUNT, "人数", "headcount", LW_PART) W(MAY, "可", "may", LW_PART) W(MAY_NOT, "不可", "may_not", LW_PART) \
  W(SEES, "见", "sees", LW_PART) W(REST, "休息", "rest", LW_PART) W(EARLY, "提前", "ahead_of", LW_PART) \
  W(AT_POST, "到岗", "at_post", LW_PART) W(EXTENDS, "延至", "extends_to", LW_PART) W(SEASON, "季", "season", LW_PART) \
  W(KIND, "类", "kind", LW_PART) W(APPLIES, "适用", "applies_to", LW_PART) W(DAY_OFF, "休", "off", LW_PART) \
  W(ROTATE, "轮换", "rotate", LW_PART) W(TAKE_TURNS, "轮流", "take_turns", LW_PART) W(TURNS, "轮休", "turns", LW_PART) \
  W(DAYS_OFF, "公休", "days_off", LW_PART) W(IN_A_ROW, "连上", "in_a_row", LW_PART) W(FEWEST, "最少", "fewest", LW_PART) \
  W(MOST, "最多", "most", LW_PART) W(NUMBER, "编号", "number", LW_PART | LW_CONTINUES) \
  W(SUBJECT, "当事", "subject", LW_PART | LW_CONTINUES) W(OPENERS, "可开", "opened_by", LW_PART | LW_CONTINUES) \
  W(FIELD, "字段", "field", LW_PART | LW_CONTINUES) W(FLOW, "流程", "flow", LW_PART | LW_CONTINUES) \
  W(COPIES, "联", "copies", LW_PART | LW_CONTINUES) W(PRINT, "打印", "print", LW_PART | LW_CONTINUES) \
  W(VISIBLE, "可见", "visible_to", LW_PART | LW_CONTINUES) W(MANY, "多", "many", LW_PART) W(TABLE, "表", "table", LW_PART) \
  W(YEAR_MONTH, "年月", "year_month", LW_PART) W(YEAR_MONTH_DAY, "年月日", "year_month_day", LW_PART) \
  W(RESET, "重置", "reset", LW_PART) W(FLOOR, "下限", "floor", LW_PART) W(CEILING, "上限", "ceiling", LW_PART) \
  W(KEEP_AT_LEAST, "不低于", "not_below", LW_PART) W(EXCESS, "超出", "excess", LW_PART) \
  W(NOT_CARRIED, "不结转", "not_carried", LW_PART) W(CARRIED, "结转", "carried", LW_PART) \
  W(SAMPLE, "抽", "sample", LW_PART) W(PASS, "合格", "pass", LW_PART) W(VALID, "有效", "valid", LW_PART) \
  W(QUESTION, "题", "question", LW_PART | LW_CONTINUES) W(EXPORT, "导出", "export", LW_PART) \
  W(COPY, "复制", "copy", LW_PART) W(SHARE, "外发", "share", LW_PART) W(CHANGE, "改", "change", LW_PART) \
  W(KEEP, "存", "keep", LW_PART) W(MASK, "遮盖", "mask", LW_PART) W(EXAM, "考试", "exam", LW_PART) \
  W(DETAIL, "明细", "detail", LW_PART) W(RECEIVES, "收", "receives", LW_PART) W(PURPOSE, "用途", "purpose", LW_PART) \
  W(OPEN_TO, "公开", "open_to", LW_PART) W(KEPT_BY, "管", "kept_by", LW_PART) W(COMPLETE, "完成", "complete", LW_PART) \
  W(VIOLATES, "违反", "violated", LW_FUNCTION) W(STARTED, "不足按一个计", "started", LW_PART) \
  W(FULL_ONLY, "不足不计", "full_only", LW_PART) W(FIRST_DAY, "首日计", "first_day_counts", LW_PART) \
  W(PAST_HOLIDAYS, "遇休顺延", "past_holidays", LW_PART) W(EXTENDABLE, "可延期", "extendable", LW_PART) \
  W(DAY_INCLUDED, "含当日", "day_included", LW_PART) W(DAY_EXCLUDED, "不含当日", "day_excluded", LW_PART) \
  W(ONLY, "只计", "only", LW_PART) W(PAUSE, "停表", "pause", LW_PART) W(KEEP_COUNTS, "沿用次数", "keep_counts", LW_PART) \
  W(FRESH_COUNTS, "重新计次", "fresh_counts", LW_PART) W(ON_DUTY, "上班", "on_duty", LW_PART) \
  W(OFF_DUTY, "下班", "off_duty", LW_PART) \
  W(DAY, "自然日", "day", LW_PERIOD) W(WORKING_DAY, "工作日", "working_day", LW_PERIOD) W(WEEK, "周", "week", LW_PERIOD) \
  W(HALF_MONTH, "半月", "half_month", LW_PERIOD) W(MONTH, "自然月", "month", LW_PERIOD) \
  W(QUARTER, "季度", "quarter", LW_PERIOD) W(HALF_YEAR, "半年", "half_year", LW_PERIOD) W(YEAR, "年", "year", LW_PERIOD) \
  W(MONTH_END, "月末", "month_end", LW_PERIOD) W(QUARTER_END, "季末", "quarter_end", LW_PERIOD) \
  W(YEAR_END, "年末", "year_end", LW_PERIOD) \
  W(MONDAY, "周一", "monday", LW_WEEKDAY) W(TUESDAY, "周二", "tuesday", LW_WEEKDAY) \
  W(WEDNESDAY, "周三", "wednesday", LW_WEEKDAY) W(THURSDAY, "周四", "thursday", LW_WEEKDAY) \
  W(FRIDAY, "周五", "friday", LW_WEEKDAY) W(SATURDAY, "周六", "saturday", LW_WEEKDAY) W(SUNDAY, "周日", "sunday", LW_WEEKDAY) \
  W(COUNT, "次数", "count", LW_FUNCTION) W(SUM, "合计", "sum", LW_FUNCTION) W(MEAN, "均值", "mean", LW_FUNCTION) \
  W(MAXIMUM, "最大", "max", LW_FUNCTION) W(MINIMUM, "最小", "min", LW_FUNCTION) W(MEDIAN, "中位", "median", LW_FUNCTION) \
  W(DISTINCT, "不同数", "distinct", LW_FUNCTION) W(LATEST, "最近", "latest", LW_FUNCTION) \
  W(EARLIEST, "最早", "earliest", LW_FUNCTION) W(ORDINAL, "次序", "ordinal", LW_FUNCTION) \
  W(STREAK, "连续", "streak", LW_FUNCTION) W(RANK, "名次", "rank", LW_FUNCTION) \
  W(DAYS_BETWEEN, "自然日数", "days_between", LW_FUNCTION) \
  W(WORKING_DAYS_BETWEEN, "工作日数", "working_days_between", LW_FUNCTION) W(TENURE, "工龄", "tenure", LW_FUNCTION) \
  W(NEIGHBOUR_SHIFT, "相邻班", "neighbour_shift", LW_FUNCTION) W(DAY_WAGE, "日薪", "day_wage", LW_FUNCTION) \
  W(HOLIDAY, "节假日", "holiday", LW_FUNCTION) W(IS_WORKING_DAY, "是工作日", "is_working_day", LW_FUNCTION) \
  W(LENGTH, "字数", "length", LW_FUNCTION) \
  W(THIS_DAY, "本日", "this_day", LW_WINDOW) W(THIS_WEEK, "本周", "this_week", LW_WINDOW) \
  W(THIS_HALF_MONTH, "本半月", "this_half_month", LW_WINDOW) W(THIS_MONTH, "本自然月", "this_month", LW_WINDOW) \
  W(THIS_ATTENDANCE, "本考勤月", "this_attendance_month", LW_WINDOW) W(THIS_QUARTER, "本季度", "this_quarter", LW_WINDOW) \
  W(THIS_HALF_YEAR, "本半年", "this_half_year", LW_WINDOW) W(THIS_YEAR, "本年", "this_year", LW_WINDOW) \
  W(LAST_WEEK, "上周", "last_week", LW_WINDOW) W(LAST_MONTH, "上月", "last_month", LW_WINDOW) \
  W(LAST_ATTENDANCE, "上考勤月", "last_attendance_month", LW_WINDOW) W(LAST_QUARTER, "上季度", "last_quarter", LW_WINDOW) \
  W(LAST_YEAR, "上年", "last_year", LW_WINDOW) W(THIS_CASE, "本单", "this_case", LW_WINDOW)

enum lang_word {
  LW_NAME, /* not a word of the language */
#define LANG_WORD_ENUM(id, zh, en, flags) LW_##id,
  LANG_WORDS(LANG_WORD_ENUM)
#undef LANG_WORD_ENUM
  LW_WORD_COUNT
};

struct lang_word_entry {
  struct str zh, en;
  enum lang_word word;
  unsigned flags;
};
/* Entry of a word; LW_NAME gives one with empty texts and no flags. */
const struct lang_word_entry *lang_word_entry(enum lang_word word);

/* A look-up table from spelling to word, made once per book. */
struct lang_word_table {
  u32 *slots;
  size_t mask;
};
void lang_words_init(struct lang_word_table *t, struct arena *a);
/* `english` (may be NULL) says which spelling it was. */
enum lang_word lang_words_find(const struct lang_word_table *t, struct str spelling, bool *english);

/* How a unit turns a number into a value; `scale` is what one of it is in the unit of its type. */
struct lang_unit {
  struct str name;
  i64 scale;
  enum value_type type;
  bool english;
};
/* The longest unit that `s` begins with, or NULL. */
const struct lang_unit *lang_unit_prefix(struct str s, bool english);
/* The units one by one; NULL past the last. */
const struct lang_unit *lang_unit_at(size_t index);
/* Further spellings of words one by one; false past the last. */
bool lang_word_synonym(size_t index, struct str *spelling, enum lang_word *word, bool *english);
/* The words that lang_glue_prefix knows; LW_NAME past the last. */
enum lang_word lang_glue_at(size_t index);
/* The structural word that may be glued to a number or unit and that `s` begins with; LW_NAME: none. */
enum lang_word lang_glue_prefix(struct str s, size_t *length);

#endif
