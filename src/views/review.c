/* Checklists of the rulebook, what was found by them, and the samples that are due (检查表). The sample of a period is drawn by a
 * hash of period and conversation or order: nobody chooses, and it comes out the same when it is drawn again. */
#include "base/calendar.h"
#include "lang/act_words.h"
#include "views/floor.sql.h"
#include "views/party.h"
#include "views/review.sql.h"
#include "views/show.h"

#include <stdlib.h>

enum { REVIEW_SHOWN_DAYS = 62 };

extern const struct view_def view_review;

static struct str ref(const struct event *e, const char *name) {
  struct value v = event_get(e, str_c(name));
  return v.type == V_TEXT || v.type == V_REF ? v.s : STR("");
}

static struct str list_text(struct arena *a, struct value v) {
  json_t *list = json_array();
  for (size_t i = 0; v.type == V_LIST && i < v.count; i++) json_array_append_new(list, value_to_json(&v.items[i]));
  struct str out = show_dump(a, list);
  json_decref(list);
  return out;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  if (event_kind_index(e->kind) == EVENT_inspection_found) {
    struct finding_put_in in = {.event = e->id, .checklist = ref(e, "checklist"), .item = ref(e, "item"), .person = ref(e, "person"), .object = ref(e, "object"),
                                .text = ref(e, "text"), .files = list_text(a, event_get(e, STR("evidence"))), .by_person = e->actor, .at_ms = e->occurred_ms};
    return finding_put(s, &in, NULL, p);
  }
  if (event_kind_index(e->kind) != EVENT_inspection_finished) return OK;
  struct value points = event_get(e, STR("total")), sampled = event_get(e, STR("sampled"));
  struct check_finished_put_in in = {.event = e->id, .checklist = ref(e, "checklist"), .person = ref(e, "inspected"), .object = ref(e, "object"),
                                     .points = points.i, .has_points = points.type == V_POINTS, .sampled = sampled.type == V_BOOL && sampled.i,
                                     .by_person = e->actor, .at_ms = e->occurred_ms};
  return check_finished_put(s, &in, NULL, p);
}

/* ---- checklists ------------------------------------------------------------------------------------------------------------ */

static bool may_check(struct read_ctx *r, const struct party_desk *desk, const struct lang_checklist *list) {
  struct party_matter m = {.actor = r->actor.id};
  if (r->actor.owner || !list->has_by) return true;
  return party_includes(desk, &list->by, &m, r->actor.id) || party_role_above(r->program, r->actor.role, list->by.path.text);
}

static json_t *checklist_json(struct read_ctx *r, const struct party_desk *desk, const struct lang_item *item) {
  const struct lang_checklist *list = item->checklist;
  json_t *o = json_object(), *items = json_array();
  show_put_text(o, "id", list->name.text);
  show_put_text(o, "title", list->title.n ? list->title : list->name.text);
  show_put_text(o, "by", list->has_by ? list->by.path.text : STR(""));
  json_object_set_new(o, "may", json_boolean(may_check(r, desk, list)));
  json_object_set_new(o, "every", list->has_recur && list->recurs.count ? show_text(party_words(desk, list->recurs.p[0].at)) : json_null());
  json_object_set_new(o, "sample", list->sample ? show_text(party_words(desk, list->sample->at)) : json_null());
  json_object_set_new(o, "sample_of", show_text_or_null(list->sample_of.text));
  json_object_set_new(o, "clause", show_clause(r->program, item->clause ? item->clause->id : STR("")));
  for (size_t i = 0; i < list->row_count; i++) {
    const struct lang_check_row *row = &list->rows[i];
    json_t *it = json_object();
    show_put_text(it, "id", row->name.text);
    show_put_text(it, "name", row->name.text);
    show_put_text(it, "title", row->title);
    i64 today = instant_date(r->now_ms, r->zone_offset_ms);
    show_put_text(it, "effect", lang_acts_words(r->arena, r->program, &row->acts, today, false));
    show_put_text(it, "effect_en", lang_acts_words(r->arena, r->program, &row->acts, today, true));
    json_array_append_new(items, it);
  }
  json_object_set_new(o, "items", items);
  return o;
}

