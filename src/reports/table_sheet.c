/* A report's table as a workbook of one sheet: numbers as numbers, money in yuan, waits in seconds. */
#include "reports/report.h"
#include "reports/words.h"

#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

struct formats {
  bool english;
  lxw_format *head, *money, *seconds, *count;
};

static void cell(lxw_worksheet *sheet, const struct formats *f, lxw_row_t row, lxw_col_t col, const json_t *v, const char *type) {
  double n = (double)json_integer_value(v);
  if (json_is_integer(v) && strcmp(type, "fen") == 0) (void)worksheet_write_number(sheet, row, col, n / 100, f->money);
  else if (json_is_integer(v) && strcmp(type, "ms") == 0) (void)worksheet_write_number(sheet, row, col, n / 1000, f->seconds);
  else if (json_is_integer(v)) (void)worksheet_write_number(sheet, row, col, n, f->count);
  else if (json_is_boolean(v)) (void)worksheet_write_string(sheet, row, col, report_yes_no(json_is_true(v), f->english), NULL);
  else if (json_is_string(v)) (void)worksheet_write_string(sheet, row, col, json_string_value(v), NULL);
}

enum status report_table_xlsx(const json_t *report, bool english, struct buf *out, struct problem *p) {
  char path[] = "/tmp/guiju-table-XXXXXX", chunk[65536];
  int fd = mkstemp(path);
  if (fd < 0) return problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  (void)close(fd);
  lxw_workbook *book = workbook_new(path);
  lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
  struct formats f = {english, workbook_add_format(book), workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
  format_set_bold(f.head);
  format_set_bottom(f.head, LXW_BORDER_THIN);
  format_set_num_format(f.money, "#,##0.00");
  format_set_num_format(f.seconds, "#,##0.0");
  format_set_num_format(f.count, "#,##0");
  size_t c, r;
  json_t *column, *row;
  json_array_foreach(json_object_get(report, "columns"), c, column) {
    const char *key = json_string_value(json_object_get(column, "key")), *type = json_string_value(json_object_get(column, "type"));
    (void)worksheet_write_string(sheet, 0, (lxw_col_t)c, report_text(column, "title", english), f.head);
    json_array_foreach(json_object_get(report, "rows"), r, row) cell(sheet, &f, (lxw_row_t)(r + 1), (lxw_col_t)c, json_object_get(row, key ? key : ""), type ? type : "text");
  }
  (void)worksheet_freeze_panes(sheet, 1, 0);
  if (c) (void)worksheet_set_column(sheet, 0, (lxw_col_t)(c - 1), 14, NULL);
  enum status status = OK;
  if (workbook_close(book) != LXW_NO_ERROR) status = problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  FILE *file = status == OK ? fopen(path, "rb") : NULL;
  if (status == OK && !file) status = problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  for (size_t n; file && (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buf_add(out, (struct str){chunk, n});
  if (file) (void)fclose(file);
  (void)unlink(path);
  return status == OK && out->overflow ? problem_set(p, E_TOO_LARGE, "report.large", "报表太大", "The report is too large") : status;
}
