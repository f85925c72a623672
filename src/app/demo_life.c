/* See demo_life.h. One thread, a round every two seconds: who is really here, who of the others should be on, what each talk does next. */
#include "app/demo_life.h"

#include "app/month_words.h"
#include "base/log.h"
#include "commands/session.h"
#include "views/routing.sql.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SEATS = 8, GUESTS = 12, GUEST_MS = 4 * MS_MINUTE, STAFF_MOST = 64, ID_MOST = 64, NAME_MOST = 64, ROUND_MS = 2000, STEP_MS = 100, LINGER_MS = 3 * MS_MINUTE, PATIENCE_MS = 15 * MS_MINUTE, LEAST_ON = 3 };
static const size_t ROUND_MEMORY = (size_t)16 << 20;

enum seat_phase { SEAT_FREE, SEAT_ASKED, SEAT_ANSWERED, SEAT_THANKED };
struct seat {
  enum seat_phase phase;
  char token[SESSION_HASH_HEX + 1], talk[ID_MOST];
  enum month_topic topic;
  int turns;
  bool greeted, nagged;
  i64 due_ms, asked_ms;
};
struct mate {
  char id[ID_MOST], name[NAME_MOST];
  bool here, on_shift, on; /* a real page is open; by the roster; presence */
};
struct demo_life {
  struct writer *writer;
  i64 (*clock)(void *ctx);
  void *clock_ctx;
  pthread_t thread;
  atomic_bool stop;
  u64 rng;
  i64 watched_ms, next_ms;
  struct seat seats[SEATS], guests[GUESTS]; /* whose customer is played; talks of others, a visitor at /shop among them */
  struct mate staff[STAFF_MOST];
  size_t staff_count;
  char leader[ID_MOST], leader_name[NAME_MOST];
  i64 talks;
  struct arena *arena; /* of the round */
};

/* ---- small things -------------------------------------------------------------------------------------------------------- */

static u64 draw(struct demo_life *l) {
  u64 x = l->rng += 0x9e3779b97f4a7c15ULL;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}
static i64 between(struct demo_life *l, i64 least, i64 most) { return least + (i64)(draw(l) % (u64)(most - least + 1)); }
static bool chance(struct demo_life *l, int percent) { return between(l, 1, 100) <= percent; }

static i64 now_ms(const struct demo_life *l) {
  if (l->clock) return l->clock(l->clock_ctx);
  struct timespec t;
  BUG_IF(clock_gettime(CLOCK_REALTIME, &t) != 0);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A refusal is an answer like any other: the story goes on. */
static json_t *ask(struct demo_life *l, const struct actor *who, const char *name, json_t *owned_args) {
  struct problem p = {0};
  json_t *result = NULL;
  const struct request r = {.name = str_c(name), .owned_args = owned_args, .actor = *who};
  if (writer_call(l->writer, &r, &result, &p) == OK) return result ? result : json_object();
  json_decref(result);
  return NULL;
}
static bool act(struct demo_life *l, const struct actor *who, const char *name, json_t *owned_args) {
  json_t *done = ask(l, who, name, owned_args);
  json_decref(done);
  return done != NULL;
}

static struct actor person(const char *id, const char *name, const char *role) {
  return (struct actor){.type = ACTOR_PERSON, .id = str_c(id), .name = str_c(name), .role = str_c(role)};
}
static const struct actor visitor = {.type = ACTOR_NOBODY, .name = {"visitor", 7}};
static const char *text_of(json_t *o, const char *key) {
  const char *s = json_string_value(json_object_get(o, key));
  return s ? s : "";
}
static void keep(char *out, size_t most, const char *text) { (void)snprintf(out, most, "%s", text); }

/* ---- who is there -------------------------------------------------------------------------------------------------------- */

struct look {
  struct demo_life *life;
  pthread_mutex_t mutex;
  pthread_cond_t seen;
  bool done, watched;
};

/* On a reader's thread: whose pages are open. The round waits, so the staff is touched by one thread at a time. */
static void look_around(void *ctx, struct read_ctx *r) {
  struct look *look = ctx;
  struct presence_socket_all_row *rows = NULL;
  size_t count = 0;
  if (presence_socket_all(r->store, r->arena, &rows, &count, r->problem) != OK) count = 0;
  for (size_t k = 0; k < look->life->staff_count; k++) look->life->staff[k].here = false;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < look->life->staff_count; k++)
      if (str_is(rows[i].person, look->life->staff[k].id)) look->life->staff[k].here = true;
  pthread_mutex_lock(&look->mutex);
  look->watched = count > 0;
  look->done = true;
  pthread_cond_signal(&look->seen);
  pthread_mutex_unlock(&look->mutex);
}

