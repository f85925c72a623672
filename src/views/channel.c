/* Channels folded from the log: set-up and state, letters in, letters out. An e-mail address is shown masked, as everywhere. */
#include "views/channel.h"

#include "views/channel.sql.h"
#include "views/customer.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/permission.h"
#include "views/show.h"

#include <string.h>

enum { PORT_MOST = 65535, LETTERS_SHOWN = 50, DUE_MOST = 20 };

/* ---- settings ------------------------------------------------------------------------------------------------------------ */

static struct str text_or(struct arena *a, json_t *o, const char *name, const char *fallback) {
  json_t *v = json_object_get(o, name);
  return json_is_string(v) ? arena_dup(a, str_trim((struct str){json_string_value(v), json_string_length(v)})) : str_c(fallback);
}

static bool good_host(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == '-' || c == '_' || c == ':')) return false;
  }
  return s.n > 0 && s.n <= 200;
}

static enum status server_read(struct arena *a, json_t *o, i64 tls_port, i64 plain_port, const char *zh, const char *en, struct channel_server *out, struct problem *p) {
  out->host = text_or(a, o, "host", "");
  out->user = text_or(a, o, "user", "");
  out->security = text_or(a, o, "security", "tls");
  bool tls = str_is(out->security, "tls");
  out->port = json_arg_int(o, "port", tls ? tls_port : plain_port);
  if (!good_host(out->host)) return problem_set(p, E_INVALID, "channel.host", "请填%s服务器的主机名，例如 imap.example.com", "Give the host name of the %s server, for example imap.example.com", strcmp(zh, "收信") == 0 ? zh : "发信");
  if (out->port < 1 || out->port > PORT_MOST) return problem_set(p, E_INVALID, "channel.port", "端口要在 1 到 %d 之间", "A port is between 1 and %d", PORT_MOST);
  if (!tls && !str_is(out->security, "starttls") && !str_is(out->security, "none"))
    return problem_set(p, E_INVALID, "channel.security", "加密方式只有 tls、starttls、none", "The encryption is tls, starttls or none");
  (void)en;
  if (out->user.n > 200) return problem_set(p, E_INVALID, "channel.user", "用户名太长", "The user name is too long");
  return OK;
}

enum status channel_settings_read(struct arena *a, json_t *json, struct channel_settings *out, struct problem *p) {
  enum status status = OK;
  *out = (struct channel_settings){0};
  TRY(server_read(a, json_object_get(json, "in"), 993, 143, "收信", "incoming", &out->in, p));
  TRY(server_read(a, json_object_get(json, "out"), 465, 587, "发信", "outgoing", &out->out, p));
  out->separate_password = json_is_true(json_object_get(json, "separate_password"));
  out->folder = text_or(a, json, "folder", "INBOX");
  out->from_name = text_or(a, json, "from_name", "{客服} · {店铺}");
  out->signature = text_or(a, json, "signature", "");
  out->token = text_or(a, json, "token", "subject");
  out->auto_answer = text_or(a, json, "auto_answer", "");
  out->receipt = text_or(a, json, "receipt", "");
  out->most_mb = json_arg_int(json, "most_mb", 25);
  out->poll_s = json_arg_int(json, "poll_s", 20);
  out->unverified = json_is_true(json_object_get(json, "unverified"));
  out->loop_most = json_arg_int(json, "loop_most", LETTERS_AN_HOUR);
  out->loop_except = text_or(a, json, "loop_except", "");
  if (out->loop_most < 1 || out->loop_most > 10000) TRY(problem_set(p, E_INVALID, "channel.loop_most", "同一地址一小时的封数在 1 到 10000 之间", "Letters of one address within an hour: between 1 and 10000"));
  if (out->loop_except.n > 4000) TRY(problem_set(p, E_INVALID, "channel.loop_except", "不限封数的地址太多了", "There are too many addresses without a limit"));
  if (!out->folder.n || out->folder.n > 200 || strpbrk(out->folder.p, "\"\\\r\n")) TRY(problem_set(p, E_INVALID, "channel.folder", "文件夹的名字不对", "The folder's name is not valid"));
  if (!str_is(out->token, "subject") && !str_is(out->token, "address") && !str_is(out->token, "none"))
    TRY(problem_set(p, E_INVALID, "channel.token", "会话号只能放在 subject（主题）、address（地址）或 none（不放）", "The thread's number stands in subject, address or none"));
  if (str_code_points(out->from_name) > 100 || str_code_points(out->signature) > 1000 || str_code_points(out->auto_answer) > 1000 || str_code_points(out->receipt) > 1000)
    TRY(problem_set(p, E_INVALID, "channel.long", "发件人名最多 100 字，签名和自动答复最多 1000 字", "A sender's name has at most 100 characters, signature and automatic answer 1000"));
  if (out->most_mb < 1 || out->most_mb > 50) TRY(problem_set(p, E_INVALID, "channel.most_mb", "一封信的上限在 1 到 50 MB 之间", "The limit of one letter is between 1 and 50 MB"));
  if (out->poll_s < 1 || out->poll_s > 3600) TRY(problem_set(p, E_INVALID, "channel.poll_s", "收信间隔在 1 到 3600 秒之间", "Letters are fetched every 1 to 3600 seconds"));
done:
  return status;
}

