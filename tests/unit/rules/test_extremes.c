/* Extremes: what is too large, missing, circular or at its end. Each has its message in Chinese and English, a person is asked where
 * the program cannot know, and nothing is half done. */
#include "support.h"

#include <time.h>

static const char head[] = "# x\n\n```guiju\n制度 x “x”\n  版本 1.0 公布 2026-02-20 施行 2026-03-01\n岗位 客服 上级 主管\n岗位 主管\n";

static const struct lang_program *small_book(struct arena *a, const char *rules) {
  return book_of(a, arena_printf(a, "%s```\n\n## 一 {#a}\n\n```guiju\n%s\n```\n", head, rules));
}

/* The first error of a book that is refused. */
static const struct lang_diagnostic *refusal(struct arena *a, const char *rules, const char *key) {
  struct lang_diagnostics *d = ARENA_NEW(a, struct lang_diagnostics);
  lang_diagnostics_init(d, a);
  struct lang_program *p;
  enum status status = lang_parse(a, arena_printf(a, "%s```\n\n## 一 {#a}\n\n```guiju\n%s\n```\n", head, rules), &p, d);
  enum status checked = lang_check(a, p, rules_vocabulary(a), d);
  assert_true(status != OK || checked != OK);
  for (size_t i = 0; i < d->count; i++) {
    if (d->items[i].severity == LANG_ERROR && str_is(d->items[i].key, key)) return &d->items[i];
  }
  for (size_t i = 0; i < d->count; i++) print_error("%.*s: %.*s\n", STR_ARG(d->items[i].key), STR_ARG(d->items[i].en));
  fail_msg("no %s", key);
  return NULL;
}

static bool says(struct str s, const char *words) { return str_find(s, str_c(words), 0) != SIZE_MAX; }

struct found {
  struct arena *a;
  struct str zh, en, subject;
  size_t n;
};
static void keep(void *ctx, const struct consequence *c) {
  struct found *f = ctx;
  f->n++;
  f->zh = arena_dup(f->a, c->text_zh);
  f->en = arena_dup(f->a, c->text_en);
  f->subject = arena_dup(f->a, c->subject);
}
static struct found only_one(struct desk *d) {
  struct found f = {.a = d->a};
  engine_each_consequence(d->engine, keep, &f);
  assert_int_equal(f.n, 1);
  return f;
}

static void ten_thousand_clauses(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)2 * LANG_MEMORY_MAX + (1u << 26));
  struct buf b;
  buf_init(&b, LANG_FILE_MAX);
  buf_addc(&b, head);
  buf_addc(&b, "```\n\n");
  for (int i = 0; i < 10000; i++) {
    char item[] = {(char)('a' + i / 676 % 26), (char)('a' + i / 26 % 26), (char)('a' + i % 26), 0};
    if (i % 4) buf_printf(&b, "## 第%d条 {#c%d}\n\n提醒一次。\n\n```guiju\n凡 检查.发现 其中 项 = 项%s，则 提醒 当事人 “%d”\n```\n\n", i + 1, i, item, i);
    else buf_printf(&b, "## 第%d条 {#c%d}\n\n十分钟。\n\n```guiju\n自 检查.发现 其中 项 = 项%s 起 10分钟 内 当事人 须 完成 整改;逾期 上报 主管\n```\n\n", i + 1, i, item);
  }
  assert_false(b.overflow);
  clock_t start = clock();
  const struct lang_program *p = book_of(a, buf_str(&b));
  size_t used = arena_used(a);
  clock_t read = clock();
  struct desk d = desk_new(a, p);
  desk_fact(&d, "2026-03-05 10:00:00", "检查.发现", "", "{\"项\":\"项oup\",\"当事人\":\"小王\"}");
  desk_fact(&d, "2026-03-05 10:00:00", "检查.发现", "", "{\"项\":\"项aai\",\"当事人\":\"小王\"}");
  desk_until(&d, "2026-03-05 10:10:00.001");
  assert_string_equal(arena_cstr(a, desk_told(&d, "remind escalate")), "escalate role:主管 c8; remind 小王 c9999");
  print_message("10000 clauses, %zu KB: read in %ld ms with %zu MB, published and judged in %ld ms\n", b.n / 1024, (long)((read - start) * 1000 / CLOCKS_PER_SEC),
                used >> 20, (long)((clock() - read) * 1000 / CLOCKS_PER_SEC));
  assert_true(used <= (size_t)2 * LANG_MEMORY_MAX);
  desk_free(&d);
  buf_release(&b);
  arena_free(a);
}

static void a_sum_too_large(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_new(a, small_book(a, "参数 倍 = 900000000000000\n凡 订单.成交，则 奖励 接待人 金额 × 倍"));
  desk_fact(&d, "2026-03-05 10:00:00", "订单.成交", "", "{\"订单\":\"A1\",\"接待人\":\"小王\",\"金额\":\"900000000.00\"}");
  struct found f = only_one(&d);
  assert_true(says(f.zh, "请人判断") && says(f.en, "a person has to decide"));
  assert_string_equal(arena_cstr(a, desk_told(&d, "manual")), "manual 小王 a");
  desk_free(&d);
  const struct lang_diagnostic *m = refusal(a, "参数 长 = 12345678901234567890元", "lang.number_too_long");
  assert_true(m->zh.n && m->en.n);
  arena_free(a);
}

