/* The figures added up, and shown. See reception.h. */
#include "reports/reception.h"

#include "base/calendar.h"
#include "reports/reception_internal.h"
#include "views/figure.sql.h"
#include "views/permission.h"

#include <stdlib.h>
#include <string.h>

enum { DAYS_MOST = 800, WAITING_MOST = 5000 };

/* ---- what is asked ---------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *word, *title;
} groups[] = {{"agent", "客服"}, {"shift", "班次"}, {"channel", "渠道"}, {"tag", "标签"}, {"day", "日期"}};

bool reception_sees_all(struct read_ctx *r) {
  return r->actor.owner || r->actor.type == ACTOR_SYSTEM || r->actor.type == ACTOR_KEY || view_may(r->program, &r->actor, STR("报表.查看"));
}

enum status report_compare_span(struct read_ctx *r, const json_t *query, i64 from, i64 to, i64 days_most, struct report_compare *out) {
  struct str first = show_arg(r->arena, query, "compare_from"), last = show_arg(r->arena, query, "compare_to");
  i64 length = to - from + 1;
  out->asked = first.n || last.n || str_is(show_arg(r->arena, query, "compare"), "1") || json_is_true(json_object_get(query, "compare"));
  if (last.n && !first.n)
    return problem_set(r->problem, E_INVALID, "report.compare", "要比的那一段缺开始日期：写上 compare_from", "The span to compare with lacks its first day: give compare_from");
  enum status status = show_date_parse(first, from - length, &out->from, r->problem);
  if (status == OK) status = show_date_parse(last, out->from + length - 1, &out->to, r->problem);
  if (status == OK && (out->to < out->from || out->to - out->from >= days_most))
    return problem_set(r->problem, E_INVALID, "report.range", "起止日期不对：先起后止，最多 %d 天", "The dates are not in order: first from, then to, at most %d days", (int)days_most);
  return status;
}

enum status reception_ask(struct read_ctx *r, json_t *query, struct ask *q) {
  i64 today = instant_date(r->now_ms, r->zone_offset_ms);
  enum status status = show_date_parse(show_arg(r->arena, query, "from"), month_start(today), &q->from, r->problem);
  if (status == OK) status = show_date_parse(show_arg(r->arena, query, "to"), today > q->from ? today : q->from, &q->to, r->problem);
  if (status != OK) return status;
  if (q->to < q->from || q->to - q->from >= DAYS_MOST)
    return problem_set(r->problem, E_INVALID, "report.range", "起止日期不对：先起后止，最多 %d 天", "The dates are not in order: first from, then to, at most %d days", DAYS_MOST);
  struct str by = show_arg(r->arena, query, "by");
  q->by = -1;
  for (size_t i = 0; i < COUNT_OF(groups); i++)
    if (!by.n ? i == 0 : str_is(by, groups[i].word)) q->by = (int)i;
  if (q->by < 0) return problem_set(r->problem, E_INVALID, "report.by", "没有“%.*s”这种分法：agent、shift、channel、tag、day", "There is no grouping “%.*s”: agent, shift, channel, tag, day", STR_ARG(by));
  q->agent = show_arg(r->arena, query, "agent");
  q->shift = show_arg(r->arena, query, "shift");
  q->channel = show_arg(r->arena, query, "channel");
  q->tag = show_arg(r->arena, query, "tag");
  q->customer = show_arg(r->arena, query, "customer");
  q->level = show_arg(r->arena, query, "level");
  q->customer_tag = show_arg(r->arena, query, "customer_tag");
  status = report_compare_span(r, query, q->from, q->to, DAYS_MOST, &q->before);
  if (status != OK) return status;
  q->from_ms = instant_at(q->from, 0, r->zone_offset_ms);
  q->to_ms = instant_at(q->to + 1, 0, r->zone_offset_ms);
  status = service_history_load(r->store, r->arena, &q->hours, r->problem);
  if (status != OK || reception_sees_all(r)) return status;
  if (q->by == BY_TAG) return problem_set(r->problem, E_DENIED, "may.read", "按标签的报表要有“报表.查看”的权限", "Reports by tag need the permission “报表.查看”");
  q->agent = r->actor.id;
  return OK;
}

/* ---- adding up -------------------------------------------------------------------------------------------------------------- */

