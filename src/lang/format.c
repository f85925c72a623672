/* Writes the tokens of a block again, one way: half-width punctuation, one space between words, part words and rows
 * indented by two, table columns aligned. Line breaks stay where the author put them, so comments and layout survive.
 * Because only white space and widths change, the formatted text has the same tokens. */
#include "lang/format.h"

#include "lang/book.h"
#include "lang/lexer.h"

#include <string.h>

enum { LINES_MAX_CELLS = 32 };

static size_t width_of(struct str s) {
  size_t w = 0;
  for (size_t at = 0, n; at < s.n; at += n) {
    u32 c;
    n = str_decode(s, at, &c);
    w += c >= 0x1100 && (c <= 0x115F || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) || c >= 0x20000) ? 2 : 1;
  }
  return w;
}

static bool starts_han(struct str source, size_t at) {
  u32 c;
  str_decode(source, at, &c);
  return lang_is_han(c);
}

static void add_token(struct buf *b, const struct lang_token *t, struct str source) {
  switch (t->kind) {
    case TK_PUNCTUATION:
      switch (t->punctuation) {
        case PU_ARROW: buf_addc(b, "→"); break;
        case PU_TIMES: buf_addc(b, "×"); break;
        case PU_DIVIDE: buf_addc(b, "÷"); break;
        case PU_NOT_EQUAL: buf_addc(b, "≠"); break;
        case PU_AT_MOST: buf_addc(b, "≤"); break;
        case PU_AT_LEAST: buf_addc(b, "≥"); break;
        default: buf_byte(b, t->punctuation); break;
      }
      break;
    case TK_WORD: case TK_NUMBER: case TK_DATE: case TK_MONTH_DAY:
      if (t->at.from == t->at.to) break; /* the 第 of 1st */
      if (t->kind == TK_WORD && t->word != LW_NAME) buf_add(b, str_slice(source, t->at.from, t->at.to));
      else if (t->kind == TK_NUMBER && starts_han(source, t->at.from)) buf_add(b, str_slice(source, t->at.from, t->at.to)); /* 三十 stays */
      else buf_add(b, t->text);
      break;
    case TK_TIME: buf_add(b, t->text); break;
    case TK_ID: buf_byte(b, '#'), buf_add(b, t->text); break;
    default: buf_add(b, str_slice(source, t->at.from, t->at.to)); break;
  }
}

static bool punctuation_is(const struct lang_token *t, const char *set) { return t->kind == TK_PUNCTUATION && strchr(set, t->punctuation) != NULL; }
static bool touching(const struct lang_token *a, const struct lang_token *b) { return a->at.to == b->at.from; }

/* A space between a and b? Tokens that belong to one written quantity (30秒内, 第3次) keep together. */
static bool space_between(const struct lang_token *a, const struct lang_token *b) {
  if (punctuation_is(b, ",;:).!") || punctuation_is(a, ".(")) return false;
  if (punctuation_is(a, ",;")) { /* 甲, 乙 but …,则 and …;逾期 */
    unsigned joins = LW_TAIL | (a->punctuation == ',' ? LW_RESERVED : 0);
    bool part = b->kind == TK_WORD && !b->english && ((lang_word_entry(b->word)->flags & joins) || b->word == LW_EXCESS);
    return !part;
  }
  if (punctuation_is(b, "(")) return !touching(a, b);
  if (punctuation_is(a, "=") || punctuation_is(b, "=")) return !touching(a, b);
  if (punctuation_is(b, "|") || punctuation_is(a, "|")) return !touching(a, b);
  if (punctuation_is(a, "-") && touching(a, b)) return false;
  if (punctuation_is(a, "!") || punctuation_is(a, ":")) return true;
  bool number = a->kind == TK_NUMBER || b->kind == TK_NUMBER || a->kind == TK_UNIT || b->kind == TK_UNIT || a->kind == TK_TIME || a->kind == TK_DATE || a->kind == TK_MONTH_DAY;
  if (number && touching(a, b) && b->kind != TK_TEXT) return false;
  return true;
}

/* Tokens [from, to) on one line. */
static void add_run(struct buf *b, const struct lang_token *t, size_t from, size_t to, struct str source) {
  for (size_t i = from; i < to; i++) {
    if (i > from && space_between(&t[i - 1], &t[i])) buf_byte(b, ' ');
    add_token(b, &t[i], source);
  }
}

/* A table row: | cell | cell | → cell ranges; false when the line is no row. Brackets hide nothing: rows hold no |. */
struct row_cells {
  struct str text[LINES_MAX_CELLS];
  size_t count;
};
static bool row_of(struct arena *a, const struct lang_token *t, size_t from, size_t to, struct str source, struct row_cells *out) {
  out->count = 0;
  if (!punctuation_is(&t[from], "|") || to - from < 3 || !punctuation_is(&t[to - 1], "|")) return false;
  size_t start = from + 1;
  for (size_t i = from + 1; i < to; i++) {
    if (!punctuation_is(&t[i], "|")) continue;
    if (out->count == LINES_MAX_CELLS) return false;
    struct buf b;
    buf_init(&b, LANG_FILE_MAX);
    add_run(&b, t, start, i, source);
    out->text[out->count++] = arena_buf(a, &b);
    buf_release(&b);
    start = i + 1;
  }
  return true;
}

