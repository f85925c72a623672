/* The live feed: what was committed, in order, to everybody who may see it, without gaps.
 *
 * The writer hands committed lines to the loop, which keeps the newest in a ring. A session says the last sequence number it
 * saw; what the ring still holds it gets from there, older lines from the log through a reader, page by page as the socket
 * drains. A visitor is told that something happened in the own conversation, never its words: those are fetched, as they may be
 * seen then. Who looks at which conversation and who is typing is passed on and kept nowhere but in the sessions themselves. A session that cannot keep up is closed by the queue's limit (1013) and comes back with its number. Who
 * asks is found on a reader, and again whenever a session, a person, a key or the rulebook changes. */
#include "api/feed.h"

#include "api/api_internal.h"
#include "api/here.h"
#include "base/log.h"
#include "views/conversation.sql.h"
#include "views/json.h"
#include "views/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FEED_RING = 8192,             /* lines kept for whoever comes back */
  FEED_PAGE = 256,              /* lines read from the log at once */
  FEED_CATCH_UP_MOST = 100000,  /* further behind than this: told to load anew */
  FEED_BEAT_MS = 20000,
  FEED_TYPING_MS = 800,         /* a session's typing is passed on at most this often */
  FEED_CLOSE_SIGN_IN = 4401,
  FEED_ID_MOST = 64,
  FEED_HERE_MOST = 24,          /* people named as looking at one conversation */
  FEED_PREVIEW_BYTES = 1500,    /* of what a visitor is typing, where the desk wants to see it */
};

/* A line in the ring: its text is the frame, the rest says who may see it. */
struct entry {
  struct feed_item item;        /* texts point into `text` */
  struct ws_frame *frame;
  struct ws_frame *visitor;     /* what a visitor is told; made when the first one is there */
  char text[];
};

enum session_state { FEED_ASKING, FEED_CATCHING, FEED_LIVE };
struct feed_session {
  struct feed *feed;
  struct ws *ws;                /* NULL: gone, waiting for its job */
  struct feed_session *next, **link;
  enum session_state state;
  bool busy, again;             /* a job is under way; ask again afterwards */
  bool resumes, key;            /* came with a number; came with an API key */
  struct feed_viewer viewer;
  i64 seen;                     /* everything up to here was sent or is not for this viewer */
  i64 typed_ms;
  char id[FEED_ID_MOST], conversation[FEED_ID_MOST], looking[FEED_ID_MOST];
  char hash[SESSION_HASH_HEX + 1];
};

struct feed {
  struct api *api;
  struct feed_session *sessions;
  struct entry *ring[FEED_RING];
  u64 first, end;               /* ring positions, counted up for ever */
  i64 base;                     /* every line after this sequence number is in the ring */
  i64 last;                     /* newest sequence number */
  i64 beat_ms;
  struct here *here;
  bool preview;                 /* the desk's setting: agents see what a visitor is typing */
};

/* ---- entries ------------------------------------------------------------------------------------------------------ */

static struct str put(char **at, struct str s) {
  char *p = *at;
  if (s.n > 0) memcpy(p, s.p, s.n);
  *at += s.n;
  return (struct str){p, s.n};
}

static struct entry *entry_new(const struct feed_item *i) {
  struct entry *e = malloc(sizeof *e + i->object.n + i->person.n + i->customer.n + 1);
  BUG_IF(e == NULL);
  e->visitor = NULL;
  char *at = e->text;
  e->item = *i;
  e->item.object = put(&at, i->object);
  e->item.person = put(&at, i->person);
  e->item.customer = put(&at, i->customer);
  e->frame = ws_frame_new(i->line);
  e->item.line = ws_frame_text(e->frame);
  return e;
}

static void entry_free(struct entry *e) {
  if (e == NULL) return;
  ws_frame_release(e->frame);
  if (e->visitor) ws_frame_release(e->visitor);
  free(e);
}

/* That something happened, and to which conversation: reasons, names, clocks and words that were taken back stay inside. */
static struct ws_frame *visitor_frame(const struct feed_item *item) {
  json_t *o = json_pack("{s:I,s:s,s:{s:o}}", "seq", (json_int_t)item->seq, "kind", item->kind, "data", "conversation", json_of(item->object));
  char *text = json_dumps(o, JSON_COMPACT);
  json_decref(o);
  BUG_IF(text == NULL);
  struct ws_frame *frame = ws_frame_new(str_c(text));
  free(text);
  return frame;
}

