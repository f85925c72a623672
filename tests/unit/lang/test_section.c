/* Cutting a book into its headings, joining two people's changes, and the figures with their places. */
#include "fixture.h"

#include "lang/figures.h"
#include "lang/section.h"

static const char book[] = "前言。\n"
                           "## 第一条 甲 {#a covers=\"x.1\"}\n甲的话。\n```guiju\n## 不是标题\n参数 甲 = 1元\n```\n"
                           "## 第二条 乙 {#b}\n乙一。\n乙二。\n乙三。\n乙四。\n"
                           "## 没有号\n丙。\n";

static struct str with(struct arena *a, struct str s, const char *from, const char *to) {
  size_t at = str_find(s, str_c(from), 0);
  assert_true(at != SIZE_MAX);
  return arena_printf(a, "%.*s%s%.*s", STR_ARG(str_slice(s, 0, at)), to, STR_ARG(str_slice(s, at + strlen(from), s.n)));
}

#define IS(s, c) assert_true(str_is((s), (c)))

static void sections_joined_are_the_file(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct lang_sections s = lang_sections(a, str_c(book));
  assert_int_equal(s.count, 4);
  IS(s.p[0].key, "");
  IS(s.p[1].key, "#a");
  IS(s.p[2].key, "#b");
  IS(s.p[3].key, "没有号");
  struct str all = STR("");
  for (size_t i = 0; i < s.count; i++) all = arena_printf(a, "%.*s%.*s", STR_ARG(all), STR_ARG(s.p[i].text));
  IS(all, book);
  assert_int_equal(lang_sections(a, STR("")).count, 1);
  assert_int_equal(lang_sections(a, STR("## 同\n## 同\n")).count, 2);
  IS(lang_sections(a, STR("## 同\n## 同\n")).p[1].key, "同~2");
  arena_free(a);
}

static void what_one_side_changed_is_kept(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct str base = str_c(book), mine = with(a, base, "甲的话", "我的话"), theirs = with(a, base, "丙。", "别人写的。");
  struct lang_merge m = lang_merge(a, base, mine, theirs);
  assert_int_equal(m.conflict_count, 0);
  assert_int_equal(m.taken, 1);
  assert_true(str_eq(m.source, with(a, mine, "丙。", "别人写的。")));
  /* the same clause, lines apart */
  m = lang_merge(a, base, with(a, base, "乙一。", "我改一。"), with(a, base, "乙四。", "别人改四。"));
  assert_int_equal(m.conflict_count, 0);
  assert_true(str_find(m.source, STR("我改一。\n乙二。\n乙三。\n别人改四。"), 0) != SIZE_MAX);
  /* the same change twice is none */
  m = lang_merge(a, base, mine, mine);
  assert_int_equal(m.conflict_count, 0);
  assert_true(str_eq(m.source, mine));
  arena_free(a);
}

static void both_in_one_place_is_a_conflict(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct str base = str_c(book);
  struct lang_merge m = lang_merge(a, base, with(a, base, "乙二。", "我的二。"), with(a, base, "乙二。", "别人的二。"));
  assert_int_equal(m.conflict_count, 1);
  IS(m.conflicts[0].key, "#b");
  assert_true(str_find(m.conflicts[0].mine, STR("我的二"), 0) != SIZE_MAX && str_find(m.conflicts[0].theirs, STR("别人的二"), 0) != SIZE_MAX);
  assert_true(str_find(m.source, STR("别人的二"), 0) != SIZE_MAX && str_find(m.source, STR("我的二"), 0) == SIZE_MAX);
  /* lines beside each other are not apart */
  m = lang_merge(a, base, with(a, base, "乙二。", "我的二。"), with(a, base, "乙三。", "别人的三。"));
  assert_int_equal(m.conflict_count, 1);
  /* removed by one, changed by the other: never silently gone */
  struct str gone = with(a, base, "## 没有号\n丙。\n", ""), changed = with(a, base, "丙。", "还要。");
  m = lang_merge(a, base, gone, changed);
  assert_int_equal(m.conflict_count, 1);
  assert_true(m.conflicts[0].mine.p == NULL && str_find(m.source, STR("还要。"), 0) != SIZE_MAX);
  m = lang_merge(a, base, changed, gone);
  assert_int_equal(m.conflict_count, 1);
  assert_true(m.conflicts[0].theirs.p == NULL && str_find(m.conflicts[0].mine, STR("还要。"), 0) != SIZE_MAX);
  arena_free(a);
}

