/* See here.h. */
#include "api/here.h"

#include "views/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HERE_ID_MOST = 64, HERE_MOVED_MS = 30000 /* a hand is written down at most this often */,
       HERE_AGAIN_MS = 60000 /* who was on leave when it was told first counts as idle afterwards */ };

struct one {
  struct one *next;
  char id[HERE_ID_MOST];
  int pages;
  i64 gone_ms;            /* since when no page is open; meaningful with pages 0 */
  i64 told_ms;            /* that nobody moves */
  i64 moved_ms;           /* 0: no page of theirs ever said so: never idle */
  bool idle;              /* the desk was told */
};
struct here {
  struct api *api;
  struct one *all;
  i64 grace_ms, idle_ms, began_ms;
  bool swept;
};

/* By the machine's own count: a clock that is set does not take anybody off line. */
static i64 now_ms(void) {
  struct timespec t;
  BUG_IF(clock_gettime(CLOCK_MONOTONIC, &t) != 0);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How long nobody moved is counted by the desk's clock where that is a test's, which stands and jumps as the test says. */
static i64 idle_now_ms(const struct here *h) { return h->api->config.clock ? api_now(h->api) : now_ms(); }

struct here *here_new(struct api *api) {
  struct here *h = calloc(1, sizeof *h);
  BUG_IF(h == NULL);
  h->api = api;
  h->grace_ms = 60000;
  h->began_ms = now_ms();
  return h;
}

void here_free(struct here *h) {
  while (h && h->all) {
    struct one *o = h->all;
    h->all = o->next;
    free(o);
  }
  free(h);
}

void here_set(struct here *h, i64 grace_ms, i64 idle_ms) {
  h->grace_ms = grace_ms;
  h->idle_ms = idle_ms;
}

static struct one *find(struct here *h, struct str person) {
  for (struct one *o = h->all; o; o = o->next)
    if (str_eq(str_c(o->id), person)) return o;
  if (!person.n || person.n >= HERE_ID_MOST) return NULL;
  struct one *o = calloc(1, sizeof *o);
  BUG_IF(o == NULL);
  memcpy(o->id, person.p, person.n);
  o->next = h->all;
  return h->all = o;
}

static void told(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  (void)ctx, (void)status, (void)p; /* the desk has said why; the next tick tries nothing twice */
  json_decref(owned_result);
}

static void tell(struct here *h, const char *what, json_t *owned_args) {
  const struct actor desk = {.type = ACTOR_SYSTEM};
  api_submit(h->api, what, owned_args, &desk, STR(""), told, NULL);
}

static void back(struct here *h, struct one *o, bool active) {
  o->idle = false;
  tell(h, "presence.back", json_pack("{s:s,s:b}", "person", o->id, "active", (int)active));
}

void here_came(struct here *h, struct str person) {
  struct one *o = find(h, person);
  if (o && o->pages++ == 0) back(h, o, false);
}

void here_left(struct here *h, struct str person) {
  struct one *o = find(h, person);
  if (o && o->pages > 0 && --o->pages == 0) o->gone_ms = now_ms();
}

void here_moved(struct here *h, struct str person) {
  struct one *o = find(h, person);
  if (!o) return;
  i64 now = idle_now_ms(h);
  if (o->idle) back(h, o, true);
  else if (o->moved_ms && now - o->moved_ms < HERE_MOVED_MS) return;
  o->moved_ms = now;
}

static void sweep(struct here *h) {
  json_t *present = json_array();
  for (struct one *o = h->all; o; o = o->next)
    if (o->pages > 0) json_array_append_new(present, json_string(o->id));
  h->swept = true;
  tell(h, "presence.sweep", json_pack("{s:o}", "present", present));
}

void here_tick(struct here *h) {
  i64 now = now_ms(), idle_now = idle_now_ms(h);
  if (!h->swept && now - h->began_ms >= h->grace_ms) sweep(h);
  for (struct one **at = &h->all; *at;) {
    struct one *o = *at;
    if (o->pages == 0 && now - o->gone_ms >= h->grace_ms) {
      tell(h, "presence.lost", json_pack("{s:s}", "person", o->id));
      *at = o->next;
      free(o);
      continue;
    }
    if (o->pages > 0 && h->idle_ms > 0 && o->moved_ms && idle_now - o->moved_ms >= h->idle_ms && (!o->idle || idle_now - o->told_ms >= HERE_AGAIN_MS)) {
      o->idle = true;
      o->told_ms = idle_now;
      tell(h, "presence.idle", json_pack("{s:s}", "person", o->id));
    }
    at = &o->next;
  }
}
