/* The vocabulary itself: every kind's fields with both names, types and closed word lists. See event_kind.h.
 * Fields may be added at the end of a kind; nothing here is ever renamed or removed, because old logs speak it. */
#include "events/event_kind.h"

#define WORDS(name) static const struct event_word name[]
#define END {NULL, NULL}
WORDS(directions) = {{"in", "来"}, {"out", "去"}, END};
WORDS(hangers) = {{"customer", "客户"}, {"agent", "客服"}, {"system", "系统"}, END};
WORDS(presences) = {{"online", "在线"}, {"busy", "忙碌"}, {"away", "暂离"}, {"suspended", "挂起"}, {"invisible", "隐身"}, {"offline", "离线"}, END};
WORDS(shift_classes) = {{"work", "班"}, {"rest", "休"}, {"time_off", "调休"}, {"on_duty", "值日"}, {"overtime", "加班"}, END};
WORDS(shift_causes) = {{"roster", "排"}, {"swap", "换班"}, {"leave", "请假"}, {"cover", "顶班"}, {"promotion", "促销"}, END};
WORDS(leave_reasons) = {{"business", "公"}, {"private", "私"}, END};
WORDS(punches) = {{"in", "上班"}, {"out", "下班"}, END};
WORDS(sources) = {{"deadline", "时限"}, {"forbidden", "禁止"}, {"inspection", "检查"}, {"words", "用语"}, END};
WORDS(order_items) = {{"add_goods", "加货"}, {"price", "改价"}, {"postage", "运费"}, {"address", "地址"}, {"variant", "规格"}, {"discount", "优惠"}, {"out_of_stock", "缺货"}, END};
WORDS(flags) = {{"red", "红"}, {"yellow", "黄"}, {"green", "绿"}, {"blue", "蓝"}, {"purple", "紫"}, {"grey", "灰"}, {"none", "无"}, END};
WORDS(check_items) = {{"address", "地址"}, {"properties", "属性"}, {"postage", "运费"}, {"tracking_number", "单号"}, {"quantity", "数量"}, {"goods", "实物"}, END};
WORDS(grades) = {{"good", "好"}, {"middle", "中"}, {"bad", "差"}, END};
WORDS(customer_items) = {{"profile", "资料"}, {"level", "等级"}, {"tags", "标签"}, {"merge", "合并"}, {"do_not_disturb", "勿扰"}, END};
WORDS(counterparts) = {{"self", "本人"}, {"third_party", "第三方"}, {"media", "媒体"}, END};
WORDS(erasers) = {{"expiry", "到期"}, {"request", "本人要求"}, {"person", "人"}, END};
WORDS(person_items) = {{"role", "岗位"}, {"superior", "上级"}, {"department", "部门"}, {"base_wage", "底薪"}, {"permission", "权限"},
                       {"state", "状态"}, {"name", "姓名"}, {"job_number", "工号"}, {"owner", "负责人"}, END};
WORDS(article_classes) = {{"notice", "公告"}, {"product", "商品"}, {"phrases", "话术"}, {"lesson", "课件"}, END};
WORDS(judgements) = {{"confirm", "确认"}, {"waive", "免除"}, {"reduce", "减为"}, {"set", "定为"}, END};
WORDS(appeal_targets) = {{"fact", "事实"}, {"consequence", "后果"}, END};
WORDS(decisions) = {{"permit", "准"}, {"refuse", "拒"}, {"consult", "待经"}, {"lapsed", "落空"}, END};
WORDS(votes) = {{"agree", "同意"}, {"disagree", "不同意"}, {"return", "退回"}, END};
WORDS(carryings) = {{"done", "已办"}, {"noted", "未办"}, END};
WORDS(offer_ends) = {{"accepted", "接了"}, {"declined", "婉拒"}, {"lapsed", "没答复"}, {"withdrawn", "收回"}, END};
WORDS(wakings) = {{"time", "到点"}, {"customer", "顾客说话"}, {"person", "人"}, END};
WORDS(phrase_scopes) = {{"team", "班组"}, {"desk", "全店"}, END};
WORDS(appearances) = {{"added", "加入"}, {"changed", "改动"}, {"removed", "删除"}, END};
WORDS(channel_states) = {{"connected", "正常"}, {"trouble", "故障"}, END};
WORDS(letter_classes) = {{"message", "来信"}, {"automatic", "自动"}, {"bounce", "退信"}, {"refused", "太大"}, {"duplicate", "重复"}, {"own", "自己的"}, {"loop", "太多"}, {"unreadable", "读不了"}, {"held", "没接"}, END};
WORDS(delivery_results) = {{"sent", "已发"}, {"deferred", "待重发"}, {"failed", "失败"}, {"bounced", "退回"}, {"retried", "重发"}, {"withdrawn", "收回"}, {"copied", "抄送"}, END};

