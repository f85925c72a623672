/* The setting of service hours and of the targets that hold where the rulebook is silent: one event with the whole of it, in force from
 * then on. What began before keeps what held when it began (views/service.h). */
#include "commands/service.h"

#include "commands/shorthand.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/setting.sql.h"
#include "views/show.h"

enum status service_reach(struct command_ctx *c, struct service_reach *out) {
  struct people_online_count_row *row;
  enum status status = OK;
  *out = (struct service_reach){0};
  TRY(service_at(c->store, c->arena, c->now_ms, &out->hours, c->problem));
  TRY(people_online_count(c->store, c->arena, &(struct people_online_count_in){.at_ms = c->now_ms}, &row, c->problem));
  out->open = service_is_open(&out->hours, c->now_ms);
  out->there = out->open && row->people > 0;
  if (!out->open && !service_next_open(&out->hours, c->now_ms, &out->opens_ms)) out->opens_ms = 0;
done:
  return status;
}

static struct str replaced(struct arena *a, struct str text, struct str what, struct str with, bool *found) {
  size_t at = str_find(text, what, 0);
  if (at == SIZE_MAX) return text;
  *found = true;
  return arena_printf(a, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, at)), STR_ARG(with), STR_ARG(str_slice(text, at + what.n, text.n)));
}

struct str service_say_when(struct command_ctx *c, const struct service_reach *r, struct str text) {
  bool found = false;
  struct str zh = r->opens_ms ? service_words_zh(c->arena, r->opens_ms, c->now_ms, r->hours.zone_ms) : STR("上班后");
  struct str en = r->opens_ms ? service_words_en(c->arena, r->opens_ms, c->now_ms, r->hours.zone_ms) : STR("as soon as we are back");
  text = replaced(c->arena, text, STR("{时间}"), zh, &found);
  text = replaced(c->arena, text, STR("{time}"), en, &found);
  if (found || !r->opens_ms) return text;
  return arena_printf(c->arena, "%.*s\n\n现在不在服务时间，%.*s起有人回复您。\nWe are closed now; you get an answer from %.*s on.", STR_ARG(text), STR_ARG(zh), STR_ARG(en));
}

static enum status run_configure(struct command_ctx *c, json_t *args, json_t **result) {
  static const char *const members[] = {"days", "first_s", "next_s", "resolve_s", "only_hours", "wait_pauses"};
  struct desk_setting_get_row *old;
  struct service s = {0};
  json_t *set = NULL, *whole = NULL;
  enum status status = OK;
  TRY(desk_setting_get(c->store, c->arena, &(struct desk_setting_get_in){.item = STR(SERVICE_ITEM)}, &old, c->problem));
  set = old ? show_stored(old->value, json_object()) : json_object();
  for (size_t i = 0; i < COUNT_OF(members); i++)
    if (json_object_get(args, members[i])) json_object_set(set, members[i], json_object_get(args, members[i]));
  TRY(service_parse(set, &s, c->problem));
  whole = service_json(c->arena, &s);
  TRY(shorthand_setting(c, STR(SERVICE_ITEM), show_dump(c->arena, whole)));
  *result = json_incref(whole);
done:
  json_decref(set);
  json_decref(whole);
  return status;
}

const struct command_def commands_service[] = {
    {"service.configure", "设置", run_configure, "days:list first_s:int next_s:int resolve_s:int only_hours:bool wait_pauses:bool",
     "Set service hours and the targets that hold where the rulebook is silent; days null takes the hours away", "设服务时间和制度没写时的时限；days 为 null 就是不设服务时间"},
    {NULL},
};
