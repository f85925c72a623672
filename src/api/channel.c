/* Mailboxes over HTTP: passwords are sealed before the request reaches the writer, and an account can be tried without keeping it.
 * What was sealed before stays for the side whose password is not given again. */
#include "api/api_internal.h"

#include "commands/vault.h"
#include "views/channel.sql.h"
#include "views/json.h"
#include "views/show.h"

static bool may(struct api_call *c) {
  struct writer_state state = writer_state(c->api->config.writer);
  if (view_may(state.program, &c->session.actor, STR("设置"))) return true;
  api_answer_status(c, E_DENIED, NULL);
  return false;
}

static enum status seal(struct api_call *c, struct store *s, struct arena *a) {
  struct str dir = c->api->config.data_dir, id = json_arg(c->args, "id"), in = json_arg(c->args, "password"), out = json_arg(c->args, "password_out"), old, sealed;
  struct channel_secret_get_row *row = NULL;
  struct problem ignored;
  json_t *secret = NULL;
  enum status status = OK;
  if (in.n || out.n) {
    if (id.n && s) TRY(channel_secret_get(s, a, &(struct channel_secret_get_in){.id = id}, &row, &c->problem));
    if (row && vault_open(a, dir, row->sealed, &old, &ignored) == OK) secret = json_loadb(old.p, old.n, 0, NULL);
    if (!secret) secret = json_object();
    if (in.n) show_put_text(secret, "in", in);
    if (out.n) show_put_text(secret, "out", out);
    TRY(vault_seal(a, dir, show_dump(a, secret), &sealed, &c->problem));
    show_put_text(c->args, "sealed", sealed);
  } else {
    json_object_del(c->args, "sealed");
  }
  json_object_del(c->args, "password");
  json_object_del(c->args, "password_out");
done:
  json_decref(secret);
  return status;
}

static void seal_and_run(void *ctx, struct store *s, struct arena *a) {
  struct api_call *c = ctx;
  enum status status = seal(c, s, a);
  if (status != OK) api_answer_status(c, status, &c->problem);
  else api_run_command(c);
}

void api_channel_save(struct api_call *c) {
  if (may(c) && !pool_submit(c->api->slow, seal_and_run, c)) api_answer_status(c, E_BUSY, NULL);
}

static void check(void *ctx, struct store *s, struct arena *a) {
  (void)s, (void)a;
  struct api_call *c = ctx;
  json_t *result = NULL;
  enum status status = c->api->channel_check(c->api->channel_ctx, c->args, &result, &c->problem);
  if (status != OK) api_answer_status(c, status, &c->problem);
  else api_answer(c, 200, result);
}

void api_channel_check(struct api_call *c) {
  if (!may(c)) return;
  if (c->api->channel_check == NULL) api_answer_status(c, E_NOT_FOUND, NULL);
  else if (!pool_submit(c->api->outside, check, c)) api_answer_status(c, E_BUSY, NULL);
}
