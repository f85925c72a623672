/* 禁语, 敬语, 话术: the plain form of a text, the finder against a naive search on random texts, and what a book makes of it. */
#include "support.h"

#include "base/plain_text.h"
#include "rules/word_finder.h"
#include "word_automaton.h"

static const char head[] =
    "# 试\n\n```guiju\n制度 t “试”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 主管\n岗位 主管\n```\n\n## 一 {#one}\n```guiju\n";

static struct desk small(const char *blocks) {
  struct arena *a = arena_new(1 << 28);
  return desk_new(a, book_of(a, arena_printf(a, "%s%s\n```\n", head, blocks)));
}
static void end(struct desk *d) {
  struct arena *a = d->a;
  desk_free(d);
  arena_free(a);
}
static void told_is(struct desk *d, const char *expected) { assert_string_equal(arena_cstr(d->a, desk_told(d, NULL)), expected); }
static struct str say(struct desk *d, const char *at, const char *talk, const char *who, const char *text) {
  json_t *j = json_pack("{s:s,s:s,s:s}", "会话", talk, "接待人", who, "文", text);
  char *data = json_dumps(j, 0);
  struct str id = desk_fact(d, at, "会话.人工回复", who, data);
  free(data);
  json_decref(j);
  return id;
}
static struct str changes(struct desk *d, const char *at, const char *talk, const char *who, struct str message, const char *text) {
  json_t *j = json_pack("{s:s,s:s,s:s#,s:s}", "会话", talk, "当事人", who, "消息", message.p, (int)message.n, "文", text);
  char *data = json_dumps(j, 0);
  struct str id = desk_fact(d, at, "会话.改消息", who, data);
  free(data);
  json_decref(j);
  return id;
}
static void customer(struct desk *d, const char *at, const char *talk, const char *text) {
  json_t *j = json_pack("{s:s,s:s,s:s}", "会话", talk, "接待人", "小王", "文", text);
  char *data = json_dumps(j, 0);
  desk_fact(d, at, "会话.客户消息", "", data);
  free(data);
  json_decref(j);
}

/* ---- plain form ---- */

static void form_is(const char *text, const char *plain) {
  struct arena *a = arena_new(1 << 20);
  assert_string_equal(arena_cstr(a, plain_form(a, str_c(text))), plain);
  arena_free(a);
}

static void plain_forms(void **state) {
  (void)state;
  form_is("不归我管", "不归我管");
  form_is(" 不 归·我-管。", "不归我管");
  form_is("ＮＯＴ　Ｍｙ Job！", "notmyjob");
  form_is("１２３", "123");
  form_is("不\xe2\x80\x8b归\xef\xbb\xbf我", "不归我"); /* zero width space, byte order mark */
  form_is("人人→人々🙂", "人人人々");
  form_is("É", "é");
  form_is("。。。", "");
  form_is("", "");
}

/* ---- the finder against looking at every place ---- */

struct places {
  char p[1 << 16];
  size_t n;
};
static void note(void *ctx, const struct word_found *w) {
  struct places *all = ctx;
  all->n += (size_t)snprintf(all->p + all->n, sizeof all->p - all->n, "%u@%u-%u ", w->word, w->from, w->to);
}

static u32 next_random(u64 *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (u32)(*seed >> 33);
}

