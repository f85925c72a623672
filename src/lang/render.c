/* HTML out of rulebook text. cmark-gfm does the Markdown in its safe mode; rules are coloured from their tokens. */
#include "lang/render.h"

#include "lang/format.h"
#include "lang/handbook.h"
#include "lang/lexer.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

void lang_render_escape(struct str text, struct buf *out) {
  for (size_t i = 0; i < text.n; i++) {
    switch (text.p[i]) {
      case '&': buf_addc(out, "&amp;"); break;
      case '<': buf_addc(out, "&lt;"); break;
      case '>': buf_addc(out, "&gt;"); break;
      case '"': buf_addc(out, "&quot;"); break;
      default: buf_byte(out, text.p[i]); break;
    }
  }
}

void lang_render_markdown(struct str text, struct buf *out) {
  if (!text.n) return;
  cmark_gfm_core_extensions_ensure_registered();
  int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8; /* without CMARK_OPT_UNSAFE: raw HTML and odd links are dropped */
  cmark_parser *parser = cmark_parser_new(options);
  BUG_IF(parser == NULL);
  static const char *const extensions[] = {"table", "strikethrough", "autolink"};
  for (size_t i = 0; i < COUNT_OF(extensions); i++) {
    cmark_syntax_extension *e = cmark_find_syntax_extension(extensions[i]);
    if (e) cmark_parser_attach_syntax_extension(parser, e);
  }
  cmark_parser_feed(parser, text.p, text.n);
  cmark_node *document = cmark_parser_finish(parser);
  char *html = cmark_render_html(document, options, cmark_parser_get_syntax_extensions(parser));
  buf_addc(out, html);
  free(html);
  cmark_node_free(document);
  cmark_parser_free(parser);
}

struct str lang_render_source(struct arena *a, const struct lang_program *p, struct lang_span at) {
  struct str s = lang_text(p, at);
  char *out = arena_alloc(a, s.n + 1);
  size_t n = 0;
  bool space = false;
  for (size_t i = 0; i < s.n; i++) {
    bool white = s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r';
    if (white && (!n || space)) continue;
    out[n++] = white ? ' ' : s.p[i];
    space = white;
  }
  while (n && out[n - 1] == ' ') n--;
  return (struct str){out, n};
}

/* k: word of the language, n: figure or quantity, t: text, c: comment, i: id */
static char class_of(const struct lang_token *t) {
  switch (t->kind) {
    case TK_WORD: return lang_word_entry(t->word)->flags & (LW_RESERVED | LW_ITEM | LW_ACT | LW_TAIL) ? 'k' : 0;
    case TK_NUMBER: case TK_UNIT: case TK_DATE: case TK_TIME: case TK_MONTH_DAY: return 'n';
    case TK_TEXT: return 't';
    case TK_COMMENT: return 'c';
    case TK_ID: return 'i';
    default: return 0;
  }
}

/* How many examples stand together from this one on. */
static size_t examples_from(const struct lang_tokens *t, size_t i) {
  size_t n = 0;
  for (; i + 1 < t->count; i++) {
    bool example = t->p[i].kind == TK_WORD && t->p[i].word == LW_EXAMPLE;
    if (t->p[i].margin && !example) break;
    n += t->p[i].margin && example;
  }
  return n;
}

void lang_rules_html(struct arena *a, struct str block, struct buf *out) {
  struct buf formatted;
  buf_init(&formatted, LANG_FILE_MAX);
  lang_format_block(a, block, &formatted);
  struct str s = arena_buf(a, &formatted);
  buf_release(&formatted);
  struct lang_lexer x;
  lang_lexer_init(&x, a, s, NULL);
  x.keep_comments = true;
  struct lang_tokens t = lang_lex(&x, 0, s.n, 1);
  size_t at = 0;
  bool open = false, folded = false; /* examples are folded away: a reader wants the rule first */
  for (size_t i = 0; i < t.count; i++) {
    bool end = i + 1 == t.count, example = !end && t.p[i].kind == TK_WORD && t.p[i].word == LW_EXAMPLE;
    if (!end && t.p[i].at.from < at) continue;
    if (end || !open || (t.p[i].margin && example != folded)) {
      size_t to = end ? s.n : t.p[i].at.from;
      struct str rest = str_slice(s, at, to);
      while (rest.n && (rest.p[rest.n - 1] == '\n' || rest.p[rest.n - 1] == ' ')) rest.n--;
      lang_render_escape(rest, out);
      if (open) buf_addc(out, folded ? "</code></pre></details>\n" : "</code></pre>\n");
      at = to;
      if (end) break;
      folded = example;
      if (folded) buf_printf(out, "<details class=\"examples\"><summary>%s %zu</summary>", t.p[i].english ? "Examples" : "例", examples_from(&t, i));
      buf_addc(out, "<pre class=\"rules\"><code>");
      open = true;
    }
    lang_render_escape(str_slice(s, at, t.p[i].at.from), out);
    char class = class_of(&t.p[i]);
    if (class) buf_printf(out, "<span class=\"%c\">", class);
    lang_render_escape(str_slice(s, t.p[i].at.from, t.p[i].at.to), out);
    if (class) buf_addc(out, "</span>");
    at = t.p[i].at.to;
  }
}
