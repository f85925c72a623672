/* A replay over columns gives what the live engine gives: the same consequences with the same identities, amounts, ordinals and
 * words, for one, two and three threads and in one, two, three and eight shards by subject; over the benchmark's book of two hundred rules, over c14, and over a book of every form
 * that columns take with fields left out. A failure prints its seed: GUIJU_SEED=… replays it. Also: bytecode says what the tree
 * says, and a revised clause gives what a fresh replay gives. */
#include "support.h"

#include "bench_rules.h"
#include "rules/bytecode.h"
#include "rules/replay.h"
#include "rules/replay_plan.h"

static u64 seed;
static u64 next(void) { /* splitmix64 */
  u64 z = (seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static int pick(int n) { return (int)(next() % (u64)n); }

static u64 first_seed(void) {
  const char *given = getenv("GUIJU_SEED");
  u64 s = given ? strtoull(given, NULL, 10) : 20260305;
  print_message("seed %llu\n", (unsigned long long)s);
  return s;
}

/* ---- comparing ---- */

struct set {
  struct arena *a;
  struct str *lines;
  size_t n, room;
};

static void note(void *ctx, const struct consequence *c) {
  struct set *s = ctx;
  s->lines = arena_grow(s->a, s->lines, &s->room, s->n + 1, sizeof *s->lines);
  s->lines[s->n++] = arena_printf(
      s->a, "%.*s %s %s %.*s %.*s %s item %.*s account %.*s %lld-%lld %lld pts #%lld at %lld window %lld-%lld v%.*s %.*s/%.*s by %.*s trigger %.*s: %.*s | %.*s", STR_ARG(c->id),
      consequence_type_name(c->type), consequence_seal_name(c->seal), STR_ARG(c->subject), STR_ARG(c->object), c->object_noun ? c->object_noun : "", STR_ARG(c->item),
      STR_ARG(c->account), (long long)c->fen, (long long)c->fen_max, (long long)c->points, (long long)c->ordinal, (long long)c->occurred_ms, (long long)c->window_from_ms,
      (long long)c->window_to_ms, STR_ARG(c->version), STR_ARG(c->clause), STR_ARG(c->tag), STR_ARG(c->decided_by), STR_ARG(c->trigger), STR_ARG(c->text_zh), STR_ARG(c->text_en));
}
static int by_line(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

static void same(const char *what, struct set *x, struct set *y) {
  if (x->n) qsort(x->lines, x->n, sizeof *x->lines, by_line);
  if (y->n) qsort(y->lines, y->n, sizeof *y->lines, by_line);
  size_t i = 0;
  while (i < x->n && i < y->n && str_eq(x->lines[i], y->lines[i])) i++;
  if (i == x->n && i == y->n) return;
  print_error("%s: %zu and %zu consequences; first difference\n  %.*s\n  %.*s\n", what, x->n, y->n, STR_ARG(i < x->n ? x->lines[i] : STR("–")),
              STR_ARG(i < y->n ? y->lines[i] : STR("–")));
  fail();
}

struct facts {
  struct arena *a;
  struct event **p;
  size_t n, room;
};

static int in_order(const void *x, const void *y) { return event_compare(*(struct event *const *)x, *(struct event *const *)y); }

struct book {
  const struct lang_program *program;
  i64 in_force;
};

static struct set live(struct arena *a, const struct book *books, size_t book_count, const struct facts *f, i64 until) {
  struct set s = {.a = a};
  struct problem p = {0};
  struct engine *e = engine_new(ZONE, NULL);
  for (size_t i = 0; i < book_count; i++) assert_int_equal(engine_publish(e, books[i].program, books[0].in_force, books[i].in_force, &p), OK);
  for (size_t i = 0; i < f->n; i++) assert_int_equal(engine_step(e, f->p[i], NULL, &p), OK);
  engine_advance(e, until, NULL);
  engine_each_consequence(e, note, &s);
  engine_free(e);
  return s;
}

static struct replay *replayed(const struct book *books, size_t book_count, const struct facts *f) {
  struct problem p = {0};
  struct replay *r = replay_new(ZONE, NULL);
  for (size_t i = 0; i < book_count; i++) assert_int_equal(replay_publish(r, books[i].program, books[0].in_force, books[i].in_force, &p), OK);
  for (size_t i = 0; i < f->n; i++) {
    assert_int_equal(replay_add(r, f->p[i], &p), OK);
    if (i % 7 == 0) assert_int_equal(replay_add(r, f->p[i], &p), OK); /* sent twice */
  }
  return r;
}

static void agree(struct arena *a, const struct book *books, size_t book_count, struct facts *f, i64 until, u32 least) {
  if (f->n) qsort(f->p, f->n, sizeof *f->p, in_order);
  struct set want = live(a, books, book_count, f, until);
  struct replay *r = replayed(books, book_count, f);
  struct replay_figures figures = {0};
  u64 sum = 0;
  static const int ways[][2] = {{1, 0}, {2, 0}, {3, 0}, {1, 1}, {2, 2}, {1, 3}, {3, 8}}; /* threads, shards */
  for (size_t i = 0; i < COUNT_OF(ways); i++) {
    struct problem p = {0};
    replay_shards(r, ways[i][1]);
    assert_int_equal(replay_run(r, until, ways[i][0], &p), OK);
    struct set got = {.a = a};
    replay_each_consequence(r, note, &got);
    same("engine_step and replay", &want, &got);
    replay_figures(r, &figures);
    if (ways[i][1] > 1 && figures.vector_rules == figures.rules) assert_true(figures.sharded_rules > 0);
    if (i) assert_true(sum == figures.sum);
    sum = figures.sum;
    assert_int_equal(figures.consequences, want.n);
    if (figures.vector_rules < least) print_error("%u of %u rules over columns, not %u\n", figures.vector_rules, figures.rules, least);
    assert_true(figures.vector_rules >= least);
  }
  replay_free(r);
}

/* What is heard twice must be said in one order, too: an order that hung on shards would show here. */
static void in_one_order(struct arena *a, const struct book *book, const struct facts *f, i64 until) {
  struct replay *r = replayed(book, 1, f);
  struct set first = {.a = a};
  for (int shards = 1; shards <= 8; shards++) {
    struct problem p = {0};
    replay_shards(r, shards);
    assert_int_equal(replay_run(r, until, 2, &p), OK);
    struct set got = {.a = a};
    replay_each_consequence(r, note, &got);
    if (shards == 1) first = got;
    assert_int_equal(first.n, got.n);
    for (size_t i = 0; i < got.n; i++) assert_true(str_eq(first.lines[i], got.lines[i]));
  }
  replay_free(r);
}

/* ---- the benchmark's book ---- */

static void test_two_hundred_rules(void **state) {
  (void)state;
  for (u64 s = 1; s <= 3; s++) {
    struct arena *a = arena_new(1u << 30);
    struct load l = load_make(s, 4000);
    struct book book = {book_of(a, load_book(a, false, 0)), l.from};
    struct facts f = {.a = a};
    for (u64 i = 0; i < LOAD_AGENTS; i += 40) {
      f.p = arena_grow(a, f.p, &f.room, f.n + 1, sizeof *f.p);
      f.p[f.n++] = load_event(a, &l, (u64)-1 - i);
    }
    for (u64 i = 0; i < l.n; i++) {
      f.p = arena_grow(a, f.p, &f.room, f.n + 1, sizeof *f.p);
      f.p[f.n++] = load_event(a, &l, i);
    }
    agree(a, &book, 1, &f, s == 2 ? l.rows[l.n - 1].at : l.to, 190);
    in_one_order(a, &book, &f, l.to);
    load_free(&l);
    arena_free(a);
  }
}

/* ---- every form, with gaps ---- */

static const char forms[] =
    "# 试\n```guiju\n制度 forms “各种写法” 版本 1.0 公布 2026-02-01 施行 2026-03-01 时区 “Asia/Shanghai” 行业 网店\n"
    "参数 慢 = 20秒 自 2026-03-10 起 30秒\n参数 罚 = 5元 自 2026-03-12 起 7.5元\n参数 期 = 本周\n"
    "岗位 客服 上级 主管\n岗位 主管\n账户 基金 收 罚款 用途 部门活动 管 主管\n所称 长谈 指 会话.结束 其中 时长 超过 10分钟\n```\n"
    "## 一 {#a}\n```guiju\n#late 凡 会话.人工回复 其中 等待 超过 慢 且 (字数 不足 20 或 话术组 非空)，则 罚款 接待人 罚 “慢了”\n"
    "#money 凡 会话.人工回复 其中 承诺金额 满 10元，则 奖励 接待人 1元 至 5元 由 主管 定;通知 主管\n"
    "#note 凡 订单.备注 其中 文 含 “急” 或 旗=红，则 通知 当事人;提醒 全员\n"
    "#talk 凡 长谈 其中 非 成交，则 扣 接待人 2分\n"
    "#rank 凡 检查.发现 其中 项 属于 (吵, 骂)，则 按 次序(期, 当事人, 项):\n  | 第1次 | 罚款 当事人 3元 |\n  | 其余 | 建议 当事人 调岗 |\n"
    "#two 凡 (订单.核对 其中 项=地址) 或 订单.催付，则 按 次序(本自然月, 当事人):\n  | 第1次至第2次 | 无 |\n  | 第3次及以后 | 奖励 当事人 1元 |\n"
    "#pct 凡 订单.下单 其中 金额 在 100元 至 500元 或 900元 至 1100元，则 奖励 接待人 金额 × 1.5%\n"
    "#part 凡 订单.退款，则 按 金额:\n  | 不满 50元 | 无 |\n  | 满 50元 | 上报 主管 |\n```\n"
    "## 二 {#b}\n```guiju\n#greet 自 会话.客户消息 其中 首条 起 慢 内 接待人 须 会话.人工回复;\n逾期 罚款 接待人 罚 每 30秒(不足按一个计) 封顶 40元;未做 计至 会话.结束\n"
    "#flag 自 订单.付款 起 当日 内 接待人 须 订单.备注 其中 旗=红;逾期 提醒 接待人 “没有插旗”\n"
    "#ask 自 订单.下单 其中 金额 超过 50元 起 2小时 内 接待人 须 订单.催付 或 订单.核对;遇 订单.付款 或 订单.取消 免\n"
    "#boss 自 订单.退款 起 3天 内 主管 须 订单.核对;逾期 按 次序(本自然月, 当事人):\n  | 第1次 | 提醒 当事人 |\n  | 其余 | 罚款 当事人 9元 |\n"
    "#bar 禁止 全员 资料.外发 其中 非 已核身;违者 罚款 当事人 20元\n#bare 禁止 全员 资料.导出 其中 条数 超过 5\n"
    "检查表 现场 由 主管\n  | 吵 “吵” | 提醒 当事人 |\n  | 骂 “骂” | 上报 主管 |\n```\n"
    "## 三 {#c}\n```guiju\n#stars 每 自然月 结 按 员工:\n  计薪 好评 = 次数(会话.评分 其中 星 满 4) × 2元 + 合计(订单.退款.金额 其中 金额 满 100元) × 1% 四舍五入到 0.01元\n"
    "#client 凡 客户.变更，则 通知 当事人\n```\n"
    "## 四 {#d}\n```guiju\n#desk 禁止 客服 资料.查看 其中 非 在班;违者 罚款 当事人 2元\n#boss2 禁止 主管 资料.查看\n#twice 凡 违反 #bar，则 提醒 当事人 “又外发”\n";

static void add(struct facts *f, i64 at, const char *kind, const char *data) {
  struct problem p = {0};
  json_t *j = json_pack("{s:s, s:I, s:s, s:o, s:o}", "kind", kind, "at", (json_int_t)at, "by", pick(3) ? "小王" : "", "id", json_sprintf(pick(9) ? "e%zu" : "x%zu", f->n + 1), "data",
                        json_loads(data, 0, NULL));
  struct event *e;
  if (event_from_json(f->a, j, ZONE, &e, &p) != OK) {
    print_error("%s %s\n", data, p.zh);
    fail();
  }
  e->seq = (i64)f->n + 1;
  json_decref(j);
  f->p = arena_grow(f->a, f->p, &f->room, f->n + 1, sizeof *f->p);
  f->p[f->n++] = e;
}

static const char *maybe(const char *text) { return pick(5) ? text : ""; }

static void any_facts(struct facts *f, int n, bool gaps) {
  static const char *const who[] = {"小王", "小李", "小赵"};
  i64 start = when("2026-03-01 00:00:00"), at = start;
  char d[400];
  for (int i = 0; i < 3; i++) {
    snprintf(d, sizeof d, "{\"当事人\":\"%s\",\"岗位\":\"客服\",\"工号\":\"100%d\"%s}", who[i], i, i == 1 ? ",\"姓名\":\"李明\"" : "");
    add(f, start - 1000 + i, "人员.入职", d);
  }
  add(f, start - 500, "人员.入职", "{\"当事人\":\"老周\",\"岗位\":\"主管\"}");
  for (int i = 0; i < n; i++) {
    at += pick(4) ? pick(120000) : pick(4 * 3600000);
    at -= at % (pick(2) ? 1000 : 1);
    const char *w = who[pick(3)];
    int o = pick(12), c = pick(12);
    const char *agent = arena_printf(f->a, ",\"接待人\":\"%s\"", w).p;
    if (gaps && pick(30) == 0) agent = "";
    switch (pick(20)) {
      case 0: case 1: case 2:
        snprintf(d, sizeof d, "{\"会话\":\"c%d\"%s,\"首条\":%s}", c, agent, pick(2) ? "true" : "false");
        add(f, at, "会话.客户消息", d);
        break;
      case 3: case 4: case 5:
        snprintf(d, sizeof d, "{\"会话\":\"c%d\",\"接待人\":\"%s\",\"等待\":%d%s%s%s}", c, w, (18 + pick(15)) * 1000, maybe(",\"字数\":12"), pick(3) ? "" : ",\"话术组\":\"g\"",
                 pick(6) ? "" : ",\"承诺金额\":\"12.00\"");
        add(f, at, "会话.人工回复", d);
        break;
      case 6:
        snprintf(d, sizeof d, "{\"会话\":\"c%d\"%s,\"时长\":%d%s}", c, agent, pick(1200) * 1000, maybe(",\"成交\":false"));
        add(f, at, "会话.结束", d);
        break;
      case 7:
        snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"当事人\":\"%s\"%s%s}", o, w, pick(2) ? ",\"旗\":\"红\"" : "", pick(2) ? ",\"文\":\"加急\"" : "");
        add(f, at, "订单.备注", d);
        break;
      case 8:
        snprintf(d, sizeof d, "{\"项\":\"%s\",\"当事人\":\"%s\"%s}", pick(2) ? "吵" : pick(2) ? "骂" : "别的", w, pick(2) ? ",\"检查表\":\"现场\"" : "");
        add(f, at, "检查.发现", d);
        break;
      case 9:
        snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"当事人\":\"%s\",\"项\":\"%s\"}", o, w, pick(2) ? "地址" : "运费");
        add(f, at, "订单.核对", d);
        break;
      case 10:
        snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"当事人\":\"%s\"}", o, w);
        add(f, at, "订单.催付", d);
        break;
      case 11: case 12:
        snprintf(d, sizeof d, "{\"订单\":\"o%d\"%s%s}", o, agent, gaps && pick(20) == 0 ? "" : arena_printf(f->a, ",\"金额\":\"%d.%02d\"", pick(1200), pick(100)).p);
        add(f, at, "订单.下单", d);
        break;
      case 13:
        if (pick(8)) {
          snprintf(d, sizeof d, "{\"订单\":\"o%d\"%s,\"金额\":\"3.00\"}", o, agent);
          add(f, at, "订单.付款", d);
        } else {
          snprintf(d, sizeof d, "{\"订单\":\"o%d\"}", o);
          add(f, at, "订单.取消", d);
        }
        break;
      case 14:
        snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"金额\":\"%d.00\"}", o, pick(200));
        add(f, at, "订单.退款", d);
        break;
      case 15:
        snprintf(d, sizeof d, "{\"当事人\":\"%s\"%s}", w, pick(2) ? ",\"已核身\":true" : "");
        add(f, at, "资料.外发", d);
        break;
      case 16:
        snprintf(d, sizeof d, "{\"当事人\":\"%s\",\"条数\":%d}", w, pick(10));
        add(f, at, "资料.导出", d);
        break;
      case 17:
        snprintf(d, sizeof d, "{\"当事人\":\"%s\",\"在班\":%s}", pick(4) ? w : pick(2) ? "老周" : "生人", pick(2) ? "true" : "false");
        add(f, at, "资料.查看", d);
        break;
      case 18:
        snprintf(d, sizeof d, "{\"当事人\":\"%s\",\"通过\":%s}", w, pick(2) ? "true" : "false");
        add(f, at, "知识.考试", d);
        break;
      default:
        snprintf(d, sizeof d, "{\"会话\":\"c%d\",\"接待人\":\"%s\",\"星\":%d}", c, w, 1 + pick(5));
        add(f, at, "会话.评分", d);
    }
  }
}