static struct sums *sums_of(struct read_ctx *r, struct tally *t, struct str key) {
  struct sums *found = map_ptr(&t->keys, key);
  if (found) return found;
  struct sums *s = ARENA_NEW(r->arena, struct sums);
  s->key = arena_dup(r->arena, key);
  map_set_ptr(&t->keys, s->key, s);
  t->list = arena_grow(r->arena, t->list, &t->room, t->count + 1, sizeof *t->list);
  t->list[t->count++] = s;
  return s;
}

static void add_wait(struct waits *w, i64 slot, i64 n, i64 total) {
  if (slot == FIGURE_NEVER) w->never += n;
  else w->steps[slot >= 0 && slot < FIGURE_STEPS ? slot : FIGURE_STEPS - 1] += n, w->n += n, w->total += total;
}

static void add_to(struct sums *s, i64 measure, i64 slot, i64 n, i64 total) {
  switch (measure) {
    case FIGURE_FIRST: add_wait(&s->first, slot, n, total); break;
    case FIGURE_REPLY: add_wait(&s->reply, slot, n, total); break;
    case FIGURE_TOOK: add_wait(&s->took, slot, n, total); break;
    case FIGURE_FIRST_OPEN: add_wait(&s->first_open, slot, n, total); break;
    case FIGURE_REPLY_OPEN: add_wait(&s->reply_open, slot, n, total); break;
    case FIGURE_TOOK_OPEN: add_wait(&s->took_open, slot, n, total); break;
    case FIGURE_LEFT: s->left += n; break;
    case FIGURE_STARS: s->stars += n * slot, s->rated += n, s->pleased += slot >= 4 ? n : 0; break;
    case FIGURE_DEAL: s->deals += n; break;
    case FIGURE_ORDER: s->orders += n, s->fen += total; break;
    case FIGURE_TRANSFER: s->transfers += n; break;
    default: break;
  }
}

void reception_add(struct read_ctx *r, struct tally *t, struct str key, i64 measure, i64 slot, i64 n, i64 total) {
  if (!t->last || !str_eq(t->last->key, key)) t->last = sums_of(r, t, key);
  add_to(t->last, measure, slot, n, total);
  add_to(&t->all, measure, slot, n, total);
}

bool reception_passes(const struct ask *q, struct str agent, struct str channel, struct str shift, i64 measure) {
  if (q->agent.n && !str_eq(q->agent, agent)) return false;
  if (q->channel.n && !str_eq(q->channel, channel) && measure != FIGURE_ORDER) return false;
  return !q->shift.n || str_eq(q->shift, shift.n ? shift : STR("-"));
}

/* Rows come sorted, so the same key mostly follows itself. */
static void take(struct read_ctx *r, const struct ask *q, struct tally *t, i64 measure, struct str agent, struct str channel, struct str shift, i64 slot, i64 n, i64 total, struct str day) {
  if (!reception_passes(q, agent, channel, shift, measure)) return;
  reception_add(r, t, q->by == BY_AGENT ? agent : q->by == BY_SHIFT ? shift : q->by == BY_CHANNEL ? channel : q->by == BY_NOTHING ? STR("") : day, measure, slot, n, total);
}

bool reception_has_tag(struct str tags, struct str tag) {
  if (!tag.n) return true;
  json_t *list = show_stored(tags, json_array()), *one;
  bool found = false;
  size_t i;
  json_array_foreach(list, i, one) found |= str_is(tag, json_string_value(one));
  json_decref(list);
  return found;
}

bool reception_of_customer(const struct ask *q, struct str customer, struct str level, struct str customer_tags) {
  return (!q->customer.n || str_eq(q->customer, customer)) && (!q->level.n || str_eq(q->level, level)) && reception_has_tag(customer_tags, q->customer_tag);
}

bool reception_needs_each(const struct ask *q) {
  return q->customer.n || q->level.n || q->customer_tag.n || (q->by == BY_TAG ? q->agent.n || q->shift.n || q->channel.n : q->tag.n > 0);
}

static bool is_filtered(const struct ask *q) { return q->agent.n || q->channel.n || q->shift.n; }

