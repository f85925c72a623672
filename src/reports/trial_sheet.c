/* The result of a trial as files: comma-separated text through the reports' own writer, and a workbook. Both say in their first line
 * that nothing was changed: a sheet travels further than the page it came from. */
#include "reports/report.h"

#include "base/calendar.h"

#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

static const char *text_of(const json_t *o, const char *key) {
  const char *s = json_string_value(json_object_get(o, key));
  return s ? s : "";
}

static const char *change_zh(const char *change) { return change[0] == 'a' ? "多出" : change[0] == 'g' ? "没有了" : "数目变了"; }

static json_t *column(const char *key, const char *title, const char *type) { return json_pack("{s:s,s:s,s:s}", "key", key, "title", title, "type", type); }

void report_trial_csv(const json_t *trial, i64 zone_offset_ms, struct buf *out) {
  json_t *rows = json_array(), *report, *line;
  struct arena *a = arena_new((size_t)64 << 20);
  size_t i;
  json_array_foreach(json_object_get(trial, "lines"), i, line) {
    json_t *row = json_copy(line);
    struct str at = calendar_show_instant(a, json_integer_value(json_object_get(line, "at")), zone_offset_ms);
    json_object_set_new(row, "when", json_stringn(at.p, at.n));
    json_object_set_new(row, "what", json_string(change_zh(text_of(line, "change"))));
    json_array_append_new(rows, row);
  }
  report = json_pack("{s:[o,o,o,o,o,o,o,o,o],s:o}", "columns", column("when", "时间（试算，没有改动任何账）", "text"), column("name", "姓名", "text"), column("what", "变化", "text"), column("type_zh", "后果", "text"),
                     column("no", "条", "text"), column("title", "条款", "text"), column("before_fen", "现行", "fen"), column("after_fen", "草稿", "fen"), column("text", "说明", "text"), "rows", rows);
  report_csv(report, out);
  json_decref(report);
  arena_free(a);
}

struct pen {
  lxw_worksheet *sheet;
  lxw_format *head, *money;
  lxw_row_t row;
};

static void heads(struct pen *p, const char *const *names, size_t n) {
  for (size_t i = 0; i < n; i++) (void)worksheet_write_string(p->sheet, p->row, (lxw_col_t)i, names[i], p->head);
  p->row++;
  (void)worksheet_freeze_panes(p->sheet, p->row, 0);
  (void)worksheet_set_column(p->sheet, 0, (lxw_col_t)(n - 1), 14, NULL);
}

static void words(struct pen *p, lxw_col_t col, const char *s) { (void)worksheet_write_string(p->sheet, p->row, col, s, NULL); }
static void money(struct pen *p, lxw_col_t col, const json_t *o, const char *key) {
  (void)worksheet_write_number(p->sheet, p->row, col, (double)json_integer_value(json_object_get(o, key)) / 100.0, p->money);
}
static void count(struct pen *p, lxw_col_t col, const json_t *o, const char *key) {
  (void)worksheet_write_number(p->sheet, p->row, col, (double)json_integer_value(json_object_get(o, key)), NULL);
}

static void sums_sheet(lxw_workbook *book, struct pen *p, const json_t *list, const char *title, bool people) {
  static const char *const names[] = {"姓名", "岗位", "现行", "草稿", "相差", "现行次数", "草稿次数", "多出", "没有了", "数目变了"};
  static const char *const clauses[] = {"条", "条款", "现行", "草稿", "相差", "现行次数", "草稿次数", "多出", "没有了", "数目变了"};
  size_t i;
  json_t *o;
  p->sheet = workbook_add_worksheet(book, title);
  p->row = 0;
  heads(p, people ? names : clauses, COUNT_OF(names));
  json_array_foreach(list, i, o) {
    words(p, 0, text_of(o, people ? "name" : "no"));
    words(p, 1, text_of(o, people ? "role" : "title"));
    money(p, 2, o, "before_fen");
    money(p, 3, o, "after_fen");
    money(p, 4, o, "change_fen");
    static const char *const keys[] = {"before_count", "after_count", "added", "gone", "changed"};
    for (size_t k = 0; k < COUNT_OF(keys); k++) count(p, (lxw_col_t)(5 + k), o, keys[k]);
    p->row++;
  }
}

static void lines_sheet(lxw_workbook *book, struct pen *p, const json_t *trial, i64 zone_offset_ms) {
  static const char *const names[] = {"时间", "姓名", "变化", "后果", "条", "条款", "现行", "草稿", "说明"};
  struct arena *a = arena_new((size_t)64 << 20);
  size_t i;
  json_t *o;
  p->sheet = workbook_add_worksheet(book, "逐笔");
  p->row = 0;
  heads(p, names, COUNT_OF(names));
  json_array_foreach(json_object_get(trial, "lines"), i, o) {
    words(p, 0, calendar_show_instant(a, json_integer_value(json_object_get(o, "at")), zone_offset_ms).p);
    words(p, 1, text_of(o, "name"));
    words(p, 2, change_zh(text_of(o, "change")));
    words(p, 3, text_of(o, "type_zh"));
    words(p, 4, text_of(o, "no"));
    words(p, 5, text_of(o, "title"));
    money(p, 6, o, "before_fen");
    money(p, 7, o, "after_fen");
    words(p, 8, text_of(o, "text"));
    p->row++;
  }
  arena_free(a);
}

enum status report_trial_xlsx(const json_t *trial, i64 zone_offset_ms, struct buf *out, struct problem *p) {
  char path[] = "/tmp/guiju-try-XXXXXX", chunk[65536];
  int fd = mkstemp(path);
  if (fd < 0) return problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  (void)close(fd);
  lxw_workbook *book = workbook_new(path);
  struct pen pen = {.head = workbook_add_format(book), .money = workbook_add_format(book)};
  format_set_bold(pen.head);
  format_set_bottom(pen.head, LXW_BORDER_THIN);
  format_set_num_format(pen.money, "#,##0.00");
  sums_sheet(book, &pen, json_object_get(trial, "people"), "按人", true);
  sums_sheet(book, &pen, json_object_get(trial, "clauses"), "按条", false);
  lines_sheet(book, &pen, trial, zone_offset_ms);
  pen.sheet = workbook_add_worksheet(book, "说明");
  (void)worksheet_set_column(pen.sheet, 0, 0, 90, NULL);
  (void)worksheet_write_string(pen.sheet, 0, 0, "这是试算：把现行的一版和草稿各算一遍同一段时间里真实发生的事。没有改动任何账，也没有通知任何人。", NULL);
  enum status status = OK;
  if (workbook_close(book) != LXW_NO_ERROR) status = problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  FILE *file = status == OK ? fopen(path, "rb") : NULL;
  if (status == OK && !file) status = problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  for (size_t n; file && (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buf_add(out, (struct str){chunk, n});
  if (file) (void)fclose(file);
  (void)unlink(path);
  return status == OK && out->overflow ? problem_set(p, E_TOO_LARGE, "report.large", "表太大", "The sheet is too large") : status;
}
