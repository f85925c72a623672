/* What is said: replies, notes with mentions, taking back, changing, what is not sent yet, reading.
 *
 * An answer and a changed answer are judged by the same gates. Who is mentioned in a note gets one notice that opens at the note,
 * however often the request comes. Nothing of the log changes: a message taken back is a second fact about the first. */
#include "commands/conversation_parts.h"

#include "commands/delivery.h"
#include "commands/shorthand.h"
#include "views/conversation.h"
#include "views/json.h"
#include "views/show.h"
#include "views/unsent.sql.h"

enum { NOTICE_EXCERPT_CHARS = 60, UNSENT_MOST = 500 };

static enum status text_and_files(struct command_ctx *c, json_t *args, struct str *text, struct value *files) {
  enum status status = shorthand_files(c, args, files);
  if (status == OK) status = command_text(c, args, "text", files->type == V_ABSENT, MESSAGE_MOST_CHARS, text);
  return status;
}

static void set_text_and_files(struct event *e, struct str text, struct value files) {
  event_set_text(e, "text", text);
  if (files.type == V_LIST) event_set(e, "files", files);
}

static json_t *sent_json(const struct event *e) {
  return json_pack("{s:o,s:I,s:I}", "id", json_of(e->id), "seq", (json_int_t)e->seq, "at", (json_int_t)e->occurred_ms);
}

static enum status get_message(struct command_ctx *c, struct str conversation, struct str id, struct message_of_event_row **m) {
  enum status status = message_of_event(c->store, c->arena, &(struct message_of_event_in){.conversation = conversation, .id = id}, m, c->problem);
  if (status == OK && !*m) status = problem_set(c->problem, E_NOT_FOUND, "message.unknown", "没有这条消息", "There is no such message");
  return status;
}

/* The message that is answered: of this conversation; a reply to the customer does not quote what only colleagues see. */
static enum status quote_arg(struct command_ctx *c, json_t *args, struct str conversation, bool note, struct str *quote) {
  struct message_of_event_row *m;
  enum status status = OK;
  TRY(command_text(c, args, "quote", false, 80, quote));
  if (!quote->n) return OK;
  TRY(get_message(c, conversation, *quote, &m));
  if (str_is(m->by_type, "system") || str_is(m->by_type, "whisper") || (!note && str_is(m->by_type, "note")))
    TRY(problem_set(c->problem, E_INVALID, "message.quote", "备注只有同事看得到，不能引用给顾客", "A note is for colleagues and cannot be quoted to the customer"));
  if (m->has_recalled_ms) TRY(problem_set(c->problem, E_CONFLICT, "message.quote_recalled", "这条消息已经撤回，不能再引用", "This message was taken back and cannot be quoted"));
done:
  return status;
}

/* ---- notes ---------------------------------------------------------------------------------------------------------- */

/* People at work, each once, not the writer. */
static enum status mentions_arg(struct command_ctx *c, json_t *args, struct value *out) {
  struct value given;
  *out = value_absent();
  if (!json_object_get(args, "mentions")) return OK;
  enum status status = shorthand_texts(c, args, "mentions", CONVERSATION_MENTIONS_MOST, 80, &given);
  if (status != OK) return status;
  struct value *items = ARENA_ARRAY(c->arena, struct value, given.count + 1);
  size_t n = 0;
  for (size_t i = 0; i < given.count; i++) {
    struct people_get_row *person;
    bool twice = str_eq(given.items[i].s, c->actor.id);
    for (size_t k = 0; k < n; k++) twice |= str_eq(items[k].s, given.items[i].s);
    if (twice) continue;
    status = conversation_person(c, given.items[i].s, &person);
    if (status == OK && (!person || !str_is(person->state, "active")))
      status = problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(given.items[i].s));
    if (status != OK) return status;
    items[n++] = given.items[i];
  }
  if (n) *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

static struct str excerpt(struct str s) {
  size_t at = 0;
  u32 c;
  for (int n = 0; n < NOTICE_EXCERPT_CHARS && at < s.n; n++) at += str_decode(s, at, &c);
  return str_slice(s, 0, at);
}

