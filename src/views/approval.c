/* Requests waiting for agreement: folded from request.decided (待经 opens one) and request.voted; the list of those that
 * wait for the reader, and of those the reader asked for. */
#include "views/approval.h"

#include "views/approval.sql.h"
#include "views/case.h"
#include "views/show.h"

#include <stdlib.h>

enum { LIST_LIMIT = 200 };

/* ---- folds */

static json_t *parsed(struct str s) { return json_loadb(s.p, s.n, JSON_DECODE_ANY, NULL); }
static struct str text_of(const json_t *json) { return str_c(json_string_value(json)); }

/* For whom the stage waits: its persons less those who have agreed; with nobody in the role, the owner. */
static enum status wait_for_stage(struct store *s, struct str id, const json_t *stage, struct problem *p) {
  enum status status = OK;
  const struct approval_wait_clear_in clear = {.approval = id};
  TRY(approval_wait_clear(s, &clear, NULL, p));
  const json_t *persons = json_object_get(stage, "persons");
  for (size_t i = 0; i < json_array_size(persons); i++) {
    const struct approval_wait_in in = {.approval = id, .person = text_of(json_array_get(persons, i))};
    TRY(approval_wait(s, &in, NULL, p));
  }
  if (stage && json_array_size(persons) == 0) {
    const struct approval_wait_in in = {.approval = id, .person = STR(APPROVAL_OWNER)};
    TRY(approval_wait(s, &in, NULL, p));
  }
done:
  return status;
}

static enum status fold_opened(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  const struct approval_insert_in in = {
      .id = event_get_text(e, "approval"), .command = event_get_text(e, "command"), .args = event_get_text(e, "args"),
      .asker = event_get_text(e, "person"), .asker_actor = event_get_text(e, "asker"), .kind = event_get_text(e, "kind"),
      .request = event_get_text(e, "request"), .clause = event_get_text(e, "clause"), .reasons = event_get_text(e, "reasons"),
      .stages = event_get_text(e, "stages"), .asked_ms = e->occurred_ms};
  enum status status = approval_insert(s, &in, NULL, p);
  if (status != OK) return status;
  json_t *stages = parsed(in.stages);
  status = wait_for_stage(s, in.id, json_array_get(stages, 0), p);
  json_decref(stages);
  return status;
}

static enum status fold_decided(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str result = event_get_text(e, "result");
  if (event_get_text(e, "approval").n == 0) return OK;
  if (str_is(result, "待经")) return fold_opened(s, a, e, p);
  const struct approval_decide_in in = {.id = event_get_text(e, "approval"), .outcome = event_get_text(e, "reason"), .decided_ms = e->occurred_ms,
                                        .state = str_is(result, "准") ? STR("permit") : str_is(result, "拒") ? STR("refuse") : STR("lapsed")};
  enum status status = approval_decide(s, &in, NULL, p);
  const struct approval_wait_clear_in clear = {.approval = in.id};
  return status == OK ? approval_wait_clear(s, &clear, NULL, p) : status;
}

static bool stage_complete(const json_t *stage, struct arena *a, const struct approval_votes_row *votes, size_t count, i64 number) {
  (void)a;
  const json_t *persons = json_object_get(stage, "persons");
  size_t agreed = 0;
  for (size_t i = 0; i < count; i++) agreed += votes[i].stage == number && str_is(votes[i].result, "agree");
  size_t need = json_is_true(json_object_get(stage, "all")) && json_array_size(persons) ? json_array_size(persons) : 1;
  return agreed >= need;
}