#define F(en, zh, type) {en, zh, FIELD_##type, false, NULL}
#define R(en, zh, type) {en, zh, FIELD_##type, true, NULL}
#define E(en, zh, words) {en, zh, FIELD_ENUM, false, words}
#define ER(en, zh, words) {en, zh, FIELD_ENUM, true, words}
#define FIELDS(id) static const struct event_field fields_##id[]

FIELDS(conversation_started) = {R("conversation", "会话", CONVERSATION), F("customer", "客户", CUSTOMER), E("channel", "渠道", NULL),
    E("direction", "方向", directions), E("subject", "事由", NULL), F("offline", "离线", BOOL), F("advert", "广告", BOOL),
    F("name", "姓名", TEXT), F("page", "页面", TEXT)};
FIELDS(conversation_assigned) = {R("conversation", "会话", CONVERSATION), R("agent", "接待人", PERSON), F("former", "原接待人", PERSON),
    F("reason", "缘由", TEXT)};
FIELDS(conversation_transferred) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("to", "受让人", PERSON), F("reason", "缘由", TEXT)};
FIELDS(conversation_picked_up) = {R("conversation", "会话", CONVERSATION), R("agent", "接待人", PERSON), F("wait", "等待", DURATION),
    F("rings", "振铃", COUNT), E("channel", "渠道", NULL)};
FIELDS(conversation_customer_spoke) = {R("conversation", "会话", CONVERSATION), F("customer", "客户", CUSTOMER), F("agent", "接待人", PERSON),
    F("ordinal", "序号", COUNT), F("first", "首条", BOOL), F("text", "文", TEXT), F("files", "附件", LIST), E("channel", "渠道", NULL), F("title", "题", TEXT)};
FIELDS(conversation_agent_replied) = {R("conversation", "会话", CONVERSATION), R("agent", "接待人", PERSON), F("wait", "等待", DURATION),
    F("text", "文", TEXT), F("chars", "字数", COUNT), F("phrase", "话术组", ID), F("promised", "承诺金额", MONEY), F("files", "附件", LIST),
    F("quote", "引用", ID), E("channel", "渠道", NULL), F("quick", "短语", ID), F("quick_edited", "改过短语", BOOL)};
FIELDS(conversation_abandoned) = {R("conversation", "会话", CONVERSATION), F("customer", "客户", CUSTOMER), F("wait", "等待", DURATION)};
FIELDS(conversation_closed) = {R("conversation", "会话", CONVERSATION), F("agent", "接待人", PERSON), E("hung_up_by", "挂断方", hangers),
    F("duration", "时长", DURATION), E("reason", "事由", NULL), F("deal", "成交", BOOL), F("no_deal_reason", "未成交原因", TEXT),
    F("customer", "客户", CUSTOMER)};
FIELDS(conversation_forbidden_word) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("group", "词组", ID), F("word", "词", TEXT),
    F("words", "各词", LIST), F("message", "消息", ID), F("clause", "条款", CLAUSE), F("edit", "改动", ID)};
FIELDS(conversation_phrase_missing) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("group", "词组", ID), F("word", "词", TEXT),
    F("words", "各词", LIST), F("message", "消息", ID), F("clause", "条款", CLAUSE)};
FIELDS(presence_changed) = {R("person", "当事人", PERSON), E("old", "原状态", presences), ER("new", "新状态", presences),
    F("auto_reply", "自动回复", BOOL), E("reason", "事由", NULL), E("device", "设备", NULL), F("on_shift", "在班", BOOL), F("text", "文", TEXT)};
FIELDS(session_opened) = {R("person", "当事人", PERSON), F("account_owner", "账号主人", PERSON), E("system", "系统", NULL), E("device", "设备", NULL),
    F("success", "成功", BOOL), F("on_shift", "在班", BOOL), F("address", "地址", TEXT)};
FIELDS(session_closed) = {R("person", "当事人", PERSON), E("system", "系统", NULL)};
FIELDS(roster_published) = {F("role", "岗位", TEXT), F("from", "自", DATE), F("to", "至", DATE), F("ahead", "提前", DURATION), F("cells", "格数", COUNT)};
FIELDS(shift_assigned) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), R("date", "日期", DATE), F("start", "起", INSTANT), F("end", "止", INSTANT),
    E("class", "类", shift_classes), F("former", "原班", SHIFT), E("cause", "缘由", shift_causes)};
