/* Secrets made here and shown once: API keys, of which the desk keeps a hash, and the signing secrets of webhooks, which it keeps sealed
 * (commands/vault.h). Their commands go without the idempotency key: a stored answer would hold, or not fit, the secret. */
#include "api/api_internal.h"

#include "commands/vault.h"
#include "views/json.h"

#include <sodium.h>

enum { SECRET_BYTES = 32, HEAD_CHARS = 7 };

static void answer_made(struct api_call *c, enum status status, json_t *owned_result, const struct problem *p, const char *name) {
  if (status != OK) {
    json_decref(owned_result);
    api_answer_status(c, status, p);
    return;
  }
  json_t *result = json_deep_copy(owned_result);
  json_decref(owned_result);
  if (c->more) json_object_set_new(result, name, json_string(c->more));
  api_answer(c, 200, result);
}

static void on_key(void *ctx, enum status status, json_t *owned_result, const struct problem *p) { answer_made(ctx, status, owned_result, p, "key"); }
static void on_secret(void *ctx, enum status status, json_t *owned_result, const struct problem *p) { answer_made(ctx, status, owned_result, p, "secret"); }

static void submit(struct api_call *c, const char *command, api_done done) {
  json_t *args = c->args;
  c->args = NULL;
  api_submit(c->api, command, args, &c->session.actor, STR(""), done, c);
}

void api_add_key(struct api_call *c) {
  char token[2 * API_TOKEN_BYTES + 1], hash[SESSION_HASH_HEX + 1];
  api_random_token(token);
  struct str key = arena_printf(c->r->arena, "gk_%s", token);
  c->more = arena_cstr(c->r->arena, key);
  session_token_hash(key, hash);
  json_object_set_new(c->args, "token_hash", json_string(hash));
  json_object_set_new(c->args, "head", json_of(str_slice(key, 0, HEAD_CHARS))); /* enough to tell keys apart, far too little to use one */
  submit(c, "key.add", on_key);
}

enum status api_seal_new_secret(struct api_call *c, struct arena *a, struct str *sealed) {
  unsigned char bytes[SECRET_BYTES];
  char text[sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_ORIGINAL)];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
  c->more = arena_cstr(c->r->arena, arena_printf(c->r->arena, "whsec_%s", text));
  enum status status = vault_seal(a, c->api->config.data_dir, str_c(c->more), sealed, &c->problem);
  if (status != OK) api_answer_status(c, status, &c->problem);
  return status;
}

static void seal_and_submit(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  struct str sealed;
  (void)s;
  if (api_seal_new_secret(c, a, &sealed) != OK) return;
  json_object_set_new(c->args, "sealed", json_of(sealed));
  submit(c, c->route->name, on_secret);
}

/* webhook.add, webhook.rotate. */
void api_with_secret(struct api_call *c) {
  if (!pool_submit(c->api->slow, seal_and_submit, c)) api_answer_status(c, E_BUSY, NULL);
}
