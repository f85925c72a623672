/* Orders as people work on them: note with flag, add goods, fetch, assign. What shops' lists say comes through import.c. */
#include "commands/shorthand.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/order.h"
#include "views/order.sql.h"
#include "views/people.sql.h"
#include "views/show.h"

enum { ORDER_NO_MOST = 40, NOTE_MOST = 500, ADD_MOST = 500, WAYBILL_MOST = 60 };

static const struct {
  const char *en, *zh;
} flags[] = {{"red", "红"}, {"yellow", "黄"}, {"green", "绿"}, {"blue", "蓝"}, {"purple", "紫"}, {"grey", "灰"}, {"none", "无"}};

static enum status get_order(struct command_ctx *c, json_t *args, struct order_get_row **row) {
  struct str no;
  enum status status = command_text(c, args, json_object_get(args, "no") ? "no" : "id", true, ORDER_NO_MOST, &no);
  if (status == OK) status = order_get(c->store, c->arena, &(struct order_get_in){.id = no}, row, c->problem);
  if (status == OK && !*row) return problem_set(c->problem, E_NOT_FOUND, "order.unknown", "没有订单 %.*s", "There is no order %.*s", STR_ARG(no));
  return status;
}

static enum status flag_word(struct command_ctx *c, json_t *args, struct str *word) {
  struct str flag;
  enum status status = command_text(c, args, "flag", false, 10, &flag);
  *word = STR("");
  if (status != OK || !flag.n) return status;
  for (size_t i = 0; i < COUNT_OF(flags); i++)
    if (str_is(flag, flags[i].en) || str_is(flag, flags[i].zh)) *word = str_c(flags[i].zh);
  if (word->n) return OK;
  return problem_set(c->problem, E_INVALID, "order.flag", "没有“%.*s”色的旗；可用：红黄绿蓝紫灰无", "There is no flag “%.*s”; use red, yellow, green, blue, purple, grey or none",
                     STR_ARG(flag));
}

static enum status run_note(struct command_ctx *c, json_t *args, json_t **result) {
  struct order_get_row *row;
  struct str text, flag;
  bool done;
  enum status status = OK;
  TRY(get_order(c, args, &row));
  TRY(flag_word(c, args, &flag));
  TRY(command_text(c, args, "text", !flag.n, NOTE_MOST, &text));
  struct event *e = shorthand_event(c, EVENT_order_noted);
  event_set_text(e, "order", row->id);
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "text", text.n ? text : row->seller_note);
  if (flag.n) event_set_text(e, "flag", flag);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = json_pack("{s:o,s:o,s:I}", "no", json_of(row->id), "id", json_of(e->id), "at", (json_int_t)e->occurred_ms);
done:
  return status;
}

/* Words of the wish from text, or from the list of items. */
static enum status wish_text(struct command_ctx *c, json_t *args, struct str *text, struct value *items) {
  json_t *list = json_object_get(args, "items");
  enum status status = OK;
  *items = value_absent();
  *text = STR("");
  if (json_is_array(list) && json_array_size(list) > 0) {
    size_t i;
    json_t *v;
    struct value *texts = ARENA_ARRAY(c->arena, struct value, json_array_size(list));
    if (json_array_size(list) > 20) return problem_set(c->problem, E_INVALID, "order.items", "一次最多加 20 样", "At most 20 items at a time");
    json_array_foreach(list, i, v) {
      struct str name = json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : json_arg(v, "name");
      i64 qty = json_is_object(v) ? json_arg_int(v, "qty", 1) : 1;
      if (!name.n || str_code_points(name) > 100 || qty < 1 || qty > 10000)
        return problem_set(c->problem, E_INVALID, "order.item", "第 %zu 样的名称或数量不对", "Name or quantity of item %zu is wrong", i + 1);
      texts[i] = value_text(arena_printf(c->arena, "%.*s × %lld", STR_ARG(name), (long long)qty));
      *text = text->n ? arena_printf(c->arena, "%.*s；%.*s", STR_ARG(*text), STR_ARG(texts[i].s)) : texts[i].s;
    }
    *items = (struct value){.type = V_LIST, .items = texts, .count = json_array_size(list)};
    return OK;
  }
  TRY(command_text(c, args, json_is_string(list) ? "items" : "text", true, ADD_MOST, text));
done:
  return status;
}

