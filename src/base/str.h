/* Text as pointer and length, by value; and a buffer that grows to a declared cap.
 *
 * A `str` borrows its bytes and is not NUL-terminated; arena_cstr makes a C string at the libc edge. Bytes are
 * UTF-8, checked at the doors with str_utf8_valid. Lengths here are bytes; str_code_points counts characters. */
#ifndef GUIJU_BASE_STR_H
#define GUIJU_BASE_STR_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef uint32_t u32;

struct str {
  const char *p;
  size_t n;
};

/* A str from a string literal, and from a C string (NULL gives the empty str). */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
struct str str_c(const char *c);
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, (s).p

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *c);
/* Byte order (= code point order in UTF-8): <0, 0, >0. */
int str_compare(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Byte offset of `needle` at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
struct str str_slice(struct str s, size_t from, size_t to);
struct str str_trim(struct str s); /* ASCII and ideographic space, BOM */
/* Cut at the first `sep`: returns the part before, *rest the part after (empty, p=NULL when there was none). */
struct str str_cut(struct str s, char sep, struct str *rest);
bool str_utf8_valid(struct str s);
/* Decode one code point at `at`; returns its bytes (1-4), 0 at the end, and U+FFFD with 1 for a bad byte. */
size_t str_decode(struct str s, size_t at, u32 *code_point);
/* The UTF-8 of one code point; returns its bytes. */
size_t str_encode(u32 code_point, char out[4]);
size_t str_code_points(struct str s);
/* 字 as the rulebooks count them: code points without white space. */
size_t str_han_count(struct str s);
u64 str_hash(struct str s); /* FNV-1a 64; stable across runs and machines; not for untrusted keys in bulk */
/* Decimal integer with optional sign; false when anything else is there or it overflows. */
bool str_to_i64(struct str s, i64 *out);

/* Growing byte buffer on the heap. Growth beyond `cap` sets `overflow` and drops the bytes. */
struct buf {
  char *p;
  size_t n, room, cap;
  bool overflow;
};
void buf_init(struct buf *b, size_t cap);
void buf_release(struct buf *b);
void buf_add(struct buf *b, struct str s);
void buf_addc(struct buf *b, const char *c);
void buf_byte(struct buf *b, char c);
void buf_code_point(struct buf *b, u32 code_point);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
static inline struct str buf_str(const struct buf *b) { return (struct str){b->p ? b->p : "", b->n}; }

#endif