static void send_text(struct feed_session *s, struct str text) {
  struct ws_frame *f = ws_frame_new(text);
  ws_send(s->ws, f);
  ws_frame_release(f);
}

static void send_json(struct feed_session *s, json_t *owned) {
  char *text = json_dumps(owned, JSON_COMPACT);
  BUG_IF(text == NULL);
  json_decref(owned);
  send_text(s, str_c(text));
  free(text);
}

/* ---- sessions ------------------------------------------------------------------------------------------------------ */

static void session_unlink(struct feed_session *s) {
  *s->link = s->next;
  if (s->next) s->next->link = s->link;
}

static void session_end(struct feed_session *s) {
  session_unlink(s);
  free(s);
}

/* A visitor's conversation begins with the first words. */
static void note_conversation(struct feed_session *s, const struct feed_item *i) {
  if (!s->viewer.visitor || i->type != FEED_EVENT || strcmp(i->kind, "conversation.started") != 0) return;
  if (!str_eq(i->customer, s->viewer.id) || i->object.n >= FEED_ID_MOST) return;
  memcpy(s->conversation, i->object.p, i->object.n);
  s->viewer.conversation = (struct str){s->conversation, i->object.n};
}

static void offer(struct feed_session *s, struct entry *e) {
  note_conversation(s, &e->item);
  if (!feed_visible(&s->viewer, &e->item)) return;
  if (s->viewer.visitor && e->visitor == NULL) e->visitor = visitor_frame(&e->item);
  ws_send(s->ws, s->viewer.visitor ? e->visitor : e->frame);
}

static void catch_up(struct feed_session *s);
static void ask(struct feed_session *s);

static void go_live(struct feed_session *s) {
  struct feed *f = s->feed;
  for (u64 at = f->first; at < f->end; at++) {
    struct entry *e = f->ring[at % FEED_RING];
    /* A clock or consequence may follow its event much later, under the same number: rather twice than never. */
    if (e->item.seq > s->seen || (e->item.seq == s->seen && e->item.type != FEED_EVENT)) offer(s, e);
  }
  s->seen = f->last;
  s->state = FEED_LIVE;
}

/* ---- jobs on a reader ------------------------------------------------------------------------------------------------ */

struct job {
  struct feed_session *session;
  struct http_server *server;
  struct api *api;
  struct feed_viewer viewer;
  char hash[SESSION_HASH_HEX + 1];
  bool visitor, key, page, preview;
  i64 grace_s, idle_min;
  i64 since;
  enum status status;
  char id[FEED_ID_MOST], conversation[FEED_ID_MOST];
  unsigned sight;
  struct ws_frame *frames[FEED_PAGE];
  size_t frame_count, scanned;
  i64 last;
};

static bool copy_id(char out[FEED_ID_MOST], struct str s) {
  if (s.n >= FEED_ID_MOST) return false;
  if (s.n > 0) memcpy(out, s.p, s.n);
  out[s.n] = '\0';
  return true;
}

static void on_line(void *ctx, const struct feed_item *item) {
  struct job *j = ctx;
  j->scanned++;
  j->last = item->seq;
  if (j->frame_count < FEED_PAGE && feed_visible(&j->viewer, item)) j->frames[j->frame_count++] = j->viewer.visitor ? visitor_frame(item) : ws_frame_new(item->line);
}