/* One notice for everybody in `mentions` who is not in the stored list `before`. */
static enum status tell_mentioned(struct command_ctx *c, struct value mentions, json_t *before, struct str conversation, struct str message, i64 seq, struct str text) {
  enum status status = OK;
  for (size_t i = 0; mentions.type == V_LIST && i < mentions.count && status == OK; i++) {
    size_t k;
    json_t *one;
    bool told = false;
    json_array_foreach(before, k, one) told |= str_eq(str_c(json_string_value(one) ? json_string_value(one) : ""), mentions.items[i].s);
    if (told) continue;
    struct event *e = shorthand_event(c, EVENT_notice_sent);
    event_set_text(e, "to", mentions.items[i].s);
    event_set_text(e, "text", arena_printf(c->arena, "%.*s在备注里提到你：%.*s", STR_ARG(c->actor.name), STR_ARG(excerpt(text))));
    event_set_text(e, "text_en", arena_printf(c->arena, "%.*s mentioned you in a note: %.*s", STR_ARG(c->actor.name), STR_ARG(excerpt(text))));
    event_set_text(e, "conversation", conversation);
    event_set_text(e, "message", message);
    event_set_int(e, "place", seq);
    status = command_append(c, e);
  }
  return status;
}

enum status conversation_run_note(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str text, quote;
  struct value files, mentions;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(text_and_files(c, args, &text, &files));
  TRY(mentions_arg(c, args, &mentions));
  TRY(quote_arg(c, args, row->id, true, &quote));
  struct event *e = conversation_event(c, EVENT_conversation_noted, row->id);
  event_set_text(e, "person", c->actor.id);
  set_text_and_files(e, text, files);
  if (mentions.type == V_LIST) event_set(e, "mentions", mentions);
  if (quote.n) event_set_text(e, "quote", quote);
  TRY(command_append(c, e));
  TRY(tell_mentioned(c, mentions, NULL, row->id, e->id, e->seq, text));
  TRY(unsent_end(c->store, &(struct unsent_end_in){.conversation = row->id, .person = c->actor.id}, NULL, c->problem));
  *result = sent_json(e);
done:
  return status;
}

/* For the holder's eyes alone (and leaders'): not in the notes, not in what colleagues see, never to the customer. */
enum status conversation_run_whisper(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str text;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_refuse_closed(c, row));
  TRY(command_text(c, args, "text", true, MESSAGE_MOST_CHARS, &text));
  if (!conversation_leads(c)) TRY(problem_set(c->problem, E_DENIED, "whisper.leads", "只有组长和负责人能耳语；给同事留话请用内部备注", "Only a leader may whisper; leave colleagues a note instead"));
  if (!row->agent.n) TRY(problem_set(c->problem, E_CONFLICT, "whisper.nobody", "这段会话没人在接，没有可耳语的人；可以接管", "Nobody holds this conversation; take it instead"));
  if (str_eq(row->agent, c->actor.id)) TRY(problem_set(c->problem, E_CONFLICT, "whisper.self", "这段会话在你手上，不用耳语", "This conversation is yours"));
  struct event *e = conversation_event(c, EVENT_conversation_whispered, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "agent", row->agent);
  event_set_text(e, "text", text);
  TRY(command_append(c, e));
  *result = sent_json(e);
done:
  return status;
}

/* ---- replies -------------------------------------------------------------------------------------------------------- */

enum status conversation_run_reply(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct str text, phrase, quote;
  struct value files;
  struct delivery_route route;
  struct value cc;
  bool takes, done;
  json_t *decision = NULL;
  enum status status = OK;
  if (command_bool(args, "note")) return conversation_run_note(c, args, result);
  TRY(conversation_arg(c, args, "id", &row));
  TRY(conversation_refuse_closed(c, row));
  TRY(text_and_files(c, args, &text, &files));
  TRY(command_text(c, args, "phrase", false, 120, &phrase));
  TRY(quote_arg(c, args, row->id, false, &quote));
  TRY(conversation_check_holder(c, row, &takes));
  TRY(delivery_find_route(c, row->id, &route));
  TRY(delivery_cc_arg(c, args, &cc));
  if (cc.type == V_LIST && !route.by_letter) TRY(problem_set(c->problem, E_INVALID, "delivery.cc_web", "这位顾客不是写信来的，不能抄送", "This customer did not write a letter: there is nobody to copy"));
  route.cc = cc;
  struct event *e = conversation_event(c, EVENT_conversation_agent_replied, row->id);
  event_set_text(e, "agent", c->actor.id);
  if (row->has_wait_since_ms) event_set_int(e, "wait", c->now_ms > row->wait_since_ms ? c->now_ms - row->wait_since_ms : 0);
  set_text_and_files(e, text, files);
  event_set_int(e, "chars", (i64)str_han_count(text));
  if (phrase.n) event_set_text(e, "quick", phrase);
  if (phrase.n && command_bool(args, "phrase_edited")) event_set(e, "quick_edited", value_bool(true));
  if (quote.n) event_set_text(e, "quote", quote);
  if (route.by_letter) event_set_text(e, "channel", STR("邮件"));
  TRY(command_gate(c, e, &done, &decision));
  if (!done) {
    *result = decision;
    return OK;
  }
  if (takes) TRY(conversation_take(c, row));
  TRY(command_append(c, e));
  if (route.by_letter) TRY(delivery_queue(c, &route, row->id, e, STR(""), false));
  TRY(unsent_end(c->store, &(struct unsent_end_in){.conversation = row->id, .person = c->actor.id}, NULL, c->problem));
  *result = sent_json(e);
  if (decision) json_object_update_missing(*result, decision);
done:
  json_decref(decision);
  return status;
}