static bool watched(struct demo_life *l) {
  struct problem p = {0};
  struct look look = {.life = l, .mutex = PTHREAD_MUTEX_INITIALIZER, .seen = PTHREAD_COND_INITIALIZER};
  if (writer_read(l->writer, look_around, &look, &p) != OK) return false;
  pthread_mutex_lock(&look.mutex);
  while (!look.done) pthread_cond_wait(&look.seen, &look.mutex);
  pthread_mutex_unlock(&look.mutex);
  return look.watched;
}

static void list_staff(struct demo_life *l) {
  const struct actor desk = {.type = ACTOR_PERSON, .id = STR("demo"), .name = STR("demo"), .owner = true};
  json_t *all = ask(l, &desk, "people.list", json_pack("{s:s,s:i}", "state", "active", "limit", 100)), *one;
  size_t i;
  l->staff_count = 0;
  json_array_foreach(json_object_get(all, "items"), i, one) {
    const char *role = text_of(one, "role");
    if (strcmp(role, "组长") == 0) keep(l->leader, sizeof l->leader, text_of(one, "id")), keep(l->leader_name, sizeof l->leader_name, text_of(one, "name"));
    if (strcmp(role, "客服") != 0 || l->staff_count == STAFF_MOST) continue;
    struct mate *m = &l->staff[l->staff_count++];
    *m = (struct mate){.on = strcmp(text_of(one, "presence"), "online") == 0};
    keep(m->id, sizeof m->id, text_of(one, "id"));
    keep(m->name, sizeof m->name, text_of(one, "name"));
  }
  json_decref(all);
}

static void read_roster(struct demo_life *l) {
  const struct actor leader = person(l->leader, l->leader_name, "组长");
  json_t *floor = ask(l, &leader, "floor.get", json_object()), *one;
  size_t i;
  json_array_foreach(json_object_get(floor, "people"), i, one)
    for (size_t k = 0; k < l->staff_count; k++)
      if (strcmp(text_of(one, "id"), l->staff[k].id) == 0) l->staff[k].on_shift = json_is_true(json_object_get(one, "on_shift"));
  json_decref(floor);
}

/* Whom the roster names, and when these are few the first of the list, so that a visitor at night sees a shop at work too. */
static void bring_on(struct demo_life *l) {
  size_t on_shift = 0;
  for (size_t k = 0; k < l->staff_count; k++) on_shift += l->staff[k].on_shift;
  for (size_t k = 0; k < l->staff_count; k++) {
    struct mate *m = &l->staff[k];
    bool wanted = m->on_shift || (on_shift < LEAST_ON && k < LEAST_ON);
    if (m->here || m->on == wanted) continue;
    const struct actor who = person(m->id, m->name, "客服");
    if (wanted) (void)act(l, &who, "attendance.in", json_object());
    if (act(l, &who, "presence.change", json_pack("{s:s}", "state", wanted ? "online" : "offline"))) m->on = wanted;
  }
}

/* ---- a talk -------------------------------------------------------------------------------------------------------------- */

