/* The pay sheet as a workbook: people, their lines, the clauses. Figures arrive as whole fen and are only divided here, for showing:
 * a spreadsheet knows no fen. Every sum in it was computed before in fen. */
#include "reports/report.h"
#include "reports/words.h"

#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { SHEET_FILE_MOST = 64 * 1024 * 1024 };

struct pen {
  bool english;
  lxw_format *head, *money, *text, *title;
};

enum word { PEOPLE, LINES, NOTES };
static const struct report_word said[] = {
    [PEOPLE] = {"工资单", "Pay sheet"},
    [LINES] = {"明细", "Lines"},
    [NOTES] = {"条款与说明", "Clauses and notes"},
};
static const struct report_word people_heads[] = {{"工号", "Job number"}, {"姓名", "Name"}, {"岗位", "Role"}, {"底薪", "Base pay"}, {"计薪", "Commission"}, {"奖励", "Rewards"}, {"应发", "Gross"},
                                                  {"已确认扣款", "Confirmed deductions"}, {"可扣上限", "Deduction limit"}, {"实扣", "Deducted"}, {"未扣：法定上限", "Not deducted: legal limit"},
                                                  {"以前月份补差", "Differences of earlier months"}, {"实发", "Net pay"}};
static const struct report_word line_heads[] = {{"姓名", "Name"}, {"项目", "Item"}, {"说明", "Text"}, {"条款", "Clause"}, {"金额", "Amount (CNY)"}};

static const char *text_of(const json_t *o, const char *key) { return report_text(o, key, false); }

static void money(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const json_t *o, const char *key, lxw_format *format) {
  (void)worksheet_write_number(sheet, row, col, (double)json_integer_value(json_object_get(o, key)) / 100.0, format);
}

static void heads(lxw_worksheet *sheet, lxw_row_t row, const struct report_word *names, size_t count, const struct pen *f) {
  for (size_t i = 0; i < count; i++) (void)worksheet_write_string(sheet, row, (lxw_col_t)i, report_word(names[i], f->english), f->head);
  (void)worksheet_freeze_panes(sheet, row + 1, 0);
}

static void people_sheet(lxw_workbook *book, const json_t *sheet, const char *title, const struct pen *f) {
  static const char *const keys[] = {"base_fen", "pay_fen", "reward_fen", "gross_fen", "fine_fen", "limit_fen", "deducted_fen", "not_deducted_fen", "adjust_fen", "net_fen"};
  lxw_worksheet *ws = workbook_add_worksheet(book, report_word(said[PEOPLE], f->english));
  const json_t *rows = json_object_get(sheet, "rows");
  (void)worksheet_write_string(ws, 0, 0, title, f->title);
  heads(ws, 1, people_heads, COUNT_OF(people_heads), f);
  (void)worksheet_set_column(ws, 0, 2, 12, NULL);
  (void)worksheet_set_column(ws, 3, 12, 14, NULL);
  for (size_t i = 0; i < json_array_size(rows); i++) {
    const json_t *row = json_array_get(rows, i);
    lxw_row_t at = (lxw_row_t)(i + 2);
    (void)worksheet_write_string(ws, at, 0, text_of(row, "job_number"), f->text);
    (void)worksheet_write_string(ws, at, 1, text_of(row, "name"), f->text);
    (void)worksheet_write_string(ws, at, 2, text_of(row, "role"), f->text);
    for (size_t k = 0; k < COUNT_OF(keys); k++) money(ws, at, (lxw_col_t)(3 + k), row, keys[k], f->money);
  }
}

static void lines_sheet(lxw_workbook *book, const json_t *sheet, const struct pen *f) {
  lxw_worksheet *ws = workbook_add_worksheet(book, report_word(said[LINES], f->english));
  const json_t *rows = json_object_get(sheet, "rows");
  lxw_row_t at = 1;
  heads(ws, 0, line_heads, COUNT_OF(line_heads), f);
  (void)worksheet_set_column(ws, 0, 1, 14, NULL);
  (void)worksheet_set_column(ws, 2, 2, 40, NULL);
  (void)worksheet_set_column(ws, 3, 3, 24, NULL);
  for (size_t i = 0; i < json_array_size(rows); i++) {
    const json_t *row = json_array_get(rows, i), *lines = json_object_get(row, "lines");
    for (size_t k = 0; k < json_array_size(lines); k++, at++) {
      const json_t *line = json_array_get(lines, k), *clause = json_object_get(line, "clause");
      char where[256];
      snprintf(where, sizeof where, "%s %s", text_of(clause, "no"), text_of(clause, "title"));
      (void)worksheet_write_string(ws, at, 0, text_of(row, "name"), f->text);
      (void)worksheet_write_string(ws, at, 1, report_text(line, "label", f->english), f->text);
      (void)worksheet_write_string(ws, at, 2, report_text(line, "text", f->english), f->text);
      (void)worksheet_write_string(ws, at, 3, where[0] == ' ' ? where + 1 : where, f->text);
      money(ws, at, 4, line, "fen", f->money);
    }
  }
}

