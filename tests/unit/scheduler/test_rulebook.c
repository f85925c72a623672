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
  month_refused(m, &m->owner, "rulebook.publish", json_pack("{s:o,s:s}", "source", source(m, "版本 1.0", "版本 1.1"), "in_force", "2026-01-01"), E_INVALID, "rulebook.backdated");
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

static void today_means_from_this_moment_on(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-10 10:00:00");
  json_t *r = month_do(m, &m->owner, "rulebook.publish", json_pack("{s:o,s:s,s:s}", "source", source(m, "版本 1.0", "版本 1.1"), "in_force", "2026-03-10", "note", "首答改快"));
  json_decref(r);
  json_t *list = month_do(m, &m->owner, "rulebook.versions", NULL);
  assert_int_equal(int_at(list, "items.1.in_force_ms"), month_ms("2026-03-10 10:00:00"));
  assert_string_equal(text_at(list, "items.1.note"), "首答改快");
  json_decref(list);
  json_t *book = month_do(m, &m->wang, "rulebook.get", NULL);
  assert_string_equal(text_at(book, "version"), "1.1");
  json_decref(book);
  month_reopen(m);
  book = month_do(m, &m->wang, "rulebook.get", NULL);
  assert_string_equal(text_at(book, "version"), "1.1");
  json_decref(book);
}

static json_t *plain(struct month *m) { return source(m, "第一条", "第一条"); }

static void two_people_at_one_draft_lose_nothing(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-10 10:00:00");
  month_refused(m, &m->wang, "draft.get", NULL, E_DENIED, "may.read");
  month_refused(m, &m->wang, "draft.save", json_pack("{s:i,s:o}", "revision", 0, "source", plain(m)), E_DENIED, "may.denied");
  json_t *d = month_do(m, &m->owner, "draft.get", NULL);
  assert_false(json_is_true(at_path(d, "exists")));
  assert_string_equal(text_at(d, "base_version"), "1.0");
  json_decref(d);
  json_t *r = month_do(m, &m->owner, "draft.save", json_pack("{s:i,s:o,s:o}", "revision", 0, "source", source(m, "首响限 = 30秒", "首响限 = 20秒"), "base", plain(m)));
  assert_int_equal(int_at(r, "revision"), 1);
  json_decref(r);
  /* the other one began from the same text */
  month_refused(m, &m->owner, "draft.save", json_pack("{s:i,s:o}", "revision", 0, "source", source(m, "要打招呼", "要问好")), E_CONFLICT, "draft.moved");
  r = month_do(m, &m->owner, "draft.save", json_pack("{s:i,s:o,s:o}", "revision", 0, "source", source(m, "要打招呼", "要问好"), "base", plain(m)));
  assert_int_equal(int_at(r, "revision"), 2);
  assert_non_null(strstr(text_at(r, "source"), "首响限 = 20秒"));
  assert_non_null(strstr(text_at(r, "source"), "要问好"));
  assert_int_equal(json_array_size(at_path(r, "conflicts")), 0);
  json_decref(r);
  r = month_do(m, &m->owner, "draft.save", json_pack("{s:i,s:o,s:o}", "revision", 0, "source", source(m, "要打招呼", "要说您好"), "base", plain(m)));
  assert_int_equal(json_array_size(at_path(r, "conflicts")), 1);
  assert_string_equal(text_at(r, "conflicts.0.clause"), "#greeting");
  assert_non_null(strstr(text_at(r, "conflicts.0.mine"), "要说您好"));
  assert_non_null(strstr(text_at(r, "conflicts.0.theirs"), "要问好"));
  json_decref(r);
  month_reopen(m);
  d = month_do(m, &m->owner, "draft.get", NULL);
  assert_int_equal(int_at(d, "revision"), 2);
  assert_non_null(strstr(text_at(d, "source"), "要问好"));
  json_decref(d);
  month_refused(m, &m->owner, "draft.discard", json_pack("{s:i}", "revision", 1), E_CONFLICT, "draft.changed");
  month_run(m, &m->owner, "draft.discard", json_pack("{s:i}", "revision", 2));
  d = month_do(m, &m->owner, "draft.get", NULL);
  assert_false(json_is_true(at_path(d, "exists")));
  i64 kept = int_at(d, "past.0.at");
  json_decref(d);
  r = month_do(m, &m->owner, "draft.start", json_pack("{s:i,s:I}", "revision", 0, "past", (json_int_t)kept));
  assert_non_null(strstr(text_at(r, "source"), "要问好"));
  json_decref(r);
}

static void publishing_ends_its_draft_and_an_old_version_can_come_back(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-10 10:00:00");
  json_t *next = source(m, "版本 1.0", "版本 1.1");
  month_run(m, &m->owner, "draft.save", json_pack("{s:i,s:O,s:o}", "revision", 0, "source", next, "base", plain(m)));
  month_run(m, &m->owner, "rulebook.publish", json_pack("{s:O,s:s}", "source", next, "in_force", "2026-03-12"));
  json_decref(next);
  json_t *d = month_do(m, &m->owner, "draft.get", NULL);
  assert_false(json_is_true(at_path(d, "exists")));
  assert_string_equal(text_at(d, "base_version"), "1.1");
  assert_string_equal(text_at(d, "past.0.why"), "published");
  json_decref(d);
  json_t *r = month_do(m, &m->owner, "draft.start", json_pack("{s:i,s:s}", "revision", 0, "version", "1.0"));
  assert_non_null(strstr(text_at(r, "source"), "版本 1.2"));
  json_t *preview = month_do(m, &m->owner, "rulebook.preview", json_pack("{s:O}", "source", at_path(r, "source")));
  assert_string_equal(text_at(preview, "base_version"), "1.1");
  assert_string_equal(text_at(preview, "next_version"), "1.2");
  json_decref(preview);
  json_decref(r);
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {ON_DESK(a_book_with_errors_changes_nothing), ON_DESK(a_version_comes_into_force_after_it_is_published), ON_DESK(reading_is_acknowledged_once),
                                     ON_DESK(today_means_from_this_moment_on), ON_DESK(two_people_at_one_draft_lose_nothing), ON_DESK(publishing_ends_its_draft_and_an_old_version_can_come_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
