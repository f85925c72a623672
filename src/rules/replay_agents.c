/* Who had a conversation or an order when: the one column that many duties ask for. Nearly every object has one agent from its
 * first mention on; for those a word and an instant are kept. The others are folded exactly as objects.c folds them. */
#include "rules/replay_plan.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct agent_change {
  i64 at;
  sym agent;
};
struct replay_agents {
  u32 n;              /* symbols */
  atomic_bool several; /* some object has had more than one */
  sym *agent;         /* ABSENT_SYM: several, see spans */
  i64 *since;
  VEC(struct agent_change) changes;
  struct table spans; /* object -> first << 32 | count */
};
struct mention {
  sym object, agent;
  i64 at;
  u32 row;
  u16 kind;
  bool weak;          /* counts only while there is no agent */
};

/* How facts of a kind name the agent; false: they do not. */
static bool names_agent(const struct replay *p, u8 noun, u16 kind, int *object, int *field, bool *actor, bool *weak) {
  const struct engine *e = p->e;
  *object = e->f_object[kind][noun];
  *field = e->f_agent[kind];
  *actor = *weak = false;
  if (*object < 0) return false;
  if (noun == N_ORDER) {
    if (kind <= EVENT_conversation_phrase_missing && e->f_object[kind][N_CONVERSATION] >= 0) return false;
    *weak = kind != EVENT_order_assigned;
    return *field >= 0;
  }
  switch (kind) {
    case EVENT_conversation_assigned: case EVENT_conversation_picked_up: case EVENT_conversation_customer_spoke: return true;
    case EVENT_conversation_transferred: *field = field_index("conversation.transferred", "to"); return true;
    case EVENT_conversation_agent_replied: *actor = *weak = true; return true;
    case EVENT_conversation_closed: case EVENT_conversation_abandoned: *weak = true; return *field >= 0;
    default: return false;
  }
}

static sym named(const struct replay *p, u16 kind, u32 row, int field, bool actor) {
  sym who = column_sym(&p->columns, kind, row, field);
  return who || !actor ? who : p->columns.kinds[kind].actor[row];
}

static int in_order(const void *x, const void *y) {
  const struct mention *a = x, *b = y;
  if (a->object != b->object) return a->object < b->object ? -1 : 1;
  if (a->at != b->at) return a->at < b->at ? -1 : 1;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

static void fold_exactly(const struct replay *p, u8 noun, struct replay_agents *a) {
  if (!a->several) return;
  VEC(struct mention) all = {0};
  int object, field;
  bool actor, weak;
  for (u16 kind = 0; kind < EVENT_KIND_COUNT; kind++) {
    if (p->columns.kinds[kind].n == 0 || !names_agent(p, noun, kind, &object, &field, &actor, &weak)) continue;
    for (u32 row = 0; row < p->columns.kinds[kind].n; row++) {
      sym id = column_sym(&p->columns, kind, row, object);
      if (id == 0 || a->agent[id] != ABSENT_SYM) continue;
      sym who = named(p, kind, row, field, actor);
      if (who) *VEC_PUSH(all) = (struct mention){id, who, p->columns.kinds[kind].at[row], row, kind, weak};
    }
  }
  if (all.n) qsort(all.p, all.n, sizeof *all.p, in_order);
  sym now = 0;
  for (u32 i = 0; i < all.n; i++) {
    const struct mention *m = &all.p[i];
    if (i == 0 || all.p[i - 1].object != m->object) {
      now = 0;
      *table_at(&a->spans, m->object, NULL) = (u64)a->changes.n << 32;
    }
    if (m->agent == now || (m->weak && now)) continue;
    now = m->agent;
    *VEC_PUSH(a->changes) = (struct agent_change){m->at, now};
    ++*table_at(&a->spans, m->object, NULL);
  }
  VEC_FREE(all);
}

static void fold_kind(const struct replay *p, struct replay_agents *a, u16 kind, int object, int field, bool actor, struct share share) {
  bool several = false;
  const struct kind_rows *r = &p->columns.kinds[kind];
  const struct column *oc = &r->fields[object], *ac = field >= 0 ? &r->fields[field] : NULL;
  if (oc->type == COL_NONE) return;
  bool plain = oc->type == COL_SYM && (ac == NULL || ac->type == COL_SYM);
  for (u32 row = 0; row < r->n; row++) {
    sym id, who;
    if (plain) {
      id = oc->syms[row];
      who = ac ? ac->syms[row] : 0;
      if (id == ABSENT_SYM) id = 0;
      if (who == ABSENT_SYM) who = 0;
      if (who == 0 && actor) who = r->actor[row];
    } else {
      id = column_sym(&p->columns, kind, row, object);
      who = named(p, kind, row, field, actor);
    }
    if (id == 0 || who == 0 || !share_has(share, id)) continue;
    sym known = a->agent[id];
    if (known == 0) {
      a->agent[id] = who;
      a->since[id] = r->at[row];
    } else if (known != who) {
      a->agent[id] = ABSENT_SYM;
      several = true;
    } else if (r->at[row] < a->since[id]) {
      a->since[id] = r->at[row];
    }
  }
  if (several) a->several = true;
}

struct replay_agents *replay_agents_new(const struct replay *p) {
  struct replay_agents *a = calloc(1, sizeof *a);
  BUG_IF(a == NULL);
  a->n = p->e->names.n + 1;
  a->agent = calloc(a->n, sizeof *a->agent);
  a->since = malloc((size_t)a->n * sizeof *a->since);
  BUG_IF(a->agent == NULL || a->since == NULL);
  return a;
}

void replay_agents_fold(const struct replay *p, u8 noun, struct replay_agents *a, struct share share) {
  int object, field;
  bool actor, weak;
  for (u16 kind = 0; kind < EVENT_KIND_COUNT; kind++) {
    if (p->columns.kinds[kind].n && names_agent(p, noun, kind, &object, &field, &actor, &weak)) fold_kind(p, a, kind, object, field, actor, share);
  }
}

void replay_agents_finish(const struct replay *p, u8 noun, struct replay_agents *a) { fold_exactly(p, noun, a); }

void replay_agents_free(struct replay_agents *a) {
  if (a == NULL) return;
  free(a->agent);
  free(a->since);
  VEC_FREE(a->changes);
  table_clear(&a->spans);
  free(a);
}

sym replay_agent_at(const struct replay_agents *a, sym object, i64 before) {
  if (object >= a->n) return 0;
  sym who = a->agent[object];
  if (who != ABSENT_SYM) return who && a->since[object] < before ? who : 0;
  const u64 *span = table_get(&a->spans, object);
  if (span == NULL) return 0;
  u32 first = (u32)(*span >> 32), n = (u32)*span;
  who = 0;
  for (u32 i = 0; i < n && a->changes.p[first + i].at < before; i++) who = a->changes.p[first + i].agent;
  return who;
}
