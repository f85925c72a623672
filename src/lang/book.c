/* Reads the Markdown file of a rulebook line by line: a heading opens a clause, a fence with the info string `guiju`
 * is a block of rules, everything else is prose. Only what the language needs of Markdown is understood here; the
 * handbook renders the prose with a full Markdown library. */
#include "lang/book.h"

#include "base/map.h"
#include "lang/lexer.h"

#include <string.h>

struct reader {
  struct arena *arena;
  struct lang_program *p;
  struct lang_diagnostics *d;
  struct map ids;
  struct lang_clause *clause;
  size_t clause_room, block_room;
  struct buf prose;
  char fence;        /* 0 outside, else ` or ~ */
  size_t fence_size;
  bool rules;        /* inside a guiju fence */
  size_t block_from;
  u32 block_line, fence_line;
};

static bool is_id_text(struct str s) {
  for (size_t at = 0, n; at < s.n; at += n) {
    u32 c;
    n = str_decode(s, at, &c);
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' ||
          lang_is_han(c)))
      return false;
  }
  return s.n > 0 && s.n <= LANG_WORD_MAX;
}

static void close_clause(struct reader *r, size_t at) {
  r->clause->to = at;
  r->clause->prose = str_trim(arena_buf(r->arena, &r->prose));
  r->prose.n = 0;
}

static struct lang_clause *open_clause(struct reader *r, size_t from, u32 line) {
  struct lang_program *p = r->p;
  if (p->clause_count == r->clause_room)
    p->clauses = arena_grow(r->arena, p->clauses, &r->clause_room, p->clause_count + 1, sizeof(struct lang_clause *));
  struct lang_clause *c = ARENA_NEW(r->arena, struct lang_clause);
  p->clauses[p->clause_count++] = c;
  c->from = from;
  c->at = (struct lang_span){(u32)from, (u32)from, line, 1};
  r->clause = c;
  return c;
}

/* 第十一条, 4.1.2, 二之一: the number a heading starts with; its length in bytes. */
static size_t number_length(struct str s) {
  size_t at = 0, n;
  u32 c;
  if (str_starts(s, STR("第"))) {
    for (at = 3; at < s.n; at += n) {
      n = str_decode(s, at, &c);
      if (c == ' ' || c == 0x3000) break;
    }
    struct str w = str_slice(s, 0, at);
    bool is_number = str_find(w, STR("条"), 0) != SIZE_MAX || str_find(w, STR("章"), 0) != SIZE_MAX || str_find(w, STR("款"), 0) != SIZE_MAX ||
                     str_find(w, STR("节"), 0) != SIZE_MAX;
    return is_number && w.n <= 60 ? at : 0;
  }
  for (; at < s.n; at += n) {
    n = str_decode(s, at, &c);
    bool digit = (c >= '0' && c <= '9') || (c == '.' && at);
    bool numeral = c == 0x4E4B || (lang_is_han(c) && str_find(STR("零一二三四五六七八九十百"), str_slice(s, at, at + n), 0) != SIZE_MAX);
    if (!digit && !numeral) break;
  }
  if (!at) return 0;
  if (at == s.n) return at;
  str_decode(s, at, &c);
  return c == ' ' || c == 0x3000 || c == 0x3001 ? at : 0;
}

/* `#id covers="a b"` between the braces. `from` is its place in the source. */
static void read_attributes(struct reader *r, size_t from, size_t to, u32 line) {
  struct lang_clause *c = r->clause;
  size_t at = from, room = 0;
  struct str src = r->p->source;
  while (at < to) {
    while (at < to && (src.p[at] == ' ' || src.p[at] == '\t')) at++;
    size_t start = at;
    while (at < to && src.p[at] != ' ' && src.p[at] != '\t' && src.p[at] != '=') at++;
    struct str word = str_slice(src, start, at);
    struct lang_span span = {(u32)start, (u32)at, line, (u32)str_code_points(str_slice(src, c->from, start)) + 1};
    if (at < to && src.p[at] == '=') {
      size_t quote = at + 1, end;
      if (quote >= to || src.p[quote] != '"' || (end = str_find(str_slice(src, 0, to), STR("\""), quote + 1)) == SIZE_MAX) {
        lang_diagnose(r->d, LANG_ERROR, span, "lang.heading_attribute", "标题属性要写成 covers=\"…\"", "a heading attribute is written covers=\"…\"");
        return;
      }
      at = end + 1;
      if (!str_is(word, "covers")) {
        lang_diagnose(r->d, LANG_ERROR, span, "lang.heading_attribute", "标题属性只有 covers", "the only attribute of a heading is covers");
        continue;
      }
      for (size_t i = quote + 1; i < end;) {
        size_t e = i;
        while (e < end && src.p[e] != ' ') e++;
        if (e > i) {
          if (c->covers.count == room) c->covers.p = arena_grow(r->arena, c->covers.p, &room, c->covers.count + 1, sizeof *c->covers.p);
          c->covers.p[c->covers.count++] = (struct lang_name){str_slice(src, i, e),
              {(u32)i, (u32)e, line, (u32)str_code_points(str_slice(src, c->from, i)) + 1}};
        }
        i = e + 1;
      }
    } else if (word.n > 1 && word.p[0] == '#' && is_id_text(str_slice(word, 1, word.n))) {
      c->id = str_slice(word, 1, word.n);
      bool fresh;
      map_put(&r->ids, c->id, &fresh);
      if (!fresh) {
        struct lang_diagnostic *m = lang_diagnose(r->d, LANG_ERROR, span, "lang.duplicate_id", "标识 #%.*s 用了两次：每条的标识只能用一次，改号不改标识",
                                                  "the id #%.*s is used twice: an id belongs to one clause for ever", STR_ARG(c->id));
        lang_diagnostic_repair(r->d, m, "给这一条另取一个标识", "give this clause another id");
      }
    } else if (word.n) {
      lang_diagnose(r->d, LANG_ERROR, span, "lang.heading_id", "标识写成 {#greeting}：字母、数字、汉字、- _ .",
                    "an id is written {#greeting}: letters, digits, Han, - _ .");
    }
  }
}

