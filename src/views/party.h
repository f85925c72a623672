/* Who a rulebook means: roles, fields of a case, superiors (岗位, 当事人, 组长(甲)), and approvals made of them.
 *
 * A desk's active people and the role tree of the rulebook in force, loaded once per request. Roles that nobody holds fall
 * to their deputy (代理); one's own request goes to one's superior. */
#ifndef GUIJU_VIEWS_PARTY_H
#define GUIJU_VIEWS_PARTY_H

#include "views/view.h"

struct party_person {
  struct str id, name, role, superior; /* superior: person id or "" */
};

struct party_desk {
  struct arena *arena;
  const struct lang_program *program;
  struct party_person *people; /* active ones, by job number */
  size_t count;
};
MUST_CHECK enum status party_load(struct store *s, struct arena *a, const struct lang_program *program, struct party_desk *out, struct problem *p);

const struct party_person *party_person(const struct party_desk *desk, struct str id); /* NULL: not here (any more) */
/* Is role `higher` a superior of role `lower`, at any distance? */
bool party_role_above(const struct lang_program *program, struct str higher, struct str lower);
/* Is the person (role or named superior) above the other one? Nobody is above themselves. */
bool party_person_above(const struct party_desk *desk, struct str higher, struct str lower);
/* The person who is this one's superior: the named one, else the first holder of the superior role; "" when none. */
struct str party_superior_of(const struct party_desk *desk, struct str person);

/* What names inside a party refer to. Any part may be empty. */
struct party_matter {
  const struct lang_case *type;
  const json_t *fields;  /* of the case, by declared name */
  struct str subject;    /* 当事人 */
  struct str actor;      /* 操作人; for approvals: who asked */
};
struct party_set {
  struct str *ids;
  size_t count;
};
/* The persons a party stands for now. */
struct party_set party_resolve(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m);
bool party_set_has(struct party_set set, struct str id);
bool party_includes(const struct party_desk *desk, const struct lang_party *party, const struct party_matter *m, struct str person);

/* The words of a party or approval as the book has them: "主管", "组长(甲) 且 组长(乙)". */
struct str party_words(const struct party_desk *desk, struct lang_span at);

struct party_vote {
  struct str person;
  bool agreed;
};
struct party_answer {
  bool satisfied; /* everybody who must agree has agreed */
  bool may;       /* `person` may answer now and has not yet been counted */
  bool complete;  /* … and with that answer it would be satisfied */
};
/* Where only the person the matter is about (`m->subject`) would decide about themselves, their superior does. */
struct party_answer party_approval(const struct party_desk *desk, const struct lang_approval *approval, const struct party_matter *m,
                                   const struct party_vote *votes, size_t vote_count, struct str person);
/* Everybody who may answer now. */
struct party_set party_approvers(const struct party_desk *desk, const struct lang_approval *approval, const struct party_matter *m,
                                 const struct party_vote *votes, size_t vote_count);

#endif
