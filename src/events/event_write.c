/* Events as canonical JSON: English names, sorted keys, no spaces. The log seals these bytes, so their form never changes. */
#include "events/event_json.h"

#include <string.h>

static void write_key(struct buf *b, const char *key, bool *first) {
  if (!*first) buf_byte(b, ',');
  *first = false;
  buf_byte(b, '"');
  buf_addc(b, key);
  buf_addc(b, "\":");
}

static void write_extra(struct buf *b, const struct event *e) {
  size_t order[EVENT_EXTRA_MAX];
  BUG_IF(e->extra_count > EVENT_EXTRA_MAX);
  for (size_t i = 0; i < e->extra_count; i++) {
    size_t at = i;
    for (; at > 0 && str_compare(e->extra[order[at - 1]].name, e->extra[i].name) > 0; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  buf_byte(b, '{');
  for (size_t i = 0; i < e->extra_count; i++) {
    if (i) buf_byte(b, ',');
    json_write_text(b, e->extra[order[i]].name);
    buf_byte(b, ':');
    json_write_value_tagged(b, &e->extra[order[i]].value);
  }
  buf_byte(b, '}');
}

/* Sorted indexes of the fields that are there; the fields of a kind are few. */
static size_t sorted_fields(const struct event *e, size_t order[]) {
  size_t n = 0;
  for (size_t i = 0; i < e->kind->field_count; i++) {
    if (e->fields[i].type == V_ABSENT) continue;
    size_t at = n++;
    for (; at > 0 && strcmp(e->kind->fields[order[at - 1]].en, e->kind->fields[i].en) > 0; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  return n;
}

enum { FIELDS_MAX = 32 };

/* Customers' data, which screens show masked: in the log, not in the live feed. */
static bool is_private(const struct event *e, const struct event_field *f) {
  static const char *const created[] = {"phone", "address", "email", NULL}, *const changed[] = {"old", "new", NULL}, *const received[] = {"from", "quoted", NULL}, *const queued[] = {"to", NULL};
  const char *const *names = NULL;
  switch (event_kind_index(e->kind)) {
    case EVENT_customer_created: names = created; break;
    case EVENT_customer_changed: names = changed; break;
    case EVENT_channel_received: names = received; break;
    case EVENT_delivery_queued: names = queued; break;
    default: return false;
  }
  for (; *names; names++)
    if (strcmp(f->en, *names) == 0) return true;
  return false;
}

static void write_data(struct buf *b, const struct event *e, bool whole) {
  size_t order[FIELDS_MAX];
  BUG_IF(e->kind->field_count > FIELDS_MAX);
  size_t n = sorted_fields(e, order);
  bool first = true, extra_written = e->extra_count == 0;
  buf_byte(b, '{');
  for (size_t i = 0; i < n; i++) {
    const struct event_field *f = &e->kind->fields[order[i]];
    if (!extra_written && strcmp(f->en, "fields") > 0) {
      write_key(b, "fields", &first);
      write_extra(b, e);
      extra_written = true;
    }
    if (!whole && is_private(e, f)) continue;
    write_key(b, f->en, &first);
    json_write_value(b, &e->fields[order[i]], f);
  }
  if (!extra_written) {
    write_key(b, "fields", &first);
    write_extra(b, e);
  }
  buf_byte(b, '}');
}

static void write_event(struct buf *b, const struct event *e, bool whole) {
  buf_addc(b, "{\"at\":");
  json_write_int(b, e->occurred_ms);
  if (e->actor.n) {
    buf_addc(b, ",\"by\":");
    json_write_text(b, e->actor);
  }
  buf_addc(b, ",\"data\":");
  write_data(b, e, whole);
  if (whole && e->id.n) {
    buf_addc(b, ",\"id\":");
    json_write_text(b, e->id);
  }
  buf_addc(b, ",\"kind\":\"");
  buf_addc(b, e->kind->en);
  buf_byte(b, '"');
  if (whole && e->recorded_ms != e->occurred_ms) {
    buf_addc(b, ",\"recorded\":");
    json_write_int(b, e->recorded_ms);
  }
  if (e->seq) {
    buf_addc(b, ",\"seq\":");
    json_write_int(b, e->seq);
  }
  buf_byte(b, '}');
}

void event_write(struct buf *b, const struct event *e) { write_event(b, e, true); }
void event_write_feed(struct buf *b, const struct event *e) { write_event(b, e, false); }

static json_t *loaded(const struct event *e, bool data_only) {
  struct buf b;
  buf_init(&b, EVENT_LINE_MAX);
  if (data_only) write_data(&b, e, true);
  else write_event(&b, e, true);
  json_t *json = json_loadb(b.p, b.n, 0, NULL);
  buf_release(&b);
  BUG_IF(json == NULL);
  return json;
}

json_t *event_to_json(const struct event *e) { return loaded(e, false); }
json_t *event_data_json(const struct event *e) { return loaded(e, true); }