static void answer_of(void *ctx, const struct replay_rule_figures *r) {
  struct answers *out = ctx;
  assert_true(out->n < LOAD_RULES);
  out->of[out->n++] = (struct answer){r->consequences, r->ordinals, r->fen};
}

/* The hard-coded loop that the benchmark holds the replay against gives the same answers. */
static void test_the_loop_agrees(void **state) {
  (void)state;
  struct arena *a = arena_new(1u << 28);
  struct load l = load_make(5, 60000);
  struct problem p = {0};
  struct replay *r = replay_new(ZONE, NULL);
  assert_int_equal(replay_publish(r, book_of(a, load_book(a, false, 0)), l.from, l.from, &p), OK);
  load_replay(r, &l);
  assert_int_equal(replay_run(r, l.to, 2, &p), OK);
  struct answers mine = {0}, hard = {0};
  replay_each_rule(r, answer_of, &mine);
  bench_loop(&l, &hard);
  assert_int_equal(mine.n, LOAD_RULES);
  for (u32 i = 0; i < LOAD_RULES; i++) {
    assert_int_equal(mine.of[i].n, hard.of[i].n);
    assert_int_equal(mine.of[i].fen, hard.of[i].fen);
    assert_int_equal(mine.of[i].ordinals, hard.of[i].ordinals);
  }
  replay_free(r);
  load_free(&l);
  arena_free(a);
}

