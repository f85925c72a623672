/* Resolves the parties of a rulebook to people of the desk. Pure look-ups over what party_load has read: no writing, no clock. */
#include "views/party.h"

#include "views/people.sql.h"

enum { PARTY_PEOPLE_MAX = 20000, PARTY_DEPTH_MAX = 16 };

enum status party_load(struct store *s, struct arena *a, const struct lang_program *program, struct party_desk *out, struct problem *p) {
  struct people_all_row *rows = NULL;
  size_t count = 0;
  *out = (struct party_desk){.arena = a, .program = program};
  struct people_all_in in = {.state = STR("active"), .after = STR(""), .most = PARTY_PEOPLE_MAX};
  enum status status = people_all(s, a, &in, &rows, &count, p);
  if (status != OK) return status;
  out->people = ARENA_ARRAY(a, struct party_person, count ? count : 1);
  for (size_t i = 0; i < count; i++)
    out->people[out->count++] = (struct party_person){rows[i].id, rows[i].name, rows[i].role, rows[i].superior};
  return OK;
}

const struct party_person *party_person(const struct party_desk *desk, struct str id) {
  for (size_t i = 0; i < desk->count; i++)
    if (str_eq(desk->people[i].id, id)) return &desk->people[i];
  return NULL;
}

static struct str role_superior(const struct lang_program *program, struct str role) {
  const struct lang_role *r = program ? lang_find_role(program, role) : NULL;
  return r ? r->superior.text : STR("");
}

bool party_role_above(const struct lang_program *program, struct str higher, struct str lower) {
  if (!higher.n) return false;
  for (int depth = 0; depth < PARTY_DEPTH_MAX; depth++) {
    lower = role_superior(program, lower);
    if (!lower.n) return false;
    if (str_eq(lower, higher)) return true;
  }
  return false;
}

bool party_person_above(const struct party_desk *desk, struct str higher, struct str lower) {
  const struct party_person *h = party_person(desk, higher), *l = party_person(desk, lower);
  if (!h || !l || str_eq(higher, lower)) return false;
  if (party_role_above(desk->program, h->role, l->role)) return true;
  for (int depth = 0; l && depth < PARTY_DEPTH_MAX; depth++) {
    if (str_eq(l->superior, higher)) return true;
    l = l->superior.n ? party_person(desk, l->superior) : NULL;
  }
  return false;
}

static struct party_set holders(const struct party_desk *desk, struct str role) {
  struct party_set set = {ARENA_ARRAY(desk->arena, struct str, desk->count + 1), 0};
  for (size_t i = 0; i < desk->count; i++)
    if (str_eq(desk->people[i].role, role)) set.ids[set.count++] = desk->people[i].id;
  const struct lang_role *r = desk->program ? lang_find_role(desk->program, role) : NULL;
  if (set.count == 0 && r && r->deputy.text.n)
    for (size_t i = 0; i < desk->count; i++)
      if (str_eq(desk->people[i].role, r->deputy.text)) set.ids[set.count++] = desk->people[i].id;
  return set;
}

static struct party_set one(const struct party_desk *desk, struct str id) {
  struct party_set set = {ARENA_ARRAY(desk->arena, struct str, 1), 0};
  if (id.n) set.ids[set.count++] = id;
  return set;
}

struct str party_superior_of(const struct party_desk *desk, struct str person) {
  const struct party_person *p = party_person(desk, person);
  if (!p) return STR("");
  if (p->superior.n && party_person(desk, p->superior)) return p->superior;
  struct str role = p->role;
  for (int depth = 0; depth < PARTY_DEPTH_MAX; depth++) {
    role = role_superior(desk->program, role);
    if (!role.n) return STR("");
    struct party_set set = holders(desk, role);
    if (set.count) return set.ids[0];
  }
  return STR("");
}

static bool field_person(const struct party_matter *m, struct str name, struct str *out) {
  for (size_t i = 0; m->type && i < m->type->field_count; i++) {
    const struct lang_field *f = &m->type->fields[i];
    if (!str_eq(f->name.text, name)) continue;
    const json_t *v = json_object_getn(m->fields, name.p, name.n);
    *out = json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
    return true;
  }
  return false;
}

/* What the argument of a relation names: 当事人, 操作人, or a field of the case. */
static struct str argument_person(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m) {
  struct str id = STR("");
  (void)desk;
  if (!party->args.count || !party->args.p[0]) return m->subject;
  const struct lang_expr *e = party->args.p[0];
  if (e->kind != LX_PATH) return m->subject;
  if (str_is(e->path.text, "操作人") || str_is(e->path.text, "actor")) return m->actor;
  if (field_person(m, e->path.text, &id)) return id;
  return m->subject;
}

