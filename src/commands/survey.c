/* Surveys that customers answer without signing in: the link goes out as the rulebook orders, the answer comes back once, and may be changed
 * for a time. Of the link's token only the hash is kept in the table and the log's event; the words of the letter carry it. */
#include "commands/survey.h"

#include "commands/delivery.h"
#include "commands/session.h"
#include "commands/shorthand.h"
#include "base/calendar.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/figure.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/show.h"
#include "views/survey.h"
#include "views/survey.sql.h"

#include <sodium.h>

enum { TOKEN_BYTES = 24, URL_MOST = 200, ANSWER_MOST = 200, HOSTS_LEAST = 4 };

/* ---- sending --------------------------------------------------------------------------------------------------------------- */

static i64 valid_ms(const struct lang_survey *s) {
  const struct lang_expr *x = s->valid;
  if (!x || x->kind != LX_LITERAL) return SURVEY_VALID_DAYS * (i64)MS_DAY;
  if (x->value.type == V_DURATION) return x->value.i;
  return x->value.i * (i64)MS_DAY; /* as the engine counts it (rules/survey.c) */
}

static struct str words_of(struct command_ctx *c, struct str desk, struct str link, i64 until_ms) {
  struct civil d = civil_from_date(instant_date(until_ms, c->zone_offset_ms));
  return arena_printf(c->arena,
                      "您好，%.*s想请您评一评这次服务：\n%.*s\n点开就能打分，不用登录，%d月%d日前有效。\n\nPlease rate our service at the link above: no sign-in, valid until %d-%02d-%02d.", STR_ARG(desk),
                      STR_ARG(link), d.month, d.day, d.year, d.month, d.day);
}

/* By letter where their words came as one or they left an address; else no route. A mailbox that is off is no way either. */
static enum status way(struct command_ctx *c, struct str conversation, struct str customer, struct delivery_route *out) {
  struct customer_get_row *u;
  enum status status = delivery_find_route(c, conversation, out);
  if (status == E_CONFLICT) {
    *c->problem = (struct problem){0};
    *out = (struct delivery_route){0};
    return OK;
  }
  if (status != OK || out->by_letter) return status;
  status = customer_get(c->store, c->arena, &(struct customer_get_in){.id = customer}, &u, c->problem);
  return status == OK && u && u->email.n ? delivery_route_to(c, u->email, STR("请您评价这次服务"), out) : status;
}

static enum status say_in_talk(struct command_ctx *c, struct str conversation, struct str text) {
  struct event *e = event_new(c->arena, EVENT_conversation_auto_replied, c->now_ms, STR(""));
  event_set_text(e, "conversation", conversation);
  event_set_text(e, "text", text);
  event_set_text(e, "reason", STR("问卷"));
  return command_append(c, e);
}

enum status survey_send_link(struct command_ctx *c, const struct lang_survey *s, struct str customer, struct str conversation, struct str object) {
  unsigned char random[TOKEN_BYTES];
  char token[2 * TOKEN_BYTES + 1], hash[SESSION_HASH_HEX + 1];
  struct people_desk_row *desk;
  struct conversation_latest_of_row *latest;
  struct delivery_route route;
  json_t *setting = NULL;
  enum status status = OK;
  TRY(survey_setting(c->store, c->arena, &setting, c->problem));
  struct str url = arena_dup(c->arena, json_arg(setting, "url"));
  if (!url.n) TRY(problem_set(c->problem, E_CONFLICT, "survey.no_address", "没有写顾客打开链接的网址，问卷没有发：在“设置 → 问卷链接”里写上", "No address for customers' links is set, so the survey was not sent: write it under Settings, Survey links"));
  if (!conversation.n) {
    TRY(conversation_latest_of(c->store, c->arena, &(struct conversation_latest_of_in){.customer = customer}, &latest, c->problem));
    if (!latest) TRY(problem_set(c->problem, E_CONFLICT, "survey.no_way", "这位顾客没有会话，问卷没有地方发", "This customer has no conversation through which to send the survey"));
    conversation = latest->id;
  }
  randombytes_buf(random, sizeof random);
  sodium_bin2hex(token, sizeof token, random, sizeof random);
  session_token_hash(str_c(token), hash);
  i64 until = c->now_ms + valid_ms(s);
  struct event *e = event_new(c->arena, EVENT_survey_sent, c->now_ms, STR(""));
  event_set_text(e, "survey", s->name.text);
  event_set_text(e, "customer", customer);
  event_set_text(e, "conversation", conversation);
  if (object.n) event_set_text(e, "object", object);
  event_set_text(e, "hash", arena_dup(c->arena, str_c(hash)));
  event_set_int(e, "until", until);
  TRY(command_append(c, e));
  TRY(people_desk(c->store, c->arena, &desk, c->problem));
  struct str text = words_of(c, desk ? desk->name : STR(""), arena_printf(c->arena, "%.*s/c/%s", STR_ARG(url), token), until);
  TRY(way(c, conversation, customer, &route));
  if (route.by_letter) TRY(delivery_queue(c, &route, conversation, NULL, text, true));
  else TRY(say_in_talk(c, conversation, text));
done:
  json_decref(setting);
  return status;
}

