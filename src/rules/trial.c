/* See trial.h. A consequence is the same in both texts when its identity (clause, tag, window, trigger) is. */
#include "rules/trial.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

static const i64 always_ms = INT64_MIN / 4;
static const size_t TRIAL_ARENA = (size_t)1 << 30;

struct trial {
  struct trial_options o;
  struct engine *engine[2];
  i64 facts, last_ms;
  struct arena *instant;    /* the facts of one instant, until the next: they are fed in the order rules know */
  struct event **pending;
  size_t pending_count, pending_room;
};

enum status trial_new(const struct trial_options *o, struct trial **out, struct problem *p) {
  struct trial *t = calloc(1, sizeof *t);
  BUG_IF(t == NULL);
  t->o = *o;
  t->instant = arena_new(TRIAL_ARENA);
  enum status status = OK;
  for (int side = 0; side < 2 && status == OK; side++) {
    t->engine[side] = engine_new(o->zone_offset_ms, o->calendar);
    engine_lean(t->engine[side]);
    status = engine_publish(t->engine[side], side ? o->after : o->before, always_ms, always_ms, p);
  }
  if (status != OK) {
    trial_free(t);
    return status;
  }
  *out = t;
  return OK;
}

void trial_free(struct trial *t) {
  if (t == NULL) return;
  engine_free(t->engine[0]);
  engine_free(t->engine[1]);
  arena_free(t->instant);
  free(t->pending);
  free(t);
}

static int by_order(const void *x, const void *y) { return event_compare(*(struct event *const *)x, *(struct event *const *)y); }

static enum status feed_instant(struct trial *t, struct problem *p) {
  enum status status = OK;
  if (t->pending_count > 1) qsort(t->pending, t->pending_count, sizeof *t->pending, by_order);
  for (size_t i = 0; i < t->pending_count && status == OK; i++) {
    status = engine_step(t->engine[0], t->pending[i], NULL, p);
    if (status == OK) status = engine_step(t->engine[1], t->pending[i], NULL, p);
  }
  t->pending_count = 0;
  arena_reset(t->instant);
  return status;
}

enum status trial_step(struct trial *t, const struct event *e, struct problem *p) {
  if (e->kind->derived || event_kind_index(e->kind) == EVENT_clock_due || e->occurred_ms >= t->o.to_ms) return OK;
  if (++t->facts > TRIAL_FACTS_MOST)
    return problem_set(p, E_TOO_LARGE, "trial.large", "这段时间的事超过 %d 件，请在命令行用 guiju try", "There are more than %d facts; use guiju try on the command line", TRIAL_FACTS_MOST);
  if (t->pending_count && e->occurred_ms < t->last_ms) return problem_set(p, E_INVALID, "trial.order", "事情没有按先后给出", "The facts are not in the order of time");
  enum status status = t->pending_count && e->occurred_ms > t->last_ms ? feed_instant(t, p) : OK;
  if (t->pending_count == t->pending_room) {
    t->pending_room = t->pending_room ? 2 * t->pending_room : 64;
    t->pending = realloc(t->pending, t->pending_room * sizeof *t->pending);
    BUG_IF(t->pending == NULL);
  }
  t->pending[t->pending_count++] = event_dup(t->instant, e);
  t->last_ms = e->occurred_ms;
  return status;
}

/* ---- comparing ---- */

struct one {                /* a consequence, as far as two of them can differ */
  struct str id, person, clause, tag, item, text_zh, text_en;
  enum consequence_type type;
  i64 fen, points, at_ms;
  bool matched;
};
struct sum {
  struct str key;
  i64 fen[2], points[2], count[2], added, gone, changed;
};
struct sums {
  struct map index;
  struct sum *p;
  size_t n, room;
};
struct line {
  const struct one *before, *after;
};
struct comparing {
  struct arena *a;
  const struct trial *t;
  int side;
  struct map before;        /* id -> struct one * */
  struct sums people, clauses;
  struct line *lines;
  size_t line_count, line_room;
  i64 added[24], gone[24], changed[24];
};

static i64 worth(const struct consequence *c) {
  if (c->seal == SEAL_WAIVED || c->seal == SEAL_WITHDRAWN) return 0;
  switch (c->type) {
    case C_FINE: case C_COMPENSATE: return -c->fen;
    case C_REWARD: case C_PAY: return c->fen;
    default: return 0;
  }
}

static struct sum *sum_of(struct comparing *k, struct sums *s, struct str key) {
  bool fresh;
  struct map_entry *e = map_put(&s->index, key, &fresh);
  if (fresh) {
    e->i = (i64)s->n;
    s->p = arena_grow(k->a, s->p, &s->room, s->n + 1, sizeof *s->p);
    s->p[s->n++] = (struct sum){.key = key};
  }
  return &s->p[e->i];
}