/* A message of one's own, not older than `most_ms`. */
static enum status own_message(struct command_ctx *c, struct str conversation, struct str id, i64 most_ms, struct message_of_event_row **m) {
  enum status status = OK;
  TRY(get_message(c, conversation, id, m));
  bool note = str_is((*m)->by_type, "note");
  if (!note && !str_is((*m)->by_type, "agent")) TRY(problem_set(c->problem, E_CONFLICT, "message.not_said", "只有人说的话能撤回或改", "Only what a person said can be taken back or changed"));
  if (!str_eq((*m)->by_id, c->actor.id)) TRY(problem_set(c->problem, E_DENIED, "message.not_yours", "只能撤回或改自己说的话", "You can take back or change only what you said yourself"));
  if ((*m)->has_recalled_ms) TRY(problem_set(c->problem, E_CONFLICT, "message.recalled", "这条消息已经撤回了", "This message was taken back already"));
  if (!note) TRY(delivery_check_waiting(c, id));
  i64 age = c->now_ms - (*m)->at_ms;
  if (!note && age > most_ms)
    TRY(problem_set(c->problem, E_CONFLICT, "message.too_late", "发出已 %lld 秒，过了 %lld 秒就不能撤回或改；可以再发一条更正",
                    "It was sent %lld s ago; after %lld s it can no longer be taken back or changed. Send a correction instead", (long long)(age / 1000), (long long)(most_ms / 1000)));
done:
  return status;
}

enum status conversation_run_recall(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct message_of_event_row *m;
  struct str id;
  bool done;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(command_text(c, args, "message", true, 80, &id));
  TRY(own_message(c, row->id, id, CONVERSATION_RECALL_MS, &m));
  struct event *e = conversation_event(c, EVENT_conversation_recalled, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "message", id);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  TRY(delivery_withdraw(c, id));
  json_decref(*result);
  *result = json_pack("{s:o,s:I,s:o}", "id", json_of(id), "recalled_ms", (json_int_t)e->occurred_ms, "text", json_of(m->text));
done:
  return status;
}

/* What the note said before about whom it mentions. */
static json_t *mentioned_before(struct str more) {
  json_t *o = show_stored(more, json_object()), *list = json_object_get(o, "mentions");
  json_incref(list);
  json_decref(o);
  return list;
}

enum status conversation_run_edit(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct message_of_event_row *m;
  struct str id, text;
  struct value mentions;
  json_t *before = NULL;
  bool done = true;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(command_text(c, args, "message", true, 80, &id));
  TRY(command_text(c, args, "text", true, MESSAGE_MOST_CHARS, &text));
  TRY(mentions_arg(c, args, &mentions));
  TRY(own_message(c, row->id, id, CONVERSATION_EDIT_MS, &m));
  bool note = str_is(m->by_type, "note");
  if (str_eq(m->text, text)) TRY(problem_set(c->problem, E_INVALID, "message.same", "话没有变", "The words are the same"));
  if (!note) { /* the new words are judged as the answer they become */
    TRY(conversation_refuse_closed(c, row));
    struct event *said = conversation_event(c, EVENT_conversation_agent_replied, row->id);
    event_set_text(said, "agent", c->actor.id);
    event_set_text(said, "text", text);
    event_set_int(said, "chars", (i64)str_han_count(text));
    TRY(command_gate_now(c, said));
  }
  struct event *e = conversation_event(c, note ? EVENT_conversation_note_edited : EVENT_conversation_edited, row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "message", id);
  event_set_text(e, "text", text);
  if (note && mentions.type == V_LIST) event_set(e, "mentions", mentions);
  if (note) TRY(command_append(c, e));
  else TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  before = mentioned_before(m->more);
  TRY(tell_mentioned(c, note ? mentions : value_absent(), before, row->id, id, m->seq, text));
  json_decref(*result);
  *result = json_pack("{s:o,s:o,s:I}", "id", json_of(id), "text", json_of(text), "edited_ms", (json_int_t)e->occurred_ms);
done:
  json_decref(before);
  return status;
}