/* A month has a hundred thousand rows with a thousand agents: only the columns that the answer needs are read. */
static enum status take_by_agent(struct read_ctx *r, const struct ask *q, struct tally *t, i64 span) {
  struct figure_agent_rows_row *rows = NULL;
  size_t count = 0;
  enum status status = figure_agent_rows(r->store, r->arena, &(struct figure_agent_rows_in){.span = span}, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++)
    take(r, q, t, rows[i].measure, rows[i].agent, STR(""), STR(""), rows[i].slot, rows[i].n, rows[i].total, STR(""));
  return status;
}

static enum status take_total(struct read_ctx *r, const struct ask *q, struct tally *t, i64 span) {
  struct figure_total_rows_row *rows = NULL;
  size_t count = 0;
  enum status status = figure_total_rows(r->store, r->arena, &(struct figure_total_rows_in){.span = span, .from_measure = q->measure, .to_measure = q->measure ? q->measure : INT32_MAX}, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++) add_to(&t->all, rows[i].measure, rows[i].slot, rows[i].n, rows[i].total);
  return status;
}

static enum status take_span(struct read_ctx *r, const struct ask *q, struct tally *t, i64 from, i64 to) {
  enum status status = OK;
  size_t count = 0;
  if (from > to) return OK;
  if (from == to && !is_filtered(q) && q->by == BY_NOTHING) return take_total(r, q, t, from);
  if (from == to && !is_filtered(q) && q->by == BY_AGENT) return take_by_agent(r, q, t, from);
  if (q->by == BY_DAY || from == to) {
    struct figure_rows_row *rows = NULL;
    TRY(figure_rows(r->store, r->arena, &(struct figure_rows_in){.from_span = from, .to_span = to}, &rows, &count, r->problem));
    struct str day = STR("");
    i64 shown = INT64_MIN;
    for (size_t i = 0; i < count; i++) {
      if (rows[i].span != shown && rows[i].span >= 0) shown = rows[i].span, day = calendar_show_date(r->arena, shown);
      take(r, q, t, rows[i].measure, rows[i].agent, rows[i].channel, rows[i].shift, rows[i].slot, rows[i].n, rows[i].total, day);
    }
  } else {
    struct figure_sum_row *rows = NULL;
    TRY(figure_sum(r->store, r->arena, &(struct figure_sum_in){.from_span = from, .to_span = to}, &rows, &count, r->problem));
    for (size_t i = 0; i < count; i++) take(r, q, t, rows[i].measure, rows[i].agent, rows[i].channel, rows[i].shift, rows[i].slot, rows[i].n, rows[i].total, STR(""));
  }
done:
  return status;
}

static enum status take_tags(struct read_ctx *r, const struct ask *q, struct tally *t, i64 from, i64 to) {
  struct figure_tags_row *rows = NULL;
  size_t count = 0;
  if (from > to) return OK;
  enum status status = figure_tags(r->store, r->arena, &(struct figure_tags_in){.from_span = from, .to_span = to}, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    if (q->tag.n && !str_eq(q->tag, rows[i].tag)) continue;
    add_to(sums_of(r, t, rows[i].tag), rows[i].measure, rows[i].slot, rows[i].n, rows[i].total);
    add_to(&t->all, rows[i].measure, rows[i].slot, rows[i].n, rows[i].total);
  }
  return status;
}

/* Whole months by their own rows, the days left over by theirs. By day: days only. */
enum status reception_add_up(struct read_ctx *r, const struct ask *q, struct tally *t) {
  enum status status = OK;
  enum status (*span)(struct read_ctx *, const struct ask *, struct tally *, i64, i64) = q->by == BY_TAG ? take_tags : take_span;
  map_init(&t->keys, r->arena);
  if (reception_needs_each(q)) return reception_each(r, q, t);
  i64 first = q->from == month_start(q->from) ? q->from : date_add_months(month_start(q->from), 1), after = month_start(q->to + 1);
  if (q->by == BY_DAY || first >= after) return span(r, q, t, q->from, q->to);
  TRY(span(r, q, t, q->from, first - 1));
  for (i64 month = first; month < after; month = date_add_months(month, 1)) TRY(span(r, q, t, figure_month_span(month), figure_month_span(month)));
  TRY(span(r, q, t, after, q->to));
done:
  return status;
}

