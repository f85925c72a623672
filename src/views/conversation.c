/* Conversations: folded from the log. routing.c chooses who gets the next, conversation_list.c reads the queue, conversation_read.c one talk.
 *
 * Every message carries the log's seq: that is its place in the thread and the read mark. What people did with the conversation
 * (handed it on, put it aside, joined it) stands between the messages as a line of type `system`, which customers do not see. */
#include "views/conversation.h"

#include "views/conversation.sql.h"
#include "views/conversation_parts.h"
#include "views/find.h"
#include "views/json.h"
#include "views/tagging.h"

#include <string.h>

enum { LAST_TEXT_CHARS = 80 };

/* ---- folds ----------------------------------------------------------------------------------------------------- */

static struct str short_text(struct str s) {
  size_t at = 0;
  u32 c;
  for (int n = 0; n < LAST_TEXT_CHARS && at < s.n; n++) at += str_decode(s, at, &c);
  return str_slice(s, 0, at);
}

/* The field `files` (texts, each an object {"id",…} or a bare id) as a JSON list. */
static struct str files_json(struct arena *a, const struct event *e) {
  struct value v = event_get(e, STR("files"));
  if (v.type != V_LIST || v.count == 0) return STR("[]");
  json_t *list = json_array();
  for (size_t i = 0; i < v.count; i++) {
    struct str s = v.items[i].s;
    json_t *o = s.n && s.p[0] == '{' ? json_loadb(s.p, s.n, 0, NULL) : NULL;
    json_array_append_new(list, o ? o : json_pack("{s:o}", "id", json_of(s)));
  }
  struct str text = show_dump(a, list);
  json_decref(list);
  return text;
}

static json_t *texts_json(struct value list) {
  json_t *out = json_array();
  for (size_t i = 0; list.type == V_LIST && i < list.count; i++) json_array_append_new(out, json_of(list.items[i].s));
  return out;
}

/* {"mentions":[…]} of a note, or "". */
static struct str mentions_more(struct arena *a, const struct event *e) {
  struct value v = event_get(e, STR("mentions"));
  if (v.type != V_LIST || v.count == 0) return STR("");
  json_t *o = json_pack("{s:o}", "mentions", texts_json(v));
  struct str text = show_dump(a, o);
  json_decref(o);
  return text;
}

static enum status fold_message(struct store *s, struct arena *a, const struct event *e, const char *type, struct str by, struct problem *p) {
  struct message_insert_in in = {.conversation = event_get_text(e, "conversation"), .seq = e->seq, .id = e->id, .at_ms = e->occurred_ms,
                                 .by_type = str_c(type), .by_id = by, .text = event_get_text(e, "text"), .files = files_json(a, e),
                                 .quote = event_get_text(e, "quote"), .more = mentions_more(a, e)};
  return message_insert(s, &in, NULL, p);
}

/* What somebody did, as a line of the thread: {"act":"offered","to":"p3","reason":"…"}. */
static enum status fold_act(struct store *s, struct arena *a, const struct event *e, struct str conversation, struct problem *p) {
  static const char *const fields[] = {"to", "former", "reason", "text", "result", "cause", "into", "agent"};
  json_t *more = json_pack("{s:s}", "act", strchr(e->kind->en, '.') + 1);
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct str v = event_get_text(e, fields[i]);
    if (v.n) json_object_set_new(more, fields[i], json_of(v));
  }
  if (event_has(e, "until")) json_object_set_new(more, "until", json_integer(event_get_int(e, "until", 0)));
  struct message_insert_in in = {.conversation = conversation, .seq = e->seq, .id = e->id, .at_ms = e->occurred_ms, .by_type = STR("system"),
                                 .by_id = e->actor, .text = STR(""), .files = STR("[]"), .quote = STR(""), .more = show_dump(a, more)};
  json_decref(more);
  return message_insert(s, &in, NULL, p);
}

