/* Whole files into a desk: GBK, UTF-8, UTF-16, sent again, later lists, every kind of damage, chat logs; and how fast. */
#include "unit/commands/reception_fixture.h"

#include "channels/import.h"

#include <time.h>
#include <unistd.h>

static const char *data;

static struct import_report run(struct shop *f, enum import_type type, const char *file, enum status status, const char *key) {
  char path[512];
  struct import_report report;
  snprintf(path, sizeof path, "%s/%s", file[0] == '/' ? "" : data, file);
  f->problem = (struct problem){0};
  enum status got = import_file(f->writer, type, path, &f->owner, NULL, NULL, &report, &f->problem);
  if (got != status || strcmp(f->problem.key, key) != 0) fail_msg("%s: %s (%s: %s)", file, status_name(got), f->problem.key, f->problem.en);
  return report;
}

static struct import_report good(struct shop *f, const char *file) { return run(f, IMPORT_ORDERS, file, OK, ""); }

static json_t *order(struct shop *f, const char *no) { return shop_do(f, &f->owner, "order.get", json_pack("{s:s}", "no", no)); }

static void test_gbk_list(void **state) {
  struct shop *f = *state;
  struct import_report r = good(f, "orders_gbk.csv");
  assert_string_equal(r.encoding, "GBK");
  assert_int_equal(r.read, 4);
  assert_int_equal(r.added, 4);
  assert_int_equal(r.rejected, 0);
  assert_int_equal(r.bytes, r.bytes_done);
  json_t *o = order(f, "2603050001");
  assert_int_equal(int_of(o, "amount_fen"), 128460);
  assert_string_equal(text_of(o, "state"), "completed");
  assert_string_equal(text_of(o, "agent_name"), "小王");
  json_decref(o);
  o = order(f, "2603050002");
  assert_string_equal(text_of(o, "goods.0.name"), "毛衣 \"厚款\", 米色");
  assert_string_equal(text_of(o, "seller_note"), "001\n要礼盒");
  assert_string_equal(text_of(o, "flag"), "red");
  assert_string_equal(text_of(o, "special"), "送人，请包漂亮一点");
  assert_string_equal(text_of(o, "state"), "paid");
  json_decref(o);
  o = order(f, "2603050003");
  assert_int_equal(int_of(o, "amount_fen"), 8850); /* not paid yet: what is due */
  json_decref(o);
  o = order(f, "2603050004");
  assert_string_equal(text_of(o, "state"), "cancelled");
  json_decref(o);
  /* Again, in every encoding: not one event more. */
  i64 placed = f->events[EVENT_order_placed], noted = f->events[EVENT_order_noted];
  static const char *const same[] = {"orders_gbk.csv", "orders_utf8_bom.csv", "orders_utf16.csv"};
  for (size_t i = 0; i < COUNT_OF(same); i++) {
    r = good(f, same[i]);
    assert_int_equal(r.same, 4);
    assert_int_equal(r.added + r.changed + r.rejected, 0);
  }
  assert_int_equal(f->events[EVENT_order_placed], placed);
  assert_int_equal(f->events[EVENT_order_noted], noted);
  shop_rebuilds_equal(f);
}

static void test_later_list(void **state) {
  struct shop *f = *state;
  good(f, "orders_gbk.csv");
  struct import_report r = good(f, "orders_later.csv");
  assert_int_equal(r.changed, 2);
  assert_int_equal(r.same, 2);
  json_t *o = order(f, "2603050003");
  assert_string_equal(text_of(o, "state"), "paid");
  assert_int_equal(int_of(o, "amount_fen"), 8000);
  assert_string_equal(text_of(o, "agent_name"), "小李");
  json_decref(o);
  o = order(f, "2603050002");
  assert_string_equal(text_of(o, "state"), "shipped");
  json_decref(o);
  r = good(f, "orders_gbk.csv"); /* the old list once more */
  assert_int_equal(r.same, 4);
}

static void test_damaged_lines_are_named(void **state) {
  struct shop *f = *state;
  struct import_report r = good(f, "orders_bad.csv");
  assert_int_equal(r.added, 2);
  assert_int_equal(r.rejected, 8);
  json_t *job = shop_do(f, &f->owner, "import.get", json_pack("{s:s}", "id", r.id));
  assert_string_equal(text_of(job, "state"), "finished");
  assert_int_equal(int_of(job, "rejected.0.line"), 3);
  assert_non_null(strstr(text_of(job, "rejected.0.reason_zh"), "科学计数"));
  assert_non_null(strstr(text_of(job, "rejected.2.reason_zh"), "不是金额"));
  assert_non_null(strstr(text_of(job, "rejected.3.reason_en"), "not known"));
  assert_non_null(strstr(text_of(job, "rejected.6.reason_en"), "NUL"));
  assert_int_equal(int_of(job, "rejected.7.line"), 12);
  assert_non_null(strstr(text_of(job, "rejected.7.reason_zh"), "断了"));
  assert_string_equal(text_of(job, "ignored.0"), "店铺名称");
  json_decref(job);
  r = good(f, "orders_bad_bytes.csv");
  assert_int_equal(r.rejected, 1);
  assert_int_equal(r.added, 1);
  r = good(f, "orders_open_quote.csv");
  assert_int_equal(r.rejected, 1);
  assert_int_equal(r.added, 1); /* 2603050004; the others were there */
  assert_int_equal(r.same, 2);
}

