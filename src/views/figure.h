/* The figures of reception (首次回复、回复、处理时长、满意度、成交、工作量), counted while events are folded, so that a month's report of a
 * thousand people reads some ten thousand rows and never a message.
 *
 * What is counted is defined in docs/reports.md; a definition that changes gets a new number, and figure_version goes up.
 * Times are times of messages. Credit goes to who spoke. An unanswered question counts on the day it was asked. */
#ifndef GUIJU_VIEWS_FIGURE_H
#define GUIJU_VIEWS_FIGURE_H

#include "views/view.h"

enum figure_measure {
  FIGURE_STARTED = 1, /* by half-hour and channel, agent '' */
  FIGURE_ASKED,       /* customers' messages, by half-hour and channel, agent '' */
  FIGURE_SAID,        /* agents' messages, by half-hour and channel, agent '' */
  FIGURE_FIRST,       /* first replies on the scale; total: ms. Slot FIGURE_NEVER: ended without one */
  FIGURE_REPLY,       /* all replies on the scale, the first one too */
  FIGURE_LEFT,        /* ended while the customer's last words had no answer (after an earlier one) */
  FIGURE_TOOK,        /* from start to end, on the scale */
  FIGURE_STARS,       /* slot: stars */
  FIGURE_DEAL,        /* conversations that ended in a deal */
  FIGURE_ORDER,       /* orders completed; total: fen */
  FIGURE_TRANSFER,    /* passed on by the person */
  FIGURE_FIRST_OPEN,  /* the same three in service hours (views/service.h), by the version in force just before it began; not counted where */
  FIGURE_REPLY_OPEN,  /* none was */
  FIGURE_TOOK_OPEN,
  FIGURE_MEASURES,
};
enum { FIGURE_STEPS = 33, FIGURE_NEVER = 99, FIGURE_HALF_HOURS = 48 };
/* A person's shift at a time: one that began up to so long before, or that begins so soon. */
#define FIGURE_SHIFT_REACH_MS (16 * (i64)MS_HOUR)
#define FIGURE_SHIFT_EARLY_MS (30 * (i64)MS_MINUTE)
/* Upper ends of the scale of waits, ms, inclusive; the last is INT64_MAX. A percentile is the upper end of its step. */
extern const i64 figure_scale[FIGURE_STEPS];
int figure_step(i64 wait_ms);
i64 figure_month_span(i64 date); /* the span of the month a date is in */

#endif
