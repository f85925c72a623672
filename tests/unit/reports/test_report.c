/* Files made of figures: money by whole fen, no field that a spreadsheet would run, no markup from what people typed. */
#include "reports/report.h"
#include "reports/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *csv_of(json_t *owned_report, bool english, struct buf *out) {
  buf_init(out, 1 << 20);
  report_csv(owned_report, english, out);
  buf_byte(out, 0);
  json_decref(owned_report);
  return out->p;
}

static json_t *report_with(const char *name, i64 fen) {
  return json_pack("{s:[{s:s,s:s,s:s},{s:s,s:s,s:s}],s:[{s:s,s:I}]}", "columns", "key", "name", "title", "客服", "type", "text", "key", "fen", "title", "金额", "type", "fen", "rows", "name", name, "fen",
                   (json_int_t)fen);
}

static void money_is_written_by_whole_fen(void **state) {
  (void)state;
  struct buf out;
  assert_string_equal(csv_of(report_with("小王", 128460), false, &out), "\xEF\xBB\xBF\"客服\",\"金额\"\r\n\"小王\",\"1284.60\"\r\n");
  buf_release(&out);
  assert_non_null(strstr(csv_of(report_with("小王", -5), false, &out), "\"-0.05\""));
  buf_release(&out);
}

static void no_field_runs_as_a_formula(void **state) {
  (void)state;
  struct buf out;
  assert_non_null(strstr(csv_of(report_with("=1+1", 0), false, &out), "\"'=1+1\""));
  buf_release(&out);
  assert_non_null(strstr(csv_of(report_with("a\"b", 0), false, &out), "\"a\"\"b\""));
  buf_release(&out);
}

static void a_printed_case_shows_text_not_markup(void **state) {
  (void)state;
  struct buf out;
  json_t *c = json_pack("{s:s,s:s,s:s,s:[{s:s}],s:{s:s},s:[]}", "number", "2603-0001", "type_title", "备忘录", "state", "记下", "field_defs", "name", "内容", "fields", "内容", "<script>x</script>", "history");
  buf_init(&out, 1 << 20);
  report_case_html(c, STR("青禾<家居>"), false, &out);
  buf_byte(&out, 0);
  assert_null(strstr(out.p, "<script>"));
  assert_non_null(strstr(out.p, "&lt;script&gt;x"));
  assert_non_null(strstr(out.p, "青禾&lt;家居&gt;"));
  buf_release(&out);
  json_decref(c);
}

static void a_table_speaks_the_language_asked_for(void **state) {
  (void)state;
  static const struct report_column columns[] = {{"name", {"客服", "Agent"}, "text"}, {"done", {"办了", "Done"}, "text"}};
  json_t *report = json_pack("{s:[],s:[{s:s,s:b},{s:s,s:b}]}", "columns", "rows", "name", "小王", "done", 1, "name", "小李", "done", 0);
  struct buf out;
  report_columns(report, columns, COUNT_OF(columns));
  assert_string_equal(csv_of(json_incref(report), false, &out), "\xEF\xBB\xBF\"客服\",\"办了\"\r\n\"小王\",\"是\"\r\n\"小李\",\"否\"\r\n");
  buf_release(&out);
  assert_string_equal(csv_of(report, true, &out), "\xEF\xBB\xBF\"Agent\",\"Done\"\r\n\"小王\",\"Yes\"\r\n\"小李\",\"No\"\r\n");
  buf_release(&out);
}

static void only_the_desks_own_words_change(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 16);
  json_t *line = json_pack("{s:s,s:s,s:s,s:s}", "label", "底薪", "label_en", "Base pay", "text", "迟到", "text_en", "");
  assert_true(str_is(report_channel(STR("网页"), true), "Web"));
  assert_true(str_is(report_channel(STR("网页"), false), "网页"));
  assert_true(str_is(report_channel(STR("门店"), true), "门店"));
  assert_true(str_is(report_customer(a, STR("访客 12"), true), "Visitor 12"));
  assert_true(str_is(report_customer(a, STR("访客 12"), false), "访客 12"));
  assert_true(str_is(report_customer(a, STR("访客 老王"), true), "访客 老王"));
  assert_true(str_is(report_customer(a, STR("访客 "), true), "访客 "));
  assert_string_equal(report_text(line, "label", true), "Base pay");
  assert_string_equal(report_text(line, "label", false), "底薪");
  assert_string_equal(report_text(line, "text", true), "迟到");
  assert_string_equal(report_text(line, "clause", true), "");
  json_decref(line);
  arena_free(a);
}

