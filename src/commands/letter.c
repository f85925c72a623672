/* A letter that a mail channel has taken in: whose it is, which conversation it belongs to, what it means. One letter, one command,
 * one transaction with the place in the mailbox it came from: after a power cut the folder is read on from there, and a letter
 * that comes again is known by its Message-ID and its words.
 *
 * A person's letter is what the customer said and starts clocks. A program's letter (automatic answer, list, loop) is shown as a
 * note where its conversation is known, starts nothing, and is never answered. A letter that came back marks the delivery and
 * tells the agent. */
#include "base/fault.h"
#include "commands/conversation_parts.h"
#include "commands/delivery.h"
#include "commands/service.h"
#include "commands/shorthand.h"
#include "views/channel.h"
#include "views/channel.sql.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/identity.h"
#include "views/identity.sql.h"
#include "views/json.h"
#include "views/leave.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/show.h"

#include <string.h>

enum { PEOPLE_TOLD_MOST = 500, FILES_MOST = 31, REFERENCES_MOST = 20, TOKENS_MOST = 5, RECEIVERS_MOST = 40, SOURCE_MOST = 300, TITLE_MOST = 300, NAME_MOST = 60 };
static const i64 an_hour_ms = 3600000, a_day_ms = 86400000, bounce_window_ms = (i64)5 * 86400000;

struct letter {
  struct str channel, position, source, hash, class, from, from_name, title, text, quoted, why;
  struct value files, refs, to, cc;
  i64 bytes;
  bool no_answer;
  const struct channel_get_row *box;
  struct channel_settings settings;
  /* found */
  struct str conversation, customer, message;
  const char *meaning;  /* word of letter_classes, Chinese */
};

static enum status list_of(struct command_ctx *c, json_t *args, const char *name, size_t most, struct value *out) {
  json_t *list = json_object_get(args, name), *one;
  size_t i, n = 0;
  *out = value_absent();
  if (!json_is_array(list) || json_array_size(list) == 0) return OK;
  struct value *items = ARENA_ARRAY(c->arena, struct value, most);
  json_array_foreach(list, i, one)
    if (n < most && json_is_string(one)) items[n++] = value_text(arena_dup(c->arena, (struct str){json_string_value(one), json_string_length(one)}));
  if (n) *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

/* The files come from file_store_keep: taken over as they are. */
static void files_of(struct command_ctx *c, json_t *args, struct value *out) {
  json_t *list = json_object_get(args, "files"), *one;
  size_t i, n = 0;
  *out = value_absent();
  if (json_array_size(list) == 0) return;
  struct value *items = ARENA_ARRAY(c->arena, struct value, FILES_MOST);
  json_array_foreach(list, i, one)
    if (n < FILES_MOST) items[n++] = value_text(show_dump(c->arena, one));
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
}

static enum status take_args(struct command_ctx *c, json_t *args, struct letter *l) {
  enum status status = OK;
  *l = (struct letter){.meaning = "来信"};
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "channel.system_only", "只由程序自己做", "Only the program itself does this");
  TRY(command_text(c, args, "channel", true, 80, &l->channel));
  TRY(command_text(c, args, "position", true, 60, &l->position));
  TRY(command_text(c, args, "source", true, SOURCE_MOST, &l->source));
  TRY(command_text(c, args, "hash", true, 80, &l->hash));
  TRY(command_text(c, args, "class", true, 20, &l->class));
  TRY(command_text(c, args, "from", false, 250, &l->from));
  TRY(command_text(c, args, "from_name", false, 100, &l->from_name));
  TRY(command_text(c, args, "title", false, TITLE_MOST, &l->title));
  TRY(command_text(c, args, "text", false, LETTER_TEXT_MOST, &l->text));
  TRY(command_text(c, args, "quoted", false, LETTER_TEXT_MOST, &l->quoted));
  TRY(command_text(c, args, "why", false, 600, &l->why));
  TRY(command_int(c, args, "bytes", false, 0, INT64_MAX, &l->bytes));
  TRY(list_of(c, args, "refs", REFERENCES_MOST, &l->refs));
  TRY(list_of(c, args, "to", RECEIVERS_MOST, &l->to));
  TRY(list_of(c, args, "cc", RECEIVERS_MOST, &l->cc));
  files_of(c, args, &l->files);
  l->no_answer = command_bool(args, "no_answer");
  struct channel_get_row *box;
  TRY(channel_get(c->store, c->arena, &(struct channel_get_in){.id = l->channel}, &box, c->problem));
  if (!box || box->removed) TRY(problem_set(c->problem, E_NOT_FOUND, "channel.unknown", "没有这个渠道：%.*s", "There is no channel %.*s", STR_ARG(l->channel)));
  l->box = box;
  json_t *json = show_stored(box->settings, json_object());
  status = channel_settings_read(c->arena, json, &l->settings, c->problem);
  json_decref(json);
done:
  return status;
}

