/* The lexer. It never guesses: what it cannot read becomes a TK_BAD token with a message that says what to write.
 * Texts in quotes are kept byte for byte; everything else is compared in its half-width form. */
#include "lang/lexer.h"

#include <string.h>

struct cursor {
  struct lang_lexer *x;
  struct lang_tokens out;
  size_t at, end;
  u32 line;
  size_t line_from;   /* byte where the line began */
  size_t counted_to;  /* columns are counted incrementally */
  u32 counted;
  bool fresh_line;
};

bool lang_is_han(u32 c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x323AF) || c == 0x3007;
}
bool lang_is_invisible(u32 c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF ||
         c == 0xAD || c == 0x180E || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF) ||
         (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
}
static bool is_letter(u32 c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(u32 c) { return c >= '0' && c <= '9'; }

/* The half-width form: one ASCII character for its full-width twin. */
static u32 narrow(u32 c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + '!';
  switch (c) {
    case 0x3001: return ',';             /* 、 */
    case 0x3002: case 0x3000: case 0xA0: return ' '; /* 。 and wide spaces */
    case 0x2212: return '-';
    case 0x00D7: return PU_TIMES;
    case 0x00F7: return PU_DIVIDE;
    default: return c;
  }
}
/* The narrowed code point at `at`; *n its bytes in the source; 0 at the end of the block. */
static u32 peek(const struct cursor *c, size_t at, size_t *n) {
  if (at >= c->end) {
    if (n) *n = 0;
    return 0;
  }
  u32 raw;
  size_t bytes = str_decode(str_slice(c->x->source, 0, c->end), at, &raw);
  if (n) *n = bytes;
  return narrow(raw);
}

static struct lang_span span_at(struct cursor *c, size_t from, size_t to) {
  if (from < c->counted_to || c->counted_to < c->line_from) {
    c->counted_to = c->line_from;
    c->counted = 0;
  }
  for (u32 cp; c->counted_to < from;) {
    c->counted_to += str_decode(c->x->source, c->counted_to, &cp);
    c->counted++;
  }
  return (struct lang_span){(u32)from, (u32)to, c->line, c->counted + 1};
}

static struct lang_token *push(struct cursor *c, enum lang_token_kind kind, size_t from, size_t to) {
  struct lang_tokens *t = &c->out;
  if (t->count == t->room) t->p = arena_grow(c->x->arena, t->p, &t->room, t->count + 1, sizeof *t->p);
  struct lang_token *k = &t->p[t->count++];
  *k = (struct lang_token){.kind = kind, .at = span_at(c, from, to), .text = str_slice(c->x->source, from, to)};
  k->line_start = c->fresh_line;
  k->margin = c->fresh_line && from == c->line_from;
  c->fresh_line = false;
  return k;
}

static struct lang_diagnostic *complain(struct cursor *c, size_t from, size_t to, const char *key, const char *zh, const char *en) {
  struct lang_token *k = push(c, TK_BAD, from, to);
  if (!c->x->diagnostics) return NULL;
  return lang_diagnose_texts(c->x->diagnostics, LANG_ERROR, k->at, key, str_c(zh), str_c(en));
}

/* Normalised copy of source[from, to): half width. */
static struct str narrowed(struct cursor *c, size_t from, size_t to) {
  struct str raw = str_slice(c->x->source, from, to);
  bool same = true;
  for (size_t i = 0; i < raw.n && same; i++) same = (unsigned char)raw.p[i] != 0xEF; /* full width begins so */
  if (same) return raw;
  char *out = arena_alloc(c->x->arena, raw.n + 1);
  size_t n = 0;
  for (size_t at = from, bytes; at < to; at += bytes) {
    u32 cp = peek(c, at, &bytes);
    if (cp < 0x80) {
      out[n++] = (char)cp;
    } else {
      memcpy(out + n, c->x->source.p + at, bytes);
      n += bytes;
    }
  }
  return (struct str){out, n};
}

static struct lang_token *push_word(struct cursor *c, size_t from, size_t to) {
  struct lang_token *k = push(c, TK_WORD, from, to);
  k->text = narrowed(c, from, to);
  k->word = lang_words_find(&c->x->words, k->text, &k->english);
  return k;
}

/* Bound words after a number, unit, date or time: all of [from, to) or nothing. */
static bool push_glue(struct cursor *c, size_t from, size_t to, bool really) {
  while (from < to) {
    size_t n;
    enum lang_word w = lang_glue_prefix(str_slice(c->x->source, from, to), &n);
    if (w == LW_NAME) return false;
    if (really) {
      struct lang_token *k = push(c, TK_WORD, from, from + n);
      k->word = w;
    }
    from += n;
  }
  return true;
}

static size_t han_run(const struct cursor *c, size_t at) {
  for (size_t n; lang_is_han(peek(c, at, &n));) at += n;
  return at;
}

/* After a number: a unit, then only bound words. */
static void lex_after_number(struct cursor *c) {
  size_t n, from = c->at, to = han_run(c, from);
  if (peek(c, from, &n) == '%') {
    struct lang_token *k = push(c, TK_UNIT, from, from + n);
    k->unit = lang_unit_prefix(STR("%"), false);
    k->text = STR("%");
    from = c->at = from + n;
    to = han_run(c, from);
    if (to == from) return;
  }
  if (to > from) {
    struct str word = str_slice(c->x->source, from, to);
    for (struct str head = word; head.n;) { /* the longest unit whose rest is bound words */
      const struct lang_unit *u = lang_unit_prefix(head, false);
      if (!u || u->name.n == 0) break;
      if (push_glue(c, from + u->name.n, to, false)) {
        struct lang_token *k = push(c, TK_UNIT, from, from + u->name.n);
        k->unit = u;
        push_glue(c, from + u->name.n, to, true);
        c->at = to;
        return;
      }
      head = str_slice(word, 0, u->name.n - 1);
    }
    c->at = to;
    if (push_glue(c, from, to, false)) {
      push_glue(c, from, to, true);
      return;
    }
    struct lang_diagnostic *m = complain(c, from, to, "lang.after_number", "数字后面的这个词既不是单位，也不是“以上、内、前”一类的界限词",
                                         "the word after the number is neither a unit nor a bound word such as 以上, 内, 前");
    if (m) lang_diagnostic_repair(c->x->diagnostics, m, "单位与后面的词之间空一格", "put a space between the unit and the next word");
    return;
  }
  /* English units; one letter only without a space */
  bool space = peek(c, from, &n) == ' ' && n == 1;
  size_t at = from + (space ? 1 : 0), word_to = at;
  for (size_t k; is_letter(peek(c, word_to, &k)) || (peek(c, word_to, &k) == ' ' && word_to > at && word_to - at < 12);) word_to += k;
  struct str rest = str_slice(c->x->source, at, word_to);
  for (struct str head = rest; head.n;) {
    const struct lang_unit *u = lang_unit_prefix(head, true);
    if (!u) return;
    u32 next = peek(c, at + u->name.n, NULL);
    if (!is_letter(next) && !is_digit(next) && !(space && u->name.n == 1)) {
      struct lang_token *k = push(c, TK_UNIT, at, at + u->name.n);
      k->unit = u;
      c->at = at + u->name.n;
      return;
    }
    head = str_slice(rest, 0, u->name.n - 1);
  }
}

i64 lang_chinese_number(struct str s, bool *half) {
  static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  i64 total = 0, section = 0, current = 0;
  *half = str_is(s, "半");
  if (*half) return 0;
  for (size_t at = 0; at < s.n; at += 3) {
    struct str ch = str_slice(s, at, at + 3);
    i64 digit = -1;
    for (int d = 0; d < 10; d++)
      if (str_is(ch, digits[d])) digit = d;
    if (str_is(ch, "〇")) digit = 0;
    if (str_is(ch, "两")) digit = 2;
    i64 scale = str_is(ch, "十") ? 10 : str_is(ch, "百") ? 100 : str_is(ch, "千") ? 1000 : 0;
    if (digit >= 0) {
      current = digit;
    } else if (scale) {
      section += (current ? current : 1) * scale;
      current = 0;
    } else if (str_is(ch, "万")) {
      total = (total + section + current) * 10000;
      section = current = 0;
    } else {
      return -1;
    }
    if (total > 1000000000000) return -1;
  }
  return total + section + current;
}

bool lang_is_chinese_numeral(u32 c) {
  static const u32 numerals[] = {0x96F6, 0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D,
                                 0x5341, 0x767E, 0x5343, 0x4E07, 0x534A, 0x4E24};
  for (size_t i = 0; i < COUNT_OF(numerals); i++)
    if (c == numerals[i]) return true;
  return false;
}

/* 三十秒, 第二次及以后: numeral + unit (+ bound words) must be the whole word. */
static bool lex_chinese_number(struct cursor *c, size_t from, size_t to) {
  struct str word = str_slice(c->x->source, from, to);
  bool nth = str_starts(word, STR("第"));
  size_t digits_from = from + (nth ? 3 : 0), at = digits_from;
  for (size_t n; at < to && lang_is_chinese_numeral(peek(c, at, &n));) at += n;
  if (at == digits_from || at == to) return false;
  /* 万元 is a unit: do not eat its 万 */
  if (str_ends(str_slice(c->x->source, digits_from, at), STR("万")) && str_starts(str_slice(c->x->source, at, to), STR("元"))) at -= 3;
  if (at == digits_from) return false;
  bool half;
  struct str numeral = str_slice(c->x->source, digits_from, at);
  i64 value = lang_chinese_number(numeral, &half);
  if (value < 0) return false;
  struct str rest = str_slice(c->x->source, at, to);
  for (struct str head = rest; head.n;) {
    const struct lang_unit *u = lang_unit_prefix(head, false);
    if (!u) return false;
    if (push_glue(c, at + u->name.n, to, false)) {
      if (nth) push(c, TK_WORD, from, from + 3)->word = LW_NTH;
      struct lang_token *k = push(c, TK_NUMBER, digits_from, at);
      k->text = half ? STR("0.5") : arena_printf(c->x->arena, "%lld", (long long)value);
      k = push(c, TK_UNIT, at, at + u->name.n);
      k->unit = u;
      push_glue(c, at + u->name.n, to, true);
      c->at = to;
      return true;
    }
    head = str_slice(rest, 0, u->name.n - 1);
  }
  return false;
}

/* English compound words: at least, not in force. */
static size_t english_compound(const struct cursor *c, size_t from, size_t to) {
  static const char *const compounds[] = {"at least", "at most", "more than", "less than", "not in force", "no later than", "no earlier than"};
  struct str rest = str_slice(c->x->source, from, c->end);
  for (size_t i = 0; i < COUNT_OF(compounds); i++) {
    struct str w = str_c(compounds[i]);
    if (str_starts(rest, w) && w.n > to - from && !is_letter(peek(c, from + w.n, NULL))) return from + w.n;
  }
  return to;
}

static void lex_word(struct cursor *c) {
  size_t from = c->at, to = from, n;
  bool latin = true;
  while (is_letter(peek(c, to, &n)) || (to > from && is_digit(peek(c, to, &n)))) to += n;
  if (to == from || lang_is_han(peek(c, to, NULL))) {
    latin = false;
    for (to = from; is_letter(peek(c, to, &n)) || lang_is_han(peek(c, to, &n));) to += n;
  }
  if (latin) to = english_compound(c, from, to);
  c->at = to;
  if (to - from > LANG_WORD_MAX) {
    complain(c, from, to, "lang.word_too_long", "这个词太长（最多四十个字）：词与词之间空一格",
             "this word is too long (120 bytes at most): put spaces between words");
    return;
  }
  enum lang_word known = lang_words_find(&c->x->words, narrowed(c, from, to), NULL);
  if (!latin && known == LW_NAME && lex_chinese_number(c, from, to)) return;
  push_word(c, from, to);
}

static i64 digits_value(const struct cursor *c, size_t *at, int most) {
  i64 v = 0;
  int count = 0;
  for (size_t n; count < most && is_digit(peek(c, *at, &n)); count++) {
    v = v * 10 + (i64)(peek(c, *at, NULL) - '0');
    *at += n;
  }
  return count ? v : -1;
}
static bool accept(const struct cursor *c, size_t *at, u32 want) {
  size_t n;
  if (peek(c, *at, &n) != want) return false;
  *at += n;
  return true;
}
static bool accept_text(const struct cursor *c, size_t *at, const char *text) {
  struct str t = str_c(text);
  if (!str_starts(str_slice(c->x->source, *at, c->end), t)) return false;
  *at += t.n;
  return true;
}

/* 2026-03-05, 2026年3月5日, 5月1日, 8:30[:15[.250]]. True when one was read. */
static bool lex_date_or_time(struct cursor *c) {
  size_t from = c->at, at = from;
  i64 a = digits_value(c, &at, 4), b = 0, d = 0;
  enum lang_token_kind kind = TK_BAD;
  i64 number = 0;
  bool valid = true;
  size_t before = at;
  if (a >= 1000 && accept(c, &at, '-') && (b = digits_value(c, &at, 2)) >= 0 && accept(c, &at, '-') && (d = digits_value(c, &at, 2)) >= 0) {
    kind = TK_DATE;
  } else if (at = before, a >= 1000 && accept_text(c, &at, "年") && (b = digits_value(c, &at, 2)) >= 0 && accept_text(c, &at, "月") &&
             (d = digits_value(c, &at, 2)) >= 0 && accept_text(c, &at, "日")) {
    kind = TK_DATE;
  } else if (at = before, a <= 99 && accept_text(c, &at, "月") && (b = digits_value(c, &at, 2)) >= 0 && accept_text(c, &at, "日")) {
    kind = TK_MONTH_DAY;
    number = a * 100 + b;
    valid = civil_valid(2024, (int)a, (int)b);
  } else if (at = before, a <= 99 && accept(c, &at, ':') && is_digit(peek(c, at, NULL)) && (b = digits_value(c, &at, 2)) >= 0) {
    kind = TK_TIME;
    bool seconds = accept(c, &at, ':');
    if (seconds) d = digits_value(c, &at, 2);
    valid = d >= 0 && b < 60 && d < 60 && (a < 24 || (a == 24 && b == 0 && d == 0));
    number = a * MS_HOUR + b * MS_MINUTE + (d > 0 ? d : 0) * MS_SECOND;
    size_t dot = at;
    if (seconds && accept(c, &dot, '.') && is_digit(peek(c, dot, NULL))) { /* 10:00:30.001: examples at the very edge of a limit */
      size_t n;
      for (i64 scale = 100; scale && is_digit(peek(c, dot, &n)); scale /= 10, dot += n) number += (i64)(peek(c, dot, NULL) - '0') * scale;
      at = dot;
    }
  } else {
    return false;
  }
  if (kind == TK_DATE) {
    valid = civil_valid((int)a, (int)b, (int)d);
    number = valid ? date_from_civil((int)a, (int)b, (int)d) : 0;
  }
  c->at = at;
  if (!valid) {
    complain(c, from, at, "lang.no_such_date", "没有这个日期或钟点", "there is no such date or time of day");
    return true;
  }
  struct lang_token *k = push(c, kind, from, at);
  k->number = number;
  k->text = narrowed(c, from, at);
  size_t to = han_run(c, at);
  if (to > at) {
    c->at = to;
    if (push_glue(c, at, to, false)) {
      push_glue(c, at, to, true);
    } else {
      c->at = at; /* a word follows without a space: let it be read as one */
    }
  }
  return true;
}

/* 1st, 3rd and later, 1st to 4th: the English ordinals, as 第 n 次. */
static bool lex_english_ordinal(struct cursor *c, size_t from, size_t digits_to) {
  static const char *const ends[] = {"st", "nd", "rd", "th"};
  for (size_t i = 0; i < 4; i++) {
    size_t at = digits_to;
    if (!accept_text(c, &at, ends[i]) || is_letter(peek(c, at, NULL))) continue;
    push(c, TK_WORD, from, from)->word = LW_NTH;
    push(c, TK_NUMBER, from, digits_to)->text = narrowed(c, from, digits_to);
    struct lang_token *k = push(c, TK_UNIT, digits_to, at);
    k->unit = lang_unit_prefix(STR("次"), false);
    size_t later = at;
    if (accept_text(c, &later, " and later")) {
      push(c, TK_WORD, at, later)->word = LW_AND_LATER;
      at = later;
    }
    c->at = at;
    return true;
  }
  return false;
}

static void lex_number(struct cursor *c) {
  if (lex_date_or_time(c)) return;
  size_t from = c->at, at = from, n;
  while (is_digit(peek(c, at, &n))) at += n;
  if (lex_english_ordinal(c, from, at)) return;
  size_t dot = at;
  if (accept(c, &dot, '.') && is_digit(peek(c, dot, NULL))) {
    at = dot;
    while (is_digit(peek(c, at, &n))) at += n;
  }
  c->at = at;
  struct str digits = narrowed(c, from, at);
  if (digits.n > 16) {
    complain(c, from, at, "lang.number_too_long", "数字太长（连小数点最多十六位）", "this number is too long (16 characters at most, the point included)");
    return;
  }
  push(c, TK_NUMBER, from, at)->text = digits;
  lex_after_number(c);
}

/* “…”, "…", 「…」. Line breaks inside are kept. */
static void lex_text(struct cursor *c) {
  size_t from = c->at, n;
  u32 raw;
  n = str_decode(c->x->source, from, &raw);
  u32 close = raw == 0x201C ? 0x201D : raw == 0x300C ? 0x300D : raw;
  size_t inner = from + n, at = inner;
  u32 lines = 0;
  size_t last_line = c->line_from;
  while (at < c->end) {
    n = str_decode(str_slice(c->x->source, 0, c->end), at, &raw);
    if (raw == close || (close == '"' && raw == 0x201D)) break;
    at += n;
    if (raw == '\n') {
      lines++;
      last_line = at;
    }
  }
  if (at >= c->end) {
    c->at = c->end;
    size_t line_to = str_find(str_slice(c->x->source, 0, c->end), STR("\n"), from);
    if (line_to == SIZE_MAX) line_to = c->end;
    complain(c, from, line_to, "lang.text_open", "引号没有合上", "the quotation is not closed");
    c->at = line_to; /* go on with the next line */
    return;
  }
  struct lang_token *k = push(c, TK_TEXT, from, at + n);
  k->text = str_slice(c->x->source, inner, at);
  c->at = at + n;
  if (lines) {
    c->line += lines;
    c->line_from = last_line;
  }
}

static void lex_id(struct cursor *c) {
  size_t from = c->at, at = from, n;
  peek(c, at, &n);
  at += n;
  size_t inner = at;
  for (;;) {
    u32 ch = peek(c, at, &n);
    if (is_letter(ch) || is_digit(ch) || lang_is_han(ch) || ch == '-') {
      at += n;
    } else if (ch == '.' && at > inner) {
      size_t m;
      u32 next = peek(c, at + n, &m);
      if (!is_letter(next) && !is_digit(next) && !lang_is_han(next)) break;
      at += n;
    } else {
      break;
    }
  }
  c->at = at;
  if (at == inner || at - inner > LANG_WORD_MAX) {
    complain(c, from, at, "lang.bad_id", "# 后面要写条款或规则的标识，如 #greeting", "# must be followed by the id of a clause or rule, such as #greeting");
    return;
  }
  push(c, TK_ID, from, at)->text = narrowed(c, inner, at);
}

static void lex_bad(struct cursor *c, size_t n) {
  size_t from = c->at;
  u32 raw;
  str_decode(c->x->source, from, &raw);
  c->at += n;
  bool look_alike = (raw >= 0x370 && raw <= 0x52F) || (raw >= 0x2E80 && raw <= 0x2FDF) || (raw >= 0xF900 && raw <= 0xFAFF);
  const char *key = lang_is_invisible(raw) ? "lang.invisible_character" : look_alike ? "lang.look_alike" : "lang.unknown_character";
  push(c, TK_BAD, from, c->at);
  if (!c->x->diagnostics) return;
  struct lang_span at = span_at(c, from, c->at);
  if (lang_is_invisible(raw)) {
    lang_diagnose(c->x->diagnostics, LANG_ERROR, at, key, "这里有一个看不见的字符 U+%04X，请删去",
                  "there is an invisible character U+%04X here; delete it", raw);
  } else if (look_alike) {
    lang_diagnose(c->x->diagnostics, LANG_ERROR, at, key, "字符 U+%04X 只是看起来像普通的字，请重新输入这个字",
                  "the character U+%04X only looks like an ordinary letter; type it again", raw);
  } else if (raw == 0xFFFD) {
    lang_diagnose(c->x->diagnostics, LANG_ERROR, at, "lang.not_utf8", "这里的字节不是 UTF-8 文字", "these bytes are not UTF-8 text");
  } else {
    lang_diagnose(c->x->diagnostics, LANG_ERROR, at, key, "规则里不用“%.*s”这个字符", "the character “%.*s” has no meaning in a rule",
                  (int)n, c->x->source.p + from);
  }
}

static void lex_punctuation(struct cursor *c, u32 ch, size_t n) {
  size_t m;
  u32 next = peek(c, c->at + n, &m);
  char p = 0;
  if (ch == '>' && next == '=') p = PU_AT_LEAST;
  if (ch == '<' && next == '=') p = PU_AT_MOST;
  if (ch == '!' && next == '=') p = PU_NOT_EQUAL;
  if (ch == '-' && next == '>') p = PU_ARROW;
  if (p) {
    n += m;
  } else {
    switch (ch) {
      case 0x2192: p = PU_ARROW; break;
      case 0x2260: p = PU_NOT_EQUAL; break;
      case 0x2264: p = PU_AT_MOST; break;
      case 0x2265: p = PU_AT_LEAST; break;
      case PU_DIVIDE: p = (unsigned char)c->x->source.p[c->at] == 0xC3 ? PU_DIVIDE : 0; break; /* ÷, not ~ */
      default: p = ch < 0x80 && strchr(",:;()|=!/<>.+-*", (int)ch) ? (char)ch : 0; break;
    }
  }
  if (!p) {
    lex_bad(c, n);
    return;
  }
  push(c, TK_PUNCTUATION, c->at, c->at + n)->punctuation = p;
  c->at += n;
}

static void lex_comment(struct cursor *c) {
  size_t from = c->at;
  while (c->at < c->end && c->x->source.p[c->at] != '\n') c->at++;
  size_t to = c->at;
  while (to > from && (c->x->source.p[to - 1] == '\r' || c->x->source.p[to - 1] == ' ')) to--;
  if (c->x->keep_comments) push(c, TK_COMMENT, from, to);
}

static void lex_one(struct cursor *c) {
  size_t n;
  u32 ch = peek(c, c->at, &n);
  if (ch == '\n') {
    c->at++;
    c->line++;
    c->line_from = c->at;
    c->fresh_line = true;
  } else if (ch == ' ' || ch == '\t' || ch == '\r') {
    c->at += n;
  } else if (ch == '-' && peek(c, c->at + n, NULL) == '-') {
    lex_comment(c);
  } else if (ch == '"' || ch == 0x201C || ch == 0x300C) {
    lex_text(c);
  } else if (ch == '#') {
    lex_id(c);
  } else if (is_digit(ch)) {
    lex_number(c);
  } else if (is_letter(ch) || lang_is_han(ch)) {
    lex_word(c);
  } else {
    lex_punctuation(c, ch, n);
  }
}

void lang_lexer_init(struct lang_lexer *x, struct arena *a, struct str source, struct lang_diagnostics *d) {
  *x = (struct lang_lexer){.arena = a, .source = source, .diagnostics = d};
  lang_words_init(&x->words, a);
}

struct lang_tokens lang_lex(struct lang_lexer *x, size_t from, size_t to, u32 line) {
  struct cursor c = {.x = x, .at = from, .end = to, .line = line, .line_from = from, .counted_to = from, .fresh_line = true};
  while (c.at < c.end && c.out.count <= LANG_BLOCK_TOKENS_MAX) lex_one(&c);
  c.fresh_line = true;
  push(&c, TK_END, to, to);
  return c.out;
}
