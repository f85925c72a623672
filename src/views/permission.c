/* Who may do what. A path is a dotted name of the vocabulary ("订单.备注"); holding "订单" holds everything under it.
 *
 * The rulebook speaks first: 可 grants, 不可 takes away, the longer path wins and on a tie the refusal. A role that says
 * no 可 has the product's default for its place in the hierarchy, less its 不可. The owner of the desk may do
 * everything, a key what its scopes say, a customer nothing but what is open to anybody. */
#include "views/permission.h"

#include "views/json.h"

#include <string.h>

/* Every path the program asks for, so that /me can say what a person may do. */
static const char *const catalogue[] = {
    "会话",       "会话.查看",   "会话.人工回复", "会话.接起", "会话.转接",   "会话.结束",   "在线.变更", "客户",      "客户.查看",
    "客户.变更",  "资料.查看",   "资料.导出",     "资料.外发", "订单",        "订单.查看",   "订单.备注", "订单.变更", "订单.取单",
    "订单.归属",  "订单.导入",   "会话.导入",     "短语",      "短语.变更",   "人员",        "人员.查看", "人员.变更", "密钥",
    "单据",       "单据.开单",   "单据.查看",     "班务",      "考勤",        "排班",        "排班.查看", "排班.发布", "班次.排定",
    "检查",       "检查.发现",   "楼面",          "报表",      "审批.查看",        "账",          "账.查看",   "账.表态",   "账.裁定",
    "账.申诉",    "账.封月",     "结算",          "基金",      "制度",        "制度.查看",   "制度.公布", "商品",      "商品.建档",
    "考卷",       "考卷.建立",   "考卷.作答",     "部门",      "设置",       "报表.查看",   "商品.查看", "短语.查看", "短语.使用",
    "会话.标签",  "会话.内部备注", "基金.查看",   "结算.封月", "制度.编辑",  "订单.退款",   "订单.核对", "订单.发货", "制度.确认",
    "会话.接管",  "会话.重开",   "会话.搁置",     "会话.合并",  "会话.骚扰",    "标签.变更",
};

static const char *const office[] = {"在线", "客户.查看", "订单.查看", "订单.备注", "订单.取单", "订单.核对", "订单.发货",
                                     "单据", "班务", "考勤", "知识", "商品", "考卷", "制度.查看", "制度.确认", "账.申诉",
                                     "排班.查看", "基金.查看", NULL};
static const char *const agent[] = {"会话", "在线", "客户", "资料.查看", "订单", "短语.查看", "短语.使用", "单据", "班务",
                                    "考勤", "知识", "商品.查看", "考卷.作答", "制度.查看", "制度.确认", "账.申诉", "排班.查看",
                                    "基金.查看", NULL};
static const char *const agent_not[] = {"会话.导入", "订单.导入", "订单.取单", "订单.归属", "订单.退款", NULL};
/* A leader may do everything but this. */
static const char *const leader_not[] = {"人员", "密钥", "制度.公布", "制度.编辑", "账.封月", "结算.封月", "资料.导出", "资料.外发",
                                         "部门", "设置", NULL};
static const char *const leader_but[] = {"人员.查看", NULL};

/* Length of `grant` when it covers `path`, else 0. "*" and 全部 cover everything, weakly. */
static size_t covers(struct str grant, struct str path) {
  if (str_is(grant, "*") || str_is(grant, "全部")) return 1;
  if (grant.n > path.n || memcmp(grant.p, path.p, grant.n) != 0) return 0;
  return grant.n == path.n || path.p[grant.n] == '.' ? grant.n + 1 : 0;
}

static size_t longest(const char *const *grants, struct str path) {
  size_t best = 0;
  for (; *grants; grants++) {
    size_t n = covers(str_c(*grants), path);
    if (n > best) best = n;
  }
  return best;
}

static size_t longest_path(const struct lang_path *grants, size_t count, struct str path) {
  size_t best = 0;
  for (size_t i = 0; i < count; i++) {
    size_t n = covers(grants[i].text, path);
    if (n > best) best = n;
  }
  return best;
}

