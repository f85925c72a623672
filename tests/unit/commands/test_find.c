/* The search over messages: how texts are cut, how the box is read, and, on SQLite and on a real PostgreSQL, that what is found
 * is what looking at every message finds, in the same order, page by page, with part of it not indexed yet. */
#include "unit/commands/postgres_server.h"
#include "unit/store/thing.sql.h"

#include "base/plain_text.h"
#include "commands/command.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/find.h"
#include "views/find.sql.h"
#include "views/find_query.h"
#include "views/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOON 1772676000000 /* 2026-03-05 10:00 in Shanghai */
/* Messages stand this far apart in the log, so that they fill several blocks of the index. */
enum { ENGINES = 2, MESSAGES = 900, APART = 2000, EAST_8 = 8 * MS_HOUR };

/* ---- cutting ---- */

static void cuts_to(const char *text, const char *tokens) {
  struct arena *a = arena_new(1 << 20);
  struct buf b;
  buf_init(&b, 1 << 16);
  struct grams g = gram_read(a, str_c(text));
  gram_tokens(&g, &b);
  assert_string_equal(arena_cstr(a, buf_str(&b)), tokens);
  buf_release(&b);
  arena_free(a);
}

static void texts_are_cut(void **state) {
  (void)state;
  cuts_to("", "");
  cuts_to("。！", "");
  cuts_to("退款嗎", " 退款 款吗 吗");
  cuts_to("退 款", " 退款 款");            /* spaced out is the same word */
  cuts_to("退，款", " 退 款");             /* two sentences are not */
  cuts_to("ＸＬ12", " xl12 l12 12 2");
  cuts_to("a b", " a b");                  /* Latin words do not run together */
  cuts_to("M码", " m 码");
  cuts_to("3.5元", " 3 5 元");
  cuts_to("好😀😀吗", " 好 😀 😀 吗");     /* emoji beyond the first plane */
  cuts_to("👨‍👩‍👧", " 👨 👩 👧");            /* a family joined by zero width signs */
  cuts_to("𠮷野家", " 𠮷野 野家 家");
  cuts_to("\xff\xfe", "");                 /* bad bytes hold no letters */
}

struct asked {
  char text[400];
};
static void note_asked(void *ctx, struct str token, enum gram_shape shape) {
  struct asked *all = ctx;
  size_t n = strlen(all->text);
  snprintf(all->text + n, sizeof all->text - n, " %.*s%s", STR_ARG(token), shape == GRAM_BEGINNING ? "*" : "");
}

static void asks_for(const char *term, const char *tokens, bool is_weak) {
  struct arena *a = arena_new(1 << 20);
  struct asked all = {""};
  bool weak;
  struct grams g = gram_read(a, str_c(term));
  gram_ask(&g, note_asked, &all, &weak);
  assert_string_equal(all.text, tokens);
  assert_int_equal(weak, is_weak);
  arena_free(a);
}

static void terms_ask(void **state) {
  (void)state;
  asks_for("退款", " 退款", false);
  asks_for("怎么退款", " 怎么 退款", false);
  asks_for("能退款", " 能退 退款", false);
  asks_for("退", " 退*", true);
  asks_for("xl", " xl*", true);
  asks_for("13912345678", " 13912 34567 45678", false);
  asks_for("XL码尺", " 码尺", false); /* the short one is left to the look at the text */
  asks_for("M码", " m* 码*", true);
  asks_for("😀", " 😀", false);
}

/* ---- the box ---- */

static void reads_as(const char *text, const char *expected) {
  struct arena *a = arena_new(1 << 20);
  struct find_query q;
  struct buf b;
  buf_init(&b, 1 << 16);
  find_query_parse(a, str_c(text), NOON, EAST_8, &q);
  for (size_t i = 0; i < q.term_count; i++) buf_printf(&b, "%s%s%.*s ", q.terms[i].without ? "-" : "", q.terms[i].quoted ? "\"" : "", STR_ARG(q.terms[i].text));
  for (size_t i = 0; i < q.filter_count; i++) buf_printf(&b, "[%s=%.*s] ", find_key_name(q.filters[i].key), STR_ARG(q.filters[i].value));
  if (q.from_ms != INT64_MIN) buf_printf(&b, "%.*s<=", STR_ARG(calendar_show_instant(a, q.from_ms, EAST_8)));
  if (q.to_ms != INT64_MAX) buf_printf(&b, "<%.*s", STR_ARG(calendar_show_instant(a, q.to_ms, EAST_8)));
  for (size_t i = 0; i < q.passed_count; i++) buf_printf(&b, "?%.*s ", STR_ARG(q.passed_over[i]));
  assert_string_equal(arena_cstr(a, str_trim(buf_str(&b))), expected);
  buf_release(&b);
  arena_free(a);
}

