/* Words out of letters: charsets, pages, the carried history. No libraries but iconv; every input is somebody else's. */
#include "net/mail.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

/* ---- charsets ----------------------------------------------------------------------------------------------------------- */

static bool like(struct str s, const char *word) { return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0; }

static struct str utf8_repaired(struct arena *a, struct str s) {
  if (str_utf8_valid(s) && memchr(s.p, 0, s.n) == NULL) return s;
  struct buf b;
  buf_init(&b, s.n * 3 + 16);
  u32 c;
  for (size_t at = 0, n; (n = str_decode(s, at, &c)) > 0; at += n) buf_code_point(&b, c ? c : 0xfffd);
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

/* False: the charset is not known, or (strict) the bytes are not of it. */
static bool convert(struct arena *a, struct str bytes, const char *charset, bool strict, struct str *out) {
  iconv_t cd = iconv_open("UTF-8", charset);
  if (cd == (iconv_t)-1) return false;
  struct buf b;
  buf_init(&b, bytes.n * 6 + 64);
  char chunk[4096], copy[1];
  char *in = bytes.n ? (char *)(uintptr_t)bytes.p : copy;
  size_t left = bytes.n, broken = 0;
  while (left > 0) {
    char *to = chunk;
    size_t room = sizeof chunk;
    size_t done = iconv(cd, &in, &left, &to, &room);
    buf_add(&b, (struct str){chunk, (size_t)(to - chunk)});
    if (done != (size_t)-1 || errno == E2BIG) continue;
    broken++;
    if (strict) break;
    buf_code_point(&b, 0xfffd);
    in++;
    left--;
  }
  iconv_close(cd);
  bool good = !strict || broken == 0;
  if (good) *out = utf8_repaired(a, arena_buf(a, &b));
  buf_release(&b);
  return good;
}

struct str mail_utf8(struct arena *a, struct str bytes, struct str charset) {
  struct str out;
  charset = str_trim(charset);
  bool ascii = charset.n == 0 || like(charset, "us-ascii") || like(charset, "ascii") || like(charset, "utf-8") || like(charset, "utf8") || like(charset, "unknown-8bit") ||
               like(charset, "iso-8859-1");
  /* Whoever writes UTF-8 under another name is right; GB names say less than their bytes. */
  if (ascii && str_utf8_valid(bytes)) return utf8_repaired(a, bytes);
  if (like(charset, "gb2312") || like(charset, "gbk") || like(charset, "cp936") || like(charset, "x-gbk") || like(charset, "hz-gb-2312")) {
    if (convert(a, bytes, like(charset, "hz-gb-2312") ? "HZ" : "GB18030", false, &out)) return out;
  } else if (charset.n > 0 && charset.n < 40 && !ascii && convert(a, bytes, arena_cstr(a, charset), false, &out)) {
    return out;
  }
  if (str_utf8_valid(bytes)) return utf8_repaired(a, bytes);
  if (convert(a, bytes, "GB18030", true, &out)) return out;
  if (like(charset, "iso-8859-1") && convert(a, bytes, "ISO-8859-1", false, &out)) return out;
  return utf8_repaired(a, bytes);
}

/* ---- pages ---------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *text;
} entities[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}, {"ensp", " "}, {"emsp", " "}, {"copy", "©"}, {"reg", "®"}, {"yen", "¥"},
                {"hellip", "…"}, {"mdash", "—"}, {"ndash", "–"}, {"lsquo", "‘"}, {"rsquo", "’"}, {"ldquo", "“"}, {"rdquo", "”"}, {"middot", "·"}, {"bull", "•"}, {"times", "×"}};

/* The entity at s[at] == '&'; returns its bytes, 0 when it is only a sign. */
static size_t entity(struct buf *b, struct str s, size_t at) {
  size_t end = at + 1;
  while (end < s.n && end - at < 12 && s.p[end] != ';' && s.p[end] != ' ' && s.p[end] != '<' && s.p[end] != '&') end++;
  if (end >= s.n || s.p[end] != ';') return 0;
  struct str name = str_slice(s, at + 1, end);
  if (name.n > 1 && name.p[0] == '#') {
    bool hex = name.p[1] == 'x' || name.p[1] == 'X';
    u32 c = 0;
    for (size_t i = hex ? 2 : 1; i < name.n; i++) {
      char d = name.p[i];
      u32 v = d >= '0' && d <= '9' ? (u32)(d - '0') : hex && d >= 'a' && d <= 'f' ? (u32)(d - 'a' + 10) : hex && d >= 'A' && d <= 'F' ? (u32)(d - 'A' + 10) : 99;
      if (v == 99 || c > 0x110000) return 0;
      c = c * (hex ? 16 : 10) + v;
    }
    bool bad = c < 32 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000);
    buf_code_point(b, c == 0xa0 || c == 9 || c == 10 || c == 13 ? ' ' : bad ? 0xfffd : c);
    return end + 1 - at;
  }
  for (size_t i = 0; i < COUNT_OF(entities); i++)
    if (str_is(name, entities[i].name)) {
      buf_addc(b, entities[i].text);
      return end + 1 - at;
    }
  return 0;
}

