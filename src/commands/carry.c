/* Carries out what rules order: opens cases (开单), moves them (转入, arrows whose time is over), hands them over (派给), sends forms (发 … 给).
 *
 * An order is a consequence; the fact that it was carried out, or why it was not, bears the consequence's id, so it is done once
 * however often the desk looks. The writer runs this at the end of every batch that brought orders about, in the same transaction,
 * so nobody sees a case between the rule and its step. The rule is the authority: no consent is asked for; what a clause refuses
 * is not done, and the refusal is noted. */
#include "commands/command.h"

#include "commands/case.h"
#include "commands/shorthand.h"
#include "commands/survey.h"
#include "views/ledger.sql.h"
#include "views/party.h"

#include <string.h>

enum { CARRY_ROUND_MS = 3600000, CARRY_ROUND_MOST = 50 };

struct carrying {
  struct command_ctx *c;
  const struct consequence_to_carry_row *row;
  struct str args;   /* of the engine's order */
  struct str object; /* case that came of it */
};

static enum status carried(struct carrying *k, const char *result, struct str reason) {
  struct event *e = event_new(k->c->arena, EVENT_consequence_carried, k->c->now_ms, STR(""));
  event_set_text(e, "consequence", k->row->id);
  event_set_text(e, "result", str_c(result));
  event_set_text(e, "clause", k->row->clause);
  if (k->object.n) event_set_text(e, "object", k->object);
  if (reason.n) event_set_text(e, "reason", reason);
  return command_append(k->c, e);
}

static bool is_person(struct str subject) { return subject.n && !str_starts(subject, STR("role:")); }

static struct str because(struct carrying *k) {
  const struct lang_clause *clause = k->c->program ? lang_find_clause(k->c->program, k->row->clause) : NULL;
  return arena_printf(k->c->arena, "按“%.*s”", STR_ARG(clause && clause->title.n ? clause->title : k->row->clause));
}

static enum status open_one(struct carrying *k) {
  json_t *given = k->args.n ? json_loadb(k->args.p, k->args.n, 0, NULL) : NULL;
  enum status status = case_open_by_rule(k->c, k->row->item, given, k->row->id, because(k), &k->object);
  json_decref(given);
  return status;
}

/* Rules that send one case round and round are stopped, and it is said. */
static enum status not_round_and_round(struct carrying *k) {
  struct carried_since_row *row = NULL;
  struct carried_since_in in = {.object = k->row->object, .from_ms = k->c->now_ms - CARRY_ROUND_MS};
  enum status status = carried_since(k->c->store, k->c->arena, &in, &row, k->c->problem);
  if (status != OK || !row || row->n < CARRY_ROUND_MOST) return status;
  return problem_set(k->c->problem, E_CONFLICT, "carry.round", "一小时里按制度转了 %d 次，停下等人看", "Rules moved it %d times within an hour; a person has to look", CARRY_ROUND_MOST);
}

static enum status move_one(struct carrying *k) {
  struct str state;
  str_cut(k->row->item, '.', &state);
  k->object = k->row->object;
  enum status status = not_round_and_round(k);
  return status == OK ? case_move_by_rule(k->c, k->row->object, state, because(k)) : status;
}

static enum status assign_one(struct carrying *k) {
  if (!is_person(k->row->subject)) return problem_set(k->c->problem, E_NOT_FOUND, "carry.nobody", "没有可派的人", "There is nobody to give it to");
  if (str_is(k->row->object_noun, "case")) {
    k->object = k->row->object;
    return case_assign_by_rule(k->c, k->row->object, k->row->subject);
  }
  bool talk = str_is(k->row->object_noun, "conversation");
  if (!talk && !str_is(k->row->object_noun, "order")) return problem_set(k->c->problem, E_INVALID, "carry.no_object", "这件事没有可派的单", "There is nothing to hand over");
  struct event *e = shorthand_event(k->c, talk ? EVENT_conversation_assigned : EVENT_order_assigned);
  event_set_text(e, talk ? "conversation" : "order", k->row->object);
  event_set_text(e, "agent", k->row->subject);
  return command_append(k->c, e);
}

/* 给 客户, or said of nobody: the customer of the event. */
static bool asks_customer(const struct lang_survey *s) { return !s->has_to || str_is(s->to.path.text, "客户") || str_is(s->to.path.text, "customer"); }

