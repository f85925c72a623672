/* JSON to events: both languages, case aliases, and a message that names the nearest word when something is unknown. */
#include "events/event_json.h"

#include <string.h>

enum { NAME_POINTS_MAX = 48 };

struct reading {
  struct arena *arena;
  i64 zone_offset_ms;
  struct problem *problem;
  struct event *event;
};

/* ---- nearest words */

/* Damerau-free edit distance over code points; names are short. */
static size_t distance(struct str a, struct str b) {
  u32 x[NAME_POINTS_MAX], y[NAME_POINTS_MAX];
  size_t n = 0, m = 0, row[NAME_POINTS_MAX + 1];
  for (size_t at = 0, step; n < NAME_POINTS_MAX && (step = str_decode(a, at, &x[n])) != 0; at += step) n++;
  for (size_t at = 0, step; m < NAME_POINTS_MAX && (step = str_decode(b, at, &y[m])) != 0; at += step) m++;
  for (size_t k = 0; k <= m; k++) row[k] = k;
  for (size_t i = 1; i <= n; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t k = 1; k <= m; k++) {
      size_t above = row[k], best = diagonal + (x[i - 1] != y[k - 1]);
      if (above + 1 < best) best = above + 1;
      if (row[k - 1] + 1 < best) best = row[k - 1] + 1;
      row[k] = best;
      diagonal = above;
    }
  }
  return row[m];
}

static void nearer(struct str name, const char *word, const char **best, size_t *least) {
  size_t d = distance(name, str_c(word));
  if (d < *least) {
    *least = d;
    *best = word;
  }
}

static const char *nearest_kind(struct str name, size_t *least) {
  const char *best = "";
  *least = SIZE_MAX;
  size_t count;
  const struct event_kind *all = event_kind_all(&count);
  for (size_t i = 0; i < count; i++) {
    nearer(name, all[i].zh, &best, least);
    nearer(name, all[i].en, &best, least);
  }
  return best;
}

static const char *nearest_field(const struct event_kind *kind, struct str name) {
  const char *best = "";
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < kind->field_count; i++) {
    nearer(name, kind->fields[i].zh, &best, &least);
    nearer(name, kind->fields[i].en, &best, &least);
  }
  return best;
}

/* ---- kinds */

/* "投诉.成立": a case type and the state it reached, or one of the things that befall any case. */
static bool case_alias(struct str name, struct str *type, struct str *state, enum event_kind_id *kind) {
  static const struct {
    const char *word;
    enum event_kind_id kind;
  } acts[] = {{"开单", EVENT_case_opened}, {"派给", EVENT_case_assigned}, {"表态", EVENT_case_voted}, {"延期", EVENT_case_extended},
              {"打印", EVENT_case_printed}, {"送联", EVENT_case_copied}, {"作废", EVENT_case_voided}};
  struct str rest, noun = str_cut(name, '.', &rest);
  if (rest.p == NULL || noun.n == 0 || rest.n == 0 || str_find(rest, STR("."), 0) != SIZE_MAX) return false;
  size_t count;
  const struct event_kind *all = event_kind_all(&count);
  for (size_t i = 0; i < count; i++) { /* a known noun with a verb it does not have is a mistake, not a case type */
    struct str verb, zh = str_cut(str_c(all[i].zh), '.', &verb);
    if (str_eq(noun, zh) || str_is(noun, all[i].noun)) return false;
    if (str_eq(rest, verb) && str_code_points(verb) > 2 && distance(noun, zh) <= 1) return false; /* 会活.人工回复 */
  }
  *type = noun;
  *state = rest;
  *kind = EVENT_case_moved;
  for (size_t i = 0; i < COUNT_OF(acts); i++)
    if (str_is(rest, acts[i].word)) {
      *kind = acts[i].kind;
      *state = STR("");
    }
  return true;
}

