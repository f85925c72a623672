/* Bodies in chunks. See chunked.h. */
#include "net/chunked.h"

enum { AT_SIZE, AT_EXTENSION, AT_SIZE_LF, AT_BYTES, AT_BYTES_CR, AT_BYTES_LF, AT_TRAILER, AT_TRAILER_TEXT, AT_TRAILER_LF, AT_LAST_LF, AT_END };

static int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool in_size(struct chunked *k, char c) {
  int digit = hex_of(c);
  if (digit >= 0) {
    if (++k->digits > 8) return false;
    k->left = k->left * 16 + (u32)digit;
    return true;
  }
  if (k->digits == 0) return false;
  k->line = 0;
  k->state = c == '\r' ? AT_SIZE_LF : AT_EXTENSION;
  return c == '\r' || c == ';' || c == ' ' || c == '\t';
}

/* One character of the framing. */
static bool frame(struct chunked *k, char c) {
  switch (k->state) {
    case AT_SIZE: return in_size(k, c);
    case AT_EXTENSION:
      if (c == '\r') k->state = AT_SIZE_LF;
      return c != '\n' && ++k->line <= CHUNKED_LINE_MOST;
    case AT_SIZE_LF:
      k->state = k->left ? AT_BYTES : AT_TRAILER;
      return c == '\n';
    case AT_BYTES_CR: k->state = AT_BYTES_LF; return c == '\r';
    case AT_BYTES_LF:
      k->state = AT_SIZE;
      k->digits = 0;
      k->left = 0;
      return c == '\n';
    case AT_TRAILER:
      k->state = c == '\r' ? AT_LAST_LF : AT_TRAILER_TEXT;
      return c != '\n' && ++k->trailers <= CHUNKED_TRAILERS_MOST;
    case AT_TRAILER_TEXT:
      if (c == '\r') k->state = AT_TRAILER_LF;
      return c != '\n' && ++k->trailers <= CHUNKED_TRAILERS_MOST;
    case AT_TRAILER_LF: k->state = AT_TRAILER; return c == '\n';
    case AT_LAST_LF: k->state = AT_END; return c == '\n';
    default: return false;
  }
}

enum chunked_step chunked_next(struct chunked *k, struct str *in, struct str *data) {
  while (in->n > 0) {
    if (k->state == AT_BYTES) {
      size_t n = in->n < k->left ? in->n : k->left;
      *data = (struct str){in->p, n};
      *in = (struct str){in->p + n, in->n - n};
      k->left -= (u32)n;
      if (k->left == 0) k->state = AT_BYTES_CR;
      return CHUNKED_DATA;
    }
    char c = in->p[0];
    *in = (struct str){in->p + 1, in->n - 1};
    if (!frame(k, c)) return CHUNKED_BAD;
    if (k->state == AT_END) return CHUNKED_END;
  }
  return CHUNKED_MORE;
}
