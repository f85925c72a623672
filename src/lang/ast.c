/* Look-ups in a rulebook's tree and the words of its closed sets. */
#include "lang/ast.h"

#include "lang/words.h"

static const enum lang_word period_words[] = {LW_NAME, LW_DAY, LW_WORKING_DAY, LW_WEEK, LW_HALF_MONTH, LW_MONTH, LW_ATTENDANCE_MONTH,
                                              LW_QUARTER, LW_HALF_YEAR, LW_YEAR, LW_MONTH_END, LW_QUARTER_END, LW_YEAR_END};
struct str lang_period_zh(enum lang_period period) { return lang_word_entry(period_words[period])->zh; }
struct str lang_period_en(enum lang_period period) { return lang_word_entry(period_words[period])->en; }

static const enum lang_word act_words[] = {LW_FINE, LW_REWARD, LW_COMPENSATE, LW_CHARGE, LW_DEDUCT, LW_ADD, LW_PAY, LW_DISCIPLINE,
                                           LW_PROPOSE, LW_REMIND, LW_URGE, LW_ESCALATE, LW_TELL, LW_DEEM, LW_OPEN, LW_MOVE, LW_ASSIGN,
                                           LW_GIVE, LW_WITHDRAW, LW_NOT_IN_FORCE, LW_NONE, LW_IF};
struct str lang_act_zh(enum lang_act_kind kind) { return lang_word_entry(act_words[kind])->zh; }
struct str lang_act_en(enum lang_act_kind kind) { return lang_word_entry(act_words[kind])->en; }

static const struct { const char *zh, *en; } item_names[] = {
    {"制度", "rulebook"}, {"参数", "figure"}, {"所称", "define"}, {"岗位", "role"}, {"班次", "shift"}, {"排班", "roster"}, {"单据", "case"},
    {"凡", "when"}, {"须", "must"}, {"每", "each"}, {"结", "settle"}, {"禁止", "forbid"}, {"申请", "gate"}, {"审批", "route"},
    {"积分", "score"}, {"量", "let"}, {"扣款", "limit"}, {"检查表", "checklist"}, {"话术", "words"}, {"问卷", "survey"},
    {"密级", "class"}, {"告知", "notice"}, {"报表", "report"}, {"账户", "account"}, {"不施行", "not_in_force"}, {"例", "example"}};
struct str lang_item_zh(enum lang_item_kind kind) { return str_c(item_names[kind].zh); }
struct str lang_item_en(enum lang_item_kind kind) { return str_c(item_names[kind].en); }

static const struct { const char *zh, *en; } type_names[] = {
    {"文", "text"}, {"数", "number"}, {"钱", "money"}, {"分", "points"}, {"比率", "ratio"}, {"是否", "yes_no"}, {"日期", "date"},
    {"时刻", "instant"}, {"钟点", "time"}, {"时长", "duration"}, {"自然日", "day_count"}, {"工作日", "working_days"}, {"人员", "person"},
    {"客户", "customer"}, {"订单", "order"}, {"会话", "conversation"}, {"商品", "product"}, {"班次", "shift"}, {"部门", "department"},
    {"户", "unit"}, {"电话", "phone"}, {"地址", "address"}, {"附件", "file"}, {"照片", "photo"}, {"签名", "signature"},
    {"选项", "enum"}, {"表", "table"}, {"单据", "case"}};
struct str lang_type_zh(enum lang_type_kind kind) { return str_c(type_names[kind].zh); }
struct str lang_type_en(enum lang_type_kind kind) { return str_c(type_names[kind].en); }

const struct lang_clause *lang_find_clause(const struct lang_program *p, struct str id) {
  for (size_t i = 0; i < p->clause_count; i++)
    if (p->clauses[i]->id.n && str_eq(p->clauses[i]->id, id)) return p->clauses[i];
  return NULL;
}
const struct lang_item *lang_find_tag(const struct lang_program *p, struct str tag) {
  for (size_t i = 0; i < p->item_count; i++)
    if (p->items[i]->tag.n && str_eq(p->items[i]->tag, tag)) return p->items[i];
  return NULL;
}

#define FIND(function, node, li, member)                                             \
  const struct node *function(const struct lang_program *p, struct str name) {       \
    for (size_t i = 0; i < p->named_count; i++)                                       \
      if (p->named[i]->kind == li && str_eq(p->named[i]->member->name.text, name)) return p->named[i]->member; \
    return NULL;                                                                     \
  }
FIND(lang_find_figure, lang_figure, LI_FIGURE, figure)
FIND(lang_find_case, lang_case, LI_CASE, case_type)
FIND(lang_find_shift, lang_shift, LI_SHIFT, shift)
FIND(lang_find_define, lang_define, LI_DEFINE, define)
FIND(lang_find_checklist, lang_checklist, LI_CHECKLIST, checklist)
static bool sampled(const struct lang_checklist *c, const char *zh, const char *en) {
  return c->sample && (str_is(c->sample_of.text, zh) || str_is(c->sample_of.text, en));
}
bool lang_samples_conversations(const struct lang_checklist *c) { return sampled(c, "会话", "conversation"); }
bool lang_samples_orders(const struct lang_checklist *c) { return sampled(c, "订单", "order"); }

const struct lang_let *lang_find_let(const struct lang_program *p, struct str name) {
  for (size_t i = 0; i < p->named_count; i++) {
    const struct lang_item *item = p->named[i];
    if (item->kind == LI_LET && str_eq(item->let->name.text, name)) return item->let;
    if (item->kind != LI_SETTLE) continue;
    for (size_t k = 0; k < item->settle->statement_count; k++) {
      const struct lang_statement *s = &item->settle->statements[k];
      if (s->kind == LANG_STATEMENT_LET && str_eq(s->let->name.text, name)) return s->let;
    }
  }
  return NULL;
}
const struct lang_role *lang_find_role(const struct lang_program *p, struct str name) {
  for (size_t i = 0; i < p->named_count; i++) {
    if (p->named[i]->kind != LI_ROLE) continue;
    const struct lang_role *r = p->named[i]->role;
    for (size_t k = 0; k < r->names.count; k++)
      if (str_eq(r->names.p[k].text, name)) return r;
  }
  return NULL;
}

const struct lang_expr *lang_figure_on(const struct lang_figure *f, i64 date) {
  const struct lang_expr *found = f->value_count ? f->values[0].expr : NULL;
  for (size_t i = 0; i < f->value_count; i++)
    if (!f->values[i].has_from || f->values[i].from <= date) found = f->values[i].expr;
  return found;
}

size_t lang_case_state(const struct lang_case *c, struct str name) {
  for (size_t i = 0; i < c->state_count; i++)
    if (str_eq(c->states[i].name.text, name)) return i;
  return SIZE_MAX;
}
const struct lang_arrow *lang_case_arrow(const struct lang_case *c, size_t from, size_t to) {
  for (size_t i = 0; i < c->arrow_count; i++)
    if (c->arrows[i].from == from && c->arrows[i].to == to) return &c->arrows[i];
  return NULL;
}
struct str lang_text(const struct lang_program *p, struct lang_span at) { return str_slice(p->source, at.from, at.to); }
