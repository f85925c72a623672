/* Talks, orders, complaints and calls of the demo month. See month.h. */
#include "app/month_internal.h"

#include <stdlib.h>
#include <string.h>

enum { AGENT_CAP = 12, MAIL_PER_MILLE = 50, RETURNING_PER_MILLE = 420, DOOMED_PER_MILLE = 14, TRANSFER_PER_MILLE = 25, FORBIDDEN_PER_MILLE = 2, RATED_PER_MILLE = 290,
       WAIT_MOST_MS = 12 * MS_MINUTE, MAIL_SLOWER = 30 };

/* A hole in an array of `size`-byte things, or one more at its end. */
static u32 slot_of(void **list, size_t *count, size_t *room, size_t size, u32 *holes, size_t *hole_count) {
  if (*hole_count > 0) return holes[--*hole_count];
  if (*count == *room) {
    *room = *room ? *room * 2 : 1024;
    *list = realloc(*list, *room * size);
    BUG_IF(*list == NULL);
  }
  return (u32)(*count)++;
}

static void hole(u32 **holes, size_t *count, size_t *room, u32 slot) {
  if (*count == *room) {
    *room = *room ? *room * 2 : 1024;
    *holes = realloc(*holes, *room * sizeof **holes);
    BUG_IF(*holes == NULL);
  }
  (*holes)[(*count)++] = slot;
}

static u32 new_talk(struct month *m) {
  u32 slot = slot_of((void **)&m->talks, &m->talk_count, &m->talk_room, sizeof *m->talks, m->free_talks, &m->free_talk_count);
  m->talks[slot] = (struct talk){.used = true, .agent = -1, .rng = month_random(&m->rng)};
  return slot;
}

static void end_talk(struct month *m, u32 slot) {
  m->talks[slot].used = false;
  hole(&m->free_talks, &m->free_talk_count, &m->free_talk_room, slot);
}

static void start_sale(struct month *m, enum item_type type, const struct talk *t, i64 at) {
  u32 slot = slot_of((void **)&m->sales, &m->sale_count, &m->sale_room, sizeof *m->sales, m->free_sales, &m->free_sale_count);
  m->sales[slot] = (struct sale){.used = true, .rng = month_mix(t->rng), .customer = t->customer, .agent = t->agent, .talk = t->id, .topic = t->topic};
  month_plan(m, at, type, slot, 0);
}

static enum status end_sale(struct month *m, u32 slot) {
  m->sales[slot].used = false;
  hole(&m->free_sales, &m->free_sale_count, &m->free_sale_room, slot);
  return OK;
}

struct str month_customer_id(struct month *m, i64 customer) {
  i64 n = m->customers[customer];
  return arena_printf(m->a, "u%lld", (long long)(n < 0 ? -n : n));
}

/* ---- customers ------------------------------------------------------------------------------------------------------------ */

/* One who was here before, rather lately than long ago, and is not in a talk now; -1: none found. */
static i64 returning(struct month *m, u64 *rng) {
  if (m->customer_count < 20 || !month_chance(rng, RETURNING_PER_MILLE)) return -1;
  u64 x = month_random(rng) % m->customer_count, y = month_random(rng) % m->customer_count;
  i64 c = (i64)(x > y ? x : y);
  return m->customers[c] > 0 ? c : -1;
}

static enum status new_customer(struct month *m, i64 at, u64 *rng, const char *source, i64 *out) {
  if (m->customer_count == m->customer_room) {
    m->customer_room = m->customer_room ? m->customer_room * 2 : 4096;
    m->customers = realloc(m->customers, m->customer_room * sizeof *m->customers);
    BUG_IF(m->customers == NULL);
  }
  *out = (i64)m->customer_count++;
  m->customers[*out] = m->sink->next_seq(m->sink->ctx);
  m->counts->customers++;
  struct str id = month_customer_id(m, *out);
  struct event *e = month_event(m, EVENT_customer_created, at, id);
  event_set_text(e, "customer", id);
  event_set_text(e, "source", str_c(source));
  event_set_text(e, "name", month_buyer(m->a, month_random(rng)));
  if (month_chance(rng, 300)) event_set_text(e, "phone", arena_printf(m->a, "1990000%04d", (int)month_between(rng, 0, 9999)));
  if (strcmp(source, "网页") == 0) event_set_text(e, "page", arena_printf(m->a, "https://shop.example/item/%d", (int)month_between(rng, 1, 400)));
  return month_put(m, e);
}

