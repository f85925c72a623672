/* See image.h. One walk over the engine's memory serves both ways: saving writes each part, restoring reads it into place. What
 * points into a rulebook (an act) is written as its place in the source. A new array of the engine's memory is added to
 * `walk`; the sizes below are written too, so an image of another layout is refused. */
#include "rules/image.h"

#include "rules/image_tag.h"
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

enum { SUM_BLOCK = 32 };

/* A field was added to the state: say in walk() how it is kept, then write the new size here. */
enum { STATE_SIZE = EVENT_KIND_COUNT * sizeof(struct refs) + 936 };

struct image {
  bool saving, bad;
  enum status (*write)(void *ctx, const void *bytes, size_t n);
  void *ctx;
  enum status status;
  const char *at, *end;
  u64 lane[4], summed;
  char carry[SUM_BLOCK];
  size_t carried;
};

const char *image_tag(void) { return IMAGE_TAG; }

static void sum_blocks(struct image *m, const char *p, size_t n) {
  u64 lane[4];
  memcpy(lane, m->lane, sizeof lane);
  for (; n >= SUM_BLOCK; n -= SUM_BLOCK, p += SUM_BLOCK) {
    u64 w[4];
    memcpy(w, p, sizeof w);
    for (int i = 0; i < 4; i++) lane[i] = (lane[i] ^ w[i]) * 0x9e3779b97f4a7c15u + (lane[i] >> 32);
  }
  memcpy(m->lane, lane, sizeof lane);
}

/* Over all bytes as one stream, however they come in pieces. */
static void sum(struct image *m, const char *p, size_t n) {
  m->summed += n;
  if (m->carried) {
    size_t part = SUM_BLOCK - m->carried < n ? SUM_BLOCK - m->carried : n;
    memcpy(m->carry + m->carried, p, part);
    m->carried += part;
    p += part;
    n -= part;
    if (m->carried < SUM_BLOCK) return;
    sum_blocks(m, m->carry, SUM_BLOCK);
    m->carried = 0;
  }
  sum_blocks(m, p, n);
  m->carried = n % SUM_BLOCK;
  memcpy(m->carry, p + n - m->carried, m->carried);
}

static u64 sum_end(struct image *m) {
  memset(m->carry + m->carried, 0, SUM_BLOCK - m->carried);
  sum_blocks(m, m->carry, SUM_BLOCK);
  return mix(mix(mix(m->lane[0], m->lane[1]), m->lane[2] ^ (m->lane[3] << 1)), m->summed);
}

static void bytes(struct image *m, void *p, size_t n) {
  if (n == 0 || m->bad) return;
  if (m->saving) {
    sum(m, p, n);
    if (m->status == OK) m->status = m->write(m->ctx, p, n);
  } else {
    if ((size_t)(m->end - m->at) < n) {
      m->bad = true;
      return;
    }
    memcpy(p, m->at, n);
    m->at += n;
  }
}

static bool fits(const struct image *m, u64 count, size_t size) { return !m->bad && count <= 0x7fffffffu && count * size <= (u64)(m->end - m->at); }

#define ONE(m, x) bytes(m, &(x), sizeof(x))
#define PART(m, v)                                                                                                             \
  do {                                                                                                                         \
    u32 count_ = (v).n;                                                                                                        \
    ONE(m, count_);                                                                                                            \
    if (!(m)->saving && count_) {                                                                                              \
      if (!fits(m, count_, sizeof *(v).p)) {                                                                                   \
        (m)->bad = true;                                                                                                       \
        break;                                                                                                                 \
      }                                                                                                                        \
      (v).room = 0;                                                                                                            \
      (v).p = vec_room(NULL, &(v).room, count_, sizeof *(v).p);                                                                \
      (v).n = count_;                                                                                                          \
    }                                                                                                                          \
    if (count_) bytes(m, (v).p, (size_t)count_ * sizeof *(v).p);                                                               \
  } while (0)