static void test_every_form(void **state) {
  (void)state;
  u64 base = first_seed();
  for (int round = 0; round < 40; round++) {
    seed = base + (u64)round;
    struct arena *a = arena_new(1u << 30);
    struct facts f = {.a = a};
    const struct lang_program *p = book_of(a, arena_printf(a, "%s```\n", forms));
    bool gaps = round % 2, two = round % 3 == 0;
    any_facts(&f, 40 + pick(500), gaps);
    i64 start = when("2026-03-01 00:00:00"), last = f.p[f.n - 1]->occurred_ms;
    struct book books[2] = {{p, start}, {p, start + pick(20) * (i64)MS_DAY + pick(2) * 3600000}};
    print_message("round %d\n", round);
    agree(a, books, two ? 2 : 1, &f, pick(2) ? last : last + pick(40) * (i64)MS_DAY, gaps ? 1 : two ? 20 : 10);
    arena_free(a);
  }
}

static void test_c14(void **state) {
  (void)state;
  u64 base = first_seed();
  for (int round = 0; round < 4; round++) {
    seed = base + 1000 + (u64)round;
    struct arena *a = arena_new(1u << 30);
    struct facts f = {.a = a};
    any_facts(&f, 300, true);
    struct book book = {book_c14(a), when("2026-03-01 00:00:00")};
    agree(a, &book, 1, &f, f.p[f.n - 1]->occurred_ms + MS_DAY, 1);
    arena_free(a);
  }
}

