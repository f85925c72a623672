/* Comma-separated text that spreadsheets open without asking: UTF-8 with a byte order mark, every field quoted, and no field that a
 * spreadsheet would run as a formula. */
#include "reports/report.h"
#include "reports/words.h"

#include <string.h>

static void field(struct buf *out, struct str s) {
  bool formula = s.n > 0 && strchr("=+-@\t\r", s.p[0]) != NULL && !(s.p[0] == '-' && s.n > 1 && s.p[1] >= '0' && s.p[1] <= '9');
  buf_byte(out, '"');
  if (formula) buf_byte(out, '\'');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') buf_byte(out, '"');
    buf_byte(out, s.p[i]);
  }
  buf_byte(out, '"');
}

static void value(struct buf *out, const json_t *v, const char *type, bool english) {
  char text[64];
  if (json_is_integer(v) && strcmp(type, "fen") == 0) {
    i64 fen = json_integer_value(v);
    snprintf(text, sizeof text, "%s%lld.%02lld", fen < 0 ? "-" : "", (long long)(fen < 0 ? -fen : fen) / 100, (long long)(fen < 0 ? -fen : fen) % 100);
    field(out, str_c(text));
  } else if (json_is_integer(v) && strcmp(type, "ms") == 0) {
    i64 ms = json_integer_value(v);
    snprintf(text, sizeof text, "%lld.%01lld", (long long)ms / 1000, (long long)(ms % 1000) / 100);
    field(out, str_c(text));
  } else if (json_is_integer(v)) {
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(v));
    field(out, str_c(text));
  } else if (json_is_boolean(v)) {
    field(out, str_c(report_yes_no(json_is_true(v), english)));
  } else {
    field(out, str_c(json_string_value(v)));
  }
}

void report_csv(const json_t *report, bool english, struct buf *out) {
  const json_t *columns = json_object_get(report, "columns"), *rows = json_object_get(report, "rows");
  buf_addc(out, "\xEF\xBB\xBF");
  for (size_t i = 0; i < json_array_size(columns); i++) {
    if (i) buf_byte(out, ',');
    field(out, str_c(report_text(json_array_get(columns, i), "title", english)));
  }
  buf_addc(out, "\r\n");
  for (size_t r = 0; r < json_array_size(rows); r++) {
    for (size_t i = 0; i < json_array_size(columns); i++) {
      const json_t *column = json_array_get(columns, i);
      const char *key = json_string_value(json_object_get(column, "key")), *type = json_string_value(json_object_get(column, "type"));
      if (i) buf_byte(out, ',');
      value(out, json_object_get(json_array_get(rows, r), key ? key : ""), type ? type : "text", english);
    }
    buf_addc(out, "\r\n");
  }
}
