/* The handbook page: title, list of clauses, search, then every clause with its prose and its rules. No outside file
 * is needed, so it can be mailed or printed. The only script is the search; it works on what the page already shows. */
#include "lang/handbook.h"

#include "lang/render.h"

static const char style[] =
    "<style>:root{--ink:#1f2328;--paper:#fdfcf8;--line:#d9d4c7;--mark:#a3352a;--soft:#6b6b63;--block:#f4f1e8}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e3da;--paper:#1c1c1a;--line:#3d3b36;--mark:#e08a7d;--soft:#9b978c;--block:#262522}}"
    "body{margin:0;font:16px/1.75 system-ui,\"PingFang SC\",\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;color:var(--ink);background:var(--paper)}"
    "main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 6rem}nav{border:1px solid var(--line);padding:.5rem 1rem;margin:1rem 0}"
    "nav ol{list-style:none;margin:0;padding:0;columns:14rem}a{color:inherit}h1,h2,h3{line-height:1.3;scroll-margin-top:4rem}"
    "h2{border-top:1px solid var(--line);padding-top:1.2rem;font-size:1.15rem}.no{color:var(--mark);margin-right:.5em}"
    ".anchor{color:var(--soft);text-decoration:none;font-weight:normal;margin-left:.4em}header p{color:var(--soft)}"
    "input{position:sticky;top:0;width:100%;box-sizing:border-box;font:inherit;padding:.5rem .8rem;border:1px solid var(--line);background:var(--paper);color:inherit}"
    ".rules{background:var(--block);border-left:3px solid var(--line);padding:.7rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.7 ui-monospace,\"Noto Sans Mono CJK SC\",monospace}"
    ".rules .k{font-weight:600}.rules .n{color:var(--mark)}.rules .t{color:var(--soft)}.rules .c,.rules .i{color:var(--soft);font-style:italic}"
    ".examples{color:var(--soft);font-size:14px}.examples summary{cursor:pointer}.examples .rules{margin:.3rem 0 0}"
    "table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:.2rem .6rem}[hidden]{display:none}"
    "@media print{nav,input{display:none}}</style>\n";
static const char script[] =
    "<script>(function(){var q=document.getElementById('q'),all=[].slice.call(document.querySelectorAll('section'));"
    "q.addEventListener('input',function(){var w=q.value.trim().toLowerCase().split(/\\s+/).filter(Boolean);"
    "all.forEach(function(s){var t=s.textContent.toLowerCase();s.hidden=!w.every(function(x){return t.indexOf(x)>=0})})})})()</script>\n";

static void add_anchor_id(const struct lang_clause *c, size_t index, struct buf *out) {
  if (c->id.n) lang_render_escape(c->id, out);
  else buf_printf(out, "clause-%zu", index);
}

static void add_heading(const struct lang_clause *c, size_t index, bool english, struct buf *out) {
  int level = c->level < 2 ? 2 : c->level;
  buf_printf(out, "<h%d>", level);
  if (c->number.n) {
    buf_addc(out, "<span class=\"no\">");
    lang_render_escape(c->number, out);
    buf_addc(out, "</span>");
  }
  lang_render_escape(c->title, out);
  buf_addc(out, "<a class=\"anchor\" href=\"#");
  add_anchor_id(c, index, out);
  buf_printf(out, "\" aria-label=\"%s\">#</a></h%d>\n", english ? "link to this clause" : "本条链接", level);
}

static void add_header(const struct lang_program *p, bool english, struct buf *out) {
  const struct lang_header *h = p->header;
  buf_addc(out, "<header><h1>");
  if (h) lang_render_escape(h->title, out);
  else if (p->clause_count > 1) lang_render_escape(p->clauses[1]->heading, out);
  buf_addc(out, "</h1>\n");
  if (h) {
    struct arena *a = arena_new(64 * 1024);
    buf_printf(out, english ? "<p>Version %d.%d" : "<p>版本 %d.%d", h->major, h->minor);
    if (h->has_published) buf_printf(out, english ? " · published %.*s" : " · 公布 %.*s", STR_ARG(calendar_show_date(a, h->published)));
    if (h->has_in_force) buf_printf(out, english ? " · in force %.*s" : " · 施行 %.*s", STR_ARG(calendar_show_date(a, h->in_force)));
    buf_addc(out, "</p>");
    arena_free(a);
  }
  buf_addc(out, "</header>\n");
}

static bool shown(const struct lang_clause *c) { return c->level > 1 || c->prose.n || c->item_count; }

enum status lang_handbook(const struct lang_program *p, bool english, struct buf *out) {
  struct arena *a = arena_new((size_t)256 * 1024 * 1024);
  buf_printf(out, "<!doctype html>\n<html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>", p->english ? "en" : "zh-CN");
  if (p->header) lang_render_escape(p->header->title, out);
  buf_addc(out, "</title>\n");
  buf_addc(out, style);
  buf_addc(out, "<main>\n");
  add_header(p, english, out);
  buf_printf(out, "<input id=\"q\" type=\"search\" placeholder=\"%s\" aria-label=\"%s\">\n", english ? "Search the clauses" : "在各条里查找", english ? "Search" : "查找");
  buf_printf(out, "<nav aria-label=\"%s\"><ol>\n", english ? "Clauses" : "目录");
  for (size_t i = 0; i < p->clause_count; i++) {
    const struct lang_clause *c = p->clauses[i];
    if (!shown(c) || c->level < 2) continue;
    buf_addc(out, "<li><a href=\"#");
    add_anchor_id(c, i, out);
    buf_addc(out, "\">");
    lang_render_escape(c->heading, out);
    buf_addc(out, "</a></li>\n");
  }
  buf_addc(out, "</ol></nav>\n");
  for (size_t i = 0; i < p->clause_count; i++) {
    const struct lang_clause *c = p->clauses[i];
    if (!shown(c)) continue;
    buf_addc(out, "<section id=\"");
    add_anchor_id(c, i, out);
    buf_addc(out, "\">\n");
    if (c->level > 1) add_heading(c, i, english, out);
    lang_render_markdown(c->prose, out);
    for (size_t b = 0; b < p->block_count; b++)
      if (p->blocks[b].clause == c) {
        arena_reset(a);
        lang_rules_html(a, str_slice(p->source, p->blocks[b].from, p->blocks[b].to), out);
      }
    buf_addc(out, "</section>\n");
  }
  buf_addc(out, "</main>\n");
  buf_addc(out, script);
  buf_addc(out, "</html>\n");
  arena_free(a);
  return out->overflow ? E_TOO_LARGE : OK;
}
