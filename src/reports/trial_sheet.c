/* The result of a trial as files: comma-separated text through the reports' own writer, and a workbook. Both say in their first line
 * that nothing was changed: a sheet travels further than the page it came from. */
#include "reports/report.h"
#include "reports/words.h"

#include "base/calendar.h"

#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

static const char *text_of(const json_t *o, const char *key) { return report_text(o, key, false); }

enum word { AT, AT_TRIAL, NAME, CHANGE, KIND, NUMBER, CLAUSE, DRAFT, TEXT, ROLE, MORE, COUNT_BEFORE, COUNT_DRAFT, ADDED, GONE, CHANGED, BY_PERSON, BY_CLAUSE, EACH, ABOUT };
static const struct report_word said[] = {
    [AT] = {"时间", "Time"},
    [AT_TRIAL] = {"时间（试算，没有改动任何账）", "Time (a trial; no account was changed)"},
    [NAME] = {"姓名", "Name"},
    [CHANGE] = {"变化", "Change"},
    [KIND] = {"后果", "Consequence"},
    [NUMBER] = {"条", "No."},
    [CLAUSE] = {"条款", "Clause"},
    [DRAFT] = {"草稿", "Draft"},
    [TEXT] = {"说明", "Text"},
    [ROLE] = {"岗位", "Role"},
    [MORE] = {"相差", "Difference"},
    [COUNT_BEFORE] = {"次数", "Lines"},
    [COUNT_DRAFT] = {"草稿次数", "Lines by the draft"},
    [ADDED] = {"多出", "Added"},
    [GONE] = {"没有了", "Gone"},
    [CHANGED] = {"数目变了", "Sum changed"},
    [BY_PERSON] = {"按人", "By person"},
    [BY_CLAUSE] = {"按条", "By clause"},
    [EACH] = {"逐笔", "Each line"},
    [ABOUT] = {"说明", "About"},
};
static const char *word(enum word w, bool english) { return report_word(said[w], english); }

static const char *change_word(const char *change, bool english) { return word(change[0] == 'a' ? ADDED : change[0] == 'g' ? GONE : CHANGED, english); }

/* What the draft was compared with, in a column's head. */
static const char *before_name(const json_t *trial, bool english) {
  const char *name = text_of(trial, english ? "before_en" : "before_zh");
  return name[0] ? name : english ? "In force" : "现行";
}

static json_t *column(const char *key, const char *title, const char *type) { return json_pack("{s:s,s:s,s:s}", "key", key, "title", title, "type", type); }

void report_trial_csv(const json_t *trial, i64 zone_offset_ms, bool english, struct buf *out) {
  json_t *rows = json_array(), *report, *line;
  struct arena *a = arena_new((size_t)64 << 20);
  size_t i;
  json_array_foreach(json_object_get(trial, "lines"), i, line) {
    json_t *row = json_copy(line);
    struct str at = calendar_show_instant(a, json_integer_value(json_object_get(line, "at")), zone_offset_ms);
    json_object_set_new(row, "when", json_stringn(at.p, at.n));
    json_object_set_new(row, "what", json_string(change_word(text_of(line, "change"), english)));
    json_object_set_new(row, "kind", json_string(text_of(line, english ? "type" : "type_zh")));
    json_object_set_new(row, "said", json_string(report_text(line, "text", english)));
    json_array_append_new(rows, row);
  }
  report = json_pack("{s:[o,o,o,o,o,o,o,o,o],s:o}", "columns", column("when", word(AT_TRIAL, english), "text"), column("name", word(NAME, english), "text"), column("what", word(CHANGE, english), "text"),
                     column("kind", word(KIND, english), "text"), column("no", word(NUMBER, english), "text"), column("title", word(CLAUSE, english), "text"),
                     column("before_fen", before_name(trial, english), "fen"), column("after_fen", word(DRAFT, english), "fen"), column("said", word(TEXT, english), "text"), "rows", rows);
  report_csv(report, english, out);
  json_decref(report);
  arena_free(a);
}