static void finder_is_naive(void **state) {
  (void)state;
  const char *given = getenv("GUIJU_SEED");
  u64 first = given ? strtoull(given, NULL, 10) : 20260305;
  print_message("seed %llu\n", (unsigned long long)first);
  static const char *const letters[] = {"甲", "乙", "a", "b", " ", "。", "丙"};
  for (u64 turn = 0; turn < 400; turn++) {
    u64 seed = first + turn;
    struct arena *a = arena_new(1 << 24);
    struct word_finder *f = word_finder_new();
    struct str words[6];
    size_t count = 1 + next_random(&seed) % 6, known = 0;
    for (size_t i = 0; i < count; i++) {
      char w[64] = "";
      for (u32 k = 1 + next_random(&seed) % 4; k > 0; k--) strcat(w, letters[next_random(&seed) % 7]);
      struct str plain = arena_dup(a, plain_form(a, str_c(w)));
      u32 number = word_finder_add(f, plain);
      if (plain.n == 0) assert_int_equal(number, NO_WORD);
      else if (number == known) words[known++] = plain;
      else assert_true(str_eq(words[number], plain));
    }
    word_finder_build(f);
    char text[256] = "";
    for (u32 k = next_random(&seed) % 40; k > 0; k--) strcat(text, letters[next_random(&seed) % 7]);
    struct plain_char *c;
    size_t n = plain_chars(a, str_c(text), &c);
    static struct places got, want;
    got.n = want.n = 0;
    got.p[0] = want.p[0] = 0;
    assert_int_equal(word_finder_find(f, a, str_c(text), note, &got), n > 0);
    for (size_t end = 0; end < n; end++) { /* longest first */
      for (size_t from = 0; from <= end; from++) {
        struct str plain = plain_form(a, str_slice(str_c(text), c[from].from, c[end].to));
        u32 gaps = 0, stops = 0;
        for (size_t i = from + 1; i <= end; i++) gaps += c[i].gap, stops += c[i].stop;
        if (stops && (end - from < 2 || gaps < end - from)) continue;
        if ((plain_is_latin(c[from].code) && c[from].joined) || (plain_is_latin(c[end].code) && c[end].joins)) continue;
        for (size_t w = 0; w < known; w++)
          if (str_eq(words[w], plain)) note(&want, &(struct word_found){.word = (u32)w, .from = c[from].from, .to = c[end].to});
      }
    }
    if (strcmp(got.p, want.p) != 0) print_error("seed %llu text %s\n", (unsigned long long)(first + turn), text);
    assert_string_equal(got.p, want.p);
    word_finder_free(f);
    arena_free(a);
  }
}

/* Thousands of words, many beginning and ending alike, in long texts: the same places in the same order as the automaton
 * that the finder replaced. */
static void finder_is_automaton(void **state) {
  (void)state;
  const char *given = getenv("GUIJU_SEED");
  u64 seed = given ? strtoull(given, NULL, 10) : 20260306;
  print_message("seed %llu\n", (unsigned long long)seed);
  static const char *const letters[] = {"甲", "乙", "a", "b", " ", "。", "丙", "騙", "骗", "“", "”", "😀", "Ｋ", "\n"};
  struct arena *a = arena_new(1 << 28);
  struct word_finder *f = word_finder_new();
  struct word_automaton *old = word_automaton_new();
  for (int round = 0; round < 4; round++) { /* words are added to what is built, as new versions do */
    for (int i = 0; i < 1500; i++) {
      char w[64] = "";
      for (u32 k = 1 + next_random(&seed) % 7; k > 0; k--) strcat(w, letters[next_random(&seed) % 9]);
      struct str plain = plain_form(a, str_c(w));
      assert_int_equal(word_finder_add(f, plain), word_automaton_add(old, plain));
    }
    word_finder_build(f);
    word_automaton_build(old);
    for (int turn = 0; turn < 200; turn++) {
      char text[400] = "";
      for (u32 k = next_random(&seed) % 80; k > 0; k--) strcat(text, letters[next_random(&seed) % COUNT_OF(letters)]);
      struct plain_char *c;
      size_t n = plain_chars(a, str_c(text), &c);
      static struct places got, want;
      got.n = want.n = 0;
      got.p[0] = want.p[0] = 0;
      assert_int_equal(word_finder_find(f, a, str_c(text), note, &got), n > 0);
      word_automaton_find(old, c, n, note, &want);
      if (strcmp(got.p, want.p) != 0) print_error("text %s\n", text);
      assert_string_equal(got.p, want.p);
    }
  }
  word_finder_free(f);
  word_automaton_free(old);
  arena_free(a);
}

/* ---- forbidden ---- */

static const char shrug[] = "#shrug 禁语 推诿: “不归我管”, “not my job”;违者 罚款 当事人 5元";

static void one_message_once(void **state) {
  (void)state;
  struct desk d = small(shrug);
  say(&d, "2026-03-05 10:00:00", "一", "小王", "这不归我管,真的不归我管, NOT MY JOB");
  told_is(&d, "fine 小王 5.00 one");
  say(&d, "2026-03-05 10:01:00", "一", "小王", "不、归、我、管");
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one");
  end(&d);
}