static void test_opinions_run_live(void **state) {
  (void)state;
  seed = first_seed();
  struct arena *a = arena_new(1u << 30);
  struct facts f = {.a = a};
  any_facts(&f, 300, false);
  struct book book = {book_of(a, arena_printf(a, "%s```\n", forms)), when("2026-03-01 00:00:00")};
  struct set s = live(a, &book, 1, &f, f.p[f.n - 1]->occurred_ms);
  assert_true(s.n > 4);
  for (size_t i = 0; i < 3; i++) {
    struct str id = str_slice(s.lines[i * s.n / 4], 0, 16);
    add(&f, f.p[f.n - 1]->occurred_ms + 1000, "账.表态", arena_printf(a, "{\"后果\":\"%.*s\",\"结果\":\"%s\"}", STR_ARG(id), i ? "确认" : "免除").p);
  }
  agree(a, &book, 1, &f, f.p[f.n - 1]->occurred_ms + 1000, 0);
  arena_free(a);
}

/* ---- one clause changed ---- */

static void test_revised_clause(void **state) {
  (void)state;
  struct arena *a = arena_new(1u << 30);
  struct load l = load_make(7, 30000);
  const struct lang_program *was = book_of(a, load_book(a, false, 0)), *is = book_of(a, load_book(a, true, 0));
  struct problem p = {0};
  struct replay *r = replay_new(ZONE, NULL), *fresh = replay_new(ZONE, NULL);
  assert_int_equal(replay_publish(r, was, l.from, l.from, &p), OK);
  assert_int_equal(replay_publish(fresh, is, l.from, l.from, &p), OK);
  load_replay(r, &l);
  load_replay(fresh, &l);
  assert_int_equal(replay_run(r, l.to, 2, &p), OK);
  struct replay_figures before, after, whole, back;
  replay_figures(r, &before);
  assert_int_equal(replay_revise(r, is, l.to, 2, &p), OK);
  assert_int_equal(replay_run(fresh, l.to, 2, &p), OK);
  replay_figures(r, &after);
  replay_figures(fresh, &whole);
  assert_int_equal(after.rerun_rules, 1);
  assert_true(after.sum == whole.sum && after.consequences == whole.consequences);
  assert_true(after.sum != before.sum);
  assert_int_equal(replay_revise(r, was, l.to, 2, &p), OK);
  replay_figures(r, &back);
  assert_true(back.sum == before.sum);
  replay_free(r);
  replay_free(fresh);
  load_free(&l);
  arena_free(a);
}

