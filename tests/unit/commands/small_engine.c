/* An engine of one rule for the writer's tests: a customer's message starts a clock of 30 s, an agent's reply meets it,
 * running out is a fine of 5 yuan. A gate refuses to close conversations and consults p2 about leaving the post. */
#include "rules/engine.h"

#include <stdlib.h>
#include <string.h>

struct clock_entry {
  struct clock_entry *next;
  char conversation[32], event[32];
  i64 started_ms, due_ms;
  enum clock_state state;
};

struct engine {
  i64 now_ms;
  struct clock_entry *clocks;
  i64 steps;
};

struct engine *engine_new(i64 zone_offset_ms, const struct work_calendar *calendar) {
  (void)zone_offset_ms, (void)calendar;
  return calloc(1, sizeof(struct engine));
}

void engine_free(struct engine *e) {
  while (e && e->clocks) {
    struct clock_entry *next = e->clocks->next;
    free(e->clocks);
    e->clocks = next;
  }
  free(e);
}

static void report(const struct clock_entry *c, const struct engine_sink *sink) {
  struct rule_clock clock = {.id = str_c(c->event), .state = c->state, .clause = STR("greeting"), .bearer = STR("p1"),
                             .object = str_c(c->conversation), .object_noun = "conversation", .started_ms = c->started_ms, .due_ms = c->due_ms};
  sink->clock(sink->ctx, &clock);
  if (c->state != CLOCK_VIOLATED) return;
  char id[40] = "fine-";
  strcat(id, c->event);
  struct consequence fine = {.id = str_c(id), .type = C_FINE, .clause = STR("greeting"), .subject = STR("p1"), .object = str_c(c->conversation),
                             .object_noun = "conversation", .fen = 500, .text_zh = STR("首答晚了"), .occurred_ms = c->due_ms};
  sink->consequence(sink->ctx, CHANGE_ADD, &fine);
}

enum status engine_publish(struct engine *e, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct problem *p) {
  (void)e, (void)program, (void)published_ms, (void)in_force_ms, (void)p;
  return OK;
}

enum status engine_step(struct engine *e, const struct event *event, const struct engine_sink *sink, struct problem *p) {
  (void)p;
  engine_advance(e, event->occurred_ms - 1, sink);
  e->steps++;
  struct str conversation = event_get_text(event, "conversation");
  if (event_kind_index(event->kind) == EVENT_conversation_customer_spoke && event_get_int(event, "first", 0)) {
    struct clock_entry *c = calloc(1, sizeof *c);
    memcpy(c->conversation, conversation.p, conversation.n);
    memcpy(c->event, event->id.p, event->id.n);
    c->started_ms = event->occurred_ms;
    c->due_ms = event->occurred_ms + 30000;
    c->next = e->clocks;
    e->clocks = c;
    report(c, sink);
  }
  if (event_kind_index(event->kind) == EVENT_conversation_agent_replied)
    for (struct clock_entry *c = e->clocks; c; c = c->next)
      if (c->state == CLOCK_RUNNING && str_is(conversation, c->conversation)) {
        c->state = CLOCK_MET;
        report(c, sink);
      }
  return OK;
}

void engine_advance(struct engine *e, i64 now_ms, const struct engine_sink *sink) {
  if (now_ms > e->now_ms) e->now_ms = now_ms;
  for (struct clock_entry *c = e->clocks; c; c = c->next)
    if (c->state == CLOCK_RUNNING && c->due_ms <= e->now_ms) {
      c->state = CLOCK_VIOLATED;
      report(c, sink);
    }
}

void engine_hold(struct engine *e) { (void)e; }
void engine_rest(struct engine *e) { (void)e; }
bool engine_wants_past(const struct engine *e) { return (void)e, false; }
void engine_remember_as(struct engine *e, const struct engine *other) { (void)e, (void)other; }
void engine_flush(struct engine *e, const struct engine_sink *sink) { (void)e, (void)sink; }

i64 engine_next_due(const struct engine *e) {
  i64 due = INT64_MAX;
  for (const struct clock_entry *c = e->clocks; c; c = c->next)
    if (c->state == CLOCK_RUNNING && c->due_ms < due) due = c->due_ms;
  return due;
}

enum status engine_gate(struct engine *e, struct arena *a, const struct event *request, struct gate_decision *out, struct problem *p) {
  (void)e, (void)p;
  *out = (struct gate_decision){.verdict = GATE_NONE};
  struct gate_reason *reason = ARENA_NEW(a, struct gate_reason);
  *reason = (struct gate_reason){STR("attendance"), STR(""), STR("有事离岗要先得到主管同意"), STR("Leaving the post needs the supervisor")};
  if (event_kind_index(request->kind) == EVENT_conversation_closed) {
    out->verdict = GATE_REFUSE;
  } else if (event_kind_index(request->kind) == EVENT_attendance_left_post) {
    struct str *persons = ARENA_ARRAY(a, struct str, 2);
    persons[0] = STR("p2");
    struct approval_stage *stages = ARENA_ARRAY(a, struct approval_stage, 2);
    stages[0] = (struct approval_stage){.persons = persons, .person_count = 1, .role_zh = STR("主管")};
    stages[1] = (struct approval_stage){.role_zh = STR("部门经理")}; /* nobody: the owner */
    out->verdict = GATE_CONSULT;
    out->stages = stages;
    out->stage_count = 2;
  } else {
    return OK;
  }
  out->reasons = reason;
  out->reason_count = 1;
  return OK;
}

const char *consequence_type_name(enum consequence_type t) { return t == C_FINE ? "fine" : "other"; }
const char *consequence_seal_name(enum consequence_seal s) { return s == SEAL_PROPOSED ? "proposed" : "other"; }
const char *clock_state_name(enum clock_state s) {
  static const char *const names[] = {"running", "paused", "met", "late", "violated", "discharged"};
  return names[s];
}
