/* A correction leaves the engine as if the change had been known in time: after every late fact, retraction and upheld appeal
 * the engine is compared with a fresh one that is fed the same facts in order: consequences with their words, clocks,
 * derived facts. Random logs over book c14 and a small book made to be hard; a failure prints its seed (GUIJU_SEED=…
 * replays it) and is made smaller first. */
#include "support.h"

#include "base/map.h"

#include <dirent.h>

static struct arena *books;
static const struct lang_program *shop, *hard;

static const char hard_text[] =
    "# 难\n\n```guiju\n制度 难 “难”\n  版本 1.0\n  公布 2026-02-01\n  施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长 上级 主管\n岗位 主管\n"
    "班次 白班 8:30 至 17:30\n```\n\n"
    "## 一 首答 {#answer}\n```guiju\n自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;\n"
    "逾期 罚款 接待人 5元 每 30秒(不足按一个计) 封顶 50元;未做 计至 会话.结束\n```\n\n"
    "## 二 连带 {#joint}\n```guiju\n凡 账.罚款 且 当事人 有 上级，则 罚款 上级(当事人) 额 × 2 不递延\n```\n\n"
    "## 三 屡犯 {#again}\n```guiju\n凡 违反 #answer，则 按 次序(本自然月, 当事人):\n  | 第1次 | 无 |\n  | 第2次 | 提醒 当事人 |\n  | 第3次及以后 | 处分 当事人 警告 |\n```\n\n"
    "## 四 迟到 {#late}\n```guiju\n#late 凡 考勤.迟到 或 考勤.早退，则 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 10元 |\n  | 第2次及以后 | 罚款 当事人 20元 |\n"
    "#absent 凡 考勤.旷工，则 罚款 当事人 100元\n```\n\n"
    "## 五 现场 {#scene}\n```guiju\n检查表 现场 由 主管\n  | 吵 “吵闹” | 无 |\n  | 玩 “玩手机” | 罚款 当事人 7元 |\n"
    "#row 凡 检查.发现 其中 项=吵，则 按 次序(本周, 当事人):\n  | 第1次 | 罚款 当事人 11元 |\n  | 第2次及以后 | 罚款 当事人 22元 至 44元 由 主管 定 |\n```\n\n"
    "## 六 投诉 {#complaint}\n```guiju\n单据 投诉\n  当事 责任人\n  字段 责任人!: 人员, 事由!: 服务|质量\n  流程 登记 (客服) → 成立 (主管)\n  流程 登记 → 不成立 (主管)\n"
    "#settle 自 投诉.登记 起 2天 内 主管 须 投诉.成立 或 投诉.不成立;逾期 催办 主管\n"
    "#upheld 凡 投诉.成立 其中 事由=服务，则 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 50元 |\n  | 第2次及以后 | 罚款 当事人 100元 |\n```\n\n"
    "## 七 发货 {#ship}\n```guiju\n自 订单.付款 起 1小时 内 接待人 须 订单.备注 其中 旗=红;遇 订单.取消 免;届前 10分钟 提醒 接待人;逾期 按 次序(本自然月, 当事人):\n"
    "  | 第1次 | 提醒 接待人 |\n  | 第2次及以后 | 罚款 接待人 3元 |\n```\n";

static const struct lang_program *hard_book(void) { return book_of(books, str_c(hard_text)); }

/* ---- random logs ---- */