/* What a leader said to the agent alone: {"to":"p3"}; conversation_read.c shows it to these two and to leaders. */
static enum status fold_whisper(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  json_t *more = json_pack("{s:o}", "to", json_of(event_get_text(e, "agent")));
  struct message_insert_in in = {.conversation = event_get_text(e, "conversation"), .seq = e->seq, .id = e->id, .at_ms = e->occurred_ms, .by_type = STR("whisper"),
                                 .by_id = e->actor, .text = event_get_text(e, "text"), .files = STR("[]"), .quote = STR(""), .more = show_dump(a, more)};
  json_decref(more);
  return message_insert(s, &in, NULL, p);
}

static struct str last_text(const struct event *e) {
  struct str text = short_text(event_get_text(e, "text"));
  return text.n ? text : event_get(e, STR("files")).type == V_LIST ? STR("[图片/文件]") : STR("");
}

static enum status fold_spoke(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_spoke_in in = {.id = event_get_text(e, "conversation"), .text = last_text(e), .by_id = event_get_text(e, "customer"),
                                     .at_ms = e->occurred_ms, .seq = e->seq};
  enum status status = OK;
  TRY(conversation_spoke(s, &in, NULL, p));
  TRY(fold_message(s, a, e, "customer", in.by_id, p));
  TRY(conversation_rewait(s, &(struct conversation_rewait_in){.id = in.id, .at_ms = in.at_ms}, NULL, p));
done:
  return status;
}

static enum status fold_replied(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str by = e->actor.n ? e->actor : event_get_text(e, "agent");
  struct conversation_replied_in in = {.id = event_get_text(e, "conversation"), .text = last_text(e), .by_id = by, .at_ms = e->occurred_ms,
                                       .seq = e->seq};
  enum status status = OK;
  TRY(conversation_replied(s, &in, NULL, p));
  TRY(fold_message(s, a, e, "agent", by, p));
  TRY(conversation_rewait(s, &(struct conversation_rewait_in){.id = in.id, .at_ms = in.at_ms}, NULL, p));
done:
  return status;
}

static enum status fold_auto(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str by = event_get_text(e, "agent");
  struct conversation_auto_in in = {.id = event_get_text(e, "conversation"), .text = last_text(e), .by_id = by, .at_ms = e->occurred_ms,
                                    .seq = e->seq};
  enum status status = conversation_auto(s, &in, NULL, p);
  return status == OK ? fold_message(s, a, e, "auto", by, p) : status;
}

static enum status load_add(struct store *s, struct str agent, int change, i64 at_ms, struct problem *p) {
  if (!agent.n) return OK;
  return conversation_load_add(s, &(struct conversation_load_add_in){.agent = agent, .change = change, .assigned_ms = at_ms}, NULL, p);
}

static enum status set_agent(struct store *s, struct arena *a, const struct event *e, struct str agent, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  struct conversation_get_row *row;
  enum status status = conversation_get(s, a, &(struct conversation_get_in){.id = id}, &row, p);
  if (status != OK || !row || !agent.n || str_eq(row->agent, agent)) return status;
  TRY(conversation_set_agent(s, &(struct conversation_set_agent_in){.id = id, .agent = agent, .at_ms = e->occurred_ms}, NULL, p));
  if (conversation_is_open(row->state)) {
    TRY(load_add(s, row->agent, -1, 0, p));
    TRY(load_add(s, agent, 1, e->occurred_ms, p));
  }
done:
  return status;
}

static enum status fold_closed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  struct conversation_get_row *row;
  enum status status = conversation_get(s, a, &(struct conversation_get_in){.id = id}, &row, p);
  if (status != OK || !row || !conversation_is_open(row->state)) return status;
  struct conversation_close_in in = {.id = id, .at_ms = e->occurred_ms, .reason = event_get_text(e, "reason"), .has_deal = event_has(e, "deal"),
                                     .deal = event_get_int(e, "deal", 0), .no_deal_reason = event_get_text(e, "no_deal_reason")};
  TRY(conversation_close(s, &in, NULL, p));
  TRY(load_add(s, row->agent, -1, 0, p));
done:
  return status;
}

static enum status fold_started(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_insert_in in = {.id = event_get_text(e, "conversation"), .customer = event_get_text(e, "customer"),
                                      .channel = event_get_text(e, "channel"), .started_ms = e->occurred_ms};
  enum status status = conversation_insert(s, &in, NULL, p);
  return status == OK ? set_agent(s, a, e, event_get_text(e, "agent"), p) : status;
}