/* ---- answering ---------------------------------------------------------------------------------------------------------------- */

struct answer {
  i64 stars;
  struct str remark;
  struct value tags, said; /* said: "总体 满意" for the thread */
};

static enum status take_tags(struct command_ctx *c, json_t *args, struct value *out) {
  *out = value_absent();
  if (json_array_size(json_object_get(args, "tags")) == 0) return OK;
  enum status status = shorthand_texts(c, args, "tags", SURVEY_TAGS_MOST, 20, out);
  for (size_t i = 0; status == OK && i < out->count; i++) {
    bool known = false;
    for (size_t k = 0; k < survey_tag_count; k++) known |= str_is(out->items[i].s, survey_tags[k].zh);
    if (!known) return problem_set(c->problem, E_INVALID, "survey.tag", "没有“%.*s”这个选项", "There is no choice “%.*s”", STR_ARG(out->items[i].s));
  }
  return status;
}

static const struct lang_question *question_of(const struct lang_survey *s, struct str name) {
  for (size_t i = 0; s && i < s->question_count; i++)
    if (str_eq(s->questions[i].name.text, name)) return &s->questions[i];
  return NULL;
}

static bool is_choice(const struct lang_question *q, struct str given) {
  bool any = q->type.enum_values.count == 0;
  for (size_t i = 0; i < q->type.enum_values.count; i++) any |= str_eq(q->type.enum_values.p[i].text, given);
  return any;
}

/* Each answer is a member of the fact by its question's name: 满意度.总体. What was not answered is absent. */
static enum status take_answers(struct command_ctx *c, json_t *args, const struct lang_survey *s, struct event *e, struct value *said) {
  json_t *given = json_object_get(args, "answers"), *v;
  const char *key;
  size_t n = 0;
  struct value *items = ARENA_ARRAY(c->arena, struct value, json_object_size(given) + 1);
  *said = value_absent();
  if (given && !json_is_null(given) && !json_is_object(given)) return problem_set(c->problem, E_INVALID, "survey.answers", "answers 要写成 {题: 答}", "answers is an object of question and answer");
  json_object_foreach(given, key, v) {
    struct str name = arena_dup(c->arena, str_c(key)), text;
    const struct lang_question *q = question_of(s, name);
    if (!q) return problem_set(c->problem, E_INVALID, "survey.question", "问卷里没有“%.*s”这一题，请刷新页面再答", "The survey has no question “%.*s”; reload the page and answer again", STR_ARG(name));
    enum status status = command_text(c, given, key, false, ANSWER_MOST, &text);
    if (status != OK) return status;
    if (!text.n) continue;
    if (!is_choice(q, text)) return problem_set(c->problem, E_INVALID, "survey.choice", "“%.*s”没有“%.*s”这个答案", "“%.*s” has no answer “%.*s”", STR_ARG(name), STR_ARG(text));
    if (event_kind_field(e->kind, name) == SIZE_MAX) event_set_extra(e, c->arena, name, value_text(text));
    items[n++] = value_text(arena_printf(c->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(text)));
  }
  if (n) *said = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

static enum status check_time(struct command_ctx *c, const struct survey_link_by_hash_row *k) {
  json_t *setting;
  enum status status = survey_setting(c->store, c->arena, &setting, c->problem);
  if (status != OK) return status;
  i64 hours = json_arg_int(setting, "change_hours", SURVEY_CHANGE_HOURS);
  json_decref(setting);
  if (c->now_ms >= k->until_ms) return problem_set(c->problem, E_CONFLICT, "survey.expired", "这份问卷已经过了期限，谢谢您来", "This survey has run out; thank you for coming");
  if (k->has_answered_ms && c->now_ms >= k->answered_ms + hours * MS_HOUR)
    return problem_set(c->problem, E_CONFLICT, "survey.final", "您已经评过，过了可以改的时间", "You have answered already, and the time to change it is over");
  return OK;
}

static enum status run_answer(struct command_ctx *c, json_t *args, json_t **result) {
  struct survey_link_by_hash_row *k;
  struct figure_speaker_row *speaker;
  struct conversation_get_row *talk;
  struct answer a = {0};
  struct str hash;
  enum status status = OK;
  TRY(command_text(c, args, "hash", true, 200, &hash));
  TRY(survey_link_by_hash(c->store, c->arena, &(struct survey_link_by_hash_in){.hash = hash}, &k, c->problem));
  if (!k) TRY(problem_set(c->problem, E_NOT_FOUND, "survey.unknown", "这个链接不对：请用邮件或聊天里收到的完整链接", "This link is not right: please use the whole link from your letter or chat"));
  TRY(check_time(c, k));
  TRY(command_int(c, args, "stars", true, 1, 5, &a.stars));
  TRY(command_text(c, args, "text", false, SURVEY_REMARK_MOST, &a.remark));
  TRY(take_tags(c, args, &a.tags));
  struct event *e = event_new(c->arena, EVENT_survey_answered, c->now_ms, k->customer);
  TRY(take_answers(c, args, survey_of(c->program, k->survey), e, &a.said));
  TRY(figure_speaker(c->store, c->arena, &(struct figure_speaker_in){.id = k->conversation}, &speaker, c->problem));
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = k->conversation}, &talk, c->problem));
  struct str agent = speaker ? speaker->by_id : talk ? talk->agent : STR("");
  event_set_text(e, "survey", k->survey);
  event_set_text(e, "customer", k->customer);
  event_set_text(e, "conversation", k->conversation);
  event_set_text(e, "sending", k->id);
  if (agent.n) event_set_text(e, "person", agent);
  event_set_int(e, "stars", a.stars);
  if (a.said.type == V_LIST) event_set(e, "answers", a.said);
  if (a.tags.type == V_LIST) event_set(e, "tags", a.tags);
  if (a.remark.n) event_set_text(e, "text", a.remark);
  TRY(command_append(c, e));
  *result = json_pack("{s:I}", "stars", (json_int_t)a.stars);
