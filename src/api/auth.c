/* Who asks: session cookie, API key or visitor token, found in a small cache or by a reader; then CSRF and limits.
 *
 * The cache is emptied by the writer's feed whenever a session, a person, a key or the rulebook changes, before the client that
 * caused it hears its answer; so a revoked session is refused at once. */
#include "api/api_internal.h"

#include "base/log.h"
#include "views/json.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_PLACES = 4096 };

struct cached {
  char hash[SESSION_HASH_HEX + 1];
  i64 until_ms;
  enum actor_type type;
  bool owner;
  i64 expires_ms;
  char *text; /* id, name, role, scopes, csrf, each with its NUL */
};

struct session_cache {
  pthread_mutex_t mutex;
  u64 version; /* counts the clearings: a session found before one is not kept after it */
  struct cached *places[CACHE_PLACES];
};

void api_random_token(char out[2 * API_TOKEN_BYTES + 1]) {
  unsigned char bytes[API_TOKEN_BYTES];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2hex(out, 2 * API_TOKEN_BYTES + 1, bytes, sizeof bytes);
}

struct session_cache *session_cache_new(void) {
  struct session_cache *c = calloc(1, sizeof *c);
  BUG_IF(c == NULL);
  pthread_mutex_init(&c->mutex, NULL);
  return c;
}

static void drop(struct cached *e) {
  if (e == NULL) return;
  free(e->text);
  free(e);
}

void session_cache_clear(struct session_cache *c) {
  pthread_mutex_lock(&c->mutex);
  c->version++;
  for (size_t i = 0; i < CACHE_PLACES; i++) {
    drop(c->places[i]);
    c->places[i] = NULL;
  }
  pthread_mutex_unlock(&c->mutex);
}

void session_cache_free(struct session_cache *c) {
  if (c == NULL) return;
  session_cache_clear(c);
  pthread_mutex_destroy(&c->mutex);
  free(c);
}

/* The hash is random already. */
static size_t place_of(const char *hash) {
  size_t n = 0;
  for (int i = 0; i < 8; i++) n = n * 31 + (unsigned char)hash[i];
  return n % CACHE_PLACES;
}

static bool cache_get(struct session_cache *c, const char *hash, enum actor_type type, i64 now_ms, struct arena *a, struct session *out) {
  pthread_mutex_lock(&c->mutex);
  const struct cached *e = c->places[place_of(hash)];
  bool found = e && e->type == type && strcmp(e->hash, hash) == 0 && now_ms < e->until_ms;
  if (found) {
    struct str parts[5];
    const char *at = e->text;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
      parts[i] = arena_dup(a, str_c(at));
      at += strlen(at) + 1;
    }
    *out = (struct session){.expires_ms = e->expires_ms, .csrf = parts[4],
                            .actor = {.type = e->type, .owner = e->owner, .id = parts[0], .name = parts[1], .role = parts[2], .scopes = parts[3]}};
  }
  pthread_mutex_unlock(&c->mutex);
  return found;
}

static u64 cache_version(struct session_cache *c) {
  pthread_mutex_lock(&c->mutex);
  u64 version = c->version;
  pthread_mutex_unlock(&c->mutex);
  return version;
}

static void cache_put(struct session_cache *c, u64 version, const char *hash, i64 now_ms, const struct session *s) {
  struct cached *e = calloc(1, sizeof *e);
  struct buf text;
  buf_init(&text, 16 * 1024);
  struct str parts[] = {s->actor.id, s->actor.name, s->actor.role, s->actor.scopes, s->csrf};
  for (size_t i = 0; i < COUNT_OF(parts); i++) {
    buf_add(&text, parts[i]);
    buf_byte(&text, '\0');
  }
  BUG_IF(e == NULL || text.overflow);
  memcpy(e->hash, hash, sizeof e->hash);
  e->until_ms = now_ms + API_SESSION_TTL_MS < s->expires_ms ? now_ms + API_SESSION_TTL_MS : s->expires_ms;
  e->expires_ms = s->expires_ms;
  e->type = s->actor.type;
  e->owner = s->actor.owner;
  e->text = text.p;
  pthread_mutex_lock(&c->mutex);
  struct cached **place = &c->places[place_of(hash)];
  struct cached *old = e;
  if (version == c->version) {
    old = *place;
    *place = e;
  }
  pthread_mutex_unlock(&c->mutex);
  drop(old);
}

/* ---- the call --------------------------------------------------------------------------------------------------- */

/* Changes with a cookie must come from our own pages: the header that only they can read, and their origin. */
static bool csrf_holds(struct api_call *c) {
  if (c->session.actor.type != ACTOR_PERSON || c->route->method == HTTP_GET) return true;
  struct str given = c->r->headers[HTTP_H_CSRF], want = c->session.csrf;
  if (want.n == 0 || given.n != want.n || sodium_memcmp(given.p, want.p, want.n) != 0) return false;
  struct str origin = c->r->headers[HTTP_H_ORIGIN], host = c->r->headers[HTTP_H_HOST];
  if (origin.n == 0) return true;
  size_t at = str_find(origin, STR("://"), 0);
  return at != SIZE_MAX && str_eq(str_slice(origin, at + 3, origin.n), host);
}

