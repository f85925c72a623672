/* Settings of the desk that its people change while it runs, each with a default. */
#ifndef GUIJU_VIEWS_SETTING_H
#define GUIJU_VIEWS_SETTING_H

#include "views/view.h"

enum setting {
  SETTING_TYPING_PREVIEW, /* 0 or 1: does the agent see what the visitor is typing? off unless somebody turns it on */
  SETTING_OFFER_SECONDS,  /* how long somebody who is asked to take a conversation has for the answer */
  SETTING_SPAM_HOURS,     /* how long a visitor put down as spam may not speak */
  SETTING_ROUTE_ORDER,    /* enum route_order (views/routing.h) */
  SETTING_ROUTE_LAST,     /* 0 or 1: who served the customer last goes before the order */
  SETTING_ROUTE_VIP,      /* 0 or 1: of those who wait, customers with a level first */
  SETTING_ROUTE_SHIFT,    /* enum route_shift (views/routing.h), on days the roster holds */
  SETTING_ROUTE_CAP,      /* conversations given to one person; they may take more themselves */
  SETTING_SKILL_SECONDS,  /* after this wait the needed skill is no longer asked; 0: it always is */
  SETTING_RETURN_SECONDS, /* unanswered for this long it goes to the next; 0: never */
  SETTING_HANDOVER_SECONDS, /* to answer for work that is handed over */
  SETTING_GRACE_SECONDS,  /* without any connection for this long: offline */
  SETTING_IDLE_MINUTES,   /* without a key or a mouse move for this long: away; 0: never */
  SETTING_AWAY_AT_ONCE, SETTING_AWAY_ONCE_MINUTES, SETTING_AWAY_DAY_MINUTES, /* where the rulebook is silent; 0: no limit */
  SETTING_MEAL_AT_ONCE, SETTING_MEAL_MINUTES,
  SETTING_COUNT
};
struct setting_def {
  const char *item;
  i64 fallback, least, most;
  const char *zh, *en;
  const char *group;      /* talk, route, away: where it stands on the page */
  const char *choices;    /* "手上最少的先\nLeast busy first\n轮流\nIn turn": the words for 0, 1 …, Chinese and English; NULL: a number */
};
const struct setting_def *setting_def(enum setting which);
const struct setting_def *setting_find(struct str item); /* NULL: no such setting */
MUST_CHECK enum status setting_value(struct store *s, struct arena *a, enum setting which, i64 *out, struct problem *p);

#endif