static struct one *copy(struct comparing *k, const struct consequence *c) {
  struct one *o = ARENA_NEW(k->a, struct one);
  *o = (struct one){.id = arena_dup(k->a, c->id), .person = arena_dup(k->a, c->subject), .clause = arena_dup(k->a, c->clause), .tag = arena_dup(k->a, c->tag),
                    .item = arena_dup(k->a, c->item), .text_zh = arena_dup(k->a, c->text_zh), .text_en = arena_dup(k->a, c->text_en), .type = c->type,
                    .fen = worth(c), .points = c->type == C_SCORE && c->seal != SEAL_WAIVED && c->seal != SEAL_WITHDRAWN ? c->points : 0, .at_ms = c->occurred_ms};
  return o;
}

static void add_line(struct comparing *k, const struct one *before, const struct one *after) {
  k->lines = arena_grow(k->a, k->lines, &k->line_room, k->line_count + 1, sizeof *k->lines);
  k->lines[k->line_count++] = (struct line){before, after};
  const struct one *o = after ? after : before;
  struct sum *both[] = {sum_of(k, &k->people, o->person), sum_of(k, &k->clauses, o->clause)};
  for (size_t i = 0; i < COUNT_OF(both); i++) {
    if (!before) both[i]->added++;
    else if (!after) both[i]->gone++;
    else both[i]->changed++;
  }
  i64 day = ((o->at_ms + k->t->o.zone_offset_ms) % MS_DAY + MS_DAY) % MS_DAY;
  i64 *hours = !before ? k->added : !after ? k->gone : k->changed;
  hours[day / MS_HOUR]++;
}

static bool same(const struct one *x, const struct one *y) {
  return x->type == y->type && x->fen == y->fen && x->points == y->points && str_eq(x->person, y->person) && str_eq(x->item, y->item);
}

static void look(void *ctx, const struct consequence *c) {
  struct comparing *k = ctx;
  if (c->occurred_ms < k->t->o.from_ms || c->occurred_ms >= k->t->o.to_ms || c->seal == SEAL_WITHDRAWN) return;
  struct one *o = copy(k, c);
  struct sum *both[] = {sum_of(k, &k->people, o->person), NULL};
  both[0]->fen[k->side] += o->fen;
  both[0]->points[k->side] += o->points;
  both[0]->count[k->side]++;
  both[1] = sum_of(k, &k->clauses, o->clause);
  both[1]->fen[k->side] += o->fen;
  both[1]->points[k->side] += o->points;
  both[1]->count[k->side]++;
  if (k->side == 0) {
    map_set_ptr(&k->before, o->id, o);
    return;
  }
  struct one *b = map_ptr(&k->before, o->id);
  if (b) b->matched = true;
  if (!b || !same(b, o)) add_line(k, b, o);
}

static i64 weight(const struct line *l) {
  i64 fen = (l->after ? l->after->fen : 0) - (l->before ? l->before->fen : 0), points = (l->after ? l->after->points : 0) - (l->before ? l->before->points : 0);
  return (fen < 0 ? -fen : fen) + (points < 0 ? -points : points);
}

static int heavier(const void *x, const void *y) {
  const struct line *a = x, *b = y;
  i64 wa = weight(a), wb = weight(b);
  if (wa != wb) return wa > wb ? -1 : 1;
  const struct one *oa = a->after ? a->after : a->before, *ob = b->after ? b->after : b->before;
  if (oa->at_ms != ob->at_ms) return oa->at_ms < ob->at_ms ? -1 : 1;
  return str_compare(oa->id, ob->id);
}

static int more_change(const void *x, const void *y) {
  const struct sum *a = x, *b = y;
  i64 ca = a->fen[1] - a->fen[0], cb = b->fen[1] - b->fen[0];
  if (ca < 0) ca = -ca;
  if (cb < 0) cb = -cb;
  if (ca != cb) return ca > cb ? -1 : 1;
  i64 na = a->added + a->gone + a->changed, nb = b->added + b->gone + b->changed;
  if (na != nb) return na > nb ? -1 : 1;
  return str_compare(a->key, b->key);
}

/* ---- the result ---- */

static json_t *text(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }
static void put(json_t *o, const char *key, i64 n) { json_object_set_new(o, key, json_integer(n)); }