static enum status get_row(struct store *s, struct arena *a, const struct event *e, const char *field, struct conversation_get_row **row, struct problem *p) {
  return conversation_get(s, a, &(struct conversation_get_in){.id = event_get_text(e, field)}, row, p);
}

static enum status fold_queued(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_get_row *row;
  enum status status = get_row(s, a, e, "conversation", &row, p);
  if (status != OK || !row || !str_is(row->state, "open")) return status;
  TRY(conversation_queue(s, &(struct conversation_queue_in){.id = row->id}, NULL, p));
  TRY(load_add(s, row->agent, -1, 0, p));
done:
  return status;
}

static enum status fold_reopened(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_get_row *row;
  enum status status = get_row(s, a, e, "conversation", &row, p);
  if (status != OK || !row || conversation_is_open(row->state)) return status;
  TRY(conversation_reopen(s, &(struct conversation_reopen_in){.id = row->id}, NULL, p));
  TRY(load_add(s, row->agent, 1, 0, p));
done:
  return status;
}

static enum status recount(struct store *s, struct str id, struct problem *p) {
  enum status status = conversation_recount(s, &(struct conversation_recount_in){.id = id}, NULL, p);
  return status == OK ? conversation_recount_last(s, &(struct conversation_recount_last_in){.id = id}, NULL, p) : status;
}

/* The messages go over; whoever waits there waits here. The joined one was closed by the event before. */
static enum status fold_merged(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_get_row *row;
  struct str into = event_get_text(e, "into");
  enum status status = get_row(s, a, e, "conversation", &row, p);
  if (status != OK || !row) return status;
  TRY(message_join(s, &(struct message_join_in){.id = row->id, .into_id = into}, NULL, p));
  TRY(conversation_merge(s, &(struct conversation_merge_in){.id = row->id, .into_id = into, .at_ms = e->occurred_ms}, NULL, p));
  TRY(conversation_take_wait(s, &(struct conversation_take_wait_in){.id = into, .wait_ms = row->held_wait_ms, .has_wait_ms = row->has_held_wait_ms}, NULL, p));
  TRY(recount(s, into, p));
  TRY(fold_act(s, a, e, into, p));
done:
  return status;
}

static enum status fold_unmerged(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_get_row *row;
  struct str into = event_get_text(e, "into");
  enum status status = get_row(s, a, e, "conversation", &row, p);
  if (status != OK || !row || !str_is(row->state, "merged")) return status;
  TRY(message_part(s, &(struct message_part_in){.id = row->id, .into_id = into}, NULL, p));
  TRY(conversation_reopen(s, &(struct conversation_reopen_in){.id = row->id}, NULL, p));
  TRY(load_add(s, row->agent, 1, 0, p));
  TRY(recount(s, into, p));
  TRY(recount(s, row->id, p));
  TRY(fold_act(s, a, e, into, p));
done:
  return status;
}

static enum status get_message(struct store *s, struct arena *a, const struct event *e, struct message_of_event_row **m, struct problem *p) {
  struct message_of_event_in in = {.conversation = event_get_text(e, "conversation"), .id = event_get_text(e, "message")};
  return message_of_event(s, a, &in, m, p);
}

static enum status fold_recalled(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct message_of_event_row *m;
  struct str id = event_get_text(e, "conversation");
  enum status status = get_message(s, a, e, &m, p);
  if (status != OK || !m) return status;
  TRY(message_recall(s, &(struct message_recall_in){.conversation = id, .seq = m->seq, .at_ms = e->occurred_ms}, NULL, p));
  TRY(conversation_last_text(s, &(struct conversation_last_text_in){.id = id, .seq = m->seq, .text = STR("[已撤回]")}, NULL, p));
done:
  return status;
}

/* The words that were said before leave the search. */
static enum status reindex(struct store *s, struct arena *a, struct str id, const struct message_of_event_row *m, struct str text, struct problem *p) {
  struct conversation_get_row *row;
  enum status status = conversation_get(s, a, &(struct conversation_get_in){.id = id}, &row, p);
  if (status != OK || !row) return status;
  return find_change_text(s, a, &(struct find_change){.seq = m->seq, .at_ms = m->at_ms, .by = m->by_id, .customer = row->customer, .old_text = m->text, .new_text = text}, p);
}

