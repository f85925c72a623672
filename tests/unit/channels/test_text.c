/* Records, encodings, times and chat lines, without a desk. */
#include "channels/chat_log.h"
#include "channels/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const i64 zone = 8LL * 3600000;

static int file_of(const char *bytes, size_t n) {
  FILE *f = tmpfile();
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  fflush(f);
  return fileno(f);
}

struct reading {
  struct text_reader *reader;
  struct arena *arena;
  struct text_record record;
  bool more;
};

static struct reading begin(const char *bytes, size_t n) {
  struct reading r = {.arena = arena_new(8 << 20)};
  struct problem p;
  assert_int_equal(text_reader_new(file_of(bytes, n), &r.reader, &p), OK);
  return r;
}

static void next(struct reading *r) {
  struct problem p;
  assert_int_equal(text_next_csv(r->reader, r->arena, ',', &r->record, &r->more, &p), OK);
}

static void end(struct reading *r) {
  text_reader_free(r->reader);
  arena_free(r->arena);
}

static void field(const struct reading *r, size_t i, const char *text) {
  assert_true(i < r->record.count);
  assert_string_equal(arena_cstr(r->arena, r->record.fields[i]), text);
}

static void test_quotes_and_breaks(void **state) {
  (void)state;
  static const char csv[] = "a,\"b \"\"c\"\", d\",=\"0012\"\r\n\"two\nlines\",,last";
  struct reading r = begin(csv, sizeof csv - 1);
  next(&r);
  assert_int_equal(r.record.count, 3);
  field(&r, 1, "b \"c\", d");
  field(&r, 2, "0012");
  next(&r);
  assert_int_equal(r.record.line, 2);
  field(&r, 0, "two\nlines");
  field(&r, 1, "");
  field(&r, 2, "last");
  assert_true(r.record.unterminated);
  next(&r);
  assert_false(r.more);
  end(&r);
}

static void test_a_quote_never_closed_swallows_nothing(void **state) {
  (void)state;
  static const char csv[] = "1,\"open\n2,b\n3,c\n";
  struct reading r = begin(csv, sizeof csv - 1);
  next(&r);
  assert_int_equal(r.record.trouble, TEXT_CUT_OFF);
  next(&r);
  field(&r, 0, "2");
  assert_int_equal(r.record.line, 2);
  next(&r);
  field(&r, 0, "3");
  next(&r);
  assert_false(r.more);
  end(&r);
}

static void test_encodings(void **state) {
  (void)state;
  static const char gbk[] = "\xB6\xA9\xB5\xA5,\xC2\xF2\xBC\xD2\n"; /* 订单,买家 */
  struct reading r = begin(gbk, sizeof gbk - 1);
  assert_int_equal(text_reader_encoding(r.reader), TEXT_GBK);
  next(&r);
  field(&r, 0, "订单");
  field(&r, 1, "买家");
  end(&r);
  static const char utf16[] = "\xFF\xFE\xA2\x8B\x55\x53,\0a\0\n\0";
  r = begin(utf16, sizeof utf16 - 1);
  assert_int_equal(text_reader_encoding(r.reader), TEXT_UTF16LE);
  next(&r);
  field(&r, 0, "订单");
  field(&r, 1, "a");
  end(&r);
  static const char bom[] = "\xEF\xBB\xBF订单,a\n";
  r = begin(bom, sizeof bom - 1);
  assert_int_equal(text_reader_encoding(r.reader), TEXT_UTF8);
  next(&r);
  field(&r, 0, "订单");
  end(&r);
  static const char mixed[] = "订单,买家\n好,好\n好,\xFF\xFE\n好,好\n";
  r = begin(mixed, sizeof mixed - 1);
  assert_int_equal(text_reader_encoding(r.reader), TEXT_UTF8);
  next(&r);
  next(&r);
  next(&r);
  assert_int_equal(r.record.trouble, TEXT_BAD_BYTES);
  next(&r);
  assert_int_equal(r.record.trouble, TEXT_FINE);
  end(&r);
}

static void test_empty_and_nul(void **state) {
  (void)state;
  struct text_reader *reader;
  struct problem p;
  assert_int_equal(text_reader_new(file_of("", 0), &reader, &p), E_INVALID);
  assert_string_equal(p.key, "import.empty");
  struct reading r = begin("a,b\0c\nd,e\n", 10);
  next(&r);
  assert_int_equal(r.record.trouble, TEXT_NUL);
  next(&r);
  assert_int_equal(r.record.trouble, TEXT_FINE);
  end(&r);
}