static enum status read_kind(struct reading *r, const json_t *json) {
  const char *text = json_string_value(json_object_get(json, "kind"));
  if (text == NULL) text = json_string_value(json_object_get(json, "事"));
  if (text == NULL) return problem_set(r->problem, E_INVALID, "event.no_kind", "缺少 kind（事），例如 “会话.人工回复”", "There is no “kind”, such as “conversation.agent_replied”");
  struct str name = str_trim(str_c(text)), type = STR(""), state = STR("");
  const struct event_kind *kind = event_kind_find(name);
  enum event_kind_id id;
  if (kind) {
    r->event = event_new(r->arena, (enum event_kind_id)event_kind_index(kind), 0, STR(""));
    return OK;
  }
  if (case_alias(name, &type, &state, &id)) {
    r->event = event_new(r->arena, id, 0, STR(""));
    event_set_text(r->event, "type", arena_dup(r->arena, type));
    if (state.n) event_set_text(r->event, "to", arena_dup(r->arena, state));
    return OK;
  }
  size_t least;
  return problem_set(r->problem, E_INVALID, "event.unknown_kind", "没有“%.*s”这种事，是不是“%s”？", "There is no kind “%.*s”; did you mean “%s”?",
                     STR_ARG(name), nearest_kind(name, &least));
}

/* ---- fields */

static enum status check_word(struct reading *r, const struct event_field *f, struct value *v) {
  if (f->type != FIELD_ENUM || f->values == NULL || v->type != V_TEXT) return OK;
  const char *best = "";
  size_t least = SIZE_MAX;
  for (const struct event_word *w = f->values; w->en; w++) {
    if (str_is(v->s, w->en) || str_is(v->s, w->zh)) {
      v->s = str_c(w->zh);
      return OK;
    }
    nearer(v->s, w->zh, &best, &least);
    nearer(v->s, w->en, &best, &least);
  }
  return problem_set(r->problem, E_INVALID, "event.unknown_word", "%s（%s）没有“%.*s”这个取值，是不是“%s”？", "%s (%s) has no value “%.*s”; did you mean “%s”?",
                     f->zh, f->en, STR_ARG(v->s), best);
}

static enum status read_extra(struct reading *r, const char *name, const json_t *json) {
  if (r->event->extra_count >= EVENT_EXTRA_MAX)
    return problem_set(r->problem, E_TOO_LARGE, "event.fields", "一张单据最多 %d 个字段", "A case has at most %d fields", EVENT_EXTRA_MAX);
  struct value v;
  enum status status = value_from_json(r->arena, json, FIELD_ANY, r->zone_offset_ms, &v, r->problem);
  if (status == OK && v.type != V_ABSENT) event_set_extra(r->event, r->arena, arena_dup(r->arena, str_c(name)), v);
  return status;
}

static enum status read_field(struct reading *r, const char *name, const json_t *json) {
  struct event *e = r->event;
  bool of_case = strcmp(e->kind->noun, "case") == 0 || strcmp(e->kind->en, "survey.answered") == 0; /* its questions are fields of the book */
  size_t at = event_kind_field(e->kind, str_c(name));
  if (of_case && at == SIZE_MAX) {
    if (strcmp(name, "fields") != 0 && strcmp(name, "字段") != 0) return read_extra(r, name, json);
    const char *key;
    json_t *inner;
    json_object_foreach((json_t *)(uintptr_t)json, key, inner) {
      enum status status = read_extra(r, key, inner);
      if (status != OK) return status;
    }
    return OK;
  }
  if (at == SIZE_MAX)
    return problem_set(r->problem, E_INVALID, "event.unknown_field", "%s 没有“%s”这一项，是不是“%s”？", "%s has no field “%s”; did you mean “%s”?",
                       e->kind->zh, name, nearest_field(e->kind, str_c(name)));
  const struct event_field *f = &e->kind->fields[at];
  struct value v;
  struct problem inner = {0};
  enum status status = value_from_json(r->arena, json, f->type, r->zone_offset_ms, &v, &inner);
  if (status != OK)
    return problem_set(r->problem, status, "event.value", "%s（%s）：%s%.0s", "%s (%s): %.0s%s", f->zh, f->en, inner.zh, inner.en);
  status = check_word(r, f, &v);
  if (status == OK && v.type != V_ABSENT) event_set(e, f->en, v);
  return status;
}

static enum status read_data(struct reading *r, const json_t *data) {
  const char *key;
  json_t *inner;
  if (data == NULL) return OK;
  if (!json_is_object(data)) return problem_set(r->problem, E_INVALID, "event.data", "data 要写成对象 {…}", "“data” must be an object {…}");
  json_object_foreach((json_t *)(uintptr_t)data, key, inner) {
    enum status status = read_field(r, key, inner);
    if (status != OK) return status;
  }
  return OK;
}