static void notes_sheet(lxw_workbook *book, const json_t *sheet, const struct pen *f) {
  lxw_worksheet *ws = workbook_add_worksheet(book, report_word(said[NOTES], f->english));
  const json_t *checks = json_object_get(sheet, "checks"), *limit = json_object_get(sheet, "limit"), *adjustments = json_object_get(sheet, "adjustments");
  lxw_row_t at = 0;
  char text[512];
  (void)worksheet_set_column(ws, 0, 0, 90, NULL);
  const json_t *clause = json_object_get(limit, "clause");
  i64 minimum = json_integer_value(json_object_get(limit, "minimum_fen"));
  snprintf(text, sizeof text, f->english ? "Deductions take at most %s of the gross pay and leave at least CNY %lld.%02lld; what is over stands as “not deducted”. %s %s"
                                         : "扣款不超过应发的 %s，扣后不低于 %lld.%02lld 元；超出的部分写作“未扣”。%s %s", text_of(limit, "share"), (long long)minimum / 100, (long long)minimum % 100,
           text_of(clause, "no"), text_of(clause, "title"));
  (void)worksheet_write_string(ws, at++, 0, text, f->text);
  for (size_t i = 0; i < json_array_size(checks); i++) (void)worksheet_write_string(ws, at++, 0, report_text(json_array_get(checks, i), "text", f->english), f->text);
  for (size_t i = 0; i < json_array_size(adjustments); i++) {
    const json_t *a = json_array_get(adjustments, i);
    i64 fen = json_integer_value(json_object_get(a, "fen"));
    snprintf(text, sizeof text, f->english ? "Difference of %s, %s: CNY %s%lld.%02lld, %s" : "补差 %s %s：%s%lld.%02lld 元，%s", text_of(a, "month"), text_of(a, "person_name"), fen < 0 ? "−" : "", (long long)(fen < 0 ? -fen : fen) / 100,
             (long long)(fen < 0 ? -fen : fen) % 100, report_text(a, "reason", f->english));
    (void)worksheet_write_string(ws, at++, 0, text, f->text);
  }
}

static enum status read_file(const char *path, struct buf *out, struct problem *p) {
  char chunk[65536];
  FILE *file = fopen(path, "rb");
  if (!file) return problem_set(p, E_IO, "report.file", "工资表写不出来", "The pay sheet could not be written");
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buf_add(out, (struct str){chunk, n});
  (void)fclose(file);
  return out->overflow ? problem_set(p, E_TOO_LARGE, "report.large", "工资表太大", "The pay sheet is too large") : OK;
}

/* The library of Debian 12 writes files only: one in the temporary folder, gone at once. */
enum status report_pay_sheet(const json_t *sheet, struct str title, bool english, struct buf *out, struct problem *p) {
  char path[] = "/tmp/guiju-pay-XXXXXX", words[256];
  int fd = mkstemp(path);
  if (fd < 0) return problem_set(p, E_IO, "report.file", "工资表写不出来", "The pay sheet could not be written");
  (void)close(fd);
  lxw_workbook *book = workbook_new(path);
  struct pen f = {english, workbook_add_format(book), workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
  format_set_bold(f.head);
  format_set_bottom(f.head, LXW_BORDER_THIN);
  format_set_num_format(f.money, "#,##0.00");
  format_set_bold(f.title);
  format_set_font_size(f.title, 14);
  snprintf(words, sizeof words, english ? "%.*s %s pay sheet" : "%.*s %s 工资表", STR_ARG(title), text_of(sheet, "month"));
  people_sheet(book, sheet, words, &f);
  lines_sheet(book, sheet, &f);
  notes_sheet(book, sheet, &f);
  enum status status = OK;
  if (workbook_close(book) != LXW_NO_ERROR) status = problem_set(p, E_IO, "report.file", "工资表写不出来", "The pay sheet could not be written");
  if (status == OK) status = read_file(path, out, p);
  (void)unlink(path);
  return status;
}
