/* What the rulebook says about words before they are sent: 禁语 by place, whether the gate would hold the reply, what may be said
 * instead, and which 敬语 a conversation still lacks. Asked while an agent types, and by whoever writes through the API; the
 * judgement itself comes with the event. */
#include "views/json.h"
#include "views/show.h"
#include "views/view.h"

enum { TEXT_MOST = 4000 };

/* Places in UTF-16 units: what pages count in. */
static i64 units(struct str text, u32 bytes) {
  i64 n = 0;
  u32 c;
  for (size_t at = 0; at < bytes;) {
    at += str_decode(text, at, &c);
    n += c > 0xffff ? 2 : 1;
  }
  return n;
}

static json_t *hits_json(struct read_ctx *r, struct str text, const struct word_hit *hits, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o,s:I,s:I,s:b}", "kind", "forbidden", "group", json_of(hits[i].group), "clause", show_clause(r->program, hits[i].clause),
                                          "word", json_of(hits[i].word), "from", (json_int_t)units(text, hits[i].from), "to", (json_int_t)units(text, hits[i].to), "excused",
                                          (int)hits[i].excused));
  return list;
}

static json_t *instead_json(struct read_ctx *r, const struct word_hit *hits, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    const struct str *texts;
    bool told = hits[i].excused;
    for (size_t k = 0; k < i && !told; k++) told = str_eq(hits[k].clause, hits[i].clause);
    size_t n = told ? 0 : engine_words_instead(r->engine, r->arena, hits[i].clause, r->now_ms, &texts);
    for (size_t k = 0; k < n; k++) json_array_append_new(list, json_of(texts[k]));
  }
  return list;
}

/* What the gate would say to this reply; null when it would let it pass. */
static enum status hold_json(struct read_ctx *r, struct str conversation, struct str text, json_t **out) {
  struct gate_decision d;
  struct event *e = event_new(r->arena, EVENT_conversation_agent_replied, r->now_ms, r->actor.id);
  *out = json_null();
  if (conversation.n == 0) return OK;
  event_set_text(e, "conversation", conversation);
  event_set_text(e, "agent", r->actor.id);
  event_set_text(e, "text", text);
  event_set_int(e, "chars", (i64)str_han_count(text));
  enum status status = engine_gate(r->engine, r->arena, e, &d, r->problem);
  if (status != OK || (d.verdict != GATE_REFUSE && d.verdict != GATE_CONSULT)) return status;
  json_t *reasons = json_array();
  for (size_t i = 0; i < d.reason_count; i++)
    json_array_append_new(reasons, json_pack("{s:o,s:o,s:o}", "clause", json_of(d.reasons[i].clause), "text", json_of(d.reasons[i].text_zh), "text_en", json_of(d.reasons[i].text_en)));
  *out = json_pack("{s:s,s:o}", "verdict", d.verdict == GATE_REFUSE ? "refuse" : "consult", "reasons", reasons);
  return OK;
}

static enum status read_check(struct read_ctx *r, json_t *query, json_t **result) {
  struct str text = json_arg(query, "text"), conversation = json_arg(query, "conversation");
  const json_t *raw = json_object_get(query, "text");
  const struct word_hit *hits;
  json_t *hold = NULL;
  if (json_is_string(raw)) text = (struct str){json_string_value(raw), json_string_length(raw)}; /* places count from the first space on */
  if (str_code_points(text) > TEXT_MOST)
    return problem_set(r->problem, E_INVALID, "word.long", "一条消息最多 %d 个字", "A message has at most %d characters", TEXT_MOST);
  size_t count = engine_words(r->engine, r->arena, conversation, text, r->now_ms, &hits);
  enum status status = hold_json(r, conversation, text, &hold);
  if (status != OK) {
    json_decref(hold);
    return status;
  }
  *result = json_pack("{s:o,s:o,s:o}", "hits", hits_json(r, text, hits, count), "hold", hold, "instead", instead_json(r, hits, count));
  return OK;
}

static enum status read_wanted(struct read_ctx *r, json_t *query, json_t **result) {
  const struct word_wanted *wanted;
  size_t count = engine_words_wanted(r->engine, r->arena, json_arg(query, "id"), r->now_ms, &wanted);
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *words = json_array();
    for (size_t k = 0; k < wanted[i].word_count; k++) json_array_append_new(words, json_of(wanted[i].words[k]));
    json_array_append_new(items, json_pack("{s:o,s:o,s:o}", "clause", show_clause(r->program, wanted[i].clause), "group", json_of(wanted[i].group), "words", words));
  }
  *result = json_pack("{s:o,s:n}", "items", items, "next");
  return OK;
}

static const struct read_def reads[] = {
    {"word.check", "会话.人工回复", read_check, true, "text:text! conversation:conversation", "What the rulebook says about a reply before it is sent", "发出之前，制度对这句话怎么说"},
    {"word.wanted", "会话.查看", read_wanted, true, "id:conversation!", "Expected phrases a conversation still lacks", "会话里该说还没说的话"},
    {NULL},
};

static const char *const tables[] = {NULL};
const struct view_def view_word = {.noun = "word", .version = 1, .tables = tables, .reads = reads};