static void array(struct image *m, u32 **p, u32 *room) {
  u32 count = *room;
  ONE(m, count);
  if (!m->saving && count) {
    if (!fits(m, count, sizeof **p)) {
      m->bad = true;
      return;
    }
    *p = malloc((size_t)count * sizeof **p);
    BUG_IF(*p == NULL);
    *room = count;
  }
  if (count) bytes(m, *p, (size_t)count * sizeof **p);
}

static void table(struct image *m, struct table *t) {
  u32 n = t->n, room = t->room;
  ONE(m, n);
  ONE(m, room);
  if (!m->saving && room) {
    if (!fits(m, room, 16) || n * 2ull > room || (room & (room - 1))) {
      m->bad = true;
      return;
    }
    table_clear(t);
    t->keys = malloc((size_t)room * sizeof *t->keys);
    t->values = malloc((size_t)room * sizeof *t->values);
    BUG_IF(t->keys == NULL || t->values == NULL);
    t->n = n;
    t->room = room;
  }
  if (room == 0) return;
  bytes(m, t->keys, (size_t)room * sizeof *t->keys);
  bytes(m, t->values, (size_t)room * sizeof *t->values);
}

/* ---- symbols ---- */

static void save_names(struct image *m, struct intern *in) {
  for (u32 i = 1; i <= in->n; i++) {
    u32 n = (u32)in->names[i].n;
    ONE(m, n);
  }
  for (u32 i = 1; i <= in->n; i++) bytes(m, (void *)(uintptr_t)in->names[i].p, in->names[i].n);
}

static void load_names(struct image *m, struct intern *in, u32 n) {
  u32 room = 0;
  struct str *names = vec_room(NULL, &room, n + 2, sizeof *names);
  u64 all = 0;
  for (u32 i = 1; i <= n && !m->bad; i++) {
    u32 length = 0;
    ONE(m, length);
    names[i] = (struct str){NULL, length};
    all += length;
  }
  if (!fits(m, all, 1)) m->bad = true;
  char *text = m->bad ? NULL : arena_alloc(in->texts, all + 1);
  for (u32 i = 1; i <= n && !m->bad; i++) {
    bytes(m, text, names[i].n);
    names[i].p = text;
    text += names[i].n;
    if (i <= in->n && !str_eq(names[i], in->names[i])) m->bad = true; /* the engine's own words come first */
  }
  if (m->bad) {
    free(names);
    return;
  }
  free(in->names);
  in->names = names;
  in->room = room;
  in->n = n;
}

static void walk_names(struct image *m, struct intern *in) {
  u32 n = in->n;
  ONE(m, n);
  if (m->saving) {
    save_names(m, in);
  } else if (n < in->n || !fits(m, n, 4)) {
    m->bad = true;
  } else {
    load_names(m, in, n);
  }
  if (m->bad) return;
  if (!m->saving) {
    free(in->hashes);
    in->hashes = malloc((size_t)in->room * sizeof *in->hashes);
    BUG_IF(in->hashes == NULL);
    free(in->slots);
    in->slots = NULL;
    in->slot_count = 0;
  }
  bytes(m, in->hashes + 1, (size_t)n * sizeof *in->hashes);
  array(m, &in->slots, &in->slot_count);
  if (!m->bad && (in->slot_count <= n || (in->slot_count & (in->slot_count - 1)))) m->bad = true;
}

/* ---- lists of values; texts as symbols ---- */

static void walk_value(struct image *m, struct engine *e, struct value *v) {
  u32 type = v->type, s = v->type == V_TEXT || v->type == V_REF ? intern_sym(&e->names, v->s) : 0;
  ONE(m, type);
  ONE(m, v->i);
  ONE(m, v->den);
  ONE(m, s);
  if (m->saving || m->bad) return;
  v->type = (enum value_type)type;
  if (s > e->names.n) m->bad = true;
  else v->s = intern_str(&e->names, s);
}

