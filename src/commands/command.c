/* What a handler may call: permission, gate, append, typed arguments. */
#include "commands/writer_internal.h"

#include "commands/approval.h"

#include <stdio.h>
#include <string.h>

/* ---- permission */

static enum status denied(struct command_ctx *c, const char *path) {
  if (c->actor.type == ACTOR_NOBODY) return problem_set(c->problem, E_UNAUTHENTIC, "may.sign_in", "请先登录", "Please sign in first");
  struct str role = c->actor.role.n ? c->actor.role : STR("—");
  return problem_set(c->problem, E_DENIED, "may.denied", "%.*s没有“%s”的权限；请找上级或负责人", "%.*s may not do “%s”; ask a superior or the owner", STR_ARG(role), path);
}

enum status command_may(struct command_ctx *c, const char *path) {
  return view_may(c->program, &c->actor, str_c(path)) ? OK : denied(c, path);
}

/* ---- append */

static bool belongs_to_engine(const struct command_ctx *c, const struct event *e) { return e->kind->derived && c->actor.type != ACTOR_NOBODY; }

enum status command_append(struct command_ctx *c, struct event *e) {
  struct writer *w = c->writer;
  enum status status = OK;
  BUG_IF(belongs_to_engine(c, e));
  if (e->occurred_ms == 0) e->occurred_ms = c->now_ms;
  e->recorded_ms = c->now_ms;
  TRY(event_log_append(&w->log, c->store, c->arena, e, NULL, c->problem));
  feed_event(&w->feed, e);
  struct applying to = {.desk = &w->desk, .store = c->store, .arena = c->arena, .feed = &w->feed, .now_ms = c->now_ms, .problem = c->problem};
  TRY(desk_apply(&to, e));
  c->engine = w->desk.engine;
  if (event_kind_index(e->kind) == EVENT_rulebook_published) c->program = desk_program(&w->desk, c->now_ms);
done:
  return status;
}

i64 command_next_seq(const struct command_ctx *c) { return c->writer->log.last_seq + 1; }

/* ---- gate */

static json_t *text(struct str s) { return json_stringn(s.n ? s.p : "", s.n); }

json_t *gate_reasons_json(const struct gate_decision *d) {
  json_t *list = json_array();
  for (size_t i = 0; i < d->reason_count; i++)
    json_array_append_new(list, json_pack("{s:o s:o s:o s:o}", "clause", text(d->reasons[i].clause), "tag", text(d->reasons[i].tag), "zh",
                                          text(d->reasons[i].text_zh), "en", text(d->reasons[i].text_en)));
  return list;
}

json_t *gate_stages_json(const struct gate_decision *d) {
  json_t *list = json_array();
  for (size_t i = 0; i < d->stage_count; i++) {
    json_t *persons = json_array();
    for (size_t k = 0; k < d->stages[i].person_count; k++) json_array_append_new(persons, text(d->stages[i].persons[k]));
    json_array_append_new(list, json_pack("{s:b s:o s:o}", "all", d->stages[i].all, "persons", persons, "role", text(d->stages[i].role_zh)));
  }
  return list;
}

static json_t *gate_acts_json(const struct gate_decision *d) {
  json_t *list = json_array();
  for (size_t i = 0; i < d->act_count; i++)
    json_array_append_new(list, json_pack("{s:s s:o s:o s:o s:I}", "type", consequence_type_name(d->acts[i].type), "subject", text(d->acts[i].subject),
                                          "zh", text(d->acts[i].text_zh), "en", text(d->acts[i].text_en), "fen", (json_int_t)d->acts[i].fen));
  return list;
}

static enum status refused(struct command_ctx *c, const struct gate_decision *d) {
  struct str zh = d->reason_count ? d->reasons[0].text_zh : STR("制度不允许这样做"), en = d->reason_count ? d->reasons[0].text_en : STR("The rulebook does not allow this");
  enum status status = problem_set(c->problem, E_REFUSED, "gate.refused", "%s%.0s", "%.0s%s", arena_cstr(c->arena, zh), arena_cstr(c->arena, en.n ? en : zh));
  if (c->problem && d->reason_count) snprintf(c->problem->clause, sizeof c->problem->clause, "%.*s", STR_ARG(d->reasons[0].clause));
  return status;
}