static void boxes_are_read(void **state) {
  (void)state;
  reads_as("", "");
  reads_as("  退款　运费 ", "退款 运费");
  reads_as("“退 款” -赠品", "\"退 款 -赠品");
  reads_as("from:小王 退款", "退款 [from=小王]");
  reads_as("谁：“小 王” 渠道:网页 标签:退款", "[from=小 王] [channel=网页] [tag=退款]");
  reads_as("状态:已结束 类型:备注", "[state=closed] [type=note]");
  reads_as("日期:2026-02", "[date=2026-02] 2026-02-01 00:00:00<=<2026-03-01 00:00:00");
  reads_as("日期:2026-12", "[date=2026-12] 2026-12-01 00:00:00<=<2027-01-01 00:00:00");
  reads_as("date:2026-02-27..2026-03-01", "[date=2026-02-27..2026-03-01] 2026-02-27 00:00:00<=<2026-03-02 00:00:00");
  reads_as("日期:今天", "[date=今天] 2026-03-05 00:00:00<=<2026-03-06 00:00:00");
  reads_as("日期:7天", "[date=7天] 2026-02-27 00:00:00<=<2026-03-06 00:00:00");
  reads_as("日期:上月", "[date=上月] 2026-02-01 00:00:00<=<2026-03-01 00:00:00");
  reads_as("日期:2026-", "?日期:2026-");
  reads_as("日期:2026-02-30", "?日期:2026-02-30");
  reads_as("状态:好", "?状态:好");
  reads_as("谁:", "?谁:");
  reads_as("14:26", "14:26"); /* a colon alone makes no filter */
  reads_as("foo:bar", "foo:bar");
  reads_as("- -- -", "?- ?-- ?-");
  reads_as("“没有关上", "\"没有关上");
  reads_as("？！", "?？！");
}

static void words_are_cut(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct find_query q, words;
  find_query_parse(a, STR("怎么办理退款"), NOON, EAST_8, &q);
  assert_true(find_query_words(a, &q, &words));
  assert_true(words.term_count >= 2);
  assert_string_equal(arena_cstr(a, words.terms[words.term_count - 1].text), "退款");
  find_query_parse(a, STR("怎么退货"), NOON, EAST_8, &q);
  assert_true(find_query_words(a, &q, &words));
  assert_int_equal(words.term_count, 2);
  assert_string_equal(arena_cstr(a, words.terms[1].text), "退货"); /* not in the dictionary; kept together */
  find_query_parse(a, STR("“怎么办理退款”"), NOON, EAST_8, &q);
  assert_false(find_query_words(a, &q, &words)); /* quoted stays whole */
  find_query_parse(a, STR("退款"), NOON, EAST_8, &q);
  assert_false(find_query_words(a, &q, &words));
  arena_free(a);
}

/* ---- both engines ---- */

struct fixture {
  struct postgres_server server;
  char directory[64], file[96];
  struct store *stores[ENGINES];
  struct arena *arena;
  u64 seed;
  struct str texts[MESSAGES + 1]; /* by place: seq / APART */
};

static u32 below(struct fixture *f, u32 n) {
  f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
  return (u32)((f->seed >> 33) % n);
}

static const char *const letters[] = {"退", "款", "嗎", "吗", "订", "單", "单", "a", "B", "ｂ", "1", "2", "3", " ", "，", "。", "·", "X", "不", "的"};

static struct str some_text(struct fixture *f, u32 most) {
  struct buf b;
  buf_init(&b, 4096);
  for (u32 n = 1 + below(f, most); n > 0; n--) buf_addc(&b, letters[below(f, COUNT_OF(letters))]);
  struct str s = arena_dup(f->arena, buf_str(&b));
  buf_release(&b);
  return s;
}

static const struct view_def *find_view(void) {
  size_t n;
  const struct view_def *const *all = view_all(&n);
  for (size_t i = 0; i < n; i++)
    if (strcmp(all[i]->noun, "find") == 0) return all[i];
  fail();
  return NULL;
}

