/* What is said in the demo month: sentences put together from parts, by topic and by who speaks. The same number, the same words. */
#ifndef GUIJU_APP_MONTH_WORDS_H
#define GUIJU_APP_MONTH_WORDS_H

#include "base/arena.h"

enum month_topic { MT_SIZE, MT_SHIP, MT_COLOUR, MT_INVOICE, MT_FIT, MT_DAMAGE, MT_FREIGHT, MT_ADDRESS, MT_RETURN, MT_PRICE, MT_TOPICS };
enum month_voice { MV_ASK, MV_MORE, MV_THANKS, MV_GREET, MV_ANSWER, MV_FORBIDDEN, MV_LEAVE };

struct str month_say(struct arena *a, enum month_voice voice, enum month_topic topic, u64 random);
struct str month_topic_tag(enum month_topic topic);     /* 尺寸, 发货 … */
struct str month_buyer(struct arena *a, u64 random);    /* a customer's name */
struct str month_agent(struct arena *a, u64 random);    /* a person's name of two or three characters */
struct str month_goods(u64 random);

#endif
