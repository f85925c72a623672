/* The parser: the trial books without an error, the shape of the tree, recovery, limits. */
#include "fixture.h"

static void test_books(void **state) {
  (void)state;
  static const struct { const char *name; size_t items; } books[] = {{"c14", 62}, {"c03", 78}, {"a02", 72}, {"c16", 55}, {"c09", 57}, {"a12", 62}, {"hard", 219}, {"english", 38}};
  for (size_t i = 0; i < COUNT_OF(books); i++) {
    struct arena *a = arena_new(1 << 26);
    char name[64];
    snprintf(name, sizeof name, "books/%s.md", books[i].name);
    struct fixture f;
    fixture_parse(&f, fixture_read(a, name));
    if (f.d.errors) fixture_print(&f);
    assert_int_equal(f.status, OK);
    assert_int_equal(f.p->item_count, books[i].items);
    fixture_free(&f);
    arena_free(a);
  }
}

/* The book that runs first is clean: no errors and no warnings. */
static void test_first_book_checks(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 26);
  struct fixture f;
  fixture_parse(&f, fixture_read(a, "books/c14.md"));
  fixture_check(&f);
  if (f.d.count) fixture_print(&f);
  assert_int_equal(f.d.errors, 0);
  assert_int_equal(f.d.warnings, 0);
  fixture_free(&f);
  arena_free(a);
}

static void test_clauses(void **state) {
  (void)state;
  struct fixture f;
  fixture_parse(&f, STR("# 书名\n\n前言。\n\n## 第六条 接待 {#greeting covers=\"c14.22 c14.23\"}\n正文 *一*。\n```guiju\n参数 甲 = 5元\n```\n还有。\n### 4.1.2 小节 {#sub}\n"));
  assert_int_equal(f.status, OK);
  assert_int_equal(f.p->clause_count, 4);
  const struct lang_clause *c = lang_find_clause(f.p, STR("greeting"));
  assert_non_null(c);
  assert_true(str_is(c->number, "第六条") && str_is(c->title, "接待"));
  assert_int_equal(c->covers.count, 2);
  assert_true(str_is(c->prose, "正文 *一*。\n还有。"));
  assert_int_equal(c->item_count, 1);
  assert_true(str_is(f.p->clauses[3]->number, "4.1.2"));
  fixture_free(&f);
}

static void test_duty(void **state) {
  (void)state;
  struct fixture f;
  fixture_block(&f, "自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;\n逾期 罚款 接待人 5元 每 30秒(不足按一个计) 封顶 50元;未做 计至 会话.结束;遇 会话.转接 免");
  assert_int_equal(f.status, OK);
  const struct lang_item *item = f.p->items[0];
  assert_int_equal(item->kind, LI_MUST);
  assert_int_equal(item->must->due.kind, LANG_DUE_WITHIN);
  assert_int_equal(item->must->due.span->value.type, V_DURATION);
  assert_int_equal(item->must->due.span->value.i, 30000);
  assert_int_equal(item->tail_count, 3);
  const struct lang_act *fine = &item->tails[0].body.acts.p[0];
  assert_int_equal(fine->kind, LANG_FINE);
  assert_int_equal(fine->steps, LANG_STEPS_STARTED);
  assert_int_equal(fine->amount.from->value.i, 500);
  assert_int_equal(fine->cap->value.i, 5000);
  assert_int_equal(item->tails[1].kind, LANG_TAIL_NEVER);
  assert_int_equal(item->tails[2].kind, LANG_TAIL_RELEASE);
  fixture_free(&f);
}