static json_t *server_json(const struct channel_server *s) {
  return json_pack("{s:o,s:I,s:o,s:o}", "host", json_of(s->host), "port", (json_int_t)s->port, "security", json_of(s->security), "user", json_of(s->user));
}

json_t *channel_settings_json(const struct channel_settings *s) {
  json_t *o = json_pack("{s:o,s:o,s:b,s:o,s:b,s:I,s:I}", "in", server_json(&s->in), "out", server_json(&s->out), "separate_password", (int)s->separate_password, "folder", json_of(s->folder),
                        "unverified", (int)s->unverified, "most_mb", (json_int_t)s->most_mb, "poll_s", (json_int_t)s->poll_s);
  show_put_text(o, "from_name", s->from_name);
  show_put_text(o, "signature", s->signature);
  show_put_text(o, "token", s->token);
  show_put_text(o, "auto_answer", s->auto_answer);
  show_put_text(o, "receipt", s->receipt);
  show_put_int(o, "loop_most", s->loop_most);
  show_put_text(o, "loop_except", s->loop_except);
  return o;
}

bool channel_loop_excepted(struct str except, struct str address) {
  struct str domain;
  (void)str_cut(address, '@', &domain);
  u32 c = 0;
  for (size_t at = 0, from = 0, n; at <= except.n; at += n) {
    n = at < except.n ? str_decode(except, at, &c) : 1;
    if (at < except.n && c != ' ' && c != ',' && c != ';' && c != '\r' && c != '\n' && c != '\t' && c != 0xff0c /* ， */ && c != 0xff1b /* ； */ && c != 0x3001 /* 、 */) continue;
    struct str one = str_slice(except, from, at);
    if (one.n && one.p[0] == '@') one = str_slice(one, 1, one.n);
    if (one.n && (str_eq(one, address) || str_eq(one, domain))) return true;
    from = at + n;
  }
  return false;
}

/* ---- folds ----------------------------------------------------------------------------------------------------------------- */

static struct str list_text(struct arena *a, const struct event *e, const char *field) {
  struct value v = event_get(e, str_c(field));
  json_t *list = json_array();
  for (size_t i = 0; v.type == V_LIST && i < v.count; i++) json_array_append_new(list, json_of(v.items[i].s));
  struct str text = show_dump(a, list);
  json_decref(list);
  return text;
}

static enum status fold_changed(struct store *s, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "channel"), change = event_get_text(e, "change");
  i64 enabled = event_get_int(e, "enabled", 1);
  if (str_is(change, "删除")) return channel_remove(s, &(struct channel_remove_in){.id = id}, NULL, p);
  if (str_is(change, "加入")) {
    struct channel_insert_in in = {.id = id, .class = event_get_text(e, "class"), .name = event_get_text(e, "name"), .address = event_get_text(e, "address"), .settings = event_get_text(e, "settings"),
                                   .enabled = enabled, .created_ms = e->occurred_ms};
    return channel_insert(s, &in, NULL, p);
  }
  struct channel_set_in in = {.id = id, .name = event_get_text(e, "name"), .address = event_get_text(e, "address"), .settings = event_get_text(e, "settings"), .enabled = enabled};
  return channel_set(s, &in, NULL, p);
}

