/* Facts as columns: see columns.h. Numbers start 32 bits wide and widen when one does not fit; a field that no row fills
 * takes no room. Cases keep their events, because their fields are whatever their rulebook declares. */
#include "rules/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 0xfffffff0u };

void columns_init(struct columns *c, struct engine *e) {
  *c = (struct columns){.e = e, .kept = arena_new((size_t)1 << 36), .first_at = INT64_MAX, .last_at = INT64_MIN};
}

void columns_free(struct columns *c) {
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    struct kind_rows *r = &c->kinds[k];
    for (size_t f = 0; r->fields && f < event_kind_all(NULL)[k].field_count; f++) free(r->fields[f].p);
    free(r->fields); free(r->at); free(r->seq); free(r->id); free(r->actor); free(r->whole);
  }
  arena_free(c->kept);
  *c = (struct columns){0};
}

static void *again(void *p, size_t n, size_t size) {
  p = realloc(p, n * size);
  BUG_IF(p == NULL);
  return p;
}

static size_t width(enum column_type t) { return t == COL_I32 || t == COL_SYM ? 4 : 8; }

/* Rows [from, to) of a column have no value yet. */
static void clear(struct column *col, u32 from, u32 to) {
  for (u32 i = from; i < to; i++) {
    if (col->type == COL_I32) col->i32s[i] = ABSENT_32;
    else if (col->type == COL_I64) col->i64s[i] = ABSENT_64;
    else if (col->type == COL_SYM) col->syms[i] = ABSENT_SYM;
    else col->values[i] = NULL;
  }
}

void columns_reserve(struct columns *c, u16 kind, u32 rows) {
  struct kind_rows *r = &c->kinds[kind];
  size_t fields = event_kind_all(NULL)[kind].field_count;
  if (r->fields == NULL) {
    r->fields = calloc(fields ? fields : 1, sizeof *r->fields);
    BUG_IF(r->fields == NULL);
  }
  if (rows <= r->room) return;
  r->at = again(r->at, rows, sizeof *r->at);
  r->seq = again(r->seq, rows, sizeof *r->seq);
  r->actor = again(r->actor, rows, sizeof *r->actor);
  if (r->id) r->id = again(r->id, rows, sizeof *r->id);
  if (r->whole) r->whole = again(r->whole, rows, sizeof *r->whole);
  for (size_t f = 0; f < fields; f++) {
    if (r->fields[f].type != COL_NONE) r->fields[f].p = again(r->fields[f].p, rows, width(r->fields[f].type));
  }
  r->room = rows;
}

static struct column *made(struct kind_rows *r, u32 field, enum column_type type) {
  struct column *col = &r->fields[field];
  if (col->type != COL_NONE) return col;
  col->type = type;
  col->p = again(NULL, r->room, width(type));
  clear(col, 0, r->n);
  col->gaps = r->n > 0;
  return col;
}

static void widen(struct kind_rows *r, struct column *col) {
  i64 *wide = again(NULL, r->room, sizeof *wide);
  for (u32 i = 0; i < r->n; i++) wide[i] = col->i32s[i] == ABSENT_32 ? ABSENT_64 : col->i32s[i];
  free(col->p);
  col->i64s = wide;
  col->type = COL_I64;
}

static void put_number(struct kind_rows *r, u32 field, i64 i) {
  struct column *col = made(r, field, COL_I32);
  if (i == ABSENT_64) col->mixed = true;
  if (col->type == COL_I32 && (i <= INT32_MIN || i > INT32_MAX)) widen(r, col);
  if (col->type == COL_I32) col->i32s[r->n] = (i32)i;
  else col->i64s[r->n] = i;
}

/* Another shape than the column's: it becomes free values, which only the one-by-one evaluation reads. */
static void put_other(struct columns *c, struct kind_rows *r, u16 kind, u32 field, const struct value *v) {
  struct column *col = &r->fields[field];
  if (col->type != COL_NONE && col->type != COL_OTHER) {
    const struct value **values = again(NULL, r->room, sizeof *values);
    for (u32 i = 0; i < r->n; i++) {
      struct value old = column_value(c, kind, i, field);
      values[i] = NULL;
      if (old.type == V_ABSENT) continue;
      struct value *kept = ARENA_NEW(c->kept, struct value);
      *kept = old;
      values[i] = kept;
    }
    free(col->p);
    col->values = values;
    col->type = COL_OTHER;
  }
  col = made(r, field, COL_OTHER);
  struct value *kept = ARENA_NEW(c->kept, struct value);
  *kept = *v;
  if (v->s.n) kept->s = intern_str(&c->e->names, intern_sym(&c->e->names, v->s));
  if (v->type == V_LIST) {
    struct value *items = ARENA_ARRAY(c->kept, struct value, v->count ? v->count : 1);
    for (size_t i = 0; i < v->count; i++) {
      items[i] = v->items[i];
      if (items[i].s.n) items[i].s = arena_dup(c->kept, items[i].s);
    }
    kept->items = items;
  }
  col->values[r->n] = kept;
}

