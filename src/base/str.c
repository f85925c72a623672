/* Text slices and buffers: see str.h. No locale, no allocation except in buf. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_c(const char *c) { return (struct str){c ? c : "", c ? strlen(c) : 0}; }
bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
bool str_is(struct str a, const char *c) { return str_eq(a, str_c(c)); }

int str_compare(struct str a, struct str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int order = n ? memcmp(a.p, b.p, n) : 0;
  if (order != 0) return order;
  return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix) {
  return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix) {
  return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

size_t str_find(struct str s, struct str needle, size_t from) {
  if (from > s.n || needle.n > s.n - from) return SIZE_MAX;
  if (needle.n == 0) return from;
  const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
  return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

struct str str_slice(struct str s, size_t from, size_t to) {
  if (to > s.n) to = s.n;
  if (from > to) from = to;
  return (struct str){s.p + from, to - from};
}

static size_t space_at(struct str s, size_t at) {
  unsigned char c = (unsigned char)s.p[at];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (s.n - at >= 3 && (memcmp(s.p + at, "\xe3\x80\x80", 3) == 0 || memcmp(s.p + at, "\xef\xbb\xbf", 3) == 0)) return 3;
  return 0;
}

struct str str_trim(struct str s) {
  size_t from = 0, step;
  while (from < s.n && (step = space_at(s, from)) > 0) from += step;
  size_t to = s.n;
  while (to > from) {
    if (space_at(s, to - 1) == 1) to -= 1;
    else if (to - from >= 3 && space_at(s, to - 3) == 3) to -= 3;
    else break;
  }
  return str_slice(s, from, to);
}

struct str str_cut(struct str s, char sep, struct str *rest) {
  const char *hit = s.n ? memchr(s.p, sep, s.n) : NULL;
  if (hit == NULL) {
    *rest = (struct str){NULL, 0};
    return s;
  }
  size_t at = (size_t)(hit - s.p);
  *rest = str_slice(s, at + 1, s.n);
  return str_slice(s, 0, at);
}

size_t str_decode(struct str s, size_t at, u32 *code_point) {
  if (at >= s.n) return 0;
  const unsigned char *b = (const unsigned char *)s.p + at;
  size_t left = s.n - at, need;
  u32 c, least;
  if (b[0] < 0x80) return *code_point = b[0], 1;
  if (b[0] >= 0xc2 && b[0] < 0xe0) need = 2, c = b[0] & 0x1fU, least = 0x80;
  else if (b[0] >= 0xe0 && b[0] < 0xf0) need = 3, c = b[0] & 0x0fU, least = 0x800;
  else if (b[0] >= 0xf0 && b[0] < 0xf5) need = 4, c = b[0] & 0x07U, least = 0x10000;
  else return *code_point = 0xfffd, 1;
  if (left < need) return *code_point = 0xfffd, 1;
  for (size_t i = 1; i < need; i++) {
    if ((b[i] & 0xc0) != 0x80) return *code_point = 0xfffd, 1;
    c = c << 6 | (b[i] & 0x3fU);
  }
  if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return *code_point = 0xfffd, 1;
  return *code_point = c, need;
}

bool str_utf8_valid(struct str s) {
  u32 c;
  for (size_t at = 0, step; at < s.n; at += step) {
    step = str_decode(s, at, &c);
    if (c == 0xfffd && step == 1) return false;
  }
  return true;
}

size_t str_code_points(struct str s) {
  size_t count = 0;
  for (size_t i = 0; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
  return count;
}

size_t str_han_count(struct str s) {
  size_t count = 0;
  for (size_t at = 0; at < s.n;) {
    size_t space = space_at(s, at);
    if (space) {
      at += space;
      continue;
    }
    u32 c;
    at += str_decode(s, at, &c);
    count++;
  }
  return count;
}

u64 str_hash(struct str s) {
  u64 h = 0xcbf29ce484222325ULL;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3ULL;
  return h;
}

bool str_to_i64(struct str s, i64 *out) {
  bool negative = s.n > 0 && s.p[0] == '-';
  size_t at = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
  if (at == s.n) return false;
  i64 value = 0;
  for (; at < s.n; at++) {
    if (s.p[at] < '0' || s.p[at] > '9') return false;
    if (__builtin_mul_overflow(value, 10, &value)) return false;
    if (__builtin_add_overflow(value, negative ? -(s.p[at] - '0') : s.p[at] - '0', &value)) return false;
  }
  *out = value;
  return true;
}

void buf_init(struct buf *b, size_t cap) { *b = (struct buf){.cap = cap}; }

void buf_release(struct buf *b) {
  free(b->p);
  *b = (struct buf){.cap = b->cap};
}

static bool buf_room(struct buf *b, size_t more) {
  if (b->overflow || more > b->cap || b->n > b->cap - more) {
    b->overflow = true;
    return false;
  }
  if (b->room >= b->n + more) return true;
  size_t room = b->room ? b->room * 2 : 256;
  if (room < b->n + more) room = b->n + more;
  if (room > b->cap) room = b->cap;
  char *p = realloc(b->p, room);
  BUG_IF(p == NULL);
  b->p = p;
  b->room = room;
  return true;
}

void buf_add(struct buf *b, struct str s) {
  if (s.n == 0 || !buf_room(b, s.n)) return;
  memcpy(b->p + b->n, s.p, s.n);
  b->n += s.n;
}

void buf_addc(struct buf *b, const char *c) { buf_add(b, str_c(c)); }
void buf_byte(struct buf *b, char c) { buf_add(b, (struct str){&c, 1}); }

size_t str_encode(u32 c, char out[4]) {
  if (c < 0x80) return out[0] = (char)c, 1;
  if (c < 0x800) return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
  if (c < 0x10000) return out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63)), 3;
  out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)), out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63));
  return 4;
}

void buf_code_point(struct buf *b, u32 c) {
  char out[4];
  size_t n = str_encode(c, out);
  buf_add(b, (struct str){out, n});
}

void buf_printf(struct buf *b, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  BUG_IF(n < 0);
  char small[512];
  char *text = (size_t)n < sizeof small ? small : malloc((size_t)n + 1);
  BUG_IF(text == NULL);
  vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  buf_add(b, (struct str){text, (size_t)n});
  if (text != small) free(text);
}
