/* Orders as people work on them, and rows of lists becoming facts. */
#include "unit/commands/reception_fixture.h"

static json_t *row(const char *no, const char *buyer, const char *state, i64 fen) {
  return json_pack("{s:i,s:s,s:s,s:I,s:s,s:I,s:I,s:[{s:s,s:i}],s:i,s:s,s:s}", "line", 2, "no", no, "buyer", buyer, "amount_fen", (json_int_t)fen, "state", state,
                   "created_ms", (json_int_t)(NOON - 3600000), "paid_ms", (json_int_t)(strcmp(state, "placed") ? NOON - 1800000 : 0), "goods", "name", "毛衣", "qty", 1,
                   "qty", 1, "note", "", "flag", "");
}

static json_t *import(struct shop *f, json_t *owned_row) {
  json_t *job = shop_do(f, &f->leader, "import.begin", json_pack("{s:s,s:s}", "type", "orders", "name", "test.csv"));
  json_t *r = shop_do(f, &f->leader, "import.orders", json_pack("{s:s,s:[o]}", "import", text_of(job, "id"), "rows", owned_row));
  json_decref(shop_do(f, &f->leader, "import.finish", json_pack("{s:s}", "import", text_of(job, "id"))));
  json_decref(job);
  return r;
}

static json_t *order(struct shop *f, const char *no) { return shop_do(f, &f->wang, "order.get", json_pack("{s:s}", "no", no)); }

static void test_a_list_again_changes_nothing(void **state) {
  struct shop *f = *state;
  json_t *r = import(f, row("2603050001", "小红帽", "placed", 42900));
  assert_int_equal(int_of(r, "added"), 1);
  json_decref(r);
  r = import(f, row("2603050001", "小红帽", "placed", 42900));
  assert_int_equal(int_of(r, "same"), 1);
  json_decref(r);
  r = import(f, row("2603050001", "小红帽", "paid", 40000));
  assert_int_equal(int_of(r, "changed"), 1);
  json_decref(r);
  r = import(f, row("2603050001", "小红帽", "placed", 42900)); /* an older list */
  assert_int_equal(int_of(r, "same"), 1);
  json_decref(r);
  assert_int_equal(f->events[EVENT_order_placed], 1);
  assert_int_equal(f->events[EVENT_order_paid], 1);
  assert_int_equal(f->events[EVENT_order_changed], 1);
  json_t *o = order(f, "2603050001");
  assert_string_equal(text_of(o, "state"), "paid");
  assert_int_equal(int_of(o, "amount_fen"), 40000);
  json_decref(o);
  json_decref(import(f, row("2603050001", "小红帽", "completed", 40000)));
  json_decref(import(f, row("2603050001", "小红帽", "refunded", 40000)));
  assert_int_equal(f->events[EVENT_order_completed], 1);
  assert_int_equal(f->events[EVENT_order_refunded], 1);
  json_decref(import(f, row("2603050001", "小红帽", "refunded", 40000)));
  assert_int_equal(f->events[EVENT_order_refunded], 1);
  o = order(f, "2603050001");
  assert_string_equal(text_of(o, "state"), "refunded");
  json_decref(o);
  shop_refused(f, &f->wang, "import.begin", json_pack("{s:s}", "type", "orders"), E_DENIED, "may.denied");
  shop_rebuilds_equal(f);
}

static void test_who_received(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->li, "online");
  json_t *said = shop_says(f, "visitor-1", "毛衣起球吗");
  json_t *talk = shop_do(f, &f->li, "conversation.get", json_pack("{s:s}", "id", text_of(said, "conversation")));
  json_decref(import(f, row("2603050001", "小红帽", "placed", 42900)));
  /* The visitor names the order: from then on both are one customer, and the agent sees the order beside the talk. */
  struct actor visitor = {.type = ACTOR_CUSTOMER, .id = arena_dup(f->arena, str_c(text_of(talk, "customer.id")))};
  json_decref(shop_do(f, &visitor, "widget.link", json_pack("{s:s}", "order", "2603050001")));
  json_decref(shop_do(f, &visitor, "widget.link", json_pack("{s:s}", "order", "nosuchorder")));
  json_decref(talk);
  talk = shop_do(f, &f->li, "conversation.get", json_pack("{s:s}", "id", text_of(said, "conversation")));
  assert_string_equal(text_of(talk, "orders.0.no"), "2603050001");
  json_decref(talk);
  json_decref(said);
  f->now_ms += 60000;
  json_t *paid = row("2603050001", "小红帽", "paid", 42900);
  json_object_set_new(paid, "paid_ms", json_integer(NOON + 30000));
  json_decref(import(f, paid));
  json_t *o = order(f, "2603050001");
  assert_string_equal(text_of(o, "agent_name"), "小李");
  json_decref(o);
  /* Without a talk: the job number in the note, as a word of its own. */
  json_t *noted = row("2603050002", "晚风", "paid", 100);
  json_object_set_new(noted, "note", json_string("10012 号仓，001 接待"));
  json_decref(import(f, noted));
  o = order(f, "2603050002");
  assert_string_equal(text_of(o, "agent_name"), "小王");
  json_decref(o);
  shop_refused(f, &f->wang, "order.assign", json_pack("{s:s,s:s}", "no", "2603050002", "agent", arena_cstr(f->arena, f->li.id)), E_DENIED, "may.denied");
  json_decref(shop_do(f, &f->leader, "order.assign", json_pack("{s:s,s:s}", "no", "2603050002", "agent", arena_cstr(f->arena, f->li.id))));
  o = order(f, "2603050002");
  assert_string_equal(text_of(o, "agent_name"), "小李");
  json_decref(o);
}