enum status conversation_run_read(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  i64 seq = 0;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(command_int(c, args, "seq", true, 0, INT64_MAX, &seq));
  if (seq > row->last_seq) seq = row->last_seq;
  /* Only the holder's reading is a read mark to the customer; colleagues may look without a trace in the thread. */
  if (str_eq(row->agent, c->actor.id) && seq > row->agent_read_seq) {
    struct event *e = conversation_event(c, EVENT_conversation_read, row->id);
    event_set_text(e, "reader", STR("agent"));
    event_set_text(e, "person", c->actor.id);
    event_set_int(e, "up_to", seq);
    TRY(command_append(c, e));
  }
  *result = json_pack("{s:o,s:I}", "id", json_of(row->id), "seq", (json_int_t)seq);
done:
  return status;
}

/* ---- not sent yet ----------------------------------------------------------------------------------------------------- */

/* Kept per person and conversation, no event. Who saves from an older revision than the one kept (another device wrote) changes
 * nothing and gets that text; saving again with its revision puts theirs in its place. */
enum status conversation_run_draft(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *row;
  struct unsent_get_row *d;
  struct unsent_count_row *n;
  struct str text;
  struct value files;
  i64 revision = 0;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &row));
  TRY(command_text(c, args, "text", false, MESSAGE_MOST_CHARS, &text));
  TRY(command_int(c, args, "revision", false, 0, INT64_MAX, &revision));
  TRY(shorthand_files(c, args, &files));
  TRY(unsent_get(c->store, c->arena, &(struct unsent_get_in){.conversation = row->id, .person = c->actor.id}, &d, c->problem));
  if (d && d->revision != revision && !str_eq(d->text, text)) {
    *result = json_pack("{s:b,s:I,s:o,s:b,s:I}", "conflict", 1, "revision", (json_int_t)d->revision, "text", json_of(d->text), "note", d->note != 0, "at", (json_int_t)d->at_ms);
    return OK;
  }
  if (!text.n && files.type == V_ABSENT) {
    TRY(unsent_end(c->store, &(struct unsent_end_in){.conversation = row->id, .person = c->actor.id}, NULL, c->problem));
    *result = json_pack("{s:I}", "revision", (json_int_t)0);
    return OK;
  }
  TRY(unsent_count(c->store, c->arena, &(struct unsent_count_in){.person = c->actor.id}, &n, c->problem));
  if (!d && n->n >= UNSENT_MOST)
    TRY(problem_set(c->problem, E_TOO_LARGE, "draft.many", "没发出的草稿有 %d 段了，请先发掉或清掉一些", "There are %d drafts; send or clear some first", UNSENT_MOST));
  json_t *list = json_array(), *given = json_object_get(args, "files");
  for (size_t i = 0; files.type == V_LIST && i < files.count; i++) json_array_append_new(list, show_stored(files.items[i].s, json_incref(json_array_get(given, i))));
  struct str stored = show_dump(c->arena, list);
  json_decref(list);
  revision = c->now_ms > (d ? d->revision : 0) ? c->now_ms : d->revision + 1;
  struct unsent_put_in in = {.conversation = row->id, .person = c->actor.id, .text = text, .note = command_bool(args, "note"), .files = stored, .revision = revision, .at_ms = c->now_ms};
  TRY(unsent_put(c->store, &in, NULL, c->problem));
  *result = json_pack("{s:I,s:I}", "revision", (json_int_t)revision, "at", (json_int_t)c->now_ms);
done:
  return status;
}