static bool has_below(const struct lang_program *program, struct str role) {
  for (size_t i = 0; i < program->item_count; i++)
    if (program->items[i]->kind == LI_ROLE && str_eq(program->items[i]->role->superior.text, role)) return true;
  return false;
}

bool view_receives(const struct lang_program *program, struct str role) {
  bool any_roster = false;
  if (!program || !lang_find_role(program, role)) return false;
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind != LI_ROSTER) continue;
    any_roster = true;
    const struct lang_names *roles = &program->items[i]->roster->roles;
    for (size_t k = 0; k < roles->count; k++)
      if (str_eq(roles->p[k].text, role)) return true;
  }
  return !any_roster && !has_below(program, role);
}

enum view_place view_place_of(const struct lang_program *program, struct str role) {
  const struct lang_role *r = program ? lang_find_role(program, role) : NULL;
  if (!r) return PLACE_OUTSIDE;
  if (has_below(program, role)) return r->superior.text.n ? PLACE_LEADER : PLACE_HEAD;
  return view_receives(program, role) ? PLACE_AGENT : PLACE_OFFICE;
}

const char *view_place_name(enum view_place place) {
  static const char *const names[] = {"outside", "office", "agent", "leader", "head"};
  return names[place];
}

static bool default_may(enum view_place place, struct str path) {
  switch (place) {
    case PLACE_HEAD: return true;
    case PLACE_LEADER: return longest(leader_but, path) >= longest(leader_not, path);
    case PLACE_AGENT: return longest(agent, path) > longest(agent_not, path);
    case PLACE_OFFICE: return longest(office, path) > 0;
    case PLACE_OUTSIDE: break;
  }
  return false;
}

static bool role_may(const struct lang_program *program, struct str role, struct str path) {
  const struct lang_role *r = program ? lang_find_role(program, role) : NULL;
  if (!r) return false;
  size_t refused = longest_path(r->may_not, r->may_not_count, path);
  if (r->may_count) return longest_path(r->may, r->may_count, path) > refused;
  return !refused && default_may(view_place_of(program, role), path);
}

static bool key_may(struct str scopes, struct str path) {
  while (scopes.n) {
    struct str rest, scope = str_cut(scopes, ' ', &rest);
    if (scope.n && covers(scope, path)) return true;
    scopes = rest;
  }
  return false;
}

bool view_may(const struct lang_program *program, const struct actor *actor, struct str path) {
  if (str_is(path, "*")) return true;
  switch (actor->type) {
    case ACTOR_SYSTEM: return true;
    case ACTOR_KEY: return path.n == 0 ? actor->scopes.n > 0 : key_may(actor->scopes, path);
    case ACTOR_PERSON: return path.n == 0 || actor->owner || role_may(program, actor->role, path);
    case ACTOR_NOBODY:
    case ACTOR_CUSTOMER: break;
  }
  return false;
}

/* Who holds 订单 but not 订单.取单 is told the parts, so that nobody takes the whole for granted. */
static bool holds_whole(const struct lang_program *program, const struct actor *actor, struct str path) {
  for (size_t i = 0; i < COUNT_OF(catalogue); i++)
    if (covers(path, str_c(catalogue[i])) && !view_may(program, actor, str_c(catalogue[i]))) return false;
  return true;
}

json_t *view_can(const struct lang_program *program, const struct actor *actor) {
  json_t *can = json_array();
  for (size_t i = 0; i < COUNT_OF(catalogue); i++)
    if (view_may(program, actor, str_c(catalogue[i])) && holds_whole(program, actor, str_c(catalogue[i])))
      json_array_append_new(can, json_string(catalogue[i]));
  return can;
}

json_t *view_roles_json(const struct lang_program *program) {
  json_t *roles = json_array();
  for (size_t i = 0; program && i < program->item_count; i++) {
    if (program->items[i]->kind != LI_ROLE) continue;
    const struct lang_role *r = program->items[i]->role;
    for (size_t k = 0; k < r->names.count; k++) {
      struct str name = r->names.p[k].text;
      json_array_append_new(roles, json_pack("{s:o,s:o,s:s,s:b}", "name", json_of(name), "superior", json_of_or_null(r->superior.text),
                                             "place", view_place_name(view_place_of(program, name)), "receives", view_receives(program, name)));
    }
  }
  return roles;
}
