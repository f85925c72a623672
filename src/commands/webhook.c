/* Webhooks (推送): where the desk's events go outside. Who may make API keys may make them.
 *
 * The log says that one was made, changed or stopped, and by whom; address and secret stand in the table only, since both may
 * hold secrets. webhook.record is the sender's own report (channels/webhook.c): nobody else may give it. */
#include "views/webhook.h"

#include "commands/shorthand.h"
#include "views/json.h"
#include "views/webhook.sql.h"

enum { NAME_MOST = 60, URL_MOST = 1000, KINDS_MOST = 60, SEALED_MOST = 400, RECORD_MOST = 500, TEXT_MOST = 2000 };

static enum status may_send_personal(struct command_ctx *c, bool personal) {
  if (!personal) return OK;
  enum status status = command_may(c, "资料.外发");
  if (status == OK || status != E_DENIED) return status;
  return problem_set(c->problem, E_DENIED, "webhook.personal", "未遮盖的顾客资料要有“资料.外发”的权限才能往外送；不勾选就只送遮盖后的",
                     "Sending customer data unmasked takes the permission 资料.外发; leave it out and masked data is sent");
}

/* http or https, a host, no user name or password in it (they would stand in logs). */
static enum status check_url(struct command_ctx *c, struct str url) {
  bool secure = str_starts(url, STR("https://")), plain = str_starts(url, STR("http://"));
  struct str rest, authority = str_cut(str_slice(url, secure ? 8 : plain ? 7 : url.n, url.n), '/', &rest);
  for (size_t i = 0; i < url.n; i++)
    if ((unsigned char)url.p[i] <= ' ') authority = STR("");
  if (authority.n && str_find(authority, STR("@"), 0) == SIZE_MAX) return OK;
  return problem_set(c->problem, E_INVALID, "webhook.url", "地址要写全，以 https:// 或 http:// 开头，里面不带用户名和密码",
                     "Give the whole address, beginning with https:// or http://, without user name and password");
}

static struct str host_of(struct str url) {
  struct str rest;
  return str_cut(str_slice(url, str_starts(url, STR("https://")) ? 8 : 7, url.n), '/', &rest);
}

static const char *const chatwoot_words[] = {"message_created", "message_updated", "conversation_created", "conversation_updated",
                                             "conversation_status_changed", "contact_created", "contact_updated"};

static bool is_noun(struct str noun) {
  size_t count;
  const struct event_kind *all = event_kind_all(&count);
  for (size_t i = 0; i < count; i++)
    if (!all[i].derived && str_is(noun, all[i].noun)) return true;
  return false;
}

/* One word of the list in its stored form; "" when it names nothing that can be sent. */
static struct str kind_word(struct arena *a, struct str word, bool chatwoot) {
  if (str_is(word, "*")) return word;
  for (size_t i = 0; chatwoot && i < COUNT_OF(chatwoot_words); i++)
    if (str_is(word, chatwoot_words[i])) return word;
  if (chatwoot) return STR("");
  if (word.n > 2 && str_ends(word, STR(".*"))) return is_noun(str_slice(word, 0, word.n - 2)) ? word : STR("");
  const struct event_kind *kind = event_kind_find(word);
  return kind && !kind->derived && webhook_tells(str_c(kind->en)) ? arena_dup(a, str_c(kind->en)) : STR("");
}

static enum status get_kinds(struct command_ctx *c, json_t *args, bool chatwoot, struct str *kinds) {
  json_t *list = json_object_get(args, "kinds"), *v;
  size_t i;
  *kinds = STR("");
  if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > KINDS_MOST)
    return problem_set(c->problem, E_INVALID, "webhook.kinds", "请选要推送的事件，1 至 %d 种，或“*”表示全部", "Name 1 to %d kinds of events, or “*” for all", KINDS_MOST);
  json_array_foreach(list, i, v) {
    struct str given = json_is_string(v) ? str_trim((struct str){json_string_value(v), json_string_length(v)}) : STR("");
    struct str word = kind_word(c->arena, given, chatwoot);
    if (!word.n)
      return problem_set(c->problem, E_INVALID, "webhook.kind", "没有可以推送的事件“%.*s”；事件名见 docs/events.md", "There is no event “%.*s” that can be sent; docs/events.md lists them",
                         STR_ARG(given));
    *kinds = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(*kinds), kinds->n ? " " : "", STR_ARG(word));
  }
  return OK;
}

