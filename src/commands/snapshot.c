/* The desk's snapshot: the engine's memory in a file beside the database, so that a start judges only what came after it.
 *
 * It is a cache and nothing more. It names the seal it was made at and the rulebooks it was made with; when the log has no such seal
 * there, when a byte is not what was written, or the program is another one, the file is passed over with a line in the
 * log, and everything is derived from the events as without it. It is written to a second file, which takes the name of the
 * first only when all of it is on disk. Fault points: snapshot.write, snapshot.rename. */
#include "commands/writer_internal.h"

#include "base/fault.h"
#include "base/log.h"
#include "events/log.sql.h"
#include "rules/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 1000, VERSIONS_MOST = 10000, TAIL_SETTLE_EVERY = 256, WRITE_BUFFER = 1 << 20 };
static const size_t TAIL_ARENA = (size_t)1 << 20;

struct head {
  char magic[8];
  i64 zone_offset_ms, last_seq;
  unsigned char seal[SEAL_BYTES];
  u64 versions;
  u64 sum; /* of this head with sum 0 and of the versions */
};
struct stored_version {
  i64 published_ms, in_force_ms;
  u64 announced, length; /* the source follows */
};

static u64 sum_of(u64 h, const void *bytes, size_t n) { return (h ^ str_hash((struct str){bytes, n})) * 0x9e3779b97f4a7c15u + n; }

/* ---- writing ---- */

struct out {
  FILE *file;
};

static enum status put(void *ctx, const void *bytes, size_t n) {
  struct out *o = ctx;
  return fwrite(bytes, 1, n, o->file) == n ? OK : E_IO;
}

static struct stored_version stored(const struct desk_version *v) {
  return (struct stored_version){v->published_ms, v->in_force_ms, v->announced, v->program->source.n};
}

static enum status write_all(struct desk *d, const struct event_log *log, FILE *file, struct problem *p) {
  enum status status = OK;
  struct out o = {.file = file};
  struct head head = {.magic = "GUIJU-S1", .zone_offset_ms = d->zone_offset_ms, .last_seq = log->last_seq, .versions = d->version_count};
  memcpy(head.seal, log->seal, SEAL_BYTES);
  head.sum = sum_of(0, &head, sizeof head);
  for (size_t i = 0; i < d->version_count; i++) {
    struct stored_version v = stored(&d->versions[i]);
    head.sum = sum_of(sum_of(head.sum, &v, sizeof v), d->versions[i].program->source.p, (size_t)v.length);
  }
  TRY(put(&o, &head, sizeof head));
  for (size_t i = 0; i < d->version_count; i++) {
    struct stored_version v = stored(&d->versions[i]);
    TRY(put(&o, &v, sizeof v));
    TRY(put(&o, d->versions[i].program->source.p, (size_t)v.length));
  }
  TRY(fault_point("snapshot.write"));
  TRY(engine_save(d->engine, put, &o, p));
  TRY(fault_point("snapshot.write"));
  if (fflush(file) != 0 || fsync(fileno(file)) != 0) status = E_IO;
done:
  return status;
}

static void sync_folder(const char *path) {
  char folder[PATH_MOST];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash) *slash = 0;
  int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!fsync(fd);
  close(fd);
}

enum status desk_snapshot(struct desk *d, const struct event_log *log, struct problem *p) {
  const char *path = d->options->snapshot;
  char fresh[PATH_MOST + 8];
  if (path == NULL || strlen(path) >= PATH_MOST || log->last_seq != log->sealed_seq) return OK;
  snprintf(fresh, sizeof fresh, "%s.new", path);
  FILE *file = fopen(fresh, "wb");
  if (file == NULL) return problem_set(p, E_IO, "snapshot.io", "写不了快照“%s”", "The snapshot “%s” cannot be written", fresh);
  (void)setvbuf(file, NULL, _IOFBF, WRITE_BUFFER);
  enum status status = write_all(d, log, file, p);
  if (fclose(file) != 0 && status == OK) status = E_IO;
  if (status == OK) status = fault_point("snapshot.rename");
  if (status == OK && rename(fresh, path) != 0) status = E_IO;
  if (status == OK) {
    sync_folder(path);
    d->snapshot_seq = log->last_seq;
    return OK;
  }
  (void)unlink(fresh);
  if (p->key[0]) return status;
  return problem_set(p, status, "snapshot.io", "写不了快照“%s”", "The snapshot “%s” cannot be written", path);
}

/* ---- reading ---- */

struct map {
  const char *p;
  size_t n;
};