/* ---- who receives ----------------------------------------------------------------------------------------------------- */

static int least_busy(struct month *m, int except) {
  int best = -1;
  for (i64 i = 0; i < m->agent_count; i++) {
    int a = (int)((m->next_agent + i) % m->agent_count);
    const struct agent *g = &m->agents[a];
    if (!g->on || a == except || m->now > g->going_ms - 2 * MS_MINUTE || (g->away && g->back_ms > m->now) || g->open >= AGENT_CAP) continue;
    if (best < 0 || g->open < m->agents[best].open) best = a;
    if (m->agents[best].open == 0) break;
  }
  if (best >= 0) m->next_agent = (int)((best + 1) % m->agent_count);
  return best;
}

static enum status give(struct month *m, struct talk *t, int agent) {
  t->agent = agent;
  m->agents[agent].open++;
  struct event *e = month_event(m, EVENT_conversation_assigned, m->now, month_customer_id(m, t->customer));
  event_set_text(e, "conversation", arena_printf(m->a, "c%lld", (long long)t->id));
  event_set_text(e, "agent", m->agents[agent].who.id);
  return month_put(m, e);
}

/* When the agent will answer: skill, what is on hand, and the end of a pause. */
static i64 answer_at(struct month *m, struct talk *t, bool first) {
  const struct agent *g = &m->agents[t->agent];
  i64 wait = month_spread(&t->rng, first ? g->greet_ms : g->reply_ms) * (100 + 11 * (i64)(g->open > 0 ? g->open - 1 : 0)) / 100;
  if (t->mail) wait *= MAIL_SLOWER;
  return (g->away && g->back_ms > m->now ? g->back_ms : m->now) + wait;
}

/* ---- a talk ----------------------------------------------------------------------------------------------------------------- */

static struct event *talk_event(struct month *m, const struct talk *t, enum event_kind_id kind, i64 at, struct str actor) {
  struct event *e = month_event(m, kind, at, actor);
  event_set_text(e, "conversation", arena_printf(m->a, "c%lld", (long long)t->id));
  return e;
}

static enum status speak(struct month *m, struct talk *t, i64 at, enum month_voice voice) {
  struct str customer = month_customer_id(m, t->customer);
  struct event *e = talk_event(m, t, EVENT_conversation_customer_spoke, at, customer);
  event_set_text(e, "customer", customer);
  if (t->agent >= 0) event_set_text(e, "agent", m->agents[t->agent].who.id);
  event_set(e, "first", value_bool(t->spoken == 0));
  event_set_int(e, "ordinal", ++t->spoken);
  event_set_text(e, "text", month_say(m->a, voice, (enum month_topic)t->topic, month_random(&t->rng)));
  if (!t->asked) t->asked = at;
  t->left--;
  m->counts->messages++;
  return month_put(m, e);
}

static enum status reply(struct month *m, struct talk *t, i64 at) {
  struct str agent = m->agents[t->agent].who.id;
  enum month_voice voice = !t->greeted ? MV_GREET : month_chance(&t->rng, FORBIDDEN_PER_MILLE) ? MV_FORBIDDEN : MV_ANSWER;
  struct str text = month_say(m->a, voice, (enum month_topic)t->topic, month_random(&t->rng));
  struct event *e = talk_event(m, t, EVENT_conversation_agent_replied, at, agent);
  event_set_text(e, "agent", agent);
  event_set_text(e, "text", text);
  event_set_int(e, "chars", (i64)str_han_count(text));
  if (t->asked) event_set_int(e, "wait", at - t->asked);
  t->slow |= t->asked && at - t->asked > 90 * (i64)MS_SECOND * (t->mail ? MAIL_SLOWER : 1);
  t->asked = 0;
  t->greeted = true;
  t->left--;
  m->counts->messages++;
  return month_put(m, e);
}

static enum status begin(struct month *m, struct talk *t, i64 at, const char *channel, bool offline) {
  enum status status = OK;
  t->customer = returning(m, &t->rng);
  if (t->customer < 0) TRY(new_customer(m, at, &t->rng, channel, &t->customer));
  if (m->customers[t->customer] > 0) m->customers[t->customer] = -m->customers[t->customer];
  t->id = m->sink->next_seq(m->sink->ctx);
  t->started = at;
  t->topic = (int)month_between(&t->rng, 0, MT_TOPICS - 1);
  m->counts->conversations++;
  struct str customer = month_customer_id(m, t->customer);
  struct event *e = talk_event(m, t, EVENT_conversation_started, at, customer);
  event_set_text(e, "customer", customer);
  event_set_text(e, "channel", str_c(channel));
  event_set_text(e, "direction", STR("来"));
  event_set(e, "offline", value_bool(offline));
  TRY(month_put(m, e));
done:
  return status;
}