static size_t line_end(const struct lang_tokens *t, size_t from) {
  size_t to = from + 1;
  while (to < t->count - 1 && !t->p[to].line_start) to++;
  return to;
}

/* Consecutive rows become one aligned table. */
static size_t add_table(struct arena *a, struct buf *out, const struct lang_tokens *t, size_t from, struct str source) {
  size_t widths[LINES_MAX_CELLS] = {0}, end = from;
  struct row_cells row;
  for (size_t i = from; i < t->count - 1 && row_of(a, t->p, i, line_end(t, i), source, &row); i = line_end(t, i)) {
    for (size_t k = 0; k < row.count; k++)
      if (width_of(row.text[k]) > widths[k]) widths[k] = width_of(row.text[k]);
    end = line_end(t, i);
  }
  for (size_t i = from; i < end; i = line_end(t, i)) {
    row_of(a, t->p, i, line_end(t, i), source, &row);
    buf_addc(out, "  |");
    for (size_t k = 0; k < row.count; k++) {
      buf_byte(out, ' ');
      buf_add(out, row.text[k]);
      for (size_t w = width_of(row.text[k]); w < widths[k]; w++) buf_byte(out, ' ');
      buf_addc(out, " |");
    }
    buf_byte(out, '\n');
  }
  return end;
}

static bool keeps_margin(const struct lang_token *t) {
  if (t->kind == TK_COMMENT) return t->margin;
  if (t->kind == TK_PUNCTUATION) return false;
  return t->margin && !(t->kind == TK_WORD && (lang_word_entry(t->word)->flags & LW_CONTINUES));
}

static void format_lexed(struct arena *a, struct lang_lexer *x, size_t from, size_t to, u32 line, struct buf *out) {
  struct lang_tokens t = lang_lex(x, from, to, line);
  bool bad = false;
  for (size_t i = 0; i < t.count; i++) bad |= t.p[i].kind == TK_BAD;
  bad |= t.count > LANG_BLOCK_TOKENS_MAX; /* too long: not read */
  if (bad) {
    buf_add(out, str_slice(x->source, from, to));
    return;
  }
  u32 last_line = line;
  for (size_t i = 0; i < t.count - 1;) {
    if (i && t.p[i].at.line > last_line + 1) buf_byte(out, '\n'); /* one blank line is kept */
    size_t end = line_end(&t, i);
    struct row_cells row;
    if (row_of(a, t.p, i, end, x->source, &row)) {
      end = add_table(a, out, &t, i, x->source);
    } else {
      if (!keeps_margin(&t.p[i])) buf_addc(out, "  ");
      add_run(out, t.p, i, end, x->source);
      buf_byte(out, '\n');
    }
    const struct lang_token *last = &t.p[end - 1];
    last_line = last->at.line;
    for (size_t k = last->at.from; k < last->at.to; k++) last_line += x->source.p[k] == '\n'; /* texts over several lines */
    i = end;
  }
}

/* A file with CR LF keeps them. */
static void use_crlf(struct arena *a, struct buf *out, size_t from) {
  struct str lines = arena_dup(a, str_slice(buf_str(out), from, out->n));
  out->n = from;
  for (size_t i = 0; i < lines.n; i++) {
    if (lines.p[i] == '\n' && (i == 0 || lines.p[i - 1] != '\r')) buf_byte(out, '\r');
    buf_byte(out, lines.p[i]);
  }
}

void lang_format_block(struct arena *a, struct str block, struct buf *out) {
  struct lang_lexer x;
  lang_lexer_init(&x, a, block, NULL);
  x.keep_comments = true;
  format_lexed(a, &x, 0, block.n, 1, out);
}

enum status lang_format(struct arena *a, struct str source, struct buf *out) {
  if (source.n > LANG_FILE_MAX) return E_TOO_LARGE;
  struct lang_program p = {.source = source};
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  lang_book_read(a, &p, &d);
  struct arena *scratch = arena_new(LANG_MEMORY_MAX); /* one block at a time */
  size_t at = 0;
  for (size_t b = 0; b < p.block_count; b++) {
    struct lang_lexer x;
    arena_reset(scratch);
    lang_lexer_init(&x, scratch, source, NULL);
    x.keep_comments = true;
    buf_add(out, str_slice(source, at, p.blocks[b].from));
    bool crlf = str_find(str_slice(source, p.blocks[b].from, p.blocks[b].to), STR("\r\n"), 0) != SIZE_MAX;
    size_t start = out->n;
    format_lexed(scratch, &x, p.blocks[b].from, p.blocks[b].to, p.blocks[b].line, out);
    if (crlf) use_crlf(scratch, out, start);
    at = p.blocks[b].to;
  }
  arena_free(scratch);
  buf_add(out, str_slice(source, at, source.n));
  return out->overflow ? E_TOO_LARGE : OK;
}
