/* The vocabulary: what can happen. One kind per fact, in the past tense; variants are fields. The table itself is
 * event_kind_table.c; a kind is never renamed or removed, only added (the log is never migrated).
 *
 * Every kind and field has an English name (JSON, API, code) and a Chinese one (rulebooks); both are accepted on input. */
#ifndef GUIJU_EVENTS_EVENT_KIND_H
#define GUIJU_EVENTS_EVENT_KIND_H

#include "base/value.h"

enum event_field_type {
  FIELD_TEXT,
  FIELD_ENUM,         /* closed list of words: `values` */
  FIELD_PERSON,       /* the rest up to FIELD_ID: V_REF to an object of that noun */
  FIELD_CUSTOMER,
  FIELD_CONVERSATION,
  FIELD_ORDER,
  FIELD_CASE,
  FIELD_PRODUCT,
  FIELD_SHIFT,        /* name of a 班次 */
  FIELD_CLAUSE,
  FIELD_ID,           /* any other id: checklist, item, phrase group, data class, account, file … */
  FIELD_MONEY,
  FIELD_POINTS,
  FIELD_DURATION,
  FIELD_INSTANT,
  FIELD_DATE,
  FIELD_COUNT,
  FIELD_RATIO,
  FIELD_BOOL,
  FIELD_LIST,         /* V_LIST of V_TEXT or V_REF */
  FIELD_ANY,
};

struct event_word {
  const char *en, *zh;
};

struct event_field {
  const char *en, *zh;
  enum event_field_type type;
  bool required;
  const struct event_word *values; /* FIELD_ENUM; ends with {NULL, NULL} */
};

struct event_kind {
  const char *en, *zh;     /* "conversation.agent_replied", "会话.人工回复" */
  const char *noun;        /* "conversation": the part before the dot */
  const struct event_field *fields;
  size_t field_count;
  bool derived;            /* only the engine makes it; a command must not append it */
  bool gateable;           /* a person causes it, so a clause may gate it (申请 …) */
  const char *summary_en, *summary_zh;
};

/* All kinds in their fixed order (= kind rank: ties of occurrence are ordered by it). */
const struct event_kind *event_kind_all(size_t *count);
size_t event_kind_index(const struct event_kind *kind);
/* By English or Chinese name; NULL when there is none. Case aliases ("投诉.成立") are not kinds: see event_from_json. */
const struct event_kind *event_kind_find(struct str name);
/* Field index by English or Chinese name, or SIZE_MAX. */
size_t event_kind_field(const struct event_kind *kind, struct str name);
const char *event_field_type_name(enum event_field_type type);
/* The noun's Chinese name: "conversation" -> "会话". */
const char *event_noun_zh(const char *noun_en);

/* Kinds the program's own code appends or reacts to, found once at start: EVENT(conversation_started) … are generated
 * as enum constants equal to the index in the table, so a switch over event_kind_index(kind) works. */
enum event_kind_id {
#define EVENT_KIND(id, ...) EVENT_##id,
#include "events/event_kind_list.h"
#undef EVENT_KIND
  EVENT_KIND_COUNT
};

#endif