static enum status fold_state(struct store *s, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "channel"), state = event_get_text(e, "state"), reason = event_get_text(e, "reason"), en = event_get_text(e, "reason_en");
  if (str_is(event_get_text(e, "direction"), "去")) {
    struct channel_out_state_in in = {.id = id, .state = state, .reason = reason, .reason_en = en, .at_ms = e->occurred_ms};
    return channel_out_state(s, &in, NULL, p);
  }
  struct channel_in_state_in in = {.id = id, .state = state, .reason = reason, .reason_en = en, .at_ms = e->occurred_ms};
  return channel_in_state(s, &in, NULL, p);
}

static enum status fold_received(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct letter_insert_in in = {.seq = e->seq, .channel = event_get_text(e, "channel"), .source = event_get_text(e, "source"), .hash = event_get_text(e, "hash"), .class = event_get_text(e, "class"),
                                .conversation = event_get_text(e, "conversation"), .message = event_get_text(e, "message"), .sender = event_get_text(e, "from"), .title = event_get_text(e, "title"),
                                .quoted = event_get_text(e, "quoted"), .refs = list_text(a, e, "references"), .reason = event_get_text(e, "reason"), .receivers = list_text(a, e, "to"), .cc = list_text(a, e, "cc"),
                                .customer = event_get_text(e, "customer"), .words = event_get_text(e, "text"), .files = list_text(a, e, "files"), .at_ms = e->occurred_ms};
  enum status status = letter_insert(s, &in, NULL, p);
  if (status != OK || !event_has(e, "position")) return status;
  return channel_position(s, &(struct channel_position_in){.id = in.channel, .position = event_get_text(e, "position"), .at_ms = e->occurred_ms}, NULL, p);
}

static enum status fold_queued(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct delivery_insert_in in = {.id = event_get_text(e, "delivery"), .channel = event_get_text(e, "channel"), .conversation = event_get_text(e, "conversation"), .message = event_get_text(e, "message"),
                                  .source = event_get_text(e, "source"), .address = event_get_text(e, "to"), .title = event_get_text(e, "title"), .body = event_get_text(e, "text"),
                                  .answers = event_get_text(e, "answers"), .refs = list_text(a, e, "references"), .automatic = event_get_int(e, "automatic", 0), .cc = list_text(a, e, "cc"), .at_ms = e->occurred_ms};
  return delivery_insert(s, &in, NULL, p);
}

/* 已发 and 抄送 carry all that is known of the copies; another result leaves them as they are. A hand (重发, 抄送 with a person) is no try. */
static enum status fold_moved(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str result = event_get_text(e, "result");
  bool again = str_is(result, "待重发") || str_is(result, "重发"), copies = str_is(result, "抄送"), hand = copies && event_has(e, "person");
  struct delivery_move_in in = {.id = event_get_text(e, "delivery"), .state = again ? STR("待发") : copies ? STR("") : result,
                                .tried = str_is(result, "重发") ? -1 : str_is(result, "退回") || str_is(result, "收回") || hand ? 0 : 1, .next_ms = event_get_int(e, "next", e->occurred_ms),
                                .reason = event_get_text(e, "reason"), .reason_en = event_get_text(e, "reason_en"), .at_ms = e->occurred_ms};
  enum status status = delivery_move(s, &in, NULL, p);
  if (status != OK || !(copies || str_is(result, "已发"))) return status;
  struct delivery_copies_in cin = {.id = in.id, .sent = !copies, .refused = list_text(a, e, "refused"), .again = list_text(a, e, "again"), .again_reason = event_get_text(e, "again_reason"),
                                   .again_reason_en = event_get_text(e, "again_reason_en")};
  return delivery_copies(s, &cin, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_channel_changed: return fold_changed(s, e, p);
    case EVENT_channel_state_changed: return fold_state(s, e, p);
    case EVENT_channel_received: return fold_received(s, a, e, p);
    case EVENT_delivery_queued: return fold_queued(s, a, e, p);
    case EVENT_delivery_moved: return fold_moved(s, a, e, p);
    case EVENT_conversation_merged: {
      struct str id = event_get_text(e, "conversation"), into = event_get_text(e, "into");
      enum status status = letter_join(s, &(struct letter_join_in){.id = id, .into_id = into}, NULL, p);
      return status == OK ? delivery_join(s, &(struct delivery_join_in){.id = id, .into_id = into}, NULL, p) : status;
    }
    case EVENT_conversation_unmerged: {
      struct str id = event_get_text(e, "conversation"), into = event_get_text(e, "into");
      enum status status = letter_part(s, &(struct letter_part_in){.id = id, .into_id = into}, NULL, p);
      return status == OK ? delivery_part(s, &(struct delivery_part_in){.id = id, .into_id = into}, NULL, p) : status;
    }
    default: return OK;
  }
}

