/* A disk that fails beneath SQLite: full, unwritable, torn writes, failed fsync, at the n-th operation for n = 1, 2, 3 …
 * Each failure is told in words, the service resumes as soon as the disk does, and after a restart exactly what was
 * acknowledged is there (a failed commit may turn out to have reached the disk; it was never acknowledged). */
#include "unit/commands/desk_fixture.h"

#include "commands/writer_internal.h"

#include <sqlite3.h>

enum trouble { NONE, DISK_FULL, NOT_WRITABLE, TORN_WRITE, FAILED_SYNC };
static const char *const trouble_names[] = {"none", "full", "unwritable", "torn write", "failed sync"};

/* The failing disk: one for the process, as SQLite wants it. */
static struct {
  sqlite3_vfs vfs, *real;
  enum trouble trouble;
  int after; /* operations that still succeed */
  bool lasting;
  int failures;
} disk;

struct file {
  sqlite3_file base;
  sqlite3_file *real;
};
static sqlite3_file *real(sqlite3_file *f) { return ((struct file *)f)->real; }

static bool fails(bool sync) {
  if (disk.trouble == NONE || sync != (disk.trouble == FAILED_SYNC)) return false;
  if (disk.after > 0) {
    disk.after--;
    return false;
  }
  disk.failures++;
  return true;
}
static void afterwards(void) {
  if (!disk.lasting) disk.trouble = NONE;
}

static int file_close(sqlite3_file *f) {
  int code = real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
  sqlite3_free(real(f));
  return code;
}
static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), p, n, at); }
static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) {
  if (!fails(false)) return real(f)->pMethods->xWrite(real(f), p, n, at);
  int code = disk.trouble == DISK_FULL ? SQLITE_FULL : disk.trouble == NOT_WRITABLE ? SQLITE_READONLY : SQLITE_IOERR_WRITE;
  if (disk.trouble == TORN_WRITE && n > 1) real(f)->pMethods->xWrite(real(f), p, n / 2, at);
  afterwards();
  return code;
}
static int file_sync(sqlite3_file *f, int flags) {
  if (!fails(true)) return real(f)->pMethods->xSync(real(f), flags);
  afterwards();
  return SQLITE_IOERR_FSYNC;
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); }
static int file_size(sqlite3_file *f, sqlite3_int64 *n) { return real(f)->pMethods->xFileSize(real(f), n); }
static int file_lock(sqlite3_file *f, int how) { return real(f)->pMethods->xLock(real(f), how); }
static int file_unlock(sqlite3_file *f, int how) { return real(f)->pMethods->xUnlock(real(f), how); }
static int file_reserved(sqlite3_file *f, int *out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
static int file_control(sqlite3_file *f, int op, void *arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
static int file_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int file_device(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
static int file_map(sqlite3_file *f, int page, int size, int grow, void volatile **out) { return real(f)->pMethods->xShmMap(real(f), page, size, grow, out); }
static int file_shm_lock(sqlite3_file *f, int from, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), from, n, flags); }
static void file_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int file_unmap(sqlite3_file *f, int gone) { return real(f)->pMethods->xShmUnmap(real(f), gone); }

static const sqlite3_io_methods methods = {2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
                                           file_reserved, file_control, file_sector, file_device, file_map, file_shm_lock, file_barrier, file_unmap,
                                           NULL, NULL};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags) {
  (void)vfs;
  struct file *file = (struct file *)f;
  file->base.pMethods = NULL;
  file->real = sqlite3_malloc(disk.real->szOsFile);
  memset(file->real, 0, (size_t)disk.real->szOsFile);
  int code = disk.real->xOpen(disk.real, name, file->real, flags, out_flags);
  if (code == SQLITE_OK) file->base.pMethods = &methods;
  else sqlite3_free(file->real);
  return code;
}

static void mount_disk(void) {
  disk.real = sqlite3_vfs_find(NULL);
  disk.vfs = *disk.real;
  disk.vfs.zName = "failing";
  disk.vfs.szOsFile = sizeof(struct file);
  disk.vfs.xOpen = disk_open;
  disk.vfs.pNext = NULL;
  assert_int_equal(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

/* ---- */

static void arm(enum trouble trouble, int after, bool lasting) {
  disk.after = after;
  disk.lasting = lasting;
  disk.failures = 0;
  disk.trouble = trouble;
}

/* Says three things while the disk fails and one after it is well; returns whether the disk was reached at all. */
static bool survive(struct fixture *f, enum trouble trouble, int after, bool lasting) {
  char text[48];
  bool told[4] = {false};
  arm(trouble, after, lasting);
  for (int i = 0; i < 4; i++) {
    if (i == 3) arm(NONE, 0, false);
    snprintf(text, sizeof text, "%s %d %d %d", trouble_names[trouble], after, lasting, i);
    enum status status = desk_say(f, "c1", text, text);
    told[i] = status == OK;
    if (status == OK) continue;
    assert_true(status == E_FULL || status == E_IO);
    if (trouble == DISK_FULL) assert_int_equal(status, E_FULL);
    assert_true(strlen(f->problem.zh) > 0 && strlen(f->problem.en) > 0);
  }
  bool reached = disk.failures > 0 || !told[0] || !told[1] || !told[2];
  assert_true(told[3]);
  desk_open_again(f);
  for (int i = 0; i < 4; i++) {
    snprintf(text, sizeof text, "%s %d %d %d", trouble_names[trouble], after, lasting, i);
    size_t there = desk_notes(f, text);
    if (told[i] ? there != 1 : there > 1) fail_msg("%s: told %d, there %zu", text, told[i], there);
    assert_int_equal(desk_say(f, "c1", text, text), OK); /* sent again: once in all */
    assert_int_equal(desk_notes(f, text), 1);
  }
  desk_check_chain(f->file);
  return reached;
}

static void a_failing_disk_loses_nothing(void **state) {
  struct fixture *f = *state;
  int cases = 0, reached = 0;
  for (enum trouble t = DISK_FULL; t <= FAILED_SYNC; t++)
    for (int lasting = 0; lasting < 2; lasting++)
      for (int after = 0; after < 40; after += after < 12 ? 1 : 7) {
        cases++;
        reached += survive(f, t, after, lasting);
      }
  print_message("%d of %d failures struck, all survived\n", reached, cases);
  assert_true(reached > cases / 3);
  f->feed_gap = false; /* who lost lines with a failed answer resumes by seq */
}

static void a_full_disk_at_start_is_told(void **state) {
  struct fixture *f = *state;
  assert_int_equal(desk_say(f, "c1", "before", ""), OK);
  writer_close(f->writer);
  f->writer = NULL;
  arm(DISK_FULL, 0, true);
  struct writer_options o = desk_options(f);
  enum status status = writer_open(&o, &f->writer, &f->problem);
  arm(NONE, 0, false);
  if (status != OK) assert_true(status == E_FULL && strlen(f->problem.zh) > 0);
  if (status != OK) assert_int_equal(writer_open(&o, &f->writer, &f->problem), OK);
  assert_int_equal(desk_say(f, "c1", "after", ""), OK);
  assert_int_equal(desk_notes(f, NULL), 2);
}

int main(void) {
  mount_disk();
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_failing_disk_loses_nothing, desk_setup, desk_teardown),
                                     cmocka_unit_test_setup_teardown(a_full_disk_at_start_is_told, desk_setup, desk_teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