static json_t *words(struct demo_life *l, enum month_voice voice, enum month_topic topic) {
  struct str s = month_say(l->arena, voice, topic, draw(l));
  return json_stringn(s.p, s.n);
}

static void come(struct demo_life *l, struct seat *s, i64 now) {
  struct str who = month_buyer(l->arena, draw(l));
  *s = (struct seat){.topic = (enum month_topic)(draw(l) % MT_TOPICS), .turns = (int)between(l, 1, 3)};
  session_token_hash(arena_printf(l->arena, "demo-life-%lld-%llu", (long long)l->talks++, (unsigned long long)draw(l)), s->token);
  if (!act(l, &visitor, "widget.start", json_pack("{s:s,s:s%,s:s}", "token_hash", s->token, "name", who.p, who.n, "page", "https://shop.example/item/45"))) return;
  json_t *said = ask(l, &visitor, "widget.say", json_pack("{s:s,s:o}", "token_hash", s->token, "text", words(l, MV_ASK, s->topic)));
  keep(s->talk, sizeof s->talk, text_of(said, "conversation"));
  json_decref(said);
  if (!s->talk[0]) return;
  s->phase = SEAT_ASKED;
  s->asked_ms = now;
  s->due_ms = now + between(l, 6, 26) * MS_SECOND;
}

static void customer_says(struct demo_life *l, struct seat *s, enum month_voice voice) {
  (void)act(l, &visitor, "widget.say", json_pack("{s:s,s:o}", "token_hash", s->token, "text", words(l, voice, s->topic)));
}

static struct mate *mate_of(struct demo_life *l, const char *id) {
  for (size_t k = 0; k < l->staff_count; k++)
    if (strcmp(l->staff[k].id, id) == 0) return &l->staff[k];
  return NULL;
}

/* Nobody has it: one of those who are played takes it. */
static void take(struct demo_life *l, struct seat *s, i64 now) {
  size_t start = (size_t)(draw(l) % (l->staff_count ? l->staff_count : 1));
  for (size_t n = 0; n < l->staff_count; n++) {
    struct mate *m = &l->staff[(start + n) % l->staff_count];
    if (m->here || !m->on) continue;
    const struct actor who = person(m->id, m->name, "客服");
    if (act(l, &who, "conversation.accept", json_pack("{s:s}", "id", s->talk))) break;
  }
  s->due_ms = now + between(l, 4, 20) * MS_SECOND;
}

/* A real person holds it: the customer waits, asks once more, and at last is forgotten here (the talk stays theirs). */
static void wait_for_person(struct demo_life *l, struct seat *s, bool answered, i64 now) {
  if (answered) {
    s->phase = SEAT_ANSWERED;
    s->nagged = false;
    s->due_ms = now + between(l, 8, 30) * MS_SECOND;
  } else if (now - s->asked_ms > PATIENCE_MS) {
    s->phase = SEAT_FREE;
  } else {
    if (!s->nagged && now - s->asked_ms > 2 * MS_MINUTE) customer_says(l, s, MV_MORE), s->nagged = true;
    s->due_ms = now + 5 * MS_SECOND;
  }
}

static void answer(struct demo_life *l, struct seat *s, const struct actor *who, i64 now) {
  json_t *text = words(l, s->greeted ? MV_ANSWER : MV_GREET, s->topic);
  (void)act(l, who, "conversation.reply", json_pack("{s:s,s:o}", "id", s->talk, "text", text));
  if (s->greeted) {
    s->phase = SEAT_ANSWERED;
    s->due_ms = now + between(l, 15, 60) * MS_SECOND;
  } else {
    s->greeted = true;
    s->due_ms = now + between(l, 12, 40) * MS_SECOND;
  }
}

static void customer_turn(struct demo_life *l, struct seat *s, i64 now) {
  bool more = s->turns-- > 0;
  customer_says(l, s, more ? MV_MORE : MV_THANKS);
  s->phase = more ? SEAT_ASKED : SEAT_THANKED;
  s->asked_ms = now;
  s->due_ms = now + (more && chance(l, 12) ? between(l, 45, 110) : between(l, 10, 40)) * MS_SECOND;
}