static enum status find_viewer(struct job *j, struct read_ctx *r) {
  struct session found = {0};
  struct str hash = str_c(j->hash);
  i64 now = api_now(j->api);
  enum status status = j->visitor ? session_find_visitor(r->store, r->arena, hash, &found)
                       : j->key   ? session_find_key(r->store, r->arena, hash, now, &found)
                                  : session_find(r->store, r->arena, hash, now, &found);
  if (status != OK) return status;
  if (!copy_id(j->id, found.actor.id)) return E_UNAUTHENTIC;
  j->sight = feed_sight_of(r->program, &found.actor);
  i64 preview = 0;
  status = setting_value(r->store, r->arena, SETTING_TYPING_PREVIEW, &preview, NULL);
  j->preview = preview != 0;
  if (status == OK) status = setting_value(r->store, r->arena, SETTING_GRACE_SECONDS, &j->grace_s, NULL);
  if (status == OK) status = setting_value(r->store, r->arena, SETTING_IDLE_MINUTES, &j->idle_min, NULL);
  if (status != OK || !j->visitor) return status;
  struct conversation_latest_of_row *row = NULL;
  status = conversation_latest_of(r->store, r->arena, &(struct conversation_latest_of_in){.customer = found.actor.id}, &row, NULL);
  if (status == OK && row) (void)copy_id(j->conversation, row->id);
  return status;
}

static void job_back(void *ctx);

static void job_run(void *ctx, struct read_ctx *r) {
  struct job *j = ctx;
  struct problem p = {0};
  j->status = j->page ? writer_feed_since(r->store, j->since, FEED_PAGE, on_line, j, &p) : find_viewer(j, r);
  http_server_post(j->server, job_back, j);
}

static void submit(struct feed_session *s, bool page) {
  struct job *j = calloc(1, sizeof *j);
  BUG_IF(j == NULL);
  struct api *api = s->feed->api;
  j->session = s;
  j->api = api;
  j->server = api->server;
  j->page = page;
  j->visitor = s->viewer.visitor;
  j->key = s->key;
  j->viewer = s->viewer;
  j->since = j->last = s->seen;
  memcpy(j->hash, s->hash, sizeof j->hash);
  s->busy = true;
  struct problem p = {0};
  enum status status = writer_read(api->config.writer, job_run, j, &p);
  if (status == OK) return;
  j->status = status;
  http_server_post(j->server, job_back, j);
}

static void ask(struct feed_session *s) { submit(s, false); }

static void hello(struct feed_session *s) {
  struct feed *f = s->feed;
  send_json(s, json_pack("{s:{s:I,s:I}}", "hello", "now", (json_int_t)api_now(f->api), "seq", (json_int_t)f->last));
  if (!s->resumes || s->seen > f->last) s->seen = f->last;
  if (s->viewer.visitor ? s->seen < f->base : f->last - s->seen > FEED_CATCH_UP_MOST) {
    send_text(s, STR("{\"reload\":true}"));
    s->seen = f->last;
  }
  s->state = FEED_CATCHING;
  catch_up(s);
}

static void viewer_found(struct feed_session *s, const struct job *j) {
  if (j->status != OK) {
    bool unknown = j->status == E_UNAUTHENTIC || j->status == E_NOT_FOUND;
    ws_close(s->ws, unknown ? FEED_CLOSE_SIGN_IN : 1013, unknown ? "sign in" : "try again");
    return;
  }
  memcpy(s->id, j->id, sizeof s->id);
  s->viewer.id = str_c(s->id);
  s->viewer.sight = j->sight;
  s->feed->preview = j->preview;
  here_set(s->feed->here, j->grace_s * 1000, j->idle_min * MS_MINUTE);
  if (s->state != FEED_ASKING) return;
  if (!s->viewer.visitor && !s->key) here_came(s->feed->here, s->viewer.id);
  memcpy(s->conversation, j->conversation, sizeof s->conversation);
  s->viewer.conversation = str_c(s->conversation);
  hello(s);
}

static void job_back(void *ctx) {
  struct job *j = ctx;
  struct feed_session *s = j->session;
  s->busy = false;
  if (s->ws == NULL) { /* went away meanwhile, and left its end to this */
    session_end(s);
    s = NULL;
  } else if (!j->page) {
    viewer_found(s, j);
  } else if (j->status != OK) {
    ws_close(s->ws, 1013, "try again");
  } else {
    for (size_t i = 0; i < j->frame_count; i++) ws_send(s->ws, j->frames[i]);
    s->seen = j->last;
    if (j->scanned == 0) s->seen = s->feed->base; /* the log has nothing between */
    catch_up(s);
  }
  if (s && s->again && !s->busy) {
    s->again = false;
    ask(s);
  }
  for (size_t i = 0; i < j->frame_count; i++) ws_frame_release(j->frames[i]);
  free(j);
}

