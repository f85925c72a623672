/* The outbox. A letter is queued in the same transaction as the words it carries, with the Message-ID it will keep through every
 * attempt; the threads that talk to servers (channels/) take what is due and note here what became of it. A letter that was taken
 * over by the server just before a power cut is sent again with the same Message-ID: twice on the wire is one letter to the
 * receiver's program, never is a lost one. */
#include "commands/delivery.h"

#include "base/fault.h"
#include "commands/shorthand.h"
#include "views/channel.h"
#include "views/channel.sql.h"
#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/show.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { RANDOM_BYTES = 12, REFS_MOST = 20, ADDRESS_MOST = 250 };
static const i64 waits_ms[] = {60000, 300000, 900000, 3600000, 7200000, 14400000};
static const i64 give_up_ms = (i64)3 * 24 * 3600 * 1000;

static enum status only_program(struct command_ctx *c) {
  if (c->actor.type == ACTOR_SYSTEM) return OK;
  return problem_set(c->problem, E_DENIED, "channel.system_only", "只由程序自己做", "Only the program itself does this");
}

enum status delivery_tell(struct command_ctx *c, struct str person, struct str text, struct str text_en) {
  if (!person.n) return OK;
  struct event *e = event_new(c->arena, EVENT_notice_sent, c->now_ms, STR(""));
  struct str id;
  enum status status = shorthand_id(c, 'n', &id);
  if (status != OK) return status;
  event_set_text(e, "to", person);
  event_set_text(e, "text", text);
  event_set_text(e, "text_en", text_en);
  event_set_text(e, "notice", id);
  return command_append(c, e);
}

enum status delivery_check_waiting(struct command_ctx *c, struct str message) {
  struct delivery_of_message_row *row;
  enum status status = delivery_of_message(c->store, c->arena, &(struct delivery_of_message_in){.message = message}, &row, c->problem);
  if (status != OK || !row || str_is(row->state, "待发")) return status;
  return problem_set(c->problem, E_CONFLICT, "delivery.gone", "邮件已经寄出，撤不回来也改不了；可以再发一封更正", "The letter has gone and can neither be taken back nor changed; send a correction instead");
}

/* ---- the way out ------------------------------------------------------------------------------------------------------- */

static void chain(struct command_ctx *c, const struct letter_route *from, struct delivery_route *out) {
  json_t *list = show_stored(from->refs, json_array()), *one;
  size_t n = json_array_size(list), i;
  struct value *items = ARENA_ARRAY(c->arena, struct value, n + 1);
  /* Letters of theirs are kept nearest first; a header has them oldest first. */
  json_array_foreach(list, i, one) items[from->oldest_first ? i : n - 1 - i] = value_text(arena_dup(c->arena, str_c(json_string_value(one))));
  json_decref(list);
  out->refs = items;
  out->ref_count = n;
}

enum status delivery_mailbox(struct command_ctx *c, struct str settings, struct str address, struct delivery_route *out) {
  struct channel_settings read;
  json_t *json = show_stored(settings, json_object());
  enum status status = channel_settings_read(c->arena, json, &read, c->problem);
  json_decref(json);
  if (status != OK) return status;
  out->token = read.token;
  (void)str_cut(address, '@', &out->domain);
  return OK;
}

enum status delivery_route_to(struct command_ctx *c, struct str address, struct str title, struct delivery_route *out) {
  struct channel_all_row *all;
  size_t count;
  enum status status = channel_all(c->store, c->arena, &all, &count, c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    if (!all[i].enabled || !str_is(all[i].class, "mail")) continue;
    *out = (struct delivery_route){.by_letter = true, .channel = all[i].id, .address = address, .title = title, .fresh = true};
    return delivery_mailbox(c, all[i].settings, all[i].address, out);
  }
  return status;
}

/* A message left on the website while nobody was there is answered by letter, where an address was left and a mailbox is there. */
static enum status route_of_left(struct command_ctx *c, struct str conversation, struct delivery_route *out) {
  struct conversation_get_row *row;
  struct customer_get_row *u;
  enum status status = OK;
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = conversation}, &row, c->problem));
  if (!row || !str_is(row->channel, "网页留言")) return OK;
  TRY(customer_get(c->store, c->arena, &(struct customer_get_in){.id = row->customer}, &u, c->problem));
  if (u && u->email.n) TRY(delivery_route_to(c, u->email, STR("您在网页上的留言"), out));
  out->fresh = false;
