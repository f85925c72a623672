/* Running programs: see bytecode.h. Every step is a loop over the rows asked for; over one fact it is a loop of one. A test
 * that compares a field with a constant reads the column as it lies, without a register between. */
#include "rules/bytecode.h"

#include <stdlib.h>
#include <string.h>

void bytecode_registers(struct bc_registers *r, u32 room) {
  *r = (struct bc_registers){.room = room, .contains_step = -1};
  r->memory = aligned_alloc(64, ((size_t)room * BC_REGISTERS * 9 + 127) / 64 * 64);
  BUG_IF(r->memory == NULL);
  for (int i = 0; i < BC_REGISTERS; i++) {
    r->value[i] = (i64 *)r->memory + (size_t)i * room;
    r->test[i] = (u8 *)((i64 *)r->memory + (size_t)BC_REGISTERS * room) + (size_t)i * room;
  }
}

void bytecode_registers_free(struct bc_registers *r) {
  free(r->memory);
  free(r->contains);
  *r = (struct bc_registers){0};
}

/* ---- reading ---- */

static i64 cell_number(const struct cell *c, u8 type, bool *odd) {
  u32 t = c->type & 0xff;
  if (t == V_ABSENT) return BC_ABSENT;
  if (t != type && !(type == V_TEXT && t == V_REF) && !(type == V_REF && t == V_TEXT)) *odd = true;
  return t == V_TEXT || t == V_REF ? (i64)c->s : c->i;
}

static bool of_symbols(u8 type) { return type == V_TEXT || type == V_REF; }

static bool read_field(const struct bc_step *st, const struct bc_source *s, const u32 *sel, u32 n, i64 *out) {
  if (s->columns == NULL) {
    const struct fact *f = fact_of(s->e, s->ref);
    const struct cell *cells = f->derived ? &s->e->s.derived_cells.p[f->cells] : &s->e->cells.p[f->cells];
    bool odd = false;
    out[0] = cell_number(&cells[st->field], st->type, &odd);
    u32 t = cells[st->field].type & 0xff;
    if (of_symbols(st->type) && t != V_ABSENT && t != st->type) return false; /* a reference written as text compares otherwise */
    return !odd && (out[0] != BC_ABSENT || !st->must);
  }
  const struct column *col = &s->columns->kinds[s->kind].fields[st->field];
  if (col->type == COL_NONE) {
    for (u32 i = 0; i < n; i++) out[i] = BC_ABSENT;
    return !st->must || n == 0;
  }
  if (col->mixed || col->type == COL_OTHER || col->value != st->type) return false;
  i64 absent = 0;
  if (col->type == COL_I32) {
    const i32 *p = col->i32s + s->row;
    for (u32 i = 0; i < n; i++) {
      i64 v = p[sel ? sel[i] : i];
      out[i] = v == ABSENT_32 ? BC_ABSENT : v;
    }
  } else if (col->type == COL_SYM) {
    const sym *p = col->syms + s->row;
    for (u32 i = 0; i < n; i++) {
      sym v = p[sel ? sel[i] : i];
      out[i] = v == ABSENT_SYM ? BC_ABSENT : (i64)v;
    }
  } else {
    const i64 *p = col->i64s + s->row;
    for (u32 i = 0; i < n; i++) out[i] = p[sel ? sel[i] : i];
  }
  if (st->must && col->gaps) {
    for (u32 i = 0; i < n; i++) absent += out[i] == BC_ABSENT;
  }
  return absent == 0;
}

static i64 at_of(const struct bc_source *s, u32 i) {
  return s->columns ? s->columns->kinds[s->kind].at[s->row + i] : fact_of(s->e, s->ref)->at;
}

static bool actor_of(const struct bc_source *s, u32 i, i64 *out) {
  if (s->columns == NULL) {
    const struct fact *f = fact_of(s->e, s->ref);
    sym who = f->actor ? f->actor : fact_person(s->e, s->ref);
    *out = who ? (i64)who : BC_ABSENT;
    return true;
  }
  *out = s->columns->kinds[s->kind].actor[s->row + i];
  if (*out == 0) *out = column_sym(s->columns, s->kind, s->row + i, s->e->f_person[s->kind]);
  if (*out == 0) *out = column_sym(s->columns, s->kind, s->row + i, s->e->f_agent[s->kind]);
  return *out != 0; /* whom it concerns may hang on an object */
}

/* ---- tests ---- */

#define TEST_LOOP(p, op, k, absent)                                                                      \
  if (sel) {                                                                                              \
    for (u32 i = 0; i < n; i++) m[i] = (u8)(((p)[sel[i]] op (k)) & ((p)[sel[i]] != (absent)));            \
  } else {                                                                                                \
    for (u32 i = 0; i < n; i++) m[i] = (u8)(((p)[i] op (k)) & ((p)[i] != (absent)));                      \
  }