/* The played agent ends it; the played customer may rate. */
static void finish(struct demo_life *l, struct seat *s, const struct actor *who) {
  bool deal = chance(l, 30);
  (void)act(l, who, "conversation.close", json_pack("{s:s,s:s,s:b,s:s}", "id", s->talk, "reason", "询价", "deal", (int)deal, "no_deal_reason", deal ? "" : "再比较"));
  if (s->token[0] && chance(l, 35)) (void)act(l, &visitor, "widget.rate", json_pack("{s:s,s:i}", "token_hash", s->token, "score", (int)between(l, 3, 5)));
  s->phase = SEAT_FREE;
}

static void go_on(struct demo_life *l, struct seat *s, i64 now) {
  const struct actor leader = person(l->leader, l->leader_name, "组长");
  json_t *talk = ask(l, &leader, "conversation.get", json_pack("{s:s}", "id", s->talk));
  bool over = talk == NULL || strcmp(text_of(talk, "state"), "closed") == 0, answered = !json_is_integer(json_object_get(talk, "wait_since_ms"));
  struct mate *m = mate_of(l, text_of(talk, "agent"));
  bool held = text_of(talk, "agent")[0] != '\0', real = held && (m == NULL || m->here);
  json_decref(talk);
  if (over) {
    s->phase = SEAT_FREE;
  } else if (!held) {
    take(l, s, now);
  } else if (s->phase == SEAT_ANSWERED) {
    customer_turn(l, s, now);
  } else if (real) {
    if (s->phase == SEAT_THANKED) s->phase = SEAT_FREE;
    else wait_for_person(l, s, answered, now);
  } else {
    const struct actor who = person(m->id, m->name, "客服");
    if (s->phase == SEAT_THANKED) finish(l, s, &who);
    else answer(l, s, &who, now);
  }
}

/* A talk whose customer is not played, in a played hand: it is answered, and ended when nothing more was said for a while. */
static void serve_guest(struct demo_life *l, struct seat *s, i64 now) {
  const struct actor leader = person(l->leader, l->leader_name, "组长");
  json_t *talk = ask(l, &leader, "conversation.get", json_pack("{s:s}", "id", s->talk));
  bool over = talk == NULL || strcmp(text_of(talk, "state"), "closed") == 0, answered = !json_is_integer(json_object_get(talk, "wait_since_ms"));
  struct mate *m = mate_of(l, text_of(talk, "agent"));
  json_decref(talk);
  if (over || m == NULL || m->here) {
    s->phase = SEAT_FREE;
    return;
  }
  const struct actor who = person(m->id, m->name, "客服");
  if (!answered || s->turns == 1) answer(l, s, &who, now), s->asked_ms = now, s->turns++; /* a greeting, then the first answer */
  else if (now - s->asked_ms > GUEST_MS) finish(l, s, &who);
  else s->due_ms = now + between(l, 4, 12) * MS_SECOND;
}

static bool known(const struct demo_life *l, const char *talk) {
  for (size_t i = 0; i < SEATS; i++)
    if (l->seats[i].phase != SEAT_FREE && strcmp(l->seats[i].talk, talk) == 0) return true;
  for (size_t i = 0; i < GUESTS; i++)
    if (l->guests[i].phase != SEAT_FREE && strcmp(l->guests[i].talk, talk) == 0) return true;
  return false;
}