done:
  return status;
}

enum status delivery_find_route(struct command_ctx *c, struct str conversation, struct delivery_route *out) {
  struct letter_route route;
  *out = (struct delivery_route){0};
  enum status status = letter_route_find(c->store, c->arena, conversation, &route, c->problem);
  if (status != OK) return status;
  if (!route.by_letter) return route_of_left(c, conversation, out);
  if (route.off)
    return problem_set(c->problem, E_CONFLICT, "delivery.off", "收这封信的邮箱已经停用，信寄不出去；请在设置的“渠道”里启用，或换别的方式联系", "The mailbox that took this letter in is switched off; switch it on under Settings, Channels, or reach the customer another way");
  *out = (struct delivery_route){.by_letter = true, .channel = route.channel, .address = route.to, .title = route.title, .answers = route.answers};
  chain(c, &route, out);
  return delivery_mailbox(c, route.settings, route.own, out);
}

bool delivery_good_address(struct str s) {
  struct str host, user = str_cut(s, '@', &host);
  bool good = user.n && host.n && str_find(host, STR("@"), 0) == SIZE_MAX && s.n <= ADDRESS_MOST;
  for (size_t i = 0; i < s.n; i++) good = good && (unsigned char)s.p[i] > ' ' && !strchr("<>,;\"()[]\\", s.p[i]);
  return good;
}

enum status delivery_cc_arg(struct command_ctx *c, json_t *args, struct value *out) {
  *out = value_absent();
  if (json_array_size(json_object_get(args, "cc")) == 0) return OK;
  enum status status = shorthand_texts(c, args, "cc", LETTER_CC_MOST, ADDRESS_MOST, out);
  for (size_t i = 0; status == OK && i < out->count; i++)
    if (!delivery_good_address(out->items[i].s))
      status = problem_set(c->problem, E_INVALID, "delivery.cc", "抄送里的“%.*s”不是邮箱地址", "“%.*s” in the copies is no e-mail address", STR_ARG(out->items[i].s));
  return status;
}

enum status delivery_withdraw(struct command_ctx *c, struct str message) {
  struct delivery_of_message_row *row;
  enum status status = delivery_of_message(c->store, c->arena, &(struct delivery_of_message_in){.message = message}, &row, c->problem);
  if (status != OK || !row || !str_is(row->state, "待发")) return status;
  struct event *e = shorthand_event(c, EVENT_delivery_moved);
  event_set_text(e, "delivery", row->id);
  event_set_text(e, "conversation", row->conversation);
  event_set_text(e, "result", STR("收回"));
  event_set_text(e, "person", c->actor.id);
  return command_append(c, e);
}

static struct str fresh_source(struct command_ctx *c, struct str conversation, struct str domain) {
  unsigned char random[RANDOM_BYTES];
  char hex[2 * RANDOM_BYTES + 1];
  randombytes_buf(random, sizeof random);
  sodium_bin2hex(hex, sizeof hex, random, sizeof random);
  return arena_printf(c->arena, "gj.%.*s.%s@%.*s", STR_ARG(conversation), hex, STR_ARG(domain));
}

enum status delivery_queue(struct command_ctx *c, const struct delivery_route *r, struct str conversation, const struct event *said, struct str text, bool automatic) {
  struct str id;
  enum status status = shorthand_id(c, 'd', &id);
  if (status != OK || !r->by_letter) return status;
  struct event *e = event_new(c->arena, EVENT_delivery_queued, c->now_ms, STR(""));
  struct str title = r->title; /* kept without Re: and numbers */
  event_set_text(e, "delivery", id);
  event_set_text(e, "channel", r->channel);
  event_set_text(e, "conversation", conversation);
  if (said) event_set_text(e, "message", said->id);
  event_set_text(e, "source", fresh_source(c, conversation, r->domain));
  event_set_text(e, "to", r->address);
  bool token = str_is(r->token, "subject");
  if (r->cc.type == V_LIST) event_set(e, "cc", r->cc);
  event_set_text(e, "title", arena_printf(c->arena, "%s%.*s%s%s%.*s%s", r->fresh ? "" : "Re: ", STR_ARG(title), title.n ? " " : "", token ? "[#" : "", token ? (int)conversation.n : 0, conversation.p, token ? "]" : ""));
  if (text.n) event_set_text(e, "text", text);
  if (r->answers.n) event_set_text(e, "answers", r->answers);
  size_t skip = r->ref_count > REFS_MOST ? r->ref_count - REFS_MOST : 0;
  if (r->ref_count) event_set(e, "references", (struct value){.type = V_LIST, .items = r->refs + skip, .count = r->ref_count - skip});
  if (automatic) event_set(e, "automatic", value_bool(true));
  return command_append(c, e);
}