static enum status read_checklists(struct read_ctx *r, json_t *query, json_t **result) {
  struct party_desk desk;
  enum status status = party_load(r->store, r->arena, r->program, &desk, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; r->program && i < r->program->item_count; i++)
    if (r->program->items[i]->kind == LI_CHECKLIST) json_array_append_new(items, checklist_json(r, &desk, r->program->items[i]));
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

/* ---- samples and findings ---------------------------------------------------------------------------------------------------- */

struct drawn {
  u64 hash;
  struct str id, agent, customer_name;
  i64 started_ms;
};
static int by_hash(const void *a, const void *b) {
  const struct drawn *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return str_compare(x->id, y->id);
}

static json_t *sample_json(const struct show_people *people, const struct drawn *row, const char *noun, bool finished) {
  json_t *o = json_object();
  show_put_text(o, "object", row->id);
  json_object_set_new(o, "noun", json_string(noun));
  show_put_text(o, "person", row->agent);
  show_put_text(o, "person_name", show_name(people, row->agent));
  show_put_text(o, "title", row->customer_name);
  show_put_int(o, "at", row->started_ms);
  json_object_set_new(o, "done", json_boolean(finished));
  return o;
}

/* The first day of the period that holds `date`; *next: of the one after it. Whole weeks for what is not a period. */
static i64 period_start(enum lang_period period, i64 date, i64 *next) {
  struct civil c = civil_from_date(date);
  int months = 0;
  i64 first = month_start(date);
  switch (period) {
    case LANG_DAY: case LANG_WORKING_DAY: *next = date + 1; return date;
    case LANG_HALF_MONTH:
      *next = c.day <= 15 ? first + 15 : date_add_months(first, 1);
      return c.day <= 15 ? first : first + 15;
    case LANG_MONTH: case LANG_ATTENDANCE_MONTH: case LANG_MONTH_END: months = 1; break;
    case LANG_QUARTER: case LANG_QUARTER_END: months = 3; break;
    case LANG_HALF_YEAR: months = 6; break;
    case LANG_YEAR: case LANG_YEAR_END: months = 12; break;
    default: *next = week_start(date) + 7; return week_start(date);
  }
  i64 start = date_add_months(first, -((c.month - 1) % months));
  *next = date_add_months(start, months);
  return start;
}

/* What a sample is drawn from: everything of that time, in the order of ids. */
static enum status candidates(struct read_ctx *r, bool orders, i64 from_ms, i64 to_ms, struct drawn **out, size_t *count) {
  struct floor_samples_row *talks = NULL;
  struct floor_order_samples_row *sold = NULL;
  struct floor_samples_in in = {.from_ms = from_ms, .to_ms = to_ms};
  struct floor_order_samples_in of = {.from_ms = from_ms, .to_ms = to_ms};
  enum status status = orders ? floor_order_samples(r->store, r->arena, &of, &sold, count, r->problem) : floor_samples(r->store, r->arena, &in, &talks, count, r->problem);
  if (status != OK) return status;
  *out = ARENA_ARRAY(r->arena, struct drawn, *count + 1);
  for (size_t i = 0; i < *count; i++) {
    (*out)[i] = orders ? (struct drawn){.id = sold[i].id, .agent = sold[i].agent, .customer_name = sold[i].customer_name, .started_ms = sold[i].started_ms}
                       : (struct drawn){.id = talks[i].id, .agent = talks[i].agent, .customer_name = talks[i].customer_name, .started_ms = talks[i].started_ms};
  }
  return OK;
}

/* The sample covers the period before the running one; checks are due until the running one ends. */
static enum status samples(struct read_ctx *r, const struct show_people *people, const struct lang_checklist *list, json_t **out) {
  enum status status = OK;
  enum lang_period period = list->has_recur && list->recurs.count && list->recurs.p[0].kind == LANG_EVERY_PERIOD ? list->recurs.p[0].period : LANG_WEEK;
  i64 end, unused, start = period_start(period, instant_date(r->now_ms, r->zone_offset_ms), &end), before = period_start(period, start - 1, &unused);
  bool orders = lang_samples_orders(list);
  struct drawn *drawn = NULL;
  struct check_finished_range_row *done_rows = NULL;
  size_t count = 0, done_count = 0;
  struct check_finished_range_in fin = {.checklist = list->name.text, .from_ms = instant_at(start, 0, r->zone_offset_ms), .to_ms = instant_at(end, 0, r->zone_offset_ms)};
  *out = json_array();
  if (!list->sample || list->sample->kind != LX_LITERAL || !(orders || lang_samples_conversations(list))) return OK;
  TRY(candidates(r, orders, instant_at(before, 0, r->zone_offset_ms), fin.from_ms, &drawn, &count));
  TRY(check_finished_range(r->store, r->arena, &fin, &done_rows, &done_count, r->problem));
  for (size_t i = 0; i < count; i++) drawn[i].hash = str_hash(arena_printf(r->arena, "%lld/%.*s/%.*s", (long long)start, STR_ARG(list->name.text), STR_ARG(drawn[i].id)));
  if (count) qsort(drawn, count, sizeof *drawn, by_hash);
  for (size_t i = 0; i < count && (i64)i < list->sample->value.i; i++) {
    bool finished = false;
    for (size_t k = 0; k < done_count; k++) finished |= str_eq(done_rows[k].object, drawn[i].id);
    json_array_append_new(*out, sample_json(people, &drawn[i], orders ? "order" : "conversation", finished));
  }
done:
  return status;
}

static json_t *finding_json(struct read_ctx *r, const struct show_people *people, const struct finding_range_row *f) {
  json_t *o = json_object();
  show_put_text(o, "id", f->event);
  show_put_text(o, "checklist", f->checklist);
  show_put_text(o, "item", f->item);
  show_put_text(o, "person", f->person);
  show_put_text(o, "person_name", show_name(people, f->person));
  show_put_text(o, "object", f->object);
  show_put_text(o, "text", f->text);
  json_object_set_new(o, "files", show_stored(f->files, json_array()));
  show_put_text(o, "by_name", show_name(people, f->by_person));
  show_put_int(o, "at", f->at_ms);
  (void)r;
  return o;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct party_desk desk;
  struct show_people people;
  struct finding_range_row *rows = NULL;
  size_t count = 0;
  json_t *items = json_array(), *findings = json_array();
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  for (size_t i = 0; r->program && i < r->program->item_count; i++) {
    const struct lang_item *item = r->program->items[i];
    json_t *due = NULL;
    if (item->kind != LI_CHECKLIST || (!item->checklist->sample && !item->checklist->has_recur)) continue;
    TRY(samples(r, &people, item->checklist, &due));
    json_t *o = checklist_json(r, &desk, item);
    json_object_set_new(o, "samples", due);
    json_array_append_new(items, o);
  }
  struct finding_range_in in = {.checklist = STR(""), .from_ms = r->now_ms - REVIEW_SHOWN_DAYS * (i64)MS_DAY, .to_ms = r->now_ms + 1};
  TRY(finding_range(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++)
    if (r->actor.owner || str_eq(rows[i].by_person, r->actor.id) || str_eq(rows[i].person, r->actor.id) || party_person_above(&desk, r->actor.id, rows[i].person))
      json_array_append_new(findings, finding_json(r, &people, &rows[i]));
  *result = json_pack("{s:O,s:O,s:n}", "items", items, "findings", findings, "next");
done:
  json_decref(items);
  json_decref(findings);
  return status;
}

static const char *const nouns[] = {"inspection", NULL};
static const char *const tables[] = {"finding", "check_finished", NULL};
static const struct read_def reads[] = {
    {"review.checklists", "", read_checklists, false, "", "Checklists of the rulebook", "检查表"},
    {"review.list", "", read_list, false, "", "Samples due and what was found", "该抽查的与查到的"},
    {NULL},
};
const struct view_def view_review = {.noun = "review", .version = 1, .nouns = nouns, .tables = tables, .fold = fold, .reads = reads};
