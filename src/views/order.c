/* Orders: folded from what the shop's lists and the desk's own acts say, and the reads over them.
 *
 * The seller's note is the last text written, the notes are all of them; the job number that counts for commission is looked
 * for in all (order_note_text). Goods are kept as the JSON list [{name, qty, price_fen}]. */
#include "views/order.h"

#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/order.sql.h"
#include "views/show.h"

enum { NOTES_MOST = 200 };

static const struct {
  const char *state, *zh;
} states[] = {{"placed", "待付款"}, {"paid", "已付款"}, {"shipped", "已发货"}, {"completed", "交易成功"}, {"cancelled", "已取消"}, {"refunded", "已退款"}};

const char *order_state_zh(struct str state) {
  for (size_t i = 0; i < COUNT_OF(states); i++)
    if (str_is(state, states[i].state)) return states[i].zh;
  return "";
}

/* ---- folds ----------------------------------------------------------------------------------------------------- */

/* The field `items` (texts, each an object or a bare name) as a JSON list. */
static struct str goods_json(struct arena *a, const struct event *e) {
  struct value v = event_get(e, STR("items"));
  json_t *list = json_array();
  for (size_t i = 0; v.type == V_LIST && i < v.count; i++) {
    struct str s = v.items[i].s;
    json_t *o = s.n && s.p[0] == '{' ? json_loadb(s.p, s.n, 0, NULL) : NULL;
    json_array_append_new(list, o ? o : json_pack("{s:o}", "name", json_of(s)));
  }
  struct str text = show_dump(a, list);
  json_decref(list);
  return text;
}

static struct str flag_of(const struct event *e) {
  static const char *const words[][2] = {{"红", "red"}, {"黄", "yellow"}, {"绿", "green"}, {"蓝", "blue"}, {"紫", "purple"}, {"灰", "grey"}, {"无", "none"}};
  struct str flag = event_get_text(e, "flag");
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(flag, words[i][0])) return str_c(words[i][1]);
  return flag;
}

/* The same note said again (a list shows it at the deal too) is no second line. */
static enum status note(struct store *s, struct arena *a, const struct event *e, struct str person, struct str text, struct str flag, struct problem *p) {
  struct str order = event_get_text(e, "order");
  struct order_get_row *row;
  enum status status = order_get(s, a, &(struct order_get_in){.id = order}, &row, p);
  if (status != OK || !row || (row->noted && str_eq(row->seller_note, text) && (!flag.n || str_eq(row->flag, flag)))) return status;
  status = order_set_note(s, &(struct order_set_note_in){.id = order, .text = text, .flag = flag}, NULL, p);
  if (status != OK) return status;
  struct order_note_insert_in in = {.order_id = order, .seq = e->seq, .id = e->id, .at_ms = e->occurred_ms, .person = person, .text = text, .flag = flag};
  return order_note_insert(s, &in, NULL, p);
}

static enum status fold_placed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct order_insert_in in = {.id = event_get_text(e, "order"), .customer = event_get_text(e, "customer"), .buyer = event_get_text(e, "buyer"),
                               .amount_fen = event_get_int(e, "amount", 0), .quantity = event_get_int(e, "pieces", 0), .goods = goods_json(a, e),
                               .special = event_get_text(e, "special"), .agent = event_get_text(e, "agent"), .created_ms = e->occurred_ms};
  i64 changed = 0;
  enum status status = order_insert(s, &in, &changed, p);
  struct str text = event_get_text(e, "seller_note"), flag = flag_of(e);
  if (status != OK || !changed || (!text.n && !flag.n)) return status;
  return note(s, a, e, STR(""), text, flag, p);
}