/* ---- what became of it ---------------------------------------------------------------------------------------------------- */

/* `sent`: the customer has it, somebody who should get a copy has not. */
static enum status tell_holder(struct command_ctx *c, struct str conversation, bool sent, struct str reason, struct str reason_en) {
  struct conversation_get_row *row;
  enum status status = conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = conversation}, &row, c->problem);
  if (status != OK || !row) return status;
  return delivery_tell(c, row->agent, arena_printf(c->arena, "%s（会话 %.*s）：%.*s", sent ? "邮件寄给顾客了，但有抄送没有寄到" : "给顾客的邮件没有寄到", STR_ARG(conversation), STR_ARG(reason)),
                       arena_printf(c->arena, "%s (conversation %.*s): %.*s", sent ? "A letter went to the customer, but not to all who should get a copy" : "A letter to a customer did not arrive",
                                    STR_ARG(conversation), STR_ARG(reason_en)));
}

static enum status get_delivery(struct command_ctx *c, json_t *args, struct delivery_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 80, &id);
  if (status == OK) status = delivery_get(c->store, c->arena, &(struct delivery_get_in){.id = id}, row, c->problem);
  if (status == OK && !*row) return problem_set(c->problem, E_NOT_FOUND, "delivery.unknown", "发件箱里没有 %.*s", "The outbox has no %.*s", STR_ARG(id));
  return status;
}

static struct event *moved(struct command_ctx *c, const struct delivery_get_row *row, const char *result) {
  struct event *e = event_new(c->arena, EVENT_delivery_moved, c->now_ms, c->actor.type == ACTOR_SYSTEM ? STR("") : c->actor.id);
  event_set_text(e, "delivery", row->id);
  if (row->conversation.n) event_set_text(e, "conversation", row->conversation);
  event_set_text(e, "result", str_c(result));
  return e;
}

struct verdict {
  struct str reason, reason_en, later_reason, later_reason_en;
  struct value refused, later; /* V_LIST or absent */
  i64 next_ms;                 /* of the later ones; 0: by the number of tries */
  bool sent, failed;
};

static enum status verdict_args(struct command_ctx *c, json_t *args, struct verdict *v) {
  struct str outcome;
  enum status status = OK;
  *v = (struct verdict){.refused = value_absent(), .later = value_absent()};
  TRY(command_text(c, args, "outcome", true, 20, &outcome));
  TRY(command_text(c, args, "reason", false, 600, &v->reason));
  TRY(command_text(c, args, "reason_en", false, 600, &v->reason_en));
  TRY(command_text(c, args, "later_reason", false, 600, &v->later_reason));
  TRY(command_text(c, args, "later_reason_en", false, 600, &v->later_reason_en));
  if (json_object_get(args, "refused")) TRY(shorthand_texts(c, args, "refused", LETTER_CC_MOST, ADDRESS_MOST, &v->refused));
  if (json_object_get(args, "later")) TRY(shorthand_texts(c, args, "later", LETTER_CC_MOST, ADDRESS_MOST, &v->later));
  v->sent = str_is(outcome, "sent");
  v->failed = str_is(outcome, "failed");
done:
  return status;
}

static struct value listed(struct command_ctx *c, struct str stored) {
  json_t *list = show_stored(stored, json_array()), *one;
  size_t n = json_array_size(list), i;
  struct value *items = ARENA_ARRAY(c->arena, struct value, n + 1);
  json_array_foreach(list, i, one) items[i] = value_text(arena_dup(c->arena, str_c(json_string_value(one))));
  json_decref(list);
  return n ? (struct value){.type = V_LIST, .items = items, .count = n} : value_absent();
}

