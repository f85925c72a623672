/* Map from text to a 64-bit word, in an arena. Insertion order is kept and is the only order it can be walked in,
 * so nothing ever depends on a hash. Keys are borrowed: dup them first when they may go away. */
#ifndef GUIJU_BASE_MAP_H
#define GUIJU_BASE_MAP_H

#include "base/arena.h"

struct map_entry {
  struct str key;
  u64 hash;
  union {
    void *ptr;
    i64 i;
  };
  bool gone; /* removed; skipped by lookups, still in the walk */
};

struct map {
  struct arena *arena;
  struct map_entry *entries; /* walk: for (size_t i = 0; i < m.n; i++) if (!m.entries[i].gone) … */
  size_t n, room, live;
  u32 *slots;
  size_t slot_count;
};

void map_init(struct map *m, struct arena *a);
/* NULL when absent. The pointer is good until the next map_put. */
struct map_entry *map_get(const struct map *m, struct str key);
/* The entry of `key`, made (with ptr NULL) when it was absent; *fresh (may be NULL) says so. */
struct map_entry *map_put(struct map *m, struct str key, bool *fresh);
void map_remove(struct map *m, struct str key);
/* Shorthands. */
void *map_ptr(const struct map *m, struct str key);
void map_set_ptr(struct map *m, struct str key, void *ptr);

#endif