/* The decision as the order card shows it: the clause, its words, what the customer pays, who is reminded. */
static void tell_decision(struct command_ctx *c, json_t *result) {
  json_t *d = json_object_get(result, "decision"), *reason = json_array_get(json_object_get(d, "reasons"), 0), *act;
  json_t *charges = json_array(), *reminders = json_array();
  size_t i;
  if (reason) {
    json_object_set_new(d, "clause", show_clause(c->program, json_arg(reason, "clause")));
    json_object_set(d, "zh", json_object_get(reason, "zh"));
    json_object_set(d, "en", json_object_get(reason, "en"));
  }
  json_array_foreach(json_object_get(d, "acts"), i, act) {
    struct str subject = json_arg(act, "subject");
    struct people_get_row *person = NULL;
    (void)!people_get(c->store, c->arena, &(struct people_get_in){.id = subject}, &person, NULL);
    struct customer_get_row *customer = NULL;
    if (!person) (void)!customer_get(c->store, c->arena, &(struct customer_get_in){.id = subject}, &customer, NULL);
    struct str who = person ? person->name : customer ? customer_show_name(c->arena, customer->name) : str_starts(subject, STR("role:")) ? str_slice(subject, 5, subject.n) : subject;
    if (str_is(json_arg(act, "type"), "charge"))
      json_array_append_new(charges, json_pack("{s:o,s:O,s:O}", "who", json_of(who), "fen", json_object_get(act, "fen"), "text", json_object_get(act, "zh")));
    else
      json_array_append_new(reminders, json_pack("{s:o,s:O}", "to", json_of(who), "text", json_object_get(act, "zh")));
  }
  if (d) json_object_set(d, "charges", charges), json_object_set(d, "reminders", reminders);
  json_decref(charges);
  json_decref(reminders);
}

static enum status run_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct order_get_row *row;
  struct str text;
  struct value items;
  bool done;
  json_t *decision = NULL;
  enum status status = OK;
  TRY(get_order(c, args, &row));
  TRY(wish_text(c, args, &text, &items));
  if (str_is(row->state, "cancelled") || str_is(row->state, "refunded") || str_is(row->state, "completed"))
    TRY(problem_set(c->problem, E_CONFLICT, "order.over", "订单已经了结，不能再加货；请顾客另下一单",
                    "The order is closed; nothing can be added, ask for a new order"));
  struct event *e = shorthand_event(c, EVENT_order_changed);
  event_set_text(e, "order", row->id);
  event_set_text(e, "item", STR("加货"));
  event_set_text(e, "customer", row->customer);
  if (row->agent.n) event_set_text(e, "agent", row->agent);
  event_set(e, "new", value_text(text));
  event_set_text(e, "text", text);
  if (items.type == V_LIST) event_set(e, "items", items);
  TRY(shorthand_gated(c, e, &done, &decision));
  *result = decision ? decision : json_object();
  json_object_set_new(*result, "no", json_of(row->id));
  json_object_set_new(*result, "done", json_boolean(done));
  json_object_set_new(*result, "fetched", json_boolean(row->has_fetched_ms));
  if (done) json_object_set_new(*result, "event", json_of(e->id));
  tell_decision(c, *result);
done:
  return status;
}

static enum status run_fetch(struct command_ctx *c, json_t *args, json_t **result) {
  struct order_get_row *row;
  struct str waybill;
  bool done = true;
  enum status status = OK;
  TRY(get_order(c, args, &row));
  TRY(command_text(c, args, "waybill", false, WAYBILL_MOST, &waybill));
  if (str_is(row->state, "cancelled") || str_is(row->state, "refunded"))
    TRY(problem_set(c->problem, E_CONFLICT, "order.over", "订单已取消或退款，不用取单", "The order is cancelled or refunded; there is nothing to fetch"));
  if (!row->has_fetched_ms) {
    struct event *e = shorthand_event(c, EVENT_order_fetched);
    event_set_text(e, "order", row->id);
    event_set_text(e, "person", c->actor.id);
    if (waybill.n) event_set_text(e, "waybill", waybill);
    TRY(shorthand_gated(c, e, &done, result));
    if (!done) goto done;
    json_decref(*result);
  }
  *result = json_pack("{s:o,s:b,s:I}", "no", json_of(row->id), "fetched", 1, "fetched_ms", (json_int_t)(row->has_fetched_ms ? row->fetched_ms : c->now_ms));
done:
  return status;
}

static enum status run_assign(struct command_ctx *c, json_t *args, json_t **result) {
  struct order_get_row *row;
  struct people_get_row *person;
  struct str agent;
  enum status status = OK;
  TRY(get_order(c, args, &row));
  TRY(command_text(c, args, "agent", true, 80, &agent));
  TRY(people_get(c->store, c->arena, &(struct people_get_in){.id = agent}, &person, c->problem));
  if (!person) TRY(problem_set(c->problem, E_NOT_FOUND, "people.unknown", "没有这个人：%.*s", "There is no such person: %.*s", STR_ARG(agent)));
  if (!str_eq(row->agent, agent)) {
    struct event *e = shorthand_event(c, EVENT_order_assigned);
    event_set_text(e, "order", row->id);
    event_set_text(e, "agent", agent);
    if (row->agent.n) event_set_text(e, "former", row->agent);
    TRY(command_append(c, e));
  }
  *result = json_pack("{s:o,s:o,s:o}", "no", json_of(row->id), "agent", json_of(agent), "agent_name", json_of(person->name));
done:
  return status;
}

const struct command_def commands_order[] = {
    {"order.note", "订单.备注", run_note, "no:order! text:text flag:text", "Write a note with a flag on the order", "订单备注"},
    {"order.add", "订单.变更", run_add, "no:order! items:list text:text", "The customer wants something added", "加货"},
    {"order.fetch", "订单.取单", run_fetch, "no:order! waybill:text", "The clerk takes the order for packing", "取单"},
    {"order.assign", "订单.归属", run_assign, "no:order! agent:person!", "Say who received the buyer", "订单归属"},
    {NULL},
};
