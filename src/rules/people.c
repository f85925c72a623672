/* Who is meant: roles and their holders, superiors, employment, leave; and what a party of a clause resolves to. */
#include "rules/parts.h"

#include <string.h>

static const struct object *person(struct engine *e, sym id) {
  u32 p = object_find(e, N_PERSON, id);
  return p == NONE ? NULL : &e->s.objects.p[p];
}

bool person_employed(struct engine *e, sym id, i64 at) {
  const struct object *p = person(e, id);
  return p && p->known && p->since <= at && (!p->left || at < p->until);
}

bool person_has_role(struct engine *e, sym id, sym role) {
  const struct object *p = person(e, id);
  return p && p->known && !p->left && p->role == role;
}

sym person_shown(struct engine *e, sym id) {
  const struct object *p = person(e, id);
  return p && p->text ? p->text : id;
}

u32 people_of_role(struct engine *e, sym role, sym *out, u32 room) {
  u32 n = 0;
  bool all = role == e->w[W_EVERYBODY] || role == e->w[W_PERSON_NOUN] || role == e->w[W_STAFF];
  for (u32 i = 0; i < e->s.people.n && n < room; i++) {
    const struct object *p = &e->s.objects.p[e->s.people.p[i]];
    if (!p->known || p->left) continue;
    if (all || p->role == role) out[n++] = p->id;
  }
  return n;
}

/* The one named at joining; else the first holder of the superior role. */
sym person_superior(struct engine *e, const struct version *v, sym id) {
  const struct object *p = person(e, id);
  if (p == NULL) return 0;
  if (p->superior) return p->superior;
  const struct lang_role *role = v ? lang_find_role(v->program, intern_str(&e->names, p->role)) : NULL;
  sym out[1];
  for (int depth = 0; role && role->superior.text.n && depth < 16; depth++) {
    if (people_of_role(e, intern_sym(&e->names, role->superior.text), out, 1)) return out[0];
    role = lang_find_role(v->program, role->superior.text);
  }
  return 0;
}

bool person_on_leave(struct engine *e, sym id, i64 at) {
  for (u32 i = 0; i < e->s.leaves.n; i++) {
    const struct object *c = &e->s.objects.p[e->s.leaves.p[i]];
    if (c->closed || c->fact == NONE || !case_is_leave(e, c->type)) continue;
    bool granted = false;
    for (u32 n = c->notes; n; n = e->s.notes.p[n - 1].next) {
      struct str state = intern_str(&e->names, e->s.notes.p[n - 1].text);
      if (str_is(state, "批准") || str_is(state, "同意") || str_is(state, "已休")) granted = true;
    }
    if (!granted || fact_person(e, c->fact) != id) continue;
    struct value from = fact_extra(e, c->fact, e->w[W_FROM]), to = fact_extra(e, c->fact, e->w[W_TO]);
    if (from.type == V_INSTANT && to.type == V_INSTANT && from.i <= at && at < to.i) return true;
  }
  return false;
}

static u32 one(sym who, sym *out) {
  if (who == 0) return 0;
  out[0] = who;
  return 1;
}

static u32 role_holders(struct engine *e, sym role, sym *out, u32 room) {
  u32 n = people_of_role(e, role, out, room);
  if (n) return n;
  struct str id = arena_printf(e->scratch, "role:%.*s", STR_ARG(intern_str(&e->names, role)));
  return one(intern_sym(&e->names, id), out);
}

static u32 related(struct env *env, sym relation, sym who, sym *out, u32 room) {
  struct engine *e = env->e;
  if (relation == e->w[W_SUPERIOR]) return one(person_superior(e, env->v, who), out);
  /* 组长(甲): the first superior of 甲 who holds the role, else any holder */
  sym up = who;
  for (int i = 0; i < 16 && up; i++) {
    up = person_superior(e, env->v, up);
    if (up && person_has_role(e, up, relation)) return one(up, out);
  }
  return role_holders(e, relation, out, room);
}

u32 party_symbols(struct env *env, const struct lang_party *party, sym *out, u32 room, bool *is_group) {
  struct engine *e = env->e;
  if (is_group) *is_group = false;
  if (party == NULL || party->path.count == 0) return 0;
  sym name = intern_sym(&e->names, party->path.segments[0]), zh = chinese_of(e, name);
  if (zh == e->w[W_ON_SHIFT]) zh = e->w[W_ON_DUTY];
  if ((zh == e->w[W_SUPERIOR] || zh == e->w[W_EVERYBODY] || zh == e->w[W_ON_DUTY]) && zh && !lang_find_role(env->v->program, party->path.segments[0])) name = zh;
  if (party->args.count == 1) {
    struct value v;
    if (!eval(env, party->args.p[0], &v)) return 0;
    if (v.type != V_REF && v.type != V_TEXT) return 0;
    return related(env, name, intern_sym(&e->names, v.s), out, room);
  }
  if (party->path.count == 1) {
    bool bearer_word = env->bearer_party && env->bearer_party->path.count == 1 && str_eq(env->bearer_party->path.segments[0], party->path.text);
    if (name == e->w[W_EVERYBODY] && !(env->bearer && bearer_word)) { /* 提醒 全员 in everybody's own duty is that one person */
      if (is_group) *is_group = true;
      return people_of_role(e, name, out, room);
    }
    if (env->bearer && (name == e->w[W_PERSON] || name == e->w[W_ON_DUTY] || bearer_word)) {
      return one(env->bearer, out);
    }
    struct value v;
    if (env->fact != NONE && eval_name(env, name, &v) && v.type == V_REF) return one(intern_sym(&e->names, v.s), out);
    if (lang_find_role(env->v->program, party->path.text)) {
      if (is_group) *is_group = true;
      return role_holders(e, name, out, room);
    }
    if (eval_name(env, name, &v) && v.type == V_TEXT && lang_find_role(env->v->program, v.s)) { /* 承办部门: a field that names a role */
      if (is_group) *is_group = true;
      return role_holders(e, intern_sym(&e->names, v.s), out, room);
    }
    if (eval_name(env, name, &v) && (v.type == V_REF || v.type == V_TEXT)) return one(intern_sym(&e->names, v.s), out);
    return 0;
  }
  struct lang_expr x = {.kind = LX_PATH, .path = party->path};
  struct value v;
  bool ok = eval_path(env, &x, &v);
  if (ok && (v.type == V_REF || v.type == V_TEXT)) return one(intern_sym(&e->names, v.s), out);
  return 0;
}

bool engine_person_has_role(struct engine *e, struct str id, struct str role) {
  sym who = intern_find(&e->names, id), what = intern_find(&e->names, role);
  return who && what && person_has_role(e, who, what);
}