/* A form that is a case of the book is opened for its filler; anything else is told to the person, as every other notice is. */
static enum status send_one(struct carrying *k) {
  const struct lang_case *type = k->c->program ? lang_find_case(k->c->program, k->row->item) : NULL;
  if (type && type->state_count && is_person(k->row->subject)) {
    enum status status = case_open_by_rule(k->c, k->row->item, NULL, k->row->id, because(k), &k->object);
    return status == OK ? case_assign_by_rule(k->c, k->object, k->row->subject) : status;
  }
  for (size_t i = 0; k->c->program && i < k->c->program->item_count; i++) {
    const struct lang_item *item = k->c->program->items[i];
    if (item->kind != LI_SURVEY || !str_eq(item->survey->name.text, k->row->item)) continue;
    bool to_customer = is_person(k->row->subject) && !(item->survey->has_recur && !item->survey->has_at) && asks_customer(item->survey);
    struct str talk = str_is(k->row->object_noun, "conversation") ? k->row->object : STR("");
    if (to_customer) return survey_send_link(k->c, item->survey, k->row->subject, talk, k->row->object);
    struct event *e = shorthand_event(k->c, EVENT_survey_sent);
    event_set_text(e, "survey", k->row->item);
    if (item->survey->has_recur && !item->survey->has_at) event_set(e, "object", value_ref(k->row->subject));
    else if (is_person(k->row->subject)) event_set_text(e, "customer", k->row->subject);
    if (k->row->object.n && !item->survey->has_recur) event_set_text(e, "object", k->row->object);
    return command_append(k->c, e);
  }
  return OK;
}

static enum status do_one(struct carrying *k) {
  if (str_is(k->row->type, "open_case")) {
    enum status status = open_one(k);
    if (status == OK && is_person(k->row->subject)) status = case_assign_by_rule(k->c, k->object, k->row->subject);
    return status;
  }
  if (str_is(k->row->type, "move_case")) return move_one(k);
  if (str_is(k->row->type, "assign")) return assign_one(k);
  return send_one(k);
}

static bool is_trouble(enum status status) { return status == E_IO || status == E_FULL || status == E_TOO_LARGE; }

static enum status carry_one(struct command_ctx *c, const struct consequence_to_carry_row *row, bool *done) {
  struct carrying k = {.c = c, .row = row};
  const struct consequence *order = c->engine ? engine_consequence(c->engine, row->id) : NULL;
  *done = false;
  if (!order || order->seal == SEAL_WITHDRAWN) return OK; /* taken back meanwhile */
  k.args = arena_dup(c->arena, order->args);
  if (order->noted) return carried(&k, "未办", arena_dup(c->arena, order->text_zh));
  i64 before = command_next_seq(c);
  enum status status = do_one(&k);
  if (status == OK) {
    *done = true;
    return carried(&k, "已办", STR(""));
  }
  if (is_trouble(status) || command_next_seq(c) != before) return status;
  struct str why = c->problem ? arena_dup(c->arena, str_c(c->problem->zh)) : STR("");
  if (c->problem) *c->problem = (struct problem){0};
  return carried(&k, "未办", why);
}

static enum status run_carry_out(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct consequence_to_carry_row *rows = NULL;
  size_t count = 0;
  i64 done = 0;
  struct command_ctx desk = *c;
  if (c->actor.type != ACTOR_SYSTEM && !c->actor.owner) TRY(problem_set(c->problem, E_DENIED, "case.system_only", "这一步由程序办理", "Only the program does this"));
  desk.actor = (struct actor){.type = ACTOR_SYSTEM};
  desk.approved = true;
  TRY(consequence_to_carry(c->store, c->arena, &rows, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    bool one = false;
    TRY(carry_one(&desk, &rows[i], &one));
    done += one;
  }
  *result = json_pack("{s:I,s:I}", "looked_at", (json_int_t)count, "done", (json_int_t)done);
done:
  return status;
}

const struct command_def commands_carry[] = {
    {"rules.carry_out", "*", run_carry_out, "", "Do what rules ordered: open, move, hand over, send", "办理制度要办的事：开单、转入、派给、发表"},
    {NULL},
};