static void new_and_moved_clauses_find_their_place(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct str base = str_c(book), mine = with(a, base, "## 第二条", "## 新 {#n}\n新的。\n## 第二条"), theirs = with(a, base, "甲的话", "别人的话");
  struct lang_merge m = lang_merge(a, base, mine, theirs);
  assert_int_equal(m.conflict_count, 0);
  assert_true(str_eq(m.source, with(a, mine, "甲的话", "别人的话")));
  m = lang_merge(a, base, theirs, mine);
  assert_true(str_eq(m.source, with(a, mine, "甲的话", "别人的话")));
  arena_free(a);
}

/* Random edits of lines by two sides: nothing that either side wrote is in neither the result nor a conflict. */
static void nothing_written_is_lost(void **state) {
  (void)state;
  unsigned seed = 20260301;
  print_message("seed %u\n", seed);
  for (int round = 0; round < 400; round++) {
    struct arena *a = arena_new(4 << 20);
    struct str side[2];
    for (int s = 0; s < 2; s++) {
      struct buf b;
      buf_init(&b, 1 << 16);
      struct str rest = str_c(book);
      int n = 0;
      while (rest.n) {
        struct str line = str_cut(rest, '\n', &rest);
        seed = seed * 1103515245 + 12345;
        unsigned dice = seed >> 16 & 7;
        if (dice == 0 && !str_starts(line, STR("#")) && !str_starts(line, STR("`"))) buf_printf(&b, "s%d-%d\n", s, n);
        else buf_printf(&b, "%.*s\n", STR_ARG(line));
        if (dice == 1) buf_printf(&b, "+s%d-%d\n", s, n);
        n++;
      }
      side[s] = arena_buf(a, &b);
      buf_release(&b);
    }
    struct lang_merge m = lang_merge(a, str_c(book), side[0], side[1]);
    for (int s = 0; s < 2; s++)
      for (int n = 0; n < 20; n++) {
        struct str mark = arena_printf(a, "s%d-%d\n", s, n);
        if (str_find(side[s], mark, 0) == SIZE_MAX) continue;
        bool there = str_find(m.source, mark, 0) != SIZE_MAX;
        for (size_t i = 0; i < m.conflict_count && !there; i++) there = str_find(s ? m.conflicts[i].theirs : m.conflicts[i].mine, mark, 0) != SIZE_MAX;
        if (!there) fail_msg("round %d: %.*s is lost", round, STR_ARG(mark));
      }
    arena_free(a);
  }
}

static void figures_have_their_places(void **state) {
  (void)state;
  struct fixture f;
  fixture_parse(&f, STR("## 第一条 甲 {#a}\n限 30 秒。\n```guiju\n参数 首响限 = 30秒  自定 “试”\n#x 自 会话.客户消息 起 首响限 内 接待人 须 会话.人工回复;逾期 罚款 接待人 5元 每 10秒(不足按一个计) 封顶 50元;未做 计至 会话.结束\n```\n"));
  json_t *list = lang_figures_json(f.p);
  assert_int_equal(json_array_size(list), 4);
  json_t *first = json_array_get(list, 0), *fine = json_array_get(list, 1);
  assert_string_equal(json_string_value(json_object_get(first, "key")), "figure:首响限");
  assert_string_equal(json_string_value(json_object_get(first, "words")), "30秒");
  assert_int_equal(json_integer_value(json_object_get(first, "line")), 4);
  assert_int_equal(json_integer_value(json_object_get(first, "column")), 10);
  assert_true(json_is_true(json_object_get(first, "ours")));
  assert_int_equal(json_array_size(json_object_get(first, "uses")), 1);
  assert_string_equal(json_string_value(json_object_get(fine, "key")), "a/x/1");
  assert_string_equal(json_string_value(json_object_get(fine, "words")), "5元");
  assert_string_equal(json_string_value(json_object_get(fine, "type")), "money");
  json_decref(list);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sections_joined_are_the_file),       cmocka_unit_test(what_one_side_changed_is_kept),
                                     cmocka_unit_test(both_in_one_place_is_a_conflict),    cmocka_unit_test(new_and_moved_clauses_find_their_place),
                                     cmocka_unit_test(nothing_written_is_lost),            cmocka_unit_test(figures_have_their_places)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
