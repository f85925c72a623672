/* Exports of rows: whole over several sheets, stoppable on the way, and as small in memory for many rows as for few.
 * GUIJU_EXPORT_ROWS sets the number of rows of the last (60,000 otherwise; 1000000 for the figure that is quoted). */
#include "reports/export.h"

#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/figure.sql.h"
#include "views/people.sql.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { TALK_MESSAGES = 50 };
static const i64 START = 1767225600000, STEP = 60000;

struct fixture {
  char directory[64], file[128], out[128];
  i64 talks;
};

static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  strcpy(f->directory, "/tmp/guiju-export-XXXXXX");
  assert_non_null(mkdtemp(f->directory));
  snprintf(f->file, sizeof f->file, "%s/desk.db", f->directory);
  snprintf(f->out, sizeof f->out, "%s/rows", f->directory);
  struct store *s = NULL;
  struct problem p = {0};
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &s, &p), OK);
  static const struct store_module *const modules[] = {&module_views_conversation, &module_views_customer, &module_views_figure, &module_views_people};
  for (size_t i = 0; i < COUNT_OF(modules); i++) assert_int_equal(store_module_create(s, modules[i], false, &p), OK);
  store_close(s);
  *state = f;
  return 0;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  char command[160];
  snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
  assert_int_equal(system(command), 0);
  free(f);
  return 0;
}

/* Talks of TALK_MESSAGES messages each, until there are so many messages. */
static void fill(struct fixture *f, i64 messages) {
  struct store *s = NULL;
  struct problem p = {0};
  char id[32], message[32];
  assert_int_equal(store_open(str_c(f->file), STORE_WRITE, &s, &p), OK);
  assert_int_equal(store_begin(s, &p), OK);
  for (; f->talks * TALK_MESSAGES < messages; f->talks++) {
    i64 at = START + f->talks * STEP;
    snprintf(id, sizeof id, "c%08lld", (long long)f->talks);
    assert_int_equal(conversation_insert(s, &(struct conversation_insert_in){.id = str_c(id), .customer = STR("v1"), .channel = STR("网页"), .started_ms = at}, NULL, &p), OK);
    assert_int_equal(figure_start(s, &(struct figure_start_in){.id = str_c(id), .customer = STR("v1"), .channel = STR("网页"), .started_ms = at}, NULL, &p), OK);
    for (i64 m = 0; m < TALK_MESSAGES; m++) {
      i64 seq = f->talks * TALK_MESSAGES + m + 1;
      snprintf(message, sizeof message, "m%lld", (long long)seq);
      const struct message_insert_in in = {.conversation = str_c(id), .seq = seq, .id = str_c(message), .at_ms = at + m, .by_type = m % 2 ? STR("agent") : STR("customer"), .by_id = STR("v1"),
                                           .text = STR("这件外套有没有大一码的，今天能发货吗"), .files = STR("[]"), .quote = STR(""), .more = STR("")};
      assert_int_equal(message_insert(s, &in, NULL, &p), OK);
    }
  }
  assert_int_equal(store_commit(s, &p), OK);
  store_close(s);
}

static struct export_ask ask_of(struct fixture *f, bool xlsx) {
  return (struct export_ask){.url = str_c(f->file), .path = f->out, .kind = EXPORT_MESSAGES, .xlsx = xlsx, .from_ms = START, .to_ms = INT64_MAX / 2, .zone_offset_ms = 8 * 3600000};
}

/* Rows of every sheet, "3 1000 1000 501". */
static void sheets_of(const char *file, char *out, size_t room) {
  char command[600];
  snprintf(command, sizeof command,
           "python3 -c \"import zipfile;z=zipfile.ZipFile('%s');n=sorted(x for x in z.namelist() if x.startswith('xl/worksheets/sheet'));print(len(n),*[z.read(x).count(b'<row ') for x in n])\"", file);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  assert_non_null(fgets(out, (int)room, pipe));
  assert_int_equal(pclose(pipe), 0);
}

static void more_than_a_sheet_goes_to_the_next(void **state) {
  struct fixture *f = *state;
  struct problem p = {0};
  char sheets[64];
  fill(f, 2500);
  struct export_ask ask = ask_of(f, true);
  ask.sheet_rows = 1000;
  assert_int_equal(export_run(&ask, &p), OK);
  assert_int_equal(atomic_load(&ask.rows), 2500);
  sheets_of(f->out, sheets, sizeof sheets);
  assert_string_equal(sheets, "3 1000 1000 503\n"); /* each with its head: 999 + 999 + 502 */
  struct export_ask whole = ask_of(f, true);
  assert_int_equal(export_run(&whole, &p), OK);
  sheets_of(f->out, sheets, sizeof sheets);
  assert_string_equal(sheets, "1 2501\n");
}