static void catch_up(struct fixture *f, struct store *s, i64 most) {
  struct problem p;
  bool more;
  assert_int_equal(store_begin(s, &p), OK);
  assert_int_equal(find_view()->catch_up(s, f->arena, most, &more, &p), OK);
  assert_int_equal(store_commit(s, &p), OK);
}

static void fill(struct fixture *f, struct store *s) {
  struct problem p;
  assert_int_equal(store_begin(s, &p), OK);
  for (int i = 0; i < 9; i++) {
    char id[8], customer[8];
    snprintf(id, sizeof id, "c%d", i);
    snprintf(customer, sizeof customer, "u%d", i / 2);
    struct conversation_insert_in in = {.id = str_c(id), .customer = str_c(customer), .channel = str_c(i % 3 ? "web" : "mail"), .started_ms = NOON};
    assert_int_equal(conversation_insert(s, &in, NULL, &p), OK);
    if (i % 4 == 1) assert_int_equal(conversation_tag(s, &(struct conversation_tag_in){.id = str_c(id), .tags = STR("[\"急\",\"退货\"]")}, NULL, &p), OK);
    struct customer_insert_in customer_in = {.id = str_c(customer), .name = arena_printf(f->arena, "顾客%d", i / 2), .phone = arena_printf(f->arena, "1390000%04d", i / 2)};
    if (i % 2 == 0) assert_int_equal(customer_insert(s, &customer_in, NULL, &p), OK);
  }
  for (i64 seq = 1; seq <= MESSAGES; seq++) {
    char conversation[8], by[8];
    snprintf(conversation, sizeof conversation, "c%d", (int)(seq * 7 % 9));
    snprintf(by, sizeof by, seq % 2 ? "u%d" : "p%d", (int)(seq * 7 % 9) / 2);
    struct message_insert_in in = {.conversation = str_c(conversation), .seq = seq * APART, .id = arena_printf(f->arena, "e%lld", (long long)seq), .at_ms = NOON - (i64)(MESSAGES - seq) * MS_HOUR,
                                   .by_type = str_c(seq % 2 ? "customer" : "agent"), .by_id = str_c(by), .text = f->texts[seq], .files = STR("[]")};
    assert_int_equal(message_insert(s, &in, NULL, &p), OK);
  }
  assert_int_equal(store_commit(s, &p), OK);
}

/* Where `term` stands in `text`, told from base/plain_text alone. */
static bool stands(struct arena *a, struct str text, struct str term) {
  struct plain_char *x, *t;
  size_t n = plain_chars(a, text, &x), k = plain_chars(a, term, &t);
  for (size_t at = 0; k && at + k <= n; at++) {
    size_t i = 0;
    for (; i < k && x[at + i].code == t[i].code; i++) {
      bool latin = i && plain_is_latin(t[i].code) && plain_is_latin(t[i - 1].code);
      bool apart_here = x[at + i].stop || (latin && x[at + i].gap), apart_there = t[i].stop || (latin && t[i].gap);
      if (i && apart_here != apart_there) break;
    }
    if (i == k) return true;
  }
  return false;
}

/* All pages of an answer as a list of seqs. */
static size_t ask_all(struct fixture *f, struct store *s, struct str q, int limit, i64 *seqs) {
  struct problem p = {0};
  struct read_ctx r = {.store = s, .arena = f->arena, .now_ms = NOON, .zone_offset_ms = EAST_8, .actor = {.type = ACTOR_PERSON, .id = STR("p1"), .owner = true}, .problem = &p};
  json_t *args = json_pack("{s:o,s:i}", "q", json_of(q), "limit", limit);
  size_t n = 0;
  for (int pages = 0; pages < 2000; pages++) {
    json_t *result = NULL;
    if (find_view()->reads[0].run(&r, args, &result) != OK) fail_msg("%.*s: %s", STR_ARG(q), p.en);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(result, "items"), i, item) seqs[n++] = json_integer_value(json_object_get(item, "seq")) / APART;
    json_t *next = json_object_get(result, "next");
    if (json_is_null(next)) {
      json_decref(result);
      break;
    }
    json_object_set(args, "after", next);
    json_decref(result);
  }
  json_decref(args);
  return n;
}

