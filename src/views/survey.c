/* Links to surveys, folded from the log, and the page's read. See survey.h. */
#include "views/survey.h"

#include "views/conversation.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/setting.sql.h"
#include "views/show.h"
#include "views/survey.sql.h"

const struct survey_tag survey_tags[] = {
    {"回复快", "Fast", true},      {"态度好", "Kind", true},         {"讲得清楚", "Clear", true},     {"问题解决了", "Solved", true},
    {"等太久", "Too slow", false}, {"态度不好", "Unkind", false}, {"没讲清楚", "Unclear", false}, {"问题没解决", "Not solved", false},
};
const size_t survey_tag_count = COUNT_OF(survey_tags);

enum status survey_setting(struct store *s, struct arena *a, json_t **out, struct problem *p) {
  struct desk_setting_get_row *row;
  *out = NULL;
  enum status status = desk_setting_get(s, a, &(struct desk_setting_get_in){.item = STR(SURVEY_ITEM)}, &row, p);
  if (status != OK) return status;
  *out = json_pack("{s:s,s:i}", "url", "", "change_hours", SURVEY_CHANGE_HOURS);
  json_t *set = row ? show_stored(row->value, json_object()) : json_object();
  json_object_update_existing(*out, set);
  json_decref(set);
  return OK;
}

const struct lang_survey *survey_of(const struct lang_program *p, struct str name) {
  for (size_t i = 0; p && i < p->item_count; i++)
    if (p->items[i]->kind == LI_SURVEY && str_eq(p->items[i]->survey->name.text, name)) return p->items[i]->survey;
  return NULL;
}

/* ---- folding --------------------------------------------------------------------------------------------------------------- */

static enum status fold_sent(struct store *s, const struct event *e, struct problem *p) {
  struct survey_link_put_in in = {.id = e->id, .hash = event_get_text(e, "hash"), .survey = event_get_text(e, "survey"), .customer = event_get_text(e, "customer"),
                                  .conversation = event_get_text(e, "conversation"), .sent_ms = e->occurred_ms, .until_ms = event_get_int(e, "until", 0)};
  return in.hash.n ? survey_link_put(s, &in, NULL, p) : OK; /* without a link it is staff who answer, elsewhere */
}

static enum status fold_answered(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct value tags = event_get(e, STR("tags"));
  json_t *answers = json_object(), *list = json_array();
  for (size_t i = 0; i < e->extra_count; i++)
    if (e->extra[i].value.type == V_TEXT) json_object_setn_new(answers, e->extra[i].name.p, e->extra[i].name.n, json_of(e->extra[i].value.s));
  for (size_t i = 0; tags.type == V_LIST && i < tags.count; i++) json_array_append_new(list, json_of(tags.items[i].s));
  struct survey_link_answer_in in = {.id = event_get_text(e, "sending"), .at_ms = e->occurred_ms, .stars = event_get_int(e, "stars", 0), .answers = show_dump(a, answers),
                                     .tags = show_dump(a, list), .remark = event_get_text(e, "text")};
  json_decref(answers);
  json_decref(list);
  return in.id.n ? survey_link_answer(s, &in, NULL, p) : OK;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_survey_sent: return fold_sent(s, e, p);
    case EVENT_survey_answered: return fold_answered(s, a, e, p);
    default: return OK;
  }
}

/* ---- reads ------------------------------------------------------------------------------------------------------------------- */

/* A question with its choices; without choices it is answered in words. */
static json_t *questions_json(const struct lang_survey *s) {
  json_t *list = json_array();
  for (size_t i = 0; s && i < s->question_count; i++) {
    const struct lang_question *q = &s->questions[i];
    json_t *choices = json_array();
    for (size_t k = 0; k < q->type.enum_values.count; k++) json_array_append_new(choices, json_of(q->type.enum_values.p[k].text));
    json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "name", json_of(q->name.text), "title", json_of(q->title.n ? q->title : q->name.text), "choices", choices));
  }
  return list;
}

static json_t *tags_json(void) {
  json_t *list = json_array();
  for (size_t i = 0; i < survey_tag_count; i++)
    json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "zh", survey_tags[i].zh, "en", survey_tags[i].en, "good", (int)survey_tags[i].good));
  return list;
}

static enum status read_page(struct read_ctx *r, json_t *query, json_t **result) {
  struct survey_link_by_hash_row *k;
  struct people_desk_row *desk;
  json_t *setting = NULL;
  enum status status = OK;
  TRY(survey_link_by_hash(r->store, r->arena, &(struct survey_link_by_hash_in){.hash = json_arg(query, "hash")}, &k, r->problem));
  if (!k) TRY(problem_set(r->problem, E_NOT_FOUND, "survey.unknown", "这个链接不对：请用邮件或聊天里收到的完整链接", "This link is not right: please use the whole link from your letter or chat"));
  TRY(people_desk(r->store, r->arena, &desk, r->problem));
  TRY(survey_setting(r->store, r->arena, &setting, r->problem));
  i64 change_ms = json_arg_int(setting, "change_hours", SURVEY_CHANGE_HOURS) * MS_HOUR;
  i64 last_ms = k->has_answered_ms && k->answered_ms + change_ms < k->until_ms ? k->answered_ms + change_ms : k->until_ms;
  const char *state = r->now_ms >= last_ms ? k->has_answered_ms ? "final" : "expired" : k->has_answered_ms ? "answered" : "open";
  *result = json_pack("{s:o,s:o,s:s,s:I,s:I,s:o,s:o,s:I}", "desk", json_of(desk ? desk->name : STR("")), "survey", json_of(k->survey), "state", state, "sent_ms", (json_int_t)k->sent_ms, "until_ms",
                      (json_int_t)last_ms, "questions", questions_json(survey_of(r->program, k->survey)), "tags", tags_json(), "now", (json_int_t)r->now_ms);
  json_object_set_new(*result, "answer", !k->has_answered_ms ? json_null()
                                                             : json_pack("{s:I,s:o,s:o,s:o}", "stars", (json_int_t)k->stars, "answers", show_stored(k->answers, json_object()), "tags",
                                                                         show_stored(k->tags, json_array()), "text", json_of(k->remark)));
done:
  json_decref(setting);
  return status;
}

static enum status read_settings(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  return survey_setting(r->store, r->arena, result, r->problem);
}

static const struct read_def reads[] = {
    {"survey.page", "*", read_page, false, "hash:text!", "A customer's survey behind a link", "链接后面的问卷"},
    {"survey.settings", "设置", read_settings, false, "", "Where survey links lead and how long an answer may be changed", "问卷链接的地址和可改多久"},
    {NULL},
};
static const char *const nouns[] = {"survey", NULL};
static const char *const tables[] = {"survey_link", NULL};
const struct view_def view_survey = {.noun = "survey", .version = 1, .nouns = nouns, .tables = tables, .reads = reads, .fold = fold};
