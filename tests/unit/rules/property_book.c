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
  size_t number;
  bool case_duty; /* the clause at hand is about a case */
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
             "次周 周一 9:00 前", "当月 内", "次月 10日 内", "限 内", "当班 内", "2天 内(首日计)", "1个月 内(首日计)", "3天 内(遇休顺延)");
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
  return SAY(m, "每 %s %s 须 %s%s", ONE(m, "周一 8:00 前", "自然日 18:00 前", "工作日 9:00 前", "周 前", "自然月 10日 前(不含当日)", "自然月 29日 前(含当日)", "自然月 前", "2天 前", "周一, 周四 12:00 前", "半月 前"),
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
  return SAY(m, "检查表 纪律%zu 由 组长%s\n  | 甲 “甲事” | %s |\n  | 乙 “乙事” | %s |", m->number, ONE(m, "", " 每 自然日", " 每 周 2次"), act(m, NULL, true), acts(m, NULL, true));
}

static const char *rule_gate(struct maker *m) {
  return SAY(m, "申请 订单.变更 其中 项目 = 加货:\n  准 若 %s 并 %s\n  准 其余 并 %s", ONE(m, "订单.已取单", "订单.已付款", "幅度 超过 10%"), "提醒 操作人 “已取单”; 收费 客户 10元",
             act(m, NULL, false));
}

static const char head_zh[] =
    "参数 限 = %s\n参数 步 = 30秒\n参数 小罚 = 5元 自 2028-03-01 起 6元\n参数 大罚 = 50元\n参数 提成率 = 1.25%%\n参数 夜餐 = 10元 自 2028-03-01 起 15元\n参数 计次期 = %s\n"
    "岗位 客服 上级 组长\n岗位 组长 上级 主管\n岗位 主管 上级 经理\n岗位 经理, 行政\n"
    "班次 白班 8:30 至 17:30\n班次 夜班 17:30 至 次日 1:00%s\n"
    "单据 投诉\n  当事 责任人\n  可开 客服\n  字段 责任人: 人员, 事由!: 服务|质量|物流, 赔额: 钱, 约时: 时刻, 约日: 日期, 会话: 会话, 客户: 客户\n"
    "  流程 登记 (客服) → 核实 (主管) → 成立 (主管)\n  流程 核实 → 不成立 (主管)\n  流程 登记 → 待客 (客服) → 核实\n"
    "所称 首问 指 会话.客户消息 其中 首条\n"
    "量 转化率(员工) = 次数(会话.结束 其中 事由 = 询价 且 成交) ÷ 次数(会话.结束 其中 事由 = 询价)，除数为零 计 0%%\n"
    "量 累进提成(员工) 按 合计(订单.成交.金额): 累进\n  | 100元以下 | 1%% |\n  | 超过100元至200元 | 2.5%% |\n  | 超过200元 | 3%% |\n  四舍五入到 0.01元\n"
    "量 件奖(员工) 按 次数(订单.成交): 累进\n  | 1以下 | 1元 |\n  | 2以上 | 3元 |\n";

void make_book(struct arena *a, struct random *r, struct made_book *book) {
  struct maker m = {.a = a, .r = r};
  *book = (struct made_book){0};
  book->head = arena_printf(a, head_zh, ONE(&m, "30秒", "1天", "2小时"), ONE(&m, "本自然月", "近 7天", "本季度"), ONE(&m, "", " 延至 接待结束"));
  size_t wanted = 2 + (size_t)random_below(r, 7);
  while (book->count < wanted) {
    m.number = book->count + 1;
    struct str tag = arena_printf(a, "r%zu", m.number);
    const char *rule;
    int dice = random_below(r, 20);
    bool breakable = false;
    if (dice < 7) rule = rule_when(&m);
    else if (dice < 13) rule = rule_must(&m), breakable = true;
    else if (dice < 15) rule = rule_each(&m), breakable = true;
    else if (dice < 16) rule = rule_forbid(&m), breakable = true;
    else if (dice < 18) rule = rule_settle(&m);
    else if (dice < 19) rule = rule_check(&m), breakable = true;
    else rule = rule_gate(&m);
    struct str text = arena_printf(a, "## 第%zu条 {#c%zu}\n\n```guiju\n#%.*s %s\n```\n\n", m.number, m.number, STR_ARG(tag), rule);
    book->clauses[book->count++] = (struct made_clause){text, true};
    if (breakable) m.tags[m.tag_count++] = tag;
  }
}

struct str book_text(struct arena *a, const struct made_book *book, const char *version, bool changed) {
  struct str text = arena_printf(a, "# 随机\n\n```guiju\n制度 随机 “随机”\n  版本 %s 公布 2028-01-01 施行 2028-01-10\n  考勤月 自 26日 至 25日\n%.*s```\n\n", version, STR_ARG(book->head));
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