static enum status fold_edited(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct message_of_event_row *m;
  struct str id = event_get_text(e, "conversation"), text = event_get_text(e, "text"), more = mentions_more(a, e);
  enum status status = get_message(s, a, e, &m, p);
  if (status != OK || !m) return status;
  struct message_edit_put_in old = {.message = event_get_text(e, "message"), .seq = e->seq, .at_ms = e->occurred_ms, .by_id = e->actor, .text = m->text};
  TRY(message_edit_put(s, &old, NULL, p));
  TRY(reindex(s, a, id, m, text, p));
  TRY(message_change(s, &(struct message_change_in){.conversation = id, .seq = m->seq, .at_ms = e->occurred_ms, .text = text, .more = more.n ? more : m->more}, NULL, p));
  TRY(conversation_last_text(s, &(struct conversation_last_text_in){.id = id, .seq = m->seq, .text = short_text(text)}, NULL, p));
done:
  return status;
}

/* The list and the table by tags. */
static enum status set_tags(struct store *s, const struct conversation_get_row *row, struct str tags, struct problem *p) {
  json_t *old = show_stored(row->tags, json_array()), *list = show_stored(tags, json_array()), *one;
  size_t i;
  enum status status = OK;
  json_array_foreach(old, i, one) {
    struct conversation_tagged_end_in gone = {.tag = str_c(json_string_value(one) ? json_string_value(one) : ""), .started_ms = row->started_ms, .conversation = row->id};
    TRY(conversation_tagged_end(s, &gone, NULL, p));
  }
  json_array_foreach(list, i, one) {
    struct conversation_tagged_put_in put = {.tag = str_c(json_string_value(one)), .started_ms = row->started_ms, .conversation = row->id};
    TRY(conversation_tagged_put(s, &put, NULL, p));
  }
  TRY(conversation_tag(s, &(struct conversation_tag_in){.id = row->id, .tags = tags}, NULL, p));
done:
  json_decref(old);
  json_decref(list);
  return status;
}

static enum status fold_tagged(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_get_row *row;
  enum status status = get_row(s, a, e, "conversation", &row, p);
  if (status != OK || !row) return status;
  json_t *list = texts_json(event_get(e, STR("tags")));
  status = set_tags(s, row, show_dump(a, list), p);
  json_decref(list);
  return status;
}

/* A tag has another name now, in every conversation that carries it. */
static enum status fold_tag_renamed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct conversation_with_tag_row *rows;
  struct conversation_get_row *row;
  size_t count;
  struct str from = event_get_text(e, "tag"), into = event_get_text(e, "into");
  enum status status = conversation_with_tag(s, a, &(struct conversation_with_tag_in){.tag = from, .most = TAGGING_MOST}, &rows, &count, p);
  for (size_t i = 0; status == OK && i < count; i++) {
    TRY(conversation_get(s, a, &(struct conversation_get_in){.id = rows[i].conversation}, &row, p));
    if (!row) continue;
    TRY(tag_moved_put(s, &(struct tag_moved_put_in){.move = e->id, .conversation = row->id, .both_tags = tagging_has(row->tags, into)}, NULL, p));
    TRY(set_tags(s, row, tagging_renamed(a, row->tags, from, into), p));
  }
done:
  return status;
}

static enum status fold_tag_back(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct tag_moved_of_row *rows;
  struct conversation_get_row *row;
  size_t count;
  struct str from = event_get_text(e, "tag"), into = event_get_text(e, "into");
  enum status status = tag_moved_of(s, a, &(struct tag_moved_of_in){.move = event_get_text(e, "move")}, &rows, &count, p);
  for (size_t i = 0; status == OK && i < count; i++) {
    TRY(conversation_get(s, a, &(struct conversation_get_in){.id = rows[i].conversation}, &row, p));
    if (row) TRY(set_tags(s, row, tagging_back(a, row->tags, from, into, rows[i].both_tags != 0), p));
  }
done:
  return status;
}

