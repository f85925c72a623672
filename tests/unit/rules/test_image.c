/* An image of the engine: saved and restored anywhere in a log, the engine goes on as if nothing had been; damaged in any place, of
 * another book or shortened, it is refused with words. */
#include "support.h"

#include "rules/image.h"

static struct arena *books;
static const struct lang_program *book;

static i64 in_force(void) { return when("2026-03-01 00:00:00"); }

static struct engine *restored(const struct bytes *b, const struct lang_program *program, struct problem *p) {
  struct engine *e = engine_new(ZONE, NULL);
  const struct image_version v = {program, when("2026-02-20 00:00:00"), in_force()};
  if (engine_restore(e, b->p, b->n, &v, 1, p) == OK) return e;
  engine_free(e);
  return NULL;
}

static struct bytes saved(struct engine *e) {
  struct bytes b = {0};
  struct problem p = {0};
  enum status status = engine_save(e, keep_bytes, &b, &p);
  if (status != OK) print_error("%s\n", p.zh);
  assert_int_equal(status, OK);
  return b;
}

/* A month of a shop, in short lines: talk, orders, a roster, findings, complaints, verdicts. */
static struct desk month(struct arena *a, int days) {
  struct desk d = desk_new(a, book);
  char at[40], data[256];
  desk_fact(&d, "2026-03-01 07:00:00", "人员.入职", "", "{\"当事人\":\"小王\",\"岗位\":\"客服\",\"工号\":\"017\"}");
  desk_fact(&d, "2026-03-01 07:00:01", "人员.入职", "", "{\"当事人\":\"老方\",\"岗位\":\"主管\",\"工号\":\"1\"}");
  for (int i = 2; i < 2 + days; i++) {
    snprintf(at, sizeof at, "2026-03-%02d 08:00:00", i);
    snprintf(data, sizeof data, "{\"当事人\":\"小王\",\"班次\":\"白班\",\"日期\":\"2026-03-%02d\",\"类\":\"班\"}", i);
    desk_fact(&d, at, "班次.排定", "", data);
    snprintf(at, sizeof at, "2026-03-%02d 08:%02d:00", i, 20 + i);
    desk_fact(&d, at, "考勤.上班", "小王", "{\"当事人\":\"小王\"}");
    snprintf(at, sizeof at, "2026-03-%02d 10:00:00", i);
    snprintf(data, sizeof data, "{\"会话\":\"c%d\",\"接待人\":\"小王\",\"首条\":true}", i);
    desk_fact(&d, at, "会话.客户消息", "", data);
    snprintf(at, sizeof at, "2026-03-%02d 10:00:%02d", i, 20 + i);
    snprintf(data, sizeof data, "{\"会话\":\"c%d\",\"接待人\":\"小王\"}", i);
    desk_fact(&d, at, "会话.人工回复", "小王", data);
    snprintf(at, sizeof at, "2026-03-%02d 11:00:00", i);
    snprintf(data, sizeof data, "{\"订单\":\"o%d\",\"客户\":\"甲\",\"接待人\":\"小王\",\"金额\":\"100.00\"}", i);
    desk_fact(&d, at, "订单.成交", "", data);
    snprintf(data, sizeof data, "{\"订单\":\"o%d\",\"金额\":\"100.00\"}", i);
    desk_fact(&d, at, "订单.付款", "", data);
    snprintf(at, sizeof at, "2026-03-%02d 12:00:00", i);
    if (i % 3 == 0) desk_fact(&d, at, "检查.发现", "老方", "{\"检查表\":\"现场检查\",\"项\":\"争吵\",\"当事人\":\"小王\"}");
    snprintf(data, sizeof data, "{\"单\":\"k%d\",\"责任人\":\"小王\",\"事由\":\"服务\",\"客户\":\"甲\",\"内容\":\"x\"}", i);
    if (i % 5 == 0) desk_fact(&d, at, "投诉.成立", "老方", data);
    struct str fine = desk_find(&d, "fine", "小王");
    snprintf(data, sizeof data, "{\"后果\":\"%.*s\",\"结果\":\"确认\",\"当事人\":\"老方\"}", STR_ARG(fine));
    if (fine.n && i % 4 == 0) desk_fact(&d, at, "账.表态", "老方", data);
  }
  return d;
}

