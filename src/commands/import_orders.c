/* Order rows of a shop's list become facts: placed, paid, shipped, completed, cancelled, refunded, changed, noted.
 *
 * Each fact of an order that can happen once has a stable id ("order:<no>:paid"), and every row is compared with what is known,
 * so a list can be imported again and again: what is the same stays silent. A list is a state, not a story: an older list
 * never takes an order back. Who received the buyer is the agent who last talked with them before payment, else the one whose
 * job number stands in the seller's note. */
#include "commands/import.h"
#include "commands/shorthand.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/order.h"
#include "views/order.sql.h"
#include "views/people.sql.h"
#include "views/show.h"

#include <ctype.h>

struct row {
  i64 line;
  struct str no, buyer, state, note, flag, special, phone, receiver, address, customer;
  i64 amount_fen, quantity, created_ms, paid_ms, closed_ms, refund_fen; /* 0: not given */
  json_t *goods;
};

struct people {
  struct people_names_row *rows;
  size_t count;
};

static const char *const ladder[] = {"placed", "paid", "shipped", "completed"};

/* How far along; cancelled and refunded stand beside the ladder. */
static int rank_of(struct str state) {
  for (size_t i = 0; i < COUNT_OF(ladder); i++)
    if (str_is(state, ladder[i])) return (int)i;
  return str_is(state, "cancelled") || str_is(state, "refunded") ? 9 : 0;
}

static struct row row_of(json_t *o) {
  struct row r = {.line = json_arg_int(o, "line", 0), .no = json_arg(o, "no"), .buyer = json_arg(o, "buyer"), .state = json_arg(o, "state"),
                  .note = json_arg(o, "note"), .flag = json_arg(o, "flag"), .special = json_arg(o, "special"), .phone = json_arg(o, "phone"),
                  .receiver = json_arg(o, "receiver"), .address = json_arg(o, "address")};
  r.amount_fen = json_arg_int(o, "amount_fen", 0);
  r.quantity = json_arg_int(o, "qty", 0);
  r.created_ms = json_arg_int(o, "created_ms", 0);
  r.paid_ms = json_arg_int(o, "paid_ms", 0);
  r.closed_ms = json_arg_int(o, "closed_ms", 0);
  r.refund_fen = json_arg_int(o, "refund_fen", 0);
  r.goods = json_object_get(o, "goods");
  if (r.created_ms == 0) r.created_ms = r.paid_ms;
  return r;
}

/* Rows carry the English word, events the Chinese one. */
static struct str flag_zh(struct str flag) {
  static const char *const words[][2] = {{"red", "红"}, {"yellow", "黄"}, {"green", "绿"}, {"blue", "蓝"}, {"purple", "紫"}, {"grey", "灰"}, {"none", "无"}};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(flag, words[i][0])) return str_c(words[i][1]);
  return flag;
}

static struct event *fact(struct command_ctx *c, const struct row *r, enum event_kind_id kind, const char *name, i64 at_ms) {
  struct event *e = shorthand_event(c, kind);
  e->occurred_ms = at_ms > 0 && at_ms <= c->now_ms ? at_ms : c->now_ms;
  if (name) e->id = arena_printf(c->arena, "order:%.*s:%s", STR_ARG(r->no), name);
  event_set_text(e, "order", r->no);
  return e;
}

static struct value goods_value(struct command_ctx *c, const struct row *r) {
  size_t n = json_array_size(r->goods), i;
  struct value *items = ARENA_ARRAY(c->arena, struct value, n + 1);
  for (i = 0; i < n; i++) items[i] = value_text(show_dump(c->arena, json_array_get(r->goods, i)));
  return (struct value){.type = V_LIST, .items = items, .count = n};
}

/* ---- who received -------------------------------------------------------------------------------------------------- */

static bool word_char(char x) { return isalnum((unsigned char)x) != 0; }

/* The person whose job number stands in the note as a word of its own; the longest number wins. */
static struct str named_in(const struct people *people, struct str note) {
  struct str best = STR("");
  size_t best_n = 0;
  for (size_t i = 0; i < people->count; i++) {
    struct str number = people->rows[i].job_number;
    for (size_t at = 0; number.n > best_n && (at = str_find(note, number, at)) != SIZE_MAX; at++) {
      bool open = at == 0 || !word_char(note.p[at - 1]) || !word_char(number.p[0]);
      bool shut = at + number.n == note.n || !word_char(note.p[at + number.n]) || !word_char(number.p[number.n - 1]);
      if (!open || !shut) continue;
      best = people->rows[i].id, best_n = number.n;
      break;
    }
  }
  return best;
}

static enum status received_by(struct command_ctx *c, const struct people *people, const struct row *r, struct str *agent) {
  struct order_received_by_row *talk;
  struct order_received_by_in in = {.customer = r->customer, .at_ms = r->paid_ms ? r->paid_ms : r->created_ms};
  enum status status = order_received_by(c->store, c->arena, &in, &talk, c->problem);
  if (status == OK) *agent = talk ? talk->agent : named_in(people, r->note);
  return status;
}

