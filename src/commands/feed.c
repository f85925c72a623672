/* Lines of the live feed, made while a batch runs and handed out when it is committed. */
#include "commands/writer_internal.h"

#include "events/log.sql.h"

#include <stdlib.h>
#include <string.h>

static struct feed_item *add(struct feed_batch *f) {
  f->items = arena_grow(f->arena, f->items, &f->room, f->count + 1, sizeof *f->items);
  struct feed_item *item = &f->items[f->count++];
  *item = (struct feed_item){.kind = "", .noun = ""};
  return item;
}

/* Whom and what an event is about, for those who decide who may see it. */
static void describe(struct feed_item *item, const struct event *e) {
  static const char *const objects[] = {"conversation", "order", "case", "product"};
  item->type = FEED_EVENT;
  item->seq = e->seq;
  item->kind = e->kind->en;
  for (size_t i = 0; i < COUNT_OF(objects) && item->object.n == 0; i++) {
    item->object = event_get_text(e, objects[i]);
    if (item->object.n) item->noun = objects[i];
  }
  item->person = event_get_text(e, "agent");
  if (item->person.n == 0) item->person = event_get_text(e, "person");
  if (item->person.n == 0) item->person = event_get_text(e, "to");
  item->customer = event_get_text(e, "customer");
}

void feed_event(struct feed_batch *f, const struct event *e) {
  struct buf b;
  buf_init(&b, EVENT_LINE_MAX);
  event_write_feed(&b, e);
  struct feed_item *item = add(f), plain = {.kind = "", .noun = ""};
  describe(&plain, e);
  *item = plain;
  item->line = arena_buf(f->arena, &b);
  item->object = arena_dup(f->arena, plain.object);
  item->person = arena_dup(f->arena, plain.person);
  item->customer = arena_dup(f->arena, plain.customer);
  buf_release(&b);
}

static json_t *text(struct str s) { return json_stringn(s.n ? s.p : "", s.n); }

static json_t *clause_json(const struct lang_program *program, struct str id) {
  (void)program;
  return json_pack("{s:o}", "id", text(id));
}

static json_t *object_json(const char *noun, struct str id) {
  json_t *object = json_object();
  if (noun && noun[0] && id.n) json_object_set_new(object, noun, text(id));
  return object;
}

static json_t *consequence_plain(const struct lang_program *program, const struct consequence *c) {
  return json_pack("{s:o s:s s:s s:o s:o s:o s:o s:o s:I s:I s:I}", "id", text(c->id), "type", consequence_type_name(c->type), "seal",
                   consequence_seal_name(c->seal), "subject", text(c->subject), "clause", clause_json(program, c->clause), "object",
                   object_json(c->object_noun, c->object), "title", text(c->text_zh), "title_en", text(c->text_en), "fen",
                   (json_int_t)c->fen, "points", (json_int_t)c->points, "at", (json_int_t)c->occurred_ms);
}

static json_t *clock_plain(const struct lang_program *program, const struct rule_clock *c, i64 now_ms) {
  return json_pack("{s:o s:o s:o s:o s:o s:o s:I s:I s:s s:o s:I}", "id", text(c->id), "clause", clause_json(program, c->clause), "bearer",
                   text(c->bearer), "object", object_json(c->object_noun, c->object), "title", text(c->title_zh), "title_en",
                   text(c->title_en), "started_ms", (json_int_t)c->started_ms, "due_ms", (json_int_t)c->due_ms, "state",
                   clock_state_name(c->state), "zero", text(c->zero_zh), "now", (json_int_t)now_ms);
}

static void add_report(struct feed_batch *f, i64 seq, const char *key, json_t *owned_body, struct feed_item *item) {
  json_t *line = json_pack("{s:I s:o}", "seq", (json_int_t)seq, key, owned_body);
  char *dumped = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
  BUG_IF(dumped == NULL);
  item->line = arena_dup(f->arena, str_c(dumped));
  free(dumped);
  json_decref(line);
}

void feed_consequence(struct feed_batch *f, const struct desk *d, i64 seq, i64 now_ms, enum change change, const struct consequence *c) {
  static const char *const changes[] = {"add", "update", "withdraw"};
  const struct lang_program *program = desk_program(d, now_ms);
  json_t *body = d->options->consequence_json ? d->options->consequence_json(program, c) : consequence_plain(program, c);
  json_object_set_new(body, "change", json_string(changes[change]));
  struct feed_item *item = add(f);
  *item = (struct feed_item){.type = FEED_CONSEQUENCE, .seq = seq, .kind = "", .noun = c->object_noun && c->object.n ? c->object_noun : ""};
  item->object = arena_dup(f->arena, c->object);
  item->person = arena_dup(f->arena, c->subject);
  add_report(f, seq, "consequence", body, item);
}

void feed_clock(struct feed_batch *f, const struct desk *d, i64 seq, i64 now_ms, const struct rule_clock *c) {
  const struct lang_program *program = desk_program(d, now_ms);
  json_t *body = d->options->clock_json ? d->options->clock_json(program, c, now_ms) : clock_plain(program, c, now_ms);
  struct feed_item *item = add(f);
  *item = (struct feed_item){.type = FEED_CLOCK, .seq = seq, .kind = "", .noun = c->object_noun && c->object.n ? c->object_noun : ""};
  item->object = arena_dup(f->arena, c->object);
  item->person = arena_dup(f->arena, c->bearer);
  add_report(f, seq, "clock", body, item);
}

/* ---- older than the buffer */

enum status writer_feed_since(struct store *s, i64 since, size_t most, void (*f)(void *ctx, const struct feed_item *item), void *ctx, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new((size_t)1 << 28);
  const struct log_read_in in = {.after = since, .most = (i64)most};
  struct log_read_row *rows = NULL;
  size_t count = 0;
  TRY(log_read(s, a, &in, &rows, &count, p));
  for (size_t i = 0; i < count; i++) {
    struct event *e = NULL;
    TRY(event_from_line(a, rows[i].line, 0, &e, p));
    e->seq = rows[i].seq;
    struct feed_batch one = {.arena = a};
    feed_event(&one, e);
    f(ctx, &one.items[0]);
  }
done:
  arena_free(a);
  return status;
}