/* ---- whose, and where ---------------------------------------------------------------------------------------------------- */

/* Known already? The same id with other words is another letter (some programs give all of theirs one id). */
static enum status check_known(struct command_ctx *c, struct letter *l, bool *known) {
  struct letter_by_source_row *row;
  *known = false;
  for (int n = 0; n < 2; n++) {
    enum status status = letter_by_source(c->store, c->arena, &(struct letter_by_source_in){.source = l->source}, &row, c->problem);
    if (status != OK || !row) return status;
    if (str_eq(row->hash, l->hash)) {
      *known = true;
      l->conversation = row->conversation;
      return OK;
    }
    l->source = arena_printf(c->arena, "%.*s#%.12s", STR_ARG(l->source), l->hash.p);
  }
  *known = true;
  return OK;
}

static enum status check_own(struct command_ctx *c, struct letter *l) {
  struct channel_by_address_row *own;
  struct delivery_by_source_row *sent;
  enum status status = channel_by_address(c->store, c->arena, &(struct channel_by_address_in){.address = l->from}, &own, c->problem);
  if (status == OK) status = delivery_by_source(c->store, c->arena, &(struct delivery_by_source_in){.source = l->source}, &sent, c->problem);
  if (status == OK && (own || sent)) l->meaning = "自己的";
  return status;
}

static enum status check_loop(struct command_ctx *c, struct letter *l, bool *first) {
  struct letter_count_of_row *n;
  enum status status = letter_count_of(c->store, c->arena, &(struct letter_count_of_in){.sender = l->from, .from_ms = c->now_ms - an_hour_ms}, &n, c->problem);
  if (status != OK || n->count < l->settings.loop_most || channel_loop_excepted(l->settings.loop_except, l->from)) return status;
  *first = n->count == l->settings.loop_most;
  l->meaning = "太多";
  return OK;
}

/* By the letters it answers, ours or the customer's own. */
static enum status by_references(struct command_ctx *c, struct letter *l, struct str *found) {
  for (size_t i = 0; l->refs.type == V_LIST && i < l->refs.count && !found->n; i++) {
    struct delivery_by_source_row *out;
    struct letter_by_source_row *in;
    enum status status = delivery_by_source(c->store, c->arena, &(struct delivery_by_source_in){.source = l->refs.items[i].s}, &out, c->problem);
    if (status == OK && !out) status = letter_by_source(c->store, c->arena, &(struct letter_by_source_in){.source = l->refs.items[i].s}, &in, c->problem);
    if (status != OK) return status;
    *found = out ? out->conversation : in ? in->conversation : STR("");
  }
  return OK;
}

/* By the number in the address or subject; anybody could write one, so only for the conversation's own customer. */
static enum status by_token(struct command_ctx *c, json_t *args, struct str customer, struct str *found) {
  struct value tokens;
  enum status status = list_of(c, args, "tokens", TOKENS_MOST, &tokens);
  for (size_t i = 0; status == OK && tokens.type == V_LIST && i < tokens.count && !found->n; i++) {
    struct conversation_get_row *row;
    status = conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = tokens.items[i].s}, &row, c->problem);
    if (status == OK && row && customer.n && str_eq(row->customer, customer)) *found = row->id;
  }
  return status;
}

