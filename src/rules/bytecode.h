/* Guards and amounts as register programs. One interpreter runs them over one fact or over a block of rows of one kind, so
 * what is judged live and what is judged in a replay is the same code.
 *
 * A register holds a number (fen, 1/100 points, ms, days … or a symbol) or, for a test, 0 no, 1 yes, 2 failed: to a person.
 * Numbers have one type and denominator for the whole program, known when it is compiled; there is no floating point.
 * What a program cannot say (state of objects, counts, people) is not compiled: bytecode_compile answers false, and the
 * tree is evaluated instead. A value met at run time that the program did not expect (a field of another type, a field
 * left out whose word may then mean something else, an overflow) makes the run say so: the tree decides. */
#ifndef GUIJU_RULES_BYTECODE_H
#define GUIJU_RULES_BYTECODE_H

#include "rules/columns.h"

enum { BC_BLOCK = 1024, BC_REGISTERS = 16 };
#define BC_ABSENT INT64_MIN
#define BC_FAILED (INT64_MIN + 1) /* arithmetic on something absent */

enum bc_op {
  BC_FIELD,     /* dst = field */
  BC_AT, BC_DATE, BC_TIME, BC_ACTOR, BC_BEARER,
  BC_CONST,     /* dst = imm */
  BC_FIGURE,    /* dst = value on the date of `now`: values[a .. a + b) */
  BC_DATE_OF,   /* dst = date of instant a */
  BC_ADD, BC_SUB, BC_MUL, /* dst = a op b */
  BC_SCALE,     /* dst = a * imm */
  BC_NEGATE,
  BC_LT, BC_LE, BC_GT, BC_GE, BC_EQ, BC_NE, /* test of a and b; absent: no */
  BC_LT_K, BC_LE_K, BC_GT_K, BC_GE_K, BC_EQ_K, BC_NE_K, /* a and imm */
  BC_FIELD_LT, BC_FIELD_LE, BC_FIELD_GT, BC_FIELD_GE, BC_FIELD_EQ, BC_FIELD_NE, /* field and imm */
  BC_HAS_TEXT,  /* text of symbol a contains text of symbol imm */
  BC_LACKS_TEXT,
  BC_FILLED, BC_EMPTY, /* b: a is a symbol */
  BC_TRUTH,     /* test: a is 是 */
  BC_AND, BC_OR, BC_NOT, BC_ALWAYS /* imm */
};
struct bc_step {
  u8 op, dst, a, b;
  u8 must;              /* FIELD…: absent sends the run to the tree */
  u8 type;              /* FIELD…: value type expected */
  u16 field;
  i64 imm;
};
struct bc_dated { /* one value of a dated figure: from this date on (INT64_MIN: from ever) */
  i64 from, value;
};
struct bc_type {
  u8 type;              /* enum value_type; V_BOOL of a value register */
  u8 noun;
  bool test;            /* the result is a test register */
  i64 den;
};
struct bc_program {
  struct bc_step *steps;
  u32 count;
  struct bc_dated *dated;
  u32 dated_count;
  struct bc_type result;
  u8 result_register;
  bool uses_date;       /* a dated figure is read */
};

/* What words mean where the expression stands. */
struct bc_place {
  struct engine *e;
  const struct version *v;
  u16 kind;
  const struct lang_party *bearer; /* words for the bearer mean it; NULL: nobody bears anything */
  bool has_bearer;
  bool element;         /* a fact that is counted: the context is not the fact's */
  bool goal;            /* a goal of a duty: the anchor is another fact, the bearer's words are not read */
};
/* Compile into the arena; false: not a thing for bytecode. `want_test`: the result is asked as yes or no. */
bool bytecode_compile(struct arena *a, const struct bc_place *place, const struct lang_expr *x, bool want_test, struct bc_program *out);
bool bytecode_word(struct arena *a, const struct bc_place *place, struct str word, struct bc_program *out);

/* Where values come from. */
struct bc_source {
  const struct columns *columns; /* rows of `kind`, or NULL: one fact */
  u16 kind;
  u32 row;                       /* first row of the block, or the row of sel[0] == 0 */
  struct engine *e;
  u32 ref;                       /* the fact */
  i64 now;                       /* when figures are read for a single row; INT64_MIN: the row's own time */
  sym bearer;
};
struct bc_registers {
  i64 *value[BC_REGISTERS];
  u8 *test[BC_REGISTERS];
  u32 room;
  u8 *contains;                  /* memo of one HAS_TEXT, by symbol: 0 not known, 1 no, 2 yes */
  u32 contains_room;
  i64 contains_step;
  void *memory;
};
void bytecode_registers(struct bc_registers *r, u32 room); /* for blocks of that many rows */
void bytecode_registers_free(struct bc_registers *r);
/* Run over rows row + sel[i], i < n (sel NULL: row + i). The result is in the result register. False: a value the program
 * did not expect; nothing of the block counts. */
bool bytecode_run(const struct bc_program *p, const struct bc_source *s, const u32 *sel, u32 n, struct bc_registers *r);
/* One row: the value, or false when the tree must decide. Absent gives V_ABSENT. */
bool bytecode_value(const struct bc_program *p, const struct bc_source *s, struct bc_registers *r, i64 *value);
/* One row: 0 no, 1 yes, 2 failed, 3 the tree must decide. */
int bytecode_test(const struct bc_program *p, const struct bc_source *s, struct bc_registers *r);

#endif