FIELDS(shift_began) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), F("group", "组", ID), F("date", "日期", DATE)};
FIELDS(shift_ended) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), F("extension", "延长", DURATION), F("open_matters", "未了", LIST), F("date", "日期", DATE)};
FIELDS(shift_uncovered) = {R("shift", "班次", SHIFT), F("expected", "应到人", PERSON), F("duration", "时长", DURATION), F("on_leave", "因请假", BOOL), F("present", "在岗数", COUNT)};
FIELDS(attendance_clocked_in) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), E("method", "方式", NULL), F("puncher", "打卡人", PERSON), F("date", "日期", DATE)};
FIELDS(attendance_clocked_out) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), E("method", "方式", NULL), F("date", "日期", DATE)};
FIELDS(attendance_left_post) = {R("person", "当事人", PERSON), E("reason", "事由", leave_reasons), F("destination", "去向", TEXT), F("expected", "预计时长", DURATION), F("text", "文", TEXT)};
FIELDS(attendance_returned) = {R("person", "当事人", PERSON), F("away", "离岗时长", DURATION)};
FIELDS(attendance_late) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), F("duration", "时长", DURATION), F("on_leave", "已请假", BOOL), F("date", "日期", DATE)};
FIELDS(attendance_left_early) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), F("duration", "时长", DURATION), F("on_leave", "已请假", BOOL), F("date", "日期", DATE)};
FIELDS(attendance_absent) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), F("days", "天数", RATIO), F("date", "日期", DATE)};
FIELDS(attendance_off_post) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), F("duration", "时长", DURATION)};
FIELDS(attendance_punch_missing) = {R("person", "当事人", PERSON), F("shift", "班次", SHIFT), E("punch", "向", punches), F("date", "日期", DATE)};
FIELDS(duty_done) = {R("name", "名", ID), R("person", "当事人", PERSON), F("object", "对象", ANY), F("photos", "照片", LIST), F("signatures", "签名", LIST),
    F("text", "文", TEXT), F("chars", "字数", COUNT), F("files", "附件", LIST), F("signed_in", "签到", BOOL), F("clause", "条款", CLAUSE), F("clock", "闹钟", ID)};
FIELDS(clause_violated) = {R("clause", "条款", CLAUSE), F("person", "当事人", PERSON), F("object", "对象", ANY), F("overdue", "逾时", DURATION),
    E("source", "来源", sources), F("case", "单据", CASE)};
FIELDS(inspection_found) = {F("checklist", "检查表", ID), R("item", "项", ID), F("clause", "条款", CLAUSE), R("person", "当事人", PERSON), F("object", "对象", ANY),
    F("points", "分", POINTS), F("evidence", "证据", LIST), F("text", "文", TEXT), F("inspector", "检查人", PERSON)};
FIELDS(inspection_finished) = {R("checklist", "检查表", ID), R("inspector", "检查人", PERSON), F("inspected", "被查人", PERSON), F("object", "对象", ANY),
    F("total", "总分", POINTS), F("sampled", "抽样", BOOL), F("objects", "对象表", LIST), F("text", "文", TEXT)};
FIELDS(order_placed) = {R("order", "订单", ORDER), F("customer", "客户", CUSTOMER), F("agent", "接待人", PERSON), F("amount", "金额", MONEY), F("pieces", "件数", COUNT),
    F("special", "特殊要求", TEXT), F("region", "地区", TEXT), F("promotion", "活动单", BOOL), F("items", "货品", LIST), F("seller_note", "备注", TEXT),
    E("flag", "旗", flags), F("buyer", "买家", TEXT), F("state", "状态", TEXT), F("phone", "电话", TEXT), F("receiver", "收货人", TEXT)};
FIELDS(order_paid) = {R("order", "订单", ORDER), F("amount", "金额", MONEY), E("method", "方式", NULL), F("customer", "客户", CUSTOMER), F("agent", "接待人", PERSON)};
FIELDS(order_changed) = {R("order", "订单", ORDER), E("item", "项目", order_items), F("old", "原值", ANY), F("new", "新值", ANY), F("extent", "幅度", RATIO),
    F("customer", "客户", CUSTOMER), F("agent", "接待人", PERSON), F("items", "货品", LIST), F("text", "文", TEXT)};
FIELDS(order_noted) = {R("order", "订单", ORDER), R("person", "当事人", PERSON), F("text", "文", TEXT), E("flag", "旗", flags)};
FIELDS(order_checked) = {R("order", "订单", ORDER), R("person", "当事人", PERSON), E("item", "项", check_items)};
FIELDS(order_reminded) = {R("order", "订单", ORDER), R("person", "当事人", PERSON), E("method", "方式", NULL)};
FIELDS(order_fetched) = {R("order", "订单", ORDER), R("person", "当事人", PERSON), F("waybill", "面单", TEXT)};
FIELDS(order_shipped) = {R("order", "订单", ORDER), F("person", "当事人", PERSON), F("courier", "快递", TEXT), F("tracking_number", "单号", TEXT)};
FIELDS(order_moved) = {R("order", "订单", ORDER), F("node", "节点", TEXT), F("abnormal", "异常", BOOL)};
FIELDS(order_delivered) = {R("order", "订单", ORDER), F("intact", "完好", BOOL)};
FIELDS(order_completed) = {R("order", "订单", ORDER), F("customer", "客户", CUSTOMER), F("agent", "接待人", PERSON), F("amount", "金额", MONEY),
    F("seller_note", "备注", TEXT), F("items", "货品", LIST), E("flag", "旗", flags)};