struct run {
  struct export_ask ask;
  struct problem problem;
  enum status status;
};
static void *run(void *ctx) {
  struct run *r = ctx;
  r->status = export_run(&r->ask, &r->problem);
  return NULL;
}

static void stopped_on_the_way_it_leaves_no_file(void **state) {
  struct fixture *f = *state;
  fill(f, 30000);
  for (int xlsx = 0; xlsx < 2; xlsx++) {
    struct run r = {.ask = ask_of(f, xlsx)};
    pthread_t thread;
    i64 seen = 0, last = 0;
    assert_int_equal(pthread_create(&thread, NULL, run, &r), 0);
    while ((seen = atomic_load(&r.ask.rows)) < 200) { /* how far it is can be read at any time and only grows */
      assert_true(seen >= last);
      last = seen;
      sched_yield();
    }
    atomic_store(&r.ask.cancelled, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(r.status, E_CONFLICT);
    assert_string_equal(r.problem.key, "export.cancelled");
    assert_true(atomic_load(&r.ask.rows) < 30000);
    assert_int_not_equal(access(f->out, F_OK), 0);
  }
}

static void a_place_that_cannot_be_written_is_said(void **state) {
  struct fixture *f = *state;
  struct problem p = {0};
  for (int xlsx = 0; xlsx < 2; xlsx++) {
    struct export_ask ask = ask_of(f, xlsx);
    ask.path = "/nowhere/at/all/rows";
    assert_int_equal(export_run(&ask, &p), E_IO);
    assert_true(strlen(p.zh) > 0 && strlen(p.en) > 0);
  }
}

#ifdef __SANITIZE_ADDRESS__
/* The sanitizer keeps freed blocks back, 256 MB of them by default: a peak would say nothing of the exports. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "quarantine_size_mb=1"; }
#endif

/* The program's own memory; pages of the database that the kernel maps and may drop at any time are not counted. */
static i64 own_kb(void) {
  char line[200];
  i64 kb = 0;
  FILE *file = fopen("/proc/self/status", "r");
  assert_non_null(file);
  while (fgets(line, sizeof line, file))
    if (strncmp(line, "RssAnon:", 8) == 0) kb = atoll(line + 8);
  fclose(file);
  return kb;
}

/* Runs it beside a watch on the memory; the most that was seen, in KB. */
static i64 peak_of(struct run *r) {
  pthread_t thread;
  i64 peak = 0;
  assert_int_equal(pthread_create(&thread, NULL, run, r), 0);
  while (pthread_tryjoin_np(thread, NULL) != 0) {
    i64 kb = own_kb();
    peak = kb > peak ? kb : peak;
    (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
  }
  assert_int_equal(r->status, OK);
  return peak;
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void many_rows_take_no_more_memory_than_few(void **state) {
  struct fixture *f = *state;
  const char *set = getenv("GUIJU_EXPORT_ROWS");
  i64 rows = set ? atoll(set) : 60000, few = rows / 10;
  i64 before[2];
  fill(f, rows); /* first, so that what filling leaves behind is there for both */
  for (int xlsx = 0; xlsx < 2; xlsx++) {
    struct run r = {.ask = ask_of(f, xlsx)};
    r.ask.to_ms = START + few / TALK_MESSAGES * STEP;
    before[xlsx] = peak_of(&r);
    assert_int_equal(atomic_load(&r.ask.rows), few / TALK_MESSAGES * TALK_MESSAGES);
  }
  for (int xlsx = 0; xlsx < 2; xlsx++) {
    struct run r = {.ask = ask_of(f, xlsx)};
    struct stat st;
    double at = seconds();
    i64 peak = peak_of(&r);
    assert_int_equal(atomic_load(&r.ask.rows), f->talks * TALK_MESSAGES);
    assert_int_equal(stat(f->out, &st), 0);
    print_message("%s: %lld rows, %.1f MB, %.1f s, peak of memory %lld KB (with a tenth of the rows %lld KB)\n", xlsx ? "xlsx" : "csv", (long long)r.ask.rows, (double)st.st_size / 1e6, seconds() - at,
                  (long long)peak, (long long)before[xlsx]);
    assert_true(peak - before[xlsx] < 8 * 1024);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(more_than_a_sheet_goes_to_the_next, setup, teardown),
                                     cmocka_unit_test_setup_teardown(stopped_on_the_way_it_leaves_no_file, setup, teardown),
                                     cmocka_unit_test_setup_teardown(a_place_that_cannot_be_written_is_said, setup, teardown),
                                     cmocka_unit_test_setup_teardown(many_rows_take_no_more_memory_than_few, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
