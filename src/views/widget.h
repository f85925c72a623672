/* The chat window: how it looks, when somebody is there, how long a wait may be. */
#ifndef GUIJU_VIEWS_WIDGET_H
#define GUIJU_VIEWS_WIDGET_H

#include "views/service.h"
#include "views/view.h"

#include <jansson.h>

enum { WIDGET_QUESTIONS_MOST = 4, WIDGET_ORIGINS_MOST = 20, WIDGET_SPANS_MOST = SERVICE_SPANS_MOST };
#define WIDGET_ITEM "widget" /* the setting's name in desk.changed; its value is the JSON of widget_look */

/* The look as set, with defaults for the rest:
 * {"colour":"#1b6a57","side":"right","name":"","avatar":"","greeting":"","greeting_en":"","lang":"auto","theme":"light","hide":false,
 *  "form":true,"questions":null,"origins":[]}. questions null: the four of the program; []: one. New reference. */
MUST_CHECK enum status widget_look(struct store *s, struct arena *a, json_t **look, struct problem *p);
/* May a page of this origin hold the window? "" and an empty list: yes. A star and a dot at the front of the host cover every name below it. */
bool widget_origin_allowed(const json_t *look, struct str origin);

/* Is the desk there, when does it come back. The service hours (views/service.h) decide where there are any; else who is present and
 * the roster. Times 0: unknown. */
struct widget_hours {
  bool anybody;          /* open, and somebody who receives customers present, if only on a break */
  struct service_span today[WIDGET_SPANS_MOST]; /* instants, by beginning */
  size_t count;
  i64 back_ms;           /* nobody is there: it opens, or the next shift begins */
};
MUST_CHECK enum status widget_hours(struct read_ctx *r, struct widget_hours *out);
/* How long who comes now is likely to wait, from what the last ones waited (nearest quarter to nine tenths). False: too few to say. */
MUST_CHECK enum status widget_wait(struct read_ctx *r, bool *known, i64 *from_ms, i64 *to_ms);

#endif
