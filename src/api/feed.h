/* What of the feed a viewer may see. Pure; tested alone. See feed.c for the sessions. */
#ifndef GUIJU_API_FEED_H
#define GUIJU_API_FEED_H

#include "commands/writer.h"

/* What a viewer may see, by permission path. */
enum feed_sight {
  FEED_SEES_CONVERSATIONS = 1, /* 会话.查看 */
  FEED_SEES_ORDERS = 2,        /* 订单.查看 */
  FEED_SEES_CUSTOMERS = 4,     /* 客户.查看 */
  FEED_SEES_PEOPLE = 8,        /* 人员.查看 */
  FEED_SEES_WAGES = 16,        /* 人员.变更 */
  FEED_SEES_LEDGER = 32,       /* 账.查看 */
  FEED_SEES_CASES = 64,        /* 单据.查看 */
  FEED_SEES_FLOOR = 128,       /* 楼面 */
  FEED_SEES_IMPORTS = 256,     /* 订单.导入 */
  FEED_SEES_REVIEWS = 512,     /* 检查 */
  FEED_SEES_KEYS = 1024,       /* 密钥 */
};

struct feed_viewer {
  bool visitor;             /* a customer: sees the own conversation only */
  unsigned sight;           /* of staff */
  struct str id;            /* person or customer */
  struct str conversation;  /* of a visitor */
};
unsigned feed_sight_of(const struct lang_program *program, const struct actor *actor);
bool feed_visible(const struct feed_viewer *viewer, const struct feed_item *item);

#endif
