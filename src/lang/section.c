/* See section.h. The pages do the same for what was typed while a save was under way (web/src/book/merge.ts). */
#include "lang/section.h"

#include "base/map.h"

#include <string.h>

enum { SECTION_SOURCE_MOST = 8 * 1024 * 1024 };

/* ---- cutting ---- */

static struct str line_at(struct str s, size_t at) {
  const char *nl = memchr(s.p + at, '\n', s.n - at);
  return str_slice(s, at, nl ? (size_t)(nl - s.p) + 1 : s.n);
}

/* The mark of a fence line, 0 when it is none; *size its length. */
static char fence_of(struct str line, size_t *size, bool *bare) {
  size_t at = 0;
  while (at < line.n && at < 4 && line.p[at] == ' ') at++;
  if (at == 4 || at >= line.n || (line.p[at] != '`' && line.p[at] != '~')) return 0;
  char mark = line.p[at];
  *size = 0;
  while (at + *size < line.n && line.p[at + *size] == mark) ++*size;
  *bare = str_trim(str_slice(line, at + *size, line.n)).n == 0;
  return *size >= 3 ? mark : 0;
}

static bool is_heading(struct str line) {
  size_t level = 0;
  while (level < line.n && line.p[level] == '#') level++;
  return level >= 1 && level <= 6 && level < line.n && (line.p[level] == ' ' || line.p[level] == '\t');
}

static struct str key_of(struct str line) {
  size_t level = 0;
  while (level < line.n && line.p[level] == '#') level++;
  struct str words = str_trim(str_slice(line, level, line.n));
  size_t brace = str_find(words, STR("{#"), 0);
  if (brace == SIZE_MAX || !str_ends(words, STR("}"))) return words;
  size_t to = brace + 2;
  while (to < words.n && words.p[to] != ' ' && words.p[to] != '}') to++;
  return str_slice(words, brace + 1, to);
}

static struct str unique(struct arena *a, struct map *used, struct str key) {
  bool fresh;
  struct str out = key;
  map_put(used, out, &fresh);
  for (int n = 2; !fresh; n++) {
    out = arena_printf(a, "%.*s~%d", STR_ARG(key), n);
    map_put(used, out, &fresh);
  }
  return out;
}

struct lang_sections lang_sections(struct arena *a, struct str source) {
  struct lang_sections out = {0};
  struct map used;
  size_t room = 0, from = 0, fence_size = 0;
  char fence = 0;
  struct str key = STR("");
  map_init(&used, a);
  for (size_t at = 0; at <= source.n;) {
    struct str line = at < source.n ? line_at(source, at) : STR("");
    size_t size = 0;
    bool bare = false, heading = false;
    char mark = line.n ? fence_of(line, &size, &bare) : 0;
    if (fence) {
      if (mark == fence && size >= fence_size && bare) fence = 0;
    } else if (mark) {
      fence = mark;
      fence_size = size;
    } else {
      heading = is_heading(line);
    }
    bool end = at == source.n;
    if ((heading || end) && (at > from || (end && out.count == 0))) {
      out.p = arena_grow(a, out.p, &room, out.count + 1, sizeof *out.p);
      out.p[out.count++] = (struct lang_section){unique(a, &used, key), str_slice(source, from, at)};
    }
    if (heading) {
      from = at;
      key = key_of(line);
    }
    if (end) break;
    at += line.n;
  }
  return out;
}

const struct lang_section *lang_section_find(const struct lang_sections *s, struct str key) {
  for (size_t i = 0; i < s->count; i++)
    if (str_eq(s->p[i].key, key)) return &s->p[i];
  return NULL;
}

/* ---- lines of one section ---- */

struct change {
  size_t from, to;   /* bytes of base that were replaced … */
  struct str by;     /* … by these */
};

/* From the first to the last line that differ. */
static struct change change_of(struct str base, struct str other) {
  size_t from = 0, base_to = base.n, to = other.n;
  while (from < base.n && from < other.n) {
    struct str x = line_at(base, from), y = line_at(other, from);
    if (!str_eq(x, y)) break;
    from += x.n;
  }
  while (base_to > from && to > from) {
    size_t x = base_to - 1, y = to - 1;
    while (x > from && base.p[x - 1] != '\n') x--;
    while (y > from && other.p[y - 1] != '\n') y--;
    if (!str_eq(str_slice(base, x, base_to), str_slice(other, y, to))) break;
    base_to = x;
    to = y;
  }
  return (struct change){from, base_to, str_slice(other, from, to)};
}

