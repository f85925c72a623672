/* Arena: a list of blocks, bump allocation. See arena.h. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 16 * 1024, ARENA_ALIGN = 16 };

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_EACH_MALLOC 1
#else
#define ARENA_EACH_MALLOC 0
#endif

struct block {
  struct block *next;
  size_t size, used;
  _Alignas(ARENA_ALIGN) char data[];
};

struct arena {
  struct block *first;
  size_t cap, used;
};

struct arena *arena_new(size_t cap) {
  struct arena *a = calloc(1, sizeof *a);
  BUG_IF(a == NULL);
  a->cap = cap;
  return a;
}

static void blocks_free(struct block *b) {
  while (b) {
    struct block *next = b->next;
    free(b);
    b = next;
  }
}

void arena_free(struct arena *a) {
  if (a == NULL) return;
  blocks_free(a->first);
  free(a);
}

void arena_reset(struct arena *a) {
  struct block *keep = a->first;
  if (keep && !ARENA_EACH_MALLOC && keep->size == ARENA_BLOCK) {
    blocks_free(keep->next);
    keep->next = NULL;
    memset(keep->data, 0, keep->used);
    keep->used = 0;
  } else {
    blocks_free(keep);
    a->first = NULL;
  }
  a->used = 0;
}

size_t arena_used(const struct arena *a) { return a->used; }

void *arena_alloc(struct arena *a, size_t n) {
  BUG_IF(n > a->cap || a->used > a->cap - n); /* over the arena's cap */
  size_t size = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
  a->used += n;
  struct block *b = a->first;
  if (ARENA_EACH_MALLOC || b == NULL || b->size - b->used < size) {
    size_t room = ARENA_EACH_MALLOC ? size : (size > ARENA_BLOCK ? size : ARENA_BLOCK);
    struct block *fresh = calloc(1, sizeof *fresh + room);
    BUG_IF(fresh == NULL);
    fresh->size = room;
    if (size > ARENA_BLOCK && b != NULL) { /* a large one goes behind, so the open block stays in use */
      fresh->next = b->next;
      b->next = fresh;
    } else {
      fresh->next = b;
      a->first = fresh;
    }
    b = fresh;
  }
  void *p = b->data + b->used;
  b->used += size;
  return p;
}

void *arena_array(struct arena *a, size_t count, size_t size) {
  size_t n;
  BUG_IF(__builtin_mul_overflow(count, size, &n));
  return arena_alloc(a, n);
}

void *arena_grow(struct arena *a, void *array, size_t *room, size_t need, size_t size) {
  if (need <= *room) return array;
  size_t fresh = *room ? *room * 2 : 8;
  while (fresh < need) fresh *= 2;
  void *p = arena_array(a, fresh, size);
  if (*room) memcpy(p, array, *room * size);
  *room = fresh;
  return p;
}

struct str arena_dup(struct arena *a, struct str s) {
  char *p = arena_alloc(a, s.n + 1);
  if (s.n) memcpy(p, s.p, s.n);
  return (struct str){p, s.n};
}

char *arena_cstr(struct arena *a, struct str s) { return (char *)(uintptr_t)arena_dup(a, s).p; }

struct str arena_printf(struct arena *a, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  BUG_IF(n < 0);
  char *p = arena_alloc(a, (size_t)n + 1);
  vsnprintf(p, (size_t)n + 1, format, again);
  va_end(again);
  return (struct str){p, (size_t)n};
}

struct str arena_buf(struct arena *a, const struct buf *b) { return arena_dup(a, buf_str(b)); }
