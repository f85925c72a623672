/* Kinds, and events as JSON both ways: names in two languages, aliases, scalar forms, and refusals that help. */
#include "base/calendar.h"
#include "events/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const i64 CHINA = 8 * MS_HOUR;

static int setup(void **state) {
  *state = arena_new((size_t)1 << 26);
  return 0;
}
static int teardown(void **state) {
  arena_free(*state);
  return 0;
}

static struct event *good(struct arena *a, const char *line) {
  struct event *e = NULL;
  struct problem p = {0};
  if (event_from_line(a, str_c(line), CHINA, &e, &p) != OK) fail_msg("%s: %s", line, p.en);
  return e;
}

static void bad(struct arena *a, const char *line, const char *key, const char *hint) {
  struct event *e = NULL;
  struct problem p = {0};
  if (event_from_line(a, str_c(line), CHINA, &e, &p) == OK) fail_msg("accepted: %s", line);
  assert_string_equal(p.key, key);
  if (strstr(p.en, hint) == NULL) fail_msg("%s\n  says: %s\n  not: %s", line, p.en, hint);
  assert_true(strlen(p.zh) > 0);
}

static struct str written(struct arena *a, const struct event *e) {
  struct buf b;
  buf_init(&b, EVENT_LINE_MAX);
  event_write(&b, e);
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}

static void every_kind_and_field_has_two_names(void **state) {
  (void)state;
  size_t count;
  const struct event_kind *all = event_kind_all(&count);
  for (size_t i = 0; i < count; i++) {
    const struct event_kind *k = &all[i];
    assert_ptr_equal(event_kind_find(str_c(k->en)), k);
    assert_ptr_equal(event_kind_find(str_c(k->zh)), k);
    assert_non_null(event_noun_zh(k->noun));
    assert_true(strncmp(k->en, k->noun, strlen(k->noun)) == 0 && k->en[strlen(k->noun)] == '.');
    assert_true(strlen(k->summary_en) > 0 && strlen(k->summary_zh) > 0 && k->field_count <= 32);
    for (size_t f = 0; f < k->field_count; f++) {
      assert_int_equal(event_kind_field(k, str_c(k->fields[f].en)), f);
      assert_int_equal(event_kind_field(k, str_c(k->fields[f].zh)), f);
    }
  }
  assert_null(event_kind_find(STR("会话")));
}

static void both_languages_give_one_event(void **state) {
  struct arena *a = *state;
  struct event *en = good(a, "{\"id\":\"e7\",\"kind\":\"conversation.agent_replied\",\"at\":\"2026-03-05 10:01:31\",\"by\":\"p3\",\"data\":{\"conversation\":\"c7\",\"text\":\"您好\",\"wait\":\"91秒\"}}");
  struct event *zh = good(a, "{\"id\":\"e7\",\"事\":\"会话.人工回复\",\"时\":\"2026-03-05 10:01:31\",\"谁\":\"p3\",\"内容\":{\"会话\":\"c7\",\"文\":\"您好\",\"等待\":91000}}");
  struct str one = written(a, en), two = written(a, zh);
  assert_true(str_eq(one, two));
  assert_true(str_is(one, "{\"at\":1772676091000,\"by\":\"p3\",\"data\":{\"agent\":\"p3\",\"conversation\":\"c7\",\"text\":\"您好\",\"wait\":91000},\"id\":\"e7\",\"kind\":\"conversation.agent_replied\"}"));
  assert_true(str_is(event_get_text(en, "agent"), "p3")); /* the one who did it */
  assert_int_equal(event_get_int(en, "wait", 0), 91000);
}

