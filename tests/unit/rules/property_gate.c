/* Requests to the gates of a random book, and their decisions in words: what the engine and the reference have to agree about. */
#include "property.h"

static const char *const people[] = {"小王", "小李", "小赵", "老陈", "老周", "老方", ""};
#define PICK(r, ...) pick(r, (const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))
static const char *pick(struct random *r, const char *const *words, size_t n) { return words[random_below(r, (int)n)]; }

static void word(struct arena *a, struct event *e, const char *field, const char *text) { event_set_text(e, field, arena_dup(a, str_c(text))); }

static struct event *of_data(struct arena *a, struct random *r, i64 at, const char *actor) {
  static const enum event_kind_id kinds[] = {EVENT_data_opened, EVENT_data_exported, EVENT_data_shared, EVENT_data_changed};
  struct event *e = event_new(a, kinds[random_below(r, 4)], at, str_c(actor));
  word(a, e, "class", PICK(r, "内部", "客户资料", "公开"));
  word(a, e, "person", PICK(r, "小王", "小李", "老陈"));
  return e;
}

static struct event *of_roster(struct arena *a, struct random *r, i64 at, const char *actor) {
  struct event *e = event_new(a, EVENT_roster_published, at, str_c(actor));
  i64 first = date_from_civil(2028, 2, 21) + random_below(r, 8);
  if (random_below(r, 3)) {
    event_set_int(e, "from", first);
    event_set_int(e, "to", first + random_below(r, 10));
  }
  return e;
}

static struct event *of_case(struct arena *a, struct random *r, i64 at, const char *actor) {
  struct event *e = event_new(a, EVENT_case_moved, at, str_c(actor));
  if (random_one_in(r, 2)) {
    word(a, e, "case", PICK(r, "d1", "d2"));
    e->case_type = STR("催单");
    e->case_state = STR("办结");
    if (random_below(r, 3)) event_set_extra(e, a, STR("欠人"), value_ref(str_c(PICK(r, "小王", "小李"))));
    if (random_below(r, 3)) event_set_extra(e, a, STR("欠额"), value_int(V_MONEY, 4999 + random_below(r, 3)));
    return e;
  }
  word(a, e, "case", PICK(r, "k1", "k2"));
  e->case_type = STR("投诉");
  e->case_state = str_c(PICK(r, "成立", "核实"));
  if (random_below(r, 3)) event_set_extra(e, a, STR("责任人"), value_ref(str_c(PICK(r, "小王", "小李"))));
  if (random_below(r, 3)) event_set_extra(e, a, STR("赔额"), value_int(V_MONEY, 4999 + random_below(r, 3)));
  return e;
}

enum { OF_DATA, OF_ROSTER, OF_CASE, OF_ORDER, OF_POST, OF_KINDS };

/* Of what the book speaks, nearly always. */
static int kind_of(struct arena *a, struct random *r, const struct made_book *book) {
  static const char *const words[OF_KINDS] = {"资料", "排班 ", "审批 ", "申请 订单.变更", "申请 考勤.离岗"};
  struct str text = book_text(a, book, "1.0", false);
  int kinds[OF_KINDS], n = 0;
  for (int i = 0; i < OF_KINDS; i++) {
    if (str_find(text, str_c(words[i]), 0) != SIZE_MAX || (i == OF_CASE && str_find(text, STR("申请 投诉"), 0) != SIZE_MAX)) kinds[n++] = i;
  }
  return n && random_below(r, 8) ? kinds[random_below(r, n)] : random_below(r, OF_KINDS);
}

static struct event *request(struct arena *a, struct random *r, const struct made_book *book, i64 at) {
  const char *actor = people[random_below(r, (int)COUNT_OF(people))];
  struct event *e;
  switch (kind_of(a, r, book)) {
    case OF_DATA: return of_data(a, r, at, actor);
    case OF_ROSTER: return of_roster(a, r, at, actor);
    case OF_CASE: return of_case(a, r, at, actor);
    case OF_ORDER:
      e = event_new(a, EVENT_order_changed, at, str_c(actor));
      word(a, e, "order", PICK(r, "o1", "o2", "o3"));
      word(a, e, "item", PICK(r, "加货", "改价"));
      if (random_below(r, 3)) event_set(e, "extent", value_ratio(9 + random_below(r, 3), 100));
      if (random_below(r, 2)) word(a, e, "agent", PICK(r, "小王", "小李"));
      if (random_below(r, 2)) word(a, e, "customer", "甲客");
      return e;
    default:
      e = event_new(a, EVENT_attendance_left_post, at, str_c(actor));
      word(a, e, "person", PICK(r, "小王", "小李", "小赵"));
      if (random_below(r, 2)) word(a, e, "reason", PICK(r, "公", "私"));
      if (random_below(r, 4)) event_set_int(e, "expected", 10 * MS_MINUTE + random_below(r, 3) - 1);
      return e;
  }
}