/* As the command line does it: nobody is signed in. What was written must be readable after a restart. */
static void test_import_without_a_person(void **state) {
  struct shop *f = *state;
  char path[512];
  struct import_report report;
  struct actor system = {.type = ACTOR_SYSTEM};
  snprintf(path, sizeof path, "%s/orders_later.csv", data);
  assert_int_equal(import_file(f->writer, IMPORT_ORDERS, path, &system, NULL, NULL, &report, &f->problem), OK);
  assert_int_equal(report.added, 5);
  snprintf(path, sizeof path, "%s/chat.txt", data);
  assert_int_equal(import_file(f->writer, IMPORT_CHAT, path, &system, NULL, NULL, &report, &f->problem), OK);
  shop_rebuilds_equal(f);
}

static void test_no_list_at_all(void **state) {
  struct shop *f = *state;
  struct import_report r = run(f, IMPORT_ORDERS, "no_columns.csv", E_INVALID, "import.columns");
  assert_non_null(strstr(f->problem.zh, "订单编号"));
  assert_non_null(strstr(f->problem.zh, "日期"));
  json_t *job = shop_do(f, &f->owner, "import.get", json_pack("{s:s}", "id", r.id));
  assert_string_equal(text_of(job, "state"), "failed");
  assert_string_equal(text_of(job, "error.key"), "import.columns");
  json_decref(job);
  run(f, IMPORT_ORDERS, "empty.csv", E_INVALID, "import.empty");
  run(f, IMPORT_ORDERS, "nothing_here.csv", E_NOT_FOUND, "import.open");
  job = shop_do(f, &f->owner, "import.list", NULL);
  assert_int_equal(json_array_size(json_object_get(job, "items")), 2);
  json_decref(job);
}

static void test_several_rows_of_one_order(void **state) {
  struct shop *f = *state;
  struct import_report r = good(f, "orders_tabs_two_goods.txt");
  assert_int_equal(r.added, 2);
  json_t *o = order(f, "8800000001");
  assert_int_equal(json_array_size(json_object_get(o, "goods")), 2);
  assert_int_equal(int_of(o, "quantity"), 3);
  json_decref(o);
  r = good(f, "orders_tabs_two_goods.txt");
  assert_int_equal(r.same, 2);
}

static void test_chat_log(void **state) {
  struct shop *f = *state;
  struct import_report r = run(f, IMPORT_CHAT, "chat.txt", OK, "");
  assert_int_equal(r.added, 8);
  assert_int_equal(r.rejected, 0);
  assert_int_equal(f->events[EVENT_conversation_started], 3);
  assert_int_equal(f->events[EVENT_conversation_closed], 3);
  json_t *list = shop_do(f, &f->owner, "conversation.list", json_pack("{s:s}", "box", "closed"));
  assert_int_equal(json_array_size(json_object_get(list, "items")), 3);
  json_t *o = shop_do(f, &f->owner, "conversation.get", json_pack("{s:s}", "id", text_of(list, "items.2.id")));
  assert_string_equal(text_of(o, "customer.name"), "tb_8231");
  assert_string_equal(text_of(o, "agent_name"), "小王");
  assert_int_equal(json_array_size(json_object_get(o, "messages")), 5); /* and the line that it was closed */
  assert_string_equal(text_of(o, "messages.4.act.act"), "closed");
  assert_string_equal(text_of(o, "messages.2.text"), "您好，有的。\n第二行也是小王说的");
  assert_string_equal(text_of(o, "messages.3.by.name"), "小王");
  json_decref(o);
  json_decref(list);
  r = run(f, IMPORT_CHAT, "chat.txt", OK, "");
  assert_int_equal(r.same, 8);
  assert_int_equal(f->events[EVENT_conversation_started], 3);
  shop_rebuilds_equal(f);
}

static bool three_batches(void *ctx, const struct import_report *report) {
  (void)report;
  return ++*(int *)ctx < 3;
}

/* Not a judgement, a figure: printed, never asserted. And an import that was stopped goes on where it was. */
static void test_many_lines(void **state) {
  struct shop *f = *state;
  char path[128];
  struct import_report report;
  struct timespec from, to;
  int lines = getenv("GUIJU_IMPORT_LINES") ? atoi(getenv("GUIJU_IMPORT_LINES")) : 10000, batches = 0;
  snprintf(path, sizeof path, "%s/many.csv", f->directory);
  FILE *out = fopen(path, "w");
  fputs("订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题,宝贝总数量,卖家备注\n", out);
  for (int i = 0; i < lines; i++)
    fprintf(out, "%d,buyer_%d,%d.50,\"买家已付款，等待卖家发货\",2026-03-04 %02d:%02d:%02d,2026-03-04 23:59:59,棉麻衬衫,1,00%d\n", 100000000 + i, i % 5000, 10 + i % 500,
            i / 3600 % 24, i / 60 % 60, i % 60, 1 + i % 2);
  fclose(out);
  assert_int_equal(import_file(f->writer, IMPORT_ORDERS, path, &f->owner, three_batches, &batches, &report, &f->problem), OK);
  assert_int_equal(report.stopped, lines > 9000);
  i64 before = report.added;
  clock_gettime(CLOCK_MONOTONIC, &from);
  assert_int_equal(import_file(f->writer, IMPORT_ORDERS, path, &f->owner, NULL, NULL, &report, &f->problem), OK);
  clock_gettime(CLOCK_MONOTONIC, &to);
  assert_int_equal(report.same, before);
  assert_int_equal(report.added, lines - before);
  double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  print_message("bench import_orders %.0f lines/s (%d lines, 3 events each)\n", lines / seconds, lines);
}

#define SHOP(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)
int main(int argc, char **argv) {
  data = argc > 1 ? argv[1] : "tests/data/import";
  const struct CMUnitTest tests[] = {SHOP(test_gbk_list),       SHOP(test_later_list),                SHOP(test_damaged_lines_are_named), SHOP(test_no_list_at_all), SHOP(test_import_without_a_person),
                                     SHOP(test_several_rows_of_one_order), SHOP(test_chat_log), SHOP(test_many_lines)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