static void test_what_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(1u << 28);
  struct problem p = {0};
  struct replay *r = replay_new(ZONE, NULL);
  struct event *e = event_new(a, EVENT_attendance_late, 1000, STR(""));
  e->id = STR("e1");
  assert_int_equal(replay_add(r, e, &p), E_INVALID);
  e = event_new(a, EVENT_presence_changed, 2000, STR(""));
  assert_int_equal(replay_add(r, e, &p), E_INVALID); /* no id */
  e->id = STR("e2");
  assert_int_equal(replay_add(r, e, &p), OK);
  e->id = STR("e3");
  e->occurred_ms = 1999;
  assert_int_equal(replay_add(r, e, &p), E_INVALID); /* before the one before it */
  assert_int_equal(replay_run(r, 3000, 2, &p), OK);  /* no book: nothing to judge */
  struct replay_figures f;
  replay_figures(r, &f);
  assert_int_equal(f.facts, 1);
  assert_int_equal(f.consequences, 0);
  replay_free(r);
  arena_free(a);
}

/* ---- bytecode and tree ---- */

static struct str condition(struct arena *a, int depth) {
  static const char *const amounts[] = {"金额", "金额 + 1元", "金额 × 2", "金额 - 30元"};
  static const char *const tests[] = {"超过", "不超过", "满", "不满", ">", "<", "=", "≠", "≥", "≤"};
  if (depth > 0 && pick(3)) {
    struct str x = condition(a, depth - 1), y = condition(a, depth - 1);
    switch (pick(4)) {
      case 0: return arena_printf(a, "非 (%.*s)", STR_ARG(x));
      case 1: return arena_printf(a, "(%.*s) 或 (%.*s)", STR_ARG(x), STR_ARG(y));
      default: return arena_printf(a, "(%.*s) 且 (%.*s)", STR_ARG(x), STR_ARG(y));
    }
  }
  switch (pick(11)) {
    case 0: return arena_printf(a, "%s %s %d元", amounts[pick(4)], tests[pick(10)], pick(100));
    case 1: return arena_printf(a, "件数 %s %d", tests[pick(10)], pick(5));
    case 2: return arena_printf(a, "件数 在 %d 至 %d", pick(3), 3 + pick(3));
    case 3: return STR("活动单");
    case 4: return arena_printf(a, "活动单 = %s", pick(2) ? "是" : "否");
    case 5: return arena_printf(a, "地区 %s “%s”", pick(2) ? "含" : "=", pick(2) ? "东" : "华东");
    case 6: return arena_printf(a, "地区 %s", pick(2) ? "非空" : "为空");
    case 7: return arena_printf(a, "钟点 %s %d:30", pick(2) ? "晚于" : "不晚于", pick(24));
    case 8: return arena_printf(a, "金额 %s 线", tests[pick(10)]);
    case 9: return arena_printf(a, "地区 属于 (华东, 华南)");
    default: return arena_printf(a, "件数 × 件数 + 1 %s %d", pick(2) ? ">" : "<", pick(20));
  }
}