static u64 seed;
static u64 next(void) { /* splitmix64 */
  u64 z = (seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static u64 mix64(u64 i) { return (i + 1) * 0x9e3779b97f4a7c15u >> 33; }
static i64 pick(i64 n) { return (i64)(next() % (u64)n); }

enum { FACTS_MAX = 900 };
struct log {
  struct arena *a;
  struct event *p[FACTS_MAX];
  size_t n;
};

static void add(struct log *m, i64 at, const char *kind, const char *data) {
  struct problem p = {0};
  json_t *j = json_pack("{s:s, s:I, s:s, s:o, s:o}", "kind", kind, "at", (json_int_t)at, "by", "", "id", json_sprintf("e%zu", m->n + 1), "data",
                        json_loads(data, 0, NULL));
  struct event *e;
  if (event_from_json(m->a, j, ZONE, &e, &p) != OK) {
    print_error("%s %s %s\n", kind, data, p.zh);
    fail();
  }
  e->seq = (i64)m->n + 1;
  json_decref(j);
  assert_true(m->n < FACTS_MAX);
  m->p[m->n++] = e;
}

static const char *const who[] = {"小王", "小李", "小赵"};

static void talk(struct log *m, i64 at, int i) {
  char d[256];
  const char *agent = who[pick(3)];
  snprintf(d, sizeof d, "{\"会话\":\"c%d\",\"接待人\":\"%s\",\"首条\":true}", i, agent);
  add(m, at, "会话.客户消息", d);
  if (pick(5) == 0) {
    snprintf(d, sizeof d, "{\"会话\":\"c%d\",\"当事人\":\"%s\",\"受让人\":\"%s\"}", i, agent, who[pick(3)]);
    add(m, at + pick(40) * 1000, "会话.转接", d);
  }
  if (pick(4)) {
    snprintf(d, sizeof d, "{\"会话\":\"c%d\",\"接待人\":\"%s\"}", i, pick(4) ? agent : who[pick(3)]);
    add(m, at + pick(8) * 15000 + pick(2), "会话.人工回复", d);
  }
  if (pick(3) == 0) {
    snprintf(d, sizeof d, "{\"会话\":\"c%d\"}", i);
    add(m, at + pick(600) * 1000, "会话.结束", d);
  }
}

static void trade(struct log *m, i64 at, int i) {
  char d[256];
  const char *agent = who[pick(3)];
  snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"客户\":\"u%d\",\"接待人\":\"%s\",\"金额\":\"%d.00\"%s}", i, (int)pick(9), agent, (int)(1 + pick(900)), pick(3) ? "" : ",\"特殊要求\":\"x\"");
  add(m, at, "订单.下单", d);
  if (pick(3)) {
    snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"金额\":\"5.00\"}", i);
    add(m, at + pick(30) * 60000, "订单.付款", d);
  }
  if (pick(3)) {
    snprintf(d, sizeof d, "{\"订单\":\"o%d\",\"当事人\":\"%s\",\"文\":\"100%d\",\"旗\":\"%s\"}", i, agent, (int)pick(3), pick(2) ? "红" : "无");
    add(m, at + pick(120) * 60000, "订单.备注", d);
  }
  if (pick(5) == 0) {
    snprintf(d, sizeof d, "{\"订单\":\"o%d\"}", i);
    add(m, at + pick(120) * 60000, "订单.取消", d);
  }
}

static void judged(struct log *m, i64 at, int i) {
  char d[256];
  if (pick(2)) {
    snprintf(d, sizeof d, "{\"检查表\":\"%s\",\"项\":\"%s\",\"当事人\":\"%s\"}", pick(2) ? "现场检查" : "现场", pick(2) ? "争吵" : pick(2) ? "吵" : "玩", who[pick(3)]);
    add(m, at, "检查.发现", d);
    return;
  }
  snprintf(d, sizeof d, "{\"单\":\"k%d\",\"责任人\":\"%s\",\"事由\":\"%s\",\"客户\":\"甲\",\"内容\":\"x\"}", i, who[pick(3)], pick(3) ? "服务" : "质量");
  if (pick(2)) add(m, at - pick(4) * 86400000, "投诉.登记", d);
  if (pick(4)) add(m, at, pick(4) ? "投诉.成立" : "投诉.不成立", d);
}

