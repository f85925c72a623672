/* See vocabulary.h. Nouns carry the attributes that objects.c can answer, and no others. */
#include "rules/vocabulary.h"

#include <string.h>

static enum lang_type_kind type_of(const struct event_field *f) {
  switch (f->type) {
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
    default: return LT_TEXT;
  }
}

struct attribute {
  const char *zh, *en;
  enum lang_type_kind type;
};
static const struct attribute person_attributes[] = {
    {"姓名", "name", LT_TEXT},       {"工号", "job_number", LT_TEXT}, {"岗位", "role", LT_DEPARTMENT}, {"上级", "superior", LT_PERSON},
    {"底薪", "base_wage", LT_MONEY}, {"状态", "state", LT_ENUM},      {"在班", "on_shift", LT_BOOL},
    {"入职", "joined", LT_DATE},     {"在职", "employed", LT_BOOL},
};
static const struct attribute order_attributes[] = {
    {"备注", "seller_note", LT_TEXT},   {"旗", "flag", LT_ENUM},      {"特殊要求", "special", LT_TEXT}, {"已取单", "fetched", LT_BOOL},
    {"已付款", "paid", LT_BOOL},        {"接待人", "agent", LT_PERSON}, {"客户", "customer", LT_CUSTOMER}, {"金额", "amount", LT_MONEY},
};
static const struct attribute conversation_attributes[] = {{"接待人", "agent", LT_PERSON}, {"客户", "customer", LT_CUSTOMER}};
static const struct attribute name_attributes[] = {{"名", "name", LT_TEXT}};

struct noun {
  const char *zh, *en;
  enum lang_type_kind type;
  const struct attribute *attributes;
  size_t count;
};
static const struct noun nouns[] = {
    {"人员", "person", LT_PERSON, person_attributes, COUNT_OF(person_attributes)},
    {"订单", "order", LT_ORDER, order_attributes, COUNT_OF(order_attributes)},
    {"会话", "conversation", LT_CONVERSATION, conversation_attributes, COUNT_OF(conversation_attributes)},
    {"客户", "customer", LT_CUSTOMER, name_attributes, COUNT_OF(name_attributes)},
    {"商品", "product", LT_PRODUCT, name_attributes, COUNT_OF(name_attributes)},
};

static struct lang_vocabulary_field *kind_fields(struct arena *a, const struct event_kind *kind) {
  struct lang_vocabulary_field *fields = ARENA_ARRAY(a, struct lang_vocabulary_field, kind->field_count ? kind->field_count : 1);
  for (size_t i = 0; i < kind->field_count; i++) {
    const struct event_field *f = &kind->fields[i];
    fields[i] = (struct lang_vocabulary_field){.zh = str_c(f->zh), .en = str_c(f->en), .type = type_of(f), .optional = !f->required, .many = f->type == FIELD_LIST};
    size_t n = 0;
    while (f->values && f->values[n].zh) n++;
    struct str *values = ARENA_ARRAY(a, struct str, n ? 2 * n : 1); /* Chinese, then English */
    for (size_t k = 0; k < n; k++) {
      values[k] = str_c(f->values[k].zh);
      values[n + k] = str_c(f->values[k].en);
    }
    fields[i].values = values;
    if (n) fields[i].values_en = values + n;
    fields[i].value_count = n;
  }
  return fields;
}

const struct lang_vocabulary *rules_vocabulary(struct arena *a) {
  struct lang_vocabulary *v = ARENA_NEW(a, struct lang_vocabulary);
  size_t count;
  const struct event_kind *kinds = event_kind_all(&count);
  struct lang_vocabulary_kind *out = ARENA_ARRAY(a, struct lang_vocabulary_kind, count);
  for (size_t i = 0; i < count; i++) {
    out[i] = (struct lang_vocabulary_kind){.zh = str_c(kinds[i].zh), .en = str_c(kinds[i].en), .fields = kind_fields(a, &kinds[i]),
                                           .field_count = kinds[i].field_count, .asked = kinds[i].gateable, .derived = kinds[i].derived};
  }
  struct lang_vocabulary_noun *things = ARENA_ARRAY(a, struct lang_vocabulary_noun, COUNT_OF(nouns));
  for (size_t i = 0; i < COUNT_OF(nouns); i++) {
    struct lang_vocabulary_field *fields = ARENA_ARRAY(a, struct lang_vocabulary_field, nouns[i].count);
    for (size_t k = 0; k < nouns[i].count; k++) {
      const struct attribute *at = &nouns[i].attributes[k];
      fields[k] = (struct lang_vocabulary_field){.zh = str_c(at->zh), .en = str_c(at->en), .type = at->type, .optional = true};
    }
    things[i] = (struct lang_vocabulary_noun){.zh = str_c(nouns[i].zh), .en = str_c(nouns[i].en), .type = nouns[i].type, .fields = fields, .field_count = nouns[i].count};
  }
  v->kinds = out;
  v->kind_count = count;
  v->nouns = things;
  v->noun_count = COUNT_OF(nouns);
  return v;
}
