/* Inside events: the one JSON writer. Keys are sorted and nothing is spaced, so equal events give equal bytes. */
#ifndef GUIJU_EVENTS_EVENT_JSON_H
#define GUIJU_EVENTS_EVENT_JSON_H

#include "base/calendar.h"
#include "events/event.h"

void json_write_text(struct buf *b, struct str s);
void json_write_int(struct buf *b, i64 i);
void json_write_value(struct buf *b, const struct value *v, const struct event_field *f);
void json_write_value_tagged(struct buf *b, const struct value *v);

#endif
