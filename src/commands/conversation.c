/* Conversations as the desk's people work on them: the table of commands, accepting, and one act on many.
 *
 * Credit belongs to the one who writes. Who holds the conversation answers; somebody else may when it waits for anybody, when
 * its holder is not there, or when they lead. conversation_message.c says, conversation_hand.c hands on, conversation_stand.c closes, puts
 * aside, joins; what the customer does stands in widget.c. */
#include "commands/conversation_parts.h"

#include "commands/shorthand.h"
#include "views/json.h"

#include <string.h>

/* Whoever waits longest; NULL when nobody does. */
static enum status waits_longest(struct command_ctx *c, struct conversation_get_row **row) {
  struct conversation_waiting_first_row *first;
  *row = NULL;
  enum status status = conversation_waiting_first(c->store, c->arena, &first, c->problem);
  if (status != OK || !first) return status;
  return conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = first->id}, row, c->problem);
}

/* To accept is to take what waits, or lies with somebody who is not there. Out of a present colleague's hands even a leader takes it
 * over, with a reason: two who press the button at once must not take it from each other. With `next` the slower of the two has whoever
 * waits longest now. */
static enum status run_accept(struct command_ctx *c, json_t *args, json_t **result) {
  struct conversation_get_row *asked, *row;
  struct people_get_row *holder = NULL;
  bool takes;
  enum status status = OK;
  TRY(conversation_arg(c, args, "id", &asked));
  row = asked;
  if (command_bool(args, "next") && !str_is(row->state, "waiting") && !str_eq(row->agent, c->actor.id)) {
    if (row->agent.n) TRY(conversation_person(c, row->agent, &holder));
    TRY(waits_longest(c, &row));
    if (!row) TRY(problem_set(c->problem, E_CONFLICT, "conversation.none_waits", "已有别人接了，现在没有顾客等接入", "Somebody else was faster, and no customer waits now"));
  }
  TRY(conversation_refuse_closed(c, row));
  if (!str_eq(row->agent, c->actor.id)) {
    TRY(conversation_check_holder(c, row, &takes));
    if (!takes) {
      TRY(conversation_person(c, row->agent, &holder));
      TRY(problem_set(c->problem, E_CONFLICT, "conversation.accepted", "%.*s已接待这位顾客；要接手请写明原因接管", "%.*s serves this customer already; to have it, take it over with a reason",
                      STR_ARG(holder->name)));
    }
    TRY(conversation_take(c, row));
  }
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "agent", json_of(c->actor.id));
  if (row != asked) json_object_set_new(*result, "instead_of", json_pack("{s:o,s:o}", "id", json_of(asked->id), "agent", holder ? json_of(holder->name) : json_null()));
done:
  return status;
}

/* ---- one act on many -------------------------------------------------------------------------------------------------- */

struct bulk_act {
  const char *name, *permission;
  conversation_run *run;
};
static const struct bulk_act acts[] = {
    {"accept", "会话.接起", run_accept},          {"close", "会话.结束", conversation_run_close},       {"reopen", "会话.重开", conversation_run_reopen},
    {"snooze", "会话.搁置", conversation_run_snooze}, {"wake", "会话.搁置", conversation_run_wake},         {"tag", "会话.标签", conversation_run_tag},
    {"spam", "会话.骚扰", conversation_run_spam},  {"transfer", "会话.转接", conversation_run_transfer}, {"take_over", "会话.接管", conversation_run_take_over},
};

static const struct bulk_act *find_act(struct str name) {
  for (size_t i = 0; i < COUNT_OF(acts); i++)
    if (str_is(name, acts[i].name)) return &acts[i];
  return NULL;
}

/* One of many. What the request is refused for is told beside it and stops nobody else; a handler fails before its first event. */
static enum status bulk_one(struct command_ctx *c, const struct bulk_act *act, json_t *args, json_t *id, json_t *results) {
  json_t *one = NULL, *given = json_copy(args);
  i64 before = command_next_seq(c);
  json_object_del(given, "ids");
  json_object_del(given, "act");
  json_object_set(given, "id", id);
  enum status status = act->run(c, given, &one);
  json_decref(given);
  if (status != OK && (status == E_IO || status == E_FULL || command_next_seq(c) != before)) {
    json_decref(one);
    return status;
  }
  if (status == OK) {
    json_array_append_new(results, json_pack("{s:O,s:b,s:o}", "id", id, "done", json_object_get(one, "decision") ? json_object_get(one, "id") != NULL : 1, "result", one ? one : json_null()));
    return OK;
  }
  struct problem *p = c->problem;
  json_array_append_new(results, json_pack("{s:O,s:b,s:{s:s,s:s,s:s,s:s}}", "id", id, "done", 0, "problem", "key", p->key, "zh", p->zh, "en", p->en, "clause", p->clause));
  *p = (struct problem){0};
  return OK;
}

