/* Looking kinds and fields up by either name. A plain scan: it runs at the doors only, the inner paths use
 * event_kind_id. */
#include "events/event_kind.h"

#include <string.h>

size_t event_kind_index(const struct event_kind *kind) {
  size_t count;
  return (size_t)(kind - event_kind_all(&count));
}

const struct event_kind *event_kind_find(struct str name) {
  size_t count;
  const struct event_kind *all = event_kind_all(&count);
  for (size_t i = 0; i < count; i++)
    if (str_is(name, all[i].en) || str_is(name, all[i].zh)) return &all[i];
  return NULL;
}

size_t event_kind_field(const struct event_kind *kind, struct str name) {
  for (size_t i = 0; i < kind->field_count; i++)
    if (str_is(name, kind->fields[i].en) || str_is(name, kind->fields[i].zh)) return i;
  return SIZE_MAX;
}

const char *event_field_type_name(enum event_field_type type) {
  static const char *const names[] = {"text", "enum", "person", "customer", "conversation", "order", "case", "product", "shift", "clause", "id",
                                      "money", "points", "duration", "instant", "date", "count", "ratio", "bool", "list", "any"};
  return names[type];
}

static const struct event_word nouns[] = {
    {"conversation", "会话"}, {"presence", "在线"}, {"session", "登录"}, {"roster", "排班"}, {"shift", "班次"}, {"attendance", "考勤"},
    {"duty", "班务"}, {"clause", "违规"}, {"inspection", "检查"}, {"order", "订单"}, {"product", "商品"}, {"customer", "客户"},
    {"data", "资料"}, {"person", "人员"}, {"knowledge", "知识"}, {"rulebook", "制度"}, {"ledger", "账"}, {"survey", "问卷"},
    {"notice", "通知"}, {"clock", "时钟"}, {"calendar", "日历"}, {"webhook", "推送"}, {"request", "申请"}, {"metric", "数据"}, {"case", "单据"},
    {"phrase", "短语"}, {"desk", "部门"}, {"prefs", "偏好"}, {"key", "密钥"}, {"exam", "考卷"}, {"import", "导入"}, {"consequence", "账"},
    {"tag", "标签"}, {"channel", "渠道"}, {"delivery", "投递"}, {"routing", "分流"}, {"handover", "移交"},
};

const char *event_noun_zh(const char *noun_en) {
  for (size_t i = 0; i < COUNT_OF(nouns); i++)
    if (strcmp(nouns[i].en, noun_en) == 0) return nouns[i].zh;
  return NULL;
}