static enum status find_customer(struct command_ctx *c, struct letter *l) {
  struct identity_find_row *known;
  struct identity_find_in in = {.kind = STR("email"), .value = identity_value(c->arena, STR("email"), l->from)};
  enum status status = identity_find(c->store, c->arena, &in, &known, c->problem);
  if (status == OK && known) l->customer = known->customer;
  return status;
}

static enum status create_customer(struct command_ctx *c, struct letter *l) {
  enum status status = OK;
  TRY(shorthand_id(c, 'u', &l->customer));
  struct event *e = event_new(c->arena, EVENT_customer_created, c->now_ms, l->customer);
  struct str name = l->from_name;
  if (!name.n || str_find(name, STR("@"), 0) != SIZE_MAX) name = customer_mask_email(c->arena, l->from);
  event_set_text(e, "customer", l->customer);
  event_set_text(e, "source", STR("邮件"));
  event_set_text(e, "name", name);
  event_set_text(e, "email", l->from);
  TRY(command_append(c, e));
done:
  return status;
}

/* Whose conversation: by references, by number, by the sender; and the sender's record, made when there is none. */
static enum status locate(struct command_ctx *c, json_t *args, struct letter *l, bool make, struct conversation_get_row **row) {
  struct str found = STR("");
  struct conversation_open_of_row *open;
  enum status status = OK;
  *row = NULL;
  TRY(find_customer(c, l));
  TRY(by_references(c, l, &found));
  if (!found.n) TRY(by_token(c, args, l->customer, &found));
  if (found.n) TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = found}, row, c->problem));
  if (*row && !l->customer.n) l->customer = (*row)->customer; /* answers from another address of theirs */
  for (int n = 0; *row && str_is((*row)->state, "merged") && n < 8; n++)
    TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = (*row)->merged_into}, row, c->problem));
  if (*row && str_is((*row)->state, "closed")) {
    l->customer = (*row)->customer;
    *row = NULL;
  }
  if (!l->customer.n && make) TRY(create_customer(c, l));
  if (!*row && l->customer.n) {
    TRY(conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = l->customer}, &open, c->problem));
    if (open) TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = open->id}, row, c->problem));
  }
  if (*row) l->conversation = (*row)->id;
done:
  return status;
}

/* ---- what follows --------------------------------------------------------------------------------------------------------- */

static enum status append_received(struct command_ctx *c, const struct letter *l) {
  struct event *e = event_new(c->arena, EVENT_channel_received, c->now_ms, STR(""));
  event_set_text(e, "channel", l->channel);
  event_set_text(e, "source", l->source);
  event_set_text(e, "hash", l->hash);
  if (l->position.n) event_set_text(e, "position", l->position);
  event_set_text(e, "class", str_c(l->meaning));
  if (l->conversation.n) event_set_text(e, "conversation", l->conversation);
  if (l->customer.n) event_set_text(e, "customer", l->customer);
  if (l->message.n) event_set_text(e, "message", l->message);
  event_set_text(e, "from", l->from);
  event_set_text(e, "title", l->title);
  if (l->quoted.n) event_set_text(e, "quoted", l->quoted);
  if (l->refs.type == V_LIST) event_set(e, "references", l->refs);
  if (l->to.type == V_LIST) event_set(e, "to", l->to);
  if (l->cc.type == V_LIST) event_set(e, "cc", l->cc);
  if (strcmp(l->meaning, "没接") == 0) { /* no conversation holds its words */
    if (l->text.n) event_set_text(e, "text", l->text);
    if (l->files.type == V_LIST) event_set(e, "files", l->files);
  }
  if (l->why.n) event_set_text(e, "reason", l->why);
  event_set_int(e, "bytes", l->bytes);
  return command_append(c, e);
}