static bool merge_lines(struct arena *a, struct str base, struct str mine, struct str theirs, struct str *out) {
  struct change m = change_of(base, mine), t = change_of(base, theirs);
  const struct change *first = m.from < t.from ? &m : &t, *second = first == &m ? &t : &m;
  /* touching changes are not apart: what one wrote may depend on the line beside it */
  if (first->to >= second->from) return false;
  *out = arena_printf(a, "%.*s%.*s%.*s%.*s%.*s", STR_ARG(str_slice(base, 0, first->from)), STR_ARG(first->by),
                      STR_ARG(str_slice(base, first->to, second->from)), STR_ARG(second->by), STR_ARG(str_slice(base, second->to, base.n)));
  return true;
}

/* ---- whole books ---- */

struct merging {
  struct arena *a;
  struct lang_sections base, mine, theirs;
  struct lang_merge out;
  size_t room;
};

static bool same(const struct lang_section *x, const struct lang_section *y) { return x && y ? str_eq(x->text, y->text) : x == y; }
static struct str text_of(const struct lang_section *s) { return s ? s->text : (struct str){NULL, 0}; }

static void conflict(struct merging *m, struct str key, const struct lang_section *b, const struct lang_section *x, const struct lang_section *y) {
  struct lang_merge *o = &m->out;
  o->conflicts = arena_grow(m->a, o->conflicts, &m->room, o->conflict_count + 1, sizeof *o->conflicts);
  o->conflicts[o->conflict_count++] = (struct lang_conflict){key, text_of(b), text_of(x), text_of(y)};
}

/* The text a section has in the end; p == NULL: none. */
static struct str settle(struct merging *m, struct str key) {
  const struct lang_section *b = lang_section_find(&m->base, key), *x = lang_section_find(&m->mine, key), *y = lang_section_find(&m->theirs, key);
  struct str joined;
  if (!same(b, y)) m->out.taken++;
  if (same(x, y) || same(x, b)) return text_of(y);
  if (same(y, b)) return text_of(x);
  if (b && x && y && merge_lines(m->a, b->text, x->text, y->text, &joined)) return joined;
  conflict(m, key, b, x, y);
  return y ? y->text : (struct str){NULL, 0};
}

/* Do the sections that both have stand in the same order? */
static bool same_order(const struct lang_sections *base, const struct lang_sections *other) {
  size_t last = 0;
  for (size_t i = 0; i < base->count; i++) {
    const struct lang_section *s = lang_section_find(other, base->p[i].key);
    if (!s) continue;
    size_t at = (size_t)(s - other->p);
    if (at < last) return false;
    last = at;
  }
  return true;
}

static bool has(const struct str *keys, size_t n, struct str key) {
  for (size_t i = 0; i < n; i++)
    if (str_eq(keys[i], key)) return true;
  return false;
}

/* Keys of both in one order: those of `first`, and those only `second` has behind the one they follow there. */
static size_t order(struct arena *a, const struct lang_sections *first, const struct lang_sections *second, struct str **out) {
  struct str *keys = ARENA_ARRAY(a, struct str, first->count + second->count + 1);
  size_t n = 0;
  for (size_t i = 0; i < first->count; i++) keys[n++] = first->p[i].key;
  for (size_t i = 0; i < second->count; i++) {
    if (has(keys, n, second->p[i].key)) continue;
    size_t at = 0;
    for (size_t k = 0; i > 0 && k < n; k++)
      if (str_eq(keys[k], second->p[i - 1].key)) at = k + 1;
    memmove(keys + at + 1, keys + at, (n - at) * sizeof *keys);
    keys[at] = second->p[i].key;
    n++;
  }
  *out = keys;
  return n;
}

struct lang_merge lang_merge(struct arena *a, struct str base, struct str mine, struct str theirs) {
  struct merging m = {.a = a, .base = lang_sections(a, base), .mine = lang_sections(a, mine), .theirs = lang_sections(a, theirs)};
  struct str *keys;
  bool moved = !same_order(&m.base, &m.theirs);
  size_t n = moved ? order(a, &m.theirs, &m.mine, &keys) : order(a, &m.mine, &m.theirs, &keys);
  struct buf b;
  buf_init(&b, SECTION_SOURCE_MOST);
  for (size_t i = 0; i < n; i++) {
    struct str text = settle(&m, keys[i]);
    if (text.p) buf_add(&b, text);
  }
  for (size_t i = 0; i < m.base.count; i++) /* gone on both sides: the others' part of it still counts */
    if (!has(keys, n, m.base.p[i].key)) m.out.taken++;
  m.out.source = arena_buf(a, &b);
  buf_release(&b);
  return m.out;
}
