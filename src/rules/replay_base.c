/* What rules have in common is looked up once. Thirty rules that ask for 等待 over 40, 45, 50 … seconds share the rows over 40;
 * duties that begin with the same kind share, for each of its rows, when the goal came. The choice hangs on the book and on a
 * sample of rows at fixed places, so equal input is shared out equally; the answers do not hang on it at all. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 2048 };

static bool same_program(const struct bc_program *a, const struct bc_program *b) {
  if (a->count != b->count || a->dated_count != b->dated_count || a->result_register != b->result_register) return false;
  for (u32 i = 0; i < a->count; i++) {
    const struct bc_step *x = &a->steps[i], *y = &b->steps[i];
    if (x->op != y->op || x->dst != y->dst || x->a != y->a || x->b != y->b || x->must != y->must || x->type != y->type || x->field != y->field || x->imm != y->imm) return false;
  }
  for (u32 i = 0; i < a->dated_count; i++) {
    if (a->dated[i].from != b->dated[i].from || a->dated[i].value != b->dated[i].value) return false;
  }
  return true;
}

static bool same_events(const struct plan_events *a, const struct plan_events *b) {
  if (a->kind != b->kind || a->test_count != b->test_count) return false;
  for (u32 i = 0; i < a->test_count; i++) {
    if (!same_program(&a->tests[i], &b->tests[i])) return false;
  }
  return true;
}

static int direction(const struct bc_program *t) {
  if (t->count != 1) return 0;
  u8 op = t->steps[0].op;
  return op == BC_FIELD_GT || op == BC_FIELD_GE ? 1 : op == BC_FIELD_LT || op == BC_FIELD_LE ? -1 : 0;
}

/* The loosest test that both imply, in *a; false: they have nothing in common. */
static bool loosen(struct replay *p, struct bc_program *a, const struct bc_program *b) {
  if (same_program(a, b)) return true;
  int d = direction(a);
  if (d == 0 || d != direction(b) || a->steps[0].field != b->steps[0].field || a->steps[0].type != b->steps[0].type) return false;
  struct bc_step *s = ARENA_NEW(p->plans, struct bc_step);
  *s = a->steps[0];
  s->op = d > 0 ? BC_FIELD_GE : BC_FIELD_LE;
  if (d > 0 ? b->steps[0].imm < s->imm : b->steps[0].imm > s->imm) s->imm = b->steps[0].imm;
  a->steps = s;
  return true;
}

/* A row left out by a shared test is never shown to the rule: the test must not be one that would send it to the tree. */
static bool shareable(const struct replay *p, u16 kind, const struct bc_program *t) {
  for (u32 i = 0; i < t->count; i++) {
    const struct bc_step *s = &t->steps[i];
    bool field = s->op == BC_FIELD || (s->op >= BC_FIELD_LT && s->op <= BC_FIELD_NE);
    if (s->op >= BC_ADD && s->op <= BC_NEGATE) return false;
    if (s->op == BC_ACTOR) return false;
    if (!field) continue;
    const struct column *col = p->columns.kinds[kind].fields ? &p->columns.kinds[kind].fields[s->field] : NULL;
    if (col == NULL || col->type == COL_NONE || col->type == COL_OTHER || col->mixed || col->value != s->type || (s->must && col->gaps)) return false;
  }
  return true;
}

struct member {
  u32 rule, start;
};
struct members {
  u16 kind;
  u8 noun;
  VEC(struct member) all;
};

static u32 passes(struct replay_worker *w, u16 kind, const struct bc_program *t) {
  u32 n = w->p->columns.kinds[kind].n, step = n / SAMPLE ? n / SAMPLE : 1, yes = 0;
  struct bc_source s = {.columns = &w->p->columns, .kind = kind, .e = w->p->e, .now = INT64_MIN};
  for (u32 row = 0; row < n; row += step) {
    s.row = row;
    yes += bytecode_test(t, &s, &w->one) == 1;
  }
  return yes;
}