/* A person that must be named but is not is the one who did it. */
static enum status complete(struct reading *r) {
  struct event *e = r->event;
  if (strcmp(e->kind->noun, "case") == 0 && !event_has(e, "case") && e->id.n) event_set_text(e, "case", e->id);
  for (size_t i = 0; i < e->kind->field_count; i++) {
    const struct event_field *f = &e->kind->fields[i];
    if (!f->required || e->fields[i].type != V_ABSENT) continue;
    if (f->type == FIELD_PERSON && e->actor.n) {
      e->fields[i] = value_ref(e->actor);
      continue;
    }
    return problem_set(r->problem, E_INVALID, "event.missing_field", "%s（%s）缺少“%s”（%s）", "%s (%s) lacks “%s” (%s)", e->kind->zh, e->kind->en, f->zh, f->en);
  }
  return OK;
}

static const json_t *either(const json_t *json, const char *en, const char *zh) {
  const json_t *found = json_object_get(json, en);
  return found ? found : json_object_get(json, zh);
}

static enum status read_head(struct reading *r, const json_t *json) {
  struct value at, recorded;
  enum status status = OK;
  const json_t *when = either(json, "at", "时");
  if (when == NULL) return problem_set(r->problem, E_INVALID, "event.no_time", "缺少 at（时），例如 “2026-03-05 10:00:00”", "There is no “at”, such as “2026-03-05 10:00:00”");
  TRY(value_from_json(r->arena, when, FIELD_INSTANT, r->zone_offset_ms, &at, r->problem));
  TRY(value_from_json(r->arena, json_object_get(json, "recorded"), FIELD_INSTANT, r->zone_offset_ms, &recorded, r->problem));
  if (at.type != V_INSTANT) return problem_set(r->problem, E_INVALID, "event.no_time", "at（时）不能为空", "“at” must not be empty");
  r->event->occurred_ms = at.i;
  r->event->recorded_ms = recorded.type == V_INSTANT ? recorded.i : at.i;
  const json_t *by = either(json, "by", "谁"), *id = json_object_get(json, "id");
  if (json_is_string(by)) r->event->actor = arena_dup(r->arena, str_c(json_string_value(by)));
  if (json_is_string(id)) r->event->id = arena_dup(r->arena, str_c(json_string_value(id)));
  r->event->seq = json_integer_value(json_object_get(json, "seq"));
done:
  return status;
}

static enum status check_keys(struct reading *r, const json_t *json) {
  static const char *const known[] = {"at", "时", "by", "谁", "data", "内容", "id", "kind", "事", "recorded", "seq"};
  const char *key;
  json_t *ignored;
  json_object_foreach((json_t *)(uintptr_t)json, key, ignored) {
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(known); i++) found |= strcmp(known[i], key) == 0;
    if (!found)
      return problem_set(r->problem, E_INVALID, "event.unknown_key", "不认识“%s”；一行里只有 at by data id kind", "“%s” is not known here; a line has at, by, data, id, kind", key);
  }
  return OK;
}

enum status event_from_json(struct arena *a, const json_t *json, i64 zone_offset_ms, struct event **out, struct problem *p) {
  struct reading r = {a, zone_offset_ms, p, NULL};
  enum status status = OK;
  if (!json_is_object(json)) return problem_set(p, E_INVALID, "event.not_object", "一件事要写成一个对象 {…}", "An event must be one object {…}");
  TRY(check_keys(&r, json));
  TRY(read_kind(&r, json));
  TRY(read_head(&r, json));
  TRY(read_data(&r, either(json, "data", "内容")));
  TRY(complete(&r));
  *out = r.event;
done:
  return status;
}

enum status event_from_line(struct arena *a, struct str line, i64 zone_offset_ms, struct event **out, struct problem *p) {
  if (line.n > EVENT_LINE_MAX)
    return problem_set(p, E_TOO_LARGE, "event.too_long", "一行超过 %d 字节", "The line is longer than %d bytes", EVENT_LINE_MAX);
  json_error_t error;
  json_t *json = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &error);
  if (json == NULL) return problem_set(p, E_INVALID, "event.json", "不是 JSON：第 %d 列，%s", "This is not JSON: column %d, %s", error.column, error.text);
  enum status status = event_from_json(a, json, zone_offset_ms, out, p);
  json_decref(json);
  return status;
}