static void nothing_to_divide_by(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_new(a, small_book(a, "凡 订单.变更 其中 项目 = 改价，则 奖励 操作人 100元 ÷ 次数(订单.付款, 本日)"));
  desk_fact(&d, "2026-03-05 10:00:00", "订单.变更", "小王", "{\"订单\":\"A1\",\"项目\":\"改价\"}");
  struct found f = only_one(&d);
  assert_true(says(f.zh, "请人判断") && says(f.en, "a person has to decide"));
  desk_free(&d);
  arena_free(a);
}

static void the_calendar_ends(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct work_calendar calendar = {.from = date_from_civil(2026, 1, 1), .to = date_from_civil(2026, 3, 6)};
  struct problem p = {0};
  struct desk d = {.a = a, .program = small_book(a, "自 订单.付款 起 3个工作日 内 接待人 须 订单.发货;逾期 提醒 接待人"), .engine = engine_new(ZONE, &calendar)};
  assert_int_equal(engine_publish(d.engine, d.program, when("2026-02-20 00:00:00"), when("2026-03-01 00:00:00"), &p), OK);
  desk_fact(&d, "2026-03-03 10:00:00", "订单.付款", "", "{\"订单\":\"A1\",\"接待人\":\"小王\"}");
  desk_until(&d, "2026-03-20 00:00:00");
  assert_string_equal(arena_cstr(a, desk_told(&d, NULL)), "remind 小王 a"); /* the 6th is the last day it knows */
  desk_fact(&d, "2026-03-04 10:00:00", "订单.付款", "", "{\"订单\":\"A2\",\"接待人\":\"小李\"}");
  assert_string_equal(arena_cstr(a, desk_told(&d, NULL)), "manual 小李 a; remind 小王 a");
  struct found f = {.a = a};
  engine_each_consequence(d.engine, keep, &f);
  assert_true(says(f.zh, "日历") && says(f.en, "calendar"));
  desk_free(&d);
  arena_free(a);
}

static void nobody_holds_the_role(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_new(a, small_book(a, "凡 检查.发现，则 上报 主管"));
  desk_fact(&d, "2026-03-05 10:00:00", "检查.发现", "", "{\"项\":\"甲\",\"当事人\":\"小王\"}");
  assert_true(str_is(only_one(&d).subject, "role:主管")); /* it waits for whoever comes, and is not lost */
  desk_free(&d);
  const struct lang_diagnostic *m = refusal(a, "凡 检查.发现，则 上报 厂长", "lang.unknown_party");
  assert_true(m->zh.n && m->en.n);
  arena_free(a);
}

static void round_in_circles(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  const struct lang_diagnostic *m = refusal(a, "凡 检查.发现 其中 项 = 甲，则 视为 检查.发现(项=甲, 当事人=当事人)", "lang.cycle");
  assert_true(m->zh.n && m->en.n);
  arena_free(a);
}

static void strange_letters(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  const struct lang_diagnostic *m = refusal(a, "凡 检查.\xE2\x80\x8B发现，则 上报 主管", "lang.invisible_character");
  assert_true(says(m->zh, "U+200B") && says(m->en, "U+200B"));
  m = refusal(a, "凡 检查.发现，则 上\xE2\xBC\x88报 主管", "lang.look_alike"); /* U+2F08, a radical that looks like a word */
  assert_true(says(m->zh, "U+2F08") && says(m->en, "U+2F08"));
  m = refusal(a, "参数 限 = 30\xC2\xAD秒\n凡 检查.发现，则 上报 主管", "lang.invisible_character"); /* a soft hyphen */
  assert_true(says(m->zh, "U+00AD") && says(m->en, "U+00AD"));
  arena_free(a);
}

/* A version that cannot be published changes nothing: the one before goes on alone. */
static void nothing_half_published(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_new(a, small_book(a, "凡 检查.发现，则 上报 主管"));
  struct lang_diagnostics diagnostics;
  struct lang_program *headless;
  struct problem p = {0};
  lang_diagnostics_init(&diagnostics, a);
  assert_int_equal(lang_parse(a, STR("# x\n\n## 一 {#b}\n\n```guiju\n凡 检查.发现，则 提醒 当事人\n```\n"), &headless, &diagnostics), OK);
  assert_int_not_equal(lang_check(a, headless, rules_vocabulary(a), &diagnostics), OK);
  assert_int_equal(engine_publish(d.engine, headless, when("2026-03-01 00:00:00"), when("2026-03-01 00:00:00"), &p), E_INVALID);
  assert_true(p.zh[0] && p.en[0]);
  desk_fact(&d, "2026-03-05 10:00:00", "检查.发现", "", "{\"项\":\"甲\",\"当事人\":\"小王\"}");
  assert_string_equal(arena_cstr(a, desk_told(&d, NULL)), "escalate role:主管 a");
  desk_free(&d);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ten_thousand_clauses), cmocka_unit_test(a_sum_too_large), cmocka_unit_test(nothing_to_divide_by),
                                     cmocka_unit_test(the_calendar_ends), cmocka_unit_test(nobody_holds_the_role), cmocka_unit_test(round_in_circles),
                                     cmocka_unit_test(strange_letters), cmocka_unit_test(nothing_half_published)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