static enum status get_form(struct command_ctx *c, json_t *args, struct str fallback, struct str *form) {
  enum status status = command_text(c, args, "form", false, 20, form);
  if (status != OK) return status;
  if (!form->n) *form = fallback;
  if (str_is(*form, "guiju") || str_is(*form, "chatwoot")) return OK;
  return problem_set(c->problem, E_INVALID, "webhook.form", "格式只有 guiju 和 chatwoot 两种", "The form is guiju or chatwoot");
}

static enum status append(struct command_ctx *c, struct str id, const char *change, struct str name, struct str url, struct str kinds, struct str state, struct str reason) {
  struct event *e = shorthand_event(c, EVENT_webhook_changed);
  event_set_text(e, "webhook", id);
  event_set_text(e, "change", str_c(change));
  if (name.n) event_set_text(e, "name", name);
  if (url.n) event_set_text(e, "host", host_of(url));
  if (kinds.n) event_set_text(e, "kinds", kinds);
  if (state.n) event_set_text(e, "state", state);
  if (reason.n) event_set_text(e, "reason", reason);
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  return command_append(c, e);
}

/* Sealed before it comes here: no table and no log sees the secret itself. */
static enum status get_sealed(struct command_ctx *c, json_t *args, struct str *sealed) {
  enum status status = command_text(c, args, "sealed", true, SEALED_MOST, sealed);
  if (status != OK || !webhook_secret_clear(*sealed)) return status;
  return problem_set(c->problem, E_INVALID, "webhook.secret", "签名密钥要先加密", "The signing secret must be sealed first");
}

static enum status run_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_insert_in in = {.person = c->actor.id, .created_ms = c->now_ms, .personal = command_bool(args, "personal")};
  struct webhook_count_row *count;
  enum status status = OK;
  TRY(command_text(c, args, "name", true, NAME_MOST, &in.name));
  TRY(command_text(c, args, "url", true, URL_MOST, &in.url));
  TRY(check_url(c, in.url));
  TRY(get_form(c, args, STR("guiju"), &in.form));
  TRY(get_kinds(c, args, str_is(in.form, "chatwoot"), &in.kinds));
  TRY(may_send_personal(c, in.personal != 0));
  TRY(get_sealed(c, args, &in.secret));
  TRY(webhook_count(c->store, c->arena, &count, c->problem));
  if (count->webhooks >= WEBHOOKS_MOST)
    TRY(problem_set(c->problem, E_TOO_LARGE, "webhook.many", "推送地址最多 %d 个，请先删掉不用的", "There can be %d webhooks; remove unused ones first", WEBHOOKS_MOST));
  TRY(shorthand_id(c, 'h', &in.id));
  in.settled_seq = command_next_seq(c) - 1;
  TRY(webhook_insert(c->store, &in, NULL, c->problem));
  TRY(append(c, in.id, "加入", in.name, in.url, in.kinds, STR("active"), STR("")));
  *result = json_pack("{s:o}", "id", json_of(in.id));
done:
  return status;
}

static enum status get_webhook(struct command_ctx *c, json_t *args, struct webhook_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 80, &id);
  if (status == OK) status = webhook_get(c->store, c->arena, &(struct webhook_get_in){.id = id}, row, c->problem);
  if (status == OK && !*row) return problem_set(c->problem, E_NOT_FOUND, "webhook.unknown", "没有推送地址 %.*s", "There is no webhook %.*s", STR_ARG(id));
  return status;
}