/* Who waits at this moment counts with the wait so far: not yet never, and not left out either. */
static enum status take_waiting(struct read_ctx *r, const struct ask *q, struct tally *t) {
  struct figure_waiting_row *rows = NULL;
  size_t count = 0;
  if (q->by == BY_TAG || q->shift.n) return OK;
  enum status status = figure_waiting(r->store, r->arena, &(struct figure_waiting_in){.most = WAITING_MOST}, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    if (rows[i].wait_since_ms < q->from_ms || rows[i].wait_since_ms >= q->to_ms || !reception_passes(q, rows[i].agent, rows[i].channel, STR(""), 0)) continue;
    if (!reception_has_tag(rows[i].tags, q->tag) || !reception_of_customer(q, rows[i].customer, rows[i].level, rows[i].customer_tags)) continue;
    i64 wait = r->now_ms > rows[i].wait_since_ms ? r->now_ms - rows[i].wait_since_ms : 0;
    struct str key = q->by == BY_AGENT ? rows[i].agent.n ? rows[i].agent : STR("-") : q->by == BY_CHANNEL ? rows[i].channel : q->by == BY_DAY ? calendar_show_date(r->arena, instant_date(rows[i].wait_since_ms, r->zone_offset_ms)) : STR("");
    struct sums *both[2] = {sums_of(r, t, key), &t->all};
    const struct service *hours = service_history_before(&q->hours, rows[i].wait_since_ms);
    int open_step = figure_step(service_between(hours, rows[i].wait_since_ms, r->now_ms));
    for (int k = 0; k < 2; k++) {
      both[k]->open++;
      if (rows[i].agent_messages == 0) both[k]->first.open[figure_step(wait)]++, both[k]->first.open_n++;
      both[k]->reply.open[figure_step(wait)]++, both[k]->reply.open_n++;
      if (!hours->known) continue;
      if (rows[i].agent_messages == 0) both[k]->first_open.open[open_step]++, both[k]->first_open.open_n++;
      both[k]->reply_open.open[open_step]++, both[k]->reply_open.open_n++;
    }
  }
  return status;
}

/* ---- showing ---------------------------------------------------------------------------------------------------------------- */

/* The upper end of the step in which `per_mille` of all waits lie, the unanswered as longer than any; -1: beyond the scale, or never. */
static i64 percentile(const struct waits *w, i64 per_mille) {
  i64 all = w->n + w->never + w->open_n, want = (all * per_mille + 999) / 1000, seen = 0;
  if (all == 0) return 0;
  for (int i = 0; i < FIGURE_STEPS; i++) {
    seen += w->steps[i] + w->open[i];
    if (seen >= want) return figure_scale[i] == INT64_MAX ? -1 : figure_scale[i];
  }
  return -1;
}

static json_t *waits_json(const struct waits *w) {
  i64 all = w->n + w->never + w->open_n;
  json_t *o = json_pack("{s:I,s:I,s:I}", "n", (json_int_t)all, "never", (json_int_t)w->never, "open", (json_int_t)w->open_n);
  static const struct {
    const char *key;
    i64 per_mille;
  } points[] = {{"p50_ms", 500}, {"p90_ms", 900}, {"p95_ms", 950}, {"p99_ms", 990}};
  for (size_t i = 0; i < COUNT_OF(points); i++) {
    i64 ms = percentile(w, points[i].per_mille);
    json_object_set_new(o, points[i].key, all && ms >= 0 ? json_integer(ms) : json_null());
  }
  json_object_set_new(o, "mean_ms", w->n ? json_integer(w->total / w->n) : json_null());
  return o;
}

static json_t *steps_json(const struct waits *w) {
  json_t *list = json_array();
  for (int i = 0; i < FIGURE_STEPS; i++) json_array_append_new(list, json_integer(w->steps[i] + w->open[i]));
  return list;
}

static json_t *ratio(i64 part, i64 whole) { return whole ? json_integer((part * 1000 + whole / 2) / whole) : json_null(); }