static void work(struct log *m, i64 day, int person) {
  char d[256];
  const char *shift = pick(4) ? "白班" : "夜班";
  bool white = strcmp(shift, "白班") == 0;
  i64 from = day + (white ? 510 : 1050) * 60000ll, to = day + (white ? 1050 : 1500) * 60000ll;
  struct str date = calendar_show_date(m->a, instant_date(day, ZONE));
  snprintf(d, sizeof d, "{\"当事人\":\"%s\",\"班次\":\"%s\",\"日期\":\"%.*s\",\"类\":\"班\"}", who[person], shift, STR_ARG(date));
  add(m, day - pick(3) * 86400000 - 3600000, "班次.排定", d);
  snprintf(d, sizeof d, "{\"当事人\":\"%s\"}", who[person]);
  if (pick(6)) add(m, from - 600000 + pick(20) * 60000, "考勤.上班", d);
  if (pick(6)) add(m, to - 300000 + pick(20) * 60000, "考勤.下班", d);
  if (pick(2)) {
    snprintf(d, sizeof d, "{\"名\":\"打扫\",\"当事人\":\"%s\",\"照片\":[\"f\"]}", who[person]);
    add(m, from - pick(60) * 60000, "班务.完成", d);
  }
}

static void make_log(struct log *m, i64 days) {
  char d[256];
  i64 start = when("2026-03-01 00:00:00");
  for (int i = 0; i < 3; i++) {
    snprintf(d, sizeof d, "{\"当事人\":\"%s\",\"岗位\":\"客服\",\"工号\":\"100%d\"%s}", who[i], i, i == 0 ? ",\"上级\":\"老陈\"" : "");
    add(m, start + i, "人员.入职", d);
  }
  add(m, start, "人员.入职", "{\"当事人\":\"老周\",\"岗位\":\"主管\",\"工号\":\"1\"}");
  add(m, start, "人员.入职", "{\"当事人\":\"老陈\",\"岗位\":\"组长\",\"工号\":\"2\",\"上级\":\"老周\"}");
  for (int i = 0; i < 40; i++) talk(m, start + pick(days * 24 * 60 * 4) * 15000, i);
  for (int i = 0; i < 25; i++) trade(m, start + pick(days * 24 * 60) * 60000, i);
  for (int i = 0; i < 25; i++) judged(m, start + pick(days * 24 * 12) * 300000, i);
  for (i64 day = 1; day < days; day++) {
    if (pick(3) == 0) work(m, start + day * (i64)MS_DAY, (int)pick(3));
  }
  if (pick(4) == 0) add(m, start + pick(days) * (i64)MS_DAY, "人员.变更", "{\"当事人\":\"小赵\",\"项目\":\"上级\",\"新值\":\"老周\"}");
}

/* ---- what an engine holds ---- */

struct lines {
  struct arena *a;
  struct str p[8192];
  size_t n;
};
static int by_line(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }
static void keep(struct lines *l, struct str line) {
  assert_true(l->n < COUNT_OF(l->p));
  l->p[l->n++] = line;
}

static void note_consequence(void *ctx, const struct consequence *c) {
  struct lines *l = ctx;
  struct str line = arena_printf(l->a, "后果 %.*s %s %s %.*s %lld %lld %lld %lld %lld %.*s %.*s <- %.*s %.*s", STR_ARG(c->id), consequence_type_name(c->type),
                                 consequence_seal_name(c->seal), STR_ARG(c->subject), (long long)c->fen, (long long)c->fen_max, (long long)c->points,
                                 (long long)c->ordinal, (long long)c->occurred_ms, STR_ARG(c->clause), STR_ARG(c->text_zh), STR_ARG(c->trigger), STR_ARG(c->cause));
  for (size_t i = 0; i < c->evidence_count; i++) line = arena_printf(l->a, "%.*s\n    %.*s %s %.*s", STR_ARG(line), STR_ARG(c->evidence[i].event_id), c->evidence[i].role, STR_ARG(c->evidence[i].text_zh));
  for (size_t i = 0; i < c->arithmetic_count; i++) line = arena_printf(l->a, "%.*s\n    %.*s", STR_ARG(line), STR_ARG(c->arithmetic[i].text_zh));
  keep(l, line);
}
static void note_clock(void *ctx, const struct rule_clock *c) {
  struct lines *l = ctx;
  keep(l, arena_printf(l->a, "时钟 %.*s %s %.*s %.*s %lld %lld %lld", STR_ARG(c->id), clock_state_name(c->state), STR_ARG(c->bearer), STR_ARG(c->object),
                       (long long)c->started_ms, (long long)c->due_ms, (long long)c->done));
}
static struct str joined(struct lines *l) {
  qsort(l->p, l->n, sizeof *l->p, by_line);
  struct buf b;
  buf_init(&b, 32 << 20);
  for (size_t i = 0; i < l->n; i++) buf_printf(&b, "%.*s\n", STR_ARG(l->p[i]));
  struct str out = arena_buf(l->a, &b);
  buf_release(&b);
  return out;
}
static struct str held(struct arena *a, struct engine *e) {
  struct lines *l = ARENA_NEW(a, struct lines);
  l->a = a;
  engine_each_consequence(e, note_consequence, l);
  engine_each_clock(e, note_clock, l);
  return joined(l);
}