FIELDS(order_cancelled) = {R("order", "订单", ORDER), E("by_whom", "由", NULL)};
FIELDS(order_refunded) = {R("order", "订单", ORDER), F("amount", "金额", MONEY), E("reason", "原由", NULL)};
FIELDS(order_reviewed) = {R("order", "订单", ORDER), F("customer", "客户", CUSTOMER), E("grade", "级", grades), F("text", "文", TEXT), F("changeable_to", "可改至", DATE)};
FIELDS(product_listed) = {R("product", "商品", PRODUCT), F("person", "当事人", PERSON)};
FIELDS(product_unlisted) = {R("product", "商品", PRODUCT), F("person", "当事人", PERSON)};
FIELDS(product_stock_changed) = {R("product", "商品", PRODUCT), F("old", "原量", COUNT), F("new", "新量", COUNT), F("listed", "在架", BOOL), F("real", "实存", COUNT)};
FIELDS(customer_created) = {R("customer", "客户", CUSTOMER), E("source", "来源", NULL), F("person", "当事人", PERSON), F("name", "姓名", TEXT), F("buyer", "买家", TEXT), F("page", "页面", TEXT),
    F("phone", "电话", TEXT), F("address", "地址", TEXT), F("email", "邮箱", TEXT)};
FIELDS(customer_changed) = {R("customer", "客户", CUSTOMER), E("item", "项目", customer_items), F("old", "原值", ANY), F("new", "新值", ANY), F("person", "当事人", PERSON), F("field", "字段", TEXT)};
FIELDS(data_opened) = {F("class", "密级", ID), F("object", "对象", ANY), F("field", "字段", TEXT), F("reason", "事由", TEXT), R("person", "当事人", PERSON), F("on_shift", "在班", BOOL)};
FIELDS(data_exported) = {F("class", "密级", ID), F("scope", "范围", TEXT), F("count", "条数", COUNT), F("reason", "事由", TEXT), R("person", "当事人", PERSON)};
FIELDS(data_shared) = {F("class", "密级", ID), F("object", "对象", ANY), E("counterpart", "对方", counterparts), F("verified", "已核身", BOOL), R("person", "当事人", PERSON)};
FIELDS(data_erased) = {F("class", "密级", ID), F("object", "对象", ANY), E("by_whom", "由", erasers), F("person", "当事人", PERSON), F("reason", "事由", TEXT)};
FIELDS(person_joined) = {R("person", "当事人", PERSON), F("role", "岗位", TEXT), F("superior", "上级", PERSON), F("mentor", "师傅", PERSON), F("name", "姓名", TEXT),
    F("job_number", "工号", TEXT), F("base_wage", "底薪", MONEY), F("owner", "负责人", BOOL)};
FIELDS(person_changed) = {R("person", "当事人", PERSON), ER("item", "项目", person_items), F("old", "原值", ANY), F("new", "新值", ANY)};
FIELDS(person_left) = {R("person", "当事人", PERSON), F("ahead", "提前", DURATION), E("nature", "性质", NULL)};
FIELDS(knowledge_published) = {R("article", "篇", ID), E("class", "类", article_classes), F("product", "商品", PRODUCT), F("title", "题", TEXT), F("text", "文", TEXT)};
FIELDS(knowledge_read) = {R("article", "篇", ID), R("person", "当事人", PERSON)};
FIELDS(knowledge_examined) = {F("paper", "卷", ID), F("product", "商品", PRODUCT), R("person", "当事人", PERSON), F("points", "分", POINTS), F("passed", "通过", BOOL), F("answers", "答", LIST)};
FIELDS(rulebook_published) = {R("rulebook", "制度", ID), R("version", "版本", TEXT), F("in_force", "施行", DATE), F("source_hash", "原文散列", TEXT), F("source", "原文", TEXT), F("title", "题", TEXT),
  F("note", "说明", TEXT), F("warnings_read", "看过的提醒", COUNT), F("from", "起", INSTANT)};
