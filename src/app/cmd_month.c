/* People and rulebook through the writer, the month in bulk, then what leaders did at it through the writer again. */
#include "app/cmd_month.h"

#include "app/month.h"
#include "app/month_words.h"
#include "app/wiring.h"
#include "commands/bulk.h"
#include "views/routing.h"
#include "views/setting.h"

#include <stdio.h>

enum { AGENTS_DEFAULT = 6, TALKS_A_SHIFT = 26, SHIFTS_A_MONTH = 26, MESSAGES_A_TALK = 9, FIRST_EXTRA_NUMBER = 106, BEFORE_NOW_MS = 6 * MS_MINUTE };

static i64 clock_of(void *ctx) { return ((const struct demo *)ctx)->now; }

static enum status open_writer(struct demo *d, struct writer_options *o, struct problem *p) {
  o->clock = clock_of;
  o->clock_ctx = d;
  return writer_open(o, &d->writer, p);
}

static enum status hire_all(struct demo *d, struct month_person *agents, i64 count, struct problem *p) {
  enum status status = OK;
  static const char *const names[] = {"林晓", "苏琪", "周宁", "吴桐", "何雨"}, *const numbers[] = {"101", "102", "103", "104", "105"};
  TRY(demo_hire(d, p));
  for (i64 i = 0; i < count; i++) {
    if (i < DEMO_HIRED) {
      agents[i] = (struct month_person){.id = d->people[demo_agent((int)i)].id, .name = str_c(names[i]), .job_number = str_c(numbers[i])};
      continue;
    }
    u64 r = d->seed + (u64)i * 0x9e3779b97f4a7c15ULL;
    agents[i].name = month_agent(d->arena, r ^ r >> 29);
    agents[i].job_number = arena_printf(d->arena, "%03lld", (long long)(FIRST_EXTRA_NUMBER + i - DEMO_HIRED + (i + FIRST_EXTRA_NUMBER - DEMO_HIRED >= 201 ? 800 : 0)));
    TRY(demo_hire_agent(d, agents[i].name, agents[i].job_number, &agents[i].id, p));
  }
done:
  return status;
}

static i64 next_seq(void *ctx) { return bulk_next_seq(ctx); }
static enum status pass(void *ctx, i64 until_ms, struct problem *p) { return bulk_pass(ctx, until_ms, p); }
static enum status put(void *ctx, struct event *e, struct problem *p) { return bulk_add(ctx, e, p); }

static enum status fill(struct demo *d, const struct writer_options *w, const struct month_options *o, const struct month_person *agents, bool plain, struct month_counts *counts, char seal[65],
                        struct problem *p) {
  struct bulk *b = NULL;
  enum status status = OK;
  const struct month_person leaders[3] = {{d->people[2].id, d->people[2].name, STR("003")}, {d->people[1].id, d->people[1].name, STR("002")}, {d->people[0].id, d->people[0].name, STR("001")}};
  TRY(bulk_open(w, !plain, &b, p));
  const struct month_sink sink = {.ctx = b, .next_seq = next_seq, .pass = pass, .put = put};
  TRY(month_play(o, agents, leaders, &sink, counts, p));
  TRY(bulk_finish(b, o->until_ms, seal, p));
done:
  bulk_close(b);
  return status;
}

enum status month_fill(struct demo *d, const char *path, const struct month_ask *ask, struct problem *p) {
  enum status status = OK;
  struct month_options o = {.seed = d->seed, .agents = ask->agents ? ask->agents : AGENTS_DEFAULT, .until_ms = d->start_of_now - BEFORE_NOW_MS, .zone_offset_ms = d->zone, .visited = ask->live, .picture = d->picture};
  o.conversations = ask->conversations ? ask->conversations : o.agents * TALKS_A_SHIFT * SHIFTS_A_MONTH;
  o.messages = ask->messages ? ask->messages : o.conversations * MESSAGES_A_TALK;
  if (o.agents < 4 || o.agents > MONTH_AGENTS_MOST || o.conversations < 1 || o.conversations > MONTH_CONVERSATIONS_MOST || o.messages < o.conversations * 2)
    return problem_set(p, E_INVALID, "demo.month", "客服 4 到 %d 人，会话 1 到 %d 次，消息不少于会话的两倍", "Agents from 4 to %d, conversations from 1 to %d, messages at least twice as many",
                       MONTH_AGENTS_MOST, MONTH_CONVERSATIONS_MOST);
  struct month_person *agents = ARENA_ARRAY(d->arena, struct month_person, (size_t)o.agents);
  struct writer_options w = wiring_writer_options(d->arena, str_c(path));
  struct month_counts counts;
  char seal[65] = "";
  d->end = d->start_of_now;
  d->now = instant_at(instant_date(d->start_of_now, d->zone) - MONTH_DAYS, 9 * MS_HOUR, d->zone);
  TRY(open_writer(d, &w, p));
  TRY(hire_all(d, agents, o.agents, p));
  writer_close(d->writer);
  d->writer = NULL;
  TRY(fill(d, &w, &o, agents, ask->plain, &counts, seal, p));
  printf("演示月 / demo month: %lld events, %lld conversations (%lld open), %lld messages, %lld customers, %lld orders, %lld complaints, %lld late facts\n", (long long)counts.events,
         (long long)counts.conversations, (long long)counts.open, (long long)counts.messages, (long long)counts.customers, (long long)counts.orders, (long long)counts.cases, (long long)counts.late);
  printf("种子 / seed %llu, 封条 / seal %s\n", (unsigned long long)o.seed, seal);
  if (ask->plain) return OK;
  d->now = o.until_ms;
  TRY(open_writer(d, &w, p));
  if (ask->live) /* at night nobody is on shift: the visitor gets customers all the same */
    json_decref(demo_act(d, &d->people[0], "setting.change", json_pack("{s:s,s:i}", "item", setting_def(SETTING_ROUTE_SHIFT)->item, "value", ROUTE_SHIFT_FIRST)));
  demo_lead(d);
done:
  return status;
}