/* ---- what people see --------------------------------------------------------------------------------------------------- */

static const struct {
  const char *zh, *en;
} states[] = {{"待发", "queued"}, {"已发", "sent"}, {"失败", "failed"}, {"退回", "bounced"}, {"正常", "connected"}, {"故障", "trouble"}, {"来信", "message"}, {"自动", "automatic"},
              {"退信", "bounce"}, {"太大", "refused"}, {"重复", "duplicate"}, {"自己的", "own"}, {"太多", "loop"}, {"读不了", "unreadable"}, {"没接", "held"}, {"收回", "withdrawn"}};

static json_t *word_json(struct str zh) {
  for (size_t i = 0; i < COUNT_OF(states); i++)
    if (str_is(zh, states[i].zh)) return json_string(states[i].en);
  return json_of(zh);
}

static json_t *side_json(struct str state, struct str reason, struct str reason_en, i64 at_ms) {
  return json_pack("{s:o,s:o,s:o,s:o}", "state", state.n ? word_json(state) : json_string("new"), "reason", json_of(reason), "reason_en", json_of(reason_en), "since_ms", json_ms(at_ms > 0, at_ms));
}

/* The chat widget is a channel too: always there, pushed by the live feed. */
static json_t *widget_json(void) {
  return json_pack("{s:s,s:s,s:s,s:b,s:[s,s,s,s],s:s}", "id", "web", "class", "web", "name", "网页聊天", "enabled", 1, "can", "files", "recall", "typing", "read", "state", "connected");
}

static json_t *channel_json(const struct channel_all_row *c) {
  json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:b,s:[s],s:o,s:b}", "id", json_of(c->id), "class", json_of(c->class), "name", json_of(c->name), "address", json_of(c->address), "enabled",
                        c->enabled != 0, "can", "files", "settings", show_stored(c->settings, json_object()), "has_password", c->has_sealed && c->sealed.n > 0);
  bool trouble = str_is(c->in_state, "故障") || str_is(c->out_state, "故障"), known = c->in_state.n > 0;
  json_object_set_new(o, "state", json_string(!c->enabled ? "off" : trouble ? "trouble" : known ? "connected" : "new"));
  json_object_set_new(o, "in", side_json(c->in_state, c->in_reason, c->in_reason_en, c->in_ms));
  json_object_set_new(o, "out", side_json(c->out_state, c->out_reason, c->out_reason_en, c->out_ms));
  show_put_int(o, "received", c->received);
  json_object_set_new(o, "received_ms", json_ms(c->has_received_ms, c->received_ms));
  show_put_int(o, "queued", c->queued);
  show_put_int(o, "failed", c->failed);
  show_put_int(o, "created_ms", c->created_ms);
  return o;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct channel_all_row *rows;
  size_t count;
  enum status status = channel_all(r->store, r->arena, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  json_array_append_new(items, widget_json());
  for (size_t i = 0; i < count; i++) json_array_append_new(items, channel_json(&rows[i]));
  *result = json_pack("{s:o}", "items", items);
  return OK;
}