/* A note in the thread that starts no clock. */
static enum status append_machine(struct command_ctx *c, struct letter *l, struct str text) {
  struct event *e = event_new(c->arena, EVENT_conversation_machine_wrote, c->now_ms, STR(""));
  event_set_text(e, "conversation", l->conversation);
  if (l->customer.n) event_set_text(e, "customer", l->customer);
  event_set_text(e, "text", text);
  if (l->files.type == V_LIST) event_set(e, "files", l->files);
  event_set_text(e, "channel", STR("邮件"));
  event_set_text(e, "title", l->title);
  event_set_text(e, "class", str_c(l->meaning));
  enum status status = command_append(c, e);
  l->message = e->id;
  return status;
}

/* A new conversation asks the gate as one on the page does; a leader who lets a held letter in has decided already. */
static enum status begin(struct command_ctx *c, struct letter *l, bool ask) {
  struct service_reach reach;
  enum status status = OK;
  TRY(service_reach(c, &reach));
  TRY(shorthand_id(c, 'c', &l->conversation));
  struct event *e = event_new(c->arena, EVENT_conversation_started, c->now_ms, l->customer);
  event_set_text(e, "conversation", l->conversation);
  event_set_text(e, "customer", l->customer);
  event_set_text(e, "channel", STR("邮件"));
  event_set_text(e, "direction", STR("来"));
  event_set(e, "offline", value_bool(!reach.there));
  if (ask) TRY(command_gate_now(c, e));
  TRY(command_append(c, e));
done:
  return status;
}

/* To who is there and has room, when nobody holds it or its holder has gone. */
static enum status give(struct command_ctx *c, const struct letter *l, struct str former, struct str *agent) {
  struct people_get_row *holder = NULL;
  struct str next;
  enum status status = OK;
  *agent = former;
  if (former.n) TRY(leave_person(c->store, c->arena, former, c->now_ms, &holder, c->problem));
  if (holder && str_is(holder->state, "active") && !str_is(holder->presence, "offline")) return OK;
  TRY(conversation_give(c, l->conversation, former, former, &next));
  if (!next.n && former.n) TRY(conversation_queue_back(c, l->conversation, former, STR("接待人离线")));
  *agent = next;
done:
  return status;
}

static enum status auto_say(struct command_ctx *c, const struct letter *l, struct str text, const char *reason) {
  struct delivery_route route;
  enum status status = OK;
  struct event *e = event_new(c->arena, EVENT_conversation_auto_replied, c->now_ms, STR(""));
  event_set_text(e, "conversation", l->conversation);
  event_set_text(e, "text", text);
  event_set_text(e, "reason", str_c(reason));
  TRY(command_append(c, e));
  TRY(delivery_find_route(c, l->conversation, &route));
  TRY(delivery_queue(c, &route, l->conversation, e, STR(""), true));
done:
  return status;
}

/* At most once a day in one thread, never to a program: inside the service hours a receipt for what begins a thread, outside them
 * (or while nobody is there) the automatic answer with the time of the next one. */
static enum status answer_automatically(struct command_ctx *c, const struct letter *l, i64 auto_ms, bool refused, bool begun) {
  struct service_reach reach;
  enum status status = OK;
  if (l->no_answer || !l->box->enabled || (auto_ms > 0 && c->now_ms - auto_ms < a_day_ms)) return OK;
  if (refused)
    return auto_say(c, l, arena_printf(c->arena, "您的邮件有 %lld MB，超过我们一封信 %lld MB 的上限，没有收下。请把附件分几封寄，或改用网盘链接；急事可以直接回复这封信。\n\nYour letter of %lld MB is above our limit of %lld MB and was not taken in. Please send the files in several letters, or a link; for anything urgent just answer this letter.",
                                           (long long)((l->bytes + 1048575) / 1048576), (long long)l->settings.most_mb, (long long)((l->bytes + 1048575) / 1048576), (long long)l->settings.most_mb),
                    "太大");
  TRY(service_reach(c, &reach));
  struct str text = reach.there ? begun ? l->settings.receipt : STR("") : l->settings.auto_answer;
  if (!text.n) return OK;
  TRY(auto_say(c, l, reach.there ? text : service_say_when(c, &reach, text), reach.there ? "收到" : reach.open ? "无人在线" : "不在服务时间"));
done:
  return status;
}