#define TEST_COLUMN(p, absent, k)                            \
  switch (st->op) {                                          \
    case BC_FIELD_LT: TEST_LOOP(p, <, k, absent) break;      \
    case BC_FIELD_LE: TEST_LOOP(p, <=, k, absent) break;     \
    case BC_FIELD_GT: TEST_LOOP(p, >, k, absent) break;      \
    case BC_FIELD_GE: TEST_LOOP(p, >=, k, absent) break;     \
    case BC_FIELD_EQ: TEST_LOOP(p, ==, k, absent) break;     \
    default: TEST_LOOP(p, !=, k, absent) break;              \
  }

static bool compares(u8 op, i64 a, i64 b) {
  switch (op) {
    case BC_LT: return a < b;
    case BC_LE: return a <= b;
    case BC_GT: return a > b;
    case BC_GE: return a >= b;
    case BC_EQ: return a == b;
    default: return a != b;
  }
}

static u8 test_pair(u8 op, i64 a, i64 b) {
  if (a == BC_FAILED || b == BC_FAILED) return 2;
  if (a == BC_ABSENT || b == BC_ABSENT) return 0;
  return compares(op, a, b);
}

static bool test_field(const struct bc_step *st, const struct bc_source *s, const u32 *sel, u32 n, struct bc_registers *r) {
  u8 *m = r->test[st->dst];
  const struct column *col = s->columns ? &s->columns->kinds[s->kind].fields[st->field] : NULL;
  if (col && col->type != COL_NONE && !col->mixed && col->type != COL_OTHER && col->value == st->type && !(st->must && col->gaps)) {
    if (col->type == COL_SYM) {
      const sym *p = col->syms + s->row;
      sym k = (sym)st->imm;
      TEST_COLUMN(p, ABSENT_SYM, k)
      return true;
    }
    if (col->type == COL_I64) {
      const i64 *p = col->i64s + s->row;
      i64 k = st->imm;
      TEST_COLUMN(p, ABSENT_64, k)
      return true;
    }
    if (st->imm > INT32_MIN && st->imm <= INT32_MAX) {
      const i32 *p = col->i32s + s->row;
      i32 k = (i32)st->imm;
      TEST_COLUMN(p, ABSENT_32, k)
      return true;
    }
  }
  i64 *v = r->value[st->dst];
  if (!read_field(st, s, sel, n, v)) return false;
  u8 op = (u8)(BC_LT + (st->op - BC_FIELD_LT));
  for (u32 i = 0; i < n; i++) m[i] = test_pair(op, v[i], st->imm);
  return true;
}

static bool has_text(const struct bc_step *st, const struct bc_source *s, u32 n, struct bc_registers *r) {
  const struct intern *names = &s->e->names;
  struct str want = intern_str(names, (sym)st->imm);
  u8 *m = r->test[st->dst];
  const i64 *v = r->value[st->a];
  if (r->contains_step != st->imm || r->contains_room <= names->n) {
    free(r->contains);
    r->contains = NULL;
    r->contains_step = st->imm;
    r->contains_room = names->n + 1;
    if (s->columns) {
      r->contains = calloc(r->contains_room, 1);
      BUG_IF(r->contains == NULL);
    }
  }
  for (u32 i = 0; i < n; i++) {
    bool has = false;
    if (v[i] != BC_ABSENT && v[i] != 0) {
      sym word = (sym)v[i];
      u8 known = r->contains ? r->contains[word] : 0;
      if (known == 0) {
        known = str_find(intern_str(names, word), want, 0) == SIZE_MAX ? 1 : 2;
        if (r->contains) r->contains[word] = known;
      }
      has = known == 2;
    }
    m[i] = has == (st->op == BC_HAS_TEXT);
  }
  return true;
}

/* ---- arithmetic ---- */

static bool arithmetic(const struct bc_step *st, u32 n, struct bc_registers *r) {
  i64 *d = r->value[st->dst];
  const i64 *a = r->value[st->a], *b = r->value[st->b];
  bool over = false;
  for (u32 i = 0; i < n; i++) {
    i64 y = st->op == BC_SCALE ? st->imm : st->op == BC_NEGATE ? 0 : b[i], x = a[i], out;
    if (st->op == BC_NEGATE && x == BC_ABSENT) {
      d[i] = x;
      continue;
    }
    if (x <= BC_FAILED || y <= BC_FAILED) {
      d[i] = BC_FAILED;
      continue;
    }
    bool bad = st->op == BC_ADD ? __builtin_add_overflow(x, y, &out) : st->op == BC_SUB ? __builtin_sub_overflow(x, y, &out)
               : st->op == BC_NEGATE ? __builtin_sub_overflow(0, x, &out) : __builtin_mul_overflow(x, y, &out);
    over |= bad || out <= INT64_MIN / 2 || out >= INT64_MAX / 2;
    d[i] = out;
  }
  return !over;
}

static i64 dated(const struct bc_program *p, const struct bc_step *st, i64 date) {
  i64 v = p->dated[st->a].value;
  for (u32 i = 1; i < st->b; i++) {
    if (p->dated[st->a + i].from <= date) v = p->dated[st->a + i].value;
  }
  return v;
}

