/* The engine's snapshot on a real desk: a start with it holds what a start without it holds; killed while writing, cut short, changed in
 * any place, of another desk or older than a rulebook, nothing is lost and the desk says what it does. */
#include "unit/scheduler/month_fixture.h"

#include "base/fault.h"
#include "commands/writer_internal.h"
#include "rules/image.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void place(struct month *m) { snprintf(m->snapshot, sizeof m->snapshot, "%s/engine.snapshot", m->directory); }
static void keep(struct month *m) { /* from now on the desk keeps one */
  place(m);
  month_reopen(m);
}

static u64 print_of(struct month *m) { return engine_fingerprint(m->writer->desk.engine); }
static bool used(const struct month *m) { return m->writer->desk.snapshot_seq > 0; }

/* Closed, and opened without any: what the log alone gives. */
static u64 from_the_log(struct month *m) {
  char path[sizeof m->snapshot];
  strcpy(path, m->snapshot);
  m->snapshot[0] = 0;
  month_reopen(m);
  assert_false(used(m));
  u64 print = print_of(m);
  strcpy(m->snapshot, path);
  return print;
}

/* Three days with a roster, talk, late answers. */
static void some_days(struct month *m, int from) {
  char at[32];
  for (int day = from; day < from + 3; day++) {
    snprintf(at, sizeof at, "2026-03-%02d 09:00:00", day);
    month_at(m, at);
    struct str c = month_asks(m, &m->wang, "甲");
    snprintf(at, sizeof at, "2026-03-%02d 09:01:31", day);
    month_at(m, at);
    month_answers(m, &m->wang, c);
    struct str open = month_asks(m, &m->li, "乙");
    (void)open;
    snprintf(at, sizeof at, "2026-03-%02d 09:01:40", day);
    month_at(m, at);
  }
}

static char *bytes_of(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  struct stat st;
  assert_int_equal(fstat(fileno(f), &st), 0);
  char *p = malloc((size_t)st.st_size + 1);
  assert_non_null(p);
  *n = fread(p, 1, (size_t)st.st_size, f);
  assert_int_equal(*n, st.st_size);
  fclose(f);
  return p;
}

static void write_bytes(const char *path, const char *p, size_t n) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static void same_as_the_log(void **state) {
  struct month *m = *state;
  keep(m);
  some_days(m, 3);
  u64 before = print_of(m);
  month_reopen(m);
  assert_true(used(m) && m->writer->desk.snapshot_seq == m->writer->log.last_seq);
  assert_true(print_of(m) == before);
  some_days(m, 6); /* it goes on from there */
  month_reopen(m);
  assert_true(used(m));
  u64 with = print_of(m);
  assert_true(with != before);
  assert_true(from_the_log(m) == with);
}

static void what_came_after_is_judged(void **state) {
  struct month *m = *state;
  keep(m);
  some_days(m, 3);
  month_reopen(m);
  size_t n;
  char *old = bytes_of(m->snapshot, &n);
  i64 seq = m->writer->desk.snapshot_seq;
  some_days(m, 6);
  writer_close(m->writer);
  write_bytes(m->snapshot, old, n); /* as after a power cut: the file is three days behind the log */
  month_open(m);
  assert_true(used(m) && seq < m->writer->log.last_seq);
  u64 with = print_of(m);
  assert_true(from_the_log(m) == with);
  free(old);
}

static void older_than_a_rulebook(void **state) {
  struct month *m = *state;
  keep(m);
  some_days(m, 3);
  month_reopen(m);
  size_t n;
  char *old = bytes_of(m->snapshot, &n);
  const struct lang_program *program = writer_program(m->writer);
  struct str text = arena_dup(m->arena, program->source);
  size_t at = str_find(text, STR("版本 1.0"), 0);
  assert_true(at != SIZE_MAX);
  ((char *)(uintptr_t)text.p)[at + strlen("版本 1.")] = '1';
  month_run(m, &m->owner, "rulebook.publish", json_pack("{s:s%,s:s}", "source", text.p, text.n, "in_force", "2026-03-07"));
  some_days(m, 7);
  writer_close(m->writer);
  write_bytes(m->snapshot, old, n);
  month_open(m);
  assert_true(used(m));
  assert_int_equal(m->writer->desk.version_count, 2);
  u64 with = print_of(m);
  assert_true(from_the_log(m) == with);
  month_reopen(m); /* and one that knows both */
  free(old);
}