static bool one_of(struct str name, const char *const *list) {
  for (; *list; list++)
    if (like(name, *list)) return true;
  return false;
}

/* The value of an attribute inside a tag's text; "" when it has none. */
static struct str attribute(struct str tag, const char *name) {
  size_t n = strlen(name);
  for (size_t i = 0; i + n + 1 < tag.n; i++) {
    if (strncasecmp(tag.p + i, name, n) != 0 || (i > 0 && tag.p[i - 1] != ' ' && tag.p[i - 1] != '\n' && tag.p[i - 1] != '\t')) continue;
    size_t at = i + n;
    while (at < tag.n && tag.p[at] == ' ') at++;
    if (at >= tag.n || tag.p[at] != '=') continue;
    at++;
    while (at < tag.n && tag.p[at] == ' ') at++;
    if (at >= tag.n) break;
    char q = tag.p[at] == '"' || tag.p[at] == '\'' ? tag.p[at++] : ' ';
    size_t end = at;
    while (end < tag.n && tag.p[end] != q) end++;
    return str_slice(tag, at, end);
  }
  return STR("");
}

struct page {
  struct str html;
  struct buf out;
  int quote;       /* depth of blockquote */
  bool fresh;      /* at the beginning of a line */
  bool space;      /* a space is due */
  bool pre;
  struct str link; /* of the open <a> */
  size_t link_from;
  size_t work;     /* bytes looked at for ends of tags: a page made to be slow loses its quotes, not our time */
};

static void line_break(struct page *g, bool always) {
  g->space = false;
  if (g->fresh && !always) return;
  /* At most one empty line. */
  size_t n = g->out.n;
  if (n >= 2 && g->out.p[n - 1] == '\n' && g->out.p[n - 2] == '\n') return;
  if (n > 0) buf_byte(&g->out, '\n');
  g->fresh = true;
}

static void begin_text(struct page *g) {
  if (g->fresh)
    for (int i = 0; i < g->quote && i < 8; i++) buf_addc(&g->out, "> ");
  else if (g->space) buf_byte(&g->out, ' ');
  g->fresh = g->space = false;
}

static void end_link(struct page *g) {
  struct str url = g->link, said = str_slice(buf_str(&g->out), g->link_from < g->out.n ? g->link_from : g->out.n, g->out.n);
  g->link = STR("");
  bool web = str_starts(url, STR("http://")) || str_starts(url, STR("https://"));
  if (!web || url.n > 500 || str_trim(said).n == 0 || str_find(said, url, 0) != SIZE_MAX) return;
  buf_addc(&g->out, " (");
  buf_add(&g->out, url);
  buf_byte(&g->out, ')');
}