static void find_guests(struct demo_life *l, i64 now) {
  const struct actor leader = person(l->leader, l->leader_name, "组长");
  json_t *open = ask(l, &leader, "conversation.list", json_pack("{s:s,s:i}", "box", "open", "limit", 100)), *one;
  size_t i, seat = 0;
  json_array_foreach(json_object_get(open, "items"), i, one) {
    struct mate *m = mate_of(l, text_of(one, "agent"));
    if (m == NULL || m->here || known(l, text_of(one, "id"))) continue;
    while (seat < GUESTS && l->guests[seat].phase != SEAT_FREE) seat++;
    if (seat == GUESTS) break;
    l->guests[seat] = (struct seat){.phase = SEAT_ASKED, .topic = (enum month_topic)(draw(l) % MT_TOPICS), .asked_ms = now, .due_ms = now + between(l, 4, 25) * MS_SECOND};
    keep(l->guests[seat].talk, sizeof l->guests[seat].talk, text_of(one, "id"));
  }
  json_decref(open);
}

/* ---- the round ------------------------------------------------------------------------------------------------------------ */

static void play(struct demo_life *l) {
  i64 now = now_ms(l);
  size_t busy = 0;
  if (!writer_program(l->writer)) return;
  for (size_t i = 0; i < SEATS; i++) busy += l->seats[i].phase != SEAT_FREE;
  list_staff(l);
  if (watched(l)) {
    if (now - l->watched_ms > LINGER_MS) l->next_ms = now; /* somebody comes to look: the shop fills at once */
    l->watched_ms = now;
  }
  bool open = now - l->watched_ms <= LINGER_MS;
  if (!open && busy == 0) return;
  read_roster(l);
  bring_on(l);
  if (open) find_guests(l, now);
  for (size_t i = 0; i < GUESTS; i++)
    if (l->guests[i].phase != SEAT_FREE && now >= l->guests[i].due_ms) serve_guest(l, &l->guests[i], now);
  for (size_t i = 0; i < SEATS; i++) {
    struct seat *s = &l->seats[i];
    if (s->phase != SEAT_FREE && now >= s->due_ms) go_on(l, s, now);
    else if (s->phase == SEAT_FREE && open && now >= l->next_ms) {
      come(l, s, now);
      l->next_ms = now + (busy++ < SEATS / 2 ? 1 : between(l, 8, 40)) * MS_SECOND;
    }
  }
}

static void *live(void *ctx) {
  struct demo_life *l = ctx;
  for (i64 waited = 0; !atomic_load(&l->stop); waited += STEP_MS) {
    if (waited % ROUND_MS == 0) {
      l->arena = arena_new(ROUND_MEMORY);
      play(l);
      arena_free(l->arena);
    }
    usleep(STEP_MS * 1000);
  }
  return NULL;
}

/* ---- start and stop -------------------------------------------------------------------------------------------------------- */

bool demo_life_wanted(const char *data) {
  char path[4200];
  (void)snprintf(path, sizeof path, "%s/" DEMO_LIFE_MARK, data);
  return access(path, F_OK) == 0;
}

enum status demo_life_mark(const char *data, struct problem *p) {
  char path[4200];
  (void)snprintf(path, sizeof path, "%s/" DEMO_LIFE_MARK, data);
  FILE *f = fopen(path, "w");
  bool good = f && fputs("Colleagues and customers of this desk are played while somebody looks at it. Delete this file to stop that.\n", f) >= 0;
  if (f) good = fclose(f) == 0 && good;
  return good ? OK : problem_set(p, E_IO, "demo.files", "数据目录写不进去：%s", "The data folder cannot be written: %s", path);
}

struct demo_life *demo_life_start(struct writer *w, i64 (*clock)(void *ctx), void *clock_ctx, u64 seed) {
  struct demo_life *l = calloc(1, sizeof *l);
  BUG_IF(l == NULL);
  l->writer = w;
  l->clock = clock;
  l->clock_ctx = clock_ctx;
  l->rng = seed;
  if (pthread_create(&l->thread, NULL, live, l) == 0) return l;
  log_warn("demo: the desk does not live");
  free(l);
  return NULL;
}

void demo_life_stop(struct demo_life *l) {
  if (l == NULL) return;
  atomic_store(&l->stop, true);
  pthread_join(l->thread, NULL);
  free(l);
}