static u32 base_of(struct replay *p, u16 kind, u8 noun, const struct bc_program *test) {
  for (u32 i = 0; i < p->bases.n; i++) {
    const struct plan_base *b = &p->bases.p[i];
    if (b->kind == kind && b->noun == noun && b->has_test == (test != NULL) && (test == NULL || same_program(&b->test, test))) return i;
  }
  *VEC_PUSH(p->bases) = (struct plan_base){.kind = kind, .noun = noun, .has_test = test != NULL};
  if (test) p->bases.p[p->bases.n - 1].test = *test;
  return p->bases.n - 1;
}

/* One kind's rules that follow at once: each joins the test that lets the fewest rows by, when two or more share it. */
static void share_tests(struct replay_worker *w, const struct members *m) {
  struct replay *p = w->p;
  VEC(struct bc_program) tests = {0};
  VEC(u32) users = {0}, yes = {0};
  for (u32 i = 0; i < m->all.n; i++) {
    const struct plan_events *ev = &p->rules.p[m->all.p[i].rule].starts[m->all.p[i].start].events;
    for (u32 t = 0; t < ev->test_count; t++) {
      if (!shareable(p, m->kind, &ev->tests[t])) continue;
      u32 k = 0;
      while (k < tests.n && !loosen(p, &tests.p[k], &ev->tests[t])) k++;
      if (k == tests.n) {
        *VEC_PUSH(tests) = ev->tests[t];
        *VEC_PUSH(users) = 0;
      }
      users.p[k]++;
    }
  }
  for (u32 k = 0; k < tests.n; k++) *VEC_PUSH(yes) = users.p[k] > 1 ? passes(w, m->kind, &tests.p[k]) : UINT32_MAX;
  for (u32 i = 0; i < m->all.n; i++) {
    struct plan_start *start = &p->rules.p[m->all.p[i].rule].starts[m->all.p[i].start];
    u32 best = NONE;
    for (u32 t = 0; t < start->events.test_count; t++) {
      if (!shareable(p, m->kind, &start->events.tests[t])) continue;
      for (u32 k = 0; k < tests.n; k++) {
        struct bc_program both = tests.p[k];
        if (users.p[k] > 1 && loosen(p, &both, &start->events.tests[t]) && (best == NONE || yes.p[k] < yes.p[best])) best = k;
      }
    }
    if (best != NONE) start->base = base_of(p, m->kind, N_NONE, &tests.p[best]);
  }
  VEC_FREE(tests);
  VEC_FREE(users);
  VEC_FREE(yes);
}

/* Duties that begin with one kind and hang on one noun: the loosest test common to all, or every row. */
static void share_duties(struct replay *p, const struct members *m) {
  const struct plan_events *first = &p->rules.p[m->all.p[0].rule].starts[m->all.p[0].start].events;
  struct bc_program found = {0};
  bool has = false;
  for (u32 t = 0; t < first->test_count && !has; t++) {
    if (!shareable(p, m->kind, &first->tests[t])) continue;
    found = first->tests[t];
    has = true;
    for (u32 i = 1; i < m->all.n && has; i++) {
      const struct plan_events *ev = &p->rules.p[m->all.p[i].rule].starts[m->all.p[i].start].events;
      has = false;
      for (u32 k = 0; k < ev->test_count && !has; k++) has = shareable(p, m->kind, &ev->tests[k]) && loosen(p, &found, &ev->tests[k]);
    }
  }
  u32 base = base_of(p, m->kind, m->noun, has ? &found : NULL);
  for (u32 i = 0; i < m->all.n; i++) {
    struct plan_rule *rule = &p->rules.p[m->all.p[i].rule];
    const struct plan_duty *d = rule->duty;
    rule->starts[m->all.p[i].start].base = base;
    for (u32 k = 0; k < d->goal_count + d->release_count + d->end_count; k++) {
      const struct plan_events *ev = plan_duty_stream(d, k);
      struct plan_base *b = &p->bases.p[base];
      bool known = false;
      for (u32 s = 0; s < b->streams.n && !known; s++) known = same_events(&b->streams.p[s].events, ev);
      if (!known) *VEC_PUSH(b->streams) = (struct plan_stream){.events = *ev};
    }
  }
}

