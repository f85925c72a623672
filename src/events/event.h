/* One thing that happened, typed. The log stores its JSON line; rules and views work on this form.
 *
 * `fields` follows kind->fields by index (V_ABSENT where not given). Enumerated values are held as their Chinese word.
 * Case events (kinds case.*) also carry the case's declared type, its state, and in `extra` ALL current fields of the
 * case by their declared (Chinese) names, so a rule never has to ask what the case looked like at that moment. */
#ifndef GUIJU_EVENTS_EVENT_H
#define GUIJU_EVENTS_EVENT_H

#include "events/event_kind.h"

#include <jansson.h>

enum {
  EVENT_LINE_MAX = 8 * 1024 * 1024, /* bytes of one event's JSON line (a rulebook's source is the longest) */
  EVENT_EXTRA_MAX = 200,            /* fields of one case */
};

struct event_extra {
  struct str name;
  struct value value;
};

struct event {
  i64 seq;               /* position in the desk's log, from 1 without gaps; 0 while not appended */
  struct str id;         /* "e<seq>", or the stable id of an imported fact ("order:123:paid") */
  const struct event_kind *kind;
  i64 occurred_ms;       /* when it happened */
  i64 recorded_ms;       /* when it was appended */
  struct str actor;      /* person id, customer id, or "" for the program itself */
  struct value *fields;  /* kind->field_count values */
  struct event_extra *extra;
  size_t extra_count;
  struct str case_type;  /* case.* only: "投诉" */
  struct str case_state; /* case.opened, case.moved: the (new) state: "成立" */
};

/* A new event of a kind, all fields absent, in the arena. */
struct event *event_new(struct arena *a, enum event_kind_id kind, i64 occurred_ms, struct str actor);
/* Set by English field name; BUG_IF the kind has no such field (a wrong program). Text is borrowed. */
void event_set(struct event *e, const char *field_en, struct value v);
void event_set_text(struct event *e, const char *field_en, struct str s);   /* V_TEXT or V_REF by the field's type */
void event_set_int(struct event *e, const char *field_en, i64 i);           /* number type by the field's type */
void event_set_extra(struct event *e, struct arena *a, struct str name, struct value v);
/* Value of a field by English or Chinese name, extra fields included; absent value when there is none. */
struct value event_get(const struct event *e, struct str name);
struct str event_get_text(const struct event *e, const char *field_en); /* "" when absent */
i64 event_get_int(const struct event *e, const char *field_en, i64 fallback);
bool event_has(const struct event *e, const char *field_en);

/* JSON -> event. Accepts English and Chinese names, case aliases ("投诉.成立": then `fields` may be given flat in data),
 * and the scalar forms of docs/events.md. Local times are read with zone_offset_ms. Unknown kind, unknown field, missing
 * required field, wrong type: E_INVALID with a problem naming it and the nearest known word. */
MUST_CHECK enum status event_from_json(struct arena *a, const json_t *json, i64 zone_offset_ms, struct event **out, struct problem *p);
/* One line of a JSON-lines file. */
MUST_CHECK enum status event_from_line(struct arena *a, struct str line, i64 zone_offset_ms, struct event **out, struct problem *p);
/* Canonical JSON (English names, sorted keys); new reference. */
json_t *event_to_json(const struct event *e);
json_t *event_data_json(const struct event *e);
/* The same as bytes, appended to `b`: what the log stores and seals. */
void event_write(struct buf *b, const struct event *e);
/* Only {"at","by","data","kind","seq"}: what the live feed sends. */
void event_write_feed(struct buf *b, const struct event *e);
/* JSON form of one value and back by field type, also used for case fields. */
json_t *value_to_json(const struct value *v);
json_t *value_to_json_tagged(const struct value *v); /* where no type is declared: {"money":"429.00"}, text and counts plain */
MUST_CHECK enum status value_from_json(struct arena *a, const json_t *json, enum event_field_type type, i64 zone_offset_ms,
                                       struct value *out, struct problem *p);
/* Deep copy into another arena. */
struct event *event_dup(struct arena *a, const struct event *e);
/* (occurred, kind rank, seq, id): the only order rules know. */
int event_compare(const struct event *a, const struct event *b);

#endif
