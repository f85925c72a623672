/* Turns the table of event kinds into what lang_check wants to know. The attributes of nouns are those the engine
 * folds from facts (objects.c): a rule may ask an order whether it was fetched. */
#include "rules/vocabulary.h"

#include "events/event_kind.h"

#include <string.h>

static enum lang_type_kind type_of(enum event_field_type t) {
  switch (t) {
    case FIELD_ENUM: return LT_ENUM;
    case FIELD_PERSON: return LT_PERSON;
    case FIELD_CUSTOMER: return LT_CUSTOMER;
    case FIELD_CONVERSATION: return LT_CONVERSATION;
    case FIELD_ORDER: return LT_ORDER;
    case FIELD_CASE: return LT_CASE;
    case FIELD_PRODUCT: return LT_PRODUCT;
    case FIELD_SHIFT: return LT_SHIFT;
    case FIELD_MONEY: return LT_MONEY;
    case FIELD_POINTS: return LT_POINTS;
    case FIELD_DURATION: return LT_DURATION;
    case FIELD_INSTANT: return LT_INSTANT;
    case FIELD_DATE: return LT_DATE;
    case FIELD_COUNT: return LT_NUMBER;
    case FIELD_RATIO: return LT_RATIO;
    case FIELD_BOOL: return LT_BOOL;
    case FIELD_LIST: return LT_FILE;
    case FIELD_TEXT: case FIELD_CLAUSE: case FIELD_ID: case FIELD_ANY: break;
  }
  return LT_TEXT;
}

static void fill_field(struct arena *a, const struct event_field *from, struct lang_vocabulary_field *to) {
  *to = (struct lang_vocabulary_field){.zh = str_c(from->zh), .en = str_c(from->en), .type = type_of(from->type), .optional = !from->required,
                                       .many = from->type == FIELD_LIST};
  if (from->type != FIELD_ENUM || !from->values) return;
  size_t n = 0;
  while (from->values[n].en) n++;
  struct str *words = ARENA_ARRAY(a, struct str, 2 * n + 1);
  for (size_t i = 0; i < n; i++) {
    words[i] = str_c(from->values[i].zh);
    words[n + i] = str_c(from->values[i].en);
  }
  to->values = words;
  to->value_count = n; /* the Chinese words; the English ones follow and are accepted too */
}

static const struct lang_vocabulary_kind *kinds(struct arena *a, size_t *count) {
  const struct event_kind *all = event_kind_all(count);
  struct lang_vocabulary_kind *out = ARENA_ARRAY(a, struct lang_vocabulary_kind, *count);
  for (size_t i = 0; i < *count; i++) {
    struct lang_vocabulary_field *fields = ARENA_ARRAY(a, struct lang_vocabulary_field, all[i].field_count + 1);
    for (size_t k = 0; k < all[i].field_count; k++) fill_field(a, &all[i].fields[k], &fields[k]);
    out[i] = (struct lang_vocabulary_kind){str_c(all[i].zh), str_c(all[i].en), fields, all[i].field_count, all[i].gateable, all[i].derived};
  }
  return out;
}

#define FIELD(zh_text, en_text, kind) {.zh = {zh_text, sizeof(zh_text) - 1}, .en = {en_text, sizeof(en_text) - 1}, .type = kind, .optional = true}
static const struct lang_vocabulary_field order_fields[] = {
    FIELD("已取单", "fetched", LT_BOOL), FIELD("金额", "amount", LT_MONEY), FIELD("状态", "state", LT_TEXT), FIELD("客户", "customer", LT_CUSTOMER),
    FIELD("接待人", "agent", LT_PERSON), FIELD("备注", "note", LT_TEXT), FIELD("旗", "flag", LT_TEXT), FIELD("特殊要求", "special_request", LT_TEXT),
    FIELD("件数", "pieces", LT_NUMBER), FIELD("活动单", "promotion", LT_BOOL), FIELD("超收率", "surplus_rate", LT_RATIO), FIELD("地区", "region", LT_TEXT)};
static const struct lang_vocabulary_field person_fields[] = {
    FIELD("底薪", "base_wage", LT_MONEY), FIELD("工号", "job_number", LT_TEXT), FIELD("岗位", "role", LT_TEXT), FIELD("上级", "superior", LT_PERSON),
    FIELD("在职", "employed", LT_BOOL), FIELD("在班", "on_shift", LT_BOOL), FIELD("状态", "state", LT_TEXT), FIELD("部门", "department", LT_TEXT),
    FIELD("生日", "birthday", LT_DATE), FIELD("姓名", "name", LT_TEXT)};
static const struct lang_vocabulary_field conversation_fields[] = {
    FIELD("接待人", "agent", LT_PERSON), FIELD("客户", "customer", LT_CUSTOMER), FIELD("渠道", "channel", LT_TEXT), FIELD("状态", "state", LT_TEXT),
    FIELD("方向", "direction", LT_TEXT), FIELD("事由", "cause", LT_TEXT)};
static const struct lang_vocabulary_field customer_fields[] = {FIELD("姓名", "name", LT_TEXT), FIELD("级别", "grade", LT_TEXT), FIELD("手机", "phone", LT_PHONE),
                                                              FIELD("已入住", "moved_in", LT_BOOL)};
static const struct lang_vocabulary_field product_fields[] = {FIELD("名", "name", LT_TEXT), FIELD("库存", "stock", LT_NUMBER), FIELD("在架", "listed", LT_BOOL)};
static const struct lang_vocabulary_field shift_fields[] = {FIELD("日期", "date", LT_DATE), FIELD("起", "start", LT_INSTANT), FIELD("止", "end", LT_INSTANT),
                                                           FIELD("换来", "swapped_in", LT_BOOL), FIELD("班次", "shift", LT_SHIFT), FIELD("类", "class", LT_TEXT)};

#define NOUN(zh_text, en_text, kind, list) {.zh = {zh_text, sizeof(zh_text) - 1}, .en = {en_text, sizeof(en_text) - 1}, .type = kind, .fields = list, .field_count = COUNT_OF(list)}
static const struct lang_vocabulary_noun nouns[] = {
    NOUN("订单", "order", LT_ORDER, order_fields), NOUN("人员", "person", LT_PERSON, person_fields), NOUN("会话", "conversation", LT_CONVERSATION, conversation_fields),
    NOUN("客户", "customer", LT_CUSTOMER, customer_fields), NOUN("户", "unit", LT_UNIT, customer_fields), NOUN("商品", "product", LT_PRODUCT, product_fields),
    NOUN("班次", "shift", LT_SHIFT, shift_fields), NOUN("门店", "shop", LT_TEXT, customer_fields), NOUN("经销商", "dealer", LT_CUSTOMER, customer_fields)};

const struct lang_vocabulary *rules_vocabulary(struct arena *a) {
  struct lang_vocabulary *v = ARENA_NEW(a, struct lang_vocabulary);
  v->kinds = kinds(a, &v->kind_count);
  v->nouns = nouns;
  v->noun_count = COUNT_OF(nouns);
  return v;
}