enum status month_arrive(struct month *m) {
  enum status status = OK;
  u32 slot = new_talk(m);
  struct talk *t = &m->talks[slot];
  i64 mean = m->o->messages / (m->o->conversations ? m->o->conversations : 1);
  int agent = least_busy(m, -1);
  t->mail = month_chance(&t->rng, MAIL_PER_MILLE);
  t->left = 2 + month_few(&t->rng, mean > 2 ? mean - 2 : 0);
  TRY(begin(m, t, m->now, t->mail ? "邮件" : "网页", agent < 0));
  if (agent >= 0) TRY(give(m, t, agent));
  TRY(speak(m, t, m->now, MV_ASK));
  t->phase = agent >= 0 ? TP_REPLY : TP_WAIT;
  month_plan(m, agent >= 0 ? answer_at(m, t, true) : m->now + month_between(&t->rng, 20, 90) * MS_SECOND, IT_TALK, slot, 0);
done:
  return status;
}

/* Nobody was free: somebody is now, or the customer gives up. A mail waits for the morning. */
static enum status wait_on(struct month *m, struct talk *t, u32 slot) {
  int agent = least_busy(m, -1);
  if (agent >= 0) {
    enum status status = give(m, t, agent);
    t->phase = TP_REPLY;
    month_plan(m, answer_at(m, t, true), IT_TALK, slot, 0);
    return status;
  }
  i64 patience = t->mail ? 20 * (i64)MS_HOUR : WAIT_MOST_MS;
  if (m->now - t->started > patience) t->phase = TP_END;
  month_plan(m, m->now + month_between(&t->rng, 30, 120) * (t->mail ? 5 : 1) * MS_SECOND, IT_TALK, slot, 0);
  return OK;
}

static enum status transfer(struct month *m, struct talk *t, u32 slot, int to) {
  struct event *e = talk_event(m, t, EVENT_conversation_transferred, m->now, m->agents[t->agent].who.id);
  event_set_text(e, "person", m->agents[t->agent].who.id);
  event_set_text(e, "to", m->agents[to].who.id);
  event_set_text(e, "reason", month_chance(&t->rng, 500) ? STR("这款是他负责的") : STR("我去吃饭，麻烦接一下"));
  m->agents[t->agent].open--;
  m->agents[to].open++;
  t->agent = to;
  month_plan(m, answer_at(m, t, false), IT_TALK, slot, 0);
  return month_put(m, e);
}

static void plan_end(struct month *m, struct talk *t, u32 slot) {
  t->phase = TP_END;
  month_plan(m, m->now + month_between(&t->rng, 15, 100) * (t->mail ? 20 : 1) * MS_SECOND, IT_TALK, slot, 0);
}

static enum status agents_turn(struct month *m, struct talk *t, u32 slot) {
  int to = -1;
  if (!t->greeted && month_chance(&t->rng, DOOMED_PER_MILLE)) { /* the customer is gone before anybody answered */
    plan_end(m, t, slot);
    return OK;
  }
  if (t->greeted && month_chance(&t->rng, TRANSFER_PER_MILLE)) to = least_busy(m, t->agent);
  if (to >= 0) return transfer(m, t, slot, to);
  enum status status = reply(m, t, m->now);
  if (t->left <= 0) {
    plan_end(m, t, slot);
  } else if (month_chance(&t->rng, 230)) {
    month_plan(m, m->now + month_between(&t->rng, 4000, 22000), IT_TALK, slot, 0); /* goes on typing */
  } else {
    t->phase = TP_SPEAK;
    month_plan(m, m->now + month_spread(&t->rng, 24000) * (t->mail ? 90 : 1), IT_TALK, slot, 0);
  }
  return status;
}

static enum status customers_turn(struct month *m, struct talk *t, u32 slot) {
  enum status status = speak(m, t, m->now, t->left <= 2 ? MV_THANKS : MV_MORE);
  if (t->left <= 0 && month_chance(&t->rng, 250)) {
    plan_end(m, t, slot);
  } else if (t->left > 2 && month_chance(&t->rng, 190)) {
    month_plan(m, m->now + month_between(&t->rng, 2500, 14000), IT_TALK, slot, 0);
  } else {
    t->phase = TP_REPLY;
    month_plan(m, answer_at(m, t, false), IT_TALK, slot, 0);
  }
  return status;
}