static bool map_file(const char *path, struct map *m) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool there = fstat(fd, &st) == 0 && st.st_size > 0;
  void *p = there ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : MAP_FAILED;
  close(fd);
  if (p == MAP_FAILED) return false;
  *m = (struct map){p, (size_t)st.st_size};
  return true;
}

static bool take(struct map *m, void *to, size_t n) {
  if (m->n < n) return false;
  memcpy(to, m->p, n);
  m->p += n;
  m->n -= n;
  return true;
}

/* Is the seal it was made at the log's seal of that place? The chain before it is then the one it was made from. */
static enum status same_log(struct store *s, const struct head *head, struct problem *p) {
  struct arena *a = arena_new(TAIL_ARENA);
  const struct log_seals_in in = {.after = head->last_seq - 1, .most = 1};
  struct log_seals_row *rows = NULL;
  size_t count = 0;
  enum status status = log_seals(s, a, &in, &rows, &count, p);
  if (status == OK && (count == 0 || rows[0].last_seq != head->last_seq || rows[0].hash.n != SEAL_BYTES || memcmp(rows[0].hash.p, head->seal, SEAL_BYTES) != 0))
    status = problem_set(p, E_INVALID, "snapshot.refused", "快照与日志不符", "the snapshot is of another log");
  arena_free(a);
  return status;
}

static enum status read_versions(struct desk *d, struct map *m, const struct head *head, struct image_version *out, struct problem *p) {
  struct head plain = *head;
  plain.sum = 0;
  u64 sum = sum_of(0, &plain, sizeof plain);
  struct map look = *m;
  for (u64 i = 0; i < head->versions; i++) { /* all of it is summed before any of it is believed */
    struct stored_version v;
    if (!take(&look, &v, sizeof v) || v.length > look.n) return problem_set(p, E_INVALID, "snapshot.refused", "快照不完整", "the snapshot is cut short");
    sum = sum_of(sum_of(sum, &v, sizeof v), look.p, (size_t)v.length);
    look.p += v.length;
    look.n -= v.length;
  }
  if (sum != head->sum) return problem_set(p, E_INVALID, "snapshot.refused", "快照已损坏", "the snapshot is damaged");
  d->versions = realloc(d->versions, (head->versions + 1) * sizeof *d->versions);
  BUG_IF(d->versions == NULL);
  d->version_room = head->versions + 1;
  for (u64 i = 0; i < head->versions; i++) {
    struct stored_version v;
    const struct lang_program *program = NULL;
    BUG_IF(!take(m, &v, sizeof v));
    struct str source = arena_dup(d->programs, (struct str){m->p, (size_t)v.length});
    m->p += v.length;
    m->n -= v.length;
    for (u64 k = 0; k < i && !program; k++)
      if (str_eq(d->versions[k].program->source, source)) program = d->versions[k].program;
    enum status status = program ? OK : d->options->compile(d->options->compile_ctx, d->programs, source, &program, p);
    if (status != OK) return status;
    d->versions[i] = (struct desk_version){v.published_ms, v.in_force_ms, program, v.announced != 0};
    d->version_count = i + 1;
    out[i] = (struct image_version){program, v.published_ms, v.in_force_ms};
  }
  return OK;
}

static enum status restore(struct desk *d, struct store *s, struct map m, struct problem *p) {
  enum status status = OK;
  struct head head;
  struct image_version *versions = NULL;
  if (!take(&m, &head, sizeof head) || memcmp(head.magic, "GUIJU-S1", 8) != 0 || head.versions > VERSIONS_MOST)
    return problem_set(p, E_INVALID, "snapshot.refused", "不是这个程序的快照", "it is no snapshot of this program");
  versions = calloc(head.versions + 1, sizeof *versions);
  BUG_IF(versions == NULL);
  TRY(same_log(s, &head, p));
  TRY(read_versions(d, &m, &head, versions, p));
  d->zone_offset_ms = head.zone_offset_ms;
  engine_free(d->engine);
  d->engine = engine_new(d->zone_offset_ms, NULL);
  TRY(engine_restore(d->engine, m.p, m.n, versions, head.versions, p));
  d->snapshot_seq = head.last_seq;
done:
  free(versions);
  return status;
}

bool desk_restore(struct desk *d, struct store *s) {
  struct map m;
  struct problem p = {0};
  const char *path = d->options->snapshot;
  if (path == NULL || d->options->compile == NULL || !map_file(path, &m)) return false;
  i64 zone = d->zone_offset_ms;
  enum status status = restore(d, s, m, &p);
  munmap((void *)(uintptr_t)m.p, m.n);
  if (status == OK) return true;
  log_warn("the snapshot is passed over and the log judged again: %s", p.en);
  d->zone_offset_ms = zone;
  return false;
}
