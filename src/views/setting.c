/* Settings of the desk and tags, folded from the log. */
#include "views/setting.h"

#include "views/json.h"
#include "views/setting.sql.h"
#include "views/show.h"

enum { MOVES_SHOWN = 5 };

static const struct setting_def defs[SETTING_COUNT] = {
    [SETTING_TYPING_PREVIEW] = {"typing_preview", 0, 0, 1, "客服能看到顾客正在输入的字", "Agents see what a visitor is typing", "talk", NULL},
    [SETTING_OFFER_SECONDS] = {"offer_seconds", 120, 10, 3600, "请同事接手后等多久（秒），没答复就退回待接入", "Seconds to answer when asked to take a conversation; then it goes back to the queue", "talk", NULL},
    [SETTING_SPAM_HOURS] = {"spam_hours", 24, 1, 720, "记为骚扰后多少小时不能说话", "Hours during which a visitor put down as spam may not speak", "talk", NULL},
    [SETTING_ROUTE_ORDER] = {"route_order", 0, 0, 1, "新会话给谁", "Who gets a new conversation", "route", "手上最少的人\nWho holds fewest\n轮流\nIn turn"},
    [SETTING_ROUTE_LAST] = {"route_last_agent", 1, 0, 1, "老顾客先给上次接待的人", "A returning customer goes to who served them last", "route", NULL},
    [SETTING_ROUTE_VIP] = {"route_vip_first", 1, 0, 1, "排队时有等级的顾客在前", "Of those who wait, customers with a level come first", "route", NULL},
    [SETTING_ROUTE_SHIFT] = {"route_shift_only", 1, 0, 2, "当天排了班，分给谁", "On days with a roster, who gets work", "route", "不看排班\nAnybody present\n只给在班的人\nOnly who is on shift\n在班的先分\nWho is on shift first"},
    [SETTING_ROUTE_CAP] = {"route_cap", 12, 1, 200, "每人最多同时分到几段（自己多接不限）", "Conversations given to one person at most; they may take more", "route", NULL},
    [SETTING_SKILL_SECONDS] = {"skill_seconds", 120, 0, 86400, "等专长的人多久（秒），过后谁有空给谁；0 为一直等", "Seconds to wait for the needed skill, then anybody; 0 waits always", "route", NULL},
    [SETTING_RETURN_SECONDS] = {"return_seconds", 0, 0, 86400, "多久没回复就换下一位（秒）；0 为不换", "Seconds without an answer until it goes to the next; 0 never", "route", NULL},
    [SETTING_HANDOVER_SECONDS] = {"handover_seconds", 300, 10, 86400, "下班移交等对方接手多久（秒），没答复就问下一位", "Seconds to take over what is handed over, then the next is asked", "route", NULL},
    [SETTING_GRACE_SECONDS] = {"grace_seconds", 60, 1, 3600, "断线多久算离线（秒）", "Seconds without a connection until somebody counts as offline", "away", NULL},
    [SETTING_IDLE_MINUTES] = {"idle_minutes", 15, 0, 240, "多久没有操作自动离席（分钟）；0 为不自动", "Minutes without a key or mouse move until away; 0 never", "away", NULL},
    [SETTING_AWAY_AT_ONCE] = {"away_at_once", 0, 0, 100, "同时离席最多几人；0 为不限", "People away at once at most; 0 no limit", "away", NULL},
    [SETTING_AWAY_ONCE_MINUTES] = {"away_once_minutes", 0, 0, 480, "一次离席最长几分钟；0 为不限", "Minutes of one break at most; 0 no limit", "away", NULL},
    [SETTING_AWAY_DAY_MINUTES] = {"away_day_minutes", 30, 0, 480, "一天离席合计几分钟（用餐不算）；0 为不限", "Minutes away in a day, meals apart; 0 no limit", "away", NULL},
    [SETTING_MEAL_AT_ONCE] = {"meal_at_once", 0, 0, 100, "同时用餐最多几人；0 为不限", "People at a meal at once at most; 0 no limit", "away", NULL},
    [SETTING_MEAL_MINUTES] = {"meal_minutes", 60, 0, 480, "一次用餐最长几分钟；0 为不限", "Minutes of a meal at most; 0 no limit", "away", NULL},
};

const struct setting_def *setting_def(enum setting which) { return &defs[which]; }

const struct setting_def *setting_find(struct str item) {
  for (size_t i = 0; i < COUNT_OF(defs); i++)
    if (str_is(item, defs[i].item)) return &defs[i];
  return NULL;
}

enum status setting_value(struct store *s, struct arena *a, enum setting which, i64 *out, struct problem *p) {
  struct desk_setting_get_row *row;
  enum status status = desk_setting_get(s, a, &(struct desk_setting_get_in){.item = str_c(defs[which].item)}, &row, p);
  *out = defs[which].fallback;
  if (status == OK && row) (void)str_to_i64(row->value, out);
  return status;
}