/* The rulebook lets no conversation begin: the letter is kept with its words, and who leads is told. */
static enum status hold(struct command_ctx *c, struct letter *l) {
  struct people_all_row *people;
  size_t count;
  enum status status = OK;
  l->meaning = "没接";
  l->conversation = STR("");
  l->why = str_c(arena_cstr(c->arena, str_c(c->problem->zh)));
  struct str why_en = str_c(arena_cstr(c->arena, str_c(c->problem->en)));
  *c->problem = (struct problem){0};
  TRY(append_received(c, l));
  TRY(people_all(c->store, c->arena, &(struct people_all_in){.state = STR("active"), .after = STR(""), .most = PEOPLE_TOLD_MOST}, &people, &count, c->problem));
  for (size_t i = 0; i < count; i++) {
    enum view_place place = view_place_of(c->program, people[i].role);
    if (!people[i].owner && place != PLACE_LEADER && place != PLACE_HEAD) continue;
    TRY(delivery_tell(c, people[i].id, arena_printf(c->arena, "一封来信没有接进来（%.*s）：%.*s。信留着，可以在“现场”接进来", STR_ARG(l->title), STR_ARG(l->why)),
                      arena_printf(c->arena, "A letter was not let in (%.*s): %.*s. It is kept; let it in on the floor page", STR_ARG(l->title), STR_ARG(why_en))));
  }
done:
  return status;
}

static enum status speak(struct command_ctx *c, struct letter *l, struct str text, struct str agent, i64 said) {
  struct event *e = event_new(c->arena, EVENT_conversation_customer_spoke, c->now_ms, l->customer);
  event_set_text(e, "conversation", l->conversation);
  event_set_text(e, "customer", l->customer);
  if (agent.n) event_set_text(e, "agent", agent);
  event_set_int(e, "ordinal", said + 1);
  event_set(e, "first", value_bool(said == 0));
  event_set_text(e, "text", text);
  if (l->files.type == V_LIST) event_set(e, "files", l->files);
  event_set_text(e, "channel", STR("邮件"));
  event_set_text(e, "title", l->title);
  enum status status = command_append(c, e);
  l->message = e->id;
  return status;
}

static enum status take_message(struct command_ctx *c, json_t *args, struct letter *l) {
  struct conversation_get_row *row;
  struct str agent = STR("");
  bool refused = str_is(l->class, "refused");
  enum status status = OK;
  TRY(locate(c, args, l, true, &row));
  if (!row) {
    status = begin(c, l, true);
    if (status == E_REFUSED) return hold(c, l);
    if (status != OK) return status;
  }
  i64 said = row ? row->customer_messages : 0, auto_ms = row ? row->auto_ms : 0;
  TRY(give(c, l, row ? row->agent : STR(""), &agent));
  struct str text = l->text;
  if (refused) {
    l->meaning = "太大";
    text = arena_printf(c->arena, "（这封信有 %lld MB，超过一封信 %lld MB 的上限，正文和附件没有收下%s。原信还在邮箱里。）", (long long)((l->bytes + 1048575) / 1048576), (long long)l->settings.most_mb,
                        l->no_answer ? "" : "，已回信告诉对方");
  }
  if (!text.n && l->files.type != V_LIST) text = l->title.n ? l->title : STR("（空白邮件）");
  TRY(speak(c, l, text, agent, said));
  TRY(append_received(c, l));
  TRY(answer_automatically(c, l, auto_ms, refused, row == NULL));
done:
  return status;
}