static void catch_up(struct feed_session *s) {
  if (s->state != FEED_CATCHING || s->busy) return;
  if (s->seen >= s->feed->base) {
    go_live(s);
  } else if (ws_queued(s->ws) == 0) {
    submit(s, true); /* else feed_drained comes */
  }
}

/* ---- from the writer --------------------------------------------------------------------------------------------------- */

struct delivery {
  struct feed *feed;
  size_t count;
  bool access; /* somebody's rights may have changed */
  struct entry *entries[];
};

static bool changes_access(const struct feed_item *i) {
  static const char *const kinds[] = {"session.revoked", "session.closed", "person.changed", "person.left", "key.changed", "rulebook.in_force", "rulebook.published", "desk.changed"};
  if (i->type != FEED_EVENT) return false;
  for (size_t k = 0; k < COUNT_OF(kinds); k++)
    if (strcmp(i->kind, kinds[k]) == 0) return true;
  return false;
}

static void deliver(void *ctx) {
  struct delivery *d = ctx;
  struct feed *f = d->feed;
  for (size_t i = 0; i < d->count; i++) {
    struct entry *e = d->entries[i];
    struct entry **place = &f->ring[f->end % FEED_RING];
    if (f->end - f->first == FEED_RING) {
      f->base = (*place)->item.seq;
      entry_free(*place);
      f->first++;
    }
    *place = e;
    f->end++;
    if (e->item.seq > f->last) f->last = e->item.seq;
    for (struct feed_session *s = f->sessions, *next; s; s = next) {
      next = s->next;
      if (s->ws && s->state == FEED_LIVE) {
        offer(s, e);
        s->seen = f->last;
      }
    }
  }
  for (struct feed_session *s = f->sessions; d->access && s; s = s->next) {
    if (s->ws == NULL || s->viewer.visitor || s->state == FEED_ASKING) continue;
    if (s->busy) s->again = true;
    else ask(s);
  }
  free(d);
}

void api_feed(void *ctx, const struct feed_item *items, size_t count) {
  struct api *api = ctx;
  if (count == 0) return;
  struct delivery *d = calloc(1, sizeof *d + count * sizeof d->entries[0]);
  BUG_IF(d == NULL);
  d->feed = api->feed;
  for (size_t i = 0; i < count; i++) {
    d->access = d->access || changes_access(&items[i]);
    d->entries[d->count++] = entry_new(&items[i]);
  }
  if (d->access) session_cache_clear(api->sessions);
  if (api->server) {
    http_server_post(api->server, deliver, d);
    return;
  }
  for (size_t i = 0; i < d->count; i++) entry_free(d->entries[i]); /* before the start: the log has it */
  free(d);
}

/* ---- from the socket -------------------------------------------------------------------------------------------------- */

bool feed_accept(struct api *api, const struct http_request *r) {
  (void)api;
  if (str_is(r->path, "/w/feed")) return true;
  if (!str_is(r->path, "/api/v1/feed")) return false;
  struct str origin = r->headers[HTTP_H_ORIGIN];
  if (origin.n == 0) return true;
  size_t at = str_find(origin, STR("://"), 0);
  return at != SIZE_MAX && str_eq(str_slice(origin, at + 3, origin.n), r->headers[HTTP_H_HOST]);
}

void feed_open(void *ctx, struct ws *ws, const struct http_request *r) {
  struct api *api = ctx;
  struct feed *f = api->feed;
  struct feed_session *s = calloc(1, sizeof *s);
  BUG_IF(s == NULL);
  s->feed = f;
  s->ws = ws;
  s->next = f->sessions;
  s->link = &f->sessions;
  if (s->next) s->next->link = &s->next;
  f->sessions = s;
  ws_set_user(ws, s);
  struct str token = STR(""), since, authorization = r->headers[HTTP_H_AUTHORIZATION];
  s->viewer.visitor = str_is(r->path, "/w/feed");
  if (s->viewer.visitor) {
    (void)http_query(r, "token", &token);
  } else if (str_starts(authorization, STR("Bearer "))) {
    token = str_trim(str_slice(authorization, 7, authorization.n));
    s->key = true;
  } else {
    token = http_cookie(r, "gj");
  }
  session_token_hash(token, s->hash);
  s->resumes = http_query(r, "since", &since) && str_to_i64(since, &s->seen) && s->seen >= 0;
  ws_drop_request(ws);
  ask(s);
}