/* What the reports add up to: consequences, running clocks and derived facts, as a view would keep them. */
struct mirror {
  struct arena *a;
  struct map kept;
};
static void put(struct mirror *m, struct str key, struct str line) {
  struct str *v = ARENA_NEW(m->a, struct str);
  *v = line;
  map_set_ptr(&m->kept, arena_dup(m->a, key), v);
}
static void on_consequence(void *ctx, enum change change, const struct consequence *c) {
  struct mirror *m = ctx;
  if (change == CHANGE_WITHDRAW) map_remove(&m->kept, c->id);
  else put(m, c->id, arena_printf(m->a, "%s %s %.*s %lld %lld %lld", consequence_type_name(c->type), consequence_seal_name(c->seal), STR_ARG(c->subject), (long long)c->fen, (long long)c->points, (long long)c->ordinal));
}
static void on_clock(void *ctx, const struct rule_clock *c) {
  struct mirror *m = ctx;
  struct str key = arena_printf(m->a, "时钟 %.*s", STR_ARG(c->id));
  bool over = c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED; /* a broken duty may be over or not: held() tells */
  if (over) map_remove(&m->kept, key);
  else put(m, key, arena_printf(m->a, "%s %lld %lld", clock_state_name(c->state), (long long)c->due_ms, (long long)c->done));
}
static void on_derived(void *ctx, enum change change, const struct event *e) {
  struct mirror *m = ctx;
  struct str key = arena_printf(m->a, "得出 %.*s", STR_ARG(e->id));
  if (change == CHANGE_WITHDRAW) map_remove(&m->kept, key);
  else put(m, key, str_c(e->kind->en));
}
static struct mirror *mirror_new(struct arena *a) {
  struct mirror *m = ARENA_NEW(a, struct mirror);
  m->a = a;
  map_init(&m->kept, a);
  return m;
}
static struct mirror *mirror_copy(struct arena *a, const struct mirror *of) {
  struct mirror *m = mirror_new(a);
  for (size_t i = 0; i < of->kept.n; i++) {
    if (!of->kept.entries[i].gone) map_set_ptr(&m->kept, of->kept.entries[i].key, of->kept.entries[i].ptr);
  }
  return m;
}
static struct engine_sink sink_of(struct mirror *m) { return (struct engine_sink){.ctx = m, .consequence = on_consequence, .clock = on_clock, .derived = on_derived}; }

static struct str mirrored(struct mirror *m, const char *what) {
  struct lines *l = ARENA_NEW(m->a, struct lines);
  l->a = m->a;
  for (size_t i = 0; i < m->kept.n; i++) {
    struct map_entry *e = &m->kept.entries[i];
    if (e->gone || !str_starts(e->key, str_c(what))) continue;
    const struct str *v = e->ptr;
    keep(l, arena_printf(m->a, "%.*s %.*s", STR_ARG(e->key), STR_ARG(*v)));
  }
  return joined(l);
}

/* ---- one trial ---- */

static struct engine *fresh(const struct lang_program *book) {
  struct engine *e = engine_new(ZONE, NULL);
  struct problem p = {0};
  assert_int_equal(engine_publish(e, book, 0, when("2026-03-01 00:00:00"), &p), OK);
  return e;
}
static int in_order(const void *a, const void *b) { return event_compare(*(struct event *const *)a, *(struct event *const *)b); }