/* Which channels work, without their settings: for everybody who answers customers. */
static enum status read_health(struct read_ctx *r, json_t *query, json_t **result) {
  static const char *const settled[] = {"id", "class", "name", "address", "enabled", "state", "in", "out", "queued", "failed"};
  json_t *all = NULL, *one;
  size_t i;
  enum status status = read_list(r, query, &all);
  if (status != OK) return status;
  json_t *items = json_array();
  json_array_foreach(json_object_get(all, "items"), i, one) {
    json_t *o = json_object();
    for (size_t k = 0; k < COUNT_OF(settled); k++) json_object_set(o, settled[k], json_object_get(one, settled[k]));
    json_array_append_new(items, o);
  }
  json_decref(all);
  *result = json_pack("{s:o}", "items", items);
  return OK;
}

static enum status read_letters(struct read_ctx *r, json_t *query, json_t **result) {
  struct letter_of_channel_row *rows;
  size_t count;
  i64 before = json_arg_int(query, "before", INT64_MAX);
  enum status status = letter_of_channel(r->store, r->arena, &(struct letter_of_channel_in){.channel = json_arg(query, "id"), .before = before, .most = LETTERS_SHOWN}, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:I}", "seq", (json_int_t)rows[i].seq, "class", word_json(rows[i].class), "conversation", json_of_or_null(rows[i].conversation), "from_masked",
                                           json_of(customer_mask_email(r->arena, rows[i].sender)), "title", json_of(rows[i].title), "reason", json_of(rows[i].reason), "text", json_of(rows[i].words), "at",
                                           (json_int_t)rows[i].at_ms));
  *result = json_pack("{s:o,s:o}", "items", items, "next", count == LETTERS_SHOWN ? json_integer(rows[count - 1].seq) : json_null());
  return OK;
}

/* Addresses of a stored list, masked unless they are the desk's own. */
static json_t *masked_list(struct read_ctx *r, struct str list) {
  json_t *from = show_stored(list, json_array()), *to = json_array(), *one;
  size_t i;
  json_array_foreach(from, i, one) {
    struct channel_by_address_row *own = NULL;
    struct problem ignored;
    struct str address = arena_dup(r->arena, str_c(json_string_value(one)));
    if (channel_by_address(r->store, r->arena, &(struct channel_by_address_in){.address = address}, &own, &ignored) != OK) own = NULL;
    json_array_append_new(to, json_of(own ? address : customer_mask_email(r->arena, address)));
  }
  json_decref(from);
  return to;
}

enum status channel_dress_messages(struct read_ctx *r, struct str conversation, json_t *messages) {
  struct letter_of_conversation_row *letters;
  struct delivery_of_conversation_row *out;
  size_t letter_count, out_count, i;
  json_t *m;
  enum status status = letter_of_conversation(r->store, r->arena, &(struct letter_of_conversation_in){.conversation = conversation}, &letters, &letter_count, r->problem);
  if (status == OK) status = delivery_of_conversation(r->store, r->arena, &(struct delivery_of_conversation_in){.conversation = conversation}, &out, &out_count, r->problem);
  if (status != OK || letter_count + out_count == 0) return status;
  json_array_foreach(messages, i, m) {
    struct str id = json_arg(m, "id");
    for (size_t k = 0; k < letter_count; k++)
      if (str_eq(letters[k].message, id))
        json_object_set_new(m, "mail", json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "channel", json_of(letters[k].channel), "class", word_json(letters[k].class), "title", json_of(letters[k].title), "quoted",
                                                 json_of(letters[k].quoted), "from_masked", json_of(customer_mask_email(r->arena, letters[k].sender)), "to_masked", masked_list(r, letters[k].receivers), "cc_masked",
                                                 masked_list(r, letters[k].cc)));
    for (size_t k = 0; k < out_count; k++)
      if (str_eq(out[k].message, id))
        json_object_set_new(m, "delivery", json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:I}", "channel", json_of(out[k].channel), "to_masked", json_of(customer_mask_email(r->arena, out[k].address)), "title",
                                                     json_of(out[k].title), "cc_masked", masked_list(r, out[k].cc), "refused_masked", masked_list(r, out[k].refused), "again_masked", masked_list(r, out[k].again), "again_reason",
                                                     json_of(out[k].again_reason), "again_reason_en", json_of(out[k].again_reason_en), "id", json_of(out[k].id), "state", word_json(out[k].state), "attempts", (json_int_t)out[k].attempts, "reason",
                                                     json_of(out[k].reason), "reason_en", json_of(out[k].reason_en), "next_ms", str_is(out[k].state, "待发") || !str_is(out[k].again, "[]") ? json_integer(out[k].next_ms) : json_null(), "at",
                                                     (json_int_t)out[k].moved_ms));
  }
  return OK;
}