static void canonical_lines_come_back_the_same(void **state) {
  struct arena *a = *state;
  static const char *const lines[] = {
      "{\"kind\":\"order.placed\",\"at\":0,\"data\":{\"order\":\"12\",\"amount\":\"429\",\"items\":[\"a\",{\"money\":\"1.5\"}],\"flag\":\"红\",\"promotion\":true}}",
      "{\"kind\":\"order.changed\",\"at\":5,\"recorded\":9,\"data\":{\"order\":\"12\",\"item\":\"加货\",\"extent\":\"50%\",\"old\":{\"date\":\"2026-03-05\"},\"new\":{\"ratio\":\"1/3\"}}}",
      "{\"kind\":\"shift.assigned\",\"at\":5,\"data\":{\"person\":\"p1\",\"shift\":\"夜班\",\"date\":\"2026-03-05\",\"start\":\"2026-03-05T17:30\",\"end\":\"2026-03-06 01:00\",\"class\":\"work\"}}",
      "{\"kind\":\"投诉.成立\",\"at\":5,\"id\":\"x\",\"data\":{\"编号\":\"2603-0007\",\"责任人\":{\"ref\":\"p3\"},\"次\":3,\"金额\":{\"money\":\"-0.05\"},\"时限\":{\"workdays\":3},\"几点\":{\"time\":\"8:30\"}}}",
      "{\"kind\":\"inspection.found\",\"at\":5,\"data\":{\"item\":\"争吵\",\"person\":\"p1\",\"points\":\"9.5\",\"text\":\"引号\\\" 换行\\n 制表\\t 铃\\u0007 反斜\\\\\"}}",
      "{\"kind\":\"metric.reported\",\"at\":-5,\"data\":{\"metric\":\"m\",\"value\":{\"duration\":\"1小时30分\"},\"subject\":true}}",
  };
  for (size_t i = 0; i < COUNT_OF(lines); i++) {
    struct str one = written(a, good(a, lines[i]));
    struct str two = written(a, good(a, one.p));
    if (!str_eq(one, two)) fail_msg("%s\n%s", one.p, two.p);
    json_t *json = event_to_json(good(a, lines[i]));
    assert_non_null(json);
    json_decref(json);
  }
}

static void a_case_alias_is_a_case_that_reached_a_state(void **state) {
  struct arena *a = *state;
  struct event *e = good(a, "{\"id\":\"k9\",\"kind\":\"投诉.成立\",\"at\":1,\"data\":{\"责任人\":\"p3\",\"原态\":\"核实\"}}");
  assert_int_equal(event_kind_index(e->kind), EVENT_case_moved);
  assert_true(str_is(e->case_type, "投诉") && str_is(e->case_state, "成立") && str_is(event_get_text(e, "case"), "k9"));
  assert_true(str_is(event_get(e, STR("责任人")).s, "p3") && str_is(event_get_text(e, "from"), "核实"));
  struct event *opened = good(a, "{\"kind\":\"case.opened\",\"at\":1,\"data\":{\"case\":\"k1\",\"type\":\"交接\",\"to\":\"填写\",\"fields\":{\"未了事项\":\"无\"}}}");
  assert_true(str_is(opened->case_type, "交接") && str_is(opened->case_state, "填写") && opened->extra_count == 1);
  struct event *voided = good(a, "{\"kind\":\"请假.作废\",\"at\":1,\"id\":\"k2\",\"data\":{\"理由\":\"填错\"}}");
  assert_int_equal(event_kind_index(voided->kind), EVENT_case_voided);
}

static void scalars_are_read_in_their_forms(void **state) {
  struct arena *a = *state;
  static const struct {
    const char *json;
    enum event_field_type type;
    enum value_type value;
    i64 i, den;
  } forms[] = {
      {"\"429.5\"", FIELD_MONEY, V_MONEY, 42950, 0}, {"\"15元\"", FIELD_MONEY, V_MONEY, 1500, 0}, {"15", FIELD_MONEY, V_MONEY, 1500, 0},
      {"\"-0.01\"", FIELD_MONEY, V_MONEY, -1, 0}, {"\"9.50\"", FIELD_POINTS, V_POINTS, 950, 0}, {"\"1分31秒\"", FIELD_DURATION, V_DURATION, 91000, 0},
      {"\"2h 5min\"", FIELD_DURATION, V_DURATION, 7500000, 0}, {"250", FIELD_DURATION, V_DURATION, 250, 0}, {"\"1.5%\"", FIELD_RATIO, V_RATIO, 3, 200},
      {"\"6/14\"", FIELD_RATIO, V_RATIO, 3, 7}, {"\"0.5\"", FIELD_RATIO, V_RATIO, 1, 2}, {"\"2026-03-05\"", FIELD_DATE, V_DATE, 20517, 0},
      {"\"2026-03-05 08:00\"", FIELD_INSTANT, V_INSTANT, 1772668800000, 0}, {"\"是\"", FIELD_BOOL, V_BOOL, 1, 0}, {"false", FIELD_BOOL, V_BOOL, 0, 0},
      {"\"42\"", FIELD_COUNT, V_COUNT, 42, 0}};
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    json_t *json = json_loads(forms[i].json, JSON_DECODE_ANY, NULL);
    struct value v;
    struct problem p = {0};
    if (value_from_json(a, json, forms[i].type, CHINA, &v, &p) != OK) fail_msg("%s: %s", forms[i].json, p.en);
    if (v.type != forms[i].value || v.i != forms[i].i || (forms[i].den && v.den != forms[i].den)) fail_msg("%s gave %lld/%lld", forms[i].json, (long long)v.i, (long long)v.den);
    json_decref(json);
  }
}