static enum status fold_voted(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  enum status status = OK;
  json_t *stages = NULL;
  struct approval_get_row *row = NULL;
  struct approval_votes_row *votes = NULL;
  size_t count = 0;
  struct str id = event_get_text(e, "approval"), person = event_get_text(e, "person");
  bool agreed = str_is(event_get_text(e, "result"), "同意");
  const struct approval_get_in get = {.id = id};
  TRY(approval_get(s, a, &get, &row, p));
  if (row == NULL) return OK;
  const struct approval_vote_put_in put = {.approval = id, .stage = row->stage, .person = person, .result = agreed ? STR("agree") : STR("disagree"),
                                           .text = event_get_text(e, "text"), .at_ms = e->occurred_ms};
  TRY(approval_vote_put(s, &put, NULL, p));
  const struct approval_wait_voted_in voted = {.approval = id, .person = person};
  TRY(approval_wait_voted(s, &voted, NULL, p));
  if (!agreed) return OK; /* the refusal that follows closes it */
  const struct approval_votes_in list = {.approval = id};
  TRY(approval_votes(s, a, &list, &votes, &count, p));
  stages = parsed(row->stages);
  if (stage_complete(json_array_get(stages, (size_t)row->stage), a, votes, count, row->stage)) {
    const struct approval_set_stage_in next = {.id = id, .stage = row->stage + 1};
    TRY(approval_set_stage(s, &next, NULL, p));
    TRY(wait_for_stage(s, id, json_array_get(stages, (size_t)row->stage + 1), p));
  }
done:
  json_decref(stages);
  return status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_request_decided: return fold_decided(s, a, e, p);
    case EVENT_request_voted: return fold_voted(s, a, e, p);
    default: return OK;
  }
}

/* ---- reads */

static json_t *person_json(const struct show_people *people, struct str id) {
  return json_pack("{s:o s:o}", "id", show_text(id), "name", show_text(show_name(people, id)));
}

static json_t *votes_json(const struct show_people *people, const struct approval_votes_row *votes, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(list, json_pack("{s:o s:I s:o s:o s:I}", "person", person_json(people, votes[i].person), "stage", (json_int_t)votes[i].stage,
                                          "result", show_text(votes[i].result), "text", show_text(votes[i].text), "at", (json_int_t)votes[i].at_ms));
  return list;
}

static json_t *stages_json(const struct show_people *people, struct str stored) {
  json_t *stages = show_stored(stored, json_array()), *stage, *id;
  size_t i, k;
  json_array_foreach(stages, i, stage) {
    json_t *named = json_array();
    json_array_foreach(json_object_get(stage, "persons"), k, id) json_array_append_new(named, person_json(people, text_of(id)));
    json_object_set_new(stage, "persons", named);
  }
  return stages;
}

/* What the card says: what is asked, by whom, why it comes to this reader. */
static void describe(struct read_ctx *r, const struct show_people *people, const struct approval_get_row *row, json_t *item) {
  json_t *request = show_stored(row->request, json_object()), *reasons = show_stored(row->reasons, json_array());
  struct str words = str_c(json_string_value(json_object_get(request, "text")));
  if (!words.n) words = str_c(json_string_value(json_object_get(request, "reason")));
  i64 expected = json_integer_value(json_object_get(request, "expected"));
  struct str minutes = expected > 0 ? arena_printf(r->arena, "%lld 分钟", (long long)(expected / 60000)) : STR("");
  show_put_text(item, "what", arena_printf(r->arena, "%.*s%s%.*s", STR_ARG(words), words.n && minutes.n ? " · " : "", STR_ARG(minutes)));
  show_put_text(item, "who_asks", row->asker);
  show_put_text(item, "asked_by_name", show_name(people, row->asker));
  json_object_set_new(item, "at", json_integer(row->asked_ms));
  const char *why = json_string_value(json_object_get(json_array_get(reasons, 0), "zh"));
  show_put_text(item, "why_you", str_c(why));
  json_object_set_new(item, "effect", json_string("同意后照所请办理"));
  json_decref(request);
  json_decref(reasons);
}