static enum status run_bulk(struct command_ctx *c, json_t *args, json_t **result) {
  struct str name;
  json_t *ids = json_object_get(args, "ids"), *id, *results = json_array();
  size_t i;
  enum status status = OK;
  TRY(command_text(c, args, "act", true, 20, &name));
  const struct bulk_act *act = find_act(name);
  if (!act) TRY(problem_set(c->problem, E_INVALID, "bulk.act", "成批办不了“%.*s”", "“%.*s” cannot be done on many", STR_ARG(name)));
  if (!json_is_array(ids) || json_array_size(ids) == 0 || json_array_size(ids) > CONVERSATION_BULK_MOST)
    TRY(problem_set(c->problem, E_INVALID, "bulk.ids", "请选 1 到 %d 段会话", "Choose from 1 to %d conversations", CONVERSATION_BULK_MOST));
  json_array_foreach(ids, i, id) if (!json_is_string(id)) TRY(problem_set(c->problem, E_INVALID, "bulk.id", "ids 里要写会话编号", "ids holds the ids of conversations"));
  TRY(command_may(c, act->permission));
  json_array_foreach(ids, i, id) TRY(bulk_one(c, act, args, id, results));
  *result = json_pack("{s:O}", "results", results);
done:
  json_decref(results);
  return status;
}

const struct command_def commands_conversation[] = {
    {"conversation.accept", "会话.接起", run_accept, "id:conversation! next:bool", "Take a waiting conversation; next: when a colleague was faster, the one who waits longest", "接起会话；next：别人先接了就接等得最久的下一位"},
    {"conversation.reply", "会话.人工回复", conversation_run_reply, "id:conversation! text:text files:list note:bool phrase:text phrase_edited:bool mentions:list quote:text cc:list",
     "Answer the customer, or note something for colleagues", "回复顾客，或写内部备注"},
    {"conversation.note", "会话.内部备注", conversation_run_note, "id:conversation! text:text files:list mentions:list quote:text", "A note only colleagues see; who is mentioned is told once", "内部备注，提到的人各收一条通知"},
    {"conversation.whisper", "楼面", conversation_run_whisper, "id:conversation! text:text!", "Say something to the agent that nobody else sees", "对接待人耳语，别人看不到"},
    {"conversation.recall", "会话.人工回复", conversation_run_recall, "id:conversation! message:text!", "Take back one's own message, within two minutes", "两分钟内撤回自己的消息"},
    {"conversation.edit", "会话.人工回复", conversation_run_edit, "id:conversation! message:text! text:text! mentions:list", "Change the words of one's own message or note; colleagues see what it said before", "改自己说的话，同事看得到原话"},
    {"conversation.draft", "会话.查看", conversation_run_draft, "id:conversation! text:text note:bool files:list revision:int", "Keep what is not sent yet, on every device", "存还没发出的话，换设备也在"},
    {"conversation.read", "会话.查看", conversation_run_read, "id:conversation! seq:int!", "Say how far was read", "已读"},
    {"conversation.transfer", "会话.转接", conversation_run_transfer, "id:conversation! to:person! reason:text! note:text", "Hand over to a colleague; with a note they are asked first", "转接；附交代就先请对方接手"},
    {"conversation.offer_answer", "会话.接起", conversation_run_offer_answer, "id:conversation! take:bool withdraw:bool reason:text", "Take or decline a conversation one was asked to take; or withdraw the question", "接手、婉拒，或收回请求"},
    {"conversation.take_over", "会话.接管", conversation_run_take_over, "id:conversation! reason:text! from:person", "Take it out of its holder's hands: a leader, or anybody while the holder is away", "接管：上级随时可以，别人要等接待人离开"},
    {"conversation.close", "会话.结束", conversation_run_close, "id:conversation! reason:text deal:bool no_deal_reason:text", "Close the conversation", "结束会话"},
    {"conversation.reopen", "会话.重开", conversation_run_reopen, "id:conversation! undo:bool", "Open a closed conversation again; undo: as if it had not been closed", "重开会话；撤销就当没有结束过"},
    {"conversation.snooze", "会话.搁置", conversation_run_snooze, "id:conversation! until_ms:int reason:text", "Put aside until a time, or until the customer writes", "搁置到某时，或到顾客再说话"},
    {"conversation.wake", "会话.搁置", conversation_run_wake, "id:conversation!", "Bring back what was put aside", "把搁置的会话叫回来"},
    {"conversation.merge", "会话.合并", conversation_run_merge, "id:conversation! into:conversation!", "Join to another conversation of the same customer", "并入同一顾客的另一段会话"},
    {"conversation.unmerge", "会话.合并", conversation_run_unmerge, "id:conversation!", "Undo a join, within ten minutes", "十分钟内拆回合并"},
    {"conversation.tag", "会话.标签", conversation_run_tag, "id:conversation! tags:list!", "Tag the conversation", "会话标签"},
    {"conversation.spam", "会话.骚扰", conversation_run_spam, "id:conversation! spam:bool reason:text", "Put down as spam and hold the visitor off for a time; spam false: undo", "记为骚扰并暂时不让说话；spam 为否就是解除"},
    {"conversation.bulk", "会话.查看", run_bulk, "act:text! ids:list!", "One act on many conversations; each with its own answer", "对多段会话办同一件事，各有各的结果"},
    {"conversation.due", "*", conversation_run_due, "", "Bring back what is due (the program itself)", "到点的搁置和请求（程序办理）"},
    {NULL},
};
