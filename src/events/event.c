/* Events in memory: making, reading, copying, ordering. Text set into an event is borrowed; event_dup owns its copy. */
#include "events/event.h"

#include <string.h>

struct event *event_new(struct arena *a, enum event_kind_id kind, i64 occurred_ms, struct str actor) {
  struct event *e = ARENA_NEW(a, struct event);
  size_t count;
  BUG_IF((size_t)kind >= EVENT_KIND_COUNT);
  e->kind = &event_kind_all(&count)[kind];
  e->occurred_ms = occurred_ms;
  e->recorded_ms = occurred_ms;
  e->actor = actor;
  e->fields = ARENA_ARRAY(a, struct value, e->kind->field_count);
  return e;
}

static size_t field_of(const struct event *e, const char *en) {
  for (size_t i = 0; i < e->kind->field_count; i++)
    if (strcmp(e->kind->fields[i].en, en) == 0) return i;
  return SIZE_MAX;
}

static bool is_ref(enum event_field_type type) { return type >= FIELD_PERSON && type <= FIELD_ID; }

/* A case's type and state are fields on paper and members in memory: keep both the same. */
static void follow_case(struct event *e, const struct event_field *f, struct value v) {
  if (strcmp(e->kind->noun, "case") != 0 || v.type != V_TEXT) return;
  if (strcmp(f->en, "type") == 0) e->case_type = v.s;
  if (strcmp(f->en, "to") == 0) e->case_state = v.s;
}

static struct str canonical_word(const struct event_field *f, struct str s) {
  for (const struct event_word *w = f->values; w && w->en; w++)
    if (str_is(s, w->en)) return str_c(w->zh);
  return s;
}

void event_set(struct event *e, const char *field_en, struct value v) {
  size_t at = field_of(e, field_en);
  BUG_IF(at == SIZE_MAX);
  const struct event_field *f = &e->kind->fields[at];
  if (f->type == FIELD_ENUM && v.type == V_TEXT) v.s = canonical_word(f, v.s);
  e->fields[at] = v;
  follow_case(e, f, v);
}

void event_set_text(struct event *e, const char *field_en, struct str s) {
  size_t at = field_of(e, field_en);
  BUG_IF(at == SIZE_MAX);
  event_set(e, field_en, is_ref(e->kind->fields[at].type) ? value_ref(s) : value_text(s));
}

void event_set_int(struct event *e, const char *field_en, i64 i) {
  size_t at = field_of(e, field_en);
  BUG_IF(at == SIZE_MAX);
  switch (e->kind->fields[at].type) {
    case FIELD_MONEY: e->fields[at] = value_int(V_MONEY, i); return;
    case FIELD_POINTS: e->fields[at] = value_int(V_POINTS, i); return;
    case FIELD_DURATION: e->fields[at] = value_int(V_DURATION, i); return;
    case FIELD_INSTANT: e->fields[at] = value_int(V_INSTANT, i); return;
    case FIELD_DATE: e->fields[at] = value_int(V_DATE, i); return;
    case FIELD_BOOL: e->fields[at] = value_bool(i != 0); return;
    case FIELD_RATIO: e->fields[at] = value_ratio(i, 1); return;
    default: e->fields[at] = value_int(V_COUNT, i); return;
  }
}

void event_set_extra(struct event *e, struct arena *a, struct str name, struct value v) {
  for (size_t i = 0; i < e->extra_count; i++)
    if (str_eq(e->extra[i].name, name)) {
      e->extra[i].value = v;
      return;
    }
  struct event_extra *grown = ARENA_ARRAY(a, struct event_extra, e->extra_count + 1);
  if (e->extra_count) memcpy(grown, e->extra, e->extra_count * sizeof *grown);
  grown[e->extra_count] = (struct event_extra){name, v};
  e->extra = grown;
  e->extra_count++;
}

struct value event_get(const struct event *e, struct str name) {
  size_t at = event_kind_field(e->kind, name);
  if (at != SIZE_MAX && e->fields[at].type != V_ABSENT) return e->fields[at];
  for (size_t i = 0; i < e->extra_count; i++)
    if (str_eq(e->extra[i].name, name)) return e->extra[i].value;
  return value_absent();
}

struct str event_get_text(const struct event *e, const char *field_en) {
  size_t at = field_of(e, field_en);
  if (at == SIZE_MAX || (e->fields[at].type != V_TEXT && e->fields[at].type != V_REF)) return STR("");
  return e->fields[at].s;
}

i64 event_get_int(const struct event *e, const char *field_en, i64 fallback) {
  size_t at = field_of(e, field_en);
  if (at == SIZE_MAX) return fallback;
  enum value_type type = e->fields[at].type;
  return type == V_ABSENT || type == V_TEXT || type == V_REF || type == V_LIST ? fallback : e->fields[at].i;
}

bool event_has(const struct event *e, const char *field_en) {
  size_t at = field_of(e, field_en);
  return at != SIZE_MAX && e->fields[at].type != V_ABSENT;
}

static struct value value_dup(struct arena *a, const struct value *v) {
  struct value copy = *v;
  if (v->type == V_TEXT || v->type == V_REF) copy.s = arena_dup(a, v->s);
  if (v->type == V_LIST && v->count) {
    struct value *items = ARENA_ARRAY(a, struct value, v->count);
    for (size_t i = 0; i < v->count; i++) items[i] = value_dup(a, &v->items[i]);
    copy.items = items;
  }
  return copy;
}

struct event *event_dup(struct arena *a, const struct event *e) {
  struct event *copy = ARENA_NEW(a, struct event);
  *copy = *e;
  copy->id = arena_dup(a, e->id);
  copy->actor = arena_dup(a, e->actor);
  copy->case_type = arena_dup(a, e->case_type);
  copy->case_state = arena_dup(a, e->case_state);
  copy->fields = ARENA_ARRAY(a, struct value, e->kind->field_count);
  for (size_t i = 0; i < e->kind->field_count; i++) copy->fields[i] = value_dup(a, &e->fields[i]);
  copy->extra = e->extra_count ? ARENA_ARRAY(a, struct event_extra, e->extra_count) : NULL;
  for (size_t i = 0; i < e->extra_count; i++)
    copy->extra[i] = (struct event_extra){arena_dup(a, e->extra[i].name), value_dup(a, &e->extra[i].value)};
  return copy;
}

int event_compare(const struct event *a, const struct event *b) {
  if (a->occurred_ms != b->occurred_ms) return a->occurred_ms < b->occurred_ms ? -1 : 1;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->seq != b->seq) return a->seq < b->seq ? -1 : 1;
  return str_compare(a->id, b->id);
}