static void walk_lists(struct image *m, struct engine *e) {
  u32 n = e->lists.n;
  ONE(m, n);
  for (u32 i = 0; i < n && !m->bad; i++) {
    struct value list = m->saving ? e->lists.p[i] : (struct value){.type = V_LIST};
    u32 count = (u32)list.count;
    ONE(m, count);
    if (!m->saving && !fits(m, count, 4)) m->bad = true;
    if (m->bad) return;
    struct value *items = m->saving ? NULL : ARENA_ARRAY(e->names.texts, struct value, count + 1);
    for (u32 k = 0; k < count; k++) {
      struct value v = m->saving ? list.items[k] : (struct value){0};
      if (v.type == V_LIST) m->bad = true; /* lists of lists are not kept: derived from the log instead */
      walk_value(m, e, &v);
      if (!m->saving) items[k] = v;
    }
    if (!m->saving) *VEC_PUSH(e->lists) = (struct value){.type = V_LIST, .items = items, .count = count};
  }
}

/* ---- consequences: what points into the book is written as its place ---- */

static u64 place_of(const struct lang_act *act) { return act ? (u64)act->at.from << 8 | (u64)act->kind : 0; }

static const struct lang_act *act_at(const struct engine *e, u32 rule, u64 place) {
  const u64 *at = rule < e->rules.n ? table_get(&e->rules.p[rule].version->act_of, place) : NULL;
  return at ? (const struct lang_act *)(uintptr_t)*at : NULL;
}

static void walk_cons(struct image *m, struct engine *e) {
  u32 n = e->s.cons.n;
  ONE(m, n);
  if (!m->saving && n) {
    if (!fits(m, n, sizeof(struct cons))) {
      m->bad = true;
      return;
    }
    e->s.cons.p = vec_room(NULL, &e->s.cons.room, n, sizeof *e->s.cons.p);
    e->s.cons.n = n;
  }
  for (u32 i = 0; i < n && !m->bad; i++) {
    struct cons c;
    u64 place = 0;
    bool amount = false;
    if (m->saving) {
      c = e->s.cons.p[i];
      place = place_of(c.act);
      amount = c.amount != NULL;
      if (act_at(e, c.rule, place) != c.act) m->bad = true; /* an act that no walk of the book finds */
      c.act = NULL;
      c.amount = NULL;
    }
    ONE(m, c);
    ONE(m, place);
    ONE(m, amount);
    if (m->saving || m->bad) continue;
    c.act = place ? act_at(e, c.rule, place) : NULL;
    c.amount = amount && c.act ? &c.act->amount : NULL;
    if (c.rule >= e->rules.n || (place && c.act == NULL)) m->bad = true;
    e->s.cons.p[i] = c;
  }
}

/* ---- timers: what waits is written, the wheel is turned anew ---- */

static void walk_timers(struct image *m, struct engine *e) {
  u32 n = e->s.timers.count;
  ONE(m, n);
  if (!m->saving && !fits(m, n, sizeof(struct timer))) m->bad = true;
  for (u32 i = 0, at = 0; i < n && !m->bad; i++) {
    struct timer t = {0};
    if (m->saving) {
      while (!e->s.timers.nodes.p[at].waits) at++;
      t = e->s.timers.nodes.p[at++].timer;
    }
    ONE(m, t);
    if (!m->saving && !m->bad) timer_put(e, &t);
  }
}

/* ---- all of it ---- */

static void walk_state(struct image *m, struct engine *e) {
  struct state *s = &e->s;
  PART(m, s->objects);
  for (int n = 0; n < N_COUNT; n++) array(m, &s->of_sym[n], &s->of_room[n]);
  PART(m, s->notes);
  PART(m, s->spells);
  PART(m, s->shifts);
  PART(m, s->people);
  PART(m, s->cases);
  PART(m, s->leaves);
  PART(m, s->duties);
  ONE(m, s->free_duty);
  PART(m, s->rule_duties);
  walk_cons(m, e);
  table(m, &s->cons_of);
  PART(m, s->ranks);
  table(m, &s->counters);
  walk_timers(m, e);
  PART(m, s->open);
  table(m, &s->over);
  PART(m, s->derived);
  PART(m, s->derived_cells);
  for (int k = 0; k < EVENT_KIND_COUNT; k++) PART(m, s->by_kind[k]);
  u32 lists = s->by_case.n;
  ONE(m, lists);
  for (u32 i = 0; i < lists && !m->bad; i++) {
    if (!m->saving) *VEC_PUSH(s->by_case) = (struct refs){0};
    PART(m, s->by_case.p[i]);
  }
  table(m, &s->by_case_of);
  table(m, &s->said);
  table(m, &s->score_last);
  table(m, &s->score_read);
  ONE(m, s->stamp);
  table(m, &s->caused);
  table(m, &s->overruled);
  table(m, &s->verdicts);
  ONE(m, s->calendar_known);
  ONE(m, s->calendar_from);
  ONE(m, s->calendar_to);
  PART(m, s->holidays);
  PART(m, s->make_up);
  ONE(m, s->next_fact);
  ONE(m, s->now);
  ONE(m, s->started);
  ONE(m, s->first_at);
}

