/* Open addressing over an insertion-ordered entry array. See map.h. */
#include "base/map.h"

#include <string.h>

void map_init(struct map *m, struct arena *a) { *m = (struct map){.arena = a}; }

static u32 *slot_of(const struct map *m, struct str key, u64 hash) {
  size_t mask = m->slot_count - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    u32 *slot = &m->slots[at];
    if (*slot == 0) return slot;
    const struct map_entry *e = &m->entries[*slot - 1];
    if (e->hash == hash && str_eq(e->key, key)) return slot;
  }
}

struct map_entry *map_get(const struct map *m, struct str key) {
  if (m->slot_count == 0) return NULL;
  u32 *slot = slot_of(m, key, str_hash(key));
  if (*slot == 0 || m->entries[*slot - 1].gone) return NULL;
  return &m->entries[*slot - 1];
}

static void rehash(struct map *m, size_t slot_count) {
  m->slots = ARENA_ARRAY(m->arena, u32, slot_count);
  m->slot_count = slot_count;
  for (size_t i = 0; i < m->n; i++) *slot_of(m, m->entries[i].key, m->entries[i].hash) = (u32)i + 1;
}

struct map_entry *map_put(struct map *m, struct str key, bool *fresh) {
  if ((m->n + 1) * 2 > m->slot_count) rehash(m, m->slot_count ? m->slot_count * 2 : 16);
  u64 hash = str_hash(key);
  u32 *slot = slot_of(m, key, hash);
  bool made = *slot == 0;
  if (made) {
    m->entries = arena_grow(m->arena, m->entries, &m->room, m->n + 1, sizeof *m->entries);
    m->entries[m->n] = (struct map_entry){.key = key, .hash = hash};
    *slot = (u32)++m->n;
  }
  struct map_entry *e = &m->entries[*slot - 1];
  if (made || e->gone) {
    made = true;
    e->gone = false;
    e->ptr = NULL;
    m->live++;
  }
  if (fresh) *fresh = made;
  return e;
}

void map_remove(struct map *m, struct str key) {
  struct map_entry *e = map_get(m, key);
  if (e == NULL) return;
  e->gone = true;
  m->live--;
}

void *map_ptr(const struct map *m, struct str key) {
  struct map_entry *e = map_get(m, key);
  return e ? e->ptr : NULL;
}

void map_set_ptr(struct map *m, struct str key, void *ptr) { map_put(m, key, NULL)->ptr = ptr; }