static void test_notes_and_flags(void **state) {
  struct shop *f = *state;
  json_decref(import(f, row("2603050001", "小红帽", "paid", 42900)));
  json_decref(shop_do(f, &f->wang, "order.note", json_pack("{s:s,s:s,s:s}", "no", "2603050001", "text", "001 送人，包漂亮", "flag", "red")));
  shop_refused(f, &f->wang, "order.note", json_pack("{s:s,s:s,s:s}", "no", "2603050001", "text", "x", "flag", "pink"), E_INVALID, "order.flag");
  shop_refused(f, &f->wang, "order.note", json_pack("{s:s}", "no", "2603050001"), E_INVALID, "args.missing");
  shop_refused(f, &f->wang, "order.note", json_pack("{s:s,s:s}", "no", "nosuch", "text", "x"), E_NOT_FOUND, "order.unknown");
  json_t *o = order(f, "2603050001");
  assert_string_equal(text_of(o, "flag"), "red");
  assert_string_equal(text_of(o, "notes.0.by_name"), "小王");
  json_decref(o);
  /* The next list shows the note the shop has; the desk's own stays among the notes and travels with the deal. */
  json_t *done = row("2603050001", "小红帽", "completed", 42900);
  json_object_set_new(done, "note", json_string("001 送人，包漂亮"));
  json_decref(import(f, done));
  o = order(f, "2603050001");
  assert_int_equal(json_array_size(json_object_get(o, "notes")), 1);
  json_decref(o);
  shop_rebuilds_equal(f);
}

static void test_adding_goods_and_fetching(void **state) {
  struct shop *f = *state;
  json_decref(import(f, row("2603050001", "小红帽", "paid", 42900)));
  json_t *r = shop_do(f, &f->wang, "order.add", json_pack("{s:s,s:[{s:s,s:i}]}", "no", "2603050001", "items", "name", "袜子", "qty", 2));
  assert_true(int_of(r, "done"));
  assert_false(int_of(r, "fetched"));
  json_decref(r);
  shop_refused(f, &f->wang, "order.add", json_pack("{s:s,s:[{s:s,s:i}]}", "no", "2603050001", "items", "name", "袜子", "qty", 0), E_INVALID, "order.item");
  shop_refused(f, &f->wang, "order.fetch", json_pack("{s:s}", "no", "2603050001"), E_DENIED, "may.denied");
  json_decref(shop_do(f, &f->clerk, "order.fetch", json_pack("{s:s,s:s}", "no", "2603050001", "waybill", "SF123")));
  json_decref(shop_do(f, &f->clerk, "order.fetch", json_pack("{s:s}", "no", "2603050001")));
  assert_int_equal(f->events[EVENT_order_fetched], 1);
  r = shop_do(f, &f->wang, "order.add", json_pack("{s:s,s:s}", "no", "2603050001", "text", "再加一双"));
  assert_true(int_of(r, "fetched"));
  json_decref(r);
  json_decref(import(f, row("2603050009", "小红帽", "cancelled", 100)));
  shop_refused(f, &f->wang, "order.add", json_pack("{s:s,s:s}", "no", "2603050009", "text", "加"), E_CONFLICT, "order.over");
}

static void test_lists_are_found(void **state) {
  struct shop *f = *state;
  for (int i = 0; i < 5; i++) {
    char no[20];
    snprintf(no, sizeof no, "26030500%02d", i);
    json_decref(import(f, row(no, i % 2 ? "晚风" : "小红帽", i == 4 ? "paid" : "placed", 100)));
  }
  json_t *r = shop_do(f, &f->wang, "order.list", json_pack("{s:i}", "limit", 2));
  assert_int_equal(json_array_size(json_object_get(r, "items")), 2);
  json_t *next = shop_do(f, &f->wang, "order.list", json_pack("{s:i,s:s}", "limit", 10, "after", text_of(r, "next")));
  assert_int_equal(json_array_size(json_object_get(next, "items")), 3);
  json_decref(next);
  json_decref(r);
  r = shop_do(f, &f->wang, "order.list", json_pack("{s:s}", "q", "晚风"));
  assert_int_equal(json_array_size(json_object_get(r, "items")), 2);
  json_decref(r);
  r = shop_do(f, &f->wang, "order.list", json_pack("{s:s}", "state", "paid"));
  assert_string_equal(text_of(r, "items.0.no"), "2603050004");
  json_decref(r);
  r = shop_do(f, &f->wang, "order.list", json_pack("{s:s}", "q", "2603050003"));
  assert_string_equal(text_of(r, "items.0.buyer"), "晚风");
  json_decref(r);
}

#define SHOP(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)
int main(void) {
  const struct CMUnitTest tests[] = {SHOP(test_a_list_again_changes_nothing), SHOP(test_who_received), SHOP(test_notes_and_flags),
                                     SHOP(test_adding_goods_and_fetching), SHOP(test_lists_are_found)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
