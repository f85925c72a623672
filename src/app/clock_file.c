/* The file is looked at every few milliseconds by a thread of its own. See clock_file.h. */
#include "app/clock_file.h"

#include "base/log.h"
#include "scheduler/scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_EVERY_US = 4000 };

struct clock_file {
  const char *path;
  _Atomic i64 now;
  _Atomic bool stop;
  struct writer *writer;
  pthread_t thread;
  bool followed;
};

static bool look(const char *path, i64 *out) {
  char text[64] = "";
  FILE *f = fopen(path, "r");
  if (f == NULL) return false;
  size_t n = fread(text, 1, sizeof text - 1, f);
  (void)fclose(f);
  return str_to_i64(str_trim((struct str){text, n}), out);
}

static void answer(const struct clock_file *c, i64 now) {
  char part[4096], done[4096];
  (void)snprintf(part, sizeof part, "%s.part", c->path);
  (void)snprintf(done, sizeof done, "%s.done", c->path);
  FILE *f = fopen(part, "w");
  if (f == NULL) return;
  (void)fprintf(f, "%lld\n", (long long)now);
  if (fclose(f) == 0) (void)rename(part, done);
}

static void *follow(void *ctx) {
  struct clock_file *c = ctx;
  while (!atomic_load(&c->stop)) {
    i64 now;
    if (look(c->path, &now) && now != atomic_load(&c->now)) {
      struct problem p = {0};
      atomic_store(&c->now, now);
      if (scheduler_round(c->writer, &p) != OK) log_warn("clock: %s", p.en);
      answer(c, now);
    }
    usleep(LOOK_EVERY_US);
  }
  return NULL;
}

enum status clock_file_open(const char *path, struct clock_file **out, struct problem *p) {
  i64 now;
  if (strlen(path) > 4000 || !look(path, &now))
    return problem_set(p, E_INVALID, "config.clock", "--clock 的文件“%s”里应当有一个毫秒数", "The file “%s” of --clock must hold a number of milliseconds", path);
  struct clock_file *c = calloc(1, sizeof *c);
  BUG_IF(c == NULL);
  c->path = path;
  atomic_store(&c->now, now);
  *out = c;
  return OK;
}

i64 clock_file_now(void *clock) { return atomic_load(&((struct clock_file *)clock)->now); }

void clock_file_follow(struct clock_file *c, struct writer *w) {
  c->writer = w;
  c->followed = pthread_create(&c->thread, NULL, follow, c) == 0;
}

void clock_file_stop(struct clock_file *c) {
  if (c == NULL || !c->followed) return;
  atomic_store(&c->stop, true);
  pthread_join(c->thread, NULL);
  c->followed = false;
}

void clock_file_close(struct clock_file *c) {
  clock_file_stop(c);
  free(c);
}
