/* Setting channels up. Passwords arrive sealed (vault.h): the event tells everything about a channel but them. */
#include "commands/shorthand.h"
#include "views/channel.h"
#include "views/channel.sql.h"
#include "views/json.h"
#include "views/show.h"

enum { NAME_MOST = 40, ADDRESS_MOST = 200, SEALED_MOST = 8000 };

static enum status check_address(struct command_ctx *c, struct str *address, struct str self) {
  struct channel_by_address_row *other;
  struct str host, user = str_cut(*address, '@', &host);
  char *copy = arena_cstr(c->arena, *address);
  bool good = user.n && host.n;
  for (char *p = copy; *p; p++) {
    good = good && (unsigned char)*p > ' ' && *p != '<' && *p != '>' && *p != ',' && *p != '"';
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
  }
  *address = str_c(copy);
  if (!good) return problem_set(c->problem, E_INVALID, "channel.address", "“%.*s”不是邮箱地址，要写成 kefu@example.com 这样", "“%.*s” is no e-mail address; write it like help@example.com", STR_ARG(*address));
  enum status status = channel_by_address(c->store, c->arena, &(struct channel_by_address_in){.address = *address}, &other, c->problem);
  if (status == OK && other && !str_eq(other->id, self))
    return problem_set(c->problem, E_CONFLICT, "channel.taken", "%.*s 已经是这里的一个渠道", "%.*s is a channel here already", STR_ARG(*address));
  return status;
}

struct given {
  struct str name, address, settings, sealed;
  bool enabled;
};

/* What the request says, over what is there. */
static enum status take(struct command_ctx *c, json_t *args, const struct channel_get_row *old, struct given *g) {
  struct channel_settings settings;
  enum status status = OK;
  bool fresh = old == NULL;
  TRY(command_text(c, args, "name", fresh, NAME_MOST, &g->name));
  TRY(command_text(c, args, "address", fresh, ADDRESS_MOST, &g->address));
  TRY(command_text(c, args, "sealed", false, SEALED_MOST, &g->sealed));
  g->enabled = json_is_boolean(json_object_get(args, "enabled")) ? command_bool(args, "enabled") : fresh || old->enabled;
  if (!g->name.n) g->name = old->name;
  if (!g->address.n) g->address = old->address;
  TRY(check_address(c, &g->address, fresh ? STR("") : old->id));
  json_t *json = json_object_get(args, "settings");
  json = json ? json_incref(json) : fresh ? json_object() : show_stored(old->settings, json_object());
  status = channel_settings_read(c->arena, json, &settings, c->problem);
  json_decref(json);
  if (status != OK) return status;
  json = channel_settings_json(&settings);
  g->settings = show_dump(c->arena, json);
  json_decref(json);
done:
  return status;
}

static enum status append(struct command_ctx *c, struct str id, const char *change, const struct given *g) {
  struct event *e = shorthand_event(c, EVENT_channel_changed);
  event_set_text(e, "channel", id);
  event_set_text(e, "change", str_c(change));
  event_set_text(e, "class", STR("mail"));
  event_set_text(e, "person", c->actor.id);
  if (g) {
    event_set_text(e, "name", g->name);
    event_set_text(e, "address", g->address);
    event_set_text(e, "settings", g->settings);
    event_set(e, "enabled", value_bool(g->enabled));
  }
  return command_append(c, e);
}

static enum status find(struct command_ctx *c, json_t *args, struct channel_get_row **row) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 80, &id);
  if (status == OK) status = channel_get(c->store, c->arena, &(struct channel_get_in){.id = id}, row, c->problem);
  if (status == OK && (!*row || (*row)->removed)) return problem_set(c->problem, E_NOT_FOUND, "channel.unknown", "没有这个渠道：%.*s", "There is no channel %.*s", STR_ARG(id));
  return status;
}

static enum status run_add(struct command_ctx *c, json_t *args, json_t **result) {
  struct given g = {0};
  struct channel_all_row *rows;
  size_t count;
  struct str id;
  enum status status = OK;
  TRY(channel_all(c->store, c->arena, &rows, &count, c->problem));
  if (count >= MAILBOXES_MOST) TRY(problem_set(c->problem, E_TOO_LARGE, "channel.many", "最多 %d 个邮箱", "At most %d mailboxes", MAILBOXES_MOST));
  TRY(take(c, args, NULL, &g));
  TRY(shorthand_id(c, 'h', &id));
  if (g.sealed.n) TRY(channel_secret_put(c->store, &(struct channel_secret_put_in){.id = id, .sealed = g.sealed}, NULL, c->problem));
  TRY(append(c, id, "加入", &g));
  *result = json_pack("{s:o}", "id", json_of(id));
done:
  return status;
}

static enum status run_change(struct command_ctx *c, json_t *args, json_t **result) {
  struct given g = {0};
  struct channel_get_row *row;
  enum status status = OK;
  TRY(find(c, args, &row));
  TRY(take(c, args, row, &g));
  if (g.sealed.n) TRY(channel_secret_put(c->store, &(struct channel_secret_put_in){.id = row->id, .sealed = g.sealed}, NULL, c->problem));
  TRY(append(c, row->id, "改动", &g));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

static enum status run_remove(struct command_ctx *c, json_t *args, json_t **result) {
  struct channel_get_row *row;
  enum status status = OK;
  TRY(find(c, args, &row));
  TRY(channel_secret_drop(c->store, &(struct channel_secret_drop_in){.id = row->id}, NULL, c->problem));
  TRY(append(c, row->id, "删除", NULL));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

/* A channel's threads say how it goes; only what changed is an event. */
static enum status run_state(struct command_ctx *c, json_t *args, json_t **result) {
  struct channel_get_row *row;
  struct str side, state, reason, reason_en;
  enum status status = OK;
  if (c->actor.type != ACTOR_SYSTEM) return problem_set(c->problem, E_DENIED, "channel.system_only", "只由程序自己做", "Only the program itself does this");
  TRY(find(c, args, &row));
  TRY(command_text(c, args, "side", true, 10, &side));
  TRY(command_text(c, args, "state", true, 20, &state));
  TRY(command_text(c, args, "reason", false, 600, &reason));
  TRY(command_text(c, args, "reason_en", false, 600, &reason_en));
  struct event *e = event_new(c->arena, EVENT_channel_state_changed, c->now_ms, STR(""));
  event_set_text(e, "channel", row->id);
  event_set_text(e, "direction", str_is(side, "out") ? STR("去") : STR("来"));
  event_set_text(e, "state", str_is(state, "connected") ? STR("正常") : STR("故障"));
  if (reason.n) event_set_text(e, "reason", reason);
  if (reason_en.n) event_set_text(e, "reason_en", reason_en);
  TRY(command_append(c, e));
  *result = json_pack("{s:o}", "id", json_of(row->id));
done:
  return status;
}

const struct command_def commands_channel[] = {
    {"channel.add", "设置", run_add, "name:text! address:text! settings:object! enabled:bool", "Set a mailbox up as a channel", "新建邮箱渠道"},
    {"channel.change", "设置", run_change, "id:text! name:text address:text settings:object enabled:bool", "Change a channel", "修改渠道"},
    {"channel.remove", "设置", run_remove, "id:text!", "Remove a channel; conversations stay", "删除渠道，会话都留着"},
    {"channel.state", "设置", run_state, "id:text! side:text! state:text! reason:text reason_en:text", "How a channel goes (program only)", "渠道通不通（程序自己做）"},
    {NULL},
};
