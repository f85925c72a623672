/* A case as a page for paper: heading, fields, steps with who and when, a line to sign; a page for each copy (联). Plain HTML with
 * its style inside. */
#include "base/calendar.h"
#include "reports/report.h"
#include "reports/words.h"

#include <string.h>

static void escape(struct buf *out, const char *s) {
  for (; s && *s; s++) {
    switch (*s) {
      case '<': buf_addc(out, "&lt;"); break;
      case '>': buf_addc(out, "&gt;"); break;
      case '&': buf_addc(out, "&amp;"); break;
      case '"': buf_addc(out, "&quot;"); break;
      default: buf_byte(out, *s);
    }
  }
}

static const char *text_of(const json_t *o, const char *key) { return report_text(o, key, false); }

enum word { LANGUAGE, COPY_END, NUMBER, STATE, PAST, HANDLED, LEADER, DATE, LISTING };
static const struct report_word said[] = {
    [LANGUAGE] = {"zh-CN", "en"},
    [COPY_END] = {"）", ")"},
    [NUMBER] = {"编号 ", "No. "},
    [STATE] = {"状态 ", "State "},
    [PAST] = {"经过", "What happened"},
    [HANDLED] = {"经办", "Handled by"},
    [LEADER] = {"主管", "Supervisor"},
    [DATE] = {"日期", "Date"},
    [LISTING] = {"、", ", "},
};

static void show_value(struct buf *out, const json_t *v, bool english) {
  if (json_is_array(v)) {
    for (size_t i = 0; i < json_array_size(v); i++) {
      if (i) buf_addc(out, report_word(said[LISTING], english));
      show_value(out, json_array_get(v, i), english);
    }
  } else if (json_is_integer(v)) {
    buf_printf(out, "%lld", (long long)json_integer_value(v));
  } else if (json_is_boolean(v)) {
    buf_addc(out, report_yes_no(json_is_true(v), english));
  } else {
    escape(out, json_string_value(v));
  }
}

static void instant(struct buf *out, const json_t *ms, i64 zone_ms) {
  i64 at = json_integer_value(ms) + zone_ms;
  struct civil c = civil_from_date(at / MS_DAY);
  i64 day = at % MS_DAY;
  buf_printf(out, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, (int)(day / MS_HOUR), (int)(day / MS_MINUTE % 60));
}

/* One page. `copy`: which of the copies it is and for whom; NULL: the case has none. */
static void page(struct buf *out, const json_t *c, struct str desk, const json_t *copy, bool english) {
  const json_t *defs = json_object_get(c, "field_defs"), *fields = json_object_get(c, "fields"), *history = json_object_get(c, "history");
  buf_addc(out, "<section><h1>");
  escape(out, text_of(c, "type_title"));
  buf_addc(out, "</h1>");
  if (copy) {
    buf_addc(out, "<p class=\"copy\">");
    buf_printf(out, english ? "Copy %lld (" : "第 %lld 联（", (long long)json_integer_value(json_object_get(copy, "number")));
    escape(out, text_of(copy, "to"));
    buf_printf(out, "%s</p>", report_word(said[COPY_END], english));
  }
  buf_addc(out, "<p class=\"top\"><span>");
  for (size_t i = 0; i < desk.n; i++) {
    char one[2] = {desk.p[i], 0};
    escape(out, one);
  }
  buf_printf(out, "</span><span>%s", report_word(said[NUMBER], english));
  escape(out, text_of(c, "number"));
  buf_printf(out, "</span><span>%s", report_word(said[STATE], english));
  escape(out, text_of(c, "state"));
  buf_addc(out, "</span></p><table>");
  for (size_t i = 0; i < json_array_size(defs); i++) {
    const char *name = text_of(json_array_get(defs, i), "name");
    buf_addc(out, "<tr><th>");
    escape(out, name);
    buf_addc(out, "</th><td>");
    show_value(out, json_object_get(fields, name), english);
    buf_addc(out, "</td></tr>");
  }
  buf_printf(out, "</table><h2>%s</h2><table>", report_word(said[PAST], english));
  for (size_t i = 0; i < json_array_size(history); i++) {
    const json_t *h = json_array_get(history, i);
    buf_addc(out, "<tr><th>");
    instant(out, json_object_get(h, "at"), json_integer_value(json_object_get(c, "zone_ms")));
    buf_addc(out, "</th><td>");
    escape(out, text_of(h, "by_name"));
    buf_byte(out, ' ');
    escape(out, *text_of(h, "to") ? text_of(h, "to") : text_of(h, "what"));
    buf_byte(out, ' ');
    escape(out, text_of(h, "text"));
    buf_addc(out, "</td></tr>");
  }
  buf_addc(out, "</table><div class=\"sign\">");
  for (enum word w = HANDLED; w <= DATE; w++) buf_printf(out, "<span>%s ____________</span>", report_word(said[w], english));
  buf_addc(out, "</div></section>");
}

void report_case_html(const json_t *c, struct str desk, bool english, struct buf *out) {
  const json_t *copies = json_object_get(c, "copies");
  buf_printf(out, "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><title>", report_word(said[LANGUAGE], english));
  escape(out, text_of(c, "number"));
  buf_addc(out, "</title><style>body{font:14px/1.6 serif;margin:2cm;color:#000}h1{font-size:22px;text-align:center}table{width:100%;border-collapse:collapse}"
                "td,th{border:1px solid #000;padding:6px 8px;text-align:left;vertical-align:top}th{width:22%;font-weight:600}p.top{display:flex;justify-content:space-between}"
                "p.copy{text-align:center;margin:0}section+section{break-before:page;margin-top:2cm}.sign{margin-top:2cm;display:flex;justify-content:space-between}");
  if (*text_of(c, "print")) { /* the paper the rulebook names */
    buf_addc(out, "@page{size:");
    escape(out, text_of(c, "print"));
    buf_addc(out, "}");
  }
  buf_addc(out, "</style></head><body>");
  for (size_t i = 0; i < json_array_size(copies); i++) page(out, c, desk, json_array_get(copies, i), english);
  if (json_array_size(copies) == 0) page(out, c, desk, NULL, english);
  buf_addc(out, "</body></html>\n");
}