static enum status item_json(struct read_ctx *r, const struct show_people *people, struct str id, json_t *items) {
  enum status status = OK;
  struct approval_get_row *row = NULL;
  struct approval_votes_row *votes = NULL;
  struct approval_wait_one_row *waiting = NULL;
  size_t count = 0;
  const struct approval_get_in get = {.id = id};
  TRY(approval_get(r->store, r->arena, &get, &row, r->problem));
  if (row == NULL) return OK;
  const struct approval_votes_in list = {.approval = id};
  TRY(approval_votes(r->store, r->arena, &list, &votes, &count, r->problem));
  const struct approval_wait_one_in mine = {.approval = id, .person = r->actor.id};
  TRY(approval_wait_one(r->store, r->arena, &mine, &waiting, r->problem));
  bool may = waiting != NULL;
  if (!may && r->actor.owner) {
    const struct approval_wait_one_in owner = {.approval = id, .person = STR(APPROVAL_OWNER)};
    TRY(approval_wait_one(r->store, r->arena, &owner, &waiting, r->problem));
    may = waiting != NULL;
  }
  const struct event_kind *kind = event_kind_find(row->kind);
  json_t *item = json_pack("{s:o s:s s:o s:o s:o s:o s:o s:o s:o s:I s:o s:o s:I s:b s:o}", "id", show_text(row->id), "type", "request", "command",
                           show_text(row->command), "kind", show_text(row->kind), "title", kind ? json_string(kind->zh) : show_text(row->kind), "asker",
                           person_json(people, row->asker), "clause", show_clause(r->program, row->clause), "reasons", show_stored(row->reasons, json_array()),
                           "stages", stages_json(people, row->stages), "stage", (json_int_t)row->stage, "state", show_text(row->state), "votes",
                           votes_json(people, votes, count), "asked_ms", (json_int_t)row->asked_ms, "may", may, "request",
                           show_stored(row->request, json_object()));
  json_object_set_new(item, "decided_ms", show_int_or_null(row->has_decided_ms, row->decided_ms));
  json_object_set_new(item, "outcome", show_text(row->outcome));
  describe(r, people, row, item);
  json_array_append_new(items, item);
done:
  return status;
}

static enum status list_ids(struct read_ctx *r, struct str box, struct str **ids, size_t *count) {
  struct approval_for_person_row *mine = NULL;
  struct approval_of_asker_row *asked = NULL;
  struct approval_recent_row *recent = NULL;
  enum status status;
  *count = 0;
  if (str_is(box, "asked")) {
    const struct approval_of_asker_in in = {.asker = r->actor.id, .most = LIST_LIMIT};
    status = approval_of_asker(r->store, r->arena, &in, &asked, count, r->problem);
  } else if (str_is(box, "all")) {
    const struct approval_recent_in in = {.state = STR("pending"), .most = LIST_LIMIT};
    status = approval_recent(r->store, r->arena, &in, &recent, count, r->problem);
  } else {
    const struct approval_for_person_in in = {.person = r->actor.id, .owner = r->actor.owner ? STR(APPROVAL_OWNER) : r->actor.id, .most = LIST_LIMIT};
    status = approval_for_person(r->store, r->arena, &in, &mine, count, r->problem);
  }
  *ids = ARENA_ARRAY(r->arena, struct str, *count ? *count : 1);
  for (size_t i = 0; i < *count; i++) (*ids)[i] = mine ? mine[i].id : asked ? asked[i].id : recent ? recent[i].id : STR("");
  return status;
}

static enum status list(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct show_people people;
  struct str *ids = NULL, box = show_arg(r->arena, query, "box");
  size_t count = 0;
  json_t *items = json_array();
  if (str_is(box, "all") && !view_may(r->program, &r->actor, STR("审批.查看")))
    TRY(problem_set(r->problem, E_DENIED, "may.denied", "只能看与自己有关的申请", "Only requests that concern you can be shown"));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(list_ids(r, box, &ids, &count));
  for (size_t i = 0; i < count; i++) TRY(item_json(r, &people, ids[i], items));
  if (!box.n) TRY(case_approvals(r, items)); /* steps of cases that wait for the same person */
  *result = json_pack("{s:O s:n}", "items", items, "next");
done:
  json_decref(items);
  return status;
}

static const char *const tables[] = {"approval", "approval_vote", "approval_waiting", NULL};
static const char *const nouns[] = {"request", NULL};
static const struct read_def reads[] = {
    {"approval.list", "", list, false, "box:text", "Requests waiting for you (box=asked: yours; box=all: everybody's)", "等我表态的申请（box=asked：我提出的；box=all：全部）"},
    {NULL},
};
const struct view_def view_approval = {.noun = "approval", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
