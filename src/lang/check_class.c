/* 密级: grants that can be followed. Each way of using data is granted once, to people that exist; nobody may take out what he may
 * not see; a name belongs to one class; what is masked is a field of something. */
#include "lang/checker.h"

static struct str word_zh(enum lang_access a) {
  static const char *const words[] = {"见", "导出", "复制", "外发", "改"};
  return str_c(words[a]);
}
static struct str word_en(enum lang_access a) {
  static const char *const words[] = {"sees", "export", "copy", "share", "change"};
  return str_c(words[a]);
}

static const struct lang_grant *grant_of(const struct lang_class *k, enum lang_access access) {
  for (size_t i = 0; i < k->grant_count; i++)
    if (k->grants[i].access == access) return &k->grants[i];
  return NULL;
}

static bool has_party(const struct lang_parties *parties, struct str words) {
  for (size_t i = 0; i < parties->count; i++)
    if (str_eq(parties->p[i].path.text, words) || str_is(parties->p[i].path.text, "全员") || str_is(parties->p[i].path.text, "everyone")) return true;
  return false;
}

static void check_grants(struct checker *c, const struct lang_item *item) {
  const struct lang_class *k = item->data_class;
  const struct lang_grant *see = grant_of(k, LANG_SEE);
  for (size_t i = 0; i < k->grant_count; i++) {
    struct lang_grant *g = &k->grants[i];
    struct scope none = {0};
    struct str zh = word_zh(g->access), en = word_en(g->access);
    lang_check_parties(c, &g->parties, &none);
    for (size_t j = 0; j < i; j++)
      if (k->grants[j].access == g->access)
        lang_diagnostic_repair(c->d, lang_diagnose_texts(c->d, LANG_ERROR, item->at, "lang.class_twice", arena_printf(c->arena, "“%.*s”在密级里写了两次：以哪个为准？", STR_ARG(zh)),
                                                        arena_printf(c->arena, "“%.*s” is granted twice in the class: which one holds?", STR_ARG(en))),
                               "合成一个名单", "join them into one list");
    for (size_t j = 0; see && g != see && !see->nobody && j < g->parties.count; j++) {
      struct lang_party *p = &g->parties.p[j];
      if (has_party(&see->parties, p->path.text)) continue;
      struct lang_diagnostic *m = lang_diagnose_texts(c->d, LANG_WARNING, p->at, "lang.class_unseen", arena_printf(c->arena, "“%.*s”可以%.*s，却不在可以见的人里", STR_ARG(p->path.text), STR_ARG(zh)),
                                                      arena_printf(c->arena, "“%.*s” stands in %.*s, but is not among those who may see it", STR_ARG(p->path.text), STR_ARG(en)));
      lang_diagnostic_repair(c->d, m, "在 见 里也写上", "add it to sees");
    }
    if (see && see->nobody && !g->nobody)
      lang_diagnose_texts(c->d, LANG_WARNING, item->at, "lang.class_unseen", arena_printf(c->arena, "谁也不得见，却有人可以%.*s", STR_ARG(zh)),
                          arena_printf(c->arena, "nobody may see it, yet somebody stands in %.*s", STR_ARG(en)));
  }
}

static void check_members(struct checker *c, const struct lang_item *item) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *other = c->p->items[i];
    if (other->kind != LI_CLASS || other == item || other->at.line >= item->at.line) continue;
    for (size_t a = 0; a < item->data_class->members.count; a++)
      for (size_t b = 0; b < other->data_class->members.count; b++) {
        struct lang_name mine = item->data_class->members.p[a];
        if (!str_eq(mine.text, other->data_class->members.p[b].text)) continue;
        struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, mine.at, "lang.class_member", "“%.*s”已经属于密级“%.*s”（第 %u 行）", "“%.*s” belongs to the class “%.*s” already (line %u)", STR_ARG(mine.text),
                                                  STR_ARG(other->data_class->name.text), other->at.line);
        lang_diagnostic_repair(c->d, m, "只留在一个密级里", "keep it in one class");
      }
  }
}

/* What a customer's card holds; the desk masks it anyway. */
static bool of_customers(struct str name) {
  static const char *const words[] = {"手机", "手机号", "电话", "地址", "身份证", "身份证号", "证件", "证件号", "邮箱", "姓名", "phone", "address", "id_number", "email", "name"};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(name, words[i])) return true;
  return false;
}

static void check_mask(struct checker *c, const struct lang_item *item) {
  for (size_t m = 0; m < item->data_class->mask.count; m++) {
    struct lang_name name = item->data_class->mask.p[m];
    bool known = of_customers(name.text);
    for (size_t i = 0; i < c->p->item_count && !known; i++) {
      const struct lang_case *k = c->p->items[i]->kind == LI_CASE ? c->p->items[i]->case_type : NULL;
      for (size_t f = 0; k && f < k->field_count && !known; f++) known = str_eq(k->fields[f].name.text, name.text);
    }
    if (known) continue;
    struct lang_diagnostic *d = lang_diagnose(c->d, LANG_WARNING, name.at, "lang.mask_nothing", "没有单据有“%.*s”这一栏，也不是客户资料：遮不到什么", "no case has a field “%.*s”, and customers have none: nothing is masked", STR_ARG(name.text));
    lang_diagnostic_repair(c->d, d, "写单据里那一栏的名字", "write the name of the field as the case has it");
  }
}

void lang_check_class(struct checker *c, struct lang_item *item) {
  check_mask(c, item);
  check_grants(c, item);
  check_members(c, item);
}