static enum status fold_spam(struct store *s, const struct event *e, bool marked, struct problem *p) {
  struct str id = event_get_text(e, "conversation"), customer = event_get_text(e, "customer");
  enum status status = conversation_set_spam(s, &(struct conversation_set_spam_in){.id = id, .spam = marked}, NULL, p);
  if (status != OK || !customer.n) return status;
  if (!marked) return held_off_end(s, &(struct held_off_end_in){.customer = customer}, NULL, p);
  struct held_off_put_in in = {.customer = customer, .until_ms = event_get_int(e, "until", 0), .conversation = id, .by_person = e->actor};
  return held_off_put(s, &in, NULL, p);
}

static enum status fold_offer(struct store *s, const struct event *e, struct problem *p) {
  struct conversation_offer_in in = {.id = event_get_text(e, "conversation"), .to = event_get_text(e, "to"), .by = event_get_text(e, "person"),
                                     .until_ms = event_get_int(e, "until", 0), .reason = event_get_text(e, "reason"), .text = event_get_text(e, "text")};
  return conversation_offer(s, &in, NULL, p);
}

/* What changes how the conversation stands, beside talk; each leaves its line in the thread. */
static enum status fold_stands(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  enum status status = OK;
  switch ((enum event_kind_id)event_kind_index(e->kind)) {
    case EVENT_conversation_picked_up:
    case EVENT_conversation_taken_over: TRY(set_agent(s, a, e, event_get_text(e, "agent"), p)); break;
    case EVENT_conversation_transferred: TRY(set_agent(s, a, e, event_get_text(e, "to"), p)); break;
    case EVENT_conversation_offered: TRY(fold_offer(s, e, p)); break;
    case EVENT_conversation_offer_ended: TRY(conversation_offer_end(s, &(struct conversation_offer_end_in){.id = id}, NULL, p)); break;
    case EVENT_conversation_queued: TRY(fold_queued(s, a, e, p)); break;
    case EVENT_conversation_snoozed: TRY(conversation_snooze(s, &(struct conversation_snooze_in){.id = id, .until_ms = event_get_int(e, "until", INT64_MAX)}, NULL, p)); break;
    case EVENT_conversation_woken: {
      bool by_hand = str_is(event_get_text(e, "cause"), "人");
      TRY(conversation_wake(s, &(struct conversation_wake_in){.id = id, .has_woken_ms = !by_hand, .woken_ms = e->occurred_ms}, NULL, p));
      break;
    }
    case EVENT_conversation_closed: TRY(fold_closed(s, a, e, p)); break;
    case EVENT_conversation_reopened: TRY(fold_reopened(s, a, e, p)); break;
    case EVENT_conversation_spam_marked: TRY(fold_spam(s, e, true, p)); break;
    case EVENT_conversation_spam_cleared: TRY(fold_spam(s, e, false, p)); break;
    default: return OK;
  }
  TRY(fold_act(s, a, e, id, p));
done:
  return status;
}

/* What was said, and the answers to the questions: "谢谢（回得快不快 5，态度好不好 4）". */
static struct str rating_text(struct arena *a, const struct event *e) {
  struct str text = event_get_text(e, "text");
  struct value answers = event_get(e, STR("answers"));
  for (size_t i = 0; answers.type == V_LIST && i < answers.count; i++)
    text = arena_printf(a, "%.*s%s%.*s%s", STR_ARG(text), i ? "，" : "（", STR_ARG(answers.items[i].s), i + 1 == answers.count ? "）" : "");
  return text;
}