static struct value both(struct command_ctx *c, struct value a, struct value b) {
  if (a.type != V_LIST || b.type != V_LIST) return a.type == V_LIST ? a : b;
  struct value *items = ARENA_ARRAY(c->arena, struct value, a.count + b.count);
  for (size_t i = 0; i < a.count + b.count; i++) items[i] = i < a.count ? a.items[i] : b.items[i - a.count];
  return (struct value){.type = V_LIST, .items = items, .count = a.count + b.count};
}

static struct str after(struct command_ctx *c, struct str before, const char *between, struct str more) {
  if (!before.n || !more.n) return before.n ? before : more;
  return arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(before), between, STR_ARG(more));
}

static i64 next_try(const struct command_ctx *c, const struct delivery_get_row *row) {
  return c->now_ms + waits_ms[row->attempts < (i64)COUNT_OF(waits_ms) ? row->attempts : (i64)COUNT_OF(waits_ms) - 1];
}

/* The letter is with the customer. `result`: of this try; what earlier tries left is added, so that the event says how all copies stand.
 * The holder hears of those that never come. */
static enum status copies_noted(struct command_ctx *c, const struct delivery_get_row *row, const char *result, const struct verdict *v, struct str *fresh, struct str *fresh_en) {
  bool over = c->now_ms - row->queued_ms > give_up_ms && v->later.type == V_LIST;
  struct value refused = over ? both(c, v->refused, v->later) : v->refused, later = over ? value_absent() : v->later;
  *fresh = refused.type == V_LIST ? v->reason : STR(""), *fresh_en = refused.type == V_LIST ? v->reason_en : STR("");
  if (over) {
    *fresh = after(c, v->refused.type == V_LIST ? *fresh : STR(""), "；", arena_printf(c->arena, "抄送一直寄不到，不再试了：%.*s", STR_ARG(v->later_reason)));
    *fresh_en = after(c, v->refused.type == V_LIST ? *fresh_en : STR(""), "; ", arena_printf(c->arena, "A copy could not be delivered and is not tried any more: %.*s", STR_ARG(v->later_reason_en)));
  }
  struct event *e = moved(c, row, result);
  struct value all = both(c, listed(c, row->refused), refused);
  bool kept = str_is(str_c(result), "抄送") || str_starts(row->reason, STR("抄送")); /* a bounce may overtake 已发 */
  struct str why = after(c, kept ? row->reason : STR(""), "；", *fresh), why_en = after(c, kept ? row->reason_en : STR(""), "; ", *fresh_en);
  if (all.type == V_LIST) event_set(e, "refused", all);
  if (why.n) event_set_text(e, "reason", why);
  if (why_en.n) event_set_text(e, "reason_en", why_en);
  if (later.type == V_LIST) {
    event_set(e, "again", later);
    event_set_text(e, "again_reason", v->later_reason);
    event_set_text(e, "again_reason_en", v->later_reason_en);
    event_set_int(e, "next", v->next_ms ? v->next_ms : next_try(c, row));
  }
  return command_append(c, e);
}

static bool same_address(struct str a, struct str b) { return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0; }

enum status delivery_copy_returned(struct command_ctx *c, struct str id, struct str address, struct str why, struct str why_en, bool *is) {
  struct delivery_get_row *row;
  struct str fresh, fresh_en;
  *is = false;
  enum status status = delivery_get(c->store, c->arena, &(struct delivery_get_in){.id = id}, &row, c->problem);
  if (status != OK || !row || same_address(address, row->address)) return status;
  struct value cc = listed(c, row->cc);
  for (size_t i = 0; cc.type == V_LIST && i < cc.count; i++) {
    if (!same_address(address, cc.items[i].s)) continue;
    *is = true;
    struct str masked = customer_mask_email(c->arena, address);
    struct verdict v = {.reason = arena_printf(c->arena, "抄送没有寄到：%.*s %.*s", STR_ARG(masked), STR_ARG(why)), .reason_en = arena_printf(c->arena, "A copy was not delivered: %.*s %.*s", STR_ARG(masked), STR_ARG(why_en)),
                        .refused = {.type = V_LIST, .items = &cc.items[i], .count = 1}, .later = listed(c, row->again), .later_reason = row->again_reason, .later_reason_en = row->again_reason_en, .next_ms = row->next_ms};
    TRY(copies_noted(c, row, "抄送", &v, &fresh, &fresh_en));
    return tell_holder(c, row->conversation, true, fresh, fresh_en);
  }
done:
  return status;
}

