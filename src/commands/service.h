/* Is anybody there for a customer now? The one answer for the chat window, the offline form, letters and their automatic answers. */
#ifndef GUIJU_COMMANDS_SERVICE_H
#define GUIJU_COMMANDS_SERVICE_H

#include "commands/command.h"
#include "views/service.h"

struct service_reach {
  struct service hours;  /* in force now */
  bool open;             /* inside them; always, where there are none */
  bool there;            /* open, and somebody is online */
  i64 opens_ms;          /* closed: when it opens; 0 unknown */
};
MUST_CHECK enum status service_reach(struct command_ctx *c, struct service_reach *out);
/* `text` with {时间} and {time} as the moment of opening, in Chinese and English; where it names neither, both are added below. */
struct str service_say_when(struct command_ctx *c, const struct service_reach *r, struct str text);

#endif
