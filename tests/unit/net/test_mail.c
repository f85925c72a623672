/* Letters of all kinds read as a person would, letters of ours read back the same; nothing of a foreign page but its words. */
#include "net/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *a;
static int make(void **state) { (void)state; a = arena_new((size_t)256 << 20); return 0; }
static int drop(void **state) { (void)state; arena_free(a); return 0; }

static struct mail read_letter(const char *text) {
  struct mail m;
  struct problem p = {0};
  assert_int_equal(mail_read(a, str_c(text), &m, &p), OK);
  return m;
}

static void same(struct str got, const char *want) {
  if (!str_is(got, want)) fail_msg("“%.*s” is not “%s”", STR_ARG(got), want);
}

static void test_headers(void **state) {
  (void)state;
  struct mail m = read_letter("From: =?GBK?B?wO7LxA==?= <Li.Si@Example.COM>\r\nTo: a@x.cn, =?utf-8?q?=E5=BC=A0?= <b@x.cn>\r\nCc: desk+c7@x.cn\r\nMessage-ID: <one@x>\r\nIn-Reply-To: <b@x>\r\n"
                              "References: <a@x>\r\n <b@x>\r\nSubject: =?iso-2022-jp?B?GyRCTmlLQBsoQg==?=\r\nDate: Thu, 5 Mar 2026 10:00:00 +0800\r\n\r\nhello\r\n");
  same(m.id, "one@x");
  same(m.from, "li.si@example.com");
  same(m.from_name, "李四");
  assert_int_equal(m.to_count, 3);
  same(m.to[2], "desk+c7@x.cn");
  assert_int_equal(m.reference_count, 2);
  same(m.references[0], "b@x");
  same(m.references[1], "a@x");
  same(m.subject, "礼棒");
  same(m.text, "hello");
  assert_true(m.date_ms == 1772676000000);
  assert_int_equal(m.class, MAIL_PERSON);
}