static struct party_set related(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m) {
  struct str person = argument_person(desk, party, m);
  struct str word = party->path.text;
  if (str_is(word, "上级") || str_is(word, "superior")) return one(desk, party_superior_of(desk, person));
  for (int depth = 0; depth < PARTY_DEPTH_MAX && person.n; depth++) {
    person = party_superior_of(desk, person);
    const struct party_person *p = party_person(desk, person);
    if (p && str_eq(p->role, word)) return one(desk, person);
  }
  return holders(desk, word);
}

struct party_set party_resolve(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m) {
  struct str word = party->path.text, id = STR("");
  if (party->args.count) return related(desk, party, m);
  if (str_is(word, "全员") || str_is(word, "everyone") || str_is(word, "员工") || str_is(word, "所有人")) {
    bool field = field_person(m, word, &id);
    if (field) return one(desk, id);
    struct party_set set = {ARENA_ARRAY(desk->arena, struct str, desk->count + 1), 0};
    for (size_t i = 0; i < desk->count; i++) set.ids[set.count++] = desk->people[i].id;
    return set;
  }
  if (field_person(m, word, &id)) return one(desk, id);
  if (str_is(word, "当事人") || str_is(word, "subject")) return one(desk, m->subject);
  if (str_is(word, "操作人") || str_is(word, "actor")) return one(desk, m->actor);
  if (str_is(word, "上级") || str_is(word, "superior")) return one(desk, party_superior_of(desk, m->subject.n ? m->subject : m->actor));
  return holders(desk, word);
}

bool party_set_has(struct party_set set, struct str id) {
  for (size_t i = 0; i < set.count; i++)
    if (str_eq(set.ids[i], id)) return true;
  return false;
}

bool party_includes(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m, struct str person) {
  return party_set_has(party_resolve(desk, party, m), person);
}

struct str party_words(const struct party_desk *desk, struct lang_span at) {
  return desk->program ? str_trim(lang_text(desk->program, at)) : STR("");
}

/* Who answers for one leaf: where only the person the matter is about would decide about themselves, their superior does. */
static struct party_set leaf_set(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m) {
  struct party_set set = party_resolve(desk, party, m);
  bool by_role = desk->program && lang_find_role(desk->program, party->path.text) != NULL;
  if (by_role && set.count == 1 && m->subject.n && str_eq(set.ids[0], m->subject)) {
    struct str above = party_superior_of(desk, m->subject);
    if (above.n) return one(desk, above);
  }
  return set;
}

static struct party_answer leaf_answer(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m,
                                       const struct party_vote *votes, size_t vote_count, struct str person) {
  struct party_answer out = {false, false, false};
  struct party_set set = leaf_set(desk, party, m);
  for (size_t i = 0; i < vote_count; i++)
    if (votes[i].agreed && party_set_has(set, votes[i].person)) out.satisfied = true;
  out.may = !out.satisfied && party_set_has(set, person);
  out.complete = out.satisfied || out.may;
  return out;
}

struct party_answer party_approval(const struct party_desk *desk, const struct lang_approval *approval, const struct party_matter *m,
                                   const struct party_vote *votes, size_t vote_count, struct str person) {
  if (!approval) return (struct party_answer){false, true, true};
  if (approval->kind == LA_PARTY) return leaf_answer(desk, &approval->party, m, votes, vote_count, person);
  struct party_answer out = {approval->kind != LA_ANY, false, approval->kind != LA_ANY};
  bool turn = true;
  for (size_t i = 0; i < approval->part_count; i++) {
    struct party_answer part = party_approval(desk, approval->parts[i], m, votes, vote_count, person);
    if (approval->kind == LA_ANY) {
      out.satisfied |= part.satisfied;
      out.may |= part.may;
      out.complete |= part.complete;
      continue;
    }
    out.satisfied &= part.satisfied;
    if (turn) out.may |= part.may;
    out.complete &= turn ? part.complete : part.satisfied;
    if (approval->kind == LA_IN_TURN && !part.satisfied) turn = false;
  }
  if (out.satisfied) out.may = false;
  return out;
}

struct party_set party_approvers(const struct party_desk *desk, const struct lang_approval *approval, const struct party_matter *m,
                                 const struct party_vote *votes, size_t vote_count) {
  struct party_set set = {ARENA_ARRAY(desk->arena, struct str, desk->count + 1), 0};
  for (size_t i = 0; i < desk->count; i++)
    if (party_approval(desk, approval, m, votes, vote_count, desk->people[i].id).may) set.ids[set.count++] = desk->people[i].id;
  return set;
}