/* ---- the way out ------------------------------------------------------------------------------------------------------- */

/* A letter of ours as it was titled, without Re: and number. */
static struct str bare(struct str title) {
  size_t at = str_find(title, STR(" [#c"), 0);
  if (at != SIZE_MAX && title.p[title.n - 1] == ']') title = str_slice(title, 0, at);
  return str_starts(title, STR("Re: ")) ? str_slice(title, 4, title.n) : title;
}

enum status letter_route_find(struct store *s, struct arena *a, struct str conversation, struct letter_route *out, struct problem *p) {
  struct letter_latest_row *letter;
  struct message_last_of_customer_row *last;
  struct delivery_latest_row *ours = NULL;
  struct channel_get_row *channel;
  enum status status = OK;
  *out = (struct letter_route){0};
  TRY(letter_latest(s, a, &(struct letter_latest_in){.conversation = conversation}, &letter, p));
  TRY(message_last_of_customer(s, a, &(struct message_last_of_customer_in){.conversation = conversation}, &last, p));
  if (letter && last && !str_eq(last->id, letter->message)) return OK; /* they have come on to another channel */
  if (!letter && last) return OK;
  if (!letter) TRY(delivery_latest(s, a, &(struct delivery_latest_in){.conversation = conversation}, &ours, p));
  if (!letter && !ours) return OK;
  TRY(channel_get(s, a, &(struct channel_get_in){.id = letter ? letter->channel : ours->channel}, &channel, p));
  out->by_letter = true;
  out->off = !channel || channel->removed || !channel->enabled;
  if (channel) out->channel = channel->id, out->own = channel->address, out->settings = channel->settings;
  if (letter) {
    out->to = letter->sender, out->title = letter->title, out->refs = letter->refs, out->cc = letter->cc;
    if (str_find(letter->source, STR("@"), 0) != SIZE_MAX) out->answers = letter->source; /* else it had no Message-ID */
  } else {
    out->to = ours->address, out->title = bare(ours->title), out->answers = ours->source, out->refs = ours->refs, out->cc = STR("[]"), out->oldest_first = true;
  }
done:
  return status;
}

/* What the page says above the box for words: by letter, from which address, to whom, under which title. */
static enum status read_route(struct read_ctx *r, json_t *query, json_t **result) {
  struct letter_route route;
  enum status status = letter_route_find(r->store, r->arena, json_arg(query, "id"), &route, r->problem);
  if (status != OK) return status;
  *result = json_pack("{s:b,s:b}", "by_letter", (int)route.by_letter, "off", (int)route.off);
  if (!route.by_letter) return OK;
  show_put_text(*result, "channel", route.channel);
  show_put_text(*result, "from", route.own);
  show_put_text(*result, "to_masked", customer_mask_email(r->arena, route.to));
  show_put_text(*result, "title", route.title);
  json_object_set_new(*result, "cc_masked", masked_list(r, route.cc));
  return OK;
}

/* Letters that the rulebook kept out: no conversation holds them. */
static enum status read_held(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct letter_held_row *rows;
  size_t count;
  enum view_place place = view_place_of(r->program, r->actor.role);
  if (!r->actor.owner && place != PLACE_LEADER && place != PLACE_HEAD) return problem_set(r->problem, E_DENIED, "letter.leads", "制度没接的信由组长以上看", "Letters that the rulebook held are for who leads");
  enum status status = letter_held(r->store, r->arena, &(struct letter_held_in){.most = LETTERS_SHOWN}, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:I,s:o,s:o,s:o,s:o,s:I}", "seq", (json_int_t)rows[i].seq, "from_masked", json_of(customer_mask_email(r->arena, rows[i].sender)), "title", json_of(rows[i].title), "reason",
                                           json_of(rows[i].reason), "text", json_of(rows[i].words), "at", (json_int_t)rows[i].at_ms));
  *result = json_pack("{s:o}", "items", items);
  return OK;
}