static void test_quotes(void **state) {
  (void)state;
  static const struct { const char *text, *fresh; } cases[] = {
      {"好的\n\n在 2026年3月5日，客服 写道：\n> 您好\n", "好的"},
      {"Fine\n\nOn Thu, 5 Mar 2026 at 10:00, Desk <d@x>\nwrote:\n\n> hello\n> you\n", "Fine"},
      {"行\n\n------------------ 原始邮件 ------------------\n发件人: 客服\n", "行"},
      {"ok\n\n-----Original Message-----\nFrom: x\n", "ok"},
      {"好\n\n发件人: 客服 <d@x>\n发送时间: 2026年3月5日\n收件人: a\n主题: b\n\n旧的", "好"},
      {"On Monday he wrote: I shall come.\nThat was all.\n", "On Monday he wrote: I shall come.\nThat was all."},
      {"> are you there?\nyes\n> and tomorrow?\nno\n", "> are you there?\nyes\n> and tomorrow?\nno"},
      {"On Mon, Desk wrote:\n> one?\nyes\n> two?\nno\n", "On Mon, Desk wrote:\n> one?\nyes\n> two?\nno"},
      {"> only\n> quotes\n", "> only\n> quotes"},
      {"From: here I go\nto the sea", "From: here I go\nto the sea"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct str s = str_c(cases[i].text);
    same(str_trim(str_slice(s, 0, mail_quote_at(s))), cases[i].fresh);
  }
}

static void test_html(void **state) {
  (void)state;
  static const struct { const char *html, *text; } cases[] = {
      {"<p>一</p><p>二<br>三</p>", "一\n\n二\n三"},
      {"<style>p{}</style><script>alert('<p>')</script>x<!-- y -->z", "xz"},
      {"a &lt;b&gt; &amp;amp; &#20320;&#x597D; &nbsp;&bogus; &#0;", "a <b> &amp; 你好  &bogus; \xEF\xBF\xBD"},
      {"<a href=\"https://x.cn/a?b=1\">这里</a> <a href='javascript:alert(1)'>there</a>", "这里 (https://x.cn/a?b=1) there"},
      {"<ul><li>a</li><li>b</li></ul>", "• a\n• b"},
      {"<img src=http://evil/x.gif><img alt=pic src=cid:1>", "[pic]"},
      {"1 < 2 and 3 > 2", "1 < 2 and 3 > 2"},
      {"<title>hidden</title><b title='a>b'>bold</b>", "bold"},
      {"<blockquote>old</blockquote>new", "> old\nnew"},
      {"<script>never closed", ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) same(mail_html_text(a, str_c(cases[i].html)), cases[i].text);
}

static void test_charsets(void **state) {
  (void)state;
  same(mail_utf8(a, STR("\xc4\xe3\xba\xc3"), STR("gb2312")), "你好");
  same(mail_utf8(a, STR("\xc4\xe3\xba\xc3"), STR("")), "你好");
  same(mail_utf8(a, STR("\x81\x30\x81\x30"), STR("GB18030")), "\xC2\x80");
  same(mail_utf8(a, STR("你好"), STR("us-ascii")), "你好");
  same(mail_utf8(a, STR("caf\xe9!"), STR("iso-8859-1")), "café!");
  same(mail_utf8(a, STR("x"), STR("no-such-charset")), "x");
  same(mail_utf8(a, STR("\xff\xfe\xff"), STR("utf-8")), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void test_programs(void **state) {
  (void)state;
  static const struct { const char *head; enum mail_class class; bool no_answer; } cases[] = {
      {"Auto-Submitted: auto-replied\n", MAIL_AUTO, true}, {"Auto-Submitted: auto-notified\n", MAIL_AUTO, true}, {"Auto-Submitted: no\n", MAIL_PERSON, false},
      {"Precedence: bulk\n", MAIL_AUTO, true},             {"Precedence: first-class\n", MAIL_PERSON, false},    {"List-Id: <x.y>\n", MAIL_AUTO, true},
      {"Return-Path: <>\n", MAIL_AUTO, true},              {"X-Auto-Response-Suppress: All\n", MAIL_PERSON, true}, {"X-Autoreply: yes\n", MAIL_AUTO, true},
      {"X-Nothing: 1\n", MAIL_PERSON, false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct mail m = read_letter(arena_printf(a, "From: a@b.cn\n%s\nx\n", cases[i].head).p);
    if (m.class != cases[i].class || m.no_answer != cases[i].no_answer) fail_msg("%s: %d %d", cases[i].head, m.class, m.no_answer);
  }
}

static void test_bounces(void **state) {
  (void)state;
  struct mail m = read_letter("From: Mail Delivery System <Mailer-Daemon@mx>\nSubject: x\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: text/plain\n\nsorry\n"
                              "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; A@b.cn\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n such user\n\n"
                              "--B\nContent-Type: message/rfc822\n\nMessage-ID: <ours@shop>\nSubject: old\n\nold\n--B--\n");
  assert_int_equal(m.class, MAIL_BOUNCE);
  same(m.bounce.id, "ours@shop");
  same(m.bounce.recipient, "a@b.cn");
  same(m.bounce.code, "5.1.1");
  same(m.bounce.reason, "550 no such user");
  assert_int_equal(m.file_count, 0);
  m = read_letter("From: postmaster@mx\nSubject: Undelivered Mail Returned to Sender\nX-Failed-Recipients: a@b.cn\n\nIt failed.\n\nMessage-ID: <ours2@shop>\nSubject: x\n");
  assert_int_equal(m.class, MAIL_BOUNCE);
  same(m.bounce.id, "ours2@shop");
  same(m.bounce.recipient, "a@b.cn");
  m = read_letter("From: Mailer-Daemon@mx\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: delayed\nStatus: 4.0.0\n--B--\n");
  assert_int_equal(m.class, MAIL_AUTO); /* no end yet */
  m = read_letter("From: amy@b.cn\nSubject: Undeliverable parcel\n\nmy parcel came back\n");
  assert_int_equal(m.class, MAIL_PERSON);
}

static void test_parts(void **state) {
  (void)state;
  struct mail m = read_letter("From: a@b.cn\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\nplain\n--B\nContent-Type: text/html\n\n<p>page</p>\n--B--\n");
  same(m.text, "plain");
  m = read_letter("From: a@b.cn\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/html\n\n<p>page</p>\n--B--\n");
  same(m.text, "page");
  /* Deeper than anybody means it: the outer words stay. */
  struct buf b;
  buf_init(&b, 1 << 20);
  buf_addc(&b, "From: a@b.cn\n");
  for (int i = 0; i < 300; i++) buf_printf(&b, "Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n", i, i);
  buf_addc(&b, "\ndeep\n");
  m = read_letter(arena_buf(a, &b).p);
  buf_release(&b);
  assert_int_equal(m.class, MAIL_PERSON);
  struct problem p = {0};
  assert_int_equal(mail_read(a, STR(""), &m, &p), E_INVALID);
}

static void test_write(void **state) {
  (void)state;
  const struct str refs[] = {STR("a@x"), STR("b@x")};
  const struct mail_file file = {STR("报价 \"表\".csv"), STR("text/csv"), STR("1,2\n\xff"), false};
  struct mail_letter l = {.id = STR("id1@shop.cn"), .from = STR("desk@shop.cn"), .from_name = STR("小王\r\nBcc: evil@x"), .to = STR("amy@b.cn"), .subject = STR("你好\nBcc: evil@x"), .text = STR("一\n.\n二 <b>\n"),
                          .in_reply_to = STR("b@x"), .references = refs, .reference_count = 2, .files = &file, .file_count = 1, .date_ms = 1772676000000, .zone_offset_ms = 28800000, .automatic = true};
  struct str bytes;
  struct problem p = {0};
  assert_int_equal(mail_write(a, &l, &bytes, &p), OK);
  assert_true(str_find(bytes, STR("\nBcc:"), 0) == SIZE_MAX);
  assert_true(str_find(bytes, STR("Date: Thu, 05 Mar 2026 10:00:00 +0800"), 0) != SIZE_MAX);
  struct mail m;
  assert_int_equal(mail_read(a, bytes, &m, &p), OK);
  same(m.id, "id1@shop.cn");
  same(m.text, "一\n.\n二 <b>");
  assert_int_equal(m.class, MAIL_AUTO);
  assert_int_equal(m.reference_count, 2);
  assert_int_equal(m.file_count, 1);
  same(m.files[0].name, "报价 \"表\".csv");
  assert_true(str_eq(m.files[0].content, file.content));
  assert_true(str_starts(m.subject, STR("你好")));
}

static void test_subject(void **state) {
  (void)state;
  same(mail_subject_bare(STR("Re: 回复：RE: 发票 [#c12]")), "发票");
  same(mail_subject_bare(STR("[#c12] Fwd: x")), "x");
  same(mail_subject_bare(STR("Regarding you")), "Regarding you");
  same(mail_address(a, STR(" <A@B.cn> ")), "a@b.cn");
  same(mail_address(a, STR("a b@c")), "");
  same(mail_address(a, STR("a@b@c")), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_headers, make, drop), cmocka_unit_test_setup_teardown(test_quotes, make, drop),   cmocka_unit_test_setup_teardown(test_html, make, drop),
      cmocka_unit_test_setup_teardown(test_charsets, make, drop), cmocka_unit_test_setup_teardown(test_programs, make, drop), cmocka_unit_test_setup_teardown(test_bounces, make, drop),
      cmocka_unit_test_setup_teardown(test_parts, make, drop),    cmocka_unit_test_setup_teardown(test_write, make, drop),    cmocka_unit_test_setup_teardown(test_subject, make, drop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
