/* What was fed: events in a compact form that is kept as long as the engine lives, and the facts the engine derives from
 * them, which live in the state and go with it. A reference is an index; DERIVED_BIT marks the second kind. */
#include "rules/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct event_kind *kind_of(u16 index) { return &event_kind_all(NULL)[index]; }

u8 field_noun(const struct event_kind *kind, size_t field) {
  switch (kind->fields[field].type) {
    case FIELD_PERSON: return N_PERSON;
    case FIELD_CUSTOMER: return N_CUSTOMER;
    case FIELD_CONVERSATION: return N_CONVERSATION;
    case FIELD_ORDER: return N_ORDER;
    case FIELD_CASE: return N_CASE;
    case FIELD_PRODUCT: return N_PRODUCT;
    default: return N_NONE;
  }
}

struct value cell_value(struct engine *e, const struct cell *c) {
  struct value v = {.type = (enum value_type)(c->type & 0xff), .i = c->i};
  if (v.type == V_RATIO) {
    v.den = c->s;
  } else if (v.type == V_TEXT || v.type == V_REF) {
    v.s = intern_str(&e->names, c->s);
    v.den = c->type >> 8;
  } else if (v.type == V_LIST) {
    v = e->lists.p[c->s];
  }
  return v;
}

struct cell value_cell(struct engine *e, const struct value *v, bool keep_text) {
  struct cell c = {.i = v->i, .type = v->type};
  if (v->type == V_TEXT || v->type == V_REF) {
    if (!keep_text) return (struct cell){.type = V_ABSENT};
    c.s = intern_sym(&e->names, v->s);
    c.i = 0;
  } else if (v->type == V_RATIO) {
    if (v->den > 0xffffffffll) return (struct cell){.type = V_ABSENT};
    c.s = (u32)v->den;
  } else if (v->type == V_LIST) {
    struct value *items = ARENA_ARRAY(e->names.texts, struct value, v->count ? v->count : 1);
    for (size_t i = 0; i < v->count; i++) {
      items[i] = v->items[i];
      if (items[i].type == V_TEXT || items[i].type == V_REF) {
        items[i].s = intern_str(&e->names, intern_sym(&e->names, items[i].s));
      }
    }
    struct value *list = VEC_PUSH(e->lists);
    *list = (struct value){.type = V_LIST, .items = items, .count = v->count};
    c.s = e->lists.n - 1;
  }
  return c;
}

struct value fact_field(struct engine *e, u32 ref, int field) {
  const struct fact *f = fact_of(e, ref);
  if (field < 0 || f->cells == NONE) return value_absent();
  const struct event_kind *kind = kind_of(f->kind);
  struct value v = cell_value(e, cells_of(e, f) + field);
  if (v.type == V_REF || v.type == V_TEXT) v.den = field_noun(kind, (size_t)field);
  return v;
}

struct value fact_extra(struct engine *e, u32 ref, sym name) {
  const struct fact *f = fact_of(e, ref);
  if (f->extra == 0) return value_absent();
  const struct cell *at = cells_of(e, f) + kind_of(f->kind)->field_count;
  for (u32 i = 0; i < f->extra; i++) {
    if (at[2 * i].s == name) return cell_value(e, &at[2 * i + 1]);
  }
  return value_absent();
}

int field_of_word(struct engine *e, u16 kind, sym name) {
  bool fresh;
  u64 *known = table_at(&e->field_of, (u64)kind << 32 | name, &fresh);
  if (fresh) {
    size_t field = event_kind_field(kind_of(kind), intern_str(&e->names, name));
    *known = field == SIZE_MAX ? 1 : field + 2;
  }
  return (int)*known - 2;
}

struct value fact_named(struct engine *e, u32 ref, sym name) {
  const struct fact *f = fact_of(e, ref);
  int field = field_of_word(e, f->kind, name);
  if (field >= 0) {
    struct value v = fact_field(e, ref, field);
    if (v.type != V_ABSENT) return v;
  }
  return fact_extra(e, ref, name);
}

i64 fact_int(struct engine *e, u32 ref, int field, i64 fallback) {
  const struct fact *f = fact_of(e, ref);
  if (field < 0) return fallback;
  const struct cell *c = cells_of(e, f) + field;
  u32 type = c->type & 0xff;
  return type == V_ABSENT || type == V_TEXT || type == V_REF || type == V_LIST || type == V_RATIO ? fallback : c->i;
}

bool fact_bool(struct engine *e, u32 ref, int field) { return fact_int(e, ref, field, 0) != 0; }