static void test_case_flow(void **state) {
  (void)state;
  struct fixture f;
  fixture_block(&f, "单据 催缴 “通知书” 编号 年月+4位流水\n  字段 户!: 户, 轻重: 重|轻 多, 照片!: 照片 多 8张以上, 限时!: 时长 若 轻重=重\n"
                    "  流程 通知 (管理员) → 7天 后 限期 (管理员 或 助理 3个工作日) → 会商 (甲 且 乙 → 丙) → 了结\n  流程 通知 → 已缴\n  自 通知 起 3天 内 管理员 须 限期;逾期 催办 管理员");
  assert_int_equal(f.status, OK);
  const struct lang_case *c = f.p->items[0]->case_type;
  assert_int_equal(c->state_count, 5);
  assert_int_equal(c->arrow_count, 4);
  assert_int_equal(c->arrows[0].after->value.type, V_DAYS);
  assert_int_equal(c->states[1].by->kind, LA_ANY);
  assert_int_equal(c->states[1].limit->value.type, V_WORKDAYS);
  assert_int_equal(c->states[2].by->kind, LA_IN_TURN);
  assert_int_equal(c->states[2].by->parts[0]->kind, LA_ALL);
  assert_true(c->states[3].final && c->states[4].final && !c->states[0].final);
  assert_int_equal(c->number[0].kind, LANG_NUMBER_YEAR_MONTH);
  assert_int_equal(c->number[1].digits, 4);
  assert_int_equal(c->fields[1].type.kind, LT_ENUM);
  assert_true(c->fields[1].type.many && c->fields[2].bound.p[0].lower_included);
  assert_non_null(c->fields[3].asked_if);
  assert_int_equal(c->rule_count, 1);
  assert_true(str_is(c->rules[0]->must->trigger.events[0].path.text, "催缴.通知"));
  assert_true(str_is(c->rules[0]->must->goals.p[0].event.path.text, "催缴.限期"));
  fixture_free(&f);
}

static void test_ranges(void **state) {
  (void)state;
  struct fixture f;
  fixture_block(&f, "凡 甲.乙,则 按 额:\n  | 不满1000元 | 无 |\n  | 1000元以上不满5000元 | 无 |\n  | 5000元至6000元 | 无 |\n  | 超过6000元 | 无 |");
  assert_int_equal(f.status, OK);
  const struct lang_tier *t = f.p->items[0]->when->body.tier;
  assert_int_equal(t->row_count, 4);
  const struct lang_range *r = &t->rows[0].cells[0].ranges.p[0];
  assert_true(!r->lower && r->upper->value.i == 100000 && !r->upper_included);
  r = &t->rows[1].cells[0].ranges.p[0];
  assert_true(r->lower_included && !r->upper_included);
  r = &t->rows[2].cells[0].ranges.p[0];
  assert_true(r->lower_included && r->upper_included);
  r = &t->rows[3].cells[0].ranges.p[0];
  assert_true(!r->upper && !r->lower_included);
  fixture_free(&f);
}

static void test_same_tree_in_english(void **state) {
  (void)state;
  struct fixture f;
  fixture_block(&f, "from conversation.customer_spoke where first within 30s agent must conversation.agent_replied;\n"
                    "  else fine agent CNY 5 per 30s (started) cap CNY 50; never: until conversation.closed");
  assert_int_equal(f.status, OK);
  const struct lang_item *item = f.p->items[0];
  assert_int_equal(item->must->due.span->value.i, 30000);
  assert_int_equal(item->tails[0].body.acts.p[0].cap->value.i, 5000);
  assert_int_equal(item->tails[1].kind, LANG_TAIL_NEVER);
  assert_true(f.p->english);
  fixture_free(&f);
}

static void test_examples_carry_the_date(void **state) {
  (void)state;
  struct fixture f;
  fixture_block(&f, "例 设 2026-03-05 10:00:00 会话.客户消息(会话=一); 10:01:31 小王 会话.人工回复(会话=一) 得 罚款 小王 15元; 提醒 组长");
  assert_int_equal(f.status, OK);
  const struct lang_example *e = f.p->items[0]->example;
  assert_int_equal(e->fact_count, 2);
  assert_int_equal(e->outcome_count, 2);
  assert_int_equal(e->facts[1].at_ms - e->facts[0].at_ms, 91000);
  assert_true(str_is(e->facts[1].person.text, "小王"));
  fixture_free(&f);
}

static void test_recovery(void **state) {
  (void)state;
  struct fixture f;
  fixture_block(&f, "凡 考勤.迟到 提醒 当事人\n参数 =\n单据 甲\n  当事\n  字段 乙!: 人员\n  流程 →\n参数 好 = 5元\n禁止 客服");
  assert_int_equal(f.status, E_INVALID);
  assert_int_equal(f.d.errors, 5);
  assert_non_null(lang_find_figure(f.p, STR("好")));
  const struct lang_case *c = lang_find_case(f.p, STR("甲"));
  assert_non_null(c); /* the parts after a mistake are read, so that names do not vanish */
  assert_int_equal(c->field_count, 1);
  fixture_free(&f);
}