/* The answer of a survey is the rating of its conversation, and a line of the thread. */
static enum status fold_surveyed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "conversation");
  struct value tags = event_get(e, STR("tags"));
  struct str text = rating_text(a, e);
  if (!id.n || !event_has(e, "stars")) return OK;
  for (size_t i = 0; tags.type == V_LIST && i < tags.count; i++) text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), text.n ? " · " : "", STR_ARG(tags.items[i].s));
  enum status status = conversation_rate(s, &(struct conversation_rate_in){.id = id, .rating = event_get_int(e, "stars", 0), .text = text}, NULL, p);
  if (status != OK) return status;
  json_t *more = json_pack("{s:s,s:I,s:o}", "act", "answered", "stars", (json_int_t)event_get_int(e, "stars", 0), "reason", json_of(text));
  struct message_insert_in in = {.conversation = id, .seq = e->seq, .id = e->id, .at_ms = e->occurred_ms, .by_type = STR("system"), .by_id = e->actor, .text = STR(""), .files = STR("[]"),
                                 .quote = STR(""), .more = show_dump(a, more)};
  json_decref(more);
  return message_insert(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  if (e->kind->noun[0] != 'c' && e->kind->noun[0] != 's' && e->kind->noun[0] != 't') return OK; /* conversation, survey, tag */
  struct str id;
  enum event_kind_id kind = (enum event_kind_id)event_kind_index(e->kind);
  switch (kind) {
    case EVENT_conversation_started: return fold_started(s, a, e, p);
    case EVENT_conversation_assigned: return set_agent(s, a, e, event_get_text(e, "agent"), p);
    case EVENT_conversation_whispered: return fold_whisper(s, a, e, p);
    case EVENT_conversation_customer_spoke: return fold_spoke(s, a, e, p);
    case EVENT_conversation_agent_replied: return fold_replied(s, a, e, p);
    case EVENT_conversation_auto_replied: return fold_auto(s, a, e, p);
    case EVENT_conversation_noted: return fold_message(s, a, e, "note", event_get_text(e, "person"), p);
    case EVENT_conversation_machine_wrote: return fold_message(s, a, e, "note", STR(""), p);
    case EVENT_conversation_recalled: return fold_recalled(s, a, e, p);
    case EVENT_conversation_edited:
    case EVENT_conversation_note_edited: return fold_edited(s, a, e, p);
    case EVENT_conversation_merged: return fold_merged(s, a, e, p);
    case EVENT_conversation_unmerged: return fold_unmerged(s, a, e, p);
    case EVENT_conversation_tagged: return fold_tagged(s, a, e, p);
    case EVENT_tag_renamed: return fold_tag_renamed(s, a, e, p);
    case EVENT_tag_rename_undone: return fold_tag_back(s, a, e, p);
    case EVENT_conversation_read: {
      id = event_get_text(e, "conversation");
      i64 seq = event_get_int(e, "up_to", 0);
      if (!event_has(e, "person")) return conversation_read_customer(s, &(struct conversation_read_customer_in){.id = id, .seq = seq}, NULL, p);
      return conversation_read_agent(s, &(struct conversation_read_agent_in){.id = id, .seq = seq}, NULL, p);
    }
    case EVENT_conversation_rated: {
      struct conversation_rate_in in = {.id = event_get_text(e, "conversation"), .rating = event_get_int(e, "stars", 0),
                                        .text = rating_text(a, e)};
      return conversation_rate(s, &in, NULL, p);
    }
    case EVENT_survey_sent: return event_get_text(e, "hash").n ? fold_act(s, a, e, event_get_text(e, "conversation"), p) : OK;
    case EVENT_survey_answered: return fold_surveyed(s, a, e, p);
    default: return fold_stands(s, a, e, p);
  }
}

static const struct read_def reads[] = {
    {"widget.messages", "*", conversation_read_widget, false, "since:int", "What a visitor and the shop said", "访客的消息"},
    {"conversation.list", "会话.查看", conversation_read_list, false, "box:text q:text tag:text channel:text person:person sort:text after:text limit:int",
     "Conversations of a box, those that must be answered first", "会话列表，先答的在前"},
    {"conversation.get", "会话.查看", conversation_read_get, false, "id:conversation!", "One conversation with messages, customer, orders and cases", "一个会话"},
    {"conversation.messages", "会话.查看", conversation_read_messages, false, "id:conversation! before:int after:int limit:int",
     "Earlier or later messages, and which talk of the customer came before", "更多消息，以及这位顾客的上一段会话"},
    {"conversation.edits", "会话.查看", conversation_read_edits, false, "id:conversation! message:text!", "The wordings a message had before", "一条消息改之前的话"},
    {NULL},
};

static const char *const nouns[] = {"conversation", "survey", "tag", NULL};
static const char *const tables[] = {"conversation", "message", "message_edit", "conversation_tagged", "tag_moved", "held_off", "agent_load", NULL};
const struct view_def view_conversation = {.noun = "conversation", .version = 6, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