/* A book of one rule; NULL when the checker finds that its condition can never hold. */
static const struct lang_program *one_rule(struct arena *a, struct str condition) {
  struct str text = arena_printf(a, "# 试\n```guiju\n制度 random “随机” 版本 1.0 公布 2026-02-01 施行 2026-03-01 时区 “Asia/Shanghai” 行业 网店\n参数 线 = 30元 自 2026-03-10 起 60元\n```\n"
                                    "## 一 {#a}\n```guiju\n凡 订单.下单 其中 %.*s，则 提醒 接待人\n```\n", STR_ARG(condition));
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *p;
  assert_int_equal(lang_parse(a, text, &p, &d), OK);
  return lang_check(a, p, rules_vocabulary(a), &d) == OK ? p : NULL;
}

static void test_bytecode_is_the_tree(void **state) {
  (void)state;
  u64 base = first_seed();
  u32 compiled = 0, all = 0, decided = 0;
  for (int round = 0; round < 600; round++) {
    seed = base + 5000 + (u64)round;
    struct arena *a = arena_new(1u << 28);
    const struct lang_program *p = one_rule(a, condition(a, 3));
    if (p == NULL) {
      arena_free(a);
      continue;
    }
    struct engine *e = engine_new(ZONE, NULL);
    struct problem problem = {0};
    assert_int_equal(engine_publish(e, p, when("2026-03-01 00:00:00"), when("2026-03-01 00:00:00"), &problem), OK);
    struct bc_registers one;
    bytecode_registers(&one, 1);
    const struct rule *r = &e->rules.p[0];
    const struct lang_expr *x = r->starts.p[0].conds[0];
    struct bc_place place = {.e = e, .v = r->version, .kind = EVENT_order_placed};
    struct bc_program program;
    all++;
    bool has = bytecode_compile(a, &place, x, true, &program);
    compiled += has;
    for (int n = 0; n < 30 && has; n++) {
      struct event *fact = event_new(a, EVENT_order_placed, when("2026-03-01 00:00:00") + (i64)pick(20 * 24 * 3600) * 1000, STR("p1"));
      fact->id = arena_printf(a, "e%d", n + 1);
      event_set_text(fact, "order", STR("o1"));
      event_set_text(fact, "agent", STR("p1"));
      if (pick(4)) event_set_int(fact, "amount", pick(10000));
      if (pick(4)) event_set_int(fact, "pieces", pick(6));
      if (pick(4)) event_set_text(fact, "region", pick(2) ? STR("华东") : pick(2) ? STR("华南") : STR(""));
      if (pick(3)) fact->fields[event_kind_field(fact->kind, STR("promotion"))] = value_bool(pick(2));
      u32 ref = fact_store(e, fact);
      struct bc_source source = {.e = e, .ref = ref, .kind = EVENT_order_placed, .now = INT64_MIN};
      int got = bytecode_test(&program, &source, &one);
      if (got == 3) continue;
      decided++;
      struct env env = env_new(e, r->version, r, fact->occurred_ms, ref);
      bool yes = eval_true(&env, x);
      int want = env.failed ? 2 : yes;
      if (got == want) continue;
      struct str words = lang_text(p, x->at);
      print_error("seed %llu: %.*s\nbytecode %d, tree %d\n", (unsigned long long)seed, STR_ARG(words), got, want);
      fail();
    }
    bytecode_registers_free(&one);
    engine_free(e);
    arena_free(a);
  }
  print_message("%u of %u compiled, %u decided\n", compiled, all, decided);
  assert_true(all > 300 && compiled * 10 > all * 9 && decided > compiled * 15);
}

