/* Memory that belongs to one request, command or program and dies with it.
 *
 * An arena has a cap in bytes; going over it, or the machine having no memory, aborts the process (all state is
 * on disk and the service restarts). Sanitizer builds give every allocation its own malloc. Not thread-safe. */
#ifndef GUIJU_BASE_ARENA_H
#define GUIJU_BASE_ARENA_H

#include "base/str.h"

struct arena;
struct arena *arena_new(size_t cap);
void arena_free(struct arena *a);  /* NULL is allowed */
void arena_reset(struct arena *a); /* everything allocated so far is gone; the first block is kept */
size_t arena_used(const struct arena *a);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))
void *arena_array(struct arena *a, size_t count, size_t size);
/* Grow an array of `*room` elements of `size` bytes to hold at least `need`: returns the (moved) array. */
void *arena_grow(struct arena *a, void *array, size_t *room, size_t need, size_t size);
/* Copies. arena_dup ends with a NUL that is not counted, so .p is a C string too. */
struct str arena_dup(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
struct str arena_buf(struct arena *a, const struct buf *b);

#endif
