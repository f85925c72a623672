/* Facts as columns: for each kind its rows in the one order of events, and a typed array for each field that ever had a value.
 * What a replay reads instead of events. Times in UTC ms; texts and ids are symbols of the engine that owns the store. */
#ifndef GUIJU_RULES_COLUMNS_H
#define GUIJU_RULES_COLUMNS_H

#include "rules/parts.h"

typedef int32_t i32;

enum column_type {
  COL_NONE, /* no row has a value */
  COL_I32,  /* numbers that fit; ABSENT_32 */
  COL_I64,  /* numbers; ABSENT_64 */
  COL_SYM,  /* texts and references; ABSENT_SYM, "" is 0 */
  COL_OTHER /* lists and free values: read from `values` */
};
#define ABSENT_32 INT32_MIN
#define ABSENT_64 INT64_MIN
enum { ABSENT_SYM = 0xffffffffu };

struct column {
  enum column_type type;
  enum value_type value;   /* of every present row; V_ABSENT: none yet */
  bool gaps;               /* some row has none */
  bool mixed;              /* rows of several value types: no vector reads it */
  union {
    void *p;
    i32 *i32s;
    i64 *i64s;
    sym *syms;
    const struct value **values; /* NULL: absent */
  };
};
struct kind_rows {
  u32 n, room;
  i64 *at;
  u32 *seq;
  sym *id;                 /* NULL while every id is "e<seq>" */
  sym *actor;
  struct column *fields;   /* one a field of the kind */
  const struct event **whole; /* cases: the event itself, with its declared fields; NULL for other kinds */
};
struct columns {
  struct engine *e;        /* owner of the symbols */
  struct arena *kept;      /* whole events, lists */
  struct kind_rows kinds[EVENT_KIND_COUNT];
  u64 rows;
  i64 first_at, last_at;
  bool keeps_texts;        /* messages too: some clause looks for words in them */
};

void columns_init(struct columns *c, struct engine *e);
void columns_free(struct columns *c);
/* Append; rows of one kind must come in order. E_INVALID when they do not, E_TOO_LARGE beyond 2^32 - 2 rows of a kind. */
MUST_CHECK enum status columns_add(struct columns *c, const struct event *event, struct problem *p);
/* Append a row whose fields are already symbols and numbers: a field not set is absent. For makers of large logs. */
struct column_cell {
  u16 field;
  bool is_sym;
  i64 value;               /* number, or symbol */
};
MUST_CHECK enum status columns_row(struct columns *c, u16 kind, i64 at, u32 seq, sym actor, const struct column_cell *cells, u32 count, struct problem *p);
void columns_reserve(struct columns *c, u16 kind, u32 rows);
struct value column_value(const struct columns *c, u16 kind, u32 row, u32 field);
sym column_sym(const struct columns *c, u16 kind, u32 row, int field); /* 0: absent */
u64 columns_identity(const struct columns *c, u16 kind, u32 row);      /* as fact_identity */
struct event *columns_event(const struct columns *c, struct arena *a, u16 kind, u32 row);
/* First row of the kind at or after an instant. */
u32 columns_from(const struct columns *c, u16 kind, i64 at);
u64 columns_bytes(const struct columns *c);

#endif