FIELDS(rulebook_in_force) = {R("rulebook", "制度", ID), R("version", "版本", TEXT)};
FIELDS(rulebook_acknowledged) = {R("rulebook", "制度", ID), R("version", "版本", TEXT), R("person", "当事人", PERSON)};
FIELDS(ledger_fined) = {F("subject", "主体", ANY), F("person", "当事人", PERSON), F("amount", "额", MONEY), F("clause", "条款", CLAUSE), F("causes", "因", LIST), F("consequence", "后果", ID)};
FIELDS(ledger_rewarded) = {F("subject", "主体", ANY), F("person", "当事人", PERSON), F("amount", "额", MONEY), F("clause", "条款", CLAUSE), F("consequence", "后果", ID)};
FIELDS(ledger_scored) = {F("subject", "主体", ANY), F("person", "当事人", PERSON), F("score", "科目", ID), F("points", "分", POINTS), F("left", "余", POINTS), F("former_left", "原余", POINTS), F("clause", "条款", CLAUSE), F("consequence", "后果", ID)};
FIELDS(ledger_disciplined) = {F("subject", "主体", ANY), F("person", "当事人", PERSON), F("grade", "等", ID), F("proposed", "建议", BOOL), F("clause", "条款", CLAUSE), F("consequence", "后果", ID)};
FIELDS(ledger_pay_computed) = {F("subject", "主体", ANY), F("person", "当事人", PERSON), F("item", "科目", ID), F("amount", "额", MONEY), F("period", "期间", TEXT), F("clause", "条款", CLAUSE), F("consequence", "后果", ID)};
FIELDS(ledger_charged) = {F("subject", "主体", ANY), F("amount", "额", MONEY), F("item", "名目", TEXT), F("clause", "条款", CLAUSE), F("consequence", "后果", ID)};
FIELDS(ledger_judged) = {R("consequence", "后果", ID), ER("result", "结果", judgements), F("amount", "额", MONEY), F("person", "当事人", PERSON), F("reason", "理由", TEXT)};
FIELDS(ledger_appealed) = {R("consequence", "后果", ID), ER("against", "指", appeal_targets), F("reason", "理由", TEXT), F("person", "当事人", PERSON)};
FIELDS(ledger_ruled) = {R("consequence", "后果", ID), E("against", "指", appeal_targets), F("upheld", "成立", BOOL), F("person", "当事人", PERSON), F("reason", "理由", TEXT)};
FIELDS(ledger_month_sealed) = {R("month", "期间", TEXT), F("differences", "差额", LIST), F("person", "当事人", PERSON), F("text", "文", TEXT)};
FIELDS(ledger_fund_moved) = {R("account", "账户", ID), R("amount", "额", MONEY), E("purpose", "用途", NULL), F("balance", "余", MONEY), F("person", "当事人", PERSON), F("text", "文", TEXT), F("consequence", "后果", ID)};
FIELDS(survey_sent) = {R("survey", "问卷", ID), F("customer", "客户", CUSTOMER), F("rated", "被评人", PERSON), F("object", "对象", ANY),
    F("conversation", "会话", CONVERSATION), F("hash", "哈希", TEXT), F("until", "截止", INSTANT)};
FIELDS(survey_answered) = {R("survey", "问卷", ID), F("customer", "客户", CUSTOMER), F("person", "当事人", PERSON), F("answers", "答", LIST), F("total", "总分", POINTS),
    F("conversation", "会话", CONVERSATION), F("sending", "发出", ID), F("stars", "星", COUNT), F("tags", "标签", LIST), F("text", "文", TEXT)};
FIELDS(notice_sent) = {R("to", "收", PERSON), F("text", "文", TEXT), F("because", "因", CLAUSE), F("notice", "通知", ID), F("text_en", "英文", TEXT), F("consequence", "后果", ID),
    F("conversation", "会话", CONVERSATION), F("message", "消息", ID), F("place", "位置", COUNT)};
FIELDS(notice_read) = {R("notice", "通知", ID), R("person", "当事人", PERSON)};
FIELDS(clock_due) = {F("clock", "闹钟", ID), F("clause", "条款", CLAUSE), F("object", "对象", ANY)};
FIELDS(calendar_changed) = {R("year", "年", COUNT), F("holidays", "放假", LIST), F("make_up", "调休", LIST)};
FIELDS(request_decided) = {F("kind", "种类", TEXT), ER("result", "结果", decisions), F("clause", "条款", CLAUSE), F("reason", "理由", TEXT), F("person", "当事人", PERSON),
    F("approval", "申请", ID), F("command", "命令", TEXT), F("args", "参数", TEXT), F("stages", "步骤", TEXT), F("object", "对象", ANY), F("reasons", "理由表", TEXT),
    F("asker", "申请者", TEXT), F("request", "所请", TEXT)};