/* Where hours were in force; else null. */
static json_t *open_json(const struct sums *s, bool steps) {
  const struct waits *f = &s->first_open;
  if (!f->n && !f->never && !f->open_n && !s->reply_open.n && !s->reply_open.open_n && !s->took_open.n) return json_null();
  json_t *o = json_pack("{s:o,s:o,s:o}", "first", waits_json(f), "reply", waits_json(&s->reply_open), "took", waits_json(&s->took_open));
  if (!steps) return o;
  json_object_set_new(o, "first_steps", steps_json(f));
  json_object_set_new(o, "reply_steps", steps_json(&s->reply_open));
  json_object_set_new(o, "took_steps", steps_json(&s->took_open));
  return o;
}

json_t *reception_sums_json(const struct sums *s, bool steps) {
  json_t *o = json_object();
  json_object_set_new(o, "service", open_json(s, steps));
  json_object_set_new(o, "first", waits_json(&s->first));
  json_object_set_new(o, "reply", waits_json(&s->reply));
  json_object_set_new(o, "took", waits_json(&s->took));
  show_put_int(o, "received", s->first.n);
  show_put_int(o, "ended", s->took.n);
  show_put_int(o, "left", s->left);
  show_put_int(o, "waiting", s->open);
  show_put_int(o, "rated", s->rated);
  json_object_set_new(o, "stars_x100", s->rated ? json_integer((s->stars * 100 + s->rated / 2) / s->rated) : json_null());
  json_object_set_new(o, "pleased_pm", ratio(s->pleased, s->rated));
  show_put_int(o, "deals", s->deals);
  json_object_set_new(o, "deal_pm", ratio(s->deals, s->took.n));
  show_put_int(o, "orders", s->orders);
  show_put_int(o, "fen", s->fen);
  show_put_int(o, "transfers", s->transfers);
  if (steps) {
    json_object_set_new(o, "first_steps", steps_json(&s->first));
    json_object_set_new(o, "reply_steps", steps_json(&s->reply));
    json_object_set_new(o, "took_steps", steps_json(&s->took));
  }
  return o;
}

static int by_size(const void *x, const void *y) {
  const struct sums *a = *(struct sums *const *)x, *b = *(struct sums *const *)y;
  i64 na = a->took.n + a->first.n, nb = b->took.n + b->first.n;
  return na != nb ? (na > nb ? -1 : 1) : str_compare(a->key, b->key);
}
static int by_key(const void *x, const void *y) { return str_compare((*(struct sums *const *)x)->key, (*(struct sums *const *)y)->key); }

static const char *const definitions[][4] = {
    {"first_reply.v1", "首次回复", "从顾客在一次会话里的第一句话，到第一句人工回复；自动回复不算。到结束都没人答的算“未答”，比任何时长都长；正在等的按已等的时间算", "From a customer's first words in a conversation to the first human reply; automatic ones do not count. Ended without one: never, longer than any; still waiting: the wait so far"},
    {"reply.v1", "回复", "顾客每一段没有得到回复的话，从第一句到下一句人工回复", "Each time a customer speaks and waits: from the first unanswered words to the next human reply"},
    {"resolution.v1", "处理时长", "从会话开始到第一次结束", "From a conversation's start to its first end"},
    {"first_reply_service.v1", "首次回复（服务时间）", "同首次回复，只数服务时间里的。照顾客开口那一刻之前管用的服务时间和日历，后来改了不重算；那时没有设服务时间的不算在内", "As the first reply, counting service hours only: by the hours and calendar in force just before the question; a later change reckons nothing anew; where none were in force it is not counted"},
    {"reply_service.v1", "回复（服务时间）", "同回复，只数服务时间里的", "As replies, counting service hours only"},
    {"resolution_service.v1", "处理时长（服务时间）", "同处理时长，只数服务时间里的；等顾客的时间也在内。照会话开始之前管用的服务时间", "As the resolution, counting service hours only, the waits for the customer too; by the hours in force just before the start"},
    {"satisfaction.v3", "满意度", "每一次会话的评分，聊天窗口里打的和问卷链接里答的都算，改评只算最后一次；四星和五星算满意。归评分前最后说话的客服", "The rating of each conversation, given in the chat window or by the link of a survey, the last one if it was changed; four and five stars are pleased. Credited to the agent who had spoken last"},
    {"conversion.v1", "询单成交", "结束时标为成交的会话，除以结束的会话。归最后说话的客服", "Conversations that ended in a deal, by those that ended. Credited to the agent who spoke last"},
    {"conversion_orders.v1", "询单与订单", "一次询单随后的订单：这位顾客从会话开始到结束后三天内下的；一张订单之前的会话：下单前七天内开始的最后一次", "Orders that followed an inquiry: placed by its customer from its beginning until three days after its end. The conversation before an order: the last that began within seven days before it was placed"},
    {"percentile.v1", "百分位", "落在刻度的哪一格，就报那一格的上限；“一半在 15 秒内”是说中位数不超过 15 秒", "The upper end of the step of the scale it lies in: “half within 15 s” says the median is at most 15 s"},
};