static void tag(struct page *g, struct str t) {
  static const char *const blocks[] = {"p", "div", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section", "article", "header", "footer", "blockquote", "pre", "form", "center", NULL};
  static const char *const paragraphs[] = {"p", "h1", "h2", "h3", "table", "ul", "ol", NULL};
  bool closing = t.n > 0 && t.p[0] == '/';
  if (closing) t = str_slice(t, 1, t.n);
  size_t n = 0;
  while (n < t.n && ((t.p[n] >= 'a' && t.p[n] <= 'z') || (t.p[n] >= 'A' && t.p[n] <= 'Z') || (t.p[n] >= '0' && t.p[n] <= '9'))) n++;
  struct str name = str_slice(t, 0, n);
  if (like(name, "br")) line_break(g, true);
  if (one_of(name, blocks)) line_break(g, false);
  if (closing && one_of(name, paragraphs)) line_break(g, true);
  if (like(name, "blockquote")) g->quote += closing ? (g->quote > 0 ? -1 : 0) : 1;
  if (like(name, "pre")) g->pre = !closing;
  if (like(name, "li") && !closing) {
    begin_text(g);
    buf_addc(&g->out, "• ");
  }
  if ((like(name, "td") || like(name, "th")) && !g->fresh) g->space = true;
  if (like(name, "a") && closing) end_link(g);
  if (like(name, "a") && !closing) g->link = attribute(t, "href"), g->link_from = g->out.n;
  if (like(name, "img")) {
    struct str alt = str_trim(attribute(t, "alt"));
    if (alt.n == 0 || alt.n > 200) return;
    begin_text(g);
    buf_addc(&g->out, "[");
    buf_add(&g->out, alt);
    buf_addc(&g->out, "]");
  }
}

/* Past the closing tag of an element whose content is no text, or the end. */
static size_t skip_element(struct str s, size_t at, const char *name) {
  size_t n = strlen(name);
  for (; at + n + 2 <= s.n; at++)
    if (s.p[at] == '<' && s.p[at + 1] == '/' && strncasecmp(s.p + at + 2, name, n) == 0) {
      while (at < s.n && s.p[at] != '>') at++;
      return at < s.n ? at + 1 : s.n;
    }
  return s.n;
}

/* Past the tag at s[at] == '<'; quotes inside it may hold '>'. */
static size_t tag_end(struct page *g, size_t at) {
  struct str s = g->html;
  char quote = 0;
  size_t i = at + 1;
  for (; i < s.n && g->work < 8 * s.n; i++, g->work++) {
    char c = s.p[i];
    if (quote) quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'') quote = c;
    else if (c == '>') return i;
  }
  /* A quote that never ends: the first '>' then. */
  for (i = at + 1; i < s.n && s.p[i] != '>'; i++) {}
  return i;
}

static size_t markup(struct page *g, size_t at) {
  static const char *const silent[] = {"script", "style", "head", "title", "noscript", "svg", "object", "iframe", "template", "textarea", "select", NULL};
  struct str s = g->html;
  if (str_starts(str_slice(s, at, s.n), STR("<!--"))) {
    size_t end = str_find(s, STR("-->"), at);
    return end == SIZE_MAX ? s.n : end + 3;
  }
  size_t end = tag_end(g, at);
  struct str t = str_slice(s, at + 1, end);
  size_t next = end < s.n ? end + 1 : s.n;
  for (const char *const *w = silent; *w; w++) {
    size_t n = strlen(*w);
    if (t.n >= n && strncasecmp(t.p, *w, n) == 0 && (t.n == n || t.p[n] == ' ' || t.p[n] == '\n' || t.p[n] == '>' || t.p[n] == '\t'))
      return t.n > 0 && t.p[t.n - 1] == '/' ? next : skip_element(s, next, *w);
  }
  tag(g, t);
  return next;
}

