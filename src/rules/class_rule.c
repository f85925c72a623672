/* 密级 at the gate: who may see, take out, copy, give away or change what belongs to a class. A class speaks of a request that
 * names it (密级=…) or one of its members. 无 refuses everybody; a list refuses who is not on it, unless a 申请 of the book sends
 * the request to somebody for consent. What a class does not mention it leaves to the other clauses. */
#include "rules/parts.h"

static bool access_of(u16 kind, enum lang_access *access) {
  switch (kind) {
    case EVENT_data_opened: *access = LANG_SEE; return true;
    case EVENT_data_exported: *access = LANG_EXPORT; return true;
    case EVENT_data_copied: *access = LANG_COPY; return true;
    case EVENT_data_shared: *access = LANG_SHARE; return true;
    case EVENT_data_changed: case EVENT_data_erased: *access = LANG_CHANGE; return true;
    default: return false;
  }
}

static bool belongs(const struct lang_class *c, struct str word) {
  if (str_eq(c->name.text, word)) return true;
  for (size_t i = 0; i < c->members.count; i++)
    if (str_eq(c->members.p[i].text, word)) return true;
  return false;
}

static bool names_class(struct engine *e, const struct lang_class *c, u32 ref) {
  static const char *const fields[] = {"密级", "范围", "字段", "对象"};
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct value v = fact_named(e, ref, intern_sym(&e->names, str_c(fields[i])));
    if ((v.type == V_TEXT || v.type == V_REF) && belongs(c, v.s)) return true;
  }
  return false;
}

static bool listed(struct engine *e, const struct version *v, const struct lang_parties *parties, u32 ref, sym who) {
  struct env env = env_new(e, v, NULL, fact_of(e, ref)->at, ref);
  sym *persons = ARENA_ARRAY(e->scratch, sym, PARTY_ROOM);
  for (size_t i = 0; i < parties->count; i++) {
    sym role = intern_sym(&e->names, parties->p[i].path.text);
    if (parties->p[i].args.count == 0 && lang_find_role(v->program, parties->p[i].path.text)) {
      if (person_has_role(e, who, role)) return true;
      continue;
    }
    u32 n = party_symbols(&env, &parties->p[i], persons, PARTY_ROOM, NULL);
    for (u32 k = 0; k < n; k++)
      if (persons[k] == who) return true;
  }
  return false;
}

static const char *verb(enum lang_access access, bool english) {
  static const char *const zh[] = {"查看", "导出", "复制", "外发", "改动"}, *const en[] = {"seen", "exported", "copied", "given away", "changed"};
  return english ? en[access] : zh[access];
}

/* 岗位 客服 见 内部: said with the role instead of with the class. */
static bool role_sees(struct engine *e, const struct version *v, const struct lang_class *c, sym who) {
  for (size_t i = 0; i < v->program->item_count; i++) {
    const struct lang_role *role = v->program->items[i]->kind == LI_ROLE ? v->program->items[i]->role : NULL;
    for (size_t k = 0; role && k < role->sees.count; k++) {
      if (!str_eq(role->sees.p[k].text, c->name.text)) continue;
      for (size_t n = 0; n < role->names.count; n++)
        if (person_has_role(e, who, intern_sym(&e->names, role->names.p[n].text))) return true;
    }
  }
  return false;
}

enum class_says class_asks(struct engine *e, struct arena *a, const struct version *v, const struct lang_item *item, u32 ref, struct str *zh, struct str *en) {
  const struct fact *f = fact_of(e, ref);
  const struct lang_class *c = item->data_class;
  enum lang_access access;
  if (!access_of(f->kind, &access) || !names_class(e, c, ref)) return CLASS_SILENT;
  sym who = f->actor ? f->actor : fact_person(e, ref);
  for (size_t i = 0; i < c->grant_count; i++) {
    const struct lang_grant *g = &c->grants[i];
    if (g->access != access) continue;
    if (g->nobody) {
      *zh = arena_printf(a, "“%.*s”谁也不得%s", STR_ARG(c->name.text), verb(access, false));
      *en = arena_printf(a, "“%.*s” may not be %s by anybody", STR_ARG(c->name.text), verb(access, true));
      return CLASS_NEVER;
    }
    if (listed(e, v, &g->parties, ref, who) || (access == LANG_SEE && role_sees(e, v, c, who))) return CLASS_ALLOWS;
    struct lang_span span = g->parties.p[0].at;
    span.to = g->parties.p[g->parties.count - 1].at.to;
    struct str words = lang_text(v->program, span);
    *zh = arena_printf(a, "“%.*s”只有%.*s可以%s", STR_ARG(c->name.text), STR_ARG(words), verb(access, false));
    *en = arena_printf(a, "“%.*s” may be %s by %.*s only", STR_ARG(c->name.text), verb(access, true), STR_ARG(words));
    return CLASS_REFUSES;
  }
  return CLASS_SILENT;
}
