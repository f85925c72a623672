/* Customers as people work on them: change the profile, open one hidden field with a reason, link to the buyer of an order. */
#include "commands/shorthand.h"
#include "views/customer.sql.h"
#include "views/identity.sql.h"
#include "views/json.h"
#include "views/order.sql.h"
#include "views/show.h"

enum { REASON_MOST = 200, TAGS_MOST = 20, TAG_MOST_CHARS = 20 };

static const struct {
  const char *name;
  size_t most; /* characters */
} fields[] = {{"name", 60}, {"phone", 30}, {"address", 200}, {"id_number", 30}, {"email", 100}, {"note", 2000}};

static struct str field_of(const struct customer_get_row *row, struct str name) {
  if (str_is(name, "name")) return row->name;
  if (str_is(name, "phone")) return row->phone;
  if (str_is(name, "address")) return row->address;
  if (str_is(name, "id_number")) return row->id_number;
  if (str_is(name, "email")) return row->email;
  return row->note;
}

static enum status get_customer(struct command_ctx *c, json_t *args, struct customer_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 120, &id);
  if (status == OK) status = customer_get(c->store, c->arena, &(struct customer_get_in){.id = id}, row, c->problem);
  if (status == OK && !*row)
    return problem_set(c->problem, E_NOT_FOUND, "customer.unknown", "没有顾客 %.*s", "There is no customer %.*s", STR_ARG(id));
  return status;
}

static enum status append_change(struct command_ctx *c, struct str customer, const char *item, const char *field, struct str old, struct str new) {
  struct event *e = shorthand_event(c, EVENT_customer_changed);
  event_set_text(e, "customer", customer);
  event_set_text(e, "item", str_c(item));
  event_set(e, "old", value_text(old));
  event_set(e, "new", value_text(new));
  event_set_text(e, "person", c->actor.id);
  if (field) event_set_text(e, "field", str_c(field));
  return command_append(c, e);
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct customer_get_row *row;
  struct str texts[COUNT_OF(fields)], level;
  struct value tags = value_absent();
  enum status status = OK;
  TRY(get_customer(c, args, &row));
  for (size_t i = 0; i < COUNT_OF(fields); i++) TRY(command_text(c, args, fields[i].name, false, fields[i].most, &texts[i]));
  TRY(command_text(c, args, "level", false, 20, &level));
  if (json_object_get(args, "tags")) TRY(shorthand_texts(c, args, "tags", TAGS_MOST, TAG_MOST_CHARS, &tags));
  if (json_object_get(args, "name") && !texts[0].n) TRY(problem_set(c->problem, E_INVALID, "customer.name", "称呼不能空着", "The name cannot be empty"));
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct str old = field_of(row, str_c(fields[i].name));
    if (json_object_get(args, fields[i].name) && !str_eq(old, texts[i])) TRY(append_change(c, row->id, "资料", fields[i].name, old, texts[i]));
  }
  if (json_object_get(args, "level") && !str_eq(level, row->level)) TRY(append_change(c, row->id, "等级", NULL, row->level, level));
  if (tags.type == V_LIST) {
    struct str text = show_dump(c->arena, json_object_get(args, "tags"));
    if (!str_eq(text, row->tags)) TRY(append_change(c, row->id, "标签", NULL, row->tags, text));
  }
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_reveal(struct command_ctx *c, json_t *args, json_t **result) {
  struct customer_get_row *row;
  struct str field, reason, class = shorthand_customer_class(c->program);
  bool done, known = false;
  enum status status = OK;
  TRY(get_customer(c, args, &row));
  TRY(command_text(c, args, "field", true, 20, &field));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  for (size_t i = 0; i < COUNT_OF(fields); i++) known = known || str_is(field, fields[i].name);
  if (!known) TRY(problem_set(c->problem, E_INVALID, "customer.field", "没有“%.*s”这一栏", "There is no field “%.*s”", STR_ARG(field)));
  if (str_code_points(reason) < 2) TRY(problem_set(c->problem, E_INVALID, "customer.reason", "请写清为什么要看", "Say why you need to see it"));
  struct event *e = shorthand_event(c, EVENT_data_opened);
  if (class.n) event_set_text(e, "class", class);
  event_set(e, "object", value_text(row->id));
  event_set_text(e, "field", field);
  event_set_text(e, "reason", reason);
  event_set_text(e, "person", c->actor.id);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = json_pack("{s:o,s:o}", "field", json_of(field), "value", json_of(field_of(row, field)));
done:
  return status;
}