static void refusals_name_the_nearest_word(void **state) {
  struct arena *a = *state;
  bad(a, "{\"kind\":\"会话.人工回覆\",\"at\":1}", "event.unknown_kind", "会话.人工回复");
  bad(a, "{\"kind\":\"会活.人工回复\",\"at\":1}", "event.unknown_kind", "会话.人工回复");
  bad(a, "{\"kind\":\"conversation.agent_replyed\",\"at\":1}", "event.unknown_kind", "conversation.agent_replied");
  bad(a, "{\"kind\":\"order.noted\",\"at\":1,\"data\":{\"order\":\"1\",\"person\":\"p1\",\"txt\":\"x\"}}", "event.unknown_field", "“text”");
  bad(a, "{\"kind\":\"order.noted\",\"at\":1,\"data\":{\"order\":\"1\",\"person\":\"p1\",\"旗\":\"粉红\"}}", "event.unknown_word", "“红”");
  bad(a, "{\"kind\":\"order.noted\",\"at\":1,\"data\":{\"person\":\"p1\"}}", "event.missing_field", "order");
  bad(a, "{\"kind\":\"order.placed\",\"at\":1,\"data\":{\"order\":\"1\",\"amount\":1.5}}", "event.value", "money");
  bad(a, "{\"kind\":\"order.placed\",\"at\":1,\"data\":{\"order\":\"1\",\"amount\":\"1.555\"}}", "event.value", "money");
  bad(a, "{\"kind\":\"order.placed\",\"data\":{\"order\":\"1\"}}", "event.no_time", "“at”");
  bad(a, "{\"kind\":\"order.placed\",\"at\":\"2026-02-30 10:00\",\"data\":{\"order\":\"1\"}}", "event.value", "instant");
  bad(a, "{\"at\":1}", "event.no_kind", "kind");
  bad(a, "{\"kind\":\"order.placed\",\"at\":1,\"extra\":2}", "event.unknown_key", "extra");
  bad(a, "{\"kind\":\"order.placed\",\"at\":1,\"at\":2}", "event.json", "JSON");
  bad(a, "[1]", "event.not_object", "object");
  bad(a, "{\"kind\":\"order.pla", "event.json", "JSON");
}

static void a_copy_owns_its_text_and_order_is_total(void **state) {
  struct arena *a = *state;
  struct arena *other = arena_new((size_t)1 << 20);
  struct event *e = good(other, "{\"kind\":\"投诉.成立\",\"id\":\"k1\",\"at\":7,\"data\":{\"照片\":[\"f1\"],\"文本\":\"甲\"}}");
  struct event *copy = event_dup(a, e);
  struct str before = written(a, e);
  arena_free(other);
  assert_true(str_eq(before, written(a, copy)));
  struct event *x = good(a, "{\"kind\":\"order.placed\",\"at\":7,\"data\":{\"order\":\"1\"}}"), *y = good(a, "{\"kind\":\"order.paid\",\"at\":7,\"data\":{\"order\":\"1\"}}");
  assert_true(event_compare(x, y) < 0 && event_compare(y, x) > 0 && event_compare(x, x) == 0);
  y->occurred_ms = 6;
  assert_true(event_compare(x, y) > 0);
}

int main(void) {
#define WITH_ARENA(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_and_field_has_two_names), WITH_ARENA(both_languages_give_one_event), WITH_ARENA(canonical_lines_come_back_the_same),
      WITH_ARENA(a_case_alias_is_a_case_that_reached_a_state), WITH_ARENA(scalars_are_read_in_their_forms), WITH_ARENA(refusals_name_the_nearest_word),
      WITH_ARENA(a_copy_owns_its_text_and_order_is_total),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