static void found_is_what_stands_there(void **state) {
  struct fixture *f = *state;
  i64 got[MESSAGES + 1], want[MESSAGES + 1];
  size_t hits = 0;
  for (int turn = 0; turn < 150; turn++) {
    struct str term = some_text(f, 5);
    if (plain_form(f->arena, term).n == 0) continue;
    struct str q = arena_printf(f->arena, "“%.*s”", STR_ARG(term));
    size_t n = 0;
    for (i64 seq = MESSAGES; seq >= 1; seq--)
      if (stands(f->arena, f->texts[seq], term)) want[n++] = seq;
    hits += n;
    for (int e = 0; e < ENGINES; e++) {
      size_t found = ask_all(f, f->stores[e], q, turn % 3 ? 7 : 200, got);
      if (found != n || memcmp(got, want, n * sizeof *want) != 0) fail_msg("engine %d, %.*s: %zu instead of %zu", e, STR_ARG(q), found, n);
    }
  }
  assert_true(hits > 3000);
}

static void finds(struct fixture *f, const char *q, size_t least, bool (*fits)(struct fixture *f, i64 seq)) {
  i64 got[ENGINES][MESSAGES + 1];
  size_t n[ENGINES], want = 0;
  for (i64 seq = 1; seq <= MESSAGES; seq++) want += fits(f, seq);
  assert_true(want >= least);
  for (int e = 0; e < ENGINES; e++) {
    n[e] = ask_all(f, f->stores[e], str_c(q), 50, got[e]);
    if (n[e] != want) fail_msg("engine %d, %s: %zu instead of %zu", e, q, n[e], want);
    for (size_t i = 0; i < n[e]; i++) assert_true(fits(f, got[e][i]) && (i == 0 || got[e][i] < got[e][i - 1]));
  }
}

static int conversation_of(i64 seq) { return (int)(seq * 7 % 9); }
static bool holds_tui(struct fixture *f, i64 seq) { return stands(f->arena, f->texts[seq], STR("退")); }
static bool from_p1(struct fixture *f, i64 seq) { return seq % 2 == 0 && conversation_of(seq) / 2 == 1 && holds_tui(f, seq); }
static bool with_customer(struct fixture *f, i64 seq) { return conversation_of(seq) / 2 == 2 && holds_tui(f, seq); }
static bool by_mail(struct fixture *f, i64 seq) { return conversation_of(seq) % 3 == 0 && holds_tui(f, seq); }
static bool tagged(struct fixture *f, i64 seq) { return conversation_of(seq) % 4 == 1 && holds_tui(f, seq); }
static bool last_days(struct fixture *f, i64 seq) { return seq > MESSAGES - 24 * 6 - 11 && holds_tui(f, seq); }
static bool without_bu(struct fixture *f, i64 seq) { return holds_tui(f, seq) && !stands(f->arena, f->texts[seq], STR("不")); }
static bool both(struct fixture *f, i64 seq) { return stands(f->arena, f->texts[seq], STR("退款")) && stands(f->arena, f->texts[seq], STR("单")); }
static bool only_from(struct fixture *f, i64 seq) { return (void)f, seq % 2 == 0 && conversation_of(seq) / 2 == 1; }
static bool nothing(struct fixture *f, i64 seq) { return (void)f, (void)seq, false; }

static void filters_narrow(void **state) {
  struct fixture *f = *state;
  finds(f, "退 谁:我", 3, from_p1);
  finds(f, "退 顾客:顾客2", 3, with_customer);
  finds(f, "退 顾客:13900000002", 3, with_customer); /* the whole number finds */
  finds(f, "退 顾客:1390000", 0, nothing);           /* a part of it does not */
  finds(f, "退 渠道:邮件", 3, by_mail);
  finds(f, "退 标签:急", 3, tagged);
  finds(f, "退 日期:7天", 3, last_days);
  finds(f, "退 -不", 3, without_bu);
  finds(f, "退款 單", 1, both);
  finds(f, "谁:me", 3, only_from);
  finds(f, "退 谁:没有这个人", 0, nothing);
  finds(f, "退 状态:已结束", 0, nothing);
  finds(f, "。", 0, nothing);
}