static void not_the_word(void **state) {
  (void)state;
  struct desk d = small(shrug);
  say(&d, "2026-03-05 10:00:00", "一", "小王", "这要不,归我管吧"); /* two sentences */
  say(&d, "2026-03-05 10:00:01", "一", "小王", "it is not my jobs");
  say(&d, "2026-03-05 10:00:02", "一", "小王", "knot my job");
  say(&d, "2026-03-05 10:00:03", "一", "小王", "这归我管");
  customer(&d, "2026-03-05 10:00:04", "一", "不归我管");
  told_is(&d, "");
  end(&d);
}

static void quotation(void **state) {
  (void)state;
  struct desk d = small(shrug);
  say(&d, "2026-03-05 10:00:00", "一", "小王", "您问“不归我管”是什么意思?"); /* the customer has not said it yet */
  told_is(&d, "fine 小王 5.00 one");
  customer(&d, "2026-03-05 10:01:00", "一", "你们上次说不归我管");
  say(&d, "2026-03-05 10:02:00", "一", "小王", "您说的“不归我管”,我去查");
  say(&d, "2026-03-05 10:03:00", "二", "小王", "> 不归我管"); /* another conversation: nobody said it there */
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one");
  say(&d, "2026-03-05 10:04:00", "一", "小王", "> 不归我管\n我马上查");
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one");
  say(&d, "2026-03-05 10:05:00", "一", "小王", "您说“不归我管”,可是不归我管"); /* once quoted, once said */
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one; fine 小王 5.00 one");
  end(&d);
}

static void late_customer_word(void **state) { /* what the customer said arrives late: the finding is taken back */
  (void)state;
  struct desk d = small(shrug);
  say(&d, "2026-03-05 10:02:00", "一", "小王", "您说的“不归我管”,我去查");
  told_is(&d, "fine 小王 5.00 one");
  customer(&d, "2026-03-05 10:01:00", "一", "上次说不归我管");
  told_is(&d, "");
  end(&d);
}

/* Every state of a message that the customer could see counts; a message breaks an item once, whatever it becomes. */
static void changed_afterwards(void **state) {
  (void)state;
  struct desk d = small(shrug);
  struct str good = say(&d, "2026-03-05 10:00:00", "一", "小王", "稍等");
  told_is(&d, "");
  changes(&d, "2026-03-05 10:01:00", "一", "小王", good, "这不归我管");
  told_is(&d, "fine 小王 5.00 one");
  changes(&d, "2026-03-05 10:02:00", "一", "小王", good, "我去问"); /* taken out again: it was read */
  changes(&d, "2026-03-05 10:03:00", "一", "小王", good, "NOT MY JOB");
  told_is(&d, "fine 小王 5.00 one");
  struct str bad = say(&d, "2026-03-05 10:04:00", "一", "小王", "不归我管");
  changes(&d, "2026-03-05 10:05:00", "一", "小王", bad, "不归我管的");
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one");
  /* the words it had are not said again with the change */
  json_t *j = json_pack("{s:s,s:s,s:s,s:s,s:s}", "会话", "二", "当事人", "小王", "消息", "m9", "文", "好的", "原文", "不归我管");
  char *data = json_dumps(j, 0);
  desk_fact(&d, "2026-03-05 10:06:00", "会话.改消息", "小王", data);
  free(data);
  json_decref(j);
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one");
  end(&d);
}

static void late_reply_before_its_change(void **state) { /* what it said first arrives late: the change is no second breach any more */
  (void)state;
  struct desk d = small(shrug);
  customer(&d, "2026-03-05 09:59:00", "一", "在吗");
  struct str late = STR("e3"); /* the third fact of this desk */
  changes(&d, "2026-03-05 10:01:00", "一", "小王", late, "不归我管");
  told_is(&d, "fine 小王 5.00 one");
  struct str first = arena_dup(d.a, desk_find(&d, "fine", "小王"));
  assert_string_equal(arena_cstr(d.a, say(&d, "2026-03-05 10:00:00", "一", "小王", "不归我管")), "e3");
  told_is(&d, "fine 小王 5.00 one");
  assert_false(str_eq(first, desk_find(&d, "fine", "小王"))); /* it hangs on the first state now */
  end(&d);
}