json_t *reception_definitions(void) {
  json_t *list = json_array();
  for (size_t i = 0; i < COUNT_OF(definitions); i++)
    json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s}", "id", definitions[i][0], "title", definitions[i][1], "zh", definitions[i][2], "en", definitions[i][3]));
  return list;
}

json_t *reception_frame(struct read_ctx *r, const char *name, struct report_word title, const struct ask *q) {
  json_t *filter = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "agent", show_text(q->agent), "shift", show_text(q->shift), "channel", show_text(q->channel), "tag", show_text(q->tag), "customer",
                             show_text(q->customer), "level", show_text(q->level), "customer_tag", show_text(q->customer_tag));
  json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:o,s:o}", "name", name, "title", title.zh, "title_en", title.en, "by", groups[q->by].word, "definitions", reception_definitions(), "filter", filter);
  json_object_set_new(o, "from", show_date(r->arena, q->from));
  json_object_set_new(o, "to", show_date(r->arena, q->to));
  json_object_set_new(o, "hours", service_history_json(r->arena, &q->hours, q->from_ms, q->to_ms));
  return o;
}

static json_t *rows_json(const struct show_people *people, const struct ask *q, struct tally *t) {
  json_t *rows = json_array();
  if (t->count) qsort(t->list, t->count, sizeof *t->list, q->by == BY_DAY ? by_key : by_size);
  for (size_t i = 0; i < t->count; i++) {
    struct str key = t->list[i]->key;
    json_t *row = reception_sums_json(t->list[i], q->by == BY_DAY);
    show_put_text(row, "key", key);
    show_put_text(row, "name", q->by == BY_AGENT && !str_is(key, "-") ? show_name(people, key) : key);
    json_array_append_new(rows, row);
  }
  return rows;
}

/* The other span: its sum and its rows, by the same grouping and the same filters. */
static enum status beside(struct read_ctx *r, struct ask q, const struct show_people *people, json_t **out) {
  struct tally t = {0};
  q.from = q.before.from, q.to = q.before.to;
  q.from_ms = instant_at(q.from, 0, r->zone_offset_ms);
  q.to_ms = instant_at(q.to + 1, 0, r->zone_offset_ms);
  enum status status = reception_add_up(r, &q, &t);
  if (status == OK) status = take_waiting(r, &q, &t);
  if (status != OK) return status;
  *out = reception_sums_json(&t.all, true);
  json_object_set_new(*out, "from", show_date(r->arena, q.from));
  json_object_set_new(*out, "to", show_date(r->arena, q.to));
  json_object_set_new(*out, "rows", rows_json(people, &q, &t));
  return OK;
}

enum status reception_report(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct ask q;
  struct tally t = {0};
  struct show_people people;
  json_t *out = NULL, *before = NULL, *scale = json_array();
  TRY(reception_ask(r, query, &q));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(reception_add_up(r, &q, &t));
  TRY(take_waiting(r, &q, &t));
  if (q.before.asked) TRY(beside(r, q, &people, &before));
  for (int i = 0; i < FIGURE_STEPS - 1; i++) json_array_append_new(scale, json_integer(figure_scale[i]));
  out = reception_frame(r, "reception", (struct report_word){"接待", "Reception"}, &q);
  json_object_set_new(out, "rows", rows_json(&people, &q, &t));
  json_object_set(out, "scale_ms", scale);
  json_object_set_new(out, "total", reception_sums_json(&t.all, true));
  if (before) json_object_set(out, "before", before);
  show_put_int(out, "now", r->now_ms);
  *result = out;
done:
  json_decref(before);
  json_decref(scale);
  return status;
}