FIELDS(metric_reported) = {R("metric", "指标", ID), F("subject", "主体", ANY), F("period", "期间", TEXT), R("value", "值", ANY), F("person", "当事人", PERSON)};
FIELDS(case_opened) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("origin", "原单", CASE), F("to", "新态", TEXT), F("person", "经手人", PERSON), F("title", "题", TEXT),
    F("subject", "当事", PERSON), F("final", "终态", BOOL)};
FIELDS(case_filled) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("item", "项目", TEXT), F("old", "原值", ANY), F("new", "新值", ANY), F("state", "现态", TEXT), F("person", "经手人", PERSON),
    F("subject", "当事", PERSON)};
FIELDS(case_moved) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("from", "原态", TEXT), F("to", "新态", TEXT), F("person", "经手人", PERSON), F("text", "意见", TEXT),
    F("subject", "当事", PERSON), F("final", "终态", BOOL)};
FIELDS(case_assigned) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("handler", "经办人", PERSON), F("former", "原经办人", PERSON), F("state", "现态", TEXT)};
FIELDS(case_voted) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("step", "步", TEXT), R("voter", "表态人", PERSON), ER("result", "结果", votes), F("opinion", "意见", TEXT), F("state", "现态", TEXT)};
FIELDS(case_extended) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), R("new_limit", "新限", INSTANT), F("reason", "理由", TEXT), F("state", "现态", TEXT)};
FIELDS(case_printed) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("person", "当事人", PERSON), F("state", "现态", TEXT)};
FIELDS(case_copied) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("copy", "联", COUNT), F("object", "对象", ANY), F("state", "现态", TEXT)};
FIELDS(case_voided) = {R("case", "单", CASE), F("type", "种", TEXT), F("number", "编号", TEXT), F("reason", "理由", TEXT), F("state", "现态", TEXT), F("person", "经手人", PERSON)};
FIELDS(conversation_read) = {R("conversation", "会话", CONVERSATION), F("reader", "读者", TEXT), F("up_to", "读到", COUNT), F("customer", "客户", CUSTOMER), F("person", "当事人", PERSON)};
FIELDS(conversation_noted) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("text", "文", TEXT), F("files", "附件", LIST), F("mentions", "提到", LIST), F("quote", "引用", ID)};
FIELDS(conversation_rated) = {R("conversation", "会话", CONVERSATION), F("customer", "客户", CUSTOMER), F("agent", "接待人", PERSON), F("stars", "星", COUNT), F("text", "文", TEXT), F("answers", "答", LIST)};
FIELDS(conversation_auto_replied) = {R("conversation", "会话", CONVERSATION), F("agent", "接待人", PERSON), F("text", "文", TEXT), E("reason", "事由", NULL)};
FIELDS(order_assigned) = {R("order", "订单", ORDER), R("agent", "接待人", PERSON), F("former", "原接待人", PERSON)};
FIELDS(phrase_changed) = {R("phrase", "短语", ID), ER("change", "变动", appearances), F("group", "组", TEXT), F("keys", "简码", TEXT), F("text", "文", TEXT), F("person", "当事人", PERSON),
    E("scope", "范围", phrase_scopes), F("team", "岗位", TEXT), F("files", "附件", LIST), F("restored", "恢复自", COUNT)};
FIELDS(phrase_own_changed) = {R("phrase", "短语", ID), ER("change", "变动", appearances), F("group", "组", TEXT), F("keys", "简码", TEXT), F("text", "文", TEXT), F("person", "当事人", PERSON),
    F("files", "附件", LIST), F("restored", "恢复自", COUNT)};
FIELDS(desk_opened) = {R("name", "名", TEXT), F("template", "模板", TEXT), F("zone", "时区", TEXT), F("owner", "负责人", PERSON)};
FIELDS(prefs_changed) = {R("person", "当事人", PERSON), F("prefs", "偏好", TEXT)};
FIELDS(key_changed) = {R("key", "密钥", ID), ER("change", "变动", appearances), F("name", "名", TEXT), F("scopes", "范围", TEXT), F("person", "当事人", PERSON)};
FIELDS(webhook_changed) = {R("webhook", "推送", ID), ER("change", "变动", appearances), F("name", "名", TEXT), F("host", "主机", TEXT), F("kinds", "事件", TEXT), F("state", "状态", TEXT),
    F("reason", "理由", TEXT), F("person", "当事人", PERSON)};