static void goes_on_the_same(void **state) {
  (void)state;
  for (int days = 0; days < 20; days += 6) {
    struct arena *a = arena_new(1 << 28);
    struct problem p = {0};
    struct desk d = month(a, days);
    struct bytes image = saved(d.engine);
    struct desk again = d;
    again.engine = restored(&image, book, &p);
    if (!again.engine) print_error("%s\n", p.zh);
    assert_non_null(again.engine);
    assert_true(engine_fingerprint(d.engine) == engine_fingerprint(again.engine));
    assert_true(engine_next_due(d.engine) == engine_next_due(again.engine));
    struct desk *both[2] = {&d, &again};
    struct str told[2];
    for (int i = 0; i < 2; i++) { /* late facts, new ones, deadlines, a settlement */
      desk_fact(both[i], "2026-03-02 10:00:31", "会话.人工回复", "小王", "{\"会话\":\"c2\",\"接待人\":\"小王\"}");
      desk_fact(both[i], "2026-03-01 23:00:00", "检查.发现", "老方", "{\"检查表\":\"现场检查\",\"项\":\"争吵\",\"当事人\":\"小王\"}");
      desk_fact(both[i], "2026-03-25 10:00:00", "会话.客户消息", "", "{\"会话\":\"z\",\"接待人\":\"小王\",\"首条\":true}");
      desk_until(both[i], "2026-04-02 00:00:00");
      told[i] = desk_told(both[i], NULL);
    }
    assert_string_equal(arena_cstr(a, told[0]), arena_cstr(a, told[1]));
    assert_true(engine_fingerprint(d.engine) == engine_fingerprint(again.engine));
    struct bytes one = saved(again.engine);
    assert_true(one.n > image.n);
    free(one.p);
    free(image.p);
    engine_free(again.engine);
    desk_free(&d);
    arena_free(a);
  }
}

static void damaged_in_any_place(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = month(a, 4);
  struct bytes image = saved(d.engine);
  size_t step = image.n / 997 + 1;
  for (size_t at = 0; at < image.n; at += step) {
    struct problem p = {0};
    image.p[at] = (char)(image.p[at] ^ 0x40);
    struct engine *e = restored(&image, book, &p);
    if (e) print_error("byte %zu of %zu was changed and not noticed\n", at, image.n);
    assert_null(e);
    assert_true(p.zh[0] && p.en[0]);
    image.p[at] = (char)(image.p[at] ^ 0x40);
  }
  for (size_t n = 0; n < image.n; n += step) {
    struct problem p = {0};
    struct bytes less = {image.p, n, n};
    assert_null(restored(&less, book, &p));
  }
  struct problem p = {0};
  struct engine *whole = restored(&image, book, &p);
  assert_non_null(whole);
  engine_free(whole);
  free(image.p);
  desk_free(&d);
  arena_free(a);
}

static void of_another_book(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = month(a, 2);
  struct bytes image = saved(d.engine);
  struct str text = file_text(a, RULEBOOKS "/c14.md");
  size_t at = str_find(text, STR("参数 首响罚 = 5元"), 0);
  assert_true(at != SIZE_MAX);
  struct str other = arena_dup(a, text);
  ((char *)(uintptr_t)other.p)[at + strlen("参数 首响罚 = ")] = '6';
  struct problem p = {0};
  struct lang_diagnostics diagnostics;
  lang_diagnostics_init(&diagnostics, a);
  struct lang_program *changed;
  assert_int_equal(lang_parse(a, other, &changed, &diagnostics), OK);
  assert_null(restored(&image, changed, &p));
  assert_non_null(strstr(p.zh, "别的"));
  free(image.p);
  desk_free(&d);
  arena_free(a);
}

static void not_while_held(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = month(a, 2);
  struct bytes b = {0};
  struct problem p = {0};
  engine_hold(d.engine);
  assert_int_equal(engine_save(d.engine, keep_bytes, &b, &p), E_INVALID);
  assert_int_equal(b.n, 0);
  engine_flush(d.engine, NULL);
  desk_free(&d);
  arena_free(a);
}

static int load(void **state) {
  (void)state;
  books = arena_new(1 << 30);
  book = book_c14(books);
  return 0;
}
static int unload(void **state) {
  (void)state;
  arena_free(books);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(goes_on_the_same), cmocka_unit_test(damaged_in_any_place), cmocka_unit_test(of_another_book),
                                     cmocka_unit_test(not_while_held)};
  return cmocka_run_group_tests(tests, load, unload);
}
