/* Requests that wait for agreement (经). A gate that consults somebody opens one and keeps the command with its
 * arguments and its asker; each vote is an event; with the last agreement the very command runs again, approved, in the
 * transaction of that vote. A request whose command can no longer be done lapses, with the reason. */
#include "commands/approval.h"

#include "commands/writer_internal.h"
#include "views/approval.h"
#include "views/approval.sql.h"

#include <stdlib.h>
#include <string.h>

enum { OPINION_MAX = 500 };

static json_t *text(struct str s) { return json_stringn(s.n ? s.p : "", s.n); }

static struct str dumped(struct arena *a, const json_t *json) {
  char *out = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
  struct str s = out ? arena_dup(a, str_c(out)) : STR("null");
  free(out);
  return s;
}

static struct str dump_release(struct arena *a, json_t *owned) {
  struct str s = dumped(a, owned);
  json_decref(owned);
  return s;
}

static json_t *actor_json(const struct actor *actor) {
  return json_pack("{s:i s:o s:o s:o s:b s:o}", "type", actor->type, "id", text(actor->id), "name", text(actor->name), "role", text(actor->role),
                   "owner", actor->owner, "scopes", text(actor->scopes));
}

static struct str member(struct arena *a, const json_t *json, const char *name) {
  const json_t *v = json_object_get(json, name);
  return json_is_string(v) ? arena_dup(a, (struct str){json_string_value(v), json_string_length(v)}) : STR("");
}

static struct actor actor_of(struct arena *a, struct str stored) {
  json_t *json = json_loadb(stored.p, stored.n, 0, NULL);
  struct actor actor = {.type = (enum actor_type)json_integer_value(json_object_get(json, "type")), .id = member(a, json, "id"),
                        .name = member(a, json, "name"), .role = member(a, json, "role"), .scopes = member(a, json, "scopes"),
                        .owner = json_is_true(json_object_get(json, "owner"))};
  json_decref(json);
  return actor;
}

enum status approval_open(struct command_ctx *c, const struct event *request, const struct gate_decision *d, json_t **decision) {
  const struct node *running = c->writer->running;
  BUG_IF(running == NULL || running->command == NULL);
  struct str id = arena_printf(c->arena, "a%lld", (long long)command_next_seq(c));
  struct event *e = event_new(c->arena, EVENT_request_decided, c->now_ms, c->actor.id);
  event_set_text(e, "kind", str_c(request->kind->en));
  event_set_text(e, "result", STR("待经"));
  event_set_text(e, "approval", id);
  event_set_text(e, "command", running->name);
  event_set_text(e, "args", dumped(c->arena, running->args));
  event_set_text(e, "asker", dump_release(c->arena, actor_json(&c->actor)));
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "stages", dump_release(c->arena, gate_stages_json(d)));
  event_set_text(e, "reasons", dump_release(c->arena, gate_reasons_json(d)));
  event_set_text(e, "request", dump_release(c->arena, event_data_json(request)));
  if (d->reason_count) {
    event_set_text(e, "clause", d->reasons[0].clause);
    event_set_text(e, "reason", d->reasons[0].text_zh);
  }
  enum status status = command_append(c, e);
  if (status != OK) return status;
  *decision = json_pack("{s:{s:s s:o s:o s:o}}", "decision", "verdict", "consult", "approval", text(id), "stages", gate_stages_json(d), "reasons",
                        gate_reasons_json(d));
  return OK;
}

/* ---- votes */

static enum status may_vote(struct command_ctx *c, const struct approval_get_row *row) {
  struct approval_wait_one_row *waiting = NULL;
  const struct approval_wait_one_in mine = {.approval = row->id, .person = c->actor.id};
  enum status status = approval_wait_one(c->store, c->arena, &mine, &waiting, c->problem);
  if (status == OK && !waiting && c->actor.owner) {
    const struct approval_wait_one_in owner = {.approval = row->id, .person = STR(APPROVAL_OWNER)};
    status = approval_wait_one(c->store, c->arena, &owner, &waiting, c->problem);
  }
  if (status != OK || waiting) return status;
  return problem_set(c->problem, E_DENIED, "approval.not_yours", "这件申请现在不等你表态", "This request is not waiting for you");
}

static enum status decide(struct command_ctx *c, const struct approval_get_row *row, const char *result, struct str reason) {
  struct event *e = event_new(c->arena, EVENT_request_decided, c->now_ms, c->actor.id);
  event_set_text(e, "kind", row->kind);
  event_set_text(e, "result", str_c(result));
  event_set_text(e, "approval", row->id);
  event_set_text(e, "person", row->asker);
  if (row->clause.n) event_set_text(e, "clause", row->clause);
  if (reason.n) event_set_text(e, "reason", reason);
  return command_append(c, e);
}