FIELDS(session_revoked) = {R("person", "当事人", PERSON), F("all", "全部", BOOL), F("reason", "理由", TEXT)};
FIELDS(product_created) = {R("product", "商品", PRODUCT), R("name", "名", TEXT), F("person", "当事人", PERSON), F("price", "价", MONEY), F("text", "文", TEXT), F("number", "货号", TEXT)};
FIELDS(exam_created) = {R("paper", "卷", ID), F("product", "商品", PRODUCT), F("person", "当事人", PERSON), F("questions", "题", TEXT), F("pass", "及格", POINTS), F("title", "名", TEXT)};
FIELDS(import_finished) = {R("import", "导入", ID), E("class", "类", NULL), F("file", "文件", TEXT), F("read", "读入", COUNT), F("added", "新增", COUNT), F("changed", "更新", COUNT),
    F("same", "相同", COUNT), F("rejected", "拒绝", COUNT), F("person", "当事人", PERSON), F("report", "报告", TEXT)};
FIELDS(consequence_adjusted) = {R("consequence", "后果", ID), F("month", "期间", TEXT), F("amount", "额", MONEY), F("person", "当事人", PERSON), F("reason", "理由", TEXT), F("clause", "条款", CLAUSE)};
FIELDS(conversation_tagged) = {R("conversation", "会话", CONVERSATION), F("tags", "标签", LIST), F("person", "当事人", PERSON)};
FIELDS(request_voted) = {R("approval", "申请", ID), R("person", "当事人", PERSON), ER("result", "结果", votes), F("text", "意见", TEXT), F("stage", "步", COUNT)};
FIELDS(consequence_carried) = {R("consequence", "后果", ID), ER("result", "结果", carryings), F("object", "对象", ANY), F("reason", "理由", TEXT), F("clause", "条款", CLAUSE)};
FIELDS(data_copied) = {F("class", "密级", ID), F("scope", "范围", TEXT), F("object", "对象", ANY), F("reason", "事由", TEXT), R("person", "当事人", PERSON)};
FIELDS(data_changed) = {F("class", "密级", ID), F("object", "对象", ANY), F("field", "字段", TEXT), F("reason", "事由", TEXT), R("person", "当事人", PERSON)};
FIELDS(conversation_offered) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("to", "受让人", PERSON), F("reason", "缘由", TEXT), F("text", "文", TEXT), F("until", "至", INSTANT)};
FIELDS(conversation_offer_ended) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("to", "受让人", PERSON), ER("result", "结果", offer_ends), F("reason", "缘由", TEXT)};
FIELDS(conversation_queued) = {R("conversation", "会话", CONVERSATION), F("former", "原接待人", PERSON), F("reason", "缘由", TEXT)};
FIELDS(conversation_taken_over) = {R("conversation", "会话", CONVERSATION), R("agent", "接待人", PERSON), F("former", "原接待人", PERSON), F("reason", "缘由", TEXT)};
FIELDS(conversation_recalled) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), R("message", "消息", ID)};
FIELDS(conversation_edited) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), R("message", "消息", ID), F("text", "文", TEXT), F("old", "原文", TEXT)};
FIELDS(conversation_note_edited) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), R("message", "消息", ID), F("text", "文", TEXT), F("old", "原文", TEXT),
    F("mentions", "提到", LIST)};
FIELDS(conversation_snoozed) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("until", "至", INSTANT), F("reason", "缘由", TEXT)};
FIELDS(conversation_woken) = {R("conversation", "会话", CONVERSATION), F("agent", "接待人", PERSON), ER("cause", "缘故", wakings)};
FIELDS(conversation_reopened) = {R("conversation", "会话", CONVERSATION), F("agent", "接待人", PERSON), R("person", "当事人", PERSON), F("undo", "撤销", BOOL)};
FIELDS(conversation_merged) = {R("conversation", "会话", CONVERSATION), R("into", "并入", CONVERSATION), R("person", "当事人", PERSON), F("customer", "客户", CUSTOMER)};
FIELDS(conversation_unmerged) = {R("conversation", "会话", CONVERSATION), R("into", "并入", CONVERSATION), R("person", "当事人", PERSON), F("customer", "客户", CUSTOMER)};
FIELDS(conversation_spam_marked) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("customer", "客户", CUSTOMER), F("until", "至", INSTANT), F("reason", "缘由", TEXT)};
FIELDS(conversation_spam_cleared) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), F("customer", "客户", CUSTOMER)};
FIELDS(tag_renamed) = {R("tag", "标签", ID), R("into", "改为", ID), F("merged", "并入", BOOL), F("count", "条数", COUNT), F("person", "当事人", PERSON)};
FIELDS(tag_rename_undone) = {R("move", "改名单", ID), R("tag", "标签", ID), R("into", "改为", ID), F("merged", "并入", BOOL), F("person", "当事人", PERSON)};
FIELDS(tag_changed) = {R("tag", "标签", ID), ER("change", "变动", appearances), F("group", "分组", TEXT), F("colour", "颜色", TEXT), F("person", "当事人", PERSON)};
FIELDS(desk_changed) = {R("item", "项目", ID), F("old", "旧", TEXT), F("new", "新", TEXT), F("person", "当事人", PERSON)};
FIELDS(channel_changed) = {R("channel", "渠道", ID), ER("change", "变动", appearances), E("class", "类", NULL), F("name", "名", TEXT), F("address", "地址", TEXT), F("settings", "设置", TEXT),
    F("enabled", "启用", BOOL), F("person", "当事人", PERSON)};
