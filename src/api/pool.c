/* A plain pool: one ring, one mutex, one condition. A thread opens its connection with its first job and again after a
 * failure, so that a database that comes back is used again. */
#include "api/pool.h"

#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>

struct job {
  pool_run run;
  void *ctx;
};

struct pool {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct str url;
  struct job *ring;
  size_t room, first, count;
  int idle;
  bool ending;
  int thread_count;
  pthread_t threads[];
};

static bool take(struct pool *p, struct job *job) {
  pthread_mutex_lock(&p->mutex);
  p->idle++;
  while (p->count == 0 && !p->ending) pthread_cond_wait(&p->wake, &p->mutex);
  p->idle--;
  bool found = p->count > 0;
  if (found) {
    *job = p->ring[p->first];
    p->first = (p->first + 1) % p->room;
    p->count--;
  }
  pthread_mutex_unlock(&p->mutex);
  return found;
}

static void *work(void *arg) {
  struct pool *p = arg;
  struct store *store = NULL;
  struct arena *arena = arena_new(POOL_ARENA);
  struct job job;
  while (take(p, &job)) {
    struct problem problem = {0};
    if (store == NULL && store_open(p->url, STORE_READ, &store, &problem) != OK) {
      log_error("cannot open the database for reading: %s", problem.en);
      store = NULL;
    }
    job.run(job.ctx, store, arena);
    arena_reset(arena);
  }
  store_close(store);
  arena_free(arena);
  return NULL;
}

struct pool *pool_new(int threads, size_t queue_most, struct str url) {
  struct pool *p = calloc(1, sizeof *p + (size_t)threads * sizeof p->threads[0]);
  BUG_IF(p == NULL);
  pthread_mutex_init(&p->mutex, NULL);
  pthread_cond_init(&p->wake, NULL);
  p->url = url;
  p->room = queue_most;
  p->ring = calloc(queue_most, sizeof *p->ring);
  BUG_IF(p->ring == NULL);
  p->thread_count = threads;
  for (int i = 0; i < threads; i++) BUG_IF(pthread_create(&p->threads[i], NULL, work, p) != 0);
  return p;
}

bool pool_submit(struct pool *p, pool_run run, void *ctx) {
  pthread_mutex_lock(&p->mutex);
  bool room = p->count < p->room && !p->ending;
  if (room) p->ring[(p->first + p->count++) % p->room] = (struct job){run, ctx};
  bool wake = room && p->idle > 0;
  pthread_mutex_unlock(&p->mutex);
  if (wake) pthread_cond_signal(&p->wake);
  return room;
}

void pool_free(struct pool *p) {
  if (p == NULL) return;
  pthread_mutex_lock(&p->mutex);
  p->ending = true;
  pthread_mutex_unlock(&p->mutex);
  pthread_cond_broadcast(&p->wake);
  for (int i = 0; i < p->thread_count; i++) pthread_join(p->threads[i], NULL);
  pthread_mutex_destroy(&p->mutex);
  pthread_cond_destroy(&p->wake);
  free(p->ring);
  free(p);
}
