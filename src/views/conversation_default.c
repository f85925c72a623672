/* The clocks of the settings' default targets on conversations where no clause has one (ADR 0029): of one, and of all that are open.
 *
 * A resolution that stands still while the customer is waited for is known only from the messages. Reading those of every open
 * conversation would cost the floor its speed, so each is first placed at the earliest it can be due, and read in that order only
 * until nothing that is left could come sooner. */
#include "views/conversation_parts.h"

#include "views/conversation.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/setting.sql.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULTS_TALKS_MOST = 20000, DEFAULTS_READ_MOST = 1000, DEFAULTS_RESTING_READ_MOST = 200 };

static enum status any_set(struct read_ctx *r, bool *set) {
  struct desk_setting_get_row *row;
  enum status status = desk_setting_get(r->store, r->arena, &(struct desk_setting_get_in){.item = STR(SERVICE_ITEM)}, &row, r->problem);
  *set = status == OK && row;
  return status;
}

static const char *state_of(const struct service_clock *k, i64 now_ms) { return k->paused ? "paused" : k->due_ms <= now_ms ? "violated" : "running"; }

json_t *conversation_default_json(struct read_ctx *r, const struct conversation_default *d, struct str bearer_name) {
  static const char *const titles[][3] = {{"first", "首次回复（默认时限）", "First reply (default target)"},
                                          {"next", "回复顾客（默认时限）", "Next reply (default target)"},
                                          {"resolve", "办结（默认时限）", "Resolution (default target)"}};
  const struct service_clock *k = &d->clock;
  size_t n = 0;
  while (strcmp(titles[n][0], k->which) != 0) n++;
  return json_pack("{s:o,s:n,s:o,s:o,s:o,s:s,s:s,s:I,s:I,s:s,s:s,s:s,s:I}", "id", json_of(arena_printf(r->arena, "%s:%.*s", k->which, STR_ARG(d->id))), "clause", "bearer", json_of(d->agent), "bearer_name",
                   json_of(bearer_name), "object", show_object(STR("conversation"), d->id), "title", titles[n][1], "title_en", titles[n][2], "started_ms", (json_int_t)k->started_ms, "due_ms",
                   (json_int_t)k->due_ms, "state", state_of(k, r->now_ms), "zero", "", "zero_en", "", "now", (json_int_t)r->now_ms);
}

enum status conversation_default_of(struct read_ctx *r, const struct conversation_get_row *c, struct service_clock *out) {
  struct service_talk t = {.id = c->id, .waits = c->has_wait_since_ms, .answered = c->agent_messages > 0, .since_ms = c->wait_since_ms, .started_ms = c->started_ms};
  return service_clock_of(r->store, r->arena, &t, r->now_ms, out, r->problem);
}

enum status conversation_default_clock(struct read_ctx *r, struct str object, json_t **out) {
  struct conversation_default d = {.id = object};
  struct conversation_get_row *c;
  struct people_get_row *holder = NULL;
  bool set;
  enum status status = OK;
  *out = json_null();
  TRY(any_set(r, &set));
  if (!set) return OK;
  TRY(conversation_get(r->store, r->arena, &(struct conversation_get_in){.id = object}, &c, r->problem));
  if (!c || !conversation_is_open(c->state) || c->has_snooze_ms) return OK;
  TRY(conversation_default_of(r, c, &d.clock));
  if (!d.clock.which) return OK;
  if (c->agent.n) TRY(people_get(r->store, r->arena, &(struct people_get_in){.id = c->agent}, &holder, r->problem));
  d.agent = c->agent;
  *out = conversation_default_json(r, &d, holder ? holder->name : STR(""));
done:
  return status;
}

/* ---- all that are open ---------------------------------------------------------------------------------------------- */

struct candidate {
  struct conversation_default d;
  struct service_talk talk;
};

struct soonest { /* the best so far, in order */
  struct conversation_default *list;
  size_t count, most;
};

