/* See gram.h. */
#include "views/gram.h"

#include "base/plain_text.h"

enum { LATIN_GRAM = 5, OTHER_GRAM = 2 };

static bool is_emoji(u32 c) { return (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf) || (c >= 0x2b00 && c <= 0x2bff); }

/* Signs that end or divide a sentence: what stands on both sides of one is not one word. */
static bool divides(u32 c) {
  switch (c) {
    case ',': case '!': case '?': case ':': case ';': case '\n': case '|': case 0x3001: case 0x3002: case 0x2026: case 0xff0c: case 0xff01: case 0xff1f: case 0xff1a: case 0xff1b:
    case 0xff61: return true;
    default: return false;
  }
}

struct grams gram_read(struct arena *a, struct str text) {
  struct grams g = {.p = ARENA_ARRAY(a, struct gram, text.n + 1)};
  bool gap = false, divided = true;
  for (size_t at = 0, bytes; at < text.n; at += bytes) {
    u32 c;
    bytes = str_decode(text, at, &c);
    if (bytes == 0) break;
    u32 folded = plain_fold(c);
    enum gram_class kind = folded == 0 ? GRAM_EMOJI : plain_is_latin(folded) ? GRAM_LATIN : GRAM_OTHER;
    if (folded == 0 && is_emoji(c)) folded = c;
    if (folded == 0) {
      gap = true;
      divided |= divides(c);
      continue;
    }
    bool words = gap && kind == GRAM_LATIN && g.n && g.p[g.n - 1].kind == GRAM_LATIN;
    g.p[g.n++] = (struct gram){.code = folded, .from = (u32)at, .to = (u32)(at + bytes), .kind = (unsigned char)kind, .apart = divided || words};
    gap = divided = false;
  }
  return g;
}

/* Behind the last letter of the run that begins at `from`. */
static size_t run_end(const struct grams *g, size_t from) {
  size_t at = from + 1;
  while (at < g->n && !g->p[at].apart && g->p[at].kind == g->p[from].kind && g->p[from].kind != GRAM_EMOJI) at++;
  return at;
}

static size_t token(const struct grams *g, size_t from, size_t letters, char *out) {
  size_t n = 0;
  for (size_t i = from; i < from + letters; i++) n += str_encode(g->p[i].code, out + n);
  return n;
}

static size_t gram_size(const struct gram *g) { return g->kind == GRAM_LATIN ? LATIN_GRAM : g->kind == GRAM_OTHER ? OTHER_GRAM : 1; }

void gram_tokens(const struct grams *g, struct buf *out) {
  char text[4 * LATIN_GRAM + 1] = " ";
  for (size_t from = 0, end; from < g->n; from = end) {
    end = run_end(g, from);
    size_t size = gram_size(&g->p[from]);
    for (size_t i = from; i < end; i++) buf_add(out, (struct str){text, 1 + token(g, i, end - i < size ? end - i : size, text + 1)});
  }
}

struct asking {
  void (*ask)(void *ctx, struct str token, enum gram_shape shape);
  void *ctx;
};

static void ask_run(const struct asking *to, const struct grams *term, size_t from, size_t end, enum gram_shape shape) {
  char text[4 * LATIN_GRAM];
  size_t size = gram_size(&term->p[from]);
  if (shape == GRAM_BEGINNING) {
    to->ask(to->ctx, (struct str){text, token(term, from, end - from, text)}, shape);
    return;
  }
  for (size_t i = from;; i += size) { /* side by side, the last one pushed back to the end */
    if (i + size > end) i = end - size;
    to->ask(to->ctx, (struct str){text, token(term, i, size, text)}, shape);
    if (i + size == end) return;
  }
}

void gram_ask(const struct grams *term, void (*ask)(void *ctx, struct str token, enum gram_shape shape), void *ctx, bool *weak) {
  const struct asking to = {ask, ctx};
  *weak = true;
  for (size_t from = 0, end; from < term->n; from = end) {
    end = run_end(term, from);
    if (end - from >= gram_size(&term->p[from])) *weak = false;
  }
  for (size_t from = 0, end; from < term->n; from = end) {
    end = run_end(term, from);
    bool whole = end - from >= gram_size(&term->p[from]);
    if (whole != *weak) ask_run(&to, term, from, end, whole ? GRAM_WHOLE : GRAM_BEGINNING);
  }
}

size_t gram_find(const struct grams *text, const struct grams *term, size_t start) {
  for (size_t at = start; term->n && at + term->n <= text->n; at++) {
    size_t i = 0;
    while (i < term->n && text->p[at + i].code == term->p[i].code && (i == 0 || text->p[at + i].apart == term->p[i].apart)) i++;
    if (i == term->n) return at;
  }
  return SIZE_MAX;
}