static void let_go(struct month *m) {
  struct engine *e = m->writer->desk.engine;
  u64 print = engine_fingerprint(e);
  assert_true(engine_keep_station(e));
  assert_true(engine_forget(e, 0, 0));
  assert_true(engine_forgotten(e) > 0 && engine_fingerprint(e) == print);
}

/* What is over leaves the memory, in the snapshot too; a fact that reaches behind it has the log read again, and nothing differs. */
static void forgets_and_reads_again(void **state) {
  struct month *m = *state;
  static struct rebuild_report report;
  const struct actor system = {.type = ACTOR_SYSTEM};
  keep(m);
  some_days(m, 3);
  some_days(m, 9);
  let_go(m);
  u64 print = print_of(m);
  month_reopen(m);
  assert_true(used(m) && engine_forgotten(m->writer->desk.engine) > 0);
  assert_true(print_of(m) == print);
  some_days(m, 13); /* it goes on */
  print = print_of(m);
  assert_true(from_the_log(m) == print);
  let_go(m);
  json_t *lines = json_array();
  json_array_append_new(lines, json_string("{\"kind\":\"shift.assigned\",\"at\":\"2026-03-04 08:00:00\",\"data\":{\"person\":\"x9\",\"shift\":\"白班\",\"date\":\"2026-03-05\",\"class\":\"班\"}}"));
  json_t *done = month_do(m, &system, "event.import", json_pack("{s:o}", "lines", lines));
  assert_int_equal(int_at(done, "added"), 1);
  json_decref(done);
  assert_int_equal(engine_forgotten(m->writer->desk.engine), 0); /* made whole again */
  print = print_of(m);
  assert_true(from_the_log(m) == print);
  let_go(m);
  writer_close(m->writer);
  struct writer_options o = month_options(m);
  assert_int_equal(writer_rebuild(&o, &report, &m->problem), OK);
  assert_int_equal(report.snapshot, SNAPSHOT_SAME);
  assert_true(report.same);
  month_open(m);
}

/* `guiju rebuild` holds it against the whole log. */
static void held_against_the_log(void **state) {
  struct month *m = *state;
  static struct rebuild_report report;
  keep(m);
  some_days(m, 3);
  writer_close(m->writer);
  struct writer_options o = month_options(m);
  assert_int_equal(writer_rebuild(&o, &report, &m->problem), OK);
  assert_int_equal(report.snapshot, SNAPSHOT_SAME);
  assert_true(report.same);
  size_t n;
  char *whole = bytes_of(m->snapshot, &n);
  write_bytes(m->snapshot, whole, n - 1);
  assert_int_equal(writer_rebuild(&o, &report, &m->problem), OK);
  assert_int_equal(report.snapshot, SNAPSHOT_UNUSABLE);
  assert_true(report.same);
  assert_int_equal(unlink(m->snapshot), 0);
  assert_int_equal(writer_rebuild(&o, &report, &m->problem), OK);
  assert_int_equal(report.snapshot, SNAPSHOT_NONE);
  free(whole);
  month_open(m);
}