/* A program wrote: a note where the thread is known, else only in the channel's own list. */
static enum status take_machine(struct command_ctx *c, json_t *args, struct letter *l, bool show) {
  struct conversation_get_row *row = NULL;
  enum status status = OK;
  if (show) TRY(locate(c, args, l, false, &row));
  if (row) {
    struct str text = l->text.n ? l->text : l->title;
    bool loop = strcmp(l->meaning, "太多") == 0;
    if (loop) text = arena_printf(c->arena, "（这个地址一小时里来了 %lld 封信以上，像是程序在来回发。之后的信只记在渠道的来信记录里，不再提醒。）\n%.*s", (long long)l->settings.loop_most, STR_ARG(text));
    TRY(append_machine(c, l, text));
  } else {
    l->conversation = STR("");
  }
  TRY(append_received(c, l));
done:
  return status;
}

static enum status take_bounce(struct command_ctx *c, json_t *args, struct letter *l) {
  struct str id, recipient, code, reason;
  struct delivery_by_source_row *sent = NULL;
  struct conversation_get_row *talk;
  bool copy = false;
  enum status status = OK;
  l->meaning = "退信";
  TRY(command_text(c, args, "bounce_id", false, SOURCE_MOST, &id));
  TRY(command_text(c, args, "bounce_to", false, 250, &recipient));
  TRY(command_text(c, args, "bounce_code", false, 40, &code));
  TRY(command_text(c, args, "bounce_reason", false, 500, &reason));
  if (id.n) TRY(delivery_by_source(c->store, c->arena, &(struct delivery_by_source_in){.source = id}, &sent, c->problem));
  struct str delivery = sent ? sent->id : STR("");
  if (sent) l->conversation = sent->conversation;
  if (!sent && recipient.n) { /* the old letter is not in it: the last one to that address */
    struct delivery_to_row *to;
    TRY(delivery_to(c->store, c->arena, &(struct delivery_to_in){.address = recipient, .from_ms = c->now_ms - bounce_window_ms}, &to, c->problem));
    if (to) delivery = to->id, l->conversation = to->conversation;
  }
  if (!delivery.n) return take_machine(c, args, l, false);
  struct str why = arena_printf(c->arena, "对方服务器退信%s%.*s：%.*s", code.n ? " " : "", STR_ARG(code), STR_ARG(reason)), why_en = arena_printf(c->arena, "returned%s%.*s: %.*s", code.n ? " " : "", STR_ARG(code), STR_ARG(reason));
  TRY(delivery_copy_returned(c, delivery, recipient, why, why_en, &copy));
  if (!copy) {
    struct event *e = event_new(c->arena, EVENT_delivery_moved, c->now_ms, STR(""));
    event_set_text(e, "delivery", delivery);
    event_set_text(e, "conversation", l->conversation);
    event_set_text(e, "result", STR("退回"));
    event_set_text(e, "reason", why);
    event_set_text(e, "reason_en", why_en);
    TRY(command_append(c, e));
  }
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = l->conversation}, &talk, c->problem));
  if (talk) l->customer = talk->customer;
  TRY(append_machine(c, l, why));
  if (talk && !copy)
    TRY(delivery_tell(c, talk->agent, arena_printf(c->arena, "给顾客的邮件被退回（会话 %.*s）：%.*s", STR_ARG(talk->id), STR_ARG(why)),
                      arena_printf(c->arena, "A letter to a customer came back (conversation %.*s): %.*s", STR_ARG(talk->id), STR_ARG(why_en))));
  TRY(append_received(c, l));
done:
  return status;
}