done:
  return status;
}

/* ---- the setting ---------------------------------------------------------------------------------------------------------------- */

static bool is_address(struct str s) {
  bool web = str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
  size_t skip = str_starts(s, STR("https://")) ? 8 : 7;
  for (size_t i = 0; i < s.n; i++) web = web && (unsigned char)s.p[i] > ' ' && (unsigned char)s.p[i] < 127 && s.p[i] != '"' && s.p[i] != '<' && s.p[i] != '>' && s.p[i] != '?' && s.p[i] != '#';
  return web && s.n >= skip + HOSTS_LEAST && s.p[s.n - 1] != '/';
}

static enum status run_configure(struct command_ctx *c, json_t *args, json_t **result) {
  struct str url;
  i64 hours = 0;
  json_t *set = NULL;
  enum status status = OK;
  TRY(survey_setting(c->store, c->arena, &set, c->problem));
  if (json_object_get(args, "url")) {
    TRY(command_text(c, args, "url", false, URL_MOST, &url));
    if (url.n && url.p[url.n - 1] == '/') url.n--;
    if (url.n && !is_address(url)) TRY(problem_set(c->problem, E_INVALID, "survey.url", "网址要写成 https://desk.example，后面不带路径的斜线和问号", "The address is written as https://desk.example, without a slash or a question mark at its end"));
    json_object_set_new(set, "url", json_of(url));
  }
  if (json_object_get(args, "change_hours")) {
    TRY(command_int(c, args, "change_hours", true, 0, SURVEY_CHANGE_HOURS_MOST, &hours));
    json_object_set_new(set, "change_hours", json_integer(hours));
  }
  TRY(shorthand_setting(c, STR(SURVEY_ITEM), show_dump(c->arena, set)));
  *result = json_incref(set);
done:
  json_decref(set);
  return status;
}

const struct command_def commands_survey[] = {
    {"survey.answer", "*", run_answer, "hash:text! stars:int! answers:object tags:list text:text", "A customer answers a survey by its link", "顾客凭链接答问卷"},
    {"survey.configure", "设置", run_configure, "url:text change_hours:int", "Where survey links lead and how long an answer may be changed", "设问卷链接的地址和可改多久"},
    {NULL},
};