/* What became of copies that were sent alone: those that are neither refused nor still to come have arrived. */
static enum status note_copies(struct command_ctx *c, const struct delivery_get_row *row, struct verdict *v, struct str *fresh, struct str *fresh_en) {
  struct value waiting = listed(c, row->again);
  if (v->failed) { /* not about a receiver: these words are gone, or the server takes no such letter */
    v->refused = waiting;
    v->reason = arena_printf(c->arena, "抄送没有寄到：%.*s", STR_ARG(v->reason));
    v->reason_en = arena_printf(c->arena, "A copy was not delivered: %.*s", STR_ARG(v->reason_en));
  } else if (!v->sent) {
    v->later = waiting;
    v->later_reason = v->reason;
    v->later_reason_en = v->reason_en;
  }
  return copies_noted(c, row, "抄送", v, fresh, fresh_en);
}

static enum status run_note(struct command_ctx *c, json_t *args, json_t **result) {
  struct delivery_get_row *row;
  struct verdict v;
  struct str fresh = STR(""), fresh_en = STR("");
  enum status status = OK;
  TRY(only_program(c));
  TRY(get_delivery(c, args, &row));
  TRY(verdict_args(c, args, &v));
  bool queued = str_is(row->state, "待发"), last = c->now_ms - row->queued_ms > give_up_ms || v.failed;
  TRY(fault_point("delivery.note"));
  if (queued && v.sent) {
    if (row->copied) v.later = listed(c, row->again), v.later_reason = row->again_reason, v.later_reason_en = row->again_reason_en; /* sent again to the customer alone */
    TRY(copies_noted(c, row, "已发", &v, &fresh, &fresh_en));
  } else if (queued) {
    struct event *e = moved(c, row, last ? "失败" : "待重发");
    event_set_text(e, "reason", v.reason);
    event_set_text(e, "reason_en", v.reason_en);
    if (!last) event_set_int(e, "next", next_try(c, row));
    TRY(command_append(c, e));
    if (last) TRY(tell_holder(c, row->conversation, false, v.reason, v.reason_en));
  } else if (!str_is(row->again, "[]")) {
    TRY(note_copies(c, row, &v, &fresh, &fresh_en));
  } /* else noted already */
  if (fresh.n) TRY(tell_holder(c, row->conversation, true, fresh, fresh_en));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_retry(struct command_ctx *c, json_t *args, json_t **result) {
  struct delivery_get_row *row;
  enum status status = OK;
  TRY(get_delivery(c, args, &row));
  if (str_is(row->state, "收回")) TRY(problem_set(c->problem, E_CONFLICT, "delivery.withdrawn", "这封信寄出前已经撤回", "This letter was taken back before it was sent"));
  bool copies = str_is(row->state, "已发") && !str_is(row->again, "[]");
  if (str_is(row->state, "已发") && !copies) TRY(problem_set(c->problem, E_CONFLICT, "delivery.sent", "这封信已经寄出，不用重发", "This letter has been sent; there is nothing to send again"));
  struct event *e = moved(c, row, copies ? "抄送" : "重发");
  event_set_text(e, "person", c->actor.id);
  event_set_int(e, "next", c->now_ms);
  if (copies) { /* at once; how they stand does not change */
    event_set(e, "refused", listed(c, row->refused));
    event_set(e, "again", listed(c, row->again));
    event_set_text(e, "reason", row->reason);
    event_set_text(e, "reason_en", row->reason_en);
    event_set_text(e, "again_reason", row->again_reason);
    event_set_text(e, "again_reason_en", row->again_reason_en);
  }
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:s}", "id", json_of(row->id), "state", "queued");
done:
  return status;
}

const struct command_def commands_delivery[] = {
    {"delivery.note", "设置", run_note, "id:text! outcome:text! reason:text reason_en:text refused:list later:list later_reason:text later_reason_en:text", "What became of a letter (program only)", "记下投递结果（程序自己做）"},
    {"delivery.retry", "会话.人工回复", run_retry, "id:text!", "Send a letter again that did not arrive, or its copies that did not", "重发没寄到的信，或没寄到的抄送"},
    {NULL},
};