static int by_clock(const struct conversation_default *a, const struct conversation_default *b) {
  if (a->clock.paused != b->clock.paused) return a->clock.paused ? 1 : -1;
  if (a->clock.due_ms != b->clock.due_ms) return a->clock.due_ms < b->clock.due_ms ? -1 : 1;
  return str_compare(a->id, b->id);
}

static int by_candidate(const void *a, const void *b) { return by_clock(&((const struct candidate *)a)->d, &((const struct candidate *)b)->d); }

static bool is_full(const struct soonest *s, const struct conversation_default *d) { return s->count == s->most && by_clock(&s->list[s->count - 1], d) <= 0; }

static void keep(struct soonest *s, const struct conversation_default *d) {
  if (!s->most || is_full(s, d)) return;
  size_t at = s->count < s->most ? s->count++ : s->most - 1;
  for (; at > 0 && by_clock(d, &s->list[at - 1]) < 0; at--) s->list[at] = s->list[at - 1];
  s->list[at] = *d;
}

/* Answered: its resolution stands still, unless it was over before the answer; then too long ago to be shown, if the answer is. */
static bool rests(const struct conversation_unclocked_row *row, const struct service_clock *k, i64 over_since_ms, i64 now_ms) {
  return k->rough && !row->has_wait_since_ms && (k->due_ms > now_ms || row->last_ms < over_since_ms);
}

static enum status candidates(struct read_ctx *r, i64 over_since_ms, struct candidate **out, size_t *count) {
  struct conversation_unclocked_row *rows;
  size_t n;
  struct service_memory *memory = ARENA_NEW(r->arena, struct service_memory);
  enum status status = OK;
  TRY(conversation_unclocked(r->store, r->arena, &(struct conversation_unclocked_in){.most = DEFAULTS_TALKS_MOST}, &rows, &n, r->problem));
  TRY(service_memory_load(r->store, r->arena, memory, r->problem));
  *out = ARENA_ARRAY(r->arena, struct candidate, n + 1);
  for (size_t i = 0; i < n; i++) {
    struct candidate *c = &(*out)[*count];
    c->talk = (struct service_talk){.id = rows[i].id, .waits = rows[i].has_wait_since_ms, .answered = rows[i].agent_messages > 0, .since_ms = rows[i].wait_since_ms,
                                    .started_ms = rows[i].started_ms, .memory = memory, .roughly = true};
    c->d = (struct conversation_default){.id = rows[i].id, .agent = rows[i].agent};
    TRY(service_clock_of(r->store, r->arena, &c->talk, r->now_ms, &c->d.clock, r->problem));
    if (!c->d.clock.which) continue;
    if (rests(&rows[i], &c->d.clock, over_since_ms, r->now_ms)) c->d.clock.paused = true, c->d.clock.due_ms = r->now_ms;
    (*count)++;
  }
done:
  return status;
}

enum status conversation_defaults(struct read_ctx *r, i64 over_since_ms, size_t most, struct conversation_default **out, size_t *count) {
  struct candidate *list = NULL;
  struct soonest best = {.most = most, .list = ARENA_ARRAY(r->arena, struct conversation_default, most + 1)};
  size_t n = 0, reads = 0, resting = 0;
  bool set;
  enum status status = OK;
  TRY(any_set(r, &set));
  if (set) TRY(candidates(r, over_since_ms, &list, &n));
  if (n) qsort(list, n, sizeof *list, by_candidate);
  for (size_t i = 0; i < n && !is_full(&best, &list[i].d); i++) {
    struct candidate *c = &list[i];
    if (c->d.clock.rough) {
      if (c->d.clock.paused ? resting++ >= DEFAULTS_RESTING_READ_MOST : reads++ >= DEFAULTS_READ_MOST) continue;
      c->talk.roughly = false;
      TRY(service_clock_of(r->store, r->arena, &c->talk, r->now_ms, &c->d.clock, r->problem));
    }
    if (c->d.clock.which && (c->d.clock.paused || c->d.clock.due_ms >= over_since_ms)) keep(&best, &c->d);
  }
  *out = best.list;
  *count = best.count;
done:
  return status;
}