static bool looks_at(const struct feed_session *s, struct str conversation) {
  return s->ws && s->state != FEED_ASKING && !s->viewer.visitor && str_eq(str_c(s->looking), conversation);
}

/* Everybody who has this conversation before them is told who else has. */
static void tell_here(struct feed *f, struct str conversation) {
  struct str people[FEED_HERE_MOST];
  size_t n = 0;
  if (!conversation.n) return;
  for (struct feed_session *s = f->sessions; s && n < FEED_HERE_MOST; s = s->next) {
    bool twice = !looks_at(s, conversation);
    for (size_t i = 0; i < n && !twice; i++) twice = str_eq(people[i], s->viewer.id);
    if (!twice) people[n++] = s->viewer.id;
  }
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++) json_array_append_new(list, json_of(people[i]));
  json_t *whole = json_pack("{s:{s:o,s:o}}", "here", "conversation", json_of(conversation), "people", list);
  char *text = json_dumps(whole, JSON_COMPACT);
  json_decref(whole);
  BUG_IF(text == NULL);
  struct ws_frame *frame = ws_frame_new(str_c(text));
  free(text);
  for (struct feed_session *s = f->sessions, *next; s; s = next) {
    next = s->next;
    if (looks_at(s, conversation)) ws_send(s->ws, frame);
  }
  ws_frame_release(frame);
}

/* Looks at another conversation, or (empty) at none. */
static void look(struct feed_session *s, struct str conversation) {
  char left[FEED_ID_MOST];
  if (s->viewer.visitor || !(s->viewer.sight & FEED_SEES_CONVERSATIONS) || str_eq(str_c(s->looking), conversation)) return;
  memcpy(left, s->looking, sizeof left);
  if (!copy_id(s->looking, conversation)) return;
  tell_here(s->feed, str_c(left));
  tell_here(s->feed, str_c(s->looking));
}

void feed_closed(void *ctx, struct ws *ws) {
  (void)ctx;
  struct feed_session *s = ws_user(ws);
  if (s == NULL) return;
  s->ws = NULL;
  ws_set_user(ws, NULL);
  struct feed *f = s->feed;
  char left[FEED_ID_MOST];
  memcpy(left, s->looking, sizeof left);
  if (!s->viewer.visitor && !s->key && s->state != FEED_ASKING) here_left(f->here, s->viewer.id);
  if (!s->busy) session_end(s);
  tell_here(f, str_c(left));
}

void feed_drained(void *ctx, struct ws *ws) {
  (void)ctx;
  struct feed_session *s = ws_user(ws);
  if (s) catch_up(s);
}

/* As much of the text as the preview shows, cut between two characters. */
static struct str preview_of(struct str text) {
  size_t at = 0;
  u32 c;
  for (size_t n; at < text.n && (n = str_decode(text, at, &c)) > 0 && at + n <= FEED_PREVIEW_BYTES;) at += n;
  return str_slice(text, 0, at);
}

static struct ws_frame *typing_frame(struct str conversation, struct str by, struct str text) {
  json_t *o = json_pack("{s:o,s:o}", "conversation", json_of(conversation), "by", json_of(by));
  if (text.n) json_object_set_new(o, "text", json_of(preview_of(text)));
  json_t *whole = json_pack("{s:o}", "typing", o);
  char *dumped = json_dumps(whole, JSON_COMPACT);
  json_decref(whole);
  BUG_IF(dumped == NULL);
  struct ws_frame *frame = ws_frame_new(str_c(dumped));
  free(dumped);
  return frame;
}

/* Tell the other side of a conversation, and colleagues, that somebody is typing; colleagues also what, where it may be seen.
 * Nothing is kept. */