static void a_printed_case_is_in_english_too(void **state) {
  (void)state;
  struct buf out;
  json_t *c = json_pack("{s:s,s:s,s:s,s:[{s:s},{s:s}],s:{s:b,s:[s,s]},s:[],s:[{s:i,s:s}]}", "number", "2603-0001", "type_title", "Memo", "state", "Open", "field_defs", "name", "Urgent", "name", "Who", "fields", "Urgent", 1, "Who",
                        "A", "B", "history", "copies", "number", 2, "to", "Office");
  buf_init(&out, 1 << 20);
  report_case_html(c, STR("Shop"), true, &out);
  buf_byte(&out, 0);
  for (const char *p = out.p; *p; p++) assert_true((unsigned char)*p < 0x80);
  assert_non_null(strstr(out.p, "<html lang=\"en\">"));
  assert_non_null(strstr(out.p, "Copy 2 (Office)"));
  assert_non_null(strstr(out.p, "<td>Yes</td>"));
  assert_non_null(strstr(out.p, "<td>A, B</td>"));
  assert_non_null(strstr(out.p, "<span>Handled by ____________</span><span>Supervisor ____________</span><span>Date ____________</span>"));
  buf_release(&out);
  buf_init(&out, 1 << 20);
  report_case_html(c, STR("Shop"), false, &out);
  buf_byte(&out, 0);
  assert_non_null(strstr(out.p, "<p class=\"copy\">第 2 联（Office）</p>"));
  assert_non_null(strstr(out.p, "<span>经办 ____________</span><span>主管 ____________</span><span>日期 ____________</span>"));
  buf_release(&out);
  json_decref(c);
}

static void a_pay_sheet_is_a_workbook(void **state) {
  (void)state;
  struct buf out;
  struct problem problem = {0};
  json_t *sheet = json_pack("{s:s,s:[{s:s,s:s,s:I,s:[{s:s,s:I}]}],s:[],s:[],s:{s:s,s:I}}", "month", "2026-03", "rows", "name", "小王", "job_number", "101", "net_fen", (json_int_t)298500, "lines", "label",
                            "首次招呼", "fen", (json_int_t)-1500, "checks", "adjustments", "limit", "share", "20/100", "minimum_fen", (json_int_t)0);
  buf_init(&out, 1 << 20);
  assert_int_equal(report_pay_sheet(sheet, STR("青禾家居"), false, &out, &problem), OK);
  assert_true(out.n > 1000);
  assert_memory_equal(out.p, "PK\x03\x04", 4);
  buf_release(&out);
  json_decref(sheet);
}

static void a_table_is_a_workbook(void **state) {
  (void)state;
  struct buf out;
  struct problem problem = {0};
  json_t *report = report_with("=1+1", -128460);
  buf_init(&out, 1 << 20);
  assert_int_equal(report_table_xlsx(report, false, &out, &problem), OK);
  assert_true(out.n > 1000);
  assert_memory_equal(out.p, "PK\x03\x04", 4);
  buf_release(&out);
  buf_init(&out, 100); /* no room: said, not cut off */
  assert_int_equal(report_table_xlsx(report, false, &out, &problem), E_TOO_LARGE);
  buf_release(&out);
  json_decref(report);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(money_is_written_by_whole_fen), cmocka_unit_test(no_field_runs_as_a_formula), cmocka_unit_test(a_printed_case_shows_text_not_markup),
                                     cmocka_unit_test(a_table_speaks_the_language_asked_for), cmocka_unit_test(only_the_desks_own_words_change),
                                     cmocka_unit_test(a_printed_case_is_in_english_too), cmocka_unit_test(a_pay_sheet_is_a_workbook), cmocka_unit_test(a_table_is_a_workbook)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