/* ---- the cost rule ---- */

static void test_what_is_cut(void **state) {
  (void)state;
  u32 pieces[4];
  replay_cut((u64[]){1000000, 1000000, 1000000, 1000000}, 4, 2, 0, 110, pieces); /* even: nothing to gain */
  for (int i = 0; i < 4; i++) assert_int_equal(pieces[i], 1);
  replay_cut((u64[]){4000000, 100000, 100000, 100000}, 4, 2, 0, 110, pieces); /* one rule is most of it */
  assert_int_equal(pieces[0], 2);
  assert_int_equal(pieces[1], 1);
  replay_cut((u64[]){1000000, 1000000, 1000000}, 3, 2, 0, 110, pieces); /* a third wheel */
  assert_int_equal(pieces[0], 2);
  assert_int_equal(pieces[1], 1);
  replay_cut((u64[]){1000000}, 1, 2, 0, 110, pieces); /* a changed clause */
  assert_int_equal(pieces[0], 2);
  replay_cut((u64[]){8700000, 4000000}, 2, 2, 0, 100, pieces); /* one alone gains nothing, both do */
  assert_int_equal(pieces[0], 2);
  assert_int_equal(pieces[1], 2);
  replay_cut((u64[]){8700000}, 1, 2, 0, 200, pieces); /* too dear */
  assert_int_equal(pieces[0], 1);
  replay_cut((u64[]){1000}, 1, 2, 0, 110, pieces); /* too little to be worth a barrier */
  assert_int_equal(pieces[0], 1);
  replay_cut((u64[]){4000000, 1}, 2, 1, 0, 110, pieces); /* nobody to share with */
  assert_int_equal(pieces[0], 1);
  replay_cut((u64[]){4000000, 1}, 2, 2, 1, 110, pieces);
  assert_int_equal(pieces[0], 1);
  replay_cut((u64[]){5, 1}, 2, 1, 8, 110, pieces);
  assert_int_equal(pieces[1], 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_two_hundred_rules), cmocka_unit_test(test_the_loop_agrees), cmocka_unit_test(test_every_form), cmocka_unit_test(test_c14), cmocka_unit_test(test_opinions_run_live),
      cmocka_unit_test(test_revised_clause), cmocka_unit_test(test_what_is_refused), cmocka_unit_test(test_bytecode_is_the_tree), cmocka_unit_test(test_what_is_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