static enum status tag(struct month *m, const struct talk *t, i64 at) {
  struct value *v = ARENA_NEW(m->a, struct value);
  *v = value_text(month_topic_tag((enum month_topic)t->topic));
  struct event *e = talk_event(m, t, EVENT_conversation_tagged, at, m->agents[t->agent].who.id);
  event_set(e, "tags", (struct value){.type = V_LIST, .items = v, .count = 1});
  event_set_text(e, "person", m->agents[t->agent].who.id);
  return month_put(m, e);
}

static bool before_sale(int topic) { return topic <= MT_INVOICE || topic == MT_FREIGHT || topic == MT_PRICE; }

static enum status close_talk(struct month *m, struct talk *t, i64 at) {
  bool mine = t->agent >= 0 && month_chance(&t->rng, 720);
  struct event *e = talk_event(m, t, EVENT_conversation_closed, at, mine ? m->agents[t->agent].who.id : month_customer_id(m, t->customer));
  if (t->agent >= 0) event_set_text(e, "agent", m->agents[t->agent].who.id);
  event_set_text(e, "customer", month_customer_id(m, t->customer));
  event_set_text(e, "hung_up_by", mine ? STR("客服") : STR("客户"));
  event_set_int(e, "duration", at - t->started);
  event_set_text(e, "reason", before_sale(t->topic) ? STR("询价") : STR("售后"));
  event_set(e, "deal", value_bool(t->deal));
  if (!t->deal && before_sale(t->topic) && month_chance(&t->rng, 600)) event_set_text(e, "no_deal_reason", month_chance(&t->rng, 500) ? STR("运费比预想的高") : STR("再比较比较"));
  m->customers[t->customer] = -m->customers[t->customer];
  return month_put(m, e);
}

static enum status finish(struct month *m, struct talk *t, u32 slot) {
  enum status status = OK;
  if (!t->greeted) {
    struct event *e = talk_event(m, t, EVENT_conversation_abandoned, m->now, month_customer_id(m, t->customer));
    event_set_text(e, "customer", month_customer_id(m, t->customer));
    event_set_int(e, "wait", m->now - t->asked);
    TRY(month_put(m, e));
  }
  if (t->greeted && month_chance(&t->rng, 780)) TRY(tag(m, t, m->now));
  t->deal = t->greeted && month_chance(&t->rng, (before_sale(t->topic) ? 380 : 40) * m->agents[t->agent].charm / 100 * (t->slow ? 55 : 100) / 100);
  TRY(close_talk(m, t, m->now));
  if (t->agent >= 0) m->agents[t->agent].open--;
  if (t->deal) start_sale(m, IT_ORDER, t, m->now + month_between(&t->rng, 20, 240) * MS_SECOND);
  if (t->greeted && month_chance(&t->rng, t->slow ? 16 : 5)) start_sale(m, IT_COMPLAINT, t, m->now + month_between(&t->rng, 1, 90) * MS_MINUTE);
  if (t->greeted && month_chance(&t->rng, RATED_PER_MILLE)) {
    i64 r = month_between(&t->rng, 0, 99) - (t->slow ? 30 : 0);
    t->stars = r >= 38 ? 5 : r >= 14 ? 4 : r >= 6 ? 3 : r >= 3 ? 2 : 1;
    t->phase = TP_RATE;
    month_plan(m, m->now + month_between(&t->rng, 10, 1500) * MS_SECOND, IT_TALK, slot, 0);
  } else {
    end_talk(m, slot);
  }
done:
  return status;
}

static enum status rate(struct month *m, struct talk *t, u32 slot) {
  struct event *e = talk_event(m, t, EVENT_conversation_rated, m->now, month_customer_id(m, t->customer));
  event_set_text(e, "customer", month_customer_id(m, t->customer));
  event_set_text(e, "agent", m->agents[t->agent].who.id);
  event_set_int(e, "stars", t->stars);
  if (month_chance(&t->rng, 200)) event_set_text(e, "text", t->stars >= 4 ? STR("回得快，讲得清楚") : STR("等得太久"));
  end_talk(m, slot);
  return month_put(m, e);
}

