/* Books from a seed. See property.h. Every clause is one rule under a heading of its own, tagged, so that others can say 违反. */
#include "property.h"

u64 random_next(struct random *r) { /* splitmix64 */
  u64 z = (r->state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
int random_below(struct random *r, int n) { return (int)(random_next(r) % (u64)n); }

struct maker {
  struct arena *a;
  struct random *r;
  struct str tags[CLAUSES_MAX]; /* rules that can be broken */
  size_t tag_count;
  struct { struct str tag; const char *event; } bases[CLAUSES_MAX]; /* rules that can be excepted */
  size_t base_count;
  struct str gates[CLAUSES_MAX]; /* 申请 考勤.离岗, which others may be exceptions to */
  size_t gate_count;
  size_t number;
  bool case_duty; /* the clause at hand is about a case */
  bool score, flow, words, survey, hours, asks; /* what the head of the book declares */
};

#define ONE(m, ...) one_of(m, (const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))
static const char *one_of(struct maker *m, const char *const *words, size_t n) { return words[random_below(m->r, (int)n)]; }
#define SAY(m, ...) arena_cstr((m)->a, arena_printf((m)->a, __VA_ARGS__))

/* What a 凡 can be set off by: the event, guards on it, a length and an amount to make tiers of. */
struct source {
  const char *event;
  const char *guards[6];
  const char *length, *amount;
  bool person_is_agent;
};
static const struct source sources[] = {
    {"检查.发现", {"项 = 甲", "项 = 乙", "分 满 2分", "分 超过 2分", "检查人 非空", NULL}, NULL, NULL, false},
    {"投诉.成立", {"事由 = 服务", "事由 = 质量", "赔额 满 50元", "赔额 超过 50元", "会话 非空", "已核实"}, NULL, "赔额", false},
    {"考勤.离岗", {"预计时长 超过 10分钟", "预计时长 满 10分钟", "事由 = 私", "预计时长 为空", NULL}, "预计时长", NULL, false},
    {"会话.结束", {"成交", "非 成交", "时长 超过 5分钟", "时长 不满 5分钟", "事由 = 询价", "时长 非空"}, "时长", NULL, true},
    {"订单.成交", {"金额 满 100元", "金额 不满 100元", "金额 超过 100元", "备注 含 “急”", "客户 = 此.客户", NULL}, NULL, "金额", true},
    {"订单.退款", {"金额 满 100元", "原由 = 质量", "金额 超过 200元", NULL}, NULL, "金额", true},
    {"在线.变更", {"新状态 = 隐身", "新状态 = 离线", "新状态 = 暂离 且 原状态 = 在线", "在班", NULL}, NULL, NULL, false},
    {"会话.人工回复", {"等待 超过 30秒", "等待 满 30秒", "字数 不满 5", "等待 为空", NULL}, "等待", NULL, true},
    {"考勤.迟到", {"时长 超过 10分钟", "时长 满 10分钟", "班次 = 白班", NULL}, "时长", NULL, false},
    {"考勤.早退", {"时长 超过 10分钟", "班次 = 夜班", NULL}, "时长", NULL, false},
    {"考勤.旷工", {"班次 = 白班", NULL}, NULL, NULL, false},
    {"考勤.缺卡", {"向 = 下班", NULL}, NULL, NULL, false},
    {"考勤.脱岗", {"时长 超过 10分钟", NULL}, "时长", NULL, false},
    {"首问", {"首条", NULL}, NULL, NULL, true},
    {"订单.评价", {"级 = 差", "级 ≠ 好", NULL}, NULL, NULL, true},
};

static size_t guard_count(const struct source *s) {
  size_t n = 0;
  while (n < COUNT_OF(s->guards) && s->guards[n]) n++;
  return n;
}

/* A digit would not be part of a name. */
static const char *own_name(const struct maker *m) {
  static const char *const names[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"};
  return names[m->number % COUNT_OF(names)];
}

static const char *money(struct maker *m) { return ONE(m, "5元", "10.5元", "100元", "小罚", "大罚", "0.01元"); }
static const char *window(struct maker *m) {
  return ONE(m, "本自然月", "本周", "本日", "本半月", "本季度", "本半年", "本年", "近 7天", "近 24小时", "近 1个月", "上月", "计次期", "本考勤月");
}
static const char *window_of_now(struct maker *m) { return ONE(m, "本自然月", "本周", "本日", "本半月", "本季度", "本年", "近 7天", "近 24小时", "近 1个月", "计次期", "本考勤月"); }

static const char *person(struct maker *m, const struct source *s) {
  const char *own = s == NULL ? "当事人" : s->person_is_agent ? ONE(m, "接待人", "当事人") : "当事人";
  if (random_below(m->r, 6)) return own;
  return ONE(m, "上级(当事人)", "组长(当事人)", "组长", "主管", "行政");
}

static const char *condition(struct maker *m, const struct source *s) {
  size_t n = guard_count(s);
  if (n && random_below(m->r, 5)) return s->guards[random_below(m->r, (int)n)];
  switch (random_below(m->r, 10)) {
    case 0: return SAY(m, "次数(检查.发现, %s, 当事人) 满 %d次", window(m), 1 + random_below(m->r, 3));
    case 1: return SAY(m, "次数(投诉.成立 其中 事由 = 服务, %s, 当事人) 超过 %d次", window(m), random_below(m->r, 2));
    case 2: return "有(投诉 其中 状态 = 登记)";
    case 3: return "无(检查.发现 其中 项 = 甲)";
    case 4: return "钟点 在 9:00 至 18:00";
    case 5: return "当事人 有 上级";
    case 6: return "全部(客服, 状态 ≠ 隐身)";
    case 7: return "当事人 = 客服";
    case 8: return SAY(m, "合计(订单.成交.金额, %s, 当事人) 满 300元", window(m));
    default: return "是工作日(今日)";
  }
}

static const char *condition2(struct maker *m, const struct source *s) {
  const char *one = condition(m, s);
  switch (random_below(m->r, 8)) {
    case 0: return SAY(m, "(%s) 且 (%s)", one, condition(m, s));
    case 1: return SAY(m, "(%s) 或 (%s)", one, condition(m, s));
    case 2: return SAY(m, "非 (%s)", one);
    default: return one;
  }
}

static const char *act(struct maker *m, const struct source *s, bool fines) {
  const char *who = person(m, s);
  switch (random_below(m->r, fines ? 16 : 9)) {
    case 0: return SAY(m, "提醒 %s “请注意”", who);
    case 1: return SAY(m, "上报 %s", ONE(m, "主管", "经理", "行政", "组长, 主管"));
    case 2: return SAY(m, "奖励 %s %s", who, money(m));
    case 3: return SAY(m, "催办 %s", who);
    case 4: return SAY(m, "通知 %s, 组长", who);
    case 5: return SAY(m, "建议 %s 解除", who);
    case 6: return "无";
    case 7: return SAY(m, "奖励 %s 10元 至 100元 由 主管 定", who);
    case 8: return SAY(m, "提醒 全员 “%d”", random_below(m->r, 3));
    case 9: return SAY(m, "赔偿 %s %s", who, money(m));
    case 10: return SAY(m, "罚款 %s 20元 至 50元 由 主管 定", who);
    case 11: return SAY(m, "处分 %s 警告", who);
    default: return SAY(m, "罚款 %s %s", who, money(m));
  }
}

static const char *acts(struct maker *m, const struct source *s, bool fines) {
  const char *one = act(m, s, fines);
  if (random_one_in(m->r, 5) && s) return SAY(m, "若 %s 则 %s 否则 %s", condition(m, s), one, act(m, s, fines));
  return random_one_in(m->r, 4) ? SAY(m, "%s; %s", one, act(m, s, fines)) : one;
}

static const char *ladder(struct maker *m, const struct source *s, bool fines) {
  const char *w = window_of_now(m), *key = ONE(m, "当事人", "当事人", "当事人", "");
  const char *head = SAY(m, "按 次序(%s%s%s):\n", w, *key ? ", " : "", key);
  if (s == NULL || random_below(m->r, 2)) {
    switch (random_below(m->r, 4)) {
      case 0: return SAY(m, "%s  | 第1次 | %s |\n  | 第2次 | %s |\n  | 第3次及以后 | %s |", head, act(m, s, fines), act(m, s, fines), act(m, s, fines));
      case 1: return SAY(m, "%s  | 第1次至第2次 | 无 |\n  | 第3次及以后 | %s |", head, acts(m, s, fines));
      case 2: return SAY(m, "%s  | 第2次 | %s |\n  | 其余 | %s |", head, acts(m, s, fines), act(m, s, fines));
      default: return SAY(m, "%s  | 第1次 | %s |\n  | 第2次至第3次 | %s |\n  | 第4次及以后 | %s |", head, act(m, s, fines), act(m, s, fines), act(m, s, fines));
    }
  }
  if (s->length) {
    return random_one_in(m->r, 2)
               ? SAY(m, "按 %s:\n  | 不满 10分钟 | %s |\n  | 10分钟 至 30分钟 | %s |\n  | 超过 30分钟 | %s |", s->length, act(m, s, fines), act(m, s, fines), act(m, s, fines))
               : SAY(m, "按 %s, 次序(%s, 当事人):\n  | 不超过 30秒 | 任意 | 无 |\n  | 超过 30秒 | 第1次 | %s |\n  | 超过 30秒 | 第2次及以后 | %s |", s->length, w,
                     act(m, s, fines), act(m, s, fines));
  }
  if (s->amount && fines && random_one_in(m->r, 3)) {
    return SAY(m, "按 %s: 取最重\n  | 100元以下 | 罚款 当事人 %s |\n  | 99.99元以上 | %s; 罚款 当事人 %s |\n  | 超过300元 | 处分 当事人 警告 |", s->amount, money(m), act(m, s, false), money(m));
  }
  if (s->amount) return SAY(m, "按 %s:\n  | 不满 100元 | %s |\n  | 100元 以上 | %s |", s->amount, act(m, s, fines), acts(m, s, fines));
  return SAY(m, "按 %s, 次序(%s):\n  | 是 | 第1次 | %s |\n  | 是 | 第2次及以后 | %s |\n  | 否 | 任意 | %s |", "在班", w, act(m, s, fines), act(m, s, fines), act(m, s, fines));
}

static const char *body(struct maker *m, const struct source *s, bool fines) {
  return random_one_in(m->r, 2) ? ladder(m, s, fines) : acts(m, s, fines);
}

static const char *rule_when(struct maker *m) {
  const struct source *s = &sources[random_below(m->r, (int)COUNT_OF(sources))];
  const char *unless = random_one_in(m->r, 8) ? SAY(m, "; 除外 %s", condition(m, s)) : "";
  if (m->base_count && random_one_in(m->r, 5)) {
    size_t base = (size_t)random_below(m->r, (int)m->base_count);
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
      if (strcmp(sources[i].event, m->bases[base].event) == 0) s = &sources[i];
    }
    const char *guard = guard_count(s) ? SAY(m, " 其中 %s", s->guards[random_below(m->r, (int)guard_count(s))]) : "";
    return SAY(m, "凡 %s%s，则 %s; 例外于 #%.*s", s->event, guard, body(m, s, true), STR_ARG(m->bases[base].tag));
  }
  if (m->tag_count && random_one_in(m->r, 4)) {
    struct str tag = m->tags[random_below(m->r, (int)m->tag_count)];
    return SAY(m, "凡 违反 #%.*s，则 %s", STR_ARG(tag), body(m, NULL, true));
  }
  if (random_one_in(m->r, 14)) return SAY(m, "凡 账.罚款 且 当事人 有 上级，则 罚款 上级(当事人) 额 × 2 不递延");
  if (random_one_in(m->r, 16)) return SAY(m, "凡 账.奖励 其中 额 超过 20元，则 %s", body(m, NULL, false));
  if (random_one_in(m->r, 9)) {
    return SAY(m, "凡 %s 后 %s 内 无 %s，则 %s", ONE(m, "首问", "会话.客户消息", "会话.客户消息 其中 非 首条"), ONE(m, "30秒", "10分钟", "1天", "1小时"),
               ONE(m, "会话.人工回复", "会话.结束"), acts(m, NULL, true));
  }
  if (random_one_in(m->r, 12)) {
    return SAY(m, "凡 %s 其中 %s，则 视为 检查.发现(项=%s, 当事人=当事人, 分=1分)", "考勤.离岗", "事由 = 公", ONE(m, "甲", "丙"));
  }
  if (random_one_in(m->r, 10) && s->length) {
    return SAY(m, "凡 %s，则 罚款 %s %s 每 %s(%s) %s%s", s->event, s->person_is_agent ? "接待人" : "当事人", money(m), ONE(m, "30秒", "10分钟", "步"),
               ONE(m, "不足按一个计", "不足不计"), ONE(m, "封顶 50元", "不封顶", "封顶 大罚"), unless);
  }
  switch (random_below(m->r, 5)) {
    case 0:
      m->bases[m->base_count].tag = arena_printf(m->a, "r%zu", m->number);
      m->bases[m->base_count++].event = s->event;
      return SAY(m, "凡 %s，则 %s%s", s->event, body(m, s, true), unless);
    case 1: return SAY(m, "凡 (%s 其中 %s) 或 (检查.发现 其中 项 = 乙)，则 %s", s->event, condition(m, s), body(m, NULL, true));
    case 2: return SAY(m, "凡 (检查.发现 其中 项 = 甲) 或 (检查.发现 其中 分 满 2分) 或 投诉.成立，则 %s", body(m, NULL, true));
    default: return SAY(m, "凡 %s 其中 %s，则 %s%s", s->event, condition2(m, s), body(m, s, true), unless);
  }
}

static const char *late(struct maker *m, const char *who) {
  switch (random_below(m->r, 7)) {
    case 0: case 1:
      return SAY(m, "罚款 %s %s 每 %s(%s) %s%s", who, money(m), ONE(m, "30秒", "10分钟", "1小时", "步"), ONE(m, "不足按一个计", "不足不计"),
                 ONE(m, "封顶 50元", "不封顶", "封顶 大罚"), random_one_in(m->r, 2) ? "; 未做 计至 会话.结束" : "");
    case 2: return ladder(m, NULL, true);
    case 3: return SAY(m, "提醒 %s", who);
    case 4: return "无";
    default: return acts(m, NULL, true);
  }
}

static const char *tails(struct maker *m, const char *who) {
  const char *out = random_below(m->r, 5) ? SAY(m, ";\n逾期 %s", late(m, who)) : "";
  if (random_one_in(m->r, 4)) out = SAY(m, "%s;\n逾期 %s 上报 %s", out, ONE(m, "1小时", "2天", "1个工作日", "30秒", "1个月"), ONE(m, "主管", "经理", "上级(当事人)"));
  if (random_one_in(m->r, 7)) out = SAY(m, "%s;\n逾期 3天 %s", out, act(m, NULL, true));
  if (random_one_in(m->r, 4)) out = SAY(m, "%s;\n届前 %s 提醒 %s", out, ONE(m, "10秒", "1小时", "1天", "1个工作日"), who);
  return out;
}

static const char *within(struct maker *m) {
  return ONE(m, "30秒 内", "10分钟 内", "1小时 内", "24小时 内", "1天 内", "2天 内", "1周 内", "1个工作日 内", "3个工作日 内", "1个月 内", "当日 内", "次日 18:00 前", "当周 周五 内",
             "次周 周一 9:00 前", "当月 内", "次月 10日 内", "限 内", "当班 内", "2天 内(首日计)", "1个月 内(首日计)", "3天 内(遇休顺延)", m->hours ? "2小时 内(只计 服务时间)" : "2小时 内",
             m->hours ? "2天 内(只计 白班)" : "30秒 内", "1小时 内(可延期)");
}

static const char *rule_must(struct maker *m) {
  static const struct { const char *anchor, *who, *goal, *release; } duties[] = {
      {"首问", "接待人", "会话.人工回复", NULL},
      {"会话.客户消息", "接待人", "会话.人工回复 或 会话.结束", NULL},
      {"会话.客户消息 其中 非 首条", "接待人", "亲自 会话.人工回复", "会话.放弃"},
      {"订单.下单", "接待人", "订单.催付", "订单.付款 或 订单.取消"},
      {"订单.下单 其中 特殊要求 非空", "接待人", "订单.备注 其中 旗 = 红", NULL},
      {"订单.付款", "接待人", "订单.备注 其中 文 含 当事人.工号", "订单.取消"},
      {"订单.成交 其中 金额 满 100元", "主管", "订单.发货", NULL},
      {"投诉.登记", "主管", "投诉.核实", "投诉.作废"},
      {"投诉.核实", "经办人员", "投诉.成立 或 投诉.不成立", NULL},
      {"投诉.登记 其中 事由 = 服务", "组长(当事人)", "投诉.核实", NULL},
      {"检查.发现", "当事人", "完成 整改 凭 照片", NULL},
      {"检查.发现 其中 项 = 乙", "当事人", "亲自 完成 整改", "检查.完成"},
      {"考勤.离岗", "当事人", "考勤.返岗", NULL},
      {"会话.结束", "接待人", "完成 小结", NULL},
      {"会话.开始 或 会话.分配", "接待人", "会话.人工回复", "会话.结束"},
  };
  int which = random_below(m->r, (int)COUNT_OF(duties));
  const char *who = duties[which].who;
  if (strcmp(who, "经办人员") == 0) who = "主管";
  const char *release = duties[which].release && random_below(m->r, 3) ? SAY(m, ";\n遇 %s 免", duties[which].release) : "";
  const char *unless = random_one_in(m->r, 8) ? ";\n除外 当事人 有 上级" : "";
  bool of_case = strncmp(duties[which].anchor, "投诉", strlen("投诉")) == 0;
  if (of_case && random_one_in(m->r, 3)) {
    return SAY(m, "自 %s 起 %s %s 须 %s%s%s", duties[which].anchor, ONE(m, "于 约时 前", "于 约日 前(含当日)", "于 约日 前(不含当日)"), who, duties[which].goal, release, tails(m, who));
  }
  if (of_case && random_one_in(m->r, 2)) {
    return SAY(m, "自 %s 起 %s(停表 %s) %s 须 %s%s%s", duties[which].anchor, ONE(m, "1小时 内", "2天 内", "30秒 内"), ONE(m, "状态 = 待客", "状态 = 登记"), who, duties[which].goal, release,
               tails(m, who));
  }
  const char *same = strncmp(duties[which].anchor, "订单.成交", strlen("订单.成交")) == 0 && random_one_in(m->r, 2) ? " 同 客户" : "";
  (void)same;
  return SAY(m, "自 %s 起 %s %s 须 %s%s%s%s", duties[which].anchor, within(m), who, duties[which].goal, release, unless, tails(m, who));
}

static const char *rule_each(struct maker *m) {
  static const struct { const char *who, *goal; } duties[] = {
      {"全员", "完成 例会 凭 签到"}, {"客服", "完成 日结"}, {"主管", "完成 复盘 凭 附件"}, {"客服", "会话.结束"}, {"组长", "检查.完成"}, {"行政", "完成 盘点"},
  };
  int which = random_below(m->r, (int)COUNT_OF(duties));
  if (random_one_in(m->r, 3)) {
    return SAY(m, "每 %s %s 须 完成 %s%s", ONE(m, "班次 上班 前 当班人", "班次 下班 前 当班人", "夜班 下班 前 当班人", "白班 上班 10分钟 前 当班人", "白班 下班 内 当班人"), "",
               ONE(m, "打扫 凭 照片", "交班", "日结"), tails(m, "当班人"));
  }
  if (random_one_in(m->r, 6)) return SAY(m, "每 %s 对(客服) 主管 须 检查.完成 其中 被查人 = 客服%s", ONE(m, "周五 18:00 前", "周一 前", "自然月 前"), tails(m, "主管"));
  return SAY(m, "每 %s %s 须 %s%s", ONE(m, "周一 8:00 前", "自然日 18:00 前", "自然日 18:00 前(只计 白班)", "工作日 9:00 前", "周 前", "自然月 10日 前(不含当日)", "自然月 29日 前(含当日)", "自然月 前", "2天 前", "周一, 周四 12:00 前", "半月 前"),
             duties[which].who, duties[which].goal, tails(m, duties[which].who));
}

static const char *rule_forbid(struct maker *m) {
  const struct source *s = &sources[random_below(m->r, (int)COUNT_OF(sources))];
  size_t n = guard_count(s);
  const char *who = ONE(m, "全员", "客服", "全员");
  const char *guard = n && random_below(m->r, 2) ? SAY(m, " 其中 %s", s->guards[random_below(m->r, (int)n)]) : "";
  const char *violator = random_below(m->r, 4) ? SAY(m, ";违者 %s", body(m, NULL, true)) : "";
  return SAY(m, "禁止 %s %s%s%s", who, s->event, guard, violator);
}

static const char *rule_settle(struct maker *m) {
  static const char *const sums[] = {"合计(订单.成交.金额)", "合计(订单.成交.金额 其中 备注 含 当事人.工号)", "合计(投诉.成立.赔额)", "最大(订单.成交.金额)", "均值(订单.成交.金额)", "合计(订单.退款.金额)"};
  const char *sum = sums[random_below(m->r, (int)COUNT_OF(sums))];
  const char *each = ONE(m, "自然月", "自然月", "周", "半月", "考勤月");
  const char *where = ONE(m, "", "", " 其中 岗位 = 客服");
  bool partial = strncmp(sum, "最大", strlen("最大")) == 0 || strncmp(sum, "均值", strlen("均值")) == 0;
  if (partial && random_below(m->r, 2)) sum = "合计(订单.成交.金额)";
  switch (random_below(m->r, 6)) {
    case 5: return SAY(m, "每 %s 结 按 员工%s: 计薪 累进奖 = %s", each, where, ONE(m, "累进提成", "件奖", "累进提成 × 2 四舍五入到 0.01元"));
    case 0: return SAY(m, "每 %s 结 按 员工%s: 计薪 提成 = %s × %s %s 0.01元", each, where, sum, ONE(m, "1%", "1.5%", "提成率"), ONE(m, "四舍五入到", "向下取到", "向上取到"));
    case 1: return SAY(m, "每 %s 结 按 员工%s: 按 转化率:\n  | 不满 50%% | 无 |\n  | 50%% 以上 | 计薪 转化奖 = %s |", each, where, ONE(m, "100元", "小罚", "夜餐"));
    case 2: return SAY(m, "每 %s 结 按 员工%s: 计薪 夜餐补 = 次数(考勤.下班 其中 班次 = 夜班) × 夜餐", each, where);
    case 3: return SAY(m, "每 %s 结 按 员工%s: 按 次数(检查.发现):\n  | 0次 | 奖励 员工 50元 |\n  | 1次 至 2次 | 无 |\n  | 3次 以上 | 提醒 员工 “查出太多” |", each, where);
    default: return SAY(m, "每 %s 结 按 员工%s: 计薪 绩效 = 若 不同数(订单.成交.客户) 满 2 则 %s 否则 0元", each, where, ONE(m, "88.88元", "小罚"));
  }
}

static const char *rule_check(struct maker *m) {
  return SAY(m, "检查表 纪律%s 由 组长%s\n  | 甲 “甲事” | %s |\n  | 乙 “乙事” | %s |", own_name(m), ONE(m, "", " 每 自然日", " 每 周 2次"), act(m, NULL, true), acts(m, NULL, true));
}

/* Who has to agree. */
static const char *agreement(struct maker *m) {
  return ONE(m, "组长", "主管", "组长 → 经理", "组长 且 主管", "组长 或 行政", "(组长 或 主管) → 经理", "上级(当事人)", "客服");
}

static const char *rule_ask(struct maker *m) {
  const char *refusal = ONE(m, "拒 若 预计时长 超过 10分钟 因 “十分钟为限”", "拒 若 次数(考勤.离岗, 本自然月, 当事人) 满 2次", "拒 若 有(投诉 其中 状态 = 登记) 因 “有投诉没办”",
                            "拒 若 事由 = 私 且 预计时长 满 10分钟");
  const char *more = random_one_in(m->r, 3) ? "" : SAY(m, "经 %s 若 %s\n  ", agreement(m), ONE(m, "预计时长 满 10分钟", "事由 = 公 并 提醒 当事人 “早回”"));
  const char *other = ONE(m, "准 其余", "准 其余 并 提醒 组长 “有人离岗”", "拒 其余 因 “其余不准”", "经 主管 其余");
  const char *last = m->gate_count && random_one_in(m->r, 3) ? SAY(m, "\n例外于 #%.*s", STR_ARG(m->gates[random_below(m->r, (int)m->gate_count)])) : "";
  switch (random_below(m->r, 7)) {
    case 0:
      if (m->flow) return SAY(m, "审批 催单.办结: %s", agreement(m));
      return SAY(m, "申请 投诉.成立:\n  经 %s 若 赔额 超过 50元\n  拒 若 责任人 = 主管 因 “另案办”\n  准 其余", agreement(m));
    case 1:
      if (m->flow) return SAY(m, "审批 催单.办结 按 欠额:\n  | 50元以下 | %s |\n  | 超过50元 | %s |", agreement(m), agreement(m));
      return SAY(m, "申请 订单.变更:\n  经 %s 若 幅度 超过 10%%\n  拒 若 订单.已付款 且 项目 = 改价 因 “已付款”\n  准 其余", agreement(m));
    case 2: return SAY(m, "密级 内部: 客户资料 见 %s 导出 %s 外发 无", ONE(m, "客服", "组长, 主管"), ONE(m, "主管", "上级(当事人)"));
    case 3: return SAY(m, "申请 资料.导出:\n  经 %s 若 密级 = 客户资料\n  准 其余", agreement(m));
    case 4: return SAY(m, "排班 客服 由 组长: 每 周 休 %s; 连上 不超过 %s%s", ONE(m, "1天", "5天", "6天"), ONE(m, "1天", "2天"), ONE(m, "", "; 公休 周六, 周日"));
    default: break;
  }
  struct str tag = arena_printf(m->a, "r%zu", m->number);
  m->gates[m->gate_count++] = tag;
  return SAY(m, "申请 考勤.离岗%s:\n  %s\n  %s%s%s", ONE(m, "", "", " 其中 事由 = 公", " 其中 事由 = 私"), refusal, more, other, last);
}

static const char *rule_gate(struct maker *m) {
  return SAY(m, "申请 订单.变更 其中 项目 = 加货:\n  准 若 %s 并 %s\n  准 其余 并 %s", ONE(m, "订单.已取单", "订单.已付款", "幅度 超过 10%"), "提醒 操作人 “已取单”; 收费 客户 10元",
             act(m, NULL, false));
}

/* ---- points, streaks, places, withdrawals, orders to the desk, words, surveys, reports ---- */

static const char *rule_points(struct maker *m) {
  const struct source *s = &sources[random_below(m->r, (int)COUNT_OF(sources))];
  switch (random_below(m->r, 6)) {
    case 0: return SAY(m, "凡 账.积分 其中 余 %s，则 %s", ONE(m, "不足 5分", "为 0分", "不足 8分 且 原余 满 8分"), ONE(m, "提醒 当事人", "上报 主管", "处分 当事人 警告"));
    case 1: return SAY(m, "每 %s 结 按 员工: 按 月分:\n  | 不满5分 | 处分 员工 低 |\n  | 5分以上 | %s |", ONE(m, "自然月", "周"), ONE(m, "无", "奖励 员工 10元", "加 员工 1分 于 月分"));
    case 2: return SAY(m, "凡 %s 且 月分(当事人) %s，则 %s", s->event, ONE(m, "不足 6分", "满 9分", "超过 11分"), act(m, NULL, true));
    default:
      return SAY(m, "凡 %s%s，则 %s 当事人 %s 于 月分", s->event, guard_count(s) && random_below(m->r, 2) ? SAY(m, " 其中 %s", s->guards[random_below(m->r, (int)guard_count(s))]) : "",
                 ONE(m, "扣", "扣", "加"), ONE(m, "2分", "0.01分", "5分", "1分 至 3分 由 主管 定"));
  }
}

static const char *rule_periods(struct maker *m) {
  switch (random_below(m->r, 6)) {
    case 0: return SAY(m, "凡 检查.发现 其中 连续(次数(检查.发现) 满 1次, %s) 满 2，则 %s", ONE(m, "自然日", "周", "工作日", "班次", "自然月"), body(m, NULL, true));
    case 1:
      return SAY(m, "每 %s 结 按 员工: 按 连续(次数(检查.发现) = 0, %s):\n  | 0 | 无 |\n  | 1 | 提醒 员工 |\n  | 2以上 | 奖励 员工 20元 |", ONE(m, "自然月", "周"), ONE(m, "周", "自然日", "自然月"));
    case 2:
      return SAY(m, "每 %s 结 按 员工%s: 按 名次(%s, %s, %s):\n  | 第1名 | 奖励 员工 100元 |\n  | 第2名 | 奖励 员工 50元 |\n  | 其余 | 提醒 员工 |", ONE(m, "自然月", "周"), ONE(m, "", " 其中 岗位 = 客服"),
                 ONE(m, "好评", "转化率", "合计(订单.成交.金额)"), ONE(m, "从高到低", "从低到高"), ONE(m, "并列同名次", "并列顺延"));
    case 3: return SAY(m, "每 自然月 结 按 员工: 按 工龄(员工):\n  | 不满 1个月 | 无 |\n  | 1个月 以上 | 奖励 员工 1元 |");
    case 4: return SAY(m, "每 自然月 结 按 员工: 计薪 日薪 = 日薪(员工, %s) × 次数(考勤.旷工) 四舍五入到 0.01元", ONE(m, "21.75天", "30天", "21.75"));
    default:
      return SAY(m, "每 自然月 结 按 员工: 按 次数(检查.发现, %s, 员工):\n  | 0 | 无 |\n  | 1 | 提醒 员工 |\n  | 2以上 | 罚款 员工 5元 |", ONE(m, "本自然月", "上月", "近 7天", "本周"));
  }
}

static const char *rule_taken_back(struct maker *m) {
  if (m->tag_count && random_one_in(m->r, 3)) {
    struct str tag = m->tags[random_below(m->r, (int)m->tag_count)];
    return SAY(m, "凡 订单.评价 其中 违反(#%.*s, 当事人)，则 %s", STR_ARG(tag), body(m, NULL, true));
  }
  return SAY(m, "凡 %s，则 撤销 %s", ONE(m, "投诉.不成立", "订单.评价 其中 级 = 好", "考勤.返岗", "会话.结束 其中 成交"),
             ONE(m, "投诉.成立", "检查.发现", "账.罚款", "订单.退款", "会话.客户消息"));
}

static const char *rule_orders(struct maker *m) {
  switch (random_below(m->r, 6)) {
    case 0: return SAY(m, "凡 %s，则 开单 催单(欠人=当事人, 欠额=5元) 派给 %s", ONE(m, "检查.发现 其中 项 = 甲", "考勤.离岗"), ONE(m, "组长", "主管", "当事人"));
    case 1: return SAY(m, "凡 催单.催办，则 %s", body(m, NULL, true));
    case 2: return SAY(m, "凡 投诉.成立，则 转入 催单.办结 同 %s", ONE(m, "欠人", "投诉"));
    case 3: return SAY(m, "自 催单.登记 起 %s 主管 须 催单.办结%s", ONE(m, "1天 内", "1小时 内(可延期)", "2天 内"), tails(m, "主管"));
    case 4: return SAY(m, "凡 催单.办结 其中 迟 %s，则 %s", ONE(m, "超过 1天", "为空", "不超过 1天"), act(m, NULL, true));
    default: return SAY(m, "每 %s 对(投诉 其中 状态 = 登记) 主管 须 投诉.核实;逾期 提醒 主管", ONE(m, "自然日", "周", "工作日 18:00 前"));
  }
}

static const char *rule_said(struct maker *m) {
  const char *late = random_below(m->r, 3) ? SAY(m, ";违者 %s", body(m, NULL, true)) : "";
  switch (random_below(m->r, 5)) {
    case 0: return SAY(m, "敬语 问候%s 每 会话: “您好”, “请”%s", own_name(m), late);
    case 1: return SAY(m, "敬语 道别%s 于 会话.人工回复 其中 字数 满 5: “再见”%s", own_name(m), late);
    case 2: return SAY(m, "凡 会话.人工回复 其中 话术组 = 开场，则 %s", body(m, NULL, false));
    default: return SAY(m, "禁语 冷话%s%s: “不知道”, “不归我管”%s", own_name(m), ONE(m, "", " 每 会话"), late);
  }
}

static const char *rule_asked(struct maker *m) {
  switch (m->survey ? random_below(m->r, 5) : 2 + random_below(m->r, 3)) {
    case 0: return SAY(m, "凡 满意度 且 总体 = 不满意，则 %s", body(m, NULL, true));
    case 1: return SAY(m, "每 自然月 结 按 员工: 按 次数(满意度 其中 总体 = 满意):\n  | 0 | 无 |\n  | 1以上 | 奖励 员工 5元 |");
    case 2: return SAY(m, "报表 周报%s 每 %s 给 主管 由 组长: 接待 = 次数(会话.结束);逾期 提醒 组长", own_name(m), ONE(m, "周", "自然月", "周 及 自然月"));
    case 3: return SAY(m, "告知 全员 阅读 本制度 %s 内;逾期 提醒 当事人", ONE(m, "3天", "1个工作日"));
    default: return SAY(m, "每 %s 客服 须 完成 日结;遇 %s 免;逾期 罚款 当班人 5元", ONE(m, "周", "自然日 18:00 前"), ONE(m, "检查.完成", "订单.发货"));
  }
}

static const char *rule_more(struct maker *m) {
  for (;;) {
    switch (random_below(m->r, 6)) {
      case 0:
        if (m->score) return rule_points(m);
        break;
      case 1: return rule_periods(m);
      case 2: return rule_taken_back(m);
      case 3:
        if (m->flow) return rule_orders(m);
        break;
      case 4:
        if (m->words) return rule_said(m);
        break;
      default: return rule_asked(m);
    }
  }
}

static const char more_score[] = "积分 月分 = 10分 每 自然月 重置 下限 0分 上限 12分\n";
static const char more_flow[] =
    "单据 催单\n  当事 欠人\n  字段 欠人: 人员, 欠额: 钱, 投诉: 投诉, 迟: 自然日 = 自然日数(登记.日期, 催办.日期)\n"
    "  流程 登记 (客服) → 1天 后 催办 (主管) → 2小时 后 上门 (主管) → 办结\n  流程 登记 → 办结\n  流程 催办 → 办结\n";
static const char more_words[] = "话术 开场: “欢迎光临”\n";
static const char more_survey[] = "问卷 满意度 给 客户 于 会话.结束 有效 7天\n  题 总体 “总体”: 满意|不满意\n  题 态度 “态度”: 分\n";

static const char head_zh[] =
    "参数 限 = %s\n参数 步 = 30秒\n参数 小罚 = 5元 自 2028-03-01 起 6元\n参数 大罚 = 50元\n参数 提成率 = 1.25%%\n参数 夜餐 = 10元 自 2028-03-01 起 15元\n参数 计次期 = %s\n"
    "岗位 客服 上级 组长\n岗位 组长 上级 主管\n岗位 主管 上级 经理 代理 行政\n岗位 经理, 行政\n"
    "班次 白班 8:30 至 17:30%s\n班次 夜班 17:30 至 次日 1:00%s\n"
    "单据 投诉\n  当事 责任人\n  可开 客服\n  字段 责任人: 人员, 事由!: 服务|质量|物流, 赔额: 钱, 约时: 时刻, 约日: 日期, 会话: 会话, 客户: 客户\n"
    "  流程 登记 (客服) → 核实 (主管) → 成立 (主管)\n  流程 核实 → 不成立 (主管)\n  流程 登记 → 待客 (客服) → 核实\n"
    "所称 首问 指 会话.客户消息 其中 首条\n"
    "量 转化率(员工) = 次数(会话.结束 其中 事由 = 询价 且 成交) ÷ 次数(会话.结束 其中 事由 = 询价)，除数为零 计 0%%\n"
    "量 累进提成(员工) 按 合计(订单.成交.金额): 累进\n  | 100元以下 | 1%% |\n  | 超过100元至200元 | 2.5%% |\n  | 超过200元 | 3%% |\n  四舍五入到 0.01元\n"
    "量 好评(员工) = 次数(订单.评价 其中 级 = 好)\n"
    "量 件奖(员工) 按 次数(订单.成交): 累进\n  | 1以下 | 1元 |\n  | 2以上 | 3元 |\n";

void make_book(struct arena *a, struct random *r, struct made_book *book) {
  struct maker m = {.a = a, .r = r};
  *book = (struct made_book){0};
  book->head = arena_printf(a, head_zh, ONE(&m, "30秒", "1天", "2小时"), ONE(&m, "本自然月", "近 7天", "本季度"), ONE(&m, "", "", " 适用 客服"), ONE(&m, "", " 延至 接待结束"));
  m.score = random_one_in(r, 3);
  m.flow = random_one_in(r, 3);
  m.words = random_one_in(r, 3);
  m.survey = random_one_in(r, 5);
  m.hours = book->hours = random_one_in(r, 2);
  m.asks = random_one_in(r, 3);
  book->head = arena_printf(a, "%.*s%s%s%s%s", STR_ARG(book->head), m.score ? more_score : "", m.flow ? more_flow : "", m.words ? more_words : "", m.survey ? more_survey : "");
  size_t wanted = 2 + (size_t)random_below(r, 7);
  while (book->count < wanted) {
    m.number = book->count + 1;
    struct str tag = arena_printf(a, "r%zu", m.number);
    const char *rule;
    int dice = random_below(r, 21);
    bool breakable = false;
    if (m.asks && random_one_in(r, 2)) rule = rule_ask(&m);
    else if (random_one_in(r, 3)) rule = rule_more(&m);
    else if (dice < 7) rule = rule_when(&m);
    else if (dice < 13) rule = rule_must(&m), breakable = true;
    else if (dice < 15) rule = rule_each(&m), breakable = true;
    else if (dice < 16) rule = rule_forbid(&m), breakable = true;
    else if (dice < 18) rule = rule_settle(&m);
    else if (dice < 19) rule = rule_check(&m), breakable = true;
    else rule = random_one_in(r, 3) ? rule_gate(&m) : rule_ask(&m);
    const char *change = random_one_in(r, 4) && strstr(rule, "次序(") ? ONE(&m, ";过渡 沿用次数", ";过渡 重新计次") : "";
    struct str text = arena_printf(a, "## 第%zu条 {#c%zu}\n\n```guiju\n#%.*s %s%s\n```\n\n", m.number, m.number, STR_ARG(tag), rule, change);
    book->clauses[book->count++] = (struct made_clause){text, true};
    if (breakable) m.tags[m.tag_count++] = tag;
  }
}

/* Every figure of the shipped book whose turn it is gets another last digit. */
static struct str other_figures(struct arena *a, struct str text, u64 changes) {
  struct buf b;
  size_t n = 0;
  buf_init(&b, 8 << 20);
  for (struct str rest = text; rest.n;) {
    struct str line = str_cut(rest, '\n', &rest);
    size_t equals = str_starts(line, STR("参数 ")) ? str_find(line, STR("= "), 0) : SIZE_MAX, digit = equals == SIZE_MAX ? line.n : equals + 2;
    while (digit + 1 < line.n && line.p[digit + 1] >= '0' && line.p[digit + 1] <= '9') digit++;
    bool change = digit < line.n && line.p[digit] >= '1' && line.p[digit] <= '8' && changes >> (n++ % 64) & 1;
    buf_add(&b, str_slice(line, 0, change ? digit : line.n));
    if (change) {
      buf_byte(&b, (unsigned char)(line.p[digit] + 1));
      buf_add(&b, str_slice(line, digit + 1, line.n));
    }
    buf_byte(&b, '\n');
  }
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

static struct str shipped_text(struct arena *a, const struct made_book *book, const char *version, bool changed) {
  size_t at = str_find(book->head, STR("版本 1.0"), 0);
  struct str text = book->head;
  if (at != SIZE_MAX) text = arena_printf(a, "%.*s版本 %s%.*s", STR_ARG(str_slice(text, 0, at)), version, STR_ARG(str_slice(text, at + strlen("版本 1.0"), text.n)));
  struct buf b;
  buf_init(&b, 8 << 20);
  buf_add(&b, text);
  for (size_t i = 0; i < book->count; i++) {
    if (book->clauses[i].on) buf_add(&b, book->clauses[i].text);
  }
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return changed ? other_figures(a, out, book->changes) : out;
}

struct str book_text(struct arena *a, const struct made_book *book, const char *version, bool changed) {
  if (book->shipped) return shipped_text(a, book, version, changed);
  struct str text = arena_printf(a, "# 随机\n\n```guiju\n制度 随机 “随机”\n  版本 %s 公布 2028-01-01 施行 2028-01-10\n  考勤月 自 26日 至 25日\n%s%.*s```\n\n", version,
                                 book->hours ? "  服务时间 9:00 至 12:00, 13:00 至 18:00 工作日\n" : "", STR_ARG(book->head));
  if (changed) { /* the second version: other figures */
    static const char *const pairs[][2] = {{"小罚 = 5元 自 2028-03-01 起 6元", "小罚 = 7元"}, {"步 = 30秒", "步 = 20秒"}, {"大罚 = 50元", "大罚 = 40元"}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
      size_t at = str_find(text, str_c(pairs[i][0]), 0);
      if (at == SIZE_MAX) continue;
      struct str before = str_slice(text, 0, at), after = str_slice(text, at + strlen(pairs[i][0]), text.n);
      text = arena_printf(a, "%.*s%s%.*s", STR_ARG(before), pairs[i][1], STR_ARG(after));
    }
  }
  for (size_t i = 0; i < book->count; i++) {
    if (book->clauses[i].on) text = arena_printf(a, "%.*s%.*s", STR_ARG(text), STR_ARG(book->clauses[i].text));
  }
  return text;
}