static void figure_values(const struct bc_program *p, const struct bc_step *st, const struct bc_source *s, const u32 *sel, u32 n, i64 *out) {
  i64 zone = s->e->zone, until = INT64_MIN, v = 0, from = INT64_MAX;
  for (u32 i = 0; i < n; i++) {
    i64 at = s->now != INT64_MIN ? s->now : at_of(s, sel ? sel[i] : i);
    if (at < from || at >= until) { /* rows come in order: a new value is rare */
      i64 date = instant_date(at, zone);
      v = dated(p, st, date);
      from = instant_at(date, 0, zone);
      until = from + MS_DAY;
    }
    out[i] = v;
  }
}

static void moments(const struct bc_step *st, const struct bc_source *s, const u32 *sel, u32 n, i64 *out) {
  for (u32 i = 0; i < n; i++) {
    i64 at = at_of(s, sel ? sel[i] : i);
    out[i] = st->op == BC_AT ? at : st->op == BC_DATE ? instant_date(at, s->e->zone) : instant_time_of_day(at, s->e->zone);
  }
}

static void logic(const struct bc_step *st, u32 n, struct bc_registers *r) {
  u8 *d = r->test[st->dst];
  const u8 *a = r->test[st->a], *b = r->test[st->b];
  if (st->op == BC_AND) for (u32 i = 0; i < n; i++) d[i] = a[i] == 1 ? b[i] : a[i];
  else if (st->op == BC_OR) for (u32 i = 0; i < n; i++) d[i] = a[i] == 0 ? b[i] : a[i];
  else for (u32 i = 0; i < n; i++) d[i] = a[i] == 2 ? 2 : !a[i];
}

static void value_test(const struct bc_step *st, u32 n, struct bc_registers *r) {
  u8 *m = r->test[st->dst];
  const i64 *a = r->value[st->a], *b = r->value[st->b];
  for (u32 i = 0; i < n; i++) {
    if (st->op == BC_TRUTH) m[i] = a[i] == BC_FAILED ? 2 : a[i] == 1;
    else if (st->op == BC_FILLED || st->op == BC_EMPTY) m[i] = a[i] == BC_FAILED ? 2 : (a[i] != BC_ABSENT && !(st->b && a[i] == 0)) == (st->op == BC_FILLED);
    else if (st->op >= BC_LT_K) m[i] = test_pair((u8)(BC_LT + (st->op - BC_LT_K)), a[i], st->imm);
    else m[i] = test_pair(st->op, a[i], b[i]);
  }
}

bool bytecode_run(const struct bc_program *p, const struct bc_source *s, const u32 *sel, u32 n, struct bc_registers *r) {
  for (u32 k = 0; k < p->count; k++) {
    const struct bc_step *st = &p->steps[k];
    i64 *v = r->value[st->dst];
    switch (st->op) {
      case BC_FIELD:
        if (!read_field(st, s, sel, n, v)) return false;
        break;
      case BC_AT: case BC_DATE: case BC_TIME: moments(st, s, sel, n, v); break;
      case BC_ACTOR:
        for (u32 i = 0; i < n; i++) {
          if (!actor_of(s, sel ? sel[i] : i, &v[i])) return false;
        }
        break;
      case BC_BEARER:
        for (u32 i = 0; i < n; i++) v[i] = s->bearer;
        break;
      case BC_CONST:
        for (u32 i = 0; i < n; i++) v[i] = st->imm;
        break;
      case BC_FIGURE: figure_values(p, st, s, sel, n, v); break;
      case BC_DATE_OF:
        for (u32 i = 0; i < n; i++) v[i] = v[i] <= BC_FAILED ? v[i] : instant_date(v[i], s->e->zone);
        break;
      case BC_ADD: case BC_SUB: case BC_MUL: case BC_SCALE: case BC_NEGATE:
        if (!arithmetic(st, n, r)) return false;
        break;
      case BC_FIELD_LT: case BC_FIELD_LE: case BC_FIELD_GT: case BC_FIELD_GE: case BC_FIELD_EQ: case BC_FIELD_NE:
        if (!test_field(st, s, sel, n, r)) return false;
        break;
      case BC_HAS_TEXT: case BC_LACKS_TEXT:
        if (!has_text(st, s, n, r)) return false;
        break;
      case BC_AND: case BC_OR: case BC_NOT: logic(st, n, r); break;
      case BC_ALWAYS: memset(r->test[st->dst], (int)st->imm, n); break;
      default: value_test(st, n, r); break;
    }
  }
  return true;
}

bool bytecode_value(const struct bc_program *p, const struct bc_source *s, struct bc_registers *r, i64 *value) {
  u32 row = 0;
  if (!bytecode_run(p, s, &row, 1, r)) return false;
  *value = r->value[p->result_register][0];
  return *value != BC_FAILED;
}

int bytecode_test(const struct bc_program *p, const struct bc_source *s, struct bc_registers *r) {
  u32 row = 0;
  if (!bytecode_run(p, s, &row, 1, r)) return 3;
  return r->test[p->result_register][0];
}
