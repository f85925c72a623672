/* What a draft may be tried against, and on which months (试算): the published versions, the drafts of before, and the months in which
 * anything stands that a book judges. See rulebook.h. */
#include "views/rulebook.h"

#include "base/calendar.h"
#include "views/draft.sql.h"
#include "views/rulebook.sql.h"
#include "views/show.h"

enum { BASE_NAME_MOST = 40, BASE_MONTHS_MOST = 120 };

static bool is_version(struct str s) {
  bool digit = false;
  for (size_t i = 0; i < s.n; i++) {
    bool is_digit = s.p[i] >= '0' && s.p[i] <= '9';
    if (!is_digit && !(s.p[i] == '.' && digit)) return false;
    digit = is_digit;
  }
  return digit;
}

static enum status find_past(struct store *s, struct arena *a, i64 at_ms, i64 zone_offset_ms, struct rulebook_base *out, struct problem *p) {
  struct draft_past_get_row *row = NULL;
  enum status status = draft_past_get(s, a, &(struct draft_past_get_in){.at_ms = at_ms}, &row, p);
  if (status != OK) return status;
  if (!row) return problem_set(p, E_NOT_FOUND, "trial.base_gone", "这份旧草稿已经不在了，请另选一版来比", "That old draft is not there any more; choose another base");
  struct str at = calendar_show_instant(a, at_ms, zone_offset_ms);
  *out = (struct rulebook_base){.source = row->source, .name_zh = arena_printf(a, "旧草稿 %.*s", STR_ARG(at)), .name_en = arena_printf(a, "Draft of %.*s", STR_ARG(at))};
  return OK;
}

enum status rulebook_base_find(struct store *s, struct arena *a, struct str base, i64 zone_offset_ms, struct rulebook_base *out, struct problem *p) {
  const struct str past = STR("past:");
  i64 at_ms = 0;
  if (str_starts(base, past) && str_to_i64(str_slice(base, past.n, base.n), &at_ms) && at_ms > 0) return find_past(s, a, at_ms, zone_offset_ms, out, p);
  if (base.n > BASE_NAME_MOST || !is_version(base))
    return problem_set(p, E_INVALID, "trial.base", "“%.*s”不是版本号：请写公布过的一版，例如 1.0", "“%.*s” is not the number of a version; give a published one, like 1.0",
                       (int)(base.n < BASE_NAME_MOST ? base.n : 0), base.p);
  struct rulebook_version_get_row *row = NULL;
  enum status status = rulebook_version_get(s, a, &(struct rulebook_version_get_in){.version = base}, &row, p);
  if (status != OK) return status;
  if (!row)
    return problem_set(p, E_NOT_FOUND, "trial.base_unknown", "没有公布过 %.*s 版，请从公布过的各版里选一版来比", "Version %.*s was never published; choose one of the published versions", STR_ARG(base));
  *out = (struct rulebook_base){.source = row->source, .name_zh = arena_printf(a, "第 %.*s 版", STR_ARG(base)), .name_en = arena_printf(a, "Version %.*s", STR_ARG(base))};
  return OK;
}

/* The months from this one back to the first fact, newest first, without those in which nothing stands. */
static enum status months(struct read_ctx *r, json_t *list) {
  enum status status = OK;
  struct rulebook_fact_first_row *first = NULL;
  struct rulebook_fact_in_row *there = NULL;
  struct show_month month;
  TRY(rulebook_fact_first(r->store, r->arena, &first, r->problem));
  i64 from = r->now_ms;
  if (first && first->has_conversation && first->conversation < from) from = first->conversation;
  if (first && first->has_consequence && first->consequence < from) from = first->consequence;
  if (first && first->has_clock && first->clock < from) from = first->clock;
  if (first && first->has_orders && first->orders < from) from = first->orders;
  TRY(show_month_parse(r->arena, STR(""), r->now_ms, r->zone_offset_ms, &month, r->problem));
  for (int n = 0; n < BASE_MONTHS_MOST && month.to_ms > from; n++) {
    TRY(rulebook_fact_in(r->store, r->arena, &(struct rulebook_fact_in_in){.from_ms = month.from_ms, .to_ms = month.to_ms}, &there, r->problem));
    if (there && there->found) json_array_append_new(list, show_text(month.name));
    struct civil before = civil_from_date(month.first - 1);
    TRY(show_month_parse(r->arena, arena_printf(r->arena, "%04d-%02d", before.year, before.month), r->now_ms, r->zone_offset_ms, &month, r->problem));
  }
done:
  return status;
}

enum status rulebook_read_bases(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  enum status status = OK;
  struct rulebook_version_all_row *versions = NULL;
  struct draft_past_all_row *past = NULL;
  struct show_people people;
  size_t n = 0;
  json_t *bases = json_array(), *list = json_array();
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(rulebook_version_all(r->store, r->arena, &versions, &n, r->problem));
  for (size_t i = n; i-- > 0;) {
    struct str version = versions[i].version;
    bool current = r->program && r->program->header && str_eq(version, arena_printf(r->arena, "%d.%d", r->program->header->major, r->program->header->minor));
    json_array_append_new(bases, json_pack("{s:o,s:s,s:o,s:I,s:b,s:o}", "base", show_text(version), "kind", "version", "version", show_text(version), "at",
                                           (json_int_t)rulebook_in_force(r, versions[i].in_force_ms), "current", current, "by_name", show_text(show_name(&people, versions[i].by_person))));
  }
  TRY(draft_past_all(r->store, r->arena, &past, &n, r->problem));
  for (size_t i = 0; i < n; i++)
    json_array_append_new(bases, json_pack("{s:o,s:s,s:o,s:I,s:b,s:o}", "base", show_text(arena_printf(r->arena, "past:%lld", (long long)past[i].at_ms)), "kind", "past", "version",
                                           show_text(past[i].base_version), "at", (json_int_t)past[i].at_ms, "current", 0, "by_name", show_text(show_name(&people, past[i].by_person))));
  TRY(months(r, list));
  *result = json_pack("{s:O,s:O}", "bases", bases, "months", list);
done:
  json_decref(bases);
  json_decref(list);
  return status;
}