struct str mail_html_text(struct arena *a, struct str html) {
  if (html.n > (size_t)4 * MAIL_TEXT_MOST) html.n = (size_t)4 * MAIL_TEXT_MOST;
  struct page g = {.html = html, .fresh = true};
  buf_init(&g.out, MAIL_TEXT_MOST);
  size_t budget = html.n;
  for (size_t at = 0; at < html.n && !g.out.overflow && budget > 0; budget--) {
    char c = html.p[at];
    bool starts = c == '<' && at + 1 < html.n && (html.p[at + 1] == '/' || html.p[at + 1] == '!' || html.p[at + 1] == '?' || ((html.p[at + 1] | 32) >= 'a' && (html.p[at + 1] | 32) <= 'z'));
    if (starts) {
      at = markup(&g, at);
      continue;
    }
    if (c == '\n' && g.pre) {
      line_break(&g, true);
      at++;
      continue;
    }
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      if (!g.fresh) g.space = true;
      at++;
      continue;
    }
    begin_text(&g);
    size_t n = c == '&' ? entity(&g.out, html, at) : 0;
    if (n == 0) {
      buf_byte(&g.out, c);
      n = 1;
    }
    at += n;
  }
  struct str out = utf8_repaired(a, arena_buf(a, &g.out));
  buf_release(&g.out);
  return str_trim(out);
}

/* ---- the carried history ---------------------------------------------------------------------------------------------- */

static struct str line_at(struct str s, size_t at) {
  size_t end = at;
  while (end < s.n && s.p[end] != '\n') end++;
  return str_trim(str_slice(s, at, end));
}

static bool has(struct str s, const char *word) { return str_find(s, str_c(word), 0) != SIZE_MAX; }

/* “On Mon, … X wrote:”, “在 2026年3月5日，X 写道：” (the line may be broken in two). */
static bool attribution(struct str line, struct str next) {
  static const char *const ends[] = {"wrote:", "写道：", "写道:", "寫道：", "寫道:", "schrieb:", "a écrit :"};
  bool begins = str_starts(line, STR("On ")) || str_starts(line, STR("在")) || str_starts(line, STR("于")) || str_starts(line, STR("Am ")) || str_starts(line, STR("Le ")) || has(line, "@") ||
                (line.n > 0 && line.p[0] >= '0' && line.p[0] <= '9');
  if (!begins || line.n > 300) return false;
  for (size_t i = 0; i < COUNT_OF(ends); i++)
    if (str_ends(line, str_c(ends[i])) || (next.n && next.n < 150 && str_ends(next, str_c(ends[i])))) return true;
  return false;
}

/* “-----Original Message-----”, “------------------ 原始邮件 ------------------”. */
static bool divider(struct str line) {
  static const char *const words[] = {"Original Message", "原始邮件", "原始郵件", "Forwarded message", "转发邮件", "轉寄郵件", "Original message", "Replied Message"};
  if (!str_starts(line, STR("--"))) return false;
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (has(line, words[i])) return true;
  return false;
}

/* A block of header lines as Outlook and others write them in front of the history. */
static bool header_block(struct str s, size_t at) {
  static const char *const firsts[] = {"From:", "发件人:", "发件人：", "寄件者:", "寄件者：", "*From:*", "*发件人:*"};
  static const char *const others[] = {"Sent:", "Date:", "To:", "Subject:", "发送时间", "日期", "收件人", "主题", "寄件日期", "收件者", "主旨"};
  struct str line = line_at(s, at);
  bool first = false;
  for (size_t i = 0; i < COUNT_OF(firsts) && !first; i++) first = str_starts(line, str_c(firsts[i]));
  if (!first) return false;
  int seen = 0;
  for (int n = 0; n < 5 && at < s.n; n++) {
    line = line_at(s, at);
    for (size_t i = 0; i < COUNT_OF(others); i++)
      if (str_starts(line, str_c(others[i])) || (str_starts(line, STR("*")) && has(line, others[i]))) {
        seen++;
        break;
      }
    size_t end = str_find(s, STR("\n"), at);
    at = end == SIZE_MAX ? s.n : end + 1;
  }
  return seen >= 2;
}