/* Fed in order, with nothing late; an appeal and its fact are facts like others. */
static struct str in_time(struct arena *a, const struct lang_program *book, struct event **facts, size_t n, i64 now, struct mirror *m) {
  struct event **sorted = ARENA_ARRAY(a, struct event *, n + 1);
  memcpy(sorted, facts, n * sizeof *sorted);
  qsort(sorted, n, sizeof *sorted, in_order);
  struct engine *e = fresh(book);
  struct problem p = {0};
  struct engine_sink sink = sink_of(m);
  for (size_t i = 0; i < n; i++) assert_int_equal(engine_step(e, sorted[i], &sink, &p), OK);
  engine_advance(e, now, &sink);
  struct str out = held(a, e);
  engine_free(e);
  return out;
}

struct trial {
  const struct lang_program *book;
  struct event *p[FACTS_MAX]; /* in the order of arrival */
  size_t n;
  bool hold;
  u32 rests;           /* a station every so many facts, 0: none */
  const char *failed;
  struct str want, got;
  struct engine_corrections done;
};

static void differ(struct trial *t, const char *what, struct str want, struct str got) {
  if (t->failed || str_eq(want, got)) return;
  t->failed = what;
  t->want = want;
  t->got = got;
}

static u64 forgotten, read_again;

/* As a desk does when something is needed that was forgotten: the batch is taken back, a whole engine is made of what came before it,
 * and the batch is said again. */
static struct engine *whole_again(struct trial *t, struct engine *old, size_t first, size_t last, i64 now, struct engine_sink *sink) {
  struct engine *e = fresh(t->book);
  struct problem p = {0};
  engine_remember_as(e, old);
  engine_hold(e);
  for (size_t i = 0; i < first; i++) assert_int_equal(engine_step(e, t->p[i], NULL, &p), OK);
  engine_flush(e, NULL);
  if (first) engine_advance(e, now, NULL);
  for (size_t i = first; i <= last; i++) {
    if (t->hold && i == first) engine_hold(e);
    assert_int_equal(engine_step(e, t->p[i], sink, &p), OK);
  }
  engine_flush(e, sink);
  assert_false(engine_wants_past(e));
  engine_free(old);
  read_again++;
  return e;
}

static void try_log(struct arena *a, struct trial *t) {
  struct engine *e = fresh(t->book);
  struct problem p = {0};
  struct mirror *m = mirror_new(a), *before = mirror_copy(a, m);
  struct engine_sink sink = sink_of(m);
  i64 latest = INT64_MIN, now_before = 0;
  size_t first = 0; /* of the batch */
  t->failed = NULL;
  for (size_t i = 0; i < t->n && !t->failed; i++) {
    bool late = t->p[i]->occurred_ms < latest || str_is(str_c(t->p[i]->kind->en), "ledger.ruled");
    if (t->hold && i % 7 == 0) engine_hold(e);
    assert_int_equal(engine_step(e, t->p[i], &sink, &p), OK);
    if (t->hold && i % 7 != 6 && i + 1 < t->n) continue;
    engine_flush(e, &sink);
    if (engine_wants_past(e)) {
      m = mirror_copy(a, before);
      sink = sink_of(m);
      e = whole_again(t, e, first, i, now_before, &sink);
    }
    if (t->rests && mix64(i) % t->rests == 0) (void)engine_keep_station(e);
    if (t->rests && mix64(i + 7000) % t->rests == 0 && engine_forget(e, (i64)(mix64(i + 90) % 3) * MS_DAY, (i64)(mix64(i) % 30) * MS_DAY)) forgotten++;
    first = i + 1;
    if (t->rests) before = mirror_copy(a, m);
    now_before = engine_now(e);
    if (t->p[i]->occurred_ms > latest) latest = t->p[i]->occurred_ms;
    if (!late && i + 1 < t->n && !(t->hold && i % 5 == 0)) continue;
    struct mirror *other = mirror_new(a);
    i64 now = engine_now(e);
    differ(t, "what it holds", in_time(a, t->book, t->p, i + 1, now, other), held(a, e));
    differ(t, "derived facts", mirrored(other, "得出"), mirrored(m, "得出"));
  }
  i64 end = latest + 40ll * MS_DAY; /* and goes on the same */
  struct mirror *other = mirror_new(a);
  if (!t->failed) {
    engine_advance(e, end, &sink);
    if (engine_wants_past(e)) {
      m = before;
      sink = sink_of(m);
      e = whole_again(t, e, t->n, 0, now_before, &sink);
      engine_advance(e, end, &sink);
    }
    differ(t, "what it holds later", in_time(a, t->book, t->p, t->n, end, other), held(a, e));
    differ(t, "reported consequences", mirrored(other, ""), mirrored(m, ""));
  }
  t->done = engine_corrections(e);
  engine_free(e);
}