enum status command_gate(struct command_ctx *c, const struct event *request, bool *proceed, json_t **decision) {
  struct gate_decision d = {.verdict = GATE_NONE};
  enum status status = OK;
  *proceed = true;
  *decision = NULL;
  TRY(writer_settle(c->writer, c->arena, c->problem));
  TRY(engine_gate(c->engine, c->arena, request, &d, c->problem));
  switch (d.verdict) {
    case GATE_NONE: return OK;
    case GATE_REFUSE: return refused(c, &d);
    case GATE_CONSULT:
      if (c->approved) return OK;
      *proceed = false;
      return approval_open(c, request, &d, decision);
    case GATE_PERMIT:
      if (d.act_count)
        *decision = json_pack("{s:{s:s s:o s:o}}", "decision", "verdict", "permit", "reasons", gate_reasons_json(&d), "acts", gate_acts_json(&d));
      return OK;
  }
done:
  return status;
}

enum status command_gate_now(struct command_ctx *c, const struct event *request) {
  struct gate_decision d = {.verdict = GATE_NONE};
  enum status status = OK;
  TRY(writer_settle(c->writer, c->arena, c->problem));
  TRY(engine_gate(c->engine, c->arena, request, &d, c->problem));
  if (d.verdict == GATE_REFUSE || (d.verdict == GATE_CONSULT && !c->approved)) status = refused(c, &d);
done:
  return status;
}

/* ---- arguments */

static enum status missing(struct command_ctx *c, const char *name) {
  return problem_set(c->problem, E_INVALID, "args.missing", "缺少“%s”", "“%s” is missing", name);
}

enum status command_text(struct command_ctx *c, json_t *args, const char *name, bool required, size_t max_chars, struct str *out) {
  json_t *v = json_object_get(args, name);
  *out = STR("");
  if (json_is_integer(v)) *out = arena_printf(c->arena, "%lld", (long long)json_integer_value(v));
  else if (json_is_string(v)) *out = arena_dup(c->arena, str_trim((struct str){json_string_value(v), json_string_length(v)}));
  else if (v && !json_is_null(v)) return problem_set(c->problem, E_INVALID, "args.text", "“%s”要写成文字", "“%s” must be text", name);
  if (required && out->n == 0) return missing(c, name);
  size_t chars = str_code_points(*out);
  if (chars > max_chars)
    return problem_set(c->problem, E_INVALID, "args.long", "“%s”最多 %zu 个字，现在有 %zu 个", "“%s” may have %zu characters and has %zu", name, max_chars, chars);
  return OK;
}

enum status command_int(struct command_ctx *c, json_t *args, const char *name, bool required, i64 least, i64 most, i64 *out) {
  json_t *v = json_object_get(args, name);
  i64 n = 0;
  if (v == NULL || json_is_null(v)) return required ? missing(c, name) : OK;
  if (json_is_integer(v)) n = json_integer_value(v);
  else if (!json_is_string(v) || !str_to_i64(str_trim((struct str){json_string_value(v), json_string_length(v)}), &n))
    return problem_set(c->problem, E_INVALID, "args.int", "“%s”要写成整数", "“%s” must be a whole number", name);
  if (n < least || n > most)
    return problem_set(c->problem, E_INVALID, "args.range", "“%s”要在 %lld 到 %lld 之间", "“%s” must be from %lld to %lld", name, (long long)least, (long long)most);
  *out = n;
  return OK;
}

bool command_bool(json_t *args, const char *name) {
  json_t *v = json_object_get(args, name);
  if (json_is_boolean(v)) return json_is_true(v);
  if (json_is_integer(v)) return json_integer_value(v) != 0;
  const char *s = json_string_value(v);
  return s && (strcmp(s, "true") == 0 || strcmp(s, "1") == 0 || strcmp(s, "是") == 0);
}