static bool read_heading(struct reader *r, size_t from, size_t to, u32 line) {
  struct str text = str_slice(r->p->source, from, to);
  int level = 0;
  while ((size_t)level < text.n && text.p[level] == '#') level++;
  if (!level || level > 6 || (size_t)level >= text.n || (text.p[level] != ' ' && text.p[level] != '\t')) return false;
  close_clause(r, from);
  struct lang_clause *c = open_clause(r, from, line);
  c->level = level;
  c->at.to = (u32)to;
  size_t title_to = to, brace = SIZE_MAX;
  struct str trimmed = str_trim(text);
  if (str_ends(trimmed, STR("}")))
    for (size_t at = from; (at = str_find(str_slice(r->p->source, 0, to), STR("{"), at)) != SIZE_MAX; at++) brace = at;
  if (brace != SIZE_MAX) {
    title_to = brace;
    size_t close = from + (size_t)(trimmed.p - text.p) + trimmed.n - 1;
    read_attributes(r, brace + 1, close, line);
  }
  c->heading = str_trim(str_slice(r->p->source, from + (size_t)level, title_to));
  size_t n = number_length(c->heading);
  c->number = str_slice(c->heading, 0, n);
  c->title = str_trim(str_slice(c->heading, n, c->heading.n));
  if (n && str_starts(c->title, STR("、"))) c->title = str_trim(str_slice(c->title, 3, c->title.n));
  return true;
}

static void end_block(struct reader *r, size_t to) {
  struct lang_program *p = r->p;
  if (p->block_count == r->block_room) p->blocks = arena_grow(r->arena, p->blocks, &r->block_room, p->block_count + 1, sizeof *p->blocks);
  p->blocks[p->block_count++] = (struct lang_block){r->block_from, to, r->block_line, r->clause};
  r->rules = false;
  r->fence = 0;
}

/* ``` or ~~~ with an info string; true when the line opens or closes a fence. */
static bool read_fence(struct reader *r, size_t from, size_t to, size_t next, u32 line) {
  struct str text = str_slice(r->p->source, from, to);
  size_t indent = 0;
  while (indent < text.n && indent < 4 && text.p[indent] == ' ') indent++;
  if (indent == 4 || indent >= text.n || (text.p[indent] != '`' && text.p[indent] != '~')) return false;
  char mark = text.p[indent];
  size_t size = 0;
  while (indent + size < text.n && text.p[indent + size] == mark) size++;
  struct str info = str_trim(str_slice(text, indent + size, text.n));
  if (r->fence) {
    if (mark != r->fence || size < r->fence_size || info.n) return false;
    if (r->rules) end_block(r, from);
    r->fence = 0;
    return true;
  }
  if (size < 3 || (mark == '`' && str_find(info, STR("`"), 0) != SIZE_MAX)) return false;
  r->fence = mark;
  r->fence_size = size;
  r->fence_line = line;
  r->rules = str_is(info, "guiju") || str_starts(info, STR("guiju "));
  r->block_from = next;
  r->block_line = line + 1;
  return true;
}

void lang_book_read(struct arena *a, struct lang_program *p, struct lang_diagnostics *d) {
  struct reader r = {.arena = a, .p = p, .d = d};
  map_init(&r.ids, a);
  buf_init(&r.prose, LANG_FILE_MAX);
  size_t at = str_starts(p->source, STR("\xEF\xBB\xBF")) ? 3 : 0;
  u32 line = 1;
  open_clause(&r, at, 1);
  while (at < p->source.n) {
    const char *nl = memchr(p->source.p + at, '\n', p->source.n - at);
    size_t to = nl ? (size_t)(nl - p->source.p) : p->source.n, next = nl ? to + 1 : to;
    if (to > at && p->source.p[to - 1] == '\r') to--;
    bool was_rules = r.rules;
    bool fence = read_fence(&r, at, to, next, line);
    if (r.fence && !fence) {
      if (!r.rules) buf_add(&r.prose, str_slice(p->source, at, next));
    } else if (fence) {
      if (!r.rules && !was_rules) buf_add(&r.prose, str_slice(p->source, at, next));
    } else if (!read_heading(&r, at, to, line)) {
      buf_add(&r.prose, str_slice(p->source, at, next));
    }
    at = next;
    line++;
  }
  if (r.rules) {
    struct lang_span span = {(u32)r.block_from, (u32)r.block_from, r.fence_line, 1};
    p->unread = true;
    lang_diagnose(d, LANG_ERROR, span, "lang.fence_open", "规则块没有结束：缺少一行 ```", "the block of rules is not closed: a line ``` is missing");
    end_block(&r, p->source.n);
  }
  close_clause(&r, p->source.n);
  buf_release(&r.prose);
}
