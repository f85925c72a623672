/* Replays the whole log in order of occurrence with an engine of its own and compares a month with the live ledger. The same engine
 * code ran live, where late facts arrived out of order; both must come to the same, and where they do not, the close says so. */
#include "commands/ledger_replay.h"

#include "commands/writer_internal.h"
#include "views/ledger.h"

#include <stdlib.h>

static const size_t REPLAY_ARENA_CAP = (size_t)1 << 31;

struct gathered {
  struct arena *arena;
  struct event **events;
  size_t count, room;
};

static enum status gather(void *ctx, const struct event *e, struct str line, struct arena *a) {
  struct gathered *g = ctx;
  (void)line;
  (void)a;
  g->events = arena_grow(g->arena, g->events, &g->room, g->count + 1, sizeof *g->events);
  g->events[g->count++] = event_dup(g->arena, e);
  return OK;
}

static int in_order(const void *a, const void *b) { return event_compare(*(struct event *const *)a, *(struct event *const *)b); }

struct compared {
  struct command_ctx *c;
  struct map live; /* id -> struct consequence_month_row * */
  json_t *out;
  i64 from_ms, to_ms;
  struct arena *arena;
};

static void differ(struct compared *x, struct str id, struct str person, i64 live_fen, i64 fen, struct str live_seal, struct str seal) {
  json_t *o = json_object();
  show_put_text(o, "id", id);
  show_put_text(o, "person", person);
  show_put_int(o, "live_fen", live_fen);
  show_put_int(o, "replay_fen", fen);
  show_put_text(o, "live_seal", live_seal);
  show_put_text(o, "replay_seal", seal);
  json_object_set_new(o, "zh", json_string("按发生的先后重算，结果与当时显示的不同"));
  json_object_set_new(o, "en", json_string("Judged again in order of occurrence, the result differs from what was shown"));
  json_array_append_new(x->out, o);
}

static bool in_month(const struct compared *x, const struct consequence *c) {
  i64 booked = c->window_to_ms > 0 && c->occurred_ms >= c->window_to_ms ? c->window_to_ms - 1 : c->occurred_ms;
  return booked >= x->from_ms && booked < x->to_ms;
}

static void compare(void *ctx, const struct consequence *c) {
  struct compared *x = ctx;
  if (!in_month(x, c) || !ledger_is_money(str_c(consequence_type_name(c->type)))) return;
  struct consequence_month_row *live = map_ptr(&x->live, c->id);
  struct str seal = str_c(consequence_seal_name(c->seal));
  if (!live) {
    if (c->seal != SEAL_WITHDRAWN) differ(x, c->id, c->subject, 0, c->fen, STR(""), seal);
    return;
  }
  bool gone = c->seal == SEAL_WITHDRAWN, live_gone = str_is(live->seal, "withdrawn");
  if ((gone && live_gone) || (live->fen == c->fen && str_eq(live->seal, seal))) {
    live->first_fen = -1; /* seen */
    return;
  }
  differ(x, c->id, c->subject, live->fen, c->fen, live->seal, seal);
  live->first_fen = -1;
}

static enum status load_live(struct compared *x) {
  struct consequence_month_row *rows = NULL;
  size_t count = 0;
  struct consequence_month_in in = {.subject = STR(""), .from_ms = x->from_ms, .to_ms = x->to_ms};
  enum status status = consequence_month(x->c->store, x->arena, &in, &rows, &count, x->c->problem);
  map_init(&x->live, x->arena);
  for (size_t i = 0; status == OK && i < count; i++)
    if (ledger_is_money(rows[i].type)) map_set_ptr(&x->live, rows[i].id, &rows[i]);
  return status;
}

enum status ledger_replay(struct command_ctx *c, i64 from_ms, i64 to_ms, json_t **differences) {
  enum status status = OK;
  struct desk desk;
  bool opened = false;
  struct arena *arena = arena_new(REPLAY_ARENA_CAP);
  struct gathered g = {.arena = arena};
  struct compared x = {.c = c, .out = json_array(), .from_ms = from_ms, .to_ms = to_ms, .arena = arena};
  TRY(desk_open(&desk, &c->writer->options, c->problem));
  opened = true;
  TRY(event_log_each(c->store, 0, c->zone_offset_ms, gather, &g, c->problem));
  if (g.count) qsort(g.events, g.count, sizeof *g.events, in_order);
  struct applying to = {.desk = &desk, .arena = arena, .now_ms = c->now_ms, .problem = c->problem};
  for (size_t i = 0; i < g.count; i++) TRY(desk_apply(&to, g.events[i]));
  TRY(load_live(&x));
  engine_each_consequence(desk.engine, compare, &x);
  for (size_t i = 0; i < x.live.n; i++) {
    const struct consequence_month_row *live = x.live.entries[i].ptr;
    if (live->first_fen >= 0 && !str_is(live->seal, "withdrawn")) differ(&x, live->id, live->subject, live->fen, 0, live->seal, STR("withdrawn"));
  }
  *differences = json_incref(x.out);
done:
  if (opened) desk_close(&desk);
  json_decref(x.out);
  arena_free(arena);
  return status;
}