/* ---- for the threads that talk to mail servers (no route leads here) ---------------------------------------------------- */

static enum status only_program(struct read_ctx *r) {
  if (r->actor.type == ACTOR_SYSTEM) return OK;
  return problem_set(r->problem, E_DENIED, "channel.system_only", "只由程序自己做", "Only the program itself does this");
}

static enum status read_work(struct read_ctx *r, json_t *query, json_t **result) {
  struct channel_all_row *rows;
  size_t count;
  bool all = json_is_true(json_object_get(query, "all"));
  enum status status = only_program(r);
  if (status == OK) status = channel_all(r->store, r->arena, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    if (rows[i].enabled || all)
      json_array_append_new(items, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I}", "id", json_of(rows[i].id), "class", json_of(rows[i].class), "address", json_of(rows[i].address), "settings",
                                             json_of(rows[i].settings), "sealed", json_of(rows[i].has_sealed ? rows[i].sealed : STR("")), "position", json_of(rows[i].position), "in_state",
                                             json_of(rows[i].in_state), "out_state", json_of(rows[i].out_state), "created_ms", (json_int_t)rows[i].created_ms));
  *result = json_pack("{s:o}", "items", items);
  return OK;
}

/* Before its files are stored: is this letter here already? */
static enum status read_known(struct read_ctx *r, json_t *query, json_t **result) {
  struct letter_by_source_row *row = NULL;
  enum status status = only_program(r);
  if (status == OK) status = letter_by_source(r->store, r->arena, &(struct letter_by_source_in){.source = json_arg(query, "source")}, &row, r->problem);
  if (status == OK) *result = json_pack("{s:b}", "known", row && str_eq(row->hash, json_arg(query, "hash")));
  return status;
}

static enum status read_due(struct read_ctx *r, json_t *query, json_t **result) {
  struct delivery_waiting_row *rows;
  struct show_people people;
  struct people_desk_row *desk;
  size_t count;
  enum status status = OK;
  TRY(only_program(r));
  TRY(people_desk(r->store, r->arena, &desk, r->problem));
  TRY(delivery_waiting(r->store, r->arena, &(struct delivery_waiting_in){.channel = json_arg(query, "id"), .now_ms = r->now_ms, .most = DUE_MOST}, &rows, &count, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++) {
    struct str agent = rows[i].has_by_id ? show_name(&people, rows[i].by_id) : STR("");
    json_t *row = delivery_waiting_json(&rows[i]);
    json_object_set_new(row, "agent", json_of(agent));
    json_array_append_new(items, row);
  }
  *result = json_pack("{s:o,s:o,s:I,s:I}", "items", items, "desk", json_of(desk ? desk->name : STR("")), "now", (json_int_t)r->now_ms, "zone", (json_int_t)r->zone_offset_ms);
done:
  return status;
}

static const struct read_def reads[] = {
    {"channel.list", "设置", read_list, false, "", "Channels with settings and state", "渠道及其状态"},
    {"channel.health", "会话.查看", read_health, false, "", "Which channels work", "各渠道通不通"},
    {"channel.letters", "设置", read_letters, false, "id:text! before:int", "What a channel took in, newest first, and what was made of it", "渠道收进的信和处理结果"},
    {"letter.route", "会话.查看", read_route, false, "id:conversation!", "How an answer in this conversation goes to the customer", "这段会话的回复怎么寄给顾客"},
    {"letter.held", "会话.接管", read_held, false, "", "Letters that the rulebook kept out of a conversation", "制度没让接进来的信"},
    {"channel.work", "设置", read_work, false, "", "Channels to serve (program only)", "要照看的渠道（程序自己用）"},
    {"letter.known", "设置", read_known, false, "source:text! hash:text!", "Is a letter here already? (program only)", "这封信收过没有（程序自己用）"},
    {"delivery.due", "设置", read_due, false, "id:text!", "Letters to send now (program only)", "该发的信（程序自己用）"},
    {NULL},
};
static const char *const nouns[] = {"channel", "delivery", "conversation", NULL};
static const char *const tables[] = {"channel", "letter", "delivery", NULL};
const struct view_def view_channel = {.noun = "channel", .version = 4, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