static enum status put_tag(struct store *s, struct str name, const struct tag_get_row *like, bool removed, i64 at_ms, struct problem *p) {
  struct tag_put_in in = {.name = name, .group_name = like ? like->group_name : STR(""), .colour = like ? like->colour : STR("grey"), .removed = removed, .at_ms = at_ms};
  return tag_put(s, &in, NULL, p);
}

/* The old name goes; a new one takes over group and colour, one that was there keeps its own. Undone, it is the other way round. */
static enum status fold_moved(struct store *s, struct arena *a, const struct event *e, bool back, struct problem *p) {
  struct tag_get_row *old, *other;
  struct str from = event_get_text(e, "tag"), into = event_get_text(e, "into");
  bool merged = event_get_int(e, "merged", 0) != 0;
  enum status status = OK;
  TRY(tag_get(s, a, &(struct tag_get_in){.name = from}, &old, p));
  TRY(tag_get(s, a, &(struct tag_get_in){.name = into}, &other, p));
  TRY(put_tag(s, from, old, !back, e->occurred_ms, p));
  if (!merged) TRY(put_tag(s, into, back ? other : old, back, e->occurred_ms, p));
  if (back) return tag_move_undo(s, &(struct tag_move_undo_in){.id = event_get_text(e, "move")}, NULL, p);
  struct tag_move_put_in in = {.id = e->id, .tag = from, .into_tag = into, .merged = merged, .touched = event_get_int(e, "count", 0), .at_ms = e->occurred_ms, .by_person = e->actor};
  TRY(tag_move_put(s, &in, NULL, p));
done:
  return status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  if (event_kind_index(e->kind) == EVENT_desk_changed) {
    struct desk_setting_put_in in = {.item = event_get_text(e, "item"), .value = event_get_text(e, "new"), .at_ms = e->occurred_ms, .by_person = e->actor};
    return desk_setting_put(s, &in, NULL, p);
  }
  if (event_kind_index(e->kind) == EVENT_tag_renamed) return fold_moved(s, a, e, false, p);
  if (event_kind_index(e->kind) == EVENT_tag_rename_undone) return fold_moved(s, a, e, true, p);
  if (event_kind_index(e->kind) != EVENT_tag_changed) return OK;
  struct tag_put_in in = {.name = event_get_text(e, "tag"), .group_name = event_get_text(e, "group"), .colour = event_get_text(e, "colour"),
                          .removed = str_is(event_get_text(e, "change"), "删除"), .at_ms = e->occurred_ms};
  return tag_put(s, &in, NULL, p);
}

static enum status read_settings(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  json_t *items = json_array();
  for (int i = 0; i < SETTING_COUNT; i++) {
    i64 value = 0;
    enum status status = setting_value(r->store, r->arena, (enum setting)i, &value, r->problem);
    if (status != OK) {
      json_decref(items);
      return status;
    }
    json_array_append_new(items, json_pack("{s:s,s:I,s:I,s:I,s:I,s:s,s:s,s:s,s:s?}", "item", defs[i].item, "value", (json_int_t)value, "fallback", (json_int_t)defs[i].fallback, "least",
                                           (json_int_t)defs[i].least, "most", (json_int_t)defs[i].most, "zh", defs[i].zh, "en", defs[i].en, "group", defs[i].group, "choices", defs[i].choices));
  }
  *result = json_pack("{s:o}", "items", items);
  return OK;
}

static enum status read_tags(struct read_ctx *r, json_t *query, json_t **result) {
  struct tag_all_row *rows;
  size_t count;
  (void)query;
  enum status status = tag_all(r->store, r->arena, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:o,s:o,s:o,s:I}", "name", json_of(rows[i].name), "group", json_of(rows[i].group_name), "colour", json_of(rows[i].colour), "used",
                                           (json_int_t)rows[i].used));
  struct tag_move_newest_row *moves;
  struct show_people people;
  json_t *list = json_array();
  status = show_people_load(r->store, r->arena, &people, r->problem);
  if (status == OK) status = tag_move_newest(r->store, r->arena, &(struct tag_move_newest_in){.most = MOVES_SHOWN}, &moves, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++)
    json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:b,s:I,s:I,s:o}", "id", json_of(moves[i].id), "tag", json_of(moves[i].tag), "into", json_of(moves[i].into_tag), "merged",
                                          moves[i].merged != 0, "touched", (json_int_t)moves[i].touched, "at_ms", (json_int_t)moves[i].at_ms, "by", show_text(show_name(&people, moves[i].by_person))));
  *result = json_pack("{s:o,s:o}", "items", items, "moves", list);
  return status;
}

static const char *const nouns[] = {"desk", "tag", NULL};
static const char *const tables[] = {"desk_setting", "tag", "tag_move", NULL};
static const struct read_def reads[] = {
    {"setting.list", "", read_settings, false, "", "Settings of the desk", "部门设置"},
    {"tag.list", "", read_tags, false, "", "Tags of conversations with their colours, and the last renamings that may be undone", "会话标签与颜色，和最近可撤销的改名"},
    {NULL},
};
const struct view_def view_setting = {.noun = "setting", .version = 2, .nouns = nouns, .tables = tables, .reads = reads, .fold = fold};