static enum status run_receive(struct command_ctx *c, json_t *args, json_t **result) {
  struct letter l;
  bool known = false, first = false;
  enum status status = OK;
  TRY(take_args(c, args, &l));
  TRY(check_known(c, &l, &known));
  if (known) {
    l.meaning = "重复";
    TRY(append_received(c, &l));
    goto answer;
  }
  TRY(fault_point("letter.receive"));
  if (str_is(l.class, "bounce")) {
    TRY(take_bounce(c, args, &l));
    goto answer;
  }
  if (str_is(l.class, "unreadable") || !l.from.n) {
    l.meaning = "读不了";
    TRY(append_received(c, &l));
    goto answer;
  }
  TRY(check_own(c, &l));
  if (strcmp(l.meaning, "自己的") == 0) {
    TRY(append_received(c, &l));
    goto answer;
  }
  TRY(check_loop(c, &l, &first));
  bool loop = strcmp(l.meaning, "太多") == 0, automatic = str_is(l.class, "auto");
  if (automatic && !loop) l.meaning = "自动";
  if (loop || automatic) TRY(take_machine(c, args, &l, !loop || first));
  else TRY(take_message(c, args, &l));
answer:
  *result = json_pack("{s:o,s:o,s:s}", "conversation", json_of_or_null(l.conversation), "message", json_of_or_null(l.message), "class", l.meaning);
done:
  return status;
}

/* A stored JSON list of texts as V_LIST. */
static struct value stored_list(struct command_ctx *c, struct str list) {
  json_t *from = show_stored(list, json_array()), *one;
  size_t i, n = json_array_size(from);
  struct value *items = ARENA_ARRAY(c->arena, struct value, n + 1);
  json_array_foreach(from, i, one) items[i] = value_text(arena_dup(c->arena, str_c(json_string_value(one))));
  json_decref(from);
  return n ? (struct value){.type = V_LIST, .items = items, .count = n} : value_absent();
}

/* Who leads lets a letter in that the rulebook held. */
static enum status run_admit(struct command_ctx *c, json_t *args, json_t **result) {
  struct letter_get_row *row;
  struct conversation_open_of_row *open;
  struct str agent;
  i64 seq;
  enum status status = OK;
  if (!conversation_leads(c)) return problem_set(c->problem, E_DENIED, "letter.leads", "制度没接的信由组长以上接进来", "A letter that the rulebook held is let in by who leads");
  TRY(command_int(c, args, "seq", true, 1, INT64_MAX, &seq));
  TRY(letter_get(c->store, c->arena, &(struct letter_get_in){.seq = seq}, &row, c->problem));
  if (!row || !str_is(row->class, "没接")) TRY(problem_set(c->problem, E_NOT_FOUND, "letter.unknown", "没有这封待接的信", "There is no such held letter"));
  if (row->taken) TRY(problem_set(c->problem, E_CONFLICT, "letter.admitted", "这封信已经接进来了", "This letter was let in already"));
  struct letter l = {.channel = row->channel, .source = row->source, .hash = row->hash, .from = row->sender, .title = row->title, .quoted = row->quoted, .text = row->words, .customer = row->customer,
                     .refs = stored_list(c, row->refs), .to = stored_list(c, row->receivers), .cc = stored_list(c, row->cc), .files = stored_list(c, row->files), .meaning = "来信"};
  TRY(conversation_open_of(c->store, c->arena, &(struct conversation_open_of_in){.customer = l.customer}, &open, c->problem));
  if (open) l.conversation = open->id;
  else TRY(begin(c, &l, false));
  TRY(give(c, &l, open ? open->agent : STR(""), &agent));
  struct str text = l.text.n || l.files.type == V_LIST ? l.text : l.title.n ? l.title : STR("（空白邮件）");
  TRY(speak(c, &l, text, agent, open ? open->customer_messages : 0));
  TRY(append_received(c, &l));
  *result = json_pack("{s:o,s:o}", "conversation", json_of(l.conversation), "message", json_of(l.message));
done:
  return status;
}

const struct command_def commands_letter[] = {
    {"letter.admit", "会话.接管", run_admit, "seq:int!", "Let a letter in that the rulebook held", "把制度没接的信接进来"},
    {"letter.receive", "设置", run_receive, "channel:text! position:text! source:text! hash:text! class:text! from:text title:text text:text", "Take a letter in (program only)", "收进一封信（程序自己做）"},
    {NULL},
};
