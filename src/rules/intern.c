/* Symbols and the two small hash tables of the engine. Insertion only; cleared as a whole. Hashes are FNV-1a, the same on
 * every machine, and nothing walks a table, so no result depends on them. */
#include "rules/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *vec_room(void *p, u32 *room, u32 need, size_t size) {
  u32 fresh = *room ? *room : 16;
  while (fresh < need) {
    BUG_IF(fresh > 0x7fffffffu);
    fresh *= 2;
  }
  p = realloc(p, (size_t)fresh * size);
  BUG_IF(p == NULL);
  *room = fresh;
  return p;
}

void intern_init(struct intern *in) {
  *in = (struct intern){.texts = arena_new((size_t)1 << 36)};
  in->n = 0;
}

void intern_release(struct intern *in) {
  arena_free(in->texts);
  free(in->names);
  free(in->hashes);
  free(in->slots);
}

static u32 *intern_slot(const struct intern *in, struct str s, u32 hash) {
  u32 mask = in->slot_count - 1;
  for (u32 at = hash & mask;; at = (at + 1) & mask) {
    u32 *slot = &in->slots[at];
    if (*slot == 0) return slot;
    if (in->hashes[*slot] == hash && in->names[*slot].n == s.n && memcmp(in->names[*slot].p, s.p, s.n) == 0) return slot;
  }
}

static void intern_grow(struct intern *in) {
  u32 count = in->slot_count ? in->slot_count * 2 : 1024;
  free(in->slots);
  in->slots = calloc(count, sizeof *in->slots);
  BUG_IF(in->slots == NULL);
  in->slot_count = count;
  for (u32 i = 1; i <= in->n; i++) {
    u32 at = in->hashes[i] & (count - 1);
    while (in->slots[at]) at = (at + 1) & (count - 1);
    in->slots[at] = i;
  }
}

static u32 hash_of(struct str s) {
  u64 h = 0xcbf29ce484222325u;
  size_t i = 0;
  for (; i + 8 <= s.n; i += 8) {
    u64 w;
    memcpy(&w, s.p + i, 8);
    h = (h ^ w) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  u64 w = 0;
  memcpy(&w, s.p + i, s.n - i);
  h = (h ^ w ^ (u64)s.n << 56) * 0x9e3779b97f4a7c15u;
  return (u32)(h ^ h >> 32);
}

sym intern_sym(struct intern *in, struct str s) {
  if (s.n == 0) return 0;
  if ((in->n + 1) * 2 > in->slot_count) intern_grow(in);
  u32 hash = hash_of(s);
  u32 *slot = intern_slot(in, s, hash);
  u32 known = *slot;
  if (known) return known;
  if (in->n + 2 > in->room) {
    u32 room = in->room;
    in->names = vec_room(in->names, &room, in->n + 2, sizeof *in->names);
    room = in->room;
    in->hashes = vec_room(in->hashes, &room, in->n + 2, sizeof *in->hashes);
    in->room = room;
  }
  u32 at = ++in->n;
  in->names[at] = arena_dup(in->texts, s);
  in->hashes[at] = hash;
  *slot = at;
  return at;
}

sym intern_find(const struct intern *in, struct str s) {
  if (s.n == 0 || in->slot_count == 0) return 0;
  return *intern_slot(in, s, hash_of(s));
}

static u32 table_slot(const struct table *t, u64 key) {
  u32 mask = t->room - 1;
  u32 at = (u32)((key * 0x9e3779b97f4a7c15u) >> 32) & mask;
  while (t->keys[at] && t->keys[at] != key) at = (at + 1) & mask;
  return at;
}

u64 *table_at(struct table *t, u64 key, bool *fresh) {
  if (key == 0) key = 1;
  if ((t->n + 1) * 2 > t->room) {
    struct table old = *t;
    t->room = old.room ? old.room * 2 : 64;
    t->keys = calloc(t->room, sizeof *t->keys);
    t->values = calloc(t->room, sizeof *t->values);
    BUG_IF(t->keys == NULL || t->values == NULL);
    for (u32 i = 0; i < old.room; i++) {
      if (!old.keys[i]) continue;
      u32 at = table_slot(t, old.keys[i]);
      t->keys[at] = old.keys[i];
      t->values[at] = old.values[i];
    }
    free(old.keys);
    free(old.values);
  }
  u32 at = table_slot(t, key);
  bool made = t->keys[at] == 0;
  if (made) {
    t->keys[at] = key;
    t->n++;
  }
  if (fresh) *fresh = made;
  return &t->values[at];
}

u64 *table_get(const struct table *t, u64 key) {
  if (t->room == 0) return NULL;
  if (key == 0) key = 1;
  u32 at = table_slot(t, key);
  return t->keys[at] ? &t->values[at] : NULL;
}

void table_clear(struct table *t) {
  free(t->keys);
  free(t->values);
  *t = (struct table){0};
}

u64 mix(u64 h, u64 v) {
  if (h == 0) h = 0xcbf29ce484222325u;
  for (int i = 0; i < 8; i++) {
    h = (h ^ (v & 0xff)) * 0x100000001b3u;
    v >>= 8;
  }
  return h;
}

u64 mix_str(u64 h, struct str s) {
  if (h == 0) h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
  return (h ^ 0x1f) * 0x100000001b3u;
}

sym hex_sym(struct intern *in, char prefix, u64 id) {
  char text[20];
  int n = prefix ? snprintf(text, sizeof text, "%c%016llx", prefix, (unsigned long long)id) : snprintf(text, sizeof text, "%016llx", (unsigned long long)id);
  return intern_sym(in, (struct str){text, (size_t)n});
}