static json_t *sums_json(struct sums *s, const char *name) {
  json_t *list = json_array();
  if (s->n > 1) qsort(s->p, s->n, sizeof *s->p, more_change);
  for (size_t i = 0; i < s->n; i++) {
    const struct sum *one = &s->p[i];
    json_t *o = json_object();
    json_object_set_new(o, name, text(one->key));
    put(o, "before_fen", one->fen[0]);
    put(o, "after_fen", one->fen[1]);
    put(o, "change_fen", one->fen[1] - one->fen[0]);
    put(o, "before_points", one->points[0]);
    put(o, "after_points", one->points[1]);
    put(o, "change_points", one->points[1] - one->points[0]);
    put(o, "before_count", one->count[0]);
    put(o, "after_count", one->count[1]);
    put(o, "added", one->added);
    put(o, "gone", one->gone);
    put(o, "changed", one->changed);
    json_array_append_new(list, o);
  }
  return list;
}

static json_t *line_json(const struct line *l) {
  const struct one *o = l->after ? l->after : l->before;
  json_t *j = json_object();
  i64 before = l->before ? l->before->fen : 0, after = l->after ? l->after->fen : 0;
  json_object_set_new(j, "id", text(o->id));
  json_object_set_new(j, "side", json_string(l->after ? "after" : "before"));
  json_object_set_new(j, "change", json_string(!l->before ? "added" : !l->after ? "gone" : "changed"));
  json_object_set_new(j, "type", json_string(consequence_type_name(o->type)));
  json_object_set_new(j, "type_zh", json_string(consequence_type_name_zh(o->type)));
  json_object_set_new(j, "person", text(o->person));
  json_object_set_new(j, "clause", text(o->clause));
  json_object_set_new(j, "tag", text(o->tag));
  json_object_set_new(j, "item", text(o->item));
  put(j, "at", o->at_ms);
  put(j, "before_fen", before);
  put(j, "after_fen", after);
  put(j, "change_fen", after - before);
  put(j, "before_points", l->before ? l->before->points : 0);
  put(j, "after_points", l->after ? l->after->points : 0);
  json_object_set_new(j, "text", text(o->text_zh));
  json_object_set_new(j, "text_en", text(o->text_en));
  json_object_set_new(j, "before_text", l->before && l->after ? text(l->before->text_zh) : json_null());
  return j;
}

static void add_why(json_t *whys, struct engine *engine, const struct one *o) {
  json_t *why = o ? engine_why_json(engine, o->id) : NULL;
  if (why) json_object_setn_new(whys, o->id.p, o->id.n, why);
}

static json_t *result_json(struct comparing *k) {
  json_t *lines = json_array(), *whys = json_object(), *earlier = json_object(), *hours = json_array();
  if (k->line_count > 1) qsort(k->lines, k->line_count, sizeof *k->lines, heavier);
  for (size_t i = 0; i < k->line_count && i < TRIAL_LINES_MOST; i++) {
    json_array_append_new(lines, line_json(&k->lines[i]));
    add_why(whys, k->t->engine[1], k->lines[i].after);
    add_why(earlier, k->t->engine[0], k->lines[i].before);
  }
  for (int h = 0; h < 24; h++) json_array_append_new(hours, json_pack("{s:I,s:I,s:I}", "added", (json_int_t)k->added[h], "gone", (json_int_t)k->gone[h], "changed", (json_int_t)k->changed[h]));
  json_t *o = json_object();
  put(o, "facts", k->t->facts);
  json_object_set_new(o, "people", sums_json(&k->people, "person"));
  json_object_set_new(o, "clauses", sums_json(&k->clauses, "clause"));
  json_object_set_new(o, "hours", hours);
  json_object_set_new(o, "lines", lines);
  put(o, "differences", (i64)k->line_count);
  put(o, "more", k->line_count > TRIAL_LINES_MOST ? (i64)k->line_count - TRIAL_LINES_MOST : 0);
  json_object_set_new(o, "whys", whys);
  json_object_set_new(o, "whys_before", earlier);
  return o;
}

enum status trial_result(struct trial *t, i64 now_ms, json_t **out, struct problem *p) {
  enum status status = feed_instant(t, p);
  if (status != OK) return status;
  i64 end = now_ms < t->o.to_ms ? now_ms : t->o.to_ms;
  if (end < t->last_ms) end = t->last_ms;
  struct comparing k = {.a = arena_new(TRIAL_ARENA), .t = t};
  map_init(&k.before, k.a);
  map_init(&k.people.index, k.a);
  map_init(&k.clauses.index, k.a);
  for (k.side = 0; k.side < 2; k.side++) {
    engine_advance(t->engine[k.side], end, NULL);
    engine_each_consequence(t->engine[k.side], look, &k);
  }
  for (size_t i = 0; i < k.before.n; i++) {
    const struct one *b = k.before.entries[i].ptr;
    if (!b->matched) add_line(&k, b, NULL);
  }
  *out = result_json(&k);
  arena_free(k.a);
  return OK;
}