static enum status fold_changed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "order"), item = event_get_text(e, "item");
  struct value new = event_get(e, STR("new"));
  struct order_get_row *row;
  enum status status = order_get(s, a, &(struct order_get_in){.id = id}, &row, p);
  if (status != OK || !row) return status;
  if (str_is(item, "改价") && (new.type == V_MONEY || new.type == V_COUNT))
    return order_set_amount(s, &(struct order_set_amount_in){.id = id, .amount_fen = new.i}, NULL, p);
  if (str_is(item, "规格") && event_has(e, "items"))
    return order_set_goods(s, &(struct order_set_goods_in){.id = id, .goods = goods_json(a, e), .quantity = new.type == V_COUNT ? new.i : row->quantity}, NULL,
                           p);
  return OK;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  if (e->kind->noun[0] != 'o') return OK;
  struct str id = event_get_text(e, "order");
  switch (event_kind_index(e->kind)) {
    case EVENT_order_placed: return fold_placed(s, a, e, p);
    case EVENT_order_paid: return order_set_paid(s, &(struct order_set_paid_in){.id = id, .paid_ms = e->occurred_ms}, NULL, p);
    case EVENT_order_changed: return fold_changed(s, a, e, p);
    case EVENT_order_noted: return note(s, a, e, event_get_text(e, "person"), event_get_text(e, "text"), flag_of(e), p);
    case EVENT_order_assigned: return order_set_agent(s, &(struct order_set_agent_in){.id = id, .agent = event_get_text(e, "agent")}, NULL, p);
    case EVENT_order_fetched:
      return order_set_fetched(s, &(struct order_set_fetched_in){.id = id, .at_ms = e->occurred_ms, .person = event_get_text(e, "person")}, NULL, p);
    case EVENT_order_shipped: return order_set_state(s, &(struct order_set_state_in){.id = id, .state = STR("shipped")}, NULL, p);
    case EVENT_order_completed:
      return order_set_state(s, &(struct order_set_state_in){.id = id, .state = STR("completed"), .has_closed_ms = true, .closed_ms = e->occurred_ms}, NULL, p);
    case EVENT_order_cancelled:
      return order_set_state(s, &(struct order_set_state_in){.id = id, .state = STR("cancelled"), .has_closed_ms = true, .closed_ms = e->occurred_ms}, NULL, p);
    case EVENT_order_refunded:
      return order_refund(s, &(struct order_refund_in){.id = id, .amount_fen = event_get_int(e, "amount", 0)}, NULL, p);
    default: return OK;
  }
}

/* ---- reads ----------------------------------------------------------------------------------------------------- */

enum status order_note_text(struct store *s, struct arena *a, struct str order, struct str *out, struct problem *p) {
  struct order_notes_row *rows;
  size_t count;
  struct str text = STR("");
  enum status status = order_notes(s, a, &(struct order_notes_in){.order_id = order, .most = NOTES_MOST}, &rows, &count, p);
  if (status != OK) return status;
  for (size_t i = 0; i < count; i++)
    if (rows[i].text.n) text = text.n ? arena_printf(a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(rows[i].text)) : rows[i].text;
  *out = text;
  return OK;
}

/* Goods with a price each: lists often give none; of one kind of goods it follows from the amount. */
static json_t *goods_of(json_t *row) {
  json_t *goods = show_stored(json_arg(row, "goods"), json_array()), *g;
  size_t i;
  json_array_foreach(goods, i, g) {
    i64 qty = json_arg_int(g, "qty", 0), amount = json_arg_int(row, "amount_fen", 0);
    if (json_is_object(g) && !json_object_get(g, "price_fen"))
      json_object_set_new(g, "price_fen", json_array_size(goods) == 1 && qty > 0 ? json_integer(amount / qty) : json_null());
  }
  return goods;
}

/* From the columns of a list query to the item of the list. */
static json_t *item_of(struct arena *a, const struct show_people *people, json_t *row) {
  struct str buyer = arena_dup(a, json_arg(row, "buyer")), agent = json_arg(row, "agent"), state = json_arg(row, "state");
  json_object_set_new(row, "no", json_incref(json_object_get(row, "id")));
  show_put_text(row, "buyer", customer_show_name(a, buyer));
  json_object_set_new(row, "state_zh", json_string(order_state_zh(state)));
  json_object_set_new(row, "agent_name", json_of(show_name(people, agent)));
  json_object_set_new(row, "goods", goods_of(row));
  json_object_set_new(row, "notes", json_array());
  json_object_set_new(row, "fetched", json_boolean(json_is_integer(json_object_get(row, "fetched_ms"))));
  return row;
}

static enum status notes_json(struct read_ctx *r, const struct show_people *people, struct str order, json_t **out) {
  struct order_notes_row *notes;
  size_t count;
  enum status status = order_notes(r->store, r->arena, &(struct order_notes_in){.order_id = order, .most = NOTES_MOST}, &notes, &count, r->problem);
  if (status != OK) return status;
  *out = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *n = order_notes_json(&notes[i]);
    json_object_set_new(n, "at", json_integer(notes[i].at_ms));
    json_object_set_new(n, "by", json_of(notes[i].person));
    json_object_set_new(n, "by_name", json_of(show_name(people, notes[i].person)));
    json_array_append_new(*out, n);
  }
  return OK;
}