enum status month_talk(struct month *m, u32 slot) {
  struct talk *t = &m->talks[slot];
  switch ((enum talk_phase)t->phase) {
    case TP_REPLY: return agents_turn(m, t, slot);
    case TP_SPEAK: return customers_turn(m, t, slot);
    case TP_END: return finish(m, t, slot);
    case TP_RATE: return rate(m, t, slot);
    case TP_WAIT: return wait_on(m, t, slot);
  }
  return OK;
}

/* ---- orders ----------------------------------------------------------------------------------------------------------------- */

static struct event *order_event(struct month *m, const struct sale *s, enum event_kind_id kind, const char *what, struct str actor) {
  struct event *e = month_event(m, kind, m->now, actor);
  struct str no = arena_printf(m->a, "27%010lld", (long long)(s->number * 7919 % 10000000000LL));
  if (what) e->id = arena_printf(m->a, "order:%.*s:%s", STR_ARG(no), what);
  event_set_text(e, "order", no);
  return e;
}

static void goods_of(struct month *m, const struct sale *s, struct event *e) {
  struct value *v = ARENA_NEW(m->a, struct value);
  struct str name = month_goods(s->rng >> 5);
  *v = value_text(arena_printf(m->a, "{\"name\":\"%.*s\",\"qty\":1}", STR_ARG(name)));
  event_set(e, "items", (struct value){.type = V_LIST, .items = v, .count = 1});
  event_set_text(e, "customer", month_customer_id(m, s->customer));
  event_set_text(e, "agent", m->agents[s->agent].who.id);
  event_set_int(e, "amount", s->fen);
}

static enum status note_order(struct month *m, const struct sale *s) {
  const struct month_person *who = &m->agents[s->agent].who;
  struct event *e = order_event(m, s, EVENT_order_noted, NULL, who->id);
  event_set_text(e, "person", who->id);
  event_set_text(e, "text", arena_printf(m->a, "工号 %.*s", STR_ARG(who->job_number)));
  return month_put(m, e);
}

enum status month_order(struct month *m, u32 slot) {
  struct sale *s = &m->sales[slot];
  struct event *e;
  struct str clerk = m->leaders[1].id;
  switch (s->step++) {
    case 0:
      s->number = ++m->order_number;
      s->fen = 5900 + month_few(&s->rng, 62000);
      m->counts->orders++;
      e = order_event(m, s, EVENT_order_placed, "placed", clerk);
      goods_of(m, s, e);
      event_set_int(e, "pieces", 1);
      month_plan(m, m->now + month_between(&s->rng, 20, 400) * MS_SECOND, IT_ORDER, slot, 0);
      return month_put(m, e);
    case 1:
      if (month_chance(&s->rng, 90)) {
        e = order_event(m, s, EVENT_order_cancelled, "cancelled", clerk);
        (void)!end_sale(m, slot);
        return month_put(m, e);
      }
      e = order_event(m, s, EVENT_order_paid, "paid", clerk);
      event_set_int(e, "amount", s->fen);
      event_set_text(e, "customer", month_customer_id(m, s->customer));
      event_set_text(e, "agent", m->agents[s->agent].who.id);
      month_plan(m, m->now + month_between(&s->rng, 40, 900) * MS_SECOND, IT_ORDER, slot, 0);
      return month_put(m, e);
    case 2:
      month_plan(m, m->now + month_between(&s->rng, 14, 40) * MS_HOUR, IT_ORDER, slot, 0);
      return month_chance(&s->rng, 930) ? note_order(m, s) : OK;
    case 3:
      month_plan(m, m->now + month_between(&s->rng, 40, 120) * MS_HOUR, IT_ORDER, slot, 0);
      return month_put(m, order_event(m, s, EVENT_order_shipped, "shipped", clerk));
    case 4:
      e = order_event(m, s, EVENT_order_completed, "completed", clerk);
      goods_of(m, s, e);
      if (!month_chance(&s->rng, 45)) (void)!end_sale(m, slot);
      else month_plan(m, m->now + month_between(&s->rng, 20, 100) * MS_HOUR, IT_ORDER, slot, 0);
      return month_put(m, e);
    default:
      e = order_event(m, s, EVENT_order_refunded, "refunded", clerk);
      event_set_int(e, "amount", s->fen);
      (void)!end_sale(m, slot);
      return month_put(m, e);
  }
}

/* ---- complaints ------------------------------------------------------------------------------------------------------------- */