static void known(struct api_call *c) {
  struct api *api = c->api;
  c->session.actor.address = c->r->peer;
  if (c->session.actor.type == ACTOR_PERSON) c->session.actor.session = str_c(c->token_hash);
  if (!csrf_holds(c)) {
    (void)!problem_set(&c->problem, E_DENIED, "session.csrf", "页面已过期，请刷新后再试", "The page is out of date; reload it and try again");
    api_answer_problem(c, &c->problem);
    return;
  }
  struct limit_table *table = c->session.actor.type == ACTOR_CUSTOMER ? api->by_visitor : api->by_session;
  if (!api->config.unlimited && limit_take(table, str_c(c->token_hash), api_now(api)) > 0) {
    api_answer_status(c, E_BUSY, NULL);
    return;
  }
  c->then(c);
}

static void touch_done(void *ctx, enum status status, json_t *owned_result, const struct problem *p) {
  (void)ctx, (void)status, (void)p;
  json_decref(owned_result);
}

static bool bears_key(const struct api_call *c) {
  return str_starts(c->r->headers[HTTP_H_AUTHORIZATION], STR("Bearer ")) || c->r->headers[HTTP_H_API_TOKEN].n > 0;
}

/* On a reader's thread: the cache did not know the token. */
static void look_up(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  struct str hash = str_c(c->token_hash);
  i64 now = api_now(c->api);
  u64 version = cache_version(c->api->sessions);
  struct session found = {0};
  enum status status;
  if (c->route->auth == ROUTE_VISITOR)
    status = session_find_visitor(r->store, r->arena, hash, &found);
  else if (bears_key(c))
    status = session_find_key(r->store, r->arena, hash, now, &found);
  else
    status = session_find(r->store, r->arena, hash, now, &found);
  if (status != OK) {
    api_answer_status(c, status, NULL);
    return;
  }
  cache_put(c->api->sessions, version, c->token_hash, now, &found);
  struct arena *a = c->r->arena;
  c->session = (struct session){.expires_ms = found.expires_ms, .csrf = arena_dup(a, found.csrf), .actor = found.actor};
  c->session.actor.id = arena_dup(a, found.actor.id);
  c->session.actor.name = arena_dup(a, found.actor.name);
  c->session.actor.role = arena_dup(a, found.actor.role);
  c->session.actor.scopes = arena_dup(a, found.actor.scopes);
  if (found.actor.type == ACTOR_PERSON) { /* keeps a session in use from running out */
    struct actor actor = c->session.actor;
    actor.session = hash;
    api_submit(c->api, "session.touch", NULL, &actor, STR(""), touch_done, NULL);
  }
  if (found.actor.type == ACTOR_KEY) { /* once a minute at most: until then the cache knows the key */
    struct actor actor = c->session.actor;
    api_submit(c->api, "key.touch", json_pack("{s:o}", "id", json_of(found.actor.session)), &actor, STR(""), touch_done, NULL);
  }
  known(c);
}

/* The token of this request: visitor's argument, bearer key or cookie; empty when there is none. */
static struct str token_of(const struct api_call *c) {
  if (c->route->auth == ROUTE_VISITOR) return json_arg(c->args, "token");
  struct str authorization = c->r->headers[HTTP_H_AUTHORIZATION];
  if (str_starts(authorization, STR("Bearer "))) return str_trim(str_slice(authorization, 7, authorization.n));
  if (c->r->headers[HTTP_H_API_TOKEN].n > 0) return c->r->headers[HTTP_H_API_TOKEN];
  return http_cookie(c->r, "gj");
}

/* One kind of token is never another, whatever is in the cache. */
static enum actor_type kind_of(const struct api_call *c) {
  if (c->route->auth == ROUTE_VISITOR) return ACTOR_CUSTOMER;
  return bears_key(c) ? ACTOR_KEY : ACTOR_PERSON;
}

void api_authenticate(struct api_call *c) {
  struct str token = token_of(c);
  if (token.n == 0 || token.n > 200) {
    api_answer_status(c, E_UNAUTHENTIC, NULL);
    return;
  }
  session_token_hash(token, c->token_hash);
  if (cache_get(c->api->sessions, c->token_hash, kind_of(c), api_now(c->api), c->r->arena, &c->session)) {
    known(c);
    return;
  }
  /* Guessing tokens must be slow for an address. */
  if (!c->api->config.unlimited && limit_take(c->api->by_address, c->r->peer, api_now(c->api)) > 0) {
    api_answer_status(c, E_BUSY, NULL);
    return;
  }
  struct problem p = {0};
  enum status status = writer_read(c->api->config.writer, look_up, c, &p);
  if (status != OK) api_answer_status(c, status, &p);
}