/* The oldest, in the place of the state, so that one walk does for both: all facts behind it are there. The others are made anew. */
static void walk_stations(struct image *m, struct engine *e) {
  u32 n = e->stations.n > 0;
  ONE(m, n);
  if (n > 1) m->bad = true;
  for (u32 i = 0; i < n && !m->bad; i++) {
    const struct state main = e->s;
    if (!m->saving) *VEC_PUSH(e->stations) = (struct station){.s = {.free_duty = NONE}};
    e->s = e->stations.p[i].s;
    walk_state(m, e);
    e->stations.p[i].s = e->s;
    e->s = main;
    table(m, &e->stations.p[i].dead);
    if (!m->bad && (e->stations.p[i].s.next_fact > e->s.next_fact || e->stations.p[i].s.now > e->s.now)) m->bad = true;
  }
}

static void bits(struct image *m, u64 **p, u32 *room) {
  u32 words = *room;
  ONE(m, words);
  if (!m->saving && words) {
    if (!fits(m, words, sizeof **p)) {
      m->bad = true;
      return;
    }
    *p = malloc((size_t)words * sizeof **p);
    BUG_IF(*p == NULL);
    *room = words;
  }
  if (words) bytes(m, *p, (size_t)words * sizeof **p);
}

static void walk_facts(struct image *m, struct engine *e) {
  PART(m, e->facts);
  PART(m, e->cells);
  PART(m, e->order);
  walk_lists(m, e);
  bits(m, &e->seen, &e->seen_room);
  table(m, &e->seen_ids);
  table(m, &e->score_words);
  table(m, &e->seals);
  table(m, &e->last_verdict);
  table(m, &e->revoked);
  PART(m, e->revocations);
  table(m, &e->dead);
  ONE(m, e->forgotten);
  ONE(m, e->rested_place);
  ONE(m, e->remembers);
  ONE(m, e->forgot_to);
  bits(m, &e->cut, &e->cut_room);
  PART(m, e->links);
  for (int n = 0; n < N_COUNT; n++) array(m, &e->links_of[n], &e->links_room[n]);
  table(m, &e->verdicts_of);
}

/* Facts must be of kinds and cells that exist: bytes that pass the sum were written by this program, but cheap is cheap. */
static bool sound(const struct engine *e) {
  u32 n = e->facts.n;
  if (e->order.n != n || e->s.next_fact > n) return false;
  for (u32 i = 0; i < n; i++) {
    if (e->order.p[i] >= n || e->facts.p[i].kind >= EVENT_KIND_COUNT || e->facts.p[i].cells > e->cells.n) return false;
  }
  return true;
}

struct head {
  char magic[8], tag[24];
  u32 size_state, size_cons, size_duty, size_object, kinds;
  u32 versions;
  i64 zone;
  u64 books;
};

static u64 books_of(const struct image_version *v, size_t count) {
  u64 h = 0;
  for (size_t i = 0; i < count; i++) h = mix(mix(mix(h, str_hash(v[i].program->source)), (u64)v[i].published_ms), (u64)v[i].in_force_ms);
  return h;
}

static struct head head_of(const struct engine *e, const struct image_version *versions, size_t count) {
  struct head h = {.magic = "GUIJU-E1", .size_state = sizeof(struct state), .size_cons = sizeof(struct cons), .size_duty = sizeof(struct duty),
                   .size_object = sizeof(struct object), .kinds = EVENT_KIND_COUNT, .versions = (u32)count, .zone = e->zone, .books = books_of(versions, count)};
  _Static_assert(sizeof IMAGE_TAG <= sizeof h.tag + 1, "the tag fits");
  memcpy(h.tag, IMAGE_TAG, sizeof IMAGE_TAG - 1);
  return h;
}