/* Everybody has agreed: do what was asked, as the one who asked. */
static enum status carry_out(struct command_ctx *c, const struct approval_get_row *row, json_t **result) {
  enum status status = OK;
  json_t *args = json_loadb(row->args.p, row->args.n, JSON_DECODE_ANY, NULL), *done = NULL;
  struct actor asker = actor_of(c->arena, row->asker_actor);
  i64 before = command_next_seq(c);
  TRY(decide(c, row, "准", STR("")));
  i64 after_decision = command_next_seq(c);
  status = writer_run_approved(c, row->command, args, &asker, &done);
  if (status != OK && command_next_seq(c) == after_decision && status != E_IO && status != E_FULL) {
    TRY(decide(c, row, "落空", str_c(c->problem ? c->problem->zh : "")));
    *result = json_pack("{s:o s:s s:s s:s}", "approval", text(row->id), "state", "lapsed", "zh", c->problem ? c->problem->zh : "", "en", c->problem ? c->problem->en : "");
    if (c->problem) *c->problem = (struct problem){0};
    goto done;
  }
  if (status == OK) *result = json_pack("{s:o s:s s:O?}", "approval", text(row->id), "state", "permit", "result", done);
  (void)before;
done:
  json_decref(args);
  json_decref(done);
  return status;
}

/* A step of a case stands among the approvals under the case's id: the case's own command answers it. */
static enum status case_step(struct command_ctx *c, json_t *args, json_t **result) {
  const struct command_def *command = writer_command(c->writer, STR("case.vote"));
  return command ? command->run(c, args, result) : problem_set(c->problem, E_NOT_FOUND, "approval.none", "没有这件申请", "There is no such request");
}

static enum status vote(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str id, answer, opinion;
  struct approval_get_row *row = NULL;
  TRY(command_text(c, args, "id", true, 40, &id));
  TRY(command_text(c, args, "result", true, 20, &answer));
  TRY(command_text(c, args, "text", false, OPINION_MAX, &opinion));
  if (str_starts(id, STR("k"))) return case_step(c, args, result);
  bool agreed = str_is(answer, "agree");
  if (!agreed && !str_is(answer, "disagree"))
    return problem_set(c->problem, E_INVALID, "approval.result", "result 只能是 agree 或 disagree", "“result” is agree or disagree");
  const struct approval_get_in get = {.id = id};
  TRY(approval_get(c->store, c->arena, &get, &row, c->problem));
  if (row == NULL) return problem_set(c->problem, E_NOT_FOUND, "approval.none", "没有这件申请", "There is no such request");
  if (!str_is(row->state, "pending")) return problem_set(c->problem, E_CONFLICT, "approval.decided", "这件申请已有结果", "This request has been decided");
  TRY(may_vote(c, row));
  struct event *e = event_new(c->arena, EVENT_request_voted, c->now_ms, c->actor.id);
  event_set_text(e, "approval", id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "result", agreed ? STR("同意") : STR("不同意"));
  event_set_int(e, "stage", row->stage);
  if (opinion.n) event_set_text(e, "text", opinion);
  TRY(command_append(c, e));
  if (!agreed) {
    TRY(decide(c, row, "拒", opinion));
    *result = json_pack("{s:o s:s}", "approval", text(id), "state", "refuse");
    return OK;
  }
  json_t *stages = json_loadb(row->stages.p, row->stages.n, 0, NULL);
  i64 stage_count = (i64)json_array_size(stages);
  json_decref(stages);
  TRY(approval_get(c->store, c->arena, &get, &row, c->problem));
  if (row->stage >= stage_count) return carry_out(c, row, result);
  *result = json_pack("{s:o s:s}", "approval", text(id), "state", "pending");
done:
  return status;
}

static enum status withdraw(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str id;
  struct approval_get_row *row = NULL;
  TRY(command_text(c, args, "id", true, 40, &id));
  const struct approval_get_in get = {.id = id};
  TRY(approval_get(c->store, c->arena, &get, &row, c->problem));
  if (row == NULL || !str_eq(row->asker, c->actor.id))
    return problem_set(c->problem, E_NOT_FOUND, "approval.none", "没有这件申请", "There is no such request");
  if (!str_is(row->state, "pending")) return problem_set(c->problem, E_CONFLICT, "approval.decided", "这件申请已有结果", "This request has been decided");
  TRY(decide(c, row, "落空", STR("本人撤回")));
  *result = json_pack("{s:o s:s}", "approval", text(id), "state", "lapsed");
done:
  return status;
}

const struct command_def commands_approval[] = {
    {"approval.vote", "", vote, "id:id! result:enum(agree|disagree)! text:text", "Agree or disagree to a request", "对申请表态"},
    {"approval.withdraw", "", withdraw, "id:id!", "Take one's own request back", "撤回自己的申请"},
    {NULL},
};
