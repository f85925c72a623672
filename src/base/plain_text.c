/* See plain_text.h. What counts as a sign is told by ranges of Unicode blocks that hold no letters; anything else above
 * ASCII is taken for a letter, so that no script is lost. */
#include "base/plain_text.h"

#include "base/status.h"
#include "variants.h" /* made at build time */

static const struct { u32 from, to; } signs[] = {
    {0x0080, 0x00bf}, {0x00d7, 0x00d7}, {0x00f7, 0x00f7}, {0x02b0, 0x036f}, {0x2000, 0x2bff}, {0x2e00, 0x2e7f}, {0x3000, 0x3004},
    {0x3008, 0x3020}, {0x302a, 0x303f}, {0x30fb, 0x30fb}, {0xe000, 0xf8ff}, {0xfe00, 0xfe6f}, {0xfeff, 0xfeff}, {0xff5f, 0xff65},
    {0xffe0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff},
};

static u32 narrow(u32 c) { return c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c; }

/* Traditional characters become simplified. */
static u32 simple(u32 c) {
  if (c >= 0x3400 && c <= 0x9fff) {
    u32 made = simple_of[c - 0x3400];
    if (made != 1) return made ? made : c;
  }
  size_t from = 0, to = COUNT_OF(simple_beyond);
  while (from < to) {
    size_t at = (from + to) / 2;
    if (simple_beyond[at].from < c) from = at + 1;
    else to = at;
  }
  return from < COUNT_OF(simple_beyond) && simple_beyond[from].from == c ? simple_beyond[from].to : c;
}

u32 plain_fold(u32 c) {
  if (c >= 0x3400 && c <= 0x9fff) return simple(c);
  c = narrow(c);
  if (c < 0x80) {
    if (c >= 'A' && c <= 'Z') return c + 32;
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
  }
  for (size_t i = 0; i < COUNT_OF(signs) && signs[i].from <= c; i++)
    if (c <= signs[i].to) return 0;
  if (c >= 0xc0 && c <= 0xde) return c + 32; /* À … Þ */
  return c >= 0xf900 ? simple(c) : c;
}

bool plain_is_latin(u32 c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0xc0 && c <= 0x24f); }

static bool stops(u32 c) {
  switch (narrow(c)) {
    case ',': case '!': case '?': case ':': case ';': case '\n': case 0x3001: case 0x3002: case 0x2026: case 0xff61: return true;
    default: return false;
  }
}

static u32 closing(u32 opening) {
  switch (narrow(opening)) {
    case 0x201c: return 0x201d; /* “ ” */
    case 0x2018: return 0x2019; /* ‘ ’ */
    case 0x300c: return 0x300d; /* 「 」 */
    case 0x300e: return 0x300f; /* 『 』 */
    case '"': return '"';
    default: return 0;
  }
}

size_t plain_chars(struct arena *a, struct str s, struct plain_char **out) {
  struct plain_char *p = ARENA_ARRAY(a, struct plain_char, s.n + 1);
  size_t n = 0, quote_from = 0;
  u32 close = 0;
  bool gap = false, stop = false, latin = false, line_start = true, quoted_line = false;
  for (size_t at = 0, bytes; at < s.n; at += bytes) {
    u32 c;
    bytes = str_decode(s, at, &c);
    BUG_IF(bytes == 0);
    if (line_start && narrow(c) == '>') quoted_line = true;
    if (c == '\n') quoted_line = false;
    line_start = c == '\n' || (line_start && (c == ' ' || c == '\t' || c == 0x3000));
    if (close && narrow(c) == close) {
      for (size_t i = quote_from; i < n; i++) p[i].quoted = true;
      close = 0;
    } else if (!close && closing(c)) {
      close = closing(c);
      quote_from = n;
    }
    u32 folded = plain_fold(c);
    if (n && p[n - 1].to == at) p[n - 1].joins = folded && plain_is_latin(folded);
    if (folded) {
      p[n++] = (struct plain_char){.code = folded, .from = (u32)at, .to = (u32)(at + bytes), .gap = gap, .stop = stop, .joined = latin, .quoted = quoted_line};
      gap = stop = false;
    } else {
      gap = true;
      stop |= stops(c);
    }
    latin = folded && plain_is_latin(folded);
  }
  *out = p;
  return n;
}

size_t plain_bytes(struct str s, char *out) {
  const unsigned char *p = (const unsigned char *)s.p;
  size_t n = 0;
  for (size_t at = 0, bytes; at < s.n; at += bytes) {
    u32 c = p[at];
    bytes = 1;
    if (c < 0x80) { /* the two commonest lengths without a call */
      c = plain_fold(c);
      out[n] = (char)c;
      n += c != 0;
      continue;
    }
    if (c >= 0xe3 && c <= 0xe9 && at + 2 < s.n && (p[at + 1] & 0xc0) == 0x80 && (p[at + 2] & 0xc0) == 0x80) c = (c & 15) << 12 | (p[at + 1] & 63u) << 6 | (p[at + 2] & 63u), bytes = 3;
    else bytes = str_decode(s, at, &c);
    c = plain_fold(c);
    if (c) n += str_encode(c, out + n);
  }
  return n;
}

struct str plain_form(struct arena *a, struct str s) {
  char *out = arena_alloc(a, PLAIN_ROOM(s.n));
  return (struct str){out, plain_bytes(s, out)};
}