enum status engine_save(struct engine *e, enum status (*write)(void *ctx, const void *bytes, size_t n), void *ctx, struct problem *p) {
  _Static_assert(sizeof(void *) != 8 || sizeof(struct state) == STATE_SIZE, "a field was added to struct state: see walk_state and STATE_SIZE in image.c");
  struct image m = {.saving = true, .write = write, .ctx = ctx};
  if (e->missed || e->hold || e->pending.n || e->dirty || e->taken_back.n || e->s.queue.n || e->lean) {
    return problem_set(p, E_INVALID, "rules.image_busy", "还有没判完的事实", "facts are still held");
  }
  struct image_version *versions = ARENA_ARRAY(e->scratch, struct image_version, e->versions.n + 1);
  for (u32 i = 0; i < e->versions.n; i++) versions[i] = (struct image_version){e->versions.p[i]->program, e->versions.p[i]->published_ms, e->versions.p[i]->in_force_ms};
  struct head head = head_of(e, versions, e->versions.n);
  ONE(&m, head);
  walk_names(&m, &e->names);
  walk_facts(&m, e);
  walk_state(&m, e);
  walk_stations(&m, e);
  u64 check = sum_end(&m);
  ONE(&m, check);
  if (m.bad) return problem_set(p, E_INVALID, "rules.image_busy", "这份内存写不成映像", "this memory cannot be written as an image");
  return m.status;
}

static enum status damaged(struct problem *p) { return problem_set(p, E_INVALID, "rules.image_damaged", "映像已损坏", "the image is damaged"); }

enum status engine_restore(struct engine *e, const void *image, size_t n, const struct image_version *versions, size_t count, struct problem *p) {
  struct image m = {.at = image, .end = (const char *)image + n};
  struct head head = {{0}, {0}, 0, 0, 0, 0, 0, 0, 0, 0}, mine = head_of(e, versions, count);
  BUG_IF(e->versions.n || e->facts.n);
  u64 check;
  if (n < sizeof head + sizeof check) return damaged(p);
  memcpy(&check, m.end - sizeof check, sizeof check);
  m.end -= sizeof check;
  sum(&m, m.at, (size_t)(m.end - m.at));
  if (sum_end(&m) != check) return damaged(p); /* nothing is believed before all of it is known to be what was written */
  ONE(&m, head);
  if (m.bad || memcmp(&head, &mine, sizeof head) != 0) {
    return problem_set(p, E_INVALID, "rules.image_other", "映像属于别的程序或别的制度", "the image is of another program or rulebook");
  }
  walk_names(&m, &e->names);
  for (size_t i = 0; i < count && !m.bad; i++) {
    enum status status = engine_publish(e, versions[i].program, versions[i].published_ms, versions[i].in_force_ms, p);
    if (status != OK) return status;
  }
  walk_facts(&m, e);
  walk_state(&m, e);
  walk_stations(&m, e);
  if (m.bad || m.at != m.end || !sound(e)) return damaged(p);
  return OK;
}

u64 engine_fingerprint(struct engine *e) {
  u64 all = mix(0, (u64)e->s.now);
  for (u32 i = 0; i < e->s.cons.n; i++) {
    const struct cons *c = &e->s.cons.p[i];
    if (!c->live) continue;
    u64 h = mix(mix(mix(mix(c->id, (u64)c->type << 8 | c->seal), (u64)c->fen), (u64)c->points), (u64)c->at);
    all += mix_str(mix(mix_str(h, intern_str(&e->names, c->subject)), (u64)c->ordinal), intern_str(&e->names, c->object)); /* in any order */
  }
  for (u32 i = 0; i < e->s.duties.n; i++) {
    const struct duty *d = &e->s.duties.p[i];
    if (d->state != D_DONE) all += mix(mix(mix(mix(d->id, (u64)d->state << 8 | d->clock), (u64)d->due), (u64)d->done), (u64)d->paused);
  }
  return all;
}