#define ADD_ITEMS(list, query)                                                                                                     \
  for (size_t i = 0; i < count; i++) json_array_append_new(list, item_of(r->arena, &people, query##_json(&query##_rows[i])))

enum status order_list_json(struct read_ctx *r, struct str customer, struct str linked, i64 most, json_t **out) {
  struct order_of_customer_row *order_of_customer_rows;
  struct show_people people;
  size_t count;
  json_t *items = json_array();
  struct order_of_customer_in in = {.customer = customer, .linked = linked.n ? linked : customer, .before_ms = INT64_MAX, .before_id = STR(""), .most = most};
  enum status status = OK;
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(order_of_customer(r->store, r->arena, &in, &order_of_customer_rows, &count, r->problem));
  ADD_ITEMS(items, order_of_customer);
  for (size_t i = 0; i < count; i++) {
    json_t *notes;
    TRY(notes_json(r, &people, order_of_customer_rows[i].id, &notes));
    json_object_set_new(json_array_get(items, i), "notes", notes);
  }
  *out = items;
  return OK;
done:
  json_decref(items);
  return status;
}

static bool all_digits(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return s.n > 0;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct str q = json_arg(query, "q"), state = json_arg(query, "state"), customer = json_arg(query, "customer"), id = STR(""), linked = STR(""), words = STR("");
  i64 most = json_arg_limit(query), ms = INT64_MAX;
  struct show_people people;
  json_t *items = json_array(), *next = NULL;
  size_t count = 0;
  enum status status = OK;
  json_arg_cursor(query, &ms, &id);
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  if (q.n && !all_digits(q)) {
    struct customer_get_row *known;
    TRY(customer_get(r->store, r->arena, &(struct customer_get_in){.id = q}, &known, r->problem));
    if (known) customer = q;
    else words = q;
    q = STR("");
  }
  if (q.n) {
    struct order_by_number_row *order_by_number_rows;
    struct order_by_number_in in = {.from_id = q, .to_id = arena_printf(r->arena, "%.*s\x7f", STR_ARG(q)), .most = most};
    TRY(order_by_number(r->store, r->arena, &in, &order_by_number_rows, &count, r->problem));
    ADD_ITEMS(items, order_by_number);
  } else if (words.n) {
    struct order_search_row *order_search_rows;
    struct order_search_in in = {.words = words, .before_ms = ms, .before_id = id, .most = most};
    TRY(order_search(r->store, r->arena, &in, &order_search_rows, &count, r->problem));
    ADD_ITEMS(items, order_search);
  } else if (customer.n) {
    struct customer_get_row *u;
    TRY(customer_get(r->store, r->arena, &(struct customer_get_in){.id = customer}, &u, r->problem));
    linked = u && u->linked.n ? u->linked : customer;
    struct order_of_customer_row *order_of_customer_rows;
    struct order_of_customer_in in = {.customer = customer, .linked = linked, .before_ms = ms, .before_id = id, .most = most};
    TRY(order_of_customer(r->store, r->arena, &in, &order_of_customer_rows, &count, r->problem));
    ADD_ITEMS(items, order_of_customer);
  } else if (state.n) {
    struct order_of_state_row *order_of_state_rows;
    struct order_of_state_in in = {.state = state, .before_ms = ms, .before_id = id, .most = most};
    TRY(order_of_state(r->store, r->arena, &in, &order_of_state_rows, &count, r->problem));
    ADD_ITEMS(items, order_of_state);
  } else {
    struct order_recent_row *order_recent_rows;
    struct order_recent_in in = {.before_ms = ms, .before_id = id, .most = most};
    TRY(order_recent(r->store, r->arena, &in, &order_recent_rows, &count, r->problem));
    ADD_ITEMS(items, order_recent);
  }
  if (count == (size_t)most && !q.n) {
    json_t *last = json_array_get(items, count - 1);
    next = json_cursor(r->arena, json_arg_int(last, "created_ms", 0), json_arg(last, "id"));
  }
  *result = json_pack("{s:O,s:o}", "items", items, "next", next ? next : json_null());
done:
  json_decref(items);
  return status;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct str no = json_arg(query, "no");
  struct order_get_row *row;
  struct show_people people;
  json_t *notes;
  enum status status = OK;
  if (!no.n) no = json_arg(query, "id");
  TRY(order_get(r->store, r->arena, &(struct order_get_in){.id = no}, &row, r->problem));
  if (!row) TRY(problem_set(r->problem, E_NOT_FOUND, "order.unknown", "没有订单 %.*s", "There is no order %.*s", STR_ARG(no)));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(notes_json(r, &people, no, &notes));
  json_t *o = item_of(r->arena, &people, order_get_json(row));
  json_object_set_new(o, "notes", notes);
  *result = o;
done:
  return status;
}

static const struct read_def reads[] = {
    {"order.list", "订单.查看", read_list, false, "q:text state:text customer:customer after:text limit:int", "Orders, newest first, or by number, words of the buyer or a note, state",
     "订单"},
    {"order.get", "订单.查看", read_get, false, "no:order!", "One order with all its notes", "一张订单与备注"},
    {NULL},
};

static const char *const nouns[] = {"order", NULL};
static const char *const tables[] = {"orders", "order_note", NULL};
const struct view_def view_order = {.noun = "order", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