static void test_a_line_without_end(void **state) {
  (void)state;
  size_t n = TEXT_RECORD_MOST + 1000;
  char *big = malloc(n + 10);
  memset(big, 'x', n);
  memcpy(big + n, "\nshort,1\n", 9);
  struct reading r = begin(big, n + 9);
  next(&r);
  assert_int_equal(r.record.trouble, TEXT_TOO_LONG);
  next(&r);
  field(&r, 0, "short");
  assert_int_equal(r.record.line, 2);
  end(&r);
  free(big);
}

static void test_times(void **state) {
  (void)state;
  i64 want = 1772676012000, ms;
  static const char *const good[] = {"2026-03-05 10:00:12", "2026/3/5 10:00:12", "2026年3月5日 10:00:12", "2026-03-05T10:00:12", "2026.03.05 10:00:12.000", " 2026-3-5  10时00分12秒 "};
  for (size_t i = 0; i < COUNT_OF(good); i++) {
    assert_true(text_time(str_c(good[i]), zone, &ms));
    assert_int_equal(ms, want);
  }
  static const char *const bad[] = {"", "昨天", "2026-13-05 10:00", "2026-02-30 10:00", "2026-03-05 25:00", "26-03-05 10:00", "2026-03-05 10:00:12 PM", "2026-03"};
  for (size_t i = 0; i < COUNT_OF(bad); i++) assert_false(text_time(str_c(bad[i]), zone, &ms));
}

static void test_chat_lines(void **state) {
  (void)state;
  static const struct {
    const char *line;
    enum chat_line what;
    const char *speaker, *text;
  } cases[] = {
      {"小王(2026-03-05 10:00:12): 你好", CHAT_MESSAGE, "小王", "你好"},
      {"小王 （2026-03-05 10:00:12）：你好", CHAT_MESSAGE, "小王", "你好"},
      {"晴川小店:小王(2026-03-05 10:00:12): 价格: 99", CHAT_MESSAGE, "晴川小店:小王", "价格: 99"},
      {"小王 2026-03-05 10:00:12", CHAT_MESSAGE, "小王", ""},
      {"2026-03-05 10:00:12 小王: 你好", CHAT_MESSAGE, "小王", "你好"},
      {"2026-03-05 10:00:12 晴川小店:小王: 你好", CHAT_MESSAGE, "晴川小店:小王", "你好"},
      {"[2026-03-05 10:00:12] 小王：你好", CHAT_MESSAGE, "小王", "你好"},
      {"tb_8231(2026/3/5 10:00:12): http://a.b/c", CHAT_MESSAGE, "tb_8231", "http://a.b/c"},
      {"=== 与 tb_8231 的聊天记录 ===", CHAT_WITH, "tb_8231", ""},
      {"买家：小红帽", CHAT_WITH, "小红帽", ""},
      {"------------------", CHAT_BLANK, "", ""},
      {"   ", CHAT_BLANK, "", ""},
      {"好的，2026-03-05 10:00 发货，收到请回", CHAT_CONTINUED, "", "好的，2026-03-05 10:00 发货，收到请回"},
      {"第二行", CHAT_CONTINUED, "", "第二行"},
  };
  struct arena *a = arena_new(1 << 20);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct chat_message m;
    enum chat_line what = chat_log_line(str_c(cases[i].line), zone, &m);
    if (what != cases[i].what) fail_msg("%s: %d", cases[i].line, what);
    if (what == CHAT_BLANK) continue;
    assert_string_equal(arena_cstr(a, m.speaker), cases[i].speaker);
    assert_string_equal(arena_cstr(a, m.text), cases[i].text);
    if (what == CHAT_MESSAGE) assert_int_equal(m.at_ms, 1772676012000);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_quotes_and_breaks), cmocka_unit_test(test_a_quote_never_closed_swallows_nothing), cmocka_unit_test(test_encodings),
      cmocka_unit_test(test_empty_and_nul),     cmocka_unit_test(test_a_line_without_end),                    cmocka_unit_test(test_times),
      cmocka_unit_test(test_chat_lines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