/* What is asked block by block, one page a block or all of them, is found alike. */
static void by_blocks_the_same_is_found(void **state) {
  struct fixture *f = *state;
  i64 got[MESSAGES + 1], want[MESSAGES + 1];
  const struct find_limits usual = find_limits;
  for (int turn = 0; turn < 60; turn++) {
    struct str term = some_text(f, 4);
    if (plain_form(f->arena, term).n == 0) continue;
    struct str q = arena_printf(f->arena, "“%.*s”", STR_ARG(term));
    for (int e = 0; e < ENGINES; e++) {
      find_limits = usual;
      size_t n = ask_all(f, f->stores[e], q, 20, want);
      find_limits = (struct find_limits){.whole_ms = 0, .page_ms = turn % 2 ? 0 : 1000};
      size_t found = ask_all(f, f->stores[e], q, 20, got);
      if (found != n || memcmp(got, want, n * sizeof *want) != 0) fail_msg("engine %d, %.*s: %zu instead of %zu", e, STR_ARG(q), found, n);
    }
  }
  find_limits = (struct find_limits){.whole_ms = 0, .page_ms = 0};
  filters_narrow(state);
  find_limits = usual;
}

/* A read without an end ends all the same, and what follows on the handle goes on, inside a transaction and outside. */
static void a_read_has_a_limit(void **state) {
  struct fixture *f = *state;
  struct problem p = {0};
  for (int e = 0; e < ENGINES; e++)
    for (int within = 0; within < 2; within++) {
      struct store *s = f->stores[e];
      struct thing_numbers_row *rows;
      size_t n;
      if (within) assert_int_equal(store_read_begin(s, &p), OK);
      assert_int_equal(store_time_begin(s, 20, &p), OK);
      assert_int_equal(thing_numbers(s, f->arena, &(struct thing_numbers_in){.most = INT64_MAX}, &rows, &n, &p), OK);
      assert_int_equal(n, e == 0 ? 3 : 0);
      assert_int_equal(thing_numbers(s, f->arena, &(struct thing_numbers_in){.most = 5}, &rows, &n, &p), OK);
      assert_int_equal(n, 3);
      struct thing_abs_row *one;
      if (!within) assert_int_equal(thing_abs(s, f->arena, &(struct thing_abs_in){.n = INT64_MIN}, &one, &p), E_IO); /* a failure stays one */
      assert_true(store_time_end(s));
      assert_int_equal(store_time_begin(s, 60000, &p), OK);
      assert_int_equal(thing_numbers(s, f->arena, &(struct thing_numbers_in){.most = 100000}, &rows, &n, &p), OK);
      assert_int_equal(n, 3);
      assert_false(store_time_end(s));
      assert_int_equal(thing_numbers(s, f->arena, &(struct thing_numbers_in){.most = 100000}, &rows, &n, &p), OK);
      if (within) store_read_end(s);
      assert_int_equal(ask_all(f, s, STR("没有这样的话"), 20, (i64[MESSAGES + 1]){0}), 0);
    }
}

static void hits_are_marked(void **state) {
  struct fixture *f = *state;
  struct problem p;
  i64 seq = MESSAGES + 1;
  for (int e = 0; e < ENGINES; e++) {
    struct message_insert_in in = {.conversation = STR("c1"), .seq = seq * APART, .id = STR("e901"), .at_ms = NOON, .by_type = STR("agent"), .by_id = STR("p9"),
                                   .text = STR("开头很长的一段话说了很多很多事情然后才说到ＶＩＰ 客 戶的待遇😀"), .files = STR("[]")};
    assert_int_equal(store_begin(f->stores[e], &p), OK);
    assert_int_equal(message_insert(f->stores[e], &in, NULL, &p), OK);
    struct read_ctx r = {.store = f->stores[e], .arena = f->arena, .now_ms = NOON, .zone_offset_ms = EAST_8, .actor = {.type = ACTOR_PERSON, .id = STR("p1"), .owner = true}, .problem = &p};
    json_t *args = json_pack("{s:s}", "q", "vip客户"), *result = NULL;
    assert_int_equal(find_view()->reads[0].run(&r, args, &result), OK);
    char *parts = json_dumps(json_object_get(json_array_get(json_object_get(result, "items"), 0), "parts"), JSON_COMPACT);
    assert_string_equal(parts, "[{\"text\":\"…\",\"hit\":false},{\"text\":\"长的一段话说了很多很多事情然后才说到\",\"hit\":false},{\"text\":\"ＶＩＰ 客 戶\",\"hit\":true},{\"text\":\"的待遇😀\",\"hit\":false}]");
    free(parts);
    json_decref(result);
    json_decref(args);
    store_rollback(f->stores[e]);
  }
}

