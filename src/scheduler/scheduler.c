/* The thread that wakes the desk. It keeps no state that matters: stopped and started again, nothing is lost or done twice, because
 * what is due follows from the log. */
#include "scheduler/scheduler.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct scheduler {
  struct writer *writer;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  bool stopping;
};

struct scheduler_needs scheduler_decide(struct scheduler_look *look, i64 wall_ms, i64 monotonic_ms, i64 zone_offset_ms) {
  struct scheduler_needs needs = {0};
  i64 day = instant_date(wall_ms, zone_offset_ms);
  if (!look->begun) {
    *look = (struct scheduler_look){.begun = true, .wall_ms = wall_ms, .monotonic_ms = monotonic_ms, .woke_ms = monotonic_ms, .day = day};
    return (struct scheduler_needs){.wake = true, .new_day = true};
  }
  i64 apart = (wall_ms - look->wall_ms) - (monotonic_ms - look->monotonic_ms);
  if (apart > SCHEDULER_JUMP_MS || apart < -SCHEDULER_JUMP_MS) needs.jump_ms = apart;
  needs.new_day = day > look->day; /* set back over midnight, the day is not begun a second time */
  needs.wake = needs.jump_ms != 0 || needs.new_day || monotonic_ms - look->woke_ms >= SCHEDULER_WAKE_MS;
  if (needs.wake) look->woke_ms = monotonic_ms;
  look->wall_ms = wall_ms;
  look->monotonic_ms = monotonic_ms;
  if (day > look->day) look->day = day;
  return needs;
}

enum status scheduler_round(struct writer *w, struct problem *p) {
  enum status status = writer_tick(w, p);
  if (status != OK || !writer_program(w)) return status;
  const struct request open = {.name = STR("rules.carry_out"), .owned_args = json_object(), .actor = {.type = ACTOR_SYSTEM}};
  json_t *result = NULL;
  status = writer_call(w, &open, &result, p);
  json_decref(result);
  if (status != OK) return status;
  const struct request due = {.name = STR("conversation.due"), .owned_args = json_object(), .actor = {.type = ACTOR_SYSTEM}};
  result = NULL;
  status = writer_call(w, &due, &result, p);
  json_decref(result);
  return status;
}

static i64 clock_ms(clockid_t which) {
  struct timespec t;
  BUG_IF(clock_gettime(which, &t) != 0);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False when asked to stop. Waits on the monotonic clock, so that setting the wall clock neither delays nor hurries it. */
static bool pause_step(struct scheduler *s) {
  struct timespec until;
  BUG_IF(clock_gettime(CLOCK_MONOTONIC, &until) != 0);
  until.tv_sec += SCHEDULER_STEP_MS / 1000;
  pthread_mutex_lock(&s->mutex);
  while (!s->stopping && pthread_cond_timedwait(&s->wake, &s->mutex, &until) != ETIMEDOUT) continue;
  bool go_on = !s->stopping;
  pthread_mutex_unlock(&s->mutex);
  return go_on;
}

static void *run(void *arg) {
  struct scheduler *s = arg;
  struct scheduler_look look = {0};
  do {
    struct scheduler_needs needs = scheduler_decide(&look, clock_ms(CLOCK_REALTIME), clock_ms(CLOCK_MONOTONIC), writer_state(s->writer).zone_offset_ms);
    struct problem p = {0};
    if (needs.jump_ms) log_warn("the clock jumped by %lld ms; looking at what is due", (long long)needs.jump_ms);
    if (needs.wake && scheduler_round(s->writer, &p) != OK) log_warn("waking the desk failed: %s", p.en);
  } while (pause_step(s));
  return NULL;
}

enum status scheduler_start(struct writer *w, struct scheduler **out, struct problem *p) {
  struct scheduler *s = calloc(1, sizeof *s);
  pthread_condattr_t attributes;
  BUG_IF(s == NULL);
  s->writer = w;
  pthread_mutex_init(&s->mutex, NULL);
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&s->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&s->thread, NULL, run, s) != 0) {
    free(s);
    return problem_set(p, E_IO, "scheduler.thread", "定时线程起不来", "The scheduler's thread could not start");
  }
  *out = s;
  return OK;
}

void scheduler_stop(struct scheduler *s) {
  if (!s) return;
  pthread_mutex_lock(&s->mutex);
  s->stopping = true;
  pthread_cond_signal(&s->wake);
  pthread_mutex_unlock(&s->mutex);
  (void)pthread_join(s->thread, NULL);
  pthread_cond_destroy(&s->wake);
  pthread_mutex_destroy(&s->mutex);
  free(s);
}
