/* The formatter: twice is once, the tree stays the same, prose is not touched. And what is made of a book: JSON, HTML. */
#include "fixture.h"

#include "lang/format.h"
#include "lang/handbook.h"
#include "lang/lexer.h"
#include "lang/program_json.h"

static struct str formatted(struct arena *a, struct str source) {
  struct buf b;
  buf_init(&b, 2 * LANG_FILE_MAX);
  assert_int_equal(lang_format(a, source, &b), OK);
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

/* The same tokens, and so the same tree. */
static void same_tokens(struct arena *a, const struct lang_program *x, const struct lang_program *y) {
  struct lang_lexer lx, ly;
  lang_lexer_init(&lx, a, x->source, NULL);
  lang_lexer_init(&ly, a, y->source, NULL);
  assert_int_equal(x->block_count, y->block_count);
  for (size_t i = 0; i < x->block_count; i++) {
    struct lang_tokens s = lang_lex(&lx, x->blocks[i].from, x->blocks[i].to, 1), t = lang_lex(&ly, y->blocks[i].from, y->blocks[i].to, 1);
    assert_int_equal(s.count, t.count);
    for (size_t k = 0; k < s.count; k++) {
      assert_int_equal(s.p[k].kind, t.p[k].kind);
      assert_int_equal(s.p[k].word, t.p[k].word);
      assert_true(s.p[k].kind == TK_PUNCTUATION || str_eq(s.p[k].text, t.p[k].text));
    }
  }
}

static void test_books(void **state) {
  (void)state;
  static const char *const books[] = {"c14", "c03", "a02", "c16", "c09", "a12", "hard", "english"};
  for (size_t i = 0; i < COUNT_OF(books); i++) {
    struct arena *a = arena_new((size_t)256 << 20);
    struct str path = arena_printf(a, "books/%s.md", books[i]), source = fixture_read(a, path.p);
    struct str once = formatted(a, source), twice = formatted(a, once);
    assert_true(str_eq(once, twice));
    struct fixture x, y;
    fixture_parse(&x, source);
    fixture_parse(&y, once);
    assert_int_equal(y.status, OK);
    assert_int_equal(x.p->item_count, y.p->item_count);
    for (size_t k = 0; k < x.p->item_count; k++) assert_int_equal(x.p->items[k]->kind, y.p->items[k]->kind);
    for (size_t k = 0; k < x.p->clause_count; k++) assert_true(str_eq(x.p->clauses[k]->prose, y.p->clauses[k]->prose));
    same_tokens(a, x.p, y.p);
    fixture_free(&x);
    fixture_free(&y);
    arena_free(a);
  }
}

static void test_one_way(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct buf b;
  buf_init(&b, 1 << 20);
  lang_format_block(a, STR("凡  投诉．成立，则 按 次序（本自然月、当事人）：\n| 第1次|罚款 当事人 ５０元|\n|第2次及以后 | 上报 主管 |\n-- 原文没写期间\n\n\n提醒是另一项\n"), &b);
  assert_string_equal(arena_cstr(a, buf_str(&b)), "凡 投诉.成立,则 按 次序(本自然月, 当事人):\n  | 第1次       | 罚款 当事人 50元 |\n  | 第2次及以后 | 上报 主管        |\n-- 原文没写期间\n\n提醒是另一项\n");
  buf_release(&b);
  arena_free(a);
}

static void test_line_ends_are_kept(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)256 << 20);
  struct str out = formatted(a, STR("## 一 {#a}\r\n正文\r\n```guiju\r\n参数 甲 =  5元\r\n凡 甲.乙，则 按 丙：\r\n| 其余|无|\r\n```\r\n"));
  assert_string_equal(arena_cstr(a, out), "## 一 {#a}\r\n正文\r\n```guiju\r\n参数 甲 = 5元\r\n凡 甲.乙,则 按 丙:\r\n  | 其余 | 无 |\r\n```\r\n");
  arena_free(a);
}

static void test_json(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct fixture f;
  fixture_parse(&f, fixture_read(a, "books/c14.md"));
  json_t *j = lang_program_json(f.p, 20513);
  assert_string_equal(json_string_value(json_object_get(j, "id")), "c14");
  assert_int_equal(json_array_size(json_object_get(j, "case_types")), 8);
  json_t *complaint = NULL, *c;
  size_t i;
  json_array_foreach(json_object_get(j, "case_types"), i, c) {
    if (!strcmp(json_string_value(json_object_get(c, "name")), "投诉")) complaint = c;
  }
  assert_non_null(complaint);
  json_t *steps = json_object_get(complaint, "steps");
  assert_int_equal(json_array_size(steps), 4);
  json_t *step = json_array_get(steps, 1);
  assert_string_equal(json_string_value(json_object_get(step, "limit")), "3个工作日");
  assert_int_equal(json_array_size(json_object_get(step, "next")), 2);
  json_decref(j);
  fixture_free(&f);
  arena_free(a);
}

static void test_handbook_is_safe(void **state) {
  (void)state;
  struct fixture f;
  fixture_parse(&f, STR("## 第一条 <b>x</b> {#a}\n<script>alert(1)</script> \n\n[坏](javascript:alert(2)) **好** <u>y</u>\n```guiju\n参数 甲 = 5元 自定 “<img src=x>”\n```\n"));
  struct buf b;
  buf_init(&b, 1 << 20);
  assert_int_equal(lang_handbook(f.p, false, &b), OK);
  struct str html = buf_str(&b);
  assert_true(str_find(html, STR("alert(1)"), 0) == SIZE_MAX || str_find(html, STR("<script>alert"), 0) == SIZE_MAX);
  assert_true(str_find(html, STR("javascript:"), 0) == SIZE_MAX);
  assert_true(str_find(html, STR("<img"), 0) == SIZE_MAX);
  assert_true(str_find(html, STR("<b>x"), 0) == SIZE_MAX && str_find(html, STR("<u>"), 0) == SIZE_MAX);
  assert_true(str_find(html, STR("<strong>好</strong>"), 0) != SIZE_MAX);
  assert_true(str_find(html, STR("<section id=\"a\">"), 0) != SIZE_MAX);
  buf_release(&b);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_books), cmocka_unit_test(test_one_way), cmocka_unit_test(test_line_ends_are_kept), cmocka_unit_test(test_json),
                                     cmocka_unit_test(test_handbook_is_safe)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