static void why_names_the_change(void **state) {
  (void)state;
  struct desk d = small(shrug);
  struct str message = say(&d, "2026-03-05 10:00:00", "一", "小王", "稍等");
  struct str edit = changes(&d, "2026-03-05 10:01:00", "一", "小王", message, "不归我管");
  json_t *why = engine_why_json(d.engine, desk_find(&d, "fine", "小王")), *one;
  bool named = false, original = false;
  size_t i;
  json_array_foreach(json_object_get(why, "evidence"), i, one) {
    named |= str_eq(str_c(json_string_value(json_object_get(one, "event"))), edit);
    original |= str_eq(str_c(json_string_value(json_object_get(one, "event"))), message);
  }
  assert_true(named);
  assert_false(original); /* its first words were blameless */
  assert_string_equal(json_string_value(json_object_get(json_object_get(why, "clause"), "tag")), "shrug");
  json_decref(why);
  end(&d);
}

static void changed_to_what_was_missing(void **state) {
  (void)state;
  struct desk d = small("#name 敬语 称呼 每 会话: “您好”;违者 提醒 当事人");
  struct str message = say(&d, "2026-03-05 10:00:00", "一", "小王", "在");
  changes(&d, "2026-03-05 10:00:30", "一", "小王", message, "您好，在");
  desk_fact(&d, "2026-03-05 10:05:00", "会话.结束", "小王", "{\"会话\":\"一\",\"接待人\":\"小王\"}");
  told_is(&d, "");
  message = say(&d, "2026-03-05 11:00:00", "二", "小王", "您好"); /* and what was said stays said */
  changes(&d, "2026-03-05 11:00:30", "二", "小王", message, "在");
  desk_fact(&d, "2026-03-05 11:05:00", "会话.结束", "小王", "{\"会话\":\"二\",\"接待人\":\"小王\"}");
  told_is(&d, "");
  end(&d);
}

static void once_per_conversation(void **state) {
  (void)state;
  struct desk d = small("禁语 推诿 每 会话: “不归我管”;违者 罚款 当事人 5元");
  say(&d, "2026-03-05 10:00:00", "一", "小王", "不归我管");
  say(&d, "2026-03-05 10:01:00", "一", "小李", "不归我管");
  say(&d, "2026-03-05 10:02:00", "二", "小王", "不归我管");
  told_is(&d, "fine 小王 5.00 one; fine 小王 5.00 one");
  end(&d);
}

static void elsewhere_and_rules(void **state) {
  (void)state;
  struct desk d = small("#note 禁语 乱写 于 订单.备注: “傻”\n#rule 凡 会话.禁语 其中 词组=乱写 且 词=“傻”,则 提醒 当事人\n#again 凡 违反 #note,则 按 次序(本自然月, 当事人):\n  | 第1次 | 无 |\n  | 第2次及以后 | 罚款 当事人 10元 |");
  desk_fact(&d, "2026-03-05 10:00:00", "订单.备注", "小王", "{\"订单\":\"A\",\"当事人\":\"小王\",\"文\":\"这人傻\"}");
  desk_fact(&d, "2026-03-05 10:00:01", "订单.备注", "小王", "{\"订单\":\"A\",\"当事人\":\"小王\",\"文\":\"加急\"}");
  say(&d, "2026-03-05 10:00:02", "一", "小王", "傻"); /* not the place */
  told_is(&d, "remind 小王 one; violation 小王 one");
  desk_fact(&d, "2026-03-06 10:00:00", "订单.备注", "小王", "{\"订单\":\"B\",\"当事人\":\"小王\",\"文\":\"傻\"}");
  told_is(&d, "fine 小王 10.00 one; remind 小王 one; remind 小王 one; violation 小王 one; violation 小王 one");
  end(&d);
}

static void why_names_word_and_message(void **state) {
  (void)state;
  struct desk d = small(shrug);
  struct str message = say(&d, "2026-03-05 10:00:00", "一", "小王", "这不归·我管");
  json_t *why = engine_why_json(d.engine, desk_find(&d, "fine", "小王"));
  char *text = json_dumps(why, 0);
  assert_non_null(strstr(text, "说了禁用的词“不归我管”"));
  assert_non_null(strstr(text, "不说“不归我管”，就没有这一条"));
  bool named = false;
  for (size_t i = 0; i < json_array_size(json_object_get(why, "evidence")); i++)
    named |= str_eq(str_c(json_string_value(json_object_get(json_array_get(json_object_get(why, "evidence"), i), "event"))), message);
  assert_true(named);
  assert_string_equal(json_string_value(json_object_get(json_object_get(why, "clause"), "tag")), "shrug");
  free(text);
  json_decref(why);
  end(&d);
}