enum status month_complaint(struct month *m, u32 slot) {
  static const char *const states[] = {"登记", "核实", NULL};
  struct sale *s = &m->sales[slot];
  struct str by = s->step == 0 ? m->agents[s->agent].who.id : m->leaders[1].id;
  bool upheld = s->rng % 5 < 2;
  const char *state = s->step < 2 ? states[s->step] : upheld ? "成立" : "不成立";
  if (s->step == 0) s->number = ++m->case_number, s->fen = m->sink->next_seq(m->sink->ctx), m->counts->cases++; /* fen: the case's id */
  struct event *e = month_case(m, s->step == 0 ? EVENT_case_opened : EVENT_case_moved, s->fen, s->number, "投诉", state, by);
  event_set_text(e, "subject", m->agents[s->agent].who.id);
  if (s->step > 0) event_set_text(e, "from", str_c(states[s->step - 1]));
  if (s->step == 2) event_set(e, "final", value_bool(true));
  event_set_extra(e, m->a, STR("客户"), value_ref(month_customer_id(m, s->customer)));
  event_set_extra(e, m->a, STR("事由"), value_text(s->topic == MT_DAMAGE ? STR("质量") : s->topic == MT_SHIP ? STR("物流") : STR("服务")));
  event_set_extra(e, m->a, STR("内容"), value_text(s->topic == MT_DAMAGE ? STR("收到就是坏的，说好补发没有发") : s->topic == MT_SHIP ? STR("催了三次，没有人告诉我到哪了") : STR("等了很久才回，答的也不是我问的")));
  event_set_extra(e, m->a, STR("责任人"), value_ref(m->agents[s->agent].who.id));
  event_set_extra(e, m->a, STR("会话"), value_ref(arena_printf(m->a, "c%lld", (long long)s->talk)));
  if (s->step++ < 2) month_plan(m, m->now + month_between(&s->rng, 2, 50) * MS_HOUR, IT_COMPLAINT, slot, 0);
  else (void)!end_sale(m, slot);
  return month_put(m, e);
}

/* ---- the telephone: yesterday's talks, as its system hands them over in the morning -------------------------------- */

static enum status one_call(struct month *m, int agent, i64 at) {
  enum status status = OK;
  u32 slot = new_talk(m);
  struct talk *t = &m->talks[slot];
  bool missed = month_chance(&t->rng, 50);
  t->left = 2 + month_few(&t->rng, 8);
  TRY(begin(m, t, at, "电话", false));
  t->agent = agent;
  struct event *e = talk_event(m, t, EVENT_conversation_assigned, at, STR(""));
  event_set_text(e, "agent", m->agents[agent].who.id);
  TRY(month_put(m, e));
  TRY(speak(m, t, at, MV_ASK));
  while (!missed && t->left > 0) {
    at += month_between(&t->rng, 3000, t->greeted ? 15000 : 22000);
    TRY(reply(m, t, at));
    at += month_between(&t->rng, 2000, 20000);
    if (t->left > 0) TRY(speak(m, t, at, MV_MORE));
  }
  at += month_between(&t->rng, 5000, 20000);
  if (missed) {
    e = talk_event(m, t, EVENT_conversation_abandoned, at, month_customer_id(m, t->customer));
    event_set_text(e, "customer", month_customer_id(m, t->customer));
    event_set_int(e, "wait", at - t->started);
    TRY(month_put(m, e));
  }
  TRY(close_talk(m, t, at));
done:
  end_talk(m, slot);
  return status;
}

enum status month_calls(struct month *m, i64 date) {
  enum status status = OK;
  i64 zone = m->o->zone_offset_ms;
  for (i64 i = 0; i < m->calls[date - m->first_date]; i++) {
    i64 at = instant_at(date, month_between(&m->rng, 9 * MS_HOUR, 21 * MS_HOUR), zone), start = month_between(&m->rng, 0, m->agent_count - 1);
    int want = at < instant_at(date, 17 * MS_HOUR + 30 * MS_MINUTE, zone) ? SHIFT_DAY : SHIFT_NIGHT, agent = (int)start;
    for (i64 k = 0; k < m->agent_count; k++)
      if (month_shift(m, (start + k) % m->agent_count, date) == want) {
        agent = (int)((start + k) % m->agent_count);
        break;
      }
    arena_reset(m->a);
    TRY(one_call(m, agent, at));
  }
done:
  return status;
}