static void damaged(void **state) {
  struct month *m = *state;
  keep(m);
  some_days(m, 3);
  month_reopen(m);
  u64 want = print_of(m);
  writer_close(m->writer);
  size_t n;
  char *whole = bytes_of(m->snapshot, &n);
  for (int i = 0; i < 24; i++) { /* a byte, or the end, anywhere from the first byte to the last */
    size_t at = n * (size_t)(i / 2) / 12 + (i / 2 == 11 ? n / 12 - 1 : 0);
    char kept = whole[at];
    whole[at] = (char)(kept ^ 0x20);
    write_bytes(m->snapshot, whole, i % 2 ? at : n);
    whole[at] = kept;
    month_open(m);
    if (used(m)) fail_msg("%s at byte %zu of %zu was believed", i % 2 ? "a cut" : "a change", at, n);
    assert_true(print_of(m) == want);
    writer_close(m->writer); /* writes a good one in its place */
  }
  month_open(m);
  assert_true(used(m));
  assert_true(print_of(m) == want);
  free(whole);
}

static void of_another_desk(void **state) {
  struct month *m = *state;
  void *other_state = NULL;
  assert_int_equal(month_setup(&other_state), 0);
  struct month *other = other_state;
  keep(m);
  keep(other);
  some_days(m, 3);
  some_days(other, 4);
  writer_close(m->writer);
  writer_close(other->writer);
  size_t n;
  char *theirs = bytes_of(other->snapshot, &n);
  write_bytes(m->snapshot, theirs, n);
  month_open(m);
  assert_false(used(m));
  u64 print = print_of(m);
  assert_true(from_the_log(m) == print);
  free(theirs);
  month_open(other);
  month_teardown(&other_state);
}

static void a_full_disk(void **state) {
  struct month *m = *state;
  keep(m);
  some_days(m, 3);
  u64 want = print_of(m);
  static const char *const points[] = {"snapshot.write", "snapshot.rename"};
  for (size_t i = 0; i < COUNT_OF(points); i++) {
    fault_arm(points[i], 1, E_FULL);
    month_reopen(m);
    fault_arm(NULL, 0, OK);
    assert_true(print_of(m) == want);
    char fresh[160];
    snprintf(fresh, sizeof fresh, "%s.new", m->snapshot);
    assert_int_not_equal(access(fresh, F_OK), 0); /* nothing half is left */
  }
  month_reopen(m);
  assert_true(used(m));
}

/* Opens the desk, lets a second pass, closes: and dies in the middle of the snapshot. */
static _Noreturn void child(const char *directory, const char *now) {
  struct month m = {.now_ms = atoll(now)};
  snprintf(m.file, sizeof m.file, "%s/desk.db", directory);
  snprintf(m.directory, sizeof m.directory, "%s", directory);
  m.parts = arena_new(1 << 20);
  place(&m);
  month_open(&m);
  if (writer_tick(m.writer, &m.problem) != OK) _exit(4);
  writer_close(m.writer);
  _exit(0);
}

static void killed_while_writing(void **state) {
  struct month *m = *state;
  keep(m);
  some_days(m, 3);
  month_reopen(m);
  writer_close(m->writer);
  static const char *const faults[] = {"snapshot.write:1:kill", "snapshot.write:2:kill", "snapshot.rename:1:kill"};
  for (size_t i = 0; i < COUNT_OF(faults); i++) {
    char now[32];
    m->now_ms += 3 * (i64)MS_DAY; /* deadlines to judge: something new to write */
    snprintf(now, sizeof now, "%lld", (long long)m->now_ms);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
      setenv("GUIJU_FAULT", faults[i], 1);
      execl("/proc/self/exe", "test_desk_snapshot", m->directory, now, (char *)NULL);
      _exit(7);
    }
    int how;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    month_open(m);
    assert_true(used(m)); /* the one before it is still whole */
    u64 with = print_of(m);
    assert_true(from_the_log(m) == with);
    month_reopen(m);
    writer_close(m->writer);
  }
  month_open(m);
}

int main(int argc, char **argv) {
  if (argc == 3) child(argv[1], argv[2]);
#define TEST(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {TEST(same_as_the_log), TEST(what_came_after_is_judged), TEST(older_than_a_rulebook), TEST(held_against_the_log), TEST(forgets_and_reads_again), TEST(damaged), TEST(of_another_desk),
                                     TEST(a_full_disk), TEST(killed_while_writing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