/* ---- one row ------------------------------------------------------------------------------------------------------- */

static enum status ensure_customer(struct command_ctx *c, struct row *r) {
  struct customer_by_buyer_row *known;
  enum status status = customer_by_buyer(c->store, c->arena, &(struct customer_by_buyer_in){.buyer = r->buyer}, &known, c->problem);
  if (status != OK) return status;
  r->customer = known ? known->id : arena_printf(c->arena, "u:%.*s", STR_ARG(r->buyer));
  if (known) return OK;
  struct event *e = shorthand_event(c, EVENT_customer_created);
  e->occurred_ms = r->created_ms && r->created_ms < c->now_ms ? r->created_ms : c->now_ms;
  e->id = arena_printf(c->arena, "customer:%.*s", STR_ARG(r->buyer));
  event_set_text(e, "customer", r->customer);
  event_set_text(e, "source", STR("导入"));
  event_set_text(e, "name", r->buyer);
  event_set_text(e, "buyer", r->buyer);
  if (r->phone.n) event_set_text(e, "phone", r->phone);
  if (r->address.n) event_set_text(e, "address", r->address);
  return command_append(c, e);
}

static enum status note(struct command_ctx *c, const struct people *people, const struct row *r, struct str agent, i64 at_ms) {
  struct str who = named_in(people, r->note);
  struct event *e = fact(c, r, EVENT_order_noted, NULL, at_ms);
  event_set_text(e, "person", who.n ? who : agent.n ? agent : c->actor.id);
  event_set_text(e, "text", r->note);
  if (r->flag.n) event_set_text(e, "flag", flag_zh(r->flag));
  return command_append(c, e);
}

static enum status place(struct command_ctx *c, const struct people *people, const struct row *r, struct str *agent) {
  enum status status = OK;
  TRY(received_by(c, people, r, agent));
  struct event *e = fact(c, r, EVENT_order_placed, "placed", r->created_ms);
  event_set_text(e, "customer", r->customer);
  event_set_text(e, "buyer", r->buyer);
  if (agent->n) event_set_text(e, "agent", *agent);
  event_set_int(e, "amount", r->amount_fen);
  event_set_int(e, "pieces", r->quantity);
  if (r->special.n) event_set_text(e, "special", r->special);
  if (r->phone.n) event_set_text(e, "phone", r->phone);
  if (r->receiver.n) event_set_text(e, "receiver", r->receiver);
  event_set(e, "items", goods_value(c, r));
  TRY(command_append(c, e));
done:
  return status;
}

static enum status pay(struct command_ctx *c, const struct row *r, struct str agent) {
  struct event *e = fact(c, r, EVENT_order_paid, "paid", r->paid_ms ? r->paid_ms : r->created_ms);
  event_set_int(e, "amount", r->amount_fen);
  event_set_text(e, "customer", r->customer);
  if (agent.n) event_set_text(e, "agent", agent);
  return command_append(c, e);
}

static enum status complete(struct command_ctx *c, const struct row *r, struct str agent) {
  struct str notes;
  enum status status = OK;
  TRY(order_note_text(c->store, c->arena, r->no, &notes, c->problem));
  struct event *e = fact(c, r, EVENT_order_completed, "completed", r->closed_ms ? r->closed_ms : r->paid_ms);
  event_set_text(e, "customer", r->customer);
  if (agent.n) event_set_text(e, "agent", agent);
  event_set_int(e, "amount", r->amount_fen);
  event_set_text(e, "seller_note", notes);
  if (r->flag.n) event_set_text(e, "flag", flag_zh(r->flag));
  event_set(e, "items", goods_value(c, r));
  TRY(command_append(c, e));
done:
  return status;
}

/* From the state known to the one of the row, each step once. */
static enum status climb(struct command_ctx *c, const struct people *people, const struct row *r, struct str known, struct str agent, bool *changed) {
  int from = rank_of(known), to = rank_of(r->state);
  enum status status = OK;
  if (from == 9) return OK;
  if (from < 1 && to >= 1 && (to != 9 || r->paid_ms)) {
    TRY(pay(c, r, agent));
    *changed = true;
  }
  if (from < 2 && to >= 2 && to != 9) {
    TRY(command_append(c, fact(c, r, EVENT_order_shipped, "shipped", r->paid_ms)));
    *changed = true;
  }
  if (from < 3 && to == 3) {
    TRY(complete(c, r, agent));
    /* The list shows the note as it stands at the deal. */
    if (r->note.n) TRY(note(c, people, r, agent, r->closed_ms ? r->closed_ms : r->paid_ms));
    *changed = true;
  }
  if (str_is(r->state, "cancelled")) {
    struct event *e = fact(c, r, EVENT_order_cancelled, "cancelled", r->closed_ms);
    event_set_text(e, "by_whom", STR("店铺清单"));
    TRY(command_append(c, e));
    *changed = true;
  }
done:
  return status;
}

