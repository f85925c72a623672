/* Publishing: errors never replace the book in force, nobody is judged backwards, reading is acknowledged once. */
#include "unit/scheduler/month_fixture.h"

static json_t *source(struct month *m, const char *from, const char *to) {
  json_t *now = month_do(m, &m->owner, "rulebook.source", NULL);
  const char *text = text_at(now, "source"), *at = strstr(text, from);
  assert_non_null(at);
  struct str changed = arena_printf(m->arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  json_decref(now);
  return json_stringn(changed.p, changed.n);
}

static void a_book_with_errors_changes_nothing(void **state) {
  struct month *m = *state;
  month_refused(m, &m->owner, "rulebook.publish", json_pack("{s:o}", "source", source(m, "接待人 须", "没有这个人 须须")), E_INVALID, "rulebook.errors");
  json_t *checked = month_do(m, &m->owner, "rulebook.check", json_pack("{s:o}", "source", source(m, "接待人 须", "没有这个人 须须")));
  assert_true(int_at(checked, "errors") > 0);
  json_decref(checked);
  json_t *book = month_do(m, &m->wang, "rulebook.get", NULL);
  assert_string_equal(text_at(book, "version"), "1.0");
  json_decref(book);
}

static void a_version_comes_into_force_after_it_is_published(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-10 10:00:00");
  month_refused(m, &m->owner, "rulebook.publish", json_pack("{s:o}", "source", source(m, "版本 1.0", "版本 1.0")), E_CONFLICT, "rulebook.version_used");
  month_refused(m, &m->owner, "rulebook.publish", json_pack("{s:o,s:s}", "source", source(m, "版本 1.0", "版本 1.1"), "in_force", "2026-03-10"), E_INVALID, "rulebook.backdated");
  month_refused(m, &m->owner, "rulebook.publish", json_pack("{s:o,s:s}", "source", source(m, "版本 1.0", "版本 1.1"), "version", "1.2"), E_INVALID, "rulebook.version_differs");
  month_refused(m, &m->wang, "rulebook.publish", json_pack("{s:o}", "source", source(m, "版本 1.0", "版本 1.1")), E_DENIED, "may.denied");
  json_t *r = month_do(m, &m->owner, "rulebook.publish", json_pack("{s:o,s:s}", "source", source(m, "版本 1.0", "版本 1.1"), "in_force", "2026-03-15"));
  assert_string_equal(text_at(r, "in_force"), "2026-03-15");
  json_decref(r);
  json_t *book = month_do(m, &m->wang, "rulebook.get", NULL);
  assert_string_equal(text_at(book, "version"), "1.0");
  assert_string_equal(text_at(book, "next_version.version"), "1.1");
  assert_int_equal(int_at(book, "next_version.in_force_ms"), month_ms("2026-03-15 00:00:00"));
  json_decref(book);
  month_at(m, "2026-03-15 09:00:00");
  book = month_do(m, &m->wang, "rulebook.get", NULL);
  assert_string_equal(text_at(book, "version"), "1.1");
  json_decref(book);
}

static void reading_is_acknowledged_once(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-02 10:00:00");
  json_t *first = month_do(m, &m->wang, "rulebook.acknowledge", NULL);
  month_at(m, "2026-03-03 10:00:00");
  json_t *again = month_do(m, &m->wang, "rulebook.acknowledge", NULL);
  assert_int_equal(int_at(first, "at"), int_at(again, "at"));
  json_decref(first);
  json_decref(again);
  json_t *list = month_do(m, &m->owner, "rulebook.acknowledgements", NULL);
  assert_int_equal(int_at(list, "done"), 1);
  assert_int_equal(int_at(list, "total"), 7);
  json_decref(list);
  json_t *book = month_do(m, &m->wang, "rulebook.get", NULL);
  assert_true(json_is_true(at_path(book, "acknowledged")));
  json_decref(book);
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {ON_DESK(a_book_with_errors_changes_nothing), ON_DESK(a_version_comes_into_force_after_it_is_published), ON_DESK(reading_is_acknowledged_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