static void test_limits(void **state) {
  (void)state;
  struct fixture f;
  char deep[4096] = "凡 甲.乙 且 ";
  for (int i = 0; i < 200; i++) strcat(deep, "(");
  strcat(deep, "甲");
  fixture_block(&f, deep);
  assert_true(fixture_has(&f, "lang.too_deep"));
  fixture_free(&f);
  struct arena *a = arena_new((size_t)64 << 20);
  char *big = arena_alloc(a, LANG_FILE_MAX + 10);
  memset(big, ' ', LANG_FILE_MAX + 9);
  fixture_parse(&f, (struct str){big, LANG_FILE_MAX + 9});
  assert_int_equal(f.status, E_TOO_LARGE);
  fixture_free(&f);
  arena_free(a);
}

/* Every prefix of a book, and the book with each of many bytes changed, is answered, never a crash. */
static void test_hostile(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct str book = fixture_read(a, "books/c14.md");
  char *copy = arena_alloc(a, book.n);
  u64 seed = 20260305;
  for (int round = 0; round < 150; round++) {
    memcpy(copy, book.p, book.n);
    for (int k = 0; k < 1 + round % 7; k++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      copy[(seed >> 33) % book.n] = (char)(seed >> 20);
    }
    size_t n = round % 2 ? book.n : (seed >> 40) % book.n;
    struct fixture f;
    fixture_parse(&f, (struct str){copy, n});
    enum status status = lang_check(f.arena, f.p, fixture_vocabulary(f.arena), &f.d); /* also on what is left of a broken book */
    assert_true(status == OK || status == E_INVALID);
    fixture_free(&f);
  }
  arena_free(a);
}

/* Four megabytes of one thing: answered in the memory a caller gives (LANG_MEMORY_MAX twice), never quadratic. */
static void test_large(void **state) {
  (void)state;
  static const struct { const char *head, *each; } shapes[] = {
      {"## 一 {#a}\n```guiju\n", "参数 甲 = 1\n"},
      {"## 一 {#a}\n```guiju\n参数 甲 = 1", "+1"},
      {"## 一 {#a}\n```guiju\n单据 甲\n  字段 一", ",乙"},
      {"## 一 {#a}\n```guiju\n单据 甲\n  流程 一", "→乙"},
      {"", "# 甲\n"},
      {"", "```guiju\n申请 甲.乙:\n准 其余\n```\n"},
      {"", "## 一 {#a}\n```guiju\n凡 甲.乙,则 罚款 丙 5元\n```\n5元\n"},
      {"## 一 {#a}\n```guiju\n检查表 甲 由 乙\n", "  | 丙 | 无 |\n"},
      {"## 一 {#a}\n```guiju\n凡 ", "("},
      {"## 一 {#a}\n```guiju\n", "凡"},
      {"", "\xE2\x80\x8B"},
  };
  struct arena *a = arena_new((size_t)16 << 20);
  char *big = arena_alloc(a, LANG_FILE_MAX);
  for (size_t i = 0; i < COUNT_OF(shapes); i++) {
    size_t n = strlen(shapes[i].head), k = strlen(shapes[i].each);
    memcpy(big, shapes[i].head, n);
    while (n + k <= LANG_FILE_MAX) {
      memcpy(big + n, shapes[i].each, k);
      n += k;
    }
    struct arena *small = arena_new((size_t)2 * LANG_MEMORY_MAX);
    struct lang_diagnostics d;
    struct lang_program *p;
    struct lang_vocabulary none = {0};
    lang_diagnostics_init(&d, small);
    enum status status = lang_parse(small, (struct str){big, n}, &p, &d);
    assert_true(status == OK || status == E_INVALID);
    status = lang_check(small, p, &none, &d);
    assert_true(status == OK || status == E_INVALID);
    assert_true(d.count <= LANG_DIAGNOSTICS_MAX);
    arena_free(small);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_books), cmocka_unit_test(test_first_book_checks), cmocka_unit_test(test_clauses), cmocka_unit_test(test_duty),
      cmocka_unit_test(test_case_flow), cmocka_unit_test(test_ranges), cmocka_unit_test(test_same_tree_in_english),
      cmocka_unit_test(test_examples_carry_the_date), cmocka_unit_test(test_recovery), cmocka_unit_test(test_limits), cmocka_unit_test(test_hostile), cmocka_unit_test(test_large)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