struct pen {
  bool english;
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

static void sums_sheet(lxw_workbook *book, struct pen *p, const json_t *trial, bool people) {
  const json_t *list = json_object_get(trial, people ? "people" : "clauses");
  bool en = p->english;
  const char *names[] = {word(people ? NAME : NUMBER, en), word(people ? ROLE : CLAUSE, en), before_name(trial, en), word(DRAFT, en), word(MORE, en),
                         word(COUNT_BEFORE, en), word(COUNT_DRAFT, en), word(ADDED, en), word(GONE, en), word(CHANGED, en)};
  size_t i;
  json_t *o;
  p->sheet = workbook_add_worksheet(book, word(people ? BY_PERSON : BY_CLAUSE, en));
  p->row = 0;
  heads(p, names, COUNT_OF(names));
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
  bool en = p->english;
  const char *names[] = {word(AT, en), word(NAME, en), word(CHANGE, en), word(KIND, en), word(NUMBER, en), word(CLAUSE, en), before_name(trial, en), word(DRAFT, en), word(TEXT, en)};
  struct arena *a = arena_new((size_t)64 << 20);
  size_t i;
  json_t *o;
  p->sheet = workbook_add_worksheet(book, word(EACH, en));
  p->row = 0;
  heads(p, names, COUNT_OF(names));
  json_array_foreach(json_object_get(trial, "lines"), i, o) {
    words(p, 0, calendar_show_instant(a, json_integer_value(json_object_get(o, "at")), zone_offset_ms).p);
    words(p, 1, text_of(o, "name"));
    words(p, 2, change_word(text_of(o, "change"), en));
    words(p, 3, text_of(o, en ? "type" : "type_zh"));
    words(p, 4, text_of(o, "no"));
    words(p, 5, text_of(o, "title"));
    money(p, 6, o, "before_fen");
    money(p, 7, o, "after_fen");
    words(p, 8, report_text(o, "text", en));
    p->row++;
  }
  arena_free(a);
}

enum status report_trial_xlsx(const json_t *trial, i64 zone_offset_ms, bool english, struct buf *out, struct problem *p) {
  char path[] = "/tmp/guiju-try-XXXXXX", chunk[65536];
  int fd = mkstemp(path);
  if (fd < 0) return problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  (void)close(fd);
  lxw_workbook *book = workbook_new(path);
  struct pen pen = {.english = english, .head = workbook_add_format(book), .money = workbook_add_format(book)};
  format_set_bold(pen.head);
  format_set_bottom(pen.head, LXW_BORDER_THIN);
  format_set_num_format(pen.money, "#,##0.00");
  sums_sheet(book, &pen, trial, true);
  sums_sheet(book, &pen, trial, false);
  lines_sheet(book, &pen, trial, zone_offset_ms);
  pen.sheet = workbook_add_worksheet(book, word(ABOUT, english));
  (void)worksheet_set_column(pen.sheet, 0, 0, 90, NULL);
  char about[400];
  if (english) snprintf(about, sizeof about, "This is a trial: what really happened in a span of time, judged once by “%s” and once by the draft. No account was changed and nobody was told.", before_name(trial, true));
  else snprintf(about, sizeof about, "这是试算：把%s和草稿各算一遍同一段时间里真实发生的事。没有改动任何账，也没有通知任何人。", before_name(trial, false));
  (void)worksheet_write_string(pen.sheet, 0, 0, about, NULL);
  enum status status = OK;
  if (workbook_close(book) != LXW_NO_ERROR) status = problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  FILE *file = status == OK ? fopen(path, "rb") : NULL;
  if (status == OK && !file) status = problem_set(p, E_IO, "report.file", "表写不出来", "The sheet could not be written");
  for (size_t n; file && (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buf_add(out, (struct str){chunk, n});
  if (file) (void)fclose(file);
  (void)unlink(path);
  return status == OK && out->overflow ? problem_set(p, E_TOO_LARGE, "report.large", "表太大", "The sheet is too large") : status;
}