static void put(struct columns *c, struct kind_rows *r, u16 kind, u32 field, const struct value *v) {
  bool text = v->type == V_TEXT || v->type == V_REF, other = v->type == V_LIST || v->type == V_RATIO;
  struct column *col = &r->fields[field];
  if (col->value == V_ABSENT) col->value = v->type;
  if (col->value != v->type) col->mixed = true;
  if (other || col->mixed || col->type == COL_OTHER) {
    put_other(c, r, kind, field, v);
    return;
  }
  if (text) made(r, field, COL_SYM)->syms[r->n] = intern_sym(&c->e->names, v->s);
  else put_number(r, field, v->i);
}

/* One more row, all fields absent. */
static enum status open_row(struct columns *c, u16 kind, i64 at, u32 seq, struct problem *p) {
  struct kind_rows *r = &c->kinds[kind];
  if (r->n >= ROWS_MAX) return problem_set(p, E_TOO_LARGE, "rules.rows", "一种事实的行数太多", "too many facts of one kind");
  if (r->n && (at < r->at[r->n - 1] || (at == r->at[r->n - 1] && seq < r->seq[r->n - 1]))) {
    return problem_set(p, E_INVALID, "rules.order", "重放的事实要按发生先后排好", "facts of a replay must come in order");
  }
  if (r->n == r->room) columns_reserve(c, kind, r->room ? r->room * 2 : 64);
  r->at[r->n] = at;
  r->seq[r->n] = seq;
  r->actor[r->n] = 0;
  if (r->id) r->id[r->n] = 0;
  if (r->whole) r->whole[r->n] = NULL;
  if (at < c->first_at) c->first_at = at;
  if (at > c->last_at) c->last_at = at;
  return OK;
}

static void close_row(struct columns *c, u16 kind) {
  c->kinds[kind].n++;
  c->rows++;
}

enum status columns_add(struct columns *c, const struct event *event, struct problem *p) {
  u16 kind = (u16)event_kind_index(event->kind);
  struct kind_rows *r = &c->kinds[kind];
  i64 seq = event->seq;
  bool plain = plain_id(event->id, &seq) && (event->seq == 0 || event->seq == seq);
  if (seq < 0 || seq > 0xffffffffll) return problem_set(p, E_TOO_LARGE, "rules.seq", "事实的序号太大", "the fact's number is too large");
  enum status status = open_row(c, kind, event->occurred_ms, (u32)seq, p);
  if (status != OK) return status;
  r->actor[r->n] = intern_sym(&c->e->names, event->actor);
  if (!plain) {
    if (r->id == NULL) {
      r->id = calloc(r->room, sizeof *r->id);
      BUG_IF(r->id == NULL);
    }
    r->id[r->n] = intern_sym(&c->e->names, event->id);
  }
  if (event->extra_count || event->case_type.n) {
    if (r->whole == NULL) {
      r->whole = calloc(r->room, sizeof *r->whole);
      BUG_IF(r->whole == NULL);
    }
    r->whole[r->n] = event_dup(c->kept, event);
  }
  for (u32 f = 0; f < event->kind->field_count; f++) {
    const struct value *v = &event->fields[f];
    bool there = v->type != V_ABSENT && (c->keeps_texts || !is_message_text(event->kind, f));
    if (there) {
      put(c, r, kind, f, v);
    } else if (r->fields[f].type != COL_NONE) {
      clear(&r->fields[f], r->n, r->n + 1);
      r->fields[f].gaps = true;
    }
  }
  close_row(c, kind);
  return OK;
}

static const enum value_type number_type[] = {[FIELD_MONEY] = V_MONEY, [FIELD_POINTS] = V_POINTS, [FIELD_DURATION] = V_DURATION,
                                              [FIELD_INSTANT] = V_INSTANT, [FIELD_DATE] = V_DATE, [FIELD_COUNT] = V_COUNT, [FIELD_BOOL] = V_BOOL};