int field_index(const char *kind_name, const char *field_name) {
  const struct event_kind *kind = event_kind_find(str_c(kind_name));
  if (kind == NULL) return -1;
  size_t at = event_kind_field(kind, str_c(field_name));
  return at == SIZE_MAX ? -1 : (int)at;
}

struct str fact_id(struct engine *e, struct arena *a, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  if (f->id) return arena_dup(a, intern_str(&e->names, f->id));
  return arena_printf(a, "e%lld", (long long)f->seq);
}

u64 fact_identity(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  if (f->id) return mix_str(0, intern_str(&e->names, f->id));
  char id[24];
  size_t at = sizeof id;
  u64 left = f->seq < 0 ? 0 - (u64)f->seq : (u64)f->seq;
  do id[--at] = (char)('0' + left % 10);
  while (left /= 10);
  if (f->seq < 0) id[--at] = '-';
  id[--at] = 'e';
  return mix_str(0, (struct str){id + at, sizeof id - at});
}

bool plain_id(struct str id, i64 *number) {
  if (id.n < 2 || id.p[0] != 'e' || id.p[1] < '1' || id.p[1] > '9') return false;
  if (id.n > 19) return str_to_i64(str_slice(id, 1, id.n), number);
  i64 n = 0;
  for (size_t i = 1; i < id.n; i++) {
    if (id.p[i] < '0' || id.p[i] > '9') return false;
    n = n * 10 + (id.p[i] - '0');
  }
  *number = n;
  return true;
}

int fact_compare(struct engine *e, u32 a, u32 b) {
  const struct fact *x = fact_of(e, a), *y = fact_of(e, b);
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  if (x->seq != y->seq) return x->seq < y->seq ? -1 : 1;
  return str_compare(intern_str(&e->names, x->id), intern_str(&e->names, y->id));
}

/* The log writes case fields as plain JSON; their type is what the rulebook declares. */
static struct value declared_value(struct engine *e, struct str type, struct str name, struct value v) {
  if (v.type != V_TEXT && v.type != V_REF && v.type != V_COUNT && v.type != V_RATIO) return v;
  const struct lang_field *f = NULL;
  for (u32 i = e->versions.n; i > 0 && f == NULL; i--) {
    const struct lang_case *c = lang_find_case(e->versions.p[i - 1]->program, type);
    for (size_t k = 0; c && k < c->field_count; k++) {
      if (str_eq(c->fields[k].name.text, name)) f = &c->fields[k];
    }
  }
  if (f == NULL || f->type.many) return v;
  enum event_field_type wanted;
  switch (f->type.kind) {
    case LT_MONEY: wanted = FIELD_MONEY; break;
    case LT_POINTS: wanted = FIELD_POINTS; break;
    case LT_RATIO: wanted = FIELD_RATIO; break;
    case LT_DATE: wanted = FIELD_DATE; break;
    case LT_INSTANT: wanted = FIELD_INSTANT; break;
    case LT_DURATION: wanted = FIELD_DURATION; break;
    case LT_BOOL: wanted = FIELD_BOOL; break;
    case LT_NUMBER: wanted = FIELD_COUNT; break;
    default: return v;
  }
  if (wanted == FIELD_COUNT && v.type != V_TEXT) return v;
  json_t *json = v.type == V_COUNT ? json_integer(v.i) : json_stringn(v.s.p, v.s.n);
  struct value out;
  struct problem p = {0};
  i64 decimal;
  if (wanted == FIELD_COUNT && str_find(v.s, STR("."), 0) != SIZE_MAX && decimal_parse(v.s, 6, &decimal)) out = value_ratio(decimal, 1000000);
  else if (json == NULL || value_from_json(e->scratch, json, wanted, e->zone, &out, &p) != OK) out = v;
  json_decref(json);
  return out;
}

