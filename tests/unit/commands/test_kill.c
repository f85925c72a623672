/* kill -9 at every step: a child process works and says what was acknowledged; it dies at the n-th pass through a fault
 * point, for n = 1, 2, 3 … until it survives. Then nothing it was told may be missing, the chain must be whole, what was
 * sent again under the same key must be there once, and the desk must go on. */
#include "unit/commands/desk_fixture.h"

#include "base/fault.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMANDS = 12, PASSES_MAX = 400 };

/* In a program started anew, so that the fault point is armed from the environment; answers go to standard output. */
static _Noreturn void child(const char *file) {
  struct fixture f = {.now_ms = NOON};
  snprintf(f.file, sizeof f.file, "%s", file);
  struct writer_options o = desk_options(&f);
  o.readers = -1;
  if (writer_open(&o, &f.writer, &f.problem) != OK) _exit(3);
  for (int i = 0; i < COMMANDS; i++) {
    char text[16];
    snprintf(text, sizeof text, "t%d", i);
    f.now_ms += 7000;
    json_t *args = json_pack("{s:s s:s s:b}", "conversation", "c1", "text", text, "first", i % 3 == 0);
    if (desk_run(&f, "p1", "note.say", args, text, NULL) != OK) _exit(4);
    if (write(STDOUT_FILENO, &i, sizeof i) != sizeof i) _exit(5);
  }
  _exit(0); /* without closing: the next start finds an open journal */
}

/* Runs the child; returns how many commands were acknowledged, *killed whether it died there. */
static int acknowledged(const char *file, const char *point, int pass, bool *killed) {
  int ends[2], n = 0, i;
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    char fault[64];
    snprintf(fault, sizeof fault, "%s:%d:kill", point, pass);
    setenv("GUIJU_FAULT", fault, 1);
    if (dup2(ends[1], STDOUT_FILENO) < 0) _exit(6);
    execl("/proc/self/exe", "test_kill", file, (char *)NULL);
    _exit(7);
  }
  close(ends[1]);
  while (read(ends[0], &i, sizeof i) == sizeof i) n = i + 1;
  close(ends[0]);
  int how;
  assert_int_equal(waitpid(pid, &how, 0), pid);
  *killed = WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
  if (!*killed && (!WIFEXITED(how) || WEXITSTATUS(how) != 0)) fail_msg("%s pass %d: the child ended with %d", point, pass, how);
  return n;
}

static bool one_death(const char *point, int pass) {
  struct fixture f = {.now_ms = NOON + 600000, .feed_last_seq = 0};
  strcpy(f.directory, "/tmp/guiju-kill-XXXXXX");
  assert_non_null(mkdtemp(f.directory));
  snprintf(f.file, sizeof f.file, "%s/desk.db", f.directory);
  bool killed;
  int told = acknowledged(f.file, point, pass, &killed);
  struct writer_options o = desk_options(&f);
  o.feed = NULL;
  if (writer_open(&o, &f.writer, &f.problem) != OK) fail_msg("%s pass %d: %s", point, pass, f.problem.en);
  char text[16];
  for (int i = 0; i < told; i++) {
    snprintf(text, sizeof text, "t%d", i);
    if (desk_notes(&f, text) != 1) fail_msg("%s pass %d: acknowledged %s is there %zu times", point, pass, text, desk_notes(&f, text));
  }
  for (int i = 0; i < COMMANDS; i++) { /* the sender sends everything again that it heard nothing about, and more */
    snprintf(text, sizeof text, "t%d", i);
    assert_int_equal(desk_say(&f, "c1", text, text), OK);
    assert_int_equal(desk_notes(&f, text), 1);
  }
  writer_close(f.writer);
  desk_check_chain(f.file);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", f.directory);
  assert_int_equal(system(command), 0);
  return killed;
}

static void nothing_acknowledged_is_lost(void **state) {
  (void)state;
  static const char *const points[] = {"store.begin", "events.append", "events.seal", "writer.commit", "store.commit", "store.committed"};
  int deaths = 0;
  for (size_t i = 0; i < COUNT_OF(points); i++) {
    int pass = 1;
    while (pass < PASSES_MAX && one_death(points[i], pass)) pass++;
    assert_true(pass > COMMANDS / 2);
    deaths += pass - 1;
  }
  int step = 1; /* every statement would be hundreds of deaths: all of the first, then every fifth */
  for (int pass = 1; pass < PASSES_MAX && one_death("store.exec", pass); pass += step, deaths++) step = pass < 20 ? 1 : 5;
  print_message("%d deaths survived\n", deaths);
}

int main(int argc, char **argv) {
  if (argc == 2) child(argv[1]);
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_acknowledged_is_lost)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