enum status columns_row(struct columns *c, u16 kind, i64 at, u32 seq, sym actor, const struct column_cell *cells, u32 count, struct problem *p) {
  struct kind_rows *r = &c->kinds[kind];
  enum status status = open_row(c, kind, at, seq, p);
  if (status != OK) return status;
  const struct event_kind *k = &event_kind_all(NULL)[kind];
  r->actor[r->n] = actor;
  u64 set = 0;
  for (u32 i = 0; i < count; i++) {
    enum event_field_type type = k->fields[cells[i].field].type;
    struct column *col = &r->fields[cells[i].field];
    set |= (u64)1 << cells[i].field;
    if (cells[i].is_sym) {
      col->value = type == FIELD_TEXT || type == FIELD_ENUM ? V_TEXT : V_REF;
      made(r, cells[i].field, COL_SYM)->syms[r->n] = (sym)cells[i].value;
    } else {
      col->value = type < COUNT_OF(number_type) ? number_type[type] : V_COUNT;
      put_number(r, cells[i].field, cells[i].value);
    }
  }
  for (u32 f = 0; f < k->field_count; f++) {
    if (r->fields[f].type == COL_NONE || (set >> f & 1)) continue;
    clear(&r->fields[f], r->n, r->n + 1);
    r->fields[f].gaps = true;
  }
  close_row(c, kind);
  return OK;
}

struct value column_value(const struct columns *c, u16 kind, u32 row, u32 field) {
  const struct kind_rows *r = &c->kinds[kind];
  const struct column *col = &r->fields[field];
  struct value v = {.type = col->value, .den = 1};
  switch (col->type) {
    case COL_NONE: return value_absent();
    case COL_I32:
      if (col->i32s[row] == ABSENT_32) return value_absent();
      v.i = col->i32s[row];
      return v;
    case COL_I64:
      if (col->i64s[row] == ABSENT_64) return value_absent();
      v.i = col->i64s[row];
      return v;
    case COL_SYM:
      if (col->syms[row] == ABSENT_SYM) return value_absent();
      v.s = intern_str(&c->e->names, col->syms[row]);
      v.den = 0;
      return v;
    case COL_OTHER: return col->values[row] ? *col->values[row] : value_absent();
  }
  return value_absent();
}

sym column_sym(const struct columns *c, u16 kind, u32 row, int field) {
  if (field < 0) return 0;
  const struct column *col = &c->kinds[kind].fields[field];
  if (col->type == COL_SYM) return col->syms[row] == ABSENT_SYM ? 0 : col->syms[row];
  if (col->type != COL_OTHER || col->values[row] == NULL) return 0;
  const struct value *v = col->values[row];
  return v->type == V_TEXT || v->type == V_REF ? intern_find(&c->e->names, v->s) : 0;
}

u64 columns_identity(const struct columns *c, u16 kind, u32 row) {
  const struct kind_rows *r = &c->kinds[kind];
  if (r->id && r->id[row]) return mix_str(0, intern_str(&c->e->names, r->id[row]));
  char id[32];
  int n = snprintf(id, sizeof id, "e%lld", (long long)r->seq[row]);
  return mix_str(0, (struct str){id, (size_t)n});
}

struct event *columns_event(const struct columns *c, struct arena *a, u16 kind, u32 row) {
  const struct kind_rows *r = &c->kinds[kind];
  if (r->whole && r->whole[row]) return event_dup(a, r->whole[row]);
  struct event *e = event_new(a, (enum event_kind_id)kind, r->at[row], intern_str(&c->e->names, r->actor[row]));
  e->seq = r->seq[row];
  e->recorded_ms = r->at[row];
  e->id = r->id && r->id[row] ? intern_str(&c->e->names, r->id[row]) : arena_printf(a, "e%lld", (long long)r->seq[row]);
  for (u32 f = 0; f < e->kind->field_count; f++) e->fields[f] = column_value(c, kind, row, f);
  return e;
}

u32 columns_from(const struct columns *c, u16 kind, i64 at) {
  const struct kind_rows *r = &c->kinds[kind];
  u32 lo = 0, hi = r->n;
  while (lo < hi) {
    u32 mid = lo + (hi - lo) / 2;
    if (r->at[mid] < at) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

u64 columns_bytes(const struct columns *c) {
  u64 bytes = 0;
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    const struct kind_rows *r = &c->kinds[k];
    bytes += (u64)r->room * (16 + (r->id ? 4 : 0) + (r->whole ? 8 : 0));
    for (size_t f = 0; r->fields && f < event_kind_all(NULL)[k].field_count; f++) {
      if (r->fields[f].type != COL_NONE) bytes += (u64)r->room * width(r->fields[f].type);
    }
  }
  return bytes + arena_used(c->kept);
}