void make_requests(struct arena *a, struct random *r, struct trial *t) {
  i64 last = t->log.until;
  for (size_t i = 0; i < t->log.count; i++) {
    if (t->log.facts[i].event->occurred_ms > last) last = t->log.facts[i].event->occurred_ms;
  }
  for (t->request_count = 0; t->request_count < REQUESTS_MAX; t->request_count++) {
    struct event *e = request(a, r, &t->book, last);
    e->seq = 9000 + (i64)t->request_count;
    e->id = arena_printf(a, "q%zu", t->request_count);
    t->requests[t->request_count] = e;
  }
}

/* ---- decisions in words ---- */

static const struct lang_item *item_of(const struct lang_program *p, const struct gate_reason *r) {
  for (size_t i = 0; i < p->item_count; i++) {
    const struct lang_item *item = p->items[i];
    if (str_eq(item->tag, r->tag) && str_eq(item->clause ? item->clause->id : STR(""), r->clause)) return item;
  }
  return NULL;
}

/* The engine tells of what is missing, and of lists, in sentences of its own; of the rest in the words of the book. */
static struct str reason_words(struct arena *a, const struct lang_program *p, const struct gate_reason *r) {
  const struct lang_item *item = item_of(p, r);
  struct str text = r->text_zh, rest;
  if (str_starts(text, STR("·"))) return text;
  if (str_starts(text, STR("缺少判断所需的内容"))) return STR(REFERENCE_MISSING);
  if (str_starts(text, STR("由谁核决看不出来"))) return STR(REFERENCE_UNKNOWN);
  if (r->clause.n == 0) return STR(REFERENCE_LISTED); /* 适用, in the head of the book */
  if (item && (item->kind == LI_CLASS || item->kind == LI_ROSTER)) return STR(REFERENCE_LISTED);
  if (!str_starts(text, STR("须经"))) return text;
  rest = str_slice(text, strlen("须经"), text.n);
  size_t end = str_find(rest, STR("同意"), 0);
  return arena_dup(a, str_slice(rest, 0, end == SIZE_MAX ? rest.n : end));
}

struct str decision_text(struct arena *a, const struct lang_program *program, const struct gate_decision *d) {
  static const char *const verdicts[] = {"none", "permit", "refuse", "consult"};
  struct buf b;
  buf_init(&b, 1 << 20);
  buf_printf(&b, "decision %s", verdicts[d->verdict]);
  for (size_t i = 0; i < d->reason_count; i++) {
    struct str words = reason_words(a, program, &d->reasons[i]);
    buf_printf(&b, " (%.*s#%.*s %.*s)", STR_ARG(d->reasons[i].clause), STR_ARG(d->reasons[i].tag), STR_ARG(words));
  }
  for (size_t i = 0; i < d->stage_count; i++) {
    const struct approval_stage *s = &d->stages[i];
    buf_printf(&b, " <%s %.*s:", s->all ? "all" : "any", STR_ARG(s->role_zh));
    for (size_t k = 0; k < s->person_count; k++) buf_printf(&b, " %.*s", STR_ARG(s->persons[k]));
    buf_byte(&b, '>');
  }
  for (size_t i = 0; i < d->act_count; i++) {
    const struct consequence *c = &d->acts[i];
    buf_printf(&b, " {%s %.*s#%.*s %.*s %lld %lld}", consequence_type_name(c->type), STR_ARG(c->clause), STR_ARG(c->tag), STR_ARG(c->subject), (long long)c->fen, (long long)c->points);
  }
  buf_byte(&b, '\n');
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}