/* "first" or "service.first" of a row; NULL: not there. */
static json_t *member(json_t *row, const char *path) {
  const char *dot = strchr(path, '.');
  if (!path[0]) return row;
  return dot ? json_object_get(json_object_get(row, "service"), dot + 1) : json_object_get(row, path);
}

/* A column of the file: where its figure stands in a row of the report. */
struct placed {
  const char *in, *key;
  struct report_word head;
  const char *type;
};
static const struct placed placed[] = {
    {"", "name", {"名称", "Name"}, "text"},
    {"first", "n", {"接待", "Received"}, "count"},
    {"first", "p50_ms", {"首次回复中位（秒）", "First reply, median (s)"}, "ms"},
    {"first", "p90_ms", {"首次回复九成（秒）", "First reply, 9 in 10 (s)"}, "ms"},
    {"first", "mean_ms", {"首次回复平均（秒，只算答了的）", "First reply, mean (s, answered only)"}, "ms"},
    {"first", "never", {"未答", "Never answered"}, "count"},
    {"reply", "n", {"回复次数", "Replies"}, "count"},
    {"reply", "p90_ms", {"回复九成（秒）", "Reply, 9 in 10 (s)"}, "ms"},
    {"service.first", "p50_ms", {"首次回复中位（服务时间，秒）", "First reply, median (service hours, s)"}, "ms"},
    {"service.first", "p90_ms", {"首次回复九成（服务时间，秒）", "First reply, 9 in 10 (service hours, s)"}, "ms"},
    {"service.reply", "p90_ms", {"回复九成（服务时间，秒）", "Reply, 9 in 10 (service hours, s)"}, "ms"},
    {"service.took", "p50_ms", {"时长中位（服务时间，秒）", "Duration, median (service hours, s)"}, "ms"},
    {"", "ended", {"结束", "Ended"}, "count"},
    {"took", "p50_ms", {"时长中位（秒）", "Duration, median (s)"}, "ms"},
    {"", "rated", {"评分数", "Ratings"}, "count"},
    {"", "deals", {"成交", "Deals"}, "count"},
    {"", "orders", {"订单", "Orders"}, "count"},
    {"", "fen", {"订单额", "Order total (CNY)"}, "fen"},
};

static const char *placed_key(struct read_ctx *r, const struct placed *p) { return arena_cstr(r->arena, arena_printf(r->arena, "%s%s", p->in, p->key)); }

static json_t *flat_row(struct read_ctx *r, json_t *row, bool english) {
  json_t *flat = json_object();
  for (size_t c = 0; c < COUNT_OF(placed); c++) json_object_set(flat, placed_key(r, &placed[c]), json_object_get(member(row, placed[c].in), placed[c].key));
  if (english) json_object_set_new(flat, "name", show_text(report_channel(str_c(report_text(row, "name", false)), true)));
  return flat;
}

enum status reception_table(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *report = NULL, *row, *table;
  enum status status = reception_report(r, query, &report);
  if (status != OK) return status;
  table = json_pack("{s:O,s:O,s:O,s:O,s:[],s:[]}", "title", json_object_get(report, "title"), "title_en", json_object_get(report, "title_en"), "from", json_object_get(report, "from"), "to",
                    json_object_get(report, "to"), "columns", "rows");
  bool hours = json_array_size(json_object_get(report, "hours")) > 0, channels = str_is(str_c(report_text(report, "by", false)), groups[BY_CHANNEL].word);
  for (size_t c = 0; c < COUNT_OF(placed); c++) {
    struct report_column column = {placed_key(r, &placed[c]), placed[c].head, placed[c].type};
    if (hours || !strchr(placed[c].in, '.')) report_columns(table, &column, 1); /* else no service hours were in force */
  }
  size_t i;
  json_array_foreach(json_object_get(report, "rows"), i, row) json_array_append_new(json_object_get(table, "rows"), flat_row(r, row, channels && report_english(r, query)));
  json_decref(report);
  *result = table;
  return OK;
}