static enum status run_link(struct command_ctx *c, json_t *args, json_t **result) {
  struct customer_get_row *row;
  struct order_get_row *order;
  struct str no;
  enum status status = OK;
  TRY(get_customer(c, args, &row));
  TRY(command_text(c, args, "order", true, 40, &no));
  TRY(order_get(c->store, c->arena, &(struct order_get_in){.id = no}, &order, c->problem));
  if (!order) TRY(problem_set(c->problem, E_NOT_FOUND, "order.unknown", "没有订单 %.*s", "There is no order %.*s", STR_ARG(no)));
  if (!str_eq(order->customer, row->id) && !str_eq(order->customer, row->linked))
    TRY(append_change(c, row->id, "合并", "order", row->linked, order->customer));
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "linked", json_of(order->customer));
done:
  return status;
}

/* Two records of one customer: the other's conversations, orders and addresses come under this one. */
static enum status run_merge(struct command_ctx *c, json_t *args, json_t **result) {
  struct customer_get_row *row, *other;
  struct str other_id, reason;
  bool done;
  enum status status = OK;
  TRY(get_customer(c, args, &row));
  TRY(command_text(c, args, "other", true, 120, &other_id));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  TRY(customer_get(c->store, c->arena, &(struct customer_get_in){.id = other_id}, &other, c->problem));
  if (!other) TRY(problem_set(c->problem, E_NOT_FOUND, "customer.unknown", "没有顾客 %.*s", "There is no customer %.*s", STR_ARG(other_id)));
  if (str_eq(row->id, other->id)) TRY(problem_set(c->problem, E_INVALID, "customer.same", "这就是同一份档案", "This is the same record"));
  if (row->merged_into.n || other->merged_into.n)
    TRY(problem_set(c->problem, E_CONFLICT, "customer.merged", "其中一份已经并到别的档案里了，请打开那一份", "One of them was merged into another record already; open that one"));
  struct event *e = shorthand_event(c, EVENT_customer_merged);
  event_set_text(e, "customer", row->id);
  event_set_text(e, "other", other->id);
  event_set_text(e, "reason", reason);
  event_set_text(e, "person", c->actor.id);
  TRY(shorthand_gated(c, e, &done, result));
  if (!done) goto done;
  json_decref(*result);
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "merge", json_of(e->id));
done:
  return status;
}

static enum status run_unmerge(struct command_ctx *c, json_t *args, json_t **result) {
  struct customer_get_row *row;
  struct customer_merge_get_row *merge;
  struct str id, reason;
  enum status status = OK;
  TRY(get_customer(c, args, &row));
  TRY(command_text(c, args, "merge", true, 80, &id));
  TRY(command_text(c, args, "reason", false, REASON_MOST, &reason));
  TRY(customer_merge_get(c->store, c->arena, &(struct customer_merge_get_in){.id = id}, &merge, c->problem));
  if (!merge || !str_eq(merge->customer, row->id)) TRY(problem_set(c->problem, E_NOT_FOUND, "customer.no_merge", "这份档案没有这一次并档", "This record has no such merge"));
  if (merge->undone) TRY(problem_set(c->problem, E_CONFLICT, "customer.unmerged", "这一次并档已经撤销了", "This merge was undone already"));
  if (row->merged_into.n) TRY(problem_set(c->problem, E_CONFLICT, "customer.merged", "其中一份已经并到别的档案里了，请打开那一份", "One of them was merged into another record already; open that one"));
  struct event *e = shorthand_event(c, EVENT_customer_unmerged);
  event_set_text(e, "customer", row->id);
  event_set_text(e, "other", merge->other);
  event_set_text(e, "merge", merge->id);
  if (reason.n) event_set_text(e, "reason", reason);
  event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o}", "id", json_of(row->id), "other", json_of(merge->other));
done:
  return status;
}

const struct command_def commands_customer[] = {
    {"customer.change", "客户.变更", run_change,
     "id:customer! name:text phone:text address:text id_number:text email:text note:text level:text tags:list", "Change a customer's profile", "修改顾客资料"},
    {"customer.reveal", "资料.查看", run_reveal, "id:customer! field:text! reason:text!", "Show one hidden field; the reason is logged", "查看隐藏资料"},
    {"customer.merge", "客户.变更", run_merge, "id:customer! other:customer! reason:text!", "Two records are one customer", "并档"},
    {"customer.unmerge", "客户.变更", run_unmerge, "id:customer! merge:text! reason:text", "Undo a merge", "撤销并档"},
    {"customer.link", "客户.变更", run_link, "id:customer! order:order!", "The customer is the buyer of this order", "关联买家"},
    {NULL},
};