/* A text that changes leaves nothing behind: the index is then what indexing anew gives. */
static void changed_text_leaves_the_index(void **state) {
  struct fixture *f = *state;
  struct problem p;
  const struct store_module *module = NULL;
  size_t n;
  const struct store_module *const *all = view_modules(&n);
  for (size_t i = 0; i < n; i++)
    if (strcmp(all[i]->name, "views/find") == 0) module = all[i];
  for (int e = 0; e < ENGINES; e++) {
    struct store *s = f->stores[e];
    unsigned char before[STORE_HASH_BYTES], changed[STORE_HASH_BYTES], after[STORE_HASH_BYTES];
    catch_up(f, s, MESSAGES);
    assert_int_equal(store_table_hash(s, &module->tables[0], before, NULL, &p), OK);
    struct find_change c = {.seq = 5 * APART, .at_ms = NOON - (i64)(MESSAGES - 5) * MS_HOUR, .by = STR("u4"), .customer = STR("u4"), .old_text = f->texts[5], .new_text = STR("独一无二的话")};
    assert_int_equal(conversation_of(5) / 2, 4);
    assert_int_equal(store_begin(s, &p), OK);
    assert_int_equal(find_change_text(s, f->arena, &c, &p), OK);
    assert_int_equal(store_table_hash(s, &module->tables[0], changed, NULL, &p), OK);
    assert_memory_not_equal(before, changed, sizeof before);
    c.old_text = c.new_text;
    c.new_text = f->texts[5];
    assert_int_equal(find_change_text(s, f->arena, &c, &p), OK);
    assert_int_equal(store_table_hash(s, &module->tables[0], after, NULL, &p), OK);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(store_commit(s, &p), OK);
    /* And made anew from nothing. */
    assert_int_equal(store_begin(s, &p), OK);
    for (size_t i = 0; i < module->table_count; i++) assert_int_equal(store_table_drop(s, &module->tables[i], &p), OK);
    for (size_t i = 0; i < module->table_count; i++) assert_int_equal(store_table_create(s, &module->tables[i], &p), OK);
    assert_int_equal(store_commit(s, &p), OK);
    catch_up(f, s, MESSAGES);
    assert_int_equal(store_table_hash(s, &module->tables[0], after, NULL, &p), OK);
    assert_memory_equal(before, after, sizeof before);
  }
}

static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  struct problem p;
  size_t n;
  const char *given = getenv("GUIJU_SEED");
  f->seed = given ? strtoull(given, NULL, 10) : 20260307;
  print_message("seed %llu\n", (unsigned long long)f->seed);
  f->arena = arena_new((size_t)1 << 30);
  strcpy(f->directory, "/tmp/guiju-find-XXXXXX");
  if (mkdtemp(f->directory) == NULL || !postgres_server_start(&f->server)) return 1;
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  if (store_open(str_c(f->file), STORE_WRITE, &f->stores[0], &p) != OK || store_open(str_c(f->server.url), STORE_WRITE, &f->stores[1], &p) != OK) {
    print_message("%s\n", p.en);
    return 1;
  }
  for (int i = 1; i <= MESSAGES; i++) f->texts[i] = some_text(f, 14);
  const struct store_module *const *modules = view_modules(&n);
  for (int e = 0; e < ENGINES; e++) {
    for (size_t i = 0; i < n; i++)
      if (store_module_create(f->stores[e], modules[i], false, &p) != OK) {
        print_message("%s: %s\n", modules[i]->name, p.en);
        return 1;
      }
    fill(f, f->stores[e]);
    catch_up(f, f->stores[e], 500);
    catch_up(f, f->stores[e], 200); /* the last 200 are looked at directly */
  }
  *state = f;
  return 0;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  if (f == NULL) return 0;
  for (int e = 0; e < ENGINES; e++) store_close(f->stores[e]);
  postgres_server_stop(&f->server);
  arena_free(f->arena);
  char command[96];
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  int code = system(command);
  free(f);
  return code;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_are_cut),  cmocka_unit_test(terms_ask),       cmocka_unit_test(boxes_are_read),
      cmocka_unit_test(words_are_cut),  cmocka_unit_test(found_is_what_stands_there), cmocka_unit_test(filters_narrow), cmocka_unit_test(by_blocks_the_same_is_found), cmocka_unit_test(a_read_has_a_limit),
      cmocka_unit_test(hits_are_marked), cmocka_unit_test(changed_text_leaves_the_index),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