static void pass_typing(struct feed *f, struct str conversation, struct str by, struct str text) {
  struct ws_frame *plain = typing_frame(conversation, by, STR("")), *seen = text.n ? typing_frame(conversation, by, text) : NULL;
  for (struct feed_session *s = f->sessions, *next; s; s = next) {
    next = s->next;
    if (s->ws == NULL || s->state != FEED_LIVE || str_eq(s->viewer.id, by)) continue;
    bool visitor = s->viewer.visitor, sees = visitor ? str_eq(s->viewer.conversation, conversation) : (s->viewer.sight & FEED_SEES_CONVERSATIONS) != 0;
    if (sees) ws_send(s->ws, seen && !visitor ? seen : plain);
  }
  ws_frame_release(plain);
  if (seen) ws_frame_release(seen);
}

void feed_message(void *ctx, struct ws *ws, struct str text) {
  struct api *api = ctx;
  struct feed_session *s = ws_user(ws);
  if (s == NULL || s->state == FEED_ASKING) return;
  json_t *m = json_loadb(text.p, text.n, 0, NULL);
  json_t *typing = json_object_get(m, "typing");
  i64 now = api_now(api);
  if (!json_is_object(m)) {
    ws_close(ws, 1003, "JSON objects only");
  } else if (typing) {
    struct str conversation = s->viewer.visitor ? s->viewer.conversation : json_arg(typing, "conversation");
    bool may = s->viewer.visitor || (s->viewer.sight & FEED_SEES_CONVERSATIONS);
    if (may && conversation.n > 0 && conversation.n < FEED_ID_MOST && now - s->typed_ms >= FEED_TYPING_MS) {
      s->typed_ms = now;
      pass_typing(api->feed, conversation, s->viewer.id, s->viewer.visitor && api->feed->preview ? json_arg(typing, "text") : STR(""));
    }
  } else if (json_is_object(json_object_get(m, "looking"))) {
    look(s, json_arg(json_object_get(m, "looking"), "conversation"));
  } else if (json_object_get(m, "moved")) {
    if (!s->viewer.visitor && !s->key) here_moved(s->feed->here, s->viewer.id);
  } else if (json_object_get(m, "ping")) {
    send_text(s, STR("{\"pong\":1}"));
  }
  json_decref(m);
}

struct typing {
  struct feed *feed;
  char conversation[FEED_ID_MOST], by[FEED_ID_MOST];
};

static void on_typing(void *ctx) {
  struct typing *t = ctx;
  pass_typing(t->feed, str_c(t->conversation), str_c(t->by), STR(""));
  free(t);
}

void feed_typing(struct api_call *c) {
  struct writer_state state = writer_state(c->api->config.writer);
  if (!view_may(state.program, &c->session.actor, STR("会话.人工回复"))) {
    api_answer_status(c, E_DENIED, NULL);
    return;
  }
  struct typing *t = calloc(1, sizeof *t);
  BUG_IF(t == NULL);
  t->feed = c->api->feed;
  bool fits = copy_id(t->conversation, json_arg(c->args, "id")) && copy_id(t->by, c->session.actor.id);
  if (fits) http_server_post(c->api->server, on_typing, t);
  else free(t);
  api_answer(c, 200, NULL);
}

void feed_tick(struct api *api) {
  struct feed *f = api->feed;
  i64 now = api_now(api);
  here_tick(f->here);
  if (now - f->beat_ms < FEED_BEAT_MS && now >= f->beat_ms) return;
  f->beat_ms = now;
  char text[96];
  snprintf(text, sizeof text, "{\"now\":%lld,\"seq\":%lld}", (long long)now, (long long)f->last);
  struct ws_frame *frame = ws_frame_new(str_c(text));
  for (struct feed_session *s = f->sessions, *next; s; s = next) {
    next = s->next;
    if (s->ws && s->state == FEED_LIVE) ws_send(s->ws, frame);
  }
  ws_frame_release(frame);
}

struct feed *feed_new(struct api *api) {
  struct feed *f = calloc(1, sizeof *f);
  BUG_IF(f == NULL);
  f->api = api;
  f->here = here_new(api);
  return f;
}

void feed_start(struct feed *f, i64 last_seq) { f->base = f->last = last_seq; }

void feed_free(struct feed *f) {
  if (f == NULL) return;
  while (f->sessions) session_end(f->sessions);
  for (u64 at = f->first; at < f->end; at++) entry_free(f->ring[at % FEED_RING]);
  here_free(f->here);
  free(f);
}