const struct plan_events *plan_duty_stream(const struct plan_duty *d, u32 k) {
  if (k < d->goal_count) return &d->goals[k];
  k -= d->goal_count;
  return k < d->release_count ? &d->releases[k] : &d->ends[k - d->release_count];
}

const struct plan_stream *plan_base_stream(const struct plan_base *b, const struct plan_events *ev) {
  for (u32 i = 0; i < b->streams.n; i++) {
    if (same_events(&b->streams.p[i].events, ev)) return &b->streams.p[i];
  }
  return NULL;
}

void replay_bases(struct replay *p) {
  VEC(struct members) groups = {0};
  struct replay_worker w = {.p = p};
  bytecode_registers(&w.one, 1);
  for (u32 i = 0; i < p->rules.n; i++) {
    struct plan_rule *rule = &p->rules.p[i];
    for (u32 k = 0; rule->r && rule->vector && k < rule->start_count; k++) {
      u16 kind = rule->starts[k].events.kind;
      u8 noun = rule->duty ? rule->duty->noun : (u8)N_NONE;
      rule->starts[k].base = NONE;
      u32 g = 0;
      while (g < groups.n && (groups.p[g].kind != kind || groups.p[g].noun != noun)) g++;
      if (g == groups.n) *VEC_PUSH(groups) = (struct members){.kind = kind, .noun = noun};
      *VEC_PUSH(groups.p[g].all) = (struct member){i, k};
    }
  }
  for (u32 g = 0; g < groups.n; g++) {
    if (groups.p[g].noun) share_duties(p, &groups.p[g]);
    else if (groups.p[g].all.n > 1) share_tests(&w, &groups.p[g]);
    free(groups.p[g].all.p);
  }
  VEC_FREE(groups);
  bytecode_registers_free(&w.one);
}

void replay_base_find(struct replay_worker *w, struct plan_base *b) {
  if (b->found) return;
  b->found = true;
  u32 rows = w->p->columns.kinds[b->kind].n;
  struct plan_events ev = {.kind = b->kind, .tests = &b->test, .test_count = 1};
  if (!b->has_test) b->n = rows;
  else b->failed = !replay_select(w, &ev, NULL, 0, rows, &b->rows, &b->n, &b->room);
}

void replay_base_part(struct replay_worker *w, const struct plan_base *b, struct share share, struct plan_found *out) {
  u32 rows = w->p->columns.kinds[b->kind].n, from = (u32)((u64)rows * share.part / share.parts), to = (u32)((u64)rows * (share.part + 1) / share.parts);
  struct bc_program test = b->test;
  struct plan_events ev = {.kind = b->kind, .tests = &test, .test_count = 1};
  out->failed = !replay_select(w, &ev, NULL, from, to, &out->rows, &out->n, &out->room);
}

void replay_base_join(struct plan_base *b, struct plan_found *parts, u32 n) {
  b->found = true;
  for (u32 i = 0; i < n; i++) {
    b->failed |= parts[i].failed;
    if (b->rows == NULL) {
      b->rows = parts[i].rows;
      b->n = parts[i].n;
      b->room = parts[i].room;
      continue;
    }
    if (b->n + parts[i].n > b->room) b->rows = vec_room(b->rows, &b->room, b->n + parts[i].n, sizeof *b->rows);
    if (parts[i].n) memcpy(b->rows + b->n, parts[i].rows, (size_t)parts[i].n * sizeof *b->rows);
    b->n += parts[i].n;
    free(parts[i].rows);
  }
}

void replay_bases_free(struct replay *p) {
  for (u32 i = 0; i < p->bases.n; i++) {
    for (u32 s = 0; s < p->bases.p[i].streams.n; s++) {
      free(p->bases.p[i].streams.p[s].stop);
      free(p->bases.p[i].streams.p[s].stop_at);
    }
    free(p->bases.p[i].streams.p);
    free(p->bases.p[i].rows);
  }
  VEC_FREE(p->bases);
}