static enum status refund(struct command_ctx *c, const struct row *r, i64 known_fen, bool *changed) {
  i64 total = r->refund_fen ? r->refund_fen : str_is(r->state, "refunded") ? r->amount_fen : 0;
  if (total <= known_fen) return OK;
  struct event *e = fact(c, r, EVENT_order_refunded, NULL, r->closed_ms);
  e->id = arena_printf(c->arena, "order:%.*s:refunded:%lld", STR_ARG(r->no), (long long)total);
  event_set_int(e, "amount", total - known_fen);
  *changed = true;
  return command_append(c, e);
}

static enum status new_order(struct command_ctx *c, const struct people *people, struct row *r) {
  struct str agent = STR("");
  bool changed = false;
  enum status status = OK;
  TRY(ensure_customer(c, r));
  TRY(place(c, people, r, &agent));
  if (r->note.n || r->flag.n) TRY(note(c, people, r, agent, r->paid_ms ? r->paid_ms : r->created_ms));
  TRY(climb(c, people, r, STR("placed"), agent, &changed));
  TRY(refund(c, r, 0, &changed));
done:
  return status;
}

static enum status change(struct command_ctx *c, const struct row *r, const char *item, struct value old, struct value new, bool items) {
  struct event *e = fact(c, r, EVENT_order_changed, NULL, 0);
  event_set_text(e, "item", str_c(item));
  event_set(e, "old", old);
  event_set(e, "new", new);
  event_set_text(e, "customer", r->customer);
  if (items) event_set(e, "items", goods_value(c, r));
  return command_append(c, e);
}

static enum status known_order(struct command_ctx *c, const struct people *people, struct row *r, const struct order_get_row *known, bool *changed) {
  struct str agent = known->agent, goods = show_dump(c->arena, r->goods), flag = r->flag;
  enum status status = OK;
  r->customer = known->customer;
  if (rank_of(r->state) < rank_of(known->state)) return OK; /* an older list */
  if (r->amount_fen != known->amount_fen) {
    TRY(change(c, r, "改价", value_int(V_MONEY, known->amount_fen), value_int(V_MONEY, r->amount_fen), false));
    *changed = true;
  }
  if (json_array_size(r->goods) && (!str_eq(goods, known->goods) || (r->quantity && r->quantity != known->quantity))) {
    TRY(change(c, r, "规格", value_int(V_COUNT, known->quantity), value_int(V_COUNT, r->quantity ? r->quantity : known->quantity), true));
    *changed = true;
  }
  if (!agent.n || (rank_of(known->state) < 1 && rank_of(r->state) >= 1)) {
    struct str now = STR("");
    TRY(received_by(c, people, r, &now));
    if (now.n && !str_eq(now, agent)) {
      struct event *e = fact(c, r, EVENT_order_assigned, NULL, 0);
      event_set_text(e, "agent", now);
      if (agent.n) event_set_text(e, "former", agent);
      TRY(command_append(c, e));
      agent = now, *changed = true;
    }
  }
  if ((r->note.n && !str_eq(r->note, known->seller_note)) || (flag.n && !str_eq(flag, known->flag))) {
    TRY(note(c, people, r, agent, 0));
    *changed = true;
  }
  TRY(climb(c, people, r, known->state, agent, changed));
  TRY(refund(c, r, known->refunded_fen, changed));
done:
  return status;
}

enum status import_run_orders(struct command_ctx *c, json_t *args, json_t **result) {
  struct str import;
  struct people people;
  struct import_counts n = {.rejected = (i64)json_array_size(json_object_get(args, "rejects"))};
  json_t *rows = json_object_get(args, "rows"), *o;
  size_t i;
  enum status status = OK;
  TRY(command_text(c, args, "import", true, 80, &import));
  if (!json_is_array(rows) || json_array_size(rows) > IMPORT_BATCH_MOST)
    TRY(problem_set(c->problem, E_INVALID, "import.rows", "一批最多 %d 行", "A batch holds at most %d rows", IMPORT_BATCH_MOST));
  TRY(people_names(c->store, c->arena, &people.rows, &people.count, c->problem));
  json_array_foreach(rows, i, o) {
    struct row r = row_of(o);
    struct order_get_row *known;
    if (!r.no.n || !r.buyer.n) TRY(problem_set(c->problem, E_INVALID, "import.row", "第 %lld 行缺订单编号或买家", "Line %lld has no order number or buyer", (long long)r.line));
    TRY(order_get(c->store, c->arena, &(struct order_get_in){.id = r.no}, &known, c->problem));
    n.read++;
    if (!known) {
      TRY(new_order(c, &people, &r));
      n.added++;
    } else {
      bool changed = false;
      TRY(known_order(c, &people, &r, known, &changed));
      *(changed ? &n.changed : &n.same) += 1;
    }
  }
  n.read += n.rejected;
  TRY(import_store_batch(c, args, import, &n));
  *result = import_counts_json(&n);
done:
  return status;
}