/* Leave out what can be left out and still fails. */
static void make_smaller(struct trial *t) {
  for (size_t piece = t->n / 2; piece >= 1; piece /= 2) {
    for (size_t at = 0; at + piece <= t->n;) {
      struct trial small = *t;
      memmove(&small.p[at], &small.p[at + piece], (small.n - at - piece) * sizeof *small.p);
      small.n -= piece;
      struct arena *a = arena_new(1 << 30);
      try_log(a, &small);
      if (small.failed) *t = small;
      else at += piece;
      arena_free(a);
    }
  }
}

/* Lines of one text that are not in the other. */
static void only_in(struct str one, struct str other, const char *what) {
  for (struct str rest = one; rest.n;) {
    struct str line = str_cut(rest, '\n', &rest);
    if (line.n && str_find(other, line, 0) == SIZE_MAX) print_error("%s: %.*s\n", what, STR_ARG(line));
  }
}

static void tell(u64 used, struct trial *t) {
  make_smaller(t);
  struct arena *a = arena_new(1 << 30);
  try_log(a, t);
  print_error("GUIJU_SEED=%llu: %s, %zu facts (why not sliced: %s)\n", (unsigned long long)used, t->failed, t->n, t->done.why);
  for (size_t i = 0; i < t->n; i++) {
    char *data = json_dumps(event_to_json(t->p[i]), JSON_COMPACT);
    print_error("  %s\n", data);
    free(data);
  }
  only_in(t->want, t->got, "fed in order, not corrected");
  only_in(t->got, t->want, "corrected, not fed in order");
  fail();
}

/* A ruling about one of the consequences of now. */
struct choice {
  struct arena *a;
  struct str id;
  i64 n;
};
static void choose(void *ctx, const struct consequence *c) {
  struct choice *k = ctx;
  if (c->type != C_FINE && c->type != C_REMIND && c->type != C_DISCIPLINE) return;
  if (pick(++k->n) == 0) k->id = arena_dup(k->a, c->id);
}

static void add_verdicts(struct log *m, struct trial *t) {
  struct engine *e = fresh(t->book);
  struct problem p = {0};
  for (size_t i = 0; i < t->n; i++) assert_int_equal(engine_step(e, t->p[i], NULL, &p), OK);
  i64 now = engine_now(e);
  for (int i = 0; i < 4; i++) {
    char d[256];
    struct choice k = {.a = m->a};
    engine_each_consequence(e, choose, &k);
    if (k.id.n == 0) break;
    if (pick(3)) snprintf(d, sizeof d, "{\"后果\":\"%.*s\",\"指\":\"事实\",\"成立\":true,\"当事人\":\"老周\"}", STR_ARG(k.id));
    else snprintf(d, sizeof d, "{\"后果\":\"%.*s\",\"结果\":\"%s\",\"当事人\":\"老周\"}", STR_ARG(k.id), pick(2) ? "免除" : "确认");
    add(m, now + (i + 1) * 1000, strstr(d, "结果") ? "账.表态" : "账.裁定", d);
    t->p[t->n++] = m->p[m->n - 1];
  }
  engine_free(e);
}

static u64 sliced, derived_again;

