/* Files made of figures: money by whole fen, no field that a spreadsheet would run, no markup from what people typed. */
#include "reports/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *csv_of(json_t *owned_report, struct buf *out) {
  buf_init(out, 1 << 20);
  report_csv(owned_report, out);
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
  assert_string_equal(csv_of(report_with("小王", 128460), &out), "\xEF\xBB\xBF\"客服\",\"金额\"\r\n\"小王\",\"1284.60\"\r\n");
  buf_release(&out);
  assert_non_null(strstr(csv_of(report_with("小王", -5), &out), "\"-0.05\""));
  buf_release(&out);
}

static void no_field_runs_as_a_formula(void **state) {
  (void)state;
  struct buf out;
  assert_non_null(strstr(csv_of(report_with("=1+1", 0), &out), "\"'=1+1\""));
  buf_release(&out);
  assert_non_null(strstr(csv_of(report_with("a\"b", 0), &out), "\"a\"\"b\""));
  buf_release(&out);
}

static void a_printed_case_shows_text_not_markup(void **state) {
  (void)state;
  struct buf out;
  json_t *c = json_pack("{s:s,s:s,s:s,s:[{s:s}],s:{s:s},s:[]}", "number", "2603-0001", "type_title", "备忘录", "state", "记下", "field_defs", "name", "内容", "fields", "内容", "<script>x</script>", "history");
  buf_init(&out, 1 << 20);
  report_case_html(c, STR("青禾<家居>"), &out);
  buf_byte(&out, 0);
  assert_null(strstr(out.p, "<script>"));
  assert_non_null(strstr(out.p, "&lt;script&gt;x"));
  assert_non_null(strstr(out.p, "青禾&lt;家居&gt;"));
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
  assert_int_equal(report_pay_sheet(sheet, STR("青禾家居"), &out, &problem), OK);
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
  assert_int_equal(report_table_xlsx(report, &out, &problem), OK);
  assert_true(out.n > 1000);
  assert_memory_equal(out.p, "PK\x03\x04", 4);
  buf_release(&out);
  buf_init(&out, 100); /* no room: said, not cut off */
  assert_int_equal(report_table_xlsx(report, &out, &problem), E_TOO_LARGE);
  buf_release(&out);
  json_decref(report);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(money_is_written_by_whole_fen), cmocka_unit_test(no_field_runs_as_a_formula), cmocka_unit_test(a_printed_case_shows_text_not_markup),
                                     cmocka_unit_test(a_pay_sheet_is_a_workbook), cmocka_unit_test(a_table_is_a_workbook)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
