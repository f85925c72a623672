/* Who sees which line of the feed. The strict side is the default: a kind that is not named here is shown only to the person
 * it concerns. What a screen may fetch, it may also be told. */
#include "api/feed.h"

#include "views/permission.h"

#include <string.h>

unsigned feed_sight_of(const struct lang_program *program, const struct actor *actor) {
  static const struct {
    const char *path;
    unsigned sight;
  } paths[] = {
      {"会话.查看", FEED_SEES_CONVERSATIONS}, {"订单.查看", FEED_SEES_ORDERS}, {"客户.查看", FEED_SEES_CUSTOMERS}, {"人员.查看", FEED_SEES_PEOPLE},
      {"人员.变更", FEED_SEES_WAGES}, {"账.查看", FEED_SEES_LEDGER}, {"单据.查看", FEED_SEES_CASES}, {"楼面", FEED_SEES_FLOOR},
      {"订单.导入", FEED_SEES_IMPORTS}, {"检查", FEED_SEES_REVIEWS}, {"密钥", FEED_SEES_KEYS},
  };
  unsigned sight = 0;
  for (size_t i = 0; i < COUNT_OF(paths); i++)
    if (view_may(program, actor, str_c(paths[i].path))) sight |= paths[i].sight;
  return sight;
}

/* What a kind's noun takes; 0: nothing, everybody sees it; UINT32_MAX: only the person concerned. */
static unsigned wanted(struct str noun, const char *kind) {
  static const struct {
    const char *noun;
    unsigned sight;
  } nouns[] = {
      {"conversation", FEED_SEES_CONVERSATIONS}, {"order", FEED_SEES_ORDERS}, {"customer", FEED_SEES_CUSTOMERS}, {"person", FEED_SEES_WAGES},
      {"data", FEED_SEES_WAGES}, {"ledger", FEED_SEES_LEDGER}, {"consequence", FEED_SEES_LEDGER}, {"clause", FEED_SEES_LEDGER},
      {"case", FEED_SEES_CASES}, {"attendance", FEED_SEES_FLOOR}, {"inspection", FEED_SEES_REVIEWS}, {"import", FEED_SEES_IMPORTS},
      {"request", FEED_SEES_FLOOR}, {"key", FEED_SEES_KEYS}, {"webhook", FEED_SEES_KEYS}, {"metric", FEED_SEES_FLOOR}, {"survey", FEED_SEES_CUSTOMERS},
      {"duty", 0}, {"shift", 0}, {"roster", 0}, {"presence", 0}, {"rulebook", 0}, {"phrase", 0}, {"product", 0}, {"exam", 0}, {"desk", 0},
      {"calendar", 0}, {"tag", 0}, {"delivery", FEED_SEES_CONVERSATIONS}, {"channel", FEED_SEES_CONVERSATIONS}, {"routing", 0}, {"handover", FEED_SEES_CONVERSATIONS},
  };
  if (strcmp(kind, "conversation.whispered") == 0) return FEED_SEES_FLOOR; /* else only whom it is for */
  if (strcmp(kind, "phrase.own_changed") == 0) return UINT32_MAX;
  if (strcmp(kind, "channel.changed") == 0) return FEED_SEES_KEYS; /* hosts and user names */
  if (strcmp(kind, "ledger.fund_moved") == 0) return 0; /* the fund box is open to everybody */
  for (size_t i = 0; i < COUNT_OF(nouns); i++)
    if (str_is(noun, nouns[i].noun)) return nouns[i].sight;
  return UINT32_MAX;
}

static bool visitor_sees(const struct feed_viewer *v, const struct feed_item *item) {
  static const char *const kinds[] = {"conversation.started", "conversation.assigned", "conversation.picked_up", "conversation.transferred",
                                      "conversation.customer_spoke", "conversation.agent_replied", "conversation.auto_replied",
                                      "conversation.closed", "conversation.read", "conversation.rated", "conversation.recalled",
                                      "conversation.edited", "conversation.taken_over", "conversation.queued", "conversation.reopened"};
  if (item->type != FEED_EVENT) return false;
  bool own = (v->conversation.n > 0 && str_eq(item->object, v->conversation)) || (v->id.n > 0 && str_eq(item->customer, v->id));
  for (size_t i = 0; own && i < COUNT_OF(kinds); i++)
    if (strcmp(item->kind, kinds[i]) == 0) return true;
  return false;
}

bool feed_visible(const struct feed_viewer *v, const struct feed_item *item) {
  if (v->visitor) return visitor_sees(v, item);
  if (item->person.n > 0 && str_eq(item->person, v->id)) return true;
  if (item->type == FEED_CONSEQUENCE) return (v->sight & FEED_SEES_LEDGER) != 0;
  if (item->type == FEED_CLOCK) return (v->sight & FEED_SEES_FLOOR) != 0 || str_starts(item->person, STR("role:"));
  struct str rest, noun = str_cut(str_c(item->kind), '.', &rest);
  unsigned sight = wanted(noun, item->kind);
  return sight == 0 || (sight != UINT32_MAX && (v->sight & sight) != 0);
}
