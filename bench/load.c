/* The shop: see load.h. Conversations start evenly over the days; what happens in them, and the orders that come of some, is
 * put into buckets of a minute and comes out in order of time. Nothing here reads a clock. */
#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static u64 state;
static u64 next(void) {
  u64 z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static u32 pick(u32 n) { return (u32)((next() >> 32) * n >> 32); }

/* ---- the log ---- */

enum { RING = 4096 };
struct bucket {
  struct load_row *p;
  u32 n, room;
};
static struct bucket ring[RING];
static i64 start_of_all;

static void put(i64 at, enum load_kind kind, u32 flag, u32 person, u32 object, i64 x, i64 y) {
  struct bucket *b = &ring[(u64)((at - start_of_all) / 60000) % RING];
  if (b->n == b->room) {
    b->room = b->room ? b->room * 2 : 64;
    b->p = realloc(b->p, b->room * sizeof *b->p);
    if (b->p == NULL) abort();
  }
  b->p[b->n++] = (struct load_row){.at = at, .kind = (uint16_t)kind, .flag = (uint16_t)flag, .person = person, .object = object, .x = (int32_t)x, .y = (int32_t)y};
}

static const enum event_kind_id kind_of[LK_COUNT] = {EVENT_conversation_customer_spoke, EVENT_conversation_agent_replied, EVENT_conversation_closed,
    EVENT_conversation_rated, EVENT_order_placed, EVENT_order_paid, EVENT_order_noted, EVENT_order_checked, EVENT_order_reminded, EVENT_inspection_found,
    EVENT_data_opened, EVENT_knowledge_examined};

static int in_order(const void *x, const void *y) {
  const struct load_row *a = x, *b = y;
  if (a->at != b->at) return a->at < b->at ? -1 : 1;
  if (kind_of[a->kind] != kind_of[b->kind]) return kind_of[a->kind] < kind_of[b->kind] ? -1 : 1;
  if (a->object != b->object) return a->object < b->object ? -1 : 1;
  return a->x != b->x ? (a->x < b->x ? -1 : 1) : a->y < b->y ? -1 : a->y > b->y;
}

static void order_of(struct load *l, i64 at, u32 agent) {
  u32 order = l->orders++;
  i64 fen = 1000 + pick(100000), pieces = 1 + pick(5);
  put(at, LK_PLACED, 0, agent, order, pieces, fen);
  if (pick(8) != 0) put(at + 60000 * (1 + pick(110)), LK_REMINDED, 0, agent, order, 0, 0);
  if (pick(8) == 0) return;
  i64 paid = at + 1000 + pick(100) * 60000;
  put(paid, LK_PAID, 0, agent, order, 0, fen);
  if (pick(100)) put(paid + 60000 + pick(pick(100) ? 2400000 : 60000000), LK_NOTED, pick(100) != 0, agent, order, 0, 0);
  for (u32 i = 0; i < 2; i++) {
    if (pick(100)) put(paid + 30000 + pick(pick(100) ? 1500000 : 30000000), LK_CHECKED, 0, agent, order, pick(100) ? i : pick(4), 0);
  }
}

static void talk(struct load *l, i64 at) {
  u32 c = l->conversations++, agent = pick(LOAD_AGENTS), turns = 4 + pick(8);
  i64 began = at;
  for (u32 i = 0; i < turns; i++) {
    put(at, LK_SPOKE, i == 0, agent, c, 0, 0);
    i64 wait = pick(100) == 0 ? 20000 + pick(400000) : 1000 + pick(25000);
    at += wait;
    if (pick(100)) put(at, LK_REPLIED, 0, agent, c, wait, pick(30) == 0 ? pick(6) : 6 + pick(200));
    at += 2000 + pick(60000);
  }
  put(at, LK_CLOSED, pick(4) == 0, agent, c, at - began, 0);
  if (pick(2) == 0) put(at + 1000 + pick(600000), LK_RATED, 0, agent, c, pick(150) == 0 ? 1 + pick(2) : 3 + pick(3), 0);
  if (pick(3) == 0) order_of(l, at + 1000, agent);
  if (pick(6) == 0) put(at + pick(3600000), LK_FOUND, 0, pick(LOAD_AGENTS), c, pick(LOAD_ITEMS * 25), 100 * pick(20));
  if (pick(3) == 0) put(at + pick(3600000), LK_OPENED, pick(300) != 0, agent, c, 0, 0);
  if (pick(12) == 0) put(at + pick(3600000), LK_EXAMINED, pick(10) != 0, agent, c, 0, 100 * (40 + pick(61)));
}

struct load load_make(u64 seed, u64 rows) {
  state = seed;
  struct load l = {.from = instant_at(date_from_civil(2026, 1, 1), 0, LOAD_ZONE)};
  start_of_all = l.from;
  l.rows = malloc((rows + 1) * sizeof *l.rows);
  if (l.rows == NULL) {
    fprintf(stderr, "no memory for %llu rows\n", (unsigned long long)rows);
    exit(1);
  }
  i64 span = (i64)LOAD_DAYS * MS_DAY, minutes = span / 60000;
  double each = (double)rows / 18.7 / (double)minutes, due = 0; /* conversations a minute; a talk makes about 19 rows */
  for (i64 m = 0; l.n < rows; m++) {
    if (m < minutes) {
      for (due += each; due >= 1; due -= 1) talk(&l, l.from + m * 60000 + pick(60000));
    } else if (m > minutes + RING) {
      break;
    }
    struct bucket *b = &ring[(u64)m % RING];
    if (b->n) qsort(b->p, b->n, sizeof *b->p, in_order);
    for (u32 i = 0; i < b->n && l.n < rows; i++) {
      l.rows[l.n] = b->p[i];
      l.rows[l.n].seq = (u32)(LOAD_AGENTS + l.n + 1);
      l.n++;
    }
    b->n = 0;
  }
  for (u32 i = 0; i < RING; i++) {
    free(ring[i].p);
    ring[i] = (struct bucket){0};
  }
  l.to = instant_at(date_add_months(month_start(instant_date(l.n ? l.rows[l.n - 1].at : l.from, LOAD_ZONE)), 1), 0, LOAD_ZONE);
  return l;
}

void load_free(struct load *l) {
  free(l->rows);
  *l = (struct load){0};
}

/* A name of letters for a number: a digit would end a word. */
struct letters {
  char s[8];
};
static struct letters name_of(char first, u32 i) {
  return (struct letters){{first, (char)('a' + i / 676 % 26), (char)('a' + i / 26 % 26), (char)('a' + i % 26), 0}};
}

/* ---- the book ---- */

struct text {
  struct buf b;
  u32 clauses;
};
static void line(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3);
static void line(struct text *t, const char *format, ...) {
  char s[2000];
  va_list args;
  va_start(args, format);
  vsnprintf(s, sizeof s, format, args);
  va_end(args);
  buf_addc(&t->b, s);
}

static void clause(struct text *t, const char *family, u32 i) { line(t, "## %u %s %u {#%s-%u}\n```guiju\n", ++t->clauses, family, i, family, i); }

static void guards(struct text *t, bool changed) {
  for (u32 i = 0; i < F_REPLY; i++) {
    clause(t, "reply", i);
    line(t, "凡 会话.人工回复 其中 等待 超过 %u秒 且 字数 不足 %u，则 罚款 接待人 %u元\n```\n", (changed && i == 0 ? 200 : 40) + 5 * i, 10 + 5 * (i % 7), 1 + i % 9);
  }
  for (u32 i = 0; i < F_CLOSE; i++) {
    clause(t, "close", i);
    line(t, "凡 会话.结束 其中 时长 超过 %u秒 且 非 成交，则 提醒 接待人 “接待太久”\n```\n", 1200 + 20 * i);
  }
  for (u32 i = 0; i < F_RATE; i++) {
    clause(t, "rate", i);
    line(t, "凡 会话.评分 其中 星 不超过 %u，则 扣 接待人 %u分\n```\n", 1 + i % 2, 1 + i);
  }
  for (u32 i = 0; i < F_PLACE; i++) {
    clause(t, "place", i);
    line(t, "凡 订单.下单 其中 金额 超过 %u元 且 件数 满 %u，则 奖励 接待人 金额 × %u%%\n```\n", 850 + 10 * i, 3 + i % 3, 1 + i % 4);
  }
  for (u32 i = 0; i < F_OPEN; i++) {
    clause(t, "open", i);
    line(t, "凡 资料.查看 其中 非 在班 且 钟点 晚于 %u:00，则 上报 主管\n```\n", 10 + i);
  }
  for (u32 i = 0; i < F_EXAM; i++) {
    clause(t, "exam", i);
    line(t, "凡 知识.考试 其中 非 通过 且 分 不足 %u分，则 通知 当事人 “请补考”\n```\n", 41 + i);
  }
}

static void tables(struct text *t) {
  for (u32 i = 0; i < F_LADDER; i++) {
    clause(t, "ladder", i);
    line(t, "凡 检查.发现 其中 项=%s，则 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 %u元 |\n  | 第2次至第3次 | 罚款 当事人 %u元 |\n  | 第4次及以后 | 建议 当事人 解除 |\n```\n", name_of('s', i).s, 10 + i, 20 + 2 * i);
  }
  for (u32 i = 0; i < F_RATE_LADDER; i++) {
    clause(t, "stars", i);
    line(t, "凡 会话.评分 其中 星 不超过 2，则 按 次序(本%s, 接待人):\n  | 第1次至第%u次 | 提醒 接待人 |\n  | 其余 | 罚款 接待人 %u元 |\n```\n", i % 2 ? "周" : "自然月", 1 + i, 5 + i);
  }
  for (u32 i = 0; i < F_TABLE; i++) {
    clause(t, "table", i);
    line(t, "凡 会话.结束 其中 时长 满 %u秒，则 按 时长:\n  | 不满 %u秒 | 罚款 接待人 %u元 |\n  | %u秒 以上 | 罚款 接待人 %u元 |\n```\n", 1140 + 12 * i, 1200 + 12 * i, 2 + i, 1200 + 12 * i, 4 + i);
  }
}

static void duties(struct text *t) {
  for (u32 i = 0; i < F_FIRST; i++) {
    clause(t, "first", i);
    line(t, "自 会话.客户消息 其中 首条 起 %u秒 内 接待人 须 会话.人工回复;\n逾期 罚款 接待人 5元 每 30秒(不足按一个计) 封顶 %u元;未做 计至 会话.结束\n```\n", 25 + 5 * i, 50 + 5 * i);
  }
  for (u32 i = 0; i < F_NOTE; i++) {
    clause(t, "note", i);
    line(t, "自 订单.付款 其中 金额 超过 %u元 起 %u分钟 内 接待人 须 订单.备注 其中 旗=红;逾期 罚款 接待人 %u元\n```\n", 100 + 70 * i, 45 + i, 3 + i);
  }
  for (u32 i = 0; i < F_CHECK; i++) {
    clause(t, "check", i);
    if (i % 2) line(t, "自 订单.付款 起 当日 内 接待人 须 订单.核对;逾期 提醒 接待人 “订单没有核对”\n```\n");
    else line(t, "自 订单.付款 其中 金额 超过 %u元 起 %u分钟 内 接待人 须 订单.核对 其中 项=%s;逾期 罚款 接待人 %u元\n```\n", 600 + 20 * i, 30 + i, i % 4 ? "地址" : "属性", 2 + i);
  }
  for (u32 i = 0; i < F_REMIND; i++) {
    clause(t, "remind", i);
    line(t, "自 订单.下单 其中 金额 超过 %u元 起 %u分钟 内 接待人 须 订单.催付;遇 订单.付款 免;逾期 催办 接待人\n```\n", 200 + 50 * i, 120 + i);
  }
}

struct str load_book(struct arena *a, bool changed, u32 filler) {
  struct text t;
  buf_init(&t.b, 8 << 20);
  t.clauses = 0;
  line(&t, "# 试\n```guiju\n制度 bench “二百条”\n  版本 1.0 公布 2026-01-01 施行 2026-01-01 时区 “Asia/Shanghai” 行业 网店\n岗位 客服 上级 主管\n岗位 主管\n```\n");
  guards(&t, changed);
  tables(&t);
  duties(&t);
  for (u32 i = 0; i < F_PAY; i++) {
    clause(&t, "pay", i);
    line(&t, "每 自然月 结 按 员工:\n  计薪 %s = 次数(检查.发现 其中 项=%s 且 分 满 %u分) × %u元\n```\n", name_of('w', i).s, name_of('s', 30 + i).s, i, 1 + i);
  }
  for (u32 i = 0; i < filler; i++) {
    clause(&t, "more", i);
    line(&t, "凡 检查.发现 其中 项=%s，则 按 次序(本季度, 当事人):\n  | 第1次 | 提醒 当事人 |\n  | 第2次及以后 | 罚款 当事人 %u元 |\n```\n", name_of('m', i).s, 5 + i % 50);
  }
  struct str out = arena_buf(a, &t.b);
  buf_release(&t.b);
  return out;
}

/* ---- facts ---- */

static const char *const check_items[] = {"地址", "属性", "运费", "数量"};

u64 load_word_count(const struct load *l) { return LOAD_AGENTS + LOAD_ITEMS * 25u + (u64)l->conversations + l->orders; }

void load_words(struct replay *r, u32 *words, const struct load *l) {
  char s[40];
  u64 n = 0;
  for (u32 i = 0; i < LOAD_AGENTS; i++) words[n++] = replay_word(r, (struct str){s, (size_t)snprintf(s, sizeof s, "p%u", i)});
  for (u32 i = 0; i < LOAD_ITEMS * 25u; i++) words[n++] = replay_word(r, str_c(name_of('s', i).s));
  for (u32 i = 0; i < l->conversations; i++) words[n++] = replay_word(r, (struct str){s, (size_t)snprintf(s, sizeof s, "c%u", i)});
  for (u32 i = 0; i < l->orders; i++) words[n++] = replay_word(r, (struct str){s, (size_t)snprintf(s, sizeof s, "o%u", i)});
}

static uint16_t field(enum load_kind kind, const char *name) {
  size_t at = event_kind_field(&event_kind_all(NULL)[kind_of[kind]], str_c(name));
  if (at == SIZE_MAX) abort();
  return (uint16_t)at;
}

struct shape { /* which fields a row of a kind fills, and from where */
  const char *object, *person, *x, *y, *flag;
  bool x_word, flag_word;
};
static const struct shape shapes[LK_COUNT] = {
    [LK_SPOKE] = {"conversation", "agent", NULL, NULL, "first", false, false},
    [LK_REPLIED] = {"conversation", "agent", "wait", "chars", NULL, false, false},
    [LK_CLOSED] = {"conversation", "agent", "duration", NULL, "deal", false, false},
    [LK_RATED] = {"conversation", "agent", "stars", NULL, NULL, false, false},
    [LK_PLACED] = {"order", "agent", "pieces", "amount", NULL, false, false},
    [LK_PAID] = {"order", "agent", NULL, "amount", NULL, false, false},
    [LK_NOTED] = {"order", "person", NULL, NULL, "flag", false, true},
    [LK_CHECKED] = {"order", "person", "item", NULL, NULL, true, false},
    [LK_REMINDED] = {"order", "person", NULL, NULL, NULL, false, false},
    [LK_FOUND] = {NULL, "person", "item", "points", NULL, true, false},
    [LK_OPENED] = {NULL, "person", NULL, NULL, "on_shift", false, false},
    [LK_EXAMINED] = {NULL, "person", NULL, "points", "passed", false, false},
};

static bool of_order(enum load_kind kind) { return kind >= LK_PLACED && kind <= LK_REMINDED; }

void load_replay(struct replay *r, const struct load *l) {
  struct problem p = {0};
  struct arena *a = arena_new(1 << 20);
  u32 *words = malloc(load_word_count(l) * sizeof *words), at[LK_COUNT] = {0}, check[4];
  if (words == NULL) abort();
  load_words(r, words, l);
  for (u32 i = 0; i < 4; i++) check[i] = replay_word(r, str_c(check_items[i]));
  u32 red = replay_word(r, STR("红")), yellow = replay_word(r, STR("黄"));
  for (u32 i = 0; i < LOAD_AGENTS; i++) {
    if (replay_add(r, load_event(a, l, (u64)-1 - i), &p) != OK) abort();
    arena_reset(a);
  }
  for (u64 i = 0; i < l->n; i++) at[l->rows[i].kind]++;
  uint16_t f[LK_COUNT][5];
  for (int k = 0; k < LK_COUNT; k++) {
    const struct shape *s = &shapes[k];
    replay_expect(r, kind_of[k], at[k]);
    if (s->object) f[k][0] = field((enum load_kind)k, s->object);
    f[k][1] = field((enum load_kind)k, s->person);
    if (s->x) f[k][2] = field((enum load_kind)k, s->x);
    if (s->y) f[k][3] = field((enum load_kind)k, s->y);
    if (s->flag) f[k][4] = field((enum load_kind)k, s->flag);
  }
  const u32 *item = words + LOAD_AGENTS, *conversation = item + LOAD_ITEMS * 25, *order = conversation + l->conversations;
  for (u64 i = 0; i < l->n; i++) {
    const struct load_row *row = &l->rows[i];
    enum load_kind k = (enum load_kind)row->kind;
    const struct shape *s = &shapes[k];
    struct replay_cell cells[5];
    u32 n = 0;
    if (s->object) cells[n++] = (struct replay_cell){f[k][0], true, of_order(k) ? order[row->object] : conversation[row->object]};
    cells[n++] = (struct replay_cell){f[k][1], true, words[row->person]};
    if (s->x) cells[n++] = (struct replay_cell){f[k][2], s->x_word, s->x_word ? (i64)(k == LK_FOUND ? item[row->x] : check[row->x]) : row->x};
    if (s->y) cells[n++] = (struct replay_cell){f[k][3], false, row->y};
    if (s->flag) cells[n++] = (struct replay_cell){f[k][4], s->flag_word, s->flag_word ? (i64)(row->flag ? red : yellow) : row->flag};
    if (replay_row(r, kind_of[k], row->at, row->seq, words[row->person], cells, n, &p) != OK) {
      fprintf(stderr, "%s\n", p.en);
      abort();
    }
  }
  free(words);
  arena_free(a);
}

struct event *load_event(struct arena *a, const struct load *l, u64 i) {
  if (i >= (u64)-LOAD_AGENTS) {
    u32 agent = (u32)((u64)-1 - i);
    struct event *e = event_new(a, EVENT_person_joined, l->from - 1000, (struct str){"", 0});
    event_set_text(e, "person", arena_printf(a, "p%u", agent));
    event_set_text(e, "role", agent ? STR("客服") : STR("主管"));
    e->seq = (i64)agent + 1;
    e->id = arena_printf(a, "e%u", agent + 1);
    return e;
  }
  const struct load_row *row = &l->rows[i];
  enum load_kind k = (enum load_kind)row->kind;
  const struct shape *s = &shapes[k];
  struct event *e = event_new(a, kind_of[k], row->at, arena_printf(a, "p%u", row->person));
  e->seq = row->seq;
  e->id = arena_printf(a, "e%u", row->seq);
  if (s->object) event_set_text(e, s->object, arena_printf(a, "%c%u", of_order(k) ? 'o' : 'c', row->object));
  event_set_text(e, s->person, arena_printf(a, "p%u", row->person));
  if (s->x && s->x_word) event_set_text(e, s->x, k == LK_FOUND ? arena_printf(a, "%s", name_of('s', (u32)row->x).s) : str_c(check_items[row->x]));
  else if (s->x) event_set_int(e, s->x, row->x);
  if (s->y) event_set_int(e, s->y, row->y);
  if (s->flag && s->flag_word) event_set_text(e, s->flag, row->flag ? STR("红") : STR("黄"));
  else if (s->flag) e->fields[event_kind_field(e->kind, str_c(s->flag))] = value_bool(row->flag);
  return e;
}