/* From `at` on nothing but quoted and empty lines. */
static bool only_quotes(struct str s, size_t at) {
  bool any = false;
  while (at < s.n) {
    struct str line = line_at(s, at);
    if (line.n && line.p[0] != '>') return false;
    any |= line.n > 0;
    size_t end = str_find(s, STR("\n"), at);
    at = end == SIZE_MAX ? s.n : end + 1;
  }
  return any;
}

static bool quoted_ahead(struct str s, size_t at) { /* the next line that is not empty is a quotation */
  for (int n = 0; n < 4 && at < s.n; n++) {
    struct str line = line_at(s, at);
    if (line.n) return line.p[0] == '>';
    size_t end = str_find(s, STR("\n"), at);
    at = end == SIZE_MAX ? s.n : end + 1;
  }
  return false;
}

size_t mail_quote_at(struct str s) {
  enum { LINES_MOST = 4000 };
  size_t at = 0, lines = 0;
  bool tried = false;
  while (at < s.n && lines++ < LINES_MOST) {
    struct str line = line_at(s, at);
    size_t end = str_find(s, STR("\n"), at), after = end == SIZE_MAX ? s.n : end + 1;
    struct str next = line_at(s, after);
    bool cut = divider(line) || header_block(s, at);
    if (!cut && attribution(line, next)) {
      /* An answer written between quoted lines keeps everything. */
      size_t body = str_ends(line, STR(":")) || str_ends(line, STR("：")) ? after : str_find(s, STR("\n"), after);
      cut = body != SIZE_MAX && (!quoted_ahead(s, body) || only_quotes(s, body));
    }
    if (!cut && line.n && line.p[0] == '>') {
      cut = !tried && only_quotes(s, at);
      tried = !cut;
    } else if (line.n) {
      tried = false;
    }
    if (cut) return str_trim(str_slice(s, 0, at)).n ? at : s.n;
    at = after;
  }
  return s.n;
}

/* ---- small things ------------------------------------------------------------------------------------------------------ */

struct str mail_address(struct arena *a, struct str s) {
  s = str_trim(s);
  if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>') s = str_trim(str_slice(s, 1, s.n - 1));
  struct str host, user = str_cut(s, '@', &host);
  if (user.n == 0 || host.n == 0 || s.n > 200 || !str_utf8_valid(s)) return STR("");
  char *copy = arena_alloc(a, s.n + 1);
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c <= ' ' || c == '<' || c == '>' || c == ',' || c == ';' || c == '"' || c == '\\' || c == 127) return STR("");
    copy[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  copy[s.n] = 0;
  for (size_t i = 0; i < host.n; i++)
    if (host.p[i] == '@') return STR("");
  return (struct str){copy, s.n};
}

struct str mail_subject_bare(struct str s) {
  static const char *const heads[] = {"re:", "re：", "fw:", "fw：", "fwd:", "fwd：", "回复:", "回复：", "答复:", "答复：", "转发:", "转发：", "回覆:", "回覆：", "aw:", "sv:"};
  for (int n = 0; n < 10; n++) {
    size_t before = s.n;
    s = str_trim(s);
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
      size_t k = strlen(heads[i]);
      if (s.n >= k && strncasecmp(s.p, heads[i], k) == 0) s = str_trim(str_slice(s, k, s.n));
    }
    /* [#c12] at either end */
    if (str_starts(s, STR("[#c"))) {
      size_t end = str_find(s, STR("]"), 0);
      if (end != SIZE_MAX && end < 30) s = str_slice(s, end + 1, s.n);
    }
    if (str_ends(s, STR("]")) && s.n > 4) {
      size_t at = s.n - 1;
      while (at > 0 && s.p[at] != '[' && s.n - at < 30) at--;
      if (str_starts(str_slice(s, at, s.n), STR("[#c"))) s = str_slice(s, 0, at);
    }
    if (s.n == before) break;
  }
  return str_trim(s);
}