static void appeal_takes_it_back(void **state) {
  (void)state;
  struct desk d = small("#shrug 禁语 推诿: “不归我管”;违者 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 5元 |\n  | 第2次及以后 | 罚款 当事人 10元 |");
  say(&d, "2026-03-05 10:00:00", "一", "小王", "不归我管");
  struct str first = arena_dup(d.a, desk_find(&d, "fine", "小王"));
  say(&d, "2026-03-05 11:00:00", "一", "小王", "不归我管");
  told_is(&d, "fine 小王 10.00 one; fine 小王 5.00 one");
  desk_fact(&d, "2026-03-05 12:00:00", "账.申诉", "小王", arena_printf(d.a, "{\"后果\":\"%.*s\",\"指\":\"事实\"}", STR_ARG(first)).p);
  desk_fact(&d, "2026-03-05 13:00:00", "账.裁定", "主管", arena_printf(d.a, "{\"后果\":\"%.*s\",\"指\":\"事实\",\"成立\":true}", STR_ARG(first)).p);
  told_is(&d, "fine 小王 5.00 one"); /* the second became the first */
  end(&d);
}

/* ---- expected, phrases ---- */

static void close(struct desk *d, const char *at, const char *talk) {
  desk_fact(d, at, "会话.结束", "", arena_printf(d->a, "{\"会话\":\"%s\",\"接待人\":\"小王\"}", talk).p);
}

static void missing_in_conversation(void **state) {
  (void)state;
  struct desk d = small("敬语 问候 每 会话: “您好”, “你好”;违者 罚款 当事人 1元");
  say(&d, "2026-03-05 10:00:00", "一", "小王", "在");
  say(&d, "2026-03-05 10:01:00", "一", "小李", "你 好!");
  close(&d, "2026-03-05 10:02:00", "一");
  told_is(&d, "");
  say(&d, "2026-03-05 10:03:00", "二", "小王", "在");
  customer(&d, "2026-03-05 10:03:30", "二", "您好");
  told_is(&d, ""); /* it can still be said */
  close(&d, "2026-03-05 10:04:00", "二");
  told_is(&d, "fine 小王 1.00 one");
  close(&d, "2026-03-05 10:05:00", "三"); /* nobody wrote: nobody left it out */
  told_is(&d, "fine 小王 1.00 one");
  end(&d);
}

static void missing_in_place(void **state) {
  (void)state;
  struct desk d = small("敬语 称呼 于 订单.备注: “客户”;违者 提醒 当事人");
  desk_fact(&d, "2026-03-05 10:00:00", "订单.备注", "小王", "{\"订单\":\"A\",\"当事人\":\"小王\",\"文\":\"客户要加急\"}");
  desk_fact(&d, "2026-03-05 10:00:01", "订单.备注", "小王", "{\"订单\":\"A\",\"当事人\":\"小王\"}");
  told_is(&d, "");
  desk_fact(&d, "2026-03-05 10:00:02", "订单.备注", "小王", "{\"订单\":\"A\",\"当事人\":\"小王\",\"文\":\"加急\"}");
  told_is(&d, "remind 小王 one");
  end(&d);
}

static void phrase_group(void **state) {
  (void)state;
  struct desk d = small("话术 送客: “祝您生活愉快”\n凡 会话.人工回复 其中 话术组=送客,则 提醒 接待人");
  say(&d, "2026-03-05 10:00:00", "一", "小王", "好的,祝您生活愉快!");
  say(&d, "2026-03-05 10:00:01", "一", "小王", "好的");
  told_is(&d, "remind 小王 one");
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(plain_forms),       cmocka_unit_test(finder_is_naive),
      cmocka_unit_test(finder_is_automaton),
      cmocka_unit_test(one_message_once),
                                     cmocka_unit_test(not_the_word),      cmocka_unit_test(quotation),               cmocka_unit_test(late_customer_word),
                                     cmocka_unit_test(once_per_conversation), cmocka_unit_test(elsewhere_and_rules), cmocka_unit_test(why_names_word_and_message),
                                     cmocka_unit_test(appeal_takes_it_back),  cmocka_unit_test(missing_in_conversation), cmocka_unit_test(missing_in_place),
                                     cmocka_unit_test(phrase_group),          cmocka_unit_test(changed_afterwards),      cmocka_unit_test(late_reply_before_its_change),
                                     cmocka_unit_test(why_names_the_change),  cmocka_unit_test(changed_to_what_was_missing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