static void trial(const struct lang_program *book, u64 used, bool hold, bool verdicts) {
  seed = used;
  struct arena *a = arena_new(1 << 30);
  struct log *m = ARENA_NEW(a, struct log);
  struct trial *t = ARENA_NEW(a, struct trial);
  m->a = a;
  make_log(m, 1 + pick(40));
  qsort(m->p, m->n, sizeof *m->p, in_order);
  t->book = book;
  t->hold = hold;
  t->rests = (u32)(used % 3) * 9;
  size_t late = 0;
  struct event *kept[FACTS_MAX];
  for (size_t i = 0; i < m->n; i++) { /* some come late, by minutes or by weeks */
    bool person = strcmp(m->p[i]->kind->noun, "person") == 0;
    if (!person && pick(12) == 0) kept[late++] = m->p[i];
    else t->p[t->n++] = m->p[i];
    if (late && pick(15) == 0) t->p[t->n++] = kept[--late];
  }
  while (late) t->p[t->n++] = kept[--late];
  if (verdicts) add_verdicts(m, t);
  struct arena *run = arena_new(1 << 30);
  try_log(run, t);
  if (t->failed) tell(used, t);
  sliced += t->done.sliced;
  derived_again += t->done.derived_again;
  arena_free(run);
  arena_free(a);
}

static void trials(const struct lang_program *book, u64 first, int rounds, bool hold, bool verdicts) {
  const char *given = getenv("GUIJU_SEED");
  if (given) first = strtoull(given, NULL, 10);
  const char *more = getenv("GUIJU_ROUNDS");
  if (more) rounds = atoi(more);
  sliced = derived_again = forgotten = read_again = 0;
  for (int i = 0; i < (given && !more ? 1 : rounds); i++) trial(book, first + (u64)i, hold, verdicts);
  print_message("seeds %llu to %llu: %llu corrections sliced, %llu derived again; forgot %llu times, read again %llu times\n", (unsigned long long)first,
                (unsigned long long)first + (u64)rounds - 1, (unsigned long long)sliced, (unsigned long long)derived_again, (unsigned long long)forgotten,
                (unsigned long long)read_again);
}

static void shop_late(void **s) { (void)s; trials(shop, 1000, 6, false, false); assert_true(sliced > derived_again); }
static void hard_late(void **s) { (void)s; trials(hard, 2000, 10, false, false); assert_true(sliced > derived_again); }
static void shop_verdicts(void **s) { (void)s; trials(shop, 3000, 4, false, true); }
static void hard_verdicts(void **s) { (void)s; trials(hard, 4000, 8, false, true); }
/* The other books, whatever of the same log speaks to their clauses. */
static void every_book(void **state) {
  (void)state;
  DIR *dir = opendir(RULEBOOKS);
  assert_non_null(dir);
  int seen = 0;
  for (struct dirent *d; (d = readdir(dir)) != NULL;) {
    size_t n = strlen(d->d_name);
    if (n < 4 || strcmp(d->d_name + n - 3, ".md") != 0) continue;
    struct arena *a = arena_new(1 << 30);
    char path[512];
    snprintf(path, sizeof path, "%s/%s", RULEBOOKS, d->d_name);
    print_message("%s: ", d->d_name);
    trials(book_of(a, file_text(a, path)), 7000, 2, false, true);
    arena_free(a);
    seen++;
  }
  closedir(dir);
  assert_true(seen > 0);
}
static void shop_held(void **s) { (void)s; trials(shop, 5000, 4, true, false); }
static void hard_held(void **s) { (void)s; trials(hard, 6000, 6, true, true); }

static int load(void **state) {
  (void)state;
  books = arena_new(1 << 30);
  shop = book_c14(books);
  hard = hard_book();
  return 0;
}
static int unload(void **state) {
  (void)state;
  arena_free(books);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shop_late),     cmocka_unit_test(hard_late), cmocka_unit_test(shop_verdicts),
                                     cmocka_unit_test(hard_verdicts), cmocka_unit_test(shop_held), cmocka_unit_test(every_book), cmocka_unit_test(hard_held)};
  return cmocka_run_group_tests(tests, load, unload);
}