FIELDS(channel_state_changed) = {R("channel", "渠道", ID), E("direction", "方向", directions), ER("state", "状态", channel_states), F("reason", "理由", TEXT), F("reason_en", "英文", TEXT)};
FIELDS(channel_received) = {R("channel", "渠道", ID), F("source", "来信号", TEXT), F("hash", "散列", TEXT), F("position", "位置", TEXT), ER("class", "类", letter_classes), F("conversation", "会话", CONVERSATION),
    F("customer", "客户", CUSTOMER), F("message", "消息", ID), F("from", "发件人", TEXT), F("title", "题", TEXT), F("quoted", "引文", TEXT), F("references", "所答", LIST), F("reason", "理由", TEXT), F("bytes", "字节", COUNT),
    F("to", "收件人", LIST), F("cc", "抄送", LIST), F("text", "文", TEXT), F("files", "附件", LIST)};
FIELDS(delivery_queued) = {R("delivery", "投递", ID), R("channel", "渠道", ID), F("conversation", "会话", CONVERSATION), F("message", "消息", ID), F("source", "去信号", TEXT), F("to", "收件人", TEXT), F("title", "题", TEXT),
    F("text", "文", TEXT), F("answers", "所答", TEXT), F("references", "前信", LIST), F("automatic", "自动", BOOL), F("cc", "抄送", LIST)};
FIELDS(delivery_moved) = {R("delivery", "投递", ID), F("conversation", "会话", CONVERSATION), ER("result", "结果", delivery_results), F("reason", "理由", TEXT), F("next", "下次", INSTANT), F("person", "当事人", PERSON),
    F("reason_en", "英文", TEXT), F("refused", "拒收", LIST), F("again", "再寄", LIST),
    F("again_reason", "再寄理由", TEXT), F("again_reason_en", "再寄英文", TEXT)};
FIELDS(conversation_machine_wrote) = {R("conversation", "会话", CONVERSATION), F("customer", "客户", CUSTOMER), F("text", "文", TEXT), F("files", "附件", LIST), E("channel", "渠道", NULL), F("title", "题", TEXT),
    E("class", "类", letter_classes)};
FIELDS(customer_merged) = {R("customer", "客户", CUSTOMER), R("other", "另一位", CUSTOMER), F("reason", "理由", TEXT), F("person", "当事人", PERSON)};
FIELDS(customer_unmerged) = {R("customer", "客户", CUSTOMER), R("other", "另一位", CUSTOMER), R("merge", "并档", ID), F("reason", "理由", TEXT), F("person", "当事人", PERSON)};
FIELDS(routing_changed) = {R("item", "项目", ID), F("person", "当事人", PERSON), F("match", "条件", TEXT), F("new", "新", TEXT), F("by", "经手人", PERSON)};
FIELDS(handover_opened) = {R("handover", "移交", ID), R("person", "当事人", PERSON), F("reason", "缘由", TEXT), F("conversations", "各会话", LIST)};
FIELDS(handover_offered) = {R("handover", "移交", ID), R("person", "当事人", PERSON), R("to", "受让人", PERSON), F("until", "至", INSTANT)};
FIELDS(handover_answered) = {R("handover", "移交", ID), R("person", "当事人", PERSON), F("to", "受让人", PERSON), ER("result", "结果", offer_ends), F("reason", "缘由", TEXT)};
FIELDS(conversation_whispered) = {R("conversation", "会话", CONVERSATION), R("person", "当事人", PERSON), R("agent", "接待人", PERSON), F("text", "文", TEXT)};

enum { DERIVED = 1, GATE = 2 };
#define EVENT_KIND(id, en, zh, noun, flags_, summary_en_, summary_zh_)                                                    \
  [EVENT_##id] = {en, zh, noun, fields_##id, COUNT_OF(fields_##id), ((flags_) & DERIVED) != 0, ((flags_) & GATE) != 0,     \
                  summary_en_, summary_zh_},

static const struct event_kind kinds[] = {
#include "events/event_kind_list.h"
};
_Static_assert(COUNT_OF(kinds) == EVENT_KIND_COUNT, "every kind of the list has its row");

const struct event_kind *event_kind_all(size_t *count) {
  if (count) *count = EVENT_KIND_COUNT;
  return kinds;
}
