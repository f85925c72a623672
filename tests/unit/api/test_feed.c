/* Who sees which line of the feed: each case names a viewer, a line, and whether it is shown. */
#include "api/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static struct feed_item line(const char *kind, const char *person, const char *customer, const char *object) {
  return (struct feed_item){.type = FEED_EVENT, .seq = 1, .kind = kind, .noun = "", .person = str_c(person), .customer = str_c(customer), .object = str_c(object)};
}

static bool staff(unsigned sight, struct feed_item item) {
  struct feed_viewer v = {.sight = sight, .id = STR("p3")};
  return feed_visible(&v, &item);
}

static void staff_sees_by_permission(void **state) {
  (void)state;
  static const struct {
    const char *kind;
    unsigned sight;
  } cases[] = {{"conversation.customer_spoke", FEED_SEES_CONVERSATIONS}, {"conversation.noted", FEED_SEES_CONVERSATIONS}, {"order.noted", FEED_SEES_ORDERS},
               {"customer.changed", FEED_SEES_CUSTOMERS}, {"person.joined", FEED_SEES_WAGES}, {"ledger.fined", FEED_SEES_LEDGER},
               {"clause.violated", FEED_SEES_LEDGER}, {"case.moved", FEED_SEES_CASES}, {"attendance.late", FEED_SEES_FLOOR},
               {"inspection.found", FEED_SEES_REVIEWS}, {"import.finished", FEED_SEES_IMPORTS}, {"key.changed", FEED_SEES_KEYS}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_true(staff(cases[i].sight, line(cases[i].kind, "p9", "", "")));
    assert_false(staff(~cases[i].sight, line(cases[i].kind, "p9", "", "")));
    assert_true(staff(0, line(cases[i].kind, "p3", "", ""))); /* about oneself */
  }
}

static void everybody_sees_the_common(void **state) {
  (void)state;
  const char *const kinds[] = {"presence.changed", "roster.published", "rulebook.published", "phrase.changed", "ledger.fund_moved", "shift.assigned"};
  for (size_t i = 0; i < COUNT_OF(kinds); i++) assert_true(staff(0, line(kinds[i], "p9", "", "")));
}

static void the_unknown_is_private(void **state) {
  (void)state;
  const char *const kinds[] = {"session.opened", "prefs.changed", "notice.sent", "something.new"};
  for (size_t i = 0; i < COUNT_OF(kinds); i++) {
    assert_false(staff(~0U, line(kinds[i], "p9", "", "")));
    assert_true(staff(0, line(kinds[i], "p3", "", "")));
  }
}

static void slips_and_clocks(void **state) {
  (void)state;
  struct feed_item slip = {.type = FEED_CONSEQUENCE, .kind = "", .person = STR("p9")};
  assert_false(staff(~FEED_SEES_LEDGER, slip));
  assert_true(staff(FEED_SEES_LEDGER, slip));
  slip.person = STR("p3");
  assert_true(staff(0, slip));
  struct feed_item clock = {.type = FEED_CLOCK, .kind = "", .person = STR("p9")};
  assert_false(staff(~FEED_SEES_FLOOR, clock));
  assert_true(staff(FEED_SEES_FLOOR, clock));
  clock.person = STR("role:客服");
  assert_true(staff(0, clock));
}

static void visitors_see_their_own_talk_only(void **state) {
  (void)state;
  struct feed_viewer v = {.visitor = true, .sight = ~0U, .id = STR("u5"), .conversation = STR("c7")};
  struct feed_item spoke = line("conversation.agent_replied", "p3", "", "c7"), other = line("conversation.agent_replied", "p3", "u6", "c8");
  assert_true(feed_visible(&v, &spoke));
  assert_false(feed_visible(&v, &other));
  struct feed_item note = line("conversation.noted", "p3", "u5", "c7"), word = line("conversation.forbidden_word", "p3", "u5", "c7");
  assert_false(feed_visible(&v, &note));
  assert_false(feed_visible(&v, &word));
  struct feed_item begun = line("conversation.started", "", "u5", "c9"), order = line("order.noted", "", "u5", "c7");
  assert_true(feed_visible(&v, &begun));
  assert_false(feed_visible(&v, &order));
  struct feed_item clock = {.type = FEED_CLOCK, .kind = "", .object = STR("c7"), .customer = STR("u5")};
  assert_false(feed_visible(&v, &clock));
  struct feed_viewer nobody = {.visitor = true};
  struct feed_item none = line("conversation.customer_spoke", "", "", "");
  assert_false(feed_visible(&nobody, &none));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(staff_sees_by_permission), cmocka_unit_test(everybody_sees_the_common),
                                     cmocka_unit_test(the_unknown_is_private), cmocka_unit_test(slips_and_clocks),
                                     cmocka_unit_test(visitors_see_their_own_talk_only)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