u32 fact_store(struct engine *e, const struct event *event) {
  const struct event_kind *kind = event->kind;
  u32 need = (u32)kind->field_count + 2 * (u32)event->extra_count;
  if (e->cells.n + need > e->cells.room) e->cells.p = vec_room(e->cells.p, &e->cells.room, e->cells.n + need, sizeof *e->cells.p);
  u32 cells = e->cells.n;
  e->cells.n += need;
  size_t kind_index = event_kind_index(kind);
  for (size_t i = 0; i < kind->field_count; i++) {
    const struct value *v = &event->fields[i];
    if (v->type == V_ABSENT) e->cells.p[cells + i] = (struct cell){0};
    else if (v->type != V_RATIO && v->type != V_LIST && v->type != V_TEXT && v->type != V_REF) e->cells.p[cells + i] = (struct cell){.i = v->i, .type = v->type};
    else e->cells.p[cells + i] = value_cell(e, v, e->keeps_texts || !is_message_text(kind, i));
  }
  for (size_t i = 0; i < event->extra_count; i++) {
    u32 at = cells + (u32)(kind->field_count + 2 * i);
    e->cells.p[at] = (struct cell){.s = intern_sym(&e->names, event->extra[i].name), .type = V_TEXT};
    struct value v = declared_value(e, event->case_type, event->extra[i].name, event->extra[i].value);
    e->cells.p[at + 1] = value_cell(e, &v, true);
  }
  struct fact f = {.at = event->occurred_ms,
                   .seq = event->seq,
                   .actor = intern_sym(&e->names, event->actor),
                   .case_type = intern_sym(&e->names, event->case_type),
                   .case_state = intern_sym(&e->names, event->case_state),
                   .cells = cells,
                   .kind = (u16)kind_index,
                   .extra = (u16)event->extra_count};
  i64 number;
  if (plain_id(event->id, &number) && (event->seq == 0 || event->seq == number)) f.seq = number;
  else f.id = intern_sym(&e->names, event->id);
  *VEC_PUSH(e->facts) = f;
  u32 ref = e->facts.n - 1;
  if (e->sought) words_note(e, ref, event);
  return ref;
}

u32 fact_derive(struct engine *e, enum event_kind_id id, i64 at) {
  const struct event_kind *kind = kind_of((u16)id);
  u32 need = (u32)kind->field_count;
  struct state *s = &e->s;
  if (s->derived_cells.n + need > s->derived_cells.room) {
    s->derived_cells.p = vec_room(s->derived_cells.p, &s->derived_cells.room, s->derived_cells.n + need, sizeof *s->derived_cells.p);
  }
  memset(&s->derived_cells.p[s->derived_cells.n], 0, need * sizeof *s->derived_cells.p);
  *VEC_PUSH(s->derived) = (struct fact){.at = at, .cells = s->derived_cells.n, .kind = (u16)id, .derived = true, .seq = INT64_MAX};
  s->derived_cells.n += need;
  return (e->s.derived.n - 1) | DERIVED_BIT;
}

void fact_set(struct engine *e, u32 ref, const char *field_name, struct value v) {
  const struct fact *f = fact_of(e, ref);
  size_t field = event_kind_field(kind_of(f->kind), str_c(field_name));
  if (field == SIZE_MAX) return;
  struct cell c = value_cell(e, &v, true);
  cells_of(e, f)[field] = c;
}

struct event *fact_event(struct engine *e, struct arena *a, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  struct event *out = event_new(a, (enum event_kind_id)f->kind, f->at, intern_str(&e->names, f->actor));
  out->seq = f->seq == INT64_MAX ? 0 : f->seq;
  out->id = fact_id(e, a, ref);
  out->recorded_ms = f->at;
  out->case_type = intern_str(&e->names, f->case_type);
  out->case_state = intern_str(&e->names, f->case_state);
  for (size_t i = 0; i < out->kind->field_count; i++) out->fields[i] = cell_value(e, cells_of(e, f) + i);
  for (u32 i = 0; i < f->extra; i++) {
    const struct cell *at = cells_of(e, f) + out->kind->field_count + 2 * i;
    event_set_extra(out, a, intern_str(&e->names, at[0].s), cell_value(e, &at[1]));
  }
  return out;
}

sym fact_person(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  sym who = fact_sym(e, ref, e->f_person[f->kind]);
  if (who) return who;
  who = fact_sym(e, ref, e->f_agent[f->kind]);
  if (who) return who;
  if (f->case_type) {
    u32 version = 0;
    for (u32 i = 0; i < e->versions.n; i++) {
      if (e->versions.p[i]->in_force_ms <= f->at) version = i;
    }
    const struct lang_case *c = e->versions.n ? lang_find_case(e->versions.p[version]->program, intern_str(&e->names, f->case_type)) : NULL;
    if (c && c->subject.text.n) {
      struct value v = fact_extra(e, ref, intern_sym(&e->names, c->subject.text));
      if (v.type == V_ABSENT) case_computed(e, ref, intern_sym(&e->names, c->subject.text), &v);
      if (v.type == V_REF || v.type == V_TEXT) return intern_sym(&e->names, v.s);
    }
    return 0;
  }
  for (int noun = N_CONVERSATION; noun <= N_ORDER; noun++) {
    sym id = fact_sym(e, ref, e->f_object[f->kind][noun]);
    u32 object = id ? object_find(e, (enum noun)noun, id) : NONE;
    if (object != NONE && e->s.objects.p[object].agent) return e->s.objects.p[object].agent;
  }
  return 0;
}