/* Stopped: what happens meanwhile is not sent later. Active again: from now on. */
static enum status set_state(struct command_ctx *c, const struct webhook_get_row *row, struct str state) {
  if (!str_is(state, "active") && !str_is(state, "paused"))
    return problem_set(c->problem, E_INVALID, "webhook.state", "状态只有 active 和 paused 两种", "The state is active or paused");
  i64 from = str_is(row->state, "active") ? row->settled_seq : command_next_seq(c) - 1;
  return webhook_set_state(c->store, &(struct webhook_set_state_in){.id = row->id, .state = state, .settled_seq = from}, NULL, c->problem);
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_get_row *row;
  struct webhook_set_in in;
  struct str state;
  enum status status = OK;
  TRY(get_webhook(c, args, &row));
  in = (struct webhook_set_in){.id = row->id, .kinds = row->kinds, .personal = json_object_get(args, "personal") ? command_bool(args, "personal") : row->personal};
  TRY(command_text(c, args, "name", false, NAME_MOST, &in.name));
  TRY(command_text(c, args, "url", false, URL_MOST, &in.url));
  TRY(command_text(c, args, "state", false, 20, &state));
  if (in.url.n) TRY(check_url(c, in.url));
  TRY(get_form(c, args, row->form, &in.form));
  if (json_object_get(args, "kinds") || !str_eq(in.form, row->form)) TRY(get_kinds(c, args, str_is(in.form, "chatwoot"), &in.kinds));
  if (in.personal != row->personal) TRY(may_send_personal(c, in.personal != 0));
  if (!in.name.n) in.name = row->name;
  if (!in.url.n) in.url = row->url;
  TRY(webhook_set(c->store, &in, NULL, c->problem));
  if (state.n) TRY(set_state(c, row, state));
  TRY(append(c, row->id, "改动", in.name, in.url, in.kinds, state.n ? state : row->state, STR("")));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_remove(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_get_row *row;
  enum status status = OK;
  TRY(get_webhook(c, args, &row));
  TRY(webhook_set_state(c->store, &(struct webhook_set_state_in){.id = row->id, .state = STR("removed"), .settled_seq = row->settled_seq}, NULL, c->problem));
  TRY(webhook_set_secret(c->store, &(struct webhook_set_secret_in){.id = row->id, .secret = STR(""), .old_secret = STR("")}, NULL, c->problem));
  TRY(webhook_delivery_forget(c->store, &(struct webhook_delivery_forget_in){.webhook = row->id}, NULL, c->problem));
  TRY(append(c, row->id, "删除", row->name, STR(""), STR(""), STR("removed"), STR("")));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_rotate(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_get_row *row;
  struct str secret;
  enum status status = OK;
  TRY(get_webhook(c, args, &row));
  TRY(get_sealed(c, args, &secret));
  struct webhook_set_secret_in in = {.id = row->id, .secret = secret, .old_secret = row->secret, .old_until_ms = c->now_ms + WEBHOOK_OLD_SECRET_MS};
  TRY(webhook_set_secret(c->store, &in, NULL, c->problem));
  TRY(append(c, row->id, "改动", row->name, STR(""), STR(""), row->state, STR("换签名密钥")));
  *result = json_pack("{s:o,s:I}", "id", json_of(row->id), "old_until_ms", (json_int_t)in.old_until_ms);
done:
  return status;
}

/* Once more, at once, whatever became of it before. */
static enum status run_again(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_get_row *row;
  struct webhook_delivery_get_row *d;
  i64 seq;
  enum status status = OK;
  TRY(get_webhook(c, args, &row));
  TRY(command_int(c, args, "seq", true, 0, INT64_MAX, &seq));
  TRY(webhook_delivery_get(c->store, c->arena, &(struct webhook_delivery_get_in){.webhook = row->id, .seq = seq}, &d, c->problem));
  if (!d) TRY(problem_set(c->problem, E_NOT_FOUND, "webhook.delivery", "没有这次推送的记录，可能已过 7 天", "There is no record of that delivery; it may be older than 7 days"));
  if (!str_is(row->state, "active"))
    TRY(problem_set(c->problem, E_CONFLICT, "webhook.paused", "这个推送地址停着，请先启用", "This webhook is stopped; start it first"));
  struct webhook_delivery_put_in in = {.webhook = row->id, .seq = seq, .kind = d->kind, .state = STR("retry"), .attempts = 0, .tried_ms = d->tried_ms,
                                       .next_ms = c->now_ms, .answered = d->answered, .took_ms = d->took_ms, .answer = d->answer};
  TRY(webhook_delivery_put(c->store, &in, NULL, c->problem));
  TRY(append(c, row->id, "改动", row->name, STR(""), STR(""), row->state, STR("重新推送")));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

/* A message with no event behind it, to see whether the other side is there: the number of the event that orders it. */
static enum status run_test(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_get_row *row;
  enum status status = OK;
  TRY(get_webhook(c, args, &row));
  if (!str_is(row->state, "active"))
    TRY(problem_set(c->problem, E_CONFLICT, "webhook.paused", "这个推送地址停着，请先启用", "This webhook is stopped; start it first"));
  i64 seq = command_next_seq(c);
  struct webhook_delivery_put_in in = {.webhook = row->id, .seq = seq, .kind = STR("ping"), .state = STR("retry"), .tried_ms = c->now_ms, .next_ms = c->now_ms,
                                       .answer = STR("")};
  TRY(webhook_delivery_put(c->store, &in, NULL, c->problem));
  TRY(append(c, row->id, "改动", row->name, STR(""), STR(""), row->state, STR("试推送")));
  *result = json_pack("{s:o,s:I}", "id", json_of(row->id), "seq", (json_int_t)seq);
done:
  return status;
}

/* ---- the sender's report --------------------------------------------------------------------------------------------- */

static enum status stop_failing(struct command_ctx *c, const struct webhook_get_row *row) {
  enum status status = OK;
  TRY(webhook_set_state(c->store,
                        &(struct webhook_set_state_in){.id = row->id, .state = STR("paused"), .reason = STR("failing"), .settled_seq = command_next_seq(c) - 1},
                        NULL, c->problem));
  TRY(append(c, row->id, "改动", row->name, STR(""), STR(""), STR("paused"), STR("接连三天推送不成")));
done:
  return status;
}

static enum status record_one(struct command_ctx *c, const struct webhook_get_row *row, json_t *d, i64 *good, i64 *bad) {
  struct webhook_delivery_put_in in = {.webhook = row->id, .seq = json_arg_int(d, "seq", 0), .kind = json_arg(d, "kind"), .attempts = json_arg_int(d, "attempts", 1),
                                       .tried_ms = json_arg_int(d, "tried_ms", c->now_ms), .answered = json_arg_int(d, "status", 0),
                                       .took_ms = json_arg_int(d, "took_ms", 0), .answer = json_arg(d, "answer")};
  bool done = in.answered >= 200 && in.answered < 300, gone = in.answered == 410;
  in.state = done ? STR("delivered") : gone || in.attempts >= WEBHOOK_ATTEMPTS_MOST ? STR("failed") : STR("retry");
  if (str_is(in.state, "retry")) in.next_ms = in.tried_ms + webhook_wait_ms(in.attempts);
  if (done) ++*good;
  else ++*bad;
  return webhook_delivery_put(c->store, &in, NULL, c->problem);
}

static enum status record_hook(struct command_ctx *c, json_t *report) {
  struct webhook_get_row *row;
  struct str id = json_arg(report, "id");
  json_t *deliveries = json_object_get(report, "deliveries"), *d;
  i64 good = 0, bad = 0;
  size_t i;
  enum status status = OK;
  TRY(webhook_get(c->store, c->arena, &(struct webhook_get_in){.id = id}, &row, c->problem));
  if (!row) return OK; /* removed meanwhile */
  json_array_foreach(deliveries, i, d) TRY(record_one(c, row, d, &good, &bad));
  TRY(webhook_settle(c->store, &(struct webhook_settle_in){.id = id, .settled_seq = json_arg_int(report, "settled_seq", 0)}, NULL, c->problem));
  if (good) TRY(webhook_delivery_prune(c->store, &(struct webhook_delivery_prune_in){.webhook = id, .until_ms = c->now_ms - WEBHOOK_KEPT_MS}, NULL, c->problem));
  if (good && row->has_failing_ms) TRY(webhook_set_failing(c->store, &(struct webhook_set_failing_in){.id = id}, NULL, c->problem));
  if (!good && bad && !row->has_failing_ms)
    TRY(webhook_set_failing(c->store, &(struct webhook_set_failing_in){.id = id, .has_failing_ms = true, .failing_ms = c->now_ms}, NULL, c->problem));
  if (!good && bad && row->has_failing_ms && c->now_ms - row->failing_ms >= WEBHOOK_PAUSE_MS && str_is(row->state, "active")) TRY(stop_failing(c, row));
done:
  return status;
}

static enum status run_record(struct command_ctx *c, json_t *args, json_t **result) {
  json_t *list = json_object_get(args, "webhooks"), *one;
  size_t i;
  enum status status = OK;
  if (c->actor.type != ACTOR_SYSTEM) TRY(problem_set(c->problem, E_DENIED, "webhook.record", "这一步由程序自己做", "The program does this itself"));
  json_array_foreach(list, i, one) TRY(record_hook(c, one));
  *result = json_object();
done:
  return status;
}

/* A desk of before kept secrets as they are: its sender seals them when it starts. One that cannot be opened any more (another
 * secret.key) stops its webhook: nothing goes out that is not signed. */
static enum status run_reseal(struct command_ctx *c, json_t *args, json_t **result) {
  struct webhook_get_row *row;
  struct webhook_set_secret_in in;
  enum status status = OK;
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "webhook.system_only", "只由程序自己做", "Only the program itself does this");
  TRY(get_webhook(c, args, &row));
  in = (struct webhook_set_secret_in){.id = row->id, .old_until_ms = row->old_until_ms};
  *result = json_pack("{s:o}", "id", json_of(row->id));
  if (command_bool(args, "lost")) {
    if (!str_is(row->state, "active")) return OK;
    TRY(webhook_set_state(c->store, &(struct webhook_set_state_in){.id = row->id, .state = STR("paused"), .reason = STR("key"), .settled_seq = command_next_seq(c) - 1}, NULL, c->problem));
    TRY(append(c, row->id, "改动", row->name, STR(""), STR(""), STR("paused"), STR("签名密钥打不开，请换一把")));
    return OK;
  }
  TRY(get_sealed(c, args, &in.secret));
  TRY(command_text(c, args, "old_sealed", false, SEALED_MOST, &in.old_secret));
  TRY(webhook_set_secret(c->store, &in, NULL, c->problem));
done:
  return status;
}

const struct command_def commands_webhook[] = {
    {"webhook.reseal", "密钥", run_reseal, "id:text! sealed:text old_sealed:text lost:bool", "Seal what was kept in the clear (program only)", "把明文密钥加密（程序自己做）"},
    {"webhook.add", "密钥", run_add, "name:text! url:text! kinds:list! form:text personal:bool sealed:text!", "Add a webhook", "新增推送地址"},
    {"webhook.change", "密钥", run_change, "id:text! name:text url:text kinds:list form:text personal:bool state:text", "Change, stop or start a webhook",
     "修改、停用、启用推送地址"},
    {"webhook.remove", "密钥", run_remove, "id:text!", "Remove a webhook", "删除推送地址"},
    {"webhook.rotate", "密钥", run_rotate, "id:text! sealed:text!", "Give a webhook a new signing secret; the old one signs too for a day", "换签名密钥，旧的再用一天"},
    {"webhook.again", "密钥", run_again, "id:text! seq:int!", "Send one message once more", "重新推送一条"},
    {"webhook.test", "密钥", run_test, "id:text!", "Send a test message", "试推送一条"},
    {"webhook.record", "*", run_record, "webhooks:list!", "The sender's report", "推送的结果"},
    {NULL},
};
